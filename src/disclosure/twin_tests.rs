//! Attacks by way of a second table that holds the same records, or all of them but a few.

use super::tests::{TWO_PARKS, table, value};
use super::{MeasureInput, Published, Record, protect};
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
fn a_measure_under_another_name_that_lacks_one_company_does_not_give_it_away() {
    let groups: Vec<String> = (0..6).map(|group| format!("g{group}")).collect();
    let rows: Vec<(&[&str], &str, i64)> = (30_i64..)
        .zip(&groups)
        .map(|(kg, group)| (&["alpha"] as &[&str], group.as_str(), 1_000 * kg))
        .collect();
    let mut input = table("flux", &["parc"], &rows);
    input.measures.push(MeasureInput { name: "masse".to_owned(), ..MeasureInput::default() });
    for (at, record) in input.records.iter_mut().enumerate() {
        record.values.push(record.values[0].filter(|_| at > 0));
    }
    let protected = protect(&[input], &Disclosure::default()).unwrap();
    let total = protected.tables()[0].rows().iter().find(|row| row.dimensions() == ["Total"]).unwrap();
    let is_shown = |value: &&Published| matches!(value, Published::Value(_));
    assert_eq!(total.values().iter().filter(is_shown).count(), 1);
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

#[test]
fn a_company_that_four_tables_give_away_together_is_not_given_away() {
    let groups: Vec<String> = (0..16).map(|group| format!("g{group}")).collect();
    let rows: Vec<(&[&str], &str, i64)> = (30_i64..)
        .zip(&groups)
        .map(|(kg, group)| (&["alpha"] as &[&str], group.as_str(), 1_000 * kg))
        .collect();
    let part = |name: &str, has: fn(usize) -> bool| {
        let mut part = table(name, &["parc"], &rows);
        let records = std::mem::take(&mut part.records).into_iter().enumerate();
        part.records = records.filter(|(at, _)| has(*at)).map(|(_, record)| record).collect();
        part
    };
    // The first less the second is the third less the fourth, and one company more.
    let tables = [
        part("a", |at| at < 11),
        part("b", |at| at < 5),
        part("c", |at| at >= 5 && at != 10),
        part("d", |at| at > 10),
    ];
    let protected = protect(&tables, &Disclosure::default()).unwrap();
    let is_shown = |position| matches!(value(&protected, position, &["Total"]), Published::Value(_));
    assert!(!(0..4).all(is_shown) && (0..4).any(is_shown));
}
