//! How far an amount can fall for whom another one tells of it, whatever is published.
//!
//! Who alone made the difference between two amounts knows that both are higher or lower by the same. So none of
//! them is lower by more than what there is of the least of them.

use super::format::{Certificate, Kind};
use std::collections::BTreeMap;

/// Relations of three amounts.
pub(super) struct Differences {
    /// What was, what is, what changed.
    changes: Vec<[usize; 3]>,
    /// An amount, a part of it, and the rest.
    rests: Vec<[usize; 3]>,
}

impl Differences {
    /// Of changes only those of which the shares are those of both sides, which `is_true` says of the sides and the
    /// change.
    pub(super) fn new(certificate: &Certificate, is_true: impl Fn(&[Vec<usize>; 2], usize) -> bool) -> Self {
        let mut differences = Self { changes: Vec::new(), rests: Vec::new() };
        for relation in &certificate.relations {
            let [one, two, (last, -1)] = relation.terms[..] else { continue };
            match (relation.kind, one.1, two.1) {
                (Kind::Change, -1, 1) if is_true(&[vec![one.0], vec![two.0]], last) => {
                    differences.changes.push([one.0, two.0, last]);
                }
                (Kind::Change, 1, -1) if is_true(&[vec![two.0], vec![one.0]], last) => {
                    differences.changes.push([two.0, one.0, last]);
                }
                (Kind::Between, 1, -1) => differences.rests.push([one.0, two.0, last]),
                (Kind::Between, -1, 1) => differences.rests.push([two.0, one.0, last]),
                _ => {}
            }
        }
        differences
    }

    /// The least that there is of what moves together with each amount, where anything does, for whom that of which
    /// it `knows` all does not move; `there` says how much there is of an amount.
    pub(super) fn falls(
        &self,
        knows: impl Fn(usize) -> bool,
        there: impl Fn(usize) -> Option<i128>,
    ) -> BTreeMap<usize, i128> {
        let mut labels: BTreeMap<usize, usize> = BTreeMap::new();
        for [was, is, change] in &self.changes {
            if knows(*change) {
                join(&mut labels, *was, *is);
            }
        }
        for [amount, part, rest] in &self.rests {
            for (known, other) in [(part, rest), (rest, part)] {
                if knows(*known) {
                    join(&mut labels, *amount, *other);
                }
            }
        }
        // Where two of three move together with two others, the third does too.
        let mut before = 0;
        while labels.len() > before {
            before = labels.len();
            for (third, pair) in [(0, [1, 2]), (1, [0, 2]), (2, [0, 1])] {
                let mut seen: BTreeMap<[usize; 2], usize> = BTreeMap::new();
                for relation in &self.rests {
                    let names = pair.map(|place| label(&labels, relation[place]));
                    let first = *seen.entry(names).or_insert(relation[third]);
                    join(&mut labels, first, relation[third]);
                }
            }
        }
        let mut least: BTreeMap<usize, i128> = BTreeMap::new();
        for (amount, label) in &labels {
            if let Some(there) = there(*amount) {
                least.entry(*label).and_modify(|least| *least = there.min(*least)).or_insert(there);
            }
        }
        labels.iter().filter_map(|(amount, label)| Some((*amount, *least.get(label)?))).collect()
    }
}

/// What amounts that move together have in common: the first of them.
fn label(labels: &BTreeMap<usize, usize>, amount: usize) -> usize {
    labels.get(&amount).copied().unwrap_or(amount)
}

fn join(labels: &mut BTreeMap<usize, usize>, one: usize, other: usize) {
    let (one, other) = (label(labels, one), label(labels, other));
    if one == other {
        return;
    }
    let (kept, gone) = (one.min(other), one.max(other));
    labels.values_mut().filter(|label| **label == gone).for_each(|label| *label = kept);
    labels.extend([(kept, kept), (gone, kept)]);
}

#[cfg(test)]
mod tests {
    use super::Differences;
    use std::collections::BTreeMap;

    #[test]
    fn what_is_left_of_an_amount_was_at_least_what_one_who_took_more_since_sees_left() {
        // Of 0 first 1 was taken and 3 left, then 2 and 4; who took more knows 5.
        let differences =
            Differences { changes: vec![[1, 2, 5]], rests: vec![[0, 1, 3], [0, 2, 4], [6, 7, 8]] };
        let there = |amount: usize| [Some(10), Some(6), Some(8), Some(4), Some(2)].get(amount).copied()?;
        let falls = differences.falls(|amount| amount == 5, there);
        assert_eq!(falls, BTreeMap::from([(1, 6), (2, 6), (3, 2), (4, 2)]));
        assert_eq!(differences.falls(|amount| amount == 1, there), BTreeMap::from([(0, 4), (3, 4)]));
        assert!(differences.falls(|_| false, there).is_empty());
    }
}
