//! Bytes of a text file to text.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// Text of a file: by its byte order mark, else UTF-16 when every other byte is nothing,
/// else UTF-8 when it is valid, else the likeliest old encoding (cp1252 for French).
pub(super) fn decode(bytes: &[u8]) -> String {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0.into_owned();
    }
    if let Some(encoding) = utf16_without_mark(bytes) {
        return encoding.decode_without_bom_handling(bytes).0.into_owned();
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let encoding = detector.guess(Some(b"ca"), Utf8Detection::Deny);
    let encoding = if encoding == UTF_8 { encoding_rs::WINDOWS_1252 } else { encoding };
    encoding.decode_without_bom_handling(bytes).0.into_owned()
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
            assert_eq!(decode(&bytes), text);
        }
    }
}
