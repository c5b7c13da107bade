//! What is missing, and by how much the score could change if it were known.
//!
//! For every part the ends between which it may still lie, as far as what is known allows; its swing is how
//! far the score could move from where it stands. A part of which nothing is known stands at one half.

use super::candidates::Prepared;
use super::circumstances::{self, ONE_LOT, OTHER_STATE};
use super::flags;
use super::parts::{HALF_PART, Scores, Weights};
use super::quantity;
use super::words::{Words, both};
use crate::model::{Amount, Dimension, FlowType, Missing, Part};
use std::cmp::Reverse;

/// What to ask next: whether the request takes what is hazardous when the offer is, or the offer holds what the
/// request refuses, then the largest swing first.
pub(super) fn missing(
    scores: &Scores,
    offer: &Prepared<'_>,
    request: &Prepared<'_>,
    weights: &Weights,
) -> Vec<Missing> {
    let asked = Part::ALL.iter().zip(scores).filter_map(|(part, score)| {
        let now = score.unwrap_or(HALF_PART);
        let (low, high) = ends(*part, *score, offer, request);
        let swing_milli = weights.moved(*part, high.saturating_sub(now).max(now.saturating_sub(low)));
        let (question_fr, question_en) = question(*part, *score, offer, request);
        (swing_milli > 0).then_some(Missing { part: *part, question_fr, question_en, swing_milli })
    });
    let mut missing: Vec<Missing> = asked.collect();
    let may_be_barred = may_be_refused(offer, request) || Open::new(offer, request).denial;
    missing.sort_by_key(|one| {
        let is_urgent = may_be_barred && one.part == Part::Condition;
        (!is_urgent, Reverse(one.swing_milli), one.part)
    });
    missing
}

/// The least and the most that a part could be if everything about it were known.
fn ends(part: Part, score: Option<u16>, offer: &Prepared<'_>, request: &Prepared<'_>) -> (u16, u16) {
    match (part, score) {
        (Part::Quantity, None) => (quantity::LEAST, 1000),
        (Part::Quantity, Some(score)) => {
            let amounts = quantity::compared(offer.facts.amount, request.facts.amount);
            amounts.map_or((score, score), |(one, other)| quantity::ends(one, other))
        }
        (Part::Time, Some(score)) if circumstances::rhythm(&offer.facts, &request.facts).is_none() => {
            (score.min(ONE_LOT), score)
        }
        (Part::Condition, score) => {
            let open = Open::new(offer, request);
            let barred = open.hazard || open.contamination || open.denial;
            let least = [(open.state, OTHER_STATE), (barred, 0)];
            let least = least.into_iter().filter_map(|(is_open, least)| is_open.then_some(least)).min();
            // What is not known can only rule out, but for a hazard that was read and not declared.
            let settled =
                if open.hazard { circumstances::beside_hazard(&offer.facts, &request.facts) } else { score };
            let most = settled.unwrap_or(1000);
            (least.map_or(most, |least| most.min(least)), most)
        }
        (_, Some(score)) => (score, score),
        (_, None) => (0, 1000),
    }
}

/// Which facts of the condition are not known and could change it.
#[expect(clippy::struct_excessive_bools, reason = "each fact is open or not, whatever the others are")]
struct Open {
    state: bool,
    hazard: bool,
    contamination: bool,
    denial: bool,
}

impl Open {
    fn new(offer: &Prepared<'_>, request: &Prepared<'_>) -> Self {
        let (one, other) = (&offer.facts, &request.facts);
        if circumstances::excluded(one, other) != 0 || offer.contradicts(request) {
            return Self { state: false, hazard: false, contamination: false, denial: false };
        }
        // An offer that its codes say is harmless, and a request that takes everything, are not asked.
        let may_be = one.hazardous == Some(true) || flags::hazardous(offer.flow) != Some(false);
        let is_declared = offer.flow.hazardous.is_some() && request.flow.hazardous.is_some();
        Self {
            // Equipment, people and space are in no state of matter.
            state: offer.flow.flow_type == FlowType::Material && circumstances::state(one, other).is_none(),
            hazard: !is_declared && may_be && other.hazardous != Some(true),
            // Few speak of it: who does asks the other.
            contamination: matches!((one.soiled, other.soiled), (Some(true), None) | (None, Some(false))),
            // What both deny is no question.
            denial: request.leaves_open(offer),
        }
    }
}

/// Whether the offer is hazardous, and nobody said whether the request takes it.
fn may_be_refused(offer: &Prepared<'_>, request: &Prepared<'_>) -> bool {
    circumstances::hazard(&offer.facts, &request.facts) == Some(circumstances::MAY_BE_REFUSED)
}

fn question(part: Part, score: Option<u16>, offer: &Prepared<'_>, request: &Prepared<'_>) -> Words {
    let (one, other) = (&offer.facts, &request.facts);
    match part {
        Part::Material => both("De quelle matière s’agit-il ?", "Which material is it?"),
        Part::Quantity if score.is_some() => {
            let unsure = |amount: Option<Amount>| amount.is_some_and(|amount| !amount.is_exact());
            let (french, english) = sides(unsure(one.amount), unsure(other.amount));
            (
                format!("Quelle quantité par année, plus précisément ? (demander {french})"),
                format!("What quantity a year, more exactly? (ask {english})"),
            )
        }
        Part::Quantity => wanted_amount(one.amount, other.amount),
        Part::Distance if one.is_placed() && other.is_placed() => {
            let (french, english) = sides(one.place.is_none(), other.place.is_none());
            (
                format!("Où, en latitude et longitude ? (demander {french})"),
                format!("Where, in latitude and longitude? (ask {english})"),
            )
        }
        Part::Distance => {
            let (french, english) = sides(!one.is_placed(), !other.is_placed());
            (format!("Dans quel parc ? (demander {french})"), format!("In which park? (ask {english})"))
        }
        Part::Time => {
            let (french, english) = sides(one.is_once.is_none(), other.is_once.is_none());
            (
                format!("À quelle fréquence, et de quand à quand ? (demander {french})"),
                format!("How often, and from when to when? (ask {english})"),
            )
        }
        Part::Condition => condition(offer, request),
        Part::Destination => both(
            "Où va cette matière aujourd’hui ? (demander à l’offre)",
            "Where does this material go today? (ask the offer)",
        ),
        Part::Confidentiality => both("Qui peut voir cette entrée ?", "Who may see this entry?"),
    }
}

/// An amount that is not known; where both are and cannot be compared, that of one in the unit of the other:
/// the mass of what was told in something else, or what the request needs in the unit of the offer.
fn wanted_amount(one: Option<Amount>, other: Option<Amount>) -> Words {
    let Some((offered, asked)) = one.zip(other) else {
        let (french, english) = sides(one.is_none(), other.is_none());
        return (
            format!("Quelle quantité par année ? (demander {french})"),
            format!("What quantity a year? (ask {english})"),
        );
    };
    let is_of_request = asked.dimension() != Dimension::Mass;
    let wanted = if is_of_request { offered } else { asked };
    let (unit_fr, unit_en) = wanted.dimension().unit();
    let (french, english) = sides(!is_of_request, is_of_request);
    (
        format!("Quelle quantité, en {unit_fr} ? (demander {french})"),
        format!("What quantity, in {unit_en}? (ask {english})"),
    )
}

fn condition(offer: &Prepared<'_>, request: &Prepared<'_>) -> Words {
    let (one, other) = (&offer.facts, &request.facts);
    let open = Open::new(offer, request);
    let (hazard_fr, hazard_en) = if may_be_refused(offer, request) {
        ("La demande accepte-t-elle ce qui est dangereux ?", "Does the request take what is hazardous?")
    } else {
        ("Dangereux ou non ?", "Hazardous or not?")
    };
    let facts = [
        (
            open.state,
            one.state.is_none(),
            other.state.is_none(),
            "Quel état physique ?",
            "Which physical state?",
        ),
        (open.hazard, offer.flow.hazardous.is_none(), request.flow.hazardous.is_none(), hazard_fr, hazard_en),
        (
            open.contamination,
            one.soiled.is_none(),
            other.soiled.is_none(),
            "Propre ou souillé ?",
            "Clean or soiled?",
        ),
        (
            open.denial,
            true,
            false,
            "Contient-elle ce que la demande refuse ?",
            "Does it hold what the request refuses?",
        ),
    ];
    let asked: Vec<_> = facts.into_iter().filter(|(is_open, ..)| *is_open).collect();
    let french: Vec<&str> = asked.iter().map(|(_, _, _, french, _)| *french).collect();
    let english: Vec<&str> = asked.iter().map(|(.., english)| *english).collect();
    let lacks_offer = asked.iter().any(|(_, offer, ..)| *offer);
    let lacks_request = asked.iter().any(|(_, _, request, ..)| *request);
    let (who_fr, who_en) = sides(lacks_offer, lacks_request);
    (format!("{} (demander {who_fr})", french.join(" ")), format!("{} (ask {who_en})", english.join(" ")))
}

/// Whom to ask, French and English.
fn sides(lacks_offer: bool, lacks_request: bool) -> (&'static str, &'static str) {
    match (lacks_offer, lacks_request) {
        (true, true) => ("aux deux", "both"),
        (true, false) => ("à l’offre", "the offer"),
        _ => ("à la demande", "the request"),
    }
}
