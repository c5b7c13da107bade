//! What was found, packed: twelve bytes a pair, eight more when it takes part in the plan. What else a
//! match says is worked out from its flows when it is read.

use super::candidates::Prepared;
use super::chains::{self, Chain};
use super::kept::{Kept, Rules};
use super::known::Known;
use super::laid::Laid;
use super::parts::{self, Scores};
use super::pooling::{self, Pool, Wanted};
use super::portfolio::Portfolio;
use super::prices::{scaled, through_operator_m};
use super::reliability::chance_milli;
use super::side::count;
use crate::config;
use crate::engine::{Room, WorkError};
use crate::model::{Flow, FlowType, Match, MatchKind, Missing, Reason};
use chrono::NaiveDate;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a pair is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Alike,
    /// Alike or a chain, and in the plan.
    Planned,
    Chain,
    Unlike,
}

/// A pair by the ranks of its flows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Packed {
    pub(super) offer: u32,
    pub(super) request: u32,
    pub(super) score: u16,
    pub(super) what: What,
}

impl Packed {
    pub(super) const fn ends(&self) -> (u32, u32) {
        (self.offer, self.request)
    }

    /// The order of matches.
    pub(super) const fn key(&self) -> Kept {
        (Reverse(self.score), self.offer, self.request)
    }
}

/// Matches of known flows, best first.
#[derive(Debug)]
pub struct Found<'a> {
    pub(super) known: &'a Known<'a>,
    pub(super) settings: &'a config::Matching,
    pub(super) rules: Arc<Rules>,
    /// Place of the flow of each rank.
    pub(super) places: Vec<u32>,
    pub(super) packed: Vec<Packed>,
    chains: BTreeMap<(u32, u32), Chain>,
    /// Kilograms a year that the offers of those that are planned give, in their order.
    pub(super) shares: Vec<i64>,
    /// Pairs that were taken out.
    pub(super) out: Vec<(u32, u32)>,
    /// Whether they stand in the order in which people read them.
    pub(super) is_alike_first: bool,
}

/// A match with its flows.
#[derive(Debug)]
pub struct Pair<'a> {
    /// The match.
    pub found: Match,
    offer: &'a Prepared<'a>,
    request: &'a Prepared<'a>,
    known: &'a Known<'a>,
    settings: &'a config::Matching,
}

impl<'a> Pair<'a> {
    /// The offer.
    #[must_use]
    pub const fn offer(&self) -> &'a Flow {
        self.offer.flow
    }

    /// The request.
    #[must_use]
    pub const fn request(&self) -> &'a Flow {
        self.request.flow
    }

    /// As [`Known::explain`].
    #[must_use]
    pub fn explain(&self) -> (Vec<Reason>, Vec<Missing>) {
        self.known.explain_pair(&self.found, (self.offer, self.request), self.settings)
    }

    /// The chance that both are of one material (one group of the List of Waste), thousandths, as often as
    /// published exchanges whose materials agreed so far were. None of a chain, and of what is no material.
    #[must_use]
    pub fn chance_milli(&self) -> Option<u16> {
        chance_milli(&self.found, (self.offer, self.request))
    }
}

impl<'a> Found<'a> {
    /// Matches of the offers and requests, best first; equal scores in the order of what the flows say.
    ///
    /// A company never matches with itself. Each flow keeps its `top_per_flow` best partners that
    /// reach `minimum_score_percent`; a match is kept when either side keeps it. An offer that no request
    /// takes as it is may have up to three chains through one treatment; of a pair that is both, the better
    /// one stays. The same whatever the order of the flows, the number of threads and the memory.
    ///
    /// # Errors
    /// When the working folder cannot be written, or the memory is too small to merge what was found.
    pub async fn search(
        known: &'a Known<'a>,
        settings: &'a config::Matching,
        as_of: NaiveDate,
        room: &Room<'_>,
    ) -> Result<Self, WorkError> {
        let rules = Arc::new(Rules::new(settings, as_of));
        let by_rank = known.by_rank();
        let mut packed = Vec::new();
        let mut is_taken = vec![false; by_rank.len()];
        let laid = Laid::new(&by_rank, &rules, room)?;
        let each = |(Reverse(score), offer, request): Kept| {
            let (one, other) = (by_rank[offer as usize], by_rank[request as usize]);
            let parts = parts::score(one, other, &rules.weights, rules.as_of);
            is_taken[offer as usize] |= chains::is_taken(&parts);
            let what = if rules.is_alike(&parts) { What::Alike } else { What::Unlike };
            packed.push(Packed { offer, request, score, what });
        };
        laid.partners(each).await?;
        let chains = chains::find(&by_rank, &is_taken, &rules);
        let mut places = vec![0; by_rank.len()];
        for (at, one) in known.prepared.iter().enumerate() {
            places[one.rank as usize] = count(at);
        }
        let mut found = Self {
            known,
            settings,
            rules,
            places,
            packed,
            chains: BTreeMap::new(),
            shares: Vec::new(),
            out: Vec::new(),
            is_alike_first: false,
        };
        found.add_chains(chains);
        found.raise();
        Ok(found)
    }

    /// Adds chains; of a pair that is both, the better one stays.
    fn add_chains(&mut self, chains: Vec<Chain>) {
        if chains.is_empty() {
            return;
        }
        let mut chains: BTreeMap<(u32, u32), Chain> =
            chains.into_iter().map(|chain| ((chain.offer, chain.request), chain)).collect();
        self.packed.retain(|pair| match chains.get(&pair.ends()) {
            Some(chain) if chain.score > pair.score => false,
            Some(_) => chains.remove(&pair.ends()).is_some(),
            None => true,
        });
        let packed = |chain: &Chain| Packed {
            offer: chain.offer,
            request: chain.request,
            score: chain.score,
            what: What::Chain,
        };
        self.packed.extend(chains.values().map(packed));
        self.packed.sort_unstable_by_key(Packed::key);
        self.chains = chains;
    }

    /// Raises the material part of matches for which realised synergies speak; the order follows. Which
    /// partners are kept does not depend on it.
    fn raise(&mut self) {
        if !self.known.has_precedents() {
            return;
        }
        let mut packed = std::mem::take(&mut self.packed);
        for pair in &mut packed {
            pair.score = self.rules.weights.total(&self.parts(*pair));
        }
        packed.sort_unstable_by_key(Packed::key);
        self.packed = packed;
    }

    /// Puts first those whose materials are alike: the order in which people read matches.
    pub fn alike_first(&mut self) {
        self.is_alike_first = true;
        self.packed.sort_unstable_by_key(|pair| (pair.what == What::Unlike, pair.key()));
    }

    /// Pools of materials: each member is below a viable load alone, they reach it together, lie
    /// within the radius of the first one or in one park with it, and belong to two companies at least. They
    /// agree on the group of codes, on hazard, and on soiling and state as far as told, and all are there at one
    /// time. No flow is in two pools. Largest first; the same whatever the order of the flows.
    #[must_use]
    pub fn pools(&self) -> Vec<Pool> {
        pooling::pools(self.known, self.direct(), self.settings, self.rules.as_of)
    }

    /// Buyers to look for, most kilograms first: what is left of each offer of material once every
    /// request is filled as the portfolio fills it.
    #[must_use]
    pub fn wanted(&self, portfolio: &Portfolio) -> Vec<Wanted> {
        pooling::wanted(self.known, self.direct(), portfolio)
    }

    /// Takes out those matches of which `is_out` is true, in their order, and gives them whole. To be done before
    /// the plan is made.
    pub fn take_out(&mut self, is_out: &[bool]) -> Vec<Match> {
        let mut out = Vec::new();
        let mut asked = is_out.iter();
        let mut packed = std::mem::take(&mut self.packed);
        packed.retain(|pair| {
            let is_out = asked.next().is_some_and(|is_out| *is_out);
            if is_out {
                out.push(self.whole(*pair, None).found);
                self.out.push(pair.ends());
            }
            !is_out
        });
        self.packed = packed;
        out
    }

    /// Places of direct matches of like materials, best first.
    fn direct(&self) -> impl Iterator<Item = (usize, usize)> {
        let is_alike = |pair: &&Packed| matches!(pair.what, What::Alike | What::Planned);
        let alike = self.packed.iter().filter(is_alike);
        let direct = alike.filter(|pair| !self.chains.contains_key(&pair.ends()));
        direct.map(|pair| self.places(*pair))
    }

    /// Offer and request of each match, in order.
    pub fn flows(&self) -> impl Iterator<Item = (&'a Flow, &'a Flow)> {
        self.packed.iter().map(|pair| {
            let (offer, request) = self.prepared(*pair);
            (offer.flow, request.flow)
        })
    }

    /// The flows.
    #[must_use]
    pub const fn known(&self) -> &'a Known<'a> {
        self.known
    }

    /// Number of matches.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.packed.len()
    }

    /// Whether nothing was found.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.packed.is_empty()
    }

    /// Every match with its flows, in order.
    pub fn pairs(&self) -> impl Iterator<Item = Pair<'a>> {
        let mut shares = self.shares.iter().copied();
        self.packed.iter().map(move |pair| {
            let share = if pair.what == What::Planned { shares.next() } else { None };
            self.whole(*pair, share)
        })
    }

    /// Metres between both sides of the match at a place in the order, as it is told in [`Match`].
    pub(super) fn distance_m(&self, at: usize) -> Option<i64> {
        self.apart_m(*self.packed.get(at)?)
    }

    /// Metres between both sides; none of a chain through an operator whose place is not known.
    fn apart_m(&self, pair: Packed) -> Option<i64> {
        let (offer, request) = self.prepared(pair);
        let is_told = self.chains.get(&pair.ends()).is_none_or(|chain| chain.is_at_receiver);
        parts::distance_m(offer, request).filter(|_| is_told)
    }

    /// Straight metres that a kilogram of the offer is carried.
    fn haul_m(&self, pair: Packed) -> Option<(i64, i64)> {
        let (offer, request) = self.prepared(pair);
        let metres = parts::distance_m(offer, request)?;
        let other = self.chains.get(&pair.ends()).filter(|chain| !chain.is_at_receiver);
        Some(
            other.map_or((metres, metres), |chain| {
                through_operator_m(metres, chain.left_milli.0, self.settings)
            }),
        )
    }

    /// Kilograms that the request gets of so many of the offer: of a chain as many as its treatment leaves at
    /// least.
    fn gets_kg(&self, pair: Packed, given_kg: i64) -> i64 {
        self.chains.get(&pair.ends()).map_or(given_kg, |chain| scaled(given_kg, chain.left_milli.0, 1_000))
    }

    /// Kilograms a year that requests get in the plan.
    pub(super) fn planned_kg(&self) -> i64 {
        let planned = self.packed.iter().filter(|pair| pair.what == What::Planned);
        planned.zip(&self.shares).map(|(pair, kg)| self.gets_kg(*pair, *kg)).sum()
    }

    /// Places among the known flows.
    pub(super) fn places(&self, pair: Packed) -> (usize, usize) {
        (self.places[pair.offer as usize] as usize, self.places[pair.request as usize] as usize)
    }

    pub(super) fn prepared(&self, pair: Packed) -> (&'a Prepared<'a>, &'a Prepared<'a>) {
        let (offer, request) = self.places(pair);
        (&self.known.prepared[offer], &self.known.prepared[request])
    }

    pub(super) fn parts(&self, pair: Packed) -> Scores {
        let (offer, request) = self.prepared(pair);
        let parts = self.chains.get(&pair.ends()).map_or_else(
            || parts::score(offer, request, &self.rules.weights, self.rules.as_of),
            |chain| chain.parts,
        );
        if self.known.has_precedents() {
            return self.known.with_prior(parts, (offer, request), self.settings);
        }
        parts
    }

    /// A match whose offer gives so many kilograms a year in the plan.
    pub(super) fn whole(&self, pair: Packed, given_kg: Option<i64>) -> Pair<'a> {
        let (offer, request) = self.prepared(pair);
        let chain = self.chains.get(&pair.ends());
        let least = || offer.mass().zip(request.mass()).map(|(one, other)| one.min(other));
        let found = Match {
            offer: offer.flow.id.clone(),
            request: request.flow.id.clone(),
            kind: match offer.flow.flow_type {
                _ if chain.is_some() => MatchKind::Chain,
                FlowType::Material => MatchKind::Substitution,
                _ => MatchKind::Sharing,
            },
            score_milli: pair.score,
            distance_m: self.apart_m(pair),
            haul_m: self.haul_m(pair),
            mass_kg: chain.map_or_else(least, |chain| chain.mass_kg),
            left_milli: chain.map(|chain| chain.left_milli),
            given_kg,
            planned_kg: given_kg.map(|kg| self.gets_kg(pair, kg)),
            parts: self.parts(pair),
            // A process takes the offer of a chain, and the request asks for what comes out.
            is_alike: pair.what != What::Unlike,
        };
        Pair { found, offer, request, known: self.known, settings: self.settings }
    }
}

#[cfg(test)]
mod tests {
    use super::super::objective::{PARTS_OF_UNIT, gain_a_kg};
    use super::super::search_tests::crowded;
    use super::super::tests::{day, parks, planned, searched};
    use super::super::{Edge, plan};
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn what_is_packed_says_all_of_a_match_and_the_plan_is_that_of_its_pairs() {
        assert_eq!(size_of::<Packed>(), 12);
        let settings = config::Matching { pool_load_kg: 400_000, ..config::Matching::default() };
        let (organisations, flows) = crowded(200, 7);
        let parks = parks();
        let known = Known::new(&organisations, &flows, &parks);
        let mut found = searched(&known, &settings, day());
        found.alike_first();
        let before: Vec<Match> = found.pairs().map(|pair| pair.found).collect();
        assert!(before.is_sorted_by_key(|one| (!one.is_alike, Reverse(one.score_milli))));
        let weights = parts::Weights::new(&settings);
        for (pair, (offer, request)) in found.pairs().zip(found.flows()) {
            let one = &pair.found;
            assert_eq!((&offer.id, &request.id), (&one.offer, &one.request));
            assert_eq!((offer, request), (pair.offer(), pair.request()));
            assert_eq!(one.score_milli, weights.total(&one.parts));
            assert_eq!(pair.explain(), known.explain(one, &settings));
        }
        let pools = found.pools();
        let portfolio = planned(&mut found);
        let planned: Vec<Match> = found.pairs().map(|pair| pair.found).collect();
        assert!(planned.is_sorted_by_key(|one| (!one.is_alike, Reverse(one.score_milli))));
        assert!(portfolio.added.iter().all(|at| planned[*at].planned_kg > Some(0)));
        let others = planned.iter().enumerate().filter(|(at, _)| !portfolio.added.contains(at));
        let bare = others.map(|(_, one)| Match { given_kg: None, planned_kg: None, ..one.clone() });
        assert!(bare.eq(before), "the plan changes nothing else");

        // The same plan from the flows themselves.
        let by_id = |id: &crate::model::FlowId| flows.iter().position(|flow| flow.id == *id).unwrap();
        let kg = |flow: &Flow| flow.mass.map_or(0, crate::model::Mass::best_kg);
        let (mut edges, mut shares) = (Vec::new(), Vec::new());
        for one in &planned {
            let (offer, request) = (by_id(&one.offer), by_id(&one.request));
            let both = (&flows[offer], &flows[request]);
            let is_told = both.0.mass.is_some() && both.1.mass.is_some();
            let is_far = one.distance_m > Some(50_000);
            if !one.is_potential() || one.kind == MatchKind::Sharing || !is_told || is_far {
                assert_eq!((one.given_kg, one.planned_kg), (None, None));
                continue;
            }
            let gain = gain_a_kg(one, both, &settings, day()).unwrap();
            let left_milli = one.left_milli.map_or(1_000, |(_, most)| most);
            edges.push(Edge { offer: count(offer), request: count(request), gain, left_milli });
            shares.push(one.given_kg.unwrap());
        }
        assert!(edges.len() > 20 && edges.len() < planned.len(), "{} of {}", edges.len(), planned.len());
        let all: Vec<i64> = flows.iter().map(kg).collect();
        let best = plan(&edges, &all, &all);
        assert_eq!(portfolio.total_kg, planned.iter().filter_map(|one| one.planned_kg).sum::<i64>());
        let gained: i128 =
            edges.iter().zip(&shares).map(|(edge, kg)| i128::from(edge.gain) * i128::from(*kg)).sum();
        assert_eq!(i128::from(portfolio.gain), gained / i128::from(PARTS_OF_UNIT));
        // Neither gains more than the other says that any plan may.
        assert!(gained <= best.gain + best.short, "{gained} and {best:?}");
        let most = i128::from(portfolio.gain + portfolio.short + 2) * i128::from(PARTS_OF_UNIT);
        assert!(best.gain <= most, "{} and {portfolio:?}", best.gain);
        assert_eq!(found.pools(), pools);
    }

    #[test]
    fn what_is_taken_out_is_in_no_plan_and_the_others_stay_in_their_order() {
        let settings = config::Matching::default();
        let (organisations, flows) = crowded(120, 8);
        let known = Known::new(&organisations, &flows, &[]);
        let mut found = searched(&known, &settings, day());
        let all: Vec<Match> = found.pairs().map(|pair| pair.found).collect();
        let is_out: Vec<bool> = (0..found.len()).map(|at| at % 3 == 0).collect();
        let out = found.take_out(&is_out);
        let of = |wanted: bool| all.iter().zip(&is_out).filter(move |(_, is)| **is == wanted);
        assert!(out.len() > 20 && out.iter().eq(of(true).map(|(one, _)| one)));
        assert!(found.pairs().map(|pair| pair.found).eq(of(false).map(|(one, _)| one.clone())));
        let portfolio = planned(&mut found);
        let planned: i64 = found.pairs().filter_map(|pair| pair.found.planned_kg).sum();
        assert_eq!(planned, portfolio.total_kg);
        let out: BTreeSet<_> = out.iter().map(|one| (&one.offer, &one.request)).collect();
        assert!(found.flows().all(|(offer, request)| !out.contains(&(&offer.id, &request.id))));
    }
}
