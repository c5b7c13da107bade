//! Headings that repeat what signs us in: an answer may echo it, and findings and workbooks show headings.

use super::super::records::PageRead;
use super::secrets::Secrets;
use crate::model::{Confidential, RawHeading, texts};
use std::sync::Arc;

type Headings = Arc<[RawHeading]>;

/// What stands for such a heading.
const MASK: &str = "***";

/// Masks the headings that hold a secret. Those under which a field is read are the mapping's own.
pub(super) fn mask(read: &mut PageRead, secrets: &Secrets) {
    for finding in &mut read.findings {
        if let Some(column) = finding.column.as_mut().filter(|column| secrets.are_in(column)) {
            *column = MASK.to_owned();
        }
        if secrets.are_in(finding.read.reveal()) {
            finding.read = Confidential::new(MASK.to_owned());
        }
        if secrets.are_in(&finding.message_fr) || secrets.are_in(&finding.message_en) {
            let said = texts(finding.kind);
            (finding.message_fr, finding.message_en) = (said.message_fr.into(), said.message_en.into());
        }
    }
    // The rows of a table share their headings.
    let mut last: Option<[Headings; 2]> = None;
    for row in &mut read.rows {
        let shown = match &last {
            Some([known, shown]) if Arc::ptr_eq(known, &row.headings) => Arc::clone(shown),
            _ => masked(&row.headings, secrets),
        };
        last = Some([&row.headings, &shown].map(Arc::clone));
        if !Arc::ptr_eq(&shown, &row.headings) {
            for cell in &mut row.unmapped {
                for text in [&mut cell.column, &mut cell.header] {
                    if secrets.are_in(text) {
                        *text = MASK.into();
                    }
                }
            }
            row.headings = shown;
        }
    }
}

/// The same headings when none of them holds a secret.
fn masked(headings: &Headings, secrets: &Secrets) -> Headings {
    let holds = |heading: &RawHeading| heading.field.is_none() && secrets.are_in(&heading.header);
    if !headings.iter().any(holds) {
        return Arc::clone(headings);
    }
    let shown = |heading: &RawHeading| {
        if !holds(heading) {
            return heading.clone();
        }
        let is_path = heading.column == heading.header;
        let column = if is_path { MASK.to_owned() } else { heading.column.clone() };
        RawHeading { column, header: MASK.to_owned(), field: None }
    };
    headings.iter().map(shown).collect()
}
