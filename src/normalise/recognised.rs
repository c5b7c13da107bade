//! Which cells are plain values of their field, so that `maillage check` may show them.

use super::lexicon::Lexicon;
use super::{dates, identifiers};
use crate::config::{Mapping, Settings};
use crate::materials;
use crate::measures::marks::Marks;
use crate::measures::{amounts, frequency, quantity, units};
use crate::model::{
    Attribution, Category, Cell, Confidentiality, Destination, Direction, Field, FlowType, Recurrence, State,
    Status, fold,
};

/// Longest text that is shown: codes, numbers with their unit, and dates are shorter.
const LONGEST: usize = 32;

/// Tells of one source which cells hold nothing but a code, a number with a known unit or a
/// date of their field. Anything else could name somebody, in whatever column it stands.
pub fn recognised(settings: &Settings, mapping: &Mapping) -> impl Fn(Field, &Cell) -> bool + use<> {
    let lexicon = Lexicon::new(settings, Some(mapping));
    move |field, cell| !field.is_confidential() && is_plain(&lexicon, field, cell)
}

fn is_plain(lexicon: &Lexicon, field: Field, cell: &Cell) -> bool {
    let text = cell.reveal();
    let text = text.as_str();
    if text.is_empty() || text.chars().count() > LONGEST || identifiers::enterprise_number(text).is_some() {
        return false;
    }
    let list = field.code();
    let marks = if matches!(cell, Cell::Text(_)) { lexicon.marks(field) } else { Marks::default() };
    match field {
        Field::Direction => lexicon.code::<Direction>(list, Direction::CODES, text).is_some(),
        Field::FlowType => lexicon.code::<FlowType>(list, FlowType::CODES, text).is_some(),
        Field::Category => lexicon.code::<Category>(list, Category::CODES, text).is_some(),
        Field::State => lexicon.code::<State>(list, State::CODES, text).is_some(),
        Field::Destination => lexicon.code::<Destination>(list, Destination::CODES, text).is_some(),
        Field::Confidentiality => {
            lexicon.code::<Confidentiality>(list, Confidentiality::CODES, text).is_some()
        }
        Field::Status => lexicon.code::<Status>(list, Status::CODES, text).is_some() || Status::is_word(text),
        Field::Recurrence => lexicon.code::<Recurrence>(list, Recurrence::CODES, text).is_some(),
        Field::Attribution => lexicon.code::<Attribution>(list, Attribution::CODES, text).is_some(),
        Field::Park => lexicon.park(text).is_some(),
        Field::Unit => units::find(text).is_some() && bare(text),
        Field::Frequency => frequency::find(text).is_some(),
        Field::Workforce => identifiers::workforce(cell).is_some() && bare(text),
        Field::Material => !materials::codes(text).0.is_empty() && !text.chars().any(char::is_alphabetic),
        Field::Sector => identifiers::sector(text).is_some() && text.len() <= 6,
        Field::Hazardous | Field::Consent => {
            matches!(fold(text).as_str(), "oui" | "non" | "o" | "n" | "x" | "yes" | "no")
        }
        Field::Quantity | Field::QuantityLeast | Field::QuantityMost => quantity::read_with(text, marks)
            .is_ok_and(|read| bare(text) && (read.unit.is_empty() || units::find(&read.unit).is_some())),
        Field::CurrentCost | Field::Price | Field::Investment | Field::Revenue => {
            amounts::amount(text, marks, lexicon.days()).is_some()
        }
        Field::AvailableFrom | Field::AvailableTo | Field::EnteredOn | Field::StatusDate => {
            dates::read(cell, false, lexicon.dates()).is_some()
        }
        Field::Distance | Field::Jobs => !matches!(cell, Cell::Text(_)) || text.parse::<f64>().is_ok(),
        _ => false,
    }
}

/// Whether no remark stands beside the value: units are found despite one.
fn bare(text: &str) -> bool {
    !text.contains(['(', ';', ':']) && !text.contains(" de ") && !text.contains(" d'")
}

#[cfg(test)]
mod tests {
    use super::recognised;
    use crate::model::{Cell, Field};

    #[test]
    fn only_plain_values_of_a_field_are_shown_whatever_the_column_is_called() {
        let settings = crate::normalise::tests::settings();
        let shown = recognised(&settings, &crate::config::Mapping::default());
        for (field, text) in [
            (Field::Direction, "Offre"),
            (Field::Quantity, "2 à 3 t/sem"),
            (Field::Unit, "kg"),
            (Field::Status, "En attente"),
            (Field::Status, "Réalisées"),
            (Field::AvailableFrom, "1er mars 2026"),
            (Field::CurrentCost, "1 200 $"),
        ] {
            assert!(shown(field, &Cell::text(text)), "{text}");
        }
        for (field, text) in [
            (Field::Name, "kg"),
            (Field::Park, "Aciérie Canari inc."),
            (Field::Quantity, "500 kg (voir M. Canari)"),
            (Field::Quantity, "1145678901"),
            (Field::Unit, "kg de chez Canari"),
            (Field::Status, "Proposée, relance Canari"),
            (Field::Status, "En discussion avec Canari"),
            (Field::Category, "canari@exemple.test"),
        ] {
            assert!(!shown(field, &Cell::text(text)), "{text}");
        }
    }
}
