//! Is a release what was published?

use super::error::refused;
use super::stage::CHECKSUMS;
use super::{PublishError, hold};
use crate::store::sha256;
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::Path;

/// Something that is wrong with a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file or folder, inside the published folder.
    pub path: String,
    /// What is wrong with it.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}` {}", self.path, self.what)
    }
}

/// SHA-256 of the list of checksums of each release at its publication, by release; kept
/// elsewhere, for whoever changes a release can change its list too.
pub type Recorded = BTreeMap<String, String>;

/// SHA-256 of the list of checksums of a release on disk.
///
/// # Errors
/// When it cannot be read.
pub fn checksums(published: &Path, id: &str) -> Result<String, PublishError> {
    let path = hold::release(published, id).join(CHECKSUMS);
    fs::read(&path).map(|list| sha256(&list)).map_err(refused(&path))
}

/// Checks one release, or every release and `current`; returns what was checked and what is wrong.
///
/// # Errors
/// When there is no such release, or the folder cannot be read.
pub fn verify(
    published: &Path,
    id: Option<&str>,
    recorded: &Recorded,
) -> Result<(Vec<String>, Vec<Problem>), PublishError> {
    let mut releases = hold::list(published)?;
    let mut problems = Vec::new();
    if let Some(id) = id {
        releases.retain(|release| release == id);
        if releases.is_empty() {
            let path = published.display().to_string();
            return Err(PublishError::Unknown { release: id.to_owned(), path });
        }
    } else {
        problems.extend(pointer(published, &releases));
    }
    for id in &releases {
        if !is_id(id) {
            problems.push(problem(id, "has no name of a release: a date and 12 hexadecimal digits"));
        }
        let found = release(&hold::release(published, id), recorded.get(id));
        problems
            .extend(found.into_iter().map(|found| Problem { path: format!("{id}/{}", found.path), ..found }));
    }
    Ok((releases, problems))
}

fn pointer(published: &Path, releases: &[String]) -> Option<Problem> {
    match hold::current(published) {
        Ok(Some(id)) if releases.contains(&id) => None,
        Ok(Some(id)) => {
            Some(problem("current", &format!("points at the release `{id}`, which is not there")))
        }
        Ok(None) => Some(problem("current", "is not there: nothing was published")),
        Err(_) => Some(problem("current", "is not a link to one of the releases")),
    }
}

/// Checks the files of a release against its list of checksums, both ways, and the list against
/// its own checksum where that was recorded.
pub(super) fn release(folder: &Path, recorded: Option<&String>) -> Vec<Problem> {
    let list = match fs::read_to_string(folder.join(CHECKSUMS)) {
        Ok(list) => list,
        Err(cause) => return vec![problem(CHECKSUMS, &format!("cannot be read: {cause}"))],
    };
    let mut sums = BTreeMap::new();
    let mut problems = Vec::new();
    if recorded.is_some_and(|recorded| *recorded != sha256(list.as_bytes())) {
        problems.push(problem(CHECKSUMS, "is not the list of the publication, as the ledger recorded it"));
    }
    for (line, text) in (1..).zip(list.lines()) {
        match text.split_once("  ") {
            Some((sum, path)) if sum.len() == 64 => {
                sums.insert(path.to_owned(), sum);
            }
            _ => problems.push(problem(CHECKSUMS, &format!("cannot be understood at line {line}"))),
        }
    }
    let mut found = Vec::new();
    if let Err(cause) = walk(folder, "", &mut found) {
        problems.push(problem("", &format!("cannot be read: {cause}")));
    }
    for (path, kind) in &found {
        match kind {
            Kind::EmptyFolder => problems.push(problem(path, "is an empty folder that no publication made")),
            Kind::Other => problems.push(problem(path, "is neither a file nor a folder")),
            Kind::File if path != CHECKSUMS && !sums.contains_key(path) => {
                problems.push(problem(path, "is not in the list of checksums"));
            }
            Kind::File => {}
        }
    }
    for (path, sum) in sums {
        if !found.contains(&(path.clone(), Kind::File)) {
            problems.push(problem(&path, "is missing"));
            continue;
        }
        match fs::read(folder.join(&path)) {
            Ok(bytes) if sha256(&bytes) == sum => {}
            Ok(_) => problems.push(problem(&path, "does not have the checksum of its publication")),
            Err(cause) => problems.push(problem(&path, &format!("cannot be read: {cause}"))),
        }
    }
    problems
}

/// The first difference between two lists of checksums.
pub(super) fn compare(release: &Path, staging: &Path) -> Option<String> {
    let list = |folder: &Path| fs::read(folder.join(CHECKSUMS)).ok();
    (list(release) != list(staging)).then(|| format!("`{CHECKSUMS}` lists other files or other checksums"))
}

#[derive(PartialEq, Eq)]
enum Kind {
    File,
    EmptyFolder,
    Other,
}

fn walk(folder: &Path, prefix: &str, found: &mut Vec<(String, Kind)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            let before = found.len();
            walk(&entry.path(), &format!("{path}/"), found)?;
            if found.len() == before {
                found.push((path, Kind::EmptyFolder));
            }
        } else {
            found.push((path, if kind.is_file() { Kind::File } else { Kind::Other }));
        }
    }
    found.sort_by(|left, right| left.0.cmp(&right.0));
    Ok(())
}

fn is_id(id: &str) -> bool {
    let Some((date, digest)) = id.rsplit_once('-') else { return false };
    date.parse::<chrono::NaiveDate>().is_ok()
        && digest.len() == 12
        && digest.bytes().all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase())
}

fn problem(path: &str, what: &str) -> Problem {
    Problem { path: path.to_owned(), what: what.to_owned() }
}
