//! Cells of every sheet, streamed under the caps.

use super::super::sniff::Workbook;
use super::hidden::{self, HiddenRows};
use super::scan;
use super::wire::{Job, Line, Refusal, Value, most_text};
use calamine::{
    Data, DataRef, Ods, OdsError, Reader, Sheet, SheetType, SheetVisible, Xls, XlsError, Xlsb, XlsbError,
    Xlsx, XlsxError,
};
use std::io::{self, Cursor};

/// Rows times columns between the first and the last cell of one sheet.
const WIDEST_AREA: u64 = 1 << 30;
/// What stands in a cell whose formula was never computed: no spreadsheet error of its own exists.
const NOT_COMPUTED: &str = "#FORMULE!";
/// Whole doubles up to here are exact.
const EXACT: f64 = 9_007_199_254_740_992.0;

type Say<'a> = &'a mut dyn FnMut(&Line) -> io::Result<()>;

/// Reads a workbook and says it line by line.
pub(super) fn read(bytes: &[u8], job: &Job, say: Say<'_>) -> Result<(), Refusal> {
    if job.kind != Workbook::Xls {
        scan::scan(bytes, job)?;
    }
    let mut teller = Teller {
        job,
        say,
        cells: 0,
        text: 0,
        rank: 0,
        sheet_hidden: false,
        row: None,
        area: Area::default(),
    };
    let source = Cursor::new(bytes);
    match job.kind {
        Workbook::Xlsx => {
            let hidden = hidden::xlsx(bytes);
            xlsx(&mut Xlsx::new(source).map_err(|error| xlsx_refusal(&error))?, &hidden, &mut teller)
        }
        Workbook::Xlsb => xlsb(&mut Xlsb::new(source).map_err(|error| xlsb_refusal(&error))?, &mut teller),
        Workbook::Xls => {
            let mut book = Xls::new(source).map_err(|error| match error {
                XlsError::Password => Refusal::Password,
                _ => Refusal::Damaged,
            })?;
            ranges(&mut book, &HiddenRows::default(), &mut teller)
        }
        Workbook::Ods => {
            let hidden = hidden::ods(bytes);
            let mut book = Ods::new(source).map_err(|error| match error {
                OdsError::Password => Refusal::Password,
                _ => Refusal::Damaged,
            })?;
            ranges(&mut book, &hidden, &mut teller)
        }
    }
}

fn xlsx(book: &mut Xlsx<Cursor<&[u8]>>, hidden: &HiddenRows, teller: &mut Teller<'_>) -> Result<(), Refusal> {
    for sheet in worksheets(book.sheets_metadata()) {
        teller.begin(&sheet)?;
        let rank = teller.rank;
        let rows = hidden.of(&sheet.name);
        let damaged = |_| Refusal::Sheet(rank);
        let mut cells = book.worksheet_cells_reader(&sheet.name).map_err(damaged)?;
        while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(damaged)? {
            let value = match (value_of_ref(cell.value), cell.formula) {
                (None, Some(_)) => Some(Value::E(NOT_COMPUTED.to_owned())),
                (value, _) => value,
            };
            if let Some(value) = value {
                teller.cell(
                    cell.pos.0,
                    cell.pos.1,
                    value,
                    rows.is_some_and(|rows| rows.contains(&cell.pos.0)),
                )?;
            }
        }
        teller.end_row()?;
    }
    Ok(())
}

fn xlsb(book: &mut Xlsb<Cursor<&[u8]>>, teller: &mut Teller<'_>) -> Result<(), Refusal> {
    for sheet in worksheets(book.sheets_metadata()) {
        teller.begin(&sheet)?;
        let rank = teller.rank;
        let damaged = |_| Refusal::Sheet(rank);
        let mut cells = book.worksheet_cells_reader(&sheet.name).map_err(damaged)?;
        while let Some(cell) = cells.next_cell().map_err(damaged)? {
            let (row, column) = cell.get_position();
            if let Some(value) = value_of_ref(cell.get_value().clone()) {
                teller.cell(row, column, value, false)?;
            }
        }
        teller.end_row()?;
    }
    Ok(())
}

/// xls and ods, whose whole sheets calamine holds anyway.
fn ranges(book: &mut dyn WholeSheets, hidden: &HiddenRows, teller: &mut Teller<'_>) -> Result<(), Refusal> {
    for sheet in worksheets(book.sheets()) {
        teller.begin(&sheet)?;
        let range = book.range(&sheet.name).ok_or(Refusal::Sheet(teller.rank))?;
        let rows = hidden.of(&sheet.name);
        let (first_row, first_column) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            let row = first_row + u32::try_from(row).map_err(|_| Refusal::Sheet(teller.rank))?;
            let column = first_column + u32::try_from(column).map_err(|_| Refusal::Sheet(teller.rank))?;
            if let Some(value) = value_of(value.clone()) {
                teller.cell(row, column, value, rows.is_some_and(|rows| rows.contains(&row)))?;
            }
        }
        teller.end_row()?;
    }
    Ok(())
}

/// What xls and ods have in common.
trait WholeSheets {
    fn sheets(&self) -> &[Sheet];
    fn range(&mut self, name: &str) -> Option<calamine::Range<Data>>;
}

impl WholeSheets for Xls<Cursor<&[u8]>> {
    fn sheets(&self) -> &[Sheet] {
        self.sheets_metadata()
    }
    fn range(&mut self, name: &str) -> Option<calamine::Range<Data>> {
        self.worksheet_range(name).ok()
    }
}

impl WholeSheets for Ods<Cursor<&[u8]>> {
    fn sheets(&self) -> &[Sheet] {
        self.sheets_metadata()
    }
    fn range(&mut self, name: &str) -> Option<calamine::Range<Data>> {
        self.worksheet_range(name).ok()
    }
}

fn worksheets(sheets: &[Sheet]) -> Vec<Sheet> {
    sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet).cloned().collect()
}

/// Row from 0, hidden, cells by column from 0.
type OpenRow = (u32, bool, Vec<(u32, Value)>);

#[derive(Default)]
struct Area {
    rows: Option<(u32, u32)>,
    columns: Option<(u32, u32)>,
}

impl Area {
    fn stretch(&mut self, row: u32, column: u32) -> u64 {
        let widen = |span: Option<(u32, u32)>, at: u32| {
            let (low, high) = span.unwrap_or((at, at));
            (low.min(at), high.max(at))
        };
        let (rows, columns) = (widen(self.rows, row), widen(self.columns, column));
        self.rows = Some(rows);
        self.columns = Some(columns);
        u64::from(rows.1 - rows.0 + 1) * u64::from(columns.1 - columns.0 + 1)
    }
}

/// Gathers cells to rows and counts them.
struct Teller<'a> {
    job: &'a Job,
    say: Say<'a>,
    cells: u64,
    text: u64,
    rank: usize,
    sheet_hidden: bool,
    row: Option<OpenRow>,
    area: Area,
}

impl Teller<'_> {
    fn begin(&mut self, sheet: &Sheet) -> Result<(), Refusal> {
        self.rank += 1;
        self.sheet_hidden = sheet.visible != SheetVisible::Visible;
        self.area = Area::default();
        (self.say)(&Line::Sheet(sheet.name.clone())).map_err(|_| Refusal::Damaged)
    }

    /// Takes a cell; row and column count from 0.
    fn cell(&mut self, row: u32, column: u32, value: Value, hidden: bool) -> Result<(), Refusal> {
        self.cells += 1;
        if self.cells > self.job.cells {
            return Err(Refusal::TooManyCells(self.job.cells));
        }
        if let Value::T(text) = &value {
            self.text += text.len() as u64;
            if self.text > most_text(self.job) {
                return Err(Refusal::TooMuchText);
            }
        }
        if self.area.stretch(row, column) > WIDEST_AREA {
            return Err(Refusal::Scattered(self.rank));
        }
        if self.row.as_ref().is_some_and(|(number, _, _)| *number != row) {
            self.end_row()?;
        }
        let hidden = hidden || self.sheet_hidden;
        self.row.get_or_insert_with(|| (row, hidden, Vec::new())).2.push((column, value));
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), Refusal> {
        let Some((row, hidden, mut cells)) = self.row.take() else { return Ok(()) };
        cells.sort_by_key(|(column, _)| *column);
        cells.dedup_by_key(|(column, _)| *column);
        let line = Line::Row(row.saturating_add(1), hidden, cells);
        (self.say)(&line).map_err(|_| Refusal::Damaged)
    }
}

fn xlsx_refusal(error: &XlsxError) -> Refusal {
    if matches!(error, XlsxError::Password) { Refusal::Password } else { Refusal::Damaged }
}

fn xlsb_refusal(error: &XlsbError) -> Refusal {
    if matches!(error, XlsbError::Password) { Refusal::Password } else { Refusal::Damaged }
}

fn value_of_ref(value: DataRef<'_>) -> Option<Value> {
    value_of(Data::from(value))
}

fn value_of(value: Data) -> Option<Value> {
    Some(match value {
        Data::Empty => return None,
        Data::String(text) if text.trim().is_empty() => return None,
        Data::String(text) | Data::DurationIso(text) => Value::T(text),
        Data::Int(number) => Value::I(number),
        Data::Float(number) => number_value(number),
        Data::Bool(boolean) => Value::B(boolean),
        Data::Error(error) => Value::E(error.to_string()),
        Data::DateTimeIso(text) => iso(&text).map_or(Value::T(text), Value::D),
        Data::DateTime(moment) => {
            // Serials of Excel end in the year 9999; beyond, a date format stands on a mere number.
            let serial = moment.as_f64();
            let date = (moment.is_datetime() && (0.0..2_958_466.0).contains(&serial))
                .then(|| moment.as_datetime())
                .flatten();
            date.map_or_else(|| number_value(serial), |date| Value::D(date.and_utc().timestamp_millis()))
        }
    })
}

#[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53, so exact")]
fn number_value(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() <= EXACT {
        Value::I(number as i64)
    } else {
        Value::F(number.to_bits())
    }
}

/// ISO 8601 date or date and time, as ods and strict xlsx write them, in milliseconds.
fn iso(text: &str) -> Option<i64> {
    let text = text.trim().trim_end_matches('Z');
    let moment = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok().or_else(|| {
        let date = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
        date.and_hms_opt(0, 0, 0)
    })?;
    Some(moment.and_utc().timestamp_millis())
}
