//! Small flows that make a load together, one row a member.

use super::super::pooling::Kind;
use super::super::prices::{Interval, hundredths};
use super::super::rounds::{Round, round};
use super::super::workbook::NamedMatches;
use super::cells::{Page, shown};
use super::line::Directory;
use super::pages::{Pages, direction};
use crate::model::{Category, Confidentiality};
use rust_xlsxwriter::XlsxError;

const HEADINGS: [(&str, f64); 19] = [
    ("Regroupement / Pool", 14.0),
    ("Sens / Direction", 18.0),
    ("Catégorie / Category", 26.0),
    ("Groupe de la liste des déchets / Group of the List of Waste", 16.0),
    ("Total (kg/an) / Total (kg a year)", 13.0),
    ("Entreprise / Company", 28.0),
    ("Contact", 22.0),
    ("Courriel / E-mail", 28.0),
    ("Description", 40.0),
    ("Part du membre (kg/an) / Share of the member (kg a year)", 14.0),
    ("Partenaire possible / Possible partner", 28.0),
    ("Quantité du partenaire (kg/an) / Partner’s amount (kg a year)", 16.0),
    ("Consentement / Consent", 26.0),
    ("Note du regroupement (%) / Score of the pool (%)", 12.0),
    ("GES de la tournée (kg CO2e/an) / Emissions of the round (kg CO2e a year)", 18.0),
    ("Coût de la tournée ($/an) / Cost of the round ($ a year)", 20.0),
    ("Rentable dès une élimination à ($/t) / Pays from a disposal price of ($/t)", 20.0),
    ("Raison / Reason", 60.0),
    ("Prochaine question / Next question", 50.0),
];

/// Writes the sheet.
pub(in super::super) fn write(
    page: &mut Page<'_>,
    list: &NamedMatches<'_>,
    directory: &Directory<'_>,
    pages: &Pages<'_>,
) -> Result<(), XlsxError> {
    page.head(&HEADINGS, 0)?;
    let mut row = 0;
    for (number, pool) in (1_i64..).zip(list.pools) {
        let partner = pool.partner.as_ref().and_then(|(id, kg)| Some((list.known.flow(id)?, *kg)));
        let round = round(list.known, pool, list.settings, list.as_of);
        for (id, kg) in &pool.members {
            let Some(flow) = list.known.flow(id) else { continue };
            row += 1;
            let company = directory.company(&flow.organisation);
            page.number(row, 0, number)?;
            page.text(row, 1, direction(pool.direction))?;
            kind(page, row, 2, &pool.kind)?;
            page.number(row, 4, pool.total_kg)?;
            page.link(row, 5, pages.target(&flow.organisation), directory.name(&flow.organisation))?;
            page.text(row, 6, shown(company.and_then(|one| one.contact.as_ref())))?;
            page.text(row, 7, shown(company.and_then(|one| one.email.as_ref())))?;
            page.text(row, 8, flow.description.reveal())?;
            page.number(row, 9, *kg)?;
            if let Some((partner, kg)) = partner {
                page.link(
                    row,
                    10,
                    pages.target(&partner.organisation),
                    directory.name(&partner.organisation),
                )?;
                page.number(row, 11, kg)?;
            }
            if flow.confidentiality == Confidentiality::Confidential {
                page.text(row, 12, "à demander à ce membre / ask this member")?;
            }
            if let Some(round) = &round {
                of_round(page, row, round)?;
            }
        }
    }
    page.filter(row, HEADINGS.len())
}

/// What the round of a pool comes to.
fn of_round(page: &mut Page<'_>, row: u32, round: &Round) -> Result<(), XlsxError> {
    let dollars: fn(i64) -> String = |cents| hundredths(cents, ',');
    let shown = |interval: Option<Interval>, show: fn(i64) -> String| {
        interval.map_or_else(String::new, |(low, high)| format!("{} à {}", show(low), show(high)))
    };
    if let Some(score) = round.score_milli {
        page.number(row, 13, i64::from(score / 10))?;
    }
    page.text(row, 14, &shown(round.haul_kg_co2e, |kg| kg.to_string()))?;
    page.text(row, 15, &shown(round.haul_cents, dollars))?;
    page.text(row, 16, &shown(round.break_even_cents_t, dollars))?;
    page.wrapped(row, 17, &round.reason.join("\n"))?;
    page.wrapped(row, 18, &round.question.join("\n"))
}

/// Category and group of the List of Waste.
pub(super) fn kind(page: &mut Page<'_>, row: u32, column: u16, kind: &Kind) -> Result<(), XlsxError> {
    page.text(row, column, kind.0.map_or("inconnue / unknown", Category::title_fr))?;
    page.text(row, column + 1, kind.1.as_deref().unwrap_or_default())
}
