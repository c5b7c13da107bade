//! What a former version of the program left: what this one cannot prove of it is told, and what is wrong is refused.

use crate::bad_day::{Day, SETTINGS, good_day, workbook};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Takes what a former version did not enter out of the ledger.
const FORMER: &str = "UPDATE night_releases SET digest = NULL, certificate = NULL, events = NULL; UPDATE releases SET digest = NULL";

fn ledger(day: &Day) -> rusqlite::Connection {
    rusqlite::Connection::open(day.path(".maillage/jours/registre.sqlite")).unwrap()
}

fn run(day: &Day, as_of: &str) {
    let output = day.command(&["run", "jours", "--as-of", as_of]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The folder of the release that readers see, and its name.
fn current(day: &Day) -> (PathBuf, String) {
    let folder = fs::canonicalize(day.path("published/current")).unwrap();
    let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
    (folder, name)
}

/// How a check of everything ends, what it says, and the same for programs.
fn verify(day: &Day) -> (Option<i32>, String, Value) {
    let output = day.command(&["verify"]).output().unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    let json = day.command(&["verify", "--json"]).output().unwrap();
    assert_eq!(json.status.code(), output.status.code());
    (output.status.code(), said, serde_json::from_slice(&json.stdout).unwrap())
}

fn copy(from: &Path, to: &Path) {
    assert!(Command::new("cp").arg("-a").args([from, to]).status().unwrap().success());
}

#[test]
fn what_only_this_version_asks_of_a_former_release_is_told_and_ends_no_check() {
    let day = good_day();
    let (folder, first) = current(&day);
    fs::write(day.path("jours/inputs/visites.xlsx"), workbook(|row| 150 + 2 * row)).unwrap();
    run(&day, "2026-01-16");
    assert_eq!(verify(&day).2["former"], serde_json::json!([]));
    // Its certificate is asked for a night that it does not know.
    let file = ledger(&day);
    let later =
        "UPDATE nights SET certificate = (SELECT certificate FROM nights WHERE night = 2) WHERE night = 1";
    file.execute_batch(later).unwrap();
    let (code, said, _) = verify(&day);
    assert!(code == Some(1) && said.contains("is not what was entered"), "{said}");
    file.execute_batch(FORMER).unwrap();
    let (code, said, told) = verify(&day);
    assert!(code == Some(0) && said.contains(&format!("`{first}` is of a former version")), "{said}");
    assert!(
        told["former"].as_array().unwrap().iter().any(|former| former["path"] == first.as_str()),
        "{told}"
    );
    assert!(told["proven"].as_u64().unwrap() < 2, "{told}");
    // What is written is held against its certificate all the same.
    let table = folder.join("donnees/flux_par_parc.csv");
    fs::remove_file(table.with_extension("parquet")).unwrap();
    let text = fs::read_to_string(&table).unwrap();
    assert!(text.contains(",1055000,"), "{text}");
    fs::write(&table, text.replace(",1055000,", ",1055001,")).unwrap();
    let (code, said, _) = verify(&day);
    assert!(code == Some(1) && said.contains("is not what was certified"), "{said}");
}

#[test]
fn a_former_release_of_a_night_that_no_longer_counts_is_named_until_the_next_publication() {
    let day = Day::new();
    day.write("pipeline.toml", &format!("{SETTINGS}[disclosure]\nhistory_days = 5\n"));
    run(&day, "2026-02-01");
    let (folder, first) = current(&day);
    let certificate = day.path(".maillage/jours/certificats").join(format!("{first}.json"));
    copy(&folder, &day.path("kept"));
    copy(&certificate, &day.path("kept.json"));
    fs::write(day.path("jours/inputs/visites.xlsx"), workbook(|row| 150 + 2 * row)).unwrap();
    for as_of in ["2026-02-02", "2026-02-10", "2026-02-20"] {
        run(&day, as_of);
    }
    assert!(!folder.exists() && !certificate.exists());
    // A former version left it.
    copy(&day.path("kept"), &folder);
    copy(&day.path("kept.json"), &certificate);
    ledger(&day).execute_batch(&format!("{FORMER}; DELETE FROM releases WHERE what = 'withdrawn'")).unwrap();
    let (code, said, told) = verify(&day);
    assert!(code == Some(0) && said.contains(&format!("leave at the next publication: {first}.")), "{said}");
    assert_eq!(told["past"], serde_json::json!([first]));
    run(&day, "2026-02-21");
    assert!(!folder.exists());
    assert_eq!(verify(&day).2["past"], serde_json::json!([]));
}
