//! Cells: every crossing and every margin, with who stands behind it.

use super::table::{DisclosureError, TableInput};
use std::collections::BTreeMap;

/// Code of a margin.
pub(super) const TOTAL: &str = "Total";

/// The set of records behind a cell, and the measure: two cells with the same key hold the
/// same amount whatever they are called. Identities are 128-bit hashes, so their sum tells sets apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub measure: String,
    pub sum: u128,
    pub count: u64,
}

/// One cell of one base measure.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    pub key: Key,
    /// Sum of the known amounts.
    pub amount: i64,
    /// Records in the cell, known or not.
    pub records: u64,
    /// Amount by group, for each contributor position.
    pub groups: Vec<BTreeMap<String, i64>>,
    /// Sums of the derived measures, none as soon as one record lacks its factor.
    pub derived: Vec<Option<i64>>,
}

/// All cells of one table and one base measure, by their codes.
pub(super) type Cells = BTreeMap<Vec<String>, Cell>;

/// Builds the cells of the base measure at a position, with its derived measures.
pub(super) fn build(table: &TableInput, base: usize, derived: &[usize]) -> Result<Cells, DisclosureError> {
    let malformed = |cause| DisclosureError::Malformed { table: table.name.clone(), cause };
    let mut cells = Cells::new();
    let positions = table.records.iter().map(|record| record.contributors.len()).max().unwrap_or(0);
    for record in &table.records {
        if record.dimensions.len() != table.dimensions.len() || record.values.len() != table.measures.len() {
            return Err(malformed("a record has another shape than its table"));
        }
        if record.contributors.is_empty() || record.contributors.len() != positions {
            return Err(malformed("a record names no contributor"));
        }
        if record.dimensions.iter().any(|code| code == TOTAL) {
            return Err(malformed("a record carries the code of a margin"));
        }
        let value = record.values[base];
        if value.is_some_and(|value| value < 0) {
            return Err(malformed("an amount is negative"));
        }
        for margin in 0..1_usize << table.dimensions.len() {
            let codes: Vec<String> = record
                .dimensions
                .iter()
                .enumerate()
                .map(
                    |(position, code)| {
                        if margin >> position & 1 == 1 { TOTAL.to_owned() } else { code.clone() }
                    },
                )
                .collect();
            let cell = cells.entry(codes).or_insert_with(|| Cell {
                key: Key { measure: table.measures[base].name.clone(), sum: 0, count: 0 },
                amount: 0,
                records: 0,
                groups: vec![BTreeMap::new(); positions],
                derived: vec![Some(0); derived.len()],
            });
            cell.records += 1;
            let Some(value) = value else { continue };
            cell.key.sum = cell.key.sum.wrapping_add(record.id);
            cell.key.count += 1;
            cell.amount = cell.amount.checked_add(value).ok_or_else(|| malformed("a sum is too large"))?;
            for (groups, group) in cell.groups.iter_mut().zip(&record.contributors) {
                *groups.entry(group.clone()).or_insert(0) += value;
            }
            for (sum, position) in cell.derived.iter_mut().zip(derived) {
                *sum = match (*sum, record.values[*position]) {
                    (Some(sum), Some(value)) => {
                        Some(sum.checked_add(value).ok_or_else(|| malformed("a sum is too large"))?)
                    }
                    _ => None,
                };
            }
        }
    }
    Ok(cells)
}
