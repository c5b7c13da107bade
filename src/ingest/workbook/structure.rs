//! What calamine does not tell of an xlsx sheet: hidden rows and columns, merged blocks.
//!
//! A sheet is unpacked a second time for it, by a thread of its own while calamine reads the
//! shared texts, and is searched for three tags and not parsed.
//! What cannot be read here counts as visible; the cells themselves are read elsewhere.

use super::super::content::Content;
use super::super::table::Area;
use super::container::{self, Archive};
use super::wire::Wanted;
use crate::model::Confidential;
use memchr::memmem::{self, Finder};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread::Scope;
use zip::ZipArchive;

/// Merged blocks of one sheet that are kept; real headers have a few dozen.
const MOST_MERGED: usize = 100_000;
const CHUNK: usize = 1 << 18;

/// Hidden rows and columns as runs from first to last, counted from 0, and merged blocks.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Structure {
    #[serde(skip)]
    pub(super) rows: Vec<(u32, u32)>,
    /// A row stands before one of a lower number.
    #[serde(skip)]
    pub(super) is_unsorted: bool,
    /// It holds errors that the parser does not know.
    #[serde(skip)]
    pub(super) has_new_errors: bool,
    pub(super) columns: Vec<(u32, u32)>,
    pub(super) merged: Vec<Area>,
    /// Excel tables of the sheet by their name.
    pub(super) tables: Vec<(String, Area)>,
}

impl Structure {
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

/// What is found while the cells are read elsewhere, sheet by sheet.
pub(super) struct Ahead {
    coming: Receiver<(String, Structure)>,
    found: BTreeMap<String, Structure>,
}

impl Ahead {
    /// Begins to look through the sheets of a workbook, or the one that is wanted.
    pub(super) fn new<'scope, 'env>(
        scope: &'scope Scope<'scope, 'env>,
        content: &'env Content,
        wanted: Option<&'env Wanted>,
    ) -> Self {
        // A few sheets ahead are enough, and their memory stays bounded.
        let (say, coming) = mpsc::sync_channel(4);
        scope.spawn(move || {
            // What cannot be read here counts as visible.
            let _ = catch_unwind(AssertUnwindSafe(|| look(content, wanted, &say)));
        });
        Self { coming, found: BTreeMap::new() }
    }

    /// What was found of a sheet; waits for it.
    pub(super) fn of(&mut self, sheet: &str) -> Structure {
        loop {
            if let Some(found) = self.found.remove(sheet) {
                return found;
            }
            let Ok((name, structure)) = self.coming.recv() else { return Structure::default() };
            self.found.insert(name, structure);
        }
    }
}

fn look(content: &Content, wanted: Option<&Wanted>, say: &SyncSender<(String, Structure)>) {
    let Ok(mut archive) = ZipArchive::new(content.reader()) else { return };
    let parts = container::sheets(&mut archive);
    let names: Vec<String> = parts.iter().map(|(name, _)| name.clone()).collect();
    let chosen = wanted.and_then(|wanted| wanted.position(&names));
    for (rank, (name, part)) in (1..).zip(parts) {
        if chosen.is_none_or(|chosen| chosen == rank) && say.send((name, xlsx(&mut archive, &part))).is_err()
        {
            return;
        }
    }
}

/// Hidden rows and columns and merged blocks of one part.
fn xlsx(archive: &mut Archive, part: &str) -> Structure {
    let mut structure = Structure::default();
    if let Some(part) = container::part(archive, part) {
        scan(part, &mut structure);
        structure.rows.sort_unstable();
    }
    structure.tables = container::tables(archive, part);
    structure
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
    merged: Finder<'static>,
    data: Finder<'static>,
    end: Finder<'static>,
    error: Finder<'static>,
}

impl Tags {
    fn new(prefix: &str) -> Self {
        let tag = |text: String| Finder::new(text.as_bytes()).into_owned();
        Self {
            column: tag(format!("<{prefix}col")),
            row: tag(format!("<{prefix}row")),
            merged: tag(format!("<{prefix}mergeCell")),
            data: tag(format!("<{prefix}sheetData")),
            end: tag(format!("</{prefix}sheetData>")),
            error: tag(format!("<{prefix}v>#")),
        }
    }
}

fn scan(mut part: impl Read, structure: &mut Structure) {
    let mut buffer = Vec::with_capacity(CHUNK * 2);
    let mut tags = None;
    let mut phase = Phase::Columns;
    let mut next_row = 0;
    loop {
        let before = buffer.len();
        let read = part.by_ref().take(CHUNK as u64).read_to_end(&mut buffer);
        if read.is_err() || buffer.len() == before {
            return;
        }
        let tags = tags.get_or_insert_with(|| Tags::new(&prefix(&buffer)));
        let mut done = 0;
        if phase == Phase::Columns {
            let until = tags.data.find(&buffer);
            done = each_tag(&buffer[..until.unwrap_or(buffer.len())], 0, &tags.column, |tag| {
                hidden_columns(tag, structure);
            });
            if let Some(until) = until {
                phase = Phase::Rows;
                done = until;
            }
        }
        if phase == Phase::Rows {
            structure.has_new_errors |= tags.error.find_iter(&buffer).any(|at| is_new_error(&buffer[at..]));
            done = each_tag(&buffer, done, &tags.row, |tag| {
                let number = value(tag, b"r").and_then(|text| text.parse::<u32>().ok());
                let row = number.map_or(next_row, |number| number.saturating_sub(1));
                structure.is_unsorted |= row < next_row;
                next_row = row.saturating_add(1);
                if !is_hidden(tag) {
                } else if structure.is_unsorted {
                    structure.rows.push((row, row));
                } else if structure.rows.last().is_none_or(|(_, last)| *last < row) {
                    structure.hide_rows(row, row);
                }
            });
            if let Some(end) = tags.end.find(&buffer[done..]) {
                phase = Phase::Merged;
                done += end;
            }
        }
        if phase == Phase::Merged {
            done = each_tag(&buffer, done, &tags.merged, |tag| {
                if let Some(area) = value(tag, b"ref").and_then(Area::parse)
                    && structure.merged.len() < MOST_MERGED
                {
                    structure.merged.push(area);
                }
            });
        }
        // A tag may be cut off by the end of the chunk: keep what follows the last `<`.
        let tail = memchr::memrchr(b'<', &buffer[done..]).map_or(buffer.len(), |at| done + at);
        let tail = if buffer.len() - tail > 1 << 16 { buffer.len() } else { tail };
        buffer.drain(..tail);
    }
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

/// Whether a value begins that is such an error.
fn is_new_error(value: &[u8]) -> bool {
    let start = memchr::memchr(b'#', value).unwrap_or(value.len());
    NEW_ERRORS.iter().any(|error| value[start..].starts_with(error.as_bytes()))
}

/// Shows every whole tag from `from` on; gives the place after the last one shown.
fn each_tag(bytes: &[u8], from: usize, tag: &Finder<'_>, mut show: impl FnMut(&[u8])) -> usize {
    let mut at = from;
    while let Some(found) = tag.find(&bytes[at..]) {
        let start = at + found;
        let Some(end) = memchr::memchr(b'>', &bytes[start..]) else { break };
        let name_end = start + tag.needle().len();
        // `<col` is also how `<cols>` begins.
        if matches!(bytes[name_end], b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'>') {
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
fn value<'a>(tag: &'a [u8], name: &[u8]) -> Option<&'a str> {
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

fn hidden_columns(tag: &[u8], structure: &mut Structure) {
    let number = |name: &[u8]| value(tag, name).and_then(|text| text.parse::<u32>().ok());
    if is_hidden(tag)
        && let (Some(first), Some(last)) = (number(b"min"), number(b"max"))
        && first >= 1
        && first <= last
    {
        structure.columns.push((first - 1, last - 1));
    }
}

#[cfg(test)]
mod tests {
    use super::{Area, Structure, scan};
    use std::fmt::Write as _;

    fn read(text: &str) -> Structure {
        let mut structure = Structure::default();
        scan(text.as_bytes(), &mut structure);
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
    fn rows_out_of_order_and_new_errors_are_noticed() {
        let seen = read("<worksheet><sheetData><row r=\"2\"/><row r=\"1\"/></sheetData></worksheet>");
        assert!(seen.is_unsorted && !seen.has_new_errors);
        let seen = read(
            "<worksheet><sheetData><row><c t=\"e\"><v>#N/A</v></c><c><v>#SPILL!</v></c></row><row/></sheetData></worksheet>",
        );
        assert!(!seen.is_unsorted && seen.has_new_errors);
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
