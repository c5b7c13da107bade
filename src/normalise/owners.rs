//! Which companies have one owner, however it is written. To count two owners as one only withholds
//! more; to count one owner as two lets a competitor subtract. So what is nearly alike is one.

use super::identifiers::name_key;
use crate::model::{Confidential, Group, Organisation};
use std::collections::{BTreeMap, BTreeSet};

/// Words that say what an owner is and not who.
const GENERIC: [&str; 14] = [
    "groupe",
    "group",
    "gestion",
    "holding",
    "holdings",
    "management",
    "societe",
    "corporation",
    "entreprise",
    "entreprises",
    "enterprises",
    "placements",
    "investissements",
    "investments",
];
/// Shortest name, in letters, of which one letter may differ.
const LONG: usize = 6;

/// Joins groups: an owner that takes part itself counts with its companies, and so does what is
/// `written` in the column of the owners like another owner or a company, but for generic
/// words, spaces and one letter. Digits always tell names apart.
pub(super) fn join(organisations: &mut [Organisation], written: &BTreeSet<String>) {
    let mut above: BTreeMap<String, String> = BTreeMap::new();
    for organisation in organisations.iter() {
        let own = organisation.group.0.reveal();
        for name in std::iter::once(&organisation.name).chain(&organisation.other_names) {
            unite(&mut above, own, &name_key(name.reveal()));
        }
    }
    // The first written owner of each spelling; then whoever is spelt so.
    let mut spelt: BTreeMap<String, &str> = BTreeMap::new();
    for owner in written {
        for spelling in spellings(owner) {
            let first = *spelt.entry(spelling).or_insert(owner);
            unite(&mut above, first, owner);
        }
    }
    for organisation in organisations.iter() {
        for name in std::iter::once(&organisation.name).chain(&organisation.other_names) {
            let key = name_key(name.reveal());
            if let Some(owner) = spelt.get(&bare(&key)) {
                unite(&mut above, owner, &key);
            }
        }
    }
    for organisation in organisations {
        organisation.group = Group(Confidential::new(top(&above, organisation.group.0.reveal())));
    }
}

fn top(above: &BTreeMap<String, String>, key: &str) -> String {
    let mut key = key.to_owned();
    while let Some(next) = above.get(&key) {
        key.clone_from(next);
    }
    key
}

fn unite(above: &mut BTreeMap<String, String>, one: &str, other: &str) {
    let (one, other) = (top(above, one), top(above, other));
    if one != other {
        above.insert(one.clone().max(other.clone()), one.min(other));
    }
}

/// A name without generic words and spaces; the whole of it when nothing else is left.
fn bare(key: &str) -> String {
    let words: Vec<&str> = key.split(' ').filter(|word| !GENERIC.contains(word)).collect();
    if words.is_empty() { key.replace(' ', "") } else { words.concat() }
}

/// The bare name, and the bare name less each letter: two names that differ by one letter, or by
/// two that changed places, have one of them in common.
fn spellings(key: &str) -> Vec<String> {
    let bare = bare(key);
    let letters: Vec<char> = bare.chars().collect();
    let mut spellings = vec![bare.clone()];
    if letters.iter().filter(|letter| letter.is_alphabetic()).count() >= LONG {
        for left_out in (0..letters.len()).filter(|at| !letters[*at].is_numeric()) {
            let kept = letters.iter().enumerate().filter(|(at, _)| *at != left_out);
            spellings.push(kept.map(|(_, letter)| letter).collect());
        }
    }
    spellings
}

#[cfg(test)]
mod tests {
    use super::{bare, spellings};
    use crate::normalise::identifiers::name_key;

    fn alike(one: &str, other: &str) -> bool {
        let (one, other) = (spellings(&name_key(one)), spellings(&name_key(other)));
        one.iter().any(|spelling| other.contains(spelling))
    }

    #[test]
    fn an_owner_is_known_however_it_is_written() {
        for other in [
            "Groupe Verdoyle",
            "Gestion Verdoyel inc.",
            "Verdoyel",
            "Ver doyel",
            "Verdoyel Group",
            "Verdoyel Holdings ltée",
            "Groupe Verdoyell",
        ] {
            assert!(alike("Groupe Verdoyel", other), "{other}");
        }
        for other in ["Groupe Bravoyel", "Groupe Nordet", "Groupe 12"] {
            assert!(!alike("Groupe Verdoyel", other), "{other}");
        }
        assert!(!alike("Groupe 12", "Groupe 13") && !alike("Propriétaire 101", "Propriétaire 102"));
        assert_eq!(bare("groupe"), "groupe");
    }
}
