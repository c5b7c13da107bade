//! Cells: every crossing, subtotal and margin, with who stands behind it.

use super::derived;
use super::rules::{Rules, Share, judge};
use super::system::{Beside, Key, Kind, Role, System};
use std::collections::BTreeMap;

/// Code of a margin.
pub(super) const TOTAL: &str = "Total";

/// One dimension: its codes with their parents; the top is `Total`.
#[derive(Debug, Clone, Default)]
pub(super) struct Axis {
    /// Sorted codes, `Total` among them.
    pub codes: Vec<String>,
    /// Position of the parent of each code; its own for the top.
    pub parents: Vec<usize>,
    /// Levels below each code.
    pub levels: Vec<u32>,
    /// Positions of the children of each code.
    pub children: Vec<Vec<usize>>,
}

impl Axis {
    /// From pairs of code and parent; a code without a parent hangs below `Total`.
    ///
    /// # Errors
    /// A code that is its own ancestor.
    pub(super) fn new(pairs: &BTreeMap<String, Option<String>>) -> Result<Self, String> {
        let mut codes: Vec<String> = pairs.keys().cloned().collect();
        codes.extend(pairs.values().flatten().cloned());
        codes.push(TOTAL.to_owned());
        codes.sort();
        codes.dedup();
        let place = |code: &str| codes.binary_search_by(|other| other.as_str().cmp(code)).unwrap_or(0);
        let top = place(TOTAL);
        let parents: Vec<usize> = codes
            .iter()
            .enumerate()
            .map(|(position, code)| {
                if position == top {
                    return top;
                }
                pairs.get(code).and_then(Option::as_deref).map_or(top, place)
            })
            .collect();
        let mut levels = vec![0; codes.len()];
        let mut children = vec![Vec::new(); codes.len()];
        for start in 0..codes.len() {
            let (mut code, mut depth) = (start, 0);
            while code != top {
                depth += 1;
                if depth > codes.len() {
                    return Err(codes[start].clone());
                }
                code = parents[code];
                let depth = u32::try_from(depth).unwrap_or(u32::MAX);
                levels[code] = levels[code].max(depth);
            }
            if start != top {
                children[parents[start]].push(start);
            }
        }
        Ok(Self { codes, parents, levels, children })
    }

    /// Position of a code.
    pub(super) fn place(&self, code: &str) -> Option<usize> {
        self.codes.binary_search_by(|other| other.as_str().cmp(code)).ok()
    }

    /// Parent of each code that does not hang below the top.
    pub(super) fn above(&self) -> BTreeMap<String, String> {
        let named = |(code, parent): (&String, &usize)| (code.clone(), self.codes[*parent].clone());
        self.codes.iter().zip(&self.parents).map(named).filter(|(_, parent)| parent != TOTAL).collect()
    }

    /// A code and everything above it.
    fn path(&self, code: usize) -> Vec<usize> {
        let mut path = vec![code];
        let mut at = code;
        while self.parents[at] != at {
            at = self.parents[at];
            path.push(at);
        }
        path
    }
}

/// One contribution, in positions.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub id: u128,
    /// Position of the code on each axis.
    pub codes: Vec<usize>,
    /// Who gives and who takes; the same holding twice where one stands behind it.
    pub parties: [u32; 2],
    pub values: Vec<Option<i64>>,
    pub waived: bool,
}

/// How a measure hangs together with another of its table, by position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    Base,
    /// A factor that the public knows, times the other.
    Factor(usize),
    /// Never more than the other.
    Below(usize),
    /// Never less than the other.
    Above(usize),
}

#[derive(Debug, Clone)]
pub(super) struct Measure {
    pub name: String,
    /// What it measures: measures of one quantity say the same amounts of the records that they share.
    pub quantity: String,
    pub relation: Relation,
    /// One a record.
    pub is_count: bool,
    /// Published nowhere in this table, because it cannot be protected.
    pub withdrawn: bool,
    /// Only the total of the table is published: its detail stood in the way of others.
    pub is_total_only: bool,
}

impl Measure {
    /// A measure that hangs together with no other.
    pub(super) fn base_of(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            quantity: name.to_owned(),
            relation: Relation::Base,
            is_count: false,
            withdrawn: false,
            is_total_only: false,
        }
    }

    pub(super) fn role(&self) -> Role {
        match self.relation {
            Relation::Factor(_) => Role::Factor,
            _ if self.is_count => Role::Count,
            _ => Role::Amount,
        }
    }

    /// The measure without which this one says nothing.
    pub(super) fn base(&self, own: usize) -> usize {
        match self.relation {
            Relation::Base => own,
            Relation::Factor(base) | Relation::Below(base) | Relation::Above(base) => base,
        }
    }
}

/// A table to be cut into cells.
#[derive(Debug, Clone)]
pub(super) struct Cube {
    pub name: String,
    /// Position of the table.
    pub position: usize,
    /// Names of the axes.
    pub dimensions: Vec<String>,
    pub axes: Vec<Axis>,
    pub measures: Vec<Measure>,
    pub entries: Vec<Entry>,
    /// Crossings without entries are cells too: withheld zeros keep a reader from knowing that
    /// there is something in what is withheld.
    pub is_dense: bool,
    /// How its margins are told to the second program: a table of tonight lists its cells.
    pub margins: Kind,
}

impl Cube {
    /// Whether a crossing is the margin of everything.
    pub(super) fn is_total(&self, codes: &[usize]) -> bool {
        codes.iter().zip(&self.axes).all(|(code, axis)| axis.codes[*code] == TOTAL)
    }
}

/// One published crossing.
#[derive(Debug, Clone)]
pub(super) struct Crossing {
    /// Position of the code on each axis.
    pub codes: Vec<usize>,
    /// Variable of each measure; none when nothing is known.
    pub variables: Vec<Option<usize>>,
    /// No record stands behind it.
    pub is_empty: bool,
}

/// Amounts of one measure, of some entries.
pub(super) struct Amounts<'a> {
    pub measure: &'a str,
    /// Measures of one tie are withheld together.
    pub tie: &'a str,
    pub role: Role,
    pub origin: (usize, usize),
    /// Tells cells without records apart.
    pub place: u128,
    pub records: Vec<(&'a Entry, i64)>,
}

/// Codes of a crossing, and its entries.
pub(super) type Group<'a> = (&'a [usize], &'a [u32]);

/// Tie of each set of records, over all tables.
pub(super) type Ties = BTreeMap<(String, u128, u64), usize>;

/// Adds the cells of a cube to the system: variables, margins, and what the public knows of
/// how the measures hang together.
///
/// # Errors
/// A sum that does not fit in 64 bits.
pub(super) fn add(
    system: &mut System,
    ties: &mut Ties,
    cube: &Cube,
    rules: &Rules,
) -> Result<Vec<Crossing>, &'static str> {
    let groups = if cube.is_dense { dense(cube) } else { groups(cube) };
    let mut crossings = Vec::with_capacity(groups.len());
    for (codes, members) in &groups {
        let levels = codes.iter().zip(&cube.axes).map(|(code, axis)| axis.levels[*code]).sum();
        let names: Vec<&str> =
            codes.iter().zip(&cube.axes).map(|(code, axis)| axis.codes[*code].as_str()).collect();
        let name = format!("{}[{}]", cube.name, names.join(", "));
        let mut variables = Vec::with_capacity(cube.measures.len());
        for measure in 0..cube.measures.len() {
            let Some(amounts) = amounts(cube, (codes, members), measure) else {
                variables.push(None);
                continue;
            };
            let position = variable(system, ties, &amounts, &name, rules)?;
            let known = &mut system.variables[position];
            known.levels = known.levels.max(levels);
            if std::mem::take(&mut known.hidden) {
                known.name.clone_from(&name);
            }
            variables.push(Some(position));
        }
        crossings.push(Crossing { codes: codes.clone(), variables, is_empty: members.is_empty() });
    }
    margins(system, cube, &crossings);
    for (crossing, (codes, members)) in crossings.iter().zip(&groups) {
        if codes.iter().zip(&cube.axes).all(|(code, axis)| axis.children[*code].is_empty()) {
            derived::relate(system, ties, cube, (crossing, members), rules)?;
        }
    }
    Ok(crossings)
}

/// The known amounts of a measure; none as soon as one record lacks its factor, because the sum
/// of the others says nothing.
fn amounts<'a>(cube: &'a Cube, (codes, members): Group<'_>, measure: usize) -> Option<Amounts<'a>> {
    let declared = &cube.measures[measure];
    let base = declared.base(measure);
    if declared.withdrawn || cube.measures[base].withdrawn {
        return None;
    }
    if declared.is_total_only && !cube.is_total(codes) {
        return None;
    }
    let known = members.iter().map(|entry| &cube.entries[*entry as usize]);
    let records: Vec<(&Entry, i64)> = known
        .filter(|entry| entry.values[base].is_some())
        .map(|entry| Some((entry, entry.values[measure]?)))
        .collect::<Option<_>>()?;
    let tie = match declared.relation {
        Relation::Below(base) | Relation::Above(base) => &cube.measures[base].quantity,
        Relation::Base | Relation::Factor(_) => &declared.quantity,
    };
    if records.is_empty() && !members.is_empty() {
        return None;
    }
    Some(Amounts {
        measure: &declared.name,
        tie,
        role: declared.role(),
        origin: (cube.position, measure),
        place: place(cube, codes),
        records,
    })
}

/// The variable of a measure of a set of records; a new one is hidden until a table shows it.
pub(super) fn variable(
    system: &mut System,
    ties: &mut Ties,
    amounts: &Amounts<'_>,
    name: &str,
    rules: &Rules,
) -> Result<usize, &'static str> {
    let start = if amounts.records.is_empty() { amounts.place } else { 0 };
    let sum = amounts.records.iter().fold(start, |sum, (entry, _)| sum.wrapping_add(entry.id));
    let count = amounts.records.len() as u64;
    let key = Key { measure: amounts.measure.to_owned(), sum, count };
    let amount = total(amounts.records.iter().map(|(_, amount)| *amount))?;
    if let Some(found) = system.find(&key) {
        let same = system.variables[found].amount == amount;
        return same.then_some(found).ok_or("one set of records has two amounts under one name");
    }
    let next = ties.len();
    let tie = *ties.entry((amounts.tie.to_owned(), sum, count)).or_insert(next);
    let shares = shares(amounts)?;
    let signed = shares.iter().any(|share| share.amount < 0);
    // Who declared one exact number has no part in how wide an interval is.
    let wide = shares.iter().copied().filter(|share| amounts.role != Role::Gap || share.amount != 0);
    let verdict = judge(&wide.collect::<Vec<_>>(), rules);
    let (name, role, origin) = (name.to_owned(), amounts.role, amounts.origin);
    let beside = Beside { name, amount, shares, verdict, tie, role, origin };
    Ok(system.add(key, if signed { beside.signed() } else { beside.limited() }))
}

/// Identity of a cell without records.
pub(super) fn place(cube: &Cube, codes: &[usize]) -> u128 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(cube.name.as_bytes());
    for (code, axis) in codes.iter().zip(&cube.axes) {
        hasher.update(&[0]);
        hasher.update(axis.codes[*code].as_bytes());
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    u128::from_le_bytes(bytes)
}

/// Every crossing of the codes with its records, in the order of the codes.
fn dense(cube: &Cube) -> Vec<(Vec<usize>, Vec<u32>)> {
    let mut known: BTreeMap<Vec<usize>, Vec<u32>> = groups(cube).into_iter().collect();
    let crossings = every_crossing(&cube.axes).into_iter();
    crossings
        .map(|codes| {
            let members = known.remove(&codes).unwrap_or_default();
            (codes, members)
        })
        .collect()
}

/// Every crossing of the codes, in their order.
fn every_crossing(axes: &[Axis]) -> Vec<Vec<usize>> {
    axes.iter().fold(vec![Vec::new()], |crossings: Vec<Vec<usize>>, axis| {
        let longer = |head: &Vec<usize>, code: usize| head.iter().copied().chain([code]).collect::<Vec<_>>();
        crossings.iter().flat_map(|head| (0..axis.codes.len()).map(move |code| longer(head, code))).collect()
    })
}

/// Every crossing with its records, in the order of the codes.
pub(super) fn groups(cube: &Cube) -> Vec<(Vec<usize>, Vec<u32>)> {
    let mut pairs: Vec<(Vec<u32>, u32)> = Vec::new();
    for (position, entry) in (0..).zip(&cube.entries) {
        let mut crossings: Vec<Vec<u32>> = vec![Vec::new()];
        for (code, axis) in entry.codes.iter().zip(&cube.axes) {
            let path = axis.path(*code);
            crossings = crossings
                .into_iter()
                .flat_map(|head| {
                    path.iter()
                        .map(|code| {
                            let mut longer = head.clone();
                            longer.push(u32::try_from(*code).unwrap_or(u32::MAX));
                            longer
                        })
                        .collect::<Vec<_>>()
                })
                .collect();
        }
        pairs.extend(crossings.into_iter().map(|codes| (codes, position)));
    }
    pairs.sort_unstable();
    let mut groups: Vec<(Vec<usize>, Vec<u32>)> = Vec::new();
    let mut last: Option<Vec<u32>> = None;
    for (codes, entry) in pairs {
        if last.as_ref() == Some(&codes) {
            if let Some((_, members)) = groups.last_mut() {
                members.push(entry);
            }
        } else {
            groups.push((codes.iter().map(|code| *code as usize).collect(), vec![entry]));
            last = Some(codes);
        }
    }
    groups
}

fn shares(amounts: &Amounts<'_>) -> Result<Vec<Share>, &'static str> {
    let records = amounts.records.iter();
    let mut shares: Vec<Share> = records
        .map(|(entry, amount)| Share { parties: entry.parties, amount: *amount, waived: entry.waived })
        .collect();
    shares.sort_unstable();
    let mut merged: Vec<Share> = Vec::new();
    for share in shares {
        match merged.last_mut().filter(|last| last.parties == share.parties) {
            Some(last) => {
                last.amount = last.amount.checked_add(share.amount).ok_or("a sum is too large")?;
                // A holding is waived only where all of it is.
                last.waived &= share.waived;
            }
            None => merged.push(share),
        }
    }
    Ok(merged)
}

fn total(mut amounts: impl Iterator<Item = i64>) -> Result<i64, &'static str> {
    amounts.try_fold(0_i64, i64::checked_add).ok_or("a sum is too large")
}

fn margins(system: &mut System, cube: &Cube, crossings: &[Crossing]) {
    let places: BTreeMap<&[usize], usize> = crossings
        .iter()
        .enumerate()
        .map(|(position, crossing)| (crossing.codes.as_slice(), position))
        .collect();
    for crossing in crossings {
        for (dimension, axis) in cube.axes.iter().enumerate() {
            let mut child = crossing.codes.clone();
            let mut below: Vec<&Crossing> = Vec::new();
            for code in &axis.children[crossing.codes[dimension]] {
                child[dimension] = *code;
                below.extend(places.get(child.as_slice()).map(|place| &crossings[*place]));
            }
            for (measure, sum) in crossing.variables.iter().enumerate() {
                let (Some(sum), false) = (sum, below.is_empty()) else { continue };
                let parts: Vec<usize> = below.iter().filter_map(|part| part.variables[measure]).collect();
                if !parts.is_empty() {
                    system.equate(*sum, &parts, cube.margins);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Axis;
    use std::collections::BTreeMap;

    #[test]
    fn a_cycle_is_named() {
        let pairs = [("a", Some("b")), ("b", Some("a")), ("c", None)];
        let pairs: BTreeMap<String, Option<String>> =
            pairs.into_iter().map(|(code, parent)| (code.to_owned(), parent.map(str::to_owned))).collect();
        assert_eq!(Axis::new(&pairs).unwrap_err(), "a");
    }
}
