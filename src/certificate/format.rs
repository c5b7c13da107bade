//! The file, as the second program reads it.

use super::Refusal;
use chrono::NaiveDate;
use serde::de::{DeserializeOwned, Error, IgnoredAny, Visitor};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::fmt;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Certificate<W = Vec<Witness>, P = Vec<Proof>> {
    pub format: String,
    pub rules: Rules,
    pub coalitions: Vec<Vec<u32>>,
    pub variables: Vec<Variable>,
    pub relations: Vec<Relation>,
    pub tables: Vec<Table>,
    /// Cells that show a value of an earlier night: table, codes, variable.
    pub earlier: Vec<(String, Vec<String>, usize)>,
    /// Days of the values; none of one night alone, or from before they were listed.
    #[serde(default)]
    pub days: Option<Days>,
    pub witnesses: W,
    pub proofs: P,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Days {
    /// That of the release.
    pub release: NaiveDate,
    /// Cells whose value is of another day: table, codes, day.
    pub older: Vec<(String, Vec<String>, NaiveDate)>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rules {
    pub minimum: usize,
    pub p_percent: Option<u32>,
    pub dominance: Option<(usize, u32)>,
    /// Percent of a cell of too few; absent: what its largest holding would need alone.
    #[serde(default)]
    pub frequency_margin: Option<u32>,
    pub unions: bool,
    pub insiders: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Variable {
    pub key: String,
    pub amount: i64,
    pub down: Option<i64>,
    pub up: Option<i64>,
    pub withheld: bool,
    /// Whole numbers.
    pub count: bool,
    pub tie: usize,
    /// Giver and taker, amount, waived.
    pub shares: Vec<((u32, u32), i64, bool)>,
    pub need: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Relation {
    pub kind: Kind,
    pub terms: Vec<(usize, i64)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    /// A cell and its parts.
    Class,
    /// What lies between two measures, of which one never passes the other.
    Between,
    /// A public factor, but for rounding.
    Ratio,
    /// A cell on one night, on an earlier one, and what changed.
    Change,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    pub name: String,
    pub parents: Vec<BTreeMap<String, String>>,
    pub cells: Vec<(Vec<String>, usize)>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Witness {
    #[serde(deserialize_with = "integer")]
    pub d: i128,
    pub m: Vec<(usize, Integer)>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Proof {
    pub parts: Vec<usize>,
    pub witnesses: Vec<usize>,
}

/// A number of up to 128 bits, written as text where 64 are not enough.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(transparent)]
pub(super) struct Integer(#[serde(deserialize_with = "integer")] pub i128);

fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i128, D::Error> {
    deserializer.deserialize_any(Written)
}

struct Written;

impl Visitor<'_> for Written {
    type Value = i128;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a whole number, as text where 64 bits are not enough")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<i128, E> {
        Ok(i128::from(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<i128, E> {
        Ok(i128::from(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<i128, E> {
        text.parse().map_err(E::custom)
    }
}

/// Reads a certificate and checks that every position in it exists.
pub(super) fn read(bytes: &[u8]) -> Result<Certificate, Refusal> {
    checked(parsed(bytes)?)
}

/// As [`read`], without the worlds, which are most of it: what is left says what was published.
pub(super) fn read_without_worlds(bytes: &[u8]) -> Result<Certificate, Refusal> {
    let certificate: Certificate<IgnoredAny, IgnoredAny> = parsed(bytes)?;
    let Certificate { format, rules, coalitions, variables, relations, tables, earlier, days, .. } =
        certificate;
    let (witnesses, proofs) = (Vec::new(), Vec::new());
    checked(Certificate {
        format,
        rules,
        coalitions,
        variables,
        relations,
        tables,
        earlier,
        days,
        witnesses,
        proofs,
    })
}

fn parsed<C: DeserializeOwned>(bytes: &[u8]) -> Result<C, Refusal> {
    serde_json::from_slice(bytes)
        .map_err(|error| Refusal::Malformed(format!("line {}, column {}", error.line(), error.column())))
}

fn checked(certificate: Certificate) -> Result<Certificate, Refusal> {
    let wrong = |cause: &str| Err(Refusal::Malformed(cause.to_owned()));
    if certificate.format != "maillage-certificate-3" {
        return wrong("another format");
    }
    let count = certificate.variables.len();
    let variables = (certificate
        .relations
        .iter()
        .flat_map(|relation| &relation.terms)
        .map(|(variable, _)| *variable))
    .chain(certificate.tables.iter().flat_map(|table| table.cells.iter().map(|(_, variable)| *variable)))
    .chain(certificate.earlier.iter().map(|(_, _, variable)| *variable))
    .chain(certificate.witnesses.iter().flat_map(|witness| witness.m.iter().map(|(variable, _)| *variable)))
    .chain(certificate.proofs.iter().flat_map(|proof| proof.parts.iter().copied()));
    if variables.into_iter().any(|variable| variable >= count) {
        return wrong("a variable that is not there");
    }
    if certificate.proofs.iter().flat_map(|proof| &proof.witnesses).any(|w| *w >= certificate.witnesses.len())
    {
        return wrong("a witness that is not there");
    }
    if certificate
        .tables
        .iter()
        .any(|table| table.cells.iter().any(|(codes, _)| codes.len() != table.parents.len()))
    {
        return wrong("a cell with another number of codes than its table");
    }
    Ok(certificate)
}
