//! Whether single records could be released without naming anybody.
//!
//! k-anonymity counts groups of companies and not records; l-diversity and t-closeness (total
//! variation) look at the quantity. Each coarser level leaves one more attribute out.

use super::Pseudonyms;
use super::tables::Coarse;
use crate::model::{Flow, Organisation};
use std::collections::{BTreeMap, BTreeSet};

/// Fewest groups that share every attribute of a record.
pub const FEWEST_GROUPS: usize = 5;
/// Fewest different quantities among them.
pub const FEWEST_VALUES: usize = 3;
/// Farthest that their quantities may lie from those of all, in thousandths.
pub const FARTHEST: usize = 300;

/// What an attacker may know of a record, the most telling last.
const ATTRIBUTES: [&str; 6] = ["parc", "categorie", "sens", "effectif", "frequence", "secteur"];

/// Attributes, pseudonym of the group, and band of the quantity of one record.
pub(super) type Attributed = ([String; 6], String, String);

/// Records with so many of the attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// Attributes that the records carry.
    pub attributes: Vec<&'static str>,
    /// k: fewest groups that share them.
    pub groups: usize,
    /// l: fewest different quantities among records that share them.
    pub values: usize,
    /// t: largest distance of their quantities from those of all records, in thousandths.
    pub distance: usize,
    /// Records whose group is the only one with these attributes.
    pub alone: usize,
}

impl Level {
    /// Whether records of this level would hide everybody.
    #[must_use]
    pub const fn is_anonymous(&self) -> bool {
        self.groups >= FEWEST_GROUPS && self.values >= FEWEST_VALUES && self.distance <= FARTHEST
    }
}

/// The levels of the records, finest first, and their number; none without records.
#[must_use]
pub fn levels(
    organisations: &[Organisation],
    flows: &[Flow],
    pseudonyms: &Pseudonyms,
) -> (usize, Vec<Level>) {
    let coarse = Coarse::new(organisations, pseudonyms);
    let records: Vec<Attributed> = flows.iter().map(|flow| coarse.attributed(flow)).collect();
    if records.is_empty() {
        return (0, Vec::new());
    }
    let levels = (1..=ATTRIBUTES.len()).rev().map(|kept| level(&records, kept));
    (records.len(), levels.collect())
}

fn level(records: &[Attributed], kept: usize) -> Level {
    let mut classes: BTreeMap<&[String], Vec<(&str, &str)>> = BTreeMap::new();
    let mut all: BTreeMap<&str, usize> = BTreeMap::new();
    for (attributes, group, quantity) in records {
        classes.entry(&attributes[..kept]).or_default().push((group, quantity));
        *all.entry(quantity).or_insert(0) += 1;
    }
    let mut found = Level {
        attributes: ATTRIBUTES[..kept].to_vec(),
        groups: usize::MAX,
        values: usize::MAX,
        distance: 0,
        alone: 0,
    };
    for members in classes.values() {
        let groups: BTreeSet<&str> = members.iter().map(|(group, _)| *group).collect();
        let mut own: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, quantity) in members {
            *own.entry(quantity).or_insert(0) += 1;
        }
        // Half the sum of the differences of both distributions, over the common denominator.
        let differences = all.iter().map(|(quantity, count)| {
            (own.get(quantity).copied().unwrap_or(0) * records.len()).abs_diff(count * members.len())
        });
        let distance = differences.sum::<usize>() * 500 / (records.len() * members.len());
        found.groups = found.groups.min(groups.len());
        found.values = found.values.min(own.len());
        found.distance = found.distance.max(distance);
        found.alone += if groups.len() == 1 { members.len() } else { 0 };
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Level, level};

    fn record(park: &str, sector: &str, group: &str, quantity: &str) -> super::Attributed {
        let attributes = [park, "bois", "offre", "5-19", "annuelle", sector].map(str::to_owned);
        (attributes, group.to_owned(), quantity.to_owned())
    }

    #[test]
    fn groups_count_and_not_records() {
        let records = [
            record("nord", "32", "g1", "1"),
            record("nord", "32", "g1", "2"),
            record("nord", "33", "g2", "1"),
            record("sud", "32", "g3", "1"),
        ];
        let fine = level(&records, 6);
        assert_eq!((fine.groups, fine.values, fine.alone), (1, 1, 4));
        let coarse = level(&records, 1);
        assert_eq!((coarse.groups, coarse.values, coarse.alone), (1, 1, 1));
        // Two of three against one of four: 2/3 - 3/4 on each side of the distance.
        assert_eq!(coarse.distance, 250);
        assert!(!coarse.is_anonymous());
    }

    #[test]
    fn many_alike_are_anonymous() {
        let one = |at: usize| record("nord", "32", &format!("g{at}"), &(at % 4).to_string());
        let records: Vec<_> = (0..40).map(one).collect();
        let found = level(&records, 6);
        assert_eq!(
            found,
            Level { attributes: super::ATTRIBUTES.to_vec(), groups: 40, values: 4, distance: 0, alone: 0 }
        );
        assert!(found.is_anonymous());
    }
}
