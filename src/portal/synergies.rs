//! Followed synergies against the objective, and what could be exchanged between the parks.

use super::labels::Labels;
use super::render::Page;
use super::table::{Row, grid};
use super::view::{self, View};
use super::{Site, chart, home};
use crate::model::Status;
use serde_json::{Value, json};

pub(super) fn page(view: &View<'_>, labels: &Labels<'_>, site: &Site) -> Page {
    let language = labels.language;
    let mut sections = Vec::new();
    if let Some(progress) = home::progress(view, labels, site) {
        sections.push(section(language.pick("L’objectif", "The objective"), "", &[progress], &[]));
    }
    if let Some(chart) = statuses(view, labels) {
        sections.push(section(
            language.pick("Où en sont les synergies suivies", "How far the followed synergies are"),
            "",
            &[chart],
            &[],
        ));
    }
    if let Some(matrix) = matrix(view, labels, site) {
        let text = language.pick(
            "Chaque case compte les paires d’une offre du parc de la ligne et d’une demande du parc de la colonne.",
            "Each cell counts the pairs of an offer of the row’s park and a request of the column’s park.",
        );
        sections.push(section(
            language.pick("Maillages potentiels de parc à parc", "Potential matches from park to park"),
            text,
            &[],
            &[matrix],
        ));
    }
    Page {
        path: "synergies.html".to_owned(),
        section: "synergies",
        template: "charts.html",
        context: json!({
            "kicker": language.pick("Suivi", "Follow-up"),
            "heading": language.pick("Les synergies", "The synergies"),
            "lead": language.pick(
                "Une synergie est une paire d’entreprises et une ressource que l’on suit, de la proposition à la réalisation.",
                "A synergy is one pair of companies and one resource that is followed, from the proposal to the realisation.",
            ),
            "sections": sections,
        }),
    }
}

fn section(heading: &str, text: &str, charts: &[Value], tables: &[Value]) -> Value {
    let paragraphs: Vec<&str> = if text.is_empty() { Vec::new() } else { vec![text] };
    json!({ "heading": heading, "paragraphs": paragraphs, "charts": charts, "tables": tables })
}

fn statuses(view: &View<'_>, labels: &Labels<'_>) -> Option<Value> {
    let language = labels.language;
    let mut groups = Vec::new();
    let mut rows = Vec::new();
    for status in Status::ALL {
        let codes = [("statut", status.code())];
        let Some(value) = view.value("synergies", "nombre", &codes) else { continue };
        let shown = view.dated(view::count(value, language), ("synergies", "nombre"), &codes, language);
        let name = labels.code(status.code());
        let class = if *status == Status::Realised { "done" } else { "step" };
        rows.push(Row::new(vec![name.clone()], vec![shown.clone()], false));
        groups.push(chart::Group { name: name.clone(), bars: vec![(class, name, shown)] });
    }
    let total = view::count(view.value("synergies", "nombre", &[])?, language);
    let total = view.dated(total, ("synergies", "nombre"), &[], language);
    let title = language.say(
        &format!("Synergies suivies\u{a0}: {}", total.dated()),
        &format!("Followed synergies: {}", total.dated()),
    );
    rows.push(Row::new(vec![labels.code("Total")], vec![total], true));
    let subtitle =
        language.pick("Nombre de synergies par statut courant", "Number of synergies by current status");
    let heads = [language.say("Statut", "Status"), language.say("Nombre", "Number")];
    Some(json!({
        "title": title,
        "subtitle": subtitle,
        "svg": chart::bars(&title, subtitle, &groups, language),
        "summary": home::summary(labels),
        "table": grid(&title, &heads, 1, &rows, false),
    }))
}

/// Offers by row, requests by column, shaded in three steps.
fn matrix(view: &View<'_>, labels: &Labels<'_>, site: &Site) -> Option<Value> {
    let language = labels.language;
    view.table("maillages_potentiels")?;
    let show = |from: &str, to: &str| {
        let (name, codes) = ("maillages_potentiels", [("parc_extrant", from), ("parc_intrant", to)]);
        let value = view.value(name, "nombre", &codes).unwrap_or(crate::disclosure::Published::Value(0));
        view.dated(view::count(value, language), (name, "nombre"), &codes, language)
    };
    let codes: Vec<&str> = site.parks.iter().map(|park| park.code.as_str()).collect();
    let largest = codes
        .iter()
        .flat_map(|from| codes.iter().filter_map(|to| show(from, to).value))
        .max()
        .unwrap_or(0)
        .max(1);
    let rows: Vec<Row> = codes
        .iter()
        .map(|from| Row {
            heads: vec![labels.code(from)],
            cells: codes
                .iter()
                .map(|to| {
                    let shown = show(from, to);
                    let heat = shown.value.map_or(0, |value| value * 3 / largest);
                    (shown, u8::try_from(heat.clamp(0, 3)).unwrap_or(0))
                })
                .collect(),
            is_total: false,
        })
        .collect();
    let heads: Vec<String> =
        std::iter::once(language.say("Offres de ↓, demandes de →", "Offers of ↓, requests of →"))
            .chain(codes.iter().map(|code| labels.code(code)))
            .collect();
    Some(grid(
        language.pick("Nombre de maillages potentiels", "Number of potential matches"),
        &heads,
        1,
        &rows,
        true,
    ))
}
