//! What the ledger and the snapshots remember of earlier runs, for ingest.

use crate::config::Pipeline;
use crate::error::{Exit, Failure};
use crate::ingest::{Remembered, Replay, Snapshot};
use crate::ledger::{KeptSnapshot, Ledger};
use crate::store::{State, sha256};
use std::collections::BTreeMap;

/// Answers of platforms and, in a replay, the snapshots of the earlier run.
pub(super) struct Memory<'a> {
    state: &'a State,
    ledger: &'a Ledger,
    /// Name of the pipeline.
    pipeline: String,
    earlier: Option<BTreeMap<String, Vec<KeptSnapshot>>>,
}

impl<'a> Memory<'a> {
    /// Looks up what a replay needs.
    ///
    /// # Errors
    /// When the run is unknown or did not read every source of the pipeline.
    pub(super) fn new(
        state: &'a State,
        ledger: &'a Ledger,
        pipeline: &Pipeline,
        replay: Option<i64>,
    ) -> Result<Self, Failure> {
        let failed = |error| Failure::new(Exit::Failed, &error);
        let name = pipeline.settings.name.clone();
        let Some(run) = replay else { return Ok(Self { state, ledger, pipeline: name, earlier: None }) };
        let kept = ledger.snapshots(run).map_err(failed)?;
        let missing = pipeline.settings.sources.iter().find(|source| !kept.contains_key(&source.name));
        if let Some(source) = missing {
            return Err(Failure::message(
                Exit::Usage,
                format!(
                    "run {run} cannot be replayed: it did not read the source `{}`\nhelp: choose another run of `maillage runs`",
                    source.name
                ),
            ));
        }
        Ok(Self { state, ledger, pipeline: name, earlier: Some(kept) })
    }
}

impl Replay for Memory<'_> {
    fn snapshots(&self, source: &str) -> Option<Vec<Snapshot>> {
        let kept = self.earlier.as_ref()?.get(source)?;
        let snapshot = |kept: &KeptSnapshot| Snapshot {
            sha256: kept.sha256.clone(),
            bytes: kept.bytes,
            label: kept.label.clone(),
        };
        Some(kept.iter().map(snapshot).collect())
    }

    fn latest(&self, source: &str, label: &str) -> Option<Snapshot> {
        // Without a memory the file waits and gives nothing yet.
        let kept = self.ledger.latest_snapshot(&self.pipeline, source, label).ok()??;
        let KeptSnapshot { sha256, bytes, label } = kept;
        self.state.has_snapshot(&sha256).then_some(Snapshot { sha256, bytes, label })
    }

    fn recall(&self, question: &str) -> Option<Remembered> {
        // Without a memory the whole page is fetched: slower, never wrong.
        let (validator, sha256) = self.ledger.answer(&sha256(question.as_bytes())).ok()??;
        self.state.has_snapshot(&sha256).then_some(Remembered { validator, sha256 })
    }

    fn remember(&self, question: &str, answer: Remembered) {
        let question = sha256(question.as_bytes());
        if let Err(error) = self.ledger.keep_answer(&question, &answer.validator, &answer.sha256) {
            tracing::warn!(%error, "the answer of a platform was not remembered");
        }
    }
}
