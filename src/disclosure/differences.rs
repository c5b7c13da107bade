//! Cells of one description in two tables that do not hold the same records: what one leaves out, or has
//! besides what both have, can be computed by whoever reads both, or knows the rest.

use super::cells::{Amounts, Crossing, Cube, Entry, Relation, TOTAL, Ties, groups, variable};
use super::rules::Rules;
use super::system::{Kind, System};
use std::collections::{BTreeMap, BTreeSet};

/// Dimension and code of what is not a margin, in the order of the names.
pub(super) type Description<'a> = Vec<(&'a str, &'a str)>;

/// Variable and records of each cell that has one, by what describes it.
pub(super) type Cells<'a> = BTreeMap<Description<'a>, (usize, Vec<&'a Entry>)>;

/// Adds what lies between the cells of tables that share records under one measure: what both hold, and what
/// each holds besides.
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
                let same = cubes[right].measures.iter().position(|other| other.quantity == measure.quantity);
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
        let (few_ids, many_ids) = (ids(few), ids(many));
        let both: BTreeSet<u128> = few_ids.intersection(&many_ids).copied().collect();
        if few_ids == many_ids
            || both.is_empty()
            || !agree((few.as_slice(), left.2), (many.as_slice(), right.2), &both)
        {
            continue;
        }
        let names = [*one, *other].map(|variable| system.variables[variable].name.clone());
        let mut amount = |side: (&Cube, &Vec<Crossing>, usize), records: Vec<&Entry>, name: &str| {
            let declared = &side.0.measures[side.2];
            let records = records.into_iter().map(|entry| (entry, entry.values[side.2].unwrap_or(0)));
            let amounts = Amounts {
                measure: &declared.name,
                tie: &declared.quantity,
                role: declared.role(),
                origin: (right.0.position, right.2),
                place: 0,
                records: records.collect(),
            };
            variable(system, ties, &amounts, name, rules)
        };
        // What both hold is one of them, or an amount of its own.
        let shared = if both == few_ids {
            *one
        } else if both == many_ids {
            *other
        } else {
            let shared = few.iter().filter(|entry| both.contains(&entry.id)).copied().collect();
            amount(left, shared, &format!("what {} shares with {}", names[0], names[1]))?
        };
        let mut sums = Vec::new();
        let [own, others] = &names;
        for (side, whole, records, own, others) in
            [(left, *one, few, own, others), (right, *other, many, others, own)]
        {
            let rest: Vec<&Entry> =
                records.iter().filter(|entry| !both.contains(&entry.id)).copied().collect();
            if !rest.is_empty() {
                sums.push((whole, amount(side, rest, &format!("what {own} has beside {others}"))?));
            }
        }
        for (whole, rest) in sums {
            system.equate(whole, &[shared, rest], Kind::Class);
        }
    }
    Ok(())
}

/// Whether both sides say the same amounts of the records that they share.
fn agree(left: (&[&Entry], usize), right: (&[&Entry], usize), both: &BTreeSet<u128>) -> bool {
    let amounts = |(records, measure): (&[&Entry], usize)| -> BTreeMap<u128, Option<i64>> {
        let shared = records.iter().filter(|entry| both.contains(&entry.id));
        shared.map(|entry| (entry.id, entry.values[measure])).collect()
    };
    amounts(left) == amounts(right)
}

/// The cells of one measure of a table.
pub(super) fn cells<'a>((cube, crossings, measure): (&'a Cube, &Vec<Crossing>, usize)) -> Cells<'a> {
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
