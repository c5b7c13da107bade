use super::{History, Known, Last, Night, Seen, Tonight, protect_tonight};
use crate::certificate::{Earlier, Refusal, verify_history};
use crate::config::Disclosure;
use crate::disclosure::protect::{Frame, protect_after};
use crate::disclosure::{
    Agreements, Ceiling, DisclosureError, Doubts, MeasureInput, Published, Record, TableInput,
};
use crate::model::Relation;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

fn day(number: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, number).unwrap()
}

fn identity(name: &str) -> u128 {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&blake3::hash(name.as_bytes()).as_bytes()[..16]);
    u128::from_le_bytes(bytes)
}

/// Park, company and amount.
type Row<'a> = (&'a str, &'a str, i64);

fn table(rows: &[Row<'_>]) -> TableInput {
    let record = |(park, company, amount): &Row<'_>| Record {
        id: identity(company),
        dimensions: vec![(*park).to_owned()],
        contributors: vec![(*company).to_owned()],
        values: vec![Some(*amount)],
    };
    TableInput {
        name: "t".to_owned(),
        dimensions: vec!["parc".to_owned()],
        codes: vec![vec!["a".to_owned(), "b".to_owned()]],
        measures: vec![MeasureInput { name: "kg".to_owned(), unit: None, relation: None, is_count: false }],
        ceilings: Vec::new(),
        records: rows.iter().map(record).collect(),
    }
}

/// What the nights published, from their certificates.
fn published(certificates: &[Vec<u8>]) -> Vec<Earlier> {
    certificates.iter().map(|certificate| Earlier::read(certificate).unwrap()).collect()
}

/// A pipeline over its nights.
#[derive(Default)]
struct Nights {
    history: History,
    certificates: Vec<Vec<u8>>,
    policy: Disclosure,
    count: u32,
    keys: BTreeMap<String, BTreeSet<String>>,
}

impl Nights {
    fn try_next(&mut self, rows: &[Row<'_>]) -> Result<Tonight, DisclosureError> {
        self.protected(&table(rows))
    }

    fn protected(&mut self, table: &TableInput) -> Result<Tonight, DisclosureError> {
        self.count += 1;
        let nobody = Agreements::default();
        let tonight = protect_tonight(
            std::slice::from_ref(table),
            &self.history,
            day(self.count),
            &self.policy,
            &nobody,
        )?;
        verify_history(tonight.protected.certificate(), &published(&self.certificates)).unwrap();
        if let Some(night) = tonight.night.clone() {
            self.history.nights.push(night);
            self.certificates.push(tonight.protected.certificate().to_vec());
            self.history.certificate = self.certificates.last().cloned();
        }
        self.history.last = Some(tonight.last.clone());
        Ok(tonight)
    }

    /// What the cells show: value and day.
    fn next(&mut self, rows: &[Row<'_>]) -> Vec<(String, Option<(i64, u32)>)> {
        self.shown(&table(rows))
    }

    fn shown(&mut self, table: &TableInput) -> Vec<(String, Option<(i64, u32)>)> {
        use chrono::Datelike as _;
        let tonight = self.protected(table).unwrap();
        let cell = |row: &crate::disclosure::ProtectedRow| {
            let value = match row.values()[0] {
                Published::Value(value) => Some((value, row.days()[0].unwrap().day())),
                Published::Confidential | Published::Unknown => None,
            };
            (row.dimensions()[0].clone(), value)
        };
        tonight.protected.tables()[0].rows().iter().map(cell).collect()
    }
}

const SIX: [Row<'static>; 6] = [
    ("a", "g1", 100),
    ("a", "g2", 110),
    ("a", "g3", 120),
    ("b", "g4", 130),
    ("b", "g5", 140),
    ("b", "g6", 150),
];

fn changed(by: &[(usize, i64)]) -> Vec<Row<'static>> {
    let mut rows = SIX.to_vec();
    for (place, amount) in by {
        rows[*place].2 += amount;
    }
    rows
}

fn all(total: (i64, u32), a: (i64, u32), b: (i64, u32)) -> Vec<(String, Option<(i64, u32)>)> {
    [("Total", total), ("a", a), ("b", b)].map(|(name, value)| (name.to_owned(), Some(value))).to_vec()
}

#[test]
fn a_change_waits_for_two_others_and_the_value_keeps_its_day() {
    let mut nights = Nights::default();
    assert_eq!(nights.next(&SIX), all((750, 1), (330, 1), (420, 1)));
    assert_eq!(nights.next(&changed(&[(0, 30)])), all((750, 1), (330, 1), (420, 2)));
    assert_eq!(nights.next(&changed(&[(0, 30), (1, 30)])), all((750, 1), (330, 1), (420, 3)));
    assert_eq!(nights.next(&changed(&[(0, 30), (1, 30), (2, 30)])), all((840, 4), (420, 4), (420, 4)));
    // Nights that show the same add nothing.
    assert_eq!(nights.history.nights.len(), 2);
}

#[test]
fn who_changes_back_does_not_leave_the_change_of_another_alone() {
    let mut nights = Nights::default();
    nights.next(&SIX);
    let three = changed(&[(0, 30), (1, 40), (2, 50)]);
    assert_eq!(nights.next(&three), all((870, 2), (450, 2), (420, 2)));
    // Each step is of three or of two and nobody knows: from the first night to this one it is of one.
    let one = changed(&[(0, 30)]);
    assert_eq!(nights.next(&one), all((870, 2), (450, 2), (420, 3)));
    // With three others in between it may be shown again.
    let other = changed(&[(0, 70), (1, 90), (2, 20)]);
    assert_eq!(nights.next(&other), all((930, 4), (510, 4), (420, 4)));
}

#[test]
fn a_total_is_new_while_its_parts_wait() {
    let mut nights = Nights::default();
    nights.next(&SIX);
    let two_each = [(0, 30), (1, 30), (3, 30), (4, 30)];
    assert_eq!(nights.next(&changed(&two_each)), all((870, 2), (330, 1), (420, 1)));
    // A third change in one of them: that of the other cell is what is left of it, and waits too.
    let three = [(0, 30), (1, 30), (2, 30), (3, 30), (4, 30)];
    assert_eq!(nights.next(&changed(&three)), all((870, 2), (330, 1), (420, 1)));
    // Nor may both be new: their sum would tell what the last two changed since the total was shown.
    let all_six = [(0, 30), (1, 30), (2, 30), (3, 30), (4, 30), (5, 30)];
    assert_eq!(nights.next(&changed(&all_six)), all((870, 2), (330, 1), (420, 1)));
}

#[test]
fn a_change_taken_back_was_none_and_one_that_dominates_waits() {
    let mut nights = Nights::default();
    nights.next(&SIX);
    nights.next(&changed(&[(0, 30)]));
    assert_eq!(nights.next(&SIX), all((750, 3), (330, 3), (420, 3)));
    let dominated = [(0, 3000), (1, 30), (2, 30)];
    assert_eq!(nights.next(&changed(&dominated)), all((750, 3), (330, 3), (420, 4)));
}

#[test]
fn another_identity_of_the_same_record_is_no_change() {
    let mut nights = Nights::default();
    nights.next(&SIX);
    let mut again = table(&SIX);
    for record in &mut again.records {
        record.id = record.id.wrapping_mul(3);
    }
    let nobody = Agreements::default();
    let tonight = protect_tonight(&[again], &nights.history, day(2), &nights.policy, &nobody).unwrap();
    assert_eq!((tonight.waiting, tonight.night), (0, None));
}

#[test]
fn a_code_that_takes_the_place_of_another_tells_of_no_single_change() {
    let recoded = |own: i64| {
        let mut rows = changed(&[(2, own), (3, 30), (4, 35), (5, 40)]);
        for row in &mut rows[..3] {
            row.0 = "c";
        }
        rows
    };
    let seen = |own: i64| {
        let mut nights = Nights::default();
        nights.next(&SIX);
        nights.next(&recoded(own)).into_iter().collect::<BTreeMap<String, Option<(i64, u32)>>>()
    };
    let moved = seen(0);
    assert_eq!((moved["c"], moved["Total"], moved["b"]), (Some((330, 2)), Some((855, 2)), Some((525, 2))));
    let one = seen(50);
    assert_eq!(one["c"], None, "{one:?}");
    // What is left of the total when the other cell is known would tell it too.
    assert!([one["Total"], one["b"]].iter().flatten().any(|(_, day)| *day == 1), "{one:?}");
}

/// The rows with other companies behind some of the records.
fn behind(rows: &[Row<'_>], others: &[(&str, &str)]) -> TableInput {
    let mut table = table(rows);
    for contributor in table.records.iter_mut().flat_map(|record| &mut record.contributors) {
        if let Some((_, other)) = others.iter().find(|(company, _)| company == contributor) {
            (*other).clone_into(contributor);
        }
    }
    table
}

const RENAMED: [(&str, &str); 6] =
    [("g1", "n1"), ("g2", "n2"), ("g3", "n3"), ("g4", "n4"), ("g5", "n5"), ("g6", "n6")];

#[test]
fn a_change_is_no_less_alone_when_every_company_has_another_identity() {
    let mut nights = Nights::default();
    nights.next(&SIX);
    let unchanged = all((750, 1), (330, 1), (420, 2));
    assert_eq!(nights.shown(&behind(&changed(&[(0, 30)]), &RENAMED)), unchanged);
    // Nor the night after, nor when the identities come back, nor for those that keep it.
    let two = changed(&[(0, 30), (1, 30)]);
    assert_eq!(nights.shown(&behind(&two, &RENAMED)), all((750, 1), (330, 1), (420, 3)));
    assert_eq!(nights.next(&two), all((750, 1), (330, 1), (420, 4)));
    assert_eq!(nights.shown(&behind(&two, &RENAMED[1..3])), all((750, 1), (330, 1), (420, 5)));
    // Three are enough, whatever they are called.
    let three = changed(&[(0, 30), (1, 30), (2, 30)]);
    assert_eq!(nights.shown(&behind(&three, &RENAMED)), all((840, 6), (420, 6), (420, 6)));
}

#[test]
fn records_with_another_identity_and_another_company_are_known_by_what_they_say() {
    let mut nights = Nights::default();
    nights.next(&SIX);
    let mut rows = behind(&SIX, &RENAMED);
    rows.records.push(Record { id: 7, contributors: vec!["n1".to_owned()], ..rows.records[0].clone() });
    for record in &mut rows.records {
        record.id = record.id.wrapping_mul(3);
    }
    // The one that came alone waits, as if nobody had another name.
    assert_eq!(nights.shown(&rows), all((750, 1), (330, 1), (420, 2)));
}

#[test]
fn companies_of_one_owner_count_as_one_in_what_is_new() {
    let owner = [("g1", "o"), ("g2", "o")];
    let three = changed(&[(0, 30), (1, 30), (2, 30)]);
    let mut nights = Nights::default();
    nights.next(&SIX);
    assert_eq!(nights.shown(&behind(&SIX, &owner)), all((750, 2), (330, 2), (420, 2)));
    assert_eq!(nights.shown(&behind(&three, &owner)), all((750, 2), (330, 2), (420, 3)));
    // Also when owner and amounts come in one night.
    let mut nights = Nights::default();
    nights.next(&SIX);
    assert_eq!(nights.shown(&behind(&three, &owner)), all((750, 1), (330, 1), (420, 2)));
}

#[test]
fn a_flow_that_passes_to_another_hides_nobody() {
    let mut nights = Nights::default();
    nights.next(&SIX);
    let mut rows = table(&changed(&[(2, 30)]));
    rows.records[0].contributors = vec!["g2".to_owned()];
    assert_eq!(nights.shown(&rows), all((750, 1), (330, 1), (420, 2)));
}

/// Every record in another place.
fn moved(mut table: TableInput) -> TableInput {
    for record in &mut table.records {
        record.id = record.id.wrapping_mul(3);
    }
    table
}

#[test]
fn companies_are_told_again_by_a_number_or_a_name_where_no_record_tells_them() {
    let key = |key: &str| -> BTreeSet<String> { [key.to_owned()].into() };
    let mut nights = Nights { keys: [("g1".to_owned(), key("name"))].into(), ..Nights::default() };
    nights.next(&SIX);
    nights.keys = [("n1".to_owned(), key("name"))].into();
    // With its old identity and its new one, g1 would be two of three that changed.
    let two = moved(behind(&changed(&[(0, 30), (1, 30)]), &RENAMED[..1]));
    assert_eq!(nights.shown(&two), all((750, 1), (330, 1), (420, 2)));
    let three = moved(moved(behind(&changed(&[(0, 30), (1, 30), (2, 30)]), &RENAMED[..1])));
    assert_eq!(nights.shown(&three), all((840, 3), (420, 3), (420, 3)));
}

#[test]
fn of_whom_nothing_is_known_who_came_may_be_who_left() {
    let mut nights = Nights::default();
    nights.next(&SIX);
    let two = moved(behind(&changed(&[(0, 30), (1, 30)]), &RENAMED[..1]));
    assert_eq!(nights.shown(&two), all((750, 1), (330, 1), (420, 2)));
    // That is not forgotten: they come back a night later.
    let mut nights = Nights::default();
    nights.next(&SIX);
    assert_eq!(nights.next(&SIX[1..]), all((750, 1), (330, 1), (420, 2)));
    assert_eq!(nights.shown(&two), all((750, 1), (330, 1), (420, 3)));
    // One that goes and two that come, of which one is a part of it.
    let mut nights = Nights::default();
    nights.next(&[&SIX[..], &[("a", "g7", 200)]].concat());
    let mut parts = moved(behind(&changed(&[(0, 30)]), &RENAMED[..1]));
    parts.records.push(Record { id: 7, contributors: vec!["p".to_owned()], ..parts.records[1].clone() });
    parts.records.push(Record { id: 8, contributors: vec!["g7".to_owned()], ..parts.records[1].clone() });
    assert_eq!(nights.shown(&parts)[1], ("a".to_owned(), Some((530, 1))));
}

#[test]
fn who_is_not_recognised_is_no_third_company_and_keeps_who_published_the_record() {
    let doubts = Doubts { unknown: ["?".to_owned()].into(), ..Doubts::default() };
    let unknown = Agreements { doubts, ..Agreements::default() };
    let (rows, policy) = (behind(&SIX, &[("g3", "?")]), Disclosure::default());
    let is_shown = |agreements: &Agreements| {
        let first = History::default();
        let tonight =
            protect_tonight(std::slice::from_ref(&rows), &first, day(1), &policy, agreements).unwrap();
        let mut rows = tonight.protected.tables()[0].rows().iter();
        let of_park = rows.find(|row| row.dimensions()[0] == "a").unwrap();
        matches!(of_park.values()[0], Published::Value(_))
    };
    assert!(is_shown(&Agreements::default()) && !is_shown(&unknown));
    // Once published as that of a company, it stays that of a company.
    let mut nights = Nights::default();
    nights.next(&SIX);
    let rows = std::slice::from_ref(&rows);
    let tonight = protect_tonight(rows, &nights.history, day(2), &policy, &unknown).unwrap();
    assert_eq!((tonight.waiting, tonight.night), (0, None));
}

#[test]
fn a_workshop_is_published() {
    let mut nights = Nights::default();
    nights.next(&SIX);
    let names: Vec<String> = (0..20).map(|number| format!("h{number}")).collect();
    let mut rows = SIX.to_vec();
    rows.extend(
        names
            .iter()
            .zip(0..)
            .map(|(name, number)| (if number % 2 == 0 { "a" } else { "b" }, name.as_str(), 90 + number)),
    );
    let (a, b) = (
        330 + (0..20).step_by(2).map(|n| 90 + n).sum::<i64>(),
        420 + (1..20).step_by(2).map(|n| 90 + n).sum::<i64>(),
    );
    assert_eq!(nights.next(&rows), all((a + b, 2), (a, 2), (b, 2)));
}

#[test]
fn a_company_that_leaves_is_still_protected() {
    let mut nights = Nights::default();
    nights.next(&SIX);
    // Without g1, what is left of its park would tell its amount.
    assert_eq!(nights.next(&SIX[1..]), all((750, 1), (330, 1), (420, 2)));
    // All three leave: together they may be taken out.
    assert_eq!(nights.next(&SIX[3..])[0], ("Total".to_owned(), Some((420, 3))));
}

#[test]
fn nights_that_no_longer_count_are_forgotten_and_the_last_stays() {
    let mut nights = Nights::default();
    nights.next(&SIX);
    nights.next(&changed(&[(0, 30), (1, 30), (2, 30)]));
    let policy = Disclosure { history_days: 10, ..Disclosure::default() };
    nights.history.forget(day(12), &policy, &[]);
    assert_eq!(nights.history.nights.len(), 2);
    // A rollback showed the first one again, until the thirteenth.
    let of = |number: u32, night: usize| Seen { from: day(number), night, oldest: None };
    let seen = [of(1, 0), of(2, 1), of(12, 0), of(13, 1)];
    nights.history.forget(day(23), &policy, &seen);
    assert_eq!(nights.history.nights.len(), 2);
    nights.history.forget(day(13), &policy, &seen[..2]);
    assert_eq!(nights.history.nights.len(), 1);
    nights.history.forget(day(31), &policy, &[]);
    assert_eq!(nights.history.nights.len(), 1);
}

#[test]
fn a_wrong_clock_ends_no_night_before_its_time_and_holds_none_for_ever() {
    let mut nights = Nights::default();
    nights.next(&SIX);
    nights.next(&changed(&[(0, 30), (1, 30), (2, 30)]));
    let policy = Disclosure { history_days: 10, ..Disclosure::default() };
    let kept = |on: u32, seen: &[(u32, usize)]| {
        let of = |(number, night): &(u32, usize)| Seen { from: day(*number), night: *night, oldest: None };
        let seen: Vec<Seen> = seen.iter().map(of).collect();
        let mut history = nights.history.clone();
        history.forget(day(on), &policy, &seen);
        history.nights.len()
    };
    // The first night was seen again from the ninth, until a rollback of which the day cannot be believed.
    let back = [(1, 0), (2, 1), (9, 0), (3, 1)];
    assert_eq!(kept(25, &back), 2);
    let after = [(1, 0), (2, 1), (9, 0), (3, 1), (20, 1)];
    assert_eq!((kept(30, &after), kept(31, &after)), (2, 1));
    // A day to come is that of no release, whichever night it showed.
    for ahead in [[(1, 0), (2, 1), (30, 1), (4, 1)], [(1, 0), (2, 1), (30, 0), (4, 1)]] {
        let until = if ahead[2].1 == 0 { 4 } else { 2 };
        assert_eq!((kept(until + 10, &ahead), kept(until + 11, &ahead)), (2, 1), "{ahead:?}");
    }
    // A run of a day that is long past shows what it shows today.
    assert_eq!(kept(13, &[(1, 0), (31, 1)]), 2);
}

#[test]
fn what_was_proven_serves_on_when_older_nights_no_longer_count() {
    let mut nights = Nights::default();
    nights.policy.history_days = 2;
    nights.next(&SIX);
    let second = changed(&[(0, 30), (1, 30), (2, 30)]);
    nights.next(&second);
    nights.count = 10;
    let policy = nights.policy.clone();
    nights.history.forget(day(11), &policy, &[]);
    nights.certificates.remove(0);
    assert_eq!(nights.history.nights.len(), 1);
    let proven = nights.certificates[0].clone();
    let quiet = nights.try_next(&second).unwrap();
    assert_eq!(quiet.protected.certificate(), proven);
    let third = changed(&[(0, 30), (1, 30), (2, 30), (3, 40), (4, 40), (5, 40)]);
    assert_eq!(nights.next(&third), all((960, 12), (420, 12), (540, 12)));
}

#[test]
fn a_night_counts_while_readers_still_see_a_value_of_it() {
    let mut nights = Nights::default();
    nights.policy.history_days = 2;
    nights.next(&SIX);
    // The change of one company waits, and the value of the first night stays.
    let second = changed(&[(0, 30), (3, 30), (4, 30), (5, 30)]);
    assert_eq!(nights.next(&second)[1], ("a".to_owned(), Some((330, 1))));
    let kept = |nights: &Nights, on: u32| {
        let mut history = nights.history.clone();
        let (last, night) = (history.last.clone().unwrap(), history.nights.len() - 1);
        let oldest = last.oldest(&history.nights[night]);
        history.forget(day(on), &nights.policy, &[Seen { from: last.day, night, oldest }]);
        history.nights.len()
    };
    assert_eq!(kept(&nights, 20), 2);
    // And as long after it as any other night.
    let after = |on: u32| {
        let mut history = nights.history.clone();
        let of = |number: u32, oldest| Seen { from: day(number), night: 1, oldest };
        history.forget(day(on), &nights.policy, &[of(2, Some(day(1))), of(10, None)]);
        history.nights.len()
    };
    assert_eq!((after(12), after(13)), (2, 1));
    let all_changed = changed(&[(0, 170), (1, 150), (2, 190), (3, 130), (4, 150), (5, 180)]);
    assert_eq!(nights.next(&all_changed), all((1720, 3), (840, 3), (880, 3)));
    assert_eq!(kept(&nights, 20), 1);
}

/// As `table`, where a record that changed since `SIX` is another, as a batch makes it.
fn batch(rows: &[Row<'_>]) -> TableInput {
    let mut table = table(rows);
    for (record, (row, old)) in table.records.iter_mut().zip(rows.iter().zip(&SIX)) {
        if row != old {
            record.id = record.id.wrapping_mul(3);
        }
    }
    table
}

#[test]
fn a_batch_of_which_no_cell_may_show_anything_is_not_protected() {
    let mut nights = Nights::default();
    nights.next(&SIX);
    let protected = |rows: &[Row<'_>]| {
        let nobody = Agreements::default();
        protect_after(&[batch(rows)], &nights.history.nights, Frame::Open, &nights.policy, &nobody)
    };
    let unsafe_everywhere = protected(&changed(&[(0, 30), (3, 30)])).err().unwrap();
    let news = "no cell may show anything new";
    assert!(
        matches!(unsafe_everywhere, DisclosureError::History { cause } if cause == news),
        "{unsafe_everywhere}"
    );
    // The total may, though neither park does.
    assert!(protected(&changed(&[(0, 30), (1, 30), (3, 30), (4, 30)])).is_ok());
}

#[test]
fn tables_that_are_malformed_end_any_night_and_not_only_the_first() {
    let mut nights = Nights::default();
    let negative = changed(&[(0, -500)]);
    assert!(matches!(nights.try_next(&negative), Err(DisclosureError::Malformed { .. })));
    nights.next(&SIX);
    assert!(matches!(nights.try_next(&negative), Err(DisclosureError::Malformed { .. })));
}

#[test]
fn stricter_rules_than_the_past_kept_publish_nothing() {
    let mut nights = Nights::default();
    nights.next(&SIX);
    nights.policy.minimum_contributors = 7;
    let refused = nights.try_next(&SIX).unwrap_err();
    assert!(matches!(refused, DisclosureError::History { .. }), "{refused}");
}

#[test]
fn a_certificate_that_does_not_know_the_past_is_refused() {
    let mut nights = Nights::default();
    nights.next(&SIX);
    let before = published(&nights.certificates);
    let rows = changed(&[(0, 30), (1, 30), (2, 30)]);
    nights.next(&rows);
    // Protected as if it were the first night.
    let mut alone = Nights::default();
    alone.next(&rows);
    let refused = verify_history(&alone.certificates[0], &before).unwrap_err();
    assert!(matches!(refused, Refusal::History { night: 0, .. }), "{refused}");
    // Without what changed, with another past amount, with an earlier value that never was.
    let known: serde_json::Value = serde_json::from_slice(&nights.certificates[1]).unwrap();
    let mutants: [fn(&mut serde_json::Value); 5] = [
        |mutant| mutant["relations"] = serde_json::json!([]),
        |mutant| {
            for variable in mutant["variables"].as_array_mut().unwrap() {
                variable["withheld"] = true.into();
            }
        },
        |mutant| {
            for variable in mutant["variables"].as_array_mut().unwrap() {
                variable["down"] = serde_json::Value::Null;
            }
        },
        |mutant| mutant["earlier"] = serde_json::json!([["t/kg", ["a"], 0]]),
        |mutant| {
            for variable in mutant["variables"].as_array_mut().unwrap() {
                let amount = variable["amount"].as_i64().unwrap();
                variable["amount"] = (amount + 1).into();
            }
        },
    ];
    verify_history(known.to_string().as_bytes(), &before).unwrap();
    for (position, change) in mutants.iter().enumerate() {
        let mut mutant = known.clone();
        change(&mut mutant);
        assert!(verify_history(mutant.to_string().as_bytes(), &before).is_err(), "mutant {position}");
    }
}

#[test]
fn a_night_is_read_back_as_it_was_kept() {
    let mut tables = vec![table(&SIX)];
    tables[0].measures.push(MeasureInput {
        name: "cout".to_owned(),
        unit: None,
        relation: Some(Relation::Factor("kg".to_owned())),
        is_count: true,
    });
    tables[0].ceilings.push(Ceiling {
        measure: "kg".to_owned(),
        party: 1,
        table: "u".to_owned(),
        other: "kg".to_owned(),
        dimension: "sens".to_owned(),
        code: "extrant".to_owned(),
    });
    let cells = [vec!["a".to_owned()]].into();
    let night = Night {
        day: day(3),
        tables,
        shown: [("t/kg".to_owned(), cells)].into(),
        withdrawn: ["t/cout".to_owned()].into(),
        total_only: ["t/kg".to_owned()].into(),
        rules: "r".to_owned(),
        doubts: Doubts {
            one: vec![vec!["g1".to_owned(), "g2".to_owned()]],
            gone: ["g3".to_owned()].into(),
            came: ["g4".to_owned()].into(),
            unknown: ["g5".to_owned()].into(),
        },
    };
    assert_eq!(Night::from_bytes(&night.to_bytes().unwrap()).unwrap(), night);
    let last = Last {
        day: day(4),
        waiting: [("t/kg".to_owned(), [(vec!["a".to_owned()], day(2))].into())].into(),
        since: [(u128::MAX, day(1))].into(),
        origins: [(1, u128::MAX)].into(),
        batches: 7,
        known: Known {
            pairs: [("g1".to_owned(), "g2".to_owned())].into(),
            keys: [("g1".to_owned(), ["k".to_owned()].into())].into(),
            gone: ["g3".to_owned()].into(),
            came: ["g4".to_owned()].into(),
        },
        key: "k".to_owned(),
    };
    assert_eq!(Last::from_bytes(&last.to_bytes().unwrap()).unwrap(), last);
    assert!(Night::from_bytes(b"{}").is_err() && Last::from_bytes(b"[").is_err());
}
