//! What may go out.

use super::certificate::{self, Older};
use super::error::{DisclosureError, Reason};
use crate::certificate::Verified;
use chrono::NaiveDate;

/// One published value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Published {
    /// The value.
    Value(i64),
    /// Withheld.
    Confidential,
    /// Nobody gave it, or there is no factor for it.
    Unknown,
}

/// A row of a protected table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProtectedRow {
    pub(super) dimensions: Vec<String>,
    pub(super) values: Vec<Published>,
    pub(super) days: Vec<Option<NaiveDate>>,
}

impl ProtectedRow {
    /// Codes; `Total` on a margin.
    #[must_use]
    pub fn dimensions(&self) -> &[String] {
        &self.dimensions
    }

    /// Values, in the order of the measures.
    #[must_use]
    pub fn values(&self) -> &[Published] {
        &self.values
    }

    /// Up to which day each published value takes every change into account; none for what is not
    /// published, and where nights are not counted.
    #[must_use]
    pub fn days(&self) -> &[Option<NaiveDate>] {
        &self.days
    }
}

/// A table that may be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProtectedTable {
    pub(super) name: String,
    pub(super) dimensions: Vec<String>,
    pub(super) measures: Vec<String>,
    pub(super) rows: Vec<ProtectedRow>,
}

impl ProtectedTable {
    /// Name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Names of the dimensions.
    #[must_use]
    pub fn dimensions(&self) -> &[String] {
        &self.dimensions
    }

    /// Names of the measures.
    #[must_use]
    pub fn measures(&self) -> &[String] {
        &self.measures
    }

    /// Every crossing of the seen codes and every margin, sorted by code.
    #[must_use]
    pub fn rows(&self) -> &[ProtectedRow] {
        &self.rows
    }
}

/// A withheld value with its reason; holds no amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// Table.
    pub table: String,
    /// Measure.
    pub measure: String,
    /// Codes of the cell.
    pub dimensions: Vec<String>,
    /// Why.
    pub reason: Reason,
}

/// Tables that went through disclosure control. Nothing else is publishable, and nothing
/// outside this room can make one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protected {
    pub(super) tables: Vec<ProtectedTable>,
    pub(super) explanations: Vec<Explanation>,
    pub(super) certificate: Vec<u8>,
    pub(super) verified: Verified,
}

impl Protected {
    /// The publishable tables, in the order they came in.
    #[must_use]
    pub fn tables(&self) -> &[ProtectedTable] {
        &self.tables
    }

    /// Writes the day of the release and of each value into the proof, so that the second program can compare
    /// what is printed with them.
    ///
    /// # Errors
    /// None that a buffer in memory makes.
    pub fn date(&mut self, release: NaiveDate) -> Result<(), DisclosureError> {
        let mut older: Vec<Older<'_>> = Vec::new();
        for table in &self.tables {
            for row in &table.rows {
                for (measure, day) in table.measures.iter().zip(&row.days) {
                    if let Some(day) = day.filter(|day| *day != release) {
                        older.push((format!("{}/{measure}", table.name), row.dimensions.as_slice(), day));
                    }
                }
            }
        }
        self.certificate = certificate::dated(&self.certificate, release, &older)
            .map_err(|cause| DisclosureError::Unproven { cause })?;
        Ok(())
    }

    /// For the private state: the proof, for the second program.
    #[must_use]
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// What the second program found proven.
    #[must_use]
    pub const fn verified(&self) -> Verified {
        self.verified
    }

    /// For the private state: each withheld value and why.
    #[must_use]
    pub fn explanations(&self) -> &[Explanation] {
        &self.explanations
    }
}
