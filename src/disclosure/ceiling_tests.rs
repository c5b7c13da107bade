//! Attacks on a plan by way of the flows that it is a plan of.

use super::tests::{identity, table, value};
use super::{Ceiling, DisclosureError, Protected, Published, TableInput, protect};
use crate::config::Disclosure;

/// A plan by category, of what moves from whom to whom.
pub(super) fn plan(moved: &[(&str, &str, &str, i64)]) -> TableInput {
    let rows: Vec<([&str; 1], &str, i64)> =
        moved.iter().map(|(category, giver, _, kg)| ([*category], *giver, *kg)).collect();
    let rows: Vec<(&[&str], &str, i64)> =
        rows.iter().map(|(codes, giver, kg)| (codes as &[&str], *giver, *kg)).collect();
    let mut plan = table("plan", &["categorie"], &rows);
    plan.measures[0].name = "kg_plan".to_owned();
    for ((record, number), (_, _, taker, _)) in plan.records.iter_mut().zip(100..).zip(moved) {
        record.id = identity(number);
        record.contributors.push((*taker).to_owned());
    }
    plan
}

/// What is offered and sought, and a plan that meets every request for wood.
fn planned(ceilings: Vec<Ceiling>) -> Protected {
    let offers = [("g1", 9_000), ("g2", 400), ("g3", 400), ("g4", 400), ("g5", 400)];
    let glass = [(20_000, "g6", "t6"), (21_000, "g7", "t7"), (22_000, "g8", "t8")];
    let mut flows: Vec<(&[&str], &str, i64)> = Vec::new();
    flows.extend(offers.map(|(giver, kg)| (&["bois", "extrant"] as &[&str], giver, kg)));
    flows.extend(["t1", "t2", "t3", "t4", "t5"].map(|taker| (&["bois", "intrant"] as &[&str], taker, 600)));
    for (kg, giver, taker) in glass {
        flows.push((&["verre", "extrant"], giver, kg));
        flows.push((&["verre", "intrant"], taker, kg));
    }
    let moved = [
        ("g1", "t1", 280),
        ("g1", "t2", 280),
        ("g1", "t3", 280),
        ("g1", "t4", 280),
        ("g1", "t5", 280),
        ("g2", "t1", 320),
        ("g2", "t2", 80),
        ("g3", "t2", 240),
        ("g3", "t3", 160),
        ("g4", "t3", 160),
        ("g4", "t4", 240),
        ("g5", "t4", 80),
        ("g5", "t5", 320),
    ];
    let mut plan = plan(&moved.map(|(giver, taker, kg)| ("bois", giver, taker, kg)));
    plan.ceilings = ceilings;
    protect(&[table("flux", &["categorie", "sens"], &flows), plan], &Disclosure::default()).unwrap()
}

/// No more than is offered, and than is sought.
pub(super) fn both_ceilings() -> Vec<Ceiling> {
    let ceiling = |(party, code): (usize, &str)| Ceiling {
        measure: "kg_plan".to_owned(),
        party,
        table: "flux".to_owned(),
        other: "kg".to_owned(),
        dimension: "sens".to_owned(),
        code: code.to_owned(),
    };
    [(0, "extrant"), (1, "intrant")].map(ceiling).to_vec()
}

#[test]
fn a_plan_does_not_tell_how_much_is_sought_at_least() {
    let gives_away = |protected: &Protected| {
        let offers = value(protected, 0, &["bois", "extrant"]);
        assert_eq!(offers, Published::Confidential);
        // Offers are at most the sum of both directions less what the plan moves: here, the truth.
        let sum = value(protected, 0, &["bois", "Total"]);
        sum == Published::Value(13_600) && value(protected, 1, &["bois"]) == Published::Value(3_000)
    };
    assert!(gives_away(&planned(Vec::new())));
    assert!(!gives_away(&planned(both_ceilings())));
}

#[test]
fn a_ceiling_that_names_nothing_is_refused() {
    let table = |name: &str, codes: &[&str]| {
        let rows = [(codes, "g1", 10), (codes, "g2", 20), (codes, "g3", 30)];
        table(name, &["categorie", "sens"][..codes.len()], &rows)
    };
    let wrong: [fn(&mut Ceiling); 5] = [
        |ceiling| ceiling.table.push('s'),
        |ceiling| ceiling.other.push('s'),
        |ceiling| ceiling.measure.push('s'),
        |ceiling| ceiling.dimension.push('s'),
        |ceiling| ceiling.code.push('s'),
    ];
    let right: fn(&mut Ceiling) = |_| ();
    for (place, change) in std::iter::once(right).chain(wrong).enumerate() {
        let mut flows = table("flux", &["bois", "extrant"]);
        flows.codes = vec![Vec::new(), vec!["extrant".to_owned(), "intrant".to_owned()]];
        let mut plan = table("plan", &["bois"]);
        plan.ceilings = both_ceilings()[..1].to_vec();
        plan.measures[0].name = "kg_plan".to_owned();
        change(&mut plan.ceilings[0]);
        let refused = protect(&[flows, plan], &Disclosure::default()).err();
        let is_malformed =
            matches!(refused, Some(DisclosureError::Malformed { ref table, .. }) if table == "plan");
        assert_eq!(is_malformed, place > 0, "{place}: {refused:?}");
    }
}

#[test]
fn the_detail_of_a_plan_goes_before_the_flows_that_it_is_a_plan_of() {
    // `x` seeks plastic and gives nearly all that `y` seeks: by category it would know too much of `y`.
    let mut flows: Vec<(&[&str], &str, i64)> = vec![
        (&["plastiques", "intrant"], "x", 310_000),
        (&["plastiques", "intrant"], "y", 20_000),
        (&["plastiques", "extrant"], "x", 18_500),
    ];
    let mut moved: Vec<(&str, &str, &str, i64)> =
        vec![("plastiques", "x", "y", 18_500), ("plastiques", "g1", "y", 1_500)];
    for (giver, kg) in [("g1", 40_000), ("g2", 41_000), ("g3", 42_000), ("g4", 29_000)] {
        flows.push((&["plastiques", "extrant"], giver, kg));
        moved.push(("plastiques", giver, "x", if giver == "g1" { kg - 1_500 } else { kg }));
    }
    for ((giver, taker), kg) in [("h1", "k1"), ("h2", "k2"), ("h3", "k3"), ("h4", "k4")]
        .into_iter()
        .zip([90_000, 91_000, 92_000, 93_000])
    {
        flows.push((&["bois", "extrant"], giver, kg));
        flows.push((&["bois", "intrant"], taker, kg + 10_000));
        moved.push(("bois", giver, taker, kg));
    }
    let mut plan = plan(&moved);
    plan.ceilings = both_ceilings();
    let protected =
        protect(&[table("flux", &["categorie", "sens"], &flows), plan], &Disclosure::default()).unwrap();
    assert_eq!(
        value(&protected, 1, &["Total"]),
        Published::Value(moved.iter().map(|(_, _, _, kg)| kg).sum())
    );
    for category in ["bois", "plastiques"] {
        assert_eq!(value(&protected, 1, &[category]), Published::Confidential);
    }
    let all = flows.iter().map(|(_, _, kg)| kg).sum();
    assert_eq!(value(&protected, 0, &["Total", "Total"]), Published::Value(all));
}
