//! Offers and requests that fit, with a score whose parts are visible.
//!
//! Pure. Candidates share a group of the List of Waste, a word, or a category; the best ones of
//! every flow are found exactly, and what cannot be among them is passed over by a bound. The
//! score is a weighted mean of named parts in thousandths; a part whose facts are missing counts
//! as one half, and says what to ask.

mod book;
mod candidates;
mod feasibility;
mod fill;
mod flags;
mod follow_up;
mod known;
mod lots;
mod network;
mod parts;
mod pooling;
mod portfolio;
mod rejected;
mod returned;
mod search;
mod tables;
mod words;
mod workbook;

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
pub use returned::{ReturnedSheet, is_list, read as read_follow_ups};
pub use workbook::{NamedMatches, SHEET, WorkbookError, workbook};

use crate::config;
use crate::model::{Direction, FlowType, Match, MatchKind};
use candidates::Prepared;
use chrono::NaiveDate;
use search::{Kept, Rules, Side};
use std::cmp::Reverse;

/// Matches of the offers and requests, best first; equal scores in the order of what the flows say.
///
/// A company never matches with itself. Each flow keeps its `top_per_flow` best partners that
/// reach `minimum_score_percent`; a match is kept when either side keeps it. The same whatever
/// the order of the flows and the number of threads.
#[must_use]
pub fn find(known: &Known<'_>, settings: &config::Matching, as_of: NaiveDate) -> Vec<Match> {
    let weights = parts::Weights::new(settings);
    let rules = Rules::new(settings, &weights, as_of);
    let by_rank = known.by_rank();
    let mut kept: Vec<Kept> = Vec::new();
    for kind in FlowType::ALL {
        let side = |direction: Direction| {
            let is_of = |one: &&&Prepared<'_>| one.flow.flow_type == *kind && one.flow.direction == direction;
            Side::new(&by_rank.iter().filter(is_of).copied().collect::<Vec<_>>(), as_of)
        };
        let (offers, requests) = (side(Direction::Output), side(Direction::Input));
        kept.extend(offers.partners(&requests, &rules, true));
        kept.extend(requests.partners(&offers, &rules, false));
    }
    kept.sort_unstable();
    kept.dedup();
    kept.into_iter()
        .map(|(Reverse(score), offer, request)| {
            told(score, by_rank[offer as usize], by_rank[request as usize], &rules)
        })
        .collect()
}

fn told(score_milli: u16, offer: &Prepared<'_>, request: &Prepared<'_>, rules: &Rules<'_>) -> Match {
    Match {
        offer: offer.flow.id.clone(),
        request: request.flow.id.clone(),
        kind: if offer.flow.flow_type == FlowType::Material {
            MatchKind::Substitution
        } else {
            MatchKind::Sharing
        },
        score_milli,
        distance_m: parts::distance_m(offer, request),
        mass_kg: offer.mass().zip(request.mass()).map(|(one, other)| one.min(other)),
        planned_kg: None,
        parts: parts::score(offer, request, rules.weights, rules.as_of),
    }
}
