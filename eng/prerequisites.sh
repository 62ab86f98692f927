#!/usr/bin/env bash
# Looks for what `crypto` needs: the .NET SDK, librdkafka (through NuGet) and PostgreSQL's server binaries.
# What is missing is installed where that is allowed (Debian or Ubuntu, as root) and named with its command elsewhere.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)

die() { echo "crypto: $*" >&2; exit 1; }
may_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

command -v dotnet >/dev/null ||
    die "the .NET 10 SDK is missing; install it with your package manager (for instance: apt-get install dotnet-sdk-10.0)"
dotnet --list-sdks | grep -qE '^(1[0-9]|[2-9][0-9])\.' ||
    die "needs the .NET SDK 10 or newer, found: $(dotnet --list-sdks | tr '\n' ' ')"

# A feed either has librdkafka.redist or it does not; the answer is kept beside the local feed. It need not be asked where a
# restore has brought the package before, or where one was built before: of a feed that has it by now, the lower version wins.
brought=${NUGET_PACKAGES:-$HOME/.nuget/packages}/librdkafka.redist/2.15.1/.nupkg.metadata
if [ ! -d "$root/.feed" ] && [ -f "$brought" ]; then
    mkdir -p "$root/.feed"
elif [ ! -d "$root/.feed" ] && "$root/eng/librdkafka.sh" cached 2>/dev/null; then
    : # it is in .feed now
elif [ ! -d "$root/.feed" ]; then
    probe=$(mktemp -d)
    trap 'rm -rf "$probe"' EXIT
    cat >"$probe/probe.csproj" <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
  <ItemGroup><PackageReference Include="librdkafka.redist" Version="2.15.1" /></ItemGroup>
</Project>
PROJECT
    # A packages folder of its own: a package that an earlier build left in the global one proves nothing about the feed.
    if dotnet restore "$probe/probe.csproj" --packages "$probe/packages" -v quiet --nologo >"$probe/log" 2>&1; then
        mkdir -p "$root/.feed"
    elif grep -q NU1101 "$probe/log"; then
        "$root/eng/librdkafka.sh"
    else
        cat "$probe/log" >&2
        die "cannot restore packages; is a NuGet feed reachable?"
    fi
elif [ -n "$(find "$root/.feed" -name '*.nupkg' -print -quit)" ]; then
    "$root/eng/librdkafka.sh"
fi

has_postgres() {
    command -v initdb >/dev/null || command -v pg_ctl >/dev/null && command -v postgres >/dev/null ||
        [ -n "$(find /usr/lib/postgresql /usr/pgsql-* /opt/homebrew/opt/postgresql* -name initdb -print -quit 2>/dev/null)" ]
}
case " $* " in
*" --postgres "* | *" --postgres="*) ;;
*)
    if ! has_postgres; then
        may_install || die "PostgreSQL's server binaries are missing: sudo apt-get install postgresql (or pass --postgres)"
        echo "crypto: installing postgresql"
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql >/dev/null
    fi
    ;;
esac
