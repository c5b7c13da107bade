//! How well a text fits the titles of the List of Waste, French and English.
//!
//! Okapi BM25 over words (Robertson and Zaragoza, 2009), as a share of what the text's words
//! could reach. What a title excludes ("other than those mentioned in…") is left out. Titles
//! of subchapters and chapters and character 4-grams were tried and added nothing to it once
//! activities and repaired words were there: `docs/classification.md`.

use super::catalogue::{self, Index};
use super::words;
use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

/// Saturation of a repeated word, and share of the correction for length: the usual values.
const K1: f32 = 1.2;
const B: f32 = 0.75;

/// Index of all titles.
#[derive(Debug, Default)]
pub(super) struct Titles {
    /// What a word adds to each entry, and how much it tells.
    words: HashMap<String, (Vec<(Index, f32)>, f32)>,
    /// Entries whose whole title is one word in a language, by its stem.
    alone: HashMap<String, Vec<Index>>,
    /// How much a word in no title tells.
    unknown: f32,
    /// Stems of every title and heading with the number of titles that hold each.
    pub(super) vocabulary: BTreeMap<String, u32>,
}

static TITLES: LazyLock<Titles> = LazyLock::new(build);

/// The index that is built into the program.
pub(super) fn titles() -> &'static Titles {
    &TITLES
}

/// A title without what it excludes.
fn positive(title: &str) -> &str {
    let cuts = [
        "other than those",
        "other than that",
        " autres que ",
        " autre que ",
        " except ",
        "(except",
        " excluding ",
        "(excluding",
        " sauf ",
        "(sauf",
        " non visés",
        " non visées",
        " à l'exclusion",
        " à l’exclusion",
        "(à l'exclusion",
        "(à l’exclusion",
    ];
    let end = cuts.iter().filter_map(|cut| title.find(cut)).min().unwrap_or(title.len());
    &title[..end]
}

fn stems(text: &str) -> Vec<String> {
    words::read(positive(text)).0.into_iter().map(|word| word.stem).collect()
}

#[allow(clippy::cast_precision_loss, reason = "counts below a thousand are exact")]
fn build() -> Titles {
    let mut documents = Vec::new();
    let mut vocabulary: BTreeMap<String, u32> = BTreeMap::new();
    let mut alone: HashMap<String, Vec<Index>> = HashMap::new();
    for (place, entry) in (0..).zip(catalogue::entries()) {
        let mut document: Vec<String> = Vec::new();
        for title in [&entry.title_fr, &entry.title_en] {
            let own = stems(title);
            // A title that excludes others says more than its one word.
            if let [word] = own.as_slice()
                && positive(title) == title
            {
                alone.entry(word.clone()).or_default().push(place);
            }
            document.extend(own);
        }
        for (fr, en) in [&entry.code[..4], &entry.code[..2]].into_iter().filter_map(catalogue::heading) {
            for stem in stems(fr).into_iter().chain(stems(en)) {
                *vocabulary.entry(stem).or_default() += 1;
            }
        }
        for stem in &document {
            *vocabulary.entry(stem.clone()).or_default() += 1;
        }
        documents.push(document);
    }
    let mut found: BTreeMap<&str, BTreeMap<Index, f32>> = BTreeMap::new();
    for (place, document) in (0..).zip(&documents) {
        for stem in document {
            *found.entry(stem).or_default().entry(place).or_default() += 1.0;
        }
    }
    let total = documents.len() as f32;
    let mean = documents.iter().map(Vec::len).sum::<usize>() as f32 / total;
    let idf = |holding: usize| (1.0 + (total - holding as f32 + 0.5) / (holding as f32 + 0.5)).ln();
    let mut titles = Titles { unknown: idf(0), vocabulary, alone, ..Titles::default() };
    for (stem, places) in found {
        let tells = idf(places.len());
        let weight = |place: Index, count: f32| {
            let long = K1 * (1.0 - B + B * documents[usize::from(place)].len() as f32 / mean);
            tells * count * (K1 + 1.0) / (count + long)
        };
        let list = places.into_iter().map(|(place, count)| (place, weight(place, count))).collect();
        titles.words.insert(stem.to_owned(), (list, tells));
    }
    titles
}

impl Titles {
    /// Fit of weighted stems to every entry, 0 to 1; a stem in no title makes every fit smaller.
    pub(super) fn fit(&self, stems: &[(&str, f32)]) -> Vec<f32> {
        let mut fit = vec![0.0_f32; catalogue::entries().len()];
        let found: Vec<_> = stems.iter().map(|(stem, factor)| (self.words.get(*stem), *factor)).collect();
        let tells = |word: Option<&(_, f32)>| word.map_or(self.unknown, |(_, tells)| *tells);
        let most: f32 = found.iter().map(|(word, factor)| factor * tells(*word)).sum();
        for (word, factor) in found {
            let Some((list, _)) = word else { continue };
            let factor = factor / (most * (K1 + 1.0));
            for (place, weight) in list {
                fit[usize::from(*place)] += factor * weight;
            }
        }
        fit
    }

    /// Entries whose whole title is one word of a phrase: `aluminium` is no title of `scories d'aluminium`.
    pub(super) fn of_one_word(&self, phrase: &str) -> impl Iterator<Item = Index> {
        phrase.split(' ').filter_map(move |stem| self.alone.get(stem)).flatten().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::{positive, titles};
    use crate::materials::catalogue::entries;

    #[test]
    fn what_a_title_excludes_is_left_out() {
        assert_eq!(positive("Sludges other than those mentioned in 08 01 13"), "Sludges ");
        assert_eq!(positive("pile (sauf 16 06 03)"), "pile ");
    }

    #[test]
    fn the_nearest_title_is_the_one_with_the_words() {
        let fit = titles().fit(&[("mill", 1.0), ("scal", 1.0)]);
        let best = (0..fit.len()).max_by(|left, right| fit[*left].total_cmp(&fit[*right])).unwrap();
        assert_eq!(entries()[best].code, "100210");
        assert!(fit.iter().all(|fit| (0.0..=1.0).contains(fit)));
    }

    #[test]
    fn a_title_of_one_word_is_found_by_any_word_of_a_phrase() {
        let codes: Vec<_> = titles()
            .of_one_word("scori aluminium")
            .map(|place| entries()[usize::from(place)].code.as_str())
            .collect();
        assert!(!codes.is_empty() && codes.iter().all(|code| *code == "170402"), "{codes:?}");
    }
}
