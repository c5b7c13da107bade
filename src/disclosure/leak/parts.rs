//! What a cell of names puts side by side: two people, a company and its trade name, a person and her post.

use super::public::Words;
use super::tokens::letters;

const SIGNS: &[char] =
    &[',', ';', ':', '(', ')', '[', ']', '/', '|', '&', '\n', '"', '«', '»', '“', '”', '—'];
/// Without a space on each side they join the words of one name.
const DASHES: &[&str] = &[" - ", " – "];
/// Words, folded, that stand between two names.
const JOINTS: &[&str] = &[
    "et",
    "and",
    "fasn",
    "f a s",
    "f a s n",
    "faisant affaire",
    "faisant affaires",
    "faisant affaire sous le nom",
    "faisant affaire sous le nom de",
    "faisant affaires sous le nom de",
    "doing business as",
];

/// What stands beside the name of a person, folded.
const TITLES: &str = "m mme mlle me mr mrs ms dr dre ing dir directeur directrice director resp responsable president \
    presidente vice vp pdg gerant gerante manager gestionnaire proprietaire owner coordonnateur coordonnatrice \
    adjoint adjointe superviseur superviseure contremaitre conseiller conseillere agent agente technicien \
    technicienne chef general generale contact attention poste tel cell usine production operations achats \
    ventes environnement a au aux de des du d l la";

/// Fewer letters alone are no name.
const SHORTEST: usize = 4;

/// Each of them; the whole when there is but one.
pub(super) fn of(text: &str) -> Vec<Words> {
    let text = DASHES.iter().fold(text.to_owned(), |text, dash| text.replace(dash, "\n"));
    let mut parts = Vec::new();
    for piece in text.split(SIGNS) {
        let words = Words::of(piece);
        let (mut start, mut at) = (0, 0);
        while at < words.len() {
            let joint = joint(&words.texts[at..]);
            if joint == 0 {
                at += 1;
                continue;
            }
            parts.push(words.slice(start..at));
            at += joint;
            start = at;
        }
        parts.push(words.slice(start..words.len()));
    }
    parts.retain(|part| part.len() > 1 || part.texts.iter().any(|word| letters(word) >= SHORTEST));
    parts
}

/// Words of the longest joint that these begin with.
fn joint(words: &[String]) -> usize {
    let length = |joint: &&str| {
        let length = joint.split(' ').count();
        joint.split(' ').eq(words.iter().take(length).map(String::as_str)).then_some(length)
    };
    JOINTS.iter().filter_map(length).max().unwrap_or(0)
}

/// Without titles, posts and numbers at its ends.
pub(super) fn untitled(words: &Words) -> Words {
    let is_aside =
        |word: &&String| letters(word) == 0 || TITLES.split(' ').any(|title| title == word.as_str());
    let start = words.texts.iter().take_while(is_aside).count();
    let tail = words.texts[start..].iter().rev().take_while(is_aside).count();
    words.slice(start..words.len() - tail)
}

#[cfg(test)]
mod tests {
    use super::super::public::Words;
    use super::{of, untitled};

    #[test]
    fn a_name_is_left_without_its_title_and_its_number() {
        for (text, name) in [
            ("dir. Ange-Aimée Toubisc", "ange aimee toubisc"),
            ("Ursule Fablin, 418 555-0155 poste 3", "ursule fablin"),
            ("Mme Fablin, directrice des achats", "fablin"),
            ("Directrice générale", ""),
        ] {
            assert_eq!(untitled(&Words::of(text)).texts.join(" "), name);
        }
    }

    #[test]
    fn a_cell_is_cut_where_another_name_begins() {
        let cases: [(&str, &[&str]); 7] = [
            ("9123-4567 Québec inc. (Béton Grisepatte)", &["9123 4567 quebec inc", "beton grisepatte"]),
            ("Fonderie Coulefeu inc. - division Tremplouf", &["fonderie coulefeu inc", "division tremplouf"]),
            ("Anselme Cordouvrier et Mahaut Ursulet", &["anselme cordouvrier", "mahaut ursulet"]),
            ("Grand-Pralin & Fils f.a.s.n. Mirlifleur", &["grand pralin", "fils", "mirlifleur"]),
            ("Pralin faisant affaire sous le nom de Mirlifleur", &["pralin", "mirlifleur"]),
            ("Roy (A)", &[]),
            ("Mirlifleur", &["mirlifleur"]),
        ];
        for (text, parts) in cases {
            let found: Vec<String> = of(text).iter().map(|part| part.texts.join(" ")).collect();
            assert_eq!(found, parts, "{text}");
        }
    }
}
