//! What animators filled in, read back and kept, whether or not the match is found again.

use super::known::Known;
use super::rejected::Rejected;
use super::workbook::{IDENTIFIER, NOTE, STATUS, STATUSES};
use crate::model::{
    Category, Confidential, Destination, Finding, FindingKind, FlowType, Location, Match, OrgId, Severity,
    Status, StatusChange, Synergy, SynergyId, fold,
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// One match of the list with what is known of its follow-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUp {
    /// Who gives.
    pub supplier: OrgId,
    /// Who takes.
    pub receiver: OrgId,
    /// What flows.
    pub flow_type: FlowType,
    /// Category of what flows.
    pub category: Option<Category>,
    /// Where it goes today.
    pub destination: Destination,
    /// Status, once somebody filled it in.
    pub status: Option<Status>,
    /// Note of the animators.
    pub note: Confidential<String>,
    /// What the match was like when it was given up; none unless it was.
    pub rejected: Option<Rejected>,
    /// Dated history, oldest first.
    pub history: Vec<StatusChange>,
}

impl FollowUp {
    /// Whether somebody wrote something about it.
    #[must_use]
    pub fn is_filled(&self) -> bool {
        self.status.is_some() || !self.note.reveal().is_empty()
    }
}

/// Follow-ups by the identifier of their match.
pub type FollowUps = BTreeMap<String, FollowUp>;

/// Adds tonight's matches to the memory; what was filled in stays, what was never filled in and
/// is no longer found goes.
pub fn remember(memory: &mut FollowUps, matches: &[(&str, &Match)], known: &Known<'_>) {
    memory.retain(|_, one| one.is_filled());
    for (id, found) in matches {
        let (Some(offer), Some(request)) = (known.flow(&found.offer), known.flow(&found.request)) else {
            continue;
        };
        let fresh = FollowUp {
            supplier: offer.organisation.clone(),
            receiver: request.organisation.clone(),
            flow_type: offer.flow_type,
            category: offer.category.or(request.category),
            destination: offer.destination,
            status: None,
            note: Confidential::new(String::new()),
            rejected: None,
            history: Vec::new(),
        };
        memory.entry((*id).to_owned()).or_insert(fresh);
    }
}

/// Reads the filled rows of `maillages.xlsx` into the memory. `rows` are the sheet's rows with
/// their numbers. Rows may be sorted, filtered, doubled or missing; of doubled rows the last
/// filled one counts. What cannot be read is a finding and changes nothing.
pub fn read(memory: &mut FollowUps, rows: &[(u32, Vec<String>)], as_of: NaiveDate) -> Vec<Finding> {
    let mut findings = Vec::new();
    let header = rows.iter().enumerate().find_map(|(at, (_, cells))| {
        let column = |name: &str| cells.iter().position(|cell| fold(cell) == fold(name));
        Some((at, column(IDENTIFIER)?, column(STATUS)?, column(NOTE)))
    });
    let Some((at, identifier, status, note)) = header else { return findings };
    for (number, cells) in &rows[at + 1..] {
        let cell = |column: usize| cells.get(column).map_or("", |text| text.trim());
        let (id, word, text) = (cell(identifier), cell(status), note.map_or("", cell));
        if word.is_empty() && text.is_empty() {
            continue;
        }
        let Some(one) = memory.get_mut(id) else {
            findings.push(unknown(*number, FindingKind::UnknownCode, id));
            continue;
        };
        if !text.is_empty() {
            one.note = Confidential::new(text.to_owned());
        }
        if word.is_empty() {
            continue;
        }
        let known = STATUSES
            .iter()
            .find(|(status, label)| fold(label) == fold(word) || fold(status.code()) == fold(word));
        match known {
            Some((status, _)) if one.status == Some(*status) => {}
            Some((status, _)) => {
                one.status = Some(*status);
                one.history.push(StatusChange { on: Some(as_of), status: *status });
            }
            None => findings.push(unknown(*number, FindingKind::UnknownStatus, word)),
        }
    }
    findings
}

/// The followed ones as synergies; the others are only potential and are counted as matches.
#[must_use]
pub fn synergies(memory: &FollowUps) -> Vec<Synergy> {
    let followed = memory.iter().filter_map(|(id, one)| Some((id, one, one.status?)));
    followed
        .map(|(id, one, status)| Synergy {
            id: SynergyId(Confidential::new(format!("maillage {id}"))),
            supplier: Some(one.supplier.clone()),
            receiver: Some(one.receiver.clone()),
            flow_type: one.flow_type,
            category: one.category,
            material_code: None,
            description: Confidential::new(String::new()),
            status,
            history: one.history.clone(),
            recurrence: None,
            mass: None,
            previous_destination: one.destination,
            distance_m: None,
            investment_cents: None,
            revenue_cents: None,
            jobs_tenths: None,
            attribution: None,
            abandon_reason: None,
            locations: Vec::new(),
        })
        .collect()
}

fn unknown(row: u32, kind: FindingKind, read: &str) -> Finding {
    let (message_fr, message_en, repair_fr, repair_en) = if kind == FindingKind::UnknownStatus {
        (
            "Ce statut n’est pas dans la liste.",
            "This status is not in the list.",
            "Choisir un statut dans la liste déroulante de la colonne.",
            "Choose a status from the drop-down list of the column.",
        )
    } else {
        (
            "Cet identifiant n’est celui d’aucun maillage connu : la ligne n’est pas suivie.",
            "This identifier is not that of a known match: the row is not followed.",
            "Rétablir l’identifiant d’origine de la ligne.",
            "Restore the original identifier of the row.",
        )
    };
    Finding {
        severity: Severity::Warning,
        kind,
        location: Location {
            source: "maillages".to_owned(),
            file: Confidential::new("maillages.xlsx".to_owned()),
            sheet: Some(Confidential::new(super::workbook::SHEET.to_owned())),
            row,
        },
        column: None,
        field: None,
        read: Confidential::new(read.to_owned()),
        message_fr: message_fr.to_owned(),
        message_en: message_en.to_owned(),
        repair_fr: repair_fr.to_owned(),
        repair_en: repair_en.to_owned(),
    }
}
