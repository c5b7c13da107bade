//! Offers and requests that fit, with a score whose parts are visible.
//!
//! Pure, but for the files of its working folder. Candidates share a group of the List of Waste, a word, or a category; the best ones of
//! every flow are found exactly, and what cannot be among them is passed over by a bound. The
//! score is a weighted mean of named parts in thousandths; a part whose facts are missing counts
//! as one half, and says what to ask. What no request takes as it is may reach one through one
//! treatment.

mod agreement;
mod book;
mod candidates;
mod chains;
mod circumstances;
mod columns;
mod digests;
mod facts;
mod feasibility;
mod fill;
mod flags;
mod follow_up;
mod known;
mod laid;
mod network;
mod objective;
mod order;
mod parts;
mod pooling;
mod portfolio;
mod postings;
mod precedents;
mod processes;
mod quantity;
mod questions;
mod rejected;
mod reliability;
mod returned;
mod search;
mod side;
mod sight;
mod soiling;
mod tables;
mod words;
mod workbook;

#[cfg(test)]
mod evaluation;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod list_tests;
#[cfg(test)]
mod tests;

pub use feasibility::{Feasibility, Interval, Verdict, feasibility, levy_cents_t};
pub use fill::Agreed;
pub use flags::{Centre, Flags, Permit, Programme, Research, cells as flag_texts, consent_code, flags};
pub use follow_up::{FollowUp, FollowUps, Step, remember, synergies as followed};
pub use known::Known;
pub use pooling::{Kind, Pool, Wanted, pools, wanted};
pub use portfolio::{Edge, Plan, Portfolio, plan, portfolio};
pub use rejected::{Named, Rejected, set_aside};
pub use reliability::confidence_milli;
pub use returned::{ReturnedSheet, is_list, read as read_follow_ups};
pub use workbook::{NamedMatches, SHEET, WorkbookError, workbook};

use crate::config;
use crate::engine::{Room, WorkError};
use crate::model::{FlowType, Match, MatchKind};
use candidates::Prepared;
use chrono::NaiveDate;
use laid::Laid;
use search::{Kept, Rules};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Matches of the offers and requests, best first; equal scores in the order of what the flows say.
///
/// A company never matches with itself. Each flow keeps its `top_per_flow` best partners that
/// reach `minimum_score_percent`; a match is kept when either side keeps it. An offer that no request
/// takes as it is may have up to three chains through one treatment; of a pair that is both, the better
/// one stays. The same whatever the order of the flows, the number of threads and the memory.
///
/// # Errors
/// When the working folder cannot be written, or the memory is too small to merge what was found.
pub async fn find(
    known: &Known<'_>,
    settings: &config::Matching,
    as_of: NaiveDate,
    room: &Room<'_>,
) -> Result<Vec<Match>, WorkError> {
    let rules = Arc::new(Rules::new(settings, as_of));
    let by_rank = known.by_rank();
    let mut kept: Vec<Kept> = Vec::new();
    Laid::new(&by_rank, &rules, room)?.partners(|pair| kept.push(pair)).await?;
    let direct = kept.into_iter().map(|(Reverse(score), offer, request)| {
        told(score, by_rank[offer as usize], by_rank[request as usize], &rules)
    });
    let mut found: Vec<(Key, Match)> = direct.collect();
    with_chains(&mut found, &by_rank, &rules);
    with_priors(&mut found, known, &by_rank, settings, &rules.weights);
    Ok(found.into_iter().map(|(_, found)| found).collect())
}

/// Score, rank of the offer, rank of the request: the order of matches.
type Key = (Reverse<u16>, u32, u32);

/// The order in which people read matches: first those whose materials are alike, else as they are.
pub fn alike_first(matches: &mut [Match]) {
    matches.sort_by_key(|found| !found.is_alike);
}

fn with_chains(found: &mut Vec<(Key, Match)>, by_rank: &[&Prepared<'_>], rules: &Rules) {
    let taken: BTreeSet<u32> = found
        .iter()
        .filter(|(_, one)| chains::is_taken(&one.parts))
        .map(|((_, offer, _), _)| *offer)
        .collect();
    let mut places: BTreeMap<(u32, u32), usize> = BTreeMap::new();
    for (at, ((_, offer, request), _)) in
        found.iter().enumerate().filter(|(_, ((_, offer, _), _))| !taken.contains(offer))
    {
        places.insert((*offer, *request), at);
    }
    let mut is_changed = false;
    for chain in chains::find(by_rank, &taken, rules) {
        let (offer, request) = (by_rank[chain.offer as usize], by_rank[chain.request as usize]);
        let one = Match {
            offer: offer.flow.id.clone(),
            request: request.flow.id.clone(),
            kind: MatchKind::Chain,
            score_milli: chain.score,
            // The haul goes through an operator, whose place is not known.
            distance_m: None,
            mass_kg: chain.mass_kg,
            planned_kg: None,
            parts: chain.parts,
            // The process takes it, and the request asks for what comes out.
            is_alike: true,
        };
        let key = (Reverse(chain.score), chain.offer, chain.request);
        match places.get(&(chain.offer, chain.request)) {
            Some(at) if found[*at].1.score_milli >= chain.score => continue,
            Some(at) => found[*at] = (key, one),
            None => found.push((key, one)),
        }
        is_changed = true;
    }
    if is_changed {
        found.sort_by_key(|(key, _)| *key);
    }
}

/// Raises the material part of matches for which realised synergies speak; the order follows. Which
/// partners are kept does not depend on it.
fn with_priors(
    found: &mut [(Key, Match)],
    known: &Known<'_>,
    by_rank: &[&Prepared<'_>],
    settings: &config::Matching,
    weights: &parts::Weights,
) {
    if !known.has_precedents() {
        return;
    }
    for ((score, offer, request), one) in &mut *found {
        let pair = (by_rank[*offer as usize], by_rank[*request as usize]);
        one.parts = known.with_prior(one.parts, pair, settings);
        one.score_milli = weights.total(&one.parts);
        *score = Reverse(one.score_milli);
    }
    found.sort_by_key(|(key, _)| *key);
}

fn told(score_milli: u16, offer: &Prepared<'_>, request: &Prepared<'_>, rules: &Rules) -> (Key, Match) {
    let is_material = offer.flow.flow_type == FlowType::Material;
    let parts = parts::score(offer, request, &rules.weights, rules.as_of);
    let found = Match {
        offer: offer.flow.id.clone(),
        request: request.flow.id.clone(),
        kind: if is_material { MatchKind::Substitution } else { MatchKind::Sharing },
        score_milli,
        distance_m: parts::distance_m(offer, request),
        mass_kg: offer.mass().zip(request.mass()).map(|(one, other)| one.min(other)),
        planned_kg: None,
        parts,
        is_alike: !is_material || rules.is_alike(&parts),
    };
    ((Reverse(score_milli), offer.rank, request.rank), found)
}
