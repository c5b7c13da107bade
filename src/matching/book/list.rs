//! The main sheet: one row a match, best first.

use super::super::fill::Fill;
use super::super::{feasibility, flags};
use super::cells::{Page, Target, shown};
use super::line::{Directory, Line, history};
use super::pages::Pages;
use super::parks::ParkSheets;
use crate::model::{Category, Part};
use rust_xlsxwriter::XlsxError;

/// Where a match stands in the main sheet.
pub(super) fn target(line: usize) -> Target {
    Target {
        sheet: super::super::workbook::SHEET.to_owned(),
        row: u32::try_from(line + 1).unwrap_or(u32::MAX),
    }
}

const SIDES: [(&str, &str); 2] = [("Offre", "Offer"), ("Demande", "Request")];
const SIDE: [(&str, &str, f64); 7] = [
    ("entreprise", "company", 26.0),
    ("contact", "contact", 20.0),
    ("courriel", "e-mail", 26.0),
    ("téléphone", "telephone", 14.0),
    ("parc", "park", 22.0),
    ("description", "description", 36.0),
    ("quantité", "amount", 16.0),
];

pub(super) fn headings() -> Vec<(String, f64)> {
    let fixed = |texts: &[(&str, f64)]| -> Vec<(String, f64)> {
        texts.iter().map(|(text, width)| ((*text).to_owned(), *width)).collect()
    };
    let mut headings: Vec<(String, f64)> =
        Fill::ALL.iter().map(|fill| fill.heading()).map(|(text, width)| (text.to_owned(), width)).collect();
    headings.extend(fixed(&[
        ("À trancher / To settle", 20.0),
        ("Score (%)", 9.0),
        ("Type", 13.0),
        ("Catégorie / Category", 22.0),
    ]));
    for (french, english) in SIDES {
        for (label, label_en, width) in SIDE {
            headings.push((format!("{french} : {label} / {english}: {label_en}"), width));
        }
    }
    headings.extend(fixed(&[
        ("Consentement / Consent", 28.0),
        ("Changé depuis l’abandon / Changed since given up", 26.0),
        ("Distance (km)", 12.0),
        ("kg/an possibles / Possible kg a year", 14.0),
        ("kg/an au portefeuille / kg a year in the portfolio", 14.0),
    ]));
    headings.extend(fixed(&feasibility::HEADINGS));
    headings.extend(fixed(&flags::HEADINGS));
    for part in Part::ALL {
        let (french, english) = (part.title_fr(), part.title_en());
        let both = if french == english { french.to_owned() } else { format!("{french} / {english}") };
        headings.push((format!("{both} (%)"), 12.0));
        headings.push((format!("{french} : raison / {english}: reason"), 36.0));
    }
    headings.extend(fixed(&[
        ("Chance d’être de même matière (%) / Chance of one material (%)", 14.0),
        ("Ce qui manque (points de score en jeu) / What is missing (points of score at stake)", 30.0),
        ("Prochaine question / Next question", 50.0),
        ("Historique / History", 40.0),
    ]));
    headings
}

/// Writes the sheet.
pub(in super::super) fn write(
    page: &mut Page<'_>,
    lines: &[Line<'_>],
    directory: &Directory<'_>,
    (pages, parks): (&Pages<'_>, &ParkSheets<'_>),
) -> Result<(), XlsxError> {
    let headings = headings();
    let texts: Vec<(&str, f64)> = headings.iter().map(|(text, width)| (text.as_str(), *width)).collect();
    page.head(&texts, 2)?;
    // Sixty columns on one page could not be read.
    page.sheet.set_print_fit_to_pages(4, 0);
    for (row, line) in (1..).zip(lines) {
        page.text(row, 0, line.id)?;
        line.fill(page, row)?;
        let mut column = 6;
        page.text(row, column, shown(line.follow_up.map(|one| &one.unsettled)))?;
        page.number(row, column + 1, line.score_percent())?;
        page.text(row, column + 2, line.offer.flow_type.code())?;
        page.text(row, column + 3, category(line))?;
        column += 4;
        for flow in [line.offer, line.request] {
            let company = directory.company(&flow.organisation);
            let park = directory.park(flow);
            page.link(row, column, pages.target(&flow.organisation), directory.name(&flow.organisation))?;
            page.text(row, column + 1, shown(company.and_then(|one| one.contact.as_ref())))?;
            page.text(row, column + 2, shown(company.and_then(|one| one.email.as_ref())))?;
            page.text(row, column + 3, shown(company.and_then(|one| one.telephone.as_ref())))?;
            let place = park.and_then(|park| parks.target(&park.code));
            page.link(row, column + 4, place, park.map_or("", |park| park.name_fr.as_str()))?;
            page.text(row, column + 5, flow.description.reveal())?;
            page.text(row, column + 6, flow.quantity_as_written.reveal())?;
            column += 7;
        }
        page.text(row, column, line.consent())?;
        page.text(row, column + 1, &line.changed())?;
        if let Some(metres) = line.found.distance_m {
            page.kilometres(row, column + 2, metres)?;
        }
        for (at, kg) in (column + 3..).zip([line.found.mass_kg, line.found.planned_kg]) {
            if let Some(kg) = kg {
                page.number(row, at, kg)?;
            }
        }
        column += 5;
        let told = feasibility::cells(&line.paid).into_iter().chain(flags::cells(&line.flags));
        for text in told {
            page.text(row, column, &text)?;
            column += 1;
        }
        for part in Part::ALL {
            let score = line.reasons.iter().find(|one| one.part == *part).and_then(|one| one.score_milli);
            if let Some(score) = score {
                page.number(row, column, i64::from(score / 10))?;
            }
            page.text(row, column + 1, &line.reason(*part))?;
            column += 2;
        }
        if let Some(chance) = line.chance_milli {
            page.number(row, column, i64::from(chance / 10))?;
        }
        page.text(row, column + 1, &missing(line))?;
        page.text(row, column + 2, &line.question())?;
        page.text(row, column + 3, &history(line.follow_up))?;
    }
    let last = u32::try_from(lines.len()).unwrap_or(u32::MAX);
    page.choices(1, last, &Fill::ALL)?;
    page.filter(last, headings.len())
}

pub(super) fn category(line: &Line<'_>) -> &'static str {
    line.offer.category.or(line.request.category).map_or("", Category::title_fr)
}

/// What to ask, a line each, first the one that could change the score the most, with how many points.
fn missing(line: &Line<'_>) -> String {
    // A part that could move the score at all is worth a point.
    let points = |swing_milli: u16| (swing_milli / 10).max(1);
    let asked = line.missing.iter().map(|one| {
        let (points, french, english) = (points(one.swing_milli), &one.question_fr, &one.question_en);
        let (title_fr, title_en) = (one.part.title_fr(), one.part.title_en());
        format!("{title_fr} ({points}) : {french} / {title_en} ({points}): {english}")
    });
    asked.collect::<Vec<_>>().join("\n")
}
