//! One linear system over all tables: variables are sets of records, equations are margins.

use super::cells::{Cell, Cells, Key, TOTAL};
use std::collections::{BTreeMap, BTreeSet};

/// `sum = parts[0] + parts[1] + …`
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Equation {
    pub sum: usize,
    pub parts: Vec<usize>,
}

/// A published derived amount: `z = Σ ratio · part`, public ratios, withheld together with `owner`.
#[derive(Debug, Clone)]
pub(super) struct Derived {
    pub owner: usize,
    /// Variable with derived and base amount, whose quotient is the ratio.
    pub parts: Vec<(usize, i64, i64)>,
}

/// A variable: one amount, under whatever names.
#[derive(Debug, Clone)]
pub(super) struct Variable {
    pub cell: Cell,
    /// `table[codes]` of its first name, for messages.
    pub name: String,
    /// Number of names' margins: a total costs more to withhold than a leaf.
    pub is_margin: bool,
}

/// The joint system.
#[derive(Debug, Default)]
pub(super) struct System {
    pub variables: Vec<Variable>,
    pub equations: Vec<Equation>,
    pub derived: Vec<Derived>,
    index: BTreeMap<Key, usize>,
}

impl System {
    /// The variable of a cell; none when nothing in the cell is known.
    pub(super) fn variable(&self, cell: &Cell) -> Option<usize> {
        self.index.get(&cell.key).copied()
    }

    /// Adds the cells of one table and measure.
    pub(super) fn add(&mut self, table: &str, cells: &Cells) {
        for (codes, cell) in cells {
            if cell.key.count == 0 {
                continue;
            }
            let is_margin = codes.iter().any(|code| code == TOTAL);
            let next = self.variables.len();
            let position = *self.index.entry(cell.key.clone()).or_insert(next);
            if position == next {
                let name = format!("{table}[{}]", codes.join(", "));
                self.variables.push(Variable { cell: cell.clone(), name, is_margin });
            } else {
                self.variables[position].is_margin |= is_margin;
            }
        }
        self.margins(cells);
        self.ratios(cells);
    }

    /// Sorts the equations and drops those that repeat.
    pub(super) fn finish(&mut self) {
        self.equations.sort();
        self.equations.dedup();
    }

    fn margins(&mut self, cells: &Cells) {
        let dimensions = cells.keys().next().map_or(0, Vec::len);
        for dimension in 0..dimensions {
            let mut families: BTreeMap<Vec<String>, Vec<usize>> = BTreeMap::new();
            for (codes, cell) in cells {
                let Some(variable) = self.variable(cell) else { continue };
                if codes[dimension] != TOTAL {
                    let mut parent = codes.clone();
                    TOTAL.clone_into(&mut parent[dimension]);
                    families.entry(parent).or_default().push(variable);
                }
            }
            for (parent, mut parts) in families {
                let Some(sum) = cells.get(&parent).and_then(|cell| self.variable(cell)) else { continue };
                parts.sort_unstable();
                if parts != [sum] {
                    self.equations.push(Equation { sum, parts });
                }
            }
        }
    }

    fn ratios(&mut self, cells: &Cells) {
        let measures = cells.values().next().map_or(0, |cell| cell.derived.len());
        let finest: Vec<(&Vec<String>, &Cell)> =
            cells.iter().filter(|(codes, _)| codes.iter().all(|code| code != TOTAL)).collect();
        for measure in 0..measures {
            for (codes, cell) in cells {
                let (Some(owner), Some(_)) = (self.variable(cell), cell.derived[measure]) else { continue };
                let parts: Vec<(usize, i64, i64)> = finest
                    .iter()
                    .filter(|(fine, _)| {
                        codes.iter().zip(*fine).all(|(code, fine)| code == TOTAL || code == fine)
                    })
                    .filter_map(|(_, part)| Some((self.variable(part)?, part.derived[measure]?, part.amount)))
                    .filter(|(_, _, amount)| *amount > 0)
                    .collect();
                let ratios: BTreeSet<(i64, i64)> =
                    parts.iter().map(|(_, derived, base)| reduced(*derived, *base)).collect();
                // One ratio for all parts says nothing that the base amount does not.
                if ratios.len() > 1 {
                    self.derived.push(Derived { owner, parts });
                }
            }
        }
    }
}

fn reduced(numerator: i64, denominator: i64) -> (i64, i64) {
    let (mut left, mut right) = (numerator.unsigned_abs(), denominator.unsigned_abs());
    while right != 0 {
        (left, right) = (right, left % right);
    }
    let divisor = i64::try_from(left.max(1)).unwrap_or(1);
    (numerator / divisor, denominator / divisor)
}
