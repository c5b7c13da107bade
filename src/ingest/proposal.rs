//! A mapping for a file that nobody mapped yet: for `maillage map FILE`.

use super::header::{self, Known, Label, Layout, key};
use super::page::Page;
use super::sniff::{Kind, sniff};
use super::table::Sheet;
use super::vocabulary::Shape;
use super::{Context, IngestError, columnar, delimited, files, json, vocabulary, workbook};
use crate::config;
use crate::measures::{heading, quantity};
use crate::model::{Confidential, Field, Subject, fold};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

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
const LOOSE: u32 = 70;
/// A heading that is only like a usual word.
const NEAR: u32 = 60;
/// Below it a field is only suggested, as a comment.
pub const SURE_ENOUGH: u32 = 50;

/// What is proposed for sheets that have the same headings at the same place.
#[derive(Debug)]
pub struct Proposal {
    /// Names of the sheets; empty for text and json. For the terminal of the one who named the file.
    pub sheets: Vec<Confidential<String>>,
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

/// Proposes a mapping for every sheet that has a header, or for the sheet with a name or position from 1.
///
/// # Errors
/// Unreadable or missing input, or no such sheet.
pub async fn propose(
    path: &Path,
    sheet: Option<&str>,
    context: &Context<'_>,
) -> Result<Vec<Proposal>, IngestError> {
    let file = files::single(path);
    let held = files::content(&file, &context.limits)?;
    let page = Page { place: file.place, label: file.label, content: held };
    let mut proposals: Vec<Proposal> = Vec::new();
    let sheets = match sniff(&page, None)? {
        Kind::Workbook(kind) => workbook::read(&page, kind, context).await?.sheets,
        Kind::Json(value) => {
            proposals.extend(of_records(&value));
            return Ok(proposals);
        }
        Kind::Parquet => vec![columnar::read(&page, &context.limits)?],
        Kind::Text(text) => vec![delimited::read(&text, &config::Text::default())],
    };
    for sheet in wanted(&page, &sheets, sheet)? {
        let Some(proposal) = of_sheet(sheet) else { continue };
        let twin = proposals.iter_mut().find(|other| {
            (other.header_row, other.header_rows) == (proposal.header_row, proposal.header_rows)
                && other.columns == proposal.columns
        });
        match twin {
            Some(twin) => twin.sheets.extend(proposal.sheets),
            None => proposals.push(proposal),
        }
    }
    Ok(proposals)
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

fn of_sheet(sheet: &Sheet) -> Option<Proposal> {
    let layout = header::find(sheet, &Known::usual(), None, None).or_else(|| header::by_shape(sheet))?;
    let columns = layout.columns.iter().map(|(at, column)| (*at, column.header.as_str(), column.field));
    let columns = columns_of(columns, &below(sheet, &layout));
    Some(Proposal {
        sheets: Some(sheet.head.name.clone()).filter(|name| !name.reveal().is_empty()).into_iter().collect(),
        is_json: false,
        pointer: None,
        header_row: (layout.last_row + 1).saturating_sub(layout.height()),
        header_rows: layout.height(),
        subject: subject(&columns),
        columns,
    })
}

/// Records of a json page; its paths are headings, of which the last word counts too.
fn of_records(value: &serde_json::Value) -> Option<Proposal> {
    let sheet = json::as_sheet(value);
    let (header, rows) = sheet.rows.split_first()?;
    let paths: Vec<(u32, String)> =
        header.cells.iter().map(|(column, path)| (*column, path.reveal())).collect();
    let columns = paths.iter().map(|(at, path)| (*at, path.as_str(), None));
    let columns = columns_of(columns, &rows.iter().collect::<Vec<_>>());
    Some(Proposal {
        sheets: Vec::new(),
        is_json: true,
        pointer: json::first_array(value).map(|(pointer, _)| pointer).filter(|pointer| !pointer.is_empty()),
        header_row: 1,
        header_rows: 1,
        subject: subject(&columns),
        columns,
    })
}

fn below<'a>(sheet: &'a Sheet, layout: &Layout) -> Vec<&'a super::table::Row> {
    sheet.rows.iter().filter(|row| row.number > layout.last_row).collect()
}

fn columns_of<'a>(
    columns: impl Iterator<Item = (u32, &'a str, Option<Field>)>,
    rows: &[&super::table::Row],
) -> Vec<Proposed> {
    let mut proposed: Vec<Proposed> = columns
        .enumerate()
        .map(|(rank, (at, header, known))| {
            let (field, sure) = likely(header, known, rank < MOST_COMPARED);
            let values = rows.iter().take(LOOKED_AT).map(|row| row.cell(at).reveal());
            let values: Vec<String> = values.filter(|text| !text.is_empty()).collect();
            let (field, sure) = judged(field, sure, &values);
            Proposed { header: header.to_owned(), field, sure }
        })
        .collect();
    let several = of_several_units(&proposed);
    only_surest(&mut proposed);
    by_subject(&mut proposed);
    for at in several {
        let column = &mut proposed[at];
        if column.field.is_none() {
            (column.field, column.sure) = (Some(Field::Quantity), USUAL);
        }
    }
    proposed
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
    let group = key(header.rsplit_once('>').map_or("", |(group, _)| group));
    // The code of a company is that of its activity; the code alone is that of a resource.
    if label == "code" && vocabulary::field(&group) == Some(Field::Name) {
        return (Some(Field::Sector), LOOSE);
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
    if matches!(label.as_str(), "nom" | "name") {
        return (Some(Field::Name), LOOSE);
    }
    if !compared {
        return (None, 0);
    }
    // So few letters are like too much: « Mai » is no « mail ».
    if label.chars().count() < SHORTEST_COMPARED {
        return (None, 0);
    }
    let mut best = (ALIKE, None);
    let shape = Shape::new(label);
    for (known, field) in vocabulary::keys().iter().filter(|(known, _)| shape.may_be_alike(known)) {
        let alike = strsim::jaro_winkler(&shape.word, &known.word);
        if alike > best.0 {
            best = (alike, Some(*field));
        }
    }
    (best.1, if best.1.is_some() { NEAR } else { 0 })
}

/// What stands below the heading confirms, weakens or replaces what it says.
fn judged(field: Option<Field>, sure: u32, values: &[String]) -> (Option<Field>, u32) {
    if values.is_empty() {
        return (field, sure / 2);
    }
    let share = |fits: fn(&str) -> bool| values.iter().filter(|text| fits(text)).count() * 100 / values.len();
    let emails = share(|text| text.contains('@') && text.contains('.') && !text.contains(' '));
    let enterprise_numbers = share(|text| {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        digits.len() == 10 && ["11", "22", "33", "88"].iter().any(|start| digits.starts_with(start))
    });
    let figures = share(|text| text.contains(|character: char| character.is_ascii_digit()));
    let worded = share(|text| text.contains(char::is_alphabetic));
    match field {
        None if emails >= 80 => (Some(Field::Email), 85),
        None if enterprise_numbers >= 80 => (Some(Field::EnterpriseNumber), 75),
        Some(Field::Email) if emails < 50 => (field, sure / 2),
        Some(Field::EnterpriseNumber) if enterprise_numbers < 50 => (field, sure / 2),
        Some(Field::Quantity | Field::AvailableFrom | Field::AvailableTo | Field::EnteredOn)
            if figures < 50 =>
        {
            (field, sure / 2)
        }
        // A name without a letter is a number of something.
        Some(Field::Name | Field::Description) if worded == 0 => (field, sure / 2),
        _ => (field, sure),
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

/// Followed synergies have two sides or a status; rows about a resource are flows.
fn subject(columns: &[Proposed]) -> Subject {
    let sure: BTreeMap<Field, u32> =
        columns.iter().filter_map(|column| Some((column.field?, column.sure))).collect();
    let any = |fields: &[Field]| fields.iter().any(|field| sure.contains_key(field));
    if any(&[Field::SynergyId, Field::Status]) || (any(&[Field::Supplier]) && any(&[Field::Receiver])) {
        Subject::Synergies
    } else if any(&[Field::Description, Field::Quantity, Field::Material, Field::Direction]) {
        Subject::Flows
    } else {
        Subject::Organisations
    }
}

#[cfg(test)]
mod tests {
    use super::{Field, Shape, Subject, of_records, of_sheet};
    use crate::ingest::delimited;
    use crate::ingest::dialect::Dialect;

    #[test]
    fn an_unknown_sheet_gets_fields_with_how_sure_each_is() {
        let text = "Atelier\n\nEntreprise;Quantité (t/an);Quantités;Écrire à;Couleur\n\
                    A;2 à 3;x;a@exemple.test;bleu\nB;5;y;b@exemple.test;vert\n";
        let sheet = delimited::parse(text, &Dialect::new(b';'), usize::MAX);
        let proposal = of_sheet(&sheet).unwrap();
        assert_eq!((proposal.header_row, proposal.header_rows, proposal.subject), (3, 1, Subject::Flows));
        let seen: Vec<(Option<Field>, bool)> =
            proposal.columns.iter().map(|column| (column.field, column.sure >= 80)).collect();
        let expected = [
            (Some(Field::Name), true),
            (Some(Field::Quantity), true),
            (None, false),
            (Some(Field::Email), true),
            (None, false),
        ];
        assert_eq!(seen, expected);
    }

    #[test]
    fn a_month_is_no_mail() {
        let text = "Entreprise;Matière;Avril;Mai\nA;bois;1;2\n";
        let proposal = of_sheet(&delimited::parse(text, &Dialect::new(b';'), usize::MAX)).unwrap();
        let fields: Vec<_> = proposal.columns.iter().map(|column| column.field).collect();
        assert_eq!(fields, [Some(Field::Name), Some(Field::Description), None, None]);
    }

    #[test]
    fn a_year_is_of_what_its_title_says_and_a_cost_of_what_a_row_is() {
        let text = "Entreprise;Flux sortant;;;\nNom;Matière;Quantité (t/an);;Coût ($/t)\n;;2024;2025;\nA;bois;3;4;80\n";
        let mut sheet = delimited::parse(text, &Dialect::new(b';'), usize::MAX);
        let block = |first, last| crate::ingest::table::Area { first, last };
        sheet.head.merged = vec![
            block((0, 1), (0, 4)),
            block((1, 2), (1, 3)),
            block((1, 0), (2, 0)),
            block((1, 1), (2, 1)),
            block((1, 4), (2, 4)),
        ];
        let proposal = of_sheet(&sheet).unwrap();
        let fields: Vec<_> = proposal.columns.iter().map(|column| column.field).collect();
        let expected = [
            Some(Field::Name),
            Some(Field::Description),
            Some(Field::Quantity),
            None,
            Some(Field::CurrentCost),
        ];
        assert_eq!(fields, expected);
    }

    #[test]
    fn quantities_in_several_units_are_all_mapped_unless_a_column_gives_the_unit() {
        let fields = |text: &str| {
            let sheet = delimited::parse(text, &Dialect::new(b';'), usize::MAX);
            let proposal = of_sheet(&sheet).unwrap();
            proposal.columns.iter().map(|column| column.field).collect::<Vec<_>>()
        };
        let (name, quantity) = (Some(Field::Name), Some(Field::Quantity));
        assert_eq!(fields("Nom;Poids (kg);Volume (m³)\nA;3;\nB;;4\n"), [name, quantity, quantity]);
        let with_unit = [name, quantity, None, Some(Field::Unit)];
        assert_eq!(fields("Nom;Poids (kg);Volume (m³);Unité\nA;3;;kg\nB;;4;L\n"), with_unit);
        assert_eq!(fields("Nom;Quantité;Volume (m³)\nA;3;\nB;;4\n"), [name, quantity, None]);
    }

    #[test]
    fn without_a_usual_word_the_shape_tells_the_header_and_the_cells_tell_the_field() {
        let text = "Liste du printemps\nRéf;Bidule;Écrire à\n1;x;a@exemple.test\n2;y;b@exemple.test\n";
        let sheet = delimited::parse(text, &Dialect::new(b';'), usize::MAX);
        let proposal = of_sheet(&sheet).unwrap();
        assert_eq!((proposal.header_row, proposal.subject), (2, Subject::Organisations));
        let fields: Vec<_> = proposal.columns.iter().map(|column| column.field).collect();
        assert_eq!(fields, [None, None, Some(Field::Email)]);
    }

    #[test]
    fn words_too_short_or_too_long_to_be_alike_are_not_compared() {
        let shapes = || super::vocabulary::keys().iter().map(|(shape, _)| shape).step_by(11);
        for begun in shapes().flat_map(|shape| (1..=shape.word.len()).map(|end| &shape.word[..end])) {
            let label = Shape::new(begun.to_owned());
            for shape in shapes() {
                let alike = strsim::jaro_winkler(begun, &shape.word) > super::ALIKE;
                assert!(!alike || label.may_be_alike(shape), "{begun} {}", shape.word);
            }
        }
    }

    /// Twenty thousand headings that nobody knows once took minutes.
    #[test]
    fn a_table_of_thousands_of_unknown_headings_is_proposed_in_seconds() {
        let on_processor = || {
            let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
            told.split(' ').next()?.parse::<u64>().ok()
        };
        let headings: Vec<String> = (0..20_000).map(|at| format!("bidule numéro {}", at * 7_919)).collect();
        let rows = "1;".repeat(headings.len() - 1);
        let text = format!("{}\n{rows}1\n{rows}2\n", headings.join(";"));
        let sheet = delimited::parse(&text, &Dialect::new(b';'), usize::MAX);
        let before = on_processor();
        let proposal = of_sheet(&sheet).unwrap();
        assert_eq!(proposal.columns.len(), headings.len());
        // Where the system does not tell the time of a thread, nothing is asked of it.
        if let Some((before, after)) = before.zip(on_processor()) {
            assert!(after - before < 10_000_000_000, "{} ms", (after - before) / 1_000_000);
        }
    }

    #[test]
    fn records_are_proposed_by_the_end_of_their_paths() {
        let page = serde_json::json!({"data": [
            {"organisation": {"nom": "A", "neq": "1145678901"}, "quantite": 3, "sorte": "x"}]});
        let proposal = of_records(&page).unwrap();
        assert_eq!(proposal.pointer.as_deref(), Some("/data"));
        let fields: Vec<_> = proposal.columns.iter().map(|column| column.field).collect();
        assert_eq!(fields, [Some(Field::Name), Some(Field::EnterpriseNumber), Some(Field::Quantity), None]);
    }
}
