//! Matches through the built program: the animators' loop over two runs, and two files alone.

use calamine::Reader as _;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const DAY: &str = "2026-11-15";

fn program(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_maillage")).args(arguments).current_dir(folder).output().unwrap()
}

fn done(output: &Output) {
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The pilot in a folder of its own.
struct Loop {
    folder: tempfile::TempDir,
}

impl Loop {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        done(&program(folder.path(), &["init", "pilote"]));
        Self { folder }
    }

    fn run(&self, day: &str) -> Output {
        let arguments = ["run", "pilote", "--as-of", day, "--state", "etat", "--published", "publie"];
        program(self.folder.path(), &arguments)
    }

    fn list(&self) -> PathBuf {
        self.folder.path().join("etat/maillages.xlsx")
    }

    fn memory(&self) -> String {
        fs::read_to_string(self.folder.path().join("etat/suivi_maillages.jsonl")).unwrap()
    }

    fn rows(&self) -> Vec<Vec<String>> {
        let mut book: calamine::Xlsx<_> = calamine::open_workbook(self.list()).unwrap();
        let range = book.worksheet_range("Maillages").unwrap();
        range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect()
    }

    /// Writes the list again with other rows, as somebody who filled it in would.
    fn fill(&self, rows: &[Vec<String>]) {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet().set_name("Maillages").unwrap();
        for (row, cells) in (0..).zip(rows) {
            for (column, cell) in (0..).zip(cells) {
                sheet.write_string(row, column, cell).unwrap();
            }
        }
        book.save(self.list()).unwrap();
    }
}

fn row_of<'a>(rows: &'a [Vec<String>], id: &str) -> &'a [String] {
    rows.iter().find(|row| row[0] == id).unwrap()
}

#[test]
fn what_animators_fill_in_is_followed_dated_and_shown_again_by_the_next_run() {
    let pilot = Loop::new();
    done(&pilot.run(DAY));
    let first = pilot.rows();
    assert!(first.len() > 100, "{}", first.len());
    let ids: Vec<String> = first[1..5].iter().map(|row| row[0].clone()).collect();
    assert!(first[1..].iter().all(|row| row[1].is_empty() && row[2].is_empty()));

    // Filled in, sorted the other way round, one row doubled, most of them deleted, one word unknown.
    let mut kept: Vec<Vec<String>> = first[1..5].to_vec();
    kept[0][1] = "Réalisée".to_owned();
    kept[1][1] = "abandonnée".to_owned();
    kept[1][2] = "transport trop cher".to_owned();
    kept[2][1] = "on verra".to_owned();
    kept.push(first[1].clone());
    kept.reverse();
    kept.insert(0, first[0].clone());
    pilot.fill(&kept);
    done(&pilot.run("2026-11-16"));

    let second = pilot.rows();
    assert_eq!(second.len(), first.len(), "a deleted row is a match all the same");
    assert_eq!(row_of(&second, &ids[0])[1], "réalisée");
    assert_eq!(row_of(&second, &ids[1])[1..3], ["abandonnée", "transport trop cher"]);
    assert_eq!(row_of(&second, &ids[2])[1], "");
    let findings = fs::read_to_string(pilot.folder.path().join("etat/constats.jsonl")).unwrap();
    assert!(
        findings.lines().any(|line| line.contains("statut_inconnu") && line.contains("on verra")),
        "the unknown word is lost"
    );
    assert!(pilot.memory().contains(r#"{"on":"2026-11-16","status":"realisee"}"#));

    // A third run dates nothing again, and a list that is away is no reason to forget.
    fs::remove_file(pilot.list()).unwrap();
    let memory = pilot.memory();
    done(&pilot.run("2026-11-17"));
    assert_eq!(pilot.memory(), memory);
    assert_eq!(row_of(&pilot.rows(), &ids[0])[1], "réalisée");
}

#[test]
fn a_broken_list_stops_the_run_with_a_repair_and_stays_as_it_is() {
    let pilot = Loop::new();
    done(&pilot.run(DAY));
    fs::write(pilot.list(), b"PK\x03\x04 not a workbook").unwrap();
    let before = fs::read_link(pilot.folder.path().join("publie/current")).unwrap();
    let output = pilot.run(DAY);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(65), "{said}");
    assert!(said.contains("maillages.xlsx") && said.contains("help:"), "{said}");
    assert_eq!(fs::read(pilot.list()).unwrap(), b"PK\x03\x04 not a workbook");
    assert_eq!(fs::read_link(pilot.folder.path().join("publie/current")).unwrap(), before);
}

const OFFERS: &str = "entreprise,description,quantite,unite,frequence,latitude,longitude\n\
    Alpha synthétique,palettes de bois brisées,12,t,an,46.86,-71.20\n\
    Bêta synthétique,drêches de brasserie,2,t,semaine,46.83,-71.23\n\
    Gamma synthétique,soude caustique usée,,,,,\n";
const REQUESTS: &str = "company,description,quantity,unit,frequency,latitude,longitude\n\
    Delta synthetic,wooden pallets to repair,5,t,year,46.85,-71.21\n\
    Epsilon synthetic,brewers grains for feed,300,t,year,46.80,-71.30\n\
    Zeta synthetic,NaOH,10,t,year,46.81,-71.22\n\
    Alpha synthétique,palettes de bois,5,t,an,46.86,-71.20\n";

fn alone(folder: &Path, output: &str, flags: &[&str]) -> Output {
    fs::write(folder.join("o.csv"), OFFERS).unwrap();
    fs::write(folder.join("d.csv"), REQUESTS).unwrap();
    let mut arguments =
        vec!["match", "--offers", "o.csv", "--requests", "d.csv", "--as-of", DAY, "--output", output];
    arguments.extend(flags);
    program(folder, &arguments)
}

#[test]
fn two_files_alone_give_ranked_matches_in_every_form() {
    let folder = tempfile::tempdir().unwrap();
    let output = alone(folder.path(), "m.csv", &[]);
    done(&output);
    let rows: Vec<BTreeMap<String, String>> = csv::Reader::from_path(folder.path().join("m.csv"))
        .unwrap()
        .deserialize()
        .map(Result::unwrap)
        .collect();
    let best = |offer: &str| -> String {
        let found = rows.iter().find(|row| row["offre_ligne"] == offer);
        found.map(|row| row["demande_ligne"].clone()).unwrap_or_default()
    };
    // Words of another language and a formula: the codes meet.
    assert_eq!([best("2"), best("3"), best("4")], ["2", "3", "4"], "{rows:#?}");
    assert!(
        !rows.iter().any(|row| row["offre_ligne"] == "2" && row["demande_ligne"] == "5"),
        "a company matched with itself"
    );
    let pallets = rows.iter().find(|row| row["offre_ligne"] == "2").unwrap();
    assert_eq!((pallets["kg_an"].as_str(), pallets["kg_an_portefeuille"].as_str()), ("5000", "5000"));
    let brewers = rows.iter().find(|row| row["offre_ligne"] == "3").unwrap();
    assert_eq!(brewers["kg_an"], "104000");
    assert!(String::from_utf8_lossy(&output.stdout).contains("109000 kg"));
    let soda = rows.iter().find(|row| row["offre_ligne"] == "4").unwrap();
    assert!(soda["question_fr"].contains("quantité") && soda["kg_an"].is_empty(), "{soda:?}");

    done(&alone(folder.path(), "m.xlsx", &[]));
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(folder.path().join("m.xlsx")).unwrap();
    assert_eq!(book.worksheet_range("Maillages").unwrap().height(), rows.len() + 1);
    done(&alone(folder.path(), "m.parquet", &[]));
    let bytes = fs::read(folder.path().join("m.parquet")).unwrap();
    let batches: usize =
        parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes))
            .unwrap()
            .build()
            .unwrap()
            .map(|batch| batch.unwrap().num_rows())
            .sum();
    assert_eq!(batches, rows.len());
}

#[test]
fn a_file_without_known_headings_and_another_ending_get_a_repair() {
    let folder = tempfile::tempdir().unwrap();
    let output = alone(folder.path(), "m.docx", &[]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("help:") && said.contains(".parquet"), "{said}");
    fs::write(folder.path().join("x.csv"), "a,b\n1,2\n").unwrap();
    let output =
        program(folder.path(), &["match", "--offers", "x.csv", "--requests", "d.csv", "--output", "m.csv"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(65), "{said}");
    assert!(said.contains("help:") && !folder.path().join("m.csv").exists(), "{said}");
}
