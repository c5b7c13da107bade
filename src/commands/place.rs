//! Which state folder and which published folder a verb is about.

use crate::config;
use crate::error::{Exit, Failure};
use crate::ledger::{self, Ledger};
use crate::pipeline::default_state;
use crate::publish;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Where a pipeline keeps its state when nothing else is said, seen from the working folder.
const USUAL: [&str; 2] = ["pipelines/.maillage", ".maillage"];

/// Flags shared by the verbs that look at the past.
#[derive(Debug, clap::Args)]
pub struct Place {
    /// Folder or name of the pipeline (default: the only one that has run)
    pub pipeline: Option<PathBuf>,
    /// State folder, confidential (default: .maillage/NAME beside the pipeline folder)
    #[arg(long)]
    pub state: Option<PathBuf>,
    /// Folder of the releases
    #[arg(long, default_value = "published")]
    pub published: PathBuf,
    /// Print as JSON
    #[arg(long)]
    pub json: bool,
}

impl Place {
    /// The state folder, and its ledger.
    pub(super) fn ledger(&self) -> Result<(PathBuf, Ledger), Failure> {
        let state = self.state_folder()?;
        state.join(ledger::FILE).try_exists().map_err(|error| closed(&state, &error))?;
        match Ledger::existing(&state) {
            Ok(Some(ledger)) => Ok((state, ledger)),
            Ok(None) => Err(usage(format!(
                "nothing has run with the state folder `{}`\nhelp: `maillage run PIPELINE`, or give another `--state`",
                state.display()
            ))),
            Err(error) => Err(Failure::new(Exit::Failed, &error)),
        }
    }

    /// The state folder when its ledger is gone: the one that is named, or that of the pipeline which owns the
    /// published folder, where it is there.
    pub(super) fn without_ledger(&self) -> Option<PathBuf> {
        let is_named = |owner: &String| {
            let named = self.pipeline.as_ref();
            named.is_none_or(|named| named.file_name() == Some(OsStr::new(owner)))
        };
        let of_owner = || {
            let owner = publish::owner(&self.published).filter(is_named)?;
            USUAL.iter().map(|folder| Path::new(folder).join(&owner)).find(|state| state.is_dir())
        };
        let state = self.state_folder().ok().or_else(of_owner)?;
        (!state.join(ledger::FILE).exists()).then_some(state)
    }

    /// The state folder.
    pub(super) fn state_folder(&self) -> Result<PathBuf, Failure> {
        if let Some(state) = &self.state {
            return Ok(state.clone());
        }
        let found = usual()?;
        let Some(pipeline) = &self.pipeline else {
            let owner = publish::owner(&self.published);
            let own = found.iter().find(|state| state.file_name() == owner.as_deref().map(OsStr::new));
            return own.cloned().map_or_else(|| only(found.clone()), Ok);
        };
        if let Some((folder, name)) = config::name(pipeline) {
            return Ok(default_state(&folder, &name));
        }
        let named = |state: &&PathBuf| state.file_name() == pipeline.file_name();
        found.iter().find(named).cloned().ok_or_else(|| {
            usage(format!("`{}` is no pipeline that has run\nhelp: {}", pipeline.display(), listed(&found)))
        })
    }
}

fn only(mut found: Vec<PathBuf>) -> Result<PathBuf, Failure> {
    match (found.pop(), found.is_empty()) {
        (Some(state), true) => Ok(state),
        (Some(state), false) => {
            found.push(state);
            Err(usage(format!("several pipelines have run here\nhelp: {}", listed(&found))))
        }
        (None, _) => Err(usage(format!(
            "no pipeline has run here: there is no ledger below {}\nhelp: `maillage run PIPELINE`, or give `--state`",
            USUAL.map(|folder| format!("`{folder}`")).join(" or ")
        ))),
    }
}

fn listed(found: &[PathBuf]) -> String {
    let names: Vec<String> = found
        .iter()
        .filter_map(|state| Some(format!("`{}`", state.file_name()?.to_string_lossy())))
        .collect();
    match names.as_slice() {
        [] => "`maillage run PIPELINE` first, or give `--state`".to_owned(),
        _ => format!("give one of {}, or `--state`", names.join(", ")),
    }
}

/// The states that can be found, in order; what may not be looked into is said, not passed over.
fn usual() -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for folder in USUAL.map(Path::new) {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(closed(folder, &error)),
        };
        for state in entries.flatten().map(|entry| entry.path()) {
            match state.join(ledger::FILE).try_exists() {
                Ok(true) => found.push(state),
                Ok(false) => {}
                Err(error) => return Err(closed(&state, &error)),
            }
        }
    }
    found.sort();
    Ok(found)
}

fn closed(folder: &Path, error: &io::Error) -> Failure {
    Failure::message(
        Exit::Failed,
        format!(
            "the state folder `{}` cannot be read: {error}\nhelp: it belongs to the account that runs the pipeline; ask as that account",
            folder.display()
        ),
    )
}

fn usage(message: String) -> Failure {
    Failure::message(Exit::Usage, message)
}

/// Prints a failure, and ends with its code.
pub(super) fn failed(failure: &Failure) -> Exit {
    eprintln!("{}", failure.message);
    failure.exit
}
