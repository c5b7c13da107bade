//! Chains through one treatment: what they promise, and three that can be followed by hand.

use super::laws::{best, companies, priced};
use super::plan_tests::every_edge;
use super::plans::tests::simplex;
use super::tests::{day, flow, parks, planned, searched};
use super::{Known, Pair, chains};
use crate::config::{self, Objective};
use crate::model::{Category, Direction, Flow, FlowId, FlowType, Mass, Match, MatchKind, RankedCode};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn chains_take_no_more_than_the_offer_and_the_order_of_rows_changes_none(
        flows in treatable(), turn in 0..24_usize,
    ) {
        let (companies, parks) = (companies(), parks());
        let settings = config::Matching::default();
        let known = Known::new(&companies, &flows, &parks);
        let found = super::tests::found(&known, &settings, day());
        let mut of_offer: BTreeMap<&FlowId, usize> = BTreeMap::new();
        let mut pairs = BTreeSet::new();
        for one in &found {
            prop_assert!(pairs.insert((&one.offer, &one.request)), "a pair twice");
            if one.kind != MatchKind::Chain {
                continue;
            }
            let (offer, request) = (known.flow(&one.offer).unwrap(), known.flow(&one.request).unwrap());
            prop_assert!(one.mass_kg.is_none_or(|kg| kg <= best(offer)));
            prop_assert!((650..=800).contains(&one.parts[0].unwrap()), "{:?}", one.parts);
            prop_assert!(offer.organisation != request.organisation);
            // Where the operator is not known the way has two ends.
            prop_assert_eq!(one.is_through_another(), one.distance_m.is_none());
            prop_assert!(one.haul_m.is_none_or(|(short, long)| short <= long));
            *of_offer.entry(&one.offer).or_default() += 1;
            let (reasons, _) = known.explain(one, &settings);
            prop_assert!(reasons[0].reason_fr.contains("procédé"), "{}", reasons[0].reason_fr);
        }
        prop_assert!(of_offer.values().all(|count| *count <= 3));
        let mut turned = flows.clone();
        turned.rotate_left(turn % flows.len());
        let again = super::tests::found(&Known::new(&companies, &turned, &parks), &settings, day());
        prop_assert_eq!(found.clone(), again);
    }

    #[test]
    fn in_every_aim_a_plan_with_chains_ships_no_more_than_there_is_and_is_near_the_simplex_method(
        flows in treatable(),
        objective in prop_oneof![Just(Objective::Mass), Just(Objective::Emissions), Just(Objective::Money)],
    ) {
        let (companies, parks) = (companies(), parks());
        let settings = config::Matching { top_per_flow: 10_000, ..priced(objective) };
        let known = Known::new(&companies, &flows, &parks);
        let mut found = searched(&known, &settings, day());
        let portfolio = planned(&mut found);
        let mut shipped: BTreeMap<FlowId, i64> = BTreeMap::new();
        for one in found.pairs().map(|pair| pair.found) {
            *shipped.entry(one.offer).or_default() += one.given_kg.unwrap_or(0);
            *shipped.entry(one.request).or_default() += one.planned_kg.unwrap_or(0);
        }
        for flow in &flows {
            prop_assert!(shipped.get(&flow.id).is_none_or(|kg| *kg <= best(flow)), "{flow:?} {shipped:?}");
        }
        let kg: Vec<i64> = flows.iter().map(best).collect();
        let other = simplex(&every_edge(&known, &flows, &settings), &kg, &kg) / 1_000_000.0;
        #[expect(clippy::cast_precision_loss, reason = "a sum is compared")]
        let (least, most) = (portfolio.gain as f64, (portfolio.gain + portfolio.short) as f64);
        prop_assert!(least <= other + 1.0 && other <= most + 2.0, "{least} {other} {most}");
    }
}

/// Offers that a process takes and requests for what it makes, with some that are neither.
fn treatable() -> impl Strategy<Value = Vec<Flow>> {
    let one = (0..7_usize, 0..4_usize, 0..6_i64, 400..1000_u16, proptest::option::of(any::<bool>()));
    proptest::collection::vec(one, 2..24).prop_map(|drawn| {
        let kinds = [
            (Direction::Output, "restes de cuisine", Some("200108"), Category::Organic),
            (Direction::Output, "palettes brisées", Some("150103"), Category::Wood),
            (Direction::Output, "béton de démolition", Some("170101"), Category::Mineral),
            (Direction::Input, "compost mûr", None, Category::Mineral),
            (Direction::Input, "paillis de bois", None, Category::Organic),
            (Direction::Input, "granulats recyclés", None, Category::Glass),
            (Direction::Input, "béton", Some("170101"), Category::Mineral),
        ];
        drawn
            .into_iter()
            .enumerate()
            .map(|(at, (kind, company, tonnes, confidence_milli, hazardous))| {
                let (direction, words, code, category) = kinds[kind];
                let mut flow = flow(&format!("{at}"), ["a", "b", "c", "d"][company], direction, words);
                flow.category = Some(category);
                flow.mass = (tonnes > 0).then(|| Mass::exact(tonnes * 1_000).unwrap());
                flow.hazardous = hazardous;
                flow.ranked_codes =
                    code.map(|code| RankedCode { code, confidence_milli }).into_iter().collect();
                flow
            })
            .collect()
    })
}

fn offer_and_request(offered: (&str, &'static str, Category), asked: (&str, Category)) -> [Flow; 2] {
    let (words, code, category) = offered;
    let mut offer = flow("1", "a", Direction::Output, words);
    offer.category = Some(category);
    offer.ranked_codes = vec![RankedCode { code, confidence_milli: 1000 }];
    let mut request = flow("2", "b", Direction::Input, asked.0);
    request.category = Some(asked.1);
    [offer, request]
}

fn only(flows: &[Flow]) -> Option<Match> {
    let (companies, parks) = (companies(), parks());
    let mut found =
        super::tests::found(&Known::new(&companies, flows, &parks), &config::Matching::default(), day());
    assert!(found.len() <= 1);
    found.pop()
}

#[test]
fn kitchen_waste_reaches_a_request_for_compost_through_composting_with_its_loss() {
    let mut flows =
        offer_and_request(("restes de cuisine", "200108", Category::Organic), ("compost", Category::Organic));
    flows[0].mass = Mass::exact(10_000);
    flows[1].mass = Mass::exact(900);
    let found = only(&flows).unwrap();
    assert_eq!(found.kind, MatchKind::Chain);
    // Between 30 and 60 % is left: 900 kg of compost ask for 2,000 kg.
    assert_eq!((found.mass_kg, found.distance_m, found.parts[0]), (Some(2_000), None, Some(800)));
    assert_eq!(found.left_milli, Some((300, 600)));
    let (companies, parks) = (companies(), parks());
    let known = Known::new(&companies, &flows, &parks);
    let (reasons, _) = known.explain(&found, &config::Matching::default());
    for (text, word) in
        [(&reasons[0].reason_fr, "perte de 40 à 70 %"), (&reasons[0].reason_en, "loss of 40 to 70%")]
    {
        assert!(text.contains(word) && text.contains("compost"), "{text}");
    }
    assert!(reasons[2].reason_fr.contains("sans le détour"), "{}", reasons[2].reason_fr);
    let settings = config::Matching::default();
    let mut matches = searched(&known, &settings, day());
    let plan = planned(&mut matches);
    // At most 60 % is left, so that 1,500 kg are enough whatever is; at least 30 %, so that 450 kg are sure.
    let of_plan = Match { given_kg: Some(1_500), planned_kg: Some(450), ..found };
    assert_eq!(matches.pairs().map(|pair| pair.found).collect::<Vec<_>>(), [of_plan]);
    assert_eq!((plan.total_kg, plan.gain, plan.short), (450, 450, 0));
    assert_eq!(
        plan.scarce[0].milli_a_tonne, 500_000,
        "a tonne of need takes 1,667 kg, of which 500 kg are sure"
    );
    assert_eq!(matches.wanted(&plan)[0].kg, 8_500, "nobody takes the rest");
}

#[test]
fn an_offer_that_is_taken_as_it_is_and_treated_is_planned_once() {
    let composted = ("restes de cuisine", "200108", Category::Organic);
    let mut flows = offer_and_request(composted, ("compost", Category::Organic)).to_vec();
    // It agrees so little with the offer that this has a chain besides.
    let mut direct = flow("3", "c", Direction::Input, "trognons");
    direct.category = Some(Category::Organic);
    direct.ranked_codes = vec![RankedCode { code: "200108", confidence_milli: 200 }];
    direct.mass = Mass::exact(4_000);
    flows.push(direct);
    flows[0].mass = Mass::exact(5_000);
    flows[1].mass = Mass::exact(900);
    let (companies, parks) = (companies(), parks());
    let known = Known::new(&companies, &flows, &parks);
    let settings = config::Matching::default();
    let mut matches = searched(&known, &settings, day());
    let plan = planned(&mut matches);
    let told = |pair: Pair<'_>| (pair.found.kind, pair.found.given_kg, pair.found.planned_kg);
    let mut told: Vec<_> = matches.pairs().map(told).collect();
    told.sort_unstable_by_key(|(_, given, _)| *given);
    let both =
        [(MatchKind::Chain, Some(1_000), Some(300)), (MatchKind::Substitution, Some(4_000), Some(4_000))];
    assert_eq!(told, both);
    assert_eq!((plan.total_kg, plan.short, plan.left_over.values().sum::<i64>()), (4_300, 0, 0));
}

#[test]
fn a_chain_counts_in_every_aim_where_both_places_are_known_and_in_none_that_needs_a_haul_else() {
    let composted = ("restes de cuisine", "200108", Category::Organic);
    let flows = offer_and_request(composted, ("compost", Category::Organic));
    let (companies, parks) = (companies(), parks());
    let settings = |objective| config::Matching { operator_detour_km: Some([0, 10]), ..priced(objective) };
    let known = Known::new(&companies, &flows, &parks);
    for objective in [Objective::Mass, Objective::Emissions, Objective::Money] {
        let settings = settings(objective);
        let mut found = searched(&known, &settings, day());
        let plan = planned(&mut found);
        let one = found.pairs().next().unwrap().found;
        assert_eq!((plan.unpriced, one.distance_m), (0, None), "{objective:?}");
        let (short, long) = one.haul_m.unwrap();
        assert!(short < long && long >= 10_000, "{one:?}");
        assert!(objective == Objective::Money || plan.total_kg > 0, "{objective:?}: {plan:?}");
    }
    let known = Known::new(&[], &flows, &parks);
    for objective in [Objective::Emissions, Objective::Money] {
        let settings = settings(objective);
        let plan = planned(&mut searched(&known, &settings, day()));
        assert_eq!((plan.total_kg, plan.unpriced), (0, 1));
    }
}

#[test]
fn where_the_receiver_treats_the_haul_is_the_distance() {
    let composted = ("restes de cuisine", "200108", Category::Organic);
    let flows = offer_and_request(composted, ("matières organiques à composter", Category::Mineral));
    let found = only(&flows).unwrap();
    assert_eq!((found.kind, found.is_through_another()), (MatchKind::Chain, false));
    assert_eq!(found.haul_m, found.distance_m.map(|metres| (metres, metres)));
    assert!(found.distance_m.is_some());
}

#[test]
fn what_is_taken_as_it_is_or_is_hazardous_makes_no_chain() {
    let mut flows =
        offer_and_request(("restes de cuisine", "200108", Category::Organic), ("compost", Category::Mineral))
            .to_vec();
    assert_eq!(only(&flows).unwrap().kind, MatchKind::Chain);
    flows[0].hazardous = Some(true);
    assert!(only(&flows).is_none());
    flows[0].hazardous = Some(false);
    let mut direct = flow("3", "c", Direction::Input, "restes de cuisine");
    direct.category = Some(Category::Organic);
    direct.ranked_codes = flows[0].ranked_codes.clone();
    flows.push(direct);
    let found = only(&flows).unwrap();
    assert_eq!((found.kind, found.request.0.reveal().as_str()), (MatchKind::Substitution, "3"));
    let mut water = flows[..2].to_vec();
    water[0].flow_type = FlowType::Water;
    assert!(only(&water).is_none_or(|found| found.kind != MatchKind::Chain));
}

#[test]
fn the_route_of_a_chain_is_that_of_its_search() {
    let flows =
        offer_and_request(("palettes brisées", "150103", Category::Wood), ("paillis", Category::Organic));
    let (companies, parks) = (companies(), parks());
    let known = Known::new(&companies, &flows, &parks);
    let route = chains::route(&known.prepared[0], &known.prepared[1]).unwrap();
    assert_eq!(route.yield_milli, (850, 980));
    assert!(chains::route(&known.prepared[1], &known.prepared[0]).is_none());
}
