//! The one way from contributions to `Protected`.

use super::cells::{self, Cells, TOTAL};
use super::system::System;
use super::table::{
    DisclosureError, Explanation, Protected, ProtectedRow, ProtectedTable, Published, Reason, TableInput,
};
use super::{audit, primary, secondary};
use crate::config::Disclosure;
use std::collections::{BTreeMap, BTreeSet};

/// The cells of one base measure of one table, and its derived measures.
struct Block {
    table: usize,
    base: usize,
    derived: Vec<usize>,
    cells: Cells,
}

/// Protects linked tables together.
///
/// Input: contributions, amounts in whole units, never negative. Output: every crossing and
/// margin of every table with its value, or `Confidential`, or `Unknown`. The same whatever
/// the order of the records.
///
/// # Errors
/// When a table is malformed, a cell cannot be protected, or the exact check refuses. Nothing
/// may be published then.
pub fn protect(tables: &[TableInput], policy: &Disclosure) -> Result<Protected, DisclosureError> {
    let blocks = blocks(tables)?;
    let mut system = System::default();
    for block in &blocks {
        system.add(&tables[block.table].name, &block.cells);
    }
    system.finish();
    let (suppressed, reasons) = pattern(&system, policy)?;
    if let Some(variable) = audit::determined(&system, &suppressed) {
        return Err(DisclosureError::Determined { cell: system.variables[variable].name.clone() });
    }
    Ok(publish(tables, &blocks, &system, &suppressed, &reasons))
}

fn blocks(tables: &[TableInput]) -> Result<Vec<Block>, DisclosureError> {
    let mut blocks = Vec::new();
    for (table, input) in tables.iter().enumerate() {
        for (base, measure) in input.measures.iter().enumerate() {
            if measure.derived_from.is_some() {
                continue;
            }
            let is_derived =
                |position: &usize| input.measures[*position].derived_from.as_ref() == Some(&measure.name);
            let derived: Vec<usize> = (0..input.measures.len()).filter(is_derived).collect();
            let cells = cells::build(input, base, &derived)?;
            blocks.push(Block { table, base, derived, cells });
        }
    }
    Ok(blocks)
}

type Pattern = (BTreeSet<usize>, BTreeMap<usize, Reason>);

fn pattern(system: &System, policy: &Disclosure) -> Result<Pattern, DisclosureError> {
    let mut needs: BTreeMap<usize, i64> = BTreeMap::new();
    let mut reasons: BTreeMap<usize, Reason> = BTreeMap::new();
    for (variable, found) in system.variables.iter().enumerate() {
        if let Some(found) = primary::rule(&found.cell.groups, policy) {
            needs.insert(variable, found.need);
            reasons.insert(variable, found.reason);
        }
    }
    let mut suppressed: BTreeSet<usize> = needs.keys().copied().collect();
    loop {
        // Largest need first: what it withholds protects the smaller ones too.
        let mut order: Vec<(i64, usize)> = needs.iter().map(|(variable, need)| (-need, *variable)).collect();
        order.sort_unstable();
        for (_, target) in order {
            if !secondary::holds(system, &suppressed, target, needs[&target]) {
                secondary::protect(system, &mut suppressed, target, needs[&target])?;
            }
        }
        let added = widen_unions(system, policy, &mut suppressed);
        if added.is_empty() {
            break;
        }
        // What hides a union must not be computable itself: it has to move by at least one unit.
        needs.extend(added.into_iter().map(|variable| (variable, 1)));
    }
    settle(system, &mut suppressed);
    for variable in &suppressed {
        reasons.entry(*variable).or_insert(Reason::Complementary);
    }
    Ok((suppressed, reasons))
}

/// Movements that the solver rounds away can leave a value determined. Whatever the exact
/// elimination still finds is hidden with its cheapest published neighbour; the set only
/// grows, so this ends.
fn settle(system: &System, suppressed: &mut BTreeSet<usize>) {
    while let Some(found) = audit::determined(system, suppressed) {
        let neighbours = system
            .equations
            .iter()
            .filter(|equation| equation.sum == found || equation.parts.contains(&found))
            .flat_map(|equation| {
                equation.parts.iter().copied().map(|part| (false, part)).chain([(true, equation.sum)])
            })
            .filter(|(_, variable)| !suppressed.contains(variable));
        let derived = system.derived.iter().filter(|relation| {
            !suppressed.contains(&relation.owner) && relation.parts.iter().any(|(part, _, _)| *part == found)
        });
        let next = neighbours
            .chain(derived.map(|relation| (true, relation.owner)))
            .min_by_key(|(is_sum, variable)| (*is_sum, system.variables[*variable].cell.amount, *variable));
        let Some((_, next)) = next else { break };
        suppressed.insert(next);
    }
}

/// What stays published around withheld parts gives their sum: that sum must pass the rules
/// itself. Withholds the smallest published part, or the total when no part is left; returns
/// what was added.
fn widen_unions(system: &System, policy: &Disclosure, suppressed: &mut BTreeSet<usize>) -> BTreeSet<usize> {
    let mut added = BTreeSet::new();
    for equation in &system.equations {
        loop {
            let withheld: Vec<usize> =
                equation.parts.iter().copied().filter(|part| suppressed.contains(part)).collect();
            if withheld.is_empty() || suppressed.contains(&equation.sum) {
                break;
            }
            let positions = system.variables[equation.sum].cell.groups.len();
            let mut union: Vec<BTreeMap<String, i64>> = vec![BTreeMap::new(); positions];
            for part in &withheld {
                for (groups, more) in union.iter_mut().zip(&system.variables[*part].cell.groups) {
                    for (group, amount) in more {
                        *groups.entry(group.clone()).or_insert(0) += amount;
                    }
                }
            }
            if primary::rule(&union, policy).is_none() {
                break;
            }
            let next = equation
                .parts
                .iter()
                .copied()
                .filter(|part| !suppressed.contains(part))
                .min_by_key(|part| (system.variables[*part].cell.amount, *part))
                .unwrap_or(equation.sum);
            suppressed.insert(next);
            added.insert(next);
        }
    }
    added
}

fn publish(
    tables: &[TableInput],
    blocks: &[Block],
    system: &System,
    suppressed: &BTreeSet<usize>,
    reasons: &BTreeMap<usize, Reason>,
) -> Protected {
    let mut explanations = Vec::new();
    let mut published = Vec::new();
    for (position, table) in tables.iter().enumerate() {
        let mut rows = Vec::new();
        for codes in crossings(table) {
            let mut values = vec![Published::Value(0); table.measures.len()];
            for block in blocks.iter().filter(|block| block.table == position) {
                let Some(cell) = block.cells.get(&codes) else { continue };
                let measures = std::iter::once(block.base).chain(block.derived.iter().copied());
                let Some(variable) = system.variable(cell) else {
                    for measure in measures {
                        values[measure] = Published::Unknown;
                    }
                    continue;
                };
                if suppressed.contains(&variable) {
                    for measure in measures {
                        values[measure] = Published::Confidential;
                    }
                    explanations.push(Explanation {
                        table: table.name.clone(),
                        measure: table.measures[block.base].name.clone(),
                        dimensions: codes.clone(),
                        reason: reasons.get(&variable).copied().unwrap_or(Reason::Complementary),
                    });
                    continue;
                }
                values[block.base] = Published::Value(cell.amount);
                for (measure, derived) in block.derived.iter().zip(&cell.derived) {
                    values[*measure] = derived.map_or(Published::Unknown, Published::Value);
                }
            }
            rows.push(ProtectedRow { dimensions: codes, values });
        }
        published.push(ProtectedTable {
            name: table.name.clone(),
            dimensions: table.dimensions.clone(),
            measures: table.measures.iter().map(|measure| measure.name.clone()).collect(),
            rows,
        });
    }
    Protected { tables: published, explanations }
}

/// Every crossing of the codes that occur, with margins, sorted.
fn crossings(table: &TableInput) -> Vec<Vec<String>> {
    let mut crossings = vec![Vec::new()];
    for dimension in 0..table.dimensions.len() {
        let mut codes: BTreeSet<&str> = table
            .records
            .iter()
            .filter_map(|record| record.dimensions.get(dimension))
            .map(String::as_str)
            .collect();
        codes.insert(TOTAL);
        crossings = crossings
            .into_iter()
            .flat_map(|head: Vec<String>| {
                codes
                    .iter()
                    .map(move |code| head.iter().cloned().chain([(*code).to_owned()]).collect())
                    .collect::<Vec<_>>()
            })
            .collect();
    }
    crossings.sort();
    crossings
}
