//! The policy of one protection, as its owner writes it.

mod reading;

use super::{Prepared, StandaloneError};
use crate::disclosure::cells::TOTAL;
use crate::disclosure::costs::Cost;
use crate::disclosure::error::{DisclosureError, Reason};
use crate::disclosure::rules::{Doubts, Rules, Unsafe};
use crate::disclosure::system::Wish;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

pub use reading::parse;

/// A policy. Keep it private: p and the minimum frequency help an attacker.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Column of the amounts.
    pub value: String,
    /// Column of the contributors; absent: one row is one contributor.
    pub contributor: Option<String>,
    /// Column of the holdings; absent: a contributor is its own holding.
    pub holding: Option<String>,
    /// Column that tells who agreed to be disclosed.
    pub waiver: Option<String>,
    /// Decimal places of the amounts.
    #[serde(default)]
    pub decimals: u32,
    /// Cells instead of microdata: column of the number of contributors.
    pub count: Option<String>,
    /// Cells instead of microdata: column of the largest contribution.
    pub largest: Option<String>,
    /// Cells instead of microdata: column of the second largest contribution.
    pub second: Option<String>,
    /// Code of the margins in a table of cells.
    #[serde(default = "total")]
    pub total: String,
    #[serde(default)]
    rules: RulesTable,
    #[serde(default)]
    cost: CostName,
    /// Holdings that attack together.
    #[serde(default)]
    coalitions: Vec<Vec<String>>,
    #[serde(default)]
    bounds: Bounds,
    /// `cells.csv` of the last release: what it withheld is cheaper to withhold again.
    pub previous: Option<String>,
    /// Hierarchies, by dimension.
    #[serde(default)]
    pub hierarchies: BTreeMap<String, Hierarchy>,
    /// Tables, protected together.
    pub tables: Vec<TablePolicy>,
    /// What single cells must or should be.
    #[serde(default)]
    pub cells: Vec<CellPolicy>,
    #[serde(skip)]
    file: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RulesTable {
    minimum_contributors: u32,
    p_percent: Option<u32>,
    dominance: Option<Dominance>,
    frequency_margin_percent: Option<u32>,
    unions: bool,
    insiders: bool,
}

impl Default for RulesTable {
    fn default() -> Self {
        Self {
            minimum_contributors: 3,
            p_percent: None,
            dominance: None,
            frequency_margin_percent: None,
            unions: true,
            insiders: true,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Dominance {
    n: u32,
    k: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum CostName {
    #[default]
    Balanced,
    Fewest,
    Least,
}

/// What everybody knows of an amount beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Bounds {
    /// Nobody believes less than so many percent of it.
    lower_percent: u32,
    /// Nobody believes more than so many percent of it.
    upper_percent: Option<u32>,
}

/// How the codes of a dimension hang together.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Hierarchy {
    /// Columns of the table, from coarse to fine.
    Columns(Vec<String>),
    /// A file with the columns `code` and `parent`.
    File(String),
    /// A file with one column a level, from coarse to fine.
    Levels {
        /// The file, relative to the policy.
        file: String,
        /// Its columns.
        columns: Vec<String>,
    },
}

/// A table to publish.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TablePolicy {
    /// Name.
    pub name: String,
    /// Dimensions.
    pub dimensions: Vec<String>,
    /// File of its rows, relative to the policy; absent: the one of the command line.
    pub file: Option<String>,
    /// Column of each dimension, where it is not called like the dimension.
    #[serde(default)]
    pub columns: BTreeMap<String, String>,
}

/// What a single cell must or should be.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CellPolicy {
    /// Table.
    pub table: String,
    /// Codes, in the order of the dimensions.
    pub codes: Vec<String>,
    /// `publish`, `withhold`, `prefer_publish` or `prefer_withhold`.
    status: WishName,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WishName {
    Publish,
    Withhold,
    PreferPublish,
    PreferWithhold,
}

impl CellPolicy {
    /// The variable of the cell, where a table lists it.
    pub(super) fn variable(&self, prepared: &Prepared) -> Option<usize> {
        let place = prepared.tables.iter().position(|table| table.name == self.table)?;
        let own = || self.codes.iter().map(|code| code.trim());
        let mut cells = prepared.tables[place].cells.iter();
        let (codes, variable) = cells.find(|(codes, _)| codes.iter().map(String::as_str).eq(own()))?;
        (!prepared.added.contains(&(place, codes.clone()))).then_some(*variable)
    }
}

fn total() -> String {
    TOTAL.to_owned()
}

impl Policy {
    /// What to tell when no pattern is found.
    pub(super) fn unsolved(&self, error: DisclosureError) -> StandaloneError {
        if self.is_bounded() && matches!(error, DisclosureError::Infeasible { .. }) {
            return StandaloneError::Bounded(error);
        }
        error.into()
    }

    /// What else may help then, or nothing.
    pub(super) const fn wider(&self) -> &'static str {
        if self.is_bounded() { super::WIDER } else { "" }
    }

    const fn is_bounded(&self) -> bool {
        self.bounds.lower_percent > 0 || self.bounds.upper_percent.is_some()
    }

    /// Whether the input is cells with the number and size of their contributors.
    pub(super) const fn is_cells(&self) -> bool {
        self.count.is_some() || self.largest.is_some() || self.second.is_some()
    }

    /// The same policy with every file under the name that it is given by.
    #[must_use]
    pub fn with_files(mut self, name: impl Fn(&str) -> String) -> Self {
        let tables = self.tables.iter_mut().filter_map(|table| table.file.as_mut());
        let hierarchies = self.hierarchies.values_mut().filter_map(|hierarchy| match hierarchy {
            Hierarchy::Columns(_) => None,
            Hierarchy::File(file) | Hierarchy::Levels { file, .. } => Some(file),
        });
        for file in tables.chain(hierarchies).chain(&mut self.previous) {
            *file = name(file);
        }
        self
    }

    /// Every file that the policy names, once.
    #[must_use]
    pub fn files(&self) -> Vec<String> {
        self.inputs().into_iter().chain(self.previous.clone()).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Every file that the policy names, once, but for the last release.
    #[must_use]
    pub fn inputs(&self) -> Vec<String> {
        let tables = self.tables.iter().filter_map(|table| table.file.clone());
        let hierarchies = self.hierarchies.values().filter_map(|hierarchy| match hierarchy {
            Hierarchy::Columns(_) => None,
            Hierarchy::File(file) | Hierarchy::Levels { file, .. } => Some(file.clone()),
        });
        tables.chain(hierarchies).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The rules, without coalitions.
    pub(super) fn rules(&self) -> Rules {
        Rules {
            minimum: self.rules.minimum_contributors,
            p_percent: self.rules.p_percent,
            dominance: self.rules.dominance.map(|rule| (rule.n, rule.k)),
            frequency_margin: self.rules.frequency_margin_percent,
            unions: self.rules.unions,
            insiders: self.rules.insiders,
            doubts: Doubts::default(),
            coalitions: Vec::new(),
        }
    }

    /// The rules that look at shares, as the policy calls them.
    pub(super) const fn ratio_rule(&self) -> &'static str {
        match (self.rules.p_percent, self.rules.dominance) {
            (Some(_), Some(_)) => "p_percent or dominance",
            (None, Some(_)) => "dominance",
            _ => "p_percent",
        }
    }

    pub(super) const fn cost(&self) -> Cost {
        match self.cost {
            CostName::Balanced => Cost::Balanced,
            CostName::Fewest => Cost::Fewest,
            CostName::Least => Cost::Least,
        }
    }

    pub(super) fn fail(&self, cause: String, repair: String) -> StandaloneError {
        StandaloneError::Policy { file: self.file.clone(), cause, repair }
    }

    pub(super) fn coalitions(&self, holdings: &[String]) -> Result<Vec<Vec<u32>>, StandaloneError> {
        let mut found = Vec::with_capacity(self.coalitions.len());
        for (names, coalition) in self.coalitions.iter().zip(1..) {
            let mut members = Vec::with_capacity(names.len());
            for (name, member) in names.iter().zip(1..) {
                let place = holdings.binary_search_by(|known| known.as_str().cmp(name.trim())).ok();
                members.push(place.and_then(|at| u32::try_from(at).ok()).ok_or_else(|| {
                    self.fail(
                        format!(
                            "a coalition names a holding that is not in the table: member {member} of coalition {coalition}"
                        ),
                        "take it out, or write it as the table does".to_owned(),
                    )
                })?);
            }
            found.push(members);
        }
        Ok(found)
    }

    /// Carries bounds and the wishes for single cells into the system.
    pub(super) fn apply(&self, prepared: &mut Prepared) -> Result<(), StandaloneError> {
        // A change is bounded by what was and what became.
        for variable in prepared.system.variables.iter_mut().filter(|variable| variable.down.is_some()) {
            let amount = i128::from(variable.amount.max(0));
            // A unit that a bound cuts is outside it.
            let percent = |part: u32| i64::try_from(amount * i128::from(part) / 100).unwrap_or(i64::MAX);
            variable.down = variable.down.map(|_| percent(100 - self.bounds.lower_percent));
            variable.up = self.bounds.upper_percent.map(|upper| percent(upper - 100));
        }
        for wish in &self.cells {
            let Some(variable) = wish.variable(prepared) else {
                return Err(self.fail(
                    format!("`cells` names {}[{}], which is not a cell", wish.table, wish.codes.join(", ")),
                    "name a table of the policy and codes in the order of its dimensions".to_owned(),
                ));
            };
            let wanted = match wish.status {
                WishName::Publish => Wish::Publish,
                WishName::Withhold => Wish::Withhold,
                WishName::PreferPublish => Wish::PreferPublish,
                WishName::PreferWithhold => Wish::PreferWithhold,
            };
            // One set of records under two names is one cell.
            let known = &mut prepared.system.variables[variable];
            if known.wish != Wish::None && known.wish != wanted {
                return Err(self.fail(
                    format!("`cells` asks two things of {}[{}]", wish.table, wish.codes.join(", ")),
                    "keep one `[[cells]]` for each set of records".to_owned(),
                ));
            }
            known.wish = wanted;
            // What a reader can work out is not withheld.
            if wanted == Wish::Withhold {
                known.verdict = known.verdict.or(Some(Unsafe { reason: Reason::Asked, need: 1 }));
            }
        }
        Ok(())
    }
}
