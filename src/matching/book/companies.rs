//! The index of companies: one row each, with the way to its page and what is to be asked.

use super::cells::{Page, shown};
use super::line::{Directory, Line};
use super::pages::Pages;
use super::parks::ParkSheets;
use crate::model::{Direction, OrgId};
use rust_xlsxwriter::XlsxError;
use std::collections::BTreeMap;

const HEADINGS: [(&str, f64); 14] = [
    ("Entreprise / Company", 30.0),
    ("Parc / Park", 24.0),
    ("Contact", 22.0),
    ("Courriel / E-mail", 28.0),
    ("Téléphone / Telephone", 16.0),
    ("SCIAN / NAICS", 10.0),
    ("Offres / Offers", 9.0),
    ("Demandes / Requests", 10.0),
    ("Maillages / Matches", 10.0),
    ("Meilleur score (%) / Best score (%)", 11.0),
    ("Suivis / Followed", 9.0),
    ("Attendent l’accord de l’autre / Wait for the other’s consent", 16.0),
    ("Attendent son accord / Wait for its consent", 16.0),
    ("Prochaine question / Next question", 50.0),
];

/// What the matches of one company add up to.
#[derive(Default)]
struct Sums {
    matches: usize,
    followed: usize,
    best: Option<i64>,
    /// Not on its page: the other side's entry is confidential.
    waits_for_other: usize,
    /// Not on the other's page: its own entry is confidential.
    waits_for_own: usize,
    question: String,
}

/// Writes the sheet.
pub(in super::super) fn write(
    page: &mut Page<'_>,
    lines: &[Line<'_>],
    directory: &Directory<'_>,
    (pages, parks): (&Pages<'_>, &ParkSheets<'_>),
) -> Result<(), XlsxError> {
    page.head(&HEADINGS, 1)?;
    let mut sums: BTreeMap<&OrgId, Sums> = BTreeMap::new();
    for line in lines {
        for (flow, side, other) in [
            (line.offer, Direction::Output, Direction::Input),
            (line.request, Direction::Input, Direction::Output),
        ] {
            let sum = sums.entry(&flow.organisation).or_default();
            sum.matches += 1;
            sum.best = sum.best.max(Some(line.score_percent()));
            sum.followed += usize::from(line.follow_up.is_some_and(super::super::FollowUp::is_filled));
            sum.waits_for_other += usize::from(!line.shows_to(side));
            sum.waits_for_own += usize::from(!line.shows_to(other));
            if sum.question.is_empty() {
                sum.question = line.question();
            }
        }
    }
    let mut row = 0;
    let none = Sums::default();
    for company in pages.companies() {
        row += 1;
        let sum = sums.get(&company.id).unwrap_or(&none);
        let entries = pages.entries(&company.id);
        let park = entries.iter().find_map(|entry| directory.park(entry));
        page.link(row, 0, pages.target(&company.id), company.name.reveal())?;
        let place = park.and_then(|park| parks.target(&park.code));
        page.link(row, 1, place, park.map_or("", |park| park.name_fr.as_str()))?;
        let texts = [&company.contact, &company.email, &company.telephone, &company.sector];
        for (column, text) in (2..).zip(texts) {
            page.text(row, column, shown(text.as_ref()))?;
        }
        let of = |direction| entries.iter().filter(|entry| entry.direction == direction).count();
        page.count(row, 6, of(Direction::Output))?;
        page.count(row, 7, of(Direction::Input))?;
        page.count(row, 8, sum.matches)?;
        if let Some(best) = sum.best {
            page.number(row, 9, best)?;
        }
        page.count(row, 10, sum.followed)?;
        page.count(row, 11, sum.waits_for_other)?;
        page.count(row, 12, sum.waits_for_own)?;
        page.wrapped(row, 13, &sum.question)?;
    }
    page.filter(row, HEADINGS.len())
}
