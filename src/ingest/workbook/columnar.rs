//! Apache Parquet as a sheet: the names of its columns are the first row, as in csv.
//!
//! The decoder trusts lengths that a damaged file gives: it may panic, or ask for more memory than there is.

use super::super::codec::Value;
use super::super::content::{Content, Reader};
use super::structure::Structure;
use super::teller::{Stop, Teller};
use super::values::Read;
use super::wire::{Job, Refusal, SheetLine};
use arrow::array::{Array, ArrayRef, AsArray as _};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type, TimeUnit, TimestampMillisecondType};
use arrow::error::ArrowError;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use bytes::Bytes;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{ChunkReader, Length};
use std::borrow::Cow;
use std::fmt::Display;
use std::io::{Read as _, Seek as _, SeekFrom};

/// Rows and cells that are decoded at a time, at most.
const BATCH_ROWS: usize = 8_192;
const BATCH_CELLS: usize = 1 << 20;

impl Length for Content {
    fn len(&self) -> u64 {
        self.length()
    }
}

impl ChunkReader for Content {
    type T = Reader;

    fn get_read(&self, start: u64) -> Result<Reader, ParquetError> {
        let mut reader = self.reader();
        reader.seek(SeekFrom::Start(start))?;
        Ok(reader)
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        // A length that the file only claims takes no memory.
        if start.saturating_add(length as u64) > self.length() {
            return Err(ParquetError::EOF("it ends before what it says that it holds".to_owned()));
        }
        let mut bytes = vec![0; length];
        self.get_read(start)?.read_exact(&mut bytes)?;
        Ok(bytes.into())
    }
}

/// Says a table: a sheet without a name, and without a place among tabs.
pub(super) fn read(content: &Content, job: &Job, teller: &mut Teller<'_>) -> Result<(), Stop> {
    let (names, batches) = open(content, job)?;
    teller.begin(SheetLine::default(), Structure::default(), None)?;
    // As in csv, a column without a name and without a cell is one too.
    teller.reach(0, 0);
    for (column, name) in names {
        teller.cell(0, column, &name.into())?;
    }
    let mut rows = 1_u32..;
    for batch in batches {
        let batch = batch.map_err(|error| undecoded(&error))?;
        let columns = batch.columns().iter().map(values).collect::<Result<Vec<_>, _>>();
        let columns = columns.map_err(|error| undecoded(&error))?;
        say(columns, &mut rows.by_ref().take(batch.num_rows()), teller)?;
    }
    teller.end()
}

/// The names of the columns, and what reads the rows. More cells or unpacked bytes than the limits are refused
/// from the file's own footer.
fn open(
    content: &Content,
    job: &Job,
) -> Result<(Vec<(u32, Value<'static>)>, ParquetRecordBatchReader), Stop> {
    let builder =
        ParquetRecordBatchReaderBuilder::try_new(content.clone()).map_err(|error| undecoded(&error))?;
    let width = builder.schema().fields().len();
    let metadata = builder.metadata();
    let rows = u64::try_from(metadata.file_metadata().num_rows()).unwrap_or(u64::MAX);
    if rows.saturating_mul(width as u64) > job.cells {
        return Err(Stop::Refused(Refusal::TooManyCells(job.cells)));
    }
    let sizes = metadata.row_groups().iter().map(|group| group.total_byte_size().max(0).unsigned_abs());
    if sizes.fold(0, u64::saturating_add) > u64::from(job.memory_mib) * 1024 * 1024 {
        return Err(Stop::Refused(Refusal::Bomb));
    }
    let mut columns = metadata.row_groups().iter().flat_map(RowGroupMetaData::columns);
    if let Some(codec) = columns.find_map(|column| unread(column.compression())) {
        return Err(Stop::Refused(Refusal::Compression(codec.to_owned())));
    }
    let names = builder.schema().fields().iter().map(|field| text(field.name()));
    let names = (0_u32..).zip(names).filter_map(|(column, name)| Some((column, name?))).collect();
    let at_once = (BATCH_CELLS / width.max(1)).clamp(1, BATCH_ROWS);
    let batches = builder.with_batch_size(at_once).build().map_err(|error| undecoded(&error))?;
    Ok((names, batches))
}

/// The name of a compression that is not read.
const fn unread(codec: Compression) -> Option<&'static str> {
    match codec {
        Compression::BROTLI(_) => Some("brotli"),
        Compression::LZO => Some("LZO"),
        Compression::UNCOMPRESSED
        | Compression::SNAPPY
        | Compression::GZIP(_)
        | Compression::LZ4
        | Compression::LZ4_RAW
        | Compression::ZSTD(_) => None,
    }
}

/// The first line only: what follows may quote what the file holds.
fn undecoded(error: &dyn Display) -> Stop {
    let cause = error.to_string().lines().next().unwrap_or_default().to_owned();
    Stop::Refused(Refusal::Undecoded(cause))
}

/// What stands in one column, row by row.
type Column = Vec<Option<Value<'static>>>;

/// Says the rows of some columns under their numbers, from 0.
fn say(
    columns: Vec<Column>,
    rows: &mut dyn Iterator<Item = u32>,
    teller: &mut Teller<'_>,
) -> Result<(), Stop> {
    let mut columns: Vec<_> = columns.into_iter().map(Vec::into_iter).collect();
    for row in rows {
        for (column, values) in (0_u32..).zip(&mut columns) {
            if let Some(value) = values.next().flatten() {
                teller.cell(row, column, &Read::from(value))?;
            }
        }
    }
    Ok(())
}

/// A text that is not blank.
fn text(text: &str) -> Option<Value<'static>> {
    (!text.trim().is_empty()).then(|| Value::Text(Cow::Owned(text.to_owned())))
}

/// One column. A whole number stays one, a time becomes a date cell, nested values become text.
fn values(array: &ArrayRef) -> Result<Column, ArrowError> {
    let plain = match array.data_type() {
        DataType::Dictionary(_, values) => &cast(array, values)?,
        _ => array,
    };
    let each = |value: &dyn Fn(usize) -> Option<Value<'static>>| -> Column {
        (0..plain.len()).map(|row| if plain.is_null(row) { None } else { value(row) }).collect()
    };
    Ok(match plain.data_type() {
        DataType::Null => vec![None; plain.len()],
        DataType::Boolean => {
            let values = plain.as_boolean();
            each(&|row| Some(Value::Boolean(values.value(row))))
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
            each(&|row| Some(Value::Integer(values.value(row))))
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
            each(&|row| Some(values.value(row)).filter(|value| !value.is_nan()).map(Value::Number))
        }
        DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) => {
            let wide = cast(plain, &DataType::Timestamp(TimeUnit::Millisecond, None))?;
            let values = wide.as_primitive::<TimestampMillisecondType>();
            let is_there = |moment: &i64| chrono::DateTime::from_timestamp_millis(*moment).is_some();
            each(&|row| Some(values.value(row)).filter(is_there).map(Value::Date))
        }
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => {
            let utf8 = cast(plain, &DataType::Utf8)?;
            let values = utf8.as_string::<i32>();
            each(&|row| if values.is_null(row) { None } else { text(values.value(row)) })
        }
        _ => {
            let options = FormatOptions::default();
            let shown = ArrayFormatter::try_new(plain, &options)?;
            each(&|row| text(&shown.value(row).to_string()))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::content::Content;
    use super::super::super::sniff::Workbook;
    use super::super::super::table::Sheet;
    use super::super::cells;
    use super::super::corpora_tests::gathered;
    use super::super::wire::{Job, Refusal};
    use crate::model::Cell;
    use arrow::array::{
        ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float64Array, Int32Array,
        ListArray, RecordBatch, StringArray, TimestampMicrosecondArray, UInt64Array,
    };
    use arrow::datatypes::{Int8Type, Int32Type};
    use std::sync::Arc;

    fn within(content: &Content, cells: u64, memory_mib: u32) -> Result<Sheet, Refusal> {
        let job = Job { kind: Workbook::Parquet, cells, memory_mib, wanted: None };
        let mut said = Vec::new();
        cells::read(content, &job, &mut said)?;
        Ok(gathered(&said).sheets.remove(0))
    }

    fn read(bytes: Vec<u8>) -> Result<Sheet, Refusal> {
        within(&bytes.into(), 1_000, 512)
    }

    fn written() -> Vec<u8> {
        let dictionary: DictionaryArray<Int8Type> = ["t", "kg", "t"].into_iter().collect();
        let decimals = Decimal128Array::from(vec![Some(1_250), None, Some(-5)]);
        let lists = [Some(vec![Some(1), Some(2)]), None, Some(vec![])];
        let columns: [(&str, ArrayRef); 10] = [
            ("Entreprise", Arc::new(StringArray::from(vec![Some("Alpha"), None, Some(" ")]))),
            ("no", Arc::new(Int32Array::from(vec![7, 8, 9]))),
            ("quantité", Arc::new(Float64Array::from(vec![Some(1.5), Some(f64::NAN), None]))),
            ("unité", Arc::new(dictionary)),
            ("dangereux", Arc::new(BooleanArray::from(vec![Some(true), Some(false), None]))),
            ("date", Arc::new(Date32Array::from(vec![Some(20_000), None, None]))),
            ("grand", Arc::new(UInt64Array::from(vec![u64::MAX, 1, 2]))),
            ("prix", Arc::new(decimals.with_precision_and_scale(9, 2).unwrap())),
            ("moment", Arc::new(TimestampMicrosecondArray::from(vec![None, Some(86_400_000_000), None]))),
            ("codes", Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>(lists))),
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
        let sheet = read(written()).unwrap();
        let shown =
            |row: usize| -> Vec<String> { sheet.rows[row].dense(10).iter().map(Cell::reveal).collect() };
        let names = [
            "Entreprise",
            "no",
            "quantité",
            "unité",
            "dangereux",
            "date",
            "grand",
            "prix",
            "moment",
            "codes",
        ];
        assert_eq!(shown(0), names);
        let first =
            ["Alpha", "7", "1.5", "t", "oui", "2024-10-04", "18446744073709551615", "12.5", "", "[1, 2]"];
        assert_eq!(shown(1), first);
        assert_eq!(shown(2), ["", "8", "", "kg", "non", "", "1", "", "1970-01-02"]);
        assert_eq!(shown(3), ["", "9", "", "t", "", "", "2", "-0.05", "", "[]"]);
        assert_eq!(sheet.rows[3].number, 4);
        let kinds = |column: u32| sheet.rows[1].cell(column).clone();
        assert!(matches!(kinds(1), Cell::Integer(_)) && matches!(kinds(2), Cell::Number(_)));
        assert!(matches!(kinds(4), Cell::Boolean(true)) && matches!(kinds(5), Cell::Date(_)));
        assert!(matches!(kinds(6), Cell::Text(_)) && matches!(kinds(7), Cell::Number(_)));
        assert_eq!((sheet.head.rank, sheet.head.name.reveal().as_str()), (0, ""));
    }

    #[test]
    fn a_file_is_read_where_it_stands_as_it_is_in_memory() {
        let memory = Content::from(written());
        let file = Content::of(memory.file().unwrap()).unwrap();
        assert!(within(&file, 1_000, 512).unwrap() == within(&memory, 1_000, 512).unwrap());
    }

    #[test]
    fn a_compression_that_is_not_read_is_named() {
        let mut bytes = written();
        // In the footer the compression of a column stands behind its path, as a number in zigzag.
        let path = memchr::memmem::rfind(&bytes, b"\x18\x02no\x15\x00").unwrap();
        for (number, name) in [(3, "LZO"), (4, "brotli")] {
            bytes[path + 5] = number * 2;
            assert_eq!(read(bytes.clone()).unwrap_err(), Refusal::Compression(name.to_owned()));
        }
    }

    #[test]
    fn a_damaged_or_too_large_file_is_refused() {
        let whole = written();
        for cut in [4, 12, whole.len() / 2, whole.len() - 1] {
            let refusal = read(whole[..cut].to_vec()).unwrap_err();
            assert!(matches!(refusal, Refusal::Undecoded(_) | Refusal::Damaged), "{refusal:?}");
        }
        for at in (0..whole.len()).step_by(7) {
            let mut wrong = whole.clone();
            wrong[at] ^= 0x5A;
            // Whatever it says, it is an answer and no crash.
            let _ = read(wrong);
        }
        assert_eq!(within(&whole.clone().into(), 5, 512).unwrap_err(), Refusal::TooManyCells(5));
        assert_eq!(within(&whole.into(), 1_000, 0).unwrap_err(), Refusal::Bomb);
    }
}
