//! What is left of a published value when others that lie in it are subtracted.

use super::format::{Certificate, Rules, Table};
use super::requirements::{shares_of, too_few, width};
use std::collections::{BTreeMap, BTreeSet};

/// A published value of a table: the sum of the withheld finest cells in it, and these.
struct Value {
    variable: usize,
    sum: i128,
    cells: BTreeSet<usize>,
}

/// Of how many values the larger ones are tried in pairs and threes, and the others one by one.
const MOST: usize = 64;

/// The first sum that a published value leaves, less one, two or three others of its table, and that fails the rules:
/// withheld finest variables. It is as good as published.
pub(super) fn unsafe_sum(certificate: &Certificate) -> Option<Vec<usize>> {
    certificate.tables.iter().find_map(|table| {
        let shares = |variable: &usize| &certificate.variables[*variable].shares;
        let signed = table.cells.iter().any(|(_, at)| shares(at).iter().any(|(_, amount, _)| *amount < 0));
        if signed { None } else { of_table(certificate, table) }
    })
}

fn of_table(certificate: &Certificate, table: &Table) -> Option<Vec<usize>> {
    let values = values(certificate, table);
    let mut within: Vec<Vec<usize>> = vec![Vec::new(); values.len()];
    let mut holding: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, value) in values.iter().enumerate() {
        for cell in &value.cells {
            holding.entry(*cell).or_default().push(at);
        }
    }
    for (at, value) in values.iter().enumerate() {
        let first = value.cells.first().and_then(|cell| holding.get(cell));
        for upper in first.into_iter().flatten().filter(|upper| **upper != at) {
            if value.cells.is_subset(&values[*upper].cells) {
                within[*upper].push(at);
            }
        }
    }
    let mut left: BTreeSet<Vec<usize>> = BTreeSet::new();
    for (value, inner) in values.iter().zip(&within) {
        let parts: Vec<usize> = value.cells.iter().copied().collect();
        let most = largest(certificate, &parts) * multiple(certificate) / 100;
        let inner: Vec<&Value> = inner.iter().map(|at| &values[*at]).collect();
        let scene = Scene { certificate, values: &values, inner: &inner, most };
        scene.take(&value.cells, value.sum, 0, 3, &mut left);
    }
    let fails = |parts: &[usize]| {
        let shares = shares_of(certificate, parts);
        let asked = certificate.rules.insiders || too_few(&shares, certificate.rules.minimum);
        parts.len() > 1 && asked && width(&shares, certificate).is_some()
    };
    left.iter().filter(|parts| fails(parts)).find_map(|parts| {
        let mut bare: BTreeSet<usize> = parts.iter().copied().collect();
        for value in &values {
            if value.cells.len() < bare.len() && value.cells.is_subset(&bare) {
                bare.retain(|cell| !value.cells.contains(cell));
            }
        }
        let bare: Vec<usize> = bare.into_iter().collect();
        fails(&bare).then_some(bare)
    })
}

/// The published values, those with most withheld first, each set of withheld cells once.
fn values(certificate: &Certificate, table: &Table) -> Vec<Value> {
    let next = |axis: usize, code: &String| {
        let parent = || table.parents[axis].get(code).cloned().unwrap_or_else(|| "Total".to_owned());
        (code != "Total").then(parent)
    };
    let mut sums: BTreeSet<Vec<String>> = BTreeSet::new();
    for (codes, _) in &table.cells {
        for axis in 0..codes.len() {
            if let Some(parent) = next(axis, &codes[axis]) {
                let mut above = codes.clone();
                above[axis] = parent;
                sums.insert(above);
            }
        }
    }
    let places: BTreeMap<&[String], usize> =
        table.cells.iter().map(|(codes, variable)| (codes.as_slice(), *variable)).collect();
    let mut of_published: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for (codes, variable) in table.cells.iter().filter(|(codes, _)| !sums.contains(codes)) {
        // A nothing that is withheld may be something to a reader: it stays in the sum.
        if !certificate.variables[*variable].withheld {
            continue;
        }
        // Every way up, one axis after the other.
        let mut above: BTreeSet<Vec<String>> = BTreeSet::from([codes.clone()]);
        for axis in 0..codes.len() {
            for start in above.clone() {
                let mut higher = start;
                let mut steps = 0;
                // Codes in a circle have no top.
                while let Some(parent) =
                    next(axis, &higher[axis]).filter(|_| steps <= table.parents[axis].len())
                {
                    higher[axis] = parent;
                    steps += 1;
                    above.insert(higher.clone());
                }
            }
        }
        let upper = above.iter().filter_map(|codes| places.get(codes.as_slice()));
        for upper in upper.filter(|upper| !certificate.variables[**upper].withheld) {
            of_published.entry(*upper).or_default().insert(*variable);
        }
    }
    let mut seen: BTreeSet<Vec<usize>> = BTreeSet::new();
    let mut values: Vec<Value> = Vec::new();
    for (variable, cells) in of_published {
        if seen.insert(cells.iter().copied().collect()) {
            let amounts = cells.iter().map(|cell| i128::from(certificate.variables[*cell].amount));
            values.push(Value { variable, sum: amounts.sum(), cells });
        }
    }
    values.sort_by_key(|value| (-value.sum, value.variable));
    values
}

struct Scene<'a> {
    certificate: &'a Certificate,
    values: &'a [Value],
    /// What lies in the value from which is subtracted.
    inner: &'a [&'a Value],
    /// No sum above it fails.
    most: i128,
}

impl Scene<'_> {
    fn take(
        &self,
        rest: &BTreeSet<usize>,
        sum: i128,
        from: usize,
        times: usize,
        left: &mut BTreeSet<Vec<usize>>,
    ) {
        if sum <= self.most {
            left.insert(rest.iter().copied().collect());
        }
        for (at, value) in self.inner.iter().enumerate().skip(from) {
            let at_most = (0..times).map(|_| value.sum).sum::<i128>();
            if times == 0 || sum - at_most > self.most || (times < 3 && at >= MOST) {
                return;
            }
            let taken: BTreeSet<usize> = value.cells.intersection(rest).copied().collect();
            if taken.is_empty() || taken.len() == rest.len() {
                continue;
            }
            // What both have, and was taken before, has to be known to be given back.
            let twice: BTreeSet<usize> = value.cells.difference(&taken).copied().collect();
            if !twice.is_empty() && !self.values.iter().any(|value| value.cells == twice) {
                continue;
            }
            let next: BTreeSet<usize> = rest.difference(&taken).copied().collect();
            let amounts = taken.iter().map(|cell| i128::from(self.certificate.variables[*cell].amount));
            let sum = sum - amounts.sum::<i128>();
            self.take(&next, sum, at + 1, if at < MOST { times - 1 } else { 0 }, left);
        }
    }
}

/// What one holding gave and took at most.
fn largest(certificate: &Certificate, parts: &[usize]) -> i128 {
    let mut known: BTreeMap<u32, i128> = BTreeMap::new();
    for ((giver, taker), (amount, _)) in shares_of(certificate, parts) {
        for holding in BTreeSet::from([giver, taker]) {
            *known.entry(holding).or_insert(0) += amount;
        }
    }
    known.into_values().max().unwrap_or(0)
}

/// Hundredths of the largest holding that a sum that fails the rules has at most: each of too few has no more; else
/// who attacks, and what p % or dominance leave beside.
fn multiple(certificate: &Certificate) -> i128 {
    let Rules { minimum, p_percent, dominance, .. } = certificate.rules;
    let whole = |number: usize| 100 * i128::try_from(number).unwrap_or(i128::from(u32::MAX));
    let attackers = whole(certificate.coalitions.iter().map(Vec::len).max().unwrap_or(0).max(1));
    let of_ratio = p_percent.map_or(0, |p| attackers + 100 + i128::from(p));
    let of_dominance = dominance.map_or(0, |(n, k)| attackers + 100 * whole(n) / i128::from(k.max(1)) + 1);
    whole(minimum).max(of_ratio).max(of_dominance)
}

#[cfg(test)]
mod tests {
    use super::super::format::read;
    use super::unsafe_sum;
    use serde_json::{Value, json};

    const CELLS: [[&str; 2]; 9] = [
        ["Total", "Total"],
        ["a", "Total"],
        ["b", "Total"],
        ["Total", "x"],
        ["Total", "y"],
        ["a", "x"],
        ["a", "y"],
        ["b", "x"],
        ["b", "y"],
    ];

    /// What is left of the published cells of two rows and two columns; somebody has `third` beside the two largest.
    fn left(published: &[usize], third: i64) -> Option<Vec<usize>> {
        let made = |cell: &[&str; 2]| match cell {
            ["a", "x"] => vec![(3, 500), (4, 400), (5, 300)],
            ["b", "y"] => vec![(1, 50), (2, third)],
            ["a", "y"] | ["b", "x"] => vec![(0, 100)],
            _ => Vec::new(),
        };
        let lies_in = |fine: &[&str; 2], cell: &[&str; 2]| {
            fine.iter().zip(cell).all(|(fine, code)| *code == "Total" || fine == code)
        };
        let variables = CELLS.iter().enumerate().map(|(at, cell)| {
            let mut shares = [0; 6];
            for (holding, amount) in CELLS.iter().filter(|fine| lies_in(fine, cell)).flat_map(made) {
                shares[holding] += amount;
            }
            let amount: i64 = shares.iter().sum();
            let listed = shares.iter().enumerate().filter(|(_, amount)| **amount > 0);
            let listed: Vec<Value> = listed.map(|(at, amount)| json!([[at, at], amount, false])).collect();
            json!({
                "key": at.to_string(), "amount": amount, "down": amount, "up": null,
                "withheld": !published.contains(&at), "count": false, "tie": at, "shares": listed, "need": null,
            })
        });
        let variables: Vec<Value> = variables.collect();
        let cells: Vec<Value> = CELLS.iter().enumerate().map(|(at, codes)| json!([codes, at])).collect();
        let certificate = json!({
            "format": "maillage-certificate-3",
            "rules": {"minimum": 3, "p_percent": 15, "dominance": null, "unions": true, "insiders": true},
            "coalitions": [], "variables": variables, "relations": [],
            "tables": [{"name": "t", "parents": [{}, {}], "cells": cells}],
            "earlier": [], "witnesses": [], "proofs": [],
        });
        unsafe_sum(&read(certificate.to_string().as_bytes()).unwrap())
    }

    #[test]
    fn a_total_less_a_cell_of_another_dimension_has_to_pass_the_rules() {
        // Of the other three cells one holding has 200, and 15 % of it is 30.
        assert_eq!(left(&[0, 5], 29), Some(vec![6, 7, 8]));
        assert_eq!(left(&[0, 5], 30), None);
        assert_eq!(left(&[0], 29), None);
    }

    #[test]
    fn a_total_less_a_row_has_to_pass_the_rules() {
        assert_eq!(left(&[0, 1], 14), Some(vec![7, 8]));
        assert_eq!(left(&[0, 1], 15), None);
    }
}
