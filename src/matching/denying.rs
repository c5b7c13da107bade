//! Words that deny, French and English, for all that read texts: before a thing (`sans`), behind it (`interdit`),
//! or with a word for what is taken (`non accepté`).

use crate::model::fold;

/// Words that turn round the one behind them.
pub(super) const NOT: [&str; 5] = ["non", "pas", "jamais", "not", "never"];
/// What may stand between them, besides adverbs and words that say the same: `pas du tout propre`, `not to be
/// soiled`, `not oily or dirty`.
pub(super) const BETWEEN: [&str; 25] = [
    "du", "tout", "tres", "trop", "assez", "bien", "toujours", "encore", "etre", "ete", "at", "all", "very",
    "too", "quite", "yet", "always", "to", "be", "been", "being", "or", "ou", "and", "et",
];
/// Words between a thing and what is said of it.
pub(super) const IS: [&str; 14] =
    ["a", "n", "ne", "est", "sont", "is", "are", "be", "sera", "seront", "will", "must", "doit", "doivent"];
/// What may stand before what is denied, besides articles: verbs, and how much or which of it.
pub(super) const THROUGH: [&str; 20] = [
    "accept",
    "allow",
    "permit",
    "tolerate",
    "tolerons",
    "acceptons",
    "acceptent",
    "take",
    "want",
    "veut",
    "voulons",
    "contain",
    "contenir",
    "include",
    "trace",
    "traces",
    "presence",
    "autre",
    "autres",
    "other",
];
/// Beginnings of words that a `not` before them turns round with what stands before: `MDF non accepté`.
const TAKEN: [&str; 9] =
    ["accept", "admis", "permis", "permit", "allow", "tolere", "tolerat", "welcome", "detect"];
/// Words before a thing that say that there is none of it, or that it is not wanted.
const WITHOUT: [&str; 26] = [
    "sans",
    "ss",
    "aucun",
    "aucune",
    "ni",
    "nor",
    "zero",
    "without",
    "exempt",
    "exempte",
    "exempts",
    "exemptes",
    "depourvu",
    "depourvue",
    "depourvus",
    "depourvues",
    "devoid",
    "absence",
    "eviter",
    "evitez",
    "evitons",
    "avoid",
    "avoiding",
    "refusons",
    "refusing",
    "minus",
];
/// Beginnings of words behind a thing that refuse it.
const REFUSED: [&str; 11] = [
    "interdit",
    "refused",
    "exclu",
    "prohib",
    "proscri",
    "banni",
    "banned",
    "forbidden",
    "unaccept",
    "inaccept",
    "rejected",
];
/// Others that do where a thing is looked for, and are names elsewhere: `refus de tri`.
const NONE_OF_IT: [&str; 6] = ["free", "refus", "reject", "negati", "absen", "nil"];
/// What `hors` stands before where it says how a thing is: `hors d’usage`.
const OUT_OF: [&str; 8] = ["d", "norme", "normes", "saison", "service", "spec", "specs", "tout"];
/// Who refuses: English for waste is `refuse`.
const WHO: [&str; 4] = ["we", "on", "nous", "i"];
/// Answers that deny what stands before a colon.
const NO: [&str; 14] = [
    "non",
    "no",
    "none",
    "aucun",
    "aucune",
    "zero",
    "0",
    "nil",
    "jamais",
    "absent",
    "interdit",
    "interdite",
    "non accepte",
    "pas accepte",
];
/// What stands before a colon and refuses what stands behind it.
const HEADINGS: [&str; 6] =
    ["a eviter", "avoid", "exclusions", "non acceptes", "not accepted", "pas acceptes"];
/// Where an answer ends.
const STOPS: [char; 6] = [',', ';', '.', '(', ')', '\n'];
/// What is written short, of lower case, and what it is read as. A name before `-free` is what there is none of.
const SHORT: [(&str, &str); 14] = [
    ("n't", " not"),
    ("n’t", " not"),
    ("cannot", "not"),
    ("w/o", "without"),
    ("-free", " not accepted "),
    // Folded, it would be English for waste.
    ("refusé", "interdit"),
    ("débarrassé", "dépourvu"),
    ("libre de ", "sans "),
    ("libres de ", "sans "),
    ("libre d'", "sans "),
    ("libre d’", "sans "),
    (" - ", ", "),
    (" – ", ", "),
    (" — ", ", "),
];

/// A text with what is written short in words: contractions, `amiante : non`. Dashes are commas, and decimals lose
/// their sign, which is no end of a clause.
pub(super) fn spelt(text: &str) -> String {
    let mut spelt = text.to_lowercase();
    for (short, words) in SHORT {
        if spelt.contains(short) {
            spelt = spelt.replace(short, words);
        }
    }
    answered(&joined(&spelt))
}

/// Numbers without the sign of their decimals.
fn joined(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut last = ' ';
    let mut rest = text.chars().peekable();
    while let Some(one) = rest.next() {
        let is_inside = last.is_ascii_digit() && rest.peek().is_some_and(char::is_ascii_digit);
        if !(matches!(one, ',' | '.') && is_inside) {
            joined.push(one);
        }
        last = one;
    }
    joined
}

/// Answers with what they mean.
fn answered(text: &str) -> String {
    let mut pieces = text.split(':');
    let mut answered = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece.find(STOPS).unwrap_or(piece.len());
        let (answer, rest) = piece.split_at(end);
        if NO.contains(&fold(answer).as_str()) {
            answered.push_str(" not accepted");
            answered.push_str(rest);
        } else {
            answered.push_str(if is_heading(&answered) { " sans " } else { ":" });
            answered.push_str(piece);
        }
    }
    answered
}

/// Whether a text up to a colon ends with what refuses what stands behind it: `Interdits : clous`.
fn is_heading(before: &str) -> bool {
    let last = fold(before.rsplit(STOPS).next().unwrap_or_default());
    HEADINGS.contains(&last.as_str()) || is_refused(&last) && !last.contains(' ')
}

/// Whether a word denies what follows it, up to where that ends.
pub(super) fn is_before(words: &[&str], at: usize) -> bool {
    let last = at.checked_sub(1).map_or("", |at| words[at]);
    let next = words.get(at + 1).copied().unwrap_or("");
    let is_number = next.starts_with(|first: char| first.is_ascii_digit());
    match words[at] {
        // `no 4` is a number, and `0-20 mm` a size.
        "no" => !is_number,
        "0" => !is_number && !["a", "to", "et", "ou", "mm", ""].contains(&next),
        "of" | "from" => last == "free",
        "hors" => !OUT_OF.contains(&next),
        "refuse" => WHO.contains(&last),
        word => WITHOUT.contains(&word),
    }
}

/// Whether a word refuses what stands before it.
pub(super) fn is_refused(word: &str) -> bool {
    // `exclusivement` is the contrary, and `excluding` speaks of what follows.
    REFUSED.iter().any(|start| word.starts_with(start)) && !word.starts_with("exclusi") && word != "excluding"
}

/// As [`is_refused`], of a word behind a thing that is looked for.
pub(super) fn is_behind(word: &str) -> bool {
    is_refused(word) || NONE_OF_IT.iter().any(|start| word.starts_with(start))
}

/// Whether a word is one for what is taken, which a `not` before it turns round.
pub(super) fn is_taken(word: &str) -> bool {
    word == "ok" || TAKEN.iter().any(|start| word.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::spelt;

    #[test]
    fn what_is_written_short_is_read_in_words() {
        for (text, words) in [
            ("We don't want wax", "we do not want wax"),
            ("Cannot accept PVC", "not accept pvc"),
            ("amiante : non, béton", "amiante  not accepted, béton"),
            ("Nails: none", "nails not accepted"),
            ("bois : non traité", "bois : non traité"),
            ("amiante < 0,1 %", "amiante < 01 %"),
            ("bois, métal", "bois, métal"),
            ("bois - métal", "bois, métal"),
            ("bois, interdits : clous", "bois, interdits  sans  clous"),
            ("", ""),
        ] {
            assert_eq!(spelt(text), words, "{text}");
        }
    }
}
