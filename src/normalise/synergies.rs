//! Followed synergies: one row a step of the history, or one row a synergy.

use super::flows::{destination, resource};
use super::merge_organisations::Index;
use super::reader::Reader;
use crate::model::{
    Attribution, Confidential, Field, FindingKind, OrgId, Recurrence, Said, Severity, Status, StatusChange,
    Synergy, SynergyId,
};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a distance is counted in, in metres; plain numbers are kilometres.
const DISTANCES: &[(&str, i128)] = &[
    ("", 1_000),
    ("km", 1_000),
    ("kilometre", 1_000),
    ("kilometres", 1_000),
    ("kilometer", 1_000),
    ("kilometers", 1_000),
    ("m", 1),
    ("metre", 1),
    ("metres", 1),
    ("meter", 1),
    ("meters", 1),
];
/// What jobs are counted in, in tenths.
const JOBS: &[(&str, i128)] = &[
    ("", 10),
    ("emploi", 10),
    ("emplois", 10),
    ("poste", 10),
    ("postes", 10),
    ("job", 10),
    ("jobs", 10),
    ("etc", 10),
    ("etp", 10),
    ("fte", 10),
];

/// Reads a row; none when it is refused.
pub(super) fn read(reader: &mut Reader<'_>, index: &Index, as_of: NaiveDate) -> Option<Synergy> {
    reader.errors(&[Field::Status]);
    let status = status(reader);
    let supplier = organisation(reader, index, Field::Supplier);
    let receiver = organisation(reader, index, Field::Receiver);
    let resource = resource(reader);
    let on = status_date(reader, as_of);
    let given = reader.text(Field::SynergyId).unwrap_or_else(|| reader.row.location.public());
    let synergy = Synergy {
        id: SynergyId(Confidential::new(given)),
        supplier,
        receiver,
        flow_type: resource.flow_type,
        category: resource.category,
        material_code: resource.codes.into_iter().next(),
        description: Confidential::new(resource.description),
        status: status.unwrap_or(Status::Potential),
        history: status.into_iter().map(|status| StatusChange { on, status }).collect(),
        recurrence: reader.code(Field::Recurrence, Recurrence::CODES, FindingKind::UnknownCode),
        mass: resource.mass,
        previous_destination: destination(reader),
        distance_m: reader.scaled(Field::Distance, DISTANCES),
        investment_cents: reader.cents(Field::Investment),
        revenue_cents: reader.cents(Field::Revenue),
        jobs_tenths: reader.scaled(Field::Jobs, JOBS),
        attribution: reader.code(Field::Attribution, Attribution::CODES, FindingKind::UnknownCode),
        abandon_reason: reader.free(Field::AbandonReason),
        locations: vec![reader.row.location.clone()],
    };
    status.filter(|_| !reader.rejected())?;
    Some(synergy)
}

fn status(reader: &mut Reader<'_>) -> Option<Status> {
    let text = reader.text(Field::Status).unwrap_or_default();
    let local = reader.lexicon.word(Field::Status.code(), &text).and_then(|code| code.parse().ok());
    let kind = match local.map_or_else(|| Status::said(&text), Said::Status) {
        Said::Status(status) => return Some(status),
        Said::Several => FindingKind::AmbiguousStatus,
        Said::Nothing => FindingKind::UnknownStatus,
    };
    if !reader.is_error(Field::Status) {
        reader.find(Severity::Rejection, kind, Some(Field::Status));
    }
    None
}

/// The day of the status; a day to come is refused.
fn status_date(reader: &mut Reader<'_>, as_of: NaiveDate) -> Option<NaiveDate> {
    let day = reader.date(Field::StatusDate, false)?;
    if day > as_of {
        reader.find(Severity::Warning, FindingKind::BadDate, Some(Field::StatusDate));
        return None;
    }
    Some(day)
}

fn organisation(reader: &mut Reader<'_>, index: &Index, field: Field) -> Option<OrgId> {
    let found = reader.text(field).and_then(|text| index.find(&reader.row.location.source, &text));
    if found.is_none() {
        reader.find(Severity::Warning, FindingKind::UnknownOrganisation, Some(field));
    }
    found
}

/// Rows of one number are the history of one synergy; the last day says how it stands and
/// fills what earlier days leave open. Rows must be sorted by location.
pub(super) fn merge(reads: Vec<Synergy>) -> Vec<Synergy> {
    let mut by_id: BTreeMap<(Arc<str>, SynergyId), Vec<Synergy>> = BTreeMap::new();
    for read in reads {
        by_id.entry((read.locations[0].source.clone(), read.id.clone())).or_default().push(read);
    }
    let mut merged: Vec<Synergy> = by_id.into_values().filter_map(unite).collect();
    merged.sort_by(|left, right| left.id.cmp(&right.id).then_with(|| left.locations.cmp(&right.locations)));
    let mut previous: Option<SynergyId> = None;
    for synergy in &mut merged {
        let given = synergy.id.clone();
        if previous.as_ref() == Some(&given) {
            let place = synergy.locations[0].public();
            synergy.id = SynergyId(Confidential::new(format!("{} ({place})", given.0.reveal())));
        }
        previous = Some(given);
    }
    merged.sort_by(|left, right| left.id.cmp(&right.id));
    merged
}

fn unite(mut steps: Vec<Synergy>) -> Option<Synergy> {
    // Undated steps come first; rows of one day keep their order in the sheet.
    steps.sort_by_key(|step| step.history.first().and_then(|change| change.on));
    let mut kept = steps.pop()?;
    for step in steps.into_iter().rev() {
        kept.supplier = kept.supplier.or(step.supplier);
        kept.receiver = kept.receiver.or(step.receiver);
        kept.category = kept.category.or(step.category);
        kept.material_code = kept.material_code.or(step.material_code);
        if kept.description.reveal().is_empty() {
            kept.description = step.description;
        }
        kept.recurrence = kept.recurrence.or(step.recurrence);
        kept.mass = kept.mass.or(step.mass);
        if kept.previous_destination == crate::model::Destination::Unknown {
            kept.previous_destination = step.previous_destination;
        }
        kept.distance_m = kept.distance_m.or(step.distance_m);
        kept.investment_cents = kept.investment_cents.or(step.investment_cents);
        kept.revenue_cents = kept.revenue_cents.or(step.revenue_cents);
        kept.jobs_tenths = kept.jobs_tenths.or(step.jobs_tenths);
        kept.attribution = kept.attribution.or(step.attribution);
        kept.abandon_reason = kept.abandon_reason.or(step.abandon_reason);
        kept.history.extend(step.history);
        kept.locations.extend(step.locations);
    }
    kept.history.reverse();
    kept.locations.sort();
    Some(kept)
}
