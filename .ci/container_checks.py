"""Runs a container of an image as docs/security.md says to, and tries what it has to stand: container_checks.py DOCKER IMAGE."""

import json
import os
import random
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

DOCKER, IMAGE = sys.argv[1:]
NAME = f"slugline-ci-{os.getpid()}"
MEMORY = 256 << 20
IMAGE_BYTES = 40_000_000
USER = "65532"
KILLS = 12


def docker(*arguments):
    done = subprocess.run([DOCKER, *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"docker {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout.strip()


def inspect(template, what=NAME):
    return docker("inspect", "--format", template, what)


def check(holds, what):
    if not holds:
        # Of nothing, when nothing runs yet.
        subprocess.run([DOCKER, "logs", "--tail", "20", NAME], stdout=sys.stderr, stderr=sys.stderr)
        raise SystemExit(f"container: FAILED: {what}")
    print(f"container: {what}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


PORT = free_port()
# What an environment says of proxies is not for this machine.
ASK = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def ask(path, body=None, media="application/json"):
    headers = {"content-type": media} if body is not None else {}
    request = urllib.request.Request(f"http://127.0.0.1:{PORT}{path}", body, headers)
    with ASK.open(request, timeout=30) as answer:
        return json.load(answer)


def until(holds, seconds=60):
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def ready():
    try:
        with ASK.open(f"http://127.0.0.1:{PORT}/health/ready", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def run():
    # Without a network of its own, as engines without a bridge have none to give.
    docker(
        "run", "--detach", "--name", NAME, "--network", "host", "--read-only", "--cap-drop", "ALL",
        "--security-opt", "no-new-privileges", "--memory", str(MEMORY), "--pids-limit", "256",
        "--volume", f"{NAME}:/data", "--env", f"SLUGLINE_BIND=127.0.0.1:{PORT}", IMAGE,
    )  # fmt: skip
    check(until(ready), "ready")


def process():
    """What the kernel says of the service, not what the engine was asked for."""
    pid = inspect("{{.State.Pid}}")
    with open(f"/proc/{pid}/status") as lines:
        status = dict(line.rstrip("\n").split(":\t", 1) for line in lines)
    with open(f"/proc/{pid}/mountinfo") as lines:
        root = next(fields for fields in map(str.split, lines) if fields[4] == "/")
    return pid, status, root[5].split(",")


def memory_limit(pid):
    with open(f"/proc/{pid}/cgroup") as lines:
        groups = [line.rstrip("\n").split(":", 2) for line in lines]
    for _, controllers, path in groups:
        files = {"memory": "memory{}/memory.limit_in_bytes", "": "{}/memory.max"}
        if controllers in files:
            name = "/sys/fs/cgroup/" + files[controllers].format(path)
            if os.path.exists(name):
                with open(name) as limit:
                    return limit.read().strip()
    return inspect("{{.HostConfig.Memory}}")


def confinement():
    pid, status, root = process()
    check(set(status["Uid"].split()) == {USER}, f"runs as user {USER}")
    check(int(status["CapEff"], 16) == int(status["CapBnd"], 16) == 0, "has no capabilities and can get none")
    check(status["NoNewPrivs"] == "1", "can get no privileges")
    check("ro" in root, "cannot write to its root")
    check(memory_limit(pid) == str(MEMORY), f"has {MEMORY >> 20} MiB of memory")
    check(until(lambda: inspect("{{.State.Health.Status}}") == "healthy"), "healthy by its own check")
    docker("exec", NAME, "/usr/local/bin/slugline", "healthcheck", "--url", f"http://localhost:{PORT}/health/ready")
    print("container: resolves names without libraries")


def collection():
    """All that a restart has to keep."""
    status = ask("/v1/status")
    kept = {key: status[key] for key in ("headlines", "last_entry", "state_hash")}
    return kept | {"topics": ask("/v1/topics?limit=500")["topics"]}


def headlines():
    with open("data/headlines.txt", "rb") as file:
        posted = ask("/v1/headlines", file.read(), "text/plain")
    check(posted["counts"] == {"created": 17, "duplicate": 0, "rejected": 0}, "took 17 headlines")
    topics = ask("/v1/topics")
    labels = [topic["label"] for topic in topics["topics"]]
    check(topics["total"] >= 2 and all(labels), f"has topics of them: {', '.join(labels)}")
    return collection()


def stops_in_order():
    began = time.monotonic()
    docker("kill", "--signal", "TERM", NAME)
    check(until(lambda: inspect("{{.State.Running}}") == "false", 10), "ends within 10 s of SIGTERM")
    check(inspect("{{.State.ExitCode}}") == "0", f"ends with exit code 0, after {time.monotonic() - began:.1f} s")


def post_until_gone(client, acknowledged):
    """Posts one headline after the other until nobody answers, and notes what was acknowledged."""
    for _ in range(10_000):
        number = len(acknowledged)
        name = f"c{client}-{number}"
        headline = {"id": name, "title": f"Ferry {number % 7} of line {client} runs aground off Cape {number % 5}"}
        try:
            verdict = ask("/v1/headlines", json.dumps(headline).encode())["results"][0]["status"]
        except (OSError, ValueError):
            return
        assert verdict in ("created", "duplicate"), verdict
        acknowledged.append(name)


def is_kept(name):
    """Whether a headline is there. Asking for thousands takes as long as a client may."""
    while True:
        try:
            ask(f"/v1/headlines/{name}")
            return True
        except urllib.error.HTTPError as refusal:
            if refusal.code != 429:
                return False
            time.sleep(1)


def kills():
    chance = random.Random(7)
    clients = [[] for _ in range(3)]
    before = ask("/v1/status")["headlines"]
    for _ in range(KILLS):
        posting = [threading.Thread(target=post_until_gone, args=client) for client in enumerate(clients)]
        for thread in posting:
            thread.start()
        time.sleep(chance.uniform(0.05, 0.6))
        docker("kill", "--signal", "KILL", NAME)
        for thread in posting:
            thread.join()
        until(lambda: inspect("{{.State.Running}}") == "false")
        docker("start", NAME)
        if not until(ready):
            check(False, "ready after SIGKILL")
    acknowledged = [name for client in clients for name in client]
    lost = [name for name in acknowledged if not is_kept(name)]
    check(len(acknowledged) > KILLS, f"acknowledged {len(acknowledged)} headlines under {KILLS} SIGKILLs")
    check(not lost, f"lost {len(lost)} of them")
    more = ask("/v1/status")["headlines"] - before - len(acknowledged)
    check(0 <= more <= len(clients), f"kept {more} that it was killed before acknowledging")


def main():
    size = int(inspect("{{.Size}}", IMAGE))
    check(size < IMAGE_BYTES, f"image of {size / 1e6:.1f} MB")
    refused = subprocess.run(
        [DOCKER, "run", "--rm", "--network", "host", "--read-only", IMAGE], capture_output=True, text=True, timeout=60
    )
    check("no API keys" in refused.stderr, "does not open itself to anybody without being told to")
    with open("data/headlines.txt", "rb") as file:
        table = subprocess.run(
            [DOCKER, "run", "--rm", "--interactive", "--network", "none", "--read-only", IMAGE, "cluster", "-"],
            stdin=file, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
    check(table.stdout.startswith("5 topics, 11 headlines"), "clusters standard input without network or volume")
    run()
    confinement()
    kept = headlines()
    docker("restart", "--time", "10", NAME)
    check(until(ready) and collection() == kept, "a restart keeps headlines, topics and state hash")
    stops_in_order()
    docker("rm", NAME)
    run()
    check(collection() == kept, "another container on the same volume goes on where it ended")
    kills()
    stops_in_order()
    check(inspect("{{.State.OOMKilled}}") == "false", "never wanted for memory")


try:
    main()
finally:
    for arguments in (["rm", "--force", NAME], ["volume", "rm", "--force", NAME]):
        subprocess.run([DOCKER, *arguments], capture_output=True)
