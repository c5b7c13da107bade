//! What an animator gave up is not proposed again, unless something that matters has changed.

use super::follow_up::{FollowUp, FollowUps};
use super::found::Found;
use super::identifier::{self, Identifier};
use super::identity::Followed;
use super::party::Parties;
use crate::measures::units::{self, Kind};
use crate::model::{Confidential, Flow, Mass, Match, ParkCode, Status, agreed, words};
use std::collections::BTreeSet;

/// Share by which an amount, a distance or the words of a description must change to matter, percent.
const MATTERS_PERCENT: i128 = 25;

/// Least change of a distance that matters, metres.
const MATTERS_M: i64 = 1_000;

/// Least letters of a word that tells a material.
const TELLING: usize = 3;

/// Words that tell no material.
const EMPTY: &[&str] = &[
    "aux", "avec", "ces", "dans", "des", "est", "les", "nos", "notre", "par", "pour", "sont", "sur", "une",
    "and", "for", "from", "our", "the", "with",
];

/// The facts of a match on the day it was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Kilograms a year of the offer.
    pub offer_kg: Option<i64>,
    /// Kilograms a year of the request.
    pub request_kg: Option<i64>,
    /// Codes of state, hazard, destination, frequency, last day and park of both sides.
    pub facts: String,
    /// Metres between both; none when a place is not known, or was not watched yet.
    pub distance_m: Option<i64>,
    /// Words of both descriptions that tell a material; blank when they were not watched yet.
    pub words: [Confidential<String>; 2],
}

/// What the facts of one side are about, in their order, French and English.
const FACTS: [(&str, &str); 6] = [
    ("état", "state"),
    ("danger", "hazard"),
    ("destination", "destination"),
    ("fréquence", "frequency"),
    ("dernier jour", "last day"),
    ("parc", "park"),
];

impl Rejected {
    fn of((offer, request): (&Flow, &Flow), distance_m: Option<i64>) -> Self {
        Self {
            offer_kg: offer.mass.map(Mass::best_kg),
            request_kg: request.mass.map(Mass::best_kg),
            facts: format!("{} | {}", facts(offer), facts(request)),
            distance_m,
            words: [offer, request].map(|flow| telling(&flow.description)),
        }
    }

    /// The codes of facts as they are written now: earlier versions wrote `Some(true)` and `None`.
    #[must_use]
    pub fn coded(facts: &str) -> String {
        let code = |fact: &str| match fact {
            "None" => String::new(),
            "Some(true)" => YES.to_owned(),
            "Some(false)" => NO.to_owned(),
            _ => {
                let inner = fact.strip_prefix("Some(").and_then(|rest| rest.strip_suffix(')'));
                inner.unwrap_or(fact).to_owned()
            }
        };
        facts.split(' ').map(code).collect::<Vec<_>>().join(" ")
    }

    /// What matters and is not as it was, French and English; empty when nothing is.
    #[must_use]
    pub fn changes(&self, flows: (&Flow, &Flow), distance_m: Option<i64>) -> Vec<(String, String)> {
        self.against(&Self::of(flows, distance_m))
    }

    fn against(&self, now: &Self) -> Vec<(String, String)> {
        let sides = [("de l’offre", "of the offer"), ("de la demande", "of the request")];
        let amounts = [(self.offer_kg, now.offer_kg), (self.request_kg, now.request_kg)];
        let words = self.words.iter().zip(&now.words);
        let halves = self.facts.split(" | ").zip(now.facts.split(" | "));
        let mut changes = Vec::new();
        for (((of, (before, after)), (old, new)), (said, says)) in
            sides.into_iter().zip(amounts).zip(halves).zip(words)
        {
            let mut tell = |french: &str, english: &str| {
                changes.push((format!("{french} {}", of.0), format!("{english} {}", of.1)));
            };
            if matters(before, after) {
                tell("quantité", "amount");
            }
            let facts = old.split(' ').zip(new.split(' ')).zip(FACTS);
            for (_, (french, english)) in facts.filter(|((old, new), _)| old != new) {
                tell(french, english);
            }
            if differ(said.reveal(), says.reveal()) {
                tell("description", "description");
            }
        }
        if is_elsewhere(self.distance_m, now.distance_m) {
            changes.push(("distance".to_owned(), "distance".to_owned()));
        }
        changes
    }

    /// Notes what an earlier version did not watch.
    fn complete(&mut self, now: &Self) {
        let halves = self.facts.split(" | ").zip(now.facts.split(" | "));
        let whole: Vec<String> = halves
            .map(|(old, new)| {
                let known = old.split(' ').count();
                old.split(' ').chain(new.split(' ').skip(known)).collect::<Vec<_>>().join(" ")
            })
            .collect();
        self.facts = whole.join(" | ");
        self.distance_m = self.distance_m.or(now.distance_m);
        for (old, new) in self.words.iter_mut().zip(&now.words) {
            if old.reveal().is_empty() {
                *old = new.clone();
            }
        }
    }
}

const YES: &str = "oui";
const NO: &str = "non";

/// Codes of one side, in the order of `FACTS`; blank where nothing is known.
fn facts(flow: &Flow) -> String {
    let last = flow.available_to.map(|day| day.to_string()).unwrap_or_default();
    let codes = [
        flow.state.map_or("", |state| state.code()),
        flow.hazardous.map_or("", |is_hazardous| if is_hazardous { YES } else { NO }),
        flow.destination.code(),
        flow.frequency.map_or("", |frequency| frequency.code()),
        last.as_str(),
        flow.park.as_ref().map_or("", ParkCode::as_str),
    ];
    codes.join(" ")
}

/// The words of a description that tell its material, sorted: amounts, their units and small words do not.
pub(super) fn telling(description: &Confidential<String>) -> Confidential<String> {
    let is_mass = |word: &str| units::find(word).is_some_and(|unit| matches!(unit.kind, Kind::Mass(_)));
    let tells = |word: &String| {
        word.len() >= TELLING
            && !word.bytes().any(|letter| letter.is_ascii_digit())
            && !EMPTY.contains(&word.as_str())
            && !is_mass(word.as_str())
    };
    let said = words(description.reveal()).into_iter().filter(tells);
    let told: BTreeSet<String> = said.map(|word| agreed(&word)).collect();
    Confidential::new(told.into_iter().collect::<Vec<_>>().join(" "))
}

fn matters(before: Option<i64>, now: Option<i64>) -> bool {
    match (before, now) {
        (Some(before), Some(now)) => {
            let (before, now) = (i128::from(before), i128::from(now));
            (before - now).abs() * 100 > before.max(1) * MATTERS_PERCENT
        }
        (None, None) => false,
        _ => true,
    }
}

/// Whether two known distances differ by so much that it matters.
fn is_elsewhere(before: Option<i64>, now: Option<i64>) -> bool {
    before.zip(now).is_some_and(|(before, after)| {
        (before - after).abs() >= MATTERS_M && matters(Some(before), Some(after))
    })
}

/// Whether more words than matter were added or left out; never when none were noted.
fn differ(before: &str, now: &str) -> bool {
    !before.is_empty() && words_changed(before, now).is_none()
}

/// How many words were added or left out; none when there are more than matter, or no words to compare.
pub(super) fn words_changed(before: &str, now: &str) -> Option<usize> {
    let [before, now] =
        [before, now].map(|words| words.split(' ').filter(|word| !word.is_empty()).collect::<BTreeSet<_>>());
    if before.is_empty() || now.is_empty() {
        return None;
    }
    let (all, changed) = (before.union(&now).count(), before.symmetric_difference(&now).count());
    let is_much =
        i128::try_from(changed).unwrap_or(0) * 100 > i128::try_from(all).unwrap_or(0) * MATTERS_PERCENT;
    (!is_much).then_some(changed)
}

/// Whether a match that says what this pair says was given up and nothing has changed since: one under its
/// identifier (`keyed` as for [`super::identifiers`]), else one of `followed` of which little differs.
pub fn is_given_up(
    memory: &FollowUps,
    (followed, parties): (&Followed<'_>, &Parties<'_>),
    flows: (&Flow, &Flow),
    keyed: impl Fn(&str) -> String,
) -> bool {
    let is_out = |one: &FollowUp| {
        one.status == Some(Status::Abandoned)
            && one.rejected.as_ref().is_none_or(|before| before.changes(flows, None).is_empty())
    };
    let named = |key: String| memory.get(&Identifier::of(&keyed(&key))?.to_string());
    let named: Vec<&FollowUp> = identifier::keys(flows).into_iter().filter_map(named).collect();
    if named.is_empty() {
        return followed.alike(flows, parties).into_iter().any(|(.., one)| is_out(one));
    }
    named.into_iter().any(is_out)
}

/// Takes the matches out that were given up and have not changed since, with their identifiers, and gives
/// them. Facts are noted the first time that a given-up match is met.
pub fn set_aside(
    memory: &mut FollowUps,
    found: &mut Found<'_>,
    identifiers: &mut Vec<Identifier>,
) -> Vec<(String, Match)> {
    let mut is_aside = |at: usize, identifier: &Identifier, flows: (&Flow, &Flow)| {
        let Some(one) = memory.get_mut(&identifier.to_string()) else { return false };
        if one.status != Some(Status::Abandoned) {
            one.rejected = None;
            return false;
        }
        let now = Rejected::of(flows, found.distance_m(at));
        let before = one.rejected.get_or_insert_with(|| now.clone());
        before.complete(&now);
        before.against(&now).is_empty()
    };
    let is_out: Vec<bool> = identifiers
        .iter()
        .zip(found.flows())
        .enumerate()
        .map(|(at, (identifier, flows))| is_aside(at, identifier, flows))
        .collect();
    let aside = found.take_out(&is_out);
    let mut named =
        identifiers.iter().zip(&is_out).filter(|(_, is_out)| **is_out).map(|(one, _)| one.to_string());
    let aside = aside.into_iter().map(|one| (named.next().unwrap_or_default(), one)).collect();
    let mut left = is_out.iter();
    identifiers.retain(|_| left.next() == Some(&false));
    aside
}

#[cfg(test)]
mod tests {
    use super::super::tests::flow;
    use super::Rejected;
    use crate::model::{Confidential, Direction, Flow, ParkCode};

    fn both(words: &str) -> [Flow; 2] {
        [flow("1", "a", Direction::Output, words), flow("2", "b", Direction::Input, "palettes de bois")]
    }

    fn changes(before: &Rejected, flows: &[Flow; 2], distance_m: Option<i64>) -> Vec<String> {
        let changes = before.changes((&flows[0], &flows[1]), distance_m);
        changes.into_iter().map(|(french, _)| french).collect()
    }

    #[test]
    fn a_move_and_other_words_matter_and_an_amount_among_the_words_does_not() {
        let mut flows = both("acide chlorhydrique dilué");
        let before = Rejected::of((&flows[0], &flows[1]), Some(20_000));
        assert!(changes(&before, &flows, Some(20_000)).is_empty());
        for same in [
            "Acide chlorhydrique dilue.",
            "acide chlorhydrique dilué (18 t)",
            "acides chlorhydriques, dilués",
        ] {
            assert!(changes(&before, &both(same), Some(20_900)).is_empty(), "{same}");
        }
        let other = both("acide chlorhydrique dilué, propre, filtré et non contaminé");
        assert_eq!(changes(&before, &other, None), ["description de l’offre"]);
        assert_eq!(changes(&before, &flows, Some(5_000)), ["distance"]);
        let near = Rejected { distance_m: Some(200), ..before.clone() };
        assert!(changes(&near, &flows, Some(900)).is_empty(), "some hundred metres are no move");
        flows[0].park = ParkCode::new("sud");
        assert_eq!(changes(&before, &flows, Some(20_000)), ["parc de l’offre"]);
    }

    #[test]
    fn what_an_earlier_version_wrote_is_compared_and_completed() {
        let flows = both("palettes");
        let now = Rejected::of((&flows[0], &flows[1]), Some(3_000));
        let old =
            "solide Some(false) enfouissement semaine None | solide Some(false) enfouissement semaine None";
        let mut old = Rejected {
            facts: Rejected::coded(old),
            distance_m: None,
            words: [Confidential::default(), Confidential::default()],
            ..now.clone()
        };
        assert!(changes(&old, &flows, Some(3_000)).is_empty(), "{}", old.facts);
        old.complete(&now);
        assert_eq!(old, now);
        assert_eq!(Rejected::coded(&now.facts), now.facts);
        assert_eq!(Rejected::coded("liquide Some(true) x  Some(2026-12-31)"), "liquide oui x  2026-12-31");
    }
}
