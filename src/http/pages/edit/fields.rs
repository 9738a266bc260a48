//! A form as it was sent, and the edit that it asks for.

use actix_web::HttpRequest;
use actix_web::web::Payload;

use crate::engine::{Edit, Snapshot};
use crate::http::app::Context;
use crate::http::body::read_form;
use crate::http::problem::{Kind, Problem};
use crate::track::{Id, Level};

/// Bytes of a form: a few hundred ids of headlines and a reason.
const FORM_BYTES: usize = 262_144;
/// Ids named where several groups have a name.
const MOST_NAMESAKES: usize = 5;
/// Characters shown of what was typed in and leads nowhere.
const MOST_SHOWN: usize = 80;

/// The fields of a form, in order.
#[derive(Debug, Clone, Default)]
pub(in crate::http::pages) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads the form of a request.
    pub async fn read(request: &HttpRequest, payload: Payload, context: &Context) -> Result<Self, Problem> {
        Ok(Self(read_form(request, payload, context, FORM_BYTES).await?))
    }

    /// The first field of this name without spaces around it; nothing if there is none.
    pub fn get(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    /// All fields of this name.
    pub fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.trim())
    }

    /// Whether there is such a field.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(field, _)| field == name)
    }

    /// What the form says of the edit: all but the steps on the way and who signs it.
    pub fn of_edit(&self) -> Vec<(String, String)> {
        let is_other = |name: &str| ["confirmed", "back", "author", "reason"].contains(&name);
        self.0.iter().filter(|(name, _)| !is_other(name)).cloned().collect()
    }

    /// What the form of a topic or story asks for.
    ///
    /// # Errors
    /// When something is not filled in or leads nowhere.
    pub fn group_edit(&self, id: Id, snapshot: &Snapshot) -> Result<Edit, Problem> {
        let label = Some(self.get("label").to_owned()).filter(|label| !label.is_empty());
        match self.get("do") {
            "rename" if label.is_none() => Err(empty("Type the name that it should have.")),
            "rename" => Ok(Edit::Amend { id, label: Some(label), pinned: None }),
            "unname" => Ok(Edit::Amend { id, label: Some(None), pinned: None }),
            "pin" => Ok(Edit::Amend { id, label: None, pinned: Some(true) }),
            "unpin" => Ok(Edit::Amend { id, label: None, pinned: Some(false) }),
            "merge" => Ok(Edit::Merge { from: self.merged(id.level(), snapshot)?, into: id }),
            "split" => {
                let stories: Vec<Id> = self.all("story").map(known_id).collect::<Result<_, _>>()?;
                let headlines: Vec<String> = self.all("headline").map(str::to_owned).collect();
                if stories.is_empty() && headlines.is_empty() {
                    return Err(empty("Tick what should be taken out."));
                }
                Ok(Edit::Split { id, stories, headlines, label })
            }
            "out" => {
                let topic = snapshot.story(&id.to_string()).map(|(_, topic)| topic.id);
                let topic = topic.ok_or_else(|| Problem::no_such(Level::Story))?;
                Ok(Edit::Split { id: topic, stories: vec![id], headlines: Vec::new(), label })
            }
            "move" if id.level() == Level::Story => {
                let to =
                    self.destination(&[Level::Topic], "Choose the topic that it should go into.", snapshot)?;
                Ok(Edit::MoveStory { story: id, to })
            }
            _ => Err(unknown_form()),
        }
    }

    fn merged(&self, level: Level, snapshot: &Snapshot) -> Result<Vec<Id>, Problem> {
        let mut from: Vec<Id> = self.all("from").map(known_id).collect::<Result<_, _>>()?;
        match self.get("other") {
            "" if from.is_empty() => Err(empty(match level {
                Level::Topic => "Choose the topic that should go into this one.",
                Level::Story => "Choose the story that should go into this one.",
            })),
            "" => Ok(from),
            other => {
                from.push(find(other, &[level], snapshot)?);
                Ok(from)
            }
        }
    }

    /// What the form of a headline asks for.
    ///
    /// # Errors
    /// When something is not filled in or leads nowhere.
    pub fn move_edit(&self, headline: &str, snapshot: &Snapshot) -> Result<Edit, Problem> {
        let levels = [Level::Topic, Level::Story];
        let to = match self.get("do") {
            "alone" => None,
            "move" => Some(self.destination(
                &levels,
                "Choose the story or topic that it should go into.",
                snapshot,
            )?),
            _ => return Err(unknown_form()),
        };
        Ok(Edit::Move { headline: headline.to_owned(), to })
    }

    /// Where something should go: what was typed in, else what was chosen.
    fn destination(
        &self,
        levels: &[Level],
        nothing: &'static str,
        snapshot: &Snapshot,
    ) -> Result<Id, Problem> {
        match (self.get("other"), self.get("into")) {
            ("", "") => Err(empty(nothing)),
            ("", into) => known_id(into),
            (other, _) => find(other, levels, snapshot),
        }
    }
}

/// The topic or story of this id or, whatever its casing, name.
fn find(text: &str, levels: &[Level], snapshot: &Snapshot) -> Result<Id, Problem> {
    if let Some(id) = Id::parse(text) {
        return Ok(id);
    }
    let wanted = text.to_lowercase();
    let topics = snapshot.topics().iter().map(|topic| (topic.id, &topic.label));
    let stories = snapshot.topics().iter().flat_map(|topic| &topic.stories);
    let all = topics.chain(stories.map(|story| (story.id, &story.label)));
    let is_it = |&(id, label): &(Id, &String)| levels.contains(&id.level()) && label.to_lowercase() == wanted;
    let mut found: Vec<Id> = all.filter(is_it).map(|(id, _)| id).collect();
    let shown: String = text.chars().take(MOST_SHOWN).collect();
    let what: Vec<&str> = levels.iter().map(|level| level.name()).collect();
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => {
            let kind = if levels == [Level::Story] { Kind::StoryNotFound } else { Kind::TopicNotFound };
            Err(Problem::new(kind, format!("No {} has the name or id “{shown}”.", what.join(" or "))))
        }
        several => {
            let ids: Vec<String> = found.iter().take(MOST_NAMESAKES).map(Id::to_string).collect();
            let detail = format!("{several} are called “{shown}”. Give the id of one: {}.", ids.join(", "));
            Err(Problem::new(Kind::InvalidEdit, detail))
        }
    }
}

fn known_id(text: &str) -> Result<Id, Problem> {
    let shown: String = text.chars().take(MOST_SHOWN).collect();
    Id::parse(text).ok_or_else(|| Problem::new(Kind::InvalidEdit, format!("“{shown}” is no id.")))
}

fn empty(detail: &'static str) -> Problem {
    Problem::new(Kind::EmptyEdit, detail)
}

fn unknown_form() -> Problem {
    Problem::new(Kind::InvalidEdit, "The form does not say what to do; send it by one of its buttons.")
}
