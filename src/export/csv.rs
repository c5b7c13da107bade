//! CSV: UTF-8, comma, decimal point, header, empty for a value that is not there.

use super::rows::Rows;
use crate::model::DAY;

pub(super) fn write(table: &Rows) -> Vec<u8> {
    let mut text = table.header.concat().join(",");
    text.push(',');
    text.push_str(DAY);
    text.push('\n');
    for (codes, values, statuses, day) in &table.rows {
        let values = values.iter().map(|value| value.map(|value| value.to_string()).unwrap_or_default());
        let cells: Vec<String> = codes
            .iter()
            .map(|code| quoted(code))
            .chain(values)
            .chain(statuses.iter().map(|status| (*status).to_owned()))
            .chain([day.map(|day| day.to_string()).unwrap_or_default()])
            .collect();
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    text.into_bytes()
}

fn quoted(code: &str) -> String {
    if code.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", code.replace('"', "\"\""))
    } else {
        code.to_owned()
    }
}
