//! `maillage classify` on tables of every kind.

use crate::matching::parquet_of;
use arrow::array::{ArrayRef, StringArray};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

fn classify(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_maillage"));
    command.current_dir(folder).arg("classify").args(arguments).env("NO_COLOR", "1").output().unwrap()
}

const TABLE: &str = "no;Quoi;Activité\n1;Drêches de brasserie;31212\n2;Chaleur perdue;\n3;chose;\n\
                     4;Retailles de bois;scierie\n";

#[test]
fn every_row_gets_its_ranked_codes_category_and_type() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.csv"), TABLE).unwrap();
    let flags =
        ["a.csv", "--description", "quoi", "--activity", "activite", "--top", "3", "--output", "o.csv"];
    let output = classify(folder.path(), &flags);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let written = fs::read_to_string(folder.path().join("o.csv")).unwrap();
    let lines: Vec<&str> = written.lines().collect();
    assert_eq!(lines[0], "row,rank,code,categorie,type,confidence");
    assert!(lines[1].starts_with("1,1,020704,matieres_organiques,matiere,0."), "{}", lines[1]);
    assert_eq!(lines[4], "2,1,,,energie,1.000");
    assert_eq!(lines[5], "3,1,,,matiere,0.000");
    assert!(lines[6].starts_with("4,1,030105,bois,matiere,"), "{}", lines[6]);
    assert_eq!(lines.len(), 9);
    classify(folder.path(), &[&flags[..8], &["p.csv"]].concat());
    assert_eq!(written, fs::read_to_string(folder.path().join("p.csv")).unwrap());
}

#[test]
fn parquet_goes_in_as_csv_does() {
    let folder = tempfile::tempdir().unwrap();
    let text = |cells: [&str; 4]| Arc::new(StringArray::from(cells.to_vec())) as ArrayRef;
    let columns = vec![
        ("Quoi", text(["Drêches de brasserie", "Chaleur perdue", "chose", "Retailles de bois"])),
        ("Activité", text(["31212", "", "", "scierie"])),
    ];
    fs::write(folder.path().join("a.csv"), TABLE).unwrap();
    // The content decides, not the name.
    fs::write(folder.path().join("a.data"), parquet_of(columns)).unwrap();
    let classified = |file: &str| {
        let flags = [file, "--description", "quoi", "--activity", "activite", "--output", "o.csv"];
        let output = classify(folder.path(), &flags);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        fs::read_to_string(folder.path().join("o.csv")).unwrap()
    };
    let of_csv = classified("a.csv");
    assert!(of_csv.lines().count() > 4);
    assert_eq!(classified("a.data"), of_csv);
}

#[test]
fn a_missing_column_names_those_that_there_are_and_a_missing_file_is_unreadable() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.csv"), TABLE).unwrap();
    let output = classify(folder.path(), &["a.csv", "--description", "texte", "--output", "o.csv"]);
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        message.contains("`texte`") && message.contains("help: ") && message.contains("Quoi"),
        "{message}"
    );
    let output = classify(folder.path(), &["b.csv", "--description", "texte", "--output", "o.csv"]);
    assert_eq!(output.status.code(), Some(65));
    assert!(!folder.path().join("o.csv").exists());
}

#[test]
fn two_columns_of_one_name_and_no_codes_at_all_are_refused_with_their_repair() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.csv"), "Quoi;quoi;Quoi\nbois;fer;verre\n").unwrap();
    let refused = |flags: &[&str]| {
        let output = classify(folder.path(), &[flags, &["a.csv", "--output", "o.csv"]].concat());
        assert_eq!(output.status.code(), Some(2), "{flags:?}");
        assert!(!folder.path().join("o.csv").exists(), "{flags:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    for (name, count) in [("Quoi", "2"), ("QUOI", "3")] {
        let message = refused(&["--description", name]);
        assert!(message.contains(&format!("has {count} columns named `{name}`\nhelp: ")), "{message}");
    }
    assert!(refused(&["--description", "quoi", "--top", "0"]).contains("1..=842"));
}
