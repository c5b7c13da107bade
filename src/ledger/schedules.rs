//! Due times: each is answered by one process at a time, and once.

use super::{Ledger, LedgerError, stamp, time};
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension as _, params};

/// Attempts at one due time before it is given up.
const ATTEMPTS: u32 = 3;

/// A due time of a pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Name of the pipeline.
    pub pipeline: String,
    /// When it is due.
    pub at: DateTime<Utc>,
}

/// The right to answer a due time until `until`, which heartbeats move on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The due time.
    pub due: Due,
    /// Who holds it: unique to a process.
    pub holder: String,
    /// When it ends by itself.
    pub until: DateTime<Utc>,
}

impl Ledger {
    /// Since when the due times of a pipeline count; `now` when it was never watched.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn watch(&self, pipeline: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>, LedgerError> {
        self.write(|connection| {
            connection.execute(
                "INSERT INTO watched (pipeline, since) VALUES (?1, ?2) ON CONFLICT (pipeline) DO NOTHING",
                params![pipeline, stamp(now)],
            )?;
            let since =
                connection.query_row("SELECT since FROM watched WHERE pipeline = ?1", [pipeline], |row| {
                    time(row, "since")
                })?;
            Ok(since.unwrap_or(now))
        })
    }

    /// The last due time that was answered or given up.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn last_answered(&self, pipeline: &str) -> Result<Option<DateTime<Utc>>, LedgerError> {
        self.read(|connection| {
            connection.query_row(
                "SELECT max(scheduled_for) AS last FROM schedules
                 WHERE pipeline = ?1 AND (ended IS NOT NULL OR attempts >= ?2)",
                params![pipeline, ATTEMPTS],
                |row| time(row, "last"),
            )
        })
    }

    /// Takes a due time. Nothing when it was answered, is being answered, was given up, or
    /// another due time of the pipeline is being answered.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn take(&self, lease: &Lease, now: DateTime<Utc>) -> Result<bool, LedgerError> {
        let Lease { due, holder, until } = lease;
        self.write(|connection| {
            let busy: Option<i64> = connection
                .query_row(
                    "SELECT 1 FROM schedules WHERE pipeline = ?1 AND ended IS NULL AND lease_until > ?2",
                    params![due.pipeline, stamp(now)],
                    |row| row.get(0),
                )
                .optional()?;
            if busy.is_some() {
                return Ok(false);
            }
            let taken = connection.execute(
                "INSERT INTO schedules (pipeline, scheduled_for, holder, taken, lease_until, attempts)
                 VALUES (?1, ?2, ?3, ?4, ?5, 1)
                 ON CONFLICT (pipeline, scheduled_for) DO UPDATE
                 SET holder = ?3, taken = ?4, lease_until = ?5, attempts = attempts + 1
                 WHERE ended IS NULL AND attempts < ?6",
                params![due.pipeline, stamp(due.at), holder, stamp(now), stamp(*until), ATTEMPTS],
            )?;
            Ok(taken == 1)
        })
    }

    /// Moves the end of a lease; false when it is no longer ours. From its end on, anyone may
    /// take the due time again.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn beat(&self, lease: &Lease, until: DateTime<Utc>) -> Result<bool, LedgerError> {
        self.change(
            "lease_until = ?4",
            params![lease.due.pipeline, stamp(lease.due.at), lease.holder, stamp(until)],
        )
    }

    /// Records that a due time was answered; false when the lease is no longer ours.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn answered(
        &self,
        lease: &Lease,
        now: DateTime<Utc>,
        exit_code: Option<u8>,
    ) -> Result<bool, LedgerError> {
        self.change(
            "ended = ?4, exit_code = ?5",
            params![lease.due.pipeline, stamp(lease.due.at), lease.holder, stamp(now), exit_code],
        )
    }

    fn change(&self, set: &str, values: &[&dyn rusqlite::ToSql]) -> Result<bool, LedgerError> {
        let sql = format!(
            "UPDATE schedules SET {set}
             WHERE pipeline = ?1 AND scheduled_for = ?2 AND holder = ?3 AND ended IS NULL"
        );
        self.write(|connection| connection.execute(&sql, values)).map(|changed| changed == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::{ATTEMPTS, Due, Lease};
    use crate::ledger::Ledger;
    use chrono::{DateTime, TimeDelta, Utc};

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    fn lease(holder: &str, due: i64, until: i64) -> Lease {
        Lease {
            due: Due { pipeline: "essai".to_owned(), at: at(due) },
            holder: holder.to_owned(),
            until: at(until),
        }
    }

    fn ledger() -> (tempfile::TempDir, Ledger) {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(folder.path()).unwrap();
        (folder, ledger)
    }

    #[test]
    fn a_due_time_is_answered_once() {
        let (_folder, ledger) = ledger();
        let first = lease("a", 0, 5);
        assert!(ledger.take(&first, at(1)).unwrap());
        assert!(!ledger.take(&lease("b", 0, 5), at(1)).unwrap());
        assert!(ledger.answered(&first, at(2), Some(0)).unwrap());
        assert!(!ledger.take(&lease("b", 0, 9), at(3)).unwrap());
        assert_eq!(ledger.last_answered("essai").unwrap(), Some(at(0)));
    }

    #[test]
    fn two_due_times_of_a_pipeline_never_overlap() {
        let (_folder, ledger) = ledger();
        assert!(ledger.take(&lease("a", 0, 10), at(1)).unwrap());
        assert!(!ledger.take(&lease("a", 5, 10), at(5)).unwrap());
        assert!(ledger.beat(&lease("a", 0, 10), at(20)).unwrap());
        assert!(!ledger.take(&lease("a", 5, 20), at(11)).unwrap());
    }

    #[test]
    fn a_lease_that_ended_is_taken_over_and_its_holder_is_told() {
        let (_folder, ledger) = ledger();
        let dead = lease("dead", 0, 5);
        assert!(ledger.take(&dead, at(1)).unwrap());
        assert!(ledger.take(&lease("next", 0, 15), at(6)).unwrap());
        assert!(!ledger.beat(&dead, at(20)).unwrap());
        assert!(!ledger.answered(&dead, at(7), Some(0)).unwrap());
    }

    #[test]
    fn a_due_time_that_kills_every_process_is_given_up() {
        let (_folder, ledger) = ledger();
        for attempt in 0..i64::from(ATTEMPTS) {
            assert!(ledger.take(&lease("a", 0, attempt * 10 + 5), at(attempt * 10)).unwrap());
        }
        assert!(!ledger.take(&lease("a", 0, 100), at(90)).unwrap());
        assert_eq!(ledger.last_answered("essai").unwrap(), Some(at(0)));
    }

    #[test]
    fn a_pipeline_is_watched_since_the_first_time() {
        let (_folder, ledger) = ledger();
        assert_eq!(ledger.watch("essai", at(3)).unwrap(), at(3));
        assert_eq!(ledger.watch("essai", at(9)).unwrap(), at(3));
    }
}
