//! Which of the things that a text names is the thing itself, and what it is made of.

use super::hits::Match;
use super::shapes::is_form;
use super::thesaurus::Term;
use super::words::{Language, Link, Word};
use crate::model::{Category, FlowType};

/// Which match is the thing itself: the first in French, or what it is made of when that
/// first word is no term (`caisses de lait en plastique`), or what there is too much of; the last
/// before the first preposition in English.
pub(super) fn head(
    words: &[Word],
    language: Language,
    chosen: &[Match],
    around: &[bool],
    terms: &[Vec<&Term>],
) -> usize {
    if language == Language::French {
        if let Some(spare) = spare(words, chosen) {
            return spare;
        }
        let first = around.iter().position(|around| !around).unwrap_or(0);
        let made_of = chosen.iter().position(|found| found.from > 0 && words[found.from].link == Link::En);
        return match made_of {
            Some(material) if chosen.first().is_some_and(|found| found.from > 0) => material,
            _ if is_figure(words, chosen, terms, first) => first + 1,
            _ => first,
        };
    }
    let breaks = words.iter().enumerate().skip(1).find(|(_, word)| word.after_break);
    let end = breaks.map_or(words.len(), |(at, _)| at);
    let last = (0..chosen.len()).rev().find(|at| chosen[*at].to <= end && !around[*at]);
    last.or_else(|| around.iter().position(|around| !around)).unwrap_or(0)
}

/// What there is too much of, which is what is offered: `refroidisseur surdimensionné, froid en trop`.
fn spare(words: &[Word], chosen: &[Match]) -> Option<usize> {
    let too_much = |found: &Match| {
        words.get(found.to).is_some_and(|next| next.folded == "trop" && next.link == Link::En)
    };
    let mut at = chosen.iter().position(too_much)?;
    while at > 0 && words[chosen[at].from].link == Link::Of {
        at -= 1;
    }
    Some(at)
}

/// Whether a word only shapes what follows its `de`: `carcasses de pneus`, `tuiles de moquette`,
/// `copeaux de papier`. Ashes, dross and chemicals are another thing than what they come from.
fn is_figure(words: &[Word], chosen: &[Match], terms: &[Vec<&Term>], at: usize) -> bool {
    let (Some(found), Some(next)) = (chosen.get(at), chosen.get(at + 1)) else { return false };
    let plain = |term: &&Term| term.context.is_empty() && term.flow_type == FlowType::Material;
    let shapes = |shape: &&Term| {
        terms[at + 1].iter().all(|thing| match (shape.category, thing.category) {
            (Some(shape), Some(thing)) => is_shape_of(shape, thing),
            _ => false,
        })
    };
    found.to == found.from + 1
        && next.from == found.to
        && words[next.from].link == Link::Of
        && terms[at].iter().all(|term| plain(term) && (shapes(term) || is_tile(&words[found.from])))
        && terms[at + 1].iter().all(|term| term.flow_type == FlowType::Material)
}

/// Whether what a thing is made of shows that its name has another sense: mussels are not made of metal.
pub(super) fn is_shaped(thing: &[&Term], matter: &[&Term]) -> bool {
    let shapes = |thing: &Term, matter: &Term| {
        thing.category.zip(matter.category).is_some_and(|(thing, matter)| is_shape_of(thing, matter))
    };
    !matter.is_empty() && thing.iter().all(|thing| matter.iter().all(|matter| shapes(thing, matter)))
}

/// Whether a thing of one category may only give its shape to a material of the other.
fn is_shape_of(shape: Category, thing: Category) -> bool {
    use Category::{Glass, Metal, Mineral, Organic, Paper, Polymer, Wood};
    matches!(
        (shape, thing),
        (Organic, Metal | Mineral | Polymer | Glass | Paper) | (Wood, Metal | Polymer | Glass | Paper)
    )
}

/// Whether a mineral shape is also one of other materials.
fn is_tile(word: &Word) -> bool {
    matches!(word.stem.as_str(), "tuil" | "dall" | "carreau")
}

/// What a thing is made of, in French: it says the category of `bacs de fraises en plastique`, while the
/// code stays that of the thing. A shape is no material: `en feuilles`, `en granules`.
pub(super) fn made_of(words: &[Word], language: Language, chosen: &[Match], head: &[&Term]) -> Option<usize> {
    if language != Language::French || head.iter().any(|term| term.flow_type != FlowType::Material) {
        return None;
    }
    chosen.iter().position(|found| {
        let form = is_form(&words[found.from].stem);
        found.from > 0 && words[found.from].link == Link::En && !form
    })
}
