//! Rows under one enterprise number: the same company, or a number that was copied or damaged?

use super::identifiers::telephone_key;
use super::organisations::OrganisationRead;
use crate::model::fold;
use std::collections::BTreeMap;

/// Lowest Jaro-Winkler similarity of two names that an enterprise number makes one.
const ALIKE: f64 = 0.8;
/// Names without a common word that are compared letter by letter.
const WINDOW: usize = 50;
/// Shortest word that two names can have in common.
const WORD: usize = 3;

/// Parts the rows of one number into companies: rows that share a word of their name, an
/// e-mail, a telephone or the letters of their name. A row without a name joins the first.
pub(super) fn companies(
    group: &[usize],
    names: &[Option<String>],
    reads: &[OrganisationRead],
) -> Vec<Vec<usize>> {
    let mut parts: Vec<Vec<usize>> = Vec::new();
    let mut part_of_mark: BTreeMap<String, usize> = BTreeMap::new();
    for &at in group {
        let marks = marks(names[at].as_deref(), &reads[at]);
        let mut found: Vec<usize> = marks.iter().filter_map(|mark| part_of_mark.get(mark).copied()).collect();
        found.sort_unstable();
        found.dedup();
        let part = found.first().copied().unwrap_or(parts.len());
        if part == parts.len() {
            parts.push(Vec::new());
        }
        for other in found.into_iter().skip(1) {
            join(&mut parts, &mut part_of_mark, part, other);
        }
        parts[part].push(at);
        part_of_mark.extend(marks.into_iter().map(|mark| (mark, part)));
    }
    parts.retain(|part| !part.is_empty());
    let mut companies: Vec<Vec<usize>> = Vec::new();
    for part in parts {
        let alike = companies.iter().take(WINDOW).position(|company| alike(company, &part, names));
        match alike {
            Some(company) => companies[company].extend(part),
            None => companies.push(part),
        }
    }
    for company in &mut companies {
        company.sort_unstable();
    }
    companies.sort_unstable();
    companies
}

fn join(parts: &mut [Vec<usize>], part_of_mark: &mut BTreeMap<String, usize>, part: usize, other: usize) {
    let moved = std::mem::take(&mut parts[other]);
    parts[part].extend(moved);
    for at in part_of_mark.values_mut().filter(|at| **at == other) {
        *at = part;
    }
}

/// What two rows of one company have in common; the prefix keeps the kinds apart.
fn marks(name: Option<&str>, read: &OrganisationRead) -> Vec<String> {
    let words = name.into_iter().flat_map(|name| name.split(' '));
    let words = words.filter(|word| word.chars().count() >= WORD).map(|word| format!("m {word}"));
    let whole = name.map(|name| format!("n {name}"));
    let email = read.more().email.as_ref().map(|email| format!("c {}", fold(email.reveal())));
    let telephone = read.more().telephone.as_ref().and_then(|telephone| telephone_key(telephone.reveal()));
    words.chain(whole).chain(email).chain(telephone.map(|telephone| format!("t {telephone}"))).collect()
}

fn alike(company: &[usize], part: &[usize], names: &[Option<String>]) -> bool {
    let name = |rows: &[usize]| rows.iter().find_map(|at| names[*at].clone());
    match (name(company), name(part)) {
        (Some(one), Some(other)) => strsim::jaro_winkler(&one, &other) >= ALIKE,
        _ => true,
    }
}
