//! Measures that say the same amounts under other names: whoever reads both knows it.
//!
//! Where every record that two measures share has the same amount under both, their cells of the same
//! records are withheld together, and an equation says that they are equal. Keys stay those of the names,
//! so that an earlier night, on which the measures may have differed, is still known.

use super::cells::{Cube, Entry, Relation};
use super::system::{Kind, System};
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// Gives measures that say the same the quantity of the first of them.
pub(super) fn name(cubes: &mut [Cube]) {
    let all: Vec<(usize, usize)> = cubes
        .iter()
        .enumerate()
        .flat_map(|(table, cube)| (0..cube.measures.len()).map(move |measure| (table, measure)))
        .filter(|(table, measure)| cubes[*table].measures[*measure].relation == Relation::Base)
        .collect();
    for (place, one) in all.iter().enumerate() {
        for other in &all[place + 1..] {
            let (first, second) = (&cubes[one.0].measures[one.1], &cubes[other.0].measures[other.1]);
            let is_open = first.quantity != second.quantity && first.is_count == second.is_count;
            if is_open && say_the_same((&cubes[one.0], one.1), (&cubes[other.0], other.1)) {
                let (kept, gone) = (first.quantity.clone(), second.quantity.clone());
                for measure in cubes.iter_mut().flat_map(|cube| &mut cube.measures) {
                    if measure.quantity == gone {
                        measure.quantity.clone_from(&kept);
                    }
                }
            }
        }
    }
}

/// Whether two measures have the same amounts of all records that they share, and share one that is not
/// nothing. Records are in the order of their identities.
fn say_the_same(left: (&Cube, usize), right: (&Cube, usize)) -> bool {
    let amount = |entry: &Entry, measure: usize| entry.values[measure];
    let (mut one, mut other) = (left.0.entries.as_slice(), right.0.entries.as_slice());
    let mut is_something = false;
    while let ([first, ..], [second, ..]) = (one, other) {
        match first.id.cmp(&second.id) {
            Ordering::Less => one = &one[1..],
            Ordering::Greater => other = &other[1..],
            Ordering::Equal => {
                if let Some((mine, yours)) = amount(first, left.1).zip(amount(second, right.1)) {
                    if mine != yours {
                        return false;
                    }
                    is_something |= mine != 0;
                }
                (one, other) = (&one[1..], &other[1..]);
            }
        }
    }
    is_something
}

/// Says that the cells of one set of records are equal under all names of a quantity.
pub(super) fn relate(system: &mut System, cubes: &[Cube]) {
    let names: BTreeSet<(&str, &str)> = cubes
        .iter()
        .flat_map(|cube| &cube.measures)
        .filter(|measure| measure.relation == Relation::Base)
        .map(|measure| (measure.quantity.as_str(), measure.name.as_str()))
        .collect();
    for (quantity, name) in &names {
        let others = names.iter().filter(|(same, other)| same == quantity && name < other);
        for (_, other) in others {
            for (one, two) in system.of_same_records(name, other) {
                if system.variables[one].amount == system.variables[two].amount {
                    system.equate(one, &[two], Kind::Class);
                }
            }
        }
    }
}
