//! The shape of an explanation. Carries whole ids and titles, never positions in some list.

use serde::Serialize;

use crate::engine::{Bond, Explanation, Headlines, HeldApart, TermShare};
use crate::track::Id;

/// Why a headline is where it is: answer to `GET /v1/headlines/{id}/why`, and `why` in `slugline cluster --explain`.
#[derive(Debug, Serialize)]
pub struct Why<'a> {
    /// What ties it to its story; absent for a story of one title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub story: Option<StoryBond<'a>>,
    /// What ties it to the other stories of its topic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<TopicLink<'a>>,
    /// The story that came second, or first for a story of one title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runner_up: Option<StoryBond<'a>>,
    /// Lead over the runner-up, in shares of pull.
    pub margin: f32,
    /// What the similarity to the closest headlines consists of: words and entities, most first.
    pub terms: Vec<TermShare>,
    /// What the static embedding adds to it.
    pub meaning: f32,
    /// Ids of headlines with the same title.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub same_title: Vec<&'a str>,
    /// Look-alikes that tell of another event.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub guards: Vec<GuardFired<'a>>,
}

/// What ties a headline to a story.
#[derive(Debug, Serialize)]
pub struct StoryBond<'a> {
    /// Id of the story; absent for a headline that is alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub story: Option<Id>,
    /// Id of its topic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<Id>,
    /// Mean similarity to its three closest headlines, 0 to 1.
    pub similarity: f32,
    /// Share of the headline's links that lead there, by weight.
    pub pull: f32,
    /// Its most similar headline.
    pub closest: Title<'a>,
}

/// What ties a headline to the other stories of its topic.
#[derive(Debug, Serialize)]
pub struct TopicLink<'a> {
    /// Similarity to the closest headline there, with what shared entities add.
    pub similarity: f32,
    /// How much the two share of the entities they name, 0 to 1.
    pub entities: f32,
    /// That headline.
    pub closest: Title<'a>,
}

/// A headline by id and title.
#[derive(Debug, Serialize)]
pub struct Title<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its title.
    pub text: &'a str,
}

/// A guard that fired.
#[derive(Debug, Serialize)]
pub struct GuardFired<'a> {
    /// Against which headline.
    pub headline: Title<'a>,
    /// The rule and the words it rests on.
    pub rule: String,
}

impl<'a> Why<'a> {
    /// From an explanation whose positions refer to `headlines`.
    pub fn of(explanation: Explanation, headlines: &'a (impl Headlines + ?Sized)) -> Self {
        let Explanation { same_title, story, topic, runner_up, margin, terms, meaning, guards } = explanation;
        let bond = |bond: Bond| StoryBond {
            story: bond.story,
            topic: bond.topic,
            similarity: rounded(bond.similarity),
            pull: rounded(bond.pull),
            closest: title(bond.closest, headlines),
        };
        let fired =
            |held: HeldApart| GuardFired { headline: title(held.headline, headlines), rule: held.rule };
        Self {
            story: story.map(bond),
            topic: topic.map(|link| TopicLink {
                similarity: rounded(link.similarity),
                entities: rounded(link.entities),
                closest: title(link.closest, headlines),
            }),
            runner_up: runner_up.map(bond),
            margin: rounded(margin),
            terms: terms
                .into_iter()
                .map(|share| TermShare { weight: rounded(share.weight), ..share })
                .collect(),
            meaning: rounded(meaning),
            same_title: same_title.into_iter().map(|at| title(at, headlines).id).collect(),
            guards: guards.into_iter().map(fired).collect(),
        }
    }
}

/// To four digits: more would only look exact.
pub(super) fn rounded(value: f32) -> f32 {
    (value * 1e4).round() / 1e4
}

fn title(position: usize, headlines: &(impl Headlines + ?Sized)) -> Title<'_> {
    headlines
        .at(position)
        .map_or(Title { id: "", text: "" }, |headline| Title { id: &headline.id, text: &headline.text })
}
