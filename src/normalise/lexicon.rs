//! Words to codes: the mapping's own first, then the pipeline's, then everyday words.

use super::dates;
use crate::config::{self, Mapping, Settings};
use crate::measures::frequency;
use crate::measures::marks::Marks;
use crate::model::{Field, Park, ParkCode, agreed, fold};
use std::collections::BTreeMap;
use std::str::FromStr;

type Lists = BTreeMap<String, BTreeMap<String, String>>;

/// What every row of one source shares.
pub(super) struct Lexicon {
    lists: Lists,
    constants: BTreeMap<String, String>,
    parks: BTreeMap<String, ParkCode>,
    dates: dates::Style,
    marks: BTreeMap<Field, Marks>,
    /// Of columns that the mapping does not name.
    other_marks: Marks,
    writes_commas: bool,
    /// Days of a year that a daily quantity comes on, when the mapping says it.
    days: Option<u32>,
}

impl Lexicon {
    /// Folds the tables of a source; the mapping's words win.
    pub(super) fn new(settings: &Settings, mapping: Option<&Mapping>) -> Self {
        let mut lists = Lists::new();
        for tables in std::iter::once(&settings.words).chain(mapping.map(|mapping| &mapping.words)) {
            for (list, words) in tables {
                let target = lists.entry(list.clone()).or_default();
                target.extend(words.iter().map(|(word, code)| (fold(word), code.clone())));
            }
        }
        let mut parks = BTreeMap::new();
        for park in &settings.parks {
            let Some(code) = ParkCode::new(&park.code) else { continue };
            let spellings = [&park.code, &park.name.fr, &park.name.en].into_iter().chain(&park.aliases);
            for spelling in spellings {
                parks.entry(Park::key(spelling)).or_insert_with(|| code.clone());
            }
        }
        let read = |marks: &config::Marks| Marks::declared(&marks.decimal, marks.thousands.as_deref());
        let declared = mapping.map(|mapping| &mapping.numbers);
        let marks = declared.into_iter().flatten().filter_map(|(header, marks)| {
            let code = mapping?.columns.get(header)?;
            Some((code.parse().ok()?, read(marks)))
        });
        let other_marks = declared.and_then(|declared| declared.get(config::EVERY_COLUMN));
        Self {
            marks: marks.collect(),
            other_marks: other_marks.map(read).unwrap_or_default(),
            lists,
            constants: mapping.map(|mapping| mapping.constants.clone()).unwrap_or_default(),
            parks,
            dates: dates::Style {
                order: match mapping.and_then(|mapping| mapping.date_order) {
                    None => dates::Order::Untold,
                    Some(config::DateOrder::DayFirst) => dates::Order::Day,
                    Some(config::DateOrder::MonthFirst) => dates::Order::Month,
                },
                is_declared: mapping.is_some_and(|mapping| mapping.date_order.is_some()),
                ..dates::Style::new(mapping.and_then(|mapping| mapping.year_pivot).unwrap_or(dates::NO_PIVOT))
            },
            writes_commas: false,
            days: mapping.and_then(|mapping| mapping.days_per_year),
        }
    }

    /// Of a source whose quantities have decimal commas somewhere.
    pub(super) const fn with_commas(mut self) -> Self {
        self.writes_commas = true;
        self
    }

    /// Whether quantities of the source have decimal commas somewhere.
    pub(super) const fn writes_commas(&self) -> bool {
        self.writes_commas
    }

    /// What the mapping says where the source says nothing.
    pub(super) fn constant(&self, field: &str) -> Option<&str> {
        self.constants.get(field).map(String::as_str)
    }

    /// How dates are written, as far as it is declared.
    pub(super) const fn dates(&self) -> dates::Style {
        self.dates
    }

    /// Days of a year that a daily quantity comes on.
    pub(super) fn days(&self) -> u32 {
        self.days.unwrap_or(frequency::WORKING_DAYS_A_YEAR)
    }

    /// Whether the mapping says how many days that are.
    pub(super) const fn days_are_declared(&self) -> bool {
        self.days.is_some()
    }

    /// The marks that are declared for numbers that are typed in the column of a field.
    pub(super) fn marks(&self, field: Field) -> Marks {
        self.marks.get(&field).copied().unwrap_or(self.other_marks)
    }

    /// The local code of a word in a list of the settings.
    pub(super) fn word(&self, list: &str, text: &str) -> Option<&str> {
        self.lists.get(list)?.get(&fold(text)).map(String::as_str)
    }

    /// A member of a closed list: local word, code, or everyday word.
    pub(super) fn code<T: FromStr>(&self, list: &str, codes: &[&str], text: &str) -> Option<T> {
        if let Some(code) = self.word(list, text).and_then(|code| code.parse().ok()) {
            return Some(code);
        }
        let said = agreed(text);
        let own = codes.iter().find(|code| agreed(code) == said).and_then(|code| code.parse().ok());
        own.or_else(|| everyday(list, &said)?.parse().ok())
    }

    /// A park by code, name, alias or local word.
    pub(super) fn park(&self, text: &str) -> Option<ParkCode> {
        let local = self.word("parc", text).and_then(ParkCode::new);
        local.or_else(|| self.parks.get(&Park::key(text)).cloned())
    }
}

/// Everyday words of each list, folded: `list`, `code`, words. Those of a status are its own.
const EVERYDAY: &[(&str, &str, &[&str])] = &[
    (
        "sens",
        "extrant",
        &[
            "offre",
            "offres",
            "extrants",
            "a donner",
            "donne",
            "a offrir",
            "sortant",
            "sortie",
            "a vendre",
            "offer",
            "output",
            "surplus",
            "disponible",
            "rejet",
            "residu",
            "j offre",
            "nous offrons",
            "offert",
            "supply",
            "out",
            "have",
            "i have",
            "we have",
            "j ai",
            "nous avons",
            "offering",
            "offered",
            "available",
            "to give",
            "for sale",
            "vend",
            "outgoing",
            "outbound",
        ],
    ),
    (
        "sens",
        "intrant",
        &[
            "demande",
            "demandes",
            "intrants",
            "recherche",
            "recherchee",
            "besoin",
            "entrant",
            "entree",
            "a acheter",
            "request",
            "input",
            "wanted",
            "je cherche",
            "nous cherchons",
            "cherche",
            "requis",
            "demand",
            "in",
            "want",
            "i want",
            "we want",
            "need",
            "i need",
            "we need",
            "needed",
            "seeking",
            "looking for",
            "besoins",
            "besoin de",
            "achete",
            "incoming",
            "inbound",
        ],
    ),
    (
        "type",
        "matiere",
        &[
            "matieres",
            "matiere residuelle",
            "matieres residuelles",
            "matiere premiere",
            "material",
            "materiau",
            "materiaux",
            "residu",
            "residus",
            "sous produit",
            "produit",
            "produits",
        ],
    ),
    ("type", "energie", &["energy", "chaleur", "vapeur", "electricite", "heat", "rejet thermique"]),
    ("type", "eau", &["eaux", "water", "eau usee", "eau de procede"]),
    ("type", "equipement", &["equipements", "equipment", "machine", "machinerie", "outil", "materiel"]),
    (
        "type",
        "main_oeuvre",
        &["main d oeuvre", "employes", "personnel", "labour", "labor", "ressources humaines"],
    ),
    (
        "type",
        "expertise",
        &["service", "services", "conseil", "formation", "competence", "competences", "savoir faire"],
    ),
    ("type", "espace", &["space", "entreposage", "local", "locaux", "entrepot", "terrain", "stockage"]),
    ("type", "transport", &["transports", "logistique", "livraison", "logistics", "camionnage"]),
    ("etat", "solide", &["solid", "sec", "s"]),
    ("etat", "liquide", &["liquid", "l"]),
    ("etat", "boue", &["boues", "sludge", "pateux", "semi liquide"]),
    ("etat", "gaz", &["gas", "gazeux", "vapeur"]),
    (
        "destination_actuelle",
        "enfouissement",
        &[
            "enfoui",
            "dechets",
            "poubelle",
            "ordures",
            "landfill",
            "let",
            "site d enfouissement",
            "elimination",
            "dechet",
            "landfilled",
            "garbage",
            "trash",
            "dump",
        ],
    ),
    ("destination_actuelle", "incineration", &["incinerateur", "incinere", "incinerated", "brule"]),
    (
        "destination_actuelle",
        "recyclage",
        &[
            "recycle",
            "recycleur",
            "recycler",
            "recycled",
            "recycling",
            "scrap dealer",
            "recuperation",
            "recuperateur",
            "bac bleu",
        ],
    ),
    (
        "destination_actuelle",
        "compostage",
        &["compost", "composted", "composting", "biomethanisation", "bac brun"],
    ),
    ("destination_actuelle", "reemploi", &["reutilisation", "reuse", "reused", "don", "reutilise", "dons"]),
    ("destination_actuelle", "entreposage", &["entrepose", "storage", "stockage", "stocke", "sur place"]),
    ("destination_actuelle", "inconnue", &["inconnu", "ne sait pas", "unknown", "aucune idee"]),
    ("confidentialite", "publique", &["public", "non"]),
    ("confidentialite", "reseau", &["network", "membres", "membre", "interne"]),
    (
        "confidentialite",
        "confidentielle",
        &["confidentiel", "confidential", "prive", "privee", "oui", "private"],
    ),
    (
        "recurrence",
        "recurrente",
        &["recurrent", "continue", "continu", "reguliere", "recurring", "repetitive", "oui"],
    ),
    ("recurrence", "ponctuelle", &["ponctuel", "unique", "once", "une fois", "non"]),
    ("attribution", "A", &["nouvelle", "n aurait pas eu lieu", "new"]),
    ("attribution", "B", &["acceleree", "accelere", "accelerated"]),
    ("attribution", "C", &["aurait eu lieu", "de toute facon", "anyway"]),
];

fn everyday(list: &str, said: &str) -> Option<&'static str> {
    EVERYDAY
        .iter()
        .find(|(name, _, words)| *name == list && words.iter().any(|word| agreed(word) == said))
        .map(|(_, code, _)| *code)
}
