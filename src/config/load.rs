//! Reading a pipeline folder: every error at its line, with a caret and what to write instead.

use super::checks;
use super::locate::Step;
use super::report::{Report, SettingsError, repair};
use super::settings::{Mapping, Records, Settings};
use crate::model::{Park, ParkCode};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A pipeline folder that was read and checked.
#[derive(Debug)]
pub struct Pipeline {
    /// The folder.
    pub folder: PathBuf,
    /// `pipeline.toml`.
    pub settings: Settings,
    /// Mappings by the name of their source.
    pub mappings: BTreeMap<String, Mapping>,
    /// Parks in published order.
    pub parks: Vec<Park>,
    /// SQL of the models by their name.
    pub models: BTreeMap<String, String>,
}

impl SettingsError {
    /// Something that is wrong with a model, at a line of its file (from 1) when that is known.
    #[must_use]
    pub fn of_model(
        pipeline: &Pipeline,
        model: &str,
        line: Option<usize>,
        message: String,
        help: String,
    ) -> Self {
        let file = pipeline.folder.join(&pipeline.settings.indicators.models).join(format!("{model}.sql"));
        let text = pipeline.models.get(model).map_or("", String::as_str);
        let line = line.and_then(|line| text.split_inclusive('\n').nth(line.checked_sub(1)?));
        let place = line.map(|line| {
            let start = line.as_ptr().addr() - text.as_ptr().addr();
            start..start + line.trim_end().len()
        });
        Self::new(&file.display().to_string(), text, place, message, help)
    }
}

/// Reads `pipeline.toml` (or the folder that holds it), its mappings and its models.
///
/// # Errors
/// Every error of every file, not only the first.
pub fn load(path: &Path) -> Result<Pipeline, Vec<SettingsError>> {
    let file = file_of(path);
    let folder = file.parent().map(Path::to_owned).unwrap_or_default();
    let shown = file.display().to_string();
    let text = read(&file, &shown)?;
    let settings: Settings = parse(&shown, &text)?;
    let mut errors = checks::settings(&shown, &text, &settings);
    let mut report = Report::new(&shown, &text);
    let mut mappings = BTreeMap::new();
    for (position, source) in settings.sources.iter().enumerate() {
        let file = folder.join(&source.mapping);
        let shown = file.display().to_string();
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(cause) => {
                report.value(
                    &[Step::Key("sources"), Step::Item(position), Step::Key("mapping")],
                    format!("the mapping `{shown}` could not be read: {cause}"),
                    "write the file, or correct its path below the folder of the pipeline",
                );
                continue;
            }
        };
        match parse::<Mapping>(&shown, &text).map(|mapping| (text, mapping)) {
            Ok((text, mapping)) => {
                errors.extend(checks::mapping(&shown, &text, &mapping));
                mappings.insert(source.name.clone(), mapping);
            }
            Err(found) => errors.extend(found),
        }
    }
    let models = models(&folder.join(&settings.indicators.models)).unwrap_or_else(|message| {
        report.value(
            &[Step::Key("indicators"), Step::Key("models")],
            message,
            "write at least one `.sql` file there, or correct `indicators.models`",
        );
        BTreeMap::new()
    });
    errors.extend(report.errors);
    let parks = settings.parks.iter().filter_map(park).collect();
    if errors.is_empty() { Ok(Pipeline { folder, settings, mappings, parks, models }) } else { Err(errors) }
}

/// The settings of a pipeline that is given by its folder or by its settings.
pub(super) fn file_of(path: &Path) -> PathBuf {
    if path.is_dir() { path.join("pipeline.toml") } else { path.to_owned() }
}

/// Folder and name of a pipeline, without a look at the rest of its settings.
#[must_use]
pub fn name(path: &Path) -> Option<(PathBuf, String)> {
    #[derive(serde::Deserialize)]
    struct Named {
        name: String,
    }
    let file = file_of(path);
    let named: Named = toml::from_str(&std::fs::read_to_string(&file).ok()?).ok()?;
    Some((file.parent().map(Path::to_owned).unwrap_or_default(), named.name))
}

/// The subject that a source's rows have.
#[must_use]
pub const fn subject(records: Records) -> crate::model::Subject {
    match records {
        Records::Organisations => crate::model::Subject::Organisations,
        Records::Flows => crate::model::Subject::Flows,
        Records::Synergies => crate::model::Subject::Synergies,
    }
}

fn park(settings: &super::ParkSettings) -> Option<Park> {
    Some(Park {
        code: ParkCode::new(&settings.code)?,
        name_fr: settings.name.fr.clone(),
        name_en: settings.name.en.clone(),
        aliases: settings.aliases.clone(),
        point: Some((settings.latitude, settings.longitude)),
    })
}

fn read(file: &Path, shown: &str) -> Result<String, Vec<SettingsError>> {
    std::fs::read_to_string(file).map_err(|error| {
        let message = format!("`{shown}` could not be read: {error}");
        let help = "give the folder of a pipeline, or write the file".to_owned();
        vec![SettingsError::new(shown, "", None, message, help)]
    })
}

fn parse<T: DeserializeOwned>(shown: &str, text: &str) -> Result<T, Vec<SettingsError>> {
    toml::from_str(text).map_err(|error| {
        let message = error.message().to_owned();
        let help = repair(&message);
        vec![SettingsError::new(shown, text, error.span(), message, help)]
    })
}

fn models(folder: &Path) -> Result<BTreeMap<String, String>, String> {
    let shown = folder.display().to_string();
    let failed = |error: std::io::Error| format!("the models in `{shown}` could not be read: {error}");
    let mut models = BTreeMap::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension == "sql")
            && let Some(name) = path.file_stem().and_then(|name| name.to_str())
        {
            models.insert(name.to_owned(), std::fs::read_to_string(&path).map_err(failed)?);
        }
    }
    if models.is_empty() { Err(format!("there is no model in `{shown}`")) } else { Ok(models) }
}
