//! The policy of one protection, as its owner writes it.

use super::{Prepared, StandaloneError};
use crate::disclosure::cells::TOTAL;
use crate::disclosure::costs::Cost;
use crate::disclosure::error::{DisclosureError, Reason};
use crate::disclosure::rules::{Doubts, Rules, Unsafe};
use crate::disclosure::system::Wish;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

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

fn total() -> String {
    TOTAL.to_owned()
}

/// Reads a policy.
///
/// # Errors
/// With line and column, or with the setting that contradicts another.
pub fn parse(file: &str, text: &str) -> Result<Policy, StandaloneError> {
    let fail = |cause: String, repair: &str| StandaloneError::Policy {
        file: file.to_owned(),
        cause,
        repair: repair.to_owned(),
    };
    let mut policy: Policy = toml::from_str(text).map_err(|error| {
        fail(wrong(text, &error), "correct that line; the settings are in docs/confidentiality.md")
    })?;
    file.clone_into(&mut policy.file);
    policy.trim();
    if policy.tables.is_empty() {
        return Err(fail("it names no table".to_owned(), "add a `[[tables]]` with `name` and `dimensions`"));
    }
    let names: BTreeSet<&str> = policy.tables.iter().map(|table| table.name.as_str()).collect();
    if names.len() < policy.tables.len() {
        return Err(fail("two tables have one name".to_owned(), "give each its own `name`"));
    }
    if let Some(table) =
        policy.tables.iter().find(|table| table.dimensions.is_empty() || table.dimensions.len() > 8)
    {
        let cause = format!("the table `{}` has {} dimensions", table.name, table.dimensions.len());
        return Err(fail(cause, "give it between 1 and 8"));
    }
    let twice = |table: &&TablePolicy| {
        table.dimensions.iter().collect::<BTreeSet<_>>().len() < table.dimensions.len()
    };
    if let Some(table) = policy.tables.iter().find(twice) {
        let cause = format!("the table `{}` names a dimension twice", table.name);
        return Err(fail(cause, "name each dimension once"));
    }
    if policy.decimals > 9 {
        return Err(fail("`decimals` is over 9".to_owned(), "declare at most 9 places"));
    }
    if policy.rules.p_percent.is_none() && policy.rules.dominance.is_none() {
        return Err(fail(
            "`rules` has neither `p_percent` nor `dominance`".to_owned(),
            "add `p_percent = …` or `dominance = { n = 1, k = … }`",
        ));
    }
    if policy.rules.p_percent.is_some_and(|p| p == 0 || p > 1000)
        || policy.rules.dominance.is_some_and(|rule| rule.n == 0 || rule.k == 0 || rule.k > 99)
        || policy.rules.frequency_margin_percent.is_some_and(|margin| margin > 100)
        || policy.bounds.lower_percent > 100
        || policy.bounds.upper_percent.is_some_and(|upper| upper < 100)
    {
        return Err(fail(
            "a percentage is out of range".to_owned(),
            "p_percent lies in 1 to 1000, k in 1 to 99, n from 1, frequency_margin_percent and lower_percent in 0 to 100, upper_percent from 100",
        ));
    }
    if policy.is_cells() {
        let second =
            policy.rules.p_percent.is_some() || policy.rules.dominance.is_some_and(|rule| rule.n > 1);
        if policy.count.is_none() || policy.largest.is_none() || (second && policy.second.is_none()) {
            return Err(fail(
                "a table of cells lacks a column that its rules need".to_owned(),
                "name `count`, `largest`, and for the p % rule or n = 2 also `second`; n above 2 needs microdata",
            ));
        }
        if policy.rules.dominance.is_some_and(|rule| rule.n > 2) {
            return Err(fail(
                "n above 2 needs microdata".to_owned(),
                "give the records instead of the cells",
            ));
        }
    }
    policy.names()?;
    policy.attackers()?;
    Ok(policy)
}

/// What is wrong where, by the key alone: lines of a policy name holdings.
fn wrong(text: &str, error: &toml::de::Error) -> String {
    let message = error.message().lines().next().unwrap_or_default();
    // What is said of a value repeats it.
    let repeats = ["invalid type", "invalid value", "invalid length", "unknown variant"];
    let cause = if repeats.iter().any(|start| message.starts_with(start)) {
        let expected = message.rfind(", expected ").map(|at| &message[at + 2..]);
        format!("the value does not fit: {}", expected.unwrap_or("expected is another"))
    } else {
        message.to_owned()
    };
    let Some(before) = error.span().and_then(|span| text.get(..span.start)) else { return cause };
    let begin = before.rfind('\n').map_or(0, |at| at + 1);
    let (line, column) = (before.matches('\n').count() + 1, before[begin..].chars().count() + 1);
    let key = text[begin..].lines().next().and_then(|line| line.split_once('=')).map(|(key, _)| key.trim());
    let is_bare = |key: &&str| {
        !key.is_empty() && key.chars().all(|letter| letter.is_alphanumeric() || "_-.".contains(letter))
    };
    let key = key.filter(is_bare).map(|key| format!(", `{key}`")).unwrap_or_default();
    format!("line {line}, column {column}{key}: {cause}")
}

/// The name that a misspelt one stands for, or all there are.
fn instead(wrong: &str, names: &BTreeSet<&str>) -> String {
    match nearest(wrong, names) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("name one of: {}", names.iter().copied().collect::<Vec<_>>().join(", ")),
    }
}

/// The name that a misspelt one stands for.
fn nearest<'a>(wrong: &str, names: &BTreeSet<&'a str>) -> Option<&'a str> {
    let by_distance = names.iter().map(|name| (strsim::damerau_levenshtein(wrong, name), *name));
    let (distance, name) = by_distance.min()?;
    (distance <= name.chars().count() / 3).then_some(name)
}

/// Columns of `cells.csv` that are no dimensions.
const COLUMNS: [&str; 3] = ["table", "value", "statut"];

impl Policy {
    /// Spaces around a name are none of it.
    fn trim(&mut self) {
        let tables = self.tables.iter_mut().map(|table| &mut table.name);
        let named = self.cells.iter_mut().map(|cell| &mut cell.table);
        for name in tables.chain(named).chain([&mut self.total]) {
            *name = name.trim().to_owned();
        }
    }

    /// What is said of a dimension is said of one that there is.
    fn names(&self) -> Result<(), StandaloneError> {
        if self.tables.iter().any(|table| table.name.is_empty()) {
            return Err(self.fail("a table has no name".to_owned(), "give each its own `name`".to_owned()));
        }
        let mut dimensions = self.tables.iter().flat_map(|table| &table.dimensions);
        if let Some(taken) = dimensions.find(|name| COLUMNS.contains(&name.trim())) {
            return Err(self.fail(
                format!("a dimension is called `{taken}`, as a column of cells.csv is"),
                "give it another name, and its column in `columns`".to_owned(),
            ));
        }
        let empty = self.hierarchies.iter().find(|(_, hierarchy)| match hierarchy {
            Hierarchy::Columns(columns) | Hierarchy::Levels { columns, .. } => columns.is_empty(),
            Hierarchy::File(_) => false,
        });
        if let Some((name, _)) = empty {
            return Err(self.fail(
                format!("the hierarchy `{name}` names no column"),
                "name its columns from coarse to fine, or take it out".to_owned(),
            ));
        }
        for table in &self.tables {
            let own: BTreeSet<&str> = table.dimensions.iter().map(String::as_str).collect();
            if let Some(wrong) = table.columns.keys().find(|name| !own.contains(name.as_str())) {
                let cause =
                    format!("`columns` of the table `{}` names `{wrong}`, no dimension of it", table.name);
                return Err(self.fail(cause, instead(wrong, &own)));
            }
        }
        // A policy may serve other tables too; what is nearly a dimension without a hierarchy is a slip.
        let all: BTreeSet<&str> =
            self.tables.iter().flat_map(|table| &table.dimensions).map(String::as_str).collect();
        let flat: BTreeSet<&str> =
            all.iter().copied().filter(|name| !self.hierarchies.contains_key(*name)).collect();
        let unused = self.hierarchies.keys().filter(|name| !all.contains(name.as_str()));
        match unused.into_iter().find(|name| nearest(name, &flat).is_some()) {
            Some(wrong) => Err(self.fail(
                format!("`hierarchies` names `{wrong}`, no dimension of any table"),
                instead(wrong, &flat),
            )),
            None => Ok(()),
        }
    }

    /// A coalition that nobody would look at is no protection.
    fn attackers(&self) -> Result<(), StandaloneError> {
        let cause = if self.coalitions.is_empty() {
            return Ok(());
        } else if !self.rules.insiders {
            "`coalitions` are declared, and with `insiders = false` they are not checked"
        } else if self.is_cells() {
            "`coalitions` are declared, and cells do not say who stands behind them"
        } else {
            return Ok(());
        };
        let repair = if self.is_cells() {
            "take them out, or give the records instead of the cells"
        } else {
            "take `insiders = false` away, or the coalitions"
        };
        Err(self.fail(cause.to_owned(), repair.to_owned()))
    }

    /// What to tell when no pattern is found.
    pub(super) fn unsolved(&self, error: DisclosureError) -> StandaloneError {
        let is_bounded = self.bounds.lower_percent > 0 || self.bounds.upper_percent.is_some();
        if is_bounded && matches!(error, DisclosureError::Infeasible { .. }) {
            return StandaloneError::Bounded(error);
        }
        error.into()
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
            let place = prepared.tables.iter().position(|table| table.name == wish.table);
            let cell = place.and_then(|place| {
                let mut cells = prepared.tables[place].cells.iter();
                let found = cells.find(|(codes, _)| {
                    codes.iter().map(String::as_str).eq(wish.codes.iter().map(|code| code.trim()))
                });
                let listed = found.filter(|(codes, _)| !prepared.added.contains(&(place, codes.clone())));
                listed.map(|(_, variable)| *variable)
            });
            let Some(variable) = cell else {
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
