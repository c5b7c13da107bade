//! The files that a command is given: they are there, and what is read is not written over.

use crate::error::{Exit, Failure};
use std::path::{Path, PathBuf};

/// Refuses an input that is no file, and says where its path was given.
pub(super) fn must_be_there(path: &Path, given_as: &str) -> Result<(), Failure> {
    let what = match path.metadata() {
        Ok(known) if known.is_dir() => "is a folder".to_owned(),
        Ok(_) => return Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => "is not there".to_owned(),
        Err(error) => format!("cannot be read: {error}"),
    };
    let message = format!("`{}` {what}\nhelp: give {given_as} the path of a file", path.display());
    Err(Failure::message(Exit::Unreadable, message))
}

/// Refuses to write a file that the same command reads, under whatever name, and says where its path was given.
pub(super) fn refuse_overwrite(output: &Path, given_as: &str, inputs: &[&Path]) -> Result<(), Failure> {
    let Ok(written) = output.canonicalize() else { return Ok(()) };
    if inputs.iter().all(|input| input.canonicalize().ok().as_ref() != Some(&written)) {
        return Ok(());
    }
    Err(Failure::message(
        Exit::Usage,
        format!(
            "`{}` is read by this command, and would be written over\nhelp: choose another place for {given_as}",
            output.display()
        ),
    ))
}

/// A path that does not hang on the working folder.
pub(super) fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// What came of a file that could not be written.
pub(super) fn not_written(path: &Path, error: &std::io::Error) -> Failure {
    let message =
        format!("`{}` cannot be written: {error}\nhelp: choose another place for --output", path.display());
    Failure::message(Exit::Failed, message)
}

/// Whether two paths lead to one file, which need not be there yet.
pub(super) fn are_one(one: &Path, other: &Path) -> bool {
    let place = |path: &Path| {
        let path = absolute(path);
        let beside = || Some(path.parent()?.canonicalize().ok()?.join(path.file_name()?));
        path.canonicalize().ok().or_else(beside)
    };
    let one = place(one);
    one.is_some() && one == place(other)
}

/// Refuses a place in a folder that is not there, and says where its path was given.
pub(super) fn must_have_folder(output: &Path, given_as: &str) -> Result<(), Failure> {
    let folder = output.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if folder.is_dir() {
        return Ok(());
    }
    let shown = folder.display();
    let (what, repair) = if folder.exists() {
        ("is no folder", format!("choose another place for {given_as}"))
    } else {
        ("is not there", format!("make it (`mkdir -p '{shown}'`), or choose another place for {given_as}"))
    };
    let message = format!("`{}` cannot be written: `{shown}` {what}\nhelp: {repair}", output.display());
    Err(Failure::message(Exit::Usage, message))
}

#[cfg(test)]
mod tests {
    use super::{Path, are_one, must_be_there, must_have_folder, refuse_overwrite};

    #[test]
    fn a_folder_that_is_not_there_is_named_with_what_makes_it() {
        let folder = tempfile::tempdir().unwrap();
        let said = |path: &std::path::Path| must_have_folder(path, "--output").unwrap_err().message;
        let lost = said(&folder.path().join("a/b/x.csv"));
        assert!(lost.contains("a/b` is not there\nhelp: make it (`mkdir -p '"), "{lost}");
        let file = folder.path().join("a.csv");
        std::fs::write(&file, "a").unwrap();
        assert!(said(&file.join("x.csv")).contains("a.csv` is no folder"));
        let usable = |path: &std::path::Path| must_have_folder(path, "--output").is_ok();
        assert!(usable(&file) && usable(std::path::Path::new("x.csv")));
    }

    #[test]
    fn what_is_not_there_or_is_a_folder_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let said = |path: &std::path::Path| must_be_there(path, "--offers").unwrap_err().message;
        assert!(said(folder.path()).contains("is a folder\nhelp: give --offers"));
        let file = folder.path().join("a.csv");
        assert!(said(&file).contains("is not there"));
        std::fs::write(&file, "a").unwrap();
        assert!(must_be_there(&file, "--offers").is_ok());
    }

    #[test]
    fn a_file_is_known_under_another_name() {
        let folder = tempfile::tempdir().unwrap();
        let [file, other, link] = ["a.csv", "b.csv", "c.csv"].map(|name| folder.path().join(name));
        std::fs::write(&file, "a").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        let refused = |output: &Path| refuse_overwrite(output, "--output", &[&other, &file]).is_err();
        assert!(refuse_overwrite(&other, "--output", &[&file]).is_ok());
        assert!(are_one(&other, &folder.path().join("./b.csv")) && !are_one(&other, &file));
        std::fs::write(&other, "b").unwrap();
        assert!(refuse_overwrite(&other, "--output", &[&file]).is_ok());
        for output in [&file, &link, &folder.path().join("./a.csv")] {
            assert!(refused(output) && are_one(output, &file), "{}", output.display());
        }
    }
}
