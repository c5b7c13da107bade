//! The best partners of every flow, exactly: what is passed over is proven not to be among them.
//!
//! Two flows meet through lists: of a code, of a group of codes, of a word, of a substance in a category,
//! or of a category. What a pair can agree at most in material is known for each list before it is
//! opened; the lists are opened in that order, and the search ends at the first whose pairs, with every
//! other part as good as it can be, would be below the worst partner kept. In an open list each flow is
//! passed over by the most that it could score ([`super::sight`]).
//!
//! Every pair that could be kept stands in a list whose most is not below its material part, and is not
//! passed over there:
//! - what words say: in the list of the rarest word that both share, since those that are left are all
//!   that they can share besides;
//! - what codes say, or resources named: in the list of the one that both believe most in of those that
//!   they share;
//! - what a substance says that both name: in its list;
//! - what the category says, or the type: in the list of the category.

use super::agreement::Agreement;
use super::candidates::Said;
use super::circumstances;
use super::digests::Digests;
use super::facts::Facts;
use super::parts::{self, Scores, Weights};
use super::postings::{List, mark};
use super::side::{Alike, Side, believed, count, glance, listed, marks_beside, named, real, whole};
use super::sight::{Bound, Glance, Sight};
use crate::config;
use crate::model::{Category, FlowType, Part};
use chrono::NaiveDate;
use std::cmp::Reverse;
use std::sync::{Mutex, PoisonError};

/// Score, rank of the offer, rank of the request.
pub(super) type Kept = (Reverse<u16>, u32, u32);

/// Flows that one thread takes at a time.
const SHARE: usize = 64;

/// 2^32 over the golden ratio, which spreads numbers that follow each other (Knuth, multiplicative hashing),
/// and its inverse.
const SPREAD: u32 = 0x9E37_79B9;
const GATHER: u32 = 0x144C_BC89;
const _: () = assert!(SPREAD.wrapping_mul(GATHER) == 1);

/// What the search keeps to.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) weights: Weights,
    pub(super) as_of: NaiveDate,
    /// Least agreement in material of a potential match, thousandths.
    alike: u16,
    minimum: u16,
    most: usize,
    /// When only pairs of materials that a plan may use are looked for: those that are known already, by
    /// ranks of offer and request, sorted.
    known: Option<Vec<(u32, u32)>>,
}

impl Rules {
    pub(super) fn new(settings: &config::Matching, as_of: NaiveDate) -> Self {
        let milli = |percent: u32| u16::try_from(percent.saturating_mul(10)).unwrap_or(u16::MAX);
        Self {
            weights: Weights::new(settings),
            as_of,
            alike: milli(settings.potential_material_percent),
            minimum: milli(settings.minimum_score_percent),
            most: settings.top_per_flow as usize,
            known: None,
        }
    }

    /// To look for pairs of materials that a plan may use and that are not among the `known` ones (ranks of
    /// offer and request, sorted), at most so many of each flow. Which of equal scores are kept is another for
    /// each flow, or alike flows would all keep the same few.
    pub(super) fn of_plan(
        settings: &config::Matching,
        as_of: NaiveDate,
        most: usize,
        known: Vec<(u32, u32)>,
    ) -> Self {
        Self { most, known: Some(known), ..Self::new(settings, as_of) }
    }

    /// Whether a pair with these scores may be kept.
    fn admits(&self, scores: &Scores, (offer, request): (&Facts, &Facts), ranks: (u32, u32)) -> bool {
        let Some(known) = &self.known else { return true };
        let is_near = || parts::apart_m(offer, request).is_none_or(|metres| self.weights.is_within(metres));
        self.is_alike(scores)
            && Part::are_possible(scores)
            && is_near()
            && known.binary_search(&ranks).is_err()
    }

    /// The least agreement in material that may be kept, less what single precision may hide.
    fn least_alike(&self) -> f32 {
        if self.known.is_some() { f32::from(self.alike) - 1.0 } else { 0.0 }
    }

    /// The place of a partner among those of equal score, for a flow: the rank, or for a plan another one.
    const fn turned(&self, own: u32, rank: u32) -> u32 {
        if self.known.is_none() {
            return rank;
        }
        rank.wrapping_mul(SPREAD) ^ own.wrapping_mul(SPREAD)
    }

    /// The rank of a partner that stands there.
    const fn turned_back(&self, own: u32, turned: u32) -> u32 {
        if self.known.is_none() {
            return turned;
        }
        (turned ^ own.wrapping_mul(SPREAD)).wrapping_mul(GATHER)
    }

    /// Whether two flows with these parts agree in material as far as a potential match must.
    pub(super) fn is_alike(&self, parts: &Scores) -> bool {
        parts[0].is_some_and(|material| material >= self.alike)
    }
}

/// The best partners of one flow so far, best first; of equal scores by rank, turned as the rules say.
#[derive(Debug, Clone, Default)]
pub(super) struct Best(Vec<(Reverse<u16>, u32)>);

impl Best {
    fn last(&self, rules: &Rules) -> Option<&(Reverse<u16>, u32)> {
        self.0.last().filter(|_| self.0.len() >= rules.most)
    }

    /// What a partner must score at least, in the unit of [`Sight`].
    fn least(&self, rules: &Rules) -> f32 {
        f32::from(self.last(rules).map_or(rules.minimum, |(score, _)| score.0)) * 1000.0
    }

    fn keep(&mut self, score: u16, rank: u32, rules: &Rules) {
        let entry = (Reverse(score), rank);
        if score >= rules.minimum && self.last(rules).is_none_or(|last| entry < *last) {
            self.0.insert(self.0.partition_point(|kept| *kept < entry), entry);
            self.0.truncate(rules.most);
        }
    }
}

/// Partners of flows, as pairs of offer and request, in no order. `forward` when the flows are offers.
pub(super) fn pairs(
    flows: &Digests,
    best: Vec<Best>,
    rules: &Rules,
    forward: bool,
) -> impl Iterator<Item = Kept> {
    flows.ranks.iter().zip(best).flat_map(move |(own, Best(kept))| {
        kept.into_iter().map(move |(score, turned)| {
            let rank = rules.turned_back(*own, turned);
            if forward { (score, *own, rank) } else { (score, rank, *own) }
        })
    })
}

/// Adds what `flows` find on the other side to their best partners so far. `forward` when they are offers.
pub(super) fn search(flows: &Digests, best: &mut [Best], other: &Side, rules: &Rules, forward: bool) {
    if rules.most == 0 {
        return;
    }
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let alike = Alike::new(flows, rules);
    let beside: Vec<Vec<f32>> =
        alike.samples.iter().map(|one| beside(one, &other.samples, rules, forward)).collect();
    let shares = Mutex::new(best.chunks_mut(SHARE).enumerate());
    let work = || {
        let mut seen = vec![u32::MAX; other.digests.len()];
        loop {
            // Nothing is left half done by who panics: the lock is as good as before.
            let share = shares.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((number, share)) = share else { return };
            for (at, best) in (number * SHARE..).zip(share) {
                let beside = &beside[alike.of[at] as usize];
                Hunt::new((flows, at), beside, other, rules, forward, &mut seen, best).search();
            }
        }
    };
    if flows.len() <= SHARE {
        return work();
    }
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
}

/// For each likeness of the other side the most that period and condition weigh with a flow.
fn beside(one: &Facts, samples: &[Facts], rules: &Rules, forward: bool) -> Vec<f32> {
    let weighed = |sample: &Facts| {
        let (offer, request) = if forward { (one, sample) } else { (sample, one) };
        let period = circumstances::period_at_most(offer, request, rules.as_of);
        let condition = circumstances::condition(offer, request);
        real(rules.weights.weighed(Part::Time, period))
            + real(rules.weights.weighed(Part::Condition, condition))
    };
    samples.iter().map(weighed).collect()
}

/// The search of one flow.
struct Hunt<'a> {
    /// Number of the flow on its side: marks whom it has scored.
    at: u32,
    rank: u32,
    facts: &'a Facts,
    said: Said<'a>,
    glance: Glance,
    other: &'a Side,
    rules: &'a Rules,
    sight: Sight,
    forward: bool,
    seen: &'a mut Vec<u32>,
    /// For each likeness of the other side the most that period and condition weigh.
    beside: &'a [f32],
    /// The most that all but material weighs.
    rest: f32,
    best: &'a mut Best,
}

impl<'a> Hunt<'a> {
    fn new(
        (flows, at): (&'a Digests, usize),
        beside: &'a [f32],
        other: &'a Side,
        rules: &'a Rules,
        forward: bool,
        seen: &'a mut Vec<u32>,
        best: &'a mut Best,
    ) -> Self {
        let (facts, glance) = (&flows.facts[at], glance(flows, at, 0, forward, rules));
        let sight = Sight::new(&rules.weights);
        let most = beside.iter().copied().fold(0.0, f32::max);
        let rest = glance.alone + most + other.alone + sight.most_of_any(&glance);
        let (at, rank, said) = (count(at), flows.ranks[at], flows.said(at));
        Self { at, rank, facts, said, glance, other, rules, sight, forward, seen, beside, rest, best }
    }

    fn search(mut self) {
        let own = listed(&self.said);
        let mut lists: Vec<(Agreement, List<'a>)> = Vec::new();
        self.coded(&mut lists);
        self.worded(&mut lists, |category| own.is_none() || category.is_none() || category == own);
        self.named(&mut lists);
        self.categorised(&mut lists);
        self.open(lists);
        // Words of another category say little: most searches end before.
        let little = Agreement::worded(self.said.flow_type(), (own, other_than(own)), (1, u64::MAX), 1);
        if own.is_some() && self.could_be_kept(little) {
            let mut lists = Vec::new();
            self.worded(&mut lists, |category| category.is_some() && category != own);
            self.open(lists);
        }
    }

    fn could_be_kept(&self, agreement: Agreement) -> bool {
        let most = agreement.most();
        most >= self.rules.least_alike()
            && most * self.sight.material + self.rest >= self.best.least(self.rules)
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
                    self.scan(
                        list,
                        |others| codes.most(others),
                        |belief, whole, _| codes.with(belief, whole),
                        |belief, whole, _, marks| codes.marked(belief, whole, marks),
                    );
                }
                Agreement::Worded(words) => {
                    self.scan(
                        list,
                        |others| words.most(others),
                        |_, _, own| words.of(own),
                        |_, _, own, marks| words.marked(own, marks),
                    );
                }
                Agreement::Same(agreement) => {
                    self.scan(list, |_| agreement, |_, _, _| agreement, |_, _, _, _| agreement);
                }
            }
        }
    }

    /// Scores the flows of a list that could be kept; `most` and `with` give the most that some flows
    /// and one flow agree in material, `marked` the same with its marks, which is worth asking of few only.
    #[inline]
    fn scan(
        &mut self,
        list: List<'a>,
        most: impl Fn(&Bound) -> f32,
        with: impl Fn(f32, f32, f32) -> f32,
        marked: impl Fn(f32, f32, f32, u64) -> f32,
    ) {
        let (sight, own) = (self.sight, self.glance);
        let any = sight.most_of_any(&own);
        let mut least = self.best.least(self.rules);
        for (bound, block) in list.blocks() {
            let beside = own.alone + self.beside[bound.alike as usize];
            let sure = beside + bound.alone + sight.material * most(bound);
            if sure + any < least || sure + sight.most_of(&own, bound) < least {
                continue;
            }
            let flows = list.flows(block);
            for ((place, at), most) in
                flows.at.iter().enumerate().zip(flows.most(&own, &sight, beside, &with))
            {
                if most < least {
                    continue;
                }
                let (belief, whole, words) = (flows.belief[place], flows.whole[place], flows.words[place]);
                let less = with(belief, whole, words) - marked(belief, whole, words, flows.marks[place]);
                if most - sight.material * less >= least {
                    self.score(*at as usize);
                    least = self.best.least(self.rules);
                }
            }
        }
    }

    /// Scores a flow of the other side, once.
    fn score(&mut self, at: usize) {
        let (digests, weights) = (&self.other.digests, &self.rules.weights);
        let (rank, other) = (digests.ranks[at], &digests.facts[at]);
        if self.seen[at] == self.at || other.company == self.facts.company {
            return;
        }
        self.seen[at] = self.at;
        let (offer, request) = if self.forward { (self.facts, other) } else { (other, self.facts) };
        let mut scores = parts::beside_material(offer, request, weights, self.rules.as_of);
        scores[0] = Some(parts::agreement(&self.said, &digests.said(at)));
        let ranks = if self.forward { (self.rank, rank) } else { (rank, self.rank) };
        if self.rules.admits(&scores, (offer, request), ranks) {
            self.best.keep(weights.total(&scores), self.rules.turned(self.rank, rank), self.rules);
        }
    }

    fn coded(&self, lists: &mut Vec<(Agreement, List<'a>)>) {
        let other: &'a Side = self.other;
        let whole = whole(&self.said);
        for (digits, of, share) in [(1, &other.by_code, 1000), (100, &other.by_group, parts::OF_A_GROUP)] {
            let keys = believed(&self.said, digits);
            // Nothing believed is nothing shared.
            for (key, belief) in keys.iter().filter(|(_, belief)| *belief > 0) {
                let others = marks_beside(&keys, *key);
                lists.push((Agreement::believed(*belief, whole, share, others), of.of(*key)));
            }
        }
    }

    fn worded(&self, lists: &mut Vec<(Agreement, List<'a>)>, is_wanted: impl Fn(Option<Category>) -> bool) {
        let other: &'a Side = self.other;
        let own = count(self.said.words.len());
        let of_word = |word: u32| other.by_word.between((word, None), (word, Category::ALL.last().copied()));
        let frequency = |word: u32| of_word(word).map(|(_, list)| list.len()).sum::<usize>();
        let mut words: Vec<(usize, u32)> = self
            .said
            .words
            .iter()
            .map(|word| (frequency(*word), *word))
            .filter(|(known, _)| *known > 0)
            .collect();
        words.sort_unstable();
        // From the most usual on, each with the marks of those more usual.
        let mut marks = 0;
        for (left, (_, word)) in (1..=count(words.len())).zip(words.into_iter().rev()) {
            marks |= mark(word);
            for ((_, category), list) in of_word(word).filter(|((_, category), _)| is_wanted(*category)) {
                let categories = (listed(&self.said), category);
                let agreement = Agreement::worded(self.said.flow_type(), categories, (left, marks), own);
                lists.push((agreement, list));
            }
        }
    }

    fn named(&self, lists: &mut Vec<(Agreement, List<'a>)>) {
        let other: &'a Side = self.other;
        let same = Agreement::Same(f32::from(parts::OF_A_SUBSTANCE));
        lists.extend(named(&self.said).map(|key| (same, other.by_substance.of(key))));
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

#[cfg(test)]
mod tests {
    use super::super::Known;
    use super::super::search_tests::crowded;
    use super::super::tests::{day, named_parks};
    use super::*;
    use crate::model::Direction;

    /// The most that a flow could score in a list, by its list, its block and itself.
    fn bounds(hunt: &Hunt<'_>, agreement: Agreement, list: List<'_>) -> Vec<(u32, f32)> {
        let (sight, own) = (hunt.sight, hunt.glance);
        let of_list = agreement.most() * sight.material + hunt.rest;
        let mut bounds = Vec::new();
        for (bound, block) in list.blocks() {
            let (beside, flows) = (own.alone + hunt.beside[bound.alike as usize], list.flows(block));
            let (of_block, of_flows) = match agreement {
                Agreement::Believed(codes) => (
                    codes.most(bound),
                    flows.most(&own, &sight, beside, |belief, whole, _| codes.with(belief, whole)),
                ),
                Agreement::Worded(words) => {
                    (words.most(bound), flows.most(&own, &sight, beside, |_, _, count| words.of(count)))
                }
                Agreement::Same(same) => (same, flows.most(&own, &sight, beside, |_, _, _| same)),
            };
            let less = |place: usize| match agreement {
                Agreement::Believed(codes) => {
                    let (belief, whole) = (flows.belief[place], flows.whole[place]);
                    codes.with(belief, whole) - codes.marked(belief, whole, flows.marks[place])
                }
                Agreement::Worded(words) => {
                    let count = flows.words[place];
                    words.of(count) - words.marked(count, flows.marks[place])
                }
                Agreement::Same(_) => 0.0,
            };
            let of_block = beside + bound.alone + sight.material * of_block + sight.most_of(&own, bound);
            bounds.extend(flows.at.iter().enumerate().zip(of_flows).map(|((place, at), most)| {
                (*at, (most - sight.material * less(place)).min(of_block).min(of_list))
            }));
        }
        bounds
    }

    #[test]
    fn every_pair_stands_in_a_list_none_of_whose_bounds_is_below_its_score() {
        for seed in 11..15 {
            let (organisations, flows) = crowded(120, seed);
            let parks = if seed % 2 == 0 { named_parks() } else { Vec::new() };
            let known = Known::new(&organisations, &flows, &parks);
            let rules = Rules::new(&config::Matching::default(), day());
            for (kind, own, forward) in [
                (FlowType::Material, Direction::Output, true),
                (FlowType::Material, Direction::Input, false),
                (FlowType::Equipment, Direction::Output, true),
            ] {
                let of = |wanted: bool| {
                    let is_of = |one: &&super::super::candidates::Prepared<'_>| {
                        one.flow.flow_type == kind && (one.flow.direction == own) == wanted
                    };
                    Digests::new(&known.prepared.iter().filter(is_of).collect::<Vec<_>>())
                };
                let (flows, other) = (of(true), Side::new(of(false), !forward, &rules));
                let (mut seen, mut checked) = (vec![u32::MAX; other.digests.len()], 0);
                for at in 0..flows.len() {
                    let mut best = Best::default();
                    let beside = beside(&flows.facts[at], &other.samples, &rules, forward);
                    let hunt =
                        Hunt::new((&flows, at), &beside, &other, &rules, forward, &mut seen, &mut best);
                    let mut lists = Vec::new();
                    hunt.coded(&mut lists);
                    hunt.worded(&mut lists, |_| true);
                    hunt.named(&mut lists);
                    hunt.categorised(&mut lists);
                    let mut most = vec![0.0_f32; other.digests.len()];
                    for (agreement, list) in lists {
                        for (at, bound) in bounds(&hunt, agreement, list) {
                            most[at as usize] = most[at as usize].max(bound);
                        }
                    }
                    for (partner, most) in most.into_iter().enumerate() {
                        let (one, two) = (&flows.facts[at], &other.digests.facts[partner]);
                        let (offer, request) = if forward { (one, two) } else { (two, one) };
                        let mut scores = parts::beside_material(offer, request, &rules.weights, rules.as_of);
                        scores[0] = Some(parts::agreement(&flows.said(at), &other.digests.said(partner)));
                        let score: u32 = rules.weights.weighed_sum(&scores);
                        // What shares nothing stands in no list.
                        if scores[0] > Some(0) {
                            checked += 1;
                            assert!(most >= real(score), "{seed} {kind:?}: {most} {score} {scores:?}");
                        }
                    }
                }
                assert!(checked > 50, "{kind:?}");
            }
        }
    }
}
