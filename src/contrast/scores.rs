//! Final results of matches.

use super::title::Title;

/// A result: the larger number first, because titles name the winner or the loser first.
#[derive(Debug, Clone)]
pub(super) struct Score {
    result: (u16, u16),
    words: Box<str>,
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
pub(super) fn of(title: &Title<'_>) -> Vec<Score> {
    let scores: Vec<Score> = (0..title.words.len()).filter_map(|at| score_at(title, at)).collect();
    let says = |list: &[&str]| title.words.iter().any(|word| list.contains(&word.lower.as_str()));
    if !scores.is_empty() && says(&OUTCOMES) && !says(&OTHERWISE) { scores } else { Vec::new() }
}

fn score_at(title: &Title<'_>, at: usize) -> Option<Score> {
    let goals = |at: usize| title.lower(at).parse::<u16>().ok().filter(|&goals| goals < 1000);
    let joins = |at: usize| is_dash(title.gap_after(at));
    let is_part_of_more = at > 0 && joins(at - 1) || joins(at + 1);
    if !joins(at) || is_part_of_more {
        return None;
    }
    let (one, other) = (goals(at)?, goals(at + 1)?);
    Some(Score { result: (one.max(other), one.min(other)), words: title.between(at, at + 1).into() })
}

fn is_dash(gap: &str) -> bool {
    matches!(gap, "-" | "\u{2010}" | "\u{2011}" | "\u{2013}")
}

/// Two results, where the titles have none in common.
pub(super) fn contrast<'f>(a: &'f [Score], b: &'f [Score]) -> Option<(&'f str, &'f str)> {
    let (x, y) = (a.first()?, b.first()?);
    let share = a.iter().any(|x| b.iter().any(|y| x.result == y.result));
    (!share).then_some((&*x.words, &*y.words))
}

#[cfg(test)]
mod tests {
    use super::super::title::headline;
    use super::*;

    fn results(title: &str) -> Vec<(u16, u16)> {
        of(&Title::read(&headline(title))).iter().map(|score| score.result).collect()
    }

    #[test]
    fn results_are_read_whoever_is_named_first() {
        assert_eq!(results("Marlow beat Kettering 3-1"), [(3, 1)]);
        assert_eq!(results("Kettering lose 1\u{2013}3 to Marlow"), [(3, 1)]);
        assert_eq!(results("Novak beats Ruiz 6-4, 7-5"), [(6, 4), (7, 5)]);
    }

    #[test]
    fn ranges_dates_votes_and_scores_so_far_are_no_results() {
        for title in [
            "Mayor wins 5-4 court ruling",
            "Marlow lead 2-1, then win praise",
            "Marlow win on 3-12-2025",
            "Marlow win a 3-2-1 count",
            "Marlow 3-1 Kettering",
        ] {
            assert_eq!(results(title), [], "{title}");
        }
    }

    #[test]
    fn a_result_in_common_is_agreement() {
        let (a, b) = (headline("Marlow win 3-1"), headline("Marlow win 3-1 after 2-2 draw"));
        let c = headline("Marlow win 2-0");
        let [a, b, c] = [&a, &b, &c].map(|headline| of(&Title::read(headline)));
        assert_eq!(contrast(&a, &b), None);
        assert_eq!(contrast(&a, &c), Some(("3-1", "2-0")));
    }
}
