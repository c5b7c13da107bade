//! Dates as people write them.

use super::periods;
use crate::measures::number::plain;
use crate::model::Cell;
use chrono::{Days, Months, NaiveDate};

/// A date that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Read {
    /// The day; none for "now" and "always", which set no bound.
    pub(super) date: Option<NaiveDate>,
    /// Day and month could be exchanged, and nothing around says which stands first; or a day or year is missing.
    pub(super) ambiguous: bool,
}

/// Which of day and month stands first where both are numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Order {
    /// Nobody says it: the day, where both could.
    #[default]
    Untold,
    Day,
    Month,
    /// Other dates beside have the one and the other: what could be both is not read.
    Both,
}

/// How the dates of a source are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Style {
    /// Years of two digits from this one on are of the twentieth century.
    pub(super) pivot: u32,
    pub(super) order: Order,
    /// The order is declared: a date of the other one cannot be read.
    pub(super) is_declared: bool,
}

impl Style {
    pub(super) const fn new(pivot: u32) -> Self {
        Self { pivot, order: Order::Untold, is_declared: false }
    }
}

/// The order of a text that is surely a day, a month and a year in numbers, of which the day is past the twelfth.
pub(super) fn order_of(text: &str) -> Option<Order> {
    let text = plain(text);
    let mut numbers = led_to(&text).split(|character: char| !character.is_ascii_digit());
    let (first, second, year) = (numbers.next()?, numbers.next()?, numbers.next()?);
    if first.len() > 2 || !matches!(year.len(), 2 | 4) {
        return None;
    }
    let (first, second) = (first.parse::<u32>().ok()?, second.parse::<u32>().ok()?);
    match (first, second) {
        (13..=31, 1..=12) => Some(Order::Day),
        (1..=12, 13..=31) => Some(Order::Month),
        _ => None,
    }
}

const MONTHS: [&[&str]; 12] = [
    &["janvier", "janv", "jan", "january"],
    &["fevrier", "fevr", "fev", "feb", "february"],
    &["mars", "mar", "march"],
    &["avril", "avr", "apr", "april"],
    &["mai", "may"],
    &["juin", "jun", "june"],
    &["juillet", "juil", "juill", "jul", "july"],
    &["aout", "aug", "august", "aou"],
    &["septembre", "sept", "sep", "september"],
    &["octobre", "oct", "october"],
    &["novembre", "nov", "november"],
    &["decembre", "dec", "december"],
];

/// Words that leave a period open.
const OPEN: &[&str] = &[
    "immediatement",
    "immediat",
    "maintenant",
    "des maintenant",
    "tout de suite",
    "en tout temps",
    "en continu",
    "continu",
    "permanent",
    "toujours",
    "indetermine",
    "indeterminee",
    "now",
    "ongoing",
    "always",
    "asap",
];

/// Words before a day from which, or up to which, something is to be had.
const BEFORE: &[&str] = &[
    "a partir du ",
    "a partir de ",
    "a compter du ",
    "a compter de ",
    "des le ",
    "des ",
    "jusqu'au ",
    "jusqu'en ",
    "jusqu'a ",
    "as of ",
    "from ",
    "starting ",
    "until ",
];

/// Words that say nothing of the day.
const FILLERS: &[&str] = &[
    "le",
    "de",
    "du",
    "er",
    "fin",
    "debut",
    "mi",
    "vers",
    "en",
    "of",
    "the",
    "on",
    "lundi",
    "mardi",
    "mercredi",
    "jeudi",
    "vendredi",
    "samedi",
    "dimanche",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// What stands in a plain text behind the words that lead to a day: `a partir du lundi 13/04/2026`.
fn led_to(text: &str) -> &str {
    let mut day = BEFORE.iter().find_map(|word| text.strip_prefix(word)).unwrap_or(text);
    while let Some((word, after)) = day.split_once(|character: char| !character.is_alphanumeric())
        && FILLERS.contains(&word)
    {
        day = after.trim_start();
    }
    day
}

/// Every year of two digits is of this century.
pub(super) const NO_PIVOT: u32 = 100;

/// Reads a cell; a week, month, quarter or year alone is its first day, or its last when `end`.
pub(super) fn read(cell: &Cell, end: bool, style: Style) -> Option<Read> {
    let sure = |date| Some(Read { date: Some(date), ambiguous: false });
    match cell {
        Cell::Date(date) => sure(date.date()),
        Cell::Integer(number) => serial(*number.reveal(), end).and_then(sure),
        Cell::Number(number) => {
            let whole = number.reveal().trunc().to_string().parse().ok()?;
            serial(whole, end).and_then(sure)
        }
        Cell::Text(text) => parse(text.reveal(), end, style),
        Cell::Empty | Cell::Boolean(_) | Cell::Error(_) => None,
    }
}

/// A year, or a day counted from 1899-12-30 as workbooks of the 1900 epoch do.
fn serial(number: i64, end: bool) -> Option<NaiveDate> {
    match number {
        1900..=2100 => year(i32::try_from(number).ok()?, end),
        20_000..=80_000 => {
            NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(u64::try_from(number).ok()?))
        }
        _ => None,
    }
}

fn year(year: i32, end: bool) -> Option<NaiveDate> {
    if end { NaiveDate::from_ymd_opt(year, 12, 31) } else { NaiveDate::from_ymd_opt(year, 1, 1) }
}

fn month(year: i32, month: u32, end: bool) -> Option<NaiveDate> {
    let first = NaiveDate::from_ymd_opt(year, month, 1)?;
    if end { first.checked_add_months(Months::new(1))?.pred_opt() } else { Some(first) }
}

fn parse(text: &str, end: bool, style: Style) -> Option<Read> {
    let text = plain(text);
    let sure = |date: NaiveDate| Read { date: Some(date), ambiguous: false };
    if OPEN.contains(&text.as_str()) {
        return Some(Read { date: None, ambiguous: false });
    }
    let text = led_to(&text);
    // A time after the day does not matter.
    let day = match text.split_once('t') {
        Some((day, _)) if day.len() == 10 && day.ends_with(|last: char| last.is_ascii_digit()) => day,
        _ => text,
    };
    let parts: Vec<&str> = day
        .split(|character: char| !character.is_alphanumeric())
        .filter(|part| !part.is_empty() && !FILLERS.contains(part))
        .collect();
    if let Some(date) = periods::read(&parts, end) {
        return Some(sure(date));
    }
    let parts = match parts.as_slice() {
        // Hours and minutes after the day.
        [a, b, c, rest @ ..] if !rest.is_empty() && rest.iter().all(|part| part.len() <= 3) => {
            vec![*a, *b, *c]
        }
        other => other.to_vec(),
    };
    let number = |part: &str| {
        let ordinal = ["er", "st", "nd", "rd", "th"].iter().find_map(|ending| part.strip_suffix(ending));
        ordinal.unwrap_or(part).parse::<u32>().ok()
    };
    let named = |part: &str| (1_u32..).zip(MONTHS).find(|(_, names)| names.contains(&part)).map(|(at, _)| at);
    let long = |value: u32, digits: usize| {
        let pivot = i32::try_from(style.pivot).unwrap_or(100);
        let value = i32::try_from(value).ok()?;
        if digits == 2 {
            Some(if value < pivot { 2000 } else { 1900 } + value)
        } else {
            (1900..=2100).contains(&value).then_some(value)
        }
    };
    match parts.as_slice() {
        [only] if only.len() == 8 && only.bytes().all(|byte| byte.is_ascii_digit()) => {
            let (year, rest) = only.split_at(4);
            NaiveDate::from_ymd_opt(year.parse().ok()?, rest[..2].parse().ok()?, rest[2..].parse().ok()?)
                .map(sure)
        }
        [only] => serial(only.parse().ok()?, end).map(sure),
        [left, right] => {
            if let Some(at) = named(left) {
                // `Mar-14` is a month of 2014 to a spreadsheet, and a day without its year to some people.
                let ambiguous = right.len() <= 2 && number(right)? <= 31;
                let date = month(long(number(right)?, right.len())?, at, end)?;
                return Some(Read { date: Some(date), ambiguous });
            }
            let (year, at) = if left.len() == 4 { (left, right) } else { (right, left) };
            month(
                long(number(year)?, year.len()).filter(|_| year.len() == 4)?,
                named(at).or_else(|| number(at))?,
                end,
            )
            .map(sure)
        }
        [year, at, day] if year.len() == 4 && number(year).is_some() => {
            let at = named(at).or_else(|| number(at))?;
            NaiveDate::from_ymd_opt(long(number(year)?, 4)?, at, number(day)?).map(sure)
        }
        [left, right, year] => {
            let year = long(number(year)?, year.len())?;
            if let Some(at) = named(right) {
                return NaiveDate::from_ymd_opt(year, at, number(left)?).map(sure);
            }
            if let Some(at) = named(left) {
                return NaiveDate::from_ymd_opt(year, at, number(right)?).map(sure);
            }
            let (left, right) = (number(left)?, number(right)?);
            let could_be_both = left <= 12 && right <= 12 && left != right;
            let is_month_first = match style.order {
                Order::Untold | Order::Both => right > 12,
                Order::Day => right > 12 && !style.is_declared,
                Order::Month => left <= 12 || style.is_declared,
            };
            let (day, at) = if is_month_first { (right, left) } else { (left, right) };
            let date = Some(NaiveDate::from_ymd_opt(year, at, day)?);
            Some(match style.order {
                Order::Both if could_be_both => Read { date: None, ambiguous: true },
                Order::Untold => Read { date, ambiguous: could_be_both },
                _ => Read { date, ambiguous: false },
            })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{NO_PIVOT, Order, Read, Style, order_of};
    use chrono::NaiveDate;

    fn parse(text: &str, end: bool, pivot: u32) -> Option<Read> {
        super::parse(text, end, Style::new(pivot))
    }

    #[test]
    fn the_order_of_day_and_month_is_that_of_the_dates_beside() {
        let day = |text: &str, order, is_declared| {
            let read = super::parse(text, false, Style { order, is_declared, ..Style::new(NO_PIVOT) })?;
            Some((read.date.map(|date| date.to_string()), read.ambiguous))
        };
        let some = |text: &str, ambiguous| Some((Some(text.to_owned()), ambiguous));
        for (order, is_declared, expected) in [
            (Order::Untold, false, some("2026-04-03", true)),
            (Order::Day, false, some("2026-04-03", false)),
            (Order::Month, false, some("2026-03-04", false)),
            (Order::Both, false, Some((None, true))),
        ] {
            assert_eq!(day("03/04/2026", order, is_declared), expected, "{order:?}");
            assert_eq!(day("04/13/2026", order, is_declared), some("2026-04-13", false), "{order:?}");
            assert_eq!(day("13/04/2026", order, is_declared), some("2026-04-13", false), "{order:?}");
            assert_eq!(day("04/04/2026", order, is_declared), some("2026-04-04", false), "{order:?}");
        }
        assert_eq!(day("04/13/2026", Order::Day, true), None);
        assert_eq!(day("13/04/2026", Order::Month, true), None);
        assert_eq!(day("03/04/2026", Order::Month, true), some("2026-03-04", false));
        let told =
            ["13/04/2026", "4/13/26", "03/04/2026", "2026-04-13", "12 à 14 2026", "13 t", "45,13,2026"];
        let expected = [Some(Order::Day), Some(Order::Month), None, None, None, None, None];
        assert_eq!(told.map(order_of), expected);
        let led = ["à partir du 13/04/2026", "Jusqu’au lundi 13/04/2026", "as of Monday, 04/13/2026"];
        assert_eq!(led.map(order_of), [Some(Order::Day), Some(Order::Day), Some(Order::Month)]);
        assert_eq!(["lot 13/04/2026", "lundi 2 mars 2026"].map(order_of), [None, None]);
    }

    #[test]
    fn dates_are_read_as_people_write_them() {
        let march = NaiveDate::from_ymd_opt(2025, 3, 14);
        for text in [
            "2025-03-14",
            "14/03/2025",
            "14 mars 2025",
            "March 14, 2025",
            "03/14/2025",
            "2025-03-14T08:00:00",
            "45730",
            "14-03-25",
            "March 14th, 2025",
            "vendredi 14 mars 2025",
            "à partir du 14 mars 2025",
            "jusqu'au vendredi 14 mars 2025",
            "2025-W11-5",
        ] {
            assert_eq!(parse(text, false, NO_PIVOT), Some(Read { date: march, ambiguous: false }), "{text}");
        }
        assert_eq!(
            parse("1er août 2025", false, NO_PIVOT).unwrap().date,
            NaiveDate::from_ymd_opt(2025, 8, 1)
        );
        for text in ["March 1st, 2026", "1 er mars 2026", "à compter du 1er mars 2026"] {
            let first = NaiveDate::from_ymd_opt(2026, 3, 1);
            assert_eq!(parse(text, false, NO_PIVOT).unwrap().date, first, "{text}");
        }
        for text in ["01 à 03 2026", "2 à 5 mars 2026", "2025-W11-9"] {
            assert_eq!(parse(text, false, NO_PIVOT), None, "{text}");
        }
        assert_eq!(parse("févr. 2024", true, NO_PIVOT).unwrap().date, NaiveDate::from_ymd_opt(2024, 2, 29));
        let both = parse("03/04/2025", false, NO_PIVOT).unwrap();
        assert_eq!((both.date, both.ambiguous), (NaiveDate::from_ymd_opt(2025, 4, 3), true));
        let year = parse("March 14", false, NO_PIVOT).unwrap();
        assert_eq!((year.date, year.ambiguous), (NaiveDate::from_ymd_opt(2014, 3, 1), true));
        assert!(!parse("mars 45", false, NO_PIVOT).unwrap().ambiguous);
        assert_eq!(parse("31/02/2025", false, NO_PIVOT), None);
        assert_eq!(parse("bientôt", false, NO_PIVOT), None);
    }
}
