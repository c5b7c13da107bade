//! Text in which every line is a row of as many fields: its lines are passed on as they stand.
//!
//! The text is read twice, so that nothing waits: once to prove that it is such a text, and once
//! to write it. A thread of its own reads ahead and looks at whole blocks of lines. What is not
//! such a text is taken apart record by record elsewhere.

use super::super::dialect::Dialect;
use super::super::split::{OneLine, is_blank};
use super::super::table::Head;
use super::lines::{Lines, Shape};
use std::io::{self, Read, Write};
use std::sync::mpsc;

/// Bytes that are read at a time; a line is shorter.
const BLOCK: usize = 1 << 18;
/// Blocks that are on their way.
const AHEAD: usize = 3;

/// Whole lines.
struct Block {
    bytes: Vec<u8>,
    /// How many of the bytes are lines.
    filled: usize,
    /// Some field may need quotation marks, or has some.
    rough: bool,
    /// Delimiters before a field that may be white space.
    odd: Vec<usize>,
    /// Line breaks that begin with a carriage return, or what looks like it.
    returns: usize,
    /// No text, or a line that is too long.
    refused: bool,
}

impl Block {
    fn new() -> Self {
        Self { bytes: vec![0; BLOCK], filled: 0, rough: false, odd: Vec::new(), returns: 0, refused: false }
    }

    fn lines(&self) -> &[u8] {
        &self.bytes[..self.filled]
    }
}

/// What is known of a text that is such a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Proven {
    /// Fields of every row.
    width: u32,
    /// Bytes of the whole text, with the mark at its beginning.
    pub(super) bytes: u64,
}

/// Reads blocks of whole lines ahead, each looked at by `look`; ends when `show` wants no more.
fn blocks<R: Read + Send, E: From<io::Error>>(
    mut source: R,
    look: impl Fn(&mut Block) + Send,
    mut show: impl FnMut(&Block) -> Result<bool, E>,
) -> Result<(), E> {
    let (full, coming) = mpsc::sync_channel::<io::Result<Block>>(AHEAD);
    let (empty, used) = mpsc::channel::<Block>();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let mut rest = Vec::new();
            loop {
                let mut block = used.try_recv().unwrap_or_else(|_| Block::new());
                let outcome = fill(&mut source, &mut block, &mut rest);
                let is_last = !matches!(outcome, Ok(true));
                if !block.refused {
                    look(&mut block);
                }
                if full.send(outcome.map(|_| block)).is_err() || is_last {
                    return;
                }
            }
        });
        for block in coming {
            let block = block?;
            if !show(&block)? {
                return Ok(());
            }
            // The reader may have ended.
            let _ = empty.send(block);
        }
        Ok(())
    })
}

/// Fills a block up to the last whole line; `rest` is what follows it. Whether more may come.
fn fill(source: &mut impl Read, block: &mut Block, rest: &mut Vec<u8>) -> io::Result<bool> {
    block.odd.clear();
    block.rough = false;
    block.refused = false;
    let mut filled = rest.len();
    block.bytes[..filled].copy_from_slice(rest);
    rest.clear();
    while filled < BLOCK {
        match source.read(&mut block.bytes[filled..]) {
            Ok(0) => {
                block.filled = filled;
                return Ok(false);
            }
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    match memchr::memrchr(b'\n', &block.bytes) {
        Some(last) => {
            block.filled = last + 1;
            rest.extend_from_slice(&block.bytes[last + 1..]);
        }
        None => block.refused = true,
    }
    Ok(true)
}

/// The marks that make a line more than its fields between delimiters.
fn marks(dialect: &Dialect) -> [u8; 3] {
    let comma = if dialect.delimiter == b',' { b'"' } else { b',' };
    [b'"', dialect.quote.unwrap_or(b'"'), comma]
}

/// A line at a place, without its break, and the place after it.
fn line(bytes: &[u8], at: usize) -> (&[u8], usize) {
    let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |length| at + length);
    let last = if end > at && bytes[end - 1] == b'\r' { end - 1 } else { end };
    (&bytes[at..last], end + 1)
}

/// Whether a byte is a character of its own that is no white space.
const fn is_graphic(byte: u8) -> bool {
    matches!(byte, b'!'..=b'~')
}

/// What one line shows.
struct Seen {
    delimiters: usize,
    /// It certainly holds something.
    held: bool,
    /// Its last field certainly does.
    full: bool,
}

fn bare(line: &[u8], delimiter: u8) -> Option<Seen> {
    let certain = |byte: u8| is_graphic(byte) && byte != delimiter;
    Some(Seen {
        delimiters: memchr::memchr_iter(delimiter, line).count(),
        held: certain(*line.first()?),
        full: certain(*line.last()?),
    })
}

/// A line with quotation marks; none when its record does not end with it.
fn marked(careful: &mut OneLine, line: &[u8]) -> Option<Seen> {
    let record = careful.record(line, 0)?;
    let filled = record.filled();
    Some(Seen { delimiters: record.len() - 1, held: filled > 0, full: filled as usize == record.len() })
}

/// Proves that a text is such a text; none when it is not, or may not be. `skipped` bytes stand
/// before the first line.
pub(super) fn prove(source: impl Read + Send, skipped: u64, dialect: &Dialect) -> io::Result<Option<Proven>> {
    let [double, quote, comma] = marks(dialect);
    let look = |block: &mut Block| {
        block.refused = std::str::from_utf8(block.lines()).is_err();
        block.rough = memchr::memchr3(double, quote, comma, block.lines()).is_some();
        block.returns = memchr::memchr_iter(b'\r', block.lines()).count();
    };
    let mut careful = OneLine::new(dialect);
    let (mut delimiters, mut rows, mut held, mut bytes) = (0_usize, 0_u64, 0_u64, skipped);
    let (mut refused, mut is_full, mut ends_held) = (false, false, false);
    blocks::<_, io::Error>(source, look, |block| {
        let lines = block.lines();
        bytes += lines.len() as u64;
        let (mut at, mut returns) = (0, 0);
        refused |= block.refused;
        while at < lines.len() && !refused {
            let (line, after) = line(lines, at);
            if line.is_empty() {
                refused = true;
                break;
            }
            let has_marks = block.rough && memchr::memchr2(double, quote, line).is_some();
            let seen = if has_marks { marked(&mut careful, line) } else { bare(line, dialect.delimiter) };
            let Some(seen) = seen else {
                refused = true;
                break;
            };
            if rows == 0 {
                delimiters = seen.delimiters;
            }
            refused = seen.delimiters != delimiters || delimiters == 0;
            ends_held = seen.held;
            held += u64::from(seen.held);
            is_full |= seen.full;
            returns += usize::from(lines.get(at + line.len()) == Some(&b'\r'));
            rows += 1;
            at = after;
        }
        refused |= returns != block.returns;
        Ok(!refused)
    })?;
    let width = u32::try_from(delimiters + 1).unwrap_or(u32::MAX);
    let last_row = u32::try_from(rows).unwrap_or(u32::MAX);
    // A cell in every row that is counted is the least that there can be.
    let is_far = Shape::new(last_row, width, held).far;
    let proven = rows > 0 && !refused && is_full && ends_held && !is_far && rows < u64::from(u32::MAX);
    Ok(proven.then_some(Proven { width, bytes }))
}

/// Writes a text that was proven to be such a text as csv.
pub(super) fn write<E: From<io::Error>>(
    source: impl Read + Send,
    proven: &Proven,
    dialect: &Dialect,
    out: &mut dyn Write,
) -> Result<(), E> {
    let [double, quote, comma] = marks(dialect);
    let delimiter = dialect.delimiter;
    let look = |block: &mut Block| {
        block.rough = memchr::memchr3(double, quote, comma, block.lines()).is_some();
        if !block.rough {
            exchange(block, delimiter);
        }
    };
    let head = Head::default();
    let mut lines = Lines::new(Shape { width: proven.width, far: false }, &head, false);
    let mut careful = OneLine::new(dialect);
    let mut number = 0;
    blocks(source, look, |block| {
        let bytes = block.lines();
        let mut odd = block.odd.iter().peekable();
        let mut at = 0;
        while at < bytes.len() {
            let (line, after) = line(bytes, at);
            number += 1;
            let mut is_odd = line.first().is_some_and(|first| !is_graphic(*first));
            while odd.next_if(|place| **place < after).is_some() {
                is_odd = true;
            }
            if !block.rough && !is_odd {
                lines.whole(line, out)?;
            } else {
                lines.row(number, false, out)?;
                if block.rough && memchr::memchr2(double, quote, line).is_some() {
                    if let Some(record) = careful.record(line, number) {
                        record.each(|column, field| lines.cell(column, field));
                    }
                } else {
                    let between = if block.rough { delimiter } else { b',' };
                    fields(line, between, |column, field| lines.cell(column, field));
                }
                lines.end(out)?;
            }
            at = after;
        }
        Ok::<bool, E>(true)
    })?;
    lines.close(out)?;
    Ok(())
}

/// Puts commas for the delimiters of a block, and notes those before what may be white space.
fn exchange(block: &mut Block, delimiter: u8) {
    let filled = block.filled;
    let bytes = &mut block.bytes[..filled];
    let mut at = 0;
    while let Some(next) = memchr::memchr(delimiter, &bytes[at..]) {
        let place = at + next;
        bytes[place] = b',';
        at = place + 1;
        if at < filled && !is_graphic(bytes[at]) && bytes[at] != b'\n' && bytes[at] != b'\r' {
            block.odd.push(place);
        }
    }
}

/// Shows the fields of a line without quotation marks that hold something.
fn fields<'a>(line: &'a [u8], delimiter: u8, mut show: impl FnMut(u32, &'a [u8])) {
    let mut rest = line;
    for column in 0.. {
        let end = memchr::memchr(delimiter, rest);
        let field = &rest[..end.unwrap_or(rest.len())];
        if !is_blank(field) {
            show(column, field);
        }
        let Some(end) = end else { return };
        rest = &rest[end + 1..];
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::delimited;
    use super::super::super::dialect::Dialect;
    use super::super::super::table::Head;
    use super::super::lines::{Lines, Shape};
    use super::{BLOCK, prove, write};
    use proptest::prelude::*;
    use std::fmt::Write as _;
    use std::io;

    fn swift(text: &str, dialect: &Dialect) -> Option<String> {
        let proven = prove(text.as_bytes(), 0, dialect).unwrap()?;
        let mut out = Vec::new();
        write::<io::Error>(text.as_bytes(), &proven, dialect, &mut out).unwrap();
        Some(String::from_utf8(out).unwrap())
    }

    /// Record by record, and nothing irregular met.
    fn slow(text: &str, dialect: &Dialect) -> String {
        let mut width = 0;
        let told = delimited::each(text.as_bytes(), dialect, |record| {
            width = width.max(record.filled());
            Ok(true)
        });
        assert_eq!(told.unwrap(), []);
        let (head, mut out) = (Head::default(), Vec::new());
        let mut lines = Lines::new(Shape { width, far: false }, &head, false);
        let sink: &mut dyn io::Write = &mut out;
        delimited::each(text.as_bytes(), dialect, |record| {
            if record.filled() > 0 {
                lines.row(record.number, false, sink)?;
                record.each(|column, field| lines.cell(column, field));
                lines.end(sink)?;
            }
            Ok(true)
        })
        .unwrap();
        lines.close(sink).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn field() -> impl Strategy<Value = &'static str> {
        let parts = [
            "bois",
            "é",
            "1,5",
            "",
            " ",
            "\u{a0}",
            "\u{202f}x",
            "\"a;b\"",
            "\"x\"\"y\"",
            "a\"b",
            "\"",
            "l'eau",
            "’",
            "\t",
            "\r",
            "\"a\nb\"",
            "x y",
            "\u{3000}",
        ];
        prop::sample::select(parts.to_vec())
    }

    proptest! {
        #[test]
        fn lines_that_are_passed_on_are_those_that_are_taken_apart(
            rows in prop::collection::vec(prop::collection::vec(field(), 3), 1..8),
            delimiter in prop::sample::select(vec![b';', b',', b'\t', b'|']),
            quote in prop::sample::select(vec![b'"', b'\'']),
            ends in prop::sample::select(vec!["\n", "\r\n"]),
            closed in any::<bool>(),
        ) {
            let between = char::from(delimiter).to_string();
            let mut text = rows.iter().map(|row| row.join(&between)).collect::<Vec<_>>().join(ends);
            if closed {
                text.push_str(ends);
            }
            let dialect = Dialect { quote: Some(quote), ..Dialect::new(delimiter) };
            if let Some(seen) = swift(&text, &dialect) {
                prop_assert_eq!(seen, slow(&text, &dialect));
            }
        }
    }

    #[test]
    fn a_table_larger_than_a_block_is_passed_on_whole() {
        let mut text = "Nom;Lot;Quantité\r\n".to_owned();
        for row in 0..BLOCK / 8 {
            let field = ["lot \u{a0}", " ", "\"a;b\"", "1,5", "é"][row % 5];
            let odd = if row < 20_000 { "x" } else { field };
            write!(text, "Entreprise {row};{odd};{row}\r\n").unwrap();
        }
        let dialect = Dialect::new(b';');
        assert!(swift(&text, &dialect).unwrap() == slow(&text, &dialect));
    }

    #[test]
    fn other_texts_are_left_to_be_taken_apart() {
        for text in
            ["a;b\n1\n", "a;b\n\n1;2\n", "a;b\n\"x\ny\";2\n", "a;b\n1;2\n;\n", "a\nb\n", "a;b\r1;2\n", ""]
        {
            assert_eq!(swift(text, &Dialect::new(b';')), None, "{text:?}");
        }
        assert_eq!(prove(&b"a;b\n\xE9;2\n"[..], 0, &Dialect::new(b';')).unwrap(), None);
        let long = format!("a;b\n{};2\n", "x".repeat(BLOCK));
        assert_eq!(swift(&long, &Dialect::new(b';')), None);
    }
}
