//! How a policy is read, and what in it contradicts itself.

use super::super::StandaloneError;
use super::{Hierarchy, Policy, TablePolicy};
use std::collections::BTreeSet;

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
    if policy.rules.minimum_contributors == 0 {
        return Err(fail(
            "`minimum_contributors` is 0, which asks for nothing".to_owned(),
            "write how many a published cell has to have, or 1 to leave it to the other rules",
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
}
