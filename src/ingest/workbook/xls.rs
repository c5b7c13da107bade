//! Workbooks of Excel 5 to 2003. calamine holds their sheets whole anyway.

use super::super::content::Content;
use super::super::dos::Dos;
use super::super::remark::Remark;
use super::super::table::Area;
use super::cells::sheets;
use super::structure::Structure;
use super::teller::{Stop, Teller};
use super::wire::{Job, Line, Refusal};
use super::{compound, records, values};
use crate::model::FindingKind;
use calamine::{Data, Reader, Sheet, Xls, XlsError, XlsOptions};
use std::io::Cursor;
use std::sync::Arc;

/// What the records say with which a workbook begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Globals {
    /// Of Excel 97 or later.
    is_97: bool,
    /// A password locks it, in whatever way.
    is_locked: bool,
    /// The code page of its texts, where it is named (`CodePage`, 2.4.52).
    code_page: Option<u16>,
}

/// The code page of Western European texts, in Windows and on a Mac.
const WINDOWS: u16 = 1252;
const MAC: u16 = 10_000;

impl Globals {
    /// Finds the first record of a workbook (BOF, MS-XLS 2.4.21) and looks among those behind it for the one of
    /// a password (`FilePass`, 2.4.117). `together`: so many bytes from there on surely follow each other.
    fn of(bytes: &[u8], together: usize) -> Option<Self> {
        let begin = |version: u8| {
            let length = if version == 6 { 16 } else { 8 };
            memchr::memmem::find(bytes, &[0x09, 0x08, length, 0, 0, version, 5, 0])
        };
        let (start, is_97) = match begin(6) {
            Some(start) => (start, true),
            None => (begin(5)?, false),
        };
        let mut rest = &bytes[start..bytes.len().min(start.saturating_add(together))];
        let mut globals = Self { is_97, is_locked: false, code_page: None };
        while let [a, b, c, d, content @ ..] = rest {
            match u16::from_le_bytes([*a, *b]) {
                records::EOF => break,
                records::FILE_PASS => globals.is_locked = true,
                records::CODE_PAGE => {
                    globals.code_page = content.first_chunk().map(|page| u16::from_le_bytes(*page));
                }
                _ => {}
            }
            let Some(next) = content.get(usize::from(u16::from_le_bytes([*c, *d]))..) else { break };
            rest = next;
        }
        Some(globals)
    }

    /// The code page under which calamine has to read it; none where that of the file will do.
    const fn code_page_to_force(self) -> Option<u16> {
        match self.code_page {
            // Texts are in UTF-16 since Excel 97, whatever code page the file names.
            _ if self.is_97 => Some(1200),
            // Numbers of their own that Excel 5 gives to the two usual ones.
            Some(0x8000) => Some(MAC),
            Some(0x8001) | None => Some(WINDOWS),
            // Nor does calamine know those of DOS: the texts are put right afterwards.
            _ if self.dos().is_some() => Some(WINDOWS),
            _ => None,
        }
    }

    /// The code page of DOS that its texts are written in.
    const fn dos(self) -> Option<Dos> {
        match self.code_page {
            Some(page) if !self.is_97 => Dos::of(page),
            _ => None,
        }
    }
}

/// Bytes of the stream of a workbook that surely stand together in its container (MS-CFB 2.2).
const TOGETHER: usize = 512;

/// Reads a workbook and says it.
pub(super) fn read(content: &Content, job: &Job, teller: &mut Teller<'_>) -> Result<(), Stop> {
    let mut bytes = content.whole().map_err(|_| Stop::Broken)?;
    if records::is_bare(&bytes) {
        let whole = records::completed(&bytes).and_then(compound::file);
        bytes = Arc::new(whole.ok_or(Stop::Broken)?);
    }
    let stream = compound::stream(&bytes);
    let globals = match &stream {
        Some(stream) => Globals::of(stream, stream.len()),
        None => Globals::of(&bytes, TOGETHER),
    };
    // An xlsx with a password is in a compound file too (MS-OFFCRYPTO 2.3.4.4).
    let package: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    if globals.is_some_and(|globals| globals.is_locked) || memchr::memmem::find(&bytes, &package).is_some() {
        return Err(Stop::Refused(Refusal::Password));
    }
    let known = stream.as_deref().map(records::structures).unwrap_or_default();
    let mended = stream.and_then(|stream| records::mended(&stream)).and_then(compound::file);
    let bytes = mended.map_or(bytes, Arc::new);
    let open = |code_page: Option<u16>| {
        let mut options = XlsOptions::default();
        options.force_codepage = code_page;
        Xls::new_with_options(Cursor::new(bytes.as_slice()), options)
    };
    let forced = globals.and_then(Globals::code_page_to_force);
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
    let dos = globals.and_then(Globals::dos);
    let mut all = book.sheets_metadata().to_vec();
    let names: Vec<String> = all.iter().map(|sheet| sheet.name.clone()).collect();
    if let Some(dos) = dos {
        for sheet in &mut all {
            sheet.name = dos.instead_of_windows(&sheet.name);
        }
    }
    let rank = |sheet: &Sheet| all.iter().position(|other| other.name == sheet.name);
    let merged: Vec<Vec<Area>> = (0..all.len())
        .map(|at| {
            let found = book.merge_cells_by_sheet_id(at).unwrap_or_default();
            found.iter().map(|block| Area { first: block.start, last: block.end }).collect()
        })
        .collect();
    let structure = |sheet: &Sheet| {
        let at = rank(sheet);
        let merged = at.and_then(|at| merged.get(at).cloned()).unwrap_or_default();
        let known = at.and_then(|at| known.get(at).cloned()).unwrap_or_default();
        (Structure { merged, ..known }, None)
    };
    sheets(&all, job, teller, structure, |sheet, teller| {
        let name = rank(sheet).and_then(|at| names.get(at)).ok_or(Stop::Broken)?;
        let range = book.worksheet_range(name).map_err(|_| Stop::Broken)?;
        let formulas = book.worksheet_formula(name).map_err(|_| Stop::Broken)?;
        let absolute = |(row, column, _): (usize, usize, &String)| {
            let (first_row, first_column) = formulas.start()?;
            Some((first_row + u32::try_from(row).ok()?, first_column + u32::try_from(column).ok()?))
        };
        // A formula that gives an empty text has that text for its value.
        let has_value = |at: (u32, u32)| range.get_value(at).is_some_and(|value| *value != Data::Empty);
        let not_computed = formulas.used_cells().filter_map(absolute).filter(|at| !has_value(*at));
        ranges(&range, not_computed, (is_1904, dos), teller)
    })
}

/// Says the cells of a range, and between them the formulas without a value, both by row and column.
fn ranges(
    range: &calamine::Range<Data>,
    not_computed: impl Iterator<Item = (u32, u32)>,
    (is_1904, dos): (bool, Option<Dos>),
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
        let value = match (value, dos) {
            (Data::String(text), Some(dos)) => Data::String(dos.instead_of_windows(text)),
            (value, _) => value.clone(),
        };
        if let Some(read) = values::of(value, is_1904) {
            teller.cell(row, column, &read)?;
        }
    }
    not_computed.try_for_each(|(row, column)| teller.not_computed(row, column))
}
