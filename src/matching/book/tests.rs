//! The whole workbook: what each sheet holds, where its links lead, and what a page never shows.

use super::super::tests::{day, flow, organisation, parks, planned, search, searched};
use super::super::{Agreed, FollowUp, FollowUps, Known, NamedMatches, Pool, Portfolio, Wanted, workbook};
use crate::config;
use crate::model::{
    Confidential, Confidentiality, Direction, Flow, Mass, Match, Organisation, Park, ParkCode, Status,
};
use std::collections::BTreeMap;
use std::io::Read as _;

struct Made {
    bytes: Vec<u8>,
    sheets: Vec<(String, Vec<Vec<String>>)>,
}

impl Made {
    fn sheet(&self, name: &str) -> &[Vec<String>] {
        self.sheets.iter().find(|(sheet, _)| sheet == name).map_or(&[], |(_, rows)| rows)
    }

    fn text(&self, name: &str) -> String {
        self.sheet(name).iter().flatten().cloned().collect::<Vec<_>>().join("|")
    }

    /// A part of the package.
    fn part(&self, path: &str) -> String {
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&self.bytes)).unwrap();
        let mut text = String::new();
        archive.by_name(path).unwrap().read_to_string(&mut text).unwrap();
        text
    }
}

struct Case {
    companies: Vec<Organisation>,
    flows: Vec<Flow>,
    parks: Vec<Park>,
    memory: FollowUps,
    aside: Vec<(String, Match)>,
}

impl Case {
    /// An offer of `a` and requests of `b` and `c`, all of pallets.
    fn new() -> Self {
        Self {
            companies: ["a", "b", "c"].map(organisation).to_vec(),
            flows: vec![
                flow("1", "a", Direction::Output, "palettes de bois claires"),
                flow("2", "b", Direction::Input, "palettes de bois sombres"),
                flow("3", "c", Direction::Input, "palettes de bois rondes"),
            ],
            parks: parks(),
            memory: FollowUps::new(),
            aside: Vec::new(),
        }
    }

    fn made(&self) -> Made {
        use calamine::Reader as _;
        let known = Known::new(&self.companies, &self.flows, &self.parks);
        let settings = config::Matching::default();
        let mut found = searched(&known, &settings, day());
        let portfolio: Portfolio = planned(&mut found);
        let wanted: Vec<Wanted> = found.wanted(&portfolio);
        let pools: Vec<Pool> = found.pools();
        let found: Vec<Match> = found.pairs().map(|pair| pair.found).collect();
        let ids: Vec<String> = (1..=found.len()).map(|number| format!("cle-{number}")).collect();
        let matches: Vec<(&str, &Match)> = ids.iter().map(String::as_str).zip(&found).collect();
        let list = NamedMatches {
            matches: &matches,
            unlisted: 0,
            organisations: &self.companies,
            known: &known,
            parks: &self.parks,
            follow_ups: &self.memory,
            settings: &config::Matching::default(),
            as_of: day(),
            pools: &pools,
            wanted: &wanted,
            aside: &self.aside,
            scarce: &portfolio.scarce,
        };
        let bytes = workbook(&list, &std::env::temp_dir()).unwrap();
        let mut book: calamine::Xlsx<_> = calamine::Xlsx::new(std::io::Cursor::new(&bytes[..])).unwrap();
        let names = book.sheet_names();
        let sheets = names.into_iter().map(|name| {
            let range = book.worksheet_range(&name).unwrap();
            // From A1 on: a range begins at its first cell.
            let (top, left) = range.start().unwrap_or_default();
            let mut rows = vec![Vec::new(); top as usize];
            rows.extend(range.rows().map(|row| {
                let blank = std::iter::repeat_n(String::new(), left as usize);
                blank.chain(row.iter().map(ToString::to_string)).collect::<Vec<String>>()
            }));
            (name, rows)
        });
        let sheets = sheets.collect();
        Made { bytes, sheets }
    }
}

/// Rows of the page of a company.
fn page<'a>(made: &'a Made, company: &str) -> &'a [Vec<String>] {
    let rows = made.sheet("Fiches");
    let titles: Vec<usize> = (0..rows.len())
        .filter(|at| rows[*at].first().is_some_and(|cell| cell.starts_with("Entreprise ")))
        .collect();
    let at = titles.iter().position(|at| rows[*at][0] == format!("Entreprise {company}")).unwrap();
    &rows[titles[at]..titles.get(at + 1).copied().unwrap_or(rows.len())]
}

fn page_text(made: &Made, company: &str) -> String {
    page(made, company).iter().flatten().cloned().collect::<Vec<_>>().join("|")
}

#[test]
fn every_company_has_a_page_with_its_entries_its_matches_and_the_next_question() {
    let mut case = Case::new();
    case.flows[1].mass = None;
    let made = case.made();
    let names: Vec<&str> = made.sheets.iter().map(|(name, _)| name.as_str()).collect();
    let expected = [
        "Maillages",
        "Entreprises",
        "Fiches",
        "Parcs",
        "Parc nord",
        "Regroupements",
        "Débouchés recherchés",
        "Autres suivis",
        "Repères",
        "Lisez-moi",
    ];
    assert_eq!(names, expected);
    let own = page_text(&made, "a");
    for text in [
        "palettes de bois claires",
        "palettes de bois sombres",
        "Entreprise b",
        "Entreprise c",
        "10 t/an",
        "Quelle quantité par année",
        "a@example.org",
        "offre / offer",
    ] {
        assert!(own.contains(text), "{text} is not in {own}");
    }
    // Contacts of others are the animators'.
    assert!(!own.contains("b@example.org") && !own.contains("Personne b"), "{own}");
    let other = page_text(&made, "b");
    assert!(other.contains("Entreprise a") && !other.contains("rondes"), "{other}");
    let companies = made.text("Entreprises");
    assert!(companies.contains("Entreprise a") && companies.contains("Parc nord"));
    assert!(made.text("Parc nord").contains("b@example.org"), "the sheet of a park is the animators'");
}

#[test]
fn a_confidential_entry_is_matched_and_never_on_the_others_page_before_consent() {
    let mut case = Case::new();
    case.flows[1].confidentiality = Confidentiality::Confidential;
    let made = case.made();
    let own = page_text(&made, "a");
    assert!(!own.contains("sombres") && !own.contains("Entreprise b"), "{own}");
    // Not even counted: one match is shown, and no other is spoken of.
    let entry =
        page(&made, "a").iter().find(|row| row.get(6).is_some_and(|cell| cell == "offre / offer")).unwrap();
    assert_eq!(entry[11], "1");
    assert!(page_text(&made, "b").contains("palettes de bois sombres"), "its own page shows it");
    assert!(page_text(&made, "b").contains("Entreprise a"));
    let main = made.text("Maillages");
    assert!(main.contains("sombres") && main.contains("à demander à la demande"), "{main}");
    let index = made.sheet("Entreprises").iter().find(|row| row[0] == "Entreprise a").unwrap();
    assert_eq!(index[11], "1", "the animators see that a match waits");
    // The buyers that are looked for are passed on: no confidential example.
    case.flows[0].confidentiality = Confidentiality::Confidential;
    case.flows[0].category = Some(crate::model::Category::Glass);
    let made = case.made();
    assert!(!made.text("Débouchés recherchés").contains("claires"));
}

#[test]
fn consent_opens_the_page_of_the_side_that_waited_and_only_that_one() {
    let mut case = Case::new();
    case.flows.truncate(2);
    for flow in &mut case.flows {
        flow.confidentiality = Confidentiality::Confidential;
    }
    let mut one = FollowUp::new(&case.flows[0], &case.flows[1]);
    one.agreed = Agreed { offer: false, request: true };
    case.memory.insert("cle-1".to_owned(), one);
    let made = case.made();
    assert!(page_text(&made, "a").contains("sombres"));
    assert!(!page_text(&made, "b").contains("claires"));
    let main = &made.sheet("Maillages")[1];
    assert_eq!(main[5], "demande");
    assert!(main.iter().any(|cell| cell.contains("à demander à l’offre")));
}

#[test]
fn a_page_carries_no_note_reason_or_amount_of_the_animators() {
    let mut case = Case::new();
    let mut one = FollowUp::new(&case.flows[0], &case.flows[1]);
    one.status = Some(Status::Proposed);
    one.note = Confidential::new("ne pas leur dire".to_owned());
    one.reason = Confidential::new("mauvais payeur".to_owned());
    one.quantity_kg = Some(4_321);
    case.memory.insert("cle-1".to_owned(), one);
    let made = case.made();
    let pages = made.text("Fiches");
    assert!(pages.contains("proposée"));
    for text in ["ne pas leur dire", "mauvais payeur", "4321"] {
        assert!(!pages.contains(text), "{text} is on a page");
        assert!(made.text("Maillages").contains(text), "{text} is not in the list");
    }
}

#[test]
fn links_lead_to_the_row_that_they_name_and_lists_offer_the_statuses() {
    let made = Case::new().made();
    let main = made.part("xl/worksheets/sheet1.xml");
    assert!(
        main.contains("state=\"frozen\"")
            && main.contains("<autoFilter")
            && main.contains("orientation=\"landscape\"")
    );
    assert!(main.contains("potentielle,proposée") && main.contains("les deux"));
    assert!(made.part("xl/workbook.xml").contains("_xlnm.Print_Titles"));
    let pages = made.sheet("Fiches");
    let links: Vec<(usize, String)> = main
        .split("location=\"'Fiches'!A")
        .skip(1)
        .map(|rest| {
            let row: usize = rest.split('"').next().unwrap().parse().unwrap();
            (row, rest.split("display=\"").nth(1).unwrap_or_default().split('"').next().unwrap().to_owned())
        })
        .collect();
    assert!(links.len() >= 4, "{main}");
    for (row, shown) in links {
        assert!(pages[row - 1][0].starts_with("Entreprise "), "row {row} of {pages:?} for {shown}");
    }
    let of_page = made.part("xl/worksheets/sheet3.xml");
    assert!(of_page.contains("'Maillages'!A2") && of_page.contains("<rowBreaks"), "{of_page}");
    assert!(of_page.contains("'Entreprises'!A1"));
    // A filter would cut the pages; what the columns of a match are stays in sight.
    assert!(of_page.contains("state=\"frozen\"") && !of_page.contains("<autoFilter"), "{of_page}");
    assert!(pages[0][0] == "Identifiant / Identifier" && pages[0][5] == "Votre entrée / Your entry");
}

#[test]
fn every_question_stands_with_its_points_and_the_chance_beside_it() {
    let mut case = Case::new();
    case.flows.truncate(2);
    (case.flows[1].mass, case.flows[1].state, case.flows[1].hazardous) = (None, None, None);
    let made = case.made();
    let main = made.sheet("Maillages");
    let cell = |heading: &str| {
        let column = main[0].iter().position(|cell| cell.starts_with(heading)).unwrap();
        main[1][column].clone()
    };
    let asked = cell("Ce qui manque");
    let lines: Vec<&str> = asked.split('\n').collect();
    assert_eq!(lines.len(), 2, "{asked}");
    assert!(
        lines[0].starts_with("Quantité (6) : Quelle quantité") && lines[0].contains("/ Amount (6): What")
    );
    assert!(lines[1].starts_with("Condition (4) : Quel état") && lines[1].contains("Which physical state?"));
    let chance: u16 = cell("Chance d’être").parse().unwrap();
    let reason = cell("Matière : raison");
    assert!(reason.contains(&format!("environ {} fois sur 10", (chance + 5) / 10)), "{chance} {reason}");
}

#[test]
fn nothing_that_a_company_writes_becomes_a_formula_or_breaks_the_file() {
    let mut case = Case::new();
    let wicked = "=HYPERLINK(\"http://e.example\",\"x\")";
    case.flows[0].description = Confidential::new(format!("{wicked} palettes de bois \u{1}\u{FFFE}<&>"));
    case.flows[1].description = Confidential::new(format!("palettes de bois {}", "x".repeat(40_000)));
    case.companies[0].name = Confidential::new("+cmd|' /C calc'!A0".to_owned());
    case.companies[1].name = Confidential::new("https://e.example/x".to_owned());
    case.companies[2].name = Confidential::new(String::new());
    case.parks[0].name_fr = "Parc [nord]: 1/2 ? * « très très très long nom »".to_owned();
    case.parks[1].name_fr = "maillages".to_owned();
    case.flows[2].park = ParkCode::new("sud");
    let made = case.made();
    let count = made.sheets.len();
    for number in 1..=count {
        let xml = made.part(&format!("xl/worksheets/sheet{number}.xml"));
        assert!(!xml.contains("<f>"), "sheet {number} holds a formula");
        let mut reader = quick_xml::Reader::from_str(&xml);
        while !matches!(reader.read_event().unwrap(), quick_xml::events::Event::Eof) {}
    }
    assert!(made.text("Maillages").contains(wicked));
    assert!(made.sheets.iter().any(|(name, _)| name == "maillages (2)"));
    assert!(!made.bytes.windows(15).any(|window| window == b"TargetMode=\"Ext"), "no outside link");
}

#[test]
fn the_same_matches_in_another_order_of_rows_give_the_same_bytes() {
    let case = Case::new();
    let bytes = case.made().bytes;
    assert_eq!(bytes, case.made().bytes);
    let mut turned = Case::new();
    turned.flows.reverse();
    turned.companies.reverse();
    assert!(turned.made().bytes == bytes, "the order of rows changed the workbook");
}

#[test]
fn what_is_followed_and_not_listed_is_on_a_sheet_of_its_own_with_the_reason() {
    let mut case = Case::new();
    let mut given_up = FollowUp::new(&case.flows[0], &case.flows[1]);
    given_up.status = Some(Status::Abandoned);
    given_up.history = vec![super::super::Step {
        on: Some(day()),
        status: Some(Status::Abandoned),
        reason: Some(Confidential::new("trop loin".to_owned())),
        ..super::super::Step::default()
    }];
    let mut gone = given_up.clone();
    gone.status = Some(Status::Realised);
    case.memory = BTreeMap::from([("aside".to_owned(), given_up), ("gone".to_owned(), gone)]);
    let found = search(&case.flows);
    case.aside = vec![("aside".to_owned(), found[0].clone())];
    let made = case.made();
    let rows = made.sheet("Autres suivis");
    assert_eq!((rows.len(), rows[1][0].as_str(), rows[2][0].as_str()), (3, "aside", "gone"));
    assert!(rows[1][6].contains("pas proposé de nouveau") && rows[2][6].contains("n’est plus trouvé"));
    assert!(rows[1][12].contains("abandonnée, trop loin") && rows[1][8] == "Entreprise a");
}

#[test]
fn an_outlet_that_is_missing_is_a_wanted_buyer_with_who_could_be_it() {
    let mut case = Case::new();
    case.flows.truncate(1);
    let mut other = flow("9", "b", Direction::Output, "palettes de bois sombres");
    other.park = ParkCode::new("sud");
    for flow in [&mut case.flows[0], &mut other] {
        flow.ranked_codes = vec![crate::model::RankedCode { code: "030105", confidence_milli: 900 }];
    }
    case.flows.push(other);
    let made = case.made();
    let row = &made.sheet("Débouchés recherchés")[1];
    assert_eq!(row[0], "acheteur à trouver / buyer to find");
    assert_eq!(
        (row[2].as_str(), row[3].as_str(), row[4].as_str(), row[6].as_str()),
        ("0301", "20000", "2", "2")
    );
    assert!(row[7].contains("Parc nord, Parc sud") && row[8].contains("claires"), "{row:?}");
    assert!(row[9].contains("321"), "{row:?}");
    assert!(!row.join("|").contains("Entreprise"), "a wanted buyer names nobody");
}

#[test]
fn an_outlet_that_is_too_small_is_told_with_what_one_more_tonne_of_need_gains() {
    let mut case = Case::new();
    case.flows[2].direction = Direction::Output;
    let made = case.made();
    let rows = made.sheet("Débouchés recherchés");
    assert!(rows[0][12].contains("détourne (kg/an)") && rows[0][12].contains("diverts"), "{:?}", rows[0]);
    let row = rows.iter().find(|row| row[0].starts_with("débouché à agrandir")).unwrap();
    assert_eq!((row[11].as_str(), row[12].as_str()), ("Entreprise b", "1000"));
}

#[test]
fn a_pool_of_requests_names_its_members_and_the_offer_that_serves_them() {
    let mut case = Case::new();
    for (flow, kg) in case.flows.iter_mut().skip(1).zip([7_000, 6_000]) {
        flow.mass = Mass::exact(kg);
        flow.ranked_codes = vec![crate::model::RankedCode { code: "150103", confidence_milli: 900 }];
    }
    let made = case.made();
    let rows = made.sheet("Regroupements");
    assert_eq!(rows.len(), 3, "{rows:?}");
    let mut members: Vec<[&str; 5]> =
        rows[1..].iter().map(|row| [0, 1, 4, 5, 9].map(|column| row[column].as_str())).collect();
    members.sort_unstable_by_key(|member| member[3]);
    let of = |company, kg| ["1", "demande / request", "13000", company, kg];
    assert_eq!(members, [of("Entreprise b", "7000"), of("Entreprise c", "6000")]);
    // Ten tonnes are all that the offer has.
    assert!(rows[1..].iter().all(|row| row[10] == "Entreprise a" && row[11] == "10000"), "{rows:?}");
}
