//! Cells of one description in several tables, cut into classes: what stands in the same of these cells with
//! the same amounts is one amount, and each cell is the sum of its classes. So whatever follows from two, three
//! or more of the cells together is known to follow.

use super::cells::{Amounts, Crossing, Cube, Entry, TOTAL, Ties, groups, variable};
use super::rules::Rules;
use super::system::{Kind, System};
use std::collections::{BTreeMap, BTreeSet};

/// A table, its crossings, and one of its measures.
pub(super) type Side<'a> = (&'a Cube, &'a [Crossing], usize);

/// Records with their amounts.
type Records<'a> = Vec<(&'a Entry, i64)>;

/// A cell: its table and measure, its variable, and its records.
pub(super) struct Cell<'a> {
    cube: &'a Cube,
    measure: usize,
    pub variable: usize,
    pub records: Records<'a>,
}

/// Dimension and code of what is not a margin, in the order of the names.
type Description<'a> = Vec<(&'a str, &'a str)>;

/// Where a cell stands: its variable, the place of its table, and its codes.
type Place<'a> = (usize, usize, &'a [usize]);

/// Cells that one description has, for each that has several amounts: each amount once, in the order of the
/// tables.
pub(super) fn described<'a>(sides: &[Side<'a>]) -> Vec<Vec<Cell<'a>>> {
    let mut all: BTreeMap<Description<'a>, Vec<Place<'a>>> = BTreeMap::new();
    for (at, &(cube, crossings, measure)) in sides.iter().enumerate() {
        for crossing in crossings.iter().filter(|crossing| !crossing.is_empty) {
            let Some(variable) = crossing.variables[measure] else { continue };
            let cells = all.entry(description(cube, crossing)).or_default();
            if cells.iter().all(|(known, ..)| *known != variable) {
                cells.push((variable, at, crossing.codes.as_slice()));
            }
        }
    }
    all.retain(|_, cells| cells.len() > 1);
    let needed: BTreeSet<usize> = all.values().flatten().map(|(_, at, _)| *at).collect();
    let members: BTreeMap<usize, BTreeMap<Vec<usize>, Vec<u32>>> =
        needed.into_iter().map(|at| (at, groups(sides[at].0).into_iter().collect())).collect();
    let cell = |(variable, at, codes): Place<'a>| {
        let (cube, _, measure) = sides[at];
        let base = cube.measures[measure].base(measure);
        let entries = members[&at].get(codes).into_iter().flatten().map(|at| &cube.entries[*at as usize]);
        let known = entries.filter(|entry| entry.values[base].is_some());
        let records = known.filter_map(|entry| Some((entry, entry.values[measure]?)));
        Cell { cube, measure, variable, records: records.collect() }
    };
    all.into_values().map(|cells| cells.into_iter().map(cell).collect()).collect()
}

fn description<'a>(cube: &'a Cube, crossing: &Crossing) -> Description<'a> {
    let places = crossing.codes.iter().zip(&cube.axes).zip(&cube.dimensions);
    let mut description: Description<'a> = places
        .map(|((code, axis), dimension)| (dimension.as_str(), axis.codes[*code].as_str()))
        .filter(|(_, code)| *code != TOTAL)
        .collect();
    description.sort_unstable();
    description
}

/// Writes each cell as the sum of its classes. `of` says what is compared, records or whose they are, and
/// `amounts` how much of it is in each cell; what is not listed is nothing. Returns the variables of each class,
/// which are one amount.
///
/// # Errors
/// A sum that does not fit in 64 bits.
pub(super) fn add<K: Ord + Copy>(
    system: &mut System,
    ties: &mut Ties,
    cells: &[Cell<'_>],
    amounts: &[BTreeMap<K, i64>],
    of: impl Fn(&Entry) -> K,
    rules: &Rules,
) -> Result<Vec<Vec<usize>>, &'static str> {
    let names: Vec<String> = cells.iter().map(|cell| system.variables[cell.variable].name.clone()).collect();
    // Cells in which each has one amount: these are the classes.
    let mut places: BTreeMap<(K, i64), Vec<usize>> = BTreeMap::new();
    for (at, own) in amounts.iter().enumerate() {
        for (key, amount) in own {
            places.entry((*key, *amount)).or_default().push(at);
        }
    }
    let class_of = |key: &K, amount: &i64| places[&(*key, *amount)].as_slice();
    let cut: Vec<BTreeMap<&[usize], Records<'_>>> = cells
        .iter()
        .zip(amounts)
        .map(|(cell, own)| {
            // What is nothing must not seem to be what a cell has besides others.
            let widest =
                own.iter().map(|(key, amount)| class_of(key, amount)).max_by_key(|class| class.len());
            let mut records: BTreeMap<&[usize], Records<'_>> = BTreeMap::new();
            for record in &cell.records {
                let key = of(record.0);
                let class = own.get(&key).map(|amount| class_of(&key, amount)).or(widest);
                records.entry(class.unwrap_or_default()).or_default().push(*record);
            }
            records
        })
        .collect();
    let counts: Vec<usize> = cut.iter().map(BTreeMap::len).collect();
    // The variable of each class of each cell.
    let mut sums: Vec<BTreeMap<&[usize], usize>> = Vec::with_capacity(cells.len());
    for (cell, classes) in cells.iter().zip(cut) {
        // The last table with which it has something in common goes when they cannot be protected together.
        let last = classes.keys().flat_map(|class| class.iter()).max().map_or(cell, |last| &cells[*last]);
        let mut parts = BTreeMap::new();
        for (class, records) in classes {
            // A class that is a whole cell is that cell, whatever its measure is called.
            let whole = class.iter().min_by_key(|at| counts[**at]).map_or(cell, |at| &cells[*at]);
            let declared = &whole.cube.measures[whole.measure];
            let amounts = Amounts {
                measure: &declared.name,
                tie: &declared.quantity,
                role: declared.role(),
                origin: (last.cube.position, last.measure),
                place: 0,
                records,
            };
            parts.insert(class, variable(system, ties, &amounts, &name(&names, class), rules)?);
        }
        let all: Vec<usize> = parts.values().copied().collect();
        system.equate(cell.variable, &all, Kind::Class);
        sums.push(parts);
    }
    within(system, cells, &sums);
    let mut classes: BTreeMap<&[usize], Vec<usize>> = BTreeMap::new();
    for (class, variable) in sums.into_iter().flatten() {
        classes.entry(class).or_default().push(variable);
    }
    Ok(classes.into_values().collect())
}

/// Says what a cell has besides another that is a part of it: these classes are revealed together.
fn within(system: &mut System, cells: &[Cell<'_>], sums: &[BTreeMap<&[usize], usize>]) {
    for (one, whole) in sums.iter().enumerate() {
        for (other, part) in sums.iter().enumerate() {
            let besides = whole.iter().filter(|(class, _)| !class.contains(&other));
            let besides: Vec<usize> = besides.map(|(_, variable)| *variable).collect();
            if besides.len() > 1 && part.keys().all(|class| class.contains(&one)) {
                let parts: Vec<usize> = besides.into_iter().chain([cells[other].variable]).collect();
                system.equate(cells[one].variable, &parts, Kind::Class);
            }
        }
    }
}

/// What only these of the cells have.
fn name(names: &[String], class: &[usize]) -> String {
    let said = |is_in: bool| {
        let of = names.iter().enumerate().filter(|(at, _)| class.contains(at) == is_in);
        of.map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let verb = if class.len() == 1 { "has" } else { "share" };
    let others = said(false);
    let beside = if others.is_empty() { String::new() } else { format!(" beside {others}") };
    format!("what {} {verb}{beside}", said(true))
}
