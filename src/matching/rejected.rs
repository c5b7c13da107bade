//! What an animator gave up is not proposed again, unless something that matters has changed.

use super::follow_up::FollowUps;
use super::known::Known;
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

    fn differs(&self, now: &Self) -> bool {
        let changed = |before: Option<i64>, now: Option<i64>| match (before, now) {
            (Some(before), Some(now)) => {
                let (before, now) = (i128::from(before), i128::from(now));
                (before - now).abs() * 100 > before.max(1) * MATTERS_PERCENT
            }
            (None, None) => false,
            _ => true,
        };
        self.facts != now.facts
            || changed(self.offer_kg, now.offer_kg)
            || changed(self.request_kg, now.request_kg)
    }
}

/// Takes the matches out that were given up and have not changed since; gives what is proposed and
/// how many were set aside. Facts are noted the first time that a given-up match is met.
pub fn set_aside(
    memory: &mut FollowUps,
    matches: Vec<(String, Match)>,
    known: &Known<'_>,
) -> (Vec<(String, Match)>, usize) {
    let before = matches.len();
    let proposed: Vec<(String, Match)> = matches
        .into_iter()
        .filter(|(id, found)| {
            let Some(one) = memory.get_mut(id) else { return true };
            if one.status != Some(Status::Abandoned) {
                one.rejected = None;
                return true;
            }
            let pair = known.flow(&found.offer).zip(known.flow(&found.request));
            let Some((offer, request)) = pair else { return true };
            let now = Rejected::of(offer, request);
            one.rejected.get_or_insert_with(|| now.clone()).differs(&now)
        })
        .collect();
    let aside = before - proposed.len();
    (proposed, aside)
}
