//! Six-digit codes of the List of Waste, from `pipelines/reference/matieres.csv`.

use crate::model::Category;
use std::collections::BTreeMap;
use std::sync::LazyLock;

static CODES: LazyLock<BTreeMap<String, Option<Category>>> = LazyLock::new(|| {
    let table = include_str!("../../pipelines/reference/matieres.csv");
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    reader
        .records()
        .filter_map(Result::ok)
        .map(|record| (record[0].to_owned(), record[4].parse().ok()))
        .collect()
});

/// The codes of a cell such as `20 01 08`, `200108/200125` or `30105` (a lost zero), in the
/// order written, and whether something that looks like a code is not in the list.
pub(super) fn codes(text: &str) -> (Vec<String>, bool) {
    let mut found = Vec::new();
    let mut unknown = false;
    for part in text.split(['/', ',', ';', '+', '|', '\n', '&']) {
        let digits: String = part.chars().filter(char::is_ascii_digit).collect();
        let only = part.chars().all(|character| {
            character.is_ascii_digit() || matches!(character, ' ' | '*' | '\u{a0}' | '.' | '-')
        });
        let leading = part.trim().len() >= 6 && part.trim().bytes().take(6).all(|byte| byte.is_ascii_digit());
        let code = if only && digits.len() == 5 {
            format!("0{digits}")
        } else if only && digits.len() >= 6 {
            digits
        } else if leading
            || digits.len() >= 6 && part.trim().starts_with(|first: char| first.is_ascii_digit())
        {
            digits[..6].to_owned()
        } else {
            unknown |= only && !digits.is_empty();
            continue;
        };
        if CODES.contains_key(&code) {
            if !found.contains(&code) {
                found.push(code);
            }
        } else {
            unknown = true;
        }
    }
    (found, unknown)
}

/// The category of the first code that has one.
pub(super) fn category(codes: &[String]) -> Option<Category> {
    codes.iter().find_map(|code| CODES.get(code).copied().flatten())
}

#[cfg(test)]
mod tests {
    use super::{CODES, category, codes};
    use crate::model::Category;

    #[test]
    fn codes_are_read_and_checked_against_the_list() {
        assert_eq!(CODES.len(), 842);
        assert_eq!(codes("200108/200125"), (vec!["200108".to_owned(), "200125".to_owned()], false));
        assert_eq!(codes("20 01 08*"), (vec!["200108".to_owned()], false));
        assert_eq!(codes("30105"), (vec!["030105".to_owned()], false));
        assert_eq!(codes("999999"), (Vec::new(), true));
        assert_eq!(codes("ferraille"), (Vec::new(), false));
        assert_eq!(category(&["030105".to_owned()]), Some(Category::Wood));
    }
}
