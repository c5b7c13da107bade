//! The whole run at 150, 10,000 and 100,000 flows: wall time and peak memory of every stage,
//! beside the bare `csv` crate on the same file.
//!
//! `cargo bench --bench run`, or `cargo bench --bench run -- 150 10000` for other sizes.
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on should stop at the line")]

mod generator;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const SIZES: [usize; 3] = [150, 10_000, 100_000];
const REPEATS: usize = 3;

fn main() {
    let asked: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if asked.is_empty() { SIZES.to_vec() } else { asked };
    println!("| flows | stage | wall ms | peak MiB |\n|---|---|---|---|");
    for flows in sizes {
        let folder = tempfile::tempdir().unwrap();
        let csv = generator::pipeline(&folder.path().join("bench"), flows);
        let bare = (0..REPEATS).map(|_| bare_csv(&csv)).min().unwrap();
        let runs: Vec<(Duration, serde_json::Value)> = (0..REPEATS).map(|_| run(folder.path())).collect();
        let (wall, summary) = runs.iter().min_by_key(|(wall, _)| *wall).unwrap();
        for stage in summary["stages"].as_array().unwrap() {
            let (name, wall, peak) = (&stage["stage"], &stage["wall_ms"], &stage["peak_rss_kib"]);
            let peak = peak.as_u64().unwrap_or(0) / 1024;
            println!("| {flows} | {} | {wall} | {peak} |", name.as_str().unwrap());
        }
        let ratio = wall.as_secs_f64() / bare.as_secs_f64();
        println!("| {flows} | whole run | {} | |", wall.as_millis());
        println!("| {flows} | bare csv read ({ratio:.0} times faster) | {:.1} | |", bare.as_secs_f64() * 1e3);
    }
}

/// One run of the built program, with its own summary.
fn run(folder: &Path) -> (Duration, serde_json::Value) {
    // Every run is a first one: what an earlier run left would be read back.
    for left in ["state", "published"] {
        let _absent_at_first = std::fs::remove_dir_all(folder.join(left));
    }
    let begun = Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_maillage"))
        .args(["run", "bench", "--as-of", "2026-01-15", "--json", "--state", "state"])
        .current_dir(folder)
        .output()
        .unwrap();
    let wall = begun.elapsed();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    (wall, serde_json::from_slice(&output.stdout).unwrap())
}

/// What the bare reader needs for the same bytes.
fn bare_csv(path: &Path) -> Duration {
    let begun = Instant::now();
    let mut reader = csv::Reader::from_path(path).unwrap();
    let mut record = csv::StringRecord::new();
    let mut cells = 0;
    while reader.read_record(&mut record).unwrap() {
        cells += record.len();
    }
    assert!(std::hint::black_box(cells) > 0);
    begun.elapsed()
}
