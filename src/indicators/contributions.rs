//! What a model returned, as contributions that disclosure control can aggregate.

use super::{Model, ModelError};
use crate::engine::Table;
use crate::model::Relation;

/// The contributing records of one published table, in the order of their identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contributions {
    /// One entry a record.
    pub records: Vec<Contribution>,
}

/// One record: which cells it falls in, who stands behind it, what it adds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Contribution {
    /// Identity of the record over all tables of the run.
    pub id: u128,
    /// Codes, in the order of the model's dimensions.
    pub dimensions: Vec<String>,
    /// Pseudonyms of the groups, in the order of the model's contributors.
    pub contributors: Vec<String>,
    /// Amounts, in the order of the model's measures; none when unknown.
    pub values: Vec<Option<i64>>,
}

/// Whether the named groups are those behind a record.
pub(super) type Owners<'a> = &'a dyn Fn(&str, &[String]) -> bool;

/// Reads the result of a model.
///
/// # Errors
/// When a declared column is missing or of another type, a record has no identity or no
/// contributor, or others than the groups behind it, an amount is negative, or an identity occurs twice.
pub fn contributions(
    model: &Model,
    table: &Table,
    are_owners: Owners<'_>,
) -> Result<Contributions, ModelError> {
    let fail = |column: &str, cause: &str| ModelError {
        model: model.dataset.name.clone(),
        line: 1,
        cause: format!("column `{column}`: {cause}"),
        repair: "return one row a record, with every column that the header declares".to_owned(),
    };
    let text = |column: &str| table.text(column).ok_or_else(|| fail(column, "is missing"));
    let identities = text("enregistrement")?;
    let dimensions = model.dataset.dimensions.iter().map(|column| text(&column.name));
    let dimensions = dimensions.collect::<Result<Vec<_>, _>>()?;
    let contributors = model.contributors.iter().map(|column| text(column)).collect::<Result<Vec<_>, _>>()?;
    let measures = model.dataset.measures.iter().map(|column| {
        table.integer(&column.name).ok_or_else(|| fail(&column.name, "is missing or not a whole number"))
    });
    let measures = measures.collect::<Result<Vec<_>, _>>()?;
    let mut records = Vec::with_capacity(table.rows());
    for row in 0..table.rows() {
        let identity = identities[row].as_deref().ok_or_else(|| fail("enregistrement", "is empty"))?;
        let mut contribution = Contribution {
            id: hash(identity),
            dimensions: dimensions
                .iter()
                .map(|column| column[row].clone().unwrap_or_else(|| "inconnu".to_owned()))
                .collect(),
            contributors: Vec::with_capacity(contributors.len()),
            values: Vec::with_capacity(measures.len()),
        };
        for (column, name) in contributors.iter().zip(&model.contributors) {
            contribution.contributors.push(column[row].clone().ok_or_else(|| fail(name, "is empty"))?);
        }
        if !are_owners(identity, &contribution.contributors) {
            return Err(ModelError {
                model: model.dataset.name.clone(),
                line: 1,
                cause: format!(
                    "{} does not name the groups that stand behind the records",
                    model
                        .contributors
                        .iter()
                        .map(|name| format!("`{name}`"))
                        .collect::<Vec<_>>()
                        .join(" and ")
                ),
                repair: "take every column `groupe…` of the table as it is; a company is no group".to_owned(),
            });
        }
        for (column, declared) in measures.iter().zip(&model.dataset.measures) {
            let is_derived = matches!(declared.relation, Some(Relation::Factor(_)));
            if !is_derived && column[row].is_some_and(|amount| amount < 0) {
                return Err(fail(&declared.name, "is negative"));
            }
            contribution.values.push(column[row]);
        }
        records.push(contribution);
    }
    records.sort();
    if records.windows(2).any(|pair| pair[0].id == pair[1].id) {
        return Err(fail("enregistrement", "occurs twice"));
    }
    Ok(Contributions { records })
}

fn hash(identity: &str) -> u128 {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&blake3::hash(identity.as_bytes()).as_bytes()[..16]);
    u128::from_le_bytes(bytes)
}
