//! The follow-up of matches: what animators filled in, kept whether or not the match is found again.

use super::fill::Agreed;
use super::known::Known;
use super::party::{Parties, Party};
use super::rejected::Rejected;
use crate::model::{
    Category, Confidential, Destination, Direction, Field, Flow, FlowId, FlowType, Mass, Match, OrgId,
    Status, StatusChange, Synergy, SynergyId,
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// What was written on one day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Step {
    /// Which answer it is among all, from 1: a workbook says which was the last when it was written. 0 when it
    /// was taken in before they were counted.
    pub number: u32,
    /// The day, when it is known.
    pub on: Option<NaiveDate>,
    /// The status from that day.
    pub status: Option<Status>,
    /// Realised kilograms a year.
    pub quantity_kg: Option<i64>,
    /// Reason for giving up.
    pub reason: Option<Confidential<String>>,
    /// Note.
    pub note: Option<Confidential<String>>,
    /// Who let the confidential entry be shown.
    pub agreed: Option<Agreed>,
}

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
    /// Realised kilograms a year.
    pub quantity_kg: Option<i64>,
    /// Reason for giving up.
    pub reason: Confidential<String>,
    /// Who let the confidential entry be shown to the other side.
    pub agreed: Agreed,
    /// What came back and could not be taken in, until somebody settles it.
    pub unsettled: Confidential<String>,
    /// What tells offer and request again when they say something else.
    pub parties: [Party; 2],
    /// What the match was like when it was given up; none unless it was.
    pub rejected: Option<Rejected>,
    /// Dated history, oldest first.
    pub history: Vec<Step>,
}

impl FollowUp {
    /// A match that nobody wrote about.
    #[must_use]
    pub fn new(offer: &Flow, request: &Flow) -> Self {
        Self {
            supplier: offer.organisation.clone(),
            receiver: request.organisation.clone(),
            flow_type: offer.flow_type,
            category: offer.category.or(request.category),
            destination: offer.destination,
            status: None,
            note: Confidential::default(),
            quantity_kg: None,
            reason: Confidential::default(),
            agreed: Agreed::default(),
            unsettled: Confidential::default(),
            parties: [Party::default(), Party::default()],
            rejected: None,
            history: Vec::new(),
        }
    }

    /// Whether somebody wrote something about it.
    #[must_use]
    pub fn is_filled(&self) -> bool {
        self.status.is_some()
            || self.quantity_kg.is_some()
            || self.agreed != Agreed::default()
            || [&self.note, &self.reason, &self.unsettled].into_iter().any(|text| !text.reveal().is_empty())
    }

    /// Who gives and who takes, with what tells them again.
    pub(super) fn sides(&self) -> [(&OrgId, Direction, &Party); 2] {
        let [offer, request] = &self.parties;
        [(&self.supplier, Direction::Output, offer), (&self.receiver, Direction::Input, request)]
    }

    /// Keyed numbers of both entries, when their sources gave both.
    pub(super) fn numbers(&self) -> Option<[&str; 2]> {
        Party::numbers(&self.parties)
    }

    /// What was known of one answer, `now` today, when a workbook was written that knew the answers up to a number.
    pub(super) fn known_at<T>(
        &self,
        number: u32,
        now: Option<T>,
        of: impl Fn(&Step) -> Option<T>,
    ) -> Option<T> {
        if !self.history.iter().any(|step| step.number > number && of(step).is_some()) {
            return now;
        }
        self.history.iter().rev().filter(|step| step.number <= number).find_map(of)
    }

    /// Notes and reasons of the animators, which may name somebody, today's and earlier ones.
    pub fn texts(&self) -> impl Iterator<Item = (Field, &str)> {
        let past = self.history.iter().flat_map(|step| {
            [(Field::AbandonReason, step.reason.as_ref()), (Field::Note, step.note.as_ref())]
        });
        [(Field::Note, Some(&self.note)), (Field::AbandonReason, Some(&self.reason))]
            .into_iter()
            .chain(past)
            .filter_map(|(field, text)| Some((field, text?.reveal().as_str())))
    }
}

/// Follow-ups by the identifier of their match.
pub type FollowUps = BTreeMap<String, FollowUp>;

/// Number of the last answer that was taken in.
pub(super) fn last_number(memory: &FollowUps) -> u32 {
    memory.values().flat_map(|one| &one.history).map(|step| step.number).max().unwrap_or(0)
}

/// Adds tonight's matches to the memory; what was filled in stays, what was never filled in and
/// is no longer found goes.
pub fn remember(
    memory: &mut FollowUps,
    matches: &[(&str, &Match)],
    known: &Known<'_>,
    parties: &Parties<'_>,
) {
    let mut sides: BTreeMap<&FlowId, Party> = BTreeMap::new();
    memory.retain(|_, one| one.is_filled());
    for (id, found) in matches {
        let (Some(offer), Some(request)) = (known.flow(&found.offer), known.flow(&found.request)) else {
            continue;
        };
        let one = memory.entry((*id).to_owned()).or_insert_with(|| FollowUp::new(offer, request));
        for (party, flow) in one.parties.iter_mut().zip([offer, request]) {
            let mut now = sides.entry(&flow.id).or_insert_with(|| parties.of(flow)).clone();
            now.known_as(party.names.reveal());
            *party = now;
        }
    }
}

/// One that is followed as a synergy; the others are only potential and are counted as matches.
pub(super) fn synergy(id: &str, one: &FollowUp) -> Option<Synergy> {
    let changes = one.history.iter();
    Some(Synergy {
        id: SynergyId(Confidential::new(format!("maillage {id}"))),
        supplier: Some(one.supplier.clone()),
        receiver: Some(one.receiver.clone()),
        flow_type: one.flow_type,
        category: one.category,
        material_code: None,
        description: Confidential::new(String::new()),
        status: one.status?,
        history: changes
            .filter_map(|step| Some(StatusChange { on: step.on, status: step.status? }))
            .collect(),
        recurrence: None,
        mass: one.quantity_kg.and_then(Mass::exact),
        previous_destination: one.destination,
        distance_m: None,
        investment_cents: None,
        revenue_cents: None,
        jobs_tenths: None,
        attribution: None,
        abandon_reason: Some(one.reason.clone()).filter(|reason| !reason.reveal().is_empty()),
        locations: Vec::new(),
    })
}
