//! What `quarantaine.xlsx` and the reading of its corrected copy agree on.

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

/// The row that a place names (`file!sheet!B7` or `file!7 path` is `file!sheet!7` or `file!7`).
#[must_use]
pub fn row_of(place: &str) -> Option<String> {
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
