//! Makes a linear program small before it is solved: what cannot move is taken out, and what
//! moves only together becomes one column.

use super::program::Goal;
use super::system::System;
use std::collections::BTreeMap;

/// Coefficients by class, in the order of the classes.
pub(super) type Row = Vec<(usize, i64)>;

/// A program on classes of variables.
pub(super) struct Contracted {
    /// Class of each member with its sign; none when it cannot move.
    pub of_member: Vec<Option<(usize, i64)>>,
    /// Number of classes.
    pub classes: usize,
    /// Coefficients by class, of the equations that are left.
    pub rows: Vec<Row>,
    /// Coefficients of the goal.
    pub goal: Row,
}

/// Without the equations that are `loose`. An equation with one variable left fixes it; one with two of equal coefficients ties them.
#[allow(clippy::option_option, reason = "in place, gone for good, or gone into another")]
pub(super) fn contract(system: &System, goal: Goal<'_>, members: &[usize], loose: &[bool]) -> Contracted {
    let mut places: Vec<usize> =
        members.iter().flat_map(|member| system.incident[*member].iter().copied()).collect();
    places.retain(|equation| !loose[*equation]);
    places.sort_unstable();
    places.dedup();
    // Members are sorted: their position is found by halving.
    let mut rows: Vec<Row> = places
        .into_iter()
        .map(|equation| {
            let terms = system.equations[equation].terms.iter();
            terms
                .filter_map(|(variable, value)| Some((members.binary_search(variable).ok()?, *value)))
                .collect()
        })
        .collect();
    let mut incident: Vec<Vec<usize>> = vec![Vec::new(); members.len()];
    for (position, row) in rows.iter().enumerate() {
        for (column, _) in row {
            incident[*column].push(position);
        }
    }
    // Where a column went: none while it stands for itself.
    let mut gone: Vec<Option<Option<(usize, i64)>>> = vec![None; members.len()];
    let mut queue: Vec<usize> = (0..rows.len()).filter(|row| rows[*row].len() < 3).collect();
    while let Some(position) = queue.pop() {
        let (leaving, into) = match rows[position][..] {
            [(column, _)] => (column, None),
            [(kept, one), (leaving, other)] if one.abs() == other.abs() => {
                (leaving, Some((kept, if one == other { -1 } else { 1 })))
            }
            _ => continue,
        };
        gone[leaving] = Some(into);
        for row in std::mem::take(&mut incident[leaving]) {
            let terms = &mut rows[row];
            let Some(at) = terms.iter().position(|(column, _)| *column == leaving) else { continue };
            let (_, value) = terms.remove(at);
            if let Some((kept, sign)) = into {
                match terms.iter().position(|(column, _)| *column == kept) {
                    None => {
                        terms.push((kept, sign * value));
                        incident[kept].push(row);
                    }
                    Some(at) => {
                        terms[at].1 += sign * value;
                        if terms[at].1 == 0 {
                            terms.remove(at);
                        }
                    }
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
    let mut classes: Vec<Option<usize>> = vec![None; members.len()];
    let mut count = 0;
    let mut of_member = Vec::with_capacity(members.len());
    for column in 0..members.len() {
        of_member.push(resolve(column).map(|(column, sign)| {
            let class = *classes[column].get_or_insert_with(|| {
                count += 1;
                count - 1
            });
            (class, sign)
        }));
    }
    let mut kept: Vec<Row> = rows
        .into_iter()
        .filter(|row| !row.is_empty())
        .map(|row| {
            let mut row: Row =
                row.into_iter().filter_map(|(column, value)| Some((classes[column]?, value))).collect();
            row.sort_unstable();
            row
        })
        .collect();
    kept.sort();
    kept.dedup();
    let mut sum: BTreeMap<usize, i64> = BTreeMap::new();
    for part in goal.parts {
        let local = members.binary_search(part).ok();
        if let Some((class, sign)) = local.and_then(|local| of_member[local]) {
            *sum.entry(class).or_insert(0) += sign;
        }
    }
    sum.retain(|_, value| *value != 0);
    Contracted { of_member, classes: count, rows: kept, goal: sum.into_iter().collect() }
}
