//! The only reader of the time.

use crate::fault;
use chrono::{DateTime, SubsecRound as _, Utc};
use std::time::Instant;

/// Today in the zone of the machine; a run fixes it with `--as-of`.
#[must_use]
pub fn today() -> chrono::NaiveDate {
    fault::clock().unwrap_or_else(Utc::now).with_timezone(&chrono::Local).date_naive()
}

/// Now, to the millisecond, for the ledger and the scheduler; never for an output.
#[must_use]
pub fn now() -> DateTime<Utc> {
    fault::clock().unwrap_or_else(Utc::now).trunc_subsecs(3)
}

/// Measures how long something takes, whatever happens to the clock on the wall.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts.
    #[must_use]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Milliseconds since the start.
    #[must_use]
    pub fn milliseconds(self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
