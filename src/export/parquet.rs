//! Parquet: zstd, sorted, integer kilograms, our own `created_by`, key-value metadata.

use super::ExportError;
use super::rows::Rows;
use crate::config::Publication;
use crate::engine::Columns;
use crate::model::{DAY, Dataset};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};

/// A constant: the crate's own string carries its version and would change the bytes on upgrade.
const CREATED_BY: &str = "maillage";
/// Rows of one group: a published table fits in one, a reader of many tables skips by statistics.
const ROWS_PER_GROUP: usize = 100_000;

pub(super) fn write(
    dataset: &Dataset,
    table: &Rows,
    publication: &Publication,
    release: &str,
) -> Result<Vec<u8>, ExportError> {
    let failed = |cause: String| ExportError::Parquet { table: dataset.name.clone(), cause };
    let [dimensions, measures, statuses] = &table.header;
    let mut columns = Columns::default();
    for (position, name) in dimensions.iter().enumerate() {
        columns = columns.text(name, table.rows.iter().map(|row| Some(row.0[position].as_str())));
    }
    for (position, name) in measures.iter().enumerate() {
        columns = columns.integer(name, table.rows.iter().map(|row| row.1[position]));
    }
    for (position, name) in statuses.iter().enumerate() {
        columns = columns.text(name, table.rows.iter().map(|row| Some(row.2[position])));
    }
    let days: Vec<Option<String>> = table.rows.iter().map(|row| row.3.map(|day| day.to_string())).collect();
    columns = columns.text(DAY, days.iter().map(Option::as_deref));
    let batch = columns.build().map_err(|error| failed(error.to_string()))?;
    let metadata = [
        ("title", dataset.title_fr.as_str()),
        ("title_en", dataset.title_en.as_str()),
        ("publisher", publication.publisher.as_str()),
        ("license", publication.licence.as_str()),
        ("release", release),
    ];
    let properties = WriterProperties::builder()
        .set_created_by(CREATED_BY.to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(ROWS_PER_GROUP))
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_key_value_metadata(Some(
            metadata
                .iter()
                .map(|(key, value)| KeyValue::new((*key).to_owned(), (*value).to_owned()))
                .collect(),
        ))
        .build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties))
        .map_err(|error| failed(error.to_string()))?;
    writer.write(&batch).map_err(|error| failed(error.to_string()))?;
    writer.close().map_err(|error| failed(error.to_string()))?;
    Ok(bytes)
}
