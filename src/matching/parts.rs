//! The parts of a score, each in thousandths, none when what it needs is missing.

use super::candidates::{Prepared, Said};
use super::circumstances;
use super::digests::Material;
use super::facts::{Facts, Place};
use super::quantity;
use super::substances;
use crate::config;
use crate::materials;
use crate::model::{Category, FlowType, Part};
use chrono::NaiveDate;

/// Scores in the order of `Part::ALL`.
pub(super) type Scores = [Option<u16>; Part::ALL.len()];

/// A part whose facts are missing counts one half: it neither helps nor harms.
pub(super) const HALF_PART: u16 = 500;

/// Weights in thousandths that add up to 1000, and the radius.
#[derive(Debug)]
pub(super) struct Weights {
    milli: [u16; Part::ALL.len()],
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
        let mut milli = [0_u16; Part::ALL.len()];
        for (target, weight) in milli.iter_mut().zip(&raw) {
            *target = u16::try_from(weight * 1000 / sum).unwrap_or(1000);
        }
        // What rounding lost goes to the first part that weighs anything.
        let lost = 1000_u16.saturating_sub(milli.iter().sum());
        if let Some(first) = milli.iter_mut().find(|weight| **weight > 0) {
            *first += lost;
        }
        Self { milli, radius_m: i64::from(settings.radius_km) * 1000 }
    }

    /// Weight of a part.
    pub(super) fn milli(&self, part: Part) -> u16 {
        self.milli[part as usize]
    }

    /// The weighted mean.
    pub(super) fn total(&self, scores: &Scores) -> u16 {
        u16::try_from(self.weighed_sum(scores) / 1000).unwrap_or(1000)
    }

    /// The weighted mean in thousandths of a thousandth.
    pub(super) fn weighed_sum(&self, scores: &Scores) -> u32 {
        Part::ALL.iter().zip(scores).map(|(part, score)| self.weighed(*part, *score)).sum()
    }

    /// A part times its weight.
    pub(super) fn weighed(&self, part: Part, score: Option<u16>) -> u32 {
        u32::from(score.unwrap_or(HALF_PART)) * u32::from(self.milli(part))
    }

    /// The weight of a part as a real number.
    pub(super) fn of(&self, part: Part) -> f32 {
        f32::from(self.milli(part))
    }

    /// Metres from which the distance part is nothing.
    pub(super) const fn radius_m(&self) -> i64 {
        self.radius_m
    }

    /// Whether two flows so far apart may take part in a plan.
    pub(super) const fn is_within(&self, metres: i64) -> bool {
        metres <= self.radius_m
    }

    /// The distance part of so many metres.
    pub(super) fn nearness(&self, metres: i64) -> u16 {
        nearness(metres, self.radius_m)
    }

    /// By how much the total moves when a part moves by so much.
    pub(super) fn moved(&self, part: Part, by: u16) -> u16 {
        u16::try_from(self.weighed(part, Some(by)) / 1000).unwrap_or(0)
    }
}

/// Every part of a pair.
pub(super) fn score(
    offer: &Prepared<'_>,
    request: &Prepared<'_>,
    weights: &Weights,
    as_of: NaiveDate,
) -> Scores {
    let (offered, needed) = (offer.material_of(request.flow.flow_type), request.material());
    let scores = beside_material(&offer.facts, &request.facts, weights, as_of);
    with_material(scores, &offer.said(&offered), &request.said(&needed))
}

/// Scores with how far both agree in material. Where one denies what the other names, nothing is left of the
/// condition.
pub(super) fn with_material(mut scores: Scores, one: &Said<'_>, other: &Said<'_>) -> Scores {
    scores[Part::Material as usize] = Some(agreement(one, other));
    if one.contradicts(other) {
        scores[Part::Condition as usize] = Some(0);
    }
    scores
}

/// How far two materials agree, before what realised synergies add.
pub(super) fn material(offer: &Prepared<'_>, request: &Prepared<'_>) -> u16 {
    let (offered, needed) = (offer.material_of(request.flow.flow_type), request.material());
    agreement(&offer.said(&offered), &request.said(&needed))
}

/// As [`score`], without the material part and what words contradict.
pub(super) fn beside_material(offer: &Facts, request: &Facts, weights: &Weights, as_of: NaiveDate) -> Scores {
    [
        None,
        quantity::compared(offer.amount, request.amount).map(|(one, other)| quantity::agreement(one, other)),
        apart_m(offer, request).map(|metres| weights.nearness(metres)),
        circumstances::period(offer, request, as_of),
        circumstances::condition(offer, request),
        offer.gained,
        Some(circumstances::openness(offer, request)),
    ]
}

/// What destination and confidentiality weigh of an offer, or of a request, whoever the other is: of both
/// sides together exactly what both parts weigh.
pub(super) fn alone(one: &Facts, is_offer: bool, weights: &Weights) -> u32 {
    let gained = if is_offer { weights.weighed(Part::Destination, one.gained) } else { 0 };
    gained + weights.weighed(Part::Confidentiality, Some(circumstances::openness_of(one)))
}

/// The same code 1000, the same four digits 800, each as far as it is believed, but not between two
/// categories where the four digits hold several (packaging of wood and of plastic); or the same
/// category 450, up to 1000 as more of the words of both descriptions are shared. What is no material as
/// [`of_resources`] says. Two materials that name other substances of one family (steel and aluminium) agree
/// no more than their category, two that are one substance no less than [`OF_ONE_SUBSTANCE`], and two that
/// [`share_a_substance`] no less than [`OF_A_SUBSTANCE`].
pub(super) fn agreement(one: &Said<'_>, other: &Said<'_>) -> u16 {
    let agreed = beside_substances(one, other);
    if substances::differ(one.material.substances, other.material.substances) {
        return agreed.min(agreement_of_category(FlowType::Material));
    }
    if is_one_substance(one.material, other.material) {
        return agreed.max(OF_ONE_SUBSTANCE);
    }
    if share_a_substance(one.material, other.material) { agreed.max(OF_A_SUBSTANCE) } else { agreed }
}

/// What two materials agree at least that are one metal, polymer or chemical, whatever their words, codes and
/// categories: less than the same code when it is sure, for grade and impurities may differ.
pub(super) const OF_ONE_SUBSTANCE: u16 = 900;

/// Whether both materials are plainly the same metal, polymer or chemical.
pub(super) fn is_one_substance(one: &Material, other: &Material) -> bool {
    one.is.is_some() && one.is == other.is
}

/// What two materials agree at least that name one substance.
pub(super) const OF_A_SUBSTANCE: u16 = 600;

/// Whether two materials of one category name one metal, polymer, glass or chemical.
pub(super) fn share_a_substance(one: &Material, other: &Material) -> bool {
    let both = one.substances & other.substances;
    // Most share none.
    !both.is_empty()
        && one.category.is_some()
        && one.category == other.category
        && !substances::lasting(both).is_empty()
}

/// As [`agreement`], whatever substances are named.
fn beside_substances(one: &Said<'_>, other: &Said<'_>) -> u16 {
    let both = u32::try_from(one.words.len() + other.words.len()).unwrap_or(u32::MAX);
    let said = said(one.flow_type(), (one.category(), other.category()), one.shared_words(other), both);
    if one.flow_type() != FlowType::Material {
        return of_resources(one, other, said);
    }
    if said >= 1000 {
        return said;
    }
    let meets = |digits: u32| {
        let key = |(code, _): &(u32, u32)| code / digits;
        one.codes().iter().any(|code| other.codes().iter().any(|same| key(code) == key(same)))
    };
    // Most pairs share no group, and fewer a code.
    if !meets(100) {
        return said;
    }
    let parted = is_parted(one.category(), other.category());
    let group = shared(one.codes(), other.codes(), 100, parted);
    let exact = if meets(1) { shared(one.codes(), other.codes(), 1, false) } else { 0 };
    thousandths(u32::from(said).max(exact).max(group * OF_A_GROUP / 1000))
}

/// The same resource 1000, as far as both name no others; two that are known to be others agree little,
/// whatever words they share, but for water, of which one may serve for another; else what the words say.
fn of_resources(one: &Said<'_>, other: &Said<'_>, said: u16) -> u16 {
    if one.codes().is_empty() || other.codes().is_empty() {
        return said;
    }
    match shared(one.codes(), other.codes(), 1, false) {
        0 if one.flow_type() == FlowType::Water => said,
        0 => said.min(OTHER_RESOURCE),
        same => said.max(thousandths(same)),
    }
}

/// Whether two materials are known to be of two categories.
pub(super) fn is_parted(one: Option<Category>, other: Option<Category>) -> bool {
    one.zip(other).is_some_and(|(one, other)| one != other)
}

/// The agreement of so many shared words, of this number of words in both descriptions together:
/// twice the shared words over that number (Dice 1945), for one word in common with a long
/// description says less than one with a description of one word.
fn said(
    flow_type: FlowType,
    categories: (Option<Category>, Option<Category>),
    shared: u32,
    both: u32,
) -> u16 {
    if shared == 0 && flow_type != FlowType::Material {
        return OF_A_TYPE;
    }
    of_words(flow_type, categories, (shared.saturating_mul(2000) / both.max(1)).min(1000))
}

/// The agreement of a share of words in common, thousandths, when there is one.
pub(super) fn of_words(
    flow_type: FlowType,
    categories: (Option<Category>, Option<Category>),
    words: u32,
) -> u16 {
    if flow_type != FlowType::Material {
        return thousandths(600 + 400 * words / 1000);
    }
    thousandths(match categories {
        (Some(category), Some(same)) if category == same => 450 + 550 * words / 1000,
        (Some(_), Some(_)) => 300 * words / 1000,
        _ => 600 * words / 1000,
    })
}

/// What two of a type agree that is no material, and share nothing else.
const OF_A_TYPE: u16 = 200;
/// The most that two agree that are no material and known to be other resources: below what counts.
const OTHER_RESOURCE: u16 = 400;

/// What [`agreement`] gives two materials of one category that share nothing else, or two of another type.
pub(super) const fn agreement_of_category(flow_type: FlowType) -> u16 {
    match flow_type {
        FlowType::Material => 450,
        _ => OF_A_TYPE,
    }
}

/// How far two lists of likely codes agree, thousandths: the belief that they share over the
/// smaller belief, and from half of that, when nothing is sure, up to the whole when the smaller
/// belief is. Absolute belief alone would part two texts that say the same thing in other words.
/// Groups of several categories do not count for what is `parted` by them.
fn shared(one: &[(u32, u32)], other: &[(u32, u32)], digits: u32, parted: bool) -> u32 {
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
        let counts = !(parted && materials::is_mixed(key));
        if counts && one[..at].iter().all(|(earlier, _)| earlier / digits != key) {
            common += sum(one, key).min(sum(other, key));
        }
    }
    u32::from(coded(common, smaller))
}

/// What codes agree that share so much belief, of the smaller sum of belief.
pub(super) fn coded(common: u32, smaller: u32) -> u16 {
    if smaller == 0 {
        return 0;
    }
    let agreed = (common * 1000 / smaller).min(1000);
    thousandths(agreed * (500 + smaller.min(1000) / 2) / 1000)
}

/// What a group counts beside a code, thousandths.
pub(super) const OF_A_GROUP: u32 = 800;

/// 1000 on the spot, nothing from the radius on, a straight line between.
fn nearness(metres: i64, radius_m: i64) -> u16 {
    let left = (radius_m - metres).max(0);
    thousandths(u32::try_from(1000 * left / radius_m.max(1)).unwrap_or(1000))
}

/// Mean radius of the Earth, metres (IUGG).
pub(super) const EARTH_M: f64 = 6_371_008.8;

/// Great-circle distance in metres of two flows whose places are known.
pub(super) fn distance_m(offer: &Prepared<'_>, request: &Prepared<'_>) -> Option<i64> {
    apart_m(&offer.facts, &request.facts)
}

/// Metres between two places: nothing within one park that is on no map.
pub(super) fn apart_m(one: &Facts, other: &Facts) -> Option<i64> {
    let on_the_map = one.place.zip(other.place).map(|(one, other)| metres(one, other));
    on_the_map.or_else(|| (one.park.is_some() && one.park == other.park).then_some(0))
}

/// Great-circle distance in metres, from the chord between two points.
#[expect(clippy::cast_possible_truncation, reason = "a distance on the Earth is far below the limit of i64")]
pub(super) fn metres(Place(one): Place, Place(other): Place) -> i64 {
    let square: f64 = one.iter().zip(other).map(|(one, other)| (one - other) * (one - other)).sum();
    (2.0 * EARTH_M * (square.sqrt() / 2.0).min(1.0).asin()).round() as i64
}

fn thousandths(score: u32) -> u16 {
    u16::try_from(score.min(1000)).unwrap_or(1000)
}
