//! What stands below a table, and entries that follow a blank row.

use super::super::tests::{flow, run, table};
use crate::model::{Field, FindingKind, RawRow, Severity};

const DIRECTION: (Field, &str) = (Field::Direction, "offre");

/// Rows below two entries and a blank row: how many flows are read, and the rows told as no entries.
fn below(rows: &[(u32, &[(Field, &str)])], heads: &[u32]) -> (usize, Vec<u32>) {
    let mut all: Vec<RawRow> =
        (2..4).map(|number| flow("atelier", number, "Alpha", "offre", "bois", "1 t/an")).collect();
    all[1] = flow("atelier", 3, "Bêta", "offre", "verre", "2 t/an");
    all.extend(table(rows));
    let headings = all.last().unwrap().headings.clone();
    for row in &mut all {
        row.headings = headings.clone();
        row.heads_another = heads.contains(&row.location.row);
        // What the mapping says of all rows stands in no column.
        row.cells.entry(Field::Direction).and_modify(|cell| cell.column = "".into());
    }
    let result = run(all);
    let told = result
        .findings
        .iter()
        .filter(|finding| matches!(finding.kind, FindingKind::NotAnEntry | FindingKind::OtherTable));
    (result.flows.len(), told.map(|finding| finding.location.row).collect())
}

#[test]
fn signatures_behind_a_label_are_no_entries() {
    let rows: [(u32, &[(Field, &str)]); 3] = [
        (5, &[(Field::Name, "Préparé par :"), DIRECTION, (Field::Description, "Julie Tremblette")]),
        (6, &[(Field::Name, "Révision :"), DIRECTION, (Field::Description, "seconde")]),
        (7, &[(Field::Name, "chiffres provisoires"), DIRECTION]),
    ];
    assert_eq!(below(&rows, &[]), (2, vec![5, 6, 7]));
    let rows: [(u32, &[(Field, &str)]); 2] = [
        (5, &[(Field::Name, "Cellule de maillage"), DIRECTION]),
        (6, &[(Field::Name, "Source"), DIRECTION, (Field::Description, "visites")]),
    ];
    assert_eq!(below(&rows, &[]), (2, vec![5, 6]));
}

#[test]
fn a_legend_is_no_entry_and_what_follows_it_may_be_one() {
    let rows: [(u32, &[(Field, &str)]); 4] = [
        (5, &[(Field::Name, "Légende :"), DIRECTION]),
        (6, &[(Field::Name, "kg"), DIRECTION, (Field::Description, "kilogramme")]),
        (7, &[(Field::Name, "t"), DIRECTION, (Field::Description, "tonne")]),
        (
            8,
            &[(Field::Name, "Gamma"), DIRECTION, (Field::Description, "carton"), (Field::Quantity, "3 t/an")],
        ),
    ];
    assert_eq!(below(&rows, &[]), (3, vec![5, 6, 7]));
}

#[test]
fn another_table_ends_with_a_blank_row_and_its_block_is_told() {
    let rows: [(u32, &[(Field, &str)]); 4] = [
        (5, &[(Field::Name, "Transporteurs"), DIRECTION]),
        (6, &[(Field::Name, "Transporteur"), DIRECTION, (Field::Quantity, "Tarif")]),
        (7, &[(Field::Name, "Rapide"), DIRECTION, (Field::Description, "camion"), (Field::Quantity, "45")]),
        (
            9,
            &[(Field::Name, "Gamma"), DIRECTION, (Field::Description, "carton"), (Field::Quantity, "3 t/an")],
        ),
    ];
    assert_eq!(below(&rows, &[6]), (3, vec![5, 6, 7]));
    let mut rows = vec![flow("atelier", 2, "Alpha", "offre", "bois", "1 t/an")];
    rows.extend((4..6).map(|number| flow("atelier", number, "Nom", "offre", "Courriel", "Tarif")));
    rows[1].heads_another = true;
    let findings = run(rows).findings;
    let told = findings.iter().find(|finding| finding.kind == FindingKind::OtherTable).unwrap();
    assert!(told.repair_en.contains("range = \""), "{}", told.repair_en);
    assert!(told.repair_en.contains("5\"`"), "{}", told.repair_en);
}

#[test]
fn entries_below_a_blank_row_stay_entries() {
    let entry =
        |name| [(Field::Name, name), DIRECTION, (Field::Description, "carton"), (Field::Quantity, "3 t/an")];
    let (one, two) = (entry("Gamma :"), entry("Delta"));
    let began = [(Field::Name, "Epsilon"), DIRECTION, (Field::Description, "sciure")];
    assert_eq!(below(&[(5, &one), (7, &two), (9, &began)], &[]), (5, vec![]));
    // The same headings among entries are what somebody typed.
    assert_eq!(below(&[(4, &two), (5, &began)], &[5]), (4, vec![]));
}

#[test]
fn a_telephone_or_an_address_is_neither_a_quantity_nor_a_description() {
    let result = run(vec![
        flow("atelier", 2, "Alpha", "offre", "bois", "418-555-0100"),
        flow("atelier", 3, "Bêta", "offre", "a@exemple.test", "2 t/an"),
    ]);
    let told = result.findings.iter().filter(|finding| finding.kind == FindingKind::ContactInstead);
    let told: Vec<_> = told.map(|finding| (finding.location.row, finding.severity)).collect();
    assert_eq!(told, [(2, Severity::Warning), (3, Severity::Rejection)]);
    assert_eq!(result.flows.len(), 1);
    assert!(result.flows[0].mass.is_none());
}
