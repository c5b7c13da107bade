//! Words that no table knows: joined words, typing errors, abbreviations.
//!
//! A word is repaired only when it is unknown, to the likeliest word of the vocabulary:
//! same sound (in French also `onduler` for `ondulé`), then two words written as one, then one
//! edit away (found through deletions, the method of `SymSpell`), then the beginning of a word.

use super::words::{Link, Word, is_qualifier, stem};
use std::collections::HashMap;

/// Known stems, ready for repair.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    /// How often a stem stands in the tables.
    counts: HashMap<String, u32>,
    /// Best stem by the sound of it.
    sounds: HashMap<String, String>,
    /// Best stem by its sound less one letter.
    deletions: HashMap<String, Vec<String>>,
    /// Stems in order, for abbreviations.
    sorted: Vec<String>,
}

/// Shortest word that is repaired.
const SHORTEST: usize = 4;

/// Shortest sound in which one letter may be wrong.
const SHORTEST_EDIT: usize = 5;

impl Vocabulary {
    /// A vocabulary of stems with their counts; a stem of several lists counts in each.
    pub(super) fn new<'a>(stems: impl Iterator<Item = (&'a str, u32)>) -> Self {
        let mut vocabulary = Self::default();
        for (stem, count) in stems {
            *vocabulary.counts.entry(stem.to_owned()).or_default() += count;
        }
        vocabulary.sorted = vocabulary.counts.keys().cloned().collect();
        vocabulary.sorted.sort();
        for stem in &vocabulary.sorted {
            if stem.len() < SHORTEST || stem.bytes().any(|byte| byte.is_ascii_digit()) {
                continue;
            }
            let sound = sound(stem);
            let count = vocabulary.counts[stem];
            let best = vocabulary.sounds.entry(sound.clone()).or_insert_with(|| stem.clone());
            if vocabulary.counts[best] < count {
                best.clone_from(stem);
            }
            if sound.len() >= SHORTEST_EDIT {
                for shorter in shortened(&sound) {
                    vocabulary.deletions.entry(shorter).or_default().push(stem.clone());
                }
                vocabulary.deletions.entry(sound).or_default().push(stem.clone());
            }
        }
        vocabulary
    }

    fn count(&self, stem: &str) -> u32 {
        self.counts.get(stem).copied().unwrap_or(0)
    }

    /// Repairs the words of a text in place.
    pub(super) fn repair(&self, words: &mut Vec<Word>) {
        self.join(words);
        let mut at = 0;
        while at < words.len() {
            let word = &words[at];
            let numeric = word.folded.bytes().any(|byte| byte.is_ascii_digit());
            if word.stem.len() < SHORTEST
                || numeric
                || !word.folded.is_ascii()
                || is_qualifier(&word.folded)
                || self.counts.contains_key(&word.stem)
            {
                at += 1;
                continue;
            }
            let heard = self.sounds.get(&sound(&word.stem)).or_else(|| self.participle(&word.folded));
            if let Some(known) = heard {
                words[at].stem.clone_from(known);
            } else if let Some((left, right)) = self.split(&word.folded) {
                let second = Word {
                    folded: word.folded.clone(),
                    stem: right,
                    after_break: false,
                    link: Link::Other,
                    shortened: false,
                    participle: false,
                    stretch: word.stretch,
                };
                words[at].stem = left;
                words.insert(at + 1, second);
                at += 1;
            } else if let Some(known) = self.near(&word.stem) {
                words[at].stem = known;
            } else if let Some(known) = self.beginning(&word.stem, word.shortened) {
                words[at].stem = known;
            }
            at += 1;
        }
    }

    /// Two words that the tables write as one: `styro mousse`.
    fn join(&self, words: &mut Vec<Word>) {
        let mut at = 0;
        while at + 1 < words.len() {
            if words[at].folded.len() + words[at + 1].folded.len() >= 8 {
                let joined = format!("{}{}", words[at].folded, words[at + 1].folded);
                let stem = stem(&joined);
                // `huile usee` is no `huileuse`: what says how a thing is stands apart.
                if self.counts.contains_key(&stem) && !is_qualifier(&words[at + 1].folded) {
                    words[at].folded = joined;
                    words[at].stem = stem;
                    words.remove(at + 1);
                }
            }
            at += 1;
        }
    }

    /// A participle that is written as the infinitive, which sounds alike in French: `carton onduler`.
    fn participle(&self, folded: &str) -> Option<&String> {
        let root = folded.strip_suffix("er").filter(|root| root.len() >= SHORTEST_EDIT)?;
        self.sounds.get(&sound(&stem(&format!("{root}e"))))
    }

    /// One word that is two: `cartonondule`. The pair whose rarer half is the commonest.
    fn split(&self, folded: &str) -> Option<(String, String)> {
        let mut best: Option<(u32, String, String)> = None;
        for at in 4..folded.len().saturating_sub(3) {
            let (left, right) = (stem(&folded[..at]), stem(&folded[at..]));
            let weight = self.count(&left).min(self.count(&right));
            if weight > 0 && best.as_ref().is_none_or(|(heaviest, ..)| weight > *heaviest) {
                best = Some((weight, left, right));
            }
        }
        best.map(|(_, left, right)| (left, right))
    }

    /// The commonest stem one edit away that begins alike.
    fn near(&self, word: &str) -> Option<String> {
        let heard = sound(word);
        if heard.len() < SHORTEST_EDIT {
            return None;
        }
        let mut best: Option<((bool, u32), &String)> = None;
        let keys = std::iter::once(heard.clone()).chain(shortened(&heard));
        for candidate in keys.filter_map(|key| self.deletions.get(&key)).flatten() {
            let known = sound(candidate);
            // One vowel is written for another more often than anything else.
            let likeness = (swaps_vowels(&heard, &known), self.count(candidate));
            let better =
                best.is_none_or(|(most, stem)| likeness > most || likeness == most && candidate < stem);
            if better
                && candidate.as_bytes()[0] == word.as_bytes()[0]
                && strsim::osa_distance(&heard, &known) <= 1
                && likely(&heard, &known)
            {
                best = Some((likeness, candidate));
            }
        }
        best.map(|(_, stem)| stem.clone())
    }

    /// The commonest stem that begins with an abbreviation; without a full stop only when
    /// hardly any other does.
    fn beginning(&self, word: &str, shortened: bool) -> Option<String> {
        let from = self.sorted.partition_point(|stem| stem.as_str() < word);
        let alike = || self.sorted[from..].iter().take_while(|stem| stem.starts_with(word));
        if !shortened && (word.len() < SHORTEST_EDIT || alike().count() > 2) {
            return None;
        }
        alike()
            .max_by(|left, right| self.count(left).cmp(&self.count(right)).then_with(|| right.cmp(left)))
            .cloned()
    }
}

/// A rough common sound of French and English spellings: `ph` and `f`, `y` and `i`, `th` and
/// `t`, `qu`, `k` and `c`, double letters once.
fn sound(stem: &str) -> String {
    let mut heard = String::with_capacity(stem.len());
    let mut letters = stem.chars().peekable();
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied();
        let plain = match (letter, next) {
            ('p', Some('h')) => {
                letters.next();
                'f'
            }
            ('q', Some('u')) => {
                letters.next();
                'k'
            }
            ('t' | 'r', Some('h')) => {
                letters.next();
                letter
            }
            ('y', _) => 'i',
            ('c', Some('h' | 'e' | 'i' | 'y')) => 'c',
            ('c' | 'q', _) => 'k',
            _ => letter,
        };
        if !heard.ends_with(plain) {
            heard.push(plain);
        }
    }
    heard
}

/// Whether a letter is mistaken for one of its own kind: nobody writes `bottillon` for `bouillon`. An English
/// participle says how a thing is and names none: `sorted` is no `sorter`, nor `cleaned` a `cleaner`.
fn likely(heard: &str, known: &str) -> bool {
    let participle = heard.ends_with("ed") && !known.ends_with("ed");
    !participle && swapped(heard, known).is_none_or(|(left, right)| is_vowel(left) == is_vowel(right))
}

/// Whether one vowel stands for another: `vinesse` for `vinasse`.
fn swaps_vowels(heard: &str, known: &str) -> bool {
    swapped(heard, known).is_some_and(|(left, right)| is_vowel(left) && is_vowel(right))
}

fn is_vowel(letter: char) -> bool {
    "aeiou".contains(letter)
}

/// The one letter in which two words of equal length differ.
fn swapped(heard: &str, known: &str) -> Option<(char, char)> {
    let mut different = heard.chars().zip(known.chars()).filter(|(left, right)| left != right);
    let found = different.next().filter(|_| heard.len() == known.len())?;
    different.next().is_none().then_some(found)
}

/// Every spelling less one letter.
fn shortened(word: &str) -> impl Iterator<Item = String> + '_ {
    word.char_indices().map(|(at, letter)| format!("{}{}", &word[..at], &word[at + letter.len_utf8()..]))
}

#[cfg(test)]
mod tests {
    use super::{Vocabulary, sound};
    use crate::materials::words;

    fn repaired(text: &str) -> Vec<String> {
        let known =
            ["carton", "ondul", "styromouss", "polyethylen", "aluminium", "plastiqu", "retail", "acid"];
        let vocabulary = Vocabulary::new(known.into_iter().map(|stem| (stem, 1)));
        let (mut words, _) = words::read(text);
        vocabulary.repair(&mut words);
        words.into_iter().map(|word| word.stem).collect()
    }

    #[test]
    fn joined_split_mistyped_and_shortened_words_are_repaired() {
        assert_eq!(repaired("cartonondulé"), ["carton", "ondul"]);
        assert_eq!(repaired("styro mousse"), ["styromouss"]);
        assert_eq!(repaired("polyetilène"), ["polyethylen"]);
        assert_eq!(repaired("alumimium"), ["aluminium"]);
        assert_eq!(repaired("plast. recyclé"), ["plastiqu", "recycl"]);
        assert_eq!(repaired("plastic"), ["plastiqu"]);
        assert_eq!(repaired("carton onduler"), ["carton", "ondul"]);
    }

    #[test]
    fn what_says_how_a_thing_is_joins_nothing() {
        let vocabulary = Vocabulary::new([("huil", 1), ("huileus", 1), ("wastewater", 1)].into_iter());
        let joined = |text: &str| {
            let (mut words, _) = words::read(text);
            vocabulary.join(&mut words);
            words.len()
        };
        assert_eq!((joined("huile usée"), joined("waste water")), (2, 1));
    }

    #[test]
    fn a_vowel_is_not_mistaken_for_a_consonant() {
        let vocabulary = Vocabulary::new([("bouillon", 1)].into_iter());
        let near = |word: &str| vocabulary.near(word);
        assert_eq!(near("bottillon"), None);
        assert_eq!(near("boaillon"), Some("bouillon".to_owned()));
        // The commoner word, but for a vowel in the place of a vowel.
        let vocabulary = Vocabulary::new([("vinass", 1), ("vitess", 9), ("vinaress", 9)].into_iter());
        assert_eq!(vocabulary.near("viness"), Some("vinass".to_owned()));
    }

    #[test]
    fn a_participle_is_nobody_who_does_it() {
        let vocabulary = Vocabulary::new([("sorter", 3), ("cleaner", 9), ("galvanized", 1)].into_iter());
        let near = |word: &str| vocabulary.near(word);
        assert_eq!((near("sorted"), near("cleaned")), (None, None));
        assert_eq!(near("sortor"), Some("sorter".to_owned()));
        assert_eq!(near("galvanised"), Some("galvanized".to_owned()));
    }

    #[test]
    fn known_and_short_words_stay() {
        assert_eq!(repaired("plaq"), ["plaq"]);
        assert_eq!(repaired("acide fer 304"), ["acid", "fer", "304"]);
        assert_eq!(sound("phosphate"), "fosfate");
    }
}
