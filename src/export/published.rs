//! Reads published files back, as a stranger would: for the second program.

use super::rows::STATUS_PUBLISHED;
use super::{FOLDER, File};
use crate::certificate::{Published, PublishedCells, PublishedDays};
use crate::model::DAY;
use arrow::array::{Array as _, AsArray as _};
use arrow::datatypes::DataType;
use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::collections::BTreeMap;

/// The header of a table, then its rows; empty for what is not there.
type Texts = Vec<Vec<String>>;

/// The cells of every measure of every table, and the days of their rows. A Parquet file says what the CSV file of
/// its table says.
///
/// # Errors
/// The path of a file that is no table of ours, or says something else.
pub fn read_back(files: &[File]) -> Result<Published, String> {
    let mut published = Published::default();
    let tables = texts(files, ".csv", of_csv)?;
    for (table, texts) in &tables {
        let (measures, days) = of_table(texts).ok_or_else(|| no_table(&format!("{FOLDER}/{table}.csv")))?;
        for (measure, cells) in measures {
            published.cells.insert(format!("{table}/{measure}"), cells);
        }
        published.days.insert((*table).to_owned(), days);
    }
    for (table, texts) in texts(files, ".parquet", of_parquet)? {
        if tables.get(table) != Some(&texts) {
            return Err(format!(
                "`{FOLDER}/{table}.parquet` does not say what the CSV file of its table says"
            ));
        }
    }
    Ok(published)
}

fn no_table(path: &str) -> String {
    format!("`{path}` is no table of ours")
}

/// What the files with an ending say, by table.
fn texts<'a>(
    files: &'a [File],
    ending: &str,
    read: fn(&[u8]) -> Option<Texts>,
) -> Result<BTreeMap<&'a str, Texts>, String> {
    let mut found = BTreeMap::new();
    for (path, bytes) in files {
        let name = path.strip_prefix(FOLDER).and_then(|path| path.strip_prefix('/'));
        let Some(table) = name.and_then(|name| name.strip_suffix(ending)) else { continue };
        found.insert(table, read(bytes).ok_or_else(|| no_table(path))?);
    }
    Ok(found)
}

fn of_csv(bytes: &[u8]) -> Option<Texts> {
    let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
    reader.records().map(|row| Some(row.ok()?.iter().map(str::to_owned).collect())).collect()
}

fn of_parquet(bytes: &[u8]) -> Option<Texts> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(Bytes::copy_from_slice(bytes)).ok()?;
    let header = reader.schema().fields().iter().map(|field| field.name().clone()).collect();
    let mut texts: Texts = vec![header];
    for batch in reader.build().ok()? {
        let batch = batch.ok()?;
        let mut rows: Texts = vec![Vec::new(); batch.num_rows()];
        for column in batch.columns() {
            let column = arrow::compute::cast(column, &DataType::Utf8).ok()?;
            let column = column.as_string::<i32>();
            for (place, row) in rows.iter_mut().enumerate() {
                let text = if column.is_null(place) { "" } else { column.value(place) };
                row.push(text.to_owned());
            }
        }
        texts.append(&mut rows);
    }
    Some(texts)
}

fn of_table(texts: &[Vec<String>]) -> Option<(Vec<(String, PublishedCells)>, PublishedDays)> {
    let (header, rows) = texts.split_first()?;
    let place = |name: &str| header.iter().position(|other| other == name);
    let measures: Vec<(String, usize, usize)> = header
        .iter()
        .enumerate()
        .filter_map(|(status, name)| {
            let measure = name.strip_prefix("statut_")?;
            Some((measure.to_owned(), place(measure)?, status))
        })
        .collect();
    let dimensions = measures.iter().map(|(_, value, _)| *value).min()?;
    let mut tables: Vec<(String, PublishedCells)> =
        measures.iter().map(|(measure, _, _)| (measure.clone(), PublishedCells::new())).collect();
    let mut days = PublishedDays::new();
    for row in rows {
        let codes = row.get(..dimensions)?.to_vec();
        for ((_, cells), (_, value, status)) in tables.iter_mut().zip(&measures) {
            let published = match (row.get(*status)?.as_str(), row.get(*value)?.as_str()) {
                (STATUS_PUBLISHED, value) => Some(value.parse().ok()?),
                (_, "") => None,
                // A value beside a status that withholds it is a leak.
                (_, _) => return None,
            };
            cells.insert(codes.clone(), published);
        }
        let day = match place(DAY).and_then(|day| row.get(day)).map_or("", String::as_str) {
            "" => None,
            day => Some(day.parse().ok()?),
        };
        days.insert(codes, day);
    }
    Some((tables, days))
}

#[cfg(test)]
mod tests {
    use super::read_back;

    fn read(csv: &str) -> Result<usize, String> {
        let files = [("donnees/t.csv".to_owned(), csv.as_bytes().to_vec())];
        read_back(&files).map(|published| published.cells["t/kg"].len())
    }

    #[test]
    fn a_value_beside_a_withheld_status_is_no_table() {
        assert_eq!(read("parc,kg,statut_kg\nTotal,3,publie\na,,confidentiel\n"), Ok(2));
        assert!(read("parc,kg,statut_kg\nTotal,3,publie\na,2,confidentiel\n").is_err());
        assert!(read("parc,kg,statut_kg\nTotal,,publie\n").is_err());
        assert_eq!(read("parc,kg,statut_kg,valeur_du\nTotal,3,publie,2026-01-15\na,,inconnu,\n"), Ok(2));
        assert!(read("parc,kg,statut_kg,valeur_du\nTotal,3,publie,hier\n").is_err());
    }
}
