//! What stands behind an amount and says another one, or when it holds: `5 t (2 t/mois)`, `3 t/sem (été)`.

use super::frequency::{self, Rate};
use super::marks::Marks;
use super::number::Decimal;
use super::qualifier;
use super::quantity::{QuantityError, number, split_rate};
use super::units::{self, Kind, Unit};

/// Words for a part of the year, or for less than what stands there.
const PARTS_OF_A_YEAR: &[&str] = &[
    "ete",
    "hiver",
    "printemps",
    "automne",
    "estival",
    "estivale",
    "hivernal",
    "hivernale",
    "summer",
    "winter",
    "spring",
    "autumn",
    "fall",
    "seasonal",
    "sauf",
    "except",
];
/// What stands before the one season that is meant; `par saison` is how often.
const OF_SEASONS: &[&str] = &["haute", "basse", "pleine", "en", "hors", "high", "low", "in", "off", "peak"];
const MONTHS: &[&str] = &[
    "janvier",
    "fevrier",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "aout",
    "septembre",
    "octobre",
    "novembre",
    "decembre",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
/// Words of the longest unit that is looked for behind a number.
const LONGEST_UNIT: usize = 3;

/// Whether plain words say that something is so in a part of the year only.
pub(super) fn is_of_a_part(text: &str) -> bool {
    let words: Vec<&str> =
        text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let months = words.iter().filter(|word| MONTHS.contains(word)).count();
    let is_season = |pair: &[&str]| {
        OF_SEASONS.contains(&pair[0]) && matches!(pair[1], "saison" | "saisons" | "season" | "seasons")
    };
    months >= 2 || words.iter().any(|word| PARTS_OF_A_YEAR.contains(word)) || words.windows(2).any(is_season)
}

/// Whether plain words count a period: `6 mois`, `2 voyages/mois`.
fn counts_a_period(text: &str) -> bool {
    let words = || text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    let is_number = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    words().any(is_number) && words().any(is_period)
}

/// Whether a plain word is a period that may be counted.
pub(super) fn is_period(word: &str) -> bool {
    const PERIODS: &[&str] = &[
        "jour",
        "jours",
        "semaine",
        "semaines",
        "sem",
        "mois",
        "trimestre",
        "trimestres",
        "semestre",
        "semestres",
        "an",
        "ans",
        "annee",
        "annees",
        "day",
        "days",
        "week",
        "weeks",
        "month",
        "months",
        "quarter",
        "quarters",
        "year",
        "years",
        "yr",
        "yrs",
    ];
    PERIODS.contains(&word)
}

/// An amount somewhere in a text.
struct Other {
    number: Decimal,
    unit: Unit,
    rate: Option<Rate>,
}

/// Masses and volumes in a plain text, each with its frequency.
fn amounts(text: &str, marks: Marks) -> Vec<Other> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(|letter: char| letter.is_ascii_digit()).map(|start| at + start) {
        // The digit of `m3` or `CO2`.
        if text[..start].ends_with(char::is_alphabetic) {
            at = start + 1;
            continue;
        }
        let Ok((read, rest)) = number(&text[start..], marks) else {
            at = start + 1;
            continue;
        };
        at = (text.len() - rest.len()).max(start + 1);
        if let Some(unit) = leading_unit(rest) {
            let behind = rest.split([',', ';']).next().unwrap_or_default();
            let rate = split_rate(behind.trim_matches(UNSAID)).1.and_then(frequency::find);
            found.push(Other { number: read.value, unit, rate });
        }
    }
    found
}

/// Marks that say nothing at either end.
const UNSAID: [char; 8] = [' ', '.', ',', ';', ':', '(', ')', '+'];

/// The unit of a mass or volume with which a text begins.
fn leading_unit(text: &str) -> Option<Unit> {
    let ends = text.match_indices([' ', '/', ',', ';', ':', ')', '(', '+', '.']).map(|(at, _)| at);
    let ends: Vec<usize> = ends.chain([text.len()]).filter(|end| *end > 0).take(LONGEST_UNIT).collect();
    let named = ends.into_iter().rev().map(|end| &text[..end]).find(|name| units::is_one(name))?;
    units::find(named).filter(|unit| matches!(unit.kind, Kind::Mass(_) | Kind::Volume(_) | Kind::Ambiguous))
}

/// What stands behind an amount, from its unit on, without a bracket that says the same amount again. In doubt
/// where it says another one, a length of time or a part of the year: two people would not read the same.
pub(super) fn undisputed(ends: (Decimal, Decimal), tail: &str, marks: Marks) -> Result<&str, QuantityError> {
    let Some((head, said)) = tail.split_once('(') else {
        let is_plain = amounts(split_rate(tail).0, marks).is_empty();
        return if is_plain { Ok(tail) } else { Err(QuantityError::Ambiguous) };
    };
    let (unit, rate) = split_rate(qualifier::cut_after(head).1);
    let unit = units::find(unit).filter(|_| !unit.trim().is_empty());
    let known = (unit.as_ref(), rate.and_then(frequency::find));
    let pieces = said.split(['(', ')']).map(|piece| piece.trim_matches(UNSAID));
    let told: Vec<Said> =
        pieces.filter(|piece| !piece.is_empty()).map(|piece| said_of(ends, known, piece, marks)).collect();
    if told.contains(&Said::Another) {
        return Err(QuantityError::Ambiguous);
    }
    let is_repeated = !told.is_empty() && told.iter().all(|said| *said == Said::Same);
    Ok(if is_repeated { head.trim_end() } else { tail })
}

/// What a bracket says of the amount before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    /// The same amount.
    Same,
    /// Another one, or when it holds.
    Another,
    /// Something else.
    Else,
}

fn said_of(
    ends: (Decimal, Decimal),
    (unit, rate): (Option<&Unit>, Option<Rate>),
    piece: &str,
    marks: Marks,
) -> Said {
    if frequency::find(piece).is_some() {
        return Said::Else;
    }
    let is_amount = |unit: &&Unit| matches!(unit.kind, Kind::Mass(_) | Kind::Volume(_));
    let named = units::find(piece).filter(|_| units::is_one(piece));
    let both = named.as_ref().filter(is_amount).zip(unit.filter(is_amount));
    if is_of_a_part(piece) || both.is_some_and(|(other, one)| other.code != one.code) {
        return Said::Another;
    }
    let others = amounts(piece, marks);
    let is_same = |other: &Other| unit.is_some_and(|unit| is_alike(ends, (unit, rate), other));
    if others.is_empty() {
        return if counts_a_period(piece) { Said::Another } else { Said::Else };
    }
    if others.iter().all(is_same) { Said::Same } else { Said::Another }
}

/// Whether two amounts are the same within a tenth, each in its unit and with its frequency; what measures
/// something else is compared with nothing.
fn is_alike((low, high): (Decimal, Decimal), (unit, rate): (&Unit, Option<Rate>), other: &Other) -> bool {
    let kinds = (unit.kind, other.unit.kind);
    let ((Kind::Mass(by_one), Kind::Mass(by_other)) | (Kind::Volume(by_one), Kind::Volume(by_other))) = kinds
    else {
        return other.rate.is_none();
    };
    let (by_one, by_other) = match (rate, other.rate) {
        (Some(rate), Some(often)) => (by_one.times(rate.times), by_other.times(often.times)),
        // Also `5 t/mois (5000 kg)`.
        (_, None) => (Some(by_one), Some(by_other)),
        (None, Some(_)) => return false,
    };
    let tenths = |value: Decimal, factor: Option<Decimal>, tenths: i128| {
        value.times(factor?).and_then(|value| value.times(Decimal::whole(tenths)))
    };
    let least = tenths(low, by_one, 9).zip(tenths(other.number, by_other, 10));
    let most = tenths(high, by_one, 11).zip(tenths(other.number, by_other, 10));
    least.is_some_and(|(least, other)| least.compare(other).is_le())
        && most.is_some_and(|(most, other)| most.compare(other).is_ge())
}

#[cfg(test)]
mod tests {
    use super::super::quantity::{QuantityError, read};

    #[test]
    fn another_amount_a_length_of_time_or_a_season_behind_an_amount_is_in_doubt() {
        for text in [
            "7 t (3 t/mois)",
            "7 t (8 mois)",
            "12 t (2023), 15 t (2024)",
            "12 t (2023: 14 t)",
            "6 t (5 t en 2023)",
            "6 t (9 t max)",
            "4 t (19 t humide)",
            "4 t (à valider: 40 t)",
            "9 t (+ 4 t en automne)",
            "9 t (pointe à 14 t)",
            "3 t (lb)",
            "6 t (pour 3 ans)",
            "2 t/sem. (hiver)",
            "2 t/sem (mai à octobre)",
            "2 t/sem (haute saison)",
            "4 t de carton et 2 t de bois",
            "3 t (2 voyages/mois)",
        ] {
            assert_eq!(read(text).unwrap_err(), QuantityError::Ambiguous, "{text}");
        }
    }

    #[test]
    fn the_same_amount_and_plain_remarks_stay_what_they_are() {
        for (text, unit) in [
            ("7 t (7000 kg)", "t"),
            ("2 t/mois (24 t/an)", "t"),
            ("1000 L (1 m³)", "l"),
            ("5 t/mois environ (11 000 lb)", "t"),
            ("12 t (2023)", "t"),
            ("12 t (3 palettes)", "t"),
            ("12 t (par mois)", "t"),
            ("20 palettes (48 po x 40 po)", "palettes"),
            ("12 t (carton)", "t"),
            ("5 m³ (sec)", "m3"),
        ] {
            let read = read(text).unwrap();
            let unit_of = |text: &str| super::units::find(text).map(|unit| unit.code);
            assert_eq!(unit_of(&read.unit), unit_of(unit), "{text}");
        }
    }
}
