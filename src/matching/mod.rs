//! Offers and requests that fit, with a score whose parts are visible.
//!
//! Pure. Candidates share a code of the List of Waste, a word, or a category; of a long list
//! only the ones nearest in quantity are looked at, so the work grows with the number of flows
//! and not with its square. The score is a weighted mean of named parts in thousandths; a part
//! whose facts are missing counts as one half, and says what to ask.

mod candidates;
mod feasibility;
mod follow_up;
mod network;
mod parts;
mod pool_sheet;
mod pooling;
mod portfolio;
mod rejected;
mod words;
mod workbook;

#[cfg(test)]
mod tests;

pub use feasibility::{Feasibility, Interval, feasibility, levy_cents_t};
pub use follow_up::{FollowUp, FollowUps, read as read_follow_ups, remember, synergies as followed};
pub use pooling::{Kind, Pool, Wanted, pools, wanted};
pub use portfolio::{Edge, Plan, Portfolio, plan, portfolio};
pub use rejected::{Rejected, set_aside};
pub use workbook::{NamedMatches, SHEET, WorkbookError, workbook};

use crate::config;
use crate::model::{Direction, Flow, FlowType, Match, MatchKind, OrgId, Organisation, Park, Part};
use candidates::{Index, Prepared};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// Matches of the offers and requests, best first; equal scores in the order of what the flows say.
///
/// A company never matches with itself. Each flow keeps its `top_per_flow` best partners that
/// reach `minimum_score_percent`; a match is kept when either side keeps it. The same whatever
/// the order of the flows.
#[must_use]
pub fn find(
    organisations: &[Organisation],
    flows: &[Flow],
    parks: &[Park],
    settings: &config::Matching,
    as_of: NaiveDate,
) -> Vec<Match> {
    let by_id: BTreeMap<&OrgId, &Organisation> =
        organisations.iter().map(|organisation| (&organisation.id, organisation)).collect();
    let prepared = candidates::prepare(flows, &by_id, parks);
    let weights = parts::Weights::new(settings);
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut kept: BTreeSet<(u16, usize, usize)> = BTreeSet::new();
    for kind in FlowType::ALL {
        let side = |direction: Direction| -> Vec<&Prepared<'_>> {
            let mut side: Vec<&Prepared<'_>> = prepared
                .iter()
                .filter(|one| one.flow.flow_type == *kind && one.flow.direction == direction)
                .collect();
            side.sort_by_key(|one| one.rank);
            side
        };
        let (offers, requests) = (side(Direction::Output), side(Direction::Input));
        let search = |from: &[&Prepared<'_>], to: &[&Prepared<'_>], forward: bool| {
            let index = Index::new(to);
            let share = from.len().div_ceil(threads).max(1);
            let look = |part: &[&Prepared<'_>]| -> Vec<(u16, usize, usize)> {
                part.iter()
                    .flat_map(|one| best(one, &index, to, &weights, settings, as_of, forward))
                    .collect()
            };
            let look = &look;
            std::thread::scope(|scope| {
                let shares: Vec<_> = from.chunks(share).map(|part| scope.spawn(move || look(part))).collect();
                shares
                    .into_iter()
                    .flat_map(|share| share.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                    .collect::<Vec<_>>()
            })
        };
        kept.extend(search(&offers, &requests, true));
        kept.extend(search(&requests, &offers, false));
    }
    let mut ordered: Vec<(u16, usize, usize)> = kept.into_iter().collect();
    ordered.sort_by_key(|(score, offer, request)| (std::cmp::Reverse(*score), *offer, *request));
    let by_rank: BTreeMap<usize, &Prepared<'_>> = prepared.iter().map(|one| (one.rank, one)).collect();
    ordered
        .into_iter()
        .map(|(score, offer, request)| told(score, by_rank[&offer], by_rank[&request], &weights, as_of))
        .collect()
}

/// The best partners of one flow as `(score, rank of the offer, rank of the request)`.
fn best(
    one: &Prepared<'_>,
    index: &Index,
    others: &[&Prepared<'_>],
    weights: &parts::Weights,
    settings: &config::Matching,
    as_of: NaiveDate,
    forward: bool,
) -> Vec<(u16, usize, usize)> {
    let minimum = u16::try_from(settings.minimum_score_percent.saturating_mul(10)).unwrap_or(u16::MAX);
    let most = settings.top_per_flow as usize;
    let mut scored: Vec<(std::cmp::Reverse<u16>, usize)> = Vec::with_capacity(most + 1);
    for at in index.candidates(one) {
        let other = others[at];
        if other.flow.organisation == one.flow.organisation {
            continue;
        }
        let (offer, request) = if forward { (one, other) } else { (other, one) };
        // A pair whose bound is below the worst that is kept cannot be kept.
        let worst = scored.last().filter(|_| scored.len() >= most).map_or(minimum, |(score, _)| score.0);
        if parts::bound(offer, request, weights) < worst.max(minimum) {
            continue;
        }
        let score = weights.total(&parts::score(offer, request, weights, as_of));
        if score >= minimum {
            let entry = (std::cmp::Reverse(score), other.rank);
            scored.insert(scored.partition_point(|kept| *kept < entry), entry);
            scored.truncate(most);
        }
    }
    scored
        .into_iter()
        .map(|(score, rank)| if forward { (score.0, one.rank, rank) } else { (score.0, rank, one.rank) })
        .collect()
}

fn told(
    score_milli: u16,
    offer: &Prepared<'_>,
    request: &Prepared<'_>,
    weights: &parts::Weights,
    as_of: NaiveDate,
) -> Match {
    let scores = parts::score(offer, request, weights, as_of);
    let reasons = Part::ALL.iter().zip(scores).map(|(part, score)| {
        let (reason_fr, reason_en) = words::reason(*part, score, offer, request);
        crate::model::Reason {
            part: *part,
            score_milli: score,
            weight_milli: weights.milli(*part),
            reason_fr,
            reason_en,
        }
    });
    let mass = offer.flow.mass.zip(request.flow.mass);
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
        mass_kg: mass.map(|(one, other)| one.best_kg().min(other.best_kg())),
        planned_kg: None,
        reasons: reasons.collect(),
        missing: words::missing(&scores, offer, request, weights),
    }
}
