//! Which field a heading names, as far as it alone can tell.

use super::direction;
use super::header::{self, Label, key};
use super::vocabulary::{self, Shape};
use crate::model::Field;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// How alike a heading and a usual word must be to be proposed (Jaro-Winkler).
const ALIKE: f64 = 0.92;
/// Columns whose headings are compared with words like them: a form that somebody typed has fewer.
pub(super) const MOST_COMPARED: usize = 1_000;
/// Letters of a heading that is compared with words like it.
const SHORTEST_COMPARED: usize = 4;
/// A heading that is a usual word.
pub(super) const USUAL: u32 = 95;
/// A heading that is a usual word for several fields, of which the likeliest is taken.
pub(super) const LOOSE: u32 = 70;
/// A heading that is only like a usual word.
const NEAR: u32 = 60;
/// A heading that holds a usual word among others.
pub(super) const CONTAINED: u32 = 40;
/// Fewest words of a heading in which a usual word is looked for; a question may have fewer.
const WORDY: usize = 4;

/// Fields by their own codes.
static CODED: LazyLock<BTreeMap<String, Field>> =
    LazyLock::new(|| Field::ALL.iter().map(|field| (key(field.code()), *field)).collect());

/// A usual word names its field; a word like it names it less surely. Headings are `compared` with words
/// like them where somebody typed them.
pub(super) fn likely(header: &str, known: Option<Field>, compared: bool) -> (Option<Field>, u32) {
    let last = header.rsplit(['>', '.']).next().unwrap_or(header);
    let label = key(last);
    let usual = |text: &str| vocabulary::usual(&Label::new(text)).or_else(|| CODED.get(&key(text)).copied());
    let above = header.rsplit('>').nth(1).unwrap_or_default();
    let group = key(above);
    // The code of a company is that of its activity; the code alone is that of a resource.
    if label == "code" && vocabulary::field(&group) == Some(Field::Name) {
        return (Some(Field::Sector), LOOSE);
    }
    let is_person = matches!(group.as_str(), "personne" | "person");
    if matches!(label.as_str(), "nom" | "name")
        && (is_person || vocabulary::field(&group) == Some(Field::Contact))
    {
        return (Some(Field::Contact), LOOSE);
    }
    // `Avez-vous des résidus à offrir ? > Lesquels ?`
    let is_of_side = || direction::FAINT.iter().any(|faint| direction::one(above, *faint).is_some());
    if vocabulary::asks_which(&label) && is_of_side() {
        return (Some(Field::Description), USUAL);
    }
    // `Prix > Unité` is no unit of the quantity.
    let is_money = |field: Field| matches!(field, Field::Price | Field::CurrentCost | Field::Investment);
    if vocabulary::field(&label) == Some(Field::Unit) && usual(above).is_some_and(is_money) {
        return (None, 0);
    }
    if let Some(field) = vocabulary::below(&Label::new(above), &Label::new(last)) {
        return (Some(field), USUAL);
    }
    if let Some(field) =
        known.or_else(|| usual(header)).or_else(|| (last != header).then(|| usual(last)).flatten())
    {
        return (Some(field), USUAL);
    }
    // A year is of what its group says.
    let bare = header::bare(header.rsplit('>').next().unwrap_or_default());
    if !bare.contains(char::is_alphabetic)
        && let Some(field) = usual(above)
    {
        return (Some(field), NEAR);
    }
    // Words that name a company at the head of its own sheet, and something else elsewhere.
    if matches!(label.as_str(), "nom" | "name" | "site") {
        return (Some(Field::Name), LOOSE);
    }
    if !compared {
        return (None, 0);
    }
    // So few letters are like too much: « Mai » is no « mail ».
    if label.chars().count() < SHORTEST_COMPARED {
        return (None, 0);
    }
    let is_long = label.split(' ').count() >= WORDY || header.contains('?');
    let mut best = (ALIKE, None);
    let shape = Shape::new(label);
    for (known, field) in vocabulary::keys().iter().filter(|(known, _)| shape.may_be_alike(known)) {
        let alike = strsim::jaro_winkler(&shape.word, &known.word);
        if alike > best.0 {
            best = (alike, Some(*field));
        }
    }
    let inside = || vocabulary::contained(&Label::new(last)).filter(|_| is_long);
    match best.1 {
        Some(field) => (Some(field), NEAR),
        None => inside().map_or((None, 0), |field| (Some(field), CONTAINED)),
    }
}

#[cfg(test)]
mod tests {
    use super::{ALIKE, Shape, vocabulary};

    #[test]
    fn words_too_short_or_too_long_to_be_alike_are_not_compared() {
        let shapes = || vocabulary::keys().iter().map(|(shape, _)| shape).step_by(11);
        for begun in shapes().flat_map(|shape| (1..=shape.word.len()).map(|end| &shape.word[..end])) {
            let label = Shape::new(begun.to_owned());
            for shape in shapes() {
                let alike = strsim::jaro_winkler(begun, &shape.word) > ALIKE;
                assert!(!alike || label.may_be_alike(shape), "{begun} {}", shape.word);
            }
        }
    }
}
