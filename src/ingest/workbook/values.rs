//! Cells of calamine as our values: dates of both epochs, times, durations, whole numbers.

use super::super::codec::Value;
use super::structure::NEW_ERRORS;
use calamine::{Data, DataRef, ExcelDateTime};
use std::borrow::Cow;

/// Whole doubles up to here are exact.
const EXACT: f64 = 9_007_199_254_740_992.0;
/// First serial after 9999-12-31, in the epoch of 1900 and in that of 1904.
const END_1900: f64 = 2_958_466.0;
const END_1904: f64 = 2_957_004.0;
const DAY_MS: f64 = 86_400_000.0;

/// A value, and whether it is a date that the calendar does not have.
pub(super) struct Read<'a> {
    pub(super) value: Value<'a>,
    pub(super) no_such_date: bool,
}

impl<'a> From<Value<'a>> for Read<'a> {
    fn from(value: Value<'a>) -> Self {
        Self { value, no_such_date: false }
    }
}

/// What a cell of a stream holds, when it holds something.
pub(super) fn of_ref(value: DataRef<'_>, is_1904: bool) -> Option<Read<'_>> {
    match value {
        DataRef::SharedString(text) if is_blank(text) => None,
        DataRef::String(text) if NEW_ERRORS.contains(&text.as_str()) => {
            Some(Value::Error(Cow::Owned(text)).into())
        }
        DataRef::SharedString(text) => Some(Value::Text(Cow::Borrowed(text)).into()),
        DataRef::Float(number) => Some(number_value(number).into()),
        DataRef::Empty => None,
        other => of(Data::from(other), is_1904),
    }
}

/// Whether a text is white space; nearly every text shows by its first byte that it is not.
fn is_blank(text: &str) -> bool {
    !matches!(text.as_bytes().first(), Some(b'!'..=0x7F)) && text.trim().is_empty()
}

/// What a cell of a range holds, when it holds something.
pub(super) fn of<'a>(value: Data, is_1904: bool) -> Option<Read<'a>> {
    Some(match value {
        Data::Empty => return None,
        Data::String(text) if is_blank(&text) => return None,
        Data::String(text) => Value::Text(Cow::Owned(text)).into(),
        Data::Int(number) => Value::Integer(number).into(),
        Data::Float(number) => number_value(number).into(),
        Data::Bool(boolean) => Value::Boolean(boolean).into(),
        Data::Error(error) => Value::Error(Cow::Owned(error.to_string())).into(),
        Data::DateTimeIso(text) => iso_date(&text).map_or(Value::Text(Cow::Owned(text)), Value::Date).into(),
        Data::DurationIso(text) => iso_duration(&text).map_or(Value::Text(Cow::Owned(text)), clock).into(),
        Data::DateTime(moment) => date(&moment, is_1904),
    })
}

/// Serials below 1 are times of the day, whatever the epoch. The epoch of 1900 counts a
/// 29 February 1900 that never was (serial 60): it is told as text, as Excel shows it.
fn date(moment: &ExcelDateTime, is_1904: bool) -> Read<'static> {
    let serial = moment.as_f64();
    if moment.is_duration() {
        return clock(milliseconds(serial)).into();
    }
    let end = if is_1904 { END_1904 } else { END_1900 };
    if !(0.0..end).contains(&serial) {
        return Read { value: number_value(serial), no_such_date: true };
    }
    if serial < 1.0 {
        return clock(milliseconds(serial)).into();
    }
    if !is_1904 && (60.0..61.0).contains(&serial) {
        let time = milliseconds(serial.fract());
        let text = if time == 0 { "1900-02-29".to_owned() } else { format!("1900-02-29T{}", hours(time)) };
        return Read { value: Value::Text(Cow::Owned(text)), no_such_date: true };
    }
    moment
        .as_datetime()
        .map_or_else(|| number_value(serial), |date| Value::Date(date.and_utc().timestamp_millis()))
        .into()
}

#[expect(clippy::cast_possible_truncation, reason = "days of a calendar in milliseconds fit")]
fn milliseconds(days: f64) -> i64 {
    (days * DAY_MS).round() as i64
}

/// A time of the day or a length of time, as text: no field takes one.
pub(super) fn clock(milliseconds: i64) -> Value<'static> {
    Value::Text(Cow::Owned(hours(milliseconds)))
}

fn hours(milliseconds: i64) -> String {
    let sign = if milliseconds < 0 { "-" } else { "" };
    let all = milliseconds.unsigned_abs();
    let (seconds, rest) = (all / 1000, all % 1000);
    let fraction = if rest == 0 { String::new() } else { format!(".{rest:03}") };
    format!("{sign}{:02}:{:02}:{:02}{fraction}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53, so exact")]
pub(super) fn number_value(number: f64) -> Value<'static> {
    if !number.is_finite() {
        // As Excel says of what it cannot hold.
        Value::Error(Cow::Borrowed("#NUM!"))
    } else if number.fract() == 0.0 && number.abs() <= EXACT {
        Value::Integer(number as i64)
    } else {
        Value::Number(number)
    }
}

/// ISO 8601 date or date and time, as ods and strict xlsx write them, in milliseconds.
pub(super) fn iso_date(text: &str) -> Option<i64> {
    let text = text.trim().trim_end_matches('Z');
    let moment = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"]
        .into_iter()
        .find_map(|form| chrono::NaiveDateTime::parse_from_str(text, form).ok())
        .or_else(|| chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0))?;
    Some(moment.and_utc().timestamp_millis())
}

/// `PT12H30M05.5S` as ods writes times, in milliseconds; the decimal sign may be a comma (ISO 8601).
pub(super) fn iso_duration(text: &str) -> Option<i64> {
    let (sign, text) = text.trim().strip_prefix('-').map_or((1.0, text.trim()), |rest| (-1.0, rest));
    let text = text.strip_prefix('P')?;
    let (days, time) = text.split_once('T').unwrap_or((text, ""));
    let mut total = 0.0;
    let days_seconds = [('D', 86_400.0)];
    let time_seconds = [('H', 3_600.0), ('M', 60.0), ('S', 1.0)];
    for (part, units) in [(days, &days_seconds[..]), (time, &time_seconds[..])] {
        let mut rest = part;
        for (unit, seconds) in units {
            if let Some((number, after)) = rest.split_once(*unit) {
                total += number.replace(',', ".").parse::<f64>().ok()? * seconds;
                rest = after;
            }
        }
        if !rest.is_empty() {
            return None;
        }
    }
    Some(milliseconds(sign * total / 86_400.0))
}

#[cfg(test)]
mod tests {
    use super::{Value, date, iso_date, iso_duration, number_value};
    use calamine::{ExcelDateTime, ExcelDateTimeType};

    fn seen(serial: f64, is_1904: bool) -> (Value<'static>, bool) {
        let read = date(&ExcelDateTime::new(serial, ExcelDateTimeType::DateTime, is_1904), is_1904);
        (read.value, read.no_such_date)
    }

    fn day(text: &str) -> Value<'static> {
        Value::Date(iso_date(text).unwrap())
    }

    #[test]
    fn serials_of_both_epochs_are_the_dates_that_excel_shows() {
        assert_eq!(seen(1.0, false), (day("1900-01-01"), false));
        assert_eq!(seen(59.0, false), (day("1900-02-28"), false));
        assert_eq!(seen(60.0, false), (Value::Text("1900-02-29".into()), true));
        assert_eq!(seen(61.0, false), (day("1900-03-01"), false));
        assert_eq!(seen(45_000.5, false), (day("2023-03-15T12:00:00"), false));
        assert_eq!(seen(43_538.0, true), (day("2023-03-15"), false));
        assert_eq!(seen(60.0, true), (day("1904-03-01"), false));
        assert_eq!(seen(0.75, false), (Value::Text("18:00:00".into()), false));
        assert_eq!(seen(2_958_465.0, false), (day("9999-12-31"), false));
        assert_eq!(seen(2_958_466.0, false), (Value::Integer(2_958_466), true));
        assert_eq!(seen(-3.0, false), (Value::Integer(-3), true));
    }

    #[test]
    fn a_number_beyond_all_doubles_is_an_error() {
        assert_eq!(number_value(f64::INFINITY), Value::Error("#NUM!".into()));
        assert_eq!(number_value(-2.0), Value::Integer(-2));
    }

    #[test]
    fn times_of_open_documents_are_clock_times() {
        assert_eq!(iso_duration("PT12H30M05S"), Some(45_005_000));
        assert_eq!(iso_duration("PT12H30M05,5S"), Some(45_005_500));
        assert_eq!(iso_duration("-PT1H"), Some(-3_600_000));
        assert_eq!(iso_duration("P1DT2H"), Some(93_600_000));
        assert_eq!(iso_duration("midi"), None);
        assert_eq!(iso_date("2014-02-03T04:05"), iso_date("2014-02-03T04:05:00Z"));
    }
}
