//! The second program: checks a protection from its certificate, in exact integers, without a
//! solver. It shares no code with the suppressor, only the file format.
//!
//! It derives every equation from the tables and every requirement from the rules again, and
//! accepts a requirement only when a listed witness proves it: another world, consistent with
//! everything published and with what the attacker gave itself, in which the amount is higher,
//! and one in which it is lower, by what the rules ask for.

mod days;
mod falls;
mod format;
mod hierarchies;
mod history;
mod proof;
mod requirements;
mod subtracted;
#[cfg(test)]
mod tests;

pub use history::{Earlier, verify_history};

use chrono::NaiveDate;
use format::Certificate;
use std::collections::{BTreeMap, BTreeSet};

/// What was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// Names of cells, in all tables.
    pub cells: usize,
    /// Names of withheld cells.
    pub withheld: usize,
    /// Equations between the cells.
    pub equations: usize,
    /// Sums that must stay uncertain, each against every attacker, up and down.
    pub requirements: usize,
    /// Worlds that prove it.
    pub witnesses: usize,
}

/// Why a certificate is refused. Cells are named by position: a message may be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not a certificate.
    #[error("the certificate cannot be read: {0}")]
    Malformed(String),
    /// The cells do not add up.
    #[error("the cells of table {table} do not add up at cell {cell}")]
    NotAdditive {
        /// Position of the table.
        table: usize,
        /// Position of the cell in it.
        cell: usize,
    },
    /// What hangs together does not.
    #[error("relation {0} does not hold")]
    Relation(usize),
    /// Two variables hold the same records.
    #[error("variables {0} and {1} are the same set of records")]
    Twice(usize, usize),
    /// The shares of a variable are not its amount.
    #[error("the shares of variable {0} are not its amount")]
    Shares(usize),
    /// An unsafe amount is published.
    #[error("variable {0} is unsafe and published")]
    Unsafe(usize),
    /// Amounts that are known factors of one another are not withheld together.
    #[error("variable {0} is not withheld together with the others of its tie")]
    Tie(usize),
    /// An earlier night is not taken into account.
    #[error("night {night} of the history: {cause}")]
    History {
        /// Position among the nights that count.
        night: usize,
        /// What is not known.
        cause: &'static str,
    },
    /// A requirement has no proof.
    #[error("no witness proves that variables {0:?} can move by what they need")]
    Unproven(Vec<usize>),
    /// What is published is not what was certified.
    #[error("a published value of table {table} is not what was certified: {cause}")]
    Published {
        /// Position of the table.
        table: usize,
        /// What differs.
        cause: &'static str,
    },
    /// What a row says of its day is not the oldest day of its values.
    #[error("the day of row {row} of table {table} is not that of its oldest value")]
    Day {
        /// Position of the table, by name.
        table: usize,
        /// Position of the row in it, by its codes.
        row: usize,
    },
}

/// Published cells of one table: codes, and the value or nothing.
pub type PublishedCells = BTreeMap<Vec<String>, Option<i64>>;

/// Published days of one table: codes, and the day of the row or nothing.
pub type PublishedDays = BTreeMap<Vec<String>, Option<NaiveDate>>;

/// What was published.
#[derive(Debug, Clone, Default)]
pub struct Published {
    /// Cells by `table/measure`.
    pub cells: BTreeMap<String, PublishedCells>,
    /// Days by table.
    pub days: BTreeMap<String, PublishedDays>,
}

/// Checks a certificate.
///
/// # Errors
/// The first thing that is not proven.
pub fn verify(certificate: &[u8]) -> Result<Verified, Refusal> {
    let certificate = format::read(certificate)?;
    check(&certificate)
}

/// Checks a certificate and that nothing but what it allows was published.
///
/// # Errors
/// The first thing that is not proven, or a published value or day that was not certified.
pub fn verify_release(certificate: &[u8], published: &Published) -> Result<Verified, Refusal> {
    let certificate = format::read(certificate)?;
    allows(&certificate, published)?;
    check(&certificate)
}

/// Compares what was published with a certificate that is proven already.
///
/// # Errors
/// A published value or day that was not certified.
pub fn compare(certificate: &[u8], published: &Published) -> Result<(), Refusal> {
    allows(&format::read(certificate)?, published)
}

fn allows(certificate: &Certificate, published: &Published) -> Result<(), Refusal> {
    let earlier: BTreeMap<(&str, &[String]), usize> = certificate
        .earlier
        .iter()
        .map(|(table, codes, variable)| ((table.as_str(), codes.as_slice()), *variable))
        .collect();
    for (position, table) in certificate.tables.iter().enumerate() {
        let differs = |cause| Refusal::Published { table: position, cause };
        let cells = published.cells.get(&table.name).ok_or_else(|| differs("the table is missing"))?;
        let certified: BTreeMap<&[String], usize> =
            table.cells.iter().map(|(codes, variable)| (codes.as_slice(), *variable)).collect();
        for (codes, value) in cells {
            let variable = certified.get(codes.as_slice()).map(|place| &certificate.variables[*place]);
            let Some(value) = value else { continue };
            // A value that waits is the one that was shown before.
            let waits = earlier
                .get(&(table.name.as_str(), codes.as_slice()))
                .map(|place| &certificate.variables[*place]);
            if waits.is_some_and(|shown| !shown.withheld && shown.amount == *value) {
                continue;
            }
            let cause = match variable {
                None => "a cell that is not certified",
                Some(variable) if variable.withheld => "a withheld value",
                Some(variable) if *value != variable.amount => "another amount",
                Some(_) => continue,
            };
            return Err(differs(cause));
        }
    }
    let names: BTreeSet<&String> = certificate.tables.iter().map(|table| &table.name).collect();
    if published.cells.keys().any(|name| !names.contains(name)) {
        let table = certificate.tables.len();
        return Err(Refusal::Published { table, cause: "a table that is not certified" });
    }
    days::check(certificate, published)
}

fn check(certificate: &Certificate) -> Result<Verified, Refusal> {
    let equations = requirements::equations(certificate)?;
    requirements::consistent(certificate)?;
    let needs = requirements::all(certificate, &equations)?;
    proof::check(certificate, &equations, &needs)?;
    let withheld = |(_, variable): &&(Vec<String>, usize)| certificate.variables[*variable].withheld;
    Ok(Verified {
        cells: certificate.tables.iter().map(|table| table.cells.len()).sum(),
        withheld: certificate.tables.iter().map(|table| table.cells.iter().filter(withheld).count()).sum(),
        equations: equations.len(),
        requirements: needs.len(),
        witnesses: certificate.witnesses.len(),
    })
}
