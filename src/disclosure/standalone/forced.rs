//! What to tell when no pattern is found: what the policy wants published may be in the way.

use super::policy::Policy;
use super::{Prepared, StandaloneError};
use crate::disclosure::DisclosureError;
use crate::disclosure::solve::Unsolved;
use crate::disclosure::system::{System, Wish};
use std::collections::BTreeSet;

/// Entries that a message names at most.
const MOST: usize = 12;

/// The error, with the entries of `cells` that surround the cell.
pub(super) fn told(policy: &Policy, prepared: &Prepared, unsolved: Unsolved) -> StandaloneError {
    let Unsolved { error: DisclosureError::Infeasible { cell }, variable: Some(variable) } = unsolved else {
        return unsolved.error.into();
    };
    let forced = nearest(&prepared.system, variable);
    let entries: Vec<String> = policy
        .cells
        .iter()
        .zip(1..)
        .filter(|(wish, _)| wish.variable(prepared).is_some_and(|place| forced.contains(&place)))
        .map(|(wish, place)| format!("{place} ({}[{}])", wish.table, wish.codes.join(", ")))
        .collect();
    if entries.is_empty() {
        return policy.unsolved(DisclosureError::Infeasible { cell });
    }
    let more = entries.len().saturating_sub(MOST);
    let rest = if more > 0 { format!(", and {more} more") } else { String::new() };
    let entries = entries[..entries.len() - more].join(", ") + &rest;
    StandaloneError::Hemmed { cell, entries, bounds: policy.wider() }
}

/// What must be published and stands in the equations of a variable; where nothing does, in those of what
/// stands there, and so on.
fn nearest(system: &System, variable: usize) -> BTreeSet<usize> {
    let is_forced = |variable: &usize| system.variables[*variable].wish == Wish::Publish;
    let mut visited: BTreeSet<usize> = [variable].into();
    let mut edge = vec![variable];
    while !edge.is_empty() {
        let equations: BTreeSet<usize> =
            edge.iter().flat_map(|variable| &system.incident[*variable]).copied().collect();
        let terms = equations.iter().flat_map(|equation| &system.equations[*equation].terms);
        // What is tied to it is withheld with it.
        let tied = terms.flat_map(|(term, _)| &system.ties[system.variables[*term].tie]);
        let around: BTreeSet<usize> = tied.copied().filter(|term| !visited.contains(term)).collect();
        let forced: BTreeSet<usize> = around.iter().copied().filter(is_forced).collect();
        if !forced.is_empty() {
            return forced;
        }
        visited.extend(&around);
        edge = around.into_iter().collect();
    }
    BTreeSet::new()
}
