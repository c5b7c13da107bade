//! What comes in.

pub use crate::model::Ceiling;
use crate::model::Relation;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A measure of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MeasureInput {
    /// Name; the same records under the same name in two tables are one variable.
    pub name: String,
    /// Unit; none where it is not known.
    pub unit: Option<String>,
    /// How it hangs together with another of its table.
    pub relation: Option<Relation>,
    /// One a record: the reader knows that it is a whole number.
    pub is_count: bool,
}

/// One contribution. The identity and the contributors are pseudonyms.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Record {
    /// Identity over all tables.
    pub id: u128,
    /// Codes, in the order of the table's dimensions.
    pub dimensions: Vec<String>,
    /// Groups behind the record, one, or who gives and who takes; the rules hold for both.
    pub contributors: Vec<String>,
    /// Amounts, in the order of the measures; none when unknown.
    pub values: Vec<Option<i64>>,
}

impl std::fmt::Debug for Record {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Record(confidential)")
    }
}

/// The contributions of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableInput {
    /// Name.
    pub name: String,
    /// Dimensions; every margin is a cell too.
    pub dimensions: Vec<String>,
    /// Codes that the public knows each dimension to have, whether or not a record has them.
    pub codes: Vec<Vec<String>>,
    /// Measures.
    pub measures: Vec<MeasureInput>,
    /// What whoever reads the tables knows to bound the measures.
    pub ceilings: Vec<Ceiling>,
    /// Contributions.
    pub records: Vec<Record>,
}

/// What groups agreed to, by pseudonym.
#[derive(Clone, Default)]
pub struct Agreements {
    /// Groups that are taken to share what they know.
    pub coalitions: Vec<Vec<String>>,
    /// Groups whose amounts may be worked out from what is published.
    pub consents: BTreeSet<String>,
    /// By group, what tells its companies again: keyed hashes of their numbers and names.
    pub keys: BTreeMap<String, BTreeSet<String>>,
    /// What is not sure of who is who over the nights.
    pub doubts: Doubts,
}

/// Groups that may be one though they go by several pseudonyms.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Doubts {
    /// That are one, and were published as several.
    pub one: Vec<Vec<String>>,
    /// That left, or lost a record while others came: nobody says that they are anybody else.
    pub gone: BTreeSet<String>,
    /// That came in, of whom nobody says it either.
    pub came: BTreeSet<String>,
    /// That stand for whoever was not recognised: each may be any other.
    pub unknown: BTreeSet<String>,
}

impl std::fmt::Debug for Agreements {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Agreements(confidential)")
    }
}
