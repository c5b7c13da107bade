//! The encodings that a text file may have: those of the web, those of DOS, and UTF-8 with strange bytes
//! in it.
//!
//! The old encodings of a Mac and of DOS are no encodings of pages, so a detector made for pages
//! never names them; spreadsheet programs still offer both when a sheet is saved as text.

use super::dos::Dos;
use encoding_rs::{Decoder, Encoding, MACINTOSH, WINDOWS_1252};

/// How the characters of a text are written as bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    /// One of the WHATWG Encoding Standard.
    Web(&'static Encoding),
    /// A code page of DOS.
    Dos(Dos),
    /// UTF-8, and Windows-1252 where bytes are no UTF-8: somebody pasted or appended them.
    Patched,
}

impl Charset {
    /// The encoding of a name in settings, if it is known.
    pub(super) fn for_label(label: &str) -> Option<Self> {
        let of_web = || Encoding::for_label(label.as_bytes()).map(Self::Web);
        Dos::for_label(label).map(Self::Dos).or_else(of_web)
    }

    /// Its usual name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Web(encoding) => encoding.name(),
            Self::Dos(page) => page.name(),
            Self::Patched => "UTF-8 + windows-1252",
        }
    }

    pub(super) fn decoder(self) -> CharsetDecoder {
        match self {
            Self::Web(encoding) => CharsetDecoder::Web(encoding.new_decoder_without_bom_handling()),
            Self::Dos(page) => CharsetDecoder::Dos(page),
            Self::Patched => CharsetDecoder::Patched(Patched::default()),
        }
    }
}

/// Turns bytes into UTF-8, piece by piece.
pub(super) enum CharsetDecoder {
    Web(Decoder),
    Dos(Dos),
    Patched(Patched),
}

impl CharsetDecoder {
    /// Appends the text of a piece; true when some of its bytes were no text. `last`: nothing
    /// follows, so a character that is cut off is no text.
    pub(super) fn decode(&mut self, bytes: &[u8], text: &mut Vec<u8>, last: bool) -> bool {
        match self {
            Self::Web(decoder) => {
                let start = text.len();
                let most = decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(bytes.len() * 4);
                text.resize(start + most, 0);
                let (_, _, written, replaced) = decoder.decode_to_utf8(bytes, &mut text[start..], last);
                text.truncate(start + written);
                replaced
            }
            Self::Dos(page) => {
                let mut character = [0; 4];
                for byte in bytes {
                    let shown = page.character(*byte);
                    text.extend_from_slice(shown.encode_utf8(&mut character).as_bytes());
                }
                false
            }
            Self::Patched(patched) => {
                patched.decode(bytes, text, last);
                false
            }
        }
    }
}

/// UTF-8 with bytes of Windows-1252 in it, and how much there is of either.
#[derive(Debug, Default)]
pub(super) struct Patched {
    /// Bytes of a character that the end of a piece cuts off.
    cut: Vec<u8>,
    /// Characters of several bytes.
    wide: usize,
    /// Bytes that are no UTF-8.
    strays: usize,
}

impl Patched {
    /// Appends the text of a piece. `last`: nothing follows.
    pub(super) fn decode(&mut self, bytes: &[u8], text: &mut Vec<u8>, last: bool) {
        let mut whole = std::mem::take(&mut self.cut);
        whole.extend_from_slice(bytes);
        let mut seen = 0;
        for chunk in whole.utf8_chunks() {
            let (valid, strays) = (chunk.valid(), chunk.invalid());
            text.extend_from_slice(valid.as_bytes());
            self.wide += valid.chars().filter(|character| !character.is_ascii()).count();
            seen += valid.len() + strays.len();
            let is_begun = || std::str::from_utf8(strays).is_err_and(|error| error.error_len().is_none());
            if !last && seen == whole.len() && is_begun() {
                self.cut = strays.to_vec();
            } else {
                self.strays += strays.len();
                let (shown, _) = WINDOWS_1252.decode_without_bom_handling(strays);
                text.extend_from_slice(shown.as_bytes());
            }
        }
    }

    /// Whether a text that is no UTF-8 is that but for a few bytes: in one of an old encoding hardly any two bytes
    /// above 127 happen to make a character.
    pub(super) const fn is_likely(&self) -> bool {
        self.wide > 0 && self.strays * 2 <= self.wide
    }
}

/// Letters with marks as four old encodings write them.
struct Marked {
    windows: &'static [u8],
    mac: &'static [u8],
    dos: &'static [u8],
    /// DOS of French Canada, whose small letters are those of the other.
    canadian: &'static [u8],
}

/// é è ê ë à â ç î ï ô û ù
const SMALL: Marked = Marked {
    windows: b"\xE9\xE8\xEA\xEB\xE0\xE2\xE7\xEE\xEF\xF4\xFB\xF9",
    mac: b"\x8E\x8F\x90\x91\x88\x89\x8D\x94\x95\x99\x9E\x9D",
    dos: b"\x82\x8A\x88\x89\x85\x83\x87\x8C\x8B\x93\x96\x97",
    canadian: b"\x82\x8A\x88\x89\x85\x83\x87\x8C\x8B\x93\x96\x97",
};

/// The capitals, but for those whose byte is another capital, or the apostrophe, in Windows.
const CAPITALS: Marked = Marked {
    windows: b"\xC9\xC8\xCA\xCB\xC0\xC2\xC7\xCE\xCF\xDB\xD9",
    mac: b"\x83\xE9\xE6\xE8\xE5\x82\xEB\xEC\xEF\xF3\xF4",
    dos: b"\x90\xB7\xB6\x80\xE2\xEA\xEB",
    canadian: b"\x90\x91\x94\x8E\x84\x80\xA8\x95\x99\x9E\x9D",
};

/// French letters with marks inside words, as each of the old encodings would write them.
///
/// In cp1252 these letters are all above 191. Where most of what stands inside words is between
/// 128 and 159, which cp1252 gives to quotation marks and dashes, the text is of a Mac or of DOS.
#[derive(Debug, Default)]
pub(super) struct LettersInWords {
    windows: u32,
    mac: u32,
    dos: u32,
    canadian: u32,
    /// `œ` inside words, `Œ` there and at their beginning, and `€`, as ISO-8859-15 writes them.
    latin9: u32,
    /// Bytes that are letters and marks in none but ISO-8859.
    controls: u32,
    last: [u8; 2],
}

impl LettersInWords {
    /// Counts the letters of a piece of text that goes on where the last piece ended.
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        for next in bytes {
            let [before, byte] = self.last;
            self.controls += u32::from((0x80..0xA0).contains(&byte));
            // What is ¤ in cp1252 nobody writes.
            self.latin9 += u32::from(byte == 0xA4);
            // `Œuvre`, `ŒUFS`, `Œnologie`: no unit behind a quarter begins so.
            let begins_word = !before.is_ascii_alphanumeric() && matches!(next, b'u' | b'n' | b'U' | b'N');
            self.latin9 += u32::from(byte == 0xBC && begins_word);
            // A letter stands before and a letter after, so quotation marks and dashes are not counted.
            if byte >= 128 && before.is_ascii_alphabetic() && next.is_ascii_alphabetic() {
                let are_capitals = before.is_ascii_uppercase() && next.is_ascii_uppercase();
                let letters = if are_capitals { &CAPITALS } else { &SMALL };
                self.windows += u32::from(letters.windows.contains(&byte));
                self.latin9 += u32::from(byte == 0xBD || byte == 0xBC && are_capitals);
                self.mac += u32::from(letters.mac.contains(&byte));
                self.dos += u32::from(letters.dos.contains(&byte));
                self.canadian += u32::from(letters.canadian.contains(&byte));
            }
            self.last = [byte, *next];
        }
    }

    /// Whether a text that may be cp1252 is ISO-8859-15: it has its `œ` or `€`, and none of the quotation
    /// marks and dashes that only cp1252 has.
    pub(super) const fn are_latin9(&self) -> bool {
        self.latin9 > 0 && self.controls == 0
    }

    /// The encoding of a Mac or of DOS, when the letters are those of French words in it and
    /// hardly ever in the others.
    pub(super) fn charset(&self) -> Option<Charset> {
        let Self { windows, mac, dos, canadian, .. } = *self;
        let of_dos = dos.max(canadian);
        if mac > 3 * windows.max(of_dos) {
            Some(Charset::Web(MACINTOSH))
        } else if of_dos > 3 * windows.max(mac) {
            Some(Charset::Dos(if canadian > dos { Dos::Page863 } else { Dos::Page850 }))
        } else {
            None
        }
    }
}

/// The encoding of text of which nothing is known.
pub(super) const USUAL: Charset = Charset::Web(WINDOWS_1252);

#[cfg(test)]
pub(super) mod tests {
    use super::{Charset, Dos, LettersInWords, Patched, USUAL};
    use encoding_rs::MACINTOSH;

    const TEXT: &str = "Matière;Quantité\nDrêche à donner, boîte n° 3; gypse récupéré; « tôle » d'acier\n";

    /// A text in an encoding of one byte a character, found byte by byte: nobody encodes the old ones.
    pub(in super::super) fn written(text: &str, charset: Charset) -> Vec<u8> {
        let bytes: Vec<(u8, Vec<u8>)> = (0..=255)
            .map(|byte| {
                let mut shown = Vec::new();
                charset.decoder().decode(&[byte], &mut shown, true);
                (byte, shown)
            })
            .collect();
        let mut character = [0; 4];
        text.chars()
            .map(|found| {
                let wanted = found.encode_utf8(&mut character).as_bytes();
                bytes.iter().find(|(_, shown)| shown == wanted).expect("a character of the encoding").0
            })
            .collect()
    }

    #[test]
    fn letters_in_words_tell_a_mac_from_dos_and_from_windows() {
        let told = |bytes: &[u8]| {
            let mut letters = LettersInWords::default();
            bytes.chunks(7).for_each(|piece| letters.feed(piece));
            letters.charset()
        };
        let mac = Charset::Web(MACINTOSH);
        assert_eq!(told(&written(TEXT, mac)), Some(mac));
        let dos = Charset::Dos(Dos::Page850);
        assert_eq!(told(&written(TEXT, dos)), Some(dos));
        assert_eq!(told(&written(TEXT, USUAL)), None);
        // Capitals, of which French Canada has its own; apostrophes between them, and those of other languages.
        let capitals = "MATIÈRE RÉCUPÉRÉE, BOÎTE DE TÔLE";
        for charset in [mac, dos, Charset::Dos(Dos::Page863)] {
            assert_eq!(told(&written(capitals, charset)), Some(charset), "{charset:?}");
        }
        for text in [capitals, "L’EAU D’ACIER", "PRODUCCIÓN", "KØBENHAVN"] {
            assert_eq!(told(&written(text, USUAL)), None, "{text}");
        }
        // Quotation marks and dashes of cp1252 are no letters of a Mac.
        assert_eq!(told(&written("l’acier – “tôle” d’usine… l’eau", USUAL)), None);
    }

    #[test]
    fn latin9_is_told_by_its_own_letters() {
        let told = |bytes: &[u8]| {
            let mut letters = LettersInWords::default();
            letters.feed(bytes);
            letters.are_latin9()
        };
        assert!(told(b"b\xBDuf;12 \xA4\n") && told(b"prix en \xA4;\n"));
        assert!(told(b"a;\xBCuvre d'art\n") && told(b"\xBCUFS;1\n") && told(b"MAIN-D'\xBCUVRE;B\xBCUF\n"));
        // A quarter of cp1252, before a unit or behind a number.
        assert!(!told(b"\xBCt;\xBC kg;1\xBCun;1 \xBCtonne;\xE9t\xE9\n"));
        // A half of cp1252, and a dash that only it has.
        assert!(!told(b"1\xBD tonne;\xE9t\xE9\n") && !told(b"12 \xA4 \x96 b\xBDuf\n"));
    }

    #[test]
    fn strange_bytes_in_utf8_are_read_the_same_in_pieces() {
        let mut bytes = "Matière;Quantité\nDrêche d’orge;3\n".as_bytes().to_vec();
        bytes.extend(b"Pi\xE8ces us\xE9es\n\xE2\x82");
        let read = |length: usize| {
            let (mut patched, mut text) = (Patched::default(), Vec::new());
            bytes.chunks(length).for_each(|piece| patched.decode(piece, &mut text, false));
            patched.decode(&[], &mut text, true);
            (String::from_utf8(text).unwrap(), patched.is_likely())
        };
        let whole = read(bytes.len());
        assert_eq!(whole.0, "Matière;Quantité\nDrêche d’orge;3\nPièces usées\nâ‚");
        assert!(!whole.1, "as many strange bytes as letters");
        for length in 1..9 {
            assert_eq!(read(length), whole, "{length}");
        }
    }

    #[test]
    fn names_in_settings_are_known() {
        for label in [" CP850 ", "ibm850", "850"] {
            assert_eq!(Charset::for_label(label), Some(Charset::Dos(Dos::Page850)));
        }
        assert_eq!(Charset::for_label("ibm863"), Some(Charset::Dos(Dos::Page863)));
        assert_eq!(Charset::for_label("macintosh"), Some(Charset::Web(MACINTOSH)));
        assert_eq!(Charset::for_label("cp851"), None);
    }
}
