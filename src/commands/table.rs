//! Tables for people: French above English, columns aligned.

/// A column: its title in French and in English; numbers stand right.
pub(super) struct Column {
    fr: &'static str,
    en: &'static str,
    number: bool,
}

/// A column of words.
pub(super) const fn words(fr: &'static str, en: &'static str) -> Column {
    Column { fr, en, number: false }
}

/// A column of numbers.
pub(super) const fn numbers(fr: &'static str, en: &'static str) -> Column {
    Column { fr, en, number: true }
}

/// The lines of a table.
pub(super) fn lines<const N: usize>(columns: &[Column; N], rows: &[[String; N]]) -> String {
    let titles = [
        columns.each_ref().map(|column| column.fr.to_owned()),
        columns.each_ref().map(|column| column.en.to_owned()),
    ];
    let mut widths = [0; N];
    for row in titles.iter().chain(rows) {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut text = String::new();
    for row in titles.iter().chain(rows) {
        let mut line = String::new();
        for ((cell, column), width) in row.iter().zip(columns).zip(widths) {
            let gap = " ".repeat(width - cell.chars().count());
            line += &if column.number { format!("{gap}{cell}  ") } else { format!("{cell}{gap}  ") };
        }
        text += line.trim_end();
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{lines, numbers, words};

    #[test]
    fn accents_do_not_shift_a_column_and_numbers_stand_right() {
        let columns = [words("début", "start"), numbers("lignes", "rows")];
        let rows = [["é".to_owned(), "7".to_owned()], ["abc".to_owned(), "1234".to_owned()]];
        let expected = "début  lignes\nstart    rows\né           7\nabc      1234\n";
        assert_eq!(lines(&columns, &rows), expected);
    }
}
