//! Hostile and messy workbooks, parsed under the caps without the child around it.

use super::super::budget::Budget;
use super::super::page::{Page, Place};
use super::super::sniff::{Kind, Workbook, sniff};
use super::super::table::{Event, Gathered, Sheet};
use super::cells;
use super::wire::{Job, LINE, Line, Refusal};
use crate::config::Limits;
use crate::model::{Cell, FindingKind};
use std::io::{Cursor, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// The folder of public test files, below the one that `MAILLAGE_SHARED` names.
fn corpora() -> Option<PathBuf> {
    let folder = std::env::var_os("MAILLAGE_SHARED").map(|shared| Path::new(&shared).join("corpora"));
    let folder = folder.filter(|folder| folder.is_dir());
    if folder.is_none() {
        eprintln!(
            "SKIPPED: MAILLAGE_SHARED does not name a folder with `corpora`; hostile files were NOT read"
        );
    }
    folder
}

/// None: not a workbook at all.
fn parse(path: &Path) -> Option<Result<Gathered, Refusal>> {
    let bytes = std::fs::read(path).unwrap();
    let page = Page { place: Place::path("x"), label: String::new(), content: bytes.into() };
    let Ok(Kind::Workbook(kind)) = sniff(&page, None, &Budget::new(&Limits::default())) else { return None };
    let job = Job { kind, cells: 2_000_000, memory_mib: 512, wanted: None };
    let mut said = Vec::new();
    let outcome = cells::read(&page.content, &job, &mut said);
    Some(outcome.map(|()| gathered(&said)))
}

/// What the parent makes of the frames.
pub(super) fn gathered(mut said: &[u8]) -> Gathered {
    let mut gathered = Gathered::default();
    while let [tag, a, b, c, d, rest @ ..] = said {
        let (frame, after) = rest.split_at(u32::from_le_bytes([*a, *b, *c, *d]) as usize);
        said = after;
        let event = if *tag == LINE {
            match serde_json::from_slice(frame).unwrap() {
                Line::Sheet(sheet) => Event::Sheet(sheet.into()),
                Line::Structure(found) => found.event(),
                Line::Again => Event::Again,
                Line::Remark(remark) => Event::Remark(remark),
                Line::Dropped => Event::Dropped,
                Line::Panicked(_) | Line::Refused(_) | Line::End => continue,
            }
        } else {
            Event::Row(frame)
        };
        gathered.take(event).unwrap();
    }
    gathered
}

fn sheets(path: &Path) -> Vec<Sheet> {
    parse(path).unwrap().unwrap().sheets
}

#[test]
fn hostile_workbooks_are_refused_before_they_take_memory() {
    let Some(folder) = corpora() else { return };
    let made = folder.join("made-here");
    let bomb = parse(&made.join("shared-string-bomb-200MB.xlsx"));
    assert!(matches!(bomb, Some(Err(Refusal::Bomb))));
    for name in ["pass_protected.xlsb", "pass_protected.xlsx", "pass_protected.ods"] {
        let path = folder.join("calamine").join(name);
        assert!(matches!(parse(&path), None | Some(Err(Refusal::Password))), "{name}");
    }
}

#[test]
fn two_cells_sixteen_billion_apart_are_two_cells() {
    let Some(folder) = corpora() else { return };
    let sheets = sheets(&folder.join("made-here/corners.xlsx"));
    let seen: Vec<(u32, u32, String)> = sheets[0]
        .rows
        .iter()
        .flat_map(|row| row.cells.iter().map(|(column, cell)| (row.number, *column, cell.reveal())))
        .collect();
    assert_eq!(seen, [(1, 0, "1".to_owned()), (1_048_576, 16_383, "2".to_owned())]);
}

#[test]
fn hidden_rows_dates_and_formulas_without_value_are_told() {
    let Some(folder) = corpora() else { return };
    let made = folder.join("made-here");
    let hidden = sheets(&made.join("hidden-row-and-subtotal.xlsx"));
    assert_eq!(hidden[0].rows.iter().filter(|row| row.hidden).count(), 1);
    assert_eq!(hidden[0].remarks[0].kind, FindingKind::HiddenRows);
    let formulas = sheets(&made.join("uncached-formula.xlsx"));
    assert_eq!(formulas[0].remarks.len(), 1);
    let remark = &formulas[0].remarks[0];
    assert_eq!((remark.kind, remark.row, remark.column), (FindingKind::FormulaWithoutValue, 2, Some(0)));
    assert!(matches!(formulas[0].rows[1].cells[0].1, Cell::Error(_)));
    let dates = sheets(&made.join("dates-1904.xlsx"));
    assert_eq!(dates[0].rows[0].cells[0].1.reveal(), "2023-03-15");
    let dates = sheets(&made.join("dates-1900-leap-bug.xlsx"));
    let seen: Vec<String> = dates[0].rows.iter().map(|row| row.cells[0].1.reveal()).collect();
    let expected = [
        "serial",
        "00:00:00",
        "1900-01-01",
        "1900-02-28",
        "1900-02-29",
        "1900-03-01",
        "2023-03-15",
        "9999-12-31",
        "2958466",
    ];
    assert_eq!(seen, expected);
    assert_eq!(dates[0].remarks.len(), 2);
}

#[test]
fn an_xlsb_is_read_wherever_its_parts_are() {
    let Some(folder) = corpora() else { return };
    let bytes = std::fs::read(folder.join("calamine/date.xlsb")).unwrap();
    let read = |bytes: Vec<u8>| {
        let job = Job { kind: Workbook::Xlsb, cells: 10_000, memory_mib: 512, wanted: None };
        let mut said = Vec::new();
        cells::read(&bytes.into(), &job, &mut said).unwrap();
        let sheets = gathered(&said).sheets;
        sheets.into_iter().map(|sheet| sheet.rows).collect::<Vec<_>>()
    };
    let moved = |to: &str| {
        let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for at in 0..archive.len() {
            let mut part = archive.by_index(at).unwrap();
            let name = part.name().unwrap().replace("xl/", to);
            let mut content = Vec::new();
            part.read_to_end(&mut content).unwrap();
            if name == "_rels/.rels" {
                let list = String::from_utf8(content).unwrap();
                content = list.replace("xl/workbook.bin", &format!("{to}workbook.bin")).into_bytes();
            }
            writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(&content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    };
    let expected = read(bytes.clone());
    assert!(expected.iter().any(|rows| !rows.is_empty()));
    for to in ["office/", "a/b/", ""] {
        assert_eq!(read(moved(to)), expected, "{to}");
    }
}

#[test]
fn no_workbook_of_the_corpora_panics_or_is_refused_that_was_readable() {
    let Some(folder) = corpora() else { return };
    let outcomes = std::fs::read_to_string(folder.join("calamine-0.38-outcomes.tsv")).unwrap();
    let mut wrong = Vec::new();
    let mut read = 0;
    for line in outcomes.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let path = folder.join(columns[0]).join(columns[1]);
        if !path.is_file() {
            continue;
        }
        let outcome = std::panic::catch_unwind(|| parse(&path));
        match (columns[4], outcome) {
            ("OK", Ok(Some(Ok(gathered)))) => {
                read += 1;
                let cells: usize =
                    gathered.sheets.iter().flat_map(|sheet| &sheet.rows).map(|row| row.cells.len()).sum();
                let used = columns[5].split(' ').find_map(|part| part.strip_prefix("used="));
                // A single used cell may be blank text.
                if used.is_some_and(|used| used.parse::<usize>().unwrap() > 1 && cells == 0) {
                    wrong.push(format!("{}: no cell", columns[1]));
                }
            }
            ("OK", Ok(other)) => {
                wrong.push(format!("{}: {:?}", columns[1], other.map(Result::err)));
            }
            ("OK", Err(_)) => wrong.push(format!("{}: panic", columns[1])),
            _ => {}
        }
    }
    assert!(read > 100, "only {read} workbooks were read");
    assert!(wrong.is_empty(), "{wrong:#?}");
}
