//! A release is complete before its name exists, and publishing is one rename.
//!
//! Written to staging, each file flushed, read back and gated; checksums; folders flushed;
//! renamed; the folder of releases flushed; `current` swapped last. A process that dies at
//! any step leaves the old release or the new one, and the next one removes the rest.

mod error;
mod hold;
mod owner;
mod retention;
mod stage;
mod verify;

pub use error::PublishError;
pub use hold::{current, list, release as folder};
pub use owner::{owner, refuse_foreign};
pub use retention::retain;
pub use verify::{Problem, Recorded, checksums, verify};

use error::refused;
use hold::Hold;
use std::fs;
use std::path::{Path, PathBuf};

/// Names what is confidential in a file, given its path and its bytes.
pub type Gate<'a> = dyn Fn(&str, &[u8]) -> Vec<String> + 'a;

/// What a publication asks the ledger, and tells it, while no other process may publish.
pub trait Register {
    /// Whether it knows a release.
    fn knows(&self, release: &str) -> bool;

    /// Enters the new release, before anybody sees it.
    ///
    /// # Errors
    /// When readers see something else than what it was protected together with, or the ledger cannot be written.
    fn enter(&self) -> Result<(), PublishError>;

    /// Whether a release may be open to readers beside the new one.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    fn may_stay(&self, release: &str) -> Result<bool, PublishError>;

    /// Enters that a release leaves, before it does.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    fn withdraw(&self, release: &str) -> Result<(), PublishError>;
}

/// Writes a release, takes those away that may not be open beside it before it has its name, and swaps
/// `published/current` to it, last. Gives its folder.
///
/// The folder belongs to the first pipeline that publishes there. `gate` sees every file as it is read back from the
/// disk and names what it found.
///
/// # Errors
/// When a file cannot be written, the gate finds something, the folder is another pipeline's, a release in it is not
/// entered or cannot be taken away, or the ledger refuses; `current` is then untouched.
pub fn publish(
    pipeline: &str,
    id: &str,
    files: &[(String, Vec<u8>)],
    published: &Path,
    gate: &Gate<'_>,
    register: &dyn Register,
) -> Result<PathBuf, PublishError> {
    crate::fault::pause("publish:hold");
    let hold = Hold::take(published)?;
    owner::claim(published, pipeline)?;
    all_entered(published, &|release| register.knows(release))?;
    let before = || {
        register.enter()?;
        retention::let_go(&hold, published, id, register)
    };
    let settled = settle(&hold, id, files, gate, &before);
    if settled.is_err() {
        // The error that is reported is the first one; what is left is removed at the next run.
        let _leftover = fs::remove_dir_all(hold.staging(id));
    }
    settled?;
    hold.point(id)?;
    Ok(hold.release(id))
}

/// Whether the ledger knows every release of a published folder.
///
/// # Errors
/// The first that it does not know, or a folder that cannot be read.
pub fn all_entered(published: &Path, is_entered: &dyn Fn(&str) -> bool) -> Result<(), PublishError> {
    match list(published)?.into_iter().find(|release| !is_entered(release)) {
        Some(release) => Err(PublishError::Unentered { release, path: published.display().to_string() }),
        None => Ok(()),
    }
}

/// Brings the release under its name; the same content has the same name, so what is there
/// already is this release, unless somebody changed it. `before` is done between both, for what has its name can be
/// read.
fn settle(
    hold: &Hold,
    id: &str,
    files: &[(String, Vec<u8>)],
    gate: &Gate<'_>,
    before: &dyn Fn() -> Result<(), PublishError>,
) -> Result<(), PublishError> {
    let (staging, release) = (hold.staging(id), hold.release(id));
    stage::stage(&staging, files, gate)?;
    crate::fault::pause("publish:wait");
    before()?;
    crate::fault::point("publish:before_rename");
    if fs::symlink_metadata(&release).is_err() {
        return hold.name(id);
    }
    let problem = match verify::compare(&release, &staging) {
        Some(file) => Some(file),
        None => verify::release(&release, None).into_iter().next().map(|problem| problem.to_string()),
    };
    match problem {
        Some(problem) => Err(PublishError::Damaged { path: release.display().to_string(), problem }),
        None => fs::remove_dir_all(&staging).map_err(refused(&staging)),
    }
}

/// Swaps `published/current` back to an earlier release. `enter` asks whether readers may see it again, and writes
/// down that they do, before they do, and while no other process may publish.
///
/// # Errors
/// When there is no such release, it is not what was published, `enter` refuses, or the folder cannot be written.
pub fn rollback(
    id: &str,
    published: &Path,
    recorded: &Recorded,
    enter: &dyn Fn() -> Result<(), PublishError>,
) -> Result<(), PublishError> {
    let unknown = || PublishError::Unknown { release: id.to_owned(), path: published.display().to_string() };
    if !list(published)?.iter().any(|release| release == id) {
        return Err(unknown());
    }
    let hold = Hold::take(published)?;
    let release = hold.release(id);
    if let Some(problem) = verify::release(&release, recorded.get(id)).into_iter().next() {
        let path = release.display().to_string();
        return Err(PublishError::Damaged { path, problem: problem.to_string() });
    }
    enter()?;
    hold.point(id)
}

#[cfg(test)]
mod tests;
