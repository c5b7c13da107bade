//! So many containers of so much: `12 barils de 205 L par mois`, `5 bales (400 kg each)`.

use super::beside::is_period;
use super::frequency;
use super::marks::Marks;
use super::number::Decimal;
use super::qualifier;
use super::quantity::{QuantityError, Written, number, read_with, split_rate};
use super::units::{self, Kind};

/// Words for one of them.
const EACH: &[&str] = &[
    "chacune",
    "chacun",
    "chaque",
    "l'unite",
    "par unite",
    "each",
    "apiece",
    "per unit",
    "ch.",
    "ea.",
    "ch",
    "ea",
];

/// What one of so many holds, after their number: `barils de 205 L par mois`, `x 20 kg`, `fois 250 kg`, `sacs à 25 kg`.
/// None when nothing says so. Only with its unit, or `palettes de 48 x 40` would be weighed.
pub(super) fn contents(rest: &str, marks: Marks) -> Option<Result<Written, QuantityError>> {
    let rest = rest.trim();
    let times = ["x", "×", "*", "fois ", "times "];
    if let Some(each) = times.iter().find_map(|times| rest.strip_prefix(*times)) {
        return measured(each.trim_start(), marks).map(Ok);
    }
    let (rest, is_each) = without_each(rest);
    let joints: &[&str] = if is_each {
        &[" de ", " d'", " of ", " a ", " @ ", " at ", " x ", " × ", " * ", "(", ", ", " "]
    } else {
        &[" de ", " d'", " of ", " a ", " @ ", " at ", " x ", " × ", " * "]
    };
    let (container, each) = split(&rest, joints)?;
    let written = unless_a_size(&container, measured(&each, marks)?);
    let rate = split_rate(&container).1.and_then(frequency::find);
    Some(match (rate, written.rate) {
        (Some(_), Some(_)) => Err(QuantityError::Ambiguous),
        (rate, each) => Ok(Written { rate: rate.or(each), ..written }),
    })
}

/// How many a mark behind a mass or volume counts of it, and its unit and frequency without that: `kg x 2/mois`,
/// `kg (x 12)`, `kg x 3 palettes`. `kg/mois x 12` and `kg x 12 mois` may be each month or all of them.
pub(super) fn counted(tail: &str, marks: Marks) -> Option<Result<(Decimal, String), QuantityError>> {
    let (each, behind) = tail.match_indices(['x', '×', '*']).find_map(|(at, mark)| {
        let behind = tail[at + mark.len()..].trim_start();
        behind.starts_with(|next: char| next.is_ascii_digit()).then(|| (tail[..at].trim_end(), behind))
    })?;
    let (each, behind) = match each.strip_suffix('(') {
        Some(each) => (each, behind.replacen(')', "", 1)),
        None => (each, behind.to_owned()),
    };
    let (unit, often) = split_rate(each);
    let known = units::find(unit).filter(|_| units::is_one(unit))?;
    if !matches!(known.kind, Kind::Mass(_) | Kind::Volume(_) | Kind::Ambiguous) {
        return None;
    }
    let (times, rest) = number(&behind, marks).ok()?;
    let is_of_periods = match often {
        Some(often) => {
            frequency::find(often)?;
            true
        }
        None => rest.split(' ').next().is_some_and(is_period),
    };
    if is_of_periods {
        return Some(Err(QuantityError::Counted));
    }
    let (thing, rate) = split_rate(rest);
    let is_thing = thing.is_empty()
        || ["fois", "times"].contains(&thing)
        || units::find(thing).is_some_and(|thing| matches!(thing.kind, Kind::Container | Kind::Count));
    let unit = format!("{unit} {}", rate.unwrap_or_default());
    is_thing.then(|| Ok((times.value, unit.trim_end().to_owned())))
}

/// The mass or volume in a bracket behind a container: of one or of all of them.
pub(super) fn in_bracket(rest: &str, marks: Marks) -> Option<Written> {
    let (container, each) = split(rest, &["("])?;
    Some(unless_a_size(&container, measured(&each, marks)?))
}

/// Whether a bracket behind a mass or a volume says another one: `2 t (1500 kg)`. A tenth apart is how
/// people round.
pub(super) fn is_contradicted((low, high): (Decimal, Decimal), rest: &str, marks: Marks) -> bool {
    let Some((unit, said)) = rest.split_once('(') else { return false };
    let said = said.split(')').next().unwrap_or_default();
    let Some((one, written)) = units::find(unit).zip(measured(said, marks)) else { return false };
    let Some(other) = units::find(&written.unit).filter(|_| written.rate.is_none()) else { return false };
    let ((Kind::Mass(by_one), Kind::Mass(by_other)) | (Kind::Volume(by_one), Kind::Volume(by_other))) =
        (one.kind, other.kind)
    else {
        return false;
    };
    // Tenths of the one against tenths of the other.
    let in_tenths = |value: Decimal, factor: Decimal, tenths: i128| {
        value.times(factor).and_then(|value| value.times(Decimal::whole(tenths)))
    };
    let is_less = |one: Option<Decimal>, other: Option<Decimal>| {
        one.zip(other).is_some_and(|(one, other)| one.compare(other).is_lt())
    };
    is_less(in_tenths(written.high, by_other, 10), in_tenths(low, by_one, 9))
        || is_less(in_tenths(high, by_one, 11), in_tenths(written.low, by_other, 10))
}

/// The size of a bin is not what it is filled with: it stays so many bins, of which is asked.
fn unless_a_size(container: &str, written: Written) -> Written {
    let container = split_rate(container).0;
    let is_code = |text: &str, codes: &[&str]| {
        units::find(text).is_some_and(|unit| codes.contains(&unit.code.as_str()))
    };
    if is_code(container, &["benne", "conteneur"]) && is_code(&written.unit, &["vg3", "m3"]) {
        let one = Decimal::whole(1);
        return Written { low: one, high: one, unit: container.to_owned(), ..written };
    }
    written
}

/// What stands before the first joint, when it is a container or a count, and what stands behind.
fn split(rest: &str, joints: &[&str]) -> Option<(String, String)> {
    joints.iter().find_map(|joint| {
        let (container, each) = rest.split_once(joint)?;
        let kind = units::find(split_rate(container).0)?.kind;
        let each = if *joint == "(" { each.replacen(')', "", 1) } else { each.to_owned() };
        matches!(kind, Kind::Container | Kind::Count).then(|| (container.trim().to_owned(), each))
    })
}

/// A number with a unit of mass or volume.
fn measured(each: &str, marks: Marks) -> Option<Written> {
    if !qualifier::cut(each).1.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let written = read_with(each, marks).ok()?;
    let unit = units::find(&written.unit)?;
    matches!(unit.kind, Kind::Mass(_) | Kind::Volume(_) | Kind::Ambiguous).then_some(written)
}

/// Without `chacune`, `/sac` or `per bale`, and whether something of it was there.
fn without_each(rest: &str) -> (String, bool) {
    let is_letter = |next: Option<char>| next.is_some_and(char::is_alphanumeric);
    for word in EACH {
        for (at, _) in rest.match_indices(word) {
            let (before, after) = (&rest[..at], &rest[at + word.len()..]);
            if !is_letter(before.chars().next_back()) && !is_letter(after.chars().next()) {
                return (format!("{} {}", before.trim_end_matches([' ', '/', ',']), after.trim()), true);
            }
        }
    }
    for joint in ["/", " par ", " per ", " la ", " le "] {
        for (at, _) in rest.match_indices(joint) {
            let behind = rest[at + joint.len()..].trim_start();
            let end = behind.find(|next: char| !next.is_alphabetic()).unwrap_or(behind.len());
            let kind = units::find(&behind[..end]).map(|unit| unit.kind);
            if matches!(kind, Some(Kind::Container | Kind::Count)) {
                return (format!("{}{}", &rest[..at], &behind[end..]), true);
            }
        }
    }
    (rest.to_owned(), false)
}
