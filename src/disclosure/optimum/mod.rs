//! The cheapest pattern, and the proof that none costs less: branch and cut.
//!
//! Method: Fischetti and Salazar, “Solving the cell suppression problem on tabular data with linear
//! constraints”, Management Science 47 (2001). A program with one column a tie is solved over the
//! inequalities that are known (microlp), those that its point breaks are added, and where none is
//! left, a column is set to 0 and to 1.
//!
//! The program knows outsiders and single variables. What it proves is a bound under every policy;
//! a pattern comes from the suppressor and answers for all attackers and sums. Nodes are counted,
//! not timed, so that the same input gives the same pattern.

mod cut;
mod dictionary;
mod master;
#[cfg(test)]
mod tests;

use super::costs::Cost;
use super::system::System;
use cut::{Cut, is_open};
use master::Master;
use microlp::{ComparisonOp, Error, OptimizationDirection, Problem, Solution, SolveOutcome, Variable};
use std::rc::Rc;

/// Nodes of a search.
const NODES: usize = 400;
/// Rounds of inequalities, and how many of each kind in one: before anything is set, and at each node.
const FIRST: (usize, usize) = (100, 40);
const LATER: (usize, usize) = (8, 10);
/// Inequalities with more room than this are dropped before anything is set.
const LOOSE: f64 = 0.3;
/// Columns that are tried before one is set.
const TRIED: usize = 6;
/// Share of a bound that may be noise of the solver.
const NOISE: f64 = 1e-6;

/// Searches for patterns cheaper than the best that is known. `offer` hands a pattern to the
/// suppressor and returns the price of its best one.
///
/// Returns what every safe pattern costs at least.
pub(super) fn search(
    system: &System,
    cost: Cost,
    best: i128,
    offer: &mut dyn FnMut(&[bool]) -> i128,
) -> i128 {
    let mut tree = Tree { master: Master::new(system, cost), columns: Vec::new(), best, least: i128::MAX };
    let Some(root) = tree.root() else { return tree.price(0.0) };
    let mut open = vec![Node { bound: root.objective(), depth: 0, set: None, from: Rc::new(root) }];
    for _ in 0..NODES {
        // Of those that may be as cheap as any, the one in which most is set.
        let first = |place: &usize| (tree.price(open[*place].bound), std::cmp::Reverse(open[*place].depth));
        let Some(place) = (0..open.len()).min_by_key(first) else { break };
        let node = open.remove(place);
        let children = tree.visit(&node, offer);
        open.extend(children);
    }
    let open = open.iter().map(|node| tree.price(node.bound));
    open.chain([tree.least, tree.best]).min().unwrap_or(best)
}

/// Part of the patterns: those of another node, with one column set.
struct Node {
    bound: f64,
    depth: usize,
    set: Option<(usize, f64)>,
    from: Rc<Solution>,
}

/// What the solver says.
enum Found {
    Point(Solution),
    Nothing,
    /// It gave up.
    Lost,
}

impl From<Result<SolveOutcome, Error>> for Found {
    fn from(outcome: Result<SolveOutcome, Error>) -> Self {
        match outcome {
            Ok(SolveOutcome::Solution(solution)) => Self::Point(solution),
            Err(Error::Infeasible) => Self::Nothing,
            _ => Self::Lost,
        }
    }
}

struct Tree<'a> {
    master: Master<'a>,
    columns: Vec<Variable>,
    /// Price of the best pattern.
    best: i128,
    /// Least price of a part that was left without proof.
    least: i128,
}

impl Tree<'_> {
    /// The least price of patterns with a bound, in whole units.
    #[expect(clippy::cast_possible_truncation, reason = "far below 2^63, rounded up on purpose")]
    fn price(&self, bound: f64) -> i128 {
        self.master.fixed + (bound * self.master.scale * (1.0 - NOISE) - NOISE).ceil() as i128
    }

    /// The point at which no more inequality is found; none when the solver gives up.
    fn root(&mut self) -> Option<Solution> {
        for _ in 0..FIRST.0 {
            let point = values(&self.solve()?);
            self.master.cuts.retain(|cut| cut.broken(&point) > -LOOSE);
            if !self.master.separate(&point, FIRST.1) {
                break;
            }
        }
        self.solve()
    }

    fn solve(&mut self) -> Option<Solution> {
        let mut problem = Problem::new(OptimizationDirection::Minimize);
        self.columns =
            self.master.weights.iter().map(|weight| problem.add_var(*weight, (0.0, 1.0))).collect();
        for cut in &self.master.cuts {
            problem.add_constraint(self.terms(cut).as_slice(), ComparisonOp::Ge, cut.least);
        }
        match Found::from(problem.solve()) {
            Found::Point(solution) => Some(solution),
            Found::Nothing | Found::Lost => None,
        }
    }

    fn terms(&self, cut: &Cut) -> Vec<(Variable, f64)> {
        cut.terms.iter().map(|(column, value)| (self.columns[*column], *value)).collect()
    }

    /// Looks at a part: nothing in it is cheaper than the best pattern, or one is offered, or it
    /// is cut in two.
    fn visit(&mut self, node: &Node, offer: &mut dyn FnMut(&[bool]) -> i128) -> Vec<Node> {
        if self.price(node.bound) >= self.best {
            return Vec::new();
        }
        let solution = match self.bounded(node) {
            Found::Point(solution) => solution,
            Found::Nothing => return Vec::new(),
            Found::Lost => {
                self.least = self.least.min(self.price(node.bound));
                return Vec::new();
            }
        };
        let point = values(&solution);
        if point.iter().any(|value| is_open(*value)) {
            return self.halved(node.depth + 1, &Rc::new(solution), &point);
        }
        let wanted = self.master.pattern(&point);
        self.best = offer(&wanted);
        if self.best > self.master.price(&wanted) {
            // The suppressor needs more than the program knows of.
            self.least = self.least.min(self.price(solution.objective()));
        }
        Vec::new()
    }

    /// The cheapest point of a part, with the inequalities that it breaks; nothing when it costs
    /// as much as the best pattern.
    fn bounded(&mut self, node: &Node) -> Found {
        let mut solution = Solution::clone(&node.from);
        if let Some((column, value)) = node.set {
            match Found::from(solution.fix_var(self.columns[column], value)) {
                Found::Point(next) => solution = next,
                other => return other,
            }
        }
        let mut rounds = 0;
        loop {
            if self.price(solution.objective()) >= self.best {
                return Found::Nothing;
            }
            let point = values(&solution);
            let mut broken = self.broken(&point);
            let is_whole = !point.iter().any(|value| is_open(*value));
            if broken.is_empty() && (rounds < LATER.0 || is_whole) && self.master.separate(&point, LATER.1) {
                rounds += 1;
                broken = self.broken(&point);
            }
            if broken.is_empty() {
                return Found::Point(solution);
            }
            for cut in broken {
                match Found::from(solution.add_constraint(self.terms(&cut), ComparisonOp::Ge, cut.least)) {
                    Found::Point(next) => solution = next,
                    other => return other,
                }
            }
        }
    }

    /// Known inequalities that a point breaks.
    fn broken(&self, point: &[f64]) -> Vec<Cut> {
        self.master.cuts.iter().filter(|cut| cut.broken(point) > cut::DEPTH).cloned().collect()
    }

    /// Two parts, by the column of which both sides cost most more.
    fn halved(&self, depth: usize, from: &Rc<Solution>, point: &[f64]) -> Vec<Node> {
        let mut open: Vec<usize> = (0..point.len()).filter(|column| is_open(point[*column])).collect();
        let middle = |column: &usize| (point[*column] - 0.5).abs();
        open.sort_by(|one, other| middle(one).total_cmp(&middle(other)));
        let sides = |column: &usize| {
            [0.0, 1.0].map(|value| {
                match Found::from(Solution::clone(from).fix_var(self.columns[*column], value)) {
                    Found::Point(solution) => solution.objective(),
                    Found::Nothing => f64::INFINITY,
                    Found::Lost => from.objective(),
                }
            })
        };
        let gain = |bounds: [f64; 2]| {
            bounds.map(|bound| (bound - from.objective()).clamp(1e-4, 1e4)).iter().product::<f64>()
        };
        let tried = open.into_iter().take(TRIED).map(|column| (column, sides(&column)));
        let best = tried.reduce(|best, next| if gain(next.1) > gain(best.1) { next } else { best });
        let Some((column, bounds)) = best else { return Vec::new() };
        let parts = bounds.into_iter().zip([0.0, 1.0]).filter(|(bound, _)| bound.is_finite());
        parts
            .map(|(bound, value)| Node { bound, depth, set: Some((column, value)), from: from.clone() })
            .collect()
    }
}

fn values(solution: &Solution) -> Vec<f64> {
    solution.iter().map(|(_, value)| value).collect()
}
