//! One way to compare words: without case, accents or punctuation.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Lower case, no accents, ligatures opened, every run of other characters one space.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut gap = false;
    for character in text.nfkd().filter(|character| !is_combining_mark(*character)) {
        for lower in character.to_lowercase() {
            let plain: &str = match lower {
                'œ' => "oe",
                'æ' => "ae",
                'ß' => "ss",
                'ø' => "o",
                _ if lower.is_alphanumeric() => {
                    if gap && !folded.is_empty() {
                        folded.push(' ');
                    }
                    gap = false;
                    folded.push(lower);
                    continue;
                }
                _ => {
                    gap = true;
                    continue;
                }
            };
            if gap && !folded.is_empty() {
                folded.push(' ');
            }
            gap = false;
            folded.push_str(plain);
        }
    }
    folded
}

/// The folded words of a text.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    fold(text).split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::{fold, words};

    #[test]
    fn case_accents_and_punctuation_do_not_count() {
        assert_eq!(fold("  L'Œuvre  Métallique, inc. "), "l oeuvre metallique inc");
        assert_eq!(fold("Cafe\u{301}"), "cafe");
        assert_eq!(words("Bois/carton"), ["bois", "carton"]);
    }
}
