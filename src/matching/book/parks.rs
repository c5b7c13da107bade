//! A sheet for each park with matches, and the index of parks.

use super::super::fill::Fill;
use super::super::workbook::NamedMatches;
use super::Names;
use super::cells::{Page, Styles, Target};
use super::line::{Directory, Line};
use super::list;
use super::pages::Pages;
use crate::model::{Direction, Park, ParkCode, Part};
use rust_xlsxwriter::{Workbook, XlsxError};
use std::collections::BTreeMap;

/// Most parks that get a sheet: beyond, the filter of the main sheet serves better than tabs.
const SHEETS: usize = 60;

pub(super) const OF_MATCH: [(&str, f64); 15] = [
    ("Score (%)", 8.0),
    ("Offre : entreprise / Offer: company", 24.0),
    ("Offre : contact / Offer: contact", 26.0),
    ("Offre : description / Offer: description", 30.0),
    ("Offre : quantité / Offer: amount", 14.0),
    ("Demande : entreprise / Request: company", 24.0),
    ("Demande : contact / Request: contact", 26.0),
    ("Demande : description / Request: description", 30.0),
    ("Demande : quantité / Request: amount", 14.0),
    ("Consentement / Consent", 22.0),
    ("Distance (km)", 10.0),
    ("kg/an possibles / Possible kg a year", 12.0),
    ("Pourquoi / Why", 56.0),
    ("À prévoir / To plan", 44.0),
    ("Prochaine question / Next question", 36.0),
];

const INDEX: [(&str, f64); 7] = [
    ("Parc / Park", 34.0),
    ("Entreprises / Companies", 13.0),
    ("Offres / Offers", 10.0),
    ("Demandes / Requests", 11.0),
    ("Maillages / Matches", 11.0),
    ("Dont au sein du parc / Within the park", 13.0),
    ("Meilleur score (%) / Best score (%)", 12.0),
];

/// The matches of one park.
struct OfPark<'a> {
    park: &'a Park,
    /// Places among the lines, best first.
    lines: Vec<usize>,
    within: usize,
    target: Option<Target>,
}

/// Every park, in published order.
pub(in super::super) struct ParkSheets<'a>(Vec<OfPark<'a>>);

impl<'a> ParkSheets<'a> {
    /// Parks with their matches; a sheet for each that has some.
    pub(in super::super) fn plan(
        list: &NamedMatches<'a>,
        lines: &[Line<'_>],
        directory: &Directory<'_>,
        names: &mut Names,
    ) -> Self {
        let mut of: BTreeMap<&ParkCode, (Vec<usize>, usize)> = BTreeMap::new();
        for (at, line) in lines.iter().enumerate() {
            let sides = [directory.park(line.offer), directory.park(line.request)];
            let codes = sides.map(|park| park.map(|park| &park.code));
            let within = codes[0] == codes[1];
            for (side, code) in codes.into_iter().enumerate() {
                let Some(code) = code.filter(|_| side == 0 || !within) else { continue };
                let entry = of.entry(code).or_default();
                entry.0.push(at);
                entry.1 += usize::from(within);
            }
        }
        let mut sheets = 0;
        let parks = list.parks.iter().map(|park| {
            let (lines, within) = of.remove(&park.code).unwrap_or_default();
            let is_shown = !lines.is_empty() && sheets < SHEETS;
            sheets += usize::from(is_shown);
            let target = is_shown.then(|| Target { sheet: names.take(&park.name_fr), row: 0 });
            OfPark { park, lines, within, target }
        });
        Self(parks.collect())
    }

    /// The sheet of a park.
    pub(super) fn target(&self, code: &ParkCode) -> Option<&Target> {
        self.0.iter().find(|of| of.park.code == *code)?.target.as_ref()
    }

    /// Writes the index and the sheets; nothing without parks.
    pub(in super::super) fn write(
        &self,
        workbook: &mut Workbook,
        styles: &Styles,
        index: &str,
        lines: &[Line<'_>],
        (directory, pages): (&Directory<'_>, &Pages<'_>),
    ) -> Result<(), XlsxError> {
        if self.0.is_empty() {
            return Ok(());
        }
        self.index(&mut Page::new(workbook, index, styles)?, lines, directory, pages)?;
        for of in &self.0 {
            if let Some(target) = &of.target {
                of.write(&mut Page::new(workbook, &target.sheet, styles)?, lines, directory, pages)?;
            }
        }
        Ok(())
    }

    fn index(
        &self,
        page: &mut Page<'_>,
        lines: &[Line<'_>],
        directory: &Directory<'_>,
        pages: &Pages<'_>,
    ) -> Result<(), XlsxError> {
        page.head(&INDEX, 1)?;
        let mut counts: BTreeMap<&ParkCode, [usize; 3]> = BTreeMap::new();
        for company in pages.companies() {
            let entries = pages.entries(&company.id);
            let mut seen: Vec<&ParkCode> = Vec::new();
            for entry in entries {
                let Some(park) = directory.park(entry) else { continue };
                let count = counts.entry(&park.code).or_default();
                count[if entry.direction == Direction::Output { 1 } else { 2 }] += 1;
                if !seen.contains(&&park.code) {
                    seen.push(&park.code);
                    count[0] += 1;
                }
            }
        }
        for (row, of) in (1..).zip(&self.0) {
            page.link(row, 0, of.target.as_ref(), &of.park.name_fr)?;
            let count = counts.get(&of.park.code).copied().unwrap_or_default();
            let all = count.into_iter().chain([of.lines.len(), of.within]);
            for (column, count) in (1..).zip(all) {
                page.count(row, column, count)?;
            }
            if let Some(best) = of.lines.first() {
                page.number(row, 6, lines[*best].score_percent())?;
            }
        }
        page.filter(u32::try_from(self.0.len()).unwrap_or(u32::MAX), INDEX.len())
    }
}

impl OfPark<'_> {
    fn write(
        &self,
        page: &mut Page<'_>,
        lines: &[Line<'_>],
        directory: &Directory<'_>,
        pages: &Pages<'_>,
    ) -> Result<(), XlsxError> {
        let headings: Vec<(&str, f64)> = Fill::ALL.map(Fill::heading).into_iter().chain(OF_MATCH).collect();
        page.head(&headings, 2)?;
        for (row, at) in (1..).zip(&self.lines) {
            let line = &lines[*at];
            page.link(row, 0, Some(&list::target(*at)), line.id)?;
            line.fill(page, row)?;
            page.number(row, 6, line.score_percent())?;
            let mut column = 7;
            for flow in [line.offer, line.request] {
                let company = &flow.organisation;
                page.link(row, column, pages.target(company), directory.name(company))?;
                page.wrapped(row, column + 1, &directory.contact(company))?;
                page.wrapped(row, column + 2, flow.description.reveal())?;
                page.text(row, column + 3, flow.quantity_as_written.reveal())?;
                column += 4;
            }
            page.wrapped(row, column, line.consent())?;
            if let Some(metres) = line.found.distance_m {
                page.kilometres(row, column + 1, metres)?;
            }
            if let Some(kg) = line.found.mass_kg {
                page.number(row, column + 2, kg)?;
            }
            let texts = [line.reason(Part::Material), line.to_plan(), line.question()];
            for (column, text) in (column + 3..).zip(&texts) {
                page.wrapped(row, column, text)?;
            }
        }
        let last = u32::try_from(self.lines.len()).unwrap_or(u32::MAX);
        page.choices(1, last, &Fill::ALL)?;
        page.filter(last, headings.len())
    }
}
