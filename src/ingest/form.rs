//! A form that one company filled in, labels beside values down the page: it is no table.

use super::header::{self, Known, Label, SEARCHED_ROWS};
use super::table::Sheet;
use super::vocabulary;
use crate::model::{Cell, Field};
use std::collections::{BTreeMap, BTreeSet};

/// Fewest labels of different fields below each other that make a form.
const FEWEST_LABELS: usize = 4;
/// Fewest known headings beside each other that make a table.
const FEWEST_HEADINGS: usize = 3;

/// Whether the labels of a sheet stand in one column, below each other. The particulars of a company above a
/// table of its own are none.
pub(super) fn is_form(sheet: &Sheet) -> bool {
    let mut labels: BTreeMap<u32, BTreeSet<Field>> = BTreeMap::new();
    let mut filled: BTreeMap<u32, usize> = BTreeMap::new();
    for row in sheet.rows.iter().take(SEARCHED_ROWS).filter(|row| row.cells.len() >= 2) {
        let Some((column, Cell::Text(text))) = row.cells.first() else { continue };
        *filled.entry(*column).or_default() += 1;
        labels.entry(*column).or_default().extend(vocabulary::usual(&Label::new(text.reveal())));
    }
    let is_labelled = labels.iter().any(|(column, fields)| {
        fields.len() >= FEWEST_LABELS && fields.len() * 2 >= filled.get(column).copied().unwrap_or_default()
    });
    let matched = || header::find(sheet, &Known::usual(), None, None).map_or(0, |layout| layout.matched());
    is_labelled && matched() < FEWEST_HEADINGS
}

#[cfg(test)]
mod tests {
    use super::is_form;
    use crate::ingest::delimited;
    use crate::ingest::dialect::Dialect;

    fn form(text: &str) -> bool {
        is_form(&delimited::parse(text, &Dialect::new(b';'), usize::MAX))
    }

    #[test]
    fn labels_below_each_other_are_a_form_and_headings_beside_each_other_a_table() {
        assert!(form(
            "Entreprise :;Exemple inc.\nAdresse :;1, rue A\nTéléphone :;418-555-0101\nMatière :;bois\n"
        ));
        assert!(form("Company;A;B\nAddress;1;2\nPhone;3;4\nMaterial;wood;glass\nQuantity;5;6\n"));
        assert!(!form("Entreprise;Matière;Quantité\nA;bois;3\nB;verre;4\n"));
        assert!(!form("Bidule;Couleur\nA;bleu\nB;vert\nC;noir\nD;gris\n"));
        let below = "Entreprise :;Exemple inc.;\nAdresse :;1, rue A;\nTéléphone :;418-555-0101;\nNEQ :;1145678901;\n\n\
                     Matière;Quantité;Unité\nbois;3;t\n";
        assert!(!form(below));
    }
}
