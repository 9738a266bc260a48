#!/usr/bin/env bash
# Takes the pictures of docs/page.md from the sample headlines. Needs chromium and a built binary:
#   cargo build --release && docs/page/screenshots.sh [BINARY]
set -euo pipefail
cd "$(dirname "$0")/../.."
binary=${1:-target/release/slugline}
work=$(mktemp -d)
"$binary" serve --memory --bind 127.0.0.1:0 --port-file "$work/port" 2>"$work/log" &
server=$!
trap 'kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
until [ -s "$work/port" ]; do sleep 0.1; done
address="http://127.0.0.1:$(cat "$work/port")"
curl -sf --retry 20 --retry-connrefused "$address/health/ready" -o /dev/null
curl -sf "$address/v1/headlines" -H 'Content-Type: text/plain' --data-binary @data/headlines.txt -o "$work/posted"
first=$(grep -o '"id":"h-[a-z0-9]*"' "$work/posted" | head -n 1 | cut -d '"' -f 4)

shoot() {
  chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
    --disable-component-update --disable-sync --hide-scrollbars --user-data-dir="$work/profile" \
    --screenshot="docs/page/$1" --window-size="$2" "${@:4}" "$address$3" 2>/dev/null
}
shoot overview.png 1280,900 /
shoot topic.png 1280,1400 /topics/t-000001
shoot why.png 1280,1100 "/headlines/$first"
shoot phone.png 500,900 / --blink-settings=preferredColorScheme=0
