//! `quarantaine.xlsx` goes to the owner and comes back.

use crate::bad_day::{Day, SETTINGS, good_day};
use calamine::{Data, Reader as _, Xlsx, open_workbook};
use rust_xlsxwriter::Workbook;
use std::fs;
use std::time::{Duration, SystemTime};

pub(super) const HEADERS: [&str; 5] = ["Entreprise", "Sens", "Description", "Quantité", "Unité"];

/// Rows of invented companies, one of them with the given quantity.
pub(super) fn sheet(headers: &[&str], quantity: &str) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, header) in (0..).zip(headers) {
        sheet.write_string(0, column, *header).unwrap();
    }
    for row in 1..=10_u32 {
        let number = (100 + row).to_string();
        let company = format!("Canari {row} inc.");
        let cells =
            [company.as_str(), "offre", "palettes de bois", if row == 7 { quantity } else { &number }, "t"];
        for (column, cell) in (0..).zip(cells) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    workbook.save_to_buffer().unwrap()
}

pub(super) fn day(headers: &[&str], quantity: &str) -> Day {
    let day = good_day();
    fs::write(day.path("jours/inputs/visites.xlsx"), sheet(headers, quantity)).unwrap();
    day
}

/// Rows refused, and findings of a kind, as the run left them.
pub(super) fn state(day: &Day, kind: &str) -> (usize, usize) {
    let output = day.run(&["--json"]);
    let summary = String::from_utf8(output.stdout).unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(matches!(output.status.code(), Some(0 | 4)), "{errors}");
    let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
    let refused = summary["rejected"].as_u64().unwrap_or_else(|| panic!("{summary}"));
    let findings = fs::read_to_string(day.path(".maillage/jours/constats.jsonl")).unwrap();
    let of_kind = findings.lines().filter(|line| line.contains(&format!("\"kind\":\"{kind}\""))).count();
    (usize::try_from(refused).unwrap(), of_kind)
}

/// Sends the workbook back with another text in the cells that hold the wrong one; gives how many.
pub(super) fn give_back(day: &Day, file: &str, wrong: &str, right: &str) -> usize {
    let path = day.path(".maillage/jours").join(file);
    let mut given: Xlsx<_> = open_workbook(path).unwrap();
    let mut workbook = Workbook::new();
    let mut mended = 0;
    for name in given.sheet_names() {
        let sheet = workbook.add_worksheet().set_name(&name).unwrap();
        for (row, cells) in (0..).zip(given.worksheet_range(&name).unwrap().rows()) {
            for (column, cell) in (0..).zip(cells) {
                let text = match cell {
                    Data::String(text) if text == wrong => {
                        mended += 1;
                        right.to_owned()
                    }
                    other => other.to_string(),
                };
                sheet.write_string(row, column, text).unwrap();
            }
        }
    }
    workbook.save(day.path("jours/inputs/quarantaine.xlsx")).unwrap();
    mended
}

#[test]
fn a_corrected_quarantine_clears_its_findings_and_a_wrong_correction_comes_back() {
    let day = day(&HEADERS, "illisible");
    assert_eq!(state(&day, "quantite_illisible"), (1, 1));
    let mut given: Xlsx<_> = open_workbook(day.path(".maillage/jours/quarantaine.xlsx")).unwrap();
    assert_eq!(given.sheet_names(), ["visites", "constats - findings"]);
    let counts = given.worksheet_range("constats - findings").unwrap();
    assert!(counts.rows().any(|row| row[0] == Data::Float(1.0) && row[1].to_string().contains("quantité")));
    // Still wrong: the row comes back under its first place, and only once.
    assert_eq!(give_back(&day, "quarantaine.xlsx", "illisible", "énormément"), 1);
    assert_eq!(state(&day, "quantite_illisible"), (1, 1));
    let mut given: Xlsx<_> = open_workbook(day.path(".maillage/jours/quarantaine.xlsx")).unwrap();
    let place = given.worksheet_range("visites").unwrap().get_value((1, 0)).unwrap().to_string();
    assert!(place.starts_with("visites.xlsx!") && place.ends_with("!8"), "{place}");
    // Now right: nothing is refused any more, and the release counts the row.
    assert_eq!(give_back(&day, "quarantaine.xlsx", "énormément", "107"), 1);
    assert_eq!(state(&day, "quantite_illisible"), (0, 0));
    let cleared = day.release();
    fs::write(day.path("jours/inputs/visites.xlsx"), sheet(&HEADERS, "107")).unwrap();
    fs::remove_file(day.path("jours/inputs/quarantaine.xlsx")).unwrap();
    assert_eq!(state(&day, "quantite_illisible"), (0, 0));
    assert!(day.release() == cleared, "the corrected row is not what the right sheet gives");
}

/// Sends the workbook back as [`give_back`] does, under a name and after somebody has changed its sheet.
pub(super) fn hand_in(
    day: &Day,
    file: &str,
    right: &str,
    change: impl Fn(&mut String, &mut Vec<Vec<String>>),
) {
    let mut given: Xlsx<_> = open_workbook(day.path(".maillage/jours/quarantaine.xlsx")).unwrap();
    let mut name = "visites".to_owned();
    let range = given.worksheet_range(&name).unwrap();
    let corrected = |cell: &Data| match cell {
        Data::String(text) if ["illisible", "énormément"].contains(&text.as_str()) => right.to_owned(),
        other => other.to_string(),
    };
    let mut rows: Vec<Vec<String>> = range.rows().map(|row| row.iter().map(&corrected).collect()).collect();
    change(&mut name, &mut rows);
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name(&name).unwrap();
    for (at, row) in (0..).zip(rows) {
        for (column, text) in (0..).zip(row) {
            sheet.write_string(at, column, text).unwrap();
        }
    }
    workbook.save(day.path("jours/inputs").join(file)).unwrap();
}

#[test]
fn a_workbook_that_comes_back_as_csv_replaces_its_rows_too() {
    let day = day(&HEADERS, "illisible");
    assert_eq!(flows(&day), (9, 1));
    let mut given: Xlsx<_> = open_workbook(day.path(".maillage/jours/quarantaine.xlsx")).unwrap();
    let path = day.path("jours/inputs/Quarantaine.csv");
    let mut csv = csv::WriterBuilder::new().delimiter(b';').from_path(path).unwrap();
    for row in given.worksheet_range("visites").unwrap().rows() {
        csv.write_record(row.iter().map(|cell| cell.to_string().replace("illisible", "107"))).unwrap();
    }
    csv.flush().unwrap();
    for files in ["inputs/visites.xlsx", "inputs/*"] {
        day.write("pipeline.toml", &SETTINGS.replace("inputs/visites.xlsx", files));
        assert_eq!(flows(&day), (10, 0), "{files}");
    }
    assert_eq!(state(&day, "quarantaine_renommee"), (0, 1));
}

/// Flows, and rows refused.
pub(super) fn flows(day: &Day) -> (u64, u64) {
    let output = day.run(&["--json"]);
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    (summary["flows"].as_u64().unwrap(), summary["rejected"].as_u64().unwrap())
}

/// Lets a file of the inbox be written so long ago.
pub(super) fn age(day: &Day, file: &str, seconds: u64) {
    let past = SystemTime::now() - Duration::from_secs(seconds);
    let file = fs::File::options().write(true).open(day.path("jours/inputs").join(file)).unwrap();
    file.set_modified(past).unwrap();
}

#[test]
fn of_several_workbooks_the_newest_wins_whatever_its_name() {
    for (older, newer, files) in [
        ("quarantaine.xlsx", "quarantaine (1).xlsx", "inputs/*"),
        ("quarantaine (1).xlsx", "quarantaine.xlsx", "inputs/visites.xlsx"),
    ] {
        let day = day(&HEADERS, "illisible");
        day.write("pipeline.toml", &SETTINGS.replace("inputs/visites.xlsx", files));
        assert_eq!(state(&day, "quantite_illisible"), (1, 1));
        hand_in(&day, newer, "107", |_, _| {});
        hand_in(&day, older, "énormément", |_, _| {});
        age(&day, older, 500);
        age(&day, newer, 100);
        assert_eq!(state(&day, "quarantaine_rendue"), (0, 2), "{newer} over {older} in {files}");
    }
}

#[test]
fn corrected_rows_never_stand_beside_those_that_they_came_from() {
    type Change = fn(&mut String, &mut Vec<Vec<String>>);
    let cases: [(&str, Change, u64, &str); 6] = [
        (
            "a title above",
            |_, rows| rows.insert(0, vec!["Corrigé le 3 juin".to_owned()]),
            0,
            "quarantaine_rendue",
        ),
        (
            "a column before",
            |_, rows| rows.iter_mut().for_each(|row| row.insert(0, "vu".to_owned())),
            0,
            "quarantaine_rendue",
        ),
        ("another name", |name, _| "Corrigé par nous".clone_into(name), 0, "quarantaine_renommee"),
        (
            "no column of places",
            |_, rows| rows.iter_mut().for_each(|row| drop(row.remove(0))),
            1,
            "correction_sans_lieu",
        ),
        (
            "no places",
            |_, rows| rows.iter_mut().skip(1).for_each(|row| row[0].clear()),
            1,
            "correction_sans_lieu",
        ),
        (
            "neither name nor places",
            |name, rows| {
                "Corrigé".clone_into(name);
                for row in rows {
                    row.remove(0);
                }
            },
            1,
            "quarantaine_sans_source",
        ),
    ];
    let day = day(&HEADERS, "illisible");
    assert_eq!(flows(&day), (9, 1));
    let given = day.path(".maillage/jours/quarantaine.xlsx");
    let first = fs::read(&given).unwrap();
    for (rank, (what, change, refused, told)) in cases.into_iter().enumerate() {
        // Found by its name beside the file of the source, or among the files of a glob.
        let files = ["inputs/visites.xlsx", "inputs/*"][rank % 2];
        day.write("pipeline.toml", &SETTINGS.replace("inputs/visites.xlsx", files));
        fs::write(&given, &first).unwrap();
        hand_in(&day, "quarantaine.xlsx", "107", change);
        assert_eq!(flows(&day), (10 - refused, refused), "{what} in {files}");
        let findings = fs::read_to_string(day.path(".maillage/jours/constats.jsonl")).unwrap();
        let told = format!("\"kind\":\"{told}\"");
        assert_eq!(findings.matches(&told).count(), 1, "{what} in {files}: {findings}");
    }
}

/// The sheet with its rows changed.
pub(super) fn changed(before: Vec<u8>, change: impl FnOnce(&mut Vec<Vec<String>>)) -> Vec<u8> {
    let mut given: Xlsx<_> = Xlsx::new(std::io::Cursor::new(before)).unwrap();
    let range = given.worksheet_range_at(0).unwrap().unwrap();
    let mut rows: Vec<Vec<String>> =
        range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect();
    change(&mut rows);
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (at, row) in (0..).zip(rows) {
        for (column, text) in (0..).zip(row) {
            sheet.write_string(at, column, text).unwrap();
        }
    }
    workbook.save_to_buffer().unwrap()
}

#[test]
fn a_workbook_that_only_has_the_name_is_not_read() {
    let day = day(&HEADERS, "107");
    fs::write(day.path("jours/inputs/quarantaine-vieille.xlsx"), sheet(&HEADERS, "illisible")).unwrap();
    assert_eq!(state(&day, "quantite_illisible"), (0, 0));
}

#[test]
fn a_renamed_quarantine_is_found_and_told() {
    let day = day(&HEADERS, "illisible");
    assert_eq!(state(&day, "quantite_illisible"), (1, 1));
    assert_eq!(give_back(&day, "quarantaine.xlsx", "illisible", "107"), 1);
    let renamed = day.path("jours/inputs/Copie de Quarantaine (1).xlsx");
    fs::rename(day.path("jours/inputs/quarantaine.xlsx"), renamed).unwrap();
    assert_eq!(state(&day, "quantite_illisible"), (0, 0));
    assert_eq!(state(&day, "quarantaine_rendue"), (0, 1));
    fs::write(day.path("jours/inputs/QUARANTAINE vieille.xlsx"), sheet(&HEADERS, "illisible")).unwrap();
    assert_eq!(state(&day, "quarantaine_non_reconnue"), (0, 1));
}

#[test]
fn the_workbook_of_a_company_holds_its_rows_only_and_can_be_given_back() {
    let day = day(&HEADERS, "illisible");
    // A second company with a wrong cell of its own, and a row that names nobody.
    let path = day.path("jours/inputs/visites.xlsx");
    let mut given: Xlsx<_> = Xlsx::new(std::io::Cursor::new(fs::read(&path).unwrap())).unwrap();
    let range = given.worksheet_range_at(0).unwrap().unwrap();
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, cells) in (0..).zip(range.rows()) {
        for (column, cell) in (0..).zip(cells) {
            let text = match (row, column) {
                (3, 3) => "énormément".to_owned(),
                (5, 0) => String::new(),
                _ => cell.to_string(),
            };
            sheet.write_string(row, column, text).unwrap();
        }
    }
    workbook.save(&path).unwrap();
    day.write("pipeline.toml", &format!("{SETTINGS}\n[limits]\nrejected_percent = 50\n"));
    assert_eq!(state(&day, "quantite_illisible"), (3, 2));
    let inside = day.path(".maillage/jours/quarantaine");
    let names = || {
        let entries = fs::read_dir(&inside).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = entries.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(names(), ["quarantaine-Canari_3_inc.xlsx", "quarantaine-Canari_7_inc.xlsx"]);
    for (own, other, wrong) in
        [("Canari 3 inc.", "Canari 7 inc.", "illisible"), ("Canari 7 inc.", "Canari 3 inc.", "énormément")]
    {
        let file = inside.join(format!("quarantaine-{}.xlsx", own.replace(['.'], "").replace(' ', "_")));
        let mut given: Xlsx<_> = open_workbook(file).unwrap();
        let mut texts = String::new();
        for name in given.sheet_names() {
            let range = given.worksheet_range(&name).unwrap();
            texts += &range.used_cells().map(|(.., cell)| format!("{cell}\n")).collect::<String>();
        }
        assert!(texts.contains(own) && !texts.contains(other) && !texts.contains(wrong), "{own}: {texts}");
    }
    // One company mends its cell and sends its workbook back; the other does not.
    assert_eq!(give_back(&day, "quarantaine/quarantaine-Canari_7_inc.xlsx", "illisible", "107"), 1);
    assert_eq!(state(&day, "quantite_illisible"), (2, 1));
    assert_eq!(names(), ["quarantaine-Canari_3_inc.xlsx"]);
}
