//! Writes the certificate: everything that a second program needs to check a protection.
//!
//! Format `maillage-certificate-3`, one JSON object, integers only, in the order of the system:
//! `rules`; `coalitions` (holdings by number); `variables` (key, amount, limits `down` and `up`
//! of an outsider, `withheld`, `count`, `tie`, `shares` as `[[giver, taker], amount, waived]`, `need` where
//! shares are not known, or ask for less than what is not sure of who is who, or than the owner of the data);
//! `relations` (what hangs together beyond the sums of the tables: `kind` and terms); `tables` (axes as code
//! and parent, cells as codes and variable); `earlier` (cells that
//! show a value of an earlier night: table, codes, variable); `days`, of a release among nights (`release`, its day,
//! and `older`, cells whose value is of another day: table, codes, day); `witnesses`
//! (`d` and movements `[variable, numerator]`); `proofs` (variables whose sum is protected, and
//! the witnesses that prove it). Sums are not listed: the reader derives them from the tables.

use super::cells::TOTAL;
use super::rules::{Rules, judge};
use super::search::Pattern;
use super::system::{Kind, Role, System, Variable};
use super::witness::Witness;
use chrono::NaiveDate;
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet};

/// One table of one measure under its codes.
#[derive(Debug, Serialize)]
pub(super) struct NamedCells {
    pub name: String,
    /// Parent of each code of each axis; a code without one hangs below `Total`.
    pub parents: Vec<BTreeMap<String, String>>,
    pub cells: Vec<(Vec<String>, usize)>,
}

impl NamedCells {
    /// The code next above another one of an axis; none above the top.
    pub(super) fn above(parents: &BTreeMap<String, String>, code: &str) -> Option<String> {
        let above = || parents.get(code).cloned().unwrap_or_else(|| TOTAL.to_owned());
        (code != TOTAL).then(above)
    }
}

/// A cell that shows a value of an earlier night: table, codes, variable.
pub(super) type Earlier = (String, Vec<String>, usize);

/// A cell whose value is not of the day of the release: table, codes, day.
pub(super) type Older<'a> = (String, &'a [String], NaiveDate);

/// Denominator and movements of a witness.
type World<'a> = (i128, &'a [(usize, i128)]);

/// A list that is made while it is written: of many shares the whole would not fit in memory.
struct Each<F>(F);

impl<F, I> Serialize for Each<F>
where
    F: Fn() -> I,
    I: Iterator,
    I::Item: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

/// A number; written as text beyond 64 bits.
struct Integer(i128);

impl Serialize for Integer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match i64::try_from(self.0) {
            Ok(number) => serializer.serialize_i64(number),
            Err(_) => serializer.collect_str(&self.0),
        }
    }
}

struct Listed<'a> {
    key: &'a str,
    variable: &'a Variable,
    withheld: bool,
    rules: &'a Rules,
}

impl Serialize for Listed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let variable = self.variable;
        // The second program knows the shares, and neither who may be one group under several identities nor
        // what the owner of the data asks for.
        let told = judge(&variable.shares, self.rules).map(|found| found.need);
        let need = variable.verdict.map(|found| found.need).filter(|need| Some(*need) > told);
        let mut map = serializer.serialize_map(Some(9))?;
        map.serialize_entry("key", self.key)?;
        map.serialize_entry("amount", &variable.amount)?;
        map.serialize_entry("down", &variable.down)?;
        map.serialize_entry("up", &variable.up)?;
        map.serialize_entry("withheld", &self.withheld)?;
        map.serialize_entry("count", &(variable.role == Role::Count))?;
        map.serialize_entry("tie", &variable.tie)?;
        let shares = || variable.shares.iter().map(|share| (share.parties, share.amount, share.waived));
        map.serialize_entry("shares", &Each(shares))?;
        map.serialize_entry("need", &need)?;
        map.end()
    }
}

#[derive(Serialize)]
struct ListedRules {
    minimum: u32,
    p_percent: Option<u32>,
    dominance: Option<(u32, u32)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    frequency_margin: Option<u32>,
    unions: bool,
    insiders: bool,
}

#[derive(Serialize)]
struct Relation<'a> {
    kind: &'static str,
    terms: &'a [(usize, i64)],
}

#[derive(Serialize)]
struct Proof<'a> {
    parts: &'a [usize],
    witnesses: Vec<usize>,
}

impl Serialize for Witness {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let movement = || self.movement.iter().map(|(variable, value)| (*variable, Integer(*value)));
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("d", &Integer(self.denominator))?;
        map.serialize_entry("m", &Each(movement))?;
        map.end()
    }
}

/// The certificate as bytes; confidential, for the private state only.
///
/// # Errors
/// None that a buffer in memory makes.
pub(super) fn write(
    system: &System,
    rules: &Rules,
    coalitions: &[Vec<u32>],
    (tables, earlier): (&[NamedCells], &[Earlier]),
    pattern: &Pattern,
) -> serde_json::Result<Vec<u8>> {
    let keys = system.keys();
    let mut pool: Vec<&Witness> = Vec::new();
    let mut places: BTreeMap<World<'_>, usize> = BTreeMap::new();
    let mut proofs: BTreeMap<&[usize], Vec<usize>> = BTreeMap::new();
    for requirement in &pattern.requirements {
        let found = proofs.entry(&requirement.parts).or_default();
        for witness in &requirement.witnesses {
            let next = pool.len();
            let place = *places.entry((witness.denominator, &witness.movement)).or_insert(next);
            if place == next {
                pool.push(witness);
            }
            found.push(place);
        }
    }
    let variables = || {
        let known = system.variables.iter().zip(&keys).zip(&pattern.suppressed);
        known.map(|((variable, key), withheld)| Listed { key, variable, withheld: *withheld, rules })
    };
    let relations = || {
        system.equations.iter().filter_map(|equation| {
            let kind = match equation.kind {
                Kind::Margin => return None,
                Kind::Class => "class",
                Kind::Between => "between",
                Kind::Ratio => "ratio",
                Kind::Change => "change",
            };
            Some(Relation { kind, terms: &equation.terms })
        })
    };
    let proofs = || {
        proofs.iter().map(|(parts, witnesses)| {
            let mut witnesses = witnesses.clone();
            witnesses.sort_unstable();
            witnesses.dedup();
            Proof { parts, witnesses }
        })
    };
    let rules = ListedRules {
        minimum: rules.minimum,
        p_percent: rules.p_percent,
        dominance: rules.dominance,
        frequency_margin: rules.frequency_margin,
        unions: rules.unions,
        insiders: rules.insiders,
    };
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::new(&mut bytes);
    let mut map = serializer.serialize_map(None)?;
    map.serialize_entry("format", "maillage-certificate-3")?;
    map.serialize_entry("rules", &rules)?;
    map.serialize_entry("coalitions", coalitions)?;
    map.serialize_entry("variables", &Each(variables))?;
    map.serialize_entry("relations", &Each(relations))?;
    map.serialize_entry("tables", tables)?;
    map.serialize_entry("earlier", earlier)?;
    map.serialize_entry("witnesses", &pool)?;
    map.serialize_entry("proofs", &Each(proofs))?;
    map.end()?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// A certificate by its entries, of which only one is looked into.
#[derive(Deserialize, Serialize)]
struct Entries<'a> {
    #[serde(borrow)]
    format: &'a RawValue,
    #[serde(borrow)]
    rules: &'a RawValue,
    #[serde(borrow)]
    coalitions: &'a RawValue,
    #[serde(borrow)]
    variables: &'a RawValue,
    #[serde(borrow)]
    relations: &'a RawValue,
    #[serde(borrow)]
    tables: &'a RawValue,
    earlier: Vec<Earlier>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    days: Option<&'a RawValue>,
    #[serde(borrow)]
    witnesses: &'a RawValue,
    #[serde(borrow)]
    proofs: &'a RawValue,
}

#[derive(Serialize)]
struct Days<'a> {
    release: NaiveDate,
    older: &'a [Older<'a>],
}

impl<'a> Entries<'a> {
    fn read(certificate: &'a [u8]) -> Result<Self, String> {
        serde_json::from_slice(certificate).map_err(|error| wrong(&error))
    }

    fn written(&self) -> Result<Vec<u8>, String> {
        let mut bytes = serde_json::to_vec(self).map_err(|error| wrong(&error))?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

fn wrong(error: &serde_json::Error) -> String {
    format!("line {}, column {}", error.line(), error.column())
}

/// The same certificate where only these cells still show a value of an earlier night, of those that did.
///
/// # Errors
/// What is no certificate, by its place.
pub(super) fn showing(certificate: &[u8], earlier: &[Earlier]) -> Result<Vec<u8>, String> {
    let mut entries = Entries::read(certificate)?;
    let shown: BTreeSet<(&str, &[String])> =
        earlier.iter().map(|(name, codes, _)| (name.as_str(), codes.as_slice())).collect();
    let all = entries.earlier.len();
    entries.earlier.retain(|(name, codes, _)| shown.contains(&(name.as_str(), codes.as_slice())));
    if entries.earlier.len() == all {
        return Ok(certificate.to_vec());
    }
    entries.written()
}

/// The same certificate with the days of a release, whatever days it had.
///
/// # Errors
/// What is no certificate, by its place.
pub(super) fn dated(certificate: &[u8], release: NaiveDate, older: &[Older<'_>]) -> Result<Vec<u8>, String> {
    let days = serde_json::value::to_raw_value(&Days { release, older }).map_err(|error| wrong(&error))?;
    let mut entries = Entries::read(certificate)?;
    entries.days = Some(&days);
    entries.written()
}

#[cfg(test)]
mod tests {
    use super::{dated, showing};

    #[test]
    fn a_certificate_is_the_same_but_for_the_cells_that_show_no_earlier_value_any_more() {
        let of = |earlier: &str| {
            format!(
                "{{\"format\":\"f\",\"rules\":{{\"minimum\":3}},\"coalitions\":[],\"variables\":[],\"relations\":[],\
                 \"tables\":[],\"earlier\":[{earlier}],\"witnesses\":[{{\"d\":1,\"m\":[[0,\"36893488147419103232\"]]}}],\
                 \"proofs\":[]}}\n"
            )
        };
        let (a, b) = ("[\"t/kg\",[\"a\"],0]", "[\"t/kg\",[\"b\"],1]");
        let both = of(&format!("{a},{b}"));
        let cell = |code: &str, variable| ("t/kg".to_owned(), vec![code.to_owned()], variable);
        let kept = showing(both.as_bytes(), &[cell("b", 7), cell("c", 2)]).unwrap();
        assert_eq!(String::from_utf8(kept).unwrap(), of(b));
        assert_eq!(showing(both.as_bytes(), &[cell("b", 1), cell("a", 0)]).unwrap(), both.as_bytes());
        assert!(showing(b"{}", &[]).is_err());
        // Days are those of the last release that is told, and stay otherwise.
        let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
        let code = ["b".to_owned()];
        let first = dated(both.as_bytes(), day("2026-01-02"), &[]).unwrap();
        let older = [("t/kg".to_owned(), code.as_slice(), day("2026-01-02"))];
        let next = dated(&first, day("2026-01-03"), &older).unwrap();
        let days = "\"days\":{\"release\":\"2026-01-03\",\"older\":[[\"t/kg\",[\"b\"],\"2026-01-02\"]]},";
        let told = |text: &str| text.replace("\"witnesses\"", &format!("{days}\"witnesses\""));
        assert_eq!(String::from_utf8(next.clone()).unwrap(), told(&both));
        let kept = showing(&next, &[cell("b", 1)]).unwrap();
        assert_eq!(String::from_utf8(kept).unwrap(), told(&of(b)));
    }
}
