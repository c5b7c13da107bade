//! Finds the header of a sheet and tells which column holds which field.

use super::filter::Filter;
use super::table::{Area, Row, Sheet};
use super::{noted, sided, vocabulary};
use crate::measures::heading;
use crate::model::{Cell, Field, fold};
use std::collections::{BTreeMap, BTreeSet};

/// How many rows that hold something are searched for a header.
pub(super) const SEARCHED_ROWS: usize = 60;
/// Cells after which no further row is searched: a header of a thousand columns stands as far down as any.
const SEARCHED_CELLS: usize = 1 << 16;
/// Most rows that one header stands over.
pub(super) const MOST_ROWS: usize = 3;

/// Headers that the mapping knows, compared without case, accents, plural and punctuation:
/// `(group, label)` to field; without a group, the group is empty.
pub(super) struct Known {
    fields: BTreeMap<(String, String), Field>,
    kept: Vec<(String, Filter)>,
    /// Fields that the mapping names, which the usual words for them find too.
    mapped: BTreeSet<Field>,
}

impl Known {
    /// From the columns of a mapping and its row filters.
    pub(super) fn new<'a>(
        columns: impl Iterator<Item = (&'a str, Field)>,
        kept: impl Iterator<Item = (&'a str, &'a [String])>,
    ) -> Self {
        let split = |header: &str| match header.rsplit_once('>') {
            Some((group, label)) => (key(group), key(label)),
            None => (String::new(), key(header)),
        };
        let fields: BTreeMap<(String, String), Field> =
            columns.map(|(header, field)| (split(header), field)).collect();
        Self {
            mapped: fields.values().copied().collect(),
            fields,
            kept: kept.map(|(header, values)| (key(header), Filter::new(values))).collect(),
        }
    }

    /// Every field under every word that is usual for it: for a sheet that nobody mapped yet.
    pub(super) fn usual() -> Self {
        let fields = vocabulary::words().map(|(word, field)| ((String::new(), key(word)), field)).collect();
        Self { fields, kept: Vec::new(), mapped: Field::ALL.iter().copied().collect() }
    }

    /// Fewest headers that make a header row.
    pub(super) fn needed(&self) -> usize {
        self.fields.len().clamp(1, 2)
    }

    /// Under the whole group first, then under the nearest title of it.
    pub(super) fn field(&self, groups: &[String], label: &Label) -> Option<Field> {
        let whole = key(&groups.join(" "));
        let nearest = groups.last().map(|group| key(group)).unwrap_or_default();
        [whole, nearest].into_iter().find_map(|group| {
            let find = |label: &String| self.fields.get(&(group.clone(), label.clone())).copied();
            let named = [&label.whole, &label.bare].into_iter().find_map(find);
            // Only of an amount does a unit leave the words what they are.
            named.or_else(|| label.core.as_ref().and_then(find).filter(|field| field.has_unit()))
        })
    }

    /// The field of a usual word, French or English, when the mapping names the field; also of one that says only
    /// below its title what it is.
    fn translated(&self, groups: &[String], label: &Label) -> Option<Field> {
        let below = || vocabulary::below(&Label::new(groups.last()?), label);
        vocabulary::usual(label).or_else(below).filter(|field| self.mapped.contains(field))
    }
}

/// A heading as headings are compared: folded, and each word without its plural.
pub(super) fn key(text: &str) -> String {
    let singular = |word: &str| {
        let plural = word.len() > 3 && !word.ends_with("ss") && word.ends_with(['s', 'x']);
        if plural { word[..word.len() - 1].to_owned() } else { word.to_owned() }
    };
    fold(text).split(' ').map(singular).collect::<Vec<_>>().join(" ")
}

/// A heading taken apart, each part comparable with [`key`].
pub(super) struct Label {
    pub(super) whole: String,
    /// Without what stands in brackets.
    pub(super) bare: String,
    /// Without unit and frequency too; empty where the heading is nothing else.
    pub(super) core: Option<String>,
    /// What stands in brackets and is no unit.
    pub(super) said: Vec<String>,
    /// Unit and frequency.
    pub(super) unit: Option<String>,
    /// The same in two languages: `Entreprise / Company`.
    pub(super) languages: Option<Box<[Self; 2]>>,
}

impl Label {
    /// Of one heading, without the titles above it.
    pub(super) fn new(text: &str) -> Self {
        let heading::Heading { bare, core, said, unit } = heading::read(text);
        let said = said.iter().map(|said| key(said)).collect();
        let languages = languages(text).map(|languages| Box::new(languages.map(Self::new)));
        Self { whole: key(text), bare: key(&bare), core: core.as_deref().map(key), said, unit, languages }
    }

    /// The same below titles: the nearest of them that gives a unit gives it.
    fn below(text: &str, titles: &[String]) -> Self {
        let label = Self::new(text);
        let above = || titles.iter().rev().find_map(|title| heading::read(title).unit);
        let Some(own) = &label.unit else { return Self { unit: above(), ..label } };
        // Only the title of an amount says how often it comes.
        let of_amount = titles.last().map(|title| Self::new(title)).filter(|title| {
            vocabulary::usual(title).is_some_and(|field| field.has_unit() && field != Field::Unit)
        });
        let joined = of_amount.and_then(|title| heading::joined(own, &title.unit?));
        Self { unit: joined.or_else(|| label.unit.clone()), ..label }
    }
}

/// The two parts of a heading that stand beside a stroke or on a line each, outside of brackets.
fn languages(text: &str) -> Option<[&str; 2]> {
    let mut open = 0_usize;
    let parts = text.split(|letter: char| {
        match letter {
            '(' | '[' => open += 1,
            ')' | ']' => open = open.saturating_sub(1),
            _ => {}
        }
        open == 0 && matches!(letter, '/' | '|' | '\n' | '\r')
    });
    let is_said = |part: &&str| !part.is_empty() && !part.starts_with(['(', '[']);
    let mut parts = parts.map(str::trim).filter(is_said);
    let both = [parts.next()?, parts.next()?];
    parts.next().is_none().then_some(both)
}

/// The words by which a column is recognised, as written.
pub(super) fn bare(text: &str) -> String {
    heading::read(text).bare
}

/// One column under the header.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Column {
    /// Field, when the mapping names one.
    pub(super) field: Option<Field>,
    /// Heading as written, `Group > Label` when grouped.
    pub(super) header: String,
    /// Unit in the heading.
    pub(super) unit: Option<String>,
    /// The column with a field whose heading this one, which has none, says again.
    pub(super) repeats: Option<u32>,
    folded: String,
}

/// A header found in a sheet.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Layout {
    /// Number of the last header row.
    pub(super) last_row: u32,
    /// Columns with a heading.
    pub(super) columns: BTreeMap<u32, Column>,
    /// Columns that filter rows.
    pub(super) kept: Vec<(u32, Filter)>,
    /// Filters whose header is not there.
    pub(super) lost_filters: usize,
    rows: Vec<BTreeMap<u32, String>>,
    matched: usize,
}

impl Layout {
    /// How many headers of the mapping were found.
    pub(super) const fn matched(&self) -> usize {
        self.matched
    }

    /// How many rows the header has.
    pub(super) fn height(&self) -> u32 {
        u32::try_from(self.rows.len()).unwrap_or(1)
    }

    /// The field of a cell: that of its column, or that of the column whose heading its own repeats, where
    /// that one is empty. Of several repeated headings, which are two tables side by side or pairs of
    /// columns, all must be empty, or a row would be made of two halves; and a name that stands alone is
    /// as often that of a person.
    pub(super) fn field_of(&self, row: &Row, column: u32) -> Option<Field> {
        let known = self.columns.get(&column)?;
        let Some(first) = known.repeats else { return known.field };
        let field = self.columns.get(&first)?.field?;
        let repeated: BTreeSet<u32> = self.columns.values().filter_map(|column| column.repeats).collect();
        let is_free = repeated.iter().all(|first| row.cell(*first).is_empty());
        (is_free && (repeated.len() > 1 || field != Field::Name)).then_some(field)
    }

    /// Whether it is the same header without the title of the whole table above it.
    fn is_below_title_of(&self, other: &Self) -> bool {
        let is_title =
            |row: &BTreeMap<u32, String>| row.len() == 1 && row.keys().next() <= other.columns.keys().next();
        self.last_row == other.last_row
            && self.height() < other.height()
            && other.rows.first().is_some_and(is_title)
            && other.columns.values().all(|column| column.header.contains(" > "))
    }

    /// Whether a body row only says a header row again.
    pub(super) fn repeats(&self, row: &Row) -> bool {
        // Most rows differ in their first cell: the rest is folded only when it does not.
        self.rows.iter().any(|header| {
            row.cells
                .iter()
                .all(|(column, cell)| header.get(column).is_some_and(|label| *label == fold(&cell.reveal())))
        })
    }

    /// The layout of another header further down, when the row is one; the words of its
    /// first two cells decide whether it is looked at.
    pub(super) fn again(&self, row: &Row, known: &Known) -> Option<Self> {
        let mut first = row.cells.iter().take(2);
        let is_label = |text: &str| self.columns.values().any(|column| column.folded == text);
        let familiar = row.cells.len() >= 2 && first.all(|(_, cell)| is_label(&key(&cell.reveal())));
        if !familiar {
            return None;
        }
        let other = stacked(&[row], &[], known)?;
        (other.matched >= known.needed() && other.matched * 2 >= self.matched).then_some(other)
    }
}

/// The header of a sheet, when it has one.
///
/// `first` and `count` come from the settings: the first header row as a person counts it
/// and the number of header rows. The row with most known headers wins, then the first;
/// further rows win over one only when they recognise more.
pub(super) fn find(sheet: &Sheet, known: &Known, first: Option<u32>, count: Option<u32>) -> Option<Layout> {
    let mut best: Option<Layout> = None;
    let rows = sheet.rows.iter().filter(|row| first.is_none_or(|first| row.number >= first));
    let rows = rows.take(if first.is_some() { MOST_ROWS } else { SEARCHED_ROWS });
    let mut cells = 0;
    let is_searched = |row: &&Row| {
        let is_searched = cells < SEARCHED_CELLS;
        cells += row.cells.len();
        is_searched
    };
    let rows: Vec<&Row> = rows.take_while(is_searched).collect();
    for index in 0..rows.len() {
        if first.is_some_and(|first| rows[index].number != first) {
            break;
        }
        for height in 1..=MOST_ROWS.min(rows.len() - index) {
            let block = &rows[index..index + height];
            let follow = block.windows(2).all(|pair| pair[1].number == pair[0].number + 1);
            if !follow || count.is_some_and(|count| count as usize != height) {
                continue;
            }
            if count.is_none() && goes_on(block, rows.get(index + height), &sheet.head.merged, known) {
                continue;
            }
            let Some(candidate) = stacked(block, &sheet.head.merged, known) else { continue };
            let better = best.as_ref().is_none_or(|best| {
                candidate.matched > best.matched
                    || candidate.matched == best.matched && candidate.is_below_title_of(best)
            });
            if candidate.matched >= known.needed() && better {
                best = Some(candidate);
            }
        }
    }
    best
}

/// Whether the row below the block is header too: a title of the block is merged with a cell of it, or it only
/// says what stands below the headings. A title over more rows than a header has stands beside a table and not
/// above it.
fn goes_on(block: &[&Row], below: Option<&&Row>, merged: &[Area], known: &Known) -> bool {
    let (Some(first), Some(last), Some(below)) = (block.first(), block.last(), below) else { return false };
    let is_merged = |area: &Area| {
        let (from, to) = (area.first.0 + 1, area.last.0 + 1);
        let begins = block.iter().any(|row| row.number == from && !row.cell(area.first.1).is_empty());
        begins && to >= below.number && (to.saturating_sub(first.number) as usize) < MOST_ROWS
    };
    let says_more = || noted::is_note(below, block, known) || noted::is_of_options(below, block);
    let has_note = || block.len() < MOST_ROWS && says_more();
    below.number == last.number + 1 && (merged.iter().any(is_merged) || has_note())
}

/// The header of a sheet without one usual word: the first row of texts that is as wide as most of the
/// table below it.
pub(super) fn by_shape(sheet: &Sheet) -> Option<Layout> {
    let rows = || sheet.rows.iter().take(SEARCHED_ROWS);
    let widest = rows().map(|row| row.cells.len()).max()?;
    let row = rows().find(|row| {
        row.cells.len() >= 2
            && row.cells.len() * 5 >= widest * 4
            && row.cells.iter().all(|(_, cell)| matches!(cell, Cell::Text(_)))
    })?;
    stacked(&[row], &sheet.head.merged, &Known::usual())
}

/// Heading of one column before fields are given out.
pub(super) struct Heading {
    /// Titles above it.
    pub(super) groups: Vec<String>,
    pub(super) label: Label,
    /// As written, below its titles.
    pub(super) header: String,
}

/// Columns under one to three header rows, of which the last may give their units.
fn stacked(all: &[&Row], merged: &[Area], known: &Known) -> Option<Layout> {
    let (bottom, above) = all.split_last()?;
    let note = noted::is_note(bottom, above, known).then_some(bottom);
    let rows = if note.is_some() { above } else { all };
    let mut levels: Vec<BTreeMap<u32, String>> = rows.iter().map(|row| texts(row)).collect();
    if note.is_none()
        && noted::is_of_options(bottom, above)
        && let Some(options) = levels.last_mut()
    {
        options.retain(|_, text| !noted::is_answer(text));
    }
    let columns: BTreeSet<u32> = levels.iter().flat_map(|level| level.keys().copied()).collect();
    let (first, last) = (*columns.first()?, *columns.last()?);
    let mut headings = BTreeMap::new();
    let mut carried: Vec<&str> = vec![""; levels.len()];
    for column in first..=last {
        let mut said: Vec<String> = Vec::new();
        for (depth, (level, row)) in levels.iter().zip(rows).enumerate() {
            let own = level.get(&column).map(String::as_str);
            if let Some(own) = own {
                carried[depth] = own;
                // A new title ends those that were carried below it.
                carried[depth + 1..].fill("");
            }
            let is_label = depth + 1 == levels.len();
            let title = match own {
                Some(own) => own,
                None if is_label => merged_title(merged, &levels, rows, row.number, column).unwrap_or(""),
                // Without merged blocks nothing says where a title ends: at the next one.
                None if merged.is_empty() => carried[depth],
                None => merged_title(merged, &levels, rows, row.number, column).unwrap_or(""),
            };
            // One cell may hold `Group > Label`, as the quarantine workbook writes it.
            for title in title.split(" > ").filter(|title| !title.is_empty()) {
                if said.last().is_none_or(|last| last != title) {
                    said.push(title.to_owned());
                }
            }
        }
        let own_cell = levels.iter().any(|level| level.contains_key(&column));
        let Some(label) = said.pop().filter(|_| own_cell) else { continue };
        let header = said.iter().chain([&label]).cloned().collect::<Vec<_>>().join(" > ");
        let mut label = Label::below(&label, &said);
        label.unit = label.unit.or_else(|| {
            let said = note?.cell(column).reveal();
            heading::unit_alone(&said).or_else(|| heading::read(&said).unit)
        });
        headings.insert(column, Heading { groups: said, label, header });
    }
    if rows.len() == 1 {
        sided::part(&mut headings);
    }
    let folded = all.iter().map(|row| folded(row)).collect();
    layout(bottom.number, headings, folded, known)
}

/// The text of a merged block that covers a cell of the header.
fn merged_title<'a>(
    merged: &[Area],
    levels: &'a [BTreeMap<u32, String>],
    rows: &[&Row],
    number: u32,
    column: u32,
) -> Option<&'a str> {
    let row = number.checked_sub(1)?;
    let block = merged.iter().find(|area| {
        (area.first.0..=area.last.0).contains(&row) && (area.first.1..=area.last.1).contains(&column)
    })?;
    let depth = rows.iter().position(|row| row.number == block.first.0 + 1)?;
    levels[depth].get(&block.first.1).map(String::as_str)
}

fn layout(
    last_row: u32,
    headings: BTreeMap<u32, Heading>,
    rows: Vec<BTreeMap<u32, String>>,
    known: &Known,
) -> Option<Layout> {
    let fields = fields(&headings, known);
    let matched = fields.len();
    let kept: Vec<(u32, Filter)> = known
        .kept
        .iter()
        .filter_map(|(header, filter)| {
            let found = headings.iter().find(|(_, heading)| {
                heading.label.whole == *header
                    || heading.label.bare == *header
                    || key(&heading.header) == *header
            });
            found.map(|(column, _)| (*column, filter.clone()))
        })
        .collect();
    let lost_filters = known.kept.len() - kept.len();
    let repeats = repeats(&headings, &fields);
    let columns = headings.into_iter().map(|(column, heading)| {
        let field = fields.get(&column).copied();
        let Heading { label, header, .. } = heading;
        let repeats = repeats.get(&column).copied();
        (column, Column { field, header, unit: label.unit, repeats, folded: label.whole })
    });
    let columns: BTreeMap<u32, Column> = columns.collect();
    (!columns.is_empty()).then_some(Layout { last_row, columns, kept, lost_filters, rows, matched })
}

/// Gives fields to columns: under their group, then by their label alone, then by the usual
/// words of fields that no column has yet. A label that is repeated counts once.
fn fields(headings: &BTreeMap<u32, Heading>, known: &Known) -> BTreeMap<u32, Field> {
    let mut fields: BTreeMap<u32, Field> = BTreeMap::new();
    let mut said: BTreeSet<(String, String)> = BTreeSet::new();
    for (column, heading) in headings.iter().filter(|(_, heading)| !heading.groups.is_empty()) {
        if let Some(field) = known.field(&heading.groups, &heading.label)
            && said.insert((key(&heading.groups.join(" ")), heading.label.whole.clone()))
        {
            fields.insert(*column, field);
        }
    }
    for (column, heading) in headings {
        if fields.contains_key(column) {
            continue;
        }
        if let Some(field) = known.field(&[], &heading.label)
            && said.insert((String::new(), heading.label.whole.clone()))
        {
            fields.insert(*column, field);
        }
    }
    let mut found: BTreeSet<Field> = fields.values().copied().collect();
    for (column, heading) in headings {
        if !fields.contains_key(column)
            && let Some(field) = known.translated(&heading.groups, &heading.label)
            && found.insert(field)
        {
            fields.insert(*column, field);
        }
    }
    fields
}

/// Columns without a field that say the heading of one with a field again, each with the first such.
fn repeats(headings: &BTreeMap<u32, Heading>, fields: &BTreeMap<u32, Field>) -> BTreeMap<u32, u32> {
    let mut named: BTreeMap<(&str, &[String]), u32> = BTreeMap::new();
    let mut repeats = BTreeMap::new();
    for (column, heading) in headings {
        let said = (heading.label.whole.as_str(), heading.groups.as_slice());
        if fields.contains_key(column) {
            named.entry(said).or_insert(*column);
        } else if let Some(first) = named.get(&said) {
            repeats.insert(*column, *first);
        }
    }
    repeats
}

fn texts(row: &Row) -> BTreeMap<u32, String> {
    row.cells.iter().map(|(column, cell)| (*column, cell.reveal())).collect()
}

fn folded(row: &Row) -> BTreeMap<u32, String> {
    row.cells.iter().map(|(column, cell)| (*column, fold(&cell.reveal()))).collect()
}

#[cfg(test)]
#[path = "header_tests.rs"]
mod tests;
