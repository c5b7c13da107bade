//! What is read is not written over.

use crate::error::{Exit, Failure};
use std::path::Path;

/// Refuses to write a file that the same command reads, under whatever name.
pub(super) fn refuse(output: &Path, inputs: &[&Path]) -> Result<(), Failure> {
    let Ok(written) = output.canonicalize() else { return Ok(()) };
    if inputs.iter().all(|input| input.canonicalize().ok().as_ref() != Some(&written)) {
        return Ok(());
    }
    Err(Failure::message(
        Exit::Usage,
        format!(
            "`{}` is read by this command, and would be written over\nhelp: choose another place for --output",
            output.display()
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::refuse;

    #[test]
    fn a_file_is_known_under_another_name() {
        let folder = tempfile::tempdir().unwrap();
        let [file, other, link] = ["a.csv", "b.csv", "c.csv"].map(|name| folder.path().join(name));
        std::fs::write(&file, "a").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert!(refuse(&other, &[&file]).is_ok());
        std::fs::write(&other, "b").unwrap();
        assert!(refuse(&other, &[&file]).is_ok());
        for output in [&file, &link, &folder.path().join("./a.csv")] {
            assert!(refuse(output, &[&other, &file]).is_err(), "{}", output.display());
        }
    }
}
