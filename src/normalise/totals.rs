//! Totals in the body of a sheet, checked against the rows that they add up.

use super::aside::{self, Around, Aside};
use super::lexicon::Lexicon;
use crate::config::{Hidden, Mapping, Settings};
use crate::measures::number::Decimal;
use crate::measures::quantity;
use crate::model::{Cell, Field, Location, RawRow, fold};
use std::collections::BTreeMap;

/// Decimals of a total that count: what a spreadsheet computes has rounding noise further on.
const DECIMALS: u32 = 6;

/// What may be added up, each column for itself.
const COLUMNS: [Field; 3] = [Field::Quantity, Field::QuantityLeast, Field::QuantityMost];

/// Rows of one column of a sheet since it began.
#[derive(Default)]
struct Block {
    /// Sum since the total before, and since the sheet began; none when a row cannot be added.
    since_total: Option<Sum>,
    since_start: Option<Sum>,
}

impl Block {
    /// Whether a total is neither the sum of the rows since the one before nor of all rows. Only
    /// a subtotal is judged by the first alone: another may add up what cannot be added here.
    fn contradicts(&self, total: Decimal, partial: bool) -> bool {
        if self.since_start.is_none() && !partial {
            return false;
        }
        let sums = [&self.since_total, &self.since_start].into_iter().flatten();
        let sums: Vec<&Sum> = sums.filter(|sum| sum.rows > 0).collect();
        !sums.is_empty() && !sums.iter().any(|sum| agree(total, sum.value))
    }
}

/// Whether it says that it is a subtotal.
fn is_partial(row: &RawRow) -> bool {
    row.cells.values().chain(&row.unmapped).any(|cell| {
        let text = fold(&cell.value.reveal());
        let starts = ["sous tot", "subtotal", "sub total", "s total", "ss total", "s t "];
        text == "s t" || starts.iter().any(|start| text.starts_with(start))
    })
}

#[derive(Clone)]
struct Sum {
    value: Decimal,
    rows: u32,
    /// Unit and frequency that every row has.
    unit: Option<String>,
}

impl Sum {
    const fn new() -> Self {
        Self { value: Decimal::whole(0), rows: 0, unit: None }
    }

    fn add(self, quantity: Option<(Decimal, String)>) -> Option<Self> {
        let (value, unit) = quantity?;
        if self.unit.as_ref().is_some_and(|known| *known != unit) {
            return None;
        }
        Some(Self { value: self.value.plus(value)?, rows: self.rows + 1, unit: Some(unit) })
    }
}

/// Finds totals that differ from what stands above them: from the rows since the total before and
/// from all rows of the sheet. Nothing is said where the rows are not plain numbers of one unit, or
/// where rows were left out by a filter.
pub(super) struct Totals<'a> {
    settings: &'a Settings,
    mappings: &'a BTreeMap<String, Mapping>,
    /// One for each of [`COLUMNS`].
    blocks: [Block; 3],
    /// Place of the row before.
    sheet: Option<Location>,
}

impl<'a> Totals<'a> {
    pub(super) fn new(settings: &'a Settings, mappings: &'a BTreeMap<String, Mapping>) -> Self {
        Self { settings, mappings, blocks: <[Block; 3]>::default(), sheet: None }
    }

    /// Whether all rows of a source are read.
    fn is_whole(&self, source: &str) -> bool {
        let filtered = self.mappings.get(source).is_some_and(|mapping| !mapping.keep.is_empty());
        let known = self.settings.sources.iter().find(|known| known.name == source);
        !filtered && known.is_none_or(|source| source.hidden != Hidden::Exclude)
    }

    /// The first column in which the next row is a total that differs.
    pub(super) fn wrong(&mut self, row: &RawRow, lexicon: &Lexicon) -> Option<Field> {
        let place = &row.location;
        if !self.sheet.as_ref().is_some_and(|before| aside::is_same_sheet(before, place)) {
            let start = self.is_whole(&place.source).then(Sum::new);
            self.blocks = COLUMNS.map(|_| Block { since_total: start.clone(), since_start: start.clone() });
            self.sheet = Some(place.clone());
        }
        let mut wrong = None;
        let aside = aside::of(row, Around::default(), lexicon);
        let start = (aside == Some(Aside::Total) && self.is_whole(&place.source)).then(Sum::new);
        for (block, column) in self.blocks.iter_mut().zip(COLUMNS) {
            if aside == Some(Aside::Total) {
                let differs =
                    written(row, column).is_some_and(|(total, _)| block.contradicts(total, is_partial(row)));
                wrong = wrong.or(differs.then_some(column));
                block.since_total = start.clone();
            } else if aside.is_none() && row.get(column).is_some() {
                let quantity = written(row, column);
                block.since_total = block.since_total.take().and_then(|sum| sum.add(quantity.clone()));
                block.since_start = block.since_start.take().and_then(|sum| sum.add(quantity));
            }
        }
        wrong
    }
}

/// The quantity of a row in a column, when it is one number, and its unit and frequency as text.
fn written(row: &RawRow, column: Field) -> Option<(Decimal, String)> {
    let cell = row.get(column)?;
    if matches!(cell.value, Cell::Error(_)) {
        return None;
    }
    let read = quantity::read(&cell.value.reveal()).ok()?;
    if read.low.compare(read.high).is_ne() || read.unknown_rate {
        return None;
    }
    let beside = [Field::Unit, Field::Frequency].map(|field| fold(&row.text(field)));
    let rate = read.rate.map(|rate| format!("{:?}", rate.frequency)).unwrap_or_default();
    Some((read.high, format!("{}|{rate}|{}", fold(&read.unit), beside.join("|"))))
}

/// Whether they are equal as far as the total is written.
fn agree(total: Decimal, sum: Decimal) -> bool {
    let step = Decimal::step(total.decimals().min(DECIMALS));
    let above = sum.plus(step).is_some_and(|high| total.compare(high).is_le());
    let below = total.plus(step).is_some_and(|high| sum.compare(high).is_le());
    above && below
}
