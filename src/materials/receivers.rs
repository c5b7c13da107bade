//! Which sectors take an offer: from its code, its words and what was realised before.
//!
//! Two reasons add up, each at most 1 before its weight: `pipelines/reference/debouches.csv`
//! (who turns what into what, ours), and precedents that resemble the offer (nearest neighbours
//! over codes, words and the donor's sector) as far as they speak for a sector more than all
//! precedents do. How often a sector received anything tells such sectors apart and names none: who
//! takes much of everything is not thereby an outlet of this.

use super::activity::Nomenclature;
use super::catalogue;
use super::words;
use crate::model::FlowType;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// What the table of outlets, the precedents and popularity count.
const OUTLETS: f32 = 0.75;
const PRECEDENTS: f32 = 2.0;
const POPULARITY: f32 = 0.2;

/// Each further outlet of a row counts 1 / (1 + this × its place).
const NEXT_OUTLET: f32 = 0.2;

/// Likeness of two offers with the same code, subchapter, chapter, and the same donor's sector.
const SAME_CODE: f32 = 1.0;
const SAME_SUBCHAPTER: f32 = 0.45;
const SAME_CHAPTER: f32 = 0.15;
const SAME_DONOR: f32 = 0.3;

/// Likeness that precedents must add up to before they count half.
const FEW: f32 = 0.5;

/// Precedents that went nowhere, counted with all: of a handful nobody knows what is popular.
const UNKNOWN: f32 = 5.0;

/// Codes of an offer that count.
const CODES: usize = 5;

/// An offer whose receivers are wanted, or one that was realised.
#[derive(Clone, Default)]
pub struct Offer {
    /// Codes of the List of Waste with belief from 0 to 1, likeliest first.
    codes: Vec<(String, f32)>,
    /// `energie` or `eau`, which the list does not know.
    outside: Option<FlowType>,
    stems: BTreeSet<String>,
    donor: String,
}

/// A realised exchange: its offer and the sector that took it.
#[derive(Clone)]
pub struct Precedent {
    offer: Offer,
    receiver: String,
}

impl std::fmt::Debug for Precedent {
    /// Without the words of a company.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Precedent").field("receiver", &self.receiver).finish_non_exhaustive()
    }
}

impl Offer {
    /// An offer from its codes (with thousandths of belief), type, words and the donor's sector.
    /// Codes that the list does not have are left out.
    #[must_use]
    pub fn new(codes: &[(&str, u16)], flow_type: FlowType, description: &str, donor: &str) -> Self {
        let belief = |milli: u16| f32::from(milli) / 1000.0;
        Self {
            codes: codes
                .iter()
                .filter(|(code, _)| catalogue::position(code).is_some())
                .take(CODES)
                .map(|(code, milli)| ((*code).to_owned(), belief(*milli)))
                .collect(),
            outside: (codes.is_empty() || matches!(flow_type, FlowType::Water | FlowType::Energy))
                .then_some(flow_type),
            stems: words::read(description).0.into_iter().map(|word| word.stem).collect(),
            donor: donor.to_owned(),
        }
    }
}

impl Precedent {
    /// A realised exchange.
    #[must_use]
    pub fn new(offer: Offer, receiver: &str) -> Self {
        Self { offer, receiver: receiver.to_owned() }
    }
}

struct Outlets {
    nace: Vec<&'static str>,
    scian: Vec<&'static str>,
}

/// Outlets by prefix of code, or by type of flow.
static OUTLETS_BY_PREFIX: LazyLock<BTreeMap<&'static str, Outlets>> = LazyLock::new(|| {
    let records: &'static [csv::StringRecord] =
        csv::Reader::from_reader(include_str!("../../pipelines/reference/debouches.csv").as_bytes())
            .into_records()
            .filter_map(Result::ok)
            .collect::<Vec<_>>()
            .leak();
    let mut outlets = BTreeMap::new();
    for record in records {
        for prefix in record[0].split('|') {
            let list = |cell: &'static str| cell.split('|').collect();
            outlets.insert(prefix, Outlets { nace: list(&record[1]), scian: list(&record[2]) });
        }
    }
    outlets
});

/// Outlets of a code: the row of its longest prefix.
fn outlets(code: &str, list: Nomenclature) -> &'static [&'static str] {
    let found = (2..=code.len()).rev().find_map(|length| OUTLETS_BY_PREFIX.get(&code[..length]));
    found.map_or(&[], |outlets| if list == Nomenclature::Scian { &outlets.scian } else { &outlets.nace })
}

/// Sectors for which there is a reason to take an offer, likeliest first, with a score; ties in the order
/// of sectors.
#[must_use]
pub fn receivers(
    offer: &Offer,
    precedents: &[Precedent],
    list: Nomenclature,
    top: usize,
) -> Vec<(String, f32)> {
    let mut scores: BTreeMap<&str, f32> = BTreeMap::new();
    for (sector, value) in known_outlets(offer, list) {
        scores.insert(sector, OUTLETS * value);
    }
    let mut alike: BTreeMap<&str, f32> = BTreeMap::new();
    let mut received: BTreeMap<&str, f32> = BTreeMap::new();
    let rare = rarity(offer, precedents);
    for precedent in precedents {
        *alike.entry(&precedent.receiver).or_default() += likeness(offer, &precedent.offer, &rare);
        *received.entry(&precedent.receiver).or_default() += 1.0;
    }
    let (likeness, all) = (alike.values().sum::<f32>(), received.values().sum::<f32>());
    for (sector, value) in alike {
        let more = value / (likeness + FEW) - received[sector] / (all + UNKNOWN);
        if more > 0.0 {
            *scores.entry(sector).or_default() += PRECEDENTS * more;
        }
    }
    let most = received.values().copied().fold(1.0, f32::max);
    for (sector, score) in &mut scores {
        *score += POPULARITY * received.get(sector).copied().unwrap_or(0.0) / most;
    }
    let mut ranked: Vec<(String, f32)> =
        scores.into_iter().map(|(sector, score)| (sector.to_owned(), score)).collect();
    ranked.sort_by(|left, right| right.1.total_cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
    ranked.truncate(top);
    ranked
}

/// Outlets of the table with what they count: by belief in the code, and less from place to place.
fn known_outlets(offer: &Offer, list: Nomenclature) -> BTreeMap<&'static str, f32> {
    let outside = offer.outside.map(|flow_type| (flow_type.code().to_owned(), 1.0));
    let of_list = if outside.as_ref().is_some_and(|(code, _)| OUTLETS_BY_PREFIX.contains_key(code.as_str())) {
        &[][..]
    } else {
        &offer.codes[..]
    };
    let mut known: BTreeMap<&str, f32> = BTreeMap::new();
    for (code, belief) in of_list.iter().chain(&outside) {
        let mut weight = 1.0;
        for sector in outlets(code, list) {
            let value = known.entry(sector).or_default();
            *value = value.max(belief / weight);
            weight += NEXT_OUTLET;
        }
    }
    known
}

/// Every sector (SCIAN) that the table of outlets names.
#[cfg(test)]
pub(super) fn sectors() -> impl Iterator<Item = &'static str> {
    OUTLETS_BY_PREFIX.values().flat_map(|outlets| outlets.scian.iter().copied())
}

/// NACE and SCIAN outlets of each row of the table.
#[cfg(test)]
pub(super) fn both_lists() -> impl Iterator<Item = (&'static [&'static str], &'static [&'static str])> {
    OUTLETS_BY_PREFIX.values().map(|outlets| (outlets.nace.as_slice(), outlets.scian.as_slice()))
}

/// How much each word tells: the logarithm of how few precedents hold it.
#[allow(clippy::cast_precision_loss, reason = "a count of precedents is far below a million")]
fn rarity<'a>(offer: &'a Offer, precedents: &'a [Precedent]) -> BTreeMap<&'a str, f32> {
    let mut holding: BTreeMap<&str, f32> = BTreeMap::new();
    for stems in precedents.iter().map(|precedent| &precedent.offer.stems).chain([&offer.stems]) {
        for stem in stems {
            *holding.entry(stem).or_default() += 1.0;
        }
    }
    let all = precedents.len() as f32 + 2.0;
    holding.into_iter().map(|(stem, count)| (stem, (all / count).ln())).collect()
}

fn likeness(left: &Offer, right: &Offer, rare: &BTreeMap<&str, f32>) -> f32 {
    let mut by_code = 0.0_f32;
    for (one, belief) in left.codes.iter().take(3) {
        for (other, trust) in right.codes.iter().take(3) {
            let same = if one == other {
                SAME_CODE
            } else if one[..4] == other[..4] {
                SAME_SUBCHAPTER
            } else if one[..2] == other[..2] {
                SAME_CHAPTER
            } else {
                continue;
            };
            by_code = by_code.max(same * (belief * trust).sqrt());
        }
    }
    let tell = |stems: &mut dyn Iterator<Item = &String>| -> f32 {
        stems.filter_map(|stem| rare.get(stem.as_str())).sum()
    };
    let shared = tell(&mut left.stems.intersection(&right.stems));
    let all = tell(&mut left.stems.union(&right.stems));
    let by_words = if all > 0.0 { shared / all } else { 0.0 };
    let donor = if !left.donor.is_empty() && left.donor == right.donor { SAME_DONOR } else { 0.0 };
    by_code + by_words + donor
}

#[cfg(test)]
mod tests {
    use super::{OUTLETS_BY_PREFIX, Offer, Precedent, receivers};
    use crate::materials::{Nomenclature, catalogue};
    use crate::model::FlowType;

    #[test]
    fn every_row_of_outlets_names_entries_of_the_list_or_a_type() {
        for (prefix, outlets) in OUTLETS_BY_PREFIX.iter() {
            let known = catalogue::entries().iter().any(|entry| entry.code.starts_with(prefix));
            assert!(known || prefix.parse::<FlowType>().is_ok(), "{prefix}");
            assert!(!outlets.nace.is_empty() && !outlets.scian.is_empty());
        }
    }

    #[test]
    fn a_known_outlet_comes_first_and_precedents_add_theirs() {
        let offer = Offer::new(&[("100102", 900)], FlowType::Material, "Cendres volantes", "3511");
        let plain = receivers(&offer, &[], Nomenclature::Nace, 5);
        assert_eq!(plain[0].0, "2351");
        let alike = Precedent::new(offer.clone(), "9999");
        assert_eq!(receivers(&offer, &[alike], Nomenclature::Nace, 1)[0].0, "9999");
    }

    #[test]
    fn who_takes_everything_is_not_thereby_an_outlet_of_this() {
        let offer = Offer::new(&[("100102", 900)], FlowType::Material, "Cendres volantes", "3511");
        let has = |precedents: &[Precedent]| {
            receivers(&offer, precedents, Nomenclature::Nace, 20).iter().any(|(sector, _)| sector == "9999")
        };
        let other = Offer::new(&[("020502", 900)], FlowType::Material, "Petit-lait", "1051");
        let popular = vec![Precedent::new(other, "9999"); 50];
        assert!(!has(&popular));
        // A slight likeness of a few is what popularity alone lets one expect.
        let near = Offer::new(&[("101304", 300)], FlowType::Material, "Poussières", "2352");
        assert!(!has(&[popular.clone(), vec![Precedent::new(near, "9999"); 2]].concat()));
        let same = vec![Precedent::new(offer.clone(), "9999"); 20];
        assert!(has(&same));
    }

    #[test]
    fn every_code_of_the_list_has_outlets() {
        for entry in catalogue::entries() {
            for list in [Nomenclature::Nace, Nomenclature::Scian] {
                assert!(super::outlets(&entry.code, list).len() > 1, "{}", entry.code);
            }
        }
    }
}
