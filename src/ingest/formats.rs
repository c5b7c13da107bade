//! What the format of a number shows beside it: a cell that holds 500 and shows `500 kg` says kilograms.

use crate::model::Cell;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Runs of cells that are kept of one sheet.
const MOST_RUNS: usize = 100_000;
/// Least number that is compared with the digits that are shown of it: a format takes thousands away.
const THOUSAND: f64 = 1_000.0;

/// What stands before and behind the number that a cell shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Form {
    before: String,
    after: String,
    /// A hundred times the number is shown.
    is_percent: bool,
    /// The format, or what is shown, where that is another number than the cell holds, or none.
    other: Option<String>,
}

/// Cells of one column below each other that show the same beside their numbers; rows count from 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Shown {
    column: u32,
    first: u32,
    last: u32,
    form: Form,
}

/// Such cells as they come, row after row.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Runs {
    list: Vec<Shown>,
    /// The last run of each column.
    #[serde(skip)]
    open: BTreeMap<u32, usize>,
}

impl Runs {
    /// Adds a cell; row and column count from 0.
    pub(super) fn take(&mut self, row: u32, column: u32, form: &Form) {
        if let Some(run) = self.open.get(&column).and_then(|at| self.list.get_mut(*at)) {
            if run.last == u32::MAX {
                return;
            }
            if run.last.checked_add(1) == Some(row) && run.form == *form {
                run.last = row;
                return;
            }
        }
        // With too many of them, what the rest of the column shows is in doubt.
        let is_full = self.list.len() >= MOST_RUNS;
        let (last, form) = if is_full { (u32::MAX, Form::unknown()) } else { (row, form.clone()) };
        self.open.insert(column, self.list.len());
        self.list.push(Shown { column, first: row, last, form });
    }

    /// Whether no cell was added.
    pub(super) const fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The runs by column, each from its first row on.
    pub(super) fn sorted(mut self) -> Vec<Shown> {
        self.list.sort_by_key(|run| (run.column, run.first));
        self.list
    }
}

/// What a cell shows beside its number, of sorted runs; row and column count from 0.
pub(super) fn at(runs: &[Shown], row: u32, column: u32) -> Option<&Form> {
    let after = runs.partition_point(|run| (run.column, run.first) <= (column, row));
    let run = runs.get(after.checked_sub(1)?)?;
    (run.column == column && row <= run.last).then_some(&run.form)
}

impl Form {
    /// Of cells of which nobody knows what they show.
    fn unknown() -> Self {
        Self { before: String::new(), after: String::new(), is_percent: false, other: Some("…".to_owned()) }
    }

    /// Of a number format of Excel (ECMA-376, part 1, 18.8.31), by its part for positive numbers; none where
    /// it shows nothing but the number, or a date.
    pub(super) fn of_code(code: &str) -> Option<Self> {
        let mut read = Reading::default();
        let mut letters = code.chars();
        while let Some(letter) = letters.next() {
            match letter {
                ';' => break,
                '"' => letters
                    .by_ref()
                    .take_while(|letter| *letter != '"')
                    .for_each(|letter| read.literal(letter)),
                '\\' => letters.next().into_iter().for_each(|letter| read.literal(letter)),
                '_' | '*' => _ = letters.next(),
                '[' => {
                    let inside: String = letters.by_ref().take_while(|letter| *letter != ']').collect();
                    if let Some(currency) = inside.strip_prefix('$') {
                        let sign = currency.split('-').next().unwrap_or_default();
                        sign.chars().for_each(|letter| read.literal(letter));
                    } else if inside.to_ascii_lowercase().trim_matches(['h', 'm', 's']).is_empty() {
                        return None;
                    }
                }
                '0' | '#' | '?' | '.' | '@' => read.digit(letter),
                ',' if read.is_open() => read.digit(','),
                'E' | 'e' if read.is_open() => {
                    read.digit('E');
                    _ = letters.next();
                }
                'G' => {
                    letters.by_ref().take("eneral".len()).for_each(drop);
                    read.digit('0');
                }
                '%' => {
                    read.is_percent = true;
                    read.literal('%');
                }
                letter if letter.is_ascii_alphabetic() => return None,
                letter => read.literal(letter),
            }
        }
        if code.is_empty() { None } else { read.form(code) }
    }

    /// Of a format that every workbook has (ECMA-376, part 1, 18.8.30).
    pub(super) fn built_in(number: &str) -> Option<Self> {
        match number {
            "5" | "6" | "7" | "8" | "42" | "44" => Self::of_code("\"$\"#,##0"),
            "9" | "10" => Self::of_code("0%"),
            _ => None,
        }
    }

    /// Of the text that an open document shows of a number.
    pub(super) fn of_text(number: f64, is_percent: bool, shown: &str) -> Option<Self> {
        let shown = shown.trim();
        let first = shown.find(|letter: char| letter.is_ascii_digit());
        let Some(first) = first else { return (!shown.is_empty()).then(|| Self::other(shown)) };
        let (before, mut after) = shown.split_at(first);
        loop {
            after =
                after.trim_start_matches(|letter: char| letter.is_ascii_digit() || ".,'’".contains(letter));
            // Thousands after a space, the other half of a fraction, a power of ten.
            let mut next = after.chars();
            let is_joint =
                next.next().is_some_and(|joint| joint.is_whitespace() || matches!(joint, '/' | 'E'));
            let behind = next.as_str().trim_start_matches(['+', '-']);
            if !is_joint || !behind.starts_with(|letter: char| letter.is_ascii_digit()) {
                break;
            }
            after = behind;
        }
        let before = if number < 0.0 { before.trim_start_matches(['-', '\u{2212}']) } else { before };
        let digits = shown[..shown.len() - after.len()].bytes().filter(u8::is_ascii_digit).count();
        let is_scaled = !is_percent && number.abs() >= THOUSAND && !shown.contains('E');
        if is_scaled && digits < format!("{:.0}", number.abs()).len() {
            return Some(Self::other(shown));
        }
        Self::telling(before.to_owned(), after.to_owned(), is_percent)
    }

    fn other(shown: &str) -> Self {
        Self { before: String::new(), after: String::new(), is_percent: false, other: Some(shown.to_owned()) }
    }

    /// None where what stands beside the number says nothing.
    fn telling(before: String, after: String, is_percent: bool) -> Option<Self> {
        let tells = |text: &str| {
            text.contains(|mark: char| mark.is_alphabetic() || "%$€£¢<>≤≥±~≈+-=/×".contains(mark))
        };
        let is_telling = is_percent || tells(&before) || tells(&after);
        is_telling.then_some(Self { before, after, is_percent, other: None })
    }

    /// The number of a cell as if somebody had typed what the cell shows, with this decimal mark; none of what
    /// is no number.
    pub(super) fn typed(&self, cell: &Cell, decimal: char) -> Option<String> {
        let number = match cell {
            Cell::Integer(number) if !self.is_percent => number.reveal().to_string(),
            Cell::Integer(number) => format!("{}00", number.reveal()),
            Cell::Number(number) if !self.is_percent => number.reveal().to_string(),
            // Doubles have no more digits that count.
            Cell::Number(number) => {
                let hundredfold = format!("{:.10}", number.reveal() * 100.0);
                hundredfold.trim_end_matches('0').trim_end_matches('.').to_owned()
            }
            _ => return None,
        };
        // Three decimals that somebody types could be thousands; those of the file are none.
        let number = match number.split_once('.') {
            Some((whole, decimals)) if decimals.len() == 3 => format!("{whole}{decimal}{decimals}0"),
            Some((whole, decimals)) => format!("{whole}{decimal}{decimals}"),
            None => number,
        };
        if let Some(other) = &self.other {
            return Some(format!("{number} (≠ {other})"));
        }
        let (sign, number) = number.strip_prefix('-').map_or(("", number.as_str()), |number| ("-", number));
        Some(format!("{sign}{}{number}{}", self.before, self.after))
    }
}

/// A number format under reading.
#[derive(Default)]
struct Reading {
    before: String,
    digits: String,
    /// What stands behind the digits so far.
    after: String,
    is_percent: bool,
    /// Something stands between the digits.
    is_parted: bool,
}

impl Reading {
    /// Whether the last that was read belongs to the number.
    const fn is_open(&self) -> bool {
        !self.digits.is_empty() && self.after.is_empty()
    }

    fn digit(&mut self, mark: char) {
        if !self.digits.is_empty() && !self.after.is_empty() {
            self.is_parted |= !matches!(self.after.trim(), "" | "'" | "’" | "/");
            self.after.clear();
        }
        self.digits.push(mark);
    }

    fn literal(&mut self, letter: char) {
        let side = if self.digits.is_empty() { &mut self.before } else { &mut self.after };
        side.push(letter);
    }

    fn form(self, code: &str) -> Option<Form> {
        let whole = self.digits.split('.').next().unwrap_or_default();
        let is_scaled = whole.ends_with(',') || self.digits.ends_with(',');
        // A digit of the format beside those of the number.
        let is_longer = self.before.ends_with(|last: char| last.is_ascii_digit())
            || self.after.starts_with(|first: char| first.is_ascii_digit());
        if self.digits.is_empty() || self.is_parted || is_scaled || is_longer {
            return Some(Form::other(code));
        }
        Form::telling(self.before, self.after, self.is_percent)
    }
}

#[cfg(test)]
mod tests {
    use super::{Form, Runs, at};
    use crate::ingest::records;
    use crate::ingest::table::{Head, Row, Sheet};
    use crate::model::{Cell, Confidential, Field};

    fn whole(number: i64) -> Cell {
        Cell::Integer(Confidential::new(number))
    }

    fn shown(code: &str, cell: &Cell) -> Option<String> {
        Form::of_code(code)?.typed(cell, '.')
    }

    #[test]
    fn a_format_adds_what_it_shows() {
        for (code, text) in [
            ("0\" lb\"", "40 lb"),
            ("#,##0.00\\ \"$\"", "40 $"),
            ("_-* #,##0.00\\ \"€\"_-;-* #,##0.00\\ \"€\"_-", "40 €"),
            ("[$$-1009]#,##0", "$40"),
            ("\">\"0", ">40"),
            ("-0", "-40"),
            ("0\"/sem\"", "40/sem"),
            ("General\" vg³\"", "40 vg³"),
            ("[Red]0\" t\"", "40 t"),
        ] {
            assert_eq!(shown(code, &whole(40)).as_deref(), Some(text), "{code}");
        }
        assert_eq!(shown("0%", &Cell::Number(Confidential::new(0.07))).as_deref(), Some("7%"));
        assert_eq!(shown("0.0\" t\"", &Cell::Number(Confidential::new(1.125))).as_deref(), Some("1.1250 t"));
        for code in ["#,##0.0,", "0,,", "0\"000\"", "0\"-\"0", ";;;", "\"voir note\""] {
            assert_eq!(shown(code, &whole(40)), Some(format!("40 (≠ {code})")), "{code}");
        }
    }

    #[test]
    fn a_format_of_the_number_alone_adds_nothing() {
        for code in [
            "General",
            "0",
            "#,##0.00",
            "# ##0",
            "#'##0",
            "0.00E+00",
            "# ?/?",
            "@",
            "yyyy-mm-dd",
            "[h]:mm",
            "d mmm",
            "#,##0_);(#,##0)",
            "_(* #,##0_);_(* (#,##0);_(* \"-\"??_);_(@_)",
            "[Blue]0.0",
            "",
        ] {
            assert_eq!(Form::of_code(code), None, "{code}");
        }
    }

    #[test]
    fn the_text_of_an_open_document_adds_what_it_shows() {
        let typed = |number: f64, is_percent: bool, text: &str| {
            Form::of_text(number, is_percent, text)?.typed(&Cell::Number(Confidential::new(number)), '.')
        };
        assert_eq!(typed(72.5, false, "72,50 $").as_deref(), Some("72.5 $"));
        assert_eq!(typed(0.4, true, "40 %").as_deref(), Some("40 %"));
        assert_eq!(typed(4_500.5, false, "4 500,5 lb").as_deref(), Some("4500.5 lb"));
        assert_eq!(typed(-3.5, false, "-3,5 t").as_deref(), Some("-3.5 t"));
        assert_eq!(typed(8.5, false, "8,5 m3").as_deref(), Some("8.5 m3"));
        assert_eq!(typed(4_500.5, false, "4,5").as_deref(), Some("4500.5 (≠ 4,5)"));
        for text in ["8,5", "8 1/2", "8,5E+00", "(8,5)", ""] {
            assert_eq!(typed(8.5, false, text), None, "{text}");
        }
        assert_eq!(typed(1_234_567.5, false, "1\u{202f}234\u{202f}567,5"), None);
    }

    #[test]
    fn a_quantity_of_a_run_is_what_its_cell_shows_and_every_other_number_is_the_number() {
        let mut runs = Runs::default();
        for column in [1, 2] {
            runs.take(1, column, &Form::of_code("0\" lb\"").unwrap());
        }
        let row = |number, cells| Row { number, hidden: false, cells };
        let headings =
            [(0, Cell::text("Entreprise")), (1, Cell::text("Quantité (t/an)")), (2, Cell::text("Prix"))];
        let sheet = Sheet {
            head: Head { shown: runs.sorted(), ..Head::default() },
            rows: vec![
                row(1, headings.to_vec()),
                row(2, vec![(0, Cell::text("A")), (1, whole(40)), (2, whole(40))]),
                row(3, vec![(0, Cell::text("B")), (1, whole(40))]),
            ],
            remarks: Vec::new(),
        };
        let mapping = "[columns]\nEntreprise = \"nom\"\n\"Quantité\" = \"quantite\"\nPrix = \"prix\"\n";
        let rows = records::rows_of(&sheet, mapping);
        assert_eq!(rows[0].cells[&Field::Quantity].value, Cell::text("40 lb"));
        assert_eq!(rows[0].cells[&Field::Price].value, whole(40));
        assert_eq!(rows[1].cells[&Field::Quantity].value, whole(40));
    }

    #[test]
    fn cells_below_each_other_are_one_run() {
        let form = Form::of_code("0\" t\"").unwrap();
        let mut runs = Runs::default();
        for (row, column) in [(1, 3), (1, 5), (2, 3), (3, 3), (7, 3)] {
            runs.take(row, column, &form);
        }
        let runs = runs.sorted();
        assert_eq!(runs.len(), 3);
        let seen = [(1, 3), (3, 3), (4, 3), (7, 3), (1, 5), (2, 5), (1, 4)]
            .map(|(row, column)| at(&runs, row, column).is_some());
        assert_eq!(seen, [true, true, false, true, true, false, false]);
    }
}
