//! What is printed of each cell: its value, an older one, or the word that stands for it.

use super::cells::{Crossing, Cube, Measure};
use super::error::Reason;
use super::nights::Shown;
use super::protect::codes;
use super::protected::{Explanation, ProtectedRow, ProtectedTable, Published};
use super::search::Pattern;
use super::stack::History;
use super::system::System;

/// Whether a cell is one of some, by `table/measure`; without a list every cell is.
pub(super) fn is_among(cells: Option<&Shown>, name: &str, codes: &[String]) -> bool {
    cells.is_none_or(|cells| cells.get(name).is_some_and(|cells| cells.contains(codes)))
}

/// Every crossing of the codes that occur, sorted; what was counted nowhere is zero. An older value is printed
/// only where it `may_wait`.
pub(super) fn printed(
    cube: &Cube,
    crossings: &[Crossing],
    (system, pattern): (&System, &Pattern),
    (history, may_wait): (&History, Option<&Shown>),
) -> (ProtectedTable, Vec<Explanation>) {
    let mut explanations = Vec::new();
    let mut rows = Vec::with_capacity(crossings.len());
    for crossing in crossings {
        let dimensions = codes(cube, crossing);
        let explanation = |measure: &Measure, reason: Reason| Explanation {
            table: cube.name.clone(),
            measure: measure.name.clone(),
            dimensions: dimensions.clone(),
            reason,
        };
        let mut values = Vec::with_capacity(cube.measures.len());
        for (position, (variable, measure)) in crossing.variables.iter().zip(&cube.measures).enumerate() {
            let is_shown = variable.is_some_and(|variable| !pattern.suppressed[variable]);
            let older = history.last_shown(cube, position, crossing).filter(|_| !is_shown);
            let gone =
                measure.withdrawn || measure.is_total_only || cube.measures[measure.base(position)].withdrawn;
            let named = || format!("{}/{}", cube.name, measure.name);
            let reason = match (older, variable) {
                (Some(older), _) if is_among(may_wait, &named(), &dimensions) => {
                    values.push(Published::Value(system.variables[older].amount));
                    continue;
                }
                (Some(_), _) => Reason::Outdated,
                (None, None) if gone => Reason::Withdrawn,
                (None, None) => {
                    values.push(Published::Unknown);
                    continue;
                }
                (None, Some(variable)) if pattern.suppressed[*variable] => {
                    pattern.reasons.get(variable).copied().unwrap_or(Reason::Complementary)
                }
                (None, Some(variable)) => {
                    values.push(Published::Value(system.variables[*variable].amount));
                    continue;
                }
            };
            values.push(Published::Confidential);
            explanations.push(explanation(measure, reason));
        }
        // Beside a withheld value, “unknown” would tell that the crossing is not empty.
        if values.contains(&Published::Confidential) {
            for (value, measure) in values.iter_mut().zip(&cube.measures) {
                if *value == Published::Unknown {
                    *value = Published::Confidential;
                    explanations.push(explanation(measure, Reason::Complementary));
                }
            }
        }
        let days = vec![None; values.len()];
        rows.push(ProtectedRow { dimensions, values, days });
    }
    let table = ProtectedTable {
        name: cube.name.clone(),
        dimensions: cube.dimensions.clone(),
        measures: cube.measures.iter().map(|measure| measure.name.clone()).collect(),
        rows,
    };
    (table, explanations)
}
