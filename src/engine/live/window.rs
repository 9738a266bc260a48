//! What grows older than the window leaves; what is deleted leaves at once.

use jiff::Timestamp;

use super::Live;
use crate::track::{Change, Moved};

impl Live {
    /// The time before which headlines are older than the window; none if nothing has a time or the window is endless.
    pub(super) fn horizon(&self) -> Option<Timestamp> {
        self.newest?.checked_sub(self.method.window()?).ok()
    }

    /// Lets go of headlines that are older than the window.
    pub(super) fn expire(&mut self) {
        let Some(horizon) = self.horizon() else { return };
        let texts = self.alive;
        while let Some(&(time, position)) = self.by_time.first()
            && time < horizon
        {
            if let Some(Some(placed)) = self.placed.get(position as usize) {
                self.gone.add(&placed.headline.id);
            }
            self.take_out(position, Change::Archived);
        }
        if self.alive < texts {
            self.detach_gone();
        }
    }

    /// Deletes a headline, if it is there. Its groups shrink, and a group that was it alone is no more.
    pub fn delete(&mut self, id: &str, now: Timestamp) -> bool {
        let Some(&position) = self.shelf.positions.get(id) else { return false };
        self.version += 1;
        self.now = self.now.max(now);
        let row = self.take_out(position, Change::Dissolved { moved: Moved::default() });
        if let Some(row) = row {
            self.detach(row);
        }
        true
    }

    /// Takes a headline out. `end` is what becomes of a group that is left without any. Returns its text if no other
    /// headline has it: that is still to be detached.
    fn take_out(&mut self, position: u32, end: Change) -> Option<u32> {
        let placed = self.placed.get(position as usize)?.clone()?;
        if let Some(slot) = self.placed.get_mut(position as usize) {
            *slot = None;
        }
        if let Some(time) = placed.headline.time {
            self.by_time.remove(&(time, position));
        }
        self.shelf.remove(&placed.headline.id);
        let text = &mut self.texts[placed.row as usize];
        text.copies.retain(|&copy| copy != position);
        let story = text.story;
        if matches!(end, Change::Archived) {
            self.note_leaver(story, &placed.headline);
        }
        let is_last = self.texts[placed.row as usize].copies.is_empty();
        if is_last {
            self.drop_text(placed.row);
        }
        self.shrink(story, &end);
        is_last.then_some(placed.row)
    }

    /// A title that no headline has any more.
    fn drop_text(&mut self, row: u32) {
        self.library.drop_title(row);
        self.alive -= 1;
        if let Some(group) = self.stories.get_mut(self.texts[row as usize].story) {
            group.rows.retain(|&other| other != row);
        }
    }

    /// Counts a headline less in a story and its topic.
    fn shrink(&mut self, story: u32, end: &Change) {
        let topic = self.stories[story].topic;
        self.mark(story, topic);
        let is_deleted = !matches!(end, Change::Archived);
        if let Some(group) = self.stories.get_mut(story) {
            group.tally.headlines -= 1;
        }
        if let Some(group) = self.topics.get_mut(topic) {
            group.tally.headlines -= 1;
        }
        let (topic_id, topic_left) = (self.topics[topic].id, self.topics[topic].tally.headlines);
        let (story_id, story_left) = (self.stories[story].id, self.stories[story].tally.headlines);
        if !is_deleted && story_left == 0 {
            self.archive_story(story);
        }
        if !is_deleted && topic_left == 0 {
            self.archive_topic(topic);
        }
        let told = |left: usize| match left {
            0 => Some(end.clone()),
            _ => is_deleted.then_some(Change::Shrunk { by: 1 }),
        };
        if let Some((id, change)) = topic_id.zip(told(topic_left)) {
            self.tell_topic(id, topic, change);
        }
        if let Some((id, change)) = story_id.zip(told(story_left)) {
            self.tell_story(id, story, change);
        }
        if story_left == 0 {
            self.stories.remove(story);
            self.changed.remove(&story);
            self.shelf.end([], story_id);
            if let Some(group) = self.topics.get_mut(topic) {
                group.stories.retain(|&other| other != story);
            }
        }
        if topic_left == 0
            && let Some(ended) = self.topics.remove(topic)
        {
            self.names.release(&ended.label.name);
            self.shelf.stale.remove(&topic);
            self.shelf.end(topic_id, []);
        }
    }
}
