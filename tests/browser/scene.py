"""What the tests look at: one browser, and a service each that is stocked, hostile, empty and locked."""

import os
import shutil
import tempfile
import unittest
from functools import cache
from pathlib import Path

from headlines import headlines
from service import ROOT, Service, new_key
from webdriver import Browser

PICTURES = ROOT / "target/browser"
SCRATCH = Path(tempfile.mkdtemp(prefix="slugline-browser-"))
STARTED = []


def kept(start):
    """Starts something once, when it is first asked for."""
    @cache
    def one():
        STARTED.append(start())
        return STARTED[-1]
    return one


@kept
def browser():
    return Browser(SCRATCH)


@kept
def stocked():
    """Five thousand headlines."""
    service = Service(SCRATCH, "stocked")
    service.post(headlines())
    return service


@kept
def hostile():
    """Headlines that would run a script wherever they are not escaped."""
    service = Service(SCRATCH, "hostile")
    service.post(ATTACKS)
    return service


@kept
def empty():
    return Service(SCRATCH, "empty")


@cache
def reader_key():
    return new_key(SCRATCH / "keys.jsonl", "read")


@kept
def locked():
    """A service that asks for a key."""
    reader_key()
    return Service(SCRATCH, "locked", "--keys-file", SCRATCH / "keys.jsonl")


def end():
    for started in reversed(STARTED):
        started.quit() if isinstance(started, Browser) else started.stop()
    shutil.rmtree(SCRATCH, ignore_errors=True)


MARK = "window.attacked=1"
TAGS = [f"<script>{MARK}</script>", f'"><img src=x onerror="{MARK}">', f"'><svg onload={MARK}>",
        f"</title></textarea></template><script>{MARK}</script>", f"{{{{{MARK}}}}}", f"javascript:{MARK}"]
ATTACKS = [
    {"id": f"a{at}{tag}", "text": f"{tag} harbour strike enters week {at}", "source": f"Post {tag}", "lang": "en",
     "url": f"https://paper.example/{tag}", "time": f"2026-03-02T0{at}:00:00Z"}
    for at, tag in enumerate(TAGS)
]


class PageTest(unittest.TestCase):
    """A test of pages of one service; none of them may bring a complaint to the console."""

    service = staticmethod(stocked)
    # Complaints that belong to what a test does.
    expected = ()

    def setUp(self):
        self.site, self.browser = self.service(), browser()
        self.browser.origin = self.site.origin
        self.browser.show()
        self.browser.complaints()
        self.addCleanup(self.keep_picture)

    def tearDown(self):
        complaints = self.browser.complaints()
        self.assertEqual([it for it in complaints if not any(part in it for part in self.expected)], [])

    def keep_picture(self):
        """Leaves a picture of what was there when a test failed."""
        result = self._outcome.result
        if any(test is self for test, _ in result.failures + result.errors):
            PICTURES.mkdir(parents=True, exist_ok=True)
            (PICTURES / f"{self.id()}.png").write_bytes(self.browser.picture())

    def topics(self, query="", collection=""):
        """Topics as the interface lists them."""
        return self.site.get(f"/v1/topics?limit=50&{query}")["topics"]
