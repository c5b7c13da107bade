//! A model is one SQL file whose header comment says what it publishes.

use super::ceilings::declared;
use crate::model::{Ceiling, Column, Dataset, Relation};

/// How far these are from `kg_an` is for nobody to read.
const BOUNDS: [&str; 2] = ["kg_an_bas", "kg_an_haut"];

/// Between which amounts a flow lies.
const BAND: &str = "tranche";

/// One SQL model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// What it publishes.
    pub dataset: Dataset,
    /// Columns that hold the contributing group; the rules hold for each of them.
    pub contributors: Vec<String>,
    /// Measures of other tables that bound those of this one.
    pub ceilings: Vec<Ceiling>,
    /// The query. It returns one row a contributing record: `enregistrement`, the contributors,
    /// the dimensions, the measures.
    pub sql: String,
}

/// A header that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the model `{model}`, line {line}: {cause}\nhelp: {repair}")]
pub struct ModelError {
    /// Name of the model.
    pub model: String,
    /// Line, from 1.
    pub line: usize,
    /// What is wrong.
    pub cause: String,
    /// What to write.
    pub repair: String,
}

impl Model {
    /// The first line of the query that reads a column or a table; of a column that the header alone names, 1.
    fn reads(&self, name: &str) -> Option<usize> {
        let mut columns = self.dataset.dimensions.iter().chain(&self.dataset.measures);
        let is_declared = columns.any(|column| column.name == name);
        line_of(&self.sql, name).or(is_declared.then_some(1))
    }
}

/// The first line of the query that holds a word.
fn line_of(sql: &str, name: &str) -> Option<usize> {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let holds = |line: &str| line.to_lowercase().split(|letter| !is_word(letter)).any(|word| word == name);
    let mut lines = (1..).zip(sql.lines()).filter(|(_, line)| !line.starts_with("--"));
    lines.find(|(_, line)| holds(line)).map(|(number, _)| number)
}

/// Refuses a model by the bands of flows where a model publishes their mass: the band bounds each of them, and the
/// p % rule takes them for unbounded.
///
/// # Errors
/// The first such model.
pub fn without_bands(models: &[Model]) -> Result<(), ModelError> {
    let weighs = |model: &&Model| {
        let mass = ["kg_an"].into_iter().chain(BOUNDS).any(|column| model.reads(column).is_some());
        mass && model.reads("flux").is_some()
    };
    let Some(mass) = models.iter().find(weighs) else { return Ok(()) };
    let banded = |model| Some((model, Model::reads(model, BAND)?));
    let Some((model, line)) = models.iter().find_map(banded) else { return Ok(()) };
    Err(ModelError {
        model: model.dataset.name.clone(),
        line,
        cause: format!(
            "`{BAND}` says between which amounts each flow lies, and the model `{}` publishes their mass: a reader would know it more closely than the rules allow",
            mass.dataset.name
        ),
        repair: format!("take `{BAND}` out, or publish only numbers of flows in every model of the pipeline"),
    })
}

/// Reads the header of a model. `name` is the file stem and the published name.
///
/// # Errors
/// When the name is not `snake_case`, or a part of the header is missing or malformed.
pub fn parse(name: &str, sql: &str) -> Result<Model, ModelError> {
    let fail = |line: usize, cause: String, repair: &str| {
        Err(ModelError { model: name.to_owned(), line, cause, repair: repair.to_owned() })
    };
    if !is_column(name) {
        return fail(1, "the file name is not a column name".to_owned(), "use a-z, 0-9 and _ only");
    }
    let mut texts = std::collections::BTreeMap::new();
    let mut dimensions = Vec::new();
    let mut measures: Vec<Column> = Vec::new();
    let mut contributors = Vec::new();
    for (index, line) in sql.lines().enumerate() {
        let Some(header) = line.strip_prefix("--") else { break };
        let Some((key, value)) = header.trim().split_once(':') else { continue };
        let (key, value) = (key.trim(), value.trim());
        if let Some(dimension) = key.strip_prefix("dimension ") {
            match column(dimension, value) {
                Some(column) => dimensions.push(column),
                None => {
                    return fail(
                        index + 1,
                        "a dimension is malformed".to_owned(),
                        "write `-- dimension parc: Parc | Park`",
                    );
                }
            }
        } else if let Some(measure) = key.strip_prefix("measure ") {
            match measure_column(measure, value) {
                Some(column) => measures.push(column),
                None => {
                    return fail(
                        index + 1,
                        "a measure is malformed".to_owned(),
                        "write `-- measure kg_an [kg/an]: Masse | Mass`",
                    );
                }
            }
        } else if key == "contributors" {
            contributors = value.split(',').map(|column| column.trim().to_owned()).collect();
        } else {
            texts.insert(key.to_owned(), value.to_owned());
        }
    }
    let mut text = |key: &str| {
        texts.remove(key).filter(|text| !text.is_empty()).ok_or_else(|| ModelError {
            model: name.to_owned(),
            line: 1,
            cause: format!("`{key}` is missing from the header"),
            repair: format!("add `-- {key}: …` above the query"),
        })
    };
    let dataset = Dataset {
        name: name.to_owned(),
        title_fr: text("title_fr")?,
        title_en: text("title_en")?,
        description_fr: text("description_fr")?,
        description_en: text("description_en")?,
        dimensions,
        measures,
    };
    if dataset.dimensions.is_empty() || dataset.measures.is_empty() {
        return fail(1, "a dimension or a measure is missing".to_owned(), "declare at least one of each");
    }
    if contributors.len() > 2 {
        return fail(
            1,
            "`contributors` names more than two columns".to_owned(),
            "name who gives and who takes",
        );
    }
    if contributors.is_empty() || !contributors.iter().all(|column| is_column(column)) {
        return fail(1, "`contributors` is missing".to_owned(), "add `-- contributors: groupe`");
    }
    for measure in &dataset.measures {
        if let Some(base) = measure.relation.as_ref().map(Relation::base)
            && !dataset.measures.iter().any(|other| other.name == base && other.relation.is_none())
        {
            return fail(1, format!("`{}` is derived from no measure", measure.name), "name a measure above");
        }
    }
    let ceilings = declared(sql, &dataset, &contributors)?;
    let model = Model { dataset, contributors, ceilings, sql: sql.to_owned() };
    related(&model)?;
    Ok(model)
}

/// Refuses a bound of the mass that no relation of its header goes with.
fn related(model: &Model) -> Result<(), ModelError> {
    let measures = &model.dataset.measures;
    let is_below = measures.iter().any(|measure| matches!(measure.relation, Some(Relation::Below(_))));
    let is_above = measures.iter().any(|measure| matches!(measure.relation, Some(Relation::Above(_))));
    for ((column, relation), is_said) in BOUNDS.into_iter().zip(["below", "above"]).zip([is_below, is_above])
    {
        if let (Some(line), false) = (model.reads(column), is_said) {
            return Err(ModelError {
                model: model.dataset.name.clone(),
                line,
                cause: format!(
                    "`{column}` bounds `kg_an`, and the header does not say so: how exactly a company declared would be public"
                ),
                repair: format!(
                    "publish `kg_an` too, and write `-- measure {column} [kg/an] {relation} kg_an: … | …`"
                ),
            });
        }
    }
    Ok(())
}

fn column(name: &str, titles: &str) -> Option<Column> {
    let (french, english) = titles.split_once('|')?;
    is_column(name).then(|| Column {
        name: name.to_owned(),
        title_fr: french.trim().to_owned(),
        title_en: english.trim().to_owned(),
        unit: None,
        relation: None,
    })
}

fn measure_column(declaration: &str, titles: &str) -> Option<Column> {
    let (name, rest) = declaration.split_once('[')?;
    let (unit, rest) = rest.split_once(']')?;
    let mut column = column(name.trim(), titles)?;
    column.unit = Some(unit.trim().to_owned());
    column.relation = match rest.trim().split_once(' ') {
        None if rest.trim().is_empty() => None,
        Some(("from", base)) => Some(Relation::Factor(base.trim().to_owned())),
        Some(("below", base)) => Some(Relation::Below(base.trim().to_owned())),
        Some(("above", base)) => Some(Relation::Above(base.trim().to_owned())),
        _ => return None,
    };
    Some(column)
}

fn is_column(name: &str) -> bool {
    name.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::{Relation, parse, without_bands};

    const MODEL: &str = "-- title_fr: Flux\n-- title_en: Flows\n-- description_fr: Des flux.\n\
        -- description_en: Flows.\n-- dimension parc: Parc | Park\n-- measure kg_an [kg/an]: Masse | Mass\n\
        -- measure ges [kg CO2e/an] from kg_an: GES | GHG\n-- contributors: groupe\nSELECT 1";

    #[test]
    fn a_bound_of_the_mass_says_of_what() {
        for (column, relation) in [("kg_an_bas", "below"), ("kg_an_haut", "above")] {
            let query = MODEL.replace("SELECT 1", &format!("SELECT kg_an,\n{column} AS borne FROM flux"));
            let refused = parse("flux", &query).unwrap_err();
            assert!(refused.line == 10 && refused.repair.contains(relation), "{refused}");
            let measure = format!("-- measure borne [kg/an] {relation} kg_an: B | B\n-- contributors");
            assert!(parse("flux", &query.replace("-- contributors", &measure)).is_ok());
            // Under its own name, whatever the query is.
            let named = MODEL
                .replace("-- contributors", &format!("-- measure {column} [kg/an]: B | B\n-- contributors"));
            assert!(parse("flux", &named).is_err());
        }
    }

    #[test]
    fn bands_are_no_dimension_where_the_mass_is_published() {
        let bands = MODEL
            .replace("-- measure ges [kg CO2e/an] from kg_an: GES | GHG\n", "")
            .replace("kg_an [kg/an]", "nombre [nombre]")
            .replace("SELECT 1", "SELECT tranche AS parc FROM flux");
        let bands = parse("bandes", &bands).unwrap();
        assert_eq!(without_bands(std::slice::from_ref(&bands)), Ok(()));
        let mass = parse("flux", &MODEL.replace("SELECT 1", "SELECT kg_an FROM flux")).unwrap();
        let refused = without_bands(&[bands.clone(), mass]).unwrap_err();
        assert!(refused.model == "bandes" && refused.cause.contains("`flux`"), "{refused}");
        let others = parse("effets", &MODEL.replace("SELECT 1", "SELECT kg_an FROM synergies")).unwrap();
        assert_eq!(without_bands(&[bands, others]), Ok(()));
    }

    #[test]
    fn a_header_says_what_is_published() {
        let model = parse("flux", MODEL).unwrap();
        assert_eq!(model.dataset.dimensions[0].title_en, "Park");
        assert_eq!(model.dataset.measures[1].relation, Some(Relation::Factor("kg_an".to_owned())));
        assert_eq!(model.contributors, ["groupe"]);
    }

    #[test]
    fn every_missing_part_is_named() {
        for part in ["title_fr", "description_en", "contributors", "dimension", "measure"] {
            let broken: Vec<&str> =
                MODEL.lines().filter(|line| !line.starts_with(&format!("-- {part}"))).collect();
            let error = parse("flux", &broken.join("\n")).unwrap_err();
            assert!(error.to_string().contains(part), "{part}: {error}");
        }
        assert!(parse("Flux", MODEL).is_err());
        assert_eq!(parse("flux", &MODEL.replace(" | Park", "")).unwrap_err().line, 5);
    }
}
