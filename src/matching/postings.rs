//! Lists of the flows that have a code, a group of codes, a word or a category, long ones cut into
//! blocks of flows alike, which are passed over at once.

use super::sight::{Bound, Glance};

/// Flows of one block at most.
const BLOCK: usize = 16;
/// Beliefs, thousandths, at which flows of a code are told apart: in the code, and in all.
const BELIEFS: [f32; 6] = [50.0, 150.0, 300.0, 450.0, 600.0, 800.0];
const WHOLES: [f32; 3] = [300.0, 500.0, 700.0];

/// A flow of a list, by its place on its side, and its belief in the code or group of the list.
#[derive(Debug, Clone, Copy)]
pub(super) struct Posting {
    pub(super) at: u32,
    pub(super) belief: f32,
}

/// Flows that follow one another in a list, and what bounds them.
#[derive(Debug, Clone)]
pub(super) struct Block {
    pub(super) bound: Bound,
    end: u32,
}

/// Lists by their keys.
#[derive(Debug)]
pub(super) struct Lists<K> {
    /// Rising, each with the place where its blocks end.
    keys: Vec<(K, u32)>,
    blocks: Vec<Block>,
    postings: Vec<Posting>,
}

/// A list of flows in blocks.
#[derive(Debug, Clone, Copy)]
pub(super) struct List<'a> {
    blocks: &'a [Block],
    start: u32,
    postings: &'a [Posting],
}

impl<'a> List<'a> {
    /// Number of flows.
    pub(super) fn len(&self) -> usize {
        self.blocks.last().map_or(0, |last| (last.end - self.start) as usize)
    }

    /// Blocks and their flows.
    pub(super) fn blocks(self) -> impl Iterator<Item = (&'a Bound, &'a [Posting])> {
        let mut start = self.start;
        self.blocks.iter().map(move |block| {
            let flows = &self.postings[start as usize..block.end as usize];
            start = block.end;
            (&block.bound, flows)
        })
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
        let order = |(key, Posting { at, belief }): &(K, Posting)| {
            let glance = &glances[*at as usize];
            let parts = (part(*belief, &BELIEFS), part(glance.whole, &WHOLES));
            (*key, glance.alike, parts, near[*at as usize])
        };
        pairs.sort_by_cached_key(order);
        let mut lists = Self { keys: Vec::new(), blocks: Vec::new(), postings: Vec::with_capacity(pairs.len()) };
        for list in pairs.chunk_by(|(one, _), (other, _)| one == other) {
            let alike = |posting: &Posting| glances[posting.at as usize].alike;
            for run in list.chunk_by(|(_, one), (_, other)| alike(one) == alike(other)) {
                for block in run.chunks(BLOCK) {
                    let flows = || block.iter().map(|(_, one)| (one.belief, &glances[one.at as usize]));
                    lists.postings.extend(block.iter().map(|(_, posting)| *posting));
                    lists.blocks.push(Block { bound: Bound::new(flows), end: count(&lists.postings) });
                }
            }
            lists.keys.push((list[0].0, count(&lists.blocks)));
        }
        lists
    }

    /// The list of a key; empty when there is none.
    pub(super) fn of(&self, key: K) -> List<'_> {
        self.between(key, key).next().map_or(List { blocks: &[], start: 0, postings: &[] }, |(_, list)| list)
    }

    /// Keys and lists from one key to another, both of them too.
    pub(super) fn between(&self, first: K, last: K) -> impl Iterator<Item = (K, List<'_>)> {
        let from = self.keys.partition_point(|(one, _)| *one < first);
        let within = self.keys[from..].iter().take_while(move |(one, _)| *one <= last);
        (from..).zip(within).map(|(at, (key, end))| {
            let begin = if at == 0 { 0 } else { self.keys[at - 1].1 } as usize;
            let start = if begin == 0 { 0 } else { self.blocks[begin - 1].end };
            (*key, List { blocks: &self.blocks[begin..*end as usize], start, postings: &self.postings })
        })
    }
}

fn count<T>(list: &[T]) -> u32 {
    u32::try_from(list.len()).unwrap_or(u32::MAX)
}
