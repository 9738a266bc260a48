//! Final results of matches.

use super::title::Title;

/// A result: the larger number first, because titles name the winner or the loser first.
#[derive(Debug, Clone)]
pub(super) struct Score<'t> {
    result: (u16, u16),
    words: &'t str,
}

/// Words that make a score a result.
const OUTCOMES: [&str; 25] = [
    "beat", "beats", "beaten", "defeat", "defeats", "defeated", "win", "wins", "won", "victory", "thrash",
    "thrashes", "thrashed", "lose", "loses", "lost", "loss", "draw", "draws", "drew", "held", "edge",
    "edges", "rout", "stun",
];
/// Words that make it something else: a score so far, of a series, of a part, or a court's or a parliament's vote.
const OTHERWISE: [&str; 27] = [
    "lead",
    "leads",
    "leading",
    "trail",
    "trails",
    "ahead",
    "half",
    "live",
    "minute",
    "series",
    "aggregate",
    "agg",
    "record",
    "set",
    "sets",
    "penalties",
    "pens",
    "shootout",
    "vote",
    "votes",
    "court",
    "ruling",
    "rules",
    "senate",
    "house",
    "odds",
    "up",
];

/// The results that a title reports.
pub(super) fn of<'t>(title: &Title<'t>) -> Vec<Score<'t>> {
    let scores: Vec<Score<'t>> = (0..title.words.len()).filter_map(|at| score_at(title, at)).collect();
    let says = |list: &[&str]| title.words.iter().any(|word| list.contains(&word.lower.as_str()));
    if !scores.is_empty() && says(&OUTCOMES) && !says(&OTHERWISE) { scores } else { Vec::new() }
}

fn score_at<'t>(title: &Title<'t>, at: usize) -> Option<Score<'t>> {
    let goals = |at: usize| title.lower(at).parse::<u16>().ok().filter(|&goals| goals < 1000);
    let joins = |at: usize| is_dash(title.gap_after(at));
    let is_part_of_more = at > 0 && joins(at - 1) || joins(at + 1);
    if !joins(at) || is_part_of_more {
        return None;
    }
    let (one, other) = (goals(at)?, goals(at + 1)?);
    Some(Score { result: (one.max(other), one.min(other)), words: title.between(at, at + 1) })
}

fn is_dash(gap: &str) -> bool {
    matches!(gap, "-" | "\u{2010}" | "\u{2011}" | "\u{2013}")
}

/// Two results, where the titles have none in common.
pub(super) fn contrast<'t>(a: &[Score<'t>], b: &[Score<'t>]) -> Option<(&'t str, &'t str)> {
    let (x, y) = (a.first()?, b.first()?);
    let share = a.iter().any(|x| b.iter().any(|y| x.result == y.result));
    (!share).then_some((x.words, y.words))
}
