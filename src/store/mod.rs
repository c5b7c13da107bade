//! The private state: the only writer of confidential files.

mod leftovers;
mod quarantines;
mod snapshots;

pub use snapshots::SnapshotSink;

use sha2::{Digest as _, Sha256};
use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// Held by the run that uses the folder.
const LOCK: &str = "verrou";

/// Folder of the proofs of the releases.
const CERTIFICATES: &str = "certificats";

fn certificate_path(folder: &Path, release: &str) -> PathBuf {
    folder.join(CERTIFICATES).join(format!("{release}.json"))
}

/// Reads the proof of a release; none when it was not kept.
///
/// # Errors
/// When it is there and cannot be read.
pub fn certificate(folder: &Path, release: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let path = certificate_path(folder, release);
    match fs::read(&path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(io_error(&path, cause)),
    }
}

/// A file of the private state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateFile {
    /// Key of the pseudonyms.
    PseudonymKey,
    /// Refused rows, for their owners.
    Quarantine,
    /// SHA-256 of those workbooks as they were written, as `sha256sum` reads them.
    QuarantineSums,
    /// Findings with what was read, one JSON object a line.
    Findings,
    /// Rows that were found to be one thing, with the evidence, one JSON object a line.
    Merges,
    /// Withheld values and why, one JSON object a line.
    Explanations,
    /// Individualisation, correlation and inference, for the person who signs.
    Anonymisation,
    /// Matches with both contacts, for the animators.
    Matches,
    /// What the animators filled in, one JSON object a line.
    FollowUps,
    /// SHA-256 of the list as it was written, as `sha256sum` reads it.
    MatchesSum,
}

impl StateFile {
    const fn name(self) -> &'static str {
        match self {
            Self::PseudonymKey => "pseudonymes.cle",
            Self::Quarantine => "quarantaine.xlsx",
            Self::QuarantineSums => "quarantaine.sha256",
            Self::Findings => "constats.jsonl",
            Self::Merges => "fusions.jsonl",
            Self::Explanations => "explications.jsonl",
            Self::Anonymisation => "anonymisation.md",
            Self::Matches => "maillages.xlsx",
            Self::FollowUps => "suivi_maillages.jsonl",
            Self::MatchesSum => "maillages.xlsx.sha256",
        }
    }
}

/// The state folder could not be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The state lies below what is published, or the reverse.
    #[error(
        "the state folder `{state}` and the published folder `{published}` lie inside each other\nhelp: give `--state` a folder outside `--published`"
    )]
    Nested {
        /// State folder.
        state: String,
        /// Published folder.
        published: String,
    },
    /// A file could not be read or written.
    #[error("`{path}` could not be used: {cause}\nhelp: check the permissions and the free space there")]
    Io {
        /// The file or folder.
        path: String,
        /// What the system says.
        cause: io::Error,
    },
    /// The key is not ours to trust.
    #[error(
        "the key of the pseudonyms `{path}` is not there, or is not 32 bytes that only its owner may read\nhelp: restore it from a copy and `chmod 600` it; a new key changes every pseudonym"
    )]
    Key {
        /// The file.
        path: String,
    },
    /// Another run holds the state.
    #[error("another run is using the state folder `{path}`\nhelp: try again when it has ended")]
    Busy {
        /// The folder.
        path: String,
    },
}

/// The open state folder, held by one run at a time.
#[derive(Debug)]
pub struct State {
    folder: PathBuf,
    _lock: fs::File,
}

impl State {
    /// Opens or creates the folder (mode 0700), locks it, and removes what a killed run left unfinished.
    ///
    /// # Errors
    /// When it lies inside the published folder or the reverse, cannot be written, or is in use.
    pub fn open(folder: &Path, published: &Path) -> Result<Self, StoreError> {
        prepare(folder, published)?;
        let path = folder.join(LOCK);
        let lock = fs::File::create(&path).map_err(|cause| io_error(&path, cause))?;
        rustix::fs::flock(&lock, rustix::fs::FlockOperation::NonBlockingLockExclusive)
            .map_err(|_| StoreError::Busy { path: folder.display().to_string() })?;
        leftovers::remove(folder).map_err(|cause| io_error(folder, cause))?;
        Ok(Self { folder: folder.to_owned(), _lock: lock })
    }

    /// The folder itself, for files that do not outlive the run.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where a file of the state is.
    #[must_use]
    pub fn path(&self, file: StateFile) -> PathBuf {
        self.folder.join(file.name())
    }

    /// Replaces a file of the state, whole or not at all (mode 0600).
    ///
    /// # Errors
    /// When the folder cannot be written or is full.
    pub fn write(&self, file: StateFile, bytes: &[u8]) -> Result<(), StoreError> {
        let path = self.path(file);
        write_atomic(&path, bytes, 0o600).map_err(|cause| io_error(&path, cause))
    }

    /// Keeps the proof of a release (mode 0600).
    ///
    /// # Errors
    /// When the folder cannot be written or is full.
    pub fn keep_certificate(&self, release: &str, certificate: &[u8]) -> Result<(), StoreError> {
        let path = certificate_path(&self.folder, release);
        let folder = self.folder.join(CERTIFICATES);
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)
            .map_err(|cause| io_error(&folder, cause))?;
        write_atomic(&path, certificate, 0o600).map_err(|cause| io_error(&path, cause))
    }

    /// Lets the proof of a release that is gone go too.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn drop_certificate(&self, release: &str) -> Result<(), StoreError> {
        let path = certificate_path(&self.folder, release);
        match fs::remove_file(&path) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => Err(io_error(&path, cause)),
            _ => Ok(()),
        }
    }

    /// The key of the pseudonyms; made from the system's randomness at the first run. Without what was
    /// published under it nobody could be told again: once there is a release, none `may_be_made`.
    ///
    /// # Errors
    /// When it is gone, others may read it, it has another length, or it cannot be made.
    pub fn pseudonym_key(&self, may_be_made: bool) -> Result<[u8; 32], StoreError> {
        let path = self.path(StateFile::PseudonymKey);
        let refused = || StoreError::Key { path: path.display().to_string() };
        if !path.exists() {
            if !may_be_made {
                return Err(refused());
            }
            let mut key = [0; 32];
            getrandom::fill(&mut key)
                .map_err(|error| io_error(&path, io::Error::other(error.to_string())))?;
            self.write(StateFile::PseudonymKey, &key)?;
        }
        let metadata = fs::metadata(&path).map_err(|cause| io_error(&path, cause))?;
        if metadata.permissions().mode() & 0o077 != 0 {
            return Err(refused());
        }
        fs::read(&path).map_err(|cause| io_error(&path, cause))?.try_into().map_err(|_| refused())
    }
}

/// Where a file of a state folder is.
#[must_use]
pub fn path(folder: &Path, file: StateFile) -> PathBuf {
    folder.join(file.name())
}

/// Reads a file of the private state, for the operator's own terminal; a run may go on meanwhile.
///
/// # Errors
/// When it is not there or cannot be read.
pub fn read(folder: &Path, file: StateFile) -> Result<Vec<u8>, StoreError> {
    let path = path(folder, file);
    fs::read(&path).map_err(|cause| io_error(&path, cause))
}

/// Whether neither folder lies inside the other.
#[must_use]
pub fn are_apart(state: &Path, published: &Path) -> bool {
    let (state, public) = (settled(state), settled(published));
    !state.starts_with(&public) && !public.starts_with(&state)
}

/// Makes the state folder (mode 0700) without holding it.
///
/// # Errors
/// When it lies inside the published folder or the reverse, or cannot be written.
pub fn prepare(folder: &Path, published: &Path) -> Result<(), StoreError> {
    if !are_apart(folder, published) {
        return Err(StoreError::Nested {
            state: folder.display().to_string(),
            published: published.display().to_string(),
        });
    }
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|cause| io_error(folder, cause))?;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(|cause| io_error(folder, cause))
}

/// Does a run hold the state folder now?
#[must_use]
pub fn is_held(folder: &Path) -> bool {
    let Ok(lock) = fs::File::open(folder.join(LOCK)) else { return false };
    rustix::fs::flock(&lock, rustix::fs::FlockOperation::NonBlockingLockShared).is_err()
}

/// Writes beside, flushes to disk, renames, flushes the folder.
///
/// # Errors
/// Whatever the file system refuses; the old file is then untouched.
pub fn write_atomic(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    replace(path, mode, |file| file.write_all(bytes))
}

/// As [`write_atomic`], for a file that is not held whole: `write` writes it.
///
/// # Errors
/// Those of `write`, or when the folder cannot be written.
pub fn replace(
    path: &Path,
    mode: u32,
    write: impl FnOnce(&mut fs::File) -> io::Result<()>,
) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file =
        tempfile::Builder::new().permissions(fs::Permissions::from_mode(mode)).tempfile_in(folder)?;
    write(file.as_file_mut())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    fs::File::open(folder)?.sync_all()
}

/// SHA-256 in hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        use std::fmt::Write as _;
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}

/// The real path of the deepest part that exists, with the rest behind it.
fn settled(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let existing = path.ancestors().find_map(|part| Some((part, fs::canonicalize(part).ok()?)));
    match existing {
        Some((part, real)) => match path.strip_prefix(part) {
            Ok(rest) if !rest.as_os_str().is_empty() => real.join(rest),
            _ => real,
        },
        None => path,
    }
}

fn io_error(path: &Path, cause: io::Error) -> StoreError {
    StoreError::Io { path: path.display().to_string(), cause }
}

#[cfg(test)]
mod tests {
    use super::{State, StateFile, StoreError};
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn the_state_is_never_inside_what_is_published() {
        let folder = tempfile::tempdir().unwrap();
        let public = folder.path().join("published");
        for state in [public.join("state"), public.clone(), folder.path().to_owned()] {
            assert!(matches!(State::open(&state, &public), Err(StoreError::Nested { .. })));
        }
        fs::create_dir(&public).unwrap();
        std::os::unix::fs::symlink(&public, folder.path().join("elsewhere")).unwrap();
        let disguised = folder.path().join("elsewhere/state");
        assert!(matches!(State::open(&disguised, &public), Err(StoreError::Nested { .. })));
    }

    #[test]
    fn two_runs_do_not_share_a_state() {
        let folder = tempfile::tempdir().unwrap();
        let open = || State::open(&folder.path().join("state"), &folder.path().join("published"));
        let first = open().unwrap();
        assert!(matches!(open(), Err(StoreError::Busy { .. })));
        drop(first);
        open().unwrap();
    }

    #[test]
    fn the_key_is_made_once_kept_private_and_refused_when_others_may_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::open(&folder.path().join("state"), &folder.path().join("published")).unwrap();
        assert!(matches!(state.pseudonym_key(false), Err(StoreError::Key { .. })));
        let key = state.pseudonym_key(true).unwrap();
        assert_eq!(state.pseudonym_key(false).unwrap(), key);
        let path = state.path(StateFile::PseudonymKey);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(state.pseudonym_key(true), Err(StoreError::Key { .. })));
    }
}
