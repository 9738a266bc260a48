//! The entities a topic is about.

use std::collections::{BTreeMap, BTreeSet};

use super::exclusions::Exclusions;
use super::words::Title;
use crate::text::{AliasKind, EntityId, EntityKind, Gazetteer, Language, Mention};
use crate::vector::background_rate;

/// Share of a topic's titles that must name an entity for it to be the subject.
const MAIN: f32 = 0.55;
/// Share that must name the second of a pair such as "Russia–Ukraine".
const PAIRED: f32 = 0.4;
/// Share of the titles with the second of a pair that must name the first as well.
const TOGETHER: f32 = 0.5;
/// Share of the titles that mean a place by its government or leader, or name it, that must name it.
const SPOKEN: f32 = 0.25;
/// Share of background headlines from which on an entity is too common to say what a topic is about.
const COMMON: f32 = 0.03;

/// The entities named in each title of a topic.
pub(super) struct Entities<'a> {
    titles: &'a [Title<'a>],
    /// What names must not say.
    exclusions: &'a Exclusions,
    /// Number of titles that name each entity, most first; ties by number of the entity.
    counts: Vec<(EntityId, usize)>,
}

impl<'a> Entities<'a> {
    pub(super) fn of(titles: &'a [Title<'a>], exclusions: &'a Exclusions) -> Self {
        let mut counts: Vec<(EntityId, usize)> = Vec::new();
        for title in titles {
            let named: BTreeSet<EntityId> = title.mentions.iter().map(|mention| mention.entity).collect();
            for entity in named {
                match counts.iter_mut().find(|(known, _)| *known == entity) {
                    Some(entry) => entry.1 += 1,
                    None => counts.push((entity, 1)),
                }
            }
        }
        counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        Self { titles, exclusions, counts }
    }

    /// Usual names, most frequent first.
    pub(super) fn names(&self) -> Vec<String> {
        let gazetteer = Gazetteer::embedded();
        self.counts.iter().map(|&(entity, _)| gazetteer.entity(entity).name.clone()).collect()
    }

    /// The one or two places that the topic is about, if any. Organisations and people act in many subjects; they
    /// are left to the phrases.
    pub(super) fn subject(&self) -> Vec<EntityId> {
        let share = |count: usize| count as f32 / self.titles.len() as f32;
        let mut places = self
            .counts
            .iter()
            .filter(|&&(entity, count)| is_telling_place(entity) && self.is_spoken(entity, count))
            .filter(|&&(entity, _)| !self.exclusions.forbids(&Gazetteer::embedded().entity(entity).name));
        let Some(&(first, count)) = places.next().filter(|entry| share(entry.1) >= MAIN) else {
            return Vec::new();
        };
        let second = places.next().filter(|&&(second, with)| {
            let both = self.titles.iter().filter(|title| names(title, first) && names(title, second)).count();
            share(with) >= PAIRED && 2 * with > count && both as f32 >= TOGETHER * with as f32
        });
        std::iter::once(first).chain(second.map(|entry| entry.0)).collect()
    }

    /// Whether enough of the `count` titles that mean a place say so: "Vatican", not only "Pope".
    fn is_spoken(&self, place: EntityId, count: usize) -> bool {
        let says = |mention: &Mention| {
            mention.entity == place
                && !matches!(mention.kind, AliasKind::Seat | AliasKind::Leader | AliasKind::Organisation)
        };
        let saying = self.titles.iter().filter(|title| title.mentions.iter().any(says)).count();
        saying as f32 >= SPOKEN * count as f32
    }

    /// The name by which these titles call an entity: its usual one, unless they only ever use another, as with
    /// "Gaza" for the Palestinian territories. Titles in another language than English, whose usual names are others, may
    /// only ever mean it by its capital.
    pub(super) fn spoken_name(&self, entity: EntityId) -> String {
        let usual = &Gazetteer::embedded().entity(entity).name;
        let mut names = self.written(entity, AliasKind::Name);
        if names.contains_key(usual.as_str()) {
            return usual.clone();
        }
        if names.is_empty() && self.are_foreign() {
            names = self.written(entity, AliasKind::Capital);
        }
        let most = names.iter().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0))).map(|(&name, _)| name);
        most.filter(|name| name.starts_with(char::is_uppercase)).unwrap_or(usual).to_owned()
    }

    /// How these titles write an entity when they name it in a certain way, and how often.
    fn written(&self, entity: EntityId, kind: AliasKind) -> BTreeMap<&'a str, usize> {
        let mut names = BTreeMap::new();
        for title in self.titles {
            for mention in title.mentions.iter().filter(|m| m.entity == entity && m.kind == kind) {
                *names.entry(&title.text[mention.start..mention.end]).or_default() += 1;
            }
        }
        names.retain(|name, _| !self.exclusions.forbids(name));
        names
    }

    /// Whether most titles are in another language than English.
    fn are_foreign(&self) -> bool {
        let foreign = self.titles.iter().filter(|title| title.language != Language::English).count();
        2 * foreign > self.titles.len()
    }
}

fn names(title: &Title, entity: EntityId) -> bool {
    title.mentions.iter().any(|mention| mention.entity == entity)
}

fn is_telling_place(entity: EntityId) -> bool {
    let entity = Gazetteer::embedded().entity(entity);
    let is_place = !matches!(entity.kind, EntityKind::Organisation | EntityKind::Person);
    is_place && background_rate(&format!("@{}", entity.code)) < COMMON
}
