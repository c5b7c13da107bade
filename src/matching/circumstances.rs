//! The parts of a score that rest on when, in which condition, from where and for whose eyes a flow
//! is, each in thousandths, none when what it needs is missing.

use super::facts::Facts;
use crate::model::{Destination, FlowType};
use chrono::NaiveDate;

/// One lot against a regular need, or the reverse.
pub(super) const ONE_LOT: u16 = 700;
/// Another physical state.
pub(super) const OTHER_STATE: u16 = 300;
/// Hazardous where nobody says whether the request takes it.
pub(super) const MAY_BE_REFUSED: u16 = 500;
/// Windows of which all but nothing is shared.
const HARDLY_MEET: i64 = 500;
/// What each side that need not be asked for its consent adds.
const NO_CONSENT: u16 = 500;

/// The lesser of rhythm and season: one lot against a regular need 700; windows as [`season`] says.
pub(super) fn period(offer: &Facts, request: &Facts, as_of: NaiveDate) -> Option<u16> {
    let most = period_at_most(offer, request, as_of)?;
    Some(most.min(season(offer, request, as_of)))
}

/// As [`period`], were one window to lie within the other.
pub(super) fn period_at_most(offer: &Facts, request: &Facts, as_of: NaiveDate) -> Option<u16> {
    let ends = [offer.to, request.to];
    if ends.iter().flatten().any(|end| *end < as_of) {
        return Some(0);
    }
    let dated = [offer.from, request.from].iter().chain(&ends).any(Option::is_some);
    rhythm(offer, request).or(dated.then_some(1000))
}

/// One lot against a regular need 700, else 1000. How often a regular flow comes does not count: most
/// often it only says by what time the amount was told.
pub(super) fn rhythm(offer: &Facts, request: &Facts) -> Option<u16> {
    let both = offer.is_once.zip(request.is_once);
    both.map(|(one, other)| if one == other { 1000 } else { ONE_LOT })
}

/// From today on: 1000 when the shorter of both windows lies within the longer one, down to 500 as less of
/// it does, 0 when they do not meet or one is over. A window without an end is open there.
fn season(offer: &Facts, request: &Facts, as_of: NaiveDate) -> u16 {
    let start = |one: &Facts| one.from.map_or(as_of, |day| day.max(as_of));
    let end = |one: &Facts| one.to.unwrap_or(NaiveDate::MAX);
    let days = |from: NaiveDate, to: NaiveDate| (to - from).num_days() + 1;
    let common = days(start(offer).max(start(request)), end(offer).min(end(request)));
    let shorter = days(start(offer), end(offer)).min(days(start(request), end(request)));
    if common <= 0 {
        return 0;
    }
    u16::try_from(HARDLY_MEET + (1000 - HARDLY_MEET) * common / shorter).unwrap_or(1000)
}

/// The least of state, hazard and contamination, of those that are known; 0 when the words of the request
/// exclude what the offer is.
pub(super) fn condition(offer: &Facts, request: &Facts) -> Option<u16> {
    let excluded = (excluded(offer, request) != 0).then_some(0);
    let facts = [beside_hazard(offer, request), hazard(offer, request), excluded];
    facts.into_iter().flatten().min()
}

/// As [`condition`], of state and contamination alone.
pub(super) fn beside_hazard(offer: &Facts, request: &Facts) -> Option<u16> {
    [state(offer, request), contamination(offer, request)].into_iter().flatten().min()
}

/// Rows of [`super::exclusions`] that keep the offer from the request.
pub(super) const fn excluded(offer: &Facts, request: &Facts) -> u64 {
    offer.barred & request.barred
}

/// The same physical state 1000, another 300.
pub(super) fn state(offer: &Facts, request: &Facts) -> Option<u16> {
    offer.state.zip(request.state).map(|(one, other)| if one == other { 1000 } else { OTHER_STATE })
}

/// Hazardous where the request says no 0, where it says nothing 500, else 1000.
pub(super) fn hazard(offer: &Facts, request: &Facts) -> Option<u16> {
    match (offer.hazardous, request.hazardous) {
        (Some(true), None) => Some(MAY_BE_REFUSED),
        (is, takes) => taken(is, takes),
    }
}

/// Soiled where the request wants it clean 0, else 1000.
pub(super) fn contamination(offer: &Facts, request: &Facts) -> Option<u16> {
    taken(offer.soiled, request.soiled)
}

fn taken(is: Option<bool>, takes: Option<bool>) -> Option<u16> {
    is.zip(takes).map(|(is, takes)| if is && !takes { 0 } else { 1000 })
}

/// What is gained by taking a flow from where it goes today: the lower it stands in the order of priority of
/// the Environment Quality Act (RLRQ, c. Q-2, s. 53.4.1: reuse, recycling with biological treatment, other
/// recovery, energy, disposal), a quarter a step. What waits in storage stands one step above disposal (ours).
/// What is no material is not diverted from anywhere: 1000.
pub(super) const fn gained(flow_type: FlowType, destination: Destination) -> Option<u16> {
    match (flow_type, destination) {
        (FlowType::Material, Destination::Unknown) => None,
        (FlowType::Material, Destination::Storage) => Some(750),
        (FlowType::Material, Destination::Recycling | Destination::Composting) => Some(250),
        (FlowType::Material, Destination::Reuse) => Some(0),
        _ => Some(1000),
    }
}

/// 1000 when neither entry is confidential, 500 less for each whose company must consent first.
pub(super) const fn openness(offer: &Facts, request: &Facts) -> u16 {
    openness_of(offer) + openness_of(request)
}

/// What one side adds to [`openness`].
pub(super) const fn openness_of(one: &Facts) -> u16 {
    if one.is_confidential { 0 } else { NO_CONSENT }
}
