//! Rows that are gone through more than once: what a row is may depend on those after it.

use crate::model::RawRow;

/// Rows in the order of their locations, and at one location of what they hold.
pub trait Rows {
    /// Shows all of them, some at a time; the same ones each time.
    fn each(&self, show: &mut dyn FnMut(&[RawRow]));
}

/// Rows that are held.
#[derive(Debug)]
pub struct Held(Vec<RawRow>);

impl Held {
    /// Puts rows in their order.
    #[must_use]
    pub fn new(mut rows: Vec<RawRow>) -> Self {
        rows.sort_by(|left, right| {
            left.location.cmp(&right.location).then_with(|| content(left).cmp(&content(right)))
        });
        Self(rows)
    }
}

impl Rows for Held {
    fn each(&self, show: &mut dyn FnMut(&[RawRow])) {
        show(&self.0);
    }
}

/// Text that orders rows which claim the same place.
fn content(row: &RawRow) -> Vec<(String, String)> {
    row.cells
        .values()
        .chain(&row.unmapped)
        .map(|cell| (cell.column.to_string(), cell.value.reveal()))
        .collect()
}
