//! Exact witnesses: movements of withheld amounts that change nothing published.

use super::modular::{PRIME, inverse, plus, residue, times};
use super::system::{Role, System};

/// Common denominators tried before elimination.
const DENOMINATORS: [i128; 5] = [1, 2, 3, 4, 12];

/// Fractions of a unit to which what stays free in an elimination is rounded: fine ones first, so
/// that the sum of many roundings stays small; whole units leave more room for odd denominators.
const UNITS: [i128; 2] = [4096, 1];

/// `movement / denominator` of each variable that moves, in the order of the variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Witness {
    pub denominator: i128,
    pub movement: Vec<(usize, i128)>,
}

/// Limits of one attacker: how far a variable may fall and rise; none without limit.
pub(super) type Limits<'a> = &'a dyn Fn(usize) -> (Option<i64>, Option<i64>);

impl Witness {
    /// Movement of a set of variables, over the denominator.
    pub(super) fn of(&self, parts: &[usize]) -> i128 {
        parts
            .iter()
            .filter_map(|part| {
                let found = self.movement.binary_search_by_key(part, |(variable, _)| *variable).ok()?;
                Some(self.movement[found].1)
            })
            .sum()
    }

    /// Whether every equation holds along the movement.
    pub(super) fn is_kernel(&self, system: &System) -> bool {
        let mut touched: Vec<usize> = self
            .movement
            .iter()
            .flat_map(|(variable, _)| system.incident[*variable].iter().copied())
            .collect();
        touched.sort_unstable();
        touched.dedup();
        touched.into_iter().all(|equation| {
            let mut sum: i128 = 0;
            for (variable, coefficient) in &system.equations[equation].terms {
                let Ok(found) = self.movement.binary_search_by_key(variable, |(moved, _)| *moved) else {
                    continue;
                };
                let Some(next) = self.movement[found]
                    .1
                    .checked_mul(i128::from(*coefficient))
                    .and_then(|term| sum.checked_add(term))
                else {
                    return false;
                };
                sum = next;
            }
            sum == 0
        })
    }

    /// The scaled movement `sign · width / of(parts)` that gives the parts exactly the width
    /// asked for, when it stays within the limits.
    pub(super) fn scaled(&self, parts: &[usize], wanted: i128, limits: Limits<'_>) -> Option<Self> {
        let moved = self.of(parts);
        if moved == 0 || wanted == 0 {
            return None;
        }
        // y · wanted / moved, whatever the denominator was.
        let sign = if moved < 0 { -1 } else { 1 };
        let denominator = moved.abs();
        let divisor = gcd(denominator, wanted.abs());
        let (factor, denominator) = (sign * wanted / divisor, denominator / divisor);
        let mut movement = Vec::with_capacity(self.movement.len());
        for (variable, value) in &self.movement {
            let value = value.checked_mul(factor)?;
            within(value, denominator, limits(*variable))?;
            movement.push((*variable, value));
        }
        Some(Self { denominator, movement }.reduced())
    }

    fn reduced(mut self) -> Self {
        let divisor =
            self.movement.iter().fold(self.denominator, |divisor, (_, value)| gcd(divisor, value.abs()));
        if divisor > 1 {
            self.denominator /= divisor;
            for (_, value) in &mut self.movement {
                *value /= divisor;
            }
        }
        self
    }
}

fn within(value: i128, denominator: i128, (down, up): (Option<i64>, Option<i64>)) -> Option<()> {
    let limit = if value < 0 { down } else { up };
    match limit {
        Some(limit) => (value.abs() <= i128::from(limit).checked_mul(denominator)?).then_some(()),
        None => Some(()),
    }
}

fn gcd(left: i128, right: i128) -> i128 {
    let (mut left, mut right) = (left, right);
    while right != 0 {
        (left, right) = (right, left % right);
    }
    left
}

/// Makes a movement that a solver found in floating point exact; none when that fails.
///
/// First by rounding to small denominators, then by elimination modulo 2^61 - 1 with rational
/// reconstruction, where what stays free takes its rounded value. The result is checked in
/// integers either way.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "checked in integers below")]
pub(super) fn exact(system: &System, found: &[(usize, f64)]) -> Option<Witness> {
    if found.iter().any(|(_, value)| value.abs() > 1e17) {
        return None;
    }
    for denominator in DENOMINATORS {
        let movement: Vec<(usize, i128)> = found
            .iter()
            .map(|(variable, value)| (*variable, (value * denominator as f64).round() as i128))
            .filter(|(_, value)| *value != 0)
            .collect();
        let witness = Witness { denominator, movement };
        if !witness.movement.is_empty() && witness.is_kernel(system) {
            return Some(witness.reduced());
        }
    }
    UNITS.into_iter().find_map(|unit| {
        eliminated(system, found, unit)
            .filter(|witness| !witness.movement.is_empty() && witness.is_kernel(system))
    })
}

/// Solves the equations on the support exactly.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "checked by the caller")]
fn eliminated(system: &System, found: &[(usize, f64)], unit: i128) -> Option<Witness> {
    let width = found.len();
    // A factor times an amount follows from the amount: the other way round its fraction would
    // spread over everything that hangs together with it.
    let mut order: Vec<usize> = (0..width).collect();
    order.sort_by_key(|column| system.variables[found[*column].0].role != Role::Factor);
    let mut touched: Vec<usize> =
        found.iter().flat_map(|(variable, _)| system.incident[*variable].iter().copied()).collect();
    touched.sort_unstable();
    touched.dedup();
    let mut rows: Vec<Vec<u64>> = Vec::with_capacity(touched.len());
    for equation in touched {
        let mut row = vec![0; width];
        for (variable, coefficient) in &system.equations[equation].terms {
            if let Ok(column) = found.binary_search_by_key(variable, |(moved, _)| *moved) {
                row[column] = residue(i128::from(*coefficient));
            }
        }
        rows.push(row);
    }
    let mut pivots: Vec<(usize, usize)> = Vec::new();
    let mut rank = 0;
    for column in order {
        let Some(pivot) = (rank..rows.len()).find(|row| rows[*row][column] != 0) else { continue };
        rows.swap(rank, pivot);
        let scale = inverse(rows[rank][column]);
        for value in &mut rows[rank] {
            *value = times(*value, scale);
        }
        let pivot_row = rows[rank].clone();
        for (position, row) in rows.iter_mut().enumerate() {
            let factor = row[column];
            if position == rank || factor == 0 {
                continue;
            }
            for (value, pivot) in row.iter_mut().zip(&pivot_row) {
                if *pivot != 0 {
                    *value = plus(*value, PRIME - times(factor, *pivot));
                }
            }
        }
        pivots.push((rank, column));
        rank += 1;
    }
    let mut fixed: Vec<Option<i128>> =
        found.iter().map(|(_, value)| Some((value * unit as f64).round() as i128)).collect();
    for (_, column) in &pivots {
        fixed[*column] = None;
    }
    let mut values: Vec<(i128, i128)> = vec![(0, 1); width];
    for (column, value) in fixed.iter().enumerate() {
        if let Some(value) = value {
            values[column] = (*value, 1);
        }
    }
    let mut common: i128 = 1;
    for (row, column) in pivots {
        let mut sum = 0;
        for (other, value) in fixed.iter().enumerate() {
            if let Some(value) = value {
                sum = plus(sum, times(rows[row][other], residue(*value)));
            }
        }
        values[column] = rational(plus(0, PRIME - sum), if unit > 1 { 10 } else { 14 })?;
        common = common.checked_mul(values[column].1 / gcd(values[column].1, common))?;
    }
    let movement = found
        .iter()
        .zip(&values)
        .map(|((variable, _), (numerator, denominator))| {
            Some((*variable, numerator.checked_mul(common / denominator)?))
        })
        .collect::<Option<Vec<_>>>()?;
    let movement = movement.into_iter().filter(|(_, value)| *value != 0).collect();
    Some(Witness { denominator: common.checked_mul(unit)?, movement }.reduced())
}

/// The fraction that a residue stands for, with a denominator of so many bits.
fn rational(residue: u64, bits: u32) -> Option<(i128, i128)> {
    let prime = i128::from(PRIME);
    let (mut before, mut now) = (prime, i128::from(residue % PRIME));
    let (mut before_factor, mut factor) = (0_i128, 1_i128);
    // Numerators reach 2^(60 - bits): twice the product of both stays below the prime.
    while now > 1 << (60 - bits) {
        let quotient = before / now;
        (before, now) = (now, before - quotient * now);
        (before_factor, factor) = (factor, before_factor - quotient * factor);
    }
    if factor == 0 || factor.abs() >= 1 << bits {
        return None;
    }
    let sign = if factor < 0 { -1 } else { 1 };
    let divisor = gcd(now, factor.abs()).max(1);
    Some((sign * now / divisor, factor.abs() / divisor))
}

#[cfg(test)]
mod tests {
    use super::{gcd, rational};
    use crate::disclosure::modular::{inverse, residue, times};

    #[test]
    fn a_residue_gives_its_fraction_back() {
        for (numerator, denominator) in [(1, 3), (-7, 5), (123_456_789, 1000), (0, 1), (-40_000_000_000, 1)] {
            let quotient = times(residue(numerator), inverse(residue(denominator)));
            assert_eq!(rational(quotient, 14), Some((numerator, denominator)));
        }
        assert_eq!(gcd(12, 18), 6);
    }
}
