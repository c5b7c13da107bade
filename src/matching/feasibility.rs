//! Does a match pay? What its haul emits, what it costs, what disposal and what virgin material it
//! spares, as intervals.
//!
//! What has no price is unknown, never nothing: a cost that is not known leaves the break-even open
//! above, and without any price the break-even is given the other way round, as the most that a
//! tonne-kilometre may cost.

use super::tables;
use crate::config;
use crate::model::{Category, Cost, Destination, Flow, Mass, Match};
use chrono::{Datelike as _, NaiveDate};
use std::sync::LazyLock;

/// Kilograms a year that one trip of a truck of 3.5 to 7.5 t carries: no load of them can be larger.
const SMALL_LOAD_KG: i64 = 3_500;

/// Emissions of a tonne-kilometre and the detour of roads.
const TRANSPORT: &str = include_str!("../../pipelines/reference/transport.csv");
/// Levy on disposal by year.
const LEVY: &str = include_str!("../../pipelines/reference/redevance_elimination.csv");
/// Gate fees by destination; their lower end leaves the levy out.
const FEES: &str = include_str!("../../pipelines/reference/tarifs_elimination.csv");
/// Treatment by category, from as it is to a municipal treatment.
const TREATMENT: &str = include_str!("../../pipelines/reference/tarifs_traitement.csv");
/// Emissions of making virgin material.
const VIRGIN: &str = include_str!("../../pipelines/reference/matieres_vierges.csv");

/// Lower and upper end.
pub type Interval = (i64, i64);

/// Whether what is spared pays for what it costs, this year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// At the lowest price of disposal and the highest cost.
    Pays,
    /// Not even at the highest price of disposal and the lowest cost.
    DoesNot,
    /// It hangs on prices within their intervals, or on costs that nobody gave.
    Depends,
}

impl Verdict {
    /// As a table says it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pays => "oui",
            Self::DoesNot => "non",
            Self::Depends => "selon_les_prix",
        }
    }
}

/// What a match would cost and spare in a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Feasibility {
    /// Emissions of the haul, kg `CO2e` a year.
    pub haul_kg_co2e: Option<Interval>,
    /// Emissions of making the virgin material that is replaced one for one, kg `CO2e` a year; of a chain what
    /// its treatment leaves replaces it.
    pub virgin_kg_co2e: Option<Interval>,
    /// Disposal spared, cents of CAD a year: the share of what the company pays today when it said,
    /// else the municipal fee when the offer goes to disposal.
    pub spared_cents: Option<Interval>,
    /// Purchase spared, cents of CAD a year: the share of what the receiver pays today, when it said.
    pub purchase_cents: Option<Interval>,
    /// Cost of the haul, cents of CAD a year; none without a price in the settings.
    pub haul_cents: Option<Interval>,
    /// Cost of the treatment, cents of CAD a year: of the settings, else from nothing (as it is) to
    /// the municipal price; none when neither is known.
    pub treatment_cents: Option<Interval>,
    /// Fixed cost of starting, spread over the years of the settings, cents of CAD a year; none
    /// without a price in the settings.
    pub start_cents: Option<Interval>,
    /// Price of disposal from which haul, treatment and start are paid, cents of CAD a tonne. The
    /// upper end is open while one of the three has no price; none when none has one.
    pub break_even_cents_t: Option<(i64, Option<i64>)>,
    /// Break-even against the price of disposal in the year; none when either is unknown.
    pub verdict: Option<Verdict>,
    /// What a tonne-kilometre may cost at most for the disposal spared to pay the haul, cents of CAD.
    pub affordable_cents_t_km: Option<Interval>,
}

struct Tables {
    emissions_g: Interval,
    /// Of what a small truck carries in one trip.
    small_load_emissions_g: Interval,
    detour_milli: Interval,
    /// Year and cents a tonne.
    levies: Vec<(i32, i64)>,
    /// Code of the destination and cents a tonne without levy.
    fees: Vec<(&'static str, i64)>,
    /// Category and cents a tonne.
    treatment: Vec<(Category, Interval)>,
    /// Category and kg `CO2e` a tonne.
    virgin: Vec<(Category, Interval)>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let whole = |text: &str| text.parse::<i64>().expect("the embedded table holds whole numbers");
    let transport = tables::rows(TRANSPORT);
    let named = |name: &str| {
        let row = transport.iter().find(|row| row[0] == name).expect("the embedded table has the row");
        (whole(row[1]), whole(row[2]))
    };
    let by_category = |text: &'static str| -> Vec<(Category, Interval)> {
        tables::rows(text)
            .iter()
            .map(|row| {
                let category = row[0].parse().expect("the embedded table names a category");
                (category, (whole(row[1]), whole(row[2])))
            })
            .collect()
    };
    Tables {
        emissions_g: named("emissions"),
        small_load_emissions_g: named("emissions_petite_charge"),
        detour_milli: named("detour"),
        levies: tables::rows(LEVY)
            .iter()
            .filter_map(|row| Some((i32::try_from(whole(row[0])).ok()?, whole(row[1]))))
            .collect(),
        fees: tables::rows(FEES).iter().map(|row| (row[0], whole(row[1]))).collect(),
        treatment: by_category(TREATMENT),
        virgin: by_category(VIRGIN),
    }
});

/// The levy on disposal of a year, cents of CAD a tonne; none when it is not known.
#[must_use]
pub fn levy_cents_t(year: i32) -> Option<i64> {
    TABLES.levies.iter().find(|(of, _)| *of == year).map(|(_, cents)| *cents)
}

/// What disposal costs a tonne there in the year of `as_of`, cents of CAD: the old municipal fee,
/// without and with the levy, for it is not known which it is.
fn tariff_cents_t(destination: Destination, as_of: NaiveDate) -> Option<Interval> {
    let fee = TABLES.fees.iter().find(|(code, _)| *code == destination.code())?.1;
    Some((fee, fee + levy_cents_t(as_of.year())?))
}

/// What a side pays today for a tonne, cents of CAD: as it says, else its cost of a year over its amount.
fn own_cents_t(flow: &Flow) -> Option<Interval> {
    match *flow.current_cost.as_ref()?.reveal() {
        Cost::OfATonne([low, high]) => (low >= 0).then_some((low, high)),
        Cost::OfAYear([low, high]) => {
            let mass = flow.mass.filter(|mass| mass.low_kg() > 0 && low >= 0)?;
            Some((scaled(low, 1_000, mass.high_kg()), scaled(high, 1_000, mass.low_kg())))
        }
    }
}

/// Kilograms a year that reach the receiver: all that it takes, of a chain what the treatment leaves of it and
/// no more than the receiver needs.
fn received_kg(found: &Match, request: &Flow, kg: i64) -> Interval {
    let need = request.mass.map_or(i64::MAX, Mass::best_kg);
    let left = |milli: i64| scaled(kg, milli, 1_000).min(need);
    found.left_milli.map_or((kg, kg), |(least, most)| (left(least), left(most)))
}

/// What is spread over a year and an amount.
struct Costs {
    haul: Option<Interval>,
    treatment: Option<Interval>,
    start: Option<Interval>,
}

impl Costs {
    fn all(&self) -> [Option<Interval>; 3] {
        [self.haul, self.treatment, self.start]
    }

    /// Sum a tonne, open above while one is unknown.
    fn break_even(&self, kg: i64) -> Option<(i64, Option<i64>)> {
        let known: Vec<Interval> = self.all().into_iter().flatten().collect();
        if known.is_empty() || kg <= 0 {
            return None;
        }
        let sum = |pick: fn(&Interval) -> i64| known.iter().map(pick).fold(0_i64, i64::saturating_add);
        let high = self.all().iter().all(Option::is_some).then(|| scaled(sum(|one| one.1), 1_000, kg));
        Some((scaled(sum(|one| one.0), 1_000, kg), high))
    }
}

fn verdict(break_even: Option<(i64, Option<i64>)>, disposal: Option<Interval>) -> Option<Verdict> {
    let ((low, high), (cheap, dear)) = (break_even?, disposal?);
    Some(match high {
        _ if low > dear => Verdict::DoesNot,
        Some(high) if high <= cheap => Verdict::Pays,
        _ => Verdict::Depends,
    })
}

/// Intervals of one match. Unknown amounts, distances and prices leave unknown what rests on them.
#[must_use]
pub fn feasibility(
    found: &Match,
    offer: &Flow,
    request: &Flow,
    settings: &config::Matching,
    as_of: NaiveDate,
) -> Feasibility {
    let disposal = own_cents_t(offer).or_else(|| tariff_cents_t(offer.destination, as_of));
    let category = offer.category.or(request.category);
    let Some(kg) = found.mass_kg else { return Feasibility::default() };
    let received = received_kg(found, request, kg);
    // What a treatment makes is what the request asks for.
    let replaced = if found.left_milli.is_some() { request.category.or(offer.category) } else { category };
    let yearly = |(low, high): Interval| (scaled(kg, low, 1_000), scaled(kg, high, 1_000));
    let saved = |(low, high): Interval| (scaled(received.0, low, 1_000), scaled(received.1, high, 1_000));
    let of = |table: &[(Category, Interval)], category: Option<Category>| {
        table.iter().find(|(of, _)| Some(*of) == category).map(|(_, interval)| *interval)
    };
    let treatment = category
        .and_then(|category| settings.treatment_cents_t.get(category.code()))
        .map(|[low, high]| (i64::from(*low), i64::from(*high)))
        .or_else(|| of(&TABLES.treatment, category));
    let start = settings.start_cents.map(|[low, high]| {
        let years = i64::from(settings.start_years.max(1));
        (i64::from(low) / years, i64::from(high) / years)
    });
    let roads = found.distance_m.map(|metres| {
        (scaled(metres, TABLES.detour_milli.0, 1_000), scaled(metres, TABLES.detour_milli.1, 1_000))
    });
    // Tonne-kilometres are kg x m / 10^6; cents or grams of one are whole.
    let haul = |metres: i64, each: i64| {
        let product = i128::from(kg) * i128::from(metres) * i128::from(each) / 1_000_000;
        i64::try_from(product).unwrap_or(i64::MAX)
    };
    let costs = Costs {
        haul: settings
            .transport_cents_t_km
            .zip(roads)
            .map(|([low, high], (short, long))| (haul(short, i64::from(low)), haul(long, i64::from(high)))),
        treatment: treatment.map(yearly),
        start,
    };
    let break_even_cents_t = costs.break_even(kg);
    let emissions_g = if kg <= SMALL_LOAD_KG { TABLES.small_load_emissions_g } else { TABLES.emissions_g };
    Feasibility {
        haul_kg_co2e: roads
            .map(|(short, long)| (haul(short, emissions_g.0) / 1_000, haul(long, emissions_g.1) / 1_000)),
        virgin_kg_co2e: of(&TABLES.virgin, replaced).map(saved),
        spared_cents: disposal.map(yearly),
        purchase_cents: own_cents_t(request).map(saved),
        haul_cents: costs.haul,
        treatment_cents: costs.treatment,
        start_cents: costs.start,
        break_even_cents_t,
        verdict: verdict(break_even_cents_t, disposal),
        affordable_cents_t_km: disposal
            .zip(roads)
            .filter(|(_, (short, _))| *short > 0)
            .map(|((low, high), (short, long))| (scaled(low, 1_000, long), scaled(high, 1_000, short))),
    }
}

/// Headings of the columns that [`cells`] fills, and their widths.
pub(super) const HEADINGS: [(&str, f64); 10] = [
    ("Élimination évitée ($/an) / Disposal spared ($ a year)", 18.0),
    ("Achat évité ($/an) / Purchase spared ($ a year)", 18.0),
    ("Matière vierge remplacée (kg CO2e/an) / Virgin material replaced (kg CO2e a year)", 20.0),
    ("GES du transport (kg CO2e/an) / Emissions of the haul (kg CO2e a year)", 18.0),
    ("Coût du transport ($/an) / Cost of the haul ($ a year)", 18.0),
    ("Traitement ($/an) / Treatment ($ a year)", 18.0),
    ("Démarrage ($/an) / Starting ($ a year)", 18.0),
    ("Rentable dès une élimination à ($/t) / Pays from a disposal price of ($/t)", 18.0),
    ("Rentable cette année ? / Pays this year?", 18.0),
    ("Transport abordable ($/t.km) / Affordable haul ($/t.km)", 18.0),
];

/// Intervals as an animator reads them; blank when unknown.
pub(super) fn cells(one: &Feasibility) -> [String; 10] {
    let shown = |interval: Option<Interval>, show: fn(i64) -> String| match interval {
        Some((low, high)) if low == high => show(low),
        Some((low, high)) => format!("{} à {}", show(low), show(high)),
        None => String::new(),
    };
    let dollars: fn(i64) -> String = |cents| format!("{},{:02}", cents / 100, cents % 100);
    let break_even = match one.break_even_cents_t {
        Some((low, Some(high))) => shown(Some((low, high)), dollars),
        Some((low, None)) => format!("{} et plus / or more", dollars(low)),
        None => String::new(),
    };
    let verdict = match one.verdict {
        Some(Verdict::Pays) => "oui / yes",
        Some(Verdict::DoesNot) => "non / no",
        Some(Verdict::Depends) => "selon les prix / depends on prices",
        None => "",
    };
    [
        shown(one.spared_cents, dollars),
        shown(one.purchase_cents, dollars),
        shown(one.virgin_kg_co2e, |kg| kg.to_string()),
        shown(one.haul_kg_co2e, |kg| kg.to_string()),
        shown(one.haul_cents, dollars),
        shown(one.treatment_cents, dollars),
        shown(one.start_cents, dollars),
        break_even,
        verdict.to_owned(),
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
    use super::{Feasibility, Verdict, cells, feasibility, levy_cents_t};
    use crate::config;
    use crate::model::{Category, Confidential, Cost, Destination, Direction, Flow, Mass, Match, MatchKind};
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
            left_milli: None,
            planned_kg: None,
            is_alike: true,
            parts: [None; crate::model::Part::ALL.len()],
        }
    }

    fn settings(price: Option<[u32; 2]>) -> config::Matching {
        config::Matching { transport_cents_t_km: price, ..config::Matching::default() }
    }

    fn sides() -> (Flow, Flow) {
        (flow("1", "a", Direction::Output, "palettes"), flow("2", "b", Direction::Input, "palettes"))
    }

    fn of(mass_kg: Option<i64>, distance_m: Option<i64>, settings: &config::Matching) -> Feasibility {
        let (offer, request) = sides();
        feasibility(&found(mass_kg, distance_m), &offer, &request, settings, day())
    }

    #[test]
    fn ten_tonnes_over_twenty_kilometres_by_hand() {
        let one = of(Some(10_000), Some(20_000), &settings(Some([20, 40])));
        // 200 to 300 t.km at 78 to 528 g; 87 to 123 $ a tonne; 20 to 40 cents a t.km.
        assert_eq!(one.haul_kg_co2e, Some((15, 158)));
        assert_eq!(one.spared_cents, Some((87_000, 123_000)));
        assert_eq!(one.haul_cents, Some((4_000, 12_000)));
        assert_eq!(one.virgin_kg_co2e, Some((2_690, 2_700)));
        assert_eq!(one.affordable_cents_t_km, Some((290, 615)));
        // Treatment and start have no price: at least the haul, and more.
        assert_eq!((one.treatment_cents, one.start_cents), (None, None));
        assert_eq!(one.break_even_cents_t, Some((400, None)));
        assert_eq!(one.verdict, Some(Verdict::Depends));
        assert_eq!(cells(&one)[7], "4,00 et plus / or more");
    }

    #[test]
    fn what_one_small_truck_carries_in_a_year_fills_no_large_one() {
        // 40 to 60 t.km at 528 to 638 g, and 80 to 120 t.km at 78 to 528 g.
        assert_eq!(of(Some(2_000), Some(20_000), &settings(None)).haul_kg_co2e, Some((21, 38)));
        assert_eq!(of(Some(4_000), Some(20_000), &settings(None)).haul_kg_co2e, Some((6, 63)));
    }

    #[test]
    fn with_every_price_the_break_even_closes_and_says_whether_it_pays_this_year() {
        let mut settings = settings(Some([20, 40]));
        settings.start_cents = Some([50_000, 100_000]);
        settings.treatment_cents_t.insert("bois".to_owned(), [1_000, 2_000]);
        let one = of(Some(10_000), Some(20_000), &settings);
        // Start over five years: 100 to 200 $ a year; treatment 100 to 200 $ a year; haul 40 to 120 $.
        assert_eq!((one.start_cents, one.treatment_cents), (Some((10_000, 20_000)), Some((10_000, 20_000))));
        assert_eq!(one.break_even_cents_t, Some((2_400, Some(5_200))));
        assert_eq!(one.verdict, Some(Verdict::Pays), "52 $ a tonne is below the 87 $ of disposal");
        settings.start_cents = Some([10_000_000, 10_000_000]);
        assert_eq!(of(Some(10_000), Some(20_000), &settings).verdict, Some(Verdict::DoesNot));
    }

    #[test]
    fn treatment_runs_from_as_it_is_to_the_municipal_price_where_there_is_one() {
        let (mut offer, request) = sides();
        offer.category = Some(Category::Organic);
        let one = feasibility(&found(Some(2_000), None), &offer, &request, &settings(None), day());
        assert_eq!(one.treatment_cents, Some((0, 13_000)));
        assert_eq!(one.break_even_cents_t, Some((0, None)));
        offer.category = Some(Category::Chemical);
        let one = feasibility(&found(Some(2_000), None), &offer, &request, &settings(None), day());
        assert_eq!((one.treatment_cents, one.virgin_kg_co2e, one.break_even_cents_t), (None, None, None));
    }

    #[test]
    fn what_a_company_says_that_it_pays_counts_before_the_tariff() {
        let (mut offer, mut request) = sides();
        offer.current_cost = Some(Confidential::new(Cost::OfAYear([50_000; 2])));
        request.current_cost = Some(Confidential::new(Cost::OfAYear([80_000; 2])));
        let one = feasibility(&found(Some(5_000), None), &offer, &request, &settings(None), day());
        // Both have 10 t a year: 50 $ and 80 $ a tonne.
        assert_eq!((one.spared_cents, one.purchase_cents), (Some((25_000, 25_000)), Some((40_000, 40_000))));
        // Between two ends, half of what is paid lies between half of both.
        offer.current_cost = Some(Confidential::new(Cost::OfAYear([0, 50_000])));
        let one = feasibility(&found(Some(5_000), None), &offer, &request, &settings(None), day());
        assert_eq!(one.spared_cents, Some((0, 25_000)));
        // A price of a tonne is the same whatever the amount.
        offer.current_cost = Some(Confidential::new(Cost::OfATonne([30_000; 2])));
        for mass in [Mass::new(10_000, 15_000, 20_000), Mass::new(0, 2_500, 5_000), None] {
            offer.mass = mass;
            let one = feasibility(&found(Some(5_000), None), &offer, &request, &settings(None), day());
            assert_eq!(one.spared_cents, Some((150_000, 150_000)));
        }
    }

    #[test]
    fn a_chain_spares_what_its_treatment_leaves_and_no_more_than_the_receiver_needs() {
        let (mut offer, mut request) = sides();
        (offer.category, request.category) = (Some(Category::Organic), Some(Category::Wood));
        request.current_cost = Some(Confidential::new(Cost::OfATonne([2_500; 2])));
        request.mass = Mass::exact(80_000);
        let chain = Match { left_milli: Some((300, 600)), ..found(Some(100_000), None) };
        let of = |request: &Flow| feasibility(&chain, &offer, request, &settings(None), day());
        // Of 100 t 30 to 60 t are left, at 25 $ and 269 to 270 kg CO2e (wood) a tonne.
        let one = of(&request);
        assert_eq!(one.purchase_cents, Some((75_000, 150_000)));
        assert_eq!(one.virgin_kg_co2e, Some((8_070, 16_200)));
        request.mass = Mass::exact(40_000);
        assert_eq!(of(&request).purchase_cents, Some((75_000, 100_000)));
    }

    #[test]
    fn what_is_not_known_stays_unknown_and_is_not_nothing() {
        assert_eq!(of(None, Some(1_000), &settings(Some([20, 40]))), Feasibility::default());
        assert!(cells(&Feasibility::default()).iter().all(String::is_empty));
        let no_price = of(Some(10_000), Some(20_000), &settings(None));
        assert_eq!((no_price.haul_cents, no_price.break_even_cents_t), (None, None));
        assert!(no_price.haul_kg_co2e.is_some());
        let no_place = of(Some(10_000), None, &settings(Some([20, 40])));
        assert!(no_place.spared_cents.is_some() && no_place.haul_kg_co2e.is_none());
    }

    #[test]
    fn only_what_is_disposed_of_today_spares_disposal() {
        let (mut offer, request) = sides();
        offer.destination = Destination::Recycling;
        let pair = found(Some(10_000), Some(20_000));
        let one = feasibility(&pair, &offer, &request, &config::Matching::default(), day());
        assert_eq!((one.spared_cents, one.affordable_cents_t_km), (None, None));
    }

    #[test]
    fn the_levy_is_that_of_the_year_and_unknown_years_are_unknown() {
        assert_eq!([2023, 2024, 2027].map(levy_cents_t), [Some(3_000), Some(3_200), Some(3_800)]);
        assert_eq!([2020, 2040].map(levy_cents_t), [None, None]);
        let later = NaiveDate::from_ymd_opt(2040, 1, 1).unwrap();
        let pair = found(Some(1_000), Some(1_000));
        let (offer, request) = sides();
        let one = feasibility(&pair, &offer, &request, &config::Matching::default(), later);
        assert_eq!(one.spared_cents, None);
    }
}
