//! What animators read in their list, and what they fill in.

use super::tests::{day, flow, organisation, parks, search, searched};
use super::{FollowUps, Identifier, Known, NamedMatches, Parties, ReturnedSheet, unite, workbook};
use crate::config;
use crate::model::{
    Confidential, Confidentiality, Direction, Finding, Flow, Mass, Match, ParkCode, Status, Synergy,
};
use chrono::NaiveDate;

/// Identifier of the only match.
const KEY: &str = "0123456789ab";

/// The followed ones alone.
fn followed(memory: &FollowUps) -> Vec<Synergy> {
    let mut all = Vec::new();
    let parties = Parties::new(&[], &[], str::to_owned, str::to_owned);
    assert!(unite(&mut all, memory, &parties).is_empty());
    all
}

fn read_follow_ups(memory: &mut FollowUps, rows: &[(u32, Vec<String>)], as_of: NaiveDate) -> Vec<Finding> {
    let sheet =
        ReturnedSheet { name: Confidential::new(super::workbook::SHEET.to_owned()), rows: rows.to_vec() };
    super::read_follow_ups(memory, &[sheet], as_of)
}

fn remember(memory: &mut FollowUps, named: &[(String, Match)], flows: &[Flow]) {
    let listed: Vec<(&str, &Match)> = named.iter().map(|(id, found)| (id.as_str(), found)).collect();
    let parks = parks();
    let known = Known::new(&[], flows, &parks);
    let parties = Parties::new(&[], flows, str::to_owned, str::to_owned);
    super::remember(memory, &listed, &known, &parties);
}

/// How many matches are proposed, and how many were set aside, all under one identifier.
fn set_aside(memory: &mut FollowUps, flows: &[Flow]) -> (usize, usize) {
    let (companies, parks, settings) = (["a", "b"].map(organisation), parks(), config::Matching::default());
    let known = Known::new(&companies, flows, &parks);
    let mut found = searched(&known, &settings, day());
    let mut identifiers = vec![Identifier::of(KEY).unwrap(); found.len()];
    let aside = super::set_aside(memory, &mut found, &mut identifiers);
    assert!(aside.iter().all(|(id, _)| id == KEY));
    assert_eq!(identifiers.len(), found.len());
    (found.len(), aside.len())
}

fn list(flows: &[Flow], memory: &FollowUps) -> Vec<Vec<String>> {
    use calamine::Reader as _;
    let organisations = vec![organisation("a"), organisation("b")];
    let (matches, parks) = (search(flows), parks());
    let matches: Vec<(&str, &Match)> = matches.iter().map(|found| (KEY, found)).collect();
    let list = NamedMatches {
        matches: &matches,
        unlisted: 0,
        organisations: &organisations,
        known: &Known::new(&organisations, flows, &parks),
        parks: &parks,
        follow_ups: memory,
        settings: &config::Matching::default(),
        as_of: day(),
        pools: &[],
        wanted: &[],
        aside: &[],
        scarce: &[],
    };
    let bytes = workbook(&list, &std::env::temp_dir()).unwrap();
    let mut book: calamine::Xlsx<_> = calamine::Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
    let range = book.worksheet_range(super::workbook::SHEET).unwrap();
    range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

#[test]
fn the_list_names_both_companies_and_says_whose_consent_is_needed() {
    let mut flows = vec![
        flow("1", "a", Direction::Output, "palettes de bois"),
        flow("2", "b", Direction::Input, "palettes de bois"),
    ];
    flows[0].confidentiality = Confidentiality::Confidential;
    let rows = list(&flows, &FollowUps::new());
    let line = rows[1].join("|");
    for text in ["Entreprise a", "Entreprise b", "a@example.org", "Parc nord", "10 t/an"] {
        assert!(line.contains(text), "{text} is not in {line}");
    }
    assert!(line.contains("demander à l’offre"), "{line}");
    flows[0].confidentiality = Confidentiality::Network;
    assert!(!list(&flows, &FollowUps::new())[1].join("|").contains("demander à l’offre"));
}

#[test]
fn what_was_filled_in_is_kept_dated_and_shown_again() {
    let flows = vec![
        flow("1", "a", Direction::Output, "palettes de bois"),
        flow("2", "b", Direction::Input, "palettes de bois"),
    ];
    let named: Vec<(String, Match)> =
        search(&flows).into_iter().map(|found| (KEY.to_owned(), found)).collect();
    let mut memory = FollowUps::new();
    remember(&mut memory, &named, &flows);
    assert!(followed(&memory).is_empty());
    let sheet = |status: &str, note: &str| {
        let cells = |row: [&str; 3]| row.map(str::to_owned).to_vec();
        vec![
            (1, cells(["Note", "Identifiant", "Statut"])),
            (2, cells([note, KEY, status])),
            (3, cells(["", KEY, ""])),
        ]
    };
    assert!(read_follow_ups(&mut memory, &sheet("En discussion", "appelée"), day()).is_empty());
    let later = day().succ_opt().unwrap();
    assert!(read_follow_ups(&mut memory, &sheet("en_discussion", "appelée"), later).is_empty());
    assert!(read_follow_ups(&mut memory, &sheet("Réalisée", "appelée"), later).is_empty());
    let one = &memory[KEY];
    let dated: Vec<_> = one.history.iter().map(|step| (step.on, step.status)).collect();
    assert_eq!(dated, [(Some(day()), Some(Status::UnderDiscussion)), (Some(later), Some(Status::Realised))]);
    assert_eq!(one.note.reveal(), "appelée");
    assert_eq!(list(&flows, &memory)[1][1..3], ["réalisée", "appelée"]);
    // The match is gone, its follow-up is not.
    remember(&mut memory, &[], &flows);
    assert_eq!(followed(&memory)[0].status, Status::Realised);
}

#[test]
fn what_was_given_up_is_proposed_again_only_when_something_that_matters_changed() {
    let mut flows = vec![
        flow("1", "a", Direction::Output, "palettes de bois"),
        flow("2", "b", Direction::Input, "palettes de bois"),
    ];
    let named: Vec<(String, Match)> =
        search(&flows).into_iter().map(|found| (KEY.to_owned(), found)).collect();
    let mut memory = FollowUps::new();
    remember(&mut memory, &named, &flows);
    assert_eq!(set_aside(&mut memory, &flows), (1, 0));
    let cells = |row: [&str; 2]| row.map(str::to_owned).to_vec();
    let rows = vec![(1, cells(["Identifiant", "Statut"])), (2, cells([KEY, "abandonnée"]))];
    assert!(read_follow_ups(&mut memory, &rows, day()).is_empty());
    assert_eq!(set_aside(&mut memory, &flows), (0, 1));
    flows[0].mass = Mass::exact(11_000);
    assert_eq!(set_aside(&mut memory, &flows).1, 1, "a tenth more is no news");
    flows[0].park = ParkCode::new("sud");
    assert_eq!(set_aside(&mut memory, &flows).1, 0, "it moved to another park");
    flows[0].park = None;
    assert_eq!(set_aside(&mut memory, &flows).1, 1);
    flows[0].mass = Mass::exact(30_000);
    assert_eq!(set_aside(&mut memory, &flows).1, 0);
    let row = list(&flows, &memory)[1].join("|");
    assert!(
        row.contains("abandonnée") && row.contains("oui / yes : quantité de l’offre / amount of the offer"),
        "{row}"
    );
    // Taken up again, it is a match like any other, and may be given up anew.
    let rows = vec![(1, cells(["Identifiant", "Statut"])), (2, cells([KEY, "proposée"]))];
    read_follow_ups(&mut memory, &rows, day());
    assert_eq!(set_aside(&mut memory, &flows).1, 0);
    assert!(memory[KEY].rejected.is_none());
}

#[test]
fn an_unknown_status_or_identifier_is_a_finding_and_changes_nothing() {
    let flows = vec![
        flow("1", "a", Direction::Output, "palettes de bois"),
        flow("2", "b", Direction::Input, "palettes de bois"),
    ];
    let named: Vec<(String, Match)> =
        search(&flows).into_iter().map(|found| (KEY.to_owned(), found)).collect();
    let mut memory = FollowUps::new();
    remember(&mut memory, &named, &flows);
    let cells = |row: [&str; 3]| row.map(str::to_owned).to_vec();
    let rows = vec![
        (1, cells(["Identifiant", "Statut", "Note"])),
        (2, cells([KEY, "peut-être", ""])),
        (3, cells(["autre", "réalisée", ""])),
    ];
    let mut before = memory.clone();
    let findings = read_follow_ups(&mut memory, &rows, day());
    let told: Vec<_> = findings.iter().map(|finding| (finding.location.row, finding.kind.code())).collect();
    assert_eq!(told, [(2, "statut_inconnu"), (3, "code_inconnu")]);
    // What could not be taken in waits in the list, and changes nothing else.
    let waits = "Statut : « peut-être » (Maillages, ligne 2)";
    before.get_mut(KEY).unwrap().unsettled = Confidential::new(waits.to_owned());
    assert!(memory == before, "{}", memory[KEY].unsettled.reveal());
}
