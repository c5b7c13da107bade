//! A page a park, a page a category.

use super::labels::Labels;
use super::render::Page;
use super::table::{Row, grid};
use super::view::{self, Shown, View};
use super::{Site, chart, home};
use crate::model::Category;
use serde_json::{Value, json};

const FLOWS: &str = "flux_par_parc";
const MATCHES: &str = "maillages_potentiels";

pub(super) fn parks(view: &View<'_>, labels: &Labels<'_>, site: &Site) -> Vec<Page> {
    let language = labels.language;
    let items = site.parks.iter().map(|park| {
        json!({
            "href": format!("{}.html", park.code.as_str()),
            "label": labels.park(park),
            "note": note(view, labels, &[("parc", park.code.as_str())]),
        })
    });
    let list = Page {
        path: "parcs/index.html".to_owned(),
        section: "parcs",
        template: "list.html",
        context: json!({
            "heading": language.pick("Les parcs", "The parks"),
            "lead": language.pick("Ce que chaque parc rejette, cherche et pourrait échanger.", "What each park discards, seeks and could exchange."),
            "items": items.collect::<Vec<_>>(),
        }),
    };
    let codes = categories_of(view);
    let pages = site.parks.iter().map(|park| {
        let code = park.code.as_str();
        let fixed = [("parc", code)];
        let mut sections = sections(view, labels, &fixed, "categorie", &codes);
        sections.extend(exchanges(view, labels, site, code));
        Page {
            path: format!("parcs/{code}.html"),
            section: "parcs",
            template: "charts.html",
            context: json!({
                "kicker": language.pick("Parc", "Park"),
                "heading": labels.park(park),
                "lead": note(view, labels, &fixed),
                "sections": sections,
            }),
        }
    });
    std::iter::once(list).chain(pages).collect()
}

pub(super) fn categories(view: &View<'_>, labels: &Labels<'_>) -> Vec<Page> {
    let language = labels.language;
    let items = Category::ALL.iter().map(|category| {
        json!({
            "href": format!("{}.html", category.code()),
            "label": labels.category(*category),
            "note": note(view, labels, &[("categorie", category.code())]),
        })
    });
    let list = Page {
        path: "categories/index.html".to_owned(),
        section: "categories",
        template: "list.html",
        context: json!({
            "heading": language.pick("Les onze catégories de ressources", "The eleven resource categories"),
            "lead": language.pick("Qui en offre, qui en cherche, et dans quel parc.", "How much is offered and sought, and in which park."),
            "items": items.collect::<Vec<_>>(),
        }),
    };
    let parks: Vec<String> = view.codes(FLOWS, "parc").into_iter().map(str::to_owned).collect();
    let pages = Category::ALL.iter().map(|category| {
        let fixed = [("categorie", category.code())];
        Page {
            path: format!("categories/{}.html", category.code()),
            section: "categories",
            template: "charts.html",
            context: json!({
                "kicker": language.pick("Catégorie", "Category"),
                "heading": labels.category(*category),
                "lead": note(view, labels, &fixed),
                "sections": sections(view, labels, &fixed, "parc", &parks),
            }),
        }
    });
    std::iter::once(list).chain(pages).collect()
}

/// `17 offres, 8 demandes`, each with its word when it is withheld.
fn note(view: &View<'_>, labels: &Labels<'_>, fixed: &[(&str, &str)]) -> String {
    let language = labels.language;
    let count = |direction: &str| {
        let codes: Vec<(&str, &str)> = fixed.iter().copied().chain([("sens", direction)]).collect();
        let value = view.value(FLOWS, "nombre", &codes)?;
        Some(view.dated(view::count(value, language), (FLOWS, "nombre"), &codes, language).dated())
    };
    match (count("extrant"), count("intrant")) {
        (Some(offers), Some(requests)) => language.say(
            &format!("Offres\u{a0}: {offers}; demandes\u{a0}: {requests}."),
            &format!("Offers: {offers}; requests: {requests}."),
        ),
        _ => language.say("Rien n’est publié ici pour l’instant.", "Nothing is published here yet."),
    }
}

fn categories_of(view: &View<'_>) -> Vec<String> {
    let seen = view.codes(FLOWS, "categorie");
    let known = Category::ALL.iter().map(|category| category.code()).filter(|code| seen.contains(code));
    known.chain(seen.contains("inconnu").then_some("inconnu")).map(str::to_owned).collect()
}

/// Paired bars of the number and of the mass, along one dimension.
fn sections(
    view: &View<'_>,
    labels: &Labels<'_>,
    fixed: &[(&str, &str)],
    along: &str,
    codes: &[String],
) -> Vec<Value> {
    let language = labels.language;
    if view.table(FLOWS).is_none() || codes.is_empty() {
        return Vec::new();
    }
    let measures = [
        (
            "nombre",
            language.pick("Offres et demandes", "Offers and requests"),
            language.pick("Nombre de flux déclarés", "Number of declared flows"),
        ),
        (
            "kg_an",
            language.pick("Masses connues", "Known masses"),
            language.pick(
                "Tonnes par an des flux dont la quantité est connue; les autres ne comptent pas comme zéro",
                "Tonnes a year of the flows whose quantity is known; the others do not count as zero",
            ),
        ),
    ];
    let mut sections = Vec::new();
    for (measure, heading, subtitle) in measures {
        let about = About { measure, heading, subtitle };
        let Some(chart) = paired(view, labels, fixed, along, codes, &about) else { continue };
        if chart["published"] == true {
            sections.push(json!({ "heading": heading, "paragraphs": [], "charts": [chart], "tables": [] }));
            continue;
        }
        let silence = language.pick(
            "Le détail ne peut pas être publié sans en révéler trop, ou personne n’a donné de quantité; voici l’ensemble.",
            "The details cannot be published without revealing too much, or nobody gave a quantity; here is the whole.",
        );
        let total: Vec<Value> = total(view, labels, fixed, &about).into_iter().collect();
        let fine = json!({ "heading": heading, "paragraphs": [silence], "charts": total, "tables": [chart["table"]] });
        sections.push(fine);
        let coarse = paired(view, labels, &[], along, codes, &about);
        sections.extend(coarse.filter(|coarse| coarse["published"] == true).map(|coarse| {
            let heading = if along == "parc" {
                language
                    .say(&format!("{heading}, toutes les catégories"), &format!("{heading}, all categories"))
            } else {
                language.say(&format!("{heading}, tous les parcs"), &format!("{heading}, all parks"))
            };
            json!({ "heading": heading, "paragraphs": [], "charts": [coarse], "tables": [] })
        }));
    }
    sections
}

/// What a chart shows.
struct About<'a> {
    measure: &'a str,
    heading: &'a str,
    subtitle: &'a str,
}

/// A value of the flows as a page shows it.
fn show(view: &View<'_>, labels: &Labels<'_>, measure: &str, codes: &[(&str, &str)]) -> Option<Shown> {
    let value = view.value(FLOWS, measure, codes)?;
    let language = labels.language;
    let shown =
        if measure == "nombre" { view::count(value, language) } else { view::tonnes(value, language) };
    Some(view.dated(shown, (FLOWS, measure), codes, language))
}

/// Offers and requests of one park or category as a whole; none when neither is published.
fn total(view: &View<'_>, labels: &Labels<'_>, fixed: &[(&str, &str)], about: &About<'_>) -> Option<Value> {
    let of = |direction: &'static str| {
        let codes: Vec<(&str, &str)> = fixed.iter().copied().chain([("sens", direction)]).collect();
        show(view, labels, about.measure, &codes)
    };
    let (offer, request) = (of("extrant")?, of("intrant")?);
    if [&offer, &request].iter().all(|shown| shown.value.is_none_or(|value| value <= 0)) {
        return None;
    }
    let name = fixed.first().map(|(_, code)| labels.code(code)).unwrap_or_default();
    let title = labels.language.say(&format!("{name}, en tout"), &format!("{name}, in all"));
    let row = Row::new(vec![labels.code("Total")], vec![offer.clone(), request.clone()], true);
    let bars = vec![("out", labels.code("extrant"), offer), ("in", labels.code("intrant"), request)];
    let groups = [chart::Group { name, bars }];
    let heads = [String::new(), labels.code("extrant"), labels.code("intrant")];
    Some(json!({
        "title": title,
        "subtitle": about.subtitle,
        "svg": key(labels) + &chart::bars(&format!("{}, {title}", about.heading), about.subtitle, &groups, labels.language),
        "summary": home::summary(labels),
        "table": grid(&format!("{}, {title}", about.heading), &heads, 1, &[row], false),
    }))
}

/// Which colour is what.
fn key(labels: &Labels<'_>) -> String {
    format!(
        "<ul class=\"key\"><li><svg aria-hidden=\"true\"><rect class=\"out\" width=\"14\" height=\"14\"/></svg>{}</li><li><svg aria-hidden=\"true\"><rect class=\"in\" width=\"14\" height=\"14\"/></svg>{}</li></ul>",
        labels.code("extrant"),
        labels.code("intrant")
    )
}

fn paired(
    view: &View<'_>,
    labels: &Labels<'_>,
    fixed: &[(&str, &str)],
    along: &str,
    codes: &[String],
    about: &About<'_>,
) -> Option<Value> {
    let language = labels.language;
    let About { measure, heading, subtitle } = *about;
    let show = |code: &str, direction: &str| -> Option<Shown> {
        let codes: Vec<(&str, &str)> =
            fixed.iter().copied().chain([(along, code), ("sens", direction)]).collect();
        show(view, labels, measure, &codes)
    };
    let mut groups = Vec::new();
    let mut rows = Vec::new();
    for code in codes {
        let (offer, request) = (show(code, "extrant")?, show(code, "intrant")?);
        if offer.value == Some(0) && request.value == Some(0) {
            continue;
        }
        let name = labels.code(code);
        rows.push(Row::new(vec![name.clone()], vec![offer.clone(), request.clone()], false));
        let bars = vec![("out", labels.code("extrant"), offer), ("in", labels.code("intrant"), request)];
        groups.push(chart::Group { name, bars });
    }
    let total = (show("Total", "extrant")?, show("Total", "intrant")?);
    rows.push(Row::new(vec![labels.code("Total")], vec![total.0, total.1], true));
    let mut values = groups.iter().flat_map(|group| &group.bars).filter_map(|(_, _, shown)| shown.value);
    let published = values.any(|value| value > 0);
    let title = finding(labels, &groups).unwrap_or_else(|| heading.to_owned());
    let place = fixed.first().map_or_else(|| labels.code("Total"), |(_, code)| labels.code(code));
    let svg = chart::bars(&format!("{heading}, {place}"), subtitle, &groups, language);
    let key = key(labels);
    let heads = [
        if along == "parc" { language.say("Parc", "Park") } else { language.say("Catégorie", "Category") },
        labels.code("extrant"),
        labels.code("intrant"),
    ];
    Some(json!({
        "title": title,
        "published": published,
        "subtitle": subtitle,
        "svg": format!("{key}{svg}"),
        "summary": home::summary(labels),
        "table": grid(&format!("{heading}, {place}"), &heads, 1, &rows, false),
    }))
}

/// What the chart shows first: who is alone in front, where at least half of the values, and two
/// of them, are published. A withheld value could be larger, so the sentence then speaks of the
/// published ones.
fn finding(labels: &Labels<'_>, groups: &[chart::Group]) -> Option<String> {
    let largest = |position: usize| {
        let mut published: Vec<(i64, &chart::Group)> =
            groups.iter().filter_map(|group| Some((group.bars[position].2.value?, group))).collect();
        published.sort_by_key(|(value, _)| std::cmp::Reverse(*value));
        let [(value, group), (second, _), ..] = published[..] else { return None };
        let is_enough = 2 * published.len() >= groups.len();
        (is_enough && value > second).then(|| (group.name.clone(), group.bars[position].2.text.clone()))
    };
    let withheld = groups.iter().any(|group| group.bars.iter().any(|(_, _, shown)| shown.is_word));
    let (offer, request) = (largest(0), largest(1));
    let language = labels.language;
    let start = if withheld {
        language.pick("Parmi les valeurs publiées, ", "Among the published values, ")
    } else {
        ""
    };
    let sentence = match (offer, request) {
        (Some((offer, one)), Some((request, other))) => language.say(
            &format!("{start}{offer} ({one}) en tête des offres, {request} ({other}) en tête des demandes"),
            &format!("{start}{offer} ({one}) leads the offers, {request} ({other}) the requests"),
        ),
        (Some((offer, one)), None) => language.say(
            &format!("{start}{offer} ({one}) en tête des offres"),
            &format!("{start}{offer} ({one}) leads the offers"),
        ),
        (None, Some((request, other))) => language.say(
            &format!("{start}{request} ({other}) en tête des demandes"),
            &format!("{start}{request} ({other}) leads the requests"),
        ),
        (None, None) => return None,
    };
    Some(sentence)
}

/// With which park the offers and requests of one could be exchanged.
fn exchanges(view: &View<'_>, labels: &Labels<'_>, site: &Site, code: &str) -> Option<Value> {
    let language = labels.language;
    view.table(MATCHES)?;
    let count = |from: &str, to: &str| {
        let codes = [("parc_extrant", from), ("parc_intrant", to)];
        let value = view.value(MATCHES, "nombre", &codes)?;
        Some(view.dated(view::count(value, language), (MATCHES, "nombre"), &codes, language))
    };
    let rows: Vec<Row> = site
        .parks
        .iter()
        .map(|other| {
            let other_code = other.code.as_str();
            let gives = count(code, other_code).unwrap_or_else(|| zero(labels));
            let takes = count(other_code, code).unwrap_or_else(|| zero(labels));
            Row::new(vec![labels.park(other).to_owned()], vec![gives, takes], false)
        })
        .collect();
    let heading =
        language.say("Ce qui pourrait s’échanger, et avec qui", "What could be exchanged, and with whom");
    let heads = [
        language.say("Avec", "With"),
        language.say("Offres d’ici vers là", "Offers from here to there"),
        language.say("Offres de là vers ici", "Offers from there to here"),
    ];
    let caption = language.say("Maillages potentiels par parc", "Potential matches by park");
    Some(json!({
        "heading": heading,
        "paragraphs": [language.pick(
            "Paires d’une offre et d’une demande qui se ressemblent assez pour être étudiées. Une même offre peut compter plusieurs fois.",
            "Pairs of an offer and a request that are alike enough to be looked into. One offer can count several times.",
        )],
        "charts": [],
        "tables": [grid(&caption, &heads, 1, &rows, true)],
    }))
}

fn zero(labels: &Labels<'_>) -> Shown {
    Shown { text: labels.language.whole(0), day: String::new(), is_word: false, value: Some(0) }
}

#[cfg(test)]
mod tests {
    use super::super::text::Language;
    use super::{Labels, Shown, chart, finding};

    fn said(offers: &[Option<i64>], requests: &[Option<i64>]) -> Option<String> {
        let shown = |value: Option<i64>| Shown {
            text: value.map_or_else(|| "confidentiel".to_owned(), |value| value.to_string()),
            day: " (valeur du 3\u{a0}mars 2026)".to_owned(),
            is_word: value.is_none(),
            value,
        };
        let groups: Vec<chart::Group> = (0..)
            .zip(offers.iter().zip(requests))
            .map(|(number, (offer, request))| chart::Group {
                name: format!("G{number}"),
                bars: vec![("out", String::new(), shown(*offer)), ("in", String::new(), shown(*request))],
            })
            .collect();
        finding(&Labels::new(Language::French, &[]), &groups)
    }

    #[test]
    fn only_who_is_alone_in_front_of_enough_values_leads() {
        let (few, none) = ([Some(1), Some(1), Some(0)], [None; 3]);
        assert_eq!(said(&[Some(4), Some(7), Some(7)], &few), None, "two in front");
        assert_eq!(said(&[Some(9), None, None], &none), None, "one value of three");
        assert_eq!(said(&none, &none), None);
        assert_eq!(said(&[Some(4), Some(7), Some(2)], &few).unwrap(), "G1 (7) en tête des offres");
        let with_withheld = said(&[Some(4), Some(7), None], &none).unwrap();
        assert_eq!(with_withheld, "Parmi les valeurs publiées, G1 (7) en tête des offres");
    }
}
