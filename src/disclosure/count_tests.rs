//! Attacks on counts: every whole table that somebody thinks possible is listed.

use super::tests::{table, value};
use super::{Protected, Published, TableInput, protect};
use crate::config::Disclosure;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Every table of counts of 2 × 3 that a reader who is `insider` thinks possible: published values
/// that are `shown` to him are met, the rest lies between nothing and `most`.
fn worlds(
    protected: &Protected,
    lower: &[i64; 6],
    exact: &[Option<i64>; 6],
    most: i64,
    shown: fn(i64) -> bool,
) -> Vec<[i64; 6]> {
    let codes = |cell: usize| [["a", "b"][cell / 3], ["x", "y", "z"][cell % 3]];
    let known = |codes: [&str; 2]| {
        let rows = protected.tables()[0].rows();
        let value = rows.iter().find(|row| row.dimensions() == codes).map(|row| row.values()[0]);
        value.map(|value| match value {
            Published::Value(value) if !shown(value) => Published::Confidential,
            value => value,
        })
    };
    let mut ranges = Vec::new();
    for cell in 0..6 {
        let certain = match (known(codes(cell)), exact[cell]) {
            (Some(Published::Value(value)), _) => Some(value),
            (None, _) => Some(0),
            (_, exact) => exact,
        };
        ranges.push(certain.map_or(lower[cell]..=most, |value| value..=value));
    }
    let sums: Vec<(Vec<usize>, i64)> = ["a", "b", "Total"]
        .iter()
        .flat_map(|row| ["x", "y", "z", "Total"].map(|column| [*row, column]))
        .filter(|codes| codes.contains(&"Total"))
        .filter_map(|margin| {
            let Some(Published::Value(value)) = known(margin) else { return None };
            let fits = |cell: &usize| {
                codes(*cell).iter().zip(margin).all(|(code, wanted)| wanted == "Total" || *code == wanted)
            };
            Some(((0..6).filter(fits).collect(), value))
        })
        .collect();
    let mut found = Vec::new();
    let mut stack: Vec<Vec<i64>> = vec![Vec::new()];
    while let Some(head) = stack.pop() {
        if let Ok(world) = <[i64; 6]>::try_from(head.as_slice()) {
            if sums.iter().all(|(cells, value)| cells.iter().map(|cell| world[*cell]).sum::<i64>() == *value)
            {
                found.push(world);
            }
            continue;
        }
        for value in ranges[head.len()].clone() {
            let longer: Vec<i64> = head.iter().copied().chain([value]).collect();
            let over = sums
                .iter()
                .any(|(cells, sum)| cells.iter().filter_map(|cell| longer.get(*cell)).sum::<i64>() > *sum);
            if !over {
                stack.push(longer);
            }
        }
    }
    found
}

/// Records of two parks and three categories, each counted once: park, category and group by number.
fn counted(rows: &[(usize, usize, usize)]) -> TableInput {
    let groups: Vec<String> = (0..6).map(|group| format!("g{group}")).collect();
    let codes: Vec<[&str; 2]> =
        rows.iter().map(|(row, column, _)| [["a", "b"][*row], ["x", "y", "z"][*column]]).collect();
    let records: Vec<(&[&str], &str, i64)> =
        rows.iter().zip(&codes).map(|(row, codes)| (codes as &[&str], groups[row.2].as_str(), 1)).collect();
    let mut input = table("t", &["parc", "categorie"], &records);
    input.measures[0].is_count = true;
    input
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn no_count_of_few_is_certain_to_a_reader_or_a_participant(
        rows in prop::collection::vec((0..2_usize, 0..3_usize, 0..6_usize), 1..11),
    ) {
        let protected = protect(&[counted(&rows)], &Disclosure::default()).unwrap();
        // The insider that is no group knows nothing.
        for insider in 0..7 {
            let mut own = [0_i64; 6];
            let mut all = [0_i64; 6];
            let mut others: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); 6];
            for (row, column, group) in &rows {
                let cell = row * 3 + column;
                all[cell] += 1;
                own[cell] += i64::from(*group == insider);
                others[cell].insert(*group);
            }
            let exact: [Option<i64>; 6] = std::array::from_fn(|cell| {
                (!others[cell].is_empty() && others[cell].iter().all(|group| *group == insider)).then_some(all[cell])
            });
            let worlds = worlds(&protected, &own, &exact, 11, |_| true);
            for cell in 0..6 {
                let strangers = others[cell].iter().filter(|group| **group != insider).count();
                if others[cell].len() < 3 && strangers > 0 {
                    let seen: BTreeSet<i64> = worlds.iter().map(|world| world[cell]).collect();
                    prop_assert!(seen.len() > 1, "cell {cell} to {insider}: {seen:?}");
                }
            }
        }
    }
    #[test]
    fn a_zero_is_shown_where_it_can_be_worked_out_and_nowhere_else(
        rows in prop::collection::vec((0..2_usize, 0..3_usize, 0..6_usize), 1..7),
    ) {
        let mut input = counted(&rows);
        input.codes = [&["a", "b"] as &[&str], &["x", "y", "z"]]
            .map(|codes| codes.iter().map(|code| (*code).to_owned()).collect())
            .to_vec();
        let protected = protect(&[input], &Disclosure::default()).unwrap();
        // To a reader from whom every zero is kept.
        let worlds = worlds(&protected, &[0; 6], &[None; 6], 7, |value| value != 0);
        for cell in (0..6).filter(|cell| !rows.iter().any(|(row, column, _)| row * 3 + column == *cell)) {
            let codes = [["a", "b"][cell / 3], ["x", "y", "z"][cell % 3]];
            let is_certain = worlds.iter().all(|world| world[cell] == 0);
            prop_assert_eq!(value(&protected, 0, &codes) == Published::Value(0), is_certain, "{:?}", codes);
        }
    }
}
