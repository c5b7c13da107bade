//! Who is who over the nights: a company keeps, in the ledger, the identity under which it was
//! published.
//!
//! A company gets another identity when its number is missing one night, when somebody fills in who
//! owns it, or when a flow passes to another. Its records are what they were, so readers see no
//! change; but told apart by identity the old company would lose all that the new one gains, and
//! would hide, in the sum, what somebody else really changed. So records are followed, not names:
//!
//! - A record that is the same but for who stands behind it keeps who stood behind it. That is
//!   evidence that both identities are one group.
//! - A record that also has other amounts keeps it where there is such evidence, or where one
//!   identity is gone tonight and the other is new.
//! - An identity that is new and has taken the place of exactly one that is gone is that one.
//! - Any other two of which there is evidence (one owner of two companies, a flow that was sold)
//!   stay two in the ledger, and count as one as well in whatever is new (`Rules::one`): the
//!   stricter of both holds.
//!
//! To take two for one only withholds more, but for what one of them knows of the other.

use super::super::input::{Agreements, TableInput};
use super::atoms::{State, states};
use super::{Last, Night};
use std::collections::{BTreeMap, BTreeSet};

/// Identity in the ledger, and one of tonight that is the same group.
pub(super) type Pairs = BTreeSet<(String, String)>;

/// Tonight, under the identities of the ledger.
pub(super) struct Identified {
    pub tables: Vec<TableInput>,
    /// Under the same identities, with the groups that stay several in the ledger.
    pub agreements: Agreements,
    /// All evidence that still matters.
    pub pairs: Pairs,
}

/// Finds out who stood behind tonight's records on the last night.
pub(super) fn identified(
    night: &Night,
    last: &Last,
    tables: &[TableInput],
    agreements: &Agreements,
) -> Identified {
    let ledger = labels(&night.tables);
    let tonight = labels(tables);
    let mut following = Following {
        pairs: last.pairs.iter().filter(|(known, _)| ledger.contains(known.as_str())).cloned().collect(),
        before: states(&night.tables, tables),
        now: states(tables, tables),
        followed: BTreeMap::new(),
        ledger: &ledger,
        tonight: &tonight,
    };
    following.follow(&last.origins);
    let Following { pairs, before, followed, .. } = following;
    let renamed = renamed(&pairs, &ledger, &tonight);
    let mut tables = tables.to_vec();
    for (position, table) in tables.iter_mut().enumerate() {
        for record in &mut table.records {
            let kept = followed.get(&record.id).map(|published| &before[published]);
            let own = kept.and_then(|state| state.get(&position)).map(|content| &content.1);
            match own.filter(|own| own.len() == record.contributors.len()) {
                Some(own) => record.contributors.clone_from(own),
                None => record.contributors.iter_mut().for_each(|label| rename(label, &renamed)),
            }
        }
    }
    let agreements = agreed(agreements, &pairs, &renamed, &tonight);
    Identified { tables, agreements, pairs }
}

fn labels(tables: &[TableInput]) -> BTreeSet<&str> {
    let records = tables.iter().flat_map(|table| &table.records);
    records.flat_map(|record| record.contributors.iter().map(String::as_str)).collect()
}

fn rename(label: &mut String, renamed: &BTreeMap<&str, &str>) {
    if let Some(known) = renamed.get(label.as_str()) {
        (*known).clone_into(label);
    }
}

/// Identities that are new and stand, each, for exactly one that is gone.
fn renamed<'a>(
    pairs: &'a Pairs,
    ledger: &BTreeSet<&str>,
    tonight: &BTreeSet<&str>,
) -> BTreeMap<&'a str, &'a str> {
    let alone = |one: &str, of: fn(&(String, String)) -> &str| {
        pairs.iter().filter(|pair| of(pair) == one).count() == 1
    };
    pairs
        .iter()
        .filter(|(known, new)| !tonight.contains(known.as_str()) && !ledger.contains(new.as_str()))
        .filter(|(known, new)| alone(known, |pair| &pair.0) && alone(new, |pair| &pair.1))
        .map(|(known, new)| (new.as_str(), known.as_str()))
        .collect()
}

/// The records of two nights, while it is found out which are the same.
struct Following<'a> {
    pairs: Pairs,
    /// By identity of the published state.
    before: BTreeMap<u128, State>,
    /// By identity in the sources.
    now: BTreeMap<u128, State>,
    /// Published state of each record of tonight that keeps who stood behind it.
    followed: BTreeMap<u128, u128>,
    ledger: &'a BTreeSet<&'a str>,
    tonight: &'a BTreeSet<&'a str>,
}

impl Following<'_> {
    fn follow(&mut self, origins: &BTreeMap<u128, u128>) {
        let published = self.before.keys().map(|id| (origins.get(id).copied().unwrap_or(*id), *id));
        let mut gone: BTreeMap<u128, u128> = published.collect();
        let mut came: BTreeSet<u128> = self.now.keys().copied().collect();
        // Who is known by another name already is looked for under the old one.
        let renamed = renamed(&self.pairs, self.ledger, self.tonight);
        let as_known: BTreeMap<u128, State> = self
            .now
            .iter()
            .map(|(origin, state)| {
                let mut state = state.clone();
                let contributors = state.values_mut().flat_map(|content| &mut content.1);
                contributors.for_each(|label| rename(label, &renamed));
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
        for origin in came {
            let Some(published) = gone.get(&origin).copied() else { continue };
            let between = between(&self.before[&published], &self.now[&origin]);
            let is_believed = |(known, new): &(String, String)| {
                let follows = !self.tonight.contains(known.as_str()) && !self.ledger.contains(new.as_str());
                follows || self.pairs.contains(&(known.clone(), new.clone()))
            };
            if !between.is_empty() && between.iter().all(is_believed) {
                self.pairs.extend(between);
                self.followed.insert(origin, published);
            }
        }
    }

    /// Takes out of both sides what is alike: in the same place first.
    fn pair(
        &mut self,
        gone: &mut BTreeMap<u128, u128>,
        came: &mut BTreeSet<u128>,
        as_known: &BTreeMap<u128, State>,
        alike: fn(&State) -> State,
    ) {
        let before: BTreeMap<u128, State> =
            gone.iter().map(|(origin, published)| (*origin, alike(&self.before[published]))).collect();
        let now: BTreeMap<u128, State> =
            came.iter().map(|origin| (*origin, alike(&as_known[origin]))).collect();
        let stays = |origin: &u128| before.contains_key(origin) && before.get(origin) == now.get(origin);
        let mut found: Vec<(u128, u128)> =
            now.keys().filter(|origin| stays(origin)).map(|origin| (*origin, *origin)).collect();
        let mut elsewhere: BTreeMap<&State, Vec<u128>> = BTreeMap::new();
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
                self.pairs.extend(between);
                self.followed.insert(origin, published);
            }
        }
    }
}

/// Identities that stand in each other's places in two states.
fn between(old: &State, new: &State) -> Pairs {
    let both = old.iter().filter_map(|(table, content)| Some((&content.1, &new.get(table)?.1)));
    let labels = both.flat_map(|(old, new)| old.iter().zip(new));
    labels.filter(|(old, new)| old != new).map(|(old, new)| (old.clone(), new.clone())).collect()
}

/// A state without who stands behind it.
fn nameless(state: &State) -> State {
    let mut state = state.clone();
    for content in state.values_mut() {
        content.1.iter_mut().for_each(String::clear);
    }
    state
}

/// Whether it has an amount that is no count.
fn is_telling(state: &State) -> bool {
    state.values().any(|content| content.2.iter().flatten().any(|amount| !(0..=1).contains(amount)))
}

/// What was agreed, under the identities of the ledger, and who is one group.
fn agreed(
    agreements: &Agreements,
    pairs: &Pairs,
    renamed: &BTreeMap<&str, &str>,
    tonight: &BTreeSet<&str>,
) -> Agreements {
    let own = |label: &str| renamed.get(label).map_or_else(|| label.to_owned(), |known| (*known).to_owned());
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
    Agreements { coalitions: coalitions.collect(), consents, one: groups(pairs, own) }
}

/// Identities that are one group, several in the ledger.
fn groups(pairs: &Pairs, own: impl Fn(&str) -> String) -> Vec<Vec<String>> {
    let mut groups: Vec<BTreeSet<String>> = Vec::new();
    for (known, new) in pairs {
        let mut joined: BTreeSet<String> = [known.clone(), own(new)].into();
        groups.retain(|group| {
            let apart = group.is_disjoint(&joined);
            if !apart {
                joined.extend(group.iter().cloned());
            }
            apart
        });
        groups.push(joined);
    }
    let several = groups.into_iter().filter(|group| group.len() > 1);
    several.map(|group| group.into_iter().collect()).collect()
}
