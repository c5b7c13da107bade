//! Pages of tables that nobody foresaw, and of texts that mean to break out.

use super::{DataFile, Site, pages};
use crate::config::Disclosure;
use crate::disclosure::nights::{History, protect_tonight};
use crate::disclosure::{Agreements, MeasureInput, Protected, Record, TableInput, protect};
use crate::model::{Column, Dataset, Park, ParkCode};

fn column(name: &str, unit: Option<&str>) -> Column {
    Column {
        name: name.to_owned(),
        title_fr: format!("{name} <fr>"),
        title_en: format!("{name} & en"),
        unit: unit.map(str::to_owned),
        relation: None,
    }
}

fn dataset() -> Dataset {
    Dataset {
        name: "mesures_libres".to_owned(),
        title_fr: "Mesures".to_owned(),
        title_en: "Measures".to_owned(),
        description_fr: "Une description.".to_owned(),
        description_en: "A description.".to_owned(),
        dimensions: vec![column("saison", None)],
        measures: vec![column("kg_an", Some("kg/an"))],
    }
}

/// Five groups in summer, one in winter.
fn protected() -> Protected {
    let record = |id: u128, season: &str, group: u32, kg: i64| Record {
        id,
        dimensions: vec![season.to_owned()],
        contributors: vec![format!("g{group}")],
        values: vec![Some(kg)],
    };
    let mut records: Vec<Record> =
        (1..=5).map(|group| record(group.into(), "ete", group, 1_000_000)).collect();
    records.extend((6..=10).map(|group| record(group.into(), "automne", group, 2_000_000)));
    records.push(record(11, "hiver", 11, 777_777));
    let table = TableInput {
        name: "mesures_libres".to_owned(),
        dimensions: vec!["saison".to_owned()],
        codes: Vec::new(),
        measures: vec![MeasureInput {
            name: "kg_an".to_owned(),
            unit: None,
            relation: None,
            is_count: false,
        }],
        ceilings: Vec::new(),
        records,
    };
    protect(&[table], &Disclosure::default()).unwrap()
}

fn site() -> Site {
    Site {
        languages: vec!["en".to_owned(), "fr".to_owned()],
        synthetic: true,
        title: ("Titre".to_owned(), "Title \"><script>alert(1)</script>".to_owned()),
        description: ("D".to_owned(), "A & B".to_owned()),
        publisher: "Publisher <b>".to_owned(),
        licence: "CC-BY-4.0".to_owned(),
        licence_url: "javascript:alert(1)".to_owned(),
        contact: "reseau@example.org".to_owned(),
        base_url: "https://example.org/".to_owned(),
        parks: vec![Park {
            code: ParkCode::new("nord").unwrap(),
            name_fr: "Nord".to_owned(),
            name_en: "North".to_owned(),
            aliases: Vec::new(),
            point: Some((46.0, -71.0)),
        }],
        objective: 10,
        files: vec![DataFile {
            dataset: "mesures_libres".to_owned(),
            path: "donnees/mesures_libres.csv".to_owned(),
            format: "csv".to_owned(),
            bytes: 1_234,
            sha256: "00".repeat(32),
        }],
        factors: Vec::new(),
        history_days: 365,
        release: "2026-01-15-0123456789ab".to_owned(),
        as_of: chrono::NaiveDate::from_ymd_opt(2026, 1, 15).unwrap(),
    }
}

fn page(path: &str) -> String {
    let files = pages(&protected(), &[dataset()], &site()).unwrap();
    let (_, bytes) = files.into_iter().find(|(name, _)| name == path).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_table_that_no_page_knows_has_a_page_with_words_for_what_is_withheld() {
    let english = page("jeux/mesures_libres.html");
    assert!(english.contains("confidential") && english.contains("Measures"));
    assert!(!english.contains(">777") && !english.contains(">778"), "a withheld amount is on the page");
    assert!(page("fr/jeux/mesures_libres.html").contains("confidentiel"));
}

#[test]
fn a_page_speaks_its_own_language_down_to_units_quotes_and_columns() {
    let (english, french) = (page("jeux/mesures_libres.html"), page("fr/jeux/mesures_libres.html"));
    assert!(english.contains("kg/year") && !english.contains("kg/an<"), "{english}");
    assert!(french.contains("kg/an") && !french.contains("kg/year"));
    assert!(english.contains("“Measures”") && !english.contains('«'), "{english}");
    assert!(french.contains("«\u{a0}Mesures\u{a0}»"));
    for page in [english, french] {
        assert!(page.contains("<th scope=\"row\">statut_kg_an</th>"), "{page}");
    }
}

#[test]
fn the_promise_over_releases_says_for_how_long() {
    assert!(page("confidentialite.html").contains("were the current one in the last 365 days"));
    assert!(page("fr/confidentialite.html").contains("dans les 365 derniers jours"));
}

#[test]
fn settings_cannot_break_out_of_their_place() {
    let home = page("index.html");
    assert!(!home.contains("<script") && !home.contains("javascript:"), "{home}");
    assert!(home.contains("Publisher &lt;b&gt;") && home.contains("mailto:reseau@example.org"));
}

#[test]
fn a_pipeline_without_the_known_tables_still_has_every_page() {
    let files = pages(&protected(), &[dataset()], &site()).unwrap();
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    for wanted in [
        "parcs/nord.html",
        "categories/bois.html",
        "synergies.html",
        "indicateurs.html",
        "fr/index.html",
        "sitemap.xml",
    ] {
        assert!(names.contains(&wanted), "{wanted}");
    }
    assert!(page("parcs/nord.html").contains("Nothing is published here yet"));
}

#[test]
fn a_day_stands_beside_the_measure_that_waits_and_not_beside_the_others_of_its_row() {
    let amounts = [1_000_000, 1_370_000, 1_110_000, 1_530_000, 1_290_000];
    let table = |more: i64| {
        let companies = ["ete", "automne"].into_iter().flat_map(|season| amounts.map(|kg| (season, kg)));
        let record = |(number, (season, kg)): (u128, (&str, i64))| Record {
            id: number.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835),
            dimensions: vec![season.to_owned()],
            contributors: vec![format!("g{number}")],
            values: vec![Some(1), Some(if number == 1 { kg + more } else { kg })],
        };
        let measure = |name: &str, is_count| MeasureInput {
            name: name.to_owned(),
            unit: None,
            relation: None,
            is_count,
        };
        TableInput {
            name: "mesures_libres".to_owned(),
            dimensions: vec!["saison".to_owned()],
            codes: Vec::new(),
            measures: vec![measure("nombre", true), measure("kg_an", false)],
            ceilings: Vec::new(),
            records: (1..).zip(companies).map(record).collect(),
        }
    };
    let (policy, nobody) = (Disclosure::default(), Agreements::default());
    let day = |number| chrono::NaiveDate::from_ymd_opt(2026, 1, number).unwrap();
    let first = protect_tonight(&[table(0)], &History::default(), day(14), &policy, &nobody).unwrap();
    let certificate = Some(first.protected.certificate().to_vec());
    let history = History { nights: first.night.into_iter().collect(), last: Some(first.last), certificate };
    let second = protect_tonight(&[table(5_000)], &history, day(15), &policy, &nobody).unwrap();
    let measures = vec![column("nombre", Some("nombre")), column("kg_an", Some("kg/an"))];
    let files = pages(&second.protected, &[Dataset { measures, ..dataset() }], &site()).unwrap();
    let (_, bytes) = files.into_iter().find(|(name, _)| name == "jeux/mesures_libres.html").unwrap();
    let page = String::from_utf8(bytes).unwrap();
    assert!(page.contains("6,300 (value of January 14, 2026)"), "{page}");
    assert!(page.contains(">5<") && page.contains(">10<"), "{page}");
}
