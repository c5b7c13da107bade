//! The bytes of everything that arrived, under their SHA-256.

use super::{State, sha256, write_atomic};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;

/// Where the bytes of every page are kept under their SHA-256.
pub trait SnapshotSink: Sync {
    /// Keeps the bytes; gives their SHA-256 in hexadecimal.
    fn keep(&self, bytes: &[u8]) -> io::Result<String>;
    /// The bytes of an earlier snapshot.
    fn read(&self, sha256: &str) -> io::Result<Vec<u8>>;
    /// The file of a snapshot; none where snapshots are no files.
    fn open(&self, _sha256: &str) -> io::Result<Option<File>> {
        Ok(None)
    }
}

impl State {
    /// Is the snapshot there?
    #[must_use]
    pub fn has_snapshot(&self, sha256: &str) -> bool {
        self.snapshot(sha256).is_file()
    }

    fn snapshot(&self, sha256: &str) -> PathBuf {
        self.folder.join("instantanes").join(&sha256[..2.min(sha256.len())]).join(sha256)
    }
}

impl SnapshotSink for State {
    fn keep(&self, bytes: &[u8]) -> io::Result<String> {
        let sha256 = sha256(bytes);
        let path = self.snapshot(&sha256);
        // One that was damaged meanwhile is mended.
        if !fs::read(&path).is_ok_and(|kept| kept == bytes) {
            if let Some(folder) = path.parent() {
                fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
            }
            write_atomic(&path, bytes, 0o600)?;
        }
        Ok(sha256)
    }

    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        let bytes = fs::read(self.snapshot(name))?;
        if sha256(&bytes) == name {
            Ok(bytes)
        } else {
            Err(io::Error::new(io::ErrorKind::InvalidData, "the snapshot is not what was kept"))
        }
    }

    fn open(&self, sha256: &str) -> io::Result<Option<File>> {
        File::open(self.snapshot(sha256)).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::{SnapshotSink as _, State};
    use std::fs;
    use std::io::Read as _;

    #[test]
    fn a_snapshot_is_found_under_the_hash_of_its_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::open(&folder.path().join("state"), &folder.path().join("published")).unwrap();
        let sha256 = state.keep(b"abc").unwrap();
        assert!(sha256.starts_with("ba7816bf"));
        assert_eq!(state.read(&sha256).unwrap(), b"abc");
        let mut kept = String::new();
        state.open(&sha256).unwrap().unwrap().read_to_string(&mut kept).unwrap();
        assert_eq!(kept, "abc");
        fs::write(state.snapshot(&sha256), b"abd").unwrap();
        assert!(state.read(&sha256).is_err());
        state.keep(b"abc").unwrap();
        assert_eq!(state.read(&sha256).unwrap(), b"abc");
    }
}
