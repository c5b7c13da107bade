//! What is wrong with the settings: at its line, with a caret and what to write instead.

use super::locate::{Place, Step, place};
use super::secrets;
use miette::{Diagnostic, NamedSource, SourceSpan};

/// Something in the settings that has to be mended.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{message}")]
pub struct SettingsError {
    message: String,
    #[source_code]
    text: NamedSource<String>,
    #[label("{label}")]
    span: Option<SourceSpan>,
    label: String,
    #[help]
    help: String,
}

impl SettingsError {
    /// One error about a file; without a place it is about the file as a whole. The lines that it shows hold
    /// nothing that looks like a secret.
    pub(super) fn new(file: &str, text: &str, place: Option<Place>, message: String, help: String) -> Self {
        Self {
            message,
            text: NamedSource::new(file, secrets::masked(text)),
            span: place.map(|place| (place.start, place.end - place.start).into()),
            label: "here".to_owned(),
            help,
        }
    }
}

/// The errors of one file.
pub(super) struct Report<'a> {
    /// As messages show it.
    file: &'a str,
    text: &'a str,
    /// What was found so far.
    pub(super) errors: Vec<SettingsError>,
}

impl<'a> Report<'a> {
    /// Nothing is wrong yet.
    pub(super) const fn new(file: &'a str, text: &'a str) -> Self {
        Self { file, text, errors: Vec::new() }
    }

    /// Something is wrong with a value, or with what stands where it should be.
    pub(super) fn value(&mut self, path: &[Step<'_>], message: String, help: impl Into<String>) {
        let found = place(self.text, path, false);
        self.errors.push(SettingsError::new(self.file, self.text, found, message, help.into()));
    }

    /// Something is wrong with a value that nobody may read.
    pub(super) fn secret(&mut self, path: &[Step<'_>], message: String, help: impl Into<String>) {
        let found = place(self.text, path, false);
        let text = secrets::hidden(self.text, found.as_slice());
        self.errors.push(SettingsError::new(self.file, &text, found, message, help.into()));
    }

    /// Something is wrong with a key.
    pub(super) fn key(&mut self, path: &[Step<'_>], message: String, help: impl Into<String>) {
        let found = place(self.text, path, true);
        self.errors.push(SettingsError::new(self.file, self.text, found, message, help.into()));
    }
}

/// What to write instead, from a message of the reader that lists what it expected.
pub(super) fn repair(message: &str) -> String {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    match quoted.split_first() {
        Some((wrong, accepted)) if message.starts_with("unknown") && !accepted.is_empty() => {
            suggestion(wrong, accepted)
        }
        _ if message.starts_with("missing field") => match quoted.first() {
            Some(field) => format!("add `{field} = …`"),
            None => "add it".to_owned(),
        },
        _ if message.contains("expected") => match message.rsplit("expected ").next().unwrap_or_default() {
            "u32" => format!("write a whole number between 0 and {}, without quotation marks", u32::MAX),
            "u64" | "usize" => "write a whole number from 0 on, without quotation marks".to_owned(),
            "i64" => "write a whole number, without quotation marks".to_owned(),
            "f64" => "write a number with a point, without quotation marks, for example 46.87".to_owned(),
            "a string" => "write a text between quotation marks".to_owned(),
            "a boolean" => "write true or false, without quotation marks".to_owned(),
            "a sequence" => "write a list, for example `[\"…\"]`".to_owned(),
            "a map" | "struct Bilingual" => {
                "write a table, for example `{ fr = \"…\", en = \"…\" }`".to_owned()
            }
            _ => compare(),
        },
        _ => compare(),
    }
}

fn compare() -> String {
    "compare with the commented settings that `maillage init` writes".to_owned()
}

/// The word that a misspelt one stands for, or all that are accepted.
pub(super) fn suggestion(wrong: &str, accepted: &[&str]) -> String {
    let nearest = accepted
        .iter()
        .map(|word| (strsim::damerau_levenshtein(wrong, word), *word))
        .min()
        .filter(|(distance, word)| *distance <= 1 + word.len() / 3);
    match nearest {
        Some((_, word)) => format!("did you mean `{word}`?"),
        None => format!("write one of: {}", accepted.join(", ")),
    }
}
