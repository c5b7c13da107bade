//! Releases: published, restored by a rollback, withdrawn from the disk.

use super::{Ledger, LedgerError, stamp, time};
use crate::model::code_enum;
use chrono::{DateTime, Utc};
use rusqlite::params;
use std::collections::BTreeMap;

code_enum!(
    /// What happened to a release.
    What, "what" {
        /// It became the current one at the end of a run.
        Published = "published",
        /// A rollback made it the current one again.
        Restored = "restored",
        /// Retention takes it from the disk; entered before it does.
        Withdrawn = "withdrawn",
    }
);

/// Something that happened to a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseEvent {
    /// The release.
    pub release: String,
    /// What happened.
    pub what: What,
    /// When.
    pub at: DateTime<Utc>,
    /// The run that did it.
    pub run: Option<i64>,
}

impl Ledger {
    /// Records what happened to a release.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn keep_release(&self, event: &ReleaseEvent) -> Result<(), LedgerError> {
        self.write(|connection| {
            connection.execute(
                "INSERT INTO releases (release, what, at, run) VALUES (?1, ?2, ?3, ?4)",
                params![event.release, event.what.code(), stamp(event.at), event.run],
            )
        })
        .map(|_| ())
    }

    /// Records the SHA-256 of a release's list of checksums.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn keep_checksums(&self, release: &str, sha256: &str) -> Result<(), LedgerError> {
        self.keep_sum("release_checksums", release, sha256)
    }

    /// Records the SHA-256 of a release's certificate.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn keep_certificate(&self, release: &str, sha256: &str) -> Result<(), LedgerError> {
        self.keep_sum("release_certificates", release, sha256)
    }

    fn keep_sum(&self, table: &str, release: &str, sha256: &str) -> Result<(), LedgerError> {
        let sql = format!(
            "INSERT INTO {table} (release, sha256) VALUES (?1, ?2)
             ON CONFLICT (release) DO UPDATE SET sha256 = ?2"
        );
        self.write(|connection| connection.execute(&sql, params![release, sha256])).map(|_| ())
    }

    /// The SHA-256 of every release's certificate, by release: the one that the digest of its night covers, where
    /// there is one.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn certificates(&self) -> Result<BTreeMap<String, String>, LedgerError> {
        self.read(|connection| {
            let mut statement = connection.prepare(
                "SELECT release, sha256, 0 AS entry FROM release_certificates UNION ALL
                 SELECT release, certificate, entry FROM night_releases WHERE certificate IS NOT NULL
                 ORDER BY entry",
            )?;
            let kept = statement.query_map([], |row| Ok((row.get("release")?, row.get("sha256")?)))?;
            kept.collect()
        })
    }

    /// The SHA-256 of every release's list of checksums, by release.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn checksums(&self) -> Result<BTreeMap<String, String>, LedgerError> {
        self.read(|connection| {
            let mut statement = connection.prepare("SELECT release, sha256 FROM release_checksums")?;
            let kept = statement.query_map([], |row| Ok((row.get("release")?, row.get("sha256")?)))?;
            kept.collect()
        })
    }

    /// Everything that happened to releases, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn releases(&self) -> Result<Vec<ReleaseEvent>, LedgerError> {
        self.read(|connection| {
            let mut statement =
                connection.prepare("SELECT release, what, at, run FROM releases ORDER BY event")?;
            let events = statement.query_map([], |row| {
                let what: String = row.get("what")?;
                Ok(ReleaseEvent {
                    release: row.get("release")?,
                    // The table accepts no other word.
                    what: what.parse().unwrap_or(What::Published),
                    at: time(row, "at")?.unwrap_or_default(),
                    run: row.get("run")?,
                })
            })?;
            events.collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{ReleaseEvent, What};
    use crate::clock;
    use crate::ledger::Ledger;

    #[test]
    fn events_are_read_back_in_their_order() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(folder.path()).unwrap();
        let events: Vec<ReleaseEvent> = What::ALL
            .iter()
            .map(|what| ReleaseEvent { release: "r".to_owned(), what: *what, at: clock::now(), run: None })
            .collect();
        for event in &events {
            ledger.keep_release(event).unwrap();
        }
        assert_eq!(ledger.releases().unwrap(), events);
        ledger.keep_checksums("r", "ab").unwrap();
        ledger.keep_checksums("r", "cd").unwrap();
        assert_eq!(ledger.checksums().unwrap(), [("r".to_owned(), "cd".to_owned())].into());
    }
}
