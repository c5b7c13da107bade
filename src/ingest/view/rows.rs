//! One sheet of one file as rows of text, for commands and the animators' workbook.

use super::{Format, Request, ViewError, view};
use crate::config::Hidden;
use crate::ingest::Context;
use std::path::Path;

/// Rows that hold something, with their numbers from 1, as text from column A.
///
/// # Errors
/// Unreadable or missing input, or no such sheet.
pub async fn rows(
    path: &Path,
    sheet: Option<&str>,
    context: &Context<'_>,
) -> Result<Vec<(u32, Vec<String>)>, ViewError> {
    let mut text = Vec::new();
    let request = Request { path, sheet, format: Format::Csv, hidden: Hidden::Include };
    view(&request, context, &mut text).await?;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_slice());
    let records = (1_u32..).zip(reader.records().filter_map(Result::ok));
    let texts = records.map(|(number, record)| (number, record.iter().map(str::to_owned).collect()));
    Ok(texts
        .filter(|(_, cells): &(u32, Vec<String>)| cells.iter().any(|cell| !cell.trim().is_empty()))
        .collect())
}
