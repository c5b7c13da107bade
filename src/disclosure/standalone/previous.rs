//! Stable patterns: what the last release withheld is cheaper to withhold again, so that fewer
//! cells change sides from one release to the next.

use super::microdata::source;
use super::output::CONFIDENTIAL;
use super::policy::Policy;
use super::{Prepared, StandaloneError};
use crate::disclosure::system::Wish;
use std::collections::BTreeSet;

pub(super) fn prefer(
    policy: &Policy,
    files: &[(String, super::Rows)],
    prepared: &mut Prepared,
) -> Result<(), StandaloneError> {
    let Some(file) = &policy.previous else { return Ok(()) };
    let rows = source(policy, files, Some(file))?;
    let (table, status) = (rows.column("table")?, rows.column("statut")?);
    for (declared, dimensions) in prepared.tables.iter().zip(&prepared.dimensions) {
        let columns = dimensions.iter().map(|name| rows.column(name)).collect::<Result<Vec<_>, _>>();
        // A table that is new, or has a new dimension, was not in the last release.
        let Ok(columns) = columns else { continue };
        let withheld: BTreeSet<Vec<&str>> = rows
            .rows
            .iter()
            .filter(|row| row[table] == declared.name && row[status] == CONFIDENTIAL)
            .map(|row| columns.iter().map(|column| row[*column].as_str()).collect())
            .collect();
        for (codes, variable) in &declared.cells {
            let known = &mut prepared.system.variables[*variable];
            let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
            if known.wish == Wish::None && withheld.contains(&codes) {
                known.wish = Wish::PreferWithhold;
            }
        }
    }
    Ok(())
}
