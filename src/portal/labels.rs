//! Titles of the codes that tables use.

use super::text::Language;
use crate::model::{Category, Column, Dataset, Park, SECTORS};

/// Titles in one language.
pub(super) struct Labels<'a> {
    pub(super) language: Language,
    parks: &'a [Park],
}

/// `code`, French, English.
const CODES: [(&str, &str, &str); 22] = [
    ("Total", "Ensemble", "All"),
    ("inconnu", "Non précisé", "Not stated"),
    ("extrant", "Offres", "Offers"),
    ("intrant", "Demandes", "Requests"),
    ("matiere", "Matière", "Material"),
    ("energie", "Énergie", "Energy"),
    ("eau", "Eau", "Water"),
    ("equipement", "Équipement", "Equipment"),
    ("main_oeuvre", "Main-d’œuvre", "Labour"),
    ("expertise", "Expertise", "Expertise"),
    ("espace", "Espace", "Space"),
    ("transport", "Transport", "Transport"),
    ("potentielle", "Potentielles", "Potential"),
    ("proposee", "Proposées", "Proposed"),
    ("en_discussion", "En discussion", "Under discussion"),
    ("a_l_essai", "À l’essai", "On trial"),
    ("realisee", "Réalisées", "Realised"),
    ("abandonnee", "Abandonnées", "Abandoned"),
    ("detourne", "Détournée de l’élimination", "Diverted from disposal"),
    ("reoriente", "Réorientée", "Redirected"),
    ("enfouissement", "Enfouissement", "Landfill"),
    ("incineration", "Incinération", "Incineration"),
];

/// Titles of codes, French and English.
pub(crate) fn titles_of_codes() -> impl Iterator<Item = &'static str> {
    CODES.iter().flat_map(|(_, french, english)| [*french, *english])
}

impl<'a> Labels<'a> {
    pub(super) const fn new(language: Language, parks: &'a [Park]) -> Self {
        Self { language, parks }
    }

    pub(super) fn category(&self, category: Category) -> &'static str {
        self.language.pick(category.title_fr(), category.title_en())
    }

    pub(super) fn park<'p>(&self, park: &'p Park) -> &'p str {
        self.language.pick(&park.name_fr, &park.name_en)
    }

    /// The title of a code; the code itself when it has none.
    pub(super) fn code(&self, code: &str) -> String {
        if let Ok(category) = code.parse::<Category>() {
            return self.category(category).to_owned();
        }
        if let Some(park) = self.parks.iter().find(|park| park.code.as_str() == code) {
            return self.park(park).to_owned();
        }
        if let Some((_, french, english)) = SECTORS.iter().find(|(known, _, _)| *known == code) {
            return format!("{} ({code})", self.language.say(french, english));
        }
        let known = CODES.iter().find(|(known, _, _)| *known == code);
        known.map_or_else(|| code.to_owned(), |(_, french, english)| self.language.say(french, english))
    }

    pub(super) fn title<'d>(&self, dataset: &'d Dataset) -> &'d str {
        self.language.pick(&dataset.title_fr, &dataset.title_en)
    }

    pub(super) fn description<'d>(&self, dataset: &'d Dataset) -> &'d str {
        self.language.pick(&dataset.description_fr, &dataset.description_en)
    }

    pub(super) fn column<'c>(&self, column: &'c Column) -> &'c str {
        self.language.pick(&column.title_fr, &column.title_en)
    }
}
