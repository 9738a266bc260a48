//! What an edit would change, in words.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use jiff::Timestamp;

use super::super::answer::Frame;
use super::super::lineage::{Link, counted};
use super::super::story::Title;
use super::Target;
use super::fields::Fields;
use super::words::{Piece, Sentence, told};
use crate::engine::{Corrected, Edit, Snapshot};
use crate::http::problem::Problem;
use crate::track::{Change, Event, Id, Level};

/// Titles that are listed.
const MOST_TITLES: usize = 20;

/// Who makes an edit, and why.
pub(super) struct Signature {
    /// The name of the key, where there are keys: nobody can sign as somebody else.
    pub key: Option<String>,
    pub author: String,
    pub reason: String,
}

impl Signature {
    /// As a form says.
    pub fn of(fields: &Fields, key: Option<String>) -> Self {
        Self { key, author: fields.get("author").to_owned(), reason: fields.get("reason").to_owned() }
    }

    pub fn author(&self) -> Option<String> {
        self.key.clone().or_else(|| Some(self.author.clone()).filter(|author| !author.is_empty()))
    }

    pub fn reason(&self) -> Option<String> {
        Some(self.reason.clone()).filter(|reason| !reason.is_empty())
    }
}

#[derive(Template)]
#[template(path = "preview.html")]
pub(super) struct Preview {
    frame: Frame,
    about: Link,
    sentence: Vec<Piece>,
    effects: Vec<Vec<Piece>>,
    moved: String,
    titles: Vec<Title>,
    more: usize,
    action: String,
    hidden: Vec<(String, String)>,
    signature: Signature,
    /// The field of the signature that was refused, and why.
    refused: Option<(&'static str, String)>,
}

impl Preview {
    /// What a rehearsed edit would do to the present view.
    pub fn of(
        frame: Frame,
        target: &Target,
        fields: &Fields,
        signature: Signature,
        refused: Option<(&'static str, Problem)>,
        foretold: &Corrected,
        snapshot: &Snapshot,
    ) -> Self {
        let now = Timestamp::now();
        let moving = moving(foretold);
        let headlines = moving.iter().filter_map(|id| snapshot.headline(id));
        let titles: Vec<Title> =
            headlines.take(MOST_TITLES).map(|(headline, _)| Title::of(headline, now)).collect();
        Self {
            frame,
            about: target.link(snapshot),
            sentence: told(&foretold.record.edit, None, snapshot),
            effects: effects(foretold, snapshot),
            moved: match foretold.moved {
                0 => "No headline changes place.".to_owned(),
                1 => "1 headline changes place:".to_owned(),
                several => format!("{} change place:", counted(several)),
            },
            more: foretold.moved.saturating_sub(titles.len()),
            titles: if foretold.moved == 0 { Vec::new() } else { titles },
            action: target.action(),
            hidden: fields.of_edit(),
            signature,
            refused: refused.map(|(field, problem)| (field, problem.detail().to_owned())),
        }
    }

    /// What is wrong with a field of the signature.
    fn refusal(&self, field: &str) -> Option<&str> {
        self.refused.as_ref().filter(|(refused, _)| *refused == field).map(|(_, detail)| detail.as_str())
    }
}

/// Headlines that change place, as far as events list them.
fn moving(foretold: &Corrected) -> BTreeSet<&str> {
    let mut ids: BTreeSet<&str> = BTreeSet::new();
    for event in &foretold.events {
        if let Change::Merged { moved, .. }
        | Change::Split { moved, .. }
        | Change::Moved { moved, .. }
        | Change::Dissolved { moved } = &event.change
        {
            ids.extend(moved.headlines.iter().map(String::as_str));
        }
    }
    if let Edit::Move { headline, .. } = &foretold.record.edit {
        ids.insert(headline);
    }
    ids
}

/// What becomes of topics and stories, topics first, and of earlier edits.
fn effects(foretold: &Corrected, snapshot: &Snapshot) -> Vec<Vec<Piece>> {
    let mut effects = Vec::new();
    for level in [Level::Topic, Level::Story] {
        let ids: BTreeSet<Id> =
            foretold.events.iter().filter(|event| event.level == level).map(|event| event.id).collect();
        for id in ids {
            let events: Vec<&Event> =
                foretold.events.iter().map(Arc::as_ref).filter(|event| event.id == id).collect();
            effects.extend(effect(id, &events, foretold, snapshot));
        }
    }
    if !foretold.supersedes.is_empty() {
        let numbers: Vec<String> = foretold.supersedes.iter().map(u64::to_string).collect();
        let text = format!("Earlier corrections give way to it: {}", numbers.join(", "));
        effects.push(Sentence::new(snapshot).say(text).end());
    }
    effects
}

/// What becomes of one topic or story; nothing if all that happens to it is told elsewhere.
fn effect(id: Id, events: &[&Event], foretold: &Corrected, snapshot: &Snapshot) -> Option<Vec<Piece>> {
    let last = events.last()?;
    let level = id.level().name();
    let sentence = Sentence::new(snapshot);
    if foretold.born.contains(&id) {
        let begins = sentence.say(format!("A new {level} begins: ")).quote(&*last.label);
        return Some(begins.say(format!(" ({}), with the id {id}", counted(last.size))).end());
    }
    let sentence = sentence.say(format!("The {level} ")).link(id);
    if foretold.ended.contains(&id) {
        let sentence = sentence.say(" ends");
        return Some(
            match events.iter().flat_map(|event| event.change.others()).next() {
                Some(&heir) if snapshot.lineage.state(heir).is_some() => {
                    sentence.say(format!("; {id} leads to ")).link(heir).say(" from then on")
                }
                _ => sentence,
            }
            .end(),
        );
    }
    let before = match id.level() {
        Level::Topic => snapshot.topic(&id.to_string()).map(|topic| topic.size),
        Level::Story => snapshot.story(&id.to_string()).map(|(story, _)| story.headlines.len()),
    };
    let is_renamed = events.iter().any(|event| matches!(event.change, Change::Renamed { .. }));
    let sentence = match before {
        Some(before) if before != last.size => {
            let sentence = sentence.say(format!(" has {} in place of {before}", counted(last.size)));
            if is_renamed { sentence.say(" and") } else { sentence }
        }
        _ if is_renamed => sentence,
        _ => return None,
    };
    Some(if is_renamed { sentence.say(" is called ").quote(&*last.label) } else { sentence }.end())
}
