//! Text in which every line is a row of as many fields: its lines are passed on nearly as they stand.
//!
//! The text is read twice, so that nothing waits: once to prove that it is such a text, and once
//! to write it. Blocks of whole lines are looked at and made ready side by side, and taken in
//! their order. What is not such a text is taken apart record by record elsewhere.

use super::super::dialect::Dialect;
use super::super::split::{OneLine, is_blank};
use super::lines::{Shape, quoted};
use super::marks::each_field;
use std::io::{self, Read, Write};
use std::sync::mpsc;
use std::thread;

/// Bytes that are read at a time; a line is shorter.
const BLOCK: usize = 1 << 18;
/// Threads that look at blocks.
const MOST_THREADS: usize = 4;

/// Whole lines.
struct Block {
    bytes: Vec<u8>,
    /// How many of the bytes are lines.
    filled: usize,
    /// Its only line does not end.
    too_long: bool,
    survey: Survey,
    /// The lines as csv.
    ready: Vec<u8>,
}

impl Block {
    fn new() -> Self {
        Self {
            bytes: vec![0; BLOCK],
            filled: 0,
            too_long: false,
            survey: Survey::default(),
            ready: Vec::new(),
        }
    }
}

/// What lines have in common.
#[derive(Debug, Clone, Copy, Default)]
struct Survey {
    /// Delimiters of each line; none when they differ, or the text is no such text.
    delimiters: Option<usize>,
    rows: u64,
    /// Lines that certainly hold something, at least so many.
    held: u64,
    /// The last field of one certainly does.
    full: bool,
    /// The last line certainly does.
    ends_held: bool,
}

impl Survey {
    /// Adds the lines that follow.
    fn add(&mut self, next: Self) {
        if next.rows == 0 && next.delimiters.is_none() {
            self.delimiters = None;
        } else if next.rows > 0 {
            let same = self.rows == 0 || self.delimiters == next.delimiters;
            self.delimiters = next.delimiters.filter(|_| same);
            self.ends_held = next.ends_held;
        }
        self.rows += next.rows;
        self.held += next.held;
        self.full |= next.full;
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

/// Gives blocks of whole lines to threads that `work` on them, and shows them in their order; ends
/// when `show` wants no more.
fn blocks<E: From<io::Error>>(
    mut source: impl Read,
    work: &(impl Fn(&mut Block, &mut OneLine) + Sync),
    dialect: &Dialect,
    mut show: impl FnMut(&Block) -> Result<bool, E>,
) -> Result<(), E> {
    let threads = thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                let (give, given) = mpsc::channel::<Block>();
                let (put, done) = mpsc::channel::<Block>();
                scope.spawn(move || {
                    let mut careful = OneLine::new(dialect);
                    for mut block in given {
                        work(&mut block, &mut careful);
                        if put.send(block).is_err() {
                            return;
                        }
                    }
                });
                (give, done)
            })
            .collect();
        let ended = || E::from(io::Error::from(io::ErrorKind::BrokenPipe));
        let (mut spare, mut rest): (Vec<Block>, Vec<u8>) = (Vec::new(), Vec::new());
        let (mut more, mut sent, mut taken) = (true, 0, 0);
        loop {
            while more && sent - taken < threads * 2 {
                let mut block = spare.pop().unwrap_or_else(Block::new);
                more = fill(&mut source, &mut block, &mut rest)?;
                workers[sent % threads].0.send(block).map_err(|_| ended())?;
                sent += 1;
            }
            if taken == sent {
                return Ok(());
            }
            let block = workers[taken % threads].1.recv().map_err(|_| ended())?;
            taken += 1;
            if !show(&block)? {
                return Ok(());
            }
            spare.push(block);
        }
    })
}

/// Fills a block up to the last whole line; `rest` is what follows it. Whether more may come.
fn fill(source: &mut impl Read, block: &mut Block, rest: &mut Vec<u8>) -> io::Result<bool> {
    let mut filled = rest.len();
    block.bytes[..filled].copy_from_slice(rest);
    rest.clear();
    block.too_long = false;
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
    if let Some(last) = memchr::memrchr(b'\n', &block.bytes) {
        block.filled = last + 1;
        rest.extend_from_slice(&block.bytes[last + 1..]);
    } else {
        (block.filled, block.too_long) = (filled, true);
    }
    Ok(true)
}

/// Where a line ends without its break, and where the next one begins.
fn line_end(bytes: &[u8], at: usize) -> (usize, usize) {
    let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |length| at + length);
    (if end > at && bytes[end - 1] == b'\r' { end - 1 } else { end }, end + 1)
}

/// Whether a byte is a character of its own that is no white space.
const fn is_graphic(byte: u8) -> bool {
    matches!(byte, b'!'..=b'~')
}

/// What the lines of a block have in common.
fn survey(block: &Block, dialect: &Dialect, careful: &mut OneLine) -> Survey {
    let bytes = &block.bytes[..block.filled];
    let mut all = Survey { delimiters: Some(0), ..Survey::default() };
    let none = Survey::default();
    if block.too_long || std::str::from_utf8(bytes).is_err() {
        return none;
    }
    let quote = dialect.quote.unwrap_or(b'"');
    let has_marks = memchr::memchr2(b'"', quote, bytes).is_some();
    let returns = memchr::memchr(b'\r', bytes).map_or(0, |_| memchr::memchr_iter(b'\r', bytes).count());
    let certain = |byte: u8| is_graphic(byte) && byte != dialect.delimiter;
    let (mut at, mut seen_returns, mut width) = (0, 0, 0);
    while at < bytes.len() {
        let (end, after) = line_end(bytes, at);
        if end == at {
            return none;
        }
        let line = &bytes[at..end];
        let (delimiters, held, full) = if has_marks && memchr::memchr2(b'"', quote, line).is_some() {
            let Some(seen) = marked(line, dialect, careful) else { return none };
            seen
        } else {
            let delimiters = memchr::memchr_iter(dialect.delimiter, line).count();
            (delimiters, certain(bytes[at]), certain(bytes[end - 1]))
        };
        if all.rows == 0 {
            width = delimiters;
        } else if delimiters != width {
            return none;
        }
        all.rows += 1;
        all.held += u64::from(held);
        all.full |= full;
        all.ends_held = held;
        seen_returns += usize::from(end < bytes.len() && bytes[end] == b'\r');
        at = after;
    }
    all.delimiters = Some(width);
    if seen_returns == returns { all } else { none }
}

/// Delimiters of a line with quotation marks, whether it holds something, and whether its last
/// field does; none when the record does not end with the line.
fn marked(line: &[u8], dialect: &Dialect, careful: &mut OneLine) -> Option<(usize, bool, bool)> {
    let (mut held, mut full) = (false, false);
    let fields = each_field(line, dialect, |field| {
        full = !is_blank(field);
        held |= full;
    });
    if let Some(fields) = fields {
        return Some((fields - 1, held, full));
    }
    let record = careful.record(line, 0)?;
    let filled = record.filled() as usize;
    Some((record.len() - 1, filled > 0, filled == record.len()))
}

/// Proves that a text is such a text; none when it is not, or may not be. `skipped` bytes stand
/// before the first line.
pub(super) fn prove(source: impl Read, skipped: u64, dialect: &Dialect) -> io::Result<Option<Proven>> {
    let work = |block: &mut Block, careful: &mut OneLine| block.survey = survey(block, dialect, careful);
    let mut all = Survey::default();
    let mut bytes = skipped;
    blocks::<io::Error>(source, &work, dialect, |block| {
        bytes += block.filled as u64;
        all.add(block.survey);
        Ok(all.delimiters.is_some() || all.rows == 0 && block.survey.delimiters.is_some())
    })?;
    let Some(delimiters) = all.delimiters.filter(|delimiters| *delimiters > 0) else { return Ok(None) };
    let (Ok(width), Ok(rows)) = (u32::try_from(delimiters + 1), u32::try_from(all.rows)) else {
        return Ok(None);
    };
    let is_far = Shape::new(rows, width, all.held).far;
    Ok((all.full && all.ends_held && !is_far).then_some(Proven { width, bytes }))
}

/// Makes the lines of a block ready as csv.
fn convert(block: &mut Block, width: u32, dialect: &Dialect, careful: &mut OneLine) {
    let Block { bytes, filled, ready, .. } = block;
    let bytes = &mut bytes[..*filled];
    let (delimiter, quote) = (dialect.delimiter, dialect.quote.unwrap_or(b'"'));
    let has_marks = memchr::memchr2(b'"', quote, bytes).is_some();
    ready.clear();
    ready.reserve(bytes.len() + bytes.len() / 4);
    let mut at = 0;
    while at < bytes.len() {
        let (end, after) = line_end(bytes, at);
        if has_marks && memchr::memchr2(b'"', quote, &bytes[at..end]).is_some() {
            record(&bytes[at..end], width, dialect, careful, ready);
        } else {
            fields(&mut bytes[at..end], delimiter, ready);
        }
        ready.extend_from_slice(b"\r\n");
        at = after;
    }
}

/// A line with quotation marks.
fn record(line: &[u8], width: u32, dialect: &Dialect, careful: &mut OneLine, ready: &mut Vec<u8>) {
    let begin = ready.len();
    let fields = each_field(line, dialect, |field| {
        // No field of a line holds a line break.
        if memchr::memchr2(b',', b'"', field).is_some() {
            quoted(ready, field);
        } else if !is_blank(field) {
            ready.extend_from_slice(field);
        }
        ready.push(b',');
    });
    if fields.is_some() {
        ready.pop();
        return;
    }
    ready.truncate(begin);
    let mut written = 0;
    // It was taken apart before, so it can be.
    if let Some(record) = careful.record(line, 0) {
        record.each(|column, field| {
            ready.resize(ready.len() + (column - written) as usize, b',');
            written = column;
            quoted(ready, field);
        });
    }
    ready.resize(ready.len() + width.saturating_sub(written + 1) as usize, b',');
}

/// A line without quotation marks: commas for its delimiters, marks around fields with a comma,
/// and nothing for white space. What needs neither is copied as one piece.
fn fields(line: &mut [u8], delimiter: u8, ready: &mut Vec<u8>) {
    let (mut copied, mut field, mut at, mut has_comma) = (0, 0, 0, false);
    loop {
        let hit = memchr::memchr2(delimiter, b',', &line[at..]);
        let end = match hit {
            Some(length) => at + length,
            None => line.len(),
        };
        if hit.is_some() && line[end] != delimiter {
            has_comma = true;
            at = end + 1;
            continue;
        }
        let may_be_blank = field < end && !is_graphic(line[field]);
        let blank = may_be_blank && is_blank(&line[field..end]);
        if has_comma || blank {
            ready.extend_from_slice(&line[copied..field]);
            if !blank {
                ready.push(b'"');
                ready.extend_from_slice(&line[field..end]);
                ready.push(b'"');
            }
            copied = end;
            has_comma = false;
        }
        if hit.is_none() {
            ready.extend_from_slice(&line[copied..]);
            return;
        }
        line[end] = b',';
        field = end + 1;
        at = field;
    }
}

/// Writes a text that was proven to be such a text as csv.
pub(super) fn write<E: From<io::Error>>(
    source: impl Read,
    proven: &Proven,
    dialect: &Dialect,
    out: &mut dyn Write,
) -> Result<(), E> {
    let work = |block: &mut Block, careful: &mut OneLine| convert(block, proven.width, dialect, careful);
    blocks(source, &work, dialect, |block| {
        out.write_all(&block.ready)?;
        Ok::<bool, E>(true)
    })
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
    fn lines_that_break_inside_cells_are_left_to_the_parser_in_every_block() {
        let mut text = "lot,adresse,quantité\n".to_owned();
        while text.len() < 5 * BLOCK {
            text.push_str("7,\"rue des Pins\nbureau 7\",2\n");
        }
        assert_eq!(swift(&text, &Dialect::new(b',')), None);
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
