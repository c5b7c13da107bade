//! `maillage runs` and `maillage status`: what the ledger knows.

use super::place::{self, Place};
use super::table::{self, numbers, words};
use crate::error::{Exit, Failure};
use crate::ledger::{Ledger, Run, What};
use crate::model::{FindingKind, texts};
use crate::{clock, pipeline, publish, store};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};
use std::path::Path;

/// Flags of `maillage runs`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    /// How many, counted from the newest
    #[arg(long, default_value_t = 20)]
    last: u32,
}

/// Lists the last runs, newest first.
#[must_use]
pub fn runs(arguments: &Arguments) -> Exit {
    let listed = arguments.place.ledger().and_then(|(state, ledger)| {
        let runs = ledger.runs(arguments.last).map_err(|error| Failure::new(Exit::Failed, &error))?;
        Ok((store::is_held(&state), runs))
    });
    match listed {
        Err(failure) => place::failed(&failure),
        Ok((held, runs)) if arguments.place.json => {
            let runs: Vec<Value> = (0..).zip(&runs).map(|(age, run)| object(run, held && age == 0)).collect();
            println!("{}", Value::from(runs));
            Exit::Done
        }
        Ok((held, runs)) => {
            let rows: Vec<_> = (0..).zip(&runs).map(|(age, run)| row(run, held && age == 0)).collect();
            print!("{}", table::lines(&COLUMNS, &rows));
            Exit::Done
        }
    }
}

const COLUMNS: [table::Column; 10] = [
    numbers("nº", "no."),
    words("début (UTC)", "start (UTC)"),
    words("date des données", "as of"),
    words("fin", "outcome"),
    numbers("durée", "took"),
    numbers("lignes", "rows"),
    numbers("refus", "refused"),
    numbers("avert.", "warnings"),
    numbers("retenues", "withheld"),
    words("publication", "release"),
];

fn row(run: &Run, running: bool) -> [String; 10] {
    let number = |count: Option<u64>| count.map_or_else(|| "-".to_owned(), |count| count.to_string());
    let warnings = run.counts.rows.map(|_| of_severity(run, "avertissement"));
    [
        run.id.to_string(),
        shown(run.start.started),
        run.start.as_of.to_string(),
        outcome(run, running),
        run.ended
            .map_or_else(|| "-".to_owned(), |ended| duration((ended - run.start.started).num_milliseconds())),
        number(run.counts.rows),
        number(run.counts.refused),
        number(warnings),
        number(run.counts.withheld),
        run.release.clone().unwrap_or_else(|| "-".to_owned()),
    ]
}

fn of_severity(run: &Run, severity: &str) -> u64 {
    run.counts.findings.iter().filter(|((found, _), _)| found == severity).map(|(_, count)| count).sum()
}

/// The end of a run in both languages.
fn outcome(run: &Run, running: bool) -> String {
    match (run.exit_code, running) {
        (None, true) => "en cours / running".to_owned(),
        (None, false) => "tuée / killed".to_owned(),
        (Some(0), _) if run.start.dry_run => "0 à blanc / dry run".to_owned(),
        (Some(code), _) => match run.error.as_deref() {
            None => code.to_string(),
            Some(error) => match &run.failed_stage {
                Some(stage) => format!("{code} {error} ({stage})"),
                None => format!("{code} {error}"),
            },
        },
    }
}

fn shown(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d %H:%M:%S").to_string()
}

fn duration(milliseconds: i64) -> String {
    let tenths = milliseconds / 100;
    format!("{}.{} s", tenths / 10, tenths % 10)
}

fn stamp(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn object(run: &Run, running: bool) -> Value {
    let findings: Vec<Value> = run
        .counts
        .findings
        .iter()
        .map(|((severity, kind), count)| json!({"severity": severity, "kind": kind, "count": count}))
        .collect();
    let stages: Vec<Value> = run
        .stages
        .iter()
        .map(|stage| json!({"stage": stage.name, "milliseconds": stage.milliseconds}))
        .collect();
    json!({
        "run": run.id,
        "pipeline": run.start.pipeline,
        "started": stamp(run.start.started),
        "ended": run.ended.map(stamp),
        "as_of": run.start.as_of.to_string(),
        "scheduled_for": run.start.scheduled_for.map(stamp),
        "replay_of": run.start.replay_of,
        "dry_run": run.start.dry_run,
        "running": running && run.exit_code.is_none(),
        "exit_code": run.exit_code,
        "error": run.error,
        "failed_stage": run.failed_stage,
        "rows": run.counts.rows,
        "refused": run.counts.refused,
        "organisations": run.counts.organisations,
        "flows": run.counts.flows,
        "matches": run.counts.matches,
        "withheld": run.counts.withheld,
        "findings": findings,
        "release": run.release,
        "stages": stages,
    })
}

/// What kept every change back in a run, where it was not that too few changed.
fn nothing_new(run: &Run) -> Option<FindingKind> {
    let has = |kind: &FindingKind| run.counts.findings.keys().any(|(_, code)| code == kind.code());
    pipeline::NEWS.into_iter().find(has)
}

/// Tells how things stand: the current release and the last run in detail.
#[must_use]
pub fn status(place: &Place) -> Exit {
    match place.ledger().and_then(|(state, ledger)| standing(place, &state, &ledger)) {
        Ok(text) => {
            println!("{}", text.trim_end());
            Exit::Done
        }
        Err(failure) => place::failed(&failure),
    }
}

fn standing(place: &Place, state: &Path, ledger: &Ledger) -> Result<String, Failure> {
    let failed = |error| Failure::new(Exit::Failed, &error);
    let current = publish::current(&place.published).map_err(|error| Failure::new(Exit::Failed, &error))?;
    let events = ledger.releases().map_err(failed)?;
    let since = events
        .iter()
        .rev()
        .find(|event| Some(&event.release) == current.as_ref() && event.what != What::Withdrawn)
        .map(|event| event.at);
    let last = ledger.runs(1).map_err(failed)?.pop();
    let running = store::is_held(state);
    if place.json {
        let nothing_new = match last.as_ref().and_then(|run| Some((run, nothing_new(run)?))) {
            None => Value::Null,
            Some((run, kind)) => {
                let since = ledger.last_night(&run.start.pipeline).map_err(failed)?;
                json!({"since": since.map(|day| day.to_string()), "kind": kind.code()})
            }
        };
        let last = last.as_ref().map(|run| object(run, running));
        let release = json!({"release": current, "since": since.map(stamp)});
        return Ok(json!({
            "state": state,
            "running": running,
            "current": release,
            "last_run": last,
            "nothing_new": nothing_new,
        })
        .to_string());
    }
    let mut text = format!("état confidentiel / confidential state: {}\n", state.display());
    text += &match (&current, since) {
        (Some(id), Some(since)) => {
            let hours = (clock::now() - since).num_hours();
            format!("publication / release: {id}, {} UTC ({} h)\n", shown(since), hours)
        }
        (Some(id), None) => format!("publication / release: {id}\n"),
        (None, _) => "rien n’est publié / nothing is published\n".to_owned(),
    };
    let Some(run) = last else {
        return Ok(text + "aucune exécution / no run\n");
    };
    text += "\ndernière exécution / last run:\n";
    text += &table::lines(&COLUMNS, &[row(&run, running)]);
    if let Some(kind) = nothing_new(&run) {
        let since = ledger.last_night(&run.start.pipeline).map_err(failed)?;
        let since = since.map_or_else(|| "-".to_owned(), |day| day.to_string());
        let said = texts(kind);
        text += &format!("\nrien de nouveau depuis / nothing new since {since}:\n");
        text += &format!("  {} {}\n", said.message_fr, said.repair_fr);
        text += &format!("  {} {}\n", said.message_en, said.repair_en);
    }
    if !run.counts.findings.is_empty() {
        let rows: Vec<_> = run
            .counts
            .findings
            .iter()
            .map(|((severity, kind), count)| [severity.clone(), kind.clone(), count.to_string()])
            .collect();
        let columns = [words("constat", "finding"), words("sorte", "kind"), numbers("nombre", "count")];
        text += "\n";
        text += &table::lines(&columns, &rows);
    }
    if !run.stages.is_empty() {
        let rows: Vec<_> = run
            .stages
            .iter()
            .map(|stage| [stage.name.clone(), format!("{} ms", stage.milliseconds)])
            .collect();
        text += "\n";
        text += &table::lines(&[words("étape", "stage"), numbers("durée", "took")], &rows);
    }
    Ok(text)
}
