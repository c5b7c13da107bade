//! A mapping for a file that nobody mapped yet: for `maillage map FILE`.

use super::budget::Budget;
use super::evidence::judged;
use super::header::Layout;
use super::likely::{MOST_COMPARED, likely};
use super::neighbours::{of_persons, of_surveys};
use super::options::of_options;
use super::page::Page;
use super::settled::{has, settled, subject};
use super::several::{self, Part};
use super::sides;
use super::sniff::{Kind, filled};
use super::table::{Area, Row, Sheet};
use super::text_form::TextForm;
use super::{Context, IngestError, delimited, direction, files, foreign, form, json, laid, workbook};
use crate::config;
use crate::model::{Confidential, Direction, Field, Subject, fold};
use std::collections::BTreeSet;
use std::path::Path;
use std::str::FromStr as _;

pub use super::several::Cut;
pub use super::sides::{Kept, Place, Way};

/// Rows below a header whose cells are looked at.
const LOOKED_AT: usize = 50;
/// Most words of a column of directions that are written out.
const MOST_WORDS: usize = 12;
/// Below it a field is only suggested, as a comment.
pub const SURE_ENOUGH: u32 = 50;

/// What was found in a file.
#[derive(Debug, Default)]
pub struct Proposals {
    /// Tables, each a source.
    pub tables: Vec<Proposal>,
    /// Names of the sheets that are forms: one company down the page.
    pub forms: Vec<Confidential<String>>,
    /// Names of the sheets beside these that do not say who, what or how much: legends, lists of choices.
    pub legends: Vec<Confidential<String>>,
    /// How a text was taken apart; none of anything else.
    pub text: Option<TextForm>,
}

/// What is proposed for sheets that have the same headings at the same place.
#[derive(Debug)]
pub struct Proposal {
    /// Names of the sheets; empty for text and json. For the terminal of the one who named the file.
    pub sheets: Vec<Confidential<String>>,
    /// What finds the table, where it is one of several of its sheet.
    pub cut: Option<Cut>,
    /// Records of json: there is no header row.
    pub is_json: bool,
    /// Where the records of a json page are; none when they are the page itself.
    pub pointer: Option<String>,
    /// First row of the header, as a person counts it.
    pub header_row: u32,
    /// Rows of the header.
    pub header_rows: u32,
    /// Rows above the header, and rows below the table that are no records.
    pub around: (usize, usize),
    /// Blocks of other tables below it, which nothing here reads.
    pub others: Vec<String>,
    /// What a row seems to be.
    pub subject: Subject,
    /// Columns from the left.
    pub columns: Vec<Proposed>,
    /// What tells offers from requests.
    pub way: Way,
    /// Words of the column of directions that are no code of ours.
    pub words: Vec<(String, Direction)>,
    /// Cells of that column that take a direction back, or ask for it.
    pub denied: Vec<String>,
    /// Which rows are those of this direction.
    pub kept: Kept,
}

impl Proposal {
    /// Whether a column surely gives a field.
    #[must_use]
    pub fn has(&self, field: Field) -> bool {
        has(&self.columns, field)
    }
}

/// What is proposed for one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposed {
    /// Heading as written, `Group > Label` when grouped.
    pub header: String,
    /// The field, when one is likely.
    pub field: Option<Field>,
    /// How sure it is, percent.
    pub sure: u32,
    /// It is one of several options of a survey, each of which would be a row.
    pub is_option: bool,
}

/// Proposes a mapping for every table of every sheet, or of the sheet with a name or position from 1.
///
/// # Errors
/// Unreadable or missing input, or no such sheet.
pub async fn propose(
    path: &Path,
    sheet: Option<&str>,
    context: &Context<'_>,
) -> Result<Proposals, IngestError> {
    let file = files::single(path);
    let held = files::content(&file, &context.limits)?;
    let page = Page { place: file.place, label: file.label, content: held };
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let mut proposals = Proposals::default();
    let budget = Budget::new(&context.limits);
    let sheets = match filled(&page, &budget)? {
        Kind::Workbook(kind) => workbook::read(&page, kind, context).await?.sheets,
        Kind::Json(value) => {
            proposals.tables.extend(of_records(&value, &name, &budget));
            return budget.check(&page.place).map(|()| proposals);
        }
        Kind::Text(text) => vec![delimited::read(&page.place, &text, &config::Text::default(), &budget)?],
    };
    // The process that reads a workbook has a clock of its own.
    let is_text = sheets.iter().any(|sheet| sheet.head.text.is_some());
    let budget = if is_text { budget } else { Budget::new(&context.limits) };
    proposals.text = sheets.first().and_then(|sheet| sheet.head.text.clone());
    for sheet in wanted(&page, &sheets, sheet)? {
        if form::is_form(sheet) {
            proposals.forms.push(sheet.head.name.clone());
            continue;
        }
        for proposal in of_sheet(sheet, &name, &budget) {
            let twin = proposals.tables.iter_mut().find(|other| other.is_twin_of(&proposal));
            match twin {
                Some(twin) => twin.join(proposal),
                None => proposals.tables.push(proposal),
            }
        }
    }
    budget.check(&page.place)?;
    proposals.set_legends_apart();
    Ok(proposals)
}

impl Proposals {
    /// A sheet that does not say who, what or how much is no source, where others are.
    fn set_legends_apart(&mut self) {
        let is_of_entries = |column: &Proposed| column.field.is_some_and(Field::is_of_entries);
        let is_source = |table: &Proposal| table.columns.iter().any(is_of_entries);
        if !self.tables.iter().any(is_source) {
            return;
        }
        for table in self.tables.extract_if(.., |table| !is_source(table)) {
            self.legends.extend(table.sheets);
        }
    }
}

impl Proposal {
    /// Whether one source can read both.
    fn is_twin_of(&self, other: &Self) -> bool {
        (self.header_row, self.header_rows) == (other.header_row, other.header_rows)
            && self.columns == other.columns
            && (&self.cut, &self.way, &self.kept) == (&other.cut, &other.way, &other.kept)
    }

    fn join(&mut self, other: Self) {
        self.sheets.extend(other.sheets);
        for word in other.words {
            if !self.words.contains(&word) {
                self.words.push(word);
            }
        }
        for range in other.others {
            if !self.others.contains(&range) {
                self.others.push(range);
            }
        }
        for text in other.denied {
            if !self.denied.contains(&text) {
                self.denied.push(text);
            }
        }
    }
}

fn wanted<'a>(page: &Page, sheets: &'a [Sheet], wanted: Option<&str>) -> Result<Vec<&'a Sheet>, IngestError> {
    let Some(wanted) = wanted else { return Ok(sheets.iter().collect()) };
    let named = sheets.iter().find(|sheet| sheet.head.name.reveal() == wanted);
    let placed =
        || wanted.parse().ok().and_then(|rank: u32| sheets.iter().find(|sheet| sheet.head.rank == rank));
    named.or_else(placed).map(|sheet| vec![sheet]).ok_or_else(|| {
        IngestError::unreadable(
            &page.place,
            format!("none of its {} sheets has the name or position `{wanted}`", sheets.len()),
            "leave `--sheet` out to see every sheet",
        )
    })
}

/// Every table of a sheet, each once or once for each direction that has columns of its own.
fn of_sheet(sheet: &Sheet, file: &str, budget: &Budget) -> Vec<Proposal> {
    several::parts(sheet).iter().flat_map(|part| of_part(part, file, budget)).collect()
}

fn of_part(part: &Part<'_>, file: &str, budget: &Budget) -> Vec<Proposal> {
    let sheet: &Sheet = &part.sheet;
    let Some(layout) = &part.layout else { return Vec::new() };
    let others = foreign::tables(sheet, layout);
    let mut rows = below(sheet, layout);
    rows.retain(|row| !foreign::is_of(&others, row));
    let columns = layout.columns.iter().map(|(at, column)| (*at, column.header.as_str(), column.field));
    let guesses = guesses(columns, &rows, budget);
    let header_row = (layout.last_row + 1).saturating_sub(layout.height());
    let names = sides::Names { titles: titles(sheet, header_row), sheet: sheet.head.name.reveal(), file };
    let finished = |guesses: &[Guess], of_side: Option<(Way, Kept)>| {
        let columns = settled(guesses);
        let subject = subject(&columns);
        let (way, kept) = of_side.unwrap_or_else(|| (sides::way(&columns, subject, &names), Kept::All));
        Proposal {
            sheets: Some(sheet.head.name.clone())
                .filter(|name| !name.reveal().is_empty())
                .into_iter()
                .collect(),
            cut: part.cut.clone(),
            is_json: false,
            pointer: None,
            header_row,
            header_rows: layout.height(),
            around: (laid::above(sheet, layout), laid::below(sheet, layout, &others)),
            others: others.iter().map(block).collect(),
            subject,
            words: words(&columns, guesses),
            denied: denied(&columns, guesses),
            columns,
            way,
            kept,
        }
    };
    let whole = finished(&guesses, None);
    if whole.subject != Subject::Flows || whole.has(Field::Direction) {
        return vec![whole];
    }
    let apart = sides::apart(&guesses);
    if apart.is_empty() {
        return vec![whole];
    }
    apart.into_iter().map(|side| finished(&side.guesses, Some((side.way, side.kept)))).collect()
}

/// Texts of the rows of one or two cells above a header, from the nearest on.
fn titles(sheet: &Sheet, header_row: u32) -> Vec<String> {
    let above = sheet.rows.iter().rev().filter(|row| row.number < header_row && row.cells.len() <= 2);
    above.flat_map(|row| row.cells.iter().map(|(_, cell)| cell.reveal())).collect()
}

/// Records of a json page; its paths are headings, of which the last word counts too.
fn of_records(value: &serde_json::Value, file: &str, budget: &Budget) -> Option<Proposal> {
    let sheet = json::as_sheet(value);
    let (header, rows) = sheet.rows.split_first()?;
    let paths: Vec<(u32, String)> =
        header.cells.iter().map(|(column, path)| (*column, path.reveal())).collect();
    let columns = paths.iter().map(|(at, path)| (*at, path.as_str(), None));
    let guesses = guesses(columns, &rows.iter().collect::<Vec<_>>(), budget);
    let columns = settled(&guesses);
    let subject = subject(&columns);
    let names = sides::Names { titles: Vec::new(), sheet: "", file };
    Some(Proposal {
        sheets: Vec::new(),
        cut: None,
        is_json: true,
        pointer: json::first_array(value).map(|(pointer, _)| pointer).filter(|pointer| !pointer.is_empty()),
        header_row: 1,
        header_rows: 1,
        around: (0, 0),
        others: Vec::new(),
        subject,
        way: sides::way(&columns, subject, &names),
        words: words(&columns, &guesses),
        denied: denied(&columns, &guesses),
        columns,
        kept: Kept::All,
    })
}

/// The block of another table, as a source names it.
fn block(area: &Area) -> String {
    several::range((area.first.1, area.last.1), (area.first.0, area.last.0))
}

fn below<'a>(sheet: &'a Sheet, layout: &Layout) -> Vec<&'a Row> {
    sheet.rows.iter().filter(|row| row.number > layout.last_row).collect()
}

/// What one column seems to be, before the others are looked at.
#[derive(Debug, Clone)]
pub(super) struct Guess {
    pub(super) proposed: Proposed,
    /// Its first cells that hold something.
    pub(super) values: Vec<String>,
}

impl Guess {
    /// Whether it holds something, and nothing but what fits.
    pub(super) fn has_only(&self, fits: fn(&str) -> bool) -> bool {
        !self.values.is_empty() && self.values.iter().all(|text| fits(text))
    }

    /// What its cells say, each once.
    pub(super) fn each(&self) -> Vec<String> {
        let mut said = BTreeSet::new();
        self.values.iter().filter(|text| said.insert(fold(text))).cloned().collect()
    }
}

/// What each column seems to be; of those that are left when the time is over nothing, and the budget tells so.
fn guesses<'a>(
    columns: impl Iterator<Item = (u32, &'a str, Option<Field>)>,
    rows: &[&Row],
    budget: &Budget,
) -> Vec<Guess> {
    let mut guesses = columns
        .take_while(|_| !budget.is_over())
        .enumerate()
        .map(|(rank, (at, header, known))| {
            let (field, sure) = likely(header, known, rank < MOST_COMPARED);
            let values = rows.iter().take(LOOKED_AT).map(|row| row.cell(at).reveal());
            let values: Vec<String> = values.filter(|text| !text.is_empty()).collect();
            let (field, sure) = judged(header, field, sure, &values);
            Guess { proposed: Proposed { header: header.to_owned(), field, sure, is_option: false }, values }
        })
        .collect::<Vec<Guess>>();
    of_persons(&mut guesses);
    of_surveys(&mut guesses);
    of_options(&mut guesses);
    guesses
}

/// The cells of the column that holds the direction.
fn of_direction<'a>(columns: &[Proposed], guesses: &'a [Guess]) -> &'a [String] {
    let is_direction =
        |column: &Proposed| column.field == Some(Field::Direction) && column.sure >= SURE_ENOUGH;
    let at = columns.iter().position(is_direction);
    at.and_then(|at| guesses.get(at)).map(|guess| guess.values.as_slice()).unwrap_or_default()
}

/// The cells that take a direction back, or ask for it, each once.
fn denied(columns: &[Proposed], guesses: &[Guess]) -> Vec<String> {
    let mut said = BTreeSet::new();
    let is_denied = |text: &&String| direction::is_denied(text) && said.insert(fold(text));
    of_direction(columns, guesses).iter().filter(is_denied).take(MOST_WORDS).cloned().collect()
}

/// The words for a direction in the column that holds it, each once.
fn words(columns: &[Proposed], guesses: &[Guess]) -> Vec<(String, Direction)> {
    let mut said = BTreeSet::new();
    let is_no_code = |text: &&String| Direction::from_str(&fold(text)).is_err();
    let found = of_direction(columns, guesses).iter().filter(is_no_code).filter_map(|text| {
        let direction = direction::of_cell(text)?;
        said.insert(fold(text)).then(|| (text.clone(), direction))
    });
    found.take(MOST_WORDS).collect()
}

#[cfg(test)]
#[path = "proposal_tests.rs"]
mod tests;
