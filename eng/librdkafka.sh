#!/usr/bin/env bash
# Packs a librdkafka built from Debian's source package into .feed/, for NuGet feeds that lack librdkafka.redist.
# Confluent.Kafka 2.15 calls rd_kafka_message_leader_epoch on every Consume, which came with librdkafka 2.1; Debian 12
# ships 2.0.2, so the distribution's binary will not do. The build is kept outside the tree and made once per machine.
# With the argument `cached` it takes what is kept, or ends with 1.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
# Newest first. 2.8.0 (trixie) stays on the mirrors for years, but crashes when a topic is deleted and made anew under a
# running client (librdkafka issue 4964, mended in 2.10); 2.14.2 (sid) does not, and is taken while it is there.
versions=(2.14.2 2.8.0)
declare -A source_sha256=(
    [2.14.2]=4d53568c13717b167d12c7b2a0fe12aeb5d6bfe02de53df5b68f86d870a81b33
    [2.8.0]=5bd1c46f63265f31c6bfcedcde78703f77d28238eadf23821c2b43fc30be3e25
)
package_version=2.15.1.2 # above the 2.15.1 that Confluent.Kafka asks for, and stable, so that a restore takes it
cache=${CRYPTO_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/crypto}
architecture=$(uname -m)
library=$cache/librdkafka-${versions[0]}-$architecture.so
package=$root/.feed/librdkafka.redist.$package_version.nupkg
packed=$cache/librdkafka.redist.$package_version-$architecture.nupkg

die() { echo "librdkafka: $*" >&2; exit 1; }

case "$(uname -s)-$architecture" in
Linux-x86_64) rid=linux-x64 ;;
Linux-aarch64) rid=linux-arm64 ;;
*) die "this feed has no librdkafka.redist, and it is built here on Linux only; use a feed that has the package" ;;
esac

# The mirror that apt itself is configured with, in either of apt's two file formats.
debian_mirror() {
    { cat /etc/apt/sources.list.d/*.sources /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null || true; } |
        grep -vE '^[[:space:]]*#' | grep -oE 'https?://[^ ]+/debian/?( |$)' | tr -d ' ' | sed -e 's:/*$::' -e q
}

build() {
    for tool in gcc make curl tar sha256sum strip; do
        command -v "$tool" >/dev/null || die "needs $tool: apt-get install gcc make curl binutils"
    done
    for header in zstd.h zlib.h openssl/ssl.h; do
        echo "#include <$header>" | gcc -E - >/dev/null 2>&1 && continue
        [ "$(id -u)" = 0 ] || die "needs headers: sudo apt-get install libzstd-dev zlib1g-dev libssl-dev"
        apt-get update -qq && apt-get install -y -qq libzstd-dev zlib1g-dev libssl-dev >/dev/null
    done
    local mirror
    mirror=$(debian_mirror)
    [ -n "$mirror" ] || die "no Debian mirror in apt's configuration to take the source package from"
    local version
    for version in "${versions[@]}"; do
        curl -fsSL --retry 3 -o "$work/source.tar.gz" "$mirror/pool/main/libr/librdkafka/librdkafka_$version.orig.tar.gz" &&
            break
    done
    [ -f "$work/source.tar.gz" ] || die "cannot download the source package from $mirror"
    echo "librdkafka: building $version from Debian's source package (once, about half a minute)"
    echo "${source_sha256[$version]}  $work/source.tar.gz" | sha256sum --check --quiet ||
        die "the source package has another checksum"
    mkdir "$work/source"
    tar -xzf "$work/source.tar.gz" -C "$work/source" --strip-components=1
    (cd "$work/source" && ./configure --disable-gssapi --disable-curl && make -j"$(nproc)" -C src) \
        >"$work/build.log" 2>&1 || { tail -n 20 "$work/build.log" >&2; die "the build failed"; }
    strip -S -o "$work/librdkafka.so" "$work/source/src/librdkafka.so.1"
    mkdir -p "$cache"
    cp "$work/librdkafka.so" "$library.$$" && mv "$library.$$" "$library"
}

# A package is a zip with a nuspec; the SDK makes it, so that nothing but dotnet is needed.
pack() {
    mkdir -p "$work/runtimes/$rid/native" "$root/.feed"
    cp "$library" "$work/runtimes/$rid/native/librdkafka.so"
    cat >"$work/redist.csproj" <<PROJECT
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>netstandard2.0</TargetFramework>
    <PackageId>librdkafka.redist</PackageId>
    <Version>$package_version</Version>
    <Description>librdkafka, built from Debian's source package for this machine.</Description>
    <IncludeBuildOutput>false</IncludeBuildOutput>
    <SuppressDependenciesWhenPacking>true</SuppressDependenciesWhenPacking>
    <NoWarn>NU5128;NU5100</NoWarn>
  </PropertyGroup>
  <ItemGroup>
    <None Include="runtimes/**" Pack="true" PackagePath="runtimes" />
  </ItemGroup>
</Project>
PROJECT
    dotnet pack "$work/redist.csproj" -c Release -o "$root/.feed" -v quiet --nologo >"$work/pack.log" 2>&1 ||
        { cat "$work/pack.log" >&2; die "packing failed"; }
    cp "$package" "$packed.$$" && mv "$packed.$$" "$packed"
}

[ -f "$package" ] && exit 0
if [ -f "$packed" ]; then
    mkdir -p "$root/.feed"
    cp "$packed" "$package.$$" && mv "$package.$$" "$package"
    exit 0
fi
[ "${1:-}" = cached ] && exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ -f "$library" ] || build
pack
