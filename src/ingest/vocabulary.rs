//! Words that are usual for a field at the head of a column, French and English: `pipelines/reference/entetes.csv`.
//!
//! They propose a mapping for an unknown workbook, and let a column be found under the other
//! language of a declared header.

use super::header::{Label, key};
use crate::measures::{amounts, quantity};
use crate::model::Field;
use std::collections::BTreeMap;
use std::str::FromStr as _;
use std::sync::LazyLock;

/// Every word as written, with its field; compared without case, accents, plural and punctuation.
static WORDS: LazyLock<Vec<(String, Field)>> = LazyLock::new(|| {
    let table = include_str!("../../pipelines/reference/entetes.csv");
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let rows = reader.records().filter_map(Result::ok);
    rows.filter_map(|row| Some((Field::from_str(&row[0]).ok()?, row[1].to_owned())))
        .flat_map(|(field, words)| words.split('|').map(|word| (word.to_owned(), field)).collect::<Vec<_>>())
        .collect()
});

static KEYS: LazyLock<Vec<(Shape, Field)>> =
    LazyLock::new(|| WORDS.iter().map(|(word, field)| (Shape::new(key(word)), *field)).collect());

static FIELDS: LazyLock<BTreeMap<&str, Field>> =
    LazyLock::new(|| KEYS.iter().map(|(shape, field)| (shape.word.as_str(), *field)).collect());

/// The same without words that carry no meaning, where only one field is left.
static LOOSE: LazyLock<BTreeMap<String, Option<Field>>> = LazyLock::new(|| {
    let mut loose = BTreeMap::new();
    for (shape, field) in KEYS.iter() {
        let meaning = meaning(&shape.word);
        if meaning.is_empty() {
            continue;
        }
        let known = loose.entry(meaning).or_insert(Some(*field));
        if *known != Some(*field) {
            *known = None;
        }
    }
    loose
});

/// Letters of a word that is looked for inside of headings.
const SHORTEST_CONTAINED: usize = 5;

/// Articles, prepositions and what a form says to whoever fills it in.
const SILENT: &[&str] = &[
    "de",
    "du",
    "des",
    "d",
    "l",
    "le",
    "la",
    "les",
    "un",
    "une",
    "votre",
    "vos",
    "notre",
    "nos",
    "ce",
    "cette",
    "quel",
    "quelle",
    "est",
    "sont",
    "veuillez",
    "indiquer",
    "indiquez",
    "inscrire",
    "preciser",
    "precisez",
    "svp",
    "obligatoire",
    "optionnel",
    "facultatif",
    "the",
    "of",
    "an",
    "your",
    "our",
    "is",
    "are",
    "please",
    "indicate",
    "specify",
    "enter",
    "required",
    "optional",
    "if",
    "si",
    // `vous`, without what looks like its plural.
    "vou",
];

/// What is often written short at the head of a column.
const SHORT: &[(&str, &str)] = &[
    ("qte", "quantite"),
    ("qtee", "quantite"),
    ("qty", "quantity"),
    ("freq", "frequence"),
    ("desc", "description"),
    ("nb", "nombre"),
    ("nbre", "nombre"),
];

fn full(word: &str) -> &str {
    SHORT.iter().find(|(short, _)| *short == word).map_or(word, |(_, full)| *full)
}

/// A word of [`keys`] in full and without what is silent in it.
fn meaning(word: &str) -> String {
    let words: Vec<&str> = word.split(' ').collect();
    let speaks = |at: &usize| {
        // A letter at the end is a name of something: `Parc L`.
        let elided = words[*at].len() == 1 && at + 1 == words.len();
        elided || !SILENT.contains(&words[*at])
    };
    (0..words.len()).filter(speaks).map(|at| full(words[at])).collect::<Vec<_>>().join(" ")
}

/// A word with what is quickly compared of it.
pub(super) struct Shape {
    /// Comparable with [`key`].
    pub(super) word: String,
    length: usize,
    /// Which letters it has, one bit each.
    letters: u32,
}

impl Shape {
    /// Of a word that was made comparable with [`key`].
    pub(super) fn new(word: String) -> Self {
        let bit = |letter: char| match letter {
            'a'..='z' => 1 << (u32::from(letter) - u32::from('a')),
            ' ' => 1 << 26,
            digit if digit.is_ascii_digit() => 1 << 27,
            _ => 1 << 28,
        };
        let letters = word.chars().fold(0, |letters, letter| letters | bit(letter));
        Self { length: word.chars().count(), word, letters }
    }

    /// Whether two words can have a Jaro-Winkler measure above 0.92: Jaro's is at most (m/a + m/b + 1) / 3 of
    /// m common letters in words of a and b, of which each has letters that the other has not, and a
    /// common beginning of four raises it by four tenths of what is missing.
    pub(super) fn may_be_alike(&self, other: &Self) -> bool {
        let lacking = |one: &Self, other: &Self| (one.letters & !other.letters).count_ones() as usize;
        let common = (self.length - lacking(self, other)).min(other.length - lacking(other, self));
        // 0.4 + 0.6 · (m/a + m/b + 1) / 3 > 0.92 for m/a + m/b > 1.6.
        common * (self.length + other.length) * 10 >= self.length * other.length * 16
    }
}

/// Every word with its field.
pub(super) fn words() -> impl Iterator<Item = (&'static str, Field)> {
    WORDS.iter().map(|(word, field)| (word.as_str(), *field))
}

/// Every word, made comparable with [`key`], with its field.
pub(super) fn keys() -> &'static [(Shape, Field)] {
    &KEYS
}

/// The field of a word that was made comparable with [`key`].
pub(super) fn field(word: &str) -> Option<Field> {
    FIELDS.get(word).copied()
}

/// Questions, comparable with [`key`], about what the heading before them names: `Lesquels ?`.
const WHICH: &[&str] = &[
    "lequel",
    "laquelle",
    "lesquel",
    "lesquelle",
    "si oui lequel",
    "si oui laquelle",
    "si oui lesquel",
    "si oui lesquelle",
    "si oui precisez",
    "which",
    "which one",
    "if yes which",
    "if yes which one",
    "if yes please specify",
];

/// Whether a heading, comparable with [`key`], asks which of the things that the one before it names.
pub(super) fn asks_which(heading: &str) -> bool {
    WHICH.contains(&heading)
}

/// The field of a heading: by its words, of an amount by what is left without unit and frequency, by the field
/// that it names in two languages, or by what stands in its brackets. A heading that is a unit of mass or volume
/// is that of a quantity.
pub(super) fn usual(label: &Label) -> Option<Field> {
    let exact = || [&label.whole, &label.bare].into_iter().find_map(|word| field(word));
    let loose = || [&label.whole, &label.bare].into_iter().find_map(|word| *LOOSE.get(&meaning(word))?);
    let said = || label.said.iter().find_map(|word| field(word));
    let amount = || {
        let core = label.core.as_ref()?;
        if core.is_empty() {
            return of_unit(label.unit.as_deref().unwrap_or_default());
        }
        field(core).filter(|field| field.has_unit())
    };
    exact().or_else(loose).or_else(amount).or_else(|| in_both_languages(label)).or_else(said)
}

/// What says only that a number stands below it: of what, says the title above.
const VALUES: &[&str] =
    &["valeur", "value", "nombre", "number", "nb", "montant", "amount", "chiffre", "figure"];
/// The same of the lower and the upper end of it.
const LEAST: &[&str] =
    &["min", "mini", "minimum", "minimal", "minimale", "least", "borne inferieure", "lower"];
const MOST: &[&str] = &["max", "maxi", "maximum", "maximal", "maximale", "most", "borne superieure", "upper"];

/// The field of a heading that says what it is only below its title: `Quantité > Valeur`, `Quantité > Min (t)`.
pub(super) fn below(title: &Label, label: &Label) -> Option<Field> {
    let is_one =
        |words: &[&str]| words.contains(&label.whole.as_str()) || words.contains(&label.bare.as_str());
    let of_title = usual(title).filter(|field| field.has_unit() && *field != Field::Unit)?;
    match of_title {
        _ if is_one(VALUES) => Some(of_title),
        Field::Quantity if is_one(LEAST) => Some(Field::QuantityLeast),
        Field::Quantity if is_one(MOST) => Some(Field::QuantityMost),
        _ => None,
    }
}

/// The field that both parts of a heading name; a unit alone names none, for `kg/L` is no quantity.
fn in_both_languages(label: &Label) -> Option<Field> {
    let of = |part: &Label| usual(part).filter(|_| part.core.as_deref() != Some(""));
    let [one, other] = label.languages.as_deref()?;
    of(one).filter(|field| of(other) == Some(*field))
}

/// The field of a heading that is a unit and nothing more: money in a period is what is paid today, and money
/// for something else may be a price or a cost.
fn of_unit(unit: &str) -> Option<Field> {
    if !amounts::is_price_unit(unit) {
        return Some(Field::Quantity);
    }
    quantity::unit_and_rate(unit).1.map(|_| Field::CurrentCost)
}

/// The field of the longest word that stands in a heading as a whole: only a guess, for a question may name
/// more than it asks for.
pub(super) fn contained(label: &Label) -> Option<Field> {
    let text = format!(" {} ", label.bare);
    let stands = |shape: &&(Shape, Field)| {
        shape.0.length >= SHORTEST_CONTAINED && text.contains(&format!(" {} ", shape.0.word))
    };
    KEYS.iter().filter(stands).max_by_key(|(shape, _)| shape.length).map(|(_, field)| *field)
}

#[cfg(test)]
mod tests {
    use super::{Label, contained, field, key, usual, words};
    use crate::model::Field;

    #[test]
    fn every_field_has_a_word_and_no_word_has_two_fields() {
        for of in Field::ALL {
            assert!(words().any(|(_, field)| field == *of), "{of:?}");
        }
        for (word, of) in words() {
            assert_eq!(field(&key(word)), Some(of), "{word}");
            assert_eq!(usual(&Label::new(word)), Some(of), "{word}");
        }
    }

    #[test]
    fn a_heading_is_known_by_what_it_means() {
        for (heading, of) in [
            ("Tonnes par an", Some(Field::Quantity)),
            ("Tonnes/an", Some(Field::Quantity)),
            ("Qté kg/sem", Some(Field::Quantity)),
            ("Quantité (kg) par mois", Some(Field::Quantity)),
            ("Volume annuel (m³)", Some(Field::Quantity)),
            ("Quantité annuelle estimée (t)", Some(Field::Quantity)),
            ("Nombre de palettes", Some(Field::Quantity)),
            ("No d'entreprise (NEQ)", Some(Field::EnterpriseNumber)),
            ("Identification (NEQ)", Some(Field::EnterpriseNumber)),
            ("Téléphone (bureau)", Some(Field::Telephone)),
            ("Adresse (courriel)", Some(Field::Email)),
            ("Quel est le nom de votre entreprise?", Some(Field::Name)),
            ("Quelle est la fréquence de la collecte ?", Some(Field::Frequency)),
            ("Où va la matière actuellement?", Some(Field::Destination)),
            ("Matière décrite", Some(Field::Description)),
            ("Type de résidu", Some(Field::Category)),
            ("Who to call", Some(Field::Contact)),
            ("O/D", Some(Field::Direction)),
            ("Dans quel parc êtes-vous situé ?", Some(Field::Park)),
            ("De quelle ressource s'agit-il ?", Some(Field::Description)),
            ("Cette matière est-elle dangereuse ?", Some(Field::Hazardous)),
            ("Que faites-vous de cette matière actuellement ?", Some(Field::Destination)),
            ("Membre", Some(Field::Name)),
            ("Identifiant de l'annonce", Some(Field::FlowId)),
            ("Description (obligatoire)", Some(Field::Description)),
            ("Prix ($/t)", Some(Field::Price)),
            ("Coût annuel de gestion", Some(Field::CurrentCost)),
            ("Parc L", None),
            ("Qté générée", Some(Field::Quantity)),
            ("Qté échangée (t/an)", Some(Field::Quantity)),
            ("Quelle quantité générez-vous?", Some(Field::Quantity)),
            ("Souhaitez-vous offrir ou rechercher une ressource?", Some(Field::Direction)),
            ("Dans quel parc industriel êtes-vous situé(e)?", Some(Field::Park)),
            ("À partir de quand est-elle disponible?", Some(Field::AvailableFrom)),
            ("Haz? (Y/N)", Some(Field::Hazardous)),
            ("Fréq.", Some(Field::Frequency)),
            ("Extrant", Some(Field::Description)),
            ("ART_DESC", Some(Field::Description)),
            ("DT_DISPO", Some(Field::AvailableFrom)),
            ("Km", Some(Field::Distance)),
            ("Raison si abandonné", Some(Field::AbandonReason)),
            ("Total annuel", Some(Field::Quantity)),
            ("$/an", Some(Field::CurrentCost)),
            ("Entreprise / Company", Some(Field::Name)),
            ("Matière offerte | Material offered", Some(Field::Description)),
            ("Quantité / Quantity (t/an)", Some(Field::Quantity)),
            ("Parc\nPark", Some(Field::Park)),
            ("Parc / Courriel", None),
            ("kg/L", None),
            ("$/t", None),
            ("Couleur (kg)", None),
            ("Mois", None),
            ("", None),
        ] {
            assert_eq!(usual(&Label::new(heading)), of, "{heading}");
        }
    }

    #[test]
    fn a_value_is_of_what_its_title_says() {
        for (title, heading, of) in [
            ("Quantité", "Valeur", Some(Field::Quantity)),
            ("Quantité annuelle", "Valeur (t)", Some(Field::Quantity)),
            ("Quantité annuelle", "Min (t)", Some(Field::QuantityLeast)),
            ("Quantité (t/an)", "Maximum", Some(Field::QuantityMost)),
            ("Prix", "Valeur", Some(Field::Price)),
            ("Entreprise", "Valeur", None),
            ("Quantité", "Couleur", None),
            ("Prix", "Min", None),
        ] {
            assert_eq!(super::below(&Label::new(title), &Label::new(heading)), of, "{title} > {heading}");
        }
    }

    #[test]
    fn the_longest_word_inside_of_a_question_is_a_guess() {
        let guess = |heading: &str| contained(&Label::new(heading));
        assert_eq!(guess("Quelle serait la quantité approximative selon vous?"), Some(Field::Quantity));
        assert_eq!(guess("Est-ce que le résidu va dans un parc industriel?"), Some(Field::Park));
        assert_eq!(guess("Avez-vous aimé l'atelier?"), None);
    }
}
