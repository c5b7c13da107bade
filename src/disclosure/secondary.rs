//! Complementary suppression by sequential linear programming.

use super::system::System;
use super::table::DisclosureError;
use microlp::{ComparisonOp, OptimizationDirection, Problem, SolveOutcome, Variable};
use std::collections::BTreeSet;

/// Movements below this share of the need are noise of the solver.
const NOISE: f64 = 1e-7;

/// Withholds further variables until the one at `target` can move by `need` up, and down as
/// far as its own amount allows, without any published value changing.
///
/// Each linear program minimises the weight of what has to move with the target; weights are
/// `√a + 1`, tenfold for margins, nothing for what is withheld already.
pub(super) fn protect(
    system: &System,
    suppressed: &mut BTreeSet<usize>,
    target: usize,
    need: i64,
) -> Result<(), DisclosureError> {
    let amount = system.variables[target].cell.amount;
    for (direction, width) in [(1.0, need), (-1.0, need.min(amount))] {
        if width == 0 {
            continue;
        }
        let moved = program(system, suppressed, target, direction, width)
            .ok_or_else(|| DisclosureError::Infeasible { cell: system.variables[target].name.clone() })?;
        suppressed.extend(moved);
    }
    Ok(())
}

/// Whether the target can move so with what is withheld now, and nothing else.
pub(super) fn holds(system: &System, suppressed: &BTreeSet<usize>, target: usize, need: i64) -> bool {
    let amount = system.variables[target].cell.amount;
    [(1.0, need), (-1.0, need.min(amount))].into_iter().all(|(direction, width)| {
        width == 0
            || program(system, suppressed, target, direction, width)
                .is_some_and(|moved| moved.iter().all(|variable| suppressed.contains(variable)))
    })
}

#[expect(clippy::cast_precision_loss, reason = "the exact check does not use these numbers")]
fn program(
    system: &System,
    suppressed: &BTreeSet<usize>,
    target: usize,
    direction: f64,
    need: i64,
) -> Option<BTreeSet<usize>> {
    let (members, equations, derived) = component(system, target);
    // Amounts in units of the need keep the numbers of the solver near one.
    let scale = 1.0 / need as f64;
    let mut problem = Problem::new(OptimizationDirection::Minimize);
    let mut columns: Vec<Option<(Variable, Variable)>> = vec![None; system.variables.len()];
    let weight = |variable: usize| {
        if suppressed.contains(&variable) {
            return 0.0;
        }
        let weight = (system.variables[variable].cell.amount as f64).sqrt() + 1.0;
        if system.variables[variable].is_margin { 10.0 * weight } else { weight }
    };
    for &variable in &members {
        let amount = system.variables[variable].cell.amount as f64 * scale;
        let up = problem.add_var(weight(variable), (0.0, f64::INFINITY));
        let down = problem.add_var(weight(variable), (0.0, amount));
        columns[variable] = Some((up, down));
    }
    for &equation in &equations {
        let equation = &system.equations[equation];
        let mut terms = Vec::with_capacity(2 * equation.parts.len() + 2);
        for (variable, sign) in
            std::iter::once((equation.sum, -1.0)).chain(equation.parts.iter().map(|part| (*part, 1.0)))
        {
            let (up, down) = columns[variable]?;
            terms.extend([(up, sign), (down, -sign)]);
        }
        problem.add_constraint(terms.as_slice(), ComparisonOp::Eq, 0.0);
    }
    let mut auxiliary = Vec::new();
    for &position in &derived {
        let relation = &system.derived[position];
        let largest = relation
            .parts
            .iter()
            .map(|(_, derived, base)| (*derived as f64 / *base as f64).abs())
            .fold(f64::MIN_POSITIVE, f64::max);
        let cost = weight(relation.owner);
        let (up, down) =
            (problem.add_var(cost, (0.0, f64::INFINITY)), problem.add_var(cost, (0.0, f64::INFINITY)));
        let mut terms = vec![(up, -1.0), (down, 1.0)];
        for (variable, derived, base) in &relation.parts {
            let ratio = *derived as f64 / *base as f64 / largest;
            let (plus, minus) = columns[*variable]?;
            terms.extend([(plus, ratio), (minus, -ratio)]);
        }
        problem.add_constraint(terms.as_slice(), ComparisonOp::Eq, 0.0);
        auxiliary.push((relation.owner, up, down));
    }
    let (up, down) = columns[target]?;
    problem.add_constraint([(up, 1.0), (down, -1.0)], ComparisonOp::Eq, direction);
    let SolveOutcome::Solution(solution) = problem.solve().ok()? else { return None };
    let is_moved = |up: Variable, down: Variable| (solution[up] - solution[down]).abs() > NOISE;
    let mut moved: BTreeSet<usize> = members
        .iter()
        .copied()
        .filter(|variable| columns[*variable].is_some_and(|(up, down)| is_moved(up, down)))
        .collect();
    moved.extend(auxiliary.iter().filter(|(_, up, down)| is_moved(*up, *down)).map(|(owner, _, _)| *owner));
    Some(moved)
}

/// What hangs together with the target: variables, equations, derived relations.
fn component(system: &System, target: usize) -> (BTreeSet<usize>, Vec<usize>, Vec<usize>) {
    let mut members = BTreeSet::from([target]);
    loop {
        let before = members.len();
        for equation in &system.equations {
            if members.contains(&equation.sum) || equation.parts.iter().any(|part| members.contains(part)) {
                members.insert(equation.sum);
                members.extend(&equation.parts);
            }
        }
        if members.len() == before {
            break;
        }
    }
    let equations =
        (0..system.equations.len()).filter(|position| members.contains(&system.equations[*position].sum));
    let derived = (0..system.derived.len()).filter(|position| {
        let relation = &system.derived[*position];
        relation.parts.iter().all(|(variable, _, _)| members.contains(variable))
    });
    (members.clone(), equations.collect(), derived.collect())
}
