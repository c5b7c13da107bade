//! Flows with what the score needs at hand.

use super::digests::Material;
use super::exclusions::Told;
use super::facts::{Facts, Place, Reading};
use super::phrases::Text;
use super::{flags, identity, soiling, substances};
use crate::materials;
use crate::model::{
    Category, Direction, Flow, FlowType, OrgId, Organisation, Park, ParkCode, RankedCode, fold,
};
use crate::parallel;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Codes of a flow that count, likeliest first.
pub(super) const CODES: usize = 3;
/// Resources lie so far apart that no two are of one group of codes.
pub(super) const APART: u32 = 100;
/// Belief, thousandths, in a resource that the words name.
const NAMED: u32 = 1000;
/// Flows whose descriptions are read at a time: their words are held as texts.
const READ: usize = 16_384;
/// Words that say nothing about a material.
const EMPTY_WORDS: [&str; 44] = [
    "avec", "sans", "pour", "dans", "chez", "vers", "plus", "moins", "tres", "non", "oui", "des", "les",
    "une", "aux", "sur", "par", "qui", "que", "est", "usage", "usee", "use", "propre", "divers", "autre",
    "jour", "semaine", "mois", "annee", "environ", "besoin", "and", "the", "with", "for", "from", "used",
    "clean", "other", "mixed", "melange", "bon", "etat",
];

/// Stems that say of what is no material how it is had, for how long, or hardly more than its type.
const TERMS_OF_USE: [&str; 38] = [
    "espac",
    "spac",
    "local",
    "chariot",
    "disponibl",
    "availabl",
    "location",
    "louer",
    "loue",
    "rental",
    "rent",
    "pret",
    "preter",
    "partag",
    "partager",
    "shar",
    "shared",
    "sharing",
    "temp",
    "partiel",
    "part",
    "time",
    "heur",
    "hour",
    "soir",
    "evening",
    "nuit",
    "night",
    "week",
    "weekend",
    "weekli",
    "libr",
    "fre",
    "surplu",
    "exce",
    "capacit",
    "capaciti",
    "servic",
];

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
    /// Bits of the substances that its words name.
    pub(super) substances: u64,
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

    /// Type, category, codes and substances.
    pub(super) fn material(&self) -> Material {
        let mut codes = [(0, 0); CODES];
        for (at, code) in self.numbers.iter().take(CODES).enumerate() {
            codes[at] = *code;
        }
        Material {
            flow_type: self.flow.flow_type,
            category: self.flow.category,
            codes,
            known: self.numbers.len().min(CODES),
            substances: self.substances,
        }
    }
}

/// What a flow says of its material.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said<'a> {
    pub(super) material: &'a Material,
    /// Sorted.
    pub(super) words: &'a [u32],
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
    let read = read(flows);
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
        let said = &read[&told(flow)];
        Prepared {
            flow,
            rank: 0,
            words: said.words.clone(),
            numbers: numbers(flow),
            substances: said.substances,
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

/// What a description says.
struct Understood {
    /// Numbers of its words.
    words: Vec<u32>,
    /// Whether it speaks of contamination.
    soiled: Option<bool>,
    /// What it says of what is never given to some uses.
    told: Told,
    /// Bits of the substances that it names; of what is no material none.
    substances: u64,
}

/// What description, remarks and codes say of a flow together.
fn reading(flow: &Flow, said: &Understood) -> Reading {
    let remarks = flow.conditions.as_ref().map(|text| text.reveal().as_str());
    // A remark says more of this entry than its description does.
    let soiled = remarks.and_then(soiling::said).or(said.soiled);
    if !matches!(flow.flow_type, FlowType::Material | FlowType::Water) {
        return Reading { hazardous: flow.hazardous, soiled, barred: 0 };
    }
    let of_remarks = remarks.map(|text| Told::new(&Text::new(text))).unwrap_or_default();
    let told = said.told.with(of_remarks);
    let barred = if flow.direction == Direction::Output { told.is } else { told.refused() };
    if flow.flow_type == FlowType::Water {
        return Reading { hazardous: flow.hazardous, soiled, barred };
    }
    let is_likely = || flags::hazardous(flow) == Some(true) || told.is_hazardous();
    let hazardous = match flow.direction {
        Direction::Input if told.is_careful => Some(false),
        // Who seeks what is hazardous takes it.
        Direction::Output | Direction::Input => is_likely().then_some(true),
    };
    Reading { hazardous: flow.hazardous.or(hazardous), soiled, barred }
}

/// What is read of a flow: whether it is a material, and its description.
fn told(flow: &Flow) -> (bool, &str) {
    (flow.flow_type == FlowType::Material, flow.description.reveal().as_str())
}

/// What each description says.
fn read(flows: &[Flow]) -> HashMap<(bool, &str), Understood> {
    let mut vocabulary: BTreeMap<String, u32> = BTreeMap::new();
    let mut read = HashMap::new();
    for some in flows.chunks(READ) {
        let mut texts: Vec<(bool, &str)> = some.iter().map(told).collect();
        texts.sort_unstable();
        texts.dedup();
        texts.retain(|text| !read.contains_key(text));
        let said = parallel::in_parts(&texts, |_, texts| {
            let words = |(is_material, text): &(bool, &str)| content_words(text, *is_material);
            let marked = |(is_material, text): &(bool, &str)| {
                let text = Text::new(text);
                (Told::new(&text), if *is_material { substances::named(&text) } else { 0 })
            };
            texts.iter().map(|one| (words(one), soiling::said(one.1), marked(one))).collect::<Vec<_>>()
        });
        for (text, (words, soiled, (told, substances))) in texts.iter().zip(said.into_iter().flatten()) {
            let words = numbered(words, &mut vocabulary);
            read.insert(*text, Understood { words, soiled, told, substances });
        }
    }
    read
}

/// Codes that count; of what is no material the resources that it names. An offer is also what they are in a
/// broader sense: who asks for heat may have steam, and not the reverse.
fn numbers(flow: &Flow) -> Vec<(u32, u32)> {
    if flow.flow_type == FlowType::Material {
        return flow.ranked_codes.iter().take(CODES).filter_map(number).collect();
    }
    let mut named = materials::resources(flow.description.reveal(), flow.flow_type);
    if flow.direction == Direction::Output {
        let broader: Vec<u32> = named.iter().filter_map(|one| materials::broader_resource(*one)).collect();
        named.extend(broader);
        let mut seen = BTreeSet::new();
        named.retain(|one| seen.insert(*one));
    }
    named.into_iter().take(CODES).map(|resource| (resource * APART, NAMED)).collect()
}

/// A code of six digits as a whole number.
fn number(ranked: &RankedCode) -> Option<(u32, u32)> {
    Some((ranked.code.parse().ok()?, u32::from(ranked.confidence_milli)))
}

fn numbered(words: Vec<String>, vocabulary: &mut BTreeMap<String, u32>) -> Vec<u32> {
    let mut numbers: Vec<u32> = words
        .into_iter()
        .map(|word| {
            let next = u32::try_from(vocabulary.len()).unwrap_or(u32::MAX);
            *vocabulary.entry(word).or_insert(next)
        })
        .collect();
    numbers.sort_unstable();
    numbers
}

fn content_words(text: &str, is_material: bool) -> Vec<String> {
    let words: BTreeSet<String> = materials::key(&fold(text))
        .split(' ')
        .filter(|word| {
            word.len() > 2
                && !EMPTY_WORDS.contains(word)
                && (is_material || !TERMS_OF_USE.contains(word))
                && word.bytes().any(|byte| byte.is_ascii_alphabetic())
        })
        .map(str::to_owned)
        .collect();
    words.into_iter().collect()
}
