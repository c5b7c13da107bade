//! Reference tables that are compiled in.

/// Rows of an embedded table, without its heading.
///
/// # Panics
/// When the table is not well-formed: the tests read every one.
pub(super) fn rows(text: &'static str) -> Vec<Vec<&'static str>> {
    let records: &'static [csv::StringRecord] = csv::Reader::from_reader(text.as_bytes())
        .into_records()
        .map(|row| row.expect("the embedded table is well-formed"))
        .collect::<Vec<_>>()
        .leak();
    records.iter().map(|row| row.iter().collect()).collect()
}
