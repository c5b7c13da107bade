//! What the search needs of many flows, column by column: no name, no description, no identity.

use super::candidates::{CODES, Prepared, Said};
use super::facts::Facts;
use crate::model::{Category, FlowType};

/// Offers, or requests, of one type. A flow is told by its place in the columns.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Digests {
    pub(super) ranks: Vec<u32>,
    pub(super) facts: Vec<Facts>,
    pub(super) materials: Vec<Material>,
    /// Words of all flows, those of one flow sorted, and where those of each end.
    pub(super) words: Vec<u32>,
    pub(super) ends: Vec<u32>,
}

/// Type, category, codes that count, each with its confidence in thousandths, and substances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Material {
    pub(super) flow_type: FlowType,
    pub(super) category: Option<Category>,
    pub(super) codes: [(u32, u32); CODES],
    pub(super) known: usize,
    /// Bits of [`super::substances`] that its words name.
    pub(super) substances: u64,
}

impl Digests {
    pub(super) fn new(flows: &[&Prepared<'_>]) -> Self {
        let mut digests = Self::default();
        for one in flows {
            digests.ranks.push(one.rank);
            digests.facts.push(one.facts);
            digests.materials.push(one.material());
            digests.add_words(&one.words);
        }
        digests
    }

    pub(super) fn add_words(&mut self, words: &[u32]) {
        self.words.extend(words);
        self.ends.push(u32::try_from(self.words.len()).unwrap_or(u32::MAX));
    }

    pub(super) fn len(&self) -> usize {
        self.ranks.len()
    }

    /// What a flow says of its material.
    pub(super) fn said(&self, at: usize) -> Said<'_> {
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        let words = &self.words[start as usize..self.ends[at] as usize];
        Said { material: &self.materials[at], words }
    }
}
