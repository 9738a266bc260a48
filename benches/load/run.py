"""Load: headlines are posted in batches while topics are read, against a bare endpoint that sends the same bytes.

    python3 benches/load/run.py [--seconds 60] [--connections 8] [--posters 16] [--all-in-window]

Needs wrk (Debian's package of that name) and `archive_2025_26.jsonl` in SLUGLINE_DATASETS (default ../shared/datasets):
news as it came, of which a window of 30 days holds some 5,000. It is gone through again and again, later each time. With
`--all-in-window` headlines of `reuters_1m.jsonl.gz` are posted instead, without times, so that none leaves the window.
Builds what it runs. One run gives, on the same machine:

1. the bare endpoint alone, and `GET /v1/topics` of a service at rest;
2. batches of 100 headlines posted one after the other over several connections, each answered after its durable commit and its
   application, while nobody reads;
3. the bare endpoint, and then `GET /v1/topics`, beside such posts.

Reads are compared under the same conditions: at rest with the bare endpoint alone, beside posts with the bare endpoint
beside the same posts, because the writer takes its share of the cores from both. The client has its share as well: wrk
keeps a core busy by itself. Each line of posts says between how many headlines it was taken: with all in the window, a post
costs more the more there are.

In the end as many headlines must be there as were acknowledged. If some are missing, a post failed or an answer was no
success, the exit code is 1. Prints tables in Markdown.
"""

import argparse
import datetime
import gzip
import http.client
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BATCH = 100
WARM = 5_000


def build():
    for what in (["--bin", "slugline"], ["--example", "bare_endpoint"]):
        subprocess.run(["cargo", "build", "--quiet", "--release", *what], cwd=ROOT, check=True)
    return ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "release"


def archived(datasets):
    """Headlines of the archive in order of time, again and again, a year or so later each time; first long ago, because
    what is in the future is refused."""
    with open(datasets / "archive_2025_26.jsonl", encoding="utf-8") as lines:
        rows = sorted(map(json.loads, lines), key=lambda row: row["time"])
    moment = lambda row: datetime.datetime.fromisoformat(row["time"])
    span = moment(rows[-1]) - moment(rows[0]) + datetime.timedelta(days=1)
    for turn in range(-20, 1):
        for row in rows:
            time = (moment(row) + turn * span).isoformat()
            yield {"title": row["text"], "time": time, "source": row["source"], "lang": "en"}


def without_times(datasets):
    with gzip.open(datasets / "reuters_1m.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            yield {"title": json.loads(line)["text"], "lang": "en"}


def batches(headlines):
    """Bodies of NDJSON with ids of our own."""
    body = []
    for number, headline in enumerate(headlines):
        body.append(json.dumps({"id": f"load-{number}"} | headline))
        if len(body) == BATCH:
            yield "\n".join(body).encode()
            body = []


def start(command, port_file):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(600):
        if port_file.exists() and port_file.read_text():
            return process, int(port_file.read_text())
        time.sleep(0.05)
    raise SystemExit(f"{command[0]} does not start")


class Poster(threading.Thread):
    """Posts batches one after the other until it is told to stop."""

    def __init__(self, port, source, lock):
        super().__init__(daemon=True)
        self.port, self.source, self.lock = port, source, lock
        self.latencies, self.acknowledged, self.refused, self.errors = [], 0, 0, 0
        self.stopped = threading.Event()

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        while not self.stopped.is_set():
            with self.lock:
                body = next(self.source, None)
            if body is None:
                return
            while True:
                begun = time.monotonic()
                connection.request("POST", "/v1/headlines", body, {"Content-Type": "application/x-ndjson"})
                answer = connection.getresponse()
                told = answer.read()
                if answer.status != 503:
                    break
                self.refused += 1
                time.sleep(1)
            self.latencies.append(time.monotonic() - begun)
            if answer.status == 200:
                self.acknowledged += json.loads(told)["counts"]["created"]
            else:
                self.errors += 1


def wrk(port, path, seconds, connections):
    """Requests per second, p50 and p99 in milliseconds, and answers that were no success."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", f"http://127.0.0.1:{port}{path}"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    units = {"us": 0.001, "ms": 1.0, "s": 1000.0}

    def percentile(share):
        value, unit = re.search(rf"{share}%\s+([\d.]+)(us|ms|s)", told).groups()
        return float(value) * units[unit]

    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", told)
    sockets = re.search(r"Socket errors: (.*)", told)
    return {
        "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", told).group(1)),
        "p50": percentile(50),
        "p99": percentile(99),
        "failed": int(failed.group(1)) if failed else 0,
        "sockets": sockets.group(1) if sockets else "",
    }


def get(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, answer.read()


def beside_posts(port, source, posters, measure):
    """What `measure` gives while headlines are posted, and what became of them."""
    lock = threading.Lock()
    posters = [Poster(port, source, lock) for _ in range(posters)]
    begun = time.monotonic()
    for poster in posters:
        poster.start()
    measured = measure()
    for poster in posters:
        poster.stopped.set()
    for poster in posters:
        poster.join()
    return measured, Posted(posters, time.monotonic() - begun)


class Posted:
    """What became of the posts of one step."""

    def __init__(self, posters, took):
        self.took = took
        self.latencies = [latency for poster in posters for latency in poster.latencies]
        self.acknowledged = sum(poster.acknowledged for poster in posters)
        self.errors = sum(poster.errors for poster in posters)
        self.refused = sum(poster.refused for poster in posters)


def share(values, part):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] * 1000 if ordered else float("nan")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--connections", type=int, default=8, help="connections that read")
    parser.add_argument("--posters", type=int, default=16, help="connections that post")
    parser.add_argument("--all-in-window", action="store_true", help="headlines without times, so that none leaves")
    arguments = parser.parse_args()
    datasets = pathlib.Path(os.environ.get("SLUGLINE_DATASETS", ROOT / "../shared/datasets"))
    name = "reuters_1m.jsonl.gz" if arguments.all_in_window else "archive_2025_26.jsonl"
    if not (datasets / name).exists():
        sys.exit(f"NOTHING IS MEASURED: {datasets}/{name} is absent; set SLUGLINE_DATASETS")
    release = build()
    source = batches((without_times if arguments.all_in_window else archived)(datasets))
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        serve = [release / "slugline", "serve", "--bind", "127.0.0.1:0", "--port-file", scratch / "port"]
        serve += ["--data-dir", scratch / "data", "--requests-per-second", "0"]
        service, port = start(serve, scratch / "port")
        try:
            for body in (next(source) for _ in range(WARM // BATCH)):
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
                connection.request("POST", "/v1/headlines", body, {"Content-Type": "application/x-ndjson"})
                assert connection.getresponse().read()
            topics = get(port, "/v1/topics")[1]
            (scratch / "topics.json").write_bytes(topics)
            bare_command = [release / "examples/bare_endpoint", scratch / "topics.json", scratch / "bare"]
            bare, bare_port = start(bare_command, scratch / "bare")
            seconds, connections, posters = arguments.seconds, arguments.connections, arguments.posters
            read_bare = lambda: wrk(bare_port, "/", seconds, connections)
            read_topics = lambda: wrk(port, "/v1/topics", seconds, connections)
            reads = {"bare endpoint, alone": read_bare(), "`/v1/topics`, at rest": read_topics()}
            posts = {}
            _, posts["alone"] = beside_posts(port, source, posters, lambda: time.sleep(seconds))
            reads["bare endpoint, beside posts"], posts["beside reads of the bare endpoint"] = beside_posts(
                port, source, posters, read_bare
            )
            reads["`/v1/topics`, beside posts"], posts["beside reads of `/v1/topics`"] = beside_posts(
                port, source, posters, read_topics
            )
            bare.send_signal(signal.SIGTERM)
            # Entries of the log, which are posted headlines and nothing else; some of these left the window.
            kept = json.loads(get(port, "/v1/status")[1])["version"]
        finally:
            service.send_signal(signal.SIGTERM)
            service.wait(timeout=60)
    tell_reads(reads, len(topics))
    total = tell_posts(posts)
    print(f"\n{kept} headlines were taken of {total} that were acknowledged")
    failed = sum(posted.errors for posted in posts.values()) + sum(row["failed"] for row in reads.values())
    sys.exit(0 if kept == total and not failed else 1)


def tell_reads(rows, size):
    print(f"| reads of {size} bytes | requests/s | of the bare endpoint likewise | p50 ms | p99 ms | failed |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for name, row in rows.items():
        base = rows["bare endpoint, beside posts" if name.endswith("posts") else "bare endpoint, alone"]["rate"]
        cells = f"{row['rate']:.0f} | {row['rate'] / base:.2f} | {row['p50']:.1f} | {row['p99']:.1f} | {row['failed']}"
        print(f"| {name} | {cells} {row['sockets']}|")


def tell_posts(rows):
    """Tells what became of the posts; returns how many headlines were acknowledged in all."""
    print(f"\n| posts of {BATCH} | headlines there | acknowledged/s | p50 ms | p99 ms | errors | put off with 503 |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    total = WARM
    for name, row in rows.items():
        cells = f"{row.acknowledged / row.took:.0f} | {share(row.latencies, 0.5):.0f} | {share(row.latencies, 0.99):.0f}"
        print(f"| {name} | {total} to {total + row.acknowledged} | {cells} | {row.errors} | {row.refused} |")
        total += row.acknowledged
    return total


if __name__ == "__main__":
    main()
