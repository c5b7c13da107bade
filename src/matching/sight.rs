//! The most that two flows could score, in a few nanoseconds, from thirty bytes of each.
//!
//! In single precision and always rounded up: what it leaves out could not be kept; what it lets
//! through is scored exactly, in whole numbers.

use super::facts::{Facts, Place};
use super::parts::{EARTH_M, HALF_PART, Weights};
use crate::model::Part;

/// What single precision and rounding may hide, in thousandths of a thousandth of the score.
const ROUNDING: f32 = 8.0;
/// The same for a distance: metres, and the share of it.
const ROUNDING_M: f32 = 2.0;
const ROUNDING_SHARE: f32 = 2e-6;
const HALF: f32 = HALF_PART as f32;

/// The lesser of two; `other` when one is not a number. One instruction, unlike [`f32::min`].
#[inline]
pub(super) fn lesser(one: f32, other: f32) -> f32 {
    if one < other { one } else { other }
}

/// The greater of two; `other` when one is not a number.
#[inline]
pub(super) fn greater(one: f32, other: f32) -> f32 {
    if one > other { one } else { other }
}

/// What most flows are passed over by. What is unknown is not a number, and stays so whatever is
/// computed with it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glance {
    pub(super) kg: f32,
    /// Root of the share that the least amount has of the greatest: two flows agree in the worst case in no
    /// more than the product of theirs.
    pub(super) sure: f32,
    pub(super) place: [f32; 3],
    /// The most that the amounts can agree, thousandths, where either is no known mass: all where both may be
    /// of another dimension.
    unweighed: f32,
    /// The most that distance can be, thousandths, where either place is not on the map: all where both may lie
    /// in one park.
    unplaced: f32,
    /// Belief in all codes, thousandths, and number of words.
    pub(super) whole: f32,
    pub(super) words: f32,
    /// What the parts weigh that it settles alone.
    pub(super) alone: f32,
    /// Which of the side's likenesses.
    pub(super) alike: u32,
    /// Its place in the order of content.
    pub(super) rank: u32,
}

#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "bounds are rounded up")]
impl Glance {
    pub(super) fn new(facts: &Facts, rank: u32, (whole, words): (u32, u32), alone: u32, alike: u32) -> Self {
        Self {
            kg: facts.kg().map_or(f32::NAN, |kg| kg as f32),
            sure: facts
                .mass()
                .map_or(f32::NAN, |mass| (mass.low() as f32 / mass.high().max(1) as f32).sqrt()),
            unweighed: if facts.amount.is_some() && facts.kg().is_none() { 1000.0 } else { HALF },
            place: facts.place.map_or([f32::NAN; 3], |Place(point)| point.map(|along| along as f32)),
            unplaced: if facts.park.is_some() { 1000.0 } else { HALF },
            whole: whole as f32,
            words: words as f32,
            alone: alone as f32,
            alike,
            rank,
        }
    }
}

/// What bounds the score of flows of one likeness.
#[derive(Debug, Clone)]
pub(super) struct Bound {
    pub(super) alike: u32,
    /// The first of their ranks.
    pub(super) rank: u32,
    /// The greatest belief in the code of their list, and in all others.
    pub(super) belief: f32,
    pub(super) beside: f32,
    /// The most that the parts weigh which each settles alone.
    pub(super) alone: f32,
    /// Ends of the belief in all codes, of the number of words, and of the masses that are known.
    pub(super) whole: [f32; 2],
    pub(super) words: [f32; 2],
    kg: [f32; 2],
    /// The surest of the amounts.
    sure: f32,
    /// Corners of the box of the places that are known.
    low: [f32; 3],
    high: [f32; 3],
    /// What the part is at least: one half where some do not know.
    least_quantity: f32,
    /// Whether the places of some are not on the map.
    some_unplaced: bool,
}

impl Bound {
    /// Of flows with their beliefs in the code of their list.
    pub(super) fn new<'a, I: Iterator<Item = (f32, &'a Glance)>>(flows: impl Fn() -> I) -> Self {
        let ends = |of: &dyn Fn(&Glance) -> f32| {
            // The lesser and the greater of a number and of none are the number; far where all are none.
            let low = flows().map(|(_, one)| of(one)).fold(f32::NAN, f32::min);
            let high = flows().map(|(_, one)| of(one)).fold(f32::NAN, f32::max);
            if low.is_nan() { [f32::INFINITY; 2] } else { [low, high] }
        };
        let lacks = |of: &dyn Fn(&Glance) -> f32| flows().any(|(_, one)| of(one).is_nan());
        let corners = [0, 1, 2].map(|axis| ends(&|one| one.place[axis]));
        Self {
            alike: flows().next().map_or(0, |(_, one)| one.alike),
            rank: flows().map(|(_, one)| one.rank).min().unwrap_or(0),
            belief: flows().map(|(belief, _)| belief).fold(0.0, f32::max),
            beside: flows().map(|(belief, one)| one.whole - belief).fold(0.0, f32::max),
            alone: flows().map(|(_, one)| one.alone).fold(0.0, f32::max),
            whole: ends(&|one| one.whole),
            words: ends(&|one| one.words),
            kg: ends(&|one| one.kg),
            // Where nobody knows, it is multiplied and has to be a number.
            sure: ends(&|one| one.sure)[1].min(1.0),
            low: corners.map(|[low, _]| low),
            high: corners.map(|[_, high]| high),
            least_quantity: if lacks(&|one| one.kg) { HALF } else { 0.0 },
            some_unplaced: lacks(&|one| one.place[0]),
        }
    }
}

/// Weights of the parts that depend on amount and place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sight {
    pub(super) material: f32,
    quantity: f32,
    distance: f32,
    per_metre: f32,
    /// Metres of a chord of length 1, rounded down.
    metres: f32,
}

impl Sight {
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "bounds are rounded up")]
    pub(super) fn new(weights: &Weights) -> Self {
        Self {
            material: weights.of(Part::Material),
            quantity: weights.of(Part::Quantity),
            distance: weights.of(Part::Distance),
            per_metre: 1.0 / weights.radius_m().max(1) as f32,
            metres: EARTH_M as f32 * (1.0 - ROUNDING_SHARE),
        }
    }

    /// The most that quantity and distance weigh for a flow and another of this amount and place.
    #[inline]
    pub(super) fn most(&self, one: &Glance, kg: f32, sure: f32, [x, y, z]: [f32; 3]) -> f32 {
        let along = [one.place[0] - x, one.place[1] - y, one.place[2] - z];
        let parts = self.parts(one, kg, sure, along);
        self.weighed(parts)
    }

    /// The same for a flow and any of some.
    #[inline]
    pub(super) fn most_of(&self, one: &Glance, others: &Bound) -> f32 {
        let [low, high] = others.kg;
        let nearest = lesser(high, greater(low, one.kg));
        // Outside of the box one of the two is positive; what is not a number stays so.
        let along = [0, 1, 2].map(|axis| {
            let place = one.place[axis];
            greater(0.0, greater(others.low[axis] - place, place - others.high[axis]))
        });
        let (quantity, distance) = self.parts(one, nearest, others.sure, along);
        let least_distance = if others.some_unplaced { one.unplaced } else { 0.0 };
        // What is unknown stays what it is at most where who searches does not know.
        self.weighed((greater(others.least_quantity, quantity), greater(least_distance, distance)))
    }

    /// Quantity and distance, thousandths.
    #[inline]
    fn parts(&self, one: &Glance, kg: f32, sure: f32, along: [f32; 3]) -> (f32, f32) {
        let best = lesser(one.kg / kg, kg / one.kg);
        let worst = lesser(best, one.sure * sure);
        let quantity = if best.is_nan() { one.unweighed } else { 400.0 + 300.0 * (best + worst) };
        let square = along[0] * along[0] + along[1] * along[1] + along[2] * along[2];
        // The chord is never longer than the arc.
        let metres = square.sqrt() * self.metres;
        let near = greater(0.0, lesser(1.0, 1.0 - (metres - ROUNDING_M) * self.per_metre));
        (quantity, if near.is_nan() { one.unplaced } else { 1000.0 * near })
    }

    #[inline]
    fn weighed(&self, (quantity, distance): (f32, f32)) -> f32 {
        self.quantity * quantity + self.distance * distance + ROUNDING
    }

    /// The same for a flow and any other.
    pub(super) fn most_of_any(&self, one: &Glance) -> f32 {
        let part = |fact: f32, unknown: f32| if fact.is_nan() { unknown } else { 1000.0 };
        self.quantity * part(one.kg, one.unweighed)
            + self.distance * part(one.place[0], one.unplaced)
            + ROUNDING
    }
}
