//! The release ledger: everything that one pipeline published, all nights together, is one system.
//!
//! # What is protected
//! The attacker reads every release, knows which cells changed on which night, and, as an insider,
//! its own amounts on every night. It must not narrow down the level of an unsafe cell on any
//! night, nor a change of one or two groups, or one that a group dominates, in any cell.
//!
//! # How
//! Changes wait until they may be published: tonight's tables are made of the records of the last
//! night and a *batch* of the changes since, so they add up and the engine of one night protects
//! them. What the batch leaves out waits, and the cells that it touches keep their day.
//! The engine sees the records of every night that counts (`stack`): a cell that did not change is one
//! variable on all nights, one that changed has a variable a night and one for the change,
//! `new = old + change`, with the shares of who changed. So
//! - a world of this system is a history of all nights that agrees with everything shown: any
//!   witness proves its requirement against all releases together, not against one;
//! - the rules for a cell are the rules for a change: of fewer than the minimum of groups, or
//!   dominated, it must be able to move up and down, else the cell shows nothing new;
//! - changes add up over nights by the equations, so sums over nights are in the system too, and
//!   between two values that a cell showed there is one more change, which must be safe itself;
//! - what was shown stays shown (`Wish::Publish`), what is gone stays withheld: a pattern that
//!   would need it otherwise is not found, and nothing is published.
//!
//! A night whose batch is empty shows the same values again and adds nothing to the system; so it
//! grows with batches, not with nights.

mod admission;
mod atoms;
#[cfg(test)]
mod experiment;
#[cfg(test)]
mod tests;

use super::error::DisclosureError;
use super::input::{Agreements, TableInput};
use super::protect::{Among, protect_after};
use super::protected::{Protected, Published};
use crate::config::Disclosure;
use admission::{Admission, admitted};
use atoms::{Atom, Cell};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// Cells by `table/measure`.
pub type Shown = BTreeMap<String, BTreeSet<Vec<String>>>;

/// Days by `table/measure` and cell.
pub type Days = BTreeMap<String, BTreeMap<Vec<String>, NaiveDate>>;

/// Values that were published together; the identity of a record is that of its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Night {
    /// The day it counted from.
    pub day: NaiveDate,
    /// The records behind it.
    pub tables: Vec<TableInput>,
    /// Cells that it showed with the values of these records.
    pub shown: Shown,
    /// Measures that were published nowhere.
    pub withdrawn: BTreeSet<String>,
}

/// What the nights before leave for tonight.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// Nights that count, oldest first; of nights that showed the same, the first.
    pub nights: Vec<Night>,
    /// The last release; none before the first.
    pub last: Option<Last>,
}

/// What the last release leaves besides its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Last {
    /// Its day.
    pub day: NaiveDate,
    /// Cells that showed an older value, with its day.
    pub waiting: Days,
    /// Identity of each record of the sources, by that of the state that was published.
    pub origins: BTreeMap<u128, u128>,
    /// Batches so far: each gives its own identities.
    pub batches: u64,
}

/// A protected night.
#[derive(Debug)]
pub struct Tonight {
    /// What may be published.
    pub protected: Protected,
    /// The night to keep; none where the last one is shown again.
    pub night: Option<Night>,
    /// For the next night.
    pub last: Last,
    /// Changes that wait.
    pub waiting: usize,
}

/// Nights that are kept in one system at most; then changes wait until the oldest no longer counts.
pub const MOST_NIGHTS: usize = 40;

/// Protects tonight's tables together with all nights before.
///
/// # Errors
/// As for one night, and when what was shown cannot be protected any more. Nothing may be published
/// then.
pub fn protect_tonight(
    tables: &[TableInput],
    history: &History,
    day: NaiveDate,
    policy: &Disclosure,
    agreements: &Agreements,
) -> Result<Tonight, DisclosureError> {
    let (Some(last), Some(night)) = (&history.last, history.nights.last()) else {
        return first(tables, history, day, policy, agreements);
    };
    let atoms = atoms::changes(&night.tables, &last.origins, tables);
    if !atoms.pending.is_empty() && history.nights.len() < MOST_NIGHTS {
        let mut best: Option<(usize, Among, Vec<bool>, Vec<TableInput>)> = None;
        for admission in Admission::ALL {
            let batch = admitted(admission, tables, night, &atoms, policy, agreements);
            let again = best.as_ref().is_some_and(|(_, _, known, _)| *known == batch);
            if again || !batch.contains(&true) {
                continue;
            }
            let records = atoms::with(&night.tables, tables, &atoms, &batch, last.batches + 1);
            let Ok(among) = protect_after(&records, &history.nights, false, policy, agreements) else {
                continue;
            };
            let current = current(&among, &atoms, &batch);
            if best.as_ref().is_none_or(|(known, ..)| current > *known) {
                best = Some((current, among, batch, records));
            }
        }
        let now = shown_of(&night.shown, &atoms.waiting(&vec![false; atoms.pending.len()]));
        if let Some((current, among, batch, records)) = best
            && current > now
        {
            let origins = atoms::origins(&atoms, &batch, &last.origins, last.batches + 1);
            return Ok(dated(among, &atoms, &batch, records, history, day, (origins, last.batches + 1)));
        }
    }
    let none = vec![false; atoms.pending.len()];
    let same = atoms::with(&night.tables, tables, &atoms, &none, last.batches);
    let among = protect_after(&same, &history.nights, true, policy, agreements)?;
    let origins = atoms::origins(&atoms, &none, &last.origins, last.batches);
    let mut tonight = dated(among, &atoms, &none, same, history, day, (origins, last.batches));
    tonight.night = None;
    Ok(tonight)
}

/// The first night is a night alone.
fn first(
    tables: &[TableInput],
    history: &History,
    day: NaiveDate,
    policy: &Disclosure,
    agreements: &Agreements,
) -> Result<Tonight, DisclosureError> {
    let among = protect_after(tables, &[], false, policy, agreements)?;
    let atoms = atoms::changes(tables, &BTreeMap::new(), tables);
    let origins = tables.iter().flat_map(|table| table.records.iter().map(|record| (record.id, record.id)));
    let origins: BTreeMap<u128, u128> = origins.collect();
    Ok(dated(among, &atoms, &[], tables.to_vec(), history, day, (origins, 0)))
}

/// Cells of tonight that show what is true tonight.
fn current(among: &Among, atoms: &atoms::Atoms, batch: &[bool]) -> usize {
    shown_of(&among.shown, &atoms.waiting(batch))
}

fn shown_of(shown: &Shown, waiting: &BTreeSet<Cell>) -> usize {
    let cells = shown.iter().flat_map(|(name, cells)| cells.iter().map(move |codes| (name, codes)));
    cells.filter(|(name, codes)| !waiting.contains(&((*name).clone(), (*codes).clone()))).count()
}

/// Writes the day beside each value.
fn dated(
    mut among: Among,
    atoms: &atoms::Atoms,
    batch: &[bool],
    records: Vec<TableInput>,
    history: &History,
    day: NaiveDate,
    (origins, batches): (BTreeMap<u128, u128>, u64),
) -> Tonight {
    let pending = atoms.waiting(batch);
    let mut waiting = Days::new();
    for table in &mut among.protected.tables {
        for row in &mut table.rows {
            for (position, measure) in table.measures.iter().enumerate() {
                if !matches!(row.values[position], Published::Value(_)) {
                    continue;
                }
                let name = format!("{}/{measure}", table.name);
                let cell = (name, row.dimensions.clone());
                let is_earlier = among.earlier.get(&cell.0).is_some_and(|cells| cells.contains(&cell.1));
                let mut of = day;
                if let Some(last) = history.last.as_ref().filter(|_| is_earlier || pending.contains(&cell)) {
                    let known = last.waiting.get(&cell.0).and_then(|cells| cells.get(&cell.1));
                    of = known.copied().unwrap_or(last.day);
                    waiting.entry(cell.0).or_default().insert(cell.1, of);
                }
                row.days[position] = Some(of);
            }
        }
    }
    let night = Night { day, tables: records, shown: among.shown, withdrawn: among.withdrawn };
    Tonight {
        protected: among.protected,
        night: Some(night),
        last: Last { day, waiting, origins, batches },
        waiting: atoms.pending.len() - batch.iter().filter(|admitted| **admitted).count(),
    }
}
