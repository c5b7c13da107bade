//! Json that may grow no larger than a workbook: its values are counted while they are parsed.

use super::budget::Budget;
use super::literals;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::borrow::Cow;
use std::fmt;

// What values take in memory together with the row that is made of them, in bytes: by the layout of
// `serde_json` with ordered members, of `RawRow` and of `RawCell`, on 64 bits.
/// An object, with the table of its members and its row.
pub(super) const OBJECT: usize = 700;
/// A member of one, beside its value and its name.
pub(super) const MEMBER: usize = 130;
/// A list, with the room that it keeps.
const LIST: usize = 300;
/// Any other value, with its cell, beside twice its text.
const SCALAR: usize = 300;

/// One json value, or one record a line as an array. Numbers whose notation says more than they do are texts.
///
/// # Errors
/// Text that is no json, or is larger than the budget, which then tells so.
pub(super) fn parse(text: &str, budget: &Budget) -> Result<Value, serde_json::Error> {
    let quoted = literals::quoted(text);
    // An error is told where it stands in the text as it came.
    values(&quoted, budget).map_err(|error| match quoted {
        Cow::Borrowed(_) => error,
        Cow::Owned(_) => wrong(text).unwrap_or(error),
    })
}

fn wrong(text: &str) -> Option<serde_json::Error> {
    serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>().find_map(Result::err)
}

fn values(text: &str, budget: &Budget) -> Result<Value, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let mut values = vec![Within(budget).deserialize(&mut reader)?];
    while reader.end().is_err() {
        values.push(Within(budget).deserialize(&mut reader)?);
    }
    if values.len() == 1 { Ok(values.remove(0)) } else { Ok(Value::Array(values)) }
}

/// A value within a budget.
#[derive(Clone, Copy)]
struct Within<'b>(&'b Budget);

impl Within<'_> {
    fn take<E: Error>(self, bytes: usize) -> Result<(), E> {
        if self.0.takes(1, bytes as u64) { Ok(()) } else { Err(E::custom("it is larger than its limits")) }
    }
}

impl<'de> DeserializeSeed<'de> for Within<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Within<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any json value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        self.take::<E>(SCALAR)?;
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        self.take::<E>(SCALAR)?;
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        self.take::<E>(SCALAR)?;
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        self.take::<E>(SCALAR)?;
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        self.take::<E>(SCALAR + 2 * value.len())?;
        Ok(Value::String(value.to_owned()))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        self.take::<E>(SCALAR)?;
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        self.take::<A::Error>(LIST)?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        self.take::<A::Error>(OBJECT)?;
        let mut map = Map::new();
        while let Some(mut name) = members.next_key::<String>()? {
            self.take::<A::Error>(MEMBER + name.len())?;
            let value = members.next_value_seed(self)?;
            // What comes twice is kept: the first under its name, another with its position behind it.
            while map.contains_key(&name) {
                name = format!("{name} ({})", map.len() + 1);
            }
            map.insert(name, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::super::budget::Budget;
    use super::parse;
    use crate::config::Limits;
    use crate::ingest::page::Place;
    use serde_json::Value;

    #[test]
    fn values_are_those_that_json_says() {
        for text in [
            r#"{"b": [1, -2, 3.5, null, true, "é\n"], "a": {"c": {}}, "b2": []}"#,
            r#"[9223372036854775807, 0.1, "", false]"#,
            " [[]] ",
        ] {
            let limits = Limits::default();
            let parsed = parse(text, &Budget::new(&limits)).unwrap();
            assert_eq!(parsed, serde_json::from_str::<Value>(text).unwrap());
            assert_eq!(parsed.to_string(), serde_json::from_str::<Value>(text).unwrap().to_string());
        }
        let limits = Limits::default();
        let lines = parse("{\"a\":1}\n\n{\"a\":2}\n", &Budget::new(&limits)).unwrap();
        assert_eq!(lines, serde_json::json!([{"a": 1}, {"a": 2}]));
        let twice = parse(r#"{"a":1,"a":2,"b":1.14E+09}"#, &Budget::new(&limits)).unwrap();
        assert_eq!(twice, serde_json::json!({"a": 1, "a (2)": 2, "b": "1.14E+09"}));
        let taken = parse(r#"{"a (3)":1,"a":2,"a":3}"#, &Budget::new(&limits)).unwrap();
        assert_eq!(taken, serde_json::json!({"a (3)": 1, "a": 2, "a (3) (3)": 3}));
        // Each decimal is the double nearest to it.
        let exact = parse("[1275.3451286971085,10.530266755553463]", &Budget::new(&limits)).unwrap();
        assert_eq!(exact.to_string(), "[1275.3451286971085,10.530266755553463]");
        let text = "[1e5,1e5,oui]";
        let error = parse(text, &Budget::new(&limits)).unwrap_err();
        assert_eq!(error.column(), serde_json::from_str::<Value>(text).unwrap_err().column());
        for wrong in ["{\"a\":1} x", "[1,", "{\"a\"}"] {
            let budget = Budget::new(&limits);
            assert!(parse(wrong, &budget).is_err(), "{wrong}");
            assert!(budget.check(&Place::path("a.json")).is_ok(), "{wrong}");
        }
    }

    #[test]
    fn what_is_larger_than_the_limits_is_refused_by_the_name_of_the_limit() {
        let text = format!("[{}{{}}]", "{\"a\":[1]},".repeat(50_000));
        for (limits, key) in [
            (Limits { workbook_memory_mib: 64, ..Limits::default() }, "workbook_memory_mib"),
            (Limits { workbook_cells: 1_000, ..Limits::default() }, "workbook_cells"),
            (Limits { workbook_seconds: 0, ..Limits::default() }, "workbook_seconds"),
        ] {
            let budget = Budget::new(&limits);
            assert!(parse(&text, &budget).is_err());
            let refusal = budget.check(&Place::path("a.json")).unwrap_err();
            assert!(refusal.to_string().contains(key) && refusal.exit_code() == 65, "{refusal}");
        }
        let limits = Limits::default();
        assert!(parse(&text, &Budget::new(&limits)).is_ok());
    }
}
