//! Columns of a survey that are options: `Métaux (offre)`, with a cross or an amount in the rows that chose it.

use super::direction::{self, Said, Strength};
use super::evidence::is_choice;
use super::likely::likely;
use super::proposal::Guess;
use crate::model::Field;

/// Fewest of them that are a choice.
const FEWEST: usize = 2;
/// Words of the longest direction behind one.
const LONGEST_SIDE: usize = 3;

/// Options are no fields: each that was chosen is a flow of its own.
pub(super) fn of_options(guesses: &mut [Guess]) {
    let found: Vec<usize> = (0..guesses.len()).filter(|at| is_option(&guesses[*at])).collect();
    if found.len() < FEWEST {
        return;
    }
    for at in found {
        let proposed = &mut guesses[at].proposed;
        (proposed.field, proposed.sure, proposed.is_option) = (None, 0, true);
    }
}

fn is_option(guess: &Guess) -> bool {
    // Cells alone make a quantity of it.
    let is_free = matches!(guess.proposed.field, None | Some(Field::Quantity));
    is_free && names_option(&guess.proposed.header) && guess.values.iter().all(|text| is_choice(text))
}

/// Whether a heading is of a thing that is no usual word, with its direction behind it: `Métaux (offre)`,
/// `Métaux - à offrir`.
fn names_option(header: &str) -> bool {
    let header = header.trim();
    let bracket = header.strip_suffix([')', ']']).and_then(|text| text.rsplit_once(['(', '[']));
    let dash = || [" - ", " – ", " : "].iter().find_map(|joint| header.rsplit_once(*joint));
    let Some((thing, side)) = bracket.or_else(dash) else { return false };
    let is_side = side.split_whitespace().count() <= LONGEST_SIDE && direction::one(side, None).is_some();
    let is_thing = || {
        thing.contains(char::is_alphabetic)
            && direction::said(thing, Strength::Plain) == Said::Nothing
            && likely(thing.trim(), None, false).0.is_none()
    };
    is_side && is_thing()
}

#[cfg(test)]
mod tests {
    use super::names_option;

    #[test]
    fn an_option_is_a_thing_with_its_direction() {
        for header in ["Métaux (offre)", "Bois [demande]", "Plastique - à offrir"] {
            assert!(names_option(header), "{header}");
        }
        for header in
            ["Quantité (offre)", "Offre (t/an)", "Offre (oui/non)", "(offre)", "Métaux (t/an)", "Offre"]
        {
            assert!(!names_option(header), "{header}");
        }
    }
}
