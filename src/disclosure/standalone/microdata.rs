//! Records to cells.

use super::identities::Identities;
use super::policy::{Hierarchy, Policy, TablePolicy};
use super::rows::Rows;
use super::{Prepared, StandaloneError, decimal};
use crate::disclosure::cells::{self, Axis, Cube, Entry, Measure, TOTAL, Ties};
use crate::disclosure::certificate::NamedCells;
use crate::disclosure::rules::Rules;
use crate::disclosure::system::{Kind, System};
use crate::disclosure::{contributors, differences, rings};
use std::collections::{BTreeMap, BTreeSet};

/// A code may be called so: Namibia is.
const MISSING: &str = "NA";

const YES: [&str; 6] = ["1", "1.0", "true", "oui", "yes", "vrai"];
const NO: [&str; 8] = ["", "na", "0", "0.0", "false", "non", "no", "faux"];

pub(super) fn prepare(policy: &Policy, files: &[(String, Rows)]) -> Result<Prepared, StandaloneError> {
    let identities = Identities::new(policy, files)?;
    let holdings = holdings(policy, files, &identities)?;
    let places: BTreeMap<&str, u32> = holdings.iter().map(String::as_str).zip(0..).collect();
    let rules = Rules { coalitions: policy.coalitions(&holdings)?, ..policy.rules() };
    let mut system = System::default();
    let mut ties = Ties::new();
    let mut cubes = Vec::with_capacity(policy.tables.len());
    let mut sources = Vec::with_capacity(policy.tables.len());
    for declared in &policy.tables {
        let rows = source(policy, files, declared.file.as_deref())?;
        sources.push(files.iter().position(|(_, other)| std::ptr::eq(other, rows)).unwrap_or(0));
        let mut axes = Vec::with_capacity(declared.dimensions.len());
        let mut codes: Vec<Vec<usize>> = vec![Vec::new(); rows.rows.len()];
        for dimension in &declared.dimensions {
            let column = declared.columns.get(dimension).unwrap_or(dimension);
            let (built, finest) = axis(policy, files, rows, dimension, column)?;
            for (row, code) in codes.iter_mut().zip(finest) {
                row.push(code);
            }
            axes.push(built);
        }
        let entries = entries(policy, rows, &places, codes.into_iter().zip(identities.of(rows)).collect())?;
        let measures = vec![Measure::base_of(&policy.value)];
        cubes.push(Cube {
            name: declared.name.clone(),
            position: 0,
            dimensions: declared.dimensions.clone(),
            axes,
            measures,
            entries,
            is_dense: false,
            margins: Kind::Margin,
        });
    }
    let malformed = |cube: &Cube, cause| crate::disclosure::DisclosureError::Malformed {
        table: cube.name.clone(),
        cause,
    };
    let mut blocks = Vec::with_capacity(cubes.len());
    for cube in &cubes {
        let crossings = cells::add(&mut system, &mut ties, cube, &rules);
        blocks.push(crossings.map_err(|cause| malformed(cube, cause))?);
    }
    differences::add(&mut system, &mut ties, &cubes, &blocks, &rules)
        .map_err(|cause| malformed(&cubes[0], cause))?;
    if policy.holding.is_some() || policy.contributor.is_some() {
        contributors::add(&mut system, &mut ties, (&cubes, &blocks), &sources, &rules)
            .map_err(|cause| malformed(&cubes[0], cause))?;
    }
    let dimensions: Vec<_> = policy.tables.iter().map(|table| table.dimensions.clone()).collect();
    let rings_checked = rings::add(&mut system, &mut ties, &cubes, &blocks, &rules)
        .map_err(|cause| malformed(&cubes[0], cause))?
        && (are_same(&cubes) || !rings::is_any(&dimensions));
    let mut tables = Vec::with_capacity(cubes.len());
    for (cube, crossings) in cubes.iter().zip(&blocks) {
        let cells = crossings
            .iter()
            .filter_map(|crossing| {
                let codes = crossing.codes.iter().zip(&cube.axes);
                Some((codes.map(|(code, axis)| axis.codes[*code].clone()).collect(), crossing.variables[0]?))
            })
            .collect();
        let parents = cube.axes.iter().map(Axis::above).collect();
        tables.push(NamedCells { name: cube.name.clone(), parents, cells });
    }
    Ok(Prepared {
        system,
        tables,
        dimensions,
        holdings,
        added: BTreeSet::new(),
        summaries: BTreeMap::new(),
        rings_checked,
    })
}

/// Whether all tables hold the same records: rings over several sets of them are not known.
fn are_same(cubes: &[Cube]) -> bool {
    let ids = |cube: &Cube| cube.entries.iter().map(|entry| entry.id).collect::<Vec<_>>();
    cubes.windows(2).all(|two| ids(&two[0]) == ids(&two[1]))
}

/// The column of the finest codes of a dimension.
pub(super) fn finest<'a>(policy: &'a Policy, declared: &'a TablePolicy, dimension: &'a str) -> &'a str {
    match policy.hierarchies.get(dimension) {
        Some(Hierarchy::Columns(levels)) if !levels.is_empty() => &levels[levels.len() - 1],
        _ => declared.columns.get(dimension).map_or(dimension, String::as_str),
    }
}

/// The rows of a table: its own file, or the one of the command line.
pub(super) fn source<'a>(
    policy: &Policy,
    files: &'a [(String, Rows)],
    file: Option<&str>,
) -> Result<&'a Rows, StandaloneError> {
    let found = match file {
        Some(file) => files.iter().find(|(name, _)| name == file),
        None => files.first(),
    };
    let (_, rows) = found.ok_or_else(|| {
        policy.fail(
            "a table names a file that was not given".to_owned(),
            "check `file` in `[[tables]]`".to_owned(),
        )
    })?;
    if rows.rows.is_empty() {
        return Err(StandaloneError::Input {
            file: rows.file.clone(),
            place: String::new(),
            cause: "there is no row below the header".to_owned(),
            repair: "give a table with rows: of nothing there is nothing to publish".to_owned(),
        });
    }
    Ok(rows)
}

fn holdings(
    policy: &Policy,
    files: &[(String, Rows)],
    identities: &Identities<'_>,
) -> Result<Vec<String>, StandaloneError> {
    let mut names = BTreeSet::new();
    for declared in &policy.tables {
        let rows = source(policy, files, declared.file.as_deref())?;
        let column = holding_column(policy, rows)?;
        names
            .extend(identities.of(rows).into_iter().zip(&rows.rows).map(|(id, row)| holder(row, column, id)));
    }
    Ok(names.into_iter().collect())
}

fn holding_column(policy: &Policy, rows: &Rows) -> Result<Option<usize>, StandaloneError> {
    policy.holding.as_ref().or(policy.contributor.as_ref()).map(|name| rows.column(name)).transpose()
}

/// A row without a named contributor is its own, whatever its place in the file.
fn holder(row: &[String], column: Option<usize>, id: u128) -> String {
    column.map_or_else(|| format!("{id:032x}"), |column| row[column].clone())
}

/// The axis of a dimension, and the position of the finest code of each row.
fn axis(
    policy: &Policy,
    files: &[(String, Rows)],
    rows: &Rows,
    dimension: &str,
    column: &str,
) -> Result<(Axis, Vec<usize>), StandaloneError> {
    let single = Hierarchy::Columns(vec![column.to_owned()]);
    let hierarchy = policy.hierarchies.get(dimension).unwrap_or(&single);
    let (pairs, finest) = match hierarchy {
        Hierarchy::Columns(levels) => (levels_of(rows, levels)?, levels.last()),
        Hierarchy::File(_) | Hierarchy::Levels { .. } => (from_file(policy, files, hierarchy)?, None),
    };
    let column = rows.column(finest.map_or(column, String::as_str))?;
    let axis = Axis::new(&pairs).map_err(|code| cycle(policy, dimension, &code))?;
    let mut codes = Vec::with_capacity(rows.rows.len());
    for (position, row) in rows.rows.iter().enumerate() {
        let code = row[column].as_str();
        let known = axis.place(code).filter(|place| axis.children[*place].is_empty() && code != TOTAL);
        codes.push(known.ok_or_else(|| {
            let cause =
                format!("the code `{code}` is not one of the finest codes of the hierarchy `{dimension}`");
            rows.fault(position, column, &cause, "add the code to the hierarchy, or correct the row")
        })?);
    }
    Ok((axis, codes))
}

pub(super) fn cycle(policy: &Policy, dimension: &str, code: &str) -> StandaloneError {
    policy.fail(
        format!("the hierarchy `{dimension}` has a cycle: `{code}` is its own ancestor"),
        "give each code one parent, up to the top".to_owned(),
    )
}

/// Pairs of code and parent in a file.
pub(super) fn from_file(
    policy: &Policy,
    files: &[(String, Rows)],
    hierarchy: &Hierarchy,
) -> Result<BTreeMap<String, Option<String>>, StandaloneError> {
    let (file, levels) = match hierarchy {
        Hierarchy::File(file) => (file, None),
        Hierarchy::Levels { file, columns } => (file, Some(columns)),
        Hierarchy::Columns(_) => return Ok(BTreeMap::new()),
    };
    let rows = source(policy, files, Some(file))?;
    if let Some(levels) = levels {
        return levels_of(rows, levels);
    }
    let (code, parent) = (rows.column("code")?, rows.column("parent")?);
    let mut pairs = BTreeMap::new();
    for (position, row) in rows.rows.iter().enumerate() {
        let above = (!row[parent].is_empty() && row[parent] != TOTAL).then(|| row[parent].clone());
        if row[code] != TOTAL {
            join(&mut pairs, &row[code], above, rows, position, code)?;
        }
    }
    Ok(pairs)
}

/// Pairs of code and parent from columns, coarse to fine.
fn levels_of(rows: &Rows, levels: &[String]) -> Result<BTreeMap<String, Option<String>>, StandaloneError> {
    let columns = levels.iter().map(|name| rows.column(name)).collect::<Result<Vec<_>, _>>()?;
    let mut pairs = BTreeMap::new();
    for (position, row) in rows.rows.iter().enumerate() {
        let mut parent: Option<String> = None;
        for column in &columns {
            let code = &row[*column];
            // A level that repeats the one above adds nothing.
            if parent.as_ref() != Some(code) {
                join(&mut pairs, code, parent.take(), rows, position, *column)?;
                parent = Some(code.clone());
            }
        }
    }
    Ok(pairs)
}

fn join(
    pairs: &mut BTreeMap<String, Option<String>>,
    code: &str,
    parent: Option<String>,
    rows: &Rows,
    row: usize,
    column: usize,
) -> Result<(), StandaloneError> {
    // What is no number was no code.
    if code.is_empty() || code == "NaN" {
        return Err(rows.fault(
            row,
            column,
            "the code is missing",
            "fill it in; a missing code would hide a sum",
        ));
    }
    if code == TOTAL {
        return Err(rows.fault(
            row,
            column,
            "`Total` is the code of the margins",
            "leave the margins out: they are computed",
        ));
    }
    match pairs.get(code) {
        Some(known) if *known != parent => {
            let above = |parent: &Option<String>| parent.clone().unwrap_or_else(|| TOTAL.to_owned());
            let cause =
                format!("the code `{code}` has two parents, `{}` and `{}`", above(known), above(&parent));
            Err(rows.fault(row, column, &cause, "give each code one parent"))
        }
        Some(_) => Ok(()),
        None => {
            pairs.insert(code.to_owned(), parent);
            Ok(())
        }
    }
}

/// Whether an amount or the name of a company is missing.
pub(super) fn is_missing(cell: &str) -> bool {
    cell.is_empty() || cell == MISSING
}

/// Whether a waiver says yes; none when it says neither.
pub(super) fn consents(cell: &str) -> Option<bool> {
    let word = cell.trim().to_lowercase();
    let is_in = |words: &[&str]| words.contains(&word.as_str());
    if is_in(&YES) { Some(true) } else { is_in(&NO).then_some(false) }
}

fn entries(
    policy: &Policy,
    rows: &Rows,
    places: &BTreeMap<&str, u32>,
    known: Vec<(Vec<usize>, u128)>,
) -> Result<Vec<Entry>, StandaloneError> {
    let value = rows.column(&policy.value)?;
    let holding = holding_column(policy, rows)?;
    let contributor = policy.contributor.as_ref().map(|name| rows.column(name)).transpose()?;
    let waiver = policy.waiver.as_ref().map(|name| rows.column(name)).transpose()?;
    let mut entries = Vec::with_capacity(rows.rows.len());
    for ((position, row), (codes, id)) in rows.rows.iter().enumerate().zip(known) {
        for column in [contributor, holding].into_iter().flatten() {
            if is_missing(&row[column]) {
                let repair = "fill it in; a company without a holding is its own holding";
                return Err(rows.fault(position, column, "the contributor or holding is missing", repair));
            }
            if !rows.tells_apart(position, column) {
                let cause =
                    "the contributor or holding is a float that is not whole, or too large to be exact";
                return Err(rows.fault(position, column, cause, "write the column as text or as integers"));
            }
        }
        let amount = decimal::read(&row[value], policy.decimals).ok_or_else(|| {
            let cause = if is_missing(&row[value]) {
                "the amount is missing"
            } else {
                "the amount is not a decimal number"
            };
            rows.fault(position, value, cause, "write the amount, or take the row out")
        })?;
        if decimal::is_negative(&row[value]) {
            let repair = "publish gains and losses as two tables of amounts that are not negative";
            return Err(rows.fault(position, value, "the amount is negative", repair));
        }
        let consents = match waiver.map(|column| (column, consents(&row[column]))) {
            None => false,
            Some((_, Some(consents))) => consents,
            Some((column, None)) => {
                return Err(rows.fault(position, column, "the waiver is neither yes nor no", "write 1 or 0"));
            }
        };
        let holder = holder(row, holding, id);
        entries.push(Entry {
            id,
            codes,
            parties: [places[holder.as_str()]; 2],
            values: vec![Some(amount)],
            waived: consents,
        });
    }
    entries.sort_by_key(|entry| entry.id);
    Ok(entries)
}
