//! What a search keeps: the rules that it keeps to, and the best partners of each flow so far.

use super::digests::Digests;
use super::facts::Facts;
use super::parts::{self, Scores, Weights};
use crate::config;
use crate::model::Part;
use chrono::NaiveDate;
use std::cmp::Reverse;

/// Score, rank of the offer, rank of the request.
pub(super) type Kept = (Reverse<u16>, u32, u32);

/// 2^32 over the golden ratio, which spreads numbers that follow each other (Knuth, multiplicative hashing),
/// and its inverse.
const SPREAD: u32 = 0x9E37_79B9;
const GATHER: u32 = 0x144C_BC89;
const _: () = assert!(SPREAD.wrapping_mul(GATHER) == 1);

/// What the search keeps to.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) weights: Weights,
    pub(super) as_of: NaiveDate,
    /// Least agreement in material of a potential match, thousandths.
    alike: u16,
    minimum: u16,
    pub(super) most: usize,
    /// When only pairs of materials that a plan may use are looked for: those that are known already, by
    /// ranks of offer and request, sorted.
    known: Option<Vec<(u32, u32)>>,
}

impl Rules {
    pub(super) fn new(settings: &config::Matching, as_of: NaiveDate) -> Self {
        let milli = |percent: u32| u16::try_from(percent.saturating_mul(10)).unwrap_or(u16::MAX);
        Self {
            weights: Weights::new(settings),
            as_of,
            alike: milli(settings.potential_material_percent),
            minimum: milli(settings.minimum_score_percent),
            most: settings.top_per_flow as usize,
            known: None,
        }
    }

    /// To look for pairs of materials that a plan may use and that are not among the `known` ones (ranks of
    /// offer and request, sorted), at most so many of each flow. Which of equal scores are kept is another
    /// for each flow, or alike flows would all keep the same few.
    pub(super) fn of_plan(
        settings: &config::Matching,
        as_of: NaiveDate,
        most: usize,
        known: Vec<(u32, u32)>,
    ) -> Self {
        Self { most, known: Some(known), ..Self::new(settings, as_of) }
    }

    /// Whether a pair with these scores may be kept.
    pub(super) fn admits(
        &self,
        scores: &Scores,
        (offer, request): (&Facts, &Facts),
        ranks: (u32, u32),
    ) -> bool {
        let Some(known) = &self.known else { return true };
        let is_near = || parts::apart_m(offer, request).is_none_or(|metres| self.weights.is_within(metres));
        self.is_alike(scores)
            && Part::are_possible(scores)
            && is_near()
            && known.binary_search(&ranks).is_err()
    }

    /// The least agreement in material that may be kept, less what single precision may hide.
    pub(super) fn least_alike(&self) -> f32 {
        if self.known.is_some() { f32::from(self.alike) - 1.0 } else { 0.0 }
    }

    /// The place of a partner among those of equal score, for a flow: the rank, or for a plan another one.
    pub(super) const fn turned(&self, own: u32, rank: u32) -> u32 {
        if self.known.is_none() {
            return rank;
        }
        rank.wrapping_mul(SPREAD) ^ own.wrapping_mul(SPREAD)
    }

    /// The first place among equals that a partner of this rank or a later one may have.
    pub(super) const fn first(&self, rank: u32) -> u32 {
        if self.known.is_none() { rank } else { 0 }
    }

    /// The rank of a partner that stands there.
    const fn turned_back(&self, own: u32, turned: u32) -> u32 {
        if self.known.is_none() {
            return turned;
        }
        (turned ^ own.wrapping_mul(SPREAD)).wrapping_mul(GATHER)
    }

    /// Whether two flows with these parts agree in material as far as a potential match must.
    pub(super) fn is_alike(&self, parts: &Scores) -> bool {
        parts[0].is_some_and(|material| material >= self.alike)
    }
}

/// The best partners of one flow so far, best first; of equal scores by rank, turned as the rules say.
#[derive(Debug, Clone, Default)]
pub(super) struct Best(pub(super) Vec<(Reverse<u16>, u32)>);

impl Best {
    fn last(&self, rules: &Rules) -> Option<&(Reverse<u16>, u32)> {
        self.0.last().filter(|_| self.0.len() >= rules.most)
    }

    /// What a partner must be to be kept.
    pub(super) fn bar(&self, rules: &Rules) -> Bar {
        let worst = self.last(rules);
        let least = f32::from(worst.map_or(rules.minimum, |(score, _)| score.0)) * 1000.0;
        let (above, place) = worst.map_or((least, 0), |(_, place)| (least + 1000.0, *place));
        Bar { least, above, place }
    }

    pub(super) fn keep(&mut self, score: u16, rank: u32, rules: &Rules) {
        let entry = (Reverse(score), rank);
        if score >= rules.minimum && self.last(rules).is_none_or(|last| entry < *last) {
            self.0.insert(self.0.partition_point(|kept| *kept < entry), entry);
            self.0.truncate(rules.most);
        }
    }
}

/// What a partner must be to be kept, its score in the unit of [`super::sight::Sight`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Bar {
    /// The least score.
    pub(super) least: f32,
    /// The score from which its place among equals does not count: more than that of the worst one kept.
    above: f32,
    /// Before which place among equals it must stand.
    place: u32,
}

impl Bar {
    /// Whether one could be kept that scores no more than this, and stands no earlier among equals.
    #[inline]
    pub(super) fn is_met(self, most: f32, place: u32) -> bool {
        // What is not a number is below nothing: it may be anything.
        let is_below = |bar: f32| most < bar;
        !is_below(self.above) || !is_below(self.least) && place < self.place
    }
}

/// Partners of flows, as pairs of offer and request, in no order. `forward` when the flows are offers.
pub(super) fn pairs(
    flows: &Digests,
    best: Vec<Best>,
    rules: &Rules,
    forward: bool,
) -> impl Iterator<Item = Kept> {
    flows.ranks.iter().zip(best).flat_map(move |(own, Best(kept))| {
        kept.into_iter().map(move |(score, turned)| {
            let rank = rules.turned_back(*own, turned);
            if forward { (score, *own, rank) } else { (score, rank, *own) }
        })
    })
}
