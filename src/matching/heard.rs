//! What descriptions say: words that tell one material from another, what is denied, and what tables read.

use super::exclusions::Told;
use super::phrases::Text;
use super::substances::Named;
use super::{denials, opposites, soiling, substances};
use crate::model::{Direction, Flow, FlowType};
use crate::parallel;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Flows whose descriptions are read at a time: their words are held as texts.
const READ: usize = 16_384;
/// Words that say nothing about a material.
const EMPTY_WORDS: [&str; 44] = [
    "avec", "sans", "pour", "dans", "chez", "vers", "plus", "moins", "tres", "non", "oui", "des", "les",
    "une", "aux", "sur", "par", "qui", "que", "est", "usage", "usee", "use", "propre", "divers", "autre",
    "jour", "semaine", "mois", "annee", "environ", "besoin", "and", "the", "with", "for", "from", "used",
    "clean", "other", "mixed", "melange", "bon", "etat",
];

/// Stems that say of what is no material how it is had, for how long, or hardly more than its type.
const TERMS_OF_USE: [&str; 38] = [
    "espac",
    "spac",
    "local",
    "chariot",
    "disponibl",
    "availabl",
    "location",
    "louer",
    "loue",
    "rental",
    "rent",
    "pret",
    "preter",
    "partag",
    "partager",
    "shar",
    "shared",
    "sharing",
    "temp",
    "partiel",
    "part",
    "time",
    "heur",
    "hour",
    "soir",
    "evening",
    "nuit",
    "night",
    "week",
    "weekend",
    "weekli",
    "libr",
    "fre",
    "surplu",
    "exce",
    "capacit",
    "capaciti",
    "servic",
];
/// Ends each thing in a list of what is denied.
pub(super) const END: u32 = u32::MAX;

/// What a description says.
pub(super) struct Understood {
    /// Numbers of its words.
    pub(super) words: Vec<u32>,
    /// What it denies, of which the qualities that it has not; and what a request with it refuses besides.
    denied: Vec<u32>,
    qualities: Vec<u32>,
    refused: Vec<u32>,
    /// Whether it speaks of contamination.
    pub(super) soiled: Option<bool>,
    /// What it says of what is never given to some uses.
    pub(super) told: Told,
    /// Substances that it names; of what is no material none.
    pub(super) named: Named,
}

/// What all descriptions say.
pub(super) struct Descriptions<'a> {
    said: HashMap<(bool, &'a str), Understood>,
    /// The number of each word; alike words have one.
    vocabulary: BTreeMap<String, u32>,
}

impl<'a> Descriptions<'a> {
    /// Reads each description once.
    pub(super) fn new(flows: &'a [Flow]) -> Self {
        let (mut said, mut vocabulary) = (HashMap::new(), BTreeMap::new());
        for some in flows.chunks(READ) {
            let mut texts: Vec<(bool, &'a str)> = some.iter().map(told).collect();
            texts.sort_unstable();
            texts.dedup();
            texts.retain(|text| !said.contains_key(text));
            let all = parallel::in_parts(&texts, |_, texts| texts.iter().map(heard).collect::<Vec<_>>());
            for (text, heard) in texts.iter().zip(all.into_iter().flatten()) {
                said.insert(*text, understood(heard, &mut vocabulary));
            }
        }
        Self { said, vocabulary }
    }

    /// What that of a flow says.
    pub(super) fn of(&self, flow: &'a Flow) -> &Understood {
        &self.said[&told(flow)]
    }

    /// What a flow says in description and remarks that there is none of, and what no other side may name. Of an
    /// offer that is qualities alone: wood without bark is welcome where wood or bark is asked for.
    pub(super) fn denied(&self, flow: &'a Flow) -> (Vec<u32>, Vec<u32>) {
        let said = self.of(flow);
        let is_request = flow.direction == Direction::Input;
        let mut without = said.denied.clone();
        let mut barred = if is_request {
            [said.denied.as_slice(), said.refused.as_slice()].concat()
        } else {
            said.qualities.clone()
        };
        if let Some(remarks) = &flow.conditions {
            let is_material = flow.flow_type == FlowType::Material;
            let told = denials::read(remarks.reveal(), &|word| is_content(word, is_material));
            for one in &told.denied {
                let thing = self.thing(&one.words);
                without.extend_from_slice(&thing);
                if is_request || one.is_quality {
                    barred.extend_from_slice(&thing);
                }
            }
            if is_request && is_material {
                let mut refused = opposites::refused(&Text::new(remarks.reveal()), &told.denied);
                refused.retain(|thing| thing.iter().any(|word| !told.named.contains(word)));
                barred.extend(refused.iter().flat_map(|thing| self.thing(thing)));
            }
        }
        (without, barred)
    }

    /// The numbers of a thing that is denied, and its end; nothing of what no description names.
    fn thing(&self, words: &[String]) -> Vec<u32> {
        let numbers = words.iter().map(|word| self.vocabulary.get(word).copied());
        numbers.collect::<Option<Vec<u32>>>().into_iter().flat_map(ended).collect()
    }
}

/// What is read of a flow: whether it is a material, and its description.
fn told(flow: &Flow) -> (bool, &str) {
    (flow.flow_type == FlowType::Material, flow.description.reveal().as_str())
}

/// A thing and its end.
fn ended(numbers: Vec<u32>) -> impl Iterator<Item = u32> {
    numbers.into_iter().chain([END])
}

/// A description as it is heard, before its words have numbers.
struct Heard {
    words: Vec<String>,
    denied: Vec<denials::Denied>,
    refused: Vec<Vec<String>>,
    soiled: Option<bool>,
    told: Told,
    named: Named,
}

/// Hears a description; of what is no material neither contraries nor substances.
fn heard((is_material, text): &(bool, &str)) -> Heard {
    let said = denials::read(text, &|word| is_content(word, *is_material));
    let words: BTreeSet<String> = said.named.into_iter().collect();
    let read = Text::new(text);
    let mut refused = if *is_material { opposites::refused(&read, &said.denied) } else { Vec::new() };
    // Who names both takes both.
    refused.retain(|thing| thing.iter().any(|word| !words.contains(word)));
    Heard {
        words: words.into_iter().collect(),
        denied: said.denied,
        refused,
        soiled: soiling::said(text),
        told: Told::new(&read),
        named: if *is_material { substances::named(&read) } else { Named::default() },
    }
}

/// A description understood.
fn understood(heard: Heard, vocabulary: &mut BTreeMap<String, u32>) -> Understood {
    let mut numbered = |words: Vec<String>| -> Vec<u32> {
        words.into_iter().map(|word| number_of(word, vocabulary)).collect()
    };
    let mut words = numbered(heard.words);
    words.sort_unstable();
    let (mut denied, mut qualities) = (Vec::<u32>::new(), Vec::<u32>::new());
    for one in heard.denied {
        let thing: Vec<u32> = ended(numbered(one.words)).collect();
        denied.extend_from_slice(&thing);
        if one.is_quality {
            qualities.extend_from_slice(&thing);
        }
    }
    let refused = heard.refused.into_iter().flat_map(|thing| ended(numbered(thing))).collect();
    Understood {
        words,
        denied,
        qualities,
        refused,
        soiled: heard.soiled,
        told: heard.told,
        named: heard.named,
    }
}

fn number_of(word: String, vocabulary: &mut BTreeMap<String, u32>) -> u32 {
    let next = u32::try_from(vocabulary.len()).unwrap_or(u32::MAX);
    *vocabulary.entry(word).or_insert(next)
}

/// Whether a word, in the singular, tells materials or resources apart.
fn is_content(word: &str, is_material: bool) -> bool {
    word.len() > 2
        && !EMPTY_WORDS.contains(&word)
        && (is_material || !TERMS_OF_USE.contains(&word))
        && word.bytes().any(|byte| byte.is_ascii_alphabetic())
}
