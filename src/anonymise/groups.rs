//! Which groups stand behind which record, so that no model counts companies of one group apart.

use super::Pseudonymous;
use arrow::array::{AsArray as _, StringArray};
use std::collections::{BTreeMap, BTreeSet};

/// Groups of each record, all of them pseudonyms.
#[derive(Debug, Default)]
pub struct Groups<'a> {
    of_record: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

impl<'a> Groups<'a> {
    /// Reads the columns `groupe…` of every table; a record is named by the first column.
    #[must_use]
    pub fn new(tables: &'a Pseudonymous) -> Self {
        let mut groups = Self::default();
        for table in tables.values() {
            let fields = table.schema_ref().fields().iter().zip(table.columns());
            let texts = |is_in: fn(&str) -> bool| {
                let found = fields.clone().filter(move |(field, _)| is_in(field.name()));
                found.filter_map(|(_, column)| column.as_string_opt::<i32>())
            };
            let columns: Vec<&StringArray> = texts(|name| name.starts_with("groupe")).collect();
            let Some(records) = texts(|name| matches!(name, "enregistrement" | "entreprise")).next() else {
                continue;
            };
            for (row, record) in records.iter().enumerate() {
                let of_record: BTreeSet<&str> = columns.iter().map(|column| column.value(row)).collect();
                groups.of_record.entry(record.unwrap_or_default()).or_default().extend(of_record);
            }
        }
        groups
    }

    /// Whether these are the groups behind a record; none of a record that no table has, because nothing tells
    /// who stands behind it.
    #[must_use]
    pub fn stand_behind(&self, record: &str, contributors: &[String]) -> Option<bool> {
        let groups = self.of_record.get(record)?;
        Some(contributors.iter().map(String::as_str).collect::<BTreeSet<_>>() == *groups)
    }
}
