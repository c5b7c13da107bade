//! Reasons and questions, free of names, quantities and the companies' own words.

use super::candidates::Prepared;
use super::parts::{self, Scores, Weights};
use super::processes::{self, Process};
use crate::materials;
use crate::model::{FlowType, Missing, Part};

type Words = (String, String);

fn both(french: &str, english: &str) -> Words {
    (french.to_owned(), english.to_owned())
}

/// Why a part has its score, French and English.
pub(super) fn reason(part: Part, score: Option<u16>, offer: &Prepared<'_>, request: &Prepared<'_>) -> Words {
    let Some(score) = score else {
        return match part {
            Part::Material => both("matière inconnue", "unknown material"),
            Part::Quantity => both("quantité inconnue d’un côté", "amount unknown on one side"),
            Part::Distance => both("lieu inconnu d’un côté", "place unknown on one side"),
            Part::Time => both("période inconnue d’un côté", "period unknown on one side"),
            Part::Condition => both("état et danger non précisés", "state and hazard not stated"),
        };
    };
    match part {
        Part::Material => material(offer, request),
        Part::Quantity => match score {
            900.. => both("quantités voisines", "similar quantities"),
            550.. => both("quantités du même ordre", "quantities of the same order"),
            _ => both("quantités très différentes", "very different quantities"),
        },
        Part::Distance => distance(offer, request),
        Part::Time => match score {
            0 => both("les périodes ne se croisent pas", "the periods do not meet"),
            1..1000 => both(
                "un lot ponctuel pour un besoin régulier, ou l’inverse",
                "one lot for a regular need, or the reverse",
            ),
            _ => both("périodes compatibles", "compatible periods"),
        },
        Part::Condition => match score {
            0 => both("dangereux, et la demande l’exclut", "hazardous, and the request excludes it"),
            1..1000 => both("état physique différent", "different physical state"),
            _ => both("état compatible", "compatible condition"),
        },
    }
}

fn material(offer: &Prepared<'_>, request: &Prepared<'_>) -> Words {
    if offer.flow.flow_type != FlowType::Material {
        let code = offer.flow.flow_type.code();
        return (format!("même type de ressource ({code})"), format!("same type of resource ({code})"));
    }
    let parted = parts::is_parted(offer.flow.category, request.flow.category);
    let shared = |digits: usize| {
        offer.codes().iter().find_map(|one| {
            let prefix = one.code.get(..digits)?;
            if digits == 4 && parted && materials::is_mixed(prefix.parse().unwrap_or(0)) {
                return None;
            }
            request
                .codes()
                .iter()
                .any(|other| other.code.get(..digits) == Some(prefix))
                .then(|| prefix.to_owned())
        })
    };
    let shared_words = offer.words.iter().filter(|word| request.words.binary_search(word).is_ok()).count();
    let category = offer.flow.category.filter(|category| request.flow.category == Some(*category));
    let mut french = Vec::new();
    let mut english = Vec::new();
    if let Some(code) = shared(6) {
        french.push(format!("même code probable de la liste des déchets ({code})"));
        english.push(format!("same likely code of the List of Waste ({code})"));
    } else if let Some(code) = shared(4) {
        french.push(format!("même groupe probable de la liste des déchets ({code})"));
        english.push(format!("same likely group of the List of Waste ({code})"));
    }
    if let Some(category) = category {
        french.push(format!("même catégorie ({})", category.title_fr()));
        english.push(format!("same category ({})", category.title_en()));
    }
    if shared_words > 0 {
        french.push(format!("{shared_words} mot(s) en commun"));
        english.push(format!("{shared_words} word(s) in common"));
    }
    if french.is_empty() {
        return both("matières éloignées", "distant materials");
    }
    (french.join(", "), english.join(", "))
}

fn distance(offer: &Prepared<'_>, request: &Prepared<'_>) -> Words {
    let Some(metres) = parts::distance_m(offer, request) else {
        return both("distance inconnue", "unknown distance");
    };
    if metres == 0 && (offer.is_park || request.is_park) {
        return both("même parc", "same park");
    }
    let tenths = (metres + 50) / 100;
    let (whole, tenth) = (tenths / 10, tenths % 10);
    (format!("{whole},{tenth}\u{a0}km à vol d’oiseau"), format!("{whole}.{tenth}\u{a0}km as the crow flies"))
}

/// Why the offer of a chain is material for the request: the process, what it makes, its loss and
/// who does it.
pub(super) fn treated(process: &Process) -> Words {
    let product = &processes::products()[process.product];
    let (low, high) = process.yield_milli;
    // What is left is told as what is lost: whole percents, rounded outwards.
    let (least, most) = ((1000 - high) / 10, (1000 - low + 9) / 10);
    (
        format!(
            "par un procédé ({}) : donne {}, perte de {least} à {most} %, chez un exploitant à trouver ({})",
            process.name_fr, product.title_fr, process.operator_fr
        ),
        format!(
            "through one process ({}): gives {}, loss of {least} to {most}%, at an operator to be found ({})",
            process.name_en, product.title_en, process.operator_en
        ),
    )
}

/// A reason of the material, to which realised synergies add.
pub(super) fn with_precedents((french, english): Words) -> Words {
    (
        format!("{french}; des synergies réalisées du programme ont mené cette catégorie à ce secteur"),
        format!("{english}; realised synergies of the programme took this category to this sector"),
    )
}

/// A reason of the material that is too little for a potential match.
pub(super) fn too_little((french, english): Words) -> Words {
    (
        format!("{french}; c’est trop peu pour compter dans le potentiel"),
        format!("{english}; too little to count as potential"),
    )
}

/// A reason of the material with how often such a part was right, in tenths.
pub(super) fn with_chance((french, english): Words, chance_milli: u16) -> Words {
    let tenths = (chance_milli + 50) / 100;
    (
        format!(
            "{french}; de telles paires étaient de même matière environ {tenths} fois sur 10 (jeu d’évaluation)"
        ),
        format!("{english}; such pairs were of one material about {tenths} times in 10 (evaluation set)"),
    )
}

/// The distance of a chain, which leaves its operator out.
pub(super) fn around(offer: &Prepared<'_>, request: &Prepared<'_>) -> Words {
    let (french, english) = distance(offer, request);
    if offer.place().is_none() || request.place().is_none() {
        return (french, english);
    }
    (
        format!("{french}, sans le détour par l’exploitant"),
        format!("{english}, without the way round by the operator"),
    )
}

/// What to ask next, largest swing first.
pub(super) fn missing(
    scores: &Scores,
    offer: &Prepared<'_>,
    request: &Prepared<'_>,
    weights: &Weights,
) -> Vec<Missing> {
    let mut missing: Vec<Missing> = Part::ALL
        .iter()
        .zip(scores)
        .filter(|(part, score)| score.is_none() && weights.swing(**part) > 0)
        .map(|(part, _)| {
            let (question_fr, question_en) = question(*part, offer, request);
            Missing { part: *part, question_fr, question_en, swing_milli: weights.swing(*part) }
        })
        .collect();
    missing.sort_by_key(|one| (std::cmp::Reverse(one.swing_milli), one.part));
    missing
}

fn question(part: Part, offer: &Prepared<'_>, request: &Prepared<'_>) -> Words {
    let side = |offer_lacks: bool, request_lacks: bool| match (offer_lacks, request_lacks) {
        (true, true) => ("aux deux", "both"),
        (true, false) => ("à l’offre", "the offer"),
        _ => ("à la demande", "the request"),
    };
    match part {
        Part::Material => both("De quelle matière s’agit-il ?", "Which material is it?"),
        Part::Quantity => {
            let (french, english) = side(offer.flow.mass.is_none(), request.flow.mass.is_none());
            (
                format!("Quelle quantité par année ? (demander {french})"),
                format!("What quantity a year? (ask {english})"),
            )
        }
        Part::Distance => {
            let (french, english) = side(offer.place().is_none(), request.place().is_none());
            (format!("Dans quel parc ? (demander {french})"), format!("In which park? (ask {english})"))
        }
        Part::Time => {
            let (french, english) = side(offer.flow.frequency.is_none(), request.flow.frequency.is_none());
            (
                format!("À quelle fréquence, et de quand à quand ? (demander {french})"),
                format!("How often, and from when to when? (ask {english})"),
            )
        }
        Part::Condition => both(
            "Quel état physique, et est-ce dangereux ? (demander aux deux)",
            "Which physical state, and is it hazardous? (ask both)",
        ),
    }
}
