//! Cells of every sheet, one kind of workbook after the other.
//!
//! A sheet that cannot be read is told and passed over: the others still count.

use super::super::content::Content;
use super::super::sniff::Workbook;
use super::ahead::{Ahead, Rest};
use super::structure::Structure;
use super::teller::{Stop, Teller};
use super::unpacked::{self, Unpacked};
use super::wire::{Job, Line, Refusal, SheetLine, Wanted};
use super::{biff12, columnar, mend, ods, scan, spreadsheet_xml, values, xls};
use calamine::{
    DataRef, Reader, Sheet, SheetType, SheetVisible, Xlsb, XlsbError, Xlsx, XlsxCellReader, XlsxError,
};
use std::io::{Read, Seek, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Cells of one sheet that may be unreadable before the sheet counts as broken.
const MOST_UNREADABLE: usize = 1_000;

/// Reads a workbook and says it.
pub(super) fn read(content: &Content, job: &Job, out: &mut dyn Write) -> Result<(), Refusal> {
    if !matches!(job.kind, Workbook::Xls | Workbook::SpreadsheetXml | Workbook::Parquet) {
        scan::scan(content, job)?;
    }
    let mut teller = Teller::new(job, out);
    // A panic of a parser is a damaged workbook, not the end of the process.
    let said = catch_unwind(AssertUnwindSafe(|| match job.kind {
        Workbook::Xlsx => xlsx(content, job, &mut teller),
        Workbook::Xlsb => xlsb(content, job, &mut teller),
        Workbook::Xls => xls::read(content, job, &mut teller),
        Workbook::Ods => ods::read(content, job, &mut teller),
        Workbook::SpreadsheetXml => spreadsheet_xml::read(content, job, &mut teller),
        Workbook::Parquet => columnar::read(content, job, &mut teller),
    }));
    match said {
        Ok(Ok(())) => Ok(()),
        Ok(Err(Stop::Refused(refusal))) => Err(refusal),
        Ok(Err(Stop::Broken | Stop::Unsorted)) | Err(_) => Err(Refusal::Damaged),
    }
}

/// Reads the sheets that are wanted, one after the other, with `cells`.
pub(super) fn sheets(
    all: &[Sheet],
    job: &Job,
    teller: &mut Teller<'_>,
    mut structure: impl FnMut(&Sheet) -> (Structure, Option<Rest>),
    mut cells: impl FnMut(&Sheet, &mut Teller<'_>) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let (mut read, mut broken) = (0, Vec::new());
    let chosen = chosen(all, job.wanted.as_ref())?;
    for (rank, sheet) in (1_u32..).zip(all) {
        if chosen.is_some_and(|chosen| chosen != rank) {
            continue;
        }
        let line =
            SheetLine { name: sheet.name.clone(), rank, hidden: sheet.visible != SheetVisible::Visible };
        if sheet.typ != SheetType::WorkSheet {
            if chosen.is_some() {
                return Err(Stop::Refused(Refusal::NoCells(rank)));
            }
            teller.pass_over(line)?;
            continue;
        }
        let (known, rest) = structure(sheet);
        teller.begin(line, known, rest)?;
        let said = catch_unwind(AssertUnwindSafe(|| cells(sheet, teller).and_then(|()| teller.end())));
        match said {
            Ok(Ok(())) => read += 1,
            Ok(Err(Stop::Refused(refusal))) => return Err(Stop::Refused(refusal)),
            Ok(Err(Stop::Broken | Stop::Unsorted)) | Err(_) => {
                broken.push(rank);
                teller.broken(rank)?;
            }
        }
    }
    if read == 0 && !all.is_empty() { Err(Stop::Refused(Refusal::NoSheet(broken))) } else { Ok(()) }
}

/// The position of the sheet that was asked for, from 1; none when all are wanted.
fn chosen(all: &[Sheet], wanted: Option<&Wanted>) -> Result<Option<u32>, Stop> {
    let Some(wanted) = wanted else { return Ok(None) };
    let names: Vec<String> = all.iter().map(|sheet| sheet.name.clone()).collect();
    wanted.position(&names).map(Some).ok_or(Stop::Refused(Refusal::NoSuchSheet(names)))
}

fn xlsx(content: &Content, job: &Job, teller: &mut Teller<'_>) -> Result<(), Stop> {
    std::thread::scope(|scope| {
        let (ahead, unpacked) = Ahead::new(scope, content, job.wanted.as_ref());
        let said = catch_unwind(AssertUnwindSafe(|| xlsx_beside(content, job, teller, ahead, unpacked)));
        // The thread ends when nobody listens any more, however the reading ended.
        teller.let_go();
        said.unwrap_or(Err(Stop::Refused(Refusal::Damaged)))
    })
}

fn xlsx_beside(
    content: &Content,
    job: &Job,
    teller: &mut Teller<'_>,
    mut ahead: Ahead,
    unpacked: unpacked::Reader,
) -> Result<(), Stop> {
    let open = |content: &Content| Xlsx::new(Unpacked::plain(content));
    let mut content = content.clone();
    let mut opened = Xlsx::new(unpacked);
    let mut is_unpacked = opened.is_ok();
    if !is_unpacked {
        opened = open(&content);
    }
    if opened.as_ref().is_err_and(|error| !matches!(error, XlsxError::Password))
        && let Some(changed) = mend::passed_over(&content)
    {
        opened = open(&changed);
        content = changed;
    }
    let mut book = opened.map_err(|error| match error {
        XlsxError::Password => Stop::Refused(Refusal::Password),
        _ => Stop::Refused(Refusal::Damaged),
    })?;
    let is_1904 = book.has_1904_epoch();
    let all = book.sheets_metadata().to_vec();
    let (mut hints_mended, mut is_mended, mut values_mended) = (false, false, false);
    sheets(
        &all,
        job,
        teller,
        |sheet| {
            let (known, rest) = ahead.of(&sheet.name);
            (known, Some(rest))
        },
        |sheet, teller| {
            loop {
                if !is_unpacked && !hints_mended && book.worksheet_cells_reader(&sheet.name).is_err() {
                    hints_mended = true;
                    if let Some(changed) = mend::with_dimensions(&content) {
                        book = open(&changed).map_err(|_| Stop::Broken)?;
                        content = changed;
                    }
                }
                let cells = book.worksheet_cells_reader(&sheet.name).map_err(|_| Stop::Broken);
                let told = cells.and_then(|cells| xlsx_cells(cells, is_1904, is_mended, teller));
                match told {
                    Ok(Told::Whole) if values_mended || !teller.has_odd_values() => return Ok(()),
                    Ok(Told::Whole) => {
                        values_mended = true;
                        let Some(changed) = mend::with_plain_values(&content) else { return Ok(()) };
                        content = changed;
                    }
                    Ok(Told::Unsorted) => teller.gather(),
                    Ok(Told::Unreadable) => {
                        is_mended = true;
                        for change in [mend::with_new_errors, mend::with_addresses] {
                            if let Some(changed) = change(&content) {
                                content = changed;
                            }
                        }
                    }
                    // What comes unpacked comes once: it is read from the file as it is.
                    Err(Stop::Broken) if is_unpacked => {}
                    Err(stop) => return Err(stop),
                }
                is_unpacked = false;
                book = open(&content).map_err(|_| Stop::Broken)?;
                teller.again()?;
            }
        },
    )
}

/// How far a sheet of an xlsx was told.
enum Told {
    Whole,
    /// To a row that stands behind one of a higher number.
    Unsorted,
    /// To a cell that calamine cannot read: an error that it does not know, or one behind which it counts wrongly.
    Unreadable,
}

fn xlsx_cells<R: Read + Seek>(
    mut cells: XlsxCellReader<'_, R>,
    is_1904: bool,
    is_mended: bool,
    teller: &mut Teller<'_>,
) -> Result<Told, Stop> {
    let mut unreadable = 0;
    loop {
        let cell = match cells.next_cell_with_formula_metadata() {
            Ok(Some(cell)) => cell,
            Ok(None) => return Ok(Told::Whole),
            Err(error) if is_of_one_cell(&error) && !is_mended => return Ok(Told::Unreadable),
            Err(error) if is_of_one_cell(&error) && unreadable < MOST_UNREADABLE => {
                unreadable += 1;
                teller.unreadable()?;
                continue;
            }
            Err(_) => return Err(Stop::Broken),
        };
        let (row, column) = cell.pos;
        teller.reach(row, column);
        let told = if cell.formula.is_some() && matches!(cell.value, DataRef::Empty) {
            teller.not_computed(row, column)
        } else if let Some(read) = values::of_ref(cell.value, is_1904) {
            teller.cell(row, column, &read)
        } else {
            continue;
        };
        match told {
            Err(Stop::Unsorted) => return Ok(Told::Unsorted),
            told => told?,
        }
    }
}

/// Whether the reader stands behind the cell and can go on.
const fn is_of_one_cell(error: &XlsxError) -> bool {
    matches!(
        error,
        XlsxError::CellError(_)
            | XlsxError::CellTAttribute(_)
            | XlsxError::ParseFloat(_)
            | XlsxError::Unrecognized { .. }
            | XlsxError::Unexpected(_)
    )
}

fn xlsb(content: &Content, job: &Job, teller: &mut Teller<'_>) -> Result<(), Stop> {
    let open = |content: &Content| catch_unwind(|| Xlsb::new(content.reader()));
    let mut content = mend::with_errors(content).unwrap_or_else(|| content.clone());
    if let Some(moved) = mend::under_xl(&content) {
        content = moved;
    }
    let mut opened = open(&content);
    if !matches!(opened, Ok(Ok(_) | Err(XlsbError::Password)))
        && let Some(changed) = mend::passed_over(&content)
    {
        opened = open(&changed);
        content = changed;
    }
    let mut book = match opened {
        Ok(Ok(book)) => book,
        Ok(Err(XlsbError::Password)) => return Err(Stop::Refused(Refusal::Password)),
        Ok(Err(_)) | Err(_) => return Err(Stop::Refused(Refusal::Damaged)),
    };
    let is_1904 = book.has_1904_epoch();
    let all = book.sheets_metadata().to_vec();
    let mut known = biff12::Sheets::of(&content);
    sheets(
        &all,
        job,
        teller,
        |sheet| {
            let at = all.iter().position(|other| other.name == sheet.name);
            let found = at.zip(known.as_mut()).map(|(at, known)| known.structure(at));
            (found.unwrap_or_default(), None)
        },
        |sheet, teller| {
            let mut cells = book.worksheet_cells_reader(&sheet.name).map_err(|_| Stop::Broken)?;
            while let Some(cell) = cells.next_cell().map_err(|_| Stop::Broken)? {
                let (row, column) = cell.get_position();
                teller.reach(row, column);
                if let Some(read) = values::of_ref(cell.get_value().clone(), is_1904) {
                    teller.cell(row, column, &read)?;
                }
            }
            Ok(())
        },
    )
}

/// Says the last word.
pub(super) fn last(outcome: &Result<(), Refusal>) -> Line {
    match outcome {
        Ok(()) => Line::End,
        Err(refusal) => Line::Refused(refusal.clone()),
    }
}
