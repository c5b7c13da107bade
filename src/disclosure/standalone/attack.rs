//! An attacker with code of its own: from the published file, the codes and what one holding gave,
//! by linear programming in a dense tableau.

use super::{Rows, parse, run};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Random releases that are attacked in every run; `MAILLAGE_ATTACKS=1000` attacks a thousand.
const ATTACKS: u64 = 1;
const NOISE: f64 = 1e-7;

/// Records: code of A, of B and of C, holding, amount.
type Fact = (usize, usize, usize, u32, i64);

pub(super) struct Draw(pub(super) u64);

impl Draw {
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// Two linked tables, A × B and A × C, of which A has two levels.
fn facts(draw: &mut Draw) -> Vec<Fact> {
    let (groups, size) = (3 + draw.below(9), 6 + draw.below(34));
    (0..size)
        .map(|_| {
            let code = |draw: &mut Draw, below| usize::try_from(draw.below(below)).unwrap();
            let holding = u32::try_from(draw.below(groups)).unwrap();
            let most = 10_u64.pow(1 + u32::try_from(draw.below(4)).unwrap());
            let amount = i64::try_from(draw.below(most)).unwrap();
            (code(draw, 5), code(draw, 3), code(draw, 2), holding, amount)
        })
        .collect()
}

const POLICY: &str = "value = \"v\"\nholding = \"h\"\n[rules]\nminimum_contributors = 3\np_percent = 15\n\
    [hierarchies]\nA = [\"a\", \"aa\"]\n[[tables]]\nname = \"t\"\ndimensions = [\"A\", \"b\"]\n\
    [[tables]]\nname = \"u\"\ndimensions = [\"A\", \"c\"]\n";

/// Codes of A above a finest one, itself first.
fn above(code: usize) -> [String; 3] {
    [format!("aa{code}"), format!("a{}", code / 2), "Total".to_owned()]
}

/// Names of the cells that a record stands in.
fn cells_of((a, b, c, _, _): &Fact) -> Vec<[String; 3]> {
    let mut cells = Vec::new();
    for top in above(*a) {
        for (table, other) in [("t", format!("b{b}")), ("u", format!("c{c}"))] {
            for other in [other, "Total".to_owned()] {
                cells.push([table.to_owned(), top.clone(), other]);
            }
        }
    }
    cells
}

/// Largest value of one unknown, when `rows · y = right` and `y ≥ 0`; infinite without limit.
pub(super) fn largest(rows: &[Vec<f64>], right: &[f64], goal: &[f64]) -> f64 {
    let (height, width) = (rows.len(), goal.len());
    let mut tableau: Vec<Vec<f64>> = rows
        .iter()
        .zip(right)
        .enumerate()
        .map(|(at, (row, right))| {
            let sign = if *right < 0.0 { -1.0 } else { 1.0 };
            let slack = (0..height).map(|other| if other == at { 1.0 } else { 0.0 });
            row.iter().map(|value| sign * value).chain(slack).chain([sign * right]).collect()
        })
        .collect();
    let mut basis: Vec<usize> = (width..width + height).collect();
    let last = width + height;
    for phase in [1, 2] {
        let price = |column: usize| match (phase, column < width) {
            (1, true) => 0.0,
            (1, false) => -1.0,
            (_, true) => goal[column],
            (_, false) => 0.0,
        };
        loop {
            // Bland's rule: no cycles. What was artificial never comes back.
            let entering = (0..width).filter(|column| !basis.contains(column)).find(|column| {
                let held: f64 =
                    basis.iter().zip(&tableau).map(|(base, row)| price(*base) * row[*column]).sum();
                price(*column) - held > NOISE
            });
            let Some(entering) = entering else { break };
            let mut leaving: Option<(usize, f64)> = None;
            for (at, row) in tableau.iter().enumerate() {
                let is_stuck = phase == 2 && basis[at] >= width && row[entering].abs() > NOISE;
                let ratio = match row[entering] {
                    _ if is_stuck => 0.0,
                    value if value > NOISE => row[last] / value,
                    _ => continue,
                };
                let better = leaving.is_none_or(|(known, best)| {
                    ratio < best - NOISE || (ratio < best + NOISE && basis[at] < basis[known])
                });
                if better {
                    leaving = Some((at, ratio));
                }
            }
            let Some((leaving, _)) = leaving else { return f64::INFINITY };
            let pivot = tableau[leaving][entering];
            tableau[leaving].iter_mut().for_each(|value| *value /= pivot);
            let row = tableau[leaving].clone();
            for (at, other) in tableau.iter_mut().enumerate() {
                let factor = other[entering];
                if at != leaving && factor != 0.0 {
                    other.iter_mut().zip(&row).for_each(|(value, base)| *value -= factor * base);
                }
            }
            basis[leaving] = entering;
        }
    }
    basis
        .iter()
        .zip(&tableau)
        .filter(|(base, _)| **base < width)
        .map(|(base, row)| goal[*base] * row[last])
        .sum()
}

/// What is known to everybody: which cells are withheld, and what the published ones say of their sums.
struct Published {
    unknown: Vec<[String; 3]>,
    rows: Vec<Vec<f64>>,
    right: Vec<f64>,
}

fn read(text: &[u8]) -> Published {
    let table = Rows::read("cells.csv", text).unwrap();
    let cells: BTreeMap<[String; 3], Option<f64>> = table
        .rows
        .iter()
        .map(|row| {
            let other = if row[0] == "t" { &row[2] } else { &row[3] };
            ([row[0].clone(), row[1].clone(), other.clone()], row[4].parse().ok())
        })
        .collect();
    let unknown: Vec<[String; 3]> =
        cells.iter().filter(|(_, value)| value.is_none()).map(|(cell, _)| cell.clone()).collect();
    let mut sums: Vec<(Vec<[String; 3]>, [String; 3])> = Vec::new();
    for cell in cells.keys() {
        let [table, a, other] = cell;
        let children: Vec<[String; 3]> = cells
            .keys()
            .filter(|[under, b, same]| {
                let parent = match b.strip_prefix("aa") {
                    Some(code) => format!("a{}", code.parse::<usize>().unwrap() / 2),
                    None => "Total".to_owned(),
                };
                under == table && same == other && b != "Total" && parent == *a
            })
            .cloned()
            .collect();
        sums.push((children, cell.clone()));
        if other == "Total" {
            let beside =
                cells.keys().filter(|[under, b, other]| under == table && b == a && other != "Total");
            sums.push((beside.cloned().collect(), cell.clone()));
        }
        // The same amount under two names.
        if table == "t" && other == "Total" {
            sums.push((vec![["u".to_owned(), a.clone(), other.clone()]], cell.clone()));
        }
    }
    let (mut rows, mut right) = (Vec::new(), Vec::new());
    for (parts, sum) in sums.into_iter().filter(|(parts, _)| !parts.is_empty()) {
        let mut row = vec![0.0; unknown.len()];
        let mut known = 0.0;
        for (cell, sign) in parts.iter().map(|part| (part, 1.0)).chain([(&sum, -1.0)]) {
            match cells[cell] {
                Some(value) => known -= sign * value,
                None => row[unknown.binary_search(cell).unwrap()] += sign,
            }
        }
        if row.iter().any(|value| *value != 0.0) {
            rows.push(row);
            right.push(known);
        } else {
            assert!(known.abs() < 0.5, "the published cells do not add up");
        }
    }
    Published { unknown, rows, right }
}

/// Bounds of a cell to somebody who knows least amounts of the unknown cells, and some exactly.
fn bounds(published: &Published, cell: usize, least: &[f64], exact: &[bool]) -> (f64, f64) {
    let mut rows: Vec<Vec<f64>> = Vec::new();
    let mut right = Vec::new();
    for (row, value) in published.rows.iter().zip(&published.right) {
        let known: f64 = row.iter().zip(least).map(|(factor, least)| factor * least).sum();
        rows.push(row.iter().zip(exact).map(|(factor, exact)| if *exact { 0.0 } else { *factor }).collect());
        right.push(value - known);
    }
    if exact[cell] {
        return (least[cell], least[cell]);
    }
    let goal = |sign: f64| (0..least.len()).map(|at| if at == cell { sign } else { 0.0 }).collect::<Vec<_>>();
    let (up, down) = (largest(&rows, &right, &goal(1.0)), largest(&rows, &right, &goal(-1.0)));
    (least[cell] - down, least[cell] + up)
}

/// Every holding in every unsafe cell, against every other one and an outsider.
fn attack(facts: &[Fact], published: &Published) -> Vec<String> {
    let mut shares: BTreeMap<[String; 3], BTreeMap<u32, f64>> = BTreeMap::new();
    for fact in facts {
        for cell in cells_of(fact) {
            #[expect(clippy::cast_precision_loss, reason = "small amounts")]
            let amount = fact.4 as f64;
            *shares.entry(cell).or_default().entry(fact.3).or_insert(0.0) += amount;
        }
    }
    let attackers: BTreeSet<Option<u32>> = facts.iter().map(|fact| Some(fact.3)).chain([None]).collect();
    let mut found = Vec::new();
    for attacker in attackers {
        let own = |cell: &[String; 3]| {
            attacker.and_then(|attacker| shares[cell].get(&attacker).copied()).unwrap_or(0.0)
        };
        let least: Vec<f64> = published.unknown.iter().map(own).collect();
        let exact: Vec<bool> = published
            .unknown
            .iter()
            .map(|cell| shares[cell].keys().all(|holding| Some(*holding) == attacker))
            .collect();
        for (cell, holdings) in &shares {
            let total: f64 = holdings.values().sum();
            let (low, high) = match published.unknown.binary_search(cell) {
                Ok(at) => bounds(published, at, &least, &exact),
                Err(_) => (total, total),
            };
            for (holding, amount) in holdings.iter().filter(|(holding, _)| Some(**holding) != attacker) {
                let mine = own(cell);
                // The others gave nothing: most that the holding can have given.
                let most = high - mine;
                // Three and more: the rule looks at shares, two and less: at every other holding too.
                if most < 1.15 * amount - 0.01 && *amount > 0.0 {
                    found.push(format!("{cell:?}: {attacker:?} bounds {holding} by {most} from {amount}"));
                }
                let alone = holdings.keys().all(|other| other == holding || Some(*other) == attacker);
                if alone && *amount > 7.0 && low - mine > 0.85 * amount + 1.01 {
                    found.push(format!("{cell:?}: {attacker:?} knows {holding} gave {low} at least"));
                }
            }
        }
    }
    found
}

#[test]
fn no_holding_can_be_bounded_within_p_percent() {
    let attacks =
        std::env::var("MAILLAGE_ATTACKS").ok().and_then(|text| text.parse().ok()).unwrap_or(ATTACKS);
    let (mut unsafe_cells, mut withheld) = (0, 0);
    for seed in 0..attacks {
        let facts = facts(&mut Draw(seed));
        let mut table = "a,aa,b,c,h,v\n".to_owned();
        for (a, b, c, holding, amount) in &facts {
            writeln!(table, "a{},aa{a},b{b},c{c},h{holding},{amount}", a / 2).unwrap();
        }
        let rows = Rows::read("t.csv", table.as_bytes()).unwrap();
        let policy = parse("policy.toml", POLICY).unwrap();
        // A table that cannot be protected at all is refused, and nothing is published.
        let Ok(outcome) = run(&policy, &[("t.csv".to_owned(), rows)]) else { continue };
        let (_, text) = outcome.public.iter().find(|(name, _)| *name == "cells.csv").unwrap();
        let published = read(text);
        assert_eq!(attack(&facts, &published), Vec::<String>::new(), "seed {seed}");
        unsafe_cells += outcome.counts.iter().map(|counts| counts.2).sum::<usize>();
        withheld += published.unknown.len();
        // The attacker is no straw man: publishing one unsafe cell, it finds it.
        if let Some(cell) = published.unknown.iter().find(|cell| {
            let holders: BTreeSet<u32> = facts
                .iter()
                .filter(|fact| fact.4 > 7 && cells_of(fact).contains(cell))
                .map(|fact| fact.3)
                .collect();
            holders.len() == 1 && facts.iter().filter(|fact| cells_of(fact).contains(cell)).count() == 1
        }) {
            let total: i64 =
                facts.iter().filter(|fact| cells_of(fact).contains(cell)).map(|fact| fact.4).sum();
            let leaked = String::from_utf8(text.clone()).unwrap();
            let [table, a, other] = cell;
            let place = if table == "t" { format!("t,{a},{other},,") } else { format!("u,{a},,{other},") };
            let leaked = leaked.replace(&format!("{place},confidentiel"), &format!("{place}{total},publie"));
            assert!(!attack(&facts, &read(leaked.as_bytes())).is_empty(), "seed {seed} leaks unseen");
        }
    }
    assert!(attacks < 10 || (unsafe_cells > 50 && withheld > unsafe_cells), "{unsafe_cells} of {withheld}");
}
