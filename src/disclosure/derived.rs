//! What the public knows of how the measures of a finest crossing hang together: factors, and
//! measures that never pass another. The attacker is taken to know the factor of each record,
//! and which records share one.

use super::cells::{Amounts, Crossing, Cube, Entry, Group, Measure, Relation, Ties, place, variable};
use super::rules::Rules;
use super::system::{Kind, Role, System};
use std::collections::BTreeMap;

/// Relates the measures of one finest crossing with the given members.
///
/// # Errors
/// A sum that does not fit in 64 bits.
pub(super) fn relate(
    system: &mut System,
    ties: &mut Ties,
    cube: &Cube,
    (crossing, members): (&Crossing, &[u32]),
    rules: &Rules,
) -> Result<(), &'static str> {
    for (measure, declared) in cube.measures.iter().enumerate() {
        let (low, high) = match declared.relation {
            Relation::Below(base) => (measure, base),
            Relation::Above(base) => (base, measure),
            Relation::Base | Relation::Factor(_) => continue,
        };
        let (Some(below), Some(above)) = (crossing.variables[low], crossing.variables[high]) else {
            continue;
        };
        between(
            system,
            ties,
            (cube, measure),
            (&crossing.codes, members),
            [low, high],
            [below, above],
            rules,
        )?;
    }
    for base in 0..cube.measures.len() {
        factors(system, ties, cube, (crossing, members), base, rules)?;
    }
    Ok(())
}

/// What lies between two measures is an amount that is never negative.
fn between(
    system: &mut System,
    ties: &mut Ties,
    (cube, own): (&Cube, usize),
    (codes, members): Group<'_>,
    [low, high]: [usize; 2],
    [below, above]: [usize; 2],
    rules: &Rules,
) -> Result<(), &'static str> {
    let measure = format!("{} - {}", cube.measures[high].name, cube.measures[low].name);
    let mut records = Vec::new();
    for entry in entries(cube, members) {
        if let (Some(low), Some(high)) = (entry.values[low], entry.values[high]) {
            let gap = high.checked_sub(low).filter(|gap| *gap >= 0);
            records.push((entry, gap.ok_or("a measure passes the one that bounds it")?));
        }
    }
    let amounts = Amounts {
        measure: &measure,
        tie: &measure,
        role: Role::Gap,
        origin: (cube.position, own),
        place: place(cube, codes),
        records,
    };
    let gap = variable(system, ties, &amounts, &measure, rules)?;
    system.relate(BTreeMap::from([(above, 1), (below, -1), (gap, -1)]), Kind::Between);
    Ok(())
}

fn entries<'a>(cube: &'a Cube, members: &'a [u32]) -> impl Iterator<Item = &'a Entry> {
    members.iter().map(|entry| &cube.entries[*entry as usize])
}

/// Records that one factor explains, for each measure that is a factor times the base.
struct Class<'a> {
    records: Vec<&'a Entry>,
    /// Lowest and highest factor that explains all of them within a unit, as fractions.
    factors: Vec<[(i128, i128); 2]>,
}

fn factors(
    system: &mut System,
    ties: &mut Ties,
    cube: &Cube,
    (crossing, members): (&Crossing, &[u32]),
    base: usize,
    rules: &Rules,
) -> Result<(), &'static str> {
    let Some(whole) = crossing.variables[base] else { return Ok(()) };
    let derived: Vec<(usize, usize)> = cube
        .measures
        .iter()
        .enumerate()
        .filter(|(_, declared)| declared.relation == Relation::Factor(base))
        .filter_map(|(measure, _)| Some((measure, crossing.variables[measure]?)))
        .collect();
    if derived.is_empty() {
        return Ok(());
    }
    // Nobody knows the factor of what nobody declared: no movement may pretend that there is
    // something in an empty crossing, for then a total and its factor would come apart.
    if members.is_empty() {
        for variable in std::iter::once(whole).chain(derived.iter().map(|(_, variable)| *variable)) {
            system.relate(BTreeMap::from([(variable, 1)]), Kind::Ratio);
        }
        return Ok(());
    }
    let measures: Vec<usize> = derived.iter().map(|(measure, _)| *measure).collect();
    let classes = classes(cube, members, base, &measures);
    let mut parts: Vec<Vec<usize>> = vec![Vec::new(); derived.len() + 1];
    for class in &classes {
        let mut of = |measure: usize| {
            let role = if measure == base { Role::Amount } else { Role::Factor };
            let Measure { name, quantity, .. } = &cube.measures[measure];
            let records = class.records.iter().map(|entry| (*entry, entry.values[measure].unwrap_or(0)));
            // What a factor needs goes with the factor, not with the amount.
            let own = if measure == base { measures[0] } else { measure };
            let origin = (cube.position, own);
            let amounts =
                Amounts { measure: name, tie: quantity, role, origin, place: 0, records: records.collect() };
            variable(system, ties, &amounts, name, rules)
        };
        let base = of(base)?;
        let own = measures.iter().map(|measure| of(*measure)).collect::<Result<Vec<_>, _>>()?;
        parts[0].push(base);
        for (position, (part, [low, high])) in own.into_iter().zip(&class.factors).enumerate() {
            parts[position + 1].push(part);
            if let Some((numerator, denominator)) = simplest(*low, *high) {
                system.relate(BTreeMap::from([(part, denominator), (base, -numerator)]), Kind::Ratio);
            }
        }
    }
    if classes.len() > 1 {
        let wholes = std::iter::once(whole).chain(derived.iter().map(|(_, variable)| *variable));
        for (whole, parts) in wholes.zip(&parts) {
            system.equate(whole, parts, Kind::Class);
        }
    }
    Ok(())
}

/// The largest amounts tell their factor most closely, and come first.
fn classes<'a>(cube: &'a Cube, members: &'a [u32], base: usize, measures: &[usize]) -> Vec<Class<'a>> {
    let mut known: Vec<(&Entry, i64)> =
        entries(cube, members).filter_map(|entry| Some((entry, entry.values[base]?))).collect();
    known.sort_by_key(|(entry, amount)| (std::cmp::Reverse(*amount), &entry.values, entry.id));
    let mut classes: Vec<Class<'a>> = Vec::new();
    for (entry, amount) in known {
        let intervals: Vec<[(i128, i128); 2]> = measures
            .iter()
            .map(|measure| {
                let (z, a) = (i128::from(entry.values[*measure].unwrap_or(0)), i128::from(amount.max(1)));
                [(z - 1, a), (z + 1, a)]
            })
            .collect();
        let fits = |class: &Class<'_>| {
            amount == 0
                || class
                    .factors
                    .iter()
                    .zip(&intervals)
                    .all(|(known, new)| !less(known[1], new[0]) && !less(new[1], known[0]))
        };
        match classes.iter_mut().find(|class| fits(class)) {
            None => classes.push(Class { records: vec![entry], factors: intervals }),
            Some(class) => {
                class.records.push(entry);
                for (known, new) in class.factors.iter_mut().zip(&intervals).filter(|_| amount > 0) {
                    if less(known[0], new[0]) {
                        known[0] = new[0];
                    }
                    if less(new[1], known[1]) {
                        known[1] = new[1];
                    }
                }
            }
        }
    }
    classes
}

/// Amounts have 63 bits, so the products fit.
fn less(left: (i128, i128), right: (i128, i128)) -> bool {
    left.0 * right.1 < right.0 * left.1
}

/// The fraction with the smallest denominator between two others; none when it is too long.
fn simplest(low: (i128, i128), high: (i128, i128)) -> Option<(i64, i64)> {
    if low.0 <= 0 && high.0 >= 0 {
        return Some((0, 1));
    }
    // Below zero the interval is mirrored.
    let (sign, low, high) =
        if high.0 < 0 { (-1, (-high.0, high.1), (-low.0, low.1)) } else { (1, low, high) };
    let (numerator, denominator) = within(low, high)?;
    Some((sign * i64::try_from(numerator).ok()?, i64::try_from(denominator).ok()?))
}

/// Walks down the continued fractions of both ends until an integer lies between them.
fn within(low: (i128, i128), high: (i128, i128)) -> Option<(i128, i128)> {
    let floor = low.0 / low.1;
    if floor * low.1 == low.0 {
        return Some((floor, 1));
    }
    if (floor + 1) * high.1 <= high.0 {
        return Some((floor + 1, 1));
    }
    // floor < low <= high < floor + 1: take the inverse of what is left.
    let (numerator, denominator) = within((high.1, high.0 - floor * high.1), (low.1, low.0 - floor * low.1))?;
    Some((floor.checked_mul(numerator)?.checked_add(denominator)?, numerator))
}

#[cfg(test)]
mod tests {
    use super::simplest;

    #[test]
    fn a_factor_comes_back_from_rounded_amounts() {
        // 0.7, rounded down to a unit.
        assert_eq!(simplest((86_418, 123_456), (86_420, 123_456)), Some((7, 10)));
        assert_eq!(simplest((36, 10), (38, 10)), Some((11, 3)));
        assert_eq!(simplest((-38, 10), (-36, 10)), Some((-11, 3)));
        assert_eq!(simplest((-1, 50), (1, 50)), Some((0, 1)));
        assert_eq!(simplest((8641, 12_345_678), (8641, 12_345_678)), Some((8641, 12_345_678)));
    }
}
