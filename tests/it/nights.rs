//! Releases of several nights: a change waits for others, a value keeps its day, and what the ledger
//! does not know ends the run.

use crate::bad_day::{Day, good_day, workbook};
use std::fs;

/// The workbook of the day with other amounts, in tonnes.
fn amounts(day: &Day, of: impl Fn(u32) -> u32) {
    fs::write(day.path("jours/inputs/visites.xlsx"), workbook(of)).unwrap();
}

fn run(day: &Day, as_of: &str) -> (Option<i32>, String) {
    let output = day.command(&["run", "jours", "--as-of", as_of]).output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Kilograms of the whole, and the day of the row.
fn whole(day: &Day) -> (String, String) {
    let bytes = fs::read(day.path("published/current/donnees/flux_par_parc.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let header = reader.headers().unwrap().clone();
    let place = |name: &str| header.iter().position(|other| other == name).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let total = rows.iter().find(|row| row.iter().take(3).all(|code| code == "Total")).unwrap();
    (total[place("kg_an")].to_owned(), total[place("valeur_du")].to_owned())
}

fn pair(value: &str, day: &str) -> (String, String) {
    (value.to_owned(), day.to_owned())
}

#[test]
fn a_change_waits_with_its_day_until_others_changed_too() {
    let day = good_day();
    assert_eq!(whole(&day), pair("1055000", "2026-01-15"));
    amounts(&day, |row| if row == 1 { 151 } else { 100 + row });
    let output = day.command(&["run", "jours", "--as-of", "2026-01-16", "--json"]).output().unwrap();
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), &summary["waiting"]), (Some(0), &serde_json::json!(1)));
    assert_eq!(whole(&day), pair("1055000", "2026-01-15"));
    let home = fs::read_to_string(day.path("published/current/categories/bois.html")).unwrap();
    assert!(home.contains("valeur du 15\u{a0}janvier 2026"), "{home}");
    amounts(&day, |row| if row <= 3 { 150 + row } else { 100 + row });
    assert_eq!(run(&day, "2026-01-17").0, Some(0));
    assert_eq!(whole(&day), pair("1205000", "2026-01-17"));
    // The second program knows all nights.
    let verified = day.command(&["verify"]).output().unwrap();
    let text = String::from_utf8_lossy(&verified.stdout).into_owned();
    assert!(verified.status.success() && text.contains("3 of 3"), "{text}");
}

#[test]
fn a_ledger_that_lost_its_nights_ends_the_run_and_a_certificate_without_them_is_refused() {
    let day = good_day();
    let before = day.release();
    amounts(&day, |row| 200 + 3 * row);
    let ledger = rusqlite::Connection::open(day.path(".maillage/jours/registre.sqlite")).unwrap();
    ledger
        .execute_batch("CREATE TABLE kept AS SELECT * FROM night_releases; DELETE FROM night_releases")
        .unwrap();
    let (code, message) = run(&day, "2026-01-16");
    assert_eq!(code, Some(1), "{message}");
    assert!(
        message.contains("the ledger does not hold what it showed") && message.contains("help:"),
        "{message}"
    );
    assert!(day.release() == before && !message.contains("Canari"));
    ledger.execute_batch("INSERT INTO night_releases SELECT * FROM kept").unwrap();
    // A night that cannot be read is no night.
    ledger
        .execute_batch("CREATE TABLE old AS SELECT * FROM nights; UPDATE nights SET state = x'00'")
        .unwrap();
    let (code, message) = run(&day, "2026-01-16");
    assert!(code == Some(1) && message.contains("cannot be read"), "{message}");
    ledger
        .execute_batch(
            "UPDATE nights SET state = (SELECT state FROM old), certificate = (SELECT certificate FROM old)",
        )
        .unwrap();
    let (code, message) = run(&day, "2026-01-16");
    assert_eq!(code, Some(0), "{message}");
    assert_eq!(whole(&day).1, "2026-01-16");
    // The same night again, entered as an earlier one that the second certificate does not know.
    ledger.execute_batch("UPDATE nights SET certificate = (SELECT certificate FROM nights WHERE night = 2) WHERE night = 1").unwrap();
    let verified = day.command(&["verify"]).output().unwrap();
    assert!(!verified.status.success());
}
