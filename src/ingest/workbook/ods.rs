//! Open document workbooks, streamed: cells, hidden rows and columns, merged blocks.
//!
//! calamine holds every sheet of an ods workbook expanded and tells neither what is hidden nor
//! which formula has no value, so its content is read here, in one pass. Elements and
//! attributes: OASIS `OpenDocument` 1.3, part 3, sections 9 and 19.

use super::super::codec::Value;
use super::super::content::Content;
use super::super::formats::Form;
use super::super::table::Area;
use super::container::{self, Archive, attribute, each};
use super::ranges;
use super::structure::Structure;
use super::teller::{Stop, Teller};
use super::values::{Read, clock, iso_date, iso_duration, number_value};
use super::wire::{Job, Refusal, SheetLine};
use super::xml::{Xml, characters};
use quick_xml::events::{BytesStart, Event};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use zip::ZipArchive;

/// Most rows and columns of a sheet; a spreadsheet program has as many.
const MOST_ROWS: u32 = 1_048_576;
const MOST_COLUMNS: u32 = 16_384;

/// Reads a workbook and says it.
pub(super) fn read(content: &Content, job: &Job, teller: &mut Teller<'_>) -> Result<(), Stop> {
    let damaged = || Stop::Refused(Refusal::Damaged);
    let mut archive = ZipArchive::new(content.reader()).map_err(|_| damaged())?;
    if is_encrypted(&mut archive) {
        return Err(Stop::Refused(Refusal::Password));
    }
    let chosen = chosen(&mut archive, job)?;
    let named = ranges::named(&mut archive);
    let part = container::part(&mut archive, "content.xml").ok_or_else(damaged)?;
    let mut xml = Xml::new(BufReader::with_capacity(1 << 16, part));
    let mut hidden_styles = BTreeSet::new();
    let mut style = String::new();
    let (mut rank, mut read) = (0, 0);
    loop {
        let event = match xml.next() {
            Ok(event) => event,
            // What follows a broken place cannot be told from rubbish; sheets before it stand.
            Err(Stop::Broken) if read > 0 => {
                teller.broken_rest(rank)?;
                return Ok(());
            }
            Err(_) => return Err(damaged()),
        };
        match event {
            Event::Start(element) => match element.local_name().as_ref() {
                "style" => style = attribute(&element, "name").unwrap_or_default(),
                "table-properties" => note_hidden(&element, &style, &mut hidden_styles),
                "table" => {
                    rank += 1;
                    let element = element.into_owned();
                    if chosen.is_some_and(|chosen| chosen != rank) {
                        xml.skip(&element)?;
                        continue;
                    }
                    let line = SheetLine {
                        name: attribute(&element, "name").unwrap_or_default(),
                        rank,
                        hidden: attribute(&element, "style-name")
                            .is_some_and(|style| hidden_styles.contains(&style)),
                    };
                    let here = named.iter().filter(|named| named.sheet == line.name);
                    let tables = here.map(|named| (named.name.clone(), named.area)).collect();
                    teller.begin(line, Structure { tables, ..Structure::default() }, None)?;
                    match table(&mut xml, teller).and_then(|()| teller.end()) {
                        Ok(()) => read += 1,
                        Err(Stop::Refused(refusal)) => return Err(Stop::Refused(refusal)),
                        Err(Stop::Broken | Stop::Unsorted) => {
                            teller.broken(rank)?;
                            break;
                        }
                    }
                }
                _ => {}
            },
            Event::Empty(element) if element.local_name().as_ref() == "table-properties" => {
                note_hidden(&element, &style, &mut hidden_styles);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if read == 0 && rank > 0 { Err(Stop::Refused(Refusal::NoSheet(vec![rank]))) } else { Ok(()) }
}

fn is_encrypted(archive: &mut Archive) -> bool {
    let mut encrypted = false;
    each(archive, "META-INF/manifest.xml", |element| {
        encrypted |= element.local_name().as_ref() == "encryption-data";
    });
    encrypted
}

/// The position of the sheet that was asked for; none when all are wanted.
fn chosen(archive: &mut Archive, job: &Job) -> Result<Option<u32>, Stop> {
    let Some(wanted) = &job.wanted else { return Ok(None) };
    let mut names = Vec::new();
    each(archive, "content.xml", |element| {
        // Only top tables have a name that is a tab; tables inside cells are rare and unnamed.
        if element.local_name().as_ref() == "table" {
            names.push(attribute(element, "name").unwrap_or_default());
        }
    });
    wanted.position(&names).map(Some).ok_or(Stop::Refused(Refusal::NoSuchSheet(names)))
}

fn note_hidden(element: &BytesStart<'_>, style: &str, hidden: &mut BTreeSet<String>) {
    if attribute(element, "display").is_some_and(|display| display == "false") {
        hidden.insert(style.to_owned());
    }
}

/// A cell that holds something: what is to be said of it.
#[derive(Clone)]
enum Found {
    /// With what it shows beside its number.
    Value(Value<'static>, Option<Form>),
    NotComputed,
}

/// What a row element says beside its cells.
#[derive(Clone, Copy)]
struct RowHead {
    repeated: u32,
    hidden: bool,
}

impl RowHead {
    fn new(element: &BytesStart<'_>) -> Self {
        let repeated = count(element, "number-rows-repeated");
        Self { repeated, hidden: is_hidden(element) }
    }
}

fn table(xml: &mut Xml<impl BufRead>, teller: &mut Teller<'_>) -> Result<(), Stop> {
    let (mut row, mut column) = (0_u32, 0_u32);
    loop {
        match xml.next()? {
            Event::Empty(element) | Event::Start(element)
                if element.local_name().as_ref() == "table-column" =>
            {
                let after = column.saturating_add(count(&element, "number-columns-repeated"));
                if is_hidden(&element) && column < MOST_COLUMNS {
                    teller.structure.columns.push((column, after.min(MOST_COLUMNS) - 1));
                }
                column = after;
            }
            Event::Empty(element) if element.local_name().as_ref() == "table-row" => {
                row = row.saturating_add(RowHead::new(&element).repeated);
            }
            Event::Start(element) => match element.local_name().as_ref() {
                "table-row" => {
                    let head = RowHead::new(&element);
                    let cells = cells(xml, row, teller)?;
                    say(row, head, &cells, teller)?;
                    row = row.saturating_add(head.repeated);
                }
                "shapes" | "forms" | "named-expressions" => {
                    let element = element.into_owned();
                    xml.skip(&element)?;
                }
                _ => {}
            },
            Event::End(element) if element.local_name().as_ref() == "table" => return Ok(()),
            Event::Eof => return Err(Stop::Broken),
            _ => {}
        }
    }
}

/// Says a row as often as it is repeated, within the rows of a sheet.
fn say(row: u32, head: RowHead, cells: &[(u32, Found)], teller: &mut Teller<'_>) -> Result<(), Stop> {
    if cells.is_empty() {
        return Ok(());
    }
    for at in row..row.saturating_add(head.repeated).min(MOST_ROWS) {
        if head.hidden {
            teller.structure.hide_rows(at, at);
        }
        for (column, found) in cells {
            match found {
                Found::Value(value, form) => {
                    teller.cell(at, *column, &Read::from(value.clone()))?;
                    if let Some(form) = form {
                        teller.structure.shown.take(at, *column, form);
                    }
                }
                Found::NotComputed => teller.not_computed(at, *column)?,
            }
        }
    }
    Ok(())
}

/// Cells of a row that hold something, by column from 0.
fn cells(xml: &mut Xml<impl BufRead>, row: u32, teller: &mut Teller<'_>) -> Result<Vec<(u32, Found)>, Stop> {
    let mut found = Vec::new();
    let mut column = 0_u32;
    loop {
        let (element, is_open) = match xml.next()? {
            Event::Start(element) => (element.into_owned(), true),
            Event::Empty(element) => (element.into_owned(), false),
            Event::End(element) if element.local_name().as_ref() == "table-row" => return Ok(found),
            Event::Eof => return Err(Stop::Broken),
            _ => continue,
        };
        if !matches!(element.local_name().as_ref(), "table-cell" | "covered-table-cell") {
            if is_open {
                xml.skip(&element)?;
            }
            continue;
        }
        let said = Said::new(&element);
        let text = if is_open { text(xml)? } else { None };
        let after = column.saturating_add(said.repeated);
        if said.spans != (1, 1) && column < MOST_COLUMNS {
            let last = (row.saturating_add(said.spans.0 - 1), column.saturating_add(said.spans.1 - 1));
            teller.structure.merged.push(Area { first: (row, column), last });
        }
        if let Some(value) = said.found(text) {
            for at in column..after.min(MOST_COLUMNS) {
                found.push((at, value.clone()));
            }
        }
        column = after;
    }
}

/// Text of a cell up to its end: paragraphs by lines, without notes and drawings; none when it has
/// no paragraph.
fn text(xml: &mut Xml<impl BufRead>) -> Result<Option<String>, Stop> {
    let mut text = String::new();
    let mut paragraphs = 0;
    let mut inside = false;
    loop {
        let skipped = match xml.next()? {
            Event::Start(element) => match element.local_name().as_ref() {
                "p" | "h" => {
                    if paragraphs > 0 {
                        text.push('\n');
                    }
                    paragraphs += 1;
                    inside = true;
                    None
                }
                "list" | "list-item" => None,
                "annotation" | "note" | "frame" | "custom-shape" | "table" => Some(element.into_owned()),
                _ if !inside => Some(element.into_owned()),
                _ => None,
            },
            Event::Empty(element) if inside => {
                match element.local_name().as_ref() {
                    "s" => text.extend(std::iter::repeat_n(' ', count(&element, "c").min(1 << 15) as usize)),
                    "tab" => text.push('\t'),
                    "line-break" => text.push('\n'),
                    _ => {}
                }
                None
            }
            Event::Empty(element) if matches!(element.local_name().as_ref(), "p" | "h") => {
                if paragraphs > 0 {
                    text.push('\n');
                }
                paragraphs += 1;
                None
            }
            event @ (Event::Text(_) | Event::CData(_) | Event::GeneralRef(_)) if inside => {
                characters(&event, &mut text);
                None
            }
            Event::End(element) => match element.local_name().as_ref() {
                "p" | "h" => {
                    inside = false;
                    None
                }
                "table-cell" | "covered-table-cell" => return Ok((paragraphs > 0).then_some(text)),
                _ => None,
            },
            Event::Eof => return Err(Stop::Broken),
            _ => None,
        };
        if let Some(element) = skipped {
            xml.skip(&element)?;
        }
    }
}

/// What a cell element says beside its text.
struct Said {
    kind: Option<String>,
    value: Option<String>,
    is_formula: bool,
    is_error: bool,
    repeated: u32,
    /// Rows and columns that it covers.
    spans: (u32, u32),
}

impl Said {
    fn new(element: &BytesStart<'_>) -> Self {
        let mut said =
            Self { kind: None, value: None, is_formula: false, is_error: false, repeated: 1, spans: (1, 1) };
        for item in element.attributes().flatten() {
            let Ok(value) = item.normalized_value(quick_xml::XmlVersion::Implicit1_0) else { continue };
            let number = || value.parse::<u32>().unwrap_or(1).max(1);
            match item.key.as_ref() {
                "office:value-type" => said.kind = Some(value.into_owned()),
                "calcext:value-type" => said.is_error = value == "error",
                "office:value"
                | "office:date-value"
                | "office:time-value"
                | "office:boolean-value"
                | "office:string-value" => said.value = Some(value.into_owned()),
                "table:formula" => said.is_formula = true,
                "table:number-columns-repeated" => said.repeated = number(),
                "table:number-rows-spanned" => said.spans.0 = number(),
                "table:number-columns-spanned" => said.spans.1 = number(),
                _ => {}
            }
        }
        said
    }

    /// What the cell holds; `shown` is its text, when it has a paragraph.
    fn found(self, shown: Option<String>) -> Option<Found> {
        // A formula that was computed shows a text, be it an empty one.
        let is_computed = shown.is_some();
        let text = shown.unwrap_or_default();
        if self.is_error || (self.is_formula && is_error(&text)) {
            return Some(Found::Value(Value::Error(text.into()), None));
        }
        let value = self.value.unwrap_or_default();
        let read = match self.kind.as_deref() {
            Some("float") if let Some(boolean) = logical(&value, &text) => Some(Value::Boolean(boolean)),
            Some("float" | "currency" | "percentage") => value.parse::<f64>().ok().map(number_value),
            Some("date") => iso_date(&value).map(Value::Date),
            Some("time") => iso_duration(&value).map(|time| clock(as_shown(time, &text))),
            Some("boolean") => Some(Value::Boolean(value == "true")),
            Some("string") if !value.is_empty() => Some(Value::Text(value.clone().into())),
            None if self.is_formula && !is_computed => return Some(Found::NotComputed),
            _ => None,
        };
        let form = match &read {
            Some(Value::Integer(_) | Value::Number(_)) => {
                let is_percent = self.kind.as_deref() == Some("percentage");
                value.parse::<f64>().ok().and_then(|number| Form::of_text(number, is_percent, &text))
            }
            _ => None,
        };
        let read = read.unwrap_or(Value::Text(if text.is_empty() { value } else { text }.into()));
        let blank = matches!(&read, Value::Text(text) if text.trim().is_empty());
        (!blank).then_some(Found::Value(read, form))
    }
}

/// A length of time of a day and more, in milliseconds, as the time of the day where the cell shows that.
fn as_shown(time: i64, shown: &str) -> i64 {
    const HOUR: i64 = 3_600_000;
    const DAY: i64 = 24 * HOUR;
    let hour = shown.split(':').next().and_then(|hour| hour.trim().parse::<i64>().ok());
    if time >= DAY && hour == Some(time % DAY / HOUR) { time % DAY } else { time }
}

/// The truth value of a number that is shown as one: so `LibreOffice` keeps what a comparison gives.
fn logical(value: &str, shown: &str) -> Option<bool> {
    match (value, shown) {
        ("1", "TRUE" | "VRAI") => Some(true),
        ("0", "FALSE" | "FAUX") => Some(false),
        _ => None,
    }
}

/// What a spreadsheet program shows of a formula that failed.
fn is_error(text: &str) -> bool {
    matches!(text, "#N/A" | "#DIV/0!" | "#REF!" | "#NAME?" | "#VALUE!" | "#NUM!" | "#NULL!")
        || text.strip_prefix("Err:").is_some_and(|code| code.parse::<u16>().is_ok())
}

fn is_hidden(element: &BytesStart<'_>) -> bool {
    attribute(element, "visibility").is_some_and(|word| word == "collapse" || word == "filter")
}

/// A count of an attribute; 1 when it is not there.
fn count(element: &BytesStart<'_>, name: &str) -> u32 {
    attribute(element, name).and_then(|count| count.parse().ok()).unwrap_or(1).max(1)
}
