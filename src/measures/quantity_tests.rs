//! Amounts in the notations of people, one by one.

use super::number::Decimal;
use super::quantity::{QuantityError, could_group, has_decimal_comma, read};
use super::units;

#[test]
fn what_cannot_be_read_says_why() {
    assert_eq!(read("-5 t").unwrap_err(), QuantityError::Negative);
    assert_eq!(read("10 m3 - 5 t").unwrap_err(), QuantityError::Unreadable);
    // What is longer than any amount is not taken apart.
    assert_eq!(read(&"5 t 1 t ".repeat(5_000)).unwrap_err(), QuantityError::Unreadable);
    assert_eq!(read("beaucoup").unwrap_err(), QuantityError::Unreadable);
    assert_eq!(read("1e400").unwrap_err(), QuantityError::Unreadable);
    assert_eq!(read("+5 t").unwrap().high.round(), Some(5));
    for doubtful in [
        "1,234 t",
        "5-3 t",
        "2 t à 500 kg",
        "2 t/mois à 3 t/an",
        "2 fois par mois 500 kg/sem",
        "30 $/t",
        "30$/tonne",
        "6² t",
        "6¹",
        "10³ kg",
        "03/07 t",
        "8..8 t",
        "8-? t",
        "8 à ? t",
        "8-",
        "100- kg",
        "5- t",
        "5 t-",
        "5 t/an -",
        "12- sacs de 25 kg",
        "5 t?",
        "5? t",
        "5 t (?)",
        "2 t de moins par mois",
        "5 t de plus qu'avant",
        "12 t de plus par an",
        "5 t more than before",
        "3 t less a month",
        "1200 (≠ #,##0.0,)",
        // Each, or all of them?
        "5 balles (2000 kg)",
        "2 t (1500 kg)",
        "1 à 2 t (500 kg)",
    ] {
        assert_eq!(read(doubtful).unwrap_err(), QuantityError::Ambiguous, "{doubtful}");
    }
    for (text, grouped) in [
        ("1.500 t", true),
        ("environ 12.000 kg", true),
        ("0.125 t", false),
        ("1.500", false),
        ("1.25 t", false),
        ("1.234.567 t", false),
    ] {
        assert_eq!(could_group(text, false), grouped, "{text}");
    }
    assert!(could_group("1.500", true) && !could_group("1.25", true) && !could_group("0.500", true));
    assert!(!could_group("1.234.567", true) && !could_group("1.234,5", true));
    for (text, comma) in
        [("2,5", true), ("3,75 t", true), ("1,500", false), ("1.5", false), ("1,234,5", false)]
    {
        assert_eq!(has_decimal_comma(text), comma, "{text}");
    }
}

#[test]
fn a_lower_end_is_told_and_has_no_invented_upper_one() {
    for text in [
        ">100",
        "≥ 100",
        "au moins 100",
        "plus de 100",
        "100 et plus",
        "min. 100",
        "over 100",
        "100+ t/an",
        "100 t+",
    ] {
        let written = read(text).unwrap();
        let told = (written.low.round(), written.high.round(), written.is_bound, written.is_least);
        assert_eq!(told, (Some(100), Some(100), true, true), "{text}");
    }
    for text in ["5 t et plus", "5 t ou plus", "plus de 5 t", "5 t or more"] {
        assert!(read(text).unwrap().is_least, "{text}");
    }
    assert!(read("4 sacs de plus de 25 kg").unwrap().is_least);
    assert_eq!(read("5-t").unwrap().high.round(), Some(5), "a hyphen is no minus");
    for text in ["<100", "at most 100", "moins d'une tonne", "under 100 kg"] {
        let written = read(text).unwrap();
        let told = (written.low.round(), written.is_bound, written.is_least);
        assert_eq!(told, (Some(0), true, false), "{text}");
    }
    // The words of a range say nothing of its ends.
    assert!(!read("plus de 2 à 3 t").unwrap().is_bound);
    assert!(read("au moins 4 sacs de 25 kg").unwrap().is_least);
}

#[test]
fn a_limit_may_stand_between_the_unit_and_the_frequency() {
    for (text, low, is_least) in [
        ("10 t max/an", 0, false),
        ("10 t max. par an", 0, false),
        ("10 t ou moins par an", 0, false),
        ("10 t ou plus par an", 10, true),
        ("10 t et plus/an", 10, true),
    ] {
        let written = read(text).unwrap();
        let ends = (written.low.round(), written.high.round(), written.is_bound, written.is_least);
        assert_eq!(ends, (Some(low), Some(10), true, is_least), "{text}");
        assert_eq!((written.unit.as_str(), written.rate.is_some()), ("t", true), "{text}");
    }
    let about = read("10 t (environ) par an").unwrap();
    assert_eq!((about.unit.as_str(), about.low.round(), about.is_bound), ("t", Some(10), false));
    assert_eq!(read("10 t min. par an max").unwrap_err(), QuantityError::Ambiguous);
}

#[test]
fn a_fraction_that_could_be_a_range_lists_its_choices() {
    for text in ["5/10 t/an", "env. 2/4 t", "1 à 2/4 t"] {
        assert_eq!(read(text).unwrap_err(), QuantityError::NotReduced, "{text}");
    }
    let (fr, en) = QuantityError::NotReduced.choices();
    assert!(fr.contains("intervalle") && en.contains("range"));
}

#[test]
fn a_number_times_a_power_of_ten_is_that_number() {
    for text in ["4 x 10³ kg", "4 × 10^3 kg", "4×10³ kg"] {
        assert_eq!(read(text).unwrap().high.round(), Some(4_000), "{text}");
    }
    assert_eq!(read("12 m³").unwrap().unit, "m3");
    assert_eq!(read("12 vg³/an").unwrap().high.round(), Some(12));
}

#[test]
fn an_amount_is_counted_by_what_stands_behind_it() {
    for (text, unit, least, most, is_often) in [
        ("500 kg x 2", "kg", 1_000, 1_000, false),
        ("500kgx2", "kg", 1_000, 1_000, false),
        ("500 kg × 2/mois", "kg", 1_000, 1_000, true),
        ("500 kg (x 12)", "kg", 6_000, 6_000, false),
        ("500 kg x 2 fois par mois", "kg", 1_000, 1_000, true),
        ("10-12 kg * 3 palettes par an", "kg", 30, 36, true),
        ("3 palettes x 400 kg", "kg", 1_200, 1_200, false),
        ("2 x 500 kg", "kg", 1_000, 1_000, false),
        ("4 fois 250 kg par an", "kg", 1_000, 1_000, true),
        ("2 times 500 kg a month", "kg", 1_000, 1_000, true),
    ] {
        let written = read(text).unwrap();
        let ends = (written.low.round(), written.high.round());
        assert_eq!((written.unit.as_str(), ends), (unit, (Some(least), Some(most))), "{text}");
        assert_eq!((written.rate.is_some(), written.unknown_rate), (is_often, false), "{text}");
    }
    // So many of what, or for how long?
    for text in ["500 kg x 12 mois", "500 kg/mois x 12", "10 kg/jour x 5 jours"] {
        assert_eq!(read(text).unwrap_err(), QuantityError::Counted, "{text}");
    }
    for text in ["500 kg x 2 x 3", "5 m x 2"] {
        assert!(units::find(&read(text).unwrap().unit).is_none(), "{text}");
    }
    for text in ["500 kg (48 x 40)", "5 t de 2 x 4"] {
        assert!(read(text).unwrap().high.round() < Some(1_000), "{text}");
    }
}

#[test]
fn parts_of_one_and_short_frequencies_are_read() {
    let hundredths =
        |text: &str| read(text).unwrap().high.times(Decimal::whole(100)).and_then(Decimal::round);
    for (text, value) in [
        ("trois quarts de tonne par mois", 75),
        ("un quart de tonne", 25),
        ("une tonne et quart par mois", 125),
        ("2 tonnes et trois quarts", 275),
        ("une tonne et trois quarts", 175),
        ("two and a quarter tonnes", 225),
    ] {
        assert_eq!(hundredths(text), Some(value), "{text}");
    }
    for (text, unit, times) in
        [("10 tpa", "t", 1), ("10 kgpj", "kg", 260), ("10 t p.a.", "t", 1), ("12 t métriques/an", "t", 1)]
    {
        let written = read(text).unwrap();
        assert_eq!(units::find(&written.unit).unwrap().code, unit, "{text}");
        assert_eq!(written.rate.and_then(|rate| rate.times.round()), Some(times), "{text}");
    }
    assert!(units::find(&read("10 GPa").unwrap().unit).is_none());
}

#[test]
fn the_size_of_a_bin_is_not_what_it_is_filled_with() {
    for (text, unit) in [
        ("une benne de 20 vg³", "benne"),
        ("2 conteneurs de 40 vg³ par mois", "conteneurs"),
        ("1 benne (20 m³)", "benne"),
    ] {
        assert_eq!(read(text).unwrap().unit, unit, "{text}");
    }
    assert_eq!(read("2 conteneurs de 40 vg³ par mois").unwrap().high.round(), Some(2));
    assert_eq!(read("2 bennes de 5 t").unwrap().unit, "t");
}

#[test]
fn so_many_containers_keep_the_unit_of_what_one_holds() {
    assert_eq!(read("12 barils de 205 L").unwrap().unit, "l");
    assert_eq!(read("12 barils de 55 gallons").unwrap().unit, "gallons", "which gallon is asked");
    assert_eq!(read("12 barils").unwrap().unit, "barils");
    let one = read("1 voyage (12 t)/mois").unwrap();
    assert_eq!((one.unit.as_str(), one.high.round(), one.rate.is_some()), ("t", Some(12), true));
    assert_eq!(read("20 palettes de 48 x 40").unwrap().unit, "palettes de 48 x 40");
    assert_eq!(read("500 kg de 2 sortes").unwrap().unit, "kg de 2 sortes");
}
