//! The static portal: pages without script, in the languages of the pipeline.
//!
//! Takes `Protected` and public settings, and nothing else: every number on a page is a value
//! of a protected table.

mod chart;
mod datasets;
mod home;
mod indicators;
mod labels;
mod prose;
mod render;
mod subjects;
mod synergies;
mod table;
mod text;
mod view;

#[cfg(test)]
mod tests;

use crate::disclosure::Protected;
use crate::model::{Dataset, Park};
use chrono::NaiveDate;
use labels::Labels;
pub(crate) use labels::titles_of_codes;
use render::{Page, Renderer};
use text::Language;
use view::View;

/// What the portal says of itself: public settings only.
#[derive(Debug, Clone)]
pub struct Site {
    /// Languages, the first is the default.
    pub languages: Vec<String>,
    /// Says on every page that the data are synthetic.
    pub synthetic: bool,
    /// Title in French and English.
    pub title: (String, String),
    /// One paragraph about the programme in French and English.
    pub description: (String, String),
    /// Who publishes.
    pub publisher: String,
    /// SPDX name of the licence.
    pub licence: String,
    /// Address of the licence's text.
    pub licence_url: String,
    /// Public contact: an address or a page.
    pub contact: String,
    /// Address of the portal, with a slash at the end.
    pub base_url: String,
    /// Parks in published order.
    pub parks: Vec<Park>,
    /// Realised synergies aimed at.
    pub objective: u32,
    /// Data files of the release.
    pub files: Vec<DataFile>,
    /// Factors of the indicators with their sources.
    pub factors: Vec<Factor>,
    /// Release.
    pub release: String,
    /// Day of the release.
    pub as_of: NaiveDate,
    /// Days for which a release counts after readers last saw it.
    pub history_days: u32,
}

/// A data file of the release.
#[derive(Debug, Clone)]
pub struct DataFile {
    /// Table that it holds.
    pub dataset: String,
    /// Path inside the release.
    pub path: String,
    /// Format.
    pub format: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
}

/// A factor as its table gives it.
#[derive(Debug, Clone)]
pub struct Factor {
    /// What it applies to.
    pub applies_to: String,
    /// Lower end.
    pub low: i64,
    /// Upper end.
    pub high: i64,
    /// Unit of both ends.
    pub unit: String,
    /// How it was derived, French and English.
    pub derivation: [String; 2],
    /// Where the numbers come from, French and English.
    pub source: [String; 2],
}

/// A page that could not be made: a fault of the program.
#[derive(Debug, thiserror::Error)]
#[error(
    "the page `{page}` of the portal could not be made: {cause}\nhelp: report this fault; the previous release stays"
)]
pub struct PortalError {
    page: String,
    cause: String,
}

/// A file of the portal: its path and its bytes.
pub type File = (String, Vec<u8>);

/// Every page in every language, with the style sheet and the site map.
///
/// # Errors
/// When a template and what it is given do not fit.
pub fn pages(protected: &Protected, datasets: &[Dataset], site: &Site) -> Result<Vec<File>, PortalError> {
    let mut files = vec![("style.css".to_owned(), include_bytes!("../../templates/style.css").to_vec())];
    let mut addresses = Vec::new();
    for language in languages(site) {
        let labels = Labels::new(language, &site.parks);
        let view = View::new(protected, datasets, site.as_of);
        let mut pages: Vec<Page> = vec![home::page(&view, &labels, site)];
        pages.extend(subjects::parks(&view, &labels, site));
        pages.extend(subjects::categories(&view, &labels));
        pages.push(synergies::page(&view, &labels, site));
        pages.push(indicators::page(&view, &labels, site));
        pages.extend(datasets::pages(&view, &labels, site));
        pages.extend(prose::pages(language, site));
        let renderer = Renderer::new(language, site);
        for page in &pages {
            let (path, bytes) = renderer.render(page)?;
            addresses.push(format!("{}{path}", site.base_url));
            files.push((path, bytes));
        }
    }
    files.push(("sitemap.xml".to_owned(), render::site_map(&addresses)));
    Ok(files)
}

fn languages(site: &Site) -> Vec<Language> {
    let mut known: Vec<Language> = site.languages.iter().filter_map(|code| Language::parse(code)).collect();
    if known.is_empty() {
        known.push(Language::French);
    }
    known
}
