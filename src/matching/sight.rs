//! The most that two flows could score, in a few nanoseconds, from thirty bytes of each.
//!
//! In single precision and always rounded up: what it leaves out could not be kept; what it lets
//! through is scored exactly, in whole numbers.

use super::facts::{Facts, Place};
use super::parts::{EARTH_M, HALF_PART, Weights};

/// What single precision and rounding may hide, in thousandths of a thousandth of the score.
const ROUNDING: f32 = 8.0;
/// The same for a distance: metres, and the share of it.
const ROUNDING_M: f32 = 2.0;
const ROUNDING_SHARE: f32 = 2e-6;
const HALF: f32 = HALF_PART as f32;

/// What most flows are passed over by. What is unknown is not a number, and stays so whatever is
/// computed with it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glance {
    kg: f32,
    place: [f32; 3],
    /// Belief in all codes, thousandths, and number of words.
    pub(super) whole: f32,
    pub(super) words: f32,
    /// Which of the side's likenesses.
    pub(super) alike: u32,
}

#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "bounds are rounded up")]
impl Glance {
    pub(super) fn new(facts: &Facts, whole: u32, words: u32, alike: u32) -> Self {
        Self {
            kg: facts.kg.map_or(f32::NAN, |kg| kg as f32),
            place: facts.place.map_or([f32::NAN; 3], |Place(point)| point.map(|along| along as f32)),
            whole: whole as f32,
            words: words as f32,
            alike,
        }
    }
}

/// Weights of the parts that depend on amount and place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sight {
    pub(super) material: f32,
    quantity: f32,
    distance: f32,
    radius_m: f32,
}

impl Sight {
    #[expect(clippy::cast_precision_loss, reason = "bounds are rounded up")]
    pub(super) fn new(weights: &Weights) -> Self {
        Self {
            material: weights.of(0),
            quantity: weights.of(1),
            distance: weights.of(2),
            radius_m: weights.radius_m().max(1) as f32,
        }
    }

    /// The most that quantity and distance weigh for two flows.
    #[inline]
    pub(super) fn most(&self, one: &Glance, other: &Glance) -> f32 {
        let share = (one.kg / other.kg).min(other.kg / one.kg);
        let quantity = if share.is_nan() { HALF } else { 400.0 + 600.0 * share };
        let along = |at: usize| (one.place[at] - other.place[at]) * (one.place[at] - other.place[at]);
        // The chord is never longer than the arc.
        let metres = (along(0) + along(1) + along(2)).sqrt() * EARTH_M as f32 * (1.0 - ROUNDING_SHARE);
        let near = (1.0 - (metres - ROUNDING_M) / self.radius_m).clamp(0.0, 1.0);
        let distance = if near.is_nan() { HALF } else { 1000.0 * near };
        self.quantity * quantity + self.distance * distance + ROUNDING
    }

    /// The same for a flow and any other.
    pub(super) fn most_of_any(&self, one: &Glance) -> f32 {
        let part = |fact: f32| if fact.is_nan() { HALF } else { 1000.0 };
        self.quantity * part(one.kg) + self.distance * part(one.place[0]) + ROUNDING
    }
}
