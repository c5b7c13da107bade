//! Who offers, and what: `Entrepôt frigorifique : palettes brisées`, `fabricant de plastique cherche du bois`.
//!
//! A text that begins with an actor or a place of work names first what does not flow. What follows the
//! boundary decides; the actor is an activity.

use crate::model::fold;
use std::collections::HashSet;
use std::sync::LazyLock;

/// A text in two clauses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clauses<'a> {
    /// Who, up to the boundary.
    pub(super) actor: &'a str,
    /// What flows.
    pub(super) rest: &'a str,
    /// Whether the boundary is one that no list of things has: a colon, a dash, a verb.
    pub(super) plain: bool,
}

/// Folded words.
type Set = LazyLock<HashSet<&'static str>>;

fn set(words: &'static str) -> HashSet<&'static str> {
    words.split_whitespace().collect()
}

/// Actors and places of work that begin a French text, in their folded singular.
static ACTORS: Set = LazyLock::new(|| {
    set(
        "abattoir acericulteur acierie aeroport agriculteur aluminerie apiculteur arboriculteur arena atelier \
     auberge blanchisserie boucher boucherie boulanger boulangerie boutique brasserie brasseur buanderie \
     cafeteria camionneur camping cantine carriere carrosserie cegep centre chantier chocolaterie chsld \
     cidrerie cie cimenterie clinique coiffeur college commerce compagnie concessionnaire constructeur coop \
     cooperative couvreur cpe cuisiniste demenageur demolisseur dentiste detaillant distillerie distributeur \
     ebeniste ebenisterie ecocentre ecole ecurie electricien eleveur emballeur embouteilleur entrepot \
     entrepreneur entreprise epicerie erabliere etable exportateur fabricant fabrique ferme ferrailleur firme \
     fonderie forge fromager fromagerie garage garagiste garderie grossiste hopital hotel importateur \
     imprimerie imprimeur installateur laboratoire laiterie magasin manufacture manufacturier maraicher \
     mecanicien menuiserie meublier meunerie microbrasserie mine minoterie motel moulin municipalite musee \
     nettoyeur organisme papetiere patisserie paysagiste peintre pepiniere pharmacie plombier poissonnerie \
     porcherie poulailler pourvoirie producteur quincaillerie raffinerie recuperateur recycleur restaurant \
     restaurateur resto sabliere salon savonnerie scierie serre societe supermarche tannerie theatre \
     torrefacteur traiteur transporteur universite usine usineur verger veterinaire vignoble ville vitrerie \
     vitrier",
    )
});

/// Actors and places of work that end an English one (`body shop`), or stand before `of`, `in`, `qui`.
static PLACES: Set = LazyLock::new(|| {
    set(
        "abattoir airport bakery bottler brewery builder butcher cafeteria cannery carrier clinic college company \
     contractor dealership depot distillery distributor factory farm farmer foundry garage greenhouse grocery \
     grower hauler hospital hotel installer lab laboratory landscaper laundry maker manufacturer mill mine \
     museum nursery packer pharmacy plant printer producer quarry recycler refinery restaurant retailer \
     roofer sawmill school shop site slaughterhouse store supermarket university warehouse wholesaler winery \
     yard",
    )
});

/// Small words that may stand before the actor.
static OPENERS: Set = LazyLock::new(|| {
    set(
        "a allo am an are bonjour chez est grand grande hello hi i je l la le les local ma mon my nos notre nous \
     on our petit petite run small sommes suis the un une we",
    )
});

/// Words that make a place itself the offer: `entrepôt à louer`, `atelier partagé`, `usine vide`.
static OFFERED: Set = LazyLock::new(|| {
    set("available chauffe chauffee disponible entreposage espace ft2 lease libre location louer m2 partage \
     partagee partager pi2 pied place rent sale share shared space sqft stationnement storage vacant vacante \
     vendre vide")
});

/// Places that are offered as space when an area follows: `Entrepôt : 200 m²`.
static ROOMS: Set = LazyLock::new(|| set("atelier entrepot garage magasin shop store usine warehouse"));

/// Units of area.
static AREAS: Set = LazyLock::new(|| set("carre ft2 m2 pi2 sqft"));

/// Verbs after which a sentence names what is given or sought.
static GIVING: Set = LazyLock::new(|| {
    set(
        "accumule accumulent accumulons avons cherche cherchent cherchons debarrasse debarrasser discards donne \
     donnons generate generates genere generent generons gives has have jetons jette jettent looking needs \
     offers offre offrons ramasser recherche recherchent recherchons seeks sells throw throws vend vendons \
     veut voudrait voulons wants",
    )
});

/// Verbs after which it names what is made.
static MAKING: Set = LazyLock::new(|| {
    set("fabrique fabriquent fabriquons faisons make makes manufacture manufactures produisons transformons")
});

/// Small words between the actor and the verb.
static BETWEEN: Set = LazyLock::new(|| {
    set(
        "and are aussi away currently elle elles en est et for il ils is it nous now on qui se that we which who",
    )
});

/// Words in which the actor and its verb must stand.
const REACH: usize = 32;

/// Words that may stand before a boundary of punctuation.
const PREFIX: usize = 8;

/// What stands before a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gap {
    Space,
    Comma,
    Stop,
    /// A colon, a semicolon or a dash between spaces.
    Plain,
}

struct Token<'a> {
    raw: &'a str,
    folded: String,
    from: usize,
    gap: Gap,
}

/// Whether a list has a word or its singular.
fn names(list: &Set, word: &str) -> bool {
    list.contains(word) || word.strip_suffix('s').is_some_and(|singular| list.contains(singular))
}

fn gap(between: &str) -> Gap {
    let dash = [" - ", " \u{2013} ", " \u{2014} "].iter().any(|dash| between.contains(dash));
    if dash || between.contains([':', ';']) {
        Gap::Plain
    } else if between.contains(". ") || between.contains('\n') {
        Gap::Stop
    } else if between.contains(',') {
        Gap::Comma
    } else {
        Gap::Space
    }
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens: Vec<Token<'_>> = Vec::new();
    let (mut end, mut rest) = (0, text);
    while let Some(start) = rest.find(char::is_alphanumeric)
        && tokens.len() < REACH
    {
        let length =
            rest[start..].find(|letter: char| !letter.is_alphanumeric()).unwrap_or(rest.len() - start);
        let from = text.len() - rest.len() + start;
        let raw = &text[from..from + length];
        tokens.push(Token { raw, folded: fold(raw), from, gap: gap(&text[end..from]) });
        end = from + length;
        rest = &text[end..];
    }
    tokens
}

/// Whether a word is a verb of giving or seeking; a participle (`camionneur recherché`) is none.
fn gives(tokens: &[Token<'_>], at: usize) -> bool {
    let word = tokens[at].folded.as_str();
    let has = word == "a" && at > 0 && matches!(tokens[at - 1].folded.as_str(), "on" | "qui" | "elle" | "il");
    has || GIVING.contains(word) && !tokens[at].raw.ends_with('é')
}

/// Whether the words before a boundary are an actor, French first or English last.
fn is_actor(words: &[Token<'_>]) -> bool {
    let opened = words.iter().position(|word| !OPENERS.contains(word.folded.as_str())).unwrap_or(words.len());
    let Some(first) = words.get(opened) else { return false };
    if words.iter().any(|word| names(&OFFERED, &word.folded)) {
        return false;
    }
    let next = words.get(opened + 1).map_or("", |next| next.folded.as_str());
    let of = matches!(next, "d" | "de" | "du" | "in" | "of" | "qui" | "that" | "which");
    let made = opened > 0 && (MAKING.contains(first.folded.as_str()) || first.folded == "fait");
    let last = words.iter().rev().find(|word| !BETWEEN.contains(word.folded.as_str()));
    // What comes from a place is a thing: `huile de garage`, `oil from a garage`.
    let from = ["at", "d", "de", "des", "du", "from", "of"];
    let plain = words.len() <= PREFIX && !words.iter().any(|word| from.contains(&word.folded.as_str()));
    made || names(&ACTORS, &first.folded)
        || of && names(&PLACES, &first.folded)
        || plain && last.is_some_and(|last| names(&PLACES, &last.folded))
}

/// The actor and what it offers, when a text begins with one.
pub(super) fn clauses(text: &str) -> Option<Clauses<'_>> {
    let tokens = tokens(text);
    let mut made = false;
    // A greeting is no clause of its own.
    let greeted =
        usize::from(tokens.first().is_some_and(|first| {
            matches!(first.folded.as_str(), "bonjour" | "allo" | "hello" | "hi" | "salut")
        }));
    for at in greeted + 1..tokens.len() {
        made |= MAKING.contains(tokens[at - 1].folded.as_str())
            || tokens[at - 1].folded == "fait" && at > 1 && tokens[at - 2].folded == "on";
        let spoken = gives(&tokens, at - 1) && at > greeted + 1;
        let written = match tokens[at].gap {
            Gap::Space => false,
            Gap::Comma => !made && at <= PREFIX,
            Gap::Stop | Gap::Plain => at <= PREFIX,
        };
        if !spoken && !written {
            continue;
        }
        let before = at - usize::from(spoken);
        let (before, after) = (&tokens[greeted..before], &tokens[at..]);
        let is = |words: &[Token<'_>], list: &Set| words.iter().any(|word| names(list, &word.folded));
        if is(before, &ROOMS) && is(after, &AREAS) {
            return None;
        }
        if is_actor(before) {
            let (actor, rest) = text.split_at(tokens[at].from);
            return Some(Clauses { actor, rest, plain: spoken || tokens[at].gap == Gap::Plain });
        }
        // Without an actor in its first clause a text has none.
        if written {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{ACTORS, AREAS, BETWEEN, GIVING, MAKING, OFFERED, OPENERS, PLACES, ROOMS, clauses};
    use crate::model::fold;

    #[test]
    fn words_are_folded() {
        for list in [&ACTORS, &AREAS, &BETWEEN, &GIVING, &MAKING, &OFFERED, &OPENERS, &PLACES, &ROOMS] {
            let mut words: Vec<&str> = list.iter().copied().collect();
            words.sort_unstable();
            assert!(!words.is_empty() && words.iter().all(|word| fold(word) == *word), "{words:?}");
        }
    }

    #[test]
    fn what_follows_an_actor_is_what_flows() {
        for (text, rest) in [
            ("Entrepôt frigorifique : palettes brisées", "palettes brisées"),
            ("ferme laitière, ficelle à balle", "ficelle à balle"),
            ("Notre usine de verre – caisses de bois", "caisses de bois"),
            ("Body shop: used thinner", "used thinner"),
            ("Manufacturer of plastic pipes; wooden skids", "wooden skids"),
            ("Fabricant de plastique cherche palettes de bois", "palettes de bois"),
            ("Furniture maker looking for foam", "for foam"),
            ("L'usine fabrique des portes d'acier, elle jette de la styromousse", "de la styromousse"),
            ("On fait du pain et on a des poches vides", "des poches vides"),
            ("Entreprise de meubles en bois. Résidu: mousse", "Résidu: mousse"),
            ("Bonjour, on est une petite shop; bran de scie", "bran de scie"),
            ("Petite shop de Lévis qui fait des armoires et veut donner son bois", "donner son bois"),
        ] {
            assert_eq!(clauses(text).map(|clauses| clauses.rest), Some(rest), "{text}");
        }
    }

    #[test]
    fn a_thing_or_an_offered_place_is_no_actor() {
        for text in [
            "Entrepôt à louer: 200 m²",
            "Espace d'entreposage : 500 pi2",
            "Entrepôt : 400 m² avec palettier",
            "Carton, plastique et bois",
            "Rebuts d'usine: acier",
            "Farm plastic: bale wrap",
            "Huile de garage, chiffons",
            "Camionneur recherché pour livraison",
            "Usine",
            "",
        ] {
            assert_eq!(clauses(text), None, "{text}");
        }
    }
}
