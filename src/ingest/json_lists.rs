//! Tables in json whose rows are lists: their names stand in the first list, or in a list beside them.

use super::bounded::{MEMBER, OBJECT};
use super::budget::Budget;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// What the names beside lists are kept under.
const NAMES: [&str; 7] = ["columns", "fields", "header", "headers", "colonnes", "champs", "entetes"];
/// Under what a name is kept that is more than a text.
const NAME: [&str; 3] = ["name", "nom", "id"];
/// Depth of the search for lists in a page that nobody described.
const DEPTH: u32 = 4;

/// The page with an object for each list of a table: `[["nom", "t"], ["A", 1]]`, or
/// `{"columns": ["nom", "t"], "records": [["A", 1]]}`. Lists without names stay as they are. What the objects
/// take is counted; who calls looks whether it was too much.
pub(super) fn named(page: Value, budget: &Budget) -> Value {
    within(page, 0, budget)
}

fn within(value: Value, depth: u32, budget: &Budget) -> Value {
    match value {
        Value::Array(mut lists) if is_table(&lists) => match first_names(&lists) {
            Some(names) => records(lists.split_off(1), &names, budget),
            None => Value::Array(lists),
        },
        Value::Object(members) if depth < DEPTH => {
            let is_any =
                members.values().any(|member| member.as_array().is_some_and(|lists| is_table(lists)));
            if let Some((key, names)) = names_beside(&members).filter(|_| is_any) {
                with_names(members, key, &names, budget)
            } else {
                let inside = |(key, member)| (key, within(member, depth + 1, budget));
                Value::Object(members.into_iter().map(inside).collect())
            }
        }
        value => value,
    }
}

/// Whether rows of a table may be in it: lists and nothing else.
fn is_table(lists: &[Value]) -> bool {
    !lists.is_empty() && lists.iter().all(Value::is_array)
}

fn text(name: &Value) -> Option<&str> {
    match name {
        Value::String(name) => Some(name.trim()),
        Value::Null => Some(""),
        _ => None,
    }
}

/// Texts, of which one at least says something; blank for a column without a name.
fn names(columns: &[Value], name: fn(&Value) -> Option<&str>) -> Option<Vec<String>> {
    let names: Option<Vec<String>> = columns.iter().map(|column| name(column).map(str::to_owned)).collect();
    names.filter(|names| names.iter().any(|name| !name.is_empty()))
}

fn first_names(lists: &[Value]) -> Option<Vec<String>> {
    names(lists.first()?.as_array()?, text)
}

/// The name of a column that is a text, or an object with its name.
fn title(column: &Value) -> Option<&str> {
    let own = column.as_object().and_then(|column| NAME.iter().find_map(|name| column.get(*name)));
    text(own.unwrap_or(column))
}

/// The names beside lists, and under what they are kept.
fn names_beside(members: &Map<String, Value>) -> Option<(&'static str, Vec<String>)> {
    NAMES.into_iter().find_map(|key| Some((key, names(members.get(key)?.as_array()?, title)?)))
}

/// The members without their names, which may stand in the first list too.
fn with_names(mut members: Map<String, Value>, key: &str, names: &[String], budget: &Budget) -> Value {
    members.shift_remove(key);
    let member = |(key, member)| match member {
        Value::Array(mut lists) if is_table(&lists) => {
            let is_repeated = first_names(&lists).is_some_and(|first| first == names);
            let lists = if is_repeated { lists.split_off(1) } else { lists };
            (key, records(lists, names, budget))
        }
        member => (key, member),
    };
    Value::Object(members.into_iter().map(member).collect())
}

fn records(lists: Vec<Value>, names: &[String], budget: &Budget) -> Value {
    let called: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    let of_list = |list| match list {
        Value::Array(cells) => Value::Object(record(cells, names, &called, budget)),
        other => other,
    };
    Value::Array(lists.into_iter().map(of_list).collect())
}

/// Cells under their names; under its place, from 1, what has none or one that was there before. `called` are the
/// names again: no column takes that of another.
fn record(
    cells: Vec<Value>,
    names: &[String],
    called: &BTreeSet<&str>,
    budget: &Budget,
) -> Map<String, Value> {
    budget.takes(0, OBJECT as u64);
    let mut record = Map::new();
    let mut names = names.iter();
    for (place, cell) in (1_u32..).zip(cells) {
        let name = names.next().map(String::as_str).unwrap_or_default();
        if name.is_empty() && text(&cell).is_some_and(str::is_empty) {
            continue;
        }
        let (own, mut name) = (name, name.to_owned());
        while name.is_empty() || record.contains_key(&name) || name != own && called.contains(name.as_str()) {
            name = format!("{name} ({place})").trim().to_owned();
        }
        if !budget.takes(0, (MEMBER + name.len()) as u64) {
            break;
        }
        record.insert(name, cell);
    }
    record
}

#[cfg(test)]
mod tests {
    use super::{Budget, named};
    use serde_json::{Value, json};

    fn read(page: Value) -> Value {
        named(page, &Budget::none())
    }

    #[test]
    fn lists_under_names_become_records() {
        let records = json!([{"Entreprise": "Alpha", "Quantite": 1}, {"Entreprise": "Beta"}]);
        let lists = json!([["Alpha", 1], ["Beta"]]);
        assert_eq!(read(json!([["Entreprise", "Quantite"], ["Alpha", 1], ["Beta"]])), records);
        for columns in
            [json!(["Entreprise", "Quantite"]), json!([{"name": "Entreprise"}, {"id": "Quantite"}])]
        {
            let page = json!({"columns": columns, "index": [0, 1], "records": lists});
            assert_eq!(read(page), json!({"index": [0, 1], "records": records}));
        }
        let page = json!({"data": {"values": [["Entreprise", "Quantite"], ["Alpha", 1], ["Beta"]]}});
        assert_eq!(read(page), json!({"data": {"values": records}}));
        let repeated = json!({"columns": ["a"], "values": [["a"], ["x"]]});
        assert_eq!(read(repeated), json!({"values": [{"a": "x"}]}));
    }

    #[test]
    fn a_cell_without_a_name_of_its_own_is_kept_under_its_place() {
        let page = json!([["a", "a", ""], ["1", "2", "", "4"], ["1", "2", "3"]]);
        let records = json!([{"a": "1", "a (2)": "2", "(4)": "4"}, {"a": "1", "a (2)": "2", "(3)": "3"}]);
        assert_eq!(read(page), records);
        let page = json!([["a (3)", "a", "a", "a (4)"], [1, 2, 3, 4]]);
        assert_eq!(read(page), json!([{"a (3)": 1, "a": 2, "a (3) (3)": 3, "a (4)": 4}]));
    }

    #[test]
    fn lists_without_names_and_lists_inside_records_stay() {
        for page in [
            json!([1, 2, 3]),
            json!([[1, 2], [3, 4]]),
            json!([[]]),
            json!([]),
            json!([{"place": [[1, 2], [3, 4]], "codes": [["a"], ["b"]]}]),
            json!({"columns": ["a", "b"], "total": 2}),
        ] {
            assert_eq!(read(page.clone()), page);
        }
    }
}
