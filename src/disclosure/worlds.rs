//! Worlds: the known ones first, else the cheapest that a linear program finds.

use super::attacker::Attacker;
use super::program::{self, Costs, Goal};
use super::search::{Requirement, Search};
use super::system::{Role, Wish};
use super::witness::{Limits, Witness, exact};

/// Share of its cost that a withheld variable still has, so that witnesses stay sparse.
const FREE: f64 = 1e-4;
/// Newest witnesses of a variable that are tried before a linear program.
const TRIED: usize = 128;
/// Most that a unit of movement costs more in a variable that is too small for it.
const MOST_LACK: f64 = 64.0;
/// Neighbourhoods that are tried to publish again, and up to how many variables one more is.
const SPARED: usize = 2;
const SPARED_MORE: usize = 4000;

/// Why there is no world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoWorld {
    /// No movement reaches the width, not even of everything that may be withheld.
    None,
    /// One does, but it was not made exact.
    Inexact,
}

/// What a unit of movement costs more in a variable that cannot carry all of it: withholding is
/// paid once for the whole of it.
#[expect(clippy::cast_precision_loss, reason = "weights only order the choices")]
fn lack(amount: i64, width: i64) -> f64 {
    (width.unsigned_abs() as f64 / amount.unsigned_abs().max(1) as f64).clamp(1.0, MOST_LACK)
}

/// A limit less what rounding may take.
fn drawn_in(limit: i64) -> i64 {
    (limit - 2 - limit / 100_000).max(0)
}

impl Search<'_> {
    /// A witness against one attacker: a known one, or the cheapest.
    ///
    /// # Errors
    /// Whether there is none, or none that was made exact.
    pub(super) fn witness(
        &mut self,
        requirement: &Requirement,
        attacker: &Attacker,
        width: i64,
        near: &[usize],
        grow: bool,
    ) -> Result<Witness, NoWorld> {
        let (system, insiders) = (self.system, self.insiders);
        let limits = |variable| insiders.limits(system, attacker, variable);
        for part in &requirement.parts {
            for known in self.by_variable[*part].iter().rev().take(TRIED) {
                let known = &self.pool[*known];
                if known.movement.iter().all(|(variable, _)| self.suppressed[*variable])
                    && let Some(found) = self.serving(known, requirement, width, &limits)
                {
                    return Ok(found);
                }
            }
        }
        let costs = |variable: usize| {
            if self.suppressed[variable] {
                return Some(FREE * self.costs[variable]);
            }
            let is_open = grow
                && self.system.ties[self.system.variables[variable].tie]
                    .iter()
                    .all(|member| self.system.variables[*member].wish != Wish::Publish);
            is_open.then(|| self.costs[variable] * lack(system.variables[variable].amount, width))
        };
        // Where rounding would pass a limit, the limits are drawn in and the search repeated.
        let narrow = |variable| {
            let (down, up) = limits(variable);
            (down.map(drawn_in), up.map(drawn_in))
        };
        // Gaps that stay as they are tie the measures on both sides together: much smaller programs.
        let rigid = |variable: usize| {
            if system.variables[variable].role == Role::Gap { None } else { costs(variable) }
        };
        // What is new tonight moves first without what earlier nights fix: smaller still.
        let known = self.known;
        let is_new = |variable: usize| known.new.get(variable).copied().unwrap_or(false);
        let fresh = |variable: usize| {
            let is_open = is_new(variable) && self.suppressed[variable];
            is_open.then(|| FREE * self.costs[variable])
        };
        let are_new = requirement.parts.iter().all(|part| is_new(*part));
        let goal = Goal { parts: &requirement.parts, width };
        let has_gaps = system.variables.iter().any(|variable| variable.role == Role::Gap);
        // What is only asked whether it can be spared is not worth the largest programs.
        let spared = match (known.new.is_empty(), system.variables.len() <= SPARED_MORE) {
            (false, _) => 1,
            (true, false) => SPARED,
            (true, true) => SPARED + 1,
        };
        let sizes = if grow { &program::SIZES[..] } else { &program::SPARE[..=spared] };
        let ways: [(bool, Costs<'_>); 3] = [(are_new, &fresh), (has_gaps, &rigid), (true, &costs)];
        let mut programs = 0;
        let mut solve = |costs: Costs<'_>| -> Result<[Witness; 2], NoWorld> {
            let within: [Limits<'_>; 2] = [&limits, &narrow];
            let mut why = NoWorld::None;
            for within in within {
                programs += 1;
                // What is not possible is less so within narrower limits.
                let Some(found) = program::movement(system, goal, near, costs, within, sizes) else { break };
                why = NoWorld::Inexact;
                let found = exact(system, &found);
                let scaled =
                    found.as_ref().and_then(|found| self.serving(found, requirement, width, &limits));
                if let Some((found, scaled)) = found.zip(scaled) {
                    return Ok([found, scaled]);
                }
            }
            Err(why)
        };
        // With gaps that move more is possible: the last way has the last word.
        let mut found = Err(NoWorld::None);
        for (_, costs) in ways.into_iter().filter(|(differs, _)| *differs) {
            found = solve(costs);
            if found.is_ok() {
                break;
            }
        }
        self.programs += programs;
        let [found, scaled] = found?;
        for (variable, _) in &found.movement {
            if !self.suppressed[*variable] {
                self.withhold(*variable).map_err(|_| NoWorld::None)?;
            }
        }
        self.remember(found);
        Ok(scaled)
    }

    /// Keeps a world for what it may prove later.
    pub(super) fn remember(&mut self, world: Witness) {
        for (variable, _) in &world.movement {
            self.by_variable[*variable].push(self.pool.len());
        }
        self.pool.push(world);
    }
}
