//! What tells records apart, over all tables.
//!
//! What a row says is its identity, so that the order of the rows is none of it, nor the file in which it
//! stands: what another file leaves out can be computed. Of several files what counts is what all of them
//! say alike: the amount, who stands behind it, and the codes of the dimensions that all of them have. The
//! same companies by sector in one and by region in the other are the same, whatever else their rows carry:
//! numbers of lines, or codes of one name that mean something else in each.

use super::microdata::{consents, finest, source};
use super::policy::Policy;
use super::rows::Rows;
use super::{StandaloneError, decimal};
use std::collections::{BTreeMap, BTreeSet};

/// Columns that count, by what they say.
type Columns<'a> = BTreeMap<&'a str, usize>;

/// A file, and the columns of each dimension of its tables.
type Used<'a> = (&'a Rows, BTreeMap<&'a str, BTreeSet<usize>>);

/// How the records of each file are told apart.
pub(super) struct Identities<'a> {
    policy: &'a Policy,
    /// By name of the file.
    columns: BTreeMap<&'a str, Columns<'a>>,
}

impl<'a> Identities<'a> {
    pub(super) fn new(policy: &'a Policy, files: &'a [(String, Rows)]) -> Result<Self, StandaloneError> {
        let mut used: BTreeMap<&str, Used<'_>> = BTreeMap::new();
        for declared in &policy.tables {
            let rows = source(policy, files, declared.file.as_deref())?;
            let (_, own) = used.entry(&rows.file).or_insert((rows, BTreeMap::new()));
            for dimension in &declared.dimensions {
                own.entry(dimension).or_default().insert(rows.column(finest(policy, declared, dimension))?);
            }
        }
        let mut columns = BTreeMap::new();
        for (file, (rows, own)) in &used {
            columns.insert(*file, if used.len() == 1 { all(rows) } else { said_by(policy, rows)? });
            let is_everywhere = |dimension: &str| {
                used.values().all(|(_, other)| other.get(dimension).is_some_and(|columns| columns.len() == 1))
            };
            let shared = own.iter().filter(|(dimension, _)| used.len() > 1 && is_everywhere(dimension));
            let shared = shared.filter_map(|(dimension, columns)| Some((*dimension, *columns.first()?)));
            let counted: &mut Columns<'_> = columns.entry(*file).or_default();
            for (dimension, column) in shared {
                counted.entry(dimension).or_insert(column);
            }
        }
        Ok(Self { policy, columns })
    }

    /// Of each row of a table, in their order. Rows of one content are numbered.
    pub(super) fn of(&self, rows: &Rows) -> Vec<u128> {
        let columns: Vec<(&str, usize)> = self
            .columns
            .get(rows.file.as_str())
            .map(|own| own.iter().map(|(name, column)| (*name, *column)).collect())
            .unwrap_or_default();
        let is = |name: Option<&String>, column: usize| {
            name.is_some_and(|name| rows.header[column] == name.trim())
        };
        let contents: Vec<Vec<String>> = rows
            .rows
            .iter()
            .map(|row| {
                let cell = |(_, column): &(&str, usize)| {
                    if is(Some(&self.policy.value), *column) {
                        // `110.0` is `110`.
                        let amount = decimal::read(&row[*column], self.policy.decimals);
                        amount.map_or_else(|| row[*column].clone(), |amount| amount.to_string())
                    } else if is(self.policy.waiver.as_ref(), *column) {
                        consents(&row[*column]).unwrap_or_default().to_string()
                    } else {
                        row[*column].clone()
                    }
                };
                columns.iter().map(cell).collect()
            })
            .collect();
        let mut order: Vec<usize> = (0..contents.len()).collect();
        order.sort_by(|one, other| {
            contents[*one].cmp(&contents[*other]).then_with(|| rows.rows[*one].cmp(&rows.rows[*other]))
        });
        let mut identities = vec![0; contents.len()];
        for alike in order.chunk_by(|one, other| contents[*one] == contents[*other]) {
            for (copy, row) in (1..).zip(alike) {
                identities[*row] = identity(&columns, &contents[*row], copy);
            }
        }
        identities
    }
}

/// Every column that has a name.
fn all(rows: &Rows) -> Columns<'_> {
    rows.header.iter().map(String::as_str).zip(0..).collect()
}

/// The columns that mean the same in every file, whatever its tables are.
fn said_by<'a>(policy: &'a Policy, rows: &Rows) -> Result<Columns<'a>, StandaloneError> {
    let others = [&policy.contributor, &policy.holding, &policy.waiver].into_iter().flatten();
    std::iter::once(&policy.value).chain(others).map(|name| Ok((name.as_str(), rows.column(name)?))).collect()
}

fn identity(columns: &[(&str, usize)], content: &[String], copy: u64) -> u128 {
    let mut hasher = blake3::Hasher::new();
    for part in columns.iter().zip(content).flat_map(|((name, _), cell)| [*name, cell.as_str()]) {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.update(&copy.to_le_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    u128::from_le_bytes(bytes)
}
