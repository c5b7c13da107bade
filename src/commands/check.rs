//! `maillage check`: validate everything, touch nothing.

use crate::config::{self, SettingsError};
use crate::error::Exit;
use crate::pipeline;
use std::path::Path;

/// Prints what is wrong, or a summary of what is right.
#[must_use]
pub fn check(path: &Path) -> Exit {
    let Some(pipeline) = loaded(path) else { return Exit::Settings };
    let missing = config::surroundings(path, &pipeline);
    show(&missing);
    if !models_fit(&pipeline) || !missing.is_empty() {
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
    config::load(path).inspect_err(|errors| show(errors)).ok()
}

/// Whether every model can run over the real tables; prints what is wrong with those that cannot.
pub(super) fn models_fit(pipeline: &config::Pipeline) -> bool {
    let wrong = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime.block_on(pipeline::plan(pipeline)).map_err(|failure| failure.message),
        Err(error) => Err(format!("the program cannot start its threads: {error}")),
    };
    let wrong = wrong.unwrap_or_else(|message| {
        eprintln!("{message}");
        Vec::new()
    });
    let errors: Vec<SettingsError> = wrong
        .into_iter()
        .map(|error| {
            let message = format!("the model `{}`: {}", error.model, error.cause);
            SettingsError::of_model(pipeline, &error.model, Some(error.line), message, error.repair)
        })
        .collect();
    show(&errors);
    errors.is_empty()
}

fn show(errors: &[SettingsError]) {
    for error in errors {
        let mut shown = String::new();
        let handler = miette::GraphicalReportHandler::new_themed(miette::GraphicalTheme::unicode_nocolor());
        match handler.render_report(&mut shown, error) {
            Ok(()) => eprintln!("{shown}"),
            Err(_) => eprintln!("{error}"),
        }
    }
    if !errors.is_empty() {
        eprintln!("{} erreur(s) dans les réglages / error(s) in the settings", errors.len());
    }
}
