//! How well a text fits the titles of the List of Waste, French and English.
//!
//! Okapi BM25 over words (Robertson and Zaragoza, 2009), one index for the entry's own title
//! and one for those of its subchapter and chapter, and the cosine of character 4-grams under
//! TF-IDF. What a title excludes ("other than those mentioned in…") is left out.

use super::catalogue::{self, Index};
use super::words;
use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

/// Saturation of a repeated word, and share of the correction for length: the usual values.
const K1: f32 = 1.2;
const B: f32 = 0.75;

/// A 4-gram in more titles than this says nothing.
const COMMON_GRAM: usize = 200;

/// A word or gram with what it adds to each entry.
#[derive(Debug, Default)]
struct Postings {
    /// Place in `weights` of a term.
    lists: HashMap<String, Vec<(Index, f32)>>,
    /// How much a word tells: the weight of a word in no title.
    unknown_idf: f32,
    idf: HashMap<String, f32>,
}

/// Indexes of all titles.
#[derive(Debug)]
pub(super) struct Titles {
    own: Postings,
    parents: Postings,
    grams: Postings,
    /// Stems of every title with the number of titles that hold each.
    pub(super) vocabulary: BTreeMap<String, u32>,
}

static TITLES: LazyLock<Titles> = LazyLock::new(build);

/// The indexes that are built into the program.
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

fn build() -> Titles {
    let mut own = Vec::new();
    let mut parents = Vec::new();
    let mut grams = Vec::new();
    let mut vocabulary = BTreeMap::new();
    for entry in catalogue::entries() {
        let mut mine = stems(&entry.title_fr);
        mine.extend(stems(&entry.title_en));
        let mut above = Vec::new();
        for prefix in [&entry.code[..4], &entry.code[..2]] {
            if let Some((fr, en)) = catalogue::heading(prefix) {
                above.extend(stems(fr));
                above.extend(stems(en));
            }
        }
        for stem in mine.iter().chain(&above) {
            *vocabulary.entry(stem.clone()).or_default() += 1;
        }
        grams.push(mine.iter().chain(&above).flat_map(|stem| grams_of(stem)).collect());
        own.push(mine);
        parents.push(above);
    }
    Titles { own: bm25(&own), parents: bm25(&parents), grams: cosine(&grams), vocabulary }
}

/// Times that each term stands in each document.
fn counted(documents: &[Vec<String>]) -> (Vec<BTreeMap<&str, f32>>, BTreeMap<&str, usize>) {
    let mut frequencies = BTreeMap::new();
    let counts: Vec<BTreeMap<&str, f32>> = documents
        .iter()
        .map(|document| {
            let mut counts = BTreeMap::new();
            for term in document {
                *counts.entry(term.as_str()).or_insert(0.0) += 1.0;
            }
            for term in counts.keys() {
                *frequencies.entry(*term).or_insert(0) += 1;
            }
            counts
        })
        .collect();
    (counts, frequencies)
}

#[allow(clippy::cast_precision_loss, reason = "counts below a thousand are exact")]
fn bm25(documents: &[Vec<String>]) -> Postings {
    let (counts, frequencies) = counted(documents);
    let total = documents.len() as f32;
    let mean = documents.iter().map(Vec::len).sum::<usize>() as f32 / total;
    let idf = |found: usize| (1.0 + (total - found as f32 + 0.5) / (found as f32 + 0.5)).ln();
    let mut postings = Postings { unknown_idf: idf(0), ..Postings::default() };
    for (term, found) in &frequencies {
        postings.idf.insert((*term).to_owned(), idf(*found));
    }
    for ((place, document), counts) in (0..).zip(documents).zip(&counts) {
        let long = K1 * (1.0 - B + B * document.len() as f32 / mean);
        for (term, count) in counts {
            let weight = idf(frequencies[term]) * count * (K1 + 1.0) / (count + long);
            postings.lists.entry((*term).to_owned()).or_default().push((place, weight));
        }
    }
    postings
}

#[allow(clippy::cast_precision_loss, reason = "counts below a thousand are exact")]
fn cosine(documents: &[Vec<String>]) -> Postings {
    let (counts, frequencies) = counted(documents);
    let total = documents.len() as f32;
    let idf = |found: usize| ((1.0 + total) / (1.0 + found as f32)).ln() + 1.0;
    let mut postings = Postings { unknown_idf: idf(0), ..Postings::default() };
    for (term, found) in &frequencies {
        postings.idf.insert((*term).to_owned(), idf(*found));
    }
    for (place, counts) in (0..).zip(&counts) {
        let weight = |term: &str, count: f32| (1.0 + count.ln()) * idf(frequencies[term]);
        let norm = counts.iter().map(|(term, count)| weight(term, *count).powi(2)).sum::<f32>().sqrt();
        for (term, count) in counts {
            if frequencies[term] <= COMMON_GRAM {
                let weight = weight(term, *count) / norm;
                postings.lists.entry((*term).to_owned()).or_default().push((place, weight));
            }
        }
    }
    postings
}

/// Character 4-grams of a stem with its edges; a short stem is one gram.
fn grams_of(stem: &str) -> Vec<String> {
    let padded = format!("^{stem}$");
    if !padded.is_ascii() || padded.len() <= 4 {
        return vec![padded];
    }
    (0..=padded.len() - 4).map(|at| padded[at..at + 4].to_owned()).collect()
}

impl Postings {
    /// Adds the weights of one term; gives what the term tells.
    fn add(&self, term: &str, factor: f32, into: &mut [f32]) -> f32 {
        if let Some(list) = self.lists.get(term) {
            for (place, weight) in list {
                into[usize::from(*place)] += factor * weight;
            }
        }
        factor * self.idf.get(term).copied().unwrap_or(self.unknown_idf)
    }
}

/// Fit of a text to every entry, each from 0 to about 1.
#[derive(Debug, Clone)]
pub(super) struct Fit {
    pub(super) own: Vec<f32>,
    pub(super) parents: Vec<f32>,
    pub(super) grams: Vec<f32>,
}

impl Titles {
    /// Fit of weighted stems; a stem in no title makes every fit smaller.
    pub(super) fn fit(&self, stems: &[(&str, f32)]) -> Fit {
        let size = catalogue::entries().len();
        let mut fit = Fit { own: vec![0.0; size], parents: vec![0.0; size], grams: vec![0.0; size] };
        let (mut own, mut parents, mut grams) = (0.0, 0.0, 0.0);
        for (stem, factor) in stems {
            own += self.own.add(stem, *factor, &mut fit.own);
            parents += self.parents.add(stem, *factor, &mut fit.parents);
            for gram in grams_of(stem) {
                let idf = self.grams.idf.get(&gram).copied().unwrap_or(self.grams.unknown_idf);
                grams += (factor * idf).powi(2);
                self.grams.add(&gram, factor * idf, &mut fit.grams);
            }
        }
        let scale = |values: &mut Vec<f32>, norm: f32| {
            if norm > 0.0 {
                for value in values.iter_mut() {
                    *value /= norm;
                }
            }
        };
        scale(&mut fit.own, own * (K1 + 1.0));
        scale(&mut fit.parents, parents * (K1 + 1.0));
        scale(&mut fit.grams, grams.sqrt());
        fit
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
        let best =
            (0..fit.own.len()).max_by(|left, right| fit.own[*left].total_cmp(&fit.own[*right])).unwrap();
        assert_eq!(entries()[best].code, "100210");
        assert!(fit.own[best] <= 1.0 && fit.grams[best] > 0.0);
    }
}
