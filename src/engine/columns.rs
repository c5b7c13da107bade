//! Building and reading Arrow tables without repeating Arrow's ceremony.

use arrow::array::{Array as _, ArrayRef, AsArray as _, Int64Array, StringArray};
use arrow::datatypes::{DataType, Field, Int64Type, Schema};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use std::sync::Arc;

/// A named Arrow table in the making.
#[derive(Debug, Default)]
pub struct Columns {
    fields: Vec<Field>,
    arrays: Vec<ArrayRef>,
}

impl Columns {
    /// Adds a column of codes; none is null.
    #[must_use]
    pub fn text<S: AsRef<str>>(mut self, name: &str, values: impl IntoIterator<Item = Option<S>>) -> Self {
        self.fields.push(Field::new(name, DataType::Utf8, true));
        self.arrays.push(Arc::new(StringArray::from_iter(values)));
        self
    }

    /// Adds a column of integers; none is null.
    #[must_use]
    pub fn integer(mut self, name: &str, values: impl IntoIterator<Item = Option<i64>>) -> Self {
        self.fields.push(Field::new(name, DataType::Int64, true));
        self.arrays.push(Arc::new(Int64Array::from_iter(values)));
        self
    }

    /// The finished table.
    pub fn build(self) -> Result<RecordBatch, ArrowError> {
        RecordBatch::try_new(Arc::new(Schema::new(self.fields)), self.arrays)
    }
}

/// The result of a query, with typed access by column name.
#[derive(Debug)]
pub struct Table(RecordBatch);

impl Table {
    pub(super) const fn new(batch: RecordBatch) -> Self {
        Self(batch)
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.0.num_rows()
    }

    /// A column of codes; none when it is absent or not text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<Vec<Option<String>>> {
        let column = arrow::compute::cast(self.0.column_by_name(name)?, &DataType::Utf8).ok()?;
        Some(column.as_string::<i32>().iter().map(|value| value.map(str::to_owned)).collect())
    }

    /// A column of integers; none when it is absent or not a whole-number column.
    #[must_use]
    pub fn integer(&self, name: &str) -> Option<Vec<Option<i64>>> {
        let column = self.0.column_by_name(name)?;
        column.data_type().is_integer().then_some(())?;
        let column = arrow::compute::cast(column, &DataType::Int64).ok()?;
        let column = column.as_primitive::<Int64Type>();
        Some((0..column.len()).map(|row| column.is_valid(row).then(|| column.value(row))).collect())
    }

    /// Names of the columns.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.0.schema().fields().iter().map(|field| field.name().clone()).collect()
    }
}
