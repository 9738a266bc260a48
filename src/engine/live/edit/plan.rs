//! What an edit comes to in the collection as it is, or why it cannot be made.

use std::collections::BTreeSet;

use super::{ANCHORS, Groups, Live, Nodes};
use crate::engine::edit::rules::Act;
use crate::engine::live::obey::Made;
use crate::engine::{Edit, EditRefusal, Verdict};
use crate::text::{Gazetteer, Language, terms_of};
use crate::track::{Id, Level};

/// What an edit comes to.
pub(super) enum Plan {
    /// A name or a pin.
    Amend { id: Id, acts: Vec<Act> },
    /// Nothing that is found changes.
    Stand,
    /// Texts that go elsewhere.
    Regroup(Regrouping),
    /// An edit that is taken back.
    Undo(u64),
}

/// Another partition and what must hold from now on.
pub(super) struct Regrouping {
    pub nodes: Nodes,
    /// The partition by the numbers that groups have inside, with what the edit says of texts; what follows from its
    /// demands comes on top.
    pub groups: Groups,
    /// Texts that the edit names, which no pin holds this once.
    pub named: BTreeSet<u32>,
    pub acts: Vec<Act>,
    /// Ids that live on, each with a node of the group that is to have it.
    pub claims: Vec<(Id, u32)>,
    pub made: Option<Made>,
}

impl Regrouping {
    fn node(&self, row: u32) -> usize {
        self.nodes.of_rows[row as usize] as usize
    }

    fn claim(&mut self, id: Option<Id>, row: u32) {
        let node = self.node(row) as u32;
        self.claims.extend(id.map(|id| (id, node)));
    }

    fn put(&mut self, level: Level, rows: &[u32], label: u32) {
        for &row in rows {
            let node = self.node(row);
            match level {
                Level::Story => self.groups.stories[node] = label,
                Level::Topic => self.groups.topics[node] = label,
            }
        }
    }
}

impl Live {
    pub(super) fn plan(&self, edit: &Edit) -> Result<Plan, EditRefusal> {
        Ok(match edit {
            Edit::Amend { id, label, pinned } => {
                self.living(*id, id.level())?;
                let name = label.clone().map(|label| Act::Name { id: *id, label });
                let pin = pinned.map(|pinned| Act::Pin { id: *id, pinned });
                Plan::Amend { id: *id, acts: name.into_iter().chain(pin).collect() }
            }
            Edit::Merge { from, into } => Plan::Regroup(self.plan_merge(from, *into)?),
            Edit::Split { id, stories, headlines, label } => {
                Plan::Regroup(self.plan_split(*id, stories, headlines, label.as_ref())?)
            }
            Edit::Move { headline, to } => Plan::Regroup(self.plan_move(headline, *to)?),
            Edit::MoveStory { story, to } => Plan::Regroup(self.plan_move_story(*story, *to)?),
            Edit::Judge { a, b, verdict, level } => {
                Plan::Regroup(self.plan_judgement(a, b, *verdict, *level)?)
            }
            Edit::Stand { keywords, entities, .. } => {
                check_seeds(keywords, entities)?;
                Plan::Stand
            }
            Edit::Undo { edit } => Plan::Undo(self.undoable(*edit)?),
        })
    }

    fn undoable(&self, number: u64) -> Result<u64, EditRefusal> {
        let record = self.corrections.record(number).ok_or(EditRefusal::UnknownEdit(number))?;
        match (&record.edit, record.undone_by) {
            (Edit::Undo { .. }, _) => Err(EditRefusal::IsUndo(number)),
            (_, Some(by)) => Err(EditRefusal::AlreadyUndone { edit: number, by }),
            _ => Ok(number),
        }
    }

    fn plan_merge(&self, from: &[Id], into: Id) -> Result<Regrouping, EditRefusal> {
        let level = into.level();
        let home = self.living(into, level)?;
        let mut seen = BTreeSet::new();
        let mut movers = Vec::new();
        for &id in from {
            let key = self.living(id, level)?;
            if id == into {
                return Err(EditRefusal::WithItself(id));
            }
            if !seen.insert(id) {
                return Err(EditRefusal::Twice(id.to_string()));
            }
            if self.corrections.rules.is_pinned(id) {
                return Err(EditRefusal::Pinned(id));
            }
            movers.extend(self.rows_in(level, key));
        }
        movers.sort_unstable();
        let anchors = self.rows_in(level, home);
        let mut plan = self.unchanged(&movers);
        self.claim(&mut plan, anchors[0], level);
        plan.put(level, &movers, home);
        if level == Level::Story {
            plan.put(Level::Topic, &movers, self.stories[home].topic);
        }
        plan.acts.push(Act::Bond { level, movers, anchors, whole: true });
        Ok(plan)
    }

    fn plan_split(
        &self,
        id: Id,
        stories: &[Id],
        headlines: &[String],
        label: Option<&String>,
    ) -> Result<Regrouping, EditRefusal> {
        let level = id.level();
        let key = self.living(id, level)?;
        let all = self.rows_in(level, key);
        let not_a_member = |member: String| EditRefusal::NotAMember { member, id };
        let mut part = BTreeSet::new();
        for &story in stories {
            let key = self.living(story, Level::Story)?;
            let rows = &self.stories[key].rows;
            if level == Level::Story || rows.iter().any(|row| all.binary_search(row).is_err()) {
                return Err(not_a_member(story.to_string()));
            }
            part.extend(rows.iter().copied());
        }
        for headline in headlines {
            let row = self.row_of(headline)?;
            if all.binary_search(&row).is_err() {
                return Err(not_a_member(headline.clone()));
            }
            part.insert(row);
        }
        let rest: Vec<u32> = all.into_iter().filter(|row| !part.contains(row)).collect();
        let part: Vec<u32> = part.into_iter().collect();
        if rest.is_empty() {
            return Err(EditRefusal::NothingLeft(id));
        }
        if level == Level::Topic {
            self.require_size(&part)?;
            self.require_size(&rest)?;
        }

        let mut plan = self.unchanged(&part);
        let mut fresh = self.next_group + 1;
        plan.put(level, &part, fresh);
        if level == Level::Topic {
            // Stories of which a part goes are split as well.
            for story in part.iter().map(|&row| self.texts[row as usize].story).collect::<BTreeSet<u32>>() {
                let rows = &self.stories[story].rows;
                let going: Vec<u32> =
                    rows.iter().copied().filter(|row| part.binary_search(row).is_ok()).collect();
                if going.len() < rows.len() {
                    let staying = rows.iter().find(|row| part.binary_search(row).is_err());
                    staying.iter().for_each(|&&row| plan.claim(self.stories[story].id, row));
                    fresh += 1;
                    plan.put(Level::Story, &going, fresh);
                }
            }
        }
        plan.claim(Some(id), rest[0]);
        plan.made = Some(Made { level, node: plan.node(part[0]) as u32, label: label.cloned() });
        plan.acts.push(Act::Wall { level, movers: part.clone(), others: rest });
        if part.len() > 1 {
            plan.acts.push(Act::Bond { level, movers: part, anchors: Vec::new(), whole: true });
        }
        Ok(plan)
    }

    fn require_size(&self, rows: &[u32]) -> Result<(), EditRefusal> {
        let least = self.method.settings().min_topic_size.max(1);
        let found = rows.iter().map(|&row| self.texts[row as usize].copies.len()).sum();
        if found < least { Err(EditRefusal::TooSmall { found, least }) } else { Ok(()) }
    }

    fn plan_move(&self, headline: &str, to: Option<Id>) -> Result<Regrouping, EditRefusal> {
        let row = self.row_of(headline)?;
        let mut plan = self.unchanged(&[row]);
        let story = self.texts[row as usize].story;
        let (alone, nowhere) = (self.next_group + 1, self.next_group + 2);
        let is_alone = self.stories[story].rows.len() == 1;
        let Some(id) = to else {
            plan.put(Level::Story, &[row], if is_alone { story } else { alone });
            plan.put(Level::Topic, &[row], nowhere);
            plan.acts.push(Act::Loose { row });
            return Ok(plan);
        };
        let level = id.level();
        let home = self.living(id, level)?;
        let others: Vec<u32> = self.rows_in(level, home).into_iter().filter(|&other| other != row).collect();
        let anchors: Vec<u32> = self.by_centrality(&others).into_iter().take(ANCHORS).collect();
        let Some(&first) = anchors.first() else { return Err(EditRefusal::Empty) };
        match level {
            Level::Story => {
                plan.put(Level::Story, &[row], home);
                plan.put(Level::Topic, &[row], self.stories[home].topic);
            }
            Level::Topic if self.stories[story].topic == home => {}
            Level::Topic => {
                plan.put(Level::Story, &[row], if is_alone { story } else { alone });
                plan.put(Level::Topic, &[row], home);
            }
        }
        self.claim(&mut plan, first, level);
        plan.acts.push(Act::Bond { level, movers: vec![row], anchors, whole: false });
        Ok(plan)
    }

    fn plan_move_story(&self, id: Id, to: Id) -> Result<Regrouping, EditRefusal> {
        let key = self.living(id, Level::Story)?;
        let story = &self.stories[key];
        let home = self.living(to, Level::Topic)?;
        let others: Vec<u32> =
            self.rows_of(home).into_iter().filter(|row| self.texts[*row as usize].story != key).collect();
        // Nothing would be left of the topic that it leaves.
        let left = &self.topics[story.topic];
        if let Some(id) = left.id.filter(|_| story.topic != home && left.stories.len() == 1)
            && self.corrections.rules.is_pinned(id)
        {
            return Err(EditRefusal::Pinned(id));
        }
        let anchors: Vec<u32> = self.by_centrality(&others).into_iter().take(ANCHORS).collect();
        let Some(&first) = anchors.first() else { return Err(EditRefusal::Empty) };
        let movers = self.rows_in(Level::Story, key);
        let mut plan = self.unchanged(&movers);
        plan.put(Level::Topic, &movers, home);
        self.claim(&mut plan, first, Level::Topic);
        plan.claim(Some(id), movers[0]);
        plan.acts.push(Act::Bond { level: Level::Topic, movers, anchors, whole: false });
        Ok(plan)
    }

    fn plan_judgement(
        &self,
        a: &str,
        b: &str,
        verdict: Verdict,
        level: Level,
    ) -> Result<Regrouping, EditRefusal> {
        let rows = (self.row_of(a)?, self.row_of(b)?);
        if rows.0 == rows.1 {
            return Err(EditRefusal::SameTitle { a: a.to_owned(), b: b.to_owned() });
        }
        let mut plan = self.unchanged(&[rows.0, rows.1]);
        let are_together = self.group_at(level, rows.0) == self.group_at(level, rows.1);
        if verdict == Verdict::NotSame {
            let (mover, other) = self.less_linked(level, rows);
            if are_together {
                plan.claim(self.id_at(level, other), other);
                if level == Level::Topic {
                    plan.claim(self.id_at(Level::Story, other), other);
                }
            }
            plan.acts.push(Act::Wall { level, movers: vec![mover], others: vec![other] });
            return Ok(plan);
        }
        let (mover, other) = self.less_settled(level, rows);
        if !are_together {
            let topic = self.group_at(Level::Topic, other);
            match level {
                Level::Story => {
                    plan.put(Level::Story, &[mover], self.group_at(Level::Story, other));
                    plan.put(Level::Topic, &[mover], topic);
                }
                Level::Topic => {
                    let story = &self.stories[self.group_at(Level::Story, mover)];
                    plan.put(Level::Topic, &story.rows, topic);
                }
            }
            self.claim(&mut plan, other, level);
        }
        plan.acts.push(Act::Bond { level, movers: vec![mover], anchors: vec![other], whole: false });
        Ok(plan)
    }

    /// Which of two texts is linked less to the group that both are in, and which more.
    fn less_linked(&self, level: Level, (a, b): (u32, u32)) -> (u32, u32) {
        let pull = |row: u32, but: u32| -> f32 {
            let inside = self.texts[row as usize].links.iter().filter(|link| {
                link.other != but && self.group_at(level, link.other) == self.group_at(level, row)
            });
            inside.map(|link| link.weight(level)).sum()
        };
        if pull(a, b) < pull(b, a) { (a, b) } else { (b, a) }
    }

    /// Which of two texts is in the group that is not pinned, not shown or smaller, and which is not.
    fn less_settled(&self, level: Level, (a, b): (u32, u32)) -> (u32, u32) {
        let standing = |row: u32| {
            let id = self.id_at(level, row);
            let size = match level {
                Level::Story => self.stories[self.group_at(level, row)].tally.headlines,
                Level::Topic => self.topics[self.group_at(level, row)].tally.headlines,
            };
            (id.is_some_and(|id| self.corrections.rules.is_pinned(id)), id.is_some(), size)
        };
        if standing(a) < standing(b) { (a, b) } else { (b, a) }
    }

    fn unchanged(&self, named: &[u32]) -> Regrouping {
        let nodes = self.nodes();
        let groups = self.present(&nodes);
        let named = named.iter().copied().collect();
        Regrouping { nodes, groups, named, acts: Vec::new(), claims: Vec::new(), made: None }
    }

    /// Has the topic that a text is in, and at the level of stories its story as well, keep their ids.
    fn claim(&self, plan: &mut Regrouping, row: u32, level: Level) {
        plan.claim(self.id_at(Level::Topic, row), row);
        if level == Level::Story {
            plan.claim(self.id_at(Level::Story, row), row);
        }
    }

    fn group_at(&self, level: Level, row: u32) -> u32 {
        let story = self.texts[row as usize].story;
        match level {
            Level::Story => story,
            Level::Topic => self.stories[story].topic,
        }
    }

    fn id_at(&self, level: Level, row: u32) -> Option<Id> {
        match level {
            Level::Story => self.stories[self.group_at(level, row)].id,
            Level::Topic => self.topics[self.group_at(level, row)].id,
        }
    }

    /// Texts of a group, ascending.
    fn rows_in(&self, level: Level, key: u32) -> Vec<u32> {
        match level {
            Level::Story => {
                let mut rows = self.stories[key].rows.clone();
                rows.sort_unstable();
                rows
            }
            Level::Topic => self.rows_of(key),
        }
    }

    fn row_of(&self, headline: &str) -> Result<u32, EditRefusal> {
        let position = self.shelf.positions.get(headline);
        let placed = position.and_then(|&position| self.placed.get(position as usize)?.as_ref());
        placed.map(|placed| placed.row).ok_or_else(|| EditRefusal::UnknownHeadline(headline.to_owned()))
    }

    /// The number inside of a group that must be living.
    fn living(&self, id: Id, wanted: Level) -> Result<u32, EditRefusal> {
        let resolution = self.tracker.lineage().resolve(id).ok_or(EditRefusal::UnknownGroup(id))?;
        if id.level() != wanted {
            return Err(EditRefusal::WrongLevel { id, wanted });
        }
        self.key_of(id).ok_or(EditRefusal::Ended { id, living: resolution.living })
    }
}

/// Whether all seeds of a standing topic can be looked for.
fn check_seeds(keywords: &[String], entities: &[String]) -> Result<(), EditRefusal> {
    if let Some(unknown) = entities.iter().find(|name| Gazetteer::embedded().named(name).is_none()) {
        return Err(EditRefusal::UnknownEntity(unknown.clone()));
    }
    match keywords.iter().find(|phrase| terms_of(phrase, Language::English).is_empty()) {
        Some(empty) => Err(EditRefusal::NoWord(empty.clone())),
        None => Ok(()),
    }
}
