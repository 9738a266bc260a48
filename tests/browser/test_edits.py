"""Corrections: from the form over what it would change to what it did, by the forms and by dragging, and back again."""

import json

from scene import ATTACKS, MARK, PageTest, corrected, locked, reader_key, writer_key

NAME = f"<script>{MARK}</script><img src=x onerror='{MARK}'>"
AUTHOR = f'"><svg onload={MARK}> Ada'
REASON = f"'><iframe srcdoc='<script>{MARK}</script>'>"
# Picks something up and holds it over something else: whether that would take it in, and which rows are marked.
HELD = """
    const [from, into] = [...arguments].map(selector => document.querySelector(selector));
    const dataTransfer = new DataTransfer();
    from.dispatchEvent(new DragEvent("dragstart", { dataTransfer, bubbles: true }));
    const refused = into.dispatchEvent(new DragEvent("dragover", { dataTransfer, bubbles: true, cancelable: true }));
    return [!refused, [...document.querySelectorAll(".takes, .dragged")].map(row => row.id)];
"""
LET_GO = "document.dispatchEvent(new DragEvent('dragend', { bubbles: true }))"


class Correcting(PageTest):
    service = staticmethod(corrected)

    def label(self, topic):
        return self.site.get(f"/v1/topics/{topic}").get("label")

    def last(self):
        return self.site.get("/v1/edits")["last"]

    def open(self, path):
        """Opens a page and its forms."""
        self.browser.go(path)
        self.browser.one(".correct > summary").click()

    def fill(self, field, text):
        box = self.browser.one(field)
        self.browser.script("document.querySelector(arguments[0]).value = ''", field)
        box.type(text)

    def preview(self, button):
        """Sends a form, and looks at what it would change: nothing, so far."""
        before = self.last()
        self.browser.click(button)
        self.assertEqual(self.browser.one("h1").text, "What would change")
        self.assertEqual(self.last(), before)
        self.assert_accessible()
        self.assert_untouched(self.browser.path)

    def confirm(self, author="Ada", reason="As the papers say"):
        """Has it done, and returns the number of the correction."""
        self.fill("[name=author]", author)
        self.fill("[name=reason]", reason)
        self.browser.click("[name=confirmed]")
        number = self.last()
        self.assertIn(f"edited={number}", self.browser.path)
        self.assertIn(f"Correction {number} is made", self.browser.one(".done").text)
        self.assert_untouched(self.browser.path)
        return number

    def undo(self):
        """Takes back what was just done, by the button beside the note."""
        self.preview(".done button")
        return self.confirm()


class Forms(Correcting):
    def test_a_topic_is_renamed_by_somebody_and_that_is_undone(self):
        topic = self.report(1)
        automatic = self.label(topic)
        self.open(f"/topics/{topic}")
        self.assert_accessible()
        self.fill(".correct [name=label]", NAME)
        self.preview("[value=rename]")
        self.assertIn(NAME, self.browser.one(".deed").text)
        number = self.confirm(AUTHOR, REASON)
        self.assertEqual(self.browser.script("return document.querySelector('h1 bdi').textContent"), NAME)
        self.assert_accessible()

        self.browser.go("/edits")
        self.assert_untouched("/edits")
        self.assert_accessible()
        entry = self.browser.one(f"#edit-{number}")
        for part in [NAME, AUTHOR, REASON, "just now"]:
            self.assertIn(part, entry.text)
        when = self.browser.script(f"return document.querySelector('#edit-{number} time').dateTime")
        self.assertEqual(when[:16], self.site.get(f"/v1/edits/{number}")["at"][:16])
        for path in ["/?q=script", "/map", f"/edits?id={topic}"]:
            self.browser.go(path)
            self.assert_untouched(path)
            self.assertIn(MARK, self.browser.script("return document.body.textContent"))

        self.browser.go("/edits")
        self.preview(f"#edit-{number} button")
        undone = self.confirm()
        self.assertEqual(self.label(topic), automatic)
        self.assertEqual(self.browser.script("return document.querySelector('h1 bdi').textContent"), automatic)
        self.browser.go("/edits")
        self.assertIn(f"undone by correction {undone}", self.browser.one(f"#edit-{number}").text)
        self.assertEqual(self.browser.all(f"#edit-{number} button"), [])

    def test_who_signs_is_remembered_by_the_browser(self):
        topic = self.report(2)
        self.open(f"/topics/{topic}")
        self.preview("[value=pin]")
        self.confirm("Grace")
        self.assertIn("pinned", self.browser.one("h1").text)
        self.open(f"/topics/{topic}")
        self.preview("[value=unpin]")
        self.assertEqual(self.browser.script("return document.querySelector('[name=author]').value"), "Grace")
        self.browser.script("localStorage.clear()")
        self.confirm("Grace")
        self.assertNotIn("pinned", self.browser.one("h1").text)

    def test_a_topic_takes_in_another_and_gives_it_back(self):
        into, other = self.report(3), self.report(4)
        self.open(f"/topics/{into}")
        self.fill(".correct [name=other]", self.label(other))
        self.preview("[value=merge]")
        self.assertIn("3 headlines change place", self.browser.one("main").text)
        self.confirm()
        self.assertEqual(self.place("new4-0", "topic"), into)
        self.browser.go(f"/topics/{other}")
        self.assertIn("merged", self.browser.one("h1").text)
        self.browser.click(".heirs a")
        self.assertEqual(self.browser.path, f"/topics/{into}")
        self.browser.go("/edits")
        self.preview(f"#edit-{self.last()} button")
        self.confirm()
        self.assertNotEqual(self.place("new4-0", "topic"), into)

    def test_what_is_ticked_is_split_off(self):
        topic = self.report(5, count=5)
        self.open(f"/topics/{topic}")
        for at in (1, 2):
            self.browser.one(f".correct [name=headline][value=new5-{at}]").click()
        self.browser.script("document.querySelector('[value=split]').form.elements.label.value = arguments[0]", NAME)
        self.preview("[value=split]")
        self.browser.click("[name=back]")
        ticked = "return [...document.querySelectorAll('[name=headline]:checked')].map(it => it.value).sort()"
        self.assertEqual(self.browser.script(ticked), ["new5-1", "new5-2"], "going back loses nothing")
        self.assert_accessible()
        self.preview("[value=split]")
        self.confirm()
        new = self.place("new5-1", "topic")
        self.assertNotEqual(new, topic)
        self.assertEqual((self.place("new5-2", "topic"), self.place("new5-0", "topic")), (new, topic))
        self.assertEqual(self.label(new), NAME)
        self.browser.go(f"/topics/{new}")
        self.assert_untouched(f"/topics/{new}")
        self.browser.go(f"/topics/{topic}?edited={self.last()}")
        self.undo()
        self.assertEqual(self.place("new5-1", "topic"), topic)

    def test_a_headline_is_moved_and_stands_alone(self):
        here, there = self.report(6), self.report(7)
        self.open("/headlines/new6-0")
        self.assert_accessible()
        self.fill(".correct [name=other]", there)
        self.preview("[value=move]")
        self.confirm()
        self.assertEqual(self.place("new6-0", "topic"), there)
        self.assertIn(self.label(there), self.browser.one("main").text)
        self.open("/headlines/new6-0")
        self.preview("[value=alone]")
        self.confirm()
        self.assertIsNone(self.place("new6-0", "topic"))
        self.undo()
        self.assertEqual(self.place("new6-0", "topic"), there)
        self.assertNotEqual(here, there)

    def test_a_story_is_taken_out_of_its_topic(self):
        topic = next(it["id"] for it in self.topics("sort=size") if it["story_count"] > 2)
        stories = self.site.get(f"/v1/topics/{topic}")["stories"]
        # One headline would make no topic.
        story = next(it for it in reversed(stories) if it["size"] > 1)
        self.open(f"/stories/{story['id']}")
        self.assert_accessible()
        self.preview("[value=out]")
        self.confirm()
        self.assertNotEqual(self.site.get(f"/v1/stories/{story['id']}")["topic"], topic)


class Refusals(Correcting):
    expected = ("status of 404", "status of 400")

    def test_what_is_wrong_is_said_at_the_form(self):
        topic = self.report(8)
        self.open(f"/topics/{topic}")
        self.fill(".correct [name=other]", NAME)
        self.browser.click("[value=merge]")
        self.assertIn("No topic has the name", self.browser.one("#refused-merge").text)
        self.assertEqual(self.browser.script("return document.querySelector('[name=other]').value"), NAME)
        self.assert_untouched("a refusal")
        self.assert_accessible()
        self.browser.script("document.querySelector('[name=label]').value = ' '")
        self.browser.click("[value=rename]")
        self.assertTrue(self.browser.one("#refused-rename").text)
        self.assert_accessible()


class Dragging(Correcting):
    def drop(self, source, target):
        """Drops one thing on another with the mouse, and waits for the page that this leads to."""
        before = self.browser.script("return performance.timeOrigin")
        start = self.browser.middle(source)
        self.browser.drag(start, self.browser.start_of(target))
        self.browser.until_script(f"return performance.timeOrigin !== {before} && document.readyState === 'complete'")

    def test_a_topic_dropped_on_another_leads_to_what_that_would_change(self):
        mine, other = self.report(10), self.report(11)
        self.browser.go("/?sort=new")
        before = self.last()
        self.drop(f"#{mine} h2 a", f"#{other} .newest")
        self.assertEqual(self.browser.path, f"/topics/{other}/edit")
        self.assertEqual(self.browser.one("h1").text, "What would change")
        sentence = self.browser.one(".deed").text
        self.assertEqual(sentence, f"The topic {self.label(mine)} goes into {self.label(other)}.")
        self.assertEqual(self.last(), before, "nothing is merged yet")
        self.browser.click("[name=back]")
        ticked = "return [...document.querySelectorAll('[name=from]:checked')].map(it => it.value)"
        self.assertEqual(self.browser.script(ticked), [mine])
        self.assert_accessible()
        self.preview("[value=merge]")
        self.confirm()
        self.assertEqual(self.place("new10-0", "topic"), other)

    def test_a_row_has_a_grip(self):
        mine, other = self.report(12), self.report(13)
        self.browser.go("/?sort=new")
        self.drop(f"#{mine} .grip", f"#{other} .newest")
        self.assertEqual(self.browser.path, f"/topics/{other}/edit")
        self.assertEqual(self.browser.one("h1").text, "What would change")

    def test_a_story_is_dropped_on_another_of_its_topic(self):
        topic = next(it["id"] for it in self.topics("sort=size") if it["story_count"] > 4)
        into, mine = [it["id"] for it in self.site.get(f"/v1/topics/{topic}")["stories"]][:2]
        self.browser.show(height=2_400)
        self.browser.go(f"/topics/{topic}")
        self.drop(f"#{mine} .grip", f"#{into} .titles")
        self.assertEqual(self.browser.path, f"/stories/{into}/edit")
        self.assertEqual(self.browser.one("h1").text, "What would change")
        self.confirm()
        self.assertEqual(self.site.get(f"/v1/stories/{mine}")["merged_into"], into)

    def test_nothing_is_dropped_on_itself_or_from_elsewhere(self):
        mine, other = self.report(14), self.report(15)
        self.browser.go("/?sort=new")
        held = lambda source, target: self.browser.script(HELD, source, target)
        takes, marked = held(f"#{mine} .grip", f"#{other} .newest")
        self.assertEqual((takes, sorted(marked)), (True, sorted([mine, other])))
        self.browser.script(LET_GO)
        self.assertEqual(self.browser.all(".dragged, .takes"), [])
        self.assertEqual(held(f"#{mine} .grip", f"#{mine} .newest"), [False, [mine]])
        self.browser.script(LET_GO)
        self.assertEqual(held(".brand", f"#{mine} .newest"), [False, []])

    def test_the_list_rests_while_something_is_dragged(self):
        mine = self.report(16)
        self.browser.go("/?sort=new")
        self.browser.script(HELD, f"#{mine} .grip", "h1")
        newer = self.report(17)
        # Longer than the page waits between two questions.
        asked = self.browser.script_async("setTimeout(arguments[0], 6000, performance.getEntriesByType('resource').length)")
        self.assertEqual(self.browser.script("return performance.getEntriesByType('resource').length"), asked)
        self.assertEqual(self.browser.all(f"#{newer}"), [])
        self.browser.script(LET_GO)
        self.browser.until_script(f"return document.getElementById('{newer}')")


class Readers(PageTest):
    """Who may read and not correct."""

    service = staticmethod(locked)
    expected = ("status of 401",)

    def test_there_is_nothing_to_drag_and_no_form(self):
        self.browser.go("/edits")
        self.browser.one("[name=key]").type(reader_key())
        self.browser.click("main button")
        headlines = "\n".join(json.dumps(headline) for headline in ATTACKS)
        media = "application/x-ndjson"
        self.site.ask("POST", "/v1/headlines", headlines.encode(), media, authorization=f"Bearer {writer_key()}")
        self.browser.go("/")
        topic = self.browser.one("#live li[id] h2 a").attribute("href")
        for path in ["/", topic]:
            self.browser.go(path)
            self.assertEqual(self.browser.all(".grip, [data-merge], script[src$='merge.js'], .correct"), [])
        self.browser.click(".top form button")
