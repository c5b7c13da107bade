//! How much waits behind an outlet whose need is scarce: over how many kilograms of more need its price holds.
//!
//! More need is filled by what offers have left, straight or along others that then give less elsewhere. Along pairs
//! that the prices just cover, from offers whose last kilogram adds nothing, every kilogram gains the price of the
//! outlet (complementary slackness), so that price times amount is what the plan would gain.

use super::plans::{Edge, Plan};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Pairs that are looked at for one outlet at most: beyond, the amount is a lower bound.
const MOST: usize = 20_000;
/// A pair is just covered when the prices are above its gain by no more than this part of it: whole prices of what
/// a treatment leaves are rounded.
const NEARLY: i128 = 1_000;

/// A plan from the side of its requests.
pub(super) struct Waiting<'a> {
    edges: &'a [Edge],
    plan: &'a Plan,
    /// Kilograms that offers have left.
    left: &'a [i64],
    /// Pairs that are just covered of each request, and of each offer those that carry something.
    to: Vec<Vec<usize>>,
    from: Vec<Vec<usize>>,
}

impl<'a> Waiting<'a> {
    pub(super) fn new(edges: &'a [Edge], plan: &'a Plan, left: &'a [i64]) -> Self {
        let mut to = vec![Vec::new(); plan.request_prices.len()];
        let mut from = vec![Vec::new(); left.len()];
        for (at, edge) in edges.iter().enumerate().filter(|(_, edge)| edge.gain > 0) {
            let (offer, request) = edge.ends();
            let [given, taken] = [plan.offer_prices[offer], plan.request_prices[request]].map(i128::from);
            let gain = i128::from(edge.gain) * 1_000;
            let above = given * 1_000 + taken * i128::from(edge.left_milli) - gain;
            if above * NEARLY <= gain {
                to[request].push(at);
                if plan.kg[at] > 0 && !edge.loses() {
                    from[offer].push(at);
                }
            }
        }
        Self { edges, plan, left, to, from }
    }

    /// Kilograms of need that a request could have more at its price.
    pub(super) fn behind(&self, request: usize) -> i64 {
        let (mut moved, mut given, mut sum) = (BTreeMap::new(), BTreeMap::new(), 0_i64);
        let mut looks = MOST;
        while let Some(way) = self.way(request, &moved, &given, &mut looks) {
            let Some(last) = way.first().map(|(at, _)| self.edges[*at]) else { break };
            let (offer, _) = last.ends();
            let has = self.left[offer] - given.get(&offer).unwrap_or(&0);
            let room = way.iter().filter_map(|(_, back)| *back).map(|at| self.carried(at, &moved)).min();
            let kg = room.map_or(has, |room| room.min(has));
            *given.entry(offer).or_default() += kg;
            for (at, back) in &way {
                *moved.entry(*at).or_default() += kg;
                if let Some(back) = back {
                    *moved.entry(*back).or_default() -= kg;
                }
            }
            let filled = i128::from(kg) * i128::from(last.left_milli) / 1_000;
            sum = sum.saturating_add(i64::try_from(filled).unwrap_or(i64::MAX));
        }
        sum
    }

    fn carried(&self, at: usize, moved: &BTreeMap<usize, i64>) -> i64 {
        self.plan.kg[at] + moved.get(&at).unwrap_or(&0)
    }

    /// The shortest way to an offer with something left: its pairs, the last first, each with the pair that then
    /// carries less. What a treatment loses goes straight.
    fn way(
        &self,
        request: usize,
        moved: &BTreeMap<usize, i64>,
        given: &BTreeMap<usize, i64>,
        looks: &mut usize,
    ) -> Option<Vec<(usize, Option<usize>)>> {
        // The pairs over which each request was reached: the one that gives more and the one that gives less.
        let mut reached: BTreeMap<usize, Option<(usize, usize)>> = BTreeMap::from([(request, None)]);
        let mut offers = BTreeSet::new();
        let mut open = VecDeque::from([request]);
        while let Some(here) = open.pop_front() {
            for at in &self.to[here] {
                *looks = looks.checked_sub(1)?;
                let (offer, _) = self.edges[*at].ends();
                let is_straight = here == request || !self.edges[*at].loses();
                if !is_straight || offers.contains(&offer) {
                    continue;
                }
                if self.left[offer] > *given.get(&offer).unwrap_or(&0) {
                    return Some(self.back(*at, here, &reached));
                }
                if self.edges[*at].loses() {
                    continue;
                }
                offers.insert(offer);
                for less in self.from[offer].iter().filter(|less| self.carried(**less, moved) > 0) {
                    *looks = looks.checked_sub(1)?;
                    let (_, other) = self.edges[*less].ends();
                    if let Entry::Vacant(place) = reached.entry(other) {
                        place.insert(Some((*at, *less)));
                        open.push_back(other);
                    }
                }
            }
        }
        None
    }

    fn back(
        &self,
        last: usize,
        mut here: usize,
        reached: &BTreeMap<usize, Option<(usize, usize)>>,
    ) -> Vec<(usize, Option<usize>)> {
        let mut way = vec![(last, None)];
        while let Some(Some((more, less))) = reached.get(&here) {
            if let Some(before) = way.last_mut() {
                before.1 = Some(*less);
            }
            way.push((*more, None));
            (_, here) = self.edges[*more].ends();
        }
        way
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Edge, plan};
    use super::Waiting;
    use proptest::prelude::*;

    fn behind(edges: &[Edge], supply: &[i64], demand: &[i64]) -> Vec<(i64, i64)> {
        let best = plan(edges, supply, demand);
        let mut left = supply.to_vec();
        for (edge, kg) in edges.iter().zip(&best.kg) {
            left[edge.offer as usize] -= kg;
        }
        let waiting = Waiting::new(edges, &best, &left);
        (0..demand.len()).map(|at| (best.request_prices[at], waiting.behind(at))).collect()
    }

    const fn edge(offer: u32, request: u32, gain: i64, left_milli: i64) -> Edge {
        Edge { offer, request, gain, left_milli }
    }

    #[test]
    fn what_waits_is_what_offers_have_left_straight_or_by_giving_less_elsewhere() {
        // The second offer may give to both requests, the first only to the first.
        let edges = [edge(0, 0, 1, 1_000), edge(1, 0, 1, 1_000), edge(1, 1, 1, 1_000)];
        let told = behind(&edges, &[100, 40], &[50, 10]);
        assert_eq!(told.iter().map(|one| one.1).collect::<Vec<_>>(), [80, 30]);
        // What a treatment leaves half of.
        assert_eq!(behind(&[edge(0, 0, 4, 500)], &[1_000], &[100]), [(8, 400)]);
    }

    proptest! {
        #[test]
        fn so_much_more_need_gains_its_price_for_every_kilogram(
            supply in proptest::collection::vec(1..40_i64, 4),
            demand in proptest::collection::vec(1..40_i64, 4),
            pairs in proptest::collection::vec((0..4_u32, 0..4_u32, 1..4_i64), 1..12),
        ) {
            let edges: Vec<Edge> =
                pairs.into_iter().map(|(offer, request, gain)| edge(offer, request, gain, 1_000)).collect();
            let before = plan(&edges, &supply, &demand).gain;
            for (at, (price, kg)) in behind(&edges, &supply, &demand).into_iter().enumerate() {
                let mut more = demand.clone();
                more[at] += kg;
                let gained = plan(&edges, &supply, &more).gain - before;
                prop_assert_eq!(gained, i128::from(price) * i128::from(kg));
            }
        }
    }
}
