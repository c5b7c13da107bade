//! Every generated value, in every notation that people use, comes back exact.

use super::weighing::{Weighed, weigh};
use super::{dates, identifiers};
use crate::measures::frequency::Rate;
use crate::measures::number::plain;
use crate::measures::quantity::{QuantityError, read};
use crate::measures::units;
use crate::model::{Category, Cell, FlowType, Frequency};
use chrono::{Datelike as _, Days, NaiveDate};
use proptest::prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};
use proptest::sample::select;

/// Kilograms of one unit, in thousandths.
const UNITS: &[(&str, i128)] = &[
    ("kg", 1_000),
    (" kg", 1_000),
    ("\u{a0}kg", 1_000),
    (" KG", 1_000),
    (" kilogrammes", 1_000),
    ("t", 1_000_000),
    (" t", 1_000_000),
    (" tonnes", 1_000_000),
    ("\u{202f}tonnes métriques", 1_000_000),
    (" g", 1),
];
const ABOUT: &[&str] =
    &["", "environ ", "env. ", "~", "~ ", "± ", "≈", "about ", "Environ\u{a0}", "approx. ", "à peu près "];

/// Numbers with their French words.
const IN_WORDS: &[(i128, &str)] = &[
    (2, "deux"),
    (5, "cinq"),
    (12, "douze"),
    (21, "vingt et un"),
    (80, "quatre-vingts"),
    (97, "quatre-vingt-dix-sept"),
    (200, "deux cents"),
    (1_500, "mille cinq cents"),
    (3_000, "trois mille"),
];

/// How thousands are set apart and what stands before decimals.
#[derive(Debug, Clone, Copy)]
struct Notation {
    thousands: &'static str,
    decimal: char,
}

fn notations() -> impl Strategy<Value = Notation> {
    let spaces = select(vec!["", " ", "\u{a0}", "\u{202f}", "\u{2009}", "'", "’"]);
    prop_oneof![
        (spaces, select(vec![',', '.'])).prop_map(|(thousands, decimal)| Notation { thousands, decimal }),
        Just(Notation { thousands: ".", decimal: ',' }),
        Just(Notation { thousands: ",", decimal: '.' }),
    ]
}

/// A number of thousandths; none when the text would have two meanings.
fn written(thousandths: i64, notation: Notation) -> Option<String> {
    let (whole, rest) = (thousandths / 1_000, thousandths % 1_000);
    let digits = whole.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push_str(notation.thousands);
        }
        text.push(digit);
    }
    let grouped = text.len() > digits.len();
    let decimals = format!("{rest:03}");
    let decimals = decimals.trim_end_matches('0');
    let marks = [",", "."].contains(&notation.thousands);
    if decimals.is_empty() {
        // One group behind a comma or point alone could be decimals.
        return (!marks || digits.len() < 4 || digits.len() > 6).then_some(text);
    }
    let ambiguous =
        notation.decimal == ',' && !grouped && decimals.len() == 3 && whole > 0 && digits.len() <= 3;
    (!ambiguous).then(|| format!("{text}{}{decimals}", notation.decimal))
}

fn kilograms(text: &str) -> Result<Option<(i64, i64, i64)>, QuantityError> {
    let written = read(text)?;
    let Some(unit) = units::find(&written.unit) else { return Ok(None) };
    let rate = written.rate.unwrap_or(Rate::of(Frequency::Yearly));
    Ok(match weigh(&written, &unit, rate, Some(Category::Wood), FlowType::Material, ("", None)) {
        Weighed::Known(mass) => Some((mass.low_kg(), mass.best_kg(), mass.high_kg())),
        _ => None,
    })
}

/// Millionths of a kilogram (or of half of one, over two) to whole kilograms, halves up.
fn whole(millionths: i128, over: i128) -> i64 {
    let divisor = 1_000_000 * over;
    i64::try_from((millionths * 2 + divisor).div_euclid(divisor * 2)).unwrap()
}

proptest! {
    #[test]
    fn a_quantity_comes_back_exact_in_every_notation(
        thousandths in prop_oneof![0_i64..10_000_000, 0_i64..9_000_000_000],
        notation in notations(),
        about in select(ABOUT),
        (unit, factor) in select(UNITS),
    ) {
        let Some(number) = written(thousandths, notation) else { return Ok(()) };
        let exact = whole(i128::from(thousandths) * factor, 1);
        let text = format!("{about}{number}{unit}");
        prop_assert_eq!(kilograms(&text), Ok(Some((exact, exact, exact))), "{}", text);
        let low = whole(0, 1);
        let half = whole(i128::from(thousandths) * factor, 2);
        for at_most in ["<", "< ", "≤", "<=", "moins de ", "max. ", "jusqu’à ", "Moins de "] {
            let text = format!("{at_most}{number}{unit}");
            prop_assert_eq!(kilograms(&text), Ok(Some((low, half, exact))), "{}", text);
        }
    }

    #[test]
    fn a_range_comes_back_exact_with_its_middle(
        (low, more) in (0_i64..5_000_000, 1_i64..5_000_000),
        notation in notations(),
        between in select(vec![(" à ", "", ""), ("-", "", ""), (" - ", "", ""), (" – ", "", ""), ("…", "", ""),
            (" to ", "", ""), (" à ", "de ", ""), (" et ", "entre ", ""), (" and ", "between ", ""), (" à ", "", " kg")]),
        rate in select(vec![("", 1_i128), ("/an", 1), (" par mois", 12), ("/sem", 52), (" par trimestre", 4), ("/jour", 260)]),
    ) {
        let (Some(first), Some(second)) = (written(low, notation), written(low + more, notation)) else { return Ok(()) };
        let (separator, before, unit) = between;
        let text = format!("{before}{first}{unit}{separator}{second} kg{}", rate.0);
        let (low, high) = (i128::from(low) * 1_000 * rate.1, i128::from(low + more) * 1_000 * rate.1);
        let expected = (whole(low, 1), whole(low + high, 2), whole(high, 1));
        prop_assert_eq!(kilograms(&text), Ok(Some(expected)), "{}", text);
    }

    #[test]
    fn fractions_come_back_exact(
        above in 1_i128..10, below in 2_i128..17, whole_part in 0_i128..2_000, (unit, factor) in select(UNITS),
    ) {
        let is_reduced = (2..=above).all(|divisor| above % divisor != 0 || below % divisor != 0);
        if above >= below || (whole_part == 0 && !is_reduced) { return Ok(()) }
        let text = match whole_part {
            0 => format!("{above}/{below}{unit}"),
            whole_part => format!("{whole_part} {above}/{below}{unit}"),
        };
        // Millionths times the denominator stay whole numbers.
        let exact = whole((whole_part * below + above) * factor * 1_000, below);
        prop_assert_eq!(kilograms(&text), Ok(Some((exact, exact, exact))), "{}", text);
    }

    #[test]
    fn an_amount_that_is_counted_comes_back_exact(
        thousandths in 1_i64..100_000,
        notation in notations(),
        (unit, factor) in select(UNITS),
        count in 1_i128..100,
        (mark, end) in select(vec![(" x ", ""), ("x", ""), (" × ", ""), (" * ", " palettes"), (" (x ", ")")]),
        rate in select(vec![("", 1_i128), ("/an", 1), (" par mois", 12), ("/sem", 52), (" par jour", 260)]),
    ) {
        let Some(number) = written(thousandths, notation) else { return Ok(()) };
        let exact = whole(i128::from(thousandths) * factor * count * rate.1, 1);
        let text = format!("{number}{unit}{mark}{count}{end}{}", rate.0);
        prop_assert_eq!(kilograms(&text), Ok(Some((exact, exact, exact))), "{}", text);
        let text = format!("{count} x {number}{unit}{}", rate.0);
        prop_assert_eq!(kilograms(&text), Ok(Some((exact, exact, exact))), "{}", text);
    }

    #[test]
    fn a_number_in_words_behind_the_same_in_digits_counts_once_and_another_is_in_doubt(
        (number, words) in select(IN_WORDS), (other, _) in select(IN_WORDS), (unit, factor) in select(UNITS),
    ) {
        let exact = whole(number * 1_000 * factor, 1);
        for text in [format!("{number} ({words}) {unit}/an"), format!("{words} ({number}) {unit}/an"),
            format!("{number}{unit} ({words}) par an"), format!("{number}{unit} ({words}{unit}) par an")] {
            prop_assert_eq!(kilograms(&text), Ok(Some((exact, exact, exact))), "{}", text);
        }
        if number != other {
            for text in [format!("{other} ({words}) {unit}"), format!("{words} ({other}) {unit}"), format!("{other}{unit} ({words})")] {
                prop_assert_eq!(kilograms(&text), Err(QuantityError::Twice), "{}", text);
            }
        }
    }

    #[test]
    fn so_often_in_a_part_of_the_year_counts_only_there(
        thousandths in 1_i64..10_000_000, notation in notations(), (unit, factor) in select(UNITS), weeks in 1_i128..53,
        (before, behind) in select(vec![(" par semaine pendant ", " semaines"), ("/sem durant ", " semaines par an"),
            (" a week for ", " weeks"), (" par semaine, ", " semaines par an")]),
    ) {
        let Some(number) = written(thousandths, notation) else { return Ok(()) };
        let exact = whole(i128::from(thousandths) * factor * weeks, 1);
        let text = format!("{number}{unit}{before}{weeks}{behind}");
        prop_assert_eq!(kilograms(&text), Ok(Some((exact, exact, exact))), "{}", text);
    }

    #[test]
    fn a_day_comes_back_in_every_notation(offset in 0_u64..36_524, end in any::<bool>()) {
        let date = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap().checked_add_days(Days::new(offset)).unwrap();
        let french = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"];
        let short = ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."];
        let at = date.month0() as usize;
        let (day, year) = (date.day(), date.year());
        let first = if day == 1 { "1er".to_owned() } else { day.to_string() };
        let bare: String = french[at].replace('é', "e").replace('û', "u");
        let texts = [
            date.format("%Y-%m-%d").to_string(),
            date.format("%Y/%m/%d").to_string(),
            date.format("%Y-%m-%dT08:30:00").to_string(),
            date.format("%Y%m%d").to_string(),
            date.format("%B %-d, %Y").to_string(),
            date.format("%-d %b %Y").to_string(),
            format!("{first} {} {year}", french[at]),
            format!("le {first} {} {year}", french[at]),
            format!("{first}\u{a0}{} {year}", bare.to_uppercase()),
            format!("{first} {} {year}", short[at]),
            format!("{day}-{}-{:02}", short[at], year % 100),
        ];
        for text in texts {
            let seen = dates::read(&Cell::text(text.as_str()), end, dates::Style::new(70));
            let seen = seen.map(|read| (read.date, read.ambiguous));
            prop_assert_eq!(seen, Some((Some(date), false)), "{}", text);
        }
        let numbers = dates::read(&Cell::text(date.format("%d/%m/%Y").to_string()), end, dates::Style::new(70)).unwrap();
        // Day and month are told apart only by a day past the twelfth: the rest is said.
        prop_assert_eq!(numbers.date, Some(date));
        prop_assert_eq!(numbers.ambiguous, day <= 12 && day != date.month());
    }

    #[test]
    fn quarters_and_weeks_come_back(year in 1970_i32..2070, quarter in 1_u32..5, week in 1_u32..53) {
        let date = |text: String, end| dates::read(&Cell::text(text), end, dates::Style::new(70)).and_then(|read| read.date);
        let first = NaiveDate::from_ymd_opt(year, quarter * 3 - 2, 1);
        let ordinal = if quarter == 1 { "1er".to_owned() } else { format!("{quarter}e") };
        for text in [format!("T{quarter} {year}"), format!("{year}-T{quarter}"), format!("Q{quarter} {year}"),
            format!("{ordinal} trimestre {year}"), format!("{ordinal} trimestre de {year}"), format!("trimestre {quarter}, {year}")] {
            prop_assert_eq!(date(text.clone(), false), first, "{}", text);
            let last = date(text, true).unwrap();
            prop_assert_eq!((last.month(), last.succ_opt().unwrap().day()), (quarter * 3, 1));
        }
        let monday = NaiveDate::from_isoywd_opt(year, week, chrono::Weekday::Mon);
        for text in [format!("{year}-W{week:02}"), format!("semaine {week} {year}"), format!("S{week} {year}"), format!("sem. {week} de {year}")] {
            prop_assert_eq!(date(text.clone(), false), monday, "{}", text);
        }
    }

    #[test]
    fn an_enterprise_number_comes_back_whole_or_not_at_all(start in select(vec![11_u64, 22, 33, 88]), rest in 0_u64..100_000_000) {
        let digits = format!("{start}{rest:08}");
        let (a, b, c) = (&digits[..4], &digits[4..7], &digits[7..]);
        for text in [digits.clone(), format!("{a} {b} {c}"), format!("{a}-{b}-{c}"), format!("{digits}.0"),
            format!("{a}\u{a0}{b}\u{202f}{c}"), format!("{}.{}E+09", &digits[..1], &digits[1..]), format!("{},{}E9", &digits[..1], &digits[1..])] {
            prop_assert_eq!(identifiers::enterprise_number(&text), Some(digits.clone()), "{}", text);
        }
        for decimals in 1..9 {
            let rounded = format!("{}.{}E+09", &digits[..1], &digits[1..=decimals]);
            prop_assert_eq!(identifiers::enterprise_number(&rounded), None, "{}", rounded);
            prop_assert!(identifiers::is_rounded(&rounded));
        }
    }

    #[test]
    fn no_text_makes_reading_panic(text in "\\PC{0,24}") {
        let _ = kilograms(&text);
        let _ = dates::read(&Cell::text(text.as_str()), true, dates::Style::new(70));
        let _ = identifiers::enterprise_number(&text);
        prop_assert!(plain(&text).len() <= text.len() * 40);
    }
}

#[test]
fn fractions_as_one_character_are_read() {
    for (text, kg) in
        [("½ t", 500), ("1½ t", 1_500), ("2 ¾ t", 2_750), ("⅓ t", 333), ("⅛ t", 125), ("1⁄2 t", 500)]
    {
        assert_eq!(kilograms(text), Ok(Some((kg, kg, kg))), "{text}");
    }
}

#[test]
fn parts_of_a_unit_in_words_are_read() {
    for (text, kg) in [
        ("trois quarts de tonne", 750),
        ("un quart d’une tonne", 250),
        ("deux tiers de tonne", 667),
        ("une tonne et quart", 1_250),
        ("2 tonnes et trois quarts", 2_750),
        ("a quarter tonne", 250),
        ("three quarters of a tonne", 750),
        ("one and a quarter tonnes", 1_250),
        ("entre une demi-tonne et trois quarts de tonne", 625),
    ] {
        assert_eq!(kilograms(text).unwrap().unwrap().1, kg, "{text}");
    }
}

#[test]
fn units_without_one_meaning_list_their_choices() {
    for text in ["2 voyages", "1 benne", "3 conteneurs", "200 gallons", "5 gal", "2 bennes par mois"] {
        let unit = units::find(&read(text).unwrap().unit).unwrap();
        assert_eq!(kilograms(text), Ok(None), "{text}");
        assert!(unit.choices_fr.len() > 10 && unit.choices_en.len() > 10, "{text}");
    }
    assert!(kilograms("200 gallons US").unwrap().is_some());
    assert!(kilograms("200 gallons impériaux").unwrap().is_some());
}

#[test]
fn a_declared_pivot_tells_the_century() {
    let year = |text: &str, pivot| {
        dates::read(&Cell::text(text), false, dates::Style::new(pivot)).unwrap().date.unwrap().year()
    };
    assert_eq!((year("14-03-69", 70), year("14-03-70", 70), year("mars 98", 70)), (2069, 1970, 1998));
    assert_eq!(year("14-03-98", dates::NO_PIVOT), 2098);
}
