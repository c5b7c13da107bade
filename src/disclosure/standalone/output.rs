//! The files of one protection.

use super::policy::Policy;
use super::{Outcome, Prepared, StandaloneError, counts, decimal, explanations};
use crate::disclosure::revealed;
use crate::disclosure::rules::Rules;
use crate::disclosure::search::Pattern;
use arrow::array::{Decimal128Array, Int64Array, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

const PUBLISHED: &str = "publie";
pub(super) const CONFIDENTIAL: &str = "confidentiel";

struct Row {
    table: String,
    codes: Vec<String>,
    value: Option<i64>,
}

pub(super) fn write(
    (policy, rules): (&Policy, &Rules),
    prepared: &Prepared,
    pattern: &Pattern,
    (certificate, rounded): (Vec<u8>, usize),
    milliseconds: [u64; 2],
) -> Result<Outcome, StandaloneError> {
    let mut dimensions: Vec<String> = Vec::new();
    for dimension in prepared.dimensions.iter().flatten() {
        if !dimensions.contains(dimension) {
            dimensions.push(dimension.clone());
        }
    }
    let mut rows = Vec::new();
    for (table, own) in prepared.tables.iter().zip(&prepared.dimensions) {
        for (codes, variable) in &table.cells {
            let code = |dimension: &String| {
                let at = own.iter().position(|other| other == dimension);
                at.map(|at| codes[at].clone()).unwrap_or_default()
            };
            let value = (!pattern.suppressed[*variable]).then(|| prepared.system.variables[*variable].amount);
            rows.push(Row { table: table.name.clone(), codes: dimensions.iter().map(code).collect(), value });
        }
    }
    let counts = prepared.tables.iter().map(|table| {
        let (cells, primary, complementary) = counts(table, pattern);
        (table.name.clone(), cells, primary, complementary)
    });
    let parquet = parquet(policy, &dimensions, &rows).map_err(|cause| {
        policy.fail(format!("the Parquet file could not be made: {cause}"), "report this".to_owned())
    })?;
    Ok(Outcome {
        public: vec![("cells.csv", csv(policy, &dimensions, &rows)), ("cells.parquet", parquet)],
        private: vec![
            ("report.json", report(policy, prepared, pattern, rounded, milliseconds)),
            ("explanations.csv", explanations::write(policy, prepared, rules, pattern)),
            ("certificate.json", certificate),
        ],
        counts: counts.collect(),
        rounded,
    })
}

fn csv(policy: &Policy, dimensions: &[String], rows: &[Row]) -> Vec<u8> {
    let mut text = line(
        std::iter::once("table").chain(dimensions.iter().map(String::as_str)).chain(["value", "statut"]),
    );
    for row in rows {
        let value = row.value.map(|value| decimal::show(value, policy.decimals)).unwrap_or_default();
        let status = if row.value.is_some() { PUBLISHED } else { CONFIDENTIAL };
        text += &line(
            std::iter::once(row.table.as_str())
                .chain(row.codes.iter().map(String::as_str))
                .chain([value.as_str(), status]),
        );
    }
    text.into_bytes()
}

pub(super) fn line<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let quoted = cells.map(|cell| {
        if cell.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.to_owned()
        }
    });
    quoted.collect::<Vec<_>>().join(",") + "\n"
}

fn parquet(policy: &Policy, dimensions: &[String], rows: &[Row]) -> Result<Vec<u8>, String> {
    let text = |name: &str| Field::new(name, DataType::Utf8, false);
    let mut fields = vec![text("table")];
    fields.extend(dimensions.iter().map(|name| text(name)));
    let mut arrays: Vec<arrow::array::ArrayRef> =
        vec![Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row.table)))];
    for position in 0..dimensions.len() {
        arrays.push(Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row.codes[position]))));
    }
    if policy.decimals == 0 {
        fields.push(Field::new("value", DataType::Int64, true));
        arrays.push(Arc::new(rows.iter().map(|row| row.value).collect::<Int64Array>()));
    } else {
        let scale = i8::try_from(policy.decimals).map_err(|error| error.to_string())?;
        let values = rows.iter().map(|row| row.value.map(i128::from)).collect::<Decimal128Array>();
        let values = values.with_precision_and_scale(38, scale).map_err(|error| error.to_string())?;
        fields.push(Field::new("value", DataType::Decimal128(38, scale), true));
        arrays.push(Arc::new(values));
    }
    fields.push(text("statut"));
    let status = rows.iter().map(|row| if row.value.is_some() { PUBLISHED } else { CONFIDENTIAL });
    arrays.push(Arc::new(StringArray::from_iter_values(status)));
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(schema.clone(), arrays).map_err(|error| error.to_string())?;
    let properties = WriterProperties::builder()
        .set_created_by("maillage".to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .build();
    let mut bytes = Vec::new();
    let mut writer =
        ArrowWriter::try_new(&mut bytes, schema, Some(properties)).map_err(|error| error.to_string())?;
    writer.write(&batch).map_err(|error| error.to_string())?;
    writer.close().map_err(|error| error.to_string())?;
    Ok(bytes)
}

#[expect(clippy::cast_precision_loss, reason = "a share for people to read")]
fn report(
    policy: &Policy,
    prepared: &Prepared,
    pattern: &Pattern,
    rounded: usize,
    milliseconds: [u64; 2],
) -> Vec<u8> {
    let tables: Vec<serde_json::Value> = prepared
        .tables
        .iter()
        .map(|table| {
            let (cells, primary, complementary) = counts(table, pattern);
            let amounts = |withheld_only: bool| -> i128 {
                table
                    .cells
                    .iter()
                    .filter(|(_, variable)| !withheld_only || pattern.suppressed[*variable])
                    .map(|(_, variable)| i128::from(prepared.system.variables[*variable].amount))
                    .sum()
            };
            let share = amounts(true) as f64 / (amounts(false).max(1)) as f64;
            serde_json::json!({
                "name": table.name,
                "cells": cells,
                "primary": primary,
                "complementary": complementary,
                "share_of_value_withheld": (share * 10_000.0).round() / 10_000.0,
            })
        })
        .collect();
    let distinct: BTreeSet<usize> =
        prepared.tables.iter().flat_map(|table| table.cells.iter().map(|(_, variable)| *variable)).collect();
    let whole = |price: i128| i64::try_from(price).unwrap_or(i64::MAX);
    let optimum = pattern.bound.map(|(price, least)| {
        serde_json::json!({ "price": whole(price), "at_least": whole(least), "proven": price == least })
    });
    let sums_checked = policy.rules().unions && !prepared.holdings.is_empty();
    let seconds = milliseconds.map(|time| Duration::from_millis(time).as_secs_f64());
    let report = serde_json::json!({
        "version": env!("CARGO_PKG_VERSION"),
        "tables": tables,
        "distinct_cells": distinct.len(),
        "equations": prepared.system.equations.len(),
        "requirements": pattern.requirements.len(),
        "optimum": optimum,
        "rounded_amounts": rounded,
        "insiders_checked": policy.rules().insiders && !prepared.holdings.is_empty(),
        "rings_checked": prepared.rings_checked,
        "sums_checked": {
            "of_equations": sums_checked,
            "of_hierarchies": sums_checked,
            "of_one_or_two_holdings":
                sums_checked && revealed::is_whole(&prepared.system, &pattern.suppressed),
        },
        "seconds": { "cells": seconds[0], "total": seconds[1] },
    });
    format!("{report:#}\n").into_bytes()
}
