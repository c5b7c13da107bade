//! What animators fill into `maillages.xlsx` comes back at the next run, and nothing is lost.

use calamine::{Data, Reader as _, open_workbook};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

struct Council(tempfile::TempDir);

impl Council {
    fn run(&self) -> Output {
        let pipeline = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/capitale-nationale");
        Command::new(env!("CARGO_BIN_EXE_maillage"))
            .arg("run")
            .arg(pipeline)
            .args(["--as-of", "2026-11-15", "--state", "state", "--published", "published", "--json"])
            .current_dir(self.0.path())
            .output()
            .unwrap()
    }

    fn workbook(&self) -> PathBuf {
        self.0.path().join("state/maillages.xlsx")
    }

    fn rows(&self) -> Vec<Vec<String>> {
        let mut workbook: calamine::Xlsx<_> = open_workbook(self.workbook()).unwrap();
        let range = workbook.worksheet_range("Maillages").unwrap();
        range.rows().map(|row| row.iter().map(Data::to_string).collect()).collect()
    }

    /// Writes identifiers, statuses and notes only, in another order: what a hurried person sends back.
    fn fill(&self, rows: &[[&str; 3]]) {
        let mut workbook = rust_xlsxwriter::Workbook::new();
        let sheet = workbook.add_worksheet().set_name("Maillages").unwrap();
        for (row, cells) in (0..).zip(std::iter::once(&["Note", "Identifiant", "Statut"]).chain(rows)) {
            for (column, cell) in (0..).zip(cells) {
                sheet.write_string(row, column, *cell).unwrap();
            }
        }
        workbook.save(self.workbook()).unwrap();
    }

    fn synergies(&self, status: &str) -> String {
        let csv = fs::read_to_string(self.0.path().join("published/current/donnees/synergies.csv")).unwrap();
        csv.lines().find(|line| line.starts_with(status)).unwrap_or_default().to_owned()
    }
}

#[test]
fn a_filled_status_is_followed_and_a_wrong_one_is_a_finding() {
    let council = Council(tempfile::tempdir().unwrap());
    assert_eq!(council.run().status.code(), Some(0));
    let before = council.synergies("Total");
    let list = council.rows();
    assert_eq!(&list[0][..3], ["Identifiant", "Statut", "Note"]);
    assert!(list.len() > 101, "{} matches", list.len() - 1);
    let (first, second) = (list[1][0].clone(), list[2][0].clone());
    council.fill(&[
        ["à rappeler", &second, "presque"],
        ["visite faite", &first, "À l’essai"],
        ["", "0123456789ab", "proposée"],
    ]);
    assert_eq!(council.run().status.code(), Some(0));

    let filled = council.rows();
    let row = |id: &str| filled.iter().find(|row| row[0] == id).unwrap().clone();
    assert_eq!(&row(&first)[1..3], ["à l’essai", "visite faite"]);
    assert_eq!(&row(&second)[1..3], ["", "à rappeler"]);
    let number = |line: &str| line.split(',').nth(1).unwrap().parse::<i64>().unwrap();
    // One synergy more is a change of one pair: in the public data it waits for others.
    assert_eq!(number(&council.synergies("Total")), number(&before));
    let findings = fs::read_to_string(council.0.path().join("state/constats.jsonl")).unwrap();
    let told = |kind: &str| findings.lines().any(|line| line.contains("maillages:") && line.contains(kind));
    assert!(told("statut_inconnu") && told("code_inconnu"));

    // A third run reads its own list back and changes nothing.
    let release = fs::read_link(council.0.path().join("published/current")).unwrap();
    assert_eq!(council.run().status.code(), Some(0));
    assert_eq!(council.rows(), filled);
    assert_eq!(fs::read_link(council.0.path().join("published/current")).unwrap(), release);
}

#[test]
fn a_broken_list_stops_the_run_and_is_not_overwritten() {
    let council = Council(tempfile::tempdir().unwrap());
    assert_eq!(council.run().status.code(), Some(0));
    fs::write(council.workbook(), b"PK\x03\x04 not a workbook").unwrap();
    let output = council.run();
    assert_eq!(output.status.code(), Some(65));
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(message.contains("maillages.xlsx") && message.contains("help:"), "{message}");
    assert_eq!(fs::read(council.workbook()).unwrap(), b"PK\x03\x04 not a workbook");
}
