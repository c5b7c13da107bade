//! Offers or requests of one type with their lists: those that others search.

use super::candidates::Said;
use super::digests::Digests;
use super::facts::Facts;
use super::kept::Rules;
use super::order::{self, Likeness, likeness};
use super::parts;
use super::postings::{Lists, Posting, mark};
use super::sight::Glance;
use super::substances;
use crate::model::{Category, FlowType};
use std::collections::BTreeMap;

/// Flows told apart by what period and condition depend on.
pub(super) struct Alike {
    /// A flow of each likeness.
    pub(super) samples: Vec<Facts>,
    /// Number of the likeness of each flow.
    pub(super) of: Vec<u32>,
}

impl Alike {
    pub(super) fn new(digests: &Digests, rules: &Rules) -> Self {
        let (mut samples, mut known) = (Vec::new(), BTreeMap::<Likeness, u32>::new());
        let of = digests.facts.iter().map(|facts| {
            *known.entry(likeness(facts, rules.as_of)).or_insert_with(|| {
                // What words exclude only lowers: a bound may leave it out.
                samples.push(Facts { barred: 0, ..*facts });
                count(samples.len() - 1)
            })
        });
        let of = of.collect();
        Self { samples, of }
    }
}

/// Offers or requests of one type with their lists.
pub(super) struct Side {
    pub(super) digests: Digests,
    /// A flow of each likeness.
    pub(super) samples: Vec<Facts>,
    /// The most that the parts weigh which each flow settles alone.
    pub(super) alone: f32,
    pub(super) by_code: Lists<u32>,
    pub(super) by_group: Lists<u32>,
    pub(super) by_word: Lists<(u32, Option<Category>)>,
    /// Of those that plainly are one substance.
    pub(super) by_thing: Lists<u16>,
    pub(super) by_substance: Lists<(u32, Category)>,
    pub(super) by_category: Lists<Option<Category>>,
}

/// The category that words are listed under; of another type than material none.
pub(super) fn listed(said: &Said<'_>) -> Option<Category> {
    said.category().filter(|_| said.flow_type() == FlowType::Material)
}

/// Places of the metals, polymers, glasses and chemicals that a material names, with its category; none without one.
pub(super) fn named(said: &Said<'_>) -> impl Iterator<Item = (u32, Category)> {
    let category = listed(said);
    substances::each_lasting(said.material.substances).filter_map(move |at| Some((at, category?)))
}

/// Codes, or groups of them when `digits` is 100, each once with the belief in it.
pub(super) fn believed(said: &Said<'_>, digits: u32) -> Vec<(u32, u32)> {
    let mut keys: Vec<(u32, u32)> = Vec::new();
    for (code, belief) in said.codes() {
        match keys.iter_mut().find(|(key, _)| *key == code / digits) {
            Some((_, sum)) => *sum += belief,
            None => keys.push((code / digits, *belief)),
        }
    }
    keys
}

/// Marks of all of these but one.
pub(super) fn marks_beside(keys: &[(u32, u32)], one: u32) -> u64 {
    keys.iter().filter(|(key, _)| *key != one).fold(0, |marks, (key, _)| marks | mark(*key))
}

/// Belief in all codes.
pub(super) fn whole(said: &Said<'_>) -> u32 {
    said.codes().iter().map(|(_, belief)| *belief).sum()
}

pub(super) fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[expect(clippy::cast_precision_loss, reason = "belief is at most some thousands")]
pub(super) const fn real(belief: u32) -> f32 {
    belief as f32
}

/// For each flow its place in the order of size of amount and place.
fn near(digests: &Digests) -> Vec<u32> {
    let mut order: Vec<u32> = (0..count(digests.len())).collect();
    order.sort_by_cached_key(|at| order::near(&digests.facts[*at as usize]));
    let mut near = vec![0; order.len()];
    for (place, at) in (0..).zip(order) {
        near[at as usize] = place;
    }
    near
}

/// What an offer, or a request, looks like at a glance; `alike` is the number of its likeness on its side.
pub(super) fn glance(digests: &Digests, at: usize, alike: u32, is_offer: bool, rules: &Rules) -> Glance {
    let (facts, said) = (&digests.facts[at], digests.said(at));
    let alone = parts::alone(facts, is_offer, &rules.weights);
    let told = (whole(&said), count(said.words.len()));
    Glance::new(facts, digests.ranks[at], told, alone, alike)
}

impl Side {
    /// Offers, or requests.
    pub(super) fn new(digests: Digests, are_offers: bool, rules: &Rules) -> Self {
        let alike = Alike::new(&digests, rules);
        let mut glances = Vec::with_capacity(digests.len());
        let (mut codes, mut groups, mut words) = (vec![], vec![], vec![]);
        let (mut things, mut substances, mut categories) = (vec![], vec![], vec![]);
        for (number, at) in (0_u32..).zip(0..digests.len()) {
            let said = digests.said(at);
            glances.push(glance(&digests, at, alike.of[at], are_offers, rules));
            let posting = |belief: u32, marks: u64| Posting { at: number, belief: real(belief), marks };
            for (digits, lists) in [(1, &mut codes), (100, &mut groups)] {
                let keys = believed(&said, digits);
                let of = |(key, belief): &(u32, u32)| (*key, posting(*belief, marks_beside(&keys, *key)));
                lists.extend(keys.iter().map(of));
            }
            let marks = said.words.iter().fold(0, |marks, word| marks | mark(*word));
            words.extend(said.words.iter().map(|word| ((*word, listed(&said)), posting(0, marks))));
            things.extend(said.material.is.map(|one| (one, posting(0, 0))));
            substances.extend(named(&said).map(|key| (key, posting(0, 0))));
            if said.flow_type() != FlowType::Material || said.category().is_some() {
                categories.push((listed(&said), posting(0, 0)));
            }
        }
        let near = near(&digests);
        Self {
            by_code: Lists::new(codes, &glances, &near),
            by_group: Lists::new(groups, &glances, &near),
            by_word: Lists::new(words, &glances, &near),
            by_thing: Lists::new(things, &glances, &near),
            by_substance: Lists::new(substances, &glances, &near),
            by_category: Lists::new(categories, &glances, &near),
            samples: alike.samples,
            alone: glances.iter().map(|one| one.alone).fold(0.0, f32::max),
            digests,
        }
    }
}
