//! The one way from contributions to `Protected`.

use super::cells::{self, Axis, Crossing, Cube, Entry, Measure, Relation, TOTAL, Ties};
use super::certificate::NamedCells;
use super::error::{DisclosureError, Reason};
use super::input::{MeasureInput, TableInput};
use super::protected::{Explanation, Protected, ProtectedRow, ProtectedTable, Published};
use super::rules::Rules;
use super::search::{Cost, Pattern};
use super::solve::solve;
use super::system::System;
use crate::config::Disclosure;
use crate::model;
use std::collections::{BTreeMap, BTreeSet};

/// Protects linked tables together.
///
/// Input: contributions, amounts in whole units, never negative but for a factor times another
/// measure. Output: every crossing and margin of every table with its value, or `Confidential`,
/// or `Unknown`, and the certificate that the second program accepted. The same whatever the
/// order of the records.
///
/// # Errors
/// When a table is malformed, a cell cannot be protected, or the second program refuses.
/// Nothing may be published then.
pub fn protect(tables: &[TableInput], policy: &Disclosure) -> Result<Protected, DisclosureError> {
    let rules = Rules {
        minimum: policy.minimum_contributors,
        p_percent: Some(policy.p_percent),
        insiders: policy.insiders,
        ..Rules::default()
    };
    let contributors = tables.iter().flat_map(|table| &table.records).flat_map(|record| &record.contributors);
    let holdings: BTreeSet<&str> = contributors.map(String::as_str).collect();
    let holdings: BTreeMap<&str, u32> = holdings.into_iter().zip(0..).collect();
    let mut system = System::default();
    let mut ties = Ties::new();
    let mut blocks = Vec::with_capacity(tables.len());
    for table in tables {
        let malformed = |cause| DisclosureError::Malformed { table: table.name.clone(), cause };
        let cube = cube(table, &holdings).map_err(malformed)?;
        let crossings = cells::add(&mut system, &mut ties, &cube, &rules).map_err(malformed)?;
        blocks.push((cube, crossings));
    }
    let named: Vec<NamedCells> = blocks.iter().flat_map(|(cube, crossings)| named(cube, crossings)).collect();
    let (pattern, certificate, verified) = solve(&mut system, &rules, Cost::Balanced, &[], &named)?;
    let mut protected = Protected { tables: Vec::new(), explanations: Vec::new(), certificate, verified };
    for ((cube, crossings), input) in blocks.iter().zip(tables) {
        let (mut table, explanations) = publish(cube, crossings, &system, &pattern);
        table.dimensions.clone_from(&input.dimensions);
        protected.tables.push(table);
        protected.explanations.extend(explanations);
    }
    Ok(protected)
}

fn cube(table: &TableInput, holdings: &BTreeMap<&str, u32>) -> Result<Cube, &'static str> {
    let measures = measures(&table.measures)?;
    let mut pairs: Vec<BTreeMap<String, Option<String>>> = vec![BTreeMap::new(); table.dimensions.len()];
    for record in &table.records {
        if record.dimensions.len() != table.dimensions.len() || record.values.len() != table.measures.len() {
            return Err("a record has another shape than its table");
        }
        for (pairs, code) in pairs.iter_mut().zip(&record.dimensions) {
            if code == TOTAL {
                return Err("a record carries the code of a margin");
            }
            pairs.entry(code.clone()).or_insert(None);
        }
    }
    let axes = pairs.iter().map(Axis::new).collect::<Result<Vec<_>, _>>();
    let axes = axes.map_err(|_| "a code is its own ancestor")?;
    let mut entries = Vec::with_capacity(table.records.len());
    for record in &table.records {
        let parties = match record.contributors.as_slice() {
            [alone] => [holdings[alone.as_str()]; 2],
            [giver, taker] => [holdings[giver.as_str()], holdings[taker.as_str()]],
            _ => return Err("a record names no contributor, or more than two"),
        };
        let is_negative = |(value, measure): (&Option<i64>, &Measure)| {
            value.is_some_and(|value| value < 0) && !matches!(measure.relation, Relation::Factor(_))
        };
        if record.values.iter().zip(&measures).any(is_negative) {
            return Err("an amount is negative");
        }
        let codes = record.dimensions.iter().zip(&axes).map(|(code, axis)| axis.place(code).unwrap_or(0));
        entries.push(Entry {
            id: record.id,
            codes: codes.collect(),
            parties,
            values: record.values.clone(),
            waived: false,
        });
    }
    entries.sort_by_key(|entry| entry.id);
    Ok(Cube { name: table.name.clone(), axes, measures, entries })
}

fn measures(declared: &[MeasureInput]) -> Result<Vec<Measure>, &'static str> {
    let place = |base: &str| {
        let found = declared.iter().position(|other| other.name == base && other.relation.is_none());
        found.ok_or("a measure hangs together with one that the table does not have")
    };
    declared
        .iter()
        .map(|measure| {
            let relation = match &measure.relation {
                None => Relation::Base,
                Some(model::Relation::Factor(base)) => Relation::Factor(place(base)?),
                Some(model::Relation::Below(base)) => Relation::Below(place(base)?),
                Some(model::Relation::Above(base)) => Relation::Above(place(base)?),
            };
            Ok(Measure { name: measure.name.clone(), relation })
        })
        .collect()
}

fn codes(cube: &Cube, crossing: &Crossing) -> Vec<String> {
    crossing.codes.iter().zip(&cube.axes).map(|(code, axis)| axis.codes[*code].clone()).collect()
}

/// The cells of each measure, under the name that the second program finds them by.
fn named(cube: &Cube, crossings: &[Crossing]) -> Vec<NamedCells> {
    let of_measure = |(position, measure): (usize, &Measure)| NamedCells {
        name: format!("{}/{}", cube.name, measure.name),
        parents: cube.axes.iter().map(Axis::above).collect(),
        cells: crossings
            .iter()
            .filter_map(|crossing| Some((codes(cube, crossing), crossing.variables[position]?)))
            .collect(),
    };
    cube.measures.iter().enumerate().map(of_measure).collect()
}

/// Every crossing of the codes that occur, sorted; a crossing without records is zero.
fn publish(
    cube: &Cube,
    crossings: &[Crossing],
    system: &System,
    pattern: &Pattern,
) -> (ProtectedTable, Vec<Explanation>) {
    let known: BTreeMap<&[usize], &Crossing> =
        crossings.iter().map(|crossing| (crossing.codes.as_slice(), crossing)).collect();
    let mut explanations = Vec::new();
    let mut rows = Vec::new();
    for places in every_crossing(&cube.axes) {
        let dimensions: Vec<String> =
            places.iter().zip(&cube.axes).map(|(code, axis)| axis.codes[*code].clone()).collect();
        let values = match known.get(places.as_slice()) {
            None => vec![Published::Value(0); cube.measures.len()],
            Some(crossing) => crossing
                .variables
                .iter()
                .zip(&cube.measures)
                .map(|(variable, measure)| match variable {
                    None => Published::Unknown,
                    Some(variable) if pattern.suppressed[*variable] => {
                        explanations.push(Explanation {
                            table: cube.name.clone(),
                            measure: measure.name.clone(),
                            dimensions: dimensions.clone(),
                            reason: pattern.reasons.get(variable).copied().unwrap_or(Reason::Complementary),
                        });
                        Published::Confidential
                    }
                    Some(variable) => Published::Value(system.variables[*variable].amount),
                })
                .collect(),
        };
        rows.push(ProtectedRow { dimensions, values });
    }
    let table = ProtectedTable {
        name: cube.name.clone(),
        dimensions: Vec::new(),
        measures: cube.measures.iter().map(|measure| measure.name.clone()).collect(),
        rows,
    };
    (table, explanations)
}

fn every_crossing(axes: &[Axis]) -> Vec<Vec<usize>> {
    axes.iter().fold(vec![Vec::new()], |crossings: Vec<Vec<usize>>, axis| {
        crossings
            .iter()
            .flat_map(|head| {
                (0..axis.codes.len()).map(|code| head.iter().copied().chain([code]).collect::<Vec<_>>())
            })
            .collect()
    })
}
