//! What a secretary's spreadsheet makes of a quarantine workbook.

use super::super::dialect::Dialect;
use super::super::page::{Page, Place};
use super::super::records::Reader;
use super::super::table::Sheet;
use super::super::{SourceRead, delimited, take, trial};
use super::{dropped, supersede};
use crate::model::{Cell, Confidential, Field, FindingKind, RawRow, returned};
use std::path::Path;

const MAPPING: &str = "[columns]\nEntreprise = \"nom\"\nDescription = \"description\"\n\"Quantité\" = \"quantite\"\n\
                       [constants]\nsens = \"extrant\"\n";
/// A table of which the quantity of the first row is refused.
const TABLE: &str = "Entreprise;Description;Quantité\nA;palettes;x\nB;copeaux;5\n";
const HEADINGS: &str = "Où / Where;Motifs / Reasons;Entreprise;Description;Quantité;Repère / Mark";

/// A sheet of this name.
fn sheet(name: &str, text: &str) -> Sheet {
    let mut sheet = delimited::parse(text, &Dialect::new(b';'), usize::MAX);
    sheet.head.name = Confidential::new(name.to_owned());
    sheet
}

/// The first row of the table at a place, as this says it, in a sheet of this name with further lines.
fn corrected(name: &str, place: &str, row: &str, more: &str) -> Sheet {
    let mark = mark();
    sheet(name, &format!("{HEADINGS}\n{place};;{row};{mark}\n{more}"))
}

/// The mark of the first row of the table.
fn mark() -> String {
    let own = taken("", &[("visites.csv", TABLE)], &[]);
    returned::shown(&returned::mark(&own.rows[0]))
}

/// What a source reads of its own files and of workbooks that were given back, the oldest first.
fn taken(keys: &str, own: &[(&str, &str)], given: &[Vec<Sheet>]) -> SourceRead {
    taken_under(MAPPING, keys, own, given)
}

fn taken_under(mapping: &str, keys: &str, own: &[(&str, &str)], given: &[Vec<Sheet>]) -> SourceRead {
    let source = trial::source(&format!("files = [\"*.csv\"]\n{keys}"));
    let (mapping, memory) = (trial::mapping(mapping), trial::Memory::default());
    let context = trial::context(Path::new("."), &memory);
    let reader = Reader::new(&source, &mapping, &context).unwrap();
    let page = |label: &str, text: &str| Page {
        place: Place::path(label),
        label: label.to_owned(),
        content: text.as_bytes().to_vec().into(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut read = SourceRead::default();
    for (label, text) in own {
        take(&mut read, runtime.block_on(reader.read(&page(label, text))).unwrap());
    }
    for (rank, sheets) in given.iter().enumerate() {
        let page = page(&format!("quarantaine-{rank}.xlsx"), "");
        take(&mut read, reader.returned(&page, sheets).unwrap());
    }
    read
}

fn read(own: &[(&str, &str)], given: &[Vec<Sheet>]) -> SourceRead {
    let mut read = taken("", own, given);
    supersede(&mut read);
    read
}

/// What the rows say, sorted.
fn said(rows: &[RawRow]) -> Vec<String> {
    let texts =
        |row: &RawRow| [Field::Name, Field::Description, Field::Quantity].map(|field| row.text(field));
    let mut said: Vec<String> = rows.iter().map(|row| texts(row).join(" ")).collect();
    said.sort();
    said
}

fn told(read: &SourceRead, kind: FindingKind) -> usize {
    read.findings.iter().filter(|finding| finding.kind == kind).count()
}

const OWN: &[(&str, &str)] = &[("visites.csv", TABLE)];
const PLACE: &str = "visites.csv!2";

#[test]
fn a_sheet_that_was_copied_in_its_workbook_answers_for_itself() {
    let sheet = |name: &str, row: &str| corrected(name, PLACE, row, "");
    for [first, second] in [["A;palettes;x", "A;palettes;7"], ["A;palettes;7", "A;palettes;x"]] {
        let read = read(OWN, &[vec![sheet("essai", first), sheet("essai (2)", second)]]);
        assert_eq!(said(&read.rows), ["A palettes 7", "B copeaux 5"]);
        assert!(read.sheets.left.is_empty());
    }
}

#[test]
fn what_nobody_corrected_does_not_outlive_its_row() {
    let own = [("visites.csv", "Entreprise;Description;Quantité\nB;copeaux;5\n")];
    let read_with = |row: &str| read(&own, &[vec![corrected("essai", PLACE, row, "")]]);
    let untouched = read_with("A;palettes;x");
    assert_eq!(said(&untouched.rows), ["B copeaux 5"]);
    assert_eq!(told(&untouched, FindingKind::LoneCorrection), 0);
    let mended = read_with("A;palettes;7");
    assert_eq!(said(&mended.rows), ["A palettes 7", "B copeaux 5"]);
    assert_eq!(told(&mended, FindingKind::LoneCorrection), 1);
}

#[test]
fn what_was_added_counts_once_and_is_told_where_it_gives_way() {
    let with = |more: &str| vec![corrected("essai", PLACE, "A;palettes;7", more)];
    let [verre, metal] = [";;C;verre;1;\n", ";;D;métal;2;\n"];
    let two = read(OWN, &[with(verre), with(metal)]);
    assert_eq!(said(&two.rows), ["A palettes 7", "B copeaux 5", "D métal 2"]);
    assert_eq!(told(&two, FindingKind::DroppedAddition), 1);
    // Beside another one of the same words it says nothing, whatever else its workbook holds.
    let other = sheet("essai", &format!("{HEADINGS}\nvisites.csv!3;;B;copeaux;6;r0123456789\n{verre}"));
    let again = read(OWN, &[with(verre), vec![other]]);
    assert_eq!(said(&again.rows).iter().filter(|row| *row == "C verre 1").count(), 1);
    assert_eq!(told(&again, FindingKind::DroppedAddition), 0);
}

#[test]
fn what_was_added_to_a_workbook_that_another_one_of_its_name_took_the_place_of_is_told() {
    let with = |more: &str| vec![corrected("essai", PLACE, "A;palettes;7", more)];
    let former = taken("", &[], &[with(";;C;verre;1;\n")]).returned.remove(0);
    for (more, lost) in [("", 1), (";;D;métal;2;\n", 1), (";;C;verre;1;\n", 0)] {
        let now = taken("", OWN, &[with(more)]);
        let told = [(FindingKind::DroppedCorrection, 0), (FindingKind::DroppedAddition, lost)];
        assert_eq!(dropped(&former, &now), told, "{more}");
    }
    // Its row is refused and stands in the next workbook, where nobody corrected it.
    let untouched = taken("", OWN, &[vec![corrected("essai", PLACE, "A;palettes;x", "")]]);
    assert_eq!(dropped(&former, &untouched)[0], (FindingKind::DroppedCorrection, 1));
}

#[test]
fn a_row_that_was_added_and_refused_counts_when_it_is_corrected_under_the_name_of_its_workbook() {
    let added = sheet("essai", &format!("{HEADINGS}\nquarantaine-0.xlsx!essai!3;;C;verre;1;r0123456789\n"));
    let read = read(OWN, &[vec![added]]);
    assert_eq!(said(&read.rows), ["A palettes x", "B copeaux 5", "C verre 1"]);
    assert_eq!(told(&read, FindingKind::LostOrigin) + told(&read, FindingKind::LoneCorrection), 0);
}

#[test]
fn without_its_mark_a_correction_takes_no_place_of_another_company() {
    let headings = HEADINGS.replace(";Repère / Mark", "");
    let at = |place: &str| sheet("essai", &format!("{headings}\n{place};;A;palettes;7\n"));
    let right = read(OWN, &[vec![at(PLACE)]]);
    assert_eq!(said(&right.rows), ["A palettes 7", "B copeaux 5"]);
    // A row was deleted above it, so that another one stands at its place.
    let wrong = read(OWN, &[vec![at("visites.csv!3")]]);
    assert_eq!(said(&wrong.rows), ["A palettes x", "B copeaux 5"]);
    assert_eq!(told(&wrong, FindingKind::LostOrigin), 1);
    // Nor that of one whose mark is known.
    let marked = corrected("essai", PLACE, "A;palettes;7", "");
    let untouched = sheet("essai", &format!("{headings}\n{PLACE};;A;palettes;x\n"));
    let both = read(OWN, &[vec![marked], vec![untouched]]);
    assert_eq!(said(&both.rows), ["A palettes 7", "B copeaux 5"]);
    assert_eq!(told(&both, FindingKind::LostOrigin), 1);
    // Nor of any row, where no sheet says of which source it is.
    let unnamed = read(OWN, &[vec![sheet("", &format!("{headings}\n{PLACE};;A;palettes;7\n"))]]);
    assert_eq!(said(&unnamed.rows), ["A palettes x", "B copeaux 5"]);
    assert_eq!(unnamed.sheets.left.len(), 1);
}

#[test]
fn a_column_that_was_deleted_or_hidden_erases_nothing() {
    let text = format!(
        "Où / Where;Entreprise;Quantité;Repère / Mark\n{PLACE};A;7;{}\n{PLACE};A;8;{}\n",
        mark(),
        mark()
    );
    let parted = read(OWN, &[vec![sheet("essai", &text)]]);
    assert_eq!(said(&parted.rows), ["A palettes 7", "A palettes 8", "B copeaux 5"]);
    let mut hidden = corrected("essai", PLACE, "A;palettes;7", "");
    hidden.head.hidden_columns = vec![(3, 4)];
    let mut read = taken("hidden = \"exclude\"", OWN, &[vec![hidden]]);
    supersede(&mut read);
    assert_eq!(said(&read.rows), ["A palettes 7", "B copeaux 5"]);
}

#[test]
fn a_sheet_under_another_name_is_taken_or_left_for_others_and_never_forgotten() {
    let given = |name: &str, place: &str| [vec![corrected(name, place, "A;palettes;7", "")]];
    for name in ["Corrigé", ""] {
        let found = read(OWN, &given(name, PLACE));
        assert_eq!(said(&found.rows), ["A palettes 7", "B copeaux 5"]);
        assert_eq!((found.sheets.taken.len(), found.sheets.left.len()), (1, 0));
        assert_eq!(told(&found, FindingKind::RenamedSheet), 1);
        // Its file has another name too.
        let lost = read(OWN, &given(name, "visites 2025.csv!2"));
        assert_eq!(said(&lost.rows), ["A palettes x", "B copeaux 5"]);
        assert_eq!((lost.sheets.taken.len(), lost.sheets.left.len()), (0, 1));
    }
    // What else was written into the workbook is nobody's; what counts findings is ours.
    let mut noted = vec![corrected("essai", PLACE, "A;palettes;7", "")];
    noted.push(sheet("Nos notes", "Bonjour;à tous\n"));
    noted.push(sheet("constats - findings", "Nombre / Count;Constat\n"));
    let noted = read(OWN, &[noted]);
    assert_eq!((noted.sheets.taken.len(), noted.sheets.left.len()), (1, 1));
    let beside =
        [corrected("essai", PLACE, "A;palettes;7", ""), corrected("Corrigé", PLACE, "A;palettes;8", "")];
    let read = read(OWN, &[Vec::from(beside)]);
    assert_eq!((read.sheets.taken.len(), read.sheets.left.len()), (1, 1));
}

#[test]
fn our_headings_are_known_however_a_program_writes_their_accents() {
    let text =
        format!("OU\u{300} / where;;Entreprise;Quantité;Repe\u{300}re / Mark\n{PLACE};;A;7;{}\n", mark());
    let read = read(OWN, &[vec![sheet("essai", &text)]]);
    assert_eq!(said(&read.rows), ["A palettes 7", "B copeaux 5"]);
}

#[test]
fn a_sheet_without_our_headings_in_a_workbook_that_has_them_is_told() {
    let bare = sheet("essai", "Entreprise;Description;Quantité\nA;palettes;7\n");
    let read = read(OWN, &[vec![bare, corrected("sud", "sud.csv!2", "Z;verre;7", "")]]);
    assert_eq!(said(&read.rows), ["A palettes x", "B copeaux 5"]);
    assert_eq!(told(&read, FindingKind::LostPlace), 1);
}

#[test]
fn an_error_of_a_spreadsheet_that_nobody_corrected_stays_one() {
    let mut read = taken("", OWN, &[vec![corrected("essai", PLACE, "A;palettes;x", "")]]);
    let quantity = |read: &SourceRead| read.rows[0].cells[&Field::Quantity].value.clone();
    read.rows[0].cells.get_mut(&Field::Quantity).unwrap().value = Cell::Error("x".to_owned());
    supersede(&mut read);
    assert_eq!(quantity(&read), Cell::Error("x".to_owned()));
}

#[test]
fn a_row_that_is_corrected_to_one_that_is_not_kept_goes() {
    let mapping = format!("{MAPPING}[keep]\nStatut = [\"actif\"]\n");
    let own = [("visites.csv", "Entreprise;Description;Quantité;Statut\nA;palettes;x;actif\n")];
    let mark = returned::shown(&returned::mark(&taken_under(&mapping, "", &own, &[]).rows[0]));
    let headings = "Où / Where;Entreprise;Description;Quantité;Statut;Repère / Mark";
    for (status, quantity) in [("actif", "7"), ("fermé", "")] {
        let text = format!("{headings}\n{PLACE};A;palettes;7;{status};{mark}\n");
        let mut read = taken_under(&mapping, "", &own, &[vec![sheet("essai", &text)]]);
        supersede(&mut read);
        let said: Vec<String> = read.rows.iter().map(|row| row.text(Field::Quantity)).collect();
        assert_eq!(said, [quantity]);
    }
}
