//! Hashes of runs of words, rolled along a text.

use super::tokens::Token;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// Longest run that is looked for as one.
pub(super) const LONGEST_RUN: usize = 6;

const BASE: u64 = 0x9e37_79b9_7f4a_7c15;

/// Hashes are already mixed: the tables take them as they are.
#[derive(Default)]
pub(super) struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

pub(super) type Set = HashSet<u64, BuildHasherDefault<AsIs>>;
pub(super) type Map<V> = HashMap<u64, V, BuildHasherDefault<AsIs>>;

/// The run of these words.
pub(super) fn of(hashes: &[u64]) -> u64 {
    let sum = hashes.iter().fold(0_u64, |sum, hash| sum.wrapping_mul(BASE).wrapping_add(*hash));
    finish(sum, hashes.len())
}

const fn finish(sum: u64, length: usize) -> u64 {
    let mixed = (sum ^ (length as u64)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// The last words of a text.
#[derive(Default)]
pub(super) struct Runs {
    last: [u64; LONGEST_RUN],
    seen: usize,
    unbroken: usize,
    sums: [u64; LONGEST_RUN],
}

impl Runs {
    pub(super) fn push(&mut self, token: &Token<'_>) {
        self.last.rotate_right(1);
        self.last[0] = token.hash;
        self.seen += 1;
        self.unbroken = if token.is_after_break { 1 } else { self.unbroken + 1 };
        let (mut sum, mut power) = (0_u64, 1_u64);
        for (place, hash) in self.last.iter().enumerate() {
            sum = sum.wrapping_add(hash.wrapping_mul(power));
            power = power.wrapping_mul(BASE);
            self.sums[place] = sum;
        }
    }

    /// Longest run that ends here.
    pub(super) fn available(&self) -> usize {
        self.seen.min(LONGEST_RUN)
    }

    /// Words since the last break.
    pub(super) const fn unbroken(&self) -> usize {
        self.unbroken
    }

    /// The run of `length` words that ends here.
    pub(super) const fn ending(&self, length: usize) -> u64 {
        finish(self.sums[length - 1], length)
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_RUN, Runs, of};
    use crate::disclosure::leak::tokens;

    #[test]
    fn rolled_runs_are_the_runs_of_their_words() {
        let (mut runs, mut hashes) = (Runs::default(), Vec::new());
        tokens::each("un deux trois quatre cinq six sept huit", |token| {
            runs.push(token);
            hashes.push(token.hash);
            for length in 1..=hashes.len().min(LONGEST_RUN) {
                assert_eq!(runs.ending(length), of(&hashes[hashes.len() - length..]));
            }
        });
    }
}
