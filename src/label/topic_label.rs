//! The label of a topic: the places it is about, the phrase that says most of it, or both.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::entities::Entities;
use super::exclusions::Exclusions;
use super::naming::{Material, Name, name, overlap};
use super::publisher::Signatures;
use super::ranking::{Ranked, ranked};
use super::words::{Glance, Reading, Title, Units, Unnumbered, Word};
use crate::Headline;
use crate::text::{ENTITY_MARK, EntityId, Gazetteer};

/// Titles of a topic that are read for its label; more say nothing new.
const TITLES: usize = 200;
/// Titles taken apart at a time.
const BLOCK: usize = 4096;
/// Keywords given for a topic.
const KEYWORDS: usize = 8;

/// How a topic is presented.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Label {
    /// Short name; no two topics of one call share it.
    pub name: String,
    /// Phrases that set the topic apart, best first; none repeats a word of another.
    pub keywords: Vec<String>,
    /// Names of the entities in it, most frequent first.
    pub entities: Vec<String>,
}

/// Names topics, given as groups of titles, the most typical first. Groups named first have the first pick of names.
///
/// A phrase is worth the titles that have it times the rarity of its words in the other groups and in news at large
/// (as in class-based tf-idf, Grootendorst 2022, with a background).
pub fn label_topics(groups: &[Vec<&Headline>], exclusions: &Exclusions) -> Vec<Label> {
    let samples: Vec<&[&Headline]> = groups.iter().map(|group| &group[..group.len().min(TITLES)]).collect();
    let mut labeller = Labeller::learn(&samples).leaving_out(exclusions);
    let readings = labeller.read_all(&samples.concat());
    let mut topics: Vec<Vec<(&Headline, &Reading)>> = Vec::with_capacity(samples.len());
    let mut rest = readings.iter();
    for sample in &samples {
        topics.push(sample.iter().copied().zip(rest.by_ref()).collect());
    }
    let mut taken = Names::default();
    labeller.draft(&topics).iter().map(|draft| taken.label(draft)).collect()
}

/// What labels draw on: how words are used in the titles counted so far.
#[derive(Debug, Clone, Default)]
pub struct Labeller {
    signatures: Signatures,
    exclusions: Exclusions,
    units: Units,
    titles: usize,
}

impl Labeller {
    /// Learns from the titles of each topic how publishers sign. No title is counted yet.
    pub fn learn(topics: &[&[&Headline]]) -> Self {
        Self { signatures: Signatures::learn(topics), ..Self::default() }
    }

    /// Knows already how publishers sign.
    pub fn signed(signatures: BTreeSet<String>) -> Self {
        Self { signatures: Signatures::known(signatures), ..Self::default() }
    }

    /// Leaves words and names out of labels.
    pub fn leaving_out(self, exclusions: &Exclusions) -> Self {
        Self { exclusions: exclusions.clone(), ..self }
    }

    /// How publishers sign.
    pub fn signatures(&self) -> BTreeSet<String> {
        self.signatures.all()
    }

    /// Takes a title apart, which can be done ahead and in parallel.
    pub fn take_apart(&self, headline: &Headline, glance: Glance) -> Unnumbered {
        self.units.take_apart(headline, glance, &self.signatures, &self.exclusions)
    }

    /// Reads a title of the collection, as taken apart by this very labeller, and counts it.
    pub fn read(&mut self, headline: &Headline, title: Unnumbered) -> Reading {
        let reading = self.units.number(title);
        self.units.count(Title::new(headline, &reading));
        self.titles += 1;
        reading
    }

    /// Reads titles of the collection and counts them.
    pub fn read_all(&mut self, headlines: &[&Headline]) -> Vec<Reading> {
        let mut readings = Vec::with_capacity(headlines.len());
        // By blocks, so that most words are known when a title is taken apart.
        for block in headlines.chunks(BLOCK) {
            let take_apart = |headline: &&Headline| self.take_apart(headline, Glance::at(headline));
            let titles: Vec<Unnumbered> = block.par_iter().map(take_apart).collect();
            readings.extend(block.iter().zip(titles).map(|(headline, title)| self.read(headline, title)));
        }
        readings
    }

    /// Drafts labels for topics, given by their titles, the most typical first, with what was read of them.
    pub fn draft(&self, topics: &[Vec<(&Headline, &Reading)>]) -> Vec<Draft> {
        let (units, all) = (&self.units, self.titles);
        let draft = |topic: &Vec<(&Headline, &Reading)>| {
            let sample = topic.iter().take(TITLES);
            let titles: Vec<Title> =
                sample.map(|&(headline, reading)| Title::new(headline, reading)).collect();
            let entities = Entities::of(&titles, &self.exclusions);
            Draft::of(&titles, &entities, units, all, &self.exclusions)
        };
        topics.par_iter().map(draft).collect()
    }
}

/// What is known of a topic before its name is chosen.
#[derive(Debug)]
pub struct Draft {
    /// Possible names, best first, as written and what they say in any order.
    names: Vec<(String, String)>,
    keywords: Vec<String>,
    entities: Vec<String>,
}

impl Draft {
    fn of(titles: &[Title], entities: &Entities, units: &Units, all: usize, exclusions: &Exclusions) -> Self {
        let mut phrases = ranked(titles, units, all);
        phrases.iter_mut().for_each(|phrase| speak(phrase, entities, units));
        phrases.retain(|phrase| !exclusions.forbids(&phrase.text));
        let subject = entities.subject();
        let places = places(&subject, entities, units);
        let (with_place, mut phrases): (Vec<Ranked>, Vec<Ranked>) = phrases
            .into_iter()
            .partition(|phrase| places.as_ref().is_some_and(|places| overlap(places, &name(phrase), units)));
        let keywords = keywords(&phrases, titles.len(), units);
        let stands_for = |word: &Word| word.stands_for.is_some_and(|entity| subject.contains(&entity));
        phrases.retain(|phrase| !phrase.phrase.words(titles).iter().all(stands_for));
        let around_places = around_places(with_place, places.as_ref());
        let material = Material {
            units,
            places,
            phrases: &phrases,
            around_places: &around_places,
            titles: titles.len(),
        };
        let mut names = material.names();
        if names.iter().any(|name| exclusions.forbids(&name.text)) {
            // Parts that are no such name together may be one each.
            names.extend(material.parts());
            names.retain(|name| !exclusions.forbids(&name.text));
        }
        let names = names.iter().map(|name| (capitalised(&name.text), said(name, units))).collect();
        Self { names, keywords, entities: entities.names() }
    }
}

/// What a name says, whatever the order.
fn said(name: &Name, units: &Units) -> String {
    let mut keys: Vec<&str> = name.units.iter().map(|&unit| units.key(unit)).collect();
    keys.sort_unstable();
    keys.join(" ")
}

/// Gives an entity that stands alone the name that these titles call it by: not "Venezuelan".
fn speak(phrase: &mut Ranked, entities: &Entities, units: &Units) {
    if let [unit] = phrase.phrase.units[..]
        && let Some(code) = units.key(unit).strip_prefix(ENTITY_MARK)
        && let Some(entity) = Gazetteer::embedded().by_code(code)
    {
        phrase.text = entities.spoken_name(entity);
    }
}

/// The places of a subject as a name.
fn places(subject: &[EntityId], entities: &Entities, units: &Units) -> Option<Name> {
    let names: Vec<String> = subject.iter().map(|&entity| entities.spoken_name(entity)).collect();
    let codes = subject.iter().map(|&entity| &Gazetteer::embedded().entity(entity).code);
    let told = codes.filter_map(|code| units.find(&format!("{ENTITY_MARK}{code}"))).collect();
    (!names.is_empty()).then(|| Name { text: names.join("–"), units: told })
}

/// Longer phrases that begin with a place, if it is the only one.
fn around_places(mut phrases: Vec<Ranked>, places: Option<&Name>) -> Vec<Ranked> {
    phrases.retain(|phrase| {
        places.is_some_and(|places| {
            places.units.len() == 1
                && phrase.phrase.units.len() > 1
                && (phrase.phrase.units.starts_with(&places.units) || phrase.text.starts_with(&places.text))
        })
    });
    phrases
}

/// Best phrases of which no two share a word.
fn keywords(phrases: &[Ranked], titles: usize, units: &Units) -> Vec<String> {
    let mut kept: Vec<Name> = Vec::new();
    for phrase in phrases.iter().filter(|phrase| phrase.phrase.count() >= titles.min(2)).map(name) {
        if kept.iter().all(|other| !overlap(other, &phrase, units)) {
            kept.push(phrase);
        }
        if kept.len() == KEYWORDS {
            break;
        }
    }
    kept.into_iter().map(|name| name.text).collect()
}

/// Names that topics have, so that no two have the same.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub struct Names {
    /// In lower case, with what each says.
    taken: BTreeMap<String, String>,
    /// How many names say it.
    said: BTreeMap<String, u32>,
}

impl Names {
    /// A label with the first name of a draft that no other topic has, else the first with a number.
    pub fn label(&mut self, draft: &Draft) -> Label {
        let name = self.first_free(&draft.names);
        Label { name, keywords: draft.keywords.clone(), entities: draft.entities.clone() }
    }

    /// Gives a name back.
    pub fn release(&mut self, name: &str) {
        if let Some(said) = self.taken.remove(&name.to_lowercase())
            && let Some(count) = self.said.get_mut(&said)
        {
            *count -= 1;
            if *count == 0 {
                self.said.remove(&said);
            }
        }
    }

    fn first_free(&mut self, names: &[(String, String)]) -> String {
        let is_free = |(written, said): &&(String, String)| {
            !self.said.contains_key(said) && !self.taken.contains_key(&written.to_lowercase())
        };
        if let Some((written, said)) = names.iter().find(is_free) {
            self.take(written, said);
            return written.clone();
        }
        let (written, said) =
            names.first().cloned().unwrap_or_else(|| ("Untitled".to_owned(), String::new()));
        let plain = names.is_empty().then(|| written.clone());
        let numbered = (2..).map(|number| format!("{written} ({number})"));
        let free =
            plain.into_iter().chain(numbered).find(|name| !self.taken.contains_key(&name.to_lowercase()));
        let name = free.unwrap_or(written);
        self.take(&name, &said);
        name
    }

    fn take(&mut self, written: &str, said: &str) {
        self.taken.insert(written.to_lowercase(), said.to_owned());
        *self.said.entry(said.to_owned()).or_default() += 1;
    }
}

fn capitalised(phrase: &str) -> String {
    let mut characters = phrase.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headline(text: &str, source: Option<&str>) -> Headline {
        Headline {
            id: text.into(),
            text: text.into(),
            time: None,
            source: source.map(str::to_owned),
            url: None,
            lang: Some("en".into()),
        }
    }

    fn label(groups: &[&[&str]]) -> Vec<Label> {
        let headlines: Vec<Vec<Headline>> = groups
            .iter()
            .map(|group| group.iter().map(|text| headline(text, Some("Dock Post"))).collect())
            .collect();
        let groups: Vec<Vec<&Headline>> = headlines.iter().map(|group| group.iter().collect()).collect();
        label_topics(&groups, &Exclusions::default())
    }

    fn name_without(exclusions: &[&str], titles: &[&str]) -> String {
        let headlines: Vec<Headline> = titles.iter().map(|text| headline(text, None)).collect();
        label_topics(&[headlines.iter().collect()], &exclusions.iter().collect()).remove(0).name
    }

    /// The label of a topic in another language than English.
    fn foreign(lang: &str, titles: &[&str]) -> Label {
        let foreign = |text: &&str| Headline { lang: Some(lang.into()), ..headline(text, None) };
        let headlines: Vec<Headline> = titles.iter().map(foreign).collect();
        label_topics(&[headlines.iter().collect()], &Exclusions::default()).remove(0)
    }

    fn names(groups: &[&[&str]]) -> Vec<String> {
        label(groups).into_iter().map(|label| label.name).collect()
    }

    const FIRE: [&str; 4] = [
        "Deadly fire in Malta leaves dozens homeless",
        "Maltese minister visits scene of fire",
        "Why the fire in Malta spread so quickly",
        "Malta mourns dead of the fire",
    ];

    #[test]
    fn a_place_is_named_with_what_happens_there() {
        assert_eq!(names(&[&FIRE]), ["Malta fire"]);
    }

    #[test]
    fn places_are_called_what_titles_of_other_languages_call_them() {
        let declined = ["Пожар в порту Японии", "Порт Японии после пожара", "Власти Японии: пожар в порту"];
        assert!(foreign("ru", &declined).name.starts_with("Японии"));
        let capital =
            ["Brand im Hafen von Tokio", "Tokio: Hafen nach Brand", "Hafen von Tokio nach dem Brand"];
        assert!(foreign("de", &capital).name.contains("Tokio"));
    }

    #[test]
    fn elided_articles_and_verbs_of_other_languages_are_in_no_name() {
        let titles = [
            "L'incendie du port d'Ankhar est éteint",
            "Le port d'Ankhar remporte un prix après l'incendie",
            "L'incendie au port d'Ankhar",
        ];
        let label = foreign("fr", &titles);
        let said = std::iter::once(&label.name).chain(&label.keywords);
        assert!(said.clone().all(|said| !said.starts_with("l'") && !said.starts_with("L'")), "{label:?}");
        assert!(said.clone().all(|said| !said.contains("remporte") && !said.contains("est")), "{label:?}");
        assert!(said.clone().any(|said| said.contains("port d'Ankhar")), "{label:?}");
    }

    #[test]
    fn excluded_words_and_names_stand_in_no_label() {
        for exclusions in [&["fire"][..], &["malta fire"]] {
            let name = name_without(exclusions, &FIRE);
            assert!(name.starts_with("Malta") && !name.contains("fire"), "{name}");
        }
        for exclusions in [&["Malta"][..], &["MALTA", "Maltese"], &["malta", "nothing of the kind"]] {
            let name = name_without(exclusions, &FIRE);
            assert!(name.to_lowercase().contains("fire") && !name.contains("Malta"), "{name}");
        }
        let all: Vec<&str> = FIRE.iter().flat_map(|title| title.split(' ')).collect();
        assert_eq!(name_without(&all, &FIRE), "Untitled");
    }

    #[test]
    fn a_place_is_not_left_alone_where_a_few_titles_say_more() {
        let titles = [
            "Malta waits as an oil tanker drifts",
            "Oil tanker reaches Malta at last",
            "What the mayor of Malta knew",
            "Malta asks for patience",
            "Neighbours lose faith in Malta",
            "Malta turns to its allies",
        ];
        assert_eq!(names(&[&titles]), ["Malta oil tanker"]);
    }

    #[test]
    fn a_name_that_spans_the_place_is_kept_whole() {
        let titles =
            ["Kentucky State University student found safe", "Search at Kentucky State University ends"];
        assert_eq!(names(&[&titles]), ["Kentucky State University"]);
    }

    #[test]
    fn a_person_is_named_with_what_happens_to_them() {
        let titles = [
            "Governor pardons Ada Quill, former harbour master",
            "Why the pardon for Ada Quill divides the port",
            "Judge doubts pardon of Ada Quill",
        ];
        assert_eq!(names(&[&titles]), ["Ada Quill pardon"]);
    }

    #[test]
    fn title_case_makes_no_names_of_plain_words() {
        let titles = [
            "Ferry Strike Hits Every Port",
            "Ferry Strike Ends At Last",
            "Dockers join the ferry strike in port",
        ];
        assert_eq!(names(&[&titles]), ["Ferry strike"]);
    }

    #[test]
    fn the_publisher_is_no_part_of_the_news() {
        let titles = [
            "Harbour strike spreads - Dock Post",
            "Dock Post: harbour strike ends",
            "The harbour strike | Dock Post",
        ];
        let label = label(&[&titles]).remove(0);
        assert_eq!(label.name, "Harbour strike");
        assert!(label.keywords.iter().all(|keyword| !keyword.contains("Dock")), "{:?}", label.keywords);
    }

    #[test]
    fn keywords_repeat_no_word_in_another_form() {
        let titles = [
            "Printers idle as printing strike spreads",
            "Printing strike: printers talk to owners",
            "A printer on the strike and the owners",
        ];
        let keywords = label(&[&titles]).remove(0).keywords.join(" ").to_lowercase();
        assert_eq!(keywords.matches("print").count(), 1, "{keywords}");
        assert_eq!(keywords.matches("strike").count(), 1, "{keywords}");
    }

    #[test]
    fn a_place_in_the_name_is_no_keyword_in_another_form() {
        let keywords = label(&[&FIRE]).remove(0).keywords;
        assert!(keywords.iter().all(|keyword| !keyword.contains("Malt")), "{keywords:?}");
    }

    #[test]
    fn the_larger_topic_keeps_the_short_name() {
        let ferry = [
            "Malta ferry tax angers fleet",
            "Owners in Malta fight ferry tax",
            "No end to ferry tax in Malta",
        ];
        let flood = ["Malta counts cost", "What next for Malta"];
        let more = ["Malta waits for Harbour Inn owner", "Harbour Inn owner leaves Malta"];
        let names = names(&[&flood, &ferry, &more]);
        assert_eq!(names[0], "Malta");
        assert_eq!(names[1], "Malta ferry tax");
        assert!(names[2].starts_with("Malta") && names[2].contains("Harbour Inn"), "{names:?}");
    }

    #[test]
    fn names_differ_even_where_titles_do_not() {
        let titles = ["Owl nests in depot", "Owl nests in depot again"];
        let names: BTreeSet<String> = names(&[&titles, &titles, &titles]).into_iter().collect();
        assert_eq!(names.len(), 3);
    }

    #[test]
    fn lower_case_text_is_named_by_its_phrases() {
        let titles = ["ada quill sings harbour song", "ada quill tour", "crowd adores ada quill"];
        assert_eq!(names(&[&titles]), ["Ada quill"]);
    }

    #[test]
    fn order_of_groups_but_not_of_numbers_matters() {
        let other = ["Dam bursts above village", "Village below dam is safe"];
        let there = label(&[&FIRE, &other]);
        let back = label(&[&other, &FIRE]);
        assert_eq!((&there[0], &there[1]), (&back[1], &back[0]));
    }
}
