//! The nightly daemon, driven from outside. Its due times lie in the past of the ledger, so
//! that nothing here waits for a clock.

use crate::bad_day::{Day, SETTINGS, good_day};
use maillage::clock;
use maillage::ledger::{Due, Lease, Ledger};
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::net::TcpListener;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// Once a year, so that no due time passes while a test runs.
const YEARLY: &str = "\n[schedule]\ncron = \"0 12 1 1 *\"\nzone = \"America/Toronto\"\n";

/// A pipeline that the daemon has watched for two years, and was down since.
fn overdue() -> Day {
    let day = Day::new();
    day.write("pipeline.toml", &format!("{SETTINGS}{YEARLY}"));
    fs::create_dir_all(day.path(".maillage/jours")).unwrap();
    ledger(&day).watch("jours", clock::now() - chrono::TimeDelta::days(800)).unwrap();
    day
}

fn ledger(day: &Day) -> Ledger {
    Ledger::open(&day.path(".maillage/jours")).unwrap()
}

fn codes(day: &Day) -> Vec<Option<u8>> {
    ledger(day).runs(10).unwrap().into_iter().map(|run| run.exit_code).collect()
}

/// Waits for something that must come; a minute is far more than it takes.
fn wait(what: &str, mut come: impl FnMut() -> bool) {
    let start = Instant::now();
    while !come() {
        assert!(start.elapsed() < Duration::from_mins(1), "{what} did not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn signal(child: &Child, signal: Signal) {
    let id = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    kill_process(id, signal).unwrap();
}

fn daemon(day: &Day, arguments: &[&str]) -> std::process::Command {
    let mut command = day.command(&["schedule", "jours"]);
    command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// A platform that takes a connection and never answers.
fn silent_platform(day: &Day) -> TcpListener {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let source = format!("http = {{ url = \"http://{}/flux\" }}", listener.local_addr().unwrap());
    let settings = SETTINGS.replace("files = [\"inputs/visites.xlsx\"]", &source);
    day.write("pipeline.toml", &format!("{settings}{YEARLY}"));
    listener
}

#[test]
fn after_downtime_the_last_due_time_is_caught_up_once() {
    let day = overdue();
    for _ in 0..2 {
        assert_eq!(daemon(&day, &["--once"]).status().unwrap().code(), Some(0));
    }
    let runs = ledger(&day).runs(10).unwrap();
    assert_eq!(runs.len(), 1);
    let due = runs[0].start.scheduled_for.unwrap();
    // Noon in winter.
    assert!(due.to_rfc3339().ends_with("-01-01T17:00:00+00:00"), "{due}");
    assert!(day.path("published/current").exists());
    assert_eq!(ledger(&day).last_answered("jours").unwrap(), Some(due));
}

#[test]
fn a_pipeline_that_was_never_watched_has_missed_nothing() {
    let day = Day::new();
    day.write("pipeline.toml", &format!("{SETTINGS}{YEARLY}"));
    assert_eq!(daemon(&day, &["--once"]).status().unwrap().code(), Some(0));
    assert!(codes(&day).is_empty());
}

#[test]
fn two_daemons_answer_a_due_time_once_and_end_when_asked() {
    let day = overdue();
    let mut daemons = [(); 2].map(|()| daemon(&day, &[]).spawn().unwrap());
    wait("the run", || codes(&day).first().is_some_and(Option::is_some));
    for daemon in &daemons {
        signal(daemon, Signal::TERM);
    }
    for daemon in &mut daemons {
        assert_eq!(daemon.wait().unwrap().code(), Some(143));
    }
    assert_eq!(codes(&day), [Some(0)]);
}

#[test]
fn a_daemon_that_is_asked_to_end_lets_its_run_publish_first() {
    let day = overdue();
    let go = day.path("go");
    let mut daemon =
        daemon(&day, &[]).env("MAILLAGE_FAULT", format!("publish:wait={}", go.display())).spawn().unwrap();
    let staged = || {
        let names = fs::read_dir(day.path("published")).into_iter().flatten().flatten();
        names.map(|entry| entry.file_name()).any(|name| name.to_string_lossy().starts_with(".staging-"))
    };
    wait("the staging folder", staged);
    signal(&daemon, Signal::INT);
    std::thread::sleep(Duration::from_millis(300));
    assert!(daemon.try_wait().unwrap().is_none(), "the daemon left its run");
    fs::write(&go, "").unwrap();
    assert_eq!(daemon.wait().unwrap().code(), Some(130));
    assert_eq!(codes(&day), [Some(0)]);
    assert!(day.path("published/current").exists());
    assert!(ledger(&day).last_answered("jours").unwrap().is_some());
}

#[test]
fn a_run_beyond_its_grace_is_ended_and_taken_up_by_the_next_daemon() {
    let day = overdue();
    let platform = silent_platform(&day);
    let mut daemon = daemon(&day, &["--grace", "0"]).spawn().unwrap();
    let (_connection, _) = platform.accept().unwrap();
    signal(&daemon, Signal::TERM);
    assert_eq!(daemon.wait().unwrap().code(), Some(143));
    assert_eq!(codes(&day), [Some(143)]);
    assert_eq!(ledger(&day).last_answered("jours").unwrap(), None);
    day.write("pipeline.toml", &format!("{SETTINGS}{YEARLY}"));
    assert_eq!(self::daemon(&day, &["--once"]).status().unwrap().code(), Some(0));
    assert_eq!(codes(&day), [Some(0), Some(143)]);
}

#[test]
fn a_due_time_of_a_dead_daemon_waits_for_its_lease_and_is_then_taken_over() {
    let day = overdue();
    let now = clock::now();
    let times = maillage::daemon::DueTimes::new(&maillage::config::Schedule {
        cron: "0 12 1 1 *".to_owned(),
        zone: "America/Toronto".to_owned(),
    });
    let at = times.unwrap().missed(now - chrono::TimeDelta::days(800), now).unwrap().0;
    let due = Due { pipeline: "jours".to_owned(), at };
    let lease = Lease { due, holder: "dead".to_owned(), until: now + chrono::TimeDelta::hours(1) };
    assert!(ledger(&day).take(&lease, now).unwrap());
    assert_eq!(daemon(&day, &["--once"]).status().unwrap().code(), Some(0));
    assert!(codes(&day).is_empty());
    assert!(ledger(&day).beat(&lease, now).unwrap());
    assert_eq!(daemon(&day, &["--once"]).status().unwrap().code(), Some(0));
    assert_eq!(codes(&day), [Some(0)]);
}

#[test]
fn a_failed_run_is_answered_and_keeps_the_last_release() {
    let day = good_day();
    let before = day.release();
    day.write("pipeline.toml", &format!("{SETTINGS}{YEARLY}"));
    ledger(&day).watch("jours", clock::now() - chrono::TimeDelta::days(800)).unwrap();
    fs::remove_file(day.path("jours/inputs/visites.xlsx")).unwrap();
    assert_eq!(daemon(&day, &["--once"]).status().unwrap().code(), Some(1));
    assert_eq!(codes(&day), [Some(65), Some(0)]);
    assert!(ledger(&day).last_answered("jours").unwrap().is_some());
    assert!(day.release() == before);
}

#[test]
fn a_run_that_is_interrupted_says_so() {
    let day = overdue();
    let platform = silent_platform(&day);
    let run = day.command(&["run", "jours"]).stderr(Stdio::piped()).spawn().unwrap();
    let (_connection, _) = platform.accept().unwrap();
    signal(&run, Signal::INT);
    let output = run.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert!(String::from_utf8_lossy(&output.stderr).contains("help:"));
    assert_eq!(codes(&day), [Some(130)]);
}

#[test]
fn a_request_to_end_while_the_run_computes_is_heard_before_it_publishes() {
    let day = good_day();
    let before = day.release();
    let go = day.path("go");
    let run = day
        .command(&["run", "jours", "--as-of", "2026-01-16"])
        .env("MAILLAGE_FAULT", format!("protect:wait={}", go.display()))
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    wait("the stage that protects", || day.path("go.waits").exists());
    signal(&run, Signal::TERM);
    fs::write(&go, "").unwrap();
    let output = run.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(143));
    assert!(String::from_utf8_lossy(&output.stderr).contains("before it published"));
    assert!(day.release() == before);
}

#[test]
fn next_tells_the_zone_and_what_is_missing_is_named() {
    let day = Day::new();
    let text = |arguments: &[&str], code| {
        let output = day.command(arguments).output().unwrap();
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert_eq!(output.status.code(), Some(code), "{text}");
        text
    };
    assert!(text(&["next", "jours"], 78).contains("[schedule]"));
    assert!(text(&["schedule", "jours"], 78).contains("[schedule]"));
    assert!(text(&["schedule"], 2).contains("help:"));
    day.write("pipeline.toml", &format!("{SETTINGS}{YEARLY}"));
    let next = text(&["next", "jours", "--count", "2"], 0);
    assert_eq!(next.lines().count(), 2);
    assert!(next.lines().all(|line| line.contains("-01-01 12:00 EST  (")), "{next}");
    fs::create_dir_all(day.path("pipelines")).unwrap();
    for name in ["un", "deux"] {
        let folder = day.path("pipelines").join(name);
        assert!(
            std::process::Command::new("cp")
                .arg("-r")
                .arg(day.path("jours"))
                .arg(&folder)
                .status()
                .unwrap()
                .success()
        );
        let settings =
            format!("{SETTINGS}{YEARLY}").replace("name = \"jours\"", &format!("name = \"{name}\""));
        fs::write(folder.join("pipeline.toml"), settings).unwrap();
    }
    assert!(text(&["schedule", "--once"], 2).contains("`--published published/{name}`"));
    text(&["schedule", "--once", "--published", "published/{name}"], 0);
}
