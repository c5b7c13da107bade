//! A council of animators and the workbook that it fills.

use crate::bad_day::Day;
use calamine::{Data, Reader as _, open_workbook};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A council of animators: the pilot, or a small programme where a run is quick.
pub(super) struct Council {
    pub(super) day: Day,
    is_pilot: bool,
}

impl Council {
    pub(super) fn pilot() -> Self {
        Self { day: Day::new(), is_pilot: true }
    }

    /// Five invented companies that offer pallets, and five that seek some.
    pub(super) fn small() -> Self {
        let day = Day::new();
        let mut workbook = rust_xlsxwriter::Workbook::new();
        let sheet = workbook.add_worksheet();
        for (column, header) in (0..).zip(["Entreprise", "Sens", "Description", "Quantité", "Unité"]) {
            sheet.write_string(0, column, header).unwrap();
        }
        for row in 1..=10_u32 {
            let (side, words) =
                if row <= 5 { ("offre", "palettes de bois") } else { ("demande", "palettes à réparer") };
            sheet.write_string(row, 0, format!("Canari {row} inc.")).unwrap();
            sheet.write_string(row, 1, side).unwrap();
            sheet.write_string(row, 2, format!("{words}, lot {row}")).unwrap();
            sheet.write_number(row, 3, f64::from(100 + row)).unwrap();
            sheet.write_string(row, 4, "t").unwrap();
        }
        workbook.save(day.path("jours/inputs/visites.xlsx")).unwrap();
        Self::of(day)
    }

    /// One whose pipeline is that of a day.
    pub(super) fn of(day: Day) -> Self {
        Self { day, is_pilot: false }
    }

    pub(super) fn run(&self) -> Output {
        if !self.is_pilot {
            return self.day.run(&["--json"]);
        }
        let pipeline = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/capitale-nationale");
        Command::new(env!("CARGO_BIN_EXE_maillage"))
            .arg("run")
            .arg(pipeline)
            .args([
                "--as-of",
                "2026-11-15",
                "--state",
                ".maillage/jours",
                "--published",
                "published",
                "--json",
            ])
            .current_dir(self.day.path("."))
            .output()
            .unwrap()
    }

    pub(super) fn state(&self, file: &str) -> PathBuf {
        self.day.path(".maillage/jours").join(file)
    }

    pub(super) fn workbook(&self) -> PathBuf {
        self.state("maillages.xlsx")
    }

    pub(super) fn rows(&self) -> Vec<Vec<String>> {
        let mut workbook: calamine::Xlsx<_> = open_workbook(self.workbook()).unwrap();
        let range = workbook.worksheet_range("Maillages").unwrap();
        range.rows().map(|row| row.iter().map(Data::to_string).collect()).collect()
    }

    /// Writes identifiers, statuses and notes only, in another order: what a hurried person sends back.
    pub(super) fn fill(&self, rows: &[[&str; 3]]) {
        let mut workbook = rust_xlsxwriter::Workbook::new();
        let sheet = workbook.add_worksheet().set_name("Maillages").unwrap();
        for (row, cells) in (0..).zip(std::iter::once(&["Note", "Identifiant", "Statut"]).chain(rows)) {
            for (column, cell) in (0..).zip(cells) {
                sheet.write_string(row, column, *cell).unwrap();
            }
        }
        workbook.save(self.workbook()).unwrap();
    }

    pub(super) fn sheet(&self, name: &str) -> Vec<Vec<String>> {
        let mut workbook: calamine::Xlsx<_> = open_workbook(self.workbook()).unwrap();
        let range = workbook.worksheet_range(name).unwrap();
        range.rows().map(|row| row.iter().map(Data::to_string).collect()).collect()
    }

    /// Sends the whole workbook back after a change: every sheet, as text, as another program saves it.
    pub(super) fn change(&self, change: impl Fn(&str, &mut Vec<Vec<String>>)) {
        let given: calamine::Xlsx<_> = open_workbook(self.workbook()).unwrap();
        let mut workbook = rust_xlsxwriter::Workbook::new();
        for name in given.sheet_names() {
            let mut rows = self.sheet(&name);
            change(&name, &mut rows);
            let sheet = workbook.add_worksheet().set_name(&name).unwrap();
            for (row, cells) in (0..).zip(&rows) {
                for (column, cell) in (0..).zip(cells) {
                    sheet.write_string(row, column, cell).unwrap();
                }
                if row % 2 == 1 {
                    // A filter was left on.
                    sheet.set_row_hidden(row).unwrap();
                }
            }
        }
        workbook.save(self.workbook()).unwrap();
    }

    pub(super) fn findings(&self) -> String {
        fs::read_to_string(self.state("constats.jsonl")).unwrap()
    }

    pub(super) fn memory(&self, id: &str) -> serde_json::Value {
        let memory = fs::read_to_string(self.state("suivi_maillages.jsonl")).unwrap();
        let line = memory.lines().find(|line| line.contains(&format!("\"id\":\"{id}\""))).unwrap();
        serde_json::from_str(line).unwrap()
    }

    pub(super) fn synergies(&self, status: &str) -> String {
        let csv = fs::read_to_string(self.day.path("published/current/donnees/synergies.csv")).unwrap();
        csv.lines().find(|line| line.starts_with(status)).unwrap_or_default().to_owned()
    }
}

/// Writes into the columns to fill of the row of a match.
pub(super) fn write(rows: &mut [Vec<String>], id: &str, cells: &[(usize, &str)]) {
    for row in rows.iter_mut().filter(|row| row.first().is_some_and(|cell| cell == id)) {
        for (column, text) in cells {
            (*text).clone_into(&mut row[*column]);
        }
    }
}

pub(super) fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(walk(&path));
        } else if path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Whether the workbook as it is now is kept among the snapshots.
pub(super) fn is_kept(council: &Council, bytes: &[u8]) -> bool {
    walk(&council.state("instantanes")).iter().any(|path| fs::read(path).unwrap() == bytes)
}
