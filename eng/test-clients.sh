#!/usr/bin/env bash
# Installs the official clients that tests drive as processes: eng/test-clients.sh CLIENT... (without names: all of them).
# What is there already is left alone. A client that cannot be installed is an error with the command that would do it, so
# that no test is skipped silently.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)

die() { echo "test-clients: $*" >&2; exit 1; }

# What the clients lack is collected and then installed together, which takes one run of apt-get and one of npm.
debian=() node=false aspire= updated=false
needs() { debian+=("$@"); }
may_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }
update() { $updated || { apt-get update -qq >/dev/null 2>&1 && updated=true; }; }

install_debian() {
    may_install || die "missing: sudo apt-get install $*"
    update || die "apt-get update failed; is Debian's mirror reachable?"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null 2>&1 || die "apt-get install $* failed"
}

# Installs what the lock file says, once.
install_node() {
    [ "$1/node_modules/.package-lock.json" -nt "$1/package-lock.json" ] ||
        npm ci --prefix "$1" --no-audit --no-fund --silent || die "npm ci in $1 failed; is a registry reachable?"
}

# @grpc/grpc-js, the official gRPC client for Node, and buf.
client_grpc_node() { node=true; }

# grpcio, the official gRPC client for Python, and protoc; Debian's, for Debian's python3.
client_grpc_python() {
    /usr/bin/python3 -c "import grpc, google.protobuf" 2>/dev/null && command -v protoc >/dev/null ||
        needs python3-grpcio python3-protobuf protobuf-compiler
}

# Chromium, which shows the page to its tests; CRYPTO_CHROMIUM names another one. With Debian's headless
# shell, which has no window, the tests take 139 instead of 199 CPU seconds; where it cannot be had, any Chromium will do.
client_chromium() {
    [ -z "${CRYPTO_CHROMIUM:-}" ] && ! command -v chromium-headless-shell >/dev/null || return 0
    if may_install && update && apt-cache show chromium-headless-shell >/dev/null 2>&1; then
        needs chromium-headless-shell
    elif ! has_chromium; then
        needs chromium
    fi
}

has_chromium() {
    command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ||
        [ -d /Applications/Chromium.app ]
}

# kcat, a client on librdkafka; Debian's.
client_kcat() { command -v kcat >/dev/null || needs kcat; }

# kafka-python with every compression; Debian's, for Debian's python3.
client_kafka_python() {
    /usr/bin/python3 -c "import kafka, lz4.frame, snappy, zstandard" 2>/dev/null ||
        needs python3-kafka python3-lz4 python3-snappy python3-zstandard
}

# strace, which shows that a record is synced before it is acknowledged.
client_strace() { command -v strace >/dev/null || needs strace; }

# kafkajs and @platformatic/kafka.
client_kafka_node() { node=true; }

# The Aspire CLI, which carries the dashboard; for 64-bit Linux on Intel and AMD only, elsewhere npm leaves it out.
client_aspire() { node=true aspire=$([ "$(uname -sm)" != "Linux x86_64" ] || echo aspire-cli-linux-x64); }

# Test processes may come here at the same time.
exec 9>"${TMPDIR:-/tmp}/crypto-test-clients.lock"
flock 9 2>/dev/null || true

all=$(declare -F | sed -n 's/^declare -f client_//p')
for client in ${*:-$all}; do
    declare -F "client_${client//-/_}" >/dev/null || die "there is no client $client; there are: ${all//$'\n'/ }"
    "client_${client//-/_}"
done
! $node || command -v npm >/dev/null || needs nodejs npm
[ ${#debian[@]} = 0 ] || install_debian "${debian[@]}"
! $node || install_node "$root/tests/clients"
[ -z "$aspire" ] || [ -d "$root/tests/clients/node_modules/@microsoft/$aspire" ] || die "npm left out $aspire; is a registry reachable?"
