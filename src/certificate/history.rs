//! Nights: a certificate has to know everything that the nights before it published.
//!
//! The certificates of those nights are the record: each of their cells must be a variable of
//! tonight's certificate, published if it was, with the same amount and shares; each of their sums an
//! equation; and what changed in a cell from one night to the next, or between two values that it
//! showed, an amount of its own with the shares of who changed. What `check` proves of such a
//! certificate holds for all those nights together.

use super::Refusal;
use super::format::{self, Certificate};
use super::requirements;
use std::collections::{BTreeMap, BTreeSet};

/// A cell by table and codes.
type Name<'a> = (&'a str, &'a [String]);

/// Variables by key.
type Keys<'a> = BTreeMap<&'a str, usize>;

/// Checks that a certificate knows the nights before it; oldest first.
///
/// # Errors
/// The first thing that it does not know.
pub fn verify_history(certificate: &[u8], nights: &[Vec<u8>]) -> Result<(), Refusal> {
    let tonight = format::read(certificate)?;
    let keys: Keys<'_> = tonight
        .variables
        .iter()
        .enumerate()
        .map(|(place, variable)| (variable.key.as_str(), place))
        .collect();
    let equations = named(&tonight)?;
    let nights = nights.iter().map(|night| format::read(night)).collect::<Result<Vec<_>, _>>()?;
    // Versions of each cell, oldest first: variable of tonight's certificate, and whether it was shown.
    let mut versions: BTreeMap<Name<'_>, Vec<(usize, bool)>> = BTreeMap::new();
    let mut shown: BTreeSet<(Name<'_>, usize)> = BTreeSet::new();
    for (night, earlier) in nights.iter().enumerate() {
        let lacks = |cause| Refusal::History { night, cause };
        for table in &earlier.tables {
            for (codes, variable) in &table.cells {
                let known = &earlier.variables[*variable];
                let place = *keys.get(known.key.as_str()).ok_or_else(|| lacks("a cell is not known"))?;
                let now = &tonight.variables[place];
                let sorted = |shares: &[((u32, u32), i64, bool)]| {
                    let mut amounts: Vec<i64> = shares.iter().map(|(_, amount, _)| *amount).collect();
                    amounts.sort_unstable();
                    amounts
                };
                if now.amount != known.amount || sorted(&now.shares) != sorted(&known.shares) {
                    return Err(lacks("a cell has another amount or other shares"));
                }
                if !known.withheld && now.withheld {
                    return Err(lacks("a value that was published counts as withheld"));
                }
                let name = (table.name.as_str(), codes.as_slice());
                if !known.withheld {
                    shown.insert((name, place));
                }
                versions.entry(name).or_default().push((place, !known.withheld));
            }
        }
        if sums(earlier)?.iter().any(|sum| !equations.contains(sum)) {
            return Err(lacks("a sum is not known"));
        }
    }
    for table in &tonight.tables {
        for (codes, variable) in &table.cells {
            versions.entry((&table.name, codes)).or_default().push((*variable, false));
        }
    }
    let changes = changes(&tonight);
    let night = nights.len();
    for versions in versions.values() {
        let mut last_shown = None;
        for pair in versions.windows(2) {
            let [(old, was_shown), (new, _)] = pair else { continue };
            if *was_shown {
                last_shown = Some(*old);
            }
            for from in [Some(*old), last_shown].into_iter().flatten() {
                if !is_known(&tonight, &changes, from, *new) {
                    return Err(Refusal::History { night, cause: "a change is not known" });
                }
            }
        }
    }
    for (table, codes, variable) in &tonight.earlier {
        if !shown.contains(&((table.as_str(), codes.as_slice()), *variable)) {
            return Err(Refusal::History { night, cause: "an earlier value was never shown" });
        }
    }
    Ok(())
}

/// Equations by the keys of their variables.
fn named(certificate: &Certificate) -> Result<BTreeSet<Vec<(&str, i128)>>, Refusal> {
    Ok(by_key(certificate, &requirements::equations(certificate)?))
}

/// Those of the tables alone.
fn sums(certificate: &Certificate) -> Result<BTreeSet<Vec<(&str, i128)>>, Refusal> {
    let mut equations = requirements::equations(certificate)?;
    equations.truncate(equations.len() - certificate.relations.len());
    Ok(by_key(certificate, &equations))
}

fn by_key<'a>(
    certificate: &'a Certificate,
    equations: &[requirements::Equation],
) -> BTreeSet<Vec<(&'a str, i128)>> {
    let of = |equation: &requirements::Equation| {
        let terms = equation.iter();
        let mut terms: Vec<(&str, i128)> = terms
            .map(|(variable, coefficient)| (certificate.variables[*variable].key.as_str(), *coefficient))
            .collect();
        terms.sort_unstable();
        terms
    };
    equations.iter().map(of).collect()
}

/// What every relation of two or three variables says about the first and the second.
fn changes(certificate: &Certificate) -> BTreeMap<(usize, usize), Vec<Option<usize>>> {
    let mut changes: BTreeMap<(usize, usize), Vec<Option<usize>>> = BTreeMap::new();
    for relation in &certificate.relations {
        let (up, down): (Vec<_>, Vec<_>) =
            relation.terms.iter().partition(|(_, coefficient)| *coefficient > 0);
        let ones = relation.terms.iter().all(|(_, coefficient)| coefficient.abs() == 1);
        match (up.as_slice(), down.as_slice()) {
            ([(new, _)], [(old, _)]) if ones => changes.entry((*old, *new)).or_default().push(None),
            ([(new, _)], [(one, _), (other, _)]) if ones => {
                changes.entry((*one, *new)).or_default().push(Some(*other));
                changes.entry((*other, *new)).or_default().push(Some(*one));
            }
            _ => {}
        }
    }
    changes
}

/// Whether what changed between two variables is a variable with the shares of who changed, or
/// nobody changed and they move together.
fn is_known(
    certificate: &Certificate,
    changes: &BTreeMap<(usize, usize), Vec<Option<usize>>>,
    old: usize,
    new: usize,
) -> bool {
    if old == new {
        return true;
    }
    let shares = |variable: usize, sign: i128| {
        certificate.variables[variable]
            .shares
            .iter()
            .map(move |(parties, amount, _)| (*parties, sign * i128::from(*amount)))
    };
    let mut wanted: BTreeMap<(u32, u32), i128> = BTreeMap::new();
    for (parties, amount) in shares(new, 1).chain(shares(old, -1)) {
        *wanted.entry(parties).or_insert(0) += amount;
    }
    wanted.retain(|_, amount| *amount != 0);
    let found = changes.get(&(old, new)).into_iter().flatten();
    found.into_iter().any(|change| match change {
        None => wanted.is_empty(),
        Some(change) => shares(*change, 1).collect::<BTreeMap<_, _>>() == wanted,
    })
}
