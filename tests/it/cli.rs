//! The built program: messages and exit codes.

use crate::bad_day::{Day, good_day};
use std::fs::OpenOptions;
use std::process::{Command, Output, Stdio};

fn maillage(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_maillage")).args(arguments).env("NO_COLOR", "1").output().unwrap()
}

#[test]
fn the_schema_knows_every_table_of_the_settings() {
    let output = maillage(&["schema"]);
    assert_eq!(output.status.code(), Some(0));
    let schema: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    for table in
        ["sources", "parks", "schedule", "disclosure", "matching", "indicators", "publication", "limits"]
    {
        assert!(schema["properties"][table].is_object(), "{table}");
    }
    assert_eq!(schema["additionalProperties"], false);
}

/// See `build.rs`: half a million addresses to set took longer than a small file.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[test]
fn the_program_lies_at_fixed_addresses() {
    let program = std::fs::read(env!("CARGO_BIN_EXE_maillage")).unwrap();
    // The kind of an executable file, of which 2 lies where it says and 3 anywhere (elf(5), `e_type`).
    assert_eq!(program[16..18], [2, 0]);
}

#[test]
fn a_missing_pipeline_is_bad_settings_and_a_wrong_verb_is_usage() {
    let missing = maillage(&["check", "no-such-pipeline"]);
    assert_eq!(missing.status.code(), Some(78));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("no-such-pipeline"));
    assert_eq!(maillage(&["chekc"]).status.code(), Some(2));
}

#[test]
fn one_name_beside_the_policy_and_on_the_command_line_is_two_files() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    std::fs::create_dir(folder.path().join("policy")).unwrap();
    write("t.csv", "a,h,v\nx,1,10\nx,2,11\nx,3,9\nx,4,9\n");
    write("policy/t.csv", "a,h,v\ny,5,20\ny,6,21\ny,7,19\ny,8,18\n");
    write(
        "policy/p.toml",
        "value = \"v\"\nholding = \"h\"\n[rules]\np_percent = 15\n[[tables]]\nname = \"t\"\ndimensions = [\"a\"]\n\
        [[tables]]\nname = \"u\"\ndimensions = [\"a\"]\nfile = \"t.csv\"\n",
    );
    let mut command = Command::new(env!("CARGO_BIN_EXE_maillage"));
    command.args(["protect", "t.csv", "--policy", "policy/p.toml", "--output", "out"]);
    let output = command.current_dir(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let cells = std::fs::read_to_string(folder.path().join("out/cells.csv")).unwrap();
    assert!(cells.contains("t,x,39,publie") && cells.contains("u,y,78,publie"), "{cells}");
}

/// Standard output whose reader went away.
fn closed() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

fn full() -> Stdio {
    OpenOptions::new().write(true).open("/dev/full").unwrap().into()
}

fn ends(day: &Day, arguments: &[&str], stdout: Stdio, code: i32) -> String {
    let output = day.command(arguments).stdout(stdout).output().unwrap();
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {message}");
    assert!(!super::corpus::tells_panic(&message), "{arguments:?}: {message}");
    message
}

#[test]
fn a_reader_that_went_away_ends_a_command_quietly() {
    let day = good_day();
    for arguments in [&["schema"][..], &["status", "jours"], &["runs"], &["completions", "bash"]] {
        assert_eq!(ends(&day, arguments, closed(), 0), "", "{arguments:?}");
        let message = ends(&day, arguments, full(), 1);
        assert!(message.contains("No space left") && message.contains("help:"), "{message}");
    }
}

#[test]
fn a_run_that_nobody_listens_to_publishes_and_is_recorded_as_it_ended() {
    let day = good_day();
    for (as_of, stdout) in [("2026-01-16", closed()), ("2026-01-17", full())] {
        let message = ends(&day, &["run", "jours", "--quiet", "--as-of", as_of], stdout, 0);
        assert!(!message.contains("nothing was published"), "{message}");
        let current = std::fs::read_link(day.path("published/current")).unwrap();
        let current = current.file_name().unwrap().to_str().unwrap().to_owned();
        assert!(current.starts_with(as_of), "{current}");
        let output = day.command(&["runs", "--json"]).output().unwrap();
        let runs: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((&runs[0]["exit_code"], &runs[0]["release"]), (&0.into(), &current.into()));
    }
    let output = day.command(&["status", "jours"]).stderr(closed()).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
}
