//! What the child and its parent say to each other: one line of json each.

use super::super::sniff::Workbook;
use super::super::table::{Row, Sheet};
use crate::model::{Cell, Confidential};
use serde::{Deserialize, Serialize};

/// First line on stdin; the bytes of the workbook follow.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Job {
    pub(super) kind: Workbook,
    /// Most cells that hold something.
    pub(super) cells: u64,
    /// Address space of the child, MiB.
    pub(super) memory_mib: u32,
}

/// One line on stdout.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Line {
    /// A sheet begins.
    Sheet(String),
    /// Row number from 1, hidden, cells by column from 0.
    Row(u32, bool, Vec<(u32, Value)>),
    /// The workbook was refused; nothing follows.
    Refused(Refusal),
    /// Everything was said.
    End,
}

/// Why a workbook is refused. Sheets are counted from 1: their names may be confidential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Refusal {
    Password,
    TooManyCells(u64),
    TooMuchText,
    Scattered(usize),
    Bomb,
    Sheet(usize),
    Damaged,
    NoLimit,
}

/// A cell that holds something. Doubles travel as their bits, so they arrive as they left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Value {
    T(String),
    I(i64),
    F(u64),
    B(bool),
    /// Milliseconds since 1970-01-01 without a zone.
    D(i64),
    E(String),
}

impl From<Value> for Cell {
    fn from(value: Value) -> Self {
        match value {
            Value::T(text) => Self::text(text),
            Value::I(number) => Self::Integer(Confidential::new(number)),
            Value::F(bits) => Self::Number(Confidential::new(f64::from_bits(bits))),
            Value::B(boolean) => Self::Boolean(boolean),
            Value::D(milliseconds) => chrono::DateTime::from_timestamp_millis(milliseconds)
                .map_or(Self::Empty, |moment| Self::Date(moment.naive_utc())),
            Value::E(error) => Self::Error(error),
        }
    }
}

/// Bytes of text that a workbook may hold.
pub(super) fn most_text(job: &Job) -> u64 {
    u64::from(job.memory_mib) * 1024 * 1024 / 2
}

/// Bytes that the parent takes from a child: its texts, escaped at worst, and its cells.
pub(super) fn most_bytes(job: &Job) -> u64 {
    most_text(job).saturating_mul(6).saturating_add(job.cells.saturating_mul(64)).saturating_add(1 << 20)
}

/// Sheets as they come in.
#[derive(Default)]
pub(super) struct Gathered(Vec<Sheet>);

impl Gathered {
    /// Takes a line that is a sheet or a row.
    pub(super) fn add(&mut self, line: Line) {
        match line {
            Line::Sheet(name) => self.0.push(Sheet { name: Confidential::new(name), rows: Vec::new() }),
            Line::Row(number, hidden, cells) => {
                if let Some(sheet) = self.0.last_mut() {
                    let cells = cells.into_iter().map(|(column, value)| (column, value.into()));
                    let cells: Vec<(u32, Cell)> =
                        cells.filter(|(_, cell): &(u32, Cell)| !cell.is_empty()).collect();
                    if !cells.is_empty() {
                        sheet.rows.push(Row { number, hidden, cells });
                    }
                }
            }
            Line::Refused(_) | Line::End => {}
        }
    }

    /// Everything taken.
    pub(super) fn sheets(self) -> Vec<Sheet> {
        self.0
    }
}
