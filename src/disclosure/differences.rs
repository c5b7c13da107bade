//! Cells of one description in tables that do not hold the same records: what some leave out, or have besides
//! what others have, can be computed by whoever reads them, or knows the rest.

use super::cells::{Crossing, Cube, Relation, Ties};
use super::classes::{self, Cell, Side, described};
use super::rules::Rules;
use super::system::System;
use std::collections::{BTreeMap, BTreeSet};

/// Adds what lies between the cells of tables that share records under one measure.
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
    let measures = cubes.iter().flat_map(|cube| &cube.measures);
    let bases = measures.filter(|measure| measure.relation == Relation::Base);
    let quantities: BTreeSet<&str> = bases.map(|measure| measure.quantity.as_str()).collect();
    for quantity in quantities {
        for mut cells in described(&sides(cubes, blocks, quantity)) {
            agree(&mut cells);
            let amounts = |cell: &Cell<'_>| -> BTreeMap<u128, i64> {
                cell.records.iter().map(|(entry, amount)| (entry.id, *amount)).collect()
            };
            let amounts: Vec<BTreeMap<u128, i64>> = cells.iter().map(amounts).collect();
            classes::add(system, ties, &cells, &amounts, |entry| entry.id, rules)?;
        }
    }
    Ok(())
}

/// Every table and measure of a quantity.
fn sides<'a>(cubes: &'a [Cube], blocks: &'a [Vec<Crossing>], quantity: &str) -> Vec<Side<'a>> {
    let mut sides = Vec::new();
    for (cube, crossings) in cubes.iter().zip(blocks) {
        let of = cube.measures.iter().enumerate().filter(|(_, measure)| measure.quantity == quantity);
        sides.extend(of.map(|(at, _)| (cube, crossings.as_slice(), at)));
    }
    sides
}

/// Leaves out what says other amounts of a record than the cells before it.
fn agree(cells: &mut Vec<Cell<'_>>) {
    let mut said: BTreeMap<u128, i64> = BTreeMap::new();
    cells.retain(|cell| {
        let agrees = cell
            .records
            .iter()
            .all(|(entry, amount)| said.get(&entry.id).is_none_or(|known| known == amount));
        if agrees {
            said.extend(cell.records.iter().map(|(entry, amount)| (entry.id, *amount)));
        }
        agrees
    });
}
