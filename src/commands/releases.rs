//! `maillage releases`, `rollback` and `verify`: what is published.

use super::place::{self, Place};
use super::table::{self, words};
use crate::clock;
use crate::config;
use crate::error::{Exit, Failure};
use crate::ledger::{Ledger, LedgerError, ReleaseEvent, What};
use crate::pipeline::{
    self,
    certified::{Proof, Proofs},
};
use crate::publish::{self, PublishError};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// Lists the releases, newest first.
#[must_use]
pub fn releases(place: &Place) -> Exit {
    match listing(place) {
        Ok(text) => {
            println!("{}", text.trim_end());
            Exit::Done
        }
        Err(failure) => place::failed(&failure),
    }
}

fn listing(place: &Place) -> Result<String, Failure> {
    let (_, ledger) = place.ledger()?;
    let events = ledger.releases().map_err(|error| ledger_failed(&error))?;
    let present = publish::list(&place.published).map_err(|error| publish_failed(&error))?;
    let current = publish::current(&place.published).map_err(|error| publish_failed(&error))?;
    let mut names: Vec<&String> = present.iter().chain(events.iter().map(|event| &event.release)).collect();
    names.sort();
    names.dedup();
    names.sort_by_key(|name| std::cmp::Reverse(events.iter().rposition(|event| &event.release == *name)));
    if place.json {
        let releases: Vec<Value> = names
            .iter()
            .map(|name| {
                json!({
                    "release": name,
                    "current": Some(*name) == current.as_ref(),
                    "on_disk": present.contains(name),
                    "events": events.iter().filter(|event| &event.release == *name).map(event).collect::<Vec<_>>(),
                })
            })
            .collect();
        return Ok(Value::from(releases).to_string());
    }
    let at = |name: &String, what: What| {
        let last = events.iter().rev().find(|event| &event.release == name && event.what == what);
        last.map_or_else(|| "-".to_owned(), |event| event.at.format("%Y-%m-%d %H:%M:%S").to_string())
    };
    let rows: Vec<_> = names
        .iter()
        .map(|name| {
            let mark = match (Some(*name) == current.as_ref(), present.contains(name)) {
                (true, _) => "courante / current",
                (false, true) => "",
                (false, false) => "absente / gone",
            };
            [
                (*name).clone(),
                mark.to_owned(),
                at(name, What::Published),
                at(name, What::Restored),
                at(name, What::Withdrawn),
            ]
        })
        .collect();
    let columns = [
        words("publication", "release"),
        words("", ""),
        words("publiée (UTC)", "published (UTC)"),
        words("rétablie", "restored"),
        words("retirée", "withdrawn"),
    ];
    Ok(table::lines(&columns, &rows))
}

fn event(event: &ReleaseEvent) -> Value {
    let at = event.at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    json!({"what": event.what.code(), "at": at, "run": event.run})
}

/// Flags of `maillage rollback`.
#[derive(Debug, clap::Args)]
pub struct Rollback {
    /// The release that readers shall see, as `maillage releases` names it
    release: String,
    #[command(flatten)]
    place: Place,
}

/// Points `current` at an earlier release.
#[must_use]
pub fn rollback(arguments: &Rollback) -> Exit {
    let Rollback { release, place } = arguments;
    let done = place.ledger().and_then(|(_, ledger)| {
        let recorded = ledger.checksums().map_err(|error| ledger_failed(&error))?;
        if publish::list(&place.published).is_ok_and(|all| all.contains(release)) && !is_entered(&ledger, release) {
            let message = format!(
                "the ledger does not know the release `{release}`: nobody can tell whether it was published\nhelp: give the `--state` of the run that published it, or move it away; what readers see was not changed"
            );
            return Err(Failure::message(Exit::Failed, message));
        }
        // Asked and entered while no other process may publish, and entered first: what readers see counts.
        let enter = || {
            let refused = |error: LedgerError| PublishError::Ledger { cause: error.to_string() };
            pipeline::reconcile(&ledger, &place.published).map_err(refused)?;
            let help = "help: restore a copy of the state folder; what readers see was not changed";
            let unreadable = |cause: String| PublishError::Ledger {
                cause: format!("the nights of the ledger cannot be read: {cause}\n{help}"),
            };
            if pipeline::still_counts(&ledger, release).map_err(unreadable)? {
                let (release, at) = (release.clone(), clock::now());
                let restored = ReleaseEvent { release, what: What::Restored, at, run: None };
                return ledger.keep_release(&restored).map_err(refused);
            }
            let cause = format!(
                "`{release}` shows a value of a night that no longer counts (`disclosure.history_days`): what was published since was not proven together with it, and readers of both could subtract\nhelp: give a later release; what readers see was not changed"
            );
            Err(PublishError::Ledger { cause })
        };
        publish::rollback(release, &place.published, &recorded, &enter).map_err(|error| publish_failed(&error))
    });
    match done {
        Ok(()) if place.json => println!("{}", json!({"current": release})),
        Ok(()) => println!("« {release} » est rétablie.\n“{release}” is restored."),
        Err(failure) => return place::failed(&failure),
    }
    Exit::Done
}

/// Whether the ledger holds what a release showed: it is written before anybody sees it.
fn is_entered(ledger: &Ledger, release: &str) -> bool {
    ledger.pipeline_of(release).is_ok_and(|pipeline| pipeline.is_some())
}

/// Checksums that the ledger holds; nothing when no ledger is found here and none was named.
fn recorded(place: &Place) -> Result<Option<publish::Recorded>, Failure> {
    let failure = match place.ledger() {
        Ok((_, ledger)) => return ledger.checksums().map(Some).map_err(|error| ledger_failed(&error)),
        Err(failure) => failure,
    };
    if failure.exit != Exit::Usage {
        return Err(failure);
    }
    let releases = publish::list(&place.published).unwrap_or_default().len();
    match place.without_ledger().filter(|_| releases > 0) {
        Some(state) => Err(Failure::message(
            Exit::Failed,
            format!(
                "`{}` holds {releases} release(s), and the state folder `{}` no ledger: nothing tells whether they are what was published\nhelp: restore a copy of the state folder (`docs/operations.md`), or give the `--state` of the runs that published them",
                place.published.display(),
                state.display()
            ),
        )),
        None if place.state.is_some() || place.pipeline.is_some() => Err(failure),
        None => Ok(None),
    }
}

/// Flags of `maillage verify`.
#[derive(Debug, clap::Args)]
pub struct Verify {
    /// One release (default: all of them, and `current`)
    release: Option<String>,
    #[command(flatten)]
    place: Place,
}

/// Checks that releases are what was published.
#[must_use]
pub fn verify(arguments: &Verify) -> Exit {
    let Verify { release, place } = arguments;
    if let Some(pipeline) = release.as_deref().filter(|name| config::name(Path::new(name)).is_some()) {
        let message = format!(
            "`{pipeline}` is a pipeline, and `verify` takes a release first\nhelp: leave it out to check every release, or give its `--state`"
        );
        return place::failed(&Failure::message(Exit::Usage, message));
    }
    let recorded = match recorded(place) {
        Ok(recorded) => recorded,
        Err(failure) => return place::failed(&failure),
    };
    let known = recorded.clone().unwrap_or_default();
    let (releases, mut problems) = match publish::verify(&place.published, release.as_deref(), &known) {
        Ok(found) => found,
        Err(error) => return place::failed(&publish_failed(&error)),
    };
    let mut checked = proofs(place, &releases);
    problems.append(&mut checked.problems);
    if release.is_none() && recorded.is_some() {
        match unlike_the_ledger(place, &releases) {
            Ok(found) => problems.extend(found),
            Err(failure) => return place::failed(&failure),
        }
    }
    let compared = releases.iter().filter(|release| known.contains_key(*release)).count();
    if compared < releases.len() && !place.json {
        eprintln!(
            "{} publication(s) sans empreinte au registre : comparées à leur propre liste seulement.\n\
             {0} release(s) that the ledger holds no checksum of: compared with their own list only.{}",
            releases.len() - compared,
            if recorded.is_some() {
                ""
            } else {
                "\nhelp: give the `--state` of the runs that published them"
            },
        );
    }
    if place.json {
        let listed = |problems: &[publish::Problem]| -> Vec<Value> {
            problems.iter().map(|problem| json!({"path": problem.path, "problem": problem.what})).collect()
        };
        println!(
            "{}",
            json!({
                "releases": releases,
                "compared": compared,
                "proven": checked.proven,
                "former": listed(&checked.former),
                "past": checked.past,
                "problems": listed(&problems),
            })
        );
    } else {
        checked.tell();
        if problems.is_empty() {
            let (proven, all) = (checked.proven, releases.len());
            println!("{all} publication(s), tout est bon.\n{all} release(s), all good.");
            println!(
                "Confidentialité prouvée pour {proven} sur {all}.\nConfidentiality proven for {proven} of {all}."
            );
        }
    }
    if problems.is_empty() {
        return Exit::Done;
    }
    if !place.json {
        for problem in &problems {
            eprintln!("{problem}");
        }
        eprintln!(
            "help: `maillage rollback ID` shows readers an intact release; then move the damaged one away and run again"
        );
    }
    Exit::Failed
}

/// Releases that the ledger lists and nobody withdrew, and are not there; and `current`, when it is not
/// what the ledger shows readers.
fn unlike_the_ledger(place: &Place, present: &[String]) -> Result<Vec<publish::Problem>, Failure> {
    let (_, ledger) = place.ledger()?;
    let events = ledger.releases().map_err(|error| ledger_failed(&error))?;
    let last: BTreeMap<&String, What> = events.iter().map(|event| (&event.release, event.what)).collect();
    let gone = last.into_iter().filter(|(id, what)| *what != What::Withdrawn && !present.contains(*id));
    let mut problems: Vec<publish::Problem> = gone
        .map(|(id, _)| publish::Problem {
            path: id.clone(),
            what: "is gone, and the ledger lists it as published and not withdrawn: restore it from a copy"
                .to_owned(),
        })
        .collect();
    let published =
        |id: &String| events.iter().any(|event| event.release == *id && event.what == What::Published);
    let sums = ledger.checksums().map_err(|error| ledger_failed(&error))?;
    problems.extend(present.iter().filter(|id| sums.contains_key(*id) && !published(id)).map(|id| {
        let what = "is there with its sums in the ledger, and the entry of its publication is gone: restore a copy of the state folder";
        publish::Problem { path: id.clone(), what: what.to_owned() }
    }));
    let shown = events.iter().rev().find(|event| event.what != What::Withdrawn);
    // A `current` that is no link, or leads nowhere, is told already.
    let current = publish::current(&place.published).ok().flatten().filter(|id| present.contains(id));
    if let (Some(shown), Some(current)) = (shown, current)
        && shown.release != current
    {
        let what = format!(
            "shows `{current}`, and the last publication or rollback of the ledger is that of `{}`",
            shown.release
        );
        problems.push(publish::Problem { path: "current".to_owned(), what });
    }
    Ok(problems)
}

/// What the kept certificates say of the confidentiality of releases.
#[derive(Default)]
struct Checked {
    /// Releases that they prove.
    proven: usize,
    /// What they refuse.
    problems: Vec<publish::Problem>,
    /// Releases of a former version that this one cannot prove, and why.
    former: Vec<publish::Problem>,
    /// Releases that show a value of a night that no longer counts.
    past: Vec<String>,
}

impl Checked {
    /// Says what was not checked, and what goes.
    fn tell(&self) {
        for former in &self.former {
            eprintln!(
                "`{0}` vient d’une version antérieure du programme : sa confidentialité n’est pas prouvée selon les règles de celle-ci ({1}).\n\
                 `{0}` is of a former version of the program: its confidentiality is not proven by the rules of this one ({1}).",
                former.path, former.what
            );
        }
        if !self.past.is_empty() {
            eprintln!(
                "Montrent une valeur d’une nuit qui ne compte plus, et partent à la prochaine publication : {0}.\n\
                 Show a value of a night that no longer counts, and leave at the next publication: {0}.",
                self.past.join(", ")
            );
        }
    }
}

fn proofs(place: &Place, releases: &[String]) -> Checked {
    let mut checked = Checked::default();
    let Ok(state) = place.state_folder() else { return checked };
    let ledger = place.ledger().ok().map(|(_, ledger)| ledger);
    let mut proofs = Proofs::new(&state, &place.published, ledger.as_ref());
    let problem = |path: String, what: String| publish::Problem { path, what };
    for id in releases {
        if ledger.as_ref().is_some_and(|ledger| !is_entered(ledger, id)) {
            let what = "is not in the ledger: it was not published by the runs of this state folder";
            checked.problems.push(problem(id.clone(), what.to_owned()));
            continue;
        }
        match proofs.of(id) {
            Ok(Proof::Proven) => checked.proven += 1,
            Ok(Proof::Unkept) => {}
            Ok(Proof::Former(refusal)) => checked.former.push(problem(id.clone(), refusal.to_string())),
            Err(cause) => checked.problems.push(problem(
                format!("{id}/donnees"),
                format!("is not what its certificate proves: {cause}"),
            )),
        }
        // What cannot be read was told.
        if proofs.is_past(id).unwrap_or(false) {
            checked.past.push(id.clone());
        }
    }
    checked
}

fn publish_failed(error: &PublishError) -> Failure {
    let exit = match error {
        PublishError::Busy { .. } => Exit::TryAgain,
        PublishError::Unknown { .. } => Exit::Usage,
        _ => Exit::Failed,
    };
    Failure::new(exit, error)
}

fn ledger_failed(error: &LedgerError) -> Failure {
    Failure::new(Exit::Failed, error)
}
