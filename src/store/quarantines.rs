//! Workbooks of refused rows: that of everybody, and one for each company.

use super::{State, StateFile, StoreError, io_error, path, sha256, write_atomic};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

/// The folder of the companies' workbooks.
const FOLDER: &str = "quarantaine";

/// Characters of a company's name that a file name takes.
const LONGEST_NAME: usize = 48;

/// A name as a part of a file name: letters, digits, and `_` for each run of anything else.
fn file_name(name: &str) -> String {
    let mut clean = String::new();
    for character in name.chars().take(LONGEST_NAME) {
        if character.is_alphanumeric() {
            clean.push(character);
        } else if !clean.is_empty() && !clean.ends_with('_') {
            clean.push('_');
        }
    }
    clean.trim_end_matches('_').to_owned()
}

/// Whether a file of that folder is one of ours, or has the name of one.
fn is_one(name: &str) -> bool {
    let name = name.to_lowercase();
    let is_workbook = Path::new(&name).extension().is_some_and(|ending| ending == "xlsx");
    name.starts_with("quarantaine-") && is_workbook
}

impl State {
    /// Keeps one workbook of refused rows for each company (mode 0600, in a folder of mode 0700), and
    /// lets those of earlier runs go. The names are free: what no file name can hold is left out.
    ///
    /// # Errors
    /// When the folder cannot be written or is full.
    pub fn keep_quarantines(&self, owners: &[(String, Vec<u8>)]) -> Result<(), StoreError> {
        let folder = self.folder.join(FOLDER);
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)
            .map_err(|cause| io_error(&folder, cause))?;
        let mut kept = BTreeSet::new();
        for (owner, workbook) in owners {
            let clean = file_name(owner);
            let numbered = (2..).map(|number| format!("quarantaine-{clean}-{number}.xlsx"));
            let mut names = std::iter::once(format!("quarantaine-{clean}.xlsx")).chain(numbered);
            // Some file systems take two names that differ by case for one.
            let Some(name) = names.find(|name| kept.insert(name.to_lowercase())) else { continue };
            let path = folder.join(&name);
            write_atomic(&path, workbook, 0o600).map_err(|cause| io_error(&path, cause))?;
        }
        let failed = |cause| io_error(&folder, cause);
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name().to_string_lossy().to_lowercase();
            if is_one(&name) && !kept.contains(&name) {
                fs::remove_file(entry.path()).map_err(failed)?;
            }
        }
        let workbooks = self.quarantines().map_err(failed)?;
        let sums: String =
            workbooks.iter().map(|(name, bytes)| format!("{}  {name}\n", sha256(bytes))).collect();
        self.write(StateFile::QuarantineSums, sums.as_bytes())
    }

    /// Those that somebody saved where they were written, by their paths in the state folder: the next ones
    /// take their places.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn changed_quarantines(&self) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let Ok(sums) = fs::read_to_string(path(&self.folder, StateFile::QuarantineSums)) else {
            return Ok(Vec::new());
        };
        let written: BTreeMap<&str, &str> =
            sums.lines().filter_map(|line| line.split_once("  ")).map(|(sum, name)| (name, sum)).collect();
        let there = self.quarantines().map_err(|cause| io_error(&self.folder, cause))?;
        let is_ours = |(name, bytes): &(String, Vec<u8>)| {
            written.get(name.as_str()).is_some_and(|sum| *sum == sha256(bytes))
        };
        Ok(there.into_iter().filter(|workbook| !is_ours(workbook)).collect())
    }

    /// All of them, by path.
    fn quarantines(&self) -> io::Result<Vec<(String, Vec<u8>)>> {
        let mut found = Vec::new();
        let common = path(&self.folder, StateFile::Quarantine);
        if common.is_file() {
            found.push((StateFile::Quarantine.name().to_owned(), fs::read(common)?));
        }
        let folder = self.folder.join(FOLDER);
        if folder.is_dir() {
            for entry in fs::read_dir(&folder)? {
                let entry = entry?;
                let name = entry.file_name().to_string_lossy().into_owned();
                if is_one(&name) && entry.path().is_file() {
                    found.push((format!("{FOLDER}/{name}"), fs::read(entry.path())?));
                }
            }
        }
        found.sort();
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{State, StateFile};
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn each_company_has_a_private_workbook_of_its_own_until_its_rows_are_mended() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::open(&folder.path().join("state"), &folder.path().join("published")).unwrap();
        let owners = ["Scierie « Canari » / Nord inc.", "../../Canari", "scierie canari nord inc", "«»"];
        let owners: Vec<(String, Vec<u8>)> =
            (1..).zip(owners).map(|(content, owner)| (owner.to_owned(), vec![content])).collect();
        state.keep_quarantines(&owners).unwrap();
        let inside = folder.path().join("state/quarantaine");
        let names = || {
            let entries = fs::read_dir(&inside).unwrap().map(|entry| entry.unwrap().file_name());
            let mut names: Vec<String> = entries.map(|name| name.into_string().unwrap()).collect();
            names.sort();
            names
        };
        let expected = [
            "quarantaine-.xlsx",
            "quarantaine-Canari.xlsx",
            "quarantaine-Scierie_Canari_Nord_inc.xlsx",
            "quarantaine-scierie_canari_nord_inc-2.xlsx",
        ];
        assert_eq!(names(), expected);
        let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&inside), mode(&inside.join("quarantaine-Canari.xlsx"))), (0o700, 0o600));
        state.keep_quarantines(&owners[1..2]).unwrap();
        assert_eq!(names(), ["quarantaine-Canari.xlsx"]);
        assert_eq!(fs::read(inside.join("quarantaine-Canari.xlsx")).unwrap(), [2]);
    }

    #[test]
    fn what_was_saved_among_them_is_found_before_it_goes() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::open(&folder.path().join("state"), &folder.path().join("published")).unwrap();
        state.write(StateFile::Quarantine, b"all").unwrap();
        assert!(state.changed_quarantines().unwrap().is_empty());
        state.keep_quarantines(&[("Canari".to_owned(), vec![1])]).unwrap();
        assert!(state.changed_quarantines().unwrap().is_empty());
        let inside = folder.path().join("state/quarantaine");
        fs::write(inside.join("quarantaine-Canari (2).xlsx"), [2]).unwrap();
        fs::write(inside.join("notes.xlsx"), [3]).unwrap();
        fs::write(state.path(StateFile::Quarantine), b"mended").unwrap();
        let changed = state.changed_quarantines().unwrap();
        let names: Vec<&str> = changed.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["quarantaine.xlsx", "quarantaine/quarantaine-Canari (2).xlsx"]);
        assert_eq!(changed[0].1, b"mended");
    }
}
