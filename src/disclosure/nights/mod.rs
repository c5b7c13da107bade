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
//!   would need it otherwise is not found, and nothing is published. That a value is no longer printed
//!   (`places`) changes nothing in the system while the night counts that showed it.
//!
//! A night whose batch is empty shows the same values again and adds nothing to the system; so it
//! grows with batches, not with nights.

mod admission;
mod atoms;
#[cfg(test)]
mod attack;
#[cfg(test)]
mod ceiling_tests;
#[cfg(test)]
mod experiment;
mod identities;
mod kept;
mod multiples;
mod places;
mod shape;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod waiting_tests;

use super::ceilings;
use super::error::DisclosureError;
use super::input::{Agreements, Doubts, TableInput};
use super::protect::{Among, Before, Frame, NO_NEWS, protect_after, protect_holding};
use super::protected::{Protected, Published};
use super::remembered::Remembered;
use crate::config::Disclosure;
use admission::{Admission, admitted};
use atoms::Atoms;
use chrono::NaiveDate;
pub use identities::Known;
use identities::{Identified, identified};
pub use places::{Cause, Seen, Stalled, gone};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Cells by `table/measure`.
pub type Shown = BTreeMap<String, BTreeSet<Vec<String>>>;

/// Days by `table/measure` and cell.
pub type ShownDays = BTreeMap<String, BTreeMap<Vec<String>, NaiveDate>>;

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
    /// Measures of which only the total was published.
    pub total_only: BTreeSet<String>,
    /// Tells the rules, coalitions and consents apart under which it was proven.
    pub rules: String,
    /// What was not sure of who is who.
    pub doubts: Doubts,
}

/// What the nights before leave for tonight.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// Nights that count, oldest first; of nights that showed the same, the first.
    pub nights: Vec<Night>,
    /// The last release; none before the first.
    pub last: Option<Last>,
    /// The proof of the last night; without one it is proven again.
    pub certificate: Option<Vec<u8>>,
}

/// What the last release leaves besides its values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Last {
    /// Its day.
    pub day: NaiveDate,
    /// Cells of which the value was that of an older day, with this day.
    #[serde(with = "kept::cells")]
    pub waiting: ShownDays,
    /// Last day on which each record that waits was shown as it was, by its identity in the sources.
    #[serde(with = "kept::identities")]
    pub since: BTreeMap<u128, NaiveDate>,
    /// Identity of each record of the sources, by that of the state that was published.
    #[serde(with = "kept::pairs")]
    pub origins: BTreeMap<u128, u128>,
    /// Batches so far: each gives its own identities.
    pub batches: u64,
    /// Who is who.
    #[serde(default)]
    pub known: Known,
    /// Tells the key of the pseudonyms from every other one; empty where nobody asks.
    #[serde(default)]
    pub key: String,
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
    /// What keeps every change back, where it is not that too few changed.
    pub stalled: Option<Stalled>,
}

impl History {
    /// Lets nights go of which readers last saw a value more than `history_days` ago; the last one stays. `seen`
    /// are the releases as readers saw them, oldest first. The certificate of the last night speaks of what is gone
    /// too, and proves more than what is left.
    pub fn forget(&mut self, today: NaiveDate, policy: &Disclosure, seen: &[Seen]) {
        let days: Vec<NaiveDate> = self.nights.iter().map(|night| night.day).collect();
        let gone = gone(&days, seen, today, policy.history_days);
        self.nights.drain(..gone);
    }
}

/// Protects tonight's tables together with all nights before.
///
/// # Errors
/// As for one night, when what was shown cannot be protected any more or has another shape or scale tonight, and
/// when a measure tells another one's amounts without a word of it. Nothing may be published then.
pub fn protect_tonight(
    tables: &[TableInput],
    history: &History,
    day: NaiveDate,
    policy: &Disclosure,
    agreements: &Agreements,
) -> Result<Tonight, DisclosureError> {
    ceilings::check(tables)?;
    let fewest = policy.minimum_contributors;
    let held = multiples::undeclared(tables, &history.nights, fewest)?;
    let (Some(last), Some(night)) = (&history.last, history.nights.last()) else {
        return first(tables, day, policy, agreements);
    };
    shape::kept(&history.nights, tables)?;
    multiples::on_one_scale(history, (last, night), tables, fewest)?;
    let Identified { tables, agreements, known } = identified(history, (last, night), tables, agreements);
    let mut tonight = among_nights((&tables, &held), (history, last, night), day, policy, &agreements)?;
    tonight.last.known = known;
    if let Some(night) = &mut tonight.night {
        night.doubts = agreements.doubts;
    }
    Ok(tonight)
}

fn among_nights(
    (tables, held): (&[TableInput], &BTreeSet<String>),
    (history, last, night): (&History, &Last, &Night),
    day: NaiveDate,
    policy: &Disclosure,
    agreements: &Agreements,
) -> Result<Tonight, DisclosureError> {
    let mut room = places::room(&history.nights, day, policy);
    let may_wait = places::may_wait(last, night, day, policy);
    let known = history.certificate.as_ref().filter(|_| night.rules == fingerprint(policy, agreements));
    let scene = Scene { history, last, night, known, held, may_wait: &may_wait, day, policy, agreements };
    let new = shape::new(night, tables);
    if room.is_ok() && !new.is_empty() {
        let atoms = atoms::changes(&night.tables, &last.origins, tables);
        match batched(&scene, (tables, &atoms), &[Admission::All], New::Whole) {
            Ok(tonight) => return Ok(tonight),
            Err(Refused::Tables(error)) => return Err(error),
            Err(Refused::Few | Refused::Past) => {}
        }
    }
    let without = (!new.is_empty()).then(|| shape::without(tables, &new));
    let tables = without.as_deref().unwrap_or(tables);
    let atoms = atoms::changes(&night.tables, &last.origins, tables);
    if room.is_ok() {
        match batched(&scene, (tables, &atoms), &Admission::ALL, New::Waits(&new)) {
            Ok(tonight) => return Ok(tonight),
            Err(Refused::Few) => {}
            Err(Refused::Past) => room = Err(Cause::Past),
            Err(Refused::Tables(error)) => return Err(error),
        }
    }
    let none = vec![false; atoms.pending.len()];
    let same = atoms::with(&night.tables, tables, &atoms, &none, last.batches);
    // The certificate of the last night knows no table and no measure that is new.
    let known = known.filter(|_| shape::is_unchanged(&night.tables, tables));
    let frame = known.map_or(Frame::Frozen, |certificate| Frame::Kept(certificate));
    let before = Before { nights: &history.nights, held: &BTreeSet::new(), may_wait: Some(&may_wait) };
    let among = protect_holding(&same, before, frame, policy, agreements)?;
    let mut tonight = dated(among, (&atoms, &none), (same, String::new()), Some(last), day, last.batches);
    tonight.night = None;
    let cause = room.err().filter(|_| !atoms.pending.is_empty());
    tonight.stalled = cause.map(|cause| Stalled { since: night.day, cause });
    Ok(tonight)
}

/// What a batch is tried against.
struct Scene<'a> {
    history: &'a History,
    last: &'a Last,
    night: &'a Night,
    /// The proof of the last night, where it was made under the same rules.
    known: Option<&'a Vec<u8>>,
    /// Measures, as `table/measure`, that keep their values.
    held: &'a BTreeSet<String>,
    /// Cells that may show an older value.
    may_wait: &'a Shown,
    day: NaiveDate,
    policy: &'a Disclosure,
    agreements: &'a Agreements,
}

/// What becomes of measures that are new: beside an older value of the same records, one would tell what changed.
#[derive(Clone, Copy)]
enum New<'a> {
    /// They are shown, where no cell keeps an older value.
    Whole,
    /// They wait, and the tables have no amount of them.
    Waits(&'a BTreeSet<String>),
}

/// Why no batch is published.
enum Refused {
    /// Too few changed.
    Few,
    /// What earlier nights showed cannot be protected together with one, or only with less than is shown now, or no
    /// proof of it was found.
    Past,
    /// Tonight's tables are malformed, as they would be on a first night.
    Tables(DisclosureError),
}

impl Refused {
    /// The same after one more error, where too few was all that stood in the way.
    fn or(self, error: DisclosureError, admission: Admission) -> Self {
        match (self, error) {
            (Self::Few, DisclosureError::History { cause }) if cause == NO_NEWS => Self::Few,
            // A part of the changes may be malformed where the whole is not.
            (
                Self::Few,
                error @ (DisclosureError::Malformed { .. } | DisclosureError::NotAdditive { .. }),
            ) => {
                if admission == Admission::All {
                    Self::Tables(error)
                } else {
                    Self::Few
                }
            }
            (Self::Few, _) => Self::Past,
            (known, _) => known,
        }
    }
}

/// The first batch that can be protected and shows something new.
///
/// # Errors
/// Why there is none.
fn batched(
    scene: &Scene<'_>,
    (tables, atoms): (&[TableInput], &Atoms<'_>),
    admissions: &[Admission],
    new: New<'_>,
) -> Result<Tonight, Refused> {
    let Scene { history, last, night, known, held: kept, may_wait, day, policy, agreements } = *scene;
    let mut refused = Refused::Few;
    let none = vec![false; atoms.pending.len()];
    let now = usable(&night.shown, atoms, &none);
    let remembered = known.and_then(|certificate| Remembered::read(certificate));
    let open = remembered.as_ref().map_or(Frame::Open, Frame::After);
    let incomplete = shape::incomplete(night, tables, atoms);
    for admission in admissions {
        let batch = admitted(*admission, tables, night, atoms, policy, agreements);
        if !batch.contains(&true) {
            continue;
        }
        let records = atoms::with(&night.tables, tables, atoms, &batch, last.batches + 1);
        let mut held = kept.clone();
        if let New::Waits(new) = new {
            held.extend(new.iter().cloned());
        }
        if *admission != Admission::All {
            held.extend(incomplete.iter().cloned());
        }
        let before = Before { nights: &history.nights, held: &held, may_wait: Some(may_wait) };
        let among = match protect_holding(&records, before, open, policy, agreements) {
            Ok(among) => among,
            Err(error) => {
                refused = refused.or(error, *admission);
                continue;
            }
        };
        if matches!(new, New::Whole) && !among.earlier.is_empty() {
            continue;
        }
        // A batch that shows no more than no batch would, or none of its changes, is none.
        let is_new = renews(&among.shown, atoms, &batch);
        if is_new && usable(&among.shown, atoms, &batch) > now {
            let rules = fingerprint(policy, agreements);
            let batches = last.batches + 1;
            return Ok(dated(among, (atoms, &batch), (records, rules), Some(last), day, batches));
        }
        // Something new could be shown, but not as much as would be withheld for it.
        if is_new && matches!(refused, Refused::Few) {
            refused = Refused::Past;
        }
    }
    Err(refused)
}

/// The first night is a night alone.
fn first(
    tables: &[TableInput],
    day: NaiveDate,
    policy: &Disclosure,
    agreements: &Agreements,
) -> Result<Tonight, DisclosureError> {
    let among = protect_after(tables, &[], Frame::Open, policy, agreements)?;
    let atoms = Atoms::none(tables);
    let records = (tables.to_vec(), fingerprint(policy, agreements));
    let mut tonight = dated(among, (&atoms, &[]), records, None, day, 0);
    tonight.last.known.keys = agreements.keys.clone();
    if let Some(night) = &mut tonight.night {
        night.doubts = agreements.doubts.clone();
    }
    Ok(tonight)
}

/// Rules, coalitions and consents, so that others are told apart.
fn fingerprint(policy: &Disclosure, agreements: &Agreements) -> String {
    let Disclosure { minimum_contributors, p_percent, insiders, coalitions: _, history_days: _ } = policy;
    let Agreements { coalitions, consents, keys: _, doubts: _ } = agreements;
    let rules = format!("{minimum_contributors} {p_percent} {insiders} {coalitions:?} {consents:?}");
    blake3::hash(rules.as_bytes()).to_hex().to_string()
}

/// Cells that show what is true tonight, or something new.
fn usable(shown: &Shown, atoms: &Atoms<'_>, batch: &[bool]) -> usize {
    let (waiting, renewed) = (atoms.touched(batch, false), atoms.touched(batch, true));
    let cells = shown.iter().flat_map(|(name, cells)| cells.iter().map(move |codes| (name, codes)));
    let cells = cells.map(|(name, codes)| (name.clone(), codes.clone()));
    cells.filter(|cell| !waiting.contains_key(cell) || renewed.contains_key(cell)).count()
}

/// Whether a cell that a batch touches is shown with it.
fn renews(shown: &Shown, atoms: &Atoms<'_>, batch: &[bool]) -> bool {
    let touched = atoms.touched(batch, true);
    touched.keys().any(|(name, codes)| shown.get(name).is_some_and(|cells| cells.contains(codes)))
}

/// Writes the day beside each value.
fn dated(
    mut among: Among,
    (atoms, batch): (&Atoms<'_>, &[bool]),
    (records, rules): (Vec<TableInput>, String),
    last: Option<&Last>,
    day: NaiveDate,
    batches: u64,
) -> Tonight {
    // A change that is seen for the first time tonight was not there on the day of the last release.
    let known = |origin: &u128| last.and_then(|last| Some(*last.since.get(origin)?));
    let before = last.map_or(day, |last| last.day);
    let open = atoms.pending.iter().zip(batch).filter(|(_, admitted)| !**admitted);
    let since: BTreeMap<u128, NaiveDate> =
        open.map(|(atom, _)| (atom.origin, known(&atom.origin).unwrap_or(before))).collect();
    let pending = atoms.touched(batch, false);
    let mut waiting = ShownDays::new();
    for table in &mut among.protected.tables {
        for row in &mut table.rows {
            for (position, measure) in table.measures.iter().enumerate() {
                if !matches!(row.values[position], Published::Value(_)) {
                    continue;
                }
                let cell = (format!("{}/{measure}", table.name), row.dimensions.clone());
                let is_earlier = among.earlier.get(&cell.0).is_some_and(|cells| cells.contains(&cell.1));
                let of = if is_earlier {
                    let shown = last.and_then(|last| last.waiting.get(&cell.0)?.get(&cell.1).copied());
                    shown.unwrap_or(before)
                } else {
                    let oldest = pending.get(&cell).into_iter().flatten();
                    oldest.filter_map(|origin| since.get(origin)).min().copied().unwrap_or(day)
                };
                // Of two releases of one day the first may have shown it.
                if is_earlier || of != day {
                    waiting.entry(cell.0).or_default().insert(cell.1, of);
                }
                row.days[position] = Some(of);
            }
        }
    }
    let night = Night {
        day,
        tables: records,
        shown: among.shown,
        withdrawn: among.withdrawn,
        total_only: among.total_only,
        rules,
        doubts: Doubts::default(),
    };
    let origins = atoms::origins(atoms, batch, batches);
    Tonight {
        protected: among.protected,
        night: Some(night),
        waiting: since.len(),
        stalled: None,
        last: Last { day, waiting, since, origins, batches, known: Known::default(), key: String::new() },
    }
}
