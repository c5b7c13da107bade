//! The best partners of every flow, exactly: what is passed over is proven not to be among them.
//!
//! Two flows meet through lists: of a code, of a group of codes, of a word, or of a category. What a
//! pair can agree at most in material is known for each list before it is opened; the lists are opened
//! in that order, and the search ends at the first whose pairs, with every other part as good as it can
//! be, would be below the worst partner kept. In an open list each flow is passed over by the most that
//! it could score ([`super::sight`]).
//!
//! Every pair that could be kept stands in a list whose most is not below its material part, and is not
//! passed over there:
//! - what words say: in the list of the rarest word that both share, since those that are left are all
//!   that they can share besides;
//! - what codes say: in the list of the code that both believe most in of those that they share;
//! - what the category says: in the list of the category.

use super::agreement::Agreement;
use super::candidates::Said;
use super::digests::Digests;
use super::facts::Facts;
use super::parts::{self, Weights};
use super::postings::List;
use super::side::{Side, believed, count, glance, listed, real, whole};
use super::sight::{Bound, Glance, Sight};
use crate::config;
use crate::model::{Category, FlowType};
use chrono::NaiveDate;
use std::cmp::Reverse;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Score, rank of the offer, rank of the request.
pub(super) type Kept = (Reverse<u16>, u32, u32);

/// Flows that one thread takes at a time.
const SHARE: usize = 64;

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

/// The best partners that `flows` find on the other side. `forward` when they are offers. In no order.
pub(super) fn partners(flows: &Digests, other: &Side, rules: &Rules<'_>, forward: bool) -> Vec<Kept> {
    if rules.most == 0 {
        return Vec::new();
    }
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut found = Vec::new();
        let mut seen = vec![u32::MAX; other.digests.len()];
        loop {
            let start = next.fetch_add(SHARE, Ordering::Relaxed);
            if start >= flows.len() {
                return found;
            }
            for at in start..flows.len().min(start + SHARE) {
                let best = Best { minimum: rules.minimum, most: rules.most, kept: Vec::new() };
                let mut hunt = Hunt::new(flows, at, other, rules, forward, &mut seen, best);
                hunt.search();
                let own = flows.ranks[at];
                found.extend(hunt.best.kept.into_iter().map(|(score, rank)| {
                    if forward { (score, own, rank) } else { (score, rank, own) }
                }));
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

/// The best partners of one flow so far, best first.
struct Best {
    minimum: u16,
    most: usize,
    kept: Vec<(Reverse<u16>, u32)>,
}

impl Best {
    fn last(&self) -> Option<&(Reverse<u16>, u32)> {
        self.kept.last().filter(|_| self.kept.len() >= self.most)
    }

    /// What a partner must score at least, in the unit of [`Sight`].
    fn least(&self) -> f32 {
        f32::from(self.last().map_or(self.minimum, |(score, _)| score.0)) * 1000.0
    }

    /// Whether a partner of this rank could be kept with this score.
    fn has_room(&self, score: u16, rank: u32) -> bool {
        score >= self.minimum && self.last().is_none_or(|last| (Reverse(score), rank) < *last)
    }

    fn keep(&mut self, score: u16, rank: u32) {
        let entry = (Reverse(score), rank);
        self.kept.insert(self.kept.partition_point(|kept| *kept < entry), entry);
        self.kept.truncate(self.most);
    }
}

/// The search of one flow.
struct Hunt<'a> {
    /// Number of the flow on its side: marks whom it has scored.
    at: u32,
    facts: &'a Facts,
    said: Said<'a>,
    glance: Glance,
    other: &'a Side,
    rules: &'a Rules<'a>,
    sight: Sight,
    forward: bool,
    seen: &'a mut Vec<u32>,
    /// For each likeness of the other side the most that period and condition weigh.
    beside: Vec<f32>,
    /// The most that all but material weighs.
    rest: f32,
    best: Best,
}

impl<'a> Hunt<'a> {
    fn new(
        flows: &'a Digests,
        at: usize,
        other: &'a Side,
        rules: &'a Rules<'a>,
        forward: bool,
        seen: &'a mut Vec<u32>,
        best: Best,
    ) -> Self {
        let (facts, glance) = (&flows.facts[at], glance(flows, at, 0));
        let sight = Sight::new(rules.weights);
        let beside = |sample: &Facts| {
            let (one, other) = if forward { (facts, sample) } else { (sample, facts) };
            let period = rules.weights.weighed(3, parts::time_at_most(one, other, rules.as_of));
            real(period + rules.weights.weighed(4, parts::condition(one, other)))
        };
        let beside: Vec<f32> = other.samples.iter().map(beside).collect();
        let rest = beside.iter().copied().fold(0.0, f32::max) + sight.most_of_any(&glance);
        let (at, said) = (count(at), flows.said(at));
        Self { at, facts, said, glance, other, rules, sight, forward, seen, beside, rest, best }
    }

    fn search(&mut self) {
        let own = listed(&self.said);
        let mut lists: Vec<(Agreement, List<'a>)> = Vec::new();
        self.coded(&mut lists);
        self.worded(&mut lists, |category| own.is_none() || category.is_none() || category == own);
        self.categorised(&mut lists);
        self.open(lists);
        // Words of another category say little: most searches end before.
        let little = Agreement::worded(self.said.flow_type(), (own, other_than(own)), 1, 1);
        if own.is_some() && self.could_be_kept(little) {
            let mut lists = Vec::new();
            self.worded(&mut lists, |category| category.is_some() && category != own);
            self.open(lists);
        }
    }

    fn could_be_kept(&self, agreement: Agreement) -> bool {
        agreement.most() * self.sight.material + self.rest >= self.best.least()
    }

    /// Opens lists, those first whose pairs can agree most.
    fn open(&mut self, mut lists: Vec<(Agreement, List<'a>)>) {
        lists.sort_by(|(one, _), (other, _)| other.most().total_cmp(&one.most()));
        for (agreement, list) in lists {
            if !self.could_be_kept(agreement) {
                return;
            }
            match agreement {
                Agreement::Believed(codes) => {
                    self.scan(list, |others| codes.most(others), |belief, whole, _| codes.with(belief, whole));
                }
                Agreement::Worded(words) => {
                    self.scan(list, |others| words.most(others), |_, _, own| words.of(own));
                }
                Agreement::Same(agreement) => self.scan(list, |_| agreement, |_, _, _| agreement),
            }
        }
    }

    /// Scores the flows of a list that could be kept; `most` and `with` give the most that some flows
    /// and one flow agree in material.
    #[inline]
    fn scan(
        &mut self,
        list: List<'a>,
        most: impl Fn(&Bound) -> f32,
        with: impl Fn(f32, f32, f32) -> f32,
    ) {
        let (sight, own) = (self.sight, self.glance);
        let any = sight.most_of_any(&own);
        let mut least = self.best.least();
        for (bound, block) in list.blocks() {
            let beside = self.beside[bound.alike as usize];
            let sure = beside + sight.material * most(bound);
            if sure + any < least || sure + sight.most_of(&own, bound) < least {
                continue;
            }
            let flows = list.flows(block);
            for (at, most) in flows.at.iter().zip(flows.most(&own, &sight, beside, &with)) {
                if most >= least {
                    self.score(*at as usize);
                    least = self.best.least();
                }
            }
        }
    }

    /// Scores a flow of the other side, once.
    fn score(&mut self, at: usize) {
        let (digests, weights) = (&self.other.digests, self.rules.weights);
        let (rank, other) = (digests.ranks[at], &digests.facts[at]);
        if self.seen[at] == self.at || other.company == self.facts.company {
            return;
        }
        self.seen[at] = self.at;
        let (offer, request) = if self.forward { (self.facts, other) } else { (other, self.facts) };
        let mut scores = parts::beside_material(offer, request, weights, self.rules.as_of);
        scores[0] = Some(parts::agreement(&self.said, &digests.said(at)));
        let score = weights.total(&scores);
        if self.best.has_room(score, rank) {
            self.best.keep(score, rank);
        }
    }

    fn coded(&self, lists: &mut Vec<(Agreement, List<'a>)>) {
        let other: &'a Side = self.other;
        let whole = whole(&self.said);
        for (digits, of, share) in [(1, &other.by_code, 1000), (100, &other.by_group, parts::OF_A_GROUP)] {
            // Nothing believed is nothing shared.
            for (key, belief) in believed(&self.said, digits).into_iter().filter(|(_, belief)| *belief > 0) {
                lists.push((Agreement::believed(belief, whole, share), of.of(key)));
            }
        }
    }

    fn worded(
        &self,
        lists: &mut Vec<(Agreement, List<'a>)>,
        is_wanted: impl Fn(Option<Category>) -> bool,
    ) {
        let other: &'a Side = self.other;
        let own = count(self.said.words.len());
        let of_word = |word: u32| other.by_word.between((word, None), (word, Category::ALL.last().copied()));
        let frequency = |word: u32| of_word(word).map(|(_, list)| list.len()).sum::<usize>();
        let mut words: Vec<(usize, u32)> =
            self.said.words.iter().map(|word| (frequency(*word), *word)).filter(|(known, _)| *known > 0).collect();
        words.sort_unstable();
        for (left, (_, word)) in (1..=count(words.len())).rev().zip(words) {
            for ((_, category), list) in of_word(word).filter(|((_, category), _)| is_wanted(*category)) {
                let categories = (listed(&self.said), category);
                lists.push((Agreement::worded(self.said.flow_type(), categories, left, own), list));
            }
        }
    }

    fn categorised(&self, lists: &mut Vec<(Agreement, List<'a>)>) {
        let (own, of_type) = (listed(&self.said), self.said.flow_type());
        if of_type != FlowType::Material || own.is_some() {
            let other: &'a Side = self.other;
            let same = f32::from(parts::agreement_of_category(of_type));
            lists.push((Agreement::Same(same), other.by_category.of(own)));
        }
    }
}

/// Some category that is not this one.
fn other_than(category: Option<Category>) -> Option<Category> {
    Category::ALL.iter().copied().find(|one| Some(*one) != category)
}
