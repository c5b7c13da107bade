//! The only reader of the time.

/// Today in the zone of the machine; a run fixes it with `--as-of`.
#[must_use]
pub fn today() -> chrono::NaiveDate {
    chrono::Local::now().date_naive()
}

/// Now, for the time stamps of logs.
#[must_use]
pub fn now() -> chrono::DateTime<chrono::Utc> {
    chrono::Utc::now()
}

/// A point of the monotonic clock, for durations.
#[must_use]
pub fn instant() -> std::time::Instant {
    std::time::Instant::now()
}
