//! What stops the reading of a source.

use super::page::Place;
use super::remark::Remark;
use super::table::Head;
use crate::model::{Confidential, Finding, FindingKind};
use std::io;
use thiserror::Error;

/// What an error that ends a run says of it.
const STOPPED: &str = "l'exécution s'est arrêtée, et la dernière publication reste / \
                       the run stopped, and the last release stays";

/// Why a source could not be read.
#[derive(Debug, Error)]
pub enum IngestError {
    /// The settings of the source or its mapping do not hold together.
    #[error("source `{origin}`: {cause}\nhelp: {help}")]
    Settings {
        /// Name of the source.
        origin: String,
        /// What is wrong.
        cause: String,
        /// How to mend it.
        help: String,
    },
    /// A file is not there.
    #[error("{place} is not there\nhelp: put the file there, correct `files`, or set `optional = true`")]
    Missing {
        /// The path.
        place: Place,
    },
    /// A file is there and cannot be opened.
    #[error(
        "{place} cannot be opened: {cause}\nhelp: close it in the program that holds it and check who may read it"
    )]
    Locked {
        /// The path.
        place: Place,
        /// What the system said.
        cause: io::Error,
    },
    /// The content cannot be understood.
    #[error("{place} cannot be read: {cause}\nhelp: {help}")]
    Unreadable {
        /// The page.
        place: Place,
        /// What is wrong.
        cause: String,
        /// How to mend it.
        help: String,
    },
    /// No sheet of a page has a header that the mapping knows.
    #[error(
        "{place} has no row that holds the expected headers\nhelp: at least {needed} of these must stand in \
         one row, or `header_row` must say where they are: {expected}"
    )]
    NoHeader {
        /// The page.
        place: Place,
        /// How many are needed.
        needed: usize,
        /// Headers of the mapping, from the settings.
        expected: String,
    },
    /// The columns are not those that the source promised.
    #[error(
        "{place} breaks the contract of its source: {cause}\nhelp: give the columns back their names, change `columns` \
         or `ignore` of the mapping, or soften `contract`"
    )]
    Contract {
        /// The page.
        place: Place,
        /// What changed.
        cause: String,
        /// The sheet, for the private state; none of a page that is one table.
        sheet: Option<Confidential<String>>,
    },
    /// The snapshot could not be kept or read back.
    #[error(
        "what was kept of {place} cannot be written or read back: {cause}\nhelp: check space and rights of the state folder; bring a snapshot that is damaged back from a copy of it"
    )]
    Snapshot {
        /// The page.
        place: Place,
        /// What the system said.
        cause: io::Error,
    },
    /// The platform did not answer, or refused.
    #[error("{place} is not reachable: {cause}\nhelp: {help}")]
    Unreachable {
        /// The page.
        place: Place,
        /// What happened.
        cause: String,
        /// How to mend it.
        help: String,
    },
    /// The platform says that nothing is at the address of the source.
    #[error("{place} is not reachable: {cause}\nhelp: {help}")]
    Gone {
        /// The page.
        place: Place,
        /// What it answers.
        cause: String,
        /// How to mend it.
        help: String,
    },
    /// A platform asks to come back later, or a file is not complete yet.
    #[error("{place} cannot be read now: {cause}\nhelp: run again later; nothing was lost")]
    TryLater {
        /// The page.
        place: Place,
        /// What happened.
        cause: String,
    },
}

impl IngestError {
    /// Exit code of the program: 3 contract broken, 65 unreadable, 69 unreachable, 75 try again later, 78 settings, 1 else.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Settings { .. } => 78,
            Self::Missing { .. } | Self::Locked { .. } | Self::Unreadable { .. } | Self::NoHeader { .. } => {
                65
            }
            Self::Contract { .. } => 3,
            Self::Unreachable { .. } | Self::Gone { .. } => 69,
            Self::TryLater { .. } => 75,
            Self::Snapshot { .. } => 1,
        }
    }

    /// For the private state: the file that cannot be read, when the message may not name it.
    #[must_use]
    pub fn finding(&self, source: &str) -> Option<Finding> {
        let (place, sheet, detail) = match self {
            Self::Locked { place, .. } | Self::Unreadable { place, .. } | Self::NoHeader { place, .. } => {
                (place, None, STOPPED.to_owned())
            }
            Self::Contract { place, cause, sheet } => (place, sheet.as_ref(), format!("{STOPPED}: {cause}")),
            Self::Settings { .. }
            | Self::Missing { .. }
            | Self::Snapshot { .. }
            | Self::Unreachable { .. }
            | Self::Gone { .. }
            | Self::TryLater { .. } => return None,
        };
        let told = Remark::whole(FindingKind::UnreadableFile, detail);
        Some(told.finding(source, place.hidden_name()?, sheet.map(|sheet| sheet.reveal().as_str())))
    }

    /// For the private state: a file that cannot be read, so that the others count without it, or with what it gave
    /// to the last run that ended well (`is_known`).
    pub(super) fn passed_over(&self, source: &str, file: &str, is_known: bool) -> Finding {
        let counts = if is_known {
            "ce qu'il a donné à la dernière exécution réussie compte / \
             what it gave to the last run that ended well counts"
        } else {
            "rien n'en compte / nothing of it counts"
        };
        let detail = format!("{counts}: {}", self.to_string().replace('\n', " · "));
        Remark::whole(FindingKind::UnreadableFile, detail).finding(source, file, None)
    }

    /// Whether one file is at fault, and neither the settings nor what was promised of it.
    pub(super) const fn is_of_file(&self) -> bool {
        matches!(self, Self::Locked { .. } | Self::Unreadable { .. } | Self::NoHeader { .. })
    }

    /// A broken contract with the sheet that broke it: by its rank in the message, for its name may be a
    /// company's.
    pub(super) fn in_sheet(self, head: &Head) -> Self {
        match self {
            Self::Contract { place, cause, .. } if !head.name.reveal().is_empty() => Self::Contract {
                place,
                cause: format!("sheet {}: {cause}", head.rank),
                sheet: Some(head.name.clone()),
            },
            other => other,
        }
    }

    /// Whether nothing is there, so that an optional source may do without: what is there and fails is no absence.
    pub(super) const fn is_absence(&self) -> bool {
        matches!(self, Self::Missing { .. } | Self::Gone { .. })
    }

    pub(super) fn snapshot(place: &Place, cause: io::Error) -> Self {
        Self::Snapshot { place: place.clone(), cause }
    }

    pub(super) fn unreadable(place: &Place, cause: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Unreadable { place: place.clone(), cause: cause.into(), help: help.into() }
    }

    pub(super) fn unreachable(place: &Place, cause: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Unreachable { place: place.clone(), cause: cause.into(), help: help.into() }
    }

    pub(super) fn settings(origin: &str, cause: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Settings { origin: origin.to_owned(), cause: cause.into(), help: help.into() }
    }
}
