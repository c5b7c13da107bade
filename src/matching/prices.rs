//! What transport, treatment, disposal and starting cost: reviewed tables, each row with its source, year
//! and whether it is to be confirmed, and what the settings say instead.
//!
//! Upper ends are rounded up and lower ends down. What no source tells has no row, or one that is open above.

use super::tables;
use crate::config;
use crate::model::{Category, Destination};
use chrono::{Datelike as _, NaiveDate};
use std::sync::LazyLock;

/// Kilograms a year that one trip of a truck of 3.5 to 7.5 t carries: no load of them can be larger.
const SMALL_LOAD_KG: i64 = 3_500;

/// Emissions of a tonne-kilometre and the detour of roads.
const EMISSIONS: &str = include_str!("../../pipelines/reference/transport.csv");
/// Prices of a tonne-kilometre and of a load, and what a load weighs.
const TRANSPORT: &str = include_str!("../../pipelines/reference/tarifs_transport.csv");
/// Levy on disposal by year.
const LEVY: &str = include_str!("../../pipelines/reference/redevance_elimination.csv");
/// Gate fees by destination; their lower end leaves the levy out.
const FEES: &str = include_str!("../../pipelines/reference/tarifs_elimination.csv");
/// Fees of what is hazardous, wherever it goes.
const HAZARDOUS: &str = include_str!("../../pipelines/reference/tarifs_dangereux.csv");
/// Treatment by category, from as it is to a published price.
const TREATMENT: &str = include_str!("../../pipelines/reference/tarifs_traitement.csv");
/// What starting a match costs once.
const START: &str = include_str!("../../pipelines/reference/demarrage.csv");
/// Emissions of making virgin material.
const VIRGIN: &str = include_str!("../../pipelines/reference/matieres_vierges.csv");

/// Lower and upper end.
pub type Interval = (i64, i64);

/// What a haul depends on the load for.
#[derive(Clone, Copy)]
struct Load {
    /// Grams `CO2e` a tonne-kilometre.
    emissions_g: Interval,
    /// Cents of CAD a tonne-kilometre.
    cents_t_km: Interval,
}

struct Tables {
    /// Of what a small truck carries in one trip, and of more.
    small: Load,
    large: Load,
    detour_milli: Interval,
    /// Metres by which the way through an operator whose place is not known is longer.
    operator_m: Interval,
    /// Cents of CAD that a load costs however far it goes.
    load_cents: Interval,
    /// Kilograms of a load where there are several.
    load_kg: Interval,
    /// Year and cents a tonne.
    levies: Vec<(i32, i64)>,
    /// Code of the destination and cents a tonne without levy.
    fees: Vec<(&'static str, i64)>,
    /// Cents a tonne of disposing of what is hazardous.
    hazardous_fee: Interval,
    /// Category and cents a tonne; a category without an upper price is not among them.
    treatment: Vec<(Category, Interval)>,
    /// Cents of CAD, once: of a permit, and of research where it is to be done.
    permit_cents: Interval,
    research_cents: Interval,
    /// Category and kg `CO2e` a tonne.
    virgin: Vec<(Category, Interval)>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let whole = |text: &str| text.parse::<i64>().expect("the embedded table holds whole numbers");
    let named = |rows: &[Vec<&str>], name: &str| {
        let row = rows.iter().find(|row| row[0] == name).expect("the embedded table has the row");
        (whole(row[1]), whole(row[2]))
    };
    let (emissions, transport, start) =
        (tables::rows(EMISSIONS), tables::rows(TRANSPORT), tables::rows(START));
    let by_category = |text: &'static str| -> Vec<(Category, Interval)> {
        tables::rows(text)
            .iter()
            .filter(|row| !row[2].is_empty())
            .map(|row| {
                let category = row[0].parse().expect("the embedded table names a category");
                (category, (whole(row[1]), whole(row[2])))
            })
            .collect()
    };
    let load = |emission: &str, price: &str| Load {
        emissions_g: named(&emissions, emission),
        cents_t_km: named(&transport, price),
    };
    Tables {
        small: load("emissions_petite_charge", "tonne_km_petite_charge"),
        large: load("emissions", "tonne_km"),
        detour_milli: named(&emissions, "detour"),
        operator_m: named(&emissions, "detour_exploitant"),
        load_cents: named(&transport, "charge"),
        load_kg: named(&transport, "masse_charge"),
        levies: tables::rows(LEVY)
            .iter()
            .filter_map(|row| Some((i32::try_from(whole(row[0])).ok()?, whole(row[1]))))
            .collect(),
        fees: tables::rows(FEES).iter().map(|row| (row[0], whole(row[1]))).collect(),
        hazardous_fee: named(&tables::rows(HAZARDOUS), "dangereux"),
        treatment: by_category(TREATMENT),
        permit_cents: named(&start, "permis"),
        research_cents: named(&start, "recherche"),
        virgin: by_category(VIRGIN),
    }
});

/// The levy on disposal of a year, cents of CAD a tonne; none when it is not known.
pub(super) fn levy_cents_t(year: i32) -> Option<i64> {
    TABLES.levies.iter().find(|(of, _)| *of == year).map(|(_, cents)| *cents)
}

/// What disposal costs a tonne there in the year of `as_of`, cents of CAD: the old municipal fee, without and
/// with the levy, for it is not known which it is; of what is hazardous its own range. Where nobody told where it
/// goes, from nothing to the dearest of them.
pub(super) fn disposal_cents_t(
    destination: Destination,
    is_hazardous: bool,
    as_of: NaiveDate,
) -> Option<Interval> {
    let levy = levy_cents_t(as_of.year())?;
    let fees = || TABLES.fees.iter();
    let fee = fees().find(|(code, _)| *code == destination.code()).map(|(_, fee)| (*fee, fee + levy));
    if destination == Destination::Unknown {
        let municipal = fees().map(|(_, fee)| fee + levy).max()?;
        return Some((0, if is_hazardous { TABLES.hazardous_fee.1 } else { municipal }));
    }
    fee.map(|fee| if is_hazardous { TABLES.hazardous_fee } else { fee })
}

/// Straight metres that a kilogram is carried on the way through an operator whose place is not known, between two
/// sides that lie so far apart: at least what the treatment leaves, from an operator beside the giver; at most all
/// of it, by the detour.
pub(super) fn through_operator_m(metres: i64, least_milli: i64, settings: &config::Matching) -> Interval {
    let (low, high) = settings
        .operator_detour_km
        .map_or(TABLES.operator_m, |[low, high]| (i64::from(low) * 1_000, i64::from(high) * 1_000));
    (scaled(metres.saturating_add(low), least_milli, 1_000), metres.saturating_add(high))
}

/// The road between two places that lie so many metres apart.
pub(super) fn roads_m(metres: i64) -> Interval {
    let (short, long) = TABLES.detour_milli;
    (scaled(metres, short, 1_000), scaled_up(metres, long, 1_000))
}

/// A figure that hangs on the load, over all amounts of an interval: it is larger for a small load, so the
/// lower end is that of the most and the upper end that of the least.
fn by_load((least_kg, most_kg): Interval, pick: fn(Load) -> Interval) -> Interval {
    let of = |kg: i64| pick(if kg <= SMALL_LOAD_KG { TABLES.small } else { TABLES.large });
    (of(most_kg).0, of(least_kg).1)
}

/// Grams `CO2e` a tonne-kilometre for so many kilograms a year.
pub(super) fn emissions_g(kg: Interval) -> Interval {
    by_load(kg, |load| load.emissions_g)
}

/// Cents of CAD a tonne-kilometre for so many kilograms a year.
pub(super) fn transport_cents_t_km(kg: Interval, settings: &config::Matching) -> Interval {
    settings.transport_cents_t_km.map_or_else(|| by_load(kg, |load| load.cents_t_km), of_setting)
}

/// Cents of CAD that a load costs however far it goes.
pub(super) fn load_cents(settings: &config::Matching) -> Interval {
    settings.load_cents.map_or(TABLES.load_cents, of_setting)
}

/// Loads of so many kilograms, the last one perhaps not full.
fn loads(kg: i64, load_kg: i64) -> i64 {
    scaled_up(kg, 1, load_kg)
}

/// What the loads of so many kilograms a year cost, cents of CAD a year.
pub(super) fn loading_cents(kg: Interval, settings: &config::Matching) -> Interval {
    let ((light, heavy), (low, high)) = (TABLES.load_kg, load_cents(settings));
    (low.saturating_mul(loads(kg.0, heavy)), high.saturating_mul(loads(kg.1, light)))
}

/// The same a tonne, over all amounts of the interval: what does not fill a load is dearer. The upper end is
/// open where the amount may be nothing.
pub(super) fn loading_cents_t((least, most): Interval, settings: &config::Matching) -> (i64, Option<i64>) {
    let ((light, heavy), (low, high)) = (TABLES.load_kg, load_cents(settings));
    // Cheapest when all loads are full, where the interval holds such an amount, else at its upper end.
    let full = most / heavy * heavy;
    let cheapest = if full >= least.max(1) {
        scaled(low, 1_000, heavy)
    } else {
        scaled(low.saturating_mul(loads(most, heavy)), 1_000, most)
    };
    if least <= 0 {
        return (cheapest, None);
    }
    // Dearest at the lower end, or with one load more just above the first number of full ones.
    let first = loads(least, light);
    let filled = first.saturating_mul(light);
    let dear = |loads: i64, kg: i64| scaled_up(high.saturating_mul(loads), 1_000, kg);
    let above = if filled < most { dear(first.saturating_add(1), filled) } else { 0 };
    (cheapest, Some(dear(first, least).max(above)))
}

/// Treatment, cents of CAD a tonne: of the settings, else from nothing (as it is) to the published price, or to the
/// dearest published one where the category has none.
pub(super) fn treatment_cents_t(category: Option<Category>, settings: &config::Matching) -> Interval {
    let set = category.and_then(|category| settings.treatment_cents_t.get(category.code()));
    let dearest = || TABLES.treatment.iter().map(|(_, (_, high))| *high).max().unwrap_or(0);
    set.copied().map(of_setting).or_else(|| of(&TABLES.treatment, category)).unwrap_or_else(|| (0, dearest()))
}

/// What one trip of a whole load costs, whatever it holds, cents of CAD: from the load alone to a full one.
pub(super) fn trip_cents((_, long): Interval, settings: &config::Matching) -> Interval {
    let ((low, high), (_, full)) = (load_cents(settings), TABLES.load_kg);
    let (_, dear) = transport_cents_t_km((full, full), settings);
    let driven = i128::from(full) * i128::from(long) * i128::from(dear) / 1_000_000 + 1;
    (low, high.saturating_add(i64::try_from(driven).unwrap_or(i64::MAX)))
}

/// Fixed cost of starting, spread over the years of the settings, cents of CAD a year.
pub(super) fn start_cents(needs_research: bool, settings: &config::Matching) -> Interval {
    let (low, high) = settings.start_cents.map_or_else(
        || {
            let ((low, high), (least, most)) = (TABLES.permit_cents, TABLES.research_cents);
            if needs_research { (low + least, high + most) } else { (low, high) }
        },
        of_setting,
    );
    let years = i64::from(settings.start_years.max(1));
    (scaled(low, 1, years), scaled_up(high, 1, years))
}

/// Emissions of making virgin material, kg `CO2e` a tonne.
pub(super) fn virgin_kg_t(category: Option<Category>) -> Option<Interval> {
    of(&TABLES.virgin, category)
}

fn of(table: &[(Category, Interval)], category: Option<Category>) -> Option<Interval> {
    table.iter().find(|(of, _)| Some(*of) == category).map(|(_, interval)| *interval)
}

fn of_setting([low, high]: [u32; 2]) -> Interval {
    (i64::from(low), i64::from(high))
}

/// `value * by / over`, rounded down; none of them is negative.
pub(super) fn scaled(value: i64, by: i64, over: i64) -> i64 {
    i64::try_from(i128::from(value) * i128::from(by) / i128::from(over.max(1))).unwrap_or(i64::MAX)
}

/// `value * by / over`, rounded up; none of them is negative.
pub(super) fn scaled_up(value: i64, by: i64, over: i64) -> i64 {
    let over = i128::from(over.max(1));
    i64::try_from((i128::from(value) * i128::from(by) + over - 1) / over).unwrap_or(i64::MAX)
}

/// A number of hundredths as people read it: cents as dollars, with this mark before the last two digits.
#[must_use]
pub fn hundredths(number: i64, mark: char) -> String {
    let minus = if number < 0 { "-" } else { "" };
    let number = number.unsigned_abs();
    format!("{minus}{}{mark}{:02}", number / 100, number % 100)
}

#[cfg(test)]
mod tests {
    use super::{
        FEES, HAZARDOUS, START, TRANSPORT, TREATMENT, disposal_cents_t, hundredths, levy_cents_t,
        loading_cents, loading_cents_t, start_cents, tables, through_operator_m, transport_cents_t_km,
        treatment_cents_t,
    };
    use crate::config;
    use crate::model::{Category, Destination};

    #[test]
    fn every_price_says_its_source_year_currency_and_state_or_that_it_is_unknown() {
        for table in [TRANSPORT, START] {
            for row in tables::rows(table) {
                assert!(["lu", "à confirmer"].contains(&row[6]) && !row[7].is_empty() && !row[8].is_empty());
                assert!(!row[4].is_empty() && (row[5] == "CAD" || row[3].starts_with("kg")), "{row:?}");
            }
        }
        let treatment = tables::rows(TREATMENT);
        for row in &treatment {
            let is_told = [row[2], row[3], row[7]].map(|cell| !cell.is_empty());
            assert_eq!(is_told, [row[5] != "inconnu"; 3], "{row:?}");
            assert!(["lu", "à confirmer", "inconnu"].contains(&row[5]) && !row[6].is_empty());
            assert!(["CAD", "EUR"].contains(&row[4]), "{row:?}");
        }
        // Every category of materials has a row, also where it only says that nothing is known.
        for category in Category::ALL.iter().filter(|one| **one != Category::Human) {
            assert!(treatment.iter().any(|row| row[0] == category.code()), "{category:?}");
        }
        assert!(
            [FEES, HAZARDOUS].iter().all(|table| tables::rows(table).iter().all(|row| !row[5].is_empty()))
        );
    }

    #[test]
    fn the_levy_is_that_of_the_year_and_unknown_years_are_unknown() {
        assert_eq!([2023, 2024, 2027].map(levy_cents_t), [Some(3_000), Some(3_200), Some(3_800)]);
        assert_eq!([2020, 2040].map(levy_cents_t), [None, None]);
    }

    #[test]
    fn an_unknown_destination_and_a_hazard_are_ranges_and_what_is_recycled_spares_nothing() {
        let day = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        let of = |destination, is_hazardous| disposal_cents_t(destination, is_hazardous, day);
        assert_eq!(of(Destination::Landfill, false), Some((8_700, 12_300)));
        assert_eq!(of(Destination::Unknown, false), Some((0, 13_200)));
        assert_eq!(of(Destination::Incineration, true), Some((8_700, 200_000)));
        assert_eq!(of(Destination::Unknown, true), Some((0, 200_000)));
        assert_eq!(of(Destination::Recycling, true), None);
    }

    #[test]
    fn the_way_through_an_operator_is_from_what_is_left_to_the_whole_detour() {
        let mut settings = config::Matching::default();
        assert_eq!(through_operator_m(20_000, 300, &settings), (6_000, 120_000));
        settings.operator_detour_km = Some([10, 10]);
        assert_eq!(through_operator_m(20_000, 1_000, &settings), (30_000, 30_000));
    }

    #[test]
    fn money_keeps_its_sign_below_a_dollar() {
        let shown = [-27_005, -5, 0, 123_456].map(|cents| hundredths(cents, ','));
        assert_eq!(shown, ["-270,05", "-0,05", "0,00", "1234,56"]);
    }

    #[test]
    fn a_small_load_is_dearer_a_tonne_and_an_interval_holds_what_each_of_its_amounts_costs() {
        let settings = config::Matching::default();
        let of = |kg: i64| loading_cents_t((kg, kg), &settings);
        // One load of 213 to 414 $, of 1 t; two at most of 10 t; of 100 t seven full ones, or twelve.
        assert_eq!(of(1_000), (21_300, Some(41_400)));
        assert_eq!(of(10_000), (2_130, Some(8_280)));
        assert_eq!(loading_cents((100_000, 100_000), &settings), (149_100, 496_800));
        assert_eq!(transport_cents_t_km((3_500, 3_500), &settings), (36, 111));
        assert_eq!(transport_cents_t_km((3_501, 3_501), &settings), (14, 47));
        assert_eq!(transport_cents_t_km((3_000, 9_000), &settings), (14, 111));
        for (least, most) in [(3_000, 9_000), (8_000, 8_500), (10_000, 40_000), (15_500, 15_500)] {
            let (low, high) = loading_cents_t((least, most), &settings);
            let each: Vec<(i64, i64)> = (least..=most).map(|kg| (of(kg).0, of(kg).1.unwrap())).collect();
            let cheapest = each.iter().map(|one| one.0).min();
            let dearest = each.iter().map(|one| one.1).max().unwrap();
            assert_eq!(cheapest, Some(low), "{least} to {most}");
            // Just above a number of full loads, by less than a kilogram.
            let above = high.unwrap() - dearest;
            assert!((0..=2).contains(&above), "{least} to {most}: {above} more than any amount");
        }
        // Nothing may be carried at all: a tonne may cost anything.
        assert_eq!(loading_cents_t((0, 5_000), &settings), (4_260, None));
    }

    #[test]
    fn settings_say_instead_of_the_tables() {
        let mut settings = config::Matching::default();
        assert_eq!(treatment_cents_t(Some(Category::Wood), &settings), (0, 7_000));
        // Of what has no published price, up to the dearest of the others.
        assert_eq!(treatment_cents_t(Some(Category::Chemical), &settings), (0, 118_600));
        assert_eq!(treatment_cents_t(None, &settings), (0, 118_600));
        // Over five years: of a permit, and of research.
        assert_eq!(start_cents(false, &settings), (0, 40_740));
        assert_eq!(start_cents(true, &settings), (0, 2_040_740));
        settings.transport_cents_t_km = Some([20, 40]);
        settings.load_cents = Some([5_000, 6_000]);
        settings.start_cents = Some([11, 11]);
        settings.treatment_cents_t.insert("produits_chimiques".to_owned(), [1, 2]);
        assert_eq!(transport_cents_t_km((1, 1), &settings), (20, 40));
        assert_eq!(loading_cents((1_000, 1_000), &settings), (5_000, 6_000));
        assert_eq!(start_cents(true, &settings), (2, 3));
        assert_eq!(treatment_cents_t(Some(Category::Chemical), &settings), (1, 2));
    }
}
