//! Hidden rows of ods, which calamine does not tell: read from the XML of the sheets.
//!
//! What cannot be read here counts as visible; the cells themselves are read elsewhere.

use super::structure::{attribute, each};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use zip::ZipArchive;

/// Most hidden rows that one repeated row of an ods sheet may stand for: the rows of a sheet.
const MOST_ROWS: u32 = 1_048_576;

/// Sheet name to hidden rows, counted from 0.
#[derive(Debug, Default)]
pub(super) struct HiddenRows(BTreeMap<String, BTreeSet<u32>>);

impl HiddenRows {
    /// Hidden rows of a sheet, when it has some.
    pub(super) fn of(&self, sheet: &str) -> Option<&BTreeSet<u32>> {
        self.0.get(sheet).filter(|rows| !rows.is_empty())
    }
}

/// Rows of an ods workbook that are collapsed or filtered away.
pub(super) fn ods(bytes: &[u8]) -> HiddenRows {
    let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else { return HiddenRows::default() };
    let mut hidden: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
    let mut sheet = String::new();
    let mut next = 0_u32;
    each(&mut archive, "content.xml", |element| match element.local_name().as_ref() {
        "table" => {
            sheet = attribute(element, "name").unwrap_or_default();
            next = 0;
        }
        "table-row" => {
            let repeated =
                attribute(element, "number-rows-repeated").and_then(|count| count.parse::<u32>().ok());
            let end = next.saturating_add(repeated.unwrap_or(1)).min(MOST_ROWS);
            if attribute(element, "visibility").is_some_and(|word| word == "collapse" || word == "filter") {
                hidden.entry(sheet.clone()).or_default().extend(next..end);
            }
            next = end;
        }
        _ => {}
    });
    HiddenRows(hidden)
}
