#!/bin/sh
# Prints the tables of docs/quality.md. Takes under five minutes on two cores.
#
#   docs/quality.sh > tables.md
#
# SLUGLINE_DATASETS  folder with the labelled corpora (default: ../shared/datasets beside the repository)
# SLUGLINE           an optimised binary to measure (default: the one cargo builds here)
set -eu
cd "$(dirname "$0")/.."

datasets=${SLUGLINE_DATASETS:-../shared/datasets}
corpora="tweet89 googlenews_t tweets_stream_topic og2021 world_2025_12"
for corpus in $corpora; do
    if [ ! -r "$datasets/$corpus.jsonl" ]; then
        echo "quality.sh: NOTHING WAS MEASURED: no $corpus.jsonl in $datasets" >&2
        echo "quality.sh: set SLUGLINE_DATASETS to the folder with the labelled corpora" >&2
        exit 1
    fi
done
if [ -z "${SLUGLINE:-}" ]; then
    cargo build --release --quiet
    SLUGLINE=${CARGO_TARGET_DIR:-target}/release/slugline
fi

# One corpus a process, so that peak memory is its own; the tables become one by leaving out later headers.
header=1
evaluate() {
    rows=$("$SLUGLINE" evaluate "$@") || exit 1
    if [ "$header" = 1 ]; then echo "$rows"; else echo "$rows" | sed 1,2d; fi
    header=0
}

title() {
    printf '\n### %s\n\n' "$1"
    header=1
}

everything() {
    evaluate "$@" --level story --lang en "$datasets/og2021.jsonl"
    evaluate "$@" --level story "$datasets/og2021.jsonl"
    evaluate "$@" "$datasets/world_2025_12.jsonl"
    evaluate "$@" "$datasets/tweet89.jsonl"
    evaluate "$@" "$datasets/googlenews_t.jsonl"
    evaluate "$@" "$datasets/tweets_stream_topic.jsonl"
}

# The largest corpora are left out: average link has no memory for them, or k-means takes minutes.
small() {
    evaluate --resamples 0 "$@" --level story --lang en "$datasets/og2021.jsonl"
    evaluate --resamples 0 "$@" "$datasets/world_2025_12.jsonl"
    evaluate --resamples 0 "$@" "$datasets/tweet89.jsonl"
    evaluate --resamples 0 "$@" "$datasets/googlenews_t.jsonl"
}

title "Default"
everything --shuffles 3

title "Distinct titles"
evaluate --distinct --level story --lang en "$datasets/og2021.jsonl"
evaluate --distinct --level story "$datasets/og2021.jsonl"
for lang in es pt fr de ru ar sl; do
    evaluate --distinct --level story --lang $lang "$datasets/og2021.jsonl"
done

title "Without the static embedding"
everything --no-embedding

title "Baselines"
for algorithm in kmeans dbscan average-link; do small --algorithm "$algorithm"; done

title "Average link on the full vectors"
small --algorithm average-link --dimensions 0

title "Ablation, topics"
evaluate --ablation --level topic "$datasets/world_2025_12.jsonl" "$datasets/tweet89.jsonl" \
    "$datasets/googlenews_t.jsonl" "$datasets/tweets_stream_topic.jsonl"

title "Ablation, stories"
evaluate --ablation --level story "$datasets/world_2025_12.jsonl" "$datasets/og2021.jsonl"

title "Ablation, stories in English"
evaluate --ablation --level story --lang en "$datasets/og2021.jsonl"
