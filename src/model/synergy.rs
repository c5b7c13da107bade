//! A match that is followed.

use super::text::agreed;
use super::{Category, Confidential, Destination, FlowType, Location, Mass, OrgId, code_enum};
use chrono::NaiveDate;

/// Identity of a synergy: the follow-up's own number. Never published.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SynergyId(pub Confidential<String>);

code_enum!(
    /// How far a synergy has come.
    Status, "statut" {
        Potential = "potentielle",
        Proposed = "proposee",
        UnderDiscussion = "en_discussion",
        Trial = "a_l_essai",
        Realised = "realisee",
        Abandoned = "abandonnee",
    }
);

/// What people write for a status, French and English, compared with [`agreed`].
const WORDS: &[(Status, &[&str])] = &[
    (
        Status::Potential,
        &[
            "potentiel",
            "potential",
            "identifié",
            "identified",
            "à valider",
            "à explorer",
            "à contacter",
            "à faire",
            "non commencé",
            "pas commencé",
            "not started",
            "to do",
            "to explore",
            "piste",
            "opportunité",
            "opportunity",
        ],
    ),
    (
        Status::Proposed,
        &[
            "proposé",
            "proposed",
            "présenté",
            "presented",
            "contacté",
            "contacted",
            "suggéré",
            "suggested",
            "mis en contact",
            "mise en contact",
            "mis en relation",
            "mise en relation",
            "introduced",
        ],
    ),
    (
        Status::UnderDiscussion,
        &[
            "en discussion",
            "discussion",
            "en cours",
            "en cours de discussion",
            "discussion en cours",
            "négociation",
            "en négociation",
            "négociation en cours",
            "under discussion",
            "in discussion",
            "pourparlers",
            "en pourparlers",
            "à l'étude",
            "en étude",
            "étude en cours",
            "en analyse",
            "en évaluation",
            "under study",
            "under review",
            "in progress",
            "in negotiation",
            "negotiating",
            "en exploration",
        ],
    ),
    (
        Status::Trial,
        &[
            "à l'essai",
            "essai",
            "en essai",
            "essai en cours",
            "test",
            "en test",
            "test en cours",
            "trial",
            "in trial",
            "on trial",
            "testing",
            "pilote",
            "projet pilote",
            "phase pilote",
            "pilot",
            "pilot project",
        ],
    ),
    (
        Status::Realised,
        &[
            "réalisé",
            "realised",
            "realized",
            "concrétisé",
            "actif",
            "active",
            "en place",
            "in place",
            "complété",
            "complete",
            "completed",
            "conclu",
            "concluded",
            "finalisé",
            "finalized",
            "finalised",
            "mis en œuvre",
            "mise en œuvre",
            "implanté",
            "implemented",
            "en opération",
            "opérationnel",
            "opérationnelle",
            "operational",
            "en vigueur",
            "done",
            "achieved",
            "successful",
            "réussi",
        ],
    ),
    (
        Status::Abandoned,
        &[
            "abandonné",
            "abandon",
            "abandoned",
            "refusé",
            "refused",
            "annulé",
            "cancelled",
            "canceled",
            "fermé",
            "non retenu",
            "rejeté",
            "rejected",
            "declined",
            "dropped",
            "withdrawn",
            "sans suite",
            "échoué",
            "failed",
        ],
    ),
];

impl Status {
    /// The status that a word says, without regard to case, accents, gender and number; what stands behind it
    /// in brackets or behind a mark is a remark.
    #[must_use]
    pub fn from_words(text: &str) -> Option<Self> {
        let said = |text: &str| {
            let said = agreed(text);
            let code = Self::ALL.iter().copied().find(|status| agreed(status.code()) == said);
            let known = || WORDS.iter().find(|(_, words)| words.iter().any(|word| agreed(word) == said));
            code.or_else(|| known().map(|(status, _)| *status))
        };
        said(text).or_else(|| said(text.split(['(', ',', ';', ':', '–', '.']).next().unwrap_or_default()))
    }
}

code_enum!(
    /// Whether the exchange repeats.
    Recurrence, "recurrence" {
        Recurring = "recurrente",
        Once = "ponctuelle",
    }
);

code_enum!(
    /// Would it have happened without the programme?
    Attribution, "attribution" {
        /// Would not have happened.
        New = "A",
        /// Sped up.
        Accelerated = "B",
        /// Would have happened anyway.
        Anyway = "C",
    }
);

/// One dated step of the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct StatusChange {
    /// The day, when it was written.
    pub on: Option<NaiveDate>,
    /// The status from that day.
    pub status: Status,
}

/// A followed synergy.
#[derive(Debug, Clone, PartialEq)]
pub struct Synergy {
    /// Identity.
    pub id: SynergyId,
    /// Who gives, when the name was recognised.
    pub supplier: Option<OrgId>,
    /// Who takes, when the name was recognised.
    pub receiver: Option<OrgId>,
    /// What flows.
    pub flow_type: FlowType,
    /// Category of what is exchanged.
    pub category: Option<Category>,
    /// Code of the List of Waste, six digits.
    pub material_code: Option<String>,
    /// Free text.
    pub description: Confidential<String>,
    /// Status today.
    pub status: Status,
    /// Dated history, oldest first.
    pub history: Vec<StatusChange>,
    /// Whether it repeats.
    pub recurrence: Option<Recurrence>,
    /// Realised kilograms a year.
    pub mass: Option<Mass>,
    /// Where the flow went before.
    pub previous_destination: Destination,
    /// Road distance, metres.
    pub distance_m: Option<i64>,
    /// Investment, cents of CAD.
    pub investment_cents: Option<Confidential<i64>>,
    /// Revenue of the supplier, cents of CAD a year.
    pub revenue_cents: Option<Confidential<i64>>,
    /// Declared full-time jobs, in tenths.
    pub jobs_tenths: Option<i64>,
    /// Attribution class.
    pub attribution: Option<Attribution>,
    /// Reason when abandoned.
    pub abandon_reason: Option<Confidential<String>>,
    /// Rows it was read from.
    pub locations: Vec<Location>,
}

#[cfg(test)]
mod tests {
    use super::{Status, WORDS, agreed};

    #[test]
    fn words_of_a_status_are_understood_in_both_languages_gender_and_number() {
        for (text, status) in [
            ("Réalisé", Some(Status::Realised)),
            ("RÉALISÉES", Some(Status::Realised)),
            ("Completed", Some(Status::Realised)),
            ("En cours", Some(Status::UnderDiscussion)),
            ("À l’étude", Some(Status::UnderDiscussion)),
            ("À l'essai", Some(Status::Trial)),
            ("a_l_essai", Some(Status::Trial)),
            ("Essais en cours", Some(Status::Trial)),
            ("Abandonnés", Some(Status::Abandoned)),
            ("Abandonné (trop loin)", Some(Status::Abandoned)),
            ("Proposée, relance en juin", Some(Status::Proposed)),
            ("en attente", None),
            ("peut-être", None),
            ("", None),
        ] {
            assert_eq!(Status::from_words(text), status, "{text}");
        }
    }

    #[test]
    fn no_word_says_two_statuses() {
        let mut said: Vec<(String, Status)> = WORDS
            .iter()
            .flat_map(|(status, words)| words.iter().map(|word| (agreed(word), *status)))
            .collect();
        said.sort();
        assert!(said.windows(2).all(|pair| pair[0].0 != pair[1].0 || pair[0].1 == pair[1].1));
    }
}
