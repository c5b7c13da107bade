//! The best partners of every flow, exactly: what is passed over is proven not to be among them.
//!
//! Flows that say the same are looked at together. Two that share a word or a code are met
//! through lists of those; two that share only their category have a known material part, so the
//! flows of a category are searched as one. In each lot the amounts are tried from the nearest
//! outwards, and a list, a lot or an amount is left as soon as the most that it could score is
//! below the worst partner kept.

use super::candidates::Prepared;
use super::lots::{Lot, lots};
use super::parts::{self, Weights};
use crate::config;
use crate::model::{Category, FlowType};
use chrono::NaiveDate;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Score, rank of the offer, rank of the request.
pub(super) type Kept = (Reverse<u16>, u32, u32);

/// Profiles that one thread takes at a time.
const SHARE: usize = 8;

/// What the search keeps to.
pub(super) struct Rules<'a> {
    pub(super) weights: &'a Weights,
    pub(super) as_of: NaiveDate,
    minimum: u16,
    most: usize,
}

impl<'a> Rules<'a> {
    pub(super) fn new(settings: &config::Matching, weights: &'a Weights, as_of: NaiveDate) -> Self {
        Self {
            weights,
            as_of,
            minimum: u16::try_from(settings.minimum_score_percent.saturating_mul(10)).unwrap_or(u16::MAX),
            most: settings.top_per_flow as usize,
        }
    }
}

/// Flows that say the same of their material.
struct Profile<'a> {
    members: Vec<&'a Prepared<'a>>,
    lots: Vec<Lot<'a>>,
}

/// Offers or requests of one type.
pub(super) struct Side<'a> {
    profiles: Vec<Profile<'a>>,
    /// Profiles that hold a word.
    by_word: BTreeMap<u32, Vec<usize>>,
    /// Profiles with a code of a group (its first four digits).
    by_group: BTreeMap<u32, Vec<usize>>,
    /// All flows of a category; of another type than material all under none.
    by_category: BTreeMap<Option<Category>, Vec<Lot<'a>>>,
}

impl<'a> Side<'a> {
    pub(super) fn new(flows: &[&'a Prepared<'a>], as_of: NaiveDate) -> Self {
        let mut grouped: BTreeMap<_, Vec<&'a Prepared<'a>>> = BTreeMap::new();
        let mut alike: BTreeMap<Option<Category>, Vec<&'a Prepared<'a>>> = BTreeMap::new();
        for one in flows {
            grouped.entry((one.flow.category, &one.words, &one.numbers)).or_default().push(one);
            if let Some(key) = category(one) {
                alike.entry(key).or_default().push(one);
            }
        }
        let mut by_word: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        let mut by_group: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (at, (_, words, numbers)) in grouped.keys().enumerate() {
            for word in *words {
                by_word.entry(*word).or_default().push(at);
            }
            for (code, _) in *numbers {
                let list = by_group.entry(code / 100).or_default();
                if list.last() != Some(&at) {
                    list.push(at);
                }
            }
        }
        let profiles =
            grouped.into_values().map(|members| Profile { lots: lots(&members, as_of), members }).collect();
        let by_category = alike.into_iter().map(|(key, members)| (key, lots(&members, as_of))).collect();
        Self { profiles, by_word, by_group, by_category }
    }

    /// The best partners that the flows of this side find on the other one. `forward` when this
    /// side offers. In no order.
    pub(super) fn partners(&self, other: &Side<'_>, rules: &Rules<'_>, forward: bool) -> Vec<Kept> {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let next = AtomicUsize::new(0);
        let work = || {
            let mut found = Vec::new();
            let mut seen = Seen::new(other.profiles.len());
            loop {
                let start = next.fetch_add(SHARE, Ordering::Relaxed);
                if start >= self.profiles.len() {
                    return found;
                }
                for profile in self.profiles.iter().skip(start).take(SHARE) {
                    profile.search(other, rules, forward, &mut seen, &mut found);
                }
            }
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            threads
                .into_iter()
                .flat_map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                .collect()
        })
    }
}

/// The key under which flows that share nothing else are still candidates.
#[expect(clippy::option_option, reason = "no key at all differs from the one key of another type")]
fn category(one: &Prepared<'_>) -> Option<Option<Category>> {
    // Everything but materials has few words: its type alone makes it a candidate.
    match one.flow.flow_type {
        FlowType::Material => one.flow.category.map(Some),
        _ => Some(None),
    }
}

/// Profiles met through words and codes, and how.
struct Seen {
    words: Vec<u16>,
    coded: Vec<bool>,
    met: Vec<usize>,
}

impl Seen {
    fn new(profiles: usize) -> Self {
        Self { words: vec![0; profiles], coded: vec![false; profiles], met: Vec::new() }
    }

    /// Profiles of `other` that share a word or a group with `one`, with their material part,
    /// of those that could reach `worst`; likest first.
    fn alike(
        &mut self,
        one: &Prepared<'_>,
        other: &Side<'_>,
        rules: &Rules<'_>,
        worst: u16,
    ) -> Vec<(Reverse<u16>, usize)> {
        for list in one.words.iter().filter_map(|word| other.by_word.get(word)) {
            for at in list {
                if self.words[*at] == 0 {
                    self.met.push(*at);
                }
                self.words[*at] = self.words[*at].saturating_add(1);
            }
        }
        for list in one.groups().filter_map(|group| other.by_group.get(&group)) {
            for at in list {
                if self.words[*at] == 0 && !self.coded[*at] {
                    self.met.push(*at);
                }
                self.coded[*at] = true;
            }
        }
        let mut alike = Vec::new();
        for at in self.met.drain(..) {
            let (words, coded) = (std::mem::take(&mut self.words[at]), std::mem::take(&mut self.coded[at]));
            let sample = other.profiles[at].members[0];
            let material = parts::agreement(one, sample, u32::from(words), coded);
            if rules.weights.most(material) >= worst {
                alike.push((Reverse(material), at));
            }
        }
        alike.sort_unstable();
        alike
    }
}

impl Profile<'_> {
    fn search(
        &self,
        other: &Side<'_>,
        rules: &Rules<'_>,
        forward: bool,
        seen: &mut Seen,
        found: &mut Vec<Kept>,
    ) {
        let base = category(self.members[0]).and_then(|key| other.by_category.get(&key));
        let mut bests: Vec<Best<'_>> =
            self.members.iter().map(|one| Best::new(one, rules, forward)).collect();
        if let Some(lots) = base {
            let material = parts::agreement_of_category(self.members[0].flow.flow_type);
            for best in &mut bests {
                best.look(lots, material);
            }
        }
        let worst = bests.iter().map(Best::worst).min().unwrap_or(0);
        let alike = seen.alike(self.members[0], other, rules, worst);
        for mut best in bests {
            for (Reverse(material), at) in &alike {
                if rules.weights.most(*material) < best.worst() {
                    break;
                }
                best.look(&other.profiles[*at].lots, *material);
            }
            found.extend(best.kept.into_iter().map(|(score, rank)| {
                if forward { (score, best.one.rank, rank) } else { (score, rank, best.one.rank) }
            }));
        }
    }
}

/// The best partners of one flow so far, best first.
struct Best<'a> {
    one: &'a Prepared<'a>,
    rules: &'a Rules<'a>,
    forward: bool,
    kept: Vec<(Reverse<u16>, u32)>,
}

impl<'a> Best<'a> {
    fn new(one: &'a Prepared<'a>, rules: &'a Rules<'a>, forward: bool) -> Self {
        Self { one, rules, forward, kept: Vec::with_capacity(rules.most + 1) }
    }

    /// What a partner must score at least.
    fn worst(&self) -> u16 {
        let last = self.kept.last().filter(|_| self.kept.len() >= self.rules.most);
        last.map_or(self.rules.minimum, |(score, _)| score.0)
    }

    /// Whether a partner of this rank could be kept with this score.
    fn has_room(&self, score: u16, rank: u32) -> bool {
        let last = self.kept.last().filter(|_| self.kept.len() >= self.rules.most);
        score >= self.rules.minimum && last.is_none_or(|last| (Reverse(score), rank) < *last)
    }

    /// Offer and request of a pair with `other`.
    fn pair<'b>(&'b self, other: &'b Prepared<'b>) -> (&'b Prepared<'b>, &'b Prepared<'b>) {
        if self.forward { (self.one, other) } else { (other, self.one) }
    }

    /// Looks for partners in lots whose material part is at least `material`; one whose part is
    /// greater is found again where it is exact.
    fn look(&mut self, lots: &[Lot<'_>], material: u16) {
        for lot in lots {
            let (offer, request) = self.pair(lot.sample());
            let rest = lot.most(self.one, offer, request, self.rules, material);
            let of = |quantity: Option<u16>| self.rules.weights.total(&rest.with(quantity));
            let (unknown, most) = (of(None), of(Some(1000)));
            if most.max(unknown) < self.worst() {
                continue;
            }
            let Some(kg) = self.one.mass() else {
                self.take(lot.by_rank(), unknown);
                continue;
            };
            self.take(lot.without_amount(), unknown);
            for (other_kg, members) in lot.outwards(kg) {
                let most =
                    self.rules.weights.total(&rest.with(Some(parts::nearness_of_amounts(kg, other_kg))));
                if most < self.worst() {
                    break;
                }
                self.take(members, most);
            }
        }
    }

    /// Tries flows, in the order of their rank, that score `most` at most when they are no more
    /// than alike in material.
    fn take<'b>(&mut self, members: impl IntoIterator<Item = &'b Prepared<'b>>, most: u16) {
        for other in members {
            if !self.has_room(most, other.rank) {
                return;
            }
            if other.flow.organisation == self.one.flow.organisation
                || self.kept.iter().any(|(_, rank)| *rank == other.rank)
            {
                continue;
            }
            let (offer, request) = self.pair(other);
            let score =
                self.rules.weights.total(&parts::score(offer, request, self.rules.weights, self.rules.as_of));
            if self.has_room(score, other.rank) {
                let entry = (Reverse(score), other.rank);
                self.kept.insert(self.kept.partition_point(|kept| *kept < entry), entry);
                self.kept.truncate(self.rules.most);
            }
        }
    }
}
