//! Short names of the sectors that take things, from `pipelines/reference/secteurs_preneurs.csv`: ours, not the
//! official titles of SCIAN.

use std::collections::BTreeMap;
use std::sync::LazyLock;

static NAMES: LazyLock<BTreeMap<&'static str, (&'static str, &'static str)>> = LazyLock::new(|| {
    let records: &'static [csv::StringRecord] =
        csv::Reader::from_reader(include_str!("../../pipelines/reference/secteurs_preneurs.csv").as_bytes())
            .into_records()
            .filter_map(Result::ok)
            .collect::<Vec<_>>()
            .leak();
    records.iter().map(|record| (&record[0], (&record[1], &record[2]))).collect()
});

/// The name of a sector (SCIAN, three or four digits), French and English.
#[must_use]
pub fn taker(sector: &str) -> Option<(&'static str, &'static str)> {
    NAMES.get(sector).copied()
}

#[cfg(test)]
mod tests {
    use super::{super::receivers, NAMES, taker};

    #[test]
    fn every_sector_of_the_table_of_outlets_has_a_name_in_both_languages() {
        for sector in receivers::sectors() {
            assert!(taker(sector).is_some_and(|(fr, en)| !fr.is_empty() && !en.is_empty()), "{sector}");
        }
        assert!(NAMES.len() > 40 && taker("9999").is_none());
    }
}
