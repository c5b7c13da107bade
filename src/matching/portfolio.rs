//! The set of matches that gains the most, when every kilogram is counted once.
//!
//! The sum over all matches counts one tonne many times. Here each match carries part of an
//! offer to a request, no offer gives more than it has and no request takes more than it needs;
//! among all such plans one of the greatest total gain is found ([`super::plans`]).

use super::candidates::Prepared;
use super::known::Known;
use super::objective::{PARTS_OF_UNIT, gain_a_kg};
use super::plans::{Edge, Plan, plan};
use super::side::count;
use super::waiting::Waiting;
use crate::config::{self, Objective};
use crate::model::{Direction, Flow, FlowId, FlowType, Match};
use chrono::NaiveDate;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Whether an offer and a request may not be planned, because somebody gave them up.
pub type IsOut<'a> = &'a (dyn Fn(&Flow, &Flow) -> bool + Sync);

/// A request whose need is scarce.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scarce {
    /// The request.
    pub request: FlowId,
    /// Its shadow price: what one more tonne of need a year gains in a year while offers last, in
    /// thousandths of a kilogram, of a kg `CO2e`, or of a cent of CAD, as the objective says.
    pub milli_a_tonne: i64,
    /// Kilograms a year of more need over which that price holds at least: what waits behind it.
    pub waiting_kg: i64,
}

impl Scarce {
    /// The price a tonne in hundredths of a kilogram, of a kg `CO2e` or of a dollar, rounded down.
    #[must_use]
    pub const fn hundredths(&self, objective: Objective) -> i64 {
        match objective {
            Objective::Mass | Objective::Emissions => self.milli_a_tonne / 10,
            Objective::Money => self.milli_a_tonne / 1_000,
        }
    }

    /// What the plan would gain in a year with all of the need that waits, in the same hundredths.
    #[must_use]
    pub fn all_hundredths(&self, objective: Objective) -> i64 {
        let unit = match objective {
            Objective::Mass | Objective::Emissions => 10,
            Objective::Money => 1_000,
        };
        i64::try_from(self.all_parts() / unit / 1_000).unwrap_or(i64::MAX)
    }

    /// The same in millionths.
    fn all_parts(&self) -> i128 {
        i128::from(self.milli_a_tonne) * i128::from(self.waiting_kg)
    }
}

/// The best plan of the matches when every kilogram is counted once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Portfolio {
    /// Kilograms a year that requests get over all matches, through a treatment as many as it leaves at least.
    pub total_kg: i64,
    /// What it gains in a year: kilograms, kg `CO2e` at the cautious end of what is known, or cents of CAD in
    /// the middle of all prices, as the objective says.
    pub gain: i64,
    /// How much more any plan of the same pairs gains at most, as the gain: nothing without treatments that lose
    /// part of what goes through them.
    pub short: i64,
    /// Whether that holds of any potential pairs, with the chains that are matches; else of the pairs that were
    /// looked at, the best ones of each flow among them.
    pub is_whole: bool,
    /// Places of the matches that the plan added, since it sends something along them: they were not
    /// among the best of either flow.
    pub added: Vec<usize>,
    /// Matches that could not count, because a distance, a factor or a price is not known.
    pub unpriced: usize,
    /// Kilograms a year of each offer that no request takes, for offers with a known amount.
    pub left_over: BTreeMap<FlowId, i64>,
    /// Requests whose need is scarce: what the plan would gain in all with what waits behind them, most first, then
    /// the dearest, then in the order of what they say.
    pub scarce: Vec<Scarce>,
}

/// Matches that take part in a plan.
pub(super) struct Asked<'a> {
    known: &'a Known<'a>,
    settings: &'a config::Matching,
    as_of: NaiveDate,
    offers: Side,
    requests: Side,
    edges: Vec<Edge>,
    unpriced: usize,
}

impl<'a> Asked<'a> {
    pub(super) fn new(known: &'a Known<'a>, settings: &'a config::Matching, as_of: NaiveDate) -> Self {
        let (offers, requests) = (Side::of(known), Side::of(known));
        Self { known, settings, as_of, offers, requests, edges: Vec::new(), unpriced: 0 }
    }

    /// Whether a match takes part, whose flows have these places among the known ones; then it does.
    pub(super) fn takes(&mut self, found: &Match, (offer, request): (usize, usize)) -> bool {
        let (given, taken) = (self.known.prepared[offer].flow, self.known.prepared[request].flow);
        let counts = found.is_potential() && given.flow_type == FlowType::Material;
        let amounts = given.mass.zip(taken.mass).filter(|_| counts);
        let Some((supply, demand)) = amounts else { return false };
        let radius_m = i64::from(self.settings.radius_km) * 1_000;
        if found.distance_m.is_some_and(|metres| metres > radius_m) {
            // What is left of the offer is known all the same.
            self.offers.at(offer, supply.best_kg());
            return false;
        }
        let Some(gain) = gain_a_kg(found, (given, taken), self.settings, self.as_of) else {
            self.unpriced += 1;
            return false;
        };
        let offer = self.offers.at(offer, supply.best_kg());
        let request = self.requests.at(request, demand.best_kg());
        // The most that a treatment may leave: no request gets more than it needs.
        let left_milli = found.left_milli.map_or(1_000, |(_, most)| most);
        self.edges.push(Edge { offer, request, gain, left_milli });
        true
    }

    /// The best plan of what takes part so far.
    pub(super) fn plan(&self) -> Plan {
        let plan = plan(&self.edges, &self.offers.kg, &self.requests.kg);
        self.check(&plan);
        plan
    }

    fn check(&self, plan: &Plan) {
        assert!(plan.is_proven(&self.edges, &self.offers.kg, &self.requests.kg), "the prices prove the plan");
    }

    /// Matches that could not count so far.
    pub(super) const fn unpriced(&self) -> usize {
        self.unpriced
    }

    /// Offers and requests which a pair that takes no part yet must be of to gain more than this plan. A
    /// kilogram gains the same along every pair that loses nothing when kilograms are the aim: then the price
    /// of neither flow is as much.
    pub(super) fn open(&self, plan: &Plan) -> [Vec<&'a Prepared<'a>>; 2] {
        let sides = [(&self.offers, &plan.offer_prices), (&self.requests, &plan.request_prices)];
        let is_open = |at: usize, one: &Prepared<'_>| {
            let (side, prices) = sides[usize::from(one.flow.direction == Direction::Input)];
            one.flow.flow_type == FlowType::Material
                && one.mass().is_some_and(|kg| kg > 0)
                && (self.settings.objective != Objective::Mass || side.price(prices, at) < PARTS_OF_UNIT)
        };
        [Direction::Output, Direction::Input].map(|direction| {
            let all = self.known.prepared.iter().enumerate();
            let open = all.filter(|(at, one)| one.flow.direction == direction && is_open(*at, one));
            open.map(|(_, one)| one).collect()
        })
    }

    /// What the plan says, with kilograms of each match that takes part that gain no less: those of an
    /// earlier plan of fewer matches, perhaps.
    pub(super) fn told(&self, plan: Plan, mut kg: Vec<i64>) -> (Portfolio, Vec<i64>) {
        kg.resize(self.edges.len(), 0);
        let plan = plan.with(kg, &self.edges);
        self.check(&plan);
        let mut left = self.offers.kg.clone();
        for (edge, kg) in self.edges.iter().zip(&plan.kg) {
            left[edge.offer as usize] -= kg;
        }
        let flow = |at: u32| &self.known.prepared[at as usize];
        let requests = self.requests.flows.iter().zip(&self.requests.kg).zip(&plan.request_prices);
        let waiting = Waiting::new(&self.edges, &plan, &left);
        let mut scarce: Vec<(u32, Scarce)> = requests
            .enumerate()
            .filter(|(_, ((_, kg), price))| **kg > 0 && **price > 0)
            .map(|(number, ((at, _), price))| {
                let request = flow(*at).flow.id.clone();
                // Millionths a kilogram are thousandths a tonne.
                let one = Scarce { request, milli_a_tonne: *price, waiting_kg: waiting.behind(number) };
                (flow(*at).rank, one)
            })
            .collect();
        scarce.sort_unstable_by_key(|(rank, one)| (Reverse((one.all_parts(), one.milli_a_tonne)), *rank));
        let scarce = scarce.into_iter().map(|(_, one)| one);
        let left_over = self.offers.flows.iter().map(|at| flow(*at).flow.id.clone()).zip(left);
        let units = |parts: i128| i64::try_from(parts / i128::from(PARTS_OF_UNIT)).unwrap_or(i64::MAX);
        let portfolio = Portfolio {
            total_kg: 0,
            gain: units(plan.gain),
            short: units(plan.short),
            is_whole: false,
            added: Vec::new(),
            unpriced: self.unpriced,
            scarce: scarce.collect(),
            left_over: left_over.collect(),
        };
        (portfolio, plan.kg)
    }
}

/// Flows of one side that take part, numbered as they are met.
struct Side {
    /// Number of each flow that is known.
    numbers: Vec<Option<u32>>,
    /// The flow of each number.
    flows: Vec<u32>,
    kg: Vec<i64>,
}

impl Side {
    fn of(known: &Known<'_>) -> Self {
        Self { numbers: vec![None; known.prepared.len()], flows: Vec::new(), kg: Vec::new() }
    }

    fn at(&mut self, flow: usize, kg: i64) -> u32 {
        *self.numbers[flow].get_or_insert_with(|| {
            self.flows.push(count(flow));
            self.kg.push(kg);
            count(self.flows.len() - 1)
        })
    }

    /// The price of a flow, nothing of one that does not take part.
    fn price(&self, prices: &[i64], flow: usize) -> i64 {
        self.numbers[flow].map_or(0, |number| prices[number as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{day, flow, organisation, parks, planned, searched};
    use super::super::{Known, precedents};
    use crate::config;
    use crate::model::{Category, Confidential, Direction, MatchKind};

    /// An offer of pallets, requests of pallets and of another thing of wood, with realised synergies that
    /// took wood to the sector of the latter; for each setting whether a match counts, in the order that people read.
    fn counted(percents: [u32; 2]) -> [Vec<(String, bool, Option<i64>)>; 2] {
        let flows = [
            flow("1", "a", Direction::Output, "palettes réparables"),
            flow("2", "b", Direction::Input, "écorces"),
            flow("3", "c", Direction::Input, "palettes"),
        ];
        let mut companies = ["a", "b", "c", "d"].map(organisation);
        for (at, north) in [(0, 46.8), (1, 46.8), (2, 47.2)] {
            companies[at].coordinates = Some(Confidential::new((north, -71.2)));
        }
        companies[1].sector = Some(Confidential::new("321".to_owned()));
        companies[3].sector = Some(Confidential::new("327".to_owned()));
        let to = |category: Category, receiver: &'static str| {
            ('g'..'p').map(move |from| precedents::tests::realised(category, &from.to_string(), receiver))
        };
        let realised: Vec<_> = to(Category::Wood, "b").chain(to(Category::Glass, "d")).collect();
        let parks = parks();
        let known = Known::new(&companies, &flows, &parks).with_precedents(&realised);
        percents.map(|potential_material_percent| {
            let settings = config::Matching {
                potential_material_percent,
                precedents_percent: 100,
                ..config::Matching::default()
            };
            let mut found = searched(&known, &settings, day());
            found.alike_first();
            let _ = planned(&mut found);
            let matches: Vec<_> = found.pairs().map(|pair| pair.found).collect();
            assert!(matches.iter().all(|one| one.kind == MatchKind::Substitution));
            let said = |one: &crate::model::Match| {
                let told = known.explain(one, &settings).0[0].reason_fr.contains("trop peu");
                assert_eq!(told, !one.is_alike);
                assert!(one.is_alike || one.parts[0] > Some(500), "lifted above the bound");
                (one.request.0.reveal().clone(), one.is_potential(), one.planned_kg)
            };
            matches.iter().map(said).collect()
        })
    }

    #[test]
    fn what_shares_its_category_alone_is_listed_last_and_is_in_no_plan_unless_the_settings_say_so() {
        let [usual, any] = counted([50, 0]);
        // Nearer, and of a sector that took wood before, which lifts its part: still only wood for wood.
        let of = |request: &str, counts, kg| (request.to_owned(), counts, kg);
        assert_eq!(usual, [of("3", true, Some(10_000)), of("2", false, None)]);
        assert_eq!(any.len(), 2);
        assert!(any.iter().all(|(_, counts, kg)| *counts && kg.is_some()), "{any:?}");
    }
}
