//! The label of a topic: the entities it is about, or the phrase that says most of it.

use std::collections::{BTreeMap, BTreeSet};

use super::phrases::{Phrase, Title, phrases_of};
use crate::Headline;
use crate::text::{AliasKind, EntityId, Gazetteer, Language, Mention};
use crate::vector::background_rate;

/// Titles of a topic that are read for its label; more say nothing new.
const TITLES: usize = 200;
/// Share of a topic's titles that must name an entity for it to stand in the label.
const MAIN_ENTITY: f32 = 0.55;
/// Share that must name the second of a pair such as "Russia–Ukraine".
const PAIRED_ENTITY: f32 = 0.4;
/// Share of background headlines from which on an entity is too common to say what a topic is about.
const COMMON_ENTITY: f32 = 0.03;
/// Keywords given for a topic.
const KEYWORDS: usize = 8;

/// How a topic is presented.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Label {
    /// Short name; no two topics of one call share it.
    pub name: String,
    /// Phrases that set the topic apart, best first.
    pub keywords: Vec<String>,
    /// Names of the entities in it, most frequent first.
    pub entities: Vec<String>,
}

/// Names topics, given as groups of titles. `rarity` is the weight of a lower-case word, higher for rarer
/// words. Groups named first have the first pick of names.
pub fn label_topics(groups: &[Vec<&Headline>], rarity: impl Fn(&str) -> f32) -> Vec<Label> {
    let mut taken = BTreeSet::new();
    groups.iter().map(|group| Draft::of(group, &rarity).into_label(&mut taken)).collect()
}

/// What is known of a topic before its name is chosen.
struct Draft {
    subject: Option<String>,
    phrases: Vec<Phrase>,
    entities: Vec<String>,
}

impl Draft {
    fn of(group: &[&Headline], rarity: &impl Fn(&str) -> f32) -> Self {
        let gazetteer = Gazetteer::embedded();
        let sample = &group[..group.len().min(TITLES)];
        let mentions: Vec<Vec<Mention>> =
            sample.iter().map(|headline| gazetteer.mentions(&headline.text, headline.time)).collect();
        let counts = entity_counts(&mentions);
        let subject = subject(&counts, sample.len());
        let titles: Vec<Title> =
            sample.iter().zip(&mentions).map(|(headline, mentions)| title(headline, mentions)).collect();
        let phrases =
            ranked(phrases_of(&titles, |mention| subject.contains(&mention.entity)), sample.len(), rarity);
        let names: Vec<String> =
            subject.iter().map(|&entity| spoken_name(entity, sample, &mentions)).collect();
        Self {
            subject: (!names.is_empty()).then(|| names.join("–")),
            phrases,
            entities: counts.iter().map(|&(entity, _)| gazetteer.entity(entity).name.clone()).collect(),
        }
    }

    /// The first name that is not taken: the subject alone, the subject with a phrase, phrases alone.
    fn into_label(self, taken: &mut BTreeSet<String>) -> Label {
        let spoken = self.phrases.iter().map(|phrase| capitalised(&phrase.surface));
        let candidates: Vec<String> = match &self.subject {
            Some(subject) => std::iter::once(subject.clone())
                .chain(self.phrases.iter().map(|phrase| format!("{subject}: {}", phrase.surface)))
                .collect(),
            None => spoken.chain(pairs(&self.phrases)).collect(),
        };
        let fallback = candidates.first().cloned().unwrap_or_else(|| "Untitled".into());
        let name = candidates
            .into_iter()
            .chain((2..).map(|number| format!("{fallback} ({number})")))
            .find(|name| taken.insert(name.to_lowercase()))
            .unwrap_or(fallback);
        let keywords = self.phrases.into_iter().take(KEYWORDS).map(|phrase| phrase.surface).collect();
        Label { name, keywords, entities: self.entities }
    }
}

/// The name by which these titles call an entity: its usual one, unless they only ever use another, as with
/// "Gaza" for the Palestinian territories.
fn spoken_name(entity: EntityId, sample: &[&Headline], mentions: &[Vec<Mention>]) -> String {
    let usual = &Gazetteer::embedded().entity(entity).name;
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    for (headline, mentions) in sample.iter().zip(mentions) {
        for mention in mentions.iter().filter(|m| m.entity == entity && m.kind == AliasKind::Name) {
            *names.entry(&headline.text[mention.start..mention.end]).or_default() += 1;
        }
    }
    let most = names.iter().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0)));
    match most {
        Some((name, _)) if !names.contains_key(usual.as_str()) && name.starts_with(char::is_uppercase) => {
            (*name).to_owned()
        }
        _ => usual.clone(),
    }
}

fn title<'a>(headline: &'a Headline, mentions: &'a [Mention]) -> Title<'a> {
    Title { text: &headline.text, language: Language::of(headline), mentions }
}

/// Number of titles that name each entity, most first; ties by number of the entity.
fn entity_counts(mentions: &[Vec<Mention>]) -> Vec<(EntityId, usize)> {
    let mut counts: Vec<(EntityId, usize)> = Vec::new();
    for title in mentions {
        let named: BTreeSet<EntityId> = title.iter().map(|mention| mention.entity).collect();
        for entity in named {
            match counts.iter_mut().find(|(known, _)| *known == entity) {
                Some(entry) => entry.1 += 1,
                None => counts.push((entity, 1)),
            }
        }
    }
    counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    counts
}

/// The one or two entities that the topic is about, if any.
fn subject(counts: &[(EntityId, usize)], titles: usize) -> Vec<EntityId> {
    let gazetteer = Gazetteer::embedded();
    let telling = |entity: EntityId| {
        let entity = gazetteer.entity(entity);
        background_rate(&format!("@{}", entity.code)) < COMMON_ENTITY
    };
    let share = |count: usize| count as f32 / titles as f32;
    let mut telling = counts.iter().filter(|&&(entity, _)| telling(entity));
    let Some(&(first, count)) = telling.next().filter(|entry| share(entry.1) >= MAIN_ENTITY) else {
        return Vec::new();
    };
    let second = telling.next().filter(|entry| share(entry.1) >= PAIRED_ENTITY && 2 * entry.1 > count);
    let mut subject = vec![first];
    subject.extend(second.map(|entry| entry.0));
    subject
}

/// Phrases by how much of the topic they say: titles covered times the rarity of their words. Phrases that
/// add nothing to a better one are left out.
fn ranked(phrases: Vec<Phrase>, titles: usize, rarity: &impl Fn(&str) -> f32) -> Vec<Phrase> {
    let least = if titles > 1 { 2 } else { 1 };
    let mut scored: Vec<(f32, Phrase)> = phrases
        .into_iter()
        .filter(|phrase| phrase.count >= least)
        .map(|phrase| {
            let rarity: f32 = phrase.words.iter().map(|word| rarity(word)).sum();
            (phrase.count as f32 * rarity, phrase)
        })
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.words.cmp(&b.1.words)));
    let mut kept: Vec<Phrase> = Vec::new();
    for (_, phrase) in scored {
        let told = |other: &Phrase| phrase.words.iter().all(|word| other.words.contains(word));
        let tells = |other: &Phrase| other.words.iter().all(|word| phrase.words.contains(word));
        if !kept.iter().any(|other| told(other) || tells(other)) {
            kept.push(phrase);
        }
        if kept.len() == 3 * KEYWORDS {
            break;
        }
    }
    kept
}

/// Two phrases together, for names that one alone does not tell apart.
fn pairs(phrases: &[Phrase]) -> Vec<String> {
    let Some((first, rest)) = phrases.split_first() else { return Vec::new() };
    rest.iter().map(|second| format!("{}: {}", capitalised(&first.surface), second.surface)).collect()
}

fn capitalised(phrase: &str) -> String {
    let mut characters = phrase.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
