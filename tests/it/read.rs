//! `maillage read`, `map` and `check` over every file of the public corpora: read, or refused with one message.

use super::bad_day::{Day, SETTINGS};
use super::corpus::{corpora, files, tells_panic};
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

pub(crate) fn read(file: &Path, flags: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_maillage")).arg("read").arg(file).args(flags).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Rows of what was printed.
pub(crate) fn rows(output: &Output) -> Vec<Vec<String>> {
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(output.stdout.as_slice());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// One file: how it ended, its time, and the most resident memory seen, of the program and its child.
struct Trial {
    code: Option<i32>,
    stderr: String,
    seconds: f64,
    memory_kib: u64,
}

fn trial(file: &Path) -> Trial {
    let folder = tempfile::tempdir().unwrap();
    let (out, err) = (folder.path().join("out"), folder.path().join("err"));
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_maillage"))
        .arg("read")
        .arg(file)
        .stdin(Stdio::null())
        .stdout(std::fs::File::create(&out).unwrap())
        .stderr(std::fs::File::create(&err).unwrap())
        .spawn()
        .unwrap();
    let mut memory_kib = 0;
    let status = loop {
        memory_kib = memory_kib.max(peak(child.id()));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        assert!(start.elapsed() < Duration::from_mins(1), "{} hangs", file.display());
        std::thread::sleep(Duration::from_millis(2));
    };
    let seconds = start.elapsed().as_secs_f64();
    Trial { code: status.code(), stderr: std::fs::read_to_string(err).unwrap(), seconds, memory_kib }
}

/// The highest resident memory so far of a process or one of its children, KiB; where the system
/// does not tell, 0.
fn peak(process: u32) -> u64 {
    let own = |process: u32| {
        let text = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:").map(str::to_owned));
        line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()).unwrap_or(0)
    };
    let children = std::fs::read_to_string(format!("/proc/{process}/task/{process}/children"));
    let children = children.unwrap_or_default();
    children
        .split_whitespace()
        .filter_map(|child| child.parse().ok())
        .map(own)
        .max()
        .unwrap_or(0)
        .max(own(process))
}

/// What is wrong with how a verb ended; nothing when it is done, or refuses with a repair.
fn fault(output: &Output) -> Option<String> {
    let told = text(&output.stderr);
    let is_clean = match output.status.code() {
        Some(0) => true,
        Some(65) => told.contains("help:"),
        _ => false,
    };
    (!is_clean || tells_panic(&told)).then(|| format!("{:?}: {told}", output.status.code()))
}

/// `maillage check` of one pipeline with a source for each file.
fn check(found: &[PathBuf]) -> Output {
    let day = Day::new();
    let (head, rest) = SETTINGS.split_once("[[sources]]").unwrap();
    let parks = &rest[rest.find("[[parks]]").unwrap()..];
    let mut sources = String::new();
    for (rank, path) in (1..).zip(found) {
        std::fs::copy(path, day.path("jours/inputs").join(format!("f{rank}"))).unwrap();
        sources += &format!(
            "[[sources]]\nname = \"s{rank}\"\nrecords = \"flows\"\nfiles = [\"inputs/f{rank}\"]\n\
             mapping = \"mappings/flux.toml\"\n\n"
        );
    }
    day.write("pipeline.toml", &format!("{head}{sources}{parks}"));
    let columns = "[columns]\nEntreprise = \"nom\"\nDescription = \"description\"\n";
    let constants = "[constants]\nsens = \"extrant\"\nparc = \"beauport\"\nfrequence = \"an\"\n";
    day.write("mappings/flux.toml", &format!("{columns}\n{constants}"));
    day.command(&["check", "jours"]).output().unwrap()
}

#[test]
fn every_file_is_read_or_refused_with_one_message_within_its_limits() {
    let Some(folder) = corpora() else { return };
    let mut wrong = Vec::new();
    for corpus in
        ["calamine", "messytables-horror", "csv-spectrum", "frictionless", "csv-detective", "made-here"]
    {
        let mut found = Vec::new();
        files(&folder.join(corpus), &mut found);
        let (mut done, mut refused, mut findings, mut caught) = (0, 0, 0, 0);
        let (mut slowest, mut largest) = (0.0_f64, 0);
        for path in &found {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let seen = trial(path);
            slowest = slowest.max(seen.seconds);
            largest = largest.max(seen.memory_kib);
            findings += seen.stderr.lines().filter(|line| is_finding(line)).count();
            match seen.code {
                Some(0) => done += 1,
                Some(65) => {
                    refused += 1;
                    let said = seen.stderr.contains(&name) && seen.stderr.matches("help:").count() == 1;
                    if !said {
                        wrong.push(format!("{corpus}/{name}: {}", seen.stderr));
                    }
                }
                other => wrong.push(format!("{corpus}/{name}: ended with {other:?}: {}", seen.stderr)),
            }
            if tells_panic(&seen.stderr) {
                wrong.push(format!("{corpus}/{name}: panicked: {}", seen.stderr));
            }
            caught += seen.stderr.matches("\"caught panic\"").count();
            if seen.memory_kib > 512 * 1024 {
                wrong.push(format!("{corpus}/{name}: {} KiB", seen.memory_kib));
            }
            if seen.seconds > 12.0 {
                wrong.push(format!("{corpus}/{name}: {:.1} s", seen.seconds));
            }
            let mapped = Command::new(env!("CARGO_BIN_EXE_maillage")).arg("map").arg(path).output().unwrap();
            wrong.extend(fault(&mapped).map(|fault| format!("map {corpus}/{name}: {fault}")));
        }
        let checked = check(&found);
        wrong.extend(fault(&checked).map(|fault| format!("check {corpus}: {fault}")));
        let told = text(&checked.stdout);
        let unread = (1..=found.len()).find(|rank| !told.contains(&format!("s{rank} (")));
        wrong.extend(unread.map(|rank| format!("check {corpus}: it does not come to file {rank}")));
        println!(
            "{corpus}: {} files, {done} read, {refused} refused, {findings} findings, {caught} panics of libraries, \
             slowest {slowest:.2} s, largest {} MiB",
            found.len(),
            largest / 1024
        );
        assert!(done > 0, "{corpus}");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn is_finding(line: &str) -> bool {
    ["remarque ", "avertissement ", "refus "].iter().any(|severity| line.starts_with(severity))
}

#[test]
fn cells_sixteen_billion_apart_are_printed_at_their_places() {
    let Some(folder) = corpora() else { return };
    let output = read(&folder.join("made-here/corners.xlsx"), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let printed = text(&output.stdout);
    assert_eq!(printed.lines().count(), 1_048_576);
    assert_eq!(printed.lines().next(), Some("1"));
    assert_eq!(printed.lines().last().unwrap().split(',').position(|cell| cell == "2"), Some(16_383));
    assert!(text(&output.stderr).contains("cellules_eloignees"));
}

#[test]
fn sheets_are_chosen_by_name_and_by_position_and_a_wrong_name_lists_them() {
    let Some(folder) = corpora() else { return };
    let file = folder.join("frictionless/sheet2.xlsx");
    assert_eq!(rows(&read(&file, &["--sheet", "2"])), rows(&read(&file, &["--sheet", "Sheet2"])));
    assert_ne!(rows(&read(&file, &["--sheet", "2"])), rows(&read(&file, &[])));
    let missing = read(&file, &["--sheet", "Feuille"]);
    assert_eq!(missing.status.code(), Some(65));
    assert!(text(&missing.stderr).contains("`Sheet1`, `Sheet2`"), "{}", text(&missing.stderr));
}

#[test]
fn hidden_rows_follow_the_policy_and_are_counted() {
    let Some(folder) = corpora() else { return };
    let file = folder.join("made-here/hidden-row-and-subtotal.xlsx");
    let all = read(&file, &[]);
    assert_eq!(rows(&all).len(), 5);
    assert!(text(&all.stderr).contains("lignes_masquees"), "{}", text(&all.stderr));
    assert_eq!(rows(&read(&file, &["--hidden", "exclude"])).len(), 4);
    assert_eq!(read(&file, &["--hidden", "refuse"]).status.code(), Some(65));
}

#[test]
fn the_same_sheet_is_printed_as_json_and_parquet() {
    let Some(folder) = corpora() else { return };
    let file = folder.join("frictionless/table.xlsx");
    let csv = rows(&read(&file, &[]));
    let json: serde_json::Value = serde_json::from_slice(&read(&file, &["--format", "json"]).stdout).unwrap();
    assert_eq!(json["rows"].as_array().unwrap().len(), csv.len());
    assert_eq!(json["rows"][1]["cells"]["B"], csv[1][1].as_str());
    let parquet = read(&file, &["--format", "parquet"]).stdout;
    let reader =
        parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(parquet))
            .unwrap()
            .build()
            .unwrap();
    let batches: Vec<_> = reader.map(Result::unwrap).collect();
    assert_eq!(batches.iter().map(arrow::array::RecordBatch::num_rows).sum::<usize>(), csv.len());
    assert_eq!(batches[0].num_columns(), csv[0].len() + 1);
}

#[test]
fn a_missing_file_is_named() {
    let output = read(Path::new("no-such-workbook.xlsx"), &[]);
    assert_eq!(output.status.code(), Some(65));
    assert!(text(&output.stderr).contains("`no-such-workbook.xlsx` is not there"));
}

#[test]
fn a_file_that_holds_nothing_is_refused_by_read_and_map() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.csv");
    for (bytes, told) in [
        ("", "it is empty"),
        (" \n\n", "it holds nothing"),
        ("\u{feff}", "it holds nothing"),
        ("[]", "it holds nothing"),
        ("{}", "it holds nothing"),
        ("null\n", "it holds nothing"),
        ("[1,2,3]", "it holds no records"),
        ("a;b\n1;\0\n", "in line 2"),
    ] {
        std::fs::write(&file, bytes).unwrap();
        for verb in ["read", "map"] {
            let output = Command::new(env!("CARGO_BIN_EXE_maillage")).arg(verb).arg(&file).output().unwrap();
            let said = text(&output.stderr);
            assert_eq!(output.status.code(), Some(65), "{verb} {bytes:?}: {said}");
            assert!(said.contains(told) && said.contains("help: "), "{verb} {bytes:?}: {said}");
        }
    }
    std::fs::write(&file, r#"[["Entreprise","Quantite"],["Alpha",1]]"#).unwrap();
    assert_eq!(rows(&read(&file, &[])), [["Entreprise", "Quantite"], ["Alpha", "1"]]);
}

/// A workbook of one cell, as bytes.
fn workbook() -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    workbook.add_worksheet().write_string(0, 0, "bois").unwrap();
    workbook.save_to_buffer().unwrap()
}

#[test]
fn what_a_workbook_holds_beside_its_sheets_takes_no_memory() {
    const PICTURE: usize = 96 << 20;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("photos.xlsx");
    let mut archive = zip::ZipWriter::new_append(Cursor::new(workbook())).unwrap();
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    archive.start_file("xl/media/image1.png", stored).unwrap();
    archive.write_all(&vec![7; PICTURE]).unwrap();
    std::fs::write(&path, archive.finish().unwrap().into_inner()).unwrap();
    let seen = trial(&path);
    assert_eq!(seen.code, Some(0), "{}", seen.stderr);
    assert!(seen.memory_kib < (PICTURE / 1024) as u64, "{} KiB", seen.memory_kib);
}

#[test]
fn a_pipe_is_read_as_a_file_is() {
    let printed = |bytes: &[u8]| rows(&piped(bytes));
    assert_eq!(printed(b"a;b\n1;2\n"), [["a", "b"], ["1", "2"]]);
    assert_eq!(printed(&workbook()), [["bois"]]);
}

#[test]
fn a_workbook_that_is_no_container_is_read_under_any_name() {
    let sheet =
        "<Worksheet ss:Name=\"F\"><Table><Row><Cell><Data ss:Type=\"String\">bois</Data></Cell></Row>";
    let xml = format!(
        "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" \
         xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">{sheet}</Table></Worksheet></Workbook>"
    );
    // The first record of a sheet, a text in its first cell, and the last record.
    let stream = b"\x09\x08\x08\0\0\0\x10\0\0\0\0\0\x04\x02\x0C\0\0\0\0\0\0\0\x04\0bois\x0A\0\0\0";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("export.xls");
    for bytes in [xml.as_bytes(), stream] {
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(rows(&read(&path, &[])), [["bois"]]);
        assert_eq!(rows(&piped(bytes)), [["bois"]]);
    }
}

fn piped(bytes: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_maillage"))
        .args(["read", "/dev/stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn a_nul_anywhere_in_a_text_is_told_by_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.csv");
    for last in ["Beta;off\0re;verre;2 t/an\n", "Be\0ta\n"] {
        std::fs::write(&file, "Alpha;offre;bois;5 t/an\n".repeat(20_000) + last).unwrap();
        for flags in [&[][..], &["--format", "json"]] {
            let output = read(&file, flags);
            let told = text(&output.stderr);
            assert_eq!(output.status.code(), Some(65), "{told}");
            assert!(output.stdout.is_empty() && told.contains("NUL bytes"), "{told}");
            assert!(told.contains("in line 20001"), "{told}");
        }
    }
}

#[test]
fn a_message_commands_no_terminal_and_csv_for_a_program_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a\u{1b}[31m.csv");
    std::fs::write(&file, "").unwrap();
    let output = read(&file, &[]);
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(65), "{told}");
    assert!(told.contains("a?[31m.csv") && !told.contains('\u{1b}'), "{told}");
    std::fs::write(&file, "nom;t\nAlpha\u{1b}[2J;5\n").unwrap();
    assert_eq!(rows(&read(&file, &[])), [["nom", "t"], ["Alpha\u{1b}[2J", "5"]]);
}
