//! Contracts with a source and limits stop a run before anything is published.

use crate::bad_day::SETTINGS;
use crate::returned::{HEADERS, changed, day, sheet, state};
use std::fs;

#[test]
fn each_contract_does_what_it_says_about_a_renamed_column() {
    let renamed = ["Entreprise", "Sens", "Description", "Quantitée", "Unités", "Couleur"];
    let other = ["Entreprise", "Sens", "Description", "Quantité", "Unité", "Couleure"];
    let without_name = ["Zzz", "Sens", "Description", "Quantité", "Unité", "Couleur"];
    let without_unit = ["Entreprise", "Sens", "Description", "Quantité", "Unitée", "Couleur"];
    let contract = |headers: &[&str], name: &str| {
        let day = day(headers, "107");
        let settings = SETTINGS.replace("header_row = 1", &format!("header_row = 1\ncontract = \"{name}\""));
        day.write("pipeline.toml", &settings);
        let mapping = fs::read_to_string(day.path("jours/mappings/flux.toml")).unwrap();
        let mapping = mapping.replacen("[columns]\n", "[columns]\n\"Couleur\" = \"note\"\n", 1);
        day.write("mappings/flux.toml", &mapping);
        day
    };
    for name in ["evolve", "freeze"] {
        let day = contract(&other, name);
        assert_eq!(state(&day, "colonne_disparue"), (0, 1), "{name}");
        let findings = fs::read_to_string(day.path(".maillage/jours/constats.jsonl")).unwrap();
        let lost = findings.lines().find(|line| line.contains("colonne_disparue")).unwrap();
        assert!(lost.contains("« Couleur », peut-être la colonne F"), "{lost}");
        let kind = findings.lines().filter(|line| line.contains("colonne_nouvelle")).count();
        assert_eq!(kind, 1, "{findings}");
        // Without names nothing is anybody's, and without quantities or units every total would be wrong, whatever the contract lets pass.
        for (headers, field) in
            [(&renamed, "`quantite`"), (&without_unit, "`unite`"), (&without_name, "`nom`")]
        {
            let day = contract(headers, name);
            let before = day.release();
            let output = day.run(&[]);
            let message = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(3), "{message}");
            assert!(message.contains(field) && message.contains("help:"), "{message}");
            assert!(day.release() == before);
        }
    }
    let day = contract(&renamed, "refuse");
    let before = day.release();
    let output = day.run(&[]);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{message}");
    assert!(message.contains("sheet 1: column D is new, near `Quantité`"), "{message}");
    assert!(!message.contains("Quantitée"), "{message}");
    assert!(day.release() == before);
    // Of a file that a pattern found, only the private state tells the names.
    let settings = fs::read_to_string(day.path("jours/pipeline.toml")).unwrap();
    day.write("pipeline.toml", &settings.replace("inputs/visites.xlsx", "inputs/*.xlsx"));
    assert_eq!(day.run(&[]).status.code(), Some(3));
    let findings = fs::read_to_string(day.path(".maillage/jours/constats.jsonl")).unwrap();
    assert!(findings.contains("visites.xlsx!Sheet1") && findings.contains("column D is new"), "{findings}");
    let day = contract(&renamed, "quarantine");
    let output = day.run(&[]);
    assert_eq!(output.status.code(), Some(3), "all rows are held, more than the limit");
    let findings = fs::read_to_string(day.path(".maillage/jours/constats.jsonl")).unwrap();
    assert_eq!(findings.lines().filter(|line| line.contains("contrat_de_source")).count(), 10);
}

#[test]
fn under_freeze_a_column_of_quantities_of_another_kind_ends_the_run() {
    let day = day(&HEADERS, "107");
    day.write("pipeline.toml", &SETTINGS.replace("header_row = 1", "header_row = 1\ncontract = \"freeze\""));
    let words = changed(sheet(&HEADERS, "107"), |rows| {
        for row in rows.iter_mut().skip(1) {
            row[3] = "illisible".to_owned();
        }
    });
    fs::write(day.path("jours/inputs/visites.xlsx"), words).unwrap();
    let before = day.release();
    let output = day.run(&[]);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{message}");
    assert!(message.contains("`quantite`") && message.contains("freeze"), "{message}");
    assert!(day.release() == before);
}

#[test]
fn a_heading_that_stands_twice_is_told_and_breaks_a_contract_that_refuses() {
    let twice = ["Entreprise", "Sens", "Description", "Quantité", "Unité", "Quantité"];
    let before = state(&day(&HEADERS, "107"), "colonne_repetee");
    assert_eq!(before, (0, 0));
    let day = day(&twice, "107");
    assert_eq!(state(&day, "colonne_repetee"), (0, 1));
    // Every quantity stands in the second column: none is lost.
    let moved = changed(sheet(&twice, "107"), |rows| {
        for row in rows.iter_mut().skip(1) {
            row.resize(6, String::new());
            row.swap(3, 5);
        }
    });
    fs::write(day.path("jours/inputs/visites.xlsx"), moved).unwrap();
    assert_eq!(state(&day, "colonne_repetee"), (0, 1));
    assert_eq!(state(&day, "quantite_absente"), (0, 0));
    day.write("pipeline.toml", &SETTINGS.replace("header_row = 1", "header_row = 1\ncontract = \"refuse\""));
    let output = day.run(&[]);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{message}");
    assert!(message.contains("column F repeats the heading of column D"), "{message}");
}

#[test]
fn a_limit_on_findings_stops_the_run_and_keeps_yesterdays_release() {
    for (limit, code) in [("count = 0", 3), ("percent = 5", 3), ("count = 1", 0), ("percent = 10", 0)] {
        let day = day(&HEADERS, "illisible");
        let before = day.release();
        day.write(
            "pipeline.toml",
            &format!("{SETTINGS}\n[[limits.findings]]\nseverity = \"rejection\"\n{limit}\n"),
        );
        let output = day.run(&[]);
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{limit}: {message}");
        if code == 3 {
            assert!(
                message.contains("1 findings of severity `refus` (`rejection` in the settings)")
                    && message.contains("help:"),
                "{message}"
            );
            assert!(day.release() == before, "the release changed");
        }
    }
}

#[test]
fn a_source_that_shrinks_by_more_than_half_stops_the_run_until_it_is_meant() {
    let day = day(&HEADERS, "107");
    assert_eq!(state(&day, "source_reduite"), (0, 0));
    let before = day.release();
    let few = |rows: usize| {
        let text: String = (1..=rows)
            .map(|row| format!("Canari {row} inc.;offre;palettes de bois;{};t\n", 100 + row))
            .collect();
        fs::write(day.path("jours/inputs/visites.xlsx"), format!("{}\n{text}", HEADERS.join(";"))).unwrap();
    };
    few(4);
    let output = day.run(&[]);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{message}");
    for part in
        ["`visites` gave 4 rows, and 10 in the last run", "less than 50 %", "help:", "least_percent = 0"]
    {
        assert!(message.contains(part), "{part}: {message}");
    }
    assert!(day.release() == before, "the release changed");
    let findings = fs::read_to_string(day.path(".maillage/jours/constats.jsonl")).unwrap();
    assert!(findings.contains("\"kind\":\"source_reduite\""), "{findings}");
    // Half is let pass, and what was refused is no measure for the next run.
    few(5);
    assert_eq!(state(&day, "source_reduite"), (0, 0));
    few(0);
    assert_eq!(day.run(&[]).status.code(), Some(3));
    day.write("pipeline.toml", &SETTINGS.replace("header_row = 1", "header_row = 1\nleast_percent = 0"));
    few(2);
    assert_eq!(state(&day, "source_reduite"), (0, 0));
}
