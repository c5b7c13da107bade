//! One way to compare words: without case, accents or punctuation.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Lower case, no accents, ligatures opened, every run of other characters one space.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut gap = false;
    for character in text.chars() {
        // Most letters are plain: decomposition is for the others.
        if character.is_ascii() {
            push(&mut folded, &mut gap, character.to_ascii_lowercase());
            continue;
        }
        let parts = std::iter::once(character).nfkd().filter(|part| !is_combining_mark(*part));
        for lower in parts.flat_map(char::to_lowercase) {
            match lower {
                'œ' => push_all(&mut folded, &mut gap, "oe"),
                'æ' => push_all(&mut folded, &mut gap, "ae"),
                'ß' => push_all(&mut folded, &mut gap, "ss"),
                'ø' => push_all(&mut folded, &mut gap, "o"),
                lower => push(&mut folded, &mut gap, lower),
            }
        }
    }
    folded
}

fn push(folded: &mut String, gap: &mut bool, lower: char) {
    if !lower.is_alphanumeric() {
        *gap = true;
        return;
    }
    if *gap && !folded.is_empty() {
        folded.push(' ');
    }
    *gap = false;
    folded.push(lower);
}

fn push_all(folded: &mut String, gap: &mut bool, letters: &str) {
    for letter in letters.chars() {
        push(folded, gap, letter);
    }
}

/// Folded, each word without the marks of gender and number: `réalisées` and `Réalisé` are one.
#[must_use]
pub fn agreed(text: &str) -> String {
    let bare = |word: &str| {
        let word = word.strip_suffix(['s', 'x']).filter(|_| word.len() > 3).unwrap_or(word);
        let masculine =
            word.strip_suffix('e').filter(|rest| word.len() > 3 && rest.ends_with(['e', 'i', 'u']));
        masculine.unwrap_or(word).to_owned()
    };
    fold(text).split(' ').map(bare).collect::<Vec<_>>().join(" ")
}

/// The folded words of a text.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    fold(text).split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::{agreed, fold, words};

    #[test]
    fn case_accents_and_punctuation_do_not_count() {
        assert_eq!(fold("  L'Œuvre  Métallique, inc. "), "l oeuvre metallique inc");
        assert_eq!(fold("Cafe\u{301}"), "cafe");
        assert_eq!(words("Bois/carton"), ["bois", "carton"]);
        for spelling in ["Réalisé", "réalisée", "REALISES", "Réalisées"] {
            assert_eq!(agreed(spelling), "realise");
        }
        assert_eq!(agreed("conclue"), agreed("Conclus"));
        assert_ne!(agreed("active"), agreed("actif"));
    }
}
