//! What is a canary and what is not.
//!
//! A release is written in public words only: templates, titles, codes, settings. So a text with a
//! word that is not public can be told from the pages by few words, and a text of public words
//! only by a long run inside one phrase.

use super::patterns::{Exception, Pattern, Patterns};
use super::public::{Public, Words};
use super::runs::{self, LONGEST_RUN};
use super::tokens::{self, letters};

/// A run of so many words with one that is not public betrays a longer text.
pub(super) const TELLING_RUN: usize = 4;

/// How strict a kind of text is taken.
#[derive(Clone, Copy)]
pub(super) struct Rule {
    pub(super) kind: &'static str,
    /// Letters that one word alone needs.
    pub(super) shortest_word: usize,
    /// Words that a run of public words needs.
    pub(super) shortest_ordinary: usize,
    /// It names somebody.
    pub(super) is_name: bool,
    /// It says where somebody is, or may.
    pub(super) is_place: bool,
}

impl Rule {
    pub(super) const fn name(kind: &'static str) -> Self {
        Self { kind, shortest_word: 4, shortest_ordinary: 4, is_name: true, is_place: false }
    }

    /// One of several in a cell: a single word of them may be a town, and some are the name of a place.
    pub(super) const fn part(kind: &'static str) -> Self {
        Self { is_place: true, ..Self::name(kind) }
    }

    pub(super) const fn text(kind: &'static str) -> Self {
        Self { kind, shortest_word: 5, shortest_ordinary: LONGEST_RUN, is_name: false, is_place: false }
    }

    pub(super) const fn address(kind: &'static str) -> Self {
        Self { kind, shortest_word: 5, shortest_ordinary: 3, is_name: true, is_place: true }
    }
}

/// Whether a word alone says that a text is not the product's own.
fn is_telling(word: &str, hash: u64, public: &Public) -> bool {
    let letters = letters(word);
    // Two letters among digits: identifiers, but not the `25T00` of a time stamp.
    (letters >= 3 || letters >= 2 && word.len() >= 5) && !public.has_word(hash)
}

/// Whether the operator's texts hold a name, or a free text with a word that is nobody else's.
fn is_written_by_operator(words: &Words, public: &Public, rule: Rule) -> bool {
    let whole = words.whole();
    let own_words = || words.hashes.iter().any(|hash| public.is_operators_word(*hash));
    (public.is_named_in_prose(whole) && (rule.is_name || own_words()))
        || (public.is_named_as_place(whole) && rule.is_name && !rule.is_place)
}

/// Adds a phrase: whole when it is short, else every telling run of it.
pub(super) fn phrase(patterns: &mut Patterns, public: &Public, words: &Words, rule: Rule) {
    let count = words.len();
    if count == 0 {
        return;
    }
    let telling: Vec<bool> =
        words.texts.iter().zip(&words.hashes).map(|(word, hash)| is_telling(word, *hash, public)).collect();
    let mut insert = |start: usize, length: usize, run: u64, is_ordinary, exception| {
        let weight: usize = words.texts[start..start + length].iter().map(String::len).sum();
        let weight = u8::try_from(weight).unwrap_or(u8::MAX);
        patterns.insert(length, run, Pattern { kind: rule.kind, weight, is_ordinary, exception, row: None });
    };
    // A name that is public as one word is so as several: the gate reads one as the other.
    if public.is_reviewed(words.whole())
        || public.is_reviewed(runs::of(&[tokens::hash(&words.texts.concat())]))
    {
        if count <= LONGEST_RUN {
            insert(0, count, words.whole(), false, Some(Exception::Reviewed));
        }
        return;
    }
    if (2..=LONGEST_RUN).contains(&count) && is_written_by_operator(words, public, rule) {
        insert(0, count, words.whole(), false, None);
        return;
    }
    // A name of one word that only the operator writes: a false alarm is one public word to declare.
    let is_name = rule.is_name && !rule.is_place;
    if count == 1
        && is_name
        && public.is_operators_word(words.hashes[0])
        && letters(&words.texts[0]) >= rule.shortest_word
    {
        insert(0, 1, words.whole(), false, None);
        return;
    }
    let is_told = telling.iter().any(|telling| *telling);
    if count <= TELLING_RUN && is_told {
        let short = count == 1 && letters(&words.texts[0]) < rule.shortest_word;
        insert(0, count, words.whole(), false, short.then_some(Exception::TooShort));
        return;
    }
    if count <= LONGEST_RUN && !is_told {
        let has_letters = words.texts.iter().any(|word| letters(word) >= 2);
        let exception = if count > 1 && public.has_run(words.whole()) {
            Some(Exception::PublicText)
        } else if !has_letters {
            Some(Exception::TooShort)
        } else if count < rule.shortest_ordinary {
            Some(Exception::PublicWords)
        } else {
            None
        };
        insert(0, count, words.whole(), true, exception);
        return;
    }
    for (start, run) in words.windows(TELLING_RUN) {
        if telling[start..start + TELLING_RUN].iter().any(|telling| *telling) {
            let exception = public.is_reviewed(run).then_some(Exception::Reviewed);
            insert(start, TELLING_RUN, run, false, exception);
        }
    }
    for (start, run) in words.windows(LONGEST_RUN) {
        let range = start..start + LONGEST_RUN;
        let is_phrase = words.unbroken[range.end - 1] >= LONGEST_RUN;
        let has_letters = words.texts[range.clone()].iter().any(|word| letters(word) >= 3);
        if is_phrase && has_letters && !telling[range].iter().any(|telling| *telling) {
            let exception = if public.is_reviewed(run) {
                Some(Exception::Reviewed)
            } else {
                public.has_run(run).then_some(Exception::PublicText)
            };
            insert(start, LONGEST_RUN, run, true, exception);
        }
    }
}

/// Adds one word that is looked for as it is, such as a pseudonym.
pub(super) fn secret(patterns: &mut Patterns, word: &str, kind: &'static str) {
    let words = Words::of(word);
    let weight = u8::try_from(word.len()).unwrap_or(u8::MAX);
    if (1..=LONGEST_RUN).contains(&words.len()) {
        let pattern = Pattern { kind, weight, is_ordinary: false, exception: None, row: None };
        patterns.insert(words.len(), words.whole(), pattern);
    }
}

/// Adds the words written as one (`metauxcanari`), as domain names and labels do. That the operator
/// writes it so makes it no public word: only the product's own words and a reviewed one are. But what else a
/// cell holds may be the town, or who keeps the programme, whose address has its name.
pub(super) fn joined(patterns: &mut Patterns, public: &Public, words: &Words, rule: Rule) {
    if rule.is_place && words.hashes.iter().all(|hash| public.has_word(*hash)) {
        return;
    }
    let joined = words.texts.concat();
    let hash = tokens::hash(&joined);
    let is_reviewed = public.is_reviewed(words.whole()) || public.is_reviewed(runs::of(&[hash]));
    if words.len() > 1 && letters(&joined) >= 8 && !public.has_own_word(hash) && !is_reviewed {
        secret(patterns, &joined, rule.kind);
    }
}
