//! A mapping for a file that nobody mapped yet: for `maillage map FILE`.

use super::evidence::{are_categories, judged};
use super::header::{self, Label, Layout, key};
use super::page::Page;
use super::several::{self, Part};
use super::sides;
use super::sniff::{Kind, sniff};
use super::table::{Row, Sheet};
use super::vocabulary::Shape;
use super::{Context, IngestError, columnar, delimited, direction, files, form, json, vocabulary, workbook};
use crate::config;
use crate::measures::{heading, quantity};
use crate::model::{Confidential, Direction, Field, Subject, fold};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::str::FromStr as _;
use std::sync::LazyLock;

pub use super::several::Cut;
pub use super::sides::{Kept, Place, Way};

/// Rows below a header whose cells are looked at.
const LOOKED_AT: usize = 50;
/// How alike a heading and a usual word must be to be proposed (Jaro-Winkler).
const ALIKE: f64 = 0.92;
/// Columns whose headings are compared with words like them: a form that somebody typed has fewer.
const MOST_COMPARED: usize = 1_000;
/// Letters of a heading that is compared with words like it.
const SHORTEST_COMPARED: usize = 4;
/// A heading that is a usual word.
const USUAL: u32 = 95;
/// A heading that is a usual word for several fields, of which the likeliest is taken.
pub(super) const LOOSE: u32 = 70;
/// A heading that is only like a usual word.
const NEAR: u32 = 60;
/// A heading that holds a usual word among others.
const CONTAINED: u32 = 40;
/// Fewest words of a heading in which a usual word is looked for; a question may have fewer.
const WORDY: usize = 4;
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
    let sheets = match sniff(&page, None, &context.limits)? {
        Kind::Workbook(kind) => workbook::read(&page, kind, context).await?.sheets,
        Kind::Json(value) => {
            proposals.tables.extend(of_records(&value, &name));
            return Ok(proposals);
        }
        Kind::Parquet => vec![columnar::read(&page, &context.limits)?],
        Kind::Text(text) => vec![delimited::read(&text, &config::Text::default())],
    };
    for sheet in wanted(&page, &sheets, sheet)? {
        if form::is_form(sheet) {
            proposals.forms.push(sheet.head.name.clone());
            continue;
        }
        for proposal in of_sheet(sheet, &name) {
            let twin = proposals.tables.iter_mut().find(|other| other.is_twin_of(&proposal));
            match twin {
                Some(twin) => twin.join(proposal),
                None => proposals.tables.push(proposal),
            }
        }
    }
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
fn of_sheet(sheet: &Sheet, file: &str) -> Vec<Proposal> {
    several::parts(sheet).iter().flat_map(|part| of_part(part, file)).collect()
}

fn of_part(part: &Part<'_>, file: &str) -> Vec<Proposal> {
    let sheet: &Sheet = &part.sheet;
    let Some(layout) = &part.layout else { return Vec::new() };
    let rows = below(sheet, layout);
    let columns = layout.columns.iter().map(|(at, column)| (*at, column.header.as_str(), column.field));
    let guesses = guesses(columns, &rows);
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
    let apart = sides::apart(&guesses, &rows);
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
fn of_records(value: &serde_json::Value, file: &str) -> Option<Proposal> {
    let sheet = json::as_sheet(value);
    let (header, rows) = sheet.rows.split_first()?;
    let paths: Vec<(u32, String)> =
        header.cells.iter().map(|(column, path)| (*column, path.reveal())).collect();
    let columns = paths.iter().map(|(at, path)| (*at, path.as_str(), None));
    let guesses = guesses(columns, &rows.iter().collect::<Vec<_>>());
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
        subject,
        way: sides::way(&columns, subject, &names),
        words: words(&columns, &guesses),
        denied: denied(&columns, &guesses),
        columns,
        kept: Kept::All,
    })
}

fn below<'a>(sheet: &'a Sheet, layout: &Layout) -> Vec<&'a Row> {
    sheet.rows.iter().filter(|row| row.number > layout.last_row).collect()
}

/// What one column seems to be, before the others are looked at.
#[derive(Debug, Clone)]
pub(super) struct Guess {
    /// Column from 0.
    pub(super) at: u32,
    pub(super) proposed: Proposed,
    /// Its first cells that hold something.
    values: Vec<String>,
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

fn guesses<'a>(columns: impl Iterator<Item = (u32, &'a str, Option<Field>)>, rows: &[&Row]) -> Vec<Guess> {
    let mut guesses = columns
        .enumerate()
        .map(|(rank, (at, header, known))| {
            let (field, sure) = likely(header, known, rank < MOST_COMPARED);
            let values = rows.iter().take(LOOKED_AT).map(|row| row.cell(at).reveal());
            let values: Vec<String> = values.filter(|text| !text.is_empty()).collect();
            let (field, sure) = judged(header, field, sure, &values);
            Guess { at, proposed: Proposed { header: header.to_owned(), field, sure }, values }
        })
        .collect::<Vec<Guess>>();
    of_persons(&mut guesses);
    guesses
}

/// Words of a heading beside which `Nom` is that of a person.
const OF_PERSONS: &[&str] = &[
    "prenom",
    "fonction",
    "titre",
    "poste",
    "role",
    "first name",
    "given name",
    "firstname",
    "job title",
    "title",
    "position",
];

/// A bare `Nom` is that of a person beside a first name or what the person does, and beside an e-mail where
/// another column names the company; it never is the company where another column says so plainly.
fn of_persons(guesses: &mut [Guess]) {
    let label = |guess: &Guess| key(&guess.proposed.header);
    let is_bare = |guess: &Guess| {
        guess.proposed.field == Some(Field::Name) && matches!(label(guess).as_str(), "nom" | "name")
    };
    let is_company = |guess: &Guess| {
        guess.proposed.field == Some(Field::Name) && guess.proposed.sure > LOOSE && !is_bare(guess)
    };
    let has_company = guesses.iter().any(is_company);
    let has_contact = guesses.iter().any(|guess| guess.proposed.field == Some(Field::Contact));
    for at in 0..guesses.len() {
        if !is_bare(&guesses[at]) {
            continue;
        }
        let beside = [at.checked_sub(1), at.checked_add(1)].into_iter().flatten();
        let is_of_person = beside.filter_map(|at| guesses.get(at)).any(|other| {
            let is_email = has_company && other.proposed.field == Some(Field::Email);
            is_email || OF_PERSONS.contains(&label(other).as_str())
        });
        let (field, sure) = match (is_of_person && !has_contact, has_company) {
            (true, _) => (Some(Field::Contact), LOOSE),
            (false, true) if has_contact => (None, 0),
            (false, true) => (Some(Field::Contact), CONTAINED),
            (false, false) => continue,
        };
        (guesses[at].proposed.field, guesses[at].proposed.sure) = (field, sure);
    }
}

/// The columns together: each field once, and what they are of once it is known what a row is.
fn settled(guesses: &[Guess]) -> Vec<Proposed> {
    let mut proposed: Vec<Proposed> = guesses.iter().map(|guess| guess.proposed.clone()).collect();
    let several = of_several_units(&proposed);
    only_surest(&mut proposed);
    described(&mut proposed, guesses);
    by_subject(&mut proposed);
    for at in several {
        let column = &mut proposed[at];
        if column.field.is_none() {
            (column.field, column.sure) = (Some(Field::Quantity), USUAL);
        }
    }
    proposed
}

/// Whether a column surely gives a field.
pub(super) fn has(columns: &[Proposed], field: Field) -> bool {
    columns.iter().any(|column| column.field == Some(field) && column.sure >= SURE_ENOUGH)
}

/// A kind of material that is none of our categories says what it is, where nothing else does.
fn described(columns: &mut [Proposed], guesses: &[Guess]) {
    if has(columns, Field::Description) {
        return;
    }
    for (column, guess) in columns.iter_mut().zip(guesses) {
        let is_kind = column.field == Some(Field::Category) && !guess.values.is_empty();
        if is_kind && !are_categories(&guess.values) {
            (column.field, column.sure) = (Some(Field::Description), LOOSE);
        }
    }
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

/// Columns of quantities of which each has its own unit in its heading: a row fills one of them.
fn of_several_units(columns: &[Proposed]) -> Vec<usize> {
    let has_unit = |column: &Proposed| {
        let label = column.header.rsplit('>').next().unwrap_or_default();
        heading::read(label).unit.is_some_and(|unit| !quantity::unit_and_rate(&unit).0.is_empty())
    };
    let of_quantity = |column: &Proposed| column.field == Some(Field::Quantity) && column.sure >= USUAL;
    let found: Vec<usize> = (0..columns.len()).filter(|at| of_quantity(&columns[*at])).collect();
    let is_alone = !columns.iter().any(|column| column.field == Some(Field::Unit));
    if is_alone && found.iter().all(|at| has_unit(&columns[*at])) { found } else { Vec::new() }
}

/// Words that only say what they are once the other columns have told what a row is.
fn by_subject(columns: &mut [Proposed]) {
    let followed = subject(columns) == Subject::Synergies;
    let taken: BTreeSet<Field> = columns.iter().filter_map(|column| column.field).collect();
    for column in columns {
        let label = key(column.header.rsplit('>').next().unwrap_or_default());
        // The state of an offer or of an article is no step of a synergy.
        if column.field == Some(Field::Status) && !followed {
            (column.field, column.sure) = (None, 0);
            continue;
        }
        // What a flow costs is paid for it today; what a synergy costs is invested.
        if column.field == Some(Field::Investment) && !followed && !taken.contains(&Field::CurrentCost) {
            (column.field, column.sure) = (Some(Field::CurrentCost), LOOSE);
            continue;
        }
        let field = match (label.as_str(), followed) {
            ("date", true) => Field::StatusDate,
            ("no" | "numero" | "id", true) => Field::SynergyId,
            ("no" | "numero" | "id", false) => Field::FlowId,
            _ => continue,
        };
        if !taken.contains(&field) {
            (column.field, column.sure) = (Some(field), LOOSE);
        }
    }
}

/// Fields by their own codes.
static CODED: LazyLock<BTreeMap<String, Field>> =
    LazyLock::new(|| Field::ALL.iter().map(|field| (key(field.code()), *field)).collect());

/// A usual word names its field; a word like it names it less surely. Headings are `compared` with words
/// like them where somebody typed them.
fn likely(header: &str, known: Option<Field>, compared: bool) -> (Option<Field>, u32) {
    let last = header.rsplit(['>', '.']).next().unwrap_or(header);
    let label = key(last);
    let usual = |text: &str| vocabulary::usual(&Label::new(text)).or_else(|| CODED.get(&key(text)).copied());
    let group = key(header.rsplit('>').nth(1).unwrap_or_default());
    // The code of a company is that of its activity; the code alone is that of a resource.
    if label == "code" && vocabulary::field(&group) == Some(Field::Name) {
        return (Some(Field::Sector), LOOSE);
    }
    let is_person = matches!(group.as_str(), "personne" | "person");
    if matches!(label.as_str(), "nom" | "name")
        && (is_person || vocabulary::field(&group) == Some(Field::Contact))
    {
        return (Some(Field::Contact), LOOSE);
    }
    if let Some(field) =
        known.or_else(|| usual(header)).or_else(|| (last != header).then(|| usual(last)).flatten())
    {
        return (Some(field), USUAL);
    }
    // A year is of what its group says.
    let bare = header::bare(header.rsplit('>').next().unwrap_or_default());
    if !bare.contains(char::is_alphabetic)
        && let Some(field) = usual(header.rsplit('>').nth(1).unwrap_or_default())
    {
        return (Some(field), NEAR);
    }
    // Words that name a company at the head of its own sheet, and something else elsewhere.
    if matches!(label.as_str(), "nom" | "name" | "site") {
        return (Some(Field::Name), LOOSE);
    }
    if !compared {
        return (None, 0);
    }
    // So few letters are like too much: « Mai » is no « mail ».
    if label.chars().count() < SHORTEST_COMPARED {
        return (None, 0);
    }
    let is_long = label.split(' ').count() >= WORDY || header.contains('?');
    let mut best = (ALIKE, None);
    let shape = Shape::new(label);
    for (known, field) in vocabulary::keys().iter().filter(|(known, _)| shape.may_be_alike(known)) {
        let alike = strsim::jaro_winkler(&shape.word, &known.word);
        if alike > best.0 {
            best = (alike, Some(*field));
        }
    }
    let inside = || vocabulary::contained(&Label::new(last)).filter(|_| is_long);
    match best.1 {
        Some(field) => (Some(field), NEAR),
        None => inside().map_or((None, 0), |field| (Some(field), CONTAINED)),
    }
}

/// Of several columns for one field the surest keeps it, then the first; a heading that
/// stands twice can be mapped once.
fn only_surest(columns: &mut [Proposed]) {
    let mut order: Vec<usize> = (0..columns.len()).collect();
    order.sort_by_key(|at| (std::cmp::Reverse(columns[*at].sure), *at));
    let (mut fields, mut headers) = (BTreeSet::new(), BTreeSet::new());
    for at in order {
        let column = &mut columns[at];
        let free = column.field.is_none_or(|field| !fields.contains(&field));
        let written = fold(&column.header);
        if column.field.is_none() || !free || headers.contains(&written) {
            (column.field, column.sure) = (None, 0);
        } else {
            fields.extend(column.field);
            headers.insert(written);
        }
    }
}

/// Signs that a status is that of a synergy.
const FOLLOWED: &[Field] = &[
    Field::Supplier,
    Field::Receiver,
    Field::StatusDate,
    Field::Recurrence,
    Field::Distance,
    Field::Revenue,
    Field::Jobs,
    Field::Attribution,
    Field::Strategy,
    Field::AbandonReason,
];
/// What a row of a stock or of an offer has, and a synergy need not.
const OFFERED: &[Field] =
    &[Field::Description, Field::Quantity, Field::Material, Field::Direction, Field::Unit, Field::Price];

/// Followed synergies have two sides, or a status beside what else is followed; rows about a resource are
/// flows. A column whose heading only holds a word among others says nothing of the rows.
fn subject(columns: &[Proposed]) -> Subject {
    let known: BTreeSet<Field> =
        columns.iter().filter(|column| column.sure > CONTAINED).filter_map(|column| column.field).collect();
    let any = |fields: &[Field]| fields.iter().any(|field| known.contains(field));
    let all = |fields: &[Field]| fields.iter().all(|field| known.contains(field));
    let is_followed = any(&[Field::Status]) && (any(FOLLOWED) || !any(OFFERED));
    if any(&[Field::SynergyId]) || all(&[Field::Supplier, Field::Receiver]) || is_followed {
        Subject::Synergies
    } else if any(&[Field::Description, Field::Quantity, Field::Material, Field::Direction]) {
        Subject::Flows
    } else {
        Subject::Organisations
    }
}

#[cfg(test)]
#[path = "proposal_tests.rs"]
mod tests;
