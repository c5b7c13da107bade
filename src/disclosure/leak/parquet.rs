//! Everything that a Parquet file says: values, pages, statistics, indexes, metadata.

use arrow::array::{Array as _, AsArray as _};
use arrow::datatypes::DataType;
use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::column::page::Page;
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader, RowGroupMetaData};
use parquet::file::page_index::column_index::ColumnIndexMetaData;
use parquet::file::reader::{FileReader as _, SerializedFileReader};

/// What can be read of a file: texts, and bytes that hold texts.
pub(super) struct Contents {
    /// Values and metadata, a line each.
    pub(super) text: String,
    /// Pages after decompression: a dictionary may hold a value that no row has.
    pub(super) pages: Vec<Bytes>,
}

/// Reads a file whole, or says that it cannot be: what cannot be read cannot be let through.
pub(super) fn contents(bytes: &[u8]) -> Option<Contents> {
    let bytes = Bytes::copy_from_slice(bytes);
    let mut text = String::new();
    let metadata = ParquetMetaDataReader::new()
        .with_page_index_policy(PageIndexPolicy::Optional)
        .parse_and_finish(&bytes)
        .ok()?;
    describe(&metadata, &mut text);
    values(bytes.clone(), &mut text)?;
    Some(Contents { text, pages: pages(bytes)? })
}

fn line(text: &mut String, value: &str) {
    text.push_str(value);
    text.push('\n');
}

fn describe(metadata: &ParquetMetaData, text: &mut String) {
    let file = metadata.file_metadata();
    for entry in file.key_value_metadata().into_iter().flatten() {
        line(text, &entry.key);
        line(text, entry.value.as_deref().unwrap_or_default());
    }
    line(text, file.created_by().unwrap_or_default());
    for column in file.schema_descr().columns() {
        line(text, &column.path().string());
    }
    for column in metadata.row_groups().iter().flat_map(RowGroupMetaData::columns) {
        line(text, column.file_path().unwrap_or_default());
        if let Some(statistics) = column.statistics() {
            for bound in [statistics.min_bytes_opt(), statistics.max_bytes_opt()].into_iter().flatten() {
                line(text, &String::from_utf8_lossy(bound));
            }
        }
    }
    for index in metadata.column_index().into_iter().flatten().flatten() {
        if let ColumnIndexMetaData::BYTE_ARRAY(index) | ColumnIndexMetaData::FIXED_LEN_BYTE_ARRAY(index) =
            index
        {
            for bound in index.min_values_iter().chain(index.max_values_iter()).flatten() {
                line(text, &String::from_utf8_lossy(bound));
            }
        }
    }
}

fn values(bytes: Bytes, text: &mut String) -> Option<()> {
    for batch in ParquetRecordBatchReaderBuilder::try_new(bytes).ok()?.build().ok()? {
        for column in batch.ok()?.columns() {
            let column = match column.data_type() {
                DataType::Binary
                | DataType::LargeBinary
                | DataType::FixedSizeBinary(_)
                | DataType::BinaryView => {
                    let column = arrow::compute::cast(column, &DataType::Binary).ok()?;
                    let column = column.as_binary::<i32>();
                    (0..column.len()).for_each(|row| line(text, &String::from_utf8_lossy(column.value(row))));
                    continue;
                }
                _ => arrow::compute::cast(column, &DataType::Utf8).ok()?,
            };
            column.as_string::<i32>().iter().flatten().for_each(|value| line(text, value));
        }
    }
    Some(())
}

fn pages(bytes: Bytes) -> Option<Vec<Bytes>> {
    let reader = SerializedFileReader::new(bytes).ok()?;
    let mut found = Vec::new();
    for group in 0..reader.num_row_groups() {
        let group = reader.get_row_group(group).ok()?;
        for column in 0..group.num_columns() {
            let mut pages = group.get_column_page_reader(column).ok()?;
            while let Some(page) = pages.get_next_page().ok()? {
                let (Page::DataPage { buf, .. }
                | Page::DataPageV2 { buf, .. }
                | Page::DictionaryPage { buf, .. }) = page;
                found.push(buf);
            }
        }
    }
    Some(found)
}
