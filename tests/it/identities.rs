//! Companies that have another identity from one night to the next: what one of them changed is no
//! less alone.

use crate::bad_day::settle;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

/// What becomes of a flow of the platform.
type Change<'a> = &'a dyn Fn(&mut Value);

fn program(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_maillage")).args(arguments).current_dir(folder).output().unwrap()
}

fn run(folder: &Path, as_of: &str) -> Output {
    settle(&folder.join("pilote/inputs"));
    program(folder, &["run", "pilote", "--as-of", as_of, "--state", "etat", "--published", "publie"])
}

/// Changes each flow of the platform.
fn flows(folder: &Path, change: impl Fn(&mut Value)) {
    for page in 1..=2 {
        let path = folder.join(format!("pilote/inputs/plateforme-page-{page}.json"));
        let mut read: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        read["data"]["flux"].as_array_mut().unwrap().iter_mut().for_each(&change);
        fs::write(path, read.to_string()).unwrap();
    }
}

/// Published rows by table, without their day.
fn values(folder: &Path) -> BTreeMap<String, Vec<BTreeMap<String, String>>> {
    let tables =
        fs::read_dir(folder.join("publie/current/donnees")).unwrap().map(|entry| entry.unwrap().path());
    let tables = tables.filter(|path| path.extension().is_some_and(|extension| extension == "csv"));
    let read = |path: std::path::PathBuf| {
        let mut reader = csv::Reader::from_path(&path).unwrap();
        let rows = reader.deserialize().map(Result::unwrap).map(|mut row: BTreeMap<String, String>| {
            row.remove("valeur_du");
            row
        });
        (path.file_name().unwrap().to_str().unwrap().to_owned(), rows.collect())
    };
    tables.map(read).collect()
}

fn published() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    assert!(program(folder.path(), &["init", "pilote"]).status.success());
    let output = run(folder.path(), "2026-11-15");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    folder
}

#[test]
fn the_change_of_one_company_waits_whatever_the_companies_are_called() {
    let folder = published();
    let folder = folder.path();
    let before = values(folder);
    assert!(before.len() > 5);
    let changed = |flow: &mut Value| {
        if flow["id"] == "F-2601" {
            flow["quantite"] = json!(60.0);
        }
    };
    let nights: [(&str, Change<'_>); 3] = [
        // Somebody fills in an owner for each company.
        ("2026-11-16", &|flow| {
            let owner = format!("Gestion {} inc.", flow["organisation"]["id"].as_str().unwrap_or("0"));
            flow["organisation"]["groupe"] = json!(owner);
            changed(flow);
        }),
        // The platform gives neither owner nor number.
        ("2026-11-17", &|flow| {
            flow["organisation"]["groupe"] = Value::Null;
            flow["organisation"]["neq"] = Value::Null;
        }),
        // All have one owner.
        ("2026-11-18", &|flow| flow["organisation"]["groupe"] = json!("Gestion unique inc.")),
    ];
    for (day, change) in nights {
        flows(folder, change);
        let output = run(folder, day);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        for (name, rows) in values(folder) {
            for (row, earlier) in rows.iter().zip(&before[&name]) {
                // What was withheld for others may be shown; what was shown stays.
                for (column, value) in
                    earlier.iter().filter(|(_, value)| !["", "confidentiel"].contains(&value.as_str()))
                {
                    assert_eq!(row.get(column), Some(value), "{column} of {name} on {day}: {earlier:?}");
                }
            }
            assert_eq!(rows.len(), before[&name].len());
        }
    }
    let verified = program(folder, &["verify", "--state", "etat", "--published", "publie"]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
}

#[test]
fn a_key_that_is_gone_or_another_ends_the_run() {
    let folder = published();
    let folder = folder.path();
    let (key, release) =
        (folder.join("etat/pseudonymes.cle"), fs::read_link(folder.join("publie/current")).unwrap());
    let own = fs::read(&key).unwrap();
    let refused = |message: &str| {
        let output = run(folder, "2026-11-16");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(message) && said.contains("help:"), "{said}");
        assert_eq!(fs::read_link(folder.join("publie/current")).unwrap(), release);
    };
    fs::remove_file(&key).unwrap();
    refused("is not there");
    assert!(!key.exists());
    fs::write(&key, [7; 32]).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    refused("is not the one under which the last release was made");
    fs::write(&key, own).unwrap();
    assert_eq!(run(folder, "2026-11-16").status.code(), Some(0));
}
