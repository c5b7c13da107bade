//! The columns that animators fill in: their headings, and how they are found again.

use crate::measures::number::Decimal;
use crate::measures::quantity;
use crate::measures::units::{self, Kind};
use crate::model::{Status, fold};

/// A column that comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fill {
    /// Which match; not to be changed.
    Identifier,
    Status,
    Note,
    Quantity,
    Reason,
    Agreed,
}

impl Fill {
    /// In the order of the sheet.
    pub(super) const ALL: [Self; 6] =
        [Self::Identifier, Self::Status, Self::Note, Self::Quantity, Self::Reason, Self::Agreed];

    /// Heading and width.
    pub(super) const fn heading(self) -> (&'static str, f64) {
        match self {
            Self::Identifier => ("Identifiant / Identifier", 14.0),
            Self::Status => ("Statut / Status", 16.0),
            Self::Note => ("Note", 30.0),
            Self::Quantity => ("Quantité réalisée (kg/an) / Realised amount (kg a year)", 16.0),
            Self::Reason => ("Raison d’abandon / Reason for giving up", 24.0),
            Self::Agreed => ("Accord obtenu / Consent given", 14.0),
        }
    }

    /// Folded headings, either language.
    const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Identifier => &["identifiant", "identifier"],
            Self::Status => &["statut", "status"],
            Self::Note => &["note", "notes"],
            Self::Quantity => &["quantite realisee", "realised amount", "realized amount"],
            Self::Reason => &["raison d abandon", "reason for giving up"],
            Self::Agreed => &["accord obtenu", "consent given"],
        }
    }

    /// Whether a heading has this one's name: whole or one of its languages, without its unit.
    pub(super) fn is_named(self, heading: &str) -> bool {
        heading.split(" / ").any(|half| {
            let bare = half.split('(').next().unwrap_or(half);
            self.names().contains(&fold(bare).as_str())
        })
    }

    /// Whether a heading is this one's: it has its name, and an amount is in no other unit than ours.
    pub(super) fn is(self, heading: &str) -> bool {
        let is_our_unit = |half: &str| {
            let unit = match half.split_once('(') {
                Some((_, unit)) => fold(unit),
                // What was cut off by the mark between both languages: `(kg / an)`.
                None if half.contains(')') => fold(&format!("kg {half}")),
                None => return true,
            };
            let (first, often) = unit.split_once(' ').unwrap_or((&unit, ""));
            let is_kilograms = matches!(first, "kg" | "kilo" | "kilos") || first.starts_with("kilogram");
            is_kilograms && ["", "an", "par an", "a year", "per year", "year"].contains(&often)
        };
        self.is_named(heading) && (self != Self::Quantity || heading.split(" / ").all(is_our_unit))
    }
}

/// Statuses as the list of the column offers them.
pub(super) const STATUSES: [(Status, &str); 6] = [
    (Status::Potential, "potentielle"),
    (Status::Proposed, "proposée"),
    (Status::UnderDiscussion, "en discussion"),
    (Status::Trial, "à l’essai"),
    (Status::Realised, "réalisée"),
    (Status::Abandoned, "abandonnée"),
];

/// The label of a status.
pub(super) fn label(status: Status) -> &'static str {
    STATUSES.iter().find(|(one, _)| *one == status).map_or("", |(_, label)| label)
}

/// Which sides let their confidential entry be shown to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Agreed {
    /// The offer.
    pub offer: bool,
    /// The request.
    pub request: bool,
}

/// Consents as the list of the column offers them.
pub(super) const AGREED: [(Agreed, &str, &[&str]); 4] = [
    (
        Agreed { offer: true, request: false },
        "offre",
        &["offer", "offre seulement", "offre seule", "offer only"],
    ),
    (
        Agreed { offer: false, request: true },
        "demande",
        &["request", "demande seulement", "demande seule", "request only"],
    ),
    (Agreed { offer: true, request: true }, "les deux", &["both"]),
    (Agreed { offer: false, request: false }, "aucun", &["none", "non", "no", "refus", "refuse", "refused"]),
];

/// The consent that a word says; none of a yes that does not say whose it is.
pub(super) fn agreed(word: &str) -> Option<Agreed> {
    let word = fold(word);
    let found = AGREED
        .iter()
        .find(|(_, french, others)| fold(french) == word || others.iter().any(|known| *known == word));
    found.map(|(agreed, ..)| *agreed)
}

/// The label of a consent; blank for none.
pub(super) fn agreed_label(agreed: Agreed) -> &'static str {
    if agreed == Agreed::default() {
        return "";
    }
    AGREED.iter().find(|(one, ..)| *one == agreed).map_or("", |(_, label, _)| label)
}

/// Most kilograms a year that are believed: ten million tonnes.
const MOST_KG: i64 = 10_000_000_000;

/// Kilograms a year as somebody wrote them: `1200`, `1 200,5`, `2 t`, `5000 lb/an`, `100 kg/mois`. None for
/// what is no exact mass, is negative, or could be read in two ways (`1,234`).
pub(super) fn kilograms(text: &str) -> Option<i64> {
    let written = quantity::read(text).ok()?;
    let is_exact = written.low.compare(written.high).is_eq() && !written.is_bound && !written.unknown_rate;
    if !is_exact || quantity::could_group(text, true) {
        return None;
    }
    let kind = if written.unit.is_empty() { None } else { Some(units::find(&written.unit)?.kind) };
    let of_one = match kind {
        None => Decimal::whole(1),
        Some(Kind::Mass(kg)) => kg,
        Some(_) => return None,
    };
    let yearly = written.rate.map_or(Decimal::whole(1), |rate| rate.times);
    written.high.times(of_one)?.times(yearly)?.round().filter(|kg| *kg <= MOST_KG)
}

#[cfg(test)]
mod tests {
    use super::{Agreed, Fill, agreed, agreed_label, kilograms, label};
    use crate::model::Status;

    #[test]
    fn each_heading_is_found_in_either_language_and_only_as_itself() {
        for fill in Fill::ALL {
            let (heading, _) = fill.heading();
            for half in heading.split(" / ").chain([heading]) {
                let found: Vec<Fill> = Fill::ALL.into_iter().filter(|one| one.is(half)).collect();
                assert_eq!(found, [fill], "{half}");
            }
        }
        assert!(
            Fill::Quantity.is("quantite realisee") && !Fill::Quantity.is("Offre : quantité / Offer: amount")
        );
    }

    #[test]
    fn an_amount_under_another_unit_is_not_ours() {
        for ours in ["Quantité réalisée (kg / an)", "Realised amount (Kilograms)", "Quantité réalisée"]
        {
            assert!(Fill::Quantity.is(ours), "{ours}");
        }
        let both = "Quantité réalisée (t/an) / Realised amount (kg a year)";
        let others =
            ["Quantité réalisée (kg/mois)", "Realised amount (kg a day)", "Quantité réalisée (kg / mois)"];
        for other in ["Quantité réalisée (t/an)", "Realised amount (tonnes)", both].into_iter().chain(others)
        {
            assert!(Fill::Quantity.is_named(other) && !Fill::Quantity.is(other), "{other}");
        }
    }

    #[test]
    fn words_of_both_languages_say_a_status_and_a_consent() {
        for status_of in Status::ALL {
            assert_eq!(Status::from_words(label(*status_of)), Some(*status_of));
        }
        let both = Agreed { offer: true, request: true };
        assert_eq!((agreed("Les deux"), agreed("both"), agreed("?")), (Some(both), Some(both), None));
        for unsaid in ["oui", "yes", "OK", "X", "d’accord", "accepté", "peut-être"] {
            assert_eq!(agreed(unsaid), None, "{unsaid}");
        }
        assert_eq!(agreed("offre seulement"), agreed("Offre"));
        assert_eq!((agreed_label(both), agreed_label(Agreed::default())), ("les deux", ""));
    }

    #[test]
    fn an_amount_is_read_as_people_write_it_and_a_doubtful_one_is_not() {
        let read = ["1200", "1 200", "1 200,5 kg", "2 t", "2,5 tonnes/an", "0,125 t", "1200.4"];
        let kg = [1_200, 1_200, 1_201, 2_000, 2_500, 125, 1_200].map(Some);
        assert_eq!(read.map(kilograms), kg);
        let read = ["5000 lb/an", "100 kg par mois", "2 t/sem", "2 millions kg", "3 t en une fois"];
        assert_eq!(read.map(kilograms), [2_268, 1_200, 104_000, 2_000_000, 3_000].map(Some));
        assert_eq!(kilograms("1E+03"), Some(1_000));
        for doubtful in [
            "1,234",
            "12.500",
            "-5",
            "beaucoup",
            "",
            "t",
            "1,2,3",
            "99999999999",
            "2 à 3 t",
            "12 m³",
            "< 5 t",
            "50%",
            "100 %",
        ] {
            assert_eq!(kilograms(doubtful), None, "{doubtful}");
        }
    }
}
