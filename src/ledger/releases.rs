//! Releases: published, restored by a rollback, withdrawn from the disk.

use super::chain::Chain;
use super::{Ledger, LedgerError, stamp, time};
use crate::model::code_enum;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};
use std::collections::{BTreeMap, BTreeSet};

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
            )?;
            let row = connection.last_insert_rowid();
            let digest = walk(connection)?.digest.to_hex();
            connection
                .execute("UPDATE releases SET digest = ?1 WHERE event = ?2", params![digest.as_str(), row])
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

    /// Releases whose certificate has another sum beside their nights than where they were last entered.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn torn_certificates(&self) -> Result<BTreeSet<String>, LedgerError> {
        self.read(|connection| {
            let mut statement = connection.prepare(
                "SELECT release FROM night_releases JOIN release_certificates USING (release)
                 WHERE certificate <> sha256
                 AND entry IN (SELECT max(entry) FROM night_releases GROUP BY release)",
            )?;
            let torn = statement.query_map([], |row| row.get("release"))?;
            torn.collect()
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

/// Whether everything that happened to releases is what was entered.
pub(super) fn are_intact(connection: &Connection) -> rusqlite::Result<bool> {
    walk(connection).map(|chain| chain.is_intact)
}

/// What happened to releases, from the first row to the last.
fn walk(connection: &Connection) -> rusqlite::Result<Chain> {
    let mut chain = Chain::new("releases");
    let mut statement =
        connection.prepare("SELECT event, release, what, at, run, digest FROM releases ORDER BY event")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let mut link = chain.link();
        link.add(&row.get::<_, i64>(0)?.to_le_bytes());
        for column in [1_usize, 2, 3] {
            link.add(row.get_ref(column)?.as_str()?.as_bytes());
        }
        if let Some(run) = row.get::<_, Option<i64>>(4)? {
            link.add(&run.to_le_bytes());
        }
        chain.close(&link, row.get_ref(5)?.as_str_or_null()?);
    }
    Ok(chain)
}

#[cfg(test)]
mod tests {
    use super::{ReleaseEvent, What, are_intact};
    use crate::clock;
    use crate::ledger::Ledger;

    #[test]
    fn what_happened_to_releases_is_what_was_entered() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(folder.path()).unwrap();
        let is_intact = |alteration: &str| {
            let is_intact = |connection: &rusqlite::Connection| {
                connection.execute_batch(&format!("SAVEPOINT untouched; {alteration}"))?;
                let is_intact = are_intact(connection);
                connection.execute_batch("ROLLBACK TO untouched; RELEASE untouched")?;
                is_intact
            };
            ledger.read(is_intact).unwrap()
        };
        let enter = |release: &str, what| {
            let release = release.to_owned();
            ledger.keep_release(&ReleaseEvent { release, what, at: clock::now(), run: None }).unwrap();
        };
        enter("r1", What::Published);
        // A former version of the program entered the first one.
        ledger.write(|connection| connection.execute("UPDATE releases SET digest = NULL", [])).unwrap();
        assert!(is_intact(""));
        enter("r2", What::Published);
        enter("r1", What::Restored);
        assert!(is_intact(""));
        for alteration in [
            "UPDATE releases SET at = '2026-01-15T00:00:00.000Z' WHERE event = 3",
            "UPDATE releases SET at = '2026-01-15T00:00:00.000Z' WHERE event = 1",
            "UPDATE releases SET event = 7 WHERE event = 3",
            "UPDATE releases SET what = 'published' WHERE event = 3",
            "UPDATE releases SET release = 'r2' WHERE event = 3",
            "INSERT INTO runs (run, pipeline, started, as_of, dry_run) VALUES (1, 'p', '', '', 0); UPDATE releases SET run = 1 WHERE event = 3",
            "UPDATE releases SET digest = NULL WHERE event = 3",
            "DELETE FROM releases WHERE event = 2",
            "INSERT INTO releases (release, what, at) VALUES ('r2', 'restored', '2026-01-15T00:00:00.000Z')",
        ] {
            assert!(!is_intact(alteration), "{alteration}");
        }
        assert!(is_intact(""));
    }

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
