//! Words of a description as comparable stems, French and English alike.
//!
//! The stem is deliberately light: plural, mute `e`, final `y`. It makes `acide` and `acid`,
//! `drêches` and `dreche`, `batteries` and `battery` equal without any dictionary.

use crate::model::fold;
use std::collections::BTreeSet;

/// Words that carry no material, in their folded spelling, sorted.
const FUNCTION_WORDS: &[&str] = &[
    "a", "an", "and", "any", "are", "as", "at", "au", "aux", "avec", "but", "by", "ce", "ces", "cette", "d",
    "dans", "de", "des", "du", "each", "en", "est", "et", "etc", "for", "from", "in", "into", "is", "it",
    "its", "l", "la", "le", "les", "leur", "n", "nos", "notre", "of", "on", "or", "ou", "our", "par", "pas",
    "per", "pis", "plus", "pour", "qu", "que", "qui", "s", "sa", "sans", "se", "ses", "some", "son", "sont",
    "sur", "that", "the", "their", "this", "to", "toutes", "tres", "un", "une", "was", "which", "with",
    "without", "y",
];

/// Function words that only one of the languages has, sorted.
const FRENCH: &[&str] = &[
    "au", "aux", "avec", "ce", "ces", "d", "dans", "de", "des", "du", "en", "est", "et", "l", "la", "le",
    "les", "nos", "notre", "ou", "par", "pas", "pis", "pour", "que", "qui", "sans", "sur", "toutes", "un",
    "une",
];
const ENGLISH: &[&str] = &[
    "and", "are", "by", "for", "from", "in", "into", "is", "of", "or", "our", "that", "the", "their", "this",
    "to", "which", "with", "without",
];

/// Prepositions that end the head of an English noun phrase (`sludge from paper mills`), sorted.
const ENGLISH_BREAKS: &[&str] = &[
    "after",
    "by",
    "containing",
    "during",
    "for",
    "from",
    "in",
    "of",
    "on",
    "that",
    "to",
    "which",
    "with",
    "without",
];

/// Words that say how a thing is, not what it is, in their folded spelling, sorted.
const QUALIFIERS: &[&str] = &[
    "ancien",
    "bon",
    "bonne",
    "brise",
    "brisee",
    "brises",
    "broken",
    "casse",
    "cassee",
    "casses",
    "dechet",
    "dechets",
    "disponible",
    "divers",
    "etat",
    "gros",
    "neuf",
    "old",
    "petit",
    "petits",
    "poli",
    "polie",
    "polies",
    "polis",
    "propre",
    "propres",
    "rebut",
    "rebuts",
    "recupere",
    "residu",
    "residus",
    "restant",
    "restants",
    "sale",
    "scrap",
    "scraps",
    "surplus",
    "traite",
    "traitee",
    "traitees",
    "traites",
    "treated",
    "usage",
    "usagee",
    "usagees",
    "usages",
    "use",
    "used",
    "usee",
    "usees",
    "uses",
    "various",
    "vieille",
    "vieilles",
    "vieux",
    "waste",
    "wastes",
];

/// One word of a description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// Folded spelling.
    pub(super) folded: String,
    /// What is compared.
    pub(super) stem: String,
    /// Whether a preposition stands between this word and the one before.
    pub(super) after_break: bool,
    /// Which small word stands just before it.
    pub(super) link: Link,
    /// Whether a full stop shortens it, as in `plast. rigide`.
    pub(super) shortened: bool,
    /// Whether it is spelt like a French participle (`pilée`, `moulé`), whose stem may be that of a thing.
    pub(super) participle: bool,
    /// Which stretch between commas, semicolons and brackets it stands in.
    pub(super) stretch: usize,
}

/// The small word just before a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    /// French `en`: what a thing is made of.
    En,
    /// `avec` or `with`: what goes with a thing, not what fills it.
    With,
    /// `de` or `of`: what a thing comes from, holds or is.
    Of,
    /// French `à`: what a thing works with or is made for (`chaudière à l'huile`), but nothing that is to be
    /// done with it (`chaudières à donner`).
    To,
    /// `pour` or `for`: what a thing serves.
    For,
    /// `sans`, `pas de`, `ni`, `without`…: what is not there.
    Without,
    /// Another, or none.
    Other,
}

/// Which language a text looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    French,
    English,
    /// No function word, no accent, or as many of both.
    Unknown,
}

/// The stem of one folded word.
pub(super) fn stem(folded: &str) -> String {
    let mut word = folded;
    if let Some(root) = word.strip_suffix("aux")
        && root.len() > 2
        && !root.ends_with('e')
        && !matches!(word, "materiaux" | "tuyaux" | "noyaux" | "boyaux" | "joyaux")
    {
        return format!("{root}al");
    }
    if word.len() > 4 && ["xes", "zes", "sses", "shes"].iter().any(|end| word.ends_with(end)) {
        word = &word[..word.len() - 2];
    } else if word.len() > 3 && word.ends_with(['s', 'x']) && !word.ends_with("ss") {
        word = &word[..word.len() - 1];
    }
    if word.len() >= 4 && word.ends_with("ee") {
        word = &word[..word.len() - 1];
    }
    if word.len() > 4 && word.ends_with('e') {
        word = &word[..word.len() - 1];
    }
    match word.strip_suffix('y') {
        Some(root) if word.len() > 4 => format!("{root}i"),
        _ => word.to_owned(),
    }
}

/// Content words in order, and the language of the text.
pub(super) fn read(text: &str) -> (Vec<Word>, Language) {
    let stretches: Vec<String> = text.split([',', ';', '(', ')']).map(fold).collect();
    let mut words = Vec::new();
    let (mut french, mut english) = (0_u32, 0_u32);
    if !text.is_ascii() && text.chars().any(|letter| "éèêàçôîûÉÈÊÀÇÔÎÛœŒ".contains(letter))
    {
        french += 2;
    }
    let stops = if text.contains('.') { fold(&text.replace('.', " zzstop ")) } else { String::new() };
    let before_stops: BTreeSet<&str> = {
        let all: Vec<&str> = stops.split(' ').collect();
        all.windows(2).filter(|pair| pair[1] == "zzstop").map(|pair| pair[0]).collect()
    };
    // Folded, the French drink would be the English article.
    let tea = !text.is_ascii() && holds_tea(text);
    let participles = participles(text);
    let (mut after_break, mut link) = (false, Link::Other);
    let mut denial = Denial::new(&stretches.join(" "));
    let parts = stretches.iter().enumerate().flat_map(|(stretch, folded)| {
        folded.split(' ').filter(|word| !word.is_empty()).map(move |word| (stretch, word))
    });
    let (mut last, mut parts) = ("", parts.peekable());
    while let Some((stretch, word)) = parts.next() {
        let next = parts.peek().map_or("", |(_, next)| *next);
        let denies = denial.begins(word, last, next);
        french += u32::from(FRENCH.binary_search(&word).is_ok());
        english += u32::from(ENGLISH.binary_search(&word).is_ok());
        after_break |= ENGLISH_BREAKS.binary_search(&word).is_ok();
        let between = FUNCTION_WORDS.binary_search(&word).is_ok() && !(tea && word == "the");
        // Beside a denial `ni` is no nickel.
        if between || denies && word == "ni" {
            link = match word {
                "en" => Link::En,
                "avec" | "with" => Link::With,
                "pour" | "for" if serves(last, next) => Link::For,
                _ if link == Link::For => Link::For,
                "d" | "de" | "des" | "du" | "of" => Link::Of,
                "a" | "au" | "aux" if !is_to_be_done(next) => Link::To,
                "l" | "la" if link == Link::To => Link::To,
                _ => Link::Other,
            };
            last = word;
            continue;
        }
        let shortened = before_stops.contains(word);
        let (stem, folded) = (stem(word), word.to_owned());
        if denial.holds(word, denies) {
            link = Link::Without;
        }
        let participle = word.trim_end_matches('s').ends_with("ee") || participles.contains(word);
        words.push(Word { folded, stem, after_break, link, shortened, participle, stretch });
        (after_break, link, last) = (false, Link::Other, word);
    }
    let language = match french.cmp(&english) {
        std::cmp::Ordering::Greater => Language::French,
        std::cmp::Ordering::Less => Language::English,
        std::cmp::Ordering::Equal => Language::Unknown,
    };
    (words, language)
}

/// Whether `pour` or `for` names a use: not what is looked for, nor that a thing is to be had.
fn serves(last: &str, next: &str) -> bool {
    let sought = "asking looking pret prete pretes prets ready search searching";
    let had = "cueillette disposal donner elimination enfouissement free now pas pickup ramassage recyclage \
               recycler recycling reemploi rent reutilisation sale valorisation valoriser vendre vente";
    let holds = |list: &str, word: &str| list.split_whitespace().any(|other| other == word);
    !holds(sought, last) && !holds(had, next)
}

/// Whether what follows `à` is an infinitive or an amount: `à donner`, `à 2 $`.
fn is_to_be_done(next: &str) -> bool {
    next.ends_with("er")
        || ["detruire", "remplir", "vendre"].contains(&next)
        || next.starts_with(|first: char| first.is_ascii_digit())
}

/// Verbs of which a denial is one of what follows: `we do not take tape`.
const REFUSED: [&str; 3] = ["accept", "take", "want"];

/// What the words of a text deny, word by word.
struct Denial {
    /// The next word is denied.
    open: bool,
    /// Something was denied before.
    any: bool,
    /// `ni` stands twice: `ni bois ni métal`.
    twice: bool,
}

impl Denial {
    fn new(folded: &str) -> Self {
        let twice = folded.contains("ni ") && folded.split(' ').filter(|word| *word == "ni").count() > 1;
        Self { open: false, any: false, twice }
    }

    /// Whether a word denies what follows it.
    fn begins(&mut self, word: &str, last: &str, next: &str) -> bool {
        let denies = match word {
            "sans" | "pas" | "without" | "non" | "aucun" | "aucune" | "sauf" | "excepte" | "exempt"
            | "exempte" | "exempts" | "exemptes" | "not" => true,
            // `hors d'usage` says how a thing is.
            "hors" => !["d", "norme", "normes", "saison", "service", "spec", "specs", "tout"].contains(&next),
            // `no 4` is a number.
            "no" => !next.starts_with(|first: char| first.is_ascii_digit()),
            "of" | "from" => last == "free",
            // `we don't take tape`, with the apostrophe gone.
            "t" => REFUSED.contains(&next) && matches!(last, "can" | "don" | "won"),
            "ni" => self.twice || self.any && !self.open,
            _ => return false,
        };
        self.open |= denies;
        denies
    }

    /// Whether a word that is kept is denied. What only says how a thing is, how much of it, or that it is not
    /// taken denies on.
    fn holds(&mut self, word: &str, opens: bool) -> bool {
        if opens {
            return false;
        }
        let denied = self.open;
        let through = is_qualifier(word)
            || REFUSED.contains(&word)
            || matches!(word, "trace" | "traces" | "presence" | "any" | "contact");
        self.any |= denied;
        self.open = denied && through;
        denied
    }
}

/// The folded words of a text that end in `é`, which folding takes away.
fn participles(text: &str) -> BTreeSet<String> {
    if text.is_ascii() {
        return BTreeSet::new();
    }
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| word.trim_end_matches(['s', 'S']).ends_with(['é', 'É'])).map(fold).collect()
}

fn holds_tea(text: &str) -> bool {
    text.split(|letter: char| !letter.is_alphanumeric()).any(|word| ["thé", "Thé", "THÉ"].contains(&word))
}

/// Whether a word only says how the thing is.
pub(super) fn is_qualifier(folded: &str) -> bool {
    QUALIFIERS.binary_search(&folded).is_ok()
}

/// Folded words in the singular, one space between: what other tables compare.
#[must_use]
pub fn key(text: &str) -> String {
    fold(text).split(' ').map(stem).collect::<Vec<_>>().join(" ")
}

/// Whether a text holds a phrase as whole words; both are keys.
#[must_use]
pub fn contains(text: &str, phrase: &str) -> bool {
    !phrase.is_empty() && format!(" {text} ").contains(&format!(" {phrase} "))
}

#[cfg(test)]
mod tests {
    use super::{
        ENGLISH, ENGLISH_BREAKS, FRENCH, FUNCTION_WORDS, Language, Link, QUALIFIERS, contains, key, read,
        stem,
    };

    #[test]
    fn lists_are_sorted_so_that_they_can_be_searched() {
        for list in [FUNCTION_WORDS, FRENCH, ENGLISH, ENGLISH_BREAKS, QUALIFIERS] {
            assert!(list.is_sorted());
        }
    }

    #[test]
    fn plurals_and_cognates_share_a_stem() {
        for (left, right) in [
            ("dreches", "dreche"),
            ("acides", "acid"),
            ("batteries", "battery"),
            ("metaux", "metal"),
            ("boxes", "box"),
            ("ashes", "ash"),
            ("usee", "use"),
            ("souillees", "souille"),
            ("tuyaux", "tuyau"),
        ] {
            assert_eq!(stem(left), stem(right), "{left} {right}");
        }
        assert_ne!(stem("verre"), stem("vert"));
        assert_eq!(stem("glass"), "glass");
    }

    #[test]
    fn the_language_shows_in_small_words() {
        assert_eq!(read("Retailles de bois").1, Language::French);
        assert_eq!(read("Sludge from the paper mill").1, Language::English);
        assert_eq!(read("Gypse").1, Language::Unknown);
        let (words, _) = read("Sludge from paper mills");
        assert_eq!(words.iter().map(|word| word.after_break).collect::<Vec<_>>(), [false, true, false]);
    }

    #[test]
    fn the_french_drink_is_no_article() {
        let stems = |text: &str| read(text).0.into_iter().map(|word| word.stem).collect::<Vec<_>>();
        assert_eq!(stems("feuilles de thé"), ["feuill", "the"]);
        assert_eq!(stems("leaves of the forest"), ["leav", "forest"]);
    }

    #[test]
    fn what_is_denied_and_what_a_thing_serves_shows_in_small_words() {
        let linked = |text: &str, wanted: Link| {
            let words = read(text).0.into_iter().filter(|word| word.link == wanted);
            words.map(|word| word.folded).collect::<Vec<_>>().join(" ")
        };
        for (text, denied) in [
            ("Bois sans clous ni peinture", "clous peinture"),
            ("ni carton ni verre: acier", "carton verre"),
            ("Sable sans trace d'huile", "trace huile"),
            ("Pas de vieux pneus", "vieux pneus"),
            ("non-asbestos board, free of lead", "asbestos lead"),
            ("no plastic, jars without lids", "plastic lids"),
            ("film, we won't take any tape", "take tape"),
            ("we do not want asbestos, 10 t", "want asbestos"),
            ("Acier no 4 et nickel Ni, hors d'usage", ""),
        ] {
            assert_eq!(linked(text, Link::Without), denied, "{text}");
        }
        for (text, served) in [
            ("Caisses pour les pommes", "pommes"),
            ("Looking for pallets", ""),
            ("Pallets for sale", ""),
            ("Drums for oil", "oil"),
        ] {
            assert_eq!(linked(text, Link::For), served, "{text}");
        }
    }

    #[test]
    fn what_a_thing_works_with_is_told_from_what_is_to_be_done_with_it() {
        let link = |text: &str| read(text).0.last().map(|word| word.link);
        for text in ["Chaudière à l'huile", "chaudière au gaz", "fraise à neige"] {
            assert_eq!(link(text), Some(Link::To), "{text}");
        }
        for text in ["Chaudières à donner", "chaudières à vendre", "chaudière à 5 $"] {
            assert_ne!(link(text), Some(Link::To), "{text}");
        }
    }

    #[test]
    fn keys_compare_as_whole_words() {
        assert!(contains(&key("Retailles de gypse"), &key("retaille")));
        assert!(!contains(&key("gypserie"), &key("gypse")));
    }
}
