#!/usr/bin/env python3
"""Takes the pictures of docs/page.md again."""

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
    headline = re.search('/headlines/([^"]+)"', service.page(f"/stories/{story}"))[1]
    take("overview", "/", width=1100, height=740)
    take("overview-dark", "/", width=1100, height=740, scheme="dark")
    take("topic", f"/topics/{topic}", width=1100, height=1100)
    take("why", f"/headlines/{headline}", height=1100)
    take("paste", "/paste", height=1000, act=group_sample)
    take("map", "/map", width=720, height=560)
    take("quality", "/quality", height=1250, act=score)
    take("phone", "/", width=390, height=844, phone=True)


if __name__ == "__main__":
    with scene.STARTED:
        main()
