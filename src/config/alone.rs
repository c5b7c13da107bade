//! Settings of two files that are matched without a pipeline.

use super::{Mapping, Pipeline, Settings, Source};
use crate::model::{Field, Park, ParkCode};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Names of the sources: messages show them.
pub const OFFERS: &str = "offres";
/// The other side.
pub const REQUESTS: &str = "demandes";

/// Headings that are known without a mapping.
const HEADINGS: &str = include_str!("../../pipelines/reference/colonnes.toml");

/// What a pipeline must say, and two files need not.
const BARE: &str = r#"
name = "maillage"
sources = []
parks = []
[publication]
title = { fr = "", en = "" }
description = { fr = "", en = "" }
publisher = ""
licence = ""
licence_url = ""
contact = ""
base_url = ""
"#;

/// A file of offers and a file of requests as the two sources of a pipeline that publishes
/// nothing. Parks, local words, weights and limits come from `pipeline` when one is given.
///
/// # Panics
/// Never: the built-in texts are read by the tests.
#[must_use]
pub fn alone(offers: &Path, requests: &Path, pipeline: Option<Pipeline>) -> Pipeline {
    let mut pipeline = pipeline.unwrap_or_else(|| Pipeline {
        folder: PathBuf::new(),
        settings: toml::from_str(BARE).expect("the built-in settings are well-formed"),
        mappings: BTreeMap::new(),
        parks: Vec::new(),
        models: BTreeMap::new(),
    });
    let settings: &mut Settings = &mut pipeline.settings;
    let headings: Mapping = toml::from_str(HEADINGS).expect("the table of headings is well-formed");
    settings.sources.clear();
    pipeline.mappings.clear();
    for (name, direction, path) in [(OFFERS, "extrant", offers), (REQUESTS, "intrant", requests)] {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let source = format!("name = \"{name}\"\nrecords = \"flows\"\nmapping = \"(colonnes connues)\"\n");
        let mut source: Source = toml::from_str(&source).expect("the built-in source is well-formed");
        source.files.push(path.to_string_lossy().into_owned());
        settings.sources.push(source);
        let mut mapping = headings.clone();
        mapping.constants.insert("sens".to_owned(), direction.to_owned());
        pipeline.mappings.insert(name.to_owned(), mapping);
    }
    pipeline.folder = PathBuf::new();
    pipeline
}

/// The parks that rows name where the settings have none: spellings that are one but for case, accents, marks and
/// spaces are one park, which is on no map. The settings learn all spellings.
pub fn name_parks(settings: &mut Settings, spellings: &BTreeSet<String>) -> Vec<Park> {
    let mut parks: BTreeMap<String, Park> = BTreeMap::new();
    let known = settings.words.entry(Field::Park.code().to_owned()).or_default();
    for spelling in spellings {
        let key = Park::key(spelling);
        // Letters of another script are no part of a code.
        let hexadecimal = || key.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
        let Some(code) = ParkCode::new(&key).or_else(|| ParkCode::new(&hexadecimal())) else { continue };
        known.insert(spelling.clone(), code.as_str().to_owned());
        parks.entry(key).or_insert_with(|| Park {
            code,
            name_fr: spelling.clone(),
            name_en: spelling.clone(),
            aliases: Vec::new(),
            point: None,
        });
    }
    parks.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::{alone, name_parks};
    use crate::model::Field;
    use std::path::Path;
    use std::str::FromStr as _;

    #[test]
    fn every_known_heading_is_of_a_field() {
        let pipeline = alone(Path::new("a.csv"), Path::new("b.csv"), None);
        assert_eq!(pipeline.settings.sources.len(), 2);
        for mapping in pipeline.mappings.values() {
            for code in mapping.columns.values().chain(mapping.constants.keys()) {
                assert!(Field::from_str(code).is_ok(), "{code}");
            }
        }
    }

    #[test]
    fn one_park_however_it_is_written_is_one_and_every_spelling_leads_to_it() {
        let mut settings = alone(Path::new("a.csv"), Path::new("b.csv"), None).settings;
        let spellings = ["P.I. Lévis", "PI LEVIS", "Парк", "Parc du Bois", "парк", "…"].map(str::to_owned);
        let parks = name_parks(&mut settings, &spellings.into_iter().collect());
        let told: Vec<(&str, &str)> =
            parks.iter().map(|park| (park.code.as_str(), park.name_fr.as_str())).collect();
        assert_eq!(told[..2], [("parcdubois", "Parc du Bois"), ("pilevis", "P.I. Lévis")]);
        assert!(told.len() == 3 && parks.iter().all(|park| park.point.is_none()), "{told:?}");
        let words = &settings.words["parc"];
        assert_eq!([&words["PI LEVIS"], &words["P.I. Lévis"]], ["pilevis"; 2]);
        assert!(words["Парк"] == words["парк"] && words.len() == 5);
    }
}
