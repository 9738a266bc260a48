"""Posts headlines and follows what becomes of them; needs nothing but Python 3.9.

    printf '%s\n' 'Harbour strike enters second week' | python3 examples/clients/follow.py --post -
    python3 examples/clients/follow.py --since 0

The address of the service is SLUGLINE_URL, by default http://127.0.0.1:8080; with keys, SLUGLINE_KEY is sent.
"""

import argparse
import json
import os
import sys
import time
import urllib.error
import urllib.request

ADDRESS = os.environ.get("SLUGLINE_URL", "http://127.0.0.1:8080")


def ask(path, body=None, content_type=None):
    """The answer as JSON. Waits as long as it is told to while the service has no room; other failures are raised."""
    headers = {"Content-Type": content_type} if content_type else {}
    if key := os.environ.get("SLUGLINE_KEY"):
        headers["Authorization"] = f"Bearer {key}"
    while True:
        request = urllib.request.Request(ADDRESS + path, data=body, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as failure:
            problem = json.load(failure)
            if failure.code not in (429, 503):
                raise SystemExit(f"{problem['code']}: {problem['detail']}") from None
            time.sleep(int(failure.headers.get("Retry-After", 1)))


def post(lines):
    """Posts titles, one a line, and tells the story and the topic of each."""
    posted = ask("/v1/headlines", "\n".join(lines).encode(), "text/plain")
    for title, result in zip(lines, posted["results"]):
        place = " ".join(filter(None, (result.get("topic"), result.get("story")))) or "no topic yet"
        print(f"{result['status']:9} {place:21} {title}")


def follow(since, once):
    """Tells what happens to topics from event `since` on."""
    while True:
        page = ask(f"/v1/changes?since={since}")
        for topic in page["topics"]:
            print(f"{', '.join(topic['changes']):12} {topic['id']}  {topic['label']} ({topic['size']})")
        since = page["next"]
        if since == page["last"]:
            if once:
                return since
            time.sleep(5)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--post", metavar="FILE", help="post the titles of a file, one a line; - is standard input")
    parser.add_argument("--since", type=int, default=0, metavar="EVENT", help="number of the event to go on from")
    parser.add_argument("--once", action="store_true", help="stop when there is nothing new, instead of waiting")
    arguments = parser.parse_args()
    if arguments.post:
        source = sys.stdin if arguments.post == "-" else open(arguments.post, encoding="utf-8")
        with source:
            post([line.strip() for line in source if line.strip()])
        return
    print(f"next: {follow(arguments.since, arguments.once)}")


if __name__ == "__main__":
    main()
