//! The published rows: dimensions, then each measure, then the status of each measure, then the day
//! up to which the row is complete.

use super::ExportError;
use crate::disclosure::{ProtectedTable, Published};
use crate::model::Dataset;
use chrono::NaiveDate;

/// The value is published.
pub(super) const STATUS_PUBLISHED: &str = "publie";
/// The value is withheld.
pub(super) const STATUS_CONFIDENTIAL: &str = "confidentiel";
/// Nobody gave the value, or there is no factor for it.
pub(super) const STATUS_UNKNOWN: &str = "inconnu";

/// Codes, values, statuses, day.
pub(super) type Row = (Vec<String>, Vec<Option<i64>>, Vec<&'static str>, Option<NaiveDate>);

/// One table as it is written, in every format alike.
pub(super) struct Rows {
    /// Dimension names, measure names, status names.
    pub header: [Vec<String>; 3],
    /// Sorted by the codes, `Total` first.
    pub rows: Vec<Row>,
}

pub(super) fn published(dataset: &Dataset, table: &ProtectedTable) -> Result<Rows, ExportError> {
    let dimensions: Vec<String> = dataset.dimensions.iter().map(|column| column.name.clone()).collect();
    let measures: Vec<String> = dataset.measures.iter().map(|column| column.name.clone()).collect();
    if table.dimensions() != dimensions || table.measures() != measures {
        return Err(ExportError::Undeclared(dataset.name.clone()));
    }
    let statuses = measures.iter().map(|measure| format!("statut_{measure}")).collect();
    let mut rows: Vec<Row> = table
        .rows()
        .iter()
        .map(|row| {
            let values = row.values().iter().map(|value| match value {
                Published::Value(value) => Some(*value),
                Published::Confidential | Published::Unknown => None,
            });
            let statuses = row.values().iter().map(|value| match value {
                Published::Value(_) => STATUS_PUBLISHED,
                Published::Confidential => STATUS_CONFIDENTIAL,
                Published::Unknown => STATUS_UNKNOWN,
            });
            let day = row.days().iter().flatten().min().copied();
            (row.dimensions().to_vec(), values.collect(), statuses.collect(), day)
        })
        .collect();
    rows.sort_by(|left: &Row, right| {
        let margin = |codes: &[String]| -> Vec<(bool, String)> {
            codes.iter().map(|code| (code != "Total", code.clone())).collect()
        };
        margin(&left.0).cmp(&margin(&right.0))
    });
    Ok(Rows { header: [dimensions, measures, statuses], rows })
}
