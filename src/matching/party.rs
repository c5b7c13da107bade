//! Who stands on either side of a followed match, told again when a company has got a number, lost it, or is
//! spelt differently.

use super::follow_up::{FollowUp, FollowUps};
use super::identity::number;
use super::rejected::{telling, words_changed};
use crate::model::{Confidential, Direction, Flow, FlowId, OrgId, Organisation};
use std::collections::{BTreeMap, BTreeSet};

/// Lowest Jaro-Winkler similarity of two names that may be spellings of one.
const SIMILAR: f64 = 0.9;

/// What tells one side of a match again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Party {
    /// Every identity that its company had: numbers and names.
    pub names: Confidential<BTreeSet<String>>,
    /// Keyed number of its entry, when the source gave one.
    pub number: Option<String>,
    /// Words of its entry that tell a material.
    pub words: Confidential<String>,
}

impl Party {
    /// How many words of its entry are others tonight, where no number tells it; none when it is another entry.
    pub(super) fn changed(&self, now: &Self) -> Option<usize> {
        match (&self.number, &now.number) {
            (Some(before), Some(now)) => (before == now).then_some(0),
            _ => words_changed(self.words.reveal(), now.words.reveal()),
        }
    }

    /// Keyed numbers of both entries, when their sources gave both.
    pub(super) fn numbers(sides: &[Self; 2]) -> Option<[&str; 2]> {
        let [offer, request] = sides.each_ref().map(|party| party.number.as_deref());
        Some([offer?, request?])
    }

    /// With further identities of its company.
    pub(super) fn known_as<'a>(&mut self, names: impl IntoIterator<Item = &'a String>) {
        let names = names.into_iter().cloned();
        self.names = Confidential::new(self.names.reveal().iter().cloned().chain(names).collect());
    }
}

/// The sides that matches of tonight can have.
pub struct Parties<'a> {
    /// Every identity of each company.
    names: BTreeMap<&'a OrgId, BTreeSet<String>>,
    /// The company of each identity; none where several have it.
    owners: BTreeMap<String, Option<&'a OrgId>>,
    /// Keyed numbers of the entries whose source gave one.
    numbers: BTreeMap<&'a FlowId, String>,
    flows: &'a [Flow],
}

impl<'a> Parties<'a> {
    /// Those of all companies and flows; `key` is that by which names are compared, `keyed` that of a number.
    #[must_use]
    pub fn new(
        organisations: &'a [Organisation],
        flows: &'a [Flow],
        key: impl Fn(&str) -> String,
        keyed: impl Fn(&str) -> String,
    ) -> Self {
        let names: BTreeMap<&OrgId, BTreeSet<String>> =
            organisations.iter().map(|organisation| (&organisation.id, names(organisation, &key))).collect();
        let mut owners: BTreeMap<String, Option<&OrgId>> = BTreeMap::new();
        for (id, name) in names.iter().flat_map(|(id, names)| names.iter().map(move |name| (*id, name))) {
            owners.entry(name.clone()).and_modify(|only| *only = None).or_insert(Some(id));
        }
        // Two sources may give one number to two entries; one that a source gives to several tells none.
        let mut given: BTreeMap<(&str, &str), Option<&FlowId>> = BTreeMap::new();
        for flow in flows.iter().filter(|flow| !number(flow).is_empty()) {
            let source = flow.locations.first().map_or("", |place| &*place.source);
            given.entry((source, number(flow))).and_modify(|only| *only = None).or_insert(Some(&flow.id));
        }
        let keyed_number = |((source, number), id): ((&str, &str), Option<&'a FlowId>)| {
            Some((id?, keyed(&format!("{source}\u{0}{number}"))))
        };
        let numbers = given.into_iter().filter_map(keyed_number).collect();
        Self { names, owners, numbers, flows }
    }

    /// The keyed number of an entry, when its source gave it one of its own.
    pub(super) fn number(&self, flow: &Flow) -> Option<&str> {
        self.numbers.get(&flow.id).map(String::as_str)
    }

    /// The side that an entry makes.
    pub(super) fn of(&self, flow: &Flow) -> Party {
        Party {
            names: Confidential::new(self.names.get(&flow.organisation).cloned().unwrap_or_default()),
            number: self.number(flow).map(str::to_owned),
            words: telling(&flow.description),
        }
    }

    /// Whether both companies of a followed match are of tonight.
    pub(super) fn are_here(&self, one: &FollowUp) -> bool {
        one.sides().iter().all(|(id, ..)| self.names.contains_key(*id))
    }

    /// The one company of tonight that has one of the identities.
    fn owner(&self, names: &BTreeSet<String>) -> Option<&'a OrgId> {
        let found: BTreeSet<&OrgId> =
            names.iter().filter_map(|name| self.owners.get(name).copied().flatten()).collect();
        found.first().copied().filter(|_| found.len() == 1)
    }
}

/// The one company among those that nobody followed before which has an entry of a company that is gone:
/// that of its number or with a like name, in words that differ little. Two enterprise numbers are two.
fn successor<'a>(gone: &[(Direction, Party)], new: &[(&'a Flow, Party)]) -> Option<&'a OrgId> {
    let is_one = |(direction, before): &(Direction, Party), (flow, now): &(&'a Flow, Party)| {
        let has_number = before.number.is_some() && before.number == now.number;
        let names = [&before.names, &now.names].map(Confidential::reveal);
        *direction == flow.direction
            && are_one(names[0], names[1])
            && (has_number || are_like(names))
            && words_changed(before.words.reveal(), now.words.reveal()).is_some()
    };
    let found: BTreeSet<&OrgId> = new
        .iter()
        .filter(|one| gone.iter().any(|before| is_one(before, one)))
        .map(|(flow, _)| &flow.organisation)
        .collect();
    found.first().copied().filter(|_| found.len() == 1)
}

/// Every identity of a company.
fn names(organisation: &Organisation, key: &impl Fn(&str) -> String) -> BTreeSet<String> {
    let names = std::iter::once(&organisation.name).chain(&organisation.other_names);
    let known = [&organisation.id.0].into_iter().chain(&organisation.enterprise_number);
    let names = names.map(|name| key(name.reveal())).chain(known.map(|known| known.reveal().clone()));
    names.filter(|name| !name.is_empty()).collect()
}

fn is_number(name: &str) -> bool {
    name.bytes().all(|letter| letter.is_ascii_digit())
}

/// Whether two companies may be one: two enterprise numbers are two.
fn are_one(one: &BTreeSet<String>, other: &BTreeSet<String>) -> bool {
    let has_number = |names: &BTreeSet<String>| names.iter().any(|name| is_number(name));
    let shares_one = || one.intersection(other).any(|name| is_number(name));
    !has_number(one) || !has_number(other) || shares_one()
}

/// Whether two companies have names that are nearly one.
fn are_like([one, other]: [&BTreeSet<String>; 2]) -> bool {
    let is_like = |name: &String| {
        let mut others = other.iter().filter(|other| !is_number(other));
        others.any(|other| strsim::jaro_winkler(name, other) >= SIMILAR)
    };
    one.iter().filter(|name| !is_number(name)).any(is_like)
}

/// Puts the companies of tonight into the memory: a company that is gone is the one of tonight that has one of
/// its identities, or, when nobody followed that one before, one of its entries and a like name or number. Of
/// any other nobody knows who it is. Where not `all` sources are here a company that is gone may be in one of
/// those, so that none takes its place by a like name.
pub fn settle(memory: &mut FollowUps, parties: &Parties<'_>, all: bool) {
    let mut known: BTreeSet<&OrgId> = BTreeSet::new();
    let mut gone: BTreeMap<OrgId, Vec<(Direction, Party)>> = BTreeMap::new();
    for one in memory.values() {
        for (id, direction, party) in one.sides() {
            if let Some((own, _)) = parties.names.get_key_value(id) {
                known.insert(*own);
            } else if one.is_filled() {
                gone.entry(id.clone()).or_default().push((direction, party.clone()));
            }
        }
    }
    let mut found: BTreeMap<OrgId, OrgId> = BTreeMap::new();
    gone.retain(|id, sides| {
        let mut names: BTreeSet<String> =
            sides.iter().flat_map(|(_, party)| party.names.reveal().iter().cloned()).collect();
        names.insert(id.0.reveal().clone());
        let owner = parties.owner(&names).filter(|id| are_one(&names, &parties.names[*id]));
        if let Some(owner) = owner {
            known.insert(owner);
            found.insert(id.clone(), owner.clone());
        }
        owner.is_none()
    });
    if !all {
        gone.clear();
    }
    let new = parties.flows.iter().filter(|flow| !gone.is_empty() && !known.contains(&flow.organisation));
    let new: Vec<(&Flow, Party)> = new.map(|flow| (flow, parties.of(flow))).collect();
    for (id, sides) in gone {
        if let Some(owner) = successor(&sides, &new) {
            found.insert(id, owner.clone());
        }
    }
    for one in memory.values_mut().filter(|one| one.is_filled()) {
        let before = [one.supplier.clone(), one.receiver.clone()];
        let now = before.each_ref().map(|id| found.get(id).unwrap_or(id).clone());
        for ((party, before), now) in one.parties.iter_mut().zip(&before).zip(&now) {
            party.known_as([before.0.reveal()]);
            party.known_as(parties.names.get(now).into_iter().flatten());
        }
        [one.supplier, one.receiver] = now;
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{flow, organisation};
    use super::super::{FollowUp, FollowUps};
    use super::{Parties, settle};
    use crate::model::{Confidential, Direction, Flow, FlowId, Location, OrgId, Organisation, Status};

    /// A company of this name, with or without a number.
    fn company(name: &str, number: Option<&str>) -> Organisation {
        Organisation {
            id: OrgId(Confidential::new(number.unwrap_or(name).to_owned())),
            name: Confidential::new(name.to_owned()),
            enterprise_number: number.map(|number| Confidential::new(number.to_owned())),
            ..organisation(name)
        }
    }

    /// An entry that has the company's name for its number.
    fn offer(company: &Organisation, words: &str) -> Flow {
        flow(company.name.reveal(), company.id.0.reveal(), Direction::Output, words)
    }

    /// Who gives in the one followed match after each of these nights.
    fn supplier(nights: &[(Organisation, &str)]) -> String {
        supplier_of(nights, true)
    }

    fn supplier_of(nights: &[(Organisation, &str)], all: bool) -> String {
        let request = flow("F-2", "b", Direction::Input, "palettes");
        let mut memory = FollowUps::new();
        for (company, words) in nights {
            let flows = [offer(company, words), request.clone()];
            let organisations = [company.clone(), organisation("b")];
            let parties = Parties::new(&organisations, &flows, str::to_owned, str::to_owned);
            settle(&mut memory, &parties, all);
            let one = memory.entry("1".to_owned()).or_insert_with(|| FollowUp {
                status: Some(Status::Realised),
                parties: [parties.of(&flows[0]), parties.of(&flows[1])],
                ..FollowUp::new(&flows[0], &flows[1])
            });
            assert_eq!(one.receiver.0.reveal(), "b");
        }
        memory["1"].supplier.0.reveal().clone()
    }

    #[test]
    fn a_number_tells_an_entry_where_its_source_gives_it_once() {
        let place = |source: &str, row| {
            let (file, sheet) = (Confidential::new("x.csv".into()), None);
            Location { source: source.into(), file, sheet, row }
        };
        let numbers = |entries: [(FlowId, Location); 2]| {
            let flows = entries.map(|(id, place)| Flow {
                id,
                locations: vec![place],
                ..flow("", "a", Direction::Output, "palettes")
            });
            let parties = Parties::new(&[], &flows, str::to_owned, str::to_owned);
            flows.each_ref().map(|flow| parties.number(flow).map(str::to_owned))
        };
        let (here, beside, there) = (place("visites", 2), place("visites", 3), place("bourse", 2));
        let number = FlowId(Confidential::new("F-1".to_owned()));
        let again = |place: &Location| (number.repeated(place, 2), place.clone());
        let first = (number.clone(), here);
        let told = ["visites\u{0}F-1", "bourse\u{0}F-1"].map(|number| Some(number.to_owned()));
        assert_eq!(numbers([first.clone(), again(&there)]), told);
        assert_eq!(numbers([first, again(&beside)]), [None, None]);
        let bare = |place: Location| (FlowId(Confidential::new(place.public())), place);
        assert_eq!(numbers([bare(beside), bare(there)]), [None, None]);
    }

    #[test]
    fn a_company_is_told_again_by_its_names_and_numbers_and_else_by_its_entry() {
        let night = |name, number, words| (company(name, number), words);
        let (words, number) = ("palettes de bois", Some("1140000001"));
        let without = night("menuiserie lajoie", None, words);
        let with = night("menuiserie lajoie", number, words);
        assert_eq!(supplier(&[without.clone(), with.clone()]), "1140000001");
        assert_eq!(supplier(&[with.clone(), without.clone()]), "menuiserie lajoie");
        let respelt = night("menuiserie lajoie et fils", number, words);
        assert_eq!(supplier(&[without.clone(), with.clone(), respelt]), "1140000001");
        let other = night("menuiserie la joie", None, "palettes en bois");
        assert_eq!(supplier(&[without.clone(), other.clone()]), "menuiserie la joie");
        // It may be in a source that is absent, and be back tomorrow.
        assert_eq!(supplier_of(&[without.clone(), other], false), "menuiserie lajoie");
        assert_eq!(supplier_of(&[without.clone(), with.clone()], false), "1140000001");
        // Another number is another company, also under its name, and other words may be those of anybody.
        let same = night("menuiserie lajoie", Some("1140000002"), words);
        assert_eq!(supplier(&[with.clone(), same]), "1140000001");
        let other = night("scierie tremblay", None, words);
        assert_eq!(supplier(&[without.clone(), other]), "menuiserie lajoie");
        let other = night("menuiserie lajoies", Some("1140000002"), words);
        assert_eq!(supplier(&[with, other]), "1140000001");
        let other = night("menuiserie lajoies", None, "verre plat");
        assert_eq!(supplier(&[without, other]), "menuiserie lajoie");
    }
}
