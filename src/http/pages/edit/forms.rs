//! The forms of a topic, a story and a headline.

use askama::Template;

use super::super::lineage::{Link, counted};
use super::Target;
use super::fields::Fields;
use crate::engine::{Headlines, Snapshot, Story, Topic};
use crate::service::related;
use crate::track::{Id, Level};

/// Stories or headlines to tick.
const MOST_PARTS: usize = 100;
/// Related topics, or stories of the same topic, to choose from.
const MOST_NEAR: usize = 6;
/// Names that a box suggests.
const MOST_SUGGESTED: usize = 100;

/// Something to tick or to choose.
struct Choice {
    /// The field, which tells what it is the id of.
    field: &'static str,
    id: String,
    label: String,
    note: String,
}

/// What was filled in before, and what was wrong with it.
struct Draft {
    fields: Fields,
    refused: Option<String>,
}

impl Draft {
    /// What was typed in for another topic or story in a form.
    fn other(&self, form: &str) -> &str {
        if self.is_at(&[form]) { self.fields.get("other") } else { "" }
    }

    /// Whether a box was ticked.
    fn has(&self, field: &str, id: &str) -> bool {
        self.fields.all(field).any(|value| value == id)
    }

    /// Whether it is one of these forms that was filled in.
    fn is_at(&self, forms: &[&str]) -> bool {
        forms.contains(&self.fields.get("do"))
    }

    /// What was wrong with one of these forms.
    fn refusal(&self, forms: &[&str]) -> Option<&str> {
        self.refused.as_deref().filter(|_| self.is_at(forms))
    }

    /// What was wrong, if it is not known with which form.
    fn other_refusal(&self) -> Option<&str> {
        let known = ["rename", "unname", "pin", "unpin", "merge", "split", "out", "move", "alone"];
        self.refused.as_deref().filter(|_| !self.is_at(&known))
    }
}

/// The forms of a topic or story.
#[derive(Template)]
#[template(path = "edit_group.html")]
pub(in crate::http::pages) struct GroupForms {
    root: String,
    action: String,
    level: &'static str,
    /// The present name, and whether it was given by hand.
    label: String,
    by_hand: bool,
    pinned: bool,
    /// What may be taken out, and how much more there is.
    parts: Vec<Choice>,
    more_parts: usize,
    /// What may be taken in.
    near: Vec<Choice>,
    suggested: Vec<(String, String)>,
    /// The topic that a story could leave as a whole.
    topic: Option<Link>,
    /// Topics that a story could go into.
    near_topics: Vec<Choice>,
    suggested_topics: Vec<(String, String)>,
    draft: Draft,
}

impl GroupForms {
    /// The forms of a topic or story that is there; none of others.
    pub fn of(
        id: Id,
        snapshot: &Snapshot,
        root: &str,
        fields: Fields,
        refused: Option<String>,
    ) -> Option<Self> {
        let draft = Draft { fields, refused };
        let forms = match id.level() {
            Level::Topic => Self::of_topic(snapshot.topic(&id.to_string())?, snapshot, draft),
            Level::Story => {
                let (story, topic) = snapshot.story(&id.to_string())?;
                Self::of_story(story, topic, snapshot, draft)
            }
        };
        Some(Self { root: root.to_owned(), ..forms })
    }

    fn of_topic(topic: &Topic, snapshot: &Snapshot, draft: Draft) -> Self {
        let parts = match &topic.stories[..] {
            [story] => headlines_of(story, snapshot),
            stories => stories.iter().map(|story| story_choice("story", story)).collect(),
        };
        let near = related_to("from", topic, snapshot);
        Self {
            near: with_chosen(near, &draft, Level::Topic, snapshot),
            suggested: others_than(topic, snapshot),
            ..Self::common(topic.id, &topic.label, parts, snapshot, draft)
        }
    }

    fn of_story(story: &Story, topic: &Topic, snapshot: &Snapshot, draft: Draft) -> Self {
        let others: Vec<_> = topic.stories.iter().filter(|other| other.id != story.id).collect();
        let near = others.iter().take(MOST_NEAR).map(|other| story_choice("from", other));
        let near = with_chosen(near.collect(), &draft, Level::Story, snapshot);
        let suggested = others.iter().map(|other| (other.id.to_string(), other.label.clone()));
        Self {
            near,
            suggested: suggested.take(MOST_SUGGESTED).collect(),
            topic: (!others.is_empty()).then(|| Link::to(topic.id, snapshot)),
            near_topics: related_to("into", topic, snapshot),
            suggested_topics: others_than(topic, snapshot),
            ..Self::common(story.id, &story.label, headlines_of(story, snapshot), snapshot, draft)
        }
    }

    fn common(id: Id, label: &str, mut parts: Vec<Choice>, snapshot: &Snapshot, draft: Draft) -> Self {
        let more_parts = parts.len().saturating_sub(MOST_PARTS);
        parts.truncate(MOST_PARTS);
        Self {
            root: String::new(),
            action: Target::Group(id).action(),
            level: id.level().name(),
            label: label.to_owned(),
            by_hand: snapshot.is_named(id),
            pinned: snapshot.is_pinned(id),
            parts,
            more_parts,
            near: Vec::new(),
            suggested: Vec::new(),
            topic: None,
            near_topics: Vec::new(),
            suggested_topics: Vec::new(),
            draft,
        }
    }

    /// What the box for the name holds.
    fn name(&self) -> &str {
        if self.draft.is_at(&["rename"]) { self.draft.fields.get("label") } else { &self.label }
    }

    /// What the box for the name of a part holds.
    fn name_of_part(&self, form: &str) -> &str {
        if self.draft.is_at(&[form]) { self.draft.fields.get("label") } else { "" }
    }
}

/// What may be taken in, with what was chosen elsewhere: by dragging it, for one.
fn with_chosen(mut near: Vec<Choice>, draft: &Draft, level: Level, snapshot: &Snapshot) -> Vec<Choice> {
    for id in draft.fields.all("from").take(MOST_PARTS) {
        if near.iter().any(|choice| choice.id == id) {
            continue;
        }
        near.extend(match level {
            Level::Topic => snapshot.topic(id).map(|topic| topic_choice("from", topic)),
            Level::Story => snapshot.story(id).map(|(story, _)| story_choice("from", story)),
        });
    }
    near
}

/// The topics that have most to do with one.
fn related_to(field: &'static str, topic: &Topic, snapshot: &Snapshot) -> Vec<Choice> {
    let near = related(snapshot, topic, MOST_NEAR).into_iter();
    near.map(|near| topic_choice(field, near.topic)).collect()
}

/// Ids and names of the largest topics but one.
fn others_than(topic: &Topic, snapshot: &Snapshot) -> Vec<(String, String)> {
    let others = snapshot.topics().iter().filter(|other| other.id != topic.id).take(MOST_SUGGESTED);
    others.map(|other| (other.id.to_string(), other.label.clone())).collect()
}

fn topic_choice(field: &'static str, topic: &Topic) -> Choice {
    Choice { field, id: topic.id.to_string(), label: topic.label.clone(), note: counted(topic.size) }
}

fn story_choice(field: &'static str, story: &Story) -> Choice {
    let (id, label) = (story.id.to_string(), story.label.clone());
    Choice { field, id, label, note: counted(story.headlines.len()) }
}

fn headlines_of(story: &Story, snapshot: &Snapshot) -> Vec<Choice> {
    let headlines = story.headlines.iter().rev().filter_map(|&at| snapshot.at(at));
    let choice = |headline: &crate::Headline| Choice {
        field: "headline",
        id: headline.id.clone(),
        label: headline.text.clone(),
        note: headline.source.clone().unwrap_or_default(),
    };
    headlines.map(choice).collect()
}

/// The form that moves a headline.
#[derive(Template)]
#[template(path = "edit_headline.html")]
pub(in crate::http::pages) struct MoveForm {
    root: String,
    action: String,
    is_in_topic: bool,
    near: Vec<Choice>,
    suggested: Vec<(String, String)>,
    draft: Draft,
}

impl MoveForm {
    /// The form of a headline in the window; none of others.
    pub fn of(
        id: &str,
        snapshot: &Snapshot,
        root: &str,
        fields: Fields,
        refused: Option<String>,
    ) -> Option<Self> {
        let (_, placement) = snapshot.headline(id)?;
        let topic_id = placement.topic.or(placement.nearest.map(|nearest| nearest.topic));
        let topic = topic_id.and_then(|id| snapshot.topic(&id.to_string()));
        let stories = topic.into_iter().flat_map(|topic| &topic.stories);
        let near = stories.filter(|story| Some(story.id) != placement.story).take(MOST_NEAR);
        let others = snapshot.topics().iter().filter(|topic| Some(topic.id) != placement.topic);
        let suggested = others.map(|topic| (topic.id.to_string(), topic.label.clone()));
        Some(Self {
            root: root.to_owned(),
            action: Target::Headline(id.to_owned()).action(),
            is_in_topic: placement.topic.is_some(),
            near: near.map(|story| story_choice("into", story)).collect(),
            suggested: suggested.take(MOST_SUGGESTED).collect(),
            draft: Draft { fields, refused },
        })
    }
}
