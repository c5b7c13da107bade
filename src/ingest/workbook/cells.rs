//! Cells of every sheet, one kind of workbook after the other.
//!
//! A sheet that cannot be read is told and passed over: the others still count.

use super::super::content::Content;
use super::super::remark::Remark;
use super::super::sniff::Workbook;
use super::super::table::Area;
use super::ahead::{Ahead, Rest};
use super::structure::Structure;
use super::teller::{Stop, Teller};
use super::unpacked::{self, Unpacked};
use super::values;
use super::wire::{Job, Line, Refusal, SheetLine, Wanted};
use super::{compound, mend, records};
use super::{ods, scan};
use crate::model::FindingKind;
use calamine::{
    Data, DataRef, Reader, Sheet, SheetType, SheetVisible, Xls, XlsError, XlsOptions, Xlsb, XlsbError, Xlsx,
    XlsxCellReader, XlsxError,
};
use std::io::{Cursor, Read, Seek, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Cells of one sheet that may be unreadable before the sheet counts as broken.
const MOST_UNREADABLE: usize = 1_000;

/// Reads a workbook and says it.
pub(super) fn read(content: &Content, job: &Job, out: &mut dyn Write) -> Result<(), Refusal> {
    if job.kind != Workbook::Xls {
        scan::scan(content, job)?;
    }
    let mut teller = Teller::new(job, out);
    // A panic of a parser is a damaged workbook, not the end of the process.
    let said = catch_unwind(AssertUnwindSafe(|| match job.kind {
        Workbook::Xlsx => xlsx(content, job, &mut teller),
        Workbook::Xlsb => xlsb(content, job, &mut teller),
        Workbook::Xls => xls(content, job, &mut teller),
        Workbook::Ods => ods::read(content, job, &mut teller),
    }));
    match said {
        Ok(Ok(())) => Ok(()),
        Ok(Err(Stop::Refused(refusal))) => Err(refusal),
        Ok(Err(Stop::Broken | Stop::Unsorted)) | Err(_) => Err(Refusal::Damaged),
    }
}

/// Reads the sheets that are wanted, one after the other, with `cells`.
fn sheets(
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
    let (mut hints_mended, mut is_mended) = (false, false);
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
                    Ok(Told::Whole) => return Ok(()),
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
    }
    let mut book = match opened {
        Ok(Ok(book)) => book,
        Ok(Err(XlsbError::Password)) => return Err(Stop::Refused(Refusal::Password)),
        Ok(Err(_)) | Err(_) => return Err(Stop::Refused(Refusal::Damaged)),
    };
    let is_1904 = book.has_1904_epoch();
    let all = book.sheets_metadata().to_vec();
    sheets(
        &all,
        job,
        teller,
        |_| (Structure::default(), None),
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

/// What the records say with which a workbook of Excel 5 to 2003 begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct XlsGlobals {
    /// Of Excel 97 or later.
    pub(super) is_97: bool,
    /// A password locks it, in whatever way.
    pub(super) is_locked: bool,
    /// The code page of its texts, where it is named (`CodePage`, 2.4.52).
    pub(super) code_page: Option<u16>,
}

/// The code page of Western European texts, in Windows and on a Mac.
const WINDOWS: u16 = 1252;
const MAC: u16 = 10_000;

impl XlsGlobals {
    /// The code page under which calamine has to read it; none where that of the file will do.
    const fn code_page_to_force(self) -> Option<u16> {
        match self.code_page {
            // Texts are in UTF-16 since Excel 97, whatever code page the file names.
            _ if self.is_97 => Some(1200),
            // Numbers of their own that Excel 5 gives to the two usual ones.
            Some(0x8000) => Some(MAC),
            Some(0x8001) => Some(WINDOWS),
            _ => None,
        }
    }
}

/// Bytes of the stream of a workbook that surely stand together in its container (MS-CFB 2.2).
const TOGETHER: usize = 512;

/// Finds the first record of a workbook (BOF, MS-XLS 2.4.21) and looks among those behind it for the one
/// of a password (`FilePass`, 2.4.117).
pub(super) fn xls_globals(bytes: &[u8]) -> Option<XlsGlobals> {
    let begin = |version: u8| {
        memchr::memmem::find(bytes, &[0x09, 0x08, if version == 6 { 16 } else { 8 }, 0, 0, version, 5, 0])
    };
    let (start, is_97) = match begin(6) {
        Some(start) => (start, true),
        None => (begin(5)?, false),
    };
    let mut rest = &bytes[start..bytes.len().min(start + TOGETHER)];
    let (mut is_locked, mut code_page) = (false, None);
    while let [kind, 0 | 8, low, high, content @ ..] = rest {
        is_locked |= *kind == 0x2F;
        if let (0x42, [low, high, ..]) = (*kind, content) {
            code_page = Some(u16::from_le_bytes([*low, *high]));
        }
        let Some(next) = content.get(usize::from(u16::from_le_bytes([*low, *high]))..) else { break };
        rest = next;
    }
    Some(XlsGlobals { is_97, is_locked, code_page })
}

/// calamine holds whole sheets of xls anyway.
fn xls(content: &Content, job: &Job, teller: &mut Teller<'_>) -> Result<(), Stop> {
    let bytes = content.whole().map_err(|_| Stop::Broken)?;
    let globals = xls_globals(&bytes);
    // An xlsx with a password is in a compound file too (MS-OFFCRYPTO 2.3.4.4).
    let package: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    if globals.is_some_and(|globals| globals.is_locked) || memchr::memmem::find(&bytes, &package).is_some() {
        return Err(Stop::Refused(Refusal::Password));
    }
    let stream = compound::stream(&bytes);
    let begins = stream.as_deref().map(records::begins).unwrap_or_default();
    let mended = stream.and_then(|stream| records::mended(&stream)).and_then(compound::file);
    let bytes = mended.map_or(bytes, Arc::new);
    let open = |code_page: Option<u16>| {
        let mut options = XlsOptions::default();
        options.force_codepage = code_page;
        Xls::new_with_options(Cursor::new(bytes.as_slice()), options)
    };
    let forced = globals.and_then(XlsGlobals::code_page_to_force);
    let mut opened = open(forced);
    // A code page that it does not know is a damaged workbook to calamine.
    if opened.is_err()
        && forced.is_none()
        && let Some(code_page) = globals.and_then(|globals| globals.code_page)
        && let Ok(book) = open(Some(WINDOWS))
    {
        let told = Remark::whole(FindingKind::UnknownCodePage, code_page.to_string());
        teller.line(&Line::Remark(told))?;
        opened = Ok(book);
    }
    let mut book = opened.map_err(|error| match error {
        XlsError::Password => Stop::Refused(Refusal::Password),
        _ => Stop::Refused(Refusal::Damaged),
    })?;
    let is_1904 = book.has_1904_epoch();
    let all = book.sheets_metadata().to_vec();
    let merged: Vec<Vec<Area>> = (0..all.len())
        .map(|at| {
            let found = book.merge_cells_by_sheet_id(at).unwrap_or_default();
            found.iter().map(|block| Area { first: block.start, last: block.end }).collect()
        })
        .collect();
    let structure = |sheet: &Sheet| {
        let at = all.iter().position(|other| other.name == sheet.name);
        let merged = at.and_then(|at| merged.get(at).cloned()).unwrap_or_default();
        let first = at.and_then(|at| *begins.get(at)?);
        (Structure { merged, first, ..Structure::default() }, None)
    };
    sheets(&all, job, teller, structure, |sheet, teller| {
        let range = book.worksheet_range(&sheet.name).map_err(|_| Stop::Broken)?;
        let formulas = book.worksheet_formula(&sheet.name).map_err(|_| Stop::Broken)?;
        let absolute = |(row, column, _): (usize, usize, &String)| {
            let (first_row, first_column) = formulas.start()?;
            Some((first_row + u32::try_from(row).ok()?, first_column + u32::try_from(column).ok()?))
        };
        // A formula that gives an empty text has that text for its value.
        let has_value = |at: (u32, u32)| range.get_value(at).is_some_and(|value| *value != Data::Empty);
        let not_computed = formulas.used_cells().filter_map(absolute).filter(|at| !has_value(*at));
        ranges(&range, not_computed, is_1904, teller)
    })
}

/// Says the cells of a range, and between them the formulas without a value, both by row and column.
fn ranges(
    range: &calamine::Range<Data>,
    not_computed: impl Iterator<Item = (u32, u32)>,
    is_1904: bool,
    teller: &mut Teller<'_>,
) -> Result<(), Stop> {
    let mut not_computed = not_computed.peekable();
    let (first_row, first_column) = range.start().unwrap_or_default();
    for (row, column, value) in range.used_cells() {
        let row = first_row + u32::try_from(row).map_err(|_| Stop::Broken)?;
        let column = first_column + u32::try_from(column).map_err(|_| Stop::Broken)?;
        while let Some((row, column)) = not_computed.next_if(|at| *at < (row, column)) {
            teller.not_computed(row, column)?;
        }
        if let Some(read) = values::of(value.clone(), is_1904) {
            teller.cell(row, column, &read)?;
        }
    }
    not_computed.try_for_each(|(row, column)| teller.not_computed(row, column))
}

/// Says the last word.
pub(super) fn last(outcome: &Result<(), Refusal>) -> Line {
    match outcome {
        Ok(()) => Line::End,
        Err(refusal) => Line::Refused(refusal.clone()),
    }
}
