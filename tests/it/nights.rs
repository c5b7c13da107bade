//! Releases of several nights: a change waits for others, a value keeps its day, and what the ledger
//! does not know ends the run.

use crate::bad_day::{Day, SETTINGS, good_day, workbook};
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

#[test]
fn a_day_that_was_changed_beside_a_value_is_refused_by_its_certificate() {
    let day = good_day();
    amounts(&day, |row| if row == 1 { 151 } else { 100 + row });
    assert_eq!(run(&day, "2026-01-16").0, Some(0));
    let table = fs::canonicalize(day.path("published/current/donnees/flux_par_parc.csv")).unwrap();
    let text = fs::read_to_string(&table).unwrap();
    assert!(text.contains(",2026-01-15\n"), "{text}");
    // The Parquet file would tell too.
    let (other, aside) = (table.with_extension("parquet"), day.path("aside.parquet"));
    fs::rename(&other, &aside).unwrap();
    let refused = || {
        let verified = day.command(&["verify"]).output().unwrap();
        let said = String::from_utf8_lossy(&verified.stderr).into_owned();
        said.contains("is not that of its oldest value")
    };
    assert!(!refused());
    for changed in ["2026-01-16", "2026-01-14", ""] {
        fs::write(&table, text.replacen(",2026-01-15\n", &format!(",{changed}\n"), 1)).unwrap();
        assert!(refused(), "{changed}");
    }
    fs::write(&table, &text).unwrap();
    fs::rename(&aside, &other).unwrap();
    let verified = day.command(&["verify"]).output().unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
    // A day long past may be tried: its values are of days after it.
    let tried = day.command(&["run", "jours", "--as-of", "2026-01-10", "--dry-run"]).output().unwrap();
    assert_eq!(tried.status.code(), Some(0), "{}", String::from_utf8_lossy(&tried.stderr));
}

#[test]
fn a_parquet_file_that_does_not_say_what_the_csv_file_says_is_refused() {
    let day = good_day();
    let table = || fs::canonicalize(day.path("published/current/donnees/flux_par_parc.parquet")).unwrap();
    let first = table();
    amounts(&day, |row| 150 + 2 * row);
    assert_eq!(run(&day, "2026-01-16").0, Some(0));
    assert!(day.command(&["verify"]).output().unwrap().status.success());
    fs::copy(&first, table()).unwrap();
    let verified = day.command(&["verify"]).output().unwrap();
    let said = String::from_utf8_lossy(&verified.stderr).into_owned();
    assert!(said.contains("flux_par_parc.parquet` does not say what the CSV file"), "{said}");
}

/// Copies a folder with its links.
fn copy(from: &std::path::Path, to: &std::path::Path) {
    let done = std::process::Command::new("cp").arg("-a").args([from, to]).status().unwrap();
    assert!(done.success());
}

#[test]
fn a_release_that_the_ledger_does_not_know_ends_the_run_whichever_readers_see() {
    let day = good_day();
    let first = fs::read_link(day.path("published/current")).unwrap();
    copy(&day.path(".maillage/jours"), &day.path("other"));
    amounts(&day, |row| 150 + row);
    assert_eq!(run(&day, "2026-01-16").0, Some(0));
    let second = fs::read_link(day.path("published/current")).unwrap();
    assert_ne!(first, second);
    // A state folder from before the second release, also once readers see the first one again.
    let refused = || {
        let arguments = ["run", "jours", "--as-of", "2026-01-17", "--state", "other"];
        let output = day.command(&arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("the ledger does not hold what it showed") && said.contains("help:"), "{said}");
    };
    refused();
    let id = first.file_name().unwrap().to_str().unwrap();
    assert!(day.command(&["rollback", id]).output().unwrap().status.success());
    refused();
}

#[test]
fn a_night_that_a_rollback_showed_again_counts() {
    let day = good_day();
    day.write("pipeline.toml", &format!("{SETTINGS}[disclosure]\nhistory_days = 5\n"));
    let first = fs::read_link(day.path("published/current")).unwrap();
    amounts(&day, |row| 150 + 2 * row);
    assert_eq!(run(&day, "2026-01-16").0, Some(0));
    let second = whole(&day);
    assert_eq!(second.1, "2026-01-16");
    let id = first.file_name().unwrap().to_str().unwrap();
    assert!(day.command(&["rollback", id]).output().unwrap().status.success());
    // One company changed since what readers saw a moment ago.
    amounts(&day, |row| if row == 1 { 151 } else { 100 + row });
    let (code, message) = run(&day, "2026-02-16");
    assert_eq!(code, Some(0), "{message}");
    // What is left of the night before is shown with its day, or is too old by now.
    let shown = whole(&day);
    assert!(shown == second || shown.0.is_empty(), "{shown:?}");
    let verified = day.command(&["verify"]).output().unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
}

#[test]
fn a_release_that_nobody_published_is_told_and_shown_to_nobody() {
    let day = good_day();
    let first = fs::read_link(day.path("published/current")).unwrap();
    let name = "2026-01-16-aaaaaaaaaaaa";
    copy(&day.path("published").join(&first), &day.path("published/releases").join(name));
    let said = |arguments: &[&str]| {
        let output = day.command(arguments).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, message) = said(&["verify"]);
    assert!(
        code == Some(1) && message.contains(name) && message.contains("is not in the ledger"),
        "{message}"
    );
    let (code, message) = said(&["rollback", name]);
    assert!(code == Some(1) && message.contains("does not know") && message.contains("help:"), "{message}");
    assert_eq!(fs::read_link(day.path("published/current")).unwrap(), first);
}

#[test]
fn the_status_says_since_when_and_why_nothing_new_is_shown() {
    let day = good_day();
    let said = |arguments: &[&str]| {
        let output = day.command(arguments).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    assert!(!said(&["status", "jours"]).contains("nothing new since"));
    let ledger = rusqlite::Connection::open(day.path(".maillage/jours/registre.sqlite")).unwrap();
    ledger
        .execute_batch(
            "INSERT INTO run_findings SELECT max(run), 'avertissement', 'nouveautes_sans_place', 1 FROM runs",
        )
        .unwrap();
    let text = said(&["status", "jours"]);
    assert!(text.contains("nothing new since 2026-01-15:") && text.contains("`maillage rollback`"), "{text}");
    let status: serde_json::Value = serde_json::from_str(&said(&["status", "jours", "--json"])).unwrap();
    let expected = serde_json::json!({"since": "2026-01-15", "kind": "nouveautes_sans_place"});
    assert_eq!(status["nothing_new"], expected);
}

#[test]
fn new_values_pause_once_half_of_the_places_are_taken_and_a_run_says_so() {
    let day = good_day();
    let findings = || fs::read_to_string(day.path(".maillage/jours/constats.jsonl")).unwrap();
    let paused = (1..=14_u32).find(|night| {
        amounts(&day, |row| 200 + 7 * row + 13 * night + row * night % 5);
        let (code, message) = run(&day, &format!("2026-01-{}", 15 + night));
        assert_eq!(code, Some(0), "{message}");
        findings().contains("nouveautes_en_pause")
    });
    // The first night and eleven more are one after the other.
    assert_eq!(paused, Some(12));
    assert!(findings().contains("2026-01-26 →"), "{}", findings());
    let status = day.command(&["status", "jours"]).output().unwrap();
    let text = String::from_utf8_lossy(&status.stdout).into_owned();
    assert!(text.contains("nothing new since 2026-01-26:"), "{text}");
}

#[test]
fn a_day_to_come_is_tried_and_not_published() {
    let day = good_day();
    let before = day.release();
    let (code, message) = run(&day, "2999-01-15");
    assert_eq!(code, Some(2), "{message}");
    assert!(message.contains("still to come") && message.contains("help:"), "{message}");
    let tried = day.command(&["run", "jours", "--as-of", "2999-01-15", "--dry-run"]).output().unwrap();
    assert_eq!(tried.status.code(), Some(0), "{}", String::from_utf8_lossy(&tried.stderr));
    assert!(day.release() == before);
    // The days of today come after it all the same.
    assert_eq!(run(&day, "2026-01-16").0, Some(0));
}

#[test]
fn a_release_made_while_a_rollback_changed_what_readers_see_is_not_published() {
    let day = good_day();
    let first = fs::read_link(day.path("published/current")).unwrap();
    assert_eq!(run(&day, "2026-01-16").0, Some(0));
    let go = day.path("go");
    let third = day
        .command(&["run", "jours", "--as-of", "2026-01-17"])
        .env("MAILLAGE_FAULT", format!("publish:hold={}", go.display()))
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    while !day.path("go.waits").exists() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let id = first.file_name().unwrap().to_str().unwrap();
    assert!(day.command(&["rollback", id]).output().unwrap().status.success());
    fs::write(&go, "").unwrap();
    let output = third.wait_with_output().unwrap();
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(75), "{message}");
    assert!(message.contains("was changed while") && message.contains("help:"), "{message}");
    assert_eq!(fs::read_link(day.path("published/current")).unwrap(), first);
    assert_eq!(run(&day, "2026-01-17").0, Some(0));
    assert!(day.command(&["verify"]).output().unwrap().status.success());
}

#[test]
fn a_release_is_no_longer_open_to_readers_once_its_night_no_longer_counts() {
    let day = Day::new();
    day.write("pipeline.toml", &format!("{SETTINGS}[disclosure]\nhistory_days = 5\n"));
    let published = |date: &str| {
        let output = day
            .command(&["run", "jours"])
            .env("MAILLAGE_FAULT", format!("clock={date}T12:00:00Z"))
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        let release = fs::canonicalize(day.path("published/current")).unwrap();
        assert!(release.file_name().unwrap().to_str().unwrap().starts_with(date), "{}", release.display());
        release
    };
    let first = published("2026-02-01");
    amounts(&day, |row| 150 + 2 * row);
    let second = published("2026-02-02");
    assert!(first.exists() && second.exists());
    let third = published("2026-02-10");
    published("2026-02-20");
    assert!(!first.exists() && third.exists());
    let id = first.file_name().unwrap().to_str().unwrap();
    let said = |arguments: &[&str]| {
        let output = day.command(arguments).output().unwrap();
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        (output.status.code(), text)
    };
    assert_eq!(said(&["rollback", id]).0, Some(2));
    let (_, listed) = said(&["releases", "--json"]);
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    let gone = listed.as_array().unwrap().iter().find(|release| release["release"] == id).unwrap();
    assert_eq!(gone["events"].as_array().unwrap().last().unwrap()["what"], "withdrawn");
    // Its proof went with it.
    assert!(
        !fs::read_dir(day.path(".maillage/jours/certificats"))
            .unwrap()
            .any(|entry| { entry.unwrap().file_name().to_string_lossy().contains(id) })
    );
    let (code, text) = said(&["verify"]);
    assert_eq!(code, Some(0), "{text}");
}
