//! Synthetic offers and requests of any number, without clock or randomness, so that two machines
//! match the same flows.

use maillage::materials::{self, Expectation};
use maillage::model::{
    Confidential, Confidentiality, Destination, Direction, Flow, FlowId, FlowType, Frequency, Group, Mass,
    OrgId, Organisation, RankedCode, State,
};
use std::collections::BTreeMap;

/// Codes that normalise keeps of what words say.
const KEPT: usize = 3;

/// How alike the descriptions are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wording {
    /// Four descriptions: most flows differ in amount, place and days alone.
    Few,
    /// Some two hundred descriptions, each written by many.
    Shared,
    /// No description twice: terms of the thesaurus with qualities, a use, and a word of its own.
    Own,
    /// As these, but each offer is followed by the request that it was made for: the same concept in words of
    /// its own, a like amount, within some fifteen kilometres, and alike in state, danger, frequency and days.
    Planted,
}

/// Companies, and `each` offers and as many requests.
pub(crate) fn crowd(each: usize, wording: Wording) -> (Vec<Organisation>, Vec<Flow>) {
    let mut draw = Draw(20_260_115);
    let companies = (each / 5).max(20);
    let organisations: Vec<Organisation> =
        (0..companies).map(|number| organisation(number, &mut draw)).collect();
    let terms = terms();
    let concepts = concepts();
    let mut read: BTreeMap<String, (Vec<RankedCode>, Option<maillage::model::Category>)> = BTreeMap::new();
    let mut flows: Vec<Flow> = (0..2 * each)
        .map(|number| {
            let words = description(number, wording, (&terms, &concepts), &mut draw);
            let said = match wording {
                Wording::Few | Wording::Shared => {
                    read.entry(words.clone()).or_insert_with(|| classified(&words)).clone()
                }
                Wording::Own | Wording::Planted => classified(&words),
            };
            let direction = if number % 2 == 0 { Direction::Output } else { Direction::Input };
            // The square makes some companies large and most of them small.
            let company = draw.below(1_000_000) * draw.below(companies) / 1_000_000;
            flow(number, company, direction, words, said, &mut draw)
        })
        .collect();
    if wording == Wording::Planted {
        plant(&mut flows, &organisations);
    }
    (organisations, flows)
}

/// Makes each request one for the offer before it.
fn plant(flows: &mut [Flow], organisations: &[Organisation]) {
    let mut draw = Draw(20_260_116);
    let places: BTreeMap<_, _> = organisations.iter().map(|one| (&one.id, &one.coordinates)).collect();
    for [offer, request] in flows.as_chunks_mut::<2>().0 {
        let percent = i64::try_from(80 + draw.below(41)).unwrap();
        let part = |kg: i64| kg * percent / 100;
        let like = |mass: Mass| Mass::new(part(mass.low_kg()), part(mass.best_kg()), part(mass.high_kg()));
        request.mass = offer.mass.and_then(like);
        (request.frequency, request.state, request.hazardous) =
            (offer.frequency, offer.state, offer.hazardous);
        (request.available_from, request.available_to) = (offer.available_from, offer.available_to);
        request.coordinates = places[&offer.organisation].as_ref().map(|place| {
            let (north, east) = *place.reveal();
            Confidential::new((degrees(&mut draw, north, 1_000), degrees(&mut draw, east, 1_000)))
        });
    }
}

/// Rows of the thesaurus on materials.
fn rows() -> impl Iterator<Item = csv::StringRecord> {
    let table = include_str!("../pipelines/reference/thesaurus.csv");
    csv::Reader::from_reader(table.as_bytes())
        .into_records()
        .map(Result::unwrap)
        .filter(|record| &record[5] == "matiere" && !record[3].is_empty())
}

/// Material terms of the thesaurus.
fn terms() -> Vec<String> {
    rows().map(|record| record[1].to_owned()).collect()
}

/// French terms of each material that has several.
fn concepts() -> Vec<Vec<String>> {
    let mut concepts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for record in rows().filter(|record| &record[2] == "fr") {
        concepts.entry(record[0].to_owned()).or_default().push(record[1].to_owned());
    }
    concepts.into_values().filter(|terms| terms.len() > 1).collect()
}

const QUALITIES: [&str; 40] = [
    "propres",
    "mélangés",
    "humides",
    "secs",
    "triés",
    "broyés",
    "en vrac",
    "en ballots",
    "souillés",
    "neufs",
    "usagés",
    "contaminés",
    "stables",
    "granuleux",
    "fins",
    "grossiers",
    "colorés",
    "blancs",
    "noirs",
    "industriels",
    "agricoles",
    "urbains",
    "importés",
    "locaux",
    "recyclables",
    "homogènes",
    "ferreux",
    "organiques",
    "minéraux",
    "légers",
    "lourds",
    "rigides",
    "souples",
    "longs",
    "courts",
    "poreux",
    "denses",
    "clairs",
    "foncés",
    "tamisés",
];
const USES: [&str; 24] = [
    "fabrication",
    "emballage",
    "entretien",
    "production",
    "chantier",
    "expédition",
    "cuisine",
    "atelier",
    "laboratoire",
    "serre",
    "entrepôt",
    "ligne principale",
    "nettoyage",
    "découpe",
    "moulage",
    "séchage",
    "tri",
    "réception",
    "finition",
    "peinture",
    "soudure",
    "usinage",
    "assemblage",
    "démolition",
];
const SYLLABLES: [&str; 32] = [
    "ba", "be", "bi", "bo", "da", "de", "di", "do", "fa", "fe", "fi", "fo", "ga", "ge", "gi", "go", "ka",
    "ke", "ki", "ko", "ma", "me", "mi", "mo", "pa", "pe", "pi", "po", "va", "ve", "vi", "vo",
];

fn description(
    number: usize,
    wording: Wording,
    (terms, concepts): (&[String], &[Vec<String>]),
    draw: &mut Draw,
) -> String {
    match wording {
        Wording::Few => terms[draw.below(4) * (terms.len() / 4)].clone(),
        Wording::Shared => {
            // One term in forty: what many companies write.
            let term = &terms[draw.below(terms.len() / 40) * 40];
            format!("{term}, lot {}", draw.below(9))
        }
        Wording::Own => {
            let term = &terms[draw.below(terms.len())];
            own(number, term, draw)
        }
        Wording::Planted => {
            // Both of a pair draw one concept, and stand beside each other in the list of its terms.
            let pair = number / 2;
            let concept = &concepts[Draw(u64::try_from(pair).unwrap()).below(concepts.len())];
            own(number, &concept[(pair + number % 2) % concept.len()], draw)
        }
    }
}

/// A term as nobody else writes it.
fn own(number: usize, term: &str, draw: &mut Draw) -> String {
    let quality = QUALITIES[draw.below(QUALITIES.len())];
    let other = QUALITIES[draw.below(QUALITIES.len())];
    let usage = USES[draw.below(USES.len())];
    let mut own = String::new();
    let mut left = number;
    for _ in 0..4 {
        own.push_str(SYLLABLES[left % SYLLABLES.len()]);
        left /= SYLLABLES.len();
    }
    format!("{term} {quality} et {other} de {usage} {own}")
}

fn classified(words: &str) -> (Vec<RankedCode>, Option<maillage::model::Category>) {
    let found = materials::classify(words, &Expectation::default(), 10);
    let ranked = found
        .codes
        .iter()
        .filter(|ranked| ranked.confidence_milli > 0)
        .take(KEPT)
        .map(|ranked| RankedCode { code: ranked.code, confidence_milli: ranked.confidence_milli })
        .collect();
    (ranked, found.category)
}

/// So many ten-thousandths of a degree above a place, at most.
fn degrees(draw: &mut Draw, low: f64, parts: usize) -> f64 {
    low + f64::from(u32::try_from(draw.below(parts)).unwrap()) / 10_000.0
}

fn organisation(number: usize, draw: &mut Draw) -> Organisation {
    let name = format!("Entreprise synthétique {number}");
    let place = (degrees(draw, 46.3, 10_000), degrees(draw, -72.2, 18_000));
    Organisation {
        id: OrgId(Confidential::new(format!("{number:07}"))),
        name: Confidential::new(name.clone()),
        other_names: Vec::new(),
        enterprise_number: None,
        contact: None,
        email: None,
        telephone: None,
        address: None,
        park: None,
        coordinates: (draw.below(8) > 0).then(|| Confidential::new(place)),
        sector: Some(Confidential::new((311 + number % 28).to_string())),
        workforce: None,
        group: Group(Confidential::new(name)),
        consents: false,
        locations: Vec::new(),
    }
}

fn flow(
    number: usize,
    company: usize,
    direction: Direction,
    words: String,
    (ranked_codes, category): (Vec<RankedCode>, Option<maillage::model::Category>),
    draw: &mut Draw,
) -> Flow {
    let day = |of: usize| chrono::NaiveDate::from_yo_opt(2026, u32::try_from(1 + of).unwrap());
    let kg = i64::try_from(1 + draw.below(900) * (1 + draw.below(300))).unwrap();
    // Half of the amounts are sure, a quarter known to a quarter, a quarter to a half.
    let wide = [0, 0, kg / 4, kg / 2][number / 2 % 4];
    let window = draw.below(5) == 0;
    Flow {
        id: FlowId(Confidential::new(format!("flux:{number:08}"))),
        organisation: OrgId(Confidential::new(format!("{company:07}"))),
        park: None,
        coordinates: None,
        direction,
        flow_type: FlowType::Material,
        category,
        material_codes: Vec::new(),
        ranked_codes,
        description: Confidential::new(words),
        mass: if draw.below(4) == 0 { None } else { Mass::new(kg - wide, kg, kg + wide) },
        amount: None,
        quantity_as_written: Confidential::new(String::new()),
        frequency: [None, Some(Frequency::Weekly), Some(Frequency::Yearly), Some(Frequency::Once)]
            [draw.below(4)],
        state: [None, Some(State::Solid), Some(State::Solid), Some(State::Liquid)][draw.below(4)],
        hazardous: [None, Some(false), Some(false), Some(true)][draw.below(4)],
        destination: Destination::ALL[number / 2 % Destination::ALL.len()],
        current_cost: None,
        price: None,
        available_from: if window { day(draw.below(150)) } else { None },
        available_to: if window { day(150 + draw.below(200)) } else { None },
        confidentiality: Confidentiality::ALL[number / 2 % Confidentiality::ALL.len()],
        conditions: None,
        locations: Vec::new(),
    }
}

/// A linear congruential generator (constants of Knuth's MMIX).
struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}
