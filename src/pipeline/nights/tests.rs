use super::archive::certificate;
use super::{Archive, Exit, Failure, History, KeptRelease, Known, LEVEL, Ledger, knows, still_counts};
use crate::config::Disclosure;
use crate::disclosure::nights::protect_tonight;
use crate::disclosure::{Agreements, MeasureInput, Record, TableInput};
use crate::ledger::{FILE, ReleaseEvent, What};
use chrono::{Days, NaiveDate};

const DAYS: u32 = 10;

fn day(number: u64) -> NaiveDate {
    NaiveDate::default() + Days::new(number)
}

/// Three companies in each of two parks; in the first one of them changes, in the second all do.
fn table(has_changed: bool) -> TableInput {
    let record = |company: u8| {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&blake3::hash(&[company]).as_bytes()[..16]);
        let more = if has_changed && ![1, 2].contains(&company) { 30 } else { 0 };
        Record {
            id: u128::from_le_bytes(bytes),
            dimensions: vec![if company < 3 { "a" } else { "b" }.to_owned()],
            contributors: vec![format!("g{company}")],
            values: vec![Some(100 + 10 * i64::from(company) + more)],
        }
    };
    TableInput {
        name: "t".to_owned(),
        dimensions: vec!["parc".to_owned()],
        codes: vec![vec!["a".to_owned(), "b".to_owned()]],
        measures: vec![MeasureInput { name: "kg".to_owned(), unit: None, relation: None, is_count: false }],
        ceilings: Vec::new(),
        records: (0..6).map(record).collect(),
    }
}

/// A release as a run makes it.
fn release(ledger: &Ledger, number: u64, has_changed: bool) {
    let policy = Disclosure { history_days: DAYS, ..Disclosure::default() };
    let last = ledger.night_release("essai", None).unwrap();
    let history = last.as_ref().map_or_else(History::default, |last| {
        let mut archive = Archive::open(ledger, "essai").unwrap();
        let counting = archive.counting(last, (day(number), DAYS)).unwrap();
        archive.history(last, &counting.rows).unwrap().0
    });
    let tables = [table(has_changed)];
    let nobody = Agreements::default();
    let tonight = protect_tonight(&tables, &history, day(number), &policy, &nobody).unwrap();
    let packed = |bytes: &[u8]| zstd::encode_all(bytes, LEVEL).unwrap();
    let kept = KeptRelease {
        release: format!("r{number}"),
        night: last.map_or(0, |last| last.night),
        history_days: DAYS,
        as_of: day(number),
        last: packed(&tonight.last.to_bytes().unwrap()),
    };
    let state = tonight.night.map(|night| packed(&night.to_bytes().unwrap()));
    let certificate = packed(tonight.protected.certificate());
    ledger.keep_certificate(&kept.release, "sum").unwrap();
    let new = state.as_ref().map(|state| (state.as_slice(), certificate.as_slice()));
    ledger.keep_night("essai", &kept, new).unwrap();
    ledger.keep_checksums(&kept.release, "sum").unwrap();
    let at = day(number).and_time(chrono::NaiveTime::MIN).and_utc();
    let published = ReleaseEvent { release: kept.release, what: What::Published, at, run: None };
    ledger.keep_release(&published).unwrap();
}

/// How many nights the second program asks a release for.
fn nights_before(ledger: &Ledger, number: u64) -> usize {
    let mut archive = Archive::open(ledger, "essai").unwrap();
    archive.before(&format!("r{number}")).unwrap().unwrap().len()
}

#[test]
fn a_release_is_not_shown_again_once_an_older_value_in_it_no_longer_counts() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(folder.path()).unwrap();
    // The second release shows a value of the first night, the third does not any more.
    for (number, has_changed) in [(0, false), (1, true), (7, true)] {
        release(&ledger, number, has_changed);
    }
    let counts = |number: u64| still_counts(&ledger, &format!("r{number}")).unwrap();
    assert_eq!([0, 1, 7].map(counts), [true; 3]);
    release(&ledger, 18, true);
    assert_eq!([0, 1, 7, 18].map(counts), [false, false, true, true]);
    // What the second program asks of each.
    assert_eq!([0, 1, 7, 18].map(|number| nights_before(&ledger, number)), [1, 2, 2, 1]);
    let rows: Vec<i64> = ledger.night_days("essai").unwrap().into_iter().map(|(row, _)| row).collect();
    let certificates: Vec<Vec<u8>> = rows.iter().map(|row| certificate(&ledger, *row).unwrap()).collect();
    let published = Archive::open(&ledger, "essai").unwrap().published(&rows).unwrap();
    // A night that it does not know is no older value that nobody sees any more.
    assert!(knows(&certificates[1], &published) && knows(&certificates[1], &published[1..]));
    assert!(!knows(&certificates[0], &published));
}

#[test]
fn nights_that_count_again_are_named_where_they_stand_in_the_way() {
    let known = |fewer| Known { night: 1, fewer, ..Known::default() };
    let failure = Failure::message(Exit::Failed, "no".to_owned());
    assert_eq!(known(None).told(failure.clone()), failure);
    let told = known(Some(5)).told(failure).message;
    assert!(told.starts_with("no\nhelp: `disclosure.history_days` was 5"), "{told}");
    // What the message says itself comes after, in the same help.
    let failure = Failure::message(Exit::Failed, "no\nhelp: report this fault".to_owned());
    let told = known(Some(5)).told(failure).message;
    assert_eq!(told.matches("help:").count(), 1, "{told}");
    assert!(told.starts_with("no\nhelp: `dis") && told.ends_with("; else report this fault"), "{told}");
    let settings = Failure::message(Exit::Settings, "no".to_owned());
    assert_eq!(known(Some(5)).told(settings.clone()), settings);
}

#[test]
fn a_release_that_was_entered_again_for_fewer_days_is_checked_with_the_nights_of_these() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(folder.path()).unwrap();
    for (number, has_changed) in [(0, false), (1, true), (7, true), (12, true)] {
        release(&ledger, number, has_changed);
    }
    let kept = ledger.night_release("essai", Some("r12")).unwrap().unwrap();
    let nights = || nights_before(&ledger, 12);
    // Readers saw a value of the first night until the seventh day.
    assert_eq!(nights(), 2);
    ledger.keep_night("essai", &KeptRelease { history_days: 4, ..kept }, None).unwrap();
    let at = day(12).and_time(chrono::NaiveTime::MIN).and_utc();
    let published = ReleaseEvent { release: "r12".to_owned(), what: What::Published, at, run: None };
    ledger.keep_release(&published).unwrap();
    assert_eq!(nights(), 1);
}

#[test]
fn a_night_that_does_not_count_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(folder.path()).unwrap();
    for (number, has_changed) in [(0, false), (1, true), (7, true), (18, true)] {
        release(&ledger, number, has_changed);
    }
    let file = rusqlite::Connection::open(folder.path().join(FILE)).unwrap();
    file.execute_batch("UPDATE nights SET state = x'00', certificate = x'00' WHERE night = 1").unwrap();
    let mut archive = Archive::open(&ledger, "essai").unwrap();
    assert_eq!(archive.before("r18").unwrap().unwrap().len(), 1);
    assert!(archive.before("r7").is_err());
    assert!(archive.before("autre").unwrap().is_none());
}
