//! The parts of a score, each in thousandths, none when what it needs is missing.

use super::candidates::Prepared;
use crate::config;
use crate::model::{FlowType, Frequency, Part};
use chrono::NaiveDate;

/// Scores in the order of `Part::ALL`.
pub(super) type Scores = [Option<u16>; 5];

/// What one half is: a part whose facts are missing neither helps nor harms.
const HALF: u32 = 500;

/// Weights in thousandths that add up to 1000, and the radius.
#[derive(Debug)]
pub(super) struct Weights {
    milli: [u16; 5],
    radius_m: i64,
}

impl Weights {
    /// Scales the weights of the settings; a part that they do not name weighs nothing.
    pub(super) fn new(settings: &config::Matching) -> Self {
        let raw: Vec<u64> = Part::ALL
            .iter()
            .map(|part| u64::from(settings.weights.get(part.code()).copied().unwrap_or(0)))
            .collect();
        let sum: u64 = raw.iter().sum::<u64>().max(1);
        let mut milli = [0_u16; 5];
        for (target, weight) in milli.iter_mut().zip(&raw) {
            *target = u16::try_from(weight * 1000 / sum).unwrap_or(1000);
        }
        // What rounding lost goes to the first part.
        milli[0] += 1000_u16.saturating_sub(milli.iter().sum());
        Self { milli, radius_m: i64::from(settings.radius_km) * 1000 }
    }

    /// Weight of a part.
    pub(super) fn milli(&self, part: Part) -> u16 {
        Part::ALL.iter().position(|one| *one == part).map_or(0, |at| self.milli[at])
    }

    /// The weighted mean.
    pub(super) fn total(&self, scores: &Scores) -> u16 {
        let sum: u32 = scores
            .iter()
            .zip(self.milli)
            .map(|(score, weight)| score.map_or(HALF, u32::from) * u32::from(weight))
            .sum();
        u16::try_from(sum / 1000).unwrap_or(1000)
    }

    /// The total that a pair could reach at most with this material part.
    pub(super) fn most(&self, material: u16) -> u16 {
        let rest = Some(1000);
        self.total(&[Some(material), rest, rest, rest, rest])
    }

    /// The distance part of so many metres.
    pub(super) fn nearness(&self, metres: i64) -> u16 {
        nearness(metres, self.radius_m)
    }

    /// By how much a missing part could move the total either way.
    pub(super) fn swing(&self, part: Part) -> u16 {
        u16::try_from(u32::from(self.milli(part)) * HALF / 1000).unwrap_or(0)
    }
}

/// Every part of a pair.
pub(super) fn score(
    offer: &Prepared<'_>,
    request: &Prepared<'_>,
    weights: &Weights,
    as_of: NaiveDate,
) -> Scores {
    [
        Some(material(offer, request)),
        quantity(offer, request),
        distance_m(offer, request).map(|metres| nearness(metres, weights.radius_m)),
        time(offer, request, as_of),
        condition(offer, request),
    ]
}

fn material(offer: &Prepared<'_>, request: &Prepared<'_>) -> u16 {
    let shared = offer.words.iter().filter(|word| request.words.binary_search(word).is_ok()).count();
    agreement(offer, request, u32::try_from(shared).unwrap_or(u32::MAX), true)
}

/// The same code 1000, the same four digits 800, each as far as it is believed; or the same
/// category 450, up to 1000 as more words of the shorter description are shared. `words` are
/// those shared; without a common group of codes they need not be compared.
pub(super) fn agreement(one: &Prepared<'_>, other: &Prepared<'_>, words: u32, coded: bool) -> u16 {
    let words = overlap(words, one, other);
    if one.flow.flow_type != FlowType::Material {
        return thousandths(600 + 400 * words / 1000);
    }
    let said = match (one.flow.category, other.flow.category) {
        (Some(category), Some(same)) if category == same => 450 + 550 * words / 1000,
        (Some(_), Some(_)) => 300 * words / 1000,
        _ => 600 * words / 1000,
    };
    if !coded || said >= 1000 {
        return thousandths(said);
    }
    let exact = shared(&one.numbers, &other.numbers, 1);
    let group = shared(&one.numbers, &other.numbers, 100);
    thousandths(said.max(exact).max(group * 800 / 1000))
}

/// The least that [`agreement`] gives two materials of one category, or two of another type.
pub(super) const fn agreement_of_category(flow_type: FlowType) -> u16 {
    match flow_type {
        FlowType::Material => 450,
        _ => 600,
    }
}

/// How far two lists of likely codes agree, thousandths: the belief that they share over the
/// smaller belief, and from half of that, when nothing is sure, up to the whole when the smaller
/// belief is. Absolute belief alone would part two texts that say the same thing in other words.
fn shared(one: &[(u32, u32)], other: &[(u32, u32)], digits: u32) -> u32 {
    let sum = |list: &[(u32, u32)], key: u32| -> u32 {
        list.iter().filter(|(code, _)| code / digits == key).map(|(_, believed)| *believed).sum()
    };
    let whole = |list: &[(u32, u32)]| list.iter().map(|(_, believed)| *believed).sum::<u32>();
    let smaller = whole(one).min(whole(other));
    if smaller == 0 {
        return 0;
    }
    let mut common = 0;
    for (at, (code, _)) in one.iter().enumerate() {
        let key = code / digits;
        if one[..at].iter().all(|(earlier, _)| earlier / digits != key) {
            common += sum(one, key).min(sum(other, key));
        }
    }
    let agreed = (common * 1000 / smaller).min(1000);
    agreed * (500 + smaller.min(1000) / 2) / 1000
}

/// Shared words over the shorter list, thousandths.
fn overlap(shared: u32, one: &Prepared<'_>, other: &Prepared<'_>) -> u32 {
    let shorter = u32::try_from(one.words.len().min(other.words.len())).unwrap_or(u32::MAX);
    (shared.saturating_mul(1000) / shorter.max(1)).min(1000)
}

/// 400 for any two known quantities, up to 1000 as the smaller nears the larger.
fn quantity(offer: &Prepared<'_>, request: &Prepared<'_>) -> Option<u16> {
    Some(nearness_of_amounts(offer.mass()?, request.mass()?))
}

/// As [`quantity`], of two amounts in kilograms a year.
pub(super) fn nearness_of_amounts(one: i64, other: i64) -> u16 {
    let (small, large) = (i128::from(one.min(other)), i128::from(one.max(other).max(1)));
    thousandths(400 + u32::try_from(600 * small / large).unwrap_or(600))
}

/// 1000 on the spot, nothing from the radius on, a straight line between.
fn nearness(metres: i64, radius_m: i64) -> u16 {
    let left = (radius_m - metres).max(0);
    thousandths(u32::try_from(1000 * left / radius_m.max(1)).unwrap_or(1000))
}

/// Windows that meet 1000, that do not 0, or that are over by today 0; one delivery against a
/// regular need 700.
pub(super) fn time(offer: &Prepared<'_>, request: &Prepared<'_>, as_of: NaiveDate) -> Option<u16> {
    let (one, other) = (offer.flow, request.flow);
    let ends = [one.available_to, other.available_to];
    let starts = [one.available_from, other.available_from];
    if starts.iter().flatten().any(|start| ends.iter().flatten().any(|end| end < start)) {
        return Some(0);
    }
    time_at_most(offer, request, as_of)
}

/// As [`time`], were the windows to meet.
pub(super) fn time_at_most(offer: &Prepared<'_>, request: &Prepared<'_>, as_of: NaiveDate) -> Option<u16> {
    let (one, other) = (offer.flow, request.flow);
    let ends = [one.available_to, other.available_to];
    if ends.iter().flatten().any(|end| *end < as_of) {
        return Some(0);
    }
    let dated = [one.available_from, other.available_from].iter().chain(&ends).any(Option::is_some);
    match one.frequency.zip(other.frequency) {
        Some((left, right)) if (left == Frequency::Once) != (right == Frequency::Once) => Some(700),
        Some(_) => Some(1000),
        None if dated => Some(1000),
        None => None,
    }
}

/// Another physical state 300; hazardous where the request says no 0; else 1000.
pub(super) fn condition(offer: &Prepared<'_>, request: &Prepared<'_>) -> Option<u16> {
    let state =
        offer.flow.state.zip(request.flow.state).map(|(one, other)| if one == other { 1000 } else { 300 });
    let hazard = offer.flow.hazardous.zip(request.flow.hazardous);
    let hazard = hazard.map(|(offered, accepted)| if offered && !accepted { 0 } else { 1000 });
    state.into_iter().chain(hazard).min()
}

/// Great-circle distance in metres (mean radius of the Earth, 6,371.0088 km, IUGG).
#[expect(clippy::cast_possible_truncation, reason = "a distance on the Earth is far below the limit of i64")]
pub(super) fn distance_m(offer: &Prepared<'_>, request: &Prepared<'_>) -> Option<i64> {
    let ((north, east), (other_north, other_east)) = (offer.place?, request.place?);
    let (phi, other_phi) = (north.to_radians(), other_north.to_radians());
    let half_north = ((other_phi - phi) / 2.0).sin();
    let half_east = ((other_east - east).to_radians() / 2.0).sin();
    let chord = half_north * half_north + phi.cos() * other_phi.cos() * half_east * half_east;
    Some((2.0 * 6_371_008.8 * chord.sqrt().min(1.0).asin()).round() as i64)
}

fn thousandths(score: u32) -> u16 {
    u16::try_from(score.min(1000)).unwrap_or(1000)
}
