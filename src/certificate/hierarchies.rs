//! What the published cells of a hierarchy tell of the withheld ones over several levels of it.

use super::format::{Certificate, Table};
use std::collections::{BTreeMap, BTreeSet};

/// Sums of withheld variables: of those between a published cell and the published cells below it, along each axis
/// with more than one level, the codes of the others fixed.
pub(super) fn sums(certificate: &Certificate) -> BTreeSet<Vec<usize>> {
    let mut sums = BTreeSet::new();
    for table in &certificate.tables {
        for axis in (0..table.parents.len()).filter(|axis| !table.parents[*axis].is_empty()) {
            let above = above(table, axis);
            let shown = |(_, variable): &(Vec<String>, usize)| !certificate.variables[*variable].withheld;
            let shown: Vec<bool> = table.cells.iter().map(shown).collect();
            sums.extend(along(table, &above, &shown));
        }
    }
    sums
}

/// The cells above each cell along an axis, the next one first.
fn above(table: &Table, axis: usize) -> Vec<Vec<usize>> {
    let places: BTreeMap<&[String], usize> =
        table.cells.iter().zip(0..).map(|((codes, _), cell)| (codes.as_slice(), cell)).collect();
    let parents = &table.parents[axis];
    let of_cell = |(codes, _): &(Vec<String>, usize)| {
        let mut codes = codes.clone();
        let mut above = Vec::new();
        // Codes that stand above each other in a circle have no top.
        while codes[axis] != "Total" && above.len() <= parents.len() {
            codes[axis] = parents.get(&codes[axis]).cloned().unwrap_or_else(|| "Total".to_owned());
            let Some(cell) = places.get(codes.as_slice()) else { break };
            above.push(*cell);
        }
        above
    };
    table.cells.iter().map(of_cell).collect()
}

/// Withheld cells that lie under one published cell next above, as high as nothing below them is published.
fn along(table: &Table, above: &[Vec<usize>], shown: &[bool]) -> Vec<Vec<usize>> {
    let mut has_shown = vec![false; shown.len()];
    for cell in (0..shown.len()).filter(|cell| shown[*cell]) {
        for upper in &above[cell] {
            has_shown[*upper] = true;
        }
    }
    // Withheld as a whole, with whatever lies below.
    let is_whole = |cell: usize| !shown[cell] && !has_shown[cell];
    let mut of_owner: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for cell in (0..shown.len()).filter(|cell| is_whole(*cell)) {
        let is_highest = above[cell].first().is_some_and(|next| !is_whole(*next));
        if let Some(owner) = above[cell].iter().find(|upper| is_highest && shown[**upper]) {
            of_owner.entry(*owner).or_default().insert(table.cells[cell].1);
        }
    }
    // Alone it would be exact.
    let sums = of_owner.into_values().filter(|parts| parts.len() > 1);
    sums.map(|parts| parts.into_iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::format::Table;
    use super::super::{Refusal, verify};
    use super::above;
    use serde_json::{Value, json};
    use std::collections::BTreeMap;

    /// One hierarchy of two levels, of which the total and `s11` are published; two others gave as much in `s00`
    /// and in `s01`. Every cell alone is protected.
    fn certificate(others: i64) -> Value {
        let large: &[(u32, i64)] = &[(0, 1_000), (1, others)];
        let beside: &[(u32, i64)] = &[(2, others)];
        let alone: &[(u32, i64)] = &[(0, 100)];
        let public: &[(u32, i64)] = &[(3, 500), (4, 400), (5, 300)];
        let of = |cells: &[&[(u32, i64)]]| {
            let mut sums: BTreeMap<u32, i64> = BTreeMap::new();
            for (holding, amount) in cells.iter().copied().flatten() {
                *sums.entry(*holding).or_insert(0) += amount;
            }
            sums
        };
        let cells = [
            ("Total", of(&[large, beside, alone, public]), false),
            ("s0", of(&[large, beside]), true),
            ("s00", of(&[large]), true),
            ("s01", of(&[beside]), true),
            ("s1", of(&[alone, public]), true),
            ("s10", of(&[alone]), true),
            ("s11", of(&[public]), false),
        ];
        let variables = cells.iter().zip(0..).map(|((name, shares, withheld), tie)| {
            let amount: i64 = shares.values().sum();
            let shares: Vec<Value> =
                shares.iter().map(|(holding, amount)| json!([[holding, holding], amount, false])).collect();
            json!({
                "key": name, "amount": amount, "down": amount, "up": null, "withheld": withheld,
                "count": false, "tie": tie, "shares": shares, "need": null,
            })
        });
        let variables: Vec<Value> = variables.collect();
        let listed: Vec<Value> =
            cells.iter().zip(0..).map(|((name, _, _), at)| json!([[name], at])).collect();
        let proofs: Vec<Value> =
            (1..6).map(|cell| json!({"parts": [cell], "witnesses": [0, 1, 2]})).collect();
        json!({
            "format": "maillage-certificate-3",
            "rules": {
                "minimum": 3, "p_percent": 15, "dominance": null, "unions": true, "insiders": false,
            },
            "coalitions": [],
            "variables": variables,
            "relations": [],
            "tables": [{
                "name": "t",
                "parents": [{"s00": "s0", "s01": "s0", "s10": "s1", "s11": "s1"}],
                "cells": listed,
            }],
            "earlier": [],
            // More in `s0` and less in `s1`; more in `s00` and less in `s01`; both.
            "witnesses": [
                {"d": 1, "m": [[1, 1], [2, 1], [4, -1], [5, -1]]},
                {"d": 1, "m": [[2, 1], [3, -1]]},
                {"d": 1, "m": [[1, 1], [2, 2], [3, -1], [4, -1], [5, -1]]},
            ],
            "proofs": proofs,
        })
    }

    #[test]
    fn a_sum_that_two_levels_reveal_has_to_pass_the_rules() {
        // Of `s0` and `s10` together holding 0 has 1,100: the others had to have 165 besides the second.
        let refused = verify(certificate(100).to_string().as_bytes());
        assert_eq!(refused, Err(Refusal::Unproven(vec![1, 5])));
        // The same worlds are enough where the sum is safe.
        let mut safe = certificate(170);
        assert!(verify(safe.to_string().as_bytes()).is_ok());
        safe["rules"]["p_percent"] = json!(16);
        assert_eq!(verify(safe.to_string().as_bytes()), Err(Refusal::Unproven(vec![1, 5])));
        // Nor is it asked for where nobody asks for sums, or the total is withheld, too.
        let mut alone = certificate(100);
        alone["rules"]["unions"] = json!(false);
        assert!(verify(alone.to_string().as_bytes()).is_ok());
        let mut withheld = certificate(100);
        withheld["variables"][0]["withheld"] = json!(true);
        assert!(verify(withheld.to_string().as_bytes()).is_ok());
    }

    #[test]
    fn codes_in_a_circle_have_no_end_of_cells_above() {
        let mut table = certificate(100)["tables"][0].take();
        table["parents"][0] = json!({"s00": "s01", "s01": "s00", "s10": "s1", "s11": "s1"});
        let table: Table = serde_json::from_value(table).unwrap();
        assert_eq!(above(&table, 0)[5], [4, 0]);
        assert!(above(&table, 0)[2].len() > 4);
    }
}
