//! A file as rows of text, whatever wrote it.

use super::StandaloneError;
use arrow::array::{Array, ArrayRef, AsArray, LargeStringArray, StringArray};
use arrow::datatypes::DataType;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The rows of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    /// Name of the file, for messages.
    pub file: String,
    /// Column names, each once, without spaces around them.
    pub header: Vec<String>,
    /// One entry a column, without spaces around it; empty for a missing value.
    pub rows: Vec<Vec<String>>,
    /// Line of each row in a text.
    lines: Vec<usize>,
    /// Columns of floats, with the number from which on two whole ones may be one float.
    floats: BTreeMap<usize, u64>,
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
        // The first row of a file without a header holds somebody's amounts: columns are told by their place.
        match repeated(&rows.header) {
            Some((one, other)) => Err(rows.refuse(
                format!("two columns are called alike, columns {one} and {other}"),
                "give each column its own name in the first line, or take one out",
            )),
            None => Ok(rows),
        }
    }

    fn delimited(file: &str, bytes: &[u8]) -> Result<Self, StandaloneError> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter(bytes)).from_reader(bytes);
        let mut lines = Lines { bytes, at: 0, line: 1 };
        let fail = |error: &csv::Error| StandaloneError::Input {
            file: file.to_owned(),
            place: error.position().map(|at| format!(", line {}", line_of(bytes, at))).unwrap_or_default(),
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
        let (mut rows, mut places) = (Vec::new(), Vec::new());
        for record in reader.records() {
            let record = record.map_err(|error| fail(&error))?;
            rows.push(record.iter().map(trimmed).collect());
            places.push(record.position().map_or(0, |at| lines.of(at)));
        }
        Ok(Self { file: file.to_owned(), header, rows, lines: places, floats: BTreeMap::new() })
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
        let (mut rows, mut floats) = (Vec::new(), BTreeMap::new());
        for batch in reader {
            let batch = batch.map_err(|error| fail(error.to_string()))?;
            header = batch.schema().fields().iter().map(|field| trimmed(field.name())).collect();
            let kinds: Vec<&DataType> = batch.columns().iter().map(kind).collect();
            floats = kinds.iter().enumerate().filter_map(|(at, kind)| Some((at, exact(kind)?))).collect();
            let options = FormatOptions::default();
            let texts = batch
                .columns()
                .iter()
                .zip(&header)
                .map(|(column, name)| text(column).map_err(|cause| fail(format!("column `{name}`: {cause}"))))
                .collect::<Result<Vec<_>, _>>()?;
            let columns = texts
                .iter()
                .zip(kinds)
                .map(|(column, kind)| {
                    let may_be_whole = kind.is_floating() || kind.is_decimal();
                    ArrayFormatter::try_new(column.as_ref(), &options).map(|shown| (shown, may_be_whole))
                })
                .collect::<Result<Vec<_>, _>>()
                .map_err(|error| fail(error.to_string()))?;
            for row in 0..batch.num_rows() {
                let cell = |(shown, may_be_whole): &(ArrayFormatter<'_>, bool)| {
                    let cell = trimmed(&shown.value(row).to_string());
                    if *may_be_whole { plain(&cell).to_owned() } else { cell }
                };
                rows.push(columns.iter().map(cell).collect());
            }
        }
        Ok(Self { file: file.to_owned(), header, rows, lines: Vec::new(), floats })
    }

    /// Position of a column.
    ///
    /// # Errors
    /// When the file has no such column.
    pub(super) fn column(&self, name: &str) -> Result<usize, StandaloneError> {
        let name = name.trim();
        let found = self.header.iter().position(|column| column == name);
        found.ok_or_else(|| {
            // A table without names would show its first row: of that nothing but what the policy says.
            let near = self.header.iter().find(|column| column.to_lowercase() == name.to_lowercase());
            let repair = near.map_or_else(
                || {
                    format!(
                        "name one of the {} columns as the first line of the table does, or give it such a line",
                        self.header.len()
                    )
                },
                |near| format!("did you mean `{near}`?"),
            );
            self.refuse(format!("there is no column `{name}`"), &repair)
        })
    }

    /// Whether a cell can tell one company from all others, here and in other files: a float does when it is
    /// whole and not too large.
    pub(super) fn tells_apart(&self, row: usize, column: usize) -> bool {
        let digits = self.rows[row][column].trim_start_matches('-');
        let is_exact = |end: &u64| digits.parse::<u64>().is_ok_and(|number| number < *end);
        self.floats.get(&column).is_none_or(is_exact)
    }

    /// Line of a row; of what has no lines, the header counts as the first.
    pub(super) fn line(&self, row: usize) -> usize {
        self.lines.get(row).copied().unwrap_or(row + 2)
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
            place: format!(", line {}, column `{}`", self.line(row), self.header[column]),
            cause: cause.to_owned(),
            repair: repair.to_owned(),
        }
    }
}

/// Lines of a text, by the bytes before them: blank ones and those within quotes count.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: usize,
}

impl Lines<'_> {
    /// Line in which a record begins, after the blank ones before it; records come in their order.
    fn of(&mut self, position: &csv::Position) -> usize {
        let mut begin = usize::try_from(position.byte()).unwrap_or(self.bytes.len()).min(self.bytes.len());
        while self.bytes.get(begin).is_some_and(|byte| matches!(byte, b'\n' | b'\r')) {
            begin += 1;
        }
        let passed = self.bytes.get(self.at..begin).unwrap_or_default();
        self.line += memchr::memchr_iter(b'\n', passed).count();
        self.at = self.at.max(begin);
        self.line
    }
}

fn line_of(bytes: &[u8], position: &csv::Position) -> usize {
    Lines { bytes, at: 0, line: 1 }.of(position)
}

/// Comma or semicolon, whichever stands more often between the names of the header.
fn delimiter(bytes: &[u8]) -> u8 {
    let (mut is_quoted, mut commas, mut semicolons, mut is_blank) = (false, 0, 0, true);
    for byte in bytes {
        match byte {
            b'\n' | b'\r' if is_blank => continue,
            b'\n' | b'\r' if !is_quoted => break,
            b'"' => is_quoted = !is_quoted,
            b',' if !is_quoted => commas += 1,
            b';' if !is_quoted => semicolons += 1,
            _ => {}
        }
        is_blank = false;
    }
    if semicolons > commas { b';' } else { b',' }
}

/// A column as text or numbers; bytes that do not say what they are have to be text.
fn text(column: &ArrayRef) -> Result<ArrayRef, &'static str> {
    let wrong = "its bytes are no UTF-8 text; write it as text";
    match column.data_type() {
        DataType::Binary => {
            let text = StringArray::try_from_binary(column.as_binary::<i32>().clone()).map_err(|_| wrong)?;
            Ok(Arc::new(text))
        }
        DataType::LargeBinary => {
            let text =
                LargeStringArray::try_from_binary(column.as_binary::<i64>().clone()).map_err(|_| wrong)?;
            Ok(Arc::new(text))
        }
        DataType::FixedSizeBinary(_) | DataType::BinaryView => Err(wrong),
        _ => Ok(Arc::clone(column)),
    }
}

/// What the cells of a column are.
fn kind(column: &ArrayRef) -> &DataType {
    match column.data_type() {
        DataType::Dictionary(_, values) => values,
        kind => kind,
    }
}

/// The number from which on two whole ones may be one float.
fn exact(kind: &DataType) -> Option<u64> {
    match kind {
        DataType::Float16 => Some(1 << 11),
        DataType::Float32 => Some(1 << 24),
        DataType::Float64 => Some(1 << 53),
        _ => None,
    }
}

/// A number as other files write it: a whole one without a point, zero without a sign, and nothing for none.
fn plain(number: &str) -> &str {
    let whole = match number.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|digit| digit == b'0') => whole,
        _ => number,
    };
    match whole {
        "NaN" => "",
        "-0" => "0",
        whole => whole,
    }
}

/// The first two columns of one name, counted from 1. Columns without a name can be named by nobody.
fn repeated(header: &[String]) -> Option<(usize, usize)> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, place) in header.iter().zip(1..).filter(|(name, _)| !name.is_empty()) {
        if let Some(first) = seen.insert(name, place) {
            return Some((first, place));
        }
    }
    None
}

/// `h1 ` and `h1` are one holding, and a cell of spaces is a missing one.
fn trimmed(cell: &str) -> String {
    cell.trim().to_owned()
}
