//! The best partners of every flow, exactly: what is passed over is proven not to be among them.
//!
//! Two flows meet through lists: of a code, of a group of codes, of a word, or of a category. What a
//! pair can agree at most in material is known for each list before it is opened; the lists are opened
//! in that order, and the search ends at the first whose pairs, with every other part whole, would be
//! below the worst partner kept. Inside a list stretches and blocks of flows are passed over by the most
//! that their amounts, places, periods and conditions allow ([`super::postings`]).
//!
//! Every pair that could be kept stands in a list whose most is not below its material part:
//! - what words say: in the list of the rarest word that both share, since those that are left are all
//!   that they can share besides;
//! - what codes say: in the list of the code that both believe most in of those that they share;
//! - what the category says: in the list of the category.

use super::candidates::{Prepared, Said};
use super::facts::Facts;
use super::parts::{self, Weights};
use super::postings::{Postings, Reach, likeness, order};
use crate::config;
use crate::model::{Category, FlowType};
use chrono::NaiveDate;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Score, rank of the offer, rank of the request.
pub(super) type Kept = (Reverse<u16>, u32, u32);

/// Flows that one thread takes at a time.
const SHARE: usize = 64;
/// Beliefs, thousandths, at which lists of a code are parted: in the code, and in the others beside it.
const BELIEFS: [u32; 9] = [20, 50, 100, 200, 300, 450, 600, 750, 900];
const BESIDE: [u32; 4] = [30, 120, 300, 500];
/// Lengths of descriptions, words, at which lists of a word are parted.
const LENGTHS: [usize; 3] = [3, 5, 7];

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

/// Flows with a code, or a group, of like belief in it and in what else they believe in.
#[derive(Default)]
struct Believers {
    postings: Postings,
    /// The greatest belief among them, the greatest sum of other beliefs, and the ends of the sum of all.
    most: u32,
    beside: u32,
    whole: (u32, u32),
}

/// Lists of a key by belief in it and in the others.
type Beliefs = BTreeMap<(u32, usize, usize), Believers>;

impl Believers {
    /// The most that codes can agree with a flow that believes so much in the key and in all its codes,
    /// where the key is what both believe most in of all that they share: the others, two at most, are
    /// shared no more than it, and no more than either believes beside it. What is shared over the
    /// smaller sum of belief, s, times 500 + s / 2, rises with s up to what is shared, and falls after.
    fn agreement(&self, belief: u32, whole: u32) -> u16 {
        let key = belief.min(self.most);
        let beside = whole.saturating_sub(belief).min(self.beside).min(2 * key);
        let (low, high) = (whole.min(self.whole.0), whole.min(self.whole.1));
        // Each of three divisions rounds down.
        (parts::coded(key + beside, (key + beside).clamp(low, high.max(low))) + 3).min(1000)
    }
}

/// Flows of a category and of like length with a word.
#[derive(Default)]
struct Holders {
    postings: Postings,
    shortest: u32,
    longest: u32,
}

/// What most flows are passed over by, small enough for a side to stay near the processor.
#[derive(Clone, Copy)]
struct Brief {
    kg: Option<i64>,
    /// Which of the side's likenesses.
    alike: usize,
}

/// Offers or requests of one type, numbered in the order of [`order`].
pub(super) struct Side<'a> {
    ranks: Vec<u32>,
    briefs: Vec<Brief>,
    /// A flow of each likeness.
    samples: Vec<Facts>,
    facts: Vec<Facts>,
    said: Vec<Said<'a>>,
    by_code: Beliefs,
    by_group: Beliefs,
    by_word: BTreeMap<(u32, Option<Category>, usize), Holders>,
    /// Number of flows with a word.
    frequency: BTreeMap<u32, u32>,
    by_category: BTreeMap<Option<Category>, Postings>,
}

/// The part among `limits` in which a value lies.
fn part<T: PartialOrd>(value: &T, limits: &[T]) -> usize {
    limits.iter().filter(|limit| value >= *limit).count()
}

/// The category that words are listed under; of another type than material none.
fn listed(said: &Said<'_>) -> Option<Category> {
    said.category.filter(|_| said.flow_type == FlowType::Material)
}

fn count(words: usize) -> u32 {
    u32::try_from(words).unwrap_or(u32::MAX)
}

/// Groups of the codes, each with the belief in it.
fn groups(said: &Said<'_>) -> Vec<(u32, u32)> {
    let mut groups: Vec<(u32, u32)> = Vec::new();
    for (code, belief) in said.codes() {
        match groups.iter_mut().find(|(group, _)| *group == code / 100) {
            Some((_, sum)) => *sum += belief,
            None => groups.push((code / 100, *belief)),
        }
    }
    groups
}

fn believe(lists: &mut Beliefs, key: u32, belief: u32, whole: u32, at: u32) {
    let beside = whole - belief;
    let list = lists.entry((key, part(&belief, &BELIEFS), part(&beside, &BESIDE))).or_default();
    let is_first = list.postings.flows.is_empty();
    // A code may be written twice.
    if list.postings.flows.last() != Some(&at) {
        list.postings.flows.push(at);
    }
    (list.most, list.beside) = (list.most.max(belief), list.beside.max(beside));
    list.whole = if is_first { (whole, whole) } else { (list.whole.0.min(whole), list.whole.1.max(whole)) };
}

impl<'a> Side<'a> {
    pub(super) fn new(flows: &[&'a Prepared<'a>], as_of: NaiveDate) -> Self {
        let mut flows = flows.to_vec();
        flows.sort_by_cached_key(|one| (order(&one.facts, as_of), one.rank));
        let mut side = Self {
            ranks: flows.iter().map(|one| one.rank).collect(),
            briefs: Vec::with_capacity(flows.len()),
            samples: Vec::new(),
            facts: flows.iter().map(|one| one.facts).collect(),
            said: flows.iter().map(|one| one.said()).collect(),
            by_code: BTreeMap::new(),
            by_group: BTreeMap::new(),
            by_word: BTreeMap::new(),
            frequency: BTreeMap::new(),
            by_category: BTreeMap::new(),
        };
        for one in &side.facts {
            // Flows of one likeness follow one another.
            let is_new = side.samples.last().is_none_or(|last| likeness(last, as_of) != likeness(one, as_of));
            if is_new {
                side.samples.push(*one);
            }
            side.briefs.push(Brief { kg: one.kg, alike: side.samples.len() - 1 });
        }
        for (at, one) in (0_u32..).zip(&side.said) {
            let whole = one.codes().iter().map(|(_, belief)| *belief).sum();
            for (code, _) in one.codes() {
                let of_code = one.codes().iter().filter(|(other, _)| other == code);
                let belief = of_code.map(|(_, belief)| *belief).sum();
                believe(&mut side.by_code, *code, belief, whole, at);
            }
            for (group, belief) in groups(one) {
                believe(&mut side.by_group, group, belief, whole, at);
            }
            for word in one.words {
                *side.frequency.entry(*word).or_default() += 1;
                let length = part(&one.words.len(), &LENGTHS);
                let list = side.by_word.entry((*word, listed(one), length)).or_default();
                let words = count(one.words.len());
                list.shortest = if list.postings.flows.is_empty() { words } else { list.shortest.min(words) };
                list.longest = list.longest.max(words);
                list.postings.flows.push(at);
            }
            if one.flow_type != FlowType::Material || one.category.is_some() {
                side.by_category.entry(listed(one)).or_default().flows.push(at);
            }
        }
        let facts = &side.facts;
        let believers = side.by_code.values_mut().chain(side.by_group.values_mut());
        believers.for_each(|list| list.postings.cut(facts, as_of));
        side.by_word.values_mut().for_each(|list| list.postings.cut(facts, as_of));
        side.by_category.values_mut().for_each(|list| list.cut(facts, as_of));
        side
    }

    /// The best partners that the flows of this side find on the other one. `forward` when this
    /// side offers. In no order.
    pub(super) fn partners(&self, other: &Side<'_>, rules: &Rules<'_>, forward: bool) -> Vec<Kept> {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let next = AtomicUsize::new(0);
        let work =
            || {
                let mut found = Vec::new();
                let mut seen = vec![u32::MAX; other.ranks.len()];
                loop {
                    let start = next.fetch_add(SHARE, Ordering::Relaxed);
                    if start >= self.ranks.len() {
                        return found;
                    }
                    for at in start..self.ranks.len().min(start + SHARE) {
                        let mut hunt = Hunt {
                            at: count(at),
                            facts: &self.facts[at],
                            said: &self.said[at],
                            other,
                            rules,
                            forward,
                            seen: &mut seen,
                            beside: Vec::new(),
                            best: Best { minimum: rules.minimum, most: rules.most, kept: Vec::new() },
                        };
                        hunt.search();
                        let own = self.ranks[at];
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

    /// What a partner must score at least.
    fn worst(&self) -> u16 {
        self.last().map_or(self.minimum, |(score, _)| score.0)
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
    said: &'a Said<'a>,
    other: &'a Side<'a>,
    rules: &'a Rules<'a>,
    forward: bool,
    seen: &'a mut Vec<u32>,
    /// For each likeness of the other side the most that period, condition and distance weigh.
    beside: Vec<u32>,
    best: Best,
}

impl<'a> Hunt<'a> {
    fn search(&mut self) {
        if self.rules.most == 0 {
            return;
        }
        let weights = self.rules.weights;
        let beside = |sample: &Facts| {
            let (one, other) = if self.forward { (self.facts, sample) } else { (sample, self.facts) };
            weights.weighed(2, Some(1000))
                + weights.weighed(3, parts::time_at_most(one, other, self.rules.as_of))
                + weights.weighed(4, parts::condition(one, other))
        };
        self.beside = self.other.samples.iter().map(beside).collect();
        let mut lists: Vec<(Reverse<u16>, usize, &'a Postings)> = Vec::new();
        self.coded(&mut lists);
        let own = listed(self.said);
        self.worded(&mut lists, |category| own.is_none() || category.is_none() || category == own);
        self.categorised(&mut lists);
        self.open(lists);
        // Words of another category say little: most searches end before.
        let words = count(self.said.words.len());
        let little = parts::said(self.said.flow_type, (own, other_than(own)), words, words.saturating_mul(2));
        if own.is_some() && self.rules.weights.most(little) >= self.best.worst() {
            let mut lists = Vec::new();
            self.worded(&mut lists, |category| category.is_some() && category != own);
            self.open(lists);
        }
    }

    /// Opens lists, those first whose pairs can agree most.
    fn open(&mut self, mut lists: Vec<(Reverse<u16>, usize, &'a Postings)>) {
        // A stable sort: of equals in the order in which they were named.
        lists.sort_by_key(|(most, length, _)| (*most, *length));
        for (Reverse(material), _, list) in lists {
            if self.rules.weights.most(material) < self.best.worst() {
                return;
            }
            let (rules, facts) = (self.rules, self.facts);
            let reach = Reach { weights: rules.weights, as_of: rules.as_of, material, forward: self.forward };
            let weighed = rules.weights.weighed(0, Some(material));
            list.search(facts, &reach, self.best.worst(), &mut |flows| {
                for at in flows {
                    self.score(*at as usize, &reach, weighed);
                }
                self.best.worst()
            });
        }
    }

    /// Scores a flow of the other side the first time that it is met: the lists that are left can
    /// agree no more.
    fn score(&mut self, at: usize, reach: &Reach<'_>, material: u32) {
        if self.seen[at] == self.at {
            return;
        }
        self.seen[at] = self.at;
        let brief = self.other.briefs[at];
        let amounts = self.facts.kg.zip(brief.kg);
        let quantity = amounts.map(|(one, other)| parts::nearness_of_amounts(one, other));
        let most = material + self.beside[brief.alike] + reach.weights.weighed(1, quantity);
        if parts::mean(most) < self.best.worst() {
            return;
        }
        let (rank, other) = (self.other.ranks[at], &self.other.facts[at]);
        if other.company == self.facts.company {
            return;
        }
        let (offer, request) = reach.pair(self.facts, other);
        let mut scores = parts::beside_material(offer, request, reach.weights, reach.as_of);
        scores[0] = Some(reach.material);
        if !self.best.has_room(reach.weights.total(&scores), rank) {
            return;
        }
        scores[0] = Some(parts::agreement(self.said, &self.other.said[at]));
        let score = reach.weights.total(&scores);
        if self.best.has_room(score, rank) {
            self.best.keep(score, rank);
        }
    }

    fn coded(&self, lists: &mut Vec<(Reverse<u16>, usize, &'a Postings)>) {
        let codes = self.said.codes();
        let whole: u32 = codes.iter().map(|(_, belief)| *belief).sum();
        let mut add = |of: &'a Beliefs, key: u32, belief: u32, share: u32| {
            let of_key = of.range((key, 0, 0)..=(key, BELIEFS.len(), BESIDE.len()));
            // Nothing believed is nothing shared. Every list of codes that is left agrees more than
            // words of another category, which are opened last.
            for (_, list) in of_key.filter(|(_, list)| belief > 0 && list.most > 0) {
                let most = (u32::from(list.agreement(belief, whole)) * share).div_ceil(1000);
                let most = u16::try_from(most).unwrap_or(1000);
                lists.push((Reverse(most), list.postings.len(), &list.postings));
            }
        };
        for (at, (code, _)) in codes.iter().enumerate() {
            if codes[..at].iter().all(|(earlier, _)| earlier != code) {
                let belief = codes.iter().filter(|(other, _)| other == code).map(|(_, belief)| *belief).sum();
                add(&self.other.by_code, *code, belief, 1000);
            }
        }
        for (group, belief) in groups(self.said) {
            add(&self.other.by_group, group, belief, parts::OF_A_GROUP);
        }
    }

    fn worded(
        &self,
        lists: &mut Vec<(Reverse<u16>, usize, &'a Postings)>,
        is_wanted: impl Fn(Option<Category>) -> bool,
    ) {
        let other: &'a Side<'a> = self.other;
        let mut words: Vec<(u32, u32)> =
            self.said.words.iter().filter_map(|word| Some((*other.frequency.get(word)?, *word))).collect();
        words.sort_unstable();
        let own = count(self.said.words.len());
        let mut left = count(words.len());
        for (_, word) in words {
            let of_word =
                other.by_word.range((word, None, 0)..=(word, Category::ALL.last().copied(), LENGTHS.len()));
            for ((_, category, _), list) in of_word.filter(|((_, category, _), _)| is_wanted(*category)) {
                let shared = left.min(own).min(list.longest);
                let both = own + list.shortest.max(shared);
                let most = parts::said(self.said.flow_type, (listed(self.said), *category), shared, both);
                lists.push((Reverse(most), list.postings.len(), &list.postings));
            }
            left -= 1;
        }
    }

    fn categorised(&self, lists: &mut Vec<(Reverse<u16>, usize, &'a Postings)>) {
        let own = listed(self.said);
        if self.said.flow_type == FlowType::Material && own.is_none() {
            return;
        }
        if let Some(list) = self.other.by_category.get(&own) {
            let most = parts::agreement_of_category(self.said.flow_type);
            lists.push((Reverse(most), list.len(), list));
        }
    }
}

/// Some category that is not this one.
fn other_than(category: Option<Category>) -> Option<Category> {
    Category::ALL.iter().copied().find(|one| Some(*one) != category)
}
