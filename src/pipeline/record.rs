//! What the ledger keeps of a run, whatever becomes of it.

use super::{Options, Report};
use crate::clock;
use crate::error::{Exit, Failure};
use crate::ledger::{KeptSnapshot, Ledger, LedgerError, ReleaseEvent, Run, RunStart, Stage, What};
use crate::model::Finding;
use crate::publish;
use crate::store::State;
use crate::telemetry::{self, Stages};

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
        let event = |release: &str, what, run| ReleaseEvent {
            release: release.to_owned(),
            what,
            at: clock::now(),
            run: Some(run),
        };
        self.run.release = Some(release.to_owned());
        let checksums = publish::checksums(&options.published, release)
            .map_err(|error| Failure::new(super::publication_exit(&error), &error))?;
        self.ledger.keep_checksums(release, &checksums).map_err(failed)?;
        self.ledger.keep_release(&event(release, What::Published, self.run.id)).map_err(failed)?;
        let Some(keep) = keep else { return Ok(()) };
        self.stage("retention");
        let events = self.ledger.releases().map_err(failed)?;
        let shown = events.into_iter().filter(|event| event.what != What::Withdrawn);
        let history: Vec<String> = shown.map(|event| event.release).collect();
        let mut refused = None;
        let mut enter = |release: &str| {
            let entered = self.ledger.keep_release(&event(release, What::Withdrawn, self.run.id));
            refused = entered.err();
            refused.is_none()
        };
        let gone = publish::retain(&options.published, keep as usize, &history, &mut enter)
            .map_err(|error| Failure::new(super::publication_exit(&error), &error))?;
        refused.map_or(Ok(()), |error| Err(failed(error)))?;
        for release in gone {
            state.drop_certificate(&release).map_err(|error| Failure::new(Exit::Failed, &error))?;
        }
        Ok(())
    }
}

/// A run that died between the swap and its entry published all the same: enter it.
pub(super) fn reconcile(ledger: &Ledger, options: &Options) -> Result<(), LedgerError> {
    // A damaged `current` is for the publication to report.
    let Ok(Some(current)) = publish::current(&options.published) else { return Ok(()) };
    let known = ledger.releases()?.into_iter().any(|event| event.release == current);
    let last = ledger.runs(1)?.pop();
    match last {
        Some(run) if !known && run.ended.is_none() => {
            if let Ok(checksums) = publish::checksums(&options.published, &current) {
                ledger.keep_checksums(&current, &checksums)?;
            }
            ledger.keep_release(&ReleaseEvent {
                release: current,
                what: What::Published,
                at: clock::now(),
                run: Some(run.id),
            })
        }
        _ => Ok(()),
    }
}
