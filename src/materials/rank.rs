//! From words to ranked codes, category and type.

use super::activity::{self, Expectation};
use super::aside::{Aside, asides};
use super::catalogue::{self, Index};
use super::clause::{Clauses, clauses};
use super::hazard::Substance;
use super::hits::{self, Hit};
use super::titles;
use super::weights::Weights;
use super::words::{self, Word};
use super::{hazard, noise, thesaurus, vocabulary};
use crate::model::{Category, FlowType};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// A code with its share of belief.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ranked {
    /// Six digits of the List of Waste.
    pub code: &'static str,
    /// Thousandths; the shares of all 842 codes add up to 1000.
    pub confidence_milli: u16,
}

/// What a description speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classified {
    /// Codes, likeliest first; none when the words say nothing, or name what the list does
    /// not know (energy, space, people…).
    pub codes: Vec<Ranked>,
    /// One of the eleven categories; none when the words say nothing or name energy, water,
    /// space or transport.
    pub category: Option<Category>,
    /// What flows.
    pub flow_type: FlowType,
    /// Whether words named the type; when not, `flow_type` is the default, material.
    pub type_known: bool,
    /// Thousandths: belief in category and type.
    pub confidence_milli: u16,
    /// Whether the words say anything: a term, a code, or enough of a title. When not, codes
    /// come from the activity alone.
    pub known: bool,
    /// Whether they hold at least a word of some term (`retailles`), so that what the activity lets one expect is
    /// about them.
    pub heard: bool,
    /// Groups of synonyms that the text names, strongest first.
    pub concepts: Vec<&'static str>,
}

/// Share of the text's words in a title from which the title alone makes the text known.
const TITLED: f32 = 0.35;

/// What does not change between descriptions.
struct Fixed {
    categories: Vec<Option<Category>>,
    /// 0 to 1, from the number of concepts that name the entry.
    popularity: Vec<f32>,
}

#[allow(clippy::cast_precision_loss, reason = "counts below a thousand are exact")]
static FIXED: LazyLock<Fixed> = LazyLock::new(|| {
    let entries = catalogue::entries();
    let mut counts = vec![0_u32; entries.len()];
    let mut last = "";
    for term in &thesaurus::thesaurus().terms {
        if term.concept != last {
            term.codes.iter().for_each(|code| counts[usize::from(*code)] += 1);
            last = &term.concept;
        }
    }
    let most = (1.0 + counts.iter().copied().max().unwrap_or(0) as f32).ln();
    Fixed {
        categories: entries.iter().map(|entry| entry.category).collect(),
        popularity: counts.iter().map(|count| (1.0 + *count as f32).ln() / most).collect(),
    }
});

/// Everything that a text says, and what the donor's activity adds.
struct Evidence<'a> {
    hits: Vec<Hit>,
    /// How strongly the named terms speak for each entry.
    terms: Vec<f32>,
    /// How well its words fit the title of each entry.
    titles: Vec<f32>,
    /// Shares of the categories and of the types among the named terms.
    categories: [f32; Category::ALL.len()],
    types: [f32; FlowType::ALL.len()],
    declared: Vec<Index>,
    hazardous: bool,
    /// What the thing is said to hold or to be treated with.
    substance: Option<Substance>,
    /// Whether a word stands in some term.
    heard: bool,
    expected: Cow<'a, Expectation>,
}

impl Evidence<'_> {
    fn known(&self) -> bool {
        !self.hits.is_empty() || !self.declared.is_empty() || self.titles.iter().any(|fit| *fit >= TITLED)
    }

    /// Whether the donor's activity, or one that the text names, lets one expect an entry.
    fn is_expected(&self, place: usize) -> bool {
        self.expected.0.get(place).is_some_and(|expected| *expected > 0.0)
    }

    /// Whether the words name only what the list does not know.
    fn outside(&self, flow_type: FlowType) -> bool {
        let of_type = |hit: &&Hit| hit.term.flow_type == flow_type;
        flow_type != FlowType::Material
            && self.declared.is_empty()
            && self.hits.iter().filter(of_type).all(|hit| hit.term.codes.is_empty())
    }
}

/// Ranks the codes that a description may mean, at most `top`.
#[must_use]
pub fn classify(description: &str, expected: &Expectation, top: usize) -> Classified {
    classify_with(description, expected, top, &Weights::default())
}

/// As [`classify`], with other weights: for ablations.
pub(super) fn classify_with(
    description: &str,
    expected: &Expectation,
    top: usize,
    weights: &Weights,
) -> Classified {
    let evidence = read(description, expected, weights);
    let named = best(FlowType::ALL, &evidence.types);
    let flow_type = named.map_or(FlowType::Material, |(flow_type, _)| flow_type);
    let mut classified = Classified {
        codes: Vec::new(),
        category: None,
        flow_type,
        type_known: named.is_some(),
        confidence_milli: 0,
        known: evidence.known(),
        heard: evidence.heard || evidence.known(),
        concepts: concepts(&evidence.hits),
    };
    if evidence.outside(flow_type) {
        classified.confidence_milli = milli(named.map_or(0.0, |(_, share)| share));
        classified.category = beyond(flow_type);
        return classified;
    }
    if !classified.known && evidence.expected.0.is_empty() && silent(&evidence.titles) {
        return classified;
    }
    let mut beliefs = beliefs(&scores(&evidence, weights), weights.temperature, top);
    // Of what is no material the list has few entries: the words of a title alone name none.
    if flow_type != FlowType::Material && evidence.declared.is_empty() {
        beliefs.retain(|(place, _)| evidence.terms[*place] > 0.0 || evidence.is_expected(*place));
    }
    classified.codes = first(&beliefs, top);
    if (classified.known || classified.heard && !expected.0.is_empty())
        && let Some((category, belief)) = guess(&evidence, &beliefs)
        && (classified.known || belief >= AGREED)
    {
        classified.confidence_milli = milli(belief);
        classified.category = Some(category);
    }
    if evidence.declared.is_empty() && beyond(flow_type).is_none() && flow_type != FlowType::Material {
        classified.category = None;
    }
    classified
}

fn silent(fit: &[f32]) -> bool {
    fit.iter().all(|value| *value <= 0.0)
}

/// The category of what is no material.
const fn beyond(flow_type: FlowType) -> Option<Category> {
    match flow_type {
        FlowType::Labour | FlowType::Expertise => Some(Category::Human),
        FlowType::Equipment => Some(Category::Product),
        FlowType::Material | FlowType::Energy | FlowType::Water | FlowType::Space | FlowType::Transport => {
            None
        }
    }
}

/// Belief from which codes that the activity alone tells apart say a category.
const AGREED: f32 = 0.5;

/// What only a whole term weighs, not a word of one.
const WHOLE: f32 = 0.65;

/// The words of a text and what they name.
struct Reading {
    words: Vec<Word>,
    asides: Vec<Aside>,
    hits: Vec<Hit>,
}

impl Reading {
    fn new(text: &str, expected: &Expectation) -> Self {
        let (mut words, language) = words::read(text);
        thesaurus::expand_initials(text, &mut words, expected);
        vocabulary().repair(&mut words);
        let asides = asides(&words);
        let hits = hits::find(&words, &asides, language);
        Self { words, asides, hits }
    }

    /// What an actor offers, when the words after the boundary name it with a whole term. After a comma or a full stop only a
    /// thing is taken for what flows: `garage, chauffage au gaz` is one place.
    fn of_clauses(clauses: Clauses<'_>, expected: &Expectation) -> Option<Self> {
        let reading = Self::new(clauses.rest, expected);
        let strongest = reading.hits.first().filter(|hit| hit.weight >= WHOLE)?;
        let thing = matches!(strongest.term.flow_type, FlowType::Material | FlowType::Equipment);
        (clauses.plain || thing).then_some(reading)
    }
}

fn read<'a>(description: &str, expected: &'a Expectation, weights: &Weights) -> Evidence<'a> {
    let spoken = clauses(description).and_then(|clauses| {
        let reading = Reading::of_clauses(clauses, expected)?;
        Some((reading, words::read(clauses.actor).0))
    });
    let (Reading { words, asides, mut hits }, actor) =
        spoken.unwrap_or_else(|| (Reading::new(description, expected), Vec::new()));
    let substance = hazard::substance(&words);
    if substance == Some(Substance::Preservative) {
        hits::add_named(&mut hits, "bois traité");
    }
    let (categories, types) = shares(&hits);
    let stems = query(&words, &asides, &hits, weights.synonyms);
    // Who offers speaks for the activity that is not given, and what says only in what form something is for the
    // activity named beside it: `boues de papeterie`.
    let told = match expected.0.is_empty() {
        true if hits::are_forms(&hits) => weights.told.max(FORM),
        true if !actor.is_empty() => weights.told.max(ACTOR),
        _ => weights.told,
    };
    let told_by: Vec<&Word> = words.iter().chain(&actor).collect();
    let terms = hits::codes(&hits);
    Evidence {
        titles: of_phrases(titles::titles().fit(&stems), &words, &hits, &terms),
        terms,
        expected: with_own_words(expected, &told_by, told),
        hits,
        categories,
        types,
        declared: catalogue::declared(description),
        heard: words.iter().any(says_something),
        hazardous: substance.is_some() || hazard::speaks_of_danger(&words),
        substance,
    }
}

/// Fits of titles. One whose whole title is a word of a named phrase, while no term means it, fits as little as
/// by a word that says how a thing is: `scories d'aluminium` is no aluminium.
fn of_phrases(mut fit: Vec<f32>, words: &[Word], hits: &[Hit], terms: &[f32]) -> Vec<f32> {
    let said = |stem: &str| words.iter().any(|word| word.stem == stem);
    let phrases = hits.iter().map(|hit| hit.term.stems.as_str());
    let named = phrases.filter(|phrase| phrase.contains(' ') && phrase.split(' ').all(said));
    let titles = titles::titles();
    let places: BTreeSet<usize> =
        named.flat_map(|phrase| titles.of_one_word(phrase)).map(usize::from).collect();
    for place in places.into_iter().filter(|place| terms[*place] <= 0.0) {
        fit[place] *= QUALIFIER;
    }
    fit
}

/// Whether a word is one of some term, and does not only serve the sentence.
fn says_something(word: &Word) -> bool {
    !noise::is_noise(&word.folded) && thesaurus::thesaurus().vocabulary.contains_key(&word.stem)
}

/// What an activity counts that stands beside a mere form (`boues`, `poussières`) when none is given.
const FORM: f32 = 0.8;

/// What the activity of an actor that the text names counts when none is given.
const ACTOR: f32 = 0.4;

fn concepts(hits: &[Hit]) -> Vec<&'static str> {
    let mut concepts: Vec<&'static str> = Vec::new();
    for hit in hits.iter().filter(|hit| hit.coded > 0.0) {
        if !concepts.contains(&hit.term.concept.as_str()) {
            concepts.push(&hit.term.concept);
        }
    }
    concepts
}

/// Shares of the categories and of the types among the named terms, each adding up to 1 or
/// to nothing.
fn shares(hits: &[Hit]) -> ([f32; Category::ALL.len()], [f32; FlowType::ALL.len()]) {
    let mut categories = [0.0; Category::ALL.len()];
    let mut types = [0.0; FlowType::ALL.len()];
    for hit in hits {
        if let Some(category) = hit.term.category {
            categories[category as usize] += hit.weight;
        }
        types[hit.term.flow_type as usize] += hit.weight;
    }
    for shares in [&mut categories[..], &mut types[..]] {
        let total: f32 = shares.iter().sum();
        if total > 0.0 {
            for share in shares.iter_mut() {
                *share /= total;
            }
        }
    }
    (categories, types)
}

/// The likeliest member of a list of shares; the first on a tie.
fn best<T: Copy>(members: &[T], shares: &[f32]) -> Option<(T, f32)> {
    let mut best = None;
    for (member, share) in members.iter().zip(shares) {
        if *share > best.map_or(0.0, |(_, most)| most) {
            best = Some((*member, *share));
        }
    }
    best
}

/// The expectation of the donor's activity, raised by what the description says itself.
fn with_own_words<'a>(expected: &'a Expectation, words: &[&Word], told: f32) -> Cow<'a, Expectation> {
    let stems: Vec<&str> = words.iter().map(|word| word.stem.as_str()).collect();
    let Some(own) = activity::told(&stems) else { return Cow::Borrowed(expected) };
    let mut raised: Vec<f32> = own.iter().map(|value| told * value).collect();
    for (value, given) in raised.iter_mut().zip(&expected.0) {
        *value = value.max(*given);
    }
    Cow::Owned(Expectation(raised))
}

/// What a word that says only how the thing is, or a number, counts.
const QUALIFIER: f32 = 0.2;

/// Stems of the text with their weights, and those of the synonyms that it does not hold. What the thing is
/// without and what it serves count as little as how it is.
fn query<'a>(words: &'a [Word], asides: &[Aside], hits: &[Hit], synonyms: f32) -> Vec<(&'a str, f32)> {
    let mut stems: Vec<(&str, f32)> = Vec::new();
    for (word, aside) in words.iter().zip(asides) {
        let plain = *aside != Aside::Said
            || words::is_qualifier(&word.folded)
            || noise::is_noise(&word.folded)
            || word.stem.bytes().all(|byte| byte.is_ascii_digit());
        stems.push((&word.stem, if plain { QUALIFIER } else { 1.0 }));
    }
    let known = stems.len();
    for stem in
        hits.iter().filter(|hit| hit.coded > 0.0).take(2).flat_map(|hit| hit.synonyms().iter().copied())
    {
        if synonyms > 0.0 && stems.len() < known + 8 && !stems.iter().any(|(other, _)| *other == stem) {
            stems.push((stem, synonyms));
        }
    }
    stems
}

/// What a declared code adds: more than all other evidence together; the first more.
const DECLARED: f32 = 4.0;

fn scores(evidence: &Evidence<'_>, weights: &Weights) -> Vec<f32> {
    let size = evidence.terms.len();
    let (terms, titles) = (&evidence.terms[..size], &evidence.titles[..size]);
    let (categories, popularity) = (&FIXED.categories[..size], &FIXED.popularity[..size]);
    let wrong = &hazard::wrong_side(evidence.hazardous)[..size];
    let unexpected = vec![0.0; if evidence.expected.0.is_empty() { size } else { 0 }];
    let expected = if unexpected.is_empty() { &evidence.expected.0[..size] } else { &unexpected[..size] };
    let told = terms.iter().copied().fold(0.0, f32::max);
    let mut scores = Vec::with_capacity(size);
    // One plain loop: this is where the time goes.
    for place in 0..size {
        let words = weights.terms * terms[place] + weights.titles * titles[place];
        let backed = (words / weights.terms.max(f32::EPSILON)).min(1.0);
        let gate = 1.0 - weights.unbacked * told * (1.0 - backed);
        let shared = categories[place].map_or(0.0, |category| evidence.categories[category as usize]);
        scores.push(
            words
                + gate * weights.activity * expected[place]
                + weights.category * shared
                + weights.popularity * popularity[place]
                - weights.hazard * wrong[place],
        );
    }
    if let Some(substance) = evidence.substance {
        hazard::move_scores(&mut scores, substance);
    }
    for (rank, place) in (0_u16..).zip(&evidence.declared) {
        scores[usize::from(*place)] += DECLARED - 0.2 * f32::from(rank);
    }
    scores
}

/// Scores as shares that add up to 1 (softmax), by place; entries far behind count as nothing
/// and are left out, unless fewer than `top` would be left.
fn beliefs(scores: &[f32], temperature: f32, top: usize) -> Vec<(usize, f32)> {
    let mut most = f32::MIN;
    for score in scores {
        if *score > most {
            most = *score;
        }
    }
    let least = most - FAR * temperature;
    let all = scores.iter().enumerate();
    let mut beliefs: Vec<(usize, f32)> = all
        .clone()
        .filter(|(_, score)| **score > least)
        .map(|(place, score)| (place, ((score - most) / temperature).exp()))
        .collect();
    if beliefs.len() < top {
        beliefs = all.map(|(place, score)| (place, ((score - most) / temperature).exp())).collect();
    }
    let total: f32 = beliefs.iter().map(|(_, belief)| belief).sum();
    for (_, belief) in &mut beliefs {
        *belief /= total;
    }
    beliefs
}

/// Less than one part in twenty thousand.
const FAR: f32 = 10.0;

/// The strongest beliefs, at most `top`; on a tie the smaller code.
fn first(beliefs: &[(usize, f32)], top: usize) -> Vec<Ranked> {
    let mut best: Vec<(usize, f32)> = Vec::with_capacity(top + 1);
    for (place, belief) in beliefs {
        if best.len() == top && best.last().is_none_or(|(_, last)| last >= belief) {
            continue;
        }
        let at = best.partition_point(|(_, other)| other >= belief);
        best.insert(at, (*place, *belief));
        best.truncate(top);
    }
    let ranked = |(place, belief): (usize, f32)| Ranked {
        code: &catalogue::entries()[place].code,
        confidence_milli: milli(belief),
    };
    best.into_iter().map(ranked).collect()
}

/// Share of the named terms in the guess of a category; the ranked codes have the rest.
const NAMED: f32 = 0.8;

/// Category from the named terms and from the ranked codes; a declared code speaks alone.
fn guess(evidence: &Evidence<'_>, beliefs: &[(usize, f32)]) -> Option<(Category, f32)> {
    let mut shares = [0.0_f32; Category::ALL.len()];
    for (place, belief) in beliefs {
        if let Some(category) = FIXED.categories[*place] {
            shares[category as usize] += belief;
        }
    }
    if evidence.declared.is_empty() && evidence.categories.iter().any(|vote| *vote > 0.0) {
        for (share, vote) in shares.iter_mut().zip(&evidence.categories) {
            *share = (1.0 - NAMED) * *share + NAMED * vote;
        }
    }
    best(Category::ALL, &shares)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the share is between 0 and 1")]
fn milli(share: f32) -> u16 {
    (share.clamp(0.0, 1.0) * 1000.0).round() as u16
}
