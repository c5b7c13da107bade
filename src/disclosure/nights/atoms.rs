//! What changed since the last night, record by record.

use super::super::cells::TOTAL;
use super::super::input::{MeasureInput, Record, TableInput};
use super::shape;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// `table/measure` and codes.
pub(super) type Cell = (String, Vec<String>);

/// The state of a record in every table that has it, by the position of the table of tonight.
pub(super) type State<'a> = BTreeMap<usize, Content<'a>>;

/// Codes, contributors, amounts.
pub(super) type Content<'a> = (&'a [String], Vec<&'a str>, Cow<'a, [Option<i64>]>);

/// A record that came, went, or is another now.
#[derive(Debug, Clone)]
pub(super) struct Atom<'a> {
    /// Identity in the sources.
    pub origin: u128,
    /// Identity of the published state, where there is one.
    pub published: Option<u128>,
    /// What each cell gains, by who gives and takes.
    pub cells: Vec<(Cell, Vec<String>, i64)>,
    old: State<'a>,
    new: State<'a>,
}

/// All changes since the last night.
#[derive(Debug)]
pub(super) struct Atoms<'a> {
    /// In the order of the identities.
    pub pending: Vec<Atom<'a>>,
    /// Published states of the records that did not change, by identity in the sources.
    same: BTreeMap<u128, u128>,
    states: BTreeMap<u128, State<'a>>,
}

impl Atoms<'_> {
    /// No change: what is published first.
    pub(super) fn none(tables: &[TableInput]) -> Self {
        let ids = tables.iter().flat_map(|table| &table.records).map(|record| (record.id, record.id));
        Self { pending: Vec::new(), same: ids.collect(), states: BTreeMap::new() }
    }

    /// Table and measure, by position, of which a record that was published gains an amount where it had none.
    pub(super) fn gaining(&self) -> BTreeSet<(usize, usize)> {
        let mut gaining = BTreeSet::new();
        for atom in self.pending.iter().filter(|atom| atom.published.is_some()) {
            for (table, (_, _, now)) in &atom.new {
                let before = atom.old.get(table).map(|content| &content.2);
                for (measure, amount) in now.iter().enumerate() {
                    let had = before.and_then(|before| *before.get(measure)?);
                    if amount.is_some() && had.is_none() {
                        gaining.insert((*table, measure));
                    }
                }
            }
        }
        gaining
    }

    /// Cells that the changes of a batch touch, or all others, with the records that do.
    pub(super) fn touched(&self, batch: &[bool], inside: bool) -> BTreeMap<Cell, BTreeSet<u128>> {
        let mut touched: BTreeMap<Cell, BTreeSet<u128>> = BTreeMap::new();
        for (position, atom) in self.pending.iter().enumerate() {
            if batch.get(position).copied().unwrap_or(false) == inside {
                for (cell, _, _) in &atom.cells {
                    touched.entry(cell.clone()).or_default().insert(atom.origin);
                }
            }
        }
        touched
    }
}

/// Compares the published states with tonight's records. A record that has another identity but
/// is the same in everything else did not change.
pub(super) fn changes<'a>(
    published: &'a [TableInput],
    origins: &BTreeMap<u128, u128>,
    tonight: &'a [TableInput],
) -> Atoms<'a> {
    let before = states(published, tonight);
    let mut now = states(tonight, tonight);
    let states = before.clone();
    let mut same = BTreeMap::new();
    let mut gone: BTreeMap<u128, u128> = BTreeMap::new();
    for published in before.keys() {
        let origin = origins.get(published).copied().unwrap_or(*published);
        if now.get(&origin) == before.get(published) {
            same.insert(origin, *published);
            now.remove(&origin);
        } else {
            gone.insert(origin, *published);
        }
    }
    let mut by_state: BTreeMap<&State<'_>, Vec<u128>> = BTreeMap::new();
    for (origin, published) in &gone {
        by_state.entry(&before[published]).or_default().push(*origin);
    }
    let renamed: Vec<(u128, u128)> =
        now.iter().filter_map(|(origin, state)| Some((*origin, by_state.get_mut(state)?.pop()?))).collect();
    for (origin, earlier) in renamed {
        now.remove(&origin);
        if let Some(published) = gone.remove(&earlier) {
            same.insert(origin, published);
        }
    }
    let all: BTreeSet<u128> = gone.keys().chain(now.keys()).copied().collect();
    let atom = |origin: u128| {
        let published = gone.get(&origin).copied();
        let old = published.and_then(|published| before.get(&published).cloned()).unwrap_or_default();
        let new = now.get(&origin).cloned().unwrap_or_default();
        let mut gains = BTreeMap::new();
        for (sign, state) in [(-1, &old), (1, &new)] {
            for (table, content) in state {
                gained(&tonight[*table], content, sign, &mut gains);
            }
        }
        // Of a cell that a record leaves and enters nothing is new.
        let gains = gains.into_iter().filter(|(_, amount)| *amount != 0);
        let cells = gains.map(|((cell, contributors), amount)| (cell, contributors, amount)).collect();
        Atom { origin, published, cells, old, new }
    };
    Atoms { pending: all.into_iter().map(atom).collect(), same, states }
}

/// The state of each record in tonight's tables, with nothing in measures that its night did not have. A
/// table of other dimensions is another table: its records are in none of tonight's.
pub(super) fn states<'a>(tables: &'a [TableInput], tonight: &[TableInput]) -> BTreeMap<u128, State<'a>> {
    let mut states: BTreeMap<u128, State<'a>> = BTreeMap::new();
    for (position, table) in tonight.iter().enumerate() {
        for one in tables.iter().filter(|one| one.name == table.name && one.dimensions == table.dimensions) {
            let places = places(one, table);
            for record in &one.records {
                states.entry(record.id).or_default().insert(position, content(record, places.as_deref()));
            }
        }
    }
    states
}

/// Where a table of an earlier night has each measure of tonight; none where both have the same.
fn places(earlier: &TableInput, tonight: &TableInput) -> Option<Vec<Option<usize>>> {
    let place = |now: &MeasureInput| earlier.measures.iter().position(|then| shape::is_same(then, now));
    let places: Vec<Option<usize>> = tonight.measures.iter().map(place).collect();
    let is_same = places.iter().enumerate().all(|(at, place)| *place == Some(at));
    (!is_same || earlier.measures.len() != places.len()).then_some(places)
}

fn content<'a>(record: &'a Record, places: Option<&[Option<usize>]>) -> Content<'a> {
    let values = match places {
        None => Cow::Borrowed(record.values.as_slice()),
        Some(places) => {
            let value = |place: Option<usize>| place.and_then(|place| *record.values.get(place)?);
            Cow::Owned(places.iter().copied().map(value).collect())
        }
    };
    (&record.dimensions, record.contributors.iter().map(String::as_str).collect(), values)
}

/// Every cell that a state of a record is part of.
fn gained(
    table: &TableInput,
    (codes, contributors, values): &Content<'_>,
    sign: i64,
    gains: &mut BTreeMap<(Cell, Vec<String>), i64>,
) {
    let contributors: Vec<String> = contributors.iter().map(|label| (*label).to_owned()).collect();
    for mask in 0..1_usize << codes.len() {
        let crossing: Vec<String> = codes
            .iter()
            .enumerate()
            .map(|(place, code)| if mask >> place & 1 == 1 { TOTAL.to_owned() } else { code.clone() })
            .collect();
        for (measure, value) in table.measures.iter().zip(values.iter()) {
            if let Some(value) = value {
                let cell = (format!("{}/{}", table.name, measure.name), crossing.clone());
                let gain = gains.entry((cell, contributors.clone())).or_insert(0);
                *gain = gain.saturating_add(sign.saturating_mul(*value));
            }
        }
    }
}

/// The published records with a batch of the changes, in tonight's tables.
pub(super) fn with(
    published: &[TableInput],
    tonight: &[TableInput],
    atoms: &Atoms<'_>,
    batch: &[bool],
    number: u64,
) -> Vec<TableInput> {
    let mut states: BTreeMap<u128, &State<'_>> =
        atoms.same.values().map(|published| (*published, &atoms.states[published])).collect();
    for (atom, admitted) in atoms.pending.iter().zip(batch) {
        match (*admitted, atom.published) {
            (true, _) if !atom.new.is_empty() => {
                states.insert(state_id(atom.origin, number), &atom.new);
            }
            (false, Some(published)) => {
                states.insert(published, &atom.old);
            }
            _ => {}
        }
    }
    let mut tables: Vec<TableInput> =
        tonight.iter().map(|table| TableInput { records: Vec::new(), ..table.clone() }).collect();
    for (table, known) in tables.iter_mut().zip(tonight) {
        let old = published.iter().find(|old| old.name == known.name && old.dimensions == known.dimensions);
        // A code that the public knew is still a row.
        for (codes, known) in table.codes.iter_mut().zip(old.map(|old| &old.codes).into_iter().flatten()) {
            let more: Vec<String> = known.iter().filter(|code| !codes.contains(code)).cloned().collect();
            codes.extend(more);
        }
    }
    for (id, state) in states {
        for (table, (dimensions, contributors, values)) in state {
            tables[*table].records.push(Record {
                id,
                dimensions: dimensions.to_vec(),
                contributors: contributors.iter().map(|label| (*label).to_owned()).collect(),
                values: values.to_vec(),
            });
        }
    }
    tables
}

/// Identity in the sources of each published state, once a batch is published.
pub(super) fn origins(atoms: &Atoms<'_>, batch: &[bool], number: u64) -> BTreeMap<u128, u128> {
    let mut origins: BTreeMap<u128, u128> =
        atoms.same.iter().map(|(origin, published)| (*published, *origin)).collect();
    for (atom, admitted) in atoms.pending.iter().zip(batch) {
        match (*admitted, atom.published) {
            (true, _) if !atom.new.is_empty() => {
                origins.insert(state_id(atom.origin, number), atom.origin);
            }
            (false, Some(published)) => {
                origins.insert(published, atom.origin);
            }
            _ => {}
        }
    }
    origins
}

/// A state of a record is told apart from every other one, also from an earlier one like it.
fn state_id(origin: u128, number: u64) -> u128 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&origin.to_le_bytes());
    hasher.update(&number.to_le_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    u128::from_le_bytes(bytes)
}
