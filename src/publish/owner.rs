//! A published folder belongs to one pipeline: two would show readers each other's releases.

use super::error::{PublishError, refused};
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

/// Holds the name of the pipeline.
const OWNER: &str = ".pipeline";

/// The pipeline that a folder belongs to; none before its first publication.
#[must_use]
pub fn owner(published: &Path) -> Option<String> {
    fs::read_to_string(published.join(OWNER)).ok().map(|name| name.trim().to_owned())
}

/// Refuses a folder that belongs to another pipeline.
///
/// # Errors
/// When it does.
pub fn refuse_foreign(published: &Path, pipeline: &str) -> Result<(), PublishError> {
    match owner(published) {
        Some(owner) if owner != pipeline => Err(PublishError::Foreign {
            path: published.display().to_string(),
            owner,
            pipeline: pipeline.to_owned(),
        }),
        _ => Ok(()),
    }
}

/// Makes the folder the pipeline's own; the folder is held.
pub(super) fn claim(published: &Path, pipeline: &str) -> Result<(), PublishError> {
    let path = published.join(OWNER);
    let written = fs::File::create_new(&path).and_then(|mut file| {
        file.write_all(pipeline.as_bytes())?;
        file.sync_all()
    });
    match written {
        Err(cause) if cause.kind() != io::ErrorKind::AlreadyExists => Err(refused(&path)(cause)),
        _ => refuse_foreign(published, pipeline),
    }
}
