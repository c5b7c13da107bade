//! Who is who over the nights: a company keeps, in the ledger, the identity under which it was
//! published.
//!
//! A company gets another identity when its number is missing one night, when somebody fills in who
//! owns it, or when a flow passes to another. Its records are what they were, so readers see no
//! change; but told apart by identity the old company would lose all that the new one gains, and
//! would hide, in the sum, what somebody else really changed. So records are followed, not names:
//!
//! - Identities of which a number or a name is the same are one group (keyed hashes, `Agreements::keys`).
//! - A record that is the same but for who stands behind it keeps who stood behind it. That is
//!   evidence that both identities are one group.
//! - A record that also has other amounts keeps it where there is such evidence, or where it stands in
//!   the same place, one identity is gone tonight, the other is new, and nothing says who they are.
//! - An identity that is new and has taken the place of exactly one that is gone is that one.
//! - Any other two of which there is evidence (one owner of two companies, a flow that was sold)
//!   stay two in the ledger, and count as one as well in whatever is new.
//! - Of whom there is no evidence at all, who came may be who left (`rules::doubts::replaced`).
//! - Who was not recognised at all is nobody's evidence, and may be any other (`rules::doubts::recognised`).
//!
//! What is new has to be safe in every reading. To take two for one only withholds more, but for what
//! one of them knows of the other.

use super::super::input::{Agreements, Doubts, TableInput};
use super::atoms::{State, states};
use super::{History, Last, Night};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Identity in the ledger, and one of tonight that is the same group.
type Pairs = BTreeSet<(String, String)>;

/// What is known of who is who, from night to night.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Identities of the ledger, each with another one that is the same group.
    pub(super) pairs: Pairs,
    /// What tells each identity of the ledger again.
    pub(super) keys: BTreeMap<String, BTreeSet<String>>,
    /// Identities that left or lost a record, and that came, of which nothing is known.
    pub(super) gone: BTreeSet<String>,
    pub(super) came: BTreeSet<String>,
}

/// Tonight, under the identities of the ledger.
pub(super) struct Identified {
    pub tables: Vec<TableInput>,
    /// Under the same identities, with what is not sure.
    pub agreements: Agreements,
    pub known: Known,
}

/// Finds out who stood behind tonight's records on the last night.
pub(super) fn identified(
    history: &History,
    (last, night): (&Last, &Night),
    tables: &[TableInput],
    agreements: &Agreements,
) -> Identified {
    let ledger: BTreeSet<&str> = history.nights.iter().flat_map(|night| labels(&night.tables)).collect();
    let tonight = labels(tables);
    // A name that nobody bears any more says nothing.
    let counts = |(known, new): &&(String, String)| {
        let new = new.as_str();
        ledger.contains(known.as_str()) && (ledger.contains(new) || tonight.contains(new))
    };
    let pairs = last.known.pairs.iter().filter(counts).cloned();
    let mut following = Following {
        pairs: pairs.chain(told(&last.known.keys, &agreements.keys, &ledger, &tonight)).collect(),
        before: states(&night.tables, tables),
        now: states(tables, tables),
        followed: BTreeMap::new(),
        vanished: BTreeSet::new(),
        unknown: &agreements.doubts.unknown,
        ledger: &ledger,
        tonight: &tonight,
    };
    following.follow(&last.origins);
    let Following { pairs, before, followed, vanished, .. } = following;
    let renamed = renamed(&pairs, &ledger, &tonight);
    let own = |label: &str| renamed.get(label).copied().unwrap_or(label).to_owned();
    let mut named = tables.to_vec();
    for (position, table) in named.iter_mut().enumerate() {
        for record in &mut table.records {
            let kept = followed.get(&record.id).map(|published| &before[published]);
            let same = kept.and_then(|state| state.get(&position)).map(|content| &content.1);
            match same.filter(|same| same.len() == record.contributors.len()) {
                Some(same) => record.contributors = same.iter().map(|label| (*label).to_owned()).collect(),
                None => record.contributors.iter_mut().for_each(|label| *label = own(label)),
            }
        }
    }
    let ever: BTreeSet<&str> = ledger.iter().copied().chain(labels(&named)).collect();
    let mut keys = last.known.keys.clone();
    for (label, told) in &agreements.keys {
        keys.entry(own(label)).or_default().extend(told.iter().cloned());
    }
    keys.retain(|label, _| ever.contains(label.as_str()));
    let told: BTreeSet<&str> = pairs.iter().flat_map(|(known, new)| [known.as_str(), new.as_str()]).collect();
    let apart = |one: &BTreeSet<&str>, other: &BTreeSet<&str>| {
        let labels = one.difference(other).filter(|label| !told.contains(*label));
        let labels = labels.map(|label| (*label).to_owned());
        labels.collect::<BTreeSet<String>>()
    };
    let (left, new) = (apart(&ledger, &tonight), apart(&tonight, &ledger));
    // Who came may also be a part of whoever lost a record on the same night.
    let vanished = if new.is_empty() { BTreeSet::new() } else { vanished };
    let among_ever = |labels: BTreeSet<String>| -> BTreeSet<String> {
        labels.into_iter().filter(|label| ever.contains(label.as_str())).collect()
    };
    let gone = among_ever([last.known.gone.clone(), left, vanished].into_iter().flatten().collect());
    let came = among_ever([last.known.came.clone(), new].into_iter().flatten().collect());
    let unknown = unknown((tables, named.as_slice()), &agreements.doubts.unknown, &tonight);
    let doubts = Doubts { one: groups(&pairs, own), gone: gone.clone(), came: came.clone(), unknown };
    let agreements = agreed(agreements, &pairs, own, &tonight, doubts);
    Identified { tables: named, agreements, known: Known { pairs, keys, gone, came } }
}

/// Identities that share a number or a name, of which one is gone or the other new.
fn told(
    known: &BTreeMap<String, BTreeSet<String>>,
    keys: &BTreeMap<String, BTreeSet<String>>,
    ledger: &BTreeSet<&str>,
    tonight: &BTreeSet<&str>,
) -> Pairs {
    let mut owners: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (label, keys) in known.iter().filter(|(label, _)| ledger.contains(label.as_str())) {
        for key in keys {
            owners.entry(key).or_default().push(label);
        }
    }
    let mut pairs = Pairs::new();
    for (label, keys) in keys.iter().filter(|(label, _)| tonight.contains(label.as_str())) {
        for owner in keys.iter().filter_map(|key| owners.get(key.as_str())).flatten() {
            let is_other = !tonight.contains(owner) || !ledger.contains(label.as_str());
            if owner != label && is_other {
                pairs.insert(((*owner).to_owned(), label.clone()));
            }
        }
    }
    pairs
}

fn labels(tables: &[TableInput]) -> BTreeSet<&str> {
    let records = tables.iter().flat_map(|table| &table.records);
    records.flat_map(|record| record.contributors.iter().map(String::as_str)).collect()
}

/// Identities of whoever is not recognised tonight: also those under which such a record was published, of whom
/// nothing else is left.
fn unknown(
    (tables, named): (&[TableInput], &[TableInput]),
    unknown: &BTreeSet<String>,
    tonight: &BTreeSet<&str>,
) -> BTreeSet<String> {
    let both = tables.iter().zip(named);
    let records = both.flat_map(|(table, named)| table.records.iter().zip(&named.records));
    let labels = records.flat_map(|(record, named)| record.contributors.iter().zip(&named.contributors));
    let is_unknown = |given: &String, label: &String| {
        unknown.contains(label) || unknown.contains(given) && !tonight.contains(label.as_str())
    };
    labels.filter(|(given, label)| is_unknown(given, label)).map(|(_, label)| label.clone()).collect()
}

/// Identities that are new and stand, each, for exactly one that is gone.
fn renamed<'a>(
    pairs: &Pairs,
    ledger: &BTreeSet<&'a str>,
    tonight: &BTreeSet<&'a str>,
) -> BTreeMap<&'a str, &'a str> {
    let mut partners: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    for (known, new) in pairs {
        partners.entry(known).or_default()[0] += 1;
        partners.entry(new).or_default()[1] += 1;
    }
    pairs
        .iter()
        .filter(|(known, new)| !tonight.contains(known.as_str()) && !ledger.contains(new.as_str()))
        .filter(|(known, new)| partners[known.as_str()][0] == 1 && partners[new.as_str()][1] == 1)
        .filter_map(|(known, new)| Some((*tonight.get(new.as_str())?, *ledger.get(known.as_str())?)))
        .collect()
}

/// The records of two nights, while it is found out which are the same.
struct Following<'a> {
    pairs: Pairs,
    /// By identity of the published state.
    before: BTreeMap<u128, State<'a>>,
    /// By identity in the sources.
    now: BTreeMap<u128, State<'a>>,
    /// Published state of each record of tonight that keeps who stood behind it.
    followed: BTreeMap<u128, u128>,
    /// Who stood behind records that are nowhere any more.
    vanished: BTreeSet<String>,
    /// Who stands for whoever is not recognised: no evidence of anybody.
    unknown: &'a BTreeSet<String>,
    ledger: &'a BTreeSet<&'a str>,
    tonight: &'a BTreeSet<&'a str>,
}

impl<'a> Following<'a> {
    fn follow(&mut self, origins: &BTreeMap<u128, u128>) {
        let published = self.before.keys().map(|id| (origins.get(id).copied().unwrap_or(*id), *id));
        let mut gone: BTreeMap<u128, u128> = published.collect();
        let mut came: BTreeSet<u128> = self.now.keys().copied().collect();
        // Who is known by another name already is looked for under the old one.
        let renamed = renamed(&self.pairs, self.ledger, self.tonight);
        let as_known: BTreeMap<u128, State<'a>> = self
            .now
            .iter()
            .map(|(origin, state)| {
                let mut state = state.clone();
                for label in state.values_mut().flat_map(|content| &mut content.1) {
                    *label = renamed.get(label).copied().unwrap_or(label);
                }
                (*origin, state)
            })
            .collect();
        // The same record in the same place, then in another; under the same identity, then under any.
        self.pair(&mut gone, &mut came, &as_known, State::clone);
        // Of the same company in the same place nothing is asked: its amounts may be those of another by
        // chance.
        let stayed = |origin: &u128| {
            let published = gone.get(origin)?;
            between(&self.before[published], &as_known[origin]).is_empty().then_some(*origin)
        };
        for origin in came.iter().filter_map(stayed).collect::<Vec<_>>() {
            came.remove(&origin);
            gone.remove(&origin);
        }
        self.pair(&mut gone, &mut came, &as_known, nameless);
        // The same place, with other amounts.
        let mut told: BTreeSet<String> =
            self.pairs.iter().flat_map(|(known, new)| [known.clone(), new.clone()]).collect();
        for origin in came {
            let Some(published) = gone.get(&origin).copied() else { continue };
            let between = between(&self.before[&published], &self.now[&origin]);
            let is_believed = |pair: &(String, String)| {
                let (known, new) = pair;
                let follows = !self.tonight.contains(known.as_str()) && !self.ledger.contains(new.as_str());
                follows && !told.contains(known) && !told.contains(new)
                    || self.pairs.contains(pair)
                    || self.is_of_unknown(pair) && !self.tonight.contains(known.as_str())
            };
            if !between.is_empty() && between.iter().all(is_believed) {
                told.extend(between.iter().flat_map(|(known, new)| [known.clone(), new.clone()]));
                self.learn(between);
                self.followed.insert(origin, published);
                gone.remove(&origin);
            }
        }
        let contents = gone.values().flat_map(|published| self.before[published].values());
        self.vanished =
            contents.flat_map(|content| content.1.iter().map(|label| (*label).to_owned())).collect();
    }

    /// Takes out of both sides what is alike: in the same place first.
    fn pair(
        &mut self,
        gone: &mut BTreeMap<u128, u128>,
        came: &mut BTreeSet<u128>,
        as_known: &BTreeMap<u128, State<'a>>,
        alike: fn(&State<'a>) -> State<'a>,
    ) {
        let before: BTreeMap<u128, State<'a>> =
            gone.iter().map(|(origin, published)| (*origin, alike(&self.before[published]))).collect();
        let now: BTreeMap<u128, State<'a>> =
            came.iter().map(|origin| (*origin, alike(&as_known[origin]))).collect();
        let stays = |origin: &u128| before.contains_key(origin) && before.get(origin) == now.get(origin);
        let mut found: Vec<(u128, u128)> =
            now.keys().filter(|origin| stays(origin)).map(|origin| (*origin, *origin)).collect();
        let mut elsewhere: BTreeMap<&State<'a>, Vec<u128>> = BTreeMap::new();
        for (origin, state) in before.iter().filter(|(origin, _)| !stays(origin)) {
            elsewhere.entry(state).or_default().push(*origin);
        }
        for (origin, state) in now.iter().filter(|(origin, _)| !stays(origin)) {
            // Of a record that is only counted, another one like it is no evidence.
            if !is_telling(state) && *state != as_known[origin] {
                continue;
            }
            let Some(places) = elsewhere.get_mut(state) else { continue };
            let of = |place: &u128| between(&self.before[&gone[place]], &self.now[origin]);
            let believed = |place: &u128| of(place).is_subset(&self.pairs);
            let place = places.iter().position(believed).unwrap_or(0);
            if place < places.len() {
                found.push((*origin, places.remove(place)));
            }
        }
        for (origin, earlier) in found {
            came.remove(&origin);
            let Some(published) = gone.remove(&earlier) else { continue };
            let between = between(&self.before[&published], &self.now[&origin]);
            if !between.is_empty() {
                self.learn(between);
                self.followed.insert(origin, published);
            }
        }
    }

    /// Notes what a record says of who is who.
    fn learn(&mut self, between: Pairs) {
        let told: Vec<_> = between.into_iter().filter(|pair| !self.is_of_unknown(pair)).collect();
        self.pairs.extend(told);
    }

    fn is_of_unknown(&self, (known, new): &(String, String)) -> bool {
        self.unknown.contains(known) || self.unknown.contains(new)
    }
}

/// Identities that stand in each other's places in two states.
fn between(old: &State<'_>, new: &State<'_>) -> Pairs {
    let both = old.iter().filter_map(|(table, content)| Some((&content.1, &new.get(table)?.1)));
    let labels = both.flat_map(|(old, new)| old.iter().zip(new));
    labels.filter(|(old, new)| old != new).map(|(old, new)| ((*old).to_owned(), (*new).to_owned())).collect()
}

/// A state without who stands behind it.
fn nameless<'a>(state: &State<'a>) -> State<'a> {
    let mut state = state.clone();
    for content in state.values_mut() {
        content.1.fill("");
    }
    state
}

/// Whether it has an amount that is no count.
fn is_telling(state: &State<'_>) -> bool {
    state.values().any(|content| content.2.iter().flatten().any(|amount| !(0..=1).contains(amount)))
}

/// What was agreed, under the identities of the ledger.
fn agreed(
    agreements: &Agreements,
    pairs: &Pairs,
    own: impl Fn(&str) -> String,
    tonight: &BTreeSet<&str>,
    doubts: Doubts,
) -> Agreements {
    let mut consents: BTreeSet<String> = agreements.consents.iter().map(|label| own(label)).collect();
    for (known, _) in pairs.iter().filter(|(known, _)| !tonight.contains(known.as_str())) {
        let mut all = pairs.iter().filter(|(other, _)| other == known);
        if all.all(|(_, new)| agreements.consents.contains(new)) {
            consents.insert(known.clone());
        }
    }
    let coalitions = agreements.coalitions.iter().map(|names| {
        let also = |name: &String| {
            let known = pairs.iter().filter(|(_, new)| new == name).map(|(known, _)| known.clone());
            known.collect::<Vec<_>>()
        };
        let all: BTreeSet<String> =
            names.iter().flat_map(|name| [vec![own(name)], also(name)].concat()).collect();
        all.into_iter().collect()
    });
    Agreements { coalitions: coalitions.collect(), consents, keys: BTreeMap::new(), doubts }
}

/// Identities that are one group, several in the ledger.
fn groups(pairs: &Pairs, own: impl Fn(&str) -> String) -> Vec<Vec<String>> {
    let mut groups: Vec<BTreeSet<String>> = Vec::new();
    let several =
        pairs.iter().map(|(known, new)| (known.clone(), own(new))).filter(|(known, new)| known != new);
    for (known, new) in several {
        let mut joined: BTreeSet<String> = [known, new].into();
        groups.retain(|group| {
            let apart = group.is_disjoint(&joined);
            if !apart {
                joined.extend(group.iter().cloned());
            }
            apart
        });
        groups.push(joined);
    }
    groups.into_iter().map(|group| group.into_iter().collect()).collect()
}
