"""What the tests look at: one browser, and a service each that is stocked, corrected, hostile, empty and locked."""

import os
import shutil
import unittest
from contextlib import ExitStack
from datetime import timedelta
from functools import cache
from pathlib import Path

from headlines import NEWEST, headlines, unlike
from service import ROOT, Service, new_key
from webdriver import Browser

# Logs, and pictures of what failed; kept until the next run.
SCRATCH = ROOT / "target/browser"
shutil.rmtree(SCRATCH, ignore_errors=True)
SCRATCH.mkdir(parents=True)
STARTED = ExitStack()

AXE = Path(os.environ.get("AXE", "/nonexistent"))
SERIOUS = ("serious", "critical")
AUDIT = """
    const done = arguments[0];
    const brief = it => [it.impact, it.id, it.nodes.slice(0, 3).map(node => `${node.html}: ${node.failureSummary}`)];
    axe.run(document, { resultTypes: ["violations"] }).then(
        ({ violations, passes }) => done({ passes: passes.length, violations: violations.map(brief) }),
        error => done({ passes: 0, violations: [["critical", String(error), []]] }));
"""


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
def corrected():
    """The same, and those that would run a script, for tests that change what is there."""
    service = serve("corrected")
    service.post(headlines())
    service.post(ATTACKS)
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
def writer_key():
    return new_key(SCRATCH / "keys.jsonl", "write")


@cache
def locked():
    """A service that asks for a key."""
    reader_key(), writer_key()
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

    def assert_untouched(self, path):
        """No script ran, nor did one get so far that the policy had to stop it: that would be on the console."""
        self.assertFalse(self.browser.script("return 'attacked' in window"), path)
        strangers = "main script, main img, main [onerror], main [onload], script:not([src]), a[href^='javascript:']"
        self.assertEqual(self.browser.all(strangers), [], path)

    def assert_accessible(self):
        """Axe-core, where it is there, finds nothing serious on the page that is shown."""
        if not AXE.exists():
            return
        self.browser.devtools("Runtime.evaluate", expression=AXE.read_text())
        found = self.browser.script_async(AUDIT)
        self.assertGreater(found["passes"], 5)
        self.assertEqual([it for it in found["violations"] if it[0] in SERIOUS], [])

    def keep_picture(self):
        """Leaves a picture of what was there when a test failed."""
        result = self._outcome.result
        if any(test is self for test, _ in result.failures + result.errors):
            (SCRATCH / f"{self.id()}.png").write_bytes(self.browser.picture())

    def report(self, number, count=3, first=0):
        """Posts headlines of something in words of its own, later than all there is, and returns the id of their topic."""
        words = [unlike(5 * number + at) for at in range(5)]
        texts = [" ".join(words[at:] + words[:at]) for at in range(first, first + count)]
        time = (NEWEST + timedelta(minutes=10 * number)).isoformat()
        self.site.post([
            {"id": f"new{number}-{first + at}", "text": text, "time": time, "source": "Cape Times", "lang": "en"}
            for at, text in enumerate(texts)
        ])
        return self.place(f"new{number}-{first}", "topic")

    def place(self, headline, level):
        """The topic or story that a headline is in."""
        return self.site.get(f"/v1/headlines/{headline}").get(level)

    def topics(self, query=""):
        """Topics as the interface lists them."""
        return self.site.get(f"/v1/topics?limit=50&{query}")["topics"]
