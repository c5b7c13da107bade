//! Words that are written as one: `ParcQuirmelon`, `Quirmelon2026`.

use unicode_normalization::char::is_combining_mark;

/// The text with a space where a capital begins a word and where letters and digits meet, when there is such
/// a place. A word of hexadecimal digits is a checksum, and holds any number.
pub(super) fn cut(text: &str) -> Option<String> {
    let is_between = |sign: char| !sign.is_alphanumeric() && (sign.is_ascii() || !is_combining_mark(sign));
    let mut found = String::with_capacity(text.len() + text.len() / 8);
    for piece in text.split_inclusive(is_between) {
        let word = piece.trim_end_matches(is_between);
        if word.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            found.push_str(piece);
            continue;
        }
        let mut before = Kind::Mark;
        let mut signs = piece.chars().peekable();
        while let Some(sign) = signs.next() {
            let kind = Kind::of(sign);
            let next = signs.peek().map_or(Kind::Mark, |sign| Kind::of(*sign));
            if kind.begins(before, next) {
                found.push(' ');
            }
            found.push(sign);
            if kind != Kind::Mark {
                before = kind;
            }
        }
    }
    (found.len() > text.len()).then_some(found)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Digit,
    Small,
    Capital,
    /// An accent apart, or the sign behind the word.
    Mark,
}

impl Kind {
    fn of(sign: char) -> Self {
        if sign.is_numeric() {
            Self::Digit
        } else if sign.is_uppercase() {
            Self::Capital
        } else if sign.is_alphabetic() {
            Self::Small
        } else {
            Self::Mark
        }
    }

    /// Whether a word begins here, behind and before these.
    fn begins(self, before: Self, next: Self) -> bool {
        match (before, self) {
            (Self::Small, Self::Capital | Self::Digit)
            | (Self::Capital, Self::Digit)
            | (Self::Digit, Self::Small | Self::Capital) => true,
            // `MRCQuirmelon`
            (Self::Capital, Self::Capital) => next == Self::Small,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn words_are_cut_where_case_or_kind_changes_and_checksums_are_not() {
        for (glued, apart) in [
            ("à ParcQuirmelon.", "à Parc Quirmelon."),
            ("QuirmelonInc2026", "Quirmelon Inc 2026"),
            ("2026quirmelon,1", "2026 quirmelon,1"),
            ("MRCQuirmelon", "MRC Quirmelon"),
            ("Pelgousse\u{301}Que\u{301}bec", "Pelgousse\u{301} Que\u{301}bec"),
        ] {
            assert_eq!(cut(glued).as_deref(), Some(apart), "{glued}");
        }
        for plain in ["Parc Quirmelon, 2026", "ab4185550142cd", "4DC3A974", "QUIRMELON", "É"] {
            assert_eq!(cut(plain), None, "{plain}");
        }
    }
}
