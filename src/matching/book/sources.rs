//! « Repères »: the rules, centres and programmes that the other sheets name, with their texts and
//! sources.

use super::super::flags;
use super::super::workbook::NamedMatches;
use super::cells::Page;
use rust_xlsxwriter::XlsxError;

const HEADINGS: [(&str, f64); 5] = [
    ("Genre / Kind", 22.0),
    ("Titre / Title", 46.0),
    ("Texte / Text", 70.0),
    ("Text in English / Texte en anglais", 70.0),
    ("Source", 60.0),
];

/// Writes the sheet; a programme that is over on the day of the list is not on it.
pub(in super::super) fn write(page: &mut Page<'_>, list: &NamedMatches<'_>) -> Result<(), XlsxError> {
    page.head(&HEADINGS, 0)?;
    let mut rows: Vec<[String; 5]> = Vec::new();
    for permit in flags::all_permits() {
        let (french, english) = permit.needed();
        rows.push([
            "permis / permit".to_owned(),
            format!("{} / {}", permit.title_fr, permit.title_en),
            format!("{french} : {}", permit.text_fr),
            format!("{english}: {}", permit.text_en),
            permit.source.to_owned(),
        ]);
    }
    for centre in flags::all_centres() {
        rows.push([
            "recherche / research".to_owned(),
            format!("{} ({})", centre.name, centre.college),
            format!("centre collégial de transfert de technologie : {}", centre.field_fr),
            format!("college centre for the transfer of technology: {}", centre.field_en),
            centre.source.to_owned(),
        ]);
    }
    for programme in flags::open_programmes(list.as_of) {
        let (until_fr, until_en) = programme.until();
        rows.push([
            "programme".to_owned(),
            format!("{} / {}", programme.name_fr, programme.name_en),
            format!("{}, {until_fr}", programme.body),
            format!("{}, {until_en}", programme.body),
            programme.source.to_owned(),
        ]);
    }
    if flags::open_programmes(list.as_of).next().is_none() {
        let (french, english) = flags::none_open(list.as_of);
        rows.push(["programme".to_owned(), String::new(), french, english, String::new()]);
    }
    for (row, texts) in (1..).zip(&rows) {
        for (column, text) in (0..).zip(texts) {
            page.wrapped(row, column, text)?;
        }
    }
    page.filter(u32::try_from(rows.len()).unwrap_or(u32::MAX), HEADINGS.len())
}
