//! One sheet of one file as rows of text, for commands and the animators' workbook.

use super::super::budget::Budget;
use super::super::page::Page;
use super::super::sniff::{Kind, sniff};
use super::super::table::{Row, Sheet};
use super::super::{delimited, files, json, workbook};
use super::{Format, Request, ViewError, view};
use crate::config::{self, Hidden};
use crate::ingest::{Context, IngestError};
use crate::model::{Confidential, Finding};
use std::path::Path;

/// Rows with their numbers, as text from column A.
pub type Numbered = Vec<(u32, Vec<String>)>;

/// Rows that hold something, with their numbers from 1, and what was met while reading.
///
/// # Errors
/// Unreadable or missing input, or no such sheet.
pub async fn rows(
    path: &Path,
    sheet: Option<&str>,
    context: &Context<'_>,
) -> Result<(Numbered, Vec<Finding>), ViewError> {
    let mut text = Vec::new();
    let request = Request { path, sheet, format: Format::Csv, hidden: Hidden::Include };
    let viewed = view(&request, context, &mut text).await?;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_slice());
    let records = (1_u32..).zip(reader.records().filter_map(Result::ok));
    let texts = records.map(|(number, record)| (number, record.iter().map(str::to_owned).collect()));
    let is_filled = |(_, cells): &(u32, Vec<String>)| cells.iter().any(|cell| !cell.trim().is_empty());
    Ok((texts.filter(is_filled).collect(), viewed.findings))
}

/// Every sheet of a file: its name, and the rows that hold something, each number with what its format shows
/// beside it (`50%`, `2 t`).
///
/// # Errors
/// Unreadable or missing input.
pub async fn sheets(path: &Path, context: &Context<'_>) -> Result<Vec<Texts>, IngestError> {
    let file = files::single(path);
    let held = files::content(&file, &context.limits)?;
    let page = Page { place: file.place, label: file.label, content: held };
    let budget = Budget::new(&context.limits);
    let sheets = match sniff(&page, None, &budget)? {
        Kind::Workbook(kind) => workbook::read(&page, kind, context).await?.sheets,
        Kind::Json(value) => vec![json::as_sheet(&value)],
        Kind::Text(text) => vec![delimited::read(&page.place, &text, &config::Text::default(), &budget)?],
    };
    Ok(sheets.into_iter().map(texts).collect())
}

/// Name of a sheet, and its rows as text with their numbers.
pub type Texts = (Confidential<String>, Vec<(u32, Vec<String>)>);

fn texts(sheet: Sheet) -> Texts {
    let Sheet { head, rows, .. } = sheet;
    let dense = |row: Row| {
        let mut cells = Vec::new();
        for (column, cell) in row.cells {
            let typed = head.form(row.number, column).and_then(|form| form.typed(&cell, '.'));
            cells.resize(column as usize, String::new());
            cells.push(typed.unwrap_or_else(|| cell.reveal()));
        }
        (row.number, cells)
    };
    let filled = rows.into_iter().map(dense);
    let filled = filled.filter(|(_, cells)| cells.iter().any(|cell| !cell.is_empty())).collect();
    (head.name, filled)
}
