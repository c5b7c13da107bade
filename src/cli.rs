//! Verbs and their flags; everything else is in `pipeline.toml`.

use crate::error::Exit;
use crate::{commands, telemetry};
use clap::{CommandFactory as _, Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// Industrial symbiosis: private match lists, follow-up indicators and open data that reveal no company.
#[derive(Debug, Parser)]
#[command(name = "maillage", version, arg_required_else_help = true)]
struct Cli {
    /// Print results and errors only: no progress, no logs
    #[arg(long, short, global = true)]
    quiet: bool,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Write a new pipeline folder, with commented settings and synthetic workbooks
    Init {
        /// A folder that does not exist yet, or an empty one
        folder: PathBuf,
    },
    /// Validate settings, mappings and models, and show what each column is taken for; touch nothing
    Check {
        /// Folder of the pipeline, or its pipeline.toml
        pipeline: PathBuf,
    },
    /// Rank codes of the List of Waste for the descriptions of a table
    Classify(commands::classify::Arguments),
    /// Match the offers of one file with the requests of another
    Match(commands::matching::Arguments),
    /// Read, normalise, protect and publish
    Run(commands::run::Arguments),
    /// Print what ingest sees in one file, and what is wrong with it
    Read(commands::read::Arguments),
    /// Propose a mapping for an unknown file, with a confidence for each column
    Map(commands::map::Arguments),
    /// Parse the workbook that is standard input, in a process of its own
    #[command(hide = true)]
    ReadWorkbook {
        /// What is asked for, as json
        job: String,
    },
    /// Protect tables of your own, with a certificate
    Protect(commands::protect::Arguments),
    /// Run pipelines at their due times, as a daemon
    Schedule(commands::schedule::Arguments),
    /// Print when a pipeline is due next
    Next(commands::schedule::Next),
    /// Tell how things stand: the current release, the last run
    Status(commands::place::Place),
    /// List the last runs
    Runs(commands::runs::Arguments),
    /// List the releases
    Releases(commands::place::Place),
    /// Show readers an earlier release again
    Rollback(commands::releases::Rollback),
    /// Check that releases are what was published
    Verify(commands::releases::Verify),
    /// Say why a row was refused or a cell is withheld
    Explain(commands::explain::Arguments),
    /// Preview the current release in a browser of this machine
    Serve(commands::serve::Arguments),
    /// Tell whether this machine is fit to run
    Doctor(commands::place::Place),
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the JSON Schema of pipeline.toml, for editors
    Schema,
}

/// Reads the command line and runs its verb.
#[must_use]
pub fn run() -> ExitCode {
    telemetry::hide_panics();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let wrong = error.use_stderr();
            // A closed terminal is no reason to fail twice.
            let _printed = error.print();
            return if wrong { Exit::Usage } else { Exit::Done }.into();
        }
    };
    if !matches!(cli.verb, Verb::ReadWorkbook { .. }) {
        telemetry::begin(cli.quiet);
    }
    let output_is_all =
        !matches!(cli.verb, Verb::Init { .. } | Verb::Run(_) | Verb::Schedule(_) | Verb::Rollback(_));
    let exit = match cli.verb {
        Verb::Init { folder } => commands::init(&folder),
        Verb::Check { pipeline } => commands::check(&pipeline),
        Verb::Classify(arguments) => commands::classify::run(&arguments),
        Verb::Match(arguments) => commands::matching::run(&arguments),
        Verb::Run(arguments) => commands::run::run(&arguments),
        Verb::Map(arguments) => commands::map::map(&arguments),
        Verb::Read(arguments) => commands::read::read(&arguments),
        Verb::ReadWorkbook { job } => return crate::ingest::worker_main(&job),
        Verb::Protect(arguments) => commands::protect::protect(&arguments),
        Verb::Schedule(arguments) => commands::schedule::schedule(&arguments),
        Verb::Next(arguments) => commands::schedule::next(&arguments),
        Verb::Status(place) => commands::runs::status(&place),
        Verb::Runs(arguments) => commands::runs::runs(&arguments),
        Verb::Releases(place) => commands::releases::releases(&place),
        Verb::Rollback(arguments) => commands::releases::rollback(&arguments),
        Verb::Verify(arguments) => commands::releases::verify(&arguments),
        Verb::Explain(arguments) => commands::explain::explain(&arguments),
        Verb::Serve(arguments) => commands::serve::serve(&arguments),
        Verb::Doctor(place) => commands::doctor(&place),
        Verb::Completions { shell } => commands::completions(shell, &mut Cli::command()),
        Verb::Schema => commands::schema(),
    };
    commands::told(exit, output_is_all).into()
}
