//! Xml as events: what is read of it is known by the names of its elements.

use super::teller::Stop;
use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesStart, Event};
use std::io::BufRead;

/// Events without the buffer around them.
pub(super) struct Xml<R> {
    reader: Reader<R>,
    buffer: Vec<u8>,
}

impl<'a> Xml<&'a [u8]> {
    /// A text that was decoded, whatever encoding it names itself.
    pub(super) fn decoded(text: &'a str) -> Self {
        Self::with(Reader::from_str(text))
    }
}

impl<R: BufRead> Xml<R> {
    pub(super) fn new(source: R) -> Self {
        Self::with(Reader::from_reader(source))
    }

    fn with(mut reader: Reader<R>) -> Self {
        reader.config_mut().check_end_names = false;
        Self { reader, buffer: Vec::with_capacity(1024) }
    }

    pub(super) fn next(&mut self) -> Result<Event<'_>, Stop> {
        self.buffer.clear();
        self.reader.read_event_into(&mut self.buffer).map_err(|_| Stop::Broken)
    }

    /// Passes over the rest of an element that began.
    pub(super) fn skip(&mut self, element: &BytesStart<'_>) -> Result<(), Stop> {
        self.buffer.clear();
        self.reader.read_to_end_into(element.name(), &mut self.buffer).map(|_| ()).map_err(|_| Stop::Broken)
    }
}

/// Appends the characters of an event, where it has some. An entity of its own is never followed.
pub(super) fn characters(event: &Event<'_>, text: &mut String) {
    match event {
        Event::Text(part) => text.push_str(&part.xml10_content()),
        Event::CData(part) => text.push_str(&part.xml10_content()),
        Event::GeneralRef(reference) => match (resolve_xml_entity(reference), reference.resolve_char_ref()) {
            (Some(known), _) => text.push_str(known),
            (None, Ok(Some(character))) => text.push(character),
            _ => text.push('\u{FFFD}'),
        },
        _ => {}
    }
}
