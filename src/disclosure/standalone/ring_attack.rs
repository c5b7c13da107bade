//! An attacker of three tables in a ring, A × B, B × C and A × C, who knows that the crossings of all three
//! dimensions are never negative.

use super::attack::{Draw, largest};
use super::{Rows, parse, run};
use crate::config::Disclosure;
use crate::disclosure::{MeasureInput, Published, Record, TableInput, protect};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Codes of A, B and C.
type Place = [usize; 3];

struct Fact {
    place: Place,
    holding: u32,
    amount: f64,
}

const SHAPE: Place = [3, 3, 2];
const PAIRS: [[usize; 2]; 3] = [[0, 1], [1, 2], [0, 2]];
const NAMES: [&str; 3] = ["a", "b", "c"];
const POLICY: &str = "value = \"v\"\nholding = \"h\"\n[rules]\nminimum_contributors = 3\np_percent = 15\n\
    [[tables]]\nname = \"t0\"\ndimensions = [\"a\", \"b\"]\n\
    [[tables]]\nname = \"t1\"\ndimensions = [\"b\", \"c\"]\n\
    [[tables]]\nname = \"t2\"\ndimensions = [\"a\", \"c\"]\n";

/// A cell: table, and code in each of its dimensions, or none for the margin.
type Cell = (usize, [Option<usize>; 2]);

fn places() -> Vec<Place> {
    let of = |a| (0..SHAPE[1]).flat_map(move |b| (0..SHAPE[2]).map(move |c| [a, b, c]));
    (0..SHAPE[0]).flat_map(of).collect()
}

fn cells() -> Vec<Cell> {
    let codes = |dimension: usize| (0..SHAPE[dimension]).map(Some).chain([None]);
    let of = |table: usize| {
        let [one, other] = PAIRS[table];
        codes(one).flat_map(move |one| codes(other).map(move |other| (table, [one, other])))
    };
    (0..PAIRS.len()).flat_map(of).collect()
}

fn holds((table, codes): &Cell, place: Place) -> bool {
    PAIRS[*table].iter().zip(codes).all(|(dimension, code)| code.is_none_or(|code| code == place[*dimension]))
}

fn facts(draw: &mut Draw) -> Vec<Fact> {
    let (groups, size) = (4 + draw.below(8), 10 + draw.below(22));
    let fact = |_| Fact {
        place: SHAPE.map(|codes| usize::try_from(draw.below(codes as u64)).unwrap()),
        holding: u32::try_from(draw.below(groups)).unwrap(),
        amount: f64::from(u32::try_from(draw.below(1000)).unwrap()),
    };
    (0..size).map(fact).collect()
}

/// What is published; nothing for what is withheld.
type Released = BTreeMap<Cell, Option<f64>>;

/// Of the engine alone, from its file.
fn alone(facts: &[Fact]) -> Option<Released> {
    let mut table = "a,b,c,h,v\n".to_owned();
    for Fact { place: [a, b, c], holding, amount } in facts {
        writeln!(table, "a{a},b{b},c{c},h{holding},{amount}").unwrap();
    }
    let rows = Rows::read("t.csv", table.as_bytes()).unwrap();
    let outcome = match run(&parse("policy.toml", POLICY).unwrap(), &[("t.csv".to_owned(), rows)]) {
        Ok(outcome) => outcome,
        // What cannot be protected at all is refused, and nothing is published.
        Err(error) => {
            assert!(error.to_string().contains("cannot be protected"), "{error}");
            return None;
        }
    };
    let file = |name: &str| {
        let all = outcome.public.iter().chain(&outcome.private);
        all.filter(|(known, _)| *known == name).map(|(_, bytes)| bytes.clone()).next().unwrap()
    };
    let report: serde_json::Value = serde_json::from_slice(&file("report.json")).unwrap();
    assert_eq!(report["rings_checked"], true);
    let table = Rows::read("cells.csv", &file("cells.csv")).unwrap();
    let cells = table.rows.iter().map(|row| {
        let number: usize = row[0][1..].parse().unwrap();
        let codes = PAIRS[number].map(|dimension| row[1 + dimension].strip_prefix(NAMES[dimension]));
        let codes = codes.map(|code| code.map(|code| code.parse().unwrap()));
        ((number, codes), row[4].parse().ok())
    });
    Some(cells.collect())
}

/// Identities are hashes: their sums tell sets apart.
fn identity(number: u64) -> u128 {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&blake3::hash(&number.to_le_bytes()).as_bytes()[..16]);
    u128::from_le_bytes(bytes)
}

/// Of the nightly path.
fn nightly(facts: &[Fact]) -> Released {
    let codes =
        |dimension: usize| (0..SHAPE[dimension]).map(move |code| format!("{}{code}", NAMES[dimension]));
    let table = |number: usize| TableInput {
        name: format!("t{number}"),
        dimensions: PAIRS[number].map(|dimension| NAMES[dimension].to_owned()).to_vec(),
        codes: PAIRS[number].map(|dimension| codes(dimension).collect()).to_vec(),
        measures: vec![MeasureInput { name: "v".to_owned(), unit: None, relation: None, is_count: false }],
        ceilings: Vec::new(),
        records: (0_u64..)
            .zip(facts)
            .map(|(id, fact)| Record {
                id: identity(id),
                dimensions: PAIRS[number].map(|of| format!("{}{}", NAMES[of], fact.place[of])).to_vec(),
                contributors: vec![format!("h{}", fact.holding)],
                #[expect(clippy::cast_possible_truncation, reason = "whole numbers below a thousand")]
                values: vec![Some(fact.amount as i64)],
            })
            .collect(),
    };
    let tables: Vec<TableInput> = (0..PAIRS.len()).map(table).collect();
    let protected = protect(&tables, &Disclosure::default()).unwrap();
    let mut cells = Released::new();
    for (number, table) in protected.tables().iter().enumerate() {
        for row in table.rows() {
            let code = |at: usize| row.dimensions()[at].strip_prefix(NAMES[PAIRS[number][at]]);
            let codes = [0, 1].map(|at| code(at).map(|code| code.parse().unwrap()));
            let value = match &row.values()[0] {
                #[expect(clippy::cast_precision_loss, reason = "small numbers")]
                Published::Value(value) => Some(*value as f64),
                Published::Confidential | Published::Unknown => None,
            };
            cells.insert((number, codes), value);
        }
    }
    cells
}

/// Most and least that somebody thinks a cell holds, who knows least amounts of the crossings, and some cells
/// exactly.
fn ends(
    released: &Released,
    goal: &Cell,
    least: &BTreeMap<Place, f64>,
    exact: &BTreeMap<Cell, f64>,
) -> (f64, f64) {
    let places = places();
    let row = |cell: &Cell| -> Vec<f64> {
        places.iter().map(|place| if holds(cell, *place) { 1.0 } else { 0.0 }).collect()
    };
    let known = |cell: &Cell| -> f64 {
        least.iter().filter(|(place, _)| holds(cell, **place)).map(|(_, amount)| amount).sum()
    };
    let (mut rows, mut right) = (Vec::new(), Vec::new());
    for cell in cells() {
        // A crossing that is not listed has nobody.
        let value = released.get(&cell).copied().unwrap_or(Some(0.0)).or_else(|| exact.get(&cell).copied());
        if let Some(value) = value {
            rows.push(row(&cell));
            right.push(value - known(&cell));
        }
    }
    let goal_row = row(goal);
    let down: Vec<f64> = goal_row.iter().map(|factor| -factor).collect();
    (known(goal) - largest(&rows, &right, &down), known(goal) + largest(&rows, &right, &goal_row))
}

#[test]
fn a_code_that_one_crossing_alone_has_adds_up() {
    let crossings: [Place; 5] = [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0], [2, 2, 2]];
    let facts = (0_u32..25).zip(crossings.iter().cycle());
    let facts: Vec<Fact> = facts
        .map(|(at, place)| Fact { place: *place, holding: at, amount: f64::from(100 + 7 * at % 40) })
        .collect();
    assert!(released(&facts).is_some());
}

#[test]
fn no_holding_can_be_bounded_from_tables_in_a_ring() {
    attack(alone);
}

#[test]
fn no_holding_can_be_bounded_from_models_in_a_ring() {
    attack(|facts| Some(nightly(facts)));
}

fn attack(released: fn(&[Fact]) -> Option<Released>) {
    let attacks = std::env::var("MAILLAGE_ATTACKS").ok().and_then(|text| text.parse().ok()).unwrap_or(3);
    let mut questions = 0;
    for seed in 0..attacks {
        let facts = facts(&mut Draw(seed));
        let Some(released) = released(&facts) else { continue };
        let attackers: BTreeSet<Option<u32>> =
            facts.iter().map(|fact| Some(fact.holding)).chain([None]).collect();
        for attacker in attackers {
            let is_own = |fact: &&Fact| Some(fact.holding) == attacker;
            let mut least: BTreeMap<Place, f64> = BTreeMap::new();
            for fact in facts.iter().filter(is_own) {
                *least.entry(fact.place).or_insert(0.0) += fact.amount;
            }
            let of = |cell: &Cell| facts.iter().filter(|fact| holds(cell, fact.place)).collect::<Vec<_>>();
            let alone = cells().into_iter().filter_map(|cell| {
                let inside = of(&cell);
                let sum = inside.iter().map(|fact| fact.amount).sum();
                (!inside.is_empty() && inside.iter().all(is_own)).then_some((cell, sum))
            });
            let exact: BTreeMap<Cell, f64> = alone.collect();
            for cell in released.iter().filter(|(_, value)| value.is_none()).map(|(cell, _)| cell) {
                let inside = of(cell);
                let mine: f64 = inside.iter().filter(|fact| is_own(fact)).map(|fact| fact.amount).sum();
                let mut others: BTreeMap<u32, f64> = BTreeMap::new();
                for fact in inside.iter().filter(|fact| !is_own(fact)) {
                    *others.entry(fact.holding).or_insert(0.0) += fact.amount;
                }
                let (low, high) = ends(&released, cell, &least, &exact);
                for (holding, amount) in &others {
                    questions += 1;
                    let is_hidden = high - mine >= 1.15 * amount - 0.01 || *amount == 0.0;
                    assert!(is_hidden, "seed {seed}, {cell:?}: {attacker:?} bounds {holding} by {high}");
                    let is_low = others.len() > 1 || *amount <= 7.0 || low - mine <= 0.85 * amount + 1.01;
                    assert!(is_low, "seed {seed}, {cell:?}: {attacker:?} knows {holding} gave {low}");
                }
            }
        }
    }
    assert!(attacks == 0 || questions > 100, "{questions}");
}
