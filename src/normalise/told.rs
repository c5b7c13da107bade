//! What is told of the rows: everything, or only the first of it.

use super::Quarantined;
use super::reader::finding;
use crate::model::{Field, Finding, FindingKind, Location, RawRow, Severity};
use std::collections::{BTreeMap, BTreeSet};

/// How much is told of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Telling {
    /// Every finding, every merge, and refused rows as they were read.
    Whole,
    /// Only the first refusals and warnings, so many of each: what is told does not grow with the rows.
    First(usize),
}

/// Findings kept of each severity while the rows are gone through once.
#[derive(Default)]
pub(super) struct Passed([usize; Severity::ALL.len()]);

/// Findings by row.
pub(super) struct Told {
    telling: Telling,
    findings: BTreeMap<usize, Vec<Finding>>,
    /// Rows that go back to their owners, refused or not.
    kept: BTreeMap<usize, RawRow>,
    /// Findings of each severity that is told, those that are not kept too.
    met: [usize; Severity::ALL.len()],
}

impl Told {
    pub(super) const fn new(telling: Telling) -> Self {
        Self { telling, findings: BTreeMap::new(), kept: BTreeMap::new(), met: [0; Severity::ALL.len()] }
    }

    /// Whether everything is told.
    pub(super) fn is_whole(&self) -> bool {
        self.telling == Telling::Whole
    }

    /// Whether anything of this severity is told.
    pub(super) fn wants(&self, severity: Severity) -> bool {
        self.is_whole() || severity != Severity::Note
    }

    /// Takes the findings of a row; rows come in their order while they are gone through once.
    pub(super) fn take(&mut self, passed: &mut Passed, at: usize, findings: Vec<Finding>) {
        // Which of the findings of one row come first is only known once it has all of them.
        let before = passed.0;
        for finding in findings {
            if !self.wants(finding.severity) {
                continue;
            }
            let severity = finding.severity as usize;
            self.met[severity] += 1;
            let is_kept = match self.telling {
                Telling::Whole => true,
                Telling::First(most) => before[severity] < most,
            };
            if is_kept {
                passed.0[severity] += 1;
                self.findings.entry(at).or_default().push(finding);
            }
        }
    }

    /// Keeps a row that was refused, or of which a cell was, when all findings of it are known.
    pub(super) fn keep(&mut self, at: usize, row: &RawRow) {
        let goes_back = |finding: &Finding| is_refusal(finding) || is_of_a_cell(finding);
        let findings = self.findings.get(&at).filter(|_| self.is_whole());
        if findings.is_some_and(|findings| findings.iter().any(goes_back)) {
            self.kept.insert(at, row.clone());
        }
    }

    /// Findings by location, refused rows with theirs, rows that count without a cell of theirs, and how
    /// many findings of each severity there are.
    pub(super) fn finish(mut self) -> (Vec<Finding>, [Vec<Quarantined>; 2], [usize; Severity::ALL.len()]) {
        let mut all = Vec::new();
        let [mut quarantine, mut doubtful] = [Vec::new(), Vec::new()];
        for (at, mut findings) in self.findings {
            findings.sort_by(|left, right| {
                (left.field, left.kind, left.severity).cmp(&(right.field, right.kind, right.severity))
            });
            if let Some(row) = self.kept.remove(&at) {
                let list = if findings.iter().any(is_refusal) { &mut quarantine } else { &mut doubtful };
                list.push(Quarantined { row, findings: findings.clone() });
            }
            all.extend(findings);
        }
        if let Telling::First(most) = self.telling {
            let mut passed = Passed::default();
            all.retain(|finding| {
                let passed = &mut passed.0[finding.severity as usize];
                *passed += 1;
                *passed <= most
            });
        }
        (all, [quarantine, doubtful], self.met)
    }
}

/// Whether a finding refuses its row.
pub(super) fn is_refusal(finding: &Finding) -> bool {
    finding.severity == Severity::Rejection
}

/// Whether it refuses one cell of a row that stays, in which its owner wrote something else than was meant:
/// a word that only the settings do not know is not his to correct.
fn is_of_a_cell(finding: &Finding) -> bool {
    use FindingKind as K;
    let is_wrong = matches!(
        finding.kind,
        K::RoundedIdentifier
            | K::BadEnterpriseNumber
            | K::BadSector
            | K::BadWorkforce
            | K::BadCoordinates
            | K::BadQuantity
            | K::AmbiguousUnit
            | K::ContradictoryUnits
            | K::AmbiguousFrequency
            | K::UnknownFrequency
            | K::BadDate
            | K::BadYesNo
            | K::BadAmount
            | K::BadEmail
            | K::SpreadsheetError
    );
    is_wrong
        && finding.severity == Severity::Warning
        && finding.column.as_deref().is_some_and(|at| !at.is_empty())
}

/// What is only known of a row when all rows were read.
#[derive(Default)]
pub(super) struct Late {
    /// Rows whose company cannot be named.
    refused: BTreeSet<usize>,
    remarks: BTreeMap<Location, Vec<FindingKind>>,
}

impl Late {
    pub(super) fn refuse(&mut self, at: usize) {
        self.refused.insert(at);
    }

    /// Remembers those remarks that are told.
    pub(super) fn remark(&mut self, told: &Told, remarks: impl IntoIterator<Item = (Location, FindingKind)>) {
        let wanted = remarks.into_iter().filter(|(_, kind)| told.wants(remark(*kind).0));
        for (location, kind) in wanted {
            self.remarks.entry(location).or_default().push(kind);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.refused.is_empty() && self.remarks.is_empty()
    }

    /// That the company of a row cannot be named.
    pub(super) fn refusal(&self, at: usize, row: &RawRow) -> Option<Finding> {
        let refusal = || finding(row, Severity::Rejection, FindingKind::MissingName, Some(Field::Name));
        self.refused.contains(&at).then(refusal)
    }

    /// The remarks about the place of a row.
    pub(super) fn remarks<'a>(&'a self, row: &'a RawRow) -> impl Iterator<Item = Finding> + 'a {
        self.remarks.get(&row.location).into_iter().flatten().map(move |kind| {
            let (severity, field) = remark(*kind);
            finding(row, severity, *kind, field)
        })
    }
}

const fn remark(kind: FindingKind) -> (Severity, Option<Field>) {
    match kind {
        FindingKind::DuplicateIdentifier => (Severity::Warning, Some(Field::FlowId)),
        FindingKind::DuplicateFlow => (Severity::Note, Some(Field::Description)),
        FindingKind::ConflictingDuplicate => (Severity::Note, Some(Field::EnterpriseNumber)),
        FindingKind::ConflictingNumber => (Severity::Warning, Some(Field::EnterpriseNumber)),
        FindingKind::MissingPark => (Severity::Note, Some(Field::Park)),
        _ => (Severity::Note, Some(Field::Name)),
    }
}
