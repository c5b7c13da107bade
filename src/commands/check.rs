//! `maillage check`: validate everything, touch nothing.

use crate::error::Exit;
use crate::{config, indicators};
use std::path::Path;

/// Prints what is wrong, or a summary of what is right.
#[must_use]
pub fn check(path: &Path) -> Exit {
    let pipeline = match config::load(path) {
        Ok(pipeline) => pipeline,
        Err(errors) => {
            let count = errors.len();
            for error in errors {
                eprintln!("{:?}", miette::Report::new(error));
            }
            eprintln!("{count} erreur(s) dans les réglages / error(s) in the settings");
            return Exit::Settings;
        }
    };
    let mut wrong = 0;
    for (name, sql) in &pipeline.models {
        if let Err(error) = indicators::parse(name, sql) {
            eprintln!("{error}");
            wrong += 1;
        }
    }
    if wrong > 0 {
        return Exit::Settings;
    }
    println!(
        "« {name} » : {sources} source(s), {parks} parc(s), {models} modèle(s), tout est bon.\n\
         “{name}”: {sources} source(s), {parks} park(s), {models} model(s), all good.",
        name = pipeline.settings.name,
        sources = pipeline.settings.sources.len(),
        parks = pipeline.parks.len(),
        models = pipeline.models.len(),
    );
    Exit::Done
}
