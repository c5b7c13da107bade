//! Cells of different files or columns, at the level of holdings: whatever the rows are, cells in which
//! everybody has the same are one amount, and of what is described alike those who have the same in the same
//! cells are an amount of their own.

use super::cells::{Crossing, Cube, Ties};
use super::changes::{self, difference};
use super::classes::{self, Side, described};
use super::rules::{Rules, Share, judge};
use super::system::{Kind, System, pair};
use std::collections::{BTreeMap, BTreeSet};

/// Amounts by giver and taker, without those of nothing.
type Sums = BTreeMap<[u32; 2], i64>;

/// Pairs of variables that are one amount.
type Equals = BTreeSet<(usize, usize)>;

/// Relates the first measure of tables whose files are told by `sources`, one a table.
///
/// To take for equal what only happens to be is on the safe side: it tells the attacker more.
///
/// # Errors
/// A sum that does not fit in 64 bits.
pub(super) fn add(
    system: &mut System,
    ties: &mut Ties,
    (cubes, blocks): (&[Cube], &[Vec<Crossing>]),
    sources: &[usize],
    rules: &Rules,
) -> Result<(), &'static str> {
    let mut equals = alone_in_their_files(system, blocks, sources);
    let sides: Vec<Side<'_>> =
        cubes.iter().zip(blocks).map(|(cube, crossings)| (cube, crossings.as_slice(), 0)).collect();
    for mut cells in described(&sides) {
        cells.retain(|cell| system.variables[cell.variable].shares.iter().any(|share| share.amount != 0));
        let all: Vec<Sums> = cells.iter().map(|cell| sums(&system.variables[cell.variable].shares)).collect();
        for class in classes::add(system, ties, &cells, &all, |entry| entry.parties, rules)? {
            equals.extend(class.windows(2).map(|two| ordered(two[0], two[1])));
        }
        for (at, (one, mine)) in cells.iter().zip(&all).enumerate() {
            for (other, yours) in cells.iter().zip(&all).skip(at + 1) {
                if mine == yours {
                    equals.insert(ordered(one.variable, other.variable));
                } else if is_corrected(mine, yours) {
                    change(system, ties, [one.variable, other.variable], rules)?;
                }
            }
        }
    }
    one_amount(system, &equals);
    Ok(())
}

/// Who has how much.
fn sums(shares: &[Share]) -> Sums {
    shares.iter().filter(|share| share.amount != 0).map(|share| (share.parties, share.amount)).collect()
}

/// Cells of two files in which everybody has the same, whatever describes them, where each file has one
/// such cell. Of several the description tells which are meant.
fn alone_in_their_files(system: &System, blocks: &[Vec<Crossing>], sources: &[usize]) -> Equals {
    let mut equals = Equals::new();
    if sources.windows(2).all(|two| two[0] == two[1]) {
        return equals;
    }
    let mut alike: BTreeMap<u128, BTreeMap<usize, BTreeSet<usize>>> = BTreeMap::new();
    for (crossings, source) in blocks.iter().zip(sources) {
        for variable in crossings.iter().filter_map(|crossing| crossing.variables[0]) {
            let sums = sums(&system.variables[variable].shares);
            if !sums.is_empty() {
                alike.entry(hash(&sums)).or_default().entry(*source).or_default().insert(variable);
            }
        }
    }
    for files in alike.values() {
        let alone: Vec<usize> = files.values().filter(|cells| cells.len() == 1).flatten().copied().collect();
        equals.extend(alone.windows(2).map(|two| ordered(two[0], two[1])));
    }
    equals
}

fn ordered(one: usize, other: usize) -> (usize, usize) {
    (one.min(other), one.max(other))
}

fn hash(sums: &Sums) -> u128 {
    let mut hasher = blake3::Hasher::new();
    for ([giver, taker], amount) in sums {
        hasher.update(&giver.to_le_bytes());
        hasher.update(&taker.to_le_bytes());
        hasher.update(&amount.to_le_bytes());
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    u128::from_le_bytes(bytes)
}

/// Whether some have the same in two cells, and others another amount.
fn is_corrected(mine: &Sums, yours: &Sums) -> bool {
    let both = || mine.iter().filter_map(move |(parties, amount)| Some((amount, yours.get(parties)?)));
    both().any(|(one, other)| one == other) && both().any(|(one, other)| one != other)
}

/// What a corrected amount changed in a cell, where the rules ask for something: whoever reads both cells
/// subtracts them.
fn change(
    system: &mut System,
    ties: &mut Ties,
    [old, new]: [usize; 2],
    rules: &Rules,
) -> Result<(), &'static str> {
    let key = changes::key(pair(&old.to_string(), &new.to_string()));
    let [before, after] = [old, new].map(|variable| &system.variables[variable]);
    let shares = difference(&before.shares, &after.shares)?;
    let verdict = judge(&shares, rules);
    if verdict.is_none() || system.find(&key).is_some() {
        return Ok(());
    }
    let name = format!("what changed from {} to {}", before.name, after.name);
    changes::add(system, ties, [&[old], &[new]], key, (name, shares, verdict))
}

/// Says that variables are equal, and withholds together those that tables show.
fn one_amount(system: &mut System, equals: &Equals) {
    let count = system.variables.iter().map(|variable| variable.tie + 1).max().unwrap_or(0);
    let mut first: Vec<usize> = (0..count).collect();
    for (one, other) in equals {
        system.equate(*one, &[*other], Kind::Class);
        let [one, other] = [*one, *other].map(|variable| &system.variables[variable]);
        if !one.hidden && !other.hidden {
            let [one, other] = [one.tie, other.tie].map(|tie| root(&first, tie));
            first[one.max(other)] = one.min(other);
        }
    }
    for variable in &mut system.variables {
        variable.tie = root(&first, variable.tie);
    }
}

/// The first of the ties that are one.
fn root(first: &[usize], mut tie: usize) -> usize {
    while first[tie] != tie {
        tie = first[tie];
    }
    tie
}
