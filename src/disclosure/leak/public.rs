//! What is public whatever the input: the product's own words, titles, settings and reviewed exceptions.

use super::rules::TELLING_RUN;
use super::runs::{LONGEST_RUN, Runs, Set};
use super::{addresses, digits, glued, tokens, views};

/// Words of the product that no release without data shows: codes, units, months, legal notes.
/// Reviewed by hand: a word here is one that a leak of one word could hide behind.
const WORDS: &str = include_str!("public_words.txt");

/// The public vocabulary: words, and runs of words as they stand in public texts.
#[derive(Default)]
pub struct Public {
    words: Set,
    runs: Set,
    reviewed: Set,
    numbers: Set,
    addresses: Set,
    /// Runs of the operator's prose, however it is read.
    prose: Set,
    /// Runs of the names that the operator gives to places.
    places: Set,
    /// The whole of each of these names.
    whole_places: Set,
    /// Words of prose and places.
    operator_words: Set,
}

impl Public {
    /// From the product's texts (pages, reference tables), what the operator writes (prose, and names
    /// of places), and the reviewed exceptions of a pipeline. The operator's words are public, but a
    /// name of several words that stands there is still a leak: somebody thanked a company by name.
    /// A place may stand in an address or a note; in prose even these are leaks.
    pub fn new<'a>(
        texts: impl IntoIterator<Item = &'a str>,
        prose: &[&str],
        places: &[&str],
        reviewed: &[String],
    ) -> Self {
        let mut public = Self::default();
        let mut operator_words = Set::default();
        for (written, runs_of) in [(prose, &mut public.prose), (places, &mut public.places)] {
            for text in written {
                tokens::each(text, |token| {
                    operator_words.insert(token.hash);
                });
                // A name that only another reading shows, such as without tags, stands there too.
                views::each(text.as_bytes(), &mut |view, _| {
                    let mut runs = Runs::default();
                    tokens::each(view, |token| {
                        runs.push(token);
                        runs_of.extend((2..=runs.available()).map(|length| runs.ending(length)));
                    });
                });
            }
        }
        public.operator_words = operator_words;
        public.whole_places = places.iter().map(|place| Words::of(place).whole()).collect();
        for text in texts.into_iter().chain([WORDS]) {
            public.add(text);
        }
        for phrase in reviewed {
            let words = Words::of(phrase);
            public.reviewed.insert(words.whole());
            // Of a longer text the runs are looked for that it shares with the phrase.
            for length in [TELLING_RUN, LONGEST_RUN] {
                public.reviewed.extend(words.windows(length).map(|(_, run)| run));
            }
            addresses::each(phrase, |address| {
                public.addresses.insert(addresses::key(address));
                for part in address.split('@') {
                    public.reviewed.insert(Words::of(part).whole());
                }
            });
        }
        public
    }

    fn add(&mut self, text: &str) {
        addresses::each(text, |address| {
            self.addresses.insert(addresses::key(address));
        });
        let mut chain = digits::Chain::default();
        tokens::each(text, |token| {
            chain.push(token, |number| {
                self.numbers.insert(number);
            });
        });
        self.add_words(text);
        // Files are read so too, and the product's own words must not be alarms there.
        if let Some(text) = glued::cut(text) {
            self.add_words(&text);
        }
    }

    fn add_words(&mut self, text: &str) {
        let mut runs = Runs::default();
        tokens::each(text, |token| {
            self.words.insert(token.hash);
            runs.push(token);
            for length in 1..=runs.available() {
                self.runs.insert(runs.ending(length));
            }
        });
    }

    pub(super) fn has_word(&self, hash: u64) -> bool {
        self.words.contains(&hash) || self.operator_words.contains(&hash)
    }

    /// Whether a text of the product has the word.
    pub(super) fn has_own_word(&self, hash: u64) -> bool {
        self.words.contains(&hash)
    }

    /// Whether only the operator writes the word.
    pub(super) fn is_operators_word(&self, hash: u64) -> bool {
        self.operator_words.contains(&hash) && !self.has_own_word(hash)
    }

    pub(super) fn has_run(&self, run: u64) -> bool {
        self.runs.contains(&run)
    }

    /// Whether the operator's prose names it, and no text of the product does.
    pub(super) fn is_named_in_prose(&self, run: u64) -> bool {
        self.prose.contains(&run) && !self.runs.contains(&run)
    }

    /// Whether it is the whole name of a place.
    pub(super) fn is_place(&self, whole: u64) -> bool {
        self.whole_places.contains(&whole)
    }

    /// Whether the operator gives the name to a place, and no text of the product does.
    pub(super) fn is_named_as_place(&self, run: u64) -> bool {
        self.places.contains(&run) && !self.runs.contains(&run)
    }

    pub(super) fn has_number(&self, number: u64) -> bool {
        self.numbers.contains(&number)
    }

    pub(super) fn has_address(&self, address: u64) -> bool {
        self.addresses.contains(&address)
    }

    pub(super) fn is_reviewed(&self, whole: u64) -> bool {
        self.reviewed.contains(&whole)
    }
}

impl std::fmt::Debug for Public {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Public({} words)", self.words.len())
    }
}

/// A short text as words, with what the rules ask of each.
#[derive(Default)]
pub(super) struct Words {
    pub(super) texts: Vec<String>,
    pub(super) hashes: Vec<u64>,
    /// Words since the last break, this one included.
    pub(super) unbroken: Vec<usize>,
}

impl Words {
    pub(super) fn of(text: &str) -> Self {
        let mut words = Self::default();
        tokens::each(text, |token| {
            let before = if token.is_after_break { 0 } else { words.unbroken.last().copied().unwrap_or(0) };
            words.texts.push(token.text.to_owned());
            words.hashes.push(token.hash);
            words.unbroken.push(before + 1);
        });
        words
    }

    pub(super) fn len(&self) -> usize {
        self.hashes.len()
    }

    pub(super) fn slice(&self, range: std::ops::Range<usize>) -> Self {
        let unbroken = self.unbroken[range.clone()].iter();
        Self {
            texts: self.texts[range.clone()].to_vec(),
            hashes: self.hashes[range].to_vec(),
            unbroken: unbroken.zip(1..).map(|(unbroken, place)| place.min(*unbroken)).collect(),
        }
    }

    /// The run of all words, however many.
    pub(super) fn whole(&self) -> u64 {
        super::runs::of(&self.hashes)
    }

    /// The windows of a length, with the place of each.
    pub(super) fn windows(&self, length: usize) -> impl Iterator<Item = (usize, u64)> + '_ {
        debug_assert!(length <= LONGEST_RUN);
        self.hashes.windows(length).enumerate().map(|(start, window)| (start, super::runs::of(window)))
    }
}
