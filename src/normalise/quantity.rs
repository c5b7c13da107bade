//! A quantity as written, to kilograms a year.

use super::frequency::{self, Rate};
use super::marks::Marks;
use super::number::{Decimal, NumberError, leading_fraction, plain};
use super::qualifier::{self, Bound};
use super::units::{Kind, Unit};
use super::{density, units, worded};
use crate::model::{Category, FlowType, Mass, State};

/// Kilograms a year that no single flow reaches: ten million tonnes.
const LARGEST_KG: i64 = 10_000_000_000;

/// What a quantity cell says, before units.
#[derive(Debug, Clone)]
pub(super) struct Written {
    /// Lower end.
    pub(super) low: Decimal,
    /// Upper end.
    pub(super) high: Decimal,
    /// Unit beside the number, empty when none.
    pub(super) unit: String,
    /// Frequency beside the number.
    pub(super) rate: Option<Rate>,
    /// The number is an upper bound only.
    pub(super) is_bound: bool,
    /// Words after a `/` or `par` that are no frequency.
    pub(super) unknown_rate: bool,
}

/// Why a quantity gives no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum QuantityError {
    /// Not a quantity.
    Unreadable,
    /// `1,234`.
    Ambiguous,
    /// Below zero.
    Negative,
}

impl From<NumberError> for QuantityError {
    fn from(error: NumberError) -> Self {
        match error {
            NumberError::Unreadable => Self::Unreadable,
            NumberError::Ambiguous => Self::Ambiguous,
        }
    }
}

/// Reads `2 à 3 t/sem`, `environ 500`, `<0,1`, `entre 2 et 3 tonnes par mois`.
pub(super) fn read(text: &str) -> Result<Written, QuantityError> {
    read_with(text, Marks::default())
}

/// The same, where the marks of the column are declared.
pub(super) fn read_with(text: &str, marks: Marks) -> Result<Written, QuantityError> {
    let text = worded::in_digits(plain(text));
    let (bound, body) = qualifier::cut(&text);
    if body.starts_with('(')
        && body.ends_with(')')
        && body[1..].starts_with(|first: char| first.is_ascii_digit())
    {
        return Err(QuantityError::Negative);
    }
    let (first, rest) = leading_fraction(body, marks)?;
    if first.is_negative() {
        return Err(QuantityError::Negative);
    }
    let between = text.starts_with("entre") || text.starts_with("between");
    let packed = contents(rest, marks).is_some();
    let (low, high, tail) = match range(rest, between).filter(|_| !packed) {
        Some((first_unit, second)) => {
            let (second, tail) = leading_fraction(second, marks)?;
            if !same_unit(first_unit, tail) {
                return Err(QuantityError::Unreadable);
            }
            // Nobody writes five to three: it is three, minus, or two columns in one.
            if first.compare(second).is_gt() {
                return Err(QuantityError::Ambiguous);
            }
            (first, second, if tail.is_empty() { first_unit } else { tail })
        }
        None if bound == Bound::AtMost => (Decimal::whole(0), first, rest),
        None => match tolerance(first, rest, marks)? {
            Some((low, high, unit)) => (low, high, unit),
            None => (first, first, rest),
        },
    };
    if let Some(each) = contents(tail, marks) {
        let ends = low.times(each.low).zip(high.times(each.high));
        let (low, high) = ends.ok_or(QuantityError::Unreadable)?;
        return Ok(Written { low, high, is_bound: each.is_bound || bound == Bound::AtMost, ..each });
    }
    let (after, tail) = qualifier::cut_after(tail);
    let is_bound = Bound::AtMost == bound || Bound::AtMost == after;
    let low = if after == Bound::AtMost { Decimal::whole(0) } else { low };
    let (unit, rate_text) = split_rate(tail);
    let rate = rate_text.and_then(frequency::find);
    let unknown_rate = rate_text.is_some() && rate.is_none();
    let (unit, rate) = multiplier(unit, rate);
    let unit = unit.trim().trim_matches(['.', ',', ';', ':']).trim().to_owned();
    Ok(Written { low, high, unit, rate, is_bound, unknown_rate })
}

/// Whether the point of `1.500 t` could group thousands. A person who writes the unit beside the
/// number writes it so; what systems export has its unit elsewhere, and its points are decimal,
/// unless other quantities of the source have decimal `commas`.
pub(super) fn could_group(text: &str, commas: bool) -> bool {
    let text = plain(text);
    let (_, body) = qualifier::cut(&text);
    let Some((whole, rest)) = body.split_once('.') else { return false };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let after = rest[digits..].trim_start();
    (1..=3).contains(&whole.len())
        && whole.bytes().all(|byte| byte.is_ascii_digit())
        && !whole.starts_with('0')
        && digits == 3
        && (after.starts_with(char::is_alphabetic) || commas)
}

/// Whether a quantity has a decimal comma: digits before it, and after it not three, which could
/// be thousands.
pub(super) fn has_decimal_comma(text: &str) -> bool {
    let text = plain(text);
    let Some((whole, rest)) = text.split_once(',') else { return false };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    whole.ends_with(|last: char| last.is_ascii_digit()) && digits > 0 && digits != 3 && !rest.contains(',')
}

/// Splits `t/sem`, `tonnes par mois`, `kg hebdomadaire` or `t an` into unit and frequency.
pub(super) fn split_rate(text: &str) -> (&str, Option<&str>) {
    // What separates stays with the rate: `/ 2 sem` is every second week, `2 sem` is not.
    for separator in
        ["/", " par ", " per ", " a chaque ", " chaque ", " aux ", " tous les ", " toutes les ", " every "]
    {
        if let Some(at) = text.find(separator) {
            return (text[..at].trim(), Some(text[at..].trim()));
        }
    }
    if ["par ", "per ", "chaque ", "aux ", "tous les ", "toutes les ", "every "]
        .iter()
        .any(|start| text.starts_with(start))
    {
        return ("", Some(text));
    }
    if units::find(text).is_none()
        && let Some((unit, rate)) = text.trim().rsplit_once(' ')
        && frequency::find(rate).is_some()
    {
        return (unit.trim(), Some(rate));
    }
    (text.trim(), None)
}

/// The unit and the rate that a unit cell or heading gives.
pub(super) fn unit_and_rate(text: &str) -> (String, Option<Rate>, bool) {
    let text = plain(text);
    let (unit, rate_text) = split_rate(&text);
    let rate = rate_text.and_then(frequency::find);
    let unknown = rate_text.is_some() && rate.is_none();
    (unit.to_owned(), rate, unknown)
}

/// `500 kg ± 10 %`, `500 ± 50 kg` and `500 kg +/- 50 kg`: both ends, and the unit.
fn tolerance(
    first: Decimal,
    rest: &str,
    marks: Marks,
) -> Result<Option<(Decimal, Decimal, &str)>, QuantityError> {
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
        None if same_unit(unit, tail) => (Some(part), unit),
        None => (None, unit),
    };
    let ends = part.and_then(|part| first.less(part).zip(first.plus(part)));
    let (low, high) = ends.ok_or(QuantityError::Unreadable)?;
    Ok(Some((low, high, unit)))
}

/// What one of so many holds: `barils de 205 L par mois`, `x 20 kg`. Only with its unit, or
/// `palettes de 48 x 40` would be weighed.
fn contents(rest: &str, marks: Marks) -> Option<Written> {
    let rest = rest.trim();
    let each = match rest.strip_prefix(['x', '×', '*']) {
        Some(each) => each.trim_start(),
        None => container(rest)?,
    };
    let number = qualifier::cut(each).1;
    if !number.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let written = read_with(each, marks).ok()?;
    let unit = units::find(&written.unit)?;
    matches!(unit.kind, Kind::Mass(_) | Kind::Volume(_) | Kind::Ambiguous).then_some(written)
}

/// What follows a container and its `de`.
fn container(text: &str) -> Option<&str> {
    [" de ", " d'", " of "].iter().find_map(|joint| {
        let (container, each) = text.split_once(joint)?;
        let kind = units::find(container)?.kind;
        matches!(kind, Kind::Container | Kind::Count).then_some(each)
    })
}

/// Whether a unit cell says what one container holds: `sacs de 25 kg`.
pub(super) fn is_packed(unit: &str, marks: Marks) -> bool {
    contents(&plain(unit), marks).is_some()
}

/// Finds the second end of a range: gives what stands between (a unit) and the second number on.
fn range(rest: &str, between: bool) -> Option<(&str, &str)> {
    let mut found: Option<(usize, usize)> = None;
    for separator in ["a ", "-", "et ", "to ", "and ", "..", "ou ", "@ "] {
        if matches!(separator, "et " | "and ") && !between {
            continue;
        }
        for (at, _) in rest.match_indices(separator) {
            let before = &rest[..at];
            let after = rest[at + separator.len()..].trim_start_matches('.').trim_start();
            let word = separator.ends_with(' ');
            let apart = !word || before.is_empty() || before.ends_with(' ');
            let number = after.starts_with(|first: char| first.is_ascii_digit());
            if apart && number && found.is_none_or(|(first, _)| at < first) {
                found = Some((at, rest.len() - after.len()));
            }
        }
    }
    found.map(|(at, second)| (rest[..at].trim(), &rest[second..]))
}

/// Whether both ends of a range are in one unit: `2 t à 3 t`, `2 à 3 t`, but not `10 m3 - 5 t`.
fn same_unit(first: &str, second: &str) -> bool {
    let (first, second) = (split_rate(first).0, split_rate(second).0);
    if first.is_empty() {
        return true;
    }
    let known = units::find(first);
    known.is_some()
        && (second.is_empty() || known.map(|unit| unit.code) == units::find(second).map(|unit| unit.code))
}

/// `kg 2x` before `/semaine`: the count belongs to the frequency.
fn multiplier(unit: &str, rate: Option<Rate>) -> (&str, Option<Rate>) {
    let Some(known) = rate else { return (unit, rate) };
    for mark in [" fois", "fois", " x", "x"] {
        if let Some(head) = unit.strip_suffix(mark) {
            let (before, count) = head.rsplit_once(' ').unwrap_or(("", head));
            if let Some(times) = frequency::multiplied(known, count) {
                return (before, Some(times));
            }
        }
    }
    (unit, rate)
}

/// What became of a quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weighed {
    /// Kilograms a year.
    Known(Mass),
    /// Not a mass; nothing is wrong.
    NotMass,
    /// A volume or count of something without density.
    NoDensity,
    /// A unit without one meaning.
    Ambiguous,
    /// Toxic equivalents.
    Toxicity,
    /// More than any company moves.
    OutOfRange,
}

/// Kilograms a year of a quantity in a unit at a rate.
pub(super) fn weigh(
    written: &Written,
    unit: &Unit,
    rate: Rate,
    category: Option<Category>,
    flow_type: FlowType,
    (description, state): (&str, Option<State>),
) -> Weighed {
    let subject = if flow_type == FlowType::Water { Some("eau") } else { category.map(Category::code) };
    let category = if flow_type == FlowType::Water { "" } else { subject.unwrap_or("?") };
    let (low_factor, high_factor) = match unit.kind {
        Kind::Mass(kg) => (kg, kg),
        Kind::Volume(cubic_metres) => {
            let text = if flow_type == FlowType::Water { "eau" } else { description };
            let Some((low, high)) = density::find(category, "m3", text, state) else {
                return Weighed::NoDensity;
            };
            match (low.times(cubic_metres), high.times(cubic_metres)) {
                (Some(low), Some(high)) => (low, high),
                _ => return Weighed::OutOfRange,
            }
        }
        Kind::Count => match density::find(category, &unit.code, description, state) {
            Some(each) => each,
            None => return Weighed::Ambiguous,
        },
        Kind::NotMass => return Weighed::NotMass,
        Kind::Ambiguous | Kind::Container => return Weighed::Ambiguous,
        Kind::Toxicity => return Weighed::Toxicity,
    };
    mass(written, low_factor, high_factor, rate).map_or(Weighed::OutOfRange, Weighed::Known)
}

fn mass(written: &Written, low_factor: Decimal, high_factor: Decimal, rate: Rate) -> Option<Mass> {
    let low = written.low.times(low_factor)?.times(rate.times)?;
    let high = written.high.times(high_factor)?.times(rate.times)?;
    let best = low.middle(high)?;
    let (low, best, high) = (low.round()?, best.round()?, high.round()?);
    if high > LARGEST_KG {
        return None;
    }
    Mass::new(low, best, high)
}

#[cfg(test)]
mod tests {
    use super::{QuantityError, Rate, Weighed, could_group, has_decimal_comma, read, weigh};
    use crate::model::{Category, FlowType, Frequency};
    use crate::normalise::units;
    use proptest::prelude::{prop_assert, proptest};

    fn kg(text: &str) -> Option<(i64, i64, i64)> {
        let written = read(text).unwrap();
        let unit = units::find(&written.unit).unwrap();
        let rate = written.rate.unwrap_or(Rate::of(Frequency::Yearly));
        match weigh(&written, &unit, rate, Some(Category::Wood), FlowType::Material, ("copeaux", None)) {
            Weighed::Known(mass) => Some((mass.low_kg(), mass.best_kg(), mass.high_kg())),
            _ => None,
        }
    }

    #[test]
    fn quantities_become_exact_kilograms_a_year() {
        assert_eq!(kg("2 à 3 t/sem"), Some((104_000, 130_000, 156_000)));
        assert_eq!(kg("2-3 t/an"), Some((2_000, 2_500, 3_000)));
        assert_eq!(kg("entre 2 et 3 tonnes par mois"), Some((24_000, 30_000, 36_000)));
        assert_eq!(kg("environ 500 kg"), Some((500, 500, 500)));
        assert_eq!(kg("<0,1 t"), Some((0, 50, 100)));
        assert_eq!(kg("~ 1 234,56 kg"), Some((1_235, 1_235, 1_235)));
        assert_eq!(kg("100 lb"), Some((45, 45, 45)));
        assert_eq!(kg("1 tonne courte"), Some((907, 907, 907)));
        assert_eq!(kg("200 kg 2x/semaine"), Some((20_800, 20_800, 20_800)));
        assert_eq!(kg("2 t à 3 t"), Some((2_000, 2_500, 3_000)));
        assert_eq!(kg("10 vg³"), Some((1_361, 2_495, 3_629)));
        assert_eq!(kg("500 kg (estimé)"), Some((500, 500, 500)));
        assert_eq!(kg("500 kg ± 10 %"), Some((450, 500, 550)));
        assert_eq!(kg("500 ± 50 kg/mois"), Some((5_400, 6_000, 6_600)));
        assert_eq!(kg("500 kg environ"), Some((500, 500, 500)));
        assert_eq!(kg("500 kg max."), Some((0, 250, 500)));
        assert_eq!(kg("+/- 500 kg"), Some((500, 500, 500)));
        assert_eq!(kg("± 500 kg par mois"), Some((6_000, 6_000, 6_000)));
        assert_eq!(kg("une dizaine de tonnes"), Some((10_000, 10_000, 10_000)));
        assert_eq!(kg("une tonne et demie"), Some((1_500, 1_500, 1_500)));
    }

    #[test]
    fn so_many_containers_hold_so_many_times_what_one_does() {
        assert_eq!(kg("12 sacs de 25 kg"), Some((300, 300, 300)));
        assert_eq!(kg("10 à 12 sacs de 20 à 25 kg par semaine"), Some((10_400, 13_000, 15_600)));
        assert_eq!(kg("6 x 20 kg"), Some((120, 120, 120)));
        assert_eq!(kg("4 palettes d'environ 500 kg / mois"), Some((24_000, 24_000, 24_000)));
        assert_eq!(kg("une dizaine de barils de 100 kg"), Some((1_000, 1_000, 1_000)));
        assert_eq!(kg("moins de 4 sacs de 25 kg"), Some((0, 50, 100)));
        assert_eq!(read("12 barils de 205 L").unwrap().unit, "l");
        assert_eq!(read("12 barils de 55 gallons").unwrap().unit, "gallons", "which gallon is asked");
        assert_eq!(read("12 barils").unwrap().unit, "barils");
        assert_eq!(read("20 palettes de 48 x 40").unwrap().unit, "palettes de 48 x 40");
        assert_eq!(read("500 kg de 2 sortes").unwrap().unit, "kg de 2 sortes");
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        assert_eq!(read("-5 t").unwrap_err(), QuantityError::Negative);
        assert_eq!(read("10 m3 - 5 t").unwrap_err(), QuantityError::Unreadable);
        assert_eq!(read("beaucoup").unwrap_err(), QuantityError::Unreadable);
        assert_eq!(read("1,234 t").unwrap_err(), QuantityError::Ambiguous);
        assert_eq!(read("5-3 t").unwrap_err(), QuantityError::Ambiguous);
        for (text, grouped) in [
            ("1.500 t", true),
            ("environ 12.000 kg", true),
            ("0.125 t", false),
            ("1.500", false),
            ("1.25 t", false),
        ] {
            assert_eq!(could_group(text, false), grouped, "{text}");
        }
        assert!(could_group("1.500", true) && !could_group("1.25", true) && !could_group("0.500", true));
        for (text, comma) in
            [("2,5", true), ("3,75 t", true), ("1,500", false), ("1.5", false), ("1,234,5", false)]
        {
            assert_eq!(has_decimal_comma(text), comma, "{text}");
        }
        assert_eq!(kg("3 gallons"), None);
        assert_eq!(kg("999999999999 t"), None);
    }

    proptest! {
        #[test]
        fn intervals_are_ordered(low in 0_u32..1_000_000, width in 0_u32..1_000_000, unit in "kg|t|lb|vg3|m3|gal us") {
            let (low, high) = (f64::from(low) / 8.0, f64::from(low) / 8.0 + f64::from(width));
            if let Some((low, best, high)) = kg(&format!("{low:.4} à {high:.4} {unit}")) {
                prop_assert!(low <= best && best <= high);
            }
        }
    }
}
