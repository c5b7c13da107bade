//! What the search needs of many flows, column by column: no name, no description, no identity.

use super::bits::Bits;
use super::candidates::{CODES, Prepared, Said};
use super::facts::Facts;
use crate::model::{Category, FlowType};

/// Offers, or requests, of one type. A flow is told by its place in the columns.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Digests {
    pub(super) ranks: Vec<u32>,
    pub(super) facts: Vec<Facts>,
    pub(super) materials: Vec<Material>,
    /// Words of each flow, sorted.
    words: Lists,
    /// What each denies, as [`Said`] holds it.
    denied: Lists,
}

/// A list a flow.
#[derive(Debug, Default, Clone, PartialEq)]
struct Lists {
    all: Vec<u32>,
    /// Where that of each ends.
    ends: Vec<u32>,
}

impl Lists {
    fn push(&mut self, list: &[u32]) {
        self.all.extend(list);
        self.ends.push(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
    }

    fn of(&self, at: usize) -> &[u32] {
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.all[start as usize..self.ends[at] as usize]
    }
}

/// Type, category, codes that count, each with its confidence in thousandths, and substances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Material {
    pub(super) flow_type: FlowType,
    pub(super) category: Option<Category>,
    pub(super) codes: [(u32, u32); CODES],
    pub(super) known: usize,
    /// Those of [`super::substances`] that its words name, and the one that it is.
    pub(super) substances: Bits,
    pub(super) is: Option<u16>,
}

impl Digests {
    /// Flows, each read as of its own type.
    pub(super) fn new(flows: &[&Prepared<'_>]) -> Self {
        Self::read(flows, |one| one.flow.flow_type)
    }

    /// Flows of a type, or that may be read as of it.
    pub(super) fn of_type(flows: &[&Prepared<'_>], flow_type: FlowType) -> Self {
        Self::read(flows, |_| flow_type)
    }

    fn read(flows: &[&Prepared<'_>], flow_type: impl Fn(&Prepared<'_>) -> FlowType) -> Self {
        let mut digests = Self::default();
        for one in flows {
            digests.ranks.push(one.rank);
            digests.facts.push(one.facts);
            digests.materials.push(one.material_of(flow_type(one)));
            digests.add_words(&one.words, &one.denied);
        }
        digests
    }

    pub(super) fn add_words(&mut self, words: &[u32], denied: &[u32]) {
        self.words.push(words);
        self.denied.push(denied);
    }

    pub(super) fn len(&self) -> usize {
        self.ranks.len()
    }

    /// What a flow says of its material.
    pub(super) fn said(&self, at: usize) -> Said<'_> {
        Said { material: &self.materials[at], words: self.words.of(at), denied: self.denied.of(at) }
    }
}
