//! The public corpora, for tests and benchmarks alike.

use std::path::{Path, PathBuf};

/// The folder of the corpora; without it the caller says that it skips.
pub(crate) fn corpora() -> Option<PathBuf> {
    let folder = std::env::var_os("MAILLAGE_SHARED").map(|shared| Path::new(&shared).join("corpora"));
    let folder = folder.filter(|folder| folder.is_dir());
    if folder.is_none() {
        eprintln!(
            "SKIPPED: MAILLAGE_SHARED names no folder with `corpora`, so the messy files were not read"
        );
    }
    folder
}

/// Whether a message tells of a panic: one that nobody caught, or one of our own code that somebody did. Those of
/// libraries on damaged files are caught, and told as damaged.
pub(crate) fn tells_panic(stderr: &str) -> bool {
    let is_ours = |line: &str| line.contains("\"caught panic\"") && line.contains("\"place\":\"src/");
    ["panicked", "internal fault"].iter().any(|word| stderr.contains(word)) || stderr.lines().any(is_ours)
}

/// Every file below a folder, by path.
pub(crate) fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}
