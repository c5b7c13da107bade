//! Lists of the flows that have a code, a group of codes, a word or a category, long ones cut into
//! blocks of flows alike, which are passed over at once.

use super::sight::{Bound, Glance, Sight};
use std::ops::Range;

/// Flows of one block at most.
const BLOCK: usize = 16;
/// Beliefs, thousandths, at which flows of a code are told apart: in the code, and in all.
const BELIEFS: [f32; 3] = [150.0, 300.0, 600.0];
const WHOLES: [f32; 2] = [300.0, 600.0];

/// A flow of a list, by its place on its side, its belief in the code or group of the list, and marks of what
/// else it could share there: of its other codes or groups, or of all of its words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Posting {
    pub(super) at: u32,
    pub(super) belief: f32,
    pub(super) marks: u64,
}

/// One bit of 64 for a code, a group or a word: two that share it may be the same.
pub(super) fn mark(key: u32) -> u64 {
    // 2^32 over the golden ratio spreads numbers that follow each other (Knuth, multiplicative hashing).
    1 << (key.wrapping_mul(0x9E37_79B9) >> 26)
}

/// Flows that follow one another in a list, and what bounds them.
#[derive(Debug, Clone)]
pub(super) struct Block {
    pub(super) bound: Bound,
    end: u32,
}

/// What is seen of each flow of each list, column by column: many are looked at side by side.
#[derive(Debug, Default)]
struct Columns {
    at: Vec<u32>,
    marks: Vec<u64>,
    belief: Vec<f32>,
    whole: Vec<f32>,
    words: Vec<f32>,
    alone: Vec<f32>,
    kg: Vec<f32>,
    sure: Vec<f32>,
    place: [Vec<f32>; 3],
}

/// The same of the flows of one block.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flows<'a> {
    pub(super) at: &'a [u32],
    pub(super) marks: &'a [u64],
    pub(super) belief: &'a [f32],
    pub(super) whole: &'a [f32],
    pub(super) words: &'a [f32],
    alone: &'a [f32],
    kg: &'a [f32],
    sure: &'a [f32],
    place: [&'a [f32]; 3],
}

impl Columns {
    fn push(&mut self, posting: Posting, glance: &Glance) {
        self.at.push(posting.at);
        self.marks.push(posting.marks);
        self.belief.push(posting.belief);
        self.whole.push(glance.whole);
        self.words.push(glance.words);
        self.alone.push(glance.alone);
        self.kg.push(glance.kg);
        self.sure.push(glance.sure);
        for (column, along) in self.place.iter_mut().zip(glance.place) {
            column.push(along);
        }
    }

    fn part(&self, start: u32, end: u32) -> Flows<'_> {
        let range = start as usize..end as usize;
        Flows {
            at: &self.at[range.clone()],
            marks: &self.marks[range.clone()],
            belief: &self.belief[range.clone()],
            whole: &self.whole[range.clone()],
            words: &self.words[range.clone()],
            alone: &self.alone[range.clone()],
            kg: &self.kg[range.clone()],
            sure: &self.sure[range.clone()],
            place: [0, 1, 2].map(|axis| &self.place[axis][range.clone()]),
        }
    }
}

impl Flows<'_> {
    /// The most that each flow could score, with what is the same for all of them; `with` gives the most
    /// that it agrees in material, from its belief in the code, in all codes, and its number of words.
    #[inline]
    pub(super) fn most(
        &self,
        own: &Glance,
        sight: &Sight,
        same: f32,
        with: impl Fn(f32, f32, f32) -> f32,
    ) -> [f32; BLOCK] {
        let mut most = [0.0; BLOCK];
        let length = self.at.len().min(BLOCK);
        let (belief, whole, words) = (&self.belief[..length], &self.whole[..length], &self.words[..length]);
        let (alone, kg, sure) = (&self.alone[..length], &self.kg[..length], &self.sure[..length]);
        let [x, y, z] = self.place.map(|column| &column[..length]);
        // Without a branch, so that several are computed at once.
        for at in 0..length {
            let material = with(belief[at], whole[at], words[at]);
            let settled = same + alone[at] + sight.material * material;
            most[at] = settled + sight.most(own, kg[at], sure[at], [x[at], y[at], z[at]]);
        }
        most
    }
}

/// Lists by their keys.
#[derive(Debug)]
pub(super) struct Lists<K> {
    /// Rising, each with the place where its blocks end.
    keys: Vec<(K, u32)>,
    blocks: Vec<Block>,
    flows: Columns,
}

/// A list of flows in blocks.
#[derive(Debug, Clone, Copy)]
pub(super) struct List<'a> {
    blocks: &'a [Block],
    start: u32,
    flows: &'a Columns,
}

impl<'a> List<'a> {
    /// Number of flows.
    pub(super) fn len(&self) -> usize {
        self.blocks.last().map_or(0, |last| (last.end - self.start) as usize)
    }

    /// Blocks and their flows.
    pub(super) fn blocks(self) -> impl Iterator<Item = (&'a Bound, Range<u32>)> {
        let mut start = self.start;
        self.blocks
            .iter()
            .map(move |block| (&block.bound, std::mem::replace(&mut start, block.end)..block.end))
    }

    /// The flows of a block.
    #[inline]
    pub(super) fn flows(self, block: Range<u32>) -> Flows<'a> {
        self.flows.part(block.start, block.end)
    }
}

/// The part among `limits` in which a value lies.
fn part(value: f32, limits: &[f32]) -> usize {
    limits.iter().filter(|limit| value >= **limit).count()
}

impl<K: Ord + Copy> Lists<K> {
    /// From pairs of a key and a posting. `near` tells for each flow its place in an order in which those
    /// alike in amount and place are near one another.
    pub(super) fn new(mut pairs: Vec<(K, Posting)>, glances: &[Glance], near: &[u32]) -> Self {
        let order = |(key, Posting { at, belief, .. }): &(K, Posting)| {
            let glance = &glances[*at as usize];
            let parts = (part(*belief, &BELIEFS), part(glance.whole, &WHOLES));
            (*key, glance.alike, parts, near[*at as usize])
        };
        pairs.sort_by_cached_key(order);
        let mut lists = Self { keys: Vec::new(), blocks: Vec::new(), flows: Columns::default() };
        for list in pairs.chunk_by(|(one, _), (other, _)| one == other) {
            let alike = |posting: &Posting| glances[posting.at as usize].alike;
            for run in list.chunk_by(|(_, one), (_, other)| alike(one) == alike(other)) {
                for block in run.chunks(BLOCK) {
                    let flows = || block.iter().map(|(_, one)| (one.belief, &glances[one.at as usize]));
                    for (_, posting) in block {
                        lists.flows.push(*posting, &glances[posting.at as usize]);
                    }
                    lists.blocks.push(Block { bound: Bound::new(flows), end: count(&lists.flows.at) });
                }
            }
            lists.keys.push((list[0].0, count(&lists.blocks)));
        }
        lists
    }

    /// The list of a key; empty when there is none.
    pub(super) fn of(&self, key: K) -> List<'_> {
        let none = List { blocks: &[], start: 0, flows: &self.flows };
        self.between(key, key).next().map_or(none, |(_, list)| list)
    }

    /// Keys and lists from one key to another, both of them too.
    pub(super) fn between(&self, first: K, last: K) -> impl Iterator<Item = (K, List<'_>)> {
        let from = self.keys.partition_point(|(one, _)| *one < first);
        let within = self.keys[from..].iter().take_while(move |(one, _)| *one <= last);
        (from..).zip(within).map(|(at, (key, end))| {
            let begin = if at == 0 { 0 } else { self.keys[at - 1].1 } as usize;
            let start = if begin == 0 { 0 } else { self.blocks[begin - 1].end };
            (*key, List { blocks: &self.blocks[begin..*end as usize], start, flows: &self.flows })
        })
    }
}

fn count<T>(list: &[T]) -> u32 {
    u32::try_from(list.len()).unwrap_or(u32::MAX)
}
