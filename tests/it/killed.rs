//! The program is killed at each step of publishing: readers see the old release or the new
//! one, whole, at every moment, and the next run cleans up.

use crate::bad_day::{Day, SETTINGS, good_day, workbook};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Every point, with what a reader sees after it.
const POINTS: [(&str, bool); 7] = [
    ("publish:while_staging", false),
    ("publish:before_rename", false),
    ("publish:after_rename", false),
    ("publish:before_swap", false),
    ("publish:after_swap", true),
    ("publish:before_withdrawing", true),
    ("publish:while_withdrawing", true),
];

/// Points between the entry of a release and its name, where what may not be open beside it is taken away.
const BEFORE_ITS_NAME: [&str; 3] =
    ["publish:before_withdrawing", "publish:while_withdrawing", "publish:before_rename"];

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

/// Kills a run at a point, while a reader looks at the release again and again and finds nothing but what it `may` be.
fn dies_while_somebody_reads(day: &Day, as_of: &str, point: &str, may: &[&BTreeMap<String, Vec<u8>>]) {
    let published = day.path("published");
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut looks = 0_u32;
            while !over.load(Ordering::Relaxed) {
                let files = seen(&published);
                assert!(may.contains(&&files), "{point}: a reader saw something else");
                looks += 1;
                std::thread::sleep(Duration::from_millis(1));
            }
            looks
        });
        let status =
            day.command(&["run", "jours", "--as-of", as_of]).env("MAILLAGE_FAULT", point).status().unwrap();
        // Before anything may fail: the reader would go on for ever.
        over.store(true, Ordering::Relaxed);
        assert_eq!(status.signal(), Some(9), "{point} did not fire");
        assert!(reader.join().unwrap() > 0);
    });
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
        dies_while_somebody_reads(&day, "2026-01-15", point, &[&old, &new]);
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
fn a_kill_while_releases_are_let_go_shows_nothing_new_and_the_next_run_goes_on() {
    let run = |day: &Day, as_of: &str| {
        let output = day.command(&["run", "jours", "--as-of", as_of]).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        fs::canonicalize(day.path("published/current")).unwrap()
    };
    let said = |day: &Day, arguments: &[&str]| {
        let output = day.command(arguments).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    };
    for point in BEFORE_ITS_NAME {
        let day = Day::new();
        day.write("pipeline.toml", &format!("{SETTINGS}[disclosure]\nhistory_days = 5\n"));
        let first = run(&day, "2026-02-01");
        fs::write(day.path("jours/inputs/visites.xlsx"), workbook(|row| 150 + 2 * row)).unwrap();
        let second = run(&day, "2026-02-02");
        let old = seen(&day.path("published"));
        // On this day the first night no longer counts.
        dies_while_somebody_reads(&day, "2026-02-10", point, &[&old]);
        assert_eq!(fs::canonicalize(day.path("published/current")).unwrap(), second, "{point}");
        let releases = fs::read_dir(second.parent().unwrap()).unwrap();
        let others = releases.map(|entry| entry.unwrap().path()).filter(|path| *path != second);
        // What has a name can be read: not yet the new release, and the first only where nothing new is.
        let left: Vec<_> = others.collect();
        let is_left = point == "publish:before_withdrawing";
        assert_eq!(left, if is_left { vec![first.clone()] } else { Vec::new() }, "{point}");
        // Nobody shows it again, and what is there is as it was published.
        let name = first.file_name().unwrap().to_str().unwrap();
        let (code, text) = said(&day, &["rollback", name]);
        assert_eq!(code, Some(if is_left { 1 } else { 2 }), "{point}: {text}");
        let (code, text) = said(&day, &["verify"]);
        assert_eq!(code, Some(0), "{point}: {text}");
        assert_eq!(seen(&day.path("published")), old, "{point}");

        let third = run(&day, "2026-02-10");
        assert!(third != second && !first.exists(), "{point}");
        assert_eq!(names(&day.path("published")), [".pipeline", ".verrou", "current", "releases"], "{point}");
        // Its proof went with it.
        let proofs = fs::read_dir(day.path(".maillage/jours/certificats")).unwrap();
        let mut proofs = proofs.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
        assert!(!proofs.any(|proof| proof.contains(name)), "{point}");
        let (code, text) = said(&day, &["verify"]);
        assert_eq!(code, Some(0), "{point}: {text}");
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
