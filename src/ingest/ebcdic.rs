//! Text in EBCDIC, the code of mainframes: nearly all its bytes are characters of the usual encodings too, so that it
//! would be read as other words.

/// Bytes at the beginning of a file that are looked at.
const LOOKED_AT: usize = 1 << 13;

/// Whether bytes are text in EBCDIC, whatever its national form: letters and digits, which stand in the same places in
/// all of them, are at least half of it, it has a blank or the end of a line, and the blanks and line ends of other
/// encodings, which are controls there, are not in it.
pub(super) fn is_ebcdic(bytes: &[u8]) -> bool {
    let beginning = &bytes[..bytes.len().min(LOOKED_AT)];
    let is_unicode =
        std::str::from_utf8(beginning).map_or_else(|error| error.error_len().is_none(), |_| true);
    let letters = beginning.iter().filter(|byte| is_letter_or_digit(**byte)).count();
    !is_unicode
        && letters * 2 >= beginning.len()
        && beginning.iter().any(|byte| matches!(byte, 0x15 | 0x25 | 0x40))
        && !beginning.iter().any(|byte| matches!(byte, b' ' | b'\n'))
}

const fn is_letter_or_digit(byte: u8) -> bool {
    matches!(
        byte,
        0x81..=0x89 | 0x91..=0x99 | 0xA2..=0xA9 | 0xC1..=0xC9 | 0xD1..=0xD9 | 0xE2..=0xE9 | 0xF0..=0xF9
    )
}

#[cfg(test)]
mod tests {
    use super::is_ebcdic;

    /// `Entreprise;Quantité` and a row below it, in code page 500.
    const TABLE: [u8; 30] = [
        0xC5, 0x95, 0xA3, 0x99, 0x85, 0x97, 0x99, 0x89, 0xA2, 0x85, 0x5E, 0xD8, 0xA4, 0x81, 0x95, 0xA3, 0x89,
        0xA3, 0x51, 0x25, 0xC2, 0x51, 0xA3, 0x81, 0x95, 0x96, 0x99, 0x5E, 0xF5, 0x25,
    ];

    #[test]
    fn text_of_mainframes_is_told_from_other_encodings() {
        assert!(is_ebcdic(&TABLE));
        // Records of one length, without line ends.
        assert!(is_ebcdic(&TABLE.map(|byte| if byte == 0x25 { 0x40 } else { byte })));
        for other in [
            &b""[..],
            b"a;b\n1;2\n",
            "Entreprise;Quantit\u{e9}\n".as_bytes(),
            b"Entreprise;Quantit\xE9;50%\nB\xE9tanor;5\n",
            // Cyrillic in windows-1251, and Chinese in GBK and in UTF-8.
            b"\xCF\xF0\xE5\xE4\xEF\xF0\xE8\xFF\xF2\xE8\xE5;\xCE\xE1\xFA\xB8\xEC @\n",
            b"\xC6\xF3\xD2\xB5,\xCA\xFD\xC1\xBF\n\xD2\xBB,5%\n",
            "企業企業企業企業@企業".as_bytes(),
            b"\x40\x40\x40\x25",
        ] {
            assert!(!is_ebcdic(other), "{other:?}");
        }
    }
}
