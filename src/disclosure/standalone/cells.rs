//! Cells with the number and size of their contributors, to the system.

use super::microdata::{cycle, from_file, source};
use super::policy::{Hierarchy, Policy};
use super::rows::Rows;
use super::{Prepared, StandaloneError, checks, decimal, summaries};
use crate::disclosure::cells::{Axis, TOTAL};
use crate::disclosure::certificate::NamedCells;
use crate::disclosure::rings;
use crate::disclosure::rules::{Summary, judge_summary};
use crate::disclosure::system::{Key, Kind, Role, System, Variable, Wish};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn prepare(policy: &Policy, files: &[(String, Rows)]) -> Result<Prepared, StandaloneError> {
    let mut system = System::default();
    let mut known: BTreeMap<usize, Summary> = BTreeMap::new();
    let mut read_tables = Vec::with_capacity(policy.tables.len());
    for declared in &policy.tables {
        let rows = source(policy, files, declared.file.as_deref())?;
        let mut columns = Vec::with_capacity(declared.dimensions.len());
        let mut axes = Vec::with_capacity(declared.dimensions.len());
        for dimension in &declared.dimensions {
            let hierarchy = policy.hierarchies.get(dimension);
            // A hierarchy of one level is none.
            let (hierarchy, single) = match hierarchy {
                Some(Hierarchy::Columns(levels)) if levels.len() == 1 => (None, levels.first()),
                hierarchy => (hierarchy, None),
            };
            let named = single.or_else(|| declared.columns.get(dimension)).unwrap_or(dimension);
            let column = rows.column(named)?;
            let pairs = match hierarchy {
                None => flat(policy, rows, column),
                Some(Hierarchy::Columns(_)) => {
                    return Err(policy.fail(
                        format!("the hierarchy `{dimension}` names several columns, and the rows are cells"),
                        "name a file: `{ file = …, columns = […] }`, or one with `code` and `parent`"
                            .to_owned(),
                    ));
                }
                Some(hierarchy) => from_file(policy, files, hierarchy)?,
            };
            axes.push(Axis::new(&pairs).map_err(|code| cycle(policy, dimension, &code))?);
            columns.push(column);
        }
        let both = (&mut system, &mut known);
        let cells = read(policy, rows, &declared.name, &declared.dimensions, &columns, &axes, both)?;
        read_tables.push((declared, rows, axes, cells));
    }
    let mut tables = Vec::with_capacity(policy.tables.len());
    let mut added = BTreeSet::new();
    for (place, (declared, rows, axes, mut cells)) in read_tables.into_iter().enumerate() {
        let named = |codes: &[usize]| -> Vec<String> {
            codes.iter().zip(&axes).map(|(code, axis)| axis.codes[*code].clone()).collect()
        };
        let new = complete(&mut system, (&declared.name, &declared.dimensions), &axes, &mut cells);
        added.extend(new.iter().map(|codes| (place, named(codes))));
        summaries::check(rows, &system, &known, &axes, &cells)?;
        margins(&mut system, &axes, &cells);
        let cells = cells.into_iter().map(|(codes, variable)| (named(&codes), variable)).collect();
        let parents = axes.iter().map(Axis::above).collect();
        tables.push(NamedCells { name: declared.name.clone(), parents, cells });
    }
    let dimensions: Vec<_> = policy.tables.iter().map(|table| table.dimensions.clone()).collect();
    // Whose records are whose is not known.
    let rings_checked = !rings::is_any(&dimensions);
    Ok(Prepared { system, tables, dimensions, holdings: Vec::new(), added, summaries: known, rings_checked })
}

fn flat(policy: &Policy, rows: &Rows, column: usize) -> BTreeMap<String, Option<String>> {
    let codes = rows.rows.iter().map(|row| row[column].clone());
    codes
        .filter(|code| *code != policy.total && code != TOTAL && !code.is_empty())
        .map(|code| (code, None))
        .collect()
}

fn read(
    policy: &Policy,
    rows: &Rows,
    table: &str,
    dimensions: &[String],
    columns: &[usize],
    axes: &[Axis],
    (system, summaries): (&mut System, &mut BTreeMap<usize, Summary>),
) -> Result<BTreeMap<Vec<usize>, usize>, StandaloneError> {
    let amount_column = rows.column(&policy.value)?;
    let optional = |name: &Option<String>| name.as_ref().map(|name| rows.column(name)).transpose();
    let (count, largest, second) =
        (optional(&policy.count)?, optional(&policy.largest)?, optional(&policy.second)?);
    let mut cells = BTreeMap::new();
    // The order of the rows is none of what they say.
    let mut ordered: Vec<(usize, &Vec<String>)> = rows.rows.iter().enumerate().collect();
    ordered.sort_by_key(|(_, row)| *row);
    for (position, row) in ordered {
        let mut codes = Vec::with_capacity(axes.len());
        for (column, axis) in columns.iter().zip(axes) {
            let code = if row[*column] == policy.total { TOTAL } else { row[*column].as_str() };
            codes.push(axis.place(code).ok_or_else(|| {
                let cause = format!("the code `{}` is not in the hierarchy", row[*column]);
                rows.fault(position, *column, &cause, "add the code to the hierarchy, or correct the row")
            })?);
        }
        let number = |column: Option<usize>, places: u32| match column {
            None => Ok(0),
            Some(column) => {
                decimal::read(&row[column], places).filter(|value| *value >= 0).ok_or_else(|| {
                    if decimal::is_too_large(&row[column], places) {
                        return rows.fault(position, column, checks::TOO_LARGE, checks::SMALLER);
                    }
                    let cause = "the number is missing, negative or no decimal number";
                    rows.fault(position, column, cause, "correct the cell")
                })
            }
        };
        let amount = number(Some(amount_column), policy.decimals)?;
        let whole = match count {
            None => 0,
            Some(column) => {
                let whole = decimal::whole(&row[column]).and_then(|whole| usize::try_from(whole).ok());
                whole.ok_or_else(|| {
                    rows.fault(position, column, "the count is no whole number", "correct the cell")
                })?
            }
        };
        let summary = Summary {
            count: whole,
            total: amount,
            largest: number(largest, policy.decimals)?,
            second: number(second, policy.decimals)?,
        };
        if let Some(cause) = impossible(&summary, count.is_some(), largest.is_some(), second.is_some()) {
            return Err(rows.fault(position, amount_column, cause, "correct the cell"));
        }
        let names: Vec<&str> =
            codes.iter().zip(axes).map(|(code, axis)| axis.codes[*code].as_str()).collect();
        let levels = codes.iter().zip(axes).map(|(code, axis)| axis.levels[*code]).sum();
        let next = system.variables.len();
        let variable = system.add(
            key(dimensions, &names),
            Variable {
                name: format!("{table}[{}]", names.join(", ")),
                amount,
                down: Some(amount),
                up: None,
                levels,
                tie: next,
                shares: Vec::new(),
                verdict: judge_summary(&summary, &policy.rules()),
                wish: Wish::None,
                role: Role::Amount,
                origin: (0, 0),
                hidden: false,
            },
        );
        if system.variables[variable].amount != amount {
            let cause =
                format!("the cell has another amount in the table of {}", system.variables[variable].name);
            return Err(rows.fault(position, amount_column, &cause, "give one set of records one amount"));
        }
        if *summaries.entry(variable).or_insert(summary) != summary {
            let cause = format!(
                "the cell has other contributors in the table of {}",
                system.variables[variable].name
            );
            return Err(rows.fault(position, amount_column, &cause, "give one set of records one summary"));
        }
        if cells.insert(codes, variable).is_some() {
            return Err(rows.fault(position, columns[0], "the cell occurs twice", "keep one row a cell"));
        }
    }
    Ok(cells)
}

/// Why there are no contributions that make such a cell.
fn impossible(cell: &Summary, counted: bool, largest: bool, second: bool) -> Option<&'static str> {
    let count = i128::try_from(cell.count).unwrap_or(i128::MAX);
    let [total, first, next] = [cell.total, cell.largest, cell.second].map(i128::from);
    if first + next > total {
        Some("the largest contributions are more than the cell")
    } else if next > first && largest {
        Some("the second contribution is larger than the largest")
    } else if counted && count == 0 && total > 0 {
        Some("nobody contributes to an amount")
    } else if counted && largest && count > 0 && total > first.saturating_mul(count) {
        Some("so few contributors of at most the largest contribution do not make the amount")
    } else if counted && largest && second && count > 1 && total > first + next.saturating_mul(count - 1) {
        Some("the contributors beside the largest do not make the rest of the amount")
    } else {
        None
    }
}

/// One set of base cells is one variable, in whatever table it stands.
fn key(dimensions: &[String], names: &[&str]) -> Key {
    let mut parts: Vec<String> = dimensions
        .iter()
        .zip(names)
        .filter(|(_, code)| **code != TOTAL)
        .map(|(dimension, code)| format!("{dimension}\u{1f}{code}"))
        .collect();
    parts.sort();
    Key { measure: parts.join("\u{1e}"), sum: 0, count: 0 }
}

/// Adds the margins that a table does not give: they are not published, but everybody adds them up. Returns
/// their codes.
fn complete(
    system: &mut System,
    (table, dimensions): (&str, &[String]),
    axes: &[Axis],
    cells: &mut BTreeMap<Vec<usize>, usize>,
) -> Vec<Vec<usize>> {
    let height =
        |codes: &[usize]| -> u32 { codes.iter().zip(axes).map(|(code, axis)| axis.levels[*code]).sum() };
    // Whatever is summed up stands higher than its parts: by then all of them are there.
    let missing = missing(axes, cells);
    let mut ordered: Vec<Vec<usize>> = missing.into_iter().collect();
    ordered.sort_by_key(|codes| (height(codes), codes.clone()));
    for sum in &ordered {
        let parts = |dimension: usize| {
            let below = &axes[dimension].children[sum[dimension]];
            let parts = below.iter().filter_map(|child| {
                let mut part = sum.clone();
                part[dimension] = *child;
                cells.get(&part).copied()
            });
            parts.collect::<Vec<usize>>()
        };
        let parts = (0..axes.len()).map(parts).find(|parts| !parts.is_empty()).unwrap_or_default();
        let amounts = parts.iter().map(|part| system.variables[*part].amount);
        let amount = amounts.fold(0_i64, i64::saturating_add);
        let names: Vec<&str> = sum.iter().zip(axes).map(|(code, axis)| axis.codes[*code].as_str()).collect();
        let variable = Variable {
            name: format!("{table}[{}]", names.join(", ")),
            amount,
            down: Some(amount),
            up: None,
            levels: height(sum),
            tie: system.variables.len(),
            shares: Vec::new(),
            verdict: None,
            wish: Wish::Withhold,
            role: Role::Amount,
            origin: (0, 0),
            hidden: true,
        };
        // Another table may give it.
        let key = key(dimensions, &names);
        let added = system.find(&key).unwrap_or_else(|| system.add(key, variable));
        cells.insert(sum.clone(), added);
    }
    ordered
}

/// Everything above the cells along any of the dimensions that is no cell itself.
fn missing(axes: &[Axis], cells: &BTreeMap<Vec<usize>, usize>) -> BTreeSet<Vec<usize>> {
    let mut missing = BTreeSet::new();
    let mut open: Vec<Vec<usize>> = cells.keys().cloned().collect();
    while let Some(codes) = open.pop() {
        for (dimension, axis) in axes.iter().enumerate() {
            let mut above = codes.clone();
            above[dimension] = axis.parents[codes[dimension]];
            if !cells.contains_key(&above) && missing.insert(above.clone()) {
                open.push(above);
            }
        }
    }
    missing
}

/// A crossing that the table does not give is zero.
fn margins(system: &mut System, axes: &[Axis], cells: &BTreeMap<Vec<usize>, usize>) {
    for (codes, sum) in cells {
        for (dimension, axis) in axes.iter().enumerate() {
            let mut child = codes.clone();
            let mut parts = Vec::new();
            for code in &axis.children[codes[dimension]] {
                child[dimension] = *code;
                parts.extend(cells.get(&child));
            }
            if !parts.is_empty() {
                system.equate(*sum, &parts, Kind::Margin);
            }
        }
    }
}
