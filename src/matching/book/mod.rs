//! The sheets of the animators' workbook.

pub(super) mod cells;
pub(super) mod companies;
pub(super) mod guide;
pub(super) mod line;
pub(super) mod list;
mod names;
pub(super) mod others;
pub(super) mod pages;
pub(super) mod parks;
pub(super) mod pools;
pub(super) mod sources;
pub(super) mod wanted;

#[cfg(test)]
mod tests;

pub(super) use names::Names;

use crate::model::fold;
use std::collections::BTreeSet;

/// Every heading of the sheets to fill, folded, whole and in each of its languages.
pub(super) fn headings() -> BTreeSet<String> {
    let fixed: [&[(&str, f64)]; 4] =
        [&pages::OF_MATCH, &pages::OF_ENTRY, &parks::OF_MATCH, &others::AFTER_FILLS];
    let list = list::headings();
    let texts = fixed.into_iter().flatten().map(|(text, _)| *text);
    let all = texts.chain(list.iter().map(|(text, _)| text.as_str()));
    all.flat_map(|text| std::iter::once(text).chain(text.split(" / "))).map(fold).collect()
}
