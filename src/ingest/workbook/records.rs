//! Records of a workbook of Excel 5 to 2003 (MS-XLS 2.4) that Excel reads and calamine misreads, written anew.

use super::structure::Structure;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

const BOF: u16 = 0x0809;
const BOUND_SHEET: u16 = 0x0085;
const CONTINUE: u16 = 0x003C;
const FORMAT: u16 = 0x041E;
const XF: u16 = 0x00E0;
const DIMENSIONS: u16 = 0x0200;
const ROW: u16 = 0x0208;
const COLUMNS: u16 = 0x007D;
pub(super) const EOF: u16 = 0x000A;
const STRING: u16 = 0x0207;
pub(super) const CODE_PAGE: u16 = 0x0042;
const DATE_MODE: u16 = 0x0022;
pub(super) const FILE_PASS: u16 = 0x002F;
const FORMULA: u16 = 0x0006;
/// Formulas under the numbers that they had in Excel 3 and 4.
const OLD_FORMULAS: [u16; 2] = [0x0206, 0x0406];

/// The first number of a format that calamine may pass over, and those of a workbook's own that it takes.
const FIRST_LOST: u16 = 50;
const TAKEN: std::ops::RangeInclusive<u16> = 164..=382;
/// The longest text of a cell, but for one letter: a record that holds it in two bytes a letter is full.
const LONGEST: usize = 32_766;

/// What a first record (BOF, 2.4.21) says that it begins.
const WORKBOOK: u16 = 0x0005;
const WORKSHEET: u16 = 0x0010;
/// Records of a workbook that a sheet without one has among its own.
const OF_WORKBOOK: [u16; 5] = [CODE_PAGE, DATE_MODE, FILE_PASS, FORMAT, XF];
/// The name of a sheet that has none: Excel shows that of the file.
const ONLY: &[u8] = b"Sheet1";

struct Record<'a> {
    kind: u16,
    /// Where it begins in the stream.
    at: usize,
    content: &'a [u8],
}

/// Whole records from the first on.
fn records(stream: &[u8]) -> impl Iterator<Item = Record<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let [a, b, c, d] = *stream.get(at..)?.first_chunk::<4>()?;
        let length = usize::from(u16::from_le_bytes([c, d]));
        let content = stream.get(at + 4..at + 4 + length)?;
        let record = Record { kind: u16::from_le_bytes([a, b]), at, content };
        at += 4 + length;
        Some(record)
    })
}

/// The stream with what calamine reads in the place of what it does not; none when it reads all.
pub(super) fn mended(stream: &[u8]) -> Option<Vec<u8>> {
    let is_5 = records(stream).next().is_some_and(|record| record.content.starts_with(&[0, 5]));
    let formats = renumbered(stream);
    let (mut written, mut changed) = (Vec::with_capacity(stream.len()), false);
    let (mut begins, mut sheets) = (BTreeMap::new(), Vec::new());
    let mut rest = records(stream).peekable();
    let mut end = 0;
    while let Some(Record { kind, at, content }) = rest.next() {
        end = at + 4 + content.len();
        let mut parts = vec![content];
        while kind == STRING
            && !is_5
            && let Some(next) = rest.next_if(|next| next.kind == CONTINUE)
        {
            end = next.at + 4 + next.content.len();
            parts.push(next.content);
        }
        let mended = match kind {
            FORMAT => format(content, is_5, &formats),
            XF => styled(content, &formats),
            STRING if parts.len() > 1 => joined(&parts),
            _ if OLD_FORMULAS.contains(&kind) => formula(content),
            _ => Cow::Borrowed(content),
        };
        changed |= matches!(mended, Cow::Owned(_));
        let kind = if OLD_FORMULAS.contains(&kind) { FORMULA } else { kind };
        match kind {
            BOF => drop(begins.insert(at, written.len())),
            BOUND_SHEET => sheets.push(written.len() + 4),
            _ => {}
        }
        push(&mut written, kind, &mended)?;
    }
    written.extend_from_slice(&stream[end..]);
    for place in sheets {
        // A sheet that begins nowhere stays where it is said to be.
        let said = written.get_mut(place..place + 4)?;
        let old = u32::from_le_bytes((&*said).try_into().ok()?) as usize;
        let new = begins.get(&old).copied().unwrap_or(old);
        said.copy_from_slice(&u32::try_from(new).ok()?.to_le_bytes());
    }
    changed.then_some(written)
}

/// Appends a record; none when it is too long for one.
fn push(written: &mut Vec<u8>, kind: u16, content: &[u8]) -> Option<()> {
    let length = u16::try_from(content.len()).ok()?;
    written.extend([kind.to_le_bytes(), length.to_le_bytes()].concat());
    written.extend_from_slice(content);
    Some(())
}

/// Whether a file is the stream of a workbook itself, without the compound file around it. Programs for the
/// web write such files.
pub(in super::super) const fn is_bare(file: &[u8]) -> bool {
    matches!(file, [0x09, 0x08, 8 | 16, 0, ..])
}

/// Such a stream as it would stand in a compound file: under a version, where it names none, and with a
/// workbook before a sheet that stands alone. The first record is longer since Excel 97.
pub(super) fn completed(stream: &[u8]) -> Option<Vec<u8>> {
    let first = records(stream).next().filter(|first| first.kind == BOF)?;
    let is_97 = match first.content {
        [0, 6, ..] => true,
        [0, 5, ..] => false,
        content => content.len() > 8,
    };
    let version = [0_u8, if is_97 { 6 } else { 5 }];
    let mut sheet = stream.to_vec();
    sheet.get_mut(4..6)?.copy_from_slice(&version);
    match number(first.content, 2)? {
        WORKBOOK => return Some(sheet),
        WORKSHEET => {}
        _ => return None,
    }
    let mut book = Vec::new();
    let rest: &[u8] = if is_97 { &[0; 12] } else { &[0; 4] };
    push(&mut book, BOF, &[&version[..], &WORKBOOK.to_le_bytes(), rest].concat())?;
    for own in records(stream).take_while(|own| own.kind != EOF) {
        if OF_WORKBOOK.contains(&own.kind) {
            push(&mut book, own.kind, own.content)?;
        }
    }
    // Visible and of cells; the length of its name, and, since Excel 97, that its letters have one byte.
    let about: &[u8] = if is_97 { &[0, 0, 6, 0] } else { &[0, 0, 6] };
    // The heads of this record and of the last one have four bytes each, the place of the sheet has as many.
    let begin = book.len() + 4 + 4 + about.len() + ONLY.len() + 4;
    push(&mut book, BOUND_SHEET, &[&u32::try_from(begin).ok()?.to_le_bytes()[..], about, ONLY].concat())?;
    push(&mut book, EOF, &[])?;
    book.append(&mut sheet);
    Some(book)
}

/// What each sheet says of itself beside its cells: where its used range begins (`Dimensions`, 2.4.90), and which
/// of its rows (`Row`, 2.4.221) and columns (`ColInfo`, 2.4.53) are hidden.
pub(super) fn structures(stream: &[u8]) -> Vec<Structure> {
    let sheets = records(stream).filter(|record| record.kind == BOUND_SHEET);
    let own = |sheet: Record<'_>| stream.get(word(sheet.content, 0)? as usize..);
    sheets.map(|sheet| own(sheet).map(structure).unwrap_or_default()).collect()
}

fn structure(sheet: &[u8]) -> Structure {
    let is_5 = records(sheet).next().is_some_and(|first| first.content.starts_with(&[0, 5]));
    let (mut structure, mut rows) = (Structure::default(), BTreeSet::new());
    for Record { kind, content, .. } in records(sheet).take_while(|record| record.kind != EOF) {
        let has = |at: usize, flag: u8| content.get(at).is_some_and(|flags| flags & flag != 0);
        match kind {
            DIMENSIONS if structure.first.is_none() => structure.first = begin(content, is_5),
            ROW if has(12, 0x20) => rows.extend(number(content, 0)),
            COLUMNS if has(8, 1) => {
                let run = number(content, 0).zip(number(content, 2)).filter(|(first, last)| first <= last);
                structure.columns.extend(run.map(|(first, last)| (first.into(), last.into())));
            }
            _ => {}
        }
    }
    for row in rows {
        structure.hide_rows(row.into(), row.into());
    }
    structure
}

/// Row and column, from 0, at which a used range begins; none for an empty one. Before Excel 97 numbers of rows
/// have two bytes.
fn begin(range: &[u8], is_5: bool) -> Option<(u32, u32)> {
    let half = |at| number(range, at).map(u32::from);
    let [row, end_row, column, end_column] = if is_5 {
        [half(0)?, half(2)?, half(4)?, half(6)?]
    } else {
        [word(range, 0)?, word(range, 4)?, half(8)?, half(10)?]
    };
    (row < end_row && column < end_column).then_some((row, column))
}

fn word(content: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(content.get(at..at + 4)?.try_into().ok()?))
}

/// For each number of a format that calamine passes over, one that it takes and nothing else has.
fn renumbered(stream: &[u8]) -> BTreeMap<u16, u16> {
    let mut used: Vec<u16> = records(stream)
        .filter(|record| record.kind == FORMAT)
        .filter_map(|record| number(record.content, 0))
        .collect();
    used.sort_unstable();
    used.dedup();
    let mut free = TAKEN.rev().filter(|number| used.binary_search(number).is_err());
    let is_lost =
        |number: &&u16| **number >= FIRST_LOST && !TAKEN.contains(*number) && !(63..=66).contains(*number);
    used.iter().filter(is_lost).filter_map(|number| Some((*number, free.next()?))).collect()
}

fn number(content: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(content.get(at..at + 2)?.try_into().ok()?))
}

/// A format under a number that is taken, with two bytes for its length, as since Excel 97: before, it was one.
fn format<'a>(content: &'a [u8], is_5: bool, formats: &BTreeMap<u16, u16>) -> Cow<'a, [u8]> {
    let Some((own, text)) = content.split_first_chunk::<2>() else { return Cow::Borrowed(content) };
    let new = formats.get(&u16::from_le_bytes(*own)).map(|new| new.to_le_bytes());
    match (new, text) {
        (new, [length, text @ ..]) if is_5 => [&new.unwrap_or(*own)[..], &[*length, 0], text].concat().into(),
        (Some(new), text) => [&new[..], text].concat().into(),
        (None, _) => Cow::Borrowed(content),
    }
}

/// A style, whose second number is that of its format.
fn styled<'a>(content: &'a [u8], formats: &BTreeMap<u16, u16>) -> Cow<'a, [u8]> {
    match number(content, 2).and_then(|own| formats.get(&own)) {
        Some(new) => [&content[..2], &new.to_le_bytes(), &content[4..]].concat().into(),
        None => Cow::Borrowed(content),
    }
}

/// A formula as Excel 97 has it: cell, style and value, 14 bytes, stand first in every version. What it
/// computes is left out, for it is not read.
fn formula(content: &[u8]) -> Cow<'_, [u8]> {
    match content.get(..14) {
        Some(start) => [start, &[0; 8]].concat().into(),
        None => Cow::Borrowed(content),
    }
}

/// A text that goes on in other records, in one; each part says whether a letter has one byte or two.
fn joined<'a>(parts: &[&'a [u8]]) -> Cow<'a, [u8]> {
    let mut letters: Vec<u8> = Vec::new();
    let mut take = |part: &[u8]| {
        let Some((flags, text)) = part.split_first() else { return };
        if flags & 1 == 1 {
            letters.extend_from_slice(text);
        } else {
            letters.extend(text.iter().flat_map(|letter| [*letter, 0]));
        }
    };
    take(parts[0].get(2..).unwrap_or_default());
    parts[1..].iter().for_each(|part| take(part));
    letters.truncate(LONGEST * 2);
    let length = u16::try_from(letters.len() / 2).unwrap_or(u16::MAX);
    [&length.to_le_bytes()[..], &[1], &letters].concat().into()
}
