//! Terms of the thesaurus that a text names, with their weight.

use super::aside::Aside;
use super::catalogue;
use super::head::{head, is_shaped, made_of};
use super::noise::is_noise;
use super::shapes::{CONTAINERS, EMPTY, FULL, SHAPES};
use super::thesaurus::{LONGEST, Part, Term, Thesaurus, thesaurus};
use super::words::{Language, Link, Word, is_qualifier};
use crate::model::FlowType;
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
pub(super) struct Match {
    pub(super) from: usize,
    pub(super) to: usize,
    /// Whether both words stand in the other order: `frein liquide`.
    turned: bool,
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
        let of_type = |at: usize, wanted| terms[at].iter().all(|term| term.flow_type == wanted);
        let is_housed = at > 0 && of_type(at - 1, FlowType::Space);
        asides[from] == Aside::Use
            && (is_housed || of_type(at, FlowType::Material))
            && (at > 0 || container.is_some() || words[..from].iter().any(|word| part(table, word).is_some()))
    };
    let around: Vec<bool> =
        (0..chosen.len()).map(|at| serves(at) || is_around(&chosen, &terms, at, words)).collect();
    let head = head(words, language, &chosen, &around, &terms);
    let made_of = terms.get(head).and_then(|head| made_of(words, language, &chosen, head));
    let made_of_terms: &[&Term] = made_of.map_or(&[], |at| &terms[at]);
    let mut hits: Vec<Hit> = Vec::new();
    for (at, terms) in terms.iter().enumerate() {
        let length = [1.0, 1.0, 1.25, 1.4, 1.5, 1.5, 1.5][chosen[at].to - chosen[at].from];
        let place = match at {
            _ if serves(at) => USE,
            _ if around[at] => AROUND,
            _ if at == head && is_shaped(terms, made_of_terms) => AROUND,
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
    matches.sort_by_key(|found| (std::cmp::Reverse(found.to - found.from), found.turned, found.from));
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
    if is_qualifier(&word.folded) || is_noise(&word.folded) || table.is_only_participle(word) {
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
    let names_matter = |terms: &Vec<&Term>| terms.iter().any(|term| term.category.is_some());
    if is_form_alone(&terms[at]) && terms.iter().any(names_matter) {
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

/// Whether a term says only in what form something is, and of no matter: `boues`, `poussières`.
fn is_form_alone(terms: &[&Term]) -> bool {
    let says_no_matter = |term: &&Term| {
        term.category.is_none() && term.flow_type == FlowType::Material && term.context.is_empty()
    };
    !terms.is_empty() && terms.iter().all(says_no_matter)
}

/// Whether the terms that a text names say only in what form something is.
pub(super) fn are_forms(hits: &[Hit]) -> bool {
    hits.iter().all(|hit| is_form_alone(&[hit.term]))
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
        matches.extend(turned(table, words, from, &mut stems));
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
                matches.push(Match { from, to, turned: false, places });
            } else if to == from + 1 && !table.vocabulary.contains_key(&stems) {
                break;
            }
        }
    }
    matches
}

/// Two words of a list of stock, the thing behind what it is of: `frein liquide`, `bois palettes`. Only French
/// names the thing first.
fn turned(table: &'static Thesaurus, words: &[Word], from: usize, stems: &mut String) -> Option<Match> {
    let (word, next) = (&words[from], words.get(from + 1)?);
    let is_number = |word: &Word| word.stem.starts_with(|first: char| first.is_ascii_digit());
    if next.link != Link::Other || next.stretch != word.stretch || is_number(word) || is_number(next) {
        return None;
    }
    stems.clear();
    stems.push_str(&next.stem);
    stems.push(' ');
    stems.push_str(&word.stem);
    let places = table.find(stems);
    let is_french = |place: &u32| table.terms[*place as usize].language == Language::French;
    let is_turned = !places.is_empty() && places.iter().all(is_french);
    is_turned.then_some(Match { from, to: from + 2, turned: true, places })
}

/// The context `à`, folded: the term stands just before what its thing works with.
const WORKS_WITH: &str = "a";

/// Whether the context of a term is there; what is denied, tolerated or refused gives none.
fn fits(term: &Term, found: &Match, words: &[Word], asides: &[Aside]) -> bool {
    // `chamotte pilée` is no battery.
    if found.to == found.from + 1 && words[found.from].participle && !term.participle {
        return false;
    }
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
