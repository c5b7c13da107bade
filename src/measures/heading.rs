//! A heading taken apart: the words that name the column, and the unit and frequency that it gives.

use super::number::plain;
use super::quantity::split_rate;
use super::span;
use super::units::{self, Kind};
use super::{amounts, frequency};
use crate::model::fold;
use std::collections::BTreeSet;

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

/// Marks behind a heading that are none of its words: of a question, of what must be filled in, of a note.
const MARKS: [char; 5] = ['?', '*', ':', '†', '‡'];
/// Numbers of notes below a table, and parts of units.
const RAISED: [char; 3] = ['¹', '²', '³'];

/// Bytes of the longest heading that is taken apart.
const LONGEST: usize = 160;

/// A heading in parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Heading {
    /// As written, without what stands in brackets and without marks behind it.
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
    let (brackets, is_unsure): (Vec<String>, Vec<bool>) = brackets.into_iter().map(without_choices).unzip();
    let (units, said): (Vec<String>, Vec<String>) =
        brackets.into_iter().partition(|inside| is_measure(inside) || amounts::is_for_each(inside));
    let whole = plain(&bare);
    let remarks: Vec<String> = said.iter().map(|said| plain(said)).collect();
    let own = span::find(&whole).filter(|span| !span.rest.is_empty());
    // What is left of a heading without its length of time, and without a frequency of two meanings.
    let written = own.as_ref().map_or_else(|| whole.clone(), |span| span.rest.clone());
    let unsure = frequency::before_choices(&written).map(str::to_owned);
    let is_unsure = unsure.is_some() || is_unsure.contains(&true);
    let written = unsure.unwrap_or(written);
    let spans: Vec<span::Span> =
        own.into_iter().chain(remarks.iter().filter_map(|remark| span::find(remark))).collect();
    let is_open = span::is_restricted(&whole)
        || remarks.iter().any(|remark| span::is_restricted(remark))
        || is_one_of_two(&units);
    let unit = in_brackets(units);
    let (core, unit) = match (unit, at_end(&written)) {
        // `Quantité (kg) par mois`: the frequency stands behind the unit.
        (Some(unit), Some((core, rate))) if split_rate(&plain(&unit)).1.is_none() && is_rate(&rate) => {
            (core, Some(format!("{unit}{}{rate}", joint(&rate))))
        }
        (Some(unit), _) => (written.clone(), Some(unit)),
        (None, Some((core, unit))) => (core, Some(unit)),
        (None, None) => (written.clone(), None),
    };
    let first = [" ou", " or"].iter().find_map(|joint| core.strip_suffix(joint));
    let is_open = is_open || first.is_some();
    let (core, unit) = often(first.unwrap_or(&core), unit);
    let unit = over(unit, &spans, is_open || is_unsure);
    let unit = unit.or_else(|| is_unsure.then(|| NOBODY_KNOWS.to_owned()));
    let core = core.trim_end_matches([' ', ',', ':', '-', '–']).to_owned();
    let core = (core != whole).then_some(core);
    Heading { bare, core, said, unit }
}

/// `t` of `t/saison`, which has two meanings, and whether it is cut; as it stands where no unit is before it.
fn without_choices(inside: String) -> (String, bool) {
    let whole = plain(&inside);
    match frequency::before_choices(&whole).filter(|unit| is_measure(unit)) {
        Some(unit) => (unit.to_owned(), true),
        None => (inside, false),
    }
}

/// The unit of the brackets of a heading, and the frequency of another of them: `(t) (par an)`.
fn in_brackets(units: Vec<String>) -> Option<String> {
    let mut units = units.into_iter().map(|unit| without_in(&unit).to_owned());
    let first = units.next()?;
    let is_bare = |unit: &str| split_rate(&plain(unit)).1.is_none();
    let rate = units.find(|unit| is_rate(&plain(unit)));
    Some(match rate {
        Some(rate) if is_bare(&first) => format!("{first}{}{rate}", joint(&rate)),
        _ => first,
    })
}

/// Whether brackets give two units of which either may be meant: `(t/an) ou (m³/an)`.
fn is_one_of_two(units: &[String]) -> bool {
    let named = units.iter().filter_map(|unit| {
        let unit = plain(without_in(unit));
        let name = split_rate(&unit).0;
        units::find(name).filter(|_| !name.is_empty())
    });
    named.map(|unit| unit.code).collect::<BTreeSet<String>>().len() > 1
}

/// How often, where nobody can say: no frequency is written so, and the quantity stays unknown.
const NOBODY_KNOWS: &str = "par ?";

/// The unit of an amount with how often it comes when it is of a length of time. Open where nobody can say,
/// as of two lengths, or of one beside another frequency; money is left as it is.
fn over(unit: Option<String>, spans: &[span::Span], is_open: bool) -> Option<String> {
    if unit.as_deref().is_some_and(amounts::is_price_unit) || !is_open && spans.is_empty() {
        return unit;
    }
    let has_rate = unit.as_deref().is_some_and(|unit| split_rate(&plain(unit)).1.is_some());
    let often = match spans {
        [span] if !is_open && !has_rate => span.often.as_deref(),
        _ => None,
    };
    match unit {
        Some(unit) => Some(format!("{unit} {}", often.unwrap_or(NOBODY_KNOWS))),
        // A restriction of words without a unit is none of an amount.
        None if spans.is_empty() => None,
        None => Some(often.unwrap_or(NOBODY_KNOWS).to_owned()),
    }
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
    let inside = inside.iter().map(|held| unmarked(held.trim()).to_owned()).filter(|held| !held.is_empty());
    let outside = outside.split_whitespace().collect::<Vec<_>>().join(" ");
    (unmarked(&outside).to_owned(), inside.collect())
}

/// Without the marks behind it: `Quantité par an ?`, `Tonnes *`, `Quantité¹`, and not `Volume en m³`.
fn unmarked(text: &str) -> &str {
    let text = text.trim_end_matches(|letter: char| letter.is_whitespace() || MARKS.contains(&letter));
    let lowered = text.trim_end_matches(RAISED);
    let last = text.rsplit([' ', '/']).next().unwrap_or_default();
    if lowered == text || units::is_one(&plain(last)) { text } else { unmarked(lowered) }
}

/// The unit that a text is and nothing more, in brackets or not: `t/an`, `(en kg)`.
pub(crate) fn unit_alone(text: &str) -> Option<String> {
    if text.len() > LONGEST {
        return None;
    }
    let (outside, inside) = without_brackets(text);
    let unit = match inside.as_slice() {
        [] => outside,
        [unit] if outside.is_empty() => unit.clone(),
        _ => return None,
    };
    is_measure(&unit).then(|| without_in(&plain(&unit)).to_owned())
}

/// The unit of a heading below the title of an amount, where one gives the unit and the other how often it comes: of
/// `t` below `Quantité annuelle` it is `t/annuelle`.
pub(crate) fn joined(own: &str, title: &str) -> Option<String> {
    let (own, title) = (plain(own), plain(title));
    if amounts::is_money(&own) || amounts::is_money(&title) {
        return None;
    }
    match (split_rate(&own), split_rate(title.trim_start_matches('/'))) {
        ((unit, None), ("", Some(rate))) if !unit.is_empty() => Some(format!("{unit}{}{rate}", joint(rate))),
        (("", Some(rate)), (unit, None)) if !unit.is_empty() => Some(format!("{unit}{}{rate}", joint(rate))),
        _ => None,
    }
}

/// Whether a text is a known unit, a frequency, both, or the unit of a price.
fn is_measure(text: &str) -> bool {
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
        || units::find(unit).is_some_and(|unit| !matches!(unit.kind, Kind::NotMass(..) | Kind::Toxicity));
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
    use super::{read, unit_alone};

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
            ("Quantité par année ?", "quantite", "par annee"),
            ("Quantité par année (t) ?", "quantite", "t par annee"),
            ("Quelle quantité par semaine (en kg)?", "quelle quantite", "kg par semaine"),
            ("Quantité – tonnes par an *", "quantite", "tonnes par an"),
            ("Quantité¹ (t/an)", "quantite", "t/an"),
            ("Volume en m³", "volume", "m3"),
        ] {
            assert_eq!(parts(text), (core.to_owned(), Some(unit.to_owned())), "{text}");
        }
    }

    #[test]
    fn a_unit_and_the_frequency_above_it_are_one() {
        for (own, title, unit) in [
            ("t", "/annuelle", Some("t/annuelle")),
            ("kg", "par mois", Some("kg par mois")),
            ("kg", "/yearly", Some("kg/yearly")),
            ("par an", "t", Some("t par an")),
            ("t", "kg", None),
            ("t/mois", "/annuelle", None),
            ("kg", "t/an", None),
            ("$/t", "/annuelle", None),
        ] {
            assert_eq!(super::joined(own, title).as_deref(), unit, "{own} below {title}");
        }
    }

    #[test]
    fn a_unit_alone_is_nothing_else() {
        for (text, unit) in [
            ("t/an", Some("t/an")),
            ("(en kg)", Some("kg")),
            ("tonnes per year", Some("tonnes per year")),
            ("$/t", Some("$/t")),
            ("5 t", None),
            ("bois", None),
            ("Quantité (t)", None),
            ("-", None),
            ("", None),
        ] {
            assert_eq!(unit_alone(text).as_deref(), unit, "{text}");
        }
    }

    #[test]
    fn an_amount_of_some_years_or_months_comes_so_often_or_nobody_knows() {
        for (text, core, unit) in [
            ("Quantité totale sur 4 ans (t)", "quantite", "t aux 4 ans"),
            ("Tonnes des 9 derniers mois", "", "tonnes aux 9 mois"),
            ("Quantité (kg) des 3 dernières années", "quantite", "kg aux 3 annees"),
            ("Quantité (t) (sur 2 ans)", "quantite", "t aux 2 ans"),
            ("Quantité (t) (par mois)", "quantite", "t par mois"),
            ("Quantité 3 ans (t)", "quantite", "t par ?"),
            ("Tonnes par mois (hiver seulement)", "", "tonnes par mois par ?"),
            ("Quantité (t/an) (8 mois)", "quantite", "t/an par ?"),
            ("Quantité (t/an) ou (m³/an)", "quantite", "t/an par ?"),
            ("Quantité sur 2 ans (t/mois)", "quantite", "t/mois par ?"),
            ("Tonnes par saison", "", "tonnes par ?"),
            ("Quantité par saison (t)", "quantite", "t par ?"),
            ("Quantité (t/season)", "quantite", "t par ?"),
            ("Quantité bimensuelle (t)", "quantite", "t par ?"),
        ] {
            assert_eq!(parts(text), (core.to_owned(), Some(unit.to_owned())), "{text}");
        }
        for text in ["t par ?", "tonnes par mois par ?", "t/an par ?", "/annuelle par ?"] {
            assert!(super::super::quantity::unit_and_rate(text).2, "{text}");
        }
        assert_eq!(parts("Prix ($/t) (hiver)").1.as_deref(), Some("$/t"));
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
