use super::{
    Days, Exit, Failure, History, KeptRelease, Known, LEVEL, Last, Ledger, NaiveDate, before, knows, read,
    seen, still_counts, unpacked,
};
use crate::config::Disclosure;
use crate::disclosure::nights::protect_tonight;
use crate::disclosure::{Agreements, MeasureInput, Record, TableInput};
use crate::ledger::{ReleaseEvent, What};

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
    let (mut history, mut rows) = (History::default(), Vec::new());
    for night in ledger.nights("essai", i64::MAX).unwrap() {
        rows.push(night.night);
        let (night, _, certificate) = read(&night).unwrap();
        history.nights.push(night);
        history.certificate = Some(certificate);
    }
    let last = ledger.night_release("essai", None).unwrap();
    let left = last.as_ref().map(|last| Last::from_bytes(&unpacked(&last.last).unwrap()).unwrap());
    history.last = left;
    let shown = ledger.shown_nights("essai").unwrap();
    let seen = seen(&shown, (&rows, &history.nights), (day(number), DAYS)).unwrap();
    history.forget(day(number), &policy, &seen);
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
    let nights = |number: u64| before(&ledger, &format!("r{number}")).unwrap().unwrap().len();
    assert_eq!([0, 1, 7, 18].map(nights), [1, 2, 2, 1]);
    let (mut certificates, mut published) = (Vec::new(), Vec::new());
    for night in ledger.nights("essai", i64::MAX).unwrap() {
        let (_, earlier, certificate) = read(&night).unwrap();
        certificates.push(certificate);
        published.push(earlier);
    }
    // A night that it does not know is no older value that nobody sees any more.
    assert!(knows(&certificates[1], &published) && knows(&certificates[1], &published[1..]));
    assert!(!knows(&certificates[0], &published));
}

#[test]
fn nights_that_count_again_are_named_where_they_stand_in_the_way() {
    let known = |fewer| Known {
        history: History::default(),
        published: Vec::new(),
        night: 1,
        rows: vec![1],
        ended: None,
        events: 0,
        fewer,
    };
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
    let nights = || before(&ledger, "r12").unwrap().unwrap().len();
    // Readers saw a value of the first night until the seventh day.
    assert_eq!(nights(), 2);
    ledger.keep_night("essai", &KeptRelease { history_days: 4, ..kept }, None).unwrap();
    let at = day(12).and_time(chrono::NaiveTime::MIN).and_utc();
    let published = ReleaseEvent { release: "r12".to_owned(), what: What::Published, at, run: None };
    ledger.keep_release(&published).unwrap();
    assert_eq!(nights(), 1);
}
