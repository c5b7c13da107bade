//! A plan beside the flows that it is a plan of, over nights.

use super::experiment::day;
use super::{History, protect_tonight};
use crate::certificate::{self, Earlier};
use crate::config::Disclosure;
use crate::disclosure::ceiling_tests::{both_ceilings, plan};
use crate::disclosure::tests::table;
use crate::disclosure::{Agreements, TableInput};

/// Offers of glass, of which what is `taken` of the first may change, and of wood, all of which do from night to night.
fn tables(taken: i64, more: i64) -> [TableInput; 2] {
    let glass = [("g1", 6_000), ("g2", 24_000), ("g3", 800_000)];
    let wood = [("h1", 90_000), ("h2", 91_000), ("h3", 92_000), ("h4", 93_000)];
    let offers = glass.map(|(giver, kg)| (&["verre"] as &[&str], giver, kg));
    let offers = offers.into_iter().chain(wood.map(|(giver, kg)| (&["bois"] as &[&str], giver, kg + more)));
    let moved = [
        ("verre", "g1", "t1", taken),
        ("verre", "g2", "t2", 24_000),
        ("verre", "g3", "t2", 176_000),
        ("verre", "g3", "t3", 624_000),
    ];
    let takers = ["t4", "t5", "t6", "t7"];
    let wood = wood.into_iter().zip(takers).map(|((giver, kg), taker)| ("bois", giver, taker, kg / 2 + more));
    let moved: Vec<(&str, &str, &str, i64)> = moved.into_iter().chain(wood).collect();
    let mut plan = plan(&moved);
    plan.ceilings = both_ceilings()[..1].to_vec();
    let offers: Vec<(&[&str], &str, i64)> = offers.collect();
    let mut flows = table("flux", &["categorie"], &offers);
    flows.dimensions.push("sens".to_owned());
    flows.codes.push(vec!["extrant".to_owned()]);
    for record in &mut flows.records {
        record.dimensions.push("extrant".to_owned());
    }
    [flows, plan]
}

#[test]
fn who_took_more_of_one_offer_knows_what_was_left_and_keeps_nothing_else_back() {
    let (policy, nobody) = (Disclosure::default(), Agreements::default());
    let mut history = History::default();
    let first = protect_tonight(&tables(4_000, 0), &history, day(0), &policy, &nobody).unwrap();
    let earlier = Earlier::read(first.protected.certificate()).unwrap();
    history.nights.extend(first.night);
    history.certificate = Some(first.protected.certificate().to_vec());
    history.last = Some(first.last);
    let second = protect_tonight(&tables(5_840, 10_000), &history, day(1), &policy, &nobody).unwrap();
    certificate::verify_history(second.protected.certificate(), &[earlier]).unwrap();
    assert!(second.night.is_some());
    assert_eq!((second.waiting, second.stalled), (0, None));
}
