//! Flows with what the score needs at hand.

use super::bits::Bits;
use super::digests::Material;
use super::exclusions::Told;
use super::facts::{Facts, Place, Reading};
use super::heard::{Descriptions, END, Understood};
use super::phrases::Text;
use super::{flags, identity, soiling};
use crate::materials;
use crate::model::{Category, Direction, Flow, FlowType, OrgId, Organisation, Park, ParkCode, RankedCode};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Codes of a flow that count, likeliest first.
pub(super) const CODES: usize = 3;
/// Resources lie so far apart that no two are of one group of codes.
pub(super) const APART: u32 = 100;
/// Belief, thousandths, in a resource that the words name.
const NAMED: u32 = 1000;

/// A flow with what the score needs at hand.
#[derive(Debug)]
pub(super) struct Prepared<'a> {
    pub(super) flow: &'a Flow,
    /// Position in the order of content: which of two equal scores is kept must not depend on the row.
    pub(super) rank: u32,
    /// Numbers of the content words in the singular, sorted; alike words have one number.
    pub(super) words: Vec<u32>,
    /// Codes that count, as whole numbers, each with its confidence in thousandths; of what is no material
    /// the resources that it names.
    pub(super) numbers: Vec<(u32, u32)>,
    /// Of an offer that is shared, the other types that its words allow, each with its resources.
    pub(super) also: Vec<(FlowType, Vec<(u32, u32)>)>,
    /// What no other side may name, as [`Said`] holds it.
    pub(super) denied: Vec<u32>,
    /// What it says that there is none of, held likewise.
    pub(super) without: Vec<u32>,
    /// Substances that its words name, and the one that it is.
    pub(super) substances: Bits,
    pub(super) is: Option<u16>,
    /// What the score sees of it besides.
    pub(super) facts: Facts,
    /// Whether the place is only the park's.
    pub(super) is_park: bool,
}

impl Prepared<'_> {
    /// Codes that count.
    pub(super) fn codes(&self) -> &[RankedCode] {
        &self.flow.ranked_codes[..self.flow.ranked_codes.len().min(CODES)]
    }

    /// Kilograms a year, the best value.
    pub(super) fn mass(&self) -> Option<i64> {
        self.facts.kg()
    }

    /// Whether it is known where the flow lies, on the map or by the name of its park.
    pub(super) const fn has_place(&self) -> bool {
        self.facts.place.is_some() || self.facts.park.is_some()
    }

    /// Where the company is, else its park.
    pub(super) fn place(&self) -> Option<Place> {
        self.facts.place
    }

    /// Whether it may be read as of a type.
    pub(super) fn is_of(&self, flow_type: FlowType) -> bool {
        self.flow.flow_type == flow_type || self.also.iter().any(|(other, _)| *other == flow_type)
    }

    /// Codes or resources that count, read as of a type.
    pub(super) fn numbers_of(&self, flow_type: FlowType) -> &[(u32, u32)] {
        let other = self.also.iter().find(|(other, _)| *other == flow_type);
        other.map_or(&self.numbers, |(_, numbers)| numbers)
    }

    /// Type, category, codes and substances.
    pub(super) fn material(&self) -> Material {
        self.material_of(self.flow.flow_type)
    }

    /// The same, read as of a type that [`Self::is_of`] allows, else as of its own.
    pub(super) fn material_of(&self, flow_type: FlowType) -> Material {
        let numbers = self.numbers_of(flow_type);
        let mut codes = [(0, 0); CODES];
        for (at, code) in numbers.iter().take(CODES).enumerate() {
            codes[at] = *code;
        }
        Material {
            flow_type: if self.is_of(flow_type) { flow_type } else { self.flow.flow_type },
            category: self.flow.category,
            codes,
            known: numbers.len().min(CODES),
            substances: self.substances,
            is: self.is,
        }
    }

    /// What it says of this material of its own.
    pub(super) fn said<'b>(&'b self, material: &'b Material) -> Said<'b> {
        Said { material, words: &self.words, denied: &self.denied }
    }

    /// Whether one of both denies what the other names.
    pub(super) fn contradicts(&self, other: &Self) -> bool {
        let (one, two) = (self.material(), other.material());
        self.said(&one).contradicts(&other.said(&two))
    }

    /// Whether a request refuses what the offer does not say that it is without.
    pub(super) fn leaves_open(&self, offer: &Self) -> bool {
        things(&self.without).any(|thing| things(&offer.without).all(|other| other != thing))
    }
}

/// What a flow says of its material.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said<'a> {
    pub(super) material: &'a Material,
    /// Sorted.
    pub(super) words: &'a [u32],
    /// Things that are denied, each the numbers of its words and [`END`].
    pub(super) denied: &'a [u32],
}

impl Said<'_> {
    pub(super) fn flow_type(&self) -> FlowType {
        self.material.flow_type
    }

    pub(super) fn category(&self) -> Option<Category> {
        self.material.category
    }

    /// Codes that count, or resources, each with its confidence in thousandths.
    pub(super) fn codes(&self) -> &[(u32, u32)] {
        &self.material.codes[..self.material.known]
    }

    /// Whether one of both denies what the other names, in every word of it.
    pub(super) fn contradicts(&self, other: &Self) -> bool {
        let is_named = |denied: &[u32], words: &[u32]| {
            things(denied).any(|thing| thing.iter().all(|word| words.binary_search(word).is_ok()))
        };
        is_named(self.denied, other.words) || is_named(other.denied, self.words)
    }

    /// Number of words of both.
    pub(super) fn shared_words(&self, other: &Self) -> u32 {
        let (mut one, mut two, mut shared) = (0, 0, 0);
        while let (Some(left), Some(right)) = (self.words.get(one), other.words.get(two)) {
            match left.cmp(right) {
                std::cmp::Ordering::Less => one += 1,
                std::cmp::Ordering::Greater => two += 1,
                std::cmp::Ordering::Equal => {
                    (one, two, shared) = (one + 1, two + 1, shared + 1);
                }
            }
        }
        shared
    }
}

/// Each thing of a list of what is denied.
fn things(denied: &[u32]) -> impl Iterator<Item = &[u32]> {
    denied.split(|word| *word == END).filter(|thing| !thing.is_empty())
}

/// What of a flow is short to compare.
fn facts_of(one: &Prepared<'_>) -> impl Ord + use<> {
    let (flow, facts) = (one.flow, &one.facts);
    (
        (flow.direction, flow.flow_type, flow.category, flow.mass, flow.amount),
        (facts.place.map(|place| place.0.map(f64::to_bits)), facts.park, one.is_park),
        (flow.state, flow.hazardous, flow.destination, flow.frequency, flow.confidentiality),
        (flow.available_from, flow.available_to),
    )
}

/// What it says besides, with the activity of its company.
fn texts_of<'a>(flow: &'a Flow, sector: Option<&'a str>) -> impl Ord + use<'a> {
    (
        (flow.description.reveal(), flow.quantity_as_written.reveal(), &flow.conditions),
        (&flow.material_codes, &flow.ranked_codes, &flow.park, sector),
        (&flow.current_cost, &flow.price),
    )
}

/// Ranks flows by what each says and where it is, so that neither a name nor a row decides which of two equal
/// scores is kept. Of those that say the same the number that the source gave decides, then the company, and the
/// row where even these are one.
fn rank<'a>(prepared: &mut [Prepared<'a>], sector: impl Fn(&'a Flow) -> Option<&'a str>) {
    let content = |one: &usize, other: &usize| {
        let (one, other) = (&prepared[*one], &prepared[*other]);
        // Few flows are alike so far: texts are compared for those alone.
        facts_of(one)
            .cmp(&facts_of(other))
            .then_with(|| texts_of(one.flow, sector(one.flow)).cmp(&texts_of(other.flow, sector(other.flow))))
    };
    let mut order: Vec<usize> = (0..prepared.len()).collect();
    order.sort_unstable_by(content);
    for alike in order.chunk_by_mut(|one, other| content(one, other).is_eq()) {
        if alike.len() > 1 {
            alike.sort_by_cached_key(|at| {
                let flow = prepared[*at].flow;
                (identity::number(flow), &flow.organisation, &flow.id)
            });
        }
    }
    for (rank, at) in (0_u32..).zip(order) {
        prepared[at].rank = rank;
    }
}

/// Flows in the order given, ranked by content. A park that is on no map is told by its number.
pub(super) fn prepare<'a>(
    flows: &'a [Flow],
    organisations: &BTreeMap<&OrgId, &'a Organisation>,
    parks: &[Park],
) -> Vec<Prepared<'a>> {
    let parks: BTreeMap<&ParkCode, (u32, &Park)> =
        (0..).zip(parks).map(|(number, park)| (&park.code, (number, park))).collect();
    let descriptions = Descriptions::new(flows);
    let mut companies: HashMap<&OrgId, u32> = HashMap::new();
    let prepared = flows.iter().map(|flow| {
        let organisation = organisations.get(&flow.organisation);
        let park = flow.park.as_ref().or_else(|| organisation?.park.as_ref());
        let park = park.and_then(|code| parks.get(code));
        let own = flow.coordinates.as_ref().or_else(|| organisation?.coordinates.as_ref());
        let on_the_map = own.map(|place| *place.reveal()).or_else(|| park?.1.point);
        let named = park.filter(|(_, park)| park.point.is_none()).map(|(number, _)| *number);
        let next = u32::try_from(companies.len()).unwrap_or(u32::MAX);
        let company = *companies.entry(&flow.organisation).or_insert(next);
        let said = descriptions.of(flow);
        let (without, denied) = descriptions.denied(flow);
        Prepared {
            flow,
            rank: 0,
            words: said.words.clone(),
            denied,
            without,
            numbers: numbers(flow, flow.flow_type),
            also: other_types(flow),
            substances: said.named.all,
            is: said.named.is,
            facts: Facts::new(flow, (on_the_map.map(Place::new), named), reading(flow, said), company),
            is_park: own.is_none(),
        }
    });
    let mut prepared: Vec<Prepared<'a>> = prepared.collect();
    rank(&mut prepared, |flow| {
        Some(organisations.get(&flow.organisation)?.sector.as_ref()?.reveal().as_str())
    });
    prepared
}

/// What description, remarks and codes say of a flow together.
fn reading(flow: &Flow, said: &Understood) -> Reading {
    let remarks = flow.conditions.as_ref().map(|text| text.reveal().as_str());
    // A remark says more of this entry than its description does.
    let soiled = remarks.and_then(soiling::said).or(said.soiled);
    if !matches!(flow.flow_type, FlowType::Material | FlowType::Water) {
        return Reading { hazardous: flow.hazardous, soiled, barred: 0 };
    }
    let of_remarks = remarks.map(|text| Told::of_remark(&Text::new(text))).unwrap_or_default();
    let told = said.told.with(of_remarks);
    let barred = if flow.direction == Direction::Output { told.is } else { told.refused() };
    if flow.flow_type == FlowType::Water {
        return Reading { hazardous: flow.hazardous, soiled, barred };
    }
    let is_likely = flags::hazardous(flow) == Some(true);
    let hazardous = match flow.direction {
        Direction::Output => (is_likely || told.is_hazardous()).then_some(true),
        Direction::Input if told.is_careful => Some(false),
        // Its likely code is that of the very thing that it names to refuse it.
        Direction::Input if told.doubts_hazard() => None,
        // Who seeks what is hazardous takes it.
        Direction::Input => (is_likely || told.seeks_hazard()).then_some(true),
    };
    Reading { hazardous: flow.hazardous.or(hazardous), soiled, barred }
}

/// Codes that count; of what is no material the resources that it names. An offer is also what they are in a
/// broader sense: who asks for heat may have steam, and not the reverse.
fn numbers(flow: &Flow, flow_type: FlowType) -> Vec<(u32, u32)> {
    if flow_type == FlowType::Material {
        return flow.ranked_codes.iter().take(CODES).filter_map(number).collect();
    }
    let mut named = materials::resources(flow.description.reveal(), flow_type);
    if flow.direction == Direction::Output {
        let broader: Vec<u32> = named.iter().filter_map(|one| materials::broader_resource(*one)).collect();
        named.extend(broader);
        let mut seen = BTreeSet::new();
        named.retain(|one| seen.insert(*one));
    }
    named.into_iter().take(CODES).map(|resource| (resource * APART, NAMED)).collect()
}

/// The other types that an offer may be of. Who asks says what of several is sought: a request has one.
fn other_types(flow: &Flow) -> Vec<(FlowType, Vec<(u32, u32)>)> {
    if flow.direction == Direction::Input {
        return Vec::new();
    }
    let types = materials::other_types(flow.description.reveal(), flow.flow_type);
    types.into_iter().map(|flow_type| (flow_type, numbers(flow, flow_type))).collect()
}

/// A code of six digits as a whole number.
fn number(ranked: &RankedCode) -> Option<(u32, u32)> {
    Some((ranked.code.parse().ok()?, u32::from(ranked.confidence_milli)))
}
