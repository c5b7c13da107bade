//! `maillage map` and `maillage check`: what each column is, for a file that nobody mapped and for
//! the sources of a pipeline.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn pilot() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/capitale-nationale")
}

fn program(arguments: &[&str], file: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_maillage")).args(arguments).arg(file).output().unwrap()
}

fn text(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Heading to field, over the mappings that were printed.
fn proposed(printed: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for part in printed.split("# ── pipeline.toml ──").skip(1) {
        let (source, mapping) = part.split_once("# ── mappings/").unwrap();
        let source: toml::Table = source.parse().unwrap();
        assert_eq!(source["sources"].as_array().unwrap().len(), 1);
        let mapping: toml::Table = format!("# {mapping}").parse().unwrap();
        let columns = mapping["columns"].as_table().unwrap();
        pairs.extend(
            columns.iter().map(|(header, field)| (header.clone(), field.as_str().unwrap().to_owned())),
        );
    }
    pairs
}

#[test]
fn a_mapping_is_proposed_for_workbooks_that_nobody_mapped() {
    for (file, mapping, least) in [
        ("ateliers-2026.xlsx", "ateliers.toml", 18),
        ("visites-2026.ods", "visites.toml", 14),
        ("suivi-synergies.xlsx", "suivi.toml", 12),
        ("plateforme-page-1.json", "plateforme.toml", 22),
    ] {
        let printed = text(&program(&["map"], &pilot().join("inputs").join(file)));
        let written = std::fs::read_to_string(pilot().join("mappings").join(mapping)).unwrap();
        let written: toml::Table = written.parse().unwrap();
        let columns = written["columns"].as_table().unwrap();
        let pairs = proposed(&printed);
        // A person wrote the mapping of the pilot: what both name is named alike.
        let label = |header: &str| header.rsplit(" > ").next().unwrap().to_owned();
        let (mut right, mut wrong) = (0, Vec::new());
        for (header, field) in &pairs {
            let known = columns.get(header).or_else(|| columns.get(&label(header)));
            let known = known.or_else(|| {
                let bare = label(header);
                columns.get(bare.split(" (").next().unwrap_or_default())
            });
            match known.and_then(toml::Value::as_str) {
                Some(known) if known == field => right += 1,
                _ => wrong.push(format!("{header} = {field}")),
            }
        }
        assert!(right >= least && wrong.len() <= 2, "{file}: {right} right, not as written: {wrong:?}");
    }
}

#[test]
fn a_sheet_is_chosen_by_name_or_position_and_a_wrong_name_is_told() {
    let file = pilot().join("inputs/ateliers-2026.xlsx");
    let whole = proposed(&text(&program(&["map"], &file)));
    let first = proposed(&text(&program(&["map", "--sheet", "1"], &file)));
    assert!(first.len() > 10 && whole.len() >= first.len());
    let wrong = program(&["map", "--sheet", "Nulle part"], &file);
    assert_eq!(wrong.status.code(), Some(65));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("help: leave `--sheet` out"));
}

#[test]
fn offers_without_a_direction_are_left_to_choose_and_forms_are_no_table() {
    let folder = tempfile::tempdir().unwrap();
    let told = |name: &str, text: &str| {
        let file = folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        let output = program(&["map"], &file);
        let code = output.status.code();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (code, text(output.stdout), text(output.stderr))
    };
    let table = "Entreprise;Matière;Quantité;Unité\nA;bois;3;t/an\nB;verre;4;t/an\n";
    let (code, printed, said) = told("releve.csv", table);
    assert_eq!(code, Some(0));
    assert!(
        printed.contains("# sens = \"extrant\"") && printed.contains("# sens = \"intrant\""),
        "{printed}"
    );
    assert!(said.contains("choisir `sens`"), "{said}");
    let (_, printed, said) = told("offres.csv", table);
    assert!(printed.contains("\nsens = \"extrant\" # 75 %") && said.is_empty(), "{printed}{said}");
    let form = "Entreprise;Exemple inc.\nAdresse;1, rue A\nTéléphone;418-555-0101\nMatière;bois\n";
    let (code, printed, said) = told("fiche.csv", form);
    assert_eq!((code, printed.as_str()), (Some(65), ""));
    assert!(said.contains("est une fiche"), "{said}");
}

#[test]
fn the_form_of_a_text_and_what_stands_around_its_table_are_told_by_every_verb() {
    let day = super::bad_day::Day::new();
    let file = day.path("jours/inputs/offres.csv");
    let rows: String = ('A'..='H').map(|name| format!("{name};offre;bois;3;t\n")).collect();
    let table = format!("Entreprise;Sens;Description;Quantité;Unité\n{rows}");
    std::fs::write(&file, format!("Relevé\n2026\n\n{table}\nSource : visites\nFin\nExporté hier\n")).unwrap();

    let read = program(&["read"], &file);
    let told = String::from_utf8(read.stderr).unwrap();
    let form = told.lines().next().unwrap().strip_prefix("texte / text: ").unwrap();
    let certain = "% · guillemet / quote « \" » 100 % · échappement / escape ∅ 100 % · \
                   encodage / encoding UTF-8 100 %";
    assert!(form.starts_with("délimiteur / delimiter « ; » ") && form.ends_with(certain), "{told}");
    let json = program(&["read", "--format", "json"], &file);
    assert!(String::from_utf8(json.stderr).unwrap().contains(form));

    let mapped = text(&program(&["map"], &file));
    let around = "préambule / preamble: 2 ligne(s) / row(s) · pied / footer: 3\n";
    assert!(mapped.contains(&format!("# texte / text: {form}\n")) && mapped.contains(around), "{mapped}");
    assert!(mapped.contains("header_row = 4\n"), "{mapped}");

    let settings = super::bad_day::SETTINGS.replace("inputs/visites.xlsx", "inputs/*.csv");
    day.write("pipeline.toml", &settings.replace("header_row = 1", "text = { footer = 1 }"));
    let checked = text(&day.command(&["check", "jours"]).output().unwrap());
    let lies = format!("titres / header: 4 · {around}    délimiteur / delimiter « ; » ");
    assert!(checked.contains(&lies) && checked.contains(certain), "{checked}");
    assert!(!checked.contains("offres.csv"), "a pattern found it: {checked}");
}

#[test]
fn check_shows_what_each_column_is_taken_for_and_no_confidential_value() {
    let shown = text(&program(&["check"], &pilot()));
    for line in ["« Quantité » → quantite", "« Nom » → nom · texte/text", "« Parc » → parc"] {
        assert!(shown.contains(line), "{line}\n{shown}");
    }
    assert!(!shown.contains('@'), "{shown}");
    let mut secrets = 0;
    for sheet in ["1", "2", "3"] {
        let read = program(&["read", "--sheet", sheet], &pilot().join("inputs/ateliers-2026.xlsx"));
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(read.stdout.as_slice());
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let header = rows.iter().position(|row| row.iter().any(|cell| cell == "NEQ")).unwrap();
        for hidden in ["Nom", "NEQ", "Contact", "Courriel", "Téléphone", "Adresse", "Description"] {
            let Some(column) = rows[header].iter().position(|cell| cell == hidden) else { continue };
            for value in rows[header + 1..].iter().filter_map(|row| row.get(column)) {
                if value.chars().count() > 5 && value != hidden {
                    secrets += 1;
                    assert!(!shown.contains(value), "a value of {hidden} is shown");
                }
            }
        }
    }
    assert!(secrets > 100, "only {secrets} values were looked for");
}

#[test]
fn columns_of_options_are_told_with_how_to_give_them() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sondage.csv");
    std::fs::write(&file, "Entreprise;Métaux (offre);Bois (demande)\nA;X;\nB;;X\n").unwrap();
    let output = program(&["map"], &file);
    let (printed, told) = (text(&output), String::from_utf8_lossy(&output.stderr));
    assert!(told.contains("« Métaux (offre) », « Bois (demande) »"), "{told}");
    assert!(told.contains("une ligne par option retenue"), "{told}");
    assert!(printed.contains("# \"Métaux (offre)\" = \"\" # une option"), "{printed}");
}
