//! Parts of the container of a workbook (ECMA-376, part 2), found as calamine finds them: whatever
//! the case and the slashes of their names, and wherever the package says that the workbook is.

use super::super::content;
use super::super::formats::Form;
use super::super::table::Area;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::{BTreeMap, BTreeSet};
use std::io::BufReader;
use zip::ZipArchive;
use zip::read::ZipFile;

pub(super) type Archive = ZipArchive<content::Reader>;

/// The place of a part in the directory, by its path.
pub(super) fn place(archive: &Archive, path: &str) -> Option<usize> {
    fn plain(path: &str) -> impl Iterator<Item = u8> {
        let bytes = path.trim_start_matches(['/', '\\']).bytes();
        bytes.map(|byte| if byte == b'\\' { b'/' } else { byte.to_ascii_lowercase() })
    }
    let alike = |name: &str| plain(name).eq(plain(path));
    archive.file_names().position(|name| name.is_ok_and(|name| alike(&name)))
}

/// A part by its path; none when it is not there or cannot be unpacked.
pub(super) fn part<'a>(archive: &'a mut Archive, path: &str) -> Option<ZipFile<'a, content::Reader>> {
    let place = place(archive, path)?;
    archive.by_index(place).ok()
}

/// The part of the texts that the sheets of an xlsx share.
pub(super) fn texts(archive: &mut Archive) -> Option<String> {
    let workbook = workbook(archive);
    let folder = workbook.rsplit_once('/').map_or("", |(folder, _)| folder);
    Some(format!("{folder}/sharedStrings.xml")).filter(|path| place(archive, path).is_some())
}

/// Parts that a workbook names, by their identifiers in it.
pub(super) fn targets(archive: &mut Archive, workbook: &str) -> BTreeMap<String, String> {
    let (folder, file) = workbook.rsplit_once('/').unwrap_or(("", workbook));
    let mut targets = BTreeMap::new();
    each(archive, &format!("{folder}/_rels/{file}.rels"), |element| {
        if element.local_name().as_ref() == "Relationship"
            && let (Some(id), Some(target)) = (attribute(element, "Id"), attribute(element, "Target"))
        {
            targets.insert(id, target);
        }
    });
    targets
}

/// What the sheets of an xlsx that have no part are called where parts are named.
pub(super) fn sheets_without_part(archive: &mut Archive) -> BTreeSet<String> {
    let workbook = workbook(archive);
    let targets = targets(archive, &workbook);
    let mut missing = BTreeSet::new();
    each(archive, &workbook, |element| {
        if element.local_name().as_ref() == "sheet" && attribute(element, "name").is_some() {
            missing.insert(attribute(element, "id").unwrap_or_default());
        }
    });
    missing.retain(|id| !targets.contains_key(id));
    missing
}

/// Names of the sheets of an xlsx, in their order, and the parts that hold them.
pub(super) fn sheets(archive: &mut Archive) -> Vec<(String, String)> {
    let workbook = workbook(archive);
    let folder = workbook.rsplit_once('/').map_or("", |(folder, _)| folder);
    let targets = targets(archive, &workbook);
    let mut sheets = Vec::new();
    each(archive, &workbook, |element| {
        if element.local_name().as_ref() == "sheet"
            && let (Some(name), Some(id)) = (attribute(element, "name"), attribute(element, "id"))
            && let Some(target) = targets.get(&id)
        {
            let path = if target.starts_with('/') { target.clone() } else { format!("{folder}/{target}") };
            sheets.push((name, path));
        }
    });
    sheets
}

/// The path of the workbook itself, as the package says it.
pub(super) fn workbook(archive: &mut Archive) -> String {
    let mut path = "xl/workbook.xml".to_owned();
    each(archive, "_rels/.rels", |element| {
        if element.local_name().as_ref() == "Relationship"
            && attribute(element, "Type").is_some_and(|kind| kind.ends_with("/officeDocument"))
            && let Some(target) = attribute(element, "Target")
        {
            path = target;
        }
    });
    path
}

/// What the styles of an xlsx show beside numbers, by their rank.
pub(super) fn forms(archive: &mut Archive) -> Vec<Option<Form>> {
    let workbook = workbook(archive);
    let folder = workbook.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut codes: BTreeMap<String, Option<Form>> = BTreeMap::new();
    let mut forms = Vec::new();
    let mut is_of_cells = false;
    each(archive, &format!("{folder}/styles.xml"), |element| match element.local_name().as_ref() {
        "numFmt" => {
            if let (Some(id), Some(code)) = (attribute(element, "numFmtId"), attribute(element, "formatCode"))
            {
                codes.insert(id, Form::of_code(&code));
            }
        }
        "cellXfs" => is_of_cells = true,
        "cellStyleXfs" | "cellStyles" | "dxfs" => is_of_cells = false,
        "xf" if is_of_cells => {
            let id = attribute(element, "numFmtId").unwrap_or_default();
            forms.push(codes.get(&id).cloned().unwrap_or_else(|| Form::built_in(&id)));
        }
        _ => {}
    });
    forms
}

/// Excel tables of one sheet that are kept.
const MOST_TABLES: usize = 1_000;

/// Excel tables that a sheet names among its relationships.
pub(super) fn tables(archive: &mut Archive, part: &str) -> Vec<(String, Area)> {
    let Some((folder, file)) = part.rsplit_once('/') else { return Vec::new() };
    let mut targets = Vec::new();
    each(archive, &format!("{folder}/_rels/{file}.rels"), |element| {
        if element.local_name().as_ref() == "Relationship"
            && attribute(element, "Type").is_some_and(|kind| kind.ends_with("/table"))
            && let Some(target) = attribute(element, "Target")
            && targets.len() < MOST_TABLES
        {
            targets.push(target);
        }
    });
    let above = folder.rsplit_once('/').map_or("", |(above, _)| above);
    let mut tables = Vec::new();
    for target in targets {
        let path = match (target.strip_prefix('/'), target.strip_prefix("../")) {
            (Some(absolute), _) => absolute.to_owned(),
            (None, Some(beside)) => format!("{above}/{beside}"),
            (None, None) => format!("{folder}/{target}"),
        };
        each(archive, &path, |element| {
            if element.local_name().as_ref() == "table"
                && let Some(name) = attribute(element, "displayName").or_else(|| attribute(element, "name"))
                && let Some(area) = attribute(element, "ref").as_deref().and_then(Area::parse)
            {
                tables.push((name, area));
            }
        });
    }
    tables
}

/// Shows every opening element of a part of the container, up to the first error.
pub(super) fn each(archive: &mut Archive, path: &str, mut show: impl FnMut(&BytesStart<'_>)) {
    let Some(part) = part(archive, path) else { return };
    let mut reader = Reader::from_reader(BufReader::new(part));
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(element) | Event::Empty(element)) => show(&element),
            Ok(Event::Eof) | Err(_) => return,
            Ok(_) => {}
        }
    }
}

pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found =
        element.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
    found.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::super::cells;
    use super::super::corpora_tests::gathered;
    use super::super::wire::Job;
    use crate::ingest::sniff::Workbook;
    use crate::ingest::table::{Area, Sheet};
    use crate::model::Confidential;
    use std::io::{Cursor, Read as _, Write as _};

    /// A workbook with a hidden row, a hidden column and a merged block.
    fn book() -> Vec<u8> {
        let mut workbook = rust_xlsxwriter::Workbook::new();
        let sheet = workbook.add_worksheet();
        for row in 0..4 {
            sheet.write_number(row, 0, row).unwrap();
            sheet.write_number(row, 2, row).unwrap();
        }
        sheet.set_row_hidden(2).unwrap();
        sheet.set_column_hidden(2).unwrap();
        sheet.merge_range(5, 0, 6, 1, "x", &rust_xlsxwriter::Format::new()).unwrap();
        workbook.save_to_buffer().unwrap()
    }

    /// The same container with other names of its parts.
    fn renamed(name: impl Fn(&str) -> String, text: impl Fn(String) -> String) -> Vec<u8> {
        let mut archive = zip::ZipArchive::new(Cursor::new(book())).unwrap();
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for at in 0..archive.len() {
            let mut part = archive.by_index(at).unwrap();
            let mut content = String::new();
            part.read_to_string(&mut content).unwrap();
            let old = part.name().unwrap().into_owned();
            writer.start_file(name(&old), zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(text(content).as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn sheet(bytes: &[u8]) -> Sheet {
        let job = Job { kind: Workbook::Xlsx, cells: 1_000, memory_mib: 512, wanted: None };
        let mut said = Vec::new();
        cells::read(&bytes.to_vec().into(), &job, &mut said).unwrap();
        gathered(&said).sheets.remove(0)
    }

    #[test]
    fn what_a_format_shows_beside_a_number_is_known() {
        let mut workbook = rust_xlsxwriter::Workbook::new();
        let sheet = workbook.add_worksheet();
        let pounds = rust_xlsxwriter::Format::new().set_num_format("0\" lb\"");
        let percent = rust_xlsxwriter::Format::new().set_num_format_index(9);
        sheet.write_number_with_format(1, 1, 40, &pounds).unwrap();
        sheet.write_number_with_format(2, 1, 0.4, &percent).unwrap();
        sheet.write_number(3, 1, 40).unwrap();
        let sheet = self::sheet(&workbook.save_to_buffer().unwrap());
        let typed = |row: u32| {
            let cell = sheet.rows.iter().find(|known| known.number == row).unwrap().cell(1);
            sheet.head.form(row, 1).and_then(|form| form.typed(cell, '.'))
        };
        assert_eq!([typed(2), typed(3), typed(4)], [Some("40 lb".to_owned()), Some("40%".to_owned()), None]);
    }

    #[test]
    fn blocks_that_the_workbook_names_are_tables_of_their_sheet() {
        let mut workbook = rust_xlsxwriter::Workbook::new();
        let sheet = workbook.add_worksheet().set_name("Mes flux").unwrap();
        sheet.write_string(0, 0, "Entreprise").unwrap();
        workbook.add_worksheet().set_name("Autre").unwrap();
        workbook.define_name("Offres", "='Mes flux'!$A$1:$B$3").unwrap();
        workbook.define_name("Ailleurs", "=Autre!$A$1:$B$3").unwrap();
        let tables = self::sheet(&workbook.save_to_buffer().unwrap()).head.tables;
        let area = Area { first: (0, 0), last: (2, 1) };
        assert_eq!(tables, [(Confidential::new("Offres".to_owned()), area)]);
    }

    #[test]
    fn what_is_hidden_and_merged_is_found_under_any_name_of_the_parts() {
        let same = |text: String| text;
        for (how, bytes) in [
            ("as written", book()),
            ("backslashes", renamed(|name| name.replace('/', "\\"), same)),
            ("another case", renamed(|name| name.replace("worksheets/sheet", "Worksheets/Sheet"), same)),
            (
                "another workbook part",
                renamed(
                    |name| name.replace("workbook.xml", "classeur.xml"),
                    |text| text.replace("workbook.xml", "classeur.xml"),
                ),
            ),
            (
                "no folder",
                renamed(
                    |name| name.strip_prefix("xl/").unwrap_or(name).to_owned(),
                    |text| text.replace("/xl/", "/").replace("\"xl/", "\""),
                ),
            ),
        ] {
            let sheet = sheet(&bytes);
            let hidden: Vec<u32> = sheet.rows.iter().filter(|row| row.hidden).map(|row| row.number).collect();
            assert_eq!(hidden, [3], "{how}");
            assert_eq!(sheet.head.hidden_columns, [(2, 2)], "{how}");
            assert_eq!(sheet.head.merged, [Area { first: (5, 0), last: (6, 1) }], "{how}");
        }
    }
}
