//! Values that wait for ever hold no night for ever: over more than twice the days that count.

use super::attack::Attack;
use super::experiment::{World, day, identity, observed};
use super::{Cause, History, Night, Seen, Stalled, Tonight, gone, places, protect_tonight};
use crate::certificate::{self, Earlier, Published as Files, PublishedCells, Refusal};
use crate::config::Disclosure;
use crate::disclosure::{
    Agreements, Doubts, Explanation, MeasureInput, ProtectedRow, Published, Reason, Record, TableInput,
};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// How long nights count here, and for how long an older value is shown.
const DAYS: u32 = 10;
const PATIENCE: u64 = 5;

/// A pipeline with all its nights, as the ledger holds them.
struct Publication {
    policy: Disclosure,
    nights: Vec<Night>,
    published: Vec<Earlier>,
    seen: Vec<Seen>,
    history: History,
}

impl Publication {
    fn new() -> Self {
        Self {
            policy: Disclosure { history_days: DAYS, ..Disclosure::default() },
            nights: Vec::new(),
            published: Vec::new(),
            seen: Vec::new(),
            history: History::default(),
        }
    }

    /// Nights that do not count on a day, of all.
    fn gone(&self, number: u64) -> usize {
        gone(&begun(&self.nights), &self.seen, day(number), self.policy.history_days)
    }

    /// Protects a night as the pipeline does, with the check of the second program.
    fn next(&mut self, table: &TableInput, number: u64) -> Tonight {
        self.history.nights.clone_from(&self.nights);
        self.history.forget(day(number), &self.policy, &self.seen);
        let gone = self.nights.len() - self.history.nights.len();
        let nobody = Agreements::default();
        let tables = std::slice::from_ref(table);
        let mut tonight = protect_tonight(tables, &self.history, day(number), &self.policy, &nobody).unwrap();
        tonight.protected.date(day(number)).unwrap();
        let certificate = tonight.protected.certificate();
        certificate::verify_history(certificate, &self.published[gone..]).unwrap();
        certificate::verify_release(certificate, &files(&tonight)).unwrap();
        if let Some(night) = &tonight.night {
            self.nights.push(night.clone());
            self.published.push(Earlier::read(certificate).unwrap());
            self.history.certificate = Some(certificate.to_vec());
        }
        let night = self.nights.len() - 1;
        let oldest = tonight.last.oldest(&self.nights[night]);
        self.seen.push(Seen { from: day(number), night, oldest });
        self.history.last = Some(tonight.last.clone());
        tonight
    }
}

fn begun(nights: &[Night]) -> Vec<NaiveDate> {
    nights.iter().map(|night| night.day).collect()
}

fn rows(tonight: &Tonight) -> &[ProtectedRow] {
    tonight.protected.tables()[0].rows()
}

/// What is published of each cell.
fn cells(tonight: &Tonight) -> PublishedCells {
    let value = |row: &ProtectedRow| match row.values()[0] {
        Published::Value(value) => Some(value),
        Published::Confidential | Published::Unknown => None,
    };
    rows(tonight).iter().map(|row| (row.dimensions().to_vec(), value(row))).collect()
}

/// What is written.
fn files(tonight: &Tonight) -> Files {
    let days = rows(tonight).iter().map(|row| (row.dimensions().to_vec(), row.days()[0])).collect();
    Files { cells: [("t/kg".to_owned(), cells(tonight))].into(), days: [("t".to_owned(), days)].into() }
}

/// How many cells show what is true on a day.
fn current(tonight: &Tonight, number: u64) -> usize {
    rows(tonight).iter().filter(|row| row.days()[0] == Some(day(number))).count()
}

fn cell(code: &str) -> Vec<String> {
    vec![code.to_owned(), "b".to_owned()]
}

const CELLS: u64 = 5;
const COMPANIES: u64 = 4;

/// Four companies in each of five cells, and what each of them declares.
fn table(amount: impl Fn(u64, u64) -> i64) -> TableInput {
    let companies = (0..CELLS).flat_map(|cell| (0..COMPANIES).map(move |company| (cell, company)));
    let records = companies.map(|(cell, company)| Record {
        id: identity(100 * cell + company),
        dimensions: vec![format!("a{cell}"), "b".to_owned()],
        contributors: vec![format!("g{cell}{company}")],
        values: vec![Some(amount(cell, company))],
    });
    TableInput {
        name: "t".to_owned(),
        dimensions: vec!["a".to_owned(), "b".to_owned()],
        codes: vec![(0..CELLS).map(|cell| format!("a{cell}")).collect(), vec!["b".to_owned()]],
        measures: vec![MeasureInput { name: "kg".to_owned(), unit: None, relation: None, is_count: false }],
        ceilings: Vec::new(),
        records: records.collect(),
    }
}

/// Amounts on a night: in the first cell one company alone changed, on the second night; in the others everybody
/// changes every night.
fn busy(number: u64) -> TableInput {
    let signed = |number: u64| i64::try_from(number).unwrap();
    table(|cell, company| {
        let base = 1000 + 130 * signed(company) + 17 * signed(cell);
        match (cell, company) {
            (0, 0) => base + if number > 0 { 90 } else { 0 },
            (0, _) => base,
            _ => base + signed(number) * (100 + 7 * signed(company) + signed(cell)),
        }
    })
}

#[test]
fn a_value_that_waits_for_ever_is_taken_back_and_holds_no_night_for_ever() {
    let mut publication = Publication::new();
    let mut observations = Vec::new();
    let (mut questions, mut most, mut last_new) = (0, 0_usize, 0);
    let (mut old, mut last_old) = (None, 0);
    for number in 0..36 {
        let gone = publication.gone(number);
        let tonight = publication.next(&busy(number), number);
        // No night counts of which nobody saw a value for so long.
        let longest = chrono::Days::new(u64::from(DAYS) + PATIENCE + 1);
        let end = publication.nights.get(gone + 1).map(|next| next.day);
        assert!(end.is_none_or(|end| end + longest >= day(number)), "{number}");
        most = most.max(publication.nights.len() - gone);
        let oldest = publication.seen.last().unwrap().oldest;
        assert!(oldest.is_none_or(|of| of + chrono::Days::new(PATIENCE) >= day(number)), "{number}");
        let shown = cells(&tonight)[&cell("a0")];
        if *old.get_or_insert(shown) == shown {
            last_old = number;
        }
        if tonight.night.is_some() {
            assert!(current(&tonight, number) > 0, "{number}");
            last_new = number;
            let night = publication.nights.last().unwrap();
            observations.push(observed(&night.tables[0], &night.shown["t/kg"]));
            let attack = Attack::new(&observations[gone..]).run(2);
            assert_eq!((attack.exactly, attack.closely), (0, 0), "night {number}: {attack:?}");
            questions += attack.questions;
        }
    }
    assert!(old.flatten().is_some() && last_old == PATIENCE, "{last_old}");
    // Held for ever, the first night would keep all others, and the last place be taken by the twenty-fourth.
    assert!(last_new > 30 && most < 24 && questions > 0, "{last_new}, {most} nights, {questions} questions");
    assert!(publication.gone(36) > 8);
}

/// One company changes in the first cell on the second night, everybody in the others; then nobody.
fn settled(number: u64) -> TableInput {
    busy(number.min(1))
}

#[test]
fn a_value_that_is_taken_back_counts_on_until_nobody_saw_it_for_long() {
    let mut publication = Publication::new();
    let first = publication.next(&settled(0), 0);
    let old = cells(&first)[&cell("a0")];
    assert!(old.is_some());
    let second = publication.next(&settled(1), 1);
    assert!(second.night.is_some() && cells(&second)[&cell("a0")] == old);
    let reason = |tonight: &Tonight| {
        let mut explanations = tonight.protected.explanations().iter();
        let is_this = |found: &&Explanation| found.dimensions == cell("a0");
        explanations.find(is_this).map(|found| found.reason)
    };
    for number in 2..40 {
        let tonight = publication.next(&settled(number), number);
        assert!(tonight.night.is_none() && tonight.stalled.is_none(), "{number}");
        let shown = cells(&tonight)[&cell("a0")];
        let is_seen = number <= PATIENCE;
        assert_eq!(shown, old.filter(|_| is_seen), "{number}");
        // It was seen until the day after the last one on which it may be shown.
        let counts = number <= PATIENCE + 1 + u64::from(DAYS);
        assert_eq!(publication.history.nights.len(), if counts { 2 } else { 1 }, "{number}");
        assert_eq!(reason(&tonight) == Some(Reason::Outdated), !is_seen && counts, "{number}");
        // Nobody puts it back.
        let mut files = files(&tonight);
        files.cells.get_mut("t/kg").unwrap().insert(cell("a0"), old);
        files.days.get_mut("t").unwrap().insert(cell("a0"), Some(day(0)));
        let certificate = tonight.protected.certificate();
        assert_eq!(certificate::verify_release(certificate, &files).is_ok(), is_seen, "{number}");
    }
    // Everybody changes.
    let all = table(|cell, company| 3000 + i64::try_from(310 * company + 41 * cell).unwrap());
    let tonight = publication.next(&all, 40);
    assert_eq!(current(&tonight, 40), rows(&tonight).len());
}

#[test]
fn an_earlier_value_is_not_of_a_day_after_the_night_that_changed_it() {
    let mut publication = Publication::new();
    publication.next(&settled(0), 0);
    publication.next(&settled(1), 1);
    let tonight = publication.next(&settled(1), 3);
    let known: serde_json::Value = serde_json::from_slice(tonight.protected.certificate()).unwrap();
    let place =
        known["days"]["older"].as_array().unwrap().iter().position(|older| older[1][0] == "a0").unwrap();
    assert_eq!(known["days"]["older"][place][2], day(0).to_string());
    for (number, is_known) in [(0, true), (2, false)] {
        let mut told = known.clone();
        told["days"]["older"][place][2] = day(number).to_string().into();
        let checked = certificate::verify_history(told.to_string().as_bytes(), &publication.published);
        assert_eq!(checked.is_ok(), is_known, "{number}");
        assert!(is_known || matches!(checked, Err(Refusal::History { night: 2, .. })), "{checked:?}");
    }
}

#[test]
fn nights_of_any_history_leave_room_again_within_the_days_for_which_one_can_count() {
    let mut state = 7_u64;
    let mut draw = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let night = |number: u64| Night {
        day: day(number),
        tables: Vec::new(),
        shown: BTreeMap::new(),
        withdrawn: BTreeSet::new(),
        total_only: BTreeSet::new(),
        rules: String::new(),
        doubts: Doubts::default(),
    };
    let mut was_full = false;
    for _ in 0..60 {
        let history_days = u32::try_from(10 + draw(40)).unwrap();
        let (days, patience) = (u64::from(history_days), u64::from(history_days.div_ceil(2)));
        let policy = Disclosure { history_days, ..Disclosure::default() };
        let (mut nights, mut seen) = (vec![night(0)], Vec::new());
        let (rest, held) = (1 + draw(4), draw(3));
        let (mut number, mut full_since) = (0, None);
        while number < 8 * days {
            let gone = gone(&begun(&nights), &seen, day(number), history_days);
            let room = places::room(&nights[gone..], day(number), &policy);
            let is_full = room == Err(Cause::Full);
            let since = full_since.unwrap_or(number);
            full_since = is_full.then_some(since);
            was_full |= is_full;
            assert!(!is_full || number - since <= days + patience, "{history_days} days, since {since}");
            if number > 0 && draw(rest) == 0 && room.is_ok() {
                nights.push(night(number));
            }
            // Some value may always be as old as one can be that is still shown.
            let age = if held == 0 { 0 } else { patience.min(number).min(draw(2 * patience)) };
            let oldest = (age > 0).then(|| day(number - age));
            seen.push(Seen { from: day(number), night: nights.len() - 1, oldest });
            // Now and then readers see an earlier release again, and nobody runs anything for a while.
            if draw(days) == 0 {
                let night = gone + usize::try_from(draw((nights.len() - gone) as u64)).unwrap();
                seen.push(Seen { from: day(number), night, oldest: None });
                full_since = None;
                number += draw(2 * days);
            }
            number += 1;
        }
        assert!(nights.len() > 6, "{history_days} days");
    }
    assert!(was_full);
}

#[test]
fn who_runs_a_publication_is_told_why_nothing_new_is_shown() {
    let mut publication = Publication::new();
    let mut number = 0;
    let stalled = loop {
        let tonight = publication.next(&busy(number), number);
        if let Some(stalled) = tonight.stalled {
            assert!(tonight.night.is_none());
            break stalled;
        }
        number += 1;
    };
    // Half of the places are taken by then, and the next nights come two days apart.
    assert!(publication.nights.len() >= 12, "{number}");
    assert_eq!(stalled, Stalled { since: day(number - 1), cause: Cause::Pause(day(number + 1)) });
    // Nothing changed: nothing waits for it.
    let again = publication.next(&busy(number - 1), number);
    assert_eq!((again.night, again.stalled), (None, None));
}

#[test]
fn what_earlier_nights_gave_away_keeps_every_change_back_and_is_told() {
    // Two companies in the first cell.
    let few = |number: u64| {
        let mut table = busy(number);
        table.records.retain(|record| !["g02", "g03"].contains(&record.contributors[0].as_str()));
        table
    };
    let mut publication = Publication::new();
    let first = publication.next(&few(0), 0);
    assert_eq!(cells(&first)[&cell("a0")], None);
    // As if another version of the program had shown it.
    publication.nights[0].shown.get_mut("t/kg").unwrap().insert(cell("a0"));
    publication.history.nights.clone_from(&publication.nights);
    let nobody = Agreements::default();
    let tonight =
        protect_tonight(&[few(1)], &publication.history, day(1), &publication.policy, &nobody).unwrap();
    assert_eq!(tonight.night, None);
    assert_eq!(tonight.stalled, Some(Stalled { since: day(0), cause: Cause::Past }));
}

/// Three companies in the first cell, of which one leaves on the second night; everybody changes in the others.
fn leaving(number: u64) -> TableInput {
    let mut table = busy(number);
    let stays = busy(0).records;
    for (record, before) in
        table.records.iter_mut().zip(stays).filter(|(_, before)| before.dimensions[0] == "a0")
    {
        record.values = before.values;
    }
    let gone: &[&str] = if number > 0 { &["g02", "g03"] } else { &["g03"] };
    table.records.retain(|record| !gone.contains(&record.contributors[0].as_str()));
    table
}

#[test]
fn who_leaves_knows_what_is_left_and_keeps_nothing_else_back() {
    let mut publication = Publication::new();
    let first = publication.next(&leaving(0), 0);
    let old = cells(&first)[&cell("a0")];
    assert!(old.is_some());
    let mut observations = Vec::new();
    for number in 0..4 {
        if number > 0 {
            let tonight = publication.next(&leaving(number), number);
            assert!(tonight.night.is_some() && current(&tonight, number) >= 4, "{number}");
            // Nobody else learns that it left, or what it had.
            assert_eq!(cells(&tonight)[&cell("a0")], old, "{number}");
        }
        let night = publication.nights.last().unwrap();
        observations.push(observed(&night.tables[0], &night.shown["t/kg"]));
    }
    let attack = Attack::new(&observations).run(0);
    assert_eq!((attack.exactly, attack.closely), (0, 0), "{attack:?}");
    assert!(attack.questions > 0);
}

#[test]
fn who_leaves_and_who_comes_makes_no_change_unsafe_that_was_shown_before() {
    let (mut questions, mut news) = (0, 0);
    for seed in 1..=3 {
        let mut publication = Publication::new();
        let mut world = World::new(seed, 30, [4, 2]);
        let mut observations = Vec::new();
        for number in 0..40 {
            if number > 0 {
                world.turn(9);
            }
            let gone = publication.gone(number);
            let tonight = publication.next(&world.table(), number);
            let is_blocked = tonight.stalled.is_some_and(|stalled| stalled.cause == Cause::Past);
            assert!(!is_blocked, "seed {seed}, night {number}");
            if let Some(night) = &tonight.night {
                observations.push(observed(&night.tables[0], &night.shown["t/kg"]));
                let attack = Attack::new(&observations[gone..]).run(2);
                assert_eq!(
                    (attack.exactly, attack.closely),
                    (0, 0),
                    "seed {seed}, night {number}: {attack:?}"
                );
                questions += attack.questions;
                news += 1;
            }
        }
    }
    assert!(questions > 0 && news > 60, "{questions} questions, {news} nights that showed something new");
}
