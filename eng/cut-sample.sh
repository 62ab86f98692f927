#!/usr/bin/env bash
# Cuts the shipped sample from hftbacktest's recordings: BTCUSDT as it is, ETHUSDT while BTCUSDT was recorded.
#   eng/cut-sample.sh BTCUSDT.frames.gz ETHUSDT.frames.gz
# A line is `<receive time in ns> <frame>`; the times have 19 digits, so that they compare as text.
set -euo pipefail
btc=$1 eth=$2
samples=$(cd "$(dirname "$0")/../common/Crypto.MarketReplay/Samples" && pwd)
from=$(zcat "$btc" | head -n 1 | cut -d ' ' -f 1 || true)
to=$(zcat "$btc" | tail -n 1 | cut -d ' ' -f 1)
zcat "$btc" | gzip -9n > "$samples/spot-btcusdt-20240809.frames.gz"
zcat "$eth" | awk -v from="$from" -v to="$to" '$1 "" >= from && $1 "" <= to' | gzip -9n > "$samples/spot-ethusdt-20240809.frames.gz"
for file in "$samples"/*.frames.gz; do echo "$(zcat "$file" | wc -l) frames, sha256 $(zcat "$file" | sha256sum | cut -c 1-16)  ${file##*/}"; done
