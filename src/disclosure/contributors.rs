//! Cells of different files, at the level of holdings: whatever the rows of each file are, cells in which
//! everybody has the same are one amount, and of what is described alike the common part and the rests are
//! amounts of their own.

use super::cells::{Amounts, Crossing, Cube, Entry, Ties, variable};
use super::differences::{Cells, cells};
use super::rules::{Rules, Share, judge};
use super::stack::difference;
use super::system::{Key, Kind, System, Variable, Wish, pair};
use std::collections::{BTreeMap, BTreeSet};

/// Amounts by giver and taker, without those of nothing.
type Sums = BTreeMap<[u32; 2], i64>;

/// Pairs of variables that are one amount.
type Equals = BTreeSet<(usize, usize)>;

/// A cell of one side: its variable, and its records.
type Side<'a> = (&'a Cube, usize, &'a [&'a Entry]);

/// Relates the first measure of tables of several files, which are told by `sources`, one a table.
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
    if sources.windows(2).all(|two| two[0] == two[1]) {
        return Ok(());
    }
    let all: Vec<Cells<'_>> =
        cubes.iter().zip(blocks).map(|(cube, crossings)| cells((cube, crossings, 0))).collect();
    let mut equals = alone_in_their_files(system, &all, sources);
    for left in 0..cubes.len() {
        for right in (left + 1..cubes.len()).filter(|right| sources[left] != sources[*right]) {
            for (description, (one, mine)) in &all[left] {
                let Some((other, yours)) = all[right].get(description) else { continue };
                let sides: [Side<'_>; 2] =
                    [(&cubes[left], *one, mine.as_slice()), (&cubes[right], *other, yours.as_slice())];
                between(system, ties, sides, &mut equals, rules)?;
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
fn alone_in_their_files(system: &System, all: &[Cells<'_>], sources: &[usize]) -> Equals {
    let mut alike: BTreeMap<u128, BTreeMap<usize, BTreeSet<usize>>> = BTreeMap::new();
    for (cells, source) in all.iter().zip(sources) {
        for (variable, _) in cells.values() {
            let sums = sums(&system.variables[*variable].shares);
            if !sums.is_empty() {
                alike.entry(hash(&sums)).or_default().entry(*source).or_default().insert(*variable);
            }
        }
    }
    let mut equals = Equals::new();
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

/// What two cells of one description share, and what each has besides.
fn between(
    system: &mut System,
    ties: &mut Ties,
    sides: [Side<'_>; 2],
    equals: &mut Equals,
    rules: &Rules,
) -> Result<(), &'static str> {
    let [one, other] = [sides[0].1, sides[1].1];
    let [mine, yours] = [one, other].map(|variable| sums(&system.variables[variable].shares));
    if one == other || mine == yours {
        if one != other && !mine.is_empty() {
            equals.insert(ordered(one, other));
        }
        return Ok(());
    }
    let is_common = |parties: &[u32; 2]| mine.get(parties) == yours.get(parties);
    if !mine.keys().any(is_common) {
        return Ok(());
    }
    let names = [one, other].map(|variable| system.variables[variable].name.clone());
    let mut common = Vec::new();
    for (at, (cube, whole, entries)) in sides.into_iter().enumerate() {
        let (shared, rest): (Vec<&Entry>, Vec<&Entry>) =
            entries.iter().copied().partition(|entry| is_common(&entry.parties));
        let [own, others] = [&names[at], &names[1 - at]];
        let name = format!("what {own} shares with {others}");
        let shared = amount(system, ties, (cube, shared), &name, rules)?;
        if !rest.is_empty() {
            let name = format!("what {own} has beside {others}");
            let rest = amount(system, ties, (cube, rest), &name, rules)?;
            system.equate(whole, &[shared, rest], Kind::Class);
        }
        common.push(shared);
    }
    if common[0] != common[1] {
        equals.insert(ordered(common[0], common[1]));
    }
    let is_changed =
        |(parties, amount): (&[u32; 2], &i64)| yours.get(parties).is_some_and(|own| own != amount);
    if mine.iter().any(is_changed) {
        change(system, ties, [one, other], &names, rules)?;
    }
    Ok(())
}

fn amount(
    system: &mut System,
    ties: &mut Ties,
    (cube, records): (&Cube, Vec<&Entry>),
    name: &str,
    rules: &Rules,
) -> Result<usize, &'static str> {
    let declared = &cube.measures[0];
    let amounts = Amounts {
        measure: &declared.name,
        tie: &declared.quantity,
        role: declared.role(),
        origin: (cube.position, 0),
        place: 0,
        records: records.into_iter().map(|entry| (entry, entry.values[0].unwrap_or(0))).collect(),
    };
    variable(system, ties, &amounts, name, rules)
}

/// What a corrected amount changed in a cell, where the rules ask for something: whoever reads both cells
/// subtracts them.
fn change(
    system: &mut System,
    ties: &mut Ties,
    [old, new]: [usize; 2],
    names: &[String; 2],
    rules: &Rules,
) -> Result<(), &'static str> {
    let sum = pair(&old.to_string(), &new.to_string());
    let key = Key { measure: "change".to_owned(), sum, count: 0 };
    let shares = difference(&system.variables[old].shares, &system.variables[new].shares)?;
    let verdict = judge(&shares, rules);
    if verdict.is_none() || system.find(&key).is_some() {
        return Ok(());
    }
    let amount = system.variables[new].amount.checked_sub(system.variables[old].amount);
    let amount = amount.ok_or("a change is too large")?;
    let next = ties.len();
    let tie = *ties.entry(("change".to_owned(), sum, 0)).or_insert(next);
    let after = &system.variables[new];
    let variable = Variable {
        name: format!("what changed from {} to {}", names[0], names[1]),
        amount,
        // Nobody knows beforehand which way an amount went.
        down: None,
        up: None,
        levels: 0,
        tie,
        shares,
        verdict,
        wish: Wish::None,
        role: after.role,
        origin: after.origin,
        hidden: true,
    };
    let change = system.add(key, variable);
    system.relate(BTreeMap::from([(new, 1), (old, -1), (change, -1)]), Kind::Change);
    Ok(())
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
