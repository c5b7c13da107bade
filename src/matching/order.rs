//! The order of flows for the search: those that meet lie together.
//!
//! Flows of one category and likeliest code follow one another, and among them those alike in state,
//! hazard and rhythm, then in the size of their amount, then in place along a curve that keeps
//! neighbours together (Morton 1966). Who searches next then looks at what lies near the processor,
//! and a part of a side speaks of few materials.

use super::candidates::Prepared;
use super::facts::{Facts, Place};
use crate::model::{Category, State};
use chrono::NaiveDate;

/// What period and condition depend on, but the days.
pub(super) type Likeness = (Option<State>, Option<bool>, Option<bool>, Option<bool>, bool, bool);

/// The likeness of a flow.
pub(super) fn likeness(one: &Facts, as_of: NaiveDate) -> Likeness {
    let is_over = one.to.is_some_and(|end| end < as_of);
    (one.state, one.hazardous, one.soiled, one.is_once, one.from.is_some() || one.to.is_some(), is_over)
}

/// The order of flows of one side.
pub(super) fn order(
    one: &Prepared<'_>,
    as_of: NaiveDate,
) -> (Option<Category>, Option<u32>, Likeness, (u32, u64)) {
    let code = one.numbers.first().map(|(code, _)| *code);
    (one.flow.category, code, likeness(&one.facts, as_of), near(&one.facts))
}

/// Size of the amount, then place. Amounts within a factor of four are of one size; none has a size of
/// its own.
pub(super) fn near(one: &Facts) -> (u32, u64) {
    (one.kg().map_or(0, |kg| 1 + kg.max(1).ilog2() / 2), one.place.map_or(u64::MAX, curve))
}

/// Place along the curve: the bits of its three coordinates in turn.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 65,535")]
fn curve(Place(point): Place) -> u64 {
    let spread = |along: f64| {
        let bits = (f64::midpoint(along, 1.0) * 65_535.0).clamp(0.0, 65_535.0) as u64;
        (0..16).map(|bit| (bits >> bit & 1) << (3 * bit)).sum::<u64>()
    };
    spread(point[0]) << 2 | spread(point[1]) << 1 | spread(point[2])
}
