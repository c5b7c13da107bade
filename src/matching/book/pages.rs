//! One page a company: its offers and requests, its matches with the partner, the next question.
//!
//! A page may be printed and handed to the company. So it never shows a match whose other entry is
//! confidential before that side agreed, nor counts it; and it holds no note, no price and no
//! contact of anybody else.

use super::super::fill::{Fill, label};
use super::super::workbook::{NamedMatches, OF_PAGES};
use super::Names;
use super::cells::{Page, Styles, Target, shown};
use super::line::{Directory, Line};
use super::list;
use crate::model::{Category, Confidentiality, Direction, Flow, OrgId, Organisation, Part, fold};
use rust_xlsxwriter::{Workbook, XlsxError};
use std::collections::BTreeMap;

/// Most pages of a sheet: Excel takes 1,023 page breaks.
const PAGES: usize = 1_000;
/// Rows after which a page begins a new sheet.
const ROWS: u32 = 1_000_000;

/// Columns to fill on a page.
const FILLS: [Fill; 5] = [Fill::Identifier, Fill::Status, Fill::Note, Fill::Quantity, Fill::Reason];
const FILL_WIDTHS: [f64; 5] = [14.0, 15.0, 22.0, 14.0, 18.0];

/// Columns of a match after those to fill.
pub(super) const OF_MATCH: [(&str, f64); 12] = [
    ("Votre entrée / Your entry", 30.0),
    ("Sens / Direction", 12.0),
    ("Quantité / Amount", 14.0),
    ("Partenaire / Partner", 24.0),
    ("Son entrée / Its entry", 30.0),
    ("Sa quantité / Its amount", 14.0),
    ("Son parc / Its park", 18.0),
    ("Distance (km)", 10.0),
    ("Score (%)", 8.0),
    ("Pourquoi / Why", 56.0),
    ("À prévoir / To plan", 46.0),
    ("Prochaine question / Next question", 34.0),
];

/// Columns of an entry of the company, under the same widths.
pub(super) const OF_ENTRY: [(&str, f64); 7] = [
    ("Description", 30.0),
    ("Sens / Direction", 12.0),
    ("Quantité / Amount", 14.0),
    ("Catégorie / Category", 24.0),
    ("Destination actuelle / Today’s destination", 30.0),
    ("Confidentialité / Confidentiality", 14.0),
    ("Maillages montrés / Matches shown", 18.0),
];

/// Rows above the first page of a sheet: the headings of a match, which stay in sight.
const TOP: u32 = 1;

/// Where the columns of a match begin.
const AFTER_FILLS: u16 = 5;

/// What one page holds, and where.
struct Content<'a> {
    company: &'a Organisation,
    entries: Vec<&'a Flow>,
    /// Places among the lines, best first, with the side of the company.
    lines: Vec<(usize, Direction)>,
    sheet: usize,
    row: u32,
}

/// Every page, placed before anything is written, so that other sheets can lead to it.
pub(in super::super) struct Pages<'a> {
    names: Vec<String>,
    contents: Vec<Content<'a>>,
    /// Place among the contents, and where the page begins.
    places: BTreeMap<&'a OrgId, (usize, Target)>,
}

impl<'a> Pages<'a> {
    /// Companies with an entry, by name.
    pub(in super::super) fn plan(list: &NamedMatches<'a>, lines: &[Line<'a>], names: &mut Names) -> Self {
        let mut entries: BTreeMap<&OrgId, Vec<&Flow>> = BTreeMap::new();
        for one in list.known.by_rank() {
            entries.entry(&one.flow.organisation).or_default().push(one.flow);
        }
        let mut of_company: BTreeMap<&OrgId, Vec<(usize, Direction)>> = BTreeMap::new();
        for (at, line) in lines.iter().enumerate() {
            for (flow, side) in [(line.offer, Direction::Output), (line.request, Direction::Input)] {
                if line.shows_to(side) {
                    of_company.entry(&flow.organisation).or_default().push((at, side));
                }
            }
        }
        let mut companies: Vec<&Organisation> =
            list.organisations.iter().filter(|company| entries.contains_key(&company.id)).collect();
        companies.sort_by_cached_key(|company| (fold(company.name.reveal()), &company.id));
        let mut planned = Self { names: Vec::new(), contents: Vec::new(), places: BTreeMap::new() };
        let (mut row, mut on_sheet) = (0, PAGES);
        for company in companies {
            let content = Content {
                company,
                entries: entries.remove(&company.id).unwrap_or_default(),
                lines: of_company.remove(&company.id).unwrap_or_default(),
                sheet: 0,
                row: 0,
            };
            if on_sheet == PAGES || row + content.height() > ROWS {
                planned.names.push(names.take(OF_PAGES));
                (row, on_sheet) = (TOP, 0);
            }
            let sheet = planned.names.len() - 1;
            let target = Target { sheet: planned.names[sheet].clone(), row };
            planned.places.insert(&company.id, (planned.contents.len(), target));
            planned.contents.push(Content { sheet, row, ..content });
            row += planned.contents.last().map_or(0, Content::height);
            on_sheet += 1;
        }
        planned
    }

    /// Where the page of a company begins.
    pub(super) fn target(&self, company: &OrgId) -> Option<&Target> {
        self.places.get(company).map(|(_, target)| target)
    }

    /// Companies with a page, by name.
    pub(super) fn companies(&self) -> impl Iterator<Item = &'a Organisation> {
        self.contents.iter().map(|content| content.company)
    }

    /// Offers and requests of a company.
    pub(super) fn entries(&self, company: &OrgId) -> &[&'a Flow] {
        self.places.get(company).map_or(&[], |(at, _)| &self.contents[*at].entries)
    }

    /// Writes the sheets of pages.
    pub(in super::super) fn write(
        &self,
        workbook: &mut Workbook,
        styles: &Styles,
        lines: &[Line<'a>],
        directory: &Directory<'a>,
        index: &Target,
    ) -> Result<(), XlsxError> {
        for (sheet, name) in self.names.iter().enumerate() {
            let mut page = Page::new(workbook, name, styles)?;
            let widths = FILL_WIDTHS.into_iter().chain(OF_MATCH.iter().map(|(_, width)| *width));
            for (column, width) in (0..).zip(widths) {
                page.width(column, width)?;
            }
            headings_of_matches(&mut page, 0)?;
            page.sheet.set_freeze_panes(TOP, 0)?;
            let of_sheet: Vec<&Content<'_>> =
                self.contents.iter().filter(|content| content.sheet == sheet).collect();
            let breaks: Vec<u32> = of_sheet.iter().skip(1).map(|content| content.row).collect();
            page.sheet.set_page_breaks(&breaks)?;
            for content in of_sheet {
                content.write(&mut page, lines, directory, index)?;
            }
        }
        Ok(())
    }
}

impl Content<'_> {
    /// Rows of the page with the blank one after it.
    fn height(&self) -> u32 {
        u32::try_from(self.entries.len() + self.lines.len().max(1) + 5).unwrap_or(ROWS)
    }

    fn write(
        &self,
        page: &mut Page<'_>,
        lines: &[Line<'_>],
        directory: &Directory<'_>,
        index: &Target,
    ) -> Result<(), XlsxError> {
        let mut row = self.row;
        let title = super::cells::clean(self.company.name.reveal());
        page.sheet.write_string_with_format(row, 0, title, &page.styles.title)?;
        page.link(row, AFTER_FILLS, Some(index), "Entreprises / Companies")?;
        row += 1;
        page.text(row, 0, &self.address(directory))?;
        row += 1;
        page.heading_row(row, 0, &[("Offres et demandes / Offers and requests", 0.0)])?;
        page.heading_row(row, AFTER_FILLS, &OF_ENTRY)?;
        for entry in &self.entries {
            row += 1;
            self.entry(page, row, entry, lines)?;
        }
        row += 1;
        headings_of_matches(page, row)?;
        if self.lines.is_empty() {
            return page.text(row + 1, AFTER_FILLS, "Aucun maillage à montrer / No match to show");
        }
        let first = row + 1;
        for (at, side) in &self.lines {
            row += 1;
            matched(page, row, (*at, &lines[*at]), *side, directory)?;
        }
        page.choices(first, row, &FILLS)
    }

    /// Whom to call, where, and the activity: the company's own.
    fn address(&self, directory: &Directory<'_>) -> String {
        let park = self.entries.iter().find_map(|entry| directory.park(entry));
        let sector = shown(self.company.sector.as_ref());
        let parts = [
            directory.contact(&self.company.id),
            shown(self.company.address.as_ref()).to_owned(),
            park.map_or_else(String::new, |park| park.name_fr.clone()),
            if sector.is_empty() { String::new() } else { format!("SCIAN {sector}") },
        ];
        parts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" · ")
    }

    fn entry(
        &self,
        page: &mut Page<'_>,
        row: u32,
        entry: &Flow,
        lines: &[Line<'_>],
    ) -> Result<(), XlsxError> {
        let of_entry = self.lines.iter().filter(|(at, _)| {
            let line = &lines[*at];
            line.offer.id == entry.id || line.request.id == entry.id
        });
        page.wrapped(row, AFTER_FILLS, entry.description.reveal())?;
        page.text(row, AFTER_FILLS + 1, direction(entry.direction))?;
        page.text(row, AFTER_FILLS + 2, entry.quantity_as_written.reveal())?;
        page.wrapped(row, AFTER_FILLS + 3, entry.category.map_or("", Category::title_fr))?;
        page.text(row, AFTER_FILLS + 4, entry.destination.code())?;
        page.text(row, AFTER_FILLS + 5, confidentiality(entry.confidentiality))?;
        page.count(row, AFTER_FILLS + 6, of_entry.count())
    }
}

fn headings_of_matches(page: &mut Page<'_>, row: u32) -> Result<(), XlsxError> {
    page.heading_row(row, 0, &FILLS.map(Fill::heading))?;
    page.heading_row(row, AFTER_FILLS, &OF_MATCH)
}

/// One match as the company on a side may see it.
fn matched(
    page: &mut Page<'_>,
    row: u32,
    (at, line): (usize, &Line<'_>),
    side: Direction,
    directory: &Directory<'_>,
) -> Result<(), XlsxError> {
    let (own, other) = match side {
        Direction::Output => (line.offer, line.request),
        Direction::Input => (line.request, line.offer),
    };
    page.link(row, 0, Some(&list::target(at)), line.id)?;
    let status = line.follow_up.and_then(|one| one.status).map_or("", label);
    page.fill(row, 1, status)?;
    // Notes, amounts and reasons are the animators': the page leaves room for new ones.
    for column in 2..AFTER_FILLS {
        page.fill(row, column, "")?;
    }
    let texts: [&str; 7] = [
        own.description.reveal(),
        direction(own.direction),
        own.quantity_as_written.reveal(),
        directory.name(&other.organisation),
        other.description.reveal(),
        other.quantity_as_written.reveal(),
        directory.park(other).map_or("", |park| park.name_fr.as_str()),
    ];
    for (column, text) in (AFTER_FILLS..).zip(texts) {
        page.wrapped(row, column, text)?;
    }
    if let Some(metres) = line.found.distance_m {
        page.kilometres(row, AFTER_FILLS + 7, metres)?;
    }
    page.number(row, AFTER_FILLS + 8, line.score_percent())?;
    let texts = [line.reason(Part::Material), line.to_plan(), line.question()];
    for (column, text) in (AFTER_FILLS + 9..).zip(&texts) {
        page.wrapped(row, column, text)?;
    }
    Ok(())
}

pub(super) const fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Output => "offre / offer",
        Direction::Input => "demande / request",
    }
}

const fn confidentiality(of: Confidentiality) -> &'static str {
    match of {
        Confidentiality::Public => "publique / public",
        Confidentiality::Network => "réseau / network",
        Confidentiality::Confidential => "confidentielle / confidential",
    }
}
