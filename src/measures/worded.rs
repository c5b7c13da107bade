//! Quantities in words: `une dizaine de tonnes`, `deux à trois voyages`, `a dozen drums`.

use super::units::{self, Kind};
use std::fmt::Write as _;

/// What a word does to the number that is being said.
#[derive(Debug, Clone, Copy)]
enum Word {
    /// Is added: `vingt`, `cinq`.
    Plus(i64),
    /// Multiplies what stands before, or one: `cent`, `douzaine`.
    Times(i64),
    /// Ends a part: `mille`.
    Part(i64),
}

const WORDS: &[(&str, Word)] = &[
    ("zero", Word::Plus(0)),
    ("un une one", Word::Plus(1)),
    ("deux two", Word::Plus(2)),
    ("trois three", Word::Plus(3)),
    ("quatre four", Word::Plus(4)),
    ("cinq five", Word::Plus(5)),
    ("six", Word::Plus(6)),
    ("sept seven", Word::Plus(7)),
    ("huit eight", Word::Plus(8)),
    ("neuf nine", Word::Plus(9)),
    ("dix ten", Word::Plus(10)),
    ("onze eleven", Word::Plus(11)),
    ("douze twelve", Word::Plus(12)),
    ("treize thirteen", Word::Plus(13)),
    ("quatorze fourteen", Word::Plus(14)),
    ("quinze fifteen", Word::Plus(15)),
    ("seize sixteen", Word::Plus(16)),
    ("seventeen", Word::Plus(17)),
    ("eighteen", Word::Plus(18)),
    ("nineteen", Word::Plus(19)),
    ("vingt vingts twenty", Word::Plus(20)),
    ("trente thirty", Word::Plus(30)),
    ("quarante forty", Word::Plus(40)),
    ("cinquante fifty", Word::Plus(50)),
    ("soixante sixty", Word::Plus(60)),
    ("seventy", Word::Plus(70)),
    ("eighty", Word::Plus(80)),
    ("ninety", Word::Plus(90)),
    ("dizaine dizaines", Word::Times(10)),
    ("douzaine douzaines dozen dozens", Word::Times(12)),
    ("quinzaine", Word::Times(15)),
    ("vingtaine", Word::Times(20)),
    ("trentaine", Word::Times(30)),
    ("quarantaine", Word::Times(40)),
    ("cinquantaine", Word::Times(50)),
    ("soixantaine", Word::Times(60)),
    ("cent cents centaine centaines hundred hundreds", Word::Times(100)),
    ("mille millier milliers thousand thousands", Word::Part(1000)),
    ("million millions", Word::Part(1_000_000)),
    ("milliard milliards billion billions", Word::Part(1_000_000_000)),
];

/// Plain text (see [`super::number::plain`]) with the numbers before its first digit in digits. A
/// collective takes its `de` with it: `10 tonnes`.
pub(crate) fn in_digits(text: String) -> String {
    let first = text.find(|one: char| one.is_ascii_digit()).unwrap_or(text.len());
    let (head, tail) = text.split_at(first);
    let spaced = head.trim_end().replace('-', " ").replace("d'un ", "de un ").replace("d'une ", "de une ");
    let words: Vec<&str> = spaced.split(' ').collect();
    let mut out = String::new();
    let mut at = 0;
    while at < words.len() {
        let (number, length) = part_of_one(&words[at..]).unwrap_or_else(|| match &words[at..] {
            ["a", "half", ..] => {
                let (number, length) = run(&words[at + 1..]);
                (number, length + 1)
            }
            // Before any number, or it is the French « à » between two.
            ["a", unit, ..] if !has_digit(&out) && is_weighed(unit) => (Some("1".to_owned()), 1),
            words => run(words),
        });
        let gap = if out.is_empty() { "" } else { " " };
        match number {
            Some(number) => _ = write!(out, "{gap}{number}"),
            None => _ = write!(out, "{gap}{}", words[at]),
        }
        at += length.max(1);
    }
    if !has_digit(&out) {
        return text;
    }
    if !tail.is_empty() {
        out.push(' ');
        out.push_str(tail);
    }
    out
}

fn has_digit(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

/// The fraction that the first words say of one unit, and how many words that took: `trois quarts de tonne`, `two
/// thirds of a tonne`. `un quart de travail` and `a quarter` of a year are none.
fn part_of_one(words: &[&str]) -> Option<(Option<String>, usize)> {
    let (above, at) = if words.first() == Some(&"a") { (Some("1".to_owned()), 1) } else { run(words) };
    let above = above?;
    let below = match *words.get(at)? {
        "quart" | "quarts" | "quarter" | "quarters" => "4",
        "tiers" | "third" | "thirds" => "3",
        _ => return None,
    };
    let behind = &words[at + 1..];
    let joint = match behind {
        ["de" | "of", "un" | "une" | "a" | "one", ..] => 2,
        ["de" | "of", ..] => 1,
        _ => 0,
    };
    let is_part =
        above.len() == 1 && ("1"..below).contains(&above.as_str()) && is_weighed(behind.get(joint)?);
    is_part.then(|| (Some(format!("{above}/{below}")), at + 1 + joint))
}

/// Whether a word is a unit of which there may be one: `a tonne`, and not `a day`.
fn is_weighed(word: &str) -> bool {
    units::find(word).is_some_and(|unit| !matches!(unit.kind, Kind::NotMass(..) | Kind::Toxicity))
}

/// What a word behind digits multiplies them by, and what follows it: `millions de kg`, `k lb`.
pub(super) fn multiple(text: &str) -> (Option<i128>, &str) {
    let end = text.find(|next: char| !next.is_alphabetic()).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    let times = match find(word) {
        Some(Word::Times(times) | Word::Part(times)) => Some(times),
        _ if word == "k" => Some(1_000),
        _ => None,
    };
    times.map_or((None, text), |times| (Some(i128::from(times)), rest.trim_start()))
}

/// The number that the first words say, and how many words that took.
fn run(words: &[&str]) -> (Option<String>, usize) {
    if let ["demi" | "half", ..] | ["une" | "un", "demi" | "demie", ..] = words {
        let length = if words[0].starts_with('u') { 2 } else { 1 };
        return (Some("0.5".to_owned()), length + usize::from(words.get(length) == Some(&"a")));
    }
    let (mut whole, mut part, mut taken) = (0_i64, None::<i64>, 0);
    let mut is_collective = false;
    while let Some(word) = words.get(taken) {
        match find(word) {
            // Hundreds, and who knows how many.
            Some(Word::Times(_) | Word::Part(_)) if part.is_none() && word.ends_with('s') => break,
            // Eighty is four twenties.
            Some(Word::Plus(20)) if part.is_some_and(|part| part % 100 == 4) => {
                part = part.map(|part| part + 76);
            }
            Some(Word::Plus(more)) => part = Some(part.unwrap_or(0) + more),
            Some(Word::Times(times)) => part = Some(part.unwrap_or(1).max(1) * times),
            Some(Word::Part(times)) => {
                whole += part.unwrap_or(1).max(1) * times;
                part = Some(0);
            }
            None => {
                let next = words.get(taken + 1).and_then(|next| find(next));
                // "vingt et un", "a hundred"; "deux et trois" are two numbers.
                let joins = match *word {
                    "et" | "and" => {
                        part.is_some_and(|part| part >= 20) && matches!(next, Some(Word::Plus(1 | 11)))
                    }
                    "a" => taken == 0 && matches!(next, Some(Word::Times(_) | Word::Part(_))),
                    _ => false,
                };
                if !joins {
                    break;
                }
            }
        }
        is_collective = word.contains("aine") || word.starts_with("millier") || word.starts_with("million");
        taken += 1;
        if whole > 1_000_000_000 || part.is_some_and(|part| part > 1_000_000_000) {
            return (None, taken);
        }
    }
    let Some(part) = part else { return (None, taken) };
    let of = is_collective && words.get(taken) == Some(&"de");
    if let ["and", "a", more @ ("half" | "quarter"), ..] = &words[taken..] {
        let decimals = if *more == "half" { "5" } else { "25" };
        return (Some(format!("{}.{decimals}", whole + part)), taken + 3);
    }
    // "une tonne et demie"
    if let [unit, "et", "demi" | "demie", ..] = &words[taken..] {
        return (Some(format!("{}.5 {unit}", whole + part)), taken + 3);
    }
    (Some((whole + part).to_string()), taken + usize::from(of))
}

fn find(word: &str) -> Option<Word> {
    WORDS.iter().find(|(words, _)| words.split(' ').any(|known| known == word)).map(|(_, word)| *word)
}

#[cfg(test)]
mod tests {
    use super::in_digits;

    #[test]
    fn numbers_in_words_become_digits() {
        for (text, digits) in [
            ("une dizaine de tonnes", "10 tonnes"),
            ("environ une vingtaine de kg par semaine", "environ 20 kg par semaine"),
            ("deux a trois tonnes", "2 a 3 tonnes"),
            ("vingt-cinq kg", "25 kg"),
            ("vingt et un sacs", "21 sacs"),
            ("quatre-vingt-dix-sept kg", "97 kg"),
            ("soixante-quinze tonnes", "75 tonnes"),
            ("deux cent cinquante litres", "250 litres"),
            ("mille cinq cents kg", "1500 kg"),
            ("trois mille kg", "3000 kg"),
            ("un millier de tonnes", "1000 tonnes"),
            ("deux douzaines de palettes", "24 palettes"),
            ("une demi-tonne", "0.5 tonne"),
            ("half a ton", "0.5 ton"),
            ("une tonne et demie par mois", "1.5 tonne par mois"),
            ("a dozen drums", "12 drums"),
            ("five hundred kg", "500 kg"),
            ("entre deux et trois tonnes", "entre 2 et 3 tonnes"),
            ("une dizaine de barils de 205 l", "10 barils de 205 l"),
            ("un voyage par semaine", "1 voyage par semaine"),
            ("a tonne a month", "1 tonne a month"),
            ("about a tonne", "about 1 tonne"),
            ("a half tonne", "0.5 tonne"),
            ("trois quarts de tonne par an", "3/4 tonne par an"),
            ("environ un quart d'une tonne", "environ 1/4 tonne"),
            ("two thirds of a tonne", "2/3 tonne"),
            ("a quarter tonne a month", "1/4 tonne a month"),
            ("two and a quarter tonnes", "2.25 tonnes"),
            ("une tonne et trois quarts", "1 tonne et 3 quarts"),
            ("un quart de travail", "1 quart de travail"),
            ("quatre tiers de tonne", "4 tiers de tonne"),
            ("a tonne a quarter", "1 tonne a quarter"),
            ("one and a half tonnes", "1.5 tonnes"),
            ("moins d'une tonne", "moins de 1 tonne"),
            ("pres d'un millier de kg", "pres de 1000 kg"),
        ] {
            assert_eq!(in_digits(text.to_owned()), digits, "{text}");
        }
        for text in [
            "beaucoup",
            "des centaines de tonnes",
            "12 sacs",
            "moins de 5 kg",
            "quelques tonnes",
            "",
            "a verifier",
        ] {
            assert_eq!(in_digits(text.to_owned()), text);
        }
    }
}
