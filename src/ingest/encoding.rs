//! Bytes of a text file to text.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::borrow::Cow;

/// A text file as text.
#[expect(clippy::struct_field_names, reason = "the text of the text is what it is")]
#[derive(Debug, Clone)]
pub(super) struct Text<'a> {
    /// The characters, without a byte order mark.
    pub(super) text: Cow<'a, str>,
    /// The encoding that was used.
    pub(super) encoding: &'static Encoding,
    /// How sure that is, percent.
    pub(super) sure: u32,
    /// Some bytes were no text in that encoding.
    pub(super) replaced: bool,
}

/// Text of a file under its declared encoding, else by its byte order mark, else UTF-16 when
/// every other byte is nothing, else UTF-8 when it is valid, else the likeliest old encoding
/// (cp1252 for French).
pub(super) fn decode<'a>(bytes: &'a [u8], declared: Option<&'static Encoding>) -> Text<'a> {
    let (mark, sure, rest) = match (declared, Encoding::for_bom(bytes)) {
        (Some(encoding), Some((found, length))) if encoding == found => (encoding, 100, &bytes[length..]),
        (Some(encoding), _) => (encoding, 100, bytes),
        (None, Some((encoding, length))) => (encoding, 100, &bytes[length..]),
        (None, None) => {
            let (encoding, sure) = guessed(bytes);
            (encoding, sure, bytes)
        }
    };
    let (text, replaced) = mark.decode_without_bom_handling(rest);
    Text { text, encoding: mark, sure, replaced }
}

fn guessed(bytes: &[u8]) -> (&'static Encoding, u32) {
    if let Some(encoding) = utf16_without_mark(bytes) {
        return (encoding, 95);
    }
    if std::str::from_utf8(bytes).is_ok() {
        return (UTF_8, 100);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let encoding = detector.guess(Some(b"ca"), Utf8Detection::Deny);
    // Every byte is a character of most old encodings, so none of them is proven.
    if encoding == UTF_8 || encoding == WINDOWS_1252 { (WINDOWS_1252, 80) } else { (encoding, 60) }
}

/// UTF-16 of mostly Latin text has a zero in every other byte.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = &bytes[..bytes.len().min(4_096) & !1];
    let zeros = |parity: usize| start.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, pairs) = (zeros(0), zeros(1), start.len() / 2);
    if pairs < 2 {
        None
    } else if odd * 10 > pairs * 7 && even * 10 < pairs {
        Some(UTF_16LE)
    } else if even * 10 > pairs * 7 && odd * 10 < pairs {
        Some(UTF_16BE)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn the_same_words_are_read_from_every_encoding() {
        let text = "Matière;Quantité\nDrêche à donner, boîte n° 3;œuvre\n";
        let utf16 = |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<_>>();
        let mut marked = vec![0xEF, 0xBB, 0xBF];
        marked.extend(text.bytes());
        let mut wide = vec![0xFF, 0xFE];
        wide.extend(utf16(u16::to_le_bytes));
        let old = encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
        for bytes in
            [text.as_bytes().to_vec(), marked, wide, utf16(u16::to_le_bytes), utf16(u16::to_be_bytes), old]
        {
            let seen = decode(&bytes, None);
            assert_eq!(seen.text, text);
            assert!(!seen.replaced && seen.sure >= 60);
        }
    }

    #[test]
    fn the_declared_encoding_wins_and_says_what_it_cannot_read() {
        let old = encoding_rs::WINDOWS_1252.encode("Matière").0.into_owned();
        assert!(decode(&old, Some(encoding_rs::UTF_8)).replaced);
        assert_eq!(decode("é".as_bytes(), Some(encoding_rs::WINDOWS_1252)).text, "Ã©");
    }
}
