//! What a source promised: columns that are new, lost or renamed, and columns that hold another
//! kind of thing than their field.

use super::header::key;
use crate::config::Contract;
use crate::model::{
    Cell, Confidential, Field, Finding, FindingKind, Location, RawRow, Severity, is_null, texts,
};
use std::collections::BTreeSet;

/// How alike two headings are that may be one renamed (Jaro-Winkler).
const ALIKE: f64 = 0.8;
/// Cells that a column needs before its kind is judged.
const JUDGED: usize = 5;

/// One heading as it was met.
pub(super) struct Seen {
    /// Letters or path.
    pub(super) column: String,
    /// As written.
    pub(super) heading: String,
    /// What it was taken for.
    pub(super) field: Option<Field>,
    /// The column is a path, which is the heading.
    pub(super) is_path: bool,
    /// The column whose heading this one says again, and what that one was taken for.
    pub(super) repeats: Option<(String, Field)>,
}

impl Seen {
    /// That the heading stands over another column too.
    fn repeated(&self) -> Option<Change> {
        let (first, field) = self.repeats.as_ref()?;
        Some(Change {
            kind: FindingKind::RepeatedColumn,
            column: Some(self.column.clone()),
            heading: self.heading.clone(),
            field: Some(*field),
            known: None,
            perhaps: Some(first.clone()),
            is_path: self.is_path,
        })
    }
}

/// One difference between what was promised and what came.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Change {
    kind: FindingKind,
    /// Letters or path; none of a lost column.
    pub(super) column: Option<String>,
    /// Heading as met, empty of a lost column.
    heading: String,
    /// The field that is lost or does not fit.
    pub(super) field: Option<Field>,
    /// The known name that is lost, or nearest to a new one.
    known: Option<String>,
    /// The new column that is most like the lost one, or the one whose heading is said again.
    perhaps: Option<String>,
    /// What is called a column is a path, which is the heading as met.
    is_path: bool,
}

/// Names that the settings know.
pub(super) struct Promise<'a> {
    /// Headings of the mapping.
    pub(super) mapped: Vec<(&'a str, Field)>,
    /// Headings without a field that are expected all the same.
    pub(super) ignored: &'a [String],
}

impl Promise<'_> {
    /// Repeated, new, lost and renamed columns, those that are there in their order.
    pub(super) fn changes(&self, seen: &[Seen]) -> Vec<Change> {
        let found: BTreeSet<Field> = seen.iter().filter_map(|seen| seen.field).collect();
        let expected: BTreeSet<String> = self
            .mapped
            .iter()
            .map(|(header, _)| *header)
            .chain(self.ignored.iter().map(String::as_str))
            .map(key)
            .collect();
        let fresh: Vec<&Seen> = seen
            .iter()
            .filter(|seen| {
                seen.field.is_none()
                    && seen.repeats.is_none()
                    && !expected.contains(&key(&seen.heading))
                    && !expected.contains(&key(label(&seen.heading)))
            })
            .collect();
        // A field with several headings is found under any of them: that it is absent breaks no
        // promise, but for those without which a run is refused.
        let is_needed = |field: Field| field.is_vital() || matches!(field, Field::Name | Field::Description);
        let lost: Vec<(&str, Field)> = self
            .mapped
            .iter()
            .filter(|(_, field)| {
                let is_single = self.mapped.iter().filter(|(_, other)| other == field).count() == 1;
                !found.contains(field) && (is_single || is_needed(*field))
            })
            .copied()
            .collect();
        let mut changes: Vec<Change> = seen.iter().filter_map(Seen::repeated).collect();
        for seen in &fresh {
            let names = |names: &[(&str, Field)]| nearest(&seen.heading, names.iter().map(|(name, _)| *name));
            changes.push(Change {
                kind: FindingKind::NewColumn,
                column: Some(seen.column.clone()),
                heading: seen.heading.clone(),
                field: None,
                known: names(&lost).or_else(|| names(&self.mapped)),
                perhaps: None,
                is_path: seen.is_path,
            });
        }
        for (header, field) in lost {
            let like = nearest(header, fresh.iter().map(|seen| seen.heading.as_str()));
            let place = like.and_then(|like| fresh.iter().find(|seen| seen.heading == like));
            changes.push(Change {
                kind: FindingKind::LostColumn,
                column: None,
                heading: String::new(),
                field: Some(field),
                known: Some(header.to_owned()),
                perhaps: place.map(|seen| seen.column.clone()),
                is_path: place.is_some_and(|seen| seen.is_path),
            });
        }
        changes
    }
}

/// Counts, column by column, how many cells are what their field holds.
#[derive(Default)]
pub(super) struct Misfits(Vec<Fitting>);

/// One column under one field.
struct Fitting {
    field: Field,
    column: String,
    cells: usize,
    fit: usize,
}

impl Misfits {
    pub(super) fn of(rows: &[RawRow]) -> Self {
        let mut misfits = Self::default();
        for row in rows {
            misfits.take(row);
        }
        misfits
    }

    pub(super) fn take(&mut self, row: &RawRow) {
        for (field, cell) in &row.cells {
            let Some(fits) = fits(*field, &cell.value) else { continue };
            // That nothing is known says nothing of what a column holds.
            if !fits && is_null(&cell.value.reveal()) {
                continue;
            }
            let known = self.0.iter().position(|one| one.field == *field && one.column == *cell.column);
            let at = known.unwrap_or_else(|| {
                self.0.push(Fitting { field: *field, column: cell.column.to_string(), cells: 0, fit: 0 });
                self.0.len() - 1
            });
            self.0[at].cells += 1;
            self.0[at].fit += usize::from(fits);
        }
    }

    /// Columns of which hardly a cell is what its field holds, though there are some.
    pub(super) fn changes(&self) -> Vec<Change> {
        let misfits = self.0.iter().filter(|one| one.cells >= JUDGED && one.fit * 4 < one.cells);
        let mut misfits: Vec<Change> = misfits
            .map(|one| Change {
                kind: FindingKind::ColumnKind,
                column: Some(one.column.clone()),
                heading: String::new(),
                field: Some(one.field),
                known: None,
                perhaps: None,
                is_path: false,
            })
            .collect();
        misfits.sort_by(|left, right| (left.field, &left.column).cmp(&(right.field, &right.column)));
        misfits
    }
}

/// Whether a cell may be what its field holds; none where any text may be.
fn fits(field: Field, cell: &Cell) -> Option<bool> {
    let digits = || cell.reveal().bytes().filter(u8::is_ascii_digit).count();
    match (field, cell) {
        (_, Cell::Empty | Cell::Error(_)) => None,
        (Field::Email, _) => Some(cell.reveal().contains('@')),
        (Field::EnterpriseNumber, _) => Some(digits() >= 8),
        (
            Field::Quantity
            | Field::QuantityLeast
            | Field::QuantityMost
            | Field::CurrentCost
            | Field::Price
            | Field::Distance
            | Field::Jobs
            | Field::Investment
            | Field::Revenue
            | Field::Latitude
            | Field::Longitude
            | Field::Sector
            | Field::AvailableFrom
            | Field::AvailableTo
            | Field::EnteredOn
            | Field::StatusDate,
            _,
        ) => Some(digits() > 0),
        _ => None,
    }
}

fn label(heading: &str) -> &str {
    heading.rsplit('>').next().unwrap_or(heading).trim()
}

fn nearest<'a>(heading: &str, names: impl Iterator<Item = &'a str>) -> Option<String> {
    let wanted = key(label(heading));
    let mut best = (ALIKE, None);
    for name in names {
        let alike = strsim::jaro_winkler(&wanted, &key(label(name)));
        if alike > best.0 {
            best = (alike, Some(name.to_owned()));
        }
    }
    best.1
}

impl Change {
    /// As a finding about the sheet; what evolves is told, the rest is a warning.
    pub(super) fn finding(&self, sheet: Location, contract: Contract) -> Finding {
        let said = texts(self.kind);
        // Flows without a description are kept, and hardly one of them finds a match.
        let is_heavy = self.kind == FindingKind::ColumnKind || self.field == Some(Field::Description);
        let evolves = contract == Contract::Evolve && !is_heavy;
        let renamed = self.perhaps.is_some();
        let (fr, en) = match (&self.known, &self.perhaps) {
            (Some(known), Some(column)) => (
                format!(" « {known} », peut-être la colonne {column}."),
                format!(" “{known}”, perhaps column {column}."),
            ),
            (Some(known), None) if self.kind == FindingKind::LostColumn => {
                (format!(" « {known} »."), format!(" “{known}”."))
            }
            (Some(known), None) => (
                format!(" Le nom connu le plus proche: « {known} »."),
                format!(" The nearest known name: “{known}”."),
            ),
            (None, Some(first)) => {
                let second = self.column.as_deref().unwrap_or_default();
                (format!(" Colonnes {first} et {second}."), format!(" Columns {first} and {second}."))
            }
            (None, None) => (String::new(), String::new()),
        };
        Finding {
            severity: if evolves && !renamed { Severity::Note } else { Severity::Warning },
            kind: self.kind,
            location: sheet,
            column: self.column.clone(),
            field: self.field,
            read: Confidential::new(self.heading.clone()),
            message_fr: format!("{}{fr}", said.message_fr).into(),
            message_en: format!("{}{en}", said.message_en).into(),
            repair_fr: said.repair_fr.into(),
            repair_en: said.repair_en.into(),
        }
    }

    /// For an error: column and known name, never the heading as met, nor a path, which is one.
    pub(super) fn told(&self) -> String {
        let place = |column: &String| {
            if self.is_path { "a column".to_owned() } else { format!("column {column}") }
        };
        let column = self.column.as_ref().map(place).unwrap_or_default();
        let known = self.known.as_deref().map(|known| format!(" `{known}`")).unwrap_or_default();
        let perhaps = self.perhaps.as_ref().map(|column| format!(" (perhaps {})", place(column)));
        match self.kind {
            FindingKind::NewColumn if !known.is_empty() => format!("{column} is new, near{known}"),
            FindingKind::NewColumn => format!("{column} is new"),
            FindingKind::RepeatedColumn => {
                let first = self.perhaps.as_ref().map(place).unwrap_or_default();
                format!("{column} repeats the heading of {first}")
            }
            FindingKind::LostColumn => {
                format!("{known} is lost{}", perhaps.unwrap_or_default()).trim_start().to_owned()
            }
            _ => format!("{column} does not hold what `{}` is", self.field.map_or("", Field::code)),
        }
    }

    /// Whether a cell stands in a column that is new.
    pub(super) fn is_new(&self, column: &str) -> bool {
        self.kind == FindingKind::NewColumn && self.is_of(column)
    }

    /// Whether a cell stands in the column of the change.
    pub(super) fn is_of(&self, column: &str) -> bool {
        self.column.as_deref() == Some(column)
    }
}

#[cfg(test)]
mod tests {
    use super::{Misfits, Promise, Seen};
    use crate::config::Contract;
    use crate::ingest::dialect::Dialect;
    use crate::ingest::{delimited, records};
    use crate::model::{Confidential, Field, FindingKind, Location, Severity};

    #[test]
    fn a_lost_description_is_a_warning_and_another_lost_column_a_remark() {
        let mapped = vec![
            ("Description", Field::Description),
            ("Matière", Field::Description),
            ("État", Field::State),
        ];
        let promise = Promise { mapped, ignored: &[] };
        let place =
            Location { source: "essai".into(), file: Confidential::new("f".into()), sheet: None, row: 0 };
        let told = promise.changes(&[]);
        let told = told.iter().map(|change| change.finding(place.clone(), Contract::Evolve));
        let told: Vec<_> = told.map(|finding| (finding.field, finding.severity)).collect();
        let lost = Some(Field::Description);
        let expected =
            [(lost, Severity::Warning), (lost, Severity::Warning), (Some(Field::State), Severity::Note)];
        assert_eq!(told, expected);
    }

    #[test]
    fn cells_that_say_that_nothing_is_known_are_of_no_other_kind() {
        let misfits = |cells: &str| {
            let lines: String = cells.split(';').map(|cell| format!("A;{cell}\n")).collect();
            let sheet = delimited::parse(&format!("Nom;Quantité\n{lines}"), &Dialect::new(b';'), usize::MAX);
            let mapping = "columns = { \"Nom\" = \"nom\", \"Quantité\" = \"quantite\" }";
            Misfits::of(&records::rows_of(&sheet, mapping)).changes().len()
        };
        assert_eq!(misfits("n.d.;-;3 t;N/A;?;à préciser;ND"), 0);
        assert_eq!(misfits("bois;sciure;verre;carton;3 t"), 1);
    }

    #[test]
    fn a_renamed_column_is_told_with_the_nearest_known_name() {
        let ignored = vec!["Couleur".to_owned()];
        let mapped = vec![("Entreprise", Field::Name), ("Quantité", Field::Quantity), ("Unité", Field::Unit)];
        let promise = Promise { mapped, ignored: &ignored };
        let seen = |column: &str, heading: &str, field| Seen {
            column: column.to_owned(),
            heading: heading.to_owned(),
            field,
            is_path: false,
            repeats: None,
        };
        let came = [
            seen("A", "Entreprise", Some(Field::Name)),
            seen("B", "Quantitée totale", None),
            seen("C", "COULEUR", None),
            seen("D", "Entreprise", None),
            seen("E", "Zzz", None),
        ];
        let told: Vec<String> = promise.changes(&came).iter().map(super::Change::told).collect();
        let expected = [
            "column B is new, near `Quantité`",
            "column E is new",
            "`Quantité` is lost (perhaps column B)",
            "`Unité` is lost",
        ];
        assert_eq!(told, expected);
        // A heading that stands twice is told, and is no new column.
        let twice = Seen { repeats: Some(("B".to_owned(), Field::Quantity)), ..seen("F", "Qty", None) };
        let changes = promise.changes(&[seen("A", "Entreprise", Some(Field::Name)), twice]);
        assert_eq!(changes[0].told(), "column F repeats the heading of column B");
        assert!(changes.iter().all(|change| change.kind != FindingKind::NewColumn));
        let place =
            Location { source: "essai".into(), file: Confidential::new("f".into()), sheet: None, row: 0 };
        let finding = changes[0].finding(place, Contract::Evolve);
        assert_eq!(finding.severity, Severity::Warning);
        assert!(finding.message_fr.ends_with("Colonnes B et F."));
        // Names that a platform chose are not repeated.
        let path = |heading: &str| Seen { is_path: true, ..seen(heading, heading, None) };
        let came = [path("Quantitée totale"), path("Zzz")];
        let told = promise.changes(&came).iter().map(super::Change::told).collect::<Vec<_>>().join("; ");
        assert!(told.contains("a column is new") && told.contains("`Quantité` is lost (perhaps a column)"));
        assert!(!told.contains("totale") && !told.contains("Zzz"), "{told}");
    }
}
