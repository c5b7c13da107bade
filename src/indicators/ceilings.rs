//! Ceilings: what a header says never to pass a measure of another table, and whether that is there.

use super::{Model, ModelError};
use crate::model::{Category, Ceiling, Column, Dataset, Direction, FlowType, Status};

/// What the plan of the matches moves: whoever reads it knows the least that is offered and sought.
const PLANNED: &str = "kg_an_portefeuille";

const REPAIR: &str = "write `-- ceiling kg_an of groupe_extrant: flux_par_parc.kg_an where sens = extrant`, and the same of `groupe_intrant`, with the names of this model and of another of the pipeline";

/// The ceilings of a header. Who shows the plan declares one for each side.
pub(super) fn declared(
    sql: &str,
    dataset: &Dataset,
    contributors: &[String],
) -> Result<Vec<Ceiling>, ModelError> {
    let error = |line: usize, cause: String| ModelError {
        model: dataset.name.clone(),
        line,
        cause,
        repair: REPAIR.to_owned(),
    };
    let mut read: Vec<Ceiling> = Vec::new();
    for (line, bounded, value) in lines(sql) {
        let found = ceiling(bounded, value, contributors)
            .filter(|found| dataset.measures.iter().any(|measure| measure.name == found.measure));
        read.push(found.ok_or_else(|| error(line, "a ceiling is malformed".to_owned()))?);
    }
    let has =
        |measure: &str, party: usize| read.iter().any(|one| one.measure == measure && one.party == party);
    let is_bounded =
        |measure: &Column| (0..contributors.len()).all(|party| has(measure.name.as_str(), party));
    match (1..).zip(sql.lines()).find(|(_, line)| shows_plan(line)) {
        Some((line, _)) if !dataset.measures.iter().any(is_bounded) => Err(error(
            line,
            format!(
                "`{PLANNED}` is never more than what is offered, nor than what is sought, and the header does not say both"
            ),
        )),
        _ => Ok(read),
    }
}

/// Whether a line of SQL takes the column of the plan, or a measure is called so and taken with `*`.
fn shows_plan(line: &str) -> bool {
    line.to_lowercase().contains(PLANNED)
        && line.strip_prefix("--").is_none_or(|header| header.trim_start().starts_with("measure "))
}

/// Line, measure with contributor, and the rest of each ceiling.
fn lines(sql: &str) -> impl Iterator<Item = (usize, &str, &str)> {
    let header = (1..).zip(sql.lines()).map_while(|(line, text)| Some((line, text.strip_prefix("--")?)));
    header.filter_map(|(line, text)| {
        let (key, value) = text.split_once(':')?;
        Some((line, key.trim().strip_prefix("ceiling ")?, value.trim()))
    })
}

fn ceiling(bounded: &str, value: &str, contributors: &[String]) -> Option<Ceiling> {
    let (measure, contributor) = bounded.split_once(" of ")?;
    let (other, place) = value.split_once(" where ")?;
    let (table, other) = other.trim().split_once('.')?;
    let (dimension, code) = place.split_once('=')?;
    Some(Ceiling {
        measure: measure.trim().to_owned(),
        party: contributors.iter().position(|name| name == contributor.trim())?,
        table: table.to_owned(),
        other: other.to_owned(),
        dimension: dimension.trim().to_owned(),
        code: code.trim().to_owned(),
    })
}

/// What is wrong with the ceilings of models that are published together: one that names what is not there bounds
/// nothing.
#[must_use]
pub fn wrong_ceilings(models: &[Model]) -> Vec<ModelError> {
    let of_model = |model: &Model| -> Vec<ModelError> {
        let declared = model.ceilings.iter().zip(lines(&model.sql));
        declared
            .filter_map(|(ceiling, (line, ..))| {
                Some(ModelError {
                    model: model.dataset.name.clone(),
                    line,
                    cause: format!("a ceiling bounds nothing: {}", amiss(model, ceiling, models)?),
                    repair: REPAIR.to_owned(),
                })
            })
            .collect()
    };
    models.iter().flat_map(of_model).collect()
}

fn amiss(model: &Model, ceiling: &Ceiling, models: &[Model]) -> Option<String> {
    let Ceiling { measure, party, table, other, dimension, code } = ceiling;
    let unit = |dataset: &Dataset, name: &str| {
        let found = dataset.measures.iter().find(|column| column.name == name);
        found.map(|column| column.unit.clone())
    };
    let Some(above) = models.iter().map(|model| &model.dataset).find(|dataset| dataset.name == *table) else {
        return Some(format!("no model is called `{table}`"));
    };
    let lacks = |name: &str| !above.dimensions.iter().any(|column| column.name == name);
    let Some(unit_above) = unit(above, other) else {
        return Some(format!("`{table}` has no measure `{other}`"));
    };
    if unit(&model.dataset, measure).is_some_and(|unit| unit != unit_above) {
        return Some(format!("`{table}.{other}` has another unit than `{measure}`"));
    }
    let own = model.dataset.dimensions.iter().map(|column| &column.name);
    if let Some(dimension) = own.chain([dimension]).find(|name| lacks(name)) {
        return Some(format!("`{table}` has no dimension `{dimension}`"));
    }
    if codes(dimension).is_some_and(|codes| !codes.contains(&code.as_str())) {
        return Some(format!("`{dimension}` has no code `{code}`"));
    }
    let contributor = &model.contributors[*party];
    let is_other = |side: &&&str| **side != code.as_str() && contributor.ends_with(**side);
    let is_side = Direction::CODES.contains(&code.as_str());
    let other_side = Direction::CODES.iter().find(is_other).filter(|_| is_side);
    other_side.map(|side| format!("`{contributor}` is of the side `{side}`, not `{code}`"))
}

/// The closed list that a dimension of this name takes its codes from.
fn codes(dimension: &str) -> Option<&'static [&'static str]> {
    match dimension {
        "sens" => Some(Direction::CODES),
        "categorie" => Some(Category::CODES),
        "type" => Some(FlowType::CODES),
        "statut" => Some(Status::CODES),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::wrong_ceilings;
    use crate::indicators::{Model, ModelError, parse};

    const TEXTS: &str = "-- title_fr: P\n-- title_en: P\n-- description_fr: P.\n-- description_en: P.\n";
    const GIVER: &str = "-- ceiling kg_an of groupe_extrant: flux.kg_an where sens = extrant\n";
    const TAKER: &str = "-- ceiling kg_an of groupe_intrant: flux.kg_an where sens = intrant\n";

    fn plan(ceilings: &str, query: &str) -> Result<Model, ModelError> {
        let header = "-- dimension categorie: C | C\n-- measure kg_an [kg/an]: M | M\n\
            -- contributors: groupe_extrant, groupe_intrant\n";
        parse("plan", &format!("{TEXTS}{header}{ceilings}{query}"))
    }

    #[test]
    fn a_plan_names_a_ceiling_for_each_side() {
        let query = "SELECT KG_AN_PORTEFEUILLE AS kg_an FROM maillages";
        let model = plan(&[GIVER, TAKER].concat(), query).unwrap();
        assert_eq!((model.ceilings[1].party, model.ceilings[1].code.as_str()), (1, "intrant"));
        for (ceilings, line) in [("", 8), (GIVER, 9), ([GIVER, GIVER].concat().as_str(), 10)] {
            let refused = plan(ceilings, query).unwrap_err();
            assert_eq!(refused.line, line, "{refused}");
            assert!(refused.to_string().contains("ceiling"), "{refused}");
        }
        let taken = TEXTS.to_owned()
            + "-- dimension categorie: C | C\n-- measure kg_an_portefeuille [kg/an]: M | M\n\
            -- contributors: groupe_extrant, groupe_intrant\nSELECT * FROM maillages";
        assert_eq!(parse("plan", &taken).unwrap_err().line, 6);
        for wrong in ["kg of groupe_extrant", "kg_an of groupe", "kg_an"] {
            let ceilings = GIVER.replace("kg_an of groupe_extrant", wrong) + TAKER;
            assert!(plan(&ceilings, query).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_ceiling_that_names_nothing_is_told_with_its_line() {
        let flows = "-- dimension categorie: C | C\n-- dimension sens: S | S\n-- measure nombre [nombre]: N | N\n\
            -- measure kg_an [kg/an]: M | M\n-- contributors: groupe\nSELECT 1";
        let flows = parse("flux", &format!("{TEXTS}{flows}")).unwrap();
        let wrong = |giver: &str, flows: &Model| {
            let plan = plan(&[TAKER, giver].concat(), "SELECT 1").unwrap();
            wrong_ceilings(&[flows.clone(), plan])
        };
        assert!(wrong(GIVER, &flows).is_empty());
        for (right, written) in [
            ("flux.", "flus."),
            (".kg_an", ".kg"),
            (".kg_an", ".nombre"),
            ("sens =", "sans ="),
            ("= extrant", "= extrants"),
            ("= extrant", "= intrant"),
        ] {
            let found = wrong(&GIVER.replace(right, written), &flows);
            assert_eq!(found.iter().map(|error| error.line).collect::<Vec<_>>(), [9], "{written}: {found:?}");
        }
        let mut coarse = flows.clone();
        coarse.dataset.dimensions.remove(0);
        assert_eq!(wrong(GIVER, &coarse).len(), 2);
    }
}
