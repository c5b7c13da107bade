//! Two words of a longer name that nobody else has, side by side: `Quindraval-Motzène` of `Éclusières
//! Quindraval-Motzène inc.`

use super::patterns::{Pattern, Patterns};
use super::public::{Public, Words};
use super::runs::{self, Set};
use super::tokens::letters;
use crate::model::{Field, LEGAL_FORMS, RawRow};

/// Fewer letters are an article or a preposition.
const SHORTEST: usize = 4;
/// Words of a name of which two say who it is.
const FEWEST: usize = 3;

/// Pairs of words that say where something is: of towns, as addresses have them behind the street, and of parks.
pub(super) fn of_places(rows: &[RawRow]) -> Set {
    let mut places = Set::default();
    let is_place = |field: &Field| matches!(field, Field::Address | Field::Park);
    for (field, cell) in rows.iter().flat_map(|row| &row.cells).filter(|(field, _)| is_place(field)) {
        let text = cell.value.reveal();
        for part in text.split([',', ';', '(', ')', '\n']) {
            let is_street = *field == Field::Address && part.bytes().any(|byte| byte.is_ascii_digit());
            if !is_street {
                places.extend(Words::of(part).windows(2).map(|(_, run)| run));
            }
        }
    }
    places
}

/// Adds each pair of neighbours in a name of three and more words of some length, of which no text of the product
/// has either; unless it is a place, or a person reviewed it, or the name with or without its legal form.
pub(super) fn add(patterns: &mut Patterns, public: &Public, words: &Words, places: &Set, kind: &'static str) {
    let is_legal = |word: &String| LEGAL_FORMS.contains(&word.as_str());
    let counts = |place: usize| letters(&words.texts[place]) >= SHORTEST && !is_legal(&words.texts[place]);
    let end = words.len() - words.texts.iter().rev().take_while(|word| is_legal(word)).count();
    if (0..words.len()).filter(|place| counts(*place)).count() < FEWEST
        || [end, words.len()].iter().any(|end| public.is_reviewed(runs::of(&words.hashes[..*end])))
    {
        return;
    }
    for first in 0..words.len() - 1 {
        let pair = [first, first + 1];
        let is_rare = pair.iter().all(|place| counts(*place) && !public.has_own_word(words.hashes[*place]));
        let run = runs::of(&pair.map(|place| words.hashes[place]));
        let is_one_phrase = words.unbroken[first + 1] > 1;
        if is_rare
            && is_one_phrase
            && !places.contains(&run)
            && !public.is_named_as_place(run)
            && !public.is_reviewed(run)
        {
            let weight = words.texts[first].len() + words.texts[first + 1].len();
            let weight = u8::try_from(weight).unwrap_or(u8::MAX);
            patterns.insert(2, run, Pattern { kind, weight, is_ordinary: false, exception: None, row: None });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{PAGE, row};
    use super::super::{Canaries, Public};
    use crate::model::Field;

    fn is_refused(cells: &[(Field, &str)], text: &str, public: &Public) -> bool {
        let canaries = Canaries::collect(&[row(cells, &[])], public);
        !canaries.scan("p", text.as_bytes()).leaks.is_empty()
    }

    #[test]
    fn two_rare_words_of_a_longer_name_are_a_leak_whoever_writes_them() {
        for text in ["Merci à Quindraval-Motzène", "quindraval <b>Motzène</b>", "Éclusières Quindraval"]
        {
            for written in [Vec::new(), vec![text]] {
                let public = Public::new([PAGE], &written, &[], &[]);
                for field in [Field::Name, Field::Supplier] {
                    let name = (field, "Éclusières Quindraval-Motzène inc.");
                    assert!(is_refused(&[name], text, &public), "{text}");
                }
            }
        }
        let text = "Motzène et Quindraval, éclusières";
        let public = Public::new([PAGE], &[text], &[], &[]);
        assert!(!is_refused(&[(Field::Name, "Éclusières Quindraval-Motzène inc.")], text, &public));
    }

    #[test]
    fn towns_parks_ordinary_words_and_what_is_reviewed_are_no_alarm() {
        let text = "Réseau de Grand-Pralin, à Saint-Mirlif; parc industriel de Beauport; métaux et verre";
        let public =
            |reviewed: &[String]| Public::new([PAGE], &[text], &["Zone industrielle Saint-Mirlif"], reviewed);
        let open = [(Field::Name, "Écocentre Grand-Pralin Nordet")];
        assert!(is_refused(&open, text, &public(&[])));
        for reviewed in ["Grand-Pralin", "Écocentre Grand-Pralin Nordet"] {
            assert!(!is_refused(&open, text, &public(&[reviewed.to_owned()])), "{reviewed}");
        }
        for cells in [
            &[open[0], (Field::Address, "12, rue du Quai, Grand-Pralin (Québec) G1K 7A5")][..],
            &[(Field::Name, "Scierie Saint-Mirlif Nordet ltée")],
            &[(Field::Name, "Recyclage du parc industriel de Beauport inc.")],
        ] {
            assert!(!is_refused(cells, text, &public(&[])), "{cells:?}");
        }
        // A street is no town.
        let street = [open[0], (Field::Address, "12 rue Grand-Pralin, Québec")];
        assert!(is_refused(&street, text, &public(&[])));
    }
}
