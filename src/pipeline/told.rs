//! What a run found, for the private state: refused rows, findings, merges, explanations.

use super::{Exit, Failure};
use crate::disclosure;
use crate::ingest::SnapshotSink as _;
use crate::model::{Confidential, Field, Finding, FindingKind, Location, Severity};
use crate::normalise::{self, Merge, MergeKind, Normalised, Quarantined};
use crate::store::{State, StateFile};

/// Writes the quarantine and all findings so far, among them those about quarantine workbooks that were corrected
/// where they lay.
pub(super) fn keep_refused(
    state: &State,
    met: &mut Vec<Finding>,
    normalised: &Normalised,
) -> Result<(), Failure> {
    met.extend(keep_changed(state)?);
    keep_quarantine(state, normalised)?;
    keep_findings(state, met, normalised)
}

/// The workbook of rows that were refused, or of which a cell was, before anything may refuse the run: nothing
/// refuses a row later.
fn keep_quarantine(state: &State, normalised: &Normalised) -> Result<(), Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::new(Exit::Failed, error);
    let rows: Vec<Quarantined> = normalised.quarantine.iter().chain(&normalised.doubtful).cloned().collect();
    let workbook = normalise::quarantine_workbook(&rows).map_err(|error| failed(&error))?;
    state.write(StateFile::Quarantine, &workbook).map_err(|error| failed(&error))?;
    let owners =
        normalise::quarantine_by_owner(&rows, &normalised.organisations).map_err(|error| failed(&error))?;
    state.keep_quarantines(&owners).map_err(|error| failed(&error))
}

/// Keeps workbooks of refused rows that somebody corrected where they were written, before they are written anew:
/// nothing of them is read.
fn keep_changed(state: &State) -> Result<Vec<Finding>, Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::new(Exit::Failed, error);
    let changed = state.changed_quarantines().map_err(|error| failed(&error))?;
    let kept = changed.into_iter().map(|(name, bytes)| -> Result<Finding, Failure> {
        let sum = state.keep(&bytes).map_err(|error| failed(&error))?;
        let file = Confidential::new(name.as_str().into());
        let place = Location { source: "quarantaine".into(), file, sheet: None, row: 0 };
        let told = Finding::about(Severity::Warning, FindingKind::ChangedInPlace, place);
        Ok(Finding { read: Confidential::new(sum), ..told })
    });
    kept.collect()
}

fn keep_findings(state: &State, met: &[Finding], normalised: &Normalised) -> Result<(), Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::new(Exit::Failed, error);
    let lines: String = met.iter().chain(&normalised.findings).map(line).collect();
    state.write(StateFile::Findings, lines.as_bytes()).map_err(|error| failed(&error))?;
    let lines: String = normalised.merges.iter().map(merge_line).collect();
    state.write(StateFile::Merges, lines.as_bytes()).map_err(|error| failed(&error))
}

/// Writes the findings anew when further ones were met: there may be very many.
pub(super) fn keep_further(
    state: &State,
    met: &mut Vec<Finding>,
    further: Vec<Finding>,
    normalised: &Normalised,
) -> Result<(), Failure> {
    if further.is_empty() {
        return Ok(());
    }
    met.extend(further);
    keep_findings(state, met, normalised)
}

/// Where a file that the message may not name is named: nothing else is known of a run that it stopped.
pub(super) fn keep_unread(state: &State, met: &[Finding]) -> Result<(), Failure> {
    let lines: String = met.iter().map(line).collect();
    state.write(StateFile::Findings, lines.as_bytes()).map_err(|error| Failure::new(Exit::Failed, &error))
}

/// A merge for the private state: which rows became one, and why.
fn merge_line(merge: &Merge) -> String {
    let object = serde_json::json!({
        "what": match merge.kind {
            MergeKind::Organisation => "entreprise",
            MergeKind::Flow => "flux",
        },
        "kept": merge.kept.private(None),
        "merged": merge.others.iter().map(|other| other.private(None)).collect::<Vec<_>>(),
        "evidence_fr": merge.evidence_fr,
        "evidence_en": merge.evidence_en,
    });
    format!("{object}\n")
}

/// A finding for the private state, with what was read.
fn line(finding: &Finding) -> String {
    let object = serde_json::json!({
        "severity": finding.severity.code(),
        "kind": finding.kind.code(),
        "row": finding.location.public(),
        "where": finding.location.private(finding.column.as_deref()),
        "field": finding.field.map(Field::code),
        "read": finding.read.reveal(),
        "message_fr": finding.message_fr,
        "message_en": finding.message_en,
        "repair_fr": finding.repair_fr,
        "repair_en": finding.repair_en,
    });
    format!("{object}\n")
}

pub(super) fn keep_explanations(state: &State, protected: &disclosure::Protected) -> Result<(), Failure> {
    let mut lines = String::new();
    for found in protected.explanations() {
        let object = serde_json::json!({
            "table": found.table,
            "measure": found.measure,
            "cell": found.dimensions,
            "reason": match found.reason {
                disclosure::Reason::Frequency => "primary: too few groups",
                disclosure::Reason::Dominance => "primary: one group dominates",
                disclosure::Reason::Asked => "primary: asked for",
                disclosure::Reason::Complementary => "complementary",
                disclosure::Reason::Withdrawn => "withdrawn",
                disclosure::Reason::Outdated => "outdated",
            },
        });
        lines.push_str(&object.to_string());
        lines.push('\n');
    }
    state.write(StateFile::Explanations, lines.as_bytes()).map_err(|error| Failure::new(Exit::Failed, &error))
}
