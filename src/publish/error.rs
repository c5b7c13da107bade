//! Why a release could not be published.

use std::io;
use std::path::Path;

/// A release that could not be published. The previous one stays.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The file system refused.
    #[error(
        "`{path}` could not be written: {cause}\nhelp: check the permissions and the free space there; what readers see was not changed"
    )]
    Io {
        /// File or folder.
        path: String,
        /// What the system says.
        cause: io::Error,
    },
    /// The gate found something confidential.
    #[error(
        "the leak gate found confidential input ({kinds}) in `{path}`: nothing is published\nhelp: take it out of the settings or templates; if the words of that row are public, add them, as the row has them, to `publication.public_words`; the previous release stays"
    )]
    Leak {
        /// The file.
        path: String,
        /// Kinds of text and the rows that hold them, never the text.
        kinds: String,
    },
    /// Something else stands where a part of the published folder belongs.
    #[error(
        "`{path}` is not {expected}\nhelp: look who put it there, and move it away; nothing is published"
    )]
    Occupied {
        /// The path.
        path: String,
        /// What belongs there.
        expected: &'static str,
    },
    /// A release of the same name holds something else.
    #[error(
        "`{path}` is there already, and it is not what was published: {problem}\nhelp: move it away and run again; what readers see was not changed"
    )]
    Damaged {
        /// The folder of the release.
        path: String,
        /// The first thing that is wrong.
        problem: String,
    },
    /// Another pipeline publishes there.
    #[error(
        "`{path}` belongs to the pipeline `{owner}`: `{pipeline}` does not publish there\nhelp: give `{pipeline}` a folder of its own, for example `--published {path}-{pipeline}`; if the pipeline was renamed, put its old `name` back (`publication.title` may change): under another name its releases would not be protected together with those before"
    )]
    Foreign {
        /// The published folder.
        path: String,
        /// Name of the pipeline that it belongs to.
        owner: String,
        /// Name of the pipeline that was to publish.
        pipeline: String,
    },
    /// Somebody has a release of which the ledger knows nothing: the next one was not protected together with it.
    #[error(
        "the release `{release}` is in `{path}`, and the ledger does not hold what it showed: the next one could not be protected together with it; nothing is published\nhelp: restore the ledger of the state folder that published it, or take the published folder away and begin a new one"
    )]
    Unentered {
        /// The release.
        release: String,
        /// The published folder.
        path: String,
    },
    /// Another process publishes there.
    #[error("another process is publishing to `{path}`\nhelp: try again when it has ended")]
    Busy {
        /// The published folder.
        path: String,
    },
    /// A rollback came between.
    #[error(
        "what readers see was changed while the release was made, and it was not protected together with that; nothing is published\nhelp: run again; what readers see stays"
    )]
    Changed,
    /// The ledger refuses.
    #[error("{cause}")]
    Ledger {
        /// Why, with the repair.
        cause: String,
    },
    /// There is no such release.
    #[error("there is no release `{release}` in `{path}`\nhelp: `maillage releases` lists those that exist")]
    Unknown {
        /// What was asked for.
        release: String,
        /// The published folder.
        path: String,
    },
}

/// Makes the error of a path.
pub(super) fn refused(path: &Path) -> impl FnOnce(io::Error) -> PublishError {
    let path = path.display().to_string();
    move |cause| PublishError::Io { path, cause }
}
