//! Stems of containers, shapes and measures: what is offered is often what they hold or count.

/// What a container is made of when only its use is told (`poches pour patates`), as a term, by its stem.
pub(super) const CONTAINERS: &[(&str, &str)] = &[
    ("bag", "sac de plastique"),
    ("barquett", "contenant de plastique"),
    ("boit", "boîte de carton"),
    ("bottl", "bouteille de verre"),
    ("bouteill", "bouteille de verre"),
    ("box", "boîte de carton"),
    ("caiss", "caisse de bois"),
    ("contenant", "contenant de plastique"),
    ("container", "contenant de plastique"),
    ("crat", "caisse de bois"),
    ("drum", "baril"),
    ("jar", "bouteille de verre"),
    ("pail", "baril"),
    ("poch", "sac de plastique"),
    ("pot", "contenant de plastique"),
    ("sac", "sac de plastique"),
];

/// Stems of containers and shapes: full or made of something they are not what is offered.
pub(super) const SHAPES: &[&str] = &[
    "bac",
    "bag",
    "bain",
    "balle",
    "ballot",
    "baril",
    "barrel",
    "benn",
    "bidon",
    "block",
    "bloc",
    "boit",
    "bottl",
    "bouteill",
    "caiss",
    "chaudier",
    "citern",
    "contenant",
    "conteneur",
    "container",
    "cruch",
    "cuve",
    "drum",
    "feuill",
    "fut",
    "gallon",
    "pail",
    "palett",
    "pallet",
    "panneau",
    "plaqu",
    "poche",
    "poudr",
    "reservoir",
    "rouleau",
    "sac",
    "seau",
    "sheet",
    "tank",
    "tote",
    "tub",
];

/// Stems that after `en` say in what shape a thing comes, beside those of [`SHAPES`].
const FORMS: &[&str] = &[
    "barr", "bobin", "briqu", "canet", "cannet", "carreau", "chip", "conserv", "copeau", "cub", "fibr",
    "fil", "film", "flocon", "granul", "lingot", "pastill", "pellet", "plaquet", "pot", "retail", "retaill",
    "tig", "train", "tuil",
];

/// Whether a stem says in what shape a thing comes.
pub(super) fn is_form(stem: &str) -> bool {
    SHAPES.contains(&stem) || FORMS.contains(&stem)
}

/// Stems that say that a container is empty or itself the thing.
pub(super) const EMPTY: &[&str] = &[
    "vide",
    "empti",
    "lave",
    "rinc",
    "use",
    "usag",
    "bris",
    "cass",
    "broken",
    "reparabl",
    "perdu",
    "incomplet",
];

/// English words that say that a container still holds what is offered.
pub(super) const FULL: &[&str] =
    &["dried", "expired", "filled", "full", "half", "leftover", "partly", "unused"];

/// Stems of things (needles, cans, books, drills, batteries) whose names also measure or shape what
/// follows their `de`.
pub(super) const MEASURES: &[&str] = &["aiguill", "cann", "livr", "mech", "pile"];
