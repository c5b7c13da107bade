//! Words around a quantity that make it approximate or a bound.

/// What the words say of the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    /// The number itself, or about it.
    Exact,
    /// The number is the upper end.
    AtMost,
    /// The number is the lower end.
    AtLeast,
}

/// An asterisk is a footnote, and an apostrophe is how a spreadsheet is told that a cell is text.
const FOOTNOTE: [char; 3] = ['*', '\'', ' '];

const ABOUT: &[&str] = &[
    "environ",
    "env.",
    "env",
    "approximativement",
    "approximately",
    "approx.",
    "approx",
    "a peu pres",
    "plus ou moins",
    "+/-",
    "~",
    "≈",
    "±",
    "circa",
    "ca.",
    "about",
    "roughly",
    "around",
    "nearly",
    "almost",
    "aux environs de",
    "autour de",
    "pres de",
    "presque",
    "de l'ordre de",
    "entre",
    "between",
    "from",
    "de",
];

const AT_MOST: &[&str] = &[
    "pas plus de",
    "no more than",
    "not more than",
    "moins de",
    "inferieur a",
    "maximum",
    "max.",
    "max",
    "jusqu'a",
    "less than",
    "up to",
    "at most",
    "under",
    "below",
    "au plus",
    "<=",
    "<",
    "≤",
];

const AT_LEAST: &[&str] = &[
    "pas moins de",
    "no less than",
    "not less than",
    "au moins",
    "plus de",
    "superieur a",
    "minimum",
    "min.",
    "min ",
    "at least",
    "more than",
    "over",
    ">=",
    ">",
    "≥",
];

/// Whether words before or after an amount say that it is not exact.
pub(crate) fn is_about(text: &str) -> bool {
    let text = text.trim_matches(FOOTNOTE);
    cut(text).1 != text || cut_after(text).1 != text
}

/// Cuts the words before the number.
pub(crate) fn cut(text: &str) -> (Bound, &str) {
    let mut bound = Bound::Exact;
    let mut body = text.trim().trim_start_matches(FOOTNOTE);
    loop {
        let cut = |list: &[&str]| list.iter().find_map(|word| body.strip_prefix(word)).map(str::trim_start);
        if let Some(rest) = cut(AT_MOST) {
            bound = Bound::AtMost;
            body = rest;
        } else if let Some(rest) = cut(AT_LEAST) {
            bound = Bound::AtLeast;
            body = rest;
        } else if let Some(rest) = cut(ABOUT) {
            body = rest;
        } else {
            return (bound, body);
        }
    }
}

/// Without a footnote, and without a bracket that only says how the number was found: `500*`,
/// `500 (estimé)`, `500 kg (environ)`.
fn without_remark(text: &str) -> &str {
    const REMARKS: &[&str] = &["estim", "environ", "env.", "approx", "about", "circa"];
    let text = text.trim().trim_end_matches([' ', '*']);
    let Some((before, said)) = text.strip_suffix(')').and_then(|text| text.rsplit_once('(')) else {
        return text;
    };
    if REMARKS.iter().any(|word| said.trim_start().starts_with(word)) { before.trim_end() } else { text }
}

/// Cuts the words after the unit: `500 kg environ`, `500 kg max.`
pub(crate) fn cut_after(text: &str) -> (Bound, &str) {
    const ABOUT: &[&str] = &[
        "environ",
        "env.",
        "env",
        "approx.",
        "approx",
        "approximativement",
        "a peu pres",
        "plus ou moins",
        "+/-",
        "±",
        "or so",
    ];
    const AT_MOST: &[&str] = &["maximum", "max.", "max", "au plus", "ou moins", "at most", "or less"];
    const AT_LEAST: &[&str] =
        &["minimum", "min.", "au moins", "ou plus", "et plus", "at least", "or more", "and up"];
    let text = without_remark(text);
    let cut = |list: &[&str]| {
        let apart = |rest: &&str| rest.is_empty() || rest.ends_with([' ', ',']);
        let found = list.iter().find_map(|word| text.strip_suffix(word).filter(apart));
        found.map(|rest| rest.trim_end_matches([' ', ',']))
    };
    // "plus ou moins" also ends with "ou moins".
    match (cut(ABOUT), cut(AT_MOST), cut(AT_LEAST)) {
        (Some(rest), ..) => (Bound::Exact, rest),
        (None, Some(rest), _) => (Bound::AtMost, rest),
        (None, None, Some(rest)) => (Bound::AtLeast, rest),
        (None, None, None) => (Bound::Exact, text),
    }
}

#[cfg(test)]
mod tests {
    use super::{Bound, cut, cut_after, is_about};

    #[test]
    fn words_around_a_number_say_whether_it_is_one_end_only() {
        for (text, bound) in [
            ("at least 5", Bound::AtLeast),
            ("pas plus de 5", Bound::AtMost),
            ("plus ou moins 5", Bound::Exact),
            ("aux environs de 5", Bound::Exact),
            ("min. 5", Bound::AtLeast),
            ("*5", Bound::Exact),
        ] {
            assert_eq!(cut(text), (bound, "5"), "{text}");
        }
        for (text, bound) in [
            ("kg et plus", Bound::AtLeast),
            ("kg ou moins", Bound::AtMost),
            ("kg plus ou moins", Bound::Exact),
            ("kg (estime en 2025)", Bound::Exact),
            ("kg *", Bound::Exact),
        ] {
            assert_eq!(cut_after(text), (bound, "kg"), "{text}");
        }
        assert_eq!(cut_after("sacs (25 kg)").1, "sacs (25 kg)");
    }

    #[test]
    fn an_amount_with_a_word_that_says_so_is_about_right() {
        for text in ["environ 4 t", "~4 t", "4 t environ", "4 t (estime)"] {
            assert!(is_about(text), "{text}");
        }
        for text in ["4 t", "'4 t", "4 t*", "4 t/an", "3 sacs (25 kg)", "1 200,5"] {
            assert!(!is_about(text), "{text}");
        }
    }
}
