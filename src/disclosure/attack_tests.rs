//! Attacks on the withheld cells of one table, with code of their own.

use super::tests::table;
use super::{Protected, Published, protect};
use crate::config::Disclosure;
use proptest::prelude::*;

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

#[test]
fn a_withheld_nothing_stays_in_the_sums_that_published_values_leave() {
    let rows: [(&[&str], &str, i64); 9] = [
        (&["a", "a"], "g0", 1),
        (&["d", "b"], "g2", 4908),
        (&["c", "a"], "g0", 2803),
        (&["d", "d"], "g0", 7161),
        (&["a", "a"], "g1", 1390),
        (&["d", "c"], "g1", 4257),
        (&["a", "a"], "g2", 421),
        (&["a", "b"], "g0", 1),
        (&["c", "c"], "g2", 1),
    ];
    // The total less `d` less column `a` leaves what two groups have, if a reader knows that nothing is in both.
    let protected = protect(&[table("t", &["parc", "categorie"], &rows)], &Disclosure::default()).unwrap();
    assert_eq!(super::tests::value(&protected, 0, &["d", "a"]), Published::Confidential);
    assert_eq!(attack(&protected), Vec::<Vec<String>>::new());
}

#[test]
fn a_world_that_was_kept_for_a_participant_is_judged_at_its_full_width() {
    let rows: [(usize, usize, usize, i64); 15] = [
        (0, 1, 0, 720),
        (2, 1, 3, 974),
        (3, 0, 0, 6234),
        (3, 0, 1, 1060),
        (2, 0, 1, 1230),
        (1, 3, 2, 693),
        (2, 0, 0, 6049),
        (0, 1, 0, 1),
        (3, 2, 0, 1),
        (3, 3, 1, 694),
        (1, 0, 2, 3928),
        (3, 1, 2, 243),
        (0, 2, 2, 2151),
        (1, 3, 4, 426),
        (2, 0, 3, 908),
    ];
    let (names, groups) = (["a", "b", "c", "d"], ["g0", "g1", "g2", "g3", "g4"]);
    let codes = rows.map(|(row, column, _, _)| [names[row], names[column]]);
    let records: Vec<(&[&str], &str, i64)> = rows
        .iter()
        .zip(&codes)
        .map(|((_, _, group, amount), codes)| (codes as &[&str], groups[*group], *amount))
        .collect();
    let protected = protect(&[table("t", &["parc", "categorie"], &records)], &Disclosure::default());
    assert!(protected.is_ok_and(|protected| protected.verified().requirements > 5));
}
