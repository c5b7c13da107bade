//! How many rows at the end of each sheet are no entries: for `maillage check`.

use super::aside::{self, Surroundings};
use super::lexicon::Lexicon;
use super::outside::Outsiders;
use crate::config::{Mapping, Settings};
use crate::model::{Location, RawRow};
use std::collections::BTreeMap;

/// Rows of one source that a run leaves out below the last entry of their sheet, by the sheet as a whole.
#[must_use]
pub fn rows_below(rows: &[RawRow], settings: &Settings, mapping: &Mapping) -> BTreeMap<Location, usize> {
    let lexicon = Lexicon::new(settings, Some(mapping));
    let (mut surroundings, mut outsiders) = (Surroundings::default(), Outsiders::default());
    surroundings.take(0, rows);
    outsiders.take(0, rows);
    let mut around = surroundings.finish();
    outsiders.tell(&mut around);
    let mut below: BTreeMap<Location, usize> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        let count = below.entry(Location { row: 0, ..row.location.clone() }).or_default();
        let is_left_out = aside::of(row, around.get(&at).copied().unwrap_or_default(), &lexicon).is_some();
        *count = if is_left_out { *count + 1 } else { 0 };
    }
    below
}

#[cfg(test)]
mod tests {
    use super::super::tests::{settings, table};
    use super::rows_below;
    use crate::config::Mapping;
    use crate::model::{Field, RawRow};

    #[test]
    fn rows_at_the_end_that_are_left_out_are_counted_and_those_between_entries_are_not() {
        let entry = |name| [(Field::Name, name), (Field::Direction, "offre"), (Field::Description, "bois")];
        let (one, two) = (entry("Alpha"), entry("Bêta"));
        let rows = table(&[
            (2, &one),
            (3, &[(Field::Name, "Total"), (Field::Quantity, "3")]),
            (4, &two),
            (5, &[(Field::Name, "Total"), (Field::Quantity, "3")]),
            (7, &[(Field::Name, "Source : relevé de l'hiver")]),
        ]);
        let below = |rows: &[RawRow]| {
            rows_below(rows, &settings(), &Mapping::default()).into_values().collect::<Vec<_>>()
        };
        assert_eq!(below(&rows), [2]);
        assert_eq!(below(&rows[..3]), [0]);
    }
}
