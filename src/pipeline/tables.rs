//! From pseudonymous tables to what disclosure control is given: one row a contributing record.

use super::{Exit, Failure, codes};
use crate::anonymise::{self, Groups, Pseudonyms};
use crate::config::Pipeline;
use crate::disclosure::{self, MeasureInput, Record, TableInput, leak::Canaries};
use crate::engine::Engine;
use crate::indicators::{self, Model};
use crate::matching::Found;
use crate::model::Park;
use crate::normalise::Normalised;

/// A release of no data: what the pages say whatever the input.
pub(super) fn nothing(models: &[Model], pipeline: &Pipeline) -> Result<disclosure::Protected, Failure> {
    let inputs: Vec<TableInput> =
        models.iter().map(|model| input(model, Vec::new(), &pipeline.parks)).collect();
    disclosure::protect(&inputs, &pipeline.settings.disclosure)
        .map_err(|error| Failure::new(Exit::Failed, &error))
}

/// Runs the models over the pseudonymous tables; the pseudonyms join what must not be published.
pub(super) async fn compute(
    pipeline: &Pipeline,
    models: &[Model],
    normalised: &Normalised,
    found: &Found<'_>,
    pseudonyms: &Pseudonyms,
    canaries: &mut Canaries,
) -> Result<Vec<TableInput>, Failure> {
    let settings = &pipeline.settings;
    let failed = |error: &dyn std::fmt::Display| Failure::new(Exit::Failed, error);
    let tables = anonymise::anonymise(
        &normalised.organisations,
        &normalised.flows,
        found.pairs().map(|pair| pair.found),
        &normalised.synergies,
        pseudonyms,
    )
    .map_err(|error| failed(&error))?;
    canaries.pseudonyms(anonymise::pseudonyms(&tables));
    let engine = Engine::new(settings.limits.threads, settings.limits.engine_memory_mib)
        .map_err(|error| failed(&error))?;
    let factors = indicators::factor_tables().map_err(|error| failed(&error))?;
    for (name, batch) in tables.clone().into_iter().chain(factors) {
        engine.register(name, batch).map_err(|error| failed(&error))?;
    }
    let groups = Groups::new(&tables);
    let mut inputs = Vec::new();
    for model in models {
        let table = engine.query(&model.dataset.name, &model.sql).await.map_err(|error| failed(&error))?;
        let contributions =
            indicators::contributions(model, &table, &|record, named| groups.stand_behind(record, named))
                .map_err(|error| failed(&error))?;
        inputs.push(input(model, contributions.records, &pipeline.parks));
    }
    Ok(inputs)
}

fn input(model: &Model, records: Vec<indicators::Contribution>, parks: &[Park]) -> TableInput {
    let measures = model.dataset.measures.iter();
    TableInput {
        name: model.dataset.name.clone(),
        dimensions: model.dataset.dimensions.iter().map(|column| column.name.clone()).collect(),
        codes: (0..model.dataset.dimensions.len())
            .map(|dimension| {
                codes::known(records.iter().map(|record| record.dimensions[dimension].as_str()), parks)
            })
            .collect(),
        measures: measures
            .map(|column| MeasureInput {
                name: column.name.clone(),
                unit: column.unit.clone(),
                relation: column.relation.clone(),
                is_count: column.unit.as_deref() == Some("nombre"),
            })
            .collect(),
        ceilings: model.ceilings.clone(),
        records: records
            .into_iter()
            .map(|found| Record {
                id: found.id,
                dimensions: found.dimensions,
                contributors: found.contributors,
                values: found.values,
            })
            .collect(),
    }
}
