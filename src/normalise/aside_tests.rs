//! Rows that are no entries: totals, averages, notes and titles.

use super::tests::{cell, flow, kinds, row, run, table};
use crate::model::{Field, FindingKind, RawRow, Severity, Subject};

#[test]
fn totals_are_skipped_and_hidden_rows_kept() {
    let mut hidden = flow("atelier", 2, "Alpha", "offre", "bois", "1 t/an");
    hidden.hidden = true;
    let result = run(vec![flow("atelier", 1, "Total", "", "", "500"), hidden]);
    assert_eq!(result.flows.len(), 1);
    assert!(result.quarantine.is_empty());
    assert!(
        kinds(&result).contains(&FindingKind::Subtotal) && kinds(&result).contains(&FindingKind::HiddenRow)
    );
}

#[test]
fn rows_that_say_what_their_figures_are_stand_aside_and_companies_of_such_names_do_not() {
    let aside = |label: &str, what: &str| {
        let fields = [(Field::Name, label), (Field::Description, what), (Field::Quantity, "4 t/an")];
        kinds(&run(vec![row("atelier", 2, Subject::Flows, &fields)])).contains(&FindingKind::Subtotal)
    };
    for label in ["Nombre d’entreprises", "Nb", "Max.", "MAXIMUM", "Minimum :", "Cumul", "Ensemble"] {
        assert!(aside(label, ""), "{label}");
        assert!(!aside(label, "copeaux"), "{label}");
    }
    for label in ["Max Métal inc.", "Ensemble Boréal", "Nombre Premier inc."] {
        assert!(!aside(label, ""), "{label}");
    }
}

#[test]
fn notes_and_averages_are_left_out_with_a_remark_and_a_partial_row_is_not_lost() {
    let entry = |name| [(Field::Name, name), (Field::Direction, "offre"), (Field::Description, "bois")];
    let (one, two) = (entry("Alpha"), entry("Bêta"));
    let result = run(table(&[
        (2, &one),
        (3, &[(Field::Name, "Moyenne"), (Field::Quantity, "3,5")]),
        (4, &[(Field::Name, "Gamma inc.")]),
        (5, &two),
        (6, &[(Field::Name, "* estimé")]),
        (7, &[(Field::Name, "Source : relevé de l'hiver")]),
        (9, &[(Field::Description, "Relevé du printemps")]),
    ]));
    assert_eq!(result.flows.len(), 2);
    let at = |kind| {
        let found = result.findings.iter().filter(|finding| finding.kind == kind);
        found.map(|finding| (finding.location.row, finding.severity)).collect::<Vec<_>>()
    };
    let note = Severity::Note;
    assert_eq!(at(FindingKind::NotAnEntry), [(6, note), (7, note), (9, note)]);
    assert_eq!(at(FindingKind::Subtotal), [(3, note)]);
    // It may be a title or a company that fills the rest in later: everybody's workbook has it, and no
    // company's own.
    let refused: Vec<u32> = result.quarantine.iter().map(|refused| refused.row.location.row).collect();
    assert_eq!(refused, [4]);
    let owners = super::quarantine_by_owner(&result.quarantine, &result.organisations).unwrap();
    assert!(owners.is_empty());
}

#[test]
fn a_title_is_left_out_with_a_remark_where_entries_follow_and_nowhere_else() {
    let entry = |name| [(Field::Name, name), (Field::Direction, "offre"), (Field::Description, "bois")];
    let (one, two) = (entry("Alpha"), entry("Bêta"));
    let nameless = [(Field::Direction, "offre"), (Field::Description, "bois")];
    let mut rows = table(&[
        (2, &[(Field::Name, "Section A — Bois")]),
        (3, &one),
        (4, &[(Field::Name, "Métaux")]),
        (5, &[(Field::Name, "Les grands donneurs")]),
        (6, &two),
        // The row below has no name: this is one, or heads nothing that can be told.
        (7, &[(Field::Name, "Verre")]),
        (8, &nameless),
        // A description that somebody began.
        (9, &[(Field::Description, "Métaux")]),
        (10, &two),
    ]);
    rows[3].spans = true;
    for (cell, letter) in rows[6].cells.values_mut().zip(["B", "C"]) {
        cell.column = letter.into();
    }
    let result = run(rows);
    let told = result.findings.iter().filter(|finding| finding.kind == FindingKind::NotAnEntry);
    assert_eq!(told.map(|finding| finding.location.row).collect::<Vec<_>>(), [2, 4, 5]);
    let refused: Vec<u32> = result.quarantine.iter().map(|refused| refused.row.location.row).collect();
    assert_eq!(refused, [7, 8, 9]);
}

#[test]
fn a_company_called_total_is_no_subtotal() {
    let mut row = flow("atelier", 1, "Total", "offre", "bois", "1 t/an");
    let cell = cell('Q', "neq", "1141234567");
    row.cells.insert(Field::EnterpriseNumber, cell);
    let result = run(vec![
        row,
        flow("atelier", 2, "Somme", "offre", "verre", "1 t/an"),
        flow("atelier", 3, "Total", "", "", "2 t/an"),
    ]);
    assert_eq!(result.flows.len(), 2);
    let names: Vec<&str> = result.organisations.iter().map(|one| one.name.reveal().as_str()).collect();
    assert!(names.contains(&"Total") && names.contains(&"Somme"), "{names:?}");
}

#[test]
fn a_total_with_a_description_is_no_entry_where_the_mapping_gives_the_direction() {
    let one_sided = |number, name| {
        let mut row = flow("atelier", number, name, "offre", "palettes de bois", "4 t/an");
        row.cells.get_mut(&Field::Direction).unwrap().column = "".into();
        row
    };
    let names = ["Alpha", "Total Métal inc.", "Sous-total bois", "Total", "Moyenne"];
    let result = run((2..).zip(names).map(|(number, name)| one_sided(number, name)).collect());
    assert_eq!(result.flows.len(), 2);
    let told = result.findings.iter().filter(|finding| finding.kind == FindingKind::Subtotal);
    assert_eq!(told.map(|finding| finding.location.row).collect::<Vec<_>>(), [4, 5, 6]);
}

#[test]
fn totals_are_checked_against_the_rows_that_they_add_up() {
    let total = |number, label, quantity| {
        row("atelier", number, Subject::Flows, &[(Field::Name, label), (Field::Quantity, quantity)])
    };
    let line = |number, quantity| flow("atelier", number, "Scierie A", "offre", "copeaux", quantity);
    let wrong = |rows: Vec<RawRow>| {
        let result = run(rows);
        let at = result.findings.iter().filter(|found| found.kind == FindingKind::TotalDiffers);
        at.map(|found| found.location.row).collect::<Vec<_>>()
    };
    let rows = |first, second, all| {
        vec![
            line(2, "2,5 t/an"),
            line(3, "1 000,25 t/an"),
            total(4, "Sous-total", first),
            line(5, "40 t/an"),
            total(6, "Sous-total", second),
            total(7, "Grand total", all),
        ]
    };
    assert_eq!(wrong(rows("1 002,75", "40", "1042,75")), [0_u32; 0]);
    // A total is as exact as it is written.
    assert_eq!(wrong(rows("1003 t", "40", "1 042.7500000001")), [0_u32; 0]);
    assert_eq!(wrong(rows("1 002,5", "41", "1 042,75")), [4, 6]);
    assert_eq!(wrong(rows("1 002,75", "40", "2 085,5")), [7]);
    // Tonnes and kilograms do not add up, nor do ranges: nothing is said.
    assert_eq!(wrong(vec![line(2, "2 t/an"), line(3, "3 kg/an"), total(4, "Total", "9")]), [0_u32; 0]);
    assert_eq!(wrong(vec![line(2, "2 à 3 t/an"), total(4, "Total", "9")]), [0_u32; 0]);
}

#[test]
fn totals_of_both_ends_of_quantities_are_checked_each_in_its_column() {
    let entry = |number, least, most| {
        let named =
            [(Field::Name, "Scierie A"), (Field::Direction, "offre"), (Field::Description, "copeaux")];
        let ends = [(Field::QuantityLeast, least), (Field::QuantityMost, most)];
        row("atelier", number, Subject::Flows, &[named.as_slice(), &ends].concat())
    };
    for (least, most, wrong) in [
        ("5", "8", None),
        ("6", "8", Some(Field::QuantityLeast)),
        ("5", "9", Some(Field::QuantityMost)),
        ("", "9", Some(Field::QuantityMost)),
    ] {
        let fields = [(Field::Name, "Total"), (Field::QuantityLeast, least), (Field::QuantityMost, most)];
        let total = row("atelier", 4, Subject::Flows, &fields);
        let result = run(vec![entry(2, "2 t/an", "3 t/an"), entry(3, "3 t/an", "5 t/an"), total]);
        let mut found = result.findings.iter().filter(|found| found.kind == FindingKind::TotalDiffers);
        assert_eq!(found.next().map(|found| found.field), wrong.map(Some), "{least} {most}");
        assert!(found.next().is_none());
    }
}
