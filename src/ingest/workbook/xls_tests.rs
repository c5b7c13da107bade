//! Workbooks of Excel 97, built record by record (MS-XLS 2.4, MS-CFB 2).

use super::cells;
use super::corpora_tests::gathered;
use super::wire::{Job, Refusal};
use crate::ingest::sniff::Workbook;
use crate::ingest::table::Sheet;
use crate::model::{Cell, FindingKind};

fn record(kind: u16, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u16::try_from(content.len()).unwrap();
    [&kind.to_le_bytes()[..], &length.to_le_bytes(), &content].concat()
}

fn place(row: u16, column: u16) -> Vec<u8> {
    [row, column, 0].iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// A formula with these eight bytes for its value; it is the number 1.
fn formula(row: u16, column: u16, value: [u8; 8]) -> Vec<u8> {
    record(0x0006, &[&place(row, column), &value, &[0; 6], &[3, 0, 0x1E, 1, 0]])
}

fn number(row: u16, column: u16, value: f64) -> Vec<u8> {
    record(0x0203, &[&place(row, column), &value.to_le_bytes()])
}

/// The stream of a workbook with these records of its own and one sheet of those.
fn stream(own: &[Vec<u8>], records: &[Vec<u8>]) -> Vec<u8> {
    stream_of(6, own, records)
}

/// The same of Excel 97 (version 6) or Excel 5.
fn stream_of(version: u8, own: &[Vec<u8>], records: &[Vec<u8>]) -> Vec<u8> {
    let rest = vec![0_u8; if version == 6 { 12 } else { 4 }];
    let begin = |kind: u8| record(0x0809, &[&[0, version, kind, 0], &rest]);
    let end = record(0x000A, &[]);
    let name = |at: u32| record(0x0085, &[&at.to_le_bytes(), &[0, 0, 1, 0], b"F"]);
    let at = u32::try_from(begin(5).len() + own.concat().len() + name(0).len() + end.len()).unwrap();
    [begin(5), own.concat(), name(at), end.clone(), begin(16), records.concat(), end].concat()
}

/// The compound file around a stream: a table of sectors, a directory, and the stream.
fn container(mut stream: Vec<u8>) -> Vec<u8> {
    const SECTOR: usize = 512;
    const FREE: u32 = 0xFFFF_FFFF;
    const END: u32 = 0xFFFF_FFFE;
    // Smaller streams stand elsewhere.
    stream.resize(stream.len().max(4_096).next_multiple_of(SECTOR), 0);
    let words = |words: &[u32]| -> Vec<u8> { words.iter().flat_map(|word| word.to_le_bytes()).collect() };
    let mut header = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1].to_vec();
    header.extend([0; 16]);
    header.extend([0x3E, 0, 3, 0, 0xFE, 0xFF, 9, 0, 6, 0, 0, 0, 0, 0, 0, 0]);
    header.extend(words(&[0, 1, 1, 0, 4_096, END, 0, END, 0, 0]));
    header.resize(SECTOR, 0xFF);
    let sectors = u32::try_from(stream.len() / SECTOR).unwrap();
    let mut table = vec![0xFFFF_FFFD, END];
    table.extend(3..sectors + 2);
    table.push(END);
    table.resize(SECTOR / 4, FREE);
    let entry = |name: &str, kind: u8, child: u32, start: u32, size: usize| {
        let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let length = u8::try_from(entry.len() + 2).unwrap();
        entry.resize(64, 0);
        entry.extend([length, 0, kind, 1]);
        entry.extend(words(&[FREE, FREE, child]));
        entry.resize(116, 0);
        entry.extend(words(&[start, u32::try_from(size).unwrap(), 0]));
        entry
    };
    let mut directory = entry("Root Entry", 5, 1, END, 0);
    directory.extend(entry("Workbook", 2, FREE, 2, stream.len()));
    directory.resize(SECTOR, 0);
    [header, words(&table), directory, stream].concat()
}

fn sheet(bytes: &[u8]) -> Result<Sheet, Refusal> {
    let job = Job { kind: Workbook::Xls, cells: 1_000, memory_mib: 512, wanted: None };
    let mut said = Vec::new();
    cells::read(&bytes.to_vec().into(), &job, &mut said)?;
    Ok(gathered(&said).sheets.remove(0))
}

#[test]
fn texts_are_read_whatever_code_page_the_file_names() {
    let label = record(0x0204, &[&place(0, 0), &[5, 0, 0], b"m\xE9tal"]);
    for code_page in [1252_u16, 1200, 10_000, 437] {
        let own = [record(0x0042, &[&code_page.to_le_bytes()])];
        let read = sheet(&container(stream(&own, std::slice::from_ref(&label)))).unwrap();
        assert_eq!(read.rows[0].dense(1)[0].reveal(), "métal", "{code_page}");
    }
}

#[test]
fn texts_of_excel_5_are_read_under_any_code_page_and_one_that_is_unknown_is_told() {
    let label = |text: &[u8]| record(0x0204, &[&place(0, 0), &[5, 0], text]);
    for (code_page, text, told) in [
        (1252_u16, b"m\xE9tal", 0),
        (32_769, b"m\xE9tal", 0),
        (32_768, b"m\x8Etal", 0),
        (10_000, b"m\x8Etal", 0),
        (437, b"m\x82tal", 0),
        (850, b"m\x82tal", 0),
        (863, b"m\x82tal", 0),
        (10_029, b"m\xE9tal", 1),
    ] {
        let own = [record(0x0042, &[&code_page.to_le_bytes()])];
        let job = Job { kind: Workbook::Xls, cells: 1_000, memory_mib: 512, wanted: None };
        let mut said = Vec::new();
        cells::read(&container(stream_of(5, &own, &[label(text)])).into(), &job, &mut said).unwrap();
        let gathered = gathered(&said);
        assert_eq!(gathered.sheets[0].rows[0].dense(1)[0].reveal(), "métal", "{code_page}");
        assert_eq!(gathered.remarks.len(), told, "{code_page}");
    }
}

#[test]
fn a_sheet_of_excel_5_has_its_name_under_a_code_page_of_dos() {
    let begin = |kind: u8| record(0x0809, &[&[0, 5, kind, 0], &[0; 4]]);
    let (page, end) = (record(0x0042, &[&863_u16.to_le_bytes()]), record(0x000A, &[]));
    let name = |at: u32| record(0x0085, &[&at.to_le_bytes(), &[0, 0, 5], b"\x90t\x82 \x8E"]);
    let before = [begin(5), page, name(0), end.clone()].concat().len();
    let at = u32::try_from(before).unwrap();
    let page = record(0x0042, &[&863_u16.to_le_bytes()]);
    let whole = [begin(5), page, name(at), end.clone(), begin(16), number(0, 0, 1.0), end].concat();
    let read = sheet(&container(whole)).unwrap();
    assert_eq!((read.head.name.reveal().as_str(), read.rows.len()), ("Été À", 1));
}

#[test]
fn a_stream_without_the_file_around_it_is_read() {
    // As programs for the web write one: no version, no workbook, texts of one byte a letter.
    let text = b"M\xE9taux \x96 d\x92ici";
    let length = u16::try_from(text.len()).unwrap().to_le_bytes();
    let alone = [
        record(0x0809, &[&[0, 0, 0x10, 0, 0, 0, 0, 0]]),
        record(0x0204, &[&place(0, 0), &length, text]),
        number(1, 0, 2.5),
        record(0x000A, &[]),
    ];
    let read = sheet(&alone.concat()).unwrap();
    let seen: Vec<String> = read.rows.iter().map(|row| row.dense(1)[0].reveal()).collect();
    assert_eq!(seen, ["Métaux – d’ici", "2.5"]);
    assert_eq!(read.head.name.reveal(), "Sheet1");
    for version in [5, 6] {
        let read = sheet(&stream_of(version, &[], &[number(3, 1, 7.0)])).unwrap();
        assert_eq!((read.rows[0].number, read.rows[0].dense(2)[1].reveal()), (4, "7".to_owned()));
        // A sheet that stands alone has the records of a workbook among its own.
        let begin = record(0x0809, &[&[0, version, 0x10, 0], &vec![0; if version == 6 { 12 } else { 4 }]]);
        let epoch = record(0x0022, &[&[1, 0]]);
        let style = record(0x00E0, &[&[0, 0, 14, 0], &[0; 16]]);
        let alone = [begin, epoch, style, number(0, 0, 43_538.0), record(0x000A, &[])].concat();
        assert_eq!(sheet(&alone).unwrap().rows[0].dense(1)[0].reveal(), "2023-03-15");
    }
    // A chart, and a stream that is cut off.
    for bytes in [&b"\x09\x08\x08\0\0\x05\x20\0\0\0\0\0\x0A\0\0\0"[..], b"\x09\x08\x08\0\0"] {
        assert_eq!(sheet(bytes).map(|_| ()), Err(Refusal::Damaged));
    }
}

#[test]
fn hidden_rows_and_columns_are_known() {
    let row = |row: u16, flags: u8| {
        let height = [0_u8, 0, 1, 0, 0xFF, 0, 0, 0, 0, 0];
        record(0x0208, &[&row.to_le_bytes(), &height, &[flags, 1, 15, 0]])
    };
    let columns = record(0x007D, &[&[1, 0, 2, 0, 0, 0, 0, 0, 1, 0, 0, 0]]);
    let cells = [number(0, 0, 1.0), number(0, 2, 2.0), number(3, 0, 3.0)];
    let records = [vec![columns, row(0, 0x10), row(3, 0x20)], cells.to_vec()].concat();
    for version in [5, 6] {
        let read = sheet(&container(stream_of(version, &[], &records))).unwrap();
        let hidden: Vec<u32> = read.rows.iter().filter(|row| row.hidden).map(|row| row.number).collect();
        assert_eq!((hidden, read.head.hidden_columns), (vec![4], vec![(1, 2)]));
        let told: Vec<FindingKind> = read.remarks.iter().map(|remark| remark.kind).collect();
        assert_eq!(told, [FindingKind::HiddenRows, FindingKind::HiddenColumns]);
    }
}

#[test]
fn every_kind_of_password_is_called_one() {
    // By exclusive or (0), and by RC4 (1).
    for kind in [0_u16, 1] {
        let own = [record(0x002F, &[&kind.to_le_bytes(), &[1, 0, 1, 0]])];
        let refused = sheet(&container(stream(&own, &[number(0, 0, 1.0)]))).map(|_| ()).unwrap_err();
        assert!(matches!(refused, Refusal::Password), "{kind}");
    }
}

/// A number under the style 0, which is of this format.
fn styled(version: u8, format: u16, declared: &[u8]) -> Vec<u8> {
    let own = [
        record(0x041E, &[&format.to_le_bytes(), declared]),
        record(0x00E0, &[&[0, 0], &format.to_le_bytes(), &[0; 16]]),
    ];
    let mut bytes = stream(&own, &[number(0, 0, 45_000.0)]);
    bytes[5] = version;
    container(bytes)
}

#[test]
fn formats_are_those_of_the_file_under_any_number() {
    let text =
        |text: &str| [&u16::try_from(text.len()).unwrap().to_le_bytes()[..], &[0], text.as_bytes()].concat();
    for (format, declared, shown) in [
        (165, "yyyy-mm-dd", "2023-03-15"),
        (60, "yyyy-mm-dd", "2023-03-15"),
        (50, "0.00", "45000"),
        (62, "[h]:mm", "1080000:00:00"),
        (400, "d mmm", "2023-03-15"),
        (400, "0.0", "45000"),
    ] {
        let read = sheet(&styled(6, format, &text(declared))).unwrap();
        assert_eq!(read.rows[0].dense(1)[0].reveal(), shown, "{format} {declared}");
    }
}

#[test]
fn formats_of_excel_5_have_their_first_letter() {
    for (declared, shown) in [("d", "2023-03-15"), ("0", "45000"), ("[h]:mm", "1080000:00:00")] {
        let length = u8::try_from(declared.len()).unwrap();
        let read = sheet(&styled(5, 165, &[&[length], declared.as_bytes()].concat())).unwrap();
        assert_eq!(read.rows[0].dense(1)[0].reveal(), shown, "{declared}");
    }
}

#[test]
fn formulas_have_their_values_under_older_numbers_and_texts_go_on_in_further_records() {
    let is_text = [0, 0, 0, 0, 0, 0, 0xFF, 0xFF];
    let old = |kind: u16, row: u16, value: [u8; 8]| {
        record(kind, &[&place(row, 0), &value, &[0, 0], &[3, 0, 0x1E, 1, 0]])
    };
    let long = "x".repeat(8_221);
    let records = [
        old(0x0206, 0, 2.5_f64.to_le_bytes()),
        old(0x0406, 1, is_text),
        record(0x0207, &[&[2, 0, 0], b"ab"]),
        formula(2, 0, is_text),
        record(0x0207, &[&8_224_u16.to_le_bytes(), &[0], long.as_bytes()]),
        record(0x003C, &[&[1], &[0xE9, 0, b'y', 0]]),
        record(0x003C, &[&[0], b"z"]),
        number(3, 0, 7.0),
    ];
    let read = sheet(&container(stream(&[], &records))).unwrap();
    let seen: Vec<String> = read.rows.iter().map(|row| row.dense(1)[0].reveal()).collect();
    assert_eq!(seen, ["2.5", "ab", &format!("{long}éyz"), "7"]);
}

#[test]
fn sheets_are_found_after_records_that_changed_their_length() {
    let begin = |kind: u8| record(0x0809, &[&[0, 6, kind, 0], &[0; 12]]);
    let end = record(0x000A, &[]);
    let old = record(0x0406, &[&place(0, 0), &1.5_f64.to_le_bytes(), &[0, 0, 0, 0]]);
    let bound = |at: usize, name: &[u8]| {
        record(0x0085, &[&u32::try_from(at).unwrap().to_le_bytes(), &[0, 0, 1, 0], name])
    };
    let one = [begin(16), old, end.clone()].concat();
    let two = [begin(16), number(0, 0, 2.0), end.clone()].concat();
    let start = begin(5).len() + 2 * bound(0, b"A").len() + end.len();
    let whole = [begin(5), bound(start, b"A"), bound(start + one.len(), b"B"), end, one, two].concat();
    let job = Job { kind: Workbook::Xls, cells: 1_000, memory_mib: 512, wanted: None };
    let mut said = Vec::new();
    cells::read(&container(whole).into(), &job, &mut said).unwrap();
    let seen: Vec<String> =
        gathered(&said).sheets.iter().map(|sheet| sheet.rows[0].dense(1)[0].reveal()).collect();
    assert_eq!(seen, ["1.5", "2"]);
}

#[test]
fn a_formula_without_a_stored_value_is_told_and_an_empty_text_is_not() {
    let is_text = [0, 0, 0, 0, 0, 0, 0xFF, 0xFF];
    let is_empty_text = [3, 0, 0, 0, 0, 0, 0xFF, 0xFF];
    let text = record(0x0207, &[&[2, 0, 0], b"ab"]);
    let records = [
        formula(0, 0, is_text),
        number(0, 1, 7.0),
        formula(1, 0, is_text),
        text,
        formula(1, 1, is_empty_text),
        formula(1, 2, 2.5_f64.to_le_bytes()),
        formula(4, 3, is_text),
    ];
    let sheet = sheet(&container(stream(&[], &records))).unwrap();
    let seen: Vec<(u32, Vec<String>)> =
        sheet.rows.iter().map(|row| (row.number, row.dense(4).iter().map(Cell::reveal).collect())).collect();
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    let expected: [(u32, Vec<String>); 3] = [
        (1, texts(&["#FORMULE!", "7"])),
        (2, texts(&["ab", "", "2.5"])),
        (5, texts(&["", "", "", "#FORMULE!"])),
    ];
    assert_eq!(seen, expected);
    let told: Vec<_> = sheet.remarks.iter().map(|remark| (remark.kind, remark.row, remark.column)).collect();
    let kind = FindingKind::FormulaWithoutValue;
    assert_eq!(told, [(kind, 1, Some(0)), (kind, 5, Some(3))]);
}
