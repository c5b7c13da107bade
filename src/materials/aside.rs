//! Words that do not say what the thing is: what it is without, what it serves, how it is measured, and what may
//! come with it.

use super::noise::is_noise;
use super::shapes::{EMPTY, MEASURES};
use super::thesaurus::thesaurus;
use super::words::{Link, Word, is_qualifier};
use std::collections::BTreeSet;

/// What a word says of the thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aside {
    /// What it is, holds, comes from…
    Said,
    /// What is not there: `sans clous`, `pas de bois`.
    Denied,
    /// What it serves: `caisses pour pommes`, `leftovers for pigs`.
    Use,
    /// How much of it, or in what shape: `piles de palettes`, `livres de plomb`.
    Measure,
    /// What may come with it or may not, behind a comma: `, clous acceptés`, `; nails no problem`.
    Tolerance,
}

/// Folded words that end what may come with a thing or may not, sorted. Verbs stand before what is sought, and
/// `refus` is itself a thing.
const VERDICTS: &[&str] = &[
    "accepte",
    "accepted",
    "acceptee",
    "acceptees",
    "acceptes",
    "allowed",
    "forbidden",
    "interdit",
    "interdite",
    "interdites",
    "interdits",
    "ok",
    "okay",
    "permitted",
    "refuse",
    "refused",
    "refusee",
    "refusees",
    "refuses",
    "tolerated",
    "tolere",
    "toleree",
    "tolerees",
    "toleres",
];

/// Whether a word says that what stands before it is tolerated or refused.
fn is_verdict(word: &Word) -> bool {
    VERDICTS.binary_search(&word.folded.as_str()).is_ok()
        || word.stem == "problem" && word.link == Link::Without
}

/// Stretches behind the first that only say what may come with the thing.
fn tolerances(words: &[Word]) -> BTreeSet<usize> {
    let first = words.first().map_or(0, |word| word.stretch);
    let judged = words.iter().filter(|word| word.stretch > first && is_verdict(word));
    judged.map(|word| word.stretch).collect()
}

/// Words after `pour` that still tell the use: `pour nourrir des porcs`.
const USE_WORDS: u32 = 3;

/// Whether a word only measures the thing that follows its `de`, as one of another category shows:
/// `piles de planches`, but not `piles de montres`. A name that the tables know whole is no measure.
fn is_measure(words: &[Word], at: usize) -> bool {
    let word = &words[at];
    let Some(next) = words.get(at + 1).filter(|next| next.link == Link::Of) else { return false };
    if !MEASURES.contains(&word.stem.as_str()) {
        return false;
    }
    let table = thesaurus();
    let whole = !table.find(&format!("{} {}", word.stem, next.stem)).is_empty();
    // An empty can is a can.
    let empty = word.stem == "cann" && words.iter().any(|word| EMPTY.contains(&word.stem.as_str()));
    let thing = table.category(&next.stem);
    !whole && !empty && thing.is_some() && thing != table.category(&word.stem)
}

/// What each word says. A use has its thing before it; without one it is itself what is spoken of.
pub(super) fn asides(words: &[Word]) -> Vec<Aside> {
    let tolerances = tolerances(words);
    let (mut said, mut left, mut denied) = (false, 0, false);
    let aside = |(at, word): (usize, &Word)| {
        if tolerances.contains(&word.stretch) {
            (left, denied) = (0, false);
            return Aside::Tolerance;
        }
        let only_how = is_qualifier(&word.folded);
        // `sans bois traité`: what says how the denied thing is belongs to it.
        denied = word.link == Link::Without || denied && only_how;
        if word.link == Link::For && said {
            left = USE_WORDS;
        } else if matches!(word.link, Link::En | Link::With | Link::Without) {
            left = 0;
        }
        if denied {
            return Aside::Denied;
        }
        if left > 0 {
            left -= 1;
            return Aside::Use;
        }
        if is_measure(words, at) {
            return Aside::Measure;
        }
        said = said || !only_how && !is_noise(&word.folded);
        Aside::Said
    };
    words.iter().enumerate().map(aside).collect()
}

#[cfg(test)]
mod tests {
    use super::{Aside, VERDICTS, asides};
    use crate::materials::words::read;

    fn told(text: &str, wanted: Aside) -> String {
        let words = read(text).0;
        let of = words.iter().zip(asides(&words)).filter(|(_, aside)| *aside == wanted);
        of.map(|(word, _)| word.folded.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_use_has_its_thing_before_it() {
        assert_eq!(told("Pain sec pour nourrir des chevaux", Aside::Use), "nourrir chevaux");
        assert_eq!(told("Pour briques", Aside::Use), "");
        assert_eq!(told("Bacs pour pommes en plastique", Aside::Use), "pommes");
    }

    #[test]
    fn what_measures_a_thing_of_another_category_is_not_the_thing() {
        for (text, measure) in [
            ("Piles de palettes brisées", "piles"),
            ("Cannes de tomates", "cannes"),
            ("500 livres de plomb", "livres"),
            ("Aiguilles d'acier", "aiguilles"),
            ("Piles de montres", ""),
            ("Piles de lampes", ""),
            ("Piles nickel", ""),
            ("Cannes de tomates vides", ""),
            ("Livres et plomb", ""),
        ] {
            assert_eq!(told(text, Aside::Measure), measure, "{text}");
        }
    }

    #[test]
    fn what_a_thing_is_without_is_not_said() {
        assert_eq!(told("Palettes sans bois traité", Aside::Said), "palettes");
        assert_eq!(told("On ne veut pas de bois, mais du carton", Aside::Denied), "bois");
    }

    #[test]
    fn what_may_come_with_a_thing_is_not_the_thing() {
        assert!(VERDICTS.is_sorted());
        for (text, tolerated) in [
            ("Palettes, clous acceptés", "clous acceptes"),
            ("Palettes (clous tolérés), peinture", "clous toleres"),
            ("Wood; nails no problem", "nails no problem"),
            ("Film, tape not accepted", "tape not accepted"),
            ("Palettes acceptées, carton", ""),
            ("Compost, refus de criblage", ""),
        ] {
            assert_eq!(told(text, Aside::Tolerance), tolerated, "{text}");
        }
    }
}
