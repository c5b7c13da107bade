//! Emission factors and tariffs, as tables with their sources.

use crate::engine::Columns;
use arrow::record_batch::RecordBatch;

/// `kg CO2e` avoided per tonne, by category and previous destination.
const EMISSIONS: &str = include_str!("../../pipelines/reference/facteurs_ges.csv");
/// Disposal tariffs, cents of CAD per tonne, by previous destination.
const TARIFFS: &str = include_str!("../../pipelines/reference/tarifs_elimination.csv");

/// One factor as the portal and the documentation show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactorSource {
    /// Table that holds it.
    pub table: &'static str,
    /// What it applies to.
    pub applies_to: String,
    /// Lower end.
    pub low: i64,
    /// Upper end.
    pub high: i64,
    /// Unit of both ends.
    pub unit: &'static str,
    /// How it was derived, French and English.
    pub derivation: [String; 2],
    /// Where the numbers come from, French and English.
    pub source: [String; 2],
}

/// Every factor with its source, in the order of the tables.
#[must_use]
pub fn sources() -> Vec<FactorSource> {
    let emissions = rows(EMISSIONS).into_iter().map(|row| FactorSource {
        table: "facteurs_ges",
        applies_to: format!("{}, {}", row[0], row[1]),
        low: whole(&row[2]),
        high: whole(&row[3]),
        unit: "kg CO2e/t",
        derivation: [&row[5], &row[7]].map(|derivation| format!("{derivation} ({})", row[4])),
        source: [row[6].clone(), row[8].clone()],
    });
    let tariffs = rows(TARIFFS).into_iter().map(|row| FactorSource {
        table: "tarifs_elimination",
        applies_to: row[0].clone(),
        low: whole(&row[1]),
        high: whole(&row[2]),
        unit: "cents CAD/t",
        derivation: [row[4].clone(), row[6].clone()],
        source: [row[5].clone(), row[7].clone()],
    });
    emissions.chain(tariffs).collect()
}

/// The tables that models join: `facteurs_ges` and `tarifs_elimination`.
///
/// # Errors
/// When the columns of an embedded table differ in length, which its own tests exclude.
pub fn factor_tables() -> Result<Vec<(&'static str, RecordBatch)>, arrow::error::ArrowError> {
    let emissions = rows(EMISSIONS);
    let tariffs = rows(TARIFFS);
    let text = |rows: &[Vec<String>], column: usize| -> Vec<Option<String>> {
        rows.iter().map(|row| Some(row[column].clone())).collect()
    };
    let integer = |rows: &[Vec<String>], column: usize| -> Vec<Option<i64>> {
        rows.iter().map(|row| Some(whole(&row[column]))).collect()
    };
    Ok(vec![
        (
            "facteurs_ges",
            Columns::default()
                .text("categorie", text(&emissions, 0))
                .text("destination", text(&emissions, 1))
                .integer("bas_kg_co2e_t", integer(&emissions, 2))
                .integer("haut_kg_co2e_t", integer(&emissions, 3))
                .build()?,
        ),
        (
            "tarifs_elimination",
            Columns::default()
                .text("destination", text(&tariffs, 0))
                .integer("bas_cents_t", integer(&tariffs, 1))
                .integer("haut_cents_t", integer(&tariffs, 2))
                .build()?,
        ),
    ])
}

fn rows(table: &str) -> Vec<Vec<String>> {
    csv::Reader::from_reader(table.as_bytes())
        .into_records()
        .map(|row| row.expect("the embedded table is well-formed").iter().map(str::to_owned).collect())
        .collect()
}

fn whole(number: &str) -> i64 {
    number.parse().expect("the embedded table holds whole numbers")
}

#[cfg(test)]
mod tests {
    use super::{factor_tables, sources};

    #[test]
    fn every_factor_is_an_interval_with_a_source() {
        let sources = sources();
        assert!(sources.len() > 10);
        for factor in &sources {
            assert!(factor.low <= factor.high, "{factor:?}");
            assert!(
                factor.source.iter().chain(&factor.derivation).all(|text| !text.is_empty()),
                "{factor:?}"
            );
            assert_ne!(factor.derivation[0], factor.derivation[1], "{factor:?}");
        }
        assert_eq!(
            factor_tables().unwrap().iter().map(|(_, table)| table.num_rows()).sum::<usize>(),
            sources.len()
        );
    }
}
