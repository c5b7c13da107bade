//! The sheets of the workbook as they come back: rows under their headings, and what stands beside the columns
//! to fill: headings that are gone, columns that were not written.

use super::book;
use super::fill::{self, Fill};
use super::workbook::{GUIDE, NUMBER, OF_PAGES, OTHERS, SHEET, SHEETS};
use crate::model::{Confidential, Finding, FindingKind, Location, Severity, Status, fold};
use std::collections::{BTreeMap, BTreeSet};

/// Cells of a column that a finding repeats; the others are counted.
const REPEATED: usize = 20;

/// One sheet of the workbook as it came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnedSheet {
    /// Name of the sheet; it may name a company.
    pub name: Confidential<String>,
    /// Rows that hold something, with their numbers from 1, as text from column A.
    pub rows: Vec<(u32, Vec<String>)>,
}

/// Columns of a block of rows, by the heading above it.
#[derive(Clone, Copy)]
pub(super) struct Columns([Option<usize>; Fill::ALL.len()]);

impl Columns {
    /// None unless the cells are a heading: the identifier, and something to fill.
    pub(super) fn of(cells: &[String]) -> Option<Self> {
        let columns = Fill::ALL.map(|fill| cells.iter().position(|cell| fill.is(cell)));
        (columns[0].is_some() && columns[1..].iter().any(Option::is_some)).then_some(Self(columns))
    }

    /// The first columns, as they are written: none beyond a width.
    fn as_written(width: usize) -> Self {
        let mut columns = [None; Fill::ALL.len()];
        for (at, column) in columns.iter_mut().enumerate().take(width) {
            *column = Some(at);
        }
        Self(columns)
    }

    /// The cell of a column, trimmed; none when the block does not have it.
    pub(super) fn cell(self, fill: Fill, cells: &[String]) -> Option<&str> {
        let at = self.0[Fill::ALL.iter().position(|one| *one == fill)?]?;
        Some(cells.get(at).map_or("", |text| text.trim()))
    }

    /// Whether every column to fill is there.
    pub(super) fn are_all(self) -> bool {
        self.0.iter().all(Option::is_some)
    }

    fn has(self, at: usize) -> bool {
        self.0.contains(&Some(at))
    }
}

/// A row with the columns that count for it.
pub(super) struct Placed<'a> {
    pub(super) number: u32,
    pub(super) cells: &'a [String],
    pub(super) columns: Columns,
}

/// A sheet that was made out.
#[derive(Default)]
pub(super) struct Layout<'a> {
    /// Rows below headings.
    pub(super) rows: Vec<Placed<'a>>,
    /// Whether the sheet holds pages, whose other rows are ours.
    pub(super) is_page: bool,
    /// What cannot be taken in, with the row where it stands.
    pub(super) findings: Vec<(u32, Finding)>,
}

/// Headings of a block.
struct Head<'a> {
    columns: Columns,
    cells: &'a [String],
    /// Which of its cells are no heading of ours.
    foreign: Vec<bool>,
}

impl<'a> Head<'a> {
    fn new(columns: Columns, cells: &'a [String], ours: &BTreeSet<String>) -> Self {
        let foreign = cells.iter().map(|cell| !is_ours(cell, ours)).collect();
        Self { columns, cells, foreign }
    }

    fn is_foreign(&self, at: usize) -> bool {
        !self.columns.has(at) && self.foreign.get(at).copied().unwrap_or(true)
    }

    /// Takes a column of closed answers whose heading was changed by the place where it was written, when
    /// every answer can be read; gives the headings that were changed.
    fn complete(&mut self, sheet: &ReturnedSheet, is_known: &dyn Fn(&str) -> bool) -> Vec<Fill> {
        let mut taken = Vec::new();
        if self.columns.0[0] != Some(0) {
            return taken;
        }
        for (at, fill) in Fill::ALL.into_iter().enumerate() {
            let is_closed = matches!(fill, Fill::Status | Fill::Agreed);
            let is_lost = self.columns.0[at].is_none() && self.is_foreign(at);
            let mut texts = held(sheet, at, is_known).peekable();
            if is_closed && is_lost && texts.peek().is_some() && texts.all(|text| is_read(fill, text)) {
                self.columns.0[at] = Some(at);
                taken.push(fill);
            }
        }
        taken
    }
}

/// Makes a sheet out; `is_known` of an identifier in small letters.
pub(super) fn layout<'a>(sheet: &'a ReturnedSheet, is_known: &dyn Fn(&str) -> bool) -> Layout<'a> {
    let ours = book::headings();
    let first = sheet.rows.iter().find_map(|(_, cells)| Some((Columns::of(cells)?, cells)));
    let Some((columns, cells)) = first else { return without_headings(sheet, is_known, &ours) };
    let mut made = Layout { is_page: is_page(sheet, cells), ..Layout::default() };
    let mut extra = Extra::default();
    // Rows above the headings were sorted together with them.
    let mut head = Head::new(columns, cells, &ours);
    head.complete(sheet, is_known);
    for (number, cells) in &sheet.rows {
        if let Some(columns) = Columns::of(cells) {
            head = Head::new(columns, cells, &ours);
            for fill in head.complete(sheet, is_known) {
                let (kind, heading) = (FindingKind::LostColumn, fill.heading().0);
                made.findings.push((*number, finding(sheet, *number, kind, heading, RENAMED)));
            }
            continue;
        }
        extra.take(&head, *number, cells);
        made.rows.push(Placed { number: *number, cells, columns: head.columns });
    }
    made.findings.extend(extra.findings(sheet));
    made
}

/// A sheet that has no headings: its columns are where they were written when every answer can be read there.
fn without_headings<'a>(
    sheet: &'a ReturnedSheet,
    is_known: &dyn Fn(&str) -> bool,
    ours: &BTreeSet<String>,
) -> Layout<'a> {
    let mut made = Layout { is_page: is_page(sheet, &[]), ..Layout::default() };
    let Some((first, above)) = sheet.rows.first() else { return made };
    let name = sheet.name.reveal().as_str();
    let is_followed = sheet.rows.iter().any(|(_, cells)| is_row(cells, is_known));
    if !is_followed {
        if made.is_page || [SHEET, OTHERS].contains(&name) {
            made.findings.push((*first, finding(sheet, *first, FindingKind::LostColumn, "", NO_HEADINGS)));
        } else if !SHEETS.contains(&name) {
            let texts = sheet.rows.iter().take(REPEATED).map(|(_, cells)| joined(cells));
            let read = texts.collect::<Vec<_>>().join(" ; ");
            made.findings.push((*first, finding(sheet, *first, FindingKind::SkippedSheet, &read, FOREIGN)));
        }
        return made;
    }
    let width = if made.is_page { Fill::ALL.len() - 1 } else { Fill::ALL.len() };
    let mut fills = Fill::ALL.into_iter().enumerate().take(width);
    if !fills.all(|(at, fill)| held(sheet, at, is_known).all(|text| is_read(fill, text))) {
        made.findings.push((*first, finding(sheet, *first, FindingKind::LostColumn, "", NO_HEADINGS)));
        return made;
    }
    made.findings.push((*first, finding(sheet, *first, FindingKind::LostColumn, "", BY_PLACE)));
    let columns = Columns::as_written(width);
    // What is left of the headings.
    let is_damaged = !is_row(above, is_known) && above.iter().any(|cell| is_ours(cell, ours));
    let rows = sheet.rows.iter().skip(usize::from(is_damaged));
    made.rows = rows.map(|(number, cells)| Placed { number: *number, cells, columns }).collect();
    made
}

/// All that a row says, in the order of its columns.
pub(super) fn joined(cells: &[String]) -> String {
    let texts = cells.iter().map(|text| text.trim()).filter(|text| !text.is_empty());
    texts.collect::<Vec<_>>().join(" · ")
}

/// Whether a row begins with a known identifier.
fn is_row(cells: &[String], is_known: &dyn Fn(&str) -> bool) -> bool {
    cells.first().is_some_and(|id| is_known(&id.trim().to_lowercase()))
}

/// What the rows of known matches hold at a place.
fn held<'a>(
    sheet: &'a ReturnedSheet,
    at: usize,
    is_known: &'a dyn Fn(&str) -> bool,
) -> impl Iterator<Item = &'a str> {
    let rows = sheet.rows.iter().filter(move |(_, cells)| is_row(cells, is_known));
    rows.filter_map(move |(_, cells)| cells.get(at)).map(|text| text.trim()).filter(|text| !text.is_empty())
}

/// Whether a text can be read as an answer.
fn is_read(fill: Fill, text: &str) -> bool {
    match fill {
        Fill::Status => Status::from_words(text).is_some(),
        Fill::Quantity => fill::kilograms(text).is_some(),
        Fill::Agreed => fill::agreed(text).is_some(),
        Fill::Identifier | Fill::Note | Fill::Reason => true,
    }
}

/// Whether a sheet holds pages of companies: by its name, or by its headings.
fn is_page(sheet: &ReturnedSheet, head: &[String]) -> bool {
    let is_entry = |cell: &String| fold(cell.split(" / ").next().unwrap_or_default()) == "votre entree";
    sheet.name.reveal().starts_with(OF_PAGES) || head.iter().any(is_entry)
}

/// Whether a heading is one that we write, whole or in one of its languages; not with another unit.
fn is_ours(cell: &str, ours: &BTreeSet<String>) -> bool {
    let is_written = || std::iter::once(cell).chain(cell.split(" / ")).any(|text| ours.contains(&fold(text)));
    Fill::ALL.into_iter().any(|fill| fill.is(cell)) || (!Fill::Quantity.is_named(cell) && is_written())
}

/// What stands in columns that were not written: heading, row and text of each cell, by column.
#[derive(Default)]
struct Extra(BTreeMap<usize, (String, Vec<(u32, String)>)>);

impl Extra {
    fn take(&mut self, head: &Head<'_>, number: u32, cells: &[String]) {
        for (at, text) in cells.iter().enumerate() {
            if !text.trim().is_empty() && head.is_foreign(at) {
                let heading = || head.cells.get(at).map_or("", |cell| cell.trim()).to_owned();
                let (_, texts) = self.0.entry(at).or_insert_with(|| (heading(), Vec::new()));
                texts.push((number, text.trim().to_owned()));
            }
        }
    }

    /// One finding a column, at its first row.
    fn findings(self, sheet: &ReturnedSheet) -> Vec<(u32, Finding)> {
        let told = self.0.into_values().map(|(heading, held)| {
            let first = held.first().map_or(0, |(number, _)| *number);
            let repeated = held.iter().take(REPEATED);
            let mut texts: Vec<String> =
                repeated.map(|(number, text)| format!("{text} (ligne {number})")).collect();
            if held.len() > REPEATED {
                texts.push(format!("et {} autres", held.len() - REPEATED));
            }
            let read = format!("« {heading} » : {}", texts.join(" ; "));
            (first, finding(sheet, first, FindingKind::NewColumn, &read, EXTRA))
        });
        told.collect()
    }
}

/// The number of the last answer that the workbook was written with; none when it no longer says so.
pub(super) fn number(sheets: &[ReturnedSheet]) -> Option<u32> {
    let guides = sheets.iter().filter(|sheet| sheet.name.reveal() == GUIDE);
    let cells = guides.flat_map(|sheet| &sheet.rows).filter_map(|(_, cells)| cells.first());
    let numbers = cells.filter_map(|cell| {
        let rest = cell.trim().strip_prefix(NUMBER)?;
        let digits = rest.split(|letter: char| !letter.is_ascii_digit()).next()?;
        digits.parse().ok()
    });
    // Two in one: what the older one did not know counts.
    numbers.min()
}

/// A warning about a place of a sheet.
fn finding(
    sheet: &ReturnedSheet,
    row: u32,
    kind: FindingKind,
    read: &str,
    texts: [&'static str; 4],
) -> Finding {
    told((Some(&sheet.name), row), (Severity::Warning, kind), read, texts)
}

/// A finding about the workbook, a sheet of it, or a row.
pub(super) fn told(
    (sheet, row): (Option<&Confidential<String>>, u32),
    (severity, kind): (Severity, FindingKind),
    read: &str,
    [message_fr, message_en, repair_fr, repair_en]: [&'static str; 4],
) -> Finding {
    Finding {
        severity,
        kind,
        location: Location {
            source: "maillages".into(),
            file: Confidential::new("maillages.xlsx".into()),
            sheet: sheet.map(|name| Confidential::new(name.reveal().as_str().into())),
            row,
        },
        column: None,
        field: None,
        read: Confidential::new(read.to_owned()),
        message_fr: message_fr.into(),
        message_en: message_en.into(),
        repair_fr: repair_fr.into(),
        repair_en: repair_en.into(),
    }
}

const FOREIGN: [&str; 4] = [
    "Cette feuille n’est pas une des nôtres : rien n’y est lu. Le classeur rendu est gardé.",
    "This sheet is not one of ours: nothing on it is read. The returned workbook is kept.",
    "Inscrire ce qui compte sous « Note » des maillages visés.",
    "Write what matters under “Note” of the matches that it is about.",
];
const NO_HEADINGS: [&str; 4] = [
    "La feuille n’a plus ses titres de colonnes : rien n’y est lu. Le classeur rendu est gardé.",
    "The sheet no longer has its column headings: nothing on it is read. The returned workbook is kept.",
    "Reprendre les réponses du classeur gardé sous les titres « Identifiant », « Statut », « Note »…",
    "Take the answers of the kept workbook over under the headings “Identifier”, “Status”, “Note”…",
];
const BY_PLACE: [&str; 4] = [
    "La feuille n’a plus ses titres de colonnes : les réponses ont été lues à la place où elles sont écrites d’ordinaire.",
    "The sheet no longer has its column headings: the answers were read where they are usually written.",
    "Vérifier les réponses reprises; laisser la première ligne de la feuille en place.",
    "Check the answers that were taken in; leave the first row of the sheet in place.",
];
const RENAMED: [&str; 4] = [
    "Le titre de cette colonne a été changé : ses réponses ont été lues à sa place d’ordinaire.",
    "The heading of this column was changed: its answers were read at its usual place.",
    "Vérifier les réponses reprises; garder les titres tels qu’ils sont écrits.",
    "Check the answers that were taken in; keep the headings as they are written.",
];
const EXTRA: [&str; 4] = [
    "Cette colonne n’est pas une des nôtres, ou son titre a été changé : ce qu’elle contient n’est pas repris.",
    "This column is not one of ours, or its heading was changed: what it holds is not taken in.",
    "Inscrire ce qui compte sous « Note », ou rétablir le titre d’origine; le classeur rendu est gardé.",
    "Write what matters under “Note”, or restore the original heading; the returned workbook is kept.",
];
