"""Quality, time and memory of Slugline and its peers on the same headlines: see README.md."""

import argparse
import gzip
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from itertools import islice
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
SLUGLINE = ROOT / "target/release/slugline"
RESULTS = ROOT / "target/peers/results.jsonl"
PEERS = [
    "slugline", "linfa-kmeans", "sklearn-kmeans", "sklearn-dbscan", "sklearn-average-link", "gsdmm", "bertopic",
]  # fmt: skip
# File, level, field of its labels; without a field only time and memory are looked at, on so many of its first rows.
LABELLED = {
    "world_2025_12": ("world_2025_12.jsonl", "topic", "topic"),
    "googlenews_t": ("googlenews_t.jsonl", "topic", "label"),
    "og2021": ("og2021.jsonl", "story", "label"),
    "world_2025_12-stories": ("world_2025_12.jsonl", "story", "story"),
}
SLICES = {
    "archive_2025_26": ("archive_2025_26.jsonl", [5_000, 10_000, 20_000, 40_000, 71_890]),
    "reuters_1m": ("reuters_1m.jsonl.gz", [100_000, 250_000, 500_000, 1_000_000]),
}
# Clusters that peers are told to find where nobody knows their number: one for so many headlines.
HEADLINES_A_CLASS = 20


def read(path, most=None):
    opened = gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else open(path, encoding="utf-8")
    with opened as lines:
        return [json.loads(line) for line in islice(lines, most)]


def bcubed(gold, found):
    """Precision, recall and F1 of Bagga & Baldwin 1998, as src/evaluate/bcubed.rs has them."""
    both, classes, clusters = Counter(zip(gold, found)), Counter(gold), Counter(found)
    precision = sum(n * n / clusters[cluster] for (_, cluster), n in both.items()) / len(gold)
    recall = sum(n * n / classes[name] for (name, _), n in both.items()) / len(gold)
    return precision, recall, 2 * precision * recall / (precision + recall)


def scores(gold, found):
    """Of the labelled rows, the rest having been clustered with them. Rows without a cluster are each one of their own."""
    from sklearn.metrics import adjusted_mutual_info_score

    found = [cluster if cluster not in (-1, None) else f"alone-{row}" for row, cluster in enumerate(found)]
    pairs = [(name, cluster) for name, cluster in zip(gold, found) if name is not None]
    gold, found = zip(*pairs)
    number = {cluster: at for at, cluster in enumerate(dict.fromkeys(found))}
    precision, recall, f1 = bcubed(gold, found)
    ami = adjusted_mutual_info_score([str(name) for name in gold], [number[cluster] for cluster in found])
    return {"ami": ami, "b3_precision": precision, "b3_recall": recall, "b3": f1, "found": len(number)}


def measure(command, limit, memory):
    """Runs a command to its end or that of its time. Peak memory is that of the largest process, as wait4 tells it."""

    def confine():
        os.setsid()
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))

    began = time.monotonic()
    log = tempfile.TemporaryFile()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log, preexec_fn=confine)
    is_late = False
    while True:
        pid, status, usage = os.wait4(child.pid, os.WNOHANG)
        if pid:
            break
        if time.monotonic() - began > limit and not is_late:
            is_late = True
            os.killpg(child.pid, signal.SIGKILL)
        time.sleep(0.02)
    child.returncode = os.waitstatus_to_exitcode(status)
    took = {
        "wall": time.monotonic() - began,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss / 1024,
    }
    if is_late:
        return took | {"failed": f"over {limit} s"}
    if child.returncode != 0:
        log.seek(0)
        told = log.read().decode(errors="replace").strip().splitlines()
        reason = told[-1] if told else f"exit code {child.returncode}"
        wants_memory = any(word in reason for word in ("MemoryError", "Unable to allocate", "bad_alloc", "memory"))
        return took | {"failed": f"over {memory >> 30} GB" if wants_memory else reason}
    return took


def by_slugline(rows, level, scratch, limit, memory):
    file, labels = scratch / "rows.jsonl", scratch / "labels.jsonl"
    known = ("id", "text", "time", "source", "lang")
    with open(file, "w", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps({key: row[key] for key in known if row.get(key) is not None}) + "\n")
    shell = 'exec "$0" cluster "$1" --format jsonl >"$2"'
    took = measure(["sh", "-c", shell, SLUGLINE, file, labels], limit, memory)
    if "failed" in took:
        return took, None
    found = [json.loads(line) for line in open(labels, encoding="utf-8")]
    if all("id" in row for row in rows):
        by_id = {row["id"]: row.get(level) for row in found}
        return took, [by_id.get(row["id"]) for row in rows]
    return took, [row.get(level) for row in found]


def by_linfa(file, level, scratch, limit, memory):
    answer = scratch / "linfa.json"
    shell = 'exec "$0" evaluate "$1" --level "$2" --algorithm kmeans --resamples 0 --format json >"$3"'
    took = measure(["sh", "-c", shell, SLUGLINE, file, level, answer], limit, memory)
    if "failed" in took:
        return took
    report = json.loads(answer.read_text())["reports"][0]
    return took | linfa_scores(report)


def linfa_scores(report):
    told = report["scores"]
    cubed = told["bcubed"]
    return {
        "ami": told["ami"], "b3": cubed["f1"], "b3_precision": cubed["precision"], "b3_recall": cubed["recall"],
        "found": report["clusters"],
    }  # fmt: skip


def by_peer(peer, rows, classes, scratch, limit, memory):
    titles, labels = scratch / "titles.json", scratch / "labels.json"
    titles.write_text(json.dumps([row["text"] for row in rows]))
    command = [sys.executable, HERE / "peers.py", peer, titles, str(classes), labels]
    took = measure(command, limit, memory)
    return took, None if "failed" in took else json.loads(labels.read_text())


def compare(peer, rows, file, level, gold, options):
    classes = len({row.get(gold) for row in rows} - {None}) if gold else max(2, len(rows) // HEADLINES_A_CLASS)
    with tempfile.TemporaryDirectory() as scratch:
        scratch, bounds = Path(scratch), (options.limit, options.memory << 30)
        if peer == "linfa-kmeans":
            return by_linfa(file, level, scratch, *bounds) if gold else {"failed": "has no labels to be told their number"}
        if peer == "slugline":
            took, found = by_slugline(rows, level, scratch, *bounds)
        else:
            took, found = by_peer(peer, rows, classes, scratch, *bounds)
    if found is None:
        return took
    if gold is None:
        return took | {"found": len(set(found) - {-1, None})}
    return took | scores([row.get(gold) for row in rows], found)


def plan(options):
    """What to measure: corpus, rows, file, level and field of labels; slices from the smallest on."""
    for name in options.corpora:
        if name in LABELLED:
            file, level, gold = LABELLED[name]
            yield name, read(options.datasets / file), options.datasets / file, level, gold
        else:
            file, sizes = SLICES[name]
            for size in sizes:
                rows = read(options.datasets / file, size)
                yield f"{name}:{len(rows)}", rows, options.datasets / file, "topic", None


COLUMNS = [("ami", "AMI", ".3f"), ("b3", "B³ F1", ".3f"), ("b3_precision", "B³ P", ".3f"), ("b3_recall", "B³ R", ".3f"),
           ("found", "found", "d"), ("wall", "s", ".2f"), ("cpu", "CPU s", ".2f"), ("peak_mb", "peak MB", ".0f")]  # fmt: skip


def print_table(results):
    print("\n| corpus | rows | method | " + " | ".join(title for _, title, _ in COLUMNS) + " |")
    print("| --- | ---: | --- |" + " ---: |" * len(COLUMNS))
    for one in results:
        cells = [format(one[key], how) if key in one else "" for key, _, how in COLUMNS]
        if "failed" in one:
            cells = [one["failed"]] + [""] * (len(COLUMNS) - 1)
        print(f"| {one['corpus'].split(':')[0]} | {one['rows']} | {one['method']} | {' | '.join(cells)} |")


def main():
    everything = [*LABELLED, *SLICES]
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--datasets", type=Path, default=os.environ.get("SLUGLINE_DATASETS", ROOT / "../shared/datasets"))
    reader.add_argument("--corpora", nargs="+", choices=everything, default=everything, metavar="NAME", help=", ".join(everything))
    reader.add_argument("--peers", nargs="+", choices=PEERS, default=PEERS, metavar="PEER", help=", ".join(PEERS))
    reader.add_argument("--limit", type=int, default=600, help="seconds for each method on each corpus [600]")
    reader.add_argument("--memory", type=int, default=8, help="GB of memory for each method [8]")
    options = reader.parse_args()
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    results, gave_up = [], {}
    with open(RESULTS, "a", encoding="utf-8") as log:
        for corpus, rows, file, level, gold in plan(options):
            family = corpus.split(":")[0]
            for peer in options.peers:
                # What did not manage a slice is not asked for a larger one.
                took = gave_up.get((peer, family)) or compare(peer, rows, file, level, gold, options)
                if "failed" in took:
                    gave_up[peer, family] = {"failed": took["failed"]}
                result = {"corpus": corpus, "rows": len(rows), "method": peer, **took}
                results.append(result)
                print(json.dumps(result), file=log, flush=True)
                print(json.dumps(result), file=sys.stderr, flush=True)
    print_table(results)


if __name__ == "__main__":
    main()
