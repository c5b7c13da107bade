//! What is known of all rows before any is read.

use super::aside::{Around, Surroundings};
use super::dates::{self, Order};
use super::outside::Outsiders;
use crate::measures::marks::Votes;
use crate::measures::quantity;
use crate::model::{Cell, Field, Location, RawRow, Subject, returned};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A source, and a table of it.
type Sheet = (Arc<str>, String);

/// What rows say of each other; rows are numbered as they come.
#[derive(Default)]
pub(super) struct Survey {
    /// Sources whose quantities have decimal commas somewhere.
    pub(super) commas: BTreeSet<Arc<str>>,
    /// What typed quantities say of their decimal mark, by sheet.
    votes: BTreeMap<Sheet, Votes>,
    /// Orders of day and month that typed dates surely have, by sheet.
    orders: BTreeMap<Sheet, Order>,
    /// Whether there are followed synergies.
    pub(super) has_synergies: bool,
    around: BTreeMap<usize, Around>,
    /// Rows whose place the next one claims too.
    contested: BTreeSet<usize>,
}

impl Survey {
    /// Of rows that `each` shows in their order.
    pub(super) fn of(rows: &dyn super::Rows) -> Self {
        let mut survey = Self::default();
        let (mut surroundings, mut outsiders) = (Surroundings::default(), Outsiders::default());
        let mut last: Option<Location> = None;
        let mut start = 0;
        rows.each(&mut |rows| {
            surroundings.take(start, rows);
            outsiders.take(start, rows);
            for (at, row) in (start..).zip(rows) {
                let before = at.checked_sub(start + 1).map(|at| &rows[at].location).or(last.as_ref());
                if before == Some(&row.location) {
                    survey.contested.insert(at - 1);
                }
                survey.take(row);
            }
            last = rows.last().map(|row| row.location.clone()).or(last.take());
            start += rows.len();
        });
        survey.around = surroundings.finish();
        outsiders.tell(&mut survey.around);
        survey
    }

    fn take(&mut self, row: &RawRow) {
        self.has_synergies |= row.subject == Subject::Synergies;
        if !self.commas.contains(&row.location.source)
            && marked(row).any(|text| quantity::has_decimal_comma(text))
        {
            self.commas.insert(Arc::clone(&row.location.source));
        }
        for text in marked(row) {
            self.votes.entry(sheet(row)).or_default().take(text);
        }
        for order in DATES.iter().filter_map(|field| order_of(row, *field)) {
            let known = self.orders.entry(sheet(row)).or_default();
            *known = if matches!(*known, Order::Untold) || *known == order { order } else { Order::Both };
        }
    }

    /// Whether the quantity of a row has another decimal mark than the others of its sheet.
    pub(super) fn is_odd(&self, row: &RawRow) -> bool {
        marked(row).any(|text| self.votes.get(&sheet(row)).is_some_and(|votes| votes.are_contradicted(text)))
    }

    /// Which of day and month stands first in the dates of the sheet of a row.
    pub(super) fn dates(&self, row: &RawRow) -> Order {
        if self.orders.is_empty() {
            return Order::Untold;
        }
        self.orders.get(&sheet(row)).copied().unwrap_or_default()
    }

    /// How a row stands to the others of its sheet.
    pub(super) fn around(&self, at: usize) -> Around {
        self.around.get(&at).copied().unwrap_or_default()
    }

    /// Whether a row is the last one at its place.
    pub(super) fn is_last_of_place(&self, at: usize) -> bool {
        !self.contested.contains(&at)
    }
}

/// The quantity of a row, or its two ends where it has none, each when it is typed with a mark.
fn marked(row: &RawRow) -> impl Iterator<Item = &String> {
    const QUANTITY: &[Field] = &[Field::Quantity];
    const ENDS: &[Field] = &[Field::QuantityLeast, Field::QuantityMost];
    let fields = if row.get(Field::Quantity).is_some() { QUANTITY } else { ENDS };
    let texts = fields.iter().filter_map(move |field| match &row.cells.get(field)?.value {
        Cell::Text(text) => Some(text.reveal()),
        _ => None,
    });
    texts.filter(|text| text.contains(['.', ',']))
}

/// The sheet of a row: of one that comes back corrected, that in which it stood, as whose it was typed.
fn sheet(row: &RawRow) -> Sheet {
    let sheet = match &row.replaces {
        Some(origin) => returned::sheet_at(returned::parts(origin.reveal()).0),
        None => returned::sheet_at(&row.location.private(None)),
    };
    (Arc::clone(&row.location.source), sheet)
}

const DATES: [Field; 4] = [Field::AvailableFrom, Field::AvailableTo, Field::EnteredOn, Field::StatusDate];

/// Which of day and month a typed date surely has first.
fn order_of(row: &RawRow, field: Field) -> Option<Order> {
    let Cell::Text(text) = &row.cells.get(&field)?.value else { return None };
    dates::order_of(text.reveal())
}

#[cfg(test)]
mod tests {
    use super::super::Held;
    use super::super::tests::row;
    use super::{Order, Survey};
    use crate::model::{Confidential, Field, RawRow, Subject};

    /// A row of a table that is no workbook.
    fn typed(file: &str, number: u32, date: &str, quantity: &str) -> RawRow {
        let cells = [(Field::AvailableFrom, date), (Field::Quantity, quantity)];
        let mut row = row("atelier", number, Subject::Flows, &cells);
        (row.location.file, row.location.sheet) = (Confidential::new(file.into()), None);
        row
    }

    #[test]
    fn a_row_that_comes_back_is_read_as_those_of_its_sheet_and_votes_with_them() {
        let back = |number: u32, date: &str, quantity: &str, origin: &str| RawRow {
            replaces: Some(Confidential::new(origin.to_owned())),
            ..row(
                "atelier",
                number,
                Subject::Flows,
                &[(Field::AvailableFrom, date), (Field::Quantity, quantity)],
            )
        };
        let own = |number: u32| typed("a.csv", number, "04/13/2026", "1,234.5");
        let corrected = back(3, "03/04/2026", "2,5", "a.csv!7 · 12345e6789");
        let other = back(4, "03/04/2026", "2,5", "b.csv!7");
        let voter = back(5, "13/04/2026", "2", "c.xlsx!Feuille 1!7");
        let mut beside = row("atelier", 9, Subject::Flows, &[(Field::AvailableFrom, "03/04/2026")]);
        beside.location.file = Confidential::new("c.xlsx".into());
        beside.location.sheet = Some(Confidential::new("Feuille 1".into()));
        let rows = vec![own(1), own(2), corrected.clone(), other.clone(), voter, beside.clone()];
        let survey = Survey::of(&Held::new(rows));
        assert_eq!(
            [&corrected, &other, &beside].map(|row| survey.dates(row)),
            [Order::Month, Order::Untold, Order::Day]
        );
        assert_eq!([&corrected, &other].map(|row| survey.is_odd(row)), [true, false]);
    }

    #[test]
    fn the_pages_of_a_platform_are_one_table() {
        let first = |number: u32| typed("page 1", number, "04/13/2026", "1,234.5");
        let second = typed("page 2", 1, "03/04/2026", "2,5");
        let survey = Survey::of(&Held::new(vec![first(1), first(2), second.clone()]));
        assert_eq!((survey.dates(&second), survey.is_odd(&second)), (Order::Month, true));
    }
}
