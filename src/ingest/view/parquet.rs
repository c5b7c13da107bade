//! A spooled sheet as Parquet: the number of the row and one text column for each column that
//! holds something, with the texts that csv writes.

use super::super::codec;
use super::super::table::{Head, letters};
use super::shown::shown;
use super::spool::{Spool, damaged};
use arrow::array::{ArrayBuilder as _, ArrayRef, Int64Array, RecordBatch, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;

const BATCH_ROWS: usize = 8_192;

pub(super) fn write(
    spool: &mut Spool,
    head: &Head,
    exclude: bool,
    out: &mut (dyn Write + Send),
) -> io::Result<()> {
    let skips = |column: u32| exclude && head.hides_column(column);
    let mut places: BTreeMap<u32, usize> = BTreeMap::new();
    spool.each(|row| {
        let seen = codec::each(row, |column, _| {
            if !skips(column) {
                places.entry(column).or_default();
            }
        });
        seen.map(|_| ()).ok_or_else(damaged)
    })?;
    for (place, rank) in (0..).zip(places.values_mut()) {
        *rank = place;
    }
    let mut fields = vec![Field::new("row", DataType::Int64, false)];
    fields.extend(places.keys().map(|column| Field::new(letters(*column), DataType::Utf8, true)));
    let schema = Arc::new(Schema::new(fields));
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_created_by("maillage".to_owned())
        .build();
    let mut writer = ArrowWriter::try_new(out, Arc::clone(&schema), Some(properties)).map_err(failed)?;
    let mut batch = Batch::new(places.len());
    spool.each(|row| {
        let outline = codec::outline(row).ok_or_else(damaged)?;
        if exclude && outline.hidden {
            return Ok(());
        }
        batch.rows.push(outline.number.into());
        let seen = codec::each(row, |column, value| {
            if let Some(rank) = places.get(&column) {
                batch.columns[*rank].append_value(shown(&value));
            }
        });
        seen.ok_or_else(damaged)?;
        for column in &mut batch.columns {
            if column.len() < batch.rows.len() {
                column.append_null();
            }
        }
        if batch.rows.len() == BATCH_ROWS {
            writer.write(&batch.take(&schema)?).map_err(failed)?;
        }
        Ok(())
    })?;
    writer.write(&batch.take(&schema)?).map_err(failed)?;
    writer.close().map(|_| ()).map_err(failed)
}

struct Batch {
    rows: Vec<i64>,
    columns: Vec<StringBuilder>,
}

impl Batch {
    fn new(columns: usize) -> Self {
        Self { rows: Vec::new(), columns: (0..columns).map(|_| StringBuilder::new()).collect() }
    }

    fn take(&mut self, schema: &Arc<Schema>) -> io::Result<RecordBatch> {
        let mut arrays: Vec<ArrayRef> = vec![Arc::new(Int64Array::from(std::mem::take(&mut self.rows)))];
        arrays.extend(self.columns.iter_mut().map(|column| Arc::new(column.finish()) as ArrayRef));
        RecordBatch::try_new(Arc::clone(schema), arrays).map_err(io::Error::other)
    }
}

fn failed(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(cause) => {
            let kind = cause.downcast_ref::<io::Error>().map_or(io::ErrorKind::Other, io::Error::kind);
            io::Error::new(kind, cause.to_string())
        }
        other => io::Error::other(other.to_string()),
    }
}
