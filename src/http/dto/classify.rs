//! Shapes of what headlines would become.

use serde::Serialize;

use super::Refusal;
use crate::engine::{Candidate, Nearest, Snapshot};
use crate::http::why::{Title, rounded};
use crate::service::{Guess, Guesses};
use crate::track::Id;

/// Answer to `POST /v1/classify`.
#[derive(Debug, Serialize)]
pub struct ClassifyAnswer<'a> {
    /// Version of the collection that the answer is about.
    pub version: u64,
    /// How many items would be new, are known and would be turned away.
    pub counts: ClassifyCounts,
    /// One result per item, in order.
    pub results: Vec<ClassifiedItem<'a>>,
}

/// Items by what would become of them.
#[derive(Debug, Default, Serialize)]
pub struct ClassifyCounts {
    /// Headlines that would be new.
    pub classified: usize,
    /// Headlines that are there.
    pub duplicate: usize,
    /// Items that would be turned away.
    pub rejected: usize,
}

/// What would become of one item.
#[derive(Debug, Default, Serialize)]
pub struct ClassifiedItem<'a> {
    /// Its place in the request, from 0.
    pub index: usize,
    /// `classified`, `duplicate` or `rejected`.
    pub status: &'static str,
    /// Id of the headline, given or derived.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<&'a str>,
    /// When classified: `story` if it would join one, `topic` if it would begin a story in one, `new_topic` if it would
    /// begin one with headlines that have none, else `none`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<&'static str>,
    /// The story it would join or, for a duplicate, is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub story: Option<Named<'a>>,
    /// The topic it would join or, for a duplicate, is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<Named<'a>>,
    /// Similarity to the closest headlines there, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub similarity: Option<f32>,
    /// The closest of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closest: Option<Title<'a>>,
    /// Lead over the runner-up, in shares of pull.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub margin: Option<f32>,
    /// What came second, or first for a headline that would begin a story.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runner_up: Option<RunnerUp<'a>>,
    /// Without a topic: the one that came closest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest: Option<Nearest>,
    /// When rejected: why.
    #[serde(flatten)]
    pub refusal: Option<Refusal>,
}

/// A story or topic by id and name.
#[derive(Debug, Serialize)]
pub struct Named<'a> {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub label: &'a str,
}

/// A story that a headline would not join, though it is similar.
#[derive(Debug, Serialize)]
pub struct RunnerUp<'a> {
    /// The story; absent if it is a headline without a topic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub story: Option<Named<'a>>,
    /// Its topic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<Named<'a>>,
    /// Similarity to the closest headlines there, 0 to 1.
    pub similarity: f32,
    /// The closest of them.
    pub closest: Title<'a>,
}

impl<'a> From<&'a Guesses> for ClassifyAnswer<'a> {
    fn from(Guesses { snapshot, guesses }: &'a Guesses) -> Self {
        let mut counts = ClassifyCounts::default();
        for guess in guesses {
            match guess {
                Guess::New { .. } => counts.classified += 1,
                Guess::Known { .. } => counts.duplicate += 1,
                Guess::Rejected { .. } => counts.rejected += 1,
            }
        }
        let item = |(index, guess)| ClassifiedItem { index, ..ClassifiedItem::of(guess, snapshot) };
        Self { version: snapshot.version, counts, results: guesses.iter().enumerate().map(item).collect() }
    }
}

impl<'a> ClassifiedItem<'a> {
    fn of(guess: &'a Guess, snapshot: &'a Snapshot) -> Self {
        match guess {
            Guess::New { id, to } => Self {
                status: "classified",
                id: Some(id),
                place: Some(match (to.story, to.topic, to.has_topic) {
                    (Some(_), ..) => "story",
                    (None, Some(_), _) => "topic",
                    (None, None, true) => "new_topic",
                    (None, None, false) => "none",
                }),
                story: to.story.and_then(|id| named(id, snapshot)),
                topic: to.topic.and_then(|id| named(id, snapshot)),
                similarity: to.best.as_ref().map(|best| rounded(best.similarity)),
                closest: to.best.as_ref().map(|best| title(&best.closest, snapshot)),
                margin: Some(rounded(to.margin)),
                runner_up: to.runner_up.as_ref().map(|candidate| RunnerUp::of(candidate, snapshot)),
                nearest: to.nearest,
                ..Self::default()
            },
            Guess::Known { id, placement } => Self {
                status: "duplicate",
                id: Some(id),
                story: placement.story.and_then(|id| named(id, snapshot)),
                topic: placement.topic.and_then(|id| named(id, snapshot)),
                nearest: placement.nearest,
                ..Self::default()
            },
            Guess::Rejected { line, reason } => {
                Self { status: "rejected", refusal: Some(Refusal::new(*line, reason)), ..Self::default() }
            }
        }
    }
}

impl<'a> RunnerUp<'a> {
    fn of(candidate: &'a Candidate, snapshot: &'a Snapshot) -> Self {
        Self {
            story: candidate.story.and_then(|id| named(id, snapshot)),
            topic: candidate.topic.and_then(|id| named(id, snapshot)),
            similarity: rounded(candidate.similarity),
            closest: title(&candidate.closest, snapshot),
        }
    }
}

/// The story or topic with an id, as it is at present.
fn named(id: Id, snapshot: &Snapshot) -> Option<Named<'_>> {
    let text = id.to_string();
    let story = || snapshot.story(&text).map(|(story, _)| story.label.as_str());
    let label = snapshot.topic(&text).map(|topic| topic.label.as_str()).or_else(story)?;
    Some(Named { id, label })
}

fn title<'a>(id: &'a str, snapshot: &'a Snapshot) -> Title<'a> {
    Title { id, text: snapshot.headline(id).map_or("", |(headline, _)| &headline.text) }
}
