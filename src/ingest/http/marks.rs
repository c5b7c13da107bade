//! What a page says of the next one, at a pointer of the settings.

use super::super::IngestError;
use super::super::page::Place;
use serde_json::Value;

/// What stands at a pointer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// Nothing, not even null.
    Absent,
    /// Null or blank: the last page.
    End,
    /// A link or a cursor.
    Next(String),
}

/// The mark at a pointer. A link may be an object with its address in `href` (HAL), as one of JSON:API.
pub(super) fn mark(
    json: Option<&Value>,
    pointer: &str,
    is_link: bool,
    place: &Place,
) -> Result<Mark, IngestError> {
    let Some(found) = json.and_then(|json| json.pointer(pointer)) else { return Ok(Mark::Absent) };
    let value = match found {
        Value::Object(members) if is_link => members.get("href").unwrap_or(found),
        other => other,
    };
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Null => String::new(),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            let wanted = if is_link { "the address of the next page" } else { "the mark of the next page" };
            return Err(IngestError::unreadable(
                place,
                format!("what stands at `{pointer}` is not {wanted}"),
                "correct `pointer` of `paging`: it names a text, a number or null",
            ));
        }
    };
    Ok(if text.is_empty() { Mark::End } else { Mark::Next(text) })
}

/// A number of records: digits, with or without quotation marks, or a number without decimals.
pub(super) fn count(value: &Value) -> Option<u64> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    let digits =
        if value.is_number() { text.strip_suffix(".0").unwrap_or(text.as_str()) } else { text.as_str() };
    let is_plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_plain { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::{Mark, count, mark};
    use crate::ingest::page::Place;
    use serde_json::{Value, json};

    #[test]
    fn a_mark_is_text_a_number_or_nothing_and_a_link_may_be_an_object() {
        let place = Place::path("a.json");
        let read = |value: Value, is_link| {
            let page = json!({ "suite": value });
            mark(Some(&page), "/suite", is_link, &place).map_err(|error| error.to_string())
        };
        let next = |text: &str| Ok(Mark::Next(text.to_owned()));
        assert_eq!(read(json!(" /x?page=2 "), true), next("/x?page=2"));
        assert_eq!(read(json!(7), false), next("7"));
        assert_eq!(read(json!({"href": "/x"}), true), next("/x"));
        assert_eq!(read(json!({"href": null}), true), Ok(Mark::End));
        assert_eq!((read(json!(null), true), read(json!(" "), false)), (Ok(Mark::End), Ok(Mark::End)));
        for (value, is_link) in [
            (json!({"href": "/x"}), false),
            (json!({"url": "/x"}), true),
            (json!({"href": {}}), true),
            (json!(["/x"]), true),
            (json!(true), false),
        ] {
            assert!(read(value.clone(), is_link).unwrap_err().contains("`/suite`"), "{value}");
        }
        assert_eq!(mark(Some(&json!({})), "/suite", true, &place).ok(), Some(Mark::Absent));
        assert_eq!(mark(None, "/suite", true, &place).ok(), Some(Mark::Absent));
    }

    #[test]
    fn a_count_is_whole_however_it_is_written() {
        for fifteen in [json!(15), json!("15"), json!(15.0), json!(" 15 ")] {
            assert_eq!(count(&fifteen), Some(15), "{fifteen}");
        }
        for none in [json!(15.5), json!("15.0"), json!(-1), json!("+1"), json!(""), json!(null), json!([15])]
        {
            assert_eq!(count(&none), None, "{none}");
        }
    }
}
