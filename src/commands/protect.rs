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
    let named = policy.files().into_iter().map(|file| (beside.join(&file), file));
    let first = (arguments.table.clone(), arguments.table.display().to_string());
    let mut files = Vec::new();
    for (path, name) in std::iter::once(first).chain(named) {
        let rows = Rows::read(&name, &read(&path)?).map_err(|error| failure(&error))?;
        files.push((name, rows));
    }
    let outcome = standalone::run(&policy, &files).map_err(|error| failure(&error))?;
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
    for (name, bytes) in &outcome.public {
        write(name, bytes, 0o644)?;
    }
    // Certificate and explanations hold amounts: for their owner only.
    for (name, bytes) in &outcome.private {
        write(name, bytes, 0o600)?;
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
        super::files::refuse_overwrite(&arguments.output.join(name), &inputs)
    })
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
        StandaloneError::Disclosure(_) | StandaloneError::Bounded(_) => Exit::Failed,
    };
    Failure::new(exit, error)
}

#[cfg(test)]
mod tests {
    use super::{Arguments, run};
    use std::fs;

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
