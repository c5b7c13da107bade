//! The program is killed at each step of publishing: readers see the old release or the new
//! one, whole, at every moment, and the next run cleans up.

use crate::bad_day::{Day, SETTINGS, good_day};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Every point, with what a reader sees after it.
const POINTS: [(&str, bool); 6] = [
    ("publish:while_staging", false),
    ("publish:before_rename", false),
    ("publish:after_rename", false),
    ("publish:before_swap", false),
    ("publish:after_swap", true),
    ("publish:while_withdrawing", true),
];

/// The files behind `current`, as a reader finds them who resolves the link once.
fn seen(published: &Path) -> BTreeMap<String, Vec<u8>> {
    let release = fs::canonicalize(published.join("current")).unwrap();
    let mut files = BTreeMap::new();
    let mut folders = vec![release.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(&release).unwrap().to_string_lossy().into_owned();
                files.insert(name, fs::read(path).unwrap());
            }
        }
    }
    files
}

/// The names in the published folder, without the release names.
fn names(published: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(published)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// Three releases on disk and two to keep, so that a publication also withdraws one.
fn prepared() -> Day {
    let day = Day::new();
    for as_of in ["2026-01-12", "2026-01-13", "2026-01-14"] {
        let output = day.command(&["run", "jours", "--as-of", as_of]).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
    }
    day.write("pipeline.toml", &format!("{SETTINGS}\n[limits]\nkeep_releases = 2\n"));
    day
}

#[test]
fn a_kill_at_any_step_leaves_the_old_release_or_the_new_one() {
    // What the new release is, learnt elsewhere with the same key.
    let day = prepared();
    assert_eq!(day.run(&["--published", "aside", "--published-was-lost"]).status.code(), Some(0));
    let new = seen(&day.path("aside"));
    for (point, swapped) in POINTS {
        let day = prepared();
        let published = day.path("published");
        let old = seen(&published);
        let over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let reader = scope.spawn(|| {
                let mut looks = 0_u32;
                while !over.load(Ordering::Relaxed) {
                    let files = seen(&published);
                    assert!(files == old || files == new, "{point}: a reader saw something else");
                    looks += 1;
                    std::thread::sleep(Duration::from_millis(1));
                }
                looks
            });
            let status = day
                .command(&["run", "jours", "--as-of", "2026-01-15"])
                .env("MAILLAGE_FAULT", point)
                .status()
                .unwrap();
            assert_eq!(status.signal(), Some(9), "{point} did not fire");
            over.store(true, Ordering::Relaxed);
            assert!(reader.join().unwrap() > 0);
        });
        assert!(seen(&published) == if swapped { new.clone() } else { old.clone() }, "{point}");
        let output = day.command(&["runs", "--json"]).output().unwrap();
        let runs: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((&runs[0]["exit_code"], &runs[0]["running"]), (&serde_json::Value::Null, &false.into()));

        // The next run cleans up, publishes, and knows of a publication that died before its entry.
        let output = day.run(&[]);
        assert_eq!(output.status.code(), Some(0), "{point}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(seen(&published) == new, "{point}");
        assert_eq!(names(&published), [".pipeline", ".verrou", "current", "releases"], "{point}");
        let verified = day.command(&["verify"]).output().unwrap().status;
        assert_eq!(verified.code(), Some(0), "{point}");
        assert_eq!(fs::read_dir(published.join("releases")).unwrap().count(), 2, "{point}");
    }
}

#[test]
fn a_full_disk_is_named_and_changes_nothing() {
    let day = good_day();
    let before = day.release();
    let output = day
        .command(&["run", "jours", "--as-of", "2026-01-16"])
        .env("MAILLAGE_FAULT", "publish:full_disk")
        .output()
        .unwrap();
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(message.contains("No space left") && message.contains("published/"), "{message}");
    assert!(message.contains("help:"), "{message}");
    assert!(day.release() == before);
    assert_eq!(names(&day.path("published")), [".pipeline", ".verrou", "current", "releases"]);
}
