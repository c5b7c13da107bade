//! Settings of two files that are matched without a pipeline.

use super::{Mapping, Pipeline, Settings, Source};
use std::collections::BTreeMap;
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

#[cfg(test)]
mod tests {
    use super::alone;
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
}
