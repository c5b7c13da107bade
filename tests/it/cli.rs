//! The built program: messages and exit codes.

use std::process::{Command, Output};

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

#[test]
fn a_missing_pipeline_is_bad_settings_and_a_wrong_verb_is_usage() {
    let missing = maillage(&["check", "no-such-pipeline"]);
    assert_eq!(missing.status.code(), Some(78));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("no-such-pipeline"));
    assert_eq!(maillage(&["chekc"]).status.code(), Some(2));
}
