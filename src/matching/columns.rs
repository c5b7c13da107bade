//! Prepared flows, and partners found, as tables.

use super::bits::Bits;
use super::candidates::CODES;
use super::digests::{Digests, Material};
use super::facts::{Facts, Place};
use super::kept::Kept;
use crate::engine::WorkError;
use crate::model::{Amount, Category, Dimension, FlowType, State};
use arrow::array::{
    Array as _, ArrayRef, AsArray as _, BooleanArray, Date32Array, Float64Array, Int64Array, ListArray,
    UInt8Array, UInt16Array, UInt32Array, UInt64Array,
};
use arrow::datatypes::{
    ArrowPrimitiveType, DataType, Date32Type, Field, Float64Type, Int64Type, Schema, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use chrono::NaiveDate;
use std::cmp::Reverse;
use std::sync::Arc;

/// A score of a whole, thousandths: partners are written with what they lack of it, best first.
const WHOLE: u16 = 1000;

fn number<T: PartialEq>(all: &[T], one: &T) -> Option<u8> {
    all.iter().position(|known| known == one).and_then(|at| u8::try_from(at).ok())
}

/// A table of flows.
pub(super) fn table(digests: &Digests) -> Result<RecordBatch, ArrowError> {
    let facts = || digests.facts.iter();
    let materials = || digests.materials.iter();
    let axis = |axis: usize| {
        Arc::new(facts().map(|one| one.place.map(|Place(point)| point[axis])).collect::<Float64Array>())
    };
    let day = |of: fn(&Facts) -> Option<NaiveDate>| {
        Arc::new(facts().map(|one| of(one).map(|day| day.to_epoch_days())).collect::<Date32Array>())
    };
    let amount = |of: fn(Amount) -> i64| {
        Arc::new(facts().map(|one| one.amount.map(of)).collect::<Int64Array>()) as ArrayRef
    };
    let dimension = |one: &Facts| number(Dimension::ALL, &one.amount?.dimension());
    let lists = |of: &dyn Fn(usize) -> Vec<u32>| {
        let rows = (0..digests.len()).map(|at| Some(of(at).into_iter().map(Some)));
        Arc::new(ListArray::from_iter_primitive::<UInt32Type, _, _>(rows))
    };
    let known = |at: usize| &digests.materials[at].codes[..digests.materials[at].known];
    let columns: [(&str, ArrayRef); 27] = [
        ("rank", Arc::new(UInt32Array::from(digests.ranks.clone()))),
        ("company", Arc::new(facts().map(|one| Some(one.company)).collect::<UInt32Array>())),
        (
            "type",
            Arc::new(materials().map(|one| number(FlowType::ALL, &one.flow_type)).collect::<UInt8Array>()),
        ),
        (
            "category",
            Arc::new(materials().map(|one| number(Category::ALL, &one.category?)).collect::<UInt8Array>()),
        ),
        ("codes", lists(&|at| known(at).iter().map(|(code, _)| *code).collect())),
        ("beliefs", lists(&|at| known(at).iter().map(|(_, belief)| *belief).collect())),
        ("words", lists(&|at| digests.said(at).words.to_vec())),
        ("denied", lists(&|at| digests.said(at).denied.to_vec())),
        ("dimension", Arc::new(facts().map(dimension).collect::<UInt8Array>())),
        ("low", amount(Amount::low)),
        ("best", amount(Amount::best)),
        ("high", amount(Amount::high)),
        ("x", axis(0)),
        ("y", axis(1)),
        ("z", axis(2)),
        ("park", Arc::new(facts().map(|one| one.park).collect::<UInt32Array>())),
        ("state", Arc::new(facts().map(|one| number(State::ALL, &one.state?)).collect::<UInt8Array>())),
        ("hazardous", Arc::new(facts().map(|one| one.hazardous).collect::<BooleanArray>())),
        ("soiled", Arc::new(facts().map(|one| one.soiled).collect::<BooleanArray>())),
        ("barred", Arc::new(facts().map(|one| Some(one.barred)).collect::<UInt64Array>())),
        ("substances", lists(&|at| digests.materials[at].substances.numbers().collect())),
        ("is", Arc::new(materials().map(|one| one.is).collect::<UInt16Array>())),
        ("once", Arc::new(facts().map(|one| one.is_once).collect::<BooleanArray>())),
        ("from", day(|one| one.from)),
        ("to", day(|one| one.to)),
        ("gained", Arc::new(facts().map(|one| one.gained).collect::<UInt16Array>())),
        ("confidential", Arc::new(facts().map(|one| Some(one.is_confidential)).collect::<BooleanArray>())),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, column)| (name, column, true)))
}

/// Adds the flows of a table.
pub(super) fn add(digests: &mut Digests, table: &RecordBatch) -> Result<(), WorkError> {
    added(digests, table).ok_or_else(|| WorkError::new(&"the table of prepared flows is damaged"))
}

/// A value where there is one.
fn values<'a, T: ArrowPrimitiveType>(
    table: &'a RecordBatch,
    name: &str,
) -> Option<impl Fn(usize) -> Option<T::Native> + use<'a, T>> {
    let column = table.column_by_name(name)?.as_primitive_opt::<T>()?;
    Some(move |at: usize| column.is_valid(at).then(|| column.value(at)))
}

fn answers<'a>(table: &'a RecordBatch, name: &str) -> Option<impl Fn(usize) -> Option<bool> + use<'a>> {
    let column = table.column_by_name(name)?.as_boolean_opt()?;
    Some(move |at: usize| column.is_valid(at).then(|| column.value(at)))
}

fn lists<'a>(table: &'a RecordBatch, name: &str) -> Option<impl Fn(usize) -> &'a [u32] + use<'a>> {
    let column = table.column_by_name(name)?.as_list_opt::<i32>()?;
    let items = column.values().as_primitive_opt::<UInt32Type>()?.values();
    let ends = column.value_offsets();
    let place = |end: i32| usize::try_from(end).unwrap_or(0);
    Some(move |at: usize| &items[place(ends[at])..place(ends[at + 1])])
}

fn added(digests: &mut Digests, table: &RecordBatch) -> Option<()> {
    let ranks = values::<UInt32Type>(table, "rank")?;
    let companies = values::<UInt32Type>(table, "company")?;
    let types = values::<UInt8Type>(table, "type")?;
    let categories = values::<UInt8Type>(table, "category")?;
    let (codes, beliefs) = (lists(table, "codes")?, lists(table, "beliefs")?);
    let (words, denied) = (lists(table, "words")?, lists(table, "denied")?);
    let dimensions = values::<UInt8Type>(table, "dimension")?;
    let amount = |name: &str| values::<Int64Type>(table, name);
    let (low, best, high) = (amount("low")?, amount("best")?, amount("high")?);
    let amounts = |at: usize| {
        let dimension = *Dimension::ALL.get(usize::from(dimensions(at)?))?;
        Amount::new(dimension, low(at)?, best(at)?, high(at)?)
    };
    let axis = |name: &str| values::<Float64Type>(table, name);
    let (x, y, z) = (axis("x")?, axis("y")?, axis("z")?);
    let parks = values::<UInt32Type>(table, "park")?;
    let states = values::<UInt8Type>(table, "state")?;
    let (hazardous, soiled) = (answers(table, "hazardous")?, answers(table, "soiled")?);
    let (once, confidential) = (answers(table, "once")?, answers(table, "confidential")?);
    let barred = values::<UInt64Type>(table, "barred")?;
    let (substances, is) = (lists(table, "substances")?, values::<UInt16Type>(table, "is")?);
    let gained = values::<UInt16Type>(table, "gained")?;
    let days = |name: &str| values::<Date32Type>(table, name);
    let (from, to) = (days("from")?, days("to")?);
    for at in 0..table.num_rows() {
        let mut numbers = [(0, 0); CODES];
        for (number, pair) in numbers.iter_mut().zip(codes(at).iter().zip(beliefs(at))) {
            *number = (*pair.0, *pair.1);
        }
        digests.ranks.push(ranks(at)?);
        digests.materials.push(Material {
            flow_type: *FlowType::ALL.get(usize::from(types(at)?))?,
            category: categories(at).and_then(|number| Category::ALL.get(usize::from(number)).copied()),
            codes: numbers,
            known: codes(at).len().min(CODES),
            substances: substances(at).iter().copied().map(Bits::of).collect(),
            is: is(at),
        });
        digests.facts.push(Facts {
            amount: amounts(at),
            place: x(at).zip(y(at)).zip(z(at)).map(|((x, y), z)| Place([x, y, z])),
            park: parks(at),
            state: states(at).and_then(|number| State::ALL.get(usize::from(number)).copied()),
            hazardous: hazardous(at),
            soiled: soiled(at),
            barred: barred(at)?,
            is_once: once(at),
            from: from(at).and_then(NaiveDate::from_epoch_days),
            to: to(at).and_then(NaiveDate::from_epoch_days),
            gained: gained(at),
            is_confidential: confidential(at)?,
            company: companies(at)?,
        });
        digests.add_words(words(at), denied(at));
    }
    Some(())
}

/// Columns of partners.
pub(super) fn kept_schema() -> Schema {
    Schema::new(vec![
        Field::new("lacking", DataType::UInt16, false),
        Field::new("offer", DataType::UInt32, false),
        Field::new("request", DataType::UInt32, false),
    ])
}

/// A table of partners.
pub(super) fn kept_table(kept: &[Kept]) -> Result<RecordBatch, ArrowError> {
    let lacking = kept.iter().map(|(Reverse(score), _, _)| WHOLE.saturating_sub(*score));
    let columns: Vec<ArrayRef> = vec![
        Arc::new(UInt16Array::from_iter_values(lacking)),
        Arc::new(UInt32Array::from_iter_values(kept.iter().map(|(_, offer, _)| *offer))),
        Arc::new(UInt32Array::from_iter_values(kept.iter().map(|(_, _, request)| *request))),
    ];
    RecordBatch::try_new(Arc::new(kept_schema()), columns)
}

/// Partners of a table of [`kept_table`].
pub(super) fn kept(table: &RecordBatch) -> impl Iterator<Item = Kept> + '_ {
    let lacking = table.column(0).as_primitive::<UInt16Type>().values();
    let ranks = |at: usize| table.column(at).as_primitive::<UInt32Type>().values();
    let pairs = ranks(1).iter().zip(ranks(2));
    lacking.iter().zip(pairs).map(|(lacking, (offer, request))| (Reverse(WHOLE - lacking), *offer, *request))
}
