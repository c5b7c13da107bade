//! Reading: every file of the public corpora through the built program, and generated files beside
//! bare calamine and the bare `csv` crate.
//!
//! `cargo bench --bench ingest`, with `MAILLAGE_SHARED` for the corpora; `-- 50000 1000000` for other sizes.
//! With `MAILLAGE_PYTHON`, an interpreter that has `python-calamine`, `polars` with `fastexcel`, and `openpyxl`,
//! they read the same files in the same run.
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on should stop at the line")]

#[path = "../tests/it/corpus.rs"]
mod corpus;

use calamine::Reader as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

const CORPORA: [&str; 6] =
    ["calamine", "messytables-horror", "csv-spectrum", "frictionless", "csv-detective", "made-here"];
const SIZES: [u32; 2] = [50_000, 200_000];
const REPEATS: usize = 5;
const REPEATS_F: u8 = 5;

fn main() {
    corpora();
    let asked: Vec<u32> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if asked.is_empty() { SIZES.to_vec() } else { asked };
    println!(
        "\n| rows | file | bare crate, s | maillage read, s | ratio | bare crate, processor s | maillage read, processor s | ratio | largest process, MiB |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    println!("| | start of the program alone | | {:.3} | | | | | |", start().as_secs_f64());
    for rows in sizes {
        let folder = tempfile::tempdir().unwrap();
        let (xlsx, csv) = (folder.path().join("flux.xlsx"), folder.path().join("flux.csv"));
        write(rows, &xlsx, &csv);
        compare(rows, "xlsx", &xlsx, || bare_calamine(&xlsx));
        compare(rows, "csv", &csv, || bare_csv(&csv));
        let quoted = folder.path().join("flux-fr.csv");
        french(&csv, &quoted);
        compare(rows, "csv, quotation marks and decimal commas", &quoted, || bare_csv(&quoted));
        for (name, file, script) in PYTHON {
            python(rows, name, if *file == "xlsx" { &xlsx } else { &csv }, script);
        }
    }
}

/// One line a corpus, as `docs/ingestion.md` has it.
fn corpora() {
    let Some(folder) = corpus::corpora() else { return };
    println!("| corpus | files | read | refused | findings | deaths | slowest, s | largest process, MiB |");
    println!("|---|---|---|---|---|---|---|---|");
    for name in CORPORA {
        let mut found = Vec::new();
        corpus::files(&folder.join(name), &mut found);
        let (mut read, mut refused, mut findings, mut deaths) = (0, 0, 0, 0);
        let (mut slowest, mut largest) = (Duration::ZERO, 0);
        for path in &found {
            let seen = trial(path, &[]);
            match seen.code {
                _ if corpus::tells_panic(&seen.stderr) => deaths += 1,
                Some(0) => read += 1,
                Some(65) => refused += 1,
                _ => deaths += 1,
            }
            let severities = ["remarque ", "avertissement ", "refus "];
            let told = |line: &&str| severities.iter().any(|severity| line.starts_with(severity));
            findings += seen.stderr.lines().filter(told).count();
            slowest = slowest.max(seen.time);
            largest = largest.max(seen.memory_kib);
        }
        println!(
            "| {name} | {} | {read} | {refused} | {findings} | {deaths} | {:.2} | {} |",
            found.len(),
            slowest.as_secs_f64(),
            largest / 1024
        );
    }
}

struct Trial {
    code: Option<i32>,
    stderr: String,
    time: Duration,
    memory_kib: u64,
}

/// `maillage read` on one file, its output thrown away.
fn trial(file: &Path, flags: &[&str]) -> Trial {
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_maillage"))
        .arg("read")
        .arg(file)
        .args(flags)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stderr.take().unwrap();
    let told = std::thread::spawn(move || {
        let mut text = Vec::new();
        std::io::Read::read_to_end(&mut pipe, &mut text).unwrap();
        String::from_utf8_lossy(&text).into_owned()
    });
    // The memory is looked at beside, so that the time ends with the program and not with a look.
    let process = child.id();
    let (end, ended) = mpsc::channel::<()>();
    let watch = std::thread::spawn(move || {
        let mut most = peak(process);
        while ended.recv_timeout(Duration::from_millis(2)) == Err(RecvTimeoutError::Timeout) {
            most = most.max(peak(process));
        }
        most
    });
    let status = child.wait().unwrap();
    let time = start.elapsed();
    drop(end);
    Trial { code: status.code(), time, stderr: told.join().unwrap(), memory_kib: watch.join().unwrap() }
}

/// The highest resident memory so far of a process or of one of its children.
fn peak(process: u32) -> u64 {
    let own = |process: u32| {
        let text = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:").map(str::to_owned));
        line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()).unwrap_or(0)
    };
    let children = std::fs::read_to_string(format!("/proc/{process}/task/{process}/children"));
    let children = children.unwrap_or_default();
    let children = children.split_whitespace().filter_map(|child| child.parse().ok()).map(own);
    children.max().unwrap_or(0).max(own(process))
}

/// The time that the program takes to do nothing: a part of every figure of its.
fn start() -> Duration {
    let times = (0..REPEATS).map(|_| {
        let start = Instant::now();
        let output = Command::new(env!("CARGO_BIN_EXE_maillage")).arg("--version").output().unwrap();
        assert!(output.status.success());
        start.elapsed()
    });
    times.min().unwrap()
}

fn compare(rows: u32, name: &str, file: &Path, bare: impl Fn() -> Duration) {
    let before = own_processor();
    let wall = (0..REPEATS).map(|_| bare()).min().unwrap().as_secs_f64();
    let bare = (wall, own_processor().saturating_sub(before).as_secs_f64() / f64::from(REPEATS_F));
    let before = child_processor();
    let ours: Vec<Trial> =
        (0..REPEATS).map(|_| trial(file, &["--seconds", "600", "--cells", "100000000"])).collect();
    let spent = child_processor().saturating_sub(before).as_secs_f64() / f64::from(REPEATS_F);
    assert!(ours.iter().all(|trial| trial.code == Some(0)), "{}", ours[0].stderr);
    let wall = ours.iter().map(|trial| trial.time).min().unwrap().as_secs_f64();
    let memory = ours.iter().map(|trial| trial.memory_kib).max().unwrap() / 1024;
    // The child of a workbook ends on its own and is counted nowhere: `perf stat` counts it.
    let processor =
        if name == "xlsx" { "| |".to_owned() } else { format!("{spent:.3} | {:.2} |", spent / bare.1) };
    println!(
        "| {rows} | {name} | {:.3} | {wall:.3} | {:.2} | {:.3} | {processor} {memory} |",
        bare.0,
        wall / bare.0,
        bare.1
    );
}

/// Time of this thread on the processor.
fn own_processor() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(told.split(' ').next().unwrap().parse().unwrap())
}

/// Time on the processor of all children that have ended, and of theirs, to a hundredth of a second
/// (fields 16 and 17 of proc(5), `stat`).
fn child_processor() -> Duration {
    let told = std::fs::read_to_string("/proc/self/stat").unwrap();
    let after_name = told.rsplit_once(')').unwrap().1;
    let ticks: u64 =
        after_name.split_whitespace().skip(13).take(2).map(|field| field.parse::<u64>().unwrap()).sum();
    Duration::from_millis(ticks * 10)
}

/// Other readers: name, file, and how they read it.
const PYTHON: &[(&str, &str, &str)] = &[
    (
        "python-calamine",
        "xlsx",
        "import python_calamine as c; n = len(c.CalamineWorkbook.from_path(f).get_sheet_by_index(0).to_python())",
    ),
    ("polars", "xlsx", "import polars; n = polars.read_excel(f).height"),
    (
        "openpyxl, read only",
        "xlsx",
        "import openpyxl; s = openpyxl.load_workbook(f, read_only=True).worksheets[0]; n = sum(1 for _ in s.values)",
    ),
    ("polars", "csv", "import polars; n = polars.read_csv(f, separator=';').height"),
];

/// The time of a whole interpreter, as ours is that of a whole program.
fn python(rows: u32, name: &str, file: &Path, script: &str) {
    let Some(interpreter) = std::env::var_os("MAILLAGE_PYTHON") else { return };
    let whole = format!("import sys; f = sys.argv[1]; {script}; assert n >= {rows}, n");
    let times = (0..REPEATS).map(|_| {
        let start = Instant::now();
        let status = Command::new(&interpreter).arg("-c").arg(&whole).arg(file).status().unwrap();
        assert!(status.success(), "{name} does not read it");
        start.elapsed()
    });
    let kind = file.extension().unwrap().to_string_lossy();
    println!("| {rows} | {kind} | {name} | {:.2} | | |", times.min().unwrap().as_secs_f64());
}

/// Every cell of the first sheet, as calamine alone reads it.
fn bare_calamine(file: &Path) -> Duration {
    let start = Instant::now();
    let mut workbook: calamine::Xlsx<_> = calamine::open_workbook(file).unwrap();
    let range = workbook.worksheet_range_at(0).unwrap().unwrap();
    let cells = range.used_cells().filter(|(.., cell)| **cell != calamine::Data::Empty).count();
    assert!(cells > 0);
    start.elapsed()
}

/// Every field, as the csv crate alone reads it.
fn bare_csv(file: &Path) -> Duration {
    let start = Instant::now();
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').has_headers(false).from_path(file).unwrap();
    let mut record = csv::ByteRecord::new();
    let mut bytes = 0;
    while reader.read_byte_record(&mut record).unwrap() {
        bytes += record.iter().map(<[u8]>::len).sum::<usize>();
    }
    assert!(bytes > 0);
    start.elapsed()
}

/// The same rows as a French spreadsheet program may write them: texts in quotation marks, decimal commas.
fn french(csv: &Path, quoted: &Path) {
    let mut out = std::io::BufWriter::new(std::fs::File::create(quoted).unwrap());
    for line in std::io::BufRead::lines(std::io::BufReader::new(std::fs::File::open(csv).unwrap())) {
        let line = line.unwrap();
        let fields = line.split(';').enumerate().map(|(column, field)| match column {
            0 | 3 => format!("\"{field}\""),
            4 => field.replace('.', ","),
            _ => field.to_owned(),
        });
        writeln!(out, "{}", fields.collect::<Vec<_>>().join(";")).unwrap();
    }
    out.flush().unwrap();
}

/// Synthetic flows: the same rows as workbook and as text.
fn write(rows: u32, xlsx: &Path, csv: &Path) {
    let headers =
        ["Entreprise", "Sens", "Catégorie", "Description", "Quantité", "Unité", "Fréquence", "Parc"];
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    let mut text = std::io::BufWriter::new(std::fs::File::create(csv).unwrap());
    writeln!(text, "{}", headers.join(";")).unwrap();
    for (column, header) in (0..).zip(headers) {
        sheet.write_string(0, column, header).unwrap();
    }
    for row in 1..=rows {
        let company = format!("Entreprise synthétique {}", row % 997);
        let description = format!("palettes de bois, lot {row}");
        let quantity = f64::from(row % 10_007) / 4.0;
        let words = [company.as_str(), "offre", "bois", description.as_str()];
        for (column, word) in (0..).zip(words) {
            sheet.write_string(row, column, word).unwrap();
        }
        sheet.write_number(row, 4, quantity).unwrap();
        for (column, word) in (5..).zip(["t", "an", "Beauport"]) {
            sheet.write_string(row, column, word).unwrap();
        }
        writeln!(text, "{};{quantity};t;an;Beauport", words.join(";")).unwrap();
    }
    text.flush().unwrap();
    workbook.save(xlsx).unwrap();
}
