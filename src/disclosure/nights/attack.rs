//! An attacker with code of its own: it lists every sum that was shown on any night, and asks of
//! every level and every change that must stay uncertain how closely it can tell it.
#![expect(clippy::cast_precision_loss, reason = "the attacker computes in floating point, with a margin")]

use microlp::{ComparisonOp, Error, OptimizationDirection, Problem, SolveOutcome};
use std::collections::{BTreeMap, BTreeSet};

const P: i128 = 15;
const PRIME: u64 = (1 << 61) - 1;

/// Amounts by company.
pub(super) type Parts = BTreeMap<String, i64>;

/// What one night published: the records behind it, and which cells were shown.
pub(super) struct Observed {
    pub cells: BTreeMap<[String; 2], Parts>,
    pub shown: BTreeSet<Vec<String>>,
}

/// Answers that came too close.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub questions: usize,
    /// Known to the unit.
    pub exactly: usize,
    /// Known within p %.
    pub closely: usize,
}

/// A sum of variables that must stay uncertain.
struct Question {
    terms: BTreeMap<usize, i64>,
    truth: i128,
    shares: Parts,
}

pub(super) struct Attack {
    /// Lowest possible amounts are those of an insider.
    variables: Vec<Parts>,
    equations: BTreeMap<BTreeSet<usize>, i64>,
    questions: Vec<Question>,
}

fn fits(codes: &[String], cell: &[String; 2]) -> bool {
    codes.iter().zip(cell).all(|(code, own)| code == "Total" || code == own)
}

fn sum(parts: &Parts) -> i64 {
    parts.values().sum()
}

/// What the rules ask for against an outsider, or against one of the companies.
fn need(shares: &Parts, insider: Option<&String>) -> i128 {
    let size = |amount: &i64| i128::from(amount.abs());
    let others = shares.iter().filter(|(company, _)| Some(*company) != insider);
    let mut sizes: Vec<i128> = others.map(|(_, amount)| size(amount)).collect();
    sizes.sort_unstable_by(|left, right| right.cmp(left));
    let Some(largest) = sizes.first().copied() else { return 0 };
    let known = if insider.is_none() { sizes.get(1).copied().unwrap_or(0) } else { 0 };
    let rest = sizes.iter().sum::<i128>() - largest - known;
    let few = shares.len() < 3;
    let wanted = P * largest - if few { 0 } else { 100 * rest };
    if wanted > 0 { (wanted + 99) / 100 } else { i128::from(few) }
}

impl Attack {
    pub(super) fn new(nights: &[Observed]) -> Self {
        let mut attack = Self { variables: Vec::new(), equations: BTreeMap::new(), questions: Vec::new() };
        let mut now: BTreeMap<[String; 2], usize> = BTreeMap::new();
        // Of each cell: its variables and its parts, on every night on which they were others.
        let mut known: BTreeMap<Vec<String>, Vec<(BTreeSet<usize>, Parts)>> = BTreeMap::new();
        for night in nights {
            for (cell, parts) in &night.cells {
                if now.get(cell).is_none_or(|variable| attack.variables[*variable] != *parts) {
                    now.insert(cell.clone(), attack.variables.len());
                    attack.variables.push(parts.clone());
                }
            }
            let mut names: BTreeSet<Vec<String>> = BTreeSet::new();
            for [a, b] in night.cells.keys() {
                let total = "Total".to_owned();
                for codes in [[a, b], [a, &total], [&total, b], [&total, &total]] {
                    names.insert(codes.map(String::clone).to_vec());
                }
            }
            for codes in names {
                let mut parts = Parts::new();
                let mut variables = BTreeSet::new();
                for (cell, own) in night.cells.iter().filter(|(cell, _)| fits(&codes, cell)) {
                    variables.insert(now[cell]);
                    parts.extend(own.clone());
                }
                let before = known.entry(codes.clone()).or_default();
                let is_new = before.iter().all(|(known, _)| *known != variables);
                if is_new && !parts.is_empty() && need(&parts, None) > 0 {
                    attack.ask(&variables, &BTreeSet::new(), &parts, &Parts::new());
                }
                if is_new {
                    for (old, earlier) in before.iter() {
                        attack.ask(&variables, old, &parts, earlier);
                    }
                    before.push((variables.clone(), parts.clone()));
                }
                if night.shown.contains(&codes) {
                    attack.equations.insert(variables.clone(), sum(&parts));
                }
            }
        }
        attack
    }

    fn ask(&mut self, new: &BTreeSet<usize>, old: &BTreeSet<usize>, now: &Parts, before: &Parts) {
        let mut shares = now.clone();
        for (company, amount) in before {
            *shares.entry(company.clone()).or_insert(0) -= amount;
        }
        shares.retain(|_, amount| *amount != 0 || before.is_empty());
        if shares.is_empty() || need(&shares, None) == 0 {
            return;
        }
        let mut terms: BTreeMap<usize, i64> = new.iter().map(|variable| (*variable, 1)).collect();
        for variable in old {
            *terms.entry(*variable).or_insert(0) -= 1;
        }
        terms.retain(|_, factor| *factor != 0);
        self.questions.push(Question {
            terms,
            truth: i128::from(sum(now)) - i128::from(sum(before)),
            shares,
        });
    }

    /// Answers every question, as an outsider and as up to so many of those who have a part in it.
    pub(super) fn run(&self, insiders: usize) -> Found {
        let mut found = Found { questions: self.questions.len(), ..Found::default() };
        let span = self.span();
        for question in &self.questions {
            if is_within(&span, &question.terms, self.variables.len()) {
                found.exactly += 1;
                continue;
            }
            let companies = question.shares.keys().take(insiders).map(Some);
            let close =
                std::iter::once(None).chain(companies).any(|insider| self.is_close(question, insider));
            found.closely += usize::from(close);
        }
        found
    }

    fn is_close(&self, question: &Question, insider: Option<&String>) -> bool {
        let wanted = need(&question.shares, None).min(match insider {
            None => i128::MAX,
            Some(_) => need(&question.shares, insider),
        });
        if wanted == 0 {
            return false;
        }
        let own = |parts: &Parts| insider.and_then(|company| parts.get(company)).copied().unwrap_or(0);
        let mut lowest: i128 = 0;
        let mut only_rises = true;
        for (variable, factor) in &question.terms {
            lowest += i128::from(*factor * own(&self.variables[*variable]));
            only_rises &= *factor > 0;
        }
        only_rises |= question.shares.values().all(|amount| *amount > 0);
        let own_part = insider.and_then(|company| question.shares.get(company)).copied().unwrap_or(0);
        let room = if question.terms.values().all(|factor| *factor > 0) {
            question.truth - lowest
        } else {
            question.truth - i128::from(own_part)
        };
        let fall = if only_rises { wanted.min(room) } else { wanted };
        [(OptimizationDirection::Maximize, wanted), (OptimizationDirection::Minimize, fall)].into_iter().any(
            |(direction, wanted)| {
                let Some(bound) = self.bound(question, insider, direction) else { return false };
                let moved = (bound - question.truth as f64).abs();
                wanted > 0 && moved < wanted as f64 * (1.0 - 1e-6) - 1e-2
            },
        )
    }

    /// How far a sum can go; none when nothing stops it.
    fn bound(
        &self,
        question: &Question,
        insider: Option<&String>,
        way: OptimizationDirection,
    ) -> Option<f64> {
        const UNIT: f64 = 1000.0;
        let mut problem = Problem::new(way);
        let columns: Vec<_> = self
            .variables
            .iter()
            .enumerate()
            .map(|(variable, parts)| {
                let own = insider.and_then(|company| parts.get(company)).copied().unwrap_or(0) as f64 / UNIT;
                let alone = insider.is_some_and(|company| parts.len() == 1 && parts.contains_key(company));
                let factor = question.terms.get(&variable).copied().unwrap_or(0) as f64;
                problem.add_var(factor, (own, if alone { own } else { f64::INFINITY }))
            })
            .collect();
        for (terms, total) in &self.equations {
            let terms: Vec<_> = terms.iter().map(|variable| (columns[*variable], 1.0)).collect();
            problem.add_constraint(terms.as_slice(), ComparisonOp::Eq, *total as f64 / UNIT);
        }
        match problem.solve() {
            Ok(SolveOutcome::Solution(solution)) => {
                let terms = question.terms.iter();
                Some(
                    terms
                        .map(|(variable, factor)| *factor as f64 * solution[columns[*variable]])
                        .sum::<f64>()
                        * UNIT,
                )
            }
            Err(Error::Unbounded) => None,
            other => panic!("the attacker's program failed: {other:?}"),
        }
    }

    /// Equations in echelon form, modulo a prime.
    fn span(&self) -> BTreeMap<usize, Vec<u64>> {
        let mut span = BTreeMap::new();
        for terms in self.equations.keys() {
            let mut row = vec![0; self.variables.len()];
            for variable in terms {
                row[*variable] = 1;
            }
            reduce(&span, &mut row);
            let Some(pivot) = row.iter().position(|value| *value != 0) else { continue };
            let inverse = power(row[pivot], PRIME - 2);
            for value in &mut row {
                *value = times(*value, inverse);
            }
            span.insert(pivot, row);
        }
        span
    }
}

fn is_within(span: &BTreeMap<usize, Vec<u64>>, terms: &BTreeMap<usize, i64>, count: usize) -> bool {
    let mut row = vec![0; count];
    for (variable, factor) in terms {
        row[*variable] = if *factor > 0 { 1 } else { PRIME - 1 };
    }
    reduce(span, &mut row);
    row.iter().all(|value| *value == 0)
}

fn reduce(span: &BTreeMap<usize, Vec<u64>>, row: &mut [u64]) {
    for (pivot, known) in span {
        let factor = row[*pivot];
        if factor != 0 {
            for (value, other) in row.iter_mut().zip(known) {
                *value = (*value + PRIME - times(factor, *other)) % PRIME;
            }
        }
    }
}

fn times(left: u64, right: u64) -> u64 {
    u64::try_from(u128::from(left) * u128::from(right) % u128::from(PRIME)).unwrap()
}

fn power(mut base: u64, mut exponent: u64) -> u64 {
    let mut result = 1;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = times(result, base);
        }
        base = times(base, base);
        exponent >>= 1;
    }
    result
}
