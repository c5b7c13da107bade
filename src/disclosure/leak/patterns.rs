//! The table of what is looked for: one lookup a word, whatever the number of canaries.

use super::runs::{LONGEST_RUN, Map, Runs};

/// Why a confidential text is not looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exception {
    /// An operator reviewed it: `publication.public_words`.
    Reviewed,
    /// It is made of words of the product itself, such as a company called « Bois ».
    PublicWords,
    /// It stands in a public text, such as the title of a kind of waste.
    PublicText,
    /// Too few letters to be told from chance.
    TooShort,
}

impl Exception {
    /// The word for logs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Reviewed => "reviewed",
            Self::PublicWords => "public_words",
            Self::PublicText => "public_text",
            Self::TooShort => "too_short",
        }
    }
}

/// A run of words that is looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pattern {
    pub(super) kind: &'static str,
    /// Letters and digits, at most 255.
    pub(super) weight: u8,
    /// Made of public words: counts only inside one phrase, because pages put such words side by side.
    pub(super) is_ordinary: bool,
    pub(super) exception: Option<Exception>,
    /// Position of the row that says it.
    pub(super) row: Option<u32>,
}

/// Chance words of a few letters occur in decoded bytes that never were text.
const LIGHTEST_IN_BINARY: u8 = 8;

#[derive(Default)]
pub(super) struct Patterns {
    runs: Map<Pattern>,
    lengths: [bool; LONGEST_RUN],
    /// One bit a pattern, so that most words need no lookup.
    filter: Vec<u64>,
    /// The row whose texts are being added.
    pub(super) row: Option<u32>,
}

impl Patterns {
    pub(super) fn insert(&mut self, length: usize, run: u64, pattern: Pattern) {
        let pattern = Pattern { row: self.row, ..pattern };
        self.lengths[length - 1] = true;
        self.filter.clear();
        let entry = self.runs.entry(run).or_insert(pattern);
        // What is looked for once is looked for, whatever made it an exception elsewhere.
        if entry.exception.is_some() && pattern.exception.is_none() {
            *entry = pattern;
        } else if entry.exception.is_none() && pattern.exception.is_none() {
            entry.is_ordinary &= pattern.is_ordinary;
        }
    }

    pub(super) fn len(&self) -> usize {
        self.runs.values().filter(|pattern| pattern.exception.is_none()).count()
    }

    /// Makes lookups fast; an insertion afterwards makes them slow again, never wrong.
    pub(super) fn seal(&mut self) {
        let words = (self.runs.len() / 4).next_power_of_two().max(1 << 10);
        let mut filter = vec![0; words];
        self.runs.keys().for_each(|run| {
            let (word, bit) = place(words, *run);
            filter[word] |= bit;
        });
        self.filter = filter;
    }

    /// Calls `found` with each pattern that ends at the last word.
    pub(super) fn at(&self, runs: &Runs, is_binary: bool, mut found: impl FnMut(&Pattern)) {
        for length in 1..=runs.available() {
            if !self.lengths[length - 1] {
                continue;
            }
            let run = runs.ending(length);
            if !self.filter.is_empty() {
                let (word, bit) = place(self.filter.len(), run);
                if self.filter[word] & bit == 0 {
                    continue;
                }
            }
            if let Some(pattern) = self.runs.get(&run) {
                let counts = if is_binary {
                    pattern.weight >= LIGHTEST_IN_BINARY && !pattern.is_ordinary
                } else {
                    !pattern.is_ordinary || runs.unbroken() >= length
                };
                if counts {
                    found(pattern);
                }
            }
        }
    }
}

const fn place(words: usize, run: u64) -> (usize, u64) {
    // `words` is a power of two; the lowest six bits choose the bit.
    ((run >> 6) as usize & (words - 1), 1 << (run & 63))
}
