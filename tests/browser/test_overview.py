"""The overview: what it lists, how it is searched and filtered, and that it changes under nobody's eyes."""

from scene import PageTest, empty
from webdriver import until

ROWS = "#live li[id]"
IDS = f"return [...document.querySelectorAll('{ROWS}')].map(row => row.id)"
TOP = "return document.getElementById(arguments[0]).getBoundingClientRect().top"


class Overview(PageTest):
    def test_topics_are_listed_in_order_of_trend(self):
        self.browser.go("/")
        self.assertEqual(self.browser.title, "Topics – Slugline")
        self.assertEqual(self.browser.script(IDS), [topic["id"] for topic in self.topics("sort=trending")])

    def test_a_thousand_topics_are_less_than_two_hundred_kilobytes(self):
        self.assertGreaterEqual(self.site.get("/v1/status")["headlines"], 5_000)
        self.assertGreaterEqual(self.site.get("/v1/topics?limit=1")["total"], 1_000)
        self.browser.devtools("Network.clearBrowserCache")
        self.browser.go("/")
        sizes = self.browser.script(
            "return ['navigation', 'resource'].flatMap(kind => performance.getEntriesByType(kind))"
            ".map(entry => [entry.name, entry.transferSize])"
        )
        self.assertGreaterEqual(len(sizes), 3, sizes)
        self.assertTrue(all(size > 0 for _, size in sizes), sizes)
        self.assertLess(sum(size for _, size in sizes), 200_000, sizes)

    def test_search_narrows_the_list_while_typing(self):
        self.browser.go("/")
        self.browser.press("/")
        self.assertEqual(self.browser.script("return document.activeElement.name"), "q")
        self.browser.one("[data-search]").type("telescop")
        found = until(lambda: 0 < len(self.browser.all(ROWS)) < 50 and self.browser.script(IDS), "fewer topics")
        self.assertEqual(self.browser.path, "/?q=telescop")
        for topic in found:
            self.assertIn("telescop", str(self.site.get(f"/v1/topics/{topic}")).lower())
        self.browser.one("[data-search]").type(" nosuchword")
        self.browser.until_script("return document.querySelector('.nothing')")
        self.assertEqual(self.browser.all(ROWS), [])

    def test_filters_choose_topics(self):
        self.browser.go("/")
        self.browser.one("[name=lang]").type("fr")
        self.browser.until_script(f"return document.querySelectorAll('{ROWS}').length < 50")
        french = self.browser.script(IDS)
        self.assertGreater(len(french), 0)
        for topic in french:
            self.assertIn("'lang': 'fr'", str(self.site.get(f"/v1/topics/{topic}?headlines=200")))
        self.browser.go("/")
        self.browser.one("[name=phase]").type("Emerging")
        self.browser.until_script("return location.search === '?phase=emerging'")
        self.browser.until_script(
            f"return [...document.querySelectorAll('{ROWS}')].every(row => row.querySelector('.phase.emerging'))"
        )
        self.assertGreater(len(self.browser.all(ROWS)), 0)

    def test_order_and_pages_can_be_walked(self):
        self.browser.go("/?sort=size")
        first = self.browser.script(IDS)
        self.assertEqual(first, [topic["id"] for topic in self.topics("sort=size")])
        self.browser.click("[rel=next]")
        self.assertEqual(self.browser.script(IDS), [topic["id"] for topic in self.topics("sort=size&offset=50")])
        self.browser.click("[rel=prev]")
        self.assertEqual(self.browser.script(IDS), first)

    def test_without_a_script_the_topics_are_there(self):
        page = self.site.page("/")
        for topic in self.topics("sort=trending"):
            self.assertIn(f'<li id="{topic["id"]}">', page)
        self.assertIn('<form class="filters" method="get" action="/"', page)


class LiveUpdates(PageTest):
    def row_in_view(self):
        """Scrolls down, and returns the row that is the first in view with its place."""
        return self.browser.script(
            f"window.scrollTo(0, 1400); for (const row of document.querySelectorAll('{ROWS}')) {{"
            "const box = row.getBoundingClientRect(); if (box.bottom > 0) return [row.id, box.top]; }"
        )

    def test_a_new_topic_shows_and_the_row_in_view_stays(self):
        self.browser.go("/")
        row, place = self.row_in_view()
        topic = self.report(1)
        self.browser.until_script(f"return document.getElementById('{topic}')")
        self.assertAlmostEqual(self.browser.script(TOP, row), place, delta=2)
        self.assertLess(self.browser.script(TOP, topic), 0, "the new topic is above what is read")

    def test_the_focus_stays_where_it_is(self):
        self.browser.go("/")
        self.browser.script(f"document.querySelectorAll('{ROWS}')[20].querySelector('a').focus()")
        focus = "return [document.activeElement.getAttribute('href'), document.activeElement.getBoundingClientRect().top]"
        link, place = self.browser.script(focus)
        topic = self.report(2)
        self.browser.until_script(f"return document.getElementById('{topic}')")
        now, there = self.browser.script(focus)
        self.assertEqual(now, link)
        self.assertAlmostEqual(there, place, delta=2)

    def test_updates_can_be_paused(self):
        self.browser.go("/")
        self.browser.one("[data-pause]").click()
        topic = self.report(3)
        # Longer than the page waits between two questions.
        asked = self.browser.script_async("setTimeout(arguments[0], 6000, performance.getEntriesByType('resource').length)")
        self.assertEqual(self.browser.script("return performance.getEntriesByType('resource').length"), asked)
        self.assertEqual(self.browser.all(f"#{topic}"), [])
        self.browser.one("[data-pause]").click()
        self.browser.until_script(f"return document.getElementById('{topic}')")


class FirstRun(PageTest):
    service = staticmethod(empty)

    def test_it_says_how_to_begin_and_shows_what_comes(self):
        self.browser.go("/")
        self.assertIn(f"curl {self.site.origin}/v1/headlines", self.browser.one("[data-command]").text)
        texts = ["Harbour strike enters second week", "Dockers walk out as harbour strike spreads"]
        self.site.post([{"id": str(at), "text": text} for at, text in enumerate(texts)])
        self.browser.until_script(f"return document.querySelector('{ROWS}') && document.querySelector('form.filters')")
