//! Mutated files against reading: nothing may panic, die, hang, or end without a message.
//!
//! `cargo bench --profile dev --bench fuzz -- SECONDS [SEED]`, with `MAILLAGE_SHARED` for the
//! seeds. Texts go through dialects, headers, proposals and values in this process, workbooks
//! through the built program and its child. What is found is kept below the target folder.
#![allow(clippy::unwrap_used, reason = "a driver that cannot go on should stop at the line")]

#[path = "../tests/it/corpus.rs"]
mod corpus;

use maillage::config::{Hidden, Limits, Mapping, Settings};
use maillage::ingest::view::{Format, Request, view};
use maillage::ingest::{Context, SnapshotSink, proposal, read_source};
use maillage::normalise;
use std::collections::BTreeMap;
use std::io::{Cursor, Read as _, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// Time on the processor for one text, in the development profile; the program has its own limit on time.
const LONGEST: Duration = Duration::from_secs(10);
const LARGEST_SEED: usize = 1 << 18;

/// What rarely stands in real files and often breaks readers.
const ODD: &[&[u8]] = &[
    b"\"",
    b"\"\"",
    b"\r",
    b"\n",
    b"\r\n",
    b"\t",
    b";",
    b",",
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xe9",
    b"\xc3",
    b"1.14E+09",
    b"1,234",
    b"-1",
    b"9999999999999999999999",
    b"1e308",
    b"NaN",
    b"<0,1",
    b"2 \xc3\xa0 3 t/sem",
    b"1/0",
    b"31/02/2026",
    b"T5 2026",
    b"0000-00-00",
    b"Total",
    b"sep=",
    b"{",
    b"[",
    b"<",
    b"A1048577",
    b"XFE1",
    b"ZZZZZZ9",
    b"65536",
    b"4294967295",
    b"-2147483649",
    b"\xf0\x9f\x92\xa9",
    b"\xc2\xa0",
    b"\xe2\x80\xaf",
    b"&#x0;",
    b"&amp;",
    b"<row r=\"0\">",
    b"<c r=\"\"/>",
    b" hidden=\"1\"",
    b"t=\"s\"",
    b"t=\"e\"",
    b"]]>",
];

/// A stream of numbers that a seed decides (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.roll() % u64::try_from(most.max(1)).unwrap()).unwrap()
    }
}

fn main() {
    let mut asked = std::env::args().filter_map(|argument| argument.parse::<u64>().ok());
    let (seconds, seed) = (asked.next().unwrap_or(60), asked.next().unwrap_or(1));
    let Some(folder) = corpus::corpora() else { return };
    let mut found = Vec::new();
    corpus::files(&folder, &mut found);
    let seeds: Vec<(PathBuf, Vec<u8>)> = found
        .into_iter()
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .filter(|(_, bytes)| !bytes.is_empty() && bytes.len() <= LARGEST_SEED)
        .collect();
    let (books, texts): (Vec<_>, Vec<_>) = seeds.into_iter().partition(|(_, bytes)| is_workbook(bytes));
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzz");
    std::fs::create_dir_all(&kept).unwrap();
    let mut dice = Dice(seed);
    let end = Instant::now() + Duration::from_secs(seconds);
    let (mut of_text, mut of_books, mut faults) = (0_u64, 0_u64, 0_u64);
    while Instant::now() < end {
        let is_book = dice.roll().is_multiple_of(4) && !books.is_empty();
        let pool = if is_book { &books } else { &texts };
        let (path, bytes) = &pool[dice.below(pool.len())];
        let other = &pool[dice.below(pool.len())].1;
        let changed = if is_book { book(bytes, other, &mut dice) } else { mutated(bytes, other, &mut dice) };
        let input = kept.join("input");
        std::fs::write(&input, &changed).unwrap();
        let start = on_processor();
        let fault = if is_book { through_the_program(&input) } else { in_this_process(&input) };
        let fault = fault.or((on_processor().saturating_sub(start) > LONGEST).then(|| "too slow".to_owned()));
        *(if is_book { &mut of_books } else { &mut of_text }) += 1;
        if let Some(fault) = fault {
            faults += 1;
            let name = format!("fault-{seed}-{}", of_text + of_books);
            std::fs::write(kept.join(&name), &changed).unwrap();
            println!("{name}: {fault} (from {})", path.file_name().unwrap().to_string_lossy());
        }
    }
    println!("{of_text} texts and {of_books} workbooks in {seconds} s from seed {seed}: {faults} faults");
    std::process::exit(i32::from(faults > 0));
}

fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK") || bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0])
}

/// Time of this thread on the processor: the driver runs for hours beside other work.
fn on_processor() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(told.split(' ').next().unwrap().parse().unwrap())
}

/// A few changes: bits, bytes, pieces left out, repeated, exchanged, and odd ones put in.
fn mutated(bytes: &[u8], other: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=dice.below(6) {
        let at = dice.below(bytes.len() + 1);
        let to = (at + dice.below(64)).min(bytes.len());
        match dice.below(7) {
            0 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
            1 if at < bytes.len() => bytes[at] = u8::try_from(dice.below(256)).unwrap(),
            2 => drop(bytes.drain(at..to)),
            3 => {
                let piece = bytes[at..to].repeat(1 + dice.below(40));
                bytes.splice(at..at, piece);
            }
            4 => {
                let from = dice.below(other.len());
                let piece = &other[from..(from + dice.below(512)).min(other.len())];
                bytes.splice(at..to, piece.iter().copied());
            }
            5 => bytes.truncate(at.max(1)),
            _ => {
                bytes.splice(at..at, ODD[dice.below(ODD.len())].iter().copied());
            }
        }
    }
    bytes
}

/// A workbook with one of its parts changed, or its container.
fn book(bytes: &[u8], other: &[u8], dice: &mut Dice) -> Vec<u8> {
    if dice.below(4) == 0 {
        return mutated(bytes, other, dice);
    }
    repacked(bytes, dice).unwrap_or_else(|| mutated(bytes, other, dice))
}

fn repacked(bytes: &[u8], dice: &mut Dice) -> Option<Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    let chosen = dice.below(archive.len());
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).ok()?;
        let name = entry.name().ok()?.into_owned();
        let mut part = Vec::new();
        (&mut entry).take(1 << 22).read_to_end(&mut part).ok()?;
        if index == chosen || name.contains("sheet") && dice.below(3) == 0 {
            part = mutated(&part, &part.clone(), dice);
        }
        writer.start_file(name, zip::write::SimpleFileOptions::default()).ok()?;
        writer.write_all(&part).ok()?;
    }
    Some(writer.finish().ok()?.into_inner())
}

/// The program must end with 0 or 65, say why, and its child may not die. An xls sheet is held
/// whole by its parser, so one with a cell in a far corner may need more memory than it gets.
fn through_the_program(input: &Path) -> Option<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_maillage")).arg("read").arg(input).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    let is_zip = std::fs::read(input).is_ok_and(|bytes| bytes.starts_with(b"PK"));
    let died = is_zip && told.contains("needs more memory")
        || told.contains("does not run")
        || corpus::tells_panic(&told);
    match output.status.code() {
        Some(0) if !died => None,
        Some(65) if told.contains("help:") && !died => None,
        code => Some(format!("exit {code:?}: {told}")),
    }
}

struct Nowhere;

impl SnapshotSink for Nowhere {
    fn keep(&self, _bytes: &[u8]) -> std::io::Result<String> {
        Ok(String::new())
    }

    fn read(&self, _sha256: &str) -> std::io::Result<Vec<u8>> {
        Err(std::io::ErrorKind::NotFound.into())
    }
}

/// Every reader of texts, and values under the mapping that is proposed.
fn in_this_process(input: &Path) -> Option<String> {
    let no_environment = |_: &str| None;
    let context = Context {
        pipeline_dir: input.parent().unwrap().to_owned(),
        limits: Limits::default(),
        worker: PathBuf::from(env!("CARGO_BIN_EXE_maillage")),
        snapshots: &Nowhere,
        environment: &no_environment,
        replay: None,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let all = AssertUnwindSafe(|| {
        for format in [Format::Csv, Format::Json] {
            let request = Request { path: input, sheet: None, format, hidden: Hidden::Include };
            let mut out = std::io::sink();
            let _refused = runtime.block_on(view(&request, &context, &mut out));
        }
        let proposals = runtime.block_on(proposal::propose(input, None, &context)).unwrap_or_default();
        for proposed in proposals.tables {
            let columns: BTreeMap<String, String> = proposed
                .columns
                .iter()
                .filter_map(|column| Some((column.header.clone(), column.field?.code().to_owned())))
                .collect();
            let mapping = Mapping { columns, ..Mapping::default() };
            let settings: Settings = toml::from_str(SETTINGS).unwrap();
            let source = &settings.sources[0];
            if let Ok(read) = runtime.block_on(read_source(source, &mapping, &context)) {
                let count = read.rows.len();
                let mappings = BTreeMap::from([("essai".to_owned(), mapping)]);
                let day = chrono::NaiveDate::from_ymd_opt(2026, 1, 15).unwrap();
                let normalised = normalise::normalise(read.rows, &settings, &mappings, day);
                assert!(normalised.quarantine.len() <= count, "more rows were refused than read");
            }
        }
    });
    let panic = catch_unwind(all).err()?;
    let text = panic.downcast_ref::<String>().cloned();
    Some(text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string)).unwrap_or_default())
}

const SETTINGS: &str = concat!(
    r#"
name = "essai"
[[sources]]
name = "essai"
records = "flows"
files = ["input"]
mapping = "m.toml"
"#,
    include_str!("../tests/trial.toml")
);
