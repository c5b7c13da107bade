//! What a table withholds, shows and refuses; and how tests make one.

use super::{DisclosureError, MeasureInput, Protected, Published, Record, TableInput, protect};
use crate::config::Disclosure;

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
pub(super) fn identity(number: u128) -> u128 {
    let hash = blake3::hash(&number.to_le_bytes());
    u128::from_le_bytes(hash.as_bytes()[..16].try_into().unwrap())
}

pub(super) fn value(protected: &Protected, position: usize, codes: &[&str]) -> Published {
    let rows = protected.tables()[position].rows();
    rows.iter().find(|row| row.dimensions() == codes).unwrap().values()[0]
}

pub(super) const TWO_PARKS: &[(&[&str], &str, i64)] = &[
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
