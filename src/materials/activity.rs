//! Chapters of the List of Waste are activities: what a donor's activity says about the code.
//!
//! From `pipelines/reference/activites_chapitres.csv`: NACE and SCIAN prefixes and words, to
//! subchapters, each with its reason.

use super::catalogue;
use super::thesaurus;
use super::words;
use std::collections::HashMap;
use std::sync::LazyLock;

/// In which list a number stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Nomenclature {
    /// SCIAN (NAICS Canada).
    Scian,
    /// NACE rev. 2.
    Nace,
    /// Not said: SCIAN where the number is one, else NACE.
    #[default]
    Unknown,
}

/// How much each entry of the list is to be expected, 0 to 1, in the order of the catalogue;
/// empty when the activity is unknown.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Expectation(pub(super) Vec<f32>);

struct Row {
    nace: Vec<&'static str>,
    scian: Vec<&'static str>,
    words: Vec<&'static str>,
    /// Six-digit codes of its usual residues.
    usual: Vec<&'static str>,
    main: Vec<&'static str>,
    other: Vec<&'static str>,
}

/// Words of the longest phrase that names an activity.
const LONGEST: usize = 4;

/// A subchapter of more entries than this is expected less, entry by entry.
const LARGE: f32 = 8.0;

/// What a usual residue counts, the first subchapter of a row, each later one, and the
/// secondary ones.
const USUAL: f32 = 1.0;
const MAIN: f32 = 0.8;
const NEXT: f32 = 0.65;
const OTHER: f32 = 0.35;

/// Another subchapter of an expected chapter.
const SAME_CHAPTER: f32 = 0.2;

/// Chapters that every activity has: packaging, off-specification products and municipal kinds.
const COMMON: [(&str, f32); 4] = [("15", 0.15), ("20", 0.1), ("16", 0.08), ("13", 0.08)];

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let table = include_str!("../../pipelines/reference/activites_chapitres.csv");
    // Leaked once: the table lives as long as the program and rows point into it.
    let records: &'static [csv::StringRecord] = csv::Reader::from_reader(table.as_bytes())
        .into_records()
        .filter_map(Result::ok)
        .collect::<Vec<_>>()
        .leak();
    let list = |cell: &'static str| cell.split('|').filter(|part| !part.is_empty()).collect::<Vec<_>>();
    records
        .iter()
        .map(|record| Row {
            nace: list(&record[0]),
            scian: list(&record[1]),
            words: list(&record[2]),
            usual: list(&record[3]),
            main: list(&record[4]),
            other: list(&record[5]),
        })
        .collect()
});

/// Whether a number is a SCIAN sector, so that `2410` cannot be one.
fn is_scian(digits: &str) -> bool {
    let sectors = [
        "11", "21", "22", "23", "31", "32", "33", "41", "44", "45", "48", "49", "51", "52", "53", "54", "55",
        "56",
    ];
    let more = ["61", "62", "71", "72", "81", "91"];
    digits.len() >= 2
        && (sectors.contains(&&digits[..2]) || more.contains(&&digits[..2]))
        && ROWS
            .iter()
            .flat_map(|row| &row.scian)
            .any(|prefix| digits.starts_with(prefix) || prefix.starts_with(digits))
}

/// The list that most numbers of a column can only belong to.
#[must_use]
pub fn nomenclature<'a>(cells: impl Iterator<Item = &'a str>) -> Nomenclature {
    let (mut scian, mut nace) = (0, 0);
    for cell in cells {
        for digits in numbers(cell) {
            match (is_scian(&digits), is_nace(&digits)) {
                (true, false) => scian += 1,
                (false, true) => nace += 1,
                _ => {}
            }
        }
    }
    match scian.cmp(&nace) {
        std::cmp::Ordering::Greater => Nomenclature::Scian,
        std::cmp::Ordering::Less => Nomenclature::Nace,
        std::cmp::Ordering::Equal => Nomenclature::Unknown,
    }
}

fn is_nace(digits: &str) -> bool {
    (2..=4).contains(&digits.len())
        && ROWS
            .iter()
            .flat_map(|row| &row.nace)
            .any(|prefix| digits.starts_with(prefix) || prefix.starts_with(digits))
}

/// Numbers of two to six digits; `24.10` is one number.
fn numbers(text: &str) -> Vec<String> {
    text.split(|letter: char| !(letter.is_ascii_digit() || letter == '.'))
        .map(|part| part.chars().filter(char::is_ascii_digit).collect::<String>())
        .filter(|digits| (2..=6).contains(&digits.len()))
        .collect()
}

/// What each row lets one expect when it is certain.
static EXPECTED: LazyLock<Vec<Vec<f32>>> = LazyLock::new(|| ROWS.iter().map(expected_of).collect());

#[allow(clippy::cast_precision_loss, reason = "a subchapter has fewer than a hundred entries")]
fn expected_of(row: &Row) -> Vec<f32> {
    let entries = catalogue::entries();
    let mut expected = vec![0.0_f32; entries.len()];
    let main =
        row.main.iter().enumerate().map(|(rank, prefix)| (*prefix, if rank == 0 { MAIN } else { NEXT }));
    let other = row.other.iter().map(|prefix| (*prefix, OTHER));
    for (prefix, share) in main.chain(other) {
        let size = entries.iter().filter(|entry| entry.code.starts_with(prefix)).count() as f32;
        let share = share * (LARGE / size).min(1.0).powf(0.3);
        for (entry, value) in entries.iter().zip(&mut expected) {
            if entry.code.starts_with(prefix) {
                *value = value.max(share);
            } else if entry.code.starts_with(&prefix[..2]) {
                *value = value.max(share * SAME_CHAPTER);
            }
        }
    }
    for code in &row.usual {
        if let Some(place) = catalogue::position(code) {
            expected[usize::from(place)] = USUAL;
        }
    }
    expected
}

/// Rows by the stems of the words that name them.
static NAMES: LazyLock<HashMap<String, Vec<usize>>> = LazyLock::new(|| {
    let mut names: HashMap<String, Vec<usize>> = HashMap::new();
    for (place, row) in ROWS.iter().enumerate() {
        for name in &row.words {
            let stems: Vec<String> = words::read(name).0.into_iter().map(|word| word.stem).collect();
            names.entry(stems.join(" ")).or_default().push(place);
        }
    }
    names
});

/// How well the numbers speak of a row, 0 to 1.
fn by_number(row: &Row, numbers: &[String], list: Nomenclature) -> f32 {
    let mut best = 0.0_f32;
    for digits in numbers {
        let as_scian = list == Nomenclature::Scian || list == Nomenclature::Unknown && is_scian(digits);
        let prefixes = if as_scian { &row.scian } else { &row.nace };
        for prefix in prefixes {
            let fits = if digits.starts_with(prefix) {
                [0.0, 0.0, 0.7, 0.9, 1.0, 1.0, 1.0][prefix.len().min(6)]
            } else if prefix.starts_with(digits.as_str()) {
                0.4
            } else {
                0.0
            };
            best = best.max(fits);
        }
    }
    best
}

/// Rows that words name, with how well, 0 to 1; `counts` says which phrases may name one.
fn by_words(stems: &[&str], counts: impl Fn(&str) -> bool) -> Vec<(usize, f32)> {
    let mut rows: Vec<(usize, f32)> = Vec::new();
    let mut phrase = String::new();
    for from in 0..stems.len() {
        phrase.clear();
        for stem in stems.iter().skip(from).take(LONGEST) {
            if !phrase.is_empty() {
                phrase.push(' ');
            }
            phrase.push_str(stem);
            let Some(places) = NAMES.get(&phrase) else { continue };
            if !counts(&phrase) {
                continue;
            }
            let weight = [0.6, 0.85, 1.0][usize::from(phrase.len() >= 4) + usize::from(phrase.len() >= 8)];
            rows.extend(places.iter().map(|place| (*place, weight)));
        }
    }
    rows
}

/// Adds up rows: the strongest whole, weaker readings by half.
fn expect(rows: &[(usize, f32)]) -> Option<Vec<f32>> {
    let strongest = rows.iter().map(|(_, weight)| *weight).fold(0.0, f32::max);
    if strongest <= 0.0 {
        return None;
    }
    let mut expected = vec![0.0_f32; catalogue::entries().len()];
    for (place, weight) in rows.iter().filter(|(_, weight)| *weight > 0.0) {
        let weight = if *weight < strongest { weight * 0.5 } else { *weight };
        for (value, share) in expected.iter_mut().zip(&EXPECTED[*place]) {
            *value = value.max(weight * share);
        }
    }
    Some(expected)
}

/// What an activity, as a NACE or SCIAN number, as words or as both, lets one expect.
#[must_use]
pub fn expectation(activity: &str, list: Nomenclature) -> Expectation {
    let numbers = numbers(activity);
    let mut rows: Vec<(usize, f32)> =
        ROWS.iter().enumerate().map(|(place, row)| (place, by_number(row, &numbers, list))).collect();
    let (words, _) = words::read(activity);
    let stems: Vec<&str> = words.iter().map(|word| word.stem.as_str()).collect();
    rows.extend(by_words(&stems, |_| true));
    let Some(mut expected) = expect(&rows) else { return Expectation::default() };
    for (entry, value) in catalogue::entries().iter().zip(&mut expected) {
        let common = COMMON.iter().find(|(chapter, _)| entry.code.starts_with(chapter));
        *value = value.max(common.map_or(0.0, |(_, share)| *share));
    }
    Expectation(expected)
}

/// What the description itself says of where it comes from (`restants de cafétéria`): words of
/// activities that are not the name of a material.
pub(super) fn told(stems: &[&str]) -> Option<Vec<f32>> {
    expect(&by_words(stems, |phrase| thesaurus::thesaurus().find(phrase).is_empty()))
}

#[cfg(test)]
mod tests {
    use super::{Nomenclature, ROWS, expectation, nomenclature};
    use crate::materials::catalogue;

    fn expected(activity: &str, list: Nomenclature, code: &str) -> f32 {
        let all = expectation(activity, list).0;
        if all.is_empty() { 0.0 } else { all[usize::from(catalogue::position(code).unwrap())] }
    }

    #[test]
    fn every_prefix_of_the_table_is_a_subchapter() {
        for row in ROWS.iter() {
            for prefix in row.main.iter().chain(&row.other) {
                assert!(catalogue::heading(prefix).is_some(), "{prefix}");
            }
            assert!(row.usual.iter().all(|code| catalogue::position(code).is_some()));
        }
    }

    #[test]
    fn numbers_of_both_lists_and_words_say_the_same() {
        for (activity, list) in [
            ("11.05", Nomenclature::Nace),
            ("31212", Nomenclature::Scian),
            ("microbrasserie", Nomenclature::Unknown),
        ] {
            assert!(expected(activity, list, "020704") > expected(activity, list, "100210"), "{activity}");
        }
        assert!(expectation("chose", Nomenclature::Unknown).0.is_empty());
        assert!(expectation("NA", Nomenclature::Unknown).0.is_empty());
    }

    #[test]
    fn a_column_tells_its_list() {
        assert_eq!(nomenclature(["2410", "3511", "1920", "NA"].into_iter()), Nomenclature::Nace);
        assert_eq!(nomenclature(["331110", "321", "484"].into_iter()), Nomenclature::Scian);
    }
}
