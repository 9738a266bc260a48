//! Titles as wholes.

use unicode_normalization::UnicodeNormalization;

/// The form in which two titles count as identical: compatibility characters unified, lower case, nothing
/// but letters and digits with single spaces between words. A title without any keeps its characters.
pub fn normalised_title(title: &str) -> String {
    let mut normalised = String::with_capacity(title.len());
    let mut add = |c: char| {
        if c.is_alphanumeric() {
            normalised.push(c);
        } else if !normalised.ends_with(' ') && !matches!(c, '\'' | '\u{2019}') {
            normalised.push(' ');
        }
    };
    match title.is_ascii() {
        true => title.chars().for_each(|c| add(c.to_ascii_lowercase())),
        false => title.nfkc().flat_map(char::to_lowercase).for_each(add),
    }
    let trimmed = normalised.trim();
    if trimmed.is_empty() { title.trim().to_owned() } else { trimmed.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn casing_punctuation_and_spacing_do_not_tell_titles_apart() {
        let wanted = "mayors plan ferry to stay in port";
        assert_eq!(normalised_title("Mayor’s plan:  ferry to ‘stay in port’"), wanted);
        assert_eq!(normalised_title("MAYOR'S PLAN – FERRY TO STAY IN PORT"), wanted);
        assert_ne!(normalised_title("Mayor's plan: ferry to stay"), wanted);
    }

    #[test]
    fn titles_of_signs_alone_are_kept_apart() {
        assert_ne!(normalised_title("?!"), normalised_title("…"));
    }
}
