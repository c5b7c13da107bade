//! What counts of several sheets that hold the same rows, and what a workbook no longer says that took the place
//! of another.

use super::super::SourceRead;
use super::{origin_of, sheet_of};
use crate::model::{FindingKind, Location, RawRow, returned};
use std::collections::{BTreeMap, BTreeSet};

/// Rows by sheet. Each sheet answers for itself, as a workbook of its own would: one that was copied holds
/// the same rows.
pub(in super::super) fn by_sheet(rows: Vec<RawRow>) -> Vec<Vec<RawRow>> {
    let mut sheets: Vec<Vec<RawRow>> = Vec::new();
    let mut last: Option<Location> = None;
    for row in rows {
        let sheet = sheet_of(&row);
        match sheets.last_mut().filter(|_| last.as_ref() == Some(&sheet)) {
            Some(rows) => rows.push(row),
            None => sheets.push(vec![row]),
        }
        last = Some(sheet);
    }
    sheets
}

/// Whether somebody changed a row of the quarantine: without a mark nobody can say.
fn is_changed(row: &RawRow, origin: &str) -> bool {
    returned::parts(origin).1.is_none_or(|mark| mark != returned::mark(row))
}

/// What counts of the sheets that were given back.
#[derive(Default)]
pub(super) struct Settled {
    pub(super) rows: Vec<RawRow>,
    /// Rows that count as new ones where another one of the same origin counts, with that one: somebody parted it.
    pub(super) parted: Vec<(usize, usize)>,
    /// Where the rest stands.
    pub(super) gone: BTreeSet<Location>,
    /// By sheet, how many rows were added to it that give way to those of a newer one.
    pub(super) outdone: BTreeMap<Location, usize>,
}

/// What counts of the sheets, the oldest first. Of several that hold a row the newest one that changed it does, and
/// none where nobody changed it; of several rows of one sheet for the same one the first takes its place. What was
/// added to several with the same rows counts from the newest only, and what is added again word for word counts once.
pub(super) fn settled(sheets: Vec<Vec<RawRow>>) -> Settled {
    let mut answers: BTreeMap<String, (bool, usize)> = BTreeMap::new();
    let mut about: Vec<(BTreeSet<String>, BTreeSet<String>)> = Vec::new();
    for (rank, sheet) in sheets.iter().enumerate() {
        for (row, origin) in sheet.iter().filter_map(|row| Some((row, origin_of(row)?))) {
            let answer = answers.entry(origin.clone()).or_default();
            *answer = (*answer).max((is_changed(row, origin), rank));
        }
        let origins = sheet.iter().filter_map(origin_of).cloned().collect();
        let added = sheet.iter().filter(|row| row.replaces.is_none()).map(returned::mark).collect();
        about.push((origins, added));
    }
    let mut settled = Settled::default();
    let mut answered: BTreeMap<String, usize> = BTreeMap::new();
    for (rank, sheet) in sheets.into_iter().enumerate() {
        let (own, later) = (&about[rank].0, &about[rank + 1..]);
        let is_outdone = later.iter().any(|(origins, added)| !added.is_empty() && origins == own);
        for mut row in sheet {
            let counts = if let Some(origin) = origin_of(&row) {
                answers[origin] == (true, rank)
            } else {
                let mark = returned::mark(&row);
                let is_repeated = later.iter().any(|(_, added)| added.contains(&mark));
                if is_outdone && !is_repeated {
                    *settled.outdone.entry(sheet_of(&row)).or_default() += 1;
                }
                !is_outdone && !is_repeated
            };
            if !counts {
                settled.gone.insert(row.location);
                continue;
            }
            let at = settled.rows.len();
            let first = origin_of(&row).map_or(at, |origin| *answered.entry(origin.clone()).or_insert(at));
            if first < at {
                row.replaces = None;
                settled.parted.push((at, first));
            }
            settled.rows.push(row);
        }
    }
    settled
}

/// What an earlier version of a workbook held and none holds now: how many rows stand as they were refused that it
/// corrected, and how many that were added to it are nowhere.
pub(in super::super) fn dropped(former: &[RawRow], read: &SourceRead) -> [(FindingKind, usize); 2] {
    let corrects = |row: &&RawRow| origin_of(row).is_some_and(|origin| is_changed(row, origin));
    let now = || read.returned.iter().flatten();
    let answered: BTreeSet<&String> = now().filter(corrects).filter_map(origin_of).collect();
    let unanswered = former.iter().filter(corrects).filter_map(origin_of);
    let unanswered = unanswered.filter(|origin| !answered.contains(origin));
    let marks: BTreeSet<&str> = unanswered.filter_map(|origin| returned::parts(origin).1).collect();
    let is_refused = |row: &&RawRow| marks.contains(returned::mark(row).as_str());
    let refused = if marks.is_empty() { 0 } else { read.rows.iter().filter(is_refused).count() };
    let mut added: Vec<String> =
        former.iter().filter(|row| row.replaces.is_none()).map(returned::mark).collect();
    if !added.is_empty() {
        let said = now().chain(&read.rows).map(returned::mark);
        let corrected = now().filter_map(|row| returned::parts(origin_of(row)?).1.map(str::to_owned));
        let there: BTreeSet<String> = said.chain(corrected).collect();
        added.retain(|mark| !there.contains(mark));
    }
    [(FindingKind::DroppedCorrection, refused), (FindingKind::DroppedAddition, added.len())]
}
