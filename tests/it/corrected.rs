//! A correction finds the row that it is for, wherever that row stands by then, and counts once.

use crate::returned::{HEADERS, age, changed, day, flows, give_back, hand_in, sheet, state};
use std::fs;

/// Adds a row without place and mark to a sheet.
fn add(rows: &mut Vec<Vec<String>>, description: &str) {
    let at = |heading: &str| rows[0].iter().position(|cell| cell == heading).unwrap();
    let mut row = vec![String::new(); rows[0].len()];
    for (heading, text) in HEADERS.iter().zip(["Canari 77 inc.", "offre", description, "177", "t"]) {
        row[at(heading)] = text.to_owned();
    }
    rows.push(row);
}

#[test]
fn a_row_that_its_owner_adds_to_the_workbook_is_a_new_one_and_counts_once() {
    let day = day(&HEADERS, "illisible");
    assert_eq!(flows(&day), (9, 1));
    hand_in(&day, "quarantaine.xlsx", "107", |_, rows| add(rows, "palettes de bois"));
    let given = fs::read(day.path(".maillage/jours/quarantaine.xlsx")).unwrap();
    assert_eq!(flows(&day), (11, 0));
    // Sent again under another name, with that row changed.
    fs::write(day.path(".maillage/jours/quarantaine.xlsx"), given).unwrap();
    hand_in(&day, "quarantaine (1).xlsx", "107", |_, rows| add(rows, "copeaux de chêne"));
    age(&day, "quarantaine.xlsx", 500);
    assert_eq!(flows(&day), (11, 0));
}

#[test]
fn a_row_that_nobody_touched_is_no_answer_to_a_correction() {
    let day = day(&HEADERS, "illisible");
    assert_eq!(flows(&day), (9, 1));
    hand_in(&day, "quarantaine.xlsx", "107", |_, _| {});
    hand_in(&day, "quarantaine (1).xlsx", "illisible", |_, _| {});
    age(&day, "quarantaine.xlsx", 500);
    assert_eq!(flows(&day), (10, 0));
}

#[test]
fn a_row_that_its_owner_parts_in_two_counts_as_two() {
    let day = day(&HEADERS, "illisible");
    assert_eq!(flows(&day), (9, 1));
    hand_in(&day, "quarantaine.xlsx", "107", |_, rows| {
        let mut second = rows[1].clone();
        let description = rows[0].iter().position(|cell| cell == HEADERS[2]).unwrap();
        "copeaux de chêne".clone_into(&mut second[description]);
        rows.push(second);
    });
    assert_eq!(flows(&day), (11, 0));
}

/// The sheet with one more row of another company above the others.
fn longer(before: Vec<u8>) -> Vec<u8> {
    let new = ["Canari 99 inc.", "offre", "palettes de bois", "199", "t"].map(str::to_owned);
    changed(before, |rows| rows.insert(1, new.to_vec()))
}

#[test]
fn a_correction_follows_its_row_when_the_sheet_gets_another() {
    let day = day(&HEADERS, "illisible");
    assert_eq!(flows(&day).1, 1);
    assert_eq!(give_back(&day, "quarantaine.xlsx", "illisible", "107"), 1);
    let (all, refused) = flows(&day);
    assert_eq!(refused, 0);
    // Every row is one lower now: the correction replaces the wrong row, not its neighbour.
    fs::write(day.path("jours/inputs/visites.xlsx"), longer(sheet(&HEADERS, "illisible"))).unwrap();
    assert_eq!(flows(&day), (all + 1, 0));
}

#[test]
fn corrections_of_rows_that_are_alike_follow_both_when_they_move() {
    let day = day(&HEADERS, "illisible");
    let twice = || changed(sheet(&HEADERS, "illisible"), |rows| rows.push(rows[7].clone()));
    fs::write(day.path("jours/inputs/visites.xlsx"), twice()).unwrap();
    assert_eq!(state(&day, "quantite_illisible"), (2, 2));
    assert_eq!(give_back(&day, "quarantaine.xlsx", "illisible", "107"), 2);
    assert_eq!(state(&day, "quantite_illisible"), (0, 0));
    fs::write(day.path("jours/inputs/visites.xlsx"), longer(twice())).unwrap();
    assert_eq!(state(&day, "quantite_illisible"), (0, 0));
    assert_eq!(state(&day, "correction_depassee"), (0, 0));
}

#[test]
fn a_row_corrected_in_the_quarantine_and_at_its_source_counts_once() {
    let day = day(&HEADERS, "illisible");
    assert_eq!(state(&day, "quantite_illisible"), (1, 1));
    assert_eq!(give_back(&day, "quarantaine.xlsx", "illisible", "107"), 1);
    let (corrected, _) = flows(&day);
    fs::write(day.path("jours/inputs/visites.xlsx"), sheet(&HEADERS, "108")).unwrap();
    assert_eq!(state(&day, "correction_depassee"), (0, 1));
    assert_eq!(flows(&day).0, corrected);
    // In other words, too.
    let reworded = changed(sheet(&HEADERS, "108"), |rows| "copeaux de chêne".clone_into(&mut rows[7][2]));
    fs::write(day.path("jours/inputs/visites.xlsx"), reworded).unwrap();
    assert_eq!(state(&day, "correction_depassee"), (0, 1));
    assert_eq!(flows(&day).0, corrected);
}

#[test]
fn corrections_that_a_workbook_of_the_same_name_pushed_out_are_told() {
    let day = day(&HEADERS, "illisible");
    assert_eq!(state(&day, "quantite_illisible"), (1, 1));
    assert_eq!(give_back(&day, "quarantaine.xlsx", "illisible", "107"), 1);
    let second = changed(sheet(&HEADERS, "illisible"), |rows| "énormément".clone_into(&mut rows[3][3]));
    fs::write(day.path("jours/inputs/visites.xlsx"), second).unwrap();
    assert_eq!(state(&day, "quantite_illisible"), (1, 1));
    assert_eq!(give_back(&day, "quarantaine.xlsx", "énormément", "103"), 1);
    assert_eq!(state(&day, "correction_abandonnee"), (1, 1));
}
