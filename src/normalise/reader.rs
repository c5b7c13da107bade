//! One row under reading: its fields as values, and the findings met on the way.

use super::lexicon::Lexicon;
use super::survey::Survey;
use super::{answers, dates};
use crate::materials::{self, Classified, Expectation};
use crate::measures::amounts::{self, Paid};
use crate::measures::marks::Marks;
use crate::model::{
    Cell, Confidential, Field, Finding, FindingKind, ParkCode, Price, RawCell, RawRow, Severity, fold,
    is_null, texts,
};
use chrono::NaiveDate;
use std::cell::RefCell;
use std::collections::HashMap;
use std::str::FromStr;

/// More than any company pays or gains in a year: 100 billion dollars, as cents.
const LARGEST_CENTS: u64 = 10_000_000_000_000;

/// A row with the findings that its reading collects.
pub(super) struct Reader<'a> {
    pub(super) row: &'a RawRow,
    pub(super) lexicon: &'a Lexicon,
    pub(super) spoken: &'a Spoken,
    /// Whether its quantity has another decimal mark than the others of its sheet.
    pub(super) is_odd: bool,
    /// What the dates of its sheet say of their order.
    dates: dates::Order,
    pub(super) findings: Vec<Finding>,
}

/// What texts speak of, without any activity, each read once: rows repeat each other's words.
#[derive(Default)]
pub(super) struct Spoken(RefCell<HashMap<String, Classified>>);

impl Spoken {
    pub(super) fn of(&self, text: &str) -> Classified {
        if let Some(known) = self.0.borrow().get(text) {
            return known.clone();
        }
        let spoken = materials::classify(text, &Expectation::default(), 1);
        self.0.borrow_mut().insert(text.to_owned(), spoken.clone());
        spoken
    }
}

impl<'a> Reader<'a> {
    pub(super) const fn new(row: &'a RawRow, lexicon: &'a Lexicon, spoken: &'a Spoken) -> Self {
        Self { row, lexicon, spoken, is_odd: false, dates: dates::Order::Untold, findings: Vec::new() }
    }

    /// With what the other rows of its sheet say of its quantity and its dates.
    pub(super) fn among(mut self, survey: &Survey) -> Self {
        self.is_odd = survey.is_odd(self.row);
        self.dates = survey.dates(self.row);
        self
    }

    /// Whether a finding refuses the row.
    pub(super) fn rejected(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Rejection)
    }

    /// Records a finding about a field.
    pub(super) fn find(&mut self, severity: Severity, kind: FindingKind, field: Option<Field>) {
        self.findings.push(finding(self.row, severity, kind, field));
    }

    /// Records a finding whose repair ends with what to choose from.
    pub(super) fn find_with(
        &mut self,
        severity: Severity,
        kind: FindingKind,
        field: Field,
        fr: &str,
        en: &str,
    ) {
        let mut finding = finding(self.row, severity, kind, Some(field));
        if !fr.is_empty() {
            finding.repair_fr = format!("{} Choix: {fr}.", finding.repair_fr).into();
            finding.repair_en = format!("{} Choices: {en}.", finding.repair_en).into();
        }
        self.findings.push(finding);
    }

    /// Tells another table, whose header the row is, with the block of cells down to its `last` row.
    pub(super) fn other_table(&mut self, last: u32) {
        let mut told = finding(self.row, Severity::Note, FindingKind::OtherTable, None);
        let columns = || self.row.own().map(|cell| (cell.column.len(), &*cell.column));
        if let (Some((_, from)), Some((_, to))) = (columns().min(), columns().max()) {
            let range = format!("`range = \"{from}{}:{to}{last}\"`", self.row.location.row);
            told.repair_fr = format!("{} Son bloc: {range}.", told.repair_fr).into();
            told.repair_en = format!("{} Its block: {range}.", told.repair_en).into();
        }
        self.findings.push(told);
    }

    /// Text of a field, or the mapping's constant; none when empty, unknown or an error.
    pub(super) fn text(&self, field: Field) -> Option<String> {
        let read = match self.row.get(field).map(|cell| &cell.value) {
            Some(Cell::Error(_)) => return None,
            Some(value) => value.reveal(),
            None => self.lexicon.constant(field.code())?.to_owned(),
        };
        (!is_null(&read)).then_some(read)
    }

    /// The marks that are declared for what a person typed in a field; a number of the file has none.
    pub(super) fn marks(&self, field: Field) -> Marks {
        match self.row.get(field).map(|cell| &cell.value) {
            Some(Cell::Text(_)) => self.lexicon.marks(field),
            _ => Marks::default(),
        }
    }

    /// The cell of a field when it holds something readable.
    pub(super) fn cell(&self, field: Field) -> Option<Cell> {
        let text = self.text(field)?;
        Some(self.row.get(field).map_or_else(|| Cell::text(text), |cell| cell.value.clone()))
    }

    /// Findings of spreadsheet errors, which refuse the row when the field is needed.
    pub(super) fn errors(&mut self, needed: &[Field]) {
        let row = self.row;
        for (field, cell) in &row.cells {
            if matches!(cell.value, Cell::Error(_)) {
                let severity = if needed.contains(field) { Severity::Rejection } else { Severity::Warning };
                self.find(severity, FindingKind::SpreadsheetError, Some(*field));
            }
        }
    }

    /// That a column which repeats the heading of another says something else in this row, and is not read.
    pub(super) fn repeats(&mut self) {
        let row = self.row;
        let named = |cell: &RawCell| {
            let alike = row.headings.iter().filter(|known| *known.header == *cell.header);
            alike.filter(|known| *known.column != *cell.column).find_map(|known| known.field)
        };
        for cell in row.unmapped.iter().filter(|cell| !cell.header.is_empty()) {
            let Some(field) = named(cell) else { continue };
            if fold(&row.text(field)) != fold(&cell.value.reveal()) {
                let severity = if field.moves_totals() { Severity::Warning } else { Severity::Note };
                self.find(severity, FindingKind::RepeatedColumn, Some(field));
            }
        }
    }

    /// Whether the cell is a spreadsheet error.
    pub(super) fn is_error(&self, field: Field) -> bool {
        matches!(self.row.get(field).map(|cell| &cell.value), Some(Cell::Error(_)))
    }

    /// A member of a closed list; an unknown word is a warning with the list.
    pub(super) fn code<T: FromStr>(&mut self, field: Field, codes: &[&str], kind: FindingKind) -> Option<T> {
        let text = self.text(field)?;
        let code = self.lexicon.code(field.code(), codes, &text);
        if code.is_none() {
            let list = codes.join(", ");
            self.find_with(Severity::Warning, kind, field, &list, &list);
        }
        code
    }

    /// A park; an unknown one is a warning.
    pub(super) fn park(&mut self) -> Option<ParkCode> {
        let text = self.text(Field::Park)?;
        let park = self.lexicon.park(&text);
        if park.is_none() {
            self.find(Severity::Warning, FindingKind::UnknownPark, Some(Field::Park));
        }
        park
    }

    /// A date; a period's end is the last day of a month or year.
    pub(super) fn date(&mut self, field: Field, end: bool) -> Option<NaiveDate> {
        let cell = self.cell(field)?;
        let mut style = self.lexicon.dates();
        if !style.is_declared {
            style.order = self.dates;
        }
        let Some(read) = dates::read(&cell, end, style) else {
            self.find(Severity::Warning, FindingKind::BadDate, Some(field));
            return None;
        };
        match (read.ambiguous, style.order) {
            (true, dates::Order::Both) => {
                self.find(Severity::Warning, FindingKind::MixedDates, Some(field));
            }
            (true, _) => self.find(Severity::Note, FindingKind::AmbiguousDate, Some(field)),
            (false, _) => {}
        }
        read.date
    }

    /// Yes or no; a sentence that says one is read with a note.
    pub(super) fn yes_no(&mut self, field: Field) -> Option<bool> {
        let text = self.text(field)?;
        let answer = match answers::plain(&text) {
            Some(answer) => return Some(answer),
            None if field == Field::Hazardous => answers::dangerous(&text),
            None => answers::begun(&text),
        };
        let severity = if answer.is_some() { Severity::Note } else { Severity::Warning };
        self.find(severity, FindingKind::BadYesNo, Some(field));
        answer
    }

    /// Dollars to cents; what is given for a unit is none.
    pub(super) fn cents(&mut self, field: Field) -> Option<Confidential<i64>> {
        let price = self.price(field)?;
        if price.reveal().per.is_some() {
            self.find(Severity::Warning, FindingKind::BadAmount, Some(field));
            return None;
        }
        Some(Confidential::new(price.reveal().cents))
    }

    /// Dollars to cents, for all of it or for a unit, as the cell or else its heading says; none of a range.
    pub(super) fn price(&mut self, field: Field) -> Option<Confidential<Price>> {
        let price = self.paid(field)?.exact();
        if price.is_none() {
            self.find(Severity::Warning, FindingKind::BadAmount, Some(field));
        }
        price.map(Confidential::new)
    }

    /// The same, from a lower to an upper end, in the open.
    pub(super) fn paid(&mut self, field: Field) -> Option<Paid> {
        let text = self.text(field)?;
        let heading = self.row.get(field).and_then(|cell| cell.unit_in_header.as_deref());
        let read = amounts::paid_under(heading, &text, self.marks(field), self.lexicon.days())
            .filter(|paid| paid.cents.iter().all(|cents| cents.unsigned_abs() <= LARGEST_CENTS));
        match &read {
            None => self.find(Severity::Warning, FindingKind::BadAmount, Some(field)),
            Some(paid) if paid.is_daily => self.days(field),
            Some(_) => {}
        }
        read
    }

    /// Tells how many days of a year were taken, where nobody declared it.
    pub(super) fn days(&mut self, field: Field) {
        if !self.lexicon.days_are_declared() {
            self.find(Severity::Note, FindingKind::AssumedDays, Some(field));
        }
    }

    /// A plain number with one of some words behind it, each with its factor (metres of kilometres).
    pub(super) fn scaled(&mut self, field: Field, words: &[(&str, i128)]) -> Option<i64> {
        let number =
            amounts::scaled(&self.text(field)?, words, self.marks(field)).filter(|number| *number >= 0);
        if number.is_none() {
            self.find(Severity::Warning, FindingKind::BadAmount, Some(field));
        }
        number
    }

    /// Free text.
    pub(super) fn free(&self, field: Field) -> Option<Confidential<String>> {
        self.text(field).map(Confidential::new)
    }
}

/// A finding with the texts of its kind.
pub(super) fn finding(row: &RawRow, severity: Severity, kind: FindingKind, field: Option<Field>) -> Finding {
    let texts = texts(kind);
    let cell = field.and_then(|field| row.cells.get(&field));
    Finding {
        severity,
        kind,
        location: row.location.clone(),
        column: cell.map(|cell| cell.column.to_string()),
        field,
        read: Confidential::new(cell.map(|cell| cell.value.reveal()).unwrap_or_default()),
        message_fr: texts.message_fr.into(),
        message_en: texts.message_en.into(),
        repair_fr: texts.repair_fr.into(),
        repair_en: texts.repair_en.into(),
    }
}
