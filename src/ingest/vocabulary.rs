//! Words that are usual for a field at the head of a column, French and English.
//!
//! They propose a mapping for an unknown workbook, and let a column be found under the other
//! language of a declared header.

use super::header::key;
use crate::model::Field;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// One line a field; compared without case, accents, plural and punctuation.
const WORDS: &[(Field, &[&str])] = &[
    (
        Field::OrganisationId,
        &[
            "org_id",
            "organisation id",
            "id entreprise",
            "no entreprise",
            "company id",
            "identifiant de l'entreprise",
        ],
    ),
    (
        Field::Name,
        &[
            "entreprise",
            "nom de l'entreprise",
            "nom entreprise",
            "raison sociale",
            "organisation",
            "nom de l'organisation",
            "établissement",
            "nom de l'établissement",
            "compagnie",
            "nom de la compagnie",
            "nom compagnie",
            "company",
            "company name",
            "organization",
            "organization name",
            "business name",
            "facility name",
        ],
    ),
    (
        Field::EnterpriseNumber,
        &["neq", "numéro d'entreprise du québec", "no neq", "enterprise number", "québec enterprise number"],
    ),
    (
        Field::Contact,
        &[
            "contact",
            "personne-ressource",
            "personne ressource",
            "personne rencontrée",
            "responsable",
            "nom du contact",
            "contact name",
            "contact person",
        ],
    ),
    (Field::Email, &["courriel", "adresse courriel", "email", "e-mail", "email address", "mail"]),
    (
        Field::Telephone,
        &["téléphone", "tél", "no de téléphone", "numéro de téléphone", "phone", "telephone", "phone number"],
    ),
    (Field::Address, &["adresse", "adresse civique", "adresse postale", "address", "street address"]),
    (Field::Park, &["parc", "parc industriel", "zone industrielle", "zone", "park", "industrial park"]),
    (Field::Latitude, &["lat", "latitude"]),
    (Field::Longitude, &["lon", "long", "lng", "longitude"]),
    (
        Field::Sector,
        &[
            "scian",
            "code scian",
            "secteur scian",
            "naics",
            "naics code",
            "secteur",
            "secteur d'activité",
            "sector",
            "industry",
        ],
    ),
    (
        Field::Workforce,
        &[
            "effectif",
            "nombre d'employés",
            "nb employés",
            "employés",
            "employees",
            "number of employees",
            "workforce",
        ],
    ),
    (Field::Group, &["groupe", "société mère", "propriétaire", "group", "parent company", "owner"]),
    (
        Field::Consent,
        &["consentement", "consent", "consentement à la publication", "accord de publication", "waiver"],
    ),
    (Field::FlowId, &["flux_id", "no flux", "id flux", "flow id", "identifiant du flux"]),
    (
        Field::Direction,
        &[
            "sens",
            "offre ou demande",
            "extrant ou intrant",
            "offre/demande",
            "extrant/intrant",
            "intrant/extrant",
            "direction",
            "offer or request",
        ],
    ),
    (Field::FlowType, &["type", "nature", "type de flux", "type de ressource", "flow type", "resource type"]),
    (Field::Category, &["catégorie", "catégorie de ressource", "famille", "category", "resource category"]),
    (
        Field::Material,
        &[
            "code matière",
            "code déchet",
            "code",
            "code de la matière",
            "material code",
            "waste code",
            "ewc",
            "low code",
        ],
    ),
    (
        Field::Description,
        &[
            "description",
            "matière",
            "matière résiduelle",
            "ressource",
            "produit",
            "résidu",
            "quoi",
            "nom de la matière",
            "désignation",
            "material",
            "resource",
            "substance",
            "material description",
        ],
    ),
    (
        Field::Quantity,
        &[
            "quantité",
            "qté",
            "qte",
            "tonnage",
            "volume",
            "poids",
            "masse",
            "quantité annuelle",
            "quantity",
            "qty",
            "amount",
            "weight",
        ],
    ),
    (Field::Unit, &["unité", "unité de mesure", "unit", "unit of measure", "uom"]),
    (Field::Frequency, &["fréquence", "périodicité", "récurrence du flux", "frequency"]),
    (Field::State, &["état", "état physique", "forme", "physical state", "form"]),
    (Field::Hazardous, &["dangereux", "matière dangereuse", "mdr", "hazardous", "hazardous material"]),
    (
        Field::Destination,
        &[
            "destination",
            "destination actuelle",
            "mode de gestion",
            "gestion actuelle",
            "élimination actuelle",
            "current destination",
            "disposal",
        ],
    ),
    (
        Field::CurrentCost,
        &["coût actuel", "coût de gestion", "coût d'élimination", "current cost", "disposal cost"],
    ),
    (Field::Price, &["prix", "prix demandé", "prix de vente", "price", "asking price"]),
    (
        Field::AvailableFrom,
        &[
            "disponible du",
            "disponible dès",
            "disponible à partir de",
            "date de début",
            "début",
            "disponibilité",
            "available from",
            "start date",
        ],
    ),
    (
        Field::AvailableTo,
        &[
            "disponible au",
            "disponible jusqu'au",
            "date de fin",
            "fin",
            "available to",
            "available until",
            "end date",
        ],
    ),
    (Field::Confidentiality, &["confidentialité", "diffusion", "confidentiality", "visibility"]),
    (
        Field::EnteredOn,
        &["saisi le", "date de saisie", "date de visite", "publié le", "date", "entered on", "entry date"],
    ),
    (Field::SynergyId, &["synergie_id", "no synergie", "synergie", "synergy id"]),
    (
        Field::Supplier,
        &["fournisseur", "donneur", "entreprise émettrice", "générateur", "supplier", "provider"],
    ),
    (Field::Receiver, &["receveur", "preneur", "entreprise réceptrice", "receiver", "taker"]),
    (Field::Status, &["statut", "statut de la synergie", "avancement", "status", "stage"]),
    (Field::StatusDate, &["date du statut", "date de statut", "status date"]),
    (Field::Recurrence, &["récurrence", "recurrence"]),
    (Field::Distance, &["distance", "distance km", "distance (km)"]),
    (Field::Investment, &["investissement", "coût", "coût d'implantation", "investment", "cost"]),
    (Field::Revenue, &["revenu", "revenus", "économies", "revenue", "savings"]),
    (Field::Jobs, &["emplois", "emplois créés", "jobs", "jobs created"]),
    (Field::Attribution, &["attribution", "classe d'attribution", "attribution class"]),
    (Field::Strategy, &["stratégie", "stratégie de circularité", "strategy", "circularity strategy"]),
    (Field::AbandonReason, &["raison de l'abandon", "motif d'abandon", "reason for abandoning"]),
    (
        Field::Note,
        &["note", "notes", "remarque", "remarques", "commentaire", "commentaires", "comment", "comments"],
    ),
    (Field::Conditions, &["conditions", "contraintes", "exigences", "requirements", "constraints"]),
];

/// Every word with its field.
pub(super) fn words() -> impl Iterator<Item = (&'static str, Field)> {
    WORDS.iter().flat_map(|(field, words)| words.iter().map(|word| (*word, *field)))
}

/// Every word, made comparable with [`key`], with its field.
pub(super) fn keys() -> &'static [(String, Field)] {
    static KEYS: OnceLock<Vec<(String, Field)>> = OnceLock::new();
    KEYS.get_or_init(|| words().map(|(word, field)| (key(word), field)).collect())
}

/// The field of a word that was made comparable with [`key`].
pub(super) fn field(word: &str) -> Option<Field> {
    static FIELDS: OnceLock<BTreeMap<String, Field>> = OnceLock::new();
    FIELDS.get_or_init(|| keys().iter().cloned().collect()).get(word).copied()
}

#[cfg(test)]
mod tests {
    use super::{WORDS, field, key, words};
    use crate::model::Field;

    #[test]
    fn every_field_has_a_word_and_no_word_has_two_fields() {
        assert_eq!(WORDS.len(), Field::ALL.len());
        for (word, of) in words() {
            assert_eq!(field(&key(word)), Some(of), "{word}");
        }
    }
}
