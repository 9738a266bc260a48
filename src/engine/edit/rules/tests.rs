use super::*;

const S: Level = Level::Story;
const T: Level = Level::Topic;

/// Demands, one after the other; each gives the edits that came to nothing by it.
#[derive(Default)]
struct Demands(Rules, u64, Pinned);

impl Demands {
    fn add(&mut self, act: Act) -> Vec<u64> {
        self.1 += 1;
        self.0.add(self.1, &act, &|row| row < 90, &self.2).into_iter().collect()
    }

    fn bind(&mut self, level: Level, movers: &[u32], anchors: &[u32]) -> Vec<u64> {
        self.add(Act::Bond { level, movers: movers.to_vec(), anchors: anchors.to_vec(), whole: false })
    }

    fn merge(&mut self, level: Level, movers: &[u32], anchors: &[u32]) -> Vec<u64> {
        self.add(Act::Bond { level, movers: movers.to_vec(), anchors: anchors.to_vec(), whole: true })
    }

    fn part(&mut self, level: Level, movers: &[u32], others: &[u32]) -> Vec<u64> {
        self.add(Act::Wall { level, movers: movers.to_vec(), others: others.to_vec() })
    }

    fn classes(&self, level: Level) -> Vec<Vec<u32>> {
        self.0.classes(level, &|row| row < 90, &self.2, |row| row).members()
    }

    fn walls(&self, level: Level) -> Vec<(Vec<u32>, Vec<u32>)> {
        self.0.walls_at(level).map(|(_, wall)| (wall.movers.clone(), wall.others.clone())).collect()
    }
}

#[test]
fn a_text_is_bound_to_the_first_anchor_that_is_there() {
    let mut demands = Demands::default();
    demands.bind(S, &[1], &[95, 7, 3]);
    assert_eq!(demands.classes(S), [[1, 7]]);
    assert_eq!(demands.classes(T), [[1, 7]], "one story is of one topic");
    demands.bind(T, &[2], &[8]);
    assert_eq!(demands.classes(S), [[1, 7]]);
    assert_eq!(demands.classes(T), [[1, 7], [2, 8]]);
}

#[test]
fn whoever_is_moved_again_forgets_where_it_was() {
    let mut demands = Demands::default();
    demands.bind(S, &[1], &[5, 6]);
    assert_eq!(demands.bind(S, &[1], &[7]), [1]);
    assert_eq!(demands.classes(S), [[1, 7]]);
    assert_eq!(demands.bind(S, &[1], &[8, 7]), [0; 0], "the same place, told otherwise");
}

#[test]
fn of_a_merger_only_what_a_later_edit_names_is_let_go() {
    let mut demands = Demands::default();
    demands.merge(T, &[1, 2, 3], &[11, 12]);
    assert_eq!(demands.bind(S, &[2], &[20]), [0; 0]);
    assert_eq!(demands.classes(T), [vec![1, 3, 11, 12], vec![2, 20]]);
    assert_eq!(demands.part(T, &[1, 3], &[11, 12]), [1]);
    assert_eq!(demands.classes(T), [[2, 20]]);
}

#[test]
fn walls_and_bonds_of_later_edits_go_before() {
    let mut demands = Demands::default();
    demands.bind(S, &[1], &[2]);
    demands.bind(S, &[3], &[2]);
    assert_eq!(demands.part(S, &[1], &[3]), [1], "over a third as well");
    assert_eq!(demands.bind(S, &[3], &[1]), [2, 3]);
    assert_eq!((demands.classes(S), demands.walls(S)), (vec![vec![1, 3]], vec![]));
}

#[test]
fn what_is_no_topic_is_no_story_but_not_the_other_way_round() {
    let mut demands = Demands::default();
    demands.part(T, &[1], &[2]);
    demands.part(S, &[3], &[4]);
    assert_eq!((demands.walls(S).len(), demands.walls(T).len()), (2, 1));
    assert_eq!(demands.bind(T, &[3], &[4]), [0; 0], "two stories of one topic");
    assert_eq!(demands.bind(S, &[1], &[2]), [1]);
}

#[test]
fn a_wall_falls_only_where_something_went_through_it() {
    let mut demands = Demands::default();
    demands.part(T, &[1, 2], &[3, 4]);
    assert_eq!(demands.bind(T, &[2], &[3]), [0; 0]);
    assert_eq!(demands.walls(T), [(vec![1], vec![3, 4])]);
}

#[test]
fn who_stands_alone_is_bound_to_nothing() {
    let mut demands = Demands::default();
    demands.bind(S, &[1], &[2]);
    assert_eq!(demands.add(Act::Loose { row: 1 }), [1]);
    assert!(demands.0.is_loose(1) && demands.classes(S).is_empty());
    assert_eq!(demands.bind(S, &[3], &[1]), [2], "until somebody is sent there");
    assert!(!demands.0.is_loose(1));
}

#[test]
fn an_anchor_behind_a_wall_is_passed_over() {
    let mut demands = Demands::default();
    demands.bind(S, &[1], &[95, 7, 8]);
    demands.part(S, &[7], &[1]);
    assert_eq!(demands.classes(S), [[1, 8]]);
}

#[test]
fn what_is_pinned_follows_no_anchor_out() {
    let mut demands = Demands::default();
    let id = Id::new(T, 1);
    demands.bind(T, &[1], &[95, 7, 8]);
    [1, 8, 9].iter().for_each(|&row| demands.2.hold(id, row));
    assert_eq!(demands.classes(T), [[1, 8]]);
    demands.bind(S, &[2], &[95, 7]);
    assert_eq!(demands.classes(S), [[2, 7]], "what no pin holds goes where it was sent");
}

#[test]
fn what_contradicts_a_new_demand_by_a_pin_alone_gives_way() {
    let mut demands = Demands::default();
    let id = Id::new(T, 1);
    [5, 6].iter().for_each(|&row| demands.2.hold(id, row));
    demands.part(T, &[1], &[5]);
    demands.part(S, &[2], &[5]);
    assert_eq!(demands.bind(S, &[1], &[6]), [1], "the fifth is where the sixth is");
    assert_eq!(demands.bind(S, &[2], &[6]), [0; 0], "another story of the same topic");
    assert_eq!(demands.bind(T, &[3], &[5]), [0; 0]);
    assert_eq!(demands.part(T, &[3], &[1]), [5], "both are where the pinned ones are");
}

#[test]
fn rows_that_are_gone_take_their_demands_along() {
    let mut demands = Demands::default();
    demands.bind(S, &[1], &[2]);
    demands.part(S, &[3], &[4]);
    demands.add(Act::Loose { row: 5 });
    demands.merge(T, &[6], &[7]);
    let mut rows: Vec<u32> = (0..8).collect();
    for gone in [2, 4, 5] {
        rows[gone] = u32::MAX;
    }
    (rows[6], rows[7]) = (2, 3);
    demands.0.renumber(&rows);
    assert!(
        demands.classes(S).is_empty() && demands.walls(S).is_empty() && demands.0.loose().next().is_none()
    );
    assert_eq!(demands.classes(T), [[2, 3]]);
}

#[test]
fn names_and_pins_replace_those_of_before() {
    let mut demands = Demands::default();
    let id = Id::new(T, 1);
    demands.add(Act::Name { id, label: Some("Docks".to_owned()) });
    assert_eq!(demands.add(Act::Name { id, label: None }), [1]);
    assert_eq!(demands.0.name(id), None);
    demands.add(Act::Pin { id, pinned: true });
    assert!(demands.0.is_pinned(id));
    assert_eq!(demands.add(Act::Pin { id, pinned: false }), [3]);
    assert!(demands.0.are_none());
}
