//! Mutations: whatever is tampered with, the second program refuses.

use super::{Published, PublishedCells, Refusal, verify, verify_release};
use crate::disclosure::standalone::{Rows, parse, run};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;

const POLICY: &str = "value = \"v\"\nholding = \"h\"\n[rules]\nminimum_contributors = 3\np_percent = 15\n\
    [hierarchies]\nA = [\"a\", \"aa\"]\n[[tables]]\nname = \"t\"\ndimensions = [\"A\", \"b\"]\n";

/// A small release with its certificate.
fn release() -> (Value, BTreeMap<Vec<String>, Option<i64>>) {
    let mut table = "a,aa,b,h,v\n".to_owned();
    let mut state = 7_u64;
    let mut draw = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for _ in 0..60 {
        let (area, kind, holding, amount) = (draw(6), draw(4), draw(14), 20 + draw(400));
        writeln!(table, "a{},aa{area},b{kind},h{holding},{amount}", area / 2).unwrap();
    }
    let rows = Rows::read("t.csv", table.as_bytes()).unwrap();
    let outcome = run(&parse("policy.toml", POLICY).unwrap(), &[("t.csv".to_owned(), rows)]).unwrap();
    let file = |name: &str| {
        outcome.public.iter().chain(&outcome.private).find(|(other, _)| *other == name).unwrap().1.clone()
    };
    let cells = Rows::read("cells.csv", &file("cells.csv")).unwrap();
    let published = cells.rows.iter().map(|row| (row[1..3].to_vec(), row[3].parse().ok())).collect();
    (serde_json::from_slice(&file("certificate.json")).unwrap(), published)
}

/// Tables by name, without days.
fn tables(tables: impl IntoIterator<Item = (&'static str, PublishedCells)>) -> Published {
    let cells = tables.into_iter().map(|(name, cells)| (name.to_owned(), cells)).collect();
    Published { cells, days: BTreeMap::new() }
}

fn refuses(certificate: &Value) -> bool {
    verify(certificate.to_string().as_bytes()).is_err()
}

fn withheld(certificate: &Value) -> Vec<usize> {
    let variables = certificate["variables"].as_array().unwrap();
    (0..variables.len()).filter(|position| variables[*position]["withheld"] == true).collect()
}

#[test]
fn an_honest_release_is_accepted() {
    let (certificate, published) = release();
    let verified = verify(certificate.to_string().as_bytes()).unwrap();
    assert!(verified.withheld > 5 && verified.withheld < verified.cells, "{verified:?}");
    assert!(verified.requirements > 3 && verified.witnesses > 3, "{verified:?}");
    let published = tables([("t", published)]);
    assert_eq!(verify_release(certificate.to_string().as_bytes(), &published), Ok(verified));
}

#[test]
fn publishing_any_needed_cell_is_refused() {
    let (certificate, _) = release();
    let mut refused = 0;
    for position in withheld(&certificate) {
        let mut mutant = certificate.clone();
        mutant["variables"][position]["withheld"] = Value::Bool(false);
        assert!(refuses(&mutant), "variable {position}");
        refused += 1;
    }
    assert!(refused > 5);
}

#[test]
fn a_needed_witness_that_is_tampered_with_is_refused() {
    let (certificate, _) = release();
    let mut needed = 0;
    for position in 0..certificate["witnesses"].as_array().unwrap().len() {
        let mut without = certificate.clone();
        without["witnesses"][position]["m"] = serde_json::json!([]);
        // Another witness may prove the same: then nothing depends on this one.
        if !refuses(&without) {
            continue;
        }
        needed += 1;
        for entry in 0..certificate["witnesses"][position]["m"].as_array().unwrap().len() {
            let mut mutant = certificate.clone();
            let value = mutant["witnesses"][position]["m"][entry][1].as_i64().unwrap();
            mutant["witnesses"][position]["m"][entry][1] = Value::from(value + 1);
            assert!(refuses(&mutant), "witness {position}, entry {entry}");
        }
    }
    assert!(needed > 0, "no witness is needed on its own");
}

#[test]
fn a_proof_that_is_taken_away_is_refused() {
    let (certificate, _) = release();
    for position in 0..certificate["proofs"].as_array().unwrap().len() {
        let mut mutant = certificate.clone();
        mutant["proofs"].as_array_mut().unwrap().remove(position);
        assert!(refuses(&mutant), "proof {position}");
    }
}

#[test]
fn amounts_shares_and_sets_that_are_tampered_with_are_refused() {
    let (certificate, _) = release();
    for position in 0..certificate["variables"].as_array().unwrap().len() {
        let mut mutant = certificate.clone();
        let amount = mutant["variables"][position]["amount"].as_i64().unwrap();
        mutant["variables"][position]["amount"] = Value::from(amount + 1);
        assert!(refuses(&mutant), "amount {position}");
        let mut mutant = certificate.clone();
        let share = mutant["variables"][position]["shares"][0][1].as_i64().unwrap();
        mutant["variables"][position]["shares"][0][1] = Value::from(share - 1);
        assert!(refuses(&mutant), "share {position}");
        for down in [Value::Null, Value::from(amount + 1)] {
            let mut mutant = certificate.clone();
            mutant["variables"][position]["down"] = down;
            assert!(refuses(&mutant), "down {position}");
        }
        let mut mutant = certificate.clone();
        mutant["variables"][position]["key"] = mutant["variables"][usize::from(position == 0)]["key"].clone();
        assert!(refuses(&mutant), "key {position}");
    }
    let mut mutant = certificate;
    mutant["format"] = Value::from("another");
    assert!(refuses(&mutant));
}

#[test]
fn stricter_rules_than_the_witnesses_serve_are_refused() {
    let (certificate, _) = release();
    for (rule, value) in [("p_percent", 4000), ("minimum", 60)] {
        let mut mutant = certificate.clone();
        mutant["rules"][rule] = Value::from(value);
        assert!(refuses(&mutant), "{rule}");
    }
}

#[test]
fn a_release_that_differs_from_its_certificate_is_refused() {
    let (certificate, published) = release();
    let bytes = certificate.to_string();
    for (codes, value) in &published {
        let mut leaked = published.clone();
        leaked.insert(codes.clone(), Some(value.map_or(1, |value| value + 1)));
        let refusal = verify_release(bytes.as_bytes(), &tables([("t", leaked)]));
        assert!(matches!(refusal, Err(Refusal::Published { .. })), "{codes:?}");
    }
    assert!(verify_release(bytes.as_bytes(), &tables([])).is_err());
    // Not even a zero, and no further table.
    let mut leaked = published.clone();
    leaked.insert(vec!["elsewhere".to_owned(), "b0".to_owned()], Some(0));
    assert!(verify_release(bytes.as_bytes(), &tables([("t", leaked)])).is_err());
    let further = tables([("t", published.clone()), ("u", published)]);
    assert!(verify_release(bytes.as_bytes(), &further).is_err());
}

#[test]
fn a_day_that_is_not_that_of_the_oldest_value_of_its_row_is_refused() {
    let (mut certificate, cells) = release();
    let day = |number: u32| chrono::NaiveDate::from_ymd_opt(2026, 1, number);
    let waits = cells.iter().find(|(_, value)| value.is_some()).unwrap().0.clone();
    certificate["days"] = serde_json::json!({"release": "2026-01-05", "older": [["t", waits, "2026-01-03"]]});
    let bytes = certificate.to_string();
    let checked = |published: &Published| verify_release(bytes.as_bytes(), published).map(|_| ());
    let mut published = tables([("t", cells.clone())]);
    assert!(matches!(checked(&published), Err(Refusal::Day { table: 0, row: 0 })));
    let of = |(codes, value): (&Vec<String>, &Option<i64>)| {
        let number = if *codes == waits { 3 } else { 5 };
        (codes.clone(), value.and_then(|_| day(number)))
    };
    published.days.insert("t".to_owned(), cells.iter().map(of).collect());
    assert_eq!(checked(&published), Ok(()));
    for codes in cells.keys() {
        for other in [None, day(3), day(4), day(5)] {
            let mut mutant = published.clone();
            let printed = mutant.days.get_mut("t").unwrap().insert(codes.clone(), other).unwrap();
            assert_eq!(checked(&mutant).is_ok(), printed == other, "{codes:?}");
        }
    }
    // Certificates from before days were listed say nothing of them.
    certificate.as_object_mut().unwrap().remove("days");
    assert!(verify_release(certificate.to_string().as_bytes(), &published).is_ok());
}
