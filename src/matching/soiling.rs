//! Whether a text says that a material is soiled, or that it is clean.
//!
//! Of an offer that is what it is, of a request what it takes. Words alone are read, each with a few
//! around it; what is hedged (a little, at most, maybe) says nothing.

use super::denying::{self, BETWEEN, IS, NOT, THROUGH};
use crate::model::fold;

/// Beginnings of words for what is soiled.
const SOILED: [&str; 15] = [
    "souill", "contamin", "pollue", "polluted", "soiled", "dirty", "filthy", "oily", "greasy", "huileu",
    "graisseu", "encrasse", "crasseu", "tache", "mouille",
];
/// Words for what is soiled that are also others: French for dirty and English for sale, greasy and fat.
const AMBIGUOUS: [&str; 5] = ["sale", "sales", "gras", "grasse", "grasses"];
/// Words before those that make them the others: `for sale`, `acides gras`.
const OTHERWISE: [&str; 17] = [
    "for", "on", "of", "the", "a", "yard", "garage", "acide", "acides", "matiere", "matieres", "corps", "de",
    "du", "le", "les", "en",
];
/// Words for what is clean, in the singular masculine of French.
const CLEAN: [&str; 9] =
    ["propre", "nettoye", "lave", "rince", "clean", "cleaned", "washed", "uncontaminated", "unsoiled"];
/// Words around another that leave it open, in the singular.
const HEDGES: [&str; 14] = [
    "peu", "faible", "leger", "legere", "low", "slightly", "lightly", "max", "maximum", "moins", "less",
    "possible", "parfois", "possibly",
];
/// Words looked at before and after.
const BEFORE: usize = 3;
const AFTER: usize = 2;

/// Whether it is soiled; none when the text does not say, or leaves it open. What is both is soiled.
pub(super) fn said(text: &str) -> Option<bool> {
    // Folded, what is salted would be dirty.
    let text = denying::spelt(text).replace("salé", "salt");
    let clauses = text.split(['.', ',', ';', ':', '(', ')', '\n']);
    let mentions: Option<Vec<bool>> = clauses.flat_map(|clause| of_clause(&fold(clause))).collect();
    mentions?.into_iter().max()
}

/// What each word for soiled or clean says with those around it; none for what is left open.
fn of_clause(folded: &str) -> Vec<Option<bool>> {
    let words: Vec<&str> = folded.split(' ').collect();
    let mentions = words.iter().enumerate().filter_map(|(at, word)| {
        let is_soiled = is_soiled(word).or_else(|| is_also_soiled(&words, at).then_some(true))?;
        let from = at.saturating_sub(BEFORE);
        let before = &words[from..at];
        let after = &words[at + 1..words.len().min(at + 1 + AFTER)];
        if before.iter().chain(after).any(|word| leaves_open(word, is_soiled)) {
            return Some(None);
        }
        let stands_between = |other: &str| {
            BETWEEN.contains(&other)
                || THROUGH.contains(&other)
                || other.ends_with("ment")
                || other.ends_with("ly")
                || self::is_soiled(other) == Some(is_soiled)
        };
        let nearest = before.iter().rev().find(|other| !stands_between(other));
        let is_turned = nearest.is_some_and(|other| NOT.contains(other))
            || is_soiled && (from..at).any(|at| denying::is_before(&words, at))
            || after.iter().any(|word| denying::is_behind(word))
            || is_not_taken(&words[at + 1..]);
        Some(Some(is_soiled != is_turned))
    });
    mentions.collect()
}

/// Whether what stands before these words is said not to be taken: `n’est pas accepté`.
fn is_not_taken(after: &[&str]) -> bool {
    let mut said = after.iter().filter(|word| !IS.contains(word));
    said.next().is_some_and(|word| NOT.contains(word))
        && said.next().is_some_and(|word| denying::is_taken(word))
}

/// Whether a word beside another leaves it open: a hedge, or how much is soiled.
fn leaves_open(word: &str, beside_soiled: bool) -> bool {
    let is_number = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    HEDGES.contains(&word)
        || HEDGES.contains(&word.strip_suffix('s').unwrap_or(word))
        || (beside_soiled && is_number)
}

/// Whether a word that may mean other things speaks of what is soiled: behind the name of a material, or after
/// what turns it round. The first word of a clause is the name itself: `gras animal`.
fn is_also_soiled(words: &[&str], at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| words[before]);
    AMBIGUOUS.contains(&words[at]) && before.is_some_and(|before| !OTHERWISE.contains(&before))
}

/// Whether a word speaks of what is soiled or of what is clean.
fn is_soiled(word: &str) -> Option<bool> {
    if SOILED.iter().any(|start| word.starts_with(start)) {
        return Some(true);
    }
    let singular = word.trim_end_matches('s');
    let masculine = singular.strip_suffix("ee").map(|stem| format!("{stem}e"));
    let is_clean = CLEAN.contains(&singular) || masculine.is_some_and(|word| CLEAN.contains(&word.as_str()));
    is_clean.then_some(false)
}

#[cfg(test)]
mod tests {
    use super::said;

    #[test]
    fn words_of_both_languages_with_what_turns_them_round() {
        for (text, soiled) in [
            ("chiffons souillés d’huile", Some(true)),
            ("Sols contaminés", Some(true)),
            ("oily rags", Some(true)),
            ("palettes propres", Some(false)),
            ("bouteilles lavées et triées", Some(false)),
            ("clean cardboard", Some(false)),
            ("bois non contaminé", Some(false)),
            ("sans aucun contaminant", Some(false)),
            ("free of contaminants", Some(false)),
            ("contaminant-free plastic", Some(false)),
            ("carton souillé refusé", Some(false)),
            ("carton souillé prohibé", Some(false)),
            ("carton souillé n’est pas accepté", Some(false)),
            ("carton, souillures : aucune", Some(false)),
            ("we can't take dirty pallets", Some(false)),
            ("carton propre ou souillé", Some(true)),
            ("palettes pas propres", Some(true)),
            ("palettes pas du tout propres", Some(true)),
            ("not thoroughly washed", Some(true)),
            ("not oily or dirty", Some(false)),
            ("must not be contaminated", Some(false)),
            ("bois non traité propre", Some(false)),
            ("bois non traité, contaminé", Some(true)),
            ("bois non peint souillé", Some(true)),
            ("contenants sans couvercle propres", Some(false)),
            ("bois peu contaminé", None),
            ("au plus 2 % de contamination", None),
            ("plus ou moins propre", None),
            ("propre, mais parfois souillé", None),
            ("film sale", Some(true)),
            ("Chiffons sales", Some(true)),
            ("bacs crasseux", Some(true)),
            ("tissus tachés", Some(true)),
            ("carton mouillé", Some(true)),
            ("papier gras", Some(true)),
            ("boîtes de carton grasses", Some(true)),
            ("carton sans gras", Some(false)),
            ("outils graisseux", Some(true)),
            ("pallets for sale", None),
            ("Sale of pallets", None),
            ("eau salée", None),
            ("acides gras", None),
            ("Gras animal", None),
            ("palettes de bois", None),
            ("chiffons de nettoyage", None),
            ("nettoyage d’une propriété", None),
            ("", None),
        ] {
            assert_eq!(said(text), soiled, "{text}");
        }
    }
}
