//! The engine alone: a table, a policy, and the files that come of them.
//!
//! Pure: bytes in, bytes out. `commands` reads and writes.

#[cfg(test)]
mod attack;
mod cells;
mod checks;
mod decimal;
mod explanations;
#[cfg(test)]
mod explanations_tests;
#[cfg(test)]
mod files_tests;
mod forced;
mod identities;
#[cfg(test)]
mod input_tests;
#[cfg(test)]
mod levels_attack;
mod microdata;
mod output;
mod policy;
mod previous;
#[cfg(test)]
mod ring_attack;
mod rows;
mod summaries;
#[cfg(test)]
mod tests;

use super::certificate::NamedCells;
use super::remembered::Known;
use super::rules::{Rules, Summary};
use super::search::Pattern;
use super::solve::solve;
use super::system::System;
use crate::clock::Stopwatch;
use std::collections::{BTreeMap, BTreeSet};

pub use policy::{Policy, parse};
pub use rows::Rows;

/// What may help where the policy says what everybody knows beforehand.
const WIDER: &str =
    "; or widen `bounds`: with what everybody knows beforehand there may be no second world for the cell";

/// Input that cannot be protected, or a policy that does not fit it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StandaloneError {
    /// The policy is wrong.
    #[error("the policy `{file}` cannot be used: {cause}\nhelp: {repair}")]
    Policy {
        /// The file.
        file: String,
        /// What is wrong, with line and column where known.
        cause: String,
        /// What to do.
        repair: String,
    },
    /// The input is wrong.
    #[error("`{file}`{place}: {cause}\nhelp: {repair}")]
    Input {
        /// The file.
        file: String,
        /// Line and column, or nothing.
        place: String,
        /// What is wrong; holds no amount.
        cause: String,
        /// What to do.
        repair: String,
    },
    /// The tables cannot be protected.
    #[error(transparent)]
    Disclosure(#[from] super::DisclosureError),
    /// The tables cannot be protected, and what everybody is taken to know may be why.
    #[error("{0}{WIDER}")]
    Bounded(super::DisclosureError),
    /// A cell cannot be protected beside those that must be published.
    #[error(
        "the cell {cell} cannot be protected in its table: its equations hang together with entries of `cells` that must be published: {entries}\nhelp: write `prefer_publish` in one of them, or take it out; else publish fewer margins, or make the categories coarser{bounds}"
    )]
    Hemmed {
        /// Table and codes of the cell.
        cell: String,
        /// These entries of the policy, by their place, with their cells.
        entries: String,
        /// What else may be why, or nothing.
        bounds: &'static str,
    },
}

/// What the front ends hand to the engine.
#[derive(Debug)]
pub(super) struct Prepared {
    pub system: System,
    pub tables: Vec<NamedCells>,
    /// Dimensions of each table, in the order of the policy.
    pub dimensions: Vec<Vec<String>>,
    /// Names of the holdings, by number.
    pub holdings: Vec<String>,
    /// Margins that a table does not give, by its place and their codes: everybody adds them up, and nobody
    /// reads of them there.
    pub added: BTreeSet<(usize, Vec<String>)>,
    /// Of cells instead of records, what is known of who stands behind each variable.
    pub summaries: BTreeMap<usize, Summary>,
    /// What tables in a ring fix together was taken into account, or there is no ring.
    pub rings_checked: bool,
}

/// The written result.
#[derive(Debug)]
pub struct Outcome {
    /// Name and content of each file that may be published.
    pub public: Vec<(&'static str, Vec<u8>)>,
    /// Name and content of each file that must stay private.
    pub private: Vec<(&'static str, Vec<u8>)>,
    /// Cells, primary and complementary suppressions of each table.
    pub counts: Vec<(String, usize, usize, usize)>,
    /// Amounts that have more places than the policy declares, and were rounded.
    pub rounded: usize,
}

/// Protects the tables of a policy.
///
/// Input: the parsed policy, the files that it or the command line names, by name. Output: the
/// content of `cells.csv`, `cells.parquet`, `report.json`, `explanations.csv` and
/// `certificate.json`.
///
/// # Errors
/// The first thing that is wrong with the input, or the cell that cannot be protected.
pub fn run(policy: &Policy, files: &[(String, Rows)]) -> Result<Outcome, StandaloneError> {
    let begun = Stopwatch::start();
    checks::input(policy, files)?;
    let mut prepared =
        if policy.is_cells() { cells::prepare(policy, files)? } else { microdata::prepare(policy, files)? };
    let rounded = rounded(policy, files)?;
    policy.apply(&mut prepared)?;
    previous::prefer(policy, files, &mut prepared)?;
    let built = begun.milliseconds();
    let rules = Rules { coalitions: policy.coalitions(&prepared.holdings)?, ..policy.rules() };
    let (pattern, certificate, _) = solve(
        &mut prepared.system,
        &rules,
        policy.cost(),
        &rules.coalitions,
        &prepared.tables,
        &|_, _| Vec::new(),
        &|_| Known::default(),
    )
    .map_err(|unsolved| forced::told(policy, &prepared, unsolved))?;
    // The certificate adds up margins that a table does not give.
    let Prepared { tables, added, .. } = &mut prepared;
    for (place, table) in tables.iter_mut().enumerate() {
        table.cells.retain(|(codes, _)| !added.contains(&(place, codes.clone())));
    }
    output::write(
        (policy, &rules),
        &prepared,
        &pattern,
        (certificate, rounded),
        [built, begun.milliseconds()],
    )
}

/// Amounts of the tables that the declared places cannot hold.
fn rounded(policy: &Policy, files: &[(String, Rows)]) -> Result<usize, StandaloneError> {
    let mut sources = BTreeMap::new();
    for table in &policy.tables {
        let rows = microdata::source(policy, files, table.file.as_deref())?;
        sources.insert(rows.file.as_str(), rows);
    }
    let mut rounded = 0;
    for rows in sources.values() {
        let value = rows.column(&policy.value)?;
        rounded += rows.rows.iter().filter(|row| decimal::is_rounded(&row[value], policy.decimals)).count();
    }
    Ok(rounded)
}

/// Cells, primary and complementary suppressions, as names count.
fn counts(table: &NamedCells, pattern: &Pattern) -> (usize, usize, usize) {
    let withheld = table.cells.iter().filter(|(_, variable)| pattern.suppressed[*variable]);
    let (primary, complementary): (Vec<_>, Vec<_>) = withheld.partition(|(_, variable)| {
        pattern.reasons.get(variable).is_some_and(|reason| *reason != super::Reason::Complementary)
    });
    (table.cells.len(), primary.len(), complementary.len())
}
