use super::KeptRelease;
use crate::ledger::{FILE, Ledger, ReleaseEvent, What};

#[test]
fn nights_are_read_back_and_only_added() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(folder.path()).unwrap();
    let mut release = KeptRelease {
        release: "r1".to_owned(),
        night: 0,
        history_days: 10,
        as_of: "2026-01-15".parse().unwrap(),
        last: b"last".to_vec(),
    };
    for name in ["r1", "r2"] {
        ledger.keep_certificate(name, "sum").unwrap();
    }
    ledger.keep_night("essai", &release, Some((b"state", b"proof"))).unwrap();
    release.night = 1;
    assert_eq!(ledger.night_release("essai", None).unwrap(), Some(release.clone()));
    let again = KeptRelease { release: "r2".to_owned(), ..release.clone() };
    ledger.keep_night("essai", &again, None).unwrap();
    assert_eq!(ledger.night_release("essai", None).unwrap(), Some(again));
    assert_eq!(ledger.night_release("essai", Some("r1")).unwrap(), Some(release.clone()));
    // The same once more, for fewer days.
    let fewer = KeptRelease { history_days: 5, ..release.clone() };
    ledger.keep_night("essai", &fewer, None).unwrap();
    assert_eq!(ledger.night_release("essai", Some("r1")).unwrap(), Some(fewer));
    assert_eq!(ledger.night_release("autre", None).unwrap(), None);
    assert_eq!(ledger.last_night("essai").unwrap(), Some("2026-01-15".parse().unwrap()));
    assert_eq!(ledger.last_night("autre").unwrap(), None);
    assert_eq!(ledger.pipeline_of("r2").unwrap().as_deref(), Some("essai"));
    assert!(ledger.nights_are_intact("essai").unwrap());
    assert!(!ledger.is_former("r1").unwrap() && !ledger.is_former("r3").unwrap());
    assert_eq!(ledger.pipelines_with_nights().unwrap(), ["essai"]);
    assert_eq!(ledger.night_days("essai").unwrap(), [(1, release.as_of)]);
    assert_eq!(ledger.night_state(1).unwrap(), b"state");
    assert_eq!(ledger.night_certificate(1).unwrap(), b"proof");
    assert!(ledger.night_state(2).is_err());
    // What is kept of companies is in no message.
    assert!(!format!("{release:?}").contains("last"));
}

#[test]
fn the_sum_of_a_certificate_is_the_one_entered_with_its_night_or_in_older_rows_the_one_beside() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(folder.path()).unwrap();
    ledger.keep_certificate("new", "sum").unwrap();
    for name in ["old", "new"] {
        let release = KeptRelease {
            release: name.to_owned(),
            night: 0,
            history_days: 10,
            as_of: "2026-01-15".parse().unwrap(),
            last: Vec::new(),
        };
        ledger.keep_night("essai", &release, Some((b"state", b"proof"))).unwrap();
    }
    for name in ["old", "new"] {
        ledger.keep_certificate(name, "later").unwrap();
    }
    assert!(ledger.nights_are_intact("essai").unwrap());
    assert_eq!(ledger.torn_certificates().unwrap(), ["new".to_owned()].into());
    let expected = [("new", "sum"), ("old", "later")];
    let expected = expected.map(|(release, sum)| (release.to_owned(), sum.to_owned()));
    assert_eq!(ledger.certificates().unwrap(), expected.into());
}

#[test]
fn a_rollback_shows_a_night_again() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(folder.path()).unwrap();
    let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
    for (name, night, as_of) in [("r1", 1, "2026-01-15"), ("r2", 2, "2026-01-16")] {
        let release = KeptRelease {
            release: name.to_owned(),
            night: 0,
            history_days: 10,
            as_of: day(as_of),
            last: name.as_bytes().to_vec(),
        };
        ledger.keep_night("essai", &release, Some((b"state", b"proof"))).unwrap();
        // The same once more, before it is shown.
        let again = KeptRelease { night, last: b"other".to_vec(), ..release };
        ledger.keep_night("essai", &again, None).unwrap();
    }
    // The clock was behind at the first one, and the second one was of a day before: what is counted on is at most a day ahead of the clock.
    for (release, what, at) in [
        ("r1", What::Published, "2026-01-12"),
        ("r2", What::Published, "2026-01-20"),
        ("r1", What::Restored, "2026-02-01"),
        ("r2", What::Withdrawn, "2026-02-01"),
        ("other", What::Published, "2026-02-01"),
    ] {
        let (release, at) = (release.to_owned(), day(at).and_time(chrono::NaiveTime::MIN).and_utc());
        ledger.keep_release(&ReleaseEvent { release, what, at, run: None }).unwrap();
    }
    let shown = ledger.shown_nights("essai").unwrap();
    let shown: Vec<_> = shown.iter().map(|shown| (shown.release.as_str(), shown.night, shown.from)).collect();
    let expected = [("r1", 1, "2026-01-15"), ("r2", 2, "2026-01-21"), ("r1", 1, "2026-02-02")];
    assert_eq!(shown, expected.map(|(release, night, from)| (release, night, day(from))));
    // With what they left for the next one, where they were first entered.
    let seen = ledger.shown_nights("essai").unwrap();
    assert!(seen.iter().all(|seen| seen.last == seen.release.as_bytes()), "{seen:?}");
}

#[test]
fn what_was_altered_taken_away_or_put_in_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(folder.path()).unwrap();
    let release = |name: &str, night| KeptRelease {
        release: name.to_owned(),
        night,
        history_days: 10,
        as_of: "2026-01-15".parse().unwrap(),
        last: name.as_bytes().to_vec(),
    };
    for name in ["r1", "r2", "r3", "a1"] {
        ledger.keep_certificate(name, "sum").unwrap();
    }
    ledger.keep_checksums("r1", "sum").unwrap();
    let published =
        ReleaseEvent { release: "r1".to_owned(), what: What::Published, at: crate::clock::now(), run: None };
    ledger.keep_release(&published).unwrap();
    ledger.keep_night("essai", &release("r1", 0), Some((b"one", b"proof one"))).unwrap();
    ledger.keep_night("essai", &release("r2", 1), None).unwrap();
    ledger.keep_night("autre", &release("a1", 0), Some((b"other", b"proof"))).unwrap();
    // Of what came after its last release the other one is told by its next.
    let restored = ReleaseEvent { what: What::Restored, ..published };
    ledger.keep_release(&restored).unwrap();
    ledger.keep_night("essai", &release("r3", 0), Some((b"two", b"proof two"))).unwrap();
    assert!(ledger.nights_are_intact("essai").unwrap() && ledger.nights_are_intact("autre").unwrap());
    // Closed, so that the file holds everything.
    drop(ledger);
    let alterations = [
        "UPDATE nights SET state = CAST('other' AS BLOB) WHERE night = 1",
        "UPDATE nights SET certificate = (SELECT certificate FROM nights WHERE night = 3) WHERE night = 1",
        "UPDATE nights SET night = 9 WHERE night = 1",
        "UPDATE nights SET day = '2026-01-16' WHERE night = 3",
        "DELETE FROM nights WHERE night = 1",
        "INSERT INTO nights SELECT 8, pipeline, day, state, certificate FROM nights WHERE night = 1",
        "UPDATE night_releases SET last = CAST('x' AS BLOB) WHERE release = 'r2'",
        "UPDATE night_releases SET history_days = 1 WHERE release = 'r1'",
        "UPDATE night_releases SET certificate = 'other' WHERE release = 'r3'",
        "UPDATE night_releases SET certificate = NULL WHERE release = 'r3'",
        "DELETE FROM night_releases WHERE release = 'r2'",
        "UPDATE night_releases SET digest = NULL WHERE release = 'r2'",
        "UPDATE night_releases SET digest = NULL WHERE release = 'r3'",
        "DELETE FROM release_certificates WHERE release <> 'a1'",
        "DELETE FROM release_checksums",
        "DELETE FROM releases WHERE what = 'restored'",
        "UPDATE releases SET at = '2026-01-15T00:00:00.000Z' WHERE what = 'restored'",
        "UPDATE night_releases SET events = NULL WHERE release = 'r3'",
        "UPDATE releases SET digest = NULL WHERE what = 'restored'",
    ];
    for alteration in alterations {
        let copy = tempfile::tempdir().unwrap();
        std::fs::copy(folder.path().join(FILE), copy.path().join(FILE)).unwrap();
        let connection = rusqlite::Connection::open(copy.path().join(FILE)).unwrap();
        connection.execute_batch(&format!("PRAGMA foreign_keys = OFF; {alteration}")).unwrap();
        drop(connection);
        let altered = Ledger::open(copy.path()).unwrap();
        assert!(!altered.nights_are_intact("essai").unwrap(), "{alteration}");
        // What happened to releases is one list.
        let is_of_all = alteration.starts_with("UPDATE releases");
        assert_eq!(altered.nights_are_intact("autre").unwrap(), !is_of_all, "{alteration}");
    }
}
