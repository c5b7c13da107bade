//! Letters written apart (`v e r r e r i e`, `v.e.r.r.e.r.i.e`) and numbers in groups of thousands.

use super::digits::SHORTEST as SHORTEST_NUMBER;
use unicode_normalization::char::is_combining_mark;

/// Fewer letters apart are initials and units.
const SHORTEST: usize = 8;
/// More between two letters is the space of a table.
const WIDEST: usize = 3;

/// Words and numbers that are written apart, as one; none when there are none.
pub(super) fn joined(text: &str) -> Option<String> {
    let mut found = String::new();
    letters(text, &mut found);
    thousands(text, &mut found);
    (!found.is_empty()).then_some(found)
}

/// What stands between two letters: its first character, and how many there are.
type Gap = (char, usize);

/// Single letters one after the other.
#[derive(Default)]
struct Chain {
    /// All in one word.
    whole: String,
    /// In words, where another gap than the first stands between two letters.
    words: String,
    length: usize,
    inner: Option<Gap>,
}

impl Chain {
    fn push(&mut self, letter: char, gap: Gap, found: &mut String) {
        if gap.1 > WIDEST {
            self.end(found);
        }
        if self.length > 0 && *self.inner.get_or_insert(gap) != gap {
            self.words.push(' ');
        }
        self.whole.push(letter);
        self.words.push(letter);
        self.length += 1;
    }

    fn end(&mut self, found: &mut String) {
        if self.length >= SHORTEST {
            for text in [&self.whole, &self.words] {
                found.push_str(text);
                found.push('\n');
            }
        }
        self.whole.clear();
        self.words.clear();
        self.length = 0;
        self.inner = None;
    }
}

const fn stands_between(character: char) -> bool {
    matches!(
        character,
        ' ' | '.' | '-' | '_' | '*' | '|' | '/' | '·' | '\u{a0}' | '\u{202f}' | '\u{2010}' | '\u{2011}' | '–'
    )
}

fn letters(text: &str, found: &mut String) {
    let mut chain = Chain::default();
    let (mut letter, mut length, mut gap) = (' ', 0_usize, (' ', 0));
    // The last sign ends the last word.
    for character in text.chars().chain(['\n']) {
        if character.is_alphanumeric() {
            letter = character;
            length += 1;
            continue;
        }
        if !character.is_ascii() && is_combining_mark(character) {
            continue;
        }
        if length > 0 {
            if length == 1 {
                chain.push(letter, gap, found);
            } else {
                chain.end(found);
            }
            (length, gap) = (0, (character, 0));
        }
        if stands_between(character) {
            gap.1 += 1;
        } else {
            chain.end(found);
        }
    }
}

/// `1,170,034,567`: groups of three behind one comma or apostrophe each.
fn thousands(text: &str, found: &mut String) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(ahead) = bytes[at..].iter().position(u8::is_ascii_digit) {
        let start = at + ahead;
        let first = digits(&bytes[start..]);
        at = start + first;
        let sign = bytes.get(at).copied().filter(|sign| first <= 3 && matches!(*sign, b',' | b'\''));
        // Behind the same sign it is a part of a list, or the tail of another number.
        let before = start.checked_sub(1).map(|before| bytes[before]);
        let Some(sign) = sign.filter(|sign| before != Some(*sign)) else { continue };
        while bytes.get(at) == Some(&sign) && digits(&bytes[at + 1..]) == 3 {
            at += 4;
        }
        let number = text[start..at].chars().filter(char::is_ascii_digit);
        if number.clone().count() >= SHORTEST_NUMBER {
            found.extend(number);
            found.push('\n');
        }
    }
}

fn digits(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn letters_apart_are_words_and_initials_are_not() {
        for (apart, words) in [
            ("le Z é b r û l a x  M o g a n t i n e, ici", "Zébrûlax Mogantine"),
            ("z.e.b.r.u.l.a.x m.o.g.a.n.t.i.n.e", "zebrulax mogantine"),
            ("Z-e-b-r-u-l-a-x", "Zebrulax"),
            ("neq 1 1 7 0 0 3 4 5 6 7", "1170034567"),
            ("<b>NEQ</b> 1,170,034,567.00", "1170034567"),
            ("1'170'034'567", "1170034567"),
        ] {
            let found = joined(apart).unwrap_or_default();
            assert!(found.lines().any(|line| line == words), "{apart}: {found}");
        }
        let whole = joined("Z e b r u l a x M o g a n t i n e").unwrap();
        assert!(whole.lines().any(|line| line == "ZebrulaxMogantine"), "{whole}");
        for plain in [
            "S.E.N.C. à J. B. Roy",
            "a,b,c,d,e,f,g",
            "12,345 t; 1,234,56",
            "1170,034,567,890",
            "M 12 L 34 5 67",
            "a\nb\nc\nd\ne\nf",
        ] {
            assert_eq!(joined(plain), None, "{plain}");
        }
    }
}
