//! Workbooks of which tests change parts, and their sheets as they are read.

use crate::ingest::sniff::Workbook;
use crate::ingest::table::Sheet;
use crate::ingest::workbook::cells;
use crate::ingest::workbook::corpora_tests::gathered;
use crate::ingest::workbook::wire::Job;
use std::io::{Cursor, Read as _, Write as _};

/// Two sheets, with the texts of parts changed.
pub(super) fn book(change: impl Fn(&str, String) -> Vec<u8>) -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    for name in ["Un", "Deux"] {
        workbook.add_worksheet().set_name(name).unwrap().write_string(0, 0, name).unwrap();
    }
    changed(&workbook.save_to_buffer().unwrap(), change)
}

/// A workbook with the texts of its parts changed.
pub(in super::super) fn changed(bytes: &[u8], change: impl Fn(&str, String) -> Vec<u8>) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut content = String::new();
        part.read_to_string(&mut content).unwrap();
        writer.start_file(&name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(&change(&name, content)).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

pub(super) fn sheets(bytes: &[u8]) -> Vec<Sheet> {
    let job = Job { kind: Workbook::Xlsx, cells: 1_000, memory_mib: 512, wanted: None };
    let mut said = Vec::new();
    cells::read(&bytes.to_vec().into(), &job, &mut said).unwrap();
    gathered(&said).sheets
}
