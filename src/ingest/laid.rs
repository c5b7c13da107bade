//! How a table lies in its page: its header, and what stands around it.

use super::foreign;
use super::header::Layout;
use super::page::Place;
use super::table::{Area, Row, Sheet};
use super::text_form::TextForm;
use crate::model::Location;

/// Where a table stands, for `maillage check`: nothing of what it holds.
#[derive(Debug, Clone)]
pub struct Laid {
    /// The page as messages say it.
    pub place: String,
    /// The sheet as a whole, as its rows say it.
    pub location: Location,
    /// Position of the sheet among the tabs, from 1; 0 of a page that is one table.
    pub rank: u32,
    /// How a text was taken apart; none of anything else.
    pub text: Option<TextForm>,
    /// First row of the header, as a person counts it.
    pub header_row: u32,
    /// Rows of the header.
    pub header_rows: u32,
    /// Rows above the header that hold something.
    pub preamble: usize,
    /// Lines at the end that the settings leave out.
    pub footer: u32,
}

impl Laid {
    pub(super) fn new(
        place: &Place,
        location: Location,
        sheet: &Sheet,
        layout: &Layout,
        footer: u32,
    ) -> Self {
        Self {
            place: place.to_string(),
            location,
            rank: sheet.head.rank,
            text: sheet.head.text.clone(),
            header_row: first_row(layout),
            header_rows: layout.height(),
            preamble: above(sheet, layout),
            footer,
        }
    }
}

/// First row of a header.
fn first_row(layout: &Layout) -> u32 {
    (layout.last_row + 1).saturating_sub(layout.height())
}

/// Rows above a header that hold something.
pub(super) fn above(sheet: &Sheet, layout: &Layout) -> usize {
    sheet.rows.iter().take_while(|row| row.number < first_row(layout)).count()
}

/// Rows at the end that seem to be no records: each has one cell where the table has several, or is of another
/// table, and a blank row stands above the first of them.
pub(super) fn below(sheet: &Sheet, layout: &Layout, others: &[Area]) -> usize {
    let is_outside =
        |row: &&Row| row.number > layout.last_row && (row.cells.len() == 1 || foreign::is_of(others, row));
    let at_end = sheet.rows.iter().rev().take_while(is_outside).count();
    let rows = &sheet.rows[sheet.rows.len() - at_end..];
    let mut above = sheet.rows.iter().rev().nth(at_end).map_or(0, |row| row.number);
    let first = rows.iter().position(|row| row.number > std::mem::replace(&mut above, row.number) + 1);
    first.filter(|_| layout.columns.len() > 1).map_or(0, |first| at_end - first)
}

#[cfg(test)]
mod tests {
    use super::{above, below, foreign};
    use crate::ingest::delimited;
    use crate::ingest::dialect::Dialect;
    use crate::ingest::header::{self, Known};

    fn around(text: &str) -> (usize, usize) {
        let sheet = delimited::parse(text, &Dialect::new(b';'), usize::MAX);
        let layout = header::find(&sheet, &Known::usual(), None, None).unwrap();
        (above(&sheet, &layout), below(&sheet, &layout, &foreign::tables(&sheet, &layout)))
    }

    #[test]
    fn rows_above_a_header_and_lone_cells_apart_below_a_table_are_counted() {
        let table = "Entreprise;Quantité\nA;3\nB;4\n";
        assert_eq!(around(table), (0, 0));
        assert_eq!(around(&format!("Relevé\n2026\n\n{table}")), (2, 0));
        assert_eq!(around(&format!("{table}\nSource : visites\nExporté le 2 mars\n")), (0, 2));
        // What follows without a blank row may be an entry that somebody began.
        assert_eq!(around(&format!("{table}C\n")), (0, 0));
        assert_eq!(around(&format!("{table}C\n\nFin\n")), (0, 1));
        assert_eq!(around(&format!("{table}\nContacts\nNom;Courriel\nLia;lia@exemple.test\n")), (0, 3));
    }
}
