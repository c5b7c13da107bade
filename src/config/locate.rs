//! Where a setting stands in its file.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Bytes of the file, from start to end.
pub(super) type Place = std::ops::Range<usize>;

/// One step on the way to a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step<'a> {
    /// The key of a table.
    Key(&'a str),
    /// A position in an array, from 0.
    Item(usize),
}

/// The place of the deepest step that the file has: the value, or the key when `name_it` is set.
pub(super) fn place(text: &str, path: &[Step<'_>], name_it: bool) -> Option<Place> {
    let document = DeTable::parse(text).ok()?;
    let mut found: Option<Place> = None;
    let mut table = Some(document.get_ref());
    let mut value: Option<&Spanned<DeValue<'_>>> = None;
    for step in path {
        let next = match step {
            Step::Key(name) => {
                let inside = table.or_else(|| match value?.get_ref() {
                    DeValue::Table(table) => Some(table),
                    _ => None,
                })?;
                let (key, next) = inside.iter().find(|(key, _)| key.get_ref().as_ref() == *name)?;
                found = Some(if name_it { key.span() } else { next.span() });
                next
            }
            Step::Item(position) => match value?.get_ref() {
                DeValue::Array(items) => {
                    let next = items.get(*position)?;
                    found = Some(next.span());
                    next
                }
                _ => return found,
            },
        };
        table = None;
        value = Some(next);
    }
    found
}
