//! Words of French and Italian that follow one without its last vowel: `l'or`, `dell'oro`.

use super::Language;

/// `word` without the article, preposition or conjunction elided before it in French and Italian; in other languages as it
/// is. What stands only before verbs goes only from words in lower case: the footballer N'Golo keeps his name.
pub(crate) fn without_elision(word: &str, language: Language) -> &str {
    if !matches!(language, Language::French | Language::Italian) {
        return word;
    }
    let Some((before, after)) = word.split_once(['\'', '\u{2019}', '\u{02BC}']) else { return word };
    let is_elided = match before.to_lowercase().as_str() {
        "l" | "d" | "qu" | "jusqu" | "lorsqu" | "puisqu" => true,
        "un" | "all" | "dall" | "dell" | "nell" | "sull" => true,
        "c" | "j" | "m" | "n" | "s" | "t" => after.starts_with(char::is_lowercase),
        _ => false,
    };
    if is_elided { after } else { word }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_elided_goes() {
        let french = |word| without_elision(word, Language::French);
        assert_eq!(
            ["l'or", "d\u{2019}Agb\u{E9}n\u{E9}", "n'ira"].map(french),
            ["or", "Agb\u{E9}n\u{E9}", "ira"]
        );
        assert_eq!(["aujourd'hui", "N'Golo", "or"].map(french), ["aujourd'hui", "N'Golo", "or"]);
        assert_eq!(without_elision("dell'oro", Language::Italian), "oro");
        assert_eq!(without_elision("d'Orsay", Language::English), "d'Orsay");
    }
}
