//! `quarantaine.xlsx`: refused rows go back to their owner, the cell marked and commented.

use super::Quarantined;
use super::identifiers::name_key;
use super::lexicon::is_null;
use crate::model::returned::{self, MARK, REASONS, WHERE, sheet_name};
use crate::model::{Cell, Field, Finding, FindingKind, RawRow, texts};
use rust_xlsxwriter::{Color, DocProperties, ExcelDateTime, Format, Note, Workbook, Worksheet, XlsxError};
use std::collections::{BTreeMap, BTreeSet};

/// The workbook could not be made.
#[derive(Debug, thiserror::Error)]
#[error("cannot make the quarantine workbook: {0}\nhelp: refuse fewer rows at once, or split the source")]
pub struct QuarantineError(#[from] XlsxError);

/// Last row that a sheet can hold.
const LAST_ROW: u32 = 1_048_575;

/// One workbook for each company that has refused rows, under its name as the first of them writes it:
/// it holds the rows of that company and of nobody else, so it can be sent to it. Rows without a
/// readable name are in none. The same rows give the same names and bytes.
pub fn quarantine_by_owner(rows: &[Quarantined]) -> Result<Vec<(String, Vec<u8>)>, QuarantineError> {
    let mut owners: BTreeMap<String, (String, Vec<Quarantined>)> = BTreeMap::new();
    for row in rows {
        let Some(name) = owner(&row.row) else { continue };
        let key = name_key(&name);
        owners.entry(key).or_insert_with(|| (name, Vec::new())).1.push(row.clone());
    }
    owners.into_values().map(|(name, rows)| Ok((name, quarantine_workbook(&rows)?))).collect()
}

/// The company that a row names.
fn owner(row: &RawRow) -> Option<String> {
    let Cell::Text(name) = &row.cells.get(&Field::Name)?.value else { return None };
    let name = name.reveal().trim();
    (name.chars().any(char::is_alphabetic) && !is_null(name)).then(|| name.to_owned())
}

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
        let name = own_name("constats - findings", &mut taken);
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

/// Each name once.
fn own_name(source: &str, taken: &mut BTreeSet<String>) -> String {
    let clean = sheet_name(source);
    let mut name = clean.clone();
    let mut repeat = 1;
    while !taken.insert(name.to_lowercase()) {
        repeat += 1;
        name = format!("{clean}{repeat}");
    }
    name
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

/// Columns in the order of the sheet: letters by length, then json paths.
/// Files of one source may put other headings under one letter: each has a column of its own.
fn columns(rows: &[&Quarantined]) -> BTreeSet<(usize, String, String)> {
    let mut columns = BTreeSet::new();
    for row in rows {
        // A constant of the mapping stands in no column.
        let cells = row.row.cells.values().chain(&row.row.unmapped).filter(|cell| !cell.column.is_empty());
        for cell in cells {
            let (length, column) = order(&cell.column);
            columns.insert((length, column, cell.header.clone()));
        }
    }
    columns
}

fn order(column: &str) -> (usize, String) {
    let letters = column.bytes().all(|byte| byte.is_ascii_uppercase());
    (if letters { column.len() } else { usize::MAX }, column.to_owned())
}

fn fill(sheet: &mut Worksheet, rows: &[&Quarantined]) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    let bad =
        Format::new().set_background_color(Color::RGB(0x00FF_C7CE)).set_font_color(Color::RGB(0x009C_0006));
    let columns = columns(rows);
    sheet.write_string_with_format(0, 0, WHERE, &bold)?;
    sheet.write_string_with_format(0, 1, REASONS, &bold)?;
    let mut places: BTreeMap<(&str, &str), u16> = BTreeMap::new();
    for (at, (_, column, header)) in (2_u16..).zip(&columns) {
        sheet.write_string_with_format(0, at, header, &bold)?;
        places.insert((column, header), at);
    }
    let last = u16::try_from(columns.len() + 2).unwrap_or(u16::MAX);
    sheet.write_string_with_format(0, last, MARK, &bold)?;
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_column_width(0, 40)?.set_column_width(1, 60)?;
    for (line, refused) in (1..=LAST_ROW).zip(rows) {
        // What refused the row comes first; remarks about other cells follow.
        let mut findings: Vec<&Finding> = refused.findings.iter().collect();
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        let mut marks: BTreeMap<u16, Vec<&Finding>> = BTreeMap::new();
        for finding in &findings {
            let cells = refused.row.cells.values().chain(&refused.row.unmapped);
            let cell =
                finding.column.as_ref().and_then(|column| cells.clone().find(|cell| cell.column == *column));
            let place = cell.and_then(|cell| places.get(&(cell.column.as_str(), cell.header.as_str())));
            let place = place.copied().unwrap_or(0);
            marks.entry(place).or_default().push(finding);
        }
        let blamed = findings.first().and_then(|finding| finding.column.as_deref());
        // A row that was given back and is still wrong keeps the place that it came from.
        let origin = match &refused.row.replaces {
            Some(first) => first.reveal().clone(),
            None => returned::marked(&refused.row.location.private(blamed), &refused.row),
        };
        let (place, mark) = returned::parts(&origin);
        let mut cells = vec![(0, Cell::text(place.to_owned())), (1, Cell::text(reasons(&findings)))];
        cells.push((last, Cell::text(mark.unwrap_or_default().to_owned())));
        for cell in refused.row.cells.values().chain(&refused.row.unmapped) {
            if let Some(at) = places.get(&(cell.column.as_str(), cell.header.as_str())) {
                cells.push((*at, cell.value.clone()));
            }
        }
        for (at, value) in &cells {
            write(sheet, line, *at, value, marks.contains_key(at).then_some(&bad))?;
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
