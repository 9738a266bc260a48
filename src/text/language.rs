//! The language of a title, as far as stemming and stop words need it.

use super::stop_words::{LISTS, stop_word_languages};
use super::tokenise::tokenise;
use crate::Headline;

/// Languages with stop words or a stemmer of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    /// Arabic.
    Arabic,
    /// Danish.
    Danish,
    /// Dutch.
    Dutch,
    /// English; also the default.
    English,
    /// Finnish.
    Finnish,
    /// French.
    French,
    /// German.
    German,
    /// Greek.
    Greek,
    /// Hungarian.
    Hungarian,
    /// Italian.
    Italian,
    /// Norwegian.
    Norwegian,
    /// Portuguese.
    Portuguese,
    /// Romanian.
    Romanian,
    /// Russian.
    Russian,
    /// Slovene: stop words, and first letters in place of a stemmer.
    Slovene,
    /// Spanish.
    Spanish,
    /// Swedish.
    Swedish,
    /// Turkish.
    Turkish,
    /// Any other: no stop words, and first letters in place of a stemmer.
    Other,
}

impl Language {
    /// The language of `headline` as its sender gave it, else a guess.
    pub fn of(headline: &Headline) -> Self {
        match &headline.lang {
            Some(code) => Self::from_code(code),
            None => Self::guess(&headline.text),
        }
    }

    /// The language with this ISO 639-1 code; a region after it is ignored.
    pub fn from_code(code: &str) -> Self {
        let primary = code.split(['-', '_']).next().unwrap_or(code);
        match primary.to_ascii_lowercase().as_str() {
            "ar" => Self::Arabic,
            "da" => Self::Danish,
            "nl" => Self::Dutch,
            "en" => Self::English,
            "fi" => Self::Finnish,
            "fr" => Self::French,
            "de" => Self::German,
            "el" => Self::Greek,
            "hu" => Self::Hungarian,
            "it" => Self::Italian,
            "no" | "nb" | "nn" => Self::Norwegian,
            "pt" => Self::Portuguese,
            "ro" => Self::Romanian,
            "ru" => Self::Russian,
            "sl" => Self::Slovene,
            "es" => Self::Spanish,
            "sv" => Self::Swedish,
            "tr" => Self::Turkish,
            _ => Self::Other,
        }
    }

    /// Guesses from the script, then from stop words: another language must show at least two more of its
    /// own than English does, because a wrong guess costs more than none.
    pub fn guess(title: &str) -> Self {
        if title.is_ascii() && !title.contains(' ') {
            return Self::English;
        }
        if let Some(language) = by_script(title) {
            return language;
        }
        let mut votes = [0u8; LISTS.len()];
        tokenise(title, |token| {
            for list in stop_word_languages(token.text) {
                votes[list] = votes[list].saturating_add(1);
            }
        });
        let english =
            LISTS.iter().position(|(language, _)| *language == Self::English).map_or(0, |at| votes[at]);
        let mut best = (english.saturating_add(1), Self::English);
        for (list, &count) in votes.iter().enumerate() {
            if count > best.0 {
                best = (count, LISTS[list].0);
            }
        }
        best.1
    }
}

fn by_script(title: &str) -> Option<Language> {
    title.chars().find(|c| c.is_alphabetic()).and_then(|first| match first {
        '\u{0370}'..='\u{03FF}' => Some(Language::Greek),
        '\u{0400}'..='\u{04FF}' => Some(Language::Russian),
        '\u{0600}'..='\u{06FF}' => Some(Language::Arabic),
        first if first > '\u{058F}' => Some(Language::Other),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hundreds_of_stop_words_are_not_too_many_to_count() {
        assert_eq!(Language::guess(&"the ".repeat(600)), Language::English);
    }

    #[test]
    fn codes_ignore_region_and_case() {
        assert_eq!(Language::from_code("pt-BR"), Language::Portuguese);
        assert_eq!(Language::from_code("EN_gb"), Language::English);
        assert_eq!(Language::from_code("eu"), Language::Other);
    }

    #[test]
    fn guesses_by_script_and_stop_words() {
        assert_eq!(Language::guess("Министр едет в порт"), Language::Russian);
        assert_eq!(Language::guess("El ministro de la isla que no habla con los medios"), Language::Spanish);
        assert_eq!(Language::guess("Der Minister und die Insel sind nicht auf der Karte"), Language::German);
        assert_eq!(Language::guess("Minister visits island as storm nears"), Language::English);
        assert_eq!(Language::guess("minister island storm"), Language::English);
    }
}
