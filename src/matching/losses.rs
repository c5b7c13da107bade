//! Plans in which a treatment loses part of what goes through it.
//!
//! A kilogram that is sent along such a pair fills less than a kilogram of need: a flow with gains (Truemper
//! 1977), whose best plan may split kilograms. Each connected part of the plan with such a pair is solved as a
//! linear program (microlp), once for what treatments take in, rounded down to whole kilograms, and once for the
//! prices of needs. What loses nothing is then planned, in whole numbers, in what is left. The prices are whole
//! numbers too and cover every pair, so that no plan gains more than they cost, whatever the solver did; by how
//! much this plan stays below them is told.

use super::plans::{Edge, Plan, whole};
use microlp::{ComparisonOp, OptimizationDirection, Problem, Solution, SolveOutcome, Variable};
use std::collections::{BTreeMap, BTreeSet};

/// Pairs of a connected part that is solved as a program. In a larger one treatments take what the others leave,
/// in the order of the pairs, and the prices tell what that may miss.
const MOST: usize = 4_000;
/// Share of the greatest need of a part that every need is given besides when prices are sought: a price is
/// what more need adds, and not what less takes away.
const MORE: f64 = 1e-6;
/// What is nearer to a whole number is one: parts of a kilogram, and of a price.
const NOISE: [f64; 2] = [1e-6, 1e-2];

/// What is left to give and to take while a plan is made: kilograms of offers, and thousandths of a
/// kilogram of needs.
struct Left {
    kg: Vec<i64>,
    milli: Vec<i128>,
}

impl Left {
    fn new(supply: &[i64], demand: &[i64]) -> Self {
        let milli = demand.iter().map(|kg| i128::from((*kg).max(0)) * 1_000).collect();
        Self { kg: supply.iter().map(|kg| (*kg).max(0)).collect(), milli }
    }

    /// Sends at most so many kilograms, as far as there is room; how many.
    fn send(&mut self, edge: &Edge, most: i64) -> i64 {
        let (offer, request) = edge.ends();
        let each = i128::from(edge.left_milli.max(1));
        let room = i64::try_from(self.milli[request] / each).unwrap_or(i64::MAX);
        let kg = most.min(self.kg[offer]).min(room).max(0);
        self.kg[offer] -= kg;
        self.milli[request] -= i128::from(kg) * each;
        kg
    }

    /// Whole kilograms that requests still need.
    fn needs(&self) -> Vec<i64> {
        self.milli.iter().map(|milli| i64::try_from(milli / 1_000).unwrap_or(i64::MAX)).collect()
    }
}

/// As [`super::plan`], of pairs of which some lose part of what goes along them.
pub(super) fn plan(edges: &[Edge], supply: &[i64], demand: &[i64]) -> Plan {
    let mut left = Left::new(supply, demand);
    let mut kg = vec![0; edges.len()];
    let mut solved: Vec<Solved> = Vec::new();
    for part in parts(edges, supply, demand).into_iter().filter(|part| part.len() <= MOST) {
        let pairs: Vec<&Edge> = part.iter().map(|at| &edges[*at]).collect();
        let Some(one) = Solved::new(&pairs, supply, demand) else { continue };
        for (at, share) in part.iter().zip(&one.kg).filter(|(at, _)| edges[**at].loses()) {
            kg[*at] = left.send(&edges[*at], *share);
        }
        solved.push(one);
    }
    let direct: Vec<Edge> = edges.iter().filter(|edge| !edge.loses()).copied().collect();
    let of_direct = whole(&direct, &left.kg, &left.needs());
    let mut shares = of_direct.kg.iter();
    for (edge, kg) in edges.iter().zip(&mut kg).filter(|(edge, _)| !edge.loses()) {
        *kg = left.send(edge, shares.next().copied().unwrap_or(0));
    }
    // What rounding left over, and all of what was not solved.
    for (edge, kg) in edges.iter().zip(&mut kg).filter(|(edge, _)| edge.loses() && edge.gain > 0) {
        *kg += left.send(edge, i64::MAX);
    }
    let (mut offer_prices, mut request_prices) = (of_direct.offer_prices, of_direct.request_prices);
    for one in &solved {
        for offer in &one.offers {
            offer_prices[*offer] = 0;
        }
        for (request, price) in &one.request_prices {
            request_prices[*request] = *price;
        }
    }
    cover(edges, demand, &mut offer_prices, &mut request_prices);
    Plan::new(kg, [offer_prices, request_prices], edges, supply, demand)
}

/// Raises prices until they cover every pair: those of requests that need nothing, which cost nothing, then
/// those of offers.
fn cover(edges: &[Edge], demand: &[i64], offer_prices: &mut [i64], request_prices: &mut [i64]) {
    // Rounded up; the divisor is positive.
    let over = |value: i128, by: i128| i64::try_from(-(-value).div_euclid(by)).unwrap_or(i64::MAX);
    let (gain, left) =
        (|edge: &Edge| i128::from(edge.gain), |edge: &Edge| i128::from(edge.left_milli.max(1)));
    for edge in edges {
        let (offer, request) = edge.ends();
        if demand[request] <= 0 {
            let lacks = (gain(edge) - i128::from(offer_prices[offer])) * 1_000;
            request_prices[request] = request_prices[request].max(over(lacks, left(edge)));
        }
    }
    for edge in edges {
        let (offer, request) = edge.ends();
        let lacks = gain(edge) * 1_000 - i128::from(request_prices[request]) * left(edge);
        offer_prices[offer] = offer_prices[offer].max(over(lacks, 1_000));
    }
}

/// Places of the pairs of each connected part in which some pair loses, in their order.
fn parts(edges: &[Edge], supply: &[i64], demand: &[i64]) -> Vec<Vec<usize>> {
    let mut above: Vec<usize> = (0..supply.len() + demand.len()).collect();
    let used: Vec<(usize, &Edge)> =
        edges.iter().enumerate().filter(|(_, edge)| edge.is_usable(supply, demand)).collect();
    for (_, edge) in &used {
        let (offer, request) = edge.ends();
        let (one, other) = (top(&mut above, offer), top(&mut above, supply.len() + request));
        above[one.max(other)] = one.min(other);
    }
    let mut parts: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, edge) in used {
        parts.entry(top(&mut above, edge.ends().0)).or_default().push(at);
    }
    parts.into_values().filter(|part| part.iter().any(|at| edges[*at].loses())).collect()
}

/// The node that stands for the part of a node.
fn top(above: &mut [usize], mut node: usize) -> usize {
    while above[node] != node {
        above[node] = above[above[node]];
        node = above[node];
    }
    node
}

/// A part as its linear program solves it.
struct Solved {
    /// Whole kilograms of each pair, in order.
    kg: Vec<i64>,
    offers: BTreeSet<usize>,
    /// What one more kilogram of need adds.
    request_prices: Vec<(usize, i64)>,
}

impl Solved {
    /// None when the solver gives up.
    fn new(pairs: &[&Edge], supply: &[i64], demand: &[i64]) -> Option<Self> {
        let most = pairs.iter().map(|edge| edge.gain).max().map_or(1.0, real);
        Some(Self {
            kg: shares(pairs, supply, demand, most)?,
            offers: pairs.iter().map(|edge| edge.ends().0).collect(),
            request_prices: prices(pairs, supply, demand, most)?,
        })
    }
}

/// What goes along each pair in a best plan, rounded down; gains are told as parts of the `most`.
fn shares(pairs: &[&Edge], supply: &[i64], demand: &[i64], most: f64) -> Option<Vec<i64>> {
    let mut problem = Problem::new(OptimizationDirection::Maximize);
    let mut given: BTreeMap<usize, Vec<(Variable, f64)>> = BTreeMap::new();
    let mut taken: BTreeMap<usize, Vec<(Variable, f64)>> = BTreeMap::new();
    let mut columns = Vec::with_capacity(pairs.len());
    for edge in pairs {
        let (offer, request) = edge.ends();
        let column = problem.add_var(real(edge.gain) / most, (0.0, f64::INFINITY));
        given.entry(offer).or_default().push((column, 1.0));
        taken.entry(request).or_default().push((column, real(edge.left_milli) / 1_000.0));
        columns.push(column);
    }
    for (rows, limits) in [(given, supply), (taken, demand)] {
        for (at, terms) in rows {
            problem.add_constraint(terms.as_slice(), ComparisonOp::Le, real(limits[at]));
        }
    }
    let solution = solved(&problem)?;
    Some(columns.into_iter().map(|column| floor(solution[column], NOISE[0])).collect())
}

/// The least prices of needs that cover every pair at the least cost.
fn prices(pairs: &[&Edge], supply: &[i64], demand: &[i64], most: f64) -> Option<Vec<(usize, i64)>> {
    let offers: BTreeSet<usize> = pairs.iter().map(|edge| edge.ends().0).collect();
    let requests: BTreeSet<usize> = pairs.iter().map(|edge| edge.ends().1).collect();
    let more = requests.iter().map(|request| demand[*request]).max().map_or(0.0, real) * MORE;
    let mut problem = Problem::new(OptimizationDirection::Minimize);
    let mut columns = |places: &BTreeSet<usize>, kg: &[i64], more: f64| -> BTreeMap<usize, Variable> {
        let column = |at: &usize| (*at, problem.add_var(real(kg[*at]) + more, (0.0, f64::INFINITY)));
        places.iter().map(column).collect()
    };
    let (given, taken) = (columns(&offers, supply, 0.0), columns(&requests, demand, more));
    for edge in pairs {
        let (offer, request) = edge.ends();
        let terms = [(given[&offer], 1.0), (taken[&request], real(edge.left_milli) / 1_000.0)];
        problem.add_constraint(terms.as_slice(), ComparisonOp::Ge, real(edge.gain) / most);
    }
    let solution = solved(&problem)?;
    let price = |column: Variable| floor(solution[column] * most, NOISE[1]);
    Some(taken.into_iter().map(|(request, column)| (request, price(column))).collect())
}

fn solved(problem: &Problem) -> Option<Solution> {
    match problem.solve() {
        Ok(SolveOutcome::Solution(solution)) => Some(solution),
        _ => None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "the solver rounds too; nothing that is told rests on it")]
fn real(value: i64) -> f64 {
    value as f64
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "rounded down on purpose; what is sent is held to its room"
)]
fn floor(value: f64, noise: f64) -> i64 {
    (value.max(0.0) + noise).floor() as i64
}

#[cfg(test)]
mod tests {
    use super::super::plans::tests::simplex;
    use super::super::{Edge, plan};
    use proptest::prelude::*;

    const fn edge(offer: u32, request: u32, gain: i64, left_milli: i64) -> Edge {
        Edge { offer, request, gain, left_milli }
    }

    #[test]
    fn what_is_taken_as_it_is_comes_before_what_loses_on_the_way() {
        // Two offers, one need: the first as it is, the second through a treatment that leaves half.
        let edges = [edge(0, 0, 1_000, 1_000), edge(1, 0, 400, 500)];
        let best = plan(&edges, &[600, 5_000], &[1_000]);
        assert_eq!((best.kg.as_slice(), best.short), ([600, 800].as_slice(), 0));
        // One more kilogram of need is two more of the second offer.
        assert_eq!((best.request_prices, best.offer_prices), (vec![800], vec![200, 0]));
    }

    #[test]
    fn an_offer_is_not_sent_twice_and_what_a_fraction_would_add_is_told() {
        let edges = [edge(0, 0, 1_000, 1_000), edge(0, 1, 300, 600)];
        let best = plan(&edges, &[1_000], &[400, 900]);
        assert_eq!((best.kg.as_slice(), best.gain, best.short), ([400, 600].as_slice(), 580_000, 0));
        // 1,000 kg of need are 1,666.67 kg of the offer.
        let best = plan(&edges[1..], &[5_000], &[0, 1_000]);
        assert_eq!((best.kg.as_slice(), best.gain, best.short), ([1_666].as_slice(), 499_800, 200));
        assert!(best.is_proven(&edges[1..], &[5_000], &[0, 1_000]));
    }

    #[test]
    fn a_pair_without_supply_or_need_or_gain_is_covered_and_carries_nothing() {
        let edges = [edge(0, 0, 300, 600), edge(1, 1, 300, 600), edge(1, 0, -5, 600)];
        for (supply, demand) in [([0, 10], [10, 0]), ([0, 0], [0, 0]), ([-3, 5], [5, -3])] {
            let best = plan(&edges, &supply, &demand);
            assert!(best.is_proven(&edges, &supply, &demand), "{best:?}");
            assert_eq!((best.kg, best.short), (vec![0; 3], 0));
        }
    }

    #[test]
    fn a_part_too_large_for_the_program_is_filled_and_tells_what_it_may_miss() {
        let side = 70_u32;
        let mut edges: Vec<Edge> =
            (0..side * side).map(|at| edge(at / side, at % side, 1_000, 1_000)).collect();
        edges.push(edge(0, 0, 500, 600));
        assert!(edges.len() > super::MOST);
        let (supply, demand) = (vec![10; 70], vec![5; 70]);
        let best = plan(&edges, &supply, &demand);
        assert!(best.is_proven(&edges, &supply, &demand));
        assert_eq!((best.gain, best.short), (350_000, 0));
    }

    /// Every plan in whole kilograms, one pair after another.
    fn most(edges: &[Edge], supply: &mut [i64], needs_milli: &mut [i64]) -> i64 {
        let Some((first, others)) = edges.split_first() else { return 0 };
        let (offer, request) = first.ends();
        let room = supply[offer].min(needs_milli[request] / first.left_milli);
        let mut best = 0;
        for kg in 0..=room {
            supply[offer] -= kg;
            needs_milli[request] -= kg * first.left_milli;
            best = best.max(kg * first.gain + most(others, supply, needs_milli));
            supply[offer] += kg;
            needs_milli[request] += kg * first.left_milli;
        }
        best
    }

    proptest! {
        #[test]
        fn no_plan_of_whole_kilograms_gains_more_than_is_told(
            supply in proptest::collection::vec(0..6_i64, 2),
            demand in proptest::collection::vec(0..6_i64, 2),
            pairs in proptest::collection::vec((0..2_u32, 0..2_u32, 1..9_i64, 0..4_usize), 1..5),
        ) {
            let of = |(offer, request, gain, left): (u32, u32, i64, usize)| {
                edge(offer, request, gain, [1_000, 800, 500, 350][left])
            };
            let edges: Vec<Edge> = pairs.into_iter().map(of).collect();
            let best = plan(&edges, &supply, &demand);
            prop_assert!(best.is_proven(&edges, &supply, &demand));
            let mut needs: Vec<i64> = demand.iter().map(|kg| kg * 1_000).collect();
            let other = i128::from(most(&edges, &mut supply.clone(), &mut needs));
            prop_assert!(best.gain <= other && other <= best.gain + best.short, "{best:?} and {other}");
        }

        #[test]
        fn what_is_missing_to_the_optimum_is_less_than_a_kilogram_a_treatment(
            supply in proptest::collection::vec(0..40_i64, 1..6),
            demand in proptest::collection::vec(0..40_i64, 1..6),
            pairs in proptest::collection::vec((0..6_u32, 0..6_u32, -3..9_i64, 0..4_usize), 0..24),
        ) {
            // Loads of ten tonnes: no need is within a kilogram of where its price changes.
            let loads = |all: &[i64]| -> Vec<i64> { all.iter().map(|load| load * 10_000).collect() };
            let (supply, demand) = (loads(&supply), loads(&demand));
            let edges: Vec<Edge> = pairs
                .into_iter()
                .filter(|(offer, request, ..)| {
                    (*offer as usize) < supply.len() && (*request as usize) < demand.len()
                })
                .map(|(offer, request, gain, left)| {
                    edge(offer, request, gain * 1_000_000, [1_000, 800, 500, 350][left])
                })
                .collect();
            let best = plan(&edges, &supply, &demand);
            prop_assert!(best.is_proven(&edges, &supply, &demand));
            let treated = edges.iter().filter(|edge| edge.loses()).count();
            // Of a kilogram, and of a price that is a whole number, at most so much is lost.
            let lost = i128::try_from(treated).unwrap() * 40_000_000 + 4_000_000;
            prop_assert!(best.short <= lost, "{best:?}");
            #[expect(clippy::cast_precision_loss, reason = "small cases")]
            let (least, most) = (best.gain as f64, (best.gain + best.short) as f64);
            let optimum = simplex(&edges, &supply, &demand);
            let noise = 1.0 + optimum * 1e-7;
            prop_assert!(least <= optimum + noise && optimum <= most + noise, "{optimum}, {least} to {most}");
            // The price of a need is what one kilogram more of it adds.
            for request in (0..demand.len()).filter(|request| demand[*request] > 0) {
                let mut more = demand.clone();
                more[request] += 1;
                let gained = simplex(&edges, &supply, &more) - optimum;
                #[expect(clippy::cast_precision_loss, reason = "small cases")]
                let price = best.request_prices[request] as f64;
                prop_assert!((gained - price).abs() < 50_000.0, "{gained} and {price}");
            }
        }
    }
}
