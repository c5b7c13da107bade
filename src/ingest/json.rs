//! Records of a json page, flattened to dotted paths.

use super::IngestError;
use super::literals::is_telling;
use super::page::Place;
use super::table::{Row, Sheet};
use crate::model::{Cell, Confidential};
use serde_json::Value;

/// What is wrong with an array of plain values, or of lists without names.
pub(super) const NO_RECORDS: &str = "it holds no records: nothing in its array is an object";
/// The repair.
pub(super) const OBJECTS: &str = "set `pointer` of the source to an array of objects, \
                                  or of lists of which the first names the columns";

/// The array of records: at the pointer, else the page itself.
pub(super) fn array<'a>(
    place: &Place,
    value: &'a Value,
    pointer: Option<&str>,
) -> Result<&'a [Value], IngestError> {
    let at = pointer.unwrap_or_default();
    match value.pointer(at) {
        Some(Value::Array(records)) => Ok(records),
        Some(_) => {
            let cause = if at.is_empty() {
                "it is one json value and no array of records".to_owned()
            } else {
                format!("there is no array at `{at}`")
            };
            let example = match usual_array(value) {
                Some(found) => format!("probably `{found}`"),
                None => "for example `/data/flux`".to_owned(),
            };
            let help = format!("set `pointer` of the source to the array of records, {example}");
            Err(IngestError::unreadable(place, cause, help))
        }
        None => Err(IngestError::unreadable(
            place,
            format!("there is nothing at `{at}`"),
            "correct `pointer` of the source; it starts with `/` and names one key after the other",
        )),
    }
}

/// Path and cell of everything in a record, in its own order. Lists of plain values become
/// one text joined by ` / `; lists of records are numbered from 0.
pub(super) fn flatten(record: &Value) -> Vec<(String, Cell)> {
    let mut cells = Vec::new();
    walk(String::new(), record, &mut cells);
    cells
}

fn walk(path: String, value: &Value, cells: &mut Vec<(String, Cell)>) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                walk(below(key), member, cells);
            }
        }
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            for (index, item) in items.iter().enumerate() {
                walk(below(&index.to_string()), item, cells);
            }
        }
        Value::Array(items) => {
            let texts: Vec<String> =
                items.iter().map(|item| cell(item).reveal()).filter(|text| !text.is_empty()).collect();
            cells.push((path, Cell::text(texts.join(" / "))));
        }
        _ => cells.push((path, cell(value))),
    }
}

fn cell(value: &Value) -> Cell {
    match value {
        Value::Bool(boolean) => Cell::Boolean(*boolean),
        Value::String(text) => Cell::text(text.as_str()),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Cell::Integer(Confidential::new(whole)),
            // A zero has no sign.
            (None, Some(0.0)) => Cell::Integer(Confidential::new(0)),
            (None, Some(double)) => Cell::Number(Confidential::new(double)),
            (None, None) => Cell::text(number.to_string()),
        },
        Value::Null | Value::Array(_) | Value::Object(_) => Cell::Empty,
    }
}

/// The cell of an amount, where a number counts and not how it is written.
pub(super) fn amount(cell: Cell) -> Cell {
    let number = match &cell {
        Cell::Text(text) if is_telling(text.reveal()) => text.reveal().parse::<f64>().ok(),
        _ => None,
    };
    match number.filter(|number| number.is_finite()) {
        Some(number) => Cell::Number(Confidential::new(number)),
        None => cell,
    }
}

/// The page as a sheet: the paths as first row, then the records of the first array found.
pub(super) fn as_sheet(value: &Value) -> Sheet {
    let records = first_array(value).map_or_else(|| std::slice::from_ref(value), |(_, records)| records);
    let mut paths: Vec<String> = Vec::new();
    let mut ranks = std::collections::BTreeMap::new();
    let mut rows = Vec::new();
    for (number, record) in (2_u32..).zip(records) {
        let mut cells = Vec::new();
        for (path, cell) in flatten(record) {
            let next = u32::try_from(paths.len()).unwrap_or(u32::MAX);
            let column = *ranks.entry(path.clone()).or_insert_with(|| {
                paths.push(path);
                next
            });
            if !cell.is_empty() {
                cells.push((column, cell));
            }
        }
        cells.sort_by_key(|(column, _)| *column);
        cells.dedup_by_key(|(column, _)| *column);
        rows.push(Row { number, hidden: false, cells });
    }
    let header = (0..).zip(paths).map(|(column, path)| (column, Cell::text(path))).collect();
    rows.insert(0, Row { number: 1, hidden: false, cells: header });
    Sheet { rows, ..Sheet::default() }
}

/// Usual names around records. Others are the platform's own and may say anything: no message repeats them.
const USUAL: &[&str] = &[
    "data", "donnees", "elements", "features", "flux", "items", "records", "result", "results", "rows",
    "value", "values",
];

/// The pointer to the first array, when a message may show it.
fn usual_array(value: &Value) -> Option<String> {
    let (pointer, _) = first_array(value)?;
    let is_usual = pointer.split('/').skip(1).all(|name| USUAL.contains(&name));
    is_usual.then_some(pointer)
}

/// Depth of the search for records in a page that nobody described.
const DEPTH: u32 = 4;

/// The first array of records in a page, or else the first without lists, which are no records, with the JSON
/// pointer to it.
pub(super) fn first_array(value: &Value) -> Option<(String, &[Value])> {
    let of_records = |items: &[Value]| items.iter().any(Value::is_object);
    let without_lists = |items: &[Value]| !items.iter().any(Value::is_array);
    below(value, String::new(), 0, of_records).or_else(|| below(value, String::new(), 0, without_lists))
}

fn below(
    value: &Value,
    pointer: String,
    depth: u32,
    is_meant: fn(&[Value]) -> bool,
) -> Option<(String, &[Value])> {
    match value {
        Value::Array(items) => is_meant(items).then_some((pointer, items.as_slice())),
        Value::Object(members) if depth < DEPTH => members.iter().find_map(|(key, member)| {
            let key = key.replace('~', "~0").replace('/', "~1");
            below(member, format!("{pointer}/{key}"), depth + 1, is_meant)
        }),
        _ => None,
    }
}

/// Whether nothing stands anywhere in a page: `null`, `[]`, `{"data": []}`.
pub(super) fn holds_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.iter().all(holds_nothing),
        Value::Object(members) => members.values().all(holds_nothing),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Cell, array, as_sheet, first_array, flatten};
    use crate::ingest::page::Place;
    use serde_json::json;

    #[test]
    fn nested_members_become_dotted_paths() {
        let record = json!({"id": 7, "organisation": {"nom": "A", "tel": null},
            "codes": ["200108", "200125"], "contacts": [{"nom": "B"}], "q": 1.5, "zero": -0.0, "ok": true});
        let seen: Vec<(String, String)> =
            flatten(&record).into_iter().map(|(path, cell)| (path, cell.reveal())).collect();
        let expected = [
            ("id", "7"),
            ("organisation.nom", "A"),
            ("organisation.tel", ""),
            ("codes", "200108 / 200125"),
            ("contacts.0.nom", "B"),
            ("q", "1.5"),
            ("zero", "0"),
            ("ok", "oui"),
        ];
        assert_eq!(seen, expected.map(|(path, text)| (path.to_owned(), text.to_owned())));
    }

    #[test]
    fn a_pointer_that_misses_is_an_error_that_names_it() {
        let page = json!({"data": {"flux": [1]}});
        let place = Place::path("a.json");
        assert_eq!(array(&place, &page, Some("/data/flux")).unwrap().len(), 1);
        assert!(array(&place, &page, Some("/data/flus")).unwrap_err().to_string().contains("`/data/flus`"));
        for (page, told) in [
            (json!({"total": 1, "results": [{"nom": "A"}]}), "probably `/results`"),
            (json!({"Canari inc.": [{"nom": "A"}]}), "for example `/data/flux`"),
        ] {
            let error = array(&place, &page, None).unwrap_err().to_string();
            assert!(error.contains("no array of records") && error.contains(told), "{error}");
            assert!(!error.contains("Canari"), "{error}");
        }
        assert_eq!(as_sheet(&page).rows.len(), 2);
        assert_eq!(first_array(&page).unwrap().0, "/data/flux");
        let beside = json!({"index": [0, 1], "flux": [{"nom": "A"}, {"nom": "B"}]});
        assert_eq!(first_array(&beside).unwrap().0, "/flux");
        let record = json!({"nom": "A", "place": [[1, 2], [3, 4]]});
        assert_eq!(first_array(&record), None);
        let header: Vec<String> = as_sheet(&record).rows[0].dense(9).iter().map(Cell::reveal).collect();
        assert_eq!(header, ["nom", "place.0", "place.1"]);
    }
}
