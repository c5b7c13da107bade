//! The linear programs: the cheapest movement that reaches a goal.

use super::contract::{Row, contract};
use super::system::{Equation, Kind, System};
use super::witness::Limits;
use microlp::{ComparisonOp, OptimizationDirection, Problem, SolveOutcome, Variable};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

/// Movements below this share of the goal are noise of the solver.
const NOISE: f64 = 1e-7;
/// No variable moves more than so many times the goal: keeps the numbers of the solver near one.
const REACH: f64 = 64.0;
/// Length of a step to a variable that is too small by a factor of e, in thousandths.
const LACK: f64 = 100.0;
/// Length that each equation adds in which no neighbour stands yet: what is alone in it cannot move.
const ALONE: u64 = 1500;
/// Sizes of the neighbourhoods that are tried before the whole system.
pub(super) const SIZES: [usize; 6] = [240, 600, 1200, 2500, 5000, usize::MAX];
/// The same, where all that is asked is whether something withheld can be spared: worlds stay short.
pub(super) const SPARE: [usize; 4] = [30, 120, 600, 1200];

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
    sizes: &[usize],
) -> Option<Vec<(usize, f64)>> {
    let loose = loose(system, goal, costs, limits);
    let mut growth = Growth::new(system, goal, near, &loose);
    let mut last = 0;
    for size in sizes {
        let members = growth.members(costs, size.saturating_add(near.len()));
        if members.len() == last {
            return None;
        }
        last = members.len();
        if let Some(found) = solve(system, goal, (&members, &loose), costs, limits) {
            return Some(following(system, &loose, found));
        }
    }
    None
}

/// Equations of changes that nothing limits: what changed follows from what was and what is, so neither
/// stands in a program.
fn loose(system: &System, goal: Goal<'_>, costs: Costs<'_>, limits: Limits<'_>) -> Vec<bool> {
    let is_loose = |equation: &Equation| {
        change(equation).is_some_and(|change| {
            limits(change) == (None, None) && costs(change).is_some() && !goal.parts.contains(&change)
        })
    };
    system.equations.iter().map(is_loose).collect()
}

/// What changed from one night to another: it was added after all that it hangs on.
pub(super) fn change(equation: &Equation) -> Option<usize> {
    let [_, _, .., (change, _)] = equation.terms[..] else { return None };
    (equation.kind == Kind::Change).then_some(change)
}

/// What an equation of a change says that was (−1), or is (1).
pub(super) fn side(equation: &Equation, sign: i64) -> Vec<usize> {
    let before = equation.terms.len().saturating_sub(1);
    let of_side = equation.terms[..before].iter().filter(|(_, coefficient)| *coefficient == sign);
    of_side.map(|(variable, _)| *variable).collect()
}

/// A movement with the changes that follow from it.
fn following(system: &System, loose: &[bool], found: Vec<(usize, f64)>) -> Vec<(usize, f64)> {
    let mut changes: BTreeMap<usize, f64> = BTreeMap::new();
    for (variable, value) in &found {
        for equation in system.incident[*variable].iter().filter(|equation| loose[**equation]) {
            let [.., (change, own)] = system.equations[*equation].terms[..] else { continue };
            // The change has the sign of what was.
            let was = system.equations[*equation].terms.contains(&(*variable, own));
            *changes.entry(change).or_insert(0.0) += if was { -value } else { *value };
        }
    }
    changes.retain(|_, value| *value != 0.0);
    changes.extend(found);
    changes.into_iter().collect()
}

/// The variables around a goal, nearest first: a step is as long as the variable is dear, and
/// longer where it is too small to carry what the goal moves.
struct Growth<'a> {
    system: &'a System,
    width: u64,
    /// Ordered by distance in thousandths, then by position: no tie is left to chance.
    queue: BinaryHeap<Reverse<(u64, usize, u64)>>,
    seen: Vec<bool>,
    seen_equations: Vec<bool>,
    members: Vec<usize>,
}

impl<'a> Growth<'a> {
    fn new(system: &'a System, goal: Goal<'_>, near: &[usize], loose: &[bool]) -> Self {
        let mut seen = vec![false; system.variables.len()];
        let equations = system.equations.iter().zip(loose).filter(|(_, loose)| **loose);
        for change in equations.filter_map(|(equation, _)| change(equation)) {
            seen[change] = true;
        }
        Self {
            system,
            width: goal.width.unsigned_abs(),
            queue: goal.parts.iter().chain(near).map(|part| Reverse((0, *part, 0))).collect(),
            seen,
            seen_equations: loose.to_vec(),
            members: Vec::new(),
        }
    }

    /// So many of the nearest variables, in their order.
    fn members(&mut self, costs: Costs<'_>, size: usize) -> Vec<usize> {
        while self.members.len() < size {
            let Some(Reverse((_, variable, distance))) = self.queue.pop() else { break };
            if std::mem::replace(&mut self.seen[variable], true) {
                continue;
            }
            // What was just published lies near, and may not move.
            if costs(variable).is_some() {
                self.members.push(variable);
            }
            for equation in &self.system.incident[variable] {
                if std::mem::replace(&mut self.seen_equations[*equation], true) {
                    continue;
                }
                for (other, _) in &self.system.equations[*equation].terms {
                    let Some(cost) = costs(*other).filter(|_| !self.seen[*other]) else { continue };
                    let distance = distance + self.step(*other, cost);
                    let alone =
                        self.system.incident[*other].iter().filter(|next| !self.seen_equations[**next]);
                    let alone = alone.count() as u64;
                    self.queue.push(Reverse((distance + ALONE * alone, *other, distance)));
                }
            }
        }
        let mut members = self.members.clone();
        members.sort_unstable();
        members
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "costs are finite and positive, and the result only orders"
    )]
    fn step(&self, variable: usize, cost: f64) -> u64 {
        let amount = self.system.variables[variable].amount.unsigned_abs();
        let lack = (self.width as f64 / amount.max(1) as f64).max(1.0);
        1000 + (cost.ln_1p() * 200.0) as u64 + (lack.ln() * LACK) as u64
    }
}

#[expect(clippy::cast_precision_loss, reason = "the exact check does not use these numbers")]
fn solve(
    system: &System,
    goal: Goal<'_>,
    (members, loose): (&[usize], &[bool]),
    costs: Costs<'_>,
    limits: Limits<'_>,
) -> Option<Vec<(usize, f64)>> {
    let small = contract(system, goal, members, loose);
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
    let terms = |row: &Row| -> Vec<(Variable, f64)> {
        let largest = row.iter().map(|(_, value)| value.abs()).max().unwrap_or(1) as f64;
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
    let largest = small.goal.iter().map(|(_, value)| value.abs()).max().unwrap_or(1) as f64;
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

#[cfg(test)]
mod tests {
    use super::{Goal, movement};
    use crate::disclosure::system::{Key, Kind, Role, System, Variable, Wish};
    use std::collections::BTreeMap;

    /// A cell on two nights, what changed in it and another cell beside each under a published total.
    fn system() -> System {
        let mut system = System::default();
        for (name, amount) in
            [("old", 10), ("new", 14), ("beside old", 20), ("beside new", 21), ("change", 4)]
        {
            let variable = Variable {
                name: name.to_owned(),
                amount,
                down: (name != "change").then_some(amount),
                up: None,
                levels: 0,
                tie: system.variables.len(),
                shares: Vec::new(),
                verdict: None,
                wish: Wish::None,
                role: Role::Amount,
                origin: (0, 0),
                hidden: true,
            };
            system.add(Key { measure: name.to_owned(), sum: 0, count: 1 }, variable);
        }
        system.relate(BTreeMap::from([(0, 1), (2, 1)]), Kind::Ratio);
        system.relate(BTreeMap::from([(1, 1), (3, 1)]), Kind::Ratio);
        system.relate(BTreeMap::from([(1, 1), (0, -1), (4, -1)]), Kind::Change);
        system.finish().unwrap();
        system
    }

    fn moved(part: usize, width: i64, change: Option<i64>) -> Option<Vec<(usize, f64)>> {
        let system = system();
        let limits = |variable: usize| match variable {
            4 => (change, change),
            other => (system.variables[other].down, None),
        };
        let found = movement(&system, Goal { parts: &[part], width }, &[], &|_| Some(1.0), &limits, &[9])?;
        Some(found.into_iter().map(|(variable, value)| (variable, (value * 8.0).round())).collect())
    }

    #[test]
    fn what_changed_follows_from_both_nights_unless_it_is_limited() {
        // Nothing else has to move with a change that nobody knows.
        assert_eq!(moved(1, 3, None), Some(vec![(1, 24.0), (3, -24.0), (4, 24.0)]));
        assert_eq!(moved(0, -3, None), Some(vec![(0, -24.0), (2, 24.0), (4, 24.0)]));
        // A known change moves both nights together.
        assert_eq!(moved(1, 3, Some(0)), Some(vec![(0, 24.0), (1, 24.0), (2, -24.0), (3, -24.0)]));
        // It is a goal like any other.
        assert_eq!(moved(4, 2, None).unwrap().iter().find(|(variable, _)| *variable == 4), Some(&(4, 16.0)));
        assert_eq!(moved(1, -15, None), None);
    }
}
