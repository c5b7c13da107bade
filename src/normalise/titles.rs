//! Titles inside a table, such as « Section B — Métaux »: one text above the entries that it heads.

use super::lexicon::Lexicon;
use super::{dates, identifiers};
use crate::model::{Category, Cell, Direction, Field, FlowType, RawCell, agreed, fold};

/// What parts of a table are called. `Groupe` begins names of companies and is none.
const PARTS: &[&str] = &[
    "section", "partie", "volet", "bloc", "rubrique", "annexe", "tableau", "chapitre", "phase", "etape",
    "part", "table", "chapter", "step",
];

/// What parts are about, beside directions, types, categories, parks and dates; compared with [`agreed`].
const SUBJECTS: &[&str] = &[
    "entreprises",
    "organisations",
    "membres",
    "industries",
    "companies",
    "members",
    "nouvelles entrées",
    "new entries",
    "divers",
    "autres",
    "other",
    "miscellaneous",
];

/// Fields of which a word alone is an entry that somebody began: what flows, and how.
const DESCRIBES: [Field; 9] = [
    Field::Description,
    Field::Material,
    Field::Category,
    Field::FlowType,
    Field::State,
    Field::Destination,
    Field::Quantity,
    Field::Note,
    Field::Conditions,
];

/// Whether the only cell of a row is the title of the entries below it: it is merged over several columns, or
/// it is called a part, or it stands where names and places do and says only what the part is about. What has
/// the legal form of a company is none.
pub(super) fn is_title(field: Option<Field>, cell: &RawCell, spans: bool, lexicon: &Lexicon) -> bool {
    let text = match &cell.value {
        Cell::Text(text) => text.reveal().trim(),
        _ => return false,
    };
    if text.contains('@') || identifiers::has_legal_form(text) {
        return false;
    }
    let names = field.is_some_and(|field| !DESCRIBES.contains(&field));
    spans || part(text, lexicon) || names && is_subject(bare(text), lexicon)
}

/// Whether a text names a part: by its letter or number, before a mark or alone, or by what it is about.
fn part(text: &str, lexicon: &Lexicon) -> bool {
    let text = text.trim_start_matches(|first: char| !first.is_alphanumeric());
    let (word, rest) = text.split_at(text.find(|next: char| !next.is_alphabetic()).unwrap_or(text.len()));
    if !PARTS.contains(&fold(word).as_str()) || rest.starts_with('-') {
        return false;
    }
    let rest = rest.trim_start();
    let marked = |rest: &str| rest.is_empty() || rest.starts_with(['–', '—', '-', ':', '.', ')', '(']);
    let (rank, after) = rest.split_at(rest.find(|next: char| !next.is_alphanumeric()).unwrap_or(rest.len()));
    !rest.is_empty()
        && (marked(rest) || is_rank(rank) && marked(after.trim_start()) || is_subject(rest, lexicon))
}

/// A letter, a number, or a Roman one.
fn is_rank(word: &str) -> bool {
    let digits = word.len() <= 3 && word.bytes().all(|byte| byte.is_ascii_digit());
    let roman = word.len() <= 5 && word.bytes().all(|byte| matches!(byte, b'I' | b'V' | b'X'));
    !word.is_empty() && (digits || roman || word.chars().count() == 1)
}

/// A text without its rank (`2) Bois`, `II — Bois`, `B. Bois`) and the marks around it.
fn bare(text: &str) -> &str {
    let plain = |text: &'_ str| -> usize { text.find(char::is_alphanumeric).unwrap_or(text.len()) };
    let text = &text[plain(text)..];
    let (rank, rest) = text.split_at(text.find(|next: char| !next.is_alphanumeric()).unwrap_or(text.len()));
    let rest = rest.trim_start();
    let text = if is_rank(rank) && rest.starts_with(['–', '—', '-', ':', '.', ')']) {
        &rest[plain(rest)..]
    } else {
        text
    };
    text.trim_end_matches(|last: char| !last.is_alphanumeric())
}

/// Whether a text says what a part is about, and nothing more.
fn is_subject(text: &str, lexicon: &Lexicon) -> bool {
    let said = agreed(text);
    let is_category = |category: &Category| {
        [category.title_fr(), category.title_en()].into_iter().any(|title| {
            let first = title.split([',', ' ']).next().unwrap_or_default();
            agreed(title) == said || agreed(first) == said && said != "produit" && said != "product"
        })
    };
    let is_date = || {
        let read = dates::read(&Cell::text(text), false, lexicon.dates());
        text.contains(|digit: char| digit.is_ascii_digit()) && read.is_some_and(|read| read.date.is_some())
    };
    SUBJECTS.iter().any(|subject| agreed(subject) == said)
        || Category::ALL.iter().any(is_category)
        || lexicon.code::<Category>(Field::Category.code(), Category::CODES, text).is_some()
        || lexicon.code::<Direction>(Field::Direction.code(), Direction::CODES, text).is_some()
        || lexicon.code::<FlowType>(Field::FlowType.code(), FlowType::CODES, text).is_some()
        || lexicon.park(text).is_some()
        || is_date()
}

#[cfg(test)]
mod tests {
    use super::is_title;
    use crate::model::{Cell, Field, RawCell};
    use crate::normalise::lexicon::Lexicon;

    fn title(field: Field, text: &str, spans: bool) -> bool {
        let lexicon = Lexicon::new(&crate::normalise::tests::settings(), None);
        let cell =
            RawCell { value: Cell::text(text), column: "A".into(), header: "".into(), unit_in_header: None };
        is_title(Some(field), &cell, spans, &lexicon)
    }

    #[test]
    fn titles_are_told_from_companies() {
        for text in [
            "Section B — Métaux",
            "SECTION 2",
            "Volet III : bois",
            "Partie A",
            "Section métaux",
            "— Section : visites —",
            "Annexe 1 (suite)",
            "Métaux",
            "PLASTIQUES :",
            "2) Bois",
            "II — Matières organiques",
            "B. Verre",
            "Offres",
            "Demandes",
            "Parc industriel de Beauport",
            "Janvier 2026",
            "T1 2026",
            "Entreprises",
            "Carton et papier",
        ] {
            assert!(title(Field::Name, text, false), "{text}");
        }
        for text in [
            "Nordet",
            "Gamma inc.",
            "Section Rouge inc.",
            "Section Rouge",
            "Groupe Nordet",
            "A. Lacroix",
            "3M",
            "Bois Nordet",
            "Bois inc.",
            "Les Métaux du Cap",
            "Part-Time Studio",
            "Permanent",
            "Verrerie",
        ] {
            assert!(!title(Field::Name, text, false), "{text}");
        }
    }

    #[test]
    fn words_of_a_description_are_an_entry_that_somebody_began() {
        for text in ["Métaux", "2) Bois", "Offres", "palettes de bois", "Section Rouge"] {
            assert!(!title(Field::Description, text, false), "{text}");
        }
        assert!(title(Field::Description, "Section B — Métaux", false));
        assert!(title(Field::Description, "Les belles matières", true));
        assert!(!title(Field::Name, "Nordet ltée", true));
    }
}
