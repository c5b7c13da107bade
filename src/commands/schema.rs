//! `maillage schema`: the settings as JSON Schema.

use crate::config::Settings;
use crate::error::Exit;

/// Prints the schema.
#[must_use]
pub fn schema() -> Exit {
    let schema = schemars::schema_for!(Settings);
    println!("{:#}", schema.as_value());
    Exit::Done
}
