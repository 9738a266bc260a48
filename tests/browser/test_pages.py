"""The other pages: topic, story, why, paste, map, quality, and signing in."""

import json
import tempfile

from scene import PageTest, locked, reader_key

HEADLINES = [
    ("Harbour strike enters second week", "strike"),
    ("Dockers walk out as harbour strike spreads", "strike"),
    ("Harbour strike: dockers and owners fail in talks", "strike"),
    ("Volcano erupts on Lake Ombra as villages sleep", "volcano"),
    ("Lake Ombra volcano sends ash over villages", "volcano"),
    ("Villages sweep volcano ash at Lake Ombra", "volcano"),
]
VIEW = "const box = document.querySelector('[data-map]').viewBox.baseVal; return [box.x, box.y, box.width, box.height]"
FOCUS = "return document.activeElement.matches(arguments[0])"


class Reading(PageTest):
    def test_clicks_lead_from_a_topic_to_a_headline_and_back(self):
        topic = self.topics("sort=size")[0]
        self.browser.go("/?sort=size")
        self.browser.click("#live li h2 a")
        self.assertEqual(self.browser.path, f"/topics/{topic['id']}")
        self.assertIn(topic["label"], self.browser.one("h1").text)
        self.browser.click(".stories h3 a")
        self.assertRegex(self.browser.path, "^/stories/s-")
        title = self.browser.one(".titles a").text
        self.browser.click(".titles a")
        self.assertRegex(self.browser.path, "^/headlines/")
        self.assertEqual(self.browser.one("h1").text, title)
        headings = self.browser.texts("h2, h3")
        for heading in ["Where it is", "Why", "What ties it to its story", "What the similarity consists of"]:
            self.assertIn(heading, headings)
        self.assertGreater(len(self.browser.all(".bars .meter")), 3)
        self.browser.click(".crumbs a:last-child")
        self.assertEqual(self.browser.path, f"/topics/{topic['id']}")

    def test_a_topic_tells_its_course_and_its_coverage(self):
        topic = self.topics("sort=size")[0]
        self.browser.go(f"/topics/{topic['id']}")
        self.assertTrue(self.browser.script("return document.querySelector('.timeline .usual').getBBox().height > 0"))
        self.browser.one("figure + details summary").click()
        counts = self.browser.texts("figure + details td:nth-child(2)")
        self.assertEqual(sum(map(int, counts)), topic["size"])
        for part in ["Coverage", "Stories", "What happened to it"]:
            self.assertIn(part, self.browser.texts("h2"))

    def test_without_a_script_a_topic_holds_its_titles(self):
        topic = self.topics("sort=size")[0]["id"]
        page = self.site.page(f"/topics/{topic}")
        story = self.site.get(f"/v1/topics/{topic}")["stories"][0]
        self.assertIn(f'<li id="{story["id"]}">', page)
        self.assertIn('href="/headlines/', page)
        self.assertIn('class="timeline"', page)


class Pasting(PageTest):
    def test_the_sample_is_grouped(self):
        self.browser.go("/paste")
        self.browser.click("[name=sample]")
        self.assertRegex(self.browser.one("#outcome").text, r"^\d+ topics in 17 headlines$")
        self.assertIn("Maduro", self.browser.one(".groups").text)
        self.assertIn("Maduro", self.browser.script("return document.querySelector('textarea').value"))

    def test_what_is_typed_is_grouped_and_not_kept(self):
        before = self.site.get("/v1/status")["headlines"]
        self.browser.go("/paste")
        self.browser.one("textarea").type("\n".join(text for text, _ in HEADLINES))
        self.browser.click("form.paste button")
        self.assertEqual(self.browser.one("#outcome").text, "2 topics in 6 headlines")
        self.assertEqual(self.site.get("/v1/status")["headlines"], before)

    def test_nothing_is_refused_with_a_word(self):
        self.browser.go("/paste")
        self.browser.click("form.paste button")
        self.assertTrue(self.browser.one("[role=alert]").text)

    expected = ("/paste - Failed to load resource",)


class Map(PageTest):
    def setUp(self):
        super().setUp()
        self.browser.go("/map")

    def test_a_circle_leads_to_its_topic(self):
        self.assertEqual(len(self.browser.all(".map circle")), 600)
        largest = self.browser.one(".map a").attribute("href")
        self.browser.click(".map a circle")
        self.assertEqual(self.browser.path, largest)
        self.assertEqual(self.browser.path, "/topics/" + self.topics("sort=size")[0]["id"])

    def test_buttons_and_the_wheel_zoom(self):
        whole = self.browser.script(VIEW)
        self.browser.one("[data-by='1.4']").click()
        near = self.browser.script(VIEW)
        self.assertAlmostEqual(near[2], whole[2] / 1.4, delta=1)
        self.assertGreater(near[0], whole[0])
        self.browser.one("[data-by='0']").click()
        self.assertEqual(self.browser.script(VIEW), whole)
        self.browser.wheel(640, 500, -100)
        self.browser.until_script(f"return (() => {{{VIEW}}})()[2] < {whole[2]}")

    def test_dragging_moves_the_map_and_opens_nothing(self):
        self.browser.one("[data-by='1.4']").click()
        before = self.browser.script(VIEW)
        self.browser.drag((640, 500), (560, 470))
        self.browser.until_script(f"return (() => {{{VIEW}}})()[0] > {before[0]}")
        self.assertEqual(self.browser.path, "/map")

    def test_the_keyboard_reaches_circles_and_shows_where_it_is(self):
        for _ in range(30):
            self.browser.press("Tab")
            if self.browser.script(FOCUS, ".map a"):
                break
        self.assertTrue(self.browser.script(FOCUS, ".map a:first-of-type"))
        style = "return getComputedStyle(document.querySelector(arguments[0])).strokeWidth"
        self.assertNotEqual(
            self.browser.script(style, ".map a:focus circle"), self.browser.script(style, ".map a:last-child circle")
        )
        target = self.browser.script("return document.activeElement.getAttribute('href')")
        self.browser.press("Enter")
        self.browser.until_script("return location.pathname !== '/map'")
        self.assertEqual(self.browser.path, target)


class Quality(PageTest):
    LABELLED = "\n".join(json.dumps({"text": text, "label": label}) for text, label in HEADLINES)

    def test_gauges_tell_shares(self):
        self.browser.go("/quality")
        shares = self.browser.texts(".gauges b")
        self.assertEqual(len(shares), 4)
        for share in shares:
            self.assertRegex(share, r"^\d+\.\d %$")
        self.assertEqual(len(self.browser.all(".histogram rect")), 10)

    def test_labelled_lines_are_scored(self):
        self.browser.go("/quality")
        self.browser.one("[name=labelled]").type(self.LABELLED)
        self.browser.click("form.paste button")
        self.assertEqual(self.browser.one(".scores caption").text, "6 headlines")
        table = dict(zip(self.browser.texts(".scores thead th"), self.browser.texts(".scores tbody tr:first-child > *")))
        self.assertEqual((table["Labelled"], table["Classes"], table["Found"], table["AMI"]), ("6", "2", "2", "1.000"))

    def test_a_file_goes_into_the_box(self):
        self.browser.go("/quality")
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
            file.write(self.LABELLED)
            file.flush()
            self.browser.one("[data-file] input").type(file.name)
            self.browser.until_script("return document.querySelector('[data-labelled]').value.includes('Lake Ombra')")


class Keyboard(PageTest):
    def test_the_first_stop_skips_to_the_content(self):
        self.browser.go("/")
        self.browser.press("Tab")
        self.assertTrue(self.browser.script(FOCUS, ".skip"))
        self.assertGreaterEqual(self.browser.script("return document.querySelector('.skip').getBoundingClientRect().left"), 0)
        self.browser.press("Enter")
        self.browser.until_script(FOCUS, "#content")

    def test_the_focus_can_be_seen(self):
        for path in ["/", "/paste", "/quality", "/topics/" + self.topics()[0]["id"]]:
            self.browser.go(path)
            for stop in range(16):
                self.browser.press("Tab")
                if self.browser.script(FOCUS, "body"):
                    break
                seen = self.browser.script(
                    "const style = getComputedStyle(document.activeElement);"
                    "return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2"
                )
                self.assertTrue(seen, f"stop {stop} of {path}")


class SigningIn(PageTest):
    service = staticmethod(locked)
    expected = ("status of 401", "status of 403")

    def test_a_key_opens_the_page_that_was_asked_for(self):
        self.browser.go("/quality")
        self.assertEqual(self.browser.one("h1").text, "Sign in")
        self.browser.one("[name=key]").type("nonsense")
        self.browser.click("main button")
        self.assertTrue(self.browser.one("[role=alert]").text)
        self.browser.one("[name=key]").type(reader_key())
        self.browser.click("main button")
        self.assertEqual(self.browser.path, "/quality")
        self.assertEqual(self.browser.script("return document.cookie"), "")
        self.browser.click(".top form button")
        self.browser.go("/quality")
        self.assertEqual(self.browser.one("h1").text, "Sign in")
