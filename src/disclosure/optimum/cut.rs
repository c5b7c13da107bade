//! Inequalities over columns that are 0 or 1, and what follows from them by rounding.

use std::collections::BTreeMap;

/// Smaller numbers are noise.
const NOISE: f64 = 1e-9;
/// Parts of a right-hand side from which rounding gains nothing.
const ROUND: f64 = 1e-4;
/// What a point must break, to be worth a row of the master program.
pub(super) const DEPTH: f64 = 1e-3;
/// Inequalities that are added up before the sum is given up.
const ADDED: usize = 3;

/// `Σ coefficient · x ≥ least`, terms in the order of the columns.
#[derive(Debug, Clone)]
pub(super) struct Cut {
    pub terms: Vec<(usize, f64)>,
    pub least: f64,
}

impl Cut {
    pub(super) fn new(terms: BTreeMap<usize, f64>, least: f64) -> Self {
        Self { terms: terms.into_iter().filter(|(_, value)| value.abs() > NOISE).collect(), least }
    }

    /// By how much a point breaks it; below zero where there is room.
    pub(super) fn broken(&self, point: &[f64]) -> f64 {
        self.least - self.terms.iter().map(|(column, value)| value * point[*column]).sum::<f64>()
    }

    /// The same as a distance.
    fn depth(&self, point: &[f64]) -> f64 {
        let norm = self.terms.iter().map(|(_, value)| value * value).sum::<f64>().sqrt();
        self.broken(point) / norm.max(NOISE)
    }

    /// Whether all numbers are whole.
    pub(super) fn is_whole(&self) -> bool {
        let is_whole = |value: f64| (value - value.round()).abs() < NOISE;
        is_whole(self.least) && self.terms.iter().all(|(_, value)| is_whole(*value))
    }

    /// This, or the rounding that a point breaks most.
    pub(super) fn rounded(self, point: &[f64]) -> Self {
        let mut divisors: Vec<f64> = self
            .terms
            .iter()
            .filter(|(column, _)| is_open(point[*column]))
            .map(|(_, value)| value.abs())
            .collect();
        divisors.push(self.least.abs().max(ROUND));
        divisors.sort_by(f64::total_cmp);
        divisors.dedup_by(|next, kept| (*next - *kept).abs() < NOISE);
        let best = divisors
            .into_iter()
            .filter_map(|divisor| self.divided(divisor, point))
            .reduce(|best, next| if next.depth(point) > best.depth(point) { next } else { best });
        best.filter(|best| best.depth(point) > self.depth(point) + NOISE).unwrap_or(self)
    }

    /// Added to others that hold with equality until the half of the sum, rounded, is broken: what
    /// an odd ring of alternatives leaves possible for halves only.
    ///
    /// Method: zero-half cuts of Caprara and Fischetti (1996), found by greedy aggregation.
    pub(super) fn added(&self, tight: &[&Self], of_column: &[Vec<usize>], point: &[f64]) -> Option<Self> {
        let mut sum = self.clone();
        let mut seen: Vec<usize> = Vec::new();
        let mut used: Vec<usize> = Vec::new();
        while used.len() < ADDED {
            let odd = |(column, value): &&(usize, f64)| {
                is_odd(*value) && is_open(point[*column]) && !seen.contains(column)
            };
            let middle = |column: usize| (point[column] - 0.5).abs();
            let (column, _) = *sum
                .terms
                .iter()
                .filter(odd)
                .min_by(|one, other| middle(one.0).total_cmp(&middle(other.0)))?;
            seen.push(column);
            let next = of_column[column]
                .iter()
                .filter(|row| !used.contains(row) && !std::ptr::eq(tight[**row], self))
                .map(|row| {
                    let sum = sum.plus(tight[*row]);
                    let odd = sum.terms.iter().filter(|(_, value)| is_odd(*value));
                    let lost: f64 = odd.map(|(column, _)| point[*column].min(1.0 - point[*column])).sum();
                    (lost, *row, sum)
                });
            let Some((_, row, next)) = next.min_by(|one, other| one.0.total_cmp(&other.0)) else { continue };
            used.push(row);
            sum = next;
            if let Some(cut) = sum.divided(2.0, point).filter(|cut| cut.depth(point) > DEPTH) {
                return Some(cut);
            }
        }
        None
    }

    fn plus(&self, other: &Self) -> Self {
        let mut terms: BTreeMap<usize, f64> = self.terms.iter().copied().collect();
        for (column, value) in &other.terms {
            *terms.entry(*column).or_insert(0.0) += value;
        }
        Self::new(terms, self.least + other.least)
    }

    /// Rounded after division; none where nothing is left to round.
    ///
    /// Method: mixed-integer rounding of Marchand and Wolsey (2001), `Σ a x ≤ b` to
    /// `Σ (⌊a⌋ + (f(a) - f(b))⁺ / (1 - f(b))) x ≤ ⌊b⌋`, columns near one counted from one downwards.
    fn divided(&self, divisor: f64, point: &[f64]) -> Option<Self> {
        let is_turned = |column: usize| point[column] > 0.5;
        let turned = self.terms.iter().filter(|(column, _)| is_turned(*column));
        let right = (turned.map(|(_, value)| value).sum::<f64>() - self.least) / divisor;
        let fraction = right - right.floor();
        if !(ROUND..=1.0 - ROUND).contains(&fraction) {
            return None;
        }
        let round = |value: f64| {
            // What is whole but for noise must not be rounded down.
            let value = if (value - value.round()).abs() < NOISE { value.round() } else { value };
            value.floor() + ((value - value.floor() - fraction) / (1.0 - fraction)).max(0.0)
        };
        let mut least = -right.floor();
        let mut terms = BTreeMap::new();
        for (column, value) in &self.terms {
            let value = if is_turned(*column) {
                let value = round(value / divisor);
                least += value;
                value
            } else {
                -round(-value / divisor)
            };
            terms.insert(*column, value);
        }
        Some(Self::new(terms, least))
    }
}

/// Neither 0 nor 1.
pub(super) fn is_open(value: f64) -> bool {
    (1e-6..=1.0 - 1e-6).contains(&value)
}

/// Not a multiple of two.
fn is_odd(value: f64) -> bool {
    let rest = value.rem_euclid(2.0);
    rest.min(2.0 - rest) > NOISE
}

#[cfg(test)]
mod tests {
    use super::Cut;

    /// Every 0/1 point that satisfies the first satisfies the others.
    fn follow(known: &[Cut], found: &Cut, columns: usize) {
        for number in 0..1_u32 << columns {
            let point: Vec<f64> = (0..columns).map(|column| f64::from(number >> column & 1)).collect();
            if known.iter().all(|cut| cut.broken(&point) < 1e-9) {
                assert!(found.broken(&point) < 1e-6, "{found:?} cuts {point:?} off");
            }
        }
    }

    #[test]
    fn rounding_cuts_no_whole_point_off() {
        let cut = Cut { terms: vec![(0, 0.6), (1, 0.45), (2, 0.3), (3, 1.0), (4, -0.25)], least: 1.0 };
        let mut deeper = 0;
        for number in 0..4_u32.pow(5) {
            let point: Vec<f64> =
                (0..5).map(|column| f64::from(number / 4_u32.pow(column) % 4) / 3.0).collect();
            let rounded = cut.clone().rounded(&point);
            follow(std::slice::from_ref(&cut), &rounded, 5);
            deeper += usize::from(rounded.broken(&point) > cut.broken(&point).max(0.0) + 0.1);
        }
        assert!(deeper > 20);
    }

    #[test]
    fn an_odd_ring_needs_more_than_its_half() {
        let pair = |one: usize, other: usize| Cut {
            terms: vec![(one.min(other), 1.0), (one.max(other), 1.0)],
            least: 1.0,
        };
        let ring = [pair(0, 1), pair(1, 2), pair(0, 2)];
        let of_column = vec![vec![0, 2], vec![0, 1], vec![1, 2]];
        let found = ring[0].added(&ring.iter().collect::<Vec<_>>(), &of_column, &[0.5; 3]).unwrap();
        follow(&ring, &found, 3);
        assert!((found.broken(&[0.5; 3]) - 0.5).abs() < 1e-9);
    }
}
