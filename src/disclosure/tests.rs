//! Attacks on the guarantee, with code of their own.

use super::{Ceiling, DisclosureError, MeasureInput, Protected, Published, Record, TableInput, protect};
use crate::config::Disclosure;
use crate::model::Relation;
use proptest::prelude::*;

fn table(name: &str, dimensions: &[&str], rows: &[(&[&str], &str, i64)]) -> TableInput {
    TableInput {
        name: name.to_owned(),
        dimensions: dimensions.iter().map(|name| (*name).to_owned()).collect(),
        codes: Vec::new(),
        measures: vec![MeasureInput { name: "kg".to_owned(), relation: None, is_count: false }],
        ceilings: Vec::new(),
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
    input.measures.push(MeasureInput {
        name: "ges".to_owned(),
        relation: Some(Relation::Factor("kg".to_owned())),
        is_count: false,
    });
    for record in &mut input.records {
        let factor = if record.dimensions[0] == "bois" { 3 } else { 7 };
        record.values.push(record.values[0].map(|amount| amount * factor));
    }
    let protected = protect(&[input], &Disclosure::default()).unwrap();
    assert_eq!(value(&protected, 0, &["bois"]), Published::Confidential);
    // One of the two totals is enough to keep back, and the kilograms say more.
    assert_eq!(value(&protected, 0, &["Total"]), Published::Value(460));
    let total = protected.tables()[0].rows().iter().find(|row| row.dimensions() == ["Total"]).unwrap();
    assert_eq!(total.values()[1], Published::Confidential);
}

/// One category, `kg` with two measures that hang together with it.
fn with(relations: [(&str, Relation); 2], rows: &[(&str, [i64; 3])]) -> TableInput {
    let records: Vec<(&[&str], &str, i64)> =
        rows.iter().map(|(group, [kg, _, _])| (&["bois"] as &[&str], *group, *kg)).collect();
    let mut input = table("t", &["categorie"], &records);
    for (name, relation) in relations {
        input.measures.push(MeasureInput {
            name: name.to_owned(),
            relation: Some(relation),
            is_count: false,
        });
    }
    for (record, (_, [_, first, second])) in input.records.iter_mut().zip(rows) {
        record.values.extend([Some(*first), Some(*second)]);
    }
    input
}

#[test]
fn the_width_of_an_interval_gives_no_single_volume_away() {
    let relations = [("bas", Relation::Below("kg".to_owned())), ("haut", Relation::Above("kg".to_owned()))];
    let exact = |kg: i64| [kg, kg, kg];
    // Five exact amounts and one volume: the width of the sum is that of the volume.
    let rows = [
        ("a", exact(100_000)),
        ("b", exact(90_000)),
        ("c", exact(80_000)),
        ("d", exact(70_000)),
        ("e", exact(60_000)),
        ("f", [23_555, 10_030, 37_080]),
    ];
    let protected = protect(&[with(relations, &rows)], &Disclosure::default()).unwrap();
    let published: Vec<Published> = protected.tables()[0].rows()[1].values().to_vec();
    let shown = published.iter().filter(|value| matches!(value, Published::Value(_))).count();
    assert!(shown < 2, "{published:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// What one tariff gives says as much as the mass itself, crossings without records or not.
    #[test]
    fn a_mass_is_not_given_away_by_its_tariff(
        rows in prop::collection::vec((0..2_usize, 0..3_usize, 0..8_usize, 1..500_i64), 1..14),
    ) {
        let groups: Vec<String> = (0..8).map(|group| format!("g{group}")).collect();
        let codes: Vec<[&str; 2]> =
            rows.iter().map(|row| [["d", "r"][row.0], ["x", "y", "z"][row.1]]).collect();
        let records: Vec<(&[&str], &str, i64)> = rows
            .iter()
            .zip(&codes)
            .map(|(row, codes)| (codes as &[&str], groups[row.2].as_str(), row.3 * 1000))
            .collect();
        let mut input = table("t", &["voie", "categorie"], &records);
        input.codes = vec![Vec::new(), ["w", "x", "y", "z"].map(str::to_owned).to_vec()];
        for name in ["bas", "haut"] {
            input.measures.push(MeasureInput {
                name: name.to_owned(),
                relation: Some(Relation::Factor("kg".to_owned())),
                is_count: false,
            });
        }
        for (record, row) in input.records.iter_mut().zip(&rows) {
            record.values.extend([Some(row.3 * 8_700), Some(row.3 * 12_300)]);
        }
        let protected = protect(&[input], &Disclosure::default()).unwrap();
        for row in protected.tables()[0].rows() {
            let [kg, costs @ ..] = row.values() else { unreachable!() };
            for cost in costs {
                let gives_away = *kg == Published::Confidential
                    && matches!(cost, Published::Value(cost) if *cost != 0);
                prop_assert!(!gives_away, "{:?}: {:?}", row.dimensions(), row.values());
            }
        }
    }
}

/// What is offered and sought, and a plan that meets every request for wood.
fn planned(ceilings: Vec<Ceiling>) -> Protected {
    let offers = [("g1", 9_000), ("g2", 400), ("g3", 400), ("g4", 400), ("g5", 400)];
    let glass = [(20_000, "g6", "t6"), (21_000, "g7", "t7"), (22_000, "g8", "t8")];
    let mut flows: Vec<(&[&str], &str, i64)> = Vec::new();
    flows.extend(offers.map(|(giver, kg)| (&["bois", "extrant"] as &[&str], giver, kg)));
    flows.extend(["t1", "t2", "t3", "t4", "t5"].map(|taker| (&["bois", "intrant"] as &[&str], taker, 600)));
    for (kg, giver, taker) in glass {
        flows.push((&["verre", "extrant"], giver, kg));
        flows.push((&["verre", "intrant"], taker, kg));
    }
    let moved = [
        ("g1", "t1", 280),
        ("g1", "t2", 280),
        ("g1", "t3", 280),
        ("g1", "t4", 280),
        ("g1", "t5", 280),
        ("g2", "t1", 320),
        ("g2", "t2", 80),
        ("g3", "t2", 240),
        ("g3", "t3", 160),
        ("g4", "t3", 160),
        ("g4", "t4", 240),
        ("g5", "t4", 80),
        ("g5", "t5", 320),
    ];
    let rows = moved.map(|(giver, _, kg)| (&["bois"] as &[&str], giver, kg));
    let mut plan = table("plan", &["categorie"], &rows);
    plan.measures[0].name = "kg_plan".to_owned();
    for ((record, number), (_, taker, _)) in plan.records.iter_mut().zip(100..).zip(moved) {
        record.id = identity(number);
        record.contributors.push(taker.to_owned());
    }
    plan.ceilings = ceilings;
    protect(&[table("flux", &["categorie", "sens"], &flows), plan], &Disclosure::default()).unwrap()
}

#[test]
fn a_plan_does_not_tell_how_much_is_sought_at_least() {
    let gives_away = |protected: &Protected| {
        let offers = value(protected, 0, &["bois", "extrant"]);
        assert_eq!(offers, Published::Confidential);
        // Offers are at most the sum of both directions less what the plan moves: here, the truth.
        let sum = value(protected, 0, &["bois", "Total"]);
        sum == Published::Value(13_600) && value(protected, 1, &["bois"]) == Published::Value(3_000)
    };
    assert!(gives_away(&planned(Vec::new())));
    let ceiling = |party, code: &str| Ceiling {
        measure: "kg_plan".to_owned(),
        party,
        table: "flux".to_owned(),
        other: "kg".to_owned(),
        dimension: "sens".to_owned(),
        code: code.to_owned(),
    };
    assert!(!gives_away(&planned(vec![ceiling(0, "extrant"), ceiling(1, "intrant")])));
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
fn two_tariffs_do_not_give_the_single_synergy_of_one_of_them_away() {
    let relations = [("bas", Relation::Factor("kg".to_owned())), ("haut", Relation::Factor("kg".to_owned()))];
    let landfilled = |kg: i64| [kg, kg * 87 / 10, kg * 136 / 10];
    let rows = [
        ("a", landfilled(100_000)),
        ("b", landfilled(90_000)),
        ("c", landfilled(80_000)),
        ("d", landfilled(70_000)),
        ("e", landfilled(60_000)),
        ("f", [33_000, 33_000 * 96 / 10, 33_000 * 168 / 10]),
    ];
    let protected = protect(&[with(relations, &rows)], &Disclosure::default()).unwrap();
    for row in protected.tables()[0].rows() {
        let shown = row.values().iter().filter(|value| matches!(value, Published::Value(_))).count();
        assert!(shown < 2, "{:?}", row.values());
    }
    assert!(
        protected.tables()[0].rows()[0].values().contains(&Published::Value(433_000)),
        "the kilograms are safe and stay"
    );
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn no_count_of_few_is_certain_to_a_reader_or_a_participant(
        rows in prop::collection::vec((0..2_usize, 0..3_usize, 0..6_usize), 1..11),
    ) {
        let groups: Vec<String> = (0..6).map(|group| format!("g{group}")).collect();
        let codes: Vec<[&str; 2]> =
            rows.iter().map(|(row, column, _)| [["a", "b"][*row], ["x", "y", "z"][*column]]).collect();
        let records: Vec<(&[&str], &str, i64)> =
            rows.iter().zip(&codes).map(|(row, codes)| (codes as &[&str], groups[row.2].as_str(), 1)).collect();
        let mut input = table("t", &["parc", "categorie"], &records);
        input.measures[0].is_count = true;
        let protected = protect(&[input], &Disclosure::default()).unwrap();
        // The insider that is no group knows nothing.
        for insider in 0..7 {
            let mut own = [0_i64; 6];
            let mut all = [0_i64; 6];
            let mut others: Vec<std::collections::BTreeSet<usize>> = vec![std::collections::BTreeSet::new(); 6];
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
                    let seen: std::collections::BTreeSet<i64> = worlds.iter().map(|world| world[cell]).collect();
                    prop_assert!(seen.len() > 1, "cell {cell} to {insider}: {seen:?}");
                }
            }
        }
    }
    #[test]
    fn a_zero_is_shown_where_it_can_be_worked_out_and_nowhere_else(
        rows in prop::collection::vec((0..2_usize, 0..3_usize, 0..6_usize), 1..7),
    ) {
        let groups: Vec<String> = (0..6).map(|group| format!("g{group}")).collect();
        let codes: Vec<[&str; 2]> =
            rows.iter().map(|(row, column, _)| [["a", "b"][*row], ["x", "y", "z"][*column]]).collect();
        let records: Vec<(&[&str], &str, i64)> =
            rows.iter().zip(&codes).map(|(row, codes)| (codes as &[&str], groups[row.2].as_str(), 1)).collect();
        let mut input = table("t", &["parc", "categorie"], &records);
        input.measures[0].is_count = true;
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
