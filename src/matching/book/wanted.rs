//! Ghost requests: buyers that nobody is yet, and outlets that are too small. A row on what is wanted
//! names no company; it may be passed on within the network when none of its entries is confidential. Below
//! them the outlets that are too small, by what the plan would gain in all.

use super::super::offered::offered;
use super::super::pooling::{self, Wanted};
use super::super::workbook::NamedMatches;
use super::cells::Page;
use super::line::Directory;
use super::pages::Pages;
use super::pools;
use crate::config::Objective;
use crate::materials;
use rust_xlsxwriter::XlsxError;

const HEADINGS: [(&str, f64); 12] = [
    ("Recherché / Wanted", 34.0),
    ("Catégorie / Category", 30.0),
    ("Groupe de la liste des déchets / Group of the List of Waste", 18.0),
    ("Sans preneur (kg/an) / Without taker (kg a year)", 16.0),
    ("Offres / Offers", 10.0),
    ("Offres de quantité inconnue / Offers of unknown amount", 16.0),
    ("Entreprises de cette matière / Companies with this material", 14.0),
    ("Parcs / Parks", 34.0),
    ("Exemples / Examples", 50.0),
    ("Secteurs SCIAN qui en prennent / NAICS sectors that take it", 46.0),
    ("Peut être dit dans le réseau / May be told in the network", 22.0),
    ("Débouché connu / Known outlet", 28.0),
];

/// Over how much the price holds: the last heading.
const WAITING: (&str, f64) =
    ("En attente derrière ce débouché (kg/an) / Waiting behind this outlet (kg a year)", 20.0);

/// What one more tonne of need gains: the heading before the last.
const fn price(objective: Objective) -> (&'static str, f64) {
    let heading = match objective {
        Objective::Mass => {
            "Une tonne de besoin de plus détourne (kg/an) / One more tonne of need diverts (kg a year)"
        }
        Objective::Emissions => {
            "Une tonne de besoin de plus évite (kg CO2e/an) / One more tonne of need avoids (kg CO2e a year)"
        }
        Objective::Money => {
            "Une tonne de besoin de plus rapporte ($/an) / One more tonne of need gains ($ a year)"
        }
    };
    (heading, 24.0)
}

/// Writes the sheet.
pub(in super::super) fn write(
    page: &mut Page<'_>,
    list: &NamedMatches<'_>,
    directory: &Directory<'_>,
    pages: &Pages<'_>,
) -> Result<(), XlsxError> {
    let objective = list.settings.objective;
    let headings: Vec<(&str, f64)> = HEADINGS.into_iter().chain([price(objective), WAITING]).collect();
    page.head(&headings, 0)?;
    let kinds = offered(list.known, list.organisations, list.parks);
    let sectors = list.known.likely_receivers();
    let mut row = 0;
    for wanted in list.wanted {
        row += 1;
        let Wanted { kind, kg, offers, unknown } = wanted;
        page.text(row, 0, "acheteur à trouver / buyer to find")?;
        pools::kind(page, row, 1, kind)?;
        // Nothing known to be left is not the same as nothing left.
        if *offers > 0 {
            page.number(row, 3, *kg)?;
        }
        page.count(row, 4, *offers)?;
        page.count(row, 5, *unknown)?;
        let Some(all) = kinds.get(kind) else { continue };
        page.count(row, 6, all.companies.len())?;
        page.wrapped(row, 7, &joined(all.parks.iter().copied(), ", "))?;
        page.wrapped(row, 8, &joined(all.examples.keys().copied(), "\n"))?;
        let likely = sectors.get(kind).into_iter().flatten().map(|sector| named(sector));
        page.wrapped(row, 9, &likely.collect::<Vec<_>>().join("\n"))?;
        let told = if all.is_confidential {
            "non : entrée confidentielle / no: confidential entry"
        } else {
            "oui / yes"
        };
        page.text(row, 10, told)?;
    }
    for scarce in list.scarce {
        let Some(flow) = list.known.flow(&scarce.request) else { continue };
        row += 1;
        page.text(row, 0, "débouché à agrandir / outlet to enlarge")?;
        pools::kind(page, row, 1, &pooling::kind(flow))?;
        page.link(row, 11, pages.target(&flow.organisation), directory.name(&flow.organisation))?;
        page.hundredths(row, 12, scarce.hundredths(objective))?;
        page.number(row, 13, scarce.waiting_kg)?;
    }
    page.filter(row, headings.len())
}

/// A sector with its name, where it has one.
fn named(sector: &str) -> String {
    materials::taker(sector)
        .map_or_else(|| sector.to_owned(), |(french, english)| format!("{sector} {french} / {english}"))
}

fn joined<'a>(texts: impl Iterator<Item = &'a str>, between: &str) -> String {
    texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(between)
}
