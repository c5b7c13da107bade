//! A measure that never passes one of another table: a plan moves no more than is offered.

use super::cells::{Crossing, Cube, TOTAL, Ties, place};
use super::error::DisclosureError;
use super::input::{Ceiling, TableInput};
use super::rules::{Rules, Share, judge};
use super::system::{self, Beside, Key, Kind, Role, System};
use std::collections::BTreeMap;

/// Whether every ceiling names what is there: one that does not would bound nothing.
///
/// # Errors
/// The first table with a ceiling that does not.
pub(super) fn check(tables: &[TableInput]) -> Result<(), DisclosureError> {
    let cause = "a ceiling names a table, a measure, a dimension or a code that is not there";
    let is_wrong =
        |table: &&TableInput| table.ceilings.iter().any(|ceiling| !is_there(ceiling, table, tables));
    match tables.iter().find(is_wrong) {
        Some(table) => Err(DisclosureError::Malformed { table: table.name.clone(), cause }),
        None => Ok(()),
    }
}

fn is_there(ceiling: &Ceiling, low: &TableInput, tables: &[TableInput]) -> bool {
    let Some(high) = tables.iter().find(|table| table.name == ceiling.table) else { return false };
    let Some(place) = high.dimensions.iter().position(|name| *name == ceiling.dimension) else {
        return false;
    };
    let has = |table: &TableInput, name: &str| table.measures.iter().any(|measure| measure.name == name);
    has(low, &ceiling.measure)
        && has(high, &ceiling.other)
        && low.dimensions.iter().all(|name| high.dimensions.contains(name))
        // Where the codes are no closed list, there may be nothing of this one tonight.
        && high.codes.get(place).is_none_or(|codes| codes.is_empty() || codes.contains(&ceiling.code))
}

/// Adds what lies between both as a hidden amount that is never negative, for each crossing that
/// both tables have. Where the data do not keep to it for every holding, a reader cannot rely on it.
///
/// # Errors
/// A measure that is not there, or a sum that does not fit in 64 bits. A night that was kept before ceilings
/// were checked may name a table that it does not have: it goes on without.
pub(super) fn add(
    system: &mut System,
    ties: &mut Ties,
    (cubes, blocks): (&[Cube], &[Vec<Crossing>]),
    low: usize,
    ceiling: &Ceiling,
    rules: &Rules,
) -> Result<(), &'static str> {
    let missing = "a ceiling names a measure that is not there";
    let Some(high) = cubes.iter().position(|cube| cube.name == ceiling.table) else { return Ok(()) };
    let (low_cube, high_cube) = (&cubes[low], &cubes[high]);
    let measure = |cube: &Cube, name: &str| cube.measures.iter().position(|measure| measure.name == name);
    let low_measure = measure(low_cube, &ceiling.measure).ok_or(missing)?;
    let high_measure = measure(high_cube, &ceiling.other).ok_or(missing)?;
    let places: BTreeMap<&[usize], &Crossing> =
        blocks[high].iter().map(|crossing| (crossing.codes.as_slice(), crossing)).collect();
    let keys = system.keys();
    for crossing in &blocks[low] {
        let Some(below) = crossing.variables[low_measure] else { continue };
        let Some(codes) = above(low_cube, crossing, high_cube, ceiling) else { continue };
        let Some(above) = places.get(codes.as_slice()).and_then(|found| found.variables[high_measure]) else {
            continue;
        };
        let Some(shares) = between(system, below, above, ceiling.party)? else { continue };
        let amount = system.variables[above].amount - system.variables[below].amount;
        let name = format!(
            "{}.{}[{}] - {}.{}",
            ceiling.table, ceiling.other, ceiling.code, low_cube.name, ceiling.measure
        );
        // Over nights one pair of amounts has one gap.
        let pair = system::pair(&keys[below], &keys[above]);
        let sum = place(low_cube, &crossing.codes).wrapping_add(pair);
        let key = Key { measure: name.clone(), sum, count: 0 };
        let next = ties.len();
        let tie = *ties.entry((name.clone(), key.sum, key.count)).or_insert(next);
        let (verdict, origin) = (judge(&shares, rules), (low_cube.position, low_measure));
        let gap = Beside { name, amount, shares, verdict, tie, role: Role::Gap, origin };
        let gap = system.add(key, gap.limited());
        system.relate(BTreeMap::from([(above, 1), (below, -1), (gap, -1)]), Kind::Between);
    }
    Ok(())
}

/// The crossing of the other table: the same codes, the fixed one, and margins.
fn above(low: &Cube, crossing: &Crossing, high: &Cube, ceiling: &Ceiling) -> Option<Vec<usize>> {
    if !low.dimensions.iter().all(|dimension| high.dimensions.contains(dimension)) {
        return None;
    }
    let code = |dimension: &String| {
        if *dimension == ceiling.dimension {
            return ceiling.code.as_str();
        }
        let own = low.dimensions.iter().position(|name| name == dimension);
        own.map_or(TOTAL, |at| low.axes[at].codes[crossing.codes[at]].as_str())
    };
    high.dimensions.iter().zip(&high.axes).map(|(dimension, axis)| axis.place(code(dimension))).collect()
}

/// What lies between two amounts, by holding; none where one of them passes its ceiling.
fn between(
    system: &System,
    below: usize,
    above: usize,
    party: usize,
) -> Result<Option<Vec<Share>>, &'static str> {
    let mut shares: BTreeMap<u32, (i64, bool)> = BTreeMap::new();
    let terms = [(above, 0, 1), (below, party, -1)];
    for (variable, party, sign) in terms {
        for share in &system.variables[variable].shares {
            let (own, waived) = shares.entry(share.parties[party]).or_insert((0, true));
            *own = own.checked_add(sign * share.amount).ok_or("a sum is too large")?;
            *waived &= share.waived;
        }
    }
    if shares.values().any(|(amount, _)| *amount < 0) {
        return Ok(None);
    }
    // Who has no part in the difference has none in its width.
    Ok(Some(
        shares
            .into_iter()
            .filter(|(_, (amount, _))| *amount != 0)
            .map(|(holding, (amount, waived))| Share { parties: [holding; 2], amount, waived })
            .collect(),
    ))
}
