//! Marks of numbers that a mapping declares, through the whole path.

use super::bad_day::{Day, SETTINGS};
use std::fs;

/// Rows of the last run whose quantity could not be read.
fn unread(day: &Day) -> usize {
    let lines = fs::read_to_string(day.path(".maillage/jours/constats.jsonl")).unwrap();
    lines.lines().filter(|line| line.contains("\"quantite_illisible\"")).count()
}

#[test]
fn a_declared_decimal_mark_answers_what_no_one_can_tell_and_a_wrong_one_is_noticed() {
    let day = Day::new();
    day.write("pipeline.toml", &SETTINGS.replace("visites.xlsx", "visites.csv"));
    let rows: String =
        (1..=9).map(|row| format!("Canari {row} inc.;offre;palettes de bois;{row},234;t\n")).collect();
    day.write("inputs/visites.csv", &format!("Entreprise;Sens;Description;Quantité;Unité\n{rows}"));
    let mapping = fs::read_to_string(day.path("jours/mappings/flux.toml")).unwrap();
    let run = |numbers: &str| {
        day.write("mappings/flux.toml", &format!("{mapping}\n[numbers]\n{numbers}"));
        let output = day.run(&[]);
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    run("");
    assert_eq!(unread(&day), 9);
    assert_eq!(run("\"Quantité\" = { decimal = \",\" }").0, Some(0));
    assert_eq!(unread(&day), 0);
    // Read the other way, every amount is a thousand times that of the release before.
    let (code, message) = run("\"*\" = { decimal = \".\", thousands = \",\" }");
    assert!(code == Some(78) && message.contains("the same multiple"), "{message}");
    assert_eq!(unread(&day), 0);
    // Declared, and contradicted by every row.
    run("\"Quantité\" = { decimal = \".\", thousands = \" \" }");
    assert_eq!(unread(&day), 9);
    let (code, message) = run("\"Tonnage\" = { decimal = \",\" }");
    assert!(code == Some(78) && message.contains("`Tonnage`") && message.contains("help:"), "{message}");
}
