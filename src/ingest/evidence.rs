//! What stands below a heading: it confirms, weakens or replaces what the heading says.

use super::direction::{self, Said, Strength};
use super::header::key;
use super::likely::LOOSE;
use crate::measures::contact::{is_email, is_telephone};
use crate::measures::units::{self, Kind};
use crate::measures::{frequency, quantity};
use crate::model::{Category, Field, LEGAL_FORMS, fold, is_null};
use std::str::FromStr as _;

/// Cells, percent, that must be of one kind to give a column its field.
const MOST: usize = 80;
/// The same under a heading that names both directions.
const HALF: usize = 50;
/// A field that a longer heading only names among other words, and that its cells confirm.
const CONFIRMED: u32 = 60;

/// The field of a column and how sure it is, percent, with what its cells say.
pub(super) fn judged(
    header: &str,
    field: Option<Field>,
    sure: u32,
    values: &[String],
) -> (Option<Field>, u32) {
    // That nothing is known says nothing of a column; a tick has no letter either.
    let tells = |text: &&String| is_tick(text) || !is_null(text);
    let values: Vec<&String> = values.iter().filter(tells).collect();
    if values.is_empty() {
        return (field, sure / 2);
    }
    let share = |fits: fn(&str) -> bool| values.iter().filter(|text| fits(text)).count() * 100 / values.len();
    let label = header.rsplit('>').next().unwrap_or_default();
    // `Offre` above crosses says which rows are offers, and no name.
    let is_direction = direction::said(label, Strength::Plain) != Said::Nothing;
    if field.is_some() && is_direction && (share(is_tick) >= MOST || share(is_yes_or_no) >= MOST) {
        return (None, 0);
    }
    // `Quelles matières ? [Bois]` is answered with yes or no, and says so of wood.
    if label.trim_end().ends_with(']') && share(is_yes_or_no) >= MOST {
        return (None, 0);
    }
    let names_both = || direction::said(label, Strength::Plain) == Said::Both;
    let directions = share(|text| direction::of_cell(text).is_some());
    // What names somebody, and free text, may be one of these words.
    let may_be_it = field.is_none_or(|field| !field.is_confidential() && field != Field::Direction);
    if may_be_it && (directions >= MOST || directions >= HALF && names_both()) {
        return (Some(Field::Direction), LOOSE);
    }
    // `Industrie` above names of companies is no sector, and `Client` no number of one.
    if matches!(field, None | Some(Field::Sector | Field::OrganisationId)) && share(is_company) >= HALF {
        return (Some(Field::Name), CONFIRMED);
    }
    let Some(known) = field else { return by_cells(&share) };
    let figures = share(has_figure);
    // A deposit is how much there is, or what.
    if known == Field::Quantity && figures == 0 && key(label).starts_with("gisement") {
        return (Some(Field::Description), LOOSE);
    }
    let is_doubtful = match known {
        Field::Email => share(is_email) < HALF,
        Field::EnterpriseNumber => share(is_enterprise_number) < HALF,
        _ if known.is_quantity() => figures < HALF,
        Field::AvailableFrom | Field::AvailableTo | Field::EnteredOn => figures < HALF,
        // A name without a letter is a number of something.
        Field::Name | Field::Description => share(|text| text.contains(char::is_alphabetic)) == 0,
        // `A`, `B`: the state of an article, and no step of a synergy.
        Field::Status => share(|text| text.chars().count() <= 2) >= MOST,
        _ => false,
    };
    match known {
        _ if is_doubtful => (field, sure / 2),
        _ if known.is_quantity() && figures >= MOST => (field, sure.max(CONFIRMED)),
        _ => (field, sure),
    }
}

/// What a cell may be, the field of a column of such cells, and how sure that is, percent.
type Hint = (fn(&str) -> bool, Field, u32);

/// The field that cells alone give a column whose heading says nothing.
fn by_cells(share: &impl Fn(fn(&str) -> bool) -> usize) -> (Option<Field>, u32) {
    let kinds: [Hint; 6] = [
        (is_email, Field::Email, 85),
        (is_enterprise_number, Field::EnterpriseNumber, 75),
        (is_telephone, Field::Telephone, LOOSE),
        (is_unit, Field::Unit, LOOSE),
        (is_frequency, Field::Frequency, LOOSE),
        (is_quantity, Field::Quantity, CONFIRMED),
    ];
    let found = kinds.into_iter().find(|(fits, ..)| share(*fits) >= MOST);
    found.map_or((None, 0), |(_, field, sure)| (Some(field), sure))
}

/// Whether cells are categories of the programme, by code or name.
pub(super) fn are_categories(values: &[String]) -> bool {
    let is_title = |text: &String| {
        let text = fold(text);
        Category::from_str(&text.replace(' ', "_")).is_ok()
            || Category::ALL.iter().any(|one| fold(one.title_fr()) == text || fold(one.title_en()) == text)
    };
    values.iter().filter(|text| is_title(text)).count() * 2 >= values.len()
}

/// A mark of a person who ticks a box.
fn is_tick(text: &str) -> bool {
    matches!(text.trim(), "x" | "X" | "✓" | "✔" | "☑" | "☒" | "√" | "×")
}

/// What survey tools write of an option, in their languages and codes.
/// A name with a legal form at its end.
fn is_company(text: &str) -> bool {
    let folded = fold(text);
    folded.rsplit_once(' ').is_some_and(|(_, last)| LEGAL_FORMS.contains(&last))
}

fn is_yes_or_no(text: &str) -> bool {
    let words = ["oui", "non", "o", "n", "yes", "no", "y", "vrai", "faux", "true", "false"];
    is_tick(text) || words.contains(&fold(text).as_str())
}

/// What stands below an option: a mark, a yes or no, an amount with its unit, or nothing.
pub(super) fn is_choice(text: &str) -> bool {
    is_yes_or_no(text) || matches!(text.trim(), "0" | "1") || is_null(text) || is_quantity(text)
}

fn has_figure(text: &str) -> bool {
    text.contains(|character: char| character.is_ascii_digit())
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn is_enterprise_number(text: &str) -> bool {
    let digits = digits(text);
    digits.len() == 10 && ["11", "22", "33", "88"].iter().any(|start| digits.starts_with(start))
}

fn is_unit(text: &str) -> bool {
    text.contains(char::is_alphabetic) && units::is_one(text)
}

/// A letter alone (`Y`, `S`) may say anything.
fn is_frequency(text: &str) -> bool {
    let letters = text.chars().filter(|letter| letter.is_alphabetic()).count();
    letters >= 2 && !units::is_one(text) && frequency::find(text).is_some()
}

/// A number with the unit of a mass, of a volume or of what is counted.
fn is_quantity(text: &str) -> bool {
    let is_amount = |unit: &str| {
        units::find(unit)
            .is_some_and(|unit| matches!(unit.kind, Kind::Mass(_) | Kind::Volume(_) | Kind::Count))
    };
    has_figure(text) && quantity::read(text).is_ok_and(|written| is_amount(&written.unit))
}

#[cfg(test)]
mod tests {
    use super::{Field, are_categories, judged};

    fn of(header: &str, field: Option<Field>, sure: u32, cells: &[&str]) -> (Option<Field>, u32) {
        let cells: Vec<String> = cells.iter().map(|cell| (*cell).to_owned()).collect();
        judged(header, field, sure, &cells)
    }

    #[test]
    fn cells_give_a_field_to_a_heading_that_says_nothing() {
        for (cells, field) in [
            (["a@exemple.test", "b@exemple.test"], Some(Field::Email)),
            (["1145678901", "1166223344"], Some(Field::EnterpriseNumber)),
            (["418-555-0101", "(418) 555-0102"], Some(Field::Telephone)),
            (["kg", "tonnes"], Some(Field::Unit)),
            (["par mois", "hebdomadaire"], Some(Field::Frequency)),
            (["2 à 3 t/an", "500 kg"], Some(Field::Quantity)),
            (["Offrir", "Rechercher"], Some(Field::Direction)),
            (["Noir", "Bleu"], None),
            (["12", "14"], None),
        ] {
            assert_eq!(of("Bidule", None, 0, &cells).0, field, "{cells:?}");
        }
    }

    #[test]
    fn cells_confirm_weaken_or_replace_what_the_heading_says() {
        assert_eq!(of("Courriel", Some(Field::Email), 95, &["oui", "non"]), (Some(Field::Email), 47));
        assert_eq!(of("Statut", Some(Field::Status), 95, &["A", "B"]), (Some(Field::Status), 47));
        assert_eq!(of("Statut", Some(Field::Status), 95, &["Réalisée"]), (Some(Field::Status), 95));
        let companies = ["Canari ltée", "Moulures Vermeil inc.", "Aster et fils"];
        assert_eq!(of("Industrie", Some(Field::Sector), 95, &companies), (Some(Field::Name), 60));
        assert_eq!(of("Générateur", None, 0, &companies), (Some(Field::Name), 60));
        assert_eq!(
            of("Industrie", Some(Field::Sector), 95, &["Scierie", "Brasserie"]).0,
            Some(Field::Sector)
        );
        assert_eq!(of("Quel tonnage?", Some(Field::Quantity), 40, &["3", "4 t"]).1, 60);
        let unknown = ["n.d.", "3 t", "-", "N/A", "?", "à préciser"];
        assert_eq!(of("Quantité", Some(Field::Quantity), 95, &unknown), (Some(Field::Quantity), 95));
        assert_eq!(of("Gisement", Some(Field::Quantity), 95, &["bois", "n.d."]).0, Some(Field::Description));
        assert_eq!(of("Gisement", Some(Field::Quantity), 95, &["12", "n.d."]).0, Some(Field::Quantity));
        assert_eq!(of("Besoin", Some(Field::Description), 95, &["oui", "non"]), (None, 0));
        assert_eq!(of("Type", Some(Field::FlowType), 95, &["Offre", "Demande"]).0, Some(Field::Direction));
        assert_eq!(of("Couleur", Some(Field::Note), 95, &[]), (Some(Field::Note), 47));
        assert_eq!(of("Demande", Some(Field::Receiver), 60, &["x", "X"]), (None, 0));
        let option = |cells: &[&str]| of("Quelles matières ? [Bois]", Some(Field::Description), 95, cells).0;
        assert_eq!((option(&["Oui", "Non", "-"]), option(&["palettes"])), (None, Some(Field::Description)));
    }

    #[test]
    fn words_of_the_programme_are_categories_and_names_of_residues_are_none() {
        let cells = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        assert!(are_categories(&cells(&["Bois", "Métaux", "verre"])));
        assert!(!are_categories(&cells(&["Retailles de gypse", "Boues de lavage"])));
    }
}
