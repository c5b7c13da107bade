//! Everyday words, chemical names, formulas, trade names and false friends, from
//! `pipelines/reference/thesaurus.csv`, ours: the labels of the List of Waste lack most of
//! the words that workshops use.

use super::activity::Expectation;
use super::catalogue::{self, Index};
use super::words::{self, Language, Link, Word};
use crate::model::{Category, FlowType, fold};
use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

/// One term.
#[derive(Debug, Clone)]
pub(super) struct Term {
    /// First name of its group of synonyms.
    pub(super) concept: String,
    /// Stems of its spelling, one space between.
    pub(super) stems: String,
    pub(super) language: Language,
    /// Codes it may mean, likeliest first.
    pub(super) codes: Vec<Index>,
    pub(super) category: Option<Category>,
    pub(super) flow_type: FlowType,
    /// Stems one of which must stand elsewhere in the text, or `a` for an `à` just behind the term; empty when
    /// the term needs none.
    pub(super) context: Vec<String>,
    /// Whether its spelling denies a word: `métaux non ferreux`.
    pub(super) denies: bool,
    /// Whether it is one word that is spelt like a participle: `moulée`.
    pub(super) participle: bool,
}

/// The table, ready for search.
#[derive(Debug, Default)]
pub(super) struct Thesaurus {
    pub(super) terms: Vec<Term>,
    /// Places of terms by their stems, one space between.
    phrases: HashMap<String, Vec<u32>>,
    /// Places of the terms of three words or more with these initials.
    initials: HashMap<String, Vec<u32>>,
    /// For a word, the first term of the concept that most of its terms belong to (`ensilage` stands
    /// in terms of one concept only), else of the category that they agree on.
    pub(super) partial: HashMap<String, Part>,
    /// Number of spellings of each concept.
    spellings: HashMap<String, u32>,
    /// Stems of every term, with the number of terms that hold each.
    pub(super) vocabulary: HashMap<String, u32>,
}

/// What a single word says that stands only in longer terms.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    /// Place of the term that speaks for the word.
    pub(super) place: u32,
    /// Share of the word's terms that are of its concept, or of its category.
    pub(super) share: f32,
    /// Whether they agree on the category alone, so that the code stays open.
    pub(super) open: bool,
}

/// Words of the longest term.
pub(super) const LONGEST: usize = 6;

static THESAURUS: LazyLock<Thesaurus> = LazyLock::new(|| {
    let table = include_str!("../../pipelines/reference/thesaurus.csv");
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let mut thesaurus = Thesaurus::default();
    for record in reader.records().filter_map(Result::ok) {
        thesaurus.add(
            &record[1],
            Term {
                concept: record[0].to_owned(),
                stems: String::new(),
                language: if &record[2] == "fr" { Language::French } else { Language::English },
                codes: record[3].split('|').filter_map(catalogue::position).collect(),
                category: record[4].parse().ok(),
                flow_type: record[5].parse().unwrap_or(FlowType::Material),
                context: record[7]
                    .split('|')
                    .flat_map(|words| fold(words).split(' ').map(words::stem).collect::<Vec<_>>())
                    .filter(|stem| !stem.is_empty())
                    .collect(),
                denies: false,
                participle: false,
            },
        );
    }
    thesaurus.partial = thesaurus.associate();
    thesaurus
});

/// Share of a word's terms that must belong to one concept for the word to speak for it.
const TELLING: f32 = 0.5;

/// Share of a word's terms that must belong to one category when no concept has half of them.
const AGREED: f32 = 0.7;

/// The table that is built into the program.
pub(super) fn thesaurus() -> &'static Thesaurus {
    &THESAURUS
}

impl Thesaurus {
    fn add(&mut self, spelling: &str, mut term: Term) {
        let (words, _) = words::read(spelling);
        let stems: Vec<&str> = words.iter().map(|word| word.stem.as_str()).collect();
        if stems.is_empty() || stems.len() > LONGEST {
            return;
        }
        for stem in &stems {
            *self.vocabulary.entry((*stem).to_owned()).or_default() += 1;
        }
        let place = u32::try_from(self.terms.len()).unwrap_or(u32::MAX);
        if (3..=5).contains(&stems.len()) {
            let initials: String = stems.iter().filter_map(|stem| stem.chars().next()).collect();
            self.initials.entry(initials).or_default().push(place);
        }
        term.stems = stems.join(" ");
        term.denies = words.iter().any(|word| word.link == Link::Without);
        term.participle = words.len() == 1 && words[0].participle;
        self.phrases.entry(term.stems.clone()).or_default().push(place);
        *self.spellings.entry(term.concept.clone()).or_default() += 1;
        self.terms.push(term);
    }

    #[allow(clippy::cast_precision_loss, reason = "counts below a million are exact")]
    fn associate(&self) -> HashMap<String, Part> {
        let mut concepts: BTreeMap<&str, BTreeMap<&str, (u32, u32)>> = BTreeMap::new();
        for (place, term) in (0_u32..).zip(&self.terms).filter(|(_, term)| term.context.is_empty()) {
            for stem in term.stems.split(' ').filter(|stem| stem.len() >= 4) {
                let (_, count) = concepts.entry(stem).or_default().entry(&term.concept).or_insert((place, 0));
                *count += 1;
            }
        }
        let telling = |(stem, concepts): (&&str, &BTreeMap<&str, (u32, u32)>)| {
            let all: u32 = concepts.values().map(|(_, count)| count).sum();
            let order = |(place, count): &(u32, u32)| (*count, u32::MAX - *place);
            let (place, most) = concepts.values().copied().max_by_key(order)?;
            let share = most as f32 / all as f32;
            if share >= TELLING {
                return Some(((*stem).to_owned(), Part { place, share, open: false }));
            }
            let category = |place: u32| self.terms[place as usize].category;
            let agreed = |wanted: Category| -> u32 {
                let same = concepts.values().filter(|(place, _)| category(*place) == Some(wanted));
                same.map(|(_, count)| count).sum()
            };
            let wanted = Category::ALL.iter().copied().max_by_key(|wanted| agreed(*wanted))?;
            let share = agreed(wanted) as f32 / all as f32;
            let same = concepts.values().copied().filter(|(place, _)| category(*place) == Some(wanted));
            let (place, _) = same.max_by_key(order)?;
            (share >= AGREED).then(|| ((*stem).to_owned(), Part { place, share, open: true }))
        };
        concepts.iter().filter_map(telling).collect()
    }

    /// The term that initials stand for: what the donor's activity lets one expect most, then
    /// the concept with the most spellings, the most ordinary one.
    fn written_out(&self, initials: &str, expected: &Expectation) -> Option<&Term> {
        let fit = |term: &Term| {
            term.codes
                .iter()
                .filter_map(|code| expected.0.get(usize::from(*code)))
                .copied()
                .fold(0.0, f32::max)
        };
        let spellings = |term: &Term| self.spellings.get(&term.concept).copied().unwrap_or(0);
        let mut best: Option<(&Term, f32, u32)> = None;
        for place in self.initials.get(initials)? {
            let term = &self.terms[*place as usize];
            let (fit, spellings) = (fit(term), spellings(term));
            let better = best.is_none_or(|(_, most, usual)| {
                fit.total_cmp(&most).then(spellings.cmp(&usual)) == std::cmp::Ordering::Greater
            });
            if better {
                best = Some((term, fit, spellings));
            }
        }
        best.map(|(term, ..)| term)
    }

    /// The first term of a spelling that needs no context.
    pub(super) fn named(&self, spelling: &str) -> Option<&Term> {
        let (words, _) = words::read(spelling);
        let stems: Vec<&str> = words.iter().map(|word| word.stem.as_str()).collect();
        let mut terms = self.find(&stems.join(" ")).iter().map(|place| &self.terms[*place as usize]);
        terms.find(|term| term.context.is_empty())
    }

    /// The category of the material that a single word names, by itself or as part of longer terms.
    pub(super) fn category(&self, stem: &str) -> Option<Category> {
        let mut whole = self.find(stem).iter().map(|place| &self.terms[*place as usize]);
        let term = whole.find(|term| term.context.is_empty()).or_else(|| {
            let part = self.partial.get(stem)?;
            Some(&self.terms[part.place as usize])
        })?;
        term.category.filter(|_| term.flow_type == FlowType::Material)
    }

    /// Whether a single word is the participle of what a term names: `pilée` is no `pile`.
    pub(super) fn is_only_participle(&self, word: &Word) -> bool {
        let mut whole = self.find(&word.stem).iter().map(|place| &self.terms[*place as usize]).peekable();
        word.participle && whole.peek().is_some() && whole.all(|term| !term.participle)
    }

    /// Terms spelt with these stems, one space between, in the order of the table.
    pub(super) fn find(&self, stems: &str) -> &[u32] {
        self.phrases.get(stems).map_or(&[], Vec::as_slice)
    }
}

/// Writes out capitals that no list knows and that are the initials of a term of three words
/// or more: workshops shorten what they say every day. Of several terms the one that the
/// donor's activity lets one expect.
pub(super) fn expand_initials(text: &str, words: &mut Vec<Word>, expected: &Expectation) {
    let capitals =
        |part: &&str| (3..=5).contains(&part.len()) && part.bytes().all(|letter| letter.is_ascii_uppercase());
    let mut shouted = text.split(|letter: char| !letter.is_alphanumeric()).filter(capitals).peekable();
    // A text all in capitals has no initials that could be told apart.
    if shouted.peek().is_none()
        || words.len() > 1 && !text.chars().any(char::is_lowercase) && !text.contains('/')
    {
        return;
    }
    let shouted: Vec<String> = shouted.map(str::to_lowercase).collect();
    let table = thesaurus();
    let mut at = 0;
    while at < words.len() {
        let word = &words[at];
        if shouted.contains(&word.folded)
            && !table.vocabulary.contains_key(&word.stem)
            && let Some(term) = table.written_out(&word.folded, expected)
        {
            let (folded, after_break, link, stretch) =
                (word.folded.clone(), word.after_break, word.link, word.stretch);
            let stems = term.stems.split(' ');
            let full: Vec<Word> = stems
                .map(|stem| Word {
                    folded: folded.clone(),
                    stem: stem.to_owned(),
                    after_break: false,
                    link: Link::Other,
                    shortened: false,
                    participle: false,
                    stretch,
                })
                .collect();
            let length = full.len();
            words.splice(at..=at, full);
            (words[at].after_break, words[at].link) = (after_break, link);
            at += length;
        } else {
            at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::thesaurus;
    use crate::model::{Category, FlowType};
    use std::collections::BTreeSet;

    #[test]
    fn the_table_covers_every_category_and_every_type_in_both_languages() {
        let table = thesaurus();
        assert!(table.terms.len() > 600);
        let categories: BTreeSet<_> = table.terms.iter().filter_map(|term| term.category).collect();
        assert_eq!(categories.len(), Category::ALL.len());
        let types: BTreeSet<_> = table.terms.iter().map(|term| term.flow_type).collect();
        assert_eq!(types.len(), FlowType::ALL.len());
    }

    #[test]
    fn every_row_reads_whole() {
        let rows = include_str!("../../pipelines/reference/thesaurus.csv").lines().count() - 1;
        assert_eq!(thesaurus().terms.len(), rows);
        let table = include_str!("../../pipelines/reference/thesaurus.csv");
        for record in csv::Reader::from_reader(table.as_bytes()).records() {
            let record = record.unwrap();
            assert!(
                record[3]
                    .split('|')
                    .all(|code| code.is_empty() || super::catalogue::position(code).is_some())
            );
            assert!(record[4].is_empty() || record[4].parse::<Category>().is_ok(), "{record:?}");
            assert!(record[5].parse::<FlowType>().is_ok(), "{record:?}");
            assert!(!record[8].is_empty(), "{record:?}");
        }
    }

    #[test]
    fn a_word_of_longer_terms_speaks_for_their_concept_or_for_the_category_they_agree_on() {
        let table = thesaurus();
        let category = |stem: &str| table.terms[table.partial[stem].place as usize].category;
        assert!(
            table.partial.values().any(|part| part.open) && table.partial.values().any(|part| !part.open)
        );
        assert!(table.partial.values().all(|part| {
            part.share >= if part.open { super::AGREED } else { super::TELLING }
                && (!part.open || table.terms[part.place as usize].category.is_some())
        }));
        assert_eq!(category("compostabl"), Some(Category::Organic));
    }

    #[test]
    fn synonyms_share_a_concept() {
        let table = thesaurus();
        let concept = |stems: &str| table.terms[table.find(stems)[0] as usize].concept.clone();
        assert_eq!(concept("soud"), concept("naoh"));
        assert_eq!(concept("soud"), concept("hydroxyd sodium"));
    }
}
