//! Witnesses of a requirement against every attacker whom it may fail.

use super::attacker::Attacker;
use super::program;
use super::rules::need_against;
use super::search::{Requirement, Search};
use super::system::{Role, Wish};
use super::witness::{Limits, Witness};
use super::worlds::NoWorld;
use std::collections::BTreeSet;

impl Search<'_> {
    /// Witnesses against every attacker, those that are known already before new ones; with `grow`
    /// what has to be withheld for them is.
    ///
    /// # Errors
    /// Why one of them has no witness.
    pub(super) fn cover(
        &mut self,
        requirement: &Requirement,
        known: Vec<Witness>,
        near: &[usize],
        grow: bool,
    ) -> Result<Vec<Witness>, NoWorld> {
        let mut witnesses = known;
        let outsider = |witness: &Witness| {
            let limits = |variable| self.insiders.limits(self.system, &[], variable);
            self.serving(witness, requirement, requirement.width, &limits)
        };
        // Whom it may fail is read off at the full width: one that was kept for an attacker is smaller.
        let first = if let Some(found) = witnesses.iter().find_map(outsider) {
            found
        } else {
            let found = self.witness(requirement, &[], requirement.width, near, grow)?;
            witnesses.push(found.clone());
            found
        };
        if self.rules.insiders {
            let sides = self.sides(requirement);
            for attacker in self.attackers(&first) {
                let wanted = self.wanted(requirement, &attacker);
                let is_known = || self.knows_a_side(&sides, &attacker) || self.knew(requirement, &attacker);
                if wanted == 0 || is_known() || self.answered(&witnesses, requirement, &attacker, wanted) {
                    continue;
                }
                witnesses.push(self.witness(requirement, &attacker, wanted, near, grow)?);
            }
        }
        Ok(witnesses)
    }

    /// Attackers whom a witness may fail: who stands behind what it moves, and the coalitions.
    fn attackers(&self, witness: &Witness) -> Vec<Vec<u32>> {
        let mut single: BTreeSet<u32> = BTreeSet::new();
        for (variable, value) in &witness.movement {
            let variable = &self.system.variables[*variable];
            // Who leaves enough of the variable to others is not narrowed by it.
            let threshold = if *value < 0 {
                i128::from(variable.amount) - (-value).div_euclid(witness.denominator) - 1
            } else {
                i128::from(i64::MAX)
            };
            let lonely = variable.shares.len() <= 1;
            let pairs = variable.shares.iter().any(|share| share.parties[0] != share.parties[1]);
            single.extend(
                variable
                    .shares
                    .iter()
                    .filter(|share| lonely || pairs || i128::from(share.amount) >= threshold)
                    .flat_map(|share| share.parties),
            );
        }
        single.into_iter().map(|holding| vec![holding]).chain(self.coalitions.iter().cloned()).collect()
    }

    /// Of a change what was and what is; of anything else nothing.
    fn sides(&self, requirement: &Requirement) -> Vec<Vec<usize>> {
        let [change] = requirement.parts.as_slice() else { return Vec::new() };
        let equations =
            self.system.incident[*change].iter().map(|equation| &self.system.equations[*equation]);
        let own = equations.filter(|equation| program::change(equation) == Some(*change));
        own.flat_map(|equation| [1, -1].map(|sign| program::side(equation, sign))).collect()
    }

    /// Whether an attacker stands alone in what was, or in what is: of the change it learns what the other one
    /// tells of the others, and that is judged as the amount that it is.
    fn knows_a_side(&self, sides: &[Vec<usize>], attacker: &Attacker) -> bool {
        let is_own = |part: &usize| self.insiders.is_alone(self.system, attacker, *part);
        sides.iter().any(|side| !side.is_empty() && side.iter().all(is_own))
    }

    /// Whether an attacker alone changed an amount since, or before, it was shown: what the others have in it, it
    /// learnt there, and that was judged as the amount that it was.
    fn knew(&self, requirement: &Requirement, attacker: &Attacker) -> bool {
        let [level] = requirement.parts.as_slice() else { return false };
        let mut equations =
            self.system.incident[*level].iter().map(|equation| &self.system.equations[*equation]);
        equations.any(|equation| {
            let Some(change) = program::change(equation).filter(|change| change != level) else {
                return false;
            };
            let sides = [1, -1].map(|sign| program::side(equation, sign));
            let Some(own) = sides.iter().position(|side| side == &[*level]) else { return false };
            let was_shown = |part: &usize| self.system.variables[*part].wish == Wish::Publish;
            self.insiders.is_alone(self.system, attacker, change) && sides[1 - own].iter().all(was_shown)
        })
    }

    /// Signed width that an attacker must still think possible; 0 when nothing is left to hide.
    fn wanted(&self, requirement: &Requirement, attacker: &Attacker) -> i64 {
        let need = need_against(&requirement.shares, attacker, self.rules).min(requirement.width.abs());
        if requirement.width > 0 {
            return need;
        }
        let mut free: Option<i64> = Some(0);
        for part in &requirement.parts {
            let fall = self.insiders.fall(self.system, attacker, *part);
            free = free.zip(fall).map(|(sum, fall)| sum.saturating_add(fall));
        }
        -free.map_or(need, |free| need.min(free))
    }

    fn answered(
        &self,
        witnesses: &[Witness],
        requirement: &Requirement,
        attacker: &Attacker,
        wanted: i64,
    ) -> bool {
        let limits = |variable| self.insiders.limits(self.system, attacker, variable);
        witnesses.iter().any(|witness| self.serving(witness, requirement, wanted, &limits).is_some())
    }

    /// The witness at the size that proves a width; counts move by whole numbers only.
    pub(super) fn serving(
        &self,
        witness: &Witness,
        requirement: &Requirement,
        width: i64,
        limits: Limits<'_>,
    ) -> Option<Witness> {
        if self.system.variables[requirement.parts[0]].role == Role::Count {
            witness.whole(&requirement.parts, i128::from(width), limits)
        } else {
            witness.scaled(&requirement.parts, i128::from(width), limits)
        }
    }
}
