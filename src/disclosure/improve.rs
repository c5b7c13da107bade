//! Local search: a corner of the pattern is published, protected anew with shaken weights, and kept
//! when that withholds no more. Deterministic: rounds and linear programs are counted, not timed.

use super::costs::{self, Cost, shaken};
use super::search::Search;
use super::system::Wish;
use std::collections::BTreeSet;

/// Rounds of a search.
const ROUNDS: u64 = 300;
/// Cells that a pattern may have more than the best one and still be followed.
const WORSE: i128 = 1;
/// Withheld variables of a corner: from, and how many more at most.
const CORNER: (usize, u64) = (3, 16);

impl Search<'_> {
    /// Searches for a pattern that costs less (record-to-record travel, Dueck 1993), with so many linear
    /// programs.
    pub(super) fn improve(&mut self, cost: Cost, effort: u64) {
        let own = self.costs.clone();
        let last = self.programs.saturating_add(effort);
        let mut best = (self.price(cost), self.suppressed.clone(), self.requirements.clone());
        for round in 0..ROUNDS {
            if self.programs >= last {
                break;
            }
            let kept = (self.suppressed.clone(), self.requirements.clone());
            // Slightly worse is followed for a while: what is best is kept apart.
            let most = best.0.0 + WORSE;
            self.costs = costs::costs(self.system, cost, 1000 + round);
            self.order = (round % 2 == 1).then_some(1000 + round);
            let is_near = self.turn(round).is_some() && self.price(cost).0 <= most + WORSE;
            if !is_near || self.tidy().is_none() || self.price(cost).0 > most {
                (self.suppressed, self.requirements) = kept;
            } else if self.price(cost) < best.0 {
                best = (self.price(cost), self.suppressed.clone(), self.requirements.clone());
            }
        }
        (_, self.suppressed, self.requirements) = best;
        (self.costs, self.order) = (own, None);
    }

    /// Publishes again what is needed nowhere any more.
    fn tidy(&mut self) -> Option<()> {
        let mut requirements = std::mem::take(&mut self.requirements);
        let outcome = self.protect(&mut requirements, Vec::new(), None);
        self.requirements = requirements;
        outcome.ok()
    }

    /// One round; none when the corner cannot be protected anew.
    fn turn(&mut self, round: u64) -> Option<()> {
        let corner = self.corner(round)?;
        for variable in &corner {
            for member in &self.system.ties[self.system.variables[*variable].tie] {
                self.suppressed[*member] = false;
            }
        }
        // Only what the round withholds is looked at again.
        let added: Vec<bool> = self.suppressed.iter().map(|withheld| !withheld).collect();
        let mut requirements = std::mem::take(&mut self.requirements);
        requirements.retain(|requirement| requirement.parts.iter().all(|part| self.suppressed[*part]));
        let mut open = Vec::new();
        for (position, requirement) in requirements.iter_mut().enumerate() {
            let stands = |variable: usize| self.suppressed[variable];
            requirement.witnesses.retain(|witness| witness.movement.iter().all(|(moved, _)| stands(*moved)));
            // Whoever is no longer answered: it is proven anew, which known worlds make cheap.
            if requirement.witnesses.is_empty() || self.rules.insiders {
                open.push(position);
            }
        }
        let outcome = self.protect(&mut requirements, open, Some(&added));
        self.requirements = requirements;
        outcome.ok()
    }

    /// Withheld variables that lie together and need not be, around one drawn at random.
    fn corner(&self, round: u64) -> Option<Vec<usize>> {
        let is_free = |variable: usize| {
            self.suppressed[variable]
                && self.system.ties[self.system.variables[variable].tie].iter().all(|member| {
                    let known = &self.system.variables[*member];
                    known.verdict.is_none() && !known.hidden && known.wish != Wish::Withhold
                })
        };
        let free: Vec<usize> = (0..self.suppressed.len()).filter(|variable| is_free(*variable)).collect();
        let start = *free.get(drawn(round, 0, free.len() as u64))?;
        let size = CORNER.0 + drawn(round, 1, CORNER.1);
        let mut corner = Vec::new();
        let mut seen: BTreeSet<usize> = BTreeSet::from([start]);
        let mut edge = vec![start];
        while !edge.is_empty() && corner.len() < size {
            corner.extend(edge.iter().copied().filter(|variable| is_free(*variable)));
            let mut next: Vec<usize> = edge
                .iter()
                .flat_map(|variable| &self.system.incident[*variable])
                .flat_map(|equation| self.system.equations[*equation].terms.iter().map(|(other, _)| *other))
                .filter(|other| self.suppressed[*other] && seen.insert(*other))
                .collect();
            next.sort_by(|left, right| {
                let place = |variable: &usize| shaken(round + 1, *variable as u64);
                place(left).total_cmp(&place(right)).then(left.cmp(right))
            });
            edge = next;
        }
        corner.truncate(size);
        Some(corner)
    }
}

/// A number below a limit.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "small"
)]
fn drawn(round: u64, place: u64, below: u64) -> usize {
    (shaken(round + 1, u64::from(u32::MAX) - place) * below as f64) as usize
}
