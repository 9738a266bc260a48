"""The page of a topic while it grows: it shows what is new, and what is read, opened or filled in stays."""

import json
from urllib.parse import quote

from scene import ATTACKS, PageTest, corrected, hostile

TOP = "return document.getElementById(arguments[0]).getBoundingClientRect().top"
SIZE = "return document.querySelector('[data-size]').dataset.size"
ASKED = "return performance.getEntriesByType('resource').filter(it => it.name.includes('/fragments/')).length"


class LiveTopic(PageTest):
    service = staticmethod(corrected)

    def until_asked(self):
        """Waits until the page has asked for news once more than it had."""
        asked = self.browser.script(ASKED)
        self.browser.until_script(f"return (() => {{{ASKED}}})() > {asked}")

    def test_a_new_headline_shows_and_is_told(self):
        topic = self.report(30)
        self.browser.go(f"/topics/{topic}")
        self.assertEqual(self.browser.script(SIZE), "3")
        self.assertEqual(self.report(30, count=1, first=3), topic)
        self.browser.until_script("return document.getElementById('h-new30-3')")
        self.assertEqual(self.browser.script(SIZE), "4")
        self.assertEqual(self.browser.one("[data-said]").text, "1 new headline")
        self.assertIn("grown", self.browser.one("#part-past").text)
        self.assert_accessible()

    def test_the_place_of_the_reader_stays(self):
        topic = self.report(31, count=4)
        story = self.place("new31-0", "story")
        self.browser.show(height=420)
        self.browser.go(f"/topics/{topic}")
        self.browser.script(
            "document.getElementById('table').open = true;"
            f"document.getElementById('titles-{story}').open = false;"
            "document.querySelector('#part-past .events a, #part-past .note a').focus();"
        )
        focus = "const it = document.activeElement; return [it.getAttribute('href'), it.getBoundingClientRect().top]"
        link, place = self.browser.script(focus)
        self.report(31, count=1, first=4)
        self.browser.until_script("return document.getElementById('h-new31-4')")
        now, there = self.browser.script(focus)
        self.assertEqual(now, link)
        self.assertAlmostEqual(there, place, delta=2)
        opened = "return ['table', arguments[0]].map(id => document.getElementById(id).open)"
        self.assertEqual(self.browser.script(opened, f"titles-{story}"), [True, False])

    def test_what_is_read_stays_while_something_grows_above_it(self):
        topic = self.report(32, count=4)
        self.browser.show(height=420)
        self.browser.go(f"/topics/{topic}")
        self.browser.script("document.getElementById('h-new32-0').scrollIntoView({ block: 'start' })")
        first = self.browser.script(
            "return [...document.querySelectorAll('#live li[id]')].find(row => row.getBoundingClientRect().bottom > 0).id"
        )
        place = self.browser.script(TOP, first)
        self.report(32, count=1, first=4)
        self.browser.until_script("return document.getElementById('h-new32-4')")
        self.assertAlmostEqual(self.browser.script(TOP, first), place, delta=2)

    def test_forms_are_left_alone(self):
        topic = self.report(33)
        self.browser.go(f"/topics/{topic}")
        self.browser.one(".correct > summary").click()
        self.browser.one(".correct [name=other]").type("half a na")
        self.browser.one(".correct [name=headline][value=new33-1]").click()
        box = "return document.activeElement.value"
        self.report(33, count=1, first=3)
        self.browser.until_script("return document.getElementById('h-new33-3')")
        self.assertEqual(self.browser.script(box), "new33-1")
        self.assertEqual(self.browser.script("return document.querySelector('.correct [name=other]').value"), "half a na")
        self.assertTrue(self.browser.script("return document.querySelector('[name=headline][value=new33-1]').checked"))

    def test_what_others_do_changes_nothing(self):
        topic = self.report(34)
        self.browser.go(f"/topics/{topic}")
        self.browser.script("document.querySelectorAll('#live > [id]').forEach(part => { part.mark = true; })")
        self.report(35)
        self.until_asked()
        self.until_asked()
        marks = "return [...document.querySelectorAll('#live > [id]')].map(part => part.mark)"
        self.assertEqual(set(self.browser.script(marks)), {True})

    def test_a_topic_that_ends_says_so_and_stays_to_be_read(self):
        topic, other = self.report(36), self.report(37)
        self.browser.go(f"/topics/{topic}")
        title = self.browser.one("h1").text
        self.site.ask("POST", f"/v1/topics/{other}/merge", json.dumps({"from": [topic]}).encode())
        notice = self.browser.one("[data-gone]")
        self.assertIn("is no more", notice.text)
        self.assertEqual(self.browser.one("h1").text, title)
        self.assert_accessible()
        self.browser.click("[data-gone] a")
        self.assertEqual(self.browser.path, f"/topics/{topic}")
        self.assertIn("merged", self.browser.one("h1").text)


class HostileTopic(PageTest):
    service = staticmethod(hostile)

    def test_what_comes_later_is_text_as_well(self):
        topic = self.topics()[0]["id"]
        path = f"/topics/{topic}"
        self.browser.go(path)
        late = {**ATTACKS[0], "id": "late", "text": ATTACKS[0]["text"] + " again"}
        self.site.post([late])
        self.assertEqual(self.place("late", "topic"), topic)
        self.browser.until_script("return document.body.textContent.includes('enters week 0 again')")
        self.assert_untouched(path)
        self.assertIn(late["text"], self.browser.one("#part-stories").text)
        self.assertTrue(self.browser.all(f"a[href='/headlines/{quote('late')}']"))


class Collections(PageTest):
    service = staticmethod(hostile)

    def test_a_collection_has_pages_of_its_own(self):
        self.site.ask("POST", "/v1/collections", b'{"name": "sport"}')
        self.addCleanup(self.site.ask, "DELETE", "/v1/collections/sport")
        self.browser.go("/")
        self.browser.click(".top a[href='/collections']")
        self.assertEqual(self.browser.texts(".collections h2 a"), ["default", "sport"])
        self.assert_accessible()
        self.browser.click(".collections li:nth-child(2) h2 a")
        self.assertEqual(self.browser.path, "/collections/sport/")
        self.assertEqual(self.browser.one(".where").text, "sport")
        items = json.dumps([{"id": str(at), "text": text} for at, text in enumerate(TEXTS)])
        self.site.ask("POST", "/v1/collections/sport/headlines", items.encode())
        self.browser.until_script("return document.querySelector('#live li[id]') && document.querySelector('form.filters')")
        self.browser.one("[data-search]").type("cup")
        self.browser.until_script("return location.search === '?q=cup' && document.querySelectorAll('#live li[id]').length === 1")
        self.browser.click("#live li h2 a")
        self.assertRegex(self.browser.path, "^/collections/sport/topics/t-")
        self.browser.one(".correct > summary").click()
        self.browser.click("[value=pin]")
        self.browser.click("[name=confirmed]")
        self.assertRegex(self.browser.path, r"^/collections/sport/topics/t-\w+\?edited=")
        self.assertIn("pinned", self.browser.one("h1").text)
        for entry in ["/map", "/edits", "/quality"]:
            self.browser.click(f".top a[href='/collections/sport{entry}']")
            self.assertEqual(self.browser.path, f"/collections/sport{entry}")


TEXTS = ["Cup final goes to penalties", "Goalkeeper decides cup final on penalties", "Chess champion resigns title"]
