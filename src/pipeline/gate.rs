//! What the leak gate knows: the confidential input on one side, the public texts on the other.

use super::identifiers;
use crate::config::{Pipeline, SAMPLE, Settings};
use crate::disclosure::leak::{Canaries, Exception, Public};
use crate::error::{Exit, Failure};
use crate::indicators::Model;
use crate::model::{Category, Dataset, Direction, FlowType, Park, Status};
use crate::portal;
use crate::publish::PublishError;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// Titles of the List of Waste, which descriptions often are.
const MATERIALS: &str = include_str!("../../pipelines/reference/matieres.csv");

/// A text that the operator writes and that is published, with its place in the settings.
pub(super) struct Written {
    place: String,
    text: String,
    is_name_of_place: bool,
}

impl Written {
    pub(super) fn new(place: String, text: &str, is_name_of_place: bool) -> Self {
        Self { place, text: text.to_owned(), is_name_of_place }
    }
}

/// Every text that the operator writes and that is published.
pub(super) fn written(pipeline: &Pipeline, models: &[Model]) -> Vec<Written> {
    let publication = &pipeline.settings.publication;
    let mut written = identifiers::written(pipeline, models);
    let mut add = |place: String, text: &str, is_name_of_place| {
        written.push(Written::new(place, text, is_name_of_place));
    };
    for (key, text) in [("title", &publication.title), ("description", &publication.description)] {
        for (language, text) in [("fr", &text.fr), ("en", &text.en)] {
            add(format!("`publication.{key}.{language}`"), text, false);
        }
    }
    for (key, text) in [
        ("contact", &publication.contact),
        ("publisher", &publication.publisher),
        ("licence", &publication.licence),
        ("licence_url", &publication.licence_url),
        ("base_url", &publication.base_url),
    ] {
        add(format!("`publication.{key}`"), text, false);
    }
    for park in &pipeline.parks {
        for (language, text) in [("fr", &park.name_fr), ("en", &park.name_en)] {
            add(format!("`name.{language}` of the park `{}`", park.code.as_str()), text, true);
        }
    }
    for Dataset { name, title_fr, title_en, description_fr, description_en, dimensions, measures } in
        models.iter().map(|model| &model.dataset)
    {
        for (key, text) in [
            ("title_fr", title_fr),
            ("title_en", title_en),
            ("description_fr", description_fr),
            ("description_en", description_en),
        ] {
            add(format!("`{key}` of the model `{name}`"), text, false);
        }
        for column in dimensions.iter().chain(measures) {
            for text in [&column.title_fr, &column.title_en] {
                add(format!("the title of `{}` in the model `{name}`", column.name), text, false);
            }
        }
    }
    written
}

/// Refuses settings that hold a text of the input, and says which.
pub(super) fn refuse_named(written: &[Written], canaries: &Canaries) -> Result<(), Failure> {
    let mut message = String::new();
    for Written { place, text, .. } in written {
        // Digits glued to any letters too: a name is no checksum.
        let digits: String =
            text.chars().map(|sign| if sign.is_ascii_digit() { sign } else { ' ' }).collect();
        let found = [text, &digits].map(|text| canaries.told(&canaries.scan("", text.as_bytes())));
        let found: BTreeSet<String> = found.into_iter().flatten().collect();
        if !found.is_empty() {
            let found = found.into_iter().collect::<Vec<_>>().join(", ");
            message += &format!(
                "the leak gate found confidential input ({found}) in {place}: nothing is published\n"
            );
        }
    }
    if message.is_empty() {
        return Ok(());
    }
    message += "help: write it without what companies told in confidence; if the words of that row are public, add them, as the row has them, to `publication.public_words`; the previous release stays";
    Err(Failure::message(Exit::Failed, message))
}

/// Refuses files that hold a text of the input before their night is entered: of what the ledger holds as shown,
/// tables and measures could not be taken away again. Each is looked at once more as it is read back.
pub(super) fn refuse_files(canaries: &Canaries, files: &[(String, Vec<u8>)]) -> Result<(), Failure> {
    for (path, bytes) in files {
        let kinds = canaries.told(&canaries.scan(path, bytes));
        if !kinds.is_empty() {
            let error = PublishError::Leak { path: path.clone(), kinds: kinds.join(", ") };
            return Err(Failure::new(Exit::Failed, &error));
        }
    }
    Ok(())
}

/// Public whatever the input: coordinates of parks, the product's own names of columns, codes with their titles,
/// the models that the program carries, and `blank`, the files of a release of no data and none of the operator's
/// texts and names, which come apart.
///
/// A note « en discussion » says no more than the status does that the synergies are published with.
pub(super) fn public(pipeline: &Pipeline, written: &[Written], blank: &[(String, Vec<u8>)]) -> Public {
    let publication = &pipeline.settings.publication;
    let mut texts = vec![MATERIALS.to_owned()];
    texts.extend(codes().chain(own_models()).map(str::to_owned));
    texts.extend(identifiers::OWN.iter().map(|name| (*name).to_owned()));
    for (latitude, longitude) in pipeline.parks.iter().filter_map(|park| park.point) {
        texts.extend([latitude.to_string(), longitude.to_string()]);
    }
    for (path, bytes) in blank {
        texts.push(path.clone());
        if let Ok(text) = std::str::from_utf8(bytes) {
            texts.push(text.to_owned());
        }
    }
    let those = |are_places: bool| -> Vec<&str> {
        let found = written.iter().filter(|written| written.is_name_of_place == are_places);
        found.map(|written| written.text.as_str()).collect()
    };
    let texts = texts.iter().map(String::as_str);
    Public::new(texts, &those(false), &those(true), &publication.public_words)
}

/// Codes of statuses, types, categories and directions, and the titles of codes on the portal.
fn codes() -> impl Iterator<Item = &'static str> {
    let titles = Category::ALL.iter().flat_map(|one| [one.title_fr(), one.title_en()]);
    let lists = [Status::CODES, FlowType::CODES, Category::CODES, Direction::CODES];
    lists.into_iter().flatten().copied().chain(titles).chain(portal::titles_of_codes())
}

/// Models that the program carries: their titles are the product's own in whatever pipeline they stand.
fn own_models() -> impl Iterator<Item = &'static str> {
    let models = SAMPLE.iter().filter(|(path, _)| path.starts_with("models/"));
    models.filter_map(|(_, bytes)| std::str::from_utf8(bytes).ok())
}

/// Settings, datasets and parks without the operator's texts: what a page then says is the product's own.
pub(super) fn without_prose(
    pipeline: &Pipeline,
    datasets: &[Dataset],
) -> (Settings, Vec<Dataset>, Vec<Park>) {
    let (mut settings, mut datasets) = (pipeline.settings.clone(), datasets.to_vec());
    let mut parks = pipeline.parks.clone();
    let publication = &mut settings.publication;
    for text in [
        &mut publication.contact,
        &mut publication.publisher,
        &mut publication.licence,
        &mut publication.licence_url,
        &mut publication.base_url,
    ] {
        text.clear();
    }
    for park in &mut parks {
        park.name_fr.clear();
        park.name_en.clear();
    }
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
        for column in dataset.dimensions.iter_mut().chain(&mut dataset.measures) {
            column.title_fr.clear();
            column.title_en.clear();
        }
    }
    (settings, datasets, parks)
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

    /// Confidential texts in a file: their kinds and rows.
    pub(super) fn scan(&self, path: &str, bytes: &[u8]) -> Vec<String> {
        let scan = self.canaries.scan(path, bytes);
        let mut exceptions = self.exceptions.borrow_mut();
        let told = self.canaries.told(&scan);
        for (key, count) in scan.exceptions {
            let entry = exceptions.entry(key).or_insert_with(|| (0, 0, path.to_owned()));
            entry.0 += count;
            entry.1 += 1;
        }
        told
    }

    /// One line a kind and reason: places and numbers, never a text.
    pub(super) fn log(&self) {
        for ((kind, reason), (count, files, first)) in &*self.exceptions.borrow() {
            let reason = reason.code();
            tracing::info!(kind, reason, count, files, first, "exception of the leak gate");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{codes, own_models};
    use crate::disclosure::leak::{Canaries, Public};
    use crate::model::Field;

    #[test]
    fn a_name_that_is_a_title_of_our_own_models_is_public() {
        let title = "Nombre d’entreprises";
        let told = |texts: &[&str]| {
            let public = Public::new(texts.iter().copied(), &[title], &[], &[]);
            let mut canaries = Canaries::default();
            canaries.note(Field::Name, "essai:4", title, &public);
            canaries.pseudonyms(std::iter::empty());
            canaries.told(&canaries.scan("", title.as_bytes()))
        };
        assert_eq!(told(&[]), ["nom of the row essai:4"]);
        assert!(told(&own_models().collect::<Vec<_>>()).is_empty());
    }

    #[test]
    fn a_note_that_says_a_status_is_public_and_another_is_named_by_its_match_and_field() {
        let public = Public::new(codes(), &[], &[], &[]);
        let mut canaries = Canaries::default();
        for note in ["en discussion", "Essai", "à l’essai", "Abandonnée", "matières organiques"] {
            canaries.note(Field::Note, "maillages:0a", note, &public);
        }
        let reason = "Zorvik Bélanger refuse notre prix de transport";
        canaries.note(Field::AbandonReason, "maillages:0b", reason, &public);
        canaries.pseudonyms(std::iter::empty());
        let told = |text: &str| canaries.told(&canaries.scan("", text.as_bytes()));
        assert!(told("en_discussion,a_l_essai,abandonnee,matieres_organiques\n").is_empty());
        assert_eq!(told(reason), ["raison_abandon of the row maillages:0b"]);
    }
}
