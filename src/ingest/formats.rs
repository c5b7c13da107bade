//! What the format of a number shows beside it: a cell that holds 500 and shows `500 kg` says kilograms.

mod beside;
mod code;
mod numbers;

use crate::model::Cell;
use beside::Beside;
use numbers::Numbers;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Runs of cells that are kept of one sheet.
const MOST_RUNS: usize = 100_000;

/// What a format shows beside the numbers of a cell: its sections, of which the first that is for a number counts.
/// Of a number that none is for, nobody knows what is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Form {
    sections: Vec<Section>,
}

/// What is shown beside some numbers, where that is something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Section {
    numbers: Numbers,
    beside: Option<Beside>,
}

/// Cells of one column below each other that show the same beside their numbers; rows count from 0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Shown {
    column: u32,
    first: u32,
    last: u32,
    form: Form,
}

/// Such cells as they come, row after row.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
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
    const fn unknown() -> Self {
        Self { sections: Vec::new() }
    }

    /// Of a number format of Excel; none where it shows nothing but the number, or a date.
    pub(super) fn of_code(code: &str) -> Option<Self> {
        if code.is_empty() {
            return None;
        }
        let sections = code::sections(code);
        let is_bare = !sections.is_empty() && sections.iter().all(|section| section.beside.is_none());
        (!is_bare).then_some(Self { sections })
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
        let beside = Beside::of_text(number, is_percent, shown)?;
        Some(Self { sections: vec![Section { numbers: Numbers::ALL, beside: Some(beside) }] })
    }

    /// The number of a cell as if somebody had typed what the cell shows, with this decimal mark; none of what
    /// is no number, and of a number beside which nothing is shown.
    pub(super) fn typed(&self, cell: &Cell, decimal: char) -> Option<String> {
        let (digits, number) = match cell {
            #[expect(
                clippy::cast_precision_loss,
                reason = "compared with the limits of a format, which are doubles"
            )]
            Cell::Integer(number) => (number.reveal().to_string(), *number.reveal() as f64),
            Cell::Number(number) => (number.reveal().to_string(), *number.reveal()),
            _ => return None,
        };
        match self.sections.iter().find(|section| section.numbers.has(number)) {
            Some(section) => Some(section.beside.as_ref()?.typed(&digits, decimal)),
            None => Some(Beside::other("…").typed(&digits, decimal)),
        }
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
