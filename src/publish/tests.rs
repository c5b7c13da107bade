use super::{PublishError, current, publish, retain, rollback, verify};
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

fn put(folder: &Path, id: &str, text: &str) -> Result<(), PublishError> {
    publish(id, &files(text), folder, &|_, _| Vec::new()).map(|_| ())
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
    assert_eq!(verify(folder.path(), None).unwrap(), (vec![ONE.to_owned(), TWO.to_owned()], Vec::new()));
    rollback(ONE, folder.path()).unwrap();
    assert_eq!(current(folder.path()).unwrap().as_deref(), Some(ONE));
    assert!(matches!(rollback("..", folder.path()), Err(PublishError::Unknown { .. })));
}

#[test]
fn a_leak_leaves_the_previous_release_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), ONE, "1").unwrap();
    let gate = |_: &str, bytes: &[u8]| if bytes == b"secret" { vec!["nom"] } else { Vec::new() };
    let refused = publish(TWO, &files("secret"), folder.path(), &gate).unwrap_err();
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
    assert_eq!(left, [".verrou", "current", "releases"]);
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
    let (_, problems) = verify(folder.path(), Some(ONE)).unwrap();
    let paths: Vec<&str> = problems.iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(paths, ["extra", "link", "donnees/a.csv", "index.html"].map(|path| format!("{ONE}/{path}")));
    assert!(matches!(rollback(ONE, folder.path()), Err(PublishError::Damaged { .. })));
    assert!(matches!(put(folder.path(), ONE, "1"), Err(PublishError::Damaged { .. })));
    assert_eq!(current(folder.path()).unwrap().as_deref(), Some(TWO));
}

#[test]
fn a_current_that_leads_nowhere_is_found() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), ONE, "1").unwrap();
    fs::remove_dir_all(folder.path().join("releases").join(ONE)).unwrap();
    let (_, problems) = verify(folder.path(), None).unwrap();
    assert_eq!(problems[0].path, "current");
}

#[test]
fn retention_takes_the_oldest_from_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let ids: Vec<String> = (1..=4).map(|day| format!("2026-01-0{day}-0123456789ab")).collect();
    for id in &ids {
        put(folder.path(), id, id).unwrap();
    }
    assert_eq!(retain(folder.path(), 2, &ids).unwrap(), ids[..2]);
    let (left, problems) = verify(folder.path(), None).unwrap();
    assert_eq!((left.as_slice(), problems.len()), (&ids[2..], 0));
}
