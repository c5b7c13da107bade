//! Yes and no as people write them, and whether something is dangerous.

use crate::model::fold;

/// Words of a longer answer than which none is looked through.
const MOST: usize = 8;
/// Words that deny what is said.
const NOT: &[&str] =
    &["pas", "non", "not", "aucun", "aucune", "aucunement", "no", "sans", "without", "jamais", "never"];
/// Words that leave open whether it is so.
const DOUBT: &[&str] = &[
    "si",
    "if",
    "mais",
    "but",
    "sauf",
    "except",
    "unless",
    "peut",
    "may",
    "maybe",
    "perhaps",
    "parfois",
    "sometimes",
    "selon",
    "depend",
    "depends",
    "possible",
    "possiblement",
    "probable",
    "probablement",
    "probably",
    "potentiellement",
    "potentially",
    "partiellement",
    "seulement",
    "only",
    "confirmer",
    "verifier",
    "valider",
    "confirm",
    "confirmed",
    "verify",
    "check",
];
/// Words between two things that are said.
const JOINTS: &[&str] = &["et", "ou", "and", "or"];
/// Answers that deny a danger without naming it.
const NEVER: &[&str] =
    &["pas du tout", "jamais", "aucunement", "aucun", "aucune", "not at all", "never", "none"];
/// Beginnings of words before which a `non` says that nobody knows, and no answer: `non précisé`, `no data`.
const UNSAID: &[&str] = &[
    "precis",
    "specifi",
    "indiqu",
    "renseign",
    "declar",
    "evalu",
    "class",
    "test",
    "analys",
    "connu",
    "determin",
    "verifi",
    "caracteris",
    "identifi",
    "defini",
    "disponib",
    "fourni",
    "data",
    "info",
];

/// A yes or a no and nothing else; none where it is asked (`non?`).
pub(super) fn plain(text: &str) -> Option<bool> {
    if text.contains('?') {
        return None;
    }
    match fold(text).as_str() {
        "oui" | "o" | "x" | "vrai" | "true" | "1" | "yes" | "y" | "v" => Some(true),
        "non" | "n" | "faux" | "false" | "0" | "no" | "f" => Some(false),
        _ => None,
    }
}

/// The yes or no with which a sentence begins; none where it is asked, or holds both (`oui/non`).
pub(super) fn begun(text: &str) -> Option<bool> {
    let folded = fold(text);
    let says = |list: [&str; 2]| folded.split(' ').any(|word| list.contains(&word));
    let (yes, no) = (["oui", "yes"], ["non", "no"]);
    if text.contains('?') || says(yes) && says(no) {
        return None;
    }
    let first = folded.split(' ').next()?;
    if yes.contains(&first) { Some(true) } else { no.contains(&first).then_some(false) }
}

/// Whether a text says that something is dangerous, or that it is not; none where it says both, or neither
/// for sure: `oui/non`, `non, sauf si mélangé`, `peut-être`.
pub(super) fn dangerous(text: &str) -> Option<bool> {
    let folded = fold(text);
    if text.contains('?') || folded.split(' ').any(|word| DOUBT.contains(&word)) {
        return None;
    }
    match (begun(text).filter(|_| !is_unsaid(text)), danger(&folded)) {
        (Some(begun), Some(said)) if begun != said => None,
        (begun, said) => begun.or(said),
    }
}

/// Whether a text begins with a `non` of the word behind it: no mark stands between (`non, classe 9`).
fn is_unsaid(text: &str) -> bool {
    const MARKS: &[char] = &[',', ';', ':', '.', '(', '/', '–', '—', '\n'];
    let clause = text.split(MARKS).next().and_then(|clause| clause.split(" - ").next());
    let folded = fold(clause.unwrap_or_default());
    let behind = folded.strip_prefix("non ").or_else(|| folded.strip_prefix("no "));
    behind.is_some_and(|behind| UNSAID.iter().any(|start| behind.starts_with(start)))
}

/// What a few folded words without doubt say of a danger.
fn danger(folded: &str) -> Option<bool> {
    if NEVER.contains(&folded) {
        return Some(false);
    }
    let words: Vec<&str> = folded.split(' ').collect();
    let is_not = match words.iter().filter(|word| NOT.contains(word)).count() {
        0 => false,
        1 => true,
        _ => return None,
    };
    if words.len() > MOST || words.iter().any(|word| JOINTS.contains(word)) {
        return None;
    }
    let says = |starts: &[&str]| words.iter().any(|word| starts.iter().any(|start| word.starts_with(start)));
    match (says(&["danger", "hazard"]), says(&["inoffensi", "harmless"])) {
        (true, false) => Some(!is_not),
        (false, true) => Some(is_not),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{begun, dangerous, plain};

    #[test]
    fn a_few_words_say_whether_something_is_dangerous() {
        for (text, answer) in [
            ("Hazardous", Some(true)),
            ("Matière dangereuse résiduelle", Some(true)),
            ("pas dangereux", Some(false)),
            ("Ce n'est pas une matière dangereuse", Some(false)),
            ("not hazardous", Some(false)),
            ("Non, bois et carton", Some(false)),
            ("aucun danger", Some(false)),
            ("sans danger", Some(false)),
            ("Pas du tout", Some(false)),
            ("pas du tout dangereux", Some(false)),
            ("jamais", Some(false)),
            ("Inoffensif", Some(false)),
            ("harmless", Some(false)),
            ("pas inoffensif", Some(true)),
            ("peut être dangereux", None),
            ("peut-être", None),
            ("dangereux et non dangereux", None),
            ("à vérifier", None),
            ("oui/non", None),
            ("non?", None),
            ("non, à confirmer", None),
            ("non, sauf si mélangé", None),
            ("Oui, pas dangereux", None),
            ("Non précisé", None),
            ("Non e\u{301}value\u{301}e", None),
            ("non-classé", None),
            ("Non testé", None),
            ("Non connu", None),
            ("not assessed", None),
            ("not known", None),
            ("not tested", None),
            ("No data", None),
            ("non classé dangereux", Some(false)),
            ("Non, classe 9 exclue", Some(false)),
            ("Non - testé en 2024", Some(false)),
            ("non inflammable", Some(false)),
        ] {
            assert_eq!(plain(text).or_else(|| dangerous(text)), answer, "{text}");
        }
    }

    #[test]
    fn a_sentence_begins_with_its_answer_unless_it_holds_both_or_asks() {
        assert_eq!((plain("Oui"), plain("n"), plain("oui?")), (Some(true), Some(false), None));
        assert_eq!(begun("Oui, par courriel"), Some(true));
        assert_eq!(begun("non, pas encore"), Some(false));
        for text in ["oui / non", "non?", "on verra"] {
            assert_eq!(begun(text), None, "{text}");
        }
    }
}
