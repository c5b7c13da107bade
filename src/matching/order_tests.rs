//! No name and no row decides what is kept, pooled and planned, wherever flows say different things.

use super::search_tests::crowded;
use super::tests::{day, flow, organisation, parks, planned, searched, varied_flows};
use super::{Known, Wanted};
use crate::config;
use crate::model::{
    Confidential, Direction, Flow, FlowId, Mass, MatchKind, OrgId, Organisation, Park, RankedCode,
};
use proptest::prelude::*;

/// What a flow is told by here, whatever its number: how its quantity is written.
type Said = String;
/// A flow with its kilograms, or its price.
type Figure = (Said, i64);

/// All that is made of some flows.
#[derive(Debug, PartialEq)]
struct Made {
    /// Offer, request, score, kind, and kilograms of the plan, in the order in which people read them.
    matches: Vec<(Said, Said, u16, MatchKind, Option<i64>)>,
    /// Members of each pool, and its partner.
    pools: Vec<(Vec<Figure>, Option<Figure>)>,
    scarce: Vec<Figure>,
    wanted: Vec<Wanted>,
    /// The order of all flows.
    ranks: Vec<Said>,
}

fn made(companies: &[Organisation], flows: &[Flow], parks: &[Park], pool_load_kg: u32) -> Made {
    let settings =
        config::Matching { top_per_flow: 2, pool_load_kg, pool_radius_km: 60, ..config::Matching::default() };
    let known = Known::new(companies, flows, parks);
    let said = |id: &FlowId| known.flow(id).unwrap().quantity_as_written.reveal().clone();
    let mut found = searched(&known, &settings, day());
    found.alike_first();
    let told = |(id, kg): &(FlowId, i64)| (said(id), *kg);
    let pools = found.pools();
    let pools = pools.iter().map(|pool| {
        (pool.members.iter().map(told).collect::<Vec<Figure>>(), pool.partner.as_ref().map(told))
    });
    let plan = planned(&mut found);
    let matches = found.pairs().map(|pair| {
        let one = pair.found;
        (said(&one.offer), said(&one.request), one.score_milli, one.kind, one.planned_kg)
    });
    Made {
        matches: matches.collect(),
        pools: pools.collect(),
        scarce: plan.scarce.iter().map(|one| (said(&one.request), one.milli_a_tonne)).collect(),
        wanted: found.wanted(&plan),
        ranks: known.by_rank().into_iter().map(|one| said(&one.flow.id)).collect(),
    }
}

/// Flows of which no two say the same, though many score the same.
fn distinct(mut flows: Vec<Flow>) -> Vec<Flow> {
    for (at, flow) in flows.iter_mut().enumerate() {
        flow.quantity_as_written = Confidential::new(format!("lot {at}"));
    }
    flows
}

/// The same companies and flows under other names.
fn renamed(
    companies: &[Organisation],
    flows: &[Flow],
    company: impl Fn(&str) -> String,
    number: impl Fn(&str) -> String,
) -> (Vec<Organisation>, Vec<Flow>) {
    let other = |id: &OrgId| OrgId(Confidential::new(company(id.0.reveal())));
    let companies = companies.iter().map(|one| Organisation { id: other(&one.id), ..one.clone() });
    let flows = flows.iter().map(|one| Flow {
        id: FlowId(Confidential::new(number(one.id.0.reveal()))),
        organisation: other(&one.organisation),
        ..one.clone()
    });
    (companies.collect(), flows.collect())
}

#[test]
fn names_in_the_reverse_order_give_the_same_matches_pools_and_plan() {
    for seed in [31, 32] {
        let (companies, flows) = crowded(250, seed);
        let mut flows = distinct(flows);
        for (at, flow) in flows.iter_mut().enumerate() {
            flow.mass = Mass::exact([1_000, 2_000, 5_000, 30_000][at / 2 % 4]);
        }
        let before = made(&companies, &flows, &[], 20_000);
        assert!(before.matches.len() > 200 && !before.pools.is_empty(), "seed {seed}");
        let reversed = |of: u32| move |name: &str| format!("{:06}", of - name.parse::<u32>().unwrap());
        let (companies, flows) = renamed(&companies, &flows, reversed(60), reversed(100_000));
        assert!(made(&companies, &flows, &[], 20_000) == before, "seed {seed}");
    }
}

#[test]
fn of_flows_that_say_the_same_the_number_decides_then_the_company() {
    let offers = |names: [(&str, &str); 4]| {
        let mut flows: Vec<Flow> = names
            .iter()
            .map(|(number, company)| flow(number, company, Direction::Output, "palettes de bois"))
            .collect();
        flows.push(flow("9", "z", Direction::Input, "palettes de bois"));
        let companies: Vec<Organisation> = ["a", "b", "c", "d", "z"].map(organisation).to_vec();
        let parks = parks();
        let known = Known::new(&companies, &flows, &parks);
        let ranked = known.by_rank();
        ranked.iter().map(|one| one.flow.id.0.reveal().clone()).take(4).collect::<Vec<_>>()
    };
    assert_eq!(offers([("1", "d"), ("2", "c"), ("3", "b"), ("4", "a")]), ["1", "2", "3", "4"]);
    // One number told apart by its place: the company says which.
    let places = [("5 (F:9, 2)", "b"), ("5 (F:2, 3)", "c"), ("5", "d"), ("4", "z")];
    let mut flows = places.map(|(id, company)| flow(id, company, Direction::Output, "palettes de bois"));
    for (row, flow) in [9, 2, 1, 3].into_iter().zip(&mut flows) {
        let file = Confidential::new("x.csv".into());
        flow.locations = vec![crate::model::Location { source: "F".into(), file, sheet: None, row }];
    }
    let known = Known::new(&[], &flows, &[]);
    let companies: Vec<&str> =
        known.by_rank().into_iter().map(|one| one.flow.organisation.0.reveal().as_str()).collect();
    assert_eq!(companies, ["z", "b", "c", "d"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn rows_in_any_order_and_companies_of_any_name_change_nothing(
        flows in varied_flows(),
        rows in Just((0..24_usize).collect::<Vec<_>>()).prop_shuffle(),
        numbers in Just((0..24_usize).collect::<Vec<_>>()).prop_shuffle(),
        names in Just(["a", "b", "c", "d"].to_vec()).prop_shuffle(),
    ) {
        let companies = ["a", "b", "c", "d"].map(organisation);
        let coded = |flow: Flow| {
            if flow.ranked_codes.is_empty() {
                let ranked_codes = vec![RankedCode { code: "150103", confidence_milli: 900 }];
                return Flow { ranked_codes, ..flow };
            }
            flow
        };
        let flows = distinct(flows.into_iter().map(coded).collect());
        let parks = parks();
        let before = made(&companies, &flows, &parks, 20_000);
        let at = |name: &str| ["a", "b", "c", "d"].iter().position(|one| *one == name).unwrap();
        let (mut others, turned) = renamed(
            &companies,
            &flows,
            |company| names[at(company)].to_owned(),
            |number| format!("n{}", numbers[number.parse::<usize>().unwrap()]),
        );
        others.reverse();
        let mut rows: Vec<(usize, Flow)> = rows.into_iter().zip(turned).collect();
        rows.sort_by_key(|(row, _)| *row);
        let turned: Vec<Flow> = rows.into_iter().map(|(_, flow)| flow).collect();
        prop_assert_eq!(made(&others, &turned, &parks, 20_000), before);
    }
}
