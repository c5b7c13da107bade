//! Offers that reach a request through one treatment.
//!
//! An offer that no request takes as it is may be turned into what a request asks for. What
//! would come out stands in for the offer (its state, what is left of its amount, its place) and
//! is searched like any other offer; its material part says how far the codes of the offer are
//! believed to be what the process takes. Where the receiver treats, its haul is the distance; where
//! the operator's place is not known, it lies between the ends of a detour (`prices.rs`).

use super::bits::Bits;
use super::candidates::Prepared;
use super::digests::Digests;
use super::facts::{Facts, Reading};
use super::kept::{self, Best, Kept, Rules};
use super::parts::{self, Scores};
use super::processes::{self, Process};
use super::search;
use super::side::Side;
use super::substances;
use crate::model::{Direction, Flow, FlowType, Mass};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// An offer whose best direct match reaches this in material is taken as it is.
const TAKEN: u16 = 700;
/// The belief, thousandths, from which a process is said to take an offer.
const BELIEVED: u32 = 500;
/// Beliefs are compared in steps of so many thousandths.
const STEP: u32 = 50;
/// A material that must first be treated agrees at most so many percent as well as one that need
/// not: its part lies between 650 and 800 thousandths.
const TREATED_PERCENT: u32 = 60;
/// Most chains kept for an offer.
const KEPT: usize = 3;

/// A chain found: score, rank of the offer, rank of the request, its parts, the kilograms a year of the
/// offer that it could take in, and what is left of a thousand.
#[derive(Debug)]
pub(super) struct Chain {
    pub(super) score: u16,
    pub(super) offer: u32,
    pub(super) request: u32,
    pub(super) parts: Scores,
    pub(super) mass_kg: Option<i64>,
    pub(super) left_milli: (i64, i64),
    /// Whether the receiver treats; else somebody whose place is not known.
    pub(super) is_at_receiver: bool,
}

/// The process that takes an offer to a product, with the belief in it: the most believed, then the first.
fn process(offer: &Prepared<'_>, product: usize) -> Option<(&'static Process, u32)> {
    let mut best: Option<(&Process, u32)> = None;
    for process in processes::processes().iter().filter(|process| process.product == product) {
        let belief = process.takes(&offer.numbers) / STEP * STEP;
        let refused = offer.facts.hazardous == Some(true) && !process.takes_hazardous;
        if belief >= BELIEVED && !refused && best.is_none_or(|(_, most)| belief > most) {
            best = Some((process, belief));
        }
    }
    best
}

/// The process of a chain: what it says is told from it.
pub(super) fn route(offer: &Prepared<'_>, request: &Prepared<'_>) -> Option<&'static Process> {
    let product = processes::asked(request.flow.description.reveal())?;
    process(offer, product).map(|(process, _)| process)
}

/// Chains of the materials in the order of rank; `taken` says of each rank whether it is an offer with a
/// direct match that is good in material, as [`is_taken`] says. At most three for an offer.
pub(super) fn find(by_rank: &[&Prepared<'_>], taken: &[bool], rules: &Rules) -> Vec<Chain> {
    let materials = |direction: Direction| {
        by_rank
            .iter()
            .copied()
            .filter(move |one| one.flow.flow_type == FlowType::Material && one.flow.direction == direction)
    };
    let mut asked: BTreeMap<usize, Vec<&Prepared<'_>>> = BTreeMap::new();
    let mut read: BTreeMap<&str, Option<usize>> = BTreeMap::new();
    for request in materials(Direction::Input) {
        let text = request.flow.description.reveal().as_str();
        if let Some(product) = *read.entry(text).or_insert_with(|| processes::asked(text)) {
            asked.entry(product).or_default().push(request);
        }
    }
    let offers: Vec<&Prepared<'_>> =
        materials(Direction::Output).filter(|offer| !taken[offer.rank as usize]).collect();
    let mut chains: BTreeMap<u32, Vec<Chain>> = BTreeMap::new();
    for (product, requests) in asked {
        for chain in to_product(product, &offers, &requests, rules) {
            chains.entry(chain.offer).or_default().push(chain);
        }
    }
    chains
        .into_values()
        .flat_map(|mut of_offer| {
            of_offer.sort_by_key(|chain| (Reverse(chain.score), chain.request));
            of_offer.truncate(KEPT);
            of_offer
        })
        .collect()
}

/// Whether a direct match with these parts is good in material.
pub(super) fn is_taken(parts: &Scores) -> bool {
    parts[0].is_some_and(|material| material >= TAKEN)
}

fn to_product(
    product: usize,
    offers: &[&Prepared<'_>],
    requests: &[&Prepared<'_>],
    rules: &Rules,
) -> Vec<Chain> {
    let routes: Vec<(&Prepared<'_>, &'static Process, u32)> = offers
        .iter()
        .filter_map(|offer| process(offer, product).map(|(process, belief)| (*offer, process, belief)))
        .collect();
    let made: Vec<Flow> = routes.iter().map(|(offer, process, _)| made_of(offer.flow, process)).collect();
    // One code of its own for the product, so that both sides agree on it and on nothing else.
    let code = (u32::try_from(product).unwrap_or(u32::MAX) + 1) * 100;
    let outputs: Vec<Prepared<'_>> = made
        .iter()
        .zip(&routes)
        .map(|(flow, (offer, _, belief))| {
            let numbers = vec![(code, belief * TREATED_PERCENT / 100)];
            Prepared { numbers, substances: substances::lasting(offer.substances), ..output(flow, offer) }
        })
        .collect();
    let wants: Vec<Prepared<'_>> = requests
        .iter()
        .map(|request| {
            let (facts, substances) = (request.facts, substances::lasting(request.substances));
            Prepared { numbers: vec![(code, 1000)], facts, substances, ..output(request.flow, request) }
        })
        .collect();
    let outputs_by_rank: BTreeMap<u32, usize> =
        outputs.iter().enumerate().map(|(at, one)| (one.rank, at)).collect();
    let wants_by_rank: BTreeMap<u32, usize> =
        wants.iter().enumerate().map(|(at, one)| (one.rank, at)).collect();
    // No treatment makes aluminium of steel: what holds one is searched among what may be made of it.
    let mut held: Vec<Bits> = outputs.iter().map(|output| output.substances).collect();
    held.sort_unstable();
    held.dedup();
    let found = held.into_iter().flat_map(|held| {
        let from: Vec<&Prepared<'_>> = outputs.iter().filter(|one| one.substances == held).collect();
        let to: Vec<&Prepared<'_>> =
            wants.iter().filter(|want| !substances::differ(held, want.substances)).collect();
        let (from, to) = (Digests::new(&from), Side::new(Digests::new(&to), false, rules));
        let mut best = vec![Best::default(); from.len()];
        search::search(&from, &mut best, &to, rules, true);
        kept::pairs(&from, best, rules, true).collect::<Vec<Kept>>()
    });
    found
        .map(|(Reverse(score), offer, request)| {
            let at = outputs_by_rank[&offer];
            let (output, want) = (&outputs[at], &wants[wants_by_rank[&request]]);
            let (of, process, _) = routes[at];
            let mass_kg = of.mass().zip(want.mass()).map(|(kg, need)| kg.min(process.needed_for(need)));
            let parts = parts::score(output, want, &rules.weights, rules.as_of);
            let Process { yield_milli: left_milli, is_at_receiver, .. } = *process;
            Chain { score, offer, request, parts, mass_kg, left_milli, is_at_receiver }
        })
        .collect()
}

/// A flow in the place of another, of which no material is said: what comes out of a process is not
/// soiled any more, but still what no use takes that its words exclude (chips of treated wood).
pub(super) fn output<'a>(made: &'a Flow, of: &Prepared<'_>) -> Prepared<'a> {
    let read = Reading { hazardous: made.hazardous, soiled: None, barred: of.facts.barred };
    Prepared {
        flow: made,
        rank: of.rank,
        words: Vec::new(),
        denied: Vec::new(),
        without: Vec::new(),
        numbers: Vec::new(),
        also: Vec::new(),
        substances: Bits::NONE,
        is: None,
        facts: Facts::new(made, (of.facts.place, of.facts.park), read, of.facts.company),
        is_park: of.is_park,
    }
}

/// What comes out of a process: what is left of the amount, in its state. Whether it is hazardous
/// is known only where nothing hazardous went in.
pub(super) fn made_of(offer: &Flow, process: &Process) -> Flow {
    let (low, high) = process.yield_milli;
    let share = |kg: i64, milli: i64| i64::try_from(i128::from(kg) * i128::from(milli) / 1000).ok();
    let mass = offer.mass.and_then(|mass| {
        Mass::new(share(mass.low_kg(), low)?, process.left_of(mass.best_kg()), share(mass.high_kg(), high)?)
    });
    Flow {
        mass,
        amount: None,
        category: None,
        ranked_codes: Vec::new(),
        state: processes::products()[process.product].state,
        hazardous: offer.hazardous.filter(|hazardous| !hazardous),
        ..offer.clone()
    }
}
