//! Edits in words.

use super::super::lineage::Link;
use crate::engine::{Edit, Snapshot, Verdict};
use crate::track::{Id, Level};

/// A piece of a sentence.
pub(super) enum Piece {
    /// Our own words.
    Said(String),
    /// Somebody else's, between quotation marks.
    Quoted(String),
    /// A topic, story or edit to go to.
    To(Link),
}

/// A sentence in the making.
pub(super) struct Sentence<'a> {
    snapshot: &'a Snapshot,
    pieces: Vec<Piece>,
}

impl<'a> Sentence<'a> {
    pub fn new(snapshot: &'a Snapshot) -> Self {
        Self { snapshot, pieces: Vec::new() }
    }

    pub fn say(mut self, words: impl Into<String>) -> Self {
        self.pieces.push(Piece::Said(words.into()));
        self
    }

    pub fn quote(mut self, words: impl Into<String>) -> Self {
        self.pieces.push(Piece::Quoted(words.into()));
        self
    }

    pub fn link(mut self, id: Id) -> Self {
        self.pieces.push(Piece::To(Link::to(id, self.snapshot)));
        self
    }

    fn headline(self, id: &str) -> Self {
        let text = self.snapshot.headline(id).map(|(headline, _)| headline.text.clone());
        self.quote(text.unwrap_or_else(|| id.to_owned()))
    }

    fn links(mut self, ids: &[Id]) -> Self {
        for (at, &id) in ids.iter().enumerate() {
            self = if at == 0 { self } else { self.say(", ") }.link(id);
        }
        self
    }

    pub fn end(self) -> Vec<Piece> {
        self.pieces
    }
}

/// What an edit says, and what it made.
pub(super) fn told(edit: &Edit, made: Option<Id>, snapshot: &Snapshot) -> Vec<Piece> {
    let sentence = Sentence::new(snapshot);
    match edit {
        Edit::Amend { id, label, pinned } => {
            let mut sentence = sentence.say(format!("The {} ", id.level().name())).link(*id);
            sentence = match label {
                Some(Some(label)) => sentence.say(" is called ").quote(label),
                Some(None) => sentence.say(" has its automatic name"),
                None => sentence,
            };
            let and = if label.is_some() { " and" } else { "" };
            match pinned {
                Some(true) => sentence.say(format!("{and} is pinned")),
                Some(false) => sentence.say(format!("{and} is not pinned")),
                None => sentence,
            }
        }
        Edit::Merge { from, into } => {
            let verb = if from.len() == 1 { " goes into " } else { " go into " };
            sentence.say(format!("The {} ", into.level().name())).links(from).say(verb).link(*into)
        }
        Edit::Split { id, stories, headlines, label } => {
            let mut parts = Vec::new();
            if !stories.is_empty() {
                parts.push(several(stories.len(), "story", "stories"));
            }
            if !headlines.is_empty() {
                parts.push(several(headlines.len(), "headline", "headlines"));
            }
            let verb = if stories.len() + headlines.len() == 1 { "becomes" } else { "become" };
            let level = id.level().name();
            let sentence = sentence.say(format!("{} of ", parts.join(" and "))).link(*id);
            let sentence = sentence.say(format!(" {verb} a {level} of its own"));
            match (made, label) {
                (Some(made), _) if snapshot.lineage.state(made).is_some() => sentence.say(": ").link(made),
                (_, Some(label)) => sentence.say(", called ").quote(label),
                _ => sentence,
            }
        }
        Edit::Move { headline, to: Some(to) } => {
            let level = to.level().name();
            sentence.say("The headline ").headline(headline).say(format!(" goes into the {level} ")).link(*to)
        }
        Edit::Move { headline, to: None } => {
            sentence.say("The headline ").headline(headline).say(" stands alone")
        }
        Edit::MoveStory { story, to } => {
            sentence.say("The story ").link(*story).say(" goes into the topic ").link(*to)
        }
        Edit::Judge { a, b, verdict, level } => {
            let what = match (verdict, level) {
                (Verdict::Same, Level::Topic) => " are of the same topic",
                (Verdict::Same, Level::Story) => " are of the same story",
                (Verdict::NotSame, Level::Topic) => " are not of the same topic",
                (Verdict::NotSame, Level::Story) => " are not of the same story",
            };
            sentence.headline(a).say(" and ").headline(b).say(what)
        }
        Edit::Stand { name, .. } => sentence.say("The subject ").quote(name).say(" is followed"),
        Edit::Undo { edit } => {
            let before = snapshot.edit(*edit);
            let mut undone = sentence.say(format!("Correction {edit} is taken back"));
            if let Some(record) = before {
                undone = undone.say(": ");
                undone.pieces.extend(told(&record.edit, record.made, snapshot));
            }
            undone
        }
    }
    .end()
}

/// A number and what it counts.
pub(super) fn several(count: usize, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}
