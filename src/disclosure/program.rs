//! The linear programs: the cheapest movement that reaches a goal.

use super::contract::contract;
use super::system::System;
use super::witness::Limits;
use microlp::{ComparisonOp, OptimizationDirection, Problem, SolveOutcome, Variable};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

/// Movements below this share of the goal are noise of the solver.
const NOISE: f64 = 1e-7;
/// No variable moves more than so many times the goal: keeps the numbers of the solver near one.
const REACH: f64 = 64.0;
/// Sizes of the neighbourhoods that are tried before the whole system.
const SIZES: [usize; 5] = [240, 900, 2500, 5000, usize::MAX];

/// A movement of a sum of variables by a signed width.
#[derive(Debug, Clone, Copy)]
pub(super) struct Goal<'a> {
    pub parts: &'a [usize],
    pub width: i64,
}

/// Cost of moving a variable by one unit; none when it may not move.
pub(super) type Costs<'a> = &'a dyn Fn(usize) -> Option<f64>;

/// The cheapest movement, in units, sorted by variable; none when there is none.
///
/// Solved on growing neighbourhoods of the goal and of what lies `near`: a neighbour that is left out does not move,
/// so that a movement found in a small one is one of the whole.
pub(super) fn movement(
    system: &System,
    goal: Goal<'_>,
    near: &[usize],
    costs: Costs<'_>,
    limits: Limits<'_>,
) -> Option<Vec<(usize, f64)>> {
    let mut last = 0;
    for size in SIZES {
        let seeds: Vec<usize> = goal.parts.iter().chain(near).copied().collect();
        let members = neighbourhood(system, &seeds, costs, size.saturating_add(near.len()));
        if members.len() == last {
            return None;
        }
        last = members.len();
        if let Some(found) = solve(system, goal, &members, costs, limits) {
            return Some(found);
        }
    }
    None
}

/// The variables nearest to the goal, each step as long as the variable is dear.
fn neighbourhood(system: &System, parts: &[usize], costs: Costs<'_>, size: usize) -> Vec<usize> {
    // Ordered by distance in thousandths, then by position: no tie is left to chance.
    let mut queue: BinaryHeap<std::cmp::Reverse<(u64, usize)>> = BinaryHeap::new();
    let mut seen: BTreeSet<usize> = BTreeSet::new();
    let mut members: Vec<usize> = Vec::new();
    let mut seen_equations = vec![false; system.equations.len()];
    for part in parts {
        queue.push(std::cmp::Reverse((0, *part)));
    }
    while let Some(std::cmp::Reverse((distance, variable))) = queue.pop() {
        if !seen.insert(variable) {
            continue;
        }
        // What was just published lies near, and may not move.
        if costs(variable).is_some() {
            members.push(variable);
        }
        if members.len() >= size {
            break;
        }
        for equation in &system.incident[variable] {
            if std::mem::replace(&mut seen_equations[*equation], true) {
                continue;
            }
            for (other, _) in &system.equations[*equation].terms {
                let Some(cost) = costs(*other) else { continue };
                if !seen.contains(other) {
                    queue.push(std::cmp::Reverse((distance + step(cost), *other)));
                }
            }
        }
    }
    members.sort_unstable();
    members
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "costs are finite and positive")]
fn step(cost: f64) -> u64 {
    1000 + (cost.ln_1p() * 200.0) as u64
}

#[expect(clippy::cast_precision_loss, reason = "the exact check does not use these numbers")]
fn solve(
    system: &System,
    goal: Goal<'_>,
    members: &[usize],
    costs: Costs<'_>,
    limits: Limits<'_>,
) -> Option<Vec<(usize, f64)>> {
    let small = contract(system, goal, members);
    if small.goal.is_empty() {
        return None;
    }
    let scale = goal.width.unsigned_abs() as f64;
    let bound = |limit: Option<i64>| limit.map_or(REACH, |limit| (limit as f64 / scale).min(REACH));
    // Cost, fall and rise of each class.
    let mut classes: Vec<(f64, f64, f64)> = vec![(0.0, REACH, REACH); small.classes];
    for (member, class) in members.iter().zip(&small.of_member) {
        let Some((class, sign)) = *class else { continue };
        let (down, up) = limits(*member);
        let (down, up) = if sign > 0 { (bound(down), bound(up)) } else { (bound(up), bound(down)) };
        let (cost, least_down, least_up) = classes[class];
        classes[class] = (cost + costs(*member).unwrap_or(0.0), least_down.min(down), least_up.min(up));
    }
    let mut problem = Problem::new(OptimizationDirection::Minimize);
    let columns: Vec<[Option<Variable>; 2]> = classes
        .iter()
        .map(|(cost, down, up)| {
            [*up, *down].map(|limit| (limit > NOISE).then(|| problem.add_var(*cost, (0.0, limit))))
        })
        .collect();
    let terms = |row: &BTreeMap<usize, i64>| -> Vec<(Variable, f64)> {
        let largest = row.values().map(|value| value.abs()).max().unwrap_or(1) as f64;
        row.iter()
            .flat_map(|(class, value)| {
                let value = *value as f64 / largest;
                let [rise, fall] = columns[*class];
                [rise.map(|column| (column, value)), fall.map(|column| (column, -value))]
            })
            .flatten()
            .collect()
    };
    for row in &small.rows {
        problem.add_constraint(terms(row).as_slice(), ComparisonOp::Eq, 0.0);
    }
    let direction = if goal.width < 0 { -1.0 } else { 1.0 };
    let largest = small.goal.values().map(|value| value.abs()).max().unwrap_or(1) as f64;
    problem.add_constraint(terms(&small.goal).as_slice(), ComparisonOp::Eq, direction / largest);
    let SolveOutcome::Solution(solution) = problem.solve().ok()? else { return None };
    let value = |column: Option<Variable>| column.map_or(0.0, |column| solution[column]);
    Some(
        members
            .iter()
            .zip(&small.of_member)
            .filter_map(|(member, class)| {
                let (class, sign) = (*class)?;
                let [rise, fall] = columns[class];
                Some((*member, sign as f64 * (value(rise) - value(fall))))
            })
            .filter(|(_, value)| value.abs() > NOISE)
            .map(|(member, value)| (member, value * scale))
            .collect(),
    )
}
