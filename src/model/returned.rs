//! What `quarantaine.xlsx` and the reading of its corrected copy agree on.

use super::RawRow;

/// Heading of the column that says where a refused row stands.
pub const WHERE: &str = "Où / Where";
/// Heading of the column that says why.
pub const REASONS: &str = "Motifs / Reasons";
/// Name of the sheet that counts findings.
pub const COUNTS: &str = "constats - findings";
/// Characters of a sheet's name that are used; a spreadsheet takes at most 31.
const LONGEST_NAME: usize = 28;
/// Characters of them that tell two names apart which are otherwise alike.
const SUM: usize = 7;

/// Name of the sheet with the rows of a source: its own, or one of that source alone when a sheet cannot
/// have it.
#[must_use]
pub fn sheet_name(source: &str) -> String {
    let is_whole = clean(source, LONGEST_NAME) == source && !source.is_empty();
    if is_whole { source.to_owned() } else { distinct_name(source) }
}

/// The name of a sheet that no other source has, whatever the case of its letters.
#[must_use]
pub fn distinct_name(source: &str) -> String {
    let hash = blake3::hash(source.as_bytes()).to_hex();
    format!("{}-{}", clean(source, LONGEST_NAME - SUM - 1), &hash[..SUM])
}

/// Whether a sheet of this name holds the rows of a source: one of its own, or a copy of it.
#[must_use]
pub fn is_sheet_of(sheet: &str, source: &str) -> bool {
    let sheet = original(sheet);
    sheet == sheet_name(source) || sheet == distinct_name(source)
}

/// Whether a sheet of this name counts findings, and holds no row of anybody.
#[must_use]
pub fn is_of_counts(sheet: &str) -> bool {
    original(sheet) == COUNTS
}

/// The name of the sheet that one was copied from, by the names that spreadsheets give to copies: `visites (2)`,
/// `visites_2`, `Copie de visites`. The name of a source has none of these marks.
fn original(sheet: &str) -> &str {
    let sheet = sheet.strip_prefix("Copie de ").or_else(|| sheet.strip_prefix("Copy of ")).unwrap_or(sheet);
    let numbered = |before: &str, after: &str| {
        let counted = sheet.strip_suffix(after)?;
        let name = counted.trim_end_matches(|letter: char| letter.is_ascii_digit());
        name.strip_suffix(before).filter(|_| name.len() < counted.len())
    };
    numbered(" (", ")").or_else(|| numbered("_", "")).unwrap_or(sheet)
}

/// The first characters of a name, without those that the name of a sheet cannot have.
fn clean(source: &str, longest: usize) -> String {
    let forbidden = |character: char| {
        matches!(character, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'') || character.is_control()
    };
    let clean = source.chars().map(|character| if forbidden(character) { '_' } else { character });
    clean.take(longest).collect()
}

/// Heading of the last column, by which a row is known wherever it has moved.
pub const MARK: &str = "Repère / Mark";
/// Between the place of a row and the mark of what stood there.
const BETWEEN: &str = " · ";

/// The mark of what a row says.
#[must_use]
pub fn mark(row: &RawRow) -> String {
    let cells = row.cells.values().chain(&row.unmapped).filter(|cell| !cell.value.is_empty());
    // Letters of columns change when one is added.
    let mut texts: Vec<String> =
        cells.map(|cell| format!("{}\u{0}{}", cell.header, cell.value.reveal())).collect();
    texts.sort_unstable();
    blake3::hash(texts.join("\u{1}").as_bytes()).to_hex()[..10].to_owned()
}

/// A place with the mark of what stands there, by which the row is known wherever it has moved.
#[must_use]
pub fn marked(place: &str, row: &RawRow) -> String {
    format!("{place}{BETWEEN}{}", mark(row))
}

/// Before a mark in a cell, and no digit of one: a spreadsheet that opens a csv takes `12e45` for a number.
const NO_NUMBER: char = 'r';

/// A mark as its column shows it.
#[must_use]
pub fn shown(mark: &str) -> String {
    format!("{NO_NUMBER}{mark}")
}

/// Place and mark; no mark where there is none.
#[must_use]
pub fn parts(origin: &str) -> (&str, Option<&str>) {
    origin.trim().rsplit_once(BETWEEN).map_or((origin.trim(), None), |(place, mark)| (place, Some(mark)))
}

/// File and sheet of a place. Records of a platform move from page to page, so its pages are one.
#[must_use]
pub fn sheet_at(place: &str) -> String {
    let sheet = place.rsplit_once('!').map_or(place, |(sheet, _)| sheet);
    let page = sheet.strip_prefix("page ").filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
    page.map_or(sheet, |_| "page").to_owned()
}

/// The row that a place names, with its mark as the column shows it; the row alone without one.
#[must_use]
pub fn origin(place: &str, mark: &str) -> Option<String> {
    let (row, mark) = (row_of(place)?, mark.trim_start_matches(NO_NUMBER));
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
    use super::{distinct_name, is_sheet_of, origin, row_of, sheet_name, shown};

    #[test]
    fn each_source_has_a_sheet_of_its_own() {
        let (north, south) = ("ateliers-du-parc-industriel-nord", "ateliers-du-parc-industriel-sud");
        assert_ne!(sheet_name(north), sheet_name(south));
        assert!(is_sheet_of(&sheet_name(north), north) && !is_sheet_of(&sheet_name(south), north));
        assert_ne!(sheet_name("a/b"), sheet_name("a:b"));
        assert_ne!(distinct_name("Visites").to_lowercase(), distinct_name("visites"));
        assert_eq!(sheet_name("visites"), "visites");
        for source in [north, "a/b", "", "é".repeat(40).as_str()] {
            assert!((1..=28).contains(&sheet_name(source).chars().count()), "{source}");
        }
    }

    #[test]
    fn a_copy_of_a_sheet_is_of_its_source() {
        let long = sheet_name("ateliers-du-parc-industriel-nord");
        for name in
            ["visites (2)", "visites_2", "Copie de visites", "Copy of visites", "Copie de visites (3)"]
        {
            assert!(is_sheet_of(name, "visites"), "{name}");
        }
        assert!(is_sheet_of(&format!("{long} (2)"), "ateliers-du-parc-industriel-nord"));
        for name in ["visites-2", "visites ()", "visites_", "visites 2", "Copie de sud"] {
            assert!(!is_sheet_of(name, "visites"), "{name}");
        }
    }

    #[test]
    fn a_mark_is_no_number_in_its_cell_and_is_read_with_and_without_its_letter() {
        let marked = Some("a.csv!7 · 12345e6789".to_owned());
        assert!(shown("12345e6789").parse::<f64>().is_err());
        assert_eq!(origin("a.csv!7", &shown("12345e6789")), marked);
        assert_eq!(origin("a.csv!7", "12345e6789"), marked);
    }

    #[test]
    fn the_row_of_a_place_is_found_whatever_cell_was_to_blame() {
        assert_eq!(row_of("a.xlsx!Feuille 1!AB7").as_deref(), Some("a.xlsx!Feuille 1!7"));
        assert_eq!(row_of("page 1!7 organisation.nom").as_deref(), Some("page 1!7"));
        assert_eq!(row_of("a.csv!12").as_deref(), Some("a.csv!12"));
        assert_eq!(row_of("nulle part"), None);
    }
}
