//! What the collection round of a pool costs and emits, how well its members suit their partner, and why.
//!
//! A round carries each kilogram no less far than straight to the partner. By the triangle inequality any round and its
//! reverse together carry no more than twice the whole load over the distances of all members, so that the better of
//! both lies between.

use super::candidates::Prepared;
use super::known::Known;
use super::parts::{self, Weights};
use super::pooling::Pool;
use super::prices::{self, Interval, scaled, scaled_up};
use crate::config;
use crate::model::Direction;
use chrono::NaiveDate;

/// What a pool comes to in a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// Mean score of the members with the partner by their kilograms, thousandths; none without a partner.
    pub score_milli: Option<u16>,
    /// Sum of the distances between the members and the partner, metres; none when a place is not known.
    pub haul_m: Option<i64>,
    /// Emissions of the haul, kg `CO2e` a year.
    pub haul_kg_co2e: Option<Interval>,
    /// Cost of the haul, cents of CAD a year: tonne-kilometres at the pooled load, and what is loaded.
    pub haul_cents: Option<Interval>,
    /// Price of disposal, or of purchase where requests are pooled, from which haul, treatment and start are paid,
    /// cents of CAD a tonne.
    pub break_even_cents_t: Option<Interval>,
    /// Why it is a pool, French and English.
    pub reason: [String; 2],
    /// What to ask next, French and English.
    pub question: [String; 2],
}

/// The round of a pool; none for a pool of other flows.
#[must_use]
pub fn round(known: &Known<'_>, pool: &Pool, settings: &config::Matching, as_of: NaiveDate) -> Option<Round> {
    let partner = pool.partner.as_ref().and_then(|(id, _)| known.get(id));
    let members: Option<Vec<_>> =
        pool.members.iter().map(|(id, kg)| Some((known.get(id)?, i128::from(*kg)))).collect();
    let members = members?;
    let weights = Weights::new(settings);
    let score_milli = partner.and_then(|partner| {
        let of = |(member, kg): &(&Prepared<'_>, i128)| {
            let (offer, request) = match pool.direction {
                Direction::Output => (*member, partner),
                Direction::Input => (partner, *member),
            };
            i128::from(weights.total(&parts::score(offer, request, &weights, as_of))) * kg
        };
        u16::try_from(members.iter().map(of).sum::<i128>() / i128::from(pool.total_kg.max(1))).ok()
    });
    let apart = partner.and_then(|partner| {
        let of = |(member, kg): &(&Prepared<'_>, i128)| Some((parts::distance_m(member, partner)?, *kg));
        members.iter().map(of).collect::<Option<Vec<_>>>()
    });
    let carried = apart.as_ref().map(|apart| carried(apart, pool.total_kg));
    let kg = (pool.total_kg, pool.total_kg);
    let haul = |each: Interval, over: i128| {
        let whole = |value: i128| i64::try_from(value).unwrap_or(i64::MAX);
        let of = |(low, high): (i128, i128)| {
            (whole(low * i128::from(each.0) / over), whole((high * i128::from(each.1) + over - 1) / over))
        };
        carried.map(of)
    };
    let stops = i64::try_from(pool.members.len()).unwrap_or(i64::MAX);
    let haul_cents = haul(prices::transport_cents_t_km(kg, settings), 1_000_000).map(|(low, high)| {
        let loading = prices::loading_cents(kg, settings);
        // Each further stop loads once more, at most.
        let further = prices::load_cents(settings).1.saturating_mul(stops - 1);
        (low.saturating_add(loading.0), high.saturating_add(loading.1).saturating_add(further))
    });
    let (start, treatment) =
        (prices::start_cents(false, settings), prices::treatment_cents_t(pool.kind.0, settings));
    let break_even_cents_t = haul_cents.filter(|_| pool.total_kg > 0).map(|(low, high)| {
        let of_low = scaled(low.saturating_add(start.0), 1_000, pool.total_kg);
        let of_high = scaled_up(high.saturating_add(start.1), 1_000, pool.total_kg);
        (of_low.saturating_add(treatment.0), of_high.saturating_add(treatment.1))
    });
    let haul_m: Option<i64> = apart.map(|apart| apart.iter().map(|(metres, _)| metres).sum());
    Some(Round {
        score_milli,
        haul_m,
        haul_kg_co2e: haul(prices::emissions_g(kg), 1_000_000_000),
        haul_cents,
        break_even_cents_t,
        reason: reason(pool, haul_m, settings),
        question: question(pool),
    })
}

/// Kilograms times metres of road, least and most: each kilogram straight to the partner, and the whole load over
/// the distances of all.
fn carried(apart: &[(i64, i128)], total_kg: i64) -> (i128, i128) {
    let roads = || apart.iter().map(|(metres, kg)| (prices::roads_m(*metres), kg));
    let low = roads().map(|((short, _), kg)| i128::from(short) * kg).sum();
    let high: i128 = roads().map(|((_, long), _)| i128::from(long)).sum();
    (low, high * i128::from(total_kg))
}

fn reason(pool: &Pool, haul_m: Option<i64>, settings: &config::Matching) -> [String; 2] {
    let (count, kg, load) = (pool.members.len(), pool.total_kg, settings.pool_load_kg);
    let (both_fr, both_en) = haul_m.map_or_else(
        || {
            let what = if pool.partner.is_some() { "un lieu" } else { "le débouché" };
            let place = if pool.partner.is_some() { "a place" } else { "the outlet" };
            (
                format!("tournée non chiffrée : {what} n’est pas connu"),
                format!("no figures of the round: {place} is not known"),
            )
        },
        |metres| {
            let [whole, tenth] = [metres / 1_000, metres % 1_000 / 100];
            (
                format!("{whole},{tenth} km en tout entre les membres et le partenaire"),
                format!("{whole}.{tenth} km in all between the members and the partner"),
            )
        },
    );
    let near = settings.pool_radius_km;
    [
        format!(
            "{count} flux d’une même sorte à {near} km au plus du premier : {kg} kg/an ensemble, aucun n’atteint seul {load} kg/an ; {both_fr}"
        ),
        format!(
            "{count} flows of one kind within {near} km of the first: {kg} kg a year together, none reaches {load} kg a year alone; {both_en}"
        ),
    ]
}

fn question(pool: &Pool) -> [String; 2] {
    let (count, kg) = (pool.members.len(), pool.total_kg);
    let [french, english] = match (pool.direction, pool.partner.is_some()) {
        (Direction::Output, true) => ["Prendriez-vous", "Would you take"],
        (Direction::Output, false) => ["Qui prendrait", "Who would take"],
        (Direction::Input, true) => ["Fourniriez-vous", "Would you supply"],
        (Direction::Input, false) => ["Qui fournirait", "Who would supply"],
    };
    [
        format!("{french} {kg} kg/an en une tournée de {count} arrêts ?"),
        format!("{english} {kg} kg a year in one round of {count} stops?"),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::tests::{day, flow, organisation, parks, searched};
    use super::super::{Known, Pool};
    use super::{carried, round};
    use crate::config;
    use crate::model::{Direction, Flow, Mass, RankedCode};
    use proptest::prelude::*;

    fn small(id: &str, direction: Direction, kg: i64) -> Flow {
        let ranked_codes = vec![RankedCode { code: "150103", confidence_milli: 900 }];
        Flow { mass: Mass::exact(kg), ranked_codes, ..flow(id, id, direction, "palettes de bois") }
    }

    #[test]
    fn a_round_is_priced_at_the_load_of_all_and_says_why_and_what_to_ask() {
        let flows = [
            small("1", Direction::Output, 6_000),
            small("2", Direction::Output, 6_000),
            small("3", Direction::Input, 11_000),
        ];
        let (parks, settings) = (parks(), config::Matching::default());
        let companies = ["1", "2", "3"].map(organisation);
        let known = Known::new(&companies, &flows, &parks);
        let pools = searched(&known, &settings, day()).pools();
        let told = round(&known, &pools[0], &settings, day()).unwrap();
        // All are in one park: one load to two, and at most one more for the second stop.
        assert_eq!(
            (told.haul_m, told.haul_kg_co2e, told.haul_cents),
            (Some(0), Some((0, 0)), Some((21_300, 124_200)))
        );
        assert!(told.score_milli > Some(600), "{told:?}");
        assert_eq!(told.break_even_cents_t, Some((1_775, 20_745)));
        assert!(told.reason[0].contains("12000 kg/an") && told.question[1].starts_with("Would you take"));
        let alone = Pool { partner: None, ..pools[0].clone() };
        let told = round(&known, &alone, &settings, day()).unwrap();
        assert_eq!((told.score_milli, told.haul_cents), (None, None));
        assert!(
            told.reason[1].contains("outlet is not known") && told.question[0].starts_with("Qui prendrait")
        );
    }

    proptest! {
        #[test]
        fn whatever_the_order_of_a_round_the_better_way_round_lies_between_the_ends(
            members in proptest::collection::vec((0..50_000_i32, 0..360_u16, 1..9_000_i32), 1..7),
        ) {
            // Members around the partner, by distance and direction, visited in the order drawn.
            let at = |(metres, degrees, _): &(i32, u16, i32)| {
                let (sine, cosine) = f64::from(*degrees).to_radians().sin_cos();
                (f64::from(*metres) * cosine, f64::from(*metres) * sine)
            };
            let carries = |members: &[(i32, u16, i32)]| {
                let (mut load, mut sum) = (0.0, 0.0);
                for (number, member) in members.iter().enumerate() {
                    load += f64::from(member.2);
                    let (x, y) = at(member);
                    let (to_x, to_y) = members.get(number + 1).map_or((0.0, 0.0), at);
                    sum += load * (x - to_x).hypot(y - to_y);
                }
                sum
            };
            let back: Vec<_> = members.iter().rev().copied().collect();
            let better = f64::min(carries(&members), carries(&back));
            let total = members.iter().map(|member| i64::from(member.2)).sum();
            let apart: Vec<(i64, i128)> =
                members.iter().map(|(metres, _, kg)| (i64::from(*metres), i128::from(*kg))).collect();
            let (low, high) = carried(&apart, total);
            #[expect(clippy::cast_precision_loss, reason = "a sum is compared")]
            let (low, high) = (low as f64, high as f64);
            // Roads are up to half as long again.
            prop_assert!(low <= better + 1.0 && better * 1.5 <= high + 1.0, "{low} {better} {high}");
        }
    }
}
