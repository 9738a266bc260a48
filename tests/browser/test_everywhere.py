"""What holds on every page: nothing that was posted runs, phones need not scroll sideways, both schemes can be read, and
axe-core finds nothing serious."""

import unittest
from urllib.parse import quote

from scene import ATTACKS, AXE, MARK, TAGS, PageTest, hostile, locked


class EveryPage(PageTest):
    # Of the page of a problem, as the console repeats its status.
    expected = ("status of 404",)

    def paths(self):
        topic = self.topics("sort=size")[0]["id"]
        story = self.site.get(f"/v1/topics/{topic}")["stories"][0]["id"]
        return ["/", "/?q=nosuchword", f"/topics/{topic}", f"/topics/{topic}/edit", f"/stories/{story}",
                f"/stories/{story}/edit", "/headlines/e7-0", "/headlines/e7-0/edit", "/edits", "/paste", "/map",
                "/quality", "/collections", "/nope", "/docs"]

    def each(self, look, **window):
        """Looks at each page in turn, last at the form for keys."""
        self.browser.show(**window)
        for path in self.paths():
            with self.subTest(path, **window):
                self.browser.go(path)
                look()
        self.browser.origin = locked().origin
        with self.subTest("/sign-in", **window):
            self.browser.go("/sign-in")
            look()
        self.browser.origin = self.site.origin

    def test_no_page_is_wider_than_a_phone(self):
        def look():
            self.assertLessEqual(self.browser.script("return document.documentElement.scrollWidth"), 390)
            entries = "return [...document.querySelectorAll('.top nav a')].map(it => it.getClientRects()[0].height)"
            self.assertTrue(all(height < 45 for height in self.browser.script(entries)), "a word of the navigation is broken")

        self.each(look, width=390, height=844, phone=True)

    def test_light_and_dark_are_what_they_say(self):
        def contrast():
            """How much lighter the ground is than the text, of at most 765."""
            return self.browser.script(
                "const style = getComputedStyle(document.body);"
                "const light = colour => colour.match(/\\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0);"
                "return light(style.backgroundColor) - light(style.color)"
            )

        self.each(lambda: self.assertGreater(contrast(), 400), scheme="light")
        self.each(lambda: self.assertLess(contrast(), -400), scheme="dark")

    @unittest.skipUnless(AXE.exists(), "axe-core is not there")
    def test_axe_finds_nothing_serious_in_light_and_in_dark(self):
        self.each(self.assert_accessible, scheme="light")
        self.each(self.assert_accessible, scheme="dark")


class Attacks(PageTest):
    service = staticmethod(hostile)
    expected = ("status of 404", "status of 400")

    def test_what_was_posted_is_text_everywhere(self):
        topic = self.topics()[0]["id"]
        self.site.ask("PATCH", f"/v1/topics/{topic}", ('{"label": "<img src=x onerror=%s>"}' % MARK).encode())
        stories = [story["id"] for story in self.site.get(f"/v1/topics/{topic}")["stories"]]
        paths = ["/", f"/topics/{topic}", "/map", "/quality", *(f"/stories/{story}" for story in stories)]
        paths += ["/?q=" + quote(ATTACKS[1]["text"]), "/?source=" + quote(ATTACKS[1]["source"])]
        for path in paths:
            self.browser.go(path)
            self.assert_untouched(path)
        self.browser.go(f"/topics/{topic}")
        self.assertIn(f"<img src=x onerror={MARK}>", self.browser.one("h1").text)
        for headline in ATTACKS:
            path = "/headlines/" + quote(headline["id"], safe="")
            self.browser.go(path)
            self.assert_untouched(path)
            self.assertEqual(self.browser.script("return document.querySelector('h1').textContent"), headline["text"])
            self.assertIn(headline["source"], self.browser.one(".counts").text)
            self.assertEqual(self.browser.one(".counts a").attribute("href"), headline["url"])

    def test_ids_and_addresses_of_pages_are_text(self):
        for tag in TAGS:
            for path in [f"/headlines/{quote(tag, safe='')}", f"/topics/{quote(tag, safe='')}", f"/?sort={quote(tag)}"]:
                self.browser.go(path)
                self.assert_untouched(path)

    def test_what_is_pasted_is_text(self):
        self.browser.go("/paste")
        text = "\n".join(headline["text"] for headline in ATTACKS)
        self.browser.one("textarea").type(text)
        self.browser.click("form.paste button")
        self.assert_untouched("/paste")
        self.assertEqual(self.browser.script("return document.querySelector('textarea').value"), text)
        shown = self.browser.one(".outcome").text
        for headline in ATTACKS:
            self.assertIn(headline["text"], shown)


class Console(PageTest):
    """That the console would tell."""

    expected = ("Content Security Policy",)

    def test_what_the_policy_stops_is_complained_of(self):
        self.browser.go("/")
        self.browser.script("document.body.insertAdjacentHTML('beforeend', '<img src=\"data:,\" onerror=\"attacked = 1\">')")
        found = []
        self.browser.until_script("return document.querySelector('img').complete")
        found += self.browser.complaints()
        self.assertTrue(any("Content Security Policy" in it for it in found), found)
        self.assertFalse(self.browser.script("return 'attacked' in window"))
