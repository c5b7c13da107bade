//! Records of a json page to rows.

use super::contract::Seen;
use super::page::Page;
use super::records::{PageRead, Reader, put};
use super::{IngestError, json};
use crate::model::{Field, Location, RawCell, RawHeading, fold};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Paths that the records of one page may have: columns of the table that they make.
const MOST_PATHS: usize = 4_096;

/// Lists inside records become columns, and so do names that are values.
fn too_many_paths(page: &Page) -> IngestError {
    IngestError::unreadable(
        &page.place,
        format!("its records have more than {MOST_PATHS} different paths"),
        "set `pointer` of the source to the array of records, or leave long lists out of the export",
    )
}

impl Reader<'_> {
    /// Rows of the array of records, in its order.
    pub(super) fn json(&self, page: &Page, value: Value) -> Result<PageRead, IngestError> {
        let records = if self.is_one_record(&value) {
            std::slice::from_ref(&value)
        } else {
            json::array(&page.place, &value, self.source.pointer.as_deref())?
        };
        let (place, mut rows) = (self.place(page, None), Vec::new());
        let mut recognised = false;
        let mut paths: BTreeSet<Arc<str>> = BTreeSet::new();
        let mut filters: BTreeSet<&String> = self.kept_paths.keys().collect();
        for (number, record) in (1_u32..).zip(records) {
            if !record.is_object() {
                let cause = if records.iter().any(Value::is_object) {
                    format!("record {number} is not an object")
                } else {
                    json::NO_RECORDS.to_owned()
                };
                return Err(IngestError::unreadable(&page.place, cause, json::OBJECTS));
            }
            let cells = json::flatten(record);
            let mut raw = self.blank(Location { row: number, ..place.clone() }, false);
            let mut passed: BTreeSet<String> = BTreeSet::new();
            for (path, value) in cells {
                let folded = fold(&path);
                let known = paths.get(path.as_str()).cloned();
                let path = known.unwrap_or_else(|| {
                    let path: Arc<str> = path.into();
                    paths.insert(Arc::clone(&path));
                    path
                });
                if paths.len() > MOST_PATHS {
                    return Err(too_many_paths(page));
                }
                filters.remove(&folded);
                if self.kept_paths.get(&folded).is_some_and(|filter| filter.keeps(&value.reveal())) {
                    passed.insert(folded.clone());
                }
                let field = self.paths.get(&folded).copied();
                recognised |= field.is_some();
                let value = if field.is_some_and(Field::has_unit) { json::amount(value) } else { value };
                let cell = RawCell { value, header: path.clone(), column: path, unit_in_header: None };
                put(&mut raw, field, cell);
            }
            let empty = raw.cells.is_empty() && raw.unmapped.is_empty();
            if !empty && passed.len() == self.kept_paths.len() {
                self.complete(&mut raw);
                rows.push(raw);
            }
        }
        if !records.is_empty() && !recognised {
            return Err(IngestError::NoHeader {
                place: page.place.clone(),
                needed: 1,
                expected: self.expected.clone(),
            });
        }
        if !records.is_empty() && !filters.is_empty() {
            return Err(self.lost_filters(page, filters.len()));
        }
        let records = records.len();
        let mut findings = Vec::new();
        let mut seen: Vec<Seen> = Vec::new();
        for path in paths {
            let field = self.paths.get(&fold(&path)).copied();
            let path = path.to_string();
            seen.push(Seen { column: path.clone(), heading: path, field, is_path: true, repeats: None });
        }
        let read: BTreeSet<Field> = seen.iter().filter_map(|seen| seen.field).collect();
        let lost = self.promise.mapped.iter().filter(|(_, field)| !read.contains(field));
        let lost = lost.map(|(path, field)| ((*path).to_owned(), Some(*field)));
        let headings: Arc<[RawHeading]> = seen
            .iter()
            .map(|seen| (seen.heading.clone(), seen.field))
            .chain(lost)
            .map(|(path, field)| RawHeading { column: path.clone(), header: path, field })
            .collect();
        for row in &mut rows {
            row.headings = headings.clone();
        }
        if records > 0 {
            self.keep_promise(page, None, &seen, &mut rows, &mut findings)?;
        }
        Ok(PageRead { rows, records, findings, json: Some(value), ..PageRead::default() })
    }

    /// Whether a page is the only record of a list with one a line (NDJSON): without a pointer, with something
    /// under a path of the mapping, and without records inside, for then it is what stands around them.
    fn is_one_record(&self, value: &Value) -> bool {
        let is_around = || value.as_object().is_none_or(|members| members.values().any(holds_records));
        let has_field = || json::flatten(value).iter().any(|(path, _)| self.paths.contains_key(&fold(path)));
        self.source.pointer.is_none() && !is_around() && has_field()
    }
}

/// Whether an array of objects, or one of nothing, stands anywhere in a value. Lists of lists without names, such as
/// the corners of a place, are of one record.
fn holds_records(value: &Value) -> bool {
    let is_in_list =
        |item: &Value| item.as_array().is_some_and(|list| !list.is_empty() && holds_records(item));
    match value {
        Value::Array(items) => {
            items.is_empty() || items.iter().any(|item| item.is_object() || is_in_list(item))
        }
        Value::Object(members) => members.values().any(holds_records),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}
