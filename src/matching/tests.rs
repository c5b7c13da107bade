//! Properties of the score: what may move it, and what may not.

use super::find;
use crate::config::Matching;
use crate::model::{
    Category, Confidential, Confidentiality, Destination, Direction, Flow, FlowId, FlowType, Mass, Match,
    OrgId, Park, ParkCode, RankedCode, State,
};
use chrono::NaiveDate;
use proptest::prelude::*;

fn flow(number: usize, direction: Direction, description: &str, kg: Option<i64>) -> Flow {
    Flow {
        id: FlowId(Confidential::new(format!("F{number:04}"))),
        organisation: OrgId(Confidential::new(format!("E{number:04}"))),
        park: ParkCode::new("nord"),
        direction,
        flow_type: FlowType::Material,
        category: Some(Category::Wood),
        material_codes: Vec::new(),
        ranked_codes: vec![RankedCode { code: "030105".to_owned(), confidence_milli: 700 }],
        description: Confidential::new(description.to_owned()),
        mass: kg.and_then(Mass::exact),
        quantity_as_written: Confidential::new(String::new()),
        frequency: None,
        state: Some(State::Solid),
        hazardous: None,
        destination: Destination::Unknown,
        current_cost_cents: None,
        price_cents: None,
        available_from: None,
        available_to: None,
        confidentiality: Confidentiality::Public,
        conditions: None,
        locations: Vec::new(),
    }
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 15).unwrap()
}

fn matches(flows: &[Flow]) -> Vec<Match> {
    let park = Park {
        code: ParkCode::new("nord").unwrap(),
        name_fr: "Nord".to_owned(),
        name_en: "North".to_owned(),
        aliases: Vec::new(),
        latitude: 46.8,
        longitude: -71.2,
    };
    let settings = Matching { minimum_score_percent: 0, ..Matching::default() };
    find(&[], flows, &[park], &settings, today())
}

fn score(offer: Flow, request: Flow) -> u16 {
    matches(&[offer, request]).first().map_or(0, |found| found.score_milli)
}

#[test]
fn a_company_does_not_match_with_itself() {
    let offer = flow(1, Direction::Output, "palettes", None);
    let request =
        Flow { organisation: offer.organisation.clone(), ..flow(2, Direction::Input, "palettes", None) };
    assert!(matches(&[offer, request]).is_empty());
}

#[test]
fn every_part_says_why_and_what_is_missing_says_what_to_ask() {
    let found = matches(&[
        flow(1, Direction::Output, "palettes", None),
        flow(2, Direction::Input, "palettes", Some(1)),
    ]);
    let parts = &found[0].reasons;
    assert_eq!(parts.iter().map(|part| u32::from(part.weight_milli)).sum::<u32>(), 1000);
    assert!(parts.iter().all(|part| !part.reason_fr.is_empty() && !part.reason_en.is_empty()));
    let swings: Vec<u16> = found[0].missing.iter().map(|one| one.swing_milli).collect();
    assert!(swings.is_sorted_by(|left, right| left >= right) && swings.len() == 2, "{swings:?}");
    assert!(found[0].missing[0].question_fr.contains("quantité"));
}

#[test]
fn what_is_over_or_hazardous_against_the_request_scores_less() {
    let request = Flow { hazardous: Some(false), ..flow(2, Direction::Input, "palettes", None) };
    let plain = || Flow { hazardous: Some(false), ..flow(1, Direction::Output, "palettes", None) };
    let hazardous = Flow { hazardous: Some(true), ..plain() };
    let over = Flow { available_to: today().pred_opt(), ..plain() };
    let best = score(plain(), request.clone());
    assert!(score(hazardous, request.clone()) < best);
    assert!(score(over, request) < best);
}

#[test]
fn each_flow_keeps_its_best_partners_and_no_more() {
    let mut flows = vec![flow(0, Direction::Input, "palettes de bois", Some(1_000))];
    flows.extend((1..=30).map(|number| flow(number, Direction::Output, "palettes de bois", Some(1_000))));
    let found = matches(&flows);
    // The request keeps five; each of the thirty offers keeps the one request there is.
    assert_eq!(found.len(), 30);
    assert!(found.is_sorted_by(|left, right| left.score_milli >= right.score_milli));
}

proptest! {
    #[test]
    fn more_shared_words_and_nearer_quantities_never_score_less(kg in 1_i64..1_000_000, near in 0_i64..100, far in 0_i64..100) {
        let (near, far) = (near.min(far), near.max(far));
        let request = || flow(2, Direction::Input, "palettes de bois franc", Some(kg * 100));
        let offer = |percent: i64| flow(1, Direction::Output, "palettes", Some(kg * (100 - percent)));
        prop_assert!(score(offer(near), request()) >= score(offer(far), request()));
        let said = flow(1, Direction::Output, "palettes de bois franc", Some(kg));
        let other = flow(1, Direction::Output, "copeaux", Some(kg));
        prop_assert!(score(said, request()) >= score(other, request()));
    }

    #[test]
    fn the_order_of_the_flows_does_not_matter(seed in proptest::collection::vec((0_usize..3, 1_i64..9), 2..30), turn in 0_usize..30) {
        let words = ["palettes de bois", "copeaux et sciures", "planches"];
        let mut flows: Vec<Flow> = seed.iter().enumerate().map(|(number, (word, kg))| {
            let direction = if number % 2 == 0 { Direction::Output } else { Direction::Input };
            flow(number, direction, words[*word], Some(kg * 100))
        }).collect();
        let before = matches(&flows);
        let turn = turn % flows.len();
        flows.rotate_left(turn);
        prop_assert_eq!(matches(&flows), before);
    }
}
