//! Two files matched alone by the built program.

use calamine::Reader as _;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const DAY: &str = "2026-11-15";

fn program(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_maillage")).args(arguments).current_dir(folder).output().unwrap()
}

fn done(output: &Output) {
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
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
