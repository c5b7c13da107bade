//! Does a match pay? What its haul emits and what disposal it spares, as intervals.
//!
//! What has no price is unknown, never nothing: without a price of transport the break-even is
//! given the other way round, as the most that a tonne-kilometre may cost.

use crate::config;
use crate::model::{Destination, Flow, Match};
use chrono::{Datelike as _, NaiveDate};
use std::sync::LazyLock;

/// Emissions of a tonne-kilometre and the detour of roads.
const TRANSPORT: &str = include_str!("../../pipelines/reference/transport.csv");
/// Levy on disposal by year.
const LEVY: &str = include_str!("../../pipelines/reference/redevance_elimination.csv");
/// Gate fees by destination; their lower end leaves the levy out.
const FEES: &str = include_str!("../../pipelines/reference/tarifs_elimination.csv");

/// Lower and upper end.
pub type Interval = (i64, i64);

/// What a match would cost and spare in a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Feasibility {
    /// Emissions of the haul, kg `CO2e` a year.
    pub haul_kg_co2e: Option<Interval>,
    /// Disposal spared, cents of CAD a year; none unless the offer goes to disposal today.
    pub spared_cents: Option<Interval>,
    /// Cost of the haul, cents of CAD a year; none without a price in the settings.
    pub haul_cents: Option<Interval>,
    /// Price of disposal from which the haul pays, cents of CAD a tonne.
    pub break_even_cents_t: Option<Interval>,
    /// What a tonne-kilometre may cost at most for the disposal spared to pay the haul, cents of CAD.
    pub affordable_cents_t_km: Option<Interval>,
}

struct Tables {
    emissions_g: Interval,
    detour_milli: Interval,
    /// Year and cents a tonne.
    levies: Vec<(i32, i64)>,
    /// Code of the destination and cents a tonne without levy.
    fees: Vec<(String, i64)>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let rows = |text: &str| -> Vec<Vec<String>> {
        csv::Reader::from_reader(text.as_bytes())
            .into_records()
            .map(|row| row.expect("the embedded table is well-formed").iter().map(str::to_owned).collect())
            .collect()
    };
    let whole = |text: &str| text.parse::<i64>().expect("the embedded table holds whole numbers");
    let transport = rows(TRANSPORT);
    let named = |name: &str| {
        let row = transport.iter().find(|row| row[0] == name).expect("the embedded table has the row");
        (whole(&row[1]), whole(&row[2]))
    };
    Tables {
        emissions_g: named("emissions"),
        detour_milli: named("detour"),
        levies: rows(LEVY)
            .iter()
            .filter_map(|row| Some((i32::try_from(whole(&row[0])).ok()?, whole(&row[1]))))
            .collect(),
        fees: rows(FEES).iter().map(|row| (row[0].clone(), whole(&row[1]))).collect(),
    }
});

/// The levy on disposal of a year, cents of CAD a tonne; none when it is not known.
#[must_use]
pub fn levy_cents_t(year: i32) -> Option<i64> {
    TABLES.levies.iter().find(|(of, _)| *of == year).map(|(_, cents)| *cents)
}

/// What disposal costs a tonne there in the year of `as_of`, cents of CAD: the old municipal fee,
/// without and with the levy, for it is not known which it is.
fn disposal_cents_t(destination: Destination, as_of: NaiveDate) -> Option<Interval> {
    let fee = TABLES.fees.iter().find(|(code, _)| code == destination.code())?.1;
    Some((fee, fee + levy_cents_t(as_of.year())?))
}

/// Intervals of one match. Unknown amounts, distances and prices leave unknown what rests on them.
#[must_use]
pub fn feasibility(
    found: &Match,
    offer: &Flow,
    settings: &config::Matching,
    as_of: NaiveDate,
) -> Feasibility {
    let disposal = disposal_cents_t(offer.destination, as_of);
    let Some(kg) = found.mass_kg else { return Feasibility::default() };
    let spared_cents = disposal.map(|(low, high)| (scaled(kg, low, 1_000), scaled(kg, high, 1_000)));
    let Some(metres) = found.distance_m else {
        return Feasibility { spared_cents, ..Feasibility::default() };
    };
    let (short, long) =
        (scaled(metres, TABLES.detour_milli.0, 1_000), scaled(metres, TABLES.detour_milli.1, 1_000));
    // Tonne-kilometres are kg x m / 10^6; cents or grams of one are whole.
    let haul = |metres: i64, each: i64| {
        let product = i128::from(kg) * i128::from(metres) * i128::from(each) / 1_000_000;
        i64::try_from(product).unwrap_or(i64::MAX)
    };
    let price = settings.transport_cents_t_km;
    Feasibility {
        haul_kg_co2e: Some((
            haul(short, TABLES.emissions_g.0) / 1_000,
            haul(long, TABLES.emissions_g.1) / 1_000,
        )),
        spared_cents,
        haul_cents: price.map(|[low, high]| (haul(short, i64::from(low)), haul(long, i64::from(high)))),
        break_even_cents_t: price
            .map(|[low, high]| (scaled(short, i64::from(low), 1_000), scaled(long, i64::from(high), 1_000))),
        affordable_cents_t_km: disposal
            .filter(|_| short > 0)
            .map(|(low, high)| (scaled(low, 1_000, long), scaled(high, 1_000, short))),
    }
}

/// Headings of the columns that [`cells`] fills, and their widths.
pub(super) const HEADINGS: [(&str, f64); 5] = [
    ("Élimination évitée ($/an)", 16.0),
    ("GES du transport (kg CO2e/an)", 16.0),
    ("Coût du transport ($/an)", 16.0),
    ("Rentable dès une élimination à ($/t)", 16.0),
    ("Transport abordable ($/t.km)", 16.0),
];

/// Intervals as an animator reads them; blank when unknown.
pub(super) fn cells(one: &Feasibility) -> [String; 5] {
    let shown = |interval: Option<Interval>, show: fn(i64) -> String| match interval {
        Some((low, high)) if low == high => show(low),
        Some((low, high)) => format!("{} à {}", show(low), show(high)),
        None => String::new(),
    };
    let dollars: fn(i64) -> String = |cents| format!("{},{:02}", cents / 100, cents % 100);
    [
        shown(one.spared_cents, dollars),
        shown(one.haul_kg_co2e, |kg| kg.to_string()),
        shown(one.haul_cents, dollars),
        shown(one.break_even_cents_t, dollars),
        shown(one.affordable_cents_t_km, dollars),
    ]
}

/// `value * by / over`, rounded down.
fn scaled(value: i64, by: i64, over: i64) -> i64 {
    i64::try_from(i128::from(value) * i128::from(by) / i128::from(over.max(1))).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{day, flow};
    use super::{Feasibility, feasibility, levy_cents_t};
    use crate::config;
    use crate::model::{Destination, Direction, Match, MatchKind};
    use chrono::NaiveDate;

    fn found(mass_kg: Option<i64>, distance_m: Option<i64>) -> Match {
        let offer = flow("1", "a", Direction::Output, "palettes").id;
        Match {
            request: offer.clone(),
            offer,
            kind: MatchKind::Substitution,
            score_milli: 900,
            distance_m,
            mass_kg,
            planned_kg: None,
            parts: [None; 5],
        }
    }

    fn of(mass_kg: Option<i64>, distance_m: Option<i64>, price: Option<[u32; 2]>) -> Feasibility {
        let settings = config::Matching { transport_cents_t_km: price, ..config::Matching::default() };
        feasibility(
            &found(mass_kg, distance_m),
            &flow("1", "a", Direction::Output, "palettes"),
            &settings,
            day(),
        )
    }

    #[test]
    fn ten_tonnes_over_twenty_kilometres_by_hand() {
        let one = of(Some(10_000), Some(20_000), Some([20, 40]));
        // 200 to 300 t.km at 78 to 528 g; 87 to 123 $ a tonne; 20 to 40 cents a t.km.
        assert_eq!(one.haul_kg_co2e, Some((15, 158)));
        assert_eq!(one.spared_cents, Some((87_000, 123_000)));
        assert_eq!(one.haul_cents, Some((4_000, 12_000)));
        assert_eq!(one.break_even_cents_t, Some((400, 1_200)));
        assert_eq!(one.affordable_cents_t_km, Some((290, 615)));
    }

    #[test]
    fn what_is_not_known_stays_unknown_and_is_not_nothing() {
        assert_eq!(of(None, Some(1_000), Some([20, 40])), Feasibility::default());
        let no_price = of(Some(10_000), Some(20_000), None);
        assert_eq!((no_price.haul_cents, no_price.break_even_cents_t), (None, None));
        assert!(no_price.haul_kg_co2e.is_some());
        let no_place = of(Some(10_000), None, Some([20, 40]));
        assert!(no_place.spared_cents.is_some() && no_place.haul_kg_co2e.is_none());
    }

    #[test]
    fn only_what_is_disposed_of_today_spares_disposal() {
        let mut offer = flow("1", "a", Direction::Output, "palettes");
        offer.destination = Destination::Recycling;
        let pair = found(Some(10_000), Some(20_000));
        let one = feasibility(&pair, &offer, &config::Matching::default(), day());
        assert_eq!((one.spared_cents, one.affordable_cents_t_km), (None, None));
    }

    #[test]
    fn the_levy_is_that_of_the_year_and_unknown_years_are_unknown() {
        assert_eq!([2023, 2024, 2026].map(levy_cents_t), [Some(3_000), Some(3_200), Some(3_600)]);
        assert_eq!([2020, 2040].map(levy_cents_t), [None, None]);
        let later = NaiveDate::from_ymd_opt(2040, 1, 1).unwrap();
        let pair = found(Some(1_000), Some(1_000));
        let offer = flow("1", "a", Direction::Output, "palettes");
        assert_eq!(feasibility(&pair, &offer, &config::Matching::default(), later).spared_cents, None);
    }
}
