//! One file, opened and read whole while nobody writes to it.

use super::super::IngestError;
use super::super::content::{Container, Content, Stamp};
use super::super::page::Place;
use super::{File, label};
use crate::clock;
use crate::config::Limits;
use std::fs;
use std::io::{self, Read as _, Seek as _};
use std::path::Path;
use std::time::Duration;

/// Opens a file that is not larger than the limit.
pub(in crate::ingest) fn open(file: &File, limits: &Limits) -> Result<fs::File, IngestError> {
    let refused = |error| refused(file, error);
    let opened = fs::File::open(&file.path).map_err(refused)?;
    if opened.metadata().map_err(refused)?.len() > most_bytes(limits) {
        return Err(too_large(file, limits));
    }
    Ok(opened)
}

/// The system does not let a file be read.
pub(in crate::ingest) fn refused(file: &File, cause: io::Error) -> IngestError {
    match cause.kind() {
        io::ErrorKind::NotFound => IngestError::Missing { place: file.place.clone() },
        _ => IngestError::Locked { place: file.place.clone(), cause },
    }
}

/// The bytes of a file, when it is not larger than the limit.
pub(in crate::ingest) fn read(file: &File, limits: &Limits) -> Result<Vec<u8>, IngestError> {
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
pub(in crate::ingest) fn content(file: &File, limits: &Limits) -> Result<Content, IngestError> {
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

/// Written to less than so long ago, a file is looked at twice, with so much time between.
const FRESH_SECONDS: i64 = 2;
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Refuses a file that another program holds open, that was written to less than this long ago, or that
/// still changes: more may follow.
pub(in crate::ingest) fn quiet(file: &File, seconds: u32) -> Result<(), IngestError> {
    let waits = |cause: String| Err(IngestError::TryLater { place: file.place.clone(), cause });
    if is_held(&file.path) {
        return waits("a program holds it open, or left its lock (`~$…`, `.~lock.…`) beside it".to_owned());
    }
    let seen = || fs::metadata(&file.path).map_err(|error| refused(file, error));
    let state = |known: &fs::Metadata| (known.len(), known.modified().ok());
    let before = seen()?;
    let Ok(written) = before.modified() else { return Ok(()) };
    // A time in the future is a wrong clock and no sign of writing.
    let age = (clock::now() - chrono::DateTime::<chrono::Utc>::from(written)).num_seconds();
    if (0..i64::from(seconds)).contains(&age) {
        return waits(format!("it was written to less than {seconds} s ago"));
    }
    if (0..FRESH_SECONDS).contains(&age) {
        std::thread::sleep(LOOK_AGAIN);
        if state(&seen()?) != state(&before) {
            return waits("it is being written".to_owned());
        }
    }
    Ok(())
}

/// Whether the lock of Microsoft Office or of `LibreOffice` lies beside a file.
fn is_held(path: &Path) -> bool {
    let name = label(path);
    let locks = [format!("~${name}"), format!(".~lock.{name}#")];
    locks.iter().any(|lock| path.with_file_name(lock).exists())
}

/// What a file is known by while it is read; none of what is no plain file.
pub(in crate::ingest) fn stamp(file: &File, opened: &fs::File) -> Result<Option<Stamp>, IngestError> {
    Stamp::of(opened).map_err(|error| refused(file, error))
}

/// Refuses a file that changed since the stamp, or of which another length was read: half a file
/// could be read as a whole one with fewer rows.
pub(in crate::ingest) fn unchanged(
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
pub(in crate::ingest) fn being_written(place: &Place) -> IngestError {
    IngestError::TryLater { place: place.clone(), cause: "it is being written".to_owned() }
}

fn most_bytes(limits: &Limits) -> u64 {
    u64::from(limits.file_mib) * 1024 * 1024
}

fn too_large(file: &File, limits: &Limits) -> IngestError {
    IngestError::unreadable(
        &file.place,
        format!("it is larger than {} MiB", limits.file_mib),
        "split it, or raise `file_mib` under `limits` (`read` and `map`: `--file-mib`)",
    )
}

#[cfg(test)]
mod tests {
    use super::super::single;
    use super::{quiet, read};
    use crate::config::Limits;
    use std::sync::atomic::{AtomicBool, Ordering};

    #[test]
    fn a_workbook_beside_its_lock_waits() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.xlsx");
        std::fs::write(&path, "x").unwrap();
        for lock in ["~$a.xlsx", ".~lock.a.xlsx#"] {
            let lock = folder.path().join(lock);
            assert!(quiet(&single(&path), 0).is_ok());
            std::fs::write(&lock, "x").unwrap();
            assert_eq!(quiet(&single(&path), 0).map_err(|error| error.exit_code()), Err(75));
            std::fs::remove_file(lock).unwrap();
        }
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
        let waits = |seconds| quiet(&single(&path), seconds).map_err(|error| error.exit_code());
        assert_eq!((waits(0), waits(3_600)), (Ok(()), Err(75)));
        let past = std::time::SystemTime::now() - std::time::Duration::from_hours(2);
        growing.set_times(std::fs::FileTimes::new().set_modified(past)).unwrap();
        assert_eq!(waits(3_600), Ok(()));
    }
}
