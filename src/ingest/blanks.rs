//! Columns with a blank between, as some instruments and programs write them.

/// Rows that are looked at.
const MOST_ROWS: usize = 100;
/// Fewest rows, the headings among them: fewer are alike by chance.
const FEWEST_ROWS: usize = 3;
/// Digits of a group in a number: `1 200` is one.
const GROUP: usize = 3;
/// Words inside a phrase, which is one heading: `Date du jour`, `Quantité par an`.
const OF_PHRASES: &[&str] = &[
    "d", "de", "des", "du", "l", "la", "le", "les", "par", "en", "et", "à", "of", "per", "the", "and", "in",
];

/// Whether the rows of a sample, which holds none of these `marks`, are columns with one blank between: as many in
/// each row, below headings without digits, of which one at least is a number throughout.
pub(super) fn part(sample: &str, marks: &[u8]) -> bool {
    if sample.bytes().any(|byte| marks.contains(&byte) || byte == b'"') {
        return false;
    }
    let lines = sample.lines().filter(|line| !line.trim().is_empty()).take(MOST_ROWS);
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(' ').collect()).collect();
    let Some((headings, below)) = rows.split_first().filter(|_| rows.len() >= FEWEST_ROWS) else {
        return false;
    };
    let is_heading = |text: &&str| {
        !text.is_empty()
            && !text.contains(|letter: char| letter.is_ascii_digit())
            && !OF_PHRASES.contains(&text.to_lowercase().as_str())
    };
    let are_alike = below.iter().all(|row| row.len() == headings.len() && !row.contains(&""));
    if headings.len() < 2 || !headings.iter().all(is_heading) || !are_alike {
        return false;
    }
    let all = |column: usize, fits: fn(&str) -> bool| below.iter().all(|row| fits(row[column]));
    let is_group = |column: usize| column > 0 && all(column, is_group) && all(column - 1, is_number);
    (0..headings.len()).any(|column| all(column, is_number)) && !(0..headings.len()).any(is_group)
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.starts_with(|first: char| first.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

fn is_group(text: &str) -> bool {
    text.len() == GROUP && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::part;

    #[test]
    fn rows_of_as_many_numbers_below_headings_are_columns_and_phrases_and_wide_numbers_are_none() {
        assert!(part("a b c\n1 2 3\n4 5 6\n7 8 9\n", b";,"));
        assert!(part("Entreprise Tonnes\nZorglub 12\nBulgroz -7.5\n", b";,"));
        for text in [
            "a b c\n1 2 3\n4 5\n",
            "Quantité annuelle\n1 200\n3 500\n",
            "Quantité annuelle totale\n1 200 t\n3 500 t\n",
            "Date du jour\n12 mars 2024\n13 mars 2024\n",
            "Lot 1\nLot 2\nLot 3\n",
            "Nom complet\nZorglub inc\nBulgroz ltée\n",
            "a b\n1  2\n3  4\n",
            "a b\n1 2\n",
            "a b;c\n1 2;3\n4 5;6\n",
        ] {
            assert!(!part(text, b";,"), "{text}");
        }
    }
}
