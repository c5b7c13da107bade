//! What stands beside a name, a number or a street in its cell hides none of them, and is no alarm itself.

use super::tests::{PAGE, row};
use super::{Canaries, Public};
use crate::model::Field;

/// Whether a page of the operator's own words is refused because of a cell.
fn is_refused(field: Field, cell: &str, page: &str, written: &[&str]) -> bool {
    let public = Public::new([PAGE], written, &["Parc des Sables"], &[]);
    let scan = Canaries::collect(&[row(&[(field, cell)], &[])], &public).scan("p", page.as_bytes());
    !scan.leaks.is_empty()
}

#[test]
fn each_of_several_in_a_cell_is_found_whoever_writes_it() {
    for (field, cell, text) in [
        (Field::Name, "9123-4567 Québec inc. (Béton Grisepatte)", "Béton Grisepatte"),
        (Field::Name, "9123-4567 Québec inc. (Béton Grisepatte)", "9123-4567"),
        (Field::Group, "Fonderie Coulefeu inc. - division Tremplouf", "fonderie Coulefeu"),
        (Field::Supplier, "Coopérative Mirlifleur (fusion 2025)", "Coopérative Mirlifleur"),
        (Field::Contact, "Hyacinthe Vaudrelin - directrice", "Vaudrelin, Hyacinthe"),
        (Field::Contact, "Anselme Cordouvrier et Mahaut Ursulet", "Mahaut Ursulet"),
        (Field::Contact, "dir. Ange-Aimée Toubisc", "Toubisc, Ange-Aimée"),
        (Field::Telephone, "418-555-0142 (24)", "(418) 555-0142"),
        (Field::Telephone, "418-555-0177 (581) 555-0188", "581 555.0188"),
        (Field::EnterpriseNumber, "1176543210 (2024)", "NEQ 1176 543 210"),
        (Field::Address, "1234, rue Zorvikel, Québec (Québec) G1K 7A5", "1234, rue Zorvikel"),
        (Field::Address, "2020-B, boul. Trapouille, Lévis", "2020-B, boul. Trapouille"),
    ] {
        let page = format!("<p>Merci à {text}.</p>");
        for written in [Vec::new(), vec![page.as_str()]] {
            assert!(is_refused(field, cell, &page, &written), "{cell}: {page}");
        }
    }
}

#[test]
fn a_town_a_park_and_a_post_beside_a_name_are_no_alarm() {
    let page = "Avec la directrice générale de Lévis, dans le Parc des Sables, pour l’année 2024-2025";
    for (field, cell) in [
        (Field::Name, "Mirlifleur (Lévis)"),
        (Field::Name, "Mirlifleur inc. - Parc des Sables"),
        (Field::Name, "Mirlifleur 2024-2025 (Québec)"),
        (Field::Contact, "Ursule Fablin - directrice générale"),
        (Field::Contact, "Ursule Fablin, directrice"),
        (Field::Address, "1234, Parc des Sables, Lévis"),
    ] {
        assert!(!is_refused(field, cell, page, &[page]), "{cell}");
    }
}

#[test]
fn what_a_person_reviewed_as_a_whole_is_not_cut() {
    let cell = "Écocentre Mirlifleur (Ville de Grand-Pralin)";
    let page = "Écocentre Mirlifleur; Ville de Grand-Pralin";
    assert!(is_refused(Field::Name, cell, page, &[page]));
    let public = Public::new([PAGE], &[page], &[], &[cell.to_owned()]);
    let canaries = Canaries::collect(&[row(&[(Field::Name, cell)], &[])], &public);
    assert!(canaries.scan("p", page.as_bytes()).leaks.is_empty());
}

#[test]
fn words_that_the_product_writes_as_one_are_public() {
    let page = "addEventListener()";
    let leaks = |public: &Public| {
        let row = row(&[(Field::Contact, "Listener")], &[]);
        Canaries::collect(&[row], public).scan("p", page.as_bytes()).leaks.len()
    };
    assert_eq!(leaks(&Public::new([PAGE], &[], &[], &[])), 1);
    assert_eq!(leaks(&Public::new([page], &[], &[], &[])), 0);
}
