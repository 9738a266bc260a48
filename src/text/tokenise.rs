//! Splits a title into words, keeping where each stood.

use unicode_normalization::char::is_combining_mark;

/// One word of a title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    /// The word as it stands in the title, without a possessive ending.
    pub text: &'a str,
    /// Byte offset of the word in the title.
    pub start: usize,
}

/// Calls `visit` with each word of `title`, in order.
///
/// A word is a run of letters and digits. Apostrophes inside a word, decimal points and thousands commas
/// between digits and the dots of an initialism ("U.S.") belong to it; hyphens and dashes separate.
/// Scripts written without spaces (Han, kana, Thai) give overlapping pairs of characters, the usual unit
/// of retrieval for them.
pub fn tokenise<'a>(title: &'a str, mut visit: impl FnMut(Token<'a>)) {
    let mut rest = title;
    while let Some(start) = rest.find(is_word_char) {
        let offset = title.len() - rest.len() + start;
        let word = &rest[start..];
        if word.starts_with(is_unspaced) {
            let run = word.find(|c| !is_unspaced(c)).unwrap_or(word.len());
            pairs(&word[..run], offset, &mut visit);
            rest = &word[run..];
        } else {
            let end = word_end(word);
            visit(Token { text: without_possessive(&word[..end]), start: offset });
            rest = &word[end..];
        }
    }
}

fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

/// Whether the script of `c` is written without spaces between words.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{0E00}'..='\u{0E7F}' | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{02BC}')
}

/// Byte length of the word at the start of `text`.
fn word_end(text: &str) -> usize {
    if let Some(end) = initialism_end(text) {
        return end;
    }
    let mut end = 0;
    let mut last = ' ';
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        let next = characters.peek().map_or(' ', |&(_, next)| next);
        let joins = (is_apostrophe(c) && next.is_alphanumeric())
            || (matches!(c, '.' | ',') && last.is_ascii_digit() && next.is_ascii_digit());
        if !(joins || is_word_char(c)) || is_unspaced(c) {
            break;
        }
        end = at + c.len_utf8();
        last = c;
    }
    end
}

/// Byte length of an initialism such as "U.S." or "a.i" at the start of `text`: single letters, each but
/// perhaps the last with a dot.
fn initialism_end(text: &str) -> Option<usize> {
    let mut end = 0;
    let mut letters = 0;
    let mut characters = text.char_indices().peekable();
    while let Some((at, letter)) = characters.next() {
        if !letter.is_alphabetic() {
            break;
        }
        match characters.peek() {
            Some(&(dot, '.')) => {
                characters.next();
                end = dot + 1;
                letters += 1;
            }
            Some(&(_, next)) if is_word_char(next) => break,
            _ if letters > 0 => {
                end = at + letter.len_utf8();
                letters += 1;
                break;
            }
            _ => break,
        }
    }
    (letters > 1).then_some(end)
}

fn without_possessive(word: &str) -> &str {
    let Some(stem) = word.strip_suffix(['s', 'S']) else { return word };
    stem.strip_suffix(is_apostrophe).unwrap_or(word)
}

fn pairs<'a>(run: &'a str, offset: usize, visit: &mut impl FnMut(Token<'a>)) {
    let mut ends = run.char_indices().map(|(at, c)| at + c.len_utf8());
    let Some(mut middle) = ends.next() else { return };
    let mut start = 0;
    let mut alone = true;
    for end in ends {
        visit(Token { text: &run[start..end], start: offset + start });
        start = middle;
        middle = end;
        alone = false;
    }
    if alone {
        visit(Token { text: run, start: offset });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(title: &str) -> Vec<&str> {
        let mut found = Vec::new();
        tokenise(title, |token| {
            assert_eq!(&title[token.start..token.start + token.text.len()], token.text);
            found.push(token.text);
        });
        found
    }

    #[test]
    fn splits_on_hyphens_and_dashes_but_not_inside_numbers() {
        assert_eq!(
            words("Anti-drug raid – 1,250 held, 3.5m seized"),
            ["Anti", "drug", "raid", "1,250", "held", "3.5m", "seized"]
        );
    }

    #[test]
    fn keeps_initialisms_and_drops_possessives() {
        assert_eq!(
            words("U.S.–Oman talks: Muscat’s view of A.I."),
            ["U.S.", "Oman", "talks", "Muscat", "view", "of", "A.I."]
        );
        assert_eq!(words("Ministers' don't"), ["Ministers", "don't"]);
    }

    #[test]
    fn a_sentence_that_ends_in_one_letter_is_no_initialism() {
        assert_eq!(words("Plan B. Then more"), ["Plan", "B", "Then", "more"]);
    }

    #[test]
    fn unspaced_scripts_give_pairs() {
        assert_eq!(words("東京五輪 2021"), ["東京", "京五", "五輪", "2021"]);
        assert_eq!(words("茶"), ["茶"]);
    }

    #[test]
    fn nothing_comes_of_punctuation() {
        assert!(words(" …—!? ").is_empty());
    }
}
