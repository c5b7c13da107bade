//! `maillage classify` on tables of every kind.

use crate::match_files::parquet_of;
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
fn sectors_that_may_take_each_row_are_written_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let table = "Quoi;Activité;Code\nDrêches de brasserie;31212;\nchose;;\nchose;;17 01 01\n";
    fs::write(path.join("a.csv"), table).unwrap();
    let run = |more: &[&str]| {
        let flags = ["a.csv", "--description", "quoi", "--activity", "activite", "--output", "o.csv"];
        let output = classify(path, &[&flags[..], more].concat());
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        let read = |name: &str| fs::read_to_string(path.join(name)).unwrap_or_default();
        (read("o.csv"), read("r.csv"))
    };
    let (alone, none) = run(&[]);
    assert_eq!(none, "");
    let (codes, takers) = run(&["--receivers", "r.csv", "--code", "code"]);
    assert_eq!(codes, alone);
    let rows: Vec<csv::StringRecord> =
        csv::Reader::from_reader(takers.as_bytes()).records().map(Result::unwrap).collect();
    assert!(takers.starts_with("row,rank,nace,scian,titre_fr,title_en,share\n"), "{takers}");
    let of = |row: &str| rows.iter().filter(|record| &record[0] == row).collect::<Vec<_>>();
    let grains = of("1");
    assert_eq!([&grains[0][1], &grains[0][2]], ["1", "1091"]);
    assert!((2..=10).contains(&grains.len()) && grains.is_sorted_by(|one, other| one[6] >= other[6]));
    assert!(grains.iter().all(|record| record[2].len() == 4 && !record[3].is_empty()), "{takers}");
    // Who says nothing has one line without a sector, and a code that is known speaks for itself.
    let nothing: Vec<&str> = of("2")[0].iter().collect();
    assert_eq!((of("2").len(), nothing), (1, vec!["2", "1", "", "", "", "", "0.000"]));
    assert!(of("3").len() > 1 && of("3").iter().all(|record| record[2].len() == 4), "{takers}");
    // How many codes are asked for changes no sector.
    assert_eq!(run(&["--receivers", "r.csv", "--code", "code", "--top", "1"]).1, takers);
}

#[test]
fn sectors_are_written_over_neither_the_table_nor_its_codes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("a.csv"), TABLE).unwrap();
    let refused = |more: &[&str]| {
        let flags = ["a.csv", "--description", "quoi", "--output", "o.csv"];
        let output = classify(path, &[&flags[..], more].concat());
        assert_eq!(output.status.code(), Some(2), "{more:?}");
        assert!(!path.join("o.csv").exists(), "{more:?}");
        assert_eq!(fs::read_to_string(path.join("a.csv")).unwrap(), TABLE);
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(refused(&["--receivers", "./a.csv"]).contains("help: choose another place for --receivers"));
    assert!(refused(&["--receivers", "./o.csv"]).contains("given for --output and for --receivers"));
    assert!(refused(&["--receivers", "lost/r.csv"]).contains("place for --receivers"));
    assert!(refused(&["--code", "no"]).contains("--receivers"));
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
