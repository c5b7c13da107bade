//! Workbooks that break off, hide what they are or ask for more than they hold.

use super::cells;
use super::corpora_tests::gathered;
use super::mend::trial::changed;
use super::wire::{Job, Refusal};
use crate::ingest::sniff::Workbook;
use crate::ingest::table::Gathered;
use crate::model::FindingKind;
use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;

/// What the child says of a workbook, and how it ends.
fn said(bytes: Vec<u8>, kind: Workbook) -> (Vec<u8>, Result<(), Refusal>) {
    let job = Job { kind, cells: 1_000, memory_mib: 512, wanted: None };
    let mut said = Vec::new();
    let outcome = cells::read(&bytes.into(), &job, &mut said);
    (said, outcome)
}

/// An xlsx of the sheets `Un` and `Deux`, each with its name in its first cell, with parts changed.
fn xlsx(change: impl Fn(&str, String) -> String) -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    for name in ["Un", "Deux"] {
        workbook.add_worksheet().set_name(name).unwrap().write_string(0, 0, name).unwrap();
    }
    changed(&workbook.save_to_buffer().unwrap(), |name, content| change(name, content).into_bytes())
}

/// An ods of these tables, behind what stands before its root.
fn ods(prolog: &str, tables: &str) -> Vec<u8> {
    let content = format!(
        "<?xml version=\"1.0\"?>{prolog}<office:document-content \
         xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
         xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><office:body><office:spreadsheet>{tables}"
    );
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("content.xml", SimpleFileOptions::default()).unwrap();
    writer.write_all(content.as_bytes()).unwrap();
    writer.finish().unwrap().into_inner()
}

fn table(name: &str, text: &str) -> String {
    format!(
        "<table:table table:name=\"{name}\"><table:table-row><table:table-cell office:value-type=\"string\">\
         <text:p>{text}</text:p></table:table-cell></table:table-row></table:table>"
    )
}

const END: &str = "</office:spreadsheet></office:body></office:document-content>";

/// Sheets that were dropped, with why, and the first cells of the others.
fn told((said, outcome): (Vec<u8>, Result<(), Refusal>)) -> (Vec<(String, FindingKind)>, Vec<String>) {
    outcome.unwrap();
    let Gathered { sheets, remarks } = gathered(&said);
    let dropped =
        remarks.iter().filter_map(|(name, remark)| Some((name.as_ref()?.reveal().clone(), remark.kind)));
    (dropped.collect(), sheets.iter().map(|sheet| sheet.rows[0].cell(0).reveal()).collect())
}

fn only(kind: FindingKind, dropped: &str, read: &str) -> (Vec<(String, FindingKind)>, Vec<String>) {
    (vec![(dropped.to_owned(), kind)], vec![read.to_owned()])
}

#[test]
fn a_sheet_of_a_chart_is_told_and_the_other_one_read() {
    let bytes = xlsx(|name, content| match name {
        "xl/_rels/workbook.xml.rels" => {
            content.replacen("relationships/worksheet\"", "relationships/chartsheet\"", 1)
        }
        _ => content,
    });
    assert_eq!(told(said(bytes, Workbook::Xlsx)), only(FindingKind::SkippedSheet, "Un", "Deux"));
}

#[test]
fn a_sheet_that_breaks_off_is_told_and_the_other_one_read() {
    let bytes = xlsx(|name, content| match name {
        "xl/worksheets/sheet1.xml" => content.split("</row>").next().unwrap().to_owned(),
        _ => content,
    });
    assert_eq!(told(said(bytes, Workbook::Xlsx)), only(FindingKind::BrokenSheet, "Un", "Deux"));
    let bytes = ods("", &format!("{}<table:table table:name=\"Deux\"><table:table-row>", table("Un", "Un")));
    assert_eq!(told(said(bytes, Workbook::Ods)), only(FindingKind::BrokenSheet, "Deux", "Un"));
}

/// Entities of its own: a text, one that repeats it, and one of a file.
const DOCTYPE: &str = "<!DOCTYPE x [<!ENTITY a \"contenu-deploye\"><!ENTITY b \"&a;&a;\">\
                       <!ENTITY c SYSTEM \"file:///proc/self/status\">]>";

#[test]
fn entities_of_a_workbook_are_neither_expanded_nor_followed() {
    let bytes = ods(DOCTYPE, &format!("{}{END}", table("Un", "x&b;&c;y")));
    let (words, outcome) = said(bytes, Workbook::Ods);
    assert_eq!(outcome, Ok(()));
    assert_eq!(gathered(&words).sheets[0].rows[0].cell(0).reveal(), "x\u{FFFD}\u{FFFD}y");

    let declared = |content: String, root: &str| content.replacen(root, &format!("{DOCTYPE}{root}"), 1);
    let in_sheet = xlsx(|name, content| match name {
        "xl/worksheets/sheet1.xml" => {
            let (before, rest) = content.split_once("<sheetData>").unwrap();
            let after = rest.split_once("</sheetData>").unwrap().1;
            let cell = "<c r=\"A1\" t=\"inlineStr\"><is><t>&b;&c;</t></is></c>";
            let sheet = format!("{before}<sheetData><row r=\"1\">{cell}</row></sheetData>{after}");
            declared(sheet, "<worksheet")
        }
        _ => content,
    });
    let in_texts = xlsx(|name, content| match name {
        "xl/sharedStrings.xml" => declared(content.replace("<t>Un</t>", "<t>&b;&c;</t>"), "<sst"),
        _ => content,
    });
    for bytes in [in_sheet, in_texts] {
        let (words, outcome) = said(bytes, Workbook::Xlsx);
        for secret in ["contenu-deploye", "VmRSS"] {
            assert!(memchr::memmem::find(&words, secret.as_bytes()).is_none(), "{secret}");
        }
        // The other sheet is read, or the whole workbook is refused.
        if outcome.is_ok() {
            let sheets = gathered(&words).sheets;
            assert_eq!(sheets.last().unwrap().rows[0].cell(0).reveal(), "Deux");
        }
    }
}

#[test]
fn a_container_of_more_than_twenty_thousand_parts_is_not_opened() {
    let container = |parts: u32| {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for part in 0..parts {
            writer.start_file(part.to_string(), SimpleFileOptions::default()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    };
    for kind in [Workbook::Xlsx, Workbook::Ods] {
        assert_eq!(said(container(20_001), kind).1, Err(Refusal::Bomb));
        assert_ne!(said(container(20_000), kind).1, Err(Refusal::Bomb));
    }
}
