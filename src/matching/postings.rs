//! Lists of the flows that have a code, a group of codes, a word or a category, one after the other.

/// A flow of a list, by its place on its side, and its belief in the code or group of the list.
#[derive(Debug, Clone, Copy)]
pub(super) struct Posting {
    pub(super) at: u32,
    pub(super) belief: f32,
}

/// Lists by their keys.
#[derive(Debug)]
pub(super) struct Lists<K> {
    /// Rising, each with the place where its list ends.
    keys: Vec<(K, usize)>,
    postings: Vec<Posting>,
}

impl<K: Ord + Copy> Lists<K> {
    /// From pairs of a key and a posting, in any order; of each key the postings keep theirs.
    pub(super) fn new(mut pairs: Vec<(K, Posting)>) -> Self {
        pairs.sort_by_key(|(key, posting)| (*key, posting.at));
        let mut keys = Vec::new();
        let mut end = 0;
        for list in pairs.chunk_by(|(one, _), (other, _)| one == other) {
            end += list.len();
            keys.push((list[0].0, end));
        }
        Self { keys, postings: pairs.into_iter().map(|(_, posting)| posting).collect() }
    }

    /// The list of a key; empty when there is none.
    pub(super) fn of(&self, key: K) -> &[Posting] {
        let at = self.keys.partition_point(|(one, _)| *one < key);
        match self.keys.get(at) {
            Some((one, _)) if *one == key => &self.postings[self.start(at)..self.keys[at].1],
            _ => &[],
        }
    }

    /// Keys and lists from one key to another, both of them too.
    pub(super) fn between(&self, first: K, last: K) -> impl Iterator<Item = (K, &[Posting])> {
        let from = self.keys.partition_point(|(one, _)| *one < first);
        let within = self.keys[from..].iter().take_while(move |(one, _)| *one <= last);
        (from..).zip(within).map(|(at, (key, end))| (*key, &self.postings[self.start(at)..*end]))
    }

    fn start(&self, at: usize) -> usize {
        if at == 0 { 0 } else { self.keys[at - 1].1 }
    }
}
