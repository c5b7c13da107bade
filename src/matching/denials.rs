//! What a text denies: `sans clous`, `non ciré`, “no treated wood”, “wax-free”.
//!
//! What one side denies and the other names is no likeness but a contradiction. Of several words that are denied
//! together none is denied alone: « sans bois traité » says nothing of wood.

use super::denying::{self, BETWEEN, IS, NOT, THROUGH};
use super::phrases::ARTICLES;
use crate::materials;
use crate::model::fold;

/// Words that deny what follows, and after another denial name what is wanted: `aucun métal sauf l’aluminium`.
const EXCEPT: [&str; 5] = ["hormis", "sauf", "excepte", "except", "excluding"];
const OR: [&str; 2] = ["ou", "or"];
const WITH: [&str; 2] = ["avec", "with"];
/// Words that end what is denied and would be read as a part of it.
const ENDS: [&str; 5] = ["mais", "but", "only", "seulement", "when"];
/// Beginnings of words that, denied, say nothing of the material.
const TERMS: [&str; 18] = [
    "utilis", "requis", "requir", "dispon", "avail", "inclu", "fourni", "precis", "determin", "specifi",
    "connu", "known", "frais", "cost", "charge", "contra", "engag", "oblig",
];
/// Words on `less` that name a thing.
const LESS: [&str; 4] = ["stainless", "seamless", "wireless", "cordless"];

/// What a text names and what it denies, in words of the singular that tell materials apart.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Denials {
    pub(super) named: Vec<String>,
    pub(super) denied: Vec<Denied>,
}

/// A thing that is denied.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Denied {
    pub(super) words: Vec<String>,
    /// Whether it is a quality that the material has not: `non déjanté`, “unpainted”. That there is none of
    /// another thing in it (`sans clous`) is no reason not to give it to who names that thing.
    pub(super) is_quality: bool,
}

/// What words are read as, up to where that ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    Names,
    Denies,
    /// The next word alone.
    DeniesWord,
    /// `avec ou sans`.
    Leaves,
}

/// Reads a text; `is_content` tells the words, in the singular, that tell materials apart.
pub(super) fn read(text: &str, is_content: &dyn Fn(&str) -> bool) -> Denials {
    let text = denying::spelt(text);
    let mut reader =
        Reader { is_content, said: Denials::default(), mood: Mood::Names, thing: Vec::new(), run: 0 };
    for sentence in text.split(['.', ';', ':', '(', ')', '\n']) {
        reader.mood = Mood::Names;
        for part in sentence.split(',') {
            reader.part(&fold(part));
        }
    }
    let Denials { mut named, mut denied } = reader.said;
    // Who says both of one thing leaves it open: `ferreux et non ferreux`.
    let is_denied = |word: &String| denied.iter().any(|one| one.words == std::slice::from_ref(word));
    let open: Vec<String> = named.iter().filter(|word| is_denied(word)).cloned().collect();
    denied.retain(|one| one.words.iter().any(|word| !named.contains(word)));
    named.retain(|word| !open.contains(word));
    Denials { named, denied }
}

struct Reader<'a> {
    is_content: &'a dyn Fn(&str) -> bool,
    said: Denials,
    mood: Mood,
    /// Words of what is being denied, or left open.
    thing: Vec<String>,
    /// How many words were named without a break up to here.
    run: usize,
}

impl Reader<'_> {
    /// Reads a part between commas.
    fn part(&mut self, folded: &str) {
        let words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
        // A list of what is not wanted goes on over commas up to its last: `sans clous, vis ni peinture`.
        if !words.iter().any(|word| matches!(*word, "ni" | "nor")) {
            self.mood = Mood::Names;
        }
        self.run = 0;
        for at in 0..words.len() {
            self.word(&words, at);
        }
        self.close();
    }

    fn word(&mut self, words: &[&str], at: usize) {
        let word = words[at];
        if let Some(mood) = self.opened(words, at) {
            let is_exception = EXCEPT.contains(&word) && !self.thing.is_empty();
            self.close();
            self.mood = if is_exception { Mood::Names } else { mood };
            return;
        }
        let is_waiting = self.mood != Mood::Names && self.thing.is_empty();
        let is_not_taken = is_waiting && denying::is_taken(word) && !THROUGH.contains(&word);
        if is_not_taken || self.mood == Mood::Names && denying::is_refused(word) {
            self.deny_named();
            return;
        }
        if self.mood == Mood::Names && IS.contains(&word) {
            return;
        }
        if is_waiting && (BETWEEN.contains(&word) || ARTICLES.contains(&word) || THROUGH.contains(&word)) {
            return;
        }
        let key = materials::key(word);
        if (self.is_content)(&key) && !ENDS.contains(&word) && !(is_waiting && is_term(word)) {
            self.content(word, key);
            return;
        }
        let goes_on = OR.contains(&word) && !self.thing.is_empty();
        self.close();
        self.run = 0;
        if !goes_on {
            self.mood = Mood::Names;
        }
    }

    /// What was named up to here is what is denied: `carton ciré non accepté`, `cire interdite`.
    fn deny_named(&mut self) {
        let start = self.said.named.len() - self.run;
        self.thing = self.said.named.split_off(start);
        self.mood = Mood::Denies;
        self.close();
        (self.mood, self.run) = (Mood::Names, 0);
    }

    /// What a word opens, when it denies what follows.
    fn opened(&mut self, words: &[&str], at: usize) -> Option<Mood> {
        let word = words[at];
        let before = |back: usize| at.checked_sub(back).map_or("", |at| words[at]);
        let next = words.get(at + 1).copied().unwrap_or("");
        // Beside no denial it is nickel.
        let is_nickel = word == "ni"
            && self.thing.is_empty()
            && self.said.denied.is_empty()
            && words.iter().filter(|other| **other == "ni").count() < 2;
        if !is_nickel && (denying::is_before(words, at) || EXCEPT.contains(&word)) {
            // `non certifié sans gluten` need not be without it.
            let is_uncertified = before(1).starts_with("certif") && NOT.contains(&before(2));
            let is_open = is_uncertified || OR.contains(&before(1)) && WITH.contains(&before(2));
            return Some(if is_open { Mood::Leaves } else { Mood::Denies });
        }
        if NOT.contains(&word) {
            // `peint ou non` leaves it open.
            if OR.contains(&before(1)) && !(self.is_content)(&materials::key(next)) {
                self.said.named.pop();
                return Some(Mood::Names);
            }
            return Some(if word == "non" { Mood::DeniesWord } else { Mood::Denies });
        }
        None
    }

    fn content(&mut self, word: &str, key: String) {
        match self.mood {
            Mood::Names => {
                // “untreated”, “boneless”
                let bare = word.strip_prefix("un").filter(|bare| bare.len() > 3 && bare.ends_with("ed"));
                let lacking =
                    word.strip_suffix("less").filter(|bare| bare.len() > 2 && !LESS.contains(&word));
                if let Some(bare) = bare.or(lacking) {
                    let is_quality = bare.ends_with("ed");
                    self.said.denied.push(Denied { words: vec![materials::key(bare)], is_quality });
                }
                self.said.named.push(key);
                self.run += 1;
            }
            Mood::Denies | Mood::Leaves => self.thing.push(key),
            Mood::DeniesWord => {
                self.thing.push(key);
                self.close();
                self.mood = Mood::Names;
            }
        }
    }

    /// Ends what is being denied.
    fn close(&mut self) {
        let words = std::mem::take(&mut self.thing);
        if !words.is_empty() && self.mood != Mood::Leaves {
            self.said.denied.push(Denied { words, is_quality: self.mood == Mood::DeniesWord });
        }
    }
}

fn is_term(word: &str) -> bool {
    TERMS.iter().any(|start| word.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::read;

    /// What a text denies, a quality with a mark.
    fn denied(text: &str) -> String {
        let empty = ["avec", "pour", "the", "and", "usage", "propre"];
        let is_content = |word: &str| word.len() > 2 && !empty.contains(&word);
        let denied = read(text, &is_content).denied;
        let told = denied.into_iter().map(|one| {
            let mark = if one.is_quality { "!" } else { "" };
            format!("{mark}{}", one.words.join(" "))
        });
        told.collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn what_is_denied_ends_where_it_ends_in_both_languages() {
        for (text, all) in [
            ("carton non ciré", "!cire"),
            ("Bois non traité propre", "!trait"),
            ("OCC, sans carton ciré", "carton cire"),
            ("cardboard, no wax", "wax"),
            ("mulch, no treated wood", "treated wood"),
            ("untreated wood", "!treated"),
            ("lead-free solder", "lead"),
            ("free of paint", "paint"),
            ("pneus sans jante à déchiqueter", "jant"),
            ("bois sans clous pour chauffage", "clou"),
            ("bois sans clous mais peint", "clou"),
            ("sans colle ni peinture", "coll, peintur"),
            ("sans clous, vis ni peinture", "clou, vis, peintur"),
            ("sans clous ou vis", "clou, vis"),
            ("HDPE naturel, pas de noir", "noir"),
            ("plastique, sauf noir", "noir"),
            ("aucun métal sauf l’aluminium", "metal"),
            ("carton ciré non accepté", "carton cire"),
            ("nous n’acceptons pas le PVC", "pvc"),
            ("métaux non ferreux", "!ferreu"),
            ("carton, cire interdite", "cire"),
            ("carton, cire : non", "cire"),
            ("cardboard, wax prohibited", "wax"),
            ("cardboard, wax: none", "wax"),
            ("cardboard, wax is not ok", "wax"),
            ("we don't want wax", "wax"),
            ("we cannot accept wax", "wax"),
            ("cardboard w/o wax", "wax"),
            ("zéro cire", "cire"),
            ("0 % cire", "cire"),
            ("béton dépourvu d’armature", "armatur"),
            ("béton libre d’armature", "armatur"),
            ("carton hors cire", "cire"),
            ("éviter la cire", "cire"),
            ("boneless meat", "bone"),
            ("Carton. Refusé : cire", "cire"),
            ("cardboard (exclusions: wax)", "wax"),
            ("waxless cardboard", "wax"),
            ("carton, cire à proscrire", "cire"),
            ("undyed fabric", "!dyed"),
        ] {
            assert_eq!(denied(text), all, "{text}");
        }
    }

    #[test]
    fn what_is_left_open_or_is_no_denial_is_not_denied() {
        for text in [
            "pneus avec ou sans jante",
            "rims with or without tires",
            "bois peint ou non",
            "métaux ferreux et non ferreux",
            "batteries Ni-MH",
            "fuel no 2",
            "sans frais",
            "quantité non précisée",
            "hors d’usage",
            "stock de bois exclusivement",
            "gravier 0-20",
            "stainless steel",
            "avec ou sans clous",
            "",
        ] {
            assert_eq!(denied(text), "", "{text}");
        }
        assert_eq!(denied("farine non certifiée sans gluten"), "!certifi");
        let open = read("bois peint ou non", &|word| word.len() > 2);
        assert_eq!(open.named, ["boi"]);
    }
}
