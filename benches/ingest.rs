//! Reading: every file of the public corpora through the built program, and generated files beside
//! bare calamine and the bare `csv` crate.
//!
//! `cargo bench --bench ingest`, with `MAILLAGE_SHARED` for the corpora; `-- 1000 50000` for other sizes.
//! With `MAILLAGE_PYTHON`, an interpreter that has `python-calamine`, `polars` with `fastexcel`, and `openpyxl`,
//! they read the same files in the same run. Whatever takes long is repeated less often, or once.
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on should stop at the line")]

#[path = "../tests/it/corpus.rs"]
mod corpus;
mod watched;

use calamine::Reader as _;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use watched::{LONGEST, Watched, watched};

const CORPORA: [&str; 6] =
    ["calamine", "messytables-horror", "csv-spectrum", "frictionless", "csv-detective", "made-here"];
const SIZES: [u32; 3] = [50_000, 200_000, 1_000_000];
const REPEATS: usize = 5;
/// No further repeat is begun after so long.
const LONG: Duration = Duration::from_secs(30);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [bare, file] = arguments.as_slice()
        && bare == "bare"
    {
        bare_crate(Path::new(file));
        return;
    }
    corpora();
    let asked: Vec<u32> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if asked.is_empty() { SIZES.to_vec() } else { asked };
    let python = watched::python("python-calamine, polars with fastexcel, and openpyxl");
    println!(
        "\n| rows | file | program | s | times bare | processor s | times bare | largest process, MiB |\n|---|---|---|---|---|---|---|---|"
    );
    println!("| | | start of maillage alone | {:.3} | | | | |", start().as_secs_f64());
    for rows in sizes {
        let folder = tempfile::tempdir().unwrap();
        let [xlsx, csv, quoted, old] =
            ["flux.xlsx", "flux.csv", "flux-fr.csv", "flux-1252.csv"].map(|name| folder.path().join(name));
        write(rows, &xlsx, &csv);
        french(&csv, &quoted);
        old_french(&quoted, &old);
        for (name, file) in [
            ("xlsx", &xlsx),
            ("csv", &csv),
            ("csv, as French programs write it", &quoted),
            ("the same in cp1252", &old),
        ] {
            let bare = compare(rows, name, file);
            for (program, _, script) in PYTHON.iter().filter(|(_, of, _)| *of == name) {
                let Some(interpreter) = &python else { continue };
                let whole = format!("import sys; f = sys.argv[1]; {script}; assert n >= {rows}, n");
                let run = || watched(Command::new(interpreter).args(["-c", &whole]).arg(file));
                println!("| {rows} | {name} | {program} | {} |", told(&fastest(repeated(run)), bare, "|"));
            }
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

/// `maillage read` on one file, its output thrown away.
fn trial(file: &Path, flags: &[&str]) -> Watched {
    watched(Command::new(env!("CARGO_BIN_EXE_maillage")).arg("read").arg(file).args(flags))
}

/// The fastest of several runs, with the largest memory of all.
fn fastest(runs: Vec<Watched>) -> Watched {
    let memory_kib = runs.iter().map(|one| one.memory_kib).max().unwrap();
    Watched { memory_kib, ..runs.into_iter().min_by_key(|one| one.time).unwrap() }
}

/// What several runs gave.
fn repeated<T>(run: impl Fn() -> T) -> Vec<T> {
    let begun = Instant::now();
    let again = (1..REPEATS).map_while(|_| (begun.elapsed() < LONG).then(&run));
    std::iter::once_with(&run).chain(again).collect()
}

/// Time, ratio to the bare crate, processor time and memory of a program that ended well or took too long.
fn told(ran: &Watched, bare: Duration, processor: &str) -> String {
    if ran.time > LONGEST {
        return format!("ended after {} s | | | |", LONGEST.as_secs());
    }
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let wall = ran.time.as_secs_f64();
    format!("{wall:.3} | {:.2} | {processor} | {}", wall / bare.as_secs_f64(), ran.memory_kib / 1024)
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

/// A row for the bare crate, one for ours, and the time of the bare crate.
fn compare(rows: u32, name: &str, file: &Path) -> Duration {
    let bare = repeated(|| {
        let (before, start) = (own_processor(), Instant::now());
        bare_crate(file);
        (start.elapsed(), own_processor().saturating_sub(before).as_secs_f64())
    });
    let (wall, processor) = bare.into_iter().min_by_key(|(wall, _)| *wall).unwrap();
    let alone = watched(Command::new(std::env::current_exe().unwrap()).arg("bare").arg(file));
    assert_eq!(alone.code, Some(0), "{}", alone.stderr);
    let (seconds, mib) = (wall.as_secs_f64(), alone.memory_kib / 1024);
    println!("| {rows} | {name} | bare crate | {seconds:.3} | 1 | {processor:.3} | 1 | {mib} |");
    let before = child_processor();
    let ours = repeated(|| trial(file, &["--seconds", "600", "--cells", "100000000"]));
    let runs = f64::from(u32::try_from(ours.len()).unwrap());
    let spent = child_processor().saturating_sub(before).as_secs_f64() / runs;
    // The child of a workbook ends on its own and is counted nowhere: `perf stat` counts it.
    let spent =
        if name == "xlsx" { "|".to_owned() } else { format!("{spent:.3} | {:.2}", spent / processor) };
    println!("| {rows} | {name} | maillage read | {} |", told(&fastest(ours), wall, &spent));
    wall
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

/// Other readers: name, file, and how they read it. Each is timed as a whole interpreter, as ours is as a whole
/// program.
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

/// Every cell of the first sheet, as calamine alone reads it, or every field, as the csv crate alone does.
fn bare_crate(file: &Path) {
    if file.extension().is_some_and(|ending| ending == "xlsx") { bare_calamine(file) } else { bare_csv(file) }
}

fn bare_calamine(file: &Path) {
    let mut workbook: calamine::Xlsx<_> = calamine::open_workbook(file).unwrap();
    let range = workbook.worksheet_range_at(0).unwrap().unwrap();
    let cells = range.used_cells().filter(|(.., cell)| **cell != calamine::Data::Empty).count();
    assert!(cells > 0);
}

fn bare_csv(file: &Path) {
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').has_headers(false).from_path(file).unwrap();
    let mut record = csv::ByteRecord::new();
    let mut bytes = 0;
    while reader.read_byte_record(&mut record).unwrap() {
        bytes += record.iter().map(<[u8]>::len).sum::<usize>();
    }
    assert!(bytes > 0);
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

/// The same text in cp1252, whose characters up to U+00FF are those bytes.
fn old_french(csv: &Path, old: &Path) {
    let text = std::fs::read_to_string(csv).unwrap();
    let bytes: Vec<u8> = text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect();
    assert!(std::str::from_utf8(&bytes).is_err(), "letters with marks tell the encoding");
    std::fs::write(old, bytes).unwrap();
}

/// Synthetic flows: the same rows as workbook and as text.
fn write(rows: u32, xlsx: &Path, csv: &Path) {
    let headers =
        ["Entreprise", "Sens", "Catégorie", "Description", "Quantité", "Unité", "Fréquence", "Parc"];
    let mut workbook = rust_xlsxwriter::Workbook::new();
    // A million rows in memory would be in the way of what is measured.
    let sheet = workbook.add_worksheet_with_low_memory().unwrap();
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
