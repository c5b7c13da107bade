//! Rows to companies, flows and synergies: units, materials, dates, checks, quarantine.
//!
//! Pure: no file, no clock. The order of rows never matters: everything is read and merged in
//! the order of locations. Rows need not be held: they are gone through two or three times, some at
//! a time, and what is read of one is kept in their place.

mod addressed;
mod answers;
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
mod outside;
mod owners;
mod periods;
mod quarantine;
mod reader;
mod recognised;
mod rows;
mod rows_below;
mod survey;
mod synergies;
mod titles;
mod told;
mod totals;
mod weighing;
mod yearly;

#[cfg(test)]
mod amount_tests;
#[cfg(test)]
mod aside_tests;
#[cfg(test)]
mod merging_tests;
#[cfg(test)]
mod notation_tests;
#[cfg(test)]
mod passing_tests;
#[cfg(test)]
mod quantity_tests;
#[cfg(test)]
mod tests;

pub use addressed::quarantine_by_owner;
pub use identifiers::name_key;
pub use quarantine::{QuarantineError, quarantine_workbook};
pub use recognised::recognised;
pub use rows::{Held, Rows};
pub use rows_below::rows_below;
pub use told::Telling;

use crate::config::{Mapping, Settings};
use crate::model::{
    Field, Finding, FindingKind, Flow, Location, OrgId, Organisation, RawRow, Severity, Subject, Synergy,
};
use crate::parallel;
use aside::{Around, Aside};
use chrono::NaiveDate;
use flows::FlowRead;
use lexicon::Lexicon;
use organisations::OrganisationRead;
use reader::{Reader, Spoken, finding};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use survey::Survey;
use told::{Late, Passed, Told};
use totals::Totals;

/// What normalise makes of the rows; every list is sorted.
#[derive(Debug, Clone, Default)]
pub struct Normalised {
    /// Companies after merge, by identity.
    pub organisations: Vec<Organisation>,
    /// Flows after merge, by identity.
    pub flows: Vec<Flow>,
    /// Synergies with their history, by identity.
    pub synergies: Vec<Synergy>,
    /// What data owners should know and is told, refusals included, by location.
    pub findings: Vec<Finding>,
    /// How many findings of each severity that is told there are, in the order of `Severity::ALL`.
    pub met: [usize; Severity::ALL.len()],
    /// Refused rows, by location.
    pub quarantine: Vec<Quarantined>,
    /// Rows that count without a cell that was refused, by location: they go back to their owners too.
    pub doubtful: Vec<Quarantined>,
    /// What was united and why, by kept location.
    pub merges: Vec<Merge>,
}

/// A row that goes back to its owner, with all its findings.
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

/// Reads every row and tells everything. `mappings` is keyed by the name of the source; `as_of` is
/// today's date, after which no status can be dated.
#[must_use]
pub fn normalise(
    rows: Vec<RawRow>,
    settings: &Settings,
    mappings: &BTreeMap<String, Mapping>,
    as_of: NaiveDate,
) -> Normalised {
    normalise_rows(&Held::new(rows), settings, mappings, as_of, Telling::Whole)
}

/// As [`normalise`], of rows that need not be held.
#[must_use]
pub fn normalise_rows(
    rows: &dyn Rows,
    settings: &Settings,
    mappings: &BTreeMap<String, Mapping>,
    as_of: NaiveDate,
    telling: Telling,
) -> Normalised {
    let survey = Survey::of(rows);
    let lexicons = Lexicons::new(settings, mappings, &survey.commas);
    let mut told = Told::new(telling);
    let mut run = read(rows, &survey, &lexicons, Totals::new(settings, mappings), &mut told);
    let mut late = Late::default();
    let mut merged = merge_organisations::merge(&run.reads);
    late.remark(&told, merged.remarks);
    let parks: BTreeMap<&OrgId, _> =
        merged.organisations.iter().map(|organisation| (&organisation.id, &organisation.park)).collect();
    let owned = std::mem::take(&mut run.flows).into_iter().filter_map(|(at, owner, mut read)| {
        let resolved = merged.owners[owner].take().or_else(|| {
            let organisation = &run.reads[owner];
            let key = organisation.more().source_id.as_ref()?;
            merged.index.find(&organisation.location.source, key.reveal())
        });
        let Some(id) = resolved else {
            late.refuse(at);
            return None;
        };
        if read.flow.park.is_none() {
            read.flow.park = parks.get(&id).and_then(|park| (*park).clone());
        }
        if read.flow.park.is_none() {
            late.remark(&told, [(read.flow.locations[0].clone(), FindingKind::MissingPark)]);
        }
        read.flow.organisation = id;
        Some(read)
    });
    let mut flows: Vec<FlowRead> = owned.collect();
    run.reads = Vec::new();
    merged.owners = Vec::new();
    rank_materials(&mut flows, &merged.organisations);
    let merged_flows = merge_flows::merge(flows);
    late.remark(&told, merged_flows.remarks);

    let mut synergies = Vec::new();
    if told.is_whole() || survey.has_synergies || !late.is_empty() {
        let (spoken, mut passed, mut start) = (Spoken::default(), Passed::default(), 0);
        rows.each(&mut |rows| {
            for (at, row) in (start..).zip(rows) {
                let mut findings: Vec<Finding> = late.refusal(at, row).into_iter().collect();
                if row.subject == Subject::Synergies {
                    let mut reader = Reader::new(row, lexicons.of(row), &spoken).among(&survey);
                    if !skipped(&mut reader, survey.around(at)) {
                        reader.repeats();
                        synergies.extend(synergies::read(&mut reader, &merged.index, as_of));
                    }
                    findings.extend(reader.findings);
                }
                if survey.is_last_of_place(at) {
                    findings.extend(late.remarks(row));
                }
                told.take(&mut passed, at, findings);
                told.keep(at, row);
            }
            start += rows.len();
        });
    }
    let mut united = Vec::new();
    if told.is_whole() {
        united.extend(merged.merges);
        united.extend(merged_flows.merges);
        united.sort_by(|left, right| {
            (left.kind, &left.kept, &left.others).cmp(&(right.kind, &right.kept, &right.others))
        });
    }
    let (findings, [quarantine, doubtful], met) = told.finish();
    let (organisations, flows, synergies) =
        (merged.organisations, merged_flows.flows, synergies::merge(synergies));
    Normalised { organisations, flows, synergies, findings, met, quarantine, doubtful, merges: united }
}

/// Reads companies and flows.
fn read(
    rows: &dyn Rows,
    survey: &Survey,
    lexicons: &Lexicons<'_>,
    mut totals: Totals<'_>,
    told: &mut Told,
) -> Run {
    let mut run = Run::default();
    let (mut differing, mut passed, mut start) = (Passed::default(), Passed::default(), 0);
    rows.each(&mut |rows| {
        for (at, row) in (start..).zip(rows) {
            if let Some(column) = totals.wrong(row, &lexicons.common) {
                let differs = finding(row, Severity::Warning, FindingKind::TotalDiffers, Some(column));
                told.take(&mut differing, at, vec![differs]);
            }
        }
        for part in parallel::in_parts(rows, |first, rows| {
            let (mut part, spoken) = (Run::default(), Spoken::default());
            for (at, row) in (start + first..).zip(rows).filter(|(_, row)| row.subject != Subject::Synergies)
            {
                let reader = Reader::new(row, lexicons.of(row), &spoken).among(survey);
                part.read(at, reader, survey.around(at));
            }
            part
        }) {
            run.append(part, |at, findings| told.take(&mut passed, at, findings));
        }
        start += rows.len();
    });
    run
}

/// Words to codes, by source.
struct Lexicons<'a> {
    by_source: BTreeMap<&'a str, Lexicon>,
    common: Lexicon,
}

impl<'a> Lexicons<'a> {
    fn new(
        settings: &'a Settings,
        mappings: &'a BTreeMap<String, Mapping>,
        commas: &BTreeSet<Arc<str>>,
    ) -> Self {
        let named = settings.sources.iter().map(|source| source.name.as_str());
        let by_source = named.chain(mappings.keys().map(String::as_str)).map(|source| {
            let lexicon = Lexicon::new(settings, mappings.get(source));
            (source, if commas.contains(source) { lexicon.with_commas() } else { lexicon })
        });
        Self { by_source: by_source.collect(), common: Lexicon::new(settings, None) }
    }

    fn of(&self, row: &RawRow) -> &Lexicon {
        self.by_source.get(&*row.location.source).unwrap_or(&self.common)
    }
}

/// Ranks the codes of every flow by its words and the activity of its company, and lets both say the category that
/// the source left open. Flows that say the same with the same activity are read once.
fn rank_materials(reads: &mut [FlowRead], organisations: &[Organisation]) {
    let sectors: BTreeMap<&OrgId, &str> = organisations
        .iter()
        .filter_map(|organisation| Some((&organisation.id, organisation.sector.as_ref()?.reveal().as_str())))
        .collect();
    for read in reads.iter_mut() {
        read.flow.ranked_codes = flows::declared_codes(&read.flow);
    }
    let mut order: Vec<usize> =
        (0..reads.len()).filter(|at| flows::is_ranked_by_words(&reads[*at].flow)).collect();
    let said = |at: usize| {
        let FlowRead { flow, open_category, .. } = &reads[at];
        let sector = sectors.get(&flow.organisation).copied().unwrap_or_default();
        (sector, flow.description.reveal(), open_category.as_deref().unwrap_or_default())
    };
    order.sort_unstable_by(|one, other| said(*one).cmp(&said(*other)));
    let alike: Vec<&[usize]> = order.chunk_by(|one, other| said(*one) == said(*other)).collect();
    let ranked = parallel::in_parts(&alike, |_, part| {
        let mut expected: BTreeMap<&str, _> = BTreeMap::new();
        let mut ranked = Vec::with_capacity(part.len());
        for alike in part {
            let (sector, text, beside) = said(alike[0]);
            let expected = expected.entry(sector).or_insert_with(|| flows::expectation(sector));
            let (codes, mut category) = flows::spoken(text, expected);
            if !beside.is_empty() {
                category = flows::spoken(&format!("{beside} {text}"), expected).1;
            }
            ranked.push((codes, category));
        }
        ranked
    });
    for (alike, (codes, category)) in alike.iter().zip(ranked.iter().flatten()) {
        for at in *alike {
            let FlowRead { flow, open_category, .. } = &mut reads[*at];
            flow.ranked_codes.clone_from(codes);
            // Without an activity the words said all they say when they were read.
            if open_category.is_some() && sectors.contains_key(&flow.organisation) {
                flow.category = *category;
            }
        }
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
        Some(Aside::Table(last)) => reader.other_table(last),
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
    /// By row.
    findings: Vec<(usize, Vec<Finding>)>,
}

impl Run {
    /// Adds what later rows gave; their findings go to `tell`.
    fn append(&mut self, later: Self, mut tell: impl FnMut(usize, Vec<Finding>)) {
        let before = self.reads.len();
        self.reads.extend(later.reads);
        self.flows.extend(later.flows.into_iter().map(|(at, owner, flow)| (at, before + owner, flow)));
        for (at, findings) in later.findings {
            tell(at, findings);
        }
    }

    fn read(&mut self, at: usize, mut reader: Reader<'_>, around: Around) {
        if !skipped(&mut reader, around) {
            reader.repeats();
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
        if !reader.findings.is_empty() {
            self.findings.push((at, reader.findings));
        }
    }
}
