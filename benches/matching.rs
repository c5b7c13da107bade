//! The search for the ten best partners of every flow, on two sides of any size: time and peak
//! memory, for descriptions that many share and for descriptions that are all different.
//!
//! `cargo bench --bench matching`, or `cargo bench --bench matching -- 1000 10000` for other sizes
//! of each side. Every case runs in a process of its own, so that its peak is its own.
//! `cargo bench --bench matching -- few 20000` has four descriptions; its search is told before its plan.
//! `cargo bench --bench matching -- files own 100000` writes both sides as csv and times `maillage match` on
//! them, from reading to the table.
//! `cargo bench --bench matching -- peer 10000` has `maillage match` beside the usual Python way, on the same
//! generated files and on published exchanges (`MAILLAGE_SHARED`): hit rates, time and memory of both.
//! `MAILLAGE_BENCH_MEMORY` sets the memory of the search in MiB (else 1,024), `MAILLAGE_PYTHON`
//! names a Python with scikit-learn and `sparse_dot_topn`.
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on should stop at the line")]

mod crowd;
mod peer;
mod watched;

use crowd::{Wording, crowd};
use maillage::commands::matching::{self, Arguments};
use maillage::config;
use maillage::engine::Room;
use maillage::error::Exit;
use maillage::matching::{Found, Known};
use maillage::model::{Direction, Flow, Organisation};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

const SIZES: [usize; 2] = [10_000, 100_000];
/// The last two are asked for by their names: the plan of all pairs of few descriptions takes long, and what is
/// planted is for `peer`.
const WORDINGS: [(&str, Wording); 4] = [
    ("shared", Wording::Shared),
    ("own", Wording::Own),
    ("few", Wording::Few),
    ("planted", Wording::Planted),
];
const TOP: u32 = 10;
const MEMORY_MIB: u32 = 1_024;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|one| !one.starts_with("--")).collect();
    if let [wording, size] = arguments.as_slice()
        && let Some((name, wording)) = WORDINGS.iter().find(|(name, _)| name == wording)
    {
        return one(name, *wording, size.parse().unwrap());
    }
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["files", wording, size] => return files(wording, size),
        ["write", wording, size, folder] => {
            let wording = WORDINGS.iter().find(|(name, _)| name == wording).unwrap().1;
            return write(&crowd(size.parse().unwrap(), wording), Path::new(folder));
        }
        ["read", folder] => return read(Path::new(folder)),
        _ => {}
    }
    let asked: Vec<usize> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if asked.is_empty() { SIZES.to_vec() } else { asked };
    if arguments.first().is_some_and(|first| first == "peer") {
        return peer::beside(&sizes);
    }
    println!(
        "| each side | descriptions | prepare ms | search ms | processor ms | matches | plan ms | pools ms | flows MiB | searched MiB | peak MiB |\n|---|---|---|---|---|---|---|---|---|---|---|"
    );
    for size in sizes {
        for (name, _) in &WORDINGS[..2] {
            let program = std::env::current_exe().unwrap();
            assert!(Command::new(program).args([*name, &size.to_string()]).status().unwrap().success());
        }
    }
}

/// Both sides as files, matched in a process of their own.
fn files(wording: &str, size: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    for arguments in [&["write", wording, size, path][..], &["read", path]] {
        let program = std::env::current_exe().unwrap();
        assert!(Command::new(program).args(arguments).status().unwrap().success());
    }
}

/// The flows of a crowd under usual headings, a file for each side.
fn write((organisations, flows): &(Vec<Organisation>, Vec<Flow>), folder: &Path) {
    let companies: BTreeMap<_, _> = organisations.iter().map(|one| (&one.id, one)).collect();
    for (path, direction) in peer::sides(folder).iter().zip([Direction::Output, Direction::Input]) {
        let mut file = csv::Writer::from_path(path).unwrap();
        file.write_record(HEADINGS).unwrap();
        for (at, flow) in flows.iter().filter(|flow| flow.direction == direction).enumerate() {
            let company = companies[&flow.organisation];
            let place =
                flow.coordinates.as_ref().or(company.coordinates.as_ref()).map(|place| *place.reveal());
            let degrees =
                |pick: fn((f64, f64)) -> f64| place.map_or_else(String::new, |both| pick(both).to_string());
            let day = |day: Option<chrono::NaiveDate>| day.map_or_else(String::new, |day| day.to_string());
            let kg =
                flow.mass.map_or_else(String::new, |mass| format!("{} à {}", mass.low_kg(), mass.high_kg()));
            file.write_record([
                at.to_string().as_str(),
                company.name.reveal().as_str(),
                &degrees(|(north, _)| north),
                &degrees(|(_, east)| east),
                company.sector.as_ref().map_or("", |sector| sector.reveal()),
                flow.description.reveal(),
                &kg,
                flow.mass.map_or("", |_| "kg"),
                flow.frequency.map_or("", |frequency| frequency.code()),
                flow.state.map_or("", |state| state.code()),
                flow.hazardous.map_or("", |is| if is { "oui" } else { "non" }),
                flow.destination.code(),
                flow.confidentiality.code(),
                &day(flow.available_from),
                &day(flow.available_to),
            ])
            .unwrap();
        }
        file.flush().unwrap();
    }
}

const HEADINGS: [&str; 15] = [
    "flux_id",
    "entreprise",
    "latitude",
    "longitude",
    "scian",
    "description",
    "quantité",
    "unité",
    "fréquence",
    "état",
    "dangereux",
    "destination actuelle",
    "confidentialité",
    "disponible du",
    "disponible au",
];

/// `maillage match` on two files.
fn read(folder: &Path) {
    let [offers, requests] = peer::sides(folder);
    let bytes: u64 = [&offers, &requests].map(|path| std::fs::metadata(path).unwrap().len()).iter().sum();
    let arguments = Arguments {
        offers,
        requests,
        output: folder.join("maillages.csv"),
        pipeline: None,
        top: Some(TOP),
        minimum: None,
        transport_cents: None,
        load_cents: None,
        start_cents: None,
        objective: None,
        memory: memory(),
        as_of: Some(day()),
    };
    let (exit, matched) = timed(|| matching::run(&arguments));
    assert_eq!(exit, Exit::Done);
    println!(
        "| {} MB of csv | {matched} ms | {} ms processor | {} MiB peak |",
        bytes / 1_000_000,
        processor_ms(),
        peak_mib()
    );
}

/// The day that availability is compared with.
fn day() -> chrono::NaiveDate {
    chrono::NaiveDate::from_ymd_opt(2026, 1, 15).unwrap()
}

/// Memory of the search, when it is set.
fn memory() -> Option<u32> {
    std::env::var("MAILLAGE_BENCH_MEMORY").ok().and_then(|mib| mib.parse().ok())
}

/// One case, told as a row.
fn one(name: &str, wording: Wording, each: usize) {
    let (organisations, flows) = crowd(each, wording);
    let held = peak_mib();
    let settings = config::Matching { top_per_flow: TOP, ..config::Matching::default() };
    let day = day();
    let (known, prepared) = timed(|| Known::new(&organisations, &flows, &[]));
    let folder = tempfile::tempdir().unwrap();
    let room = Room::new(memory().unwrap_or(MEMORY_MIB), folder.path());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let before = processor_ms();
    let (found, searched) = timed(|| runtime.block_on(Found::search(&known, &settings, day, &room)));
    let (mut found, processor) = (found.unwrap(), processor_ms() - before);
    assert!(found.len() >= each, "too few matches: {}", found.len());
    let searched_peak = peak_mib();
    // A plan of a million a side takes its time.
    eprintln!(
        "searched: {searched} ms, {processor} ms of the processor, {} matches, {held} and {searched_peak} MiB",
        found.len()
    );
    let (plan, planned) = timed(|| runtime.block_on(found.portfolio(&room, &|_, _| false)));
    let plan = plan.unwrap();
    eprintln!("plan: {} kg, of all pairs: {}, {} added", plan.total_kg, plan.is_whole, plan.added.len());
    let (_, pooled) = timed(|| found.pools());
    let peak = peak_mib();
    println!(
        "| {each} | {name} | {prepared} | {searched} | {processor} | {} | {planned} | {pooled} | {held} | {searched_peak} | {peak} |",
        found.len()
    );
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, u128) {
    let begun = Instant::now();
    let done = work();
    (done, begun.elapsed().as_millis())
}

/// Processor time of this process so far, in steps of ten milliseconds; 0 where the system does not tell.
fn processor_ms() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    after_name.skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>() * 10
}

/// Largest resident memory of this process so far, with its flows; 0 where the system does not tell.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) / 1024
}
