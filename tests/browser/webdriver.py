"""A headless Chromium, driven over the WebDriver protocol with nothing but the standard library."""

import base64
import json
import subprocess
import time
import urllib.error
import urllib.request

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--no-proxy-server",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
    "--disable-dev-shm-usage",
]
# The key under which WebDriver hands over an element.
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {"Tab": "\ue004", "Enter": "\ue007", "Space": "\ue00d"}
# Machines may be busy; nothing waits longer than it has to.
PATIENCE = 30
ASK = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def until(holds, what, patience=PATIENCE):
    """Waits for something to be true, or at least not empty, and returns it."""
    end = time.monotonic() + patience
    while not (found := holds()):
        if time.monotonic() > end:
            raise AssertionError(f"waited {patience} s for {what}")
        time.sleep(0.05)
    return found


class WebDriverError(Exception):
    """What the driver answers when a command fails."""


class Element:
    """An element of the page that is shown."""

    def __init__(self, browser, reference):
        self.browser, self.reference = browser, reference

    def _ask(self, method, path, body=None):
        return self.browser.ask(method, f"/element/{self.reference}{path}", body)

    def click(self):
        self._ask("POST", "/click", {})

    def type(self, text):
        self._ask("POST", "/value", {"text": text})

    @property
    def text(self):
        return self._ask("GET", "/text")

    def attribute(self, name):
        return self._ask("GET", f"/attribute/{name}")


class Browser:
    """A session of Chromium. Paths are those of `origin`, the service that is looked at."""

    def __init__(self, scratch):
        self.origin = ""
        log = open(scratch / "chromedriver.log", "w")
        command = ["chromedriver", "--port=0"]
        self.driver = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        self.address = f"http://127.0.0.1:{self._port()}/session"
        options = {"args": [*FLAGS, f"--user-data-dir={scratch / 'profile'}"]}
        always = {"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        try:
            session = self._send("POST", self.address, {"capabilities": {"alwaysMatch": always}})
        except BaseException:
            self.driver.kill()
            raise
        self.address += "/" + session["sessionId"]

    def _port(self):
        for line in self.driver.stdout:
            if "successfully on port" in line:
                return int(line.rstrip().rstrip(".").rsplit(" ", 1)[1])
        raise WebDriverError("chromedriver does not start")

    @staticmethod
    def _send(method, address, body):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(address, data, {"content-type": "application/json"}, method=method)
        try:
            with ASK.open(request, timeout=2 * PATIENCE) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as problem:
            value = json.load(problem)["value"]
            raise WebDriverError(f"{value['error']}: {value['message']}") from None

    def ask(self, method, path, body=None):
        return self._send(method, self.address + path, body)

    def quit(self):
        try:
            self.ask("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait()

    def go(self, path):
        self.ask("POST", "/url", {"url": self.origin + path})

    @property
    def path(self):
        """Path and query of the page that is shown."""
        return self.ask("GET", "/url").removeprefix(self.origin)

    @property
    def title(self):
        return self.ask("GET", "/title")

    def all(self, selector):
        found = self.ask("POST", "/elements", {"using": "css selector", "value": selector})
        return [Element(self, each[ELEMENT]) for each in found]

    def one(self, selector):
        """The first element of a selector, once it is there."""
        return until(lambda: self.all(selector), selector)[0]

    def texts(self, selector):
        return self.script("return [...document.querySelectorAll(arguments[0])].map(it => it.textContent)", selector)

    def click(self, selector):
        """Clicks on something that leads to another page, and waits for that."""
        before = self.script("return window.here = performance.timeOrigin")
        self.one(selector).click()
        self.until_script(f"return performance.timeOrigin !== {before} && document.readyState === 'complete'")

    def script(self, source, *arguments):
        return self.ask("POST", "/execute/sync", {"script": source, "args": list(arguments)})

    def script_async(self, source, *arguments):
        return self.ask("POST", "/execute/async", {"script": source, "args": list(arguments)})

    def until_script(self, source, *arguments):
        """Waits for a script to return what counts as true."""
        return until(lambda: self.script(source, *arguments), source)

    def press(self, key):
        value = KEYS.get(key, key)
        strokes = [{"type": kind, "value": value} for kind in ("keyDown", "keyUp")]
        self.ask("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": strokes}]})

    def middle(self, selector):
        """The middle of the first element of a selector, or of its first line, once it is in view."""
        self.one(selector)
        return self.script(
            "const it = document.querySelector(arguments[0]); it.scrollIntoView({ block: 'center', behavior: 'instant' });"
            "const box = it.getClientRects()[0];"
            "return [Math.round(box.left + box.width / 2), Math.round(box.top + box.height / 2)]",
            selector,
        )

    def start_of(self, selector):
        """A point near the left end of the first element of a selector, where it is now."""
        return self.script(
            "const box = document.querySelector(arguments[0]).getBoundingClientRect();"
            "return [Math.round(box.left) + 20, Math.round(box.top + box.height / 2)]",
            selector,
        )

    def drag(self, start, end):
        """Drags from one point of the window to another."""
        def move(point):
            return {"type": "pointerMove", "x": point[0], "y": point[1], "duration": 0}

        middle = [(a + b) // 2 for a, b in zip(start, end)]
        # What is dropped has to be over its target twice: coming in, and staying.
        beside = [end[0] + 1, end[1]]
        acts = [move(start), {"type": "pointerDown", "button": 0}, move(middle), move(beside), move(end)]
        acts.append({"type": "pointerUp", "button": 0})
        self.ask("POST", "/actions", {"actions": [{"type": "pointer", "id": "mouse", "actions": acts}]})

    def wheel(self, x, y, by):
        turn = {"type": "scroll", "x": x, "y": y, "deltaX": 0, "deltaY": by, "duration": 0}
        self.ask("POST", "/actions", {"actions": [{"type": "wheel", "id": "wheel", "actions": [turn]}]})

    def devtools(self, command, **parameters):
        return self.ask("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def show(self, width=1280, height=900, scheme="light", phone=False):
        """Sets the window and the colours that the reader prefers."""
        self.devtools(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone
        )
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.devtools("Emulation.setEmulatedMedia", features=features)

    def complaints(self):
        """What the console was told since the last time that is worse than a warning, refusals of the policy included."""
        entries = self.ask("POST", "/se/log", {"type": "browser"})
        return [entry["message"] for entry in entries if entry["level"] == "SEVERE"]

    def picture(self):
        return base64.b64decode(self.ask("GET", "/screenshot"))
