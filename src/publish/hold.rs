//! The published folder, held by one process at a time.

use super::error::{PublishError, refused};
use rustix::fs::{FlockOperation, flock};
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The lock file; empty.
const LOCK: &str = ".verrou";
/// The link to the release that readers see.
const CURRENT: &str = "current";
/// The link while it is being made.
const NEXT: &str = ".current";
/// Prefix of a release while it is being written.
const STAGING: &str = ".staging-";
/// Prefix of a release while it is being deleted.
const LEAVING: &str = ".leaving-";
/// The folder of the releases.
const RELEASES: &str = "releases";

/// A rollback or another publication takes moments; more is somebody who hangs.
const TRIES: u32 = 50;
const BETWEEN: Duration = Duration::from_millis(100);

/// The published folder while it is held.
#[derive(Debug)]
pub(super) struct Hold {
    folder: PathBuf,
    _lock: fs::File,
}

impl Hold {
    /// Makes the folder if need be, waits for its lock, and removes what a killed process left.
    pub(super) fn take(folder: &Path) -> Result<Self, PublishError> {
        let releases = folder.join(RELEASES);
        fs::create_dir_all(&releases).map_err(refused(folder))?;
        let expect = |path: &Path, fits: fn(&fs::FileType) -> bool, expected| match fs::symlink_metadata(path)
        {
            Ok(found) if !fits(&found.file_type()) => {
                Err(PublishError::Occupied { path: path.display().to_string(), expected })
            }
            _ => Ok(()),
        };
        expect(&releases, fs::FileType::is_dir, "the folder of the releases")?;
        expect(
            &folder.join(CURRENT),
            fs::FileType::is_symlink,
            "the link to a release that a publication swaps",
        )?;
        let path = folder.join(LOCK);
        expect(&path, fs::FileType::is_file, "the lock file of the published folder")?;
        let lock = fs::OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(refused(&path))?;
        let mut tries = 0;
        while let Err(error) = flock(&lock, FlockOperation::NonBlockingLockExclusive) {
            tries += 1;
            if error != rustix::io::Errno::WOULDBLOCK {
                return Err(refused(&path)(error.into()));
            }
            if tries == TRIES {
                return Err(PublishError::Busy { path: folder.display().to_string() });
            }
            std::thread::sleep(BETWEEN);
        }
        let hold = Self { folder: folder.to_owned(), _lock: lock };
        hold.sweep()?;
        Ok(hold)
    }

    /// Removes what a killed process left. Nobody reads it: no link points there.
    fn sweep(&self) -> Result<(), PublishError> {
        for entry in fs::read_dir(&self.folder).map_err(refused(&self.folder))? {
            let entry = entry.map_err(refused(&self.folder))?;
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_string_lossy();
            if name.starts_with(STAGING) || name.starts_with(LEAVING) {
                fs::remove_dir_all(&path).map_err(refused(&path))?;
            } else if name == NEXT {
                fs::remove_file(&path).map_err(refused(&path))?;
            }
        }
        Ok(())
    }

    pub(super) fn staging(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{STAGING}{id}"))
    }

    pub(super) fn release(&self, id: &str) -> PathBuf {
        release(&self.folder, id)
    }

    /// Gives a staged release its name, in one rename.
    pub(super) fn name(&self, id: &str) -> Result<(), PublishError> {
        let (staging, release) = (self.staging(id), self.release(id));
        fs::rename(staging, &release).map_err(refused(&release))?;
        crate::fault::point("publish:after_rename");
        let folder = self.folder.join(RELEASES);
        sync(&folder).map_err(refused(&folder))
    }

    /// Points `current` at a release, in one rename.
    pub(super) fn point(&self, id: &str) -> Result<(), PublishError> {
        let (next, current) = (self.folder.join(NEXT), self.folder.join(CURRENT));
        symlink(Path::new(RELEASES).join(id), &next).map_err(refused(&next))?;
        crate::fault::point("publish:before_swap");
        fs::rename(&next, &current).map_err(refused(&current))?;
        crate::fault::point("publish:after_swap");
        sync(&self.folder).map_err(refused(&self.folder))
    }

    /// Takes a release away: out of sight in one rename, then off the disk.
    pub(super) fn withdraw(&self, id: &str) -> Result<(), PublishError> {
        let (release, leaving) = (self.release(id), self.folder.join(format!("{LEAVING}{id}")));
        crate::fault::point("publish:before_withdrawing");
        fs::rename(&release, &leaving).map_err(refused(&release))?;
        crate::fault::point("publish:while_withdrawing");
        fs::remove_dir_all(&leaving).map_err(refused(&leaving))?;
        sync(&self.folder).map_err(refused(&self.folder))
    }
}

pub(super) fn sync(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

/// Where a release is.
#[must_use]
pub fn release(published: &Path, id: &str) -> PathBuf {
    published.join(RELEASES).join(id)
}

/// The releases on disk, by name.
///
/// # Errors
/// When the folder is there and cannot be read.
pub fn list(published: &Path) -> Result<Vec<String>, PublishError> {
    let folder = published.join(RELEASES);
    let entries = match fs::read_dir(&folder) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(refused(&folder))?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(refused(&folder))?;
        names.push(entry.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

/// The release that readers see; nothing before the first publication.
///
/// # Errors
/// When `current` is no link into the releases.
pub fn current(published: &Path) -> Result<Option<String>, PublishError> {
    let link = published.join(CURRENT);
    let target = match fs::read_link(&link) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
        target => target.ok(),
    };
    let id = target.as_deref().and_then(|target| target.strip_prefix(RELEASES).ok()?.to_str());
    match id {
        Some(id) if !id.is_empty() && !id.contains('/') && id != ".." => Ok(Some(id.to_owned())),
        _ => Err(PublishError::Occupied {
            path: link.display().to_string(),
            expected: "a link to one of the releases",
        }),
    }
}
