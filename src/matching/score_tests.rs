//! What may move the score and what may not.

use super::Known;
use super::tests::{day, find, flow, found, named_parks, organisation, pair, part, told};
use crate::config;
use crate::model::{
    Category, Confidential, Confidentiality, Destination, Direction, Flow, FlowType, Frequency, Mass, OrgId,
    ParkCode, Part, RankedCode,
};
use proptest::prelude::*;

#[test]
fn the_score_is_the_weighted_mean_of_the_parts_that_it_shows() {
    let (found, reasons, _) = told(|_, request| request.mass = Mass::exact(5_000)).unwrap();
    let sum: u32 = reasons
        .iter()
        .map(|reason| reason.score_milli.map_or(500, u32::from) * u32::from(reason.weight_milli))
        .sum();
    assert_eq!(u32::from(found.score_milli), sum / 1000);
    assert_eq!(reasons.iter().map(|reason| u32::from(reason.weight_milli)).sum::<u32>(), 1000);
    let parts: Vec<Part> = reasons.iter().map(|reason| reason.part).collect();
    assert_eq!(parts, Part::ALL);
    assert_eq!((found.mass_kg, found.distance_m), (Some(5_000), Some(0)));
}

#[test]
fn a_company_never_matches_with_itself_but_companies_of_one_group_may() {
    assert!(pair(|_, request| request.organisation = OrgId(Confidential::new("a".to_owned()))).is_none());
    let flows = [
        flow("1", "a", Direction::Output, "palettes de bois"),
        flow("2", "b", Direction::Input, "palettes de bois"),
    ];
    let mut organisations = vec![organisation("a"), organisation("b")];
    organisations[1].group = organisations[0].group.clone();
    assert_eq!(find(&organisations, &flows, &config::Matching::default()).len(), 1);
}

#[test]
fn two_offers_and_two_types_do_not_match() {
    assert!(pair(|_, request| request.direction = Direction::Output).is_none());
    assert!(pair(|_, request| request.flow_type = FlowType::Water).is_none());
}

#[test]
fn a_shared_code_counts_more_than_its_group_and_the_group_more_than_the_category() {
    let coded = |code| vec![RankedCode { code, confidence_milli: 1000 }];
    let with = |offered: &'static str, asked: &'static str| {
        let found = pair(|offer, request| {
            offer.ranked_codes = coded(offered);
            request.ranked_codes = coded(asked);
            offer.description = Confidential::new("résidu".to_owned());
        });
        part(&found.unwrap(), Part::Material).unwrap()
    };
    let (same, group, other) = (with("150103", "150103"), with("150103", "150106"), with("150103", "030105"));
    assert_eq!((same, group), (1000, 800));
    assert!(other < group, "{other}");
}

#[test]
fn an_unsure_code_counts_as_far_as_it_is_believed() {
    let found = pair(|offer, request| {
        for flow in [offer, request] {
            flow.ranked_codes = vec![RankedCode { code: "150103", confidence_milli: 700 }];
            flow.category = None;
            flow.description = Confidential::new(String::new());
        }
    });
    // The codes agree whole; half counts for the agreement, the other half for the belief.
    assert_eq!(part(&found.unwrap(), Part::Material), Some(850));
}

#[test]
fn hazardous_against_a_request_that_excludes_it_and_windows_that_do_not_meet_score_nothing() {
    let found = pair(|offer, _| offer.hazardous = Some(true)).unwrap();
    assert_eq!(part(&found, Part::Condition), Some(0));
    let over = pair(|offer, _| offer.available_to = day().pred_opt()).unwrap();
    assert_eq!(part(&over, Part::Time), Some(0));
    let once = pair(|offer, _| offer.frequency = Some(Frequency::Once)).unwrap();
    assert_eq!(part(&once, Part::Time), Some(700));
}

#[test]
fn what_goes_to_disposal_today_comes_before_what_is_used_already_and_the_unknown_is_asked() {
    let with = |destination: Destination| told(|offer, _| offer.destination = destination).unwrap();
    let score = |destination: Destination| with(destination).0.score_milli;
    let ladder = [Destination::Landfill, Destination::Storage, Destination::Recycling, Destination::Reuse];
    let scores = ladder.map(score);
    assert!(scores.windows(2).all(|pair| pair[0] > pair[1]), "{scores:?}");
    assert_eq!(scores[0] - scores[3], 60);
    let (found, reasons, missing) = with(Destination::Unknown);
    assert_eq!(scores[0] - found.score_milli, 30);
    assert_eq!((missing.len(), missing[0].part, missing[0].swing_milli), (1, Part::Destination, 30));
    assert!(reasons[Part::Destination as usize].reason_fr.contains("inconnue"));
    // A request has no destination that counts.
    let other = told(|_, request| request.destination = Destination::Reuse).unwrap();
    assert_eq!(other.0.score_milli, scores[0]);
}

#[test]
fn each_side_that_must_consent_first_costs_the_same() {
    let with = |offer: Confidentiality, request: Confidentiality| {
        let (found, reasons, _) = told(|one, other| {
            (one.confidentiality, other.confidentiality) = (offer, request);
        })
        .unwrap();
        (found.score_milli, reasons[Part::Confidentiality as usize].clone())
    };
    let (public, network, hidden) =
        (Confidentiality::Public, Confidentiality::Network, Confidentiality::Confidential);
    let open = with(public, network);
    assert_eq!((open.0, open.1.score_milli), (with(network, public).0, Some(1000)));
    let (offer, request, both) = (with(hidden, network), with(public, hidden), with(hidden, hidden));
    assert_eq!((open.0 - offer.0, open.0 - request.0, open.0 - both.0), (20, 20, 40));
    assert!(offer.1.reason_fr.contains("offre confidentielle") && offer.1.reason_en.contains("offer"));
    assert!(request.1.reason_fr.contains("demande confidentielle"));
}

#[test]
fn windows_that_share_less_score_less_and_rhythm_is_told_with_season() {
    let with = |days: u64| {
        let (found, reasons, _) = told(|offer, request| {
            offer.available_to = Some(day() + chrono::Days::new(99));
            request.available_from = Some(day() + chrono::Days::new(100 - days));
        })
        .unwrap();
        (part(&found, Part::Time).unwrap(), reasons[Part::Time as usize].reason_fr.clone())
    };
    assert_eq!([0, 1, 50, 100].map(|days| with(days).0), [0, 505, 750, 1000]);
    assert!(with(50).1.contains("réguliers des deux côtés") && with(50).1.contains("en partie"));
    let lot = told(|offer, _| offer.frequency = Some(Frequency::Once)).unwrap().1;
    assert!(lot[Part::Time as usize].reason_fr.contains("un lot ponctuel"));
}

#[test]
fn weights_that_name_five_parts_still_weigh_those_five_alone() {
    let old = [("matiere", 50), ("quantite", 15), ("distance", 15), ("periode", 10), ("condition", 10)];
    let weights = old.map(|(part, weight)| (part.to_owned(), weight)).into_iter().collect();
    let weights = super::parts::Weights::new(&config::Matching { weights, ..config::Matching::default() });
    let milli: Vec<u16> = Part::ALL.iter().map(|part| weights.milli(*part)).collect();
    assert_eq!(milli, [500, 150, 150, 100, 100, 0, 0]);
    // What rounding loses goes to a part that weighs something.
    let thirds = ["quantite", "distance", "periode"].map(|part| (part.to_owned(), 1)).into_iter().collect();
    let thirds =
        super::parts::Weights::new(&config::Matching { weights: thirds, ..config::Matching::default() });
    assert_eq!((thirds.milli(Part::Material), thirds.milli(Part::Quantity)), (0, 334));
}

#[test]
fn the_group_of_all_packaging_makes_no_likeness_between_two_materials() {
    let coded = |code| vec![RankedCode { code, confidence_milli: 1000 }];
    let material = |category: Category, code: &'static str| {
        let found = pair(|offer, request| {
            offer.description = Confidential::new("palettes".to_owned());
            request.description = Confidential::new("contenants".to_owned());
            (offer.ranked_codes, request.ranked_codes) = (coded("150103"), coded(code));
            (offer.category, request.category) = (Some(Category::Wood), Some(category));
        });
        found.and_then(|found| part(&found, Part::Material)).unwrap_or(0)
    };
    assert_eq!(material(Category::Paper, "150101"), 0);
    assert_eq!(material(Category::Wood, "150106"), 800);
    // A group of one kind is a likeness, whatever category was guessed.
    assert_eq!(material(Category::Wood, "150103"), 1000);
}

#[test]
fn one_park_that_is_on_no_map_is_one_place_and_how_far_two_are_apart_nobody_knows() {
    let here = (46.8, -71.2);
    let told = |places: [(&str, Option<(f64, f64)>); 2]| {
        let mut flows = [
            flow("1", "a", Direction::Output, "palettes de bois"),
            flow("2", "b", Direction::Input, "palettes de bois"),
        ];
        for (flow, (park, point)) in flows.iter_mut().zip(places) {
            (flow.park, flow.coordinates) = (ParkCode::new(park), point.map(Confidential::new));
        }
        let (parks, settings) = (named_parks(), config::Matching::default());
        let known = Known::new(&[], &flows, &parks);
        let one = found(&known, &settings, day()).pop().unwrap();
        let (reasons, missing) = known.explain(&one, &settings);
        let question = missing.into_iter().find(|one| one.part == Part::Distance);
        let reason = reasons[Part::Distance as usize].reason_fr.clone();
        let question = question.map(|one| one.question_fr).unwrap_or_default();
        ((one.distance_m, part(&one, Part::Distance)), reason, question)
    };
    let unknown: (Option<i64>, Option<u16>) = (None, None);
    let (scored, reason, question) = told([("est", None), ("est", None)]);
    assert_eq!((scored, reason.as_str(), question.as_str()), ((Some(0), Some(1000)), "même parc", ""));
    let (scored, reason, question) = told([("est", None), ("ouest", None)]);
    assert_eq!((scored, reason.as_str()), (unknown, "distance inconnue"));
    assert_eq!(question, "Où, en latitude et longitude ? (demander aux deux)");
    let (scored, _, question) = told([("est", None), ("", None)]);
    assert_eq!((scored, question.as_str()), (unknown, "Dans quel parc ? (demander à la demande)"));
    // Coordinates say more than a name.
    let (scored, _, question) = told([("est", Some(here)), ("ouest", None)]);
    assert_eq!(scored, unknown);
    assert_eq!(question, "Où, en latitude et longitude ? (demander à la demande)");
    assert_eq!(told([("est", Some(here)), ("est", None)]).0, (Some(0), Some(1000)));
    assert_eq!(told([("est", Some(here)), ("ouest", Some(here))]).0, (Some(0), Some(1000)));
    assert!(told([("est", Some(here)), ("est", Some((46.9, -71.2)))]).0.0 > Some(11_000));
}

#[test]
fn a_flow_lies_where_its_own_row_says_else_where_its_company_does() {
    let mut companies = ["a", "b"].map(organisation);
    for company in &mut companies {
        company.coordinates = Some(Confidential::new((46.8, -71.2)));
    }
    let mut flows = [
        flow("1", "a", Direction::Output, "palettes de bois"),
        flow("2", "b", Direction::Input, "palettes de bois"),
    ];
    let metres = |flows: &[Flow]| find(&companies, flows, &config::Matching::default())[0].distance_m;
    assert_eq!(metres(&flows), Some(0));
    flows[0].coordinates = Some(Confidential::new((46.9, -71.2)));
    assert!(metres(&flows) > Some(11_000));
    flows[1].coordinates = flows[0].coordinates.clone();
    assert_eq!(metres(&flows), Some(0));
}

#[test]
fn farther_and_less_alike_in_quantity_never_score_more() {
    let mut earlier = [u16::MAX; 2];
    for step in 0_u32..8 {
        let far = pair(|_, request| request.park = ParkCode::new(if step < 4 { "nord" } else { "sud" }));
        let small = pair(|_, request| request.mass = Mass::exact(10_000 >> step));
        let now = [far.unwrap().score_milli, small.unwrap().score_milli];
        assert!(now[0] <= earlier[0] && now[1] <= earlier[1], "{now:?} after {earlier:?}");
        earlier = now;
    }
    assert!(earlier[0] < 1000 && earlier[1] < 1000);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn more_shared_words_and_nearer_quantities_never_score_less(
        kg in 1_i64..1_000_000,
        near in 0_i64..100,
        far in 0_i64..100,
    ) {
        let (near, far) = (near.min(far), near.max(far));
        let score = |words: &str, percent: i64| {
            pair(|offer, request| {
                request.description = Confidential::new("palettes de bois franc".to_owned());
                request.mass = Mass::exact(kg * 100);
                offer.description = Confidential::new(words.to_owned());
                offer.mass = Mass::exact(kg * (100 - percent));
            })
            .map_or(0, |found| found.score_milli)
        };
        prop_assert!(score("palettes", near) >= score("palettes", far));
        prop_assert!(score("palettes de bois franc", near) >= score("palettes", near));
        prop_assert!(score("palettes", near) >= score("copeaux", near));
    }
}
