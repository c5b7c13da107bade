//! Who offers materials of one kind: what is told beside a buyer who is looked for.

use super::book::line::Directory;
use super::known::Known;
use super::pooling::{self, Kind};
use crate::model::{Confidentiality, Direction, Flow, FlowType, OrgId, Organisation, Park};
use std::collections::{BTreeMap, BTreeSet};

/// Most examples of a kind.
const SHOWN: usize = 3;

/// All offers of one kind.
#[derive(Debug, Default)]
pub struct Offered<'a> {
    /// Companies that have the material.
    pub companies: BTreeSet<&'a OrgId>,
    /// French names of the parks where it lies, of offers that are not confidential.
    pub parks: BTreeSet<&'a str>,
    /// A few offers that are not confidential, by what they say.
    pub examples: BTreeMap<&'a str, &'a Flow>,
    /// Whether the entry of some offer is confidential.
    pub is_confidential: bool,
}

/// Offers of material by their kind.
#[must_use]
pub fn offered<'a>(
    known: &Known<'a>,
    organisations: &'a [Organisation],
    parks: &'a [Park],
) -> BTreeMap<Kind, Offered<'a>> {
    let directory = Directory::new(organisations, parks);
    let mut kinds: BTreeMap<Kind, Offered<'a>> = BTreeMap::new();
    for one in known.by_rank() {
        let flow = one.flow;
        if flow.direction != Direction::Output || flow.flow_type != FlowType::Material {
            continue;
        }
        let offers = kinds.entry(pooling::kind(flow)).or_default();
        offers.companies.insert(&flow.organisation);
        if flow.confidentiality == Confidentiality::Confidential {
            offers.is_confidential = true;
            continue;
        }
        offers.parks.extend(directory.park(flow).map(|park| park.name_fr.as_str()));
        if offers.examples.len() < SHOWN {
            offers.examples.entry(flow.description.reveal()).or_insert(flow);
        }
    }
    kinds
}
