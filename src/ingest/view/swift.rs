//! Text in which every line is a row of as many fields: its lines are passed on nearly as they stand.
//!
//! Nothing may be written before all of the text is known to be such a text. What is made ready on
//! the way is held, up to a limit; what comes after it is read once more. What is not such a text
//! is taken apart record by record elsewhere.

use super::super::budget::{Budget, MOST_COLUMNS};
use super::super::dialect::Dialect;
use super::blocks::blocks;
use super::held::Held;
use super::lines::Shape;
use super::recast::Survey;
use std::io::{self, Read, Write};

/// A text that is such a text.
pub(super) struct Proven {
    /// Bytes of the whole text, with the mark at its beginning.
    pub(super) bytes: u64,
    /// Its first lines as csv.
    held: Held,
    /// Where the lines after those begin.
    rest: u64,
}

/// Proves that a text is such a text; none when it is not, or may not be. `skipped` bytes stand
/// before the first line, and at most `room` bytes of csv are held. When the budget is passed, what follows is not
/// looked at, and the budget tells so.
pub(super) fn prove(
    source: impl Read,
    skipped: u64,
    dialect: &Dialect,
    room: usize,
    budget: &Budget,
) -> io::Result<Option<Proven>> {
    let mut proven = Proven { bytes: skipped, held: Held::new(room), rest: skipped };
    let mut all = Some(Survey::default());
    blocks::<io::Error>(source, dialect, |block| {
        all = all.zip(block.survey).and_then(|(all, next)| all.and(next));
        if proven.rest == proven.bytes && proven.held.add(&block.ready) {
            proven.rest += block.read;
        }
        proven.bytes += block.read;
        let fields = block.survey.map_or(0, |lines| lines.rows.saturating_mul(lines.width as u64));
        Ok(all.is_some() && budget.takes(fields, 0))
    })?;
    Ok(all.filter(is_table).map(|_| proven))
}

/// Whether lines are a table of columns, with nothing that a used range would leave out.
fn is_table(all: &Survey) -> bool {
    let (Ok(width), Ok(rows)) = (u32::try_from(all.width), u32::try_from(all.rows)) else { return false };
    (2..=MOST_COLUMNS).contains(&all.width)
        && all.full
        && all.ends_held
        && !Shape::new(rows, width, all.held).far
}

/// Writes a text that was proven to be such a text as csv; `behind` gives the text from so many bytes on, when not all
/// of it is held.
pub(super) fn write<R: Read, E: From<io::Error>>(
    behind: impl FnOnce(u64) -> Result<R, E>,
    proven: &Proven,
    dialect: &Dialect,
    out: &mut dyn Write,
) -> Result<u64, E> {
    out.write_all(proven.held.bytes())?;
    let mut bytes = proven.rest;
    if bytes < proven.bytes {
        blocks::<E>(behind(bytes)?, dialect, |block| {
            out.write_all(&block.ready)?;
            bytes += block.read;
            Ok(block.survey.is_some())
        })?;
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::super::super::budget::Budget;
    use super::super::super::delimited;
    use super::super::super::dialect::Dialect;
    use super::super::super::table::Head;
    use super::super::blocks::BLOCK;
    use super::super::lines::{Lines, Shape};
    use super::super::spool::IN_MEMORY;
    use super::{prove, write};
    use proptest::prelude::*;
    use std::fmt::Write as _;
    use std::io;

    fn swift(text: &str, dialect: &Dialect) -> Option<String> {
        within(IN_MEMORY, text, dialect)
    }

    fn within(room: usize, text: &str, dialect: &Dialect) -> Option<String> {
        let proven = prove(text.as_bytes(), 0, dialect, room, &Budget::none()).unwrap()?;
        let mut out = Vec::new();
        let behind = |from: u64| Ok(&text.as_bytes()[usize::try_from(from).unwrap()..]);
        let bytes = write::<_, io::Error>(behind, &proven, dialect, &mut out).unwrap();
        assert_eq!((bytes, proven.bytes), (text.len() as u64, text.len() as u64));
        Some(String::from_utf8(out).unwrap())
    }

    /// Record by record, and nothing irregular met.
    fn slow(text: &str, dialect: &Dialect) -> String {
        let mut width = 0;
        let budget = Budget::none();
        let told = delimited::each(text.as_bytes(), dialect, &budget, |record| {
            width = width.max(record.filled());
            Ok(true)
        });
        assert_eq!(told.unwrap(), []);
        let (head, mut out) = (Head::default(), Vec::new());
        let mut lines = Lines::new(Shape { width, far: false }, &head, false);
        let sink: &mut dyn io::Write = &mut out;
        delimited::each(text.as_bytes(), dialect, &budget, |record| {
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
            "\"a,b\"",
            "\"\"",
            "\" \"",
            "\"a\" ",
            "'x;y'",
            "'a,\"b'",
            "\"x\\\"y\"",
            "un texte de plus de soixante-quatre octets, qui ne tient pas dans une pièce",
        ];
        prop::sample::select(parts.to_vec())
    }

    proptest! {
        #[test]
        fn lines_that_are_passed_on_are_those_that_are_taken_apart(
            rows in prop::collection::vec(prop::collection::vec(field(), 3), 1..8),
            delimiter in prop::sample::select(vec![b';', b',', b'\t', b'|']),
            quote in prop::sample::select(vec![b'"', b'\'']),
            escape in prop::sample::select(vec![None, Some(b'\\')]),
            ends in prop::sample::select(vec!["\n", "\r\n"]),
            closed in any::<bool>(),
        ) {
            let between = char::from(delimiter).to_string();
            let mut text = rows.iter().map(|row| row.join(&between)).collect::<Vec<_>>().join(ends);
            if closed {
                text.push_str(ends);
            }
            let dialect = Dialect { quote: Some(quote), escape, ..Dialect::new(delimiter) };
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
        let expected = slow(&text, &dialect);
        for room in [0, 3 * BLOCK, IN_MEMORY] {
            assert!(within(room, &text, &dialect).unwrap() == expected, "{room}");
        }
    }

    #[test]
    fn other_texts_are_left_to_be_taken_apart() {
        for text in
            ["a;b\n1\n", "a;b\n\n1;2\n", "a;b\n\"x\ny\";2\n", "a;b\n1;2\n;\n", "a\nb\n", "a;b\r1;2\n", ""]
        {
            assert_eq!(swift(text, &Dialect::new(b';')), None, "{text:?}");
        }
        let (latin, none) = (&b"a;b\n\xE9;2\n"[..], Budget::none());
        assert!(prove(latin, 0, &Dialect::new(b';'), IN_MEMORY, &none).unwrap().is_none());
        let long = format!("a;b\n{};2\n", "x".repeat(BLOCK));
        assert_eq!(swift(&long, &Dialect::new(b';')), None);
    }
}
