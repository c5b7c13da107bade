//! What a model returned, as contributions that disclosure control can aggregate.

use super::{Model, ModelError};
use crate::engine::Table;
use crate::model::{Column, Relation};

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

/// Whether the named groups are those behind a record; none when no table has the record.
pub(super) type Owners<'a> = &'a dyn Fn(&str, &[String]) -> Option<bool>;

/// Reads the result of a model.
///
/// # Errors
/// When a declared column is missing or of another type, a record has no identity or one that no table
/// has, no contributor or others than the groups behind it, an amount is negative or lacks the one that
/// it hangs on, or an identity occurs twice.
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
        let Some(is_theirs) = are_owners(identity, &contribution.contributors) else {
            return Err(ModelError {
                repair: "take `enregistrement` of `flux`, `maillages` or `synergies`, or `entreprise` of `entreprises`, as it is; pairs of an offer and a request are the records of `maillages`"
                    .to_owned(),
                ..fail("enregistrement", "holds a record that no table has, so nothing tells who stands behind it")
            });
        };
        if !is_theirs {
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
        if let Some((measure, base)) = without_base(&model.dataset.measures, &contribution.values) {
            return Err(ModelError {
                repair: format!("leave `{measure}` empty where `{base}` is"),
                ..fail(measure, &format!("has an amount where `{base}`, which it hangs on, has none"))
            });
        }
        records.push(contribution);
    }
    records.sort();
    if records.windows(2).any(|pair| pair[0].id == pair[1].id) {
        return Err(fail("enregistrement", "occurs twice"));
    }
    Ok(Contributions { records })
}

/// A measure with an amount where the one that it hangs on has none, and that one: its sum would leave the
/// record out.
fn without_base<'a>(measures: &'a [Column], values: &[Option<i64>]) -> Option<(&'a str, &'a str)> {
    let is_known =
        |name: &str| measures.iter().zip(values).any(|(one, value)| one.name == name && value.is_some());
    let known = measures.iter().filter(|measure| is_known(&measure.name));
    let mut hanging =
        known.filter_map(|measure| Some((measure.name.as_str(), measure.relation.as_ref()?.base())));
    hanging.find(|(_, base)| !is_known(base))
}

fn hash(identity: &str) -> u128 {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&blake3::hash(identity.as_bytes()).as_bytes()[..16]);
    u128::from_le_bytes(bytes)
}
