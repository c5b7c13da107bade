//! What platforms answered last time, for `If-None-Match` or `If-Modified-Since`.

use super::{Ledger, LedgerError};
use rusqlite::OptionalExtension as _;

impl Ledger {
    /// Validator and snapshot of the last answer to a question, of which `question` is the SHA-256: it says who
    /// asks, and its address may hold a key.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn answer(&self, question: &str) -> Result<Option<(String, String)>, LedgerError> {
        self.read(|connection| {
            connection
                .query_row("SELECT etag, sha256 FROM answers WHERE address = ?1", [question], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .optional()
        })
    }

    /// Keeps what was answered now.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn keep_answer(&self, question: &str, validator: &str, sha256: &str) -> Result<(), LedgerError> {
        self.write(|connection| {
            connection.execute(
                "INSERT OR REPLACE INTO answers (address, etag, sha256) VALUES (?1, ?2, ?3)",
                [question, validator, sha256],
            )
        })
        .map(|_| ())
    }
}
