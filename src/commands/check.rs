//! `maillage check`: validate everything, show what each column is taken for, touch nothing.

use crate::config::{self, SettingsError};
use crate::error::Exit;
use crate::ingest::{self, IngestError, Laid, Taken};
use crate::model::{Cell, Direction, Field, Subject};
use crate::{normalise, pipeline};
use std::fmt::Write as _;
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
    let exit = columns(&pipeline);
    let open = without_direction(&pipeline);
    if exit != Exit::Done {
        return exit;
    }
    if open > 0 {
        println!(
            "« {name} » : {open} source(s) sans sens : chacune de leurs lignes sera refusée.\n\
             “{name}”: {open} source(s) without a direction: each of their rows will be refused.",
            name = pipeline.settings.name,
        );
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

/// Says which sources of flows have neither a column nor a constant for the direction; gives their number.
fn without_direction(pipeline: &config::Pipeline) -> usize {
    let is_open = |source: &&config::Source| {
        let mapping = &pipeline.mappings[&source.name];
        config::subject(source.records) == Subject::Flows && !gives(mapping, Field::Direction)
    };
    let open: Vec<&config::Source> = pipeline.settings.sources.iter().filter(is_open).collect();
    for source in &open {
        eprintln!(
            "la source `{name}` n'a ni colonne ni constante pour le sens (offre ou demande)\n\
             the source `{name}` has neither a column nor a constant for the direction (offer or request)\n\
             help: dans / in `{mapping}`: `[constants]`, `sens = \"{output}\"` (offres / offers) ou / or \
             `sens = \"{input}\"` (demandes / requests)",
            name = source.name,
            mapping = source.mapping,
            output = Direction::Output.code(),
            input = Direction::Input.code(),
        );
    }
    open.len()
}

/// Whether a mapping has a column or a constant for a field.
fn gives(mapping: &config::Mapping, field: Field) -> bool {
    mapping.columns.values().any(|code| code == field.code()) || mapping.constants.contains_key(field.code())
}

/// Prints the columns of every source. An optional source that is not there yet is told and is
/// no fault; one that cannot be read is.
fn columns(pipeline: &config::Pipeline) -> Exit {
    let (Ok(worker), Ok(runtime)) =
        (config::executable(), tokio::runtime::Builder::new_current_thread().enable_all().build())
    else {
        eprintln!("the program cannot find itself or cannot start\nhelp: start it by its full path");
        return Exit::Failed;
    };
    let limits = pipeline.settings.limits.clone();
    let context = super::read::bare(pipeline.folder.clone(), limits, worker);
    let mut exit = Exit::Done;
    for source in &pipeline.settings.sources {
        println!("{} ({})", source.name, config::subject(source.records).code());
        if source.http.is_some() || source.platform.is_some() {
            println!("  plateforme, non jointe / a platform, not reached");
            continue;
        }
        let mapping = &pipeline.mappings[&source.name];
        match runtime.block_on(ingest::read_source(source, mapping, &context)) {
            Ok(ingest::SourceRead { absent: Some(error), .. }) | Err(error @ IngestError::Missing { .. }) => {
                println!("  pas encore là / not there yet: {error}");
            }
            Ok(read) => {
                let plain = normalise::recognised(&pipeline.settings, mapping);
                let below = normalise::rows_below(&read.rows, &pipeline.settings, mapping);
                for laid in &read.laid {
                    print!("{}", lies(laid, below.get(&laid.location).copied().unwrap_or(0)));
                }
                print!("{}", told(&ingest::taken(&read.rows), &plain));
                if let Err(failure) = pipeline::vital(read.findings.iter(), &pipeline.settings) {
                    eprintln!("{}", failure.message);
                    exit = Exit::Contract;
                }
            }
            Err(error) => {
                eprintln!("{error}");
                exit = match error.exit_code() {
                    3 => Exit::Contract,
                    78 => Exit::Settings,
                    _ => Exit::Unreadable,
                };
            }
        }
    }
    exit
}

/// Where a table lies, and of a text how it is taken apart; `below` rows at its end are no records.
fn lies(laid: &Laid, below: usize) -> String {
    let sheet = if laid.rank > 0 { format!(" · feuille / sheet {}", laid.rank) } else { String::new() };
    let last = laid.header_row + laid.header_rows.saturating_sub(1);
    let header =
        if last > laid.header_row { format!("{}–{last}", laid.header_row) } else { last.to_string() };
    let mut text = format!(
        "  {}{sheet} · titres / header: {header} · préambule / preamble: {} ligne(s) / row(s) · \
         pied / footer: {}\n",
        laid.place,
        laid.preamble,
        below + laid.footer as usize,
    );
    if let Some(form) = &laid.text {
        let _infallible = writeln!(text, "    {form}");
    }
    text
}

/// One line a column. Values of confidential fields, of columns without field, and values that
/// are not plainly what their field holds, are never written.
fn told(columns: &[Taken], plain: &impl Fn(Field, &Cell) -> bool) -> String {
    let mut text = String::new();
    for taken in columns {
        let kinds: Vec<String> = taken.kinds.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
        let _infallible = write!(text, "  {:<4} ", taken.column);
        let Some(field) = taken.field else {
            let _infallible = writeln!(text, "— sans champ / no field · {}", kinds.join(", "));
            continue;
        };
        let _infallible = write!(text, "« {} » → {} · {}", taken.header, field.code(), kinds.join(", "));
        let values: Vec<String> = taken
            .first
            .iter()
            .map(|cell| if plain(field, cell) { cell.reveal() } else { "(…)".to_owned() })
            .collect();
        if !values.is_empty() {
            let _infallible = write!(text, " · {}", values.join(" | "));
        }
        text.push('\n');
    }
    text
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
    let wrong = match wrong {
        Ok(wrong) => wrong,
        Err(message) => {
            eprintln!("{message}");
            return false;
        }
    };
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

#[cfg(test)]
mod tests {
    use super::{Field, gives};

    #[test]
    fn a_direction_is_given_by_a_column_or_by_a_constant() {
        for (mapping, given) in [
            ("[columns]\n\"Matière\" = \"description\"\n", false),
            ("[columns]\nType = \"sens\"\n", true),
            ("[columns]\n\"Matière\" = \"description\"\n[constants]\nsens = \"extrant\"\n", true),
        ] {
            assert_eq!(gives(&::toml::from_str(mapping).unwrap(), Field::Direction), given, "{mapping}");
        }
    }
}
