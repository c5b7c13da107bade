//! Rows to companies, flows and synergies: units, materials, dates, checks, quarantine.
//!
//! Pure: no file, no clock. The order of rows never matters: everything is read and merged in
//! the order of locations.

mod aside;
mod dates;
mod density;
mod flows;
mod identifiers;
mod lexicon;
mod merge_flows;
mod merge_organisations;
mod namesakes;
mod organisations;
mod owners;
mod periods;
mod quarantine;
mod reader;
mod recognised;
mod synergies;
mod titles;
mod totals;
mod weighing;
mod yearly;

#[cfg(test)]
mod notation_tests;
#[cfg(test)]
mod tests;

pub use identifiers::name_key;
pub use quarantine::{QuarantineError, quarantine_by_owner, quarantine_workbook};
pub use recognised::recognised;

use crate::config::{Mapping, Settings};
use crate::measures::quantity;
use crate::model::{
    Field, Finding, FindingKind, Flow, Location, OrgId, Organisation, RankedCode, RawRow, Severity, Subject,
    Synergy,
};
use crate::parallel;
use aside::{Around, Aside};
use chrono::NaiveDate;
use flows::FlowRead;
use lexicon::Lexicon;
use organisations::OrganisationRead;
use reader::{Reader, Spoken, finding};
use std::collections::{BTreeMap, BTreeSet};

/// What normalise makes of the rows; every list is sorted.
#[derive(Debug, Clone, Default)]
pub struct Normalised {
    /// Companies after merge, by identity.
    pub organisations: Vec<Organisation>,
    /// Flows after merge, by identity.
    pub flows: Vec<Flow>,
    /// Synergies with their history, by identity.
    pub synergies: Vec<Synergy>,
    /// Everything that data owners should know, refusals included, by location.
    pub findings: Vec<Finding>,
    /// Refused rows, by location.
    pub quarantine: Vec<Quarantined>,
    /// What was united and why, by kept location.
    pub merges: Vec<Merge>,
}

/// A refused row with all its findings.
#[derive(Debug, Clone)]
pub struct Quarantined {
    /// The row as read.
    pub row: RawRow,
    /// Why, and what else was met on it.
    pub findings: Vec<Finding>,
}

/// What a merge united.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MergeKind {
    /// Rows of one company.
    Organisation,
    /// Entries of one flow.
    Flow,
}

/// Rows that were found to be one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    /// What was united.
    pub kind: MergeKind,
    /// The row that was kept.
    pub kept: Location,
    /// Rows united with it, one for each source and spelling of a company, sorted.
    pub others: Vec<Location>,
    /// Why, in French, without any value.
    pub evidence_fr: String,
    /// Why, in English.
    pub evidence_en: String,
}

/// Reads every row. `mappings` is keyed by the name of the source; `as_of` is today's date,
/// after which no status can be dated.
#[must_use]
pub fn normalise(
    mut rows: Vec<RawRow>,
    settings: &Settings,
    mappings: &BTreeMap<String, Mapping>,
    as_of: NaiveDate,
) -> Normalised {
    rows.sort_by(|left, right| {
        left.location.cmp(&right.location).then_with(|| content(left).cmp(&content(right)))
    });
    let has_comma = |row: &&RawRow| {
        let cell = row.cells.get(&Field::Quantity);
        cell.is_some_and(|cell| quantity::has_decimal_comma(&cell.value.reveal()))
    };
    let commas: BTreeSet<String> =
        rows.iter().filter(has_comma).map(|row| row.location.source.clone()).collect();
    let lexicons: BTreeMap<&str, Lexicon> = settings
        .sources
        .iter()
        .map(|source| source.name.as_str())
        .chain(mappings.keys().map(String::as_str))
        .map(|source| {
            let lexicon = Lexicon::new(settings, mappings.get(source));
            (source, if commas.contains(source) { lexicon.with_commas() } else { lexicon })
        })
        .collect();
    let common = Lexicon::new(settings, None);
    let lexicon = |row: &RawRow| lexicons.get(row.location.source.as_str()).unwrap_or(&common);
    let mut run = Run::default();
    for at in totals::wrong(&rows, settings, mappings, &common) {
        let differs = finding(&rows[at], Severity::Warning, FindingKind::TotalDiffers, Some(Field::Quantity));
        run.findings.entry(at).or_default().push(differs);
    }
    let around = aside::around(&rows);
    for part in parallel::in_parts(&rows, |start, rows| {
        let (mut part, spoken) = (Run::default(), Spoken::default());
        for (at, row) in (start..).zip(rows).filter(|(_, row)| row.subject != Subject::Synergies) {
            part.read(at, Reader::new(row, lexicon(row), &spoken), around[at]);
        }
        part
    }) {
        run.append(part);
    }
    let merged = merge_organisations::merge(&run.reads);
    run.merges.extend(merged.merges);
    let by_location: BTreeMap<&Location, usize> =
        rows.iter().enumerate().map(|(at, row)| (&row.location, at)).collect();
    let mut remarks = merged.remarks;

    let park: BTreeMap<&OrgId, _> =
        merged.organisations.iter().map(|organisation| (&organisation.id, &organisation.park)).collect();
    let mut flows = Vec::new();
    for (at, owner, mut read) in std::mem::take(&mut run.flows) {
        let resolved = merged.owners[owner].clone().or_else(|| {
            let organisation = &run.reads[owner];
            let key = organisation.source_id.as_ref()?;
            merged.index.find(&organisation.location.source, key.reveal())
        });
        let Some(id) = resolved else {
            run.refuse(
                at,
                finding(&rows[at], Severity::Rejection, FindingKind::MissingName, Some(Field::Name)),
            );
            continue;
        };
        if read.flow.park.is_none() {
            read.flow.park = park.get(&id).and_then(|park| (*park).clone());
        }
        if read.flow.park.is_none() {
            remarks.push((rows[at].location.clone(), FindingKind::MissingPark));
        }
        read.flow.organisation = id;
        flows.push(read);
    }
    run.reads = Vec::new();
    let mut merged_flows = merge_flows::merge(flows);
    rank_materials(&mut merged_flows.flows, &merged.organisations);
    run.merges.extend(merged_flows.merges);
    remarks.extend(merged_flows.remarks);

    let mut synergies = Vec::new();
    let spoken = Spoken::default();
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| row.subject == Subject::Synergies) {
        let mut reader = Reader::new(row, lexicon(row), &spoken);
        if !skipped(&mut reader, around[at]) {
            synergies.extend(synergies::read(&mut reader, &merged.index, as_of));
        }
        run.keep(at, reader.findings);
    }
    for (location, kind) in remarks {
        if let Some(&at) = by_location.get(&location) {
            let (severity, field) = remark(kind);
            run.findings.entry(at).or_default().push(finding(&rows[at], severity, kind, field));
        }
    }
    run.finish(rows, merged.organisations, merged_flows.flows, synergies::merge(synergies))
}

/// Ranks the codes of every flow by its words and the activity of its company. Flows that say the
/// same with the same activity are ranked once.
fn rank_materials(flows: &mut [Flow], organisations: &[Organisation]) {
    let sectors: BTreeMap<&OrgId, &str> = organisations
        .iter()
        .filter_map(|organisation| Some((&organisation.id, organisation.sector.as_ref()?.reveal().as_str())))
        .collect();
    let asked = |flow: &Flow| {
        let sector = sectors.get(&flow.organisation).copied().unwrap_or_default();
        (sector.to_owned(), flow.description.reveal().clone())
    };
    let distinct: BTreeSet<(String, String)> =
        flows.iter().filter(|flow| flows::is_ranked_by_words(flow)).map(asked).collect();
    let distinct: Vec<(String, String)> = distinct.into_iter().collect();
    let ranked = parallel::in_parts(&distinct, |_, part| {
        let mut expected: BTreeMap<&str, _> = BTreeMap::new();
        let mut ranked = Vec::with_capacity(part.len());
        for (sector, text) in part {
            let expected = expected.entry(sector).or_insert_with(|| flows::expectation(sector));
            ranked.push(flows::spoken_codes(text, expected));
        }
        ranked
    });
    let ranked: BTreeMap<(String, String), Vec<RankedCode>> =
        distinct.into_iter().zip(ranked.into_iter().flatten()).collect();
    for flow in flows {
        flow.ranked_codes = flows::declared_codes(flow);
        if flows::is_ranked_by_words(flow) {
            flow.ranked_codes = ranked.get(&asked(flow)).cloned().unwrap_or_default();
        }
    }
}

/// Text that orders rows which claim the same place.
fn content(row: &RawRow) -> Vec<(String, String)> {
    row.cells.values().chain(&row.unmapped).map(|cell| (cell.column.clone(), cell.value.reveal())).collect()
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

/// Totals and notes in the body are told and skipped; hidden rows are told and kept.
fn skipped(reader: &mut Reader<'_>, around: Around) -> bool {
    let row = reader.row;
    if row.held.is_some() {
        reader.find(Severity::Rejection, FindingKind::HeldByContract, None);
        return true;
    }
    let aside = aside::of(row, around, reader.lexicon);
    let blank = row.cells.values().chain(&row.unmapped).all(|cell| cell.value.is_empty());
    match aside {
        Some(Aside::Total | Aside::Statistic) => reader.find(Severity::Note, FindingKind::Subtotal, None),
        Some(Aside::Note) => reader.find(Severity::Note, FindingKind::NotAnEntry, None),
        None if row.hidden && !blank => reader.find(Severity::Note, FindingKind::HiddenRow, None),
        None => {}
    }
    aside.is_some() || blank
}

#[derive(Default)]
struct Run {
    reads: Vec<OrganisationRead>,
    /// Row, its company among `reads`, and the flow.
    flows: Vec<(usize, usize, FlowRead)>,
    findings: BTreeMap<usize, Vec<Finding>>,
    merges: Vec<Merge>,
}

impl Run {
    /// Adds what later rows gave.
    fn append(&mut self, later: Self) {
        let before = self.reads.len();
        self.reads.extend(later.reads);
        self.flows.extend(later.flows.into_iter().map(|(at, owner, flow)| (at, before + owner, flow)));
        for (at, findings) in later.findings {
            self.keep(at, findings);
        }
        self.merges.extend(later.merges);
    }

    fn read(&mut self, at: usize, mut reader: Reader<'_>, around: Around) {
        if !skipped(&mut reader, around) {
            if reader.row.subject == Subject::Flows {
                if let Some((flow, organisation)) = flows::read(&mut reader) {
                    self.flows.push((at, self.reads.len(), flow));
                    self.reads.push(organisation);
                }
            } else {
                reader.errors(&[Field::Name]);
                let read = organisations::read(&mut reader);
                if read.name.is_none() && !reader.is_error(Field::Name) {
                    reader.find(Severity::Rejection, FindingKind::MissingName, Some(Field::Name));
                }
                if read.park.is_none() && reader.text(Field::Park).is_none() {
                    reader.find(Severity::Note, FindingKind::MissingPark, Some(Field::Park));
                }
                if !reader.rejected() {
                    self.reads.push(read);
                }
            }
        }
        self.keep(at, reader.findings);
    }

    fn keep(&mut self, at: usize, findings: Vec<Finding>) {
        if !findings.is_empty() {
            self.findings.entry(at).or_default().extend(findings);
        }
    }

    fn refuse(&mut self, at: usize, finding: Finding) {
        self.findings.entry(at).or_default().push(finding);
    }

    fn finish(
        mut self,
        rows: Vec<RawRow>,
        organisations: Vec<Organisation>,
        flows: Vec<Flow>,
        synergies: Vec<Synergy>,
    ) -> Normalised {
        let mut all = Vec::new();
        let mut quarantine = Vec::new();
        let mut rows: Vec<Option<RawRow>> = rows.into_iter().map(Some).collect();
        for (at, mut findings) in self.findings {
            findings.sort_by(|left, right| {
                (left.field, left.kind, left.severity).cmp(&(right.field, right.kind, right.severity))
            });
            if findings.iter().any(|finding| finding.severity == Severity::Rejection)
                && let Some(row) = rows[at].take()
            {
                quarantine.push(Quarantined { row, findings: findings.clone() });
            }
            all.extend(findings);
        }
        self.merges.sort_by(|left, right| {
            (left.kind, &left.kept, &left.others).cmp(&(right.kind, &right.kept, &right.others))
        });
        Normalised { organisations, flows, synergies, findings: all, quarantine, merges: self.merges }
    }
}
