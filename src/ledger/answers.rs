//! What platforms answered last time, for `If-None-Match` or `If-Modified-Since`.

use super::{Ledger, LedgerError};
use rusqlite::OptionalExtension as _;

impl Ledger {
    /// Validator and snapshot of the last answer of an address; `address` is the SHA-256 of its text.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn answer(&self, address: &str) -> Result<Option<(String, String)>, LedgerError> {
        self.read(|connection| {
            connection
                .query_row("SELECT etag, sha256 FROM answers WHERE address = ?1", [address], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .optional()
        })
    }

    /// Keeps what an address answered now.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn keep_answer(&self, address: &str, validator: &str, sha256: &str) -> Result<(), LedgerError> {
        self.write(|connection| {
            connection.execute(
                "INSERT OR REPLACE INTO answers (address, etag, sha256) VALUES (?1, ?2, ?3)",
                [address, validator, sha256],
            )
        })
        .map(|_| ())
    }
}
