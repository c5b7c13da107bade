//! The master program: which ties to withhold, and what every safe choice satisfies.
//!
//! Method: capacity and bridgeless inequalities of Fischetti and Salazar. A point of the program
//! withholds variables in parts, and an attacker may move that part of each. Where it comes less
//! far than a requirement asks for, the equation that stops it names the variables of which a safe
//! pattern withholds more. In a cheapest pattern, what is withheld for others can move, too.

use super::cut::{Cut, DEPTH, is_open};
use super::dictionary::{Dictionary, Room};
use crate::disclosure::costs::{self, Cost, shaken};
use crate::disclosure::system::{System, Variable, Wish};
use std::collections::BTreeMap;

/// Part of every variable that may always move: of several equations that stop an attacker it
/// finds the one with the fewest others.
const GIFT: f64 = 1e-4;
/// Coefficients below it are rounded up to it: the solver asks for numbers of like size.
const SMALLEST: f64 = 1e-5;

/// Where a variable stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Shown,
    Withheld,
    /// Column of its tie.
    Open(usize),
}

pub(super) struct Master<'a> {
    system: &'a System,
    cost: Cost,
    places: Vec<Place>,
    /// Cost of each column, in units of `scale`.
    pub weights: Vec<f64>,
    pub scale: f64,
    /// Cost of what is withheld in any case.
    pub fixed: i128,
    /// Variables and signed widths, the widest first.
    needs: Vec<(usize, i64)>,
    dictionary: Dictionary,
    /// The requirement that is looked at next.
    next: usize,
    pub cuts: Vec<Cut>,
}

impl<'a> Master<'a> {
    #[expect(clippy::cast_precision_loss, reason = "a program in floating point")]
    pub(super) fn new(system: &'a System, cost: Cost) -> Self {
        let mut places = vec![Place::Shown; system.variables.len()];
        let (mut prices, mut fixed): (Vec<i128>, i128) = (Vec::new(), 0);
        for members in &system.ties {
            let any =
                |test: fn(&Variable) -> bool| members.iter().any(|member| test(&system.variables[*member]));
            let named = members.iter().map(|member| &system.variables[*member]).filter(|known| !known.hidden);
            let price = named
                .map(|known| if cost == Cost::Least { i128::from(known.amount.unsigned_abs()) } else { 1 })
                .sum::<i128>();
            let place =
                if any(|known| known.hidden || known.verdict.is_some() || known.wish == Wish::Withhold) {
                    fixed += price;
                    Place::Withheld
                } else if any(|known| known.wish == Wish::Publish) {
                    Place::Shown
                } else {
                    prices.push(price);
                    Place::Open(prices.len() - 1)
                };
            for member in members {
                places[*member] = place;
            }
        }
        let mut needs = Vec::new();
        for (position, variable) in system.variables.iter().enumerate() {
            let Some(verdict) = variable.verdict else { continue };
            let fall = variable.down.map_or(verdict.need, |_| verdict.need.min(variable.amount.max(0)));
            needs.extend(
                [(position, verdict.need), (position, -fall)].into_iter().filter(|(_, width)| *width != 0),
            );
        }
        needs.sort_by_key(|(_, width)| std::cmp::Reverse(width.unsigned_abs()));
        let scale = (prices.iter().sum::<i128>() as f64 / prices.len().max(1) as f64).max(1.0);
        Self {
            system,
            cost,
            places,
            weights: prices.iter().map(|price| *price as f64 / scale).collect(),
            scale,
            fixed,
            needs,
            dictionary: Dictionary::new(system),
            next: 0,
            cuts: Vec::new(),
        }
    }

    /// Withheld variables of a whole point.
    pub(super) fn pattern(&self, point: &[f64]) -> Vec<bool> {
        (0..self.places.len()).map(|variable| self.part(variable, point) > 0.5).collect()
    }

    /// What a pattern costs.
    pub(super) fn price(&self, withheld: &[bool]) -> i128 {
        costs::price(self.system, self.cost, withheld).0
    }

    /// Finds inequalities that a point breaks, so many of each kind at most, and keeps them.
    /// Whether there are any.
    pub(super) fn separate(&mut self, point: &[f64], most: usize) -> bool {
        let before = self.cuts.len();
        self.capacities(point, most);
        self.bridges(point, most);
        self.halves(point, most);
        self.cuts.len() > before
    }

    fn part(&self, variable: usize, point: &[f64]) -> f64 {
        match self.places[variable] {
            Place::Shown => 0.0,
            Place::Withheld => 1.0,
            Place::Open(column) => point[column],
        }
    }

    /// What an attacker may move of each variable, of all that it could in a unit of width.
    fn room(&self, point: &[f64], unit: f64, limit: impl Fn(&Variable) -> Room) -> Vec<Room> {
        let of_variable = |(position, variable): (usize, &Variable)| {
            if self.places[position] == Place::Shown {
                return [0.0; 2];
            }
            let part = self.part(position, point) + GIFT * (1.0 + shaken(1, position as u64));
            limit(variable).map(|limit| limit * part / unit)
        };
        self.system.variables.iter().enumerate().map(of_variable).collect()
    }

    /// Requirements that a point does not meet.
    #[expect(clippy::cast_precision_loss, reason = "a program in floating point")]
    fn capacities(&mut self, point: &[f64], most: usize) {
        let mut found = 0;
        for _ in 0..self.needs.len() {
            if found == most {
                return;
            }
            let (goal, width) = self.needs[self.next];
            self.next = (self.next + 1) % self.needs.len();
            let unit = width.unsigned_abs() as f64;
            // More than the width never helps in a table; where it does, fewer inequalities are found.
            let share = |limit: Option<i64>| limit.map_or(1.0, |limit| (limit as f64 / unit).min(1.0));
            let room = self.room(point, 1.0, |variable| [share(variable.down), share(variable.up)]);
            let Some(row) = self.dictionary.stopped(goal, width.signum() as f64, &room) else { continue };
            let size = |(variable, rate): (usize, f64)| {
                let known = &self.system.variables[variable];
                let limit = if rate > 0.0 { known.up } else { known.down };
                limit.map_or(1.0, |limit| (limit as f64 / unit * rate.abs()).min(1.0))
            };
            let Some(cut) = self.cut(row.into_iter().map(|term| (term.0, size(term)))) else { continue };
            let cut = cut.rounded(point);
            if cut.broken(point) > DEPTH {
                self.cuts.push(cut);
                found += 1;
            }
        }
    }

    /// `Σ size · x ≥ 1` over variables, with what is withheld in any case on the right; none where
    /// that is enough. No coefficient need be larger than the right-hand side.
    fn cut(&self, sizes: impl Iterator<Item = (usize, f64)>) -> Option<Cut> {
        let mut least = 1.0;
        let mut terms: BTreeMap<usize, f64> = BTreeMap::new();
        for (variable, size) in sizes {
            match self.places[variable] {
                Place::Shown => {}
                Place::Withheld => least -= size,
                Place::Open(column) => *terms.entry(column).or_insert(0.0) += size,
            }
        }
        for size in terms.values_mut() {
            *size = (*size / least).clamp(SMALLEST, 1.0);
        }
        (least > SMALLEST).then(|| Cut::new(terms, 1.0))
    }

    /// Columns that are withheld more than anything that could move with them, up or down.
    fn bridges(&mut self, point: &[f64], most: usize) {
        let mut found = 0;
        for variable in 0..self.places.len() {
            let Place::Open(column) = self.places[variable] else { continue };
            let is_alone = self.system.ties[self.system.variables[variable].tie].len() == 1;
            if !is_alone || point[column] < DEPTH || found == most {
                continue;
            }
            let room = self.room(point, point[column], |_| [1.0; 2]);
            let Some(row) = self.dictionary.stopped(variable, 1.0, &room) else { continue };
            let mut terms: BTreeMap<usize, f64> = BTreeMap::new();
            let is_open = row.into_iter().all(|(other, _)| {
                if let Place::Open(column) = self.places[other] {
                    terms.insert(column, 1.0);
                }
                self.places[other] != Place::Withheld
            });
            *terms.entry(column).or_insert(0.0) -= 1.0;
            let cut = Cut::new(terms, 0.0);
            if is_open && cut.broken(point) > DEPTH {
                self.cuts.push(cut);
                found += 1;
            }
        }
    }

    /// Halves of sums of inequalities that hold with equality.
    fn halves(&mut self, point: &[f64], most: usize) {
        let tight: Vec<&Cut> =
            self.cuts.iter().filter(|cut| cut.is_whole() && cut.broken(point).abs() < 1e-6).collect();
        let mut of_column: Vec<Vec<usize>> = vec![Vec::new(); self.weights.len()];
        for (row, cut) in tight.iter().enumerate() {
            for (column, _) in cut.terms.iter().filter(|(column, _)| is_open(point[*column])) {
                of_column[*column].push(row);
            }
        }
        let mut found: Vec<Cut> =
            tight.iter().filter_map(|cut| cut.added(&tight, &of_column, point)).collect();
        found.sort_by(|one, other| other.broken(point).total_cmp(&one.broken(point)));
        found.dedup_by(|next, kept| next.terms == kept.terms);
        found.truncate(most);
        self.cuts.extend(found);
    }
}
