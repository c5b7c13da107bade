//! What calamine does not tell of an xlsx sheet: hidden rows and columns, merged blocks.
//!
//! A sheet is searched for three tags and not parsed. What cannot be read here counts as visible; the
//! cells themselves are read elsewhere.

use super::super::formats::{Form, Runs};
use super::super::table::{Area, address};
use super::mend::has_odd_value;
use crate::model::Confidential;
use memchr::memmem::{self, Finder};
use serde::{Deserialize, Serialize};
use std::io::Read;

/// Merged blocks of one sheet that are kept; real headers have a few dozen.
pub(super) const MOST_MERGED: usize = 100_000;
const CHUNK: usize = 1 << 18;

/// Hidden rows and columns as runs from first to last, counted from 0, and merged blocks.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Structure {
    #[serde(skip)]
    pub(super) rows: Vec<(u32, u32)>,
    pub(super) columns: Vec<(u32, u32)>,
    pub(super) merged: Vec<Area>,
    /// Excel tables of the sheet by their name.
    pub(super) tables: Vec<(String, Area)>,
    /// Cells that show something beside their numbers.
    pub(super) shown: Runs,
    /// Row and column, from 0, at which the used range begins: cells without a value that have a style are of it,
    /// as in Excel.
    pub(super) first: Option<(u32, u32)>,
    /// Values of cells are written otherwise than as plain text, which calamine misreads.
    #[serde(skip)]
    pub(super) has_odd_values: bool,
}

impl Structure {
    /// Extends the used range to a cell.
    pub(super) fn reach(&mut self, row: u32, column: u32) {
        let first = self.first.get_or_insert((row, column));
        *first = (first.0.min(row), first.1.min(column));
    }

    /// Whether a row, from 0, is hidden.
    pub(super) fn hides_row(&self, row: u32) -> bool {
        let after = self.rows.partition_point(|(first, _)| *first <= row);
        after > 0 && row <= self.rows[after - 1].1
    }

    /// As a reader says it.
    pub(super) fn event<'a>(self) -> super::super::table::Event<'a> {
        super::super::table::Event::Structure {
            hidden_columns: self.columns,
            merged: self.merged,
            tables: self.tables.into_iter().map(|(name, area)| (Confidential::new(name), area)).collect(),
            shown: self.shown.sorted(),
            first: self.first.unwrap_or_default(),
        }
    }

    /// Adds a hidden row that comes after all others.
    pub(super) fn hide_rows(&mut self, first: u32, last: u32) {
        match self.rows.last_mut() {
            Some((_, end)) if *end >= first || *end + 1 == first => *end = (*end).max(last),
            _ => self.rows.push((first, last)),
        }
    }
}

/// What a search says of a sheet, in this order and as it goes.
#[derive(Debug, PartialEq)]
pub(super) enum Step {
    /// Hidden columns, which stand before all cells.
    Columns(Vec<(u32, u32)>),
    /// Rows before this one, from 0, were seen; those of them that are hidden.
    Rows(u32, Vec<(u32, u32)>),
    /// Cells that show something beside their numbers.
    Shown(Runs),
    /// Values of cells are no plain text.
    OddValues,
    /// Merged blocks, which stand behind all cells.
    Merged(Vec<Area>),
}

impl Structure {
    /// Adds what a search said. Hidden rows may stand out of order.
    pub(super) fn take(&mut self, step: Step) {
        match step {
            Step::Columns(columns) => self.columns = columns,
            Step::Merged(merged) => self.merged = merged,
            Step::Shown(shown) => self.shown = shown,
            Step::OddValues => self.has_odd_values = true,
            Step::Rows(_, hidden) => {
                let is_sorted = hidden
                    .first()
                    .is_none_or(|(first, _)| self.rows.last().is_none_or(|(_, last)| last <= first))
                    && hidden.is_sorted();
                let old = if is_sorted { 0 } else { self.rows.len() };
                let mut all: Vec<(u32, u32)> = self.rows.drain(..old).chain(hidden).collect();
                all.sort_unstable();
                for (first, last) in all {
                    self.hide_rows(first, last);
                }
            }
        }
    }
}

/// Where in a sheet the search is: tags stand in this order.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Columns,
    Rows,
    Merged,
}

/// The tags of a sheet under its namespace prefix.
struct Tags {
    column: Finder<'static>,
    row: Finder<'static>,
    cell: Finder<'static>,
    merged: Finder<'static>,
    data: Finder<'static>,
    end: Finder<'static>,
}

impl Tags {
    fn new(prefix: &str) -> Self {
        let tag = |text: String| Finder::new(text.as_bytes()).into_owned();
        Self {
            column: tag(format!("<{prefix}col")),
            row: tag(format!("<{prefix}row")),
            cell: tag(format!("<{prefix}c")),
            merged: tag(format!("<{prefix}mergeCell")),
            data: tag(format!("<{prefix}sheetData")),
            end: tag(format!("</{prefix}sheetData>")),
        }
    }
}

/// Searches a sheet, and says what it finds to `say` until that wants no more. Cells are looked at where one
/// of the `forms` of the workbook, by the rank of their style, shows something beside a number.
pub(super) fn search(mut part: impl Read, forms: &[Option<Form>], say: &mut dyn FnMut(Step) -> bool) {
    let mut buffer = Vec::with_capacity(CHUNK * 2);
    let mut tags = None;
    let mut phase = Phase::Columns;
    let (mut next_row, mut seen) = (0, 0);
    let (mut columns, mut merged, mut shown) = (Vec::new(), Vec::new(), Runs::default());
    let is_formed = forms.iter().any(Option::is_some);
    let mut is_odd = false;
    loop {
        let before = buffer.len();
        let read = part.by_ref().take(CHUNK as u64).read_to_end(&mut buffer);
        if read.is_err() || buffer.len() == before {
            break;
        }
        let tags = tags.get_or_insert_with(|| Tags::new(&prefix(&buffer)));
        let mut done = 0;
        if phase == Phase::Columns {
            let until = tags.data.find(&buffer);
            done = each_tag(&buffer[..until.unwrap_or(buffer.len())], 0, &tags.column, |tag| {
                columns.extend(hidden_columns(tag));
            });
            if let Some(until) = until {
                if !say(Step::Columns(std::mem::take(&mut columns))) {
                    return;
                }
                phase = Phase::Rows;
                done = until;
            }
        }
        if phase == Phase::Rows {
            let mut hidden = Vec::new();
            let from = done;
            is_odd = is_odd || has_odd_value(&buffer[from..]);
            done = each_tag(&buffer, from, &tags.row, |tag| {
                let number = value(tag, b"r").and_then(|text| text.parse::<u32>().ok());
                let row = number.map_or(next_row, |number| number.saturating_sub(1));
                next_row = row.saturating_add(1);
                if is_hidden(tag) || has_no(b"ht", tag) {
                    hidden.push((row, row));
                }
            });
            if is_formed {
                done = done.max(each_tag(&buffer, from, &tags.cell, |tag| {
                    if let Some(((row, column), form)) = formed(tag, forms) {
                        shown.take(row, column, form);
                    }
                }));
            }
            // The last row of the chunk may be cut off behind its tag: it was seen all the same.
            seen = seen.max(next_row);
            if !say(Step::Rows(seen, hidden)) {
                return;
            }
            if let Some(end) = tags.end.find(&buffer[done..]) {
                phase = Phase::Merged;
                done += end;
            }
        }
        if phase == Phase::Merged {
            done = each_tag(&buffer, done, &tags.merged, |tag| {
                if let Some(area) = value(tag, b"ref").and_then(Area::parse)
                    && merged.len() < MOST_MERGED
                {
                    merged.push(area);
                }
            });
        }
        // A tag may be cut off by the end of the chunk: keep what follows the last `<`.
        let tail = memchr::memrchr(b'<', &buffer[done..]).map_or(buffer.len(), |at| done + at);
        let tail = if buffer.len() - tail > 1 << 16 { buffer.len() } else { tail };
        buffer.drain(..tail);
    }
    if (phase == Phase::Columns && !say(Step::Columns(columns))) || (is_odd && !say(Step::OddValues)) {
        return;
    }
    if shown.is_empty() || say(Step::Shown(shown)) {
        say(Step::Merged(merged));
    }
}

/// Row and column of a cell, from 0, whose style shows something beside a number. One that does not say where
/// it stands is passed over: programs that leave that out write no such styles.
fn formed<'a>(tag: &[u8], forms: &'a [Option<Form>]) -> Option<((u32, u32), &'a Form)> {
    let form = forms.get(value(tag, b"s")?.parse::<usize>().ok()?)?.as_ref()?;
    Some((address(value(tag, b"r")?)?, form))
}

/// Errors that calamine does not know; all but the last are newer than Excel 2016.
pub(super) const NEW_ERRORS: [&str; 10] = [
    "#SPILL!",
    "#CALC!",
    "#FIELD!",
    "#BLOCKED!",
    "#CONNECT!",
    "#BUSY!",
    "#UNKNOWN!",
    "#PYTHON!",
    "#EXTERNAL!",
    "#GETTING_DATA",
];

/// Shows every whole tag from `from` on; gives the place after the last one shown.
fn each_tag(bytes: &[u8], from: usize, tag: &Finder<'_>, mut show: impl FnMut(&[u8])) -> usize {
    let mut at = from;
    while let Some(found) = tag.find(&bytes[at..]) {
        let start = at + found;
        let Some(end) = memchr::memchr(b'>', &bytes[start..]) else { break };
        let name_end = start + tag.needle().len();
        // `<col` is also how `<cols>` begins.
        if matches!(bytes.get(name_end), Some(b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'>')) {
            show(&bytes[start..start + end]);
        }
        at = start + end;
    }
    at
}

/// `x:` when the root is `<x:worksheet`.
fn prefix(bytes: &[u8]) -> String {
    let root = memmem::find(bytes, b"worksheet").unwrap_or(0);
    let open = memchr::memrchr(b'<', &bytes[..root]).map_or(root, |at| at + 1);
    String::from_utf8_lossy(&bytes[open..root]).into_owned()
}

/// The value of an attribute, in either kind of quotation marks.
pub(super) fn value<'a>(tag: &'a [u8], name: &[u8]) -> Option<&'a str> {
    memmem::find_iter(tag, name).find_map(|at| {
        if !tag[..at].last()?.is_ascii_whitespace() {
            return None;
        }
        let rest = tag[at + name.len()..].trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
        let (quote, rest) = rest.split_first().filter(|(quote, _)| matches!(quote, b'"' | b'\''))?;
        let end = memchr::memchr(*quote, rest)?;
        std::str::from_utf8(&rest[..end]).ok()
    })
}

fn is_hidden(tag: &[u8]) -> bool {
    value(tag, b"hidden").is_some_and(|hidden| hidden == "1" || hidden == "true")
}

/// Whether the height of a row or the width of columns is nothing.
fn has_no(size: &[u8], tag: &[u8]) -> bool {
    value(tag, size).is_some_and(|size| size.starts_with('0') && size.trim_matches(['0', '.']).is_empty())
}

/// First and last of the columns of a tag, from 0, when they are hidden.
fn hidden_columns(tag: &[u8]) -> Option<(u32, u32)> {
    let number = |name: &[u8]| value(tag, name).and_then(|text| text.parse::<u32>().ok());
    let is_hidden = is_hidden(tag) || has_no(b"width", tag);
    let (first, last) = is_hidden.then(|| Some((number(b"min")?, number(b"max")?)))??;
    (first >= 1 && first <= last).then(|| (first - 1, last - 1))
}

#[cfg(test)]
mod tests {
    use super::super::super::formats::{Form, at};
    use super::{Area, Step, Structure, search};
    use std::fmt::Write as _;

    fn read(text: &str) -> Structure {
        let mut structure = Structure::default();
        search(text.as_bytes(), &[], &mut |step| {
            structure.take(step);
            true
        });
        structure
    }

    #[test]
    fn hidden_rows_hidden_columns_and_merged_blocks_are_found_under_any_prefix() {
        for prefix in ["", "x:"] {
            let text = "<worksheet a=\"b\"><cols><col min=\"2\" max=\"3\" hidden=\"1\"/><col min=\"4\" max=\"4\"/></cols>\
                <sheetData><row r=\"2\" hidden=\"true\"><c r=\"A2\"/></row><row hidden=\"1\"/><row r=\"9\"/></sheetData>\
                <mergeCells count=\"1\"><mergeCell ref=\"B1:AA2\"/></mergeCells></worksheet>";
            let text = text
                .replace('<', &format!("<{prefix}"))
                .replace(&format!("<{prefix}/"), &format!("</{prefix}"));
            let seen = read(&format!("<?xml version=\"1.0\"?>{text}"));
            assert_eq!(seen.columns, [(1, 2)], "{prefix}");
            assert_eq!(seen.rows, [(1, 2)], "{prefix}");
            assert_eq!(seen.merged, [Area { first: (0, 1), last: (1, 26) }], "{prefix}");
            assert!(seen.hides_row(2) && !seen.hides_row(0) && !seen.hides_row(3));
        }
    }

    #[test]
    fn attributes_may_stand_in_either_quotation_marks_and_on_lines_of_their_own() {
        let text = "<worksheet><cols ><col\n  hidden = '1' min='2' max=\"2\"/></cols>\
            <sheetData><row><c/></row><row hidden='1'/><row\tr='7' hidden='true'></row><rowless hidden=\"1\"/></sheetData>\
            <mergeCells count='1'><mergeCell ref='A1:B2'/></mergeCells></worksheet>";
        let seen = read(text);
        assert_eq!((seen.columns, seen.rows), (vec![(1, 1)], vec![(1, 1), (6, 6)]));
        assert_eq!(seen.merged, [Area { first: (0, 0), last: (1, 1) }]);
    }

    #[test]
    fn rows_without_height_and_columns_without_width_are_hidden() {
        let seen = read(
            "<worksheet><cols><col min=\"2\" max=\"2\" width=\"0\"/><col min=\"3\" max=\"3\" width=\"0.5\"/></cols>\
            <sheetData><row r=\"1\" ht=\"0\" customHeight=\"1\"/><row r=\"2\" ht=\"10.0\"/></sheetData></worksheet>",
        );
        assert_eq!((seen.columns, seen.rows), (vec![(1, 1)], vec![(0, 0)]));
    }

    #[test]
    fn a_row_of_its_own_is_shown_where_the_others_are_hidden() {
        // `zeroHeight` is of rows without an element (ECMA-376, part 1, 18.3.1.81), and so without cells.
        let seen = read(
            "<worksheet><sheetFormatPr defaultRowHeight=\"15\" zeroHeight=\"1\"/><sheetData><row r=\"1\"/>\
            <row r=\"2\" hidden=\"1\"/><row r=\"9\" ht=\"15\"/></sheetData></worksheet>",
        );
        assert_eq!(seen.rows, [(1, 1)]);
    }

    #[test]
    fn hidden_rows_out_of_order_are_known_as_runs() {
        let mut text = "<worksheet><sheetData>".to_owned();
        for row in [3, 4, 9, 5, 2, 2, 7] {
            write!(text, "<row r=\"{row}\" hidden=\"1\"/>").unwrap();
        }
        assert_eq!(read(&text).rows, [(1, 4), (6, 6), (8, 8)]);
        let mut structure = Structure::default();
        for hidden in [vec![(5, 5)], vec![(6, 6), (9, 9)], vec![(2, 2)], vec![(7, 7)]] {
            structure.take(Step::Rows(0, hidden));
        }
        assert_eq!(structure.rows, [(2, 2), (5, 7), (9, 9)]);
    }

    #[test]
    fn what_was_seen_is_said_as_the_search_goes() {
        let mut text =
            "<worksheet><cols><col min=\"1\" max=\"1\" hidden=\"1\"/></cols><sheetData>".to_owned();
        for row in 1..=20_000 {
            write!(text, "<row r=\"{row}\"><c r=\"A{row}\"><v>1</v></c></row>").unwrap();
        }
        text.push_str("</sheetData></worksheet>");
        let mut steps = Vec::new();
        search(text.as_bytes(), &[], &mut |step| {
            steps.push(step);
            true
        });
        assert_eq!(steps.first(), Some(&Step::Columns(vec![(0, 0)])));
        assert!(matches!(steps[1], Step::Rows(seen, _) if 0 < seen && seen < 20_000));
        assert_eq!(steps[steps.len() - 2..], [Step::Rows(20_000, Vec::new()), Step::Merged(Vec::new())]);
        let mut said = 0;
        search(text.as_bytes(), &[], &mut |_| {
            said += 1;
            false
        });
        assert_eq!(said, 1);
    }

    #[test]
    fn cells_that_show_a_unit_are_found_in_every_chunk() {
        let mut text = "<worksheet><cols/><sheetData>".to_owned();
        for row in 1..=30_000 {
            write!(
                text,
                "<row r=\"{row}\"><c r=\"A{row}\" s=\"1\"/><c r='B{row}' t='n' s='2'><v>1</v></c></row>"
            )
            .unwrap();
        }
        text.push_str("</sheetData><mergeCells><mergeCell ref=\"A1:B1\"/></mergeCells></worksheet>");
        let forms = [None, None, Form::of_code("0\" kg\"")];
        let mut structure = Structure::default();
        search(text.as_bytes(), &forms, &mut |step| {
            structure.take(step);
            true
        });
        assert_eq!(structure.merged.len(), 1);
        let runs = structure.shown.sorted();
        assert_eq!(runs.len(), 1);
        assert!(at(&runs, 29_999, 1).is_some() && at(&runs, 0, 1).is_some() && at(&runs, 5, 0).is_none());
    }

    #[test]
    fn no_row_is_lost_between_two_chunks() {
        let mut text = "<worksheet><sheetData>".to_owned();
        for row in 1..=60_000 {
            let hidden = if row % 2 == 0 { " hidden=\"1\"" } else { "" };
            write!(text, "<row r=\"{row}\"{hidden}><c r=\"A{row}\"><v>1</v></c></row>").unwrap();
        }
        text.push_str("</sheetData><mergeCells><mergeCell ref=\"A1:B1\"/></mergeCells></worksheet>");
        let seen = read(&text);
        assert_eq!((seen.rows.len(), seen.merged.len()), (30_000, 1));
    }
}
