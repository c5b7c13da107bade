use super::{
    PublishError, Recorded, Register, checksums, current, publish, refuse_foreign, retain, rollback, verify,
};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

const ONE: &str = "2026-01-01-0123456789ab";
const TWO: &str = "2026-01-02-0123456789ab";

fn files(text: &str) -> Vec<(String, Vec<u8>)> {
    vec![
        ("donnees/a.csv".to_owned(), text.as_bytes().to_vec()),
        ("index.html".to_owned(), text.as_bytes().to_vec()),
    ]
}

/// A ledger that knows everything: what leaves, and whether that can be entered.
struct Open<'a>(&'a [&'a str], bool);

const OPEN: Open<'static> = Open(&[], true);

impl Register for Open<'_> {
    fn knows(&self, _: &str) -> bool {
        true
    }
    fn enter(&self) -> Result<(), PublishError> {
        Ok(())
    }
    fn may_stay(&self, release: &str) -> Result<bool, PublishError> {
        Ok(!self.0.contains(&release))
    }
    fn withdraw(&self, release: &str) -> Result<(), PublishError> {
        assert!(self.0.contains(&release));
        if self.1 { Ok(()) } else { Err(PublishError::Ledger { cause: "no".to_owned() }) }
    }
}

fn put(folder: &Path, id: &str, text: &str) -> Result<(), PublishError> {
    publish("essai", id, &files(text), folder, &|_, _| Vec::new(), &OPEN).map(|_| ())
}

#[test]
fn current_points_at_the_last_release_and_the_older_ones_stay() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), ONE, "1").unwrap();
    put(folder.path(), TWO, "2").unwrap();
    put(folder.path(), TWO, "2").unwrap();
    let read = |path: &str| fs::read_to_string(folder.path().join(path)).unwrap();
    assert_eq!(read("current/donnees/a.csv"), "2");
    assert_eq!(read(&format!("releases/{ONE}/donnees/a.csv")), "1");
    assert!(read("current/SHA256SUMS").ends_with("  index.html\n"));
    assert_eq!(
        verify(folder.path(), None, &Recorded::new()).unwrap(),
        (vec![ONE.to_owned(), TWO.to_owned()], Vec::new())
    );
    rollback(ONE, folder.path(), &Recorded::new(), &|| Ok(())).unwrap();
    assert_eq!(current(folder.path()).unwrap().as_deref(), Some(ONE));
    assert!(matches!(
        rollback("..", folder.path(), &Recorded::new(), &|| Ok(())),
        Err(PublishError::Unknown { .. })
    ));
}

#[test]
fn a_leak_leaves_the_previous_release_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), ONE, "1").unwrap();
    let gate = |_: &str, bytes: &[u8]| if bytes == b"secret" { vec!["nom".to_owned()] } else { Vec::new() };
    let refused = publish("essai", TWO, &files("secret"), folder.path(), &gate, &OPEN).unwrap_err();
    assert!(matches!(&refused, PublishError::Leak { .. }) && !refused.to_string().contains("secret"));
    assert_eq!(fs::read_to_string(folder.path().join("current/donnees/a.csv")).unwrap(), "1");
    assert_eq!(fs::read_dir(folder.path().join("releases")).unwrap().count(), 1);
    assert!(!folder.path().join(format!(".staging-{TWO}")).exists());
}

#[test]
fn what_a_killed_process_left_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir_all(path(".staging-x/donnees")).unwrap();
    fs::create_dir_all(path(".leaving-y/donnees")).unwrap();
    symlink("releases/x", path(".current")).unwrap();
    // A planted link is removed, never followed.
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("kept"), "").unwrap();
    symlink(outside.path(), path(&format!(".staging-{ONE}"))).unwrap();
    put(folder.path(), ONE, "1").unwrap();
    let mut left: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, [".pipeline", ".verrou", "current", "releases"]);
    assert!(outside.path().join("kept").exists());
}

#[test]
fn a_folder_in_the_place_of_current_is_named_and_left() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("current/site")).unwrap();
    let message = put(folder.path(), ONE, "1").unwrap_err().to_string();
    assert!(message.contains("current` is not the link"), "{message}");
    assert!(folder.path().join("current/site").exists());
    assert!(!folder.path().join("releases").join(ONE).exists());
}

#[test]
fn releases_that_lead_elsewhere_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    symlink(outside.path(), folder.path().join("releases")).unwrap();
    assert!(matches!(put(folder.path(), ONE, "1"), Err(PublishError::Occupied { .. })));
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
}

#[test]
fn two_processes_do_not_publish_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let held = super::Hold::take(folder.path()).unwrap();
    let refused = put(folder.path(), ONE, "1").unwrap_err();
    assert!(matches!(refused, PublishError::Busy { .. }), "{refused}");
    drop(held);
    put(folder.path(), ONE, "1").unwrap();
}

#[test]
fn a_release_that_was_changed_is_found_and_not_shown_again() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), ONE, "1").unwrap();
    put(folder.path(), TWO, "2").unwrap();
    let one = folder.path().join("releases").join(ONE);
    fs::write(one.join("donnees/a.csv"), "9").unwrap();
    fs::write(one.join("extra"), "").unwrap();
    fs::remove_file(one.join("index.html")).unwrap();
    symlink("/etc", one.join("link")).unwrap();
    let (_, problems) = verify(folder.path(), Some(ONE), &Recorded::new()).unwrap();
    let paths: Vec<&str> = problems.iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(paths, ["extra", "link", "donnees/a.csv", "index.html"].map(|path| format!("{ONE}/{path}")));
    assert!(matches!(
        rollback(ONE, folder.path(), &Recorded::new(), &|| Ok(())),
        Err(PublishError::Damaged { .. })
    ));
    assert!(matches!(put(folder.path(), ONE, "1"), Err(PublishError::Damaged { .. })));
    assert_eq!(current(folder.path()).unwrap().as_deref(), Some(TWO));
}

#[test]
fn a_current_that_leads_nowhere_is_found() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), ONE, "1").unwrap();
    fs::remove_dir_all(folder.path().join("releases").join(ONE)).unwrap();
    let (_, problems) = verify(folder.path(), None, &Recorded::new()).unwrap();
    assert_eq!(problems[0].path, "current");
}

#[test]
fn retention_takes_the_oldest_from_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let ids: Vec<String> = (1..=4).map(|day| format!("2026-01-0{day}-0123456789ab")).collect();
    for id in &ids {
        put(folder.path(), id, id).unwrap();
    }
    // What cannot be entered stays.
    assert!(retain(folder.path(), 2, &ids, &mut |_| false).unwrap().is_empty());
    let mut entered = Vec::new();
    let mut enter = |id: &str| {
        entered.push(id.to_owned());
        true
    };
    assert_eq!(retain(folder.path(), 2, &ids, &mut enter).unwrap(), ids[..2]);
    assert_eq!(entered, ids[..2]);
    let (left, problems) = verify(folder.path(), None, &Recorded::new()).unwrap();
    assert_eq!((left.as_slice(), problems.len()), (&ids[2..], 0));
}

#[test]
fn what_may_not_stay_is_taken_away_before_the_new_release_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let ids: Vec<String> = (1..=4).map(|day| format!("2026-01-0{day}-0123456789ab")).collect();
    for id in &ids[..3] {
        put(folder.path(), id, id).unwrap();
    }
    let next = |gone: &str, is_entered: bool| {
        let gone = [gone];
        let register = Open(&gone, is_entered);
        publish("essai", &ids[3], &files("4"), folder.path(), &|_, _| Vec::new(), &register)
    };
    // Of what readers see the ledger would have to know.
    assert!(matches!(next(&ids[2], true), Err(PublishError::Changed)));
    let first = folder.path().join("releases").join(&ids[0]);
    // What cannot be entered stays, and stops the publication.
    assert!(matches!(next(&ids[0], false), Err(PublishError::Ledger { .. })));
    assert!(first.exists() && current(folder.path()).unwrap().as_ref() == Some(&ids[2]));
    // Nor has the new release a name under which it could be read.
    assert!(!folder.path().join("releases").join(&ids[3]).exists());
    assert_eq!(next(&ids[0], true).unwrap(), folder.path().join("releases").join(&ids[3]));
    assert!(!first.exists());
    assert_eq!(current(folder.path()).unwrap().as_ref(), Some(&ids[3]));
    let (left, problems) = verify(folder.path(), None, &Recorded::new()).unwrap();
    assert_eq!((left.as_slice(), problems.len()), (&ids[1..], 0));
}

#[test]
fn a_rollback_that_is_refused_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), ONE, "1").unwrap();
    put(folder.path(), TWO, "2").unwrap();
    let refuse = || -> Result<(), PublishError> { Err(PublishError::Ledger { cause: "no".to_owned() }) };
    assert!(matches!(
        rollback(ONE, folder.path(), &Recorded::new(), &refuse),
        Err(PublishError::Ledger { .. })
    ));
    assert_eq!(current(folder.path()).unwrap().as_deref(), Some(TWO));
}

#[test]
fn a_release_that_was_changed_with_its_list_is_not_what_the_ledger_recorded() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), ONE, "1").unwrap();
    let recorded = Recorded::from([(ONE.to_owned(), checksums(folder.path(), ONE).unwrap())]);
    assert!(verify(folder.path(), Some(ONE), &recorded).unwrap().1.is_empty());
    let release = folder.path().join("releases").join(ONE);
    fs::write(release.join("index.html"), "2").unwrap();
    let sums = fs::read_to_string(release.join("SHA256SUMS")).unwrap();
    let sum = |text: &str| crate::store::sha256(text.as_bytes());
    let (data, page) = sums.trim_end().split_once('\n').unwrap();
    fs::write(release.join("SHA256SUMS"), format!("{data}\n{}\n", page.replace(&sum("1"), &sum("2"))))
        .unwrap();
    assert!(verify(folder.path(), Some(ONE), &Recorded::new()).unwrap().1.is_empty(), "consistent in itself");
    let (_, problems) = verify(folder.path(), Some(ONE), &recorded).unwrap();
    assert!(problems[0].to_string().contains("as the ledger recorded it"), "{problems:?}");
    assert!(matches!(rollback(ONE, folder.path(), &recorded, &|| Ok(())), Err(PublishError::Damaged { .. })));
}

#[test]
fn an_empty_folder_in_a_release_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), ONE, "1").unwrap();
    fs::create_dir_all(folder.path().join(format!("releases/{ONE}/donnees/x/y"))).unwrap();
    let (_, problems) = verify(folder.path(), Some(ONE), &Recorded::new()).unwrap();
    assert_eq!(problems.len(), 1);
    assert!(problems[0].path.ends_with("donnees/x/y"), "{problems:?}");
}

#[test]
fn a_folder_belongs_to_the_first_pipeline_that_publishes_there() {
    let folder = tempfile::tempdir().unwrap();
    assert!(refuse_foreign(folder.path(), "autre").is_ok());
    put(folder.path(), ONE, "1").unwrap();
    let refused = publish("autre", TWO, &files("2"), folder.path(), &|_, _| Vec::new(), &OPEN).unwrap_err();
    let message = refused.to_string();
    assert!(
        message.contains("`essai`") && message.contains("--published") && message.contains("help:"),
        "{message}"
    );
    assert!(
        refuse_foreign(folder.path(), "autre").is_err() && refuse_foreign(folder.path(), "essai").is_ok()
    );
    assert_eq!(current(folder.path()).unwrap().as_deref(), Some(ONE));
    put(folder.path(), TWO, "2").unwrap();
}
