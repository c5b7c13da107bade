//! Rows that stand in a sheet and are no entry: totals, averages, titles, and notes around the table.

use super::lexicon::Lexicon;
use super::{identifiers, titles};
use crate::model::{Cell, Field, Location, RawRow, Subject, fold};

/// What a row is that is no entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aside {
    /// Adds up rows.
    Total,
    /// Says something else of them: their average, their median.
    Statistic,
    /// Words beside the table: its end, its source, a note, the title of a part.
    Note,
}

/// How a row of one cell stands to the others of its sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Around {
    /// It stands below the table.
    below: bool,
    /// The next row of several cells fills its column too, so it may be a title of what follows.
    heads: bool,
}

/// Words of a sentence: more than a company's name has.
const SENTENCE: usize = 9;

/// What a row is beside the entries; none of an entry. `around` is what [`around`] says of it.
pub(super) fn of(row: &RawRow, around: Around, lexicon: &Lexicon) -> Option<Aside> {
    // A row with an enterprise number is a company's, even of one that is called Total.
    let number = row.get(Field::EnterpriseNumber).map(|cell| cell.value.reveal());
    if number.is_some_and(|number| identifiers::enterprise_number(&number).is_some()) {
        return None;
    }
    if let Some(summary) = summary(row) {
        return Some(summary);
    }
    is_note(row, around, lexicon).then_some(Aside::Note)
}

/// How each of the sorted rows stands to the others. Below the table stands what only rows of one cell follow
/// to the end of the sheet, where a blank row or a total stands between them and the last entry.
pub(super) fn around(rows: &[RawRow]) -> Vec<Around> {
    let mut around = vec![Around::default(); rows.len()];
    let sheet =
        |location: &Location| (location.source.clone(), location.file.clone(), location.sheet.clone());
    let mut end = rows.len();
    while end > 0 {
        let here = sheet(&rows[end - 1].location);
        let start = rows[..end].iter().rposition(|row| sheet(&row.location) != here).map_or(0, |at| at + 1);
        if let Some(last) = rows[start..end].iter().rposition(|row| !row.is_alone()).map(|at| start + at) {
            let is_ended = |at: usize| {
                rows[at].location.row > rows[at - 1].location.row + 1 || summary(&rows[at - 1]).is_some()
            };
            let gap = (last + 1..end).find(|at| is_ended(*at));
            around[gap.unwrap_or(end)..end].fill(Around { below: true, heads: false });
            let mut entry = &rows[last];
            for at in (start..last).rev() {
                if rows[at].is_alone() {
                    around[at].heads = rows[at].own().all(|cell| fills(entry, &cell.column));
                } else {
                    entry = &rows[at];
                }
            }
        }
        end = start;
    }
    around
}

fn fills(row: &RawRow, column: &str) -> bool {
    row.own().any(|cell| cell.column == column)
}

fn summary(row: &RawRow) -> Option<Aside> {
    let no_direction = row.get(Field::Direction).is_none_or(|cell| cell.column.is_empty());
    // A whole entry is a company's: no total says what is offered.
    let whole = [Field::Direction, Field::Description, Field::Quantity];
    let is_entry = whole.iter().all(|field| row.get(*field).is_some_and(|cell| !cell.value.is_empty()));
    let named = row.cells.iter().filter(|(field, _)| !(is_entry && **field == Field::Name));
    named.map(|(_, cell)| cell).chain(&row.unmapped).find_map(|cell| said(&cell.value, no_direction))
}

/// What one cell says of its row.
fn said(cell: &Cell, no_direction: bool) -> Option<Aside> {
    let Cell::Text(text) = cell else { return None };
    // Cheap test first: most cells are something else.
    let text = text.reveal().trim_start();
    if !text.starts_with(['t', 'T', 's', 'S', 'g', 'G', 'm', 'M', 'a', 'A', 'é', 'É']) || text.len() > 80 {
        return None;
    }
    let text = fold(text);
    let begins = |starts: &[&str]| no_direction && starts.iter().any(|start| text.starts_with(start));
    match text.as_str() {
        "total" | "totaux" | "somme" | "sommes" | "sum" | "sous total" | "sous totaux" | "grand total"
        | "total general" | "subtotal" | "sub total" | "s t" | "s total" | "ss total" => Some(Aside::Total),
        "moyenne" | "moyennes" | "moy" | "mediane" | "average" | "avg" | "mean" | "median" | "ecart type"
        | "moyenne generale" | "grand average"
            if no_direction =>
        {
            Some(Aside::Statistic)
        }
        _ if begins(&["total ", "sous total ", "subtotal ", "sub total ", "s t "]) => Some(Aside::Total),
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

fn has_words_of_a_note(text: &str) -> bool {
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
    ];
    const ENDS: &[&str] = &["fin de la ", "fin du ", "fin des ", "fin de liste", "fin de page", "end of "];
    let folded = fold(text);
    let label = text.split_once(':').map(|(label, _)| fold(label));
    text.starts_with(['*', '†', '‡', '¹', '²', '³'])
        || label.is_some_and(|label| LABELS.contains(&label.as_str()))
        || ENDS.iter().any(|end| folded.starts_with(end))
        || matches!(folded.as_str(), "fin" | "end" | "note" | "notes" | "remarques" | "legende" | "legend")
        || folded
            .strip_prefix("page ")
            .is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::{Aside, has_words_of_a_note, said};
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
            assert_eq!(said(&Cell::text(text), true), aside, "{text}");
        }
        assert_eq!(said(&Cell::text("Moyenne"), false), None);
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
