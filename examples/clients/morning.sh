#!/bin/sh
# A morning at the desk with curl: posts a few headlines, lists the topics, asks why, and reads what is new.
# Usage: sh examples/clients/morning.sh [ADDRESS]; the service must be running. With keys, set SLUGLINE_KEY.
set -eu

address=${1:-${SLUGLINE_URL:-http://127.0.0.1:8080}}
ask() {
    path=$1
    shift
    curl --silent --show-error --fail --max-time 30 \
        ${SLUGLINE_KEY:+--header "Authorization: Bearer $SLUGLINE_KEY"} "$@" "$address$path"
    echo
}

echo '== post: CSV with a header line; every item is answered on its own'
printf '%s\n' 'id,title,source,time' \
    'dp-1,Harbour strike enters second week,Dock Post,2025-12-08T06:30:00Z' \
    'ie-7,Dockers walk out as harbour strike spreads,Island Echo,2025-12-08T07:10:00Z' \
    'ct-3,Volcano erupts on Lake Ombra as villages sleep,Cape Times,2025-12-08T20:10:00Z' \
    'ie-9,Lake Ombra volcano sends ash over villages,Island Echo,2025-12-08T22:15:00Z' |
    ask /v1/headlines --header 'Content-Type: text/csv' --data-binary @-

echo '== the topics that move'
ask '/v1/topics?sort=trending&limit=5'

echo '== why is ie-7 where it is?'
ask /v1/headlines/ie-7/why

echo '== what is new since the beginning? `next` is where to go on tomorrow'
ask '/v1/changes?since=0'
