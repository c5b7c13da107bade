//! What a pattern of paths finds, whatever the bytes of the names.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Why nothing can be listed.
#[derive(Debug)]
pub(crate) enum Unlisted {
    /// The pattern is none, and why.
    Pattern(&'static str),
    /// The system does not let a folder be listed.
    Folder(io::Error),
}

/// How names are compared with a pattern.
#[derive(Clone, Copy)]
enum Case {
    /// As they are written, but for their endings: `A.CSV` is what `*.csv` asks for.
    Heeded,
    /// Whatever the case of their letters.
    Ignored,
}

/// What a pattern finds below a folder, sorted: files, folders and whatever else has a name. `*`, `?` and
/// `[abc]` stand for characters of a name, `**` for folders below each other, links to folders left out. Of a
/// name that is no UTF-8 each part that cannot be read is one character. The case of an ending does not matter.
///
/// # Errors
/// A wrong pattern, or a folder that may not be listed; one that is not there holds nothing.
pub(crate) fn found(folder: &Path, pattern: &str) -> Result<Vec<PathBuf>, Unlisted> {
    listed(folder, pattern, Case::Heeded)
}

/// What a pattern would find if case did not matter, and does not find.
///
/// # Errors
/// As [`found`].
pub(crate) fn nearly(folder: &Path, pattern: &str) -> Result<Vec<PathBuf>, Unlisted> {
    let found = found(folder, pattern)?;
    let mut all = listed(folder, pattern, Case::Ignored)?;
    all.retain(|path| found.binary_search(path).is_err());
    Ok(all)
}

fn listed(folder: &Path, pattern: &str, case: Case) -> Result<Vec<PathBuf>, Unlisted> {
    let (start, rest) = match pattern.strip_prefix('/') {
        Some(rest) => (PathBuf::from("/"), rest),
        None => (folder.to_owned(), pattern),
    };
    let parts: Vec<&str> = rest.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let mut paths = vec![start];
    for (left, part) in (0..parts.len()).rev().zip(&parts) {
        paths = match *part {
            "**" => with_folders_below(paths)?,
            part if is_literal(part) => {
                let named = paths.into_iter().map(|folder| folder.join(part));
                named.filter(|path| path.symlink_metadata().is_ok()).collect()
            }
            part => matching(&paths, part, left > 0, case)?,
        };
    }
    paths.sort();
    paths.dedup();
    Ok(paths)
}

/// Whether a text means one path only.
pub(crate) fn is_literal(pattern: &str) -> bool {
    !pattern.contains(['*', '?', '['])
}

/// The folders and all below them. A link to a folder above itself would have no end.
fn with_folders_below(mut folders: Vec<PathBuf>) -> Result<Vec<PathBuf>, Unlisted> {
    let mut all = Vec::new();
    while let Some(folder) = folders.pop() {
        let is_folder = |path: &PathBuf| path.symlink_metadata().is_ok_and(|known| known.is_dir());
        folders.extend(entries(&folder)?.into_iter().filter(is_folder));
        all.push(folder);
    }
    Ok(all)
}

/// What stands in the folders under a name that the pattern matches.
fn matching(
    folders: &[PathBuf],
    pattern: &str,
    only_folders: bool,
    case: Case,
) -> Result<Vec<PathBuf>, Unlisted> {
    let parsed = |text: &str| glob::Pattern::new(text).map_err(|error| Unlisted::Pattern(error.msg));
    let (whole, small) = (parsed(pattern)?, parsed(&small_ending(pattern))?);
    let options = glob::MatchOptions { case_sensitive: false, ..glob::MatchOptions::new() };
    let is_meant = |name: &str| match case {
        Case::Heeded => whole.matches(name) || small.matches(&small_ending(name)),
        Case::Ignored => whole.matches_with(name, options),
    };
    let mut found = Vec::new();
    for folder in folders {
        let matched = entries(folder)?.into_iter().filter(|path| {
            let is_named = path.file_name().is_some_and(|name| is_meant(&name.to_string_lossy()));
            is_named && (!only_folders || path.is_dir())
        });
        found.extend(matched);
    }
    Ok(found)
}

/// A name, or the pattern of one, with its ending in small letters.
fn small_ending(name: &str) -> String {
    name.rsplit_once('.')
        .map_or_else(|| name.to_owned(), |(stem, ending)| format!("{stem}.{}", ending.to_ascii_lowercase()))
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Unlisted> {
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let listed = match fs::read_dir(here) {
        Ok(listed) => listed,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        Err(error) => return Err(Unlisted::Folder(error)),
    };
    listed.map(|entry| Ok(entry.map_err(Unlisted::Folder)?.path())).collect()
}

#[cfg(test)]
mod tests {
    use super::{found, nearly};
    use std::ffi::OsStr;
    use std::fs;
    use std::os::unix::ffi::OsStrExt as _;
    use std::path::PathBuf;

    #[test]
    fn names_of_any_bytes_are_found_and_folders_are_gone_through() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir_all(path("a/b[1]/c")).unwrap();
        for name in ["a/un.csv", "a/b[1]/deux.csv", "a/b[1]/c/trois.csv", "quatre.xlsx"] {
            fs::write(path(name), "x").unwrap();
        }
        let odd = folder.path().join("a").join(OsStr::from_bytes(b"soci\xe9t\xe9.csv"));
        fs::write(&odd, "x").unwrap();
        std::os::unix::fs::symlink(folder.path(), path("a/lien")).unwrap();
        let names = |pattern: &str| {
            let found = found(folder.path(), pattern).unwrap().into_iter();
            found.map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect::<Vec<_>>()
        };
        assert_eq!(names("a/*.csv"), ["soci\u{FFFD}t\u{FFFD}.csv", "un.csv"]);
        assert_eq!(found(folder.path(), "a/soci?t?.csv").unwrap(), [odd]);
        assert_eq!(names("**/*.csv").len(), 4);
        assert_eq!(names("a/*/d*.csv"), ["deux.csv"]);
        assert_eq!(names("a/[!l]*/*.csv"), ["deux.csv"]);
        assert_eq!(names("./[pq]uatre.xlsx"), ["quatre.xlsx"]);
        assert_eq!(names("nowhere/*.csv"), Vec::<String>::new());
        assert_eq!(names(&path("a/u?.csv").to_string_lossy()), ["un.csv"]);
        assert_eq!(names("a/u*.CSV"), ["un.csv"]);
        assert_eq!(names("a/U*.csv"), Vec::<String>::new());
        assert_eq!(nearly(folder.path(), "a/U*.csv").unwrap(), [path("a/un.csv")]);
        assert_eq!(nearly(folder.path(), "a/u*.csv").unwrap(), Vec::<PathBuf>::new());
        assert!(found(folder.path(), "a/[").is_err() && found(folder.path(), "a**b").is_err());
    }
}
