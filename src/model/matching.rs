//! A possible exchange between two companies.

use super::{FlowId, code_enum};

code_enum!(
    /// What kind of exchange.
    MatchKind, "maillage" {
        /// One company's residue replaces another's purchase.
        Substitution = "substitution",
        /// Equipment, people, space, transport, energy or water used by both.
        Sharing = "partage",
        /// One company's residue becomes another's purchase through one treatment by a third.
        Chain = "chaine",
    }
);

code_enum!(
    /// A named part of the score.
    Part, "part" {
        Material = "matiere",
        Quantity = "quantite",
        Distance = "distance",
        Time = "periode",
        Condition = "condition",
        /// Where the offer goes today.
        Destination = "destination",
        /// Whose consent must be asked first.
        Confidentiality = "confidentialite",
    }
);

impl Part {
    /// The name in French.
    #[must_use]
    pub const fn title_fr(self) -> &'static str {
        match self {
            Self::Material => "Matière",
            Self::Quantity => "Quantité",
            Self::Distance => "Distance",
            Self::Time => "Période",
            Self::Condition => "Condition",
            Self::Destination => "Destination actuelle",
            Self::Confidentiality => "Confidentialité",
        }
    }

    /// The name in English.
    #[must_use]
    pub const fn title_en(self) -> &'static str {
        match self {
            Self::Material => "Material",
            Self::Quantity => "Amount",
            Self::Distance => "Distance",
            Self::Time => "Period",
            Self::Condition => "Condition",
            Self::Destination => "Today’s destination",
            Self::Confidentiality => "Confidentiality",
        }
    }

    /// Whether something can move at all between two sides with these scores, in the order of `Part::ALL`.
    #[must_use]
    pub fn are_possible(scores: &[Option<u16>; Self::ALL.len()]) -> bool {
        let rules_out = |part: &Self| matches!(part, Self::Time | Self::Condition);
        !Self::ALL.iter().zip(scores).any(|(part, score)| rules_out(part) && *score == Some(0))
    }
}

/// One part of a score with its reason in words, free of names and quantities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Which part.
    pub part: Part,
    /// Thousandths of this part, 0 to 1000; none when what it needs is missing.
    pub score_milli: Option<u16>,
    /// Weight of the part, thousandths; the weights of a match add up to 1000.
    pub weight_milli: u16,
    /// Why, in French.
    pub reason_fr: String,
    /// Why, in English.
    pub reason_en: String,
}

/// A fact that would change the score if somebody asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The part that lacks it.
    pub part: Part,
    /// The question, in French.
    pub question_fr: String,
    /// The question, in English.
    pub question_en: String,
    /// By how much the score could change, thousandths.
    pub swing_milli: u16,
}

/// An offer that may answer a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The offer.
    pub offer: FlowId,
    /// The request.
    pub request: FlowId,
    /// What kind.
    pub kind: MatchKind,
    /// Total score, thousandths, 0 to 1000.
    pub score_milli: u16,
    /// Great-circle distance, metres, when both places are known; none for a chain through an operator whose
    /// place is not known.
    pub distance_m: Option<i64>,
    /// Straight metres that a kilogram of the offer is carried, least and most: the distance, or that of a way
    /// through an operator; none when a place of both sides is not known.
    pub haul_m: Option<(i64, i64)>,
    /// Kilograms a year of the offer that could move: the smaller of both best values, when both are
    /// known; of a chain as much of the offer as the request could take once it is treated.
    pub mass_kg: Option<i64>,
    /// Of a chain what its treatment leaves of a thousand kilograms, lowest and highest.
    pub left_milli: Option<(i64, i64)>,
    /// Kilograms a year that the offer gives in the plan of greatest gain when each kilogram counts once; none
    /// when an amount is unknown or what flows is not a material.
    pub given_kg: Option<i64>,
    /// Kilograms a year that the request gets of them: all, or of a chain as many as its treatment leaves at
    /// least. Never more than what is offered, nor than what is sought.
    pub planned_kg: Option<i64>,
    /// Thousandths of every part, in the order of `Part::ALL`; none when what it needs is missing.
    pub parts: [Option<u16>; Part::ALL.len()],
    /// Whether the two materials agree by themselves as far as `matching.potential_material_percent`
    /// asks, that is more than by their category, or what is no material by its type; always of a chain.
    pub is_alike: bool,
}

impl Match {
    /// Whether something can move at all: both are there at one time, and neither rules out the
    /// condition of the other.
    fn is_possible(&self) -> bool {
        Part::are_possible(&self.parts)
    }

    /// Whether it goes through an operator whose place is not known.
    #[must_use]
    pub const fn is_through_another(&self) -> bool {
        matches!(self.kind, MatchKind::Chain) && self.distance_m.is_none()
    }

    /// Whether it counts as potential, in figures and in the plan: alike, and possible.
    #[must_use]
    pub fn is_potential(&self) -> bool {
        self.is_alike && self.is_possible()
    }
}

#[cfg(test)]
mod tests {
    use super::{Match, MatchKind, Part};
    use crate::model::{Confidential, FlowId};

    #[test]
    fn nothing_moves_where_seasons_or_conditions_rule_it_out() {
        let flow = |id: &str| FlowId(Confidential::new(id.to_owned()));
        let with = |part: Part, score| Match {
            offer: flow("a"),
            request: flow("b"),
            kind: MatchKind::Substitution,
            score_milli: 800,
            distance_m: None,
            haul_m: None,
            mass_kg: Some(1),
            left_milli: None,
            given_kg: None,
            planned_kg: None,
            parts: Part::ALL
                .iter()
                .map(|other| if *other == part { score } else { Some(500) })
                .collect::<Vec<_>>()
                .try_into()
                .unwrap(),
            is_alike: true,
        };
        for part in [Part::Time, Part::Condition] {
            assert!(!with(part, Some(0)).is_possible());
            assert!(with(part, None).is_possible() && with(part, Some(1)).is_possible());
        }
        assert!(with(Part::Distance, Some(0)).is_possible());
        let near = with(Part::Distance, Some(1000));
        assert!(near.is_potential() && !Match { is_alike: false, ..near }.is_potential());
    }
}
