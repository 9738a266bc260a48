//! Which titles are nearly those of an earlier one: a wire text that a desk has touched up.

use rustc_hash::FxHashMap;

use crate::text::{Token, tokenise};

/// Least Jaccard similarity of the word sets of two titles, as a fraction.
const SIMILAR: (usize, usize) = (4, 5);
/// A title that goes on after the end of another: words the shorter must have, and most words added.
const STEM: usize = 5;
const ADDED: usize = 4;
/// Most earlier titles that one is compared with for each word it is looked up by, so that cost stays linear.
const COMPARED: usize = 32;

/// Of distinct normalised titles, in order, says for each whether it is near-identical to an earlier one that is not
/// itself so:
///
/// - at least four fifths of the words of both are shared, and the same numbers stand in both, as different figures
///   are different news; or
/// - it is the other, of at least five words, with up to four words put after it or taken from its end.
///
/// Candidates share one of the rarest words of each, as many as the similarity leaves room for to differ (prefix
/// filtering: Chaudhuri, Ganti & Kaushik, ICDE 2006), or their first five words. At most 32 are compared for each,
/// the earliest.
pub(super) fn near_identical(titles: &[&str]) -> Vec<bool> {
    let texts = number_words(titles);
    let mut by_word: FxHashMap<u32, Vec<usize>> = FxHashMap::default();
    let mut by_stem: FxHashMap<&[u32], Vec<usize>> = FxHashMap::default();
    let mut near = Vec::with_capacity(texts.len());
    for (at, text) in texts.iter().enumerate() {
        let stem = text.words.get(..STEM);
        let same_stem = stem.and_then(|stem| by_stem.get(stem)).into_iter().flatten().take(COMPARED);
        let prefix = &text.set[..text.prefix()];
        let same_word = prefix.iter().flat_map(|word| by_word.get(word).into_iter().flatten().take(COMPARED));
        let found = same_stem.clone().any(|&other| text.continues(&texts[other]))
            || same_word.clone().any(|&other| text.resembles(&texts[other]));
        near.push(found);
        if found {
            continue;
        }
        for &word in prefix {
            by_word.entry(word).or_default().push(at);
        }
        if let Some(stem) = stem {
            by_stem.entry(stem).or_default().push(at);
        }
    }
    near
}

/// The words of a title, numbered so that rarer ones come first.
struct Text {
    /// As they stand.
    words: Vec<u32>,
    /// Each once, rarest first.
    set: Vec<u32>,
    /// Those with digits, ascending, each once.
    numbers: Vec<u32>,
}

impl Text {
    /// How many of the rarest words two similar titles cannot differ in all.
    fn prefix(&self) -> usize {
        let shared = (self.set.len() * SIMILAR.0).div_ceil(SIMILAR.1);
        (self.set.len() - shared + 1).min(self.set.len())
    }

    fn resembles(&self, other: &Self) -> bool {
        let shared = shared(&self.set, &other.set);
        let either = self.set.len() + other.set.len() - shared;
        shared * SIMILAR.1 >= either * SIMILAR.0 && self.numbers == other.numbers
    }

    fn continues(&self, other: &Self) -> bool {
        let (short, long) = if self.words.len() < other.words.len() { (self, other) } else { (other, self) };
        long.words.len() - short.words.len() <= ADDED && long.words.starts_with(&short.words)
    }
}

/// Words of all titles as numbers: by the number of titles they are in, then by themselves.
fn number_words(titles: &[&str]) -> Vec<Text> {
    let (titles, words) = list_words(titles);
    let mut order: Vec<u32> = (0..words.len() as u32).collect();
    let rank = |word: &u32| (words[*word as usize].titles, words[*word as usize].text);
    order.sort_unstable_by_key(rank);
    let mut numbers = vec![0; words.len()];
    order.iter().zip(0..).for_each(|(&word, number)| numbers[word as usize] = number);
    let has_digits: Vec<bool> = order.iter().map(|&word| words[word as usize].has_digits()).collect();
    let text = |title: Vec<u32>| {
        let words: Vec<u32> = title.into_iter().map(|word| numbers[word as usize]).collect();
        let mut set = words.clone();
        set.sort_unstable();
        set.dedup();
        let numbers = set.iter().copied().filter(|&word| has_digits[word as usize]).collect();
        Text { words, set, numbers }
    };
    titles.into_iter().map(text).collect()
}

/// A word of some titles.
struct Word<'a> {
    text: &'a str,
    /// How many titles it is in, and the last of them.
    titles: usize,
    last: usize,
}

impl Word<'_> {
    fn has_digits(&self) -> bool {
        self.text.bytes().any(|byte| byte.is_ascii_digit())
    }
}

/// The words of each title, as places in the list of all there are.
fn list_words<'a>(titles: &[&'a str]) -> (Vec<Vec<u32>>, Vec<Word<'a>>) {
    let mut places: FxHashMap<&str, u32> = FxHashMap::default();
    let mut words: Vec<Word<'a>> = Vec::new();
    let mut list = |(at, title): (usize, &&'a str)| {
        let mut listed = Vec::new();
        tokenise(title, |Token { text, .. }| {
            let place = *places.entry(text).or_insert_with(|| {
                words.push(Word { text, titles: 0, last: usize::MAX });
                words.len() as u32 - 1
            });
            let word = &mut words[place as usize];
            if word.last != at {
                (word.titles, word.last) = (word.titles + 1, at);
            }
            listed.push(place);
        });
        listed
    };
    let titles = titles.iter().enumerate().map(&mut list).collect();
    (titles, words)
}

/// Members of both ascending lists.
fn shared(a: &[u32], b: &[u32]) -> usize {
    let (mut at, mut other, mut shared) = (0, 0, 0);
    while at < a.len() && other < b.len() {
        match a[at].cmp(&b[other]) {
            std::cmp::Ordering::Less => at += 1,
            std::cmp::Ordering::Greater => other += 1,
            std::cmp::Ordering::Equal => {
                (at, other, shared) = (at + 1, other + 1, shared + 1);
            }
        }
    }
    shared
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::normalised_title;

    fn near(titles: &[&str]) -> Vec<bool> {
        let titles: Vec<String> = titles.iter().map(|title| normalised_title(title)).collect();
        near_identical(&titles.iter().map(String::as_str).collect::<Vec<_>>())
    }

    #[test]
    fn a_word_changed_in_a_long_title_is_near_identical() {
        let title = "Harbour strike enters second week as dockers reject latest pay offer";
        assert_eq!(near(&[title, &title.replace("latest", "final")]), [false, true]);
        assert_eq!(near(&[title, &title.replace("Harbour strike", "Strike at harbour")]), [false, true]);
        assert_eq!(near(&[title, &title.replace("reject latest pay", "welcome new wage")]), [false, false]);
    }

    #[test]
    fn other_figures_are_other_news() {
        let counted = "Flood in delta leaves 12 villages without power for second day";
        assert_eq!(near(&[counted, &counted.replace("12", "40")]), [false, false]);
        assert_eq!(near(&[counted, &counted.replace("second", "another")]), [false, true]);
    }

    #[test]
    fn a_title_that_goes_on_is_near_identical_either_way_round() {
        let short = "Owl nests in tram depot";
        let long = "Owl nests in tram depot, reports Island Echo";
        assert_eq!(near(&[short, long]), [false, true]);
        assert_eq!(near(&[long, short]), [false, true]);
        assert_eq!(
            near(&[short, "Owl nests in tram depot and keeps all night buses off the road"]),
            [false; 2]
        );
        assert_eq!(near(&["Owl nests in depot", "Owl nests in depot, reports Island Echo"]), [false; 2]);
    }

    #[test]
    fn each_is_measured_against_those_that_stand_alone() {
        // Each differs from the one before in one word of eleven; the third from the first in two.
        let titles = [
            "Mayor opens longest bridge in valley after nine years of delay today",
            "Mayor opens longest bridge in valley after nine years of quarrel today",
            "Governor opens longest bridge in valley after nine years of quarrel today",
            "Governor opens widest bridge in valley after nine years of quarrel today",
        ];
        assert_eq!(near(&titles), [false, true, false, true]);
    }

    #[test]
    fn scripts_without_spaces_are_compared_by_pairs() {
        assert_eq!(
            near(&["東京湾で大型フェリーが座礁し乗客が避難", "東京湾で大型フェリーが座礁し乗客は避難"]),
            [false, true]
        );
        assert_eq!(near(&["東京湾で大型フェリーが座礁", "大阪の市長が辞任を表明"]), [false, false]);
    }

    #[test]
    fn titles_without_words_resemble_nothing() {
        assert_eq!(near(&["?!", "…", "tide", ""]), [false; 4]);
    }

    proptest! {
        /// The rarest words find every pair that comparing all would.
        #[test]
        fn looking_up_misses_nothing(titles in prop::collection::vec(prop::collection::vec(0..12u8, 1..12), 1..12)) {
            let spelt = |words: &Vec<u8>| -> String {
                words.iter().flat_map(|word| [char::from(b'a' + word), ' ']).collect()
            };
            let titles: Vec<String> = titles.iter().map(spelt).collect();
            let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
            let texts = number_words(&titles);
            let mut alone: Vec<usize> = Vec::new();
            let mut wanted = Vec::new();
            for (at, text) in texts.iter().enumerate() {
                let near = alone.iter().any(|&other| {
                    let other = &texts[other];
                    let stems = text.words.len().min(other.words.len()) >= STEM;
                    text.resembles(other) || (stems && text.continues(other))
                });
                wanted.push(near);
                if !near {
                    alone.push(at);
                }
            }
            prop_assert_eq!(near_identical(&titles), wanted);
        }
    }
}
