//! What happened: runs with their snapshots, answers of platforms, releases, due times. One
//! `SQLite` file in the private state. It never holds a name; amounts only as pseudonymous records of
//! what was published, compressed, for the nights to come.

mod answers;
mod chain;
mod nights;
mod releases;
mod runs;
mod schedules;

pub use nights::{KeptRelease, ShownNight};
pub use releases::{ReleaseEvent, What};
pub use runs::{Counts, KeptSnapshot, Run, RunStart, Stage};
pub use schedules::{Due, Lease};

use chrono::{DateTime, SecondsFormat, Utc};
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::fs;
use std::io;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Name of the file in the state folder.
pub const FILE: &str = "registre.sqlite";

/// One step of the schema a version; a step is never changed once it has been used.
const MIGRATIONS: &[&str] = &[
    include_str!("schema.sql"),
    include_str!("checksums.sql"),
    include_str!("certificates.sql"),
    include_str!("source_rows.sql"),
    include_str!("nights.sql"),
    include_str!("night_digests.sql"),
    include_str!("night_certificates.sql"),
    include_str!("night_events.sql"),
    include_str!("release_digests.sql"),
];

/// Longest wait for another process that writes.
const BUSY: Duration = Duration::from_secs(10);

/// The ledger could not be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// `SQLite` refused.
    #[error(
        "the ledger `{path}` could not be used: {cause}\nhelp: check the permissions and the free space there; if it is damaged, restore a copy; without one, move it and the published folder away: a new ledger goes with a new publication"
    )]
    Sqlite {
        /// The file.
        path: String,
        /// What `SQLite` says.
        cause: rusqlite::Error,
    },
    /// The file could not be made, or is not for its owner alone.
    #[error(
        "the ledger `{path}` could not be made, or kept from others: {cause}\nhelp: check the permissions and the free space there"
    )]
    Io {
        /// The file.
        path: String,
        /// What the system says.
        cause: io::Error,
    },
    /// A later version of the program wrote it.
    #[error(
        "the ledger `{path}` has version {found}, and this program knows {known}\nhelp: use the version of the program that wrote it, or a later one"
    )]
    Newer {
        /// The file.
        path: String,
        /// Its version.
        found: u32,
        /// The last version that is known.
        known: u32,
    },
}

/// The open ledger. Any number of processes may have it open; each write is one transaction.
#[derive(Debug)]
pub struct Ledger {
    path: PathBuf,
    connection: Mutex<Connection>,
}

impl Ledger {
    /// Opens the ledger of a state folder, or begins one; for its owner alone (mode 0600).
    ///
    /// # Errors
    /// When the folder is not there or not ours, or the file is damaged or of a later version.
    pub fn open(state: &Path) -> Result<Self, LedgerError> {
        let path = state.join(FILE);
        let made = fs::OpenOptions::new().create_new(true).write(true).mode(0o600).open(&path).map(drop);
        // A copy that was put back may be open to all; what `SQLite` makes beside the file has its mode.
        let private = match made {
            Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {
                fs::set_permissions(&path, fs::Permissions::from_mode(0o600))
            }
            made => made,
        };
        private.map_err(|cause| LedgerError::Io { path: path.display().to_string(), cause })?;
        let connection = connect(&path).map_err(|cause| refused(&path, cause))?;
        let ledger = Self { path, connection: Mutex::new(connection) };
        ledger.migrate()?;
        Ok(ledger)
    }

    /// Opens the ledger of a state folder when there is one; begins none.
    ///
    /// # Errors
    /// As for [`Ledger::open`].
    pub fn existing(state: &Path) -> Result<Option<Self>, LedgerError> {
        if state.join(FILE).exists() { Self::open(state).map(Some) } else { Ok(None) }
    }

    fn migrate(&self) -> Result<(), LedgerError> {
        let known = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
        let found = self.write(|transaction| {
            let found: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
            for step in MIGRATIONS.iter().skip(found as usize) {
                transaction.execute_batch(step)?;
            }
            if found < known {
                transaction.pragma_update(None, "user_version", known)?;
            }
            Ok(found)
        })?;
        if found > known {
            return Err(LedgerError::Newer { path: self.path.display().to_string(), found, known });
        }
        Ok(())
    }

    /// One transaction that holds the write lock from its start.
    fn write<T>(&self, body: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, LedgerError> {
        let mut connection = self.connection();
        let outcome =
            connection.transaction_with_behavior(TransactionBehavior::Immediate).and_then(|transaction| {
                let value = body(&transaction)?;
                transaction.commit()?;
                Ok(value)
            });
        outcome.map_err(|cause| refused(&self.path, cause))
    }

    fn read<T>(&self, body: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, LedgerError> {
        body(&self.connection()).map_err(|cause| refused(&self.path, cause))
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        // A transaction that a panic cut off was rolled back when it was dropped.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(connection)
}

fn refused(path: &Path, cause: rusqlite::Error) -> LedgerError {
    LedgerError::Sqlite { path: path.display().to_string(), cause }
}

/// A time as the ledger writes it.
fn stamp(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A time as the ledger wrote it.
fn time(row: &rusqlite::Row<'_>, column: &str) -> rusqlite::Result<Option<DateTime<Utc>>> {
    let text: Option<String> = row.get(column)?;
    Ok(text.and_then(|text| DateTime::parse_from_rfc3339(&text).ok()).map(|time| time.to_utc()))
}

#[cfg(test)]
mod tests {
    use super::{FILE, Ledger, LedgerError};
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn the_ledger_is_private_and_keeps_every_commit() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(folder.path()).unwrap();
        let path = folder.path().join(FILE);
        let mode = || std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(), 0o600);
        let pragma = |name: &str| {
            ledger
                .read(|connection| {
                    connection.pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0))
                })
                .unwrap()
        };
        assert_eq!(pragma("journal_mode"), "wal".to_owned().into());
        assert_eq!(pragma("synchronous"), 2.into());
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        Ledger::open(folder.path()).unwrap();
        assert_eq!(mode(), 0o600);
    }

    #[test]
    fn a_ledger_of_a_later_version_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(folder.path()).unwrap();
        ledger.write(|connection| connection.pragma_update(None, "user_version", 99)).unwrap();
        drop(ledger);
        assert!(matches!(Ledger::open(folder.path()), Err(LedgerError::Newer { found: 99, .. })));
    }

    #[test]
    fn what_is_no_ledger_is_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(
            folder.path().join(FILE),
            "not a database, and long enough to be looked at".repeat(40),
        )
        .unwrap();
        let message = Ledger::open(folder.path()).unwrap_err().to_string();
        assert!(message.contains(FILE) && message.contains("help:"), "{message}");
    }
}
