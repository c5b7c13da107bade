//! Laws of the score, the pools and the plan, over flows drawn at random.

use super::objective::{PARTS_OF_UNIT, gain_a_kg};
use super::tests::{day, flow, organisation, parks, planned, searched, some_flows, varied_flows};
use super::{Found, Known, parts, questions};
use crate::config::{self, Objective};
use crate::model::{
    Category, Confidential, Confidentiality, Destination, Direction, Flow, FlowId, Frequency, Mass, Match,
    OrgId, Organisation, ParkCode, Part, RankedCode, State, Status,
};
use proptest::prelude::*;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn companies() -> [Organisation; 4] {
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
pub(super) fn priced(objective: Objective) -> config::Matching {
    config::Matching {
        objective,
        transport_cents_t_km: Some([10, 30]),
        load_cents: Some([0, 1_000]),
        start_cents: Some([1_000, 5_000]),
        ..config::Matching::default()
    }
}

/// The parts of an offer and a request of pallets, once changed.
fn scored(change: impl FnOnce(&mut Flow, &mut Flow)) -> parts::Scores {
    let mut offer = flow("1", "a", Direction::Output, "palettes");
    let mut request = flow("2", "b", Direction::Input, "palettes");
    change(&mut offer, &mut request);
    let (companies, parks, flows) = (companies(), parks(), [offer, request]);
    let known = Known::new(&companies, &flows, &parks);
    let weights = parts::Weights::new(&config::Matching::default());
    parts::score(&known.prepared[0], &known.prepared[1], &weights, day())
}

/// Kilograms that pools, or a plan, take of each flow.
pub(super) fn best(flow: &Flow) -> i64 {
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
    fn less_of_a_season_in_common_never_scores_more_and_one_lot_for_a_regular_need_no_more_than_700(
        (offered, asked) in (1..200_u64, 1..200_u64), later in 0..300_u64, step in 0..100_u64,
    ) {
        let time = |later: u64, frequency: Frequency| {
            let on = |days: u64| Some(day() + chrono::Days::new(days));
            let parts = scored(|offer, request| {
                (offer.available_from, offer.available_to) = (on(0), on(offered - 1));
                (request.available_from, request.available_to) = (on(later), on(later + asked - 1));
                offer.frequency = Some(frequency);
            });
            parts[Part::Time as usize].unwrap()
        };
        let now = time(later, Frequency::Weekly);
        prop_assert!(time(later + step, Frequency::Weekly) <= now);
        prop_assert_eq!(now == 0, later >= offered, "they meet or do not");
        prop_assert!(now == 0 || now >= 500);
        let common = offered.saturating_sub(later).min(asked);
        prop_assert_eq!(now == 1000, common == offered.min(asked), "the shorter lies within the longer");
        prop_assert_eq!(time(later, Frequency::Once), now.min(700));
    }

    #[test]
    fn the_condition_is_the_least_of_its_facts_and_none_that_is_worse_raises_it(
        (is_liquid, is_hazardous, is_soiled) in (any::<bool>(), any::<bool>(), any::<bool>()),
        (takes_hazardous, takes_soiled) in (proptest::option::of(any::<bool>()), any::<bool>()),
    ) {
        let remark = |is: bool| Some(Confidential::new(["propre", "souillé"][usize::from(is)].to_owned()));
        let condition = |change: &dyn Fn(&mut Flow, &mut Flow)| {
            let parts = scored(|offer, request| {
                offer.state = Some(if is_liquid { State::Liquid } else { State::Solid });
                (offer.hazardous, request.hazardous) = (Some(is_hazardous), takes_hazardous);
                (offer.conditions, request.conditions) = (remark(is_soiled), remark(takes_soiled));
                change(offer, request);
            });
            parts[Part::Condition as usize].unwrap()
        };
        let now = condition(&|_, _| {});
        let state: u16 = if is_liquid { 300 } else { 1000 };
        let hazard: u16 = match (is_hazardous, takes_hazardous) {
            (true, Some(false)) => 0,
            (true, None) => 500,
            _ => 1000,
        };
        let contamination = if is_soiled && !takes_soiled { 0 } else { 1000 };
        prop_assert_eq!(now, state.min(hazard).min(contamination));
        prop_assert!(condition(&|offer, _| offer.state = Some(State::Liquid)) <= now);
        prop_assert!(condition(&|offer, _| offer.hazardous = Some(true)) <= now);
        prop_assert!(condition(&|offer, _| offer.conditions = remark(true)) <= now);
        prop_assert!(condition(&|_, request| request.hazardous = Some(false)) <= now);
        prop_assert!(condition(&|_, request| request.hazardous = Some(true)) >= now);
        prop_assert!(condition(&|_, request| request.conditions = remark(true)) >= now);
    }

    #[test]
    fn the_lower_it_stands_today_and_the_fewer_must_consent_the_more_a_pair_scores(
        (one, other, asked) in (0..7_usize, 0..7_usize, 0..7_usize),
        (offered, needed) in (0..3_usize, 0..3_usize),
    ) {
        let weights = parts::Weights::new(&config::Matching::default());
        let sides = [offered, needed].map(|at| Confidentiality::ALL[at]);
        let scored = |destination: Destination, [offered, needed]: [Confidentiality; 2]| {
            scored(|offer, request| {
                (offer.destination, request.destination) = (destination, Destination::ALL[asked]);
                (offer.confidentiality, request.confidentiality) = (offered, needed);
            })
        };
        // A quarter for each step of the order of priority, and storage one above disposal.
        let gained = |destination: Destination| match destination {
            Destination::Landfill | Destination::Incineration => Some(1000),
            Destination::Storage => Some(750),
            Destination::Recycling | Destination::Composting => Some(250),
            Destination::Reuse => Some(0),
            Destination::Unknown => None,
        };
        let [one, other] = [one, other].map(|at| Destination::ALL[at]);
        let (before, after) = (scored(one, sides), scored(other, sides));
        prop_assert_eq!(before[Part::Destination as usize], gained(one));
        let is_less = gained(one).unwrap_or(500) <= gained(other).unwrap_or(500);
        prop_assert!(!is_less || weights.total(&before) <= weights.total(&after));
        let hidden = sides.iter().filter(|side| **side == Confidentiality::Confidential).count();
        prop_assert_eq!(before[Part::Confidentiality as usize], Some([1000, 500, 0][hidden]));
        let own = scored(one, [Confidentiality::Confidential, sides[1]]);
        prop_assert!(weights.total(&own) <= weights.total(&before));
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
            // A hazard that the request may refuse is asked first whatever its swing.
            let rest = missing.iter().filter(|one| one.part != Part::Condition);
            prop_assert!(rest.is_sorted_by_key(|one| Reverse(one.swing_milli)));
            Ok((weights.total(&scores), swing))
        };
        let (before, swing) = judged(&known)?;
        let mut told = [answered(&known[0], part, &answers[0]), answered(&known[1], part, &answers[1])];
        // Nobody is asked for what neither side speaks of.
        if known.iter().all(|flow| flow.conditions.is_none()) {
            for flow in &mut told {
                flow.conditions = None;
            }
        }
        let (after, _) = judged(&told)?;
        // Both totals are rounded.
        prop_assert!(before.abs_diff(after) <= swing + 1, "{part:?}: {before} {after}, said {swing}");
    }

    #[test]
    fn a_pool_never_exceeds_its_members_and_no_member_is_twice_in_one(flows in some_flows(), load in 1_u32..20) {
        let (companies, parks) = (companies(), parks());
        let codes = vec![RankedCode { code: "150103", confidence_milli: 900 }];
        let coded = |flow: Flow| Flow { ranked_codes: codes.clone(), ..flow };
        let flows: Vec<Flow> = flows.into_iter().map(coded).collect();
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
            let plan = planned(found);
            (plan, found.pairs().map(|pair| pair.found).collect::<Vec<Match>>())
        };
        let (by_mass, found) = planned(&mut searched(&known, &mass, day()));
        let gain = |found: &[Match]| -> i128 {
            let each = found.iter().filter_map(|one| {
                let flows = (known.flow(&one.offer)?, known.flow(&one.request)?);
                let gain = gain_a_kg(one, flows, &settings, day())?;
                Some(i128::from(gain.max(0)) * i128::from(one.given_kg?))
            });
            each.sum::<i128>() / i128::from(PARTS_OF_UNIT)
        };
        let without_aim = gain(&found);
        let (plan, found) = planned(&mut searched(&known, &settings, day()));
        prop_assert!(plan.total_kg <= by_mass.total_kg);
        prop_assert!(i128::from(plan.gain) >= without_aim);
        prop_assert_eq!(i128::from(plan.gain), gain(&found));
        let mut shipped: BTreeMap<&FlowId, i64> = BTreeMap::new();
        for one in &found {
            for (id, kg) in [(&one.offer, one.given_kg), (&one.request, one.planned_kg)] {
                *shipped.entry(id).or_default() += kg.unwrap_or(0);
            }
        }
        for (id, kg) in shipped {
            prop_assert!(kg <= best(known.flow(id).unwrap()), "more than there is");
        }
        let planned: i64 = found.iter().filter_map(|one| one.planned_kg).sum();
        prop_assert_eq!(planned, plan.total_kg);
        prop_assert!(found.iter().all(|one| one.is_potential() || one.planned_kg.is_none()));
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
