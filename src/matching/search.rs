//! The best partners of every flow, exactly: what is passed over is proven not to be among them.
//!
//! Two flows meet through lists: of a code, of a group of codes, of a word, of a substance in a category,
//! or of a category. What a pair can agree at most in material is known for each list before it is
//! opened; the lists are opened in that order, and the search ends at the first whose pairs, with every
//! other part as good as it can be, would be below the worst partner kept. The blocks of an open list are
//! searched in the order of what they promise, and each flow is passed over by the most that it could score
//! ([`super::sight`]); one that could score no more than the worst partner kept, by its place among equals.
//!
//! Every pair that could be kept stands in a list whose most is not below its material part, and is not
//! passed over there:
//! - what words say: in the list of the rarest word that both share, since those that are left are all
//!   that they can share besides;
//! - what codes say, or resources named: in the list of the one that both believe most in of those that
//!   they share;
//! - what a substance says that both are, or name: in its list;
//! - what the category says, or the type: in the list of the category.

use super::agreement::Agreement;
use super::candidates::Said;
use super::circumstances;
use super::digests::Digests;
use super::facts::Facts;
use super::kept::{Best, Rules};
use super::parts;
use super::postings::{List, mark};
use super::side::{Alike, Side, believed, count, glance, listed, marks_beside, named, real, whole};
use super::sight::{Bound, Glance, Sight};
use crate::model::{Category, FlowType, Part};
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

/// Flows that one thread takes at a time.
const SHARE: usize = 64;

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
        let mut desk = Desk::new(other);
        loop {
            // Nothing is left half done by who panics: the lock is as good as before.
            let share = shares.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((number, share)) = share else { return };
            for (at, best) in (number * SHARE..).zip(share) {
                let beside = &beside[alike.of[at] as usize];
                Hunt::new((flows, at), beside, other, rules, forward, &mut desk, best).search();
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

/// What a thread works with from flow to flow.
struct Desk {
    /// Who scored each flow of the other side last.
    seen: Vec<u32>,
    /// Blocks of the open list that could hold a partner.
    blocks: Vec<Reach>,
}

impl Desk {
    fn new(other: &Side) -> Self {
        Self { seen: vec![u32::MAX; other.digests.len()], blocks: Vec::new() }
    }
}

/// A block with the most that one of it could score, what of that is the same for all of it, and the first
/// place among equals that one of it could have.
struct Reach {
    most: f32,
    beside: f32,
    first: u32,
    block: Range<u32>,
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
    desk: &'a mut Desk,
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
        desk: &'a mut Desk,
        best: &'a mut Best,
    ) -> Self {
        let (facts, glance) = (&flows.facts[at], glance(flows, at, 0, forward, rules));
        let sight = Sight::new(&rules.weights);
        let most = beside.iter().copied().fold(0.0, f32::max);
        let rest = glance.alone + most + other.alone + sight.most_of_any(&glance);
        let (at, rank, said) = (count(at), flows.ranks[at], flows.said(at));
        Self { at, rank, facts, said, glance, other, rules, sight, forward, desk, beside, rest, best }
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
            && most * self.sight.material + self.rest >= self.best.bar(self.rules).least
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
        let mut bar = self.best.bar(self.rules);
        let mut blocks = std::mem::take(&mut self.desk.blocks);
        for (bound, block) in list.blocks() {
            let beside = own.alone + self.beside[bound.alike as usize];
            let sure = beside + bound.alone + sight.material * most(bound);
            let first = self.rules.first(bound.rank);
            if !bar.is_met(sure + any, first) {
                continue;
            }
            let most = sure + sight.most_of(&own, bound);
            if bar.is_met(most, first) {
                blocks.push(Reach { most, beside, first, block });
            }
        }
        blocks.sort_unstable_by(|one, other| {
            other.most.total_cmp(&one.most).then_with(|| one.first.cmp(&other.first))
        });
        for Reach { most, beside, first, block } in blocks.drain(..) {
            if most < bar.least {
                break;
            }
            if !bar.is_met(most, first) {
                continue;
            }
            let flows = list.flows(block);
            for ((place, at), most) in
                flows.at.iter().enumerate().zip(flows.most(&own, &sight, beside, &with))
            {
                if most < bar.least {
                    continue;
                }
                let (belief, whole, words) = (flows.belief[place], flows.whole[place], flows.words[place]);
                let less = with(belief, whole, words) - marked(belief, whole, words, flows.marks[place]);
                let at = *at as usize;
                let among_equals = self.rules.turned(self.rank, self.other.digests.ranks[at]);
                if bar.is_met(most - sight.material * less, among_equals) {
                    self.score(at);
                    bar = self.best.bar(self.rules);
                }
            }
        }
        self.desk.blocks = blocks;
    }

    /// Scores a flow of the other side, once.
    fn score(&mut self, at: usize) {
        let (digests, weights) = (&self.other.digests, &self.rules.weights);
        let (rank, other) = (digests.ranks[at], &digests.facts[at]);
        if self.desk.seen[at] == self.at || other.company == self.facts.company {
            return;
        }
        self.desk.seen[at] = self.at;
        let (offer, request) = if self.forward { (self.facts, other) } else { (other, self.facts) };
        let scores = parts::beside_material(offer, request, weights, self.rules.as_of);
        let scores = parts::with_material(scores, &self.said, &digests.said(at));
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
        let one = Agreement::Same(f32::from(parts::OF_ONE_SUBSTANCE));
        lists.extend(self.said.material.is.map(|key| (one, other.by_thing.of(key))));
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
    use super::super::search_tests::{alike, crowded};
    use super::super::tests::{day, named_parks, parks};
    use super::*;
    use crate::config;
    use crate::model::{Confidential, Direction};
    use std::cmp::Reverse;

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
            let (organisations, mut flows) = crowded(120, seed);
            for (at, flow) in flows.iter_mut().enumerate().filter(|(at, _)| at % 7 < 2) {
                let words = ["NaOH", "soude caustique", "acide nitrique", "acides usés"][at / 7 % 4];
                flow.description = Confidential::new(words.to_owned());
            }
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
                let (mut desk, mut checked) = (Desk::new(&other), 0);
                for at in 0..flows.len() {
                    let mut best = Best::default();
                    let beside = beside(&flows.facts[at], &other.samples, &rules, forward);
                    let hunt =
                        Hunt::new((&flows, at), &beside, &other, &rules, forward, &mut desk, &mut best);
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
                        let scores = parts::beside_material(offer, request, &rules.weights, rules.as_of);
                        let (said, by) = (flows.said(at), other.digests.said(partner));
                        let scores = parts::with_material(scores, &said, &by);
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

    #[test]
    fn of_a_crowd_of_alike_flows_the_best_are_kept_and_few_are_scored() {
        let (organisations, flows) = alike(2_000, 21);
        let (parks, settings) =
            (parks(), config::Matching { top_per_flow: 10, ..config::Matching::default() });
        let known = Known::new(&organisations, &flows, &parks);
        let side = |direction: Direction| {
            let flows = known.prepared.iter().filter(|one| one.flow.direction == direction);
            Digests::new(&flows.collect::<Vec<_>>())
        };
        for rules in [Rules::new(&settings, day()), Rules::of_plan(&settings, day(), 10, Vec::new())] {
            let offers = side(Direction::Output);
            let requests = Side::new(side(Direction::Input), false, &rules);
            let mut desk = Desk::new(&requests);
            for at in (0..offers.len()).step_by(50) {
                let (mut best, one, own) = (Best::default(), &offers.facts[at], offers.ranks[at]);
                let beside = beside(one, &requests.samples, &rules, true);
                Hunt::new((&offers, at), &beside, &requests, &rules, true, &mut desk, &mut best).search();
                let mut every: Vec<(Reverse<u16>, u32)> = (0..requests.digests.len())
                    .filter(|other| requests.digests.facts[*other].company != one.company)
                    .map(|other| {
                        let (two, rank) = (&requests.digests.facts[other], requests.digests.ranks[other]);
                        let scores = parts::beside_material(one, two, &rules.weights, rules.as_of);
                        let (said, by) = (offers.said(at), requests.digests.said(other));
                        let scores = parts::with_material(scores, &said, &by);
                        (Reverse(rules.weights.total(&scores)), rules.turned(own, rank))
                    })
                    .collect();
                every.sort_unstable();
                every.truncate(10);
                assert_eq!(best.0, every);
                let scored = desk.seen.iter().filter(|last| **last == count(at)).count();
                assert!(scored < 120, "{scored} of {}", requests.digests.len());
            }
        }
    }
}
