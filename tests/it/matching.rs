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
    assert_eq!((pallets["kg_an_bas"].as_str(), pallets["kg_an_haut"].as_str()), ("5000", "5000"));
    let brewers = rows.iter().find(|row| row["offre_ligne"] == "3").unwrap();
    assert_eq!(brewers["kg_an"], "104000");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("109000 kg") && said.contains("ligne 2, 1000,00 kg"), "{said}");
    let soda = rows.iter().find(|row| row["offre_ligne"] == "4").unwrap();
    assert!(soda["question_fr"].contains("quantité") && soda["kg_an"].is_empty(), "{soda:?}");
    // Every part has its reason in both languages; what is missing stands by how much it could change.
    for (row, language) in rows.iter().flat_map(|row| ["raisons_fr", "raisons_en"].map(|name| (row, name))) {
        let reasons: Vec<&str> = row[language].split(" ; ").collect();
        assert!(reasons.len() == 7 && reasons.iter().all(|reason| !reason.is_empty()), "{reasons:?}");
    }
    assert_eq!(
        soda["manque_milli"],
        "quantite 60 ; distance 60 ; condition 56 ; periode 40 ; destination 30"
    );
    assert_eq!((soda["destination_milli"].as_str(), soda["confidentialite_milli"].as_str()), ("", "1000"));

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

/// Runs the verb on two files of a folder.
fn pair(folder: &Path, offers: &str, requests: &str, output: &str) -> Output {
    let names = ["match", "--offers", offers, "--requests", requests, "--as-of", DAY, "--output", output];
    program(folder, &names)
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn parquet_of(columns: Vec<(&str, arrow::array::ArrayRef)>) -> Vec<u8> {
    let batch = arrow::record_batch::RecordBatch::try_from_iter(columns).unwrap();
    let mut bytes = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

#[test]
fn parquet_goes_in_as_csv_does_whatever_the_files_are_called() {
    use arrow::array::{Float64Array, StringArray};
    use std::sync::Arc;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(
        path.join("o.csv"),
        "Company name,Material,Amount (t/yr)\nAlpha synthetic,wood pallets,12.5\nBeta synthetic,brewers spent grain,\n",
    )
    .unwrap();
    fs::write(
        path.join("d.csv"),
        "Entreprise;Matière;Quantité (t/an)\nDelta synthétique;palettes de bois;5\nZêta synthétique;drêches de brasserie;300\n",
    )
    .unwrap();
    done(&pair(path, "o.csv", "d.csv", "csv.csv"));
    let offers = parquet_of(vec![
        ("Company name", Arc::new(StringArray::from(vec!["Alpha synthetic", "Beta synthetic"]))),
        ("Material", Arc::new(StringArray::from(vec!["wood pallets", "brewers spent grain"]))),
        ("Amount (t/yr)", Arc::new(Float64Array::from(vec![12.5, f64::NAN]))),
    ]);
    // The content decides, not the name.
    fs::write(path.join("offers.data"), offers).unwrap();
    done(&pair(path, "offers.data", "d.csv", "parquet.csv"));
    let read = |name: &str| fs::read_to_string(path.join(name)).unwrap();
    assert_eq!(read("csv.csv"), read("parquet.csv"));
    assert_eq!(read("csv.csv").lines().count(), 3);
    // What it wrote itself as Parquet can be looked at.
    done(&pair(path, "offers.data", "d.csv", "out.parquet"));
    let shown = program(path, &["read", "out.parquet"]);
    done(&shown);
    assert!(String::from_utf8_lossy(&shown.stdout).starts_with("rang,offre_ligne"), "{}", said(&shown));
    let broken = fs::read(path.join("offers.data")).unwrap();
    fs::write(path.join("cut.parquet"), &broken[..broken.len() / 2]).unwrap();
    let output = pair(path, "cut.parquet", "d.csv", "no.csv");
    assert!(output.status.code() == Some(65) && said(&output).contains("help:"), "{}", said(&output));
}

#[test]
fn what_a_stranger_gets_wrong_is_named_with_its_repair() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let good = "description,quantity,unit\nwood pallets,5,t\n";
    for (name, text) in [
        ("good.csv", good),
        ("copy.csv", good),
        ("empty.csv", ""),
        ("heads.csv", "description,quantity,unit\n"),
        ("mute.csv", "company,quantity,unit,colour\nAlpha synthetic,5,t,red\n"),
        ("strange.csv", "a,b\n1,2\n"),
        ("text.pdf", "%PDF-1.7"),
    ] {
        fs::write(path.join(name), text).unwrap();
    }
    for (offers, requests, output, code, tells) in [
        ("nope.csv", "good.csv", "m.csv", 65, "`nope.csv` is not there"),
        (".", "good.csv", "m.csv", 65, "is a folder"),
        ("empty.csv", "good.csv", "m.csv", 65, "it is empty"),
        ("heads.csv", "good.csv", "m.csv", 65, "no row below"),
        ("mute.csv", "good.csv", "m.csv", 65, "no column that says what"),
        ("strange.csv", "good.csv", "m.csv", 65, "expected headers"),
        ("text.pdf", "good.csv", "m.csv", 65, "it is a PDF"),
        ("good.csv", "good.csv", "m.csv", 2, "the same table"),
        ("good.csv", "copy.csv", "m.csv", 2, "the same table"),
        ("good.csv", "mute.csv", "good.csv", 2, "overwritten"),
        ("good.csv", "mute.csv", "m.txt", 2, ".parquet"),
    ] {
        let output = pair(path, offers, requests, output);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(code), "{offers} {requests}: {said}");
        assert!(said.contains(tells) && said.contains("help:"), "{offers} {requests}: {said}");
        assert!(!path.join("m.csv").exists());
    }
    assert_eq!(fs::read_to_string(path.join("good.csv")).unwrap(), good);
}

#[test]
fn an_entry_marked_confidential_is_matched_and_never_shown_to_the_other_side() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let offers = "entreprise,description,quantite,unite,confidentialite\n\
        Alpha synthétique,palettes de bois secrètes,12,t,confidentielle\n\
        Gamma synthétique,palettes de bois ouvertes,9,t,reseau\n";
    let requests =
        "company,description,quantity,unit,confidentiality\nDelta synthetic,wooden pallets,5,t,network\n";
    fs::write(path.join("o.csv"), offers).unwrap();
    fs::write(path.join("d.csv"), requests).unwrap();
    done(&pair(path, "o.csv", "d.csv", "m.csv"));
    let table = fs::read_to_string(path.join("m.csv")).unwrap();
    assert!(!table.contains("secrètes") && !table.contains("Alpha"), "{table}");
    let rows: Vec<BTreeMap<String, String>> =
        csv::Reader::from_reader(table.as_bytes()).deserialize().map(Result::unwrap).collect();
    let asks =
        |line: &str| rows.iter().find(|row| row["offre_ligne"] == line).unwrap()["accord_a_demander"].clone();
    assert_eq!([asks("2"), asks("3")], ["offre", ""]);
    done(&pair(path, "o.csv", "d.csv", "m.xlsx"));
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(path.join("m.xlsx")).unwrap();
    let range = book.worksheet_range("Fiches").unwrap();
    let text: Vec<String> =
        range.rows().map(|row| row.iter().map(ToString::to_string).collect::<Vec<_>>().join("|")).collect();
    let begins = |name: &str| text.iter().position(|row| row.starts_with(name)).unwrap();
    let page = text[begins("Delta")..begins("Gamma")].join("\n");
    assert!(page.contains("ouvertes") && !page.contains("secrètes") && !page.contains("Alpha"), "{page}");
    assert!(text[begins("Alpha")..begins("Delta")].join("\n").contains("wooden pallets"));
    // The owner of both files sees it, and whom to ask.
    let list: Vec<String> = book
        .worksheet_range("Maillages")
        .unwrap()
        .rows()
        .map(|row| row.iter().map(ToString::to_string).collect::<Vec<_>>().join("|"))
        .collect();
    assert!(list.iter().any(|row| row.contains("secrètes") && row.contains("à demander à l’offre")));
}

#[test]
fn a_disk_that_takes_no_more_of_the_workbook_is_told_once_and_nothing_is_left() {
    let folder = tempfile::tempdir().unwrap();
    for (name, side) in [("o.csv", "offre"), ("d.csv", "demande")] {
        let row = |number: i32| format!("{side} {number} inc.,palettes de bois {},{number},t\n", number % 7);
        let rows: String = (1..=150).map(row).collect();
        fs::write(folder.path().join(name), format!("entreprise,description,quantité,unité\n{rows}"))
            .unwrap();
    }
    let matched = |before: &str| {
        let program = env!("CARGO_BIN_EXE_maillage");
        let line = format!("{before} exec '{program}' match --offers o.csv --requests d.csv --output t.xlsx");
        Command::new("sh").args(["-c", &line]).current_dir(folder.path()).output().unwrap()
    };
    // Files of this process and its children may not grow beyond 100 KiB, as on a disk that is full.
    let output = matched("trap '' XFSZ; ulimit -f 200;");
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(
        message.contains("its working files cannot be written") && message.contains("help:"),
        "{message}"
    );
    assert!(!super::corpus::tells_panic(&message), "{message}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    done(&matched(""));
    assert!(fs::metadata(folder.path().join("t.xlsx")).unwrap().len() > 100 << 10);
}
