//! Headings of another table, which stand below the entries of the first.

use super::header::{Label, Layout};
use super::table::{Area, Row, Sheet};
use super::vocabulary;
use crate::model::{Cell, Field, LEGAL_FORMS, fold};

/// Most cells of such a header.
const WIDEST: usize = 40;
/// Letters of its longest heading: cells of entries are longer.
const LONGEST: usize = 40;

/// Fields of which a word may be what an entry says: `confidentiel`, `récurrent`, `divers`.
const SAID: [Field; 10] = [
    Field::Confidentiality,
    Field::Recurrence,
    Field::Direction,
    Field::Status,
    Field::State,
    Field::FlowType,
    Field::Hazardous,
    Field::Destination,
    Field::Note,
    Field::Conditions,
];

/// Whether a row that stands below a blank row or a title says headings of another table: short texts without a
/// figure or a legal form, of which one at least is usual for another field than that of its column. Below a title a
/// third of them are usual, and without one half of them and two.
pub(super) fn is_header(row: &Row, layout: &Layout, is_titled: bool) -> bool {
    if !(2..=WIDEST).contains(&row.cells.len()) || !row.cells.iter().all(|(_, cell)| is_short(cell)) {
        return false;
    }
    let (mut usual, mut others) = (0, 0);
    for (column, cell) in &row.cells {
        let label = Label::new(&cell.reveal());
        // A unit alone is what an entry says.
        if label.core.as_deref() == Some("") {
            continue;
        }
        let Some(field) = vocabulary::usual(&label).filter(|field| !SAID.contains(field)) else { continue };
        usual += 1;
        let own = layout.columns.get(column).and_then(|column| column.field);
        others += usize::from(own != Some(field));
    }
    let is_enough =
        if is_titled { usual * 3 >= row.cells.len() } else { usual >= 2 && usual * 2 >= row.cells.len() };
    others > 0 && is_enough
}

/// Other tables below the entries of a sheet, from their headers to the next blank row; rows count from 1.
pub(super) fn tables(sheet: &Sheet, layout: &Layout) -> Vec<Area> {
    let mut found: Vec<Area> = Vec::new();
    let (mut is_open, mut is_apart) = (false, false);
    let (mut before, mut is_titled) = (layout.last_row, false);
    for row in sheet.rows.iter().filter(|row| row.number > layout.last_row) {
        if row.number > before + 1 {
            (is_open, is_apart) = (false, true);
        }
        let ends = row.cells.first().zip(row.cells.last());
        if let Some(other) = found.last_mut().filter(|_| is_open) {
            other.last.0 = row.number;
        } else if let Some(((from, _), (to, _))) =
            ends.filter(|_| is_apart && is_header(row, layout, is_titled))
        {
            is_open = true;
            found.push(Area { first: (row.number, *from), last: (row.number, *to) });
        } else if row.cells.len() > 1 {
            is_apart = false;
        }
        (before, is_titled) = (row.number, row.cells.len() == 1);
    }
    found
}

/// Whether a row stands in one of these blocks.
pub(super) fn is_of(others: &[Area], row: &Row) -> bool {
    others.iter().any(|other| (other.first.0..=other.last.0).contains(&row.number))
}

fn is_short(cell: &Cell) -> bool {
    let Cell::Text(text) = cell else { return false };
    let text = text.reveal();
    let is_of_company = || fold(text).rsplit(' ').next().is_some_and(|last| LEGAL_FORMS.contains(&last));
    text.chars().count() <= LONGEST
        && !text.contains(|letter: char| letter.is_ascii_digit() || letter == '@')
        && !text.trim_end().ends_with(':')
        && !is_of_company()
}

#[cfg(test)]
mod tests {
    use super::{is_header, tables};
    use crate::ingest::delimited;
    use crate::ingest::dialect::Dialect;
    use crate::ingest::header::{self, Known};

    #[test]
    fn another_table_reaches_to_the_next_blank_row() {
        let table = "Entreprise;Matière;Quantité\nCanari;copeaux;5 t\n";
        for (text, block) in [
            (
                "\nContacts\nNom;Courriel\nLia;lia@exemple.test\nZoé;zoe@exemple.test\n\nAster;bois;3 t\n",
                Some((5, 7)),
            ),
            ("\nContact;Courriel\nLia;lia@exemple.test\n", Some((4, 5))),
            ("Nom;Courriel\nLia;lia@exemple.test\n", None),
            ("\nAster;bois;3 t\nNom;Courriel\n", None),
        ] {
            let sheet = delimited::parse(&format!("{table}{text}"), &Dialect::new(b';'), usize::MAX);
            let layout = header::find(&sheet, &Known::usual(), Some(1), Some(1)).unwrap();
            let found: Vec<_> =
                tables(&sheet, &layout).iter().map(|area| (area.first.0, area.last.0)).collect();
            assert_eq!(found, Vec::from_iter(block), "{text}");
        }
    }

    #[test]
    fn headings_of_another_table_are_told_from_entries() {
        let is_one = |row: &str, is_titled: bool| {
            let text = format!("Entreprise;Matière;Quantité;Unité\n{row}\n");
            let sheet = delimited::parse(&text, &Dialect::new(b';'), usize::MAX);
            let layout = header::find(&sheet, &Known::usual(), Some(1), Some(1)).unwrap();
            is_header(&sheet.rows[1], &layout, is_titled)
        };
        for (row, titled, untitled) in [
            ("Transporteur;Camions;Tarif", true, false),
            ("Nom;Fonction;Téléphone", true, false),
            ("Nom;Courriel;Téléphone", true, true),
            ("Catégorie;Total", true, false),
            ("Rempli par;Lia", true, false),
            ("Nom :;Courriel", false, false),
            ("Canari;copeaux;beaucoup", false, false),
            ("Canari inc.;copeaux;Courriel", false, false),
            ("Canari;copeaux;Tarif;pièce", false, false),
            ("Canari;sciure;;t/an", false, false),
            ("kg;kilogramme", false, false),
            ("Canari;copeaux;confidentiel", false, false),
            ("Canari;Courriel;5", false, false),
            ("Compagnie;Matière;Quantité", false, false),
            ("Canari;copeaux de bois à prendre sur place avant midi;Prix", false, false),
        ] {
            assert_eq!((is_one(row, true), is_one(row, false)), (titled, untitled), "{row}");
        }
    }
}
