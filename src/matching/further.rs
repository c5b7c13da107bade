//! How many pairs are looked at beyond the best partners of each flow, so that the plan is the best of all
//! pairs and not only of those that people read.

use super::search::Kept;
use crate::config::Objective;
use std::collections::BTreeMap;

/// Further pairs that a plan holds at most: some 150 bytes each while it is solved.
const PAIRS: usize = 2_000_000;
/// Flows that are searched again at most, over all rounds: five rounds of a hundred thousand a side.
const FLOWS: usize = 1_000_000;
/// Share of the pairs that are left which one round may take, where there may be several.
const SHARE: usize = 4;

/// What may still be looked at.
#[derive(Debug)]
pub(super) struct Limits {
    pairs: usize,
    flows: usize,
    share: usize,
}

impl Limits {
    /// For kilograms, prices say after each round which flows matter; else one round asks all at once.
    pub(super) const fn new(objective: Objective) -> Self {
        let share = match objective {
            Objective::Mass => SHARE,
            Objective::Emissions | Objective::Money => 1,
        };
        Self { pairs: PAIRS, flows: FLOWS, share }
    }

    /// Partners that each of so many flows may look for in a round; none when there is no room for it.
    pub(super) fn round(&mut self, flows: usize) -> Option<usize> {
        self.flows = self.flows.checked_sub(flows)?;
        let each = self.pairs / self.share / flows.max(1);
        (each > 0).then_some(each)
    }

    /// Counts what a round found.
    pub(super) const fn hold(&mut self, pairs: usize) {
        self.pairs = self.pairs.saturating_sub(pairs);
    }
}

/// Whether these are all the pairs of a search that kept so many of each flow: what it left out, both sides
/// left out for as many that are better.
pub(super) fn are_all(found: &[Kept], each: usize) -> bool {
    let is_full = |flow: fn(&Kept) -> u32| {
        let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
        for pair in found {
            *counts.entry(flow(pair)).or_default() += 1;
        }
        counts.values().any(|count| *count >= each)
    };
    !(is_full(|(_, offer, _)| *offer) && is_full(|(_, _, request)| *request))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cmp::Reverse;

    #[test]
    fn pairs_are_left_out_only_where_both_sides_are_full() {
        let kept = |offer, request| (Reverse(900), offer, request);
        let found = [kept(0, 5), kept(0, 6), kept(1, 5)];
        assert!(are_all(&found, 3) && are_all(&found[..2], 2) && are_all(&[], 1));
        assert!(!are_all(&found, 2));
    }

    #[test]
    fn few_flows_are_asked_for_all_and_rounds_come_to_an_end() {
        let mut limits = Limits::new(Objective::Money);
        assert_eq!(limits.round(60), Some(PAIRS / 60));
        let mut limits = Limits::new(Objective::Mass);
        let mut rounds = 0;
        while let Some(each) = limits.round(200_000) {
            limits.hold(200_000 * each);
            rounds += 1;
        }
        assert_eq!(rounds, FLOWS / 200_000);
        limits.hold(usize::MAX);
        assert_eq!(limits.round(1), None);
    }
}
