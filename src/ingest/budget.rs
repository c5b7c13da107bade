//! What one page may hold, take and last: the limits of a workbook, for what is parsed in our own process.

use super::IngestError;
use super::page::Place;
use crate::config::Limits;
use std::cell::Cell;
use std::time::{Duration, Instant};

// What a row takes in memory together with the row under known fields that is made of it, in bytes: by the
// layout of `Row`, `RawRow` and `RawCell`, on 64 bits.
/// A row, with room for eleven fields.
const ROW: u64 = 1_200;
/// A cell of one, beside twice its text.
const CELL: u64 = 120;
/// Rows and cells between two looks at the clock.
const OFTEN: u64 = 4_096;
/// Most columns of a table: those of a sheet of Excel.
pub(super) const MOST_COLUMNS: usize = 16_384;
/// The share of the memory that one record of text may take as it stands: it is also held with its fields parted, as
/// the cells that are made of it, and as what is written of these, each with room to grow.
const OF_RECORD: u64 = 8;

/// A limit that was passed.
#[derive(Debug, Clone, Copy)]
enum Passed {
    Cells,
    Memory,
    Time,
    /// The row with too many of them.
    Columns(u32),
    /// The row that is longer than memory allows.
    Record(u32),
}

/// What one page has taken so far.
pub(super) struct Budget {
    most_cells: u64,
    /// None of what is not held.
    memory_mib: Option<u32>,
    /// Of a record, which is always held; none of a sample.
    record_mib: Option<u32>,
    seconds: Option<u32>,
    begun: Instant,
    cells: Cell<u64>,
    bytes: Cell<u64>,
    /// Rows and cells since the last look at the clock.
    unseen: Cell<u64>,
    passed: Cell<Option<Passed>>,
}

impl Budget {
    /// The limits of a workbook hold, and the time runs from now on.
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            most_cells: limits.workbook_cells,
            memory_mib: Some(limits.workbook_memory_mib),
            record_mib: Some(limits.workbook_memory_mib),
            seconds: Some(limits.workbook_seconds),
            ..Self::none()
        }
    }

    /// For rows that are not held.
    pub(super) fn streaming(limits: &Limits) -> Self {
        Self { memory_mib: None, ..Self::new(limits) }
    }

    /// For rows that are not held, each of which is worked on before the next is read: the time is not all ours.
    pub(super) fn counting(limits: &Limits) -> Self {
        Self { seconds: None, ..Self::streaming(limits) }
    }

    /// For a sample, and for what was gone through before.
    pub(super) fn none() -> Self {
        Self {
            most_cells: u64::MAX,
            memory_mib: None,
            record_mib: None,
            seconds: None,
            begun: Instant::now(),
            cells: Cell::new(0),
            bytes: Cell::new(0),
            unseen: Cell::new(0),
            passed: Cell::new(None),
        }
    }

    /// Takes so many cells and bytes; whether that is within the limits.
    pub(super) fn takes(&self, cells: u64, bytes: u64) -> bool {
        if self.passed.get().is_some() {
            return false;
        }
        self.cells.set(self.cells.get().saturating_add(cells));
        self.bytes.set(self.bytes.get().saturating_add(bytes));
        self.unseen.set(self.unseen.get().saturating_add(cells).saturating_add(1));
        if self.cells.get() > self.most_cells {
            self.passed.set(Some(Passed::Cells));
        } else if self.memory_mib.is_some_and(|mib| self.bytes.get() > u64::from(mib) * 1024 * 1024) {
            self.passed.set(Some(Passed::Memory));
        } else if self.unseen.get() >= OFTEN {
            self.unseen.set(0);
            self.look_at_the_clock();
        }
        self.passed.get().is_none()
    }

    /// Takes a row of so many cells, whose texts have so many bytes; whether that is within the limits.
    pub(super) fn takes_row(&self, cells: u64, texts: u64) -> bool {
        let of_cells = cells.saturating_mul(CELL);
        self.takes(cells, of_cells.saturating_add(texts.saturating_mul(2)).saturating_add(ROW))
    }

    /// Whether a record of text may be read on in a window of so many bytes.
    pub(super) fn holds_record(&self, row: u32, window: u64) -> bool {
        let most = self.record_mib.map(|mib| u64::from(mib) * 1024 * 1024 / OF_RECORD);
        let is_within = most.is_none_or(|most| window <= most);
        if !is_within {
            self.passed.set(Some(Passed::Record(row)));
        }
        is_within
    }

    /// A row has more columns than any table.
    pub(super) fn refuse_width(&self, row: u32) {
        self.passed.set(Some(Passed::Columns(row)));
    }

    /// Whether the time is over, or another limit was passed.
    pub(super) fn is_over(&self) -> bool {
        if self.passed.get().is_none() {
            self.look_at_the_clock();
        }
        self.passed.get().is_some()
    }

    fn look_at_the_clock(&self) {
        if self.seconds.is_some_and(|most| self.begun.elapsed() >= Duration::from_secs(most.into())) {
            self.passed.set(Some(Passed::Time));
        }
    }

    /// Cells and bytes so far.
    pub(super) fn taken(&self) -> (u64, u64) {
        (self.cells.get(), self.bytes.get())
    }

    /// What was taken since then was let go; the time is not.
    pub(super) fn back_to(&self, (cells, bytes): (u64, u64)) {
        self.cells.set(cells);
        self.bytes.set(bytes);
    }

    /// Refuses the page when a limit was passed.
    ///
    /// # Errors
    /// Names the limit, its key under `limits` and its flag.
    pub(super) fn check(&self, place: &Place) -> Result<(), IngestError> {
        self.is_over();
        let Some(passed) = self.passed.get() else { return Ok(()) };
        let (cause, key, flag) = match passed {
            Passed::Cells => {
                (format!("it holds more than {} values", self.most_cells), "workbook_cells", "--cells")
            }
            Passed::Memory => {
                let mib = self.memory_mib.unwrap_or_default();
                let cause = format!("its records take more than {mib} MiB of memory");
                (cause, "workbook_memory_mib", "--memory-mib")
            }
            Passed::Record(row) => {
                let cause = format!(
                    "its row {row} is too long for {} MiB of memory: a quotation mark may not be closed",
                    self.record_mib.unwrap_or_default()
                );
                (cause, "workbook_memory_mib", "--memory-mib")
            }
            Passed::Columns(row) => {
                let cause = format!("its row {row} has more than {MOST_COLUMNS} columns");
                let help =
                    "give a record a row and not a column, or correct `delimiter` under `text` of the source";
                return Err(IngestError::unreadable(place, cause, help));
            }
            Passed::Time => {
                let seconds = self.seconds.unwrap_or_default();
                (format!("parsing it takes more than {seconds} s"), "workbook_seconds", "--seconds")
            }
        };
        let help = format!(
            "split it, ask the platform for smaller pages, or raise `{key}` under `limits` (`read` and `map`: \
             `{flag}`)"
        );
        Err(IngestError::unreadable(place, cause, help))
    }
}

#[cfg(test)]
mod tests {
    use super::Budget;
    use crate::config::Limits;
    use crate::ingest::page::Place;

    fn told(budget: &Budget) -> Option<String> {
        budget.check(&Place::path("a.csv")).err().map(|error| error.to_string())
    }

    #[test]
    fn the_limit_that_is_passed_first_is_named_with_its_key_and_its_flag() {
        let limits = Limits { workbook_cells: 10, workbook_memory_mib: 1, ..Limits::default() };
        let budget = Budget::new(&limits);
        assert!(budget.takes_row(10, 100) && told(&budget).is_none());
        assert!(!budget.takes_row(1, 100));
        let cells = told(&budget).unwrap();
        assert!(cells.contains("10 values") && cells.contains("`workbook_cells`"), "{cells}");
        let budget = Budget::new(&limits);
        assert!(!budget.takes(0, 2 << 20) && !budget.takes(0, 0));
        let memory = told(&budget).unwrap();
        assert!(memory.contains("1 MiB") && memory.contains("`--memory-mib`"), "{memory}");
        let late = Budget::new(&Limits { workbook_seconds: 0, ..limits });
        assert!(late.takes(1, 1));
        assert!(told(&late).unwrap().contains("`workbook_seconds`"));
        let late = Budget::new(&Limits { workbook_seconds: 0, ..Limits::default() });
        assert!((0..5_000).any(|_| !late.takes(1, 1)), "the clock is looked at on the way");
    }

    #[test]
    fn what_is_let_go_counts_no_more_and_what_is_not_held_counts_no_memory() {
        let limits = Limits { workbook_cells: 10, workbook_memory_mib: 1, ..Limits::default() };
        let budget = Budget::new(&limits);
        let before = budget.taken();
        for _ in 0..100 {
            assert!(budget.takes_row(10, 1 << 18));
            budget.back_to(before);
        }
        assert!(Budget::streaming(&limits).takes_row(10, 1 << 30));
        assert!(!Budget::counting(&limits).takes_row(11, 0));
        assert!(Budget::none().takes_row(1 << 40, 1 << 40));
    }
}
