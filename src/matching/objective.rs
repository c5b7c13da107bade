//! What a kilogram sent along a match gains, under the objective of the settings.

use super::feasibility::feasibility;
use super::network::FAR;
use crate::config::{self, Objective};
use crate::model::{Flow, Match};
use chrono::NaiveDate;

/// Parts of a unit (kilogram, kg `CO2e`, cent of CAD) in which what a kilogram gains is told: a thousandth of
/// a unit a tonne.
pub(super) const PARTS_OF_UNIT: i64 = 1_000_000;

/// More than any kilogram gains (half a thousand million units): what lies beyond is a slip of the keys. No
/// price is above the greatest gain, and a distance below [`FAR`] with three such prices added is a number.
const MOST: i64 = FAR / 4_096;
const _: () = assert!(PARTS_OF_UNIT <= MOST);

/// What a kilogram gains, in millionths of a kilogram, of a kg `CO2e`, or of a cent of CAD.
///
/// At the cautious end of every interval: the least that is spared, and the most that it costs. None
/// when a part is not known or out of all bounds, for an unknown cost is not nothing: emissions need the
/// distance and the factor of the virgin material; money needs the price of disposal or of what the receiver
/// buys, and the cost of haul, treatment and start.
pub(super) fn gain_a_kg(
    found: &Match,
    (offer, request): (&Flow, &Flow),
    settings: &config::Matching,
    as_of: NaiveDate,
) -> Option<i64> {
    let yearly = match settings.objective {
        Objective::Mass => return Some(PARTS_OF_UNIT),
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
    let gain = i64::try_from((i128::from(yearly) * i128::from(PARTS_OF_UNIT)).div_euclid(kg)).ok()?;
    (gain.unsigned_abs() <= MOST.unsigned_abs()).then_some(gain)
}
