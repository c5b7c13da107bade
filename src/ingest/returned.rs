//! `quarantaine.xlsx` that its owner corrected and sent back: its rows replace those they came from.

use super::SourceRead;
use super::table::Sheet;
use crate::model::{Location, RawRow, returned};
use std::collections::BTreeMap;

/// Columns of the workbook that are ours and not the owner's.
pub(super) const OWN_COLUMNS: u32 = 2;

/// Whether the workbook is one that was given back.
pub(super) fn is_one(sheets: &[Sheet]) -> bool {
    sheets.iter().any(|sheet| {
        let first = sheet.rows.first().filter(|row| row.number == 1);
        let said = |column, text| first.is_some_and(|row| row.cell(column).reveal() == text);
        said(0, returned::WHERE) && said(1, returned::REASONS)
    })
}

/// The sheet with the rows of a source.
pub(super) fn sheet<'a>(sheets: &'a [Sheet], source: &str) -> Option<&'a Sheet> {
    let name = returned::sheet_name(source);
    sheets.iter().find(|sheet| *sheet.head.name.reveal() == name)
}

/// A corrected row takes the place of the one it came from; of several, the last one given back.
/// A row that nobody corrected stays, and so does a corrected one whose origin is gone.
pub(super) fn supersede(read: &mut SourceRead) {
    let mut claimed: BTreeMap<String, bool> = BTreeMap::new();
    let mut kept: Vec<RawRow> = Vec::with_capacity(read.rows.len());
    let mut gone: Vec<Location> = Vec::new();
    if read.rows.iter().all(|row| row.replaces.is_none()) {
        return;
    }
    for row in std::mem::take(&mut read.rows).into_iter().rev() {
        let replaced = match &row.replaces {
            Some(place) => claimed.insert(place.reveal().clone(), false).is_some(),
            None => false,
        };
        if replaced { gone.push(row.location) } else { kept.push(row) }
    }
    kept.reverse();
    for row in kept {
        let free = if row.replaces.is_none() { claimed.get_mut(&row.location.private(None)) } else { None };
        match free {
            // Two files of one name: the second keeps its row.
            Some(used) if !*used => {
                *used = true;
                gone.push(row.location);
            }
            _ => read.rows.push(row),
        }
    }
    read.findings.retain(|finding| !gone.contains(&finding.location));
}
