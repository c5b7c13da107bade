//! Flows that are alike in all that the score sees but their amount, and roughly their place.

use super::candidates::Prepared;
use super::parts::{self, Scores};
use super::search::Rules;
use crate::model::{Frequency, State};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// Side of a cell of places, parts of a degree: about three kilometres.
const CELLS_PER_DEGREE: f64 = 32.0;
/// Distances are rounded to the metre, three of them in a bound.
const ROUNDING_M: i64 = 2;

/// What every flow of a lot has in common.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Likeness {
    cell: Option<(i32, i32)>,
    is_over: bool,
    is_dated: bool,
    is_once: Option<bool>,
    state: Option<State>,
    hazardous: Option<bool>,
}

impl Likeness {
    #[expect(clippy::cast_possible_truncation, reason = "degrees are small numbers")]
    fn of(one: &Prepared<'_>, as_of: NaiveDate) -> Self {
        let cell = |degrees: f64| (degrees * CELLS_PER_DEGREE).floor() as i32;
        let flow = one.flow;
        Self {
            cell: one.place.map(|(north, east)| (cell(north), cell(east))),
            is_over: flow.available_to.is_some_and(|end| end < as_of),
            is_dated: flow.available_from.is_some() || flow.available_to.is_some(),
            is_once: flow.frequency.map(|frequency| frequency == Frequency::Once),
            state: flow.state,
            hazardous: flow.hazardous,
        }
    }
}

/// A lot, by amount and then by rank; without amount first.
pub(super) struct Lot<'a> {
    members: Vec<&'a Prepared<'a>>,
    /// The same by rank alone.
    ranked: Vec<&'a Prepared<'a>>,
    /// Amount and end among `members` of each run of one amount.
    runs: Vec<(i64, usize)>,
    unknown: usize,
    /// Greatest distance of a member from the first one by rank, metres.
    spread_m: i64,
    /// Whether all have the same days.
    one_window: bool,
}

/// The parts of a pair but the amount, each at most what it could be.
pub(super) struct Rest(Scores);

impl Rest {
    pub(super) fn with(&self, quantity: Option<u16>) -> Scores {
        let mut scores = self.0;
        scores[1] = quantity;
        scores
    }
}

/// Lots of flows.
pub(super) fn lots<'a>(flows: &[&'a Prepared<'a>], as_of: NaiveDate) -> Vec<Lot<'a>> {
    let mut alike: BTreeMap<Likeness, Vec<&'a Prepared<'a>>> = BTreeMap::new();
    for one in flows {
        alike.entry(Likeness::of(one, as_of)).or_default().push(one);
    }
    alike.into_values().map(Lot::new).collect()
}

impl<'a> Lot<'a> {
    fn new(mut members: Vec<&'a Prepared<'a>>) -> Self {
        members.sort_by_key(|one| one.rank);
        let ranked = members.clone();
        members.sort_by_key(|one| one.mass());
        let first = ranked[0];
        let unknown = members.partition_point(|one| one.mass().is_none());
        let mut runs: Vec<(i64, usize)> = Vec::new();
        for (at, one) in members.iter().enumerate() {
            match (one.mass(), runs.last_mut()) {
                (Some(kg), Some((last, end))) if *last == kg => *end = at + 1,
                (Some(kg), _) => runs.push((kg, at + 1)),
                (None, _) => {}
            }
        }
        let far = ranked.iter().filter_map(|one| parts::distance_m(first, one)).max().unwrap_or(0);
        let window = |one: &Prepared<'_>| (one.flow.available_from, one.flow.available_to);
        let one_window = ranked.iter().all(|one| window(one) == window(first));
        Self { members, ranked, runs, unknown, spread_m: far, one_window }
    }

    /// One of them.
    pub(super) fn sample(&self) -> &'a Prepared<'a> {
        self.ranked[0]
    }

    /// All, by rank.
    pub(super) fn by_rank(&self) -> impl Iterator<Item = &'a Prepared<'a>> {
        self.ranked.iter().copied()
    }

    /// Those without amount, by rank.
    pub(super) fn without_amount(&self) -> impl Iterator<Item = &'a Prepared<'a>> {
        self.members[..self.unknown].iter().copied()
    }

    /// Amounts from the likest to `kg` outwards, each with its flows by rank.
    pub(super) fn outwards(
        &self,
        kg: i64,
    ) -> impl Iterator<Item = (i64, impl Iterator<Item = &'a Prepared<'a>>)> {
        let mut above = self.runs.partition_point(|(amount, _)| *amount < kg);
        let mut below = above;
        std::iter::from_fn(move || {
            let score = |at: usize| parts::nearness_of_amounts(kg, self.runs[at].0);
            let is_below = match (below > 0, above < self.runs.len()) {
                (false, false) => return None,
                (true, true) => score(below - 1) > score(above),
                (is_below, _) => is_below,
            };
            let at = if is_below {
                below -= 1;
                below
            } else {
                above += 1;
                above - 1
            };
            let start = if at == 0 { self.unknown } else { self.runs[at - 1].1 };
            Some((self.runs[at].0, self.members[start..self.runs[at].1].iter().copied()))
        })
    }

    /// The most that each part can be against `one`; `offer` and `request` are `one` and the sample.
    pub(super) fn most(
        &self,
        one: &Prepared<'_>,
        offer: &Prepared<'_>,
        request: &Prepared<'_>,
        rules: &Rules<'_>,
        material: u16,
    ) -> Rest {
        let distance = parts::distance_m(one, self.sample()).map(|metres| {
            let nearest = if self.spread_m == 0 { metres } else { metres - self.spread_m - ROUNDING_M };
            rules.weights.nearness(nearest.max(0))
        });
        let time = if self.one_window {
            parts::time(offer, request, rules.as_of)
        } else {
            parts::time_at_most(offer, request, rules.as_of)
        };
        Rest([Some(material), None, distance, time, parts::condition(offer, request)])
    }
}
