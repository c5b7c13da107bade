//! Complementary suppression: sequential linear programming with witnesses.
//!
//! Method: Fischetti and Salazar's attacker's problem; `y = y+ - y-`, movements nearly free
//! inside the withheld set, primaries in decreasing need. The set only grows, so that every
//! exact witness stays valid. A witness found for one cell serves every cell that it moves enough.

use super::attacker::Insiders;
use super::costs::{self, Cost};
use super::error::Reason;
use super::kernel::Kernel;
use super::optimum;
use super::remembered::Known;
use super::rules::{Rules, Share};
use super::system::{System, Wish};
use super::witness::Witness;
use super::worlds::NoWorld;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

/// Variables up to which several tries are made, and their number.
const SMALL: usize = 1000;
const TRIES: u64 = 8;
/// Variables up to which the cheapest pattern is searched for, and proven.
const PROVEN: usize = 500;
/// Linear programs at most, or so many times what the first pattern took: for the patterns that the proof
/// proposes, and as many again for tries and repairs.
const MOST: (u64, u64) = (3_000, 15);
/// What withholding costs less where it is wanted.
const WANTED: f64 = 1e-4;

/// A sum of withheld variables must be able to move by a signed width.
#[derive(Debug, Clone)]
pub(super) struct Requirement {
    pub parts: Vec<usize>,
    pub width: i64,
    /// Of the sum, for what insiders must be kept from.
    pub shares: Vec<Share>,
    /// Every attacker is answered by one of them.
    pub witnesses: Vec<Witness>,
}

impl Requirement {
    /// Lets it go, in its place.
    pub(super) fn let_go(&mut self) {
        self.parts.clear();
        self.witnesses.clear();
    }

    /// Whether nothing is left to prove.
    pub(super) fn is_gone(&self) -> bool {
        self.parts.is_empty()
    }
}

/// What may not be published, and the proof that it is enough.
#[derive(Debug, Default)]
pub(super) struct Pattern {
    pub suppressed: Vec<bool>,
    pub reasons: BTreeMap<usize, Reason>,
    pub requirements: Vec<Requirement>,
    /// Its price, and what every safe pattern costs at least; none where that was not asked for.
    pub bound: Option<(i128, i128)>,
}

/// Why there is no pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stuck {
    /// The variable cannot be protected.
    Infeasible(usize),
    /// The variable must be published and is unsafe.
    Forced(usize),
}

/// What is withheld so far, and the worlds that were found.
pub(super) struct Search<'a> {
    pub system: &'a System,
    pub rules: &'a Rules,
    pub coalitions: &'a [Vec<u32>],
    pub insiders: &'a Insiders,
    /// What the night before proved.
    pub known: &'a Known,
    pub costs: Vec<f64>,
    pub suppressed: Vec<bool>,
    /// Movements of everything, were nothing published.
    pub whole: OnceCell<Kernel>,
    pub pool: Vec<Witness>,
    pub by_variable: Vec<Vec<usize>>,
    /// Linear programs so far.
    pub programs: u64,
    /// Requirements for which something stayed withheld, with the linear programs until then.
    pub refusals: BTreeMap<(Vec<usize>, i64), u64>,
    /// Draws the order in which requirements are met; none: the largest first.
    pub order: Option<u64>,
    /// Once it is done.
    pub requirements: Vec<Requirement>,
}

/// Finds the pattern: the one that withholds least of several tries with shaken weights, then of
/// many repairs, where the fewest cells are asked for and the system is small.
///
/// # Errors
/// When a variable cannot be protected with what may be withheld.
pub(super) fn search(
    system: &System,
    rules: &Rules,
    cost: Cost,
    coalitions: &[Vec<u32>],
    known: &Known,
) -> Result<Pattern, Stuck> {
    let insiders = Insiders::new(system, coalitions);
    let scene = (coalitions, &insiders);
    let attempt = |costs: Vec<f64>| attempt(system, rules, costs, scene, known);
    let mut best = attempt(costs::costs(system, cost, 0))?;
    let first = best.programs.max(1);
    let most = MOST.0.max(MOST.1.saturating_mul(first));
    let mut least = None;
    if cost != Cost::Balanced && system.variables.len() <= PROVEN {
        let own = best.costs.clone();
        let price = best.price(cost).0;
        let mut spent = 0;
        least = Some(optimum::search(system, cost, price, &mut |wanted| {
            // What is not tried is not proven.
            if spent >= most {
                return best.price(cost).0;
            }
            let costs = own.iter().zip(wanted).map(|(own, wanted)| if *wanted { own * WANTED } else { *own });
            let next = attempt(costs.collect());
            spent += next.as_ref().map_or(first, |next| next.programs);
            if let Ok(next) = next
                && next.price(cost) < best.price(cost)
            {
                best = next;
            }
            best.price(cost).0
        }));
    }
    let is_proven = least == Some(best.price(cost).0);
    if cost == Cost::Fewest && system.variables.len() <= SMALL && !is_proven {
        let mut spent = 0;
        for seed in 1..TRIES {
            if spent >= most {
                break;
            }
            let next = attempt(costs::costs(system, cost, seed));
            spent += next.as_ref().map_or(first, |next| next.programs);
            let Ok(next) = next else { continue };
            if next.price(cost) < best.price(cost) {
                best = next;
            }
        }
        best.improve(cost, most.saturating_sub(spent));
    }
    let bound = least.map(|least| (best.price(cost).0, least));
    Ok(Pattern { bound, ..best.pattern() })
}

fn attempt<'a>(
    system: &'a System,
    rules: &'a Rules,
    costs: Vec<f64>,
    (coalitions, insiders): (&'a [Vec<u32>], &'a Insiders),
    known: &'a Known,
) -> Result<Search<'a>, Stuck> {
    let mut search = Search {
        system,
        rules,
        coalitions,
        insiders,
        known,
        costs,
        suppressed: vec![false; system.variables.len()],
        whole: OnceCell::new(),
        pool: Vec::new(),
        by_variable: vec![Vec::new(); system.variables.len()],
        programs: 0,
        refusals: BTreeMap::new(),
        order: None,
        requirements: Vec::new(),
    };
    let mut requirements = Vec::new();
    for (position, variable) in system.variables.iter().enumerate() {
        if let Some(verdict) = variable.verdict {
            if variable.wish == Wish::Publish {
                return Err(Stuck::Forced(position));
            }
            let fall = insiders.fall(system, &[], position);
            requirements.extend(both(&[position], verdict.need, fall, &variable.shares));
        }
        if variable.hidden || variable.verdict.is_some() || variable.wish == Wish::Withhold {
            search.withhold(position)?;
        }
    }
    for (position, _) in known.withheld.iter().enumerate().filter(|(_, withheld)| **withheld) {
        if search.may_withhold(position) {
            search.withhold(position)?;
        }
    }
    for world in known.proofs.values().flatten() {
        search.remember(world.clone());
    }
    let open = (0..requirements.len()).collect();
    let spared = (!known.new.is_empty()).then_some(known.new.as_slice());
    search.protect(&mut requirements, open, spared)?;
    search.requirements = requirements;
    Ok(search)
}

/// A requirement up, and one down as far as there is anything to fall.
pub(super) fn both(parts: &[usize], need: i64, fall: Option<i64>, shares: &[Share]) -> Vec<Requirement> {
    let down = fall.map_or(need, |fall| need.min(fall));
    [need, -down]
        .into_iter()
        .filter(|width| *width != 0)
        .map(|width| Requirement {
            parts: parts.to_vec(),
            width,
            shares: shares.to_vec(),
            witnesses: Vec::new(),
        })
        .collect()
}

impl Search<'_> {
    /// Proves the open requirements and what follows of them, then publishes again what is not
    /// needed: of everything, or of some variables.
    pub(super) fn protect(
        &mut self,
        requirements: &mut Vec<Requirement>,
        mut open: Vec<usize>,
        spared: Option<&[bool]>,
    ) -> Result<(), Stuck> {
        let mut exact: BTreeSet<usize> = BTreeSet::new();
        let mut is_clean = false;
        loop {
            // Largest need first: what it withholds protects the smaller ones too.
            open.sort_by_key(|position| {
                let requirement = &requirements[*position];
                (
                    self.order.map(|seed| costs::shaken(seed, *position as u64).to_bits()),
                    std::cmp::Reverse(requirement.width.unsigned_abs()),
                    requirement.parts.clone(),
                    requirement.width,
                )
            });
            for position in open {
                self.meet(&mut requirements[position])?;
            }
            open = self.unions(requirements);
            if open.is_empty() {
                if !std::mem::replace(&mut is_clean, true) {
                    self.clean(requirements, spared);
                }
                self.settle(requirements, &mut exact)?;
                open = self.unions(requirements);
            }
            if open.is_empty() {
                return Ok(());
            }
        }
    }

    /// What withholding costs.
    pub(super) fn price(&self, cost: Cost) -> (i128, i128) {
        costs::price(self.system, cost, &self.suppressed)
    }

    fn pattern(self) -> Pattern {
        let reason = |variable: usize| {
            let verdict = self.system.variables[variable].verdict;
            verdict.map_or(Reason::Complementary, |verdict| verdict.reason)
        };
        let withheld = (0..self.suppressed.len()).filter(|variable| self.suppressed[*variable]);
        let reasons = withheld.map(|variable| (variable, reason(variable))).collect();
        Pattern { suppressed: self.suppressed, reasons, requirements: self.requirements, bound: None }
    }

    pub(super) fn withhold(&mut self, variable: usize) -> Result<(), Stuck> {
        for member in &self.system.ties[self.system.variables[variable].tie] {
            if self.system.variables[*member].wish == Wish::Publish {
                return Err(Stuck::Forced(*member));
            }
            self.suppressed[*member] = true;
        }
        Ok(())
    }

    /// Proves a requirement, and withholds what that takes.
    pub(super) fn meet(&mut self, requirement: &mut Requirement) -> Result<(), Stuck> {
        loop {
            let stuck = Stuck::Infeasible(requirement.parts[0]);
            match self.cover(requirement, self.proven(requirement), &[], true) {
                Ok(found) => {
                    requirement.witnesses = found;
                    return Ok(());
                }
                Err(NoWorld::None) => return Err(stuck),
                // What the solver cannot make exact gets more freedom, until none is left.
                Err(NoWorld::Inexact) => {
                    let neighbour = self.neighbour(&requirement.parts).ok_or(stuck)?;
                    self.withhold(neighbour)?;
                }
            }
        }
    }

    /// Worlds of the night before that move a sum the same way, while all that they move is withheld.
    fn proven(&self, requirement: &Requirement) -> Vec<Witness> {
        let known = self.known.proofs.get(&requirement.parts).into_iter().flatten();
        let serves = |world: &&Witness| {
            world.of(&requirement.parts).signum() == i128::from(requirement.width.signum())
                && world.movement.iter().all(|(variable, _)| self.suppressed[*variable])
        };
        known.filter(serves).cloned().collect()
    }

    fn may_withhold(&self, variable: usize) -> bool {
        let tie = &self.system.ties[self.system.variables[variable].tie];
        tie.iter().all(|member| self.system.variables[*member].wish != Wish::Publish)
    }

    /// The cheapest published variable in an equation with the parts, or with what is withheld.
    fn neighbour(&self, parts: &[usize]) -> Option<usize> {
        let open = |variable: &usize| !self.suppressed[*variable] && self.may_withhold(*variable);
        let mut visited: BTreeSet<usize> = parts.iter().copied().collect();
        let mut edge: Vec<usize> = parts.to_vec();
        while !edge.is_empty() {
            let mut around: Vec<usize> = edge
                .iter()
                .flat_map(|variable| &self.system.incident[*variable])
                .flat_map(|equation| {
                    self.system.equations[*equation].terms.iter().map(|(variable, _)| *variable)
                })
                .collect();
            around.sort_unstable();
            around.dedup();
            let by_cost = |left: &usize, right: &usize| {
                self.costs[*left].total_cmp(&self.costs[*right]).then(left.cmp(right))
            };
            if let Some(found) = around.iter().copied().filter(open).min_by(by_cost) {
                return Some(found);
            }
            edge = around.into_iter().filter(|variable| visited.insert(*variable)).collect();
        }
        None
    }
}
