//! Nights: what was published, for the protection of the nights to come. Rows are only added.

use super::{Ledger, LedgerError};
use chrono::NaiveDate;
use rusqlite::{OptionalExtension as _, params};

/// What was published together.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptNight {
    /// Its row.
    pub night: i64,
    /// Records and what they showed.
    pub state: Vec<u8>,
    /// The proof.
    pub certificate: Vec<u8>,
}

impl std::fmt::Debug for KeptNight {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("KeptNight").field("night", &self.night).finish_non_exhaustive()
    }
}

/// A release and the night that it shows.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptRelease {
    /// The release.
    pub release: String,
    /// Row of the night.
    pub night: i64,
    /// For how many days nights counted.
    pub history_days: u32,
    /// The day it counted from.
    pub as_of: NaiveDate,
    /// What the next night needs.
    pub last: Vec<u8>,
}

impl std::fmt::Debug for KeptRelease {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("KeptRelease").field("release", &self.release).finish_non_exhaustive()
    }
}

impl Ledger {
    /// Nights of a pipeline up to one of them, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn nights(&self, pipeline: &str, up_to: i64) -> Result<Vec<KeptNight>, LedgerError> {
        self.read(|connection| {
            let mut statement = connection.prepare(
                "SELECT night, state, certificate FROM nights WHERE pipeline = ?1 AND night <= ?2 ORDER BY night",
            )?;
            let nights = statement.query_map(params![pipeline, up_to], |row| {
                Ok(KeptNight { night: row.get(0)?, state: row.get(1)?, certificate: row.get(2)? })
            })?;
            nights.collect()
        })
    }

    /// The last release of a pipeline, or a given one where it was first entered.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn night_release(
        &self,
        pipeline: &str,
        release: Option<&str>,
    ) -> Result<Option<KeptRelease>, LedgerError> {
        let kept = |row: &rusqlite::Row<'_>| {
            Ok(KeptRelease {
                release: row.get(0)?,
                night: row.get(1)?,
                history_days: row.get(2)?,
                as_of: row.get::<_, String>(3)?.parse().unwrap_or_default(),
                last: row.get(4)?,
            })
        };
        let columns = "SELECT release, night, history_days, as_of, last FROM night_releases";
        self.read(|connection| match release {
            None => connection
                .query_row(
                    &format!("{columns} WHERE pipeline = ?1 ORDER BY entry DESC LIMIT 1"),
                    [pipeline],
                    kept,
                )
                .optional(),
            Some(release) => connection
                .query_row(
                    &format!("{columns} WHERE pipeline = ?1 AND release = ?2 ORDER BY entry LIMIT 1"),
                    params![pipeline, release],
                    kept,
                )
                .optional(),
        })
    }

    /// Nights that a release of a pipeline showed and that are gone.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn lost_nights(&self, pipeline: &str) -> Result<i64, LedgerError> {
        self.read(|connection| {
            connection.query_row(
                "SELECT count(DISTINCT night) FROM night_releases
                 WHERE pipeline = ?1 AND night NOT IN (SELECT night FROM nights WHERE pipeline = ?1)",
                [pipeline],
                |row| row.get(0),
            )
        })
    }

    /// Pipelines whose release a name is: one, or none that has nights.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn pipeline_of(&self, release: &str) -> Result<Option<String>, LedgerError> {
        self.read(|connection| {
            connection
                .query_row(
                    "SELECT pipeline FROM night_releases WHERE release = ?1 LIMIT 1",
                    [release],
                    |row| row.get(0),
                )
                .optional()
        })
    }

    /// Enters a release that is about to be shown, and with `state` and certificate a new night: all or
    /// nothing.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn keep_night(
        &self,
        pipeline: &str,
        release: &KeptRelease,
        new: Option<(&[u8], &[u8])>,
    ) -> Result<(), LedgerError> {
        let day = release.as_of.to_string();
        self.write(|connection| {
            let night = match new {
                None => release.night,
                Some((state, certificate)) => {
                    connection.execute(
                        "INSERT INTO nights (pipeline, day, state, certificate) VALUES (?1, ?2, ?3, ?4)",
                        params![pipeline, day, state, certificate],
                    )?;
                    connection.last_insert_rowid()
                }
            };
            connection.execute(
                "INSERT INTO night_releases (pipeline, release, night, history_days, as_of, last)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![pipeline, release.release, night, release.history_days, day, release.last],
            )
        })
        .map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::KeptRelease;
    use crate::ledger::Ledger;

    #[test]
    fn nights_are_read_back_and_only_added() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(folder.path()).unwrap();
        let mut release = KeptRelease {
            release: "r1".to_owned(),
            night: 0,
            history_days: 10,
            as_of: "2026-01-15".parse().unwrap(),
            last: b"last".to_vec(),
        };
        ledger.keep_night("essai", &release, Some((b"state", b"proof"))).unwrap();
        release.night = 1;
        assert_eq!(ledger.night_release("essai", None).unwrap(), Some(release.clone()));
        let again = KeptRelease { release: "r2".to_owned(), ..release.clone() };
        ledger.keep_night("essai", &again, None).unwrap();
        assert_eq!(ledger.night_release("essai", None).unwrap(), Some(again));
        assert_eq!(ledger.night_release("essai", Some("r1")).unwrap(), Some(release));
        assert_eq!(ledger.night_release("autre", None).unwrap(), None);
        assert_eq!(ledger.pipeline_of("r2").unwrap().as_deref(), Some("essai"));
        assert_eq!(ledger.lost_nights("essai").unwrap(), 0);
        let nights = ledger.nights("essai", 1).unwrap();
        assert_eq!(nights.len(), 1);
        assert_eq!(
            (nights[0].state.as_slice(), nights[0].certificate.as_slice()),
            (&b"state"[..], &b"proof"[..])
        );
        // What is kept of companies is in no message.
        assert!(!format!("{nights:?}").contains("state:"));
    }
}
