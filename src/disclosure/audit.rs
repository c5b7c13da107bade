//! The exact check: shares nothing with the suppressor but the system.
//!
//! A withheld value is determined by the published ones when its unit vector lies in the row
//! space of the equations restricted to withheld values. Elimination modulo the Mersenne
//! prime 2^61 - 1 is exact but for ratios that vanish modulo it, and knows no tolerance.

use super::system::System;
use std::collections::{BTreeMap, BTreeSet};

const PRIME: u128 = (1 << 61) - 1;

type Row = BTreeMap<usize, u128>;

/// A withheld variable that the published ones determine, if there is one.
pub(super) fn determined(system: &System, suppressed: &BTreeSet<usize>) -> Option<usize> {
    let mut pivots: BTreeMap<usize, Row> = BTreeMap::new();
    for mut row in rows(system, suppressed) {
        while let Some((column, value)) = row
            .iter()
            .find(|(column, _)| pivots.contains_key(column))
            .map(|(column, value)| (*column, *value))
        {
            subtract(&mut row, &pivots[&column], value);
        }
        let Some((&column, &value)) = row.first_key_value() else { continue };
        let inverse = power(value, PRIME - 2);
        for value in row.values_mut() {
            *value = *value * inverse % PRIME;
        }
        for other in pivots.values_mut() {
            if let Some(value) = other.get(&column).copied() {
                subtract(other, &row, value);
            }
        }
        pivots.insert(column, row);
    }
    pivots.into_iter().find(|(_, row)| row.len() == 1).map(|(column, _)| column)
}

fn rows(system: &System, suppressed: &BTreeSet<usize>) -> Vec<Row> {
    let mut rows = Vec::new();
    for equation in &system.equations {
        let mut row = Row::new();
        let parts = equation.parts.iter().map(|part| (*part, 1));
        for (variable, coefficient) in std::iter::once((equation.sum, PRIME - 1)).chain(parts) {
            if suppressed.contains(&variable) {
                add(&mut row, variable, coefficient);
            }
        }
        rows.push(row);
    }
    for relation in system.derived.iter().filter(|relation| !suppressed.contains(&relation.owner)) {
        let mut row = Row::new();
        for (variable, derived, base) in &relation.parts {
            if suppressed.contains(variable) {
                let ratio = residue(*derived) * power(residue(*base), PRIME - 2) % PRIME;
                add(&mut row, *variable, ratio);
            }
        }
        rows.push(row);
    }
    rows
}

fn add(row: &mut Row, column: usize, value: u128) {
    let sum = (row.get(&column).copied().unwrap_or(0) + value) % PRIME;
    if sum == 0 {
        row.remove(&column);
    } else {
        row.insert(column, sum);
    }
}

fn subtract(row: &mut Row, other: &Row, factor: u128) {
    for (column, value) in other {
        add(row, *column, (PRIME - factor) * value % PRIME);
    }
}

fn power(base: u128, mut exponent: u128) -> u128 {
    let (mut base, mut result) = (base % PRIME, 1);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result * base % PRIME;
        }
        base = base * base % PRIME;
        exponent >>= 1;
    }
    result
}

fn residue(number: i64) -> u128 {
    let magnitude = u128::from(number.unsigned_abs()) % PRIME;
    if number < 0 { (PRIME - magnitude) % PRIME } else { magnitude }
}
