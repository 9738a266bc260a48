//! Words of other alphabets in Latin letters, so that they can be cut into word pieces and names meet across scripts.

use std::borrow::Cow;

use super::tokenise::is_unspaced;

/// First letter past those of the Latin alphabets.
const PAST_LATIN: char = '\u{0250}';

/// `word` in lower-case ASCII letters if its alphabet is not the Latin one, much as newspapers spell foreign names:
/// "Билодид" is "bilodid". Else as it is, and so are the pairs of an unspaced script, of which sounds say too little.
pub fn romanised(word: &str) -> Cow<'_, str> {
    if is_latin(word) || word.contains(is_unspaced) {
        return Cow::Borrowed(word);
    }
    // A soft sign comes as an apostrophe, which no newspaper prints.
    let mut latin = any_ascii::any_ascii(word).to_lowercase();
    latin.retain(|c| c != '\'');
    Cow::Owned(latin)
}

/// Whether all letters of `word` are Latin.
pub(super) fn is_latin(word: &str) -> bool {
    word.chars().all(|letter| letter < PAST_LATIN || !letter.is_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_other_alphabets_turn_latin() {
        assert_eq!(romanised("Билодид"), "bilodid");
        assert_eq!(romanised("Мельбурн"), "melburn");
        assert_eq!(romanised("αθηνα"), "athina");
    }

    #[test]
    fn latin_letters_and_unspaced_scripts_stay() {
        assert!(matches!(romanised("Dončić"), Cow::Borrowed("Dončić")));
        assert!(matches!(romanised("aujourd\u{2019}hui"), Cow::Borrowed(_)));
        assert!(matches!(romanised("東京"), Cow::Borrowed("東京")));
    }
}
