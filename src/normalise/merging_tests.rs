//! Companies and flows that are written more than once.

use super::MergeKind;
use super::tests::{cell, flow, kinds, run};
use crate::model::{Direction, Field, FindingKind, Severity};

#[test]
fn one_company_spelt_differently_is_merged_with_its_evidence() {
    let mut numbered = flow("visites", 4, "Bêta Métal ltée", "demande", "acier", "2 t/an");
    let number = cell('Q', "neq", "1141234567");
    numbered.cells.insert(Field::EnterpriseNumber, number);
    let result = run(vec![
        flow("atelier", 1, "BETA METAL inc.", "offre", "sciure", "1 t/an"),
        numbered,
        flow("plateforme", 2, "Gamma", "offre", "verre", "1 t/an"),
    ]);
    assert_eq!(result.organisations.len(), 2);
    assert_eq!(result.merges.len(), 1);
    assert_eq!(result.merges[0].kind, MergeKind::Organisation);
    assert!(kinds(&result).contains(&FindingKind::DuplicateOrganisation));
    let merged = &result.organisations[0];
    assert_eq!(merged.locations.len(), 2);
    assert!(merged.enterprise_number.is_some());
}

#[test]
fn one_enterprise_number_under_names_that_share_nothing_is_a_contradiction() {
    let numbered = |number, name, neq| {
        let mut row = flow("atelier", number, name, "offre", "ferraille", "7 t/an");
        let cell = cell('Q', "neq", neq);
        row.cells.insert(Field::EnterpriseNumber, cell);
        row
    };
    let result = run(vec![
        numbered(1, "Zorglub inc.", "1145640000"),
        numbered(2, "Patamachin ltée", "1145640000"),
        numbered(3, "Les ateliers Zorglub", "1145640000"),
        numbered(4, "Kwak inc.", "1.14564E+09"),
        numbered(5, "Kwak inc.", "1145640017"),
        numbered(6, "Kwack", "1145640017"),
    ]);
    assert_eq!(result.organisations.len(), 3);
    assert_eq!(result.flows.len(), 3, "flows of different companies are never the same flow");
    let at = |kind| {
        let found = result.findings.iter().filter(|finding| finding.kind == kind);
        found.map(|finding| (finding.location.row, finding.severity)).collect::<Vec<_>>()
    };
    assert_eq!(at(FindingKind::ConflictingNumber), [(1, Severity::Warning), (2, Severity::Warning)]);
    assert_eq!(at(FindingKind::RoundedIdentifier), [(4, Severity::Warning)]);
    let named = |name: &str| result.organisations.iter().find(|found| found.name.reveal() == name).unwrap();
    let (one, other) = (named("Zorglub inc."), named("Patamachin ltée"));
    assert!(one.enterprise_number.is_none() && other.enterprise_number.is_none());
    assert_eq!(one.group, other.group, "should they be one company after all, they protect as one");
    assert!(named("Kwak inc.").enterprise_number.is_some());
}

#[test]
fn one_flow_entered_twice_is_merged_and_the_more_complete_entry_kept() {
    let result = run(vec![
        flow("atelier", 1, "Delta", "offre", "Retailles de gypse", ""),
        flow("visites", 2, "Delta inc.", "extrant", "retaille de gypse", "12 t/an"),
        flow("visites", 3, "Delta inc.", "intrant", "retaille de gypse", "12 t/an"),
        flow("visites", 4, "Delta inc.", "extrant", "retaille de gypse", "90 t/an"),
    ]);
    assert_eq!(result.flows.len(), 3);
    let outputs: i64 = result
        .flows
        .iter()
        .filter(|flow| flow.direction == Direction::Output)
        .map(|flow| flow.mass.unwrap().best_kg())
        .sum();
    assert_eq!(outputs, 102_000);
    assert_eq!(result.merges.iter().filter(|merge| merge.kind == MergeKind::Flow).count(), 1);
}

#[test]
fn two_flows_of_one_number_are_told_apart_and_keep_the_number_that_was_written() {
    let numbered = |number: u32, name: &str, what: &str| {
        let mut row = flow("atelier", number, name, "offre", what, "1 t/an");
        let cell = cell('Z', "id", "1");
        row.cells.insert(Field::FlowId, cell);
        row
    };
    let result = run(vec![numbered(1, "Alpha", "Palettes de bois"), numbered(2, "Boréal", "Verre plat")]);
    assert_eq!(result.flows.len(), 2);
    assert_ne!(result.flows[0].id, result.flows[1].id);
    assert!(result.flows.iter().all(|flow| flow.given_id() == "1"));
    let bare = run(vec![flow("atelier", 3, "Alpha", "offre", "Palettes de bois", "1 t/an")]);
    assert_eq!(bare.flows[0].given_id(), "atelier:3");
}
