//! Values of cells that are no plain text: of a value calamine takes the first text only.

use super::xlsx::is_sheet;
use super::{parts, text, written};
use crate::ingest::content::Content;
use memchr::memmem::Finder;
use quick_xml::events::{BytesText, Event};
use quick_xml::{Reader, Writer};

/// Whether a comment, a section of bare text, an instruction or a letter by its number stands in a value of a cell.
/// What the value begins with may be cut off.
pub(in super::super) fn has_odd_value(bytes: &[u8]) -> bool {
    const MARKS: [&[u8]; 3] = [b"<!", b"<?", b"&#"];
    let is_in_value = |at: usize| {
        let Some(end) = memchr::memrchr(b'>', &bytes[..at]) else { return true };
        let start = memchr::memrchr(b'<', &bytes[..end]).map_or(0, |start| start + 1);
        let name = bytes[start..end].split(u8::is_ascii_whitespace).next().unwrap_or_default();
        name == b"v" || name.ends_with(b":v") && !name.starts_with(b"/")
    };
    MARKS.iter().any(|mark| {
        let (finder, mut from) = (Finder::new(*mark), 0);
        while let Some(found) = finder.find(&bytes[from..]) {
            let at = from + found;
            if is_in_value(at) {
                return true;
            }
            // Up to the next tag all is of the same element.
            from = memchr::memchr(b'<', &bytes[at + 1..]).map_or(bytes.len(), |next| at + 1 + next);
        }
        false
    })
}

/// An xlsx in which the values of cells are plain text.
pub(in super::super) fn with_plain_values(content: &Content) -> Option<Content> {
    let changed = parts(content, |name, part| if is_sheet(name) { plain(&text(part)?) } else { None })?;
    written(content, changed)
}

/// A sheet without comments and instructions in its values, and with the letters that sections of bare text and
/// numbers of letters stand for; none when there are no such.
fn plain(sheet: &str) -> Option<Vec<u8>> {
    let mut reader = Reader::from_str(sheet);
    reader.config_mut().check_end_names = false;
    let mut writer = Writer::new(Vec::with_capacity(sheet.len()));
    let (mut is_value, mut is_changed) = (false, false);
    loop {
        let event = reader.read_event().ok()?;
        let meant = match &event {
            Event::Eof => break,
            Event::Start(element) => {
                is_value = element.local_name().as_ref() == "v";
                None
            }
            Event::End(_) => {
                is_value = false;
                None
            }
            Event::Comment(_) | Event::PI(_) if is_value => Some(String::new()),
            Event::CData(part) if is_value => Some(part.xml10_content().into_owned()),
            Event::GeneralRef(reference) if is_value => {
                let letter = reference.resolve_char_ref().ok().flatten();
                letter.filter(|letter| is_of_number(*letter)).map(String::from)
            }
            _ => None,
        };
        is_changed |= meant.is_some();
        match meant {
            Some(meant) => writer.write_event(Event::Text(BytesText::new(&meant))).ok()?,
            None => writer.write_event(event).ok()?,
        }
    }
    is_changed.then(|| writer.into_inner())
}

/// Whether a letter may stand in a number; of others the number of the letter stays.
const fn is_of_number(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '+' | '-' | '.')
}

#[cfg(test)]
mod tests {
    use super::super::trial::{book, sheets};
    use super::{has_odd_value, plain};

    #[test]
    fn numbers_in_unusual_xml_are_the_numbers_that_they_mean() {
        let bytes = book(|name, content| {
            let rows = "<sheetData><row r=\"1\"><c r=\"A1\"><v><![CDATA[5]]></v></c><!-- <c r=\"B1\"><v>6</v></c> -->\
                <c r=\"C1\"><v>1<!-- x -->2</v></c><c r=\"D1\"><v>&#51;</v></c><c r=\"E1\"><v>4<?x y?>2</v></c>\
                <c r=\"F1\" t=\"str\"><v>a<![CDATA[<b>]]>&amp;</v></c></row></sheetData>";
            if name != "xl/worksheets/sheet1.xml" {
                return content.into_bytes();
            }
            let (before, after) =
                (content.split_once("<sheetData>").unwrap().0, content.split_once("</sheetData>").unwrap().1);
            format!("{before}{rows}{after}").into_bytes()
        });
        let read = sheets(&bytes).remove(0);
        let cells: Vec<(u32, String)> =
            read.rows[0].cells.iter().map(|(column, cell)| (*column, cell.reveal())).collect();
        let expected = [(0, "5"), (2, "12"), (3, "3"), (4, "42"), (5, "a<b>&")];
        assert_eq!(cells, expected.map(|(column, text)| (column, text.to_owned())));
        assert_eq!((read.rows.len(), read.remarks.len()), (1, 0));
    }

    #[test]
    fn values_that_are_no_plain_text_are_noticed() {
        for value in ["<![CDATA[5]]>", "&#51;", "1<!-- a > b -->2", "1<?x y?>2", "1&#x32;"] {
            for cell in
                [format!("<c><v>{value}"), format!("<x:c><x:v xml:space='preserve'>{value}</x:v></x:c>")]
            {
                assert!(has_odd_value(format!("<sheetData><row>{cell}").as_bytes()), "{cell}");
            }
        }
        for cell in ["<c><v>5</v></c><!-- x -->", "<c t=\"inlineStr\"><is><t>a&#10;b&#10;</t></is></c><?x?>"]
        {
            assert!(!has_odd_value(format!("<sheetData><row>{cell}").as_bytes()), "{cell}");
        }
        assert!(has_odd_value(b"<!-- x -->2</v>"), "what it begins with may be cut off");
    }

    #[test]
    fn a_sheet_of_plain_values_stays() {
        assert_eq!(
            plain("<sheetData><!-- x --><c><v>5</v></c><c><is><t>&#65;</t></is></c></sheetData>"),
            None
        );
        assert_eq!(plain("<c><v>&#60;</v></c>"), None);
    }
}
