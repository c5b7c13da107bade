//! A file as rows of text, whatever wrote it.

use super::StandaloneError;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

/// The rows of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    /// Name of the file, for messages.
    pub file: String,
    /// Column names.
    pub header: Vec<String>,
    /// One entry a column; empty for a missing value.
    pub rows: Vec<Vec<String>>,
}

impl Rows {
    /// Reads Parquet by its first bytes, comma- or semicolon-separated text otherwise.
    ///
    /// # Errors
    /// When the bytes are neither, or a row has another number of columns than the header.
    pub fn read(file: &str, bytes: &[u8]) -> Result<Self, StandaloneError> {
        if bytes.starts_with(b"PAR1") { Self::parquet(file, bytes) } else { Self::delimited(file, bytes) }
    }

    fn delimited(file: &str, bytes: &[u8]) -> Result<Self, StandaloneError> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let columns = |mark: u8| first.split(|byte| *byte == mark).count();
        let delimiter = if columns(b';') > columns(b',') { b';' } else { b',' };
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(bytes);
        let fail = |error: &csv::Error| StandaloneError::Input {
            file: file.to_owned(),
            place: error.position().map(|at| format!(", line {}", at.line())).unwrap_or_default(),
            // The text of the error could quote the row.
            cause: match error.kind() {
                csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                    format!("a row has {len} columns, the header has {expected_len}")
                }
                csv::ErrorKind::Utf8 { .. } => "a row is not UTF-8".to_owned(),
                _ => "the row cannot be read".to_owned(),
            },
            repair: "save the table as UTF-8 text with one header line, or as Parquet".to_owned(),
        };
        let header: Vec<String> =
            reader.headers().map_err(|error| fail(&error))?.iter().map(str::to_owned).collect();
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| fail(&error))?;
            rows.push(
                record
                    .iter()
                    .map(|cell| if cell == "NA" { String::new() } else { cell.to_owned() })
                    .collect(),
            );
        }
        Ok(Self { file: file.to_owned(), header, rows })
    }

    fn parquet(file: &str, bytes: &[u8]) -> Result<Self, StandaloneError> {
        let fail = |cause: String| StandaloneError::Input {
            file: file.to_owned(),
            place: String::new(),
            cause: format!("the Parquet file cannot be read: {cause}"),
            repair:
                "write it again without nested columns, compressed with zstd, snappy, gzip, lz4 or not at all"
                    .to_owned(),
        };
        let bytes = bytes::Bytes::copy_from_slice(bytes);
        let reader = ParquetRecordBatchReaderBuilder::try_new(bytes)
            .and_then(ParquetRecordBatchReaderBuilder::build)
            .map_err(|error| fail(error.to_string()))?;
        let mut header: Vec<String> = Vec::new();
        let mut rows = Vec::new();
        for batch in reader {
            let batch = batch.map_err(|error| fail(error.to_string()))?;
            header = batch.schema().fields().iter().map(|field| field.name().clone()).collect();
            let options = FormatOptions::default();
            let columns = batch
                .columns()
                .iter()
                .map(|column| ArrayFormatter::try_new(column.as_ref(), &options))
                .collect::<Result<Vec<_>, _>>()
                .map_err(|error| fail(error.to_string()))?;
            for row in 0..batch.num_rows() {
                rows.push(columns.iter().map(|column| column.value(row).to_string()).collect());
            }
        }
        Ok(Self { file: file.to_owned(), header, rows })
    }

    /// Position of a column.
    ///
    /// # Errors
    /// When the file has no such column, with the columns that it has.
    pub(super) fn column(&self, name: &str) -> Result<usize, StandaloneError> {
        self.header.iter().position(|column| column == name).ok_or_else(|| StandaloneError::Input {
            file: self.file.clone(),
            place: String::new(),
            cause: format!("there is no column `{name}`"),
            repair: format!("name one of: {}", self.header.join(", ")),
        })
    }

    /// A fault in one row.
    pub(super) fn fault(&self, row: usize, column: usize, cause: &str, repair: &str) -> StandaloneError {
        StandaloneError::Input {
            file: self.file.clone(),
            // The header is line 1.
            place: format!(", line {}, column `{}`", row + 2, self.header[column]),
            cause: cause.to_owned(),
            repair: repair.to_owned(),
        }
    }
}
