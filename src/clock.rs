//! The only reader of the time.

/// Today in the zone of the machine; a run fixes it with `--as-of`.
#[must_use]
pub fn today() -> chrono::NaiveDate {
    chrono::Local::now().date_naive()
}
