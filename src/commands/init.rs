//! `maillage init`: a new pipeline folder that works at once.

use crate::config::SAMPLE;
use crate::error::Exit;
use crate::model::fold;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Writes the pilot into a new or empty folder and prints what to type next.
#[must_use]
pub fn init(folder: &Path) -> Exit {
    match is_free(folder) {
        Ok(true) => {}
        Ok(false) => {
            eprintln!(
                "« {shown} » existe et n’est pas un dossier vide : rien n’est écrit.\n\
                 `{shown}` exists and is not an empty folder: nothing is written.\n\
                 help: choisir un autre dossier, par exemple `maillage init mon-reseau` / choose another folder",
                shown = folder.display()
            );
            return Exit::Usage;
        }
        Err(cause) => return failed(folder, &cause),
    }
    let mut written = Vec::new();
    let name = name(folder);
    for (path, bytes) in SAMPLE {
        let file = folder.join(path);
        let own = (*path == "pipeline.toml").then(|| named(bytes, &name));
        if let Err(cause) = write(&file, own.as_deref().unwrap_or(bytes), &mut written) {
            for file in written {
                // What cannot be removed either is named by the message's folder.
                let _removed = fs::remove_file(file);
            }
            return failed(&file, &cause);
        }
    }
    let (shown, typed) = (folder.display(), quoted(folder));
    println!(
        "« {shown} » : un pipeline complet avec des données SYNTHÉTIQUES ({count} fichiers).\n\
         Vérifier :  maillage check {typed}\n\
         Publier :   maillage run {typed}\n\n\
         “{shown}”: a whole pipeline with SYNTHETIC data ({count} files).\n\
         Validate:  maillage check {typed}\n\
         Publish:   maillage run {typed}",
        count = SAMPLE.len(),
    );
    Exit::Done
}

/// Name of the pipeline: the folder's, so that two pipelines share no state.
fn name(folder: &Path) -> String {
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let name = folder.file_name().map(|name| fold(&name.to_string_lossy())).unwrap_or_default();
    let words: Vec<&str> = name.split(|letter: char| !letter.is_ascii_alphanumeric()).collect();
    let slug = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-");
    if slug.is_empty() { "mon-reseau".to_owned() } else { slug }
}

/// The settings under another name.
fn named(settings: &[u8], name: &str) -> Vec<u8> {
    String::from_utf8_lossy(settings)
        .replacen("\nname = \"capitale-nationale\"\n", &format!("\nname = \"{name}\"\n"), 1)
        .into_bytes()
}

/// Whether the folder is absent or holds nothing.
fn is_free(folder: &Path) -> io::Result<bool> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(cause) if cause.kind() == io::ErrorKind::NotADirectory => Ok(false),
        Err(cause) => Err(cause),
    }
}

/// Never replaces a file: one that appeared meanwhile is somebody's.
fn write(file: &Path, bytes: &[u8], written: &mut Vec<PathBuf>) -> io::Result<()> {
    if let Some(parent) = file.parent() {
        fs::create_dir_all(parent)?;
    }
    let mut target = fs::File::create_new(file)?;
    written.push(file.to_owned());
    target.write_all(bytes)
}

fn failed(path: &Path, cause: &io::Error) -> Exit {
    eprintln!(
        "`{}` ne peut pas être écrit / could not be written: {cause}\n\
         help: vérifier les permissions et l’espace libre / check the permissions and the free space there",
        path.display()
    );
    Exit::Failed
}

/// The path as a shell takes it.
fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    let plain = |character: char| character.is_alphanumeric() || "/._-".contains(character);
    if path.chars().all(plain) { path } else { format!("'{}'", path.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::{name, named, quoted};
    use crate::config::SAMPLE;
    use std::path::Path;

    #[test]
    fn a_pipeline_is_named_after_its_folder() {
        for (folder, slug) in
            [("alpha-net", "alpha-net"), ("a/Réseau d'Été 2", "reseau-d-ete-2"), ("x/☃", "mon-reseau")]
        {
            assert_eq!(name(Path::new(folder)), slug);
        }
        let (_, settings) = SAMPLE.iter().find(|(path, _)| *path == "pipeline.toml").unwrap();
        let settings = String::from_utf8(named(settings, "alpha-net")).unwrap();
        assert_eq!(settings.matches("name = \"alpha-net\"").count(), 1);
        assert!(settings.contains("\n[[sources]]\nname = \"ateliers\""), "{settings}");
    }

    #[test]
    fn the_next_command_can_be_pasted_into_a_shell() {
        assert_eq!(quoted(Path::new("réseau/pilote")), "réseau/pilote");
        assert_eq!(quoted(Path::new("l'essai 2")), "'l'\\''essai 2'");
    }
}
