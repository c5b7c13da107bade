//! Messy text files, against what their collections say is in them.

use super::budget::Budget;
use super::page::{Page, Place};
use super::sniff::{Kind, sniff};
use super::{delimited, json};
use crate::config::{Limits, Text};
use crate::model::Cell;
use std::path::{Path, PathBuf};

fn corpora() -> Option<PathBuf> {
    let folder = std::env::var_os("MAILLAGE_SHARED").map(|shared| Path::new(&shared).join("corpora"));
    let folder = folder.filter(|folder| folder.is_dir());
    if folder.is_none() {
        eprintln!(
            "SKIPPED: MAILLAGE_SHARED does not name a folder with `corpora`; messy files were NOT read"
        );
    }
    folder
}

fn page(path: &Path) -> Page {
    Page { place: Place::path("x"), label: String::new(), content: std::fs::read(path).unwrap().into() }
}

fn text(path: &Path) -> Vec<Vec<String>> {
    let page = page(path);
    let budget = Budget::new(&Limits::default());
    let Ok(Kind::Text(text)) = sniff(&page, None, &budget) else { panic!("not text: {}", path.display()) };
    let sheet = delimited::read(&page.place, &text, &Text::default(), &budget).unwrap();
    sheet.rows.iter().map(|row| row.dense(99).iter().map(Cell::reveal).collect()).collect()
}

#[test]
fn csv_spectrum_reads_as_its_json_says() {
    let Some(folder) = corpora() else { return };
    let folder = folder.join("csv-spectrum");
    let mut files = 0;
    for entry in std::fs::read_dir(folder.join("csvs")).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        let expected = std::fs::read_to_string(folder.join("json").join(format!("{stem}.json"))).unwrap();
        let expected: serde_json::Value = serde_json::from_str(&expected).unwrap();
        // One pair holds its only record bare.
        let expected = match expected {
            serde_json::Value::Array(records) => records,
            record => vec![record],
        };
        let rows = text(&path);
        for (record, row) in expected.iter().zip(&rows[1..]) {
            for (key, cell) in json::flatten(record) {
                let column = rows[0].iter().position(|header| *header == key.trim()).unwrap();
                let seen = row.get(column).cloned().unwrap_or_default();
                // The json of this pair holds another number than its csv.
                if stem == "location_coordinates" && key == "Contact Phone Number" {
                    assert_eq!(seen, "2095257564");
                    continue;
                }
                assert_eq!(seen.replace("\r\n", "\n"), cell.reveal().replace("\r\n", "\n"), "{stem} {key}");
            }
        }
        assert_eq!(rows.len() - 1, expected.len(), "{stem}");
        files += 1;
    }
    assert!(files >= 12, "{files}");
}

#[test]
fn delimiters_and_encodings_of_real_files_are_found() {
    let Some(folder) = corpora() else { return };
    let horror = folder.join("messytables-horror");
    assert_eq!(text(&horror.join("simple.csv"))[0], ["date", "temperature", "place"]);
    assert_eq!(text(&horror.join("simple.ssv"))[0], ["date", "temperature", "place"]);
    assert!(text(&horror.join("simple.psv"))[0].len() > 3);
    assert!(text(&horror.join("example.tsv"))[0].len() > 3);
    assert!(text(&horror.join("utf-16le_encoded.csv"))[0].len() > 3);
    assert!(text(&horror.join("spanish_chars.csv")).iter().flatten().all(|cell| !cell.contains('\u{FFFD}')));
    let french = text(&folder.join("csv-detective").join("a_test_file.csv"));
    assert!(french[0].len() > 3, "{:?}", french[0]);
}

#[test]
fn every_text_file_is_read_or_refused_with_a_repair() {
    let Some(folder) = corpora() else { return };
    let mut read = 0;
    for corpus in ["messytables-horror", "frictionless", "csv-detective", "made-here"] {
        for entry in std::fs::read_dir(folder.join(corpus)).unwrap() {
            let path = entry.unwrap().path();
            if !path.is_file() {
                continue;
            }
            let page = page(&path);
            let budget = Budget::new(&Limits::default());
            match sniff(&page, None, &budget) {
                Ok(Kind::Text(text)) => {
                    delimited::read(&page.place, &text, &Text::default(), &budget).unwrap();
                    read += 1;
                }
                Ok(Kind::Json(_) | Kind::Workbook(_)) => read += 1,
                Err(error) => assert!(error.to_string().contains("help: "), "{error}"),
            }
        }
    }
    assert!(read > 120, "{read}");
}
