//! What a kilogram sent along a match gains, under the objective of the settings.

use super::feasibility::feasibility;
use super::network::FAR;
use crate::config::{self, Objective};
use crate::model::{Flow, Match};
use chrono::NaiveDate;

/// More than any tonne gains: what lies beyond is a slip of the keys, and would leave the network no room.
const MOST: i64 = FAR / 4_096;

/// Whole units a tonne: kilograms (1,000), kg `CO2e`, or cents of CAD.
///
/// At the cautious end of every interval: the least that is spared, and the most that it costs. None
/// when a part is not known or out of all bounds, for an unknown cost is not nothing: emissions need the
/// distance and the factor of the virgin material; money needs the price of disposal or of what the receiver
/// buys, and the cost of haul, treatment and start.
pub(super) fn gain_a_tonne(
    found: &Match,
    (offer, request): (&Flow, &Flow),
    settings: &config::Matching,
    as_of: NaiveDate,
) -> Option<i64> {
    let yearly = match settings.objective {
        Objective::Mass => return Some(1_000),
        Objective::Emissions => {
            let known = feasibility(found, offer, request, settings, as_of);
            known.virgin_kg_co2e?.0.saturating_sub(known.haul_kg_co2e?.1)
        }
        Objective::Money => {
            let known = feasibility(found, offer, request, settings, as_of);
            let spared = [known.spared_cents, known.purchase_cents];
            let least = spared.into_iter().flatten().map(|(low, _)| low).reduce(i64::saturating_add)?;
            let costs = [known.haul_cents?, known.treatment_cents?, known.start_cents?];
            costs.iter().fold(least, |sum, (_, high)| sum.saturating_sub(*high))
        }
    };
    let kg = i128::from(found.mass_kg.filter(|kg| *kg > 0)?);
    let gain = i64::try_from((i128::from(yearly) * 1_000).div_euclid(kg)).ok()?;
    (gain.unsigned_abs() <= MOST.unsigned_abs()).then_some(gain)
}
