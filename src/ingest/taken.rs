//! What each column of a source was taken for: for `maillage check`.

use super::direction::{self, Said, Strength};
use super::header::{Label, bare};
use super::vocabulary;
use crate::model::{Cell, Field, RawCell, RawRow};
use std::collections::BTreeMap;

/// Values that are shown of a column.
const SHOWN: usize = 3;

/// One column of a source, over all its files.
#[derive(Debug, Default)]
pub struct Taken {
    /// Letters, or path in a record.
    pub column: String,
    /// Field, when the mapping gives one.
    pub field: Option<Field>,
    /// Label of a column with a field, without unit, below the direction that titles above it name.
    pub header: String,
    /// Kind and how many cells hold it, most first.
    pub kinds: Vec<(&'static str, usize)>,
    /// The first cells of a field that is not confidential.
    pub first: Vec<Cell>,
}

/// Columns with a field in the order of fields, then the others by column.
#[must_use]
pub fn taken(rows: &[RawRow]) -> Vec<Taken> {
    let mut columns: BTreeMap<(Option<Field>, usize, &str), Taken> = BTreeMap::new();
    let mut kinds: BTreeMap<(Option<Field>, usize, &str), BTreeMap<&'static str, usize>> = BTreeMap::new();
    for row in rows {
        let known = row.cells.iter().map(|(field, cell)| (Some(*field), cell));
        for (field, cell) in known.chain(row.unmapped.iter().map(|cell| (None, cell))) {
            let Some(kind) = kind(&cell.value) else { continue };
            let place = (field, cell.column.len(), &*cell.column);
            *kinds.entry(place).or_default().entry(kind).or_default() += 1;
            let taken = columns.entry(place).or_insert_with(|| Taken {
                column: cell.column.to_string(),
                field,
                header: field.map(|_| label(&cell.header)).unwrap_or_default(),
                ..Taken::default()
            });
            if taken.first.len() < SHOWN && may_be_shown(field, cell) {
                taken.first.push(cell.value.clone());
            }
        }
    }
    let (with, without): (Vec<_>, Vec<_>) = columns.into_iter().partition(|((field, ..), _)| field.is_some());
    let ordered = with.into_iter().chain(without);
    ordered
        .map(|(place, taken)| {
            let mut kinds: Vec<_> = kinds.remove(&place).unwrap_or_default().into_iter().collect();
            kinds.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), *name));
            Taken { kinds, ..taken }
        })
        .collect()
}

/// Neither a confidential field, nor a heading that is usual for one.
fn may_be_shown(field: Option<Field>, cell: &RawCell) -> bool {
    let last = cell.header.rsplit(['>', '.']).next().unwrap_or_default();
    field.is_some_and(|field| !field.is_confidential())
        && vocabulary::usual(&Label::new(last)).is_none_or(|usual| !usual.is_confidential())
}

/// The words by which the column was recognised, below the direction that the titles above it name: these
/// may name a company, so nothing else of them is said.
fn label(header: &str) -> String {
    let (titles, label) = header.rsplit_once('>').unwrap_or(("", header));
    match direction::said(titles, Strength::Plain) {
        Said::One(direction) => format!("{} > {}", direction.code(), bare(label)),
        Said::Nothing | Said::Both => bare(label),
    }
}

const fn kind(cell: &Cell) -> Option<&'static str> {
    match cell {
        Cell::Empty => None,
        Cell::Text(_) => Some("texte/text"),
        Cell::Integer(_) => Some("entier/whole"),
        Cell::Number(_) => Some("nombre/number"),
        Cell::Boolean(_) => Some("oui-non/yes-no"),
        Cell::Date(_) => Some("date"),
        Cell::Error(_) => Some("erreur/error"),
    }
}

#[cfg(test)]
mod tests {
    use super::taken;
    use crate::ingest::delimited;
    use crate::ingest::dialect::Dialect;
    use crate::ingest::records;
    use crate::model::Field;

    #[test]
    fn the_direction_of_the_titles_is_told_and_nothing_else_of_them() {
        assert_eq!(super::label("Demandes de Canari inc. > Prix ($/t)"), "intrant > Prix");
        assert_eq!(super::label("Canari inc. > Prix"), "Prix");
        assert_eq!(super::label("Prix"), "Prix");
    }

    #[test]
    fn confidential_columns_and_unknown_ones_give_their_kind_and_no_value() {
        let text = "Canari inc.;;;;\nEntreprise;Quantité (t);Courriel;Unité;Couleur\n\
                    Canari A;2;a@exemple.test;kg;bleu\nCanari B;3;;t;\n";
        let sheet = delimited::parse(text, &Dialect::new(b';'), usize::MAX);
        let mapping = "[columns]\nEntreprise = \"nom\"\n\"Quantité\" = \"quantite\"\nCourriel = \"unite\"\n";
        let rows = records::rows_of(&sheet, mapping);
        let seen = taken(&rows);
        let fields: Vec<_> = seen.iter().map(|taken| taken.field).collect();
        assert_eq!(fields, [Some(Field::Name), Some(Field::Quantity), Some(Field::Unit), None, None]);
        let shown: Vec<usize> = seen.iter().map(|taken| taken.first.len()).collect();
        // The e-mail addresses stand under a wrong field, and still their heading hides them.
        assert_eq!(shown, [0, 2, 0, 0, 0]);
        assert_eq!(seen[1].header, "Quantité");
        assert_eq!(seen[1].kinds, [("texte/text", 2)]);
    }
}
