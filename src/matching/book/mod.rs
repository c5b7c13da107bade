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
