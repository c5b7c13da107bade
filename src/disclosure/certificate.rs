//! Writes the certificate: everything that a second program needs to check a protection.
//!
//! Format `maillage-certificate-2`, one JSON object, integers only, in the order of the system:
//! `rules`; `coalitions` (holdings by number); `variables` (key, amount, limits `down` and `up`
//! of an outsider, `withheld`, `count`, `tie`, `shares` as `[[giver, taker], amount, waived]`, `need` where
//! shares are not known); `relations` (what hangs together beyond the sums of the tables: `kind`
//! and terms); `tables` (axes as code and parent, cells as codes and variable); `witnesses`
//! (`d` and movements `[variable, numerator]`); `proofs` (variables whose sum is protected, and
//! the witnesses that prove it). Sums are not listed: the reader derives them from the tables.

use super::rules::Rules;
use super::search::Pattern;
use super::system::{Kind, Role, System};
use super::witness::Witness;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// One table of one measure under its codes.
#[derive(Debug)]
pub(super) struct NamedCells {
    pub name: String,
    /// Parent of each code of each axis; a code without one hangs below `Total`.
    pub parents: Vec<BTreeMap<String, String>>,
    pub cells: Vec<(Vec<String>, usize)>,
}

/// Denominator and movements of a witness.
type World<'a> = (i128, &'a [(usize, i128)]);

/// The certificate as bytes; confidential, for the private state only.
pub(super) fn write(
    system: &System,
    rules: &Rules,
    coalitions: &[Vec<u32>],
    tables: &[NamedCells],
    pattern: &Pattern,
) -> Vec<u8> {
    let keys = system.keys();
    let variables: Vec<Value> = system
        .variables
        .iter()
        .zip(keys)
        .zip(&pattern.suppressed)
        .map(|((variable, key), withheld)| {
            let shares: Vec<Value> = variable
                .shares
                .iter()
                .map(|share| json!([share.parties, share.amount, share.waived]))
                .collect();
            json!({
                "key": key,
                "amount": variable.amount,
                "down": variable.down,
                "up": variable.up,
                "withheld": withheld,
                "count": variable.role == Role::Count,
                "tie": variable.tie,
                "shares": shares,
                "need": if variable.shares.is_empty() { variable.verdict.map(|found| found.need) } else { None },
            })
        })
        .collect();
    let relations: Vec<Value> = system
        .equations
        .iter()
        .filter_map(|equation| {
            let kind = match equation.kind {
                Kind::Margin => return None,
                Kind::Class => "class",
                Kind::Between => "between",
                Kind::Ratio => "ratio",
            };
            Some(json!({ "kind": kind, "terms": equation.terms }))
        })
        .collect();
    let mut pool: Vec<&Witness> = Vec::new();
    let mut places: BTreeMap<World<'_>, usize> = BTreeMap::new();
    let mut proofs: BTreeMap<&[usize], Vec<usize>> = BTreeMap::new();
    for requirement in &pattern.requirements {
        let found = proofs.entry(&requirement.parts).or_default();
        for witness in &requirement.witnesses {
            let next = pool.len();
            let place = *places.entry((witness.denominator, &witness.movement)).or_insert(next);
            if place == next {
                pool.push(witness);
            }
            found.push(place);
        }
    }
    let witnesses: Vec<Value> = pool
        .iter()
        .map(|witness| {
            let movement: Vec<Value> =
                witness.movement.iter().map(|(variable, value)| json!([variable, integer(*value)])).collect();
            json!({ "d": integer(witness.denominator), "m": movement })
        })
        .collect();
    let proofs: Vec<Value> = proofs
        .into_iter()
        .map(|(parts, mut witnesses)| {
            witnesses.sort_unstable();
            witnesses.dedup();
            json!({ "parts": parts, "witnesses": witnesses })
        })
        .collect();
    let tables: Vec<Value> = tables
        .iter()
        .map(|table| json!({ "name": table.name, "parents": table.parents, "cells": table.cells }))
        .collect();
    let certificate = json!({
        "format": "maillage-certificate-2",
        "rules": {
            "minimum": rules.minimum,
            "p_percent": rules.p_percent,
            "dominance": rules.dominance,
            "unions": rules.unions,
            "insiders": rules.insiders,
        },
        "coalitions": coalitions,
        "variables": variables,
        "relations": relations,
        "tables": tables,
        "witnesses": witnesses,
        "proofs": proofs,
    });
    let mut bytes = certificate.to_string().into_bytes();
    bytes.push(b'\n');
    bytes
}

/// Numbers beyond 64 bits are written as text.
fn integer(value: i128) -> Value {
    i64::try_from(value).map_or_else(|_| Value::String(value.to_string()), Value::from)
}
