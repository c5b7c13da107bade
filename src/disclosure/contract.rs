//! Makes a linear program small before it is solved: what cannot move is taken out, and what
//! moves only together becomes one column.

use super::program::Goal;
use super::system::System;
use std::collections::BTreeMap;

/// A program on classes of variables.
pub(super) struct Contracted {
    /// Class of each member with its sign; none when it cannot move.
    pub of_member: Vec<Option<(usize, i64)>>,
    /// Number of classes.
    pub classes: usize,
    /// Coefficients by class, of the equations that are left.
    pub rows: Vec<BTreeMap<usize, i64>>,
    /// Coefficients of the goal.
    pub goal: BTreeMap<usize, i64>,
}

/// An equation with one variable left fixes it; one with two of equal coefficients ties them.
#[allow(clippy::option_option, reason = "in place, gone for good, or gone into another")]
pub(super) fn contract(system: &System, goal: Goal<'_>, members: &[usize]) -> Contracted {
    let mut places: Vec<usize> = Vec::new();
    let mut rows: Vec<BTreeMap<usize, i64>> = Vec::new();
    let mut of_variable: BTreeMap<usize, usize> = BTreeMap::new();
    for (local, member) in members.iter().enumerate() {
        of_variable.insert(*member, local);
        places.extend(&system.incident[*member]);
    }
    places.sort_unstable();
    places.dedup();
    for equation in places {
        let terms = &system.equations[equation].terms;
        let terms = terms.iter().filter_map(|(variable, value)| Some((*of_variable.get(variable)?, *value)));
        rows.push(terms.collect());
    }
    let mut incident: Vec<Vec<usize>> = vec![Vec::new(); members.len()];
    for (position, row) in rows.iter().enumerate() {
        for column in row.keys() {
            incident[*column].push(position);
        }
    }
    // Where a column went: none while it stands for itself.
    let mut gone: Vec<Option<Option<(usize, i64)>>> = vec![None; members.len()];
    let mut queue: Vec<usize> = (0..rows.len()).filter(|row| rows[*row].len() < 3).collect();
    while let Some(position) = queue.pop() {
        let terms: Vec<(usize, i64)> =
            rows[position].iter().map(|(column, value)| (*column, *value)).collect();
        let (leaving, into) = match terms[..] {
            [(column, _)] => (column, None),
            [(kept, one), (leaving, other)] if one.abs() == other.abs() => {
                (leaving, Some((kept, if one == other { -1 } else { 1 })))
            }
            _ => continue,
        };
        gone[leaving] = Some(into);
        for row in std::mem::take(&mut incident[leaving]) {
            let Some(value) = rows[row].remove(&leaving) else { continue };
            if let Some((kept, sign)) = into {
                let sum = rows[row].get(&kept).copied().unwrap_or(0) + sign * value;
                if sum == 0 {
                    rows[row].remove(&kept);
                } else if rows[row].insert(kept, sum).is_none() {
                    incident[kept].push(row);
                }
            }
            if rows[row].len() < 3 {
                queue.push(row);
            }
        }
    }
    let resolve = |mut column: usize| {
        let mut sign = 1;
        while let Some(into) = &gone[column] {
            let (next, turn) = (*into)?;
            column = next;
            sign *= turn;
        }
        Some((column, sign))
    };
    let mut classes: BTreeMap<usize, usize> = BTreeMap::new();
    let mut of_member = Vec::with_capacity(members.len());
    for column in 0..members.len() {
        of_member.push(resolve(column).map(|(column, sign)| {
            let next = classes.len();
            (*classes.entry(column).or_insert(next), sign)
        }));
    }
    let mut kept: Vec<BTreeMap<usize, i64>> = rows
        .into_iter()
        .filter(|row| !row.is_empty())
        .map(|row| row.into_iter().map(|(column, value)| (classes[&column], value)).collect())
        .collect();
    kept.sort();
    kept.dedup();
    let mut sum: BTreeMap<usize, i64> = BTreeMap::new();
    for part in goal.parts {
        if let Some(Some((class, sign))) = of_variable.get(part).map(|local| of_member[*local]) {
            *sum.entry(class).or_insert(0) += sign;
        }
    }
    sum.retain(|_, value| *value != 0);
    Contracted { of_member, classes: classes.len(), rows: kept, goal: sum }
}
