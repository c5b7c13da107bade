//! Headers as real sheets have them.

use super::{Area, Known, find};
use crate::ingest::delimited;
use crate::ingest::dialect::Dialect;
use crate::ingest::table::Sheet;
use crate::model::Field;

fn sheet(text: &str) -> Sheet {
    delimited::parse(text, &Dialect::new(b','), usize::MAX)
}

fn known() -> Known {
    let columns = [
        ("Entreprise > Nom", Field::Name),
        ("Contact > Nom", Field::Contact),
        ("Nom", Field::Name),
        ("Quantité", Field::Quantity),
        ("Parc", Field::Park),
    ];
    Known::new(columns.into_iter(), std::iter::empty())
}

#[test]
fn a_header_is_found_below_titles_and_blank_rows() {
    let sheet = sheet("Atelier du 3 mai\n\n,Nom,,Quantité (t/an),Parc\n,A,,3,x\n");
    let layout = find(&sheet, &known(), None, None).unwrap();
    assert_eq!(layout.last_row, 3);
    assert_eq!(layout.columns[&3].field, Some(Field::Quantity));
    assert_eq!(layout.columns[&3].unit.as_deref(), Some("t/an"));
    assert_eq!(layout.columns[&3].header, "Quantité (t/an)");
}

#[test]
fn what_stands_again_behind_the_other_direction_is_of_that_one() {
    let text = "Entreprise,Extrants,Quantité,Unité,Intrants,Quantité,Unité\nA,bois,3,t,verre,4,kg\n";
    let layout = find(&sheet(text), &Known::usual(), None, None).unwrap();
    let seen: Vec<&str> = layout.columns.values().map(|column| column.header.as_str()).collect();
    let expected = [
        "Entreprise",
        "Extrants",
        "Extrants > Quantité",
        "Extrants > Unité",
        "Intrants",
        "Intrants > Quantité",
        "Intrants > Unité",
    ];
    assert_eq!(seen, expected);
    let columns = [("Intrants", Field::Description), ("Intrants > Quantité", Field::Quantity)];
    let known = Known::new(columns.into_iter(), std::iter::empty());
    let layout = find(&sheet(text), &known, None, None).unwrap();
    assert_eq!(layout.columns[&5].field, Some(Field::Quantity));
    assert_eq!(layout.columns[&2].field, None);
}

#[test]
fn a_header_at_row_twenty_is_found_below_a_preamble_that_uses_its_words() {
    let mut text = "Relevé des extrants,,,\nNom,du programme,,\nParc,Beauport,,\n".to_owned();
    for line in 4..20 {
        text.push_str(&format!("Consigne {line}: inscrire le nom et la quantité,,,\n"));
    }
    text.push_str("Nom,Quantité (t/an),Parc,Note\nA,3,x,\n");
    let layout = find(&sheet(&text), &known(), None, None).unwrap();
    assert_eq!(layout.last_row, 20);
    assert_eq!(layout.matched(), 3);
}

#[test]
fn group_titles_are_carried_to_the_right_and_tried_first() {
    let sheet = sheet("Entreprise,,Contact,,Flux,\nNom,Parc,Nom,Tél,Quantité,\nA,x,B,1,3,\n");
    let layout = find(&sheet, &known(), None, None).unwrap();
    assert_eq!(layout.last_row, 2);
    let fields: Vec<_> = layout.columns.values().map(|column| column.field).collect();
    let expected = [Some(Field::Name), Some(Field::Park), Some(Field::Contact), None, Some(Field::Quantity)];
    assert_eq!(fields, expected);
    assert_eq!(layout.columns[&2].header, "Contact > Nom");
}

#[test]
fn titles_merged_downwards_make_the_row_below_them_header_too() {
    let mut sheet = sheet("Nom,Quantité,,Parc\n,2024 (t),2025 (t),\nA,1,2,x\nB,3,4,x\n");
    assert_eq!(find(&sheet, &known(), None, None).unwrap().last_row, 1);
    let down = |column| Area { first: (0, column), last: (1, column) };
    sheet.head.merged = vec![down(0), Area { first: (0, 1), last: (0, 2) }, down(3)];
    let layout = find(&sheet, &known(), None, None).unwrap();
    assert_eq!(layout.last_row, 2);
    assert_eq!(layout.columns[&2].header, "Quantité > 2025 (t)");
    assert_eq!(layout.columns[&3].field, Some(Field::Park));
    // What is declared wins, and a title beside a whole table is none above it.
    assert_eq!(find(&sheet, &known(), Some(1), Some(1)).unwrap().last_row, 1);
    sheet.head.merged = vec![Area { first: (0, 0), last: (3, 0) }];
    assert_eq!(find(&sheet, &known(), None, None).unwrap().last_row, 1);
}

#[test]
fn three_header_rows_are_read_under_their_merged_titles() {
    let mut sheet = sheet("Relevé,,,\nEntreprise,,Flux,\n,,Sortant,\nNom,Parc,Quantité (t),Nom\nA,x,3,B\n");
    let block = |row, first, last| Area { first: (row, first), last: (row, last) };
    sheet.head.merged = vec![block(1, 0, 1), block(1, 2, 2), block(2, 2, 2)];
    let columns = [("Entreprise > Nom", Field::Name), ("Flux Sortant > Quantité", Field::Quantity)];
    let known = Known::new(columns.into_iter(), std::iter::empty());
    let layout = find(&sheet, &known, None, None).unwrap();
    assert_eq!(layout.last_row, 4);
    let fields: Vec<_> = layout.columns.values().map(|column| column.field).collect();
    // The last column stands under no title: its label alone is not declared.
    assert_eq!(fields, [Some(Field::Name), None, Some(Field::Quantity), None]);
    assert_eq!(layout.columns[&2].header, "Flux > Sortant > Quantité (t)");
}

#[test]
fn plurals_and_the_other_language_find_declared_fields() {
    let columns = [("Entreprise", Field::Name), ("Quantité", Field::Quantity), ("Parc", Field::Park)];
    let known = Known::new(columns.into_iter(), std::iter::empty());
    for headings in
        ["Company,QUANTITES (t),Parcs", "Entreprise / Company,Quantité / Quantity (t),Parc | Park"]
    {
        let layout = find(&sheet(&format!("{headings}\nA,3,x\n")), &known, None, None).unwrap();
        let seen: Vec<_> =
            layout.columns.values().map(|column| (column.field, column.unit.as_deref())).collect();
        let expected =
            [(Some(Field::Name), None), (Some(Field::Quantity), Some("t")), (Some(Field::Park), None)];
        assert_eq!(seen, expected, "{headings}");
    }
}

#[test]
fn cells_merged_over_both_header_rows_keep_their_label() {
    let sheet = sheet("Parc,Entreprise,Contact\n,Nom,Nom\nx,A,B\n");
    let layout = find(&sheet, &known(), None, None).unwrap();
    let fields: Vec<_> = layout.columns.values().map(|column| column.field).collect();
    assert_eq!(fields, [Some(Field::Park), Some(Field::Name), Some(Field::Contact)]);
}

#[test]
fn the_first_of_repeated_labels_wins_and_the_header_repeated_below_is_known() {
    let sheet = sheet("Nom,Parc,Nom\nA,x,B\nNOM,parc,nom\nParc,Nom,Nom\n");
    let layout = find(&sheet, &known(), None, None).unwrap();
    assert_eq!(layout.columns[&2].field, None);
    assert!(!layout.repeats(&sheet.rows[1]));
    assert!(layout.repeats(&sheet.rows[2]));
    let other = layout.again(&sheet.rows[3], &known()).unwrap();
    assert_eq!(other.columns[&0].field, Some(Field::Park));
}

#[test]
fn a_repeated_heading_stands_in_where_the_first_is_empty() {
    let sheet = sheet("Nom,Quantité,Parc,Quantité\nA,,x,3\nB,4,x,5\n");
    let layout = find(&sheet, &known(), None, None).unwrap();
    assert_eq!(layout.columns[&3].repeats, Some(1));
    let field = |row: usize, column| layout.field_of(&sheet.rows[row], column);
    assert_eq!((field(1, 3), field(2, 1)), (Some(Field::Quantity), Some(Field::Quantity)));
    assert_eq!(field(2, 3), None);
}

#[test]
fn of_two_tables_side_by_side_a_row_is_never_made_of_both() {
    let sheet = sheet("Nom,Quantité,,Nom,Quantité\nA,,,B,3\n,,,C,4\n");
    let layout = find(&sheet, &known(), None, None).unwrap();
    let field = |row: usize, column| layout.field_of(&sheet.rows[row], column);
    assert_eq!((field(1, 3), field(1, 4)), (None, None));
    assert_eq!((field(2, 3), field(2, 4)), (Some(Field::Name), Some(Field::Quantity)));
    // A name that stands alone may be that of a person.
    let sheet = delimited::parse("Nom,Parc,Nom\n,x,B\n", &Dialect::new(b','), usize::MAX);
    let layout = find(&sheet, &known(), None, None).unwrap();
    assert_eq!(layout.field_of(&sheet.rows[1], 2), None);
}

#[test]
fn the_settings_decide_where_the_header_is() {
    let sheet = sheet("Nom,Parc,Quantité\nNom,Parc,x\nA,B,C\n");
    assert_eq!(find(&sheet, &known(), Some(2), None).unwrap().last_row, 2);
    assert_eq!(find(&sheet, &known(), Some(1), Some(2)).unwrap().last_row, 2);
    assert!(find(&sheet, &known(), Some(3), None).is_none());
}

#[test]
fn a_column_is_found_whatever_unit_its_heading_gives_and_words_in_brackets_are_no_unit() {
    let sheet = sheet("Nom,Quantité annuelle (t),Parc (ou zone)\nA,3,x\n");
    let layout = find(&sheet, &known(), None, None).unwrap();
    let columns: Vec<_> =
        layout.columns.values().map(|column| (column.field, column.unit.as_deref())).collect();
    let expected =
        [(Some(Field::Name), None), (Some(Field::Quantity), Some("t/annuelle")), (Some(Field::Park), None)];
    assert_eq!(columns, expected);
}

#[test]
fn a_title_above_gives_the_unit_that_the_label_leaves_open() {
    let sheet = sheet("Entreprise,Quantité (t/an),\nNom,2024,2025 (kg)\nA,3,4\n");
    let columns = [("Nom", Field::Name), ("2024", Field::Quantity)];
    let known = Known::new(columns.into_iter(), std::iter::empty());
    let layout = find(&sheet, &known, None, Some(2)).unwrap();
    let units: Vec<_> = layout.columns.values().map(|column| column.unit.as_deref()).collect();
    assert_eq!(units, [None, Some("t/an"), Some("kg")]);
}

#[test]
fn a_row_of_units_below_the_headings_belongs_to_them() {
    let sheet = |below: &str| sheet(&format!("Nom,Quantité,Prix,Unité\n{below}\nA,3,4,t\n"));
    let found = |below: &str| {
        let layout = find(&sheet(below), &known(), None, None).unwrap();
        let units: Vec<_> = layout.columns.values().map(|column| column.unit.clone()).take(3).collect();
        (layout.last_row, layout.height(), units)
    };
    let units = vec![None, Some("t/an".to_owned()), Some("$/t".to_owned())];
    assert_eq!(found(",t/an,$/t,"), (2, 2, units.clone()));
    assert_eq!(found(",(t/an),($/t),"), (2, 2, units));
    for of_a_row in [",,,t", "B,t,,", ",3,,"] {
        assert_eq!(found(of_a_row), (1, 1, vec![None; 3]), "{of_a_row}");
    }
    assert_eq!(find(&sheet(",t/an,,"), &known(), Some(1), Some(1)).unwrap().last_row, 1);
}

#[test]
fn the_title_of_a_whole_table_is_no_group_of_it() {
    let below = "Entreprise,,Flux,\nNom,Parc,Matière,Quantité\nA,x,bois,3\n";
    let mut sheet = sheet(&format!("Inventaire des flux 2026,,,\n{below}"));
    for merged in [vec![], vec![Area { first: (0, 0), last: (0, 3) }, Area { first: (1, 0), last: (1, 1) }]] {
        sheet.head.merged = merged;
        let layout = find(&sheet, &Known::usual(), None, None).unwrap();
        assert_eq!((layout.last_row, layout.height()), (3, 2));
        assert_eq!(layout.columns[&0].header, "Entreprise > Nom");
    }
    // A mapping that was written with the title still finds its columns.
    let columns = [("Inventaire des flux 2026 > Entreprise > Nom", Field::Name), ("Parc", Field::Park)];
    sheet.head.merged.clear();
    let layout = find(&sheet, &Known::new(columns.into_iter(), std::iter::empty()), None, None).unwrap();
    assert_eq!(layout.columns[&0].field, Some(Field::Name));
}

/// First row, height, and the field and unit of each column.
type Found = (u32, u32, Vec<(Option<Field>, Option<String>)>);

fn usual(sheet: &Sheet) -> Found {
    let layout = find(sheet, &Known::usual(), None, None).unwrap();
    let columns = layout.columns.values().map(|column| (column.field, column.unit.clone())).collect();
    (layout.last_row + 1 - layout.height(), layout.height(), columns)
}

#[test]
fn a_value_and_its_unit_below_a_title_are_header_merged_or_not() {
    let fields = [Field::Name, Field::Description, Field::Quantity, Field::Unit, Field::Category];
    let rows = "Entreprise,Matière,Quantité,,Catégorie\n,,Valeur,Unité,\nA,bois,5,t/an,Bois\n";
    let across = |row| Area { first: (row, 2), last: (row, 3) };
    let down = |column| Area { first: (0, column), last: (1, column) };
    let titled = format!("Qui,,Extrants,,\n{rows}");
    for (text, merged, height) in [
        (rows, vec![], 2),
        (rows, vec![across(0)], 2),
        (rows, vec![across(0), down(0), down(1), down(4)], 2),
        (&titled, vec![Area { first: (0, 2), last: (0, 4) }, across(1)], 3),
    ] {
        let mut sheet = sheet(text);
        sheet.head.merged = merged;
        let (first, found, columns) = usual(&sheet);
        let seen: Vec<_> = columns.iter().filter_map(|(field, _)| *field).collect();
        assert_eq!((first, found, seen.as_slice()), (1, height, fields.as_slice()), "{text}");
    }
}

#[test]
fn ends_below_a_yearly_title_are_of_a_year() {
    let mut sheet = sheet("Entreprise,Quantité annuelle,,Note\n,Min (t),Max (t),\nA,5,8,x\n");
    sheet.head.merged = vec![Area { first: (0, 1), last: (0, 2) }];
    let (_, height, columns) = usual(&sheet);
    let yearly = || Some("t/annuelle".to_owned());
    let ends = [(Some(Field::QuantityLeast), yearly()), (Some(Field::QuantityMost), yearly())];
    assert_eq!((height, &columns[1..3]), (2, ends.as_slice()));
}

#[test]
fn headings_in_the_other_language_below_the_first_are_header_and_entries_are_none() {
    let groups = "Identification,,Flux,\n";
    let both = "Entreprise,Courriel,Description,Quantité\nCompany,E-mail,Description,Amount\n";
    let entry = "A,a@exemple.test,bois,5 t\n";
    for (text, lies) in [
        (format!("{groups}{both}{entry}"), (1, 3)),
        (format!("{both}{entry}"), (1, 2)),
        (format!("Entreprise,Courriel,Description,Quantité\n{entry}Company,E-mail,Note,Amount\n"), (1, 1)),
        ("Entreprise,Courriel,Description,Quantité\nUsine,x,Matière,\n".to_owned(), (1, 2)),
        ("Entreprise,Courriel,Description,Quantité\nUsine,x,bois,Contact\n".to_owned(), (1, 1)),
    ] {
        let (first, height, columns) = usual(&sheet(&text));
        assert_eq!((first, height, columns[0].0), (lies.0, lies.1, Some(Field::Name)), "{text}");
    }
}

#[test]
fn below_very_wide_rows_no_header_is_looked_for() {
    let wide = "1,".repeat(16_383) + "1\n";
    let found = |rows: usize| {
        let text = wide.repeat(rows) + "\nNom,Quantité,Parc\nA,3,x\n";
        find(&sheet(&text), &known(), None, None).is_some()
    };
    assert!(found(1) && !found(5));
}
