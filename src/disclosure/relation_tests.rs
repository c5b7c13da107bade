//! Attacks by way of measures that hang together: ratios, intervals and tariffs.

use super::tests::{table, value};
use super::{MeasureInput, Published, TableInput, protect};
use crate::config::Disclosure;
use crate::model::Relation;
use proptest::prelude::*;

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
