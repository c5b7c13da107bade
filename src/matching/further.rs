//! The plan of what was found, and of the pairs beyond the best partners of each flow: it is the best of all
//! pairs and not only of those that people read.

use super::candidates::Prepared;
use super::found::{Found, Packed, What};
use super::kept::{Kept, Rules};
use super::laid::Laid;
use super::plans::Plan;
use super::portfolio::{Asked, IsOut, Portfolio};
use crate::config::Objective;
use crate::engine::{Room, WorkError};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Further pairs that a plan holds at most: some 150 bytes each while it is solved.
const PAIRS: usize = 2_000_000;
/// Flows that are searched again at most, over all rounds: five rounds of a hundred thousand a side.
const FLOWS: usize = 1_000_000;
/// Share of the pairs that are left which one round may take, where there may be several.
const SHARE: usize = 4;

/// What may still be looked at.
#[derive(Debug)]
struct Limits {
    pairs: usize,
    flows: usize,
    share: usize,
}

impl Limits {
    /// For kilograms, prices say after each round which flows matter; else one round asks all at once.
    const fn new(objective: Objective) -> Self {
        let share = match objective {
            Objective::Mass => SHARE,
            Objective::Emissions | Objective::Money => 1,
        };
        Self { pairs: PAIRS, flows: FLOWS, share }
    }

    /// Partners that each of so many flows may look for in a round; none when there is no room for it.
    fn round(&mut self, flows: usize) -> Option<usize> {
        self.flows = self.flows.checked_sub(flows)?;
        let each = self.pairs / self.share / flows.max(1);
        (each > 0).then_some(each)
    }

    /// Counts what a round found.
    const fn hold(&mut self, pairs: usize) {
        self.pairs = self.pairs.saturating_sub(pairs);
    }
}

/// Whether these are all the pairs of a search that kept so many of each flow: what it left out, both sides
/// left out for as many that are better.
fn are_all(found: &[Kept], each: usize) -> bool {
    let is_full = |flow: fn(&Kept) -> u32| {
        let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
        for pair in found {
            *counts.entry(flow(pair)).or_default() += 1;
        }
        counts.values().any(|count| *count >= each)
    };
    !(is_full(|(_, offer, _)| *offer) && is_full(|(_, _, request)| *request))
}

impl<'a> Found<'a> {
    /// The plan of greatest gain over potential matches of materials whose amounts are both known (best
    /// values) and that are no farther apart than the radius; each match learns its share. A chain fills as much
    /// of the request as its treatment leaves at most, and counts what it leaves at least. Deterministic in the
    /// order of the matches.
    ///
    /// Pairs that neither flow kept take part too, as far as [`Portfolio::is_whole`] says, but for those that
    /// were taken out or of which `is_out` is true. Where more is gained with them, those that carry
    /// something become matches.
    ///
    /// # Errors
    /// As [`Found::search`].
    ///
    /// # Panics
    /// When the prices do not prove the plan: a fault of the program, before anything is published.
    pub async fn portfolio(&mut self, room: &Room<'_>, is_out: IsOut<'_>) -> Result<Portfolio, WorkError> {
        let mut asked = Asked::new(self.known, self.settings, self.rules.as_of);
        let mut packed = std::mem::take(&mut self.packed);
        for pair in &mut packed {
            if asked.takes(&self.whole(*pair, None).found, self.places(*pair)) {
                pair.what = What::Planned;
            }
        }
        self.packed = packed;
        let (first, unpriced) = (asked.plan(), asked.unpriced());
        let (last, further, is_whole) = self.best_plan(&mut asked, first.clone(), room, is_out).await?;
        // The matches that people read anyway, wherever nothing is gained beyond them.
        let kg = if last.gain > first.gain { last.kg.clone() } else { first.kg };
        let (portfolio, shares) = asked.told(last, kg);
        let added = self.add(&further, shares);
        Ok(Portfolio { total_kg: self.planned_kg(), is_whole, added, unpriced, ..portfolio })
    }

    /// A best plan of all pairs that may be planned, those of them that were asked and are no matches, and
    /// whether that is proven. `best` is the plan of what is asked so far.
    async fn best_plan(
        &self,
        asked: &mut Asked<'a>,
        mut best: Plan,
        room: &Room<'_>,
        is_out: IsOut<'_>,
    ) -> Result<(Plan, Vec<Packed>, bool), WorkError> {
        let mut limits = Limits::new(self.settings.objective);
        let (mut further, mut known) = (Vec::new(), self.out.clone());
        known.extend(self.packed.iter().map(Packed::ends));
        loop {
            let [offers, requests] = asked.open(&best);
            if offers.is_empty() || requests.is_empty() {
                return Ok((best, further, true));
            }
            let Some(each) = limits.round(offers.len() + requests.len()) else {
                return Ok((best, further, false));
            };
            let found = self.beyond(&[offers, requests].concat(), &known, each, room).await?;
            limits.hold(found.len());
            let is_whole = are_all(&found, each);
            let before = further.len();
            for (_, offer, request) in &found {
                let pair = self.unplanned(*offer, *request);
                let (offer, request) = self.prepared(pair);
                let is_out = is_out(offer.flow, request.flow);
                if !is_out && asked.takes(&self.whole(pair, None).found, self.places(pair)) {
                    further.push(pair);
                }
            }
            known.extend(found.iter().map(|(_, offer, request)| (*offer, *request)));
            if further.len() > before {
                best = asked.plan();
            }
            // Where every pair gains the same, no flow without a price is left that another may meet; else all
            // pairs must have been asked.
            let is_last = match self.settings.objective {
                Objective::Mass => found.is_empty(),
                Objective::Emissions | Objective::Money => true,
            };
            if is_last {
                return Ok((best, further, is_whole));
            }
        }
    }

    /// Pairs of these flows that a plan may use and that are not known, best first.
    async fn beyond(
        &self,
        flows: &[&Prepared<'_>],
        known: &[(u32, u32)],
        each: usize,
        room: &Room<'_>,
    ) -> Result<Vec<Kept>, WorkError> {
        let mut is_asked = vec![false; self.places.len()];
        for one in flows {
            is_asked[one.rank as usize] = true;
        }
        let are_asked =
            |(offer, request): &&(u32, u32)| is_asked[*offer as usize] && is_asked[*request as usize];
        let mut known: Vec<(u32, u32)> = known.iter().filter(are_asked).copied().collect();
        known.sort_unstable();
        let rules = Arc::new(Rules::of_plan(self.settings, self.rules.as_of, each, known));
        let mut found = Vec::new();
        Laid::new(flows, &rules, room)?.partners(|kept| found.push(kept)).await?;
        Ok(found)
    }

    /// A pair of like materials that is no match.
    fn unplanned(&self, offer: u32, request: u32) -> Packed {
        let pair = Packed { offer, request, score: 0, what: What::Alike };
        Packed { score: self.rules.weights.total(&self.parts(pair)), ..pair }
    }

    /// Keeps the kilograms of the matches that are planned, `shares` in their order and then those of
    /// `further` pairs; of these the ones that carry something become matches. Their places, in order.
    fn add(&mut self, further: &[Packed], mut shares: Vec<i64>) -> Vec<usize> {
        let of_further = shares.split_off(shares.len() - further.len());
        let carry = further.iter().zip(of_further).filter(|(_, kg)| *kg > 0);
        let new: Vec<(Packed, Option<i64>)> =
            carry.map(|(pair, kg)| (Packed { what: What::Planned, ..*pair }, Some(kg))).collect();
        if new.is_empty() {
            self.shares = shares;
            return Vec::new();
        }
        let ends: BTreeSet<(u32, u32)> = new.iter().map(|(pair, _)| pair.ends()).collect();
        let mut shares = shares.into_iter();
        let mut all: Vec<(Packed, Option<i64>)> = std::mem::take(&mut self.packed)
            .into_iter()
            .map(|pair| (pair, if pair.what == What::Planned { shares.next() } else { None }))
            .collect();
        all.extend(new);
        let is_alike_first = self.is_alike_first;
        all.sort_unstable_by_key(|(pair, _)| (is_alike_first && pair.what == What::Unlike, pair.key()));
        self.packed = all.iter().map(|(pair, _)| *pair).collect();
        self.shares = all.iter().filter_map(|(_, kg)| *kg).collect();
        let places = self.packed.iter().enumerate().filter(|(_, pair)| ends.contains(&pair.ends()));
        places.map(|(at, _)| at).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cmp::Reverse;

    #[test]
    fn pairs_are_left_out_only_where_both_sides_are_full() {
        let kept = |offer, request| (Reverse(900), offer, request);
        let found = [kept(0, 5), kept(0, 6), kept(1, 5)];
        assert!(are_all(&found, 3) && are_all(&found[..2], 2) && are_all(&[], 1));
        assert!(!are_all(&found, 2));
    }

    #[test]
    fn few_flows_are_asked_for_all_and_rounds_come_to_an_end() {
        let mut limits = Limits::new(Objective::Money);
        assert_eq!(limits.round(60), Some(PAIRS / 60));
        let mut limits = Limits::new(Objective::Mass);
        let mut rounds = 0;
        while let Some(each) = limits.round(200_000) {
            limits.hold(200_000 * each);
            rounds += 1;
        }
        assert_eq!(rounds, FLOWS / 200_000);
        limits.hold(usize::MAX);
        assert_eq!(limits.round(1), None);
    }
}
