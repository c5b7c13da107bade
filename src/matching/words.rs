//! Reasons, free of names, quantities and the companies' own words.

use super::candidates::{APART, Prepared};
use super::circumstances;
use super::exclusions;
use super::parts;
use super::phrases::Text;
use super::processes::{self, Process};
use super::quantity;
use super::substances;
use crate::materials;
use crate::model::{Destination, FlowType, Part};

pub(super) type Words = (String, String);

pub(super) fn both(french: &str, english: &str) -> Words {
    (french.to_owned(), english.to_owned())
}

/// Why a part has its score, French and English.
pub(super) fn reason(part: Part, score: Option<u16>, offer: &Prepared<'_>, request: &Prepared<'_>) -> Words {
    let Some(score) = score else {
        return match part {
            Part::Material => both("matière inconnue", "unknown material"),
            Part::Quantity => not_compared(offer, request),
            // Parks that are on no map are places of which nobody knows how far they are apart.
            Part::Distance if [offer, request].iter().all(|one| one.has_place()) => {
                both("distance inconnue", "unknown distance")
            }
            Part::Distance => both("lieu inconnu d’un côté", "place unknown on one side"),
            Part::Time => both("période inconnue d’un côté", "period unknown on one side"),
            Part::Condition => both("état et danger non précisés", "state and hazard not stated"),
            Part::Destination => both("destination actuelle inconnue", "today’s destination unknown"),
            Part::Confidentiality => both("confidentialité inconnue", "confidentiality unknown"),
        };
    };
    match part {
        Part::Material => material(offer, request),
        Part::Quantity => amounts(offer, request),
        Part::Distance => distance(offer, request),
        Part::Time => period(score, offer, request),
        Part::Condition => condition(offer, request),
        Part::Destination => destination(offer),
        Part::Confidentiality => consent(offer, request),
    }
}

/// Amounts of two dimensions, or one that is not known.
fn not_compared(offer: &Prepared<'_>, request: &Prepared<'_>) -> Words {
    let Some((one, other)) = offer.facts.amount.zip(request.facts.amount) else {
        return both("quantité inconnue d’un côté", "amount unknown on one side");
    };
    let ((one_fr, one_en), (other_fr, other_en)) = (one.dimension().unit(), other.dimension().unit());
    (
        format!("quantités non comparées : {one_fr} et {other_fr}"),
        format!("amounts not compared: {one_en} and {other_en}"),
    )
}

fn amounts(offer: &Prepared<'_>, request: &Prepared<'_>) -> Words {
    let Some((one, other)) = quantity::compared(offer.facts.amount, request.facts.amount) else {
        return not_compared(offer, request);
    };
    let (french, english) = match quantity::of_best(one, other) {
        900.. => ("quantités voisines", "similar quantities"),
        550.. => ("quantités du même ordre", "quantities of the same order"),
        _ => ("quantités très différentes", "very different quantities"),
    };
    if quantity::agreement(one, other) == quantity::of_best(one, other) {
        return both(french, english);
    }
    let (where_fr, where_en) = match (one.is_exact(), other.is_exact()) {
        (false, false) => ("des deux côtés", "on both sides"),
        (false, true) => ("du côté de l’offre", "on the side of the offer"),
        _ => ("du côté de la demande", "on the side of the request"),
    };
    (
        format!("{french}, mais peu sûres (fourchette {where_fr})"),
        format!("{english}, but unsure (a range {where_en})"),
    )
}

fn period(score: u16, offer: &Prepared<'_>, request: &Prepared<'_>) -> Words {
    if score == 0 {
        return both(
            "les périodes ne se croisent pas, ou sont passées",
            "the periods do not meet, or are over",
        );
    }
    let rhythm = circumstances::rhythm(&offer.facts, &request.facts);
    let (rhythm_fr, rhythm_en) = match (rhythm, offer.facts.is_once) {
        (None, _) => ("rythme inconnu d’un côté", "rhythm unknown on one side"),
        (Some(1000..), Some(true)) => ("un lot des deux côtés", "one lot on both sides"),
        (Some(1000..), _) => ("flux réguliers des deux côtés", "regular flows on both sides"),
        _ => (
            "un lot ponctuel pour un besoin régulier, ou l’inverse",
            "one lot for a regular need, or the reverse",
        ),
    };
    let is_dated = |one: &Prepared<'_>| one.facts.from.is_some() || one.facts.to.is_some();
    let (season_fr, season_en) = if score < rhythm.unwrap_or(1000) {
        ("les périodes ne se croisent qu’en partie", "the periods meet only in part")
    } else if is_dated(offer) || is_dated(request) {
        ("les périodes se croisent", "the periods meet")
    } else {
        ("sans saison ni date limite", "without season or last day")
    };
    (format!("{rhythm_fr}, {season_fr}"), format!("{rhythm_en}, {season_en}"))
}

/// What words deny and exclude, then state, hazard and contamination, each as far as it is known.
fn condition(offer: &Prepared<'_>, request: &Prepared<'_>) -> Words {
    let (one, other) = (&offer.facts, &request.facts);
    let is_read = offer.flow.hazardous.is_none();
    let told = [
        circumstances::state(one, other).map(|score| match score {
            1000.. => ("même état physique", "same physical state"),
            _ => ("état physique différent", "different physical state"),
        }),
        circumstances::hazard(one, other).map(|score| match (score, one.hazardous) {
            (0, _) if is_read => (
                "dangereux d’après le code probable ou les mots, et la demande l’exclut",
                "hazardous by its likely code or words, and the request excludes it",
            ),
            (0, _) => ("dangereux, et la demande l’exclut", "hazardous, and the request excludes it"),
            (circumstances::MAY_BE_REFUSED, _) if is_read => (
                "dangereux d’après le code probable ou les mots, et la demande n’en dit rien",
                "hazardous by its likely code or words, and the request says nothing of it",
            ),
            (circumstances::MAY_BE_REFUSED, _) => {
                ("dangereux, et la demande n’en dit rien", "hazardous, and the request says nothing of it")
            }
            (_, Some(true)) if request.flow.hazardous.is_none() => (
                "dangereux, comme ce que cherche la demande d’après son code probable ou ses mots",
                "hazardous, as is what the request seeks by its likely code or words",
            ),
            (_, Some(true)) => ("dangereux, et la demande l’accepte", "hazardous, and the request takes it"),
            _ => ("non dangereux", "not hazardous"),
        }),
        circumstances::contamination(one, other).map(|score| match (score, one.soiled) {
            (..1000, _) => {
                ("souillé, et la demande le veut propre", "soiled, and the request wants it clean")
            }
            (_, Some(true)) => ("souillé, et la demande l’accepte", "soiled, and the request takes it"),
            _ => ("propre", "clean"),
        }),
    ];
    let told = told.into_iter().flatten().map(|(french, english)| both(french, english));
    let denied = offer.contradicts(request).then(|| {
        both(
            "l’un nomme ce que l’autre refuse dans ses mots (« sans », « non », ou un contraire)",
            "one names what the other refuses in its words (“without”, “not”, or a contrary)",
        )
    });
    let excluded = exclusions::why(circumstances::excluded(one, other));
    let said = denied.into_iter().chain(excluded).chain(told);
    let (french, english): (Vec<String>, Vec<String>) = said.unzip();
    (french.join(", "), english.join(", "))
}

fn destination(offer: &Prepared<'_>) -> Words {
    if offer.flow.flow_type != FlowType::Material {
        return both("sans objet pour ce type", "does not apply to this type");
    }
    match offer.flow.destination {
        Destination::Landfill => both(
            "enfouie aujourd’hui : le plus à gagner, le plus facile à détourner",
            "landfilled today: the most to gain, the easiest to divert",
        ),
        Destination::Incineration => both(
            "incinérée aujourd’hui : le plus à gagner, le plus facile à détourner",
            "incinerated today: the most to gain, the easiest to divert",
        ),
        Destination::Storage => both("entreposée : cherche une issue", "in storage: looks for a way out"),
        Destination::Recycling => both("déjà recyclée : peu à gagner", "recycled already: little to gain"),
        Destination::Composting => both("déjà compostée : peu à gagner", "composted already: little to gain"),
        Destination::Reuse => both("déjà réemployée : rien à gagner", "reused already: nothing to gain"),
        Destination::Unknown => both("destination actuelle inconnue", "today’s destination unknown"),
    }
}

fn consent(offer: &Prepared<'_>, request: &Prepared<'_>) -> Words {
    match (offer.facts.is_confidential, request.facts.is_confidential) {
        (false, false) => both("aucune entrée confidentielle", "no confidential entry"),
        (true, true) => both(
            "deux entrées confidentielles : l’accord des deux est nécessaire",
            "two confidential entries: the consent of both is needed",
        ),
        (true, false) => both(
            "offre confidentielle : son accord est nécessaire",
            "confidential offer: its consent is needed",
        ),
        (false, true) => both(
            "demande confidentielle : son accord est nécessaire",
            "confidential request: its consent is needed",
        ),
    }
}

fn material(offer: &Prepared<'_>, request: &Prepared<'_>) -> Words {
    if offer.flow.flow_type != FlowType::Material {
        return resource(offer, request);
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
    if let Some((words_fr, words_en)) = in_common(offer, request) {
        french.push(words_fr);
        english.push(words_en);
    }
    if substances::differ(offer.substances, request.substances) {
        let (others_fr, others_en) = others(offer, request);
        french.push(format!("mais chacun nomme une autre substance{others_fr}"));
        english.push(format!("but each names another substance{others_en}"));
    } else if let Some((name_fr, name_en)) = one_substance(offer, request) {
        french.push(format!("même substance : {name_fr}"));
        english.push(format!("same substance: {name_en}"));
    } else if parts::share_a_substance(&offer.material(), &request.material()) {
        french.push("même substance nommée".to_owned());
        english.push("same substance named".to_owned());
        if substances::is_partly(&Text::new(offer.flow.description.reveal()), request.substances) {
            french
                .push("mais une partie seulement de l’offre en est : sa quantité est un maximum".to_owned());
            english.push("but only a part of the offer is of it: its amount is an upper bound".to_owned());
        }
    }
    if french.is_empty() {
        return both("matières éloignées", "distant materials");
    }
    (french.join(", "), english.join(", "))
}

/// The substance that both are, by its name in the table.
fn one_substance(offer: &Prepared<'_>, request: &Prepared<'_>) -> Option<(&'static str, &'static str)> {
    offer.is.filter(|one| request.is == Some(*one)).and_then(substances::title)
}

/// Which other substance each is, in brackets, where that is known and it is not one in two forms.
fn others(offer: &Prepared<'_>, request: &Prepared<'_>) -> Words {
    let names = offer.is.zip(request.is).filter(|(one, other)| one != other);
    let titles = names.and_then(|(one, other)| substances::title(one).zip(substances::title(other)));
    titles.map_or_else(Words::default, |((one_fr, one_en), (other_fr, other_en))| {
        (format!(" ({one_fr} et {other_fr})"), format!(" ({one_en} and {other_en})"))
    })
}

/// How many words both descriptions have; none when they share none.
fn in_common(offer: &Prepared<'_>, request: &Prepared<'_>) -> Option<Words> {
    let count = offer.words.iter().filter(|word| request.words.binary_search(word).is_ok()).count();
    let plural = if count > 1 { "s" } else { "" };
    (count > 0).then(|| (format!("{count} mot{plural} en commun"), format!("{count} word{plural} in common")))
}

/// A type in words, French and English.
const fn type_titles(flow_type: FlowType) -> (&'static str, &'static str) {
    match flow_type {
        FlowType::Material => ("matière", "material"),
        FlowType::Energy => ("énergie", "energy"),
        FlowType::Water => ("eau", "water"),
        FlowType::Equipment => ("équipement", "equipment"),
        FlowType::Labour => ("main-d’œuvre", "labour"),
        FlowType::Expertise => ("expertise", "expertise"),
        FlowType::Space => ("espace", "space"),
        FlowType::Transport => ("transport", "transport"),
    }
}

/// Of what is no material: the resource that both name, by its name in the table and not by their words.
fn resource(offer: &Prepared<'_>, request: &Prepared<'_>) -> Words {
    let flow_type = request.flow.flow_type;
    let (type_fr, type_en) = type_titles(flow_type);
    let offered = offer.numbers_of(flow_type);
    let mut french = vec![format!("même type de ressource ({type_fr})")];
    let mut english = vec![format!("same type of resource ({type_en})")];
    let names = |one: &Prepared<'_>, number: u32| one.numbers.iter().any(|(other, _)| *other == number);
    let same = offered.iter().find(|(number, _)| names(request, *number));
    if let Some((name_fr, name_en)) = same.and_then(|(number, _)| materials::resource_name(number / APART)) {
        french.push(format!("même ressource ({name_fr})"));
        english.push(format!("same resource ({name_en})"));
    } else if !offered.is_empty() && !request.numbers.is_empty() && flow_type != FlowType::Water {
        french.push("mais des ressources différentes".to_owned());
        english.push("but different resources".to_owned());
    }
    if let Some((words_fr, words_en)) = in_common(offer, request) {
        french.push(words_fr);
        english.push(words_en);
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
    let times = if tenths == 1 { "time" } else { "times" };
    (
        format!(
            "{french}; de telles paires étaient de même matière environ {tenths} fois sur 10 (jeu d’évaluation)"
        ),
        format!("{english}; such pairs were of one material about {tenths} {times} in 10 (evaluation set)"),
    )
}

/// The amounts of a chain, of which one is what comes out.
pub(super) fn after_treatment((french, english): Words) -> Words {
    (format!("{french}, rendement du procédé compris"), format!("{english}, yield of the process included"))
}

/// The distance of a chain through an operator whose place is not known.
pub(super) fn around(offer: &Prepared<'_>, request: &Prepared<'_>) -> Words {
    let (french, english) = distance(offer, request);
    if parts::distance_m(offer, request).is_none() {
        return (french, english);
    }
    (
        format!("{french}, sans le détour par l’exploitant"),
        format!("{english}, without the way round by the operator"),
    )
}
