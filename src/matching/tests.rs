//! What tests of matches share: companies, flows and parks, and what is found among them.

use super::{Found, Known, Portfolio};
use crate::config;
use crate::engine::Room;
use crate::model::{
    Amount, Category, Confidential, Confidentiality, Destination, Dimension, Direction, Flow, FlowId,
    FlowType, Frequency, Group, Mass, Match, Missing, OrgId, Organisation, Park, ParkCode, Part, RankedCode,
    Reason, State,
};
use chrono::NaiveDate;
use proptest::prelude::*;
use std::collections::BTreeSet;

pub(super) fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 15).unwrap()
}

pub(super) fn organisation(name: &str) -> Organisation {
    Organisation {
        id: OrgId(Confidential::new(name.to_owned())),
        name: Confidential::new(format!("Entreprise {name}")),
        other_names: Vec::new(),
        enterprise_number: None,
        contact: Some(Confidential::new(format!("Personne {name}"))),
        email: Some(Confidential::new(format!("{name}@example.org"))),
        telephone: None,
        address: None,
        park: ParkCode::new("nord"),
        coordinates: None,
        sector: None,
        workforce: None,
        group: Group(Confidential::new(name.to_owned())),
        consents: false,
        locations: Vec::new(),
    }
}

pub(super) fn flow(id: &str, organisation: &str, direction: Direction, words: &str) -> Flow {
    Flow {
        id: FlowId(Confidential::new(id.to_owned())),
        organisation: OrgId(Confidential::new(organisation.to_owned())),
        park: None,
        coordinates: None,
        direction,
        flow_type: FlowType::Material,
        category: Some(Category::Wood),
        material_codes: Vec::new(),
        ranked_codes: Vec::new(),
        description: Confidential::new(words.to_owned()),
        mass: Mass::exact(10_000),
        amount: None,
        quantity_as_written: Confidential::new("10 t/an".to_owned()),
        frequency: Some(Frequency::Weekly),
        state: Some(State::Solid),
        hazardous: Some(false),
        destination: Destination::Landfill,
        current_cost: None,
        price: None,
        available_from: None,
        available_to: None,
        confidentiality: Confidentiality::Network,
        conditions: None,
        locations: Vec::new(),
    }
}

pub(super) fn parks() -> Vec<Park> {
    [("nord", 46.86), ("sud", 46.80)]
        .map(|(code, latitude)| Park {
            code: ParkCode::new(code).unwrap(),
            name_fr: format!("Parc {code}"),
            name_en: format!("Park {code}"),
            aliases: Vec::new(),
            point: Some((latitude, -71.2)),
        })
        .to_vec()
}

/// Parks of which only the name is known.
pub(super) fn named_parks() -> Vec<Park> {
    ["est", "ouest"]
        .map(|code| Park {
            code: ParkCode::new(code).unwrap(),
            name_fr: format!("Parc {code}"),
            name_en: format!("Park {code}"),
            aliases: Vec::new(),
            point: None,
        })
        .to_vec()
}

/// What is found within a memory of so many bytes.
fn searched_within<'a>(
    known: &'a Known<'a>,
    settings: &'a config::Matching,
    as_of: NaiveDate,
    memory: usize,
) -> Found<'a> {
    let folder = tempfile::tempdir().unwrap();
    let room = Room { memory, folder: folder.path() };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(Found::search(known, settings, as_of, &room)).unwrap()
}

/// What is found in one part.
pub(super) fn searched<'a>(
    known: &'a Known<'a>,
    settings: &'a config::Matching,
    as_of: NaiveDate,
) -> Found<'a> {
    searched_within(known, settings, as_of, 1 << 28)
}

/// The plan of what was found; nobody gave anything up.
pub(super) fn planned(found: &mut Found<'_>) -> Portfolio {
    let folder = tempfile::tempdir().unwrap();
    let room = Room { memory: 1 << 28, folder: folder.path() };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(found.portfolio(&room, &|_, _| false)).unwrap()
}

/// Matches within a memory of so many bytes.
pub(super) fn found_within(
    known: &Known<'_>,
    settings: &config::Matching,
    as_of: NaiveDate,
    memory: usize,
) -> Vec<Match> {
    searched_within(known, settings, as_of, memory).pairs().map(|pair| pair.found).collect()
}

/// Matches in one part.
pub(super) fn found(known: &Known<'_>, settings: &config::Matching, as_of: NaiveDate) -> Vec<Match> {
    found_within(known, settings, as_of, 1 << 28)
}

pub(super) fn find(
    organisations: &[Organisation],
    flows: &[Flow],
    settings: &config::Matching,
) -> Vec<Match> {
    found(&Known::new(organisations, flows, &parks()), settings, day())
}

pub(super) fn search(flows: &[Flow]) -> Vec<Match> {
    let names: BTreeSet<&str> = flows.iter().map(|flow| flow.organisation.0.reveal().as_str()).collect();
    let organisations: Vec<Organisation> = names.into_iter().map(organisation).collect();
    find(&organisations, flows, &config::Matching::default())
}

pub(super) fn part(found: &Match, part: Part) -> Option<u16> {
    found.parts[Part::ALL.iter().position(|one| *one == part).unwrap()]
}

/// One offer of `a` and one request of `b`, changed, and the match they make.
pub(super) fn pair(change: impl FnOnce(&mut Flow, &mut Flow)) -> Option<Match> {
    told(change).map(|(found, ..)| found)
}

/// As [`pair`], with the reasons and what is missing.
pub(super) fn told(change: impl FnOnce(&mut Flow, &mut Flow)) -> Option<(Match, Vec<Reason>, Vec<Missing>)> {
    let mut offer = flow("1", "a", Direction::Output, "palettes de bois brisées");
    let mut request = flow("2", "b", Direction::Input, "palettes à réparer");
    change(&mut offer, &mut request);
    let flows = [offer, request];
    let mut found = search(&flows);
    assert!(found.len() <= 1);
    let found = found.pop()?;
    let (parks, companies) = (parks(), [organisation("a"), organisation("b")]);
    let (reasons, missing) =
        Known::new(&companies, &flows, &parks).explain(&found, &config::Matching::default());
    Some((found, reasons, missing))
}

/// Offers and requests over few words, places and amounts, so that many are alike.
pub(super) fn some_flows() -> impl Strategy<Value = Vec<Flow>> {
    let one = (any::<bool>(), 0..5_usize, 0..4_usize, 0..6_i64, 0..3_usize, any::<bool>());
    proptest::collection::vec(one, 2..24).prop_map(|drawn| {
        let words = ["palettes de bois", "sciures", "retailles de bois", "caisses de bois", "bran de scie"];
        drawn
            .into_iter()
            .enumerate()
            .map(|(at, (offers, word, company, tonnes, place, weekly))| {
                let direction = if offers { Direction::Output } else { Direction::Input };
                let mut flow = flow(&format!("{at}"), ["a", "b", "c", "d"][company], direction, words[word]);
                flow.mass = (tonnes > 0).then(|| Mass::exact(tonnes * 1_000).unwrap());
                flow.park = [None, ParkCode::new("nord"), ParkCode::new("sud")][place].clone();
                flow.frequency = weekly.then_some(Frequency::Weekly);
                flow
            })
            .collect()
    })
}

/// As [`some_flows`], with codes, dates, types and categories, known or not.
pub(super) fn varied_flows() -> impl Strategy<Value = Vec<Flow>> {
    let more = (0..4_usize, 0..5_usize, 0..4_usize, 0..6_i64, 0..3_usize, 1..4_000_i64);
    let alone = (0..7_usize, 0..3_usize, 0..3_i64);
    (some_flows(), proptest::collection::vec((more, alone), 24)).prop_map(|(mut flows, more)| {
        let ranked = |code, confidence_milli| RankedCode { code, confidence_milli };
        for (flow, (more, (destination, confidentiality, wide))) in flows.iter_mut().zip(more) {
            let (category, codes, dates, day_of, other, kg) = more;
            flow.destination = Destination::ALL[destination];
            flow.confidentiality = Confidentiality::ALL[confidentiality];
            flow.category =
                [None, Some(Category::Wood), Some(Category::Wood), Some(Category::Glass)][category];
            flow.ranked_codes = match codes {
                0 => Vec::new(),
                1 => vec![ranked("150103", 600), ranked("150106", 300)],
                2 => vec![ranked("030105", 900)],
                3 => vec![ranked("150106", 500), ranked("030105", 400), ranked("200138", 50)],
                _ => vec![ranked("150103", 1000)],
            };
            let date = day() + chrono::Days::new(u64::try_from(day_of * 20).unwrap()) - chrono::Days::new(40);
            match dates {
                0 => flow.available_from = Some(date),
                1 => flow.available_to = Some(date),
                _ => {}
            }
            match other {
                0 => flow.flow_type = FlowType::Equipment,
                1 => flow.frequency = Some(Frequency::Once),
                _ => {}
            }
            flow.mass = flow.mass.and(Mass::new(kg * (7 - wide), kg * 7, kg * (7 + wide)));
            // Half of what is no material is told in hours.
            if flow.flow_type == FlowType::Equipment && kg % 2 == 0 && flow.mass.take().is_some() {
                flow.amount = Amount::new(Dimension::Hours, kg * (7 - wide), kg * 7, kg * (7 + wide));
            }
        }
        flows
    })
}
