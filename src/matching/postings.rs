//! Flows that have a word, a code, a group or a category, in an order that lets many be passed over
//! at once.
//!
//! Flows of one side are numbered by what the score sees: those alike in state, hazard and rhythm
//! together, then by the size of their amount, then by place along a curve that keeps neighbours
//! together (Morton 1966). A long list is cut into stretches of flows alike, and stretches into blocks;
//! each knows what bounds the parts of a score against any flow.

use super::facts::{Facts, Place};
use super::parts::{self, Scores, Weights};
use crate::model::State;
use chrono::NaiveDate;

/// Flows of one block at most, and blocks of one stretch.
const BLOCK: usize = 16;
const STRETCH: usize = 16;
/// A list of fewer flows is not cut.
const SHORT: usize = 48;
/// Distances are rounded to the metre, three of them in a bound.
const ROUNDING_M: i64 = 2;

/// What flows of a stretch have in common: all that period and condition depend on, but the days.
pub(super) type Likeness = (Option<State>, Option<bool>, Option<bool>, bool, bool);

/// The likeness of a flow.
pub(super) fn likeness(one: &Facts, as_of: NaiveDate) -> Likeness {
    let is_over = one.to.is_some_and(|end| end < as_of);
    (one.state, one.hazardous, one.is_once, one.from.is_some() || one.to.is_some(), is_over)
}

/// The order of flows of one side.
pub(super) fn order(one: &Facts, as_of: NaiveDate) -> (Likeness, u32, u64) {
    // Amounts within a factor of four are of one size; none has a size of its own.
    let size = one.kg.map_or(0, |kg| 1 + kg.max(1).ilog2() / 2);
    (likeness(one, as_of), size, one.place.map_or(u64::MAX, curve))
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

/// What bounds the score of some flows.
#[derive(Debug, Clone)]
struct Bound {
    /// One of them: period and condition are those of all, as far as days are left out.
    sample: Facts,
    /// A place with the greatest distance of any other from it, metres.
    near: Option<(Place, i64)>,
    /// Whether the place of some is unknown, and the amount.
    lacks_place: bool,
    lacks_kg: bool,
    kg: Option<(i64, i64)>,
    /// Where they end among those one level below.
    end: usize,
}

impl Bound {
    fn new(flows: &[Facts], end: usize) -> Self {
        let mut places = flows.iter().filter_map(|one| one.place);
        let near = places.next().map(|first| {
            let far = places.map(|place| parts::metres(first, place)).max().unwrap_or(0);
            (first, far)
        });
        let amounts = || flows.iter().filter_map(|one| one.kg);
        Self {
            sample: flows[0],
            near,
            lacks_place: flows.iter().any(|one| one.place.is_none()),
            lacks_kg: flows.iter().any(|one| one.kg.is_none()),
            kg: amounts().min().zip(amounts().max()),
            end,
        }
    }

    /// The most that each part can be against `one`.
    fn most(&self, one: &Facts, reach: &Reach<'_>) -> Scores {
        let either = |known: Option<u16>, lacks: bool| match known {
            Some(known) if lacks => Some(known.max(parts::HALF_PART)),
            known => known,
        };
        let quantity = one.kg.and_then(|kg| {
            let best = self.kg.map(|(low, high)| parts::nearness_of_amounts(kg, kg.clamp(low, high)));
            either(best, self.lacks_kg)
        });
        let distance = one.place.and_then(|place| {
            let best = self.near.map(|(center, far)| {
                let metres = parts::metres(place, center);
                let nearest = if far == 0 { metres } else { metres - far - ROUNDING_M };
                reach.weights.nearness(nearest.max(0))
            });
            either(best, self.lacks_place)
        });
        let (offer, request) = reach.pair(one, &self.sample);
        [
            Some(reach.material),
            quantity,
            distance,
            parts::time_at_most(offer, request, reach.as_of),
            parts::condition(offer, request),
        ]
    }
}

/// Towards whom a list is searched, and the most that the material part can be there.
#[derive(Clone, Copy)]
pub(super) struct Reach<'a> {
    pub(super) weights: &'a Weights,
    pub(super) as_of: NaiveDate,
    pub(super) material: u16,
    /// Whether who searches offers.
    pub(super) forward: bool,
}

impl Reach<'_> {
    /// Offer and request of a pair.
    pub(super) fn pair<'b>(&self, one: &'b Facts, other: &'b Facts) -> (&'b Facts, &'b Facts) {
        if self.forward { (one, other) } else { (other, one) }
    }
}

/// A list of flows by their numbers, rising.
#[derive(Debug, Default)]
pub(super) struct Postings {
    pub(super) flows: Vec<u32>,
    blocks: Vec<Bound>,
    stretches: Vec<Bound>,
}

impl Postings {
    pub(super) fn len(&self) -> usize {
        self.flows.len()
    }

    /// Cuts a long list.
    pub(super) fn cut(&mut self, facts: &[Facts], as_of: NaiveDate) {
        self.flows.shrink_to_fit();
        if self.flows.len() < SHORT {
            return;
        }
        let of: Vec<Facts> = self.flows.iter().map(|at| facts[*at as usize]).collect();
        let mut start = 0;
        for alike in of.chunk_by(|one, other| likeness(one, as_of) == likeness(other, as_of)) {
            for stretch in alike.chunks(BLOCK * STRETCH) {
                for block in stretch.chunks(BLOCK) {
                    start += block.len();
                    self.blocks.push(Bound::new(block, start));
                }
                self.stretches.push(Bound::new(stretch, self.blocks.len()));
            }
        }
    }

    /// Visits the flows that could score `worst` at least, roughly the best first; `visit` gives what
    /// must be scored from then on.
    pub(super) fn search(
        &self,
        one: &Facts,
        reach: &Reach<'_>,
        mut worst: u16,
        visit: &mut dyn FnMut(&[u32]) -> u16,
    ) {
        if self.blocks.is_empty() {
            visit(&self.flows);
            return;
        }
        for (stretch, most) in best_first(&self.stretches, 0, one, reach) {
            if most < worst {
                break;
            }
            let start = if stretch == 0 { 0 } else { self.stretches[stretch - 1].end };
            let blocks = &self.blocks[start..self.stretches[stretch].end];
            for (block, most) in best_first(blocks, start, one, reach) {
                if most < worst {
                    break;
                }
                let start = if block == 0 { 0 } else { self.blocks[block - 1].end };
                worst = visit(&self.flows[start..self.blocks[block].end]);
            }
        }
    }
}

/// Bounds with the most that each could score, greatest first; numbered from `start`.
fn best_first(bounds: &[Bound], start: usize, one: &Facts, reach: &Reach<'_>) -> Vec<(usize, u16)> {
    let mut order: Vec<(usize, u16)> =
        (start..).zip(bounds).map(|(at, bound)| (at, reach.weights.total(&bound.most(one, reach)))).collect();
    order.sort_unstable_by_key(|(at, most)| (std::cmp::Reverse(*most), *at));
    order
}
