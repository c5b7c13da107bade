//! One table of several in a sheet: under its name in the workbook, its range, or its title.

use super::IngestError;
use super::table::{Area, Row, Sheet};
use crate::config::Source;
use crate::model::{Cell, fold};
use std::collections::BTreeSet;

/// Which part of every sheet a source reads.
pub(super) enum Window {
    /// All of it.
    Whole,
    /// An Excel table, or a block of cells, of this name.
    Named(String),
    /// A block of cells.
    Range(Area),
    /// The rows below a cell with this text, up to the first blank row after the table began and to the blank
    /// columns beside it.
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
                "no sheet holds the Excel table or the named block of `table`",
                "correct `table` of the source (its name stands under Table Design or in the Name Manager), or give \
                 `range` or `title`",
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
            Self::Titled(title) => below(sheet, title)?,
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

/// The table below a cell with this text.
fn below(sheet: &Sheet, title: &str) -> Option<Vec<Row>> {
    let is_title = |cell: &Cell| matches!(cell, Cell::Text(text) if fold(text.reveal()) == title);
    let (at, column) = sheet.rows.iter().enumerate().find_map(|(at, row)| {
        row.cells.iter().find(|(_, cell)| is_title(cell)).map(|(column, _)| (at, *column))
    })?;
    let rows = &sheet.rows[at + 1..];
    let place = (sheet.rows[at].number.saturating_sub(1), column);
    let merged = sheet.head.merged.iter().find(|area| area.first == place);
    let title = merged.map_or((column, column), |area| (area.first.1, area.last.1));
    let (first, last) = columns(&rows[..length(rows)], &sheet.head.merged, title)?;
    let mut table = block(rows, &Area { first: (0, first), last: (u32::MAX - 1, last) });
    table.truncate(length(&table));
    Some(table)
}

/// How many rows stand before the blank row at which a table ends. It has two rows at least: a blank row before the
/// second one is part of the title.
fn length(rows: &[Row]) -> usize {
    let is_end = |pair: &[Row]| pair[1].number > pair[0].number + 1;
    rows.windows(2).skip(1).position(is_end).map_or(rows.len(), |at| at + 2)
}

/// First and last of the columns that a title stands over, and of those beside them up to a blank one; of a title over
/// blank columns those of the next table, to its right before its left.
fn columns(rows: &[Row], merged: &[Area], title: (u32, u32)) -> Option<(u32, u32)> {
    let mut filled: BTreeSet<(u32, u32)> =
        rows.iter().flat_map(|row| row.cells.iter().map(|(column, _)| (*column, *column))).collect();
    // What a merged cell covers holds nothing and is not blank.
    let (top, bottom) = (rows.first()?.number, rows.last()?.number);
    let is_here = |area: &&Area| area.first.0 < bottom && area.last.0 + 1 >= top;
    filled.extend(merged.iter().filter(is_here).map(|area| (area.first.1, area.last.1)));
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for (first, last) in filled {
        match runs.last_mut() {
            Some(run) if first <= run.1 + 1 => run.1 = run.1.max(last),
            _ => runs.push((first, last)),
        }
    }
    let under: Vec<&(u32, u32)> = runs.iter().filter(|run| run.0 <= title.1 && run.1 >= title.0).collect();
    let beside = || runs.iter().find(|run| run.0 > title.1).or(runs.last()).copied();
    under.first().zip(under.last()).map(|(left, right)| (left.0, right.1)).or_else(beside)
}

#[cfg(test)]
mod tests {
    use super::{Area, Window};
    use crate::ingest::delimited;
    use crate::ingest::dialect::Dialect;
    use crate::ingest::table::{Row, Sheet};
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
    fn a_title_is_that_of_the_table_below_it_and_of_none_beside_it() {
        let cut = |text: &str, title: &str, merged: &[Area]| {
            let mut sheet = delimited::parse(text, &Dialect::new(b','), usize::MAX);
            sheet.head.merged = merged.to_vec();
            let part = Window::Titled(title.to_owned()).cut(&sheet).unwrap();
            let shown = |row: &Row| row.cells.iter().map(|(_, cell)| cell.reveal()).collect::<String>();
            part.rows.iter().map(shown).collect::<Vec<String>>()
        };
        let two = "Offres,,,Besoins\nQuoi,t,,Quoi,t\nbois,3,,verre,4\n,,,chaux,5\nNotes,,,gypse,6\n";
        assert_eq!(cut(two, "offres", &[]), ["Quoit", "bois3"]);
        assert_eq!(cut(two, "besoins", &[]), ["Quoit", "verre4", "chaux5", "gypse6"]);
        // A title over both is that of both, and a heading over two columns leaves none of them blank.
        let over = |row, first, last| Area { first: (row, first), last: (row, last) };
        assert_eq!(cut(two, "offres", &[over(0, 0, 4)])[1], "bois3verre4");
        assert_eq!(cut(two, "offres", &[over(1, 1, 2)])[1], "bois3verre4");
        // One that stands beside its table is that of the next one.
        assert_eq!(cut("Offres\n,Quoi,t,,x\n,bois,3,,y\n", "offres", &[]), ["Quoit", "bois3"]);
        assert_eq!(cut(",,,Offres\nQuoi,t\nbois,3\n", "offres", &[]), ["Quoit", "bois3"]);
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
