//! Names of a table found in the words of a text, each with what turns it round (`sans`, `non`, “free”).

use super::denying::{self, BETWEEN, IS, NOT, THROUGH};
use crate::model::fold;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::BitOrAssign;

/// Words that may stand between two words of a name: `peinture au plomb`.
const GAP: usize = 2;
/// Words before and after a name among which what turns it round is looked for.
const BEFORE: usize = 4;
const AFTER: usize = 3;
/// Words before a name among which a list of what is not wanted may begin.
const LIST: usize = 10;
/// Words before a name that are looked at, those that say nothing among them.
const NEAR: usize = 32;
/// What may stand between a name and the word that turns it round, besides what may in [`denying`].
pub(super) const ARTICLES: [&str; 12] =
    ["de", "du", "des", "d", "la", "le", "les", "l", "un", "une", "any", "of"];
/// Words that end a list of what is not wanted: what follows `pour` is a use of what is wanted.
const ENDS: [&str; 9] = ["avec", "mais", "sauf", "with", "but", "only", "seulement", "pour", "for"];
const OR: [&str; 2] = ["ou", "or"];
const WITH: [&str; 2] = ["avec", "with"];
/// Signs that say what a mention is, in words.
const SIGNS: [(char, &str); 4] =
    [('<', " moins "), ('≤', " moins "), ('%', " pourcent "), (':', " deuxpoints ")];

/// A word with the part of its sentence, between commas, that it stands in.
#[derive(Debug)]
struct Word {
    text: String,
    part: usize,
}

/// A text as sentences of folded words.
#[derive(Debug)]
pub(super) struct Text(Vec<Vec<Word>>);

impl Text {
    pub(super) fn new(text: &str) -> Self {
        let mut text = denying::spelt(&glued(text));
        for (sign, word) in SIGNS {
            if text.contains(sign) {
                text = text.replace(sign, word);
            }
        }
        let words = |(part, some): (usize, &str)| {
            let folded = fold(some);
            let words = folded.split(' ').filter(|word| !word.is_empty());
            words.map(|word| Word { text: word.to_owned(), part }).collect::<Vec<_>>()
        };
        let sentences = text.split(['.', ';', '(', ')', '\n']);
        Self(sentences.map(|sentence| sentence.split(',').enumerate().flat_map(words).collect()).collect())
    }

    /// The words of the part of its sentence that a mention stands in, with the place of its first word among
    /// them, and those of the next part.
    pub(super) fn around<B>(&self, mention: &Mention<B>) -> (Vec<&str>, usize, Vec<&str>) {
        let words = &self.0[mention.sentence];
        let part = words[mention.first].part;
        let before = words[..mention.first].iter().filter(|word| word.part == part).count();
        (of_part(words, part), before, of_part(words, part + 1))
    }

    /// Whether a mention stands at the beginning, in the first part of the first sentence.
    pub(super) fn is_first<B>(&self, mention: &Mention<B>) -> bool {
        mention.sentence == 0 && self.0[0][mention.first].part == self.0[0][0].part
    }

    /// Whether two mentions stand in one part of a sentence.
    pub(super) fn is_one_part<B>(&self, one: &Mention<B>, other: &Mention<B>) -> bool {
        let part = |mention: &Mention<B>| self.0[mention.sentence][mention.first].part;
        one.sentence == other.sentence && part(one) == part(other)
    }

    /// The words of its part before a mention, behind an earlier one.
    pub(super) fn before<B>(&self, mention: &Mention<B>, earlier: Option<&Mention<B>>) -> Vec<&str> {
        let words = &self.0[mention.sentence];
        let from = earlier.map_or(0, |earlier| earlier.last + 1).min(mention.first);
        of_part(&words[from..mention.first], words[mention.first].part)
    }

    /// The word that follows a mention in its part.
    pub(super) fn after<B>(&self, mention: &Mention<B>) -> Option<&str> {
        let words = &self.0[mention.sentence];
        let next = words.get(mention.last + 1)?;
        (next.part == words[mention.last].part).then_some(next.text.as_str())
    }

    /// Whether a mention begins where another ends.
    pub(super) fn is_next<B>(&self, one: &Mention<B>, other: &Mention<B>) -> bool {
        self.is_one_part(one, other) && other.first == one.last + 1
    }
}

/// A word of a name, in any gender and number; or how a word begins.
#[derive(Debug, PartialEq, Eq)]
struct Stem {
    text: String,
    is_start: bool,
}

impl Stem {
    fn new(written: &str) -> Self {
        Self { text: fold(written), is_start: written.ends_with('*') }
    }

    fn is(&self, word: &str) -> bool {
        let rest = word.strip_prefix(self.text.as_str());
        rest.is_some_and(|rest| self.is_start || matches!(rest, "" | "s" | "x" | "e" | "es"))
    }
}

/// A name behind its first word, and the bits of the rows that it stands for.
#[derive(Debug)]
struct Phrase<B> {
    others: Vec<Stem>,
    of: B,
}

impl<B> Phrase<B> {
    /// Places of its words, when it goes on behind its first.
    fn places(&self, words: &[Word], first: usize) -> Option<Vec<usize>> {
        let (mut places, mut last) = (vec![first], first);
        for stem in &self.others {
            let mut near = last + 1..words.len().min(last + 2 + GAP);
            last = near.find(|at| stem.is(&words[*at].text))?;
            places.push(last);
        }
        Some(places)
    }
}

/// A name in a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mention<B = u64> {
    /// The bits that it stands for.
    pub(super) of: B,
    /// Whether the text says that it is not so.
    pub(super) is_turned: bool,
    /// As `is_turned`, or in a list of what is not wanted: `sans clous, vis ni peinture`.
    pub(super) is_left_out: bool,
    /// Its sentence, and the places of its first and last word there.
    sentence: usize,
    first: usize,
    last: usize,
}

impl<B> Mention<B> {
    /// Where it begins: in which sentence, at which word.
    pub(super) const fn place(&self) -> (usize, usize) {
        (self.sentence, self.first)
    }
}

/// Names by their first letter, then by their first word: hundreds begin with `pour`.
#[derive(Debug)]
pub(super) struct Phrases<B = u64>(BTreeMap<u8, Vec<Begun<B>>>);

/// Names that begin with one word.
type Begun<B> = (Stem, Vec<Phrase<B>>);

impl<B: Copy + BitOrAssign> Phrases<B> {
    /// Of cells of names parted by `|`, each with its bits; a name of several cells has the bits of all. `*` ends
    /// what is only the beginning of a word, and `/` parts words of which one is enough.
    pub(super) fn new<'a>(cells: impl Iterator<Item = (&'a str, B)>) -> Self {
        let mut by_letter: BTreeMap<u8, Vec<Begun<B>>> = BTreeMap::new();
        for (names, of) in cells {
            for name in names.split('|').flat_map(spelt_out) {
                let mut stems = name.into_iter().map(Stem::new);
                let Some(first) = stems.next() else { continue };
                let Some(letter) = first.text.bytes().next() else { continue };
                let others: Vec<Stem> = stems.collect();
                let firsts = by_letter.entry(letter).or_default();
                let at = firsts.iter().position(|(stem, _)| *stem == first).unwrap_or_else(|| {
                    firsts.push((first, Vec::new()));
                    firsts.len() - 1
                });
                let phrases = &mut firsts[at].1;
                match phrases.iter_mut().find(|phrase| phrase.others == others) {
                    Some(phrase) => phrase.of |= of,
                    None => phrases.push(Phrase { others, of }),
                }
            }
        }
        Self(by_letter)
    }

    /// Names in a text; each word belongs to one, of those that begin with most words first.
    pub(super) fn mentions(&self, text: &Text) -> Vec<Mention<B>> {
        text.0.iter().enumerate().flat_map(|(at, words)| self.of_sentence(words, at)).collect()
    }

    fn of_sentence(&self, words: &[Word], sentence: usize) -> Vec<Mention<B>> {
        let mut found: Vec<(Vec<usize>, B)> = Vec::new();
        for (at, word) in words.iter().enumerate() {
            let letter = word.text.bytes().next();
            let firsts = letter.and_then(|letter| self.0.get(&letter)).into_iter().flatten();
            let begun = firsts.filter(|(first, _)| first.is(&word.text));
            for phrase in begun.flat_map(|(_, phrases)| phrases) {
                found.extend(phrase.places(words, at).map(|places| (places, phrase.of)));
            }
        }
        found.sort_by_key(|(places, _)| (Reverse(places.len()), places.first().copied()));
        let mut is_used = vec![false; words.len()];
        let mut mentions = Vec::new();
        for (places, of) in found {
            if places.iter().any(|at| is_used[*at]) {
                continue;
            }
            for at in &places {
                is_used[*at] = true;
            }
            if let (Some(first), Some(last)) = (places.first(), places.last()) {
                let (is_turned, is_left_out) = turned(words, &places, (*first, *last));
                mentions.push(Mention { of, is_turned, is_left_out, sentence, first: *first, last: *last });
            }
        }
        mentions
    }
}

/// Formulas without their brackets, which part sentences: `Ca(OH)2` is one word, and `(NH4)2SO4`.
fn glued(text: &str) -> String {
    let mut glued = text.to_owned();
    let mut from = 0;
    while let Some(open) = glued[from..].find('(').map(|at| from + at) {
        from = open + 1;
        let Some(length) = glued[from..].find(|letter: char| !letter.is_alphanumeric()) else { break };
        let close = from + length;
        let behind = glued[close..].strip_prefix(')');
        if behind.is_some_and(|rest| rest.starts_with(char::is_numeric)) {
            glued.remove(close);
            glued.remove(open);
            from = open;
        }
    }
    glued
}

/// The names that are written as one: `pour/for vache/veau` is four.
fn spelt_out(written: &str) -> Vec<Vec<&str>> {
    let mut names: Vec<Vec<&str>> = vec![Vec::new()];
    for words in written.split_whitespace() {
        names = names
            .iter()
            .flat_map(|name| words.split('/').map(move |word| [name.as_slice(), &[word]].concat()))
            .collect();
    }
    names
}

/// Whether what stands around a name at these places turns it round, and whether that or a list leaves it out.
fn turned(words: &[Word], places: &[usize], (first, last): (usize, usize)) -> (bool, bool) {
    let near = &words[first.saturating_sub(NEAR)..first];
    let before = of_part(near, words[first].part);
    if is_left_open(&before, &words[last].text) {
        return (false, false);
    }
    let mut after = of_part(&words[last + 1..words.len().min(last + 1 + AFTER + IS.len())], words[last].part);
    after.retain(|word| !IS.contains(word));
    after.truncate(AFTER);
    let nearest = before.iter().rev().find(|word| !stands_between(word));
    // `sans clous pour chevaux`: the name `pour chevaux` begins with what ends the list.
    let is_end = ENDS.contains(&words[first].text.as_str());
    let is_listed = |words: &[&str], most: usize| {
        !is_end
            && (0..words.len())
                .rev()
                .take(most)
                .take_while(|at| !ENDS.contains(&words[*at]))
                .any(|at| denying::is_before(words, at))
    };
    let name: Vec<&str> = words[first..=last].iter().map(|word| word.text.as_str()).collect();
    let is_within = (first..last).filter(|at| !places.contains(at)).any(|at| {
        let at = at - first;
        NOT.contains(&name[at]) || denying::is_before(&name, at) || denying::is_behind(name[at])
    });
    let is_turned = is_within
        || nearest.is_some_and(|word| NOT.contains(word))
        || is_listed(&before, BEFORE)
        || after.iter().any(|word| denying::is_behind(word))
        || after.windows(2).any(|pair| NOT.contains(&pair[0]) && denying::is_taken(pair[1]));
    let all: Vec<&str> = near.iter().map(|word| word.text.as_str()).collect();
    (is_turned, is_turned || is_listed(&all, LIST))
}

/// Whether words before a name leave it open: `galvanisé ou non galvanisé`, `avec ou sans clous`.
fn is_left_open(before: &[&str], name: &str) -> bool {
    let denies = |at: &usize| NOT.contains(&before[*at]) || denying::is_before(before, *at);
    let Some(at) = (0..before.len()).rev().find(denies).filter(|at| *at >= 2) else { return false };
    let between = &before[at + 1..];
    OR.contains(&before[at - 1])
        && between.iter().all(|word| stands_between(word))
        && (WITH.contains(&before[at - 2]) || before[..at - 1].contains(&name))
}

/// Those words that stand in one part of the sentence.
fn of_part(words: &[Word], part: usize) -> Vec<&str> {
    words.iter().filter(|word| word.part == part).map(|word| word.text.as_str()).collect()
}

fn stands_between(word: &str) -> bool {
    word == "plus" || BETWEEN.contains(&word) || ARTICLES.contains(&word) || THROUGH.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::{Phrases, Text, glued};

    /// The bits of what a text says, of what it denies, and of what it leaves out.
    fn read(text: &str) -> [u64; 3] {
        let cells = [
            ("bois traité|treated wood", 1),
            ("bois", 2),
            ("mdf", 4),
            ("galvanis*", 8),
            ("peinture plomb", 16),
            ("styromousse|mousse", 32),
            ("polystyrène|styromousse", 64),
            ("pour/for veau/veaux/horse", 128),
        ];
        let mut bits = [0; 3];
        for one in Phrases::new(cells.into_iter()).mentions(&Text::new(text)) {
            bits[0] |= if one.is_turned { 0 } else { one.of };
            bits[1] |= if one.is_turned { one.of } else { 0 };
            bits[2] |= if one.is_left_out { one.of } else { 0 };
        }
        bits
    }

    #[test]
    fn a_formula_with_brackets_is_one_word_and_other_brackets_part() {
        assert_eq!(glued("Ca(OH)2 et (NH4)₂SO4"), "CaOH2 et NH4₂SO4");
        for text in ["palettes (bois) 2", "bois (vieux bois)", "(", "a(é)", ""] {
            assert_eq!(glued(text), text);
        }
    }

    #[test]
    fn names_are_found_longest_first_in_any_gender_and_number_and_turned_round() {
        for (text, bits) in [
            ("Planches de bois traité", [1, 0, 0]),
            ("bois, traités verts", [1, 0, 0]),
            ("Bois d’épinette", [2, 0, 0]),
            ("bois non traité", [0, 1, 1]),
            ("Treated woods", [1, 0, 0]),
            ("acier sans galvanisé", [0, 8, 8]),
            ("no MDF", [0, 4, 4]),
            ("MDF non accepté", [0, 4, 4]),
            ("MDF refusé", [0, 4, 4]),
            ("pas de MDF ni de galvanisé", [0, 12, 12]),
            ("sans clous, MDF, galvanisé", [12, 0, 12]),
            ("sans clous mais avec MDF", [4, 0, 0]),
            ("vieille peinture au plomb", [16, 0, 0]),
            ("galvanised steel", [8, 0, 0]),
            ("blocs de styromousse", [96, 0, 0]),
            ("mousse", [32, 0, 0]),
            ("MDF n’est pas accepté", [0, 4, 4]),
            ("MDF : non, bois", [2, 4, 4]),
            ("we don't want MDF", [0, 4, 4]),
            ("MDF exclusivement", [4, 0, 0]),
            ("galvanisé ou non galvanisé", [8, 0, 0]),
            ("avec ou sans MDF", [4, 0, 0]),
            ("paille pour les veaux", [128, 0, 0]),
            ("hay for horses", [128, 0, 0]),
            ("paille de veau", [0, 0, 0]),
            ("foin sans MDF pour veaux", [128, 4, 4]),
            ("sans clous pour MDF", [4, 0, 0]),
            ("foin, pas pour les veaux", [0, 128, 128]),
            ("verre", [0, 0, 0]),
            ("mdf(oh", [4, 0, 0]),
            ("", [0, 0, 0]),
        ] {
            assert_eq!(read(text), bits, "{text}");
        }
    }
}
