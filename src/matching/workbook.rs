//! `maillages.xlsx`: the animators' list, with both contacts and columns to fill.

use super::book::cells::{Page, Styles, Target};
use super::book::line::{Directory, lines};
use super::book::pages::Pages;
use super::book::parks::ParkSheets;
use super::book::{Names, companies, guide, list, others, pools, sources, wanted};
use super::follow_up::FollowUps;
use super::known::Known;
use super::pooling::{Pool, Wanted};
use super::portfolio::Scarce;
use crate::config;
use crate::model::{Match, Organisation, Park};
use crate::telemetry;
use chrono::NaiveDate;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};
use std::path::Path;

/// The workbook could not be made.
#[derive(Debug, thiserror::Error)]
pub enum WorkbookError {
    /// More than a workbook holds.
    #[error("cannot make the workbook of the matches: {0}\nhelp: lower `matching.listed`")]
    Large(XlsxError),
    /// Rows wait in a file until their sheet is packed.
    #[error(
        "cannot make the workbook of the matches: its working files cannot be written\nhelp: free some space on the disk of the state folder (of `match`: of the output), or lower `matching.listed`"
    )]
    Disk,
}

impl From<XlsxError> for WorkbookError {
    fn from(error: XlsxError) -> Self {
        match error {
            XlsxError::TempFileError(..) | XlsxError::IoError(_) | XlsxError::ZipError(_) => Self::Disk,
            error => Self::Large(error),
        }
    }
}

/// What the list names: for the private state only.
#[derive(Debug, Clone, Copy)]
pub struct NamedMatches<'a> {
    /// Best first, with their keyed identifiers.
    pub matches: &'a [(&'a str, &'a Match)],
    /// Further matches that the list leaves out.
    pub unlisted: usize,
    /// Companies.
    pub organisations: &'a [Organisation],
    /// Flows.
    pub known: &'a Known<'a>,
    /// Parks.
    pub parks: &'a [Park],
    /// What was filled in before.
    pub follow_ups: &'a FollowUps,
    /// All settings of matching.
    pub settings: &'a config::Matching,
    /// Day whose levy counts.
    pub as_of: NaiveDate,
    /// Small flows that make a load together.
    pub pools: &'a [Pool],
    /// Buyers to look for.
    pub wanted: &'a [Wanted],
    /// Matches that were given up and are not proposed again.
    pub aside: &'a [(String, Match)],
    /// Requests whose need is scarce, dearest first.
    pub scarce: &'a [Scarce],
}

/// Sheet of the list.
pub(super) const SHEET: &str = "Maillages";
/// Sheet of the follow-ups that the list does not propose.
pub(super) const OTHERS: &str = "Autres suivis";
/// How the names of sheets of pages begin.
pub(super) const OF_PAGES: &str = "Fiches";
/// Sheet that says what the workbook is.
pub(super) const GUIDE: &str = "Lisez-moi";
/// Sheets of every workbook, in the order in which their names are taken.
pub(super) const SHEETS: [&str; 8] =
    [SHEET, "Entreprises", "Parcs", "Regroupements", "Débouchés recherchés", OTHERS, "Repères", GUIDE];
/// How the cell of the guide begins that says which answers the workbook knew when it was written.
pub(super) const NUMBER: &str = "Suivi numéro ";

/// All sheets. The same matches give the same bytes. Rows wait in nameless files of `folder`, whose owner
/// alone may read them.
///
/// # Errors
/// When there are more matches than a sheet has rows, or the disk of the folder is full.
pub fn workbook(all: &NamedMatches<'_>, folder: &Path) -> Result<Vec<u8>, WorkbookError> {
    // The library panics where a file takes no more.
    telemetry::caught(|| written(all, folder)).unwrap_or(Err(WorkbookError::Disk))
}

fn written(all: &NamedMatches<'_>, folder: &Path) -> Result<Vec<u8>, WorkbookError> {
    let mut workbook = Workbook::new();
    workbook.set_tempdir(folder)?;
    // A fixed day, or the clock would change the bytes.
    let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let styles = Styles::new();
    let mut names = Names::default();
    let [main, index, of_parks, of_pools, of_wanted, of_others, of_sources, of_guide] =
        SHEETS.map(|name| names.take(name));
    let directory = Directory::new(all.organisations, all.parks);
    let lines = lines(all);
    let pages = Pages::plan(all, &lines, &mut names);
    let parks = ParkSheets::plan(all, &lines, &directory, &mut names);
    let places = (&pages, &parks);
    list::write(&mut Page::new(&mut workbook, &main, &styles)?, &lines, &directory, places)?;
    companies::write(&mut Page::new(&mut workbook, &index, &styles)?, &lines, &directory, places)?;
    let index = Target::first(&index);
    pages.write(&mut workbook, &styles, &lines, &directory, &index)?;
    parks.write(&mut workbook, &styles, &of_parks, &lines, (&directory, &pages))?;
    pools::write(&mut Page::new(&mut workbook, &of_pools, &styles)?, all, &directory, &pages)?;
    wanted::write(&mut Page::new(&mut workbook, &of_wanted, &styles)?, all, &directory, &pages)?;
    others::write(&mut Page::new(&mut workbook, &of_others, &styles)?, all, &directory, &pages)?;
    sources::write(&mut Page::new(&mut workbook, &of_sources, &styles)?, all)?;
    guide::write(&mut Page::new(&mut workbook, &of_guide, &styles)?, all)?;
    Ok(workbook.save_to_buffer()?)
}
