//! One linear system over all tables: variables are sets of records, equations are margins.

use super::hierarchies::Hierarchies;
use super::rules::{Share, Unsafe};
use super::subtracted::Subtracted;
use std::collections::BTreeMap;

/// The set of records behind a cell, and the measure: two cells with the same key hold the
/// same amount whatever they are called. Identities are 128-bit hashes, so their sum tells sets apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub measure: String,
    pub sum: u128,
    pub count: u64,
}

/// What the owner of the data asks for a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Wish {
    #[default]
    None,
    /// Publish in any case.
    Publish,
    /// Withhold in any case.
    Withhold,
    /// Rather publish.
    PreferPublish,
    /// Rather withhold.
    PreferWithhold,
}

/// What a variable is to the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Amount,
    /// Of records, one by one: moves by whole numbers only.
    Count,
    /// A factor times another amount.
    Factor,
    /// What lies between two measures of which one never passes the other.
    Gap,
}

/// A variable: one amount, under whatever names.
#[derive(Debug, Clone)]
pub(super) struct Variable {
    /// `table[codes]` of its first name, for messages.
    pub name: String,
    pub amount: i64,
    /// By how much an outsider must think that it can fall; none without limit.
    pub down: Option<i64>,
    /// By how much an outsider must think that it can rise; none without limit.
    pub up: Option<i64>,
    /// Levels that it sums up: 0 for the finest crossings.
    pub levels: u32,
    /// Variables of one tie are withheld together.
    pub tie: usize,
    /// Shares of the holdings, in the order of the parties.
    pub shares: Vec<Share>,
    /// What the primary rules say.
    pub verdict: Option<Unsafe>,
    pub wish: Wish,
    pub role: Role,
    /// Table and measure that go when it cannot be protected, by position.
    pub origin: (usize, usize),
    /// In no table, only known to hang together with cells: withheld whatever is published.
    pub hidden: bool,
}

/// An amount in no table that hangs together with cells.
pub(super) struct Beside {
    pub name: String,
    pub amount: i64,
    pub shares: Vec<Share>,
    pub verdict: Option<Unsafe>,
    pub tie: usize,
    pub role: Role,
    pub origin: (usize, usize),
}

impl Beside {
    /// Never less than nothing, and everybody knows it.
    pub(super) fn limited(self) -> Variable {
        let down = Some(self.amount);
        Variable { down, ..self.signed() }
    }

    /// Nobody knows beforehand which way it goes.
    pub(super) fn signed(self) -> Variable {
        let Self { name, amount, shares, verdict, tie, role, origin } = self;
        Variable {
            name,
            amount,
            down: None,
            up: None,
            levels: 0,
            tie,
            shares,
            verdict,
            wish: Wish::None,
            role,
            origin,
            hidden: true,
        }
    }
}

/// What an equation says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A margin of a table.
    Margin,
    /// A cell and the records of each of its factors.
    Class,
    /// A measure never passes another: what lies between them is an amount too.
    Between,
    /// A factor that the public knows; holds but for rounding.
    Ratio,
    /// What a cell was on an earlier night, and what changed: no sum that shows its parts together,
    /// the rules hold for each of the three.
    Change,
}

impl Kind {
    /// A sum whose withheld parts are revealed together when its total is published.
    pub(super) fn is_sum(self) -> bool {
        matches!(self, Self::Margin | Self::Class)
    }
}

/// Identity of what lies between two variables, by their keys.
pub(super) fn pair(one: &str, other: &str) -> u128 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(one.as_bytes());
    hasher.update(&[0]);
    hasher.update(other.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    u128::from_le_bytes(bytes)
}

/// `Σ coefficient · amount = 0`; terms in the order of the variables.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Equation {
    pub terms: Vec<(usize, i64)>,
    pub kind: Kind,
}

/// The joint system.
#[derive(Debug, Default)]
pub(super) struct System {
    pub variables: Vec<Variable>,
    pub equations: Vec<Equation>,
    /// Equations of each variable.
    pub incident: Vec<Vec<usize>>,
    /// Variables of each tie.
    pub ties: Vec<Vec<usize>>,
    /// How the cells of the tables lie above one another.
    pub hierarchies: Hierarchies,
    /// Which of them lie in which others.
    pub subtracted: Subtracted,
    index: BTreeMap<Key, usize>,
}

impl Key {
    /// As the certificate names it.
    pub(super) fn text(&self) -> String {
        format!("{}|{:032x}|{}", self.measure, self.sum, self.count)
    }
}

impl System {
    /// The variable of a key.
    pub(super) fn find(&self, key: &Key) -> Option<usize> {
        self.index.get(key).copied()
    }

    /// Variables of two measures that hold the same records, not none.
    pub(super) fn of_same_records(&self, one: &str, other: &str) -> Vec<(usize, usize)> {
        let first = Key { measure: one.to_owned(), sum: 0, count: 0 };
        let own = self.index.range(first..).take_while(|(key, _)| key.measure == one);
        let pairs = own.filter(|(key, _)| key.count > 0).filter_map(|(key, variable)| {
            let same = Key { measure: other.to_owned(), ..key.clone() };
            Some((*variable, self.find(&same)?))
        });
        pairs.collect()
    }

    /// Adds a variable, or finds the one with the same key.
    pub(super) fn add(&mut self, key: Key, variable: Variable) -> usize {
        let next = self.variables.len();
        let position = *self.index.entry(key).or_insert(next);
        if position == next {
            self.variables.push(variable);
        } else {
            let known = &mut self.variables[position];
            known.levels = known.levels.max(variable.levels);
            if known.wish == Wish::None {
                known.wish = variable.wish;
            }
        }
        position
    }

    /// Adds `sum = parts`; one that says nothing is left out.
    pub(super) fn equate(&mut self, sum: usize, parts: &[usize], kind: Kind) {
        let mut terms: BTreeMap<usize, i64> = BTreeMap::from([(sum, -1)]);
        for part in parts {
            *terms.entry(*part).or_insert(0) += 1;
        }
        self.relate(terms, kind);
    }

    /// Adds an equation.
    pub(super) fn relate(&mut self, terms: BTreeMap<usize, i64>, kind: Kind) {
        let terms: Vec<(usize, i64)> =
            terms.into_iter().filter(|(_, coefficient)| *coefficient != 0).collect();
        if !terms.is_empty() {
            self.equations.push(Equation { terms, kind });
        }
    }

    /// Sorts the equations, drops those that repeat, and indexes them.
    ///
    /// # Errors
    /// The first sum that does not hold, by its position.
    pub(super) fn finish(&mut self) -> Result<(), usize> {
        self.equations.sort();
        // A class that is a whole margin of another table says nothing new.
        self.equations.dedup_by(|next, kept| next.terms == kept.terms);
        self.incident = vec![Vec::new(); self.variables.len()];
        for (position, equation) in self.equations.iter().enumerate() {
            let mut sum: i128 = 0;
            for (variable, coefficient) in &equation.terms {
                self.incident[*variable].push(position);
                sum += i128::from(*coefficient) * i128::from(self.variables[*variable].amount);
            }
            if sum != 0 && equation.kind != Kind::Ratio {
                return Err(position);
            }
        }
        let ties = self.variables.iter().map(|variable| variable.tie + 1).max().unwrap_or(0);
        self.ties = vec![Vec::new(); ties];
        for (position, variable) in self.variables.iter().enumerate() {
            self.ties[variable.tie].push(position);
        }
        Ok(())
    }

    /// Keys, in the order of the variables.
    pub(super) fn keyed(&self) -> Vec<Key> {
        let mut keys: Vec<(&Key, usize)> =
            self.index.iter().map(|(key, variable)| (key, *variable)).collect();
        keys.sort_unstable_by_key(|(_, variable)| *variable);
        keys.into_iter().map(|(key, _)| key.clone()).collect()
    }

    /// Names of the keys, in the order of the variables.
    pub(super) fn keys(&self) -> Vec<String> {
        let mut keys = vec![String::new(); self.variables.len()];
        for (key, variable) in &self.index {
            keys[*variable] = key.text();
        }
        keys
    }

    /// An equation in words.
    pub(super) fn words(&self, equation: usize) -> String {
        let terms = self.equations[equation].terms.iter().map(|(variable, coefficient)| {
            let sign = if *coefficient < 0 { "-" } else { "+" };
            format!("{sign} {}", self.variables[*variable].name)
        });
        terms.collect::<Vec<_>>().join(" ") + " = 0"
    }
}
