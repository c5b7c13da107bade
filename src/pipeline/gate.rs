//! What the leak gate knows: the confidential input on one side, the public texts on the other.

use crate::config::{Pipeline, Settings};
use crate::disclosure::leak::{Canaries, Exception, Public};
use crate::indicators::Model;
use crate::model::Dataset;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Titles of the List of Waste, which descriptions often are.
const MATERIALS: &str = include_str!("../../pipelines/reference/matieres.csv");

/// Public whatever the input: settings that are published, columns of the models, and `blank`, the
/// files of a release of no data and no prose.
pub(super) fn public(pipeline: &Pipeline, models: &[Model], blank: &[(String, Vec<u8>)]) -> Public {
    let settings = &pipeline.settings;
    let publication = &settings.publication;
    let mut texts = vec![MATERIALS.to_owned(), settings.name.clone()];
    texts.extend(settings.sources.iter().map(|source| source.name.clone()));
    for park in &pipeline.parks {
        texts.extend([park.code.as_str().to_owned(), park.name_fr.clone(), park.name_en.clone()]);
        texts.extend([park.latitude.to_string(), park.longitude.to_string()]);
    }
    for text in [&publication.publisher, &publication.licence, &publication.licence_url] {
        texts.push(text.clone());
    }
    texts.extend([publication.contact.clone(), publication.base_url.clone()]);
    let datasets = || models.iter().map(|model| &model.dataset);
    for dataset in datasets() {
        texts.push(dataset.name.clone());
        for column in dataset.dimensions.iter().chain(&dataset.measures) {
            texts.extend([&column.name, &column.title_fr, &column.title_en].map(Clone::clone));
            texts.extend(column.unit.clone());
        }
    }
    for (path, bytes) in blank {
        texts.push(path.clone());
        if let Ok(text) = std::str::from_utf8(bytes) {
            texts.push(text.to_owned());
        }
    }
    let prose = [&publication.title, &publication.description];
    let mut prose: Vec<&str> = prose.iter().flat_map(|text| [text.fr.as_str(), text.en.as_str()]).collect();
    for dataset in datasets() {
        prose.extend(
            [&dataset.title_fr, &dataset.title_en, &dataset.description_fr, &dataset.description_en]
                .map(String::as_str),
        );
    }
    Public::new(texts.iter().map(String::as_str), &prose, &publication.public_words)
}

/// Settings and datasets without the operator's prose: what a page then says is the product's own.
pub(super) fn without_prose(settings: &Settings, datasets: &[Dataset]) -> (Settings, Vec<Dataset>) {
    let (mut settings, mut datasets) = (settings.clone(), datasets.to_vec());
    for text in [&mut settings.publication.title, &mut settings.publication.description] {
        text.fr.clear();
        text.en.clear();
    }
    for dataset in &mut datasets {
        for text in [&mut dataset.title_fr, &mut dataset.title_en] {
            text.clear();
        }
        for text in [&mut dataset.description_fr, &mut dataset.description_en] {
            text.clear();
        }
    }
    (settings, datasets)
}

/// The gate of one run, which counts the exceptions that it makes by kind and reason.
pub(super) struct Gate {
    pub(super) canaries: Canaries,
    exceptions: RefCell<BTreeMap<(&'static str, Exception), Used>>,
}

/// How often, in how many files, and the first of them.
type Used = (usize, usize, String);

impl Gate {
    pub(super) fn new(canaries: Canaries) -> Self {
        Self { canaries, exceptions: RefCell::default() }
    }

    /// Kinds of confidential text in a file.
    pub(super) fn scan(&self, path: &str, bytes: &[u8]) -> Vec<&'static str> {
        let scan = self.canaries.scan(path, bytes);
        let mut exceptions = self.exceptions.borrow_mut();
        for (key, count) in scan.exceptions {
            let entry = exceptions.entry(key).or_insert_with(|| (0, 0, path.to_owned()));
            entry.0 += count;
            entry.1 += 1;
        }
        scan.leaks.into_iter().collect()
    }

    /// One line a kind and reason: places and numbers, never a text.
    pub(super) fn log(&self) {
        for ((kind, reason), (count, files, first)) in &*self.exceptions.borrow() {
            let reason = reason.code();
            tracing::info!(kind, reason, count, files, first, "exception of the leak gate");
        }
    }
}
