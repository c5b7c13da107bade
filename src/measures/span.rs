//! Headings of amounts that are of another time than a year or a month: `Quantité sur 5 ans`,
//! `Tonnes des 6 derniers mois`, `Tonnes par mois (été seulement)`.

use super::beside::{is_of_a_part, is_period};
use super::frequency;

/// What stands before so many years or months that an amount is of.
const OVER: &[&str] = &["sur", "over", "en", "in", "pour", "for", "pendant", "durant", "during"];
/// What stands beside them when they are those before today.
const LAST: &[&str] = &["derniers", "dernieres", "last", "past", "previous", "precedents", "precedentes"];
/// What stands before a number of periods that is how often: `aux 2 semaines`.
const EVERY: &[&str] =
    &["aux", "par", "per", "every", "chaque", "les", "tous", "toutes", "/", "fois", "times", "x"];
/// Words that leave something out.
const LESS: &[&str] = &["seulement", "uniquement", "only"];

/// What is meant by a length of time in a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    /// The words without it.
    pub(super) rest: String,
    /// How often an amount comes that is of so long: `aux 5 ans`; none where nobody can say.
    pub(super) often: Option<String>,
}

/// The length of time that plain words name; none where they name none, or how often something comes.
pub(super) fn find(plain: &str) -> Option<Span> {
    let words: Vec<&str> = plain.split(' ').collect();
    let is_last = |at: usize| words.get(at).is_some_and(|word| LAST.contains(word));
    let at = (0..words.len()).find(|at| {
        let period = at + 1 + usize::from(is_last(at + 1));
        frequency::number(words[*at]).is_some() && words.get(period).is_some_and(|word| is_period(word))
    })?;
    let end = at + 1 + usize::from(is_last(at + 1));
    let (count, period) = (words[at], words[end]);
    let before = at.checked_sub(1).map(|before| words[before]).unwrap_or_default();
    let behind = words.get(end + 1).copied().unwrap_or_default();
    // `aux 2 semaines`, `5 jours par semaine`.
    if EVERY.contains(&before) && end == at + 1 || EVERY.contains(&behind) || behind.starts_with('/') {
        return None;
    }
    let is_before_today = end > at + 1 || LAST.contains(&before);
    let often = (is_before_today || OVER.contains(&before)).then(|| format!("aux {count} {period}"));
    let often = often.filter(|often| frequency::find(often).is_some());
    let joint = |word: &&str| {
        OVER.contains(word)
            || LAST.contains(word)
            || matches!(*word, "des" | "les" | "de" | "the" | "of" | "ces")
    };
    let start = (0..at).rev().take_while(|before| joint(&words[*before])).last().unwrap_or(at);
    let rest = words[..start].iter().chain(&words[end + 1..]).copied().collect::<Vec<_>>().join(" ");
    Some(Span { rest, often })
}

/// Whether plain words leave out a part of the year, or what is left open is which of two they mean.
pub(super) fn is_restricted(plain: &str) -> bool {
    let words = || plain.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    // `seulement si connue` is said to who fills it in.
    let is_less =
        words().any(|word| LESS.contains(&word)) && !words().any(|word| matches!(word, "si" | "if"));
    is_less || is_of_a_part(plain)
}

#[cfg(test)]
mod tests {
    use super::{find, is_restricted};

    #[test]
    fn a_length_of_time_is_told_from_how_often() {
        let found = |text: &str| find(text).map(|span| (span.rest, span.often));
        let exact = |rest: &str, often: &str| Some((rest.to_owned(), Some(often.to_owned())));
        assert_eq!(found("quantite totale sur 4 ans"), exact("quantite totale", "aux 4 ans"));
        assert_eq!(found("tonnes des 9 derniers mois"), exact("tonnes", "aux 9 mois"));
        assert_eq!(found("tonnes des trois dernieres annees"), exact("tonnes", "aux trois annees"));
        assert_eq!(found("quantity over the last 2 years"), exact("quantity", "aux 2 years"));
        assert_eq!(found("quantite 3 ans"), Some(("quantite".to_owned(), None)));
        for text in
            ["quantite aux 2 semaines", "tonnes, 5 jours par semaine", "quantite 2024", "tonnes par mois", ""]
        {
            assert_eq!(found(text), None, "{text}");
        }
    }

    #[test]
    fn parts_of_a_year_and_what_is_left_out_restrict_a_heading() {
        assert!(
            is_restricted("hiver seulement") && is_restricted("mai a octobre") && is_restricted("vrac only")
        );
        assert!(
            !is_restricted("tonnes par saison")
                && !is_restricted("seulement si connue")
                && !is_restricted("estimation")
                && !is_restricted("mai")
        );
    }
}
