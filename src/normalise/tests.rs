//! Whole rows through the stage.

use super::{MergeKind, Normalised, normalise, quarantine_workbook};
use crate::config::{Mapping, Settings};
use crate::model::{
    Category, Cell, Confidential, Cost, Direction, Field, FindingKind, Location, RawCell, RawHeading, RawRow,
    Severity, Status, Subject,
};
use chrono::NaiveDate;
use proptest::prelude::{Just, Strategy as _, prop_assert_eq, proptest};
use std::collections::BTreeMap;
use std::sync::Arc;

const SETTINGS: &str = concat!(
    r#"
name = "essai"
[[sources]]
name = "atelier"
records = "flows"
files = ["a.xlsx"]
mapping = "a.toml"
[words.sens]
"on a trop de" = "extrant"
"#,
    include_str!("../../tests/trial.toml")
);

/// Settings with one source and one park.
pub(super) fn settings() -> Settings {
    let aliases = "aliases = [\"Parc industriel de Beauport\", \"P.I. Beauport\"]\nlatitude";
    toml::from_str(&SETTINGS.replacen("latitude", aliases, 1)).unwrap()
}

fn row(source: &str, number: u32, subject: Subject, fields: &[(Field, &str)]) -> RawRow {
    let cells = (b'A'..).zip(fields).map(|(letter, (field, text))| {
        let cell = RawCell {
            value: Cell::text(*text),
            column: char::from(letter).to_string(),
            header: field.code().to_owned(),
            unit_in_header: None,
        };
        (*field, cell)
    });
    RawRow {
        location: Location {
            source: source.into(),
            file: Confidential::new("f.xlsx".into()),
            sheet: Some(Confidential::new("Feuille".into())),
            row: number,
        },
        cells: cells.collect(),
        unmapped: Vec::new(),
        headings: Arc::default(),
        hidden: false,
        spans: false,
        subject,
        replaces: None,
        held: None,
    }
}

fn flow(source: &str, number: u32, name: &str, sens: &str, what: &str, quantity: &str) -> RawRow {
    let fields = [
        (Field::Name, name),
        (Field::Direction, sens),
        (Field::Description, what),
        (Field::Quantity, quantity),
        (Field::Park, "PI Beauport"),
    ];
    row(source, number, Subject::Flows, &fields)
}

fn run(rows: Vec<RawRow>) -> Normalised {
    normalise(rows, &settings(), &BTreeMap::new(), NaiveDate::from_ymd_opt(2026, 1, 1).unwrap())
}

fn kinds(result: &Normalised) -> Vec<FindingKind> {
    result.findings.iter().map(|finding| finding.kind).collect()
}

#[test]
fn a_partial_row_is_kept_and_flagged() {
    let result = run(vec![flow("atelier", 1, "Alpha inc.", "Offre", "Palettes de bois", "")]);
    assert_eq!(result.flows.len(), 1);
    assert_eq!(result.flows[0].category, Some(Category::Wood));
    assert_eq!(result.flows[0].mass, None);
    assert_eq!(result.flows[0].park.as_ref().unwrap().as_str(), "beauport");
    assert_eq!(kinds(&result), [FindingKind::MissingCategory, FindingKind::MissingQuantity]);
    assert!(result.quarantine.is_empty());
}

#[test]
fn wrong_rows_go_to_quarantine_each_for_its_reason() {
    let mut error = flow("atelier", 7, "Alpha", "offre", "bois", "");
    error.cells.get_mut(&Field::Quantity).unwrap().value = Cell::Error("#N/A".to_owned());
    let mut reversed = flow("atelier", 8, "Alpha", "offre", "bois", "1 t/an");
    for (field, day) in [(Field::AvailableFrom, "2025-05-01"), (Field::AvailableTo, "2025-04-01")] {
        let cell = RawCell {
            value: Cell::text(day),
            column: "Z".to_owned(),
            header: "d".to_owned(),
            unit_in_header: None,
        };
        reversed.cells.insert(field, cell);
    }
    let result = run(vec![
        flow("atelier", 1, "", "offre", "bois", "1 t/an"),
        flow("atelier", 2, "Alpha", "", "bois", "1 t/an"),
        flow("atelier", 3, "Alpha", "peut-être", "bois", "1 t/an"),
        flow("atelier", 4, "Alpha", "offre", "bois", "-1 t/an"),
        flow("atelier", 5, "Alpha", "offre", "bois", "illisible"),
        flow("atelier", 6, "Alpha", "offre", "", "1 t/an"),
        error,
        reversed,
        flow("atelier", 9, "Alpha", "offre", "bois", "99 999 999 t/an"),
        row("suivi", 1, Subject::Synergies, &[(Field::Status, "mystère")]),
    ]);
    let reasons: Vec<FindingKind> = result
        .quarantine
        .iter()
        .map(|row| row.findings.iter().find(|finding| finding.severity == Severity::Rejection).unwrap().kind)
        .collect();
    assert_eq!(
        reasons,
        [
            FindingKind::MissingName,
            FindingKind::MissingDirection,
            FindingKind::UnknownDirection,
            FindingKind::NegativeQuantity,
            FindingKind::BadQuantity,
            FindingKind::EmptyDescription,
            FindingKind::SpreadsheetError,
            FindingKind::DatesReversed,
            FindingKind::QuantityOutOfRange,
            FindingKind::UnknownStatus,
        ]
    );
    assert!(result.flows.is_empty());
    let first = quarantine_workbook(&result.quarantine).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    assert_eq!(first, quarantine_workbook(&result.quarantine).unwrap());
}

#[test]
fn a_row_of_which_only_a_cell_was_refused_counts_and_goes_back_too() {
    let mut row = flow("atelier", 1, "Alpha", "offre", "palettes de bois", "1 t/an");
    let cell = RawCell {
        value: Cell::text("31 février 2026"),
        column: "Z".to_owned(),
        header: "disponible du".to_owned(),
        unit_in_header: None,
    };
    row.cells.insert(Field::AvailableFrom, cell);
    let plain = flow("atelier", 2, "Beta", "offre", "verre", "1 t/an");
    let result = run(vec![row, plain]);
    assert_eq!((result.flows.len(), result.quarantine.len()), (2, 0));
    let rows: Vec<u32> = result.doubtful.iter().map(|one| one.row.location.row).collect();
    assert_eq!(rows, [1]);
    let owners = super::quarantine_by_owner(&result.doubtful, &result.organisations).unwrap();
    assert_eq!(owners.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["Alpha"]);
}

#[test]
fn one_company_spelt_differently_is_merged_with_its_evidence() {
    let mut numbered = flow("visites", 4, "Bêta Métal ltée", "demande", "acier", "2 t/an");
    let number = RawCell {
        value: Cell::text("1141234567"),
        column: "Q".to_owned(),
        header: "neq".to_owned(),
        unit_in_header: None,
    };
    numbered.cells.insert(Field::EnterpriseNumber, number);
    let result = run(vec![
        flow("atelier", 1, "BETA METAL inc.", "offre", "sciure", "1 t/an"),
        numbered,
        flow("plateforme", 2, "Gamma", "offre", "verre", "1 t/an"),
    ]);
    assert_eq!(result.organisations.len(), 2);
    assert_eq!(result.merges.len(), 1);
    assert_eq!(result.merges[0].kind, MergeKind::Organisation);
    assert!(kinds(&result).contains(&FindingKind::DuplicateOrganisation));
    let merged = &result.organisations[0];
    assert_eq!(merged.locations.len(), 2);
    assert!(merged.enterprise_number.is_some());
}

#[test]
fn one_enterprise_number_under_names_that_share_nothing_is_a_contradiction() {
    let numbered = |number, name, neq| {
        let mut row = flow("atelier", number, name, "offre", "ferraille", "7 t/an");
        let cell = RawCell {
            value: Cell::text(neq),
            column: "Q".to_owned(),
            header: "neq".to_owned(),
            unit_in_header: None,
        };
        row.cells.insert(Field::EnterpriseNumber, cell);
        row
    };
    let result = run(vec![
        numbered(1, "Zorglub inc.", "1145640000"),
        numbered(2, "Patamachin ltée", "1145640000"),
        numbered(3, "Les ateliers Zorglub", "1145640000"),
        numbered(4, "Kwak inc.", "1.14564E+09"),
        numbered(5, "Kwak inc.", "1145640017"),
        numbered(6, "Kwack", "1145640017"),
    ]);
    assert_eq!(result.organisations.len(), 3);
    assert_eq!(result.flows.len(), 3, "flows of different companies are never the same flow");
    let at = |kind| {
        let found = result.findings.iter().filter(|finding| finding.kind == kind);
        found.map(|finding| (finding.location.row, finding.severity)).collect::<Vec<_>>()
    };
    assert_eq!(at(FindingKind::ConflictingNumber), [(1, Severity::Warning), (2, Severity::Warning)]);
    assert_eq!(at(FindingKind::RoundedIdentifier), [(4, Severity::Warning)]);
    let named = |name: &str| result.organisations.iter().find(|found| found.name.reveal() == name).unwrap();
    let (one, other) = (named("Zorglub inc."), named("Patamachin ltée"));
    assert!(one.enterprise_number.is_none() && other.enterprise_number.is_none());
    assert_eq!(one.group, other.group, "should they be one company after all, they protect as one");
    assert!(named("Kwak inc.").enterprise_number.is_some());
}

#[test]
fn one_flow_entered_twice_is_merged_and_the_more_complete_entry_kept() {
    let result = run(vec![
        flow("atelier", 1, "Delta", "offre", "Retailles de gypse", ""),
        flow("visites", 2, "Delta inc.", "extrant", "retaille de gypse", "12 t/an"),
        flow("visites", 3, "Delta inc.", "intrant", "retaille de gypse", "12 t/an"),
        flow("visites", 4, "Delta inc.", "extrant", "retaille de gypse", "90 t/an"),
    ]);
    assert_eq!(result.flows.len(), 3);
    let outputs: i64 = result
        .flows
        .iter()
        .filter(|flow| flow.direction == Direction::Output)
        .map(|flow| flow.mass.unwrap().best_kg())
        .sum();
    assert_eq!(outputs, 102_000);
    assert_eq!(result.merges.iter().filter(|merge| merge.kind == MergeKind::Flow).count(), 1);
}

#[test]
fn a_repeated_column_that_says_something_else_is_told_on_the_row() {
    let twice = |second: &str| {
        let mut row = flow("atelier", 1, "Alpha", "offre", "palettes de bois", "1 t/an");
        let heading = |column: &str, field| RawHeading {
            column: column.to_owned(),
            header: Field::Quantity.code().to_owned(),
            field,
        };
        row.headings = vec![heading("D", Some(Field::Quantity)), heading("F", None)].into();
        row.unmapped.push(RawCell {
            value: Cell::text(second),
            column: "F".to_owned(),
            header: Field::Quantity.code().to_owned(),
            unit_in_header: None,
        });
        run(vec![row])
    };
    let told = twice("2 t/an");
    let finding = told.findings.iter().find(|finding| finding.kind == FindingKind::RepeatedColumn).unwrap();
    assert_eq!((finding.severity, finding.field), (Severity::Warning, Some(Field::Quantity)));
    assert_eq!(told.flows[0].mass.unwrap().best_kg(), 1_000);
    assert!(!kinds(&twice("1 T/an")).contains(&FindingKind::RepeatedColumn));
}

#[test]
fn ambiguous_units_keep_the_row_and_list_the_choices() {
    let result = run(vec![flow("atelier", 1, "Alpha", "on a trop de", "solvant usé", "3 gallons/sem")]);
    assert_eq!(result.flows[0].mass, None);
    let finding = result.findings.iter().find(|finding| finding.kind == FindingKind::AmbiguousUnit).unwrap();
    assert!(finding.repair_fr.contains("gallon impérial") && finding.repair_en.contains("US gallon"));
}

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

/// Rows of a table of five columns, each with the cells that it fills, by column.
fn table(rows: &[(u32, &[(Field, &str)])]) -> Vec<RawRow> {
    const FIELDS: [Field; 5] =
        [Field::Name, Field::Direction, Field::Description, Field::Quantity, Field::CurrentCost];
    let heading = |(letter, field): (u8, &Field)| RawHeading {
        column: char::from(letter).to_string(),
        header: field.code().to_owned(),
        field: Some(*field),
    };
    let headings: Arc<[RawHeading]> = (b'A'..).zip(&FIELDS).map(heading).collect();
    let read = |(number, fields): &(u32, &[(Field, &str)])| RawRow {
        headings: headings.clone(),
        ..row("atelier", *number, Subject::Flows, fields)
    };
    rows.iter().map(read).collect()
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
fn a_letter_is_the_direction_that_its_heading_begins_with_it() {
    for (header, letter, direction) in [
        ("O/D", "O", Some(Direction::Output)),
        ("O/D", "d", Some(Direction::Input)),
        ("Offre ou demande", "D", Some(Direction::Input)),
        ("Entrant / sortant", "S", Some(Direction::Output)),
        ("Extrant / intrant", "E", Some(Direction::Output)),
        ("Entrée ou extrant", "E", None),
        ("Sens", "O", None),
        ("Offre", "O", None),
        ("O/D", "O et D", None),
    ] {
        let mut row = flow("atelier", 2, "Alpha", letter, "bois", "3 t");
        row.cells.get_mut(&Field::Direction).unwrap().header = header.to_owned();
        let read = run(vec![row]).flows.first().map(|flow| flow.direction);
        assert_eq!(read, direction, "{header} {letter}");
    }
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
        cell.column = letter.to_owned();
    }
    let result = run(rows);
    let told = result.findings.iter().filter(|finding| finding.kind == FindingKind::NotAnEntry);
    assert_eq!(told.map(|finding| finding.location.row).collect::<Vec<_>>(), [2, 4, 5]);
    let refused: Vec<u32> = result.quarantine.iter().map(|refused| refused.row.location.row).collect();
    assert_eq!(refused, [7, 8, 9]);
}

#[test]
fn a_cost_for_a_tonne_stays_one_and_for_another_unit_is_what_a_year_of_it_costs() {
    let cost = |quantity, cost| {
        let fields = [
            (Field::Name, "Alpha"),
            (Field::Direction, "offre"),
            (Field::Description, "copeaux de bois"),
            (Field::Quantity, quantity),
            (Field::CurrentCost, cost),
        ];
        let result = run(table(&[(2, &fields)]));
        let paid = result.flows[0].current_cost.as_ref().map(|cost| *cost.reveal());
        (paid, kinds(&result).contains(&FindingKind::CostForUnit))
    };
    for quantity in ["500 kg/mois", "10 à 20 t/an", "< 5 t/an", "6 t", ""] {
        assert_eq!(cost(quantity, "80 $/t"), (Some(Cost::OfATonne(8_000)), false), "{quantity}");
    }
    assert_eq!(cost("6 t/an", "0,08 $/kg"), (Some(Cost::OfATonne(8_000)), false));
    assert_eq!(cost("10 m3/mois", "12 $/m³"), (Some(Cost::OfAYear(144_000)), false));
    assert_eq!(cost("10 hL/mois", "12 $/m³"), (Some(Cost::OfAYear(14_400)), false));
    assert_eq!(cost("6 t/an", "1 200 $/an"), (Some(Cost::OfAYear(120_000)), false));
    assert_eq!(cost("6 t/an", "5 $ la palette"), (None, true));
}

#[test]
fn a_company_called_total_is_no_subtotal() {
    let mut row = flow("atelier", 1, "Total", "offre", "bois", "1 t/an");
    let cell = RawCell {
        value: Cell::text("1141234567"),
        column: "Q".to_owned(),
        header: "neq".to_owned(),
        unit_in_header: None,
    };
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
fn what_two_people_would_read_differently_is_told_and_stays_unknown() {
    let with = |quantity: &str, more: &[(Field, &str)]| {
        let mut row = flow("atelier", 1, "Alpha", "offre", "bois", quantity);
        for (field, text) in more {
            let cell = RawCell {
                value: Cell::text(*text),
                column: "Z".to_owned(),
                header: "z".to_owned(),
                unit_in_header: None,
            };
            row.cells.insert(*field, cell);
        }
        let result = run(vec![row]);
        (result.flows[0].mass.map(|mass| (mass.low_kg(), mass.high_kg())), result)
    };
    for (quantity, more, kind) in [
        ("5 t/an", &[(Field::Unit, "kg")][..], FindingKind::ContradictoryUnits),
        ("5 t", &[(Field::Frequency, "bimensuel")], FindingKind::AmbiguousFrequency),
        ("1.500 t/an", &[], FindingKind::BadQuantity),
        ("5-3 t/an", &[], FindingKind::BadQuantity),
    ] {
        let (mass, result) = with(quantity, more);
        assert_eq!(mass, None, "{quantity}");
        assert!(kinds(&result).contains(&kind), "{quantity}: {:?}", kinds(&result));
    }
    let (_, result) = with("5 t", &[(Field::Frequency, "bimensuel")]);
    let told = result.findings.iter().find(|found| found.kind == FindingKind::AmbiguousFrequency).unwrap();
    assert!(told.repair_fr.contains("aux 2 mois") && told.repair_en.contains("every two months"));
    // What is there and is not understood is not told as missing.
    let (mass, result) = with("5 t", &[(Field::Frequency, "des fois")]);
    assert!(mass.is_none() && kinds(&result).contains(&FindingKind::UnknownFrequency));
    assert!(!kinds(&result).contains(&FindingKind::MissingFrequency));
    let (mass, result) = with("max 10 t/an", &[]);
    assert_eq!(mass, Some((0, 10_000)));
    assert!(kinds(&result).contains(&FindingKind::UpperBound));
    // One unit in two places, and a point where a system writes decimals, are plain.
    assert_eq!(with("5 t/an", &[(Field::Unit, "tonnes")]).0, Some((5_000, 5_000)));
    assert_eq!(with("1.500", &[(Field::Unit, "t"), (Field::Frequency, "an")]).0, Some((1_500, 1_500)));
}

#[test]
fn a_quantity_with_another_decimal_mark_than_its_column_is_told_and_stays_unknown() {
    let quantities = ["1,234.56 kg/an", "12,345.60 kg/an", "2,345.67 kg/an", "1,23 kg/an"];
    let names = ["Alpha", "Boréal", "Cascades", "Dumont"];
    let rows = (1..).zip(names.into_iter().zip(quantities)).map(|(number, (name, quantity))| {
        flow("atelier", number, name, "offre", "palettes de bois", quantity)
    });
    let result = run(rows.collect());
    let bad: Vec<_> =
        result.findings.iter().filter(|finding| finding.kind == FindingKind::BadQuantity).collect();
    assert_eq!(bad.len(), 1);
    assert_eq!((bad[0].location.row, bad[0].severity), (4, Severity::Warning));
    assert_eq!(result.flows.iter().filter(|flow| flow.mass.is_none()).count(), 1);
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
fn a_synergy_keeps_its_dated_history() {
    let step = |number, status, day| {
        row(
            "suivi",
            number,
            Subject::Synergies,
            &[
                (Field::SynergyId, "S1"),
                (Field::Supplier, "Alpha"),
                (Field::Receiver, "Personne"),
                (Field::Status, status),
                (Field::StatusDate, day),
                (Field::Quantity, "3 t/mois"),
                (Field::Category, "Bois"),
            ],
        )
    };
    let result = run(vec![
        flow("atelier", 1, "Alpha inc.", "offre", "bois", "1 t/an"),
        step(2, "réalisée", "2025-06-02"),
        step(3, "en discussion", "14 février 2025"),
    ]);
    let synergy = &result.synergies[0];
    assert_eq!((result.synergies.len(), synergy.status), (1, Status::Realised));
    assert_eq!(
        synergy.history.iter().map(|step| step.status).collect::<Vec<_>>(),
        [Status::UnderDiscussion, Status::Realised]
    );
    assert_eq!(synergy.mass.unwrap().best_kg(), 36_000);
    assert!(synergy.supplier.is_some() && synergy.receiver.is_none());
    assert!(kinds(&result).contains(&FindingKind::UnknownOrganisation));
}

#[test]
fn no_message_repeats_what_was_read() {
    let result = run(vec![flow("atelier", 1, "Canari inc.", "Canari inc.", "Canari inc.", "Canari inc.")]);
    for finding in &result.findings {
        let shown = format!("{finding:?}");
        assert!(!shown.contains("Canari"), "{shown}");
    }
}

#[test]
fn the_mapping_gives_constants_and_local_words() {
    let settings: Settings = toml::from_str(SETTINGS).unwrap();
    let mapping: Mapping = toml::from_str(
        "columns = {}\n[words.unite]\ncoudee = \"t\"\n[constants]\nsens = \"extrant\"\nfrequence = \"an\"\n",
    )
    .unwrap();
    let row = flow("atelier", 1, "Alpha", "", "bois", "2 Coudée");
    let mappings = BTreeMap::from([("atelier".to_owned(), mapping)]);
    let result = normalise(vec![row], &settings, &mappings, NaiveDate::from_ymd_opt(2026, 1, 1).unwrap());
    assert_eq!(result.flows[0].mass.unwrap().best_kg(), 2_000);
}

#[test]
fn headings_give_unit_and_frequency_and_a_local_word_in_brackets_is_a_unit() {
    let settings: Settings = toml::from_str(SETTINGS).unwrap();
    let mapping: Mapping = toml::from_str("columns = {}\n[words.unite]\ncoudee = \"t\"\n").unwrap();
    let mappings = BTreeMap::from([("atelier".to_owned(), mapping)]);
    let read = |header: &str, frequency: Option<&str>| {
        let mut row = flow("atelier", 1, "Alpha", "offre", "bois", "2");
        let quantity = row.cells.get_mut(&Field::Quantity).unwrap();
        quantity.header = header.to_owned();
        quantity.unit_in_header = crate::measures::heading::read(header).unit;
        let often = frequency.map(|often| RawCell {
            value: Cell::text(often),
            column: "Z".to_owned(),
            header: "f".to_owned(),
            unit_in_header: None,
        });
        row.cells.extend(often.map(|often| (Field::Frequency, often)));
        let day = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        normalise(vec![row], &settings, &mappings, day)
    };
    let kg = |header: &str, frequency: Option<&str>| {
        read(header, frequency).flows[0].mass.map(crate::model::Mass::best_kg)
    };
    let tells = |header: &str, frequency: Option<&str>, kind: FindingKind| {
        let findings = read(header, frequency).findings;
        findings.iter().any(|finding| finding.kind == kind)
    };
    assert_eq!(kg("Tonnes par mois", None), Some(24_000));
    assert_eq!(kg("Quantité (kg) par mois", None), Some(24));
    assert_eq!(kg("Tonnage annuel (t)", None), Some(2_000));
    // A yearly total may be fetched every week.
    assert_eq!(kg("Tonnage annuel (t)", Some("semaine")), Some(2_000));
    assert!(tells("Tonnage annuel (t)", Some("semaine"), FindingKind::UnknownFrequency));
    assert!(!tells("Tonnage annuel (t)", Some("par année"), FindingKind::UnknownFrequency));
    assert_eq!(kg("Quantité (t)", Some("semaine")), Some(104_000));
    assert_eq!(kg("Tonnes sur 4 ans", None), Some(500));
    assert_eq!(kg("Tonnes des 6 derniers mois", None), Some(4_000));
    assert_eq!(kg("Tonnes par mois (été seulement)", None), None);
    assert_eq!(kg("Quantité min (t/an)", None), Some(2_000));
    assert!(tells("Quantité min (t/an)", None, FindingKind::LowerBound));
    assert_eq!(kg("Quantité max (t/an)", None), Some(1_000), "the middle from zero on");
    assert!(tells("Quantité max (t/an)", None, FindingKind::UpperBound));
    assert_eq!(kg("Quantité (t/sem)", Some("mois")), None, "which of the two?");
    assert_eq!(kg("Quantité (t/sem)", Some("une seule fois")), Some(2_000));
    assert_eq!(kg("Quantité (Coudée)", Some("an")), Some(2_000));
    assert_eq!(kg("Quantité (estimée)", Some("an")), None);
}

fn mixed() -> Vec<RawRow> {
    let mut rows = Vec::new();
    for number in 1..=24 {
        let name = ["Alpha inc.", "ALPHA ltée", "Béta", "Beta enr.", ""][number as usize % 5];
        let what = ["sciure", "Sciures", "carton", "verre"][number as usize % 4];
        let quantity = ["1 t/an", "2 à 3 t/sem", "", "x"][number as usize % 4];
        let source = ["atelier", "visites"][number as usize % 2];
        rows.push(flow(source, number, name, ["offre", "demande"][number as usize % 2], what, quantity));
    }
    rows
}

proptest! {
    #[test]
    fn the_order_of_rows_does_not_change_the_output(rows in Just(mixed()).prop_shuffle().boxed()) {
        let (sorted, shuffled) = (run(mixed()), run(rows));
        prop_assert_eq!(&sorted.flows, &shuffled.flows);
        prop_assert_eq!(&sorted.organisations, &shuffled.organisations);
        prop_assert_eq!(&sorted.findings, &shuffled.findings);
        prop_assert_eq!(&sorted.merges, &shuffled.merges);
        prop_assert_eq!(sorted.quarantine.len(), shuffled.quarantine.len());
    }
}

#[test]
fn words_give_ranked_codes_a_category_and_a_type_that_are_told_as_guesses() {
    let grains = flow("atelier", 2, "Alpha inc.", "extrant", "Drêches de brasserie", "2 t/an");
    let heat = flow("atelier", 3, "Alpha inc.", "extrant", "Chaleur perdue des fours", "");
    let mut declared = flow("atelier", 4, "Alpha inc.", "extrant", "Palettes", "1 t/an");
    declared.cells.insert(
        Field::Material,
        RawCell {
            value: Cell::text("20 01 08"),
            column: "Z".to_owned(),
            header: "matiere".to_owned(),
            unit_in_header: None,
        },
    );
    let result = run(vec![grains, heat, declared]);
    let spoken =
        |what: &str| result.flows.iter().find(|flow| flow.description.reveal().as_str() == what).unwrap();
    let grains = spoken("Drêches de brasserie");
    assert_eq!(grains.category, Some(Category::Organic));
    assert_eq!(grains.ranked_codes[0].code, "020704");
    assert!(grains.material_codes.is_empty() && grains.ranked_codes[0].confidence_milli < 1000);
    let heat = spoken("Chaleur perdue des fours");
    assert_eq!(heat.flow_type, crate::model::FlowType::Energy);
    assert!(heat.ranked_codes.is_empty() && heat.category.is_none());
    assert!(kinds(&result).contains(&FindingKind::DeducedType));
    let food = spoken("Palettes");
    assert_eq!(food.ranked_codes.len(), 1);
    assert_eq!((food.ranked_codes[0].code, food.ranked_codes[0].confidence_milli), ("200108", 1000));
}

#[test]
fn two_flows_of_one_number_are_told_apart_and_keep_the_number_that_was_written() {
    let numbered = |number: u32, name: &str, what: &str| {
        let mut row = flow("atelier", number, name, "offre", what, "1 t/an");
        let cell = RawCell {
            value: Cell::text("1"),
            column: "Z".to_owned(),
            header: "id".to_owned(),
            unit_in_header: None,
        };
        row.cells.insert(Field::FlowId, cell);
        row
    };
    let result = run(vec![numbered(1, "Alpha", "Palettes de bois"), numbered(2, "Boréal", "Verre plat")]);
    assert_eq!(result.flows.len(), 2);
    assert_ne!(result.flows[0].id, result.flows[1].id);
    assert!(result.flows.iter().all(|flow| flow.given_id() == "1"));
    let bare = run(vec![flow("atelier", 3, "Alpha", "offre", "Palettes de bois", "1 t/an")]);
    assert_eq!(bare.flows[0].given_id(), "atelier:3");
}

#[test]
fn an_amount_in_words_without_a_number_is_unknown_and_told() {
    let result = run(vec![flow("atelier", 1, "Alpha", "offre", "Palettes de bois", "quelques tonnes")]);
    assert_eq!((result.flows.len(), result.quarantine.len()), (1, 0));
    assert_eq!(result.flows[0].mass, None);
    let told = result.findings.iter().find(|found| found.kind == FindingKind::BadQuantity).unwrap();
    assert_eq!(told.severity, Severity::Warning);
}
