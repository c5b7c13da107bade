//! Which old encoding a text is in that is no UTF-8, told by the neighbourhoods of its bytes above 127.
//!
//! All other bytes are the same in every old encoding, and the detector looks at each byte some thirty times: of a
//! long text it is given a sample.

use super::charset::{Charset, LettersInWords, Patched, USUAL};
use super::encoding::UNICODE;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_8859_15};

/// Bytes before and behind one above 127 that belong to its neighbourhood: most words are shorter.
const AROUND: usize = 16;
/// Bytes of neighbourhoods in which letters are counted.
const COUNTED: usize = 1 << 18;
/// The first of them, which the detector is given: some thousand letters with marks.
const DETECTED: usize = 1 << 15;
/// Pieces at the beginning of a text that are all looked at, and how many there are behind them to each that is.
const FIRST_PIECES: usize = 16;
const APART: usize = 8;

/// UTF-8 with a few other bytes in it, and how sure that is, percent.
const PATCHED: (Charset, u32) = (Charset::Patched, 90);

/// Whether a piece of a text, counted from 0, is looked at: all of the beginning, and places to the end.
pub(super) const fn is_looked_at(rank: usize) -> bool {
    rank < FIRST_PIECES || rank.is_multiple_of(APART)
}

/// Tells the old encodings apart, and UTF-8 with a few other bytes in it from them.
#[derive(Default)]
pub(super) struct Old {
    neighbourhoods: Vec<u8>,
    /// Bytes that still belong to the last neighbourhood.
    behind: usize,
    patched: Patched,
    /// What is UTF-8, which nobody needs.
    text: Vec<u8>,
}

impl Old {
    /// Looks at a piece of a text.
    pub(super) fn feed(&mut self, piece: &[u8]) {
        self.text.clear();
        self.patched.decode(piece, &mut self.text, false);
        let mut rest = piece;
        while !rest.is_empty() && self.neighbourhoods.len() < COUNTED {
            let plain = Encoding::ascii_valid_up_to(rest);
            let behind = plain.min(self.behind);
            self.neighbourhoods.extend_from_slice(&rest[..behind]);
            self.behind -= behind;
            if plain == rest.len() {
                return;
            }
            let before = behind.max(plain.saturating_sub(AROUND));
            let end = plain + rest[plain..].iter().take_while(|byte| !byte.is_ascii()).count();
            self.neighbourhoods.extend_from_slice(&rest[before..end]);
            self.behind = AROUND;
            rest = &rest[end..];
        }
    }

    /// UTF-8 with a few other bytes in it, where the text is that.
    pub(super) fn patched(&self) -> Option<(Charset, u32)> {
        self.patched.is_likely().then_some(PATCHED)
    }

    /// The likeliest old encoding, and how sure that is, percent: every byte is a character of most of them, so none
    /// is proven.
    pub(super) fn likeliest(&self) -> (Charset, u32) {
        let mut letters = LettersInWords::default();
        letters.feed(&self.neighbourhoods);
        if let Some(charset) = letters.charset() {
            return (charset, 60);
        }
        let mut pages = EncodingDetector::new(Iso2022JpDetection::Deny);
        let given = &self.neighbourhoods[..self.neighbourhoods.len().min(DETECTED)];
        // A character that is cut off at the end is none that is wrong.
        pages.feed(given, given.len() < DETECTED);
        let encoding = Charset::Web(pages.guess(Some(b"ca"), Utf8Detection::Deny));
        if encoding != UNICODE && encoding != USUAL {
            (encoding, 60)
        } else if letters.are_latin9() {
            (Charset::Web(ISO_8859_15), 70)
        } else {
            (USUAL, 80)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::charset::tests::written;
    use super::{AROUND, Charset, LettersInWords, Old, USUAL};
    use encoding_rs::SHIFT_JIS;

    #[test]
    fn what_no_mark_stands_near_does_not_count() {
        let old = |text: &[u8]| {
            let mut old = Old::default();
            text.chunks(5).for_each(|piece| old.feed(piece));
            old
        };
        let near = written("Drêche;3\nbœuf haché\n", USUAL);
        let far = [&b"a;1\n".repeat(99), near.as_slice(), &b"b;2\n".repeat(99)].concat();
        let told = old(&far);
        assert!(told.neighbourhoods.len() < near.len() + 2 * AROUND);
        assert_eq!(told.likeliest(), (USUAL, 80));
        let mut letters = LettersInWords::default();
        letters.feed(&far);
        assert!(!letters.are_latin9() && letters.charset().is_none());
        // The second byte of a character may be a letter of ASCII, and stays beside the first.
        let (japanese, ..) = SHIFT_JIS.encode("会社,ソース,表示\n鉄くず,ガラス,木材\n");
        assert_eq!(old(&japanese.repeat(9)).likeliest().0, Charset::Web(SHIFT_JIS));
    }
}
