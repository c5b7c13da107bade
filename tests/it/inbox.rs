//! The folder of a source as people leave it: open workbooks, files that are being written, copies.

use super::bad_day::{Day, SETTINGS, good_day};
use super::corpus::tells_panic;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// A day whose source reads a whole folder, with files that were written long ago.
fn inbox(more: &str) -> Day {
    let day = Day::new();
    let files = "files = [\"inputs/visites.xlsx\"]";
    assert!(SETTINGS.contains(files));
    let settings = SETTINGS.replace(files, &format!("files = [\"inputs/*.*\"]\n{more}"));
    let declared = if more.contains("quiet_seconds") { "" } else { "quiet_seconds = 0\n" };
    day.write(
        "pipeline.toml",
        &settings.replace("header_row = 1\nquiet_seconds = 0\n", &format!("header_row = 1\n{declared}")),
    );
    age(&day.path("jours/inputs/visites.xlsx"), 7_200);
    day
}

fn age(file: &Path, seconds: u64) {
    let past = SystemTime::now() - Duration::from_secs(seconds);
    let times = fs::FileTimes::new().set_modified(past);
    fs::File::options().write(true).open(file).unwrap().set_times(times).unwrap();
}

/// Kinds of the findings of the last run that concern files.
fn told(day: &Day) -> Vec<String> {
    let lines = fs::read_to_string(day.path(".maillage/jours/constats.jsonl")).unwrap();
    let kinds = lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let kinds = kinds.map(|finding| finding["kind"].as_str().unwrap().to_owned());
    kinds.filter(|kind| kind.starts_with("fichier_")).collect()
}

fn run(day: &Day) -> Option<i32> {
    let output = day.run(&[]);
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(!message.contains("secret") && !tells_panic(&message), "{message}");
    output.status.code()
}

/// A text file with rows that the workbook does not have.
fn rows(tonnes: u32) -> String {
    let row = |at: u32| format!("Canari {at} inc.;offre;copeaux de bois;{};t\n", tonnes + at);
    "Entreprise;Sens;Description;Quantité;Unité\n".to_owned() + &(1..=10).map(row).collect::<String>()
}

#[test]
fn a_workbook_that_somebody_has_open_counts_as_it_was_and_both_are_told() {
    let day = inbox("");
    let (workbook, lock) = (day.path("jours/inputs/visites.xlsx"), day.path("jours/inputs/~$visites.xlsx"));
    fs::write(&lock, b"\x05canari").unwrap();
    assert_eq!(run(&day), Some(75), "there is no earlier version");
    fs::remove_file(&lock).unwrap();
    assert_eq!(run(&day), Some(0));
    let before = day.release();

    fs::write(&workbook, super::bad_day::workbook(|row| 7_000 + row)).unwrap();
    fs::write(&lock, b"\x05canari").unwrap();
    assert_eq!(run(&day), Some(0));
    assert_eq!(told(&day), ["fichier_verrou", "fichier_en_attente"]);
    assert!(day.release() == before, "an open workbook changed the release");

    fs::remove_file(&lock).unwrap();
    assert_eq!(run(&day), Some(0));
    assert!(day.release() != before, "the saved workbook was not read");
}

#[test]
fn files_of_one_name_in_two_folders_each_count_as_they_were() {
    let day = Day::new();
    day.write("pipeline.toml", &SETTINGS.replace("inputs/visites.xlsx", "inputs/*/*.csv"));
    let put = |folder: &str, tonnes: u32| {
        let inputs = day.path("jours/inputs").join(folder);
        fs::create_dir_all(&inputs).unwrap();
        let companies = rows(tonnes).replace("Canari", &format!("Canari {folder}"));
        fs::write(inputs.join("visites.csv"), companies).unwrap();
    };
    put("nord", 500);
    put("sud", 900);
    assert_eq!(run(&day), Some(0));
    let before = day.release();
    put("sud", 7_000);
    fs::write(day.path("jours/inputs/sud/~$visites.csv"), b"\x05canari").unwrap();
    assert_eq!(run(&day), Some(0));
    assert_eq!(told(&day), ["fichier_verrou", "fichier_en_attente"]);
    assert!(day.release() == before, "an open file changed the release");
}

#[test]
fn what_is_nobodys_data_is_passed_over_and_a_damaged_file_stops_the_run() {
    let day = inbox("");
    assert_eq!(run(&day), Some(0));
    let before = day.release();
    let put = |name: &str, bytes: &[u8]| fs::write(day.path("jours/inputs").join(name), bytes).unwrap();
    put("Thumbs.db", b"\xd0\xcf\x11\xe0 thumbnails");
    put("desktop.ini", b"[.ShellClassInfo]\n");
    put(".DS_Store", b"\0\0\0\x01Bud1");
    put("secret.xlsx.part", b"PK\x03\x04");
    put("secret.xlsx.crdownload", b"PK\x03\x04");
    put("secret vide.xlsx", b"");
    assert_eq!(run(&day), Some(0));
    let told = told(&day);
    assert_eq!(told.iter().filter(|kind| *kind == "fichier_etranger").count(), 5, "{told:?}");
    assert_eq!(told.iter().filter(|kind| *kind == "fichier_vide").count(), 1, "{told:?}");
    assert!(day.release() == before);

    let whole = fs::read(day.path("jours/inputs/visites.xlsx")).unwrap();
    put("secret.xlsx", &whole[..whole.len() / 2]);
    assert_eq!(run(&day), Some(65));
    assert!(day.release() == before);
    let findings = fs::read_to_string(day.path(".maillage/jours/constats.jsonl")).unwrap();
    let named =
        findings.lines().filter(|line| line.contains("fichier_illisible") && line.contains("secret.xlsx"));
    assert_eq!(named.count(), 1, "{findings}");
}

#[test]
fn a_damaged_file_holds_back_nothing_else_where_the_settings_say_so() {
    for (policy, counts) in [("last", "ended well counts"), ("leave_out", "nothing of it counts")] {
        let day = inbox(&format!("unreadable = \"{policy}\""));
        let (first, second) = (day.path("jours/inputs/visites.xlsx"), day.path("jours/inputs/secret.csv"));
        fs::write(&second, rows(500)).unwrap();
        age(&second, 7_200);
        assert_eq!(run(&day), Some(0));
        let before = day.release();
        let whole = fs::read(&first).unwrap();
        fs::write(&second, &whole[..whole.len() / 2]).unwrap();
        for _ in 0..2 {
            assert!(matches!(run(&day), Some(0 | 4)), "{policy}");
            assert_eq!(told(&day), ["fichier_illisible"], "{policy}");
        }
        let findings = fs::read_to_string(day.path(".maillage/jours/constats.jsonl")).unwrap();
        let line = findings.lines().find(|line| line.contains("fichier_illisible")).unwrap();
        for part in ["secret.csv", counts, "file 1 of 2", "help: "] {
            assert!(line.contains(part), "{policy}: {part}: {line}");
        }
        assert!(policy != "last" || day.release() == before, "a damaged file changed the release");
        assert_eq!(day.command(&["check", "jours"]).output().unwrap().status.code(), Some(65));

        if policy == "leave_out" {
            // What a night lacks is no measure of the next: of twenty rows nine are left.
            let nine: String = rows(100).lines().take(10).map(|line| format!("{line}\n")).collect();
            fs::write(&first, nine).unwrap();
            age(&first, 7_200);
            assert_eq!(run(&day), Some(3));
        }
    }
    let day = inbox("unreadable = \"leave_out\"");
    assert_eq!(run(&day), Some(0));
    let before = day.release();
    let only = day.path("jours/inputs/visites.xlsx");
    let whole = fs::read(&only).unwrap();
    fs::write(&only, &whole[..whole.len() / 2]).unwrap();
    assert_eq!(run(&day), Some(65), "nothing of the source can be read");
    assert!(day.release() == before);
}

#[test]
fn a_file_that_is_being_written_counts_as_it_was_until_it_is_complete() {
    let day = inbox("quiet_seconds = 3600");
    let second = day.path("jours/inputs/visites-2.csv");
    fs::write(&second, rows(500)).unwrap();
    age(&second, 7_200);
    assert_eq!(run(&day), Some(0));
    let before = day.release();
    assert_eq!(told(&day), Vec::<String>::new());

    fs::write(&second, rows(9_000)).unwrap();
    assert_eq!(run(&day), Some(0));
    assert_eq!(told(&day), ["fichier_en_attente"]);
    assert!(day.release() == before, "a file that was being written changed the release");

    age(&second, 7_200);
    assert_eq!(run(&day), Some(0));
    assert_eq!(told(&day), Vec::<String>::new());
    assert!(day.release() != before, "the complete file was not read");
}

#[test]
fn a_new_file_that_is_being_written_holds_back_nothing_else() {
    let day = inbox("quiet_seconds = 3600");
    assert_eq!(run(&day), Some(0));
    let before = day.release();
    fs::write(day.path("jours/inputs/visites-2.csv"), rows(500)).unwrap();
    assert_eq!(run(&day), Some(0));
    assert_eq!(told(&day), ["fichier_jamais_lu"]);
    assert!(day.release() == before);
}

#[test]
fn a_source_of_which_nothing_is_complete_asks_to_come_back() {
    let day = inbox("quiet_seconds = 3600");
    age(&day.path("jours/inputs/visites.xlsx"), 1);
    let output = day.run(&[]);
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(75), "{message}");
    assert!(message.contains("inputs/*.*") && message.contains("help:"), "{message}");
}

#[test]
fn a_pipe_is_no_file_and_hangs_no_run() {
    let day = good_day();
    let pipe = day.path("jours/inputs/tube.xlsx");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    day.write("pipeline.toml", &SETTINGS.replace("inputs/visites.xlsx", "inputs/*.xlsx"));
    assert_eq!(run(&day), Some(0));
    assert_eq!(told(&day), ["fichier_impropre"]);
    day.write("pipeline.toml", &SETTINGS.replace("inputs/visites.xlsx", "inputs/tube.xlsx"));
    assert_eq!(run(&day), Some(65));
}

#[test]
fn the_same_bytes_under_another_name_are_read_once() {
    let day = inbox("");
    assert_eq!(run(&day), Some(0));
    let before = day.release();
    let copy = day.path("jours/inputs/copie de visites.xlsx");
    fs::copy(day.path("jours/inputs/visites.xlsx"), copy).unwrap();
    assert_eq!(run(&day), Some(0));
    assert_eq!(told(&day), ["fichier_en_double"]);
    assert!(day.release() == before);

    // Its first copy counts as it was while somebody has it open.
    fs::write(day.path("jours/inputs/~$copie de visites.xlsx"), b"\x05canari").unwrap();
    assert_eq!(run(&day), Some(0));
    assert_eq!(told(&day), ["fichier_verrou", "fichier_en_attente", "fichier_en_double"]);
    assert!(day.release() == before);
}

#[test]
fn sources_read_at_the_same_time_give_the_same_bytes_as_one_after_the_other() {
    let day = good_day();
    let source = |name: &str, file: &str| {
        format!(
            "[[sources]]\nname = \"{name}\"\nrecords = \"flows\"\nfiles = [\"{file}\"]\nmapping = \"mappings/flux.toml\"\n\n"
        )
    };
    let mut sources = String::new();
    for rank in 1..=5_u32 {
        fs::write(day.path(&format!("jours/inputs/v{rank}.csv")), rows(100 * rank)).unwrap();
        sources += &source(&format!("textes-{rank}"), &format!("inputs/v{rank}.csv"));
        fs::copy(day.path("jours/inputs/visites.xlsx"), day.path(&format!("jours/inputs/w{rank}.xlsx")))
            .unwrap();
        sources += &source(&format!("classeurs-{rank}"), &format!("inputs/w{rank}.xlsx"));
    }
    let settings = SETTINGS.replacen("[[parks]]", &format!("{sources}[[parks]]"), 1);
    let mut seen = Vec::new();
    for at_once in [1, 3, 16] {
        day.write("pipeline.toml", &format!("{settings}\n[limits]\nsources_at_once = {at_once}\n"));
        assert_eq!(run(&day), Some(0));
        let state = |name: &str| fs::read(day.path(&format!(".maillage/jours/{name}"))).unwrap();
        seen.push((day.release(), state("constats.jsonl"), state("quarantaine.xlsx")));
    }
    assert!(seen[0] == seen[1] && seen[1] == seen[2], "the bytes depend on how many are read at once");
}
