//! Files and folders of work that a killed run left behind.

use std::fs;
use std::io;
use std::path::Path;

/// How `tempfile` names what it makes: this, and so many letters and digits.
const PREFIX: &str = ".tmp";
const DRAWN: usize = 6;

/// Removes them, wherever they lie in the folder. Only for who holds it: nobody else is writing there.
///
/// # Errors
/// When the folder cannot be read, or something in it cannot be removed.
pub(super) fn remove(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let is_left = entry.file_name().to_str().is_some_and(is_unfinished);
        match (is_left, entry.file_type()?.is_dir()) {
            (true, true) => fs::remove_dir_all(entry.path())?,
            (true, false) => fs::remove_file(entry.path())?,
            (false, true) => remove(&entry.path())?,
            (false, false) => {}
        }
    }
    Ok(())
}

fn is_unfinished(name: &str) -> bool {
    name.strip_prefix(PREFIX)
        .is_some_and(|drawn| drawn.len() == DRAWN && drawn.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::super::{State, StateFile};
    use std::fs;

    #[test]
    fn what_a_killed_run_left_unfinished_goes_at_the_next_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let (home, published) = (folder.path().join("state"), folder.path().join("published"));
        let state = State::open(&home, &published).unwrap();
        state.write(StateFile::Findings, b"{}").unwrap();
        state.keep_certificate("a", b"{}").unwrap();
        // As a run leaves them that is killed in the middle of a file, and of a search.
        let (_, half) = tempfile::NamedTempFile::new_in(&home).unwrap().keep().unwrap();
        let (_, deep) = tempfile::NamedTempFile::new_in(home.join("certificats")).unwrap().keep().unwrap();
        let work = tempfile::tempdir_in(&home).unwrap().keep();
        fs::write(work.join("part.parquet"), "x").unwrap();
        let own = home.join(".tmp-notes");
        fs::write(&own, "x").unwrap();
        drop(state);
        let state = State::open(&home, &published).unwrap();
        assert!(!half.exists() && !deep.exists() && !work.exists());
        assert!(own.exists() && state.path(StateFile::Findings).exists());
        assert!(home.join("certificats/a.json").exists());
    }
}
