//! Writing a release where nobody reads it yet.

use super::error::{PublishError, refused};
use super::{Gate, hold::sync};
use crate::store::sha256;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

/// Names of the checksum list of a release.
pub(super) const CHECKSUMS: &str = "SHA256SUMS";

/// Writes, flushes, reads back and gates every file; the list of checksums is the last.
pub(super) fn stage(
    staging: &Path,
    files: &[(String, Vec<u8>)],
    gate: &Gate<'_>,
) -> Result<(), PublishError> {
    fs::create_dir(staging).map_err(refused(staging))?;
    let mut sums: Vec<(&str, String)> =
        files.iter().map(|(path, bytes)| (path.as_str(), sha256(bytes))).collect();
    sums.sort();
    let list: String = sums.iter().map(|(path, sum)| format!("{sum}  {path}\n")).collect();
    let list = (CHECKSUMS.to_owned(), list.into_bytes());
    for (path, bytes) in files.iter().chain([&list]) {
        let target = staging.join(path);
        write(&target, bytes).map_err(refused(&target))?;
        let written = fs::read(&target).map_err(refused(&target))?;
        if &written != bytes {
            return Err(refused(&target)(io::Error::other("the disk gives back other bytes")));
        }
        let kinds = gate(path, &written);
        if !kinds.is_empty() {
            return Err(PublishError::Leak { path: path.clone(), kinds: kinds.join(", ") });
        }
        crate::fault::point("publish:while_staging");
    }
    sync_all(staging).map_err(refused(staging))
}

fn write(target: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(target.parent().unwrap_or(Path::new(".")))?;
    crate::fault::disk("publish:full_disk")?;
    let mut file = fs::File::create_new(target)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Flushes a folder and the folders in it, the innermost first.
fn sync_all(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_all(&entry.path())?;
        }
    }
    sync(folder)
}
