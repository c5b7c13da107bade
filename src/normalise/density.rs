//! Kilograms in a cubic metre, a pallet, a bale: `pipelines/reference/masses_volumiques.csv`.

use super::number::Decimal;
use crate::materials;
use std::sync::LazyLock;

struct Row {
    category: String,
    unit: String,
    keywords: Vec<String>,
    low: Decimal,
    high: Decimal,
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let table = include_str!("../../pipelines/reference/masses_volumiques.csv");
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records().filter_map(Result::ok) {
        let (Some(low), Some(high)) = (Decimal::parse_plain(&record[3]), Decimal::parse_plain(&record[4]))
        else {
            continue;
        };
        let keywords = record[2].split('|').filter(|word| !word.is_empty()).map(materials::key).collect();
        rows.push(Row { category: record[0].to_owned(), unit: record[1].to_owned(), keywords, low, high });
    }
    rows
});

/// Kilograms in one unit (`m3`, `palette`, `balle`…), low and high: the row of the category
/// with the longest keyword in the description, else the category's row without keyword.
pub(super) fn find(category: &str, unit: &str, description: &str) -> Option<(Decimal, Decimal)> {
    let text = materials::key(description);
    let mut best: Option<(usize, &Row)> = None;
    for row in ROWS.iter().filter(|row| row.category == category && row.unit == unit) {
        let length = if row.keywords.is_empty() {
            Some(0)
        } else {
            row.keywords.iter().filter(|word| materials::contains(&text, word)).map(String::len).max()
        };
        if let Some(length) = length
            && best.is_none_or(|(longest, _)| length > longest)
        {
            best = Some((length, row));
        }
    }
    best.map(|(_, row)| (row.low, row.high))
}

#[cfg(test)]
mod tests {
    use super::{ROWS, find};

    #[test]
    fn intervals_are_ordered_and_keywords_beat_the_category() {
        assert!(ROWS.len() > 40);
        assert!(ROWS.iter().all(|row| row.low.compare(row.high).is_le()));
        let (low, _) = find("mineraux", "m3", "Retailles de gypse").unwrap();
        assert_eq!(low.round(), Some(297));
        assert!(find("bois", "palette", "Palettes de bois usagées").is_some());
        assert!(find("carton_papier", "palette", "carton").is_none());
    }
}
