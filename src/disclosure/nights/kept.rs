//! How a night is kept in the private state: one JSON object, identities in hexadecimal.

use super::{Last, Night, Shown};
use crate::disclosure::{Ceiling, Doubts, MeasureInput, Record, TableInput};
use crate::model::Relation;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeptNight {
    format: String,
    day: NaiveDate,
    tables: Vec<KeptTable>,
    shown: Vec<(String, Vec<Vec<String>>)>,
    withdrawn: BTreeSet<String>,
    total_only: BTreeSet<String>,
    rules: String,
    /// Not in nights from before it was kept.
    #[serde(default)]
    doubts: Doubts,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeptTable {
    name: String,
    dimensions: Vec<String>,
    codes: Vec<Vec<String>>,
    measures: Vec<KeptMeasure>,
    /// Units of the measures; not in nights from before they were kept.
    #[serde(default)]
    units: Vec<Option<String>>,
    ceilings: Vec<[String; 5]>,
    parties: Vec<usize>,
    records: Vec<KeptRecord>,
}

/// Name, relation and its base, whether it counts.
type KeptMeasure = (String, Option<(String, String)>, bool);

/// Identity, codes, contributors, amounts.
type KeptRecord = (String, Vec<String>, Vec<String>, Vec<Option<i64>>);

const FORMAT: &str = "maillage-nuit-1";

impl Night {
    /// For the private state only.
    ///
    /// # Errors
    /// None that a buffer in memory makes.
    pub fn to_bytes(&self) -> serde_json::Result<Vec<u8>> {
        let tables = self.tables.iter().map(|table| KeptTable {
            name: table.name.clone(),
            dimensions: table.dimensions.clone(),
            codes: table.codes.clone(),
            measures: table.measures.iter().map(measure).collect(),
            units: table.measures.iter().map(|measure| measure.unit.clone()).collect(),
            ceilings: table
                .ceilings
                .iter()
                .map(|one| {
                    [&one.measure, &one.table, &one.other, &one.dimension, &one.code].map(String::clone)
                })
                .collect(),
            parties: table.ceilings.iter().map(|one| one.party).collect(),
            records: table
                .records
                .iter()
                .map(|record| {
                    let Record { id, dimensions, contributors, values } = record.clone();
                    (format!("{id:032x}"), dimensions, contributors, values)
                })
                .collect(),
        });
        serde_json::to_vec(&KeptNight {
            format: FORMAT.to_owned(),
            day: self.day,
            tables: tables.collect(),
            shown: self
                .shown
                .iter()
                .map(|(name, cells)| (name.clone(), cells.iter().cloned().collect()))
                .collect(),
            withdrawn: self.withdrawn.clone(),
            total_only: self.total_only.clone(),
            rules: self.rules.clone(),
            doubts: self.doubts.clone(),
        })
    }

    /// As [`Night::to_bytes`] wrote it.
    ///
    /// # Errors
    /// What is not such a night, by its place.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, String> {
        let wrong = |error: serde_json::Error| format!("line {}, column {}", error.line(), error.column());
        let kept: KeptNight = serde_json::from_slice(bytes).map_err(wrong)?;
        if kept.format != FORMAT {
            return Err("another format".to_owned());
        }
        let tables = kept.tables.into_iter().map(table).collect::<Option<Vec<_>>>();
        let shown: Shown =
            kept.shown.into_iter().map(|(name, cells)| (name, cells.into_iter().collect())).collect();
        let tables = tables.ok_or("a record or a measure cannot be read")?;
        let KeptNight { day, withdrawn, total_only, rules, doubts, .. } = kept;
        Ok(Self { day, tables, shown, withdrawn, total_only, rules, doubts })
    }
}

impl Last {
    /// For the private state only.
    ///
    /// # Errors
    /// None that a buffer in memory makes.
    pub fn to_bytes(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(self)
    }

    /// As [`Last::to_bytes`] wrote it.
    ///
    /// # Errors
    /// What is not such a state, by its place.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(bytes)
            .map_err(|error| format!("line {}, column {}", error.line(), error.column()))
    }
}

fn measure(measure: &MeasureInput) -> KeptMeasure {
    let relation = measure.relation.as_ref().map(|relation| {
        let (kind, base) = match relation {
            Relation::Factor(base) => ("from", base),
            Relation::Below(base) => ("below", base),
            Relation::Above(base) => ("above", base),
        };
        (kind.to_owned(), base.clone())
    });
    (measure.name.clone(), relation, measure.is_count)
}

fn table(kept: KeptTable) -> Option<TableInput> {
    let units = kept.units.into_iter().chain(std::iter::repeat(None));
    let measures = kept.measures.into_iter().zip(units).map(|((name, relation, is_count), unit)| {
        let relation = match relation {
            None => None,
            Some((kind, base)) => Some(match kind.as_str() {
                "from" => Relation::Factor(base),
                "below" => Relation::Below(base),
                "above" => Relation::Above(base),
                _ => return None,
            }),
        };
        Some(MeasureInput { name, unit, relation, is_count })
    });
    let ceilings = kept.ceilings.into_iter().zip(kept.parties).map(
        |([measure, table, other, dimension, code], party)| Ceiling {
            measure,
            party,
            table,
            other,
            dimension,
            code,
        },
    );
    let records = kept.records.into_iter().map(|(id, dimensions, contributors, values)| {
        Some(Record { id: u128::from_str_radix(&id, 16).ok()?, dimensions, contributors, values })
    });
    Some(TableInput {
        name: kept.name,
        dimensions: kept.dimensions,
        codes: kept.codes,
        measures: measures.collect::<Option<_>>()?,
        ceilings: ceilings.collect(),
        records: records.collect::<Option<_>>()?,
    })
}

/// Identities are no keys of JSON.
pub(super) mod identities {
    use super::{BTreeMap, NaiveDate};
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(
        map: &BTreeMap<u128, NaiveDate>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(map.iter().map(|(id, day)| (format!("{id:032x}"), day)))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<u128, NaiveDate>, D::Error> {
        let kept = Vec::<(String, NaiveDate)>::deserialize(deserializer)?;
        let read = |(id, day): (String, NaiveDate)| Ok((super::identity(&id)?, day));
        kept.into_iter().map(read).collect()
    }
}

/// As `identities`, of two identities.
pub(super) mod pairs {
    use super::BTreeMap;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(
        map: &BTreeMap<u128, u128>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(map.iter().map(|(id, other)| (format!("{id:032x}"), format!("{other:032x}"))))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<u128, u128>, D::Error> {
        let kept = Vec::<(String, String)>::deserialize(deserializer)?;
        let read = |(id, other): (String, String)| Ok((super::identity(&id)?, super::identity(&other)?));
        kept.into_iter().map(read).collect()
    }
}

/// Cells are no keys of JSON either.
pub(super) mod cells {
    use super::super::ShownDays;
    use super::NaiveDate;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(days: &ShownDays, serializer: S) -> Result<S::Ok, S::Error> {
        let cells =
            days.iter().flat_map(|(name, cells)| cells.iter().map(move |(codes, day)| (name, codes, day)));
        serializer.collect_seq(cells)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ShownDays, D::Error> {
        let mut days = ShownDays::new();
        for (name, codes, day) in Vec::<(String, Vec<String>, NaiveDate)>::deserialize(deserializer)? {
            days.entry(name).or_default().insert(codes, day);
        }
        Ok(days)
    }
}

fn identity<E: serde::de::Error>(text: &str) -> Result<u128, E> {
    u128::from_str_radix(text, 16).map_err(E::custom)
}
