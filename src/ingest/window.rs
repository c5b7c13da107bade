//! One table of several in a sheet: under its name in the workbook, its range, or its title.

use super::IngestError;
use super::table::{Area, Row, Sheet};
use crate::config::Source;
use crate::model::{Cell, fold};

/// Which part of every sheet a source reads.
pub(super) enum Window {
    /// All of it.
    Whole,
    /// An Excel table of this name.
    Named(String),
    /// A block of cells.
    Range(Area),
    /// The rows below a cell with this text, up to the first blank row after the table began.
    Titled(String),
}

impl Window {
    /// From `table`, `range` or `title` of a source.
    pub(super) fn new(source: &Source) -> Result<Self, IngestError> {
        let settings = |cause: &str, help: &str| Err(IngestError::settings(&source.name, cause, help));
        match (&source.table, &source.range, &source.title) {
            (None, None, None) => Ok(Self::Whole),
            (Some(name), None, None) => Ok(Self::Named(fold(name))),
            (None, Some(range), None) => match Area::parse(range) {
                Some(area) if area.first <= area.last && area.first.1 <= area.last.1 => Ok(Self::Range(area)),
                _ => settings("`range` is no block of cells", "write for example `B20:K150`"),
            },
            (None, None, Some(title)) => Ok(Self::Titled(fold(title))),
            _ => settings("more than one of `table`, `range` and `title` is given", "keep one of them"),
        }
    }

    /// What is told when no sheet holds it.
    pub(super) const fn missing(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Whole | Self::Range(_) => None,
            Self::Named(_) => Some((
                "no sheet holds the Excel table that `table` names",
                "correct `table` of the source (its name stands under Table Design), or give `range` or `title`",
            )),
            Self::Titled(_) => Some((
                "no sheet holds a cell with the text of `title`",
                "correct `title` of the source; it is compared whole, without case and accents",
            )),
        }
    }

    /// The part of a sheet; none when the sheet does not hold it.
    pub(super) fn cut(&self, sheet: &Sheet) -> Option<Sheet> {
        let rows = match self {
            Self::Whole => return None,
            Self::Named(name) => {
                let table = sheet.head.tables.iter().find(|(known, _)| fold(known.reveal()) == *name);
                block(&sheet.rows, &table?.1)
            }
            Self::Range(area) => block(&sheet.rows, area),
            Self::Titled(title) => below(&sheet.rows, title)?,
        };
        (!rows.is_empty()).then(|| Sheet { head: sheet.head.clone(), rows, remarks: sheet.remarks.clone() })
    }

    /// Whether all of every sheet is read.
    pub(super) const fn is_whole(&self) -> bool {
        matches!(self, Self::Whole)
    }
}

fn block(rows: &[Row], area: &Area) -> Vec<Row> {
    let inside = |row: &&Row| (area.first.0 + 1..=area.last.0 + 1).contains(&row.number);
    let rows = rows.iter().filter(inside).map(|row| {
        let cells = row.cells.iter().filter(|(column, _)| (area.first.1..=area.last.1).contains(column));
        Row { number: row.number, hidden: row.hidden, cells: cells.cloned().collect() }
    });
    rows.filter(|row| !row.cells.is_empty()).collect()
}

/// A table has two rows at least: a blank row before the second one is part of the title.
fn below(rows: &[Row], title: &str) -> Option<Vec<Row>> {
    let titled = |row: &Row| {
        row.cells.iter().any(|(_, cell)| matches!(cell, Cell::Text(text) if fold(text.reveal()) == title))
    };
    let at = rows.iter().position(titled)?;
    let mut table: Vec<Row> = Vec::new();
    for row in &rows[at + 1..] {
        let blank_before = table.last().is_some_and(|last| row.number > last.number + 1);
        if blank_before && table.len() >= 2 {
            break;
        }
        table.push(row.clone());
    }
    Some(table)
}

#[cfg(test)]
mod tests {
    use super::{Area, Window};
    use crate::ingest::delimited;
    use crate::ingest::dialect::Dialect;
    use crate::ingest::table::Sheet;
    use crate::ingest::trial::source;
    use crate::model::Confidential;

    fn sheet() -> Sheet {
        let text = "Offres\n\nNom,Quantité\nA,1\nB,2\n\nDemandes,,\nNom,Quantité\nC,3\n\nNotes\n";
        let mut sheet = delimited::parse(text, &Dialect::new(b','), usize::MAX);
        sheet.head.tables =
            vec![(Confidential::new("tbl_Demandes".to_owned()), Area { first: (7, 0), last: (8, 1) })];
        sheet
    }

    fn rows(keys: &str) -> Option<Vec<u32>> {
        let window = Window::new(&source(&format!("files = [\"a.csv\"]\n{keys}"))).unwrap();
        window.cut(&sheet()).map(|sheet| sheet.rows.iter().map(|row| row.number).collect())
    }

    #[test]
    fn a_table_is_cut_out_by_its_title_its_range_or_its_name() {
        assert_eq!(rows("title = \"OFFRES\""), Some(vec![3, 4, 5]));
        assert_eq!(rows("title = \"demandes\""), Some(vec![8, 9]));
        assert_eq!(rows("range = \"A8:A9\""), Some(vec![8, 9]));
        assert_eq!(rows("table = \"TBL demandes\""), Some(vec![8, 9]));
        assert_eq!(rows("title = \"Surplus\""), None);
    }

    #[test]
    fn a_range_that_is_none_and_two_windows_at_once_are_wrong_settings() {
        for keys in ["range = \"B9\"", "range = \"C9:B10\"", "title = \"a\"\nrange = \"A1:B2\""] {
            let error =
                Window::new(&source(&format!("files = [\"a.csv\"]\n{keys}"))).map(|_| ()).unwrap_err();
            assert_eq!(error.exit_code(), 78, "{keys}");
        }
    }
}
