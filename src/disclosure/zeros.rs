//! Zeros that a reader cannot work out are withheld, though nobody stands behind them.
//!
//! Were each zero shown, the reader would know that there is something in whatever is withheld:
//! of a sum of three over three withheld cells, that each of them is one. So the zero of an empty
//! crossing is shown only where it follows from what is published.
//!
//! The reader is the one who sees the tables as they are printed: which cells add up to which,
//! and that a cell stands in two tables. That two crossings of other codes hold the same records
//! he does not see; the search takes it for known, to be on the safe side, but here that would be
//! the unsafe side: a total that is the same as its only part would show every zero beside it.
//!
//! A count of which there is nothing at all says of nobody in particular that he has none, when
//! enough groups take part in the programme: its zero is shown.

use super::cells::{Axis, Crossing, Cube, TOTAL};
use super::error::Reason;
use super::search::Pattern;
use super::system::System;
use microlp::{ComparisonOp, OptimizationDirection, Problem, SolveOutcome};
use std::collections::BTreeMap;

/// Components with more cells are judged without linear programs: a zero in them may be withheld
/// though it can be worked out.
const LARGEST: usize = 3000;
/// Movements below it are noise of the solver; those that count are near one.
const NOISE: f64 = 1e-6;

/// Withholds what must not be shown: variables of empty crossings join the pattern. `are_many`
/// when the groups of all tables are enough for a cell.
pub(super) fn withhold(
    cubes: &[Cube],
    blocks: &[Vec<Crossing>],
    system: &System,
    pattern: &mut Pattern,
    are_many: bool,
) {
    let seen = Seen::new(cubes, blocks);
    let mut hidden = seen.empty.clone();
    for cell in seen.nothing.iter().filter(|_| are_many) {
        hidden[*cell] = false;
    }
    loop {
        let moves = seen.moves(system, &pattern.suppressed, &hidden);
        let before = hidden.clone();
        for crossing in &seen.crossings {
            if crossing.iter().any(|cell| !moves[*cell]) {
                for cell in crossing {
                    hidden[*cell] = false;
                }
            }
        }
        if hidden == before {
            break;
        }
    }
    for (variables, _) in seen.variables.iter().zip(&hidden).filter(|(_, hidden)| **hidden) {
        for variable in variables {
            pattern.suppressed[*variable] = true;
            pattern.reasons.entry(*variable).or_insert(Reason::Complementary);
        }
    }
}

/// What the reader takes for one cell: a measure, the codes that are not margins, and the set of
/// records; of a crossing without records, those of its whole table.
type Name<'a> = (&'a str, Vec<(&'a str, &'a str)>, Option<usize>, bool);

/// The tables as they are printed.
#[derive(Default)]
struct Seen {
    /// Variables of the search behind each cell.
    variables: Vec<Vec<usize>>,
    /// Whether nothing stands behind a cell.
    empty: Vec<bool>,
    /// Cells of each crossing without records: all measures are shown, or none.
    crossings: Vec<Vec<usize>>,
    /// Totals of tables that count, and hold no record.
    nothing: Vec<usize>,
    /// `Σ sign · cell = 0`.
    equations: Vec<Vec<(usize, f64)>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Freedom {
    None,
    Up,
    Both,
}

impl Seen {
    fn new(cubes: &[Cube], blocks: &[Vec<Crossing>]) -> Self {
        let mut seen = Self::default();
        let mut names: BTreeMap<Name<'_>, usize> = BTreeMap::new();
        for (cube, crossings) in cubes.iter().zip(blocks) {
            let top = crossings.iter().find(|crossing| codes(cube, crossing).next().is_none());
            let mut cells: BTreeMap<&[usize], Vec<Option<usize>>> = BTreeMap::new();
            for crossing in crossings {
                let measures = cube.measures.iter().zip(&crossing.variables).enumerate();
                let of_measure = measures.map(|(position, (measure, variable))| {
                    let variable = (*variable)?;
                    let whole = if crossing.is_empty {
                        top.and_then(|top| top.variables[position])
                    } else {
                        Some(variable)
                    };
                    let name =
                        (measure.name.as_str(), codes(cube, crossing).collect(), whole, crossing.is_empty);
                    let cell = *names.entry(name).or_insert(seen.variables.len());
                    if cell == seen.variables.len() {
                        seen.variables.push(Vec::new());
                        seen.empty.push(crossing.is_empty);
                    }
                    seen.variables[cell].push(variable);
                    Some(cell)
                });
                let of_measure: Vec<Option<usize>> = of_measure.collect();
                if crossing.is_empty && cube.entries.is_empty() && codes(cube, crossing).next().is_none() {
                    let counts =
                        of_measure.iter().zip(&cube.measures).filter(|(_, measure)| measure.is_count);
                    seen.nothing.extend(counts.filter_map(|(cell, _)| *cell));
                }
                if crossing.is_empty {
                    seen.crossings.push(of_measure.iter().copied().flatten().collect());
                }
                cells.insert(&crossing.codes, of_measure);
            }
            seen.add(&cube.axes, &cells, cube.measures.len());
        }
        seen
    }

    /// The sums of a table.
    fn add(&mut self, axes: &[Axis], cells: &BTreeMap<&[usize], Vec<Option<usize>>>, measures: usize) {
        for (codes, sums) in cells {
            for (dimension, axis) in axes.iter().enumerate() {
                let mut child = codes.to_vec();
                let mut below = Vec::new();
                for code in &axis.children[codes[dimension]] {
                    child[dimension] = *code;
                    below.extend(cells.get(child.as_slice()));
                }
                for measure in 0..measures {
                    let Some(sum) = sums[measure] else { continue };
                    let parts = below.iter().filter_map(|part| part[measure]).map(|part| (part, 1.0));
                    let terms: Vec<(usize, f64)> = parts.chain([(sum, -1.0)]).collect();
                    if terms.len() > 1 {
                        self.equations.push(terms);
                    }
                }
            }
        }
    }

    /// Whether each cell can be more than it is, as far as the reader sees; `hidden` are the
    /// zeros that he is not shown.
    fn moves(&self, system: &System, suppressed: &[bool], hidden: &[bool]) -> Vec<bool> {
        let mut freedom: Vec<Freedom> = (0..self.variables.len())
            .map(|cell| {
                let variable = self.variables[cell][0];
                match (self.empty[cell], system.variables[variable].down) {
                    (true, _) if !hidden[cell] => Freedom::None,
                    (false, _) if !suppressed[variable] => Freedom::None,
                    (true, _) | (false, Some(0)) => Freedom::Up,
                    (false, _) => Freedom::Both,
                }
            })
            .collect();
        self.settle(&mut freedom);
        for component in self.components(&freedom) {
            self.decide(&component, &mut freedom);
        }
        freedom.into_iter().map(|freedom| freedom != Freedom::None).collect()
    }

    /// Fixes what one equation alone shows, until nothing more follows.
    fn settle(&self, freedom: &mut [Freedom]) {
        loop {
            let mut is_settled = true;
            for equation in &self.equations {
                let free: Vec<(usize, f64)> =
                    equation.iter().copied().filter(|(cell, _)| freedom[*cell] != Freedom::None).collect();
                let can = |sign: f64| {
                    let fits = |(cell, own): &&(usize, f64)| {
                        freedom[*cell] == Freedom::Both || (*own > 0.0) == (sign > 0.0)
                    };
                    free.iter().filter(fits).count()
                };
                if !free.is_empty() && (free.len() == 1 || can(1.0) == 0 || can(-1.0) == 0) {
                    is_settled = false;
                    for (cell, _) in free {
                        freedom[cell] = Freedom::None;
                    }
                }
            }
            if is_settled {
                return;
            }
        }
    }

    /// Cells that hang together, where a zero is among them.
    fn components(&self, freedom: &[Freedom]) -> Vec<Vec<usize>> {
        let mut of_cell: Vec<Vec<usize>> = vec![Vec::new(); freedom.len()];
        for (position, equation) in self.equations.iter().enumerate() {
            for (cell, _) in equation {
                of_cell[*cell].push(position);
            }
        }
        let mut seen: Vec<bool> = freedom.iter().map(|freedom| *freedom == Freedom::None).collect();
        let mut components = Vec::new();
        for start in 0..freedom.len() {
            if seen[start] {
                continue;
            }
            seen[start] = true;
            let mut component = vec![start];
            let mut next = 0;
            while let Some(cell) = component.get(next).copied() {
                next += 1;
                for (other, _) in of_cell[cell].iter().flat_map(|equation| &self.equations[*equation]) {
                    if !std::mem::replace(&mut seen[*other], true) {
                        component.push(*other);
                    }
                }
            }
            component.sort_unstable();
            if component.len() <= LARGEST && component.iter().any(|cell| self.empty[*cell]) {
                components.push(component);
            }
        }
        components
    }

    /// Fixes the zeros of a component that no movement reaches. A movement of any size can be
    /// made small, so the amounts do not matter, only whether there is one.
    fn decide(&self, component: &[usize], freedom: &mut [Freedom]) {
        let place = |cell: usize| component.binary_search(&cell).ok();
        let mut open: Vec<usize> = component.iter().copied().filter(|cell| self.empty[*cell]).collect();
        while !open.is_empty() {
            let mut problem = Problem::new(OptimizationDirection::Maximize);
            let columns: Vec<_> = component
                .iter()
                .map(|cell| {
                    let gain = if open.contains(cell) { 1.0 } else { 0.0 };
                    let least = if freedom[*cell] == Freedom::Both { -1.0 } else { 0.0 };
                    problem.add_var(gain, (least, 1.0))
                })
                .collect();
            for equation in &self.equations {
                let terms: Vec<_> = equation
                    .iter()
                    .filter_map(|(cell, sign)| Some((columns[place(*cell)?], *sign)))
                    .collect();
                if !terms.is_empty() {
                    problem.add_constraint(terms.as_slice(), ComparisonOp::Eq, 0.0);
                }
            }
            let found = match problem.solve() {
                Ok(SolveOutcome::Solution(solution)) => open
                    .iter()
                    .copied()
                    .filter(|cell| place(*cell).is_some_and(|place| solution[columns[place]] > NOISE))
                    .collect(),
                // To stand still is a solution; without one, nothing is shown that was not.
                _ => return,
            };
            let found: Vec<usize> = found;
            if found.is_empty() {
                break;
            }
            open.retain(|cell| !found.contains(cell));
        }
        for cell in open {
            freedom[cell] = Freedom::None;
        }
    }
}

/// Dimension and code of what is not a margin.
fn codes<'a>(cube: &'a Cube, crossing: &'a Crossing) -> impl Iterator<Item = (&'a str, &'a str)> {
    let places = crossing.codes.iter().zip(&cube.axes).zip(&cube.dimensions);
    places
        .map(|((code, axis), dimension)| (dimension.as_str(), axis.codes[*code].as_str()))
        .filter(|(_, code)| *code != TOTAL)
}
