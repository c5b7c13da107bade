//! Which rows of a source are kept: `keep` of its mapping.

use crate::config::ANYTHING;
use crate::model::fold;
use std::collections::BTreeSet;

/// What the cell of a kept row says: one of some values, or anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Filter {
    /// Folded; the empty one is that of a blank cell.
    values: BTreeSet<String>,
    takes_anything: bool,
}

impl Filter {
    /// From the values of the settings.
    pub(super) fn new(values: &[String]) -> Self {
        Self {
            values: values.iter().filter(|value| *value != ANYTHING).map(|value| fold(value)).collect(),
            takes_anything: values.iter().any(|value| value == ANYTHING),
        }
    }

    /// Whether a row with this cell is kept.
    pub(super) fn keeps(&self, text: &str) -> bool {
        let said = fold(text);
        self.values.contains(&said) || self.takes_anything && !said.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::Filter;
    use crate::ingest::dialect::Dialect;
    use crate::ingest::{delimited, records};

    #[test]
    fn rows_are_kept_by_value_or_where_something_is_written() {
        let of = |value: &str| Filter::new(&[value.to_owned()]);
        assert!(of("QC").keeps("qc") && !of("QC").keeps("") && !of("QC").keeps("ON"));
        assert!(of("").keeps("-") && !of("").keeps("bois"));
        assert!(of("*").keeps("bois") && of("*").keeps("0") && !of("*").keeps(" ") && !of("*").keeps("-"));
    }

    #[test]
    fn of_a_form_for_both_directions_each_source_takes_the_rows_of_its_own() {
        let text = "Entreprise;Matière offerte;Matière recherchée\nA;bois;verre\nB;carton;\nC;;acier\nD;;\n";
        let sheet = delimited::parse(text, &Dialect::new(b';'), usize::MAX);
        for (own, rows) in [("Matière offerte", vec![2, 3]), ("Matière recherchée", vec![2, 4])] {
            let mapping = format!(
                "[columns]\n\"Entreprise\" = \"nom\"\n\"{own}\" = \"description\"\n[keep]\n\"{own}\" = [\"*\"]\n"
            );
            let kept: Vec<u32> =
                records::rows_of(&sheet, &mapping).iter().map(|row| row.location.row).collect();
            assert_eq!(kept, rows, "{own}");
        }
    }
}
