//! The two ends of a quantity: `2 à 3 t`, `entre 500 kg et 2 tonnes`, `500 kg ± 10 %`.

use super::frequency;
use super::marks::Marks;
use super::number::{Decimal, leading_fraction};
use super::qualifier;
use super::quantity::{Number, QuantityError, number, split_rate};
use super::units::{self, Kind};

/// Both ends, and what stands behind them: the unit and the frequency.
pub(super) struct Ends {
    pub(super) low: Decimal,
    pub(super) high: Decimal,
    pub(super) tail: String,
    /// The lower end, if it was written without the thousands of the upper one.
    pub(super) shortened: Option<Decimal>,
}

impl Ends {
    /// With the text behind them.
    pub(super) fn new(low: Decimal, high: Decimal, tail: &str) -> Self {
        Self { low, high, tail: tail.to_owned(), shortened: None }
    }
}

/// What the lower end is where `15 à 20 000` may mean `15 000 à 20 000`: times a million, a thousand or,
/// below an upper end of so many hundreds, a hundred, it lies below that end and within a tenth of it.
fn shortened(low: Number, high: Number) -> Option<Decimal> {
    const POWERS: [i128; 3] = [1_000_000, THOUSAND, 100];
    const THOUSAND: i128 = 1_000;
    if low.factor.or(high.factor).is_some() {
        return None;
    }
    let (low, high) = (low.value.as_whole()?, high.value.as_whole()?);
    let ends_so = |power: i128| high % power == 0 && (power >= THOUSAND || high % THOUSAND != 0);
    let is_near = |power: i128| low * power < high && high < low * power * 10;
    let mut powers = POWERS.into_iter().filter(|power| low < THOUSAND && ends_so(*power));
    powers.find(|power| is_near(*power)).map(|power| Decimal::whole(low * power))
}

/// The range that begins with a number; none when it is a number alone.
pub(super) fn ends(
    first: Number,
    rest: &str,
    between: bool,
    marks: Marks,
) -> Result<Option<Ends>, QuantityError> {
    let Some((first_unit, second)) = second(rest, between) else { return Ok(None) };
    let (last, tail) = number(second, marks)?;
    let low = match (first.factor, last.factor) {
        // Two to three millions are two millions at least.
        (None, Some(times)) if first_unit.is_empty() => first.value.times(times),
        _ => Some(first.value),
    };
    let low = low.ok_or(QuantityError::Unreadable)?;
    let ends = in_one_unit((low, first_unit), (last.value, tail))?.ok_or(QuantityError::Unreadable)?;
    // Nobody writes five to three: it is three, minus, or two columns in one; `5..5` is a slip of the finger.
    let is_slip = rest.starts_with("..") && ends.low.compare(ends.high).is_eq();
    if is_slip || ends.low.compare(ends.high).is_gt() {
        return Err(QuantityError::Ambiguous);
    }
    let shortened = if first_unit.is_empty() { shortened(first, last) } else { None };
    Ok(Some(Ends { shortened, ..ends }))
}

/// Both ends in one unit: in that of one of them, or in kilograms or cubic metres. None when the units
/// measure different things.
fn in_one_unit(
    (low, first): (Decimal, &str),
    (high, second): (Decimal, &str),
) -> Result<Option<Ends>, QuantityError> {
    let (first, first_rate) = split_rate(first);
    let (second, second_rate) = split_rate(qualifier::cut_after(second).1);
    if let (Some(one), Some(other)) = (first_rate, second_rate) {
        let rates = frequency::find(one).zip(frequency::find(other));
        if !rates.is_some_and(|(one, other)| one.times.compare(other.times).is_eq()) {
            return Err(QuantityError::Ambiguous);
        }
    }
    let rate = second_rate.or(first_rate).unwrap_or_default();
    let tail = |unit: &str| format!("{unit} {rate}").trim().to_owned();
    if first.is_empty() {
        return Ok(Some(Ends::new(low, high, &tail(second))));
    }
    let Some(one) = units::find(first) else { return Ok(None) };
    if second.is_empty() {
        return Ok(Some(Ends::new(low, high, &tail(first))));
    }
    let Some(other) = units::find(second) else { return Ok(None) };
    let (by_one, by_other, unit) = match (one.kind, other.kind) {
        _ if one.code == other.code => return Ok(Some(Ends::new(low, high, &tail(second)))),
        (Kind::Mass(one), Kind::Mass(other)) => (one, other, "kg"),
        (Kind::Volume(one), Kind::Volume(other)) => (one, other, "m3"),
        _ => return Ok(None),
    };
    let ends = low.times(by_one).zip(high.times(by_other));
    Ok(ends.map(|(low, high)| Ends::new(low, high, &tail(unit))))
}

/// Finds the second end of a range: gives what stands between (a unit) and the second number on.
fn second(rest: &str, between: bool) -> Option<(&str, &str)> {
    let mut found: Option<(usize, usize)> = None;
    for separator in ["a ", "-", "et ", "to ", "and ", "..", "ou ", "@ "] {
        if matches!(separator, "et " | "and ") && !between {
            continue;
        }
        for (at, _) in rest.match_indices(separator) {
            let before = &rest[..at];
            let after = rest[at + separator.len()..].trim_start_matches('.').trim_start();
            let word = separator.ends_with(' ');
            // The dash of `+/-` is none of a range.
            let apart =
                !before.ends_with(['+', '/']) && (!word || before.is_empty() || before.ends_with(' '));
            // What stands in brackets is beside the number, and no end of it.
            let apart = apart && before.matches('(').count() <= before.matches(')').count();
            let number = after.starts_with(|first: char| first.is_ascii_digit());
            if apart && number && found.is_none_or(|(first, _)| at < first) {
                found = Some((at, rest.len() - after.len()));
            }
        }
    }
    found.map(|(at, second)| (rest[..at].trim(), &rest[second..]))
}

/// `500 kg ± 10 %`, `500 ± 50 kg` and `500 kg +/- 50 kg`.
pub(super) fn tolerance(first: Decimal, rest: &str, marks: Marks) -> Result<Option<Ends>, QuantityError> {
    let Some((unit, after)) =
        ["±", "+/-", "+-", "plus ou moins"].iter().find_map(|mark| rest.split_once(mark))
    else {
        return Ok(None);
    };
    let (unit, after) = (unit.trim(), after.trim_start());
    if after.is_empty() {
        return Ok(None);
    }
    let (part, tail) = leading_fraction(after, marks)?;
    let (part, unit) = match tail.strip_prefix('%') {
        Some(tail) => {
            let share = Decimal::parse_plain("0.01").and_then(|hundredth| part.times(hundredth));
            let unit = if unit.is_empty() { tail.trim() } else { unit };
            (share.and_then(|share| share.times(first)), unit)
        }
        None if unit.is_empty() => (Some(part), tail),
        None if is_same_unit(unit, tail) => (Some(part), unit),
        None => (None, unit),
    };
    let ends = part.and_then(|part| first.less(part).zip(first.plus(part)));
    let (low, high) = ends.ok_or(QuantityError::Unreadable)?;
    Ok(Some(Ends::new(low, high, unit)))
}

fn is_same_unit(first: &str, second: &str) -> bool {
    let (first, second) = (split_rate(first).0, split_rate(second).0);
    let known = units::find(first);
    known.is_some()
        && (second.is_empty() || known.map(|unit| unit.code) == units::find(second).map(|unit| unit.code))
}

#[cfg(test)]
mod tests {
    use super::super::quantity::read;
    use super::Decimal;

    #[test]
    fn a_lower_end_that_may_have_lost_its_thousands_is_told() {
        let shortened = |text: &str| read(text).unwrap().shortened.and_then(Decimal::round);
        for (text, low) in [
            ("15 à 20 000 kg", 15_000),
            ("15-20 000 kg", 15_000),
            ("entre 15 et 20 000 kg", 15_000),
            ("5 à 6000 kg/an", 5_000),
            ("1-2000 kg", 1_000),
            ("2 à 300 kg", 200),
            ("12 à 1 500 sacs de 25 kg", 1_200),
            ("100 à 150 000 L", 100_000),
            ("1 à 2 000 000 kg", 1_000_000),
        ] {
            assert_eq!(shortened(text), Some(low), "{text}");
        }
        for text in [
            "15 kg à 20 000 kg",
            "15 000 à 20 000 kg",
            "10 à 500 kg",
            "5 à 50 kg",
            "1 à 100 kg",
            "5 à 500 kg",
            "1,5 à 2000 kg",
            "0 à 2000 kg",
            "3 à 2000 kg",
            "15 à 20 mille kg",
            "500 kg à 2 t",
            "20 000 kg",
        ] {
            assert_eq!(shortened(text), None, "{text}");
        }
    }
}
