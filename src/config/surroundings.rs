//! What settings need from the machine: files that are there, variables that are set.

use super::load::file_of;
use super::locate::Step;
use super::platform::{Authentication, Platform};
use super::report::{Report, SettingsError};
use super::{Pipeline, shown_variable};
use crate::listing;
use std::path::Path;

/// Tables of a source that name the variable of its secret.
const SIGNING: &[&str] = &["http", "authentication"];
const PRESET: &[&str] = &["platform"];

/// Sources that a run could not read here and now, each at its line in `pipeline.toml`.
#[must_use]
pub fn surroundings(path: &Path, pipeline: &Pipeline) -> Vec<SettingsError> {
    let file = file_of(path);
    let (shown, text) = (file.display().to_string(), std::fs::read_to_string(&file).unwrap_or_default());
    let mut report = Report::new(&shown, &text);
    for (position, source) in pipeline.settings.sources.iter().enumerate() {
        let at = |key| [Step::Key("sources"), Step::Item(position), Step::Key(key)];
        for (item, entry) in source.files.iter().enumerate() {
            if !source.optional && !matches_something(&pipeline.folder, entry) {
                let [sources, source, files] = at("files");
                report.value(
                    &[sources, source, files, Step::Item(item)],
                    format!("`{entry}` matches no file"),
                    "put the file there, correct the pattern, or set `optional = true`",
                );
            }
        }
        let secret =
            source.http.as_ref().and_then(|http| http.authentication.as_ref()).map(|kind| match kind {
                Authentication::Bearer { token_env } => ("token_env", token_env),
                Authentication::Basic { password_env, .. } => ("password_env", password_env),
                Authentication::ApiKey { key_env, .. } | Authentication::ApiKeyQuery { key_env, .. } => {
                    ("key_env", key_env)
                }
                Authentication::ClientCredentials { client_secret_env, .. } => {
                    ("client_secret_env", client_secret_env)
                }
            });
        let secret = secret.map(|(key, variable)| (SIGNING, key, variable));
        let preset = source.platform.as_ref().and_then(Platform::secret);
        let preset = preset.map(|(key, variable)| (PRESET, key, variable));
        for (tables, key, variable) in preset.into_iter().chain(secret) {
            if super::secret(variable).is_none_or(|value| value.trim().is_empty()) {
                let keys = tables.iter().chain([&key]).map(|key| Step::Key(key));
                let path: Vec<Step<'_>> =
                    [Step::Key("sources"), Step::Item(position)].into_iter().chain(keys).collect();
                unset(&mut report, &path, key, variable);
            }
        }
    }
    report.errors
}

fn unset(report: &mut Report<'_>, path: &[Step<'_>], key: &str, variable: &str) {
    let (message, help) = match shown_variable(variable) {
        Some(variable) => (
            format!("the environment variable `{variable}` is not set"),
            format!(
                "set it where runs start, for example `export {variable}=…`, or `{variable}_FILE` to the path of \
                 a file that holds it and that the program may read, and check again"
            ),
        ),
        None => (
            format!("the environment variable that `{key}` names is not set"),
            "write the name of a variable in capital letters, for example `JETON`, and set it where runs start; \
             the secret itself does not belong here"
                .to_owned(),
        ),
    };
    report.value(path, message, help);
}

fn matches_something(folder: &Path, entry: &str) -> bool {
    if folder.join(entry).is_file() {
        return true;
    }
    listing::found(folder, entry).is_ok_and(|found| found.iter().any(|path| path.is_file()))
}
