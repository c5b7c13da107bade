//! Words around a quantity that make it approximate or a bound.

/// What the words say of the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    /// The number itself, or about it.
    Exact,
    /// The number is the upper end.
    AtMost,
}

const ABOUT: &[&str] = &[
    "environ",
    "env.",
    "env",
    "approximativement",
    "approx.",
    "approx",
    "a peu pres",
    "plus ou moins",
    "+/-",
    "~",
    "≈",
    "±",
    "ca.",
    "about",
    "autour de",
    "pres de",
    "de l'ordre de",
    "au moins",
    "minimum",
    "min.",
    "plus de",
    ">=",
    ">",
    "≥",
    "entre",
    "between",
    "from",
    "de",
];

const AT_MOST: &[&str] =
    &["moins de", "maximum", "max.", "max", "jusqu'a", "less than", "up to", "au plus", "<=", "<", "≤"];

/// Cuts the words before the number.
pub(crate) fn cut(text: &str) -> (Bound, &str) {
    let mut bound = Bound::Exact;
    let mut body = text.trim();
    loop {
        let cut = |list: &[&str]| list.iter().find_map(|word| body.strip_prefix(word)).map(str::trim_start);
        if let Some(rest) = cut(AT_MOST) {
            bound = Bound::AtMost;
            body = rest;
        } else if let Some(rest) = cut(ABOUT) {
            body = rest;
        } else {
            return (bound, body);
        }
    }
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
        "minimum",
        "min.",
        "ou plus",
        "et plus",
    ];
    const AT_MOST: &[&str] = &["maximum", "max.", "max", "au plus", "ou moins"];
    let text = text.trim();
    let cut = |list: &[&str]| {
        let apart = |rest: &&str| rest.is_empty() || rest.ends_with([' ', ',']);
        let found = list.iter().find_map(|word| text.strip_suffix(word).filter(apart));
        found.map(|rest| rest.trim_end_matches([' ', ',']))
    };
    // "plus ou moins" also ends with "ou moins".
    match (cut(ABOUT), cut(AT_MOST)) {
        (Some(rest), _) => (Bound::Exact, rest),
        (None, Some(rest)) => (Bound::AtMost, rest),
        (None, None) => (Bound::Exact, text),
    }
}
