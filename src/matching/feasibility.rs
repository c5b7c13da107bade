//! Does a match pay? What its haul emits, what it costs, what disposal and what virgin material it
//! spares, as intervals: of the prices (`prices.rs`) and of the amounts that both sides told.
//!
//! What has no price is unknown, never nothing: a cost that is not known leaves the break-even open
//! above, and what is known of it is its lower end.

use super::flags;
use super::prices::{self, Interval, scaled, scaled_up};
use crate::config;
use crate::model::{Cost, Flow, FlowType, Mass, Match};
use chrono::NaiveDate;

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
    /// Emissions of making the virgin material that is replaced one for one, kg `CO2e` a year; of a chain
    /// what its treatment leaves replaces it.
    pub virgin_kg_co2e: Option<Interval>,
    /// Disposal spared, cents of CAD a year: the share of what the company pays today when it said,
    /// else the municipal fee when the offer goes to disposal.
    pub spared_cents: Option<Interval>,
    /// Purchase spared, cents of CAD a year: the share of what the receiver pays today, when it said.
    pub purchase_cents: Option<Interval>,
    /// Cost of the haul, cents of CAD a year: its loads and its tonne-kilometres; of equipment, whose weight
    /// nobody told, one trip. None when a place is not known.
    pub haul_cents: Option<Interval>,
    /// Cost of the treatment, cents of CAD a year: of the settings, else from nothing (as it is) to
    /// the published price, or to the dearest one of another category.
    pub treatment_cents: Option<Interval>,
    /// Fixed cost of starting, spread over the years of the settings, cents of CAD a year.
    pub start_cents: Option<Interval>,
    /// Price of disposal from which haul, treatment and start are paid, cents of CAD a tonne. The
    /// upper end is open while one of them is not known; none when no amount is.
    pub break_even_cents_t: Option<(i64, Option<i64>)>,
    /// Break-even against the price of disposal in the year; none when either is unknown.
    pub verdict: Option<Verdict>,
    /// What a tonne-kilometre may cost at most, its load included, for the disposal spared to pay it, cents
    /// of CAD.
    pub affordable_cents_t_km: Option<Interval>,
}

/// Which of the values of an amount count.
#[derive(Debug, Clone, Copy)]
enum Read {
    Ends,
    Best,
}

impl Read {
    fn of(self, mass: Mass) -> Interval {
        match self {
            Self::Ends => (mass.low_kg(), mass.high_kg()),
            Self::Best => (mass.best_kg(), mass.best_kg()),
        }
    }

    fn both(self, offer: &Flow, request: &Flow) -> Option<(Interval, Interval)> {
        offer.mass.zip(request.mass).map(|(one, other)| (self.of(one), self.of(other)))
    }
}

/// Kilograms a year of one match.
struct Amounts {
    /// What the offer has, and what the request could take of it: of a chain once it is treated.
    has: Interval,
    wanted: Interval,
    /// What the request needs, and what the offer could give it.
    needs: Interval,
    given: Interval,
}

impl Amounts {
    fn new(found: &Match, has: Interval, needs: Interval) -> Self {
        let (least, most) = found.left_milli.unwrap_or((1_000, 1_000));
        Self {
            has,
            wanted: (scaled(needs.0, 1_000, most), scaled_up(needs.1, 1_000, least)),
            needs,
            given: (scaled(has.0, least, 1_000), scaled_up(has.1, most, 1_000)),
        }
    }

    /// Of a chain as much as the plan counts a kilogram by, whatever its treatment leaves.
    fn at_planned(self, found: &Match) -> Self {
        let Some((kg, (least, most))) = found.mass_kg.zip(found.left_milli) else { return self };
        Self { wanted: (kg, kg), given: (scaled(kg, least, 1_000), scaled_up(kg, most, 1_000)), ..self }
    }

    /// What leaves the offer.
    fn moved(&self) -> Interval {
        smaller(self.has, self.wanted)
    }

    /// What reaches the request.
    fn received(&self) -> Interval {
        smaller(self.needs, self.given)
    }
}

fn smaller(one: Interval, other: Interval) -> Interval {
    (one.0.min(other.0), one.1.min(other.1))
}

/// Kilograms a year of the offer that a match may move, least and most; none when an amount is unknown.
#[must_use]
pub fn moved_kg(found: &Match, offer: &Flow, request: &Flow) -> Option<Interval> {
    let (has, needs) = Read::Ends.both(offer, request)?;
    Some(Amounts::new(found, has, needs).moved())
}

/// What a side pays today for a tonne, cents of CAD: as it says, else its cost of a year over its amount.
fn own_cents_t(flow: &Flow, amount: Interval) -> Option<Interval> {
    match *flow.current_cost.as_ref()?.reveal() {
        Cost::OfATonne([low, high]) => (low >= 0).then_some((low, high)),
        Cost::OfAYear([low, high]) => (low >= 0 && amount.0 > 0)
            .then(|| (scaled(low, 1_000, amount.1), scaled_up(high, 1_000, amount.0))),
    }
}

/// What a side pays today for the share of its amount that the other takes or gives, cents of CAD a year.
fn own_cents(flow: &Flow, amount: Interval, other: Interval) -> Option<Interval> {
    match *flow.current_cost.as_ref()?.reveal() {
        Cost::OfATonne([low, high]) => (low >= 0).then(|| yearly((low, high), smaller(amount, other))),
        Cost::OfAYear([low, high]) => (low >= 0 && amount.1 > 0).then(|| {
            // Of an amount that may be nearly nothing the other may take all.
            let all = amount.0.max(1);
            (scaled(low, amount.1.min(other.0), amount.1), scaled_up(high, all.min(other.1), all))
        }),
    }
}

/// Of a price a tonne, what so many kilograms a year come to.
fn yearly(a_tonne: Interval, kg: Interval) -> Interval {
    (scaled(kg.0, a_tonne.0, 1_000), scaled_up(kg.1, a_tonne.1, 1_000))
}

/// Tonne-kilometres are kg x m / 10^6; cents or grams of one are whole.
fn carried(kg: i64, metres: i64, each: i64) -> i128 {
    i128::from(kg) * i128::from(metres) * i128::from(each)
}

fn whole(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn verdict(break_even: Option<(i64, Option<i64>)>, disposal: Option<Interval>) -> Option<Verdict> {
    let ((low, high), (cheap, dear)) = (break_even?, disposal?);
    Some(match high {
        _ if low > dear => Verdict::DoesNot,
        Some(high) if high <= cheap => Verdict::Pays,
        _ => Verdict::Depends,
    })
}

/// Intervals of one match, over the intervals of both amounts. Unknown amounts, distances and prices leave
/// unknown what rests on them.
#[must_use]
pub fn feasibility(
    found: &Match,
    offer: &Flow,
    request: &Flow,
    settings: &config::Matching,
    as_of: NaiveDate,
) -> Feasibility {
    told(found, (offer, request), settings, as_of, Read::Ends)
}

/// The same at the best value of both amounts, which the plan counts with: intervals of prices only.
pub(super) fn at_best(
    found: &Match,
    sides: (&Flow, &Flow),
    settings: &config::Matching,
    as_of: NaiveDate,
) -> Feasibility {
    told(found, sides, settings, as_of, Read::Best)
}

fn told(
    found: &Match,
    (offer, request): (&Flow, &Flow),
    settings: &config::Matching,
    as_of: NaiveDate,
    read: Read,
) -> Feasibility {
    let start = prices::start_cents(flags::needs_research(found, offer, request), settings);
    // Through an operator elsewhere it is loaded once more, but not where that is beside the giver.
    let loads = if found.is_through_another() { 2 } else { 1 };
    let roads = found.haul_m.map(|(short, long)| (prices::roads_m(short).0, prices::roads_m(long).1));
    let Some((has, needs)) = read.both(offer, request) else {
        let is_carried = offer.flow_type == FlowType::Equipment;
        return Feasibility {
            haul_cents: roads.filter(|_| is_carried).map(|roads| prices::trip_cents(roads, settings)),
            start_cents: Some(start),
            ..Feasibility::default()
        };
    };
    let amounts = match read {
        Read::Ends => Amounts::new(found, has, needs),
        Read::Best => Amounts::new(found, has, needs).at_planned(found),
    };
    let kg = amounts.moved();
    let is_hazardous = flags::hazardous(offer) == Some(true);
    let tariff = prices::disposal_cents_t(offer.destination, is_hazardous, as_of);
    // What is told stands before the fee, also where it tells no price of a tonne.
    let own = own_cents_t(offer, has);
    let disposal = if offer.current_cost.is_some() { own } else { tariff };
    let category = offer.category.or(request.category);
    // What a treatment makes is what the request asks for.
    let replaced = if found.left_milli.is_some() { request.category.or(offer.category) } else { category };
    let treatment = prices::treatment_cents_t(category, settings);
    let (price, grams) = (prices::transport_cents_t_km(kg, settings), prices::emissions_g(kg));
    let loading = prices::loading_cents(kg, settings);
    let haul = |(short, long): Interval| {
        let least = whole(carried(kg.0, short, price.0) / 1_000_000);
        let most = whole((carried(kg.1, long, price.1) + 999_999) / 1_000_000);
        (least.saturating_add(loading.0), most.saturating_add(loading.1.saturating_mul(loads)))
    };
    let loading_t = prices::loading_cents_t(kg, settings);
    // A tonne: open above where one is not known, or the amount may be nothing.
    let a_tonne: [(i64, Option<i64>); 4] = [
        roads.map_or((0, None), |(short, long)| {
            (scaled(price.0, short, 1_000), Some(scaled_up(price.1, long, 1_000)))
        }),
        (loading_t.0, loading_t.1.map(|high| high.saturating_mul(loads))),
        (treatment.0, Some(treatment.1)),
        (scaled(start.0, 1_000, kg.1), (kg.0 > 0).then(|| scaled_up(start.1, 1_000, kg.0))),
    ];
    let low = a_tonne.iter().fold(0_i64, |sum, (low, _)| sum.saturating_add(*low));
    let high = a_tonne.iter().try_fold(0_i64, |sum, (_, high)| Some(sum.saturating_add((*high)?)));
    let break_even_cents_t = (kg.1 > 0).then_some((low, high));
    Feasibility {
        haul_kg_co2e: roads.map(|(short, long)| {
            let emitted = |kg: i64, metres: i64, each: i64| whole(carried(kg, metres, each) / 1_000_000_000);
            (emitted(kg.0, short, grams.0), emitted(kg.1, long, grams.1))
        }),
        virgin_kg_co2e: prices::virgin_kg_t(replaced).map(|each| yearly(each, amounts.received())),
        spared_cents: match offer.current_cost {
            Some(_) => own_cents(offer, has, amounts.wanted),
            None => tariff.map(|tariff| yearly(tariff, kg)),
        },
        purchase_cents: own_cents(request, needs, amounts.given),
        haul_cents: roads.map(haul),
        treatment_cents: Some(yearly(treatment, kg)),
        start_cents: Some(start),
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
    let dollars: fn(i64) -> String = |cents| prices::hundredths(cents, ',');
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
