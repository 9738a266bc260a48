//! Corrections by hand: what somebody who knows better may say of topics, stories and headlines, and what follows from
//! it for good.
//!
//! An [`Edit`] names topics and stories by their ids and headlines by theirs, as whoever makes it sees them. What is kept
//! of it is said of texts ([`rules`]), because ids of groups come and go with the partition and texts stay.

pub(super) mod corrections;
mod record;
mod refusal;
pub(super) mod rules;

use serde::{Deserialize, Deserializer, Serialize};

pub use record::{EditRecord, EditState};
pub use refusal::EditRefusal;

use crate::track::{Id, Level};

/// Characters of a name that is given by hand, of an author, and of a reason.
pub const MOST_LABEL_CHARS: usize = 200;
/// Characters of an author's name.
pub const MOST_AUTHOR_CHARS: usize = 100;
/// Characters of a reason.
pub const MOST_REASON_CHARS: usize = 1_000;

/// Keywords and entities of a standing topic, together.
pub const MOST_SEEDS: usize = 100;

/// A correction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Edit {
    /// Names or pins a topic or story, or takes that back.
    Amend {
        /// Which one.
        id: Id,
        /// Its name from now on; `Some(None)` has it named automatically again. Left as it is if not given.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "given")]
        label: Option<Option<String>>,
        /// Whether it keeps its id and all that is in it, whatever refinement finds. Left as it is if not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pinned: Option<bool>,
    },
    /// Puts whole topics, or stories, into another.
    Merge {
        /// Those that end.
        from: Vec<Id>,
        /// The one that lives on.
        into: Id,
    },
    /// Takes a part out of a topic or story, which becomes a new one and stays apart from the rest.
    Split {
        /// Which one. It lives on as the rest.
        id: Id,
        /// The part: stories of a topic, and headlines.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        stories: Vec<Id>,
        /// Headlines of the part that are not in its stories.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        headlines: Vec<String>,
        /// Name of the new one, if it is to have a certain one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        label: Option<String>,
    },
    /// Puts a headline, and others with the same title, somewhere else.
    Move {
        /// Which one.
        headline: String,
        /// A story or a topic; none if it is to stand alone.
        to: Option<Id>,
    },
    /// Puts a whole story into another topic.
    #[serde(rename = "move_story")]
    MoveStory {
        /// Which one.
        story: Id,
        /// The topic.
        to: Id,
    },
    /// Says of two headlines whether they belong together.
    Judge {
        /// The one.
        a: String,
        /// The other.
        b: String,
        /// Whether they do.
        verdict: Verdict,
        /// At which level.
        level: Level,
    },
    /// Follows a subject, by what its titles say, beside the topics that are found. It changes none of these.
    Stand {
        /// What it is called.
        name: String,
        /// Phrases, all words of one of which a title must have.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        keywords: Vec<String>,
        /// Names or codes of entities, one of which a title must name.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        entities: Vec<String>,
        /// Whether a title must name all of the entities.
        #[serde(default)]
        together: bool,
    },
    /// Takes an edit back.
    Undo {
        /// Its number.
        edit: u64,
    },
}

/// Whether two headlines belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// They do.
    Same,
    /// They do not.
    NotSame,
}

/// An edit as it is asked for and kept in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Who asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What for.
    pub edit: Edit,
}

/// What is there, be it null, in place of what is missing.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl Edit {
    /// The kind of edit in one word.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Amend { .. } => "amend",
            Self::Merge { .. } => "merge",
            Self::Split { .. } => "split",
            Self::Move { .. } => "move",
            Self::MoveStory { .. } => "move_story",
            Self::Judge { .. } => "judge",
            Self::Stand { .. } => "stand",
            Self::Undo { .. } => "undo",
        }
    }

    /// Topics and stories that it names.
    pub fn ids(&self) -> Vec<Id> {
        match self {
            Self::Amend { id, .. } => vec![*id],
            Self::Merge { from, into } => std::iter::once(*into).chain(from.iter().copied()).collect(),
            Self::Split { id, stories, .. } => std::iter::once(*id).chain(stories.iter().copied()).collect(),
            Self::Move { to, .. } => to.iter().copied().collect(),
            Self::MoveStory { story, to } => vec![*story, *to],
            Self::Judge { .. } | Self::Stand { .. } | Self::Undo { .. } => Vec::new(),
        }
    }
}

impl Order {
    /// Checks what can be told without the collection: lengths, and that something is asked for.
    ///
    /// # Errors
    /// When it cannot be meant.
    pub fn check(&self) -> Result<(), EditRefusal> {
        let text = |field, text: Option<&String>, most| match text {
            Some(text) => check_text(field, text, most),
            None => Ok(()),
        };
        text("author", self.author.as_ref(), MOST_AUTHOR_CHARS)?;
        text("reason", self.reason.as_ref(), MOST_REASON_CHARS)?;
        match &self.edit {
            Edit::Amend { label: None, pinned: None, .. } => Err(EditRefusal::Empty),
            Edit::Amend { label, .. } => text("label", label.iter().flatten().next(), MOST_LABEL_CHARS),
            Edit::Merge { from, .. } if from.is_empty() => Err(EditRefusal::Empty),
            Edit::Split { stories, headlines, .. } if stories.is_empty() && headlines.is_empty() => {
                Err(EditRefusal::Empty)
            }
            Edit::Split { label, .. } => text("label", label.as_ref(), MOST_LABEL_CHARS),
            Edit::Stand { keywords, entities, .. } if keywords.is_empty() && entities.is_empty() => {
                Err(EditRefusal::Empty)
            }
            Edit::Stand { keywords, entities, .. } if keywords.len() + entities.len() > MOST_SEEDS => {
                Err(EditRefusal::TooManySeeds)
            }
            Edit::Stand { name, keywords, entities, .. } => {
                check_text("name", name, MOST_LABEL_CHARS)?;
                keywords.iter().try_for_each(|it| check_text("keywords", it, MOST_LABEL_CHARS))?;
                entities.iter().try_for_each(|it| check_text("entities", it, MOST_LABEL_CHARS))
            }
            Edit::Merge { .. }
            | Edit::Move { .. }
            | Edit::MoveStory { .. }
            | Edit::Judge { .. }
            | Edit::Undo { .. } => Ok(()),
        }
    }
}

fn check_text(field: &'static str, text: &str, most: usize) -> Result<(), EditRefusal> {
    let is_fit = !text.trim().is_empty()
        && text.trim() == text
        && text.chars().count() <= most
        && !text.chars().any(char::is_control);
    if is_fit { Ok(()) } else { Err(EditRefusal::BadText { field, most }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(json: &str) -> Result<Order, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn orders_read_back_as_they_were_written() {
        for json in [
            r#"{"author":"Ada","reason":"Too long","edit":{"kind":"amend","id":"t-000001","label":"Malta"}}"#,
            r#"{"edit":{"kind":"amend","id":"t-000001","label":null,"pinned":true}}"#,
            r#"{"edit":{"kind":"merge","from":["s-000002"],"into":"s-000001"}}"#,
            r#"{"edit":{"kind":"split","id":"t-000001","stories":["s-000002"],"label":"Ferry"}}"#,
            r#"{"edit":{"kind":"move","headline":"a","to":null}}"#,
            r#"{"edit":{"kind":"move_story","story":"s-000002","to":"t-000001"}}"#,
            r#"{"edit":{"kind":"judge","a":"a","b":"b","verdict":"not_same","level":"topic"}}"#,
            r#"{"edit":{"kind":"stand","name":"Taiwan","entities":["Taiwan"],"together":false}}"#,
            r#"{"edit":{"kind":"undo","edit":3}}"#,
        ] {
            let order = order(json).unwrap();
            assert_eq!(serde_json::to_string(&order).unwrap(), json);
            assert_eq!(order.check(), Ok(()));
        }
    }

    #[test]
    fn what_is_not_understood_in_full_is_refused() {
        for (json, part) in [
            (r#"{"edit":{"kind":"amend","id":"t-000001","colour":"red"}}"#, "unknown field `colour`"),
            (r#"{"edit":{"kind":"burn","id":"t-000001"}}"#, "unknown variant `burn`"),
            (r#"{"edit":{"kind":"undo","edit":1},"mood":"calm"}"#, "unknown field `mood`"),
            (r#"{"edit":{"kind":"merge","from":["x"],"into":"s-000001"}}"#, "an id such as"),
        ] {
            let refused = order(json).unwrap_err();
            assert!(refused.contains(part), "{refused}");
        }
    }

    #[test]
    fn orders_that_ask_for_nothing_or_at_length_are_refused() {
        let check = |json: &str| order(json).unwrap().check();
        for json in [
            r#"{"edit":{"kind":"amend","id":"t-000001"}}"#,
            r#"{"edit":{"kind":"merge","from":[],"into":"t-000001"}}"#,
            r#"{"edit":{"kind":"split","id":"t-000001"}}"#,
            r#"{"edit":{"kind":"stand","name":"Taiwan"}}"#,
        ] {
            assert_eq!(check(json), Err(EditRefusal::Empty));
        }
        for label in ["", " ", "a ", "a\\nb", &"x".repeat(201)] {
            let json = format!(r#"{{"edit":{{"kind":"amend","id":"t-000001","label":"{label}"}}}}"#);
            assert!(matches!(check(&json), Err(EditRefusal::BadText { field: "label", .. })), "{label}");
        }
    }
}
