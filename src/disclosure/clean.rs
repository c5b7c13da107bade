//! What is withheld without need, or to no avail.

use super::kernel::Kernel;
use super::search::{Requirement, Search, Stuck, both};
use super::system::Wish;
use super::witness::Witness;
use std::collections::BTreeSet;

impl Search<'_> {
    /// Publishes again what is not needed, dearest first.
    pub(super) fn clean(&mut self, requirements: &mut Vec<Requirement>) {
        let mut order: Vec<usize> = (0..self.system.ties.len())
            .filter(|tie| {
                self.system.ties[*tie].iter().all(|member| {
                    let variable = &self.system.variables[*member];
                    self.suppressed[*member]
                        && !variable.hidden
                        && variable.verdict.is_none()
                        && variable.wish != Wish::Withhold
                })
            })
            .collect();
        let dear =
            |tie: &usize| -> f64 { self.system.ties[*tie].iter().map(|member| self.costs[*member]).sum() };
        order.sort_by(|left, right| dear(right).total_cmp(&dear(left)).then(left.cmp(right)));
        let mut kernel = Kernel::draw(self.system, &self.suppressed);
        for tie in order {
            let members = self.system.ties[tie].clone();
            let is_fixed = |requirement: &Requirement| {
                members.iter().any(|member| kernel.fixes(*member, &requirement.parts))
                    && !members.iter().any(|member| requirement.parts.contains(member))
            };
            if members.is_empty() || requirements.iter().any(is_fixed) {
                continue;
            }
            if self.publish(&members, requirements) && !members.iter().all(|member| kernel.publish(*member)) {
                kernel = Kernel::draw(self.system, &self.suppressed);
            }
        }
    }

    /// The requirements without what was just published, each with witnesses that do without it.
    fn without(&mut self, published: &[usize], requirements: &[Requirement]) -> Option<Vec<Requirement>> {
        let mut changed: Vec<(usize, Vec<Witness>)> = Vec::new();
        let mut gone: Vec<usize> = Vec::new();
        for (position, requirement) in requirements.iter().enumerate() {
            if requirement.parts.iter().any(|part| published.contains(part)) {
                gone.push(position);
                continue;
            }
            let uses = |witness: &Witness| {
                published
                    .iter()
                    .any(|member| witness.movement.binary_search_by_key(member, |(moved, _)| *moved).is_ok())
            };
            if requirement.witnesses.iter().any(uses) {
                let near: Vec<usize> = requirement
                    .witnesses
                    .iter()
                    .flat_map(|witness| witness.movement.iter().map(|(variable, _)| *variable))
                    .filter(|variable| self.suppressed[*variable])
                    .chain(published.iter().copied())
                    .collect();
                let kept = requirement.witnesses.iter().filter(|witness| !uses(witness)).cloned().collect();
                changed.push((position, self.cover(requirement, kept, &near, false)?));
            }
        }
        let mut added = Vec::new();
        if self.rules.unions {
            for member in published {
                for equation in &self.system.incident[*member] {
                    let Some(union) = self.union(*equation) else { continue };
                    for mut requirement in both(&union.parts, union.need, union.down, &union.shares) {
                        requirement.witnesses = self.cover(&requirement, Vec::new(), published, false)?;
                        added.push(requirement);
                    }
                }
            }
        }
        let mut next = requirements.to_vec();
        for (position, witnesses) in changed {
            next[position].witnesses = witnesses;
        }
        for position in gone.into_iter().rev() {
            next.remove(position);
        }
        next.extend(added);
        Some(next)
    }

    /// What is withheld only for others and can be computed all the same is published, or made to
    /// move: a reader who can work out a withheld value trusts no other one.
    pub(super) fn settle(
        &mut self,
        requirements: &mut Vec<Requirement>,
        seen: &mut BTreeSet<usize>,
    ) -> Result<(), Stuck> {
        loop {
            let kernel = Kernel::draw(self.system, &self.suppressed);
            let is_idle = |variable: &usize| {
                let known = &self.system.variables[*variable];
                self.suppressed[*variable] && !known.hidden && known.wish != Wish::Withhold
            };
            let exact =
                (0..self.suppressed.len()).filter(is_idle).find(|v| kernel.is_exact(*v) && !seen.contains(v));
            let Some(exact) = exact else { return Ok(()) };
            seen.insert(exact);
            let members = self.system.ties[self.system.variables[exact].tie].clone();
            let is_free = |member: &usize| {
                let known = &self.system.variables[*member];
                known.verdict.is_none() && known.wish != Wish::Withhold
            };
            if members.iter().all(is_free) && self.publish(&members, requirements) {
                continue;
            }
            let variable = &self.system.variables[exact];
            for mut requirement in both(&[exact], 1, variable.down, &variable.shares) {
                self.meet(&mut requirement)?;
                requirements.push(requirement);
            }
        }
    }

    /// Publishes a tie again when every requirement can do without it.
    fn publish(&mut self, members: &[usize], requirements: &mut Vec<Requirement>) -> bool {
        for member in members {
            self.suppressed[*member] = false;
        }
        if let Some(repaired) = self.without(members, requirements) {
            *requirements = repaired;
            return true;
        }
        for member in members {
            self.suppressed[*member] = true;
        }
        false
    }
}
