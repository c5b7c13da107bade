//! Kilograms in a cubic metre, a pallet, a bale: `pipelines/reference/masses_volumiques.csv`.

use crate::materials;
use crate::measures::number::Decimal;
use crate::model::State;
use std::sync::LazyLock;

struct Row {
    category: String,
    unit: String,
    keywords: Vec<String>,
    /// Low and high; none where such things have no usual mass, so that a wider row does not weigh them.
    kilograms: Option<(Decimal, Decimal)>,
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let table = include_str!("../../pipelines/reference/masses_volumiques.csv");
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records().filter_map(Result::ok) {
        let kilograms = Decimal::parse_plain(&record[3]).zip(Decimal::parse_plain(&record[4]));
        let keywords = record[2].split('|').filter(|word| !word.is_empty()).map(materials::key).collect();
        rows.push(Row { category: record[0].to_owned(), unit: record[1].to_owned(), keywords, kilograms });
    }
    rows
});

/// Category of the row for liquids of any category.
const LIQUID: &str = "liquide";

/// Kilograms in one unit (`m3`, `palette`, `balle`…), low and high: the row of the category
/// with the longest keyword in the description, else the category's row without keyword. That row
/// is one of loose solids: a liquid has its own, and what is a sludge or a gas has none.
pub(super) fn find(
    category: &str,
    unit: &str,
    description: &str,
    state: Option<State>,
) -> Option<(Decimal, Decimal)> {
    let text = materials::key(description);
    let mut best: Option<(usize, &Row)> = None;
    for row in ROWS.iter().filter(|row| row.category == category && row.unit == unit) {
        let length = if row.keywords.is_empty() {
            Some(0)
        } else {
            row.keywords.iter().filter(|word| materials::contains(&text, word)).map(String::len).max()
        };
        if let Some(length) = length
            && best.is_none_or(|(longest, _)| length > longest)
        {
            best = Some((length, row));
        }
    }
    let row = match (best, state) {
        (Some((0, _)), Some(State::Liquid)) => {
            ROWS.iter().find(|row| row.category == LIQUID && row.unit == unit)?
        }
        (Some((0, _)), Some(State::Sludge | State::Gas)) => return None,
        (best, _) => best?.1,
    };
    row.kilograms
}

#[cfg(test)]
mod tests {
    use super::{ROWS, find};
    use crate::model::State;

    #[test]
    fn a_liquid_is_not_weighed_as_loose_solids() {
        let kg = |description: &str, state| {
            find("matieres_organiques", "m3", description, state)
                .map(|(low, high)| (low.round(), high.round()))
        };
        let liquid = Some((Some(949), Some(1198)));
        assert_eq!(kg("rejets de production", Some(State::Liquid)), liquid);
        assert_eq!(kg("Lactosérum acide", None), liquid);
        assert_eq!(kg("Huile de friture", Some(State::Liquid)), Some((Some(899), Some(899))));
        assert_eq!(kg("boues de flottation", Some(State::Sludge)), None);
        assert_eq!(kg("rejets de production", None), Some((Some(80), Some(356))));
    }

    #[test]
    fn intervals_are_ordered_and_keywords_beat_the_category() {
        assert!(ROWS.len() > 40);
        assert!(ROWS.iter().filter_map(|row| row.kilograms).all(|(low, high)| low.compare(high).is_le()));
        let (low, _) = find("mineraux", "m3", "Retailles de gypse", None).unwrap();
        assert_eq!(low.round(), Some(297));
        assert!(find("bois", "palette", "Palettes de bois usagées", None).is_some());
        assert!(find("carton_papier", "palette", "carton", None).is_none());
    }

    #[test]
    fn tires_and_oils_have_the_mass_of_their_kind_or_none() {
        let kg = |category: &str, unit: &str, description: &str| {
            let (low, high) = find(category, unit, description, None)?;
            low.round().zip(high.round())
        };
        for (description, each) in [
            ("Pneus d'auto usés", Some((10, 11))),
            ("Pneus de camion", Some((18, 45))),
            ("Pneus de camionnette", Some((10, 11))),
            ("Used heavy truck tires", Some((45, 45))),
            ("Pneus de machinerie agricole", None),
            ("Pneus", Some((10, 18))),
        ] {
            assert_eq!(kg("plastiques", "pneu", description), each, "{description}");
        }
        for (description, cubic_metre) in [
            ("Huile usée de moteur", Some((865, 900))),
            ("Huiles hydrauliques", Some((865, 900))),
            ("Huile de coupe soluble", Some((949, 1_198))),
            ("Solvant usé", Some((949, 1_198))),
        ] {
            assert_eq!(kg("produits_chimiques", "m3", description), cubic_metre, "{description}");
        }
    }
}
