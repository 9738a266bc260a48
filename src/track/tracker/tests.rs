use super::*;
use crate::track::{Moved, State};

/// A tracker with its headlines, one a day at noon, fed with partitions written as one letter per headline.
struct History {
    tracker: Tracker,
    headlines: Vec<Headline>,
    ids: Vec<Option<Id>>,
    version: u64,
}

fn headline(number: usize) -> Headline {
    Headline {
        id: format!("h{number:02}"),
        text: format!("Ferry {number} is late"),
        time: None,
        source: None,
        url: None,
        lang: None,
    }
}

fn noon(day: i64) -> Timestamp {
    Timestamp::from_second(1_764_590_400 + day * 86_400).unwrap()
}

impl History {
    fn new() -> Self {
        let tracker = Tracker::new(SignedDuration::from_hours(72));
        Self { tracker, headlines: Vec::new(), ids: Vec::new(), version: 0 }
    }

    /// Follows a partition: each letter names the group of a headline, `.` none. New headlines have no time.
    fn then(&mut self, partition: &str) -> Vec<String> {
        self.then_at(partition, None)
    }

    /// Like [`then`](Self::then); new headlines are of noon of a day.
    fn then_at(&mut self, partition: &str, day: Option<i64>) -> Vec<String> {
        for number in self.headlines.len()..partition.len() {
            self.headlines.push(Headline { time: day.map(noon), ..headline(number) });
        }
        let mut labels: Vec<String> = Vec::new();
        let mut of_headlines = Vec::new();
        for letter in partition.chars().map(String::from) {
            of_headlines.push((letter != ".").then(|| {
                let at = labels.iter().position(|label| *label == letter).unwrap_or_else(|| {
                    labels.push(letter);
                    labels.len() - 1
                });
                u32::try_from(at).unwrap()
            }));
        }
        self.version += 1;
        let since = self.tracker.lineage().last();
        let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
        self.follow(&of_headlines, &labels);
        self.tracker.events_since(since).map(|event| told(event)).collect()
    }

    fn follow(&mut self, groups: &[Option<u32>], labels: &[&str]) -> Vec<Id> {
        let stamp = Stamp { version: self.version, at: noon(0), edit: None };
        let matched = self.tracker.identify(Level::Topic, (&self.ids, groups), labels.len(), &[]);
        let headlines: Vec<&Headline> = self.headlines.iter().collect();
        let (mut sizes, mut last) = (vec![0; labels.len()], vec![None; labels.len()]);
        for (group, headline) in groups.iter().zip(&headlines) {
            let Some(group) = group.map(|group| group as usize) else { continue };
            sizes[group] += 1;
            last[group] = last[group].max(headline.time);
        }
        self.tracker.record(&matched, labels, &sizes, &headlines, stamp);
        let newest = headlines.iter().filter_map(|headline| headline.time).max();
        for (group, &id) in matched.ids.iter().enumerate() {
            let present = Present { id, label: labels[group], size: sizes[group] };
            self.tracker.rest(present, last[group], newest, stamp);
        }
        self.ids = groups.iter().map(|group| group.map(|group| matched.ids[group as usize])).collect();
        matched.ids
    }

    fn resolve(&self, number: u32) -> (State, Vec<u32>) {
        let resolution = self.tracker.lineage().resolve(topic(number)).unwrap();
        (resolution.state, resolution.living.into_iter().map(Id::number).collect())
    }
}

fn topic(number: u32) -> Id {
    Id::new(Level::Topic, number)
}

/// An event in one line: number of the topic, name, size, what happened.
fn told(event: &Event) -> String {
    let numbers = |ids: &[Id]| ids.iter().map(|id| id.number().to_string()).collect::<Vec<_>>().join("+");
    let others = numbers(event.change.others());
    let what = match &event.change {
        Change::Grown { by } => format!(" by {by}"),
        Change::Renamed { from } => format!(" from {from}"),
        Change::Merged { moved, .. } | Change::Split { moved, .. } | Change::Moved { moved, .. } => {
            format!(" {} to {others}", moved.count)
        }
        Change::Shrunk { by } => format!(" by {by}"),
        Change::Dissolved { moved } => format!(" {}", moved.count),
        Change::Born | Change::Dormant | Change::Revived | Change::Archived => String::new(),
    };
    format!("{} {} ({}) {}{what}", event.id.number(), event.label, event.size, event.change.kind())
}

#[test]
fn groups_are_born_and_grow() {
    let mut history = History::new();
    assert_eq!(history.then("aab.b"), ["1 a (2) born", "2 b (2) born"]);
    assert_eq!(history.then("aabbba"), ["1 a (3) grown by 1", "2 b (3) grown by 1"]);
    assert_eq!(history.then("aabbba"), [""; 0]);
}

#[test]
fn a_swap_of_numbers_is_no_event() {
    let mut history = History::new();
    history.then("aabb");
    // The same groups, with the other one listed first.
    let ids = history.follow(&[1, 1, 0, 0].map(Some), &["b", "a"]);
    assert_eq!(ids, [topic(2), topic(1)]);
    assert_eq!(history.tracker.lineage().last(), 2);
}

#[test]
fn a_name_changes_while_the_id_stays() {
    let mut history = History::new();
    history.then("aaa");
    assert_eq!(history.then("bbb"), ["1 b (3) renamed from a"]);
}

#[test]
fn the_smaller_merges_into_the_larger() {
    let mut history = History::new();
    history.then("aabbb");
    assert_eq!(history.then("bbbbb"), ["1 a (0) merged 2 to 2", "2 b (5) grown by 2"]);
    assert_eq!(history.resolve(1), (State::Merged(topic(2)), vec![2]));
    assert_eq!(history.tracker.lineage().resolve(topic(1)).unwrap().label.as_ref(), "a");
}

#[test]
fn a_part_that_becomes_a_group_is_a_split() {
    let mut history = History::new();
    history.then("aaaaa");
    assert_eq!(history.then("aaabb"), ["2 b (2) born", "1 a (3) split 2 to 2"]);
    assert_eq!(history.resolve(1), (State::Active, vec![1]));
}

#[test]
fn one_headline_in_a_new_group_is_no_split() {
    let mut history = History::new();
    history.then("aaaa.");
    assert_eq!(history.then("aaabb"), ["2 b (2) born", "1 a (3) moved 1 to 2"]);
}

#[test]
fn a_group_whose_parts_others_took_is_split_into_them() {
    let mut history = History::new();
    history.then("aaabbbcccc");
    // Old b gives way: old a and old c share more with the groups that took its parts.
    assert_eq!(
        history.then("aaaaaccccc"),
        ["2 b (0) split 3 to 1+3", "1 a (5) grown by 2", "3 c (5) grown by 1"]
    );
    assert_eq!(history.resolve(2), (State::Split(vec![topic(1), topic(3)]), vec![1, 3]));
}

#[test]
fn some_headlines_move_between_groups_and_out_of_them() {
    let mut history = History::new();
    history.then("aaaabbbb");
    assert_eq!(
        history.then("aa.abbba"),
        ["1 a (4) moved 1 to ", "2 b (3) moved 1 to 1"],
        "what comes and what goes cancel out for a"
    );
    let event = history.tracker.lineage().event(4).unwrap();
    let moved = Moved { count: 1, headlines: vec!["h07".to_owned()] };
    assert_eq!(event.change, Change::Moved { to: Some(topic(1)), moved });
}

#[test]
fn a_group_dissolves_when_its_headlines_stand_alone_or_scatter() {
    let mut history = History::new();
    history.then("aabb");
    assert_eq!(history.then("..bb"), ["1 a (0) dissolved 2"]);
    assert_eq!(history.resolve(1), (State::Dissolved, vec![]));
    // Its headlines come together again, under a new id.
    assert_eq!(history.then("aabb"), ["3 a (2) born"]);

    let mut history = History::new();
    history.then("aaaaabbccddeeff");
    let told = history.then("bcdefbbccddeeff");
    assert_eq!(told[..6].iter().filter(|told| told.contains("1 a (0) moved 1 to")).count(), 5);
    assert_eq!(told[5], "1 a (0) dissolved 0");
}

#[test]
fn a_group_falls_asleep_and_wakes_with_news() {
    let mut history = History::new();
    assert_eq!(history.then_at("aa", Some(0)), ["1 a (2) born"]);
    assert_eq!(history.then_at("aabb", Some(3)), ["2 b (2) born"], "three days are not more than three days");
    assert_eq!(history.then_at("aabbb", Some(4)), ["2 b (3) grown by 1", "1 a (2) dormant"]);
    assert_eq!(history.resolve(1), (State::Dormant, vec![1]));
    assert_eq!(history.then_at("aabbba", Some(0)), ["1 a (3) grown by 1"], "old news wakes nobody up");
    assert_eq!(history.then_at("aabbbaa", Some(5)), ["1 a (4) grown by 1", "1 a (4) revived"]);
}

#[test]
fn a_chain_of_mergers_leads_to_the_living() {
    let mut history = History::new();
    history.then("aabbbcccccc");
    history.then("bbbbbcccccc");
    history.then("ccccccccccc");
    assert_eq!(history.resolve(1), (State::Merged(topic(2)), vec![3]));
    history.then("...........");
    assert_eq!(history.resolve(1), (State::Merged(topic(2)), vec![]));
    assert_eq!(history.tracker.lineage().resolve(topic(4)), None);
    assert_eq!(history.tracker.lineage().resolve(topic(0)), None);
}

#[test]
fn the_events_of_an_id_are_those_that_name_it() {
    let mut history = History::new();
    history.then("aabbb");
    history.then("bbbbb");
    history.then("cccccc");
    let lineage = history.tracker.lineage();
    let of = |number, since| -> Vec<String> {
        let life = lineage.life_of(topic(number), since, usize::MAX);
        life.events.into_iter().map(|event| told(event)).collect()
    };
    assert_eq!(of(1, 0), ["1 a (2) born", "1 a (0) merged 2 to 2"]);
    assert_eq!(of(2, 0)[..3], ["2 b (3) born", "1 a (0) merged 2 to 2", "2 b (5) grown by 2"]);
    assert_eq!(of(2, 4), ["2 c (6) renamed from b", "2 c (6) grown by 1"]);
    assert!(of(3, 0).is_empty());
}

#[test]
fn the_past_is_told_from_events() {
    let mut history = History::new();
    history.then_at("aabbb", Some(0));
    history.then_at("aabbbbc.", Some(9));
    history.then_at("bbbbb.cc", Some(9));
    let lineage = history.tracker.lineage();
    let past = |version| -> Vec<_> {
        let outlines = lineage.as_of(version).unwrap().at(Level::Topic).into_iter();
        outlines.map(|o| format!("{} {} ({}) {}", o.id.number(), o.label, o.size, o.state)).collect()
    };
    assert!(past(0).is_empty() && lineage.as_of(3).unwrap().at(Level::Story).is_empty());
    assert_eq!(past(1), ["2 b (3) active", "1 a (2) active"]);
    assert_eq!(past(2), ["2 b (4) active", "1 a (2) dormant", "3 c (1) active"]);
    assert_eq!(past(3), ["2 b (5) dormant", "3 c (2) active"]);
    assert_eq!(past(9), past(3));
}

/// Everything that can be asked of a lineage, by somebody who keeps what it forgot.
fn all_of(lineage: &Lineage, forgotten: &[Arc<Event>]) -> String {
    let events: Vec<&Arc<Event>> = forgotten.iter().chain(lineage.events_since(0)).collect();
    let mut all = format!("{} {:?}\n", lineage.last(), lineage.digest());
    events.iter().for_each(|event| all += &format!("{} {}\n", event.number, told(event)));
    for id in (1..=lineage.issued(Level::Topic)).map(topic) {
        let life = lineage.life_of(id, 0, usize::MAX);
        let mut of: Vec<u64> =
            forgotten.iter().filter(|e| e.ids().any(|named| named == id)).map(|e| e.number).collect();
        assert_eq!(of.last().copied().unwrap_or(0), life.earlier, "where to look further is known");
        of.extend(life.events.iter().map(|event| event.number));
        assert_eq!(lineage.events_naming(id), of.len());
        all += &format!("{id} {:?} {of:?}\n", lineage.resolve(id));
    }
    all
}

#[test]
fn what_is_forgotten_changes_nothing_but_where_it_is_read() {
    let partitions = [
        "aabbb",
        "aabbbcc",
        "bbbbbcc",
        "ddbbbcc",
        "ddbbbee.",
        "bbbbbbbb",
        "cccaabbb",
        "cccaabbbff",
        "xxxxxxxxxx",
    ];
    let mut whole = History::new();
    let mut wholes = Vec::new();
    for (day, partition) in partitions.iter().enumerate() {
        whole.then_at(partition, Some(day as i64));
        wholes.push((all_of(whole.tracker.lineage(), &[]), whole.tracker.lineage().as_of(whole.version)));
    }
    assert!(whole.tracker.lineage().last() > 20);
    for kept in [1, 2, 3, 7, 1_000] {
        let mut history = History::new();
        history.tracker.keep_events(kept);
        let mut forgotten = Vec::new();
        for (day, partition) in partitions.iter().enumerate() {
            history.then_at(partition, Some(day as i64));
            forgotten.extend(history.tracker.take_forgotten());
            let lineage = history.tracker.lineage();
            assert_eq!(lineage.forgotten(), lineage.last().saturating_sub(kept as u64));
            assert_eq!(all_of(lineage, &forgotten), wholes[day].0, "{kept} kept");
            for (version, (_, then)) in (1..).zip(&wholes[..=day]) {
                let is_reached = forgotten.last().is_none_or(|last| last.version < version);
                let past = lineage.as_of(version);
                assert!(past.is_none() || past == *then, "{kept} kept, version {version}");
                assert!(past.is_some() || !is_reached, "{kept} kept, version {version}");
            }

            let memory = rmp_serde::to_vec_named(&LineageMemory::of(lineage)).unwrap();
            let remembered: LineageMemory = rmp_serde::from_slice(&memory).unwrap();
            let mut tracker = Tracker::remembering(remembered, history.tracker.dormant_after).unwrap();
            tracker.keep_events(kept);
            assert_eq!(all_of(tracker.lineage(), &forgotten), wholes[day].0, "{kept} kept");
            assert_eq!(rmp_serde::to_vec_named(&LineageMemory::of(tracker.lineage())).unwrap(), memory);
            history.tracker = tracker;
        }
    }
}
