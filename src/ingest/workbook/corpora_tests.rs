//! Hostile and messy workbooks, parsed under the caps without the child around it.

use super::super::page::{Page, Place};
use super::super::sniff::{Kind, sniff};
use super::super::table::Sheet;
use super::cells;
use super::wire::{Gathered, Job, Line, Refusal};
use crate::model::Cell;
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
fn parse(path: &Path) -> Option<Result<Vec<Sheet>, Refusal>> {
    let bytes = std::fs::read(path).unwrap();
    let page = Page { place: Place::path("x"), label: String::new(), bytes };
    let Ok(Kind::Workbook(kind)) = sniff(&page) else { return None };
    let job = Job { kind, cells: 2_000_000, memory_mib: 512 };
    let mut gathered = Gathered::default();
    let outcome = cells::read(&page.bytes, &job, &mut |line| {
        // Through json and back, as between the processes.
        gathered.add(serde_json::from_slice::<Line>(&serde_json::to_vec(line)?)?);
        Ok(())
    });
    Some(outcome.map(|()| gathered.sheets()))
}

#[test]
fn hostile_workbooks_are_refused_before_they_take_memory() {
    let Some(folder) = corpora() else { return };
    let made = folder.join("made-here");
    assert!(matches!(parse(&made.join("corners.xlsx")), Some(Err(Refusal::Scattered(1)))));
    let bomb = parse(&made.join("shared-string-bomb-200MB.xlsx"));
    assert!(matches!(bomb, Some(Err(Refusal::Bomb))));
    for name in ["pass_protected.xlsb", "pass_protected.xlsx", "pass_protected.ods"] {
        let path = folder.join("calamine").join(name);
        assert!(matches!(parse(&path), None | Some(Err(Refusal::Password))), "{name}");
    }
}

#[test]
fn hidden_rows_dates_and_formulas_without_value_are_told() {
    let Some(folder) = corpora() else { return };
    let made = folder.join("made-here");
    let sheets = parse(&made.join("hidden-row-and-subtotal.xlsx")).unwrap().unwrap();
    assert_eq!(sheets[0].rows.iter().filter(|row| row.hidden).count(), 1);
    let sheets = parse(&made.join("uncached-formula.xlsx")).unwrap().unwrap();
    let errors = sheets[0].rows.iter().flat_map(|row| &row.cells);
    assert!(errors.into_iter().any(|(_, cell)| matches!(cell, Cell::Error(_))));
    let sheets = parse(&made.join("dates-1904.xlsx")).unwrap().unwrap();
    let dates = sheets[0].rows.iter().flat_map(|row| &row.cells);
    assert!(dates.into_iter().any(|(_, cell)| matches!(cell, Cell::Date(_))));
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
            ("OK", Ok(Some(Ok(sheets)))) => {
                read += 1;
                let cells: usize =
                    sheets.iter().flat_map(|sheet| &sheet.rows).map(|row| row.cells.len()).sum();
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
