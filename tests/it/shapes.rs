//! Models, settings and folders that change between two nights: what was shown keeps its name, unit and
//! dimensions, and a state folder goes on only from what it knows.

use crate::bad_day::{Day, SETTINGS, good_day, workbook};
use std::fs;

const MODEL: &str = "models/flux_par_parc.sql";

/// One company gains a tonne, and nobody else changes.
fn one_changes(day: &Day) {
    fs::write(day.path("jours/inputs/visites.xlsx"), workbook(|row| 100 + row + u32::from(row == 1)))
        .unwrap();
}

fn run(day: &Day, as_of: &str, more: &[&str]) -> (Option<i32>, String) {
    let output = day.command(&["run", "jours", "--as-of", as_of]).args(more).output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// What a column shows of everything.
fn whole(day: &Day, column: &str) -> String {
    let bytes = fs::read(day.path("published/current/donnees/flux_par_parc.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let header = reader.headers().unwrap().clone();
    let place = header.iter().position(|other| other == column).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let total = rows.iter().find(|row| row.iter().take(3).all(|code| code == "Total")).unwrap();
    total[place].to_owned()
}

/// Replaces text that is there.
fn with(text: &str, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(text.to_owned(), |text, (right, wrong)| {
        assert!(text.contains(right), "{right}");
        text.replace(right, wrong)
    })
}

#[test]
fn what_a_night_showed_under_a_name_and_unit_is_there_the_next_night() {
    let day = good_day();
    let model = fs::read_to_string(day.path("jours").join(MODEL)).unwrap();
    let before = day.release();
    one_changes(&day);
    let refused = |words: &str| {
        let (code, message) = run(&day, "2026-01-16", &[]);
        assert_eq!(code, Some(78), "{words}: {message}");
        for word in [words, "2026-01-15", "help:", "nothing is published"] {
            assert!(message.contains(word), "{word}: {message}");
        }
        assert!(day.release() == before && !message.contains("Canari"));
    };
    let kilograms = "-- measure kg_an [kg/an]";
    let cases: [(&[(&str, &str)], &str); 7] = [
        (
            &[(kilograms, "-- measure masse [kg/an]"), ("nombre, kg_an", "nombre, kg_an AS masse")],
            "the measure `kg_an`",
        ),
        (
            &[(kilograms, "-- measure g_an [g/an]"), ("nombre, kg_an", "nombre, kg_an * 1000 AS g_an")],
            "the measure `kg_an`",
        ),
        (
            &[("[kg/an]", "[g/an]"), ("nombre, kg_an", "nombre, kg_an * 1000 AS kg_an")],
            "the unit `g/an` now, and had `kg/an`",
        ),
        (
            &[
                ("-- measure nombre [nombre]: Nombre de flux | Number of flows\n", ""),
                ("CAST(1 AS BIGINT) AS nombre, ", ""),
            ],
            "the measure `nombre`",
        ),
        (
            &[
                ("-- dimension parc:", "-- dimension zone:"),
                ("parc, categorie, sens,", "parc AS zone, categorie, sens,"),
            ],
            "has the dimensions `zone`, `categorie`, `sens` now",
        ),
        (
            &[(
                "-- dimension parc: Parc | Park\n-- dimension categorie: Catégorie | Category\n",
                "-- dimension categorie: Catégorie | Category\n-- dimension parc: Parc | Park\n",
            )],
            "has the dimensions `categorie`, `parc`, `sens` now",
        ),
        (&[("nombre, kg_an", "nombre, kg_an * 1000 AS kg_an")], "the same multiple of what it was"),
    ];
    for (changes, words) in cases {
        day.write(MODEL, &with(&model, changes));
        refused(words);
    }
    fs::remove_file(day.path("jours").join(MODEL)).unwrap();
    day.write("models/flux.sql", &model);
    refused("the table `flux_par_parc`");
    fs::remove_file(day.path("jours/models/flux.sql")).unwrap();
    // Titles may change, and what is put back goes on.
    day.write(MODEL, &with(&model, &[("Masse annuelle connue |", "Masse connue |")]));
    let (code, message) = run(&day, "2026-01-16", &[]);
    assert_eq!(code, Some(0), "{message}");
    assert_eq!(whole(&day, "kg_an"), "1055000");
}

#[test]
fn a_measure_that_comes_beside_another_one_says_what_it_is_and_tells_no_change() {
    let day = good_day();
    let model = fs::read_to_string(day.path("jours").join(MODEL)).unwrap();
    one_changes(&day);
    let added = |declared: &str, column: &str| {
        let contributors = format!("-- measure {declared}: Autre | Other\n-- contributors");
        let columns = format!("nombre, kg_an, {column}");
        with(&model, &[("-- contributors", contributors.as_str()), ("nombre, kg_an", columns.as_str())])
    };
    day.write(MODEL, &added("g_an [g/an]", "kg_an * 1000 AS g_an"));
    let (code, message) = run(&day, "2026-01-16", &[]);
    assert_eq!(code, Some(78), "{message}");
    assert!(message.contains("the same multiple of `kg_an`") && message.contains("help:"), "{message}");
    // The same amounts under a second name are the same amounts.
    day.write(MODEL, &added("masse [kg/an]", "kg_an AS masse"));
    let (code, message) = run(&day, "2026-01-16", &[]);
    assert_eq!(code, Some(0), "{message}");
    assert_eq!(whole(&day, "kg_an"), "1055000");
    assert_eq!(whole(&day, "masse"), "");
    let verified = day.command(&["verify"]).output().unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
}

#[test]
fn a_renamed_pipeline_does_not_go_on_without_its_nights() {
    let day = good_day();
    let before = day.release();
    one_changes(&day);
    day.write("pipeline.toml", &SETTINGS.replace("\"jours\"", "\"nuits\""));
    let (code, message) = run(&day, "2026-01-16", &[]);
    assert_eq!(code, Some(2), "{message}");
    assert!(message.contains("put its old `name` back") && !message.contains("/.pipeline"), "{message}");
    // Not in another published folder either, from the same state.
    let (code, message) =
        run(&day, "2026-01-16", &["--state", ".maillage/jours", "--published", "published-nuits"]);
    assert_eq!(code, Some(78), "{message}");
    assert!(
        message.contains("nights of `jours` and none of `nuits`") && message.contains("help:"),
        "{message}"
    );
    assert!(!day.path("published-nuits/current").exists() && day.release() == before);
    day.write("pipeline.toml", &SETTINGS.replace("\"Essai\", en = \"Trial\"", "\"Nuits\", en = \"Nights\""));
    let (code, message) = run(&day, "2026-01-16", &[]);
    assert_eq!(code, Some(0), "{message}");
}

#[test]
fn a_state_folder_whose_releases_are_gone_is_not_gone_on_from_without_a_word() {
    let day = good_day();
    one_changes(&day);
    fs::rename(day.path("published"), day.path("aside")).unwrap();
    // What publishes nothing may run.
    assert_eq!(run(&day, "2026-01-16", &["--dry-run"]).0, Some(0));
    let (code, message) = run(&day, "2026-01-16", &[]);
    assert_eq!(code, Some(1), "{message}");
    for word in ["holds no release", "older copy", "--published-was-lost", "help:"] {
        assert!(message.contains(word), "{word}: {message}");
    }
    assert!(!day.path("published/current").exists());
    // An empty folder is no better.
    fs::create_dir_all(day.path("published/releases")).unwrap();
    assert_eq!(run(&day, "2026-01-16", &[]).0, Some(1));
    let (code, message) = run(&day, "2026-01-16", &["--published-was-lost"]);
    assert_eq!(code, Some(0), "{message}");
    // The night before still counts.
    assert_eq!(whole(&day, "kg_an"), "1055000");
    assert_eq!(run(&day, "2026-01-17", &[]).0, Some(0));
}
