//! Json that cannot be parsed: what is wrong with it, and who can mend it.

use serde_json::Error;

/// Bytes around the place of an error in which a word is looked for.
const AROUND: usize = 12;

/// What is wrong with a text that is no json, and the repair.
pub(super) fn told(text: &str, error: &Error) -> (String, &'static str) {
    let place = format!("at line {}, column {}", error.line(), error.column());
    let said = error.to_string();
    if said.starts_with("recursion limit") {
        let help = "ask whoever exports it for flatter records";
        return (format!("the json is nested more deeply than is read, {place}"), help);
    }
    if said.starts_with("number out of range") {
        let help = "ask whoever exports it to write a number that a spreadsheet can hold";
        return (format!("the json holds a number that is too large, {place}"), help);
    }
    if !error.is_eof() && holds_no_number(text, error) {
        let help = "ask whoever exports it to write `null` for what is no number";
        return (format!("the json holds `NaN` or `Infinity`, which are no json, {place}"), help);
    }
    let help = "export it again; a file that stops in the middle was not saved completely";
    (format!("the json breaks off or is wrong {place}"), help)
}

fn holds_no_number(text: &str, error: &Error) -> bool {
    let Some(line) = error.line().checked_sub(1).and_then(|before| text.split('\n').nth(before)) else {
        return false;
    };
    let start = error.column().saturating_sub(AROUND / 2).min(line.len());
    let around = &line.as_bytes()[start..(start + AROUND).min(line.len())];
    let around = String::from_utf8_lossy(around);
    around.contains("NaN") || around.contains("Infin")
}

#[cfg(test)]
mod tests {
    use super::told;
    use serde_json::Value;

    #[test]
    fn what_is_wrong_with_json_is_told_apart() {
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        for (text, word) in [
            ("[{\"a\": NaN}]", "`NaN`"),
            ("[{\"a\":1},\n{\"a\": -Infinity}]", "`NaN`"),
            ("[{\"a\": 1e400}]", "too large"),
            (deep.as_str(), "nested"),
            ("[{\"a\": 1}, {\"a\"", "breaks off"),
            ("[{\"a\": oui}]", "breaks off or is wrong at line 1"),
        ] {
            let error = serde_json::from_str::<Value>(text).unwrap_err();
            let (cause, help) = told(text, &error);
            assert!(cause.contains(word) && !help.is_empty(), "{text}: {cause}");
        }
    }
}
