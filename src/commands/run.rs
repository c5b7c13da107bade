//! `maillage run`: the whole path.

use crate::config::Pipeline;
use crate::daemon::DueTimes;
use crate::error::{Exit, Failure};
use crate::model::{Severity, texts};
use crate::pipeline::{Options, Report, default_state, why_stalled};
use crate::{clock, config, pipeline};
use chrono::{DateTime, NaiveDate, Utc};
use std::path::{Path, PathBuf};

/// Flags of the verb.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Folder of the pipeline, or its pipeline.toml
    pub pipeline: PathBuf,
    /// Day that the run counts from (default: today)
    #[arg(long)]
    pub as_of: Option<NaiveDate>,
    /// Do everything but publish
    #[arg(long)]
    pub dry_run: bool,
    /// State folder, confidential (default: .maillage/NAME beside the pipeline folder)
    #[arg(long)]
    pub state: Option<PathBuf>,
    /// Folder of the releases
    #[arg(long, default_value = "published")]
    pub published: PathBuf,
    /// Read the snapshots of an earlier run instead of the sources, as of its day
    #[arg(long, value_name = "RUN", conflicts_with = "as_of")]
    pub replay: Option<i64>,
    /// Go on though the published folder holds none of the releases that were shown: it is lost, or another one
    /// begins, and the state folder is the newest that there was
    #[arg(long)]
    pub published_was_lost: bool,
    /// The due time that this run answers
    #[arg(long, hide = true)]
    pub scheduled_for: Option<DateTime<Utc>>,
    /// Print the summary as JSON
    #[arg(long)]
    pub json: bool,
}

/// Runs and says what came of it.
#[must_use]
pub fn run(arguments: &Arguments) -> Exit {
    let Some(pipeline) = super::check::loaded(&arguments.pipeline) else { return Exit::Settings };
    if !super::check::models_fit(&pipeline) {
        return Exit::Settings;
    }
    let worker = match config::executable() {
        Ok(worker) => worker,
        Err(error) => {
            eprintln!("the program cannot find itself: {error}\nhelp: start it by its full path");
            return Exit::Failed;
        }
    };
    let state = arguments.state.clone();
    let state = state.unwrap_or_else(|| default_state(&pipeline.folder, &pipeline.settings.name));
    let replayed = arguments.replay.map(|run| pipeline::day_of(&state, run)).transpose();
    let replayed = match replayed {
        Ok(day) => day,
        Err(failure) => {
            eprintln!("{}", failure.message);
            return failure.exit;
        }
    };
    let as_of = arguments.as_of.or(replayed).unwrap_or_else(clock::today);
    if is_to_come(as_of, &pipeline) {
        if !arguments.dry_run {
            eprintln!(
                "{as_of} est à venir : rien n’est publié / is still to come: nothing is published, for nights would stop counting before their time\nhelp: give --as-of the day that the data are of, or leave it out for today; with --dry-run such a day is shown"
            );
            return Exit::Usage;
        }
        eprintln!("{as_of} est à venir / is still to come");
    }
    let options = Options {
        as_of,
        dry_run: arguments.dry_run,
        state,
        published: arguments.published.clone(),
        worker,
        replay: arguments.replay,
        published_was_lost: arguments.published_was_lost,
        scheduled_for: arguments.scheduled_for,
    };
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("the program cannot start its threads: {error}");
            return Exit::Failed;
        }
    };
    let outcome = runtime.block_on(async {
        let stop = match super::signals::stop() {
            Ok(stop) => stop,
            Err(error) => {
                return Err(Failure::message(Exit::Failed, format!("no signal can be heard: {error}")));
            }
        };
        pipeline::run(&pipeline, &options, stop).await
    });
    match outcome {
        Ok(report) => {
            summary(&report, &options.state, arguments.json);
            report.exit
        }
        Err(failure) => {
            eprintln!("{}", failure.message);
            failure.exit
        }
    }
}

/// Whether a day has begun neither on this machine nor where the pipeline is due.
fn is_to_come(day: NaiveDate, pipeline: &Pipeline) -> bool {
    let due = pipeline.settings.schedule.as_ref().and_then(DueTimes::new);
    day > clock::today() && due.is_none_or(|due| day > due.day(clock::now()))
}

fn summary(report: &Report, state: &Path, json: bool) {
    let release = report.release.as_ref();
    if json {
        let object = serde_json::json!({
            "run": report.run,
            "rows": report.rows,
            "rejected": report.rejected,
            "notes": report.findings[Severity::Note as usize],
            "warnings": report.findings[Severity::Warning as usize],
            "organisations": report.organisations,
            "flows": report.flows,
            "matches": report.matches,
            "withheld": report.withheld,
            "waiting": report.waiting,
            "nothing_new": report.stalled.map(|stalled| {
                serde_json::json!({"since": stalled.since, "kind": why_stalled(stalled.cause).code()})
            }),
            "release": release.map(|(id, _)| id),
            "stages": report.stages,
        });
        println!("{object}");
        return;
    }
    println!("{} lignes lues, {} refusées / rows read, refused", report.rows, report.rejected);
    let (warnings, notes) =
        (report.findings[Severity::Warning as usize], report.findings[Severity::Note as usize]);
    if warnings + notes > 0 {
        println!("{warnings} avertissements, {notes} remarques / warnings, remarks: constats.jsonl");
    }
    if report.exit == Exit::Warnings {
        println!(
            "plus d’avertissements que `limits.warning_percent` : code de sortie 4 / more warnings than `limits.warning_percent`: exit code 4"
        );
    }
    println!("{} entreprises, {} flux / companies, flows", report.organisations, report.flows);
    println!("{} maillages potentiels / potential matches", report.matches);
    println!("{} valeurs retenues / values withheld", report.withheld);
    if report.waiting > 0 {
        println!(
            "{} changement(s) en attente de ceux d’autres entreprises avant publication / change(s) waiting for those of other companies before publication",
            report.waiting
        );
    }
    if let Some(stalled) = report.stalled {
        let said = texts(why_stalled(stalled.cause));
        println!("rien de nouveau depuis / nothing new since {}:", stalled.since);
        println!("  {} {}", said.message_fr, said.repair_fr);
        println!("  {} {}", said.message_en, said.repair_en);
    }
    match release {
        Some((_, folder)) => {
            println!("publié / published: {}", folder.display());
            println!("portail / portal: {}", folder.join("index.html").display());
        }
        None => println!("rien n’est publié / nothing is published (--dry-run)"),
    }
    println!("état confidentiel / confidential state: {}", state.display());
}
