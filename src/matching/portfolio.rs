//! The set of matches that gains the most, when every kilogram is counted once.
//!
//! The sum over all matches counts one tonne many times. Here each match carries part of an
//! offer to a request, no offer gives more than it has and no request takes more than it needs;
//! among all such plans one of the greatest total gain is found. This is the transportation
//! problem; it is solved with whole numbers as a flow of least cost by the primal-dual method of
//! Ford and Fulkerson (shortest paths with potentials, then blocking flows as of Dinic). The
//! potentials are prices that prove the optimum: by weak duality no plan gains more than the
//! prices of what is scarce, and the plan gains just that. Where treatments lose part of what goes
//! through them, the plan may stay some kilograms below ([`super::losses`]).

use super::candidates::Prepared;
use super::known::Known;
use super::losses;
use super::network::{FAR, Network};
use super::objective::{PARTS_OF_UNIT, gain_a_kg};
use super::side::count;
use crate::config::{self, Objective};
use crate::model::{Direction, Flow, FlowId, FlowType, Match};
use chrono::NaiveDate;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// A pair that may be used, by positions of its offer and its request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// Position of the offer.
    pub offer: u32,
    /// Position of the request.
    pub request: u32,
    /// What one kilogram gains, in any whole unit; a pair that gains nothing is not used.
    pub gain: i64,
    /// How much of the request's need a thousand kilograms of the offer fill: less than as many where a treatment
    /// loses the rest.
    pub left_milli: i64,
}

/// A best plan with its proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Kilograms a year of each pair, in the order given.
    pub kg: Vec<i64>,
    /// Total gain.
    pub gain: i128,
    /// How much more any plan gains at most: nothing where no pair loses anything; else what whole kilograms and
    /// whole prices miss, and what was not solved.
    pub short: i128,
    /// What the last kilogram of each offer adds.
    pub offer_prices: Vec<i64>,
    /// What one more kilogram of need of each request that needs something would add: its shadow price.
    pub request_prices: Vec<i64>,
}

impl Edge {
    /// Positions of the offer and of the request.
    pub(super) const fn ends(&self) -> (usize, usize) {
        (self.offer as usize, self.request as usize)
    }

    /// Whether part of what goes along it is lost.
    pub(super) const fn loses(&self) -> bool {
        self.left_milli < 1_000
    }

    /// Whether something may be gained along it.
    pub(super) fn is_usable(&self, supply: &[i64], demand: &[i64]) -> bool {
        let (offer, request) = self.ends();
        self.gain > 0 && supply[offer] > 0 && demand[request] > 0
    }
}

/// What so many kilograms cost at these prices.
fn worth(prices: &[i64], kg: &[i64]) -> i128 {
    prices.iter().zip(kg).map(|(price, kg)| i128::from(*price) * i128::from((*kg).max(0))).sum()
}

fn gain(edges: &[Edge], kg: &[i64]) -> i128 {
    edges.iter().zip(kg).map(|(edge, kg)| i128::from(edge.gain) * i128::from(*kg)).sum()
}

impl Plan {
    /// A plan with prices of offers and of requests that cover every pair.
    pub(super) fn new(
        kg: Vec<i64>,
        prices: [Vec<i64>; 2],
        edges: &[Edge],
        supply: &[i64],
        demand: &[i64],
    ) -> Self {
        let [offer_prices, request_prices] = prices;
        let gain = gain(edges, &kg);
        let short = worth(&offer_prices, supply) + worth(&request_prices, demand) - gain;
        Self { kg, gain, short, offer_prices, request_prices }
    }

    /// Other kilograms under the same prices.
    fn with(self, kg: Vec<i64>, edges: &[Edge]) -> Self {
        let gain = gain(edges, &kg);
        Self { kg, gain, short: self.short + self.gain - gain, ..self }
    }

    /// Checks the plan against the data: nothing is shipped twice, and the prices cover every
    /// pair and cost what the plan gains and says that it is short of. Then no plan gains more than both, and
    /// without losses none gains more.
    #[must_use]
    pub fn is_proven(&self, edges: &[Edge], supply: &[i64], demand: &[i64]) -> bool {
        let mut shipped = (vec![0_i128; supply.len()], vec![0_i128; demand.len()]);
        for (edge, kg) in edges.iter().zip(&self.kg) {
            let (offer, request) = edge.ends();
            shipped.0[offer] += i128::from(*kg) * 1_000;
            shipped.1[request] += i128::from(*kg) * i128::from(edge.left_milli);
        }
        let within = |milli: &[i128], limit: &[i64]| {
            milli.iter().zip(limit).all(|(sum, limit)| *sum <= i128::from((*limit).max(0)) * 1_000)
        };
        let is_covered = |edge: &Edge| {
            let (offer, request) = edge.ends();
            let [given, taken] = [self.offer_prices[offer], self.request_prices[request]].map(i128::from);
            given * 1_000 + taken * i128::from(edge.left_milli) >= i128::from(edge.gain) * 1_000
        };
        self.kg.iter().all(|kg| *kg >= 0)
            && within(&shipped.0, supply)
            && within(&shipped.1, demand)
            && self.offer_prices.iter().chain(&self.request_prices).all(|price| *price >= 0)
            && edges.iter().all(is_covered)
            && gain(edges, &self.kg) == self.gain
            && self.gain + self.short
                == worth(&self.offer_prices, supply) + worth(&self.request_prices, demand)
            && (self.short == 0 || self.short > 0 && edges.iter().any(Edge::loses))
    }
}

/// A best plan of `edges` under the kilograms a year that each offer has and each request needs; where some of
/// them lose what goes along them, one that is near it and says how near.
#[must_use]
pub fn plan(edges: &[Edge], supply: &[i64], demand: &[i64]) -> Plan {
    if edges.iter().any(Edge::loses) {
        return losses::plan(edges, supply, demand);
    }
    whole(edges, supply, demand)
}

/// A best plan of pairs that lose nothing.
pub(super) fn whole(edges: &[Edge], supply: &[i64], demand: &[i64]) -> Plan {
    let (source, sink) = (supply.len() + demand.len(), supply.len() + demand.len() + 1);
    let mut network = Network::new(sink + 1);
    let is_usable = |edge: &Edge| edge.is_usable(supply, demand);
    for (offer, kg) in supply.iter().enumerate().filter(|(_, kg)| **kg > 0) {
        network.add(source, offer, *kg, 0);
    }
    // The amounts of the offer and of the request are limit enough.
    let mut arcs = network.next_arcs();
    for edge in edges.iter().filter(|edge| is_usable(edge)) {
        let (offer, request) = edge.ends();
        network.add(offer, supply.len() + request, FAR, -edge.gain);
    }
    for (request, kg) in demand.iter().enumerate().filter(|(_, kg)| **kg > 0) {
        network.add(supply.len() + request, sink, *kg, 0);
    }
    let potentials = network.least_cost(source, sink);
    let carried = |edge| if is_usable(edge) { arcs.next().map_or(0, |arc| network.carried(arc)) } else { 0 };
    let kg: Vec<i64> = edges.iter().map(carried).collect();
    let (offers, requests) = potentials[..source].split_at(supply.len());
    let mut offer_prices: Vec<i64> =
        offers.iter().zip(supply).map(|(price, kg)| if *kg > 0 { (*price).max(0) } else { 0 }).collect();
    let mut request_prices: Vec<i64> =
        requests.iter().zip(demand).map(|(price, kg)| if *kg > 0 { (-price).max(0) } else { 0 }).collect();
    // Who has or needs nothing costs nothing at any price: the price that covers its pairs.
    for edge in edges {
        let (offer, request) = edge.ends();
        if demand[request] <= 0 {
            request_prices[request] = request_prices[request].max(edge.gain - offer_prices[offer]);
        }
    }
    for edge in edges {
        let (offer, request) = edge.ends();
        if supply[offer] <= 0 {
            offer_prices[offer] = offer_prices[offer].max(edge.gain - request_prices[request]);
        }
    }
    Plan::new(kg, [offer_prices, request_prices], edges, supply, demand)
}

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
    /// Whether no plan of any potential pairs gains more; else none of the pairs that were looked at, the
    /// best ones of each flow among them.
    pub is_whole: bool,
    /// Places of the matches that the plan added, since it sends something along them: they were not
    /// among the best of either flow.
    pub added: Vec<usize>,
    /// Matches that could not count, because a distance, a factor or a price is not known.
    pub unpriced: usize,
    /// Kilograms a year of each offer that no request takes, for offers with a known amount.
    pub left_over: BTreeMap<FlowId, i64>,
    /// Requests whose need is scarce, dearest first, then in the order of what they say.
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
        let mut scarce: Vec<(i64, u32)> = requests
            .filter(|((_, kg), price)| **kg > 0 && **price > 0)
            .map(|((at, _), price)| (*price, *at))
            .collect();
        scarce.sort_unstable_by_key(|(price, at)| (Reverse(*price), flow(*at).rank));
        let scarce = scarce.into_iter().map(|(price, at)| Scarce {
            request: flow(at).flow.id.clone(),
            // Millionths a kilogram are thousandths a tonne.
            milli_a_tonne: price,
        });
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
pub(super) mod tests {
    use super::super::tests::{day, flow, organisation, parks, planned, searched};
    use super::super::{Known, precedents};
    use super::{Edge, plan};
    use crate::config;
    use crate::model::{Category, Confidential, Direction, MatchKind};
    use proptest::prelude::*;

    /// An independent solver: the simplex method on the same linear programme.
    pub(in super::super) fn simplex(edges: &[Edge], supply: &[i64], demand: &[i64]) -> f64 {
        use microlp::{ComparisonOp, OptimizationDirection, Problem, SolveOutcome};
        let mut problem = Problem::new(OptimizationDirection::Maximize);
        #[expect(clippy::cast_precision_loss, reason = "small cases")]
        let number = |value: i64| value as f64;
        let variables: Vec<_> =
            edges.iter().map(|edge| problem.add_var(number(edge.gain), (0.0, f64::INFINITY))).collect();
        for (limits, is_supply) in [(supply, true), (demand, false)] {
            for (at, limit) in limits.iter().enumerate() {
                let terms: Vec<_> = edges
                    .iter()
                    .zip(&variables)
                    .filter(|(edge, _)| at == if is_supply { edge.ends().0 } else { edge.ends().1 })
                    .map(|(edge, variable)| {
                        (*variable, if is_supply { 1.0 } else { number(edge.left_milli) / 1_000.0 })
                    })
                    .collect();
                problem.add_constraint(terms.as_slice(), ComparisonOp::Le, number(*limit));
            }
        }
        match problem.solve().unwrap() {
            SolveOutcome::Solution(solution) => solution.objective(),
            SolveOutcome::Interrupted(_) => panic!("no limit was set"),
        }
    }

    #[test]
    fn a_tonne_that_two_requests_want_is_counted_once() {
        let edges = [0, 1].map(|request| Edge { offer: 0, request, gain: 1, left_milli: 1_000 });
        let best = plan(&edges, &[1_000], &[800, 800]);
        assert_eq!(best.kg.iter().sum::<i64>(), 1_000);
        assert_eq!((best.offer_prices, best.request_prices), (vec![1], vec![0, 0]));
    }

    #[test]
    fn the_dearer_use_comes_first_and_a_scarce_outlet_has_a_price() {
        let edges = [(0, 0, 3), (1, 0, 5), (1, 1, 1), (0, 1, -4)].map(|(offer, request, gain)| Edge {
            offer,
            request,
            gain,
            left_milli: 1_000,
        });
        let best = plan(&edges, &[10, 10], &[10, 10]);
        assert_eq!(best.kg, [0, 10, 0, 0]);
        assert_eq!(best.gain, 50);
        assert!(best.request_prices[0] >= 3, "{best:?}");
        assert!(best.is_proven(&edges, &[10, 10], &[10, 10]));
    }

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

    #[test]
    fn a_plan_that_could_gain_more_is_not_called_proven() {
        let edges = [Edge { offer: 0, request: 0, gain: 2, left_milli: 1_000 }];
        let mut best = plan(&edges, &[10], &[10]);
        best.kg[0] = 9;
        best.gain = 18;
        assert!(!best.is_proven(&edges, &[10], &[10]));
        assert!(!plan(&edges, &[10], &[10]).is_proven(&edges, &[9], &[10]));
    }

    proptest! {
        #[test]
        fn the_optimum_is_proven_and_equals_that_of_the_simplex_method(
            supply in proptest::collection::vec(0..40_i64, 1..6),
            demand in proptest::collection::vec(0..40_i64, 1..6),
            pairs in proptest::collection::vec((0..6_u32, 0..6_u32, -3..9_i64), 0..24),
        ) {
            let edges: Vec<Edge> = pairs
                .into_iter()
                .filter(|(offer, request, _)| (*offer as usize) < supply.len() && (*request as usize) < demand.len())
                .map(|(offer, request, gain)| Edge { offer, request, gain, left_milli: 1_000 })
                .collect();
            let best = plan(&edges, &supply, &demand);
            prop_assert!(best.is_proven(&edges, &supply, &demand));
            let other = simplex(&edges, &supply, &demand);
            #[expect(clippy::cast_precision_loss, reason = "small cases")]
            let gain = best.gain as f64;
            prop_assert!((gain - other).abs() < 1e-6, "{gain} and {other}");
            // The price of a need is what one kilogram more of it gains, to the unit.
            for request in (0..demand.len()).filter(|request| demand[*request] > 0) {
                let mut more = demand.clone();
                more[request] += 1;
                let gained = plan(&edges, &supply, &more).gain - best.gain;
                prop_assert_eq!(gained, i128::from(best.request_prices[request]));
            }
        }
    }
}
