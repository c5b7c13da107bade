//! The shape of what was shown: under another name, unit or description the same amounts would be taken for
//! amounts of their own, and whoever kept the release before would subtract.
//!
//! So what a night that counts shows is there tonight, as it was: each table by its name and its dimensions in
//! their order, each of its measures by its name, unit and relation. New tables and measures may stand beside.
//! A measure that is a multiple of another one says so in its model.

use super::super::error::DisclosureError;
use super::super::input::{MeasureInput, TableInput};
use super::Night;
use crate::model::Relation;
use std::collections::{BTreeMap, BTreeSet};

/// Whether two nights say the same of a measure. A unit that was not kept is taken for the same.
pub(super) fn is_same(then: &MeasureInput, now: &MeasureInput) -> bool {
    then.name == now.name && difference(then, now).is_none()
}

/// What sets a measure apart from the one of its name that was shown.
fn difference(then: &MeasureInput, now: &MeasureInput) -> Option<String> {
    if let (Some(then), Some(now)) = (&then.unit, &now.unit)
        && then != now
    {
        return Some(format!("has the unit `{now}` now, and had `{then}`"));
    }
    if then.relation != now.relation {
        return Some(format!("{} now, and {}", relation(now, "hangs"), relation(then, "hung")));
    }
    (then.is_count != now.is_count).then(|| "counts records on one of both nights only".to_owned())
}

fn relation(measure: &MeasureInput, verb: &str) -> String {
    match &measure.relation {
        None => format!("{verb} on no other measure"),
        Some(Relation::Factor(base)) => format!("{verb} `from` `{base}`"),
        Some(Relation::Below(base)) => format!("{verb} `below` `{base}`"),
        Some(Relation::Above(base)) => format!("{verb} `above` `{base}`"),
    }
}

/// Whether tonight's tables and measures are those of a night, neither more nor less.
pub(super) fn is_unchanged(then: &[TableInput], now: &[TableInput]) -> bool {
    let has = |all: &[TableInput], one: &TableInput| {
        all.iter().any(|other| {
            other.name == one.name
                && other.dimensions == one.dimensions
                && other.measures.len() == one.measures.len()
                && other.measures.iter().zip(&one.measures).all(|(other, one)| is_same(other, one))
        })
    };
    then.len() == now.len() && now.iter().all(|table| has(then, table))
}

/// Whether a table of a night has a measure tonight that it did not have.
pub(super) fn has_grown(then: &[TableInput], now: &[TableInput]) -> bool {
    now.iter().any(|table| {
        let known = then.iter().find(|other| other.name == table.name);
        known.is_some_and(|known| {
            let is_new = |measure: &MeasureInput| !known.measures.iter().any(|then| is_same(then, measure));
            table.measures.iter().any(is_new)
        })
    })
}

/// Refuses tables that lack something that a night shows, or have it in another shape.
///
/// # Errors
/// The first table or measure, and the last night that shows it.
pub(super) fn kept(nights: &[Night], tables: &[TableInput]) -> Result<(), DisclosureError> {
    for night in nights.iter().rev() {
        let refused = |what: String, differs: String| {
            Err(DisclosureError::Shape { what, night: night.day.to_string(), differs })
        };
        for table in &night.tables {
            let is_shown = |measure: &&MeasureInput| {
                let name = format!("{}/{}", table.name, measure.name);
                night.shown.get(&name).is_some_and(|cells| !cells.is_empty())
            };
            let shown: Vec<&MeasureInput> = table.measures.iter().filter(is_shown).collect();
            if shown.is_empty() {
                continue;
            }
            let named = format!("the table `{}`", table.name);
            let Some(now) = tables.iter().find(|now| now.name == table.name) else {
                return refused(named, "is in no model any more".to_owned());
            };
            if now.dimensions != table.dimensions {
                let list = |dimensions: &[String]| format!("`{}`", dimensions.join("`, `"));
                let (then, now) = (list(&table.dimensions), list(&now.dimensions));
                return refused(named, format!("has the dimensions {now} now, and had {then}"));
            }
            for then in shown {
                let named = format!("the measure `{}` of {named}", then.name);
                let Some(now) = now.measures.iter().find(|now| now.name == then.name) else {
                    return refused(named, "is in no model any more".to_owned());
                };
                if let Some(differs) = difference(then, now) {
                    return refused(named, differs);
                }
            }
        }
    }
    Ok(())
}

/// A measure that hangs on no other, with the amounts of its records.
struct Amounts<'a> {
    table: &'a str,
    measure: &'a str,
    by_record: BTreeMap<u128, i64>,
}

/// Refuses a measure that is the same multiple of another one for every record that both have, in amounts that
/// are not all the same: nothing would say that both are one amount.
///
/// # Errors
/// The first such measure.
pub(super) fn no_multiples(tables: &[TableInput]) -> Result<(), DisclosureError> {
    let mut all: Vec<Amounts<'_>> = Vec::new();
    for table in tables {
        for (place, measure) in table.measures.iter().enumerate().filter(|(_, one)| one.relation.is_none()) {
            let known =
                table.records.iter().filter_map(|record| Some((record.id, (*record.values.get(place)?)?)));
            all.push(Amounts { table: &table.name, measure: &measure.name, by_record: known.collect() });
        }
    }
    for (place, one) in all.iter().enumerate() {
        if let Some(other) = all[..place].iter().find(|other| is_multiple(one, other)) {
            return Err(DisclosureError::Multiple {
                measure: one.measure.to_owned(),
                table: one.table.to_owned(),
                other: other.measure.to_owned(),
                base: other.table.to_owned(),
            });
        }
    }
    Ok(())
}

/// Whether all shared records have one ratio, other than one, in at least two different amounts.
fn is_multiple(one: &Amounts<'_>, other: &Amounts<'_>) -> bool {
    let shared = || {
        let both = one.by_record.iter().filter_map(|(id, amount)| Some((*amount, *other.by_record.get(id)?)));
        both.map(|(one, other)| (i128::from(one), i128::from(other)))
    };
    let Some((first, second)) = shared().find(|(one, other)| *one != 0 && *other != 0) else {
        return false;
    };
    let amounts: BTreeSet<i128> = shared().map(|(amount, _)| amount).filter(|amount| *amount != 0).collect();
    first != second && amounts.len() > 1 && shared().all(|(one, other)| one * second == other * first)
}
