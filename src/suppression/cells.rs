//! Cells: every crossing, subtotal and margin, with who stands behind it.

use super::rules::{Rules, Share, judge};
use super::system::{Key, System, Variable, Wish};
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
    /// Holding at each contributor position.
    pub holdings: Vec<u32>,
    pub values: Vec<Option<i64>>,
    pub waived: bool,
}

/// A measure: its name and the position of the base measure that it is a factor times.
#[derive(Debug, Clone)]
pub(super) struct Measure {
    pub name: String,
    pub base: Option<usize>,
}

/// A table to be cut into cells.
#[derive(Debug, Clone)]
pub(super) struct Cube {
    pub name: String,
    pub axes: Vec<Axis>,
    pub measures: Vec<Measure>,
    pub entries: Vec<Entry>,
}

/// One published crossing.
#[derive(Debug, Clone)]
pub(super) struct Crossing {
    /// Position of the code on each axis.
    pub codes: Vec<usize>,
    /// Variable of each measure; none when nothing is known.
    pub variables: Vec<Option<usize>>,
    finest: bool,
}

/// Tie of each set of records, over all tables.
pub(super) type Ties = BTreeMap<(String, u128, u64), usize>;

/// Adds the cells of a cube to the system: variables, margins and known ratios.
///
/// # Errors
/// A sum that does not fit in 64 bits.
pub(super) fn add(
    system: &mut System,
    ties: &mut Ties,
    cube: &Cube,
    rules: &Rules,
) -> Result<Vec<Crossing>, &'static str> {
    let mut crossings = Vec::new();
    for (codes, members) in groups(cube) {
        let finest = codes.iter().zip(&cube.axes).all(|(code, axis)| axis.children[*code].is_empty());
        let levels = codes.iter().zip(&cube.axes).map(|(code, axis)| axis.levels[*code]).sum();
        let positions = cube.entries[members[0] as usize].holdings.len();
        let mut variables = Vec::with_capacity(cube.measures.len());
        for (measure, declared) in cube.measures.iter().enumerate() {
            let base = declared.base.unwrap_or(measure);
            let known = members
                .iter()
                .map(|entry| &cube.entries[*entry as usize])
                .filter(|e| e.values[base].is_some());
            let known: Vec<&Entry> = known.collect();
            // As soon as one record lacks its factor, the sum of the factors says nothing.
            if known.is_empty() || known.iter().any(|entry| entry.values[measure].is_none()) {
                variables.push(None);
                continue;
            }
            let sum = known.iter().fold(0_u128, |sum, entry| sum.wrapping_add(entry.id));
            let count = known.len() as u64;
            let next = ties.len();
            let tie = *ties.entry((cube.measures[base].name.clone(), sum, count)).or_insert(next);
            let key = Key { measure: declared.name.clone(), sum, count };
            if let Some(found) = system.find(&key) {
                system.variables[found].levels = system.variables[found].levels.max(levels);
                variables.push(Some(found));
                continue;
            }
            let shares = shares(&known, measure, positions)?;
            let amount = total(known.iter().filter_map(|entry| entry.values[measure]))?;
            let names: Vec<&str> =
                codes.iter().zip(&cube.axes).map(|(code, axis)| axis.codes[*code].as_str()).collect();
            let verdict = judge(&shares, rules);
            let signed = shares.iter().flatten().any(|share| share.amount < 0);
            variables.push(Some(system.add(
                key,
                Variable {
                    name: format!("{}[{}]", cube.name, names.join(", ")),
                    amount,
                    down: (!signed).then_some(amount),
                    up: None,
                    levels,
                    tie,
                    positions: shares,
                    verdict,
                    wish: Wish::None,
                },
            )));
        }
        crossings.push(Crossing { codes, variables, finest });
    }
    margins(system, cube, &crossings);
    ratios(system, cube, &crossings);
    Ok(crossings)
}

/// Every crossing with its records, in the order of the codes.
fn groups(cube: &Cube) -> Vec<(Vec<usize>, Vec<u32>)> {
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

fn shares(known: &[&Entry], measure: usize, positions: usize) -> Result<Vec<Vec<Share>>, &'static str> {
    let mut all = Vec::with_capacity(positions);
    for position in 0..positions {
        let mut shares: Vec<Share> = known
            .iter()
            .map(|entry| Share {
                holding: entry.holdings[position],
                amount: entry.values[measure].unwrap_or(0),
                waived: entry.waived,
            })
            .collect();
        shares.sort_unstable();
        let mut merged: Vec<Share> = Vec::new();
        for share in shares {
            match merged.last_mut().filter(|last| last.holding == share.holding) {
                Some(last) => {
                    last.amount = last.amount.checked_add(share.amount).ok_or("a sum is too large")?;
                    // A holding is waived only where all of it is.
                    last.waived &= share.waived;
                }
                None => merged.push(share),
            }
        }
        all.push(merged);
    }
    Ok(all)
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
                system.equate(*sum, &parts);
            }
        }
    }
}

/// At the finest crossings a derived amount is a publicly known factor times the base amount.
/// The factor is the simplest fraction that explains the amounts within a unit a record.
fn ratios(system: &mut System, cube: &Cube, crossings: &[Crossing]) {
    for crossing in crossings.iter().filter(|crossing| crossing.finest) {
        for (measure, declared) in cube.measures.iter().enumerate() {
            let Some(base) = declared.base else { continue };
            let (Some(derived), Some(base)) = (crossing.variables[measure], crossing.variables[base]) else {
                continue;
            };
            let records = system.variables[base].positions.iter().map(Vec::len).max().unwrap_or(1);
            let (z, a) = (system.variables[derived].amount, system.variables[base].amount);
            if let Some((numerator, denominator)) = simplest(z, a, records) {
                let terms = BTreeMap::from([(derived, denominator), (base, -numerator)]);
                system.relate(terms, true);
            }
        }
    }
}

/// The fraction with the smallest denominator within `(z ± slack) / a`; none for nothing.
fn simplest(z: i64, a: i64, slack: usize) -> Option<(i64, i64)> {
    if a <= 0 {
        return None;
    }
    let slack = i128::try_from(slack).ok()?;
    let (sign, z, a) = (if z < 0 { -1 } else { 1 }, i128::from(z).abs(), i128::from(a));
    // Walk down the continued fractions of both ends until an integer lies between them.
    let (low, high) = (((z - slack).max(0), a), (z + slack, a));
    let (numerator, denominator) = between(low, high)?;
    Some((sign * i64::try_from(numerator).ok()?, i64::try_from(denominator).ok()?))
}

fn between(low: (i128, i128), high: (i128, i128)) -> Option<(i128, i128)> {
    let floor = low.0 / low.1;
    if floor * low.1 == low.0 {
        return Some((floor, 1));
    }
    if (floor + 1) * high.1 <= high.0 {
        return Some((floor + 1, 1));
    }
    // floor < low <= high < floor + 1: take the inverse of what is left.
    let (numerator, denominator) =
        between((high.1, high.0 - floor * high.1), (low.1, low.0 - floor * low.1))?;
    Some((floor.checked_mul(numerator)?.checked_add(denominator)?, numerator))
}

#[cfg(test)]
mod tests {
    use super::{Axis, simplest};
    use std::collections::BTreeMap;

    #[test]
    fn a_factor_comes_back_from_rounded_amounts() {
        // 0.7 a thousand, rounded down.
        assert_eq!(simplest(8641, 12_345_678, 0), Some((8641, 12_345_678)));
        assert_eq!(simplest(37, 10, 0), Some((37, 10)));
        assert_eq!(simplest(-37, 10, 0), Some((-37, 10)));
        let (numerator, denominator) = simplest(123_456 * 7 / 10, 123_456, 1).unwrap();
        assert_eq!((numerator, denominator), (7, 10));
        assert_eq!(simplest(0, 50, 1), Some((0, 1)));
        assert_eq!(simplest(5, 0, 1), None);
    }

    #[test]
    fn a_cycle_is_named() {
        let pairs = [("a", Some("b")), ("b", Some("a")), ("c", None)];
        let pairs: BTreeMap<String, Option<String>> =
            pairs.into_iter().map(|(code, parent)| (code.to_owned(), parent.map(str::to_owned))).collect();
        assert_eq!(Axis::new(&pairs).unwrap_err(), "a");
    }
}
