//! `maillage protect`: the disclosure engine alone.

use crate::disclosure::standalone::{self, Rows, StandaloneError};
use crate::error::{Exit, Failure};
use crate::store;
use std::fs;
use std::path::{Path, PathBuf};

/// Flags of the verb.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Table of records or cells, CSV or Parquet
    pub table: PathBuf,
    /// Policy, confidential
    #[arg(long)]
    pub policy: PathBuf,
    /// Folder for cells.csv, cells.parquet and the private files
    #[arg(long)]
    pub output: PathBuf,
}

/// Protects the tables of a policy and says what came of it.
#[must_use]
pub fn protect(arguments: &Arguments) -> Exit {
    match run(arguments) {
        Ok((counts, rounded)) => {
            for (table, cells, primary, complementary) in counts {
                println!(
                    "{table}: {cells} cellules / cells, {primary} primaires / primary, {complementary} complémentaires / complementary"
                );
            }
            if rounded > 0 {
                println!(
                    "{rounded} montants arrondis aux décimales déclarées / amounts rounded to the declared `decimals`"
                );
            }
            println!("écrit dans / written to: {}", arguments.output.display());
            println!(
                "à publier / to publish: cells.csv, cells.parquet; le reste est confidentiel / the rest is confidential"
            );
            Exit::Done
        }
        Err(failure) => {
            eprintln!("{}", failure.message);
            failure.exit
        }
    }
}

/// Cells, primary and complementary suppressions of each table, and the amounts that were rounded.
type Counts = (Vec<(String, usize, usize, usize)>, usize);

fn run(arguments: &Arguments) -> Result<Counts, Failure> {
    let text = read(&arguments.policy).map(String::from_utf8)?.map_err(|_| {
        Failure::message(
            Exit::Settings,
            format!("the policy `{}` is not UTF-8\nhelp: save it as UTF-8", arguments.policy.display()),
        )
    })?;
    let policy =
        standalone::parse(&arguments.policy.display().to_string(), &text).map_err(|error| failure(&error))?;
    let beside = arguments.policy.parent().unwrap_or(Path::new("."));
    let named = policy.files().into_iter().map(|file| beside.join(file));
    let mut files: Vec<(String, Rows)> = Vec::new();
    for path in std::iter::once(arguments.table.clone()).chain(named) {
        let name = real(&path);
        if files.iter().all(|(known, _)| *known != name) {
            let rows = Rows::read(&path.display().to_string(), &read(&path)?);
            files.push((name, rows.map_err(|error| failure(&error))?));
        }
    }
    let located = policy.clone().with_files(|file| real(&beside.join(file)));
    let outcome = standalone::run(&located, &files).map_err(|error| failure(&error))?;
    keep_inputs(
        arguments,
        beside,
        &policy,
        outcome.public.iter().chain(&outcome.private).map(|(name, _)| *name),
    )?;
    let write = |name: &str, bytes: &[u8], mode: u32| {
        let path = arguments.output.join(name);
        store::write_atomic(&path, bytes, mode)
            .map_err(|cause| unusable(&path, &cause, "check the permissions and the free space there"))
    };
    fs::create_dir_all(&arguments.output)
        .map_err(|cause| unusable(&arguments.output, &cause, "choose a folder that can be written"))?;
    // First the proof, then what it proves. Certificate and explanations hold amounts: for their owner only.
    for (name, bytes) in &outcome.private {
        write(name, bytes, 0o600)?;
    }
    for (name, bytes) in &outcome.public {
        write(name, bytes, 0o644)?;
    }
    Ok((outcome.counts, outcome.rounded))
}

/// Refuses to write over anything that was read, but for the last release, in whose place the new one comes.
fn keep_inputs<'a>(
    arguments: &Arguments,
    beside: &Path,
    policy: &standalone::Policy,
    mut written: impl Iterator<Item = &'a str>,
) -> Result<(), Failure> {
    let named: Vec<PathBuf> = policy.inputs().iter().map(|file| beside.join(file)).collect();
    let last = policy.previous.as_ref().map(|file| beside.join(file));
    written.try_for_each(|name| {
        let mut inputs: Vec<&Path> = vec![arguments.table.as_path(), arguments.policy.as_path()];
        inputs.extend(named.iter().map(PathBuf::as_path));
        inputs.extend(last.as_deref().filter(|_| name != "cells.csv"));
        super::files::refuse_overwrite(&arguments.output.join(name), "--output", &inputs)
    })
}

/// One name for each file: one text may name two, beside the policy and where the command is given, and one file
/// may have several names.
fn real(path: &Path) -> String {
    path.canonicalize().unwrap_or_else(|_| path.to_owned()).display().to_string()
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|cause| {
        let failure = unusable(path, &cause, "check the path and its permissions");
        Failure { exit: Exit::Unreadable, ..failure }
    })
}

fn unusable(path: &Path, cause: &std::io::Error, repair: &str) -> Failure {
    Failure::message(Exit::Failed, format!("`{}` could not be used: {cause}\nhelp: {repair}", path.display()))
}

fn failure(error: &StandaloneError) -> Failure {
    let exit = match error {
        StandaloneError::Policy { .. } => Exit::Settings,
        StandaloneError::Input { .. } => Exit::Unreadable,
        StandaloneError::Disclosure(_) | StandaloneError::Bounded(_) | StandaloneError::Hemmed { .. } => {
            Exit::Failed
        }
    };
    Failure::new(exit, error)
}

#[cfg(test)]
mod tests {
    use super::{Arguments, run};
    use std::fs;

    #[test]
    fn nothing_is_public_without_its_proof() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("t.csv"), "a,h,v\nx,1,10\nx,2,11\nx,3,9\nx,4,9\n").unwrap();
        let policy = "value = \"v\"\nholding = \"h\"\n[rules]\np_percent = 15\n[[tables]]\nname = \"t\"\ndimensions = [\"a\"]\n";
        fs::write(at("policy.toml"), policy).unwrap();
        // No file takes the place of a folder.
        fs::create_dir_all(at("out/certificate.json")).unwrap();
        let arguments = Arguments { table: at("t.csv"), policy: at("policy.toml"), output: at("out") };
        assert!(run(&arguments).unwrap_err().message.contains("certificate.json"));
        assert!(!at("out/cells.csv").exists() && !at("out/cells.parquet").exists());
    }

    #[test]
    fn no_input_is_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let rows = "a,h,v\nx,1,10\nx,2,11\nx,3,9\nx,4,9\n";
        let last = "table,a,value,statut\nt,x,39,publie\n";
        let head = "value = \"v\"\nholding = \"h\"\n";
        let rest = "[rules]\nminimum_contributors = 3\np_percent = 15\n[[tables]]\nname = \"t\"\ndimensions = [\"a\"]\n";
        fs::write(at("t.csv"), rows).unwrap();
        let protect = |policy: &str, cells: &str| {
            fs::write(at("policy.toml"), policy).unwrap();
            fs::write(at("cells.csv"), cells).unwrap();
            run(&Arguments {
                table: at("t.csv"),
                policy: at("policy.toml"),
                output: folder.path().to_owned(),
            })
        };
        let policy = format!("{head}{rest}file = \"cells.csv\"\n");
        let refused = protect(&policy, rows).unwrap_err().message;
        assert!(refused.contains("cells.csv` is read by this command"), "{refused}");
        assert_eq!(fs::read_to_string(at("cells.csv")).unwrap(), rows);
        // The last release makes room for the next one.
        assert!(protect(&format!("previous = \"cells.csv\"\n{head}{rest}"), last).is_ok());
        let hierarchy =
            "previous = \"cells.csv\"\n".to_owned() + head + "[hierarchies]\na = \"cells.csv\"\n" + rest;
        assert!(protect(&hierarchy, "code,parent,table,a,statut\nx,,t,x,publie\n").is_err());
    }
}
