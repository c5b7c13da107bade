//! Descriptions classified in a second on one core.
//!
//! `cargo bench --bench classify`: our own synthetic descriptions, each with a number and a
//! typing error of its own so that nothing could be remembered, half of them with an activity.
#![allow(clippy::unwrap_used, reason = "a bench that cannot go on should stop at the line")]

use maillage::materials::{self, Expectation, Nomenclature};
use std::time::Instant;

/// Descriptions of one round.
const ROUND: usize = 20_000;

fn main() {
    let rows = rows();
    // Tables and indexes are built on first use; that is told apart.
    let started = Instant::now();
    let first = materials::classify("bois", &Expectation::default(), 10);
    assert!(first.known, "the tables are empty");
    println!("tables built in {:.0} ms", started.elapsed().as_secs_f64() * 1000.0);
    let mut fastest = 0.0_f64;
    for _ in 0..5 {
        let started = Instant::now();
        let mut codes = 0;
        for (text, expected) in &rows {
            codes += materials::classify(text, expected, 10).codes.len();
        }
        let seconds = started.elapsed().as_secs_f64();
        assert!(codes > ROUND, "nothing was classified");
        fastest = fastest.max(f64::from(u32::try_from(rows.len()).unwrap()) / seconds);
    }
    println!("{ROUND} descriptions, best of five rounds: {fastest:.0} a second on one core");
}

/// Distinct descriptions with what their activity lets one expect.
fn rows() -> Vec<(String, Expectation)> {
    let table = include_str!("../tests/materials/descriptions.csv");
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let texts: Vec<(String, Expectation)> = reader
        .records()
        .map(|record| {
            let record = record.unwrap();
            (record[0].to_owned(), materials::expectation(&record[1], Nomenclature::Unknown))
        })
        .collect();
    (0..ROUND)
        .map(|number| {
            let (text, expected) = &texts[number % texts.len()];
            let mut letters: Vec<char> = text.chars().collect();
            let at = number % letters.len().max(1);
            if letters.len() > 8 && number % 3 == 0 {
                letters.swap(at, (at + 1) % text.chars().count());
            }
            (format!("{} lot {number}", letters.into_iter().collect::<String>()), expected.clone())
        })
        .collect()
}
