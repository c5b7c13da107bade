//! Tables as Parquet files of a working folder.

use super::WorkError;
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use std::fs::File;
use std::path::Path;

/// Writes a table.
///
/// # Errors
/// When the disk is full.
pub fn write(table: &RecordBatch, path: &Path) -> Result<(), WorkError> {
    let file = File::create(path).map_err(|error| WorkError::new(&error))?;
    // Read once and gone: neither packed nor counted.
    let properties = WriterProperties::builder()
        .set_compression(Compression::UNCOMPRESSED)
        .set_dictionary_enabled(false)
        .set_statistics_enabled(parquet::file::properties::EnabledStatistics::None)
        .build();
    let mut writer = ArrowWriter::try_new(file, table.schema(), Some(properties))
        .map_err(|error| WorkError::new(&error))?;
    writer.write(table).map_err(|error| WorkError::new(&error))?;
    writer.close().map_err(|error| WorkError::new(&error))?;
    Ok(())
}

/// The table of a file, so many rows at a time.
///
/// # Errors
/// When it cannot be read.
pub fn read(
    path: &Path,
    rows: usize,
) -> Result<impl Iterator<Item = Result<RecordBatch, WorkError>> + Send + use<>, WorkError> {
    let file = File::open(path).map_err(|error| WorkError::new(&error))?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(|builder| builder.with_batch_size(rows).build())
        .map_err(|error| WorkError::new(&error))?;
    Ok(reader.map(|batch| batch.map_err(|error| WorkError::new(&error))))
}
