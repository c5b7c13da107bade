//! Amounts that are no mass: those of one dimension are compared as masses are, and never planned.

use super::Known;
use super::search_tests::{direct, tried};
use super::tests::{day, flow, named_parks, organisation, pair, part, planned, searched, told};
use crate::config;
use crate::model::{Amount, Confidential, Dimension, Direction, Flow, FlowType, Mass, Organisation, Part};
use proptest::prelude::*;

fn exact(dimension: Dimension, base: i64) -> Option<Amount> {
    Amount::new(dimension, base, base, base)
}

/// Told in no mass.
fn tell(flow: &mut Flow, flow_type: FlowType, words: &str, amount: Option<Amount>) {
    flow.flow_type = flow_type;
    flow.category = None;
    flow.description = Confidential::new(words.to_owned());
    (flow.mass, flow.amount) = (None, amount);
}

/// The part of two amounts, its reasons, and the question about it.
fn compared(offered: Option<Amount>, asked: Option<Amount>) -> (Option<u16>, [String; 2], Option<String>) {
    let (found, reasons, missing) = told(|offer, request| {
        tell(offer, FlowType::Energy, "Vapeur", offered);
        tell(request, FlowType::Energy, "Steam", asked);
    })
    .unwrap();
    assert_eq!((found.mass_kg, found.planned_kg), (None, None));
    let reason = &reasons[Part::Quantity as usize];
    let question = missing.into_iter().find(|one| one.part == Part::Quantity);
    (
        part(&found, Part::Quantity),
        [reason.reason_fr.clone(), reason.reason_en.clone()],
        question.map(|one| one.question_fr),
    )
}

#[test]
fn amounts_of_one_dimension_are_compared_and_not_asked_again() {
    // A megawatt-hour and 500 kWh.
    let (agreed, [french, _], question) =
        compared(exact(Dimension::Energy, 3_600_000), exact(Dimension::Energy, 1_800_000));
    assert_eq!((agreed, french.as_str(), question), (Some(700), "quantités du même ordre", None));
    let (agreed, [french, _], question) =
        compared(Amount::new(Dimension::Hours, 3_000, 6_000, 9_000), exact(Dimension::Hours, 6_000));
    assert_eq!(agreed, Some(850));
    assert!(french.contains("fourchette du côté de l’offre"), "{french}");
    assert!(question.unwrap().contains("plus précisément ? (demander à l’offre)"));
}

#[test]
fn amounts_of_two_dimensions_are_said_not_to_be_compared_and_asked_in_one_unit() {
    let (hours, pieces) = (exact(Dimension::Hours, 12_000), exact(Dimension::Pieces, 2));
    let (agreed, [french, english], question) = compared(hours, pieces);
    assert_eq!(agreed, None);
    assert_eq!(french, "quantités non comparées : heures et unités");
    assert_eq!(english, "amounts not compared: hours and pieces");
    assert_eq!(question.as_deref(), Some("Quelle quantité, en heures ? (demander à la demande)"));
    // Who told another thing than a mass is asked for it, on either side.
    let mass = Mass::exact(5_000).map(Amount::from);
    let asked = |offered, wanted| compared(offered, wanted).2.unwrap();
    assert_eq!(asked(mass, hours), "Quelle quantité, en kilogrammes ? (demander à la demande)");
    assert_eq!(asked(hours, mass), "Quelle quantité, en kilogrammes ? (demander à l’offre)");
    let (_, [french, _], question) = compared(hours, None);
    assert_eq!(french, "quantité inconnue d’un côté");
    assert_eq!(question.as_deref(), Some("Quelle quantité par année ? (demander à la demande)"));
}

#[test]
fn the_search_keeps_what_trying_every_pair_keeps_where_amounts_are_no_masses() {
    let companies: Vec<Organisation> = (0..12).map(|number: u32| organisation(&number.to_string())).collect();
    let dimensions = [Some(Dimension::Energy), Some(Dimension::Power), None, Some(Dimension::Mass)];
    let flows: Vec<Flow> = (0..240_usize)
        .map(|number| {
            let direction = if number % 2 == 0 { Direction::Output } else { Direction::Input };
            let at = number / 2;
            let mut one = flow(&format!("{number:03}"), &(at % 11 + number % 2).to_string(), direction, "");
            let base = i64::try_from(1 + at * 7 % 50).unwrap();
            let amount = dimensions[at % 4].and_then(|dimension| exact(dimension, base));
            tell(&mut one, FlowType::Energy, ["Vapeur", "Steam", "Chaleur"][at % 3], amount);
            one
        })
        .collect();
    let parks = named_parks();
    for top in [1, 3, 10] {
        let settings = config::Matching { top_per_flow: top, ..config::Matching::default() };
        let known = Known::new(&companies, &flows, &parks);
        let found = direct(&known, &settings);
        assert!(found.len() > 50, "{}", found.len());
        assert!(found == tried(&known, &settings), "{top} of each");
    }
}

#[test]
fn the_plan_is_of_masses_alone() {
    let mut flows = [
        flow("1", "a", Direction::Output, "palettes de bois"),
        flow("2", "b", Direction::Input, "palettes de bois"),
    ];
    for flow in &mut flows {
        (flow.mass, flow.amount) = (None, exact(Dimension::Volume, 4_000));
    }
    let (companies, settings) = (["a", "b"].map(organisation), config::Matching::default());
    let known = Known::new(&companies, &flows, &[]);
    let mut found = searched(&known, &settings, day());
    assert_eq!(found.pairs().next().unwrap().found.parts[Part::Quantity as usize], Some(1000));
    assert_eq!(planned(&mut found).total_kg, 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn they_agree_as_masses_do_on_either_side_and_less_the_farther_they_are(
        at in 0..Dimension::ALL.len(), base in 1_i64..1_000_000, near in 0_i64..=100, far in 0_i64..=100,
    ) {
        let (near, far) = (near.min(far), near.max(far));
        let agreed = |dimension: Dimension, one: i64, other: i64| {
            let found = pair(|offer, request| {
                (offer.mass, offer.amount) = (None, exact(dimension, one));
                (request.mass, request.amount) = (None, exact(dimension, other));
            });
            part(&found.unwrap(), Part::Quantity).unwrap()
        };
        let (dimension, whole) = (Dimension::ALL[at], base * 100);
        let less = |percent: i64| base * (100 - percent);
        let now = agreed(dimension, whole, less(near));
        prop_assert_eq!(now, agreed(dimension, less(near), whole));
        prop_assert!(now >= agreed(dimension, whole, less(far)));
        let masses = pair(|offer, request| {
            (offer.mass, request.mass) = (Mass::exact(whole), Mass::exact(less(near)));
        });
        prop_assert_eq!(Some(now), part(&masses.unwrap(), Part::Quantity));
    }

    #[test]
    fn an_answer_in_the_unit_of_the_other_side_moves_the_score_no_farther_than_was_said(
        offered in 1_i64..1_000, asked in 1_i64..1_000, answer in 1_i64..1_000,
    ) {
        let scored = |asked: Option<Amount>| {
            let told = told(|offer, request| {
                (offer.mass, offer.amount) = (None, exact(Dimension::Hours, offered));
                (request.mass, request.amount) = (None, asked);
            });
            let (found, _, missing) = told.unwrap();
            let asked = missing.iter().find(|one| one.part == Part::Quantity);
            let swing = asked.map_or(0, |one| one.swing_milli);
            (found.score_milli, swing)
        };
        let (before, swing) = scored(exact(Dimension::Pieces, asked));
        let (after, left) = scored(exact(Dimension::Hours, answer));
        prop_assert!(before.abs_diff(after) <= swing + 1, "{before} {after}, said {swing}");
        prop_assert_eq!(left, 0);
    }
}
