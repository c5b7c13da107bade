//! Which withheld amounts become exact when one more is published, without a solver.
//!
//! The movements that change nothing published are a linear space. Random members of it modulo
//! 2^61 - 1 stand for all: an amount is exact when its entry is zero in each of them, and becomes
//! exact with another published when its entries are a multiple of the other's. This only spares
//! linear programs that would fail; no proof rests on it.

use super::modular::{PRIME, inverse, plus, residue, times};
use super::system::System;
use std::collections::BTreeMap;

/// Random members of the space.
const SAMPLES: usize = 40;
/// Members left at which new ones are drawn.
const FEWEST: usize = 3;

/// Random movements of the withheld variables.
pub(super) struct Kernel {
    /// Entries of each variable.
    entries: Vec<Vec<u64>>,
}

impl Kernel {
    /// Draws movements of the withheld variables.
    pub(super) fn draw(system: &System, suppressed: &[bool]) -> Self {
        Self::draw_many(system, suppressed, SAMPLES)
    }

    /// Draws so many movements of the withheld variables.
    pub(super) fn draw_many(system: &System, suppressed: &[bool], samples: usize) -> Self {
        let pivots = eliminated(system, suppressed);
        let mut random = 0x9e37_79b9_7f4a_7c15_u64;
        let mut entries: Vec<Vec<u64>> = suppressed
            .iter()
            .map(
                |withheld| {
                    if *withheld { (0..samples).map(|_| next(&mut random)).collect() } else { Vec::new() }
                },
            )
            .collect();
        for (pivot, row) in pivots.iter().rev() {
            let mut values = vec![0; samples];
            for (variable, coefficient) in row.iter().filter(|(variable, _)| variable != pivot) {
                for (value, entry) in values.iter_mut().zip(&entries[*variable]) {
                    *value = plus(*value, PRIME - times(*coefficient, *entry));
                }
            }
            entries[*pivot] = values;
        }
        Self { entries }
    }

    /// Entries of a variable, one a movement; none of a published one.
    pub(super) fn of(&self, variable: usize) -> &[u64] {
        &self.entries[variable]
    }

    /// Whether a sum of variables becomes exact when some more are published.
    pub(super) fn fixes(&self, published: usize, parts: &[usize]) -> bool {
        let with = &self.entries[published];
        let mut sum = vec![0; with.len()];
        for part in parts {
            for (value, entry) in sum.iter_mut().zip(&self.entries[*part]) {
                *value = plus(*value, *entry);
            }
        }
        // Parallel, or zero: every minor with the first entry that is not zero vanishes.
        let Some(lead) = with.iter().position(|value| *value != 0) else {
            return sum.iter().all(|value| *value == 0);
        };
        sum.iter().zip(with).all(|(value, other)| times(*value, with[lead]) == times(sum[lead], *other))
    }

    /// Whether a withheld variable is exact as it is.
    pub(super) fn is_exact(&self, withheld: usize) -> bool {
        self.entries[withheld].iter().all(|value| *value == 0)
    }

    /// Publishes one variable; false when new movements have to be drawn.
    pub(super) fn publish(&mut self, published: usize) -> bool {
        let with = std::mem::take(&mut self.entries[published]);
        let Some(lead) = with.iter().position(|value| *value != 0) else { return true };
        let scale = inverse(with[lead]);
        for entries in &mut self.entries {
            if entries.is_empty() {
                continue;
            }
            let factor = times(entries[lead], scale);
            if factor != 0 {
                for (value, other) in entries.iter_mut().zip(&with) {
                    *value = plus(*value, PRIME - times(factor, *other));
                }
            }
            entries.remove(lead);
        }
        with.len() - 1 > FEWEST
    }
}

/// Echelon form of the equations on the withheld variables: pivots in the order of elimination,
/// each row free of the pivots before it, pivot 1.
fn eliminated(system: &System, suppressed: &[bool]) -> Vec<(usize, Vec<(usize, u64)>)> {
    let mut rows: Vec<BTreeMap<usize, u64>> = system
        .equations
        .iter()
        .map(|equation| {
            equation
                .terms
                .iter()
                .filter(|(variable, _)| suppressed[*variable])
                .map(|(variable, coefficient)| (*variable, residue(i128::from(*coefficient))))
                .collect()
        })
        .collect();
    rows.retain(|row: &BTreeMap<usize, u64>| !row.is_empty());
    rows.sort_by_key(BTreeMap::len);
    let mut pivots: Vec<(usize, Vec<(usize, u64)>)> = Vec::new();
    let mut of_variable: Vec<Option<usize>> = vec![None; suppressed.len()];
    for mut row in rows {
        while let Some((pivot, factor)) =
            row.iter().filter_map(|(variable, factor)| Some((of_variable[*variable]?, *factor))).min()
        {
            for (variable, value) in &pivots[pivot].1 {
                let next = plus(row.get(variable).copied().unwrap_or(0), PRIME - times(factor, *value));
                if next == 0 {
                    row.remove(variable);
                } else {
                    row.insert(*variable, next);
                }
            }
        }
        // The variable in the fewest equations causes the least fill-in.
        let Some(pivot) =
            row.keys().copied().min_by_key(|variable| (system.incident[*variable].len(), *variable))
        else {
            continue;
        };
        let scale = inverse(row[&pivot]);
        of_variable[pivot] = Some(pivots.len());
        pivots.push((
            pivot,
            row.into_iter().map(|(variable, value)| (variable, times(value, scale))).collect(),
        ));
    }
    pivots
}

/// A fixed sequence: two runs draw the same.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut value = *state;
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (value ^ (value >> 31)) % PRIME
}
