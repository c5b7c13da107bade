//! What an attacker's own amounts say of amounts in which it has no part.
//!
//! Who alone changed what lies below an amount knows that what is left above it changed by as much, and that so much
//! was there: whatever is published, it thinks less possible than an outsider.

use super::program::{change, side};
use super::system::{Kind, System};
use std::collections::BTreeMap;

/// Relations through which amounts may move together.
#[derive(Debug)]
pub(super) struct Ties {
    /// What was, what is, what changed.
    changes: Vec<[usize; 3]>,
    /// What lies between a larger amount and a smaller one: larger, smaller, rest.
    between: Vec<[usize; 3]>,
}

impl Ties {
    pub(super) fn new(system: &System) -> Self {
        let mut ties = Self { changes: Vec::new(), between: Vec::new() };
        for equation in &system.equations {
            if equation.kind == Kind::Between {
                let of = |sign: i64| equation.terms.iter().filter(move |(_, value)| *value == sign);
                if let ([above], [below, rest]) =
                    (&of(1).collect::<Vec<_>>()[..], &of(-1).collect::<Vec<_>>()[..])
                {
                    ties.between.push([above.0, below.0, rest.0]);
                }
            } else if let Some(change) = change(equation)
                && let ([was], [is]) = (&side(equation, -1)[..], &side(equation, 1)[..])
            {
                ties.changes.push([*was, *is, change]);
            }
        }
        ties
    }

    /// Sets of variables that move by the same, whatever happens, for whom those in which it `is_alone` do not move.
    pub(super) fn classes(&self, is_alone: &dyn Fn(usize) -> bool) -> Vec<Vec<usize>> {
        let mut same = Same::default();
        for [was, is, change] in &self.changes {
            if is_alone(*change) {
                same.unite(*was, *is);
            }
        }
        for [above, below, rest] in &self.between {
            if is_alone(*below) {
                same.unite(*above, *rest);
            }
            if is_alone(*rest) {
                same.unite(*above, *below);
            }
        }
        // Of two relations that agree in two of their amounts, the third are one too.
        let mut is_done = same.parents.is_empty();
        while !is_done {
            is_done = true;
            let mut others: BTreeMap<(usize, usize, usize), usize> = BTreeMap::new();
            for relation in &self.between {
                for place in 0..relation.len() {
                    let known = [(place + 1) % 3, (place + 2) % 3].map(|other| same.first(relation[other]));
                    let own = relation[place];
                    let found = *others.entry((place, known[0], known[1])).or_insert(own);
                    is_done &= !same.unite(found, own);
                }
            }
        }
        same.classes()
    }
}

/// Which variables move together: each knows one before it.
#[derive(Default)]
struct Same {
    parents: BTreeMap<usize, usize>,
}

impl Same {
    fn first(&self, mut variable: usize) -> usize {
        while let Some(parent) = self.parents.get(&variable) {
            variable = *parent;
        }
        variable
    }

    /// Whether they were apart.
    fn unite(&mut self, one: usize, other: usize) -> bool {
        let (one, other) = (self.first(one), self.first(other));
        if one != other {
            self.parents.insert(one.max(other), one.min(other));
        }
        one != other
    }

    fn classes(&self) -> Vec<Vec<usize>> {
        let mut classes: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for variable in self.parents.keys() {
            let first = self.first(*variable);
            classes.entry(first).or_insert_with(|| vec![first]).push(*variable);
        }
        classes.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Ties;

    #[test]
    fn what_is_left_of_an_amount_moves_as_it_did_before_for_who_alone_took_more() {
        // 0 is offered on both nights; 1 and 2 are taken of it, 3 and 4 left; 5 is what was taken more.
        let ties = Ties { changes: vec![[1, 2, 5]], between: vec![[0, 1, 3], [0, 2, 4], [6, 7, 8]] };
        assert_eq!(ties.classes(&|variable| variable == 5), [vec![1, 2], vec![3, 4]]);
        assert_eq!(ties.classes(&|variable| variable == 7), [[6, 8]]);
        assert_eq!(ties.classes(&|variable| variable == 3), [[0, 1]]);
        assert!(ties.classes(&|_| false).is_empty());
    }
}
