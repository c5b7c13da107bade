//! What a list that comes back changes, and what it may not.

use super::super::tests::{day, flow};
use super::{FollowUps, ReturnedSheet, is_list, read};
use crate::matching::FollowUp;
use crate::matching::fill::Agreed;
use crate::model::{Confidential, Direction, Status};

fn memory() -> FollowUps {
    let (offer, request) =
        (flow("1", "a", Direction::Output, "palettes"), flow("2", "b", Direction::Input, "palettes"));
    ["cle-1", "cle-2"].map(|id| (id.to_owned(), FollowUp::new(&offer, &request))).into()
}

fn sheet(name: &str, rows: &[&[&str]]) -> ReturnedSheet {
    ReturnedSheet {
        name: Confidential::new(name.to_owned()),
        rows: (1..)
            .zip(rows)
            .map(|(at, row)| (at, row.iter().map(|cell| (*cell).to_owned()).collect()))
            .collect(),
    }
}

const HEAD: &[&str] = &["Identifiant / Identifier", "Statut / Status", "Note", "Quantité réalisée (kg/an)"];

fn told(memory: &mut FollowUps, sheets: &[ReturnedSheet]) -> Vec<(u32, &'static str)> {
    let findings = read(memory, sheets, day());
    findings.iter().map(|finding| (finding.location.row, finding.kind.code())).collect()
}

#[test]
fn the_same_answer_on_two_sheets_is_one_and_an_unchanged_copy_says_nothing() {
    let mut memory = memory();
    let sheets = [
        sheet("Maillages", &[HEAD, &["cle-1", "proposée", "", ""]]),
        sheet("Fiches", &[&["Entreprise a"], HEAD, &["cle-1", "Proposed", "", ""]]),
    ];
    assert!(told(&mut memory, &sheets).is_empty());
    assert_eq!(memory["cle-1"].history.len(), 1);
    // The main sheet still shows what was known; the page was changed.
    let sheets = [
        sheet("Maillages", &[HEAD, &["cle-1", "proposée", "", ""]]),
        sheet("Fiches", &[HEAD, &["cle-1", "réalisée", "", "1,5 t"]]),
    ];
    assert!(told(&mut memory, &sheets).is_empty());
    let one = &memory["cle-1"];
    assert_eq!((one.status, one.quantity_kg, one.history.len()), (Some(Status::Realised), Some(1_500), 2));
    assert_eq!(one.history[1].quantity_kg, Some(1_500));
}

#[test]
fn answers_that_disagree_change_nothing_and_wait_to_be_settled() {
    let mut memory = memory();
    let sheets = [
        sheet("Maillages", &[HEAD, &["cle-1", "réalisée", "un", "5"], &["cle-1", "réalisée", "un", "6"]]),
        sheet("Fiches", &[HEAD, &["cle-1", "abandonnée", "deux", ""]]),
    ];
    let kind = "doublon_contradictoire";
    assert_eq!(told(&mut memory, &sheets), [2, 2, 2, 3, 2, 2].map(|row| (row, kind)));
    let one = &memory["cle-1"];
    assert_eq!((one.status, one.quantity_kg), (None, None));
    assert_eq!(one.note.reveal(), "un | deux");
    let open = one.unsettled.reveal();
    for text in ["« réalisée » (Maillages, ligne 2)", "« abandonnée » (Fiches, ligne 2)", "« 6 »"] {
        assert!(open.contains(text), "{text}: {open}");
    }
    assert!(told(&mut memory, &[sheet("Maillages", &[HEAD, &["cle-1", "réalisée", "", "6"]])]).len() == 1);
    let one = &memory["cle-1"];
    assert_eq!((one.status, one.quantity_kg), (Some(Status::Realised), Some(6)));
    assert!(one.unsettled.reveal().is_empty());
}

#[test]
fn what_is_erased_stays_and_is_told_once_and_deleted_rows_and_columns_say_nothing() {
    let mut memory = memory();
    told(&mut memory, &[sheet("Maillages", &[HEAD, &["cle-1", "proposée", "vu", "7"]])]);
    let before = memory.clone();
    let erased = [
        sheet("Maillages", &[HEAD, &["cle-1", "", "vu", ""], &["cle-1", "", "", ""]]),
        sheet("Fiches", &[HEAD, &["cle-1"]]),
    ];
    assert_eq!(told(&mut memory, &erased), [(2, "reponse_effacee"), (2, "reponse_effacee")]);
    assert!(
        told(&mut memory, &[sheet("Maillages", &[&["Note", "Identifier"], &["vu", "CLE-1"]])]).is_empty()
    );
    assert!(told(&mut memory, &[sheet("Maillages", &[HEAD])]).is_empty());
    let erased =
        [sheet("Fiches", &[HEAD, &["cle-1"]]), sheet("Autres suivis", &[HEAD, &["cle-1", "", "vu"]])];
    assert_eq!(told(&mut memory, &erased), [(2, "reponse_effacee"), (2, "reponse_effacee")]);
    assert_eq!(memory, before);
}

#[test]
fn what_is_erased_on_one_sheet_is_told_though_it_stands_on_the_others() {
    let mut memory = memory();
    let known: &[&str] = &["cle-1", "proposée", "", "", "", "les deux", "92"];
    told(&mut memory, &[sheet("Maillages", &[WRITTEN, known])]);
    let before = memory.clone();
    let (list, park) = (|| sheet("Maillages", &[WRITTEN, known]), || sheet("Parc nord", &[WRITTEN, known]));
    let page = || sheet("Fiches", &[HEAD, &["cle-1", "proposée"], &["cle-1", "proposée"]]);
    assert!(told(&mut memory, &[list(), park(), page()]).is_empty());
    let blank: &[&str] = &["cle-1", "", "", "", "", "les deux", "92"];
    let erased = [(2, "reponse_effacee")];
    assert_eq!(told(&mut memory, &[sheet("Maillages", &[WRITTEN, blank]), park(), page()]), erased);
    assert_eq!(told(&mut memory, &[list(), sheet("Parc nord", &[WRITTEN, blank]), page()]), erased);
    // Each row of a match on pages is of the page of one side.
    let page_of_one = sheet("Fiches", &[HEAD, &["cle-1", ""], &["cle-1", "proposée"]]);
    assert_eq!(told(&mut memory, &[list(), park(), page_of_one]), erased);
    let refused: &[&str] = &["cle-1", "proposée", "", "", "", "", "92"];
    assert_eq!(told(&mut memory, &[list(), sheet("Parc nord", &[WRITTEN, refused]), page()]), erased);
    // Rows and sheets that are gone, a row that was added, and what somebody made say nothing.
    assert!(told(&mut memory, &[sheet("Maillages", &[WRITTEN]), park()]).is_empty());
    let doubled = sheet("Maillages", &[WRITTEN, blank, known]);
    assert!(told(&mut memory, &[doubled, park(), page()]).is_empty());
    let own = sheet("Ma liste", &[&["Identifiant", "Statut", "Note"], &["cle-1", "", ""]]);
    assert!(told(&mut memory, &[list(), own]).is_empty());
    assert_eq!(memory, before);
    // Another answer elsewhere is what was meant.
    let changed: &[&str] = &["cle-1", "réalisée", "", "", "", "les deux", "92"];
    assert!(
        told(&mut memory, &[sheet("Maillages", &[WRITTEN, blank]), sheet("Parc nord", &[WRITTEN, changed])])
            .is_empty()
    );
    assert_eq!(memory["cle-1"].status, Some(Status::Realised));
}

#[test]
fn nothing_that_cannot_be_read_is_lost() {
    let mut memory = memory();
    let head: &[&str] = &["Statut", "Identifiant", "Accord obtenu", "Raison d'abandon", "Quantité réalisée"];
    let rows: &[&[&str]] = &[
        head,
        &["peut-être", "cle-1", "qui sait", "", "1,234"],
        &["réalisée", "", "", "", ""],
        &["", "autre", "", "trop loin", ""],
        &["abandonnée", "cle-2", "les deux", "trop loin", ""],
    ];
    let findings = read(&mut memory, &[sheet("Maillages", rows)], day());
    let codes: Vec<_> = findings.iter().map(|one| (one.location.row, one.kind.code())).collect();
    let first = ["statut_inconnu", "quantite_illisible", "oui_non_illisible"].map(|code| (2, code));
    assert_eq!(codes, [&first[..], &[(3, "code_inconnu"), (4, "code_inconnu")]].concat());
    assert!(findings[4].read.reveal().contains("trop loin"));
    assert!(memory["cle-1"].unsettled.reveal().contains("peut-être"));
    assert!(memory["cle-1"].is_filled(), "what waits to be settled is kept");
    let two = &memory["cle-2"];
    assert_eq!(
        (two.agreed, two.reason.reveal().as_str()),
        (Agreed { offer: true, request: true }, "trop loin")
    );
    assert_eq!(two.history[0].reason.as_ref().map(|text| text.reveal().as_str()), Some("trop loin"));
}

#[test]
fn a_workbook_without_the_headings_is_not_the_list() {
    assert!(is_list(&[sheet("x", &[&["titre"], HEAD])]));
    assert!(!is_list(&[sheet("Maillages", &[&["Identifiant", "Score"], &["cle-1", "9"]])]));
}

const WRITTEN: &[&str] = &[
    "Identifiant / Identifier",
    "Statut / Status",
    "Note",
    "Quantité réalisée (kg/an) / Realised amount (kg a year)",
    "Raison d’abandon / Reason for giving up",
    "Accord obtenu / Consent given",
    "Score (%)",
];

/// The guide of a workbook that knew the answers up to a number.
fn guide(number: u32) -> ReturnedSheet {
    let line = format!("{}{number}, liste du 2026-11-15.", crate::matching::workbook::NUMBER);
    sheet(crate::matching::workbook::GUIDE, &[&["Liste"], &[line.as_str()]])
}

#[test]
fn a_sheet_without_its_headings_is_read_where_it_was_written_and_told() {
    let mut memory = memory();
    let filled: &[&str] = &["cle-1", "proposée", "vu", "", "", "les deux", "92"];
    let lost = [sheet("Maillages", &[filled]), sheet("Fiches", &[HEAD])];
    assert_eq!(told(&mut memory, &lost), [(1, "colonne_disparue")]);
    let one = &memory["cle-1"];
    assert_eq!((one.status, one.note.reveal().as_str()), (Some(Status::Proposed), "vu"));
    // The heading of the identifier alone makes no heading.
    let damaged: &[&str] = &["Numéro", "Statut", "Note"];
    let lost = [sheet("Parc nord", &[damaged, &["cle-2", "réalisée", ""]])];
    assert_eq!(told(&mut memory, &lost), [(1, "colonne_disparue")]);
    assert_eq!(memory["cle-2"].status, Some(Status::Realised));
    // Columns that are shifted are not guessed at.
    let before = memory.clone();
    let shifted = [sheet("Maillages", &[&["cle-1", "vu", "réalisée"]]), sheet("Autres suivis", &[&["x"]])];
    assert_eq!(told(&mut memory, &shifted), [(1, "colonne_disparue"), (1, "colonne_disparue")]);
    assert_eq!(memory, before);
    assert!(told(&mut memory, &[sheet("Maillages", &[]), sheet("Parcs", &[&["Parc", "x"]])]).is_empty());
    let own = [sheet("Mes notes", &[&["", "rappeler", "en mai"]])];
    assert_eq!(told(&mut memory, &own), [(1, "feuille_ignoree")]);
}

#[test]
fn a_renamed_heading_and_a_column_of_remarks_are_told_with_what_they_hold() {
    let mut memory = memory();
    let mut head = WRITTEN.to_vec();
    head[1] = "Avancement";
    head.push("Mes remarques");
    let row: &[&str] = &["cle-1", "proposée", "", "", "", "", "92", "rappeler en janvier", "hors tableau"];
    let findings = read(&mut memory, &[sheet("Maillages", &[head.as_slice(), row])], day());
    let codes: Vec<_> = findings.iter().map(|one| (one.location.row, one.kind.code())).collect();
    assert_eq!(codes, [(1, "colonne_disparue"), (2, "colonne_nouvelle"), (2, "colonne_nouvelle")]);
    assert_eq!(findings[1].read.reveal(), "« Mes remarques » : rappeler en janvier (ligne 2)");
    assert!(findings[2].read.reveal().contains("hors tableau"));
    assert_eq!(memory["cle-1"].status, Some(Status::Proposed));
    // A column of something else at that place is no answer.
    let row: &[&str] = &["cle-2", "vu deux fois", "", "", "", "", "92"];
    assert_eq!(told(&mut memory, &[sheet("Maillages", &[head.as_slice(), row])]), [(2, "colonne_nouvelle")]);
    assert_eq!(memory["cle-2"].status, None);
}

#[test]
fn a_row_made_by_hand_is_told_and_one_of_a_match_that_is_gone_is_not() {
    let mut memory = memory();
    let rows: &[&[&str]] = &[
        WRITTEN,
        &["", "", "", "", "", "", "nouvelle entreprise"],
        &["0123456789ab", "", "", "", "", "", "92"],
        &["total", "", "", "", "", "", "184"],
    ];
    let findings = read(&mut memory, &[sheet("Maillages", rows)], day());
    let told: Vec<_> = findings.iter().map(|one| (one.location.row, one.read.reveal().as_str())).collect();
    assert_eq!(told, [(2, "nouvelle entreprise"), (4, "total · 184")]);
}

#[test]
fn an_identifier_that_a_spreadsheet_took_for_a_number_is_known_when_it_can_be_only_one() {
    let one = memory()["cle-1"].clone();
    let ids = ["002975749045", "123456789012", "000000000007", "0000000007e0", "0000000000ab"];
    let mut memory: FollowUps = ids.map(|id| (id.to_owned(), one.clone())).into();
    let row = |id: &'static str| [id, "proposée", "", ""];
    let rows = [row("2975749045"), row("1.23456789012E+11"), row("0000000007E0"), row("7"), row("ab")];
    let mut all = vec![HEAD];
    all.extend(rows.iter().map(<[&str; 4]>::as_slice));
    let unknown = "code_inconnu";
    assert_eq!(told(&mut memory, &[sheet("Maillages", &all)]), [(5, unknown), (6, unknown)]);
    let filled = memory.values().filter(|one| one.status == Some(Status::Proposed)).count();
    assert_eq!(filled, 3);
    assert_eq!((memory[ids[2]].status, memory[ids[3]].status), (None, Some(Status::Proposed)));
}

#[test]
fn an_older_copy_turns_nothing_back_and_its_other_answers_are_taken_in() {
    let mut memory = memory();
    let row = |id: &'static str, status: &'static str, note: &'static str| [id, status, note, ""];
    let list = |number: u32, rows: &[[&str; 4]]| {
        let mut all = vec![HEAD];
        all.extend(rows.iter().map(<[&str; 4]>::as_slice));
        [sheet("Maillages", &all), guide(number)]
    };
    assert!(told(&mut memory, &list(0, &[row("cle-1", "proposée", "vu")])).is_empty());
    assert!(told(&mut memory, &list(1, &[row("cle-1", "réalisée", "vu")])).is_empty());
    assert_eq!(memory["cle-1"].history.iter().map(|step| step.number).collect::<Vec<_>>(), [1, 2]);
    // The copy of the first night, with an answer on the other match.
    let old = list(1, &[row("cle-1", "proposée", "vu"), row("cle-2", "abandonnée", "loin")]);
    assert!(told(&mut memory, &old).is_empty());
    assert_eq!(memory["cle-1"].status, Some(Status::Realised));
    assert_eq!((memory["cle-2"].status, memory["cle-2"].history[0].number), (Some(Status::Abandoned), 3));
    // It says something new of what was answered since.
    let old = list(1, &[row("cle-1", "à l’essai", "autre"), row("cle-2", "abandonnée", "loin")]);
    assert_eq!(told(&mut memory, &old), [(2, "reponse_depassee"), (2, "reponse_depassee")]);
    let one = &memory["cle-1"];
    assert_eq!((one.status, one.note.reveal().as_str()), (Some(Status::Realised), "vu"));
    assert!(one.unsettled.reveal().contains("« à l’essai » (Maillages, ligne 2)"));
    // The list of today may.
    assert!(told(&mut memory, &list(3, &[row("cle-1", "à l’essai", "vu")])).is_empty());
    assert_eq!(memory["cle-1"].status, Some(Status::Trial));
    assert!(memory["cle-1"].unsettled.reveal().is_empty());
}

#[test]
fn the_day_behind_a_status_is_that_of_its_step() {
    let mut memory = memory();
    let list = |status: &str| [sheet("Maillages", &[HEAD, &["cle-1", status, "", ""]])];
    let november = |day| chrono::NaiveDate::from_ymd_opt(2026, 11, day);
    assert!(told(&mut memory, &list("proposée le 3 novembre")).is_empty());
    let one = &memory["cle-1"];
    assert_eq!((one.status, one.history[0].on), (Some(Status::Proposed), november(3)));
    assert!(told(&mut memory, &list("proposée le 3 novembre")).is_empty());
    // To come, or before the answer before it: the status counts from today on.
    assert_eq!(told(&mut memory, &list("en discussion depuis le 1er novembre")), [(2, "date_illisible")]);
    let one = &memory["cle-1"];
    assert_eq!((one.status, one.history[1].on), (Some(Status::UnderDiscussion), november(15)));
    assert!(one.unsettled.reveal().contains("1er novembre"));
    // The day of the last answer may be corrected.
    assert!(told(&mut memory, &list("en discussion depuis le 10 novembre")).is_empty());
    let one = &memory["cle-1"];
    assert_eq!((one.history.len(), one.history[1].on), (2, november(10)));
    assert!(one.unsettled.reveal().is_empty());
}

#[test]
fn a_refused_consent_is_an_answer_with_its_day_once() {
    let mut memory = memory();
    let row: &[&str] = &["cle-1", "", "", "", "", "non", "92"];
    let list = [sheet("Maillages", &[WRITTEN, row])];
    for _ in 0..2 {
        assert!(told(&mut memory, &list).is_empty());
        let one = &memory["cle-1"];
        assert_eq!((one.history.len(), one.agreed), (1, Agreed::default()));
        assert_eq!((one.history[0].agreed, one.history[0].on), (Some(Agreed::default()), Some(day())));
    }
}

#[test]
fn a_note_that_is_a_formula_without_value_is_told_and_changes_nothing() {
    let mut memory = memory();
    let list = [sheet("Maillages", &[HEAD, &["cle-1", "", "#FORMULE!", ""]])];
    assert_eq!(told(&mut memory, &list), [(2, "formule_sans_valeur")]);
    assert!(memory["cle-1"].note.reveal().is_empty() && memory["cle-1"].history.is_empty());
}

#[test]
fn an_amount_under_another_unit_is_told_and_not_taken_for_kilograms() {
    for heading in ["Quantité réalisée (t/an)", "Quantité réalisée (t/an) / Realised amount (kg a year)"]
    {
        let (mut memory, mut head) = (memory(), HEAD.to_vec());
        head[3] = heading;
        let findings =
            read(&mut memory, &[sheet("Maillages", &[head.as_slice(), &["cle-1", "", "", "2"]])], day());
        let told: Vec<_> = findings.iter().map(|one| (one.location.row, one.kind.code())).collect();
        assert_eq!(told, [(2, "colonne_nouvelle")], "{heading}");
        assert!(findings[0].read.reveal().contains("2 (ligne 2)"));
        assert_eq!(memory["cle-1"].quantity_kg, None);
    }
}

#[test]
fn what_stands_behind_a_status_goes_to_the_note_once() {
    let mut memory = memory();
    let list = |status: &str, note: &str| [sheet("Maillages", &[HEAD, &["cle-1", status, note, ""]])];
    assert!(told(&mut memory, &list("proposée", "vu en mai")).is_empty());
    let reason = "Abandonnée faute de volume";
    for _ in 0..2 {
        // The second time it is an older copy.
        let [list] = list(reason, "vu en mai");
        assert!(told(&mut memory, &[list, guide(1)]).is_empty());
        let one = &memory["cle-1"];
        assert_eq!((one.status, one.history.len()), (Some(Status::Abandoned), 2));
        assert_eq!(one.note.reveal().as_str(), format!("vu en mai | {reason}"));
    }
    // A typing error in the status changes nothing of its remark.
    let mut mistyped = self::memory();
    assert!(told(&mut mistyped, &list("abandonée faute de volume", "")).is_empty());
    let one = &mistyped["cle-1"];
    assert_eq!(
        (one.status, one.note.reveal().as_str()),
        (Some(Status::Abandoned), "abandonée faute de volume")
    );
    // Who takes it out of the note does not find it there again.
    assert!(told(&mut memory, &list("abandonnée", "vu")).is_empty());
    assert!(told(&mut memory, &list(reason, "vu")).is_empty());
    assert_eq!(memory["cle-1"].note.reveal(), "vu");
}

#[test]
fn what_is_said_in_other_words_is_told_and_what_is_about_right_goes_to_the_note() {
    let mut memory = memory();
    let list = |status: &str, amount: &str| [sheet("Maillages", &[HEAD, &["cle-1", status, "", amount]])];
    let findings = read(&mut memory, &list("En cours", "environ 4 t"), day());
    let texts: Vec<_> = findings.iter().map(|one| (one.kind.code(), one.read.reveal().as_str())).collect();
    assert_eq!(texts, [("statut_ambigu", "En cours = en discussion")]);
    let one = &memory["cle-1"];
    assert_eq!((one.status, one.quantity_kg), (Some(Status::UnderDiscussion), Some(4_000)));
    assert_eq!(one.note.reveal(), "environ 4 t");
    // What is known says nothing more.
    let known = [sheet("Maillages", &[HEAD, &["cle-1", "en discussion", "environ 4 t", "4000"]])];
    assert!(told(&mut memory, &known).is_empty());
    assert_eq!(memory["cle-1"].history.len(), 1);
    // A yes that does not say whose it is is asked about.
    let yes: &[&str] = &["cle-2", "", "", "", "", "oui", "92"];
    assert_eq!(told(&mut memory, &[sheet("Maillages", &[WRITTEN, yes])]), [(2, "oui_non_illisible")]);
    assert_eq!(memory["cle-2"].agreed, Agreed::default());
}

#[test]
fn a_note_that_its_cell_cannot_show_as_it_is_stays_as_it_is() {
    let long = "x".repeat(40_000);
    for (note, shown) in [(long.as_str(), &long[..32_767]), ("un\r\ndeux", "un\ndeux")] {
        let mut memory = memory();
        for one in memory.values_mut() {
            one.note = Confidential::new(note.to_owned());
        }
        let before = memory.clone();
        assert!(told(&mut memory, &[sheet("Maillages", &[HEAD, &["cle-1", "", shown, ""]])]).is_empty());
        assert!(memory == before);
    }
}
