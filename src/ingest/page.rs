//! One page of a source: a file, or one response of a platform.

use super::content::Content;
use super::{Context, IngestError, Snapshot};
use crate::model::Confidential;
use std::fmt;

/// Where a page stands, as a message may say it: never the name of a file that a glob found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    said: String,
    origin: Origin,
}

/// Who or what gave a page.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Origin {
    /// What its place says.
    Said,
    /// A file of this name, which messages do not say, for the private state.
    Found(Confidential<String>),
    /// A platform.
    Platform,
}

impl Place {
    fn plain(said: String) -> Self {
        Self { said, origin: Origin::Said }
    }

    /// A path written in the settings or on the command line.
    pub(super) fn path(path: &str) -> Self {
        Self::plain(format!("`{path}`"))
    }

    /// A file found by a glob, counted from 1 in the order of names. Its own name may be a
    /// company's, and messages end in logs; rank and size find it in any listing.
    pub(super) fn matched(pattern: &str, rank: usize, of: usize, bytes: u64, name: String) -> Self {
        let said = format!("`{pattern}`, file {rank} of {of} by name ({bytes} bytes)");
        Self { said, origin: Origin::Found(Confidential::new(name)) }
    }

    /// A page of a platform, counted from 1; the address comes without query and user.
    pub(super) fn address(address: &str, page: usize) -> Self {
        Self { said: format!("`{address}`, page {page}"), origin: Origin::Platform }
    }

    /// What an earlier run kept of a page that cannot be read now.
    pub(super) fn earlier(place: &Self) -> Self {
        Self { said: format!("the earlier snapshot of {place}"), origin: place.origin.clone() }
    }

    /// A page kept by an earlier run, counted from 1.
    pub(super) fn replayed(source: &str, page: usize) -> Self {
        Self::plain(format!("snapshot {page} of source `{source}`"))
    }

    /// Whether a platform gave it: then nobody can save it in another form.
    pub(super) const fn is_answer(&self) -> bool {
        matches!(self.origin, Origin::Platform)
    }

    /// The name of a file that a glob found.
    pub(super) fn hidden_name(&self) -> Option<&str> {
        match &self.origin {
            Origin::Found(name) => Some(name.reveal().as_str()),
            Origin::Said | Origin::Platform => None,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.said)
    }
}

/// A page with what it holds.
pub(super) struct Page {
    /// For messages.
    pub(super) place: Place,
    /// File name or `page N`: for the private state only.
    pub(super) label: String,
    /// What arrived.
    pub(super) content: Content,
}

/// Keeps the bytes of a page before anything reads them.
pub(super) fn keep(page: &mut Page, context: &Context<'_>) -> Result<Snapshot, IngestError> {
    let failed = |error| IngestError::snapshot(&page.place, error);
    let bytes = page.content.whole().map_err(failed)?;
    let sha256 = context.snapshots.keep(&bytes).map_err(failed)?;
    let snapshot = Snapshot { sha256, bytes: bytes.len() as u64, label: page.label.clone() };
    release(page, &snapshot.sha256, context)?;
    Ok(snapshot)
}

/// Lets go of the bytes of a workbook that was kept: the process that parses it reads its snapshot.
pub(super) fn release(page: &mut Page, sha256: &str, context: &Context<'_>) -> Result<(), IngestError> {
    let failed = |error| IngestError::snapshot(&page.place, error);
    if page.content.container().is_some()
        && let Some(file) = context.snapshots.open(sha256).map_err(failed)?
    {
        page.content = Content::of(file).map_err(failed)?;
    }
    Ok(())
}
