"""What the tests look at: one browser, and a service each that is stocked, hostile, empty and locked."""

import shutil
import unittest
from contextlib import ExitStack
from functools import cache

from headlines import headlines
from service import ROOT, Service, new_key
from webdriver import Browser

# Logs, and pictures of what failed; kept until the next run.
SCRATCH = ROOT / "target/browser"
shutil.rmtree(SCRATCH, ignore_errors=True)
SCRATCH.mkdir(parents=True)
STARTED = ExitStack()


def serve(name, *options):
    service = Service(SCRATCH, name, *options)
    STARTED.callback(service.stop)
    return service


@cache
def browser():
    browser = Browser(SCRATCH)
    STARTED.callback(browser.quit)
    return browser


@cache
def stocked():
    """Five thousand headlines."""
    service = serve("stocked")
    service.post(headlines())
    return service


@cache
def hostile():
    """Headlines that would run a script wherever they are not escaped."""
    service = serve("hostile")
    service.post(ATTACKS)
    return service


@cache
def empty():
    return serve("empty")


@cache
def reader_key():
    return new_key(SCRATCH / "keys.jsonl", "read")


@cache
def locked():
    """A service that asks for a key."""
    reader_key()
    return serve("locked", "--keys-file", SCRATCH / "keys.jsonl")


MARK = "window.attacked=1"
TAGS = [f"<script>{MARK}</script>", f'"><img src=x onerror="{MARK}">', f"'><svg onload={MARK}>",
        f"</title></textarea></template><script>{MARK}</script>", f"{{{{{MARK}}}}}", f"javascript:{MARK}"]


# Ids and addresses take few characters: these are the worst of them.
def attack(number, tag):
    return {
        "id": f"a{number}@=+:~",
        "text": f"{tag} harbour strike enters week {number}",
        "source": f"Post {tag}",
        "url": f"https://paper.example/'onfocus='{MARK}'&lt;script&gt;{number}",
        "time": f"2026-03-02T0{number}:00:00Z",
        "lang": "en",
    }


ATTACKS = [attack(number, tag) for number, tag in enumerate(TAGS)]


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
            (SCRATCH / f"{self.id()}.png").write_bytes(self.browser.picture())

    def topics(self, query=""):
        """Topics as the interface lists them."""
        return self.site.get(f"/v1/topics?limit=50&{query}")["topics"]
