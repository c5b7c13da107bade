//! What arrives: every source, in the order of the settings.

use super::memory::Memory;
use super::record::RunEntry;
use super::told::keep_unread;
use super::{Options, foreign, limits};
use crate::config::{self, Pipeline};
use crate::error::{Exit, Failure};
use crate::ingest;
use crate::ledger::KeptSnapshot;
use crate::model::{Finding, FindingKind, RawRow};
use crate::store::State;
use futures_util::stream::{self, StreamExt as _};
use std::pin::pin;

/// What reading needs from the outside.
pub(super) fn context<'a>(
    pipeline: &Pipeline,
    options: &Options,
    state: &'a State,
    memory: &'a Memory<'_>,
) -> ingest::Context<'a> {
    ingest::Context {
        pipeline_dir: pipeline.folder.clone(),
        limits: pipeline.settings.limits.clone(),
        worker: options.worker.clone(),
        snapshots: state,
        environment: &config::secret,
        replay: Some(memory),
    }
}

/// The rows of all sources, and what was met on the way.
///
/// # Errors
/// When one of them cannot be read, and is not allowed to be absent.
pub(super) async fn read(
    pipeline: &Pipeline,
    options: &Options,
    state: &State,
    memory: &Memory<'_>,
    record: &RunEntry<'_>,
) -> Result<(Vec<RawRow>, Vec<Finding>), Failure> {
    let context = context(pipeline, options, state, memory);
    let mut rows = Vec::new();
    let mut met = Vec::new();
    let mut sheets: Vec<(&str, Option<ingest::Sheets>)> = Vec::new();
    let at_once = usize::try_from(pipeline.settings.limits.sources_at_once.max(1)).unwrap_or(1);
    let reading = pipeline.settings.sources.iter().map(|source| {
        let (mapping, context) = (&pipeline.mappings[&source.name], &context);
        async move { (source, ingest::read_source(source, mapping, context).await) }
    });
    // What they give is taken in the order of the settings, whoever comes first.
    let mut reading = pin!(stream::iter(reading).buffered(at_once));
    while let Some((source, read)) = reading.next().await {
        let read = match read {
            Ok(read) => read,
            Err(error) => return Err(unread_file(&error, &source.name, met, state)),
        };
        sheets.push((source.name.as_str(), read.absent.is_none().then_some(read.sheets)));
        let kept: Vec<KeptSnapshot> = read.snapshots.into_iter().map(kept).collect();
        record.snapshots(&source.name, &kept).map_err(|error| Failure::new(Exit::Failed, &error))?;
        let is_whole = !read.findings.iter().any(says_absence);
        met.extend(read.findings);
        if let Some(error) = &read.absent {
            tracing::warn!(source = %source.name, %error, "the source is absent");
        } else {
            let before = record.rows(&source.name, read.rows.len(), is_whole);
            let before = before.map_err(|error| Failure::new(Exit::Failed, &error))?;
            met.extend(before.and_then(|before| limits::shrunk(source, read.rows.len(), before)));
        }
        rows.extend(read.rows);
    }
    met.extend(foreign::lost(&sheets));
    Ok((rows, met))
}

/// Whether a source, or a file of one, is not here as it should be: its companies may be back tomorrow.
pub(super) const fn says_absence(finding: &Finding) -> bool {
    matches!(finding.kind, FindingKind::AbsentSource | FindingKind::UnreadableFile)
}

/// An input that cannot be read, with the exit code that fits.
pub(super) fn unread(error: &ingest::IngestError) -> Failure {
    let exit = match error.exit_code() {
        69 => Exit::Unreachable,
        75 => Exit::TryAgain,
        78 => Exit::Settings,
        1 => Exit::Failed,
        3 => Exit::Contract,
        _ => Exit::Unreadable,
    };
    Failure::new(exit, error)
}

/// The same, with its name in the private state when the message may not say it.
fn unread_file(error: &ingest::IngestError, source: &str, mut met: Vec<Finding>, state: &State) -> Failure {
    let failure = unread(error);
    let Some(finding) = error.finding(source) else { return failure };
    met.push(finding);
    if keep_unread(state, &met).is_err() {
        return failure;
    }
    let named = "its name stands in `constats.jsonl` of the state folder";
    Failure::message(failure.exit, format!("{}; {named}", failure.message))
}

fn kept(snapshot: ingest::Snapshot) -> KeptSnapshot {
    KeptSnapshot { sha256: snapshot.sha256, bytes: snapshot.bytes, label: snapshot.label }
}
