//! Named ranges of workbooks. Those of an open document workbook are its tables: they stand behind all sheets,
//! so the content is searched for their tag and not parsed a second time. Elements and
//! addresses: OASIS `OpenDocument` 1.3, part 3, sections 9.4.15 and 19.

use super::super::table::{Area, address};
use super::container::{self, Archive};
use memchr::memmem::{self, Finder};
use quick_xml::escape::unescape;
use std::io::Read;

/// Ranges that are kept; real workbooks have a few dozen.
pub(super) const MOST: usize = 1_000;
const CHUNK: usize = 1 << 18;

/// A table of a workbook.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) sheet: String,
    pub(super) name: String,
    pub(super) area: Area,
}

/// Every named range of a workbook that lies in one sheet.
pub(super) fn named(archive: &mut Archive) -> Vec<Named> {
    container::part(archive, "content.xml").map(search).unwrap_or_default()
}

fn search(mut part: impl Read) -> Vec<Named> {
    let tag = Finder::new(b":database-range ");
    let (mut buffer, mut found) = (Vec::with_capacity(CHUNK * 2), Vec::new());
    loop {
        let before = buffer.len();
        let read = part.by_ref().take(CHUNK as u64).read_to_end(&mut buffer);
        if read.is_err() || buffer.len() == before || found.len() >= MOST {
            return found;
        }
        let mut at = 0;
        while let Some(start) = tag.find(&buffer[at..]).map(|start| at + start) {
            let Some(end) = memchr::memchr(b'>', &buffer[start..]).map(|end| start + end) else { break };
            found.extend(one(&buffer[start..end]));
            at = end;
        }
        // A tag may be cut off by the end of the chunk: what follows the last `<` is kept.
        let tail = memchr::memrchr(b'<', &buffer[at..]).map_or(buffer.len(), |tail| at + tail);
        let tail = if buffer.len() - tail > 1 << 16 { buffer.len() } else { tail };
        buffer.drain(..tail);
    }
}

fn one(tag: &[u8]) -> Option<Named> {
    let (sheet, area) = range(&value(tag, b":target-range-address=\"")?)?;
    Some(Named { sheet, name: value(tag, b":name=\"")?, area })
}

fn value(tag: &[u8], name: &[u8]) -> Option<String> {
    let start = memmem::find(tag, name)? + name.len();
    let end = memchr::memchr(b'"', &tag[start..])?;
    let text = std::str::from_utf8(&tag[start..start + end]).ok()?;
    unescape(text).ok().map(std::borrow::Cow::into_owned)
}

/// `Feuille1.A1:Feuille1.D9`, `$'Mes flux'.$A$1:.$D$9`: the sheet and its block.
fn range(text: &str) -> Option<(String, Area)> {
    let (sheet, rest) = sheet(text, '.')?;
    let (first, second) = rest.split_once(':')?;
    let (other, last) = sheet_or_none(second)?;
    if other.is_some_and(|other| other != sheet) {
        return None;
    }
    Some((sheet, block(first, last)?))
}

/// `Feuille1!$A$1:$D$9`, `'Mes flux'!A1:D9`, as Excel writes it: the sheet and its block.
pub(super) fn of_excel(text: &str) -> Option<(String, Area)> {
    let (sheet, rest) = sheet(text, '!')?;
    let (first, last) = rest.split_once(':')?;
    Some((sheet, block(first, last)?))
}

fn block(first: &str, last: &str) -> Option<Area> {
    let cell = |text: &str| address(&text.replace('$', ""));
    let area = Area { first: cell(first)?, last: cell(last)? };
    (area.first <= area.last && area.first.1 <= area.last.1).then_some(area)
}

fn sheet_or_none(text: &str) -> Option<(Option<String>, &str)> {
    match text.strip_prefix('.') {
        Some(rest) => Some((None, rest)),
        None if !text.contains('.') => Some((None, text)),
        None => sheet(text, '.').map(|(sheet, rest)| (Some(sheet), rest)),
    }
}

/// The name of a sheet before the mark behind it, without its quotation marks.
fn sheet(text: &str, mark: char) -> Option<(String, &str)> {
    let text = text.strip_prefix('$').unwrap_or(text);
    let Some(quoted) = text.strip_prefix('\'') else {
        return text.split_once(mark).map(|(sheet, rest)| (sheet.to_owned(), rest));
    };
    let mut from = 0;
    loop {
        let end = from + quoted[from..].find('\'')?;
        // A doubled mark belongs to the name.
        if !quoted[end + 1..].starts_with('\'') {
            let rest = quoted[end + 1..].strip_prefix(mark)?;
            return Some((quoted[..end].replace("''", "'"), rest));
        }
        from = end + 2;
    }
}

#[cfg(test)]
mod tests {
    use super::{Area, Named, range, search};

    #[test]
    fn addresses_name_their_sheet_with_and_without_quotation_marks() {
        let block = Area { first: (1, 0), last: (8, 3) };
        for (text, sheet) in [
            ("Feuille1.A2:Feuille1.D9", "Feuille1"),
            ("$Feuille1.$A$2:.$D$9", "Feuille1"),
            ("'Mes flux: l''an 1.5'.A2:'Mes flux: l''an 1.5'.D9", "Mes flux: l'an 1.5"),
        ] {
            assert_eq!(range(text), Some((sheet.to_owned(), block)), "{text}");
        }
        for text in ["A2:D9", "Feuille1.A2", "a.A2:b.D9", "a.D9:a.A2", "'a.A2:D9", ""] {
            assert_eq!(range(text), None, "{text}");
        }
    }

    #[test]
    fn named_ranges_are_found_wherever_the_content_is_cut() {
        let tag = "<table:database-range table:name=\"Flux &amp; offres\" \
                   table:target-range-address=\"F.A1:F.B2\" table:display-filter-buttons=\"true\"/>";
        for padding in [0, 262_100, 262_120, 262_143, 600_000] {
            let text = format!("<x>{}</x>{tag}<y/>", "a".repeat(padding));
            let area = Area { first: (0, 0), last: (1, 1) };
            let expected = Named { sheet: "F".to_owned(), name: "Flux & offres".to_owned(), area };
            assert_eq!(search(text.as_bytes()), [expected], "{padding}");
        }
    }
}
