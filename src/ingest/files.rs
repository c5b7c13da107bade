//! Literal paths and globs of a source.

use super::IngestError;
use super::content::{Container, Content, Stamp};
use super::page::Place;
use crate::clock;
use crate::config::{Limits, Source};
use crate::model::fold;
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read as _, Seek as _};
use std::path::{Path, PathBuf};

/// A file to read.
#[derive(Debug, Clone)]
pub(super) struct File {
    path: PathBuf,
    /// For messages.
    pub(super) place: Place,
    /// File name, for the private state.
    pub(super) label: String,
    /// Found beside the files of the source by its name: read only when it is a quarantine workbook.
    pub(super) returned: bool,
}

/// Files of a source.
#[derive(Debug, Default)]
pub(super) struct Listed {
    pub(super) files: Vec<File>,
    /// Names of lock files that a glob found: a program holds the workbook open.
    pub(super) locks: Vec<String>,
}

/// Files of a source: entries in the order of the settings, files of a glob by path.
/// A file that two entries name is read once.
pub(super) fn list(source: &Source, folder: &Path) -> Result<Listed, IngestError> {
    if source.files.is_empty() {
        return Err(IngestError::settings(
            &source.name,
            "there is neither `files` nor `http`",
            "write `files = [\"inputs/…\"]`, or a table `http` with `url`",
        ));
    }
    let Listed { mut files, mut locks } = Listed::default();
    let mut seen = BTreeSet::new();
    let found = |path: PathBuf, place, returned| File { label: label(&path), place, path, returned };
    for entry in &source.files {
        let literal = folder.join(entry);
        if literal.is_file() || !entry.contains(['*', '?', '[']) {
            if !literal.exists() {
                return Err(IngestError::Missing { place: Place::path(entry) });
            }
            if seen.insert(literal.clone()) {
                files.push(found(literal, Place::path(entry), false));
            }
            continue;
        }
        let (paths, held) = matches(source, folder, entry)?;
        locks.extend(held);
        let of = paths.len();
        for (rank, path) in (1..).zip(paths) {
            if seen.insert(path.clone()) {
                let place = Place::matched(entry, rank, of, size(&path));
                files.push(found(path, place, false));
            }
        }
        if of == 0 {
            return Err(IngestError::Missing { place: Place::path(entry) });
        }
    }
    for entry in &source.files {
        let inbox = entry.rsplit_once('/').map_or("", |(inbox, _)| inbox);
        if inbox.contains(['*', '?', '[']) {
            continue;
        }
        let within = |name: &str| if inbox.is_empty() { name.to_owned() } else { format!("{inbox}/{name}") };
        let (mut paths, _) = matches(source, folder, &within("*"))?;
        paths.retain(|path| may_be_returned(path));
        let (pattern, of) = (within(RETURNED), paths.len());
        for (rank, path) in (1..).zip(paths) {
            if seen.insert(path.clone()) {
                let place = Place::matched(&pattern, rank, of, size(&path));
                files.push(found(path, place, true));
            }
        }
    }
    locks.sort();
    locks.dedup();
    Ok(Listed { files, locks })
}

/// How messages name the workbooks that [`may_be_returned`] finds.
const RETURNED: &str = "*quarantaine*";

/// What an owner gives back is looked for beside the files of a source, under the name that it was given or
/// what became of it: `Quarantaine_X.xlsx`, `Copie de quarantaine-x (1).xlsx`.
fn may_be_returned(path: &Path) -> bool {
    let name = fold(&label(path));
    let is_workbook =
        ["xlsx", "xlsm", "xls", "ods"].iter().any(|ending| name.ends_with(&format!(" {ending}")));
    is_workbook && (name.contains("quarantaine") || name.contains("quarantine"))
}

/// Paths that a glob finds, sorted, and the names of the lock files of office programs beside
/// them; hidden files are left out.
fn matches(source: &Source, folder: &Path, entry: &str) -> Result<(Vec<PathBuf>, Vec<String>), IngestError> {
    let bad = |cause: String| {
        IngestError::settings(
            &source.name,
            format!("`{entry}` is not a pattern: {cause}"),
            "use `*`, `?`, `[abc]` and `**` only",
        )
    };
    let pattern = Path::new(&glob::Pattern::escape(&folder.to_string_lossy())).join(entry);
    let found = glob::glob(&pattern.to_string_lossy()).map_err(|error| bad(error.msg.to_owned()))?;
    let (mut paths, mut locks) = (Vec::new(), Vec::new());
    for path in found {
        let path = path.map_err(|error| IngestError::Locked {
            place: Place::path(entry),
            cause: io::Error::from(error.error().kind()),
        })?;
        let name = label(&path);
        if name.starts_with("~$") {
            locks.push(name);
        } else if path.is_file() && !name.starts_with('.') {
            paths.push(path);
        }
    }
    paths.sort();
    Ok((paths, locks))
}

/// One file named on the command line.
pub(super) fn single(path: &Path) -> File {
    let place = Place::path(&path.to_string_lossy());
    File { path: path.to_owned(), place, label: label(path), returned: false }
}

/// Opens a file that is not larger than the limit.
pub(super) fn open(file: &File, limits: &Limits) -> Result<fs::File, IngestError> {
    let refused = |error| refused(file, error);
    let opened = fs::File::open(&file.path).map_err(refused)?;
    if opened.metadata().map_err(refused)?.len() > most_bytes(limits) {
        return Err(too_large(file, limits));
    }
    Ok(opened)
}

/// The system does not let a file be read.
pub(super) fn refused(file: &File, cause: io::Error) -> IngestError {
    match cause.kind() {
        io::ErrorKind::NotFound => IngestError::Missing { place: file.place.clone() },
        _ => IngestError::Locked { place: file.place.clone(), cause },
    }
}

/// The bytes of a file, when it is not larger than the limit.
pub(super) fn read(file: &File, limits: &Limits) -> Result<Vec<u8>, IngestError> {
    all(file, open(file, limits)?, limits)
}

fn all(file: &File, mut opened: fs::File, limits: &Limits) -> Result<Vec<u8>, IngestError> {
    let refused = |error| refused(file, error);
    let most = most_bytes(limits);
    let mut bytes = Vec::new();
    let before = stamp(file, &opened)?;
    (&mut opened).take(most + 1).read_to_end(&mut bytes).map_err(refused)?;
    if bytes.len() as u64 > most {
        return Err(too_large(file, limits));
    }
    unchanged(file, &opened, before, bytes.len() as u64)?;
    Ok(bytes)
}

/// What a file holds, when it is not larger than the limit: a workbook stays where it is.
pub(super) fn content(file: &File, limits: &Limits) -> Result<Content, IngestError> {
    let refused = |error| refused(file, error);
    let mut opened = open(file, limits)?;
    if stamp(file, &opened)?.is_some() {
        let mut beginning = Vec::new();
        (&mut opened).take(4).read_to_end(&mut beginning).map_err(refused)?;
        if Container::of(&beginning).is_some() {
            return Content::of(opened).map_err(refused);
        }
        opened.rewind().map_err(refused)?;
    }
    all(file, opened, limits).map(Content::from)
}

/// Refuses a file that was written to less than this long ago: more may follow.
pub(super) fn quiet(file: &File, seconds: u32) -> Result<(), IngestError> {
    if seconds == 0 {
        return Ok(());
    }
    let written = fs::metadata(&file.path).and_then(|known| known.modified());
    let written = written.map_err(|error| refused(file, error))?;
    // A time in the future is a wrong clock and no sign of writing.
    let age = (clock::now() - chrono::DateTime::<chrono::Utc>::from(written)).num_seconds();
    if (0..i64::from(seconds)).contains(&age) {
        let cause = format!("it was written to less than {seconds} s ago");
        return Err(IngestError::TryLater { place: file.place.clone(), cause });
    }
    Ok(())
}

/// What a file is known by while it is read; none of what is no plain file.
pub(super) fn stamp(file: &File, opened: &fs::File) -> Result<Option<Stamp>, IngestError> {
    Stamp::of(opened).map_err(|error| refused(file, error))
}

/// Refuses a file that changed since the stamp, or of which another length was read: half a file
/// could be read as a whole one with fewer rows.
pub(super) fn unchanged(
    file: &File,
    opened: &fs::File,
    before: Option<Stamp>,
    read: u64,
) -> Result<(), IngestError> {
    let now = stamp(file, opened)?;
    let same = now == before && now.is_none_or(|now| now.bytes == read);
    if same { Ok(()) } else { Err(being_written(&file.place)) }
}

/// The file changed while it was read.
pub(super) fn being_written(place: &Place) -> IngestError {
    IngestError::TryLater { place: place.clone(), cause: "it is being written".to_owned() }
}

fn most_bytes(limits: &Limits) -> u64 {
    u64::from(limits.file_mib) * 1024 * 1024
}

fn too_large(file: &File, limits: &Limits) -> IngestError {
    IngestError::unreadable(
        &file.place,
        format!("it is larger than {} MiB", limits.file_mib),
        "split it, or raise `file_mib` under `limits`",
    )
}

fn size(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

fn label(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{may_be_returned, read, single};
    use crate::config::Limits;
    use std::sync::atomic::{AtomicBool, Ordering};

    #[test]
    fn a_returned_workbook_is_known_whatever_its_owner_made_of_its_name() {
        let is = |name: &str| may_be_returned(std::path::Path::new(name));
        for name in [
            "quarantaine.xlsx",
            "Quarantaine_X.xlsx",
            "Copie de quarantaine-nordet.xlsx",
            "quarantaine-x (1).XLSX",
            "RE quarantaine corrigée.ods",
        ] {
            assert!(is(name), "{name}");
        }
        assert!(!is("visites.xlsx") && !is("quarantaine.csv") && !is("quarantaine xlsx.txt"));
    }

    #[test]
    fn a_file_that_grows_while_it_is_read_waits_for_the_next_run() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("visite.csv");
        let growing = std::fs::File::create(&path).unwrap();
        growing.set_len(1 << 24).unwrap();
        let stop = AtomicBool::new(false);
        let seen = std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut length = 1 << 24;
                while !stop.load(Ordering::Relaxed) {
                    length += 1 << 12;
                    growing.set_len(length).unwrap();
                    std::thread::yield_now();
                    if length > 1 << 27 {
                        length = 1 << 24;
                    }
                }
            });
            let seen = (0..2000).find_map(|_| read(&single(&path), &Limits::default()).err());
            stop.store(true, Ordering::Relaxed);
            seen
        });
        let error = seen.unwrap();
        assert!(error.exit_code() == 75 && error.to_string().contains("is being written"), "{error}");
        assert!(read(&single(&path), &Limits::default()).is_ok());
        let quiet = |seconds| super::quiet(&single(&path), seconds).map_err(|error| error.exit_code());
        assert_eq!((quiet(0), quiet(3_600)), (Ok(()), Err(75)));
        let past = std::time::SystemTime::now() - std::time::Duration::from_hours(2);
        growing.set_times(std::fs::FileTimes::new().set_modified(past)).unwrap();
        assert_eq!(quiet(3_600), Ok(()));
    }
}
