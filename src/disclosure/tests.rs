//! Attacks on the guarantee, with code of their own.

use super::{Ceiling, DisclosureError, MeasureInput, Protected, Published, Record, TableInput, protect};
use crate::config::Disclosure;
use crate::model::Relation;
use proptest::prelude::*;

pub(super) fn table(name: &str, dimensions: &[&str], rows: &[(&[&str], &str, i64)]) -> TableInput {
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

pub(super) fn value(protected: &Protected, position: usize, codes: &[&str]) -> Published {
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

fn both_ceilings() -> Vec<Ceiling> {
    let ceiling = |(party, code): (usize, &str)| Ceiling {
        measure: "kg_plan".to_owned(),
        party,
        table: "flux".to_owned(),
        other: "kg".to_owned(),
        dimension: "sens".to_owned(),
        code: code.to_owned(),
    };
    [(0, "extrant"), (1, "intrant")].map(ceiling).to_vec()
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
    assert!(!gives_away(&planned(both_ceilings())));
}

#[test]
fn the_detail_of_a_plan_goes_before_the_flows_that_it_is_a_plan_of() {
    // `x` seeks plastic and gives nearly all that `y` seeks: by category it would know too much of `y`.
    let mut flows: Vec<(&[&str], &str, i64)> = vec![
        (&["plastiques", "intrant"], "x", 310_000),
        (&["plastiques", "intrant"], "y", 20_000),
        (&["plastiques", "extrant"], "x", 18_500),
    ];
    let mut moved: Vec<(&str, &str, &str, i64)> =
        vec![("plastiques", "x", "y", 18_500), ("plastiques", "g1", "y", 1_500)];
    for (giver, kg) in [("g1", 40_000), ("g2", 41_000), ("g3", 42_000), ("g4", 29_000)] {
        flows.push((&["plastiques", "extrant"], giver, kg));
        moved.push(("plastiques", giver, "x", if giver == "g1" { kg - 1_500 } else { kg }));
    }
    for ((giver, taker), kg) in [("h1", "k1"), ("h2", "k2"), ("h3", "k3"), ("h4", "k4")]
        .into_iter()
        .zip([90_000, 91_000, 92_000, 93_000])
    {
        flows.push((&["bois", "extrant"], giver, kg));
        flows.push((&["bois", "intrant"], taker, kg + 10_000));
        moved.push(("bois", giver, taker, kg));
    }
    let rows: Vec<([&str; 1], &str, i64)> =
        moved.iter().map(|(category, giver, _, kg)| ([*category], *giver, *kg)).collect();
    let rows: Vec<(&[&str], &str, i64)> =
        rows.iter().map(|(codes, giver, kg)| (codes as &[&str], *giver, *kg)).collect();
    let mut plan = table("plan", &["categorie"], &rows);
    plan.measures[0].name = "kg_plan".to_owned();
    for ((record, number), (_, _, taker, _)) in plan.records.iter_mut().zip(100..).zip(&moved) {
        record.id = identity(number);
        record.contributors.push((*taker).to_owned());
    }
    plan.ceilings = both_ceilings();
    let protected =
        protect(&[table("flux", &["categorie", "sens"], &flows), plan], &Disclosure::default()).unwrap();
    assert_eq!(
        value(&protected, 1, &["Total"]),
        Published::Value(moved.iter().map(|(_, _, _, kg)| kg).sum())
    );
    for category in ["bois", "plastiques"] {
        assert_eq!(value(&protected, 1, &[category]), Published::Confidential);
    }
    let all = flows.iter().map(|(_, _, kg)| kg).sum();
    assert_eq!(value(&protected, 0, &["Total", "Total"]), Published::Value(all));
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
fn nothing_at_all_is_shown_as_zero_among_many_and_withheld_among_few() {
    let of = |groups: usize, is_count: bool| {
        let mut none = table("suivi", &["statut"], &[]);
        none.codes = vec![vec!["proposee".to_owned(), "realisee".to_owned()]];
        none.measures[0].is_count = is_count;
        let mut many = table("t", &["parc", "categorie"], &TWO_PARKS[..groups]);
        many.measures[0].name = "autre".to_owned();
        let protected = protect(&[none, many], &Disclosure::default()).unwrap();
        ["realisee", "Total"].map(|code| value(&protected, 0, &[code]))
    };
    assert_eq!(of(10, true), [Published::Value(0); 2]);
    assert_eq!(of(2, true), [Published::Confidential; 2]);
    // Nothing that is known of an amount is not nothing.
    assert_eq!(of(10, false), [Published::Confidential; 2]);
}

#[test]
fn unknown_beside_a_withheld_value_is_withheld_too() {
    let mut input = table("t", &["categorie"], &[(&["bois"], "g1", 100)]);
    let many = (2..8).map(|group| format!("g{group}")).collect::<Vec<_>>();
    for (group, id) in many.iter().zip(2_u128..) {
        let mut record = input.records[0].clone();
        (record.id, record.dimensions, record.contributors) =
            (identity(id), vec!["verre".to_owned()], vec![group.clone()]);
        input.records.push(record);
    }
    input.measures.push(MeasureInput { name: "cout".to_owned(), relation: None, is_count: false });
    for record in &mut input.records {
        record.values.push(None);
    }
    let protected = protect(&[input], &Disclosure::default()).unwrap();
    let rows = protected.tables()[0].rows();
    let of = |code: &str| rows.iter().find(|row| row.dimensions() == [code]).unwrap().values().to_vec();
    assert_eq!(of("bois"), [Published::Confidential; 2]);
    let shown: Vec<_> = ["verre", "Total"]
        .iter()
        .map(|code| of(code))
        .filter(|row| row[0] != Published::Confidential)
        .collect();
    assert!(!shown.is_empty() && shown.iter().all(|row| row[1] == Published::Unknown), "{shown:?}");
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
