//! Whole rows through the stage.

use super::{Normalised, normalise, quarantine_workbook};
use crate::config::{Mapping, Settings};
use crate::model::{
    Category, Cell, Confidential, Direction, Field, FindingKind, Location, RawCell, RawHeading, RawRow,
    Severity, Status, Subject,
};
use chrono::NaiveDate;
use proptest::prelude::{Just, Strategy as _, prop_assert_eq, proptest};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) const SETTINGS: &str = concat!(
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

pub(super) fn cell(column: char, header: &str, text: &str) -> RawCell {
    RawCell {
        value: Cell::text(text),
        column: column.to_string().into(),
        header: header.into(),
        unit_in_header: None,
    }
}

pub(super) fn row(source: &str, number: u32, subject: Subject, fields: &[(Field, &str)]) -> RawRow {
    let cells = (b'A'..).zip(fields).map(|(letter, (field, text))| {
        let cell = cell(char::from(letter), field.code(), text);
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
        heads_another: false,
        subject,
        replaces: None,
        held: None,
    }
}

pub(super) fn flow(source: &str, number: u32, name: &str, sens: &str, what: &str, quantity: &str) -> RawRow {
    let fields = [
        (Field::Name, name),
        (Field::Direction, sens),
        (Field::Description, what),
        (Field::Quantity, quantity),
        (Field::Park, "PI Beauport"),
    ];
    row(source, number, Subject::Flows, &fields)
}

/// Rows of a table of five columns, each with the cells that it fills, by column.
pub(super) fn table(rows: &[(u32, &[(Field, &str)])]) -> Vec<RawRow> {
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

pub(super) fn run(rows: Vec<RawRow>) -> Normalised {
    normalise(rows, &settings(), &BTreeMap::new(), NaiveDate::from_ymd_opt(2026, 1, 1).unwrap())
}

pub(super) fn kinds(result: &Normalised) -> Vec<FindingKind> {
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
        let cell = cell('Z', "d", day);
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
    let cell = cell('Z', "disponible du", "31 février 2026");
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
fn a_repeated_column_that_says_something_else_is_told_on_the_row() {
    let twice = |second: &str| {
        let mut row = flow("atelier", 1, "Alpha", "offre", "palettes de bois", "1 t/an");
        let heading = |column: &str, field| RawHeading {
            column: column.to_owned(),
            header: Field::Quantity.code().to_owned(),
            field,
        };
        row.headings = vec![heading("D", Some(Field::Quantity)), heading("F", None)].into();
        row.unmapped.push(cell('F', Field::Quantity.code(), second));
        run(vec![row])
    };
    let told = twice("2 t/an");
    let finding = told.findings.iter().find(|finding| finding.kind == FindingKind::RepeatedColumn).unwrap();
    assert_eq!((finding.severity, finding.field), (Severity::Warning, Some(Field::Quantity)));
    assert_eq!(told.flows[0].mass.unwrap().best_kg(), 1_000);
    assert!(!kinds(&twice("1 T/an")).contains(&FindingKind::RepeatedColumn));
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
        row.cells.get_mut(&Field::Direction).unwrap().header = header.into();
        let read = run(vec![row]).flows.first().map(|flow| flow.direction);
        assert_eq!(read, direction, "{header} {letter}");
    }
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
    declared.cells.insert(Field::Material, cell('Z', "matiere", "20 01 08"));
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
fn what_the_activity_says_of_vague_words_reaches_codes_and_category() {
    let of_sector = |number: u32, name: &str, words: &str, sector: &str| {
        let mut row = flow("atelier", number, name, "extrant", words, "");
        row.cells.insert(Field::Sector, cell('Y', "scian", sector));
        row
    };
    let mut told = of_sector(5, "Delta inc.", "Boues", "322121");
    told.cells.insert(Field::Category, cell('X', "categorie", "Minéraux"));
    let result = run(vec![
        of_sector(2, "Alpha inc.", "Retailles", "321111"),
        of_sector(3, "Bêta inc.", "Boues", "322121"),
        of_sector(4, "Gamma inc.", "Bricoles", "321111"),
        told,
    ]);
    let read = |number: u32| result.flows.iter().find(|flow| flow.locations[0].row == number).unwrap();
    assert_eq!((read(2).ranked_codes[0].code, read(2).category), ("030105", Some(Category::Wood)));
    assert_eq!(&read(3).ranked_codes[0].code[..4], "0303");
    assert_ne!(read(3).category, Some(Category::Chemical));
    // Words that say nothing are not made to say what is usual there, and what the source says stands.
    assert!(read(4).ranked_codes.is_empty() && read(4).category.is_none());
    assert_eq!(read(5).category, Some(Category::Mineral));
}
