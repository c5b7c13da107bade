//! Rows of several cells below the entries that are none: signatures, legends, and another table.

use super::aside::{Around, is_label, is_same_sheet};
use crate::model::{Cell, Field, Location, RawCell, RawRow, Subject, fold};
use std::collections::BTreeMap;

/// What a row is that stands outside of the entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outside {
    /// Words beside the table, or a row of another one.
    Note,
    /// The header of another table, which ends with the row of this number.
    Header(u32),
}

/// Titles of lists of a word and what it means.
const LEGENDS: &[&str] = &[
    "legende",
    "legend",
    "abreviations",
    "abbreviations",
    "acronymes",
    "acronyms",
    "sigles",
    "glossaire",
    "glossary",
    "lexique",
    "unites",
    "units",
    "codes",
    "cle",
    "key",
];
/// Titles of lists of persons, and of what only says entries again.
const LISTS: &[&str] = &[
    "contacts",
    "contact",
    "personnes presentes",
    "personnes rencontrees",
    "presences",
    "presents",
    "attendance",
    "people present",
    "signatures",
    "signature",
    "approbation",
    "approbations",
    "sommaire",
    "resume",
    "recapitulatif",
    "summary",
];
/// Most cells of a line of a legend.
const NARROW: usize = 2;

/// Where a row stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Block {
    /// Among entries.
    #[default]
    Entries,
    /// Below a blank row, with nothing but titles since.
    Apart,
    /// Below a label and what it says.
    Notes,
    /// Below the title of a legend.
    Legend,
    /// Below the title of a list of persons or of sums.
    List,
    /// Below the header of another table, which is the row of this number.
    Other(usize),
}

/// Gathers rows outside of the entries of their sheets. What stands below a blank row is looked at, and again
/// from the next one on: real entries follow there as well.
#[derive(Default)]
pub(super) struct Outsiders {
    found: BTreeMap<usize, Outside>,
    /// Place of the row before, whatever its number.
    last: Option<Location>,
    /// Whether the sheet has had a row of several cells.
    is_begun: bool,
    block: Block,
    /// Titles since the last blank row.
    titles: Vec<usize>,
}

impl Outsiders {
    /// Takes the next rows, the first of which has this number.
    pub(super) fn take(&mut self, start: usize, rows: &[RawRow]) {
        for (at, row) in (start..).zip(rows) {
            let place = &row.location;
            let before = self.last.as_ref().filter(|last| is_same_sheet(last, place)).map(|last| last.row);
            self.is_begun &= before.is_some();
            let is_apart = before.is_some_and(|last| place.row > last + 1);
            // A title may have a blank row below it.
            let is_titled = before.is_some() && self.titles.last().is_some_and(|title| title + 1 == at);
            if before.is_none() || is_apart && !is_titled {
                self.block = if self.is_begun { Block::Apart } else { Block::Entries };
                self.titles.clear();
            }
            if self.is_begun {
                self.look(at, row);
            }
            self.is_begun |= row.own().nth(1).is_some();
            match &mut self.last {
                Some(last) if before.is_some() => last.row = place.row,
                last => *last = Some(place.clone()),
            }
        }
    }

    fn look(&mut self, at: usize, row: &RawRow) {
        if let Block::Other(head) = self.block {
            self.found.insert(head, Outside::Header(row.location.row));
            self.found.insert(at, Outside::Note);
            return;
        }
        if row.heads_another && !matches!(self.block, Block::Entries | Block::Legend) {
            self.found.extend(self.titles.drain(..).map(|title| (title, Outside::Note)));
            self.found.insert(at, Outside::Header(row.location.row));
            self.block = Block::Other(at);
            return;
        }
        let is_outside = match self.block {
            // Cheap test first: most rows are entries.
            Block::Entries => row.own().any(has_colon) && is_labelled(row, false),
            _ if is_entry(row) => false,
            Block::Legend if row.own().nth(NARROW).is_none() => true,
            Block::List if row.subject == Subject::Flows => true,
            Block::Notes if row.own().nth(1).is_none() => true,
            _ if row.own().nth(1).is_none() => return self.titled(at, row),
            _ if is_labelled(row, true) => {
                self.block = Block::Notes;
                true
            }
            _ => false,
        };
        if is_outside {
            self.found.extend(self.titles.drain(..).map(|title| (title, Outside::Note)));
            self.found.insert(at, Outside::Note);
        } else {
            self.block = Block::Entries;
        }
    }

    /// The only cell of a row below a blank one may say what follows.
    fn titled(&mut self, at: usize, row: &RawRow) {
        let said = row.own().map(|cell| fold(&cell.value.reveal())).next().unwrap_or_default();
        self.titles.push(at);
        if LEGENDS.contains(&said.as_str()) {
            self.block = Block::Legend;
        } else if LISTS.contains(&said.as_str()) {
            self.block = Block::List;
        } else {
            return;
        }
        self.found.insert(at, Outside::Note);
    }

    /// Adds what was found to what is known of rows.
    pub(super) fn tell(self, around: &mut BTreeMap<usize, Around>) {
        for (at, outside) in self.found {
            around.entry(at).or_default().outside = Some(outside);
        }
    }
}

/// Whether a row says what flows and how much of it.
fn is_entry(row: &RawRow) -> bool {
    let has = |field: &Field, fits: fn(char) -> bool| row.text(*field).contains(fits);
    let amounts = [Field::Quantity, Field::QuantityLeast, Field::QuantityMost];
    let is_own = |cell: Option<&RawCell>| cell.is_some_and(|cell| !cell.column.is_empty());
    is_own(row.get(Field::Description))
        && has(&Field::Description, char::is_alphabetic)
        && amounts.iter().any(|field| has(field, |letter| letter.is_ascii_digit()))
}

/// Whether a row says something about the whole table behind a label: `Préparé par : | …`. Below the entries any
/// label with a colon counts, and one of the usual words without it.
fn is_labelled(row: &RawRow, is_apart: bool) -> bool {
    let mut cells: Vec<&RawCell> = row.own().collect();
    cells.sort_by_key(|cell| (cell.column.len(), cell.column.clone()));
    let Some((first, others)) = cells.split_first().filter(|(_, others)| !others.is_empty()) else {
        return false;
    };
    let Cell::Text(text) = &first.value else { return false };
    let is_usual = is_label(text.reveal().trim().trim_end_matches(':'));
    if !has_colon(first) {
        return is_apart && is_usual && others.len() == 1;
    }
    is_usual || is_apart && (others.len() == 1 || others.iter().any(|cell| has_colon(cell)))
}

fn has_colon(cell: &RawCell) -> bool {
    matches!(&cell.value, Cell::Text(text) if text.reveal().trim_end().ends_with(':'))
}

#[cfg(test)]
#[path = "outside_tests.rs"]
mod tests;
