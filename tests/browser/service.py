"""The binary, serving from memory at a port of its own."""

import json
import os
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

from webdriver import ASK, until

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("SLUGLINE", ROOT / "target/debug/slugline")


def new_key(file, scope):
    """Makes an API key, known to a service that is started with that file."""
    command = [PROGRAM, "key", "new", "--name", scope, "--scope", scope, "--append", file]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


class Service:
    """A running service, and how to ask it."""

    def __init__(self, scratch, name, *options):
        port_file = scratch / f"{name}.port"
        command = [PROGRAM, "serve", "--memory", "--bind", "127.0.0.1:0", "--port-file", port_file]
        command += ["--requests-per-second", "0", "--window-days", "0", *options]
        with open(scratch / f"{name}.log", "wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        until(lambda: port_file.exists() and port_file.read_text(), f"the port of the service {name}")
        self.origin = f"http://127.0.0.1:{port_file.read_text().strip()}"
        until(self._is_ready, f"the service {name}")

    def _is_ready(self):
        try:
            return self.ask("GET", "/health/ready")
        except OSError:
            return False

    def ask(self, method, path, body=None, media="application/json", **headers):
        """What the service answers: a value where it is JSON, and text where not. Refusals raise."""
        if body is not None:
            headers["content-type"] = media
        request = urllib.request.Request(self.origin + path, body, headers, method=method)
        with ASK.open(request, timeout=300) as answer:
            text = answer.read().decode()
            return json.loads(text) if answer.headers.get_content_subtype() == "json" else text

    def get(self, path):
        return self.ask("GET", path)

    def page(self, path):
        """A page as it comes, without a browser around it."""
        return self.ask("GET", path, accept="text/html")

    def post(self, headlines):
        """Posts headlines; each of them has to be taken."""
        for start in range(0, len(headlines), 1_000):
            lines = "\n".join(json.dumps(headline) for headline in headlines[start : start + 1_000])
            answer = self.ask("POST", "/v1/headlines", lines.encode(), "application/x-ndjson")
            refused = [item for item in answer["results"] if item["status"] not in ("created", "duplicate")]
            if refused:
                raise AssertionError(f"refused: {refused[:3]}")

    def stop(self):
        self.process.terminate()
        self.process.wait()
