//! Bytes of a text file to text.

use super::budget::Budget;
use super::charset::{Charset, CharsetDecoder};
use super::old::{Old, is_looked_at};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use std::borrow::Cow;
use std::io::{self, Read, Seek, SeekFrom};

/// A text file as text.
#[expect(clippy::struct_field_names, reason = "the text of the text is what it is")]
#[derive(Debug, Clone)]
pub(super) struct Text<'a> {
    /// The characters, without a byte order mark.
    pub(super) text: Cow<'a, str>,
    /// The encoding that was used.
    pub(super) encoding: Charset,
    /// How sure that is, percent.
    pub(super) sure: u32,
    /// Some bytes were no text in that encoding.
    pub(super) replaced: bool,
}

/// Text of a file that is UTF-8 behind its mark, else under its declared encoding, else by its byte order
/// mark, else UTF-16 when every other byte is nothing, else UTF-8 when it is valid or nearly so, else the
/// likeliest old encoding (cp1252 for French).
pub(super) fn decode(bytes: &[u8], declared: Option<Charset>) -> Text<'_> {
    let marked = Encoding::for_bom(bytes).map(|(found, length)| (Charset::Web(found), &bytes[length..]));
    let (encoding, sure, rest) = match (declared, marked) {
        // So is marked what we decoded ourselves before it was kept, whatever is declared since.
        (Some(_), Some((found, rest))) if found == UNICODE && std::str::from_utf8(rest).is_ok() => {
            (found, 100, rest)
        }
        (Some(encoding), Some((found, rest))) if encoding == found => (encoding, 100, rest),
        (Some(encoding), _) => (encoding, 100, bytes),
        (None, Some((found, rest))) if found == UNICODE => {
            let patched = std::str::from_utf8(rest).err().and_then(|_| old(rest).patched());
            let (encoding, sure) = patched.unwrap_or((UNICODE, 100));
            (encoding, sure, rest)
        }
        (None, Some((found, rest))) => (found, 100, rest),
        (None, None) => {
            let (encoding, sure) = guessed(bytes);
            (encoding, sure, bytes)
        }
    };
    if encoding == UNICODE
        && let Ok(text) = std::str::from_utf8(rest)
    {
        return Text { text: Cow::Borrowed(text), encoding, sure, replaced: false };
    }
    let mut text = Vec::with_capacity(rest.len() + rest.len() / 8);
    let (mut decoder, mut replaced) = (encoding.decoder(), false);
    for piece in rest.chunks(PIECE) {
        replaced |= decoder.decode(piece, &mut text, false);
    }
    replaced |= decoder.decode(&[], &mut text, true);
    let text = String::from_utf8(text)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    Text { text: Cow::Owned(text), encoding, sure, replaced }
}

pub(super) const UNICODE: Charset = Charset::Web(UTF_8);

fn guessed(bytes: &[u8]) -> (Charset, u32) {
    if let Some(encoding) = utf16_without_mark(bytes) {
        return (encoding, 95);
    }
    if std::str::from_utf8(bytes).is_ok() {
        return (UNICODE, 100);
    }
    let old = old(bytes);
    old.patched().unwrap_or_else(|| old.likeliest())
}

/// What pieces of a text tell that is not UTF-8.
fn old(bytes: &[u8]) -> Old {
    let mut old = Old::default();
    let pieces = bytes.chunks(PIECE).enumerate().filter(|(rank, _)| is_looked_at(*rank));
    pieces.for_each(|(_, piece)| old.feed(piece));
    old
}

/// How a text that is read in pieces is encoded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Examined {
    /// The likeliest encoding.
    pub(super) encoding: Charset,
    /// How sure that is, percent.
    pub(super) sure: u32,
    /// Bytes of the whole text, and of the mark at its beginning.
    pub(super) bytes: u64,
    mark: u64,
}

impl Examined {
    /// A text that is proven to be UTF-8, with so many bytes of a mark before it.
    pub(super) const fn utf8(bytes: u64, mark: u64) -> Self {
        Self { encoding: UNICODE, sure: 100, bytes, mark }
    }

    /// Whether the text is in another encoding than UTF-8.
    pub(super) fn is_other(&self) -> bool {
        self.encoding != UNICODE
    }
}

/// Bytes of the mark before a text whose beginning is UTF-8; none when it is not.
pub(super) fn utf8_mark(beginning: &[u8]) -> Option<u64> {
    let text = match Encoding::for_bom(beginning) {
        Some((encoding, length)) if encoding == UTF_8 => &beginning[length..],
        Some(_) => return None,
        None if utf16_without_mark(beginning).is_some() => return None,
        None => beginning,
    };
    // The end may cut a character off.
    let is_text = std::str::from_utf8(text).map_or_else(|error| error.error_len().is_none(), |_| true);
    is_text.then_some((beginning.len() - text.len()) as u64)
}

/// Reads a text to tell its encoding, as [`decode`] tells it. Where the time ends before, the budget tells so.
pub(super) fn examine(source: &mut (impl Read + Seek), budget: &Budget) -> io::Result<Examined> {
    let mut piece = vec![0; PIECE];
    let bytes = source.seek(SeekFrom::End(0))?;
    source.rewind()?;
    let beginning = fill(source, &mut piece)?;
    let (told, mark) = match Encoding::for_bom(&piece[..beginning]) {
        Some((encoding, length)) => (Some((Charset::Web(encoding), 100)), length as u64),
        None => (utf16_without_mark(&piece[..beginning]).map(|encoding| (encoding, 95)), 0),
    };
    source.rewind()?;
    let is_utf8 = is_utf8(source, &mut piece, budget)?;
    let is_marked = told.is_some_and(|(encoding, _)| encoding == UNICODE);
    let (encoding, sure) = match told {
        Some(told) if is_utf8 || !is_marked => told,
        None if is_utf8 => (UNICODE, 100),
        told => {
            let mut old = Old::default();
            for rank in (0..).filter(|rank| is_looked_at(*rank)) {
                source.seek(SeekFrom::Start(mark + (rank * PIECE) as u64))?;
                let read = fill(source, &mut piece)?;
                if read == 0 || budget.is_over() {
                    break;
                }
                old.feed(&piece[..read]);
            }
            old.patched().or(told).unwrap_or_else(|| old.likeliest())
        }
    };
    Ok(Examined { encoding, sure, bytes, mark })
}

/// Whether all of a text is UTF-8.
fn is_utf8(source: &mut impl Read, piece: &mut [u8], budget: &Budget) -> io::Result<bool> {
    // Bytes of a character that the end of a piece cuts off.
    let mut cut = 0;
    while !budget.is_over() {
        let read = fill(source, &mut piece[cut..])?;
        let seen = cut + read;
        if read == 0 {
            return Ok(cut == 0);
        }
        cut = 0;
        if let Err(error) = std::str::from_utf8(&piece[..seen]) {
            if error.error_len().is_some() {
                return Ok(false);
            }
            cut = seen - error.valid_up_to();
            piece.copy_within(error.valid_up_to()..seen, 0);
        }
    }
    Ok(false)
}

/// Bytes that are decoded at a time.
const PIECE: usize = 1 << 17;

/// Reads until the buffer is full or nothing is left.
fn fill(source: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match source.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// A text as UTF-8, piece by piece.
pub(super) struct Decoded<R> {
    source: R,
    mark: u64,
    /// None of what is UTF-8 already.
    decoder: Option<CharsetDecoder>,
    raw: Vec<u8>,
    text: Vec<u8>,
    at: usize,
    ended: bool,
    replaced: bool,
}

impl<R: Read> Decoded<R> {
    /// The text of a source that was examined.
    pub(super) fn new(source: R, examined: &Examined) -> Self {
        // A text that is proven to be UTF-8 passes through; one that only begins with the mark does not.
        let proven = examined.encoding == UNICODE && examined.mark == 0;
        Self {
            source,
            mark: examined.mark,
            decoder: (!proven).then(|| examined.encoding.decoder()),
            raw: Vec::new(),
            text: Vec::new(),
            at: 0,
            ended: false,
            replaced: false,
        }
    }

    /// Whether some bytes so far were no text in the encoding.
    pub(super) const fn replaced(&self) -> bool {
        self.replaced
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.mark > 0 {
            io::copy(&mut (&mut self.source).take(self.mark), &mut io::sink())?;
            self.mark = 0;
        }
        let Some(decoder) = &mut self.decoder else { return self.source.read(buffer) };
        while self.at == self.text.len() && !self.ended {
            self.raw.resize(PIECE, 0);
            let read = fill(&mut self.source, &mut self.raw)?;
            self.ended = read < PIECE;
            self.text.clear();
            self.replaced |= decoder.decode(&self.raw[..read], &mut self.text, self.ended);
            self.at = 0;
        }
        let given = (self.text.len() - self.at).min(buffer.len());
        buffer[..given].copy_from_slice(&self.text[self.at..self.at + given]);
        self.at += given;
        Ok(given)
    }
}

/// UTF-16 of mostly Latin text has a zero in every other byte.
fn utf16_without_mark(bytes: &[u8]) -> Option<Charset> {
    let start = &bytes[..bytes.len().min(4_096) & !1];
    let zeros = |parity: usize| start.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, pairs) = (zeros(0), zeros(1), start.len() / 2);
    if pairs < 2 {
        None
    } else if odd * 10 > pairs * 7 && even * 10 < pairs {
        Some(Charset::Web(UTF_16LE))
    } else if even * 10 > pairs * 7 && odd * 10 < pairs {
        Some(Charset::Web(UTF_16BE))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::charset::USUAL;
    use super::super::charset::tests::written;
    use super::{Budget, Charset, Decoded, UNICODE, decode, examine};
    use encoding_rs::MACINTOSH;
    use std::io::{Cursor, Read as _};

    #[test]
    fn the_same_words_are_read_from_every_encoding() {
        let text = "Matière;Quantité\nDrêche à donner, boîte n° 3;œuvre\n";
        let mac = written(text, Charset::Web(MACINTOSH));
        let utf16 = |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<_>>();
        let mut marked = vec![0xEF, 0xBB, 0xBF];
        marked.extend(text.bytes());
        let mut wide = vec![0xFF, 0xFE];
        wide.extend(utf16(u16::to_le_bytes));
        let old = written(text, USUAL);
        let mut patched = text.as_bytes().to_vec();
        let at = text.find('ê').unwrap();
        patched.splice(at..at + 'ê'.len_utf8(), *b"\xEA");
        let mut marked_too = vec![0xEF, 0xBB, 0xBF];
        marked_too.extend(&patched);
        let wide_bare = [utf16(u16::to_le_bytes), utf16(u16::to_be_bytes)];
        let others = [text.as_bytes().to_vec(), marked, wide, old, mac, patched, marked_too];
        for bytes in others.into_iter().chain(wide_bare) {
            let seen = decode(&bytes, None);
            assert_eq!(seen.text, text);
            assert!(!seen.replaced && seen.sure >= 60);
            // Read in pieces it is the same.
            let repeated = bytes.repeat(20_000);
            for bytes in [&bytes, &repeated] {
                let whole = decode(bytes, None);
                let examined = examine(&mut Cursor::new(bytes), &Budget::none()).unwrap();
                let mut pieces = String::new();
                Decoded::new(bytes.as_slice(), &examined).read_to_string(&mut pieces).unwrap();
                assert!(pieces == whole.text);
                let told = (examined.encoding, examined.sure, examined.bytes);
                assert_eq!(told, (whole.encoding, whole.sure, bytes.len() as u64));
            }
        }
    }

    #[test]
    fn the_declared_encoding_wins_and_says_what_it_cannot_read() {
        let old = written("Matière", USUAL);
        assert!(decode(&old, Some(UNICODE)).replaced);
        assert_eq!(decode("é".as_bytes(), Some(USUAL)).text, "Ã©");
        // Behind a mark of UTF-8 there is nothing to declare, when that is what follows.
        assert_eq!(decode("\u{feff}é".as_bytes(), Some(USUAL)).text, "é");
        assert_eq!(decode(b"\xEF\xBB\xBF\xE9", Some(USUAL)).text, "ï»¿é");
    }
}
