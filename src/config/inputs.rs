//! What happens to files of a source that cannot be read, and to what is hidden in the others.

use schemars::JsonSchema;
use serde::Deserialize;

/// What happens when a file of a source cannot be read and others can.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unreadable {
    /// The run ends; the last release stays.
    #[default]
    Stop,
    /// It counts as the last run that ended well read it; left out when none did.
    Last,
    /// Nothing of it counts.
    LeaveOut,
}

/// What happens to hidden rows, columns and sheets of a workbook.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Hidden {
    /// They are read, and counted in the findings.
    #[default]
    Include,
    /// They are not read, and counted in the findings.
    Exclude,
    /// A file that has some is refused.
    Refuse,
}
