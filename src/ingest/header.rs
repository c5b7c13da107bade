//! Finds the header of a sheet and tells which column holds which field.

use super::table::{Row, Sheet};
use crate::model::{Field, fold};
use std::collections::{BTreeMap, BTreeSet};

/// How many rows that hold something are searched for a header.
const SEARCHED_ROWS: usize = 60;

/// Headers that the mapping knows, folded: `(group, label)` to field; without a group, the group is empty.
pub(super) struct Known {
    fields: BTreeMap<(String, String), Field>,
    kept: Vec<(String, BTreeSet<String>)>,
}

impl Known {
    /// From the columns of a mapping and its row filters.
    pub(super) fn new<'a>(
        columns: impl Iterator<Item = (&'a str, Field)>,
        kept: impl Iterator<Item = (&'a str, &'a [String])>,
    ) -> Self {
        let split = |header: &str| match header.split_once('>') {
            Some((group, label)) => (fold(group), fold(label)),
            None => (String::new(), fold(header)),
        };
        Self {
            fields: columns.map(|(header, field)| (split(header), field)).collect(),
            kept: kept
                .map(|(header, values)| (fold(header), values.iter().map(|value| fold(value)).collect()))
                .collect(),
        }
    }

    /// Fewest headers that make a header row.
    pub(super) fn needed(&self) -> usize {
        self.fields.len().clamp(1, 2)
    }

    fn field(&self, group: &str, label: &Label) -> Option<Field> {
        let group = fold(group);
        [&label.whole, &label.bare]
            .into_iter()
            .find_map(|label| self.fields.get(&(group.clone(), label.clone())).copied())
    }
}

/// A heading taken apart.
struct Label {
    whole: String,
    bare: String,
    unit: Option<String>,
}

impl Label {
    fn new(text: &str) -> Self {
        let text = text.trim();
        let (bare, unit) = split_unit(text);
        Self { whole: fold(text), bare: fold(bare), unit: unit.map(str::to_owned) }
    }
}

/// `Quantité (t/an)`, `Quantité [t/an]`, `Quantité, t/an` and `Quantité en t/an` to the label and the unit.
fn split_unit(text: &str) -> (&str, Option<&str>) {
    for (open, close) in [('(', ')'), ('[', ']')] {
        if let Some((label, rest)) = text.split_once(open) {
            let unit = rest.split(close).next().unwrap_or(rest).trim();
            if !label.trim().is_empty() && !unit.is_empty() {
                return (label.trim(), Some(unit));
            }
        }
    }
    for separator in [", ", " en ", " in "] {
        if let Some((label, unit)) = text.rsplit_once(separator)
            && !label.trim().is_empty()
            && !unit.trim().is_empty()
            && unit.len() <= 24
        {
            return (label.trim(), Some(unit.trim()));
        }
    }
    (text, None)
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
    folded: String,
}

/// A header found in a sheet.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Layout {
    /// Number of the last header row.
    pub(super) last_row: u32,
    /// Columns with a heading.
    pub(super) columns: BTreeMap<u32, Column>,
    /// Columns that filter rows, with the folded values that keep one.
    pub(super) kept: Vec<(u32, BTreeSet<String>)>,
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

    /// Whether a body row only says a header row again.
    pub(super) fn repeats(&self, row: &Row) -> bool {
        let written: Vec<(u32, String)> =
            row.cells.iter().map(|(column, cell)| (*column, cell.reveal())).collect();
        // Most rows differ in their first cell: fold the rest only when it does not.
        self.rows.iter().any(|header| {
            written.iter().all(|(column, text)| header.get(column).is_some_and(|label| *label == fold(text)))
        })
    }

    /// The layout of another header further down, when the row is one; the words of its
    /// first two cells decide whether it is looked at.
    pub(super) fn again(&self, row: &Row, known: &Known) -> Option<Self> {
        let labels: BTreeSet<&str> = self.columns.values().map(|column| column.folded.as_str()).collect();
        let mut first = row.cells.iter().take(2);
        let familiar = first.all(|(_, cell)| labels.contains(fold(&cell.reveal()).as_str()));
        if !familiar || row.cells.len() < 2 {
            return None;
        }
        let other = single(row, known)?;
        (other.matched >= known.needed() && other.matched * 2 >= self.matched).then_some(other)
    }
}

/// The header of a sheet, when it has one.
///
/// `first` and `count` come from the settings: the first header row as a person counts it
/// and the number of header rows. The row with most known headers wins, then the first;
/// two rows win over one only when they recognise more.
pub(super) fn find(sheet: &Sheet, known: &Known, first: Option<u32>, count: Option<u32>) -> Option<Layout> {
    let mut best: Option<Layout> = None;
    let rows = sheet.rows.iter().filter(|row| first.is_none_or(|first| row.number >= first));
    let rows = rows.take(if first.is_some() { 2 } else { SEARCHED_ROWS }).collect::<Vec<_>>();
    for (index, row) in rows.iter().enumerate() {
        if first.is_some_and(|first| row.number != first) {
            break;
        }
        let next = rows.get(index + 1).filter(|next| next.number == row.number + 1);
        let candidates = [
            (count != Some(2)).then(|| single(row, known)).flatten(),
            (count != Some(1)).then(|| next.and_then(|next| double(row, next, known))).flatten(),
        ];
        for candidate in candidates.into_iter().flatten() {
            let better = best.as_ref().is_none_or(|best| candidate.matched > best.matched);
            if candidate.matched >= known.needed() && better {
                best = Some(candidate);
            }
        }
    }
    best
}

/// Heading of one column before fields are given out.
struct Heading {
    group: String,
    label: Label,
    header: String,
}

fn single(row: &Row, known: &Known) -> Option<Layout> {
    let headings = texts(row).into_iter().map(|(column, text)| {
        let label = Label::new(&text);
        (column, Heading { group: String::new(), label, header: text })
    });
    let rows = vec![folded(row)];
    layout(row.number, headings.collect(), rows, known)
}

fn double(top: &Row, bottom: &Row, known: &Known) -> Option<Layout> {
    let (groups, labels) = (texts(top), texts(bottom));
    let last = labels.keys().chain(groups.keys()).max().copied()?;
    let mut headings = BTreeMap::new();
    let mut carried = "";
    for column in groups.keys().chain(labels.keys()).min().copied()?..=last {
        let own = groups.get(&column);
        if let Some(own) = own {
            carried = own;
        }
        let heading = match (own, labels.get(&column)) {
            (Some(title), None) => {
                Heading { group: String::new(), label: Label::new(title), header: title.clone() }
            }
            (_, Some(text)) => Heading {
                group: carried.to_owned(),
                label: Label::new(text),
                header: if carried.is_empty() { text.clone() } else { format!("{carried} > {text}") },
            },
            (None, None) => continue,
        };
        headings.insert(column, heading);
    }
    layout(bottom.number, headings, vec![folded(top), folded(bottom)], known)
}

fn layout(
    last_row: u32,
    headings: BTreeMap<u32, Heading>,
    rows: Vec<BTreeMap<u32, String>>,
    known: &Known,
) -> Option<Layout> {
    let mut fields: BTreeMap<u32, Field> = BTreeMap::new();
    let mut said: BTreeSet<(String, String)> = BTreeSet::new();
    for (column, heading) in headings.iter().filter(|(_, heading)| !heading.group.is_empty()) {
        if let Some(field) = known.field(&heading.group, &heading.label)
            && said.insert((fold(&heading.group), heading.label.whole.clone()))
        {
            fields.insert(*column, field);
        }
    }
    // A repeated label without a group of its own counts once: the first wins.
    for (column, heading) in &headings {
        if fields.contains_key(column) {
            continue;
        }
        if let Some(field) = known.field("", &heading.label)
            && said.insert((String::new(), heading.label.bare.clone()))
        {
            fields.insert(*column, field);
        }
    }
    let matched = fields.len();
    let kept: Vec<(u32, BTreeSet<String>)> = known
        .kept
        .iter()
        .filter_map(|(header, values)| {
            let found = headings.iter().find(|(_, heading)| {
                heading.label.whole == *header
                    || heading.label.bare == *header
                    || fold(&heading.header) == *header
            });
            found.map(|(column, _)| (*column, values.clone()))
        })
        .collect();
    let lost_filters = known.kept.len() - kept.len();
    let columns = headings.into_iter().map(|(column, heading)| {
        let field = fields.get(&column).copied();
        let Heading { label, header, .. } = heading;
        (column, Column { field, header, unit: label.unit, folded: label.whole })
    });
    let columns: BTreeMap<u32, Column> = columns.collect();
    (!columns.is_empty()).then_some(Layout { last_row, columns, kept, lost_filters, rows, matched })
}

fn texts(row: &Row) -> BTreeMap<u32, String> {
    row.cells.iter().map(|(column, cell)| (*column, cell.reveal())).collect()
}

fn folded(row: &Row) -> BTreeMap<u32, String> {
    row.cells.iter().map(|(column, cell)| (*column, fold(&cell.reveal()))).collect()
}

#[cfg(test)]
mod tests {
    use super::{Known, find, split_unit};
    use crate::ingest::delimited;
    use crate::ingest::page::Place;
    use crate::ingest::table::Sheet;
    use crate::model::Field;

    fn sheet(text: &str) -> Sheet {
        delimited::parse(&Place::path("a.csv"), text, ',', usize::MAX).unwrap()
    }

    fn known() -> Known {
        let columns = [
            ("Entreprise > Nom", Field::Name),
            ("Contact > Nom", Field::Contact),
            ("Nom", Field::Name),
            ("Quantité", Field::Quantity),
            ("Parc", Field::Park),
        ];
        Known::new(columns.into_iter(), std::iter::empty())
    }

    #[test]
    fn a_header_is_found_below_titles_and_blank_rows() {
        let sheet = sheet("Atelier du 3 mai\n\n,Nom,,Quantité (t/an),Parc\n,A,,3,x\n");
        let layout = find(&sheet, &known(), None, None).unwrap();
        assert_eq!(layout.last_row, 3);
        assert_eq!(layout.columns[&3].field, Some(Field::Quantity));
        assert_eq!(layout.columns[&3].unit.as_deref(), Some("t/an"));
        assert_eq!(layout.columns[&3].header, "Quantité (t/an)");
    }

    #[test]
    fn group_titles_are_carried_to_the_right_and_tried_first() {
        let sheet = sheet("Entreprise,,Contact,,Flux,\nNom,Parc,Nom,Tél,Quantité,\nA,x,B,1,3,\n");
        let layout = find(&sheet, &known(), None, None).unwrap();
        assert_eq!(layout.last_row, 2);
        let fields: Vec<_> = layout.columns.values().map(|column| column.field).collect();
        let expected =
            [Some(Field::Name), Some(Field::Park), Some(Field::Contact), None, Some(Field::Quantity)];
        assert_eq!(fields, expected);
        assert_eq!(layout.columns[&2].header, "Contact > Nom");
    }

    #[test]
    fn cells_merged_over_both_header_rows_keep_their_label() {
        let sheet = sheet("Parc,Entreprise,Contact\n,Nom,Nom\nx,A,B\n");
        let layout = find(&sheet, &known(), None, None).unwrap();
        let fields: Vec<_> = layout.columns.values().map(|column| column.field).collect();
        assert_eq!(fields, [Some(Field::Park), Some(Field::Name), Some(Field::Contact)]);
    }

    #[test]
    fn the_first_of_repeated_labels_wins_and_the_header_repeated_below_is_known() {
        let sheet = sheet("Nom,Parc,Nom\nA,x,B\nNOM,parc,nom\nParc,Nom,Nom\n");
        let layout = find(&sheet, &known(), None, None).unwrap();
        assert_eq!(layout.columns[&2].field, None);
        assert!(!layout.repeats(&sheet.rows[1]));
        assert!(layout.repeats(&sheet.rows[2]));
        let other = layout.again(&sheet.rows[3], &known()).unwrap();
        assert_eq!(other.columns[&0].field, Some(Field::Park));
    }

    #[test]
    fn the_settings_decide_where_the_header_is() {
        let sheet = sheet("Nom,Parc,Quantité\nNom,Parc,x\nA,B,C\n");
        assert_eq!(find(&sheet, &known(), Some(2), None).unwrap().last_row, 2);
        assert_eq!(find(&sheet, &known(), Some(1), Some(2)).unwrap().last_row, 2);
        assert!(find(&sheet, &known(), Some(3), None).is_none());
    }

    #[test]
    fn units_are_taken_from_headings() {
        assert_eq!(split_unit("Quantité (t/an)"), ("Quantité", Some("t/an")));
        assert_eq!(split_unit("Quantité [kg]"), ("Quantité", Some("kg")));
        assert_eq!(split_unit("Quantité en tonnes"), ("Quantité", Some("tonnes")));
        assert_eq!(split_unit("(optionnel)"), ("(optionnel)", None));
    }
}
