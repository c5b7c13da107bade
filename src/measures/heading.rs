//! A heading taken apart: the words that name the column, and the unit and frequency that it gives.

use super::number::plain;
use super::quantity::split_rate;
use super::units::{self, Kind};
use super::{amounts, frequency};
use crate::model::fold;

/// Words of a heading about an amount that do not change what it is.
const NEUTRAL: &[&str] = &[
    "moyen",
    "moyenne",
    "moyens",
    "moyennes",
    "estime",
    "estimee",
    "estimes",
    "estimees",
    "estimation",
    "approximatif",
    "approximative",
    "approx",
    "approximatifs",
    "approximatives",
    "environ",
    "total",
    "totale",
    "prevu",
    "prevue",
    "average",
    "estimated",
    "approximate",
];
/// What stands before a unit that is counted.
const NUMBER_OF: &[&str] =
    &["nombre de ", "nombre d'", "nb de ", "nb ", "nbre de ", "nbre ", "number of ", "no of ", "# of "];

/// Bytes of the longest heading that is taken apart.
const LONGEST: usize = 160;

/// A heading in parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Heading {
    /// As written, without what stands in brackets.
    pub(crate) bare: String,
    /// Plain words without brackets, unit and frequency; empty where the heading is a unit and nothing
    /// more, none where nothing was taken away.
    pub(crate) core: Option<String>,
    /// What stands in brackets and is no unit.
    pub(crate) said: Vec<String>,
    /// Unit and frequency, such as `t/an`, `kg par mois`, `$/t` or `/annuelle`.
    pub(crate) unit: Option<String>,
}

/// Takes a heading apart: `Quantité (t/an)`, `Qté kg/sem`, `Quantité, en tonnes`, `Tonnes par an`,
/// `Volume annuel (m³)`, `Téléphone (bureau)`.
pub(crate) fn read(text: &str) -> Heading {
    let (mut bare, brackets) = without_brackets(text);
    // What is longer than a question is a text, and nothing is looked for in it.
    if bare.is_empty() || text.len() > LONGEST {
        bare = text.trim().to_owned();
        return Heading { bare, core: None, said: Vec::new(), unit: None };
    }
    let (units, said): (Vec<String>, Vec<String>) =
        brackets.into_iter().partition(|inside| is_measure(inside) || amounts::is_for_each(inside));
    let unit = units.into_iter().map(|unit| without_in(&unit).to_owned()).next();
    let written = plain(&bare);
    let (core, unit) = match (unit, at_end(&written)) {
        // `Quantité (kg) par mois`: the frequency stands behind the unit.
        (Some(unit), Some((core, rate))) if split_rate(&plain(&unit)).1.is_none() && is_rate(&rate) => {
            (core, Some(format!("{unit}{}{rate}", joint(&rate))))
        }
        (Some(unit), _) => (written.clone(), Some(unit)),
        (None, Some((core, unit))) => (core, Some(unit)),
        (None, None) => (written.clone(), None),
    };
    let (core, unit) = often(&core, unit);
    let core = core.trim_end_matches([' ', ',', ':', '-', '–']).to_owned();
    let core = (core != written).then_some(core);
    Heading { bare, core, said, unit }
}

/// The text outside of brackets, and what stands inside of each.
fn without_brackets(text: &str) -> (String, Vec<String>) {
    let (mut outside, mut inside) = (String::new(), Vec::new());
    let mut open: Option<String> = None;
    for letter in text.chars() {
        match (letter, &mut open) {
            ('(' | '[', None) => open = Some(String::new()),
            (')' | ']', Some(_)) => inside.extend(open.take()),
            (letter, Some(held)) => held.push(letter),
            (letter, None) => outside.push(letter),
        }
    }
    inside.extend(open);
    let inside = inside.iter().map(|held| held.trim().to_owned()).filter(|held| !held.is_empty());
    let outside = outside.split_whitespace().collect::<Vec<_>>().join(" ");
    (outside, inside.collect())
}

/// Whether a text is a known unit, a frequency, both, or the unit of a price.
pub(crate) fn is_measure(text: &str) -> bool {
    let text = plain(text);
    let text = without_in(&text);
    if text.is_empty() {
        return false;
    }
    let (unit, rate) = split_rate(text);
    let is_often = rate.is_none_or(|rate| frequency::find(rate).is_some());
    let is_known = if unit.is_empty() { rate.is_some() } else { units::find(unit).is_some() };
    is_often && is_known || amounts::is_price_unit(text)
}

/// Without `en` or `in` before the unit.
fn without_in(text: &str) -> &str {
    ["en ", "in "].iter().find_map(|word| text.strip_prefix(word)).unwrap_or(text).trim_start()
}

/// What stands between a unit and a frequency: `kg par mois`, `kg/mensuel`.
fn joint(rate: &str) -> char {
    if frequency::is_adjective(rate) { '/' } else { ' ' }
}

fn is_rate(text: &str) -> bool {
    matches!(split_rate(text), ("", Some(rate)) if frequency::find(rate).is_some())
}

/// The words before the longest end of a plain heading that is a measure, and that end. A word of
/// everyday life that could be a unit (`bureau`, `machine`) is none without brackets.
fn at_end(plain: &str) -> Option<(String, String)> {
    let counted =
        NUMBER_OF.iter().find_map(|start| plain.strip_prefix(start)).filter(|rest| is_plain_measure(rest));
    if let Some(unit) = counted {
        return Some((String::new(), unit.to_owned()));
    }
    let last = fold(plain.rsplit([' ', '/']).next().unwrap_or_default());
    let is_money = plain.ends_with('$') || matches!(last.as_str(), "cad" | "dollar" | "dollars");
    if !is_money && !units::may_end(&last) && !frequency::may_end(&last) {
        return None;
    }
    let starts = plain.match_indices([' ', '/']).map(|(at, _)| at);
    std::iter::once(0).chain(starts).find_map(|at| {
        let end = without_in(plain[at..].trim_start_matches([' ', ',', '-', ':', '–']));
        let names_column = at == 0 && split_rate(end).0.is_empty();
        (!names_column && is_plain_measure(end)).then(|| (plain[..at].to_owned(), end.to_owned()))
    })
}

fn is_plain_measure(text: &str) -> bool {
    let unit = split_rate(text).0;
    let is_amount = unit.is_empty()
        || units::find(unit).is_some_and(|unit| !matches!(unit.kind, Kind::NotMass | Kind::Toxicity));
    is_measure(text) && (is_amount || amounts::is_price_unit(text))
}

/// Takes the adjective of a frequency (`annuelle`, `hebdomadaire`, `monthly`) out of the words, and what
/// does not change the meaning beside it; the frequency goes to the unit when that has none.
fn often(core: &str, unit: Option<String>) -> (String, Option<String>) {
    let mut rate = None;
    let kept: Vec<&str> = core
        .split(' ')
        .filter(|word| {
            let is_rate = frequency::is_adjective(word);
            if is_rate && rate.is_none() {
                rate = Some(*word);
            }
            !is_rate && !NEUTRAL.contains(word)
        })
        .collect();
    if kept.is_empty() {
        return (core.to_owned(), unit);
    }
    let unit = match (unit, rate) {
        (Some(unit), Some(rate)) if split_rate(&plain(&unit)).1.is_none() => Some(format!("{unit}/{rate}")),
        (None, Some(rate)) => Some(format!("/{rate}")),
        (unit, _) => unit,
    };
    (kept.join(" "), unit)
}

#[cfg(test)]
mod tests {
    use super::read;

    fn parts(text: &str) -> (String, Option<String>) {
        let heading = read(text);
        (heading.core.unwrap_or_else(|| super::plain(&heading.bare)), heading.unit)
    }

    #[test]
    fn units_and_frequencies_are_found_with_and_without_brackets() {
        for (text, core, unit) in [
            ("Quantité (t/an)", "quantite", "t/an"),
            ("Quantité [kg]", "quantite", "kg"),
            ("Quantité en tonnes", "quantite", "tonnes"),
            ("Quantité, t/an", "quantite", "t/an"),
            ("Quantité (en kg)", "quantite", "kg"),
            ("Tonnes par an", "", "tonnes par an"),
            ("Tonnes/an", "", "tonnes/an"),
            ("Qté kg/sem", "qte", "kg/sem"),
            ("Qté - kg / sem.", "qte", "kg / sem."),
            ("Quantité (kg) par mois", "quantite", "kg par mois"),
            ("Volume annuel (m³)", "volume", "m³/annuel"),
            ("Quantité annuelle estimée (t)", "quantite", "t/annuelle"),
            ("Tonnage mensuel moyen", "tonnage", "/mensuel"),
            ("Monthly quantity (lbs)", "quantity", "lbs/monthly"),
            ("Quantité par semaine", "quantite", "par semaine"),
            ("Nombre de palettes", "", "palettes"),
            ("Nb barils/mois", "", "barils/mois"),
            ("Prix ($/t)", "prix", "$/t"),
            ("Coût ($/levée)", "cout", "$/levée"),
            ("Coût annuel ($)", "cout", "$/annuel"),
            ("Coût par tonne", "cout", "par tonne"),
            ("Weight, in lbs", "weight", "lbs"),
            ("Quantité totale (m3 par année)", "quantite", "m3 par année"),
        ] {
            assert_eq!(parts(text), (core.to_owned(), Some(unit.to_owned())), "{text}");
        }
    }

    #[test]
    fn words_that_are_no_unit_stay_words() {
        for (text, bare, said) in [
            ("No d'entreprise (NEQ)", "No d'entreprise", vec!["NEQ"]),
            ("Contact (nom et poste)", "Contact", vec!["nom et poste"]),
            ("Date de mise en marché", "Date de mise en marché", vec![]),
            ("Nom, prénom", "Nom, prénom", vec![]),
            ("Quantité (kg ou t)", "Quantité", vec!["kg ou t"]),
            ("(optionnel)", "(optionnel)", vec![]),
            ("Nombre de bureaux", "Nombre de bureaux", vec![]),
            ("Parc L'Ormière", "Parc L'Ormière", vec![]),
            ("Mois", "Mois", vec![]),
            ("Quantité (ouverte", "Quantité", vec!["ouverte"]),
        ] {
            let heading = read(text);
            assert_eq!((heading.bare.as_str(), heading.unit), (bare, None), "{text}");
            assert_eq!(heading.said, said, "{text}");
        }
    }
}
