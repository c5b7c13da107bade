//! Laws of the score, the pools, the chains and the plan, over flows drawn at random.

use super::objective::gain_a_tonne;
use super::tests::{day, flow, organisation, parks, searched, some_flows, varied_flows};
use super::{Found, Known, chains, parts, questions};
use crate::config::{self, Objective};
use crate::model::{
    Category, Confidential, Confidentiality, Destination, Direction, Flow, FlowId, FlowType, Frequency, Mass,
    Match, MatchKind, OrgId, Organisation, ParkCode, Part, RankedCode, State, Status,
};
use proptest::prelude::*;
use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

fn companies() -> [Organisation; 4] {
    ["a", "b", "c", "d"].map(organisation)
}

fn any_scores() -> impl Strategy<Value = parts::Scores> {
    proptest::array::uniform7(proptest::option::of(0..=1000_u16))
}

fn any_weights() -> impl Strategy<Value = parts::Weights> {
    proptest::collection::vec(0..100_u32, Part::ALL.len()).prop_map(|raw| {
        let names = Part::ALL.iter().map(|part| part.code().to_owned());
        let settings = config::Matching { weights: names.zip(raw).collect(), ..config::Matching::default() };
        parts::Weights::new(&settings)
    })
}

/// Settings in which every cost has a price.
fn priced(objective: Objective) -> config::Matching {
    config::Matching {
        objective,
        transport_cents_t_km: Some([10, 30]),
        start_cents: Some([1_000, 5_000]),
        ..config::Matching::default()
    }
}

/// Kilograms that pools, or a plan, take of each flow.
fn best(flow: &Flow) -> i64 {
    flow.mass.map_or(0, Mass::best_kg)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_total_rises_with_each_part_whatever_the_weights(
        scores in any_scores(), weights in any_weights(), at in 0..Part::ALL.len(), other in 0..=1000_u16,
    ) {
        let mut more = scores;
        more[at] = Some(scores[at].unwrap_or(500).max(other));
        prop_assert!(weights.total(&more) >= weights.total(&scores));
        prop_assert!(weights.total(&more) <= 1000);
        let mut unknown = scores;
        unknown[at] = None;
        let mut half = scores;
        half[at] = Some(500);
        prop_assert_eq!(weights.total(&unknown), weights.total(&half));
        // No known value of a missing part moves the total farther than its swing says, rounding apart.
        let swing = i32::from(weights.moved(Part::ALL[at], 500)) + 1;
        let mut known = scores;
        known[at] = Some(other);
        let moved = i32::from(weights.total(&known)) - i32::from(weights.total(&unknown));
        prop_assert!(moved.abs() <= swing, "{moved} {swing}");
    }

    #[test]
    fn all_but_condition_and_destination_do_not_ask_who_gives(flows in varied_flows()) {
        let (companies, parks) = (companies(), parks());
        let known = Known::new(&companies, &flows, &parks);
        let weights = parts::Weights::new(&config::Matching::default());
        for one in &known.prepared {
            for other in &known.prepared {
                if one.flow.flow_type != other.flow.flow_type {
                    continue;
                }
                let there = parts::score(one, other, &weights, day());
                let back = parts::score(other, one, &weights, day());
                prop_assert_eq!(&there[..4], &back[..4]);
                let open = Part::Confidentiality as usize;
                prop_assert_eq!(there[open], back[open]);
            }
        }
    }

    #[test]
    fn farther_in_place_or_amount_never_scores_more(
        north in 0..200_i32, step in 0..200_i32, kg in 1_i64..1_000_000, less in 0_i64..1_000,
    ) {
        let weights = parts::Weights::new(&config::Matching::default());
        let score = |north: i32, kg_of_request: i64| {
            let mut flows =
                [flow("1", "a", Direction::Output, "palettes"), flow("2", "b", Direction::Input, "palettes")];
            flows[0].mass = Mass::exact(kg * 1_000);
            flows[1].mass = Mass::exact(kg_of_request);
            let mut companies = companies();
            companies[0].coordinates = Some(Confidential::new((46.0, -71.0)));
            companies[1].coordinates = Some(Confidential::new((46.0 + f64::from(north) / 200.0, -71.0)));
            let known = Known::new(&companies, &flows, &[]);
            parts::score(&known.prepared[0], &known.prepared[1], &weights, day())
        };
        let (near, far) = (score(north, kg * 1_000), score(north + step, kg * (1_000 - less)));
        prop_assert!(far[2] <= near[2] && far[1] <= near[1]);
        prop_assert!(weights.total(&far) <= weights.total(&near));
    }

    #[test]
    fn no_answer_moves_the_score_farther_than_its_question_says_and_none_moves_it_unasked(
        known in any_facts(), answers in any_answers(), at in 0..Part::ALL.len(),
    ) {
        let part = Part::ALL[at];
        let weights = parts::Weights::new(&config::Matching::default());
        let companies = companies().map(|one| Organisation { park: None, ..one });
        let judged = |flows: &[Flow; 2]| {
            let parks = parks();
            let known = Known::new(&companies, flows, &parks);
            let (offer, request) = (&known.prepared[0], &known.prepared[1]);
            let scores = parts::score(offer, request, &weights, day());
            let missing = questions::missing(&scores, offer, request, &weights);
            let swing = missing.iter().find(|one| one.part == part).map_or(0, |one| one.swing_milli);
            prop_assert!(missing.is_sorted_by_key(|one| Reverse(one.swing_milli)));
            Ok((weights.total(&scores), swing))
        };
        let (before, swing) = judged(&known)?;
        let (after, _) = judged(&[answered(&known[0], part, &answers[0]), answered(&known[1], part, &answers[1])])?;
        // Both totals are rounded.
        prop_assert!(before.abs_diff(after) <= swing + 1, "{part:?}: {before} {after}, said {swing}");
    }

    #[test]
    fn a_pool_never_exceeds_its_members_and_no_member_is_twice_in_one(flows in some_flows(), load in 1_u32..20) {
        let (companies, parks) = (companies(), parks());
        let settings = config::Matching { pool_load_kg: load * 1_000, ..config::Matching::default() };
        let known = Known::new(&companies, &flows, &parks);
        let mut pooled: BTreeSet<FlowId> = BTreeSet::new();
        for pool in searched(&known, &settings, day()).pools() {
            let mut sum = 0;
            let mut members: BTreeSet<&OrgId> = BTreeSet::new();
            for (id, kg) in &pool.members {
                let flow = known.flow(id).unwrap();
                prop_assert!(*kg <= best(flow) && *kg < i64::from(load) * 1_000);
                prop_assert_eq!(flow.direction, pool.direction);
                prop_assert!(pooled.insert(id.clone()), "in two pools");
                members.insert(&flow.organisation);
                sum += kg;
            }
            prop_assert_eq!(sum, pool.total_kg);
            prop_assert!(members.len() > 1 && sum >= i64::from(load) * 1_000);
            if let Some((id, kg)) = &pool.partner {
                let partner = known.flow(id).unwrap();
                prop_assert!(*kg <= pool.total_kg && partner.mass.is_none_or(|mass| *kg <= mass.best_kg()));
                prop_assert!(partner.direction != pool.direction);
            }
        }
    }

    #[test]
    fn a_plan_never_ships_more_than_is_offered_or_needed_and_gains_the_most_of_its_objective(
        flows in some_flows(),
        objective in prop_oneof![Just(Objective::Mass), Just(Objective::Emissions), Just(Objective::Money)],
    ) {
        let (companies, parks) = (companies(), parks());
        let known = Known::new(&companies, &flows, &parks);
        let (mass, settings) = (priced(Objective::Mass), priced(objective));
        let planned = |found: &mut Found<'_>| {
            let plan = found.portfolio();
            (plan, found.pairs().map(|pair| pair.found).collect::<Vec<Match>>())
        };
        let (by_mass, found) = planned(&mut searched(&known, &mass, day()));
        let gain = |found: &[Match]| -> i128 {
            let each = found.iter().filter_map(|one| {
                let flows = (known.flow(&one.offer)?, known.flow(&one.request)?);
                let gain = gain_a_tonne(one, flows, &settings, day())?;
                Some(i128::from(gain.max(0)) * i128::from(one.planned_kg?))
            });
            each.sum::<i128>() / 1_000
        };
        let without_aim = gain(&found);
        let (plan, found) = planned(&mut searched(&known, &settings, day()));
        prop_assert!(plan.total_kg <= by_mass.total_kg);
        prop_assert!(i128::from(plan.gain) >= without_aim);
        prop_assert_eq!(i128::from(plan.gain), gain(&found));
        let mut shipped: BTreeMap<&FlowId, i64> = BTreeMap::new();
        for one in &found {
            for id in [&one.offer, &one.request] {
                *shipped.entry(id).or_default() += one.planned_kg.unwrap_or(0);
            }
        }
        for (id, kg) in shipped {
            prop_assert!(kg <= best(known.flow(id).unwrap()), "more than there is");
        }
        let planned: i64 = found.iter().filter_map(|one| one.planned_kg).sum();
        prop_assert_eq!(planned, plan.total_kg);
        prop_assert!(found.iter().all(|one| one.kind != MatchKind::Chain || one.planned_kg.is_none()));
        prop_assert!(found.iter().all(|one| one.is_potential() || one.planned_kg.is_none()));
    }

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
            prop_assert!(offer.organisation != request.organisation && one.distance_m.is_none());
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
}

/// An offer and a request of which each fact is known or not.
fn any_facts() -> impl Strategy<Value = [Flow; 2]> {
    any_answers().prop_flat_map(|all| {
        proptest::array::uniform2(proptest::array::uniform6(any::<bool>())).prop_map(move |is_known| {
            let mut sides = all.clone();
            for (flow, known) in sides.iter_mut().zip(is_known) {
                flow.mass = flow.mass.filter(|_| known[0]);
                flow.park = flow.park.take().filter(|_| known[1]);
                flow.frequency = flow.frequency.filter(|_| known[2]);
                flow.state = flow.state.filter(|_| known[3]);
                flow.hazardous = flow.hazardous.filter(|_| known[4]);
                if !known[5] {
                    flow.destination = Destination::Unknown;
                    flow.conditions = None;
                }
            }
            sides
        })
    })
}

/// An offer and a request of which every fact is known, amounts as intervals.
fn any_answers() -> impl Strategy<Value = [Flow; 2]> {
    let one = (
        proptest::array::uniform3(1..20_000_i64),
        (0..2_usize, 0..2_usize, 0..2_usize, any::<bool>(), any::<bool>()),
        (0..Destination::ALL.len(), any::<bool>(), proptest::option::of(0..60_u64)),
    );
    proptest::array::uniform2(one).prop_map(|drawn| {
        let mut sides =
            [flow("1", "a", Direction::Output, "palettes"), flow("2", "b", Direction::Input, "palettes")];
        for (flow, (mut kg, (park, frequency, state, hazardous, soiled), more)) in sides.iter_mut().zip(drawn)
        {
            kg.sort_unstable();
            flow.mass = Mass::new(kg[0], kg[1], kg[2]);
            flow.park = ParkCode::new(["nord", "sud"][park]);
            flow.frequency = Some([Frequency::Once, Frequency::Weekly][frequency]);
            flow.state = Some([State::Solid, State::Liquid][state]);
            flow.hazardous = Some(hazardous);
            flow.conditions = Some(Confidential::new(["propre", "souillé"][usize::from(soiled)].to_owned()));
            let (destination, is_confidential, days) = more;
            flow.destination = Destination::ALL[destination];
            if is_confidential {
                flow.confidentiality = Confidentiality::Confidential;
            }
            flow.available_to = days.map(|days| day() + chrono::Days::new(days));
        }
        sides
    })
}

/// A flow with what is not known of a part answered, and an interval narrowed to one value.
fn answered(flow: &Flow, part: Part, answer: &Flow) -> Flow {
    let mut flow = flow.clone();
    match part {
        Part::Quantity => {
            let within = |mass: Mass| answer.mass.unwrap().best_kg().clamp(mass.low_kg(), mass.high_kg());
            flow.mass = flow.mass.map_or(answer.mass, |mass| Mass::exact(within(mass)));
        }
        Part::Distance => flow.park = flow.park.or(answer.park.clone()),
        Part::Time => flow.frequency = flow.frequency.or(answer.frequency),
        Part::Condition => {
            flow.state = flow.state.or(answer.state);
            flow.hazardous = flow.hazardous.or(answer.hazardous);
            flow.conditions = flow.conditions.or(answer.conditions.clone());
        }
        Part::Destination if flow.destination == Destination::Unknown => {
            flow.destination = answer.destination;
        }
        Part::Material | Part::Destination | Part::Confidentiality => {}
    }
    flow
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
    let plan = matches.portfolio();
    assert_eq!(matches.pairs().map(|pair| pair.found).collect::<Vec<_>>(), [found]);
    assert_eq!(plan.total_kg, 0);
    assert_eq!(matches.wanted(&plan)[0].kg, 10_000, "nobody takes it as it is");
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

#[test]
fn realised_synergies_raise_the_material_part_of_the_pairs_they_speak_for() {
    let mut flows = vec![
        flow("1", "a", Direction::Output, "palettes de bois"),
        flow("2", "b", Direction::Input, "caisses de bois"),
        flow("3", "c", Direction::Input, "caisses de bois"),
    ];
    flows[0].mass = None;
    let mut companies = companies();
    companies[1].sector = Some(Confidential::new("3212".to_owned()));
    companies[2].sector = Some(Confidential::new("3273".to_owned()));
    companies[3].sector = Some(Confidential::new("3219".to_owned()));
    let synergy = |supplier: &str, receiver: &str, category| {
        let mut one = super::precedents::tests::realised(category, supplier, receiver);
        one.status = Status::Realised;
        one
    };
    let mut synergies: Vec<_> =
        ["w", "x", "y", "z"].map(|supplier| synergy(supplier, "d", Category::Wood)).to_vec();
    synergies.extend(["w", "x", "y", "z"].map(|supplier| synergy(supplier, "c", Category::Glass)));
    let parks = parks();
    let settings = config::Matching::default();
    let known = Known::new(&companies, &flows, &parks).with_precedents(&synergies);
    let found = super::tests::found(&known, &settings, day());
    let without = super::tests::found(&Known::new(&companies, &flows, &parks), &settings, day());
    let part = |found: &[Match], request: &str| {
        found.iter().find(|one| one.request.0.reveal() == request).unwrap().parts[0].unwrap()
    };
    assert_eq!(part(&found, "3"), part(&without, "3"));
    assert!(part(&found, "2") > part(&without, "2"));
    let raised = found.iter().find(|one| one.request.0.reveal() == "2").unwrap();
    assert!(known.explain(raised, &settings).0[0].reason_fr.contains("synergies réalisées"));
    let off = config::Matching { precedents_percent: 0, ..settings };
    assert_eq!(super::tests::found(&known, &off, day()).len(), without.len());
    assert_eq!(part(&super::tests::found(&known, &off, day()), "2"), part(&without, "2"));
    let sectors = known.likely_receivers();
    assert!(sectors.is_empty(), "no code, no outlet");
    flows[0].ranked_codes = vec![RankedCode { code: "150103", confidence_milli: 900 }];
    let sectors = Known::new(&companies, &flows, &parks).likely_receivers();
    assert_eq!(sectors.into_values().next().unwrap()[0], "3219");
}

/// A linear congruential generator (constants of Knuth's MMIX).
struct Draw(Cell<u64>);

impl Draw {
    fn below(&self, bound: u64) -> u64 {
        let state =
            self.0.get().wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0.set(state);
        (state >> 33) % bound
    }
}

/// Flows enough for lists to be cut into stretches and blocks, with much that is alike.
pub(super) fn crowded(each: u64, seed: u64) -> (Vec<Organisation>, Vec<Flow>) {
    let draw = Draw(Cell::new(seed));
    let below = |bound: u64| draw.below(bound);
    let organisations: Vec<Organisation> = (0..60)
        .map(|number| {
            let mut one = organisation(&format!("{number}"));
            one.park = None;
            let degrees = |low: f64, drawn: u64| low + f64::from(u32::try_from(drawn).unwrap()) / 1_000.0;
            one.coordinates = (below(6) > 0)
                .then(|| Confidential::new((degrees(46.3, below(900)), degrees(-71.9, below(900)))));
            one
        })
        .collect();
    let words = ["palettes de bois", "sciures", "retailles de bois franc", "verre plat", "bran de scie", ""];
    let pick = |of: u64| usize::try_from(of).unwrap();
    let flows = (0..2 * each)
        .map(|number| {
            let direction = if number % 2 == 0 { Direction::Output } else { Direction::Input };
            let company = below(60).to_string();
            let mut one = flow(&format!("{number:05}"), &company, direction, words[pick(below(6))]);
            one.category =
                [Some(Category::Wood), Some(Category::Wood), Some(Category::Glass), None][pick(below(4))];
            one.ranked_codes = ["150103", "150106", "030105", "170202"]
                .into_iter()
                .filter(|_| below(3) == 0)
                .map(|code| RankedCode { code, confidence_milli: u16::try_from(below(400)).unwrap() })
                .collect();
            let kg = i64::try_from(1 + below(1 << below(24))).unwrap();
            let wide = [0, 0, kg / 3, kg][pick(below(4))];
            one.mass = (below(5) > 0).then(|| Mass::new(kg - wide, kg, kg + wide)).flatten();
            one.state = [None, Some(State::Solid), Some(State::Liquid)][pick(below(3))];
            one.hazardous = [None, Some(false), Some(true)][pick(below(3))];
            one.destination = Destination::ALL[pick(below(7))];
            one.confidentiality = Confidentiality::ALL[pick(below(3))];
            let remark = [None, None, Some("propre"), Some("souillé")][pick(below(4))];
            one.conditions = remark.map(|text| Confidential::new(text.to_owned()));
            one.frequency = [None, Some(Frequency::Once), Some(Frequency::Weekly)][pick(below(3))];
            let date = |days: u64| Some(day() + chrono::Days::new(days) - chrono::Days::new(30));
            if below(4) == 0 {
                one.available_from = date(below(90));
            }
            if below(4) == 0 {
                one.available_to = date(below(90));
            }
            if below(12) == 0 {
                one.flow_type = FlowType::Equipment;
            }
            one
        })
        .collect();
    (organisations, flows)
}

/// Score, offer and request that a search without lists or bounds keeps.
fn tried(known: &Known<'_>, settings: &config::Matching) -> Vec<(Reverse<u16>, u32, u32)> {
    let weights = parts::Weights::new(settings);
    let least = u16::try_from(settings.minimum_score_percent * 10).unwrap();
    let most = settings.top_per_flow as usize;
    let side =
        |direction: Direction| known.prepared.iter().filter(move |one| one.flow.direction == direction);
    let mut of_flow: BTreeMap<u32, Vec<(Reverse<u16>, u32, u32)>> = BTreeMap::new();
    for offer in side(Direction::Output) {
        for request in side(Direction::Input) {
            let (one, other) = (offer.flow, request.flow);
            if one.organisation == other.organisation || one.flow_type != other.flow_type {
                continue;
            }
            let score = weights.total(&parts::score(offer, request, &weights, day()));
            if score >= least {
                for rank in [offer.rank, request.rank] {
                    of_flow.entry(rank).or_default().push((Reverse(score), offer.rank, request.rank));
                }
            }
        }
    }
    let mut kept: Vec<_> = of_flow
        .into_values()
        .flat_map(|mut list| {
            list.sort_unstable();
            list.truncate(most);
            list
        })
        .collect();
    kept.sort_unstable();
    kept.dedup();
    kept
}

#[test]
fn long_lists_cut_into_blocks_lose_no_partner() {
    for (seed, top, least) in [(1, 1, 55), (2, 3, 55), (3, 10, 51), (4, 5, 70), (5, 10, 60)] {
        let (organisations, flows) = crowded(260, seed);
        // Pairs that share nothing stand in no list; all other parts whole, they score 50 %.
        let settings = config::Matching {
            top_per_flow: top,
            minimum_score_percent: least,
            ..config::Matching::default()
        };
        let known = Known::new(&organisations, &flows, &[]);
        let by_rank: BTreeMap<&FlowId, u32> =
            known.prepared.iter().map(|one| (&one.flow.id, one.rank)).collect();
        let found: Vec<_> = super::tests::found(&known, &settings, day())
            .iter()
            .filter(|one| one.kind != MatchKind::Chain)
            .map(|one| (Reverse(one.score_milli), by_rank[&one.offer], by_rank[&one.request]))
            .collect();
        assert!(found.len() > 200);
        assert!(found == tried(&known, &settings), "seed {seed}");
    }
}

#[test]
fn a_small_memory_and_many_parts_change_nothing() {
    let (organisations, flows) = crowded(260, 6);
    let settings = config::Matching::default();
    let known = Known::new(&organisations, &flows, &[]);
    let whole = super::tests::found(&known, &settings, day());
    assert!(whole.len() > 200);
    for memory in [1 << 20, 1 << 19] {
        let parts = super::tests::found_within(&known, &settings, day(), memory);
        assert!(parts == whole, "{memory} bytes");
    }
}
