//! The files that `match` takes, and what it says of those that it does not.

use crate::matching::{OFFERS, REQUESTS, alone, done, pair, program, said};
use std::fs;

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

pub(crate) fn parquet_of(columns: Vec<(&str, arrow::array::ArrayRef)>) -> Vec<u8> {
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

/// The cells of a csv in a workbook, numbers as numbers.
fn workbook_of(text: &str) -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    for (row, record) in (0..).zip(reader.records()) {
        let record = record.unwrap();
        for (column, cell) in (0..).zip(record.iter()).filter(|(_, cell)| !cell.is_empty()) {
            let written = match cell.parse::<f64>() {
                Ok(number) => sheet.write_number(row, column, number),
                Err(_) => sheet.write_string(row, column, cell),
            };
            written.unwrap();
        }
    }
    workbook.save_to_buffer().unwrap()
}

#[test]
fn workbooks_go_in_as_csv_does_whatever_they_are_called() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    done(&alone(path, "csv.csv", &[]));
    fs::write(path.join("o.xlsx"), workbook_of(OFFERS)).unwrap();
    fs::write(path.join("requests"), workbook_of(REQUESTS)).unwrap();
    done(&pair(path, "o.xlsx", "requests", "xlsx.csv"));
    let read = |name: &str| fs::read_to_string(path.join(name)).unwrap();
    assert!(read("csv.csv").lines().count() > 3);
    assert_eq!(read("csv.csv"), read("xlsx.csv"));
    // One of each kind.
    done(&pair(path, "o.xlsx", "d.csv", "both.csv"));
    assert_eq!(read("csv.csv"), read("both.csv"));
}
