//! The columns of a table together: each field once, and what they are of once it is known what a row is.

use super::evidence::are_categories;
use super::header::key;
use super::likely::{CONTAINED, LOOSE, USUAL};
use super::proposal::{Guess, Proposed, SURE_ENOUGH};
use crate::measures::{heading, quantity};
use crate::model::{Field, Subject, fold};
use std::collections::BTreeSet;

/// The columns together: each field once, and what they are of once it is known what a row is.
pub(super) fn settled(guesses: &[Guess]) -> Vec<Proposed> {
    let mut proposed: Vec<Proposed> = guesses.iter().map(|guess| guess.proposed.clone()).collect();
    let several = of_several_units(&proposed);
    only_surest(&mut proposed, &several);
    described(&mut proposed, guesses);
    by_subject(&mut proposed);
    proposed
}

/// Whether a column surely gives a field.
pub(super) fn has(columns: &[Proposed], field: Field) -> bool {
    columns.iter().any(|column| column.field == Some(field) && column.sure >= SURE_ENOUGH)
}

/// A kind of material that is none of our categories says what it is, where nothing else does.
fn described(columns: &mut [Proposed], guesses: &[Guess]) {
    if has(columns, Field::Description) {
        return;
    }
    for (column, guess) in columns.iter_mut().zip(guesses) {
        let is_kind = column.field == Some(Field::Category) && !guess.values.is_empty();
        if is_kind && !are_categories(&guess.values) {
            (column.field, column.sure) = (Some(Field::Description), LOOSE);
        }
    }
}

/// Columns of quantities that each have a unit in the heading, the first of each unit: a row fills one of them.
fn of_several_units(columns: &[Proposed]) -> BTreeSet<usize> {
    let unit = |column: &Proposed| {
        let label = column.header.rsplit('>').next().unwrap_or_default();
        let unit = heading::read(label).unit?;
        (!quantity::unit_and_rate(&unit).0.is_empty()).then(|| fold(&unit))
    };
    let of_quantity = |column: &Proposed| column.field == Some(Field::Quantity) && column.sure >= USUAL;
    if columns.iter().any(|column| column.field == Some(Field::Unit)) {
        return BTreeSet::new();
    }
    let found = columns.iter().enumerate().filter(|(_, column)| of_quantity(column));
    let units: Option<Vec<(usize, String)>> = found.map(|(at, column)| Some((at, unit(column)?))).collect();
    let mut said = BTreeSet::new();
    let is_new = |(_, unit): &(usize, String)| said.insert(unit.clone());
    units.unwrap_or_default().into_iter().filter(is_new).map(|(at, _)| at).collect()
}

/// Headings of who makes a residue, comparable with [`key`].
const MAKERS: &[&str] = &[
    "generateur",
    "producteur",
    "entreprise generatrice",
    "entreprise productrice",
    "generator",
    "generating company",
    "waste generator",
    "waste producer",
];

/// Words that only say what they are once the other columns have told what a row is.
fn by_subject(columns: &mut [Proposed]) {
    let followed = subject(columns) == Subject::Synergies;
    let mut taken: BTreeSet<Field> = columns.iter().filter_map(|column| column.field).collect();
    for column in columns {
        let label = key(column.header.rsplit('>').next().unwrap_or_default());
        // The state of an offer or of an article is no step of a synergy, and nobody follows a supplier alone.
        // Who makes a residue has it to offer, where nobody else is named.
        if column.field == Some(Field::Supplier)
            && !followed
            && MAKERS.contains(&label.as_str())
            && taken.insert(Field::Name)
        {
            (column.field, column.sure) = (Some(Field::Name), LOOSE);
            continue;
        }
        let is_followed =
            column.field.is_some_and(|field| field == Field::Status || FOLLOWED.contains(&field));
        if is_followed && !followed {
            (column.field, column.sure) = (None, 0);
            continue;
        }
        // What a flow costs is paid for it today; what a synergy costs is invested.
        if column.field == Some(Field::Investment) && !followed && taken.insert(Field::CurrentCost) {
            (column.field, column.sure) = (Some(Field::CurrentCost), LOOSE);
            continue;
        }
        let field = match (label.as_str(), followed) {
            ("date", true) => Field::StatusDate,
            ("no" | "numero" | "id", true) => Field::SynergyId,
            ("no" | "numero" | "id", false) => Field::FlowId,
            _ => continue,
        };
        if taken.insert(field) {
            (column.field, column.sure) = (Some(field), LOOSE);
        }
    }
}

/// Of several columns for one field the surest keeps it, then the first, and so do quantities in `several`
/// units; a heading that stands twice can be mapped once.
fn only_surest(columns: &mut [Proposed], several: &BTreeSet<usize>) {
    let mut order: Vec<usize> = (0..columns.len()).collect();
    order.sort_by_key(|at| (std::cmp::Reverse(columns[*at].sure), *at));
    let (mut fields, mut headers) = (BTreeSet::new(), BTreeSet::new());
    for at in order {
        let column = &mut columns[at];
        let free = several.contains(&at) || column.field.is_none_or(|field| !fields.contains(&field));
        let written = fold(&column.header);
        if column.field.is_none() || !free || headers.contains(&written) {
            (column.field, column.sure) = (None, 0);
        } else {
            fields.extend(column.field);
            headers.insert(written);
        }
    }
}

/// Signs that a status is that of a synergy.
const FOLLOWED: &[Field] = &[
    Field::Supplier,
    Field::Receiver,
    Field::StatusDate,
    Field::Recurrence,
    Field::Distance,
    Field::Revenue,
    Field::Jobs,
    Field::Attribution,
    Field::Strategy,
    Field::AbandonReason,
];
/// What a row of a stock or of an offer has, and a synergy need not.
const OFFERED: &[Field] = &[
    Field::Description,
    Field::Quantity,
    Field::QuantityLeast,
    Field::QuantityMost,
    Field::Material,
    Field::Direction,
    Field::Unit,
    Field::Price,
];

/// Followed synergies have two sides, or a status beside what else is followed; rows about a resource are
/// flows. A column whose heading only holds a word among others says nothing of the rows.
pub(super) fn subject(columns: &[Proposed]) -> Subject {
    let known: BTreeSet<Field> =
        columns.iter().filter(|column| column.sure > CONTAINED).filter_map(|column| column.field).collect();
    let any = |fields: &[Field]| fields.iter().any(|field| known.contains(field));
    let all = |fields: &[Field]| fields.iter().all(|field| known.contains(field));
    let is_followed = any(&[Field::Status]) && (any(FOLLOWED) || !any(OFFERED));
    if any(&[Field::SynergyId]) || all(&[Field::Supplier, Field::Receiver]) || is_followed {
        Subject::Synergies
    } else if any(&[Field::Description, Field::Material, Field::Direction])
        || known.iter().any(|field| field.is_quantity())
    {
        Subject::Flows
    } else {
        Subject::Organisations
    }
}
