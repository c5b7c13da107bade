//! Sectors that may take what a row of `maillage classify` describes.

use crate::materials::{self, Expectation, Nomenclature, Offer};
use crate::model::FlowType;

/// Columns of the table.
pub(super) const HEADER: [&str; 7] = ["row", "rank", "nace", "scian", "titre_fr", "title_en", "share"];

/// Codes that words are classified to, whatever is written of them: as `docs/classification.md` measures.
const RANKED: usize = 10;
/// Sectors of a row at most.
const MOST: usize = 10;

/// What is offered: of the codes that are known, else of those that the words and the activity say.
pub(super) fn offer(text: &str, activity: &str, declared: &str, expected: &Expectation) -> Offer {
    let (known, _) = materials::codes(declared);
    if !known.is_empty() {
        let whole: Vec<(&str, u16)> = known.iter().map(|code| (code.as_str(), 1000)).collect();
        return Offer::new(&whole, FlowType::Material, text, activity);
    }
    let found = materials::classify(text, expected, RANKED);
    let codes: Vec<(&str, u16)> =
        found.codes.iter().map(|ranked| (ranked.code, ranked.confidence_milli)).collect();
    Offer::new(&codes, found.flow_type, text, activity)
}

/// Class of NACE, sector of SCIAN, its short names, and the share that it has of what speaks for any sector,
/// likeliest first; one line without a sector when there is none, so that no row is lost.
pub(super) fn lines(offer: &Offer) -> Vec<[String; 5]> {
    let mut found = materials::receivers(offer, &[], Nomenclature::Nace, usize::MAX);
    found.retain(|(_, score)| *score > 0.0);
    let total: f32 = found.iter().map(|(_, score)| score).sum();
    let mut lines: Vec<[String; 5]> = found
        .into_iter()
        .take(MOST)
        .map(|(nace, score)| {
            let scian = materials::scian(&nace).unwrap_or_default();
            let (title_fr, title_en) = materials::taker(scian).unwrap_or_default();
            let [scian, title_fr, title_en] = [scian, title_fr, title_en].map(str::to_owned);
            [nace, scian, title_fr, title_en, format!("{:.3}", score / total)]
        })
        .collect();
    if lines.is_empty() {
        lines.push([String::new(), String::new(), String::new(), String::new(), "0.000".to_owned()]);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{MOST, lines, offer};
    use crate::materials::Expectation;

    #[test]
    fn known_codes_speak_alone_and_shares_fall() {
        let told = |text: &str, declared: &str| lines(&offer(text, "", declared, &Expectation::default()));
        let grains = told("Drêches de brasserie", "");
        let first = &grains[0];
        assert_eq!(first[..4], ["1091", "3111", "aliments pour animaux", "animal food"]);
        assert!(grains.len() <= MOST && grains.is_sorted_by(|one, other| one[4] >= other[4]), "{grains:?}");
        let share: f32 = grains.iter().map(|line| line[4].parse::<f32>().unwrap()).sum();
        assert!(share > 0.25 && share < 1.01, "{share}");
        // Roads come first of what demolition leaves, whatever the words are.
        assert_eq!(told("Drêches de brasserie", "17 09 04")[0][0], "4211");
        assert_eq!(told("Drêches de brasserie", "inconnu"), grains);
        assert_eq!(told("chose", ""), [["", "", "", "", "0.000"].map(str::to_owned)]);
    }
}
