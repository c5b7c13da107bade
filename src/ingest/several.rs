//! Tables that stand below or beside each other in one sheet, each with what a source finds it by.

use super::direction::{self, Said, Strength};
use super::header::{self, Known, Label, Layout};
use super::table::{Area, Row, Sheet, letters};
use super::vocabulary;
use super::window::Window;
use crate::model::{Cell, Confidential, Field, fold};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Most tables of a sheet that are told apart: a form that somebody typed has fewer.
const MOST_TABLES: usize = 20;
/// Widest row that may begin a further table, below or beside the first.
const WIDEST: usize = 40;
/// Fewest known headings of a further table, or all of fewer columns.
const FEWEST_HEADINGS: usize = 3;
/// Fewest fields that tables beside each other both have.
const FEWEST_SHARED: usize = 2;
/// The last row of a sheet: rows that come later belong to its last table.
const LAST_ROW: u32 = 1_048_576;

/// What a source finds one table of several by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cut {
    /// The text of the cell above it.
    Title(Confidential<String>),
    /// A block of cells.
    Range(String),
}

/// A table with the titles above it.
pub(super) struct Part<'a> {
    pub(super) sheet: Cow<'a, Sheet>,
    /// None when it is the only one.
    pub(super) cut: Option<Cut>,
    /// Its header; none when nothing looks like one.
    pub(super) layout: Option<Layout>,
}

/// The tables of a sheet, from the first to the last.
pub(super) fn parts(sheet: &Sheet) -> Vec<Part<'_>> {
    let whole = |layout| vec![Part { sheet: Cow::Borrowed(sheet), cut: None, layout }];
    let Some(layout) = header::find(sheet, &Known::usual(), None, None) else {
        return whole(header::by_shape(sheet));
    };
    if let Some(column) = beside(&layout) {
        return apart(sheet, &layout, column);
    }
    let heads = heads(sheet, &layout);
    if heads.len() < 2 {
        return whole(Some(layout));
    }
    // A title belongs to the table below it.
    let starts: Vec<usize> = heads.iter().map(|head| titles_above(&sheet.rows, *head)).collect();
    let mut parts = Vec::new();
    for (rank, (head, start)) in heads.iter().zip(&starts).enumerate() {
        let start = if rank == 0 { 0 } else { *start };
        let end = starts.get(rank + 1).copied().unwrap_or(sheet.rows.len());
        let titles = &sheet.rows[starts[rank]..*head];
        let is_last = rank + 1 == heads.len();
        let cut = cut(sheet, titles, &sheet.rows[*head..end], is_last);
        let rows = sheet.rows[start..end].to_vec();
        parts.push(owned(Sheet { head: sheet.head.clone(), rows, remarks: Vec::new() }, cut));
    }
    parts
}

fn owned(sheet: Sheet, cut: Cut) -> Part<'static> {
    let layout = header::find(&sheet, &Known::usual(), None, None);
    Part { sheet: Cow::Owned(sheet), cut: Some(cut), layout }
}

/// Where the headers of tables begin, when there are several: that of the sheet, and rows of known headings
/// that stand at the top, below a blank row or below a title.
fn heads(sheet: &Sheet, layout: &Layout) -> Vec<usize> {
    let rows = &sheet.rows;
    let first = (layout.last_row + 1).saturating_sub(layout.height());
    let mut heads: Vec<usize> = Vec::new();
    let mut said: BTreeMap<String, Said> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        let is_main = row.number == first;
        if !is_main && ((first..=layout.last_row).contains(&row.number) || !begins(rows, at)) {
            continue;
        }
        // A header that is printed again, on every page or for every park, begins another table only where
        // its title tells another direction.
        let told = direction::said(&titles(rows, at), Strength::Plain);
        let is_new = match said.get(&words(row)) {
            None => true,
            Some(known) => told != Said::Nothing && told != *known,
        };
        if is_main || is_new {
            said.insert(words(row), told);
            heads.push(at);
        }
    }
    heads.truncate(MOST_TABLES);
    heads
}

/// A row of headings, as short as they are, with rows below it.
fn begins(rows: &[Row], at: usize) -> bool {
    let row = &rows[at];
    let is_first = match at.checked_sub(1).map(|above| &rows[above]) {
        None => true,
        Some(above) => above.number + 1 < row.number || above.cells.len() == 1,
    };
    let has_body = rows.get(at + 1).is_some_and(|below| below.cells.len() >= 2);
    let is_text = || row.cells.iter().all(|(_, cell)| matches!(cell, Cell::Text(_)));
    if !(is_first && has_body && (2..=WIDEST).contains(&row.cells.len()) && is_text()) {
        return false;
    }
    let fields: BTreeSet<Field> =
        row.cells.iter().filter_map(|(_, cell)| vocabulary::usual(&Label::new(&cell.reveal()))).collect();
    fields.len() >= FEWEST_HEADINGS.min(row.cells.len()) && fields.len() * 2 >= row.cells.len()
}

fn words(row: &Row) -> String {
    row.cells.iter().map(|(column, cell)| format!("{column} {}\n", fold(&cell.reveal()))).collect()
}

/// What stands in the rows of one cell right above a header.
fn titles(rows: &[Row], head: usize) -> String {
    let cells = rows[titles_above(rows, head)..head].iter().flat_map(|row| &row.cells);
    cells.map(|(_, cell)| format!("{}\n", cell.reveal())).collect()
}

/// Where the rows of one cell right above a header begin.
fn titles_above(rows: &[Row], head: usize) -> usize {
    let mut start = head;
    while let Some(above) = start.checked_sub(1) {
        let is_near = rows[above].number + 2 >= rows[start].number;
        if !(is_near && rows[above].cells.len() == 1) {
            break;
        }
        start = above;
    }
    start
}

/// By its title where that finds the same rows, else by its block of cells.
fn cut(sheet: &Sheet, titles: &[Row], table: &[Row], is_last: bool) -> Cut {
    let wanted: Vec<u32> = table.iter().map(|row| row.number).collect();
    let title = titles.last().and_then(|row| row.cells.first()).map(|(_, cell)| cell.reveal());
    if let Some(title) = title {
        let found = Window::Titled(fold(&title)).cut(sheet);
        if found.is_some_and(|found| found.rows == table) {
            return Cut::Title(Confidential::new(title));
        }
    }
    let columns = || table.iter().flat_map(|row| row.cells.iter().map(|(column, _)| *column));
    let ends = (columns().min().unwrap_or_default(), columns().max().unwrap_or_default());
    let last = if is_last { LAST_ROW } else { wanted.last().copied().unwrap_or(LAST_ROW) };
    Cut::Range(range(ends, (wanted.first().copied().unwrap_or(1), last)))
}

pub(super) fn range(columns: (u32, u32), rows: (u32, u32)) -> String {
    format!("{}{}:{}{}", letters(columns.0), rows.0, letters(columns.1), rows.1)
}

/// The first column of a table that stands beside another, with a blank column between them and the same
/// fields in both.
fn beside(layout: &Layout) -> Option<u32> {
    if layout.columns.len() > WIDEST {
        return None;
    }
    let columns: Vec<(u32, Option<Field>)> = layout
        .columns
        .iter()
        .map(|(at, column)| {
            let label = column.header.rsplit('>').next().unwrap_or_default();
            (*at, vocabulary::usual(&Label::new(label)))
        })
        .collect();
    columns.windows(2).filter(|pair| pair[1].0 > pair[0].0 + 1).map(|pair| pair[1].0).find(|column| {
        let (left, right): (Vec<_>, Vec<_>) = columns.iter().partition(|(at, _)| at < column);
        let fields = |side: Vec<&(u32, Option<Field>)>| -> BTreeSet<Field> {
            side.into_iter().filter_map(|(_, field)| *field).collect()
        };
        let (left, right) = (fields(left), fields(right));
        let shared: Vec<Field> = left.intersection(&right).copied().collect();
        let is_of_flows = shared.iter().any(|field| *field == Field::Description || field.is_quantity());
        is_of_flows && shared.len() >= FEWEST_SHARED
    })
}

/// Two tables beside each other, of which the second begins at a column.
fn apart(sheet: &Sheet, layout: &Layout, column: u32) -> Vec<Part<'static>> {
    let first = (layout.last_row + 1).saturating_sub(layout.height());
    let last = layout.columns.keys().next_back().copied().unwrap_or(column);
    let from = layout.columns.keys().next().copied().unwrap_or_default();
    let half = |columns: (u32, u32)| {
        let area = Area { first: (0, columns.0), last: (LAST_ROW - 1, columns.1) };
        let cut = Cut::Range(range(columns, (first, LAST_ROW)));
        Window::Range(area).cut(sheet).map(|sheet| owned(sheet, cut))
    };
    [half((from, column.saturating_sub(1))), half((column, last))].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::{Cut, Row, parts};
    use crate::ingest::delimited;
    use crate::ingest::dialect::Dialect;

    /// How each table is found, and the rows that it is made of.
    fn found(text: &str) -> Vec<(String, Vec<u32>)> {
        let sheet = delimited::parse(text, &Dialect::new(b';'), usize::MAX);
        let shown = |cut: &Option<Cut>| match cut {
            None => String::new(),
            Some(Cut::Title(title)) => title.reveal().clone(),
            Some(Cut::Range(range)) => range.clone(),
        };
        let numbers = |rows: &[Row]| rows.iter().map(|row| row.number).collect();
        parts(&sheet).iter().map(|part| (shown(&part.cut), numbers(&part.sheet.rows))).collect()
    }

    #[test]
    fn tables_below_each_other_are_found_by_their_titles() {
        let text = "Nos offres;;\nEntreprise;Quoi;Combien\nA;bois;3 t\nB;verre;4 t\n;;\n\
                    Nos besoins;;\nEntreprise;Quoi;Combien\nC;carton;5 t\n";
        let expected =
            [("Nos offres".to_owned(), vec![1, 2, 3, 4]), ("Nos besoins".to_owned(), vec![6, 7, 8])];
        assert_eq!(found(text), expected);
    }

    #[test]
    fn without_a_title_or_with_blank_rows_inside_the_block_is_told() {
        let text =
            "Entreprise;Quoi;Combien\nA;bois;3 t\n;;\n;;\nCompagnie;Matière;Unité\nC;carton;t\nD;bois;t\n";
        let expected = [("A1:C2".to_owned(), vec![1, 2]), ("A5:C1048576".to_owned(), vec![5, 6, 7])];
        assert_eq!(found(text), expected);
    }

    #[test]
    fn tables_beside_each_other_are_two() {
        let text = "Offres;;;Besoins;\nMatière;Quantité;;Matière;Quantité\nbois;3 t;;verre;4 t\n";
        let expected = [("A1:C1048576".to_owned(), vec![1, 2, 3]), ("D1:E1048576".to_owned(), vec![1, 2, 3])];
        assert_eq!(found(text), expected);
    }

    #[test]
    fn one_table_stays_one_with_parts_pages_and_blank_rows() {
        for text in [
            "Entreprise;Matière;Quantité\nA;bois;3\n;;\nB;verre;4\n",
            "Entreprise;Matière;Quantité\nA;bois;3\n;;\nEntreprise;Matière;Quantité\nB;verre;4\n",
            "Entreprise;Matière;Quantité\nSection B;;\nA;bois;3\n",
            "Parc A;;\nEntreprise;Quoi;Unité\nA;bois;t\n;;\nParc B;;\nEntreprise;Quoi;Unité\nB;verre;t\n",
            "Relevé;;\nEntreprise;Quoi;Autre\nA;déchet;rebut\n",
        ] {
            let found = found(text);
            assert_eq!((found.len(), found[0].0.as_str()), (1, ""), "{text}");
        }
    }
}
