//! A cell as text: what Excel shows, dates in ISO form, numbers plain.

use super::super::codec::Value;
use chrono::Timelike as _;
use std::borrow::Cow;

/// Digits of a number that a spreadsheet keeps and shows.
const DIGITS: usize = 15;

/// The text of a cell.
pub(super) fn shown<'a>(value: &'a Value<'_>) -> Cow<'a, str> {
    match value {
        Value::Text(text) | Value::Error(text) => Cow::Borrowed(text),
        Value::Integer(number) => Cow::Owned(number.to_string()),
        Value::Number(number) => Cow::Owned(plain(*number)),
        Value::Boolean(true) => Cow::Borrowed("TRUE"),
        Value::Boolean(false) => Cow::Borrowed("FALSE"),
        Value::Date(milliseconds) => Cow::Owned(date(*milliseconds)),
    }
}

/// Empty where the calendar has no such day.
fn date(milliseconds: i64) -> String {
    let Some(moment) = chrono::DateTime::from_timestamp_millis(milliseconds) else { return String::new() };
    let moment = moment.naive_utc();
    let form = if moment.time() == chrono::NaiveTime::MIN {
        "%Y-%m-%d"
    } else if moment.nanosecond() == 0 {
        "%Y-%m-%dT%H:%M:%S"
    } else {
        "%Y-%m-%dT%H:%M:%S%.3f"
    };
    moment.format(form).to_string()
}

/// A double with at most fifteen significant digits, as a spreadsheet shows it: 274.66 and not
/// 274.65999999999997. Beyond ±10^21 and below 10^-15 with an exponent.
pub(super) fn plain(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    let size = number.abs();
    if !(1e-15..1e21).contains(&size) {
        return format!("{number:E}");
    }
    let shortest = number.to_string();
    if shortest.bytes().filter(u8::is_ascii_digit).count() <= DIGITS {
        return shortest;
    }
    // The scientific form rounds to a number of digits; read back, it prints plainly.
    format!("{number:.*e}", DIGITS - 1).parse::<f64>().map_or(shortest, |rounded| rounded.to_string())
}

#[cfg(test)]
mod tests {
    use super::{plain, shown};
    use crate::ingest::codec::Value;

    #[test]
    fn numbers_are_plain_and_have_the_digits_that_a_spreadsheet_shows() {
        let seen = [274.659_999_999_999_97, 0.1 + 0.2, 1.5, -0.0, 1e15, 0.000_1, 1e300, 1.0 / 3.0].map(plain);
        let expected =
            ["274.66", "0.3", "1.5", "0", "1000000000000000", "0.0001", "1E300", "0.333333333333333"];
        assert_eq!(seen, expected);
    }

    #[test]
    fn dates_show_their_time_when_they_have_one() {
        let day = chrono::NaiveDate::from_ymd_opt(2014, 1, 3).unwrap();
        let at = |hour, milli| {
            let moment = day.and_hms_milli_opt(hour, 0, 0, milli).unwrap();
            Value::Date(moment.and_utc().timestamp_millis())
        };
        assert_eq!(
            [at(0, 0), at(9, 0), at(9, 5)].map(|value| shown(&value).into_owned()),
            ["2014-01-03", "2014-01-03T09:00:00", "2014-01-03T09:00:00.005"]
        );
        assert_eq!(shown(&Value::Boolean(true)), "TRUE");
    }
}
