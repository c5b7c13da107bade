//! A release is complete before its name exists, and publishing is one rename.

use crate::store::sha256;
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// A release that could not be published. The previous one stays.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The file system refused.
    #[error(
        "`{path}` could not be written: {cause}\nhelp: check the permissions and the free space there; the previous release stays"
    )]
    Io {
        /// File or folder.
        path: String,
        /// What the system says.
        cause: io::Error,
    },
    /// The gate found something confidential.
    #[error(
        "the leak gate found confidential input ({kinds}) in `{path}`: nothing is published\nhelp: take it out of the settings or templates; if it is a public word, add it to `publication.public_words`; the previous release stays"
    )]
    Leak {
        /// The file.
        path: String,
        /// Kinds of text, never the text.
        kinds: String,
    },
}

/// Names of the checksum list of a release.
const CHECKSUMS: &str = "SHA256SUMS";

/// Writes a release and swaps `published/current` to it, last.
///
/// `gate` sees every file as it is read back from the disk and names what it found.
///
/// # Errors
/// When a file cannot be written or the gate finds something; `current` is then untouched.
pub fn publish(
    id: &str,
    files: &[(String, Vec<u8>)],
    published: &Path,
    gate: &dyn Fn(&str, &[u8]) -> Vec<&'static str>,
) -> Result<PathBuf, PublishError> {
    let staging = published.join(format!(".staging-{id}"));
    let release = published.join("releases").join(id);
    let refused = |path: &Path| {
        let path = path.display().to_string();
        move |cause| PublishError::Io { path, cause }
    };
    if staging.exists() {
        fs::remove_dir_all(&staging).map_err(refused(&staging))?;
    }
    fs::create_dir_all(published.join("releases")).map_err(refused(published))?;
    let outcome = stage(&staging, files, gate).and_then(|()| {
        if release.exists() {
            // The same content has the same name: what is there already is this release.
            return fs::remove_dir_all(&staging).map_err(refused(&staging));
        }
        fs::rename(&staging, &release).map_err(refused(&release))?;
        sync(&published.join("releases")).map_err(refused(published))
    });
    if let Err(error) = outcome {
        // The error that is reported is the first one; what is left is removed at the next run.
        let _leftover = fs::remove_dir_all(&staging);
        return Err(error);
    }
    point(published, id).map_err(refused(published))?;
    Ok(release)
}

/// Points `published/current` at a release, in one rename.
fn point(published: &Path, id: &str) -> io::Result<()> {
    let link = published.join(".current");
    match fs::remove_file(&link) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    symlink(Path::new("releases").join(id), &link)?;
    fs::rename(&link, published.join("current"))?;
    sync(published)
}

fn stage(
    staging: &Path,
    files: &[(String, Vec<u8>)],
    gate: &dyn Fn(&str, &[u8]) -> Vec<&'static str>,
) -> Result<(), PublishError> {
    let mut sums: Vec<String> =
        files.iter().map(|(path, bytes)| format!("{}  {path}\n", sha256(bytes))).collect();
    sums.sort_by(|left, right| left[66..].cmp(&right[66..]));
    let sums = (CHECKSUMS.to_owned(), sums.concat().into_bytes());
    for (path, bytes) in files.iter().chain([&sums]) {
        let target = staging.join(path);
        let refused = |cause| PublishError::Io { path: target.display().to_string(), cause };
        write(&target, bytes).map_err(refused)?;
        let written = fs::read(&target).map_err(refused)?;
        let kinds = gate(path, &written);
        if !kinds.is_empty() {
            return Err(PublishError::Leak { path: path.clone(), kinds: kinds.join(", ") });
        }
    }
    sync(staging).map_err(|cause| PublishError::Io { path: staging.display().to_string(), cause })
}

fn write(target: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = target.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    fs::write(target, bytes)?;
    fs::File::open(target)?.sync_all()?;
    sync(folder)
}

fn sync(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::{PublishError, publish};
    use std::fs;

    fn files(text: &str) -> Vec<(String, Vec<u8>)> {
        vec![("donnees/a.csv".to_owned(), text.as_bytes().to_vec())]
    }

    #[test]
    fn current_points_at_the_last_release_and_the_older_ones_stay() {
        let folder = tempfile::tempdir().unwrap();
        let open = |_: &str, _: &[u8]| Vec::new();
        publish("one", &files("1"), folder.path(), &open).unwrap();
        publish("two", &files("2"), folder.path(), &open).unwrap();
        publish("two", &files("2"), folder.path(), &open).unwrap();
        let read = |path: &str| fs::read_to_string(folder.path().join(path)).unwrap();
        assert_eq!(read("current/donnees/a.csv"), "2");
        assert_eq!(read("releases/one/donnees/a.csv"), "1");
        assert!(read("current/SHA256SUMS").ends_with("  donnees/a.csv\n"));
    }

    #[test]
    fn a_leak_leaves_the_previous_release_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        publish("one", &files("1"), folder.path(), &|_, _| Vec::new()).unwrap();
        let gate = |_: &str, bytes: &[u8]| if bytes == b"secret" { vec!["nom"] } else { Vec::new() };
        let refused = publish("two", &files("secret"), folder.path(), &gate).unwrap_err();
        assert!(matches!(&refused, PublishError::Leak { .. }) && !refused.to_string().contains("secret"));
        assert_eq!(fs::read_to_string(folder.path().join("current/donnees/a.csv")).unwrap(), "1");
        assert_eq!(fs::read_dir(folder.path().join("releases")).unwrap().count(), 1);
        assert!(!folder.path().join(".staging-two").exists());
    }
}
