//! Output that cannot command a terminal: what a file holds may name colours, titles or worse to it.

use std::io::{self, Write};

/// The first of the two bytes that a control character above ASCII has in UTF-8.
const BEFORE_CONTROL: u8 = 0xC2;
/// In the place of the second: an inverted question mark.
const INVERTED: u8 = 0xBF;

/// Writes text with question marks in the place of control characters, but for tabs and the ends of lines.
pub(super) struct Harmless<W> {
    out: W,
    may_be_control: bool,
}

impl<W: Write> Harmless<W> {
    pub(super) const fn new(out: W) -> Self {
        Self { out, may_be_control: false }
    }

    fn shown(&mut self, byte: u8) -> u8 {
        let may_be_control = std::mem::replace(&mut self.may_be_control, byte == BEFORE_CONTROL);
        if byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n' | b'\r') {
            b'?'
        } else if may_be_control && matches!(byte, 0x80..=0x9F) {
            INVERTED
        } else {
            byte
        }
    }
}

impl<W: Write> Write for Harmless<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let shown: Vec<u8> = bytes.iter().map(|byte| self.shown(*byte)).collect();
        self.out.write_all(&shown)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::Harmless;
    use std::io::Write as _;

    #[test]
    fn control_characters_are_shown_and_letters_stay_however_they_are_cut() {
        let text = "é\u{1b}[31mb\u{7}\u{9b}2J\u{7f};«\u{a0}œ ”\t1\r\n".as_bytes();
        for length in 1..text.len() {
            let mut harmless = Harmless::new(Vec::new());
            for piece in text.chunks(length) {
                harmless.write_all(piece).unwrap();
            }
            let shown = String::from_utf8(harmless.out).unwrap();
            assert_eq!(shown, "é?[31mb?¿2J?;«\u{a0}œ ”\t1\r\n", "{length}");
        }
    }
}
