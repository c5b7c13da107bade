//! The search for the ten best partners of every flow, on two sides of any size: time and peak
//! memory, for descriptions that many share and for descriptions that are all different.
//!
//! `cargo bench --bench matching`, or `cargo bench --bench matching -- 1000 10000` for other sizes
//! of each side. Every case runs in a process of its own, so that its peak is its own.
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on should stop at the line")]

mod crowd;

use crowd::{Wording, crowd};
use maillage::config;
use maillage::matching::{self, Known};
use std::process::Command;
use std::time::Instant;

const SIZES: [usize; 2] = [10_000, 100_000];
const WORDINGS: [(&str, Wording); 2] = [("shared", Wording::Shared), ("own", Wording::Own)];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|one| !one.starts_with("--")).collect();
    if let [wording, size] = arguments.as_slice()
        && let Some((name, wording)) = WORDINGS.iter().find(|(name, _)| name == wording)
    {
        return one(name, *wording, size.parse().unwrap());
    }
    let asked: Vec<usize> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    println!(
        "| each side | descriptions | prepare ms | search ms | matches | plan ms | pools ms | peak MiB |\n|---|---|---|---|---|---|---|---|"
    );
    for size in if asked.is_empty() { SIZES.to_vec() } else { asked } {
        for (name, _) in WORDINGS {
            let program = std::env::current_exe().unwrap();
            assert!(Command::new(program).args([name, &size.to_string()]).status().unwrap().success());
        }
    }
}

/// One case, told as a row.
fn one(name: &str, wording: Wording, each: usize) {
    let (organisations, flows) = crowd(each, wording);
    let settings = config::Matching { top_per_flow: 10, ..config::Matching::default() };
    let day = chrono::NaiveDate::from_ymd_opt(2026, 1, 15).unwrap();
    let (known, prepared) = timed(|| Known::new(&organisations, &flows, &[]));
    let (mut found, searched) = timed(|| matching::find(&known, &settings, day));
    assert!(found.len() >= each, "too few matches: {}", found.len());
    let searched_peak = peak_mib();
    let (_, planned) = timed(|| matching::portfolio(&mut found, &known, &settings, day));
    let (_, pooled) = timed(|| matching::pools(&known, &found, &settings));
    println!(
        "| {each} | {name} | {prepared} | {searched} | {} | {planned} | {pooled} | {searched_peak} |",
        found.len()
    );
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, u128) {
    let begun = Instant::now();
    let done = work();
    (done, begun.elapsed().as_millis())
}

/// Largest resident memory of this process so far, with its flows; 0 where the system does not tell.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) / 1024
}
