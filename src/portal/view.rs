//! Looking up published values by name; nothing is computed from them but their display.

use super::text::Language;
use crate::disclosure::{Protected, ProtectedTable, Published};
use crate::model::Dataset;
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// The published tables.
pub(super) struct View<'a> {
    protected: &'a Protected,
    pub(super) datasets: &'a [Dataset],
    /// Day of the release.
    as_of: NaiveDate,
}

/// A value as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) text: String,
    /// Of which day it is, when that is not the day of the release; otherwise empty.
    pub(super) day: String,
    /// A word instead of a number.
    pub(super) is_word: bool,
    /// The number, when it is published.
    pub(super) value: Option<i64>,
}

impl Shown {
    fn word(text: String) -> Self {
        Self { text, day: String::new(), is_word: true, value: None }
    }

    /// The text with its day.
    pub(super) fn dated(&self) -> String {
        format!("{}{}", self.text, self.day)
    }
}

impl<'a> View<'a> {
    pub(super) const fn new(protected: &'a Protected, datasets: &'a [Dataset], as_of: NaiveDate) -> Self {
        Self { protected, datasets, as_of }
    }

    pub(super) fn table(&self, name: &str) -> Option<&'a ProtectedTable> {
        self.protected.tables().iter().find(|table| table.name() == name)
    }

    /// A value of a table; dimensions that are not named are totals. None when the table does
    /// not have it.
    pub(super) fn value(&self, table: &str, measure: &str, codes: &[(&str, &str)]) -> Option<Published> {
        self.cell(table, measure, codes).map(|(value, _)| value)
    }

    /// The day of a value; none where nights are not counted, or nothing is published.
    pub(super) fn day(&self, table: &str, measure: &str, codes: &[(&str, &str)]) -> Option<NaiveDate> {
        self.cell(table, measure, codes).and_then(|(_, day)| day)
    }

    /// A value with its day.
    fn cell(
        &self,
        table: &str,
        measure: &str,
        codes: &[(&str, &str)],
    ) -> Option<(Published, Option<NaiveDate>)> {
        let table = self.table(table)?;
        let measure = table.measures().iter().position(|name| name == measure)?;
        let wanted: Vec<&str> = table
            .dimensions()
            .iter()
            .map(|name| codes.iter().find(|(one, _)| one == name).map_or("Total", |(_, code)| code))
            .collect();
        let row = table.rows().iter().find(|row| row.dimensions().iter().eq(wanted.iter()))?;
        Some((*row.values().get(measure)?, row.days().get(measure).copied().flatten()))
    }

    /// What is shown of a value, with its day where it waits.
    pub(super) fn dated(
        &self,
        shown: Shown,
        (table, measure): (&str, &str),
        codes: &[(&str, &str)],
        language: Language,
    ) -> Shown {
        self.of_day(shown, self.day(table, measure, codes), language)
    }

    /// The same where the day is known.
    pub(super) fn of_day(&self, mut shown: Shown, day: Option<NaiveDate>, language: Language) -> Shown {
        if let Some(day) = day.filter(|day| *day != self.as_of && !shown.is_word) {
            let date = language.date(day);
            let words = language.say(&format!(" (valeur du {date})"), &format!(" (value of {date})"));
            shown.day = words;
        }
        shown
    }

    /// The codes of a dimension without the margin, sorted.
    pub(super) fn codes(&self, table: &str, dimension: &str) -> BTreeSet<&'a str> {
        let Some(table) = self.table(table) else { return BTreeSet::new() };
        let Some(position) = table.dimensions().iter().position(|name| name == dimension) else {
            return BTreeSet::new();
        };
        let codes = table.rows().iter().map(|row| row.dimensions()[position].as_str());
        codes.filter(|code| *code != "Total").collect()
    }
}

/// A count, or the word that stands for it.
pub(super) fn count(value: Published, language: Language) -> Shown {
    shown(value, language, |number| language.whole(number))
}

/// Kilograms as tonnes.
pub(super) fn tonnes(value: Published, language: Language) -> Shown {
    shown(value, language, |kg| format!("{}\u{a0}t", language.thousandths(kg)))
}

/// An amount in its own unit: kilograms as tonnes, cents as dollars.
pub(super) fn amount(value: Published, unit: Option<&str>, language: Language) -> Shown {
    match unit {
        Some("kg/an") => shown(value, language, |kg| language.thousandths(kg)),
        Some("kg CO2e/an") => shown(value, language, |kg| language.thousandths(kg)),
        Some("cents CAD/an") => {
            shown(value, language, |cents| language.whole((cents + 50 * cents.signum()) / 100))
        }
        _ => count(value, language),
    }
}

/// A unit of the files, in words of the page's language.
pub(super) fn file_unit(unit: &str, language: Language) -> String {
    match (unit, language) {
        ("nombre", Language::English) => "number".to_owned(),
        (_, Language::English) => unit.replace("/an", "/year"),
        (_, Language::French) => unit.to_owned(),
    }
}

/// The unit that `amount` shows.
pub(super) fn unit(unit: Option<&str>, language: Language) -> &str {
    match unit {
        Some("kg/an") => language.pick("t/an", "t/yr"),
        Some("kg CO2e/an") => language.pick("t éq. CO₂/an", "t CO₂e/yr"),
        Some("cents CAD/an") => language.pick("$/an", "CAD/yr"),
        None | Some("nombre") => language.pick("nombre", "number"),
        Some(other) => other,
    }
}

fn shown(value: Published, language: Language, number: impl FnOnce(i64) -> String) -> Shown {
    match value {
        Published::Value(value) => {
            Shown { text: number(value), day: String::new(), is_word: false, value: Some(value) }
        }
        Published::Confidential => Shown::word(language.say("confidentiel", "confidential")),
        Published::Unknown => Shown::word(language.say("inconnu", "unknown")),
    }
}
