//! What is found in a page and how it is told; and rows, a page and canaries that tests share.

use super::{Canaries, Public};
use crate::model::{Cell, Confidential, Field, Location, RawCell, RawRow, Subject};
use std::sync::Arc;

pub(super) const PAGE: &str = "<!doctype html><html lang=\"fr\"><title>Parc industriel de Beauport</title>\
<h1>Beauport, Québec</h1><p>Métaux et verre : 12 entreprises, 4 185 t en 2026. Total du recyclage.</p>\
<table><tr><th>Bois</th><td>Métaux</td><td>Verre</td><td>confidentiel</td></tr></table>";

fn cell(text: &str) -> RawCell {
    RawCell { value: Cell::text(text), column: "A".into(), header: "A".into(), unit_in_header: None }
}

pub(super) fn row(cells: &[(Field, &str)], unmapped: &[&str]) -> RawRow {
    RawRow {
        location: Location { source: "s".into(), file: Confidential::new("".into()), sheet: None, row: 1 },
        cells: cells.iter().map(|(field, text)| (*field, cell(text))).collect(),
        unmapped: unmapped.iter().map(|text| cell(text)).collect(),
        headings: Arc::default(),
        hidden: false,
        spans: false,
        heads_another: false,
        subject: Subject::Flows,
        replaces: None,
        held: None,
    }
}

pub(super) fn public() -> Public {
    let titles = "Bois Carton et papier Métaux Verre parc industriel de Beauport Ville de Québec \
        déchets de construction et de démolition info@programme.test 46,85 -71,19";
    Public::new(
        [PAGE, titles],
        &["Avec la région et merci à Verre Recyclage"],
        &["Zone du Pélican"],
        &["Bois Urbain".to_owned()],
    )
}

const SECRETS: &[(Field, &str)] = &[
    (Field::Name, "Métallurgie Canari inc."),
    (Field::Group, "Gestion Œuf Bleu"),
    (Field::EnterpriseNumber, "1199000042"),
    (Field::Contact, "Mme Jeanne Serin, directrice"),
    (Field::Email, "jeanne.serin@canari.test"),
    (Field::Telephone, "418 555-0142"),
    (Field::Address, "450, rue du Bouvreuil, Québec (Québec) G1C 5R9"),
    (Field::Description, "retailles de sapin très sèches, à prendre le mardi"),
    (Field::Conditions, "quai surélevé"),
    (Field::Latitude, "46.85123"),
    (Field::FlowId, "syn-2026-014"),
];

pub(super) fn canaries() -> Canaries {
    let mut row = row(SECRETS, &["Ne pas rappeler madame Rossignol avant midi"]);
    row.location.file = Confidential::new("Visite Fauvette.xlsx".into());
    row.location.sheet = Some(Confidential::new("Pinson 2026".into()));
    Canaries::collect(&[row], &public())
}

fn kinds(text: &str) -> Vec<&'static str> {
    canaries().scan("page.html", text.as_bytes()).leaks.into_iter().collect()
}

#[test]
fn every_kind_is_found_and_named() {
    for (text, kind) in [
        ("<p>METALLURGIE <b>Canari</b>, inc</p>", "nom"),
        ("<b>M&eacute;tal</b><i>lurgie</i> Can&shy;ari", "nom"),
        ("https://metallurgiecanari.example/", "nom"),
        ("gestion oeuf bleu", "groupe"),
        ("{\"a\": \"1199000042\"}", "neq"),
        ("NEQ1199000042", "neq"),
        ("1199 000 042", "neq"),
        ("Serin, Jeanne", "contact"),
        ("Jeanne Serin", "contact"),
        ("mailto:JEANNE.SERIN@canari.test", "courriel"),
        ("https://canari.test/visite", "domaine"),
        ("tel:4185550142", "telephone"),
        ("+1 (418) 555-0142", "telephone"),
        ("450 rue du Bouvreuil", "adresse"),
        ("G1C&nbsp;5R9", "adresse"),
        ("g1c5r9", "adresse"),
        ("Retailles de sapin, tres seches.", "description"),
        ("à prendre le MARDI", "description"),
        ("quai-sureleve", "conditions"),
        ("46.85123", "lat"),
        ("SYN_2026_014", "flux_id"),
        ("ne pas rappeler MADAME", "note"),
        ("visite fauvette.xlsx", "description"),
        ("pinson-2026.html", "description"),
    ] {
        assert!(kinds(text).contains(&kind), "{text}: {:?}", kinds(text));
    }
}

#[test]
fn nothing_is_found_in_the_products_own_pages() {
    assert_eq!(kinds(PAGE), [""; 0]);
    for text in ["46,85", "2026-01-14", "ab1199000042cd", "Québec", "rue", "25 kg", "mardi"] {
        assert_eq!(kinds(text), [""; 0], "{text}");
    }
}

#[test]
fn what_is_found_is_told_with_its_row_and_never_its_text() {
    let rows = [row(&[(Field::Name, "Bois Canari")], &[]), row(&[(Field::Contact, "Jeanne Serin")], &[])];
    let canaries = Canaries::collect(&rows, &public());
    let told = canaries.told(&canaries.scan("p", b"merci a Jeanne Serin"));
    assert_eq!(told, [format!("contact of the row {}", rows[1].location.public())]);
}
