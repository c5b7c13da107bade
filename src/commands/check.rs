//! `maillage check`: validate everything, touch nothing.

use crate::error::Exit;
use crate::{config, indicators};
use std::path::Path;

/// Prints what is wrong, or a summary of what is right.
#[must_use]
pub fn check(path: &Path) -> Exit {
    let Some(pipeline) = loaded(path) else { return Exit::Settings };
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

/// Loads a pipeline, or prints every error of its settings.
pub(super) fn loaded(path: &Path) -> Option<config::Pipeline> {
    config::load(path)
        .inspect_err(|errors| {
            for error in errors {
                let mut shown = String::new();
                let handler =
                    miette::GraphicalReportHandler::new_themed(miette::GraphicalTheme::unicode_nocolor());
                match handler.render_report(&mut shown, error) {
                    Ok(()) => eprintln!("{shown}"),
                    Err(_) => eprintln!("{error}"),
                }
            }
            eprintln!("{} erreur(s) dans les réglages / error(s) in the settings", errors.len());
        })
        .ok()
}
