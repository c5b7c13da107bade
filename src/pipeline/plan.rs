//! Do the models fit the tables? Each is run over tables of the real columns and no rows.

use super::{Engine, Model, Pipeline, Pseudonyms, indicators};
use crate::anonymise;
use crate::engine::EngineError;
use crate::error::{Exit, Failure};
use crate::indicators::ModelError;

/// What is wrong with the models of a pipeline, in the order of their names. A line is 0 when
/// nothing tells which one it is.
///
/// # Errors
/// When the engine cannot start.
pub async fn plan(pipeline: &Pipeline) -> Result<Vec<ModelError>, Failure> {
    let limits = &pipeline.settings.limits;
    let failed = |error: &dyn std::fmt::Display| Failure::new(Exit::Failed, error);
    // No row is pseudonymised, so any key will do.
    let tables = anonymise::anonymise(&[], &[], [], &[], &Pseudonyms::new([0; 32]));
    let tables = tables.map_err(|error| failed(&error))?;
    let engine = Engine::new(limits.threads, limits.engine_memory_mib).map_err(|error| failed(&error))?;
    for (name, batch) in
        tables.into_iter().chain(indicators::factor_tables().map_err(|error| failed(&error))?)
    {
        engine.register(name, batch).map_err(|error| failed(&error))?;
    }
    let (mut models, mut wrong) = (Vec::new(), Vec::new());
    for (name, sql) in &pipeline.models {
        match indicators::parse(name, sql) {
            Ok(model) => {
                wrong.extend(fits(&engine, &model).await.err());
                models.push(model);
            }
            Err(error) => wrong.push(error),
        }
    }
    // A ceiling may name a model that could not be read.
    if models.len() == pipeline.models.len() {
        wrong.extend(indicators::wrong_ceilings(&models));
        wrong.sort_by(|one, other| one.model.cmp(&other.model));
    }
    wrong.extend(indicators::without_bands(&models).err());
    Ok(wrong)
}

async fn fits(engine: &Engine, model: &Model) -> Result<(), ModelError> {
    let table = engine.query(&model.dataset.name, &model.sql).await.map_err(|error| {
        let EngineError::Query { cause, .. } = error;
        ModelError {
            model: model.dataset.name.clone(),
            line: line(&model.sql, &cause),
            cause,
            repair: "write SQL over the tables of the run; `maillage init` writes models that work"
                .to_owned(),
        }
    })?;
    // No record, no owner to compare with.
    indicators::contributions(model, &table, &|_, _| Some(true))
        .map(|_| ())
        .map_err(|error| ModelError { line: line(&model.sql, &error.cause), ..error })
}

/// The line that a message of the engine is about: the one that it names, or the first that
/// holds the name that it quotes.
fn line(sql: &str, cause: &str) -> usize {
    if let Some((_, after)) = cause.split_once("Line: ") {
        let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
        return digits.parse().unwrap_or(0);
    }
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let quoted = ["No field named ", "table '", "column `", "Invalid function '"];
    let name = quoted.iter().find_map(|start| Some(cause.split_once(start)?.1)).map(|after| {
        let end = after.find(|letter: char| !is_word(letter) && letter != '.').unwrap_or(after.len());
        after[..end].trim_end_matches('.').rsplit('.').next().unwrap_or_default()
    });
    let Some(name) = name.filter(|name| !name.is_empty()) else { return 0 };
    let holds = |text: &str| text.to_lowercase().split(|letter| !is_word(letter)).any(|word| word == name);
    sql.lines().position(holds).map_or(0, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn a_message_of_the_engine_is_about_a_line() {
        let sql = "-- measure kg_an [kg]: M | M\nSELECT Nom,\n  parcc FROM fluxx";
        for (cause, expected) in [
            ("ParserError(\"Expected: an SQL statement, found: SELEC at Line: 3, Column: 1\")", 3),
            ("Schema error: No field named parcc. Valid fields are flux.parc.", 3),
            ("Schema error: No field named flux.nom.", 2),
            ("table 'datafusion.public.fluxx' not found", 3),
            ("column `kg_an`: is missing", 1),
            ("something else", 0),
        ] {
            assert_eq!(line(sql, cause), expected, "{cause}");
        }
    }
}
