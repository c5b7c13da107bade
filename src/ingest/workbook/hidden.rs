//! Hidden rows, which calamine does not tell: read from the XML of the sheets.
//!
//! What cannot be read here counts as visible; the cells themselves are read elsewhere.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Cursor};
use zip::ZipArchive;

/// Most hidden rows that one repeated row of an ods sheet may stand for: the rows of a sheet.
const MOST_ROWS: u32 = 1_048_576;

/// Sheet name to hidden rows, counted from 0.
#[derive(Debug, Default)]
pub(super) struct HiddenRows(BTreeMap<String, BTreeSet<u32>>);

impl HiddenRows {
    /// Hidden rows of a sheet, when it has some.
    pub(super) fn of(&self, sheet: &str) -> Option<&BTreeSet<u32>> {
        self.0.get(sheet).filter(|rows| !rows.is_empty())
    }
}

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// Rows of an xlsx workbook with `hidden="1"`.
pub(super) fn xlsx(bytes: &[u8]) -> HiddenRows {
    let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else { return HiddenRows::default() };
    let mut targets = BTreeMap::new();
    each(&mut archive, "xl/_rels/workbook.xml.rels", |element| {
        if element.local_name().as_ref() == "Relationship"
            && let (Some(id), Some(target)) = (attribute(element, "Id"), attribute(element, "Target"))
        {
            targets.insert(id, target);
        }
    });
    let mut sheets = Vec::new();
    each(&mut archive, "xl/workbook.xml", |element| {
        if element.local_name().as_ref() == "sheet"
            && let (Some(name), Some(id)) = (attribute(element, "name"), attribute(element, "id"))
        {
            sheets.push((name, id));
        }
    });
    let mut hidden = BTreeMap::new();
    for (name, id) in sheets {
        let Some(target) = targets.get(&id) else { continue };
        let path = match target.strip_prefix('/') {
            Some(absolute) => absolute.to_owned(),
            None => format!("xl/{target}"),
        };
        let mut rows = BTreeSet::new();
        let mut next = 0_u32;
        each(&mut archive, &path, |element| {
            if element.local_name().as_ref() == "row" {
                let number = attribute(element, "r").and_then(|number| number.parse::<u32>().ok());
                let row = number.map_or(next, |number| number.saturating_sub(1));
                next = row.saturating_add(1);
                if attribute(element, "hidden").is_some_and(|hidden| hidden == "1" || hidden == "true") {
                    rows.insert(row);
                }
            }
        });
        hidden.insert(name, rows);
    }
    HiddenRows(hidden)
}

/// Rows of an ods workbook that are collapsed or filtered away.
pub(super) fn ods(bytes: &[u8]) -> HiddenRows {
    let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else { return HiddenRows::default() };
    let mut hidden: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
    let mut sheet = String::new();
    let mut next = 0_u32;
    each(&mut archive, "content.xml", |element| match element.local_name().as_ref() {
        "table" => {
            sheet = attribute(element, "name").unwrap_or_default();
            next = 0;
        }
        "table-row" => {
            let repeated =
                attribute(element, "number-rows-repeated").and_then(|count| count.parse::<u32>().ok());
            let end = next.saturating_add(repeated.unwrap_or(1)).min(MOST_ROWS);
            if attribute(element, "visibility").is_some_and(|word| word == "collapse" || word == "filter") {
                hidden.entry(sheet.clone()).or_default().extend(next..end);
            }
            next = end;
        }
        _ => {}
    });
    HiddenRows(hidden)
}

/// Shows every opening element of a part of the container, up to the first error.
fn each(archive: &mut Archive<'_>, path: &str, mut show: impl FnMut(&BytesStart<'_>)) {
    let Ok(part) = archive.by_name(path) else { return };
    let mut reader = Reader::from_reader(BufReader::new(part));
    walk(&mut reader, &mut show);
}

fn walk(reader: &mut Reader<impl BufRead>, show: &mut impl FnMut(&BytesStart<'_>)) {
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

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found =
        element.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
    found.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned)
}
