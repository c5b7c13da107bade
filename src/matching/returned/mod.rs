//! `maillages.xlsx` as it comes back: sorted, filtered, partly deleted or doubled, filled in on any
//! of its sheets. What is the same everywhere counts once; what disagrees, or cannot be read, changes
//! nothing, is a finding, and waits in the list until somebody settles it.

mod identifiers;
mod settling;
#[cfg(test)]
mod tests;

use super::fill::Fill;
use super::follow_up::{FollowUps, last_number};
use super::identifier::Identifier;
use super::layout::{self, Columns, ReturnedSheet};
use super::workbook::{OTHERS, SHEET};
use crate::model::{Confidential, Finding, FindingKind, Severity};
use chrono::NaiveDate;
use identifiers::Identifiers;
use settling::settle;
use std::collections::BTreeMap;

/// One row that says something about a match, or that lost what it said.
struct Row<'a> {
    sheet: &'a Confidential<String>,
    number: u32,
    columns: Columns,
    cells: &'a [String],
    is_page: bool,
}

impl Row<'_> {
    fn says(&self, fill: Fill) -> Option<&str> {
        self.columns.cell(fill, self.cells).filter(|text| !text.is_empty())
    }

    /// Whether the cell was written with what is known, so that a blank is something erased: a page shows the
    /// status alone, our lists show all, and what somebody made beside them has not all of their columns.
    fn was_filled(&self, fill: Fill) -> bool {
        let is_list = || [SHEET, OTHERS].contains(&self.sheet.reveal().as_str()) || self.columns.are_all();
        let shows = if self.is_page { fill == Fill::Status } else { is_list() };
        shows && self.columns.cell(fill, self.cells).is_some()
    }

    fn is_blank(&self) -> bool {
        Fill::ALL[1..].iter().all(|fill| self.says(*fill).is_none())
    }

    fn place(&self) -> String {
        format!("{}, ligne {}", self.sheet.reveal(), self.number)
    }

    fn finding(
        &self,
        severity: Severity,
        kind: FindingKind,
        read: &str,
        texts: [&'static str; 4],
    ) -> Finding {
        layout::told((Some(self.sheet), self.number), (severity, kind), read, texts)
    }
}

/// A row with the rank of its sheet and its number.
type Placed<'a> = ((usize, u32), Row<'a>);

/// Whether a sheet has the headings by which the list is read back.
#[must_use]
pub fn is_list(sheets: &[ReturnedSheet]) -> bool {
    sheets.iter().flat_map(|sheet| &sheet.rows).any(|(_, cells)| Columns::of(cells).is_some())
}

/// When a workbook was written, and when it is read.
#[derive(Clone, Copy)]
struct When {
    as_of: NaiveDate,
    /// The last answer that it knew.
    written: u32,
    /// The answers that are taken in now.
    next: u32,
}

/// Takes the filled rows of all sheets into the memory, dated by `as_of`, or by the day that stands behind a
/// status. What an older copy of the workbook could not know is never turned back. Findings are in the order
/// of sheets and rows: a row without a known identifier is one, with everything that it said, and so is what
/// stands in columns or under headings that are not ours.
pub fn read(memory: &mut FollowUps, sheets: &[ReturnedSheet], as_of: NaiveDate) -> Vec<Finding> {
    let last = last_number(memory);
    let written = layout::number(sheets).map_or(last, |number| number.min(last));
    let when = When { as_of, written, next: last.saturating_add(1) };
    let mut findings: Vec<((usize, u32), Finding)> = Vec::new();
    let mut of_match: BTreeMap<String, Vec<Placed<'_>>> = BTreeMap::new();
    let known = Identifiers::new(memory);
    for (rank, sheet) in sheets.iter().enumerate() {
        let made = layout::layout(sheet, &|id: &str| known.find(id).is_some());
        findings.extend(made.findings.into_iter().map(|(number, finding)| ((rank, number), finding)));
        for placed in made.rows {
            let (number, columns, cells) = (placed.number, placed.columns, placed.cells);
            let row = Row { sheet: &sheet.name, number, columns, cells, is_page: made.is_page };
            let id = columns.cell(Fill::Identifier, cells).unwrap_or_default();
            let place = (rank, number);
            // A row of ours that nobody wrote about may be of a match that is gone.
            let is_ours = made.is_page || (id.len() == 12 && Identifier::of(id).is_some());
            if let Some(id) = known.find(id) {
                of_match.entry(id.to_owned()).or_default().push((place, row));
            } else if !row.is_blank() || !is_ours {
                findings.push((place, unknown_match(&row)));
            }
        }
    }
    for (id, rows) in of_match {
        if let Some(one) = memory.get_mut(&id) {
            settle(one, &rows, when, &mut findings);
        }
    }
    findings.sort_by_key(|(place, _)| *place);
    findings.into_iter().map(|(_, finding)| finding).collect()
}

/// Says that the workbook was changed and where its bytes are kept: not all that was written by hand is read.
#[must_use]
pub fn kept(sha256: &str) -> Finding {
    layout::told((None, 0), (Severity::Note, FindingKind::ReturnedList), sha256, KEPT)
}

/// Says that a workbook of this name lies beside the list and is not read.
#[must_use]
pub fn beside(name: &str) -> Finding {
    layout::told((None, 0), (Severity::Warning, FindingKind::ForeignFile), name, BESIDE)
}

fn unknown_match(row: &Row<'_>) -> Finding {
    let has_none = row.says(Fill::Identifier).is_none();
    let texts = if has_none { NO_IDENTIFIER } else { UNKNOWN_MATCH };
    row.finding(Severity::Warning, FindingKind::UnknownCode, &layout::joined(row.cells), texts)
}

const NO_IDENTIFIER: [&str; 4] = [
    "La ligne n’a pas d’identifiant : elle n’est pas suivie.",
    "The row has no identifier: it is not followed.",
    "Rétablir l’identifiant de la ligne; une nouvelle offre ou demande s’ajoute à sa source.",
    "Restore the identifier of the row; a new offer or request is added at its source.",
];
const UNKNOWN_MATCH: [&str; 4] = [
    "Cet identifiant n’est celui d’aucun maillage connu : la ligne n’est pas suivie.",
    "This identifier is not that of a known match: the row is not followed.",
    "Rétablir l’identifiant d’origine de la ligne.",
    "Restore the original identifier of the row.",
];
const BESIDE: [&str; 4] = [
    "Ce classeur, à côté de `maillages.xlsx`, n’est pas lu : une seule liste l’est.",
    "This workbook beside `maillages.xlsx` is not read: one list is.",
    "Le mettre à la place de `maillages.xlsx` avant la prochaine exécution, ou y reporter ses réponses; puis l’enlever d’ici.",
    "Put it in the place of `maillages.xlsx` before the next run, or take its answers over; then take it away from here.",
];
const KEPT: [&str; 4] = [
    "Le classeur est revenu changé : les colonnes jaunes sont lues; les commentaires de cellule et ce qui est changé ailleurs ne le sont pas. Ses octets sont gardés dans `instantanes/` sous ce nom.",
    "The workbook came back changed: the yellow columns are read; comments of cells and what is changed elsewhere are not. Its bytes are kept in `instantanes/` under this name.",
    "Rien à faire si tout est dans les colonnes jaunes; sinon, corriger les données à leur source.",
    "Nothing to do when all is in the yellow columns; otherwise correct the data at their source.",
];
