//! Rows that stand in a sheet and are no entry: totals, averages, titles, and notes around the table.

use super::lexicon::Lexicon;
use super::outside::Outside;
use super::{identifiers, titles};
use crate::model::{Cell, Field, Location, RawCell, RawRow, Subject, fold};
use std::collections::BTreeMap;

/// What a row is that is no entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aside {
    /// Adds up rows.
    Total,
    /// Says something else of them: their average, their median.
    Statistic,
    /// Words beside the table: its end, its source, a note, the title of a part; a row of another table.
    Note,
    /// The header of another table, which ends with the row of this number.
    Table(u32),
}

/// How a row of one cell stands to the others of its sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Around {
    /// It stands below the table.
    pub(super) below: bool,
    /// The next row of several cells fills its column too, so it may be a title of what follows.
    pub(super) heads: bool,
    /// What it is, where it stands outside of the entries with several cells.
    pub(super) outside: Option<Outside>,
}

/// Words of a sentence: more than a company's name has.
const SENTENCE: usize = 9;

/// What a row is beside the entries; none of an entry. `around` is what [`Surroundings`] say of it.
pub(super) fn of(row: &RawRow, around: Around, lexicon: &Lexicon) -> Option<Aside> {
    // A row with an enterprise number is a company's, even of one that is called Total.
    let number = row.get(Field::EnterpriseNumber).map(|cell| cell.value.reveal());
    if number.is_some_and(|number| identifiers::enterprise_number(&number).is_some()) {
        return None;
    }
    match around.outside {
        Some(Outside::Header(last)) => return Some(Aside::Table(last)),
        Some(Outside::Note) => return Some(summary(row).unwrap_or(Aside::Note)),
        None => {}
    }
    if let Some(summary) = summary(row) {
        return Some(summary);
    }
    is_note(row, around, lexicon).then_some(Aside::Note)
}

/// Gathers how rows stand to the others of their sheet. Below the table stands what only rows of one cell
/// follow to the end of the sheet, where a blank row or a total stands between them and the last entry.
#[derive(Default)]
pub(super) struct Surroundings {
    around: BTreeMap<usize, Around>,
    /// Place of the row before, whatever its number.
    last: Option<Location>,
    /// Whether the row before adds up others.
    is_after_summary: bool,
    /// Whether the sheet has had a row of several cells.
    is_begun: bool,
    /// Rows of one cell since then.
    alone: Vec<Alone>,
}

/// A row of one cell.
struct Alone {
    at: usize,
    column: String,
    /// A blank row or a total stands before it.
    is_apart: bool,
}

impl Surroundings {
    /// Takes the next rows, the first of which has this number.
    pub(super) fn take(&mut self, start: usize, rows: &[RawRow]) {
        for (at, row) in rows.iter().enumerate() {
            let place = &row.location;
            let is_new = self.last.as_ref().is_none_or(|last| !is_same_sheet(last, place));
            if is_new {
                self.end_sheet();
            }
            if row.is_alone() {
                let is_after_summary = match at.checked_sub(1) {
                    Some(before) => summary(&rows[before]).is_some(),
                    None => self.is_after_summary,
                };
                let is_after_blank = self.last.as_ref().is_some_and(|last| place.row > last.row + 1);
                let column = row.own().map(|cell| &*cell.column).collect();
                let is_apart = is_after_blank || is_after_summary;
                self.alone.push(Alone { at: start + at, column, is_apart });
            } else {
                let heading = self.alone.drain(..).filter(|alone| fills(row, &alone.column));
                self.around
                    .extend(heading.map(|alone| (alone.at, Around { heads: true, ..Around::default() })));
                self.is_begun = true;
            }
            match &mut self.last {
                Some(last) if !is_new => last.row = place.row,
                last => *last = Some(place.clone()),
            }
        }
        if let Some(last) = rows.last() {
            self.is_after_summary = summary(last).is_some();
        }
    }

    fn end_sheet(&mut self) {
        let alone = std::mem::take(&mut self.alone);
        if std::mem::take(&mut self.is_begun) {
            let below = alone.into_iter().skip_while(|alone| !alone.is_apart);
            self.around.extend(below.map(|alone| (alone.at, Around { below: true, ..Around::default() })));
        }
    }

    /// By row; of most rows there is nothing to say.
    pub(super) fn finish(mut self) -> BTreeMap<usize, Around> {
        self.end_sheet();
        self.around
    }
}

/// Whether two rows stand in one sheet.
pub(super) fn is_same_sheet(one: &Location, other: &Location) -> bool {
    (&one.source, &one.file, &one.sheet) == (&other.source, &other.file, &other.sheet)
}

fn fills(row: &RawRow, column: &str) -> bool {
    row.own().any(|cell| *cell.column == *column)
}

pub(super) fn summary(row: &RawRow) -> Option<Aside> {
    let no_direction = row.get(Field::Direction).is_none_or(|cell| cell.column.is_empty());
    // A whole entry is a company's: no total says in its sheet what is offered. Where the mapping says it for all
    // rows, words that no company is called still tell a total.
    let whole = [Field::Direction, Field::Description, Field::Quantity];
    let is_entry = whole.iter().all(|field| row.get(*field).is_some_and(|cell| !cell.value.is_empty()));
    let cells = row.cells.iter().map(|(field, cell)| (Some(*field), cell));
    cells.chain(row.unmapped.iter().map(|cell| (None, cell))).find_map(|(field, cell)| {
        match (no_direction, is_entry && field == Some(Field::Name)) {
            (true, true) => said(&cell.value, Reading::Whole),
            (false, true) => None,
            (true, false) => said(&cell.value, Reading::Part).or_else(|| said_of_figures(row, cell)),
            (false, false) => said(&cell.value, Reading::Directed).or_else(|| said_of_figures(row, cell)),
        }
    })
}

/// What a cell says of a row that holds nothing else but figures: a name or a description may begin with these
/// words too.
fn said_of_figures(row: &RawRow, cell: &RawCell) -> Option<Aside> {
    // In a list of companies they are the entries, and a telephone is a figure, too.
    if row.subject == Subject::Organisations {
        return None;
    }
    let Cell::Text(text) = &cell.value else { return None };
    let text = text.reveal().trim();
    let first = text.split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default();
    let is_one = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(first));
    let is_alone = || fold(text).len() == first.len();
    let counts = || {
        let text = fold(text);
        ["nombre d ", "nombre de ", "nombre des ", "nb d ", "nb de "]
            .iter()
            .any(|start| text.starts_with(start))
    };
    // Cheap tests first: most cells are something else.
    let aside = if is_one(&["cumul", "ensemble"]) && is_alone() {
        Aside::Total
    } else if is_one(&["max", "maximum", "min", "minimum"]) && is_alone()
        || is_one(&["nombre", "nb"]) && (is_alone() || counts())
    {
        Aside::Statistic
    } else {
        return None;
    };
    let has_figure = |other: &RawCell| other.value.reveal().contains(|letter: char| letter.is_ascii_digit());
    row.own().all(|other| std::ptr::eq(other, cell) || has_figure(other)).then_some(aside)
}

/// How much of an entry a row says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// Its direction stands in the sheet.
    Directed,
    /// All but its direction, which is the same for all rows.
    Whole,
    /// Less than that.
    Part,
}

/// What one cell says of its row.
fn said(cell: &Cell, reading: Reading) -> Option<Aside> {
    let Cell::Text(text) = cell else { return None };
    // Cheap test first: most cells are something else.
    let text = text.reveal().trim_start();
    if !text.starts_with(['t', 'T', 's', 'S', 'g', 'G', 'm', 'M', 'a', 'A', 'é', 'É']) || text.len() > 80 {
        return None;
    }
    let text = fold(text);
    let begins = |starts: &[&str]| starts.iter().any(|start| text.starts_with(start));
    match text.as_str() {
        "total" | "totaux" | "somme" | "sommes" | "sum" | "sous total" | "sous totaux" | "grand total"
        | "total general" | "subtotal" | "sub total" | "s t" | "s total" | "ss total" => Some(Aside::Total),
        _ if reading == Reading::Directed => None,
        "moyenne" | "moyennes" | "moy" | "mediane" | "average" | "avg" | "mean" | "median" | "ecart type"
        | "moyenne generale" | "grand average" => Some(Aside::Statistic),
        _ if begins(&["sous total ", "subtotal ", "sub total ", "total de ", "total des ", "total du "]) => {
            Some(Aside::Total)
        }
        // Companies are called so, too.
        _ if reading == Reading::Whole => None,
        _ if begins(&["total ", "s t "]) => Some(Aside::Total),
        _ if begins(&["moyenne ", "average ", "mediane "]) => Some(Aside::Statistic),
        _ => None,
    }
}

/// Whether the only cell of a row is no entry: it has the words of a note, is a sentence or the title of what
/// follows, or stands in a column without field or below the table. The name of a company in a list of companies is an entry.
fn is_note(row: &RawRow, around: Around, lexicon: &Lexicon) -> bool {
    if !row.is_alone() {
        return false;
    }
    let Some(cell) = row.own().next() else { return false };
    let Cell::Text(text) = &cell.value else { return false };
    let text = text.reveal().trim();
    let is_named = row.subject == Subject::Organisations && row.get(Field::Name).is_some();
    let field = row.cells.iter().find(|(_, other)| std::ptr::eq(*other, cell)).map(|(field, _)| *field);
    has_words_of_a_note(text)
        || text.split_whitespace().count() >= SENTENCE
        || around.heads && titles::is_title(field, cell, row.spans, lexicon)
        || !is_named && (around.below || field.is_none())
}

/// Whether a text is what a note about a table begins with: `Source`, `Préparé par`.
pub(super) fn is_label(text: &str) -> bool {
    const LABELS: &[&str] = &[
        "source",
        "sources",
        "note",
        "notes",
        "n b",
        "nb",
        "remarque",
        "remarques",
        "legende",
        "legend",
        "mise a jour",
        "mis a jour",
        "derniere mise a jour",
        "last updated",
        "updated",
        "date",
        "maj",
        "m a j",
        "imprime le",
        "prepare par",
        "rempli par",
        "prepared by",
        "completed by",
        "redige par",
        "approuve par",
        "approved by",
        "verifie par",
        "verified by",
        "valide par",
        "revise par",
        "signature",
        "signe par",
        "signed by",
    ];
    LABELS.contains(&fold(text).as_str())
}

fn has_words_of_a_note(text: &str) -> bool {
    const ENDS: &[&str] = &["fin de la ", "fin du ", "fin des ", "fin de liste", "fin de page", "end of "];
    let folded = fold(text);
    let label = text.split_once(':').map(|(label, _)| label);
    text.starts_with(['*', '†', '‡', '¹', '²', '³'])
        || label.is_some_and(is_label)
        || ENDS.iter().any(|end| folded.starts_with(end))
        || matches!(folded.as_str(), "fin" | "end" | "note" | "notes" | "remarques" | "legende" | "legend")
        || folded
            .strip_prefix("page ")
            .is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::{Aside, Reading, has_words_of_a_note, said};
    use crate::model::Cell;

    #[test]
    fn totals_and_averages_are_told_apart_and_companies_are_neither() {
        for (text, aside) in [
            ("Total", Some(Aside::Total)),
            ("S/T", Some(Aside::Total)),
            ("S/T plastiques", Some(Aside::Total)),
            ("SOUS-TOTAL :", Some(Aside::Total)),
            ("Moyenne", Some(Aside::Statistic)),
            ("Moyenne par entreprise", Some(Aside::Statistic)),
            ("Écart-type", Some(Aside::Statistic)),
            ("Soudure Nordet", None),
            ("Moyennement pressé inc.", None),
            ("Atelier", None),
        ] {
            assert_eq!(said(&Cell::text(text), Reading::Part), aside, "{text}");
        }
        assert_eq!(said(&Cell::text("Moyenne"), Reading::Directed), None);
        assert_eq!(said(&Cell::text("Moyenne"), Reading::Whole), Some(Aside::Statistic));
        assert_eq!(said(&Cell::text("Total Métal inc."), Reading::Whole), None);
        assert_eq!(said(&Cell::text("Sous-total métaux"), Reading::Whole), Some(Aside::Total));
    }

    #[test]
    fn notes_have_their_words() {
        for text in [
            "Fin de la liste",
            "* estimé",
            "Source : relevé de 2025",
            "Sources: visites",
            "N.B. : à valider",
            "End of table",
            "Page 1 de 3",
            "Préparé par : l'équipe",
            "— Fin —",
        ] {
            assert!(has_words_of_a_note(text), "{text}");
        }
        for text in ["Fin de siècle inc.", "Source vive inc.", "Pages d'or ltée", "Noteca", "3M"] {
            assert!(!has_words_of_a_note(text), "{text}");
        }
    }
}
