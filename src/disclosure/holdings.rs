//! Who stands behind the cells, by number: holdings, those that act together, and those that may be one.

use super::input::{self, Agreements, TableInput};
use super::rules::{Doubts, Rules};
use crate::config::Disclosure;
use std::collections::{BTreeMap, BTreeSet};

/// The rules of a policy, with coalitions by number.
pub(super) fn rules(policy: &Disclosure, agreements: &Agreements, holdings: &BTreeMap<&str, u32>) -> Rules {
    Rules {
        minimum: policy.minimum_contributors,
        p_percent: Some(policy.p_percent),
        insiders: policy.insiders,
        coalitions: coalitions(agreements, holdings),
        doubts: doubts(&agreements.doubts, holdings),
        ..Rules::default()
    }
}

/// Numbers the holdings by what they contribute, not by their pseudonyms: with another key the
/// same data give the same release.
pub(super) fn holdings<'a>(tables: &[&'a TableInput]) -> BTreeMap<&'a str, u32> {
    let records = || tables.iter().flat_map(|table| table.records.iter().map(move |record| (*table, record)));
    let mut signatures: BTreeMap<&'a str, u128> = BTreeMap::new();
    // The second round tells holdings apart by whom they exchange with.
    for _ in 0..2 {
        let mut next: BTreeMap<&'a str, u128> = BTreeMap::new();
        for (table, record) in records() {
            for (position, holding) in record.contributors.iter().enumerate() {
                let mut hasher = blake3::Hasher::new();
                let content = (&table.name, position, &record.dimensions, &record.values);
                hasher.update(format!("{content:?}").as_bytes());
                for other in &record.contributors {
                    let known = signatures.get(other.as_str()).copied().unwrap_or(0);
                    hasher.update(&known.to_le_bytes());
                }
                let mut bytes = [0; 16];
                bytes.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
                let sum = next.entry(holding).or_insert(0);
                *sum = sum.wrapping_add(u128::from_le_bytes(bytes));
            }
        }
        signatures = next;
    }
    let mut order: Vec<(u128, &'a str)> =
        signatures.into_iter().map(|(name, signature)| (signature, name)).collect();
    order.sort_unstable();
    order.into_iter().map(|(_, name)| name).zip(0..).collect()
}

/// By number; of whoever has no part in the tables nothing is asked.
pub(super) fn doubts(known: &input::Doubts, holdings: &BTreeMap<&str, u32>) -> Doubts {
    let number = |name: &String| holdings.get(name.as_str()).copied();
    let mut one = BTreeMap::new();
    for names in &known.one {
        let all: BTreeSet<u32> = names.iter().filter_map(number).collect();
        one.extend(all.first().into_iter().flat_map(|first| all.iter().map(|holding| (*holding, *first))));
    }
    let numbers = |names: &BTreeSet<String>| -> BTreeSet<u32> { names.iter().filter_map(number).collect() };
    let [gone, came, unknown] = [&known.gone, &known.came, &known.unknown].map(numbers);
    let unknown = unknown.iter().map(|holding| one.get(holding).copied().unwrap_or(*holding)).collect();
    Doubts { one, gone, came, unknown }
}

/// By number; whoever has no part in the tables knows nothing of them.
fn coalitions(agreements: &Agreements, holdings: &BTreeMap<&str, u32>) -> Vec<Vec<u32>> {
    let mut coalitions = Vec::new();
    for names in &agreements.coalitions {
        let known: BTreeSet<u32> =
            names.iter().filter_map(|name| holdings.get(name.as_str()).copied()).collect();
        if known.len() > 1 {
            coalitions.push(known.into_iter().collect());
        }
    }
    coalitions.sort();
    coalitions
}
