//! What an animator gave up is not proposed again, unless something that matters has changed.

use super::follow_up::FollowUps;
use super::found::Found;
use super::identifier::{self, Identifier};
use crate::model::{Flow, Match, Status};

/// Share by which an amount must change to matter, percent.
const MATTERS_PERCENT: i128 = 25;

/// The facts of a match on the day it was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Kilograms a year of the offer.
    pub offer_kg: Option<i64>,
    /// Kilograms a year of the request.
    pub request_kg: Option<i64>,
    /// Codes of state, hazard, destination, frequency and last day of both sides.
    pub facts: String,
}

/// What the facts of one side are about, in their order, French and English.
const FACTS: [(&str, &str); 5] = [
    ("état", "state"),
    ("danger", "hazard"),
    ("destination", "destination"),
    ("fréquence", "frequency"),
    ("dernier jour", "last day"),
];

impl Rejected {
    fn of(offer: &Flow, request: &Flow) -> Self {
        let facts = |flow: &Flow| {
            let state = flow.state.map_or("", |state| state.code());
            let frequency = flow.frequency.map_or("", |frequency| frequency.code());
            let (hazardous, last) = (flow.hazardous, flow.available_to);
            format!("{state} {hazardous:?} {} {frequency} {last:?}", flow.destination.code())
        };
        Self {
            offer_kg: offer.mass.map(crate::model::Mass::best_kg),
            request_kg: request.mass.map(crate::model::Mass::best_kg),
            facts: format!("{} | {}", facts(offer), facts(request)),
        }
    }

    /// What matters and is not as it was, French and English; empty when nothing is.
    #[must_use]
    pub fn changes(&self, offer: &Flow, request: &Flow) -> Vec<(String, String)> {
        let now = Self::of(offer, request);
        let matters = |before: Option<i64>, now: Option<i64>| match (before, now) {
            (Some(before), Some(now)) => {
                let (before, now) = (i128::from(before), i128::from(now));
                (before - now).abs() * 100 > before.max(1) * MATTERS_PERCENT
            }
            (None, None) => false,
            _ => true,
        };
        let sides = [("de l’offre", "of the offer"), ("de la demande", "of the request")];
        let amounts = [(self.offer_kg, now.offer_kg), (self.request_kg, now.request_kg)];
        let mut changes = Vec::new();
        let halves = self.facts.split(" | ").zip(now.facts.split(" | "));
        for (((of_fr, of_en), (before, after)), (old, new)) in sides.into_iter().zip(amounts).zip(halves) {
            if matters(before, after) {
                changes.push((format!("quantité {of_fr}"), format!("amount {of_en}")));
            }
            let facts = old.split(' ').zip(new.split(' ')).zip(FACTS);
            for (_, (french, english)) in facts.filter(|((old, new), _)| old != new) {
                changes.push((format!("{french} {of_fr}"), format!("{english} {of_en}")));
            }
        }
        changes
    }
}

/// Whether a match that says what this pair says was given up and nothing has changed since; `keyed` as for
/// [`super::identifiers`].
pub fn is_given_up(
    memory: &FollowUps,
    (offer, request): (&Flow, &Flow),
    keyed: impl Fn(&str) -> String,
) -> bool {
    let followed = |key: String| memory.get(&Identifier::of(&keyed(&key))?.to_string());
    identifier::keys((offer, request)).into_iter().filter_map(followed).any(|one| {
        one.status == Some(Status::Abandoned)
            && one.rejected.as_ref().is_none_or(|before| before.changes(offer, request).is_empty())
    })
}

/// Takes the matches out that were given up and have not changed since, with their identifiers, and gives
/// them. Facts are noted the first time that a given-up match is met.
pub fn set_aside(
    memory: &mut FollowUps,
    found: &mut Found<'_>,
    identifiers: &mut Vec<Identifier>,
) -> Vec<(String, Match)> {
    let mut is_aside = |identifier: &Identifier, (offer, request): (&Flow, &Flow)| {
        let Some(one) = memory.get_mut(&identifier.to_string()) else { return false };
        if one.status != Some(Status::Abandoned) {
            one.rejected = None;
            return false;
        }
        let before = one.rejected.get_or_insert_with(|| Rejected::of(offer, request));
        before.changes(offer, request).is_empty()
    };
    let is_out: Vec<bool> = identifiers
        .iter()
        .zip(found.flows())
        .map(|(identifier, flows)| is_aside(identifier, flows))
        .collect();
    let aside = found.take_out(&is_out);
    let mut named =
        identifiers.iter().zip(&is_out).filter(|(_, is_out)| **is_out).map(|(one, _)| one.to_string());
    let aside = aside.into_iter().map(|one| (named.next().unwrap_or_default(), one)).collect();
    let mut left = is_out.iter();
    identifiers.retain(|_| left.next() == Some(&false));
    aside
}
