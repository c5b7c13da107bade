//! A file as rows of text, whatever wrote it.

use super::StandaloneError;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::collections::BTreeSet;

/// The rows of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    /// Name of the file, for messages.
    pub file: String,
    /// Column names, each once, without spaces around them.
    pub header: Vec<String>,
    /// One entry a column, without spaces around it; empty for a missing value.
    pub rows: Vec<Vec<String>>,
}

impl Rows {
    /// Reads Parquet by its first bytes, comma- or semicolon-separated text otherwise.
    ///
    /// # Errors
    /// When the bytes are neither, a row has another number of columns than the header, or two columns
    /// have one name.
    pub fn read(file: &str, bytes: &[u8]) -> Result<Self, StandaloneError> {
        let read = if bytes.starts_with(b"PAR1") {
            Self::parquet(file, bytes)
        } else {
            Self::delimited(file, bytes)
        };
        let rows = read?;
        match repeated(&rows.header) {
            Some(name) => Err(rows.refuse(
                format!("two columns are called `{name}`"),
                "give each column its own name, or take one out",
            )),
            None => Ok(rows),
        }
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
            reader.headers().map_err(|error| fail(&error))?.iter().map(trimmed).collect();
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| fail(&error))?;
            let cells = record.iter().map(trimmed);
            rows.push(cells.map(|cell| if cell == "NA" { String::new() } else { cell }).collect());
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
            header = batch.schema().fields().iter().map(|field| trimmed(field.name())).collect();
            let options = FormatOptions::default();
            let columns = batch
                .columns()
                .iter()
                .map(|column| ArrayFormatter::try_new(column.as_ref(), &options))
                .collect::<Result<Vec<_>, _>>()
                .map_err(|error| fail(error.to_string()))?;
            for row in 0..batch.num_rows() {
                rows.push(columns.iter().map(|column| trimmed(&column.value(row).to_string())).collect());
            }
        }
        Ok(Self { file: file.to_owned(), header, rows })
    }

    /// Position of a column.
    ///
    /// # Errors
    /// When the file has no such column, with the columns that it has.
    pub(super) fn column(&self, name: &str) -> Result<usize, StandaloneError> {
        let found = self.header.iter().position(|column| column == name.trim());
        found.ok_or_else(|| {
            let repair = format!("name one of: {}", self.header.join(", "));
            self.refuse(format!("there is no column `{name}`"), &repair)
        })
    }

    /// A fault of the file as a whole.
    pub(super) fn refuse(&self, cause: String, repair: &str) -> StandaloneError {
        let (file, place, repair) = (self.file.clone(), String::new(), repair.to_owned());
        StandaloneError::Input { file, place, cause, repair }
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

/// The first name that two columns have. Columns without a name can be named by nobody.
fn repeated(header: &[String]) -> Option<String> {
    let mut seen = BTreeSet::new();
    let mut names = header.iter().filter(|name| !name.is_empty());
    names.find(|name| !seen.insert(*name)).cloned()
}

/// `h1 ` and `h1` are one holding, and a cell of spaces is a missing one.
fn trimmed(cell: &str) -> String {
    cell.trim().to_owned()
}
