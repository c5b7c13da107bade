//! Cells of one description in two tables of which one leaves records out: the difference is one
//! more amount that whoever reads both can compute.

use super::cells::{Amounts, Crossing, Cube, Entry, Relation, TOTAL, Ties, groups, variable};
use super::rules::Rules;
use super::system::{Kind, System};
use std::collections::{BTreeMap, BTreeSet};

/// Dimension and code of what is not a margin, in the order of the names.
type Description<'a> = Vec<(&'a str, &'a str)>;

/// Adds the differences between tables that share records under one measure, where the records of
/// one cell are among those of the other.
///
/// # Errors
/// A sum that does not fit in 64 bits.
pub(super) fn add(
    system: &mut System,
    ties: &mut Ties,
    cubes: &[Cube],
    blocks: &[Vec<Crossing>],
    rules: &Rules,
) -> Result<(), &'static str> {
    for left in 0..cubes.len() {
        for right in left + 1..cubes.len() {
            for (one, measure) in cubes[left].measures.iter().enumerate() {
                let same = cubes[right].measures.iter().position(|other| other.name == measure.name);
                let Some(other) = same.filter(|_| measure.relation == Relation::Base) else { continue };
                if differ(&cubes[left], one, &cubes[right], other) {
                    let sides = [(&cubes[left], &blocks[left], one), (&cubes[right], &blocks[right], other)];
                    between(system, ties, sides, rules)?;
                }
            }
        }
    }
    Ok(())
}

/// Whether two tables have some records in common, but not all.
fn differ(left: &Cube, one: usize, right: &Cube, other: usize) -> bool {
    let ids = |cube: &Cube, measure: usize| -> BTreeSet<u128> {
        cube.entries.iter().filter(|entry| entry.values[measure].is_some()).map(|entry| entry.id).collect()
    };
    let (left, right) = (ids(left, one), ids(right, other));
    left != right && left.iter().any(|id| right.contains(id))
}

fn between(
    system: &mut System,
    ties: &mut Ties,
    [left, right]: [(&Cube, &Vec<Crossing>, usize); 2],
    rules: &Rules,
) -> Result<(), &'static str> {
    let (left_cells, right_cells) = (cells(left), cells(right));
    for (description, (one, few)) in &left_cells {
        let Some((other, many)) = right_cells.get(description) else { continue };
        let ids = |records: &[&Entry]| -> BTreeSet<u128> { records.iter().map(|entry| entry.id).collect() };
        let (mut small, mut large) = ((*one, few, left.2), (*other, many, right.2));
        let (mut small_ids, mut large_ids) = (ids(few), ids(many));
        if small_ids.len() > large_ids.len() {
            std::mem::swap(&mut small, &mut large);
            std::mem::swap(&mut small_ids, &mut large_ids);
        }
        if small_ids.len() == large_ids.len() || small_ids.is_empty() || !small_ids.is_subset(&large_ids) {
            continue;
        }
        let owner = if large.0 == *one { left.0 } else { right.0 };
        let declared = &owner.measures[large.2];
        let records = large.1.iter().filter(|entry| !small_ids.contains(&entry.id));
        let records = records.map(|entry| (*entry, entry.values[large.2].unwrap_or(0))).collect();
        let amounts = Amounts {
            measure: &declared.name,
            tie: &declared.name,
            role: declared.role(),
            origin: (right.0.position, right.2),
            place: 0,
            records,
        };
        let rest = variable(system, ties, &amounts, &declared.name, rules)?;
        system.equate(large.0, &[small.0, rest], Kind::Class);
    }
    Ok(())
}

/// Variable and records of each cell that has one, by what describes it.
fn cells<'a>(
    (cube, crossings, measure): (&'a Cube, &Vec<Crossing>, usize),
) -> BTreeMap<Description<'a>, (usize, Vec<&'a Entry>)> {
    let variables: BTreeMap<&[usize], usize> = crossings
        .iter()
        .filter_map(|crossing| Some((crossing.codes.as_slice(), crossing.variables[measure]?)))
        .collect();
    let mut cells = BTreeMap::new();
    for (codes, members) in groups(cube) {
        let Some(variable) = variables.get(codes.as_slice()) else { continue };
        let places = codes.iter().zip(&cube.axes).zip(&cube.dimensions);
        let mut description: Description<'_> = places
            .map(|((code, axis), dimension)| (dimension.as_str(), axis.codes[*code].as_str()))
            .filter(|(_, code)| *code != TOTAL)
            .collect();
        description.sort_unstable();
        let records = members.iter().map(|entry| &cube.entries[*entry as usize]);
        let known = records.filter(|entry| entry.values[measure].is_some()).collect();
        cells.insert(description, (*variable, known));
    }
    cells
}
