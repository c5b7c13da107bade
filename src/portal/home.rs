//! The home page.

use super::labels::Labels;
use super::render::Page;
use super::view::{self, Shown, View};
use super::{Site, chart};
use crate::disclosure::Published;
use crate::model::Category;
use serde_json::{Value, json};

pub(super) fn page(view: &View<'_>, labels: &Labels<'_>, site: &Site) -> Page {
    let language = labels.language;
    let progress = progress(view, labels, site);
    let parks = site
        .parks
        .iter()
        .map(|park| json!({ "code": park.code.as_str(), "name": labels.park(park) }))
        .collect::<Vec<_>>();
    let categories = Category::ALL
        .iter()
        .map(|category| json!({ "code": category.code(), "name": labels.category(*category) }))
        .collect::<Vec<_>>();
    let datasets = view
        .datasets
        .iter()
        .map(|dataset| json!({ "name": dataset.name, "title": labels.title(dataset) }))
        .collect::<Vec<_>>();
    let headline = language.say(
        "Ce que les uns jettent, les autres le cherchent",
        "What some throw away, others are looking for",
    );
    Page {
        path: "index.html".to_owned(),
        section: "",
        template: "index.html",
        context: json!({
            "headline": headline,
            "progress": progress,
            "figures": figures(view, labels),
            "parks": parks,
            "categories": categories,
            "datasets": datasets,
        }),
    }
}

/// Realised synergies against the objective, in words alone where their number is withheld.
pub(super) fn progress(view: &View<'_>, labels: &Labels<'_>, site: &Site) -> Option<Value> {
    let language = labels.language;
    let realised = [("statut", "realisee")];
    let value = view.value("synergies", "nombre", &realised)?;
    let objective = i64::from(site.objective);
    let Published::Value(done) = value else {
        return Some(json!({
            "title": language.say(
                &format!("Objectif\u{a0}: {objective} synergies réalisées"),
                &format!("Objective: {objective} realised synergies"),
            ),
            "subtitle": language.say(
                "Leur nombre est confidentiel pour l’instant\u{a0}: il laisserait deviner ce que fait une entreprise.",
                "Their number is confidential for now: it would let one work out what a company does.",
            ),
        }));
    };
    let shown = view.dated(view::count(value, language), ("synergies", "nombre"), &realised, language);
    let title = match language {
        super::Language::French => format!(
            "{done} synergie{} sur les {objective} visées",
            if done > 1 { "s réalisées" } else { " réalisée" }
        ),
        super::Language::English => format!("{done} of the {objective} synergies aimed at are realised"),
    };
    let subtitle = language.say(
        "Une synergie est une paire d’entreprises et une ressource; les maillages potentiels ne comptent pas.",
        "A synergy is one pair of companies and one resource; potential matches do not count.",
    );
    let svg = chart::progress(&title, &subtitle, done, objective);
    let row = super::table::Row::new(
        vec![language.say("Synergies réalisées", "Realised synergies")],
        vec![shown, super::table::plain(language.whole(objective))],
        false,
    );
    let heads = [String::new(), language.say("Réalisées", "Realised"), language.say("Objectif", "Objective")];
    let table = super::table::grid(&title, &heads, 1, &[row], false);
    Some(
        json!({ "title": title, "subtitle": subtitle, "svg": svg, "table": table, "summary": summary(labels) }),
    )
}

/// What opens the table under a chart.
pub(super) fn summary(labels: &Labels<'_>) -> String {
    labels.language.say("Voir les valeurs", "See the values")
}

fn figures(view: &View<'_>, labels: &Labels<'_>) -> Vec<Value> {
    let language = labels.language;
    let count = |table: &str, codes: &[(&str, &str)]| {
        let value = view.value(table, "nombre", codes)?;
        Some(view.dated(view::count(value, language), (table, "nombre"), codes, language))
    };
    let mut figures = Vec::new();
    let mut add = |french: &str, english: &str, shown: Option<Shown>, note: String| {
        if let Some(shown) = shown {
            figures.push(json!({
                "label": language.pick(french, english),
                "value": shown.text,
                "word": shown.is_word,
                // The day stands with what the figure counts, or it would be as large as the figure.
                "note": if shown.is_word { String::new() } else { format!("{note}{}", shown.day) },
            }));
        }
    };
    add("Entreprises participantes", "Participating companies", count("entreprises", &[]), String::new());
    let offers = count("flux_par_parc", &[("sens", "extrant")]);
    add(
        "Offres",
        "Offers",
        offers,
        language.say("ce que les entreprises ont en trop", "what companies have too much of"),
    );
    let requests = count("flux_par_parc", &[("sens", "intrant")]);
    add("Demandes", "Requests", requests, language.say("ce qu’elles cherchent", "what they are looking for"));
    let potential = language.say("paires offre-demande à étudier", "offer-request pairs to look into");
    add("Maillages potentiels", "Potential matches", count("maillages_potentiels", &[]), potential);
    let mass = |table: &str| {
        let value = view.value(table, "kg_an", &[])?;
        Some(view.dated(view::tonnes(value, language), (table, "kg_an"), &[], language))
    };
    let most = mass("potentiel");
    add(
        "Potentiel des maillages par an",
        "Potential of the matches a year",
        most,
        language.say("chaque kilogramme compté une fois", "each kilogram counted once"),
    );
    let mass = mass("effets");
    add(
        "Matières échangées par an",
        "Materials exchanged a year",
        mass,
        language.say("synergies réalisées de masse connue", "realised synergies of known mass"),
    );
    for (french, english, low, high) in [
        ("GES évités par an", "GHG avoided a year", "ges_kg_bas", "ges_kg_haut"),
        ("Élimination évitée par an", "Disposal cost avoided a year", "cout_cents_bas", "cout_cents_haut"),
    ] {
        add(
            french,
            english,
            interval(view, labels, low, high),
            language.say("intervalle des facteurs", "interval of the factors"),
        );
    }
    figures
}

/// Two bounds of the diverted effects as one value, of the older of their days; one word when either is withheld or
/// unknown.
fn interval(view: &View<'_>, labels: &Labels<'_>, low: &str, high: &str) -> Option<Shown> {
    let language = labels.language;
    let route = [("voie", "detourne")];
    let unit = view
        .datasets
        .iter()
        .find(|dataset| dataset.name == "effets")?
        .measures
        .iter()
        .find(|column| column.name == low)?
        .unit
        .as_deref();
    let day = [low, high].into_iter().filter_map(|measure| view.day("effets", measure, &route)).min();
    let both = [low, high].map(|measure| view.value("effets", measure, &route));
    let [low, high] = [both[0]?, both[1]?].map(|value| view::amount(value, unit, language));
    if low.is_word || high.is_word {
        return Some(if low.is_word { low } else { high });
    }
    let text = language.say(
        &format!("{} à {}\u{a0}{}", low.text, high.text, view::unit(unit, language)),
        &format!("{} to {}\u{a0}{}", low.text, high.text, view::unit(unit, language)),
    );
    let shown = Shown { text, day: String::new(), is_word: false, value: None };
    Some(view.of_day(shown, day, language))
}
