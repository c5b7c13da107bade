//! Days: what a row says of its day is the oldest day of its values.

use super::format::Certificate;
use super::{Published, Refusal};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// The day of each value.
pub(super) struct Days<'a> {
    release: NaiveDate,
    /// Those of another day, by table and codes.
    older: BTreeMap<(&'a str, &'a [String]), NaiveDate>,
}

impl<'a> Days<'a> {
    /// As the certificate has them; none where it has none.
    pub(super) fn read(certificate: &'a Certificate) -> Option<Self> {
        let days = certificate.days.as_ref()?;
        let older = days.older.iter().map(|(table, codes, day)| ((table.as_str(), codes.as_slice()), *day));
        Some(Self { release: days.release, older: older.collect() })
    }

    pub(super) fn of(&self, table: &str, codes: &[String]) -> NaiveDate {
        self.older.get(&(table, codes)).copied().unwrap_or(self.release)
    }
}

/// Compares the day of each row with those of its values; a row without a value has none.
pub(super) fn check(certificate: &Certificate, published: &Published) -> Result<(), Refusal> {
    let Some(days) = Days::read(certificate) else { return Ok(()) };
    let mut expected: BTreeMap<&str, BTreeMap<&[String], Option<NaiveDate>>> = BTreeMap::new();
    for (name, cells) in &published.cells {
        let table = name.split_once('/').map_or(name.as_str(), |(table, _)| table);
        let rows = expected.entry(table).or_default();
        for (codes, value) in cells {
            let oldest = rows.entry(codes).or_default();
            let this = value.map(|_| days.of(name, codes));
            *oldest = oldest.iter().copied().chain(this).min();
        }
    }
    for (table, (name, rows)) in expected.into_iter().enumerate() {
        let printed = published.days.get(name);
        for (row, (codes, day)) in rows.into_iter().enumerate() {
            if printed.and_then(|printed| printed.get(codes)) != Some(&day) {
                return Err(Refusal::Day { table, row });
            }
        }
    }
    Ok(())
}
