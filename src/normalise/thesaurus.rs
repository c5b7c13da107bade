//! Everyday words of Québec workshops, to the eleven categories.

use crate::model::{Category, fold};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Words and expressions, folded, by category. The list is ours: the labels of the List of
/// Waste lack most of the words that workshops use.
const WORDS: &[(Category, &[&str])] = &[
    (
        Category::Wood,
        &[
            "bois",
            "palette",
            "copeau",
            "sciure",
            "bran de scie",
            "ecorce",
            "planche",
            "contreplaque",
            "mdf",
            "melamine",
            "madrier",
            "retaille de bois",
            "wood",
            "pallet",
            "sawdust",
            "plywood",
            "lumber",
        ],
    ),
    (
        Category::Paper,
        &[
            "papier",
            "carton",
            "journal",
            "archive",
            "boite de carton",
            "occ",
            "paper",
            "cardboard",
            "newspaper",
            "corrugated",
        ],
    ),
    (
        Category::Organic,
        &[
            "organique",
            "alimentaire",
            "dreche",
            "marc de cafe",
            "compost",
            "huile vegetale",
            "huile de friture",
            "huile de cuisson",
            "gras",
            "graisse alimentaire",
            "fruit",
            "legume",
            "pain",
            "levure",
            "lactoserum",
            "fumier",
            "residu vert",
            "gazon",
            "feuille morte",
            "boue de papetiere",
            "biosolide",
            "boue organique",
            "restes de table",
            "grain",
            "cereale",
            "malt",
            "viande",
            "poisson",
            "food",
            "organic",
            "spent grain",
            "yard waste",
        ],
    ),
    (
        Category::Metal,
        &[
            "metal",
            "metaux",
            "acier",
            "ferraille",
            "aluminium",
            "cuivre",
            "laiton",
            "inox",
            "fer",
            "fonte",
            "plomb",
            "zinc",
            "tole",
            "copeaux de metal",
            "limaille",
            "canette",
            "steel",
            "scrap",
            "copper",
            "aluminum",
            "lead",
            "iron",
            "nickel",
        ],
    ),
    (
        Category::Mineral,
        &[
            "beton",
            "gypse",
            "placoplatre",
            "gyproc",
            "brique",
            "asphalte",
            "sable",
            "gravier",
            "pierre",
            "granulat",
            "terre",
            "remblai",
            "ceramique",
            "ciment",
            "cendre",
            "scorie",
            "porcelaine",
            "laine minerale",
            "laine de roche",
            "concrete",
            "gypsum",
            "sand",
            "gravel",
            "ash",
            "slag",
            "stone",
        ],
    ),
    (
        Category::Product,
        &[
            "meuble",
            "mobilier",
            "ordinateur",
            "electronique",
            "equipement",
            "batterie",
            "pile",
            "matelas",
            "tapis",
            "bardeau",
            "composite",
            "machine",
            "outil",
            "vehicule",
            "materiaux mixtes",
            "materiau sec",
            "emballage mixte",
            "furniture",
            "electronics",
            "equipment",
            "battery",
            "chariot",
            "entrepot",
            "entreposage",
            "vapeur",
            "chaleur",
            "electricite",
        ],
    ),
    (
        Category::Polymer,
        &[
            "plastique",
            "polyethylene",
            "polypropylene",
            "polystyrene",
            "styromousse",
            "styrofoam",
            "pvc",
            "pet",
            "pehd",
            "hdpe",
            "pebd",
            "ldpe",
            "caoutchouc",
            "pneu",
            "pellicule",
            "film etirable",
            "mousse",
            "nylon",
            "resine",
            "bache",
            "polymere",
            "plastic",
            "rubber",
            "foam",
            "tire",
        ],
    ),
    (
        Category::Chemical,
        &[
            "solvant",
            "peinture",
            "acide",
            "soude",
            "hydroxyde de sodium",
            "naoh",
            "javel",
            "hypochlorite",
            "huile usee",
            "huile minerale",
            "glycol",
            "antigel",
            "detergent",
            "encre",
            "colle",
            "adhesif",
            "chimique",
            "alcool",
            "acetone",
            "ethanol",
            "methanol",
            "ammoniac",
            "peroxyde",
            "solvent",
            "paint",
            "acid",
            "chemical",
            "used oil",
        ],
    ),
    (
        Category::Human,
        &[
            "main d oeuvre",
            "employe",
            "personnel",
            "expertise",
            "formation",
            "competence",
            "conseil",
            "stagiaire",
            "mentorat",
            "technicien",
            "cariste",
            "labour",
            "training",
            "staff",
        ],
    ),
    (
        Category::Textile,
        &[
            "textile", "tissu", "vetement", "uniforme", "coton", "laine", "feutre", "cuir", "chiffon",
            "guenille", "toile", "fabric", "clothing", "cotton", "leather",
        ],
    ),
    (
        Category::Glass,
        &[
            "verre",
            "vitre",
            "bouteille de verre",
            "calcin",
            "fenetre",
            "pare brise",
            "fibre de verre",
            "glass",
            "cullet",
        ],
    ),
];

/// Folded words in the singular, so that plurals compare equal.
pub(super) fn key(text: &str) -> String {
    fold(text)
        .split(' ')
        .map(|word| {
            let plural =
                word.len() > 3 && word.ends_with(['s', 'x']) && !matches!(word, "gras" | "inox" | "glass");
            if plural { &word[..word.len() - 1] } else { word }
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// Whether a text holds a phrase as whole words; both are keys.
pub(super) fn contains(text: &str, phrase: &str) -> bool {
    !phrase.is_empty() && format!(" {text} ").contains(&format!(" {phrase} "))
}

static PHRASES: LazyLock<BTreeMap<String, Category>> = LazyLock::new(|| {
    WORDS.iter().flat_map(|(category, words)| words.iter().map(|word| (key(word), *category))).collect()
});

/// Words of the longest phrase.
const LONGEST: usize = 4;

/// The category that a text speaks of: its longest known phrase, the first one on a tie.
pub(super) fn category(text: &str) -> Option<Category> {
    let text = key(text);
    let words: Vec<&str> = text.split(' ').collect();
    let mut best: Option<(usize, Category)> = None;
    for start in 0..words.len() {
        for end in start + 1..=words.len().min(start + LONGEST) {
            let phrase = words[start..end].join(" ");
            if let Some(category) = PHRASES.get(&phrase)
                && best.is_none_or(|(length, _)| phrase.len() > length)
            {
                best = Some((phrase.len(), *category));
            }
        }
    }
    best.map(|(_, category)| category)
}

#[cfg(test)]
mod tests {
    use super::category;
    use crate::model::Category;

    #[test]
    fn everyday_words_find_their_category() {
        assert_eq!(category("Palettes usagées 48x40"), Some(Category::Wood));
        assert_eq!(category("Boîtes de carton"), Some(Category::Paper));
        assert_eq!(category("Drêches de brasserie"), Some(Category::Organic));
        assert_eq!(category("STYROMOUSSE"), Some(Category::Polymer));
        assert_eq!(category("fibre de verre"), Some(Category::Glass));
        assert_eq!(category("chose"), None);
    }
}
