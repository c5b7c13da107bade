//! What is pooled, what is not, and with whom.

use super::Known;
use super::candidates::Prepared;
use super::flags;
use super::parts::{Weights, score};
use super::pooling::{Pool, Wanted, kind, pools};
use super::search_tests::crowded;
use super::tests::{day, flow, named_parks, organisation, parks, planned, searched};
use crate::config;
use crate::model::{
    Category, Confidential, Direction, Flow, FlowId, Mass, OrgId, Organisation, ParkCode, Part, RankedCode,
    State,
};
use chrono::NaiveDate;
use std::collections::BTreeSet;

fn coded(code: &'static str) -> Vec<RankedCode> {
    vec![RankedCode { code, confidence_milli: 900 }]
}

fn small(id: &str, company: &str, kg: i64) -> Flow {
    let mut flow = flow(id, company, Direction::Output, "palettes de bois");
    flow.mass = Mass::exact(kg);
    flow.ranked_codes = coded("150103");
    flow
}

fn pooled(flows: &[Flow]) -> Vec<Pool> {
    let names: BTreeSet<&str> = flows.iter().map(|flow| flow.organisation.0.reveal().as_str()).collect();
    let organisations: Vec<Organisation> = names.into_iter().map(organisation).collect();
    let settings = config::Matching::default();
    let parks = parks();
    let known = Known::new(&organisations, flows, &parks);
    searched(&known, &settings, day()).pools()
}

#[test]
fn small_offers_of_one_kind_make_a_load_for_the_request_that_all_match() {
    let mut flows = vec![small("1", "a", 4_000), small("2", "b", 4_000), small("3", "c", 4_000)];
    let mut request = flow("4", "d", Direction::Input, "palettes de bois");
    request.mass = Mass::exact(11_000);
    flows.push(request);
    let found = pooled(&flows);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].members.len(), found[0].total_kg), (3, 12_000));
    let (partner, kg) = found[0].partner.clone().unwrap();
    assert_eq!((partner.0.reveal().as_str(), kg), ("4", 11_000));
}

#[test]
fn one_company_another_kind_a_far_place_or_too_little_make_no_pool() {
    assert!(pooled(&[small("1", "a", 6_000), small("2", "a", 6_000)]).is_empty());
    assert!(pooled(&[small("1", "a", 3_000), small("2", "b", 3_000)]).is_empty());
    let mut other = small("2", "b", 6_000);
    other.category = Some(Category::Glass);
    assert!(pooled(&[small("1", "a", 6_000), other]).is_empty());
    let mut far = small("2", "b", 6_000);
    far.park = ParkCode::new("loin");
    let mut parks = parks();
    parks[1].code = ParkCode::new("loin").unwrap();
    parks[1].point = Some((48.0, -71.2));
    let flows = [small("1", "a", 6_000), far];
    let companies = [organisation("a")];
    let known = Known::new(&companies, &flows, &parks);
    let found = pools(&known, std::iter::empty(), &config::Matching::default(), day());
    assert!(found.is_empty());
}

#[test]
fn a_pool_stops_at_its_load_and_no_flow_is_in_two() {
    let flows: Vec<Flow> = (0..9).map(|at| small(&at.to_string(), ["a", "b", "c"][at % 3], 5_000)).collect();
    let mut turned = flows.clone();
    turned.reverse();
    let found = pooled(&flows);
    assert_eq!(found, pooled(&turned));
    assert_eq!(found.len(), 4);
    let members: Vec<_> = found.iter().flat_map(|pool| pool.members.iter().map(|(id, _)| id)).collect();
    assert_eq!(members.len(), members.iter().collect::<BTreeSet<_>>().len());
    assert!(found.iter().all(|pool| pool.total_kg == 10_000 && pool.members.len() == 2));
}

#[test]
fn small_requests_of_one_kind_make_a_load_that_one_offer_serves() {
    let mut flows = vec![small("1", "a", 4_000), small("2", "b", 5_000), small("3", "c", 3_000)];
    for flow in &mut flows {
        flow.direction = Direction::Input;
    }
    let mut offer = flow("4", "d", Direction::Output, "palettes de bois");
    offer.mass = Mass::exact(11_000);
    flows.push(offer);
    let found = pooled(&flows);
    let [pool] = &found[..] else { panic!("one pool: {found:?}") };
    let id = |id: &str| FlowId(Confidential::new(id.to_owned()));
    assert_eq!((pool.direction, pool.total_kg), (Direction::Input, 12_000));
    assert_eq!(pool.kind, (Some(Category::Wood), Some("1501".to_owned())));
    let members: BTreeSet<(FlowId, i64)> = pool.members.iter().cloned().collect();
    assert_eq!(members, BTreeSet::from([(id("1"), 4_000), (id("2"), 5_000), (id("3"), 3_000)]));
    assert_eq!(pool.partner, Some((id("4"), 11_000)));
    // Offers and requests are never in one.
    let mut both = [small("1", "a", 6_000), small("2", "b", 6_000)];
    assert_eq!(pooled(&both).len(), 1);
    both[0].direction = Direction::Input;
    assert!(pooled(&both).is_empty());
}

#[test]
fn a_park_that_is_on_no_map_has_its_pools_and_lies_in_no_radius() {
    let named = named_parks();
    let members = |places: [(&str, Option<(f64, f64)>); 3]| {
        let mut flows = [small("1", "a", 4_000), small("2", "b", 4_000), small("3", "c", 4_000)];
        for (flow, (park, point)) in flows.iter_mut().zip(places) {
            (flow.park, flow.coordinates) = (ParkCode::new(park), point.map(Confidential::new));
        }
        let known = Known::new(&[], &flows, &named);
        let found = pools(&known, std::iter::empty(), &config::Matching::default(), day());
        found.iter().map(|pool| pool.members.len()).collect::<Vec<_>>()
    };
    assert_eq!(members([("est", None); 3]), [3]);
    assert!(members([("est", None), ("est", None), ("ouest", None)]).is_empty());
    assert!(members([("est", None), ("est", None), ("", None)]).is_empty(), "nobody knows where it is");
    // Who also gives its coordinates lies with both, once.
    let here = Some((46.8, -71.2));
    assert_eq!(members([("est", here), ("est", here), ("est", None)]), [3]);
    assert_eq!(
        members([("ouest", here), ("est", here), ("est", None)]),
        [3],
        "around the one that knows both"
    );
}

/// Whether two offers that make a load together are pooled, once changed.
fn are_pooled(change: impl FnOnce(&mut Flow, &mut Flow)) -> bool {
    let (mut one, mut other) = (small("1", "a", 6_000), small("2", "b", 6_000));
    change(&mut one, &mut other);
    !pooled(&[one, other]).is_empty()
}

fn in_days(days: u64) -> NaiveDate {
    day() + chrono::Days::new(days)
}

#[test]
fn hazard_and_code_keep_apart_what_must_not_be_mixed() {
    assert!(are_pooled(|_, _| {}));
    assert!(!are_pooled(|one, _| one.hazardous = Some(true)));
    let both_hazardous = |one: &'static str, other: &'static str| {
        are_pooled(|first, second| {
            (first.ranked_codes, second.ranked_codes) = (coded(one), coded(other));
            (first.hazardous, second.hazardous) = (Some(true), Some(true));
        })
    };
    // Batteries of lead and of another kind.
    assert!(both_hazardous("160601", "160601") && !both_hazardous("160601", "160605"));
    // What nobody declared is as its code is marked.
    let undeclared = |code: &'static str| {
        are_pooled(|one, other| {
            (one.ranked_codes, other.ranked_codes) = (coded(code), coded(code));
            one.hazardous = None;
        })
    };
    assert!(undeclared("150103") && !undeclared("160601"));
    assert!(!are_pooled(|one, _| one.ranked_codes = Vec::new()), "what is it?");
    assert!(!are_pooled(|one, _| one.ranked_codes = coded("030105")));
    // A group of several categories says too little where none is known.
    let packaging = |code: &'static str| {
        are_pooled(|one, other| {
            (one.category, other.category) = (None, None);
            other.ranked_codes = coded(code);
        })
    };
    assert!(packaging("150103") && !packaging("150101"));
}

#[test]
fn soiling_state_and_season_keep_apart_as_far_as_they_are_told() {
    let remark = |text: &str| Some(Confidential::new(text.to_owned()));
    let remarks = |one: &str, other: &str| {
        are_pooled(|first, second| {
            (first.conditions, second.conditions) = (remark(one), remark(other));
        })
    };
    assert!(remarks("souillé", "souillé") && !remarks("souillé", "propre"));
    assert!(!remarks("souillé", "livré"), "what some uses do not take lies alone");
    assert!(remarks("propre", "livré"));
    assert!(!are_pooled(|one, _| one.state = Some(State::Liquid)));
    assert!(are_pooled(|one, _| one.state = None));
    assert!(!are_pooled(|one, _| one.available_to = day().pred_opt()), "it is over");
    let windows = |end: u64, start: u64| {
        are_pooled(|one, other| {
            (one.available_to, other.available_from) = (Some(in_days(end)), Some(in_days(start)));
        })
    };
    assert!(windows(10, 10) && !windows(10, 11));
    // Whoever says nothing may lie with either, and does not bring both together.
    let mut flows = [small("1", "a", 4_000), small("2", "b", 4_000), small("3", "c", 4_000)];
    (flows[0].state, flows[1].state) = (None, Some(State::Liquid));
    assert!(pooled(&flows).is_empty());
    flows[1].state = None;
    assert_eq!(pooled(&flows)[0].members.len(), 3);
}

/// Whether a pool of hazardous offers has a request for partner that takes them, once that is changed.
fn has_partner(change: impl FnOnce(&mut Flow)) -> bool {
    let mut flows = vec![small("1", "a", 6_000), small("2", "b", 6_000)];
    for flow in &mut flows {
        flow.hazardous = Some(true);
    }
    let mut request = flow("3", "c", Direction::Input, "palettes de bois");
    request.hazardous = Some(true);
    change(&mut request);
    flows.push(request);
    let found = pooled(&flows);
    assert_eq!(found.len(), 1);
    found[0].partner.is_some()
}

#[test]
fn the_partner_of_a_pool_is_ruled_out_for_none_of_its_members() {
    assert!(has_partner(|_| {}) && has_partner(|request| request.hazardous = None));
    assert!(!has_partner(|request| request.hazardous = Some(false)));
    assert!(!has_partner(|request| request.available_to = day().pred_opt()));
}

fn may_lie_together(one: &Prepared<'_>, other: &Prepared<'_>) -> bool {
    let hazards = [one, other].map(|flow| flags::hazardous(flow.flow) == Some(true));
    let codes = [one, other].map(|flow| flow.flow.ranked_codes[0].code);
    let (facts, others) = (&one.facts, &other.facts);
    let begins = |from: Option<NaiveDate>| from.unwrap_or(NaiveDate::MIN);
    let ends = |to: Option<NaiveDate>| to.unwrap_or(NaiveDate::MAX);
    kind(one.flow) == kind(other.flow)
        && hazards[0] == hazards[1]
        && (!hazards[0] || codes[0] == codes[1])
        && facts.state.zip(others.state).is_none_or(|(one, other)| one == other)
        && facts.soiled.zip(others.soiled).is_none_or(|(one, other)| one == other)
        && begins(facts.from) <= ends(others.to)
        && begins(others.from) <= ends(facts.to)
        && ends(facts.to) >= day()
}

#[test]
fn members_of_any_pool_may_lie_together_and_its_partner_takes_all_of_them() {
    let settings =
        config::Matching { pool_load_kg: 400_000, pool_radius_km: 60, ..config::Matching::default() };
    let weights = Weights::new(&settings);
    let (mut found, mut served) = (0, 0);
    for seed in 31..33 {
        let (organisations, flows) = crowded(800, seed);
        let known = Known::new(&organisations, &flows, &[]);
        let of = |id: &FlowId| known.prepared.iter().find(|one| one.flow.id == *id).unwrap();
        for pool in searched(&known, &settings, day()).pools() {
            let members: Vec<&Prepared<'_>> = pool.members.iter().map(|(id, _)| of(id)).collect();
            for one in &members {
                assert!(members.iter().all(|other| may_lie_together(one, other)), "{pool:?}");
            }
            found += 1;
            let Some((partner, _)) = &pool.partner else { continue };
            served += 1;
            for one in members {
                let (offer, request) = match pool.direction {
                    Direction::Output => (one, of(partner)),
                    Direction::Input => (of(partner), one),
                };
                let parts = score(offer, request, &weights, day());
                let is_out = |part: Part| parts[part as usize] == Some(0);
                assert!(!is_out(Part::Time) && !is_out(Part::Condition), "{pool:?}");
            }
        }
    }
    assert!(found > 0 && served > 0, "{found} pools, {served} with a partner");
}

#[test]
fn what_no_request_takes_is_a_wanted_buyer_counted_once() {
    let mut flows = vec![small("1", "a", 9_000), small("2", "b", 5_000)];
    let mut request = flow("3", "c", Direction::Input, "palettes de bois");
    request.mass = Mass::exact(6_000);
    flows.push(request);
    let mut alone = small("4", "d", 700);
    alone.category = Some(Category::Glass);
    alone.ranked_codes = Vec::new();
    alone.description = Confidential::new("verre".to_owned());
    let mut unknown = alone.clone();
    unknown.id.0 = Confidential::new("5".to_owned());
    unknown.organisation = OrgId(Confidential::new("e".to_owned()));
    unknown.mass = None;
    flows.extend([alone, unknown]);
    let settings = config::Matching::default();
    let parks = parks();
    let known = Known::new(&[], &flows, &parks);
    let mut found = searched(&known, &settings, day());
    let portfolio = planned(&mut found);
    assert_eq!(portfolio.total_kg, 6_000);
    assert_eq!(portfolio.scarce.len(), 1);
    let expected = [
        Wanted { kind: (Some(Category::Wood), None), kg: 8_000, offers: 2, unknown: 0 },
        Wanted { kind: (Some(Category::Glass), None), kg: 700, offers: 1, unknown: 1 },
    ];
    let found = found.wanted(&portfolio);
    assert_eq!(found[0].kg, expected[0].kg);
    assert_eq!(found[1], expected[1]);
}
