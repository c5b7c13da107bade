//! Apache Parquet as a sheet: the names of its columns are the first row, as in csv.

use super::IngestError;
use super::page::Page;
use super::table::{Row, Sheet};
use crate::config::Limits;
use crate::model::{Cell, Confidential};
use arrow::array::{Array, ArrayRef, AsArray as _, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type, TimeUnit, TimestampMillisecondType};
use arrow::error::ArrowError;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use std::panic::{AssertUnwindSafe, catch_unwind};

const BATCH_ROWS: usize = 8_192;
const AGAIN: &str = "write it again in the program that made it, or give csv";

/// The table of a page.
///
/// # Errors
/// As [`rows`].
pub(super) fn read(page: &Page, limits: &Limits) -> Result<Sheet, IngestError> {
    let mut sheet = Sheet::default();
    rows(page, limits, |row| {
        sheet.rows.push(row);
        true
    })?;
    Ok(sheet)
}

/// Shows every row that holds something, the names of the columns first, until `show` wants no more.
///
/// # Errors
/// A file that is damaged, that is larger than the limits of a workbook (cells, and memory once
/// unpacked), or that packs its pages in a way that is not read.
pub(super) fn rows(
    page: &Page,
    limits: &Limits,
    mut show: impl FnMut(Row) -> bool,
) -> Result<(), IngestError> {
    let (names, mut batches) = guarded(page, || open(page, limits))?;
    if !show(Row { number: 1, hidden: false, cells: names }) {
        return Ok(());
    }
    let mut numbers = 2_u32..;
    while let Some(rows) = guarded(page, || next(page, &mut batches))? {
        // In this order: at the end of the rows no number is used up.
        for (cells, number) in rows.into_iter().zip(numbers.by_ref()) {
            if !cells.is_empty() && !show(Row { number, hidden: false, cells }) {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// The decoder trusts lengths that a damaged file gives: it may panic, and that is an answer too.
fn guarded<T>(page: &Page, decode: impl FnOnce() -> Result<T, IngestError>) -> Result<T, IngestError> {
    let damaged = || Err(IngestError::unreadable(&page.place, "the Parquet file is damaged", AGAIN));
    catch_unwind(AssertUnwindSafe(decode)).unwrap_or_else(|_| damaged())
}

fn damaged(page: &Page, error: &dyn std::fmt::Display) -> IngestError {
    // The first line only: what follows may quote what the file holds.
    let cause = error.to_string().lines().next().unwrap_or_default().to_owned();
    IngestError::unreadable(&page.place, format!("the Parquet file cannot be decoded ({cause})"), AGAIN)
}

/// Cells of one row, by column.
type Cells = Vec<(u32, Cell)>;

/// The names of the columns, and what reads the rows.
fn open(page: &Page, limits: &Limits) -> Result<(Cells, ParquetRecordBatchReader), IngestError> {
    let bytes = bytes::Bytes::copy_from_slice(page.content.memory());
    let builder = ParquetRecordBatchReaderBuilder::try_new(bytes).map_err(|error| damaged(page, &error))?;
    let columns = builder.schema().fields().len() as u64;
    let metadata = builder.metadata();
    let rows = u64::try_from(metadata.file_metadata().num_rows()).unwrap_or(u64::MAX);
    let unpacked: i64 = metadata.row_groups().iter().map(|group| group.total_byte_size().max(0)).sum();
    let most_bytes = i64::from(limits.workbook_memory_mib) * 1024 * 1024;
    if rows.saturating_mul(columns) > limits.workbook_cells || unpacked > most_bytes {
        return Err(IngestError::unreadable(
            &page.place,
            format!("it holds {rows} rows of {columns} columns, more than the limits"),
            "split it, or raise `workbook_cells` and `workbook_memory_mib` under `limits`",
        ));
    }
    let names = builder.schema().fields().iter().map(|field| Cell::text(field.name().as_str()));
    let names = (0..).zip(names).filter(|(_, cell): &(u32, Cell)| !cell.is_empty()).collect();
    let batches = builder.with_batch_size(BATCH_ROWS).build().map_err(|error| damaged(page, &error))?;
    Ok((names, batches))
}

/// The next rows, those without a cell too; none at the end.
fn next(page: &Page, batches: &mut ParquetRecordBatchReader) -> Result<Option<Vec<Cells>>, IngestError> {
    let Some(batch) = batches.next() else { return Ok(None) };
    let batch = batch.map_err(|error| damaged(page, &error))?;
    batch_rows(&batch).map(Some).map_err(|error| damaged(page, &error))
}

/// Cells that hold something, by row.
fn batch_rows(batch: &RecordBatch) -> Result<Vec<Cells>, ArrowError> {
    let mut rows = vec![Vec::new(); batch.num_rows()];
    for (column, array) in (0_u32..).zip(batch.columns()) {
        for (row, cell) in cells(array)?.into_iter().enumerate() {
            if !cell.is_empty() {
                rows[row].push((column, cell));
            }
        }
    }
    Ok(rows)
}

/// One column. A whole number stays one, a time becomes a date cell, nested values become text.
fn cells(array: &ArrayRef) -> Result<Vec<Cell>, ArrowError> {
    let plain = match array.data_type() {
        DataType::Dictionary(_, values) => &cast(array, values)?,
        _ => array,
    };
    let each = |cell: &dyn Fn(usize) -> Cell| -> Vec<Cell> {
        (0..plain.len()).map(|row| if plain.is_null(row) { Cell::Empty } else { cell(row) }).collect()
    };
    Ok(match plain.data_type() {
        DataType::Null => vec![Cell::Empty; plain.len()],
        DataType::Boolean => {
            let values = plain.as_boolean();
            each(&|row| Cell::Boolean(values.value(row)))
        }
        DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32 => {
            let wide = cast(plain, &DataType::Int64)?;
            let values = wide.as_primitive::<Int64Type>();
            each(&|row| Cell::Integer(Confidential::new(values.value(row))))
        }
        DataType::Float16
        | DataType::Float32
        | DataType::Float64
        | DataType::Decimal32(..)
        | DataType::Decimal64(..)
        | DataType::Decimal128(..)
        | DataType::Decimal256(..) => {
            let wide = cast(plain, &DataType::Float64)?;
            let values = wide.as_primitive::<Float64Type>();
            // Data frames write what is missing as NaN.
            each(&|row| match values.value(row) {
                value if value.is_nan() => Cell::Empty,
                value => Cell::Number(Confidential::new(value)),
            })
        }
        DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) => {
            let wide = cast(plain, &DataType::Timestamp(TimeUnit::Millisecond, None))?;
            let values = wide.as_primitive::<TimestampMillisecondType>();
            each(&|row| {
                let moment = chrono::DateTime::from_timestamp_millis(values.value(row));
                moment.map_or(Cell::Empty, |moment| Cell::Date(moment.naive_utc()))
            })
        }
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => {
            let text = cast(plain, &DataType::Utf8)?;
            let values = text.as_string::<i32>();
            each(&|row| if values.is_null(row) { Cell::Empty } else { Cell::text(values.value(row)) })
        }
        _ => {
            let options = FormatOptions::default();
            let shown = ArrayFormatter::try_new(plain, &options)?;
            each(&|row| Cell::text(shown.value(row).to_string()))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::config::Limits;
    use crate::ingest::page::{Page, Place};
    use crate::model::Cell;
    use arrow::array::{
        ArrayRef, BooleanArray, Date32Array, DictionaryArray, Float64Array, Int32Array, RecordBatch,
        StringArray, UInt64Array,
    };
    use arrow::datatypes::Int8Type;
    use std::sync::Arc;

    fn page(bytes: Vec<u8>) -> Page {
        Page { place: Place::path("a.parquet"), label: "a.parquet".to_owned(), content: bytes.into() }
    }

    fn written() -> Vec<u8> {
        let dictionary: DictionaryArray<Int8Type> = ["t", "kg", "t"].into_iter().collect();
        let columns: [(&str, ArrayRef); 7] = [
            ("Entreprise", Arc::new(StringArray::from(vec![Some("Alpha"), None, Some(" ")]))),
            ("no", Arc::new(Int32Array::from(vec![7, 8, 9]))),
            ("quantité", Arc::new(Float64Array::from(vec![Some(1.5), Some(f64::NAN), None]))),
            ("unité", Arc::new(dictionary)),
            ("dangereux", Arc::new(BooleanArray::from(vec![Some(true), Some(false), None]))),
            ("date", Arc::new(Date32Array::from(vec![Some(20_000), None, None]))),
            ("grand", Arc::new(UInt64Array::from(vec![u64::MAX, 1, 2]))),
        ];
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let mut bytes = Vec::new();
        let mut writer = parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        bytes
    }

    #[test]
    fn each_kind_of_column_keeps_what_it_says() {
        let sheet = read(&page(written()), &Limits::default()).unwrap();
        let shown =
            |row: usize| -> Vec<String> { sheet.rows[row].dense(9).iter().map(Cell::reveal).collect() };
        assert_eq!(shown(0), ["Entreprise", "no", "quantité", "unité", "dangereux", "date", "grand"]);
        assert_eq!(shown(1), ["Alpha", "7", "1.5", "t", "oui", "2024-10-04", "18446744073709551615"]);
        assert_eq!(shown(2), ["", "8", "", "kg", "non", "", "1"]);
        assert_eq!(shown(3), ["", "9", "", "t", "", "", "2"]);
        assert_eq!(sheet.rows[3].number, 4);
    }

    #[test]
    fn a_damaged_or_too_large_file_is_refused_with_a_repair() {
        let whole = written();
        for cut in [4, 12, whole.len() / 2, whole.len() - 1] {
            let error = read(&page(whole[..cut].to_vec()), &Limits::default()).unwrap_err();
            assert!(error.exit_code() == 65 && error.to_string().contains("help: "), "{error}");
        }
        for at in (0..whole.len()).step_by(7) {
            let mut wrong = whole.clone();
            wrong[at] ^= 0x5A;
            // Whatever it says, it is an answer and no crash.
            let _ = read(&page(wrong), &Limits::default());
        }
        let small = Limits { workbook_cells: 5, ..Limits::default() };
        assert!(read(&page(whole), &small).unwrap_err().to_string().contains("workbook_cells"));
    }
}
