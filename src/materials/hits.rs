//! Terms of the thesaurus that a text names, with their weight.

use super::catalogue;
use super::thesaurus::{LONGEST, Term, Thesaurus, thesaurus};
use super::words::{Language, Word};
use std::collections::HashMap;
use std::sync::LazyLock;

/// A named term.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    pub(super) term: &'static Term,
    pub(super) weight: f32,
}

/// What a term of the other language counts when the text's language is plain.
const FOREIGN: f32 = 0.4;

/// What words beside the head of the phrase count. French names the thing first
/// (`boues de peinture`), English last (`paint sludge`).
const BESIDE: f32 = 0.45;

/// Weight of the second, third… code of a term.
const NEXT_CODES: [f32; 6] = [1.0, 0.72, 0.55, 0.45, 0.38, 0.32];

/// Stems of the first French and the first English spelling of each concept.
static SYNONYMS: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let mut synonyms: HashMap<&'static str, Vec<&'static str>> = HashMap::new();
    let mut seen = std::collections::BTreeSet::new();
    for term in &thesaurus().terms {
        if term.context.is_empty() && seen.insert((term.concept.as_str(), term.language == Language::French))
        {
            synonyms.entry(&term.concept).or_default().extend(term.stems.split(' '));
        }
    }
    synonyms
});

impl Hit {
    /// Stems of the concept's first spelling in each language.
    pub(super) fn synonyms(&self) -> &'static [&'static str] {
        SYNONYMS.get(self.term.concept.as_str()).map_or(&[], Vec::as_slice)
    }
}

/// A stretch of words that is a term.
struct Match {
    from: usize,
    to: usize,
    places: &'static [u32],
}

/// The terms of a text, strongest first: the longest that do not overlap, weighed by length,
/// by place in the phrase and by language.
pub(super) fn find(words: &[Word], language: Language) -> Vec<Hit> {
    let table: &'static Thesaurus = thesaurus();
    let mut matches = matches(table, words);
    matches.sort_by_key(|found| (std::cmp::Reverse(found.to - found.from), found.from));
    let mut chosen: Vec<Match> = Vec::new();
    for found in matches {
        if chosen.iter().all(|other| found.to <= other.from || other.to <= found.from) {
            chosen.push(found);
        }
    }
    chosen.sort_by_key(|found| found.from);
    let head = head(words, language, &chosen);
    let mut hits: Vec<Hit> = Vec::new();
    for (rank, found) in chosen.iter().enumerate() {
        let length = [1.0, 1.0, 1.25, 1.4, 1.5, 1.5, 1.5][found.to - found.from];
        let place = if rank == head { 1.0 } else { BESIDE };
        let terms = found.places.iter().map(|place| &table.terms[*place as usize]);
        let fitting: Vec<&Term> = terms.filter(|term| fits(term, words)).collect();
        let contextual = fitting.iter().any(|term| !term.context.is_empty());
        for term in fitting.into_iter().filter(|term| !contextual || !term.context.is_empty()) {
            let foreign = language != Language::Unknown && term.language != language;
            let weight = length * place * if foreign { FOREIGN } else { 1.0 };
            match hits.iter_mut().find(|hit| hit.term.concept == term.concept) {
                Some(hit) => hit.weight = hit.weight.max(weight),
                None => hits.push(Hit { term, weight }),
            }
        }
    }
    hits.sort_by(|left, right| right.weight.total_cmp(&left.weight));
    hits
}

fn matches(table: &'static Thesaurus, words: &[Word]) -> Vec<Match> {
    let mut matches = Vec::new();
    let mut stems = String::new();
    for from in 0..words.len() {
        stems.clear();
        for to in from + 1..=words.len().min(from + LONGEST) {
            if to > from + 1 {
                stems.push(' ');
            }
            stems.push_str(&words[to - 1].stem);
            let places = table.find(&stems);
            if !places.is_empty() {
                matches.push(Match { from, to, places });
            } else if to == from + 1 && !table.vocabulary.contains_key(&stems) {
                break;
            }
        }
    }
    matches
}

/// Which match is the thing itself.
fn head(words: &[Word], language: Language, chosen: &[Match]) -> usize {
    if language == Language::French {
        return 0;
    }
    // The last match before the first preposition; French texts without small words
    // (`retailles tissus`) are short, and both ends then count nearly alike.
    let end =
        words.iter().enumerate().skip(1).find(|(_, word)| word.after_break).map_or(words.len(), |(at, _)| at);
    chosen.iter().rposition(|found| found.to <= end).unwrap_or(0)
}

fn fits(term: &Term, words: &[Word]) -> bool {
    term.context.is_empty() || words.iter().any(|word| term.context.contains(&word.stem))
}

/// How strongly the named terms speak for each entry, 0 to 1: independent reasons add up as
/// probabilities do.
pub(super) fn codes(hits: &[Hit]) -> Vec<f32> {
    let mut against = vec![1.0_f32; catalogue::entries().len()];
    let total: f32 = hits.iter().map(|hit| hit.weight).fold(0.0, f32::max).max(1.0);
    for hit in hits {
        for (rank, code) in hit.term.codes.iter().enumerate() {
            let vote = 0.8 * hit.weight / total * NEXT_CODES[rank.min(NEXT_CODES.len() - 1)];
            against[usize::from(*code)] *= 1.0 - vote;
        }
    }
    for share in &mut against {
        *share = 1.0 - *share;
    }
    against
}
