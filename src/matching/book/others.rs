//! Follow-ups that the list does not propose: given up without a change since, or no longer found.
//! They are filled in like the others.

use super::super::fill::Fill;
use super::super::workbook::NamedMatches;
use super::cells::{Page, shown};
use super::line::{Directory, filled, history};
use super::pages::Pages;
use crate::model::Category;
use rust_xlsxwriter::XlsxError;
use std::collections::BTreeSet;

pub(super) const AFTER_FILLS: [(&str, f64); 7] = [
    ("Pourquoi hors de la liste / Why it is not on the list", 44.0),
    ("À trancher / To settle", 24.0),
    ("Offre : entreprise / Offer: company", 28.0),
    ("Demande : entreprise / Request: company", 28.0),
    ("Type", 13.0),
    ("Catégorie / Category", 24.0),
    ("Historique / History", 60.0),
];

const UNCHANGED: &str = "abandonné, et rien d’important n’a changé depuis : il n’est pas proposé de nouveau / given up, and nothing that matters has changed since: it is not proposed again";
const GONE: &str = "n’est plus trouvé : l’offre ou la demande a été retirée ou modifiée / no longer found: the offer or the request was withdrawn or changed";

/// Writes the sheet.
pub(in super::super) fn write(
    page: &mut Page<'_>,
    list: &NamedMatches<'_>,
    directory: &Directory<'_>,
    pages: &Pages<'_>,
) -> Result<(), XlsxError> {
    let headings: Vec<(&str, f64)> = Fill::ALL.map(Fill::heading).into_iter().chain(AFTER_FILLS).collect();
    page.head(&headings, 2)?;
    let listed: BTreeSet<&str> = list.matches.iter().map(|(id, _)| *id).collect();
    let aside: BTreeSet<&str> = list.aside.iter().map(|(id, _)| id.as_str()).collect();
    let mut row = 0;
    let others = list.follow_ups.iter().filter(|(id, one)| one.is_filled() && !listed.contains(id.as_str()));
    for (id, one) in others {
        row += 1;
        page.text(row, 0, id)?;
        filled(page, row, Some(one))?;
        page.wrapped(row, 6, if aside.contains(id.as_str()) { UNCHANGED } else { GONE })?;
        page.wrapped(row, 7, shown(Some(&one.unsettled)))?;
        page.link(row, 8, pages.target(&one.supplier), directory.name(&one.supplier))?;
        page.link(row, 9, pages.target(&one.receiver), directory.name(&one.receiver))?;
        page.text(row, 10, one.flow_type.code())?;
        page.text(row, 11, one.category.map_or("", Category::title_fr))?;
        page.wrapped(row, 12, &history(Some(one)))?;
    }
    page.choices(1, row.max(1), &Fill::ALL)?;
    page.filter(row, headings.len())
}
