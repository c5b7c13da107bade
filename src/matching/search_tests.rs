//! The search keeps what trying every pair keeps, whatever the order of rows, the names and the memory.

use super::tests::{
    day, flow, found, found_within, named_parks, organisation, parks, search, some_flows, varied_flows,
};
use super::{Known, parts};
use crate::config;
use crate::model::{
    Amount, Category, Confidential, Confidentiality, Destination, Dimension, Direction, Flow, FlowId,
    FlowType, Frequency, Mass, Match, MatchKind, Organisation, ParkCode, RankedCode, State,
};
use proptest::prelude::*;
use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::BTreeMap;

#[test]
fn each_flow_keeps_its_best_partners_only() {
    let mut flows = Vec::new();
    for number in 0..40_i64 {
        for (side, direction) in [("o", Direction::Output), ("d", Direction::Input)] {
            let name = format!("{side}{number}");
            let mut flow = flow(&name, &name, direction, "palettes de bois");
            flow.mass = Mass::exact(10_000 - 100 * number);
            flows.push(flow);
        }
    }
    let settings = config::Matching { top_per_flow: 3, ..config::Matching::default() };
    let parks = parks();
    let found = found(&Known::new(&[], &flows, &parks), &settings, day());
    assert!((120..=240).contains(&found.len()), "{}", found.len());
    assert!(found.is_sorted_by_key(|found| std::cmp::Reverse(found.score_milli)));
}

/// Offer, request and score that a search without index or bound keeps.
fn every_pair(known: &Known<'_>, settings: &config::Matching) -> Vec<(String, String, u16)> {
    use super::candidates::Prepared;
    let weights = super::parts::Weights::new(settings);
    let minimum = u16::try_from(settings.minimum_score_percent * 10).unwrap();
    let mut every: Vec<(std::cmp::Reverse<u16>, u32, u32)> = Vec::new();
    let side =
        |direction: Direction| known.prepared.iter().filter(move |one| one.flow.direction == direction);
    for offer in side(Direction::Output) {
        for request in side(Direction::Input) {
            let (one, other) = (offer.flow, request.flow);
            if one.organisation != other.organisation && one.flow_type == other.flow_type {
                let score = weights.total(&super::parts::score(offer, request, &weights, day()));
                every.push((std::cmp::Reverse(score), offer.rank, request.rank));
            }
        }
    }
    every.retain(|(score, ..)| score.0 >= minimum);
    every.sort_unstable();
    let most = settings.top_per_flow as usize;
    let by_rank: BTreeMap<u32, &Prepared<'_>> = known.prepared.iter().map(|one| (one.rank, one)).collect();
    let id = |rank: &u32| by_rank[rank].flow.id.0.reveal().clone();
    every
        .iter()
        .filter(|(score, offer, request)| {
            let before = |of_offer: bool| {
                let better = every.iter().filter(|(other, one, two)| {
                    (if of_offer { one == offer } else { two == request })
                        && (*other, if of_offer { two } else { one })
                            < (*score, if of_offer { request } else { offer })
                });
                better.count()
            };
            before(true) < most || before(false) < most
        })
        .map(|(score, offer, request)| (id(offer), id(request), score.0))
        .collect()
}

fn keys(matches: &[Match]) -> Vec<(String, String, u16)> {
    matches
        .iter()
        .map(|one| (one.offer.0.reveal().clone(), one.request.0.reveal().clone(), one.score_milli))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_order_of_rows_changes_nothing(flows in some_flows(), turn in 0..24_usize) {
        let mut turned = flows.clone();
        let length = turned.len();
        turned.rotate_left(turn % length);
        turned.reverse();
        prop_assert_eq!(search(&flows), search(&turned));
    }

    #[test]
    fn what_is_kept_is_what_trying_every_pair_keeps(
        flows in varied_flows(),
        companies in proptest::collection::vec(proptest::option::of((0..40_i32, 0..40_i32)), 4),
    ) {
        let organisations: Vec<Organisation> = ["a", "b", "c", "d"]
            .into_iter()
            .zip(companies)
            .map(|(name, place)| {
                let mut organisation = organisation(name);
                organisation.coordinates = place.map(|(north, east)| {
                    Confidential::new((46.5 + f64::from(north) / 97.0, -71.5 + f64::from(east) / 97.0))
                });
                organisation
            })
            .collect();
        for most in [1, 3] {
            let settings = config::Matching { top_per_flow: most, ..config::Matching::default() };
            let parks = parks();
            let known = Known::new(&organisations, &flows, &parks);
            let found = found(&known, &settings, day());
            prop_assert_eq!(keys(&found), every_pair(&known, &settings));
        }
    }
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

/// Of one resource in other words, of two at once, of others with words in common, and of none that is known.
const EQUIPMENT: [&str; 8] = [
    "chariot élévateur électrique",
    "forklift and baler",
    "presse à balles",
    "presse plieuse",
    "génératrice, pompe, grue et silo",
    "groupe électrogène",
    "matériel divers",
    "presse de matériel électrique",
];

/// Flows enough for lists to be cut into stretches and blocks, with much that is alike. Two thirds are in a park of
/// [`named_parks`].
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
    // The last two name one substance in other words.
    let words = [
        "palettes de bois",
        "sciures",
        "retailles de bois franc",
        "bran de scie",
        "",
        "verre plat",
        "calcin",
    ];
    let pick = |of: u64| usize::try_from(of).unwrap();
    let flows = (0..2 * each)
        .map(|number| {
            let direction = if number % 2 == 0 { Direction::Output } else { Direction::Input };
            let company = below(60).to_string();
            let mut one = flow(&format!("{number:05}"), &company, direction, words[pick(below(7))]);
            one.park = [None, ParkCode::new("est"), ParkCode::new("ouest")][pick(number % 3)].clone();
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
                one.description = Confidential::new(EQUIPMENT[pick(number) / 2 % EQUIPMENT.len()].to_owned());
                // A third are told in hours and a third in pieces, few enough for many to be near.
                let told = [None, Some(Dimension::Hours), Some(Dimension::Pieces)][pick(number) / 2 % 3];
                if let Some((dimension, mass)) = told.zip(one.mass) {
                    let some = 1 + mass.best_kg() % 4;
                    one.amount = Amount::new(dimension, some - 1, some, some);
                    one.mass = None;
                }
            }
            one
        })
        .collect();
    (organisations, flows)
}

/// Flows of one description with four amounts in two parks: most scores are equal.
pub(super) fn alike(each: u64, seed: u64) -> (Vec<Organisation>, Vec<Flow>) {
    let draw = Draw(Cell::new(seed));
    let below = |bound: u64| usize::try_from(draw.below(bound)).unwrap();
    let organisations = (0..50).map(|number: u32| organisation(&number.to_string())).collect();
    let flows = (0..2 * each)
        .map(|number| {
            let direction = if number % 2 == 0 { Direction::Output } else { Direction::Input };
            let company = below(50).to_string();
            let mut one = flow(&format!("{number:05}"), &company, direction, "palettes de bois");
            one.mass = Mass::exact([500, 2_000, 8_000, 32_000][below(4)]);
            one.park = ParkCode::new(["nord", "sud"][below(2)]);
            one
        })
        .collect();
    (organisations, flows)
}

/// Score, offer and request of what is found, chains apart.
pub(super) fn direct(known: &Known<'_>, settings: &config::Matching) -> Vec<(Reverse<u16>, u32, u32)> {
    let by_rank: BTreeMap<&FlowId, u32> = known.prepared.iter().map(|one| (&one.flow.id, one.rank)).collect();
    found(known, settings, day())
        .iter()
        .filter(|one| one.kind != MatchKind::Chain)
        .map(|one| (Reverse(one.score_milli), by_rank[&one.offer], by_rank[&one.request]))
        .collect()
}

/// Score, offer and request that a search without lists or bounds keeps.
pub(super) fn tried(known: &Known<'_>, settings: &config::Matching) -> Vec<(Reverse<u16>, u32, u32)> {
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
        // Pairs that share nothing stand in no list; all other parts whole, they score 50 %.
        let settings = config::Matching {
            top_per_flow: top,
            minimum_score_percent: least,
            ..config::Matching::default()
        };
        let parks = if seed % 2 == 0 { named_parks() } else { parks() };
        for (organisations, flows) in [crowded(260, seed), alike(260, seed)] {
            let known = Known::new(&organisations, &flows, &parks);
            let found = direct(&known, &settings);
            assert!(found.len() > 200);
            assert!(found == tried(&known, &settings), "seed {seed}");
        }
    }
}

#[test]
fn a_small_memory_and_many_parts_change_nothing() {
    let (organisations, flows) = crowded(260, 6);
    let settings = config::Matching::default();
    let parks = named_parks();
    let known = Known::new(&organisations, &flows, &parks);
    let whole = found(&known, &settings, day());
    assert!(whole.len() > 200);
    for memory in [1 << 20, 1 << 19] {
        let small = found_within(&known, &settings, day(), memory);
        assert!(small == whole, "{memory} bytes");
    }
}
