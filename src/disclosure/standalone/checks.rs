//! What the rows must be before anything is computed from them.

use super::microdata::{is_missing, source};
use super::policy::{Hierarchy, Policy};
use super::rows::Rows;
use super::{StandaloneError, decimal};
use crate::disclosure::cells::TOTAL;
use std::collections::{BTreeMap, BTreeSet};

/// Lines that a message names at most.
const MOST_LINES: usize = 12;

pub(super) const TOO_LARGE: &str = "the amount is too large: in units of the last place it is over 2^63";
pub(super) const SMALLER: &str = "give the amounts in a larger unit, or declare fewer `decimals`";

/// Where a contributor was met first.
struct Met<'a> {
    holding: &'a str,
    file: &'a str,
    line: usize,
}

/// Checks all rows that a policy names.
pub(super) fn input(policy: &Policy, files: &[(String, Rows)]) -> Result<(), StandaloneError> {
    tops(policy, files)?;
    let sources: BTreeSet<Option<&str>> = policy.tables.iter().map(|table| table.file.as_deref()).collect();
    let mut met = BTreeMap::new();
    for file in sources {
        let rows = source(policy, files, file)?;
        amounts(policy, rows)?;
        if !policy.is_cells() {
            contributors(policy, rows, &mut met)?;
        }
    }
    if policy.is_cells() { Ok(()) } else { totals(policy, files) }
}

/// `Total` stands above every code and below none.
fn tops(policy: &Policy, files: &[(String, Rows)]) -> Result<(), StandaloneError> {
    for hierarchy in policy.hierarchies.values() {
        let Hierarchy::File(file) = hierarchy else { continue };
        let rows = source(policy, files, Some(file))?;
        let (code, parent) = (rows.column("code")?, rows.column("parent")?);
        let is_below =
            |row: &Vec<String>| row[code] == TOTAL && !row[parent].is_empty() && row[parent] != TOTAL;
        if let Some(position) = rows.rows.iter().position(is_below) {
            let cause = "`Total` is the top of every hierarchy and has no parent";
            return Err(rows.fault(
                position,
                parent,
                cause,
                "take the row out, or give the code another name",
            ));
        }
    }
    Ok(())
}

/// A number that is none of ours because of its size is told apart from what is no number.
fn amounts(policy: &Policy, rows: &Rows) -> Result<(), StandaloneError> {
    let value = rows.column(&policy.value)?;
    let large = rows.rows.iter().position(|row| decimal::is_too_large(&row[value], policy.decimals));
    large.map_or(Ok(()), |position| Err(rows.fault(position, value, TOO_LARGE, SMALLER)))
}

/// One contributor in several holdings would count as several, and be protected from itself.
fn contributors<'a>(
    policy: &Policy,
    rows: &'a Rows,
    met: &mut BTreeMap<&'a str, Met<'a>>,
) -> Result<(), StandaloneError> {
    let (Some(contributor), Some(holding)) = (&policy.contributor, &policy.holding) else { return Ok(()) };
    let (contributor, holding) = (rows.column(contributor)?, rows.column(holding)?);
    for (position, row) in rows.rows.iter().enumerate() {
        let (name, group) = (row[contributor].as_str(), row[holding].as_str());
        // What is missing is told with the rows themselves.
        if is_missing(name) || is_missing(group) {
            continue;
        }
        let first =
            met.entry(name).or_insert(Met { holding: group, file: &rows.file, line: rows.line(position) });
        if first.holding != group {
            let own = rows.rows.iter().enumerate().filter(|(_, row)| row[contributor] == name);
            let lines: Vec<String> =
                own.take(MOST_LINES).map(|(position, _)| rows.line(position).to_string()).collect();
            let cause = format!(
                "its contributor is in another holding at line {} of `{}` (its rows here: lines {})",
                first.line,
                first.file,
                lines.join(", ")
            );
            return Err(rows.fault(position, holding, &cause, "give all rows of a contributor one holding"));
        }
    }
    Ok(())
}

/// The largest sum of a table is its grand total.
fn totals(policy: &Policy, files: &[(String, Rows)]) -> Result<(), StandaloneError> {
    for table in &policy.tables {
        let rows = source(policy, files, table.file.as_deref())?;
        let value = rows.column(&policy.value)?;
        let amounts = rows.rows.iter().filter_map(|row| decimal::read(&row[value], policy.decimals));
        let total: i128 = amounts.map(i128::from).sum();
        if total > i128::from(i64::MAX) {
            let cell = vec![TOTAL; table.dimensions.len()].join(", ");
            let cause = format!(
                "the sum of the cell {}[{cell}] is too large: in units of the last place it is over 2^63",
                table.name
            );
            return Err(rows.refuse(cause, SMALLER));
        }
    }
    Ok(())
}
