//! From a system to a pattern whose certificate the second program accepted.

use super::certificate::{self, Earlier, NamedCells};
use super::costs::Cost;
use super::error::DisclosureError;
use super::hierarchies::Hierarchies;
use super::remembered::Known;
use super::rules::Rules;
use super::search::{self, Pattern, Stuck};
use super::subtracted::Subtracted;
use super::system::System;
use crate::certificate::Verified;

/// Tables that were not protected.
pub(super) struct Unsolved {
    pub error: DisclosureError,
    /// The variable that cannot be protected, where that is the reason.
    pub variable: Option<usize>,
}

impl From<DisclosureError> for Unsolved {
    fn from(error: DisclosureError) -> Self {
        Self { error, variable: None }
    }
}

/// Finds the pattern, withholds `also` what needs no protection itself, and has its certificate
/// checked by the program that does not know how it was found. `also` says which cells show an
/// earlier value, `known` what the night before proved.
pub(super) fn solve(
    system: &mut System,
    rules: &Rules,
    cost: Cost,
    coalitions: &[Vec<u32>],
    tables: &[NamedCells],
    also: &dyn Fn(&System, &mut Pattern) -> Vec<Earlier>,
    known: &dyn Fn(&System) -> Known,
) -> Result<(Pattern, Vec<u8>, Verified), Unsolved> {
    system.finish().map_err(|equation| DisclosureError::NotAdditive { equation: system.words(equation) })?;
    system.hierarchies = Hierarchies::new(tables);
    system.subtracted = Subtracted::new(tables, &system.variables);
    let name = |variable: usize| system.variables[variable].name.clone();
    let mut pattern =
        search::search(system, rules, cost, coalitions, &known(system)).map_err(|stuck| match stuck {
            Stuck::Infeasible(variable) => Unsolved {
                error: DisclosureError::Infeasible { cell: name(variable) },
                variable: Some(variable),
            },
            Stuck::Forced(variable) => DisclosureError::Forced { cell: name(variable) }.into(),
        })?;
    let earlier = also(system, &mut pattern);
    let certificate = certificate::write(system, rules, coalitions, (tables, &earlier), &pattern)
        .map_err(|error| DisclosureError::Unproven { cause: error.to_string() })?;
    match crate::certificate::verify(&certificate) {
        Ok(verified) => Ok((pattern, certificate, verified)),
        Err(refusal) => Err(DisclosureError::Unproven { cause: refusal.to_string() }.into()),
    }
}
