//! What was read, before anything is believed of it.

use super::{Confidential, Field, Location};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What stands in a cell whose formula was never computed: no spreadsheet error of its own exists.
pub const NOT_COMPUTED: &str = "#FORMULE!";

/// One cell as the reader saw it.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing there.
    Empty,
    /// Text, untrimmed.
    Text(Confidential<String>),
    /// A whole number.
    Integer(Confidential<i64>),
    /// A number with decimals, as the file's own double.
    Number(Confidential<f64>),
    /// A true boolean.
    Boolean(bool),
    /// A cell that the file formats as a date.
    Date(chrono::NaiveDateTime),
    /// A spreadsheet error such as `#N/A`.
    Error(String),
}

impl Cell {
    /// Wraps text; blank text is `Empty`.
    #[must_use]
    pub fn text(value: impl Into<String>) -> Self {
        let value = value.into();
        if value.trim().is_empty() { Self::Empty } else { Self::Text(Confidential::new(value)) }
    }

    /// The cell as text, trimmed: for normalise, the private state and the leak gate.
    /// Whole doubles print without decimals, so identifiers that became floats survive.
    #[must_use]
    pub fn reveal(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.reveal().trim().to_owned(),
            Self::Integer(number) => number.reveal().to_string(),
            Self::Number(number) => number.reveal().to_string(),
            Self::Boolean(true) => "oui".to_owned(),
            Self::Boolean(false) => "non".to_owned(),
            Self::Date(date) => date.format("%Y-%m-%d").to_string(),
            Self::Error(error) => error.clone(),
        }
    }

    /// Whether there is nothing to read.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }
}

/// A cell with the column it came from: what is said of the column is shared by its cells.
#[derive(Debug, Clone, PartialEq)]
pub struct RawCell {
    /// What was read.
    pub value: Cell,
    /// Column letters (`D`) in a sheet or csv, or the json path (`organisation.nom`).
    pub column: Arc<str>,
    /// The header as written, for messages.
    pub header: Arc<str>,
    /// Unit and frequency found in the heading, such as `t/an`.
    pub unit_in_header: Option<Arc<str>>,
}

/// One column of the table that a row stands in, whether the row fills it or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawHeading {
    /// Column letters, or the json path.
    pub column: String,
    /// The header as written.
    pub header: String,
    /// What it was taken for.
    pub field: Option<Field>,
}

/// One row of a source with its cells under known fields.
#[derive(Debug, Clone, PartialEq)]
pub struct RawRow {
    /// Where it stands.
    pub location: Location,
    /// Mapped cells; a field appears once.
    pub cells: BTreeMap<Field, RawCell>,
    /// Cells in columns that the mapping does not name: kept for quarantine and the leak gate.
    pub unmapped: Vec<RawCell>,
    /// Every column of its table, in its order.
    pub headings: Arc<[RawHeading]>,
    /// The row is hidden in the workbook.
    pub hidden: bool,
    /// Its first cell is merged over several columns, as a title is.
    pub spans: bool,
    /// It says headings of another table, where a header may stand: below a blank row or a title.
    pub heads_another: bool,
    /// What the rows of the source are.
    pub subject: super::Subject,
    /// The row that this one corrects, as `Location::private` names it without a column.
    pub replaces: Option<Confidential<String>>,
    /// Why the contract of the source sends the row to quarantine.
    pub held: Option<super::FindingKind>,
}

/// Fewest columns of a table in which a row of one cell is no entry.
const WIDE: usize = 3;

impl RawRow {
    /// Cells that stand in the sheet: a constant of the mapping stands in no column.
    pub fn own(&self) -> impl Iterator<Item = &RawCell> {
        let cells = self.cells.values().chain(&self.unmapped);
        cells.filter(|cell| !cell.column.is_empty() && !cell.value.is_empty())
    }

    /// Whether it holds one cell where its table has several columns: a title, a note, or an entry that
    /// somebody began.
    #[must_use]
    pub fn is_alone(&self) -> bool {
        self.headings.len() >= WIDE && self.own().count() == 1
    }

    /// The cell of a field; absent and empty are the same.
    #[must_use]
    pub fn get(&self, field: Field) -> Option<&RawCell> {
        self.cells.get(&field).filter(|cell| !cell.value.is_empty())
    }

    /// Trimmed text of a field, empty when absent.
    #[must_use]
    pub fn text(&self, field: Field) -> String {
        self.get(field).map(|cell| cell.value.reveal()).unwrap_or_default()
    }
}
