//! The plan is the best of all pairs that may be planned, not only of those that people read.

use super::laws::priced;
use super::objective::{PARTS_OF_UNIT, gain_a_kg};
use super::plans::tests::simplex;
use super::tests::{day, flow, found, organisation, parks, planned, searched};
use super::{Edge, Found, Identifier, Known, Scarce, add_identifiers, identifiers, plan};
use crate::config::{self, Objective};
use crate::engine::Room;
use crate::model::{Category, Confidential, Direction, Flow, FlowId, Mass, Organisation, Park, ParkCode};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// So many offers and requests of pallets, all alike and in one park, each of a company of its own.
fn alike(each: usize) -> (Vec<Organisation>, Vec<Flow>) {
    let mut flows = Vec::new();
    for (side, direction) in [("o", Direction::Output), ("r", Direction::Input)] {
        for at in 0..each {
            let name = format!("{side}{at}");
            flows.push(flow(&name, &name, direction, "palettes de bois"));
        }
    }
    (companies_of(&flows), flows)
}

fn companies_of(flows: &[Flow]) -> Vec<Organisation> {
    flows.iter().map(|flow| organisation(flow.organisation.0.reveal())).collect()
}

/// Settings in which every cost has a price, of wood too.
fn of_wood(objective: Objective) -> config::Matching {
    let treatment_cents_t = BTreeMap::from([(Category::Wood.code().to_owned(), [500, 1_000])]);
    config::Matching { treatment_cents_t, ..priced(objective) }
}

/// The parks of the tests and one that is farther than the radius.
fn three_parks() -> Vec<Park> {
    let mut all = parks();
    let mut far = all[0].clone();
    (far.code, far.point) = (ParkCode::new("loin").unwrap(), Some((47.6, -71.2)));
    all.push(far);
    all
}

fn total(found: &Found<'_>) -> i64 {
    found.pairs().filter_map(|pair| pair.found.planned_kg).sum()
}

#[test]
fn thirty_offers_and_thirty_requests_all_alike_are_all_served() {
    let (companies, flows) = alike(30);
    let (parks, settings) = (parks(), config::Matching::default());
    let known = Known::new(&companies, &flows, &parks);
    let mut found = searched(&known, &settings, day());
    found.alike_first();
    let listed = found.len();
    let portfolio = planned(&mut found);
    assert_eq!((portfolio.total_kg, portfolio.gain, total(&found)), (300_000, 300_000, 300_000));
    assert!(portfolio.is_whole && portfolio.scarce.is_empty());
    assert_eq!(found.len(), listed + portfolio.added.len());
    assert!(portfolio.added.len() >= 20, "five partners of each serve ten only");
    let matches: Vec<_> = found.pairs().map(|pair| pair.found).collect();
    assert!(portfolio.added.iter().all(|at| matches[*at].planned_kg > Some(0) && matches[*at].is_alike));
    // Nothing is gained once more: the same plan again.
    let again = planned(&mut found);
    assert_eq!((again.total_kg, again.added.len()), (300_000, 0));
}

#[test]
fn what_somebody_gave_up_is_not_planned_either() {
    let (companies, flows) = alike(30);
    let (parks, settings) = (parks(), config::Matching::default());
    let known = Known::new(&companies, &flows, &parks);
    let mut found = searched(&known, &settings, day());
    let folder = tempfile::tempdir().unwrap();
    let room = Room { memory: 1 << 28, folder: folder.path() };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let plan = runtime.block_on(found.portfolio(&room, &|_, _| true)).unwrap();
    assert_eq!((plan.total_kg, plan.added.len(), plan.is_whole), (100_000, 0, true));
    // Only one company refuses.
    let refuses = |offer: &Flow, _: &Flow| offer.id.0.reveal() == "o29";
    let plan = runtime.block_on(found.portfolio(&room, &refuses)).unwrap();
    assert!(plan.total_kg >= 290_000, "{}", plan.total_kg);
    let pairs: Vec<_> = found.pairs().collect();
    let mut added = plan.added.iter().map(|at| &pairs[*at]);
    assert!(added.all(|pair| !refuses(pair.offer(), pair.request())));
}

#[test]
fn matches_that_the_plan_adds_have_identifiers_and_the_others_keep_theirs() {
    let (companies, flows) = alike(30);
    let (parks, settings) = (parks(), config::Matching::default());
    let known = Known::new(&companies, &flows, &parks);
    let mut found = searched(&known, &settings, day());
    found.alike_first();
    let keyed = |key: &str| blake3::hash(key.as_bytes()).to_string();
    let mut ids = identifiers(&found, |_| false, keyed);
    let of = |found: &Found<'_>, ids: &[Identifier]| -> BTreeMap<(FlowId, FlowId), Identifier> {
        let ends = found.flows().map(|(offer, request)| (offer.id.clone(), request.id.clone()));
        ends.zip(ids.iter().copied()).collect()
    };
    let (before, taken) = (of(&found, &ids), ids.clone());
    let portfolio = planned(&mut found);
    add_identifiers(&mut ids, &taken, &found, &portfolio.added, |_| false, keyed);
    assert!(ids.len() == found.len() && ids.len() > taken.len());
    let after = of(&found, &ids);
    assert!(before.iter().all(|(ends, id)| after[ends] == *id));
    let alone: std::collections::BTreeSet<_> = after.values().collect();
    assert_eq!(alone.len(), ids.len());
}

#[test]
fn pairs_beyond_the_radius_are_matches_and_in_no_plan() {
    let mut flows = [
        flow("1", "a", Direction::Output, "palettes de bois"),
        flow("2", "b", Direction::Input, "palettes de bois"),
    ];
    let companies = ["a", "b"].map(organisation);
    let parks = three_parks();
    flows[1].park = ParkCode::new("loin");
    let known = Known::new(&companies, &flows, &parks);
    let settings = config::Matching::default();
    let mut found = searched(&known, &settings, day());
    let plan = planned(&mut found);
    let one = found.pairs().next().unwrap().found;
    assert!(one.is_potential() && one.distance_m > Some(50_000));
    assert_eq!((one.planned_kg, plan.total_kg, plan.is_whole), (None, 0, true));
    // A buyer is to be found, as if nobody wanted it.
    assert_eq!(plan.left_over.values().copied().collect::<Vec<_>>(), [10_000]);
    assert_eq!(found.wanted(&plan)[0].kg, 10_000);
    let wide = config::Matching { radius_km: 100, ..settings.clone() };
    let mut found = searched(&known, &wide, day());
    assert_eq!(planned(&mut found).total_kg, 10_000);
}

#[test]
fn scarce_outlets_are_told_dearest_first_with_what_a_tonne_more_gains() {
    let mut flows = vec![flow("1", "a", Direction::Output, "palettes de bois")];
    for (id, company, park) in [("2", "b", "sud"), ("3", "c", "nord"), ("4", "d", "sud")] {
        let mut request = flow(id, company, Direction::Input, "palettes de bois");
        request.mass = Mass::exact(2_000);
        request.park = ParkCode::new(park);
        flows.push(request);
    }
    let companies = ["a", "b", "c", "d"].map(organisation);
    let parks = parks();
    let known = Known::new(&companies, &flows, &parks);
    let scarce = |objective: Objective| -> Vec<(String, i64)> {
        let settings = of_wood(objective);
        let plan = planned(&mut searched(&known, &settings, day()));
        let told = |one: &Scarce| (one.request.0.reveal().clone(), one.hundredths(objective));
        plan.scarce.iter().map(told).collect()
    };
    let order = |told: &[(String, i64)]| told.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>();
    // A kilogram of need diverts a kilogram, wherever it is.
    let by_mass = scarce(Objective::Mass);
    assert_eq!(order(&by_mass), ["3", "2", "4"], "those that say the same follow one another");
    assert!(by_mass.iter().all(|(_, price)| *price == 100_000), "{by_mass:?}");
    for objective in [Objective::Emissions, Objective::Money] {
        let told = scarce(objective);
        assert_eq!(order(&told), ["3", "2", "4"], "the nearest first");
        assert!(told[0].1 > told[1].1 && told[1].1 == told[2].1 && told[2].1 > 0, "{told:?}");
    }
}

#[test]
fn an_offer_of_three_metals_may_serve_each_of_them_and_its_tonnes_are_sent_once() {
    let mut flows = vec![flow("1", "a", Direction::Output, "acier, aluminium et cuivre")];
    for (id, company, words) in [("2", "b", "acier"), ("3", "c", "aluminium"), ("4", "d", "cuivre")] {
        flows.push(flow(id, company, Direction::Input, words));
    }
    for flow in &mut flows {
        flow.category = Some(Category::Metal);
    }
    let companies = ["a", "b", "c", "d"].map(organisation);
    let parks = parks();
    let known = Known::new(&companies, &flows, &parks);
    let settings = config::Matching::default();
    let mut found = searched(&known, &settings, day());
    let plan = planned(&mut found);
    assert_eq!(found.len(), 3);
    for pair in found.pairs() {
        assert!(pair.found.is_potential());
        let (reasons, _) = pair.explain();
        assert!(reasons[0].reason_fr.contains("sa quantité est un maximum"), "{}", reasons[0].reason_fr);
        assert!(reasons[0].reason_en.contains("an upper bound"), "{}", reasons[0].reason_en);
    }
    assert_eq!((plan.total_kg, total(&found)), (10_000, 10_000));
}

/// Every pair that may be planned, from a search that keeps them all; flows by their place.
pub(super) fn every_edge(known: &Known<'_>, flows: &[Flow], settings: &config::Matching) -> Vec<Edge> {
    let all = config::Matching { top_per_flow: 10_000, ..settings.clone() };
    let at = |id: &FlowId| flows.iter().position(|flow| flow.id == *id).unwrap();
    let radius_m = i64::from(settings.radius_km) * 1_000;
    let matches = found(known, &all, day()).into_iter();
    let near = matches.filter(|one| one.is_potential() && one.distance_m.is_none_or(|far| far <= radius_m));
    near.filter_map(|one| {
        let (offer, request) = (at(&one.offer), at(&one.request));
        flows[offer].mass.zip(flows[request].mass)?;
        let gain = gain_a_kg(&one, (&flows[offer], &flows[request]), settings, day())?;
        let number = |at: usize| u32::try_from(at).unwrap();
        let left_milli = one.left_milli.map_or(1_000, |(_, most)| most);
        Some(Edge { offer: number(offer), request: number(request), gain, left_milli })
    })
    .collect()
}

/// Offers and requests of forty companies each, in three parks, of few amounts and words.
fn in_parks() -> impl Strategy<Value = Vec<Flow>> {
    let one = (0..3_usize, 0..4_usize, 0..3_usize, any::<bool>());
    proptest::collection::vec(one, 80).prop_map(|drawn| {
        let words = ["palettes de bois", "sciures", "palettes"];
        let of = |(at, (park, tonnes, word, hazardous)): (usize, (usize, usize, usize, bool))| {
            let direction = if at < 40 { Direction::Output } else { Direction::Input };
            let name = format!("{at:02}");
            let mut one = flow(&name, &name, direction, words[word]);
            one.park = ParkCode::new(["nord", "sud", "loin"][park]);
            one.mass = [Mass::exact(5_000), Mass::exact(10_000), Mass::exact(20_000), None][tonnes];
            one.hazardous = Some(hazardous);
            one.quantity_as_written = Confidential::new(String::new());
            one
        };
        drawn.into_iter().enumerate().map(of).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn no_plan_of_any_pairs_gains_more_whatever_is_listed(
        flows in in_parks(),
        objective in prop_oneof![Just(Objective::Mass), Just(Objective::Emissions), Just(Objective::Money)],
        top in 1..6_u32,
    ) {
        let companies = companies_of(&flows);
        let (parks, settings) = (three_parks(), config::Matching { top_per_flow: top, ..of_wood(objective) });
        let known = Known::new(&companies, &flows, &parks);
        let edges = every_edge(&known, &flows, &settings);
        let kg: Vec<i64> = flows.iter().map(|flow| flow.mass.map_or(0, Mass::best_kg)).collect();
        let best = plan(&edges, &kg, &kg);
        let mut found = searched(&known, &settings, day());
        let portfolio = planned(&mut found);
        prop_assert!(portfolio.is_whole);
        prop_assert_eq!(i128::from(portfolio.gain), best.gain / i128::from(PARTS_OF_UNIT));
        prop_assert_eq!(portfolio.total_kg, total(&found));
        #[expect(clippy::cast_precision_loss, reason = "a share is compared")]
        let (gain, other) = (best.gain as f64, simplex(&edges, &kg, &kg));
        prop_assert!((gain - other).abs() <= 1e-9 * gain.abs().max(1.0), "{gain} and {other}");
        // Nothing is shipped twice, and the prices are those of all pairs.
        let mut shipped: BTreeMap<FlowId, i64> = BTreeMap::new();
        for pair in found.pairs() {
            for id in [&pair.found.offer, &pair.found.request] {
                *shipped.entry(id.clone()).or_default() += pair.found.planned_kg.unwrap_or(0);
            }
        }
        prop_assert!(flows.iter().zip(&kg).all(|(flow, kg)| shipped.get(&flow.id).is_none_or(|sum| sum <= kg)));
        let at = |id: &FlowId| flows.iter().position(|flow| flow.id == *id).unwrap();
        for one in &portfolio.scarce {
            prop_assert_eq!(one.milli_a_tonne, best.request_prices[at(&one.request)]);
        }
        let scarce = best.request_prices.iter().zip(&kg).filter(|(price, kg)| **price > 0 && **kg > 0);
        prop_assert_eq!(portfolio.scarce.len(), scarce.count());
    }
}
