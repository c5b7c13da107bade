//! Offer or request, where no column says it: by the words of headings, titles, tabs and file names, from
//! `pipelines/reference/sens.csv`.

use super::header::key;
use crate::model::Direction;
use std::collections::BTreeSet;
use std::str::FromStr as _;
use std::sync::LazyLock;

/// Words of the longest cell that is a direction and nothing more.
const LONGEST_CELL: usize = 3;

/// How plainly a word says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strength {
    /// `offres`, `besoins`: that is what it says.
    Plain,
    /// `résidus`, `achats`: so it mostly is.
    Faint,
}

/// What a text says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// Neither.
    Nothing,
    /// One direction.
    One(Direction),
    /// Both of them, as `Offre ou demande` does.
    Both,
}

struct Word {
    /// Comparable with [`key`], between spaces.
    text: String,
    direction: Direction,
    strength: Strength,
}

static WORDS: LazyLock<Vec<Word>> = LazyLock::new(|| {
    let table = include_str!("../../pipelines/reference/sens.csv");
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let mut words = Vec::new();
    for row in reader.records().filter_map(Result::ok) {
        let Ok(direction) = Direction::from_str(&row[0]) else { continue };
        let strength = if &row[1] == "nette" { Strength::Plain } else { Strength::Faint };
        let text = |word: &str| format!(" {} ", key(word));
        words.extend(row[2].split('|').map(|word| Word { text: text(word), direction, strength }));
    }
    words
});

/// What the words of one strength say in a text.
pub(super) fn said(text: &str, strength: Strength) -> Said {
    let text = format!(" {} ", key(text));
    let mut found = None;
    for word in WORDS.iter().filter(|word| word.strength == strength && text.contains(&word.text)) {
        if found.is_some_and(|known| known != word.direction) {
            return Said::Both;
        }
        found = Some(word.direction);
    }
    found.map_or(Said::Nothing, Said::One)
}

/// Which direction may be named by faint words where the other is named by plain ones, and before that none.
pub(super) const FAINT: [Option<Direction>; 3] = [None, Some(Direction::Output), Some(Direction::Input)];

/// The one direction that the plain words of a text name, else its faint ones where they may.
pub(super) fn one(text: &str, faint: Option<Direction>) -> Option<Direction> {
    match said(text, Strength::Plain) {
        Said::One(direction) => Some(direction),
        Said::Both => None,
        Said::Nothing => faint.filter(|faint| said(text, Strength::Faint) == Said::One(*faint)),
    }
}

/// Words beside which a direction is denied, over, or in doubt.
const DENIED: &[&str] = &[
    "pas",
    "plus",
    "non",
    "ni",
    "sans",
    "aucun",
    "aucune",
    "jamais",
    "not",
    "no",
    "never",
    "none",
    "ancien",
    "ancienne",
    "annule",
    "annulee",
    "retire",
    "retiree",
    "expire",
    "expiree",
    "comble",
    "comblee",
    "termine",
    "terminee",
    "ferme",
    "fermee",
    "suspendu",
    "suspendue",
    "cancelled",
    "canceled",
    "withdrawn",
    "expired",
    "closed",
    "former",
];

fn is_denying(word: &str) -> bool {
    static KEYS: LazyLock<BTreeSet<String>> = LazyLock::new(|| DENIED.iter().map(|word| key(word)).collect());
    KEYS.contains(word)
}

/// A direction that a cell names and takes back, or asks for: `pas une offre`, `Demande (retirée)`, `offre?`.
pub(super) fn is_denied(text: &str) -> bool {
    let key = key(text);
    let is_short = key.split(' ').count() <= LONGEST_CELL;
    let is_named = is_short && said(text, Strength::Plain) != Said::Nothing;
    is_named && (text.contains('?') || key.split(' ').any(is_denying))
}

/// The direction that a cell says and nothing more: `Offrir`, `Je cherche`.
pub(super) fn of_cell(text: &str) -> Option<Direction> {
    let is_word = text.contains(char::is_alphabetic) && key(text).split(' ').count() <= LONGEST_CELL;
    match (is_word && !is_denied(text)).then(|| said(text, Strength::Plain)) {
        Some(Said::One(direction)) => Some(direction),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Said, Strength, WORDS, is_denied, of_cell, said};
    use crate::model::Direction::{Input, Output};

    #[test]
    fn titles_and_names_of_files_say_a_direction_both_or_none() {
        for (text, plain) in [
            ("Ce que nous offrons", Said::One(Output)),
            ("OFFRES_2026", Said::One(Output)),
            ("Portrait des extrants", Said::One(Output)),
            ("Besoins de l'été", Said::One(Input)),
            ("Matières recherchées", Said::One(Input)),
            ("Wanted materials", Said::One(Input)),
            ("Offres et demandes", Said::Both),
            ("Atelier du 3 mai", Said::Nothing),
            ("Résidus de bois", Said::Nothing),
        ] {
            assert_eq!(said(text, Strength::Plain), plain, "{text}");
        }
        assert_eq!(said("Résidus de bois", Strength::Faint), Said::One(Output));
        assert_eq!(said("Waste streams", Strength::Faint), Said::One(Output));
        assert_eq!(said("Achats", Strength::Faint), Said::One(Input));
        assert!(WORDS.len() > 60);
    }

    #[test]
    fn a_cell_is_a_direction_when_it_says_nothing_more() {
        assert_eq!(of_cell("Offrir"), Some(Output));
        assert_eq!(of_cell("je recherche"), Some(Input));
        assert_eq!(of_cell("Offre ou demande"), None);
        assert_eq!(of_cell("Une offre de copeaux de bois secs"), None);
        assert_eq!(of_cell("Bois"), None);
        for text in
            ["pas une offre", "Offre (retirée)", "plus de demande", "demande annulée", "offre?", "Not wanted"]
        {
            assert!(is_denied(text) && of_cell(text).is_none(), "{text}");
        }
        assert!(!is_denied("Offre") && !is_denied("pas de bois") && !is_denied("surplus"));
    }
}
