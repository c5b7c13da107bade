//! Attacks by way of a second table that holds the same records, or all of them but a few.

use super::tests::{TWO_PARKS, table, value};
use super::{Published, Record, protect};
use crate::config::Disclosure;

#[test]
fn the_same_records_under_two_names_are_withheld_together() {
    let wide = table("wide", &["parc", "categorie"], TWO_PARKS);
    let mut narrow = table("narrow", &["code"], &[]);
    for record in &wide.records {
        let mut record = record.clone();
        record.dimensions = vec![record.dimensions.join("-")];
        narrow.records.push(record);
    }
    let protected = protect(&[wide, narrow], &Disclosure::default()).unwrap();
    for (wide, narrow) in [(["a", "bois"], "a-bois"), (["b", "verre"], "b-verre")] {
        assert_eq!(value(&protected, 0, &wide), value(&protected, 1, &[narrow]));
    }
}

#[test]
fn a_measure_under_another_name_is_the_same_amount() {
    let mut renamed = table("u", &["parc"], &[]);
    renamed.measures[0].name = "masse".to_owned();
    let mut rows = TWO_PARKS.to_vec();
    rows.truncate(7);
    let first = table("t", &["parc", "categorie"], &rows);
    renamed.records = first
        .records
        .iter()
        .map(|record| Record { dimensions: record.dimensions[..1].to_vec(), ..record.clone() })
        .collect();
    let protected = protect(&[first, renamed], &Disclosure::default()).unwrap();
    for park in ["a", "b", "Total"] {
        assert_eq!(value(&protected, 0, &[park, "Total"]), value(&protected, 1, &[park]), "{park}");
    }
}

#[test]
fn a_table_that_leaves_one_company_out_does_not_give_it_away() {
    let groups: Vec<String> = (0..10).map(|group| format!("g{group}")).collect();
    let rows: Vec<(&[&str], &str, i64)> = groups
        .iter()
        .zip([5_000, 30_000, 31_000, 32_000, 33_000, 34_000, 35_000, 36_000, 37_000, 38_000])
        .map(|(group, kg)| (&["alpha"] as &[&str], group.as_str(), kg))
        .collect();
    let all = table("flux", &["parc"], &rows);
    let mut large = table("gros", &["parc"], &rows);
    large.records.remove(0);
    for order in [[&all, &large], [&large, &all]] {
        let protected = protect(&order.map(Clone::clone), &Disclosure::default()).unwrap();
        let published = |position| matches!(value(&protected, position, &["Total"]), Published::Value(_));
        assert!(!(published(0) && published(1)));
    }
    // Without three companies what is left out is as safe as the rest.
    large.records.drain(..3);
    let protected = protect(&[all, large], &Disclosure::default()).unwrap();
    assert_eq!(value(&protected, 0, &["Total"]), Published::Value(311_000));
    assert_eq!(value(&protected, 1, &["Total"]), Published::Value(213_000));
}
