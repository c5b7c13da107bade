//! Plans of pairs under what each offer has and each request needs: the greatest gain, with its proof.
//!
//! This is the transportation problem; it is solved with whole numbers as a flow of least cost by the
//! primal-dual method of Ford and Fulkerson (shortest paths with potentials, then blocking flows as of Dinic).
//! The potentials are prices that prove the optimum: by weak duality no plan gains more than the prices of what
//! is scarce, and the plan gains just that. Where treatments lose part of what goes through them, the plan may
//! stay some kilograms below ([`super::losses`]).

use super::losses;
use super::network::{FAR, Network};

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
    pub(super) fn with(self, kg: Vec<i64>, edges: &[Edge]) -> Self {
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

#[cfg(test)]
pub(super) mod tests {
    use super::{Edge, plan};
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
