//! Everything that arrives: files, globs and platforms, down to rows under known fields.
//!
//! Bytes are kept as a snapshot before they are parsed. What is inside decides how they
//! are parsed, never the name of the file. Workbooks are parsed in a child process.

mod address;
mod blanks;
mod bounded;
mod budget;
mod charset;
mod codec;
mod content;
mod contract;
mod delimited;
mod dialect;
mod direction;
mod dos;
mod ebcdic;
mod encoding;
mod error;
mod evidence;
mod files;
mod filter;
mod foreign;
mod form;
mod formats;
mod header;
mod http;
mod inbox;
mod json;
mod json_lists;
mod json_records;
mod laid;
mod likely;
mod links;
mod literals;
mod merged;
mod neighbours;
mod noted;
mod old;
mod options;
mod page;
mod passing;
mod presets;
pub mod proposal;
mod records;
mod remark;
mod retry;
mod returned;
mod settled;
mod several;
mod sided;
mod sides;
mod sniff;
mod split;
mod table;
mod taken;
mod text_form;
mod unspaced;
pub mod view;
mod vocabulary;
mod window;
mod workbook;
mod wrong_json;

#[cfg(test)]
mod http_answers_tests;
#[cfg(test)]
mod http_faults_tests;
#[cfg(test)]
mod http_tests;
#[cfg(test)]
mod http_turning_tests;
#[cfg(test)]
mod presets_tests;
#[cfg(test)]
mod source_tests;
#[cfg(test)]
mod text_corpora_tests;
#[cfg(test)]
mod trial;

pub use error::IngestError;
pub use laid::Laid;
pub use passing::{Given, Table, read_passing};
pub use returned::Sheets;
pub use taken::{Taken, taken};
pub use text_form::TextForm;
pub use workbook::worker_main;

pub use crate::store::SnapshotSink;

use crate::config::{Limits, Mapping, Source};
use crate::model::{Finding, FindingKind, RawRow};
use page::{Page, Place};
use remark::Remark;
use std::fmt;
use std::path::PathBuf;

/// What was answered last time.
#[derive(Clone, PartialEq, Eq)]
pub struct Remembered {
    /// Validator of the response as it was sent: its `ETag`, else its `Last-Modified`.
    pub validator: String,
    /// Snapshot of the body.
    pub sha256: String,
}

/// What earlier runs remember.
pub trait Replay: Sync {
    /// Snapshots of a source in the order in which an earlier run read them.
    /// When there are some, neither folder nor network is touched.
    fn snapshots(&self, _source: &str) -> Option<Vec<Snapshot>> {
        None
    }
    /// What a file of a source, by its path below the folder of the pipeline, held when a run that was complete
    /// read it last.
    fn latest(&self, _source: &str, _label: &str) -> Option<Snapshot> {
        None
    }
    /// What was answered last time to a question (the source, who asks, and the address), for `If-None-Match`
    /// or `If-Modified-Since`.
    fn recall(&self, _question: &str) -> Option<Remembered> {
        None
    }
    /// Remembers what was answered now.
    fn remember(&self, _question: &str, _answer: Remembered) {}
}

/// What reading needs from the outside.
#[derive(Clone)]
pub struct Context<'a> {
    /// Folder of `pipeline.toml`; paths and globs of a source start there.
    pub pipeline_dir: PathBuf,
    /// Cells and memory of a workbook.
    pub limits: Limits,
    /// Our own executable: its hidden subcommand `read-workbook` parses workbooks.
    pub worker: PathBuf,
    /// Where bytes are kept.
    pub snapshots: &'a dyn SnapshotSink,
    /// Looks up a secret by the environment variable that names it.
    pub environment: &'a (dyn Fn(&str) -> Option<String> + Sync),
    /// Memory of earlier runs, when there is one.
    pub replay: Option<&'a dyn Replay>,
}

/// One page as it arrived.
#[derive(Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// SHA-256 in hexadecimal.
    pub sha256: String,
    /// Size.
    pub bytes: u64,
    /// Path of the file below the folder of the pipeline, or `page N`; may hold a company's name, so it stays in the
    /// private state.
    pub label: String,
}

impl Snapshot {
    /// The file without its folders, or the page: as private as the label.
    #[must_use]
    pub fn name(&self) -> String {
        self.label.rsplit('/').next().unwrap_or_default().to_owned()
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Snapshot")
            .field("sha256", &self.sha256)
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

/// What a source gave.
#[derive(Debug, Default)]
pub struct SourceRead {
    /// Rows in the order of pages, sheets and lines.
    pub rows: Vec<RawRow>,
    /// Remarks about rows.
    pub findings: Vec<Finding>,
    /// Pages, in the order in which they were read.
    pub snapshots: Vec<Snapshot>,
    /// How each table lies in its page, in the order in which they were read.
    pub laid: Vec<Laid>,
    /// Why an optional source gave nothing.
    pub absent: Option<IngestError>,
    /// Sheets of the quarantine workbooks that were given back.
    pub sheets: Sheets,
    /// Their rows by sheet, the oldest first, until they take their places.
    returned: Vec<Vec<RawRow>>,
}

/// Reads a whole source.
///
/// # Errors
/// Unreadable, missing or unreachable input, bad settings, or no recognised header.
/// A source with `optional = true` of which nothing is there gives no rows, a finding, and
/// why in [`SourceRead::absent`].
pub async fn read_source(
    source: &Source,
    mapping: &Mapping,
    context: &Context<'_>,
) -> Result<SourceRead, IngestError> {
    let filled = presets::filled(source)?;
    match read_pages(&filled, mapping, context).await {
        Err(error) if source.optional && error.is_absence() => {
            let told = Remark::whole(FindingKind::AbsentSource, String::new());
            let findings = vec![told.finding(&source.name, &source.name, None)];
            Ok(SourceRead { findings, absent: Some(error), ..SourceRead::default() })
        }
        outcome => outcome,
    }
}

async fn read_pages(
    source: &Source,
    mapping: &Mapping,
    context: &Context<'_>,
) -> Result<SourceRead, IngestError> {
    let reader = records::Reader::new(source, mapping, context)?;
    let mut read = SourceRead::default();
    let earlier = context.replay.and_then(|replay| replay.snapshots(&source.name));
    if let Some(earlier) = earlier {
        for (index, snapshot) in earlier.into_iter().enumerate() {
            let place = Place::replayed(&source.name, index + 1);
            let bytes = context.snapshots.read(&snapshot.sha256);
            let bytes = bytes.map_err(|error| IngestError::snapshot(&place, error))?;
            let mut page = Page { place, label: snapshot.name(), content: bytes.into() };
            page::release(&mut page, &snapshot.sha256, context)?;
            take(&mut read, reader.read(&page).await?);
            read.snapshots.push(snapshot);
        }
    } else if let Some(http) = &source.http {
        read = http::read(http, &reader, context).await?;
        inbox::read_handed_in(&reader, context, &mut read).await?;
    } else {
        inbox::read(&reader, context, &mut read).await?;
    }
    returned::supersede(&mut read);
    Ok(read)
}

fn take(read: &mut SourceRead, page: records::PageRead) {
    if page.returned {
        read.returned.extend(returned::by_sheet(page.rows));
        read.sheets.taken.extend(page.sheets.taken);
        read.sheets.left.extend(page.sheets.left);
    } else {
        read.rows.extend(page.rows);
    }
    read.findings.extend(page.findings);
    read.laid.extend(page.laid);
}
