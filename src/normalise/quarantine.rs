//! `quarantaine.xlsx`: refused rows, and rows of which a cell was refused, go back to their owner, the cell
//! marked and commented.

use super::Quarantined;
use super::told::is_refusal;
use crate::model::returned::{self, MARK, REASONS, WHERE};
use crate::model::{Cell, Finding, FindingKind, RawHeading, RawRow, texts};
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, Note, Workbook, Worksheet, XlsxError,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The workbook could not be made.
#[derive(Debug, thiserror::Error)]
#[error("cannot make the quarantine workbook: {0}\nhelp: refuse fewer rows at once, or split the source")]
pub struct QuarantineError(#[from] XlsxError);

/// Last row that a sheet can hold.
const LAST_ROW: u32 = 1_048_575;

/// A workbook with one sheet a source: the place, the reasons, and the row under its own headers.
/// The same rows give the same bytes.
pub fn quarantine_workbook(rows: &[Quarantined]) -> Result<Vec<u8>, QuarantineError> {
    let mut by_source: BTreeMap<&str, Vec<&Quarantined>> = BTreeMap::new();
    for row in rows {
        by_source.entry(&row.row.location.source).or_default().push(row);
    }
    let mut workbook = Workbook::new();
    // A fixed day, or the clock would change the bytes.
    let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let mut taken = BTreeSet::new();
    for (source, rows) in by_source {
        let sheet = workbook.add_worksheet();
        sheet.set_name(own_name(source, &mut taken))?;
        fill(sheet, &rows)?;
    }
    if !rows.is_empty() {
        let name = own_name(returned::COUNTS, &mut taken);
        count(workbook.add_worksheet().set_name(name)?, rows)?;
    }
    if rows.is_empty() {
        workbook.add_worksheet().set_name("vide - empty")?.write_string(
            0,
            0,
            "Aucune ligne refusée. / No row refused.",
        )?;
    }
    Ok(workbook.save_to_buffer()?)
}

/// Each name once: spreadsheets take two that differ by case for one.
fn own_name(source: &str, taken: &mut BTreeSet<String>) -> String {
    let mut names = [returned::sheet_name(source), returned::distinct_name(source)].into_iter();
    let free = names.find(|name| taken.insert(name.to_lowercase()));
    free.unwrap_or_else(|| returned::distinct_name(source))
}

/// How often each kind of finding was met on the refused rows, most first.
fn count(sheet: &mut Worksheet, rows: &[Quarantined]) -> Result<(), XlsxError> {
    let mut counts: BTreeMap<FindingKind, u32> = BTreeMap::new();
    for finding in rows.iter().flat_map(|row| &row.findings) {
        *counts.entry(finding.kind).or_default() += 1;
    }
    let mut counts: Vec<(FindingKind, u32)> = counts.into_iter().collect();
    counts.sort_by_key(|(kind, count)| (std::cmp::Reverse(*count), *kind));
    let bold = Format::new().set_bold();
    for (column, title) in (0..).zip(["Nombre / Count", "Constat", "Finding", "Réparation", "Repair"]) {
        sheet.write_string_with_format(0, column, title, &bold)?;
    }
    for (line, (kind, count)) in (1..=LAST_ROW).zip(counts) {
        let said = texts(kind);
        sheet.write_number(line, 0, count)?;
        let texts = [said.message_fr, said.message_en, said.repair_fr, said.repair_en];
        for (column, text) in (1..).zip(texts) {
            sheet.write_string(line, column, text)?;
        }
    }
    for column in 1..5 {
        sheet.set_column_width(column, 60)?;
    }
    Ok(())
}

/// A heading, and which of the columns under it; a column without heading is known by its letters.
type Key = (String, usize);

/// Columns of the sheet, each with the places at which rows have it.
struct Columns {
    /// In the order of the sheet that they come from: letters by length, then json paths.
    ordered: Vec<Key>,
    places: BTreeMap<Key, u16>,
}

impl Columns {
    /// Those of every row, filled or not: what is missing must have a place to be written to. Files of one
    /// source, and corrected rows that were given back, may have a heading under other letters.
    fn of(rows: &[&Quarantined]) -> Self {
        let mut first: BTreeMap<Key, (usize, String)> = BTreeMap::new();
        let mut table = Table::default();
        for row in rows {
            if table.has(&row.row) {
                continue;
            }
            let keys = keys(&row.row);
            let columns = keys.iter().map(|(_, column)| (column.clone(), 0)).collect();
            table = Table { headings: Arc::clone(&row.row.headings), places: columns };
            for (key, column) in keys {
                let place = order(&column);
                let known = first.entry(key).or_insert_with(|| place.clone());
                if place < *known {
                    *known = place;
                }
            }
        }
        let mut ordered: Vec<(Key, (usize, String))> = first.into_iter().collect();
        ordered.sort_by(|(left, one), (right, other)| (one, left).cmp(&(other, right)));
        let ordered: Vec<Key> = ordered.into_iter().map(|(key, _)| key).collect();
        let places = ordered.iter().cloned().zip(OWN..).collect();
        Self { ordered, places }
    }

    /// Where the columns of one row stand, by its own letters or path.
    fn places(&self, row: &RawRow) -> BTreeMap<String, u16> {
        keys(row).into_iter().filter_map(|(key, column)| Some((column, *self.places.get(&key)?))).collect()
    }

    /// Behind the last of them.
    fn end(&self) -> u16 {
        u16::try_from(self.ordered.len()).unwrap_or(u16::MAX).saturating_add(OWN)
    }
}

/// The columns of the table that was looked at last, by letters or path: its rows are many, and so may be
/// its columns.
#[derive(Default)]
struct Table {
    headings: Arc<[RawHeading]>,
    places: BTreeMap<String, u16>,
}

impl Table {
    /// Whether a row stands in that table, with no cell beside it.
    fn has(&self, row: &RawRow) -> bool {
        let mut cells = row.cells.values().chain(&row.unmapped).filter(|cell| !cell.column.is_empty());
        Arc::ptr_eq(&self.headings, &row.headings)
            && cells.all(|cell| self.places.contains_key(&*cell.column))
    }
}

/// Columns of ours before those of the owner.
const OWN: u16 = 2;

/// The columns of a row, in their order: those of its table, and cells beside it.
fn keys(row: &RawRow) -> Vec<(Key, String)> {
    let headed = row.headings.iter().map(|heading| (heading.column.as_str(), heading.header.as_str()));
    // A constant of the mapping stands in no column.
    let cells = row.cells.values().chain(&row.unmapped).filter(|cell| !cell.column.is_empty());
    let columns: BTreeMap<(usize, String), String> = headed
        .chain(cells.map(|cell| (&*cell.column, &*cell.header)))
        .map(|(column, header)| (order(column), header.to_owned()))
        .collect();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let keyed = columns.into_iter().map(|((_, column), header)| {
        if header.is_empty() {
            return ((column.clone(), usize::MAX), column);
        }
        let nth = counts.entry(header.clone()).or_default();
        *nth += 1;
        ((header, *nth), column)
    });
    keyed.collect()
}

fn order(column: &str) -> (usize, String) {
    let letters = column.bytes().all(|byte| byte.is_ascii_uppercase());
    (if letters { column.len() } else { usize::MAX }, column.to_owned())
}

/// The column that a finding blames; of a cell that is missing, the one where it should stand.
fn blamed<'a>(finding: &'a Finding, row: &'a RawRow) -> Option<&'a str> {
    let empty =
        || row.headings.iter().find(|heading| heading.field == finding.field && heading.field.is_some());
    finding.column.as_deref().or_else(|| empty().map(|heading| heading.column.as_str()))
}

fn fill(sheet: &mut Worksheet, rows: &[&Quarantined]) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    let bad =
        Format::new().set_background_color(Color::RGB(0x00FF_C7CE)).set_font_color(Color::RGB(0x009C_0006));
    let columns = Columns::of(rows);
    sheet.write_string_with_format(0, 0, WHERE, &bold)?;
    sheet.write_string_with_format(0, 1, REASONS, &bold)?;
    for (at, (header, nth)) in (OWN..).zip(&columns.ordered) {
        let header = if *nth == usize::MAX { "" } else { header };
        sheet.write_string_with_format(0, at, header, &bold)?;
    }
    let last = columns.end();
    sheet.write_string_with_format(0, last, MARK, &bold)?;
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_column_width(0, 40)?.set_column_width(1, REASONS_WIDTH)?;
    for column in OWN..last {
        sheet.set_column_width(column, 18)?;
    }
    // Thirty columns on one page could not be read.
    sheet.set_landscape().set_print_fit_to_pages(3, 0).set_repeat_rows(0, 0)?;
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let mut table = Table::default();
    for (line, refused) in (1..=LAST_ROW).zip(rows) {
        let row = &refused.row;
        if !table.has(row) {
            table = Table { headings: Arc::clone(&row.headings), places: columns.places(row) };
        }
        let places = &table.places;
        // What refused the row comes first; remarks about other cells follow.
        let mut findings: Vec<&Finding> = refused.findings.iter().collect();
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        let mut marks: BTreeMap<u16, Vec<&Finding>> = BTreeMap::new();
        for finding in &findings {
            let place = blamed(finding, row).and_then(|column| places.get(column)).copied().unwrap_or(0);
            marks.entry(place).or_default().push(finding);
        }
        let blamed = findings.first().and_then(|finding| finding.column.as_deref());
        // A row that was given back and is still wrong keeps the place that it came from.
        let origin = match &row.replaces {
            Some(first) => first.reveal().clone(),
            None => returned::marked(&row.location.private(blamed), row),
        };
        let (place, mark) = returned::parts(&origin);
        let counts = if findings.iter().any(|finding| is_refusal(finding)) { "" } else { COUNTS };
        let said = format!("{counts}{}", reasons(&findings));
        let mut cells = vec![(0, Cell::text(place.to_owned())), (1, Cell::text(said.as_str()))];
        cells.push((last, Cell::text(mark.map(returned::shown).unwrap_or_default())));
        for cell in row.cells.values().chain(&row.unmapped) {
            if let Some(at) = places.get(&*cell.column) {
                cells.push((*at, cell.value.clone()));
            }
        }
        sheet.set_row_height(line, height(&said))?;
        for (at, value) in &cells {
            let look = if marks.contains_key(at) { Some(&bad) } else { (*at == 1).then_some(&wrapped) };
            write(sheet, line, *at, value, look)?;
        }
        for (at, findings) in &marks {
            if !cells.iter().any(|(column, _)| column == at) {
                sheet.write_blank(line, *at, &bad)?;
            }
            let note = Note::new(reasons(findings))
                .set_author("maillage")
                .add_author_prefix(false)
                .set_width(420)
                .set_height(160);
            sheet.insert_note(line, *at, &note)?;
        }
    }
    Ok(())
}

/// Before the reasons of a row that was not refused.
const COUNTS: &str = "La ligne compte, sans la cellule marquée. / The row counts, without the marked cell.\n";

/// Width of the column of reasons, in characters.
const REASONS_WIDTH: f64 = 90.0;

/// Points that a wrapped text of that column takes; a spreadsheet takes at most 409.
fn height(text: &str) -> f64 {
    const OF_A_LINE: f64 = 15.0;
    const CHARACTERS: usize = 80;
    let lines: usize = text.lines().map(|line| line.chars().count().div_ceil(CHARACTERS).max(1)).sum();
    (f64::from(u32::try_from(lines).unwrap_or(u32::MAX)) * OF_A_LINE).clamp(OF_A_LINE, 405.0)
}

/// French, then English; each with its repair.
fn reasons(findings: &[&Finding]) -> String {
    let texts: Vec<String> = findings
        .iter()
        .map(|finding| {
            format!(
                "{} {}\n{} {}",
                finding.message_fr, finding.repair_fr, finding.message_en, finding.repair_en
            )
        })
        .collect();
    texts.join("\n\n")
}

/// Text is always written as text, so no value can become a formula.
fn write(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    value: &Cell,
    format: Option<&Format>,
) -> Result<(), XlsxError> {
    const LONGEST: usize = 32_767;
    let plain = Format::new();
    let format = format.unwrap_or(&plain);
    match value {
        Cell::Empty => sheet.write_blank(row, column, format)?,
        Cell::Number(number) if number.reveal().is_finite() => {
            sheet.write_number_with_format(row, column, *number.reveal(), format)?
        }
        Cell::Boolean(boolean) => sheet.write_boolean_with_format(row, column, *boolean, format)?,
        Cell::Text(text) => {
            let text: String = text.reveal().chars().take(LONGEST).collect();
            sheet.write_string_with_format(row, column, text, format)?
        }
        Cell::Integer(_) | Cell::Number(_) | Cell::Date(_) | Cell::Error(_) => {
            sheet.write_string_with_format(row, column, value.reveal(), format)?
        }
    };
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Columns, blamed, keys};
    use crate::model::{
        Cell, Confidential, Field, FindingKind, Location, RawCell, RawHeading, RawRow, Severity, Subject,
    };
    use crate::normalise::Quarantined;
    use crate::normalise::reader::finding;
    use std::collections::BTreeMap;

    /// A row of a table with headings from a letter on, that fills some of them.
    fn row(first: u8, headings: &[(&str, Option<Field>)], filled: &[(Field, &str)]) -> Quarantined {
        let headings: Vec<RawHeading> = (first..)
            .zip(headings)
            .map(|(letter, (header, field))| RawHeading {
                column: char::from(letter).to_string(),
                header: (*header).to_owned(),
                field: *field,
            })
            .collect();
        let cells = filled.iter().map(|(field, text)| {
            let heading = headings.iter().find(|heading| heading.field == Some(*field)).unwrap();
            let cell = RawCell {
                value: Cell::text(*text),
                column: heading.column.as_str().into(),
                header: heading.header.as_str().into(),
                unit_in_header: None,
            };
            (*field, cell)
        });
        let row = RawRow {
            location: Location {
                source: "essai".into(),
                file: Confidential::new("f.xlsx".into()),
                sheet: None,
                row: 2,
            },
            cells: cells.collect::<BTreeMap<_, _>>(),
            unmapped: Vec::new(),
            headings: headings.into(),
            hidden: false,
            spans: false,
            heads_another: false,
            subject: Subject::Flows,
            replaces: None,
            held: None,
        };
        Quarantined { row, findings: Vec::new() }
    }

    const TABLE: &[(&str, Option<Field>)] =
        &[("Nom", Some(Field::Name)), ("Sens", Some(Field::Direction)), ("Couleur", None), ("Nom", None)];

    #[test]
    fn every_heading_has_a_column_filled_or_not_and_what_is_missing_is_marked_where_it_should_stand() {
        let refused = row(b'A', TABLE, &[(Field::Name, "Canari")]);
        let columns = Columns::of(&[&refused]);
        let headers: Vec<&str> = columns.ordered.iter().map(|(header, _)| header.as_str()).collect();
        assert_eq!(headers, ["Nom", "Sens", "Couleur", "Nom"]);
        let missing =
            finding(&refused.row, Severity::Rejection, FindingKind::MissingDirection, Some(Field::Direction));
        assert_eq!(blamed(&missing, &refused.row), Some("B"));
        assert_eq!(columns.places(&refused.row)["B"], 3);
    }

    #[test]
    fn a_corrected_row_stands_under_the_headings_of_the_others() {
        let (fresh, returned) = (row(b'A', TABLE, &[]), row(b'C', TABLE, &[]));
        let columns = Columns::of(&[&fresh, &returned]);
        assert_eq!(columns.ordered.len(), TABLE.len());
        assert_eq!(columns.places(&fresh.row)["A"], columns.places(&returned.row)["C"]);
        assert_eq!(keys(&fresh.row).len(), TABLE.len());
    }
}
