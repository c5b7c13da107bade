//! Sheets of quarantine workbooks that no source takes.

use crate::ingest::Sheets;
use crate::model::returned::is_sheet_of;
use crate::model::{Finding, FindingKind, Severity};
use std::collections::BTreeSet;

/// Findings about sheets whose rows are lost: those of a source that does not read them, and those of no source that
/// none knows by their places. `read` holds what each source met; nothing of a source that is absent, whose rows do
/// not count and need no correction.
pub(super) fn lost(read: &[(&str, Option<Sheets>)]) -> Vec<Finding> {
    let mut told = BTreeSet::new();
    let mut findings = Vec::new();
    for (sum, place) in read.iter().filter_map(|(_, sheets)| sheets.as_ref()).flat_map(|sheets| &sheets.left)
    {
        let name: &str = place.sheet.as_ref().map_or("", |sheet| &**sheet.reveal());
        let has_owner = read.iter().any(|(source, _)| is_sheet_of(name, source));
        let mut owners = read.iter().filter(|(source, _)| !has_owner || is_sheet_of(name, source));
        // Each source that reads the workbook met it.
        let is_taken =
            owners.any(|(_, sheets)| sheets.as_ref().map_or(has_owner, |sheets| sheets.taken.contains(sum)));
        if !is_taken && told.insert(sum) {
            let kind = if has_owner { FindingKind::ForeignSheet } else { FindingKind::UnownedSheet };
            findings.push(Finding::about(Severity::Warning, kind, place.clone()));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::{Sheets, lost};
    use crate::model::{Confidential, FindingKind, Location};

    fn sheets(taken: &[&str], left: &[(&str, &str)]) -> Sheets {
        let place = |name: &str| Location {
            source: "a".into(),
            file: Confidential::new("quarantaine.xlsx".into()),
            sheet: Some(Confidential::new(name.into())).filter(|_| !name.is_empty()),
            row: 0,
        };
        Sheets {
            taken: taken.iter().map(|sum| (*sum).to_owned()).collect(),
            left: left.iter().map(|(sum, name)| ((*sum).to_owned(), place(name))).collect(),
        }
    }

    fn kinds(read: &[(&str, Option<Sheets>)]) -> Vec<FindingKind> {
        lost(read).iter().map(|finding| finding.kind).collect()
    }

    #[test]
    fn a_sheet_is_lost_until_its_own_source_has_read_the_same_one() {
        let (foreign, unowned) = (FindingKind::ForeignSheet, FindingKind::UnownedSheet);
        let met = |own: &[&str]| [("a", Some(sheets(&["1"], &[("2", "b")]))), ("b", Some(sheets(own, &[])))];
        assert!(kinds(&met(&["2"])).is_empty());
        // A workbook of the same name in another folder says something else.
        assert_eq!(kinds(&met(&["3"])), [foreign]);
        assert!(kinds(&[("a", Some(sheets(&[], &[("2", "b")]))), ("b", None)]).is_empty());
        // Whoever finds its rows takes the sheet of nobody, and it is told once.
        let two = |own: &[&str]| {
            let left = [("4", "Corrigé"), ("5", "")];
            [("a", Some(sheets(&[], &left))), ("b", Some(sheets(own, &left)))]
        };
        assert!(kinds(&two(&["4", "5"])).is_empty());
        assert_eq!(kinds(&two(&["4"])), [unowned]);
        assert_eq!(kinds(&two(&[])), [unowned, unowned]);
    }
}
