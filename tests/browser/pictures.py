#!/usr/bin/env python3
"""Takes the pictures of docs/page.md again."""

import json
import re
from datetime import datetime, timedelta, timezone

import scene
from headlines import headlines
from service import ROOT

FOLDER = ROOT / "docs/page"
MOST_BYTES = 150_000


def take(name, path, width=1280, height=900, act=None, **window):
    """A picture of a page, as it is after `act`."""
    browser = scene.browser()
    browser.show(width=width, height=height, **window)
    browser.go(path)
    if act:
        act(browser)
    picture = browser.picture()
    (FOLDER / f"{name}.png").write_bytes(picture)
    print(f"{name}.png: {len(picture):,} bytes{', more than is wanted' * (len(picture) > MOST_BYTES)}")


def group_sample(browser):
    browser.click("[name=sample]")


def score(browser):
    lines = [f'{{"text": "{title}", "label": "{label}"}}' for title, label in LABELLED]
    browser.one("[name=labelled]").type("\n".join(lines))
    browser.click("form.paste button")


def open_forms(browser):
    browser.one(".correct > summary").click()


def take_in(browser, other):
    open_forms(browser)
    browser.one(".correct [name=other]").type(other)
    browser.click("[value=merge]")


def correct(service, topic):
    """Corrects something, so that there is something to list."""
    edits = [{"label": "Run on the savings bank", "author": "Ada", "reason": "As the papers call it"},
             {"pinned": True, "author": "Grace"}]
    for edit in edits:
        service.ask("PATCH", f"/v1/topics/{topic}", json.dumps(edit).encode())


LABELLED = [
    ("Harbour strike enters second week", "strike"),
    ("Dockers walk out as harbour strike spreads", "strike"),
    ("Volcano erupts on Lake Ombra as villages sleep", "volcano"),
    ("Lake Ombra volcano sends ash over villages", "volcano"),
]


def main():
    service = scene.serve("pictures")
    service.post(headlines(datetime.now(timezone.utc).replace(microsecond=0) - timedelta(minutes=3)))
    scene.browser().origin = service.origin
    topic = service.get("/v1/topics?sort=trending&limit=1")["topics"][0]["id"]
    story = service.get(f"/v1/topics/{topic}")["stories"][0]["id"]
    others = [it["id"] for it in service.get("/v1/topics?sort=trending&limit=5")["topics"]]
    headline = re.search('/headlines/([^"]+)"', service.page(f"/stories/{story}"))[1]
    take("overview", "/", width=1100, height=740)
    take("overview-dark", "/", width=1100, height=740, scheme="dark")
    take("topic", f"/topics/{topic}", width=1100, height=1100)
    take("why", f"/headlines/{headline}", height=1100)
    correct(service, topic)
    take("correct", f"/topics/{topic}", height=760, act=open_forms)
    take("preview", f"/topics/{topic}", width=1000, height=640, act=lambda browser: take_in(browser, others[2]))
    take("corrections", "/edits", height=330)
    take("paste", "/paste", height=980, act=group_sample)
    take("map", "/map", width=680, height=710)
    take("topic-phone", f"/topics/{topic}", width=390, height=844, phone=True)
    take("topic-dark", f"/topics/{topic}", width=1100, height=1100, scheme="dark")
    take("quality", "/quality", height=1250, act=score)
    take("phone", "/", width=390, height=844, phone=True)


if __name__ == "__main__":
    with scene.STARTED:
        main()
