//! Names that an xlsx gives to blocks of cells (ECMA-376, part 1, section 18.2.5). They stand in the workbook and not
//! in its sheets.

use super::container::{self, Archive, attribute};
use super::ranges::{self, MOST, Named};
use super::xml::{Xml, characters};
use quick_xml::events::Event;
use std::io::{BufRead, BufReader};

/// Every name of a workbook that stands for one block of one sheet.
pub(super) fn defined(archive: &mut Archive) -> Vec<Named> {
    let workbook = container::workbook(archive);
    container::part(archive, &workbook).map(|part| search(BufReader::new(part))).unwrap_or_default()
}

fn search(source: impl BufRead) -> Vec<Named> {
    let (mut xml, mut found) = (Xml::new(source), Vec::new());
    let (mut name, mut text) = (None, String::new());
    while let Ok(event) = xml.next() {
        match &event {
            Event::Eof => break,
            Event::Start(element) if element.local_name().as_ref() == "definedName" => {
                name = attribute(element, "name");
                text.clear();
            }
            Event::End(_) => found.extend(name.take().and_then(|name| one(name, &text))),
            event if name.is_some() => characters(event, &mut text),
            _ => {}
        }
        if found.len() >= MOST {
            break;
        }
    }
    found
}

/// A name that stands for one block; those of Excel itself say what is printed or filtered.
fn one(name: String, text: &str) -> Option<Named> {
    let (sheet, area) = ranges::of_excel(text).filter(|_| !name.starts_with("_xlnm."))?;
    Some(Named { sheet, name, area })
}

#[cfg(test)]
mod tests {
    use super::{Named, search};
    use crate::ingest::table::Area;

    #[test]
    fn a_name_of_one_block_is_known_under_any_prefix_and_every_other_is_passed_over() {
        for prefix in ["", "x:"] {
            let name = |name: &str, text: &str| {
                format!("<{prefix}definedName name=\"{name}\">{text}</{prefix}definedName>")
            };
            let all = [
                name("_xlnm.Print_Area", "F!$A$1:$B$2"),
                name("Offres", "'L''an &amp; moi'!$A$1:$B$3"),
                name("Deux", "F!$A$1:$B$2,F!$D$1:$E$2"),
                name("Une", "F!$A$1"),
                name("Calcul", "OFFSET(F!$A$1,0,0,5,2)"),
                name("Parti", "#REF!"),
                name("Besoins", "F!D1:E9"),
            ];
            let text = format!(
                "<{prefix}workbook><{prefix}definedNames>{}</{prefix}definedNames></{prefix}workbook>",
                all.concat()
            );
            let block =
                |sheet: &str, name: &str, area| Named { sheet: sheet.into(), name: name.into(), area };
            let expected = [
                block("L'an & moi", "Offres", Area { first: (0, 0), last: (2, 1) }),
                block("F", "Besoins", Area { first: (0, 3), last: (8, 4) }),
            ];
            assert_eq!(search(text.as_bytes()), expected);
        }
    }
}
