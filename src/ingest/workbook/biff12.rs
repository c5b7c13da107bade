//! What calamine does not tell of an xlsb (MS-XLSB): hidden rows and columns, merged blocks, and what formats show
//! beside numbers. What cannot be read here counts as visible and bare.

use super::super::content::Content;
use super::super::formats::Form;
use super::super::table::Area;
use super::container::{self, Archive};
use super::structure::{MOST_MERGED, Structure};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use zip::ZipArchive;

/// Bytes of a record that are kept; what is looked for stands in them.
const KEPT: usize = 1_024;

/// Of a workbook: a sheet, with the part that holds it (`BrtBundleSh`).
const SHEET: u32 = 0x9C;
/// Of styles: a format (`BrtFmt`), where the styles of cells begin (`BrtBeginCellXFs`), one of them (`BrtXF`), and
/// where they end.
const FORMAT: u32 = 0x2C;
const BEGIN_STYLES: u32 = 0x269;
const STYLE: u32 = 0x2F;
const END_STYLES: u32 = 0x26A;
/// Of a sheet: a row (`BrtRowHdr`), columns beside each other (`BrtColInfo`), a merged block (`BrtMergeCell`), and its
/// numbers (`BrtCellRk`, `BrtCellReal`, `BrtFmlaNum`).
const ROW: u32 = 0x00;
const COLUMNS: u32 = 0x3C;
const MERGED: u32 = 0xB0;
const NUMBERS: [u32; 3] = [0x02, 0x05, 0x09];

/// A record of a part.
pub(super) struct Record<'a> {
    pub(super) kind: u32,
    /// Where it begins in the part.
    pub(super) at: usize,
    /// Bytes of its content.
    pub(super) length: u32,
    /// The first of them.
    content: &'a [u8],
}

impl Record<'_> {
    fn word(&self, at: usize) -> Option<u32> {
        Some(u32::from_le_bytes(self.content.get(at..at + 4)?.try_into().ok()?))
    }

    fn half(&self, at: usize) -> Option<u16> {
        Some(u16::from_le_bytes(self.content.get(at..at + 2)?.try_into().ok()?))
    }

    fn has(&self, at: usize, flag: u8) -> bool {
        self.content.get(at).is_some_and(|flags| flags & flag != 0)
    }

    /// A text in UTF-16 behind the number of its letters.
    fn text(&self, at: usize) -> Option<String> {
        let length = usize::try_from(self.word(at)?).ok()?.checked_mul(2)?;
        let letters = self.content.get(at + 4..)?.get(..length)?;
        let pairs: Vec<u16> =
            letters.as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
        Some(String::from_utf16_lossy(&pairs))
    }
}

/// Shows every record of a part up to its end or to what is no record, the last though it breaks off.
pub(super) fn records(part: &mut impl BufRead, mut show: impl FnMut(&Record<'_>)) {
    let (mut at, mut held) = (0, Vec::with_capacity(KEPT));
    while let Some((kind, kind_bytes)) = number(part, 2)
        && let Some((length, length_bytes)) = number(part, 4)
    {
        held.clear();
        let mut left = length as usize;
        while left > 0 {
            let ready = part.fill_buf().unwrap_or_default();
            let taken = ready.len().min(left);
            if taken == 0 {
                break;
            }
            let kept = taken.min(KEPT - held.len());
            held.extend_from_slice(&ready[..kept]);
            part.consume(taken);
            left -= taken;
        }
        show(&Record { kind, at, length, content: &held });
        if left > 0 {
            return;
        }
        at += kind_bytes + length_bytes + length as usize;
    }
}

/// A number of at most so many bytes, seven bits in each, the lowest first, and how many it took.
fn number(part: &mut impl BufRead, most: usize) -> Option<(u32, usize)> {
    let mut number = 0;
    for taken in 0..most {
        let byte = *part.fill_buf().ok()?.first()?;
        part.consume(1);
        number |= u32::from(byte & 0x7F) << (7 * taken);
        if byte < 0x80 {
            return Some((number, taken + 1));
        }
    }
    Some((number, most))
}

/// The sheets of a workbook, of which each is looked through when it is asked for.
pub(super) struct Sheets {
    archive: Archive,
    /// The parts that hold them, in their order.
    paths: Vec<String>,
    /// What the styles of cells show beside numbers, by their rank.
    forms: Vec<Option<Form>>,
}

impl Sheets {
    /// Of a workbook whose parts are where calamine looks for them; none when it is no container.
    pub(super) fn of(content: &Content) -> Option<Self> {
        let mut archive = ZipArchive::new(content.reader()).ok()?;
        let paths = paths(&mut archive);
        let forms = forms(&mut archive);
        Some(Self { archive, paths, forms })
    }

    /// What is known of a sheet, by its position from 0.
    pub(super) fn structure(&mut self, sheet: usize) -> Structure {
        let (mut structure, mut hidden, mut row) = (Structure::default(), BTreeSet::new(), None);
        let forms = &self.forms;
        let Some(path) = self.paths.get(sheet) else { return structure };
        each(&mut self.archive, path, |record| match record.kind {
            ROW => {
                row = record.word(0);
                // The flag `fDyZero`: it has no height.
                hidden.extend(row.filter(|_| record.has(11, 0x10)));
            }
            COLUMNS if record.has(16, 1) || record.word(8) == Some(0) => {
                let run = record.word(0).zip(record.word(4)).filter(|(first, last)| first <= last);
                structure.columns.extend(run);
            }
            MERGED if structure.merged.len() < MOST_MERGED => {
                structure.merged.extend(area(record));
            }
            kind if NUMBERS.contains(&kind) => {
                // The rank of its style has three bytes, and flags the fourth.
                let style = record.word(4).map(|style| style & 0x00FF_FFFF);
                let form = style.and_then(|style| forms.get(usize::try_from(style).ok()?)?.as_ref());
                if let (Some(row), Some(column), Some(form)) = (row, record.word(0), form) {
                    structure.shown.take(row, column, form);
                }
            }
            _ => {}
        });
        for row in hidden {
            structure.hide_rows(row, row);
        }
        structure
    }
}

fn area(record: &Record<'_>) -> Option<Area> {
    let [first_row, last_row, first_column, last_column] =
        [record.word(0)?, record.word(4)?, record.word(8)?, record.word(12)?];
    let is_block = first_row <= last_row && first_column <= last_column;
    is_block.then_some(Area { first: (first_row, first_column), last: (last_row, last_column) })
}

/// The parts of the sheets that have one, in their order.
fn paths(archive: &mut Archive) -> Vec<String> {
    const WORKBOOK: &str = "xl/workbook.bin";
    let targets = container::targets(archive, WORKBOOK);
    let mut paths = Vec::new();
    each(archive, WORKBOOK, |record| {
        // A sheet without a part has no name of one, which is a length that none has.
        if record.kind == SHEET && record.word(8).is_some_and(|length| length != u32::MAX) {
            let target = record.text(8).and_then(|id| targets.get(&id));
            paths.push(target.map(|target| format!("xl/{target}")).unwrap_or_default());
        }
    });
    paths
}

/// What the styles of cells show beside numbers, by their rank.
fn forms(archive: &mut Archive) -> Vec<Option<Form>> {
    let (mut codes, mut forms, mut is_of_cells) = (BTreeMap::new(), Vec::new(), false);
    each(archive, "xl/styles.bin", |record| match record.kind {
        FORMAT => {
            codes.extend(record.half(0).zip(record.text(2).map(|code| Form::of_code(&code))));
        }
        BEGIN_STYLES | END_STYLES => is_of_cells = record.kind == BEGIN_STYLES,
        STYLE if is_of_cells => {
            let form = record
                .half(2)
                .and_then(|id| codes.get(&id).cloned().unwrap_or_else(|| Form::built_in(&id.to_string())));
            forms.push(form);
        }
        _ => {}
    });
    forms
}

/// Shows every record of a part of the container.
fn each(archive: &mut Archive, path: &str, show: impl FnMut(&Record<'_>)) {
    if let Some(part) = container::part(archive, path) {
        records(&mut BufReader::new(part), show);
    }
}

#[cfg(test)]
mod tests {
    use super::super::cells;
    use super::super::corpora_tests::gathered;
    use super::super::wire::Job;
    use super::{BEGIN_STYLES, COLUMNS, END_STYLES, FORMAT, MERGED, ROW, SHEET, STYLE, records};
    use crate::ingest::sniff::Workbook;
    use crate::ingest::table::{Area, Sheet};
    use std::io::{Cursor, Write as _};

    fn seven_bits(mut number: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        while number > 0x7F {
            bytes.push(u8::try_from(number & 0x7F).unwrap() | 0x80);
            number >>= 7;
        }
        bytes.push(u8::try_from(number).unwrap());
        bytes
    }

    fn record(kind: u32, content: &[u8]) -> Vec<u8> {
        [seven_bits(kind as usize), seven_bits(content.len()), content.to_vec()].concat()
    }

    fn words(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    fn text(text: &str) -> Vec<u8> {
        let letters: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        [words(&[u32::try_from(letters.len() / 2).unwrap()]), letters].concat()
    }

    fn row(number: u32, is_hidden: bool) -> Vec<u8> {
        let flags = if is_hidden { 0x10 } else { 0 };
        record(ROW, &[words(&[number, 0]), vec![0x2C, 0x01, 0, flags, 0], words(&[0])].concat())
    }

    fn real(column: u32, style: u32, number: f64) -> Vec<u8> {
        record(0x05, &[words(&[column, style]), number.to_le_bytes().to_vec()].concat())
    }

    fn columns(first: u32, last: u32, is_hidden: bool) -> Vec<u8> {
        record(COLUMNS, &[words(&[first, last, 2_560, 0]), vec![u8::from(is_hidden), 0]].concat())
    }

    /// Rows 2 and 3 are hidden, and so is column C; the fourth row shows pounds, the fifth a day and percents.
    fn book() -> Vec<u8> {
        let style = |format: u8| record(STYLE, &[[0, 0, format, 0].as_slice(), &[0; 12]].concat());
        let styles = [
            record(0x267, &words(&[1])),
            record(FORMAT, &[vec![164, 0], text("0\" lb\"")].concat()),
            record(BEGIN_STYLES, &words(&[4])),
            [style(0), style(164), style(14), style(9)].concat(),
            record(END_STYLES, &[]),
        ];
        let sheet = [
            record(0x94, &words(&[0, 6, 0, 2])),
            record(0x186, &[]),
            columns(0, 1, false),
            columns(2, 2, true),
            record(0x187, &[]),
            record(0x91, &[]),
            [row(0, false), record(0x06, &[words(&[0, 0]), text("Entreprise")].concat())].concat(),
            [row(1, true), real(0, 0, 1.0), row(2, true), real(2, 0, 2.0)].concat(),
            [row(3, false), real(1, 1, 40.0)].concat(),
            [row(4, false), real(0, 2, 45_000.0), real(1, 3, 0.4)].concat(),
            record(0x92, &[]),
            record(0xB1, &words(&[1])),
            record(MERGED, &words(&[5, 6, 0, 1])),
            record(0xB2, &[]),
        ];
        let workbook = [
            record(SHEET, &[words(&[0, 1]), text("rId7"), text("Offres")].concat()),
            record(0x90, &[]),
            record(0x9D, &[]),
        ];
        let list = "<Relationships><Relationship Id=\"rId7\" Type=\"worksheet\" Target=\"worksheets/a.bin\"/>\
            </Relationships>";
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in [
            ("xl/workbook.bin", workbook.concat()),
            ("xl/_rels/workbook.bin.rels", list.as_bytes().to_vec()),
            ("xl/styles.bin", styles.concat()),
            ("xl/worksheets/a.bin", sheet.concat()),
        ] {
            writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(&content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn sheet() -> Sheet {
        let job = Job { kind: Workbook::Xlsb, cells: 1_000, memory_mib: 512, wanted: None };
        let mut said = Vec::new();
        cells::read(&book().into(), &job, &mut said).unwrap();
        gathered(&said).sheets.remove(0)
    }

    #[test]
    fn what_is_hidden_and_merged_in_an_xlsb_is_known() {
        let sheet = sheet();
        let hidden: Vec<u32> = sheet.rows.iter().filter(|row| row.hidden).map(|row| row.number).collect();
        assert_eq!(hidden, [2, 3]);
        assert_eq!(sheet.head.hidden_columns, [(2, 2)]);
        assert_eq!(sheet.head.merged, [Area { first: (5, 0), last: (6, 1) }]);
    }

    #[test]
    fn what_a_format_of_an_xlsb_shows_beside_a_number_is_known() {
        let sheet = sheet();
        let cell =
            |row: u32, column: u32| sheet.rows.iter().find(|known| known.number == row).unwrap().cell(column);
        let typed = |row: u32| sheet.head.form(row, 1).and_then(|form| form.typed(cell(row, 1), '.'));
        assert_eq!([typed(4), typed(5)], [Some("40 lb".to_owned()), Some("40%".to_owned())]);
        assert_eq!((cell(5, 0).reveal(), sheet.head.form(5, 0)), ("2023-03-15".to_owned(), None));
    }

    #[test]
    fn long_records_are_passed_over_and_one_that_breaks_off_is_the_last() {
        let mut part = [record(0x13, &[7; 5_000]), record(ROW, &words(&[3])), record(0x92, &[])].concat();
        let seen = |part: &[u8]| {
            let mut seen = Vec::new();
            records(&mut &*part, |record| seen.push((record.kind, record.length, record.word(0))));
            seen
        };
        let sevens = Some(0x0707_0707);
        assert_eq!(seen(&part), [(0x13, 5_000, sevens), (ROW, 4, Some(3)), (0x92, 0, None)]);
        part.truncate(part.len() - 5);
        assert_eq!(seen(&part), [(0x13, 5_000, sevens), (ROW, 4, None)]);
    }
}
