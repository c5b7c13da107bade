//! What the ledger keeps of a run, whatever becomes of it.

use super::nights::{self, Known};
use super::{Options, Report};
use crate::anonymise::Pseudonyms;
use crate::clock;
use crate::config::Settings;
use crate::disclosure::nights::Tonight;
use crate::error::{Exit, Failure};
use crate::ledger::{KeptSnapshot, Ledger, LedgerError, ReleaseEvent, Run, RunStart, Stage, What};
use crate::model::Finding;
use crate::publish::{self, PublishError, Register};
use crate::store::State;
use crate::telemetry::{self, Stages};
use std::collections::BTreeMap;
use std::path::Path;

/// A run while it goes on.
pub(super) struct RunEntry<'a> {
    pub(super) ledger: &'a Ledger,
    /// What is known so far.
    pub(super) run: Run,
    stages: Stages,
}

impl<'a> RunEntry<'a> {
    /// Records the start.
    pub(super) fn start(ledger: &'a Ledger, pipeline: &str, options: &Options) -> Result<Self, LedgerError> {
        let start = RunStart {
            pipeline: pipeline.to_owned(),
            started: clock::now(),
            as_of: options.as_of,
            scheduled_for: options.scheduled_for,
            replay_of: options.replay,
            dry_run: options.dry_run,
        };
        let id = ledger.start_run(&start)?;
        Ok(Self { ledger, run: Run::started(id, start), stages: Stages::default() })
    }

    /// The stage before ends, and this one begins.
    pub(super) fn stage(&mut self, name: &'static str) {
        self.stages.begin(name);
    }

    /// How many things the current stage gave.
    pub(super) fn count(&mut self, count: usize) {
        self.stages.count(count);
    }

    /// The stages so far.
    pub(super) fn timings(&mut self) -> Vec<telemetry::Stage> {
        self.stages.end();
        self.stages.done().to_vec()
    }

    /// Counts findings by severity and kind.
    pub(super) fn findings<'f>(&mut self, findings: impl IntoIterator<Item = &'f Finding>) {
        for finding in findings {
            let key = (finding.severity.code().to_owned(), finding.kind.code().to_owned());
            *self.run.counts.findings.entry(key).or_default() += 1;
        }
    }

    /// Records what a source gave.
    pub(super) fn snapshots(&self, source: &str, kept: &[KeptSnapshot]) -> Result<(), LedgerError> {
        self.ledger.keep_snapshots(self.run.id, source, kept)
    }

    /// Records how many rows a source gave; gives how many it gave to the last run that ended well. Without all of
    /// its files (`is_whole`) a source is no measure of the next run, or it could go file by file.
    pub(super) fn rows(&self, source: &str, rows: usize, is_whole: bool) -> Result<Option<u64>, LedgerError> {
        let before = self.ledger.last_rows(&self.run.start.pipeline, source)?;
        if is_whole {
            self.ledger.keep_rows(self.run.id, source, rows as u64)?;
        }
        // What was read then is read again.
        Ok(before.filter(|_| self.run.start.replay_of.is_none()))
    }

    /// Records the end.
    pub(super) fn end(mut self, outcome: &Result<Report, Failure>) -> Result<(), LedgerError> {
        let stage = self.stages.end();
        let stages = self.stages.done().iter();
        self.run.stages =
            stages.map(|stage| Stage { name: stage.stage.to_owned(), milliseconds: stage.wall_ms }).collect();
        let exit = match outcome {
            Ok(report) => report.exit,
            Err(failure) => failure.exit,
        };
        if outcome.is_err() {
            self.run.failed_stage = stage.map(str::to_owned);
        }
        self.run.ended = Some(clock::now());
        self.run.exit_code = Some(exit.code());
        self.run.error = exit.kind().map(str::to_owned);
        self.ledger.end_run(&self.run)
    }

    /// Records a publication, then lets old releases go.
    pub(super) fn published(
        &mut self,
        release: &str,
        options: &Options,
        state: &State,
        keep: Option<u32>,
    ) -> Result<(), Failure> {
        let failed = |error: LedgerError| Failure::new(Exit::Failed, &error);
        self.run.release = Some(release.to_owned());
        let checksums = publish::checksums(&options.published, release)
            .map_err(|error| Failure::new(super::publication_exit(&error), &error))?;
        self.ledger.keep_checksums(release, &checksums).map_err(failed)?;
        self.ledger.keep_release(&event(release, What::Published, self.run.id)).map_err(failed)?;
        if let Some(keep) = keep {
            self.stage("retention");
            self.retain(&options.published, keep as usize)?;
        }
        self.drop_proofs(&options.published, state)
    }

    /// Lets the oldest releases go.
    fn retain(&self, published: &Path, keep: usize) -> Result<(), Failure> {
        let failed = |error: LedgerError| Failure::new(Exit::Failed, &error);
        let events = self.ledger.releases().map_err(failed)?;
        let shown = events.into_iter().filter(|event| event.what != What::Withdrawn);
        let history: Vec<String> = shown.map(|event| event.release).collect();
        let mut refused = None;
        let mut enter = |release: &str| {
            let entered = self.ledger.keep_release(&event(release, What::Withdrawn, self.run.id));
            refused = entered.err();
            refused.is_none()
        };
        publish::retain(published, keep, &history, &mut enter)
            .map_err(|error| Failure::new(super::publication_exit(&error), &error))?;
        refused.map_or(Ok(()), |error| Err(failed(error)))
    }

    /// Lets the proofs go of releases that were taken away, by this run or by one that died over it.
    fn drop_proofs(&self, published: &Path, state: &State) -> Result<(), Failure> {
        let present = publish::list(published)
            .map_err(|error| Failure::new(super::publication_exit(&error), &error))?;
        let events = self.ledger.releases().map_err(|error| Failure::new(Exit::Failed, &error))?;
        let last: BTreeMap<&String, What> = events.iter().map(|event| (&event.release, event.what)).collect();
        for (release, what) in last {
            if what == What::Withdrawn && !present.contains(release) {
                state.drop_certificate(release).map_err(|error| Failure::new(Exit::Failed, &error))?;
            }
        }
        Ok(())
    }
}

fn event(release: &str, what: What, run: i64) -> ReleaseEvent {
    ReleaseEvent { release: release.to_owned(), what, at: clock::now(), run: Some(run) }
}

/// Tonight's release, and what the ledger is asked and told of it while no other process may publish.
pub(super) struct Entering<'a> {
    pub(super) ledger: &'a Ledger,
    pub(super) state: &'a State,
    pub(super) run: i64,
    pub(super) settings: &'a Settings,
    pub(super) nights: &'a Known,
    pub(super) release: (&'a str, &'a Tonight),
    pub(super) pseudonyms: &'a Pseudonyms,
}

impl Register for Entering<'_> {
    fn knows(&self, release: &str) -> bool {
        nights::is_entered(self.ledger, &self.settings.name, release)
    }

    fn enter(&self) -> Result<(), PublishError> {
        if !self.nights.is_as_it_was(self.ledger).map_err(|error| refused(&error))? {
            return Err(PublishError::Changed);
        }
        // First the proof, then what it proves.
        let (id, tonight) = self.release;
        let kept = self.state.keep_certificate(id, tonight.protected.certificate());
        kept.map_err(|error| refused(&error))?;
        let kept = self.nights.keep(self.ledger, self.settings, self.release, self.pseudonyms);
        kept.map_err(|failure| PublishError::Ledger { cause: failure.message })
    }

    fn may_stay(&self, release: &str) -> Result<bool, PublishError> {
        let counts = self.nights.covers(self.ledger, &self.settings.name, release);
        counts.map_err(|cause| {
            refused(&format!(
                "the nights of the ledger cannot be read ({cause}); nothing is published\nhelp: restore a copy of the state folder"
            ))
        })
    }

    fn withdraw(&self, release: &str) -> Result<(), PublishError> {
        tracing::info!(release, "a night of which it shows a value no longer counts: it is taken away");
        let withdrawn = event(release, What::Withdrawn, self.run);
        self.ledger.keep_release(&withdrawn).map_err(|error| refused(&error))
    }
}

fn refused(error: &impl std::fmt::Display) -> PublishError {
    PublishError::Ledger { cause: error.to_string() }
}

/// Enters what readers see where the ledger does not say so: the release of a run that died between the swap and its
/// entry, or one to which `current` was moved by hand.
///
/// # Errors
/// When the ledger cannot be read or written.
pub fn reconcile(ledger: &Ledger, published: &Path) -> Result<(), LedgerError> {
    // A damaged `current` is for the publication to report.
    let Ok(Some(current)) = publish::current(published) else { return Ok(()) };
    let events = ledger.releases()?;
    let shown = events.iter().rfind(|event| event.what != What::Withdrawn);
    // What was never entered ends a run elsewhere.
    if shown.is_some_and(|event| event.release == current) || ledger.pipeline_of(&current)?.is_none() {
        return Ok(());
    }
    let is_new = events.iter().all(|event| event.release != current);
    let died = ledger.runs(1)?.pop().filter(|run| is_new && run.ended.is_none());
    let sums = publish::checksums(published, &current);
    let (what, run) = match (died, sums) {
        (Some(run), Ok(sums)) => {
            ledger.keep_checksums(&current, &sums)?;
            (What::Published, Some(run.id))
        }
        (Some(_), Err(_)) => {
            tracing::warn!(
                release = %current,
                "what readers see is damaged: its list of checksums cannot be read"
            );
            (What::Restored, None)
        }
        (None, _) => (What::Restored, None),
    };
    ledger.keep_release(&ReleaseEvent { release: current, what, at: clock::now(), run })
}
