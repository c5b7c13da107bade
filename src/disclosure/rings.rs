//! Tables that hang together in a ring, as A × B, B × C and A × C: crossings of all three dimensions, which no
//! table shows, are never negative either, and that fixes more than the margins say.
//!
//! Tables without a ring need none of it: whatever agrees in the margins that they share comes of some
//! crossings of all dimensions (Vorob'ev 1962, "Consistent families of measures and their extensions").

use super::cells::{Amounts, Crossing, Cube, Relation, TOTAL, Ties, variable};
use super::rules::Rules;
use super::system::{Kind, System};
use std::collections::{BTreeMap, BTreeSet};

/// Crossings of all dimensions of a ring at most: with more the search for a pattern takes too long.
const MOST_CROSSINGS: usize = 2_000;

/// Why tables of a ring that are not whole cannot be published by [`super::protect()`].
pub(super) const TOO_MANY: &str = "it is one of tables in a ring (as A × B, B × C and A × C) with more than 2,000 \
    crossings of all their dimensions, which fix more than can be checked: publish one table less, or coarser \
    codes, or all these dimensions as one table";

/// Whether the crossings of all rings were taken into account.
pub(super) type IsWhole = bool;

/// A measure of a table, with the places of the records whose amount is known, in the order of their identities.
struct Side {
    cube: usize,
    measure: usize,
    known: Vec<usize>,
}

/// Adds the crossings of all dimensions of a ring as amounts of their own, withheld whatever is published, for
/// measures of one quantity over the same records.
///
/// # Errors
/// A sum that does not fit in 64 bits.
pub(super) fn add(
    system: &mut System,
    ties: &mut Ties,
    cubes: &[Cube],
    blocks: &[Vec<Crossing>],
    rules: &Rules,
) -> Result<IsWhole, &'static str> {
    let mut of_records: BTreeMap<(&str, Vec<u128>), Vec<Side>> = BTreeMap::new();
    for (at, cube) in cubes.iter().enumerate() {
        for (measure, declared) in cube.measures.iter().enumerate() {
            if declared.relation != Relation::Base || declared.withdrawn {
                continue;
            }
            let known: Vec<usize> = (0..cube.entries.len())
                .filter(|entry| cube.entries[*entry].values[measure].is_some())
                .collect();
            let ids = known.iter().map(|entry| cube.entries[*entry].id).collect();
            let side = Side { cube: at, measure, known };
            of_records.entry((&declared.quantity, ids)).or_default().push(side);
        }
    }
    let mut is_whole = true;
    for sides in of_records.into_values() {
        let dimensions =
            sides.iter().map(|side| cubes[side.cube].dimensions.iter().map(String::as_str).collect());
        for ring in rings(dimensions.collect()) {
            let ring: Vec<(&Side, BTreeSet<&str>)> =
                ring.into_iter().map(|(at, left)| (&sides[at], left)).collect();
            is_whole &= cross(system, ties, (cubes, blocks), &ring, rules)?;
        }
    }
    Ok(is_whole)
}

/// Whether some of the tables with these dimensions hang together in a ring.
pub(super) fn is_any(dimensions: &[Vec<String>]) -> bool {
    let sets = dimensions.iter().map(|names| names.iter().map(String::as_str).collect());
    !rings(sets.collect()).is_empty()
}

/// The sets that hang together in a ring, by their place, with what is left of each; none when there is no
/// ring: then all go when what one set alone has, and sets within another, are taken away again and again
/// (Graham; Yu and Ozsoyoglu 1979).
fn rings(sets: Vec<BTreeSet<&str>>) -> Vec<Vec<(usize, BTreeSet<&str>)>> {
    let mut left: Vec<(usize, BTreeSet<&str>)> = sets.into_iter().enumerate().collect();
    loop {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for name in left.iter().flat_map(|(_, set)| set) {
            *counts.entry(name).or_insert(0) += 1;
        }
        let before: usize = left.iter().map(|(_, set)| set.len() + 1).sum();
        for (_, set) in &mut left {
            set.retain(|name| counts[name] > 1);
        }
        let within = (0..left.len())
            .find(|one| (0..left.len()).any(|other| *one != other && left[*one].1.is_subset(&left[other].1)));
        if let Some(within) = within {
            left.remove(within);
        }
        if left.iter().map(|(_, set)| set.len() + 1).sum::<usize>() == before {
            break;
        }
    }
    left.retain(|(_, set)| !set.is_empty());
    // What shares no dimension is another ring.
    let mut rings: Vec<Vec<(usize, BTreeSet<&str>)>> = Vec::new();
    for one in left {
        let (touching, mut apart): (Vec<_>, Vec<_>) =
            rings.into_iter().partition(|ring| ring.iter().any(|(_, set)| !set.is_disjoint(&one.1)));
        apart.push(touching.into_iter().flatten().chain([one]).collect());
        rings = apart;
    }
    rings.retain(|ring| ring.len() > 1);
    rings
}

fn cross(
    system: &mut System,
    ties: &mut Ties,
    (cubes, blocks): (&[Cube], &[Vec<Crossing>]),
    ring: &[(&Side, BTreeSet<&str>)],
    rules: &Rules,
) -> Result<IsWhole, &'static str> {
    let Some(crossings) = crossings(cubes, ring) else { return Ok(false) };
    let (first, measure) = (&cubes[ring[0].0.cube], ring[0].0.measure);
    let declared = &first.measures[measure];
    // One amount may be a cell of several tables: each of them is a sum of its own.
    let mut parts: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    for (codes, members) in &crossings {
        let known = members.iter().map(|entry| {
            let entry = &first.entries[*entry];
            (entry, entry.values[measure].unwrap_or(0))
        });
        let amounts = Amounts {
            measure: &declared.name,
            tie: &declared.quantity,
            role: declared.role(),
            origin: (first.position, measure),
            place: 0,
            records: known.collect(),
        };
        let places: Vec<String> = codes.iter().map(|(name, code)| format!("{name} {code}")).collect();
        let name = format!("the crossing of {}", places.join(", "));
        let part = variable(system, ties, &amounts, &name, rules)?;
        for (at, (side, left)) in ring.iter().enumerate() {
            if let Some(sum) = shown(&cubes[side.cube], &blocks[side.cube], left, codes, side.measure) {
                parts.entry((at, sum)).or_default().push(part);
            }
        }
    }
    for ((_, sum), parts) in parts {
        system.equate(sum, &parts, Kind::Class);
    }
    Ok(true)
}

/// Codes by their dimension.
type Codes<'a> = BTreeMap<&'a str, &'a str>;

/// Finest crossings of all dimensions of a ring, with the places of their entries in its first table; none when
/// there are too many, or tables say different things of a record.
fn crossings<'a>(
    cubes: &'a [Cube],
    ring: &[(&Side, BTreeSet<&'a str>)],
) -> Option<BTreeMap<Codes<'a>, Vec<usize>>> {
    let mut crossings: BTreeMap<Codes<'_>, Vec<usize>> = BTreeMap::new();
    for (record, first) in ring[0].0.known.iter().enumerate() {
        let mut codes = Codes::new();
        for (side, left) in ring {
            let cube = &cubes[side.cube];
            let places = cube.dimensions.iter().zip(&cube.axes).zip(&cube.entries[side.known[record]].codes);
            for ((dimension, axis), code) in places.filter(|((name, _), _)| left.contains(name.as_str())) {
                let code = axis.codes[*code].as_str();
                if codes.insert(dimension, code).is_some_and(|known| known != code) {
                    return None;
                }
            }
        }
        crossings.entry(codes).or_default().push(*first);
        if crossings.len() > MOST_CROSSINGS {
            return None;
        }
    }
    Some(crossings)
}

/// The variable of the cell of a table with these codes in the dimensions that are left, and `Total` in the
/// others.
fn shown(
    cube: &Cube,
    block: &[Crossing],
    left: &BTreeSet<&str>,
    codes: &Codes<'_>,
    measure: usize,
) -> Option<usize> {
    let wanted: Vec<usize> = cube
        .dimensions
        .iter()
        .zip(&cube.axes)
        .map(|(name, axis)| axis.place(left.get(name.as_str()).map_or(TOTAL, |name| codes[name])))
        .collect::<Option<_>>()?;
    let place = block.binary_search_by(|crossing| crossing.codes.cmp(&wanted)).ok()?;
    block[place].variables[measure]
}

#[cfg(test)]
mod tests {
    use super::rings;
    use std::collections::BTreeSet;

    fn places(sets: &[&'static [&'static str]]) -> Vec<Vec<usize>> {
        let sets = sets.iter().map(|set| set.iter().copied().collect::<BTreeSet<_>>()).collect();
        rings(sets).into_iter().map(|ring| ring.into_iter().map(|(at, _)| at).collect()).collect()
    }

    #[test]
    fn only_tables_of_a_ring_are_told() {
        assert_eq!(places(&[&["a", "b"], &["b", "c"], &["a", "c"]]), [[0, 1, 2]]);
        assert!(places(&[&["a", "b"], &["b", "c"], &["c", "d"], &["a"]]).is_empty());
        // A table of all three closes the ring.
        assert!(places(&[&["a", "b"], &["b", "c"], &["a", "c"], &["a", "b", "c"]]).is_empty());
        // What hangs on a ring is none of it.
        assert_eq!(places(&[&["a", "b", "x"], &["b", "c"], &["x", "y"], &["a", "c"]]), [[0, 1, 3]]);
        assert_eq!(places(&[&["a", "b"], &["b", "c"], &["c", "d"], &["a", "d"]]), [[0, 1, 2, 3]]);
        let two: [&[&str]; 6] =
            [&["a", "b"], &["p", "q"], &["b", "c"], &["q", "r"], &["a", "c"], &["p", "r"]];
        assert_eq!(places(&two), [[0, 2, 4], [1, 3, 5]]);
    }
}
