//! What is withheld without need, or to no avail.

use super::kernel::Kernel;
use super::search::{Requirement, Search, Stuck, both};
use super::system::{System, Wish};
use super::witness::Witness;
use std::collections::BTreeSet;

/// Newest worlds that are tried to mend another.
const MENDED: usize = 32;
/// Linear programs that publishing one thing again may take on a night after others, where worlds are long.
const MOST: u64 = 40;

impl Search<'_> {
    /// Publishes again what is not needed, dearest first; of everything, or of some variables.
    pub(super) fn clean(&mut self, requirements: &mut Vec<Requirement>, among: Option<&[bool]>) {
        let mut order: Vec<usize> = (0..self.system.ties.len())
            .filter(|tie| {
                self.system.ties[*tie].iter().all(|member| {
                    if among.is_some_and(|among| !among[*member]) {
                        return false;
                    }
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
        let mut users = Users::of(self.system, requirements);
        for tie in order {
            let members = self.system.ties[tie].clone();
            let is_fixed = |position: &usize| {
                let parts = &requirements[*position].parts;
                !requirements[*position].is_gone()
                    && members.iter().any(|member| kernel.fixes(*member, parts))
                    && !members.iter().any(|member| parts.contains(member))
            };
            if members.is_empty() || users.all(&members).iter().any(is_fixed) {
                continue;
            }
            if self.publish(&members, requirements, &mut users)
                && !members.iter().all(|member| kernel.publish(*member))
            {
                kernel = Kernel::draw(self.system, &self.suppressed);
            }
        }
        requirements.retain(|requirement| !requirement.is_gone());
    }

    /// What becomes of the requirements without what was just published.
    fn without(
        &mut self,
        published: &[usize],
        requirements: &[Requirement],
        users: &Users,
    ) -> Option<Repair> {
        let mut repair = Repair::default();
        let most = (!self.known.new.is_empty()).then_some(self.programs + MOST);
        // What refused last most likely refuses again: fewer worlds are sought in vain.
        let mut affected = users.all(published);
        affected.retain(|position| !requirements[*position].is_gone());
        affected.sort_by_key(|position| {
            let requirement = &requirements[*position];
            std::cmp::Reverse(self.refusals.get(&(requirement.parts.clone(), requirement.width)).copied())
        });
        for position in affected {
            let requirement = &requirements[position];
            if requirement.parts.iter().any(|part| published.contains(part)) {
                repair.gone.push(position);
                continue;
            }
            let moves_it = |witness: &Witness| {
                published
                    .iter()
                    .any(|member| witness.movement.binary_search_by_key(member, |(moved, _)| *moved).is_ok())
            };
            if requirement.witnesses.iter().any(moves_it) {
                for witness in requirement.witnesses.iter().filter(|witness| moves_it(witness)) {
                    self.mend(witness, published, requirement);
                }
                let moved = requirement.witnesses.iter().filter(|witness| moves_it(witness));
                let shortest = moved.min_by_key(|witness| witness.movement.len());
                let near: Vec<usize> = shortest
                    .into_iter()
                    .flat_map(|witness| witness.movement.iter().map(|(variable, _)| *variable))
                    .filter(|variable| self.suppressed[*variable])
                    .chain(published.iter().copied())
                    .collect();
                let kept =
                    requirement.witnesses.iter().filter(|witness| !moves_it(witness)).cloned().collect();
                let Ok(witnesses) = self.cover(requirement, kept, &near, false) else {
                    self.refusals.insert((requirement.parts.clone(), requirement.width), self.programs);
                    return None;
                };
                if most.is_some_and(|most| self.programs > most) {
                    return None;
                }
                repair.changed.push((position, witnesses));
            }
        }
        if self.rules.unions {
            for union in self.given_away(published) {
                for mut requirement in both(&union.parts, union.need, union.fall, &union.shares) {
                    requirement.witnesses = self.cover(&requirement, Vec::new(), published, false).ok()?;
                    repair.added.push(requirement);
                }
            }
        }
        Some(repair)
    }

    /// Adds worlds that prove the same without what was just published, made of a known one and a
    /// multiple of another that cancels it: much cheaper than a linear program, where it works.
    fn mend(&mut self, witness: &Witness, published: &[usize], requirement: &Requirement) {
        let Some(moved) = published.iter().copied().find(|member| witness.of(&[*member]) != 0) else {
            return;
        };
        let limits = |variable| self.insiders.limits(self.system, &[], variable);
        let found = self.by_variable[moved].iter().rev().take(MENDED).find_map(|other| {
            let other = &self.pool[*other];
            // What is published and moves in one of both alone moves in their sum.
            if other.movement.iter().any(|(v, _)| !self.suppressed[*v] && witness.of(&[*v]) == 0) {
                return None;
            }
            let mended = witness.without(other, moved)?;
            let hidden = mended.movement.iter().all(|(variable, _)| self.suppressed[*variable]);
            (hidden && self.serving(&mended, requirement, requirement.width, &limits).is_some())
                .then_some(mended)
        });
        if let Some(found) = found {
            self.remember(found);
        }
    }

    /// What is withheld only for others and can be computed all the same is published, or made to
    /// move: a reader who can work out a withheld value trusts no other one.
    pub(super) fn settle(
        &mut self,
        requirements: &mut Vec<Requirement>,
        seen: &mut BTreeSet<usize>,
    ) -> Result<(), Stuck> {
        let mut kernel = Kernel::draw(self.system, &self.suppressed);
        let mut users: Option<Users> = None;
        loop {
            let is_idle = |variable: &usize| {
                let known = &self.system.variables[*variable];
                self.suppressed[*variable] && !known.hidden && known.wish != Wish::Withhold
            };
            let exact =
                (0..self.suppressed.len()).filter(is_idle).find(|v| kernel.is_exact(*v) && !seen.contains(v));
            let Some(exact) = exact else {
                requirements.retain(|requirement| !requirement.is_gone());
                return Ok(());
            };
            seen.insert(exact);
            let members = self.system.ties[self.system.variables[exact].tie].clone();
            let is_free = |member: &usize| {
                let known = &self.system.variables[*member];
                known.verdict.is_none() && known.wish != Wish::Withhold
            };
            if members.iter().all(is_free) {
                let users = users.get_or_insert_with(|| Users::of(self.system, requirements));
                if self.publish(&members, requirements, users) {
                    if !members.iter().all(|member| kernel.publish(*member)) {
                        kernel = Kernel::draw(self.system, &self.suppressed);
                    }
                    continue;
                }
            }
            let withheld = self.suppressed.clone();
            let variable = &self.system.variables[exact];
            for mut requirement in both(&[exact], 1, variable.down, &variable.shares) {
                self.meet(&mut requirement)?;
                if let Some(users) = &mut users {
                    users.take(requirements.len(), &requirement);
                }
                requirements.push(requirement);
            }
            if self.suppressed != withheld {
                kernel = Kernel::draw(self.system, &self.suppressed);
            }
        }
    }

    /// Publishes a tie again when every requirement can do without it.
    fn publish(&mut self, members: &[usize], requirements: &mut Vec<Requirement>, users: &mut Users) -> bool {
        for member in members {
            self.suppressed[*member] = false;
        }
        if let Some(repair) = self.without(members, requirements, users) {
            for (position, witnesses) in repair.changed {
                users.add(position, &witnesses);
                requirements[position].witnesses = witnesses;
            }
            // Places stay, so that who uses what need not be gathered again.
            for position in repair.gone {
                requirements[position].let_go();
            }
            for requirement in repair.added {
                users.take(requirements.len(), &requirement);
                requirements.push(requirement);
            }
            return true;
        }
        for member in members {
            self.suppressed[*member] = true;
        }
        false
    }
}

/// What publishing again changes: new witnesses by position, requirements that fall away, by
/// position, and those that come.
#[derive(Default)]
struct Repair {
    changed: Vec<(usize, Vec<Witness>)>,
    gone: Vec<usize>,
    added: Vec<Requirement>,
}

/// The requirements whose sum or witnesses a variable has, or once had, a part in.
struct Users {
    of_variable: Vec<Vec<usize>>,
}

impl Users {
    fn of(system: &System, requirements: &[Requirement]) -> Self {
        let mut users = Self { of_variable: vec![Vec::new(); system.variables.len()] };
        for (position, requirement) in requirements.iter().enumerate() {
            users.take(position, requirement);
        }
        users
    }

    fn take(&mut self, position: usize, requirement: &Requirement) {
        for part in &requirement.parts {
            self.of_variable[*part].push(position);
        }
        self.add(position, &requirement.witnesses);
    }

    fn add(&mut self, position: usize, witnesses: &[Witness]) {
        for (variable, _) in witnesses.iter().flat_map(|witness| &witness.movement) {
            if self.of_variable[*variable].last() != Some(&position) {
                self.of_variable[*variable].push(position);
            }
        }
    }

    /// Of several variables, in their order.
    fn all(&self, variables: &[usize]) -> Vec<usize> {
        let mut all: Vec<usize> =
            variables.iter().flat_map(|variable| self.of_variable[*variable].iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}
