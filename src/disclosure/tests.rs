//! Attacks on the guarantee, with code of their own.

use super::{DisclosureError, MeasureInput, Protected, Published, Record, TableInput, protect};
use crate::config::Disclosure;
use crate::model::Relation;
use proptest::prelude::*;

fn table(name: &str, dimensions: &[&str], rows: &[(&[&str], &str, i64)]) -> TableInput {
    TableInput {
        name: name.to_owned(),
        dimensions: dimensions.iter().map(|name| (*name).to_owned()).collect(),
        measures: vec![MeasureInput { name: "kg".to_owned(), relation: None }],
        records: rows
            .iter()
            .zip(1_u128..)
            .map(|((codes, group, amount), id)| Record {
                id: identity(id),
                dimensions: codes.iter().map(|code| (*code).to_owned()).collect(),
                contributors: vec![(*group).to_owned()],
                values: vec![Some(*amount)],
            })
            .collect(),
    }
}

/// As in a run: identities are hashes, so that sums of them tell sets apart.
fn identity(number: u128) -> u128 {
    let hash = blake3::hash(&number.to_le_bytes());
    u128::from_le_bytes(hash.as_bytes()[..16].try_into().unwrap())
}

fn value(protected: &Protected, position: usize, codes: &[&str]) -> Published {
    let rows = protected.tables()[position].rows();
    rows.iter().find(|row| row.dimensions() == codes).unwrap().values()[0]
}

const TWO_PARKS: &[(&[&str], &str, i64)] = &[
    (&["a", "bois"], "g1", 100),
    (&["a", "verre"], "g2", 90),
    (&["a", "verre"], "g3", 80),
    (&["a", "verre"], "g4", 70),
    (&["b", "bois"], "g5", 60),
    (&["b", "bois"], "g6", 65),
    (&["b", "bois"], "g7", 70),
    (&["b", "verre"], "g8", 75),
    (&["b", "verre"], "g9", 80),
    (&["b", "verre"], "g0", 85),
];

#[test]
fn one_company_hides_behind_a_rectangle_and_the_totals_stay() {
    let protected =
        protect(&[table("t", &["parc", "categorie"], TWO_PARKS)], &Disclosure::default()).unwrap();
    for codes in [["a", "bois"], ["a", "verre"], ["b", "bois"], ["b", "verre"]] {
        assert_eq!(value(&protected, 0, &codes), Published::Confidential, "{codes:?}");
    }
    assert_eq!(value(&protected, 0, &["Total", "Total"]), Published::Value(775));
    assert_eq!(protected.explanations().len(), 4);
}

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
fn companies_of_one_group_count_once() {
    let rows: Vec<(&[&str], &str, i64)> = vec![
        (&["a"], "g", 10),
        (&["a"], "g", 10),
        (&["a"], "g", 10),
        (&["b"], "h", 10),
        (&["b"], "i", 10),
        (&["b"], "j", 10),
    ];
    let protected = protect(&[table("t", &["parc"], &rows)], &Disclosure::default()).unwrap();
    assert_eq!(value(&protected, 0, &["a"]), Published::Confidential);
    assert_eq!(value(&protected, 0, &["b"]), Published::Confidential);
}

#[test]
fn a_derived_total_does_not_give_its_parts_away() {
    // Two categories withheld under a published total: the total of a second measure with
    // known ratios would be a second equation for two unknowns.
    let mut input = table(
        "t",
        &["categorie"],
        &[(&["bois"], "g1", 100), (&["bois"], "g2", 110), (&["verre"], "g3", 120), (&["verre"], "g4", 130)],
    );
    input
        .measures
        .push(MeasureInput { name: "ges".to_owned(), relation: Some(Relation::Factor("kg".to_owned())) });
    for record in &mut input.records {
        let factor = if record.dimensions[0] == "bois" { 3 } else { 7 };
        record.values.push(record.values[0].map(|amount| amount * factor));
    }
    let protected = protect(&[input], &Disclosure::default()).unwrap();
    assert_eq!(value(&protected, 0, &["bois"]), Published::Confidential);
    assert_eq!(value(&protected, 0, &["Total"]), Published::Confidential);
}

#[test]
fn unknown_is_not_zero() {
    let mut input = table("t", &["parc"], &[(&["a"], "g1", 1)]);
    input.records[0].values = vec![None];
    let protected = protect(&[input], &Disclosure::default()).unwrap();
    assert_eq!(value(&protected, 0, &["a"]), Published::Unknown);
}

#[test]
fn negative_amounts_and_forged_margins_are_refused() {
    for rows in [[(&["a"] as &[&str], "g", -1)], [(&["Total"] as &[&str], "g", 1)]] {
        let refused = protect(&[table("t", &["parc"], &rows)], &Disclosure::default());
        assert!(matches!(refused, Err(DisclosureError::Malformed { .. })));
    }
}

/// The attacker: unknown cells as columns, one equation a margin, Gauss-Jordan over doubles.
fn attack(protected: &Protected) -> Vec<Vec<String>> {
    let table = &protected.tables()[0];
    let mut unknown: Vec<&Vec<String>> = Vec::new();
    let codes: Vec<Vec<String>> = table.rows().iter().map(|row| row.dimensions().to_vec()).collect();
    for (row, codes) in table.rows().iter().zip(&codes) {
        if row.values()[0] == Published::Confidential {
            unknown.push(codes);
        }
    }
    let column = |codes: &Vec<String>| unknown.iter().position(|other| *other == codes);
    let mut matrix: Vec<Vec<f64>> = Vec::new();
    for parent in &codes {
        for dimension in 0..parent.len() {
            if parent[dimension] != "Total" {
                continue;
            }
            let mut row = vec![0.0; unknown.len()];
            if let Some(column) = column(parent) {
                row[column] -= 1.0;
            }
            for child in codes.iter().filter(|child| {
                child[dimension] != "Total"
                    && (0..parent.len()).all(|other| other == dimension || child[other] == parent[other])
            }) {
                if let Some(column) = column(child) {
                    row[column] += 1.0;
                }
            }
            matrix.push(row);
        }
    }
    let mut rank = 0;
    for column in 0..unknown.len() {
        let Some(pivot) = (rank..matrix.len()).find(|row| matrix[*row][column].abs() > 1e-9) else {
            continue;
        };
        matrix.swap(rank, pivot);
        let divisor = matrix[rank][column];
        matrix[rank].iter_mut().for_each(|value| *value /= divisor);
        for other in 0..matrix.len() {
            let factor = matrix[other][column];
            if other != rank && factor.abs() > 1e-9 {
                let pivot = matrix[rank].clone();
                matrix[other].iter_mut().zip(pivot).for_each(|(value, pivot)| *value -= factor * pivot);
            }
        }
        rank += 1;
    }
    let support =
        |row: &[f64]| -> Vec<usize> { (0..row.len()).filter(|column| row[*column].abs() > 1e-9).collect() };
    matrix
        .iter()
        .map(|row| support(row))
        .filter(|support| support.len() == 1)
        .map(|support| unknown[support[0]].clone())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_withheld_cell_can_be_solved_for(
        rows in prop::collection::vec((0..4_usize, 0..4_usize, 0..12_usize, 1..10_000_i64), 1..60),
        seed in any::<prop::sample::Index>(),
    ) {
        let names = ["a", "b", "c", "d"];
        let groups: Vec<String> = (0..12).map(|group| format!("g{group}")).collect();
        let codes: Vec<[&str; 2]> = rows.iter().map(|row| [names[row.0], names[row.1]]).collect();
        let rows: Vec<(&[&str], &str, i64)> =
            rows.iter().zip(&codes).map(|(row, codes)| (codes as &[&str], groups[row.2].as_str(), row.3)).collect();
        let input = table("t", &["parc", "categorie"], &rows);
        let protected = protect(std::slice::from_ref(&input), &Disclosure::default()).unwrap();
        prop_assert_eq!(attack(&protected), Vec::<Vec<String>>::new());
        let mut shuffled = input;
        let middle = seed.index(shuffled.records.len());
        shuffled.records.rotate_left(middle);
        prop_assert_eq!(protect(&[shuffled], &Disclosure::default()).unwrap(), protected);
    }
}
