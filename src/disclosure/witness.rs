//! Exact witnesses: movements of withheld amounts that change nothing published.

use super::fraction::{Fraction, gcd};
use super::system::{Role, System};
use std::collections::BTreeMap;

/// Common denominators tried before elimination.
const DENOMINATORS: [i128; 5] = [1, 2, 3, 4, 12];

/// Fractions of a unit to which what stays free in an elimination is rounded: fine ones first, so
/// that the sum of many roundings stays small; whole units leave more room for odd denominators.
const UNITS: [i128; 2] = [4096, 1];

/// Numbers of a combined movement that would be longer are not worth their weight.
const LONGEST: u128 = 1 << 62;

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

    /// The smallest whole multiple of the movement that gives the parts at least the width, when
    /// it stays within the limits: for amounts that everybody knows to be whole and small.
    pub(super) fn whole(&self, parts: &[usize], wanted: i128, limits: Limits<'_>) -> Option<Self> {
        let divisor = self.movement.iter().fold(0, |divisor, (_, value)| gcd(divisor, *value));
        let moved = self.of(parts) / divisor.max(1);
        if moved == 0 || wanted == 0 {
            return None;
        }
        let times = (wanted.abs() + moved.abs() - 1) / moved.abs() * moved.signum() * wanted.signum();
        let mut movement = Vec::with_capacity(self.movement.len());
        for (variable, value) in &self.movement {
            let value = (value / divisor).checked_mul(times)?;
            within(value, 1, limits(*variable))?;
            movement.push((*variable, value));
        }
        Some(Self { denominator: 1, movement })
    }

    /// This movement and the multiple of another that leaves a variable in its place; none when
    /// numbers become too long.
    pub(super) fn without(&self, other: &Self, variable: usize) -> Option<Self> {
        let (own, cancels) = (self.of(&[variable]), other.of(&[variable]));
        if own == 0 || cancels == 0 {
            return None;
        }
        let divisor = gcd(own, cancels).abs();
        let (times, minus) = (cancels / divisor, own / divisor);
        let mut movement = Vec::with_capacity(self.movement.len() + other.movement.len());
        let (mut own, mut others) = (self.movement.as_slice(), other.movement.as_slice());
        while !own.is_empty() || !others.is_empty() {
            let next_of = |left: &[(usize, i128)]| left.first().map_or(usize::MAX, |(moved, _)| *moved);
            let (one, two) = (next_of(own), next_of(others));
            let next = one.min(two);
            let mut value = 0_i128;
            if one == next {
                value = own[0].1.checked_mul(times)?;
                own = &own[1..];
            }
            if two == next {
                value = value.checked_sub(others[0].1.checked_mul(minus)?)?;
                others = &others[1..];
            }
            if value.unsigned_abs() > LONGEST {
                return None;
            }
            if value != 0 {
                movement.push((next, value));
            }
        }
        // Only the direction counts: the size is chosen when it serves.
        Some(Self { denominator: 1, movement }.shortest())
    }

    /// The same direction in the smallest whole numbers.
    fn shortest(mut self) -> Self {
        let divisor = self.movement.iter().fold(0, |divisor, (_, value)| gcd(divisor, value.abs()));
        if divisor > 1 {
            for (_, value) in &mut self.movement {
                *value /= divisor;
            }
        }
        self
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

/// Makes a movement that a solver found in floating point exact; none when that fails.
///
/// First by rounding to small denominators, then by elimination in fractions, where what stays
/// free takes its rounded value. The result is checked in integers either way.
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

/// Solves the equations on the support exactly: what stays free takes its rounded value, in
/// fractions of a unit, and the rest follows.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "checked by the caller")]
fn eliminated(system: &System, found: &[(usize, f64)], unit: i128) -> Option<Witness> {
    let place = |variable: &usize| found.binary_search_by_key(variable, |(moved, _)| *moved).ok();
    let mut touched: Vec<usize> =
        found.iter().flat_map(|(variable, _)| system.incident[*variable].iter().copied()).collect();
    touched.sort_unstable();
    touched.dedup();
    let mut rows: Vec<BTreeMap<usize, Fraction>> = touched
        .iter()
        .map(|equation| {
            let terms = system.equations[*equation].terms.iter();
            let terms = terms.filter_map(|(variable, value)| {
                Some((place(variable)?, Fraction::whole(i128::from(*value))))
            });
            terms.collect()
        })
        .collect();
    rows.sort_by_key(BTreeMap::len);
    let mut pivots: Vec<(usize, BTreeMap<usize, Fraction>)> = Vec::new();
    let mut of_column: Vec<Option<usize>> = vec![None; found.len()];
    for mut row in rows {
        while let Some((pivot, factor)) =
            row.iter().find_map(|(column, factor)| Some((of_column[*column]?, *factor)))
        {
            let (column, others) = &pivots[pivot];
            row.remove(column);
            for (other, value) in others {
                let before = row.get(other).copied().unwrap_or(Fraction::whole(0));
                let next = before.plus(factor.times(*value)?)?;
                if next.is_zero() {
                    row.remove(other);
                } else {
                    row.insert(*other, next);
                }
            }
        }
        // A factor times an amount follows from the amount: the other way round its fraction
        // would spread over everything that hangs together with it.
        let order = |column: &usize| {
            let variable = found[*column].0;
            (system.variables[variable].role != Role::Factor, system.incident[variable].len(), *column)
        };
        let Some(pivot) = row.keys().copied().min_by_key(order) else { continue };
        let scale = row.remove(&pivot)?.inverse()?.negative();
        for value in row.values_mut() {
            *value = value.times(scale)?;
        }
        of_column[pivot] = Some(pivots.len());
        pivots.push((pivot, row));
    }
    let mut values: Vec<Fraction> =
        found.iter().map(|(_, value)| Fraction::whole((value * unit as f64).round() as i128)).collect();
    for (pivot, row) in pivots.iter().rev() {
        let mut sum = Fraction::whole(0);
        for (column, factor) in row {
            sum = sum.plus(factor.times(values[*column])?)?;
        }
        values[*pivot] = sum;
    }
    let common = values.iter().try_fold(1_i128, |common, value| {
        common.checked_mul(value.denominator / gcd(common, value.denominator))
    })?;
    let movement = found
        .iter()
        .zip(&values)
        .map(|((variable, _), value)| {
            Some((*variable, value.numerator.checked_mul(common / value.denominator)?))
        })
        .collect::<Option<Vec<_>>>()?;
    let movement = movement.into_iter().filter(|(_, value)| *value != 0).collect();
    Some(Witness { denominator: common.checked_mul(unit)?, movement }.reduced())
}
