//! What `quarantaine.xlsx` and the reading of its corrected copy agree on.

use super::RawRow;

/// Heading of the column that says where a refused row stands.
pub const WHERE: &str = "Où / Where";
/// Heading of the column that says why.
pub const REASONS: &str = "Motifs / Reasons";
/// Characters of a sheet's name that are used.
const LONGEST_NAME: usize = 28;

/// Name of the sheet with the rows of a source.
#[must_use]
pub fn sheet_name(source: &str) -> String {
    let forbidden = |character: char| matches!(character, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'');
    let clean: String = source
        .chars()
        .map(|character| if forbidden(character) { '_' } else { character })
        .take(LONGEST_NAME)
        .collect();
    if clean.is_empty() { "source".to_owned() } else { clean }
}

/// Heading of the last column, by which a row is known wherever it has moved.
pub const MARK: &str = "Repère / Mark";
/// Between the place of a row and the mark of what stood there.
const BETWEEN: &str = " · ";

/// A place with the mark of what stands there, by which the row is known wherever it has moved.
#[must_use]
pub fn marked(place: &str, row: &RawRow) -> String {
    let cells = row.cells.values().chain(&row.unmapped).filter(|cell| !cell.value.is_empty());
    // Letters of columns change when one is added.
    let mut texts: Vec<String> =
        cells.map(|cell| format!("{}\u{0}{}", cell.header, cell.value.reveal())).collect();
    texts.sort_unstable();
    let hash = blake3::hash(texts.join("\u{1}").as_bytes()).to_hex();
    format!("{place}{BETWEEN}{}", &hash[..10])
}

/// Place and mark; no mark where there is none.
#[must_use]
pub fn parts(origin: &str) -> (&str, Option<&str>) {
    origin.trim().rsplit_once(BETWEEN).map_or((origin.trim(), None), |(place, mark)| (place, Some(mark)))
}

/// The row that a place names, with its mark; the row alone without one.
#[must_use]
pub fn origin(place: &str, mark: &str) -> Option<String> {
    let row = row_of(place)?;
    Some(if mark.is_empty() { row } else { format!("{row}{BETWEEN}{mark}") })
}

/// The row that a place names (`file!sheet!B7` or `file!7 path` is `file!sheet!7` or `file!7`).
fn row_of(place: &str) -> Option<String> {
    let (before, last) = place.trim().rsplit_once('!')?;
    let digits = last.trim_start_matches(|letter: char| letter.is_ascii_uppercase());
    let end = digits.find(|character: char| !character.is_ascii_digit()).unwrap_or(digits.len());
    (end > 0).then(|| format!("{before}!{}", &digits[..end]))
}

#[cfg(test)]
mod tests {
    use super::{row_of, sheet_name};

    #[test]
    fn the_row_of_a_place_is_found_whatever_cell_was_to_blame() {
        assert_eq!(row_of("a.xlsx!Feuille 1!AB7").as_deref(), Some("a.xlsx!Feuille 1!7"));
        assert_eq!(row_of("page 1!7 organisation.nom").as_deref(), Some("page 1!7"));
        assert_eq!(row_of("a.csv!12").as_deref(), Some("a.csv!12"));
        assert_eq!(row_of("nulle part"), None);
        assert_eq!(sheet_name("a[b]").len(), 4);
    }
}
