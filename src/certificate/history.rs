//! Nights: a certificate has to know everything that the nights before it published.
//!
//! The certificates of those nights are the record: each table and measure that they show must be one of
//! tonight's; each of their cells must be a variable of
//! tonight's certificate, published if it was, with the same amount and shares; each of their sums an
//! equation; and what changed in a cell from one night to the next, or unsafely between any two of
//! them, an amount of its own with the shares of who changed. An earlier value must have been shown, and its day may
//! not be after the night on which the cell came to be another. What `check` proves of such a
//! certificate holds for all those nights together.

use super::Refusal;
use super::days::Days;
use super::format::{self, Certificate};
use super::requirements;
use chrono::NaiveDate;
use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};

/// A cell by table and codes.
type Name<'a> = (&'a str, &'a [String]);

/// Versions of each cell, oldest first, as variables of tonight's certificate, and the day of their night where it
/// is known.
type Versions<'a> = BTreeMap<Name<'a>, Vec<(usize, Option<NaiveDate>)>>;

/// Variables by key.
type Keys<'a> = BTreeMap<&'a str, usize>;

/// What a night published, from its certificate.
#[derive(Debug)]
pub struct Earlier(Certificate);

impl Earlier {
    /// Keeps what a certificate says of amounts and sums; its worlds, which prove them, are passed over.
    ///
    /// # Errors
    /// What is no certificate.
    pub fn read(certificate: &[u8]) -> Result<Self, Refusal> {
        format::read_without_worlds(certificate).map(Self)
    }
}

/// Checks that a certificate knows the nights before it; oldest first.
///
/// # Errors
/// The first thing that it does not know.
pub fn verify_history<N: Borrow<Earlier>>(certificate: &[u8], nights: &[N]) -> Result<(), Refusal> {
    let tonight = format::read_without_worlds(certificate)?;
    let keys: Keys<'_> = tonight
        .variables
        .iter()
        .enumerate()
        .map(|(place, variable)| (variable.key.as_str(), place))
        .collect();
    let equations = named(&tonight)?;
    let names: BTreeSet<&str> = tonight.tables.iter().map(|table| table.name.as_str()).collect();
    let mut versions = Versions::new();
    let mut shown: BTreeSet<(Name<'_>, usize)> = BTreeSet::new();
    for (night, earlier) in nights.iter().enumerate() {
        let Earlier(earlier) = <N as Borrow<Earlier>>::borrow(earlier);
        let lacks = |cause| Refusal::History { night, cause };
        let day = earlier.days.as_ref().map(|days| days.release);
        for table in &earlier.tables {
            let was_shown = || table.cells.iter().any(|(_, variable)| !earlier.variables[*variable].withheld);
            if !names.contains(table.name.as_str()) && was_shown() {
                return Err(lacks("a table or a measure that was shown is gone"));
            }
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
                if !requirements::is_limited(now) {
                    return Err(lacks("a cell could be less than nothing"));
                }
                if !known.withheld && now.withheld {
                    return Err(lacks("a value that was published counts as withheld"));
                }
                let name = (table.name.as_str(), codes.as_slice());
                if !known.withheld {
                    shown.insert((name, place));
                }
                versions.entry(name).or_default().push((place, day));
            }
        }
        if sums(earlier)?.iter().any(|sum| !equations.contains(sum)) {
            return Err(lacks("a sum is not known"));
        }
    }
    // What tries a day long past has values of days that come after it.
    for table in &tonight.tables {
        for (codes, variable) in &table.cells {
            versions.entry((&table.name, codes)).or_default().push((*variable, None));
        }
    }
    let changes = changes(&tonight);
    let night = nights.len();
    for versions in versions.values() {
        for (place, (new, _)) in versions.iter().enumerate() {
            for (far, (old, _)) in versions[..place].iter().rev().enumerate() {
                let must = far == 0 || is_unsafe(&tonight, *old, *new);
                if must && !is_known(&tonight, &changes, *old, *new) {
                    return Err(Refusal::History { night, cause: "a change is not known" });
                }
            }
        }
    }
    earlier_values(&tonight, &versions, &shown).map_err(|cause| Refusal::History { night, cause })
}

/// What is wrong with a value of an earlier night.
fn earlier_values(
    tonight: &Certificate,
    versions: &Versions<'_>,
    shown: &BTreeSet<(Name<'_>, usize)>,
) -> Result<(), &'static str> {
    let days = Days::read(tonight);
    for (table, codes, variable) in &tonight.earlier {
        let name = (table.as_str(), codes.as_slice());
        if !shown.contains(&(name, *variable)) {
            return Err("an earlier value was never shown");
        }
        let since = versions.get(&name).and_then(|versions| {
            let last = versions.iter().rposition(|(version, _)| version == variable)?;
            versions.get(last + 1)?.1
        });
        let day = days.as_ref().map(|days| days.of(table, codes));
        if day.zip(since).is_some_and(|(day, since)| since < day) {
            return Err("an earlier value is of a day on which the cell was another already");
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

/// Who changed by how much between two variables.
fn difference(certificate: &Certificate, old: usize, new: usize) -> requirements::Shares {
    let mut shares = requirements::Shares::new();
    for (variable, sign) in [(new, 1), (old, -1)] {
        for (parties, amount, waived) in &certificate.variables[variable].shares {
            let known = shares.entry(*parties).or_insert((0, true));
            known.0 += sign * i128::from(*amount);
            known.1 &= waived;
        }
    }
    shares.retain(|_, (amount, _)| *amount != 0);
    shares
}

/// Whether the rules ask for something of a change.
fn is_unsafe(certificate: &Certificate, old: usize, new: usize) -> bool {
    let shares = difference(certificate, old, new);
    !shares.is_empty() && requirements::width(&shares, certificate).is_some()
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
    let wanted = difference(certificate, old, new);
    let found = changes.get(&(old, new)).into_iter().flatten();
    found.into_iter().any(|change| match change {
        None => wanted.is_empty(),
        Some(change) => {
            let shares = certificate.variables[*change].shares.iter();
            let shares = shares.map(|(parties, amount, waived)| (*parties, (i128::from(*amount), *waived)));
            shares.collect::<requirements::Shares>() == wanted
        }
    })
}
