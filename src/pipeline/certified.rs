//! What was written, against the certificate: the second program at work.

use crate::certificate::{self, Verified};
use crate::error::{Exit, Failure};
use crate::{export, publish, store};
use std::fs;
use std::path::Path;

/// Nothing is published unless this passes.
pub(super) fn written(certificate: &[u8], written: &[export::File]) -> Result<(), Failure> {
    files(certificate, written).map(drop).map_err(|cause| {
        let message = format!(
            "the check of the written files refused them: {cause}; nothing is published\nhelp: report this fault; the previous release stays"
        );
        Failure::message(Exit::Failed, message)
    })
}

/// Compares the data files of a release with its certificate, and has the certificate proven.
///
/// # Errors
/// What is not proven, or which file is no table of ours; holds no amount.
pub fn files(certificate: &[u8], files: &[export::File]) -> Result<Verified, String> {
    let cells = export::cells(files).map_err(|path| format!("`{path}` is no table of ours"))?;
    certificate::verify_release(certificate, &cells).map_err(|refusal| refusal.to_string())
}

/// Checks a release on disk; none when its certificate was not kept.
///
/// # Errors
/// What is not proven, or what cannot be read.
pub fn release(state: &Path, published: &Path, id: &str) -> Result<Option<Verified>, String> {
    let kept = store::certificate(state, id).map_err(|error| error.to_string())?;
    let Some(kept) = kept else { return Ok(None) };
    let folder = publish::folder(published, id).join(export::FOLDER);
    let unread = |cause: std::io::Error| format!("`{}` cannot be read: {cause}", export::FOLDER);
    let mut tables = Vec::new();
    for entry in fs::read_dir(&folder).map_err(unread)? {
        let path = entry.map_err(unread)?.path();
        if path.extension().is_some_and(|extension| extension == "csv") {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            tables.push((format!("{}/{name}", export::FOLDER), fs::read(&path).map_err(unread)?));
        }
    }
    files(&kept, &tables).map(Some)
}
