//! A source that is absent for a night takes no company away from what is followed.

use crate::bad_day::{Day, SETTINGS};
use calamine::{Data, Reader as _, Xlsx, open_workbook};
use rust_xlsxwriter::Workbook;
use std::fs;

type Entry = [&'static str; 5];

const HEADINGS: Entry = ["Entreprise", "Sens", "Description", "Quantité", "Unité"];
const SEEKS: Entry = ["Canari 2 inc.", "demande", "palettes à réparer", "100", "t"];
const OFFERS: Entry = ["Menuiserie Lajoie inc.", "offre", "palettes de bois", "100", "t"];
const OFFERS_ALIKE: Entry = ["Menuiserie La Joie inc.", "offre", "palettes de bois", "100", "t"];
const OFFERS_GLASS: Entry = ["Verrerie Nordet inc.", "offre", "verre plat", "50", "t"];

/// A day with a second source, which may be absent.
fn day() -> Day {
    let day = Day::new();
    let second = "[[sources]]\nname = \"ateliers\"\nrecords = \"flows\"\nfiles = [\"inputs/ateliers.xlsx\"]\n\
                  optional = true\nmapping = \"mappings/flux.toml\"\nheader_row = 1\nquiet_seconds = 0\n\n[[parks]]";
    day.write("pipeline.toml", &SETTINGS.replacen("[[parks]]", second, 1));
    day
}

fn write(day: &Day, file: &str, entries: &[Entry]) {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, cells) in (0..).zip(std::iter::once(&HEADINGS).chain(entries)) {
        for (column, cell) in (0..).zip(cells) {
            sheet.write_string(row, column, *cell).unwrap();
        }
    }
    workbook.save(day.path("jours/inputs").join(file)).unwrap();
}

/// Identifier and status of every listed match after a night.
fn listed(day: &Day) -> Vec<[String; 2]> {
    let output = day.run(&[]);
    // A finding about a source weighs much among so few rows.
    assert!(matches!(output.status.code(), Some(0 | 4)), "{}", String::from_utf8_lossy(&output.stderr));
    let mut list: Xlsx<_> = open_workbook(day.path(".maillage/jours/maillages.xlsx")).unwrap();
    let rows = list.worksheet_range("Maillages").unwrap();
    let text = |cell: Option<&Data>| cell.map(ToString::to_string).unwrap_or_default();
    rows.rows().skip(1).map(|row| [text(row.first()), text(row.get(1))]).collect()
}

/// Writes into the list that a match was realised.
fn realise(day: &Day, id: &str) {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("Maillages").unwrap();
    for (row, cells) in (0..).zip([["Identifiant", "Statut"], [id, "réalisée"]]) {
        for (column, cell) in (0..).zip(cells) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    workbook.save(day.path(".maillage/jours/maillages.xlsx")).unwrap();
}

/// Who gives in a followed match.
fn supplier(day: &Day, id: &str) -> String {
    let memory = fs::read_to_string(day.path(".maillage/jours/suivi_maillages.jsonl")).unwrap();
    let line = memory.lines().find(|line| line.contains(&format!("\"id\":\"{id}\""))).unwrap();
    let one: serde_json::Value = serde_json::from_str(line).unwrap();
    one["supplier"].as_str().unwrap().to_owned()
}

/// A day on which one match between the sources was realised, and its identifier.
fn followed() -> (Day, String) {
    let day = day();
    write(&day, "visites.xlsx", &[SEEKS]);
    write(&day, "ateliers.xlsx", &[OFFERS]);
    let id = listed(&day)[0][0].clone();
    realise(&day, &id);
    (day, id)
}

#[test]
fn a_follow_up_keeps_its_company_while_the_source_of_it_is_absent() {
    let (day, id) = followed();
    // The company of another night may be it, but so may one of the source that is not there.
    write(&day, "visites.xlsx", &[SEEKS, OFFERS_ALIKE]);
    fs::remove_file(day.path("jours/inputs/ateliers.xlsx")).unwrap();
    listed(&day);
    assert_eq!(supplier(&day, &id), "menuiserie lajoie");
    write(&day, "visites.xlsx", &[SEEKS]);
    write(&day, "ateliers.xlsx", &[OFFERS]);
    assert_eq!(listed(&day), [[id.clone(), "réalisée".to_owned()]]);
    assert_eq!(supplier(&day, &id), "menuiserie lajoie");
}

#[test]
fn a_follow_up_keeps_its_company_while_a_file_of_its_source_cannot_be_read() {
    let day = Day::new();
    let settings = SETTINGS.replace("inputs/visites.xlsx", "inputs/*.xlsx");
    let policy = "quiet_seconds = 0\nunreadable = \"leave_out\"\n";
    day.write("pipeline.toml", &settings.replacen("quiet_seconds = 0\n", policy, 1));
    write(&day, "visites.xlsx", &[SEEKS]);
    write(&day, "ateliers.xlsx", &[OFFERS]);
    let id = listed(&day)[0][0].clone();
    realise(&day, &id);
    write(&day, "visites.xlsx", &[SEEKS, OFFERS_ALIKE]);
    let file = day.path("jours/inputs/ateliers.xlsx");
    let whole = fs::read(&file).unwrap();
    fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    listed(&day);
    assert_eq!(supplier(&day, &id), "menuiserie lajoie");
}

#[test]
fn a_follow_up_goes_to_the_company_of_a_like_name_when_every_source_is_there() {
    let (day, id) = followed();
    write(&day, "visites.xlsx", &[SEEKS, OFFERS_ALIKE]);
    write(&day, "ateliers.xlsx", &[OFFERS_GLASS]);
    listed(&day);
    assert_eq!(supplier(&day, &id), "menuiserie la joie");
}
