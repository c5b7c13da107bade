//! Workbooks of Excel 2002 and 2003 in xml, as many programs still export them. What stands behind the rows of a
//! sheet says whether it is hidden, so all is looked through before the sheets are read. Elements and
//! attributes: Microsoft, « XML Spreadsheet Reference » (2001).

use super::super::charset::Charset;
use super::super::codec::Value;
use super::super::content::Content;
use super::super::encoding::decode;
use super::super::formats::Form;
use super::super::remark::Remark;
use super::super::table::Area;
use super::container::attribute;
use super::structure::{self, Structure};
use super::teller::{Stop, Teller};
use super::values::{clock, iso_date, number_value};
use super::wire::{Job, Line, Refusal, SheetLine};
use super::xml::{Xml, characters};
use crate::model::FindingKind;
use encoding_rs::Encoding;
use quick_xml::events::{BytesStart, Event};
use std::collections::BTreeMap;

/// Most rows and columns of a sheet, as in newer versions of Excel.
const MOST_ROWS: u32 = 1_048_576;
const MOST_COLUMNS: u32 = 16_384;
/// Bytes in which an xml declaration ends.
const DECLARATION: usize = 256;
const DAY: i64 = 86_400_000;
/// The beginnings of the two epochs, 1899-12-31 and 1904-01-01, in milliseconds since 1970.
const BEGIN_1900: i64 = -25_568 * DAY;
const BEGIN_1904: i64 = -24_107 * DAY;

type Document<'a> = Xml<&'a [u8]>;

/// Reads a workbook and says it.
pub(super) fn read(content: &Content, job: &Job, teller: &mut Teller<'_>) -> Result<(), Stop> {
    let damaged = || Stop::Refused(Refusal::Damaged);
    let bytes = content.whole().map_err(|_| damaged())?;
    let decoded = decode(&bytes, declared(&bytes));
    if decoded.replaced {
        let name = decoded.encoding.name().to_owned();
        teller.line(&Line::Remark(Remark::whole(FindingKind::UndecodableText, name)))?;
    }
    let book = Book::of(&decoded.text)?;
    let chosen = match &job.wanted {
        Some(wanted) => {
            let names: Vec<String> = book.sheets.iter().map(|(name, _)| name.clone()).collect();
            Some(wanted.position(&names).ok_or(Stop::Refused(Refusal::NoSuchSheet(names)))?)
        }
        None => None,
    };
    let mut xml = Xml::decoded(&decoded.text);
    let (mut read, mut is_whole) = (0_u32, book.is_whole);
    for (rank, (name, hidden)) in (1_u32..).zip(&book.sheets) {
        let is_open = match worksheet(&mut xml) {
            Ok(Some((element, is_open))) if chosen.is_some_and(|chosen| chosen != rank) => {
                if is_open {
                    xml.skip(&element)?;
                }
                continue;
            }
            Ok(Some((_, is_open))) => is_open,
            Ok(None) | Err(_) => break,
        };
        let line = SheetLine { name: name.clone(), rank, hidden: *hidden };
        teller.begin(line, Structure::default(), None)?;
        let told = if is_open { rows(&mut xml, &book, teller) } else { Ok(()) };
        match told.and_then(|()| teller.end()) {
            Ok(()) => read += 1,
            Err(Stop::Refused(refusal)) => return Err(Stop::Refused(refusal)),
            // What follows a broken place cannot be told from rubbish; sheets before it stand.
            Err(Stop::Broken | Stop::Unsorted) => {
                teller.broken(rank)?;
                is_whole = true;
                break;
            }
        }
        if chosen.is_some() {
            break;
        }
    }
    if book.sheets.is_empty() {
        return Err(damaged());
    }
    if read == 0 {
        return Err(Stop::Refused(Refusal::NoSheet(vec![chosen.unwrap_or(1)])));
    }
    if is_whole { Ok(()) } else { teller.broken_rest(chosen.unwrap_or(read)) }
}

/// The encoding that the declaration of a text names, of those with one byte for a letter of ASCII.
fn declared(bytes: &[u8]) -> Option<Charset> {
    if Encoding::for_bom(bytes).is_some() {
        return None;
    }
    let beginning = &bytes[..bytes.len().min(DECLARATION)];
    let end = memchr::memmem::find(beginning, b"?>")?;
    let named = Charset::for_label(structure::value(&beginning[..end], b"encoding")?)?;
    (!named.name().starts_with("UTF-16")).then_some(named)
}

/// The next sheet, and whether something stands in it.
fn worksheet(xml: &mut Document<'_>) -> Result<Option<(BytesStart<'static>, bool)>, Stop> {
    loop {
        match opened(xml.next()?) {
            Next::Element(element, is_open) if element.local_name().as_ref() == "Worksheet" => {
                return Ok(Some((element, is_open)));
            }
            Next::End => return Ok(None),
            Next::Element(..) | Next::Closed(_) | Next::Other => {}
        }
    }
}

/// An event where only elements count.
enum Next {
    /// An element, and whether something stands in it.
    Element(BytesStart<'static>, bool),
    /// The end of an element of this name.
    Closed(String),
    Other,
    End,
}

fn opened(event: Event<'_>) -> Next {
    match event {
        Event::Start(element) => Next::Element(element.into_owned(), true),
        Event::Empty(element) => Next::Element(element.into_owned(), false),
        Event::End(element) => Next::Closed(element.local_name().into_inner().to_owned()),
        Event::Eof => Next::End,
        _ => Next::Other,
    }
}

/// What a style shows beside a number.
#[derive(Clone, Default)]
struct Style {
    form: Option<Form>,
    /// Hours are counted on beyond a day.
    is_length: bool,
}

impl Style {
    /// Of a number format, or the name of a usual one.
    fn of(format: &str) -> Self {
        let code = match format {
            "Percent" => "0.00%",
            "Currency" => "\"$\"#,##0.00",
            "Euro Currency" => "[$€] #,##0.00",
            code => code,
        };
        let lower = code.to_ascii_lowercase();
        let is_length = ["[h]", "[hh]", "[m]", "[mm]", "[s]", "[ss]"].iter().any(|mark| lower.contains(mark));
        Self { form: Form::of_code(code), is_length }
    }
}

/// What is known of a workbook before its sheets are read.
#[derive(Default)]
struct Book {
    /// Names of the sheets, and whether each is hidden.
    sheets: Vec<(String, bool)>,
    styles: BTreeMap<String, Style>,
    is_1904: bool,
    /// Its end is there.
    is_whole: bool,
}

impl Book {
    /// Looks through a workbook, up to the first place that is broken.
    fn of(text: &str) -> Result<Self, Stop> {
        let (mut book, mut xml) = (Self::default(), Xml::decoded(text));
        // The style, and the element, that began last.
        let (mut style, mut last) = (String::new(), String::new());
        loop {
            match xml.next() {
                // Who declares entities wants them followed.
                Ok(Event::DocType(_)) => return Err(Stop::Refused(Refusal::Damaged)),
                Ok(Event::Start(element) | Event::Empty(element)) => {
                    element.local_name().into_inner().clone_into(&mut last);
                    book.begin(&element, &mut style);
                }
                Ok(Event::Text(word)) if last == "Visible" => {
                    if let Some((_, hidden)) = book.sheets.last_mut() {
                        *hidden |= matches!(word.trim(), "SheetHidden" | "SheetVeryHidden");
                    }
                }
                Ok(Event::End(element)) => book.is_whole |= element.local_name().as_ref() == "Workbook",
                Ok(Event::Eof) | Err(_) => return Ok(book),
                Ok(_) => {}
            }
        }
    }

    /// Takes an element that begins; `style` is the style that began last.
    fn begin(&mut self, element: &BytesStart<'_>, style: &mut String) {
        match element.local_name().as_ref() {
            "Style" => {
                *style = attribute(element, "ID").unwrap_or_default();
                let parent = attribute(element, "Parent").unwrap_or_else(|| DEFAULT.to_owned());
                let inherited = self.styles.get(&parent).cloned().unwrap_or_default();
                self.styles.insert(style.clone(), inherited);
            }
            "NumberFormat" => {
                let format = attribute(element, "Format").unwrap_or_default();
                self.styles.insert(style.clone(), Style::of(&format));
            }
            "Worksheet" => self.sheets.push((attribute(element, "Name").unwrap_or_default(), false)),
            "Date1904" => self.is_1904 = true,
            _ => {}
        }
    }

    /// A moment as its cell shows it: on the day before the epoch it is a time of the day.
    fn moment(&self, moment: i64, is_length: bool) -> Value<'static> {
        let since = moment - if self.is_1904 { BEGIN_1904 } else { BEGIN_1900 };
        if (0..DAY).contains(&since) {
            clock(since)
        } else if since < 0 || !is_length {
            Value::Date(moment)
        } else if self.is_1904 || since < 60 * DAY {
            clock(since)
        } else {
            // The epoch of 1900 counts a 29 February that never was.
            clock(since + DAY)
        }
    }

    /// What a cell holds; none where that is nothing.
    fn value(&self, kind: &str, text: String, is_length: bool) -> Option<Value<'static>> {
        let trimmed = text.trim();
        let read = match kind {
            "Number" => trimmed.parse::<f64>().ok().map(number_value),
            "DateTime" => iso_date(trimmed).map(|moment| self.moment(moment, is_length)),
            "Boolean" => Some(Value::Boolean(trimmed == "1" || trimmed.eq_ignore_ascii_case("true"))),
            "Error" => Some(Value::Error(trimmed.to_owned().into())),
            _ => None,
        };
        let is_blank = trimmed.is_empty();
        read.filter(|_| !is_blank).or_else(|| (!is_blank).then(|| Value::Text(text.into())))
    }
}

/// The style of cells that name none.
const DEFAULT: &str = "Default";

/// Says the rows of a sheet up to its end.
fn rows(xml: &mut Document<'_>, book: &Book, teller: &mut Teller<'_>) -> Result<(), Stop> {
    let (mut row, mut column) = (0_u32, 0_u32);
    let mut columns: Vec<(u32, u32, String)> = Vec::new();
    loop {
        let (element, is_open) = match opened(xml.next()?) {
            Next::Element(element, is_open) => (element, is_open),
            Next::Closed(name) if name == "Worksheet" => return Ok(()),
            Next::End => return Err(Stop::Broken),
            Next::Closed(_) | Next::Other => continue,
        };
        match element.local_name().as_ref() {
            "Table" => {}
            "Column" => {
                let (first, last) = run(&element, column);
                if is_hidden(&element, "Width") && first < MOST_COLUMNS {
                    teller.structure.columns.push((first, last.min(MOST_COLUMNS - 1)));
                }
                columns.extend(attribute(&element, "StyleID").map(|style| (first, last, style)));
                column = last.saturating_add(1);
            }
            "Row" => {
                let (first, last) = run(&element, row);
                if first < row || last >= MOST_ROWS {
                    return Err(Stop::Broken);
                }
                if is_hidden(&element, "Height") {
                    teller.structure.hide_rows(first, last);
                }
                if is_open {
                    let style = attribute(&element, "StyleID");
                    cells(xml, first, book, teller, |column| {
                        let of_column =
                            columns.iter().find(|(first, last, _)| (*first..=*last).contains(&column));
                        style.as_deref().or(of_column.map(|(_, _, style)| style.as_str()))
                    })?;
                }
                row = last.saturating_add(1);
            }
            _ if is_open => xml.skip(&element)?,
            _ => {}
        }
    }
}

/// First and last row or column of an element, from 0; `next` is the one that follows those before it.
fn run(element: &BytesStart<'_>, next: u32) -> (u32, u32) {
    let number = |name: &str| attribute(element, name).and_then(|text| text.trim().parse::<u32>().ok());
    let first = number("Index").map_or(next, |index| index.saturating_sub(1));
    (first, first.saturating_add(number("Span").unwrap_or(0)))
}

/// Whether rows or columns are hidden, or have no height or width.
fn is_hidden(element: &BytesStart<'_>, size: &str) -> bool {
    let is_nothing = |size: String| size.trim().parse::<f64>().is_ok_and(|size| size == 0.0);
    attribute(element, "Hidden").is_some_and(|hidden| hidden.trim() == "1")
        || attribute(element, size).is_some_and(is_nothing)
}

/// Says the cells of a row up to its end. `style`: that of the row, or else of a column.
fn cells<'s>(
    xml: &mut Document<'_>,
    row: u32,
    book: &Book,
    teller: &mut Teller<'_>,
    style: impl Fn(u32) -> Option<&'s str>,
) -> Result<(), Stop> {
    let mut next = 0_u32;
    loop {
        let (element, is_open) = match opened(xml.next()?) {
            Next::Element(element, is_open) => (element, is_open),
            Next::Closed(name) if name == "Row" => return Ok(()),
            Next::End => return Err(Stop::Broken),
            Next::Closed(_) | Next::Other => continue,
        };
        if element.local_name().as_ref() != "Cell" {
            if is_open {
                xml.skip(&element)?;
            }
            continue;
        }
        let place = Place::of(&element, next);
        let column = place.column;
        if column < next || column >= MOST_COLUMNS {
            return Err(Stop::Broken);
        }
        next = column.saturating_add(place.across).saturating_add(1);
        teller.reach(row, column);
        if (place.across, place.down) != (0, 0) {
            let last = (row.saturating_add(place.down), column.saturating_add(place.across));
            teller.structure.merged.push(Area { first: (row, column), last });
        }
        let known = book.styles.get(place.style.as_deref().or_else(|| style(column)).unwrap_or(DEFAULT));
        let held = if is_open { data(xml)? } else { None };
        match held {
            Some((kind, text)) => {
                let is_length = known.is_some_and(|style| style.is_length);
                let Some(value) = book.value(&kind, text, is_length) else { continue };
                let form = known.and_then(|style| style.form.as_ref());
                let is_number = matches!(value, Value::Integer(_) | Value::Number(_));
                teller.cell(row, column, &value.into())?;
                if let Some(form) = form.filter(|_| is_number) {
                    teller.structure.shown.take(row, column, form);
                }
            }
            None if place.is_formula => teller.not_computed(row, column)?,
            None => {}
        }
    }
}

/// What a cell says beside what it holds.
struct Place {
    /// From 0.
    column: u32,
    /// Columns and rows that it covers beyond its own.
    across: u32,
    down: u32,
    is_formula: bool,
    style: Option<String>,
}

impl Place {
    fn of(element: &BytesStart<'_>, next: u32) -> Self {
        let mut place = Self { column: next, across: 0, down: 0, is_formula: false, style: None };
        for item in element.attributes().flatten() {
            let Ok(value) = item.normalized_value(quick_xml::XmlVersion::Implicit1_0) else { continue };
            let number = || value.trim().parse::<u32>().unwrap_or(0);
            match item.key.local_name().as_ref() {
                "Index" => place.column = number().saturating_sub(1),
                "MergeAcross" => place.across = number(),
                "MergeDown" => place.down = number(),
                "Formula" => place.is_formula = true,
                "StyleID" => place.style = Some(value.into_owned()),
                _ => {}
            }
        }
        place
    }
}

/// Kind and text of what a cell holds, up to its end. Notes beside it and phonetic texts are passed over.
fn data(xml: &mut Document<'_>) -> Result<Option<(String, String)>, Stop> {
    let kind = |element: &BytesStart<'_>| attribute(element, "Type").unwrap_or_default();
    let (mut found, mut is_inside) = (None, false);
    loop {
        match xml.next()? {
            Event::Start(element) if found.is_none() && element.local_name().as_ref() == "Data" => {
                found = Some((kind(&element), String::new()));
                is_inside = true;
            }
            Event::Empty(element) if found.is_none() && element.local_name().as_ref() == "Data" => {
                found = Some((kind(&element), String::new()));
            }
            // Letters of the text may have a form of their own.
            Event::Start(element) if !is_inside => {
                let element = element.into_owned();
                xml.skip(&element)?;
            }
            Event::End(element) => match element.local_name().as_ref() {
                "Data" => is_inside = false,
                "Cell" => return Ok(found),
                _ => {}
            },
            Event::Eof => return Err(Stop::Broken),
            event if is_inside => {
                if let Some((_, text)) = &mut found {
                    characters(&event, text);
                }
            }
            _ => {}
        }
    }
}
