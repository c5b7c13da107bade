//! Short names of the sectors that take things, from `pipelines/reference/secteurs_preneurs.csv`: ours, not the
//! official titles of SCIAN; and the one SCIAN sector that stands for a class of NACE among outlets, from
//! `pipelines/reference/correspondance_nace.csv`.

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

static SCIAN: LazyLock<BTreeMap<&'static str, &'static str>> = LazyLock::new(|| {
    let table = include_str!("../../pipelines/reference/correspondance_nace.csv");
    let pair = |row: &'static str| {
        let mut cells = row.split(',');
        cells.next().zip(cells.next())
    };
    table.lines().skip(1).filter_map(pair).collect()
});

/// The sector (SCIAN) that a class of NACE, four digits, is among outlets; none for one that no outlet is.
#[must_use]
pub fn scian(nace: &str) -> Option<&'static str> {
    SCIAN.get(nace).copied()
}

#[cfg(test)]
mod tests {
    use super::{super::receivers, NAMES, SCIAN, scian, taker};

    #[test]
    fn the_outlets_of_both_lists_follow_from_one_correspondence() {
        for (nace, listed) in receivers::both_lists() {
            let mut told: Vec<&str> = Vec::new();
            for class in nace {
                let sector = scian(class).unwrap();
                if !told.contains(&sector) {
                    told.push(sector);
                }
            }
            assert_eq!(told, listed);
        }
        assert!(SCIAN.len() > 80 && SCIAN.values().all(|sector| taker(sector).is_some()));
    }

    #[test]
    fn every_sector_of_the_table_of_outlets_has_a_name_in_both_languages() {
        for sector in receivers::sectors() {
            assert!(taker(sector).is_some_and(|(fr, en)| !fr.is_empty() && !en.is_empty()), "{sector}");
        }
        assert!(NAMES.len() > 40 && taker("9999").is_none());
    }
}
