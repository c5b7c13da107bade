//! The files of a release: data, then the portal that links to them.

use crate::config::Settings;
use crate::disclosure::Protected;
use crate::error::{Exit, Failure};
use crate::model::{Dataset, Park};
use crate::portal::{DataFile, Factor, Site};
use crate::store::sha256;
use crate::{export, indicators, portal};
use chrono::NaiveDate;

/// A release is named after its day and its content.
pub(super) fn build(
    protected: &Protected,
    datasets: &[Dataset],
    settings: &Settings,
    parks: &[Park],
    as_of: NaiveDate,
) -> Result<(String, Vec<export::File>), Failure> {
    let draft = files(protected, datasets, settings, parks, as_of, "")?;
    let digest: Vec<String> = draft.iter().map(|(path, bytes)| format!("{path} {}", sha256(bytes))).collect();
    let id = format!("{as_of}-{}", &sha256(digest.join("\n").as_bytes())[..12]);
    let files = files(protected, datasets, settings, parks, as_of, &id)?;
    Ok((id, files))
}

/// Every file of a release under a name.
pub(super) fn files(
    protected: &Protected,
    datasets: &[Dataset],
    settings: &Settings,
    parks: &[Park],
    as_of: NaiveDate,
    id: &str,
) -> Result<Vec<export::File>, Failure> {
    let (mut files, descriptions) = export::files(protected, datasets, settings, id, as_of)
        .map_err(|error| Failure::new(Exit::Failed, &error))?;
    let site = site(settings, parks, descriptions, id, as_of);
    files.extend(
        portal::pages(protected, datasets, &site).map_err(|error| Failure::new(Exit::Failed, &error))?,
    );
    Ok(files)
}

fn site(
    settings: &Settings,
    parks: &[Park],
    files: Vec<export::FileDescription>,
    id: &str,
    as_of: NaiveDate,
) -> Site {
    let Settings { publication, languages, synthetic, indicators: aims, .. } = settings;
    let files = files.into_iter().map(|file| DataFile {
        dataset: file.dataset,
        path: file.path,
        format: file.format.to_owned(),
        bytes: file.bytes,
        sha256: file.sha256,
    });
    let factors = indicators::sources().into_iter().map(|factor| Factor {
        applies_to: factor.applies_to,
        low: factor.low,
        high: factor.high,
        unit: factor.unit.to_owned(),
        derivation: factor.derivation,
        source: factor.source,
    });
    let both = |text: &crate::config::Bilingual| (text.fr.clone(), text.en.clone());
    Site {
        languages: languages.clone(),
        synthetic: *synthetic,
        title: both(&publication.title),
        description: both(&publication.description),
        publisher: publication.publisher.clone(),
        licence: publication.licence.clone(),
        licence_url: publication.licence_url.clone(),
        contact: publication.contact.clone(),
        base_url: publication.base_url.clone(),
        parks: parks.to_vec(),
        objective: aims.objective,
        files: files.collect(),
        factors: factors.collect(),
        release: id.to_owned(),
        as_of,
        history_days: settings.disclosure.history_days,
    }
}
