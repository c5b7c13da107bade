//! What is public, what a person reviewed, and what the operator may not write all the same.

use super::tests::{PAGE, public, row};
use super::{Canaries, Exception, Public, Scan};
use crate::model::{Field, RawHeading, RawRow};
use std::sync::Arc;

#[test]
fn the_name_of_a_place_alone_in_its_row_is_a_title_and_that_of_a_company_is_none() {
    let heading = |field| RawHeading { column: "A".to_owned(), header: String::new(), field };
    let headings: Arc<[RawHeading]> = [Some(Field::Name), None, None].map(heading).into();
    let leaks = |name: &str, others: &[&str]| {
        let row = RawRow { headings: headings.clone(), ..row(&[(Field::Name, name)], others) };
        Canaries::collect(&[row], &public()).scan("a.html", format!("<p>{name}</p>").as_bytes()).leaks.len()
    };
    assert_eq!(leaks("Zone du Pélican", &[]), 0);
    assert_eq!(leaks("Zone du Pélican", &["bois"]), 1);
    assert_eq!(leaks("Zone du Pélican inc.", &[]), 1);
    assert_eq!(leaks("Nordet", &[]), 1);
}

#[test]
fn companies_called_like_public_words_raise_no_false_alarm_but_their_full_names_are_kept() {
    let names = [
        "Bois",
        "Québec",
        "Métaux et verre inc.",
        "Recyclage",
        "Total",
        "2026",
        "Beauport",
        "Verre",
        "M",
        "3M",
        "Les Métaux",
        "Bois inc.",
        "Parc industriel de Beauport",
        "Recyclage Québec",
        "Confidentiel",
        "p",
        "html",
        "Entreprises",
        "12",
        "Bois Métaux Verre",
        "Total Recyclage Bois Québec",
    ];
    let rows: Vec<RawRow> = names
        .iter()
        .map(|name| {
            row(
                &[
                    (Field::Name, name),
                    (Field::Description, "Bois"),
                    (Field::Contact, name),
                    (Field::Address, name),
                ],
                &["2026-01-14T10:00:00Z", "oui", "parc industriel de Beauport", "0000000000", name],
            )
        })
        .collect();
    let canaries = Canaries::collect(&rows, &public());
    let scan = canaries.scan("beauport/bois-2026.html", PAGE.as_bytes());
    assert_eq!(scan.leaks.len(), 0, "{scan:?}");
    assert!(scan.exceptions[&("nom", Exception::PublicWords)] > 0, "{scan:?}");
    for leak in ["Métaux et verre inc.", "<td>Bois, inc.</td>", "<p>Total Recyclage Bois Québec</p>"] {
        assert!(canaries.scan("a.csv", leak.as_bytes()).leaks.contains("nom"), "{leak}");
    }
    let stamped = "{\"created\": \"2026-01-14T00:00:00Z\"}";
    assert_eq!(canaries.scan("a.json", stamped.as_bytes()).leaks.len(), 0);
}

#[test]
fn a_reviewed_name_passes_and_is_counted() {
    let row = row(&[(Field::Name, "Bois Urbain")], &[]);
    let scan = Canaries::collect(&[row], &public()).scan("a.html", b"<p>bois urbain</p>");
    let mut exceptions = Scan::default().exceptions;
    exceptions.insert(("nom", Exception::Reviewed), 2);
    assert_eq!(scan.leaks.len(), 0);
    assert!(scan.exceptions.keys().eq(exceptions.keys()), "{scan:?}");
}

#[test]
fn a_reviewed_name_passes_as_the_row_has_it_and_inside_longer_texts() {
    let page = "Zone Fauvette Sud de la Rive; zonefauvettesud; Fauvette Sud";
    let reviewed = ["Zone Fauvette Sud inc.".to_owned(), "Zone Fauvette Sud de la Rive".to_owned()];
    for (field, text) in [
        (Field::Name, "Zone Fauvette Sud inc."),
        (Field::Note, "livré à la zone Fauvette Sud de la Rive, quai 7"),
    ] {
        let leaks = |reviewed: &[String]| {
            let public = Public::new([PAGE], &[], &[], reviewed);
            Canaries::collect(&[row(&[(field, text)], &[])], &public).scan("p", page.as_bytes()).leaks
        };
        assert!(!leaks(&[]).is_empty() && leaks(&reviewed).is_empty(), "{text}");
    }
    let public = Public::new([PAGE], &[], &[], &reviewed);
    let other = row(&[(Field::Name, "Fauvette Sud")], &[]);
    assert!(!Canaries::collect(&[other], &public).scan("p", page.as_bytes()).leaks.is_empty());
}

#[test]
fn words_of_the_operators_prose_are_public_but_names_in_it_are_leaks() {
    let found = |name: &str, note: &str| {
        let row = row(&[(Field::Name, name), (Field::Note, note)], &["verre recyclage"]);
        let scan =
            Canaries::collect(&[row], &public()).scan("a.html", b"Avec la region et merci a Verre Recyclage");
        scan.leaks.into_iter().collect::<Vec<_>>()
    };
    assert_eq!(found("Verre Recyclage inc.", "région"), ["nom"]);
    // A name of one word that nobody but the operator writes is a name.
    assert_eq!(found("Région", ""), ["nom"]);
}

#[test]
fn descriptions_of_public_words_are_leaks_only_as_long_runs() {
    let texts =
        ["Bois", "déchets de construction et de démolition", "métaux et verre du parc industriel de Québec"];
    let rows: Vec<RawRow> = texts.iter().map(|text| row(&[(Field::Description, text)], &[])).collect();
    let canaries = Canaries::collect(&rows, &public());
    let found = |text: &str| !canaries.scan("a.html", text.as_bytes()).leaks.is_empty();
    assert!(
        !found("bois") && !found("Déchets de construction et de démolition") && !found("métaux et verre")
    );
    assert!(!found("<td>métaux</td><td>et</td><td>verre</td><td>du parc industriel</td><td>de Québec</td>"));
    assert!(found("métaux et verre du parc industriel de Québec"));
}

#[test]
fn what_the_operator_writes_is_looked_through_too() {
    let public = |reviewed: &[String]| {
        let prose = ["Merci à Jeanne Serin", "Fermé après une mésentente grave", "reseau@canari.test"];
        Public::new([PAGE], &prose, &["Parc Gestion Fauvette", "Zone du Pélican"], reviewed)
    };
    let leaks = |field: Field, text: &str, reviewed: &[String], page: &str| {
        Canaries::collect(&[row(&[(field, text)], &[])], &public(reviewed)).scan("p", page.as_bytes()).leaks
    };
    let none: &[String] = &[];
    for (field, text) in [
        (Field::Contact, "Mme Jeanne Serin"),
        (Field::Group, "Gestion Fauvette"),
        (Field::AbandonReason, "mésentente grave"),
        (Field::Email, "reseau@canari.test"),
    ] {
        let page =
            "Jeanne Serin; Parc Gestion Fauvette; Fermé après une mésentente grave; reseau@canari.test";
        assert!(!leaks(field, text, none, page).is_empty(), "{text}");
    }
    // An address or a sheet may say which park it is, and ordinary words are nobody's.
    for (field, text) in [
        (Field::Address, "12, Zone du Pélican, parc Gestion Fauvette"),
        (Field::Note, "Zone du Pélican"),
        (Field::Description, "Métaux et verre"),
    ] {
        assert!(
            leaks(field, text, none, "Zone du Pélican, Parc Gestion Fauvette, Métaux et verre").is_empty(),
            "{text}"
        );
    }
    // A person reviewed the mailbox: it is the programme's own.
    let reviewed = ["reseau@canari.test".to_owned()];
    assert!(leaks(Field::Email, "reseau@canari.test", &reviewed, "mailto:reseau@canari.test").is_empty());
}

#[test]
fn a_name_that_the_operator_writes_as_one_word_is_a_leak_until_it_is_reviewed() {
    let page = "Merci; https://zebrulaxmogantine.example/ Parc ZebrulaxMogantine";
    let leaks = |name: &str, reviewed: &[String]| {
        let public = Public::new(
            [PAGE],
            &["https://zebrulaxmogantine.example/"],
            &["Parc ZebrulaxMogantine"],
            reviewed,
        );
        let row = row(&[(Field::Name, name)], &[]);
        Canaries::collect(&[row], &public).scan("p", page.as_bytes()).leaks.into_iter().collect::<Vec<_>>()
    };
    assert_eq!(leaks("Zébrûlax Mogantine inc.", &[]), ["nom"]);
    for reviewed in ["Zébrûlax Mogantine inc.", "Zébrûlax Mogantine", "zebrulaxmogantine"] {
        assert_eq!(leaks("Zébrûlax Mogantine inc.", &[reviewed.to_owned()]), [""; 0], "{reviewed}");
    }
    assert_eq!(leaks("Mogantine Zébrûlax inc.", &[]), [""; 0]);
}

#[test]
fn tags_in_what_the_operator_writes_part_no_name() {
    let company = "Éclusières Quindraval-Motzène inc.";
    for (field, cell, text) in [
        (Field::Contact, "Hildegonde Vrasquier", "Merci à Hildegonde <b>Vrasquier</b>."),
        (Field::Contact, "Hildegonde Vrasquier", "Hildegonde&nbsp;<i>Vras</i>quier"),
        (Field::Name, company, "Éclusières <b>Quindraval</b>-<i>Motzène</i>"),
        (Field::Name, company, "<span>Éclusières</span> <span>Quindraval-Motzène</span>"),
        (Field::Name, company, "Éclusières<br>Quindraval<wbr>-Motzène"),
        (Field::Name, "Verre Recyclage", "Verre <b>Recyclage</b>"),
    ] {
        for (prose, places) in [(vec![text], vec![]), (vec![], vec![text])] {
            let public = Public::new([PAGE], &prose, &places, &[]);
            let canaries = Canaries::collect(&[row(&[(field, cell)], &[])], &public);
            assert!(!canaries.scan("", text.as_bytes()).leaks.is_empty(), "{text}");
            let reviewed = Public::new([PAGE], &prose, &places, &[cell.to_owned()]);
            let canaries = Canaries::collect(&[row(&[(field, cell)], &[])], &reviewed);
            assert!(canaries.scan("", text.as_bytes()).leaks.is_empty(), "{text}");
        }
    }
}
