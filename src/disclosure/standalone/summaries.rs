//! Whether the summary of a margin can be that of its parts.

use super::StandaloneError;
use super::rows::Rows;
use crate::disclosure::cells::Axis;
use crate::disclosure::rules::Summary;
use crate::disclosure::system::System;
use std::collections::BTreeMap;

/// Refuses a margin that its parts contradict, by its name. A crossing that is not given has nobody.
pub(super) fn check(
    rows: &Rows,
    system: &System,
    summaries: &BTreeMap<usize, Summary>,
    axes: &[Axis],
    cells: &BTreeMap<Vec<usize>, usize>,
) -> Result<(), StandaloneError> {
    let name = |variable: usize| system.variables[variable].name.as_str();
    for (codes, margin) in cells {
        let Some(whole) = summaries.get(margin) else { continue };
        for (dimension, axis) in axes.iter().enumerate() {
            let mut child = codes.clone();
            let mut parts: Vec<usize> = Vec::new();
            for code in &axis.children[codes[dimension]] {
                child[dimension] = *code;
                parts.extend(cells.get(&child));
            }
            let mut most = Some(0_usize);
            for part in &parts {
                let Some(known) = summaries.get(part) else {
                    // A sum that the table does not give: how many it has is not known.
                    most = None;
                    continue;
                };
                most = most.map(|most| most.saturating_add(known.count));
                let fault = if known.largest > whole.largest {
                    "has a smaller largest contribution than"
                } else if known.count > whole.count {
                    "has fewer contributors than"
                } else {
                    continue;
                };
                return Err(refused(rows, &format!("{} {fault} its part {}", name(*margin), name(*part))));
            }
            if !parts.is_empty() && most.is_some_and(|most| whole.count > most) {
                let cause = format!("{} has more contributors than its parts together", name(*margin));
                return Err(refused(rows, &cause));
            }
        }
    }
    Ok(())
}

fn refused(rows: &Rows, cause: &str) -> StandaloneError {
    rows.refuse(
        format!("the cell {cause}"),
        "correct the number and the largest of the contributions of one of them",
    )
}
