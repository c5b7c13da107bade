//! Literal paths and globs of a source.

mod opened;

use super::IngestError;
use super::page::Place;
use crate::config::Source;
use crate::listing::{self, Unlisted};
use crate::model::{FindingKind, fold};
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

pub(super) use opened::{being_written, content, open, quiet, read, refused, stamp, unchanged};

/// A file to read.
#[derive(Debug, Clone)]
pub(super) struct File {
    path: PathBuf,
    /// For messages.
    pub(super) place: Place,
    /// File name, for the private state.
    pub(super) label: String,
    /// Path below the folder of the pipeline, by which runs know the file: files in two folders may have one name.
    pub(super) below: String,
    /// Found beside the files of the source by its name: read only when it is a quarantine workbook.
    pub(super) returned: bool,
}

/// Files of a source.
#[derive(Debug, Default)]
pub(super) struct Listed {
    pub(super) files: Vec<File>,
    /// Names of what a glob found and nobody reads, with the reason.
    pub(super) passed: BTreeSet<(FindingKind, String)>,
}

/// Files of a source: entries in the order of the settings, files of a glob by path; then the
/// quarantine workbooks beside them, the newest last, for it wins. A file that two entries name is read once.
pub(super) fn list(source: &Source, folder: &Path) -> Result<Listed, IngestError> {
    if source.files.is_empty() {
        return Err(IngestError::settings(
            &source.name,
            "there is neither `files` nor `http`",
            "write `files = [\"inputs/…\"]`, or a table `http` with `url`",
        ));
    }
    let Listed { mut files, mut passed } = Listed::default();
    let mut seen = BTreeSet::new();
    let found = |path: PathBuf, place, returned| {
        let below = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().into_owned();
        File { label: label(&path), below, place, path, returned }
    };
    for entry in &source.files {
        let literal = folder.join(entry);
        if literal.is_file() || listing::is_literal(entry) {
            if !literal.exists() {
                return Err(IngestError::Missing { place: Place::path(entry) });
            }
            // A pipe without a writer would never open.
            if !literal.is_file() {
                return Err(IngestError::unreadable(
                    &Place::path(entry),
                    "it is a folder, a pipe or a device and no file",
                    "name a file, or a pattern such as `inputs/*.xlsx`",
                ));
            }
            if seen.insert(literal.clone()) {
                files.push(found(literal, Place::path(entry), false));
            }
            continue;
        }
        let (paths, left) = matches(source, folder, entry)?;
        passed.extend(left);
        let (of, asks_for_them) = (paths.len(), is_named(entry));
        for (rank, path) in (1..).zip(paths) {
            if seen.insert(path.clone()) {
                let place = Place::matched(entry, rank, of, size(&path), label(&path));
                let returned = !asks_for_them && may_be_returned(&path);
                files.push(found(path, place, returned));
            }
        }
        if of == 0 {
            return Err(IngestError::Missing { place: Place::path(entry) });
        }
    }
    for entry in &source.files {
        let inbox = entry.rsplit_once('/').map_or("", |(inbox, _)| inbox);
        let within = |name: &str| if inbox.is_empty() { name.to_owned() } else { format!("{inbox}/{name}") };
        let (mut paths, left) = matches(source, folder, &within("*"))?;
        paths.retain(|path| may_be_returned(path));
        // An upload that failed corrects nothing, and somebody thinks that it did.
        let empty = paths.extract_if(.., |path| size(path) == 0);
        passed.extend(empty.map(|path| (FindingKind::EmptyFile, label(&path))));
        let is_told = |left: &(FindingKind, String)| {
            left.0 == FindingKind::EmptyFile && may_be_returned(left.1.as_ref())
        };
        passed.extend(left.into_iter().filter(is_told));
        let (pattern, of) = (within(RETURNED), paths.len());
        for (rank, path) in (1..).zip(paths) {
            if seen.insert(path.clone()) {
                let place = Place::matched(&pattern, rank, of, size(&path), label(&path));
                files.push(found(path, place, true));
            }
        }
    }
    let (mut files, mut returned): (Vec<File>, Vec<File>) =
        files.into_iter().partition(|file| !file.returned);
    returned.sort_by_cached_key(|file| (written(&file.path).ok(), file.label.clone()));
    files.append(&mut returned);
    // Another entry may ask for it as it is written.
    let is_read = |name: &String| files.iter().any(|file| file.label == *name);
    passed.retain(|(kind, name)| *kind != FindingKind::OtherCase || !is_read(name));
    Ok(Listed { files, passed })
}

/// How messages name the workbooks that [`may_be_returned`] finds.
const RETURNED: &str = "*quarantaine*";

/// What an owner gives back is looked for beside the files of a source, under the name that it was given or
/// what became of it: `Quarantaine_X.xlsx`, `Copie de quarantaine-x (1).xlsx`.
fn may_be_returned(path: &Path) -> bool {
    let name = fold(&label(path));
    let is_table = ["xlsx", "xlsm", "xlsb", "xls", "xml", "ods", "csv", "tsv"]
        .iter()
        .any(|ending| name.ends_with(&format!(" {ending}")));
    is_table && is_named(&name)
}

/// Whether a text names the quarantine.
pub(super) fn is_named(text: &str) -> bool {
    let text = fold(text);
    text.contains("quarantaine") || text.contains("quarantine")
}

/// What systems leave in folders.
const OF_SYSTEMS: [&str; 2] = ["thumbs.db", "desktop.ini"];
/// How the names of unfinished downloads end.
const UNFINISHED: [&str; 3] = [".part", ".partial", ".crdownload"];

/// Why a file of this name is nobody's data, when it is not.
fn no_data(name: &str) -> Option<FindingKind> {
    let name = name.to_lowercase();
    if name.starts_with("~$") || name.starts_with(".~lock.") {
        return Some(FindingKind::LockFile);
    }
    let is_foreign = name.starts_with('.')
        || OF_SYSTEMS.contains(&name.as_str())
        || UNFINISHED.iter().any(|ending| name.ends_with(*ending));
    is_foreign.then_some(FindingKind::ForeignFile)
}

/// How the names of tables end.
const TABLES: [&str; 11] =
    ["xlsx", "xlsm", "xlsb", "xls", "xml", "ods", "csv", "tsv", "txt", "json", "parquet"];

/// Whether somebody may take for a file what is none: a link whose target is gone, a pipe, or a folder with
/// the name of a table.
fn looks_like_a_file(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    !path.is_dir() || ending.is_some_and(|ending| TABLES.contains(&ending.as_str()))
}

/// What nobody reads, by its name.
type Passed = Vec<(FindingKind, String)>;

/// Paths that a glob finds, sorted, and what is passed over.
fn matches(source: &Source, folder: &Path, entry: &str) -> Result<(Vec<PathBuf>, Passed), IngestError> {
    let failed = |error: Unlisted| match error {
        Unlisted::Pattern(cause) => IngestError::settings(
            &source.name,
            format!("`{entry}` is not a pattern: {cause}"),
            "use `*`, `?`, `[abc]` and `**` only",
        ),
        Unlisted::Folder(cause) => {
            IngestError::Locked { place: Place::path(entry), cause: io::Error::from(cause.kind()) }
        }
    };
    let found = listing::found(folder, entry).map_err(failed)?;
    let mut nearly = listing::nearly(folder, entry).map_err(failed)?;
    nearly.retain(|path| path.is_file() && no_data(&label(path)).is_none());
    let mut passed: Passed = nearly.iter().map(|path| (FindingKind::OtherCase, label(path))).collect();
    let (mut paths, mut empty) = (Vec::new(), Vec::new());
    for path in found {
        let name = label(&path);
        if !path.is_file() {
            if no_data(&name).is_none() && looks_like_a_file(&path) {
                passed.push((FindingKind::NotAFile, name));
            }
            continue;
        }
        if let Some(kind) = no_data(&name) {
            passed.push((kind, name));
        } else if size(&path) == 0 {
            empty.push(path);
        } else {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        // That it is empty says more than that nothing is there.
        paths = empty;
    } else {
        passed.extend(empty.iter().map(|path| (FindingKind::EmptyFile, label(path))));
    }
    paths.sort();
    Ok((paths, passed))
}

/// One file named on the command line.
pub(super) fn single(path: &Path) -> File {
    let below = path.to_string_lossy().into_owned();
    File { path: path.to_owned(), place: Place::path(&below), label: label(path), below, returned: false }
}

/// When a file was last written to.
fn written(path: &Path) -> io::Result<SystemTime> {
    fs::metadata(path)?.modified()
}

fn size(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

fn label(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{list, may_be_returned, no_data};
    use crate::ingest::trial::source;
    use crate::model::FindingKind;

    #[test]
    fn a_returned_workbook_is_known_whatever_its_owner_made_of_its_name() {
        let is = |name: &str| may_be_returned(std::path::Path::new(name));
        for name in [
            "quarantaine.xlsx",
            "Quarantaine_X.xlsx",
            "Copie de quarantaine-nordet.xlsx",
            "quarantaine-x (1).XLSX",
            "RE quarantaine corrigée.ods",
            "quarantaine.xml",
            "quarantaine.csv",
            "quarantaine - visites.tsv",
        ] {
            assert!(is(name), "{name}");
        }
        assert!(!is("visites.xlsx") && !is("quarantaine xlsx.txt"));
    }

    #[test]
    fn files_that_are_nobodys_data_are_known_by_their_names() {
        for name in ["Thumbs.db", "DESKTOP.INI", ".DS_Store", ".gitkeep", "a.xlsx.part", "a.CRDOWNLOAD"] {
            assert_eq!(no_data(name), Some(FindingKind::ForeignFile), "{name}");
        }
        for name in ["~$a.xlsx", ".~lock.a.xlsx#"] {
            assert_eq!(no_data(name), Some(FindingKind::LockFile), "{name}");
        }
        assert!(["a.xlsx", "départ.csv", "part", "~a.csv"].iter().all(|name| no_data(name).is_none()));
    }

    #[test]
    fn what_is_no_file_is_told_and_a_name_of_any_bytes_is_read() {
        use std::os::unix::ffi::OsStrExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("a.xlsx"), "x").unwrap();
        let odd = std::ffi::OsStr::from_bytes(b"soci\xe9t\xe9.xlsx");
        std::fs::write(folder.path().join(odd), "x").unwrap();
        std::fs::create_dir(path("dossier.xlsx")).unwrap();
        std::fs::create_dir(path("archives")).unwrap();
        std::os::unix::fs::symlink("nowhere.xlsx", path("lien.xlsx")).unwrap();
        let listed = list(&source("files = [\"*\"]"), folder.path()).unwrap();
        assert_eq!(listed.files.len(), 2);
        let passed: Vec<(FindingKind, String)> = listed.passed.into_iter().collect();
        let told = ["dossier.xlsx", "lien.xlsx"].map(|name| (FindingKind::NotAFile, name.to_owned()));
        assert_eq!(passed, told);
        for entry in ["archives", "dossier.xlsx"] {
            let error = list(&source(&format!("files = [\"{entry}\"]")), folder.path()).unwrap_err();
            assert!(error.exit_code() == 65 && error.to_string().contains("no file"), "{error}");
        }
        std::fs::write(path("A.XLSX"), "x").unwrap();
        let listed = list(&source("files = [\"A*.xlsx\"]"), folder.path()).unwrap();
        let names: Vec<&str> = listed.files.iter().map(|file| file.label.as_str()).collect();
        assert_eq!(names, ["A.XLSX"]);
        let other = (FindingKind::OtherCase, "a.xlsx".to_owned());
        assert!(listed.passed.contains(&other), "{:?}", listed.passed);
        let missing = list(&source("files = [\"lien.xlsx\"]"), folder.path()).unwrap_err();
        assert!(missing.to_string().contains("is not there"), "{missing}");
    }

    #[test]
    fn of_workbooks_that_were_given_back_the_newest_is_read_last() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, seconds: u64| {
            let path = folder.path().join(name);
            std::fs::write(&path, "x").unwrap();
            let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
            std::fs::File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
        };
        write("quarantaine.xlsx", 100);
        write("quarantaine (1).xlsx", 200);
        write("Quarantaine b.xlsx", 100);
        write("a.xlsx", 900);
        std::fs::write(folder.path().join("vide.xlsx"), "").unwrap();
        std::fs::write(folder.path().join("quarantaine vide.xlsx"), "").unwrap();
        for (pattern, told) in [("*", 2), ("a.xlsx", 1)] {
            let listed = list(&source(&format!("files = [\"{pattern}\"]")), folder.path()).unwrap();
            let names: Vec<&str> = listed.files.iter().map(|file| file.label.as_str()).collect();
            let expected = ["a.xlsx", "Quarantaine b.xlsx", "quarantaine.xlsx", "quarantaine (1).xlsx"];
            assert_eq!(names, expected, "{pattern}");
            assert_eq!(listed.passed.len(), told, "{pattern}");
        }
    }

    #[test]
    fn what_was_given_back_is_found_in_every_folder_of_a_pattern() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["nord/visites.xlsx", "sud/visites.xlsx", "sud/quarantaine.csv", "sud/autre.csv"] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        }
        for pattern in ["*/visites.xlsx", "**/*.xlsx"] {
            let listed = list(&source(&format!("files = [\"{pattern}\"]")), folder.path()).unwrap();
            assert!(listed.files[2].returned && listed.files[2].label == "quarantaine.csv", "{pattern}");
        }
    }
}
