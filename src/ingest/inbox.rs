//! The files of a source, one after the other: what is nobody's data is passed over, what is still being
//! written or open elsewhere waits for the next run, and a copy is read once.

use super::files::{self, File, Listed};
use super::page::{self, Page, Place};
use super::records::{PageRead, Reader};
use super::remark::Remark;
use super::{Context, IngestError, Snapshot, SourceRead, returned};
use crate::config::{Source, Unreadable};
use crate::model::{FindingKind, RawRow};
use std::collections::BTreeMap;

/// Bytes that were gone through, by their SHA-256, and whether they could be read: only then is a copy of them one.
type Seen = BTreeMap<String, bool>;

/// Reads the files of a source.
///
/// A file that is being written gives what it gave to the last run that was complete, and the settings say what
/// becomes of one that cannot be read. When nothing else can be read either, the first reason is the error.
pub(super) async fn read(
    reader: &Reader<'_>,
    context: &Context<'_>,
    read: &mut SourceRead,
) -> Result<(), IngestError> {
    let listed = files::list(reader.source(), &context.pipeline_dir)?;
    match take(listed, reader, context, read).await? {
        Some(error) if read.snapshots.is_empty() => Err(error),
        _ => Ok(()),
    }
}

/// Where the quarantine workbooks of sources without files are given back, below the folder of the pipeline.
const HANDED_IN: &str = "inputs/retours/*";

/// Reads the quarantine workbooks that were given back for a platform.
pub(super) async fn read_handed_in(
    reader: &Reader<'_>,
    context: &Context<'_>,
    read: &mut SourceRead,
) -> Result<(), IngestError> {
    let files = vec![HANDED_IN.to_owned()];
    let folder = Source { files, http: None, platform: None, ..reader.source().clone() };
    let mut listed = match files::list(&folder, &context.pipeline_dir) {
        Err(IngestError::Missing { .. }) => return Ok(()),
        listed => listed?,
    };
    // Of whatever else lies there nothing is a file of the platform's.
    listed.files.retain(|file| file.returned);
    listed.passed.retain(|(kind, name)| *kind == FindingKind::EmptyFile && files::is_named(name));
    take(listed, reader, context, read).await?;
    Ok(())
}

/// Reads what was listed; gives the first reason why nothing of a file counts: it waits or cannot be read, and no
/// earlier run read it.
async fn take(
    listed: Listed,
    reader: &Reader<'_>,
    context: &Context<'_>,
    read: &mut SourceRead,
) -> Result<Option<IngestError>, IngestError> {
    let source = reader.source();
    let mut seen = Seen::new();
    let mut lost = None;
    // What workbooks held that were given back under the name of one that stands there now.
    let mut former = Vec::new();
    for (kind, name) in &listed.passed {
        tell(read, &source.name, *kind, name);
    }
    for file in listed.files {
        let outcome = match settled(&file, source.quiet_seconds, context) {
            Err(IngestError::TryLater { place, cause }) => {
                let known = earlier(&file, reader, context, &mut seen, read).await?;
                let kind = if known { FindingKind::FileWaits } else { FindingKind::NewFileWaits };
                tell(read, &source.name, kind, &file.label);
                if !known && !file.returned {
                    lost.get_or_insert(IngestError::TryLater { place, cause });
                }
                continue;
            }
            Ok(bytes) => whole(&file, bytes, reader, context, &mut seen, read).await,
            Err(error) => Err(error),
        };
        match outcome {
            Ok(rows) => former.extend(rows.map(|rows| (file.label, rows))),
            // Where nothing is published, whoever looks wants to know at once.
            Err(error) if context.replay.is_some() && error.is_of_file() => {
                let known = match source.unreadable {
                    Unreadable::Stop => return Err(error),
                    Unreadable::Last => earlier(&file, reader, context, &mut seen, read).await?,
                    Unreadable::LeaveOut => false,
                };
                tracing::warn!(source = %source.name, %error, "the others count without the file as it is");
                read.findings.push(error.passed_over(&source.name, &file.label, known));
                if !known && !file.returned {
                    lost.get_or_insert(error);
                }
            }
            Err(error) => return Err(error),
        }
    }
    for (label, rows) in former {
        let dropped = returned::dropped(&rows, read);
        for (kind, dropped) in dropped.into_iter().filter(|(_, dropped)| *dropped > 0) {
            let told = Remark::whole(kind, format!("{dropped} lignes / rows"));
            read.findings.push(told.finding(&source.name, &label, None));
        }
    }
    Ok(lost)
}

/// Reads the bytes of a file, unless a copy gave them; of a workbook that was given back under the name of another
/// one, the rows that this one held.
async fn whole(
    file: &File,
    bytes: Vec<u8>,
    reader: &Reader<'_>,
    context: &Context<'_>,
    seen: &mut Seen,
    read: &mut SourceRead,
) -> Result<Option<Vec<RawRow>>, IngestError> {
    let source = reader.source();
    let mut page = Page { place: file.place.clone(), label: file.label.clone(), content: bytes.into() };
    if file.returned && !reader.is_returned(&page).await? {
        tell(read, &source.name, FindingKind::NotReturned, &page.label);
        return Ok(None);
    }
    let snapshot = Snapshot { label: file.below.clone(), ..page::keep(&mut page, context)? };
    if seen.get(&snapshot.sha256) == Some(&true) {
        tell(read, &source.name, FindingKind::DuplicateFile, &page.label);
        return Ok(None);
    }
    seen.insert(snapshot.sha256.clone(), false);
    let given = reader.read(&page).await?;
    // Nothing is kept, and so nothing is compared, when files are only looked at.
    seen.insert(snapshot.sha256.clone(), !snapshot.sha256.is_empty());
    let last = context.replay.filter(|_| given.returned);
    let last = last.and_then(|replay| replay.latest(&source.name, &snapshot.label));
    let former = match last.filter(|last| last.sha256 != snapshot.sha256) {
        Some(last) => again(&last, &page.place, &page.label, reader, context).await.ok(),
        None => None,
    };
    read.snapshots.push(snapshot);
    super::take(read, given);
    Ok(former.map(|former| former.rows))
}

/// What the only file of a source holds; none where there is more to it, or where nobody may read it now.
pub(super) fn only(source: &Source, context: &Context<'_>) -> Option<Page> {
    let is_plain = source.http.is_none() && source.platform.is_none() && context.replay.is_none();
    let listed = files::list(source, &context.pipeline_dir).ok().filter(|_| is_plain)?;
    let [file] = listed.files.as_slice() else { return None };
    if file.returned || !listed.passed.is_empty() {
        return None;
    }
    let held = files::content(file, &context.limits).ok()?;
    Some(Page { place: file.place.clone(), label: file.label.clone(), content: held })
}

/// The bytes of a file that nobody writes to. Without a memory of runs it has none that it could wait for.
fn settled(file: &File, quiet_seconds: u32, context: &Context<'_>) -> Result<Vec<u8>, IngestError> {
    if context.replay.is_some() {
        files::quiet(file, quiet_seconds)?;
    }
    files::read(file, &context.limits)
}

/// Reads what a file held when it was last read in a run that was complete, unless a copy gave it; whether there
/// was such a run, and what it read is not what cannot be read now.
async fn earlier(
    file: &File,
    reader: &Reader<'_>,
    context: &Context<'_>,
    seen: &mut Seen,
    read: &mut SourceRead,
) -> Result<bool, IngestError> {
    let kept = context.replay.and_then(|replay| replay.latest(&reader.source().name, &file.below));
    let Some(snapshot) = kept else { return Ok(false) };
    match seen.get(&snapshot.sha256) {
        Some(true) => {
            tell(read, &reader.source().name, FindingKind::DuplicateFile, &file.label);
            return Ok(true);
        }
        // The same bytes would fail again.
        Some(false) => return Ok(false),
        None => {}
    }
    super::take(read, again(&snapshot, &file.place, &file.label, reader, context).await?);
    seen.insert(snapshot.sha256.clone(), true);
    read.snapshots.push(snapshot);
    Ok(true)
}

/// Reads again what a file held once.
async fn again(
    snapshot: &Snapshot,
    place: &Place,
    label: &str,
    reader: &Reader<'_>,
    context: &Context<'_>,
) -> Result<PageRead, IngestError> {
    let place = Place::earlier(place);
    let bytes = context.snapshots.read(&snapshot.sha256);
    let bytes = bytes.map_err(|error| IngestError::snapshot(&place, error))?;
    let mut page = Page { place, label: label.to_owned(), content: bytes.into() };
    page::release(&mut page, &snapshot.sha256, context)?;
    reader.read(&page).await
}

fn tell(read: &mut SourceRead, source: &str, kind: FindingKind, label: &str) {
    read.findings.push(Remark::whole(kind, String::new()).finding(source, label, None));
}
