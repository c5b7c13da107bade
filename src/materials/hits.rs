//! Terms of the thesaurus that a text names, with their weight.

use super::aside::Aside;
use super::catalogue;
use super::noise::is_noise;
use super::shapes::{CONTAINERS, EMPTY, FULL, SHAPES, is_form};
use super::thesaurus::{LONGEST, Part, Term, Thesaurus, thesaurus};
use super::words::{Language, Link, Word, is_qualifier};
use crate::model::{Category, FlowType};
use std::collections::HashMap;
use std::sync::LazyLock;

/// A named term.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    pub(super) term: &'static Term,
    pub(super) weight: f32,
    /// What it counts for the codes of its term: nothing when it speaks for the category and the
    /// type alone.
    pub(super) coded: f32,
}

/// What a term of the other language counts when the text's language is plain.
const FOREIGN: f32 = 0.4;

/// What words beside the head of the phrase count. French names the thing first
/// (`boues de peinture`), English last (`paint sludge`).
const BESIDE: f32 = 0.45;

/// What the material after `en` counts for the category: more than a thing of many words.
const MADE_OF: f32 = 1.6;

/// What a thing counts that the words describe without naming it.
const DESCRIBED: f32 = 1.4;

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

/// What a word that only says how a thing is, and a full container, count beside the thing.
const AROUND: f32 = 0.3;

/// What the use counts beside the thing that serves it.
const USE: f32 = 0.12;

/// What a container counts of which only the use is told: its matter is the usual one, and not said.
const USUAL: f32 = 0.8;

/// The terms of a text, strongest first: the longest that do not overlap, weighed by length,
/// by place in the phrase and by language.
pub(super) fn find(words: &[Word], asides: &[Aside], language: Language) -> Vec<Hit> {
    let table: &'static Thesaurus = thesaurus();
    let chosen = choose(table, words, asides);
    let terms: Vec<Vec<&'static Term>> =
        chosen.iter().map(|found| fitting(table, found, words, asides)).collect();
    let language = spoken(language, &terms);
    let container = usual_container(table, words, asides, &chosen);
    let serves = |at: usize| {
        let from = chosen[at].from;
        asides[from] == Aside::Use
            && terms[at].iter().all(|term| term.flow_type == FlowType::Material)
            && (at > 0 || container.is_some() || words[..from].iter().any(|word| part(table, word).is_some()))
    };
    let around: Vec<bool> =
        (0..chosen.len()).map(|at| serves(at) || is_around(&chosen, &terms, at, words)).collect();
    let head = head(words, language, &chosen, &around, &terms);
    let made_of = terms.get(head).and_then(|head| made_of(words, language, &chosen, head));
    let mut hits: Vec<Hit> = Vec::new();
    for (at, terms) in terms.iter().enumerate() {
        let length = [1.0, 1.0, 1.25, 1.4, 1.5, 1.5, 1.5][chosen[at].to - chosen[at].from];
        let place = match at {
            _ if serves(at) => USE,
            _ if around[at] => AROUND,
            _ if at == head => 1.0,
            _ => BESIDE,
        };
        for &term in terms {
            let foreign = language != Language::Unknown && term.language != language;
            let coded = length * place * if foreign { FOREIGN } else { 1.0 };
            let weight = if made_of == Some(at) { coded.max(MADE_OF) } else { coded };
            add(&mut hits, Hit { term, weight, coded });
        }
    }
    if let Some(term) = container {
        add(&mut hits, Hit { term, weight: USUAL, coded: USUAL });
    }
    add_partial(table, words, asides, &chosen, &mut hits);
    hits.sort_by(|left, right| right.weight.total_cmp(&left.weight));
    hits
}

/// The longest terms of a text that do not overlap, in its order. What is denied, only measures, or is tolerated
/// or refused beside the thing names nothing, unless nothing else is named.
fn choose(table: &'static Thesaurus, words: &[Word], asides: &[Aside]) -> Vec<Match> {
    let mut matches = matches(table, words);
    // A false friend whose context is not there names nothing, and holds no word either.
    matches.retain(|found| {
        let fits = |place: &u32| fits(&table.terms[*place as usize], found, words, asides);
        found.places.iter().any(fits)
    });
    matches.sort_by_key(|found| (std::cmp::Reverse(found.to - found.from), found.from));
    let mut chosen: Vec<Match> = Vec::new();
    for found in matches {
        if chosen.iter().all(|other| found.to <= other.from || other.to <= found.from) {
            chosen.push(found);
        }
    }
    chosen.sort_by_key(|found| found.from);
    let said = |found: &Match| matches!(asides[found.from], Aside::Said | Aside::Use);
    if chosen.iter().any(said) || says_part(table, words, asides) {
        chosen.retain(said);
    }
    chosen
}

/// Whether the words that say what the thing is hold one that stands only in longer terms: `film`.
fn says_part(table: &'static Thesaurus, words: &[Word], asides: &[Aside]) -> bool {
    words.iter().zip(asides).any(|(word, aside)| *aside == Aside::Said && part(table, word).is_some())
}

/// A container of which only the use is told, before any term: no term of its own says what it is made of.
fn usual_container(
    table: &'static Thesaurus,
    words: &[Word],
    asides: &[Aside],
    chosen: &[Match],
) -> Option<&'static Term> {
    let served = asides.iter().position(|aside| *aside == Aside::Use)?;
    if chosen.iter().any(|found| found.from < served) {
        return None;
    }
    let named = |word: &Word| CONTAINERS.iter().find(|(stem, _)| *stem == word.stem);
    let (_, phrase) = words[..served].iter().find_map(named)?;
    table.named(phrase)
}

/// Adds what a thing that the words describe without naming it says, as strongly as a head does.
pub(super) fn add_named(hits: &mut Vec<Hit>, phrase: &str) {
    let Some(term) = thesaurus().named(phrase) else { return };
    add(hits, Hit { term, weight: DESCRIBED, coded: DESCRIBED });
    hits.sort_by(|left, right| right.weight.total_cmp(&left.weight));
}

/// Adds what a term says; of two terms of a concept the stronger.
fn add(hits: &mut Vec<Hit>, new: Hit) {
    match hits.iter_mut().find(|hit| hit.term.concept == new.term.concept) {
        Some(hit) => {
            hit.weight = hit.weight.max(new.weight);
            hit.coded = hit.coded.max(new.coded);
        }
        None => hits.push(new),
    }
}

/// What a word that stands only in longer terms counts, and beside whole terms.
const PARTIAL: f32 = 0.6;
const PARTIAL_BESIDE: f32 = 0.25;

/// The most that a use counts, of however many words.
const USE_ALONE: f32 = USE * 1.5;

/// What a word that stands only in longer terms says.
fn part(table: &'static Thesaurus, word: &Word) -> Option<Part> {
    if is_qualifier(&word.folded) || is_noise(&word.folded) {
        return None;
    }
    // A part of `hot exhaust` is no energy: what has no code must be named whole.
    let part = table.partial.get(&word.stem).copied()?;
    (!table.terms[part.place as usize].codes.is_empty()).then_some(part)
}

/// Adds what single words of longer terms say, for words that no whole term holds.
fn add_partial(
    table: &'static Thesaurus,
    words: &[Word],
    asides: &[Aside],
    chosen: &[Match],
    hits: &mut Vec<Hit>,
) {
    let least = hits.iter().all(|hit| hit.weight <= USE_ALONE);
    let weight = if least { PARTIAL } else { PARTIAL_BESIDE };
    let named = !hits.is_empty() || says_part(table, words, asides);
    for (at, word) in words.iter().enumerate() {
        let held = chosen.iter().any(|found| (found.from..found.to).contains(&at));
        let aside = asides[at] != Aside::Said && named;
        if held || aside {
            continue;
        }
        let Some(part) = part(table, word) else { continue };
        let (term, weight) = (&table.terms[part.place as usize], weight * part.share);
        add(hits, Hit { term, weight, coded: if part.open { 0.0 } else { weight } });
    }
}

/// The terms of a stretch that fit the text; one with a context beats those without.
fn fitting(table: &'static Thesaurus, found: &Match, words: &[Word], asides: &[Aside]) -> Vec<&'static Term> {
    let mut terms: Vec<&Term> = found.places.iter().map(|place| &table.terms[*place as usize]).collect();
    terms.retain(|term| fits(term, found, words, asides));
    if terms.iter().any(|term| !term.context.is_empty()) {
        terms.retain(|term| !term.context.is_empty());
    }
    terms
}

/// The language of the small words, else the one that more of the terms have.
fn spoken(language: Language, terms: &[Vec<&Term>]) -> Language {
    if language != Language::Unknown {
        return language;
    }
    let only = |wanted: Language| {
        terms
            .iter()
            .filter(|terms| !terms.is_empty() && terms.iter().all(|term| term.language == wanted))
            .count()
    };
    match only(Language::French).cmp(&only(Language::English)) {
        std::cmp::Ordering::Greater => Language::French,
        std::cmp::Ordering::Less => Language::English,
        std::cmp::Ordering::Equal => Language::Unknown,
    }
}

/// Whether a match only stands around the thing: a word such as `dechets`, or a full container.
fn is_around(chosen: &[Match], terms: &[Vec<&Term>], at: usize, words: &[Word]) -> bool {
    let found = &chosen[at];
    let own = &words[found.from..found.to];
    if chosen.len() == 1 {
        return false;
    }
    if own.iter().all(|word| is_qualifier(&word.folded)) {
        return true;
    }
    let contextual = terms[at].iter().any(|term| !term.context.is_empty());
    let container = own.len() == 1 && SHAPES.contains(&own[0].stem.as_str());
    let full = chosen.get(at + 1).is_some_and(|next| {
        next.from <= found.to + 1
            && !matches!(words[next.from].link, Link::With | Link::For)
            && !is_its_matter(words, (found, &terms[at]), (next, &terms[at + 1]))
    });
    // English names the container last: `wood glue drums, half full`.
    let filled = at > 0
        && chosen[at - 1].to == found.from
        && words.iter().any(|word| FULL.contains(&word.folded.as_str()));
    container
        && !contextual
        && (full || filled)
        && !words.iter().any(|word| EMPTY.contains(&word.stem.as_str()))
}

/// Whether a container is made of what follows it, as one category shows, and not filled with it:
/// `fûts HDPE`, `seaux en plastique`; `de` may mean either.
fn is_its_matter(words: &[Word], own: (&Match, &[&Term]), next: (&Match, &[&Term])) -> bool {
    let of_its_category = |matter: &&Term| {
        matter.category.is_some() && own.1.iter().any(|container| container.category == matter.category)
    };
    next.0.from == own.0.to
        && matches!(words[next.0.from].link, Link::En | Link::Other)
        && next.1.iter().any(of_its_category)
}

fn matches(table: &'static Thesaurus, words: &[Word]) -> Vec<Match> {
    let mut matches = Vec::new();
    let mut stems = String::new();
    for from in 0..words.len() {
        stems.clear();
        // `bois pas traité` is not `bois traité`, but `métaux non ferreux` is a term.
        let mut denied = false;
        for to in from + 1..=words.len().min(from + LONGEST) {
            if to > from + 1 {
                stems.push(' ');
            }
            stems.push_str(&words[to - 1].stem);
            denied |= to > from + 1 && words[to - 1].link == Link::Without;
            let places = table.find(&stems);
            let spelt = !denied || places.iter().any(|place| table.terms[*place as usize].denies);
            if !places.is_empty() && spelt {
                matches.push(Match { from, to, places });
            } else if to == from + 1 && !table.vocabulary.contains_key(&stems) {
                break;
            }
        }
    }
    matches
}

/// Which match is the thing itself: the first in French, or what it is made of when that
/// first word is no term (`caisses de lait en plastique`), or what there is too much of; the last
/// before the first preposition in English.
fn head(
    words: &[Word],
    language: Language,
    chosen: &[Match],
    around: &[bool],
    terms: &[Vec<&Term>],
) -> usize {
    if language == Language::French {
        if let Some(spare) = spare(words, chosen) {
            return spare;
        }
        let first = around.iter().position(|around| !around).unwrap_or(0);
        let made_of = chosen.iter().position(|found| found.from > 0 && words[found.from].link == Link::En);
        return match made_of {
            Some(material) if chosen.first().is_some_and(|found| found.from > 0) => material,
            _ if is_figure(words, chosen, terms, first) => first + 1,
            _ => first,
        };
    }
    let breaks = words.iter().enumerate().skip(1).find(|(_, word)| word.after_break);
    let end = breaks.map_or(words.len(), |(at, _)| at);
    let last = (0..chosen.len()).rev().find(|at| chosen[*at].to <= end && !around[*at]);
    last.or_else(|| around.iter().position(|around| !around)).unwrap_or(0)
}

/// What there is too much of, which is what is offered: `refroidisseur surdimensionné, froid en trop`.
fn spare(words: &[Word], chosen: &[Match]) -> Option<usize> {
    let too_much = |found: &Match| {
        words.get(found.to).is_some_and(|next| next.folded == "trop" && next.link == Link::En)
    };
    let mut at = chosen.iter().position(too_much)?;
    while at > 0 && words[chosen[at].from].link == Link::Of {
        at -= 1;
    }
    Some(at)
}

/// Whether a word only shapes what follows its `de`: `carcasses de pneus`, `tuiles de moquette`,
/// `copeaux de papier`. Ashes, dross and chemicals are another thing than what they come from.
fn is_figure(words: &[Word], chosen: &[Match], terms: &[Vec<&Term>], at: usize) -> bool {
    let (Some(found), Some(next)) = (chosen.get(at), chosen.get(at + 1)) else { return false };
    let plain = |term: &&Term| term.context.is_empty() && term.flow_type == FlowType::Material;
    let shapes = |shape: &&Term| {
        terms[at + 1].iter().all(|thing| match (shape.category, thing.category) {
            (Some(shape), Some(thing)) => is_shape_of(shape, thing),
            _ => false,
        })
    };
    found.to == found.from + 1
        && next.from == found.to
        && words[next.from].link == Link::Of
        && terms[at].iter().all(|term| plain(term) && (shapes(term) || is_tile(&words[found.from])))
        && terms[at + 1].iter().all(|term| term.flow_type == FlowType::Material)
}

/// Whether a thing of one category may only give its shape to a material of the other.
fn is_shape_of(shape: Category, thing: Category) -> bool {
    use Category::{Glass, Metal, Mineral, Organic, Paper, Polymer, Wood};
    matches!(
        (shape, thing),
        (Organic, Metal | Mineral | Polymer | Glass | Paper) | (Wood, Metal | Polymer | Glass | Paper)
    )
}

/// Whether a mineral shape is also one of other materials.
fn is_tile(word: &Word) -> bool {
    matches!(word.stem.as_str(), "tuil" | "dall" | "carreau")
}

/// What a thing is made of, in French: it says the category of `bacs de fraises en plastique`, while the
/// code stays that of the thing. A shape is no material: `en feuilles`, `en granules`.
fn made_of(words: &[Word], language: Language, chosen: &[Match], head: &[&Term]) -> Option<usize> {
    if language != Language::French || head.iter().any(|term| term.flow_type != FlowType::Material) {
        return None;
    }
    chosen.iter().position(|found| {
        let form = is_form(&words[found.from].stem);
        found.from > 0 && words[found.from].link == Link::En && !form
    })
}

/// The context `à`, folded: the term stands just before what its thing works with.
const WORKS_WITH: &str = "a";

/// Whether the context of a term is there; what is denied, tolerated or refused gives none.
fn fits(term: &Term, found: &Match, words: &[Word], asides: &[Aside]) -> bool {
    let gives = |(word, aside): (&Word, &Aside)| {
        !matches!(aside, Aside::Denied | Aside::Tolerance) && term.context.contains(&word.stem)
    };
    let has_use = || words.get(found.to).is_some_and(|next| next.link == Link::To);
    term.context.is_empty()
        || words.iter().zip(asides).any(gives)
        || term.context.iter().any(|stem| stem == WORKS_WITH) && has_use()
}

/// How strongly the named terms speak for each entry, 0 to 1: independent reasons add up as
/// probabilities do.
pub(super) fn codes(hits: &[Hit]) -> Vec<f32> {
    let mut strength = vec![0.0_f32; catalogue::entries().len()];
    let most = hits.iter().map(|hit| hit.coded).fold(1.0, f32::max);
    for hit in hits {
        for (rank, code) in hit.term.codes.iter().enumerate() {
            let vote = 0.8 * hit.coded / most * NEXT_CODES[rank.min(NEXT_CODES.len() - 1)];
            let strength = &mut strength[usize::from(*code)];
            *strength += (1.0 - *strength) * vote;
        }
    }
    strength
}
