//! What a kilogram sent along a match gains, under the objective of the settings.

use super::feasibility::{Feasibility, at_best};
use super::found::Found;
use super::network::FAR;
use super::prices::Interval;
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

/// What a kilogram gains, in millionths of a kilogram, of a kg `CO2e`, or of a cent of CAD, at the best value
/// of both amounts.
///
/// Of kilograms those count that reach the request: of a treatment as many as it leaves at least. Emissions are
/// at the cautious end: the least that is replaced, and the most that is emitted. Money is in
/// the middle of what the match gains at the dearest and at the cheapest, for prices are wide intervals and
/// hardly a match is sure to gain. None when a part is not known or out of all bounds, for an unknown cost is
/// not nothing: emissions need the distance and the factor of the virgin material; money needs the price of
/// disposal or of what the receiver buys, and the cost of haul, treatment and start.
pub(super) fn gain_a_kg(
    found: &Match,
    sides: (&Flow, &Flow),
    settings: &config::Matching,
    as_of: NaiveDate,
) -> Option<i64> {
    let yearly = match settings.objective {
        Objective::Mass => {
            return Some(PARTS_OF_UNIT / 1_000 * found.left_milli.map_or(1_000, |(least, _)| least));
        }
        Objective::Emissions => {
            let known = at_best(found, sides, settings, as_of);
            known.virgin_kg_co2e?.0.saturating_sub(known.haul_kg_co2e?.1)
        }
        Objective::Money => {
            let (least, most) = money_cents(&at_best(found, sides, settings, as_of))?;
            least.midpoint(most)
        }
    };
    let kg = i128::from(found.mass_kg.filter(|kg| *kg > 0)?);
    let gain = i64::try_from((i128::from(yearly) * i128::from(PARTS_OF_UNIT)).div_euclid(kg)).ok()?;
    (gain.unsigned_abs() <= MOST.unsigned_abs()).then_some(gain)
}

/// What is spared less what it costs, cents of CAD a year: at the dearest and at the cheapest.
fn money_cents(known: &Feasibility) -> Option<Interval> {
    let spared = [known.spared_cents, known.purchase_cents].into_iter().flatten();
    let (least, most) =
        spared.reduce(|one, other| (one.0.saturating_add(other.0), one.1.saturating_add(other.1)))?;
    let costs = [known.haul_cents?, known.treatment_cents?, known.start_cents?];
    let left = |(least, most): Interval, (low, high): &Interval| {
        (least.saturating_sub(*high), most.saturating_sub(*low))
    };
    Some(costs.iter().fold((least, most), left))
}

/// What the planned share of every match gains in a year together, cents of CAD: at the dearest and at the
/// cheapest of all prices.
#[must_use]
pub fn plan_money_cents(found: &Found<'_>, settings: &config::Matching, as_of: NaiveDate) -> Interval {
    let mut sum = (0_i64, 0_i64);
    for pair in found.pairs() {
        let Some((given, kg)) = pair.found.given_kg.zip(pair.found.mass_kg.filter(|kg| *kg > 0)) else {
            continue;
        };
        let known = at_best(&pair.found, (pair.offer(), pair.request()), settings, as_of);
        let share = |cents: i64| {
            let part = (i128::from(cents) * i128::from(given)).div_euclid(i128::from(kg));
            i64::try_from(part).unwrap_or(i64::MAX)
        };
        if let Some((least, most)) = money_cents(&known) {
            sum = (sum.0.saturating_add(share(least)), sum.1.saturating_add(share(most)));
        }
    }
    sum
}
