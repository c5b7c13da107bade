//! Against all patterns of small tables, looked at one by one.

#![expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "small numbers")]

use crate::disclosure::costs::{Cost, price, shaken};
use crate::disclosure::error::Reason;
use crate::disclosure::remembered::Known;
use crate::disclosure::rules::{Rules, Unsafe};
use crate::disclosure::search::search;
use crate::disclosure::system::{Key, Kind, Role, System, Variable, Wish};
use microlp::{ComparisonOp, OptimizationDirection, Problem};

/// Rows and columns of a table without its margins.
const SIDE: usize = 3;

/// A table with both margins; some cells are unsafe, among them all in which there is nothing.
fn table(seed: u64) -> System {
    let drawn = |place: u64| shaken(seed, place);
    let mut amounts = [[0_i64; SIDE + 1]; SIDE + 1];
    for row in 0..SIDE {
        for column in 0..SIDE {
            let exponent = 3.0 * drawn((row * SIDE + column) as u64);
            let amount = if exponent < 0.6 { 0 } else { 10.0_f64.powf(exponent) as i64 };
            for (row, column) in [(row, column), (row, SIDE), (SIDE, column), (SIDE, SIDE)] {
                amounts[row][column] += amount;
            }
        }
    }
    let mut system = System::default();
    let mut add = |row: usize, column: usize| {
        let (amount, place) = (amounts[row][column], row * (SIDE + 1) + column);
        let is_unsafe = amount == 0 || drawn(100 + place as u64) < 0.15 && row < SIDE;
        let need = (amount as f64 * drawn(200 + place as u64)) as i64 + 1;
        let variable = Variable {
            name: place.to_string(),
            amount,
            down: Some(amount),
            up: None,
            levels: 0,
            tie: place,
            shares: Vec::new(),
            verdict: is_unsafe.then_some(Unsafe { reason: Reason::Frequency, need }),
            wish: Wish::None,
            role: Role::Amount,
            origin: (0, 0),
            hidden: false,
        };
        system.add(Key { measure: place.to_string(), sum: 0, count: 0 }, variable);
    };
    for row in 0..=SIDE {
        (0..=SIDE).for_each(|column| add(row, column));
    }
    for line in 0..=SIDE {
        let row = |column: usize| line * (SIDE + 1) + column;
        let column = |row: usize| row * (SIDE + 1) + line;
        system.equate(row(SIDE), &[0, 1, 2].map(row), Kind::Margin);
        system.equate(column(SIDE), &[0, 1, 2].map(column), Kind::Margin);
    }
    system.finish().unwrap();
    system
}

/// How far an amount can move in one direction while nothing published changes.
fn reach(system: &System, withheld: &[bool], goal: usize, sign: f64) -> f64 {
    let mut problem = Problem::new(OptimizationDirection::Maximize);
    let columns: Vec<_> = (0..withheld.len())
        .map(|variable| {
            let down = system.variables[variable].amount as f64;
            let limits = if withheld[variable] { (-down, 1e5) } else { (0.0, 0.0) };
            problem.add_var(if variable == goal { sign } else { 0.0 }, limits)
        })
        .collect();
    for equation in &system.equations {
        let terms: Vec<_> =
            equation.terms.iter().map(|(variable, value)| (columns[*variable], *value as f64)).collect();
        problem.add_constraint(terms.as_slice(), ComparisonOp::Eq, 0.0);
    }
    problem.solve().unwrap().into_solution().unwrap().objective()
}

fn is_safe(system: &System, withheld: &[bool]) -> bool {
    system.variables.iter().enumerate().all(|(position, variable)| {
        variable.verdict.is_none_or(|verdict| {
            let (up, down) = (verdict.need as f64, verdict.need.min(variable.amount) as f64);
            reach(system, withheld, position, 1.0) > up - 1e-6
                && (down == 0.0 || reach(system, withheld, position, -1.0) > down - 1e-6)
        })
    })
}

/// Price of the cheapest safe pattern.
fn cheapest(system: &System, cost: Cost) -> i128 {
    let unsafe_cells: Vec<bool> =
        system.variables.iter().map(|variable| variable.verdict.is_some()).collect();
    let free: Vec<usize> = (0..unsafe_cells.len()).filter(|variable| !unsafe_cells[*variable]).collect();
    let mut patterns: Vec<(i128, Vec<bool>)> = (0..1_u32 << free.len())
        .map(|number| {
            let mut withheld = unsafe_cells.clone();
            for (bit, variable) in free.iter().enumerate() {
                withheld[*variable] |= number >> bit & 1 == 1;
            }
            (price(system, cost, &withheld).0, withheld)
        })
        .collect();
    patterns.sort();
    patterns.into_iter().find(|(_, withheld)| is_safe(system, withheld)).unwrap().0
}

#[test]
fn no_pattern_of_a_small_table_is_cheaper_than_the_one_that_is_proven() {
    let rules = Rules { insiders: false, unions: false, ..Rules::default() };
    let mut dearer = 0;
    for seed in 1..=10 {
        let system = table(seed);
        for cost in [Cost::Fewest, Cost::Least] {
            let pattern = search(&system, &rules, cost, &[], &Known::default()).unwrap();
            let (found, least) = pattern.bound.unwrap();
            assert_eq!(found, price(&system, cost, &pattern.suppressed).0);
            assert_eq!((found, least), (cheapest(&system, cost), found), "seed {seed}, {cost:?}");
            let first = search(&system, &rules, Cost::Balanced, &[], &Known::default()).unwrap();
            dearer += usize::from(price(&system, cost, &first.suppressed).0 > found);
        }
    }
    assert!(dearer > 0, "every first pattern was the cheapest: nothing was tested");
}
