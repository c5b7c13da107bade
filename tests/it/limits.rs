//! Limits on one file, small on purpose, through the program: a refusal names the file, the limit, its key and its
//! flag, and the last release stays.

use super::bad_day::{SETTINGS, good_day};
use super::corpus::tells_panic;
use super::read::{read, rows};
use arrow::array::{ArrayRef, RecordBatch, StringArray};
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

/// Flows of invented companies, as text.
fn flows(count: u32) -> String {
    let row = |at: u32| format!("Canari {at} inc.;offre;copeaux de bois;{};t\n", 100 + at);
    "Entreprise;Sens;Description;Quantité;Unité\n".to_owned() + &(1..=count).map(row).collect::<String>()
}

/// The table of a text, its cells parted by a mark, as Parquet.
fn parquet(text: &str, mark: u8) -> Vec<u8> {
    let mut reader = csv::ReaderBuilder::new().delimiter(mark).from_reader(text.as_bytes());
    let headings: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let columns = headings.iter().enumerate().map(|(at, heading)| {
        let cells: StringArray = rows.iter().map(|row| row.get(at)).collect();
        (heading.as_str(), Arc::new(cells) as ArrayRef)
    });
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut bytes = Vec::new();
    let mut writer = ::parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

/// The same flows as a workbook.
fn xlsx(text: &str) -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, line) in (0..).zip(text.lines()) {
        for (column, cell) in (0..).zip(line.split(';')) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    workbook.save_to_buffer().unwrap()
}

fn json(text: &str) -> String {
    let rows = text.lines().skip(1).map(|line| {
        let (company, rest) = line.split_once(';').unwrap();
        format!("{{\"Entreprise\":\"{company}\",\"Description\":\"{}\"}}", rest.replace(';', " "))
    });
    format!("[{}]", rows.collect::<Vec<_>>().join(","))
}

/// A folder with the same flows in every form.
fn forms() -> (tempfile::TempDir, [PathBuf; 5]) {
    let folder = tempfile::tempdir().unwrap();
    let text = flows(60);
    let ragged = text.replacen("copeaux de bois", "\"copeaux\nde bois\"", 1);
    let written: [(&str, Vec<u8>); 5] = [
        ("flux.csv", text.clone().into_bytes()),
        ("lignes.csv", ragged.into_bytes()),
        ("flux.json", json(&text).into_bytes()),
        ("flux.xlsx", xlsx(&text)),
        ("flux.parquet", parquet(&text, b';')),
    ];
    let files = written.map(|(name, bytes)| {
        let file = folder.path().join(name);
        fs::write(&file, bytes).unwrap();
        file
    });
    (folder, files)
}

fn map(file: &Path, flags: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_maillage")).arg("map").arg(file).args(flags).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn is_refused(output: &Output, words: &[&str]) {
    let told = said(output);
    assert_eq!(output.status.code(), Some(65), "{words:?}: {told}");
    for word in words.iter().chain(&["help:"]) {
        assert!(told.contains(word), "{word}: {told}");
    }
    assert!(!tells_panic(&told), "{told}");
}

#[test]
fn every_form_is_held_to_the_limits_that_read_and_map_are_given() {
    let (_folder, files) = forms();
    for file in &files {
        let name = file.file_name().unwrap().to_str().unwrap();
        for (flag, value, key) in [
            ("--cells", "50", "`workbook_cells`"),
            ("--seconds", "0", "`workbook_seconds`"),
            ("--file-mib", "0", "`file_mib`"),
        ] {
            is_refused(&read(file, &[flag, value]), &[name, key, flag]);
            is_refused(&read(file, &["--format", "json", flag, value]), &[name, key, flag]);
            is_refused(&map(file, &[flag, value]), &[name, key, flag]);
        }
        for output in [read(file, &[]), map(file, &[])] {
            assert_eq!(output.status.code(), Some(0), "{name}: {}", said(&output));
        }
    }
    let [csv, ragged, json, ..] = &files;
    for file in [csv, ragged, json] {
        is_refused(&map(file, &["--memory-mib", "0"]), &["`workbook_memory_mib`", "--memory-mib"]);
    }
}

#[test]
fn a_run_and_a_check_refuse_text_beyond_the_limits_and_the_release_stays() {
    let day = good_day();
    fs::write(day.path("jours/inputs/visites.csv"), flows(40_000)).unwrap();
    let settings = SETTINGS.replace("inputs/visites.xlsx", "inputs/visites.csv");
    for (limit, key) in [
        ("workbook_cells = 1000", "`workbook_cells`"),
        ("workbook_memory_mib = 64", "`workbook_memory_mib`"),
        ("file_mib = 1", "`file_mib`"),
    ] {
        day.write("pipeline.toml", &format!("{settings}\n[limits]\n{limit}\n"));
        day.fails(&[], 65, &["inputs/visites.csv", key, "help:"]);
        is_refused(&day.command(&["check", "jours"]).output().unwrap(), &["inputs/visites.csv", key]);
    }
}

#[test]
fn rows_of_a_workbook_count_where_they_are_held_too() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("flux.xlsx");
    fs::write(&file, xlsx(&flows(70_000))).unwrap();
    // Of what is only printed nothing is held.
    assert_eq!(read(&file, &["--memory-mib", "128", "--seconds", "60"]).status.code(), Some(0));
    let refused = map(&file, &["--memory-mib", "128", "--seconds", "60"]);
    is_refused(&refused, &["flux.xlsx", "records take more than 128 MiB", "`workbook_memory_mib`"]);
}

/// A small sheet beside so many texts that the process that parses it passes its limit on memory.
fn many_texts() -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(xlsx("bois\n"))).unwrap();
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for at in 0..archive.len() {
        let part = archive.by_index_raw(at).unwrap();
        if part.name().unwrap() == "xl/sharedStrings.xml" {
            writer.start_file("xl/sharedStrings.xml", stored).unwrap();
            let mut texts = "<?xml version=\"1.0\"?><sst xmlns=\"http://schemas.openxmlformats.org/\
                             spreadsheetml/2006/main\">"
                .to_owned();
            for text in 0..300_000 {
                texts += &format!("<si><t>{text:0140}</t></si>");
            }
            writer.write_all((texts + "</sst>").as_bytes()).unwrap();
        } else {
            writer.raw_copy_file(part).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn a_process_past_its_time_or_its_memory_gives_one_message() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("textes.xlsx");
    fs::write(&file, many_texts()).unwrap();
    is_refused(&read(&file, &["--seconds", "0"]), &["textes.xlsx", "longer than 0 s", "`workbook_seconds`"]);
    let flags = ["--memory-mib", "80", "--seconds", "60"];
    for output in [read(&file, &flags), map(&file, &flags)] {
        is_refused(&output, &["textes.xlsx", "more memory than the limit", "`workbook_memory_mib`"]);
    }
    let day = good_day();
    fs::copy(&file, day.path("jours/inputs/visites.xlsx")).unwrap();
    let limits = "[limits]\nworkbook_memory_mib = 80\nworkbook_seconds = 60\n";
    day.write("pipeline.toml", &format!("{SETTINGS}\n{limits}"));
    day.fails(&[], 65, &["inputs/visites.xlsx", "more memory than the limit", "help:"]);
}

#[test]
fn a_parquet_file_that_lies_about_its_lengths_ends_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("flux.parquet");
    let (text, whole) = (flows(60), parquet(&flows(60), b';'));
    fs::write(&file, &whole).unwrap();
    let mut expected =
        csv::ReaderBuilder::new().delimiter(b';').has_headers(false).from_reader(text.as_bytes());
    let expected: Vec<Vec<String>> =
        expected.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    assert_eq!(rows(&read(&file, &[])), expected);
    // The lengths of the first page, and what the footer says of columns and pages.
    for at in (4..40).step_by(2).chain((whole.len() - 400..whole.len()).step_by(16)) {
        for wrong in [0x7F, 0xFF] {
            let mut bytes = whole.clone();
            bytes[at] = wrong;
            fs::write(&file, bytes).unwrap();
            let output = read(&file, &[]);
            let told = said(&output);
            assert!(matches!(output.status.code(), Some(0 | 65)), "{at}: {told}");
            assert!(output.status.success() || told.contains("flux.parquet"), "{at}: {told}");
            assert!(!tells_panic(&told), "{at}: {told}");
        }
    }
}

#[test]
fn a_source_reads_parquet_as_it_reads_text() {
    let day = good_day();
    let check = |name: &str, bytes: &[u8], keys: &str| {
        fs::write(day.path("jours/inputs").join(name), bytes).unwrap();
        let files = format!("files = [\"inputs/{name}\"]\n{keys}");
        day.write("pipeline.toml", &SETTINGS.replace("files = [\"inputs/visites.xlsx\"]", &files));
        let output = day.command(&["check", "jours"]).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        // What each column was taken for; how a file is written is told above it.
        let shown = String::from_utf8(output.stdout).unwrap();
        let of_columns =
            |line: &&str| !(line.contains("`inputs/") || line.contains("délimiteur / delimiter"));
        shown.lines().filter(of_columns).collect::<Vec<_>>().join("\n")
    };
    let text = flows(12);
    // What is one table has no tabs to choose from.
    let shown = check("flux.parquet", &parquet(&text, b';'), "sheets = [\"Offres\"]");
    assert!(shown.contains("« Entreprise » → nom · texte/text 12"), "{shown}");
    assert_eq!(shown, check("flux.csv", text.as_bytes(), ""));
}
