//! What a match costs and spares, by hand and over all amounts of an interval.

use super::feasibility::{Feasibility, Verdict, at_best, cells, feasibility};
use super::prices::Interval;
use super::tests::{day, flow};
use crate::config;
use crate::model::{
    Category, Confidential, Cost, Destination, Direction, Flow, FlowType, Mass, Match, MatchKind, State,
};
use chrono::NaiveDate;
use proptest::prelude::*;

fn found(distance_m: Option<i64>) -> Match {
    let offer = flow("1", "a", Direction::Output, "palettes").id;
    Match {
        request: offer.clone(),
        offer,
        kind: MatchKind::Substitution,
        score_milli: 900,
        distance_m,
        haul_m: distance_m.map(|metres| (metres, metres)),
        mass_kg: None,
        left_milli: None,
        given_kg: None,
        planned_kg: None,
        is_alike: true,
        parts: [None; crate::model::Part::ALL.len()],
    }
}

/// An offer and a request of so much wood.
fn sides(kg: i64) -> (Flow, Flow) {
    let of = |id, direction| Flow { mass: Mass::exact(kg), ..flow(id, id, direction, "palettes") };
    (of("1", Direction::Output), of("2", Direction::Input))
}

fn of(kg: i64, distance_m: Option<i64>, settings: &config::Matching) -> Feasibility {
    let (offer, request) = sides(kg);
    feasibility(&found(distance_m), &offer, &request, settings, day())
}

#[test]
fn without_any_setting_ten_tonnes_over_twenty_kilometres_by_hand() {
    let one = of(10_000, Some(20_000), &config::Matching::default());
    // 200 to 300 t.km at 78 to 528 g; 87 to 123 $ a tonne; wood from as it is to 70 $ a tonne.
    assert_eq!(one.haul_kg_co2e, Some((15, 158)));
    assert_eq!(one.spared_cents, Some((87_000, 123_000)));
    assert_eq!(one.virgin_kg_co2e, Some((2_690, 2_700)));
    assert_eq!(one.treatment_cents, Some((0, 70_000)));
    // 14 to 47 cents a t.km and one to two loads of 213 to 414 $; 2,037 $ at most over five years.
    assert_eq!(one.haul_cents, Some((24_100, 96_900)));
    assert_eq!(one.start_cents, Some((0, 40_740)));
    assert_eq!(one.break_even_cents_t, Some((2_410, Some(20_764))));
    assert_eq!(one.verdict, Some(Verdict::Depends));
    assert_eq!(one.affordable_cents_t_km, Some((290, 615)));
    assert_eq!(cells(&one)[7], "24,10 à 207,64");
}

#[test]
fn a_small_load_is_dearer_a_tonne_and_dirtier() {
    let settings = config::Matching::default();
    // One tonne is a load of its own: 213 $ and 20 t.km at 36 cents at least, above any disposal.
    let one = of(1_000, Some(20_000), &settings);
    assert_eq!(one.haul_cents, Some((22_020, 44_730)));
    assert_eq!(one.break_even_cents_t.map(|(low, _)| low), Some(22_020));
    assert_eq!(one.verdict, Some(Verdict::DoesNot));
    // 40 to 60 t.km at 528 to 638 g, and 80 to 120 t.km at 78 to 528 g.
    assert_eq!(of(2_000, Some(20_000), &settings).haul_kg_co2e, Some((21, 38)));
    assert_eq!(of(4_000, Some(20_000), &settings).haul_kg_co2e, Some((6, 63)));
}

#[test]
fn three_to_nine_tonnes_are_an_interval_in_every_figure() {
    let (mut offer, request) = sides(20_000);
    offer.mass = Mass::new(3_000, 6_000, 9_000);
    let settings = config::Matching::default();
    let one = feasibility(&found(Some(20_000)), &offer, &request, &settings, day());
    assert_eq!(one.spared_cents, Some((26_100, 110_700)));
    assert_eq!(one.virgin_kg_co2e, Some((807, 2_430)));
    // 60 to 270 t.km, as a small load or not, and one or two loads.
    assert_eq!(one.haul_kg_co2e, Some((4, 172)));
    assert_eq!(one.haul_cents, Some((22_140, 112_770)));
    assert_eq!((one.treatment_cents, one.start_cents), (Some((0, 63_000)), Some((0, 40_740))));
    assert_eq!(one.break_even_cents_t, Some((2_646, Some(37_710))));
    // The plan counts with the best value.
    let best = at_best(&found(Some(20_000)), (&offer, &request), &settings, day());
    assert_eq!(best, {
        let (six, request) = sides(6_000);
        feasibility(&found(Some(20_000)), &six, &request, &settings, day())
    });
    // Perhaps nothing is moved: a tonne may cost anything.
    offer.mass = Mass::new(0, 2_500, 5_000);
    let one = feasibility(&found(Some(20_000)), &offer, &request, &settings, day());
    assert_eq!(one.spared_cents, Some((0, 61_500)));
    assert_eq!(one.break_even_cents_t, Some((4_540, None)));
}

#[test]
fn with_every_price_set_the_break_even_says_whether_it_pays_this_year() {
    let mut settings = config::Matching {
        transport_cents_t_km: Some([20, 40]),
        load_cents: Some([0, 0]),
        start_cents: Some([50_000, 100_000]),
        ..config::Matching::default()
    };
    settings.treatment_cents_t.insert("bois".to_owned(), [1_000, 2_000]);
    let one = of(10_000, Some(20_000), &settings);
    // Start over five years: 100 to 200 $ a year; treatment 100 to 200 $ a year; haul 40 to 120 $.
    assert_eq!((one.start_cents, one.treatment_cents), (Some((10_000, 20_000)), Some((10_000, 20_000))));
    assert_eq!(one.haul_cents, Some((4_000, 12_000)));
    assert_eq!(one.break_even_cents_t, Some((2_400, Some(5_200))));
    assert_eq!(one.verdict, Some(Verdict::Pays), "52 $ a tonne is below the 87 $ of disposal");
    settings.start_cents = Some([10_000_000, 10_000_000]);
    assert_eq!(of(10_000, Some(20_000), &settings).verdict, Some(Verdict::DoesNot));
}

#[test]
fn what_has_no_price_leaves_the_break_even_open_above_what_is_known() {
    let (mut offer, mut request) = sides(2_000);
    let settings = config::Matching::default();
    offer.category = Some(Category::Organic);
    let of = |offer: &Flow, request: &Flow, distance_m| {
        feasibility(&found(distance_m), offer, request, &settings, day())
    };
    let one = of(&offer, &request, None);
    // No distance: one load of 213 $ at least.
    assert_eq!((one.treatment_cents, one.haul_cents), (Some((0, 13_000)), None));
    assert_eq!(one.break_even_cents_t, Some((10_650, None)));
    offer.category = Some(Category::Chemical);
    let one = of(&offer, &request, Some(20_000));
    // No price of treatment: up to the dearest of the other categories.
    assert_eq!((one.treatment_cents, one.virgin_kg_co2e), (Some((0, 237_200)), None));
    assert_eq!(one.break_even_cents_t.map(|(low, high)| (low, high.is_some())), Some((11_370, true)));
    assert_eq!(&*cells(&one)[5], "0,00 à 2372,00");
    assert_eq!(one.verdict, Some(Verdict::Depends));
    // Another state is research: a study besides the permit.
    request.state = Some(State::Liquid);
    assert_eq!(of(&offer, &request, None).start_cents, Some((0, 2_040_740)));
}

#[test]
fn what_a_company_says_that_it_pays_counts_before_the_tariff() {
    let ((mut offer, _), (_, mut request)) = (sides(10_000), sides(5_000));
    offer.current_cost = Some(Confidential::new(Cost::OfAYear([50_000; 2])));
    request.current_cost = Some(Confidential::new(Cost::OfAYear([80_000; 2])));
    let paid = |offer: &Flow, request: &Flow| {
        let one = feasibility(&found(None), offer, request, &config::Matching::default(), day());
        (one.spared_cents.unwrap(), one.purchase_cents.unwrap())
    };
    // Half of what the one discards, and all that the other buys.
    assert_eq!(paid(&offer, &request), ((25_000, 25_000), (80_000, 80_000)));
    // Of 3 to 9 t five are a share of 5/9 at least, and perhaps all.
    offer.mass = Mass::new(3_000, 6_000, 9_000);
    assert_eq!(paid(&offer, &request), ((27_777, 50_000), (48_000, 80_000)));
    // Of less than 10 t the request may take all; what a tonne costs is then open, and no fee stands for it.
    offer.mass = Mass::new(0, 5_000, 10_000);
    assert_eq!(paid(&offer, &request).0, (25_000, 50_000));
    let one = feasibility(&found(None), &offer, &request, &config::Matching::default(), day());
    assert_eq!((one.verdict, one.affordable_cents_t_km), (None, None));
    // A price of a tonne is the same whatever the amount.
    offer.current_cost = Some(Confidential::new(Cost::OfATonne([30_000; 2])));
    for (mass, spared) in
        [(Mass::new(10_000, 15_000, 20_000), (150_000, 150_000)), (Mass::new(0, 2_500, 5_000), (0, 150_000))]
    {
        offer.mass = mass;
        assert_eq!(paid(&offer, &request).0, spared);
    }
}

#[test]
fn a_chain_spares_what_its_treatment_leaves_and_no_more_than_the_receiver_needs() {
    let ((mut offer, _), (_, mut request)) = (sides(100_000), sides(80_000));
    (offer.category, request.category) = (Some(Category::Organic), Some(Category::Wood));
    request.current_cost = Some(Confidential::new(Cost::OfATonne([2_500; 2])));
    let kind = MatchKind::Chain;
    let chain = Match { left_milli: Some((300, 600)), kind, ..found(None) };
    let of = |request: &Flow| feasibility(&chain, &offer, request, &config::Matching::default(), day());
    // Of 100 t 30 to 60 t are left, at 25 $ and 269 to 270 kg CO2e (wood) a tonne.
    let one = of(&request);
    assert_eq!(one.purchase_cents, Some((75_000, 150_000)));
    assert_eq!(one.virgin_kg_co2e, Some((8_070, 16_200)));
    request.mass = Mass::exact(40_000);
    assert_eq!(of(&request).purchase_cents, Some((75_000, 100_000)));
}

#[test]
fn what_is_not_known_stays_unknown_and_is_not_nothing() {
    let (mut offer, request) = sides(10_000);
    let settings = config::Matching::default();
    let told = |offer: &Flow, as_of| feasibility(&found(Some(1_000)), offer, &request, &settings, as_of);
    // No levy of that year; and what is recycled today spares no disposal.
    let later = NaiveDate::from_ymd_opt(2040, 1, 1).unwrap();
    assert_eq!(told(&offer, later).spared_cents, None);
    offer.destination = Destination::Recycling;
    let one = told(&offer, day());
    assert_eq!((one.spared_cents, one.affordable_cents_t_km, one.verdict), (None, None, None));
    assert!(one.break_even_cents_t.is_some());
    // Nobody told where it goes: from nothing to the dearest fee, and of what is hazardous to its own.
    offer.destination = Destination::Unknown;
    assert_eq!(told(&offer, day()).spared_cents, Some((0, 132_000)));
    assert_eq!(told(&offer, day()).verdict, Some(Verdict::Depends));
    offer.hazardous = Some(true);
    assert_eq!(told(&offer, day()).spared_cents, Some((0, 2_000_000)));
    offer.mass = None;
    let one = told(&offer, day());
    assert_eq!(one, Feasibility { start_cents: one.start_cents, ..Feasibility::default() });
    assert!(one.start_cents.is_some());
    // Of equipment nobody tells the weight: one load of 213 $ at least, and a full one of 15.5 t over 1.5 km at most.
    offer.flow_type = FlowType::Equipment;
    assert_eq!(told(&offer, day()).haul_cents, Some((21_300, 42_493)));
    assert!(cells(&Feasibility::default()).iter().all(String::is_empty));
}

/// What is told of a match.
type Of = fn(&Match, &Flow, &Flow, &config::Matching) -> Feasibility;

proptest! {
    #[test]
    fn whatever_the_amounts_really_are_the_figures_lie_in_their_intervals(
        offered in proptest::array::uniform3(0..40_000_i64),
        asked in proptest::array::uniform3(0..40_000_i64),
        distance_m in proptest::option::of(0..60_000_i64),
        left_milli in proptest::option::of((1..500_i64, 500..1_000_i64)),
        costs in proptest::array::uniform2(proptest::option::of((
            any::<bool>(),
            proptest::array::uniform3(0..1_000_000_i64),
        ))),
    ) {
        let (mut offered, mut asked) = (offered, asked);
        offered.sort_unstable();
        asked.sort_unstable();
        let pair = Match { left_milli, ..found(distance_m) };
        let (mut offer, mut request) = sides(1);
        let cost = |paid: Option<(bool, [i64; 3])>, ends: [usize; 2]| {
            let (of_a_year, mut cents) = paid?;
            cents.sort_unstable();
            let cents = ends.map(|end| cents[end]);
            Some(Confidential::new(if of_a_year { Cost::OfAYear(cents) } else { Cost::OfATonne(cents) }))
        };
        let settings = config::Matching::default();
        let mut told = |offered: Option<Mass>, asked: Option<Mass>, ends: [usize; 2], of: Of| {
            (offer.mass, request.mass) = (offered, asked);
            (offer.current_cost, request.current_cost) = (cost(costs[0], ends), cost(costs[1], ends));
            of(&pair, &offer, &request, &settings)
        };
        let wide = (
            Mass::new(offered[0], offered[1], offered[2]),
            Mass::new(asked[0], asked[1], asked[2]),
        );
        let exact = (Mass::exact(offered[1]), Mass::exact(asked[1]));
        let all: Of = |pair, offer, request, settings| feasibility(pair, offer, request, settings, day());
        let best: Of = |pair, offer, request, settings| at_best(pair, (offer, request), settings, day());
        let one = told(exact.0, exact.1, [1, 1], all);
        let planned = told(wide.0, wide.1, [0, 2], best);
        let wide = told(wide.0, wide.1, [0, 2], all);
        let within = |wide: Option<Interval>, one: Option<Interval>| {
            one.is_none_or(|one| wide.is_some_and(|wide| wide.0 <= one.0 && one.1 <= wide.1))
        };
        for one in [one, planned] {
            for (wide, one) in [
                (wide.spared_cents, one.spared_cents),
                (wide.haul_kg_co2e, one.haul_kg_co2e),
                (wide.virgin_kg_co2e, one.virgin_kg_co2e),
                (wide.purchase_cents, one.purchase_cents),
                (wide.haul_cents, one.haul_cents),
                (wide.treatment_cents, one.treatment_cents),
            ] {
                prop_assert!(within(wide, one), "{wide:?} {one:?}");
            }
            if let Some((from, to)) = one.break_even_cents_t {
                let (low, high) = wide.break_even_cents_t.unwrap();
                prop_assert!(low <= from && high.is_none_or(|high| to.is_some_and(|to| to <= high)));
            }
        }
    }
}
