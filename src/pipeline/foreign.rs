//! Sheets of a quarantine workbook that was dropped into the folder of another source.

use crate::model::returned::is_sheet_of;
use crate::model::{Finding, FindingKind};
use std::collections::{BTreeMap, BTreeSet};

/// Keeps the finding about such a sheet where its rows are lost: it is that of a source that does not read the file.
/// `files` holds the names of the files that each source read.
pub(super) fn keep_lost(met: &mut Vec<Finding>, files: &BTreeMap<&str, BTreeSet<String>>) {
    met.retain(|finding| finding.kind != FindingKind::ForeignSheet || is_lost(finding, files));
}

fn is_lost(finding: &Finding, files: &BTreeMap<&str, BTreeSet<String>>) -> bool {
    let Some(sheet) = &finding.location.sheet else { return false };
    let file: &str = finding.location.file.reveal();
    let owners = files.iter().filter(|(source, _)| is_sheet_of(sheet.reveal(), source));
    let has_read: Vec<bool> = owners.map(|(_, read)| read.contains(file)).collect();
    !has_read.is_empty() && !has_read.contains(&true)
}
