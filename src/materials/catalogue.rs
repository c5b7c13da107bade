//! The List of Waste: six-digit codes with titles, hazard mark and category, from
//! `pipelines/reference/matieres.csv` and `chapitres.csv` (Decision 2000/532/EC).

use crate::model::Category;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// One six-digit entry of the list.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Six digits.
    pub code: String,
    /// Marked as hazardous.
    pub hazardous: bool,
    /// Title in French.
    pub title_fr: String,
    /// Title in English.
    pub title_en: String,
    /// One of the eleven categories; a judgement, see the table.
    pub category: Option<Category>,
}

/// Place of an entry in [`entries`].
pub(super) type Index = u16;

static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let table = include_str!("../../pipelines/reference/matieres.csv");
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let mut entries: Vec<Entry> = reader
        .records()
        .filter_map(Result::ok)
        .map(|record| Entry {
            code: record[0].to_owned(),
            hazardous: &record[1] == "oui",
            title_fr: record[2].to_owned(),
            title_en: record[3].to_owned(),
            category: record[4].parse().ok(),
        })
        .collect();
    entries.sort_by(|left, right| left.code.cmp(&right.code));
    entries
});

/// Titles of chapters (two digits) and subchapters (four digits), French and English.
static HEADINGS: LazyLock<BTreeMap<String, (String, String)>> = LazyLock::new(|| {
    let table = include_str!("../../pipelines/reference/chapitres.csv");
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    reader
        .records()
        .filter_map(Result::ok)
        .map(|record| (record[0].to_owned(), (record[1].to_owned(), record[2].to_owned())))
        .collect()
});

/// Every entry, by code.
#[must_use]
pub fn entries() -> &'static [Entry] {
    &ENTRIES
}

/// Titles of a chapter or subchapter.
pub(super) fn heading(prefix: &str) -> Option<&'static (String, String)> {
    HEADINGS.get(prefix)
}

/// Place of a code.
pub(super) fn position(code: &str) -> Option<Index> {
    let place = ENTRIES.binary_search_by(|entry| entry.code.as_str().cmp(code)).ok()?;
    Index::try_from(place).ok()
}

/// An entry by its six digits.
#[must_use]
pub fn entry(code: &str) -> Option<&'static Entry> {
    position(code).map(|place| &ENTRIES[usize::from(place)])
}

/// Groups (four digits) that hold materials of several categories, as packaging and municipal waste do.
static MIXED: LazyLock<BTreeSet<u32>> = LazyLock::new(|| {
    let mut categories: BTreeMap<u32, BTreeSet<Category>> = BTreeMap::new();
    for entry in ENTRIES.iter() {
        if let (Ok(code), Some(category)) = (entry.code.parse::<u32>(), entry.category) {
            categories.entry(code / 100).or_default().insert(category);
        }
    }
    categories.into_iter().filter(|(_, categories)| categories.len() > 1).map(|(group, _)| group).collect()
});

/// Whether a group, its four digits as a number, says little of the material: it holds several categories.
#[must_use]
pub fn is_mixed(group: u32) -> bool {
    MIXED.contains(&group)
}

/// The category of the first code that has one.
#[must_use]
pub fn category(codes: &[String]) -> Option<Category> {
    codes.iter().find_map(|code| entry(code)?.category)
}

/// The codes of a cell such as `20 01 08`, `200108/200125` or `30105` (a lost zero), in the
/// order written, and whether something that looks like a code is not in the list.
#[must_use]
pub fn codes(text: &str) -> (Vec<String>, bool) {
    let mut found = Vec::new();
    let mut unknown = false;
    for part in text.split(['/', ',', ';', '+', '|', '\n', '&']) {
        let digits: String = part.chars().filter(char::is_ascii_digit).collect();
        let only = part.chars().all(|character| {
            character.is_ascii_digit() || matches!(character, ' ' | '*' | '\u{a0}' | '.' | '-')
        });
        let leading = part.trim().len() >= 6 && part.trim().bytes().take(6).all(|byte| byte.is_ascii_digit());
        let code = if only && digits.len() == 5 {
            format!("0{digits}")
        } else if only && digits.len() >= 6 {
            digits
        } else if leading
            || digits.len() >= 6 && part.trim().starts_with(|first: char| first.is_ascii_digit())
        {
            digits[..6].to_owned()
        } else {
            unknown |= only && !digits.is_empty();
            continue;
        };
        if position(&code).is_some() {
            if !found.contains(&code) {
                found.push(code);
            }
        } else {
            unknown = true;
        }
    }
    (found, unknown)
}

/// Codes that stand inside a sentence: `17 09 04`, `code 170904`, `200108*`.
/// Six digits before a unit of measure are a quantity.
pub(super) fn declared(text: &str) -> Vec<Index> {
    if text.bytes().filter(u8::is_ascii_digit).count() < 6 {
        return Vec::new();
    }
    let folded = crate::model::fold(text);
    let parts: Vec<&str> = folded.split(' ').collect();
    let digits =
        |part: &str, length: usize| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
    // `engrais 10-10-10` tells nitrogen, phosphorus and potassium.
    let fertilizer = ["engrais", "fertilisant", "fertilizer", "npk"].iter().any(|word| folded.contains(word));
    let mut found = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let (code, after) = if digits(part, 6) {
            ((*part).to_owned(), at + 1)
        } else if digits(part, 2)
            && parts.get(at + 1).is_some_and(|next| digits(next, 2))
            && parts.get(at + 2).is_some_and(|next| digits(next, 2))
        {
            (parts[at..at + 3].concat(), at + 3)
        } else {
            continue;
        };
        let unit = parts.get(after).is_some_and(|next| {
            matches!(
                *next,
                "kg" | "t" | "lb" | "lbs" | "l" | "litres" | "tonnes" | "unites" | "m3" | "kwh" | "g"
            )
        });
        if let Some(place) = position(&code)
            && !unit
            && !fertilizer
            && !found.contains(&place)
        {
            found.push(place);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{category, codes, declared, entries, heading};
    use crate::model::Category;

    #[test]
    fn the_numbers_of_a_fertilizer_are_no_code() {
        assert!(declared("Engrais 10-10-10").is_empty());
        assert_eq!(declared("10 10 10").len(), 1);
    }

    #[test]
    fn codes_are_read_and_checked_against_the_list() {
        assert_eq!(entries().len(), 842);
        assert_eq!(entries().iter().filter(|entry| entry.hazardous).count(), 408);
        assert!(entries().iter().all(|entry| entry.category.is_some()));
        assert_eq!(codes("200108/200125"), (vec!["200108".to_owned(), "200125".to_owned()], false));
        assert_eq!(codes("20 01 08*"), (vec!["200108".to_owned()], false));
        assert_eq!(codes("30105"), (vec!["030105".to_owned()], false));
        assert_eq!(codes("999999"), (Vec::new(), true));
        assert_eq!(codes("ferraille"), (Vec::new(), false));
        assert_eq!(category(&["030105".to_owned()]), Some(Category::Wood));
    }

    #[test]
    fn every_code_has_its_chapter_and_subchapter() {
        assert!(
            entries()
                .iter()
                .all(|entry| heading(&entry.code[..2]).is_some() && heading(&entry.code[..4]).is_some())
        );
    }

    #[test]
    fn a_code_inside_a_sentence_is_read_and_a_quantity_is_not() {
        assert_eq!(declared("code 170904 - divers").len(), 1);
        assert_eq!(declared("03 01 05 retailles").len(), 1);
        assert!(declared("170904 kg de retailles").is_empty());
        assert!(declared("lot 123456").is_empty());
    }
}
