//! A model is one SQL file whose header comment says what it publishes.

use super::ceilings::declared;
use crate::model::{Ceiling, Column, Dataset, Relation};

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
    Ok(Model { dataset, contributors, ceilings, sql: sql.to_owned() })
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
    use super::{Relation, parse};

    const MODEL: &str = "-- title_fr: Flux\n-- title_en: Flows\n-- description_fr: Des flux.\n\
        -- description_en: Flows.\n-- dimension parc: Parc | Park\n-- measure kg_an [kg/an]: Masse | Mass\n\
        -- measure ges [kg CO2e/an] from kg_an: GES | GHG\n-- contributors: groupe\nSELECT 1";

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
