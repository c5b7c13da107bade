//! A workbook that was given back meets sources that changed their names meanwhile.

use super::bad_day::{Day, SETTINGS};
use super::returned::{HEADERS, day, flows, give_back, hand_in, sheet, state};
use calamine::{Reader as _, Xlsx, open_workbook};
use rust_xlsxwriter::Workbook;
use std::fs;
use std::io::Cursor;

/// A day whose source reads what a pattern finds.
fn reading(files: &str) -> Day {
    let day = day(&HEADERS, "illisible");
    day.write("pipeline.toml", &SETTINGS.replace("inputs/visites.xlsx", files));
    day
}

/// The rows of [`sheet`] in a sheet of this name.
fn named(quantity: &str, name: &str) -> Vec<u8> {
    let mut given: Xlsx<_> = Xlsx::new(Cursor::new(sheet(&HEADERS, quantity))).unwrap();
    let range = given.worksheet_range_at(0).unwrap().unwrap();
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name(name).unwrap();
    for (at, row) in (0..).zip(range.rows()) {
        for (column, cell) in (0..).zip(row) {
            sheet.write_string(at, column, cell.to_string()).unwrap();
        }
    }
    workbook.save_to_buffer().unwrap()
}

#[test]
fn a_correction_follows_its_row_when_the_file_or_its_sheet_gets_another_name() {
    let day = reading("inputs/*");
    assert_eq!(flows(&day), (9, 1));
    hand_in(&day, "quarantaine.xlsx", "107", |_, _| {});
    assert_eq!(flows(&day), (10, 0));
    let inputs = day.path("jours/inputs");
    fs::rename(inputs.join("visites.xlsx"), inputs.join("visites 2026.xlsx")).unwrap();
    assert_eq!(flows(&day), (10, 0));
    fs::write(inputs.join("visites 2026.xlsx"), named("illisible", "Feuille 2026")).unwrap();
    assert_eq!(state(&day, "correction_sans_origine"), (0, 0));
    assert_eq!(flows(&day), (10, 0));
}

#[test]
fn a_correction_whose_file_is_gone_never_stands_beside_what_it_corrected() {
    let day = reading("inputs/*");
    assert_eq!(flows(&day), (9, 1));
    let given = day.path(".maillage/jours/quarantaine.xlsx");
    let first = fs::read(&given).unwrap();
    let mend = |company: &'static str| {
        fs::write(&given, &first).unwrap();
        hand_in(&day, "quarantaine.xlsx", "107", |_, rows| {
            let at = rows[0].iter().position(|cell| cell == HEADERS[0]).unwrap();
            company.clone_into(&mut rows[1][at]);
        });
    };
    let inputs = day.path("jours/inputs");
    fs::remove_file(inputs.join("visites.xlsx")).unwrap();
    // Under another name, and its cell is wrong otherwise: it is about the same thing, so its own row stays.
    fs::write(inputs.join("visites 2026.xlsx"), sheet(&HEADERS, "énormément")).unwrap();
    mend("Canari 7 inc.");
    assert_eq!(state(&day, "correction_depassee"), (1, 1));
    // The correction changed the name too: nobody can say of which row it was.
    mend("Canari 70 inc.");
    assert_eq!(state(&day, "correction_sans_origine"), (1, 1));
    assert_eq!(flows(&day), (9, 1));
}

#[test]
fn without_marks_a_place_in_two_files_of_one_name_is_no_place() {
    let day = reading("inputs/**/*.xlsx");
    let inputs = day.path("jours/inputs");
    fs::remove_file(inputs.join("visites.xlsx")).unwrap();
    for (folder, quantity) in [("nord", "illisible"), ("sud", "énormément")] {
        fs::create_dir(inputs.join(folder)).unwrap();
        fs::write(inputs.join(folder).join("visites.xlsx"), sheet(&HEADERS, quantity)).unwrap();
    }
    assert_eq!(state(&day, "quantite_illisible"), (2, 2));
    hand_in(&day, "quarantaine.xlsx", "107", |_, rows| rows.iter_mut().for_each(|row| drop(row.pop())));
    assert_eq!(state(&day, "correction_sans_origine"), (2, 1));
}

#[test]
fn sources_whose_names_begin_alike_each_find_their_own_corrections() {
    let day = day(&HEADERS, "illisible");
    let (north, south) = ("ateliers-du-parc-industriel-nord", "ateliers-du-parc-industriel-sud");
    let second = format!(
        "[[sources]]\nname = \"{south}\"\nrecords = \"flows\"\nfiles = [\"inputs/sud.xlsx\"]\n\
         mapping = \"mappings/flux.toml\"\nheader_row = 1\nquiet_seconds = 0\n\n"
    );
    let settings = SETTINGS.replace("name = \"visites\"", &format!("name = \"{north}\""));
    day.write("pipeline.toml", &settings.replacen("[[sources]]", &format!("{second}[[sources]]"), 1));
    fs::write(day.path("jours/inputs/sud.xlsx"), sheet(&HEADERS, "énormément")).unwrap();
    assert_eq!(state(&day, "quantite_illisible"), (2, 2));
    assert_eq!(give_back(&day, "quarantaine.xlsx", "énormément", "107"), 1);
    assert_eq!(state(&day, "quantite_illisible"), (1, 1));
    assert_eq!(state(&day, "quarantaine_renommee"), (1, 0));
}

#[test]
fn a_sheet_of_a_source_that_does_not_read_the_folder_is_told() {
    let day = day(&HEADERS, "illisible");
    let second = "[[sources]]\nname = \"sud\"\nrecords = \"flows\"\nfiles = [\"inputs/sud/sud.xlsx\"]\n\
                  mapping = \"mappings/flux.toml\"\nheader_row = 1\nquiet_seconds = 0\n\n[[sources]]";
    day.write("pipeline.toml", &SETTINGS.replacen("[[sources]]", second, 1));
    let inputs = day.path("jours/inputs");
    fs::create_dir(inputs.join("sud")).unwrap();
    fs::write(inputs.join("sud/sud.xlsx"), sheet(&HEADERS, "énormément")).unwrap();
    assert_eq!(state(&day, "quantite_illisible"), (2, 2));
    assert_eq!(give_back(&day, "quarantaine.xlsx", "introuvable", ""), 0);
    fs::rename(inputs.join("quarantaine.xlsx"), day.path("intacte.xlsx")).unwrap();
    assert_eq!(give_back(&day, "quarantaine.xlsx", "énormément", "107"), 1);
    assert_eq!(state(&day, "quarantaine_autre_source"), (2, 1));
    // There lies another workbook of its name.
    fs::rename(day.path("intacte.xlsx"), inputs.join("sud/quarantaine.xlsx")).unwrap();
    assert_eq!(state(&day, "quarantaine_autre_source"), (2, 1));
    fs::copy(inputs.join("quarantaine.xlsx"), inputs.join("sud/rendu quarantaine.xlsx")).unwrap();
    assert_eq!(state(&day, "quarantaine_autre_source"), (1, 0));
}

#[test]
fn no_sheet_is_told_to_be_lost_by_a_run_that_ends_before_its_source_is_read() {
    let day = day(&HEADERS, "illisible");
    let second = "[[sources]]\nname = \"sud\"\nrecords = \"flows\"\nfiles = [\"inputs/sud*.xlsx\"]\n\
                  mapping = \"mappings/flux.toml\"\nheader_row = 1\nquiet_seconds = 0\n\n[[parks]]";
    day.write("pipeline.toml", &SETTINGS.replacen("[[parks]]", second, 1));
    let south = day.path("jours/inputs/sud.xlsx");
    fs::write(&south, sheet(&HEADERS, "énormément")).unwrap();
    assert_eq!(state(&day, "quantite_illisible"), (2, 2));
    assert_eq!(give_back(&day, "quarantaine.xlsx", "énormément", "107"), 1);
    assert_eq!(state(&day, "quarantaine_autre_source"), (1, 0));
    let whole = fs::read(&south).unwrap();
    fs::write(&south, &whole[..whole.len() / 2]).unwrap();
    assert_eq!(day.run(&[]).status.code(), Some(65));
    let findings = fs::read_to_string(day.path(".maillage/jours/constats.jsonl")).unwrap();
    assert!(findings.contains("fichier_illisible"), "{findings}");
    assert!(!findings.contains("quarantaine_autre_source"), "{findings}");
}

#[test]
fn a_csv_whose_rows_stand_in_no_file_any_more_is_told() {
    let day = reading("inputs/*");
    assert_eq!(flows(&day), (9, 1));
    let mut given: Xlsx<_> = open_workbook(day.path(".maillage/jours/quarantaine.xlsx")).unwrap();
    let inputs = day.path("jours/inputs");
    let mut csv =
        csv::WriterBuilder::new().delimiter(b';').from_path(inputs.join("quarantaine.csv")).unwrap();
    for row in given.worksheet_range("visites").unwrap().rows() {
        csv.write_record(row.iter().map(|cell| cell.to_string().replace("illisible", "107"))).unwrap();
    }
    csv.flush().unwrap();
    assert_eq!(state(&day, "quarantaine_sans_source"), (0, 0));
    fs::rename(inputs.join("visites.xlsx"), inputs.join("visites 2026.xlsx")).unwrap();
    assert_eq!(state(&day, "quarantaine_sans_source"), (1, 1));
}

#[test]
fn a_workbook_that_was_corrected_where_it_was_written_is_kept_and_told() {
    let day = day(&HEADERS, "illisible");
    assert_eq!(state(&day, "quarantaine_changee_sur_place"), (1, 0));
    assert_eq!(give_back(&day, "quarantaine.xlsx", "illisible", "107"), 1);
    let written = day.path(".maillage/jours/quarantaine.xlsx");
    fs::rename(day.path("jours/inputs/quarantaine.xlsx"), &written).unwrap();
    let corrected = fs::read(&written).unwrap();
    assert_eq!(state(&day, "quarantaine_changee_sur_place"), (1, 1));
    let findings = fs::read_to_string(day.path(".maillage/jours/constats.jsonl")).unwrap();
    let told = findings.lines().find(|line| line.contains("quarantaine_changee_sur_place")).unwrap();
    let told: serde_json::Value = serde_json::from_str(told).unwrap();
    let sum = told["read"].as_str().unwrap();
    let kept = day.path(".maillage/jours/instantanes").join(&sum[..2]).join(sum);
    assert!(fs::read(&kept).unwrap() == corrected);
    assert_eq!(state(&day, "quarantaine_changee_sur_place"), (1, 0));
    fs::copy(kept, day.path("jours/inputs/quarantaine.xlsx")).unwrap();
    assert_eq!(state(&day, "quarantaine_rendue"), (0, 1));
}
