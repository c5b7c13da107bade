//! Ours beside the usual Python way: programs that read the same two files and write a table of pairs, best
//! first, which are judged alike.

use super::watched::{LONGEST, Watched, python, watched};
use super::{TOP, day, memory};
use maillage::model::Direction;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What is known of two files, whose flows are told by their places.
struct Truth {
    name: &'static str,
    /// Offers that some request is right for.
    offers: Vec<usize>,
    /// Whether a request is right for an offer; none for two that never meet.
    is_right: Box<dyn Fn(usize, usize) -> Option<bool>>,
    /// Partners to find for each flow.
    top: u32,
}

/// A row for each program, on generated files of each size and on published exchanges.
pub(crate) fn beside(sizes: &[usize]) {
    let python = python("scikit-learn and sparse_dot_topn");
    println!(
        "| files | offers judged | program | hit@1 | hit@10 | whole, s | times ours | read, classify, search, s | times ours | largest process, MiB | times ours |\n|---|---|---|---|---|---|---|---|---|---|---|"
    );
    for &size in sizes {
        let folder = tempfile::tempdir().unwrap();
        let mut write = Command::new(std::env::current_exe().unwrap());
        write.args(["write", "planted", &size.to_string()]).arg(folder.path());
        assert!(write.status().unwrap().success());
        let is_right = Box::new(|offer: usize, request: usize| Some(offer == request));
        let truth = Truth { name: "planted", offers: (0..size).collect(), is_right, top: TOP };
        compare(folder.path(), &truth, python.as_ref());
    }
    let folder = tempfile::tempdir().unwrap();
    if let Some(truth) = published(folder.path()) {
        compare(folder.path(), &truth, python.as_ref());
    }
}

/// Both files of a folder.
pub(crate) fn sides(folder: &Path) -> [PathBuf; 2] {
    [Direction::Output, Direction::Input].map(|direction| folder.join(format!("{}.csv", direction.code())))
}

fn compare(folder: &Path, truth: &Truth, python: Option<&OsString>) {
    let [offers, requests] = sides(folder);
    let (output, top) = (folder.join("pairs.csv"), truth.top.to_string());
    let mut ours = Command::new(env!("CARGO_BIN_EXE_maillage"));
    ours.args(["match", "--top", &top, "--minimum", "0", "--as-of", &day().to_string()]);
    ours.arg("--offers").arg(&offers).arg("--requests").arg(&requests).arg("--output").arg(&output);
    if let Some(mib) = memory() {
        ours.args(["--memory", &mib.to_string()]);
    }
    let ours = measured(&mut ours);
    println!("{}", row("maillage", truth, &output, &ours, &ours));
    for way in ["words", "letters"] {
        let Some(python) = python else { continue };
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peer.py");
        let mut peer = Command::new(python);
        peer.arg(script).args([&offers, &requests, &output]).args([top.as_str(), way]);
        println!("{}", row(&format!("peer, {way}"), truth, &output, &measured(&mut peer), &ours));
    }
}

/// A program that ended well, or was ended for it took too long.
fn measured(command: &mut Command) -> Watched {
    let ran = watched(command);
    assert!(ran.code == Some(0) || ran.time > LONGEST, "{}", ran.stderr);
    ran
}

fn row(name: &str, truth: &Truth, table: &Path, ran: &Watched, ours: &Watched) -> String {
    let judged = truth.offers.len();
    if ran.code != Some(0) {
        return format!("| {} | {judged} | {name} | ended after {} s |", truth.name, LONGEST.as_secs());
    }
    let [first, ten] = hits(table, truth);
    let (whole, searched) = (ran.time.as_secs_f64(), to_found_s(ran));
    let mib = |ran: &Watched| f64::from(u32::try_from(ran.memory_kib).unwrap()) / 1024.0;
    format!(
        "| {} | {judged} | {name} | {first:.3} | {ten:.3} | {whole:.2} | {:.2} | {searched:.2} | {:.2} | {:.0} | {:.2} |",
        truth.name,
        whole / ours.time.as_secs_f64(),
        searched / to_found_s(ours),
        mib(ran),
        mib(ran) / mib(ours),
    )
}

/// Seconds of the stages that both have: all but our plan, and writing.
fn to_found_s(ran: &Watched) -> f64 {
    let lines = ran.stderr.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let stages = lines.filter(|line| {
        line["stage"].as_str().is_some_and(|stage| ["ingest", "normalise", "match"].contains(&stage))
    });
    stages.map(|line| line["wall_ms"].as_f64().unwrap()).sum::<f64>() / 1000.0
}

/// Shares of the judged offers with a right request first, and among the first ten that may meet them.
fn hits(table: &Path, truth: &Truth) -> [f64; 2] {
    let mut reader = csv::Reader::from_path(table).unwrap();
    let headings = reader.headers().unwrap().clone();
    let column = |name: &str| headings.iter().position(|heading| heading == name).unwrap();
    let (offer, request) = (column("offre_id"), column("demande_id"));
    let mut ranked: BTreeMap<usize, Vec<bool>> = BTreeMap::new();
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).unwrap() {
        let [offer, request] = [offer, request].map(|column| record[column].parse::<usize>().unwrap());
        if let Some(is_right) = (truth.is_right)(offer, request) {
            ranked.entry(offer).or_default().push(is_right);
        }
    }
    let is_hit = |offer: &&usize, most: usize| {
        ranked.get(*offer).is_some_and(|list| list.iter().take(most).any(|is_right| *is_right))
    };
    let count = |most: usize| truth.offers.iter().filter(|offer| is_hit(offer, most)).count();
    [1, 10].map(|most| {
        let [hit, all] = [count(most), truth.offers.len()].map(|count| u32::try_from(count).unwrap());
        f64::from(hit) / f64::from(all)
    })
}

/// Published exchanges, each as an offer and as a request, neither with an activity: right are those of another
/// case and of one group of four digits, as `matching::evaluation` has it. Nothing, loudly, without them.
fn published(folder: &Path) -> Option<Truth> {
    let Some(shared) = std::env::var_os("MAILLAGE_SHARED") else {
        eprintln!("SKIPPED: MAILLAGE_SHARED is not set, so no published exchange was judged");
        return None;
    };
    let path = PathBuf::from(shared).join("evaluation/exchanges-odd-cases.csv");
    let records = csv::Reader::from_path(path).unwrap().into_records();
    let groups = |cell: &str| -> BTreeSet<String> {
        let codes = cell.split(|letter: char| !letter.is_ascii_digit()).filter(|code| code.len() == 6);
        codes.map(|code| code[..4].to_owned()).collect()
    };
    let texts = records.map(|record| {
        let record = record.unwrap();
        let case = record[0].split(',').next().unwrap().to_owned();
        (case, record[5].to_owned(), groups(&record[6]))
    });
    let texts: Vec<_> = texts.filter(|(_, _, groups)| !groups.is_empty()).collect();
    for path in sides(folder) {
        let mut file = csv::Writer::from_path(&path).unwrap();
        file.write_record(["flux_id", "entreprise", "description"]).unwrap();
        for (at, (_, words, _)) in texts.iter().enumerate() {
            // Alike rows of one company would count as one.
            let company = format!("{} {at}", path.file_stem().unwrap().display());
            file.write_record([&at.to_string(), &company, words]).unwrap();
        }
        file.flush().unwrap();
    }
    // All are asked for, for those of the same case are passed over.
    let (top, all) = (u32::try_from(texts.len()).unwrap(), 0..texts.len());
    let is_right = move |offer: usize, request: usize| {
        let ((from, _, offered), (to, _, asked)) = (&texts[offer], &texts[request]);
        (from != to).then(|| !offered.is_disjoint(asked))
    };
    let has_right = |offer: &usize| all.clone().any(|request| is_right(*offer, request) == Some(true));
    let offers = all.clone().filter(has_right).collect();
    Some(Truth { name: "published", offers, is_right: Box::new(is_right), top })
}
